//! Documents and their published versions. A version is frozen under its content hash.

use std::collections::HashMap;

use crate::{
    Asset, DocumentId, NewAudit, NewUpdate, PersonId, RequirementId, Result, Store, VersionId, Words, asset,
    db::{Row, Tx, vals},
    draft,
    note::{Done, Happened},
    requirement, review, search, site,
};

/// A version to publish.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// What the document is: `module`, `scenario`, `quiz`.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What the trainer wrote.
    pub source: String,
    /// The hash of source, assets and embedded parts.
    pub content_hash: [u8; 32],
    /// The hash of what is scored.
    pub scoring_hash: [u8; 32],
    /// The parse, as JSON.
    pub frozen: String,
    /// Who publishes, none for the starter content.
    pub by: Option<PersonId>,
    /// What it changes for those who learned the version before, where somebody said.
    pub change: Option<Change>,
    /// The draft that it is, by the revision that was looked at; it goes with it.
    pub draft: Option<i64>,
    /// The images that belong to it: the target as written, and what it holds.
    pub assets: Vec<(String, Asset)>,
    /// The words by which it is found; none for what is not looked for.
    pub words: Option<Words>,
}

/// What a version changes for those who learned the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing: words were mended.
    Editorial,
    /// Something, from their next cycle on.
    Material,
}

impl Change {
    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Editorial => "editorial",
            Self::Material => "material",
        }
    }

    /// What a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Editorial, Self::Material].into_iter().find(|change| change.as_str() == word)
    }
}

/// A version in the history of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastVersion {
    /// The version.
    pub id: VersionId,
    /// Its title.
    pub title: String,
    /// The content hash.
    pub content_hash: [u8; 32],
    /// When it was published, microseconds.
    pub published_at: i64,
    /// Who published it; none for what came with the program.
    pub by: Option<String>,
    /// What it changed, where somebody said.
    pub change: Option<Change>,
    /// Why everybody who held it was asked for it, each reason once; none where nobody was, empty words for those of old.
    pub asked: Vec<String>,
    /// Why a trainer wishes that everybody is asked, as long as nobody has decided.
    pub wished: Option<String>,
}

/// What happens together with publishing, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Along {
    /// The mandatory updates that it begins.
    pub updates: Vec<NewUpdate>,
    /// The requirements of which somebody wishes that it is asked for soon.
    pub wishes: Vec<NewWish>,
    /// Whether the draft has to be approved as it is.
    pub approved: bool,
    /// Whether it came with the program, which takes the place of nothing that people published, brought back or withdrew.
    pub came_with_program: bool,
}

/// That somebody wishes that a version is asked for soon.
#[derive(Debug, Clone)]
pub struct NewWish {
    /// The requirement.
    pub requirement: RequirementId,
    /// In how many days it should be done.
    pub days: i32,
    /// Why.
    pub why: String,
    /// What is told of it in the audit log.
    pub detail: String,
}

/// What became of publishing, and of what went along.
#[derive(Debug, Clone)]
pub struct Went {
    /// What became of it.
    pub publish: Publish,
    /// The lines of the audit log about what went along.
    lines: Vec<NewAudit>,
}

impl Happened for Went {
    fn happened(&self) -> Option<Done> {
        self.publish.happened().map(|_| Done::with(self.lines.clone()))
    }
}

/// What became of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// A new version is live.
    Published(VersionId),
    /// This very content was live already.
    Unchanged(VersionId),
    /// An older version with this very content is live again.
    Again(VersionId),
    /// The slug belongs to a document of another kind.
    SlugTaken,
    /// The draft has changed since it was looked at, or is gone; nothing was published.
    Moved,
    /// The draft is not approved as it is; nothing was published.
    NotApproved,
    /// A requirement has the name of an update already; nothing was published.
    NameTaken,
}

/// A document as it is live, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveDocument {
    /// The document.
    pub document: DocumentId,
    /// Its live version.
    pub version: VersionId,
    /// What it is.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The content hash.
    pub content_hash: [u8; 32],
    /// When it was published, microseconds.
    pub published_at: i64,
    /// Since when it is withdrawn, microseconds; none while it is live.
    pub withdrawn_at: Option<i64>,
}

/// A version with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The version.
    pub id: VersionId,
    /// Its document.
    pub document: DocumentId,
    /// What it is.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What the trainer wrote.
    pub source: String,
    /// The content hash.
    pub content_hash: [u8; 32],
    /// The hash of what is scored.
    pub scoring_hash: [u8; 32],
    /// The parse, as JSON.
    pub frozen: String,
    /// When it was published, microseconds.
    pub published_at: i64,
}

/// Documents as they are live, or were last.
macro_rules! live_of {
    () => {
        "SELECT d.id AS document_id, d.kind, d.slug, d.withdrawn_at, v.id AS version_id, v.title, v.content_hash, v.published_at
            FROM document d JOIN version v ON v.id = d.live_version_id "
    };
}

impl Store {
    /// Publishes a version and makes it live. The same content again changes nothing.
    pub async fn publish(&self, new: NewVersion, now: i64) -> Result<Publish> {
        Ok(self.publish_along(new, Along::default(), now).await?.publish)
    }

    /// Publishes a version with what goes along, both or neither.
    pub async fn publish_along(&self, new: NewVersion, along: Along, now: i64) -> Result<Went> {
        self.write((new, along, now), |tx, (new, along, now)| Box::pin(publish(tx, new, along, *now))).await
    }

    /// The live document with this slug, whatever it is.
    pub async fn live_slug(&self, slug: &str) -> Result<Option<LiveDocument>> {
        Ok(self.known_slug(slug).await?.filter(|known| known.withdrawn_at.is_none()))
    }

    /// The document with this slug, whatever it is, as it is live or was before it was withdrawn.
    pub async fn known_slug(&self, slug: &str) -> Result<Option<LiveDocument>> {
        let sql = concat!(live_of!(), "WHERE d.slug = $1");
        self.reader().await?.optional(sql, vals![slug]).await?.as_ref().map(live).transpose()
    }

    /// The live documents of a kind, by title.
    pub async fn live_documents(&self, kind: &str) -> Result<Vec<LiveDocument>> {
        let sql = concat!(live_of!(), "WHERE d.kind = $1 AND d.withdrawn_at IS NULL ORDER BY v.title, d.id");
        self.reader().await?.all(sql, vals![kind]).await?.iter().map(live).collect()
    }

    /// The documents of a kind that were withdrawn, by title.
    pub async fn withdrawn_documents(&self, kind: &str) -> Result<Vec<LiveDocument>> {
        let sql = concat!(live_of!(), "WHERE d.kind = $1 AND d.withdrawn_at IS NOT NULL ORDER BY v.title, d.id");
        self.reader().await?.all(sql, vals![kind]).await?.iter().map(live).collect()
    }

    /// The document with this kind and slug as it is live, without its content.
    pub async fn live_document(&self, kind: &str, slug: &str) -> Result<Option<LiveDocument>> {
        Ok(self.known_document(kind, slug).await?.filter(|known| known.withdrawn_at.is_none()))
    }

    /// The document with this kind and slug as it is live or was before it was withdrawn, without its content.
    pub async fn known_document(&self, kind: &str, slug: &str) -> Result<Option<LiveDocument>> {
        let sql = concat!(live_of!(), "WHERE d.slug = $1 AND d.kind = $2");
        self.reader().await?.optional(sql, vals![slug, kind]).await?.as_ref().map(live).transpose()
    }

    /// The versions of a document, the newest first.
    pub async fn history_of(&self, document: DocumentId) -> Result<Vec<PastVersion>> {
        let sql = "SELECT v.id, v.title, v.content_hash, v.published_at, v.change, p.name,
                (SELECT w.why FROM update_wish w WHERE w.version_id = v.id ORDER BY w.at, w.requirement_id LIMIT 1) AS wished
            FROM version v LEFT JOIN person p ON p.id = v.by_id WHERE v.document_id = $1 ORDER BY v.id DESC";
        let asked =
            "SELECT DISTINCT r.since_version_id, r.why FROM requirement r JOIN version v ON v.id = r.since_version_id
            WHERE v.document_id = $1 ORDER BY r.since_version_id, r.why";
        let mut reader = self.reader().await?;
        let rows = reader.all(sql, vals![document]).await?;
        let mut reasons: HashMap<i64, Vec<String>> = HashMap::new();
        for row in reader.all(asked, vals![document]).await? {
            reasons.entry(row.i64("since_version_id")?).or_default().push(row.text("why")?);
        }
        let past = |row: &Row| {
            Ok(PastVersion {
                id: VersionId(row.i64("id")?),
                title: row.text("title")?,
                content_hash: row.hash("content_hash")?,
                published_at: row.i64("published_at")?,
                by: row.text_or_none("name")?,
                change: Change::parse(&row.text("change")?),
                asked: reasons.get(&row.i64("id")?).cloned().unwrap_or_default(),
                wished: row.text_or_none("wished")?,
            })
        };
        rows.iter().map(past).collect()
    }

    /// How many attempts at each document are open.
    pub async fn open_attempts(&self) -> Result<Vec<(DocumentId, i64)>> {
        let sql = "SELECT document_id, count(*) AS many FROM attempt WHERE ended_at IS NULL GROUP BY document_id";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter().map(|row| Ok((DocumentId(row.i64("document_id")?), row.i64("many")?))).collect()
    }

    /// The version with this id, live or not.
    pub async fn version(&self, id: VersionId) -> Result<Option<Version>> {
        let sql = "SELECT v.id, v.document_id, d.kind, d.slug, v.title, v.source, v.content_hash, v.scoring_hash, v.frozen, v.published_at
            FROM version v JOIN document d ON d.id = v.document_id WHERE v.id = $1";
        self.reader().await?.optional(sql, vals![id]).await?.as_ref().map(version).transpose()
    }
}

async fn publish(tx: &mut Tx, new: &NewVersion, along: &Along, now: i64) -> Result<Went> {
    let mut lines = Vec::new();
    // Names that are taken are found out before anything is written.
    for update in &along.updates {
        if requirement::is_taken(tx, &update.new.name).await? {
            return Ok(Went { publish: Publish::NameTaken, lines });
        }
    }
    let publish = make_live(tx, new, along, now).await?;
    let (Publish::Published(version) | Publish::Again(version)) = publish else { return Ok(Went { publish, lines }) };
    let line = |what: &str, of: RequirementId, detail: &str| NewAudit {
        who: None,
        what: what.to_owned(),
        object: format!("requirement/{of}"),
        detail: detail.to_owned(),
        from: None,
    };
    for NewUpdate { new: update, people, why, detail } in &along.updates {
        requirement::ask(tx, update, (people, Some(version), why), now).await?;
        lines.extend(update.update_of.map(|of| line("update.asked", of, detail)));
    }
    for wish in &along.wishes {
        if let Some(by) = new.by {
            requirement::wish(tx, wish, (version, by), now).await?;
            lines.push(line("update.wished", wish.requirement, &wish.detail));
        }
    }
    Ok(Went { publish, lines })
}

async fn make_live(tx: &mut Tx, new: &NewVersion, along: &Along, now: i64) -> Result<Publish> {
    // Changed first, so that two who publish at once go one after the other.
    site::config_changed(tx).await?;
    if let Some(rev) = new.draft {
        if along.approved && !review::is_approved(tx, &new.slug, rev).await? {
            return Ok(Publish::NotApproved);
        }
        if !draft::take(tx, &new.slug, rev).await? {
            return Ok(Publish::Moved);
        }
    }
    let made = "INSERT INTO document (kind, slug) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING";
    tx.run(made, vals![&new.kind, &new.slug]).await?;
    let sql = "SELECT d.id, d.kind, d.live_version_id, d.withdrawn_at, v.by_id
        FROM document d LEFT JOIN version v ON v.id = d.live_version_id WHERE d.slug = $1";
    let document = tx.one(sql, vals![&new.slug]).await?;
    if document.text("kind")? != new.kind {
        return Ok(Publish::SlugTaken);
    }
    let (id, live) = (DocumentId(document.i64("id")?), document.i64_or_none("live_version_id")?);
    let withdrawn = document.i64_or_none("withdrawn_at")?.is_some();
    let same = "SELECT id FROM version WHERE document_id = $1 AND content_hash = $2";
    let there = tx.optional(same, vals![id, new.content_hash]).await?;
    if along.came_with_program
        && let Some(version) = live
    {
        // What was live once and is no more was replaced by somebody.
        let replaced = there.as_ref().map(|row| row.i64("id")).transpose()?.is_some_and(|id| id != version);
        if withdrawn || replaced || document.i64_or_none("by_id")?.is_some() {
            return Ok(Publish::Unchanged(VersionId(version)));
        }
    }
    let outcome = match there {
        Some(row) if Some(row.i64("id")?) == live && !withdrawn => {
            let version = VersionId(row.i64("id")?);
            // A version from before there were images and search gets them now.
            asset::keep(tx, version, &new.assets).await?;
            if let Some(words) = &new.words
                && !search::is_indexed(tx, id).await?
            {
                search::index(tx, id, words).await?;
            }
            return Ok(Publish::Unchanged(version));
        }
        Some(row) => Publish::Again(VersionId(row.i64("id")?)),
        None => {
            let sql = "INSERT INTO version (document_id, title, source, content_hash, scoring_hash, frozen, published_at, by_id, change)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
            let (content, scoring) = (new.content_hash, new.scoring_hash);
            let change = new.change.map_or("", Change::as_str);
            let vals = vals![id, &new.title, &new.source, content, scoring, &new.frozen, now, new.by, change];
            Publish::Published(VersionId(tx.one(sql, vals).await?.i64("id")?))
        }
    };
    if let Publish::Published(version) | Publish::Again(version) = outcome {
        tx.run("UPDATE document SET live_version_id = $1, withdrawn_at = NULL WHERE id = $2", vals![version, id])
            .await?;
        asset::keep(tx, version, &new.assets).await?;
        if let Some(words) = &new.words {
            search::index(tx, id, words).await?;
        }
    }
    Ok(outcome)
}

pub(crate) fn live(row: &Row) -> Result<LiveDocument> {
    Ok(LiveDocument {
        document: DocumentId(row.i64("document_id")?),
        version: VersionId(row.i64("version_id")?),
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        content_hash: row.hash("content_hash")?,
        published_at: row.i64("published_at")?,
        withdrawn_at: row.i64_or_none("withdrawn_at")?,
    })
}

fn version(row: &Row) -> Result<Version> {
    Ok(Version {
        id: VersionId(row.i64("id")?),
        document: DocumentId(row.i64("document_id")?),
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        source: row.text("source")?,
        content_hash: row.hash("content_hash")?,
        scoring_hash: row.hash("scoring_hash")?,
        frozen: row.text("frozen")?,
        published_at: row.i64("published_at")?,
    })
}
