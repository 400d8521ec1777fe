//! The starter curriculum (curriculum.md): every document is clean and has what each of its kind must have, every module can be completed
//! by somebody who knows everything and by somebody who fails first, and no sentence is taken from where its facts come from.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use courseware::{
    Content, Module, Quiz, Scenario,
    module::PageKind,
    play::{Play, Step},
    question::Task,
    scenario::{Quality, Way},
};
use jiff::{Timestamp, civil::date};
use server::content::{self, Checked};
use usecases::{Usecases, demo::Manner, people::NewPerson, set_up::FirstAdministrator};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

/// Every document of the folder, with everything that the checks find in it.
fn curriculum() -> Vec<Checked> {
    content::check(&content::find(&folder(), date(2026, 11, 28)).unwrap())
}

fn of<'a, T>(all: &'a [Checked], pick: impl Fn(&'a Content) -> Option<&'a T>) -> BTreeMap<&'a str, &'a T> {
    let found = all.iter().filter_map(|file| {
        let content = file.document.content.as_ref()?;
        Some((content.slug(), pick(content)?))
    });
    found.collect()
}

fn modules(all: &[Checked]) -> BTreeMap<&str, &Module> {
    of(all, |content| if let Content::Module(module) = content { Some(module) } else { None })
}

fn quizzes(all: &[Checked]) -> BTreeMap<&str, &Quiz> {
    of(all, |content| if let Content::Quiz(quiz) = content { Some(quiz) } else { None })
}

fn role_plays(all: &[Checked]) -> BTreeMap<&str, &Scenario> {
    of(all, |content| if let Content::Scenario(scenario) = content { Some(scenario) } else { None })
}

#[test]
fn every_document_is_clean() {
    let all = curriculum();
    for file in &all {
        let problems: Vec<_> = file.document.problems.iter().map(|problem| &problem.message).collect();
        assert!(problems.is_empty(), "{}: {problems:?}", file.shown);
    }
    assert_eq!((modules(&all).len(), role_plays(&all).len(), quizzes(&all).len()), (12, 10, 12));
    // What the program brings is the same.
    let brought: Vec<_> = content::starter().into_iter().map(|file| (file.path, file.document.content)).collect();
    let mut here: Vec<_> = all.into_iter().map(|file| (file.path, file.document.content)).collect();
    here.sort_by_key(|(path, content)| (matches!(content, Some(Content::Module(_))), path.clone()));
    assert_eq!(brought, here);
}

#[test]
fn the_paths_ask_for_modules_that_are_there() {
    let text = fs::read_to_string(folder().join("paths.yaml")).unwrap();
    let plan = courseware::plan(&text).unwrap();
    assert_eq!(plan, content::starter_plan());
    let all = curriculum();
    let modules = modules(&all);
    assert_eq!(
        plan.asks.iter().map(|ask| ask.module.as_str()).collect::<HashSet<_>>(),
        modules.keys().copied().collect()
    );
    for ask in &plan.asks {
        let quiz = ask.refresher.as_deref().unwrap();
        assert!(quizzes(&all).contains_key(quiz), "{quiz}");
        // A path counts as long as the module says of itself.
        let own = modules[ask.module.as_str()].valid_for.unwrap();
        assert_eq!(own, courseware::module::ValidFor::Months(ask.months.unwrap()), "{}", ask.module);
    }
    for path in &plan.paths {
        // What a module says should come first comes first.
        for (at, slug) in path.modules.iter().enumerate() {
            for before in &modules[slug.as_str()].after {
                assert!(path.modules[..at].contains(before), "{}: {before} before {slug}", path.name);
            }
        }
    }
}

#[test]
fn every_module_has_what_a_module_needs() {
    let all = curriculum();
    let mut required: Vec<&str> = Vec::new();
    for (slug, module) in modules(&all) {
        let words = |html: &str| {
            let text = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
            text.flat_map(str::split_whitespace).count()
        };
        let read: usize = module.pages.iter().map(|page| words(&page.html)).sum();
        let minutes = module.minutes.unwrap();
        assert!(minutes <= 10, "{slug} takes {minutes} minutes");
        assert!(read <= usize::try_from(minutes).unwrap() * 200, "{slug} has {read} words for {minutes} minutes");
        let checks = module.pages.iter().filter(|page| matches!(page.kind, PageKind::Check(_))).count();
        assert!(checks >= 2, "{slug} has {checks} checks");
        let reflects = module.pages.iter().any(|page| matches!(page.kind, PageKind::Reflect { .. }));
        assert!(reflects, "{slug} has no reflection");
        assert!(module.pages.iter().any(|page| page.html.contains("<table")), "{slug} has no table of words");
        let last = module.pages.last().unwrap();
        assert!(last.html.contains("eviewed"), "{slug} says on no last page when it was reviewed");
        assert!(module.review_by.is_some() && module.valid_for.is_some(), "{slug}");
        assert!(module.activities().any(|activity| activity.slug == format!("{slug}-quiz")), "{slug} has no quiz");
        assert!(all.iter().any(|file| file.path == format!("{slug}-aid.md")), "{slug} has no page to print");
        if module.complete.contains(&courseware::Requirement::Scenario) {
            let plays = role_plays(&all);
            required.extend(module.activities().map(|one| one.slug.as_str()).filter(|one| plays.contains_key(one)));
        }
    }
    // Each role-play is required by one module.
    required.sort_unstable();
    let plays = role_plays(&all);
    assert_eq!(required, plays.keys().copied().collect::<Vec<_>>());
}

#[test]
fn every_quiz_asks_two_questions_an_objective_in_two_forms() {
    for (slug, quiz) in quizzes(&curriculum()) {
        let drawn: u32 = quiz.draw.iter().map(|draw| draw.count).sum();
        assert!(drawn >= 6, "{slug} draws {drawn}");
        for draw in &quiz.draw {
            let forms = quiz.questions.iter().filter(|question| question.pool.as_ref() == Some(&draw.pool)).count();
            assert!(forms > usize::try_from(draw.count).unwrap(), "{slug}: {} has {forms} forms", draw.pool);
        }
        for question in &quiz.questions {
            let Task::Choice(choice) = &question.task else { continue };
            if choice.multiple {
                continue;
            }
            assert_eq!(choice.options.len(), 3, "{slug}: {}", question.title);
            let without = choice.options.iter().filter(|option| option.feedback_html.is_none()).count();
            assert_eq!(without, 0, "{slug}: {} has answers without feedback", question.title);
        }
    }
}

/// Plays by a rule that says which of the choices to take: the number of the decision, and the choices from the best to the worst.
fn play<'a>(scenario: &'a Scenario, rule: impl Fn(usize, usize) -> usize) -> Play<'a> {
    let mut play = Play::start(scenario, [7; 32].as_slice().try_into().unwrap_or_default()).unwrap();
    for number in 0..200 {
        if play.ending().is_some() {
            break;
        }
        let node = play.passed().last().unwrap().node;
        let mut choices = play.scene().choices;
        choices.sort_by_key(|choice| (std::cmp::Reverse(node.share(choice)), choice.is_critical()));
        let at = rule(number, choices.len()).min(choices.len() - 1);
        let step = Step { node: node.id.clone(), choice: choices[at].id };
        play.take(&step).unwrap();
    }
    play
}

#[test]
fn every_role_play_tempts_and_lets_mistakes_be_repaired() {
    for (slug, scenario) in role_plays(&curriculum()) {
        let scenes = scenario.nodes.len();
        assert!((12..=25).contains(&scenes), "{slug} has {scenes} scenes");
        let mut qualities = HashSet::new();
        let mut turns = 0;
        for node in &scenario.nodes {
            let Way::Choices(choices) = &node.way else { continue };
            turns += usize::from(choices.len() > 1);
            for choice in choices {
                qualities.extend(choice.quality.map(|quality| format!("{quality:?}")));
                assert!(choice.feedback_html.is_some(), "{slug}: {} has no feedback", choice.text);
            }
        }
        assert!(turns >= 3, "{slug} has {turns} turning points");
        for quality in [Quality::Best, Quality::Ok, Quality::Poor, Quality::Critical] {
            assert!(qualities.contains(&format!("{quality:?}")), "{slug} has nothing that is {quality:?}");
        }
        let best = play(scenario, |_, _| 0).outcome().unwrap();
        assert!(best.passed, "{slug}: the best line does not pass");
        assert!(!best.debrief.is_empty() && !best.checklist.is_empty(), "{slug} has no debrief");
        // A mistake at the beginning, of whatever kind, can be repaired.
        for mistake in 1..3 {
            let repaired = play(scenario, |number, many| if number == 0 { mistake.min(many - 1) } else { 0 });
            let outcome = repaired.outcome().unwrap();
            let critical = outcome.critical > 0;
            assert!(outcome.passed || critical, "{slug}: mistake {mistake} at the beginning cannot be repaired");
        }
        // The best line is not the only one that passes, and the worst does not.
        let others =
            (1..6).filter(|at| play(scenario, |number, _| usize::from(number == *at)).outcome().unwrap().passed);
        assert!(others.count() >= 2, "{slug} lets only the best line pass");
        let worst = play(scenario, |_, many| many - 1).outcome().unwrap();
        assert!(!worst.passed, "{slug}: the worst line passes");
        assert!(
            !best.debrief.iter().map(|block| &block.text).eq(worst.debrief.iter().map(|block| &block.text)),
            "{slug}: one debrief for all"
        );
    }
}

#[tokio::test]
async fn everything_can_be_completed_by_who_knows_it_and_by_who_fails_first() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("starter.db").display());
    let now: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
    let store = store::Store::open(&url).await.unwrap();
    store.migrate(now.as_microsecond()).await.unwrap();
    let usecases = Usecases::new(store.clone());
    server::serve::publish_starter(&usecases, now).await.unwrap();
    let token = usecases.make_set_up_link(now).await.unwrap().unwrap();
    let first = FirstAdministrator {
        organisation: "Mercy Clinic",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: "ada@mercy.example",
        password: "kettle moss violin dune",
        from: None,
    };
    let ada = usecases.set_up(&token, first, now).await.unwrap();
    let ada = usecases.who(ada).await.unwrap().unwrap();
    for (name, manner) in [("Best Bako", Manner::Best), ("Mira Meda", Manner::Repairing)] {
        let new = NewPerson { name, email: "", staff_number: &name.replace(' ', "-") };
        let person = usecases.add_person(&ada, new, now).await.unwrap();
        let who = usecases.who(person).await.unwrap().unwrap();
        assert_eq!(usecases.modules(&who).await.unwrap().len(), 12);
        let left = usecases.learn_everything(&who, &ada, manner, now).await.unwrap();
        assert!(left.is_empty(), "{name} did not complete {left:?}");
        let mut failed = 0;
        for live in store.live_documents("quiz").await.unwrap() {
            let tried = store.tried(person, Some(live.document)).await.unwrap();
            failed += usize::from(tried.iter().any(|one| one.passed == Some(false)));
            assert!(tried.iter().any(|one| one.passed == Some(true)), "{name} passed {}", live.slug);
        }
        assert_eq!(failed, if manner == Manner::Best { 0 } else { 12 }, "{name}");
    }
    store.close().await;
}

#[test]
fn no_sentence_is_taken_from_where_the_facts_come_from() {
    // The hashes of every six words in a row of the articles that the curriculum draws on, 48 bits each, in order.
    let runs: Vec<&[u8]> = include_bytes!("starter/runs.bin").chunks(6).collect();
    let mut files: Vec<PathBuf> = vec![folder().join("competencies.yaml")];
    for below in ["", "img"] {
        files.extend(fs::read_dir(folder().join(below)).unwrap().map(|entry| entry.unwrap().path()));
    }
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).unwrap().to_lowercase().replace('’', "'");
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .map(|word| word.trim_matches('\''))
            .filter(|word| !word.is_empty())
            .collect();
        for run in words.windows(6) {
            let run = run.join(" ");
            let hash = run
                .bytes()
                .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            let found = runs.binary_search(&&hash.to_be_bytes()[..6]).is_ok();
            assert!(!found, "{}: “{run}” stands in an article", file.display());
        }
    }
    assert!(runs.len() > 8000, "the articles are there");
}
