//! What the store promises, one file a noun; nearly all of it on both engines.

mod common;
mod drafts;
mod exports;
mod learning;
mod load;
mod locks;
mod messages;
mod moving;
mod obligations;
mod people;
mod recall;
mod roster;
mod statistics;
mod views;
mod whole;
