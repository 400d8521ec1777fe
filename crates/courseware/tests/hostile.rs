//! Text that was written to break the reader: each piece is answered within a second, in a debug build.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::time::{Duration, Instant};

use courseware::{Code, Document, Entry, Folder, Surroundings, content_hash, decode, parse};

/// The largest file that is read.
const MAX: usize = 256 * 1024;

/// A folder of as many files as a large clinic may have, all of similar names.
fn around() -> Surroundings {
    let files = (0..2_000).map(|n| (format!("img/picture-{n:04}.svg"), Entry::File));
    Surroundings {
        today: Some(jiff::civil::date(2026, 12, 1)),
        folder: Some(files.collect::<Folder>()),
        competencies: Some((0..100).map(|n| format!("competency-{n}")).collect()),
        kind: None,
    }
}

/// Reads a text, hashes it and prints its first problems, all within a second.
fn answered(name: &str, source: &str, around: &Surroundings) -> Document {
    // The machine may be busy with other tests: the best of three counts.
    let mut best = Duration::MAX;
    let mut parsed = None;
    for _ in 0..3 {
        let start = Instant::now();
        let read = parse("deep/a.md", source, around);
        best = best.min(start.elapsed());
        parsed = Some(read);
        if best < Duration::from_secs(1) {
            break;
        }
    }
    let parsed = parsed.unwrap();
    if std::env::var_os("TIMES").is_some() && best > Duration::from_millis(200) {
        println!("{best:?} {name:?}");
    }
    assert!(best < Duration::from_secs(1), "{name:?} took {best:?}");
    let start = Instant::now();
    for problem in parsed.problems.iter().take(20) {
        assert!(!problem.render(source).is_empty());
        assert!(problem.span.end <= source.len());
    }
    let _ = content_hash(source, &[]);
    assert!(start.elapsed() < Duration::from_secs(2), "{name:?}: printing and hashing took {:?}", start.elapsed());
    parsed
}

/// The front matter of each kind, and how its text begins.
const FRONTS: [&str; 3] = [
    "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n",
    "---\nkind: quiz\ntitle: T\npass: 80\ndraw: { a: 1 }\n---\n# T\n\n## Q\n\n",
    "---\nkind: scenario\ntitle: T\nmeters: { m: { start: 5 } }\npass: { score: 70 }\n---\n# T\n\n## A\n\n",
];

/// A document that is as large as may be, of one piece again and again.
fn filled(front: &str, piece: &str) -> String {
    format!("{front}{}", piece.repeat((MAX - front.len()) / piece.len()))
}

#[test]
fn one_piece_again_and_again() {
    let pieces = [
        ">",
        "> ",
        "- ",
        "1. ",
        "* ",
        "*a ",
        "*",
        "_",
        "*_",
        "_*a",
        "**a _b ",
        "~",
        "~~a~",
        "[",
        "![",
        "[[[[",
        "[a](",
        "[a](b",
        "](",
        "[](",
        "] (",
        "[a](b c ",
        "[a](<b",
        "[a](((((",
        "[a](b \"",
        "![](",
        "![a](b)",
        "![](a:b)",
        "[a][b",
        "[a]",
        "[]",
        "]",
        "(",
        ")",
        "<",
        "<a ",
        "<a href=",
        "<b>",
        "</b>",
        "<!--",
        "<!-- -->",
        "-->",
        "<?",
        "<!A",
        "<![CDATA[",
        "`",
        "`a``b",
        "``` ",
        "```\n",
        "~~~\n",
        "&",
        "&amp",
        "&#0;",
        "&lbrace;",
        "\\",
        "\\{",
        "{",
        "{a",
        "{a}",
        "{law}",
        "{{",
        "}",
        "\0",
        "\0a",
        "\u{202e}a",
        "\r",
        "\r\n",
        "\n",
        "\t",
        "    a\n",
        " ",
        "a  \n",
        "a\\\n",
        "#\n",
        "# a\n",
        "## a\n",
        "## \n",
        "### a\n",
        "a\n---\n",
        "a\n===\n",
        "> a\n---\n",
        "---\n",
        "-\n",
        "- a\n",
        "- a\n\n",
        "1. a\n",
        "- [x] a\n",
        "- [ x] a\n",
        "- [x] a\n\n> b\n\n",
        "> a\n",
        "> [!NOTE] a\n\n",
        "> [!NOTE]\n> a\n\n",
        "> [!TIP ]\n\n",
        "|",
        "| a ",
        "|a|\n|-|\n",
        "| a | b |\n|---|---|\n",
        "[a]: b\n",
        "[a]: <b\n",
        "a. ",
        "A. ",
        "word ",
        "Word. ",
        "e.g. ",
        "…",
        "é",
        "一",
        "a\u{301}",
        "![a](x.mp4) ",
        "[a](picture.svg) ",
        "[a](img/picture-0001.svg) ",
        "[a](%2e%2e/) ",
        "`check`\n\n",
        "`25%` ",
        "https://a.b ",
        "<a@b.c> ",
        "<javascript:a> ",
        "a\u{2028}",
        "<script>",
        "<div>\n\n",
    ];
    // What means something in quizzes and scenarios.
    let of_every_kind = [
        "- a\n",
        "- a\n\n",
        "1. a\n",
        "- [x] a\n",
        "- [ x] a\n",
        "- [x] a\n\n> b\n\n",
        "> a\n",
        "> [!TIP]\n> a\n\n",
        "## a\n",
        "[a](b",
        "**",
        "`25%` ",
        "a `= b / c` ",
        "`= a` ",
        "`= (a) / b` ",
        "1. a\n\n> b\n\n",
        "| a | b |\n|---|---|\n\n",
        "## a\n`= a`\n",
        "## a\n- [x] a?\n- [ ] b\n",
        "\u{201c}",
        "\"' '",
        "not? ",
        "`2 points` ",
        "[`= a`](b)",
        "- [a](#a) `best`\n",
        "- [a](#b c)\n",
        "- [a](#a) `if not (m > 1 or f)`\n",
        "1. [a](#a) `otherwise`\n",
        "## a\n\n- [a](#b)\n\n",
        "`if f` **A:** b\n\n`else` c\n\n",
        "**A:** b\n\n",
        "- [ ] a `if f`\n",
        "`set f` ",
    ];
    let around = around();
    for piece in pieces {
        answered(piece, &filled(FRONTS[0], piece), &around);
    }
    for piece in of_every_kind {
        for front in FRONTS {
            answered(piece, &filled(front, piece), &around);
        }
    }
}

#[test]
fn pieces_with_something_before_or_after() {
    let around = around();
    let [front, quiz, scenario] = FRONTS;
    let n = 100_000;
    let missing: String = (0..4_000).map(|at| format!("![a](img/picturs-{at:05}.svg) ")).collect();
    let headings: String = (0..8_000).map(|at| format!("## a{at}\n")).collect();
    let twice: String = (0..8_000).map(|at| format!("## b{}\n", at % 2)).collect();
    let wide = "| a ".repeat(10_000);
    let bodies = [
        ("check with answers", "`check`\n\n".to_owned() + &"- [x] a\n".repeat(n / 8)),
        ("check with code in answers", "`check`\n\n".to_owned() + &"- [x] a\n\n      c\n\n".repeat(n / 18)),
        ("check split by quotes", "`check`\n\n".to_owned() + &"- [x] a\n\n> b\n\n".repeat(18_000)),
        ("check split by words", "`check`\n\n".to_owned() + &"- [x] a\n\nb\n\n".repeat(18_000)),
        ("check split by signs", "`check`\n\n".to_owned() + &"- [x] a\n* [x] b\n".repeat(15_000)),
        ("check with broken boxes", "`check`\n\n".to_owned() + &"- [ x] a\n\n      c\n\n".repeat(12_000)),
        ("check with quotes in answers", "`check`\n\n- [x] a\n".to_owned() + &"  > a\n\n".repeat(30_000)),
        ("long link", format!("[a]: {}\n\n{}", "b".repeat(100_000), "[a] ".repeat(30_000))),
        ("table of 10,000 columns", format!("{wide}\n{}\n{}", "|---".repeat(10_000), "x\n".repeat(50_000))),
        ("rows of one cell", format!("{}\n{}\n{}", "|a".repeat(200), "|-".repeat(200), "x\n".repeat(90_000))),
        ("files that are not there", missing),
        ("thousands of headings", headings),
        ("the same headings, late", format!("{}\n\n{twice}", "a\n".repeat(60_000))),
        ("a word without end", "a".repeat(200_000)),
        ("a sentence without end", "word ".repeat(40_000)),
        ("quotes in quotes over lines", (1..700).map(|at| format!("{}a\n", ">".repeat(at))).collect()),
        ("lists in lists over lines", (0..480).map(|at| format!("{}- a\n", " ".repeat(at * 2))).collect()),
        ("lists of 33 and lines", format!("{}a\n{}", "- ".repeat(33), "a\n".repeat(120_000))),
        ("deep without a line too deep", format!("{}a\n{}", deep(), "a\n".repeat(90_000))),
        ("blank lines in deep lists", format!("{}a\n{}", deep(), "\n".repeat(180_000))),
        ("emphasis in emphasis", "*a _b ".repeat(20_000) + &"_ *".repeat(20_000)),
        ("brackets in brackets", format!("{}a{}", "[".repeat(n), "](b)".repeat(30_000))),
        ("images in images", format!("{}a{}", "![".repeat(50_000), "](b)".repeat(30_000))),
        ("parentheses in a target", format!("[a]({}b{})", "(".repeat(n), ")".repeat(n))),
        ("a million of little", "\n- #".repeat(60_000)),
    ];
    for (name, body) in bodies {
        answered(name, &format!("{front}{body}"), &around);
    }
    for (name, body) in [
        ("alternatives without end", "`= ".to_owned() + &"a / ".repeat(n / 4) + "`"),
        ("a menu without end", "`= ".to_owned() + &"(a) / b ".repeat(n / 8) + "`"),
        ("a number without end", "`= ".to_owned() + &"9".repeat(n) + "..1`"),
        ("a table of pairs", "| a | b |\n|---|---|\n".to_owned() + &"| a | b |\n".repeat(n / 10)),
    ] {
        answered(name, &format!("{quiz}{body}"), &around);
    }
    let flags: String = (0..8_000).map(|at| format!(" and f{at}")).collect();
    let deep = |open: &str, close: &str| format!("- [a](#a) `if {}f{}`\n", open.repeat(20_000), close.repeat(20_000));
    for (name, body) in [
        ("a condition without end", format!("- [a](#a) `if f{flags}`\n")),
        ("parentheses", deep("(", ")")),
        ("not and not", deep("not ", "")),
        ("scenes that lead to the next", (0..1_990).map(|at| format!("## n{at}\n\n- [a](#n{})\n\n", at + 1)).collect()),
        ("scenes that nothing leads to", (0..1_990).map(|at| format!("## n{at}\n\n- [a](#a)\n\n")).collect()),
        ("targets that are not there", (0..1_990).map(|at| format!("## n{at}\n\n- [a](#m{at})\n\n")).collect()),
        ("speakers that are not there", (0..9_000).map(|at| format!("**S{at}:** a\n\n")).collect()),
        ("flags that are never set", (0..9_000).map(|at| format!("`if f{at}` a\n\n")).collect()),
        (
            "flags that are never read",
            (0..50).map(|at| format!("- [a](#a) `best`{}\n", format!(" `set f{at}`").repeat(400))).collect(),
        ),
    ] {
        answered(name, &format!("{scenario}{body}"), &around);
    }
}

/// A list that gets deeper with each line, no line of which has more than the markers allowed.
fn deep() -> String {
    (0..12).map(|at| format!("{}{}a\n", " ".repeat(at * 60), "- ".repeat(30))).collect()
}

#[test]
fn a_hundred_thousand_levels_end_in_a_moment() {
    let n = 100_000;
    for (name, body) in [
        ("quotes", ">".repeat(n)),
        ("quotes with blanks", "> ".repeat(n) + "x"),
        ("lists", "- ".repeat(n) + "x"),
        ("numbered lists", "1. ".repeat(n / 2) + "x"),
        ("quotes and lists", "> - ".repeat(n / 2) + "x"),
    ] {
        let source = format!("---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n{body}\n");
        let start = Instant::now();
        let parsed = parse("a.md", &source, &Surroundings::default());
        let took = start.elapsed();
        assert!(parsed.problems.iter().any(|problem| problem.code == Code::C11), "{name}");
        assert!(took < Duration::from_millis(250), "{name} took {took:?}");
    }
}

#[test]
fn markers_that_open_nothing_are_not_counted() {
    let front = "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n";
    let many = ["> ".repeat(2_000), ">".repeat(100_000), "- ".repeat(2_000) + "x", "1. ".repeat(2_000) + "x"];
    for markers in many {
        let bodies = [
            format!("```\n{markers}\n```\n"),
            format!("- a\n\n  ~~~\n  {markers}\n  ~~~\n"),
            format!("    {markers}\n"),
            format!("> ```\n> {markers}\n> ```\n"),
            format!("-     {markers}\n"),
            format!("<!--\n{markers}\n-->\n"),
            format!("a\n    {markers}\n"),
        ];
        for body in bodies {
            let parsed = parse("a.md", &format!("{front}{body}"), &Surroundings::default());
            let codes: Vec<Code> = parsed.problems.iter().map(|problem| problem.code).collect();
            assert!(!codes.contains(&Code::C11), "{:?} {codes:?}", body.chars().take(20).collect::<String>());
        }
        let body = format!("```\na\n```\n{markers}\n");
        let parsed = parse("a.md", &format!("{front}{body}"), &Surroundings::default());
        assert!(parsed.problems.iter().any(|problem| problem.code == Code::C11));
    }
    for rule in ["- ".repeat(50), "* ".repeat(50_000), "> ".repeat(20) + &"_ ".repeat(50), "-".repeat(200)] {
        let parsed = parse("a.md", &format!("{front}{rule}\n"), &Surroundings::default());
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    }
    for deep in ["> ".repeat(32), "- ".repeat(32) + "x", "* - ".repeat(16) + "x"] {
        let parsed = parse("a.md", &format!("{front}{deep}\n"), &Surroundings::default());
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    }
}

#[test]
fn front_matter_that_would_burst() {
    let around = around();
    let n = 60_000;
    let bomb = (1..20).map(|at| format!("a{at}: &a{at} [*a{0},*a{0},*a{0},*a{0}]\n", at - 1)).collect::<String>();
    let yamls = [
        ("flow lists", "[".repeat(n)),
        ("flow maps", "{a: ".repeat(n / 4)),
        ("block lists", "- ".repeat(n)),
        ("block maps", (0..500).map(|at| format!("{}a:\n", " ".repeat(at))).collect()),
        ("aliases", "a: &a [*a]\n".repeat(n / 11)),
        ("a bomb of aliases", format!("a0: &a0 [x]\n{bomb}")),
        ("question marks", "? ".repeat(n / 2)),
        ("many documents", "--- a\n".repeat(n / 6)),
        ("documents with ends", "a\n...\n".repeat(n / 6)),
        ("a long key", format!("{}: 1\n", "a".repeat(200_000))),
        ("a long quoted key", format!("\"{}\": 1\n", "a".repeat(200_000))),
        ("many keys", (0..20_000).map(|at| format!("k{at}: 1\n")).collect()),
        ("the same key", "title: T\n".repeat(20_000)),
        ("a long list", format!("competencies: [{}]\n", "a, ".repeat(60_000))),
        (
            "a list of competencies",
            format!("kind: module\ncompetencies: [{}]\n", (0..1_900).map(|at| format!("c{at}, ")).collect::<String>()),
        ),
        ("tags", "!a ".repeat(n / 3)),
        ("merges", "<<: {a: 1}\n".repeat(n / 11)),
        ("comments", "# a\n".repeat(n)),
        ("tabs", "\t".repeat(n)),
        ("block text", format!("title: |\n{}", "  a\n".repeat(n))),
        ("quotes", "'".repeat(n)),
        ("double quotes", "\"\\".repeat(n)),
        ("percent", "%".repeat(n)),
        ("a title of braces", format!("kind: module\ntitle: \"{}\"\n", "{a".repeat(n / 2))),
        ("a title of tokens", format!("kind: module\ntitle: \"{}\"\n", "{a}".repeat(n / 3))),
    ];
    for (name, yaml) in yamls {
        let parsed = answered(name, &format!("---\n{yaml}\n---\n# T\n"), &around);
        assert!(!parsed.problems.is_empty(), "{name}");
    }
}

#[test]
fn what_is_too_large_or_no_text_is_refused_at_once() {
    let around = around();
    for large in ["a".repeat(10 << 20), "> ".repeat(5 << 20), "\n".repeat(10 << 20), "\0".repeat(10 << 20)] {
        let parsed = answered("10 MB", &large, &around);
        assert_eq!(parsed.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::C11]);
    }
    assert_eq!(decode("a.md", &vec![0xff; 10 << 20]).unwrap_err().code, Code::C11);
    for bytes in [&b"\xff"[..], b"a\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xfe\xff\0a", b"\xff\xfea\0"] {
        assert_eq!(decode("a.md", bytes).unwrap_err().code, Code::C12, "{bytes:?}");
    }
    let parsed = answered("NUL", "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\na\0b\n", &around);
    assert_eq!(parsed.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::C12]);
}
