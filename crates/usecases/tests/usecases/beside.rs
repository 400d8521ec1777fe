//! What first attempts made of what is live, beside the text of what comes next; and what the preview tells of the rest.

use crate::common::{Db, MODULE, administrator, now, step, ticks, who};
use usecases::{
    Usecases,
    learn::PageBody,
    people::NewPerson,
    publish::{File, Published},
    question::{QuestionView, Sent, TaskView},
    quiz::Answered,
    role_play::{ASSESSED, Chosen},
    statistics::DaysTyped,
    studio::{Kind, Looked, ModulePreview, Preview, QuizPreview, ScenarioPreview},
    who::Who,
};

testbed::on_both_engines! {
    first_attempts_stand_beside_the_text_with_the_figures_of_the_statistics
    nothing_stands_beside_it_of_nine
    what_the_text_changed_has_no_shares
    figures_are_read_when_the_editor_is_opened_and_kept_while_somebody_writes
    the_preview_tells_what_the_front_matter_and_the_chips_say
    the_map_leads_to_the_text_and_tells_what_the_checks_say
}

const QUIZ: &str = "---\nkind: quiz\ntitle: Asked\npass: 50\n---\n\n# Asked\n\n## Who\n\nWho comes first?\n\n- [x] The person\n  > Yes.\n\
     - [ ] The telephone\n  > It can ring.\n- [ ] Nobody at all\n  > Somebody does.\n\n## What\n\nWhat do you say?\n\n- [x] Good morning\n  > Yes.\n\
     - [ ] Next\n  > That is cold.\n";
const ROLE_PLAY: &str = "---\nkind: scenario\ntitle: At the desk\npass: { score: 50 }\ncharacters: { Mr Bello: }\n---\n\n# At the desk\n\n## He asks\n\n\
     **Mr Bello:** How long?\n\n- [Say the truth](#he-nods) `best`\n  > Good.\n- [Shrug](#he-goes) `poor`\n  > Cold.\n\n## He nods\n\n`ending good`\n\nHe nods.\n\n\
     ## He goes\n\n`ending bad`\n\nHe goes.\n";

/// A house in which so many people have answered everything: all but every fourth rightly.
async fn house(usecases: &Usecases, people: usize) -> Who {
    let ada = administrator(usecases).await;
    for (path, source) in [("asked.md", QUIZ), ("desk.md", ROLE_PLAY)] {
        assert_eq!(usecases.publish(&File::alone(path, source), now()).await.expect("answered"), Published::New);
    }
    for number in 0..people {
        learns(usecases, &ada, number).await;
    }
    ada
}

async fn learns(usecases: &Usecases, ada: &Who, number: usize) {
    let staff_number = format!("N{number}");
    let new = NewPerson { name: "Somebody", email: "", staff_number: &staff_number };
    let who = who(usecases, usecases.add_person(ada, new, now()).await.expect("added")).await;
    let is_good = !number.is_multiple_of(4);

    let page = usecases.page(&who, "hello", "check-yourself").await.expect("a page");
    let PageBody::Check(question) = &page.body else { panic!("a check") };
    let step = step(&page, "check-yourself", &page.token);
    let sent = tick(question, if is_good { "in front of you" } else { "telephone" });
    usecases.answer_check(&who, step, &sent, now()).await.expect("answered");

    let intro = usecases.quiz(&who, "asked", now()).await.expect("a quiz");
    usecases.begin_quiz(&who, "asked", (None, &intro.token), now()).await.expect("begun");
    for (number, right, wrong) in [(1, "The person", "telephone"), (2, "Good morning", "Next")] {
        let shown = usecases.quiz_question(&who, "asked", number, now()).await.expect("answered").expect("a question");
        let sent = tick(&shown.question, if is_good { right } else { wrong });
        let (attempt, token) = (shown.attempt, shown.token.as_str());
        let answered = Answered { slug: "asked", attempt, number, times: 0, sent: &sent, token };
        usecases.answer(&who, answered, now()).await.expect("kept");
    }
    let review = usecases.review(&who, "asked", now()).await.expect("answered").expect("it is open");
    usecases.hand_in(&who, "asked", (review.attempt, &review.token), now()).await.expect("handed in");

    let intro = usecases.role_play(&who, "desk").await.expect("a role-play");
    usecases.begin_role_play(&who, "desk", (ASSESSED, None, &intro.token), now()).await.expect("begun");
    let scene = usecases.scene(&who, "desk").await.expect("answered").expect("it is open");
    let words = if is_good { "truth" } else { "Shrug" };
    let number = 1 + scene.choices.iter().position(|html| html.contains(words)).expect("the choice");
    let chosen = Chosen { slug: "desk", attempt: scene.attempt, at: scene.at, number, token: &scene.token };
    usecases.choose(&who, chosen, now()).await.expect("taken");
}

fn tick(question: &QuestionView, words: &str) -> Sent {
    let TaskView::Choice { options, .. } = &question.task else { panic!("a choice") };
    let place = 1 + options.iter().position(|option| option.html.contains(words)).expect("the answer");
    ticks(&[&place.to_string()])
}

async fn open(usecases: &Usecases, who: &Who, kind: Kind, slug: &str) -> Preview {
    usecases.editing(who, kind, slug).await.expect("the editor").looked.preview.expect("a preview")
}

async fn look(usecases: &Usecases, who: &Who, (kind, slug): (Kind, &str), source: &str) -> Looked {
    usecases.check_draft(who, kind, slug, source).await.expect("looked at")
}

fn quiz(preview: Option<Preview>) -> QuizPreview {
    let Some(Preview::Quiz(quiz)) = preview else { panic!("a quiz") };
    quiz
}

fn role_play(preview: Option<Preview>) -> ScenarioPreview {
    let Some(Preview::Scenario(scenario)) = preview else { panic!("a role-play") };
    *scenario
}

fn module(preview: Option<Preview>) -> ModulePreview {
    let Some(Preview::Module(module)) = preview else { panic!("a module") };
    module
}

async fn first_attempts_stand_beside_the_text_with_the_figures_of_the_statistics(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 12).await;
    let asked = quiz(Some(open(usecases, &ada, Kind::Quiz, "asked").await));
    let statistics = usecases.quiz_statistics(&ada, "asked", DaysTyped::default()).await.expect("statistics");
    for (question, line) in asked.questions.iter().zip(&statistics.items) {
        let beside = question.beside.as_ref().expect("twelve");
        assert_eq!((Some(&beside.figures), beside.is_changed), (line.figures.as_ref(), false));
        let page = beside.href.as_deref().expect("a page");
        assert_eq!(page, format!("/statistics/quizzes/asked#{}", line.id));
    }
    let first = &asked.questions[0].beside.as_ref().expect("twelve").figures;
    assert_eq!((first.people, first.facility[0]), (12, 75));

    let checked = module(Some(open(usecases, &ada, Kind::Module, "hello").await));
    let beside: Vec<_> = checked.pages.iter().map(|page| page.beside.as_ref()).collect();
    assert!(beside[0].is_none(), "there is nothing to answer");
    let check = beside[1].expect("twelve");
    let shares: Vec<_> = check.figures.options.iter().map(|option| (option.share, option.right)).collect();
    assert_eq!((check.figures.people, shares), (12, vec![(75, true), (25, false)]));
    assert_eq!((check.figures.discrimination, check.href.as_ref()), (None, None), "there is no rest, and no page");

    let played = role_play(Some(open(usecases, &ada, Kind::Scenario, "desk").await));
    let beside: Vec<_> = played.scenes.iter().filter_map(|scene| scene.beside.as_ref()).collect();
    assert_eq!(
        beside.iter().map(|beside| (beside.people, beside.share)).collect::<Vec<_>>(),
        [(12, 100), (12, 75), (12, 25)]
    );
    assert_eq!(beside[0].href, "/statistics/role-plays/desk#scene-he-asks");
    let took: Vec<_> = played.scenes[0].choices.iter().map(|choice| choice.share.expect("twelve").0).collect();
    assert_eq!(took, [75, 25]);
    let map = &played.map;
    assert_eq!(map.people, Some(12));
    assert_eq!(map.nodes.iter().map(|node| node.visits).collect::<Vec<_>>(), [Some(100), Some(75), Some(25)]);
    assert_eq!(map.nodes[0].ways.iter().map(|way| way.visits).collect::<Vec<_>>(), [Some(75), Some(25)]);
}

async fn nothing_stands_beside_it_of_nine(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 9).await;
    let asked = quiz(Some(open(usecases, &ada, Kind::Quiz, "asked").await));
    assert!(asked.questions.iter().all(|question| question.beside.is_none()));
    let checked = module(Some(open(usecases, &ada, Kind::Module, "hello").await));
    assert!(checked.pages.iter().all(|page| page.beside.is_none()));
    let played = role_play(Some(open(usecases, &ada, Kind::Scenario, "desk").await));
    assert!(played.scenes.iter().all(|scene| scene.beside.is_none()));
    assert!(played.map.people.is_none() && !played.map.svg.expect("a picture").contains('%'));
    // With the tenth it is told.
    learns(usecases, &ada, 9).await;
    let asked = quiz(Some(open(usecases, &ada, Kind::Quiz, "asked").await));
    assert!(asked.questions.iter().all(|question| question.beside.is_some()));
}

async fn what_the_text_changed_has_no_shares(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 12).await;
    let at = (Kind::Scenario, "desk");
    // A scene that is new, one that has another name now, and choices with other words.
    let new = ROLE_PLAY.replacen("[Shrug](#he-goes)", "[Shrug](#he-sits)", 1).replacen(
        "## He goes\n\n",
        "## He leaves\n\n`was he-goes`\n\n",
        1,
    ) + "\n## He sits\n\n- [Go on](#he-leaves)\n";
    let played = role_play(look(usecases, &ada, at, &new).await.preview);
    assert_eq!(
        played.map.nodes.iter().map(|node| node.visits).collect::<Vec<_>>(),
        [Some(100), Some(75), Some(25), None]
    );
    assert!(played.scenes[3].beside.is_none());
    assert_eq!(played.scenes[0].choices[1].share.expect("its words are the same").0, 25);
    for (from, to) in [("[Shrug]", "[Shrug and smile]"), ("- [Shrug](#he-goes) `poor`\n  > Cold.\n", "")] {
        let played = role_play(look(usecases, &ada, at, &ROLE_PLAY.replacen(from, to, 1)).await.preview);
        let beside = played.scenes[0].beside.as_ref().expect("it is the same scene");
        assert!(beside.is_changed && beside.share == 100, "{to}");
        assert!(played.scenes[0].choices.iter().all(|choice| choice.share.is_none()), "{to}");
        assert!(played.map.nodes[0].ways.iter().all(|way| way.visits.is_none()), "{to}");
    }

    let new =
        QUIZ.replacen("Nobody at all", "The doctor", 1) + "\n## New\n\nIs it?\n\n- [x] True\n- [ ] False\n\n> It is.\n";
    let asked = quiz(look(usecases, &ada, (Kind::Quiz, "asked"), &new).await.preview);
    let changed: Vec<_> = asked.questions.iter().map(|question| Some(question.beside.as_ref()?.is_changed)).collect();
    assert_eq!(changed, [Some(true), Some(false), None]);
    // The key as well.
    let turned =
        MODULE.replacen("- [x] The person", "- [ ] The person", 1).replacen("- [ ] The tele", "- [x] The tele", 1);
    let checked = module(look(usecases, &ada, (Kind::Module, "hello"), &turned).await.preview);
    assert!(checked.pages[1].beside.as_ref().expect("twelve").is_changed);
}

async fn figures_are_read_when_the_editor_is_opened_and_kept_while_somebody_writes(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 11).await;
    let people =
        |preview: Option<Preview>| quiz(preview).questions[0].beside.as_ref().map(|beside| beside.figures.people);
    assert_eq!(people(Some(open(usecases, &ada, Kind::Quiz, "asked").await)), Some(11));
    learns(usecases, &ada, 11).await;
    let at = (Kind::Quiz, "asked");
    assert_eq!(people(look(usecases, &ada, at, QUIZ).await.preview), Some(11), "a look reads none");
    assert_eq!(people(Some(open(usecases, &ada, Kind::Quiz, "asked").await)), Some(12));
    assert_eq!(people(look(usecases, &ada, at, QUIZ).await.preview), Some(12));
    // What is published has figures of its own, which scores as it did and is counted together.
    let reworded = QUIZ.replacen("Who comes first?", "Who is first?", 1);
    usecases.publish(&File::alone("asked.md", &reworded), now()).await.expect("published");
    assert_eq!(people(look(usecases, &ada, at, &reworded).await.preview), Some(12));
    let other =
        QUIZ.replacen("- [x] The person", "- [ ] The person", 1).replacen("- [ ] The tele", "- [x] The tele", 1);
    usecases.publish(&File::alone("asked.md", &other), now()).await.expect("published");
    assert_eq!(people(look(usecases, &ada, at, &other).await.preview), None, "nobody has met it");
}

async fn the_preview_tells_what_the_front_matter_and_the_chips_say(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 0).await;
    let text = "---\nkind: scenario\ntitle: The wait\nyou-are: Clerk\nminutes: 1\ncompetencies: [calm]\n\
         meters:\n  trust: { start: 40, show: mood }\npass: { score: 60 }\n---\n\n# The wait\n\n## He asks\n\n`tests calm` `weight 2`\n\n\
         `if trust > 30` He nods.\n\n`else` He frowns.\n\n> [!TIP]\n> Wait.\n\n\
         - [Truth](#then) `best` `trust +20` `set told`\n  > Good.\n- [Lie](#then) `poor` `trust -5` `if not told` `once`\n  > Bad.\n\n\
         ## Debrief\n\n`if told` You told him.\n\n- [ ] Told the truth `if told`\n\n1. What next?\n\n\
         ## Then\n\n1. [Well](#well) `if told and trust >= 50`\n2. [Badly](#badly) `otherwise`\n\n## Well\n\n`ending good`\n\n## Badly\n\n`ending bad`\n";
    let played = role_play(look(usecases, &ada, (Kind::Scenario, "wait"), text).await.preview);
    let said = |settings: &[(&str, String)], name: &str| {
        settings.iter().find(|(other, _)| *other == name).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    assert_eq!(said(&played.settings, "You are"), "Clerk");
    assert_eq!(said(&played.settings, "Meters"), "trust starts at 40 of 100, shown as a mood");
    assert_eq!(said(&played.settings, "Flags"), "told; none is set at the start");
    assert_eq!(said(&played.settings, "Passing"), "You pass with a score of 60 or more.");
    assert_eq!(said(&played.settings, "Takes"), "1 minute");
    let first = &played.scenes[0];
    assert_eq!(first.notes, ["Tests calm.", "Counts 2 times as much."]);
    let when: Vec<_> = first.blocks.iter().map(|block| block.condition.as_deref()).collect();
    assert_eq!(when, [Some("trust > 30"), Some("not trust > 30")]);
    assert!(first.hint_html.as_ref().is_some_and(|hint| hint.contains("Wait.")));
    assert_eq!(first.choices[0].effects, ["trust +20", "set told"]);
    assert_eq!(
        (first.choices[1].condition.as_deref(), &first.choices[1].effects),
        (Some("not told"), &vec!["trust −5".to_owned(), "once".to_owned()])
    );
    let routes: Vec<_> = played.scenes[1]
        .routes
        .iter()
        .map(|route| (route.to.as_ref().map(|(id, _)| id.as_str()), route.condition.as_deref()))
        .collect();
    assert_eq!(routes, [(Some("well"), Some("told and trust >= 50")), (Some("badly"), None)]);
    let line = |words: &str| Some(1 + text.lines().position(|line| line == words).expect("the line"));
    assert_eq!(played.debrief_line, line("## Debrief"));
    assert_eq!(Some(played.scenes[1].line), line("## Then"), "the debrief may stand before it");
    assert_eq!(played.debrief[0].condition.as_deref(), Some("told"));
    assert_eq!(played.checklist[0].condition.as_deref(), Some("told"));
    assert!(played.reflections[0].html.contains("What next?"));

    let text = "---\nkind: quiz\ntitle: Ask\npass: 80\nattempts: 3\nkeep: last\nretry: wrong\nfeedback: immediate\ntime-limit: 20m\ncompetencies: [calm]\n\
         draw: { phone: 1 }\n---\n\n# Ask\n\n## One\n\n`calm` `pool phone` `2 points`\n\nSo?\n\n- [x] Yes\n- [ ] No\n- [ ] Never\n\n> So.\n\n\
         ## Two\n\n`pool phone` `fixed`\n\nSo?\n\n- [x] Yes\n- [ ] No\n\n> So.\n\n## Three\n\nSo?\n\n- [x] True\n- [ ] False\n\n> So.\n";
    let asked = quiz(look(usecases, &ada, (Kind::Quiz, "ask"), text).await.preview);
    for (name, words) in [
        ("Passed with", "80 of 100 points"),
        ("Asks", "2 of 3 questions: 1 of 2 from the pool phone"),
        ("Attempts", "3; the last counts"),
        ("Another attempt", "asks only what was not wholly right"),
        ("Feedback", "after each answer, which then stands"),
        ("Time limit", "20 minutes"),
        ("Competencies", "calm"),
    ] {
        assert_eq!(said(&asked.settings, name), words, "{name}");
    }
    assert_eq!(asked.questions[0].notes, ["Tests calm.", "In the pool phone.", "2 points."]);
    assert_eq!(asked.questions[1].notes, ["In the pool phone.", "1 point.", "The answers keep their order."]);

    let text = MODULE.replacen("complete: [read]", "complete: [read]\ncompetencies: [calm]\nafter: [ask]\nvalid-for: 12 months\nrecall: { days: [3, 21], questions: 2 }", 1)
        + "\n## At your desk\n\n`reflect 5 words`\n\nWhat next?\n";
    let read = module(look(usecases, &ada, (Kind::Module, "hello"), &text).await.preview);
    for (name, words) in [
        ("Completed when", "every page is read"),
        ("Takes", "4 minutes"),
        ("Competencies", "calm"),
        ("Comes after", "ask"),
        ("Counts for", "12 months"),
        ("Asked again", "2 questions each time, 3 and 21 days after it was completed"),
    ] {
        assert_eq!(said(&read.settings, name), words, "{name}");
    }
    assert_eq!(read.pages[2].notes, ["Learners write something for themselves here, 5 words or more."]);
}

async fn the_map_leads_to_the_text_and_tells_what_the_checks_say(Db { usecases, .. }: &Db) {
    let ada = house(usecases, 0).await;
    let wrong =
        ROLE_PLAY.replacen("`poor`\n  > Cold.\n", "\n  > Cold.\n", 1) + "\n## Debrief\n\n`if nothing` Nothing.\n";
    let played = role_play(look(usecases, &ada, (Kind::Scenario, "desk"), &wrong).await.preview);
    let told: Vec<usize> = played.map.nodes.iter().map(|node| node.problems.len()).collect();
    assert_eq!(told, [1, 0, 0], "what is wrong with the debrief is no problem of the last scene");
    let svg = played.map.svg.as_deref().expect("a picture");
    let line = 1 + wrong.lines().position(|line| line == "## He nods").expect("the line");
    assert!(svg.contains(&format!("href=\"#line-{line}\" data-line=\"{line}\"")), "{svg}");
    assert_eq!(played.scenes[1].on_map.as_deref(), Some("map-scene-2"));
    assert!(svg.contains("id=\"map-scene-2\""));
    // On another page it leads to the editor.
    let page = usecases.draft_map(&ada, "desk", "/studio/scenario/desk").await.expect("a map");
    let map = page.map.expect("it can be read");
    assert_eq!(page.title, "At the desk");
    assert!(map.svg.expect("a picture").contains(&format!("href=\"/studio/scenario/desk#line-{line}\"")));
    assert!(usecases.draft_map(&ada, "asked", "/studio").await.is_err(), "a quiz has none");
}
