//! What holds for every text: the parser answers, quickly and with places inside the text; hashes ignore what does not
//! show; grading stays between nothing and everything.

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

/// Pieces that try to get markup, targets and attributes past the writer of HTML.
fn hostile_pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>alert(1)</script>"),
        Just("<img src=x onerror=alert(1)>"),
        Just("<b>"),
        Just("<!-- a -->"),
        Just("<!--"),
        Just("[a](javascript:alert(1))"),
        Just("[a](java&#10;script:x \"t\" onclick=x)"),
        Just("[a](b.md \"\\\" onclick=\\\"x\")"),
        Just("![a\" onerror=\"x](b.svg '\"><script>')"),
        Just("![\"{law}](img/a.svg)"),
        Just("![a](data:image/svg+xml,x)"),
        Just("[![a](img/v.mp4)](https://example.org/?a=\"b\"&c)"),
        Just("![v](img/v.mp4)"),
        Just("<javascript:alert(1)>"),
        Just("<https://example.org/'\"`>"),
        Just("<a@example.org>"),
        Just("[a][r] [r]: //host"),
        Just("\n\n[r]: javascript:x\n\n"),
        Just("`<b>{law}`"),
        Just("```a\" onclick=\"b\n<b>\n"),
        Just("```\n"),
        Just("\n    <b>\n"),
        Just("### {law} \\{law} {lw} <b>\n"),
        Just("# a\n"),
        Just("## a\n"),
        Just("\n\n#### a\n"),
        Just("\n> ## a\n"),
        Just("| a | b |\n|:-:|--:|\n| c | d |\n"),
        Just("\n- "),
        Just("\n1. "),
        Just("\n7) "),
        Just("  "),
        Just("- [x] a `25%`\n"),
        Just("`check`\n\n"),
        Just("`cards`\n\n"),
        Just("\n> [!TIP]\n> "),
        Just("> "),
        Just("*"),
        Just("**"),
        Just("~~"),
        Just("&lt;b&gt; &amp; &#123;law}"),
        Just("a\u{202e}\0"),
        Just("\\\n"),
        Just("\n\n"),
        Just("\n***\n"),
        Just("a"),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|all| all.concat())
}

/// Checks HTML without a browser: only known tags, each closed where it must be, each attribute quoted and known, each
/// address harmless, and no brace that opens no known token.
fn check_html(html: &str) -> Result<(), String> {
    const VOID: [&str; 4] = ["br", "hr", "img", "track"];
    const TAGS: [&str; 28] = [
        "a",
        "aside",
        "blockquote",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "video",
        "br",
        "hr",
        "img",
    ];
    const ATTRIBUTES: [&str; 21] = [
        "alt",
        "aria-label",
        "class",
        "controls",
        "default",
        "height",
        "href",
        "kind",
        "label",
        "loading",
        "preload",
        "rel",
        "role",
        "scope",
        "src",
        "start",
        "tabindex",
        "title",
        "width",
        "lang",
        "id",
    ];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>']) {
        let before = rest.get(..at).unwrap_or("");
        check_braces(before)?;
        let tag = rest.get(at..).and_then(|tag| tag.strip_prefix('<')).ok_or("a bare >")?;
        let (tag, after) = tag.split_once('>').ok_or("an open tag")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !TAGS.contains(&name) && name != "track" {
            return Err(format!("<{name}> is not allowed"));
        }
        if !VOID.contains(&name) {
            open.push(name);
        }
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").ok_or_else(|| format!("no quotes in {tag:?}"))?;
            let (value, after) = value.split_once('"').ok_or_else(|| format!("no end of quotes in {tag:?}"))?;
            attributes = after.strip_prefix(' ').unwrap_or(after);
            if !ATTRIBUTES.contains(&key) {
                return Err(format!("{key} in {tag:?}"));
            }
            if value.contains(['<', '{', '\'']) {
                return Err(format!("{value:?} in {tag:?}"));
            }
            let lower = value.to_lowercase();
            let head = lower.split(['/', '?', '#']).next().unwrap_or("");
            let scheme = head.split_once(':').map(|(scheme, _)| scheme);
            let harmless = match key {
                "src" => scheme.is_none() && !lower.starts_with('/') && !lower.contains('\\'),
                "href" => {
                    matches!(scheme, None | Some("http" | "https" | "mailto" | "tel"))
                        && !lower.starts_with('/')
                        && !lower.contains('\\')
                }
                _ => true,
            };
            if !harmless || value.chars().any(char::is_control) && key != "alt" && key != "title" {
                return Err(format!("{key}={value:?}"));
            }
        }
    }
    check_braces(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} are not closed")) }
}

fn check_braces(text: &str) -> Result<(), String> {
    let known = ["{organisation}", "{currency}", "{privacy_lead}", "{law}", "{emergency_no}", "{payer}"];
    let unknown = |at: usize| !known.iter().any(|token| text.get(at..).is_some_and(|rest| rest.starts_with(token)));
    match text.match_indices('{').find(|(at, _)| unknown(*at)) {
        Some(_) => Err(format!("a brace in {text:?}")),
        None => Ok(()),
    }
}

/// Every piece of HTML of a module.
fn html(module: &courseware::Module) -> Vec<&str> {
    let mut found = vec![module.intro_html.as_str()];
    for page in &module.pages {
        found.push(&page.html);
        if let courseware::PageKind::Check(question) = &page.kind {
            found.push(&question.stem_html);
            found.extend(question.hint_html.as_deref());
            found.extend(question.feedback_html.as_deref());
            for choice in &question.options {
                found.push(&choice.html);
                found.extend(choice.feedback_html.as_deref());
            }
        }
    }
    found
}

fn folder() -> Surroundings {
    let image = courseware::Entry::Image { width: 640, height: 360 };
    let files = [("img/a.svg", image), ("img/v.mp4", courseware::Entry::File), ("img/v.vtt", courseware::Entry::File)];
    let files = files.into_iter().map(|(path, entry)| (path.to_owned(), entry));
    Surroundings { folder: Some(files.collect()), ..Surroundings::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn fixes_come_to_an_end_and_add_no_error(body in pieces(), crlf in any::<bool>()) {
        let mut source = format!("---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n{body}");
        if crlf {
            source = source.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        let codes = |document: &Document| {
            let errors = document.problems.iter().filter(|problem| problem.is_error());
            errors.map(|problem| problem.code).collect::<std::collections::BTreeSet<_>>()
        };
        let mut parsed = read("t.md", &source);
        let before = codes(&parsed);
        let mut rounds = 0;
        loop {
            let fixes: Vec<courseware::Fix> = parsed.problems.iter().filter_map(|problem| problem.fix.clone()).collect();
            if fixes.is_empty() {
                break;
            }
            let fixed = courseware::apply(&source, &fixes);
            prop_assert_ne!(&fixed, &source);
            parsed = read("t.md", &fixed);
            // A list that is none hides what is wrong with its answers, and a hint that is none passes for feedback. One
            // cause, one message: what they kept silent is told when they are mended, and nothing else.
            let silenced = |code: Code| match code {
                Code::Q01 | Code::Q03 | Code::Q09 | Code::Q11 | Code::C06 => before.contains(&Code::Q01) || before.contains(&Code::Q02),
                Code::Q08 => before.iter().any(|code| matches!(code, Code::Q01 | Code::Q02 | Code::C08)),
                _ => false,
            };
            let new: Vec<Code> = codes(&parsed).difference(&before).copied().filter(|code| !silenced(*code)).collect();
            prop_assert!(new.is_empty(), "{:?}\n{}\n=====\n{}", new, source, fixed);
            source = fixed;
            rounds += 1;
            prop_assert!(rounds < 50, "{}", source);
        }
    }

    #[test]
    fn a_fix_changes_its_own_bytes_only(
        source in "[a-zé\n]{0,20}", fixes in prop::collection::vec((0_usize..24, 0_usize..5, "[A-Z]{0,3}"), 0..5),
    ) {
        let fixes: Vec<courseware::Fix> =
            fixes.into_iter().map(|(start, length, text)| courseware::Fix { start, end: start + length, text }).collect();
        let fixed = courseware::apply(&source, &fixes);
        // What was not written by a fix is what was there, in order: each small letter that is left.
        let left: String = fixed.chars().filter(|c| !c.is_ascii_uppercase()).collect();
        let mut rest = source.chars();
        prop_assert!(left.chars().all(|c| rest.any(|other| other == c)));
        if let [fix] = fixes.as_slice() {
            let wanted = match (source.get(..fix.start), source.get(fix.start..fix.end), source.get(fix.end..)) {
                (Some(before), Some(_), Some(after)) => format!("{before}{}{after}", fix.text),
                _ => source.clone(),
            };
            prop_assert_eq!(fixed, wanted);
        }
    }

    #[test]
    fn html_holds_nothing_but_what_is_allowed(body in hostile_pieces(), text in any::<String>()) {
        for body in [body.clone(), text.clone(), format!("{body}{text}"), format!("`check`\n\n{body}\n\n- [x] {body}\n- [ ] a\n  > {text}\n")] {
            let source = format!("---\nkind: module\ntitle: T\n---\n# T\n\n{body}\n\n## P\n\n{body}\n");
            for around in [Surroundings::default(), folder()] {
                let parsed = parse("t.md", &source, &around);
                for html in parsed.module().map(html).unwrap_or_default() {
                    if let Err(why) = check_html(html) {
                        prop_assert!(false, "{}\n{}\n{}", why, html, body);
                    }
                }
            }
        }
    }

    #[test]
    fn no_level_of_heading_is_skipped(levels in prop::collection::vec(1_usize..=6, 0..12)) {
        let body: String = levels.iter().map(|level| format!("> {} a\n\nb\n\n{} a\n\n", "#".repeat(*level), "#".repeat((*level).max(3)))).collect();
        let parsed = read("t.md", &format!("---\nkind: module\ntitle: T\n---\n# T\n\n{body}## P\n\n{body}"));
        let module = parsed.module().unwrap();
        for (above, html) in [(1, &module.intro_html), (2, &module.pages[0].html)] {
            let mut last = above;
            for (at, _) in html.match_indices("<h") {
                let level: usize = html[at + 2..at + 3].parse().unwrap();
                prop_assert!(level > above && level <= last + 1, "{}", html);
                last = level;
            }
        }
    }
}
