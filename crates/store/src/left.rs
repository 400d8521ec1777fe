//! Drafts as somebody left them: before lines that one person wrote are changed or taken away by another, and before a draft is thrown away,
//! what was kept last is put here, so that it can be looked at and taken up again. The last few of each name.

use std::collections::{HashMap, HashSet};

use crate::{
    NewDraft, PersonId, Result, Store,
    db::{Row, Tx, vals},
};

/// How many are kept of each name.
const MOST: i64 = 12;

/// A draft as somebody left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its id.
    pub id: i64,
    /// What it was to be.
    pub kind: String,
    /// Who left it so.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When they kept it, microseconds.
    pub at: i64,
    /// Whether it was thrown away; else lines of it were changed.
    pub is_thrown: bool,
    /// Who did that.
    pub changed_by: String,
    /// When, microseconds.
    pub changed_at: i64,
}

macro_rules! left_of {
    ($more:literal) => {
        concat!(
            "SELECT l.id, l.kind, l.by_id, b.name AS by_name, l.at, l.why, c.name AS changed_by, l.changed_at",
            $more,
            " FROM draft_left l JOIN person b ON b.id = l.by_id JOIN person c ON c.id = l.changed_by WHERE l.slug = $1 "
        )
    };
}

impl Store {
    /// The drafts of a name as people left them, the one that was changed last first.
    pub async fn left_drafts(&self, slug: &str) -> Result<Vec<Left>> {
        let sql = concat!(left_of!(""), "ORDER BY l.id DESC");
        self.reader().await?.all(sql, vals![slug]).await?.iter().map(left).collect()
    }

    /// A draft as somebody left it, and its text.
    pub async fn left_draft(&self, slug: &str, id: i64) -> Result<Option<(Left, String)>> {
        let sql = concat!(left_of!(", l.source"), "AND l.id = $2");
        let row = self.reader().await?.optional(sql, vals![slug, id]).await?;
        row.map(|row| Ok((left(&row)?, row.text("source")?))).transpose()
    }
}

/// One of the texts of a draft: its lines, and whose it is.
struct Text {
    source: String,
    by: Option<PersonId>,
    at: Option<i64>,
}

/// Puts away what others left of a draft that is changed just now, before the new text is among its texts. `draft` is its id.
pub(crate) async fn note(tx: &mut Tx, draft: i64, new: &NewDraft, now: i64) -> Result<()> {
    let others = "SELECT person_id FROM draft_writer WHERE draft_id = $1 AND person_id <> $2 LIMIT 1";
    if tx.optional(others, vals![draft, new.by]).await?.is_none() {
        return Ok(());
    }
    let sql = "SELECT source, by_id, at FROM draft_text WHERE draft_id = $1 ORDER BY rev DESC";
    let texts: Vec<Text> = tx.all(sql, vals![draft]).await?.iter().map(text).collect::<Result<_>>()?;
    let Some(before) = texts.first() else { return Ok(()) };
    let gone = gone(&before.source, &new.source);
    if gone.is_empty() {
        return Ok(());
    }
    let sets: Vec<HashSet<&str>> = texts.iter().map(|text| text.source.lines().collect()).collect();
    let mut authors: Vec<PersonId> = gone.iter().filter_map(|line| author(line, &sets, &texts)).collect();
    authors.sort_by_key(|author| author.0);
    authors.dedup();
    for author in authors.into_iter().filter(|author| *author != new.by) {
        let Some(last) = texts.iter().find(|text| text.by == Some(author)) else { continue };
        let known = "SELECT source FROM draft_left WHERE slug = $1 AND by_id = $2 ORDER BY id DESC LIMIT 1";
        let known = tx.optional(known, vals![&new.slug, author]).await?.map(|row| row.text("source")).transpose()?;
        if known.as_ref() == Some(&last.source) {
            continue;
        }
        let sql = "INSERT INTO draft_left (kind, slug, source, by_id, at, why, changed_by, changed_at)
            VALUES ($1, $2, $3, $4, $5, 'changed', $6, $7)";
        let at = last.at.unwrap_or(now);
        tx.run(sql, vals![&new.kind, &new.slug, &last.source, author, at, new.by, now]).await?;
    }
    prune(tx, &new.slug).await
}

/// Puts a draft away that is about to be thrown away, unless it says what the version below it says.
pub(crate) async fn thrown(tx: &mut Tx, slug: &str, by: PersonId, now: i64) -> Result<()> {
    let sql = "INSERT INTO draft_left (kind, slug, source, by_id, at, why, changed_by, changed_at)
        SELECT d.kind, d.slug, d.source, d.changed_by, d.changed_at, 'thrown', CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM draft d
        WHERE d.slug = $1 AND NOT EXISTS (SELECT 1 FROM version v WHERE v.id = d.base_id AND v.source = d.source)";
    tx.run(sql, vals![slug, by, now]).await?;
    prune(tx, slug).await
}

/// Lets all but the last few of a name go.
async fn prune(tx: &mut Tx, slug: &str) -> Result<()> {
    let sql = "DELETE FROM draft_left WHERE slug = $1 AND id NOT IN
        (SELECT id FROM draft_left WHERE slug = $2 ORDER BY id DESC LIMIT $3)";
    tx.run(sql, vals![slug, slug, MOST]).await.map(drop)
}

/// Whoever wrote a line: they kept the oldest of the texts in which it has stood ever since.
fn author(line: &str, sets: &[HashSet<&str>], texts: &[Text]) -> Option<PersonId> {
    let since = sets.iter().take_while(|lines| lines.contains(line)).count();
    since.checked_sub(1).and_then(|at| texts.get(at)).and_then(|text| text.by)
}

/// The lines of a text that do not stand in another as often, without empty ones.
fn gone<'t>(before: &'t str, after: &'t str) -> Vec<&'t str> {
    let mut there: HashMap<&str, usize> = HashMap::new();
    for line in after.lines() {
        *there.entry(line).or_default() += 1;
    }
    let mut gone = Vec::new();
    for line in before.lines().filter(|line| !line.trim().is_empty()) {
        match there.get_mut(line) {
            Some(many) if *many > 0 => *many -= 1,
            _ => gone.push(line),
        }
    }
    gone
}

fn text(row: &Row) -> Result<Text> {
    Ok(Text { source: row.text("source")?, by: row.i64_or_none("by_id")?.map(PersonId), at: row.i64_or_none("at")? })
}

fn left(row: &Row) -> Result<Left> {
    Ok(Left {
        id: row.i64("id")?,
        kind: row.text("kind")?,
        by: PersonId(row.i64("by_id")?),
        by_name: row.text("by_name")?,
        at: row.i64("at")?,
        is_thrown: row.text("why")? == "thrown",
        changed_by: row.text("changed_by")?,
        changed_at: row.i64("changed_at")?,
    })
}
