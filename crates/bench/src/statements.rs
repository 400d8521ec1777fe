//! Which statements the running program sends for one request: sqlx logs each one when it is asked to.

use std::path::Path;

use crate::{
    Outcome, bare,
    client::Connection,
    process::{Bedside, Running},
};

/// Stops the measurement when the program asks the database something else than the handler it is measured against.
pub(crate) async fn compare(bedside: &Bedside, database: &str, request: &[u8], scratch: &Path) -> Outcome {
    let log = scratch.join("statements.json");
    let running = Running::start(&mut bedside.serve_telling_statements(database, &log)?)?;
    let mut connection = Connection::open(running.address).await?;
    // The first request may fill what later ones find.
    connection.ask(request).await?;
    let before = std::fs::read_to_string(&log)?.len();
    connection.ask(request).await?;
    drop(running);
    let told = std::fs::read_to_string(&log)?;
    let asked: Vec<String> = told[before..].lines().filter_map(statement).filter(|sql| is_reading(sql)).collect();
    let expected: Vec<String> = bare::STATEMENTS.iter().map(|sql| flat(sql)).collect();
    if asked == expected {
        return Ok(());
    }
    Err(format!("bare.rs asks other statements than the program; its list must be:\n{}", asked.join("\n")).into())
}

/// The statement of one line of the log.
fn statement(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let fields = line.get("fields")?;
    // What is short stands in the summary alone.
    let whole = fields.get("db.statement")?.as_str().filter(|sql| !sql.is_empty());
    Some(flat(whole.or(fields.get("summary")?.as_str())?))
}

/// A page only reads. What else is in the log opens connections, or clears away what is over, at any moment.
fn is_reading(sql: &str) -> bool {
    sql.starts_with("SELECT")
}

fn flat(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read_whole_from_the_log() {
        let long = r#"{"fields":{"summary":"SELECT a, b …","db.statement":"\n\nSELECT a,\n  b\n"}}"#;
        assert_eq!(statement(long).as_deref(), Some("SELECT a, b"));
        assert_eq!(statement(r#"{"fields":{"summary":"COMMIT","db.statement":""}}"#).as_deref(), Some("COMMIT"));
        assert_eq!(statement("Listening"), None);
    }
}
