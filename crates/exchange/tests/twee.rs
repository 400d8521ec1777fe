//! Stories of Twine, in and out.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod told;

use std::collections::HashSet;

use courseware::scenario::{Scenario, Way};
use courseware::{Surroundings, parse};
use exchange::{ExchangeError, Imported, twee};
use proptest::prelude::*;
use told::{errors, said};

const NIGHT: &str = include_str!("files/night-shift.twee");

fn read(source: &str) -> Imported {
    twee::read("story.twee", source.as_bytes()).unwrap()
}

/// The scenes of a source.
fn scenes(source: &str) -> String {
    read(source).documents[0].1.split_once("\n## ").unwrap().1.to_owned()
}

fn scenario(path: &str, markdown: &str) -> Scenario {
    parse(path, markdown, &Surroundings::default()).scenario().unwrap().clone()
}

#[test]
fn passages_become_scenes_and_links_choices() {
    let imported = read(NIGHT);
    let (path, markdown) = &imported.documents[0];
    assert_eq!(path, "the-night-shift.md");
    let wanted = "---\nkind: scenario\ntitle: The night shift\npass: { score: 70 }\n---\n\n# The night shift\n\n\
                  ## The bell\n\nA bell rings at three in the morning. Bed \\\\\\[4\\\\\\].\n\nYou are calm.\n\n\
                  - [Go and look](#beside-him)\n- [Let it ring](#he-waits)\n\n\
                  ## He waits\n\nMr Alder rings **again**. He *sighs*.\n\n\
                  - [Go at once](#beside-him)\n- [Beside him](#beside-him)\n\n\
                  ## Beside him\n\n\"There you are,\" he says. You may sit down or look at the chart.\n\n\
                  - [sit down](#the-end)\n- [look at the chart](#the-chart)\n\n\
                  ## The end\n\n`ending good`\n\nHe sleeps.\n\n## The chart\n\n`ending mixed`\n\nThe chart is on the wall.\n";
    assert_eq!(markdown, wanted);
    // No story of Twine says how good a choice is, and why.
    assert!(errors(path, markdown).iter().all(|code| code == "S14"));
    let wanted = [
        "taken, the-night-shift.md: 5 scenes",
        "changed, the-night-shift.md: whoever scores 70 of 100 passes: what was brought says nothing that means the same",
        "left out, line 13: the passage “StoryScript”, which is for a program",
        "left out, line 16: the passage “Style”, which is a stylesheet",
        "left out, line 25: macros of “The bell”: <<if>>, <<set>>, [$…]",
        "to do, the-night-shift.md, lines 15, 16, 22, 23, 29, 30: this choice has neither a quality word nor feedback",
        "to do, the-night-shift.md: 1 remark stands beside the draft; it can be published without heeding them",
        "to do, line 25: what stood under a condition is always shown now",
        "to do, line 39: a passage that leads nowhere is taken for an ending that is mixed: say whether it is good, mixed or bad",
    ];
    assert_eq!(said(&imported.report), wanted);
}

#[test]
fn harlowe_and_chapbook_are_read_without_their_languages() {
    let data = |format: &str| format!(":: StoryData\n{{\"ifid\":\"x\",\"format\":\"{format}\"}}\n\n:: Start\n");
    let harlowe = data("Harlowe")
        + "(set: $x to (a: 1, 2))Hello $name. (if: $x is \")\")[You win. [[Go->End]]](else:)[[[Stay->Start]]] (link-goto: \"Jump\", \"End\") See (below).\n:: End\n";
    let wanted = "Start\n\nHello $name. You win. Go Stay Jump See (below).\n\n- [Go](#end)\n- [Stay](#start)\n- [Jump](#end)\n\n## End\n\n`ending mixed`\n";
    assert_eq!(scenes(&harlowe), wanted);
    let chapbook =
        data("Chapbook") + "calm: true\n--\n[if calm]\nYou are *calm*, {name}.\n\n> [[Go->End]]\n:: End\n**The end**\n";
    let wanted = "Start\n\nYou are *calm*, .\n\n- [Go](#end)\n\n## End\n\n`ending mixed`\n\n**The end**\n";
    assert_eq!(scenes(&chapbook), wanted);
    let snowman = data("Snowman") + "<% s.x = 1 %>Look. [[Go->End]]\n:: End\nx";
    assert_eq!(scenes(&snowman), "Start\n\nLook. Go\n\n- [Go](#end)\n\n## End\n\n`ending mixed`\n\nx\n");
}

#[test]
fn emphasis_of_every_format_is_emphasis_here() {
    let written = |format: &str, words: &str| {
        scenes(&format!(":: StoryData\n{{\"format\":\"{format}\"}}\n\n:: Start\n{words}\n\n[[Go->End]]\n:: End\nx"))
            .lines()
            .nth(2)
            .unwrap()
            .to_owned()
    };
    for (format, words, wanted) in [
        (
            "Harlowe",
            "**Good.** You *sit* down, ''slowly'' and //well//.",
            "**Good.** You *sit* down, **slowly** and *well*.",
        ),
        ("Harlowe", "***Loud*** and ~~gone~~", "**Loud** and ~~gone~~"),
        ("SugarCube", "__Under__ and ==gone== and **Good.**", "*Under* and ~~gone~~ and **Good.**"),
        ("", "**Good.**", "**Good.**"),
        // Blanks beside a sign, or letters around it, make it a plain one.
        ("SugarCube", "2 * 3 * 4, a_b__c__d, **open", "2 \\* 3 \\* 4, a_b\\_\\_c\\_\\_d, \\*\\*open"),
    ] {
        assert_eq!(written(format, words), wanted, "{format}");
    }
}

#[test]
fn who_speaks_in_bold_is_a_character() {
    let source = ":: Start\n''Mr Alder:'' Nurse!\n\n''Ada'': Yes?\n\n''Mind: the gap:'' no\n\n''Bold'' words\n\n[[Go->End]]\n:: End\n''Ada:'' Bye.\n";
    let imported = read(source);
    let (path, markdown) = &imported.documents[0];
    assert!(markdown.contains("characters:\n  Mr Alder: {}\n  \"Ada\": {}\npass:"), "{markdown}");
    assert!(
        markdown.contains("\n**Mr Alder:** Nurse!\n\n**Ada:** Yes?\n\nMind: the gap: no\n\n**Bold** words\n"),
        "{markdown}"
    );
    assert_eq!(errors(path, markdown), [""; 0]);
    let line = "changed, Story: whose bold name stands before what is said speaks now: Mr Alder, Ada";
    assert!(said(&imported.report).iter().any(|other| other == line));
}

#[test]
fn what_is_missing_is_named() {
    let imported = read(
        ":: One [x]\n[[Two]] [[Three->three?]] [[Web->https://example.org]]\n\n:: One\nagain\n\n::\nno name\n\n:: StoryData\n{ \"start\": \"Zero\"\n,}\n",
    );
    let lines = said(&imported.report);
    for line in [
        "left out, line 4: a second passage called “One”",
        "left out, line 7: a passage without a name, to which nothing can lead",
        "left out, line 12: StoryData cannot be read, so that the start and the format of the story are guessed",
        "left out, line 1: a link that leaves the story: “https://example.org”",
        "to do, line 1: “Two” leads to “Two”, which is not there",
        "to do, line 1: “Three” leads to “three?”, which is not there",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line}\nin\n{}", lines.join("\n"));
    }
    assert!(matches!(twee::read("a.twee", b"no passage"), Err(ExchangeError::Nothing(_))));
}

#[test]
fn names_of_passages_are_headings_of_their_own() {
    let source = ":: Debrief\n[[a]] [[Story]]\n:: a\nx\n:: A\ny\n:: Story\n[[!]]\n:: !\n[[A]]\n";
    let imported = read(source);
    let (path, markdown) = &imported.documents[0];
    let headings: Vec<&str> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, ["Debrief (2)", "a", "A (2)", "Story (2)", "Scene 5"]);
    assert!(errors(path, markdown).iter().all(|code| code == "S14"), "{markdown}");
}

#[test]
fn the_role_plays_of_the_starter_curriculum_go_out_and_their_words_and_ways_come_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if !text.contains("kind: scenario") || name == "README.md" {
            continue;
        }
        let before = scenario(&name, &text);
        let out = twee::write(&before);
        assert_eq!(out.text, twee::write(&before).text);
        let imported = read(&out.text);
        let after = scenario(&imported.documents[0].0, &imported.documents[0].1);
        assert_eq!(after.title, before.title);
        let told = |scenario: &Scenario, with_intro: bool| -> Vec<String> {
            let ways = |way: &Way| match way {
                Way::Choices(choices) => choices.iter().map(|choice| format!("{:?}", choice.to)).collect::<Vec<_>>(),
                Way::Routes(routes) => {
                    let mut ways: Vec<String> = routes.iter().map(|route| format!("{:?}", route.to)).collect();
                    let mut seen = HashSet::new();
                    ways.retain(|way| seen.insert(way.clone()));
                    ways
                }
                Way::Ending(ending) => vec![ending.as_str().to_owned()],
                Way::None => Vec::new(),
            };
            let scenes = scenario.nodes.iter().enumerate().map(|(at, node)| {
                let mut words: Vec<&str> = node.blocks.iter().map(|block| block.text.as_str()).collect();
                if at == 0 && with_intro {
                    words.splice(0..0, scenario.intro_text.iter().map(String::as_str));
                }
                let words = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{}: {words} {:?}", node.title, ways(&node.way))
            });
            scenes.collect()
        };
        assert_eq!(told(&after, false), told(&before, true), "{name}");
        let lines = said(&out.report);
        assert!(
            lines.iter().any(|line| line.starts_with("left out, “") && line.contains("how good each choice is")),
            "{lines:#?}"
        );
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn what_goes_out_is_no_markup_of_twine() {
    let source = "---\nkind: scenario\ntitle: T\npass: { score: 1 }\n---\n\n# T\n\n## A [b] | c -> d\n\n:: x [[y]] \\<b> ''z'' //w//\n\n- [a \\[\\[b\\]\\] -> c | d](#e--f)\n\n## E & F\n\n`ending bad`\n\nBye.\n";
    let before = scenario("t.md", source);
    let out = twee::write(&before).text;
    let (_, scenes) = out.split_once("\n}\n\n").unwrap();
    let wanted = ":: A (b) / c → d\n\\:: x [ [y]] &lt;b> '&#39;z'&#39; /&#47;w/&#47;\n\n[[a ((b)) → c / d->E & F]]\n\n:: E & F [ending-bad]\nBye.\n\n";
    assert_eq!(scenes, wanted);
    let imported = read(&out);
    assert!(imported.documents[0].1.contains(":: x \\[ \\[y\\]\\] \\<b> ''z'' //w//\n"), "{}", imported.documents[0].1);
    assert_eq!(errors("t.md", &imported.documents[0].1), [""; 0]);
}

/// Pieces that mean something to Twee, to its story formats or to our own reader.
const PIECES: &[&str] = &[
    ":: a\n",
    ":: b [x]\n",
    "\n:: c {\"x\":1}\n",
    "\n:: StoryData\n{\"format\":\"Harlowe\"}\n",
    "\n:: StoryData\n{\"format\":\"Chapbook\"}\n",
    "\n:: Debrief\n",
    "\n::",
    "[[a]]",
    "[[b->a]]",
    "[[a<-c]]",
    "[[c|b]]",
    "[[c|b][$x]]",
    "[[",
    "]]",
    "[",
    "]",
    "[img[x|y][a]]",
    "<<set $x>>",
    "<<link \"a\" \"b\">>",
    "<<script>>",
    "<</script>>",
    "<<",
    ">>",
    "(if: $x)[",
    "(link-goto: \"a\")",
    "(set:",
    "(",
    ")",
    "<% x %>",
    "<%",
    "{x}",
    "$v",
    "''",
    "//",
    "/*",
    "*/",
    "<!--",
    "-->",
    "\n",
    "\n\n",
    "a",
    "b c ",
    "**Bob:** hi",
    "''Cy'': ho",
    "''",
    "'' :",
    ":",
    "*",
    "# h",
    "##h",
    "- [ ] x",
    "- x\n",
    "1. x\n",
    "> q",
    "`if x`",
    "`best`",
    "![a](b)",
    "[a](#b)",
    "](#b)",
    "](b c)",
    "<b>",
    "</b>",
    "<script>",
    "<ul><li>[x](",
    "<a href='https://a.b/c d'>",
    "</a>",
    "\u{fdd0}",
    "\u{fdd1}",
    "\u{202e}",
    "\0",
    "é",
    "ß",
    "--\n",
    "x: y\n",
    "{law}",
    "otherwise",
    "<p>",
    "<strong>Ann:</strong> hello",
    "---\n",
    "===\n",
    "\\",
    "|a|b|\n|--|--|\n",
    "debrief",
    "<li>",
    "<ol>",
];

#[test]
fn words_that_look_like_a_condition_or_a_speaker_stay_words() {
    for words in
        ["<b>- x\n</b>:: a", "`if x`>0", "if x > 60 you win", "if x >= 60", "if <b>x</b> >60", "“if x<=5”", "if x<5"]
    {
        let source = format!(":: a\n{words}\n");
        for (path, markdown) in &read(&source).documents {
            let found = errors(path, markdown);
            assert!(found.iter().all(|code| UNFINISHED.contains(&code.as_str())), "{found:?} in\n{markdown}");
        }
    }
}

/// What a story cannot help: how good choices are, where they lead, loops, and a start that is an end.
const UNFINISHED: [&str; 5] = ["S01", "S03", "S05", "S13", "S14"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn whatever_is_brought_is_a_draft_without_slips(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40), more in "[ -~]{0,20}") {
        let source = format!(":: a\n{}{more}", pieces.concat());
        for (path, markdown) in &read(&source).documents {
            let found: Vec<String> = errors(path, markdown).into_iter().filter(|code| !UNFINISHED.contains(&code.as_str())).collect();
            prop_assert!(found.is_empty(), "{:?} in\n{}\nfrom\n{}", found, markdown, source);
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = twee::read("a.twee", &bytes);
    }
}
