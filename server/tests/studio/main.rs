//! The studio as a trainer without scripts uses it: plain forms through the real router.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod exchange;
mod house;
mod writing;
