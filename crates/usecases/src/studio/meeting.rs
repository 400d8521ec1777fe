//! Two who write one draft: keeping a text, bringing it together with what somebody else kept meanwhile, and choosing where both changed
//! the same place. A text is only ever kept over the very revision that it was brought together with.

use courseware::Kind;
use jiff::{Timestamp, civil::DateTime};
use store::{Draft, DraftKept, LiveDocument, NewDraft, VersionId};

pub use super::weave::Edit;
use super::{
    DifferenceRow, MOST, difference, naming, plain,
    weave::{Piece, Taken, Woven, apart, edits, weave},
};
use crate::{Failure, Usecases, secret::hex, who::Who};

/// How often a text is brought together anew with what was kept meanwhile, before its writer is asked.
const TRIES: usize = 5;
/// How many places are named one by one.
const NAMED: usize = 4;

/// The version over which a text was opened: a draft of it is another one than a later draft of the same name and revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Nobody says.
    Unknown,
    /// Nothing was live.
    Nothing,
    /// This version.
    Version(i64),
}

impl Over {
    /// The version that a draft was begun over, or that is live where there is no draft.
    pub(super) fn of(version: Option<VersionId>) -> Self {
        version.map_or(Self::Nothing, |version| Self::Version(version.0))
    }

    /// As a form sends it: nothing where it has no such field.
    pub fn parse(word: Option<&str>) -> Self {
        match word.map(str::trim) {
            None => Self::Unknown,
            Some("") => Self::Nothing,
            Some(word) => word.parse().map_or(Self::Unknown, Self::Version),
        }
    }

    /// As it stands in a form.
    pub fn word(self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Nothing => Some(String::new()),
            Self::Version(version) => Some(version.to_string()),
        }
    }
}

/// What a text was typed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The revision of the draft; none where there was no draft.
    pub rev: Option<i64>,
    /// The version below.
    pub over: Over,
}

/// What became of a text that was to be kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// It is kept, as this revision.
    Kept(i64),
    /// Somebody else changed it meanwhile in other places: the text of both is kept.
    Merged(Box<Merged>),
    /// Somebody else changed it meanwhile, also in the same place: nothing is kept before somebody chooses.
    Apart(Box<Meeting>),
}

/// The text of both, which is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What is kept.
    pub text: String,
    /// Its revision.
    pub rev: i64,
    /// Who changed what meanwhile, in a sentence or two.
    pub words: String,
    /// Who changed it meanwhile, as a sentence begins; none where it was oneself in another window.
    pub by: Option<String>,
    /// What makes the text that is kept of the one that was sent.
    pub edits: Vec<Edit>,
    /// What the other one changed, from the text that both began from.
    pub changed: Vec<DifferenceRow>,
}

impl Merged {
    /// The edits as a script reads them.
    pub fn edits_json(&self) -> String {
        // Numbers and words always can be written.
        serde_json::to_string(&self.edits).unwrap_or_else(|_| "[]".to_owned())
    }
}

/// Two texts of one draft of which somebody has to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// What was typed.
    pub own: String,
    /// What it was typed from.
    pub from: Typed,
    /// The revision that it is held against; none where the draft is gone, since it was published or thrown away.
    pub rev: Option<i64>,
    /// Who kept that, as a sentence begins; none where it was oneself in another window, or the draft is gone.
    pub by: Option<String>,
    /// When it was kept.
    pub at: Option<DateTime>,
    /// The places in which both differ and do not fit together, from top to bottom.
    pub places: Vec<MetPlace>,
    /// What the other one changed, from the text that both began from; none where that is not known.
    pub changed: Option<Vec<DifferenceRow>>,
    /// What was shown, in short: a choice is about this and nothing else.
    pub seen: String,
    /// Whether something was sent that did not choose in every place.
    pub is_wanting: bool,
}

/// A place that both changed, each in their own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetPlace {
    /// The heading that it stands under.
    pub heading: Option<String>,
    /// The line of the text as it is kept, from 1.
    pub line: usize,
    /// The line above it that is the same in both.
    pub above: Option<String>,
    /// One's own lines; none where they were taken away.
    pub own: Vec<String>,
    /// The other one's.
    pub theirs: Vec<String>,
    /// What was chosen.
    pub taken: Option<Taken>,
}

/// What was chosen where two texts met.
#[derive(Clone, Copy, Debug)]
pub struct Settling<'a> {
    /// What was typed.
    pub own: &'a str,
    /// [`Meeting::from`].
    pub from: Typed,
    /// [`Meeting::rev`].
    pub rev: Option<i64>,
    /// [`Meeting::seen`].
    pub seen: &'a str,
    /// What was chosen in each place.
    pub taken: &'a [Option<Taken>],
}

/// What is known of two texts that meet.
struct Sides {
    /// What both began from, where that is known.
    base: Option<String>,
    theirs: String,
}

impl Sides {
    fn woven<'t>(&'t self, own: &'t str) -> Woven<'t> {
        match &self.base {
            Some(base) => weave(base, own, &self.theirs),
            None => apart(own, &self.theirs),
        }
    }
}

impl Usecases {
    /// Keeps a text as the draft of a document. `from` is the revision it was changed from. What somebody else kept meanwhile is brought
    /// together with it, as far as both fit.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when it is too large, [`Failure::Denied`] for everybody but trainers and administrators,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn keep_draft(
        &self,
        who: &Who,
        place: (Kind, &str),
        (source, rev): (&str, Option<i64>),
        now: Timestamp,
    ) -> Result<Kept, Failure> {
        self.keep_typed(who, place, (source, Typed { rev, over: Over::Unknown }), now).await
    }

    /// Keeps a text as the draft of a document, as [`Usecases::keep_draft`]. What was typed over a version that is no longer the one below
    /// is brought together with what there is now.
    ///
    /// # Errors
    /// As [`Usecases::keep_draft`].
    pub async fn keep_typed(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        (source, from): (&str, Typed),
        now: Timestamp,
    ) -> Result<Kept, Failure> {
        who.as_trainer()?;
        let own = plain(source);
        let live = self.store.known_document(kind.as_str(), slug).await?;
        if live.is_none() && !naming::is_one(slug) && self.store.draft(slug).await?.is_none() {
            return Err(Failure::NotFound);
        }
        let mut new = NewDraft {
            kind: kind.as_str().to_owned(),
            slug: slug.to_owned(),
            source: own.clone(),
            from: from.rev,
            base: live.as_ref().map(|live| live.version),
            by: who.person,
        };
        // A draft that was published or thrown away may have been begun anew, and counts its revisions from 1 again.
        let draft = self.draft_of(kind, slug).await?;
        let mut met = is_another(draft.as_ref(), live.as_ref(), from).then(|| draft.map(Box::new));
        let mut merged: Option<Merged> = None;
        for tried in 1..=2 * TRIES {
            if new.source.len() > MOST {
                let words = match &merged {
                    Some(_) => format!(
                        "Somebody else wrote here too, and both texts together have more than {} KiB: shorten yours",
                        MOST / 1024
                    ),
                    None => format!("It has more than {} KiB: make two of it", MOST / 1024),
                };
                return Err(Failure::field("source", words));
            }
            let kept = match met.take() {
                Some(theirs) => DraftKept::Moved(theirs),
                None => self.store.keep_draft(new.clone(), now.as_microsecond()).await?,
            };
            let theirs = match kept {
                DraftKept::Kept(rev) => {
                    return Ok(
                        merged.map_or(Kept::Kept(rev), |merged| Kept::Merged(Box::new(Merged { rev, ..merged })))
                    );
                }
                DraftKept::SlugTaken => return Err(Failure::NotFound),
                DraftKept::Moved(theirs) => theirs,
            };
            let rev = theirs.as_ref().map(|theirs| theirs.rev);
            let Some(sides) = self.sides(slug, live.as_ref(), (from, rev)).await? else { continue };
            let woven = sides.woven(&own);
            let both = woven.text(&[]).filter(|_| rev.is_some() && tried <= TRIES);
            let Some(both) = both else {
                return Ok(Kept::Apart(Box::new(self.meeting(who, theirs.as_deref(), (&own, from), &sides).await?)));
            };
            let by = match &theirs {
                Some(theirs) => self.hands(who, theirs, from).await?,
                None => None,
            };
            merged = Some(Merged {
                words: told(by.as_deref(), &woven),
                by,
                edits: edits(&own, &both),
                changed: sides.base.as_deref().map(|base| difference(base, &sides.theirs)).unwrap_or_default(),
                text: both.clone(),
                rev: 0,
            });
            (new.source, new.from) = (both, rev);
        }
        Err(Failure::Conflict)
    }

    /// Keeps what was chosen where two texts met. What changed meanwhile is told again, and nothing of it is overwritten.
    ///
    /// # Errors
    /// As [`Usecases::keep_draft`].
    pub async fn settle_draft(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        settling: Settling<'_>,
        now: Timestamp,
    ) -> Result<Kept, Failure> {
        who.as_trainer()?;
        let Settling { own, from, rev, seen, taken } = settling;
        let own = plain(own);
        let live = self.store.known_document(kind.as_str(), slug).await?;
        let Some(sides) = self.sides(slug, live.as_ref(), (from, rev)).await? else {
            return self.keep_typed(who, (kind, slug), (&own, from), now).await;
        };
        let woven = sides.woven(&own);
        if shown(&woven, &sides) != seen {
            return self.keep_typed(who, (kind, slug), (&own, from), now).await;
        }
        let chosen: Vec<Taken> = taken.iter().copied().map_while(|taken| taken).collect();
        let Some(text) = woven.text(&chosen) else {
            let draft = self.store.draft(slug).await?.filter(|draft| Some(draft.rev) == rev);
            let mut meeting = self.meeting(who, draft.as_ref(), (&own, from), &sides).await?;
            meeting.rev = rev;
            meeting.is_wanting = true;
            for (place, taken) in meeting.places.iter_mut().zip(taken) {
                place.taken = *taken;
            }
            return Ok(Kept::Apart(Box::new(meeting)));
        };
        let over = match self.draft_of(kind, slug).await? {
            Some(draft) => draft.base,
            None => live.map(|live| live.version),
        };
        self.keep_typed(who, (kind, slug), (&text, Typed { rev, over: Over::of(over) }), now).await
    }

    /// What stands against a text that was typed from a revision: the draft as another revision, or what is live where there is none.
    /// Nothing where that revision is no longer known.
    async fn sides(
        &self,
        slug: &str,
        live: Option<&LiveDocument>,
        (from, rev): (Typed, Option<i64>),
    ) -> Result<Option<Sides>, Failure> {
        let draft = self.store.draft(slug).await?;
        let is_another = is_another(draft.as_ref(), live, from);
        // An earlier text than the one it was typed from does as well: what came of it since stands in both.
        let below = match (from.over, live) {
            (Over::Version(version), Some(live)) => {
                let version = self.store.version(VersionId(version)).await?;
                version.filter(|version| version.document == live.document).map(|version| version.source)
            }
            _ => None,
        };
        let now_live = match live {
            Some(live) => Some(self.store.version(live.version).await?.ok_or(Failure::NotFound)?.source),
            None => None,
        };
        let Some(rev) = rev else {
            // It was published or thrown away; what is live now stands against what was typed.
            return Ok(Some(Sides { base: below, theirs: now_live.unwrap_or_default() }));
        };
        let Some(theirs) = self.store.draft_text(slug, rev).await? else { return Ok(None) };
        let base = match from.rev {
            _ if is_another => below,
            Some(from) if from <= rev => self.store.draft_text_near(slug, from).await?,
            // It was typed from a draft that is gone by now.
            Some(_) => below,
            None => below.or(now_live),
        };
        Ok(Some(Sides { base, theirs }))
    }

    async fn meeting(
        &self,
        who: &Who,
        theirs: Option<&Draft>,
        (own, from): (&str, Typed),
        sides: &Sides,
    ) -> Result<Meeting, Failure> {
        let woven = sides.woven(own);
        let local = self.local().await?;
        let by = match theirs {
            Some(draft) => self.hands(who, draft, from).await?,
            None => None,
        };
        Ok(Meeting {
            own: own.to_owned(),
            from,
            rev: theirs.map(|draft| draft.rev),
            by,
            at: theirs.map(|draft| local(draft.changed_at)),
            places: places(&woven),
            changed: sides.base.as_deref().map(|base| difference(base, &sides.theirs)),
            seen: shown(&woven, sides),
            is_wanting: false,
        })
    }

    /// Who else kept the draft since somebody typed from it, as a sentence begins; none where it was nobody else.
    async fn hands(&self, who: &Who, draft: &Draft, from: Typed) -> Result<Option<String>, Failure> {
        let is_same = from.over == Over::Unknown || from.over == Over::of(draft.base);
        let since = from.rev.filter(|rev| is_same && *rev <= draft.rev).unwrap_or(0);
        let hands = self.store.draft_hands(&draft.slug, since).await?;
        let mut names: Vec<String> =
            hands.iter().filter(|(person, _)| *person != who.person).map(|(_, name)| name.clone()).collect();
        // Of texts that were kept before that was written down nobody knows whose they are, but for the last one.
        if hands.is_empty() && draft.changed_by != who.name {
            names.push(draft.changed_by.clone());
        }
        let last = names.pop();
        Ok(last.map(|last| if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }))
    }
}

/// Whether there is another draft by now than the one that a text was typed from, or another version where there was none.
fn is_another(draft: Option<&Draft>, live: Option<&LiveDocument>, from: Typed) -> bool {
    if from.over == Over::Unknown {
        return false;
    }
    match draft {
        Some(draft) => Over::of(draft.base) != from.over,
        None => from.rev.is_none() && Over::of(live.map(|live| live.version)) != from.over,
    }
}

/// What was shown of two texts, in short.
fn shown(woven: &Woven<'_>, sides: &Sides) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(sides.theirs.as_bytes());
    for piece in &woven.pieces {
        let Piece::Clash { own, theirs } = piece else { continue };
        for side in [own, theirs] {
            for line in side {
                hash.update(line.as_bytes()).update(b"\n");
            }
            // No line holds it.
            hash.update(b"\0");
        }
    }
    hex(&hash.finalize().as_bytes()[..8])
}

/// The places in which somebody has to choose.
fn places(woven: &Woven<'_>) -> Vec<MetPlace> {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let mut places = Vec::new();
    let (mut line, mut heading, mut above) = (1, None, None);
    for piece in &woven.pieces {
        if let Piece::Clash { own, theirs } = piece {
            let (own, theirs) = (owned(own), owned(theirs));
            places.push(MetPlace { heading: heading.clone(), line, above: above.clone(), own, theirs, taken: None });
        }
        let (Piece::Same(shown) | Piece::Own(shown) | Piece::Theirs(shown) | Piece::Clash { theirs: shown, .. }) =
            piece;
        // The lines are counted in the text as it is kept, in which one's own are not.
        if !matches!(piece, Piece::Own(_)) {
            line += shown.len();
        }
        for words in shown {
            heading = words.strip_prefix("## ").map(|words| words.trim().to_owned()).or(heading);
        }
        above = shown.iter().rev().find(|words| !words.trim().is_empty()).map(|words| (*words).to_owned()).or(above);
    }
    places
}

/// Who changed which places of the text that is kept, in a sentence or two.
fn told(by: Option<&str>, woven: &Woven<'_>) -> String {
    let by = by.unwrap_or("You, in another window,");
    let mut line = 1;
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for piece in &woven.pieces {
        let (Piece::Same(lines) | Piece::Own(lines) | Piece::Theirs(lines) | Piece::Clash { own: lines, .. }) = piece;
        if let Piece::Theirs(_) = piece {
            match lines.len() {
                0 => gone.push(line - 1),
                1 => changed.push(format!("line {line}")),
                many => changed.push(format!("lines {line} to {}", line + many - 1)),
            }
        }
        line += lines.len();
    }
    let gone = gone.into_iter().map(|line| if line == 0 { "the top".to_owned() } else { format!("line {line}") });
    let parts = [("changed", changed), ("took something out below", gone.collect())];
    let parts = parts.into_iter().filter(|(_, places)| !places.is_empty());
    let said: Vec<String> = parts.map(|(what, places)| format!("{what} {}", named(places))).collect();
    if said.is_empty() {
        return format!("{by} made the same changes meanwhile.");
    }
    format!("{by} {} meanwhile. Both changes are in the draft.", said.join(", and "))
}

/// Places as a sentence names them, the first few of them.
fn named(mut places: Vec<String>) -> String {
    let more = places.len().saturating_sub(NAMED);
    if more > 0 {
        places.truncate(NAMED);
        places.push(if more == 1 { "1 more place".to_owned() } else { format!("{more} more places") });
    }
    match places.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_its_heading_and_its_line() {
        let base = "# A\n\n## He asks\n\nOne.\nTwo.\n\n## End\n\nThree.\n";
        let own = base.replace("Two.", "Mine.").replace("# A", "Added\n# A");
        let theirs = base.replace("Two.", "His.").replace("Three.", "3.");
        let woven = weave(base, &own, &theirs);
        let places = places(&woven);
        let [place] = places.as_slice() else { panic!("{places:?}") };
        assert_eq!((place.heading.as_deref(), place.line, place.above.as_deref()), (Some("He asks"), 6, Some("One.")));
        assert_eq!(
            (place.own.as_slice(), place.theirs.as_slice()),
            (["Mine.".to_owned()].as_slice(), ["His.".to_owned()].as_slice())
        );
    }

    #[test]
    fn what_the_other_changed_is_said_by_its_lines() {
        let base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let (own, theirs) = (base.replace("1\n", "one\n"), base.replace("3\n4\n", "three\nfour\n").replace("8\n", ""));
        let woven = weave(base, &own, &theirs);
        assert_eq!(
            told(Some("Tomás Vega"), &woven),
            "Tomás Vega changed lines 3 to 4, and took something out below line 7 meanwhile. Both changes are in the draft."
        );
        let many = weave(base, base, "a\n2\nb\n4\nc\n6\nd\n8\ne\n");
        assert!(
            told(None, &many)
                .starts_with("You, in another window, changed line 1, line 3, line 5, line 7 and 1 more place ")
        );
        assert_eq!(told(Some("Tomás Vega"), &weave(base, base, base)), "Tomás Vega made the same changes meanwhile.");
    }
}
