//! A letter: written once, read as plain text and as HTML.
//!
//! What is put in is plain text; it is escaped here, so that no name becomes markup. `{site}` stands for the address of the site and
//! is filled when the letter is sent (`outbox`).

use courseware::escaped;
use store::{MessageKind, NewMessage, PersonId};

/// To whom a letter goes.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: &'a str,
    /// Their e-mail address.
    pub address: &'a str,
}

/// A row of a table: in each place words, and a path of the site where they lead somewhere.
pub type TableRow = Vec<(String, Option<String>)>;

/// A letter in the making.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    text: String,
    html: String,
}

impl Letter {
    /// A letter that begins by greeting somebody.
    pub fn to(name: &str) -> Self {
        Self::default().paragraph(&format!("Hello {name},"))
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(mut self, words: &str) -> Self {
        self.begin_block();
        self.text.push_str(&format!("{words}\n"));
        self.html.push_str(&format!("<p>{}</p>\n", escaped(words)));
        self
    }

    /// A heading over what follows.
    #[must_use]
    pub fn heading(mut self, words: &str) -> Self {
        self.begin_block();
        self.text.push_str(&format!("{words}\n"));
        self.html.push_str(&format!("<h2 style=\"font-size:1.1em\">{}</h2>\n", escaped(words)));
        self
    }

    /// A list; an item is its words and, where it leads somewhere, a path of the site such as `/modules/falls`.
    #[must_use]
    pub fn list<'i>(mut self, items: impl IntoIterator<Item = (&'i str, Option<&'i str>)>) -> Self {
        self.begin_block();
        self.html.push_str("<ul>\n");
        for (words, path) in items {
            match path {
                Some(path) => {
                    self.text.push_str(&format!("- {words}\n  {{site}}{path}\n"));
                    self.html.push_str(&format!(
                        "<li><a href=\"{{site}}{}\">{}</a></li>\n",
                        escaped(path),
                        escaped(words)
                    ));
                }
                None => {
                    self.text.push_str(&format!("- {words}\n"));
                    self.html.push_str(&format!("<li>{}</li>\n", escaped(words)));
                }
            }
        }
        self.html.push_str("</ul>\n");
        self
    }

    /// A table: what stands above its columns, and rows of words that may each lead to a path of the site. As plain text a row is a line,
    /// with where its first place leads below it.
    #[must_use]
    pub fn table(mut self, heads: &[String], rows: &[TableRow]) -> Self {
        const PLACE: &str =
            "style=\"text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid #999\"";
        self.begin_block();
        self.html.push_str("<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse\">\n<thead><tr>");
        for head in heads {
            self.html.push_str(&format!("<th scope=\"col\" {PLACE}>{}</th>", escaped(head)));
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            let mut said = Vec::with_capacity(row.len());
            self.html.push_str("<tr>");
            for (at, ((words, path), head)) in row.iter().zip(heads).enumerate() {
                let inner = match path {
                    Some(path) => format!("<a href=\"{{site}}{}\">{}</a>", escaped(path), escaped(words)),
                    None => escaped(words),
                };
                self.html.push_str(&format!("<td {PLACE}>{inner}</td>"));
                if !words.is_empty() {
                    said.push(if at == 0 { words.clone() } else { format!("{head}: {words}") });
                }
            }
            self.html.push_str("</tr>\n");
            self.text.push_str(&format!("- {}\n", said.join("; ")));
            if let Some((_, Some(path))) = row.first() {
                self.text.push_str(&format!("  {{site}}{path}\n"));
            }
        }
        self.html.push_str("</tbody></table></div>\n");
        self
    }

    /// A line that leads to a path of the site.
    #[must_use]
    pub fn link(mut self, words: &str, path: &str) -> Self {
        self.begin_block();
        self.text.push_str(&format!("{words}:\n{{site}}{path}\n"));
        self.html.push_str(&format!("<p><a href=\"{{site}}{}\">{}</a></p>\n", escaped(path), escaped(words)));
        self
    }

    /// It as a message for the outbox (`Store::queue_message`, `Store::queue_messages`). `key` makes it one message, however often it
    /// is asked for: `reminders/12/2026-03-01`.
    pub fn message(&self, kind: MessageKind, key: &str, to: Recipient<'_>, subject: &str) -> NewMessage {
        NewMessage {
            person: to.person,
            kind,
            key: key.to_owned(),
            to_address: to.address.to_owned(),
            to_name: to.name.to_owned(),
            subject: subject.to_owned(),
            text: self.text(),
            html: self.html(),
        }
    }

    /// It as plain text.
    pub fn text(&self) -> String {
        self.text.clone()
    }

    /// It as HTML, without what stands around it.
    pub fn html(&self) -> String {
        self.html.clone()
    }

    fn begin_block(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_a_name_is_no_markup() {
        let letter = Letter::to("Ada <b>")
            .paragraph("One thing is due.")
            .list([("Falls & slips", Some("/modules/falls")), ("Nothing more", None)])
            .link("Open my training", "/");
        assert_eq!(
            letter.text(),
            "Hello Ada <b>,\n\nOne thing is due.\n\n- Falls & slips\n  {site}/modules/falls\n- Nothing more\n\nOpen my training:\n{site}/\n"
        );
        assert_eq!(
            letter.html(),
            "<p>Hello Ada &lt;b&gt;,</p>\n<p>One thing is due.</p>\n<ul>\n<li><a href=\"{site}/modules/falls\">Falls &amp; slips</a></li>\n\
             <li>Nothing more</li>\n</ul>\n<p><a href=\"{site}/\">Open my training</a></p>\n"
        );
    }

    #[test]
    fn a_table_is_a_line_a_row_for_whoever_reads_text() {
        let heads = ["Person".to_owned(), "Due".to_owned(), "Last reminder".to_owned()];
        let place = |words: &str, path: Option<&str>| (words.to_owned(), path.map(str::to_owned));
        let row = vec![place("Ben & Co", Some("/team/3/training")), place("5 Feb 2027", None), place("", None)];
        let letter = Letter::default().table(&heads, &[row]);
        assert_eq!(letter.text(), "- Ben & Co; Due: 5 Feb 2027\n  {site}/team/3/training\n");
        let html = letter.html();
        assert!(html.contains("<a href=\"{site}/team/3/training\">Ben &amp; Co</a></td>"), "{html}");
        assert_eq!(html.matches("<td ").count(), 3, "each column keeps its place: {html}");
        assert_eq!(html.matches("<th scope=\"col\"").count(), 3);
    }
}
