//! Questions between cycles and the calendar, without a browser: when they come, in which words, what they change and what they never do.

use crate::common::{Db, administrator, now, ticks, who};
use jiff::{SignedDuration, Timestamp, civil::date};
use store::Verified;
use usecases::{
    Failure, Usecases,
    audit::Search,
    learn::{PageBody, Step},
    people::NewPerson,
    publish::{File, Published},
    question::{QuestionView, Rightness, StemPart, TaskView},
    recall::{RecallClosing, RecallQuestion, RecallStands, Recalled},
    who::Who,
};

testbed::on_both_engines! {
    three_questions_come_on_the_days_of_the_plan
    what_waited_says_how_long_ago_it_really_was
    a_module_has_its_own_plan
    what_was_missed_comes_back_and_missed_twice_has_a_page_to_read
    a_question_comes_again_in_other_words
    keys_are_hidden_until_the_answer_which_stands
    a_session_goes_on_as_it_began
    a_form_drawn_before_a_new_version_is_not_read_as_the_new_one
    answers_change_no_status_and_no_ledger
    well_kept_is_enough_for_a_challenge_and_badly_kept_suggests_the_module
    a_new_completion_begins_a_new_plan
    a_module_without_a_quiz_asks_its_checks_and_one_without_either_nothing
    what_was_never_completed_is_not_there
    a_calendar_has_days_and_its_link_can_be_renewed_and_ended
}

const QUIZ: &str = "---
kind: quiz
title: Asked
pass: 50
draw: { greet: 1 }
---

# Asked

## Greeting

`pool greet`

What do you say first, GREET-ONE?

- [x] KEY good morning
  > FEEDBACK-RIGHT
- [ ] Next please
  > FEEDBACK-WRONG

## Welcome

`pool greet`

What do you say first, GREET-TWO?

- [x] KEY welcome
  > FEEDBACK-RIGHT
- [ ] Your name
  > FEEDBACK-WRONG

## Waiting

How do you say that WAITING takes long?

- [x] KEY about forty minutes
  > FEEDBACK-RIGHT
- [ ] Soon
  > FEEDBACK-WRONG

## Telephone

The TELEPHONE rings meanwhile. What now?

- [x] KEY let it ring
  > FEEDBACK-RIGHT
- [ ] Take it
  > FEEDBACK-WRONG
";

const MODULE: &str = "---
kind: module
title: At the desk
minutes: 3
complete: [read]
valid-for: 12 months
---

# At the desk

## Looking up

Faces matter.

## Waiting rooms

Waiting takes long when nobody says how long waiting takes.

## Prove

[Asked](asked.md)
";

async fn publish(usecases: &Usecases, path: &str, source: &str) {
    let published = usecases.publish(&File::alone(path, source), now()).await.expect("answered");
    assert_eq!(published, Published::New, "{path}");
}

/// A house with the module, and somebody who completed it on 2 March.
async fn house(usecases: &Usecases) -> Who {
    let ada = administrator(usecases).await;
    publish(usecases, "asked.md", QUIZ).await;
    publish(usecases, "desk.md", MODULE).await;
    read(usecases, &ada, "desk", &["looking-up", "waiting-rooms", "prove"], now()).await;
    ada
}

async fn learner(usecases: &Usecases, ada: &Who, number: &str) -> Who {
    let new = NewPerson { name: number, email: "", staff_number: number };
    who(usecases, usecases.add_person(ada, new, now()).await.expect("added")).await
}

async fn read(usecases: &Usecases, who: &Who, slug: &str, pages: &[&str], at: Timestamp) {
    for page in pages {
        let shown = usecases.page(who, slug, page).await.expect("a page");
        let step = Step { slug, page, token: &shown.read_token, version: shown.version, newest: shown.newest };
        usecases.mark_read(who, step, at).await.expect("read");
    }
}

fn later(days: i64) -> Timestamp {
    now().saturating_add(SignedDuration::from_hours(24 * days)).expect("a later day")
}

/// What is due: of how many questions, and why.
async fn due(usecases: &Usecases, who: &Who, days: i64) -> Vec<(usize, String)> {
    let overview = usecases.recall(who, later(days)).await.expect("read");
    overview.due.into_iter().map(|due| (due.questions, due.why)).collect()
}

async fn asked(usecases: &Usecases, who: &Who, number: usize, days: i64) -> RecallQuestion {
    usecases.recall_question(who, "desk", number, later(days)).await.expect("answered").expect("a question")
}

/// What a question asks, as it is shown.
fn words(view: &QuestionView) -> String {
    let html = view.stem.iter().filter_map(|part| match part {
        StemPart::Html(html) => Some(html.as_str()),
        StemPart::Blank(_) => None,
    });
    html.collect()
}

/// The place of the right answer, or of the wrong one.
fn place(view: &QuestionView, right: bool) -> String {
    let TaskView::Choice { options, .. } = &view.task else { panic!("{view:?}") };
    let at = options.iter().position(|option| option.html.contains("KEY") == right).expect("the answer");
    (at + 1).to_string()
}

async fn give(
    usecases: &Usecases,
    who: &Who,
    asked: &RecallQuestion,
    right: bool,
    days: i64,
) -> Result<String, Failure> {
    let place = place(&asked.question, right);
    let sent = ticks(&[&place]);
    let (slug, session, number, token) = (&asked.slug, &asked.session, asked.number, &asked.token);
    usecases.answer_recall(who, Recalled { slug, session, number, sent: &sent, token }, later(days)).await
}

/// Answers all that is asked on a day; right says so for the words of each question. Returns those words.
async fn hold(usecases: &Usecases, who: &Who, days: i64, right: impl Fn(&str) -> bool) -> Vec<String> {
    let mut told = Vec::new();
    while let RecallStands::Question(href) = usecases.recall_session(who, "desk", later(days)).await.expect("it stands")
    {
        let number = href.rsplit('/').next().expect("a number").parse().expect("a number");
        let question = asked(usecases, who, number, days).await;
        let words = words(&question.question);
        give(usecases, who, &question, right(&words), days).await.expect("taken");
        told.push(words);
    }
    told
}

async fn closing(usecases: &Usecases, who: &Who, days: i64) -> RecallClosing {
    match usecases.recall_session(who, "desk", later(days)).await.expect("it stands") {
        RecallStands::Nothing(closing) => closing,
        RecallStands::Question(href) => panic!("{href}"),
    }
}

async fn three_questions_come_on_the_days_of_the_plan(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    assert!(due(usecases, &ada, 2).await.is_empty());
    let before = closing(usecases, &ada, 2).await;
    assert_eq!((before.next, before.right.len(), before.back.len()), (Some(date(2026, 3, 5)), 0, 0));
    let overview = usecases.recall(&ada, later(3)).await.expect("read");
    let [first] = &overview.due[..] else { panic!("{overview:?}") };
    assert_eq!((first.since, first.questions, first.minutes), (date(2026, 3, 5), 3, 2));
    assert_eq!((first.why.as_str(), first.href.as_str()), ("3 days after you completed it.", "/recall/desk"));

    assert_eq!(hold(usecases, &ada, 4, |_| true).await.len(), 3);
    let after = closing(usecases, &ada, 4).await;
    assert_eq!((after.right.len(), after.back.len(), after.next), (3, 0, Some(date(2026, 3, 23))));
    for (days, why) in [(21, "3 weeks"), (90, "3 months"), (180, "6 months")] {
        assert!(due(usecases, &ada, days - 1).await.is_empty(), "{days}");
        assert_eq!(due(usecases, &ada, days).await, [(3, format!("{why} after you completed it."))]);
        hold(usecases, &ada, days, |_| true).await;
    }
    assert!(due(usecases, &ada, 1000).await.is_empty());
    assert_eq!(closing(usecases, &ada, 1000).await.next, None);
}

async fn what_waited_says_how_long_ago_it_really_was(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    hold(usecases, &ada, 3, |_| true).await;
    assert_eq!(due(usecases, &ada, 41).await, [(3, "41 days after you completed it.".to_owned())]);
    assert_eq!(due(usecases, &ada, 42).await, [(3, "6 weeks after you completed it.".to_owned())]);
}

async fn a_module_has_its_own_plan(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    publish(usecases, "asked.md", QUIZ).await;
    let own = "valid-for: 12 months\nrecall: { days: [5], questions: 2, every: 90 }\n";
    publish(usecases, "desk.md", &MODULE.replace("valid-for: 12 months\n", own)).await;
    read(usecases, &ada, "desk", &["looking-up", "waiting-rooms", "prove"], now()).await;
    for (before, day) in [(4, 5), (94, 95), (184, 185)] {
        assert!(due(usecases, &ada, before).await.is_empty(), "{before}");
        assert_eq!(hold(usecases, &ada, day, |_| true).await.len(), 2, "{day}");
    }
}

async fn what_was_missed_comes_back_and_missed_twice_has_a_page_to_read(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let knows = |words: &str| !words.contains("WAITING");
    hold(usecases, &ada, 3, knows).await;
    let once = closing(usecases, &ada, 3).await;
    assert_eq!(once.back, [("Waiting".to_owned(), date(2026, 3, 12))]);
    assert!(once.review.is_empty() && once.next == Some(date(2026, 3, 12)));

    assert!(due(usecases, &ada, 9).await.is_empty());
    assert_eq!(due(usecases, &ada, 10).await, [(1, "One question comes back that you missed.".to_owned())]);
    let again = hold(usecases, &ada, 10, knows).await;
    assert!(again.len() == 1 && again[0].contains("WAITING"), "{again:?}");
    let twice = closing(usecases, &ada, 10).await;
    let [review] = &twice.review[..] else { panic!("{twice:?}") };
    assert_eq!((review.about.as_str(), review.href.as_str()), ("Waiting", "/modules/desk/waiting-rooms"));
    assert_eq!(twice.next, Some(date(2026, 3, 19)));

    let both = due(usecases, &ada, 21).await;
    assert_eq!(both, [(3, "3 weeks after you completed it. One question comes back that you missed.".to_owned())]);
    let third = hold(usecases, &ada, 21, |_| true).await;
    assert!(third[0].contains("WAITING"), "what comes back is asked first: {third:?}");
    assert!(closing(usecases, &ada, 21).await.review.is_empty());
}

async fn a_question_comes_again_in_other_words(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let mut greeted = Vec::new();
    for days in [3, 21, 90] {
        let told = hold(usecases, &ada, days, |_| true).await;
        greeted.extend(told.into_iter().filter(|words| words.contains("GREET")));
    }
    assert_eq!(greeted.len(), 3, "once a session, of two questions of the pool");
    assert!(greeted[0] != greeted[1] && greeted[1] != greeted[2], "{greeted:?}");

    // What the quiz itself showed before is not asked first.
    let ben = learner(usecases, &ada, "n-1").await;
    let intro = usecases.quiz(&ben, "asked", now()).await.expect("a quiz");
    usecases.begin_quiz(&ben, "asked", (intro.newest, &intro.token), now()).await.expect("begun");
    let mut shown = String::new();
    for number in 1..=3 {
        let page = usecases.quiz_question(&ben, "asked", number, now()).await.expect("answered").expect("a question");
        shown.push_str(&words(&page.question));
    }
    let review = usecases.review(&ben, "asked", now()).await.expect("answered").expect("it is open");
    usecases.hand_in(&ben, "asked", (review.attempt, &review.token), now()).await.expect("handed in");
    read(usecases, &ben, "desk", &["looking-up", "waiting-rooms", "prove"], now()).await;
    let told = hold(usecases, &ben, 3, |_| true).await.concat();
    assert_ne!(shown.contains("GREET-ONE"), told.contains("GREET-ONE"), "{shown} {told}");
}

async fn keys_are_hidden_until_the_answer_which_stands(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let question = asked(usecases, &ada, 1, 3).await;
    assert_eq!(asked(usecases, &ada, 1, 3).await.question, question.question, "looking again gives the same");
    let shown = format!("{question:?}");
    assert!(!shown.contains("FEEDBACK") && !shown.contains("correct: Some"), "{shown}");
    let none =
        Recalled { slug: "desk", session: &question.session, number: 1, sent: &ticks(&[]), token: &question.token };
    assert!(matches!(usecases.answer_recall(&ada, none, later(3)).await, Err(Failure::Invalid(_))));

    let second_tab = asked(usecases, &ada, 1, 3).await;
    let on = give(usecases, &ada, &question, false, 3).await.expect("taken");
    assert_eq!(on, "/recall/desk/1#verdict");
    assert_eq!(give(usecases, &ada, &question, false, 3).await.expect("a double click"), on);
    assert!(matches!(give(usecases, &ada, &question, true, 3).await, Err(Failure::Conflict)), "one token, two answers");
    assert!(matches!(give(usecases, &ada, &second_tab, true, 3).await, Err(Failure::Conflict)), "another tab");
    let answered = asked(usecases, &ada, 1, 3).await;
    assert_eq!(answered.question.verdict.as_ref().and_then(|verdict| verdict.rightness), Some(Rightness::Wrong));
    assert!(format!("{answered:?}").contains("FEEDBACK-WRONG"));
    assert_eq!((answered.next.as_str(), answered.more, answered.total), ("/recall/desk/2", true, 3));
    assert!(
        usecases.recall_question(&ada, "desk", 4, later(3)).await.expect("answered").is_err(),
        "there is no fourth"
    );
}

async fn a_session_goes_on_as_it_began(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let first = asked(usecases, &ada, 1, 3).await;
    let second = asked(usecases, &ada, 2, 3).await;
    give(usecases, &ada, &first, true, 3).await.expect("taken");
    publish(usecases, "asked.md", &QUIZ.replace("KEY", "NEW-KEY")).await;
    assert_eq!(due(usecases, &ada, 5).await, [(2, "You began this and have not finished.".to_owned())]);
    assert_eq!(asked(usecases, &ada, 2, 5).await.question, second.question, "in the words of its own version");
    give(usecases, &ada, &second, true, 5).await.expect("a form of the day before yesterday");
    hold(usecases, &ada, 30, |_| true).await;
    assert_eq!(closing(usecases, &ada, 30).await.right.len(), 3);
    assert!(due(usecases, &ada, 89).await.is_empty(), "it stands for day 21 too, since it ended after it");
    let later = asked(usecases, &ada, 1, 90).await;
    assert!(format!("{later:?}").contains("NEW-KEY"), "the next one takes the new version");
}

async fn a_form_drawn_before_a_new_version_is_not_read_as_the_new_one(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let old = asked(usecases, &ada, 1, 3).await;
    publish(usecases, "asked.md", &QUIZ.replace("KEY", "NEW-KEY")).await;
    assert!(matches!(give(usecases, &ada, &old, true, 3).await, Err(Failure::Conflict)));
    let new = asked(usecases, &ada, 1, 3).await;
    give(usecases, &ada, &new, true, 3).await.expect("taken");
}

async fn answers_change_no_status_and_no_ledger(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    let stands = async |days| {
        let training = usecases.training(&ada, later(days)).await.expect("training");
        (training, usecases.record(&ada, later(days)).await.expect("a record").completed)
    };
    let before = stands(3).await;
    hold(usecases, &ada, 3, |_| false).await;
    hold(usecases, &ada, 10, |_| false).await;
    assert_eq!(stands(3).await, before);
    assert!(matches!(store.verify().await.expect("verified"), Verified::Ok { entries: 1, .. }));
    let data = usecases.own_data(&ada, later(10)).await.expect("own data");
    let data = serde_json::to_value(&data).expect("JSON");
    let recalled = data["recalled"].as_array().expect("a list");
    assert_eq!((recalled.len(), &recalled[0]["on"], &recalled[0]["right"]), (6, &"2026-03-05".into(), &false.into()));
}

async fn well_kept_is_enough_for_a_challenge_and_badly_kept_suggests_the_module(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    let module = store.live_document("module", "desk").await.expect("read").expect("there").document;
    let enough = async |who: &Who, on| usecases.challenge_is_enough(who.person, module, on).await.expect("read");
    assert!(!enough(&ben, date(2026, 3, 6)).await, "never completed");
    read(usecases, &ben, "desk", &["looking-up", "waiting-rooms", "prove"], now()).await;
    assert!(!enough(&ada, date(2026, 3, 4)).await, "nothing was asked yet");

    hold(usecases, &ada, 3, |_| true).await;
    assert!(enough(&ada, date(2026, 3, 5)).await && closing(usecases, &ada, 3).await.challenge_is_enough);
    assert!(enough(&ada, date(2026, 3, 22)).await && !enough(&ada, date(2026, 3, 23)).await, "until more is due");
    give(usecases, &ada, &asked(usecases, &ada, 1, 21).await, true, 21).await.expect("taken");
    assert!(!enough(&ada, date(2026, 3, 23)).await, "not while a session is open");
    assert!(usecases.recall(&ada, later(21)).await.expect("read").suggested.is_empty());

    hold(usecases, &ben, 3, |words| words.contains("TELEPHONE")).await;
    assert!(!enough(&ben, date(2026, 3, 5)).await);
    let closing = closing(usecases, &ben, 3).await;
    assert!(closing.suggests_module && !closing.challenge_is_enough);
    let overview = usecases.recall(&ben, later(4)).await.expect("read");
    assert_eq!(overview.suggested.iter().map(|module| module.href.as_str()).collect::<Vec<_>>(), ["/modules/desk"]);
    hold(usecases, &ben, 10, |_| true).await;
    assert!(usecases.recall(&ben, later(10)).await.expect("read").suggested.is_empty(), "3 of 5 is 60 of 100");
}

async fn a_new_completion_begins_a_new_plan(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    hold(usecases, &ada, 3, |_| false).await;
    let newest = usecases.module(&ada, "desk").await.expect("a module").newest.expect("an attempt");
    usecases.take_again(&ada, "desk", newest, later(20)).await.expect("begun again");
    read(usecases, &ada, "desk", &["looking-up", "waiting-rooms", "prove"], later(20)).await;
    assert!(due(usecases, &ada, 22).await.is_empty(), "neither day 21 nor what was missed");
    assert!(usecases.recall(&ada, later(22)).await.expect("read").suggested.is_empty());
    assert_eq!(due(usecases, &ada, 23).await, [(3, "3 days after you completed it.".to_owned())]);
}

async fn a_module_without_a_quiz_asks_its_checks_and_one_without_either_nothing(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let page = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    assert!(matches!(page.body, PageBody::Check(_)));
    read(usecases, &ada, "hello", &["first", "check-yourself"], now()).await;
    let bare = "---\nkind: module\ntitle: Bare\ncomplete: [read]\n---\n\n# Bare\n\n## One\n\nLook up.\n";
    publish(usecases, "bare.md", bare).await;
    read(usecases, &ada, "bare", &["one"], now()).await;
    let overview = usecases.recall(&ada, later(3)).await.expect("read");
    let lines: Vec<_> = overview.due.iter().map(|due| (due.title.as_str(), due.questions, due.minutes)).collect();
    assert_eq!(lines, [("Hello", 1, 1)]);
    let check = usecases.recall_question(&ada, "hello", 1, later(3)).await.expect("answered").expect("a question");
    assert_eq!(check.heading, "Check yourself");
    let RecallStands::Nothing(bare) = usecases.recall_session(&ada, "bare", later(3)).await.expect("it stands") else {
        panic!("a question out of nothing")
    };
    assert_eq!(bare.next, None, "and none is promised");
}

async fn what_was_never_completed_is_not_there(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    for slug in ["desk", "hello", "none"] {
        assert!(matches!(usecases.recall_session(&ben, slug, later(3)).await, Err(Failure::NotFound)), "{slug}");
        assert!(matches!(usecases.recall_question(&ben, slug, 1, later(3)).await, Err(Failure::NotFound)), "{slug}");
    }
    let question = asked(usecases, &ada, 1, 3).await;
    assert!(matches!(give(usecases, &ben, &question, true, 3).await, Err(Failure::NotFound)));
    assert_eq!(usecases.recall(&ben, later(3)).await.expect("read").due, []);
    read(usecases, &ben, "desk", &["looking-up", "waiting-rooms", "prove"], now()).await;
    assert!(matches!(give(usecases, &ben, &question, true, 3).await, Err(Failure::Conflict)), "somebody else's form");
}

async fn a_calendar_has_days_and_its_link_can_be_renewed_and_ended(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    let calendar = async |secret: &str| usecases.calendar(secret, "https://clinic.example", now()).await;
    assert_eq!(usecases.calendar_link(&ada).await.expect("read"), None);
    let first = usecases.make_calendar_link(&ada, now()).await.expect("made");
    assert_eq!(usecases.calendar_link(&ada).await.expect("read"), Some(date(2026, 3, 2).at(0, 30, 0, 0)));
    let text = calendar(&first).await.expect("a calendar");
    for line in
        ["SUMMARY:Valid through this day: At the desk", "DTSTART;VALUE=DATE:20270302", "URL:https://clinic.example/"]
    {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    assert!(!text.contains("Ada"), "titles and days, no names");

    let second = usecases.make_calendar_link(&ada, now()).await.expect("renewed");
    assert!(matches!(calendar(&first).await, Err(Failure::NotFound)), "the one before has ended");
    assert_eq!(calendar(&second).await.expect("a calendar"), text);
    let bens = usecases.make_calendar_link(&ben, now()).await.expect("made");
    assert!(!calendar(&bens).await.expect("a calendar").contains("VEVENT"), "nothing of anybody else");
    usecases.end_calendar_link(&ada, now()).await.expect("ended");
    usecases.end_calendar_link(&ada, now()).await.expect("a double click");
    for gone in [&second, "", "x"] {
        assert!(matches!(calendar(gone).await, Err(Failure::NotFound)), "{gone}");
    }
    usecases.set_disabled(&ada, ben.person, true, now()).await.expect("disabled");
    assert!(matches!(calendar(&bens).await, Err(Failure::NotFound)), "their access has ended");
    let log = usecases.audit_log(&ada, Search::default()).await.expect("the log");
    assert!(!format!("{log:?}").contains(&second));
    assert_eq!(
        usecases.calendar_entries(ada.person, later(2 * 365 + 1)).await.expect("read"),
        [],
        "a year after it was over"
    );
}
