//! One-time links and codes: setting up, invitation, reset, printed code. The table keeps their hash.

use crate::{
    PersonId, Result, Store, StoreError,
    db::{Tx, vals},
    person,
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets the site up; belongs to nobody.
    SetUp,
    /// Invites somebody to choose their first password.
    Invite,
    /// Lets somebody choose a new password.
    Reset,
    /// A printed code for somebody without e-mail.
    Code,
}

/// A link to keep.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The hash of its secret.
    pub hash: Vec<u8>,
    /// What it is for.
    pub kind: LinkKind,
    /// For whom, none for [`LinkKind::SetUp`].
    pub person: Option<PersonId>,
    /// Who made it, none for the program or the person themselves.
    pub by: Option<PersonId>,
    /// Until when it works, microseconds.
    pub expires_at: i64,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Fresh {
        /// What it is for.
        kind: LinkKind,
        /// For whom.
        person: Option<PersonId>,
    },
    /// It was used.
    Used,
    /// Its time is over, or a newer one replaced it.
    Expired,
    /// There is no such link.
    Unknown,
}

/// What became of spending a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spend {
    /// The password is set, the other sessions have ended.
    Done(PersonId),
    /// It was used before.
    Used,
    /// Its time is over.
    Expired,
    /// There is no such link, it is for setting up, or the person's access has ended.
    Unknown,
}

impl Store {
    /// Keeps a new link; an older one of the same kind for the same person stops working.
    pub async fn make_link(&self, link: NewLink, now: i64) -> Result<()> {
        self.write((link, now), |tx, (link, now)| {
            Box::pin(async move {
                let older = "UPDATE link SET expires_at = $1
                    WHERE kind = $2 AND coalesce(person_id, 0) = $3 AND spent_at IS NULL AND expires_at > $1";
                tx.run(older, vals![*now, kind_text(link.kind), link.person.map_or(0, |person| person.0)]).await?;
                let sql = "INSERT INTO link (hash, kind, person_id, by_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
                let vals = vals![&link.hash, kind_text(link.kind), link.person, link.by, *now, link.expires_at];
                tx.run(sql, vals).await.map(drop)
            })
        })
        .await
    }

    /// How the link with this hash stands.
    pub async fn link_state(&self, hash: &[u8], now: i64) -> Result<LinkState> {
        state(&mut self.reader().await?, hash, now).await
    }

    /// Uses a link up and sets the person's password; of two who try at once one succeeds.
    pub async fn spend_link(&self, hash: &[u8], password_hash: &str, now: i64) -> Result<Spend> {
        self.write((hash.to_vec(), password_hash.to_owned(), now), |tx, (hash, password, now)| {
            Box::pin(spend(tx, hash, password, *now))
        })
        .await
    }

    /// Removes the links whose time was over before `before`; returns how many.
    pub async fn purge_links(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move { tx.run("DELETE FROM link WHERE expires_at < $1", vals![*before]).await })
        })
        .await
    }
}

pub(crate) async fn is_fresh_set_up(tx: &mut Tx, hash: &[u8], now: i64) -> Result<bool> {
    Ok(matches!(state(tx, hash, now).await?, LinkState::Fresh { kind: LinkKind::SetUp, .. }))
}

async fn state(tx: &mut Tx, hash: &[u8], now: i64) -> Result<LinkState> {
    let sql = "SELECT kind, person_id, expires_at, spent_at FROM link WHERE hash = $1";
    let Some(row) = tx.optional(sql, vals![hash]).await? else { return Ok(LinkState::Unknown) };
    if row.i64_or_none("spent_at")?.is_some() {
        return Ok(LinkState::Used);
    }
    if row.i64("expires_at")? <= now {
        return Ok(LinkState::Expired);
    }
    Ok(LinkState::Fresh { kind: kind(&row.text("kind")?)?, person: row.i64_or_none("person_id")?.map(PersonId) })
}

async fn spend(tx: &mut Tx, hash: &[u8], password_hash: &str, now: i64) -> Result<Spend> {
    let person = match state(tx, hash, now).await? {
        LinkState::Fresh { person: Some(person), .. } => person,
        LinkState::Fresh { person: None, .. } | LinkState::Unknown => return Ok(Spend::Unknown),
        LinkState::Used => return Ok(Spend::Used),
        LinkState::Expired => return Ok(Spend::Expired),
    };
    tx.lock_person(person).await?;
    if tx.optional("SELECT id FROM person WHERE id = $1 AND disabled_at IS NULL", vals![person]).await?.is_none() {
        return Ok(Spend::Unknown);
    }
    // The lock may have been waited for: only now is it certain that nobody else spent it.
    let sql = "UPDATE link SET spent_at = $1 WHERE hash = $2 AND spent_at IS NULL AND expires_at > $1";
    if tx.run(sql, vals![now, hash]).await? == 0 {
        return Ok(Spend::Used);
    }
    person::set_password(tx, person, password_hash, &[]).await?;
    person::expire_links(tx, person, now).await?;
    Ok(Spend::Done(person))
}

fn kind_text(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::SetUp => "set_up",
        LinkKind::Invite => "invite",
        LinkKind::Reset => "reset",
        LinkKind::Code => "code",
    }
}

fn kind(text: &str) -> Result<LinkKind> {
    Ok(match text {
        "set_up" => LinkKind::SetUp,
        "invite" => LinkKind::Invite,
        "reset" => LinkKind::Reset,
        "code" => LinkKind::Code,
        other => return Err(StoreError::corrupt("link.kind", format_args!("{other} is no kind of link"))),
    })
}
