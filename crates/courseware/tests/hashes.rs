//! Two files have one content hash when they say the same, however they are written.

use std::fmt::Write as _;

use courseware::{Hash, Surroundings, content_hash, parse, scoring_hash};
use proptest::prelude::*;

/// A piece of a document, apart from how it is written.
#[derive(Clone, Debug, PartialEq)]
enum Block {
    Words(Vec<String>),
    Heading(u8, Vec<String>),
    Bullets(Vec<Vec<String>>),
    Numbers(Vec<Vec<String>>),
    Ticks(Vec<(bool, Vec<String>)>),
    Quote(Vec<String>),
    Alert(&'static str, Vec<String>),
    Link(String, &'static str),
    Image(String, &'static str),
    Bold(String),
    Chip(String),
    Code(Vec<String>),
    Cells(Vec<String>),
    Broken(String, String),
}

/// How a document is written.
#[derive(Clone, Debug)]
struct Hand {
    bullet: char,
    delimiter: char,
    loose: bool,
    wrap: usize,
    escape: bool,
    comments: bool,
    line_end: &'static str,
    mark: bool,
    blanks: &'static str,
    setext: bool,
    star: bool,
    reference: bool,
    sorted: bool,
    quotes: bool,
    fence: bool,
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,4}",
        Just("a.b".to_owned()),
        Just("x!".to_owned()),
        Just("&c".to_owned()),
        Just("{law}".to_owned())
    ]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 1..6)
}

fn block() -> impl Strategy<Value = Block> {
    let target = || prop_oneof![Just("a.md"), Just("b.md"), Just("https://example.org/a")];
    prop_oneof![
        words().prop_map(Block::Words),
        (2_u8..=4, words()).prop_map(|(level, words)| Block::Heading(level, words)),
        prop::collection::vec(words(), 1..4).prop_map(Block::Bullets),
        prop::collection::vec(words(), 1..4).prop_map(Block::Numbers),
        prop::collection::vec((any::<bool>(), words()), 1..4).prop_map(Block::Ticks),
        words().prop_map(Block::Quote),
        (prop_oneof![Just("TIP"), Just("NOTE")], words()).prop_map(|(word, words)| Block::Alert(word, words)),
        ("[a-z]{1,3}", target()).prop_map(|(words, to)| Block::Link(words, to)),
        ("[a-z]{1,3}", target()).prop_map(|(words, to)| Block::Image(words, to)),
        "[a-z]{1,3}".prop_map(Block::Bold),
        prop_oneof![Just("25%"), Just("check"), Just("trust +5")].prop_map(|chip| Block::Chip(chip.to_owned())),
        prop::collection::vec("[a-z*<]{1,3}", 1..3).prop_map(Block::Code),
        prop::collection::vec("[a-z]{1,3}", 1..3).prop_map(Block::Cells),
        ("[a-z]{1,3}", "[a-z]{1,3}").prop_map(|(above, below)| Block::Broken(above, below)),
    ]
}

fn hand() -> impl Strategy<Value = Hand> {
    let look = (
        prop_oneof![Just('-'), Just('*'), Just('+')],
        prop_oneof![Just('.'), Just(')')],
        any::<bool>(),
        1_usize..5,
        any::<bool>(),
        any::<bool>(),
        prop_oneof![Just("\n"), Just("\r\n")],
        any::<bool>(),
    );
    let rest = (
        prop_oneof![Just(""), Just(" "), Just("\t")],
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (look, rest).prop_map(|(look, rest)| {
        let (bullet, delimiter, loose, wrap, escape, comments, line_end, mark) = look;
        let (blanks, setext, star, reference, sorted, quotes, fence) = rest;
        Hand {
            bullet,
            delimiter,
            loose,
            wrap,
            escape,
            comments,
            line_end,
            mark,
            blanks,
            setext,
            star,
            reference,
            sorted,
            quotes,
            fence,
        }
    })
}

impl Hand {
    fn plain(&self, word: &str) -> String {
        let word = if self.escape { word.replace('.', "\\.").replace('&', "&amp;") } else { word.replace('!', "\\!") };
        if self.star { word } else { word.replace("\\!", "&#33;") }
    }

    /// Words over lines, each line after the first with something before it.
    fn wrapped(&self, words: &[String], before: &str) -> String {
        let plain: Vec<String> = words.iter().map(|word| self.plain(word)).collect();
        let lines: Vec<String> = plain.chunks(self.wrap).map(|line| line.join(" ")).collect();
        lines.join(&format!("{}\n{before}", self.blanks))
    }

    fn list<'a>(&self, sign: impl Fn(usize) -> String, items: impl Iterator<Item = (String, &'a [String])>) -> String {
        let items: Vec<String> = items
            .enumerate()
            .map(|(at, (before, words))| {
                let sign = sign(at);
                let indent = " ".repeat(sign.len() + 1);
                format!("{sign} {before}{}", self.wrapped(words, &indent))
            })
            .collect();
        items.join(if self.loose { "\n\n" } else { "\n" })
    }

    fn block(&self, block: &Block, at: usize, out: &mut String) {
        let comment = if self.comments { " <!-- a note -->" } else { "" };
        match block {
            Block::Words(words) => {
                let _ = write!(out, "{}{comment}", self.wrapped(words, ""));
            }
            Block::Heading(level, words) => {
                let line: Vec<String> = words.iter().map(|word| self.plain(word)).collect();
                let close = if self.loose { " ##" } else { "" };
                let _ = write!(out, "{} {}{close}", "#".repeat(usize::from(*level)), line.join(" "));
            }
            Block::Bullets(items) => {
                let items = items.iter().map(|words| (String::new(), words.as_slice()));
                out.push_str(&self.list(|_| self.bullet.to_string(), items));
            }
            Block::Numbers(items) => {
                let items = items.iter().map(|words| (String::new(), words.as_slice()));
                out.push_str(
                    &self.list(|at| format!("{}{}", if self.star { 1 } else { at + 1 }, self.delimiter), items),
                );
            }
            Block::Ticks(items) => {
                let cross = if self.star { "[x] " } else { "[X] " };
                let items = items
                    .iter()
                    .map(|(done, words)| ((if *done { cross } else { "[ ] " }).to_owned(), words.as_slice()));
                out.push_str(&self.list(|_| self.bullet.to_string(), items));
            }
            Block::Quote(words) => {
                let _ = write!(out, "> {}", self.wrapped(words, "> "));
            }
            Block::Alert(word, words) => {
                let word = if self.star { word.to_lowercase() } else { (*word).to_owned() };
                let _ = write!(out, "> [!{word}]\n> {}", self.wrapped(words, "> "));
            }
            Block::Link(words, to) if self.reference => {
                let _ = write!(out, "[{words}][r{at}]{comment}\n\n[r{at}]: {to}");
            }
            Block::Link(words, to) => {
                let _ = write!(out, "[{words}](<{to}>)");
            }
            Block::Image(words, to) if self.reference => {
                let _ = write!(out, "![{words}][r{at}]\n\n[r{at}]: <{to}>");
            }
            Block::Image(words, to) => {
                let _ = write!(out, "![{words}]({to}){comment}");
            }
            Block::Bold(word) => {
                let _ = if self.star {
                    write!(out, "**{word}** *{word}*")
                } else {
                    write!(out, "__{word}__{comment}\n_{word}_")
                };
            }
            Block::Chip(chip) => {
                let _ = if self.star { write!(out, "`{chip}`") } else { write!(out, "`` {chip} ``") };
            }
            Block::Code(lines) => {
                let fence = if self.fence { "```" } else { "~~~~" };
                let _ = write!(out, "{fence}\n{}\n{fence}", lines.join(&format!("{}\n", self.blanks)));
            }
            Block::Cells(cells) => {
                let rule = if self.star { "---" } else { ":-" };
                let row = |cells: Vec<&str>| {
                    if self.loose { format!("| {} |", cells.join(" | ")) } else { format!("|{}|", cells.join("|")) }
                };
                let head = row(cells.iter().map(String::as_str).collect());
                let _ = write!(out, "{head}\n{}\n{head}", row(std::iter::repeat_n(rule, cells.len()).collect()));
            }
            Block::Broken(above, below) => {
                let _ = write!(out, "{above}{}\n{below}", if self.star { "\\" } else { "   " });
            }
        }
        // A comment of its own would end a list, so it stands behind a line of words.
        out.push_str("\n\nend\n\n");
        if self.comments {
            out.push_str("<!-- a note\nof two lines -->\n\n");
        }
    }

    fn document(&self, title: &str, minutes: u32, blocks: &[Block]) -> String {
        let title = if self.quotes { format!("\"{title}\"") } else { title.to_owned() };
        let mut keys = [
            "kind: module".to_owned(),
            format!("title: {title}"),
            format!("minutes: {minutes}{}", if self.comments { " # about" } else { "" }),
            (if self.loose { "complete:\n  - read\n  - quiz" } else { "complete: [read, 'quiz']" }).to_owned(),
        ];
        if self.sorted {
            keys.reverse();
        }
        let mut out = format!("---\n{}\n---\n\n", keys.join("\n"));
        out.push_str(if self.setext { "Heading one\n===\n\n" } else { "# Heading one #\n\n" });
        for (at, block) in blocks.iter().enumerate() {
            self.block(block, at, &mut out);
        }
        let out = out.replace('\n', self.line_end);
        if self.mark { format!("\u{feff}{out}") } else { out }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn how_it_is_written_does_not_change_the_hash(
        blocks in prop::collection::vec(block(), 0..6), one in hand(), other in hand(),
    ) {
        let (one, other) = (one.document("T", 9, &blocks), other.document("T", 9, &blocks));
        prop_assert_eq!(content_hash(&one, &[]), content_hash(&other, &[]), "{}\n=====\n{}", one, other);
    }

    #[test]
    fn what_it_says_changes_the_hash(
        blocks in prop::collection::vec(block(), 1..5), other in block(), at in any::<prop::sample::Index>(), hand in hand(), minutes in 9_u32..11,
    ) {
        let at = at.index(blocks.len());
        let mut changed = blocks.clone();
        changed[at] = other;
        let same = changed == blocks && minutes == 9;
        let (one, two) = (hand.document("T", 9, &blocks), hand.document("T", minutes, &changed));
        prop_assert_eq!(content_hash(&one, &[]) == content_hash(&two, &[]), same, "{}\n=====\n{}", one, two);
        let without = hand.document("T", 9, &blocks[1..]);
        prop_assert_ne!(content_hash(&one, &[]), content_hash(&without, &[]));
    }

    #[test]
    fn any_text_has_a_hash(text in any::<String>()) {
        let _ = content_hash(&text, &[]);
        let _ = content_hash(&format!("---\n{text}\n---\n{text}"), &[]);
    }
}

#[test]
fn pairs_that_say_the_same_and_pairs_that_do_not() {
    let hash = |body: &str| content_hash(&format!("---\nkind: module\ntitle: T\n---\n# T\n\n{body}"), &[]);
    let same = [
        ("a b", "a\nb"),
        ("a  b", "a b"),
        ("a <!-- c --> b", "a b"),
        ("a<!-- c -->b", "ab"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("- a\n- b", "* a\n\n* b"),
        ("- a\n\n  > b", "- a\n  > b"),
        ("1. a", "1) a"),
        ("a \\. b", "a . b"),
        ("a &amp; b", "a & b"),
        ("a &copy; b", "a © b"),
        ("## a ##", "## a"),
        ("*a*", "_a_"),
        ("[a](b.md)", "[a][c]\n\n[c]: b.md"),
        ("<https://a.b>", "[https://a.b](https://a.b)"),
        ("<a@b.c>", "[a@b.c](mailto:a@b.c)"),
        ("    a", "```\na\n```"),
        ("a  \nb", "a\\\nb"),
        ("***", "- - -"),
        ("|a|\n|-|\n|b|", "| a |\n| :--- |\n| b |\n"),
        ("> a\nb", "> a\n> b"),
        ("\\{law\\}", "&#123;law}"),
        ("*a* *b*", "*a*\n*b*"),
        ("[a <!-- c --> b](c.md)", "[a b](c.md)"),
    ];
    for (one, other) in same {
        assert_eq!(hash(one), hash(other), "{one:?} {other:?}");
    }
    let different = [
        ("a b", "ab"),
        ("a b", "a\n\nb"),
        ("a  \nb", "a\nb"),
        ("{law}", "\\{law}"),
        ("a", "*a*"),
        ("*a*", "**a**"),
        ("*a*b", "*ab*"),
        ("- a\n- b", "- a\n\nc\n\n- b"),
        ("- a\n\n  b", "- a\n  b"),
        ("- a", "1. a"),
        ("1. a", "2. a"),
        ("- [ ] a", "- [x] a"),
        ("- [ ] a", "- a"),
        ("`a`", "a"),
        ("[a](b.md)", "[a](c.md)"),
        ("[a](b.md)", "[a](b.md \"c\")"),
        ("![a](b.svg)", "![c](b.svg)"),
        ("> a", "a"),
        ("> [!TIP]\n> a", "> [!NOTE]\n> a"),
        ("## a", "### a"),
        ("## a", "a\n---"),
        ("```\na\n```", "a"),
        ("```rust\na\n```", "```\na\n```"),
        ("```\n a\n```", "```\na\n```"),
        ("|a|\n|-|\n|b|", "|a|\n|-:|\n|b|"),
        ("|a|b|\n|-|-|\n|c||", "|a|b|\n|-|-|\n||c|"),
        ("~~a~~", "a"),
        ("a", "a `25%`"),
        ("***", ""),
        ("a\u{a0}b", "a b"),
    ];
    for (one, other) in different {
        assert_ne!(hash(one), hash(other), "{one:?} {other:?}");
    }
}

#[test]
fn the_order_of_keys_means_nothing_but_that_of_the_cast_does() {
    let hash = |front: &str| content_hash(&format!("---\n{front}\n---\n# T\n"), &[]);
    let one = "kind: scenario\ntitle: T\npass: { score: 70, ending: good }\ncharacters:\n  A: { image: a.svg, alt: B }\n  C:\n";
    assert_eq!(
        hash(one),
        hash(
            "# c\npass:\n  ending: \"good\"\n  score: 70\nkind: 'scenario'\ncharacters: { A: { alt: B, image: a.svg }, C: ~ }\ntitle: T # d"
        )
    );
    assert_ne!(
        hash(one),
        hash(&one.replace("  A: { image: a.svg, alt: B }\n  C:\n", "  C:\n  A: { image: a.svg, alt: B }\n"))
    );
    for (from, to) in
        [("70", "71"), ("good", "bad"), ("a.svg", "b.svg"), ("title: T", "title: U"), ("score", "critical")]
    {
        assert_ne!(hash(one), hash(&one.replace(from, to)), "{from}");
    }
    assert_ne!(hash("kind: module\nafter: [a, b]"), hash("kind: module\nafter: [b, a]"));
}

#[test]
fn attachments_count_in_any_order() {
    let (a, b) = (Hash::of(b"a"), Hash::of(b"b"));
    let hash = |attachments: &[(&str, &Hash)]| content_hash("# T", attachments);
    assert_eq!(hash(&[("a.svg", &a), ("b.md", &b)]), hash(&[("b.md", &b), ("a.svg", &a)]));
    assert_eq!(hash(&[("a.svg", &a), ("a.svg", &a)]), hash(&[("a.svg", &a)]));
    let different = [hash(&[]), hash(&[("a.svg", &a)]), hash(&[("a.svg", &b)]), hash(&[("b.svg", &a)])];
    for (at, one) in different.iter().enumerate() {
        assert!(!different[at + 1..].contains(one));
    }
}

#[test]
fn the_scoring_of_a_role_play_is_its_keys_and_not_its_words() {
    const EXAMPLE: &str = include_str!("checks/delayed-appointment.md");
    let hash = |source: &str| {
        let document = parse("a.md", source, &Surroundings::default());
        scoring_hash(document.content.as_ref().expect("it can be read"))
    };
    let first = hash(EXAMPLE);
    for same in [
        ("People hear solutions only", "People take in solutions only"),
        ("Nobody can keep or check a vague promise.", "That is vague."),
        ("**Mrs Kovács:** Well. Thank you", "**Mrs Kovács:** Right. Thank you"),
        ("- [ ] Acknowledged the wait", "- [ ] Named the wait"),
    ] {
        assert!(EXAMPLE.contains(same.0));
        assert_eq!(hash(&EXAMPLE.replace(same.0, same.1)), first, "{same:?}");
    }
    for other in [
        ("score: 70", "score: 71"),
        ("ending: good, critical", "ending: mixed, critical"),
        ("critical: 0", "critical: 1"),
        ("start: 40", "start: 41"),
        ("`best` `trust +20`", "`ok` `trust +20`"),
        ("`trust +20`", "`trust +21`"),
        ("`trust -5`\n  > Useful", "`trust +5`\n  > Useful"),
        ("`set promised`", "`set promised` `once`"),
        ("trust >= 60 and promised", "trust >= 60 or promised"),
        ("`if trust >= 30`", "`if trust > 30`"),
        ("`tests ownership, privacy`", "`tests ownership`"),
        ("`tests ownership, privacy`", "`tests ownership, privacy` `weight 2`"),
        ("`ending mixed`", "`ending bad`"),
        ("(#she-bristles) `ok`", "(#she-softens) `ok`"),
    ] {
        assert!(EXAMPLE.contains(other.0), "{other:?}");
        assert_ne!(hash(&EXAMPLE.replacen(other.0, other.1, 1)), first, "{other:?}");
    }
}
