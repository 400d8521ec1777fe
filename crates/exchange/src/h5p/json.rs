//! What is in a value, and nothing where it is not of the kind that was looked for.

use serde_json::Value;

use crate::html::{self, Lost};
use crate::text::Text;

/// A text by its key.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// The first word of a text, as of `H5P.MultiChoice 1.16`.
pub(super) fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    text(value, key).split_whitespace().next().unwrap_or("")
}

/// A list by its key.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Something inside something, by their keys.
pub(super) fn inside<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().try_fold(value, |value, key| value.get(key)).unwrap_or(&Value::Null)
}

/// Whether something is said to be so. Older files say it in words.
pub(super) fn is(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(word)) => word == "true",
        _ => false,
    }
}

/// A whole number by its key, which older files write as text.
pub(super) fn number(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text of HTML by its key.
pub(super) fn words(value: &Value, key: &str, lost: &mut Lost) -> Text {
    html::read(text(value, key), lost)
}
