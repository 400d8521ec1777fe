//! The parts of a page that come alive in the browser. Each is a working form first, and holds only what may be seen now.

pub mod live;
pub mod password;
#[cfg(feature = "hydrate")]
mod send;
