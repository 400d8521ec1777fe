//! Who must know what by when: people and, later, policies and dated facts, as pure rules.
//!
//! This crate never does I/O, never reads a clock and knows no SQL. It holds, in reading order:
//! [`person`], the words by which people are known, parsed once at the edge; [`sheet`], a table as a file of commas; [`roster`], a list
//! of people held against those who are known; [`credits`], what people completed before this program knew them.

pub mod credits;
pub mod person;
pub mod roster;
pub mod sheet;
