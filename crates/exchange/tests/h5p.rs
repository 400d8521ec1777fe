//! Archives of H5P, in. They are put together here, after the semantics of each content type.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod told;

use std::io::{Cursor, Write as _};

use exchange::{ExchangeError, Imported, h5p};
use proptest::prelude::*;
use serde_json::{Value, json};
use told::{errors, said};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An archive of a content type.
fn archive(kind: &str, title: &str, content: &Value) -> Vec<u8> {
    let head = json!({ "title": title, "language": "en", "mainLibrary": kind, "embedTypes": ["div"],
        "preloadedDependencies": [{ "machineName": kind, "majorVersion": 1, "minorVersion": 20 }] });
    zipped(&[
        ("h5p.json", head.to_string().as_bytes()),
        ("content/content.json", content.to_string().as_bytes()),
        ("content/images/chart.png", b"png"),
        ("H5P.Question-1.5/library.json", b"{}"),
        ("H5P.Question-1.5/scripts/question.js", b"alert(1)"),
    ])
}

fn read(kind: &str, title: &str, content: &Value) -> Imported {
    h5p::read(&archive(kind, title, content)).unwrap()
}

fn ward() -> Value {
    json!({
        "introPage": { "showIntroPage": true, "introduction": "<p>Five questions about <em>the ward</em>.</p>" },
        "passPercentage": 75,
        "poolSize": 4,
        "questions": [
            { "library": "H5P.MultiChoice 1.16", "metadata": { "title": "Falls" }, "params": {
                "question": "<p>Which <strong>two</strong> help against falls?</p>\n",
                "media": { "type": { "library": "H5P.Image 1.1", "params": { "alt": "A bed", "file": { "path": "images/chart.png" } } } },
                "answers": [
                    { "text": "<div>A light at night</div>", "correct": true, "tipsAndFeedback": { "tip": "", "chosenFeedback": "<div>One sees the way.</div>", "notChosenFeedback": "" } },
                    { "text": "<div>Shoes that hold</div>", "correct": true, "tipsAndFeedback": { "chosenFeedback": "<div>Bare socks slip.</div>" } },
                    { "text": "<div>A wet floor</div>", "correct": false, "tipsAndFeedback": { "tip": "Think", "chosenFeedback": "<div>It slips.</div>" } }
                ],
                "behaviour": { "type": "auto", "singlePoint": true, "randomAnswers": false },
                "overallFeedback": [{ "from": 0, "to": 100 }] } },
            { "library": "H5P.TrueFalse 1.8", "metadata": { "title": "Untitled True/False Question" }, "params": {
                "question": "<p>A bell may wait.</p>", "correct": "false",
                "behaviour": { "feedbackOnCorrect": "Right: it may not.", "feedbackOnWrong": "Somebody rings for a reason." } } },
            { "library": "H5P.Blanks 1.14", "metadata": { "title": "Words" }, "params": {
                "text": "<p>Fill in the words.</p>",
                "questions": ["<p>We wash our *hands/both hands:before and after* first.</p>", "<p>Then we *knock*.</p>"],
                "overallFeedback": [{ "from": 0, "to": 50, "feedback": "Try again." }, { "from": 51, "to": 100, "feedback": "Well done." }],
                "behaviour": { "caseSensitive": true } } },
            { "library": "H5P.DragText 1.10", "metadata": { "title": "Order of words" }, "params": {
                "taskDescription": "<p>Drag the words.</p>", "textField": "First *listen\\+Yes\\-No*, then *speak:aloud*.", "distractors": "*run*",
                "overallFeedback": [{ "from": 0, "to": 100, "feedback": "Listen first." }] } },
            { "library": "H5P.MarkTheWords 1.11", "metadata": { "title": "Mark" }, "params": { "taskDescription": "<p>Mark</p>" } }
        ]
    })
}

#[test]
fn a_question_set_becomes_a_quiz() {
    let imported = read("H5P.QuestionSet", "The ward", &ward());
    let (path, markdown) = &imported.documents[0];
    assert_eq!(path, "the-ward.md");
    let wanted = "---\nkind: quiz\ntitle: The ward\npass: 75\ndraw: { all: 4 }\n---\n\n# The ward\n\n\
        Five questions about *the ward*.\n\n\
        ## Falls\n\n`fixed` `all-or-nothing` `pool all`\n\nWhich **two** help against falls?\n\n\
        - [x] A light at night\n  > One sees the way.\n- [x] Shoes that hold\n  > Bare socks slip.\n- [ ] A wet floor\n  > It slips.\n\n\
        ## A bell may wait.\n\n`pool all`\n\nA bell may wait.\n\n\
        - [ ] True\n  > Somebody rings for a reason.\n- [x] False\n  > Right: it may not.\n\n\
        ## Words\n\n`exact` `pool all`\n\nFill in the words.\n\nWe wash our `= hands / both hands` first.\n\nThen we `= knock`.\n\n\
        > [!TIP]\n> before and after\n\n> Well done.\n\n\
        ## Order of words\n\n`pool all`\n\nDrag the words.\n\nFirst `= (listen) / speak / run`, then `= listen / (speak) / run`.\n\n\
        > [!TIP]\n> aloud\n\n> Listen first.\n";
    assert_eq!(markdown, wanted);
    assert_eq!(errors(path, markdown), [""; 0]);
    let wanted = [
        "taken, the-ward.md: 4 questions",
        "changed, question 4 (H5P.DragText): words to drag became words to choose, the same in every gap",
        "changed, question 2 (H5P.TrueFalse): a question has no title: its first words are the heading",
        "left out, content/images/chart.png: a picture, sound or video, “images/chart.png”: bring it in by hand, with a description",
        "left out: 2 files of H5P's own programs, which are not needed here",
        "left out, question 1 (H5P.MultiChoice): a picture or recording, “A bed”: its description stands in its place",
        "left out, question 5 (H5P.MarkTheWords): a question of this type, which has no counterpart here",
        "left out, question 1 (H5P.MultiChoice): a tip on one answer",
        "left out, question 3 (H5P.Blanks): feedback for lower scores: one that fits every answer is shown here, and that for the best score was taken",
        "left out, question 4 (H5P.DragText): feedback on a single gap",
    ];
    assert_eq!(said(&imported.report), wanted);
}

fn visit(scoring: &str) -> Value {
    let text = |title: &str, words: &str, next: i64| {
        json!({
        "type": { "library": "H5P.AdvancedText 1.1", "params": { "text": words }, "metadata": { "title": title } },
        "showContentTitle": false, "nextContentId": next, "feedback": {} })
    };
    let choice = |words: &str, next: i64, why: &str, score: i64| {
        json!({
        "text": words, "nextContentId": next, "feedback": { "title": "<p>Hm.</p>", "subtitle": format!("<p>{why}</p>"), "endScreenScore": score } })
    };
    json!({ "branchingScenario": {
        "title": "Visit",
        "startScreen": { "startScreenTitle": "<p>A visitor at noon</p>", "startScreenSubtitle": "<p>Visits begin at two.</p>" },
        "endScreens": [
            { "endScreenTitle": "Done", "endScreenSubtitle": "Goodbye.", "endScreenScore": 1, "contentId": -1 }
        ],
        "scoringOptionGroup": { "scoringOption": scoring, "includeInteractionsScores": false },
        "l10n": { "proceedButtonText": "Proceed" },
        "content": [
            text("The corridor", "<h2>Noon</h2><p>A man asks for <strong>his wife</strong>.</p>", 1),
            { "type": { "library": "H5P.BranchingQuestion 1.0", "metadata": { "title": "What now?" }, "params": { "branchingQuestion": {
                "question": "<p>What do you say?</p>",
                "alternatives": [
                    choice("\"Come in, five minutes.\"", 2, "You bend a rule for a person.", 5),
                    choice("\"Two o'clock.\"", 3, "The rule without the person.", 1),
                    choice("\"I will ask.\"", 2, "You find out.", 3)
                ] } } }, "nextContentId": -1 },
            text("At the bed", "<p>They hold hands.</p>", -1),
            { "type": { "library": "H5P.Video 1.6", "params": { "sources": [] }, "metadata": { "title": "He waits" } }, "nextContentId": -1,
              "feedback": { "endScreenScore": 0 } }
        ] } })
}

#[test]
fn a_branching_scenario_becomes_a_role_play() {
    let imported = read("H5P.BranchingScenario", "Visiting hours", &visit("dynamic-score"));
    let (path, markdown) = &imported.documents[0];
    let wanted = "---\nkind: scenario\ntitle: Visiting hours\npass: { score: 70 }\n---\n\n# Visiting hours\n\n\
        A visitor at noon\n\nVisits begin at two.\n\n\
        ## The corridor\n\n**Noon**\n\nA man asks for **his wife**.\n\n- [Proceed](#what-now)\n\n\
        ## What now?\n\nWhat do you say?\n\n\
        - [\"Come in, five minutes.\"](#at-the-bed) `best`\n  > Hm.\n  >\n  > You bend a rule for a person.\n\
        - [\"Two o'clock.\"](#he-waits) `poor`\n  > Hm.\n  >\n  > The rule without the person.\n\
        - [\"I will ask.\"](#at-the-bed) `ok`\n  > Hm.\n  >\n  > You find out.\n\n\
        ## At the bed\n\nThey hold hands.\n\n- [Proceed](#done)\n\n\
        ## He waits\n\n(picture: He waits)\n\n- [Proceed](#done)\n\n\
        ## Done\n\n`ending mixed`\n\nGoodbye.\n";
    assert_eq!(markdown, wanted);
    assert_eq!(errors(path, markdown), [""; 0]);
    let lines = said(&imported.report);
    for line in [
        "taken, visiting-hours.md: 5 scenes",
        "changed: the scores of choices became words: the highest of a scene is best, the lowest poor, and ok is between",
        "left out, part 4, “He waits”: a picture or recording, “H5P.Video He waits”: its description stands in its place",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line}\nin\n{}", lines.join("\n"));
    }
}

#[test]
fn scores_of_ends_become_endings_and_no_score_is_told() {
    let imported = read("H5P.BranchingScenario", "Visiting hours", &visit("static-end-score"));
    let markdown = &imported.documents[0].1;
    assert!(markdown.contains("pass: { ending: good }"));
    assert!(
        markdown.contains("## Done\n\n`ending good`") && markdown.contains("## Done (2)\n\n`ending bad`"),
        "{markdown}"
    );
    // No choice says how good it is.
    assert_eq!(errors("a.md", markdown), ["S14", "S14", "S14"]);
    let imported = read("H5P.BranchingScenario", "Visiting hours", &visit("no-score"));
    let lines = said(&imported.report);
    let line = "to do: nothing is scored, so that no choice says how good it is, and each ending is mixed: say it";
    assert!(lines.iter().any(|other| other == line), "{lines:#?}");
    assert!(
        lines.iter().any(|line| line == "to do, visiting-hours.md, lines 25, 29, 33: this choice has no quality word"),
        "{lines:#?}"
    );
}

#[test]
fn a_question_alone_is_a_quiz() {
    let content = json!({ "choices": [
        { "question": "<p>Who goes first?</p>", "answers": ["<p>The patient</p>", "<p>I</p>"] },
        { "question": "<p>Who goes last?</p>", "answers": ["<p>I</p>", "<p>The patient</p>"] }
    ] });
    let markdown = &read("H5P.SingleChoiceSet", "Doors", &content).documents[0].1;
    assert!(markdown.contains("## Who goes first?\n\nWho goes first?\n\n- [x] The patient\n- [ ] I\n"), "{markdown}");
    assert_eq!(errors("a.md", markdown), ["Q08", "Q08"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let why = |bytes: &[u8]| h5p::read(bytes).unwrap_err().to_string();
    assert_eq!(why(b"PK"), "the archive is refused: it is damaged, or no zip at all");
    assert_eq!(why(&zipped(&[("a.txt", b"")])), "h5p.json: it is not in the archive. Is this a file that H5P wrote?");
    let broken = zipped(&[("h5p.json", b"{}"), ("content/content.json", b"{\n \"a\": ]")]);
    assert_eq!(why(&broken), "content/content.json: line 2, column 7 is not what H5P writes");
    let other = why(&archive("H5P.Timeline", "T", &json!({})));
    assert!(other.starts_with("h5p.json: this is of the type “H5P.Timeline”. Taken are H5P.QuestionSet"), "{other}");
    let empty = why(&archive("H5P.BranchingScenario", "T", &json!({ "branchingScenario": { "content": [] } })));
    assert_eq!(empty, "content/content.json: the branching scenario has no content");
    let none = json!({ "questions": [{ "library": "H5P.Flashcards 1.5", "params": {} }] });
    assert!(matches!(h5p::read(&archive("H5P.QuestionSet", "T", &none)), Err(ExchangeError::Nothing(_))));
    assert!(why(&zipped(&[("h5p.json", b"{}"), ("../content/content.json", b"{}")])).contains("leads out"));
    // Nesting without end is refused by the reader of JSON.
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        why(&zipped(&[("h5p.json", b"{}"), ("content/content.json", deep.as_bytes())])).contains("not what H5P writes")
    );
}

/// Words of others, as they stand in fields.
fn words() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<strong>Ann:</strong> ",
        "<b>",
        "</b>",
        "<li>",
        "<ol>",
        "*",
        "*a*",
        "*a/b:c*",
        "a",
        "b c ",
        "- [x] a",
        "1. x",
        "# h",
        "`if x`",
        "`= 1`",
        "[a](#b)",
        "](#c)",
        "(a)",
        " / ",
        "..",
        "1",
        "±",
        "&amp;",
        "&#0;",
        "\u{202e}",
        "\u{fdd7}",
        "{law}",
        "\n",
        "|",
        "> ",
        "<img src=x>",
        "\\+",
        "~~",
        "---",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|all| all.concat())
}

/// A value like those of content, with any of its parts in the place of any other.
fn contents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        words().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (-3_i64..6).prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(6, 200, 6, |inner| {
        let keys = prop::sample::select(vec![
            "question",
            "questions",
            "answers",
            "text",
            "correct",
            "params",
            "library",
            "tipsAndFeedback",
            "chosenFeedback",
            "behaviour",
            "overallFeedback",
            "feedback",
            "to",
            "textField",
            "distractors",
            "choices",
            "poolSize",
            "passPercentage",
            "introPage",
            "title",
            "metadata",
            "type",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

const KINDS: [&str; 7] = [
    "H5P.QuestionSet",
    "H5P.MultiChoice",
    "H5P.TrueFalse",
    "H5P.Blanks",
    "H5P.DragText",
    "H5P.SingleChoiceSet",
    "H5P.BranchingScenario",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_content_is_answered(kind in prop::sample::select(&KINDS[..]), content in contents()) {
        let _ = h5p::read(&archive(kind, "T", &content));
    }

    #[test]
    fn whatever_is_asked_is_a_draft_without_slips(w in prop::collection::vec(words(), 12), right in any::<[bool; 3]>(), kind in 0..5_usize) {
        let params = match kind {
            0 => json!({ "question": w[0], "answers": [
                { "text": w[1], "correct": right[0], "tipsAndFeedback": { "chosenFeedback": w[2] } },
                { "text": w[3], "correct": right[1], "tipsAndFeedback": { "chosenFeedback": w[4] } },
                { "text": w[5], "correct": right[2] }], "overallFeedback": [{ "to": 100, "feedback": w[6] }] }),
            1 => json!({ "question": w[0], "correct": right[0], "behaviour": { "feedbackOnCorrect": w[1], "feedbackOnWrong": w[2] } }),
            2 => json!({ "text": w[0], "questions": [w[1], format!("*{}*", w[2]), w[3]], "behaviour": { "caseSensitive": right[0] } }),
            3 => json!({ "taskDescription": w[0], "textField": format!("{} *{}* {}", w[1], w[2], w[3]), "distractors": format!("*{}* *x*", w[4]) }),
            _ => json!({ "choices": [{ "question": w[0], "answers": [w[1], w[2], w[3]] }] }),
        };
        if let Ok(imported) = h5p::read(&archive(KINDS[kind + 1], &w[7], &params)) {
            let (path, markdown) = &imported.documents[0];
            let found: Vec<String> = errors(path, markdown).into_iter().filter(|code| !["Q03", "Q08"].contains(&code.as_str())).collect();
            prop_assert!(found.is_empty(), "{:?} in\n{}\nfrom\n{}", found, markdown, params);
        }
    }

    #[test]
    fn whatever_branches_is_a_draft_without_slips(w in prop::collection::vec(words(), 12), next in prop::collection::vec(-2_i64..5, 6), scoring in prop::sample::select(vec!["no-score", "dynamic-score", "static-end-score"])) {
        let alternative = |at: usize| json!({ "text": w[at], "nextContentId": next[at], "feedback": { "title": w[at + 1], "endScreenScore": next[at] } });
        let content = json!({ "branchingScenario": {
            "startScreen": { "startScreenTitle": w[8] }, "scoringOptionGroup": { "scoringOption": scoring },
            "endScreens": [{ "endScreenTitle": w[9], "endScreenSubtitle": w[10], "contentId": -1 }],
            "content": [
                { "type": { "library": "H5P.BranchingQuestion 1.0", "metadata": { "title": w[6] }, "params": { "branchingQuestion": { "question": w[7], "alternatives": [alternative(0), alternative(1), alternative(2)] } } } },
                { "type": { "library": "H5P.AdvancedText 1.1", "params": { "text": w[4] } }, "nextContentId": next[4], "feedback": { "subtitle": w[5] } },
                { "type": { "library": "H5P.Image 1.1", "params": { "alt": w[3] } }, "nextContentId": next[5] }
            ] } });
        let imported = h5p::read(&archive("H5P.BranchingScenario", &w[11], &content)).unwrap();
        let (path, markdown) = &imported.documents[0];
        let found: Vec<String> = errors(path, markdown).into_iter().filter(|code| !["S01", "S03", "S05", "S13", "S14"].contains(&code.as_str())).collect();
        prop_assert!(found.is_empty(), "{:?} in\n{}\nfrom\n{}", found, markdown, content);
    }
}
