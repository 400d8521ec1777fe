//! Questions in GIFT, the text format of Moodle.
//!
//! A question is a block of lines without an empty one. Its answers stand in braces; the signs `~ = # { } :` mean something unless a
//! backslash stands before them. Read as Moodle's own reader reads it, after the page "GIFT format" of its documentation.
//!
//! What GIFT says and a quiz of ours does not: answers that take points away, part of the points for a typed answer, stars for any
//! letters, several right numbers. What ours says and GIFT does not: orders, several blanks, pools, points, hints, skills. Either way
//! the report names it.

mod read;
mod sign;
mod write;

pub use read::{read, read_titled};
pub use write::write;
