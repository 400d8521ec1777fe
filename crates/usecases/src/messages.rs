//! The outbox as an administrator sees it: what was sent to whom, what did not arrive and why, and what can be done about it.

use jiff::{Timestamp, civil::DateTime};
use store::{BouncedAddress, MessageId, MessageKind, MessageLine, MessageState, PersonId};

use crate::{
    Failure, Usecases,
    letter::{Letter, Recipient},
    outbox::kind_words,
    secret,
    who::Who,
};

/// How many messages a page shows.
const ON_A_PAGE: i64 = 50;
/// How many addresses that do not take messages are listed.
const BOUNCED: i64 = 200;

/// The words for how a message stands.
pub fn state_words(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Waiting",
        MessageState::Sending => "Being sent",
        MessageState::Sent => "Sent",
        MessageState::Filed => "Written to a file",
        MessageState::Failed => "Failed",
        MessageState::Unsure => "May have been sent",
        MessageState::Bounced => "Came back",
        MessageState::Skipped => "Not sent",
    }
}

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address it goes to.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// What it is about, in words.
    pub kind: &'static str,
    /// How it stands.
    pub state: MessageState,
    /// When it was made, by the site's clocks.
    pub made: DateTime,
    /// When it was sent, or written to its file.
    pub sent: Option<DateTime>,
    /// When it is tried next, while it waits after a try.
    pub next_try: Option<DateTime>,
    /// How often it was tried.
    pub tries: i64,
    /// What came in between, or the name of its file.
    pub error: String,
    /// Whether it can be sent again.
    pub again: bool,
}

/// A page of messages, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessagesPage {
    /// The messages.
    pub lines: Vec<MessageView>,
    /// The number to go on before, for the next page.
    pub older: Option<i64>,
    /// How many there are in each state that has any.
    pub counts: Vec<(MessageState, i64)>,
    /// People whose present address does not take messages.
    pub bounced: Vec<BouncedAddress>,
}

/// One message with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeMessage {
    /// Everything else.
    pub view: MessageView,
    /// It as plain text.
    pub text: String,
}

impl Usecases {
    /// A page of the messages, those in `state` only where one is given, before number `before`.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn messages(
        &self,
        who: &Who,
        state: Option<MessageState>,
        before: Option<i64>,
    ) -> Result<MessagesPage, Failure> {
        who.as_administrator()?;
        // One more than is shown says whether there are older ones.
        let mut found = self.store.messages(state, before.map(MessageId), ON_A_PAGE + 1).await?;
        let more = found.len() > usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
        if more {
            found.pop();
        }
        let older = found.last().filter(|_| more).map(|last| last.id.0);
        let local = self.local().await?;
        let lines = found.into_iter().map(|line| view(line, &local)).collect();
        let (counts, bounced) = (self.store.message_counts().await?, self.store.bounced_addresses(BOUNCED).await?);
        Ok(MessagesPage { lines, older, counts, bounced })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn message(&self, who: &Who, id: i64) -> Result<WholeMessage, Failure> {
        who.as_administrator()?;
        let found = self.store.message(MessageId(id)).await?.ok_or(Failure::NotFound)?;
        let local = self.local().await?;
        Ok(WholeMessage { view: view(found.line, &local), text: found.text })
    }

    /// Sends a message again that failed, came back, was written to a file, or may have been sent. False when it is none of these any
    /// more.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn send_message_again(&self, who: &Who, id: i64, now: Timestamp) -> Result<bool, Failure> {
        who.as_administrator()?;
        let line = self.store.message(MessageId(id)).await?.ok_or(Failure::NotFound)?.line;
        let detail = format!("{} ({})", line.subject, state_words(line.state));
        let noting = self.noting(who, "message.again", line.person, &detail, now);
        Ok(noting.send_message_again(MessageId(id), now.as_microsecond()).await?)
    }

    /// Sends every message again that failed, for instance once the mail server is mended. Gives how many.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn send_failed_again(&self, who: &Who, now: Timestamp) -> Result<u64, Failure> {
        who.as_administrator()?;
        let noting = self.noting(who, "message.again", crate::audit::Object::default(), "All that failed", now);
        Ok(noting.send_failed_again(now.as_microsecond()).await?)
    }

    /// Sends a message to the one who asks, to see whether it arrives.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where they have no e-mail address, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::Store`].
    pub async fn send_test_message(&self, who: &Who, now: Timestamp) -> Result<(), Failure> {
        who.as_administrator()?;
        let person = self.store.person(who.person).await?.ok_or(Failure::NotFound)?;
        let Some(address) = person.email else {
            return Err(Failure::field(
                "email",
                "You have no e-mail address yet: add one under “People”, then try again",
            ));
        };
        let organisation = self.store.site().await?.map_or_else(|| "Bedside".to_owned(), |site| site.name);
        let letter = Letter::to(&person.name)
            .paragraph(&format!("This is the test message that you sent yourself from Bedside at {organisation}."))
            .paragraph("If you read it in your mailbox, messages arrive.")
            .link("See what was sent to others", "/messages");
        let to = Recipient { person: who.person, name: &person.name, address: &address };
        let key = format!("test/{}/{}", who.person, secret::token()?);
        let new = letter.message(MessageKind::Test, &key, to, &format!("Test message from {organisation}"));
        self.noting(who, "message.tested", who.person, "", now).queue_message(new, now.as_microsecond()).await?;
        Ok(())
    }
}

fn view(line: MessageLine, local: &impl Fn(i64) -> DateTime) -> MessageView {
    let retried = line.state == MessageState::Waiting && line.tries > 0;
    MessageView {
        id: line.id.0,
        person: line.person,
        name: line.to_name,
        address: line.to_address,
        subject: line.subject,
        kind: kind_words(line.kind),
        state: line.state,
        made: local(line.made_at),
        sent: line.sent_at.map(local),
        next_try: retried.then(|| local(line.next_try_at)),
        tries: line.tries,
        error: line.error,
        again: line.state.may_be_sent_again(),
    }
}
