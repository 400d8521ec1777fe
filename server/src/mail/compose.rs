//! The message that goes out, from what the outbox holds. Names and subjects are what people typed, so nothing in them may begin a
//! new line: they could add headers and recipients of their own.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use store::Leased;
use usecases::outbox::Outgoing;

/// A message ready to be handed over.
#[derive(Clone, Debug)]
pub struct Composed {
    /// From whom and to whom.
    pub envelope: Envelope,
    /// Head and body.
    pub bytes: Vec<u8>,
}

/// An address to which nothing can be sent.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no address that a message can go to")]
pub struct NotAnAddress(String);

/// Makes the message.
///
/// # Errors
///
/// When its address is none.
pub fn compose(
    message: &Leased,
    outgoing: &Outgoing,
    from: &Mailbox,
    now: Timestamp,
) -> Result<Composed, NotAnAddress> {
    let wrong = || NotAnAddress(message.to_address.clone());
    let to = address(&message.to_address).ok_or_else(wrong)?;
    let name = Some(one_line(&message.to_name)).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, to))
        .subject(one_line(&message.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_second().max(0).unsigned_abs()))
        .message_id(Some(format!("<{}@{}>", outgoing.mark, from.email.domain())))
        // RFC 3834: no holiday notice answers it.
        .raw_header(plain("Auto-Submitted", "auto-generated".to_owned()));
    if let Some(stop) = &outgoing.stop {
        // RFC 8058: a mail program's own button, one click.
        builder = builder
            .raw_header(plain("List-Unsubscribe", format!("<{stop}>")))
            .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let both = MultiPart::alternative_plain_html(outgoing.text.clone(), outgoing.html.clone());
    let made = builder.multipart(both).map_err(|_| wrong())?;
    Ok(Composed { envelope: made.envelope().clone(), bytes: made.formatted() })
}

/// An address whose domain is in the form of mail servers (IDNA); none where it is no address.
fn address(text: &str) -> Option<Address> {
    let (local, domain) = text.rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain).ok()?;
    let address = Address::new(local, domain).ok()?;
    (!text.contains(|letter: char| letter.is_control() || matches!(letter, '<' | '>'))).then_some(address)
}

/// Words on one line, without what cannot be seen.
fn one_line(words: &str) -> String {
    let seen = words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect::<String>();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A header of our own making, which is not to be folded: addresses of the site are letters, digits and a few signs.
fn plain(name: &'static str, value: String) -> HeaderValue {
    let value: String = value.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

#[cfg(test)]
mod tests {
    use store::{MessageId, MessageKind, PersonId};

    use super::*;

    fn message(name: &str, address: &str, subject: &str) -> Leased {
        Leased {
            id: MessageId(12),
            person: PersonId(3),
            kind: MessageKind::Recall,
            to_address: address.to_owned(),
            to_name: name.to_owned(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
            made_at: 0,
            tries: 0,
        }
    }

    fn composed(name: &str, address: &str, subject: &str) -> Result<String, NotAnAddress> {
        let outgoing = Outgoing {
            mark: "bedside.12.ab".to_owned(),
            text: "Grüße\n.\nend".to_owned(),
            html: "<p>Grüße</p>".to_owned(),
            stop: Some("https://a.example/unsubscribe/3-recall-00".to_owned()),
        };
        let from = "Bedside <training@clinic.example>".parse().unwrap();
        let now = "2026-03-01T23:30:00Z".parse().unwrap();
        let made = compose(&message(name, address, subject), &outgoing, &from, now)?;
        assert!(made.bytes.is_ascii());
        Ok(String::from_utf8(made.bytes).unwrap())
    }

    /// The names of the headers, in order.
    fn names(message: &str) -> Vec<&str> {
        let head = message.split("\r\n\r\n").next().unwrap();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect()
    }

    #[test]
    fn a_message_has_both_parts_and_the_headers_that_mail_programs_look_for() {
        let message = composed("Ada Obi", "ada@clinic.example", "Due soon").unwrap();
        for line in [
            "From: Bedside <training@clinic.example>\r\n",
            "To: \"Ada Obi\" <ada@clinic.example>\r\n",
            "Subject: Due soon\r\n",
            "Date: Sun, 01 Mar 2026 23:30:00 +0000\r\n",
            "Message-ID: <bedside.12.ab@clinic.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://a.example/unsubscribe/3-recall-00>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "MIME-Version: 1.0\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(message.contains(line), "{line} in {message}");
        }
    }

    #[test]
    fn nothing_in_a_name_or_a_subject_begins_a_header() {
        let clean = names(&composed("Ada", "ada@clinic.example", "Due").unwrap())
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>();
        let sly = [
            "Ada\r\nBcc: eve@evil.example",
            "Ada\nBcc: eve@evil.example\n\nbody",
            "Ada\rBcc: eve@evil.example",
            "Ada\" <eve@evil.example>, \"",
            "Ada <eve@evil.example>",
            "=?utf-8?Q?=0D=0ABcc:_eve@evil.example?=",
            "Àdé\u{85}Bcc: eve@evil.example\u{2028}x",
            &"long ".repeat(400),
        ];
        for words in sly {
            let made = composed(words, "ada@clinic.example", words).unwrap();
            assert_eq!(names(&made), clean, "{words:?} gives {made}");
            assert!(!made.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{made}");
            let parsed = compose(
                &message(words, "ada@clinic.example", words),
                &Outgoing { mark: String::new(), text: String::new(), html: String::new(), stop: None },
                &"a@b.example".parse().unwrap(),
                Timestamp::UNIX_EPOCH,
            )
            .unwrap();
            assert_eq!(
                parsed.envelope.to().iter().map(ToString::to_string).collect::<Vec<_>>(),
                ["ada@clinic.example"]
            );
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_a_foreign_one_is_spelled_for_mail_servers() {
        for wrong in [
            "",
            "ada",
            "ada@",
            "@clinic.example",
            "a b@clinic.example",
            "ada@clinic.example>\r\nRCPT TO:<eve@evil.example",
            "<ada@clinic.example>",
            "a,b@clinic.example",
        ] {
            assert!(composed("Ada", wrong, "Due").is_err(), "{wrong}");
        }
        let message = composed("Ünal", "unal@exämple.org", "Fällig").unwrap();
        assert!(message.contains("<unal@xn--exmple-cua.org>"), "{message}");
        assert!(message.contains("Subject: =?utf-8?"), "{message}");
    }
}
