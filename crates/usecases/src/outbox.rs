//! What the sender of messages needs besides a mail server: when to try again, how a message is known again when it comes back, what
//! it says in the end, and the links by which people want no more of a kind.

use courseware::escaped;
use jiff::{SignedDuration, Timestamp};
use store::{Leased, MessageId, MessageKind, PersonId};

use crate::{
    Failure, Usecases, secret,
    who::{Actor, Who},
};

/// How long to wait after each try that came to nothing, in minutes; after the last one follows none.
const WAITS: [i64; 7] = [1, 5, 30, 2 * 60, 24 * 60, 24 * 60, 24 * 60];

/// When to try again what has been tried `tries` times before and came to nothing at `now`; none when it was the eighth time.
pub fn next_try(tries: i64, now: Timestamp) -> Option<Timestamp> {
    let minutes = usize::try_from(tries).ok().and_then(|tries| WAITS.get(tries))?;
    now.saturating_add(SignedDuration::from_mins(*minutes)).ok()
}

/// The words for a kind of message.
pub fn kind_words(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Duty => "What is due",
        MessageKind::Recall => "Questions to keep it in mind",
        MessageKind::Digest => "Summary",
        MessageKind::Test => "Test",
    }
}

/// What a kind of message says and when it comes, in a sentence or two.
fn kind_about(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Duty => "What is asked of you, when it is new, when it is due soon and when it is overdue.",
        MessageKind::Recall => {
            "A few questions wait about a module that you completed. It comes some days, weeks and months after that, at most twice a week."
        }
        MessageKind::Digest => {
            "For whoever answers for a team: how it stands, once a week and only when there is something to do, and the views of reports that somebody has mailed to you. Without it, a manager is still told once a week who is overdue."
        }
        MessageKind::Test => "It shows that messages arrive, when an administrator asks for one.",
    }
}

/// What the audit log calls it when a kind is switched off, or on again.
fn stop_words(off: bool) -> &'static str {
    if off { "mail.stopped" } else { "mail.resumed" }
}

/// A message as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What stands before the `@` of its Message-ID: the same for each try, and no other message's.
    pub mark: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as a page of HTML.
    pub html: String,
    /// Where somebody says that they want no more of its kind; none for what is duty.
    pub stop: Option<String>,
}

/// What messages are marked and links are signed with. Cheap to clone.
#[derive(Clone)]
pub struct Stamp([u8; 32]);

impl Stamp {
    /// The words that every mark of this site begins and ends with: `bedside.` NUMBER `.` SITE.
    fn site(&self) -> String {
        secret::hex(&blake3::keyed_hash(&self.0, b"site").as_bytes()[..6])
    }

    fn mark(&self, id: MessageId) -> String {
        format!("bedside.{id}.{}", self.site())
    }

    /// The message of this site whose mark is in a text, for instance in a report that it did not arrive.
    pub fn find(&self, text: &str) -> Option<MessageId> {
        let site = self.site();
        text.split("bedside.").skip(1).find_map(|rest| {
            let (number, rest) = rest.split_once('.')?;
            (rest.starts_with(&site) && rest[site.len()..].starts_with('@')).then_some(())?;
            number.parse().ok().map(MessageId)
        })
    }

    /// The secret part of the address where somebody says that they want no more of a kind.
    pub fn stop_token(&self, person: PersonId, kind: MessageKind) -> String {
        let signed = format!("{person}-{}", kind.as_str());
        let signature = blake3::keyed_hash(&self.0, format!("stop {signed}").as_bytes());
        format!("{signed}-{}", secret::hex(&signature.as_bytes()[..16]))
    }

    fn read_stop_token(&self, token: &str) -> Option<(PersonId, MessageKind)> {
        let mut parts = token.split('-');
        let person = PersonId(parts.next()?.parse().ok()?);
        let kind = MessageKind::parse(parts.next()?).filter(|kind| kind.may_be_stopped())?;
        // As hashes, so that the time it takes tells nothing of where they differ.
        (blake3::hash(self.stop_token(person, kind).as_bytes()) == blake3::hash(token.as_bytes()))
            .then_some((person, kind))
    }

    /// A message as it goes out, for a site that is opened at `site`.
    pub fn outgoing(&self, message: &Leased, site: &str) -> Outgoing {
        let stop = message.kind.may_be_stopped();
        let stop = stop.then(|| format!("{site}/unsubscribe/{}", self.stop_token(message.person, message.kind)));
        let mut text = message.text.replace("{site}", site);
        let mut inner = message.html.replace("{site}", &escaped(site));
        if let Some(stop) = &stop {
            text = format!("{}\n\n-- \nTo get no more messages of this kind:\n{stop}\n", text.trim_end());
            let stop = escaped(stop);
            inner.push_str(&format!("<p><a href=\"{stop}\">Get no more messages of this kind</a></p>\n"));
        }
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title></head>\n\
             <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em\">\n{inner}</body></html>\n",
            escaped(&message.subject)
        );
        Outgoing { mark: self.mark(message.id), text, html, stop }
    }
}

/// What somebody is asked who opens a link to unsubscribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopView {
    /// What the messages are about, in words.
    pub kind: &'static str,
    /// Whether they come no more already.
    pub stopped: bool,
}

/// A kind of message that somebody may want no more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailChoice {
    /// The kind, as forms name it.
    pub kind: MessageKind,
    /// What the messages are about, in words.
    pub words: &'static str,
    /// What they say and when they come, in a sentence or two.
    pub about: &'static str,
    /// Whether they come no more.
    pub stopped: bool,
}

impl Usecases {
    /// The kinds of message that somebody may switch off for themselves, and whether they have.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn mail_choices(&self, who: &Who) -> Result<Vec<MailChoice>, Failure> {
        let stopped = self.store.stopped_mail(who.person).await?;
        let kinds = [MessageKind::Recall, MessageKind::Digest];
        let choices = kinds.map(|kind| MailChoice {
            kind,
            words: kind_words(kind),
            about: kind_about(kind),
            stopped: stopped.contains(&kind),
        });
        Ok(choices.into())
    }

    /// Switches a kind of message off, or on again, for the one who asks.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for what is no such kind, [`Failure::Store`].
    pub async fn choose_mail(&self, who: &Who, kind: &str, off: bool, now: Timestamp) -> Result<(), Failure> {
        let kind = MessageKind::parse(kind).filter(|kind| kind.may_be_stopped()).ok_or(Failure::NotFound)?;
        let noting = self.noting(who, stop_words(off), who.person, kind_words(kind), now);
        noting.choose_mail(who.person, kind, off, now.as_microsecond()).await?;
        Ok(())
    }

    /// What messages are marked and links are signed with.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`] where the system has no randomness to give.
    pub async fn stamp(&self) -> Result<Stamp, Failure> {
        let mut fresh = [0_u8; 32];
        getrandom::fill(&mut fresh).map_err(|cause| Failure::Internal(format!("no randomness: {cause}")))?;
        Ok(Stamp(self.store.mail_key(fresh).await?))
    }

    /// What a link to unsubscribe is about. It works without signing in, for good.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where it is none of ours, [`Failure::Store`].
    pub async fn asked_to_stop(&self, token: &str) -> Result<StopView, Failure> {
        let (person, kind) = self.stamp().await?.read_stop_token(token).ok_or(Failure::NotFound)?;
        let stopped = self.store.stopped_mail(person).await?.contains(&kind);
        Ok(StopView { kind: kind_words(kind), stopped })
    }

    /// Keeps that somebody wants no more of the kind of a link, or wants it again.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where the link is none of ours, [`Failure::Store`].
    pub async fn stop_mail(&self, token: &str, off: bool, from: Option<&str>, now: Timestamp) -> Result<(), Failure> {
        let (person, kind) = self.stamp().await?.read_stop_token(token).ok_or(Failure::NotFound)?;
        // Whoever has the link need not be the person.
        let noting = self.noting(Actor { person: None, from }, stop_words(off), person, kind_words(kind), now);
        noting.choose_mail(person, kind, off, now.as_microsecond()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp([7; 32])
    }

    fn message(kind: MessageKind) -> Leased {
        Leased {
            id: MessageId(12),
            person: PersonId(3),
            kind,
            to_address: "ada@clinic.example".to_owned(),
            to_name: "Ada".to_owned(),
            subject: "A & B".to_owned(),
            text: "Open {site}/modules\n".to_owned(),
            html: "<p><a href=\"{site}/modules\">Open</a></p>".to_owned(),
            made_at: 0,
            tries: 0,
        }
    }

    #[test]
    fn a_message_is_tried_eight_times_at_growing_distances() {
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().expect("an instant");
        let waits: Vec<_> =
            (0..8).map(|tries| next_try(tries, now).map(|at| now.duration_until(at).as_mins())).collect();
        assert_eq!(waits, [Some(1), Some(5), Some(30), Some(120), Some(1440), Some(1440), Some(1440), None]);
        assert_eq!(next_try(-1, now), None);
    }

    #[test]
    fn a_link_works_for_its_person_and_kind_and_no_other() {
        let token = stamp().stop_token(PersonId(3), MessageKind::Recall);
        assert_eq!(stamp().read_stop_token(&token), Some((PersonId(3), MessageKind::Recall)));
        for forged in [
            token.replacen('3', "4", 1),
            token.replace("recall", "digest"),
            token.replace("recall", "duty"),
            token[..token.len() - 1].to_owned(),
            format!("{token}-x"),
            format!("+{token}"),
            String::new(),
        ] {
            assert_eq!(stamp().read_stop_token(&forged), None, "{forged}");
        }
        assert_eq!(Stamp([8; 32]).read_stop_token(&token), None, "another site's");
    }

    #[test]
    fn a_message_is_known_again_by_its_mark() {
        let mark = stamp().outgoing(&message(MessageKind::Duty), "https://a.example").mark;
        assert_eq!(
            stamp().find(&format!("x <bedside.1.00@y> Message-ID: <{mark}@clinic.example>")),
            Some(MessageId(12))
        );
        assert_eq!(Stamp([8; 32]).find(&format!("<{mark}@clinic.example>")), None, "another site's");
        assert_eq!(stamp().find(&mark), None, "a mark stands before an @");
    }

    #[test]
    fn only_what_is_not_duty_can_be_stopped_and_links_lead_to_the_site() {
        let duty = stamp().outgoing(&message(MessageKind::Duty), "https://a.example");
        assert_eq!((duty.text.as_str(), &duty.stop), ("Open https://a.example/modules\n", &None));
        assert!(
            duty.html.contains("<title>A &amp; B</title>") && duty.html.contains("href=\"https://a.example/modules\"")
        );
        let recall = stamp().outgoing(&message(MessageKind::Recall), "https://a.example");
        let stop = recall.stop.expect("a link");
        assert!(stop.starts_with("https://a.example/unsubscribe/3-recall-"), "{stop}");
        assert!(recall.text.ends_with(&format!("-- \nTo get no more messages of this kind:\n{stop}\n")));
        assert!(recall.html.contains(&format!("href=\"{stop}\"")));
    }
}
