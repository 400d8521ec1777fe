//! Images and what else lies beside a document: taken in with a version, and put into its text by address.

use std::{borrow::Cow, collections::HashMap};

use courseware::ANCHOR;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use store::Asset;

use crate::{Failure, Usecases, secret::hex, who::Who};

mod photograph;

/// A type that is taken: the ending of the name, what it is served as, and how its bytes begin.
type Kind = (&'static str, &'static str, fn(&[u8]) -> bool);

/// The types that are taken.
const KINDS: [Kind; 10] = [
    ("svg", "image/svg+xml", is_svg),
    ("png", "image/png", |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
    ("jpg", "image/jpeg", is_jpeg),
    ("jpeg", "image/jpeg", is_jpeg),
    ("gif", "image/gif", |bytes| bytes.starts_with(b"GIF8")),
    ("webp", "image/webp", |bytes| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")),
    ("mp4", "video/mp4", |bytes| bytes.get(4..8) == Some(b"ftyp")),
    ("webm", "video/webm", |bytes| bytes.starts_with(b"\x1a\x45\xdf\xa3")),
    ("vtt", "text/vtt", |bytes| bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).starts_with(b"WEBVTT")),
    ("txt", "text/plain; charset=utf-8", |bytes| std::str::from_utf8(bytes).is_ok()),
];

/// The most bytes of one file beside a document.
pub const MOST: usize = 20 << 20;

fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xd8\xff")
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    std::str::from_utf8(bytes).is_ok() && String::from_utf8_lossy(head).contains("<svg")
}

/// What a file beside a document is served as, by its name and its bytes, which must agree.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn checked(target: &str, bytes: Vec<u8>) -> Result<Asset, String> {
    let ending = ending(target).to_ascii_lowercase();
    let Some((_, mime, is_one)) = KINDS.iter().find(|(known, ..)| *known == ending) else {
        return Err(format!("{target} is of a kind that pages cannot show; use svg, png, jpg, gif, webp, mp4 or webm"));
    };
    if bytes.len() > MOST {
        return Err(format!("{target} is larger than {} MB; make it smaller", MOST >> 20));
    }
    if !is_one(&bytes) {
        return Err(format!("{target} does not hold what its name says; save it as {ending} again"));
    }
    Ok(Asset { hash: *blake3::hash(&bytes).as_bytes(), mime: (*mime).to_owned(), bytes })
}

/// The largest drawing or moving picture that is taken as it is, in bytes: every phone that opens the page loads it whole.
const MOST_AS_IT_IS: usize = 2 << 20;

/// A file that somebody uploads for a page: a photograph turned upright, made small and without what the camera wrote into it; everything
/// else as it is, where its bytes are what its name says. `replaces` is the target that it takes the place of. Gives the ending of its
/// name, and what is to be kept. A photograph takes a while: not for a thread that answers others.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn uploaded(name: &str, bytes: Vec<u8>, replaces: Option<&str>) -> Result<(String, Asset), String> {
    let wanted = replaces.map(|target| ending(target).to_ascii_lowercase());
    let is_photograph = bytes.starts_with(b"\x89PNG") || is_jpeg(&bytes) || bytes.get(8..12) == Some(b"WEBP");
    if is_photograph {
        let (ending, bytes) = photograph::made(&bytes, wanted.as_deref())?;
        return Ok((ending.to_owned(), checked(&format!("picture.{ending}"), bytes)?));
    }
    let own = ending(name).to_ascii_lowercase();
    if wanted.as_ref().is_some_and(|wanted| *wanted != own) {
        return Err("It is of another kind than what it should replace: add it as a new one".to_owned());
    }
    if matches!(own.as_str(), "svg" | "gif") && bytes.len() > MOST_AS_IT_IS {
        return Err(format!("{name} is larger than {} MB; make it smaller", MOST_AS_IT_IS >> 20));
    }
    let asset = checked(name, bytes)?;
    Ok((own, asset))
}

fn ending(target: &str) -> &str {
    target.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Where each target of a version is served.
pub(crate) fn places(assets: &[(String, [u8; 32])]) -> HashMap<String, String> {
    let place = |(target, hash): &(String, [u8; 32])| {
        (target.clone(), format!("/images/{}.{}", hex(hash), ending(target).to_ascii_lowercase()))
    };
    assets.iter().map(place).collect()
}

/// Where links within a document lead: from the id of each heading to an address.
#[derive(Debug, Default)]
pub(crate) struct Within(HashMap<String, String>);

impl Within {
    /// What a parse of a document leads to within itself. Its pages are places of their own where it is taught, and all on one page
    /// where it is a draft.
    pub(crate) fn of(parse: &Value, is_draft: bool) -> Self {
        let mut found = Self::default();
        let slug = parse["slug"].as_str().unwrap_or_default();
        for page in parse["pages"].as_array().into_iter().flatten() {
            let own = page["id"].as_str().unwrap_or_default();
            let before = page["was"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let place = if is_draft { String::new() } else { format!("{}/{own}", crate::place_of("module", slug)) };
            let top = if is_draft { format!("#{ANCHOR}{own}") } else { place.clone() };
            std::iter::once(own).chain(before).for_each(|id| found.lead(id, top.clone()));
            found.headings(page, &place);
        }
        found.headings(&parse["html"], "");
        found
    }

    /// Notes the headings in all HTML of a part.
    fn headings(&mut self, part: &Value, place: &str) {
        let mut waiting = vec![part];
        while let Some(value) = waiting.pop() {
            match value {
                Value::String(html) => {
                    let opened = format!(" id=\"{ANCHOR}");
                    for (id, _) in html.split(&opened).skip(1).filter_map(|rest| rest.split_once('"')) {
                        self.lead(id, format!("{place}#{ANCHOR}{id}"));
                    }
                }
                Value::Array(items) => waiting.extend(items),
                Value::Object(fields) => waiting.extend(fields.values()),
                _ => {}
            }
        }
    }

    /// Where the heading is that a link names, as it is written in an address.
    fn to(&self, part: &str) -> Option<&str> {
        self.0.get(&*percent_decode_str(part).decode_utf8_lossy()).map(String::as_str)
    }

    /// The first of two headings of one name keeps it, as where links are checked.
    fn lead(&mut self, id: &str, to: String) {
        self.0.entry(id.to_owned()).or_insert(to);
    }
}

/// HTML of a document with its images by address, and with links to its own headings and to other documents that lead to them.
pub(crate) fn placed(html: &str, places: &HashMap<String, String>, within: &Within) -> String {
    let mut html = Cow::Borrowed(html);
    for (target, place) in places {
        let written = format!(" src=\"{}\"", courseware::escaped(target));
        if html.contains(&written) {
            html = Cow::Owned(html.replace(&written, &format!(" src=\"{place}\"")));
        }
        // A transcript is linked to.
        let written = format!(" href=\"{}\"", courseware::escaped(target));
        if html.contains(&written) {
            html = Cow::Owned(html.replace(&written, &format!(" href=\"{place}\"")));
        }
    }
    let mut out = String::with_capacity(html.len());
    let mut rest: &str = &html;
    // Only a tag holds this: in text a quotation mark is escaped.
    while let Some((before, after)) = rest.split_once(" href=\"") {
        let (target, end) = after.split_once('"').unwrap_or((after, ""));
        let (path, part) = target.split_once('#').map_or((target, None), |(path, part)| (path, Some(part)));
        out.push_str(before);
        out.push_str(" href=\"");
        match path.strip_suffix(".md").filter(|path| !path.contains(':')) {
            Some(path) => {
                out.push_str("/go/");
                out.push_str(path.rsplit('/').next().unwrap_or(path));
                if let Some(part) = part {
                    out.push('/');
                    out.push_str(part);
                }
            }
            None => match part.filter(|_| path.is_empty()).and_then(|part| within.to(part)) {
                Some(place) => out.push_str(place),
                None => out.push_str(target),
            },
        }
        out.push('"');
        rest = end;
    }
    out.push_str(rest);
    out
}

impl Usecases {
    /// A file that belongs to a document, by the hash in its address.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn image(&self, _who: &Who, hash: &str) -> Result<Asset, Failure> {
        let hash = blake3::Hash::from_hex(hash).map_err(|_| Failure::NotFound)?;
        self.store.asset(*hash.as_bytes()).await?.ok_or(Failure::NotFound)
    }

    /// Where a document is read, from its name: for links between documents. Only a module has parts that can be led to.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn way_to(&self, who: &Who, slug: &str) -> Result<(String, bool), Failure> {
        let mut live = self.store.known_slug(slug).await?.ok_or(Failure::NotFound)?;
        if live.withdrawn_at.is_some() {
            live = self.found(who, &live.kind, slug).await?.live;
        }
        Ok((crate::place_of(&live.kind, &live.slug), live.kind == "module"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_says_or_is_not_taken() {
        for (name, bytes, mime) in [
            ("img/a.svg", b"<?xml version=\"1.0\"?><svg/>".as_slice(), Some("image/svg+xml")),
            ("a.PNG", b"\x89PNG\r\n\x1a\nrest", Some("image/png")),
            ("a.webp", b"RIFF\0\0\0\0WEBPVP8", Some("image/webp")),
            ("a.png", b"<svg/>", None),
            ("a.svg", b"<html>", None),
            ("a.html", b"<svg/>", None),
            ("noending", b"<svg/>", None),
        ] {
            assert_eq!(checked(name, bytes.to_vec()).ok().map(|asset| asset.mime).as_deref(), mime, "{name}");
        }
    }

    #[test]
    fn a_link_to_a_heading_of_its_own_document_leads_to_the_page_that_holds_it() {
        let text = "---\nkind: module\ntitle: Desk\nminutes: 5\ncompetencies: []\n---\n# Desk\n\n## First page\n\n`was start`\n\n\
                    See [below](#a-word), [the other](#späte-seite), [old](#start).\n\n### A word\n\nText.\n\n## Späte Seite\n\n\
                    [Back](#a-word)\n";
        let parsed = courseware::parse("desk.md", text, &courseware::Surroundings::default());
        let parse = serde_json::to_value(parsed.module().unwrap()).unwrap();
        let html = |at: usize| parse["pages"][at]["html"].as_str().unwrap();
        let taught = Within::of(&parse, false);
        let first = placed(html(0), &HashMap::new(), &taught);
        for href in ["/modules/desk/first-page#part-a-word", "/modules/desk/späte-seite", "/modules/desk/first-page"] {
            assert!(first.contains(&format!("href=\"{href}\"")), "{href}: {first}");
        }
        assert!(first.contains("<h3 id=\"part-a-word\">"), "{first}");
        assert!(placed(html(1), &HashMap::new(), &taught).contains("href=\"/modules/desk/first-page#part-a-word\""));
        let draft = placed(html(0), &HashMap::new(), &Within::of(&parse, true));
        assert!(draft.contains("href=\"#part-a-word\"") && draft.contains("href=\"#part-späte-seite\""), "{draft}");
    }

    #[test]
    fn targets_in_html_become_addresses() {
        let places = HashMap::from([("img/a.svg".to_owned(), "/images/1.svg".to_owned())]);
        let html = "<p>src=&quot;img/a.svg&quot; <img src=\"img/a.svg\" alt=\"\"> <a href=\"deep/other.md#page\">x</a> \
                    <a href=\"https://a.example/b.md\">y</a></p>";
        assert_eq!(
            placed(html, &places, &Within::default()),
            "<p>src=&quot;img/a.svg&quot; <img src=\"/images/1.svg\" alt=\"\"> <a href=\"/go/other/page\">x</a> \
             <a href=\"https://a.example/b.md\">y</a></p>"
        );
    }
}
