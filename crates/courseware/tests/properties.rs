//! What holds for every text: the parser answers, quickly and with places inside the text; hashes ignore what does not
//! show; grading stays between nothing and everything.

use std::time::{Duration, Instant};

use courseware::{
    Choice, Code, Document, Question, Share, Surroundings, content_hash, decode, grade, parse, scoring_hash,
};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("checks/first-contact.md");

fn read(path: &str, source: &str) -> Document {
    parse(path, source, &Surroundings::default())
}

fn asked(key: &[bool], all_or_nothing: bool, percent: u32) -> Question {
    let choice = |(id, correct): (u32, &bool)| Choice {
        id,
        html: String::new(),
        text: String::new(),
        correct: *correct,
        percent,
        feedback_html: None,
    };
    Question {
        id: "q".into(),
        stem_html: String::new(),
        multiple: key.iter().filter(|correct| **correct).count() > 1,
        fixed: false,
        all_or_nothing,
        options: (1..).zip(key).map(choice).collect(),
        hint_html: None,
        feedback_html: None,
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("---\n"),
        Just("kind: module\n"),
        Just("title: T\n"),
        Just("# T\n\n"),
        Just("## Q\n\n"),
        Just("`check`\n\n"),
        Just("- [x] yes\n"),
        Just("- [ x] no\n"),
        Just("  > why\n"),
        Just("> why\n"),
        Just("> [!NOTE] x\n"),
        Just("`25%`"),
        Just("<!-- "),
        Just("-->"),
        Just("<b>"),
        Just("| a | b |\n|---|---|\n"),
        Just("![](x)"),
        Just("[a](javascript:b)"),
        Just("\r\n"),
        Just("\0"),
        Just("é\u{202e}"),
        Just("\n\n"),
        Just("```\n"),
        Just("    "),
        Just("*"),
        Just("[&x]: *y\n"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn grading_stays_between_nothing_and_everything(
        key in prop::collection::vec(any::<bool>(), 0..8),
        ticked in prop::collection::vec(0_u32..12, 0..12),
        whole in any::<bool>(),
        percent in 0_u32..300,
    ) {
        let graded = grade(&asked(&key, whole, percent), &ticked);
        prop_assert!((0.0..=1.0).contains(&graded.score.value()));
        prop_assert!(!graded.correct || graded.score == Share::ALL);
    }

    #[test]
    fn ticking_all_or_nothing_of_a_multiple_choice_earns_nothing(wrong in 1_usize..6, right in 2_usize..6) {
        let key: Vec<bool> = (0..wrong + right).map(|at| at < right).collect();
        let every: Vec<u32> = (1..=u32::try_from(key.len()).unwrap()).collect();
        prop_assert_eq!(grade(&asked(&key, false, 0), &every).score, Share::NONE);
        prop_assert_eq!(grade(&asked(&key, false, 0), &[]).score, Share::NONE);
    }

    #[test]
    fn any_text_is_answered_with_places_inside_it(text in any::<String>()) {
        for source in [text.clone(), format!("---\n{text}\n---\n{text}"), format!("---\nkind: module\n---\n{text}")] {
            for problem in read("t.md", &source).problems {
                prop_assert!(problem.span.end <= source.len() && source.is_char_boundary(problem.span.start));
                prop_assert!(!problem.render(&source).is_empty());
            }
        }
    }

    #[test]
    fn any_mixture_of_markdown_is_answered(body in pieces()) {
        for source in [body.clone(), format!("---\nkind: module\ntitle: T\n---\n{body}")] {
            let parsed = read("t.md", &source);
            for problem in &parsed.problems {
                prop_assert!(problem.span.end <= source.len() && source.is_char_boundary(problem.span.start));
                prop_assert!(problem.line >= 1 && problem.column >= 1);
                prop_assert!(!problem.render(&source).is_empty());
            }
            if let Some(module) = parsed.module() {
                for page in &module.pages {
                    prop_assert!(!page.html.contains("<b>") && !page.html.contains("href=\"javascript"));
                }
            }
        }
    }
}

#[test]
fn a_multiple_choice_earns_hits_less_wrong_ticks() {
    let question = asked(&[true, true, false, false], false, 0);
    for (ticked, score) in [(&[1, 2][..], 1.0), (&[1], 0.5), (&[1, 2, 3], 0.5), (&[1, 3], 0.0), (&[3], 0.0)] {
        assert_eq!(grade(&question, ticked).score.value(), score, "{ticked:?}");
    }
    assert_eq!(grade(&asked(&[true, true, false], true, 0), &[1]).score, Share::NONE);
}

#[test]
fn a_single_choice_earns_one_or_its_percent() {
    let question = asked(&[true, false, false], false, 25);
    for (ticked, score) in [(&[1][..], 1.0), (&[2], 0.25), (&[2, 3], 0.0), (&[1, 2], 0.0), (&[9], 0.0), (&[], 0.0)] {
        assert_eq!(grade(&question, ticked).score.value(), score, "{ticked:?}");
    }
}

#[test]
fn words_change_the_content_and_the_key_changes_the_scoring() {
    let hashes = |source: &str| (content_hash(source, &[]), scoring_hash(read("a.md", source).module().unwrap()));
    let (content, scoring) = hashes(EXAMPLE);
    let (other_content, same_scoring) = hashes(&EXAMPLE.replace("Finish the call", "End the call"));
    assert_ne!(content, other_content);
    assert_eq!(scoring, same_scoring);
    let (_, other_scoring) = hashes(&EXAMPLE.replace("- [ ] Finish", "- [x] Finish"));
    assert_ne!(scoring, other_scoring);
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_place() {
    let problem = decode("a.md", b"one\ntwo \xff").unwrap_err();
    assert_eq!((problem.code, problem.line, problem.column), (Code::C12, 2, 5));
    assert_eq!(decode("a.md", &vec![0xff; 300 * 1024]).unwrap_err().code, Code::C11);
}

#[test]
fn a_long_line_is_cut_around_the_carets() {
    let source = EXAMPLE.replace("![A clerk", &format!("{} ![](a.svg) ![A clerk", "word ".repeat(2000)));
    let problems = read("a.md", &source).problems;
    let problem = problems.iter().find(|problem| problem.code == Code::C01).unwrap();
    let text = problem.render(&source);
    assert_eq!((problem.code, problem.column), (Code::C01, 10_002));
    assert!(text.lines().all(|line| line.chars().count() < 130), "{text}");
}

#[test]
fn hostile_text_is_answered_quickly() {
    let front = "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n";
    let n = 100_000;
    let bodies = [
        ">".repeat(n),
        "> ".repeat(n),
        "- ".repeat(n),
        "- ".repeat(n) + "x",
        "1. ".repeat(n / 2) + "x",
        "*a ".repeat(n / 2),
        "[".repeat(n),
        "![".repeat(n),
        "**a _b ".repeat(n / 8),
        "`".repeat(n),
        "\0".repeat(n),
        "\0a".repeat(n),
        "<b>".repeat(n / 2),
        "<!--".repeat(n / 4),
        "| a ".repeat(n / 4) + "\n" + &"|---".repeat(n / 4),
        "- [ x] a\n".repeat(n / 10),
        "## a\n".repeat(n / 5),
        "# a\n".repeat(n / 4),
        "`check`\n\n".to_owned() + &"- [x] a\n".repeat(n / 8),
        "![](a:b)".repeat(n / 8),
        "> [!NOTE] a\n\n".repeat(n / 13),
        "a".repeat(10_000_000),
        "<a href=".repeat(n / 8),
        "[a](b".repeat(n / 5),
        "&#0;".repeat(n / 4),
        "`check`\n\n".to_owned() + &"- [x] a\n\n> b\n\n".repeat(n / 14),
        "[a]: b\n".repeat(n / 7),
        "a\n---\n".repeat(n / 6),
    ];
    for body in bodies {
        let source = format!("{front}{body}");
        let start = Instant::now();
        let parsed = read("a.md", &source);
        let took = start.elapsed();
        let begins: String = body.chars().take(20).collect();
        assert!(took < Duration::from_secs(2), "{begins:?} and {} more took {took:?}", body.len());
        if source.len() > 256 * 1024 {
            assert_eq!(parsed.problems[0].code, Code::C11);
        }
    }
    for yaml in ["[".repeat(n), "{a: ".repeat(n / 4), "- ".repeat(n), "a: &a [*a]\n".repeat(n / 11), "? ".repeat(n / 2)]
    {
        let start = Instant::now();
        let parsed = read("a.md", &format!("---\n{yaml}\n---\n# T\n"));
        assert!(!parsed.problems.is_empty());
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", &yaml[..8]);
    }
}
