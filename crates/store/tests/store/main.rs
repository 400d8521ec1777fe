//! What the store promises, one file a noun; nearly all of it on both engines.

mod common;
mod learning;
mod locks;
mod messages;
mod moving;
mod obligations;
mod people;
mod recall;
mod roster;
mod whole;
