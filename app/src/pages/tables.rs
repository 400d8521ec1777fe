//! Tables that are part of a page, and the files they can be taken away as.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use usecases::reports::{Column, PersonFile, Row, Value};

use super::reports::plain_row;

/// How many characters of a hash a page shows: enough to tell any two apart. Files hold all of it.
const SHORT: usize = 12;

/// A table with its caption; as cards on a phone. A wide one scrolls in its own box.
pub(super) fn table_of(caption: &str, columns: &[Column], rows: Vec<Row>, wide: bool) -> AnyView {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let heads = names.iter().map(|name| view! { <th role="columnheader" scope="col">{name.clone()}</th> });
    let heads = heads.collect::<Vec<_>>();
    let rows = rows.into_iter().map(|one| plain_row(with_short_hashes(one), columns, &names)).collect::<Vec<_>>();
    let (caption, label) = (caption.to_owned(), wide.then(|| caption.to_owned()));
    view! {
        <div class=if wide { "matrix-wrap" } else { "report-wrap" } tabindex=wide.then_some("0") role=wide.then_some("region") aria-label=label>
            <table class="table" role="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn with_short_hashes(mut row: Row) -> Row {
    for field in &mut row.fields {
        if let Value::Text(words) = &mut field.value
            && words.len() == 64
            && words.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            words.truncate(SHORT);
        }
    }
    row
}

/// A file to keep, which no device keeps by itself.
pub(super) fn file(made: PersonFile) -> Response {
    // The names of files hold only letters, digits, dots and dashes.
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", made.name));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(made.media_type)),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, made.bytes).into_response()
}
