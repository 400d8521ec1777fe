//! A second pair of eyes: what came of asking somebody else to look a draft over. It is about one revision of the draft; nobody who
//! wrote the draft since it was begun approves it.

use crate::{
    PersonId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    note::{Done, Happened},
};

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has looked yet.
    Waiting,
    /// Somebody else approved it.
    Approved,
    /// Somebody else sent it back.
    SentBack,
}

impl ReviewState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::SentBack => "sent-back",
        }
    }

    fn parse(word: &str) -> Result<Self> {
        let known = [Self::Waiting, Self::Approved, Self::SentBack].into_iter().find(|state| state.as_str() == word);
        known.ok_or_else(|| StoreError::corrupt("draft_review.state", word))
    }
}

/// The last asking about a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The revision it is about; 0 where an image has changed since.
    pub rev: i64,
    /// What came of it.
    pub state: ReviewState,
    /// Who asked.
    pub asked_by: String,
    /// When, microseconds.
    pub asked_at: i64,
    /// Who looked, and when, microseconds.
    pub looked: Option<(String, i64)>,
    /// What they said about it.
    pub note: String,
}

/// What became of asking or of looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    /// It is kept.
    Done,
    /// It was so already.
    Already,
    /// The draft is another one by now, or gone.
    Moved,
    /// Nobody asked about this revision.
    NotAsked,
    /// Whoever looked wrote it.
    Own,
}

impl Happened for Reviewed {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done).then(Done::default)
    }
}

impl Store {
    /// The last asking about the draft of a name.
    pub async fn review(&self, slug: &str) -> Result<Option<Review>> {
        let sql = "SELECT w.rev, w.state, a.name AS asked_by, w.asked_at, p.name, w.at, w.note
            FROM draft_review w JOIN draft d ON d.id = w.draft_id JOIN person a ON a.id = w.asked_by
            LEFT JOIN person p ON p.id = w.by_id WHERE d.slug = $1";
        self.reader().await?.optional(sql, vals![slug]).await?.as_ref().map(review).transpose()
    }

    /// The names in addresses of the drafts that wait for a second pair of eyes as they are now.
    pub async fn waiting_drafts(&self) -> Result<Vec<String>> {
        let sql = "SELECT d.slug FROM draft_review w JOIN draft d ON d.id = w.draft_id AND d.rev = w.rev
            WHERE w.state = 'waiting' ORDER BY d.slug";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter().map(|row| row.text("slug")).collect()
    }

    /// Everybody who wrote the draft of a name since it was begun, by name.
    pub async fn draft_writers(&self, slug: &str) -> Result<Vec<(PersonId, String)>> {
        let sql = "SELECT p.id, p.name FROM draft_writer w JOIN draft d ON d.id = w.draft_id JOIN person p ON p.id = w.person_id
            WHERE d.slug = $1 ORDER BY p.name, p.id";
        let rows = self.reader().await?.all(sql, vals![slug]).await?;
        rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?))).collect()
    }

    /// Asks for a second pair of eyes on a revision of a draft.
    pub async fn ask_for_approval(&self, slug: &str, rev: i64, by: PersonId, now: i64) -> Result<Reviewed> {
        self.write((slug.to_owned(), rev, by, now), |tx, (slug, rev, by, now)| {
            Box::pin(async move {
                let Some(draft) = locked(tx, slug, *rev).await? else { return Ok(Reviewed::Moved) };
                let there = "SELECT state FROM draft_review WHERE draft_id = $1 AND rev = $2 AND state <> 'sent-back'";
                if tx.optional(there, vals![draft, *rev]).await?.is_some() {
                    return Ok(Reviewed::Already);
                }
                let sql = "INSERT INTO draft_review (draft_id, rev, state, asked_by, asked_at) VALUES ($1, $2, 'waiting', $3, $4)
                    ON CONFLICT (draft_id) DO UPDATE SET rev = excluded.rev, state = excluded.state, asked_by = excluded.asked_by,
                        asked_at = excluded.asked_at, by_id = NULL, at = NULL, note = ''";
                tx.run(sql, vals![draft, *rev, *by, *now]).await?;
                Ok(Reviewed::Done)
            })
        })
        .await
    }

    /// Approves a revision of a draft, or sends it back with a note. What was approved can still be sent back.
    pub async fn look_over(
        &self,
        (slug, rev): (&str, i64),
        approves: bool,
        note: &str,
        (by, now): (PersonId, i64),
    ) -> Result<Reviewed> {
        let args = (slug.to_owned(), rev, approves, note.to_owned(), by, now);
        self.write(args, |tx, (slug, rev, approves, note, by, now)| {
            Box::pin(async move {
                let Some(draft) = locked(tx, slug, *rev).await? else { return Ok(Reviewed::Moved) };
                let wrote = "SELECT person_id FROM draft_writer WHERE draft_id = $1 AND person_id = $2";
                if tx.optional(wrote, vals![draft, *by]).await?.is_some() {
                    return Ok(Reviewed::Own);
                }
                let state = if *approves { ReviewState::Approved } else { ReviewState::SentBack };
                let asked = "SELECT state FROM draft_review WHERE draft_id = $1 AND rev = $2";
                match tx.optional(asked, vals![draft, *rev]).await?.map(|row| row.text("state")).transpose()? {
                    None => return Ok(Reviewed::NotAsked),
                    Some(word) if word == state.as_str() => return Ok(Reviewed::Already),
                    // Whoever has it back asks again first.
                    Some(word) if word == ReviewState::SentBack.as_str() => return Ok(Reviewed::NotAsked),
                    Some(_) => {}
                }
                let sql = "UPDATE draft_review SET state = $2, by_id = $3, at = $4, note = $5 WHERE draft_id = $1";
                tx.run(sql, vals![draft, state.as_str(), *by, *now, note]).await?;
                Ok(Reviewed::Done)
            })
        })
        .await
    }
}

/// The draft of a name as it was looked at; nobody changes it until the end of the transaction.
async fn locked(tx: &mut Tx, slug: &str, rev: i64) -> Result<Option<i64>> {
    // A change that changes nothing holds the row on both engines.
    let sql = "UPDATE draft SET rev = rev WHERE slug = $1 AND rev = $2 RETURNING id";
    tx.optional(sql, vals![slug, rev]).await?.map(|row| row.i64("id")).transpose()
}

/// Somebody wrote a draft.
pub(crate) async fn wrote(tx: &mut Tx, draft: i64, by: PersonId) -> Result<()> {
    let sql = "INSERT INTO draft_writer (draft_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(sql, vals![draft, by]).await.map(drop)
}

/// An image of a draft has changed, which no revision tells: whatever was approved is no more.
pub(crate) async fn outdate(tx: &mut Tx, draft: i64) -> Result<()> {
    tx.run("UPDATE draft_review SET rev = 0 WHERE draft_id = $1", vals![draft]).await.map(drop)
}

/// Whether a revision of a draft is approved, until the end of the transaction.
pub(crate) async fn is_approved(tx: &mut Tx, slug: &str, rev: i64) -> Result<bool> {
    let Some(draft) = locked(tx, slug, rev).await? else { return Ok(false) };
    let sql = "SELECT rev FROM draft_review WHERE draft_id = $1 AND rev = $2 AND state = 'approved'";
    Ok(tx.optional(sql, vals![draft, rev]).await?.is_some())
}

/// The draft goes, and what was asked about it.
pub(crate) async fn forget(tx: &mut Tx, draft: i64) -> Result<()> {
    tx.run("DELETE FROM draft_review WHERE draft_id = $1", vals![draft]).await?;
    tx.run("DELETE FROM draft_writer WHERE draft_id = $1", vals![draft]).await.map(drop)
}

fn review(row: &Row) -> Result<Review> {
    Ok(Review {
        rev: row.i64("rev")?,
        state: ReviewState::parse(&row.text("state")?)?,
        asked_by: row.text("asked_by")?,
        asked_at: row.i64("asked_at")?,
        looked: row.text_or_none("name")?.zip(row.i64_or_none("at")?),
        note: row.text("note")?,
    })
}
