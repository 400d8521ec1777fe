//! What can go wrong below the domain. Refusals of the domain (a duplicate, a spent link) are in the return types instead.

/// The result of a store method.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure of the database, for the log; a page shows its own words (architecture.md, rule 7).
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or did not finish; nothing was recorded. Answer 503.
    #[error("the database is unavailable: {cause}")]
    Unavailable {
        /// What the engine said.
        cause: String,
    },
    /// The disk of the database is full; reading goes on. Answer 503.
    #[error("the disk of the database is full: {cause}")]
    Full {
        /// What the engine said.
        cause: String,
    },
    /// Too many writes are waiting, or this one waited too long for its turn. Answer 503 with Retry-After.
    #[error("too many writes are waiting")]
    Busy,
    /// Another writer held what this one needed and the engine made this one give way; it was retried once already.
    #[error("gave way to another writer: {cause}")]
    Deadlock {
        /// What the engine said.
        cause: String,
    },
    /// Another program held what this write needed for longer than anybody waits; only this one was refused. Answer 503.
    #[error("another writer did not let go: {cause}")]
    Locked {
        /// What the engine said.
        cause: String,
    },
    /// A constraint refused the row, for instance a reference to a row that is not there.
    #[error("a constraint refused the row: {cause}")]
    Constraint {
        /// What the engine said.
        cause: String,
    },
    /// The database was written by a newer program.
    #[error(
        "the database has schema {found} ({name}), this program knows schemas up to {known}: start the newer program"
    )]
    NewerSchema {
        /// The schema number found.
        found: i64,
        /// Its name.
        name: String,
        /// The newest number this program knows.
        known: i64,
    },
    /// SQLite before 3.51.3 can lose committed writes in WAL mode.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed, older ones can lose committed writes")]
    TooOldSqlite {
        /// The version found.
        found: String,
    },
    /// A row does not hold what it must.
    #[error("the database is damaged at {place}: {cause}")]
    Corrupt {
        /// Column, table or file.
        place: String,
        /// What is wrong there.
        cause: String,
    },
    /// The database's URL is not one we know.
    #[error("not a database URL: {url}; use sqlite:PATH or postgres://USER@HOST/NAME")]
    Url {
        /// What was given, without its password.
        url: String,
    },
}

impl StoreError {
    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable { cause: cause.to_string() }
    }

    pub(crate) fn corrupt(place: impl Into<String>, cause: impl std::fmt::Display) -> Self {
        Self::Corrupt { place: place.into(), cause: cause.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let cause = error.to_string();
        let sqlx::Error::Database(database) = &error else {
            return Self::Unavailable { cause };
        };
        if database.is_unique_violation() || database.is_foreign_key_violation() || database.is_check_violation() {
            return Self::Constraint { cause };
        }
        let code = database.code().unwrap_or_default().into_owned();
        if database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            // SQLite's extended codes keep the primary one in the low byte.
            return match code.parse::<i64>().map(|code| code & 0xff) {
                Ok(11 | 26) => Self::Corrupt { place: "the file".to_owned(), cause },
                Ok(13) => Self::Full { cause },
                Ok(19) => Self::Constraint { cause },
                _ => Self::Unavailable { cause },
            };
        }
        match code.as_str() {
            "53100" => Self::Full { cause },
            "40P01" | "40001" => Self::Deadlock { cause },
            "55P03" => Self::Locked { cause },
            code if code.starts_with("23") => Self::Constraint { cause },
            code if code.starts_with("XX") => Self::Corrupt { place: "the database".to_owned(), cause },
            _ => Self::Unavailable { cause },
        }
    }
}
