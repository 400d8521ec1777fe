//! The audit log: who did what to which object, when, from where. No secrets in it.

use crate::{
    PersonId, Result, Store,
    db::{Row, Tx, vals},
};

/// An entry to write.
#[derive(Debug, Clone, Default)]
pub struct NewAudit {
    /// Who, none for somebody not signed in or the program itself.
    pub who: Option<PersonId>,
    /// What was done, a dotted word: `sign_in.refused`.
    pub what: String,
    /// To what: `person/12`.
    pub object: String,
    /// Anything more, in plain words.
    pub detail: String,
    /// The address it came from.
    pub from: Option<String>,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number; pages go by it.
    pub id: i64,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Who.
    pub who: Option<PersonId>,
    /// Their name.
    pub who_name: Option<String>,
    /// What was done.
    pub what: String,
    /// To what.
    pub object: String,
    /// The name of the person that the object is, if it is one.
    pub object_name: Option<String>,
    /// Anything more.
    pub detail: String,
    /// From where.
    pub from: Option<String>,
}

/// Which entries to show; an empty filter shows all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what this person did.
    pub who: Option<PersonId>,
    /// Only this word, or every word that begins with it and a dot.
    pub what: Option<String>,
    /// Only what this person did or what was done to them.
    pub about: Option<PersonId>,
    /// Only what was done to this object.
    pub object: Option<String>,
    /// Only entries older than this number: the last one of the page before.
    pub before: Option<i64>,
}

impl Store {
    /// Writes one entry.
    pub async fn append_audit(&self, entry: NewAudit, now: i64) -> Result<()> {
        self.write((entry, now), |tx, (entry, now)| Box::pin(append(tx, entry, *now))).await
    }

    /// Writes one entry, unless the same was done by the same person to the same object after `since`. Returns whether it was written.
    pub async fn append_audit_once(&self, entry: NewAudit, since: i64, now: i64) -> Result<bool> {
        if noted(&mut self.reader().await?, &entry, since).await? {
            return Ok(false);
        }
        self.write((entry, since, now), |tx, (entry, since, now)| {
            Box::pin(async move {
                if noted(tx, entry, *since).await? {
                    return Ok(false);
                }
                append(tx, entry, *now).await?;
                Ok(true)
            })
        })
        .await
    }

    /// What others did to a person after `since` that is called `what`, newest first.
    pub async fn done_to(&self, person: PersonId, what: &str, since: i64, limit: i64) -> Result<Vec<AuditEntry>> {
        let sql = "SELECT a.id, a.at, a.who, p.name AS who_name, a.what, a.object, o.name AS object_name, a.detail, a.from_address
            FROM audit a JOIN person p ON p.id = a.who JOIN person o ON o.id = $2
            WHERE a.object = $1 AND a.what = $3 AND a.at > $4 AND a.who <> $2 ORDER BY a.id DESC LIMIT $5";
        let vals = vals![format!("person/{person}"), person, what, since, limit];
        self.reader().await?.all(sql, vals).await?.iter().map(entry).collect()
    }

    /// At most `limit` entries, newest first.
    pub async fn audit_page(&self, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditEntry>> {
        let sql = "SELECT a.id, a.at, a.who, p.name AS who_name, a.what, a.object, o.name AS object_name, a.detail, a.from_address
            FROM audit a LEFT JOIN person p ON p.id = a.who
            LEFT JOIN person o ON o.id = CASE WHEN a.object LIKE 'person/%' THEN CAST(substr(a.object, 8) AS BIGINT) END
            WHERE a.id < $1 AND ($2 = 0 OR a.who = $2) AND ($3 = '' OR a.what = $3 OR substr(a.what, 1, length($3) + 1) = $3 || '.')
              AND ($4 = '' OR a.object = $4) AND ($5 = 0 OR a.who = $5 OR a.object = 'person/' || $5)
            ORDER BY a.id DESC LIMIT $6";
        let vals = vals![
            filter.before.unwrap_or(i64::MAX),
            filter.who.map_or(0, |who| who.0),
            filter.what.clone().unwrap_or_default(),
            filter.object.clone().unwrap_or_default(),
            filter.about.map_or(0, |person| person.0),
            limit,
        ];
        self.reader().await?.all(sql, vals).await?.iter().map(entry).collect()
    }
}

fn entry(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.i64("id")?,
        at: row.i64("at")?,
        who: row.i64_or_none("who")?.map(PersonId),
        who_name: row.text_or_none("who_name")?,
        what: row.text("what")?,
        object: row.text("object")?,
        object_name: row.text_or_none("object_name")?,
        detail: row.text("detail")?,
        from: row.text_or_none("from_address")?,
    })
}

async fn noted(tx: &mut Tx, entry: &NewAudit, since: i64) -> Result<bool> {
    let sql = "SELECT id FROM audit WHERE object = $1 AND what = $2 AND detail = $3 AND who = $4 AND at > $5 LIMIT 1";
    let vals = vals![&entry.object, &entry.what, &entry.detail, entry.who, since];
    Ok(tx.optional(sql, vals).await?.is_some())
}

pub(crate) async fn append(tx: &mut Tx, entry: &NewAudit, now: i64) -> Result<()> {
    let sql = "INSERT INTO audit (at, who, what, object, detail, from_address) VALUES ($1, $2, $3, $4, $5, $6)";
    let vals = vals![now, entry.who, &entry.what, &entry.object, &entry.detail, entry.from.clone()];
    tx.run(sql, vals).await.map(drop)
}
