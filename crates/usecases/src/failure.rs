//! What can come between a person and what they asked for.

use store::StoreError;

/// A field that was not taken, and the sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: &'static str,
    /// What to do about it, in plain words.
    pub message: String,
}

impl FieldError {
    /// The sentence for a field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

impl Failure {
    /// One field to correct, with the sentence for it.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

/// Why a use case did not do what was asked. A page turns it into a status and plain words; the log gets the cause.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not there, or not theirs to see: both answer alike (security.md, Rights).
    #[error("not found")]
    NotFound,
    /// There, and not theirs: answered as what is not there, and written into the audit log.
    #[error("denied")]
    Denied,
    /// What was typed cannot be taken as it is.
    #[error("fields to correct: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The same step or form was sent before with other content; nothing was changed.
    #[error("already answered differently")]
    Conflict,
    /// Too many tries in a short time.
    #[error("too many tries")]
    TooMany,
    /// The database cannot be reached, is full or is busy: it may work again by itself.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
    /// Something that should never happen; the log knows more.
    #[error("internal: {0}")]
    Internal(String),
}
