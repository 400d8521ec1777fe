//! Stories in Twee 3, the text format of Twine.
//!
//! A story is passages that lead to each other by links. Passages become scenes, links choices. Each story format of Twine (Harlowe,
//! SugarCube, Chapbook, Snowman) has a language of its own beside that: its macros and scripts are left out, and listed by name. Read
//! after the "Twee 3 Specification" of the Interactive Fiction Technology Foundation.

mod passage;
mod read;
mod words;
mod write;

pub use read::read;
pub use write::write;
