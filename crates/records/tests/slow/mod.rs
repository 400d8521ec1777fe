//! The rules of schedule.md told slowly, and histories by chance to hold the function against them.
//!
//! [`oracle`] is the slow telling, [`histories`] makes cases of seeds, [`agree`] compares. The folder stands alone, so that the
//! measurements include it too.

pub(crate) mod agree;
pub(crate) mod histories;
pub(crate) mod oracle;
