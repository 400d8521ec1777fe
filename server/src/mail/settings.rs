//! Where messages go, read from the settings once. Every error names the setting and says what would be right.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, TlsParameters},
    },
};

use crate::{
    cli,
    settings::{DatabaseUrl, SmtpSecurity},
};

/// Why messages cannot go out as configured.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No sender.
    #[error(
        "--smtp-host needs --mail-from, the address that messages come from, as in \"Bedside <training@clinic.example>\""
    )]
    NoSender,
    /// No address for links.
    #[error(
        "--smtp-host needs --public-url, since links in messages must lead somewhere, as in https://learn.clinic.example"
    )]
    NoPublicUrl,
    /// Unprotected where others could listen.
    #[error(
        "--smtp-security none would send messages and the password unprotected to {0}; say tls or starttls, or \
         --smtp-allow-plain if the network itself is protected"
    )]
    Plain(String),
    /// The password.
    #[error("--smtp-password-file {0}: {1}; give a file whose first line is the password")]
    Password(String, String),
    /// The authority.
    #[error("--smtp-ca {0}: {1}; give a PEM file with the certificates of the authority")]
    Authority(String, String),
    /// TLS to this name.
    #[error("--smtp-host {0}: {1}; give the name that is in the mail server's certificate")]
    Tls(String, lettre::transport::smtp::Error),
    /// The folder.
    #[error("--mail-folder {0}: {1}; choose a folder this account may write to")]
    Folder(String, io::Error),
}

/// A mail server and how to talk to it. It holds a password, so it cannot be printed.
#[derive(Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Whom it must be, over TLS.
    pub tls: TlsParameters,
    /// Who signs in.
    pub credentials: Option<Credentials>,
    /// By which name the program greets it.
    pub hello: String,
}

/// Where messages go.
#[derive(Clone)]
pub enum Way {
    /// To a mail server.
    Smtp(Box<Server>),
    /// Into a folder.
    Folder(PathBuf),
}

/// From whom messages come, and where they go.
#[derive(Clone)]
pub struct Settings {
    /// From whom.
    pub from: Mailbox,
    /// Where.
    pub way: Way,
}

impl Settings {
    /// What was set.
    ///
    /// # Errors
    ///
    /// Names the setting and what would be right.
    pub fn read(mail: &cli::Mail, public_url: Option<&str>, database: &DatabaseUrl) -> Result<Self, MailError> {
        let from = mail.mail_from.as_ref().map(|from| from.0.clone());
        let Some(host) = &mail.smtp_host else {
            let way = Way::Folder(folder(mail.mail_folder.as_deref(), database)?);
            return Ok(Self { from: from.unwrap_or_else(|| stand_in(public_url)), way });
        };
        let from = from.ok_or(MailError::NoSender)?;
        if public_url.is_none() {
            return Err(MailError::NoPublicUrl);
        }
        if mail.smtp_security == SmtpSecurity::None && !mail.smtp_allow_plain && !is_this_machine(host) {
            return Err(MailError::Plain(host.clone()));
        }
        let server = Server {
            port: mail.smtp_port.unwrap_or(match mail.smtp_security {
                SmtpSecurity::Tls => 465,
                SmtpSecurity::Starttls => 587,
                SmtpSecurity::None => 25,
            }),
            security: mail.smtp_security,
            tls: tls(host, mail.smtp_ca.as_deref())?,
            credentials: credentials(mail)?,
            hello: from.email.domain().to_owned(),
            host: host.clone(),
        };
        Ok(Self { from, way: Way::Smtp(Box::new(server)) })
    }

    /// Where messages go, as the page of messages tells.
    pub fn way(&self) -> app::MailWay {
        match &self.way {
            Way::Smtp(server) => app::MailWay::Server(server.host.clone()),
            Way::Folder(folder) => app::MailWay::Folder(folder.display().to_string()),
        }
    }
}

/// The folder for files. One that was named must be there or be made now; the usual one is made with the first message.
fn folder(named: Option<&Path>, database: &DatabaseUrl) -> Result<PathBuf, MailError> {
    let Some(folder) = named else {
        let file = database.file();
        let beside = file.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let none = if file.is_some() { "." } else { "data" };
        return Ok(beside.unwrap_or(Path::new(none)).join("mail"));
    };
    fs::create_dir_all(folder).map_err(|error| MailError::Folder(folder.display().to_string(), error))?;
    Ok(folder.to_owned())
}

/// A sender for files, which nobody answers.
fn stand_in(public_url: Option<&str>) -> Mailbox {
    let host = public_url.and_then(|url| url.split("://").nth(1)).map(|host| host.split(':').next().unwrap_or(host));
    let domain = host.filter(|host| host.contains('.')).unwrap_or("bedside.invalid");
    let address = lettre::Address::new("bedside", domain);
    Mailbox::new(
        Some("Bedside".to_owned()),
        address.unwrap_or_else(|_| lettre::Address::new_dangerous("bedside", "bedside.invalid")),
    )
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn tls(host: &str, authority: Option<&Path>) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = authority {
        let wrong = |error: String| MailError::Authority(file.display().to_string(), error);
        let pem = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let text = String::from_utf8_lossy(&pem);
        if !text.contains("BEGIN CERTIFICATE") {
            return Err(wrong("holds no certificate".to_owned()));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?);
    }
    builder.build().map_err(|error| MailError::Tls(host.to_owned(), error))
}

fn credentials(mail: &cli::Mail) -> Result<Option<Credentials>, MailError> {
    let (Some(user), Some(file)) = (&mail.smtp_user, &mail.smtp_password_file) else { return Ok(None) };
    let wrong = |error: String| MailError::Password(file.display().to_string(), error);
    let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err(wrong("its first line is empty".to_owned()));
    }
    Ok(Some(Credentials::new(user.clone(), password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(database: &str, named: Option<&str>) -> String {
        let mail = cli::Mail { mail_folder: named.map(PathBuf::from), ..cli::Mail::default() };
        let settings = Settings::read(&mail, None, &database.parse().unwrap()).unwrap();
        match settings.way() {
            app::MailWay::Folder(folder) => folder,
            app::MailWay::Server(host) => panic!("{host}"),
        }
    }

    #[test]
    fn without_a_mail_server_files_lie_beside_the_database() {
        assert_eq!(folder_of("sqlite:/var/lib/bedside/bedside.db", None), "/var/lib/bedside/mail");
        assert_eq!(folder_of("sqlite:bedside.db", None), "./mail");
        assert_eq!(folder_of("postgres://bedside@db/bedside", None), "data/mail");
        let own = tempfile::tempdir().unwrap();
        let named = own.path().join("here").display().to_string();
        assert_eq!(folder_of("sqlite:bedside.db", Some(&named)), named);
        assert_eq!(
            stand_in(Some("https://learn.clinic.example:8443")).to_string(),
            "Bedside <bedside@learn.clinic.example>"
        );
        assert_eq!(stand_in(Some("http://localhost:3000")).to_string(), "Bedside <bedside@bedside.invalid>");
        assert_eq!(stand_in(Some("http://[::1]")).to_string(), "Bedside <bedside@bedside.invalid>");
    }
}
