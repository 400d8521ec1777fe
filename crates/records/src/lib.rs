//! Who must know what by when: people, policies and dated facts, as pure rules.
//!
//! This crate never does I/O, never reads a clock and knows no SQL. It holds, in reading order:
//! [`person`], the words by which people are known, parsed once at the edge; [`sheet`], a table as a file of commas; [`roster`], a list
//! of people held against those who are known; [`credits`], what people completed before this program knew them; [`day`], civil days and
//! periods; [`policy`], when something is due and how long it counts; [`history`], what happened; [`answer`], what is so on a day;
//! [`schedule`], from the one to the other; [`because`], why; [`lines`], facts in files; [`recall`], when questions come again between
//! cycles; [`reminder`], when somebody is reminded of what; [`report`], what reports count; [`statistics`], what first attempts say
//! about questions and role-plays.

pub mod answer;
pub mod because;
pub mod credits;
pub mod day;
pub mod history;
pub mod lines;
pub mod person;
pub mod policy;
pub mod recall;
pub mod reminder;
pub mod report;
pub mod roster;
pub mod schedule;
pub mod sheet;
pub mod statistics;
