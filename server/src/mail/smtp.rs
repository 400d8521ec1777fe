//! One connection to a mail server (RFC 5321). What matters is when it breaks: before the message itself nothing was sent, after
//! that nobody can tell.

use std::{error::Error as _, time::Duration};

use lettre::transport::smtp::{
    Error,
    authentication::Mechanism,
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt, Rset},
    extension::{ClientId, Extension, MailParameter},
};
use tokio::time::timeout;

use super::{Composed, Handed, Server};
use crate::settings::SmtpSecurity;

/// How long finding the mail server may take, and how long all until it is ready for a message.
const CONNECT: Duration = Duration::from_secs(10);
const READY: Duration = Duration::from_secs(40);
/// How long it may take to answer a command.
const ANSWER: Duration = Duration::from_secs(30);
/// How long it may take for a whole message: it may look for viruses first.
const WHOLE: Duration = Duration::from_secs(150);
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// The answer with which a mail server ends the connection by itself (RFC 5321, section 3.8).
const CLOSING: &str = "421";

/// A connection, greeted and signed in.
pub(super) struct Line {
    connection: AsyncSmtpConnection,
    carried: usize,
}

/// How a command failed.
enum Trouble {
    Refused(String),
    PutOff(String),
    Broken(String),
}

impl Line {
    /// Connects, protects the connection, and signs in.
    pub(super) async fn connect(server: &Server) -> Result<Self, String> {
        let place = format!("{}:{}", server.host, server.port);
        match timeout(READY, connect(server)).await {
            Ok(Ok(connection)) => Ok(Self { connection, carried: 0 }),
            Ok(Err(error)) => Err(format!("The mail server {place} could not be used: {}", words(&error))),
            Err(_) => Err(format!("The mail server {place} took too long to answer")),
        }
    }

    /// Whether a message went over it before.
    pub(super) fn has_carried(&self) -> bool {
        self.carried > 0
    }

    /// Hands one message over.
    pub(super) async fn hand_over(&mut self, message: &Composed) -> Handed {
        if let Err(trouble) = self.announce(message).await {
            return match trouble {
                Trouble::Broken(why) => Handed::Broken(why),
                Trouble::Refused(why) => self.reset(Handed::Refused(why)).await,
                Trouble::PutOff(why) => self.reset(Handed::PutOff(why)).await,
            };
        }
        self.carried += 1;
        match timeout(WHOLE, self.connection.message(&message.bytes)).await {
            Ok(Ok(_)) => Handed::Taken,
            Ok(Err(error)) if error.is_permanent() => Handed::Refused(refused(&error)),
            Ok(Err(error)) if error.is_transient() => Handed::PutOff(put_off(&error)),
            Ok(Err(error)) => Handed::Unsure(format!(
                "The connection to the mail server broke before it said whether it has taken this: {}",
                words(&error)
            )),
            Err(_) => Handed::Unsure("The mail server did not say whether it has taken this".to_owned()),
        }
    }

    /// All that comes before the message itself.
    async fn announce(&mut self, message: &Composed) -> Result<(), Trouble> {
        let envelope = &message.envelope;
        let mut parameters = Vec::new();
        if envelope.from().into_iter().chain(envelope.to()).any(|address| !address.to_string().is_ascii()) {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "The mail server takes no addresses with letters other than a to z before the @";
                return Err(Trouble::Refused(why.to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // A sender that is not taken says nothing about whom it goes to: it is for the administrator to mend, and is tried again.
        self.command(Mail::new(envelope.from().cloned(), parameters)).await.map_err(|trouble| match trouble {
            Trouble::Refused(why) => Trouble::PutOff(why),
            other => other,
        })?;
        for to in envelope.to() {
            self.command(Rcpt::new(to.clone(), Vec::new())).await?;
        }
        self.command(Data).await
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Result<(), Trouble> {
        match timeout(ANSWER, self.connection.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Trouble::Refused(refused(&error))),
            Ok(Err(error)) if error.status().is_some_and(|code| code.to_string() != CLOSING) => {
                Err(Trouble::PutOff(put_off(&error)))
            }
            Ok(Err(error)) => {
                Err(Trouble::Broken(format!("The connection to the mail server broke: {}", words(&error))))
            }
            Err(_) => Err(Trouble::Broken("The mail server took too long to answer".to_owned())),
        }
    }

    /// Makes the connection ready for the next message. One that cannot be is found broken then.
    async fn reset(&mut self, handed: Handed) -> Handed {
        self.carried += 1;
        drop(timeout(ANSWER, self.connection.command(Rset)).await);
        handed
    }

    /// Says goodbye.
    pub(super) async fn quit(mut self) {
        drop(timeout(GOODBYE, self.connection.quit()).await);
    }
}

async fn connect(server: &Server) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::Domain(server.hello.clone());
    let tls = (server.security == SmtpSecurity::Tls).then(|| server.tls.clone());
    let place = (server.host.as_str(), server.port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(place, Some(CONNECT), &hello, tls, None).await?;
    if server.security == SmtpSecurity::Starttls {
        connection.starttls(server.tls.clone(), &hello).await?;
    }
    if let Some(credentials) = &server.credentials {
        connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
    }
    Ok(connection)
}

fn refused(error: &Error) -> String {
    format!("The mail server refused it: {}", words(error))
}

fn put_off(error: &Error) -> String {
    format!("The mail server asked to try again later: {}", words(error))
}

/// What the mail server said, its number first; or what the system said.
fn words(error: &Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match error.status() {
        Some(code) => format!("{code} {said}").chars().take(400).collect(),
        None if said.is_empty() => error.to_string(),
        None => said.chars().take(400).collect(),
    }
}
