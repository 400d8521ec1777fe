//! Messages of the outbox on their way: to a mail server, or into files while none is set.
//!
//! `settings` says where they go, `compose` makes the message that goes out, `smtp` and `folder` hand it over, and `sender` decides
//! which is next. What must never happen is that somebody gets one twice; how that is seen to is told in `store::outbox`.

mod compose;
mod folder;
mod sender;
mod settings;
mod smtp;

use usecases::outbox::Stamp;

pub use compose::{Composed, NotAnAddress, compose};
pub use sender::{Ending, Sender, start};
pub use settings::{MailError, Server, Settings, Way};

/// What came of handing one message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The mail server has taken it.
    Taken,
    /// It lies in the file of this name.
    Filed(String),
    /// It was refused for good, in words.
    Refused(String),
    /// It was not taken, for a reason that may pass, in words.
    PutOff(String),
    /// The connection broke before any of the message was sent, in words.
    Broken(String),
    /// The connection broke after that: nobody can tell whether it was taken, in words.
    Unsure(String),
}

/// Hands messages over, several over one connection.
pub struct Mailer {
    settings: Settings,
    /// The address by which people open the site.
    site: String,
    line: Option<smtp::Line>,
}

impl Mailer {
    /// A mailer that has no connection yet.
    pub fn new(settings: Settings, site: String) -> Self {
        Self { settings, site, line: None }
    }

    /// A leased message as it goes out.
    ///
    /// # Errors
    /// When its address is none.
    pub fn compose(
        &self,
        message: &store::Leased,
        stamp: &Stamp,
        now: jiff::Timestamp,
    ) -> Result<Composed, NotAnAddress> {
        compose(message, &stamp.outgoing(message, &self.site), &self.settings.from, now)
    }

    /// Connects to the mail server and signs in, where there is one and it was not done yet.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn connect(&mut self) -> Result<(), String> {
        if let (Way::Smtp(server), None) = (&self.settings.way, &self.line) {
            self.line = Some(smtp::Line::connect(server).await?);
        }
        Ok(())
    }

    /// Hands one message over. [`Mailer::connect`] comes before.
    pub async fn hand_over(&mut self, id: store::MessageId, message: &Composed) -> Handed {
        let server = match &self.settings.way {
            Way::Folder(folder) => return folder::write(folder, id, &message.bytes).await,
            Way::Smtp(server) => server,
        };
        let Some(line) = &mut self.line else { return Handed::Broken("there is no connection".to_owned()) };
        let mut handed = line.hand_over(message).await;
        // A mail server may end a connection that has carried enough. Nothing of the message was sent, so a new one may carry it.
        if matches!(handed, Handed::Broken(_)) && line.has_carried() {
            match smtp::Line::connect(server).await {
                Ok(fresh) => handed = self.line.insert(fresh).hand_over(message).await,
                Err(why) => handed = Handed::Broken(why),
            }
        }
        if matches!(handed, Handed::Broken(_) | Handed::Unsure(_)) {
            self.line = None;
        }
        handed
    }

    /// Says goodbye to the mail server until there is something to send again.
    pub async fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            line.quit().await;
        }
    }
}
