//! Documents and their published versions. A version is frozen under its content hash.

use crate::{
    Asset, DocumentId, PersonId, Result, Store, VersionId, Words, asset,
    db::{Row, Tx, vals},
    draft, search, site,
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

impl Store {
    /// Publishes a version and makes it live. The same content again changes nothing.
    pub async fn publish(&self, new: NewVersion, now: i64) -> Result<Publish> {
        self.write((new, now), |tx, (new, now)| Box::pin(publish(tx, new, *now))).await
    }

    /// The live document with this slug, whatever it is.
    pub async fn live_slug(&self, slug: &str) -> Result<Option<LiveDocument>> {
        let sql =
            "SELECT d.id AS document_id, d.kind, d.slug, v.id AS version_id, v.title, v.content_hash, v.published_at
            FROM document d JOIN version v ON v.id = d.live_version_id WHERE d.slug = $1";
        self.reader().await?.optional(sql, vals![slug]).await?.as_ref().map(live).transpose()
    }

    /// The live documents of a kind, by title.
    pub async fn live_documents(&self, kind: &str) -> Result<Vec<LiveDocument>> {
        let sql =
            "SELECT d.id AS document_id, d.kind, d.slug, v.id AS version_id, v.title, v.content_hash, v.published_at
            FROM document d JOIN version v ON v.id = d.live_version_id WHERE d.kind = $1 ORDER BY v.title, d.id";
        self.reader().await?.all(sql, vals![kind]).await?.iter().map(live).collect()
    }

    /// The document with this kind and slug as it is live, without its content.
    pub async fn live_document(&self, kind: &str, slug: &str) -> Result<Option<LiveDocument>> {
        let sql =
            "SELECT d.id AS document_id, d.kind, d.slug, v.id AS version_id, v.title, v.content_hash, v.published_at
            FROM document d JOIN version v ON v.id = d.live_version_id WHERE d.slug = $1 AND d.kind = $2";
        self.reader().await?.optional(sql, vals![slug, kind]).await?.as_ref().map(live).transpose()
    }

    /// The versions of a document, the newest first.
    pub async fn history_of(&self, document: DocumentId) -> Result<Vec<PastVersion>> {
        let sql = "SELECT v.id, v.title, v.content_hash, v.published_at, v.change, p.name FROM version v LEFT JOIN person p ON p.id = v.by_id
            WHERE v.document_id = $1 ORDER BY v.id DESC";
        let rows = self.reader().await?.all(sql, vals![document]).await?;
        let past = |row: &Row| {
            Ok(PastVersion {
                id: VersionId(row.i64("id")?),
                title: row.text("title")?,
                content_hash: row.hash("content_hash")?,
                published_at: row.i64("published_at")?,
                by: row.text_or_none("name")?,
                change: Change::parse(&row.text("change")?),
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

async fn publish(tx: &mut Tx, new: &NewVersion, now: i64) -> Result<Publish> {
    // Changed first, so that two who publish at once go one after the other.
    site::config_changed(tx).await?;
    if let Some(rev) = new.draft
        && !draft::take(tx, &new.slug, rev).await?
    {
        return Ok(Publish::Moved);
    }
    let made = "INSERT INTO document (kind, slug) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING";
    tx.run(made, vals![&new.kind, &new.slug]).await?;
    let document = tx.one("SELECT id, kind, live_version_id FROM document WHERE slug = $1", vals![&new.slug]).await?;
    if document.text("kind")? != new.kind {
        return Ok(Publish::SlugTaken);
    }
    let (id, live) = (DocumentId(document.i64("id")?), document.i64_or_none("live_version_id")?);
    let same = "SELECT id FROM version WHERE document_id = $1 AND content_hash = $2";
    let outcome = match tx.optional(same, vals![id, new.content_hash]).await? {
        Some(row) if Some(row.i64("id")?) == live => {
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
        tx.run("UPDATE document SET live_version_id = $1 WHERE id = $2", vals![version, id]).await?;
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
