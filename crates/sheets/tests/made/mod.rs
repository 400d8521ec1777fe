//! A table that the tests write.

use jiff::Timestamp;
use sheets::{Column, Head, Kind};

pub(crate) fn head() -> Head {
    Head {
        organisation: "Riverside Community Clinics".to_owned(),
        title: "Actions".to_owned(),
        lines: vec!["As of 3 May 2027".to_owned(), "Department: Surgery and below".to_owned()],
        // 3 May 2027, 09:30 UTC.
        made: Timestamp::constant(1_809_336_600, 0),
    }
}

/// One of each kind.
pub(crate) fn columns() -> Vec<Column> {
    vec![
        Column::new("Person", Kind::Text, 24),
        Column::new("Days overdue", Kind::Number, 8),
        Column::new("Due", Kind::Date, 11),
        Column::new("Compliant", Kind::Share, 12),
    ]
}
