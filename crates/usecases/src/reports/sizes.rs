//! How much of a report is taken at once.

/// How much of a report is taken at once. The usual sizes are right for every organisation; what is read does not depend on them, so
/// that one of forty people can be read as one of a hundred thousand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// So many people are put in order in memory.
    pub in_memory: u32,
    /// Of so many people it is worked out what was known of them on a day.
    pub known: u32,
    /// How many lines or people are read at once.
    pub part: u16,
    /// How many people of one name are looked at.
    pub named: u16,
    /// How many rows a page shows.
    pub page: u16,
    /// How many people a page of the matrix shows.
    pub matrix: u16,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { in_memory: 3000, known: 3000, part: 500, named: 500, page: 50, matrix: 25 }
    }
}
