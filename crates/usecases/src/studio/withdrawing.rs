//! Taking a document out of the catalogue, the search and what can be begun, and making it live again. Whoever is in the middle goes on;
//! records, certificates and history stay.

use courseware::{Content, Kind};
use jiff::{Timestamp, civil::Date};
use serde_json::Value;
use store::{LiveDocument, Needing, Version, Withdrawn};

use crate::{Failure, Usecases, clock, thawed, who::Who};

use super::kind_of;

/// A document that is to be withdrawn, or is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawing {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Since which day it is withdrawn; none while it is live.
    pub since: Option<Date>,
    /// How many people are in the middle of it.
    pub running: i64,
    /// What asks for it, so that it stays: a sentence each, and where that is changed, for administrators.
    pub needed: Vec<(String, Option<String>)>,
    /// What is live and shows it or leads to it, so that it stays: titles and where each is written.
    pub shown: Vec<(String, String)>,
    /// What keeps it from being live again, as a sentence.
    pub not_ready: Option<String>,
}

impl Usecases {
    /// What withdrawing a document would do, or what making it live again would.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`] where it was never live,
    /// [`Failure::Store`].
    pub async fn withdrawing(&self, who: &Who, kind: Kind, slug: &str, now: Timestamp) -> Result<Withdrawing, Failure> {
        who.as_trainer()?;
        let live = self.store.known_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        let running =
            self.store.open_attempts().await?.iter().find(|(id, _)| *id == live.document).map_or(0, |one| one.1);
        let zone = self.here().await?.zone;
        let since = live.withdrawn_at.and_then(|at| Timestamp::from_microsecond(at).ok());
        let (mut needed, mut shown, mut not_ready) = (Vec::new(), Vec::new(), None);
        if since.is_some() {
            not_ready = self.not_ready_again(&live).await?;
        } else {
            let today = self.today(now).await?;
            needed = self.store.needing(live.document, today).await?.into_iter().map(|one| words(one, who)).collect();
            shown = self.showing(slug).await?;
        }
        Ok(Withdrawing {
            kind,
            slug: slug.to_owned(),
            title: live.title,
            since: since.map(|since| clock::day_in(since, &zone)),
            running,
            needed,
            shown,
            not_ready,
        })
    }

    /// Withdraws a document. Gives its title.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where something asks for it, shows it, or was published meanwhile; [`Failure::Denied`] for everybody but
    /// trainers and administrators, [`Failure::NotFound`] where it is not live, [`Failure::Store`].
    pub async fn withdraw(&self, who: &Who, kind: Kind, slug: &str, now: Timestamp) -> Result<String, Failure> {
        who.as_trainer()?;
        let config_rev = self.store.site().await?.ok_or(Failure::NotFound)?.config_rev;
        let live = self.store.live_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        if !self.showing(slug).await?.is_empty() {
            return Err(Failure::Conflict);
        }
        let today = self.today(now).await?;
        let noting =
            self.noting(who, &format!("{}.withdrawn", kind.as_str()), None, &format!("{slug}: {}", live.title), now);
        match noting.withdraw(live.document, (today, config_rev), now.as_microsecond()).await? {
            Withdrawn::Done => Ok(live.title),
            Withdrawn::Needed | Withdrawn::Moved => Err(Failure::Conflict),
            Withdrawn::NotLive => Err(Failure::NotFound),
        }
    }

    /// Makes a withdrawn document live again, as it was. Gives its title.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where something that it shows is not live; [`Failure::Denied`] for everybody but trainers and
    /// administrators, [`Failure::NotFound`] where it is not withdrawn, [`Failure::Store`].
    pub async fn bring_back(&self, who: &Who, kind: Kind, slug: &str, now: Timestamp) -> Result<String, Failure> {
        who.as_trainer()?;
        let known = self.store.known_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        if self.not_ready_again(&known).await?.is_some() {
            return Err(Failure::Conflict);
        }
        let noting =
            self.noting(who, &format!("{}.live-again", kind.as_str()), None, &format!("{slug}: {}", known.title), now);
        if noting.bring_back(known.document).await? { Ok(known.title) } else { Err(Failure::NotFound) }
    }

    /// What keeps a withdrawn document from being live again.
    async fn not_ready_again(&self, known: &LiveDocument) -> Result<Option<String>, Failure> {
        let version = self.store.version(known.version).await?.ok_or(Failure::NotFound)?;
        match thawed::plain(&version)? {
            Content::Module(module) => self.not_ready(&module).await,
            _ => Ok(None),
        }
    }

    /// The live documents that show another one or lead to it: titles and where each is written.
    async fn showing(&self, slug: &str) -> Result<Vec<(String, String)>, Failure> {
        let mut found = Vec::new();
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await?.into_iter().filter(|live| live.slug != slug) {
                let version = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
                if kind_of(&live.kind).is_some() && leads_to(&version, slug)? {
                    found.push((live.title, format!("/studio/{}/{}", live.kind, live.slug)));
                }
            }
        }
        Ok(found)
    }
}

/// What asks for it, as a sentence, with where that is changed.
fn words(needing: Needing, who: &Who) -> (String, Option<String>) {
    let (words, place) = match needing {
        Needing::Assigned(id, name) => {
            (format!("“{name}” asks people for it. Its assignments end first."), format!("/requirements/{id}"))
        }
        Needing::Step(id, name) => {
            (format!("It is a step of the path “{name}”. It is taken out of the path first."), format!("/paths/{id}"))
        }
        Needing::Renews(id, name) => (
            format!("It is what renews “{name}”. Another refresher, or none, is chosen there first."),
            format!("/requirements/{id}"),
        ),
    };
    (words, who.administrator.then_some(place))
}

/// Whether a version embeds another document or links to it.
fn leads_to(version: &Version, slug: &str) -> Result<bool, Failure> {
    let content = thawed::plain(version)?;
    if let Content::Module(module) = &content
        && module.activities().any(|activity| activity.slug == slug)
    {
        return Ok(true);
    }
    let value = serde_json::to_value(&content).map_err(|cause| Failure::Internal(cause.to_string()))?;
    let mut waiting = vec![&value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) if links(text, slug) => return Ok(true),
            Value::Array(items) => waiting.extend(items),
            Value::Object(fields) => waiting.extend(fields.values()),
            _ => {}
        }
    }
    Ok(false)
}

/// Whether HTML has a link to the file of this name.
fn links(html: &str, slug: &str) -> bool {
    html.split(" href=\"").skip(1).any(|rest| {
        let target = rest.split('"').next().unwrap_or_default();
        let path = target.split(['#', '?']).next().unwrap_or_default();
        !path.contains(':') && path.rsplit('/').next().and_then(|file| file.strip_suffix(".md")) == Some(slug)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_to_the_file_of_its_name_only() {
        for (html, found) in [
            ("<a href=\"hello.md\">x</a>", true),
            ("<p>y</p> <a href=\"deep/hello.md#page\">x</a>", true),
            ("<a href=\"hello-you.md\">x</a>", false),
            ("<a href=\"https://a.example/hello.md\">x</a>", false),
            ("hello.md", false),
        ] {
            assert_eq!(links(html, "hello"), found, "{html}");
        }
    }
}
