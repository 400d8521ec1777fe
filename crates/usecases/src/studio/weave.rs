//! Three texts by lines: what two people made of one, brought together place by place. What fits together is taken from both; what does
//! not is a place of its own that holds both versions whole, for somebody to choose. Nothing is ever marked inside the text.

use std::ops::Range;

use diffy::{DiffOptions, Line};
use serde::Serialize;

/// A piece of the text of both, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As it was, or changed by both in the same way.
    Same(Vec<&'t str>),
    /// Changed by oneself alone: what stands there now.
    Own(Vec<&'t str>),
    /// Changed by the other one alone: what stands there now.
    Theirs(Vec<&'t str>),
    /// Changed by both, each in their own way.
    Clash {
        /// What oneself made of it.
        own: Vec<&'t str>,
        /// What the other one made of it.
        theirs: Vec<&'t str>,
    },
}

/// The text of both in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Woven<'t> {
    pub(super) pieces: Vec<Piece<'t>>,
    /// Whether the last line ends as lines do.
    ends: bool,
}

/// Whose version of a place is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// One's own.
    Own,
    /// The other one's.
    Theirs,
    /// Both, the other one's first.
    Both,
}

impl Taken {
    /// The word of a choice in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Theirs => "theirs",
            Self::Both => "both",
        }
    }

    /// The choice of a word; none for any other.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Own, Self::Theirs, Self::Both].into_iter().find(|taken| taken.as_str() == word)
    }
}

/// One change of the text that both began from: the lines of that, and the lines that stand there instead.
#[derive(Clone, Debug)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

impl Change {
    /// Whether the other one's change cannot be made beside this one: both change a line, both add at one place, or one adds right beside
    /// where the other made more or fewer lines of some.
    fn clashes(&self, other: &Self) -> bool {
        let beside = |added: &Self, at: &Self| {
            let place = added.old.start;
            let inside = at.old.start < place && place < at.old.end;
            let touching = place == at.old.start || place == at.old.end;
            inside || touching && at.old.len() != at.new.len()
        };
        match (self.old.is_empty(), other.old.is_empty()) {
            (true, true) => self.old.start == other.old.start,
            (true, false) => beside(self, other),
            (false, true) => beside(other, self),
            (false, false) => self.old.start < other.old.end && other.old.start < self.old.end,
        }
    }
}

/// Brings two texts together that were made from the same one.
pub(super) fn weave<'t>(base: &'t str, own: &'t str, theirs: &'t str) -> Woven<'t> {
    let texts = [lines(own), lines(theirs)];
    let old = lines(base);
    let mut all: Vec<(usize, Change)> = Vec::new();
    for (whose, text) in texts.iter().enumerate() {
        all.extend(changes(&old, text).into_iter().map(|change| (whose, change)));
    }
    // Where two begin at one line, what is added there comes before what is made of the line.
    all.sort_by_key(|(whose, change)| (change.old.start, change.old.end, *whose));
    let mut groups: Vec<Vec<(usize, Change)>> = Vec::new();
    for (whose, change) in all {
        match groups.last_mut() {
            Some(group) if group.iter().any(|(other, known)| *other != whose && known.clashes(&change)) => {
                group.push((whose, change));
            }
            _ => groups.push(vec![(whose, change)]),
        }
    }
    let mut woven = Woven { pieces: Vec::new(), ends: ends(base, own, theirs) };
    let mut at = 0;
    for group in groups {
        let start = group.iter().map(|(_, change)| change.old.start).min().unwrap_or(at);
        let end = group.iter().map(|(_, change)| change.old.end).max().unwrap_or(at);
        woven.push(Piece::Same(old.get(at..start).unwrap_or_default().to_vec()));
        at = end;
        let made = |of: usize| {
            let mut made = Vec::new();
            let mut from = start;
            for (_, change) in group.iter().filter(|(whose, _)| *whose == of) {
                made.extend_from_slice(old.get(from..change.old.start).unwrap_or_default());
                made.extend_from_slice(texts.get(of).and_then(|text| text.get(change.new.clone())).unwrap_or_default());
                from = change.old.end;
            }
            made.extend_from_slice(old.get(from..end).unwrap_or_default());
            made
        };
        let has = |of: usize| group.iter().any(|(whose, _)| *whose == of);
        woven.push(match (has(0), has(1)) {
            (true, false) => Piece::Own(made(0)),
            (false, true) => Piece::Theirs(made(1)),
            _ if made(0) == made(1) => Piece::Same(made(0)),
            _ => Piece::Clash { own: made(0), theirs: made(1) },
        });
    }
    woven.push(Piece::Same(old.get(at..).unwrap_or_default().to_vec()));
    woven
}

/// Two texts of which nobody knows what they were made from: wherever they differ, somebody has to choose.
pub(super) fn apart<'t>(own: &'t str, theirs: &'t str) -> Woven<'t> {
    let (mine, other) = (lines(own), lines(theirs));
    let mut woven = Woven { pieces: Vec::new(), ends: ends(theirs, own, theirs) };
    let mut at = 0;
    for change in whole_changes(&other, &mine) {
        woven.push(Piece::Same(other.get(at..change.old.start).unwrap_or_default().to_vec()));
        woven.push(Piece::Clash {
            own: mine.get(change.new).unwrap_or_default().to_vec(),
            theirs: other.get(change.old.clone()).unwrap_or_default().to_vec(),
        });
        at = change.old.end;
    }
    woven.push(Piece::Same(other.get(at..).unwrap_or_default().to_vec()));
    woven
}

impl<'t> Woven<'t> {
    /// Pieces of one kind that touch are one.
    fn push(&mut self, piece: Piece<'t>) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Same(lines)) if lines.is_empty() => {}
            (Some(Piece::Same(before)), Piece::Same(lines))
            | (Some(Piece::Own(before)), Piece::Own(lines))
            | (Some(Piece::Theirs(before)), Piece::Theirs(lines)) => before.extend(lines),
            (Some(Piece::Clash { own: before, theirs: there }), Piece::Clash { own, theirs }) => {
                before.extend(own);
                there.extend(theirs);
            }
            (_, piece) => self.pieces.push(piece),
        }
    }

    /// How many places somebody has to choose in.
    #[cfg(test)]
    fn clashes(&self) -> usize {
        self.pieces.iter().filter(|piece| matches!(piece, Piece::Clash { .. })).count()
    }

    /// The text, with what `taken` says of each place that clashes; none where it says nothing of one.
    pub(super) fn text(&self, taken: &[Taken]) -> Option<String> {
        let mut taken = taken.iter();
        let mut all: Vec<&str> = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Same(lines) | Piece::Own(lines) | Piece::Theirs(lines) => all.extend(lines),
                Piece::Clash { own, theirs } => match taken.next()? {
                    Taken::Own => all.extend(own),
                    Taken::Theirs => all.extend(theirs),
                    Taken::Both => all.extend(theirs.iter().chain(own)),
                },
            }
        }
        let mut text = all.join("\n");
        if self.ends && !all.is_empty() {
            text.push('\n');
        }
        Some(text)
    }
}

/// Whether the last line ends as the others do: as whoever changed that has it.
fn ends(base: &str, own: &str, theirs: &str) -> bool {
    let ends = |text: &str| text.is_empty() || text.ends_with('\n');
    if ends(own) == ends(base) { ends(theirs) } else { ends(own) }
}

/// The lines of a text without what ends them. The one after the last end is none.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// What became of some lines, from top to bottom. Where as many stand as before each is told by itself, so that two who change one of
/// them each do not meet.
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    for change in whole_changes(old, new) {
        if change.old.len() == change.new.len() {
            let each = change.old.zip(change.new).filter(|(before, after)| old.get(*before) != new.get(*after));
            changes.extend(each.map(|(before, after)| Change { old: before..before + 1, new: after..after + 1 }));
        } else {
            changes.push(change);
        }
    }
    changes
}

fn whole_changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let ended = |lines: &[&str]| lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
    changed_lines(&ended(old), &ended(new))
}

fn changed_lines(before: &str, after: &str) -> Vec<Change> {
    let mut options = DiffOptions::new();
    // With all that lies around them the lines can be counted from the top.
    let patch = options.set_context_len(before.len().max(after.len())).create_patch(before, after);
    let mut changes: Vec<Change> = Vec::new();
    let (mut left, mut right, mut open) = (0, 0, false);
    for line in patch.hunks().iter().flat_map(|hunk| hunk.lines()) {
        if let Line::Context(_) = line {
            (left, right, open) = (left + 1, right + 1, false);
            continue;
        }
        if !open {
            changes.push(Change { old: left..left, new: right..right });
            open = true;
        }
        match line {
            Line::Delete(_) => left += 1,
            _ => right += 1,
        }
        if let Some(change) = changes.last_mut() {
            (change.old.end, change.new.end) = (left, right);
        }
    }
    changes
}

/// A part of a text that another takes the place of, counted as browsers count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Where it begins, in UTF-16 units.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What stands there instead.
    pub insert: String,
}

/// What makes one text of another, from top to bottom.
pub(super) fn edits(before: &str, after: &str) -> Vec<Edit> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let mut starts = vec![0];
    for line in &old {
        starts.push(starts.last().unwrap_or(&0) + line.encode_utf16().count());
    }
    let at = |line: usize| starts.get(line).or(starts.last()).copied().unwrap_or(0);
    let changes = changed_lines(before, after).into_iter();
    let edit = |change: Change| Edit {
        from: at(change.old.start),
        to: at(change.old.end),
        insert: new.get(change.new).unwrap_or_default().concat(),
    };
    changes.map(edit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn only(base: &str, own: &str, theirs: &str) -> Vec<(String, String)> {
        let woven = weave(base, own, theirs);
        let clash = |piece: &Piece<'_>| match piece {
            Piece::Clash { own, theirs } => Some((own.join("|"), theirs.join("|"))),
            _ => None,
        };
        woven.pieces.iter().filter_map(clash).collect()
    }

    #[test]
    fn what_does_not_touch_fits_together_and_what_does_is_asked_for() {
        let base = "1\n2\n3\n4\n5\n";
        // As Tomás and Amara wrote: one place in common, and one of his alone.
        let woven = weave(base, "1\nmine\n3\n4\n5\n", "1\nhis\n3\n4\nfive\n");
        assert_eq!(woven.clashes(), 1);
        assert_eq!(woven.text(&[Taken::Own]).as_deref(), Some("1\nmine\n3\n4\nfive\n"));
        assert_eq!(woven.text(&[Taken::Theirs]).as_deref(), Some("1\nhis\n3\n4\nfive\n"));
        assert_eq!(woven.text(&[Taken::Both]).as_deref(), Some("1\nhis\nmine\n3\n4\nfive\n"));
        assert_eq!(woven.text(&[]), None, "nobody chooses for somebody");
    }

    #[test]
    fn neighbours_are_no_clash() {
        for (base, own, theirs, both) in [
            // Each changed another line of a list.
            ("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n", "A\nB\nc\n"),
            // One rewrote two lines, of which the other took up the second as well, and in the same way.
            ("a\nb\nc\n", "A\nB\nc\n", "a\nB\nc\n", "A\nB\nc\n"),
            // One adds below a line that the other mends.
            ("a\nb\n", "A\nb\n", "a\nnew\nb\n", "A\nnew\nb\n"),
            // Both took the same away.
            ("a\nb\nc\n", "a\nc\n", "a\nc\n", "a\nc\n"),
            ("", "a\n", "", "a\n"),
            ("a\nb", "A\nb", "a\nb\nc", "A\nb\nc"),
        ] {
            let woven = weave(base, own, theirs);
            assert_eq!(woven.text(&[]).as_deref(), Some(both), "{base:?} {own:?} {theirs:?}: {woven:?}");
        }
    }

    #[test]
    fn what_clashes_holds_both_versions_whole() {
        let pair = |own: &str, theirs: &str| vec![(own.to_owned(), theirs.to_owned())];
        assert_eq!(only("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n"), pair("X", "Y"));
        // Two that added at one place.
        assert_eq!(only("a\nb\n", "a\nX\nb\n", "a\nY\nb\n"), pair("X", "Y"));
        // One took away what the other changed.
        assert_eq!(only("a\nb\nc\n", "a\nc\n", "a\nB\nc\n"), pair("", "B"));
        // One took away, and the other added right there.
        assert_eq!(only("a\nb\nc\n", "a\nc\n", "a\nb\nnew\nc\n"), pair("", "b|new"));
        // Without the text that both began from, every difference is one.
        let woven = apart("a\nX\nc\nd\n", "a\nY\nc\n");
        assert_eq!(woven.clashes(), 2);
        assert_eq!(woven.text(&[Taken::Own, Taken::Own]).as_deref(), Some("a\nX\nc\nd\n"));
        assert_eq!(woven.text(&[Taken::Theirs, Taken::Theirs]).as_deref(), Some("a\nY\nc\n"));
    }

    #[test]
    fn edits_are_counted_as_browsers_count() {
        let edit = |from, to, insert: &str| Edit { from, to, insert: insert.to_owned() };
        assert_eq!(edits("é🙂\nb\nc\n", "é🙂\nB\nc\nd"), [edit(4, 6, "B\n"), edit(8, 8, "d")]);
        assert_eq!(edits("a", "a\n"), [edit(0, 1, "a\n")]);
        assert_eq!(edits("a\n", "a\n"), []);
    }

    fn applied(text: &str, edits: &[Edit]) -> String {
        let mut units: Vec<u16> = text.encode_utf16().collect();
        for edit in edits.iter().rev() {
            units.splice(edit.from..edit.to, edit.insert.encode_utf16());
        }
        String::from_utf16(&units).expect("whole letters")
    }

    /// An edit: at a line so many are taken away, and others put there.
    type Splice = (usize, usize, Vec<String>);

    fn splices(word: &'static str) -> impl Strategy<Value = Vec<Splice>> {
        let added = prop::collection::vec((0..4_usize).prop_map(move |number| format!("{word}{number}")), 0..3);
        prop::collection::vec((0..14_usize, 0..3_usize, added), 0..4)
    }

    fn edited(base: &[String], edits: &[Splice]) -> Vec<String> {
        let mut lines = base.to_vec();
        for (at, many, added) in edits {
            let at = (*at).min(lines.len());
            let end = (at + many).min(lines.len());
            lines.splice(at..end, added.iter().cloned());
        }
        lines
    }

    fn text(lines: &[String]) -> String {
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// How often a line stands in a text.
    fn often(lines: &[&str], line: &str) -> usize {
        lines.iter().filter(|known| **known == line).count()
    }

    fn bases() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(prop_oneof![Just(String::new()), "[a-e]".prop_map(String::from)], 0..14)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn nothing_of_either_text_is_lost(base in bases(), own in splices("own"), theirs in splices("their")) {
            let (own, theirs) = (text(&edited(&base, &own)), text(&edited(&base, &theirs)));
            let base = text(&base);
            let woven = weave(&base, &own, &theirs);
            let mut clashing = (Vec::new(), Vec::new());
            for piece in &woven.pieces {
                if let Piece::Clash { own, theirs } = piece {
                    prop_assert_ne!(own, theirs);
                    clashing.0.extend(own.clone());
                    clashing.1.extend(theirs.clone());
                }
            }
            let mine = woven.text(&vec![Taken::Own; woven.clashes()]).unwrap_or_default();
            let other = woven.text(&vec![Taken::Theirs; woven.clashes()]).unwrap_or_default();
            let both = woven.text(&vec![Taken::Both; woven.clashes()]).unwrap_or_default();
            let (before, mine_typed, their_typed) = (lines(&base), lines(&own), lines(&theirs));
            for (result, first, second, clash) in [
                (&mine, &mine_typed, &their_typed, &clashing.1),
                (&other, &their_typed, &mine_typed, &clashing.0),
            ] {
                let result = lines(result);
                // What one of them wrote is there wherever it was chosen or clashes with nothing.
                for line in first.iter().filter(|line| line.starts_with("own") || line.starts_with("their")) {
                    prop_assert!(often(&result, line) >= often(first, line), "{} in {:?}", line, result);
                }
                for line in second.iter().filter(|line| line.starts_with("own") || line.starts_with("their")) {
                    let chosen = often(second, line).saturating_sub(often(clash, line));
                    prop_assert!(often(&result, line) >= chosen, "{} in {:?}", line, result);
                }
            }
            // Each text is there whole and in its order, but for lines that its writer left as they were and the other one changed.
            let mut sides = (Vec::new(), Vec::new());
            for piece in &woven.pieces {
                match piece {
                    Piece::Same(lines) => {
                        sides.0.extend(lines.clone());
                        sides.1.extend(lines.clone());
                    }
                    Piece::Own(lines) => sides.0.extend(lines.clone()),
                    Piece::Theirs(lines) => sides.1.extend(lines.clone()),
                    Piece::Clash { own, theirs } => {
                        sides.0.extend(own.clone());
                        sides.1.extend(theirs.clone());
                    }
                }
            }
            for (side, typed) in [(&sides.0, &mine_typed), (&sides.1, &their_typed)] {
                let mut rest = typed.iter();
                prop_assert!(side.iter().all(|line| rest.any(|known| known == line)), "{:?} in {:?}", side, typed);
                for line in typed.iter().filter(|line| often(side, line) < often(typed, line)) {
                    prop_assert!(before.contains(line), "{} is lost", line);
                }
            }
            let all = lines(&both);
            // Nobody's line comes from nowhere.
            for line in &all {
                prop_assert!(mine_typed.contains(line) || their_typed.contains(line), "{}", line);
            }
        }

        #[test]
        fn edits_make_one_text_of_another(before in "[a\u{1F642}\n]{0,12}", after in "[a\u{1F642}\n]{0,12}") {
            prop_assert_eq!(applied(&before, &edits(&before, &after)), after);
        }

        #[test]
        fn who_changed_nothing_gets_what_the_other_wrote(base in bases(), own in splices("own")) {
            let (own, base) = (text(&edited(&base, &own)), text(&base));
            prop_assert_eq!(weave(&base, &own, &base).text(&[]), Some(own.clone()));
            prop_assert_eq!(weave(&base, &base, &own).text(&[]), Some(own.clone()));
            prop_assert_eq!(weave(&base, &own, &own).text(&[]), Some(own));
        }

        #[test]
        fn changes_of_lines_in_other_places_are_all_there(many in 4..20_usize, own in 0..20_usize, theirs in 0..20_usize, shared in 0..20_usize) {
            let base: Vec<String> = (0..many).map(|at| format!("line {at}")).collect();
            let (own, theirs, shared) = (own % many, theirs % many, shared % many);
            prop_assume!(own != theirs && own != shared && theirs != shared);
            let change = |places: &[(usize, &str)]| {
                let mut lines = base.clone();
                for (at, words) in places {
                    lines[*at] = (*words).to_owned();
                }
                text(&lines)
            };
            let base_text = text(&base);
            let (mine, other) = (change(&[(own, "mine"), (shared, "my word")]), change(&[(theirs, "other"), (shared, "other word")]));
            let woven = weave(&base_text, &mine, &other);
            prop_assert_eq!(woven.clashes(), 1);
            let expected = change(&[(own, "mine"), (theirs, "other"), (shared, "my word")]);
            prop_assert_eq!(woven.text(&[Taken::Own]), Some(expected));
            let expected = change(&[(own, "mine"), (theirs, "other"), (shared, "other word")]);
            prop_assert_eq!(woven.text(&[Taken::Theirs]), Some(expected));
        }

        #[test]
        fn a_merge_from_an_older_text_loses_nothing(base in bases(), between in splices("their"), own in splices("own"), more in splices("later")) {
            // Where the text that somebody began from is no longer kept, an earlier one of the other's is taken: what came of that stands
            // in both, and what is asked for can only grow.
            let middle = edited(&base, &between);
            let (own, theirs) = (text(&edited(&middle, &own)), text(&edited(&middle, &more)));
            let base = text(&base);
            let woven = weave(&base, &own, &theirs);
            let mine = woven.text(&vec![Taken::Own; woven.clashes()]).unwrap_or_default();
            let (result, typed) = (lines(&mine), lines(&own));
            for line in typed.iter().filter(|line| line.starts_with("own")) {
                prop_assert!(often(&result, line) >= often(&typed, line), "{} in {:?}", line, result);
            }
        }
    }
}
