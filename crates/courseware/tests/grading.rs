//! The JSON of `bedside grade`: a contract with scripts.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use courseware::{Answers, Surroundings, grade_file, parse};

const EXAMPLE: &str = include_str!("checks/difficult-conversations.md");

/// What `bedside grade` prints for these answers, or why it refuses.
fn graded(answers: &str) -> Result<String, String> {
    let document = parse("difficult-conversations.md", EXAMPLE, &Surroundings::default());
    let answers: Answers = serde_json::from_str(answers).map_err(|error| error.to_string())?;
    grade_file(document.quiz().unwrap(), &answers).map(|report| serde_json::to_string(&report).unwrap())
}

#[test]
fn every_type_is_answered_with_visible_text() {
    let answers = r#"{ "answers": {
        "first-words-to-an-angry-caller": { "ticked": ["\"Who did you speak"] },
        "what-may-you-confirm-by-phone": { "ticked": ["Our opening hours", "How to"] },
        "spoken-complaints": { "ticked": ["False"] },
        "order-the-steps": { "order": ["Acknowledge", "Listen", "Follow up", "Solve"] },
        "match-signal-and-response": { "pairs": { "Faster": "Slow", "The same question": "Read" } },
        "complete-the-promise": { "blanks": ["16:00", "a form"] },
        "hold-time": { "blanks": ["3.5"] },
        "in-your-own-words": { "text": "I am sorry." }
    } }"#;
    assert_eq!(
        graded(answers).unwrap(),
        concat!(
            r#"{"questions":["#,
            r#"{"id":"first-words-to-an-angry-caller","score":0.25,"points":2,"earned":0.5},"#,
            r#"{"id":"what-may-you-confirm-by-phone","score":1,"points":1,"earned":1},"#,
            r#"{"id":"spoken-complaints","score":1,"points":1,"earned":1},"#,
            r#"{"id":"order-the-steps","score":0.33,"points":1,"earned":0.33},"#,
            r#"{"id":"match-signal-and-response","score":0.5,"points":1,"earned":0.5},"#,
            r#"{"id":"complete-the-promise","score":0.5,"points":1,"earned":0.5},"#,
            r#"{"id":"hold-time","score":1,"points":1,"earned":1},"#,
            r#"{"id":"in-your-own-words","score":null,"points":0,"earned":null}"#,
            r#"],"earned":4.83,"possible":8,"score":60.42,"passed":false}"#,
        )
    );
}

#[test]
fn what_was_asked_and_not_answered_earns_nothing() {
    let answers = r#"{ "answers": { "hold-time": { "blanks": ["3"] }, "spoken-complaints": { "ticked": ["False"] } },
                       "asked": ["hold-time", "order-the-steps"] }"#;
    assert_eq!(
        graded(answers).unwrap(),
        concat!(
            r#"{"questions":[{"id":"hold-time","score":1,"points":1,"earned":1},"#,
            r#"{"id":"order-the-steps","score":0,"points":1,"earned":0}],"#,
            r#""earned":1,"possible":2,"score":50,"passed":false}"#,
        )
    );
    let only_words = r#"{ "answers": {}, "asked": ["in-your-own-words"] }"#;
    assert!(graded(only_words).unwrap().ends_with(r#""earned":0,"possible":0,"score":null,"passed":false}"#));
}

#[test]
fn the_score_is_rounded_for_showing_only() {
    let at = |pass: &str| {
        let source = EXAMPLE.replace("pass: 80", pass);
        let document = parse("a.md", &source, &Surroundings::default());
        let answers = r#"{ "answers": {
            "order-the-steps": { "order": ["Acknowledge", "Listen", "Solve", "Follow"] },
            "hold-time": { "blanks": ["3"] }, "spoken-complaints": { "ticked": ["False"] } },
            "asked": ["order-the-steps", "hold-time", "spoken-complaints"] }"#;
        let report = grade_file(document.quiz().unwrap(), &serde_json::from_str(answers).unwrap()).unwrap();
        (serde_json::to_value(report.score).unwrap(), report.passed)
    };
    // Two thirds and two, of three.
    assert_eq!(at("pass: 88"), (serde_json::json!(88.89), true));
    assert_eq!(at("pass: 89"), (serde_json::json!(88.89), false));
}

#[test]
fn what_cannot_be_meant_is_refused_in_plain_words() {
    let table = [
        (
            r#"{ "answers": { "hold-tme": { "blanks": ["3"] } } }"#,
            "no question \"hold-tme\"; did you mean \"hold-time\"?",
        ),
        (r#"{ "answers": {}, "asked": ["nothing-like-it"] }"#, "the quiz has no question \"nothing-like-it\""),
        (r#"{ "answers": {}, "asked": ["hold-time", "hold-time"] }"#, "question \"hold-time\" is asked twice"),
        (r#"{ "answers": { "hold-time": { "ticked": ["3"] } } }"#, "it is answered with \"blanks\""),
        (r#"{ "answers": { "hold-time": { "blanks": ["3", "4"] } } }"#, "2 texts for 1 blanks"),
        (r#"{ "answers": { "spoken-complaints": { "ticked": ["Maybe"] } } }"#, "no answer begins with \"Maybe\""),
        (r#"{ "answers": { "spoken-complaints": { "ticked": ["false"] } } }"#, "did you mean \"False\"?"),
        (r#"{ "answers": { "spoken-complaints": { "ticked": [" "] } } }"#, "an empty text names no answer"),
        (r#"{ "answers": { "first-words-to-an-angry-caller": { "ticked": ["\""] } } }"#, "3 answers begin with"),
        (r#"{ "answers": { "spoken-complaints": { "ticked": ["True", "Tr"] } } }"#, "the answer \"Tr\" is named twice"),
        (
            r#"{ "answers": { "order-the-steps": { "order": ["Listen", "Listen"] } } }"#,
            "the step \"Listen\" is named twice",
        ),
        (
            r#"{ "answers": { "complete-the-promise": { "blanks": ["4 pm", "money"] } } }"#,
            "no choice begins with \"money\"",
        ),
        (r#"{ "answers": { "complete-the-promise": { "blanks": ["4 pm", "a"] } } }"#, "2 choices begin with \"a\""),
        (
            r#"{ "answers": { "match-signal-and-response": { "pairs": { "Faster": "Run" } } } }"#,
            "no right side begins with",
        ),
        (r#"{ "answers": { "hold-time": { "numbers": ["3"] } } }"#, "unknown variant"),
        (r#"{ "answer": {} }"#, "unknown field"),
    ];
    for (answers, why) in table {
        let said = graded(answers).unwrap_err();
        assert!(said.contains(why), "{answers}: {said}");
    }
}

#[test]
fn a_whole_text_comes_before_a_beginning() {
    let source =
        "---\nkind: quiz\ntitle: T\npass: 80\n---\n# T\n\n## Q\n\nWhich?\n\n- [x] Wait\n- [ ] Wait outside\n\n> Why.\n";
    let document = parse("a.md", source, &Surroundings::default());
    let score = |text: &str| {
        let answers = format!(r#"{{ "answers": {{ "q": {{ "ticked": ["{text}"] }} }} }}"#);
        let report = grade_file(document.quiz().unwrap(), &serde_json::from_str(&answers).unwrap());
        report.map(|report| serde_json::to_value(report.score).unwrap())
    };
    assert_eq!(score("Wait").unwrap(), 100);
    assert_eq!(score("Wait  out").unwrap(), 0);
    assert!(score("Wai").is_err());
}
