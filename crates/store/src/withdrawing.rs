//! Taking a document out of what there is to begin, and bringing it back. Its versions, attempts and facts stay.

use crate::{
    DocumentId, PathId, PersonId, RequirementId, Result, Store,
    db::{Row, Tx, vals},
    note::{Done, Happened},
    site,
};

/// What asks for a document, so that it cannot be withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needing {
    /// A requirement of it is assigned, today or later: its id and name.
    Assigned(RequirementId, String),
    /// A path has a requirement of it as a step: its id and name.
    Step(PathId, String),
    /// It renews a requirement: its id and name.
    Renews(RequirementId, String),
}

/// What became of withdrawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// Nobody begins it any more.
    Done,
    /// Something asks for it.
    Needed,
    /// Something was published or set since it was looked at.
    Moved,
    /// It is not live.
    NotLive,
}

impl Happened for Withdrawn {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done).then(Done::default)
    }
}

impl Store {
    /// What asks for a document on a day or later.
    pub async fn needing(&self, document: DocumentId, today: i32) -> Result<Vec<Needing>> {
        needing(&mut self.reader().await?, document, today).await
    }

    /// Withdraws a document. `config_rev` is that of the site when it was found that nothing live shows it.
    pub async fn withdraw(&self, document: DocumentId, (today, config_rev): (i32, i64), now: i64) -> Result<Withdrawn> {
        self.write((document, today, config_rev, now), |tx, (document, today, config_rev, now)| {
            Box::pin(async move {
                // Changed first, so that whoever publishes at once goes before or after.
                site::config_changed(tx).await?;
                let row = tx.one("SELECT config_rev FROM meta WHERE id = 1", vals![]).await?;
                if row.i64("config_rev")? != *config_rev + 1 {
                    return Ok(Withdrawn::Moved);
                }
                if !needing(tx, *document, *today).await?.is_empty() {
                    return Ok(Withdrawn::Needed);
                }
                let sql = "UPDATE document SET withdrawn_at = $2
                    WHERE id = $1 AND withdrawn_at IS NULL AND live_version_id IS NOT NULL";
                let gone = tx.run(sql, vals![*document, *now]).await? == 1;
                Ok(if gone { Withdrawn::Done } else { Withdrawn::NotLive })
            })
        })
        .await
    }

    /// Makes a withdrawn document live again, as it was. Returns false where it is not withdrawn.
    pub async fn bring_back(&self, document: DocumentId) -> Result<bool> {
        self.write(document, |tx, document| {
            Box::pin(async move {
                site::config_changed(tx).await?;
                let sql = "UPDATE document SET withdrawn_at = NULL WHERE id = $1 AND withdrawn_at IS NOT NULL";
                Ok(tx.run(sql, vals![*document]).await? == 1)
            })
        })
        .await
    }

    /// Whether somebody ever began a document.
    pub async fn has_begun(&self, person: PersonId, document: DocumentId) -> Result<bool> {
        let sql = "SELECT id FROM attempt WHERE person_id = $1 AND document_id = $2 ORDER BY id DESC LIMIT 1";
        Ok(self.reader().await?.optional(sql, vals![person, document]).await?.is_some())
    }
}

async fn needing(tx: &mut Tx, document: DocumentId, today: i32) -> Result<Vec<Needing>> {
    let requirement = |row: &Row| Ok::<_, crate::StoreError>((RequirementId(row.i64("id")?), row.text("name")?));
    let sql = "SELECT r.id, r.name FROM requirement r WHERE r.document_id = $1
        AND EXISTS (SELECT 1 FROM assignment a WHERE a.requirement_id = r.id AND a.until_on > $2) ORDER BY r.name, r.id";
    let mut found = Vec::new();
    for row in tx.all(sql, vals![document, today]).await? {
        let (id, name) = requirement(&row)?;
        found.push(Needing::Assigned(id, name));
    }
    let sql = "SELECT DISTINCT p.id, p.name FROM path p JOIN path_step s ON s.path_id = p.id
        JOIN requirement r ON r.id = s.requirement_id WHERE r.document_id = $1 ORDER BY p.name, p.id";
    for row in tx.all(sql, vals![document]).await? {
        found.push(Needing::Step(PathId(row.i64("id")?), row.text("name")?));
    }
    let sql = "SELECT r.id, r.name FROM requirement r WHERE r.refresher_id = $1 ORDER BY r.name, r.id";
    for row in tx.all(sql, vals![document]).await? {
        let (id, name) = requirement(&row)?;
        found.push(Needing::Renews(id, name));
    }
    Ok(found)
}
