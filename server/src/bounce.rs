//! `bedside bounce`: a report that a message could not be delivered (RFC 3464), as a mail server passes it on.
//!
//! The report names the recipient and why; the message is known by its own Message-ID, which stands in the part that the report
//! gives back. Other mail that comes to the same address changes nothing, and is no failure: a mail server would answer that.

use std::io::Read as _;

use store::{Bounced, NewAudit};
use usecases::{Usecases, audit::COMMAND_LINE, clock};

use crate::{
    cli::{Bounce, say},
    commands::{CommandError, Outcome, with_store},
};

/// How much of a report is read; the message it gives back may be long.
const LONGEST: u64 = 8 * 1024 * 1024;
/// The longest reason that is kept, in characters.
const REASON: usize = 400;

/// Reads a report from standard input and marks its message.
///
/// # Errors
///
/// When it could not be read or kept.
pub async fn run(settings: &Bounce) -> Outcome {
    let mut raw = Vec::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_end(&mut raw);
    read.map_err(|error| CommandError::Refused(format!("the report could not be read from standard input: {error}")))?;
    let text = String::from_utf8_lossy(&raw);
    let failures = failures(&text);
    let Some(first) = failures.first() else {
        say("This is no report that a message could not be delivered; nothing was changed.");
        return Ok(());
    };
    with_store(&settings.database, async |store| {
        let id = Usecases::new(store.clone()).stamp().await?.find(&text);
        let entry = NewAudit {
            what: "message.bounced".to_owned(),
            detail: format!("{}: {}", first.recipient, first.reason),
            from: Some(COMMAND_LINE.to_owned()),
            ..NewAudit::default()
        };
        let noting = store.noting(entry, clock::now().as_microsecond());
        match noting.mark_bounced(id, &first.recipient, &first.reason).await? {
            Bounced::Message(id) => {
                say(format_args!("Message {id} came back from {}: {}", first.recipient, first.reason))
            }
            Bounced::Already(id) => say(format_args!("Message {id} was marked before.")),
            Bounced::Unknown => say(format_args!("No message to {} is waiting for a report.", first.recipient)),
        }
        Ok(())
    })
    .await
}

/// A recipient whom a message did not reach for good, and why.
#[derive(Debug, PartialEq, Eq)]
struct Undelivered {
    recipient: String,
    reason: String,
}

/// The recipients whom a message did not reach for good. Delays, and reports that all is well, are none.
fn failures(report: &str) -> Vec<Undelivered> {
    let (head, body) = split(report);
    let kind = field(head, "content-type").unwrap_or_default();
    let Some(boundary) = boundary(&kind).filter(|_| kind.to_ascii_lowercase().starts_with("multipart/report")) else {
        return Vec::new();
    };
    let is_status = |part: &&str| {
        let kind = field(split(part).0, "content-type").unwrap_or_default().to_ascii_lowercase();
        kind.starts_with("message/delivery-status") || kind.starts_with("message/global-delivery-status")
    };
    let Some(status) = parts(body, &boundary).into_iter().find(is_status) else { return Vec::new() };
    // The first group is about the message, each other one about a recipient.
    let groups = groups(split(status).1);
    groups.iter().filter_map(|group| undelivered(group)).collect()
}

fn undelivered(group: &str) -> Option<Undelivered> {
    if !field(group, "action")?.eq_ignore_ascii_case("failed") {
        return None;
    }
    // The address that we wrote to comes first; the last one may be where it was forwarded to.
    let recipient = field(group, "original-recipient").or_else(|| field(group, "final-recipient"))?;
    let recipient = recipient.split_once(';').map_or(recipient.as_str(), |(_, address)| address);
    let recipient = recipient.trim().trim_matches(['<', '>']).to_lowercase();
    let status = field(group, "status").unwrap_or_default();
    let said = field(group, "diagnostic-code").unwrap_or_default();
    let said = said.split_once(';').map_or(said.as_str(), |(_, said)| said).trim().to_owned();
    let words = words(&status);
    let reason = if said.is_empty() { format!("{words} ({status})") } else { format!("{words} ({said})") };
    let reason = reason.chars().filter(|letter| !letter.is_control()).take(REASON).collect();
    Some(Undelivered { recipient, reason })
}

/// What a status means (RFC 3463).
fn words(status: &str) -> &'static str {
    let mut numbers = status.split('.').skip(1);
    match (numbers.next(), numbers.next()) {
        (Some("1"), _) => "There is no such address",
        (Some("2"), Some("2")) => "The mailbox is full",
        (Some("2"), _) => "The mailbox takes no messages",
        (Some("3" | "4"), _) => "Their mail server could not be reached",
        (Some("6"), _) => "Their mail server could not read it",
        (Some("7"), _) => "Their mail server does not accept messages from here",
        _ => "It could not be delivered",
    }
}

/// Head and body of a message or of a part of one.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches(['\r', '\n']);
    let end = [text.find("\r\n\r\n").map(|at| (at, 4)), text.find("\n\n").map(|at| (at, 2))];
    match end.into_iter().flatten().min() {
        Some((at, length)) => (&text[..at], &text[at + length..]),
        None => (text, ""),
    }
}

/// The groups of fields of a status, between empty lines.
fn groups(body: &str) -> Vec<String> {
    let mut groups = vec![String::new()];
    for line in body.lines() {
        if line.trim().is_empty() {
            groups.push(String::new());
        } else if let Some(group) = groups.last_mut() {
            group.push_str(line);
            group.push('\n');
        }
    }
    groups
}

/// The value of a field, with the lines that go on from it.
fn field(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines();
    let first = lines.by_ref().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim_end().eq_ignore_ascii_case(name).then_some(value)
    })?;
    let more = lines.take_while(|line| line.starts_with([' ', '\t']));
    let all = std::iter::once(first).chain(more).flat_map(str::split_whitespace);
    Some(all.collect::<Vec<_>>().join(" "))
}

/// The boundary that a type of content names.
fn boundary(kind: &str) -> Option<String> {
    let (_, rest) = kind
        .match_indices(';')
        .map(|(at, _)| kind.split_at(at + 1))
        .find(|(_, rest)| rest.trim_start().to_ascii_lowercase().starts_with("boundary="))?;
    let (_, value) = rest.split_once('=')?;
    let value = match value.trim_start().strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split(';').next()?.trim(),
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// The parts between the lines of a boundary.
fn parts<'t>(body: &'t str, boundary: &str) -> Vec<&'t str> {
    let line = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begins = None;
    let mut at = 0;
    for whole in body.split_inclusive('\n') {
        let is_boundary = whole.trim_end() == line || whole.trim_end() == format!("{line}--");
        if is_boundary {
            if let Some(begins) = begins {
                parts.push(&body[begins..at]);
            }
            begins = Some(at + whole.len());
        }
        at += whole.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: mailer-daemon@mx.example\nTo: training@clinic.example\nSubject: Undelivered\n\
        Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"a;b=c\"\nMIME-Version: 1.0\n\n\
        --a;b=c\nContent-Type: text/plain\n\nSorry: action: failed\n\n\
        --a;b=c\nContent-Type: message/delivery-status\n\n\
        Reporting-MTA: dns; mx.example\n\n\
        Original-Recipient: rfc822;Ada@Clinic.example\nFinal-Recipient: rfc822; a.obi@elsewhere.example\nAction: failed\nStatus: 5.1.1\n\
        Diagnostic-Code: smtp; 550 5.1.1 <a.obi@elsewhere.example>:\n    user unknown\n\n\
        Final-Recipient: rfc822; ben@clinic.example\nAction: delayed\nStatus: 4.4.1\n\n\
        --a;b=c\nContent-Type: text/rfc822-headers\n\nMessage-ID: <bedside.12.00@clinic.example>\n\n--a;b=c--\n";

    #[test]
    fn a_report_names_whom_a_message_did_not_reach_and_why() {
        let expected = [Undelivered {
            recipient: "ada@clinic.example".to_owned(),
            reason: "There is no such address (550 5.1.1 <a.obi@elsewhere.example>: user unknown)".to_owned(),
        }];
        assert_eq!(failures(REPORT), expected);
        assert_eq!(failures(&REPORT.replace('\n', "\r\n")), expected);
        let bare = REPORT.replace("boundary=\"a;b=c\"", "boundary=x; charset=utf-8").replace("--a;b=c", "--x");
        assert_eq!(failures(&bare), expected);
        let without =
            REPORT.replace("Diagnostic-Code: smtp; 550 5.1.1 <a.obi@elsewhere.example>:\n    user unknown\n", "");
        assert_eq!(failures(&without)[0].reason, "There is no such address (5.1.1)");
    }

    #[test]
    fn a_delay_an_answer_and_any_other_text_are_no_failures() {
        for other in [
            REPORT.replace("Action: failed", "Action: delayed"),
            REPORT.replace("multipart/report", "multipart/mixed"),
            REPORT.replace("message/delivery-status", "text/plain"),
            "Subject: I am away\n\nBack on Monday. Action: failed\n".to_owned(),
            "--\n--".to_owned(),
            String::new(),
        ] {
            assert_eq!(failures(&other), [], "{other}");
        }
        for end in (0..REPORT.len()).filter(|end| REPORT.is_char_boundary(*end)) {
            assert!(failures(&REPORT[..end]).len() <= 1, "a report that was cut off breaks nothing");
        }
    }

    #[test]
    fn a_status_is_told_in_words() {
        for (status, said) in [
            ("5.1.10", "There is no such address"),
            ("5.2.2", "The mailbox is full"),
            ("5.7.1", "Their mail server does not accept messages from here"),
            ("4.4.7", "Their mail server could not be reached"),
            ("", "It could not be delivered"),
        ] {
            assert_eq!(words(status), said);
        }
    }
}
