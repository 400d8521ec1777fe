//! GIFT and Aiken in, GIFT out.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod told;

use courseware::{Content, Quiz, Surroundings, Task, parse, plain};
use exchange::{ExchangeError, Imported, Place, What, aiken, gift};
use proptest::prelude::*;
use told::{errors, said};

const WARD: &str = include_str!("files/ward.gift");

fn read(source: &str) -> Imported {
    gift::read("bank.txt", source.as_bytes()).unwrap()
}

/// The draft of a source with one question, below its heading.
fn question(source: &str) -> String {
    let imported = read(source);
    let (_, markdown) = imported.documents.into_iter().next().unwrap();
    markdown.split_once("\n## ").unwrap().1.to_owned()
}

fn quiz(path: &str, markdown: &str) -> Quiz {
    match parse(path, markdown, &Surroundings::default()).content {
        Some(Content::Quiz(quiz)) => quiz,
        _ => panic!("no quiz: {markdown}"),
    }
}

#[test]
fn each_category_becomes_a_quiz_that_our_reader_takes() {
    let imported = read(WARD);
    let paths: Vec<&str> = imported.documents.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["ward-rounds.md", "papers-and-forms.md"]);
    for (path, markdown) in &imported.documents {
        // Some questions of the file have no feedback, which ours must have.
        let wanted: &[&str] = if path == "ward-rounds.md" { &["Q08", "Q08"] } else { &["Q08"] };
        assert_eq!(errors(path, markdown), wanted, "{markdown}");
    }
    let rounds = quiz("ward-rounds.md", &imported.documents[0].1);
    assert_eq!(rounds.intro_html, "<p>These questions are about the <strong>morning round</strong>.</p>");
    let titles: Vec<&str> = rounds.questions.iter().map(|question| question.title.as_str()).collect();
    let wanted = [
        "Who goes first?",
        "Doors",
        "How many beds has a bay on this ward?",
        "Temperature",
        "Colours",
        "Before the round",
        "Ready",
        "What helps?",
        "In your words",
    ];
    assert_eq!(titles, wanted);
}

#[test]
fn every_kind_of_question_reads_as_ours() {
    let imported = read(WARD);
    let markdown = &imported.documents[0].1;
    for part in [
        "## Who goes first?\n\nWho is greeted first in a room of four?\n\n\
         - [x] The person whose bed is nearest to the door\n  > You reach them first, and nobody is passed over.\n\
         - [ ] The person who is awake `50%`\n  > Kind, but the others hear you come in too.\n\
         - [ ] The person who is most ill\n",
        "- [x] True\n  > A knock costs two seconds.\n- [ ] False\n  > Going in at once takes their room away.\n",
        "How many beds has a bay on this ward? `= 4 ± 0`\n\n> Count the curtains.\n",
        "A fever starts at a temperature of **how many** degrees? `= 38..38.5`\n\n\
         > **38..38.5:** That is our limit.\n>\n> **37.5 ± 0.2:** Raised, and not yet fever.\n>\n\
         > **Anything else:** Look at the chart on the wall.\n",
        "| Black | Paper towels |\n|  | Glass |\n\n> Colours are those of our site: see the poster.\n",
        "Wash your `= hands / two hands` before you touch the trolley.\n",
        "The trolley is `= clean / empty / (stocked)` before you leave.\n",
        "- [x] Dimmed lights\n  > Yes.\n- [x] Quiet shoes\n- [ ] A radio\n- [ ] Open doors\n  > Sound carries.\n",
        "`reflect`\n\nWrite the first sentence that you say at a bedside.\n\n> For example: \"Good morning, I am Ada.\"\n",
    ] {
        assert!(markdown.contains(part), "{part}\nin\n{markdown}");
    }
    assert!(imported.documents[1].1.contains("capital letters \\{NKDA} stand for: no known drug = allergies."));
}

#[test]
fn the_report_says_what_was_changed_and_left_out() {
    let imported = read(WARD);
    let lines = said(&imported.report);
    for line in [
        "taken, ward-rounds.md: 9 questions",
        "taken, papers-and-forms.md: 1 question",
        "changed, line 14: a question has no title: its first words are the heading",
        "changed, line 41: an essay is private here, and earns no points",
        "left out, line 16: another number that was right, or partly so: one range is",
        "left out, line 1: a comment of the author",
        "to do, ward-rounds.md, lines 59, 63: this question has no feedback",
        "changed, Ward rounds: the pass mark is 80, since the source says none",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line}\nin\n{}", lines.join("\n"));
    }
}

#[test]
fn a_question_that_cannot_be_read_is_named_and_the_others_are_taken() {
    let source = "Good?{=yes#a ~no}\n\nBroken {=yes ~no\n\nAlso good?{T#a#b}\n\nNumber{#three}\n\nTwo {=a} and {=b}\n\nMatch{=a -> b =c}";
    let imported = read(source);
    let lines = said(&imported.report);
    for line in [
        "left out, line 3: “Broken {=yes ~no”: its brace { is never closed. An empty line ends a question, also inside braces",
        "left out, line 7: “Number{#three}”: “three” is no number. Write 3:0.5 or 2.5..3.5",
        "left out, line 9: “Two {=a} and {=b}”: it has more than one pair of braces, and a question in GIFT has one",
        "left out, line 11: “Match{=a -> b =c}”: “c” has no -> between what belongs together",
        "taken, bank.md: 2 questions",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line}\nin\n{}", lines.join("\n"));
    }
}

#[test]
fn where_nothing_can_be_read_the_error_names_the_line() {
    let error = gift::read("a.gift", b"// x\n\nBroken }\n").unwrap_err();
    assert_eq!(error.to_string(), "line 3: a brace } closes nothing. Write \\} for a plain one");
    assert!(matches!(gift::read("a.gift", b"Only words"), Err(ExchangeError::Nothing(_))));
    assert_eq!(gift::read("a.gift", b"a\nb\xff"), Err(ExchangeError::NotText { line: 2 }));
    let large = vec![b'a'; exchange::MOST_TEXT + 1];
    assert!(matches!(gift::read("a.gift", &large), Err(ExchangeError::TooLarge { .. })));
}

#[test]
fn markup_of_others_becomes_ours_or_plain_words() {
    let table = [
        (
            "[html]<p>A <i>b</i> &amp; <script>alert(1)</script>c</p><ul><li>one<li>two</ul>{T####x}",
            "A *b* & c\n\n* one\n* two\n",
        ),
        ("A <b>bold</b> word{T####x}", "A **bold** word\n"),
        ("Is 3 < 4 and 5 > 2?{T####x}", "Is 3 < 4 and 5 > 2?\n"),
        ("[plain]Is <b>this</b> bold?{T####x}", "Is \\<b>this\\</b> bold?\n"),
        ("[markdown]Some *stress*, `code`, ![map](a.png){T####x}", "Some *stress*, code, (picture: map)\n"),
        ("First line\\n# second{T####x}", "First line\n\n\\# second\n"),
        ("`= 4` and [x](javascript\\:y){T####x}", "\\`= 4\\` and \\[x\\]\\(javascript:y)\n"),
        (
            "[html]<a href\\=\"https\\://example.org/a b\">a</a> <a href\\=\"javascript\\:x\">b</a>{T####x}",
            "[a](https://example.org/a%20b) b\n",
        ),
        ("- [x] trap{T####x}", "\\- \\[x\\] trap\n"),
        ("\\{law\\} and \\{organisation\\}{T####x}", "\\{law} and {organisation}\n"),
    ];
    for (source, stem) in table {
        let found = question(&format!("::T::{source}"));
        let wanted = format!("T\n\n{stem}\n- [x] True\n- [ ] False\n\n> x\n");
        // Tokens are left as they are: only our own files have them.
        let wanted = wanted.replace("\\{law}", "{law}");
        assert_eq!(found, wanted, "{source}");
        assert_eq!(errors("t.md", &read(&format!("::T::{source}")).documents[0].1), [""; 0], "{source}");
    }
}

#[test]
fn headings_are_unlike_the_title_and_each_other() {
    let imported =
        read("::Bank::a{T####x}\n\n::Same::a{T####x}\n\n::Same::b{T####x}\n\n::same?::b{T####x}\n\n::!::c{T####x}");
    let markdown = &imported.documents[0].1;
    let headings: Vec<&str> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, ["Bank (2)", "Same", "Same (2)", "same? (3)", "Question 5"]);
    assert_eq!(errors("bank.md", markdown), [""; 0]);
}

#[test]
fn what_our_blanks_cannot_hold_is_changed_and_told() {
    let table = [
        ("{=one / two =three}", "`= one or two / three`"),
        ("{=(a) =b}", "`= [a] / b`"),
        ("{=3..4 =x}", "`= 3…4 / x`"),
        ("{=5 ± 1 km}", "`= 5 + or - 1 km`"),
        ("{=a`b}", "`= a'b`"),
        ("{=120/80}", "`= 120/80`"),
        ("{=Paris*}", "`= Paris`"),
        ("{=)x(}", "`= ]x[`"),
    ];
    for (answers, blank) in table {
        let imported = read(&format!("::T::Say {answers} please."));
        let (path, markdown) = &imported.documents[0];
        assert!(markdown.contains(&format!("Say {blank} please.")), "{answers}: {markdown}");
        assert_eq!(errors(path, markdown), ["Q08"], "{answers}");
    }
}

#[test]
fn a_large_bank_becomes_several_files() {
    let one = |n: usize| format!("::Question {n}::{} {{=yes#{n} ~no}}\n\n", "Some words to read. ".repeat(40));
    let source: String = (0..600).map(one).collect();
    let imported = read(&source);
    assert!(imported.documents.len() > 1);
    let mut count = 0;
    for (path, markdown) in &imported.documents {
        assert!(markdown.len() <= courseware::MAX_BYTES);
        count += quiz(path, markdown).questions.len();
        assert_eq!(errors(path, markdown), [""; 0]);
    }
    assert_eq!(count, 600);
}

#[test]
fn a_bank_of_one_name_is_read_quickly() {
    let source = "::a::a{=b ~c}\n\n".repeat(5_000);
    let imported = read(&source);
    assert_eq!(imported.documents.iter().map(|(_, text)| text.matches("\n## ").count()).sum::<usize>(), 5_000);
}

/// What GIFT says of a question, to be held against what it says after the way out and in.
fn kept(quiz: &Quiz) -> Vec<String> {
    let words = |html: &str| plain(html).split_whitespace().collect::<Vec<_>>().join(" ");
    let said = |html: &Option<String>| html.as_deref().map(words);
    let mut found = Vec::new();
    for question in &quiz.questions {
        let task = match &question.task {
            Task::Choice(choice) => choice
                .options
                .iter()
                .map(|o| format!("{} {} {} {:?}; ", words(&o.html), o.correct, o.percent, said(&o.feedback_html)))
                .collect(),
            Task::Matching(matching) => {
                let text = |id: &u32| matching.rights.iter().find(|right| right.id == *id).unwrap().text.clone();
                let lefts = matching
                    .lefts
                    .iter()
                    .zip(&matching.key)
                    .map(|(left, key)| format!("{} {}; ", left.text, text(key)));
                let mut all: Vec<String> = lefts.collect();
                all.extend(matching.rights.iter().map(|right| right.text.clone()));
                all.concat()
            }
            Task::Blanks(blanks) if blanks.len() == 1 => format!("{blanks:?}").replace("exact: true", "exact: false"),
            Task::Reflect { .. } => "reflect".to_owned(),
            Task::Ordering(_) | Task::Blanks(_) => continue,
        };
        let stem = words(&question.stem_html(|_| " ___ ".to_owned()));
        found.push(format!("{}: {stem} {task} {:?}", question.title, said(&question.feedback_html)));
    }
    found
}

#[test]
fn the_quizzes_of_the_starter_curriculum_come_back_as_they_went() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with("-quiz.md") {
            continue;
        }
        let before = quiz(&name, &std::fs::read_to_string(&path).unwrap());
        let out = gift::write(&before);
        let imported = gift::read("x.gift", out.text.as_bytes()).unwrap();
        let after = quiz(&imported.documents[0].0, &imported.documents[0].1);
        assert_eq!(after.title, before.title);
        assert_eq!(kept(&after), kept(&before), "{name}");
        assert_eq!(errors(&imported.documents[0].0, &imported.documents[0].1), [""; 0], "{name}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn what_gift_cannot_say_is_listed() {
    let source = "---\nkind: quiz\ntitle: A / B\npass: 70\ncompetencies: [calm]\ndraw: { p: 1 }\n---\n\n# A / B\n\n## One\n\n\
                  `calm` `pool p` `2 points` `recall`\n\nQ\n\n- [x] a\n- [ ] b\n\n> [!TIP]\n> c\n\n> d\n\n## Two\n\n1. a\n2. b\n\n> c\n\n\
                  ## Three\n\n`= a` and `= b`\n\n> c\n";
    let out = gift::write(&quiz("a.md", source));
    let lines = said(&out.report);
    for line in [
        "taken: 1 question",
        "left out, “One”: points other than 1",
        "left out, “One”: a hint",
        "left out, “One”: the skills that are tested",
        "left out, “One”: the pool",
        "left out, “One”: the mark that asks it again",
        "left out, “Two”: a question of order, which GIFT does not have",
        "left out, “Three”: a question with several blanks, of which GIFT has one",
        "left out: how many questions each pool gives: all of them are in the file",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line}\nin\n{}", lines.join("\n"));
    }
    assert_eq!(out.text, "$CATEGORY: A // B\n\n::One::[html]<p>Q</p>{\n\t=a\n\t~%0%b\n####<p>d</p>}\n\n");
}

#[test]
fn aiken_is_read() {
    let imported = aiken::read("hygiene.txt", include_bytes!("files/hygiene.aiken.txt")).unwrap();
    let (path, markdown) = &imported.documents[0];
    assert_eq!(path, "hygiene.md");
    assert!(markdown.contains("- [ ] Five seconds\n- [x] Thirty seconds\n- [ ] Two minutes\n"), "{markdown}");
    assert_eq!(errors(path, markdown), ["Q08", "Q08"]);
    let lines = said(&imported.report);
    assert!(lines.contains(&"to do, hygiene.md, lines 9, 17: this question has no feedback".to_owned()), "{lines:#?}");
}

#[test]
fn aiken_that_is_none_names_the_line() {
    for (source, wanted) in [
        ("Q?\nA. a\nB. b\n", "line 1: the question has no line ANSWER: with the letter of the right one"),
        ("Q?\nA. a\nB. b\nANSWER: C\n", "line 4: the right answer is said to be C, and there is no such answer"),
        ("Q?\nANSWER: A\n", "line 1: the question has fewer than two answers, written A. or A)"),
        ("A. a\nB. b\nANSWER: A\n", "line 1: the answers have no question above them"),
    ] {
        let error = aiken::read("a.txt", source.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
    let imported = aiken::read("a.txt", b"Broken?\nA. a\nB. b\n\nGood?\nA. a\nB. b\nANSWER: B\n").unwrap();
    let line = imported.report.iter().find(|line| line.what == What::Dropped).unwrap();
    assert_eq!(line.place, Some(Place::Line(1)));
}

/// Pieces that mean something to GIFT, to HTML or to our own reader.
const PIECES: &[&str] = &[
    "~",
    "=",
    "#",
    "####",
    "->",
    "%50%",
    "%-50%",
    "%",
    "::",
    "::t::",
    "\\",
    "\\n",
    "\n",
    "[html]",
    "[markdown]",
    "[plain]",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "<h2>",
    "<li>",
    "<ul>",
    "<ol>",
    "</ol>",
    "<pre>",
    "</pre>",
    "<script>",
    "<img src=a alt=\"b\">",
    "<br>",
    "<a href=\"https://a.b\">",
    "</a>",
    "<table><tr><td>",
    "<",
    ">",
    "&amp;",
    "&#0;",
    "&#42;",
    "a",
    "b c",
    " ",
    "  ",
    "1",
    "3:1",
    "1..2",
    "5 ± 2",
    "*",
    "**",
    "_",
    "`",
    "```",
    "- [x] a",
    "* [ ] b",
    "- ",
    "1. a",
    "2) b",
    "> q",
    "| a | b |",
    "|---|---|",
    "## h",
    "##h",
    "===",
    "---",
    "~~",
    "![a](b)",
    "[a](#b)",
    "[a]: b",
    "[!NOTE]",
    "// c",
    "(a)",
    "(",
    ")",
    " / ",
    "/",
    "{law}",
    "`25%`",
    "`= x`",
    "\u{202e}",
    "\0",
    "é",
    "ß",
    "\u{fdd7}",
    "\u{fdd1}",
    "\u{2028}",
    "\t",
    "all of the above",
    "true",
    "C#",
    "\\\\",
    "\\:",
    "\\#",
    "\\=",
    "\\{",
    "\\}",
    "\\~",
    "http://a.b/c_d_e",
    "$",
    "^",
    "Is it not?",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..12).prop_map(|all| all.concat())
}

/// Sources in which most questions are whole.
fn banks() -> impl Strategy<Value = String> {
    let question = (0..9_usize, pieces(), pieces(), pieces(), pieces()).prop_map(|(kind, a, b, c, d)| match kind {
        0 => format!("::{a}::{b}{{={c}#{d}~{a}}}"),
        1 => format!("{a}{{~%50%{b}~%50%{c}~{d}#{a}}}"),
        2 => format!("{a}{{={b}={c}}}{d}"),
        3 => format!("[html]{a}{{={b} -> {c} ={c} -> {d} = -> {a}}}"),
        4 => format!("[markdown]{a}{{####{b}}}"),
        5 => format!("{a}{{T#{b}#{c}}}{d}"),
        6 => format!("{a}{{#3:1#{b}}}{c}"),
        7 => format!("$CATEGORY: {a}\n\n::{b}::{c}{{~{d}={a}}} {b}"),
        _ => format!("{a}\nA. {b}\nB) {c}\nANSWER: B\n{d}{{{a}"),
    });
    prop::collection::vec(question, 1..4).prop_map(|all| all.join("\n\n"))
}

/// What a source without them cannot help: the key and the feedback.
const UNFINISHED: [&str; 3] = ["Q03", "Q06", "Q08"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_brought_is_a_draft_without_slips(source in banks()) {
        for imported in [gift::read("a.gift", source.as_bytes()), aiken::read("a.txt", source.as_bytes())].into_iter().flatten() {
            for (path, markdown) in &imported.documents {
                let found: Vec<String> = errors(path, markdown).into_iter().filter(|code| !UNFINISHED.contains(&code.as_str())).collect();
                prop_assert!(found.is_empty(), "{:?} in\n{}\nfrom\n{}", found, markdown, source);
            }
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = gift::read("a.gift", &bytes);
        let _ = aiken::read("a.txt", &bytes);
    }

    #[test]
    fn any_words_come_back_from_gift(title in "[a-zA-Z0-9 ]{1,20}", stem in "[ -~é]{1,40}", right in "[ -~ß]{1,20}", wrong in "[ -~]{1,20}") {
        let sign = |text: &str| text.chars().flat_map(|c| {
            let escape = "~=#{}:\\".contains(c).then_some('\\');
            escape.into_iter().chain([c])
        }).collect::<String>();
        let source = format!("::{title} q::[plain]x {} y{{=[plain]x {} y#z\n~[plain]v {} w}}", sign(&stem), sign(&right), sign(&wrong));
        let imported = gift::read("a.gift", source.as_bytes()).unwrap();
        let quiz = quiz("a.md", &imported.documents[0].1);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let question = &quiz.questions[0];
        prop_assert_eq!(words(&plain(&question.stem_html(|_| String::new()))), words(&format!("x {stem} y")));
        let Task::Choice(choice) = &question.task else { panic!("{source}") };
        let texts: Vec<String> = choice.options.iter().map(|option| words(&option.text)).collect();
        prop_assert_eq!(texts, [words(&format!("x {right} y")), words(&format!("v {wrong} w"))]);
    }
}

#[test]
fn a_title_that_somebody_gave_is_the_quizs_own() {
    let question = b"Where? {=Here~There}\n\n$CATEGORY: Hands\n\nWhen? {=Now~Then}\n";
    let given = gift::read_titled("Ward 3: the first day", question).unwrap().documents;
    let paths: Vec<&str> = given.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["ward-3-the-first-day.md", "hands.md"]);
    assert!(given[0].1.contains("\n# Ward 3: the first day\n"), "{}", given[0].1);
    let aiken = aiken::read_titled("Dr. Who", b"Where?\nA. Here\nB. There\nANSWER: A\n").unwrap().documents;
    assert!(aiken[0].1.contains("\n# Dr. Who\n"), "{}", aiken[0].1);
    // A name is part of a path, so that it ends where its bytes are enough.
    let long = gift::read_titled(&"漢".repeat(80), b"Where? {=Here~There}\n").unwrap().documents;
    assert!(long[0].0.len() < 80, "{}", long[0].0);
}
