//! Who must know what by when: people and, later, policies and dated facts, as pure rules.
//!
//! This crate never does I/O, never reads a clock and knows no SQL. It holds, in reading order:
//! [`person`], the words by which people are known, parsed once at the edge; [`recall`], when questions come again between cycles.

pub mod person;
pub mod recall;
