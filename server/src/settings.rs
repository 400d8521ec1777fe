//! The words of a setting, parsed once at the edge. Every error says what would be right.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

/// Addresses that share a prefix, written `10.0.0.0/8`, or one address, written `10.0.0.7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    bits: u8,
    v4: bool,
}

impl Network {
    /// Whether the address lies in this network. An IPv4 address inside an IPv6 one counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (number, v4) = number(address.to_canonical());
        let width = if v4 { 32 } else { 128 };
        v4 == self.v4 && prefix(number, self.bits, width) == self.base
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), true),
        IpAddr::V6(address) => (address.to_bits(), false),
    }
}

fn prefix(number: u128, bits: u8, width: u8) -> u128 {
    number.checked_shr(u32::from(width.saturating_sub(bits))).unwrap_or(0)
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is not an address like 10.0.0.7 or ::1, nor a network like 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let (number, v4) = number(address.trim().parse::<IpAddr>().map_err(|_| wrong())?.to_canonical());
        let width = if v4 { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(format!("“{text}”: the number after the slash is at most {width} here"));
        }
        Ok(Self { base: prefix(number, bits, width), bits, v4 })
    }
}

/// Where the facts are kept: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// Where a clinic's facts are kept when nobody says otherwise.
pub const DEFAULT_DATABASE: &str = "sqlite:data/bedside.db";
/// Where a demonstration's are.
const DEMO_DATABASE: &str = "sqlite:data/demo.db";

impl DatabaseUrl {
    /// The database of a demonstration: this one, but never the one that a clinic gets without a word.
    pub fn for_demo(self) -> Self {
        if self.0 == DEFAULT_DATABASE { Self(DEMO_DATABASE.to_owned()) } else { self }
    }

    /// The address as the store takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file of an SQLite database; `None` for PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(PathBuf::from(path))
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Without the password that an address of PostgreSQL may hold.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.rsplit_once('@') {
            Some((_, place)) => write!(out, "postgres://…@{place}"),
            None => out.write_str(&self.0),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match path {
            Some("") => Err("the path is missing; write sqlite:data/bedside.db".to_owned()),
            Some(path) if path.starts_with(':') => {
                Err("a database in memory would lose every record; write sqlite:data/bedside.db".to_owned())
            }
            Some(_) => Ok(Self(text.to_owned())),
            None if text.starts_with("postgres://") || text.starts_with("postgresql://") => Ok(Self(text.to_owned())),
            None => Err("it starts with sqlite: (a file, as in sqlite:data/bedside.db) or with postgres:// \
                         (a server, as in postgres://bedside:PASSWORD@db.example.org/bedside)"
                .to_owned()),
        }
    }
}

/// An e-mail address with the name that stands before it, if there is one: `Bedside <training@clinic.example>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(pub lettre::message::Mailbox);

impl FromStr for MailAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.parse::<lettre::message::Mailbox>().ok();
        let fits = |mailbox: &lettre::message::Mailbox| {
            let name = mailbox.name.as_deref().unwrap_or_default();
            mailbox.email.to_string().is_ascii() && !name.contains(char::is_control)
        };
        parsed.filter(fits).map(Self).ok_or_else(|| {
            format!("“{text}” is not an address like training@clinic.example or Bedside <training@clinic.example>")
        })
    }
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after STARTTLS; a server that does not offer it gets nothing.
    Starttls,
    /// None.
    None,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// How `check` writes what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// Lines for people: file, line, column, problem, fix.
    #[default]
    Text,
    /// One JSON object, for editors and pipelines.
    Json,
}

/// A right that the command line can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RightName {
    /// Writes and publishes content.
    Trainer,
    /// Sees the people of a department and of those below it; say which with --department.
    Manager,
    /// Manages people, departments and the site.
    Administrator,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.7", "::ffff:10.0.0.7", true),
            ("::1", "::1", true),
            ("::1", "127.0.0.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("fd00::/8", "fd12::5", true),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert_eq!(parsed.contains(address.parse().unwrap()), inside, "{address} in {network}");
        }
    }

    #[test]
    fn a_wrong_network_says_what_would_be_right() {
        assert!("proxy.local".parse::<Network>().unwrap_err().contains("10.0.0.0/8"));
        assert!("10.0.0.0/64".parse::<Network>().unwrap_err().contains("at most 32"));
    }

    #[test]
    fn the_address_that_messages_come_from_is_one_and_has_no_second_line() {
        for good in
            ["training@clinic.example", "Bedside <training@clinic.example>", "\"Obi, Ada\" <ada@clinic.example>"]
        {
            assert!(good.parse::<MailAddress>().is_ok(), "{good}");
        }
        for wrong in
            ["", "training", "a@b@c", "Bedside", "A\r\nBcc: x <a@clinic.example>", "a@clinic.example, b@clinic.example"]
        {
            let error = wrong.parse::<MailAddress>().unwrap_err();
            assert!(error.contains("training@clinic.example"), "{error}");
        }
    }

    #[test]
    fn the_file_of_a_database_is_known_and_a_password_is_never_shown() {
        let sqlite: DatabaseUrl = "sqlite:data/bedside.db".parse().unwrap();
        assert_eq!(sqlite.file(), Some(PathBuf::from("data/bedside.db")));
        let postgres: DatabaseUrl = "postgres://bedside:secret@db/bedside".parse().unwrap();
        assert_eq!(postgres.file(), None);
        assert_eq!(postgres.to_string(), "postgres://…@db/bedside");
        assert!("mysql://x".parse::<DatabaseUrl>().unwrap_err().contains("sqlite:data/bedside.db"));
    }
}
