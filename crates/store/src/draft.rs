//! Drafts: what trainers write before it is published. One for each name in addresses; each change counts its revision up, and a
//! change from an older revision than the newest is refused, so that nobody overwrites what somebody else wrote.

use crate::{
    Asset, PersonId, Result, Store, VersionId,
    db::{Row, Tx, vals},
    left,
    note::{Done, Happened},
    review,
};

/// How many of the latest texts of a draft are kept, each of them.
const KEPT: i64 = 20;
/// Of those before, one in so many is kept, as long as it is not further back than the second number: a draft that keeps itself while
/// somebody types has hundreds in an hour, and whoever opened it before that still needs one from which to bring both together.
const THINNED: [(i64, i64); 2] = [(20, 400), (200, 4000)];

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it will be: `module`, `scenario`, `quiz` or `job-aid`.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// What was written.
    pub source: String,
    /// Which change of it this is, from 1.
    pub rev: i64,
    /// The version it was taken from; none for something new.
    pub base: Option<VersionId>,
    /// When it was changed last, microseconds.
    pub changed_at: i64,
    /// Who changed it last.
    pub changed_by: String,
}

/// A draft to keep.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// What it will be.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// What was written.
    pub source: String,
    /// The revision it was changed from; none where there was no draft.
    pub from: Option<i64>,
    /// The version it was taken from, where there was no draft.
    pub base: Option<VersionId>,
    /// Who wrote it.
    pub by: PersonId,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftKept {
    /// It is kept, as this revision.
    Kept(i64),
    /// Somebody else was quicker: the draft is this one now, or is gone.
    Moved(Option<Box<Draft>>),
    /// The name belongs to a document or draft of another kind.
    SlugTaken,
}

impl Happened for DraftKept {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Kept(_)).then(Done::default)
    }
}

macro_rules! draft_of {
    () => {
        "SELECT d.kind, d.slug, d.source, d.rev, d.base_id, d.changed_at, p.name FROM draft d JOIN person p ON p.id = d.changed_by "
    };
}

impl Store {
    /// All drafts, the one that was changed last first.
    pub async fn drafts(&self) -> Result<Vec<Draft>> {
        let sql = concat!(draft_of!(), "ORDER BY d.changed_at DESC, d.id DESC");
        self.reader().await?.all(sql, vals![]).await?.iter().map(draft).collect()
    }

    /// The draft of a name.
    pub async fn draft(&self, slug: &str) -> Result<Option<Draft>> {
        let sql = concat!(draft_of!(), "WHERE d.slug = $1");
        self.reader().await?.optional(sql, vals![slug]).await?.as_ref().map(draft).transpose()
    }

    /// What a draft said as an earlier revision, or else as the nearest one before that is still kept.
    pub async fn draft_text_near(&self, slug: &str, rev: i64) -> Result<Option<String>> {
        let sql =
            "SELECT t.source FROM draft_text t JOIN draft d ON d.id = t.draft_id WHERE d.slug = $1 AND t.rev <= $2
            ORDER BY t.rev DESC LIMIT 1";
        self.reader().await?.optional(sql, vals![slug, rev]).await?.map(|row| row.text("source")).transpose()
    }

    /// What a draft said as an earlier revision, where that is still kept.
    pub async fn draft_text(&self, slug: &str, rev: i64) -> Result<Option<String>> {
        let sql =
            "SELECT t.source FROM draft_text t JOIN draft d ON d.id = t.draft_id WHERE d.slug = $1 AND t.rev = $2";
        self.reader().await?.optional(sql, vals![slug, rev]).await?.map(|row| row.text("source")).transpose()
    }

    /// Who kept a draft since a revision of it, by name.
    pub async fn draft_hands(&self, slug: &str, since: i64) -> Result<Vec<(PersonId, String)>> {
        let sql = "SELECT DISTINCT p.id, p.name FROM draft_text t JOIN draft d ON d.id = t.draft_id JOIN person p ON p.id = t.by_id
            WHERE d.slug = $1 AND t.rev > $2 ORDER BY p.name, p.id";
        let rows = self.reader().await?.all(sql, vals![slug, since]).await?;
        rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?))).collect()
    }

    /// When somebody kept a draft last, microseconds.
    pub async fn draft_kept_by(&self, slug: &str, by: PersonId) -> Result<Option<i64>> {
        let sql = "SELECT max(t.at) AS at FROM draft_text t JOIN draft d ON d.id = t.draft_id WHERE d.slug = $1 AND t.by_id = $2";
        let row = self.reader().await?.optional(sql, vals![slug, by]).await?;
        Ok(row.map(|row| row.i64_or_none("at")).transpose()?.flatten())
    }

    /// Keeps a draft. The same text again is no change.
    pub async fn keep_draft(&self, new: NewDraft, now: i64) -> Result<DraftKept> {
        self.write((new, now), |tx, (new, now)| Box::pin(keep(tx, new, *now))).await
    }

    /// Throws a draft away, as it was looked at; what it said is put away for a while. Returns false where it has changed since.
    pub async fn discard_draft(&self, slug: &str, rev: i64, (by, now): (PersonId, i64)) -> Result<bool> {
        self.write((slug.to_owned(), rev, by, now), |tx, (slug, rev, by, now)| {
            Box::pin(async move {
                // Nobody may change it between what is put away and what is thrown away.
                let sql = "UPDATE draft SET rev = rev WHERE slug = $1 AND rev = $2 RETURNING id";
                if tx.optional(sql, vals![&*slug, *rev]).await?.is_none() {
                    return Ok(false);
                }
                left::thrown(tx, slug, *by, *now).await?;
                take(tx, slug, *rev).await
            })
        })
        .await
    }

    /// Keeps an image for a draft, in the place of one of the same target; what was approved before is no more. Returns false where there
    /// is no such draft.
    pub async fn keep_draft_asset(&self, slug: &str, target: &str, asset: Asset, by: PersonId) -> Result<bool> {
        let args = (slug.to_owned(), target.to_owned(), asset, by);
        self.write(args, |tx, (slug, target, asset, by)| {
            Box::pin(async move {
                let Some(row) = tx.optional("SELECT id FROM draft WHERE slug = $1", vals![slug]).await? else {
                    return Ok(false);
                };
                let sql = "INSERT INTO asset (hash, mime, bytes) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
                tx.run(sql, vals![asset.hash, &asset.mime, &asset.bytes]).await?;
                let sql = "INSERT INTO draft_asset (draft_id, target, hash) VALUES ($1, $2, $3)
                    ON CONFLICT (draft_id, target) DO UPDATE SET hash = excluded.hash";
                tx.run(sql, vals![row.i64("id")?, target, asset.hash]).await?;
                review::outdate(tx, row.i64("id")?).await?;
                // Whoever brings a picture has a hand in it, and is no second pair of eyes.
                review::wrote(tx, row.i64("id")?, *by).await?;
                Ok(true)
            })
        })
        .await
    }

    /// The images of a draft: the target as it was written, and the hash.
    pub async fn draft_assets(&self, slug: &str) -> Result<Vec<(String, [u8; 32])>> {
        let sql = "SELECT a.target, a.hash FROM draft_asset a JOIN draft d ON d.id = a.draft_id WHERE d.slug = $1 ORDER BY a.target";
        let rows = self.reader().await?.all(sql, vals![slug]).await?;
        rows.iter().map(|row| Ok((row.text("target")?, row.hash("hash")?))).collect()
    }
}

async fn keep(tx: &mut Tx, new: &NewDraft, now: i64) -> Result<DraftKept> {
    let there = tx.optional("SELECT kind FROM document WHERE slug = $1", vals![&new.slug]).await?;
    if let Some(row) = there
        && row.text("kind")? != new.kind
    {
        return Ok(DraftKept::SlugTaken);
    }
    // A change that changes nothing holds the row on both engines, so that two who keep at once go one after the other.
    tx.run("UPDATE draft SET rev = rev WHERE slug = $1", vals![&new.slug]).await?;
    let found = there_now(tx, &new.slug).await?;
    let is_new = found.is_none();
    let rev = match (found, new.from) {
        (Some(found), _) if found.kind != new.kind => return Ok(DraftKept::SlugTaken),
        (Some(found), _) if found.source == new.source => return Ok(DraftKept::Kept(found.rev)),
        (Some(found), Some(from)) if found.rev == from => found.rev + 1,
        (Some(found), _) => return Ok(DraftKept::Moved(Some(Box::new(found)))),
        (None, Some(_)) => return Ok(DraftKept::Moved(None)),
        (None, None) => 1,
    };
    let sql = "INSERT INTO draft (kind, slug, source, rev, base_id, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (slug) DO UPDATE SET source = excluded.source, rev = excluded.rev, changed_at = excluded.changed_at,
            changed_by = excluded.changed_by WHERE draft.rev = excluded.rev - 1 RETURNING id";
    let base = new.base.map(|base| base.0);
    let kept = tx.optional(sql, vals![&new.kind, &new.slug, &new.source, rev, base, now, new.by]).await?;
    // Two who begin at once: the second finds what the first began.
    let Some(row) = kept else { return Ok(DraftKept::Moved(there_now(tx, &new.slug).await?.map(Box::new))) };
    let id = row.i64("id")?;
    review::wrote(tx, id, new.by).await?;
    if !is_new {
        left::note(tx, id, new, now).await?;
    }
    let sql =
        "INSERT INTO draft_text (draft_id, rev, source, by_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    tx.run(sql, vals![id, rev, &new.source, new.by, now]).await?;
    thin(tx, id, rev).await?;
    Ok(DraftKept::Kept(rev))
}

async fn there_now(tx: &mut Tx, slug: &str) -> Result<Option<Draft>> {
    tx.optional(concat!(draft_of!(), "WHERE d.slug = $1"), vals![slug]).await?.as_ref().map(draft).transpose()
}

/// Lets earlier texts go; everybody's last one stays, so that it is known what they left.
async fn thin(tx: &mut Tx, draft: i64, rev: i64) -> Result<()> {
    let sql = "DELETE FROM draft_text WHERE draft_id = $1 AND rev <= $2 AND NOT (rev % $3 = 0 AND rev > $4)
        AND NOT (rev % $5 = 0 AND rev > $6) AND rev NOT IN (SELECT max(rev) FROM draft_text WHERE draft_id = $1 GROUP BY by_id)";
    let [(often, near), (seldom, far)] = THINNED;
    tx.run(sql, vals![draft, rev - KEPT, often, rev - near, seldom, rev - far]).await.map(drop)
}

/// Takes a draft away as it was looked at; false where it is another one by now, or none.
pub(crate) async fn take(tx: &mut Tx, slug: &str, rev: i64) -> Result<bool> {
    let found = tx.optional("SELECT id FROM draft WHERE slug = $1 AND rev = $2", vals![slug, rev]).await?;
    let Some(row) = found else { return Ok(false) };
    let id = row.i64("id")?;
    tx.run("DELETE FROM draft_text WHERE draft_id = $1", vals![id]).await?;
    tx.run("DELETE FROM draft_asset WHERE draft_id = $1", vals![id]).await?;
    review::forget(tx, id).await?;
    tx.run("DELETE FROM draft WHERE id = $1", vals![id]).await?;
    Ok(true)
}

fn draft(row: &Row) -> Result<Draft> {
    Ok(Draft {
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        source: row.text("source")?,
        rev: row.i64("rev")?,
        base: row.i64_or_none("base_id")?.map(VersionId),
        changed_at: row.i64("changed_at")?,
        changed_by: row.text("name")?,
    })
}
