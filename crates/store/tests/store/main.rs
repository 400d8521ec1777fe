//! What the store promises, one file a noun; nearly all of it on both engines.

mod common;
mod learning;
mod locks;
mod people;
mod roster;
mod whole;
