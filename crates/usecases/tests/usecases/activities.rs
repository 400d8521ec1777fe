//! Role-plays, quizzes and what they complete, without a browser: what counts, what is hidden, what cannot happen.

use crate::common::{Db, administrator, now, ticks, who};
use jiff::{SignedDuration, Timestamp};
use usecases::{
    Failure, Usecases,
    allowance::Gift,
    departments::DepartmentTyped,
    feedback::Thinks,
    learn::{Next, PageBody, Step},
    people::NewPerson,
    publish::{Attached, File, Published},
    question::{QuestionView, Rightness, Sent, TaskView},
    quiz::{Answered, TimeLeft},
    role_play::{ASSESSED, Chosen, PRACTICE, SceneView},
    who::Who,
};

testbed::on_both_engines! {
    a_module_takes_its_reading_its_role_play_and_its_quiz
    what_was_passed_before_reading_counts_and_only_once
    a_module_that_takes_no_reading_is_completed_by_its_quiz
    practice_has_feedback_and_a_way_back_and_never_counts
    an_assessed_role_play_keeps_its_feedback_to_the_end
    a_choice_is_taken_once_and_a_late_form_changes_nothing
    a_new_version_never_disturbs_a_running_attempt
    a_role_play_is_played_again_from_a_decision
    each_type_of_question_is_right_partly_right_or_wrong
    answers_are_kept_until_handed_in_and_two_tabs_agree
    attempts_are_counted_and_more_are_given
    only_what_was_wrong_is_asked_again
    the_time_is_over_when_it_is_over_and_can_be_extended
    feedback_at_once_makes_the_first_answer_stand
    a_certificate_is_frozen_and_its_owners
    what_is_somebody_elses_is_not_there
    a_reflection_is_private_and_can_be_changed
    what_people_think_is_shown_from_ten_on
    both_engines_find_the_same
    tokens_and_images_are_put_in_their_places
    a_module_is_refused_while_what_it_embeds_is_not_there
    a_form_of_an_older_version_is_not_read_as_the_new_one
    the_last_or_the_first_attempt_counts_where_the_quiz_says_so
}

const ROLE_PLAY: &str = r#"---
kind: scenario
title: The wait
minutes: 3
competencies: [welcome, calm]
characters: { Mr Bello: }
meters:
  trust: { start: 40, show: mood }
  nerves: { start: 10, show: hidden }
pass: { score: 60, ending: mixed, critical: 0 }
---

# The wait

## He asks

`tests welcome`

**Mr Bello:** How long?

- [Say the truth](#he-waits) `best` `trust +20`
  > HONEST-FEEDBACK
- [Say soon](#he-waits) `poor` `nerves +20`
  > SOON-FEEDBACK
- [Send him off](#he-leaves) `critical`
  > HARM-FEEDBACK

## He waits

`tests welcome`

**Mr Bello:** UNSHOWN-WORDS

- [Bring news](#he-thanks-you) `best`
  > NEWS-FEEDBACK
- [Say nothing](#he-leaves) `poor`
  > SILENCE-FEEDBACK

## He thanks you

`ending good`

**Mr Bello:** Thank you.

## He leaves

`ending bad`

He goes.

## Debrief

`if nerves > 20` You made him wait for nothing.

- [ ] Told the truth `if trust > 50`

1. What will you say tomorrow?
"#;

const QUIZ: &str = r#"---
kind: quiz
title: The questions
pass: 70
attempts: 2
retry: wrong
---

# The questions

## Tick one

Who comes first?

- [x] KEY-ONE
  > FEEDBACK-ONE
- [ ] The telephone
  > It can ring.

## Tick all

What may you say?

- [x] Opening hours
- [x] How to ask for records
- [ ] Who came
- [ ] The doctor's name

> Attendance is personal.

## Order

What comes first?

1. Listen
2. Say sorry
3. Solve

> In this order.

## Match

What belongs together?

| You see | You do       |
| ------- | ------------ |
| Tears   | Wait         |
| Anger   | Lower voice  |
|         | Read a rule  |

> Match the need.

## Fill

Ring by `= 4 pm / 16:00`, even with `= (no news) / a form`.

> A promise has a time.

## Number

Within `= 3 ± 0.5` minutes.

> The charter.

## Own words

`reflect`

What will you say?

> Model words.
"#;

const MODULE: &str = "---\nkind: module\ntitle: Being heard\nminutes: 6\ncomplete: [read, quiz, scenario]\nvalid-for: 12 months\n---\n\n# Being heard\n\n\
    ## Look up\n\nFaces matter to {organisation}.\n\n## Practise\n\n[Play it](the-wait.md)\n\n## Prove\n\n[The quiz](questions.md)\n\n\
    ## At your desk\n\n`reflect 5 words`\n\nWhat will you change?\n";

async fn publish(usecases: &Usecases, path: &str, source: &str) {
    let published = usecases.publish(&File::alone(path, source), now()).await.expect("answered");
    assert_eq!(published, Published::New, "{path}");
}

/// The house with the module of this file in it, and its administrator.
async fn house(usecases: &Usecases) -> Who {
    let ada = administrator(usecases).await;
    publish(usecases, "the-wait.md", ROLE_PLAY).await;
    publish(usecases, "questions.md", QUIZ).await;
    publish(usecases, "heard.md", MODULE).await;
    ada
}

async fn learner(usecases: &Usecases, ada: &Who, number: &str) -> Who {
    let new = NewPerson { name: number, email: "", staff_number: number };
    who(usecases, usecases.add_person(ada, new, now()).await.expect("added")).await
}

async fn read(usecases: &Usecases, who: &Who, slug: &str, page: &str, at: Timestamp) -> String {
    let shown = usecases.page(who, slug, page).await.expect("a page");
    let step = Step { slug, page, token: &shown.read_token, version: shown.version, newest: shown.newest };
    usecases.mark_read(who, step, at).await.expect("read")
}

async fn begin_role_play(usecases: &Usecases, who: &Who, mode: &str) -> SceneView {
    let intro = usecases.role_play(who, "the-wait").await.expect("a role-play");
    usecases.begin_role_play(who, "the-wait", (mode, intro.newest, &intro.token), now()).await.expect("begun");
    scene(usecases, who).await
}

async fn scene(usecases: &Usecases, who: &Who) -> SceneView {
    usecases.scene(who, "the-wait").await.expect("answered").expect("it is open")
}

fn choice<'a>(scene: &'a SceneView, words: &str) -> Chosen<'a> {
    let number = 1 + scene.choices.iter().position(|html| html.contains(words)).expect("the choice");
    Chosen { slug: "the-wait", attempt: scene.attempt, at: scene.at, number, token: &scene.token }
}

async fn play(usecases: &Usecases, who: &Who, mode: &str, words: &[&str], at: Timestamp) -> i64 {
    let mut scene = begin_role_play(usecases, who, mode).await;
    let attempt = scene.attempt;
    for (step, words) in words.iter().enumerate() {
        if step > 0 {
            scene = self::scene(usecases, who).await;
        }
        usecases.choose(who, choice(&scene, words), at).await.expect("taken");
    }
    attempt
}

/// The place of something on the page, from 1.
fn place<T>(of: &[T], is: impl Fn(&T) -> bool) -> String {
    (1 + of.iter().position(is).expect("it is there")).to_string()
}

/// A right answer to a question of the quiz, by what it shows.
fn right(view: &QuestionView) -> Sent {
    let mut sent = Sent::default();
    match &view.task {
        TaskView::Choice { options, .. } => {
            let keys = ["KEY-ONE", "Opening hours", "How to ask"];
            let is_key = |html: &str| keys.iter().any(|key| html.contains(key));
            let ticked = options.iter().enumerate().filter(|(_, option)| is_key(&option.html));
            sent.answer = ticked.map(|(at, _)| (at + 1).to_string()).collect();
        }
        TaskView::Ordering(items) => {
            let order = ["Listen", "Say sorry", "Solve"];
            sent.place = items.iter().map(|item| place(&order, |text| *text == item.text)).collect();
        }
        TaskView::Matching { rights, rows, .. } => {
            let key = |left: &str| if left == "Tears" { "Wait" } else { "Lower voice" };
            sent.pair = rows.iter().map(|row| place(rights, |right| *right == key(&row.text))).collect();
        }
        TaskView::Blanks => {
            for part in &view.stem {
                if let usecases::question::StemPart::Blank(blank) = part {
                    sent.blank.push(match &blank.menu {
                        Some(menu) => place(menu, |text| *text == "no news"),
                        None if blank.is_number => "3.5".to_owned(),
                        None => "16:00".to_owned(),
                    });
                }
            }
        }
        TaskView::Reflect { .. } => sent.text = "I am sorry.".to_owned(),
    }
    sent
}

async fn begin_quiz(usecases: &Usecases, who: &Who, slug: &str, at: Timestamp) {
    let intro = usecases.quiz(who, slug, at).await.expect("a quiz");
    usecases.begin_quiz(who, slug, (intro.newest, &intro.token), at).await.expect("begun");
}

async fn answer(
    usecases: &Usecases,
    who: &Who,
    (slug, number): (&str, usize),
    sent: &Sent,
    at: Timestamp,
) -> Result<String, Failure> {
    let page = usecases.quiz_question(who, slug, number, at).await.expect("answered").expect("a question");
    let (attempt, times, token) = (page.attempt, page.times, page.token.as_str());
    usecases.answer(who, Answered { slug, attempt, number, times, sent, token }, at).await
}

async fn question(usecases: &Usecases, who: &Who, slug: &str, number: usize) -> QuestionView {
    usecases.quiz_question(who, slug, number, now()).await.expect("answered").expect("a question").question
}

/// Takes the quiz: right answers to the questions of these numbers.
async fn take_quiz(usecases: &Usecases, who: &Who, numbers: &[usize], at: Timestamp) -> i64 {
    begin_quiz(usecases, who, "questions", at).await;
    for number in numbers {
        let view = question(usecases, who, "questions", *number).await;
        answer(usecases, who, ("questions", *number), &right(&view), at).await.expect("kept");
    }
    hand_in(usecases, who, "questions", at).await
}

async fn hand_in(usecases: &Usecases, who: &Who, slug: &str, at: Timestamp) -> i64 {
    let review = usecases.review(who, slug, at).await.expect("answered").expect("it is open");
    usecases.hand_in(who, slug, (review.attempt, &review.token), at).await.expect("handed in");
    review.attempt
}

fn later(days: i64) -> Timestamp {
    now().saturating_add(SignedDuration::from_hours(24 * days)).expect("a later day")
}

const BEST: [&str; 2] = ["Say the truth", "Bring news"];
const ALL: [usize; 7] = [1, 2, 3, 4, 5, 6, 7];

async fn a_module_takes_its_reading_its_role_play_and_its_quiz(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    for page in ["look-up", "practise", "prove"] {
        read(usecases, &ben, "heard", page, now()).await;
    }
    assert_eq!(read(usecases, &ben, "heard", "at-your-desk", now()).await, "/role-plays/the-wait");
    let last = usecases.page(&ben, "heard", "at-your-desk").await.expect("a page");
    assert!(matches!(&last.next, Next::Activity { is_quiz: false, .. }), "{:?}", last.next);
    let training = usecases.training(&ben, now()).await.expect("training");
    let next = training.next.expect("something to go on with");
    assert_eq!(next.href, "/role-plays/the-wait");
    assert_eq!(next.card.expect("a module").minutes_left(4), Some(3));

    play(usecases, &ben, ASSESSED, &["Say soon", "Bring news"], now()).await;
    assert!(usecases.record(&ben, now()).await.expect("a record").completed.is_empty(), "half the points do not pass");
    let attempt = play(usecases, &ben, ASSESSED, &BEST, now()).await;
    let debrief = usecases.debrief(&ben, "the-wait", attempt).await.expect("a debrief");
    assert_eq!(debrief.way_on.expect("a way on").href, "/modules/heard/practise");
    let result = take_quiz(usecases, &ben, &ALL, now()).await;
    let result = usecases.quiz_result(&ben, "questions", result).await.expect("a result");
    assert!(result.passed && result.way_on.expect("a way on").completed);

    let record = usecases.record(&ben, now()).await.expect("a record");
    let titles: Vec<_> = record.completed.iter().map(|line| (line.title.as_str(), line.score)).collect();
    assert_eq!(titles, [("Being heard", None), ("The questions", Some(100)), ("The wait", Some(100))]);
    assert_eq!(
        record.completed[0].valid_through,
        Some(jiff::civil::date(2027, 3, 2)),
        "the site's day, twelve months on"
    );
    assert!(record.completed[0].certificate.is_some() && record.completed[1].certificate.is_none());
    assert_eq!(record.tried.len(), 3, "every attempt is kept");
    assert_eq!(store.ledger_head().await.expect("a head").seq, 3);
    assert!(matches!(store.verify().await.expect("verified"), store::Verified::Ok { entries: 3, .. }));
    let training = usecases.training(&ben, now()).await.expect("training");
    assert_eq!(training.valid.len(), 1);
    let soon = usecases.training(&ben, later(330)).await.expect("training");
    assert_eq!(
        (soon.valid.len(), soon.next.and_then(|next| next.card).map(|card| card.slug)),
        (0, Some("hello".to_owned())),
        "what is new comes before what is soon due"
    );
    assert_eq!(soon.due.first().map(|held| held.days_left), Some(Some(35)));
    let over = usecases.training(&ben, later(400)).await.expect("training");
    assert_eq!(
        over.next.and_then(|next| next.card).map(|card| card.slug),
        Some("heard".to_owned()),
        "what is over comes first"
    );
}

async fn what_was_passed_before_reading_counts_and_only_once(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    play(usecases, &ben, ASSESSED, &BEST, now()).await;
    take_quiz(usecases, &ben, &ALL, now()).await;
    for page in ["look-up", "practise", "prove", "at-your-desk"] {
        read(usecases, &ben, "heard", page, now()).await;
    }
    let done = async || {
        let record = usecases.record(&ben, now()).await.expect("a record");
        record.completed.iter().filter(|line| line.title == "Being heard").count()
    };
    assert_eq!(done().await, 1);

    let newest = usecases.module(&ben, "heard").await.expect("a module").newest.expect("an attempt");
    usecases.take_again(&ben, "heard", newest, later(1)).await.expect("begun again");
    for page in ["look-up", "practise", "prove", "at-your-desk"] {
        read(usecases, &ben, "heard", page, later(1)).await;
    }
    assert_eq!(done().await, 1, "what was passed for the first completion does not count for the second");
    play(usecases, &ben, ASSESSED, &BEST, later(1)).await;
    take_quiz(usecases, &ben, &ALL, later(1)).await;
    assert_eq!(done().await, 2, "and nothing of the first was reset");
}

async fn a_module_that_takes_no_reading_is_completed_by_its_quiz(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    let source = "---\nkind: module\ntitle: Only the quiz\ncomplete: [quiz]\n---\n\n# Only the quiz\n\n## Prove\n\n[The quiz](questions.md)\n";
    publish(usecases, "only.md", source).await;
    take_quiz(usecases, &ben, &ALL, now()).await;
    let record = usecases.record(&ben, now()).await.expect("a record");
    assert!(record.completed.iter().any(|line| line.title == "Only the quiz"));
    assert!(!record.completed.iter().any(|line| line.title == "Being heard"));
}

async fn practice_has_feedback_and_a_way_back_and_never_counts(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let first = begin_role_play(usecases, &ada, PRACTICE).await;
    assert_eq!((first.back_to, first.said.is_none(), first.counts), (None, true, false));
    usecases.choose(&ada, choice(&first, "Say soon"), now()).await.expect("taken");
    let second = scene(usecases, &ada).await;
    let said = second.said.as_ref().expect("the choice");
    assert!(said.feedback_html.as_deref().is_some_and(|html| html.contains("SOON-FEEDBACK")));
    let back = Chosen {
        slug: "the-wait",
        attempt: second.attempt,
        at: second.at,
        number: second.back_to.expect("a way back"),
        token: &second.token,
    };
    usecases.go_back(&ada, back, now()).await.expect("went back");
    usecases.go_back(&ada, back, now()).await.expect("a double click");
    let third = scene(usecases, &ada).await;
    assert_eq!((third.choices.len(), third.at), (3, 2), "the first scene again, and both steps are kept");
    usecases.choose(&ada, choice(&third, "Say the truth"), now()).await.expect("taken");
    let fourth = scene(usecases, &ada).await;
    let end = usecases.choose(&ada, choice(&fourth, "Bring news"), now()).await.expect("taken");
    let debrief = usecases.debrief(&ada, "the-wait", third.attempt).await.expect("a debrief");
    assert!(end.ends_with(&format!("/attempts/{}", third.attempt)));
    assert_eq!(
        (debrief.score, debrief.passed, debrief.counts),
        (Some(100), true, false),
        "what was taken back is not there"
    );
    let record = usecases.record(&ada, now()).await.expect("a record");
    assert!(record.completed.is_empty() && record.tried[0].attempt.passed.is_none());
}

async fn an_assessed_role_play_keeps_its_feedback_to_the_end(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let first = begin_role_play(usecases, &ada, ASSESSED).await;
    usecases.choose(&ada, choice(&first, "Say soon"), now()).await.expect("taken");
    let second = scene(usecases, &ada).await;
    assert!(second.said.as_ref().is_some_and(|said| said.feedback_html.is_none()) && second.back_to.is_none());
    let seen = format!("{first:?}{second:?}");
    for hidden in ["FEEDBACK", "best", "poor", "critical", "nerves", "Thank you", "He leaves"] {
        assert!(!seen.contains(hidden), "{hidden}: {seen}");
    }
    assert!(!format!("{first:?}").contains("UNSHOWN-WORDS"));
    let back = Chosen { slug: "the-wait", attempt: second.attempt, at: second.at, number: 0, token: &second.token };
    assert!(matches!(usecases.go_back(&ada, back, now()).await, Err(Failure::Conflict)), "there is no way back");
    usecases.choose(&ada, choice(&second, "Say nothing"), now()).await.expect("taken");
    let debrief = usecases.debrief(&ada, "the-wait", first.attempt).await.expect("a debrief");
    assert!(!debrief.passed && debrief.words.concat().contains("for nothing"));
    assert_eq!(debrief.decisions[0].better.as_ref().map(|(html, _)| html.contains("truth")), Some(true));
    assert_eq!(
        debrief.competencies.iter().map(|line| (line.id.as_str(), line.score)).collect::<Vec<_>>(),
        [("welcome", Some(0)), ("calm", None)]
    );
    let nerves = debrief.meters.iter().find(|meter| meter.name == "nerves").expect("a meter");
    assert_eq!(nerves.values, [10, 30, 30]);
    assert_eq!(debrief.checklist.iter().map(|line| line.done).collect::<Vec<_>>(), [false]);
}

async fn a_choice_is_taken_once_and_a_late_form_changes_nothing(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    let first = begin_role_play(usecases, &ada, ASSESSED).await;
    let truth = choice(&first, "Say the truth");
    let on = usecases.choose(&ada, truth, now()).await.expect("taken");
    assert_eq!(usecases.choose(&ada, truth, now()).await.expect("a double click"), on);
    let other = choice(&first, "Say soon");
    assert!(matches!(usecases.choose(&ada, other, now()).await, Err(Failure::Conflict)), "one token, two choices");
    let stale = Chosen { token: &token(&ada, 1), ..other };
    assert!(matches!(usecases.choose(&ada, stale, now()).await, Err(Failure::Conflict)), "another tab was first");
    let second = scene(usecases, &ada).await;
    assert_eq!(second.at, 1);
    let future = Chosen { at: 9, ..choice(&second, "Bring news") };
    assert!(matches!(usecases.choose(&ada, future, now()).await, Err(Failure::Conflict)));
    let none = Chosen { number: 9, ..choice(&second, "Bring news") };
    assert!(matches!(usecases.choose(&ada, none, now()).await, Err(Failure::Conflict)));

    let last = choice(&second, "Bring news");
    let debrief = usecases.choose(&ada, last, now()).await.expect("taken");
    assert_eq!(usecases.choose(&ada, last, now()).await.expect("a double click at the end"), debrief);
    assert_eq!(store.ledger_head().await.expect("a head").seq, 1, "completed once");
}

/// A token that no form has had.
fn token(who: &Who, number: u32) -> String {
    format!("{}-{number:032x}", who.person)
}

async fn a_new_version_never_disturbs_a_running_attempt(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let first = begin_role_play(usecases, &ada, ASSESSED).await;
    begin_quiz(usecases, &ada, "questions", now()).await;
    publish(
        usecases,
        "the-wait.md",
        &ROLE_PLAY.replace("## He asks\n", "## He asks now\n").replace("Bring news", "Fetch news"),
    )
    .await;
    publish(
        usecases,
        "questions.md",
        &QUIZ.replace("KEY-ONE", "Somebody else").replace("## Match\n", "## Match these\n"),
    )
    .await;
    usecases.choose(&ada, choice(&first, "Say the truth"), now()).await.expect("taken");
    let second = scene(usecases, &ada).await;
    usecases.choose(&ada, choice(&second, "Bring news"), now()).await.expect("the words of its own version");
    for number in ALL {
        let view = question(usecases, &ada, "questions", number).await;
        answer(usecases, &ada, ("questions", number), &right(&view), now()).await.expect("kept");
    }
    let attempt = hand_in(usecases, &ada, "questions", now()).await;
    assert_eq!(usecases.quiz_result(&ada, "questions", attempt).await.expect("a result").score, Some(100));
    assert!(begin_role_play(usecases, &ada, PRACTICE).await.at == 0, "the next one takes the new version");
    usecases.choose(&ada, choice(&scene(usecases, &ada).await, "Say the truth"), now()).await.expect("taken");
    assert!(scene(usecases, &ada).await.choices.iter().any(|html| html.contains("Fetch news")));
}

async fn a_role_play_is_played_again_from_a_decision(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let old = play(usecases, &ada, ASSESSED, &["Say the truth", "Say nothing"], now()).await;
    let debrief = usecases.debrief(&ada, "the-wait", old).await.expect("a debrief");
    let keep = debrief.decisions[1].keep;
    let again =
        async || usecases.play_again(&ada, "the-wait", (old, keep), (debrief.newest, &debrief.token), now()).await;
    again().await.expect("begun");
    again().await.expect("a double click");
    let scene = scene(usecases, &ada).await;
    assert_eq!((scene.counts, scene.choices.len(), scene.at), (false, 2, 1));
    usecases.choose(&ada, choice(&scene, "Bring news"), now()).await.expect("taken");
    let better = usecases.debrief(&ada, "the-wait", scene.attempt).await.expect("a debrief");
    assert_eq!((better.score, better.counts), (Some(100), false));
    assert_eq!(usecases.debrief(&ada, "the-wait", old).await.expect("still there").score, Some(50));
}

async fn each_type_of_question_is_right_partly_right_or_wrong(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    begin_quiz(usecases, &ada, "questions", now()).await;
    let part = |sent: Sent, change: &dyn Fn(&mut Sent)| {
        let mut sent = sent;
        change(&mut sent);
        sent
    };
    for number in ALL {
        let view = question(usecases, &ada, "questions", number).await;
        let sent = part(right(&view), &|sent| match number {
            2 => {
                sent.answer.pop();
            }
            3 => {
                // The first two change places.
                for place in &mut sent.place {
                    *place = match place.as_str() {
                        "1" => "2".to_owned(),
                        "2" => "1".to_owned(),
                        other => other.to_owned(),
                    };
                }
            }
            4 => sent.pair[1] = String::new(),
            5 => sent.blank[0] = "noon".to_owned(),
            6 => sent.blank[0] = "4".to_owned(),
            _ => {}
        });
        answer(usecases, &ada, ("questions", number), &sent, now()).await.expect("kept");
    }
    let attempt = hand_in(usecases, &ada, "questions", now()).await;
    let result = usecases.quiz_result(&ada, "questions", attempt).await.expect("a result");
    let told: Vec<_> = result.lines.iter().map(|line| (line.rightness, line.points.clone())).collect();
    let points = |earned: &str| Some((earned.to_owned(), 1));
    assert_eq!(
        told,
        [
            (Some(Rightness::Right), points("1")),
            (Some(Rightness::Partly), points("0.5")),
            (Some(Rightness::Partly), points("0.33")),
            (Some(Rightness::Partly), points("0.5")),
            (Some(Rightness::Partly), points("0.5")),
            (Some(Rightness::Wrong), points("0")),
            (None, None),
        ]
    );
    assert_eq!((result.score, result.passed, result.left), (Some(47), false, Some(1)));

    let invalid = usecases.quiz(&ada, "questions", now()).await.expect("a quiz");
    usecases.begin_quiz(&ada, "questions", (invalid.newest, &invalid.token), now()).await.expect("begun");
    for (number, sent) in [
        (2, Sent { place: ["1", "1", "2"].map(str::to_owned).to_vec(), ..Sent::default() }),
        (2, Sent { place: ["1", "", "2"].map(str::to_owned).to_vec(), ..Sent::default() }),
        (2, Sent { place: ["1", "2", "9"].map(str::to_owned).to_vec(), ..Sent::default() }),
        (3, Sent { pair: vec!["7".to_owned()], ..Sent::default() }),
        (4, Sent { blank: vec!["x".repeat(201)], ..Sent::default() }),
        (5, Sent { blank: vec!["45 minutes".to_owned()], ..Sent::default() }),
    ] {
        let refused = answer(usecases, &ada, ("questions", number), &sent, now()).await;
        let Err(Failure::Invalid(errors)) = refused else { panic!("{number} {sent:?} {refused:?}") };
        // An example of a number could be the answer.
        assert!(number != 5 || errors[0].message == "Write a number only, in digits", "{errors:?}");
    }
}

async fn answers_are_kept_until_handed_in_and_two_tabs_agree(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    begin_quiz(usecases, &ada, "questions", now()).await;
    let page = usecases.quiz_question(&ada, "questions", 1, now()).await.expect("answered").expect("a question");
    let seen = format!("{page:?}");
    assert!(!seen.contains("FEEDBACK") && !seen.contains("correct: Some"), "{seen}");
    let other_tab = usecases.quiz_question(&ada, "questions", 1, now()).await.expect("answered").expect("a question");
    let (yes, no) = match &page.question.task {
        TaskView::Choice { options, .. } => {
            let yes = place(options, |option| option.html.contains("KEY-ONE"));
            let no = place(options, |option| !option.html.contains("KEY-ONE"));
            (ticks(&[&yes]), ticks(&[&no]))
        }
        other => panic!("{other:?}"),
    };
    let send = async |page: &usecases::quiz::QuestionPage, sent: &Sent| {
        let (attempt, times, token) = (page.attempt, page.times, page.token.as_str());
        usecases.answer(&ada, Answered { slug: "questions", attempt, number: 1, times, sent, token }, now()).await
    };
    send(&page, &no).await.expect("kept");
    send(&page, &no).await.expect("a double click");
    assert!(matches!(send(&other_tab, &yes).await, Err(Failure::Conflict)), "the other tab was drawn before");
    answer(usecases, &ada, ("questions", 1), &yes, now()).await.expect("changed, from a fresh page");
    answer(usecases, &ada, ("questions", 7), &Sent { text: "Sorry.".to_owned(), ..Sent::default() }, now())
        .await
        .expect("kept");
    answer(usecases, &ada, ("questions", 7), &Sent::default(), now()).await.expect("taken back");
    let review = usecases.review(&ada, "questions", now()).await.expect("answered").expect("it is open");
    assert_eq!(
        review.lines.iter().map(|line| line.answered).collect::<Vec<_>>(),
        [true, false, false, false, false, false, false]
    );

    let once = usecases.hand_in(&ada, "questions", (review.attempt, &review.token), now()).await.expect("handed in");
    assert_eq!(
        usecases.hand_in(&ada, "questions", (review.attempt, &review.token), now()).await.expect("a double click"),
        once
    );
    let again = usecases.hand_in(&ada, "questions", (review.attempt, &token(&ada, 2)), now()).await;
    assert!(matches!(again, Err(Failure::Conflict)), "it was handed in");
    assert!(matches!(send(&other_tab, &yes).await, Err(Failure::Conflict)), "nothing is answered afterwards");
    let result = usecases.quiz_result(&ada, "questions", review.attempt).await.expect("a result");
    assert_eq!((result.lines[0].rightness, result.score), (Some(Rightness::Right), Some(17)));
    assert_eq!(store.ledger_head().await.expect("a head").seq, 0, "not passed, so nothing is completed");
}

async fn attempts_are_counted_and_more_are_given(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    for left in [1, 0] {
        let attempt = take_quiz(usecases, &ben, &[1], now()).await;
        assert_eq!(usecases.quiz_result(&ben, "questions", attempt).await.expect("a result").left, Some(left));
    }
    let intro = usecases.quiz(&ben, "questions", now()).await.expect("a quiz");
    let refused = usecases.begin_quiz(&ben, "questions", (intro.newest, &intro.token), now()).await;
    assert!(matches!(refused, Err(Failure::Conflict)) && intro.left == Some(0));
    let once = token(&ada, 1);
    let gift = Gift { quiz: "questions", attempts: "1", minutes: "", reason: "A bad line", token: &once };
    assert!(matches!(usecases.give(&ben, ben.person, gift, now()).await, Err(Failure::Denied)), "never to oneself");
    assert!(matches!(
        usecases.give(&ada, ben.person, Gift { reason: "", ..gift }, now()).await,
        Err(Failure::Invalid(_))
    ));
    usecases.give(&ada, ben.person, gift, now()).await.expect("given");
    usecases.give(&ada, ben.person, gift, now()).await.expect("a double click");
    assert_eq!(usecases.quiz(&ben, "questions", now()).await.expect("a quiz").left, Some(1), "given once");
    let data = serde_json::to_value(usecases.own_data(&ben, now()).await.expect("own data")).expect("JSON");
    let [given] = &data["allowances"].as_array().expect("a list")[..] else { panic!("{data}") };
    assert_eq!(
        (&given["more_attempts"], &given["reason"], &given["given_by"], &given["on"]),
        (&1.into(), &"A bad line".into(), &"Ada Obi".into(), &"2026-03-02".into())
    );
    // Only the four that were not right are asked.
    take_quiz(usecases, &ben, &[1, 2, 3, 4], now()).await;
    assert!(
        usecases
            .record(&ben, now())
            .await
            .expect("a record")
            .completed
            .iter()
            .any(|line| line.title == "The questions")
    );

    // A manager of the department may, a manager of another one may not.
    let ward =
        usecases.add_department(&ada, DepartmentTyped { name: "Ward", parent: "" }, now()).await.expect("a ward");
    let desk =
        usecases.add_department(&ada, DepartmentTyped { name: "Desk", parent: "" }, now()).await.expect("a desk");
    usecases.place(&ada, ben.person, (&ward.to_string(), "Nurse"), now()).await.expect("placed");
    for (number, department, may) in [("n-2", ward, true), ("n-3", desk, false)] {
        let manager = learner(usecases, &ada, number).await;
        usecases
            .set_right(&ada, manager.person, ("manager", &department.to_string(), true), now())
            .await
            .expect("granted");
        let manager = who(usecases, manager.person).await;
        let own = token(&manager, 2);
        let gift = Gift { token: &own, ..gift };
        assert_eq!(usecases.give(&manager, ben.person, gift, now()).await.is_ok(), may, "{number}");
    }
}

async fn only_what_was_wrong_is_asked_again(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let first = take_quiz(usecases, &ada, &[1, 2, 3], now()).await;
    assert!(usecases.quiz_result(&ada, "questions", first).await.expect("a result").retries_wrong);
    begin_quiz(usecases, &ada, "questions", now()).await;
    let total = usecases.quiz_question(&ada, "questions", 1, now()).await.expect("answered").expect("a question").total;
    assert_eq!(total, 3, "matching, filling and the number");
    for number in 1..=3 {
        let view = question(usecases, &ada, "questions", number).await;
        answer(usecases, &ada, ("questions", number), &right(&view), now()).await.expect("kept");
    }
    let second = hand_in(usecases, &ada, "questions", now()).await;
    let result = usecases.quiz_result(&ada, "questions", second).await.expect("a result");
    assert_eq!((result.score, result.lines.iter().filter(|line| line.carried).count()), (Some(100), 3));
}

async fn the_time_is_over_when_it_is_over_and_can_be_extended(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    publish(usecases, "timed.md", &QUIZ.replace("retry: wrong", "time-limit: 10m")).await;
    begin_quiz(usecases, &ben, "timed", now()).await;
    let after = |minutes: i64| now().saturating_add(SignedDuration::from_mins(minutes)).expect("later");
    let view = question(usecases, &ben, "timed", 1).await;
    answer(usecases, &ben, ("timed", 1), &right(&view), after(10)).await.expect("in the last second");
    let late = answer(usecases, &ben, ("timed", 1), &ticks(&["1"]), after(11)).await;
    assert!(matches!(late, Err(Failure::Conflict)), "{late:?}");
    let shown = usecases.quiz_question(&ben, "timed", 1, after(11)).await.expect("answered").expect("a question");
    assert_eq!(shown.time, Some(TimeLeft::Over));
    let once = token(&ada, 1);
    let gift = Gift { quiz: "timed", minutes: "5", attempts: "", reason: "Reads slowly", token: &once };
    usecases.give(&ada, ben.person, gift, after(11)).await.expect("given");
    let shown = usecases.quiz_question(&ben, "timed", 2, after(11)).await.expect("answered").expect("a question");
    let until = jiff::civil::datetime(2026, 3, 2, 0, 45, 0, 0);
    assert_eq!(shown.time, Some(TimeLeft::Minutes { left: 4, until }), "by the clocks of Lagos");
    answer(usecases, &ben, ("timed", 2), &right(&shown.question), after(12)).await.expect("kept");
    let attempt = hand_in(usecases, &ben, "timed", after(99)).await;
    let result = usecases.quiz_result(&ben, "timed", attempt).await.expect("a result");
    assert_eq!(result.score, Some(33), "what was answered in time is marked");
}

async fn feedback_at_once_makes_the_first_answer_stand(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    publish(usecases, "at-once.md", &QUIZ.replace("retry: wrong", "feedback: immediate")).await;
    begin_quiz(usecases, &ada, "at-once", now()).await;
    assert!(matches!(answer(usecases, &ada, ("at-once", 1), &Sent::default(), now()).await, Err(Failure::Invalid(_))));
    let view = question(usecases, &ada, "at-once", 1).await;
    assert!(view.verdict.is_none());
    let to = answer(usecases, &ada, ("at-once", 1), &right(&view), now()).await.expect("kept");
    assert!(to.ends_with("#verdict"));
    let view = question(usecases, &ada, "at-once", 1).await;
    assert_eq!(view.verdict.and_then(|verdict| verdict.rightness), Some(Rightness::Right));
    let again = answer(usecases, &ada, ("at-once", 1), &ticks(&["2"]), now()).await;
    assert!(matches!(again, Err(Failure::Conflict)), "{again:?}");
}

async fn a_certificate_is_frozen_and_its_owners(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    play(usecases, &ben, ASSESSED, &BEST, now()).await;
    take_quiz(usecases, &ben, &ALL, now()).await;
    for page in ["look-up", "practise", "prove", "at-your-desk"] {
        read(usecases, &ben, "heard", page, now()).await;
    }
    let number = usecases.module(&ben, "heard").await.expect("a module").certificate.expect("a certificate");
    let issued = usecases.certificate(&ben, &number).await.expect("it is theirs");
    assert_eq!(
        (issued.name.as_str(), issued.title.as_str(), issued.organisation.as_str()),
        ("n-1", "Being heard", "Mercy Clinic")
    );
    let site = usecases.site(&ada).await.expect("a site");
    usecases
        .change_site(&ada, &usecases::site::SiteView { name: "Another Clinic".to_owned(), ..site }, now())
        .await
        .expect("renamed");
    publish(usecases, "heard.md", &MODULE.replace("Being heard", "Being seen")).await;
    assert_eq!(usecases.certificate(&ben, &number).await.expect("it is theirs"), issued, "nothing changes it");
    assert_eq!(
        usecases.certified(&number.to_lowercase().replace('-', " ")).await.expect("anybody may check it"),
        issued
    );
    assert!(matches!(usecases.certificate(&ada, &number).await, Err(Failure::NotFound)), "not even an administrator");
    assert!(matches!(usecases.certified("AAAA-BBBB-CCCC").await, Err(Failure::NotFound)));
    let pdf = usecases.certificate_pdf(&ben, &number, "https://clinic.example/verify/x").await.expect("a PDF");
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 4_000);
}

async fn what_is_somebody_elses_is_not_there(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    let played = play(usecases, &ben, ASSESSED, &BEST, now()).await;
    let handed_in = take_quiz(usecases, &ben, &ALL, now()).await;
    assert!(matches!(usecases.debrief(&ada, "the-wait", played).await, Err(Failure::NotFound)));
    assert!(matches!(usecases.quiz_result(&ada, "questions", handed_in).await, Err(Failure::NotFound)));
    let own = token(&ada, 3);
    let again = usecases.play_again(&ada, "the-wait", (played, 0), (None, &own), now()).await;
    assert!(matches!(again, Err(Failure::NotFound)));
    let open = begin_role_play(usecases, &ben, ASSESSED).await;
    let stolen = Chosen { token: &own, ..choice(&open, "Say the truth") };
    assert!(matches!(usecases.choose(&ada, stolen, now()).await, Err(Failure::NotFound)));
    assert!(
        matches!(usecases.debrief(&ben, "the-wait", open.attempt).await, Err(Failure::NotFound)),
        "it has not ended"
    );
    let foreign = usecases.choose(&ben, Chosen { token: &own, ..choice(&open, "Say the truth") }, now()).await;
    assert!(matches!(foreign, Err(Failure::Conflict)), "a token belongs to one person");
    begin_quiz(usecases, &ben, "questions", now()).await;
    let review = usecases.review(&ben, "questions", now()).await.expect("answered").expect("it is open");
    assert!(matches!(usecases.hand_in(&ada, "questions", (review.attempt, &own), now()).await, Err(Failure::NotFound)));
}

async fn a_reflection_is_private_and_can_be_changed(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let ben = learner(usecases, &ada, "n-1").await;
    let place = ("heard", "at-your-desk");
    let text = async |who: &Who| match usecases.page(who, place.0, place.1).await.expect("a page").body {
        PageBody::Reflect { words, text, over } => {
            assert_eq!(words, Some(5));
            (text, over)
        }
        other => panic!("{other:?}"),
    };
    let first = token(&ben, 1);
    usecases.reflect(&ben, place, (&first, 0, " I will look up. "), now()).await.expect("kept");
    let (_, over) = text(&ben).await;
    usecases.reflect(&ben, place, (&token(&ben, 2), over, "I will greet by name."), later(1)).await.expect("changed");
    usecases.reflect(&ben, place, (&first, 0, " I will look up. "), later(2)).await.expect("an old form sent late");
    let offline = usecases.reflect(&ben, place, (&token(&ben, 5), over, "Written before, sent late"), later(3)).await;
    assert!(matches!(offline, Err(Failure::Conflict)), "{offline:?}");
    assert_eq!(text(&ben).await.0, "I will greet by name.", "what is newer stays");
    assert_eq!(text(&ada).await.0, "", "nobody else reads it");
    let long = "x".repeat(5_001);
    let long = usecases.reflect(&ben, place, (&token(&ben, 3), over, &long), now()).await;
    assert!(matches!(long, Err(Failure::Invalid(_))));
    assert!(matches!(
        usecases.reflect(&ben, ("heard", "look-up"), (&token(&ben, 4), 0, "x"), now()).await,
        Err(Failure::NotFound)
    ));
    let data = serde_json::to_string(&usecases.own_data(&ben, now()).await.expect("own data")).expect("JSON");
    assert!(data.contains("I will greet by name."), "{data}");
}

async fn what_people_think_is_shown_from_ten_on(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let mut last = None;
    for number in 1..=10 {
        let person = learner(usecases, &ada, &format!("n-{number}")).await;
        let comment = format!("Comment {number}");
        let thinks = |token| Thinks { marks: ["5", "4", "1"], comment: &comment, token };
        let (early, token_1, token_2) = (token(&person, 1), token(&person, 2), token(&person, 3));
        let early = usecases.say(&person, "hello", thinks(&early), now()).await;
        assert!(matches!(early, Err(Failure::Conflict)), "only who has completed it is asked");
        for page in ["first", "check-yourself"] {
            read(usecases, &person, "hello", page, now()).await;
        }
        assert!(usecases.module(&person, "hello").await.expect("a module").may_say);
        usecases.say(&person, "hello", thinks(&token_1), now()).await.expect("taken");
        usecases.say(&person, "hello", thinks(&token_2), now()).await.expect("taken again, in its place");
        assert!(!usecases.module(&person, "hello").await.expect("a module").may_say);
        let opinion = usecases.opinion(&ada, "hello").await.expect("an opinion");
        assert_eq!(opinion.answers, number);
        assert_eq!((opinion.marks.is_empty(), opinion.comments.is_empty()), (number < 10, number < 10), "{number}");
        last = Some((person, opinion));
    }
    let (person, opinion) = last.expect("ten");
    assert_eq!(opinion.marks, [[0, 0, 0, 0, 10], [0, 0, 0, 10, 0], [10, 0, 0, 0, 0]]);
    assert!(matches!(usecases.opinion(&person, "hello").await, Err(Failure::Denied)));
    let none = Thinks { marks: ["", "6", "x"], comment: "", token: &token(&person, 9) };
    match usecases.say(&person, "hello", none, now()).await {
        Err(Failure::Invalid(errors)) => assert_eq!(errors.len(), 3),
        other => panic!("{other:?}"),
    }
}

async fn both_engines_find_the_same(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    publish(usecases, "phone.md", "---\nkind: job-aid\ntitle: On the phone\n---\n\n# On the phone\n\nSay your name. Ọmọ́táyọ̀ shows how: it's a café-style welcome, 24 hours.\n").await;
    for (query, found) in [
        ("heard", vec!["Being heard"]),
        ("HEA", vec!["Being heard"]),
        ("faces", vec!["Being heard"]),
        ("omotayo", vec!["On the phone"]),
        ("cafe style", vec!["On the phone"]),
        ("its 24", vec!["On the phone"]),
        ("wait", vec!["The wait"]),
        ("say", vec!["On the phone"]),
        ("unshown", vec![]),
        ("key-one", vec![]),
        ("telephone", vec![]),
        ("who", vec![]),
        ("\" * ' -- ( & | ! :", vec![]),
        ("", vec![]),
        ("hear zebra", vec![]),
    ] {
        let hits = usecases.search(&ada, query).await.expect("answered").hits;
        let titles: Vec<_> = hits.iter().map(|hit| hit.title.as_str()).collect();
        assert_eq!(titles, found, "{query}");
    }
    publish(usecases, "phone.md", "---\nkind: job-aid\ntitle: By letter\n---\n\n# By letter\n\nWrite plainly.\n").await;
    let odd = usecases.search(&ada, "let\0ter\u{7}").await.expect("answered");
    assert_eq!((odd.query.as_str(), odd.hits.len()), ("letter", 1), "control characters are left out");
    assert!(usecases.search(&ada, "\0").await.expect("answered").hits.is_empty());
    assert!(usecases.search(&ada, "omotayo").await.expect("answered").hits.is_empty(), "what is not live is not found");
    assert_eq!(usecases.search(&ada, "letter").await.expect("answered").hits[0].href, "/job-aids/phone");
}

async fn tokens_and_images_are_put_in_their_places(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let source = "---\nkind: module\ntitle: Shown\n---\n\n# Shown\n\n## One\n\n![A desk](img/desk.svg) Ask {privacy_lead} of {organisation}. See [this](hello.md#first).\n";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec();
    let attached = |bytes: &[u8]| {
        vec![Attached {
            target: "img/desk.svg".to_owned(),
            hash: courseware::Hash::of(bytes),
            bytes: Some(bytes.to_vec()),
        }]
    };
    let file = |attached| File { attached, ..File::alone("shown.md", source) };
    let (no_image, image) = (attached(b"no image"), attached(&svg));
    let wrong = usecases.publish(&file(&no_image), now()).await.expect("answered");
    assert!(matches!(wrong, Published::Refused { notice: Some(_), .. }), "{wrong:?}");
    assert_eq!(usecases.publish(&file(&image), now()).await.expect("answered"), Published::New);
    let html = async || usecases.page(&ada, "shown", "one").await.expect("a page").html;
    let shown = html().await;
    assert!(
        shown.contains("our data protection officer of Mercy Clinic") && shown.contains("href=\"/go/hello/first\""),
        "{shown}"
    );
    let hash = courseware::Hash::of(&svg);
    assert!(shown.contains(&format!("src=\"/images/{hash}.svg\"")), "{shown}");
    let image = usecases.image(&ada, hash.as_str()).await.expect("an image");
    assert_eq!((image.mime.as_str(), image.bytes), ("image/svg+xml", svg));
    assert_eq!(usecases.way_to(&ada, "hello").await.expect("a way"), ("/modules/hello".to_owned(), true));
    let site = usecases.site(&ada).await.expect("a site");
    let mut tokens = site.tokens.clone();
    tokens[0] = "Dr <Obi>".to_owned();
    usecases.change_site(&ada, &usecases::site::SiteView { tokens, ..site }, now()).await.expect("changed");
    assert!(html().await.contains("Dr &lt;Obi&gt; of"), "what is cached follows");
}

async fn a_module_is_refused_while_what_it_embeds_is_not_there(Db { usecases, .. }: &Db) {
    administrator(usecases).await;
    let refused =
        async |source: &str| match usecases.publish(&File::alone("heard.md", source), now()).await.expect("answered") {
            Published::Refused { notice, .. } => notice.unwrap_or_default(),
            other => panic!("{other:?}"),
        };
    assert!(refused(MODULE).await.contains("the-wait.md is not published"));
    publish(usecases, "the-wait.md", ROLE_PLAY).await;
    assert!(refused(MODULE).await.contains("questions.md is not published"));
    publish(usecases, "questions.md", QUIZ).await;
    assert!(refused(&MODULE.replace("[Play it](the-wait.md)", "Play.")).await.contains("asks for a scenario"));
    assert!(refused(&MODULE.replace("questions.md", "hello.md")).await.contains("can only be linked to"));
    publish(usecases, "heard.md", MODULE).await;
}

async fn a_form_of_an_older_version_is_not_read_as_the_new_one(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let page = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    publish(usecases, "hello.md", &crate::common::MODULE.replace("Look up.", "Look up and smile.")).await;
    let step =
        |token| Step { slug: "hello", page: "check-yourself", token, version: page.version, newest: page.newest };
    let answered = usecases.answer_check(&ada, step(&page.token), &ticks(&["1"]), now()).await;
    assert!(matches!(answered, Err(Failure::Conflict)), "{answered:?}");
    let read = usecases.mark_read(&ada, step(&page.read_token), now()).await;
    assert!(matches!(read, Err(Failure::Conflict)), "{read:?}");
    assert!(usecases.module(&ada, "hello").await.expect("a module").newest.is_none(), "nothing was begun");
}

async fn the_last_or_the_first_attempt_counts_where_the_quiz_says_so(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let quiz = |keep: &str| {
        format!(
            "---\nkind: quiz\ntitle: Kept {keep}\npass: 50\nkeep: {keep}\n---\n\n# Kept {keep}\n\n## One\n\nWho comes first?\n\n- [x] KEY-ONE\n  > Yes.\n- [ ] The telephone\n  > No.\n"
        )
    };
    let take = async |who: &Who, slug: &str, is_right: bool, at: Timestamp| {
        begin_quiz(usecases, who, slug, at).await;
        let view = question(usecases, who, slug, 1).await;
        let sent = if is_right { right(&view) } else { Sent::default() };
        answer(usecases, who, (slug, 1), &sent, at).await.expect("kept");
        let attempt = hand_in(usecases, who, slug, at).await;
        usecases.quiz_result(who, slug, attempt).await.expect("a result")
    };
    for keep in ["last", "first"] {
        let slug = format!("kept-{keep}");
        publish(usecases, &format!("{slug}.md"), &quiz(keep)).await;
        let module = format!(
            "---\nkind: module\ntitle: With {keep}\ncomplete: [read, quiz]\n---\n\n# With {keep}\n\n## Read\n\nRead.\n\n## Prove\n\n[Quiz]({slug}.md)\n"
        );
        publish(usecases, &format!("with-{keep}.md"), &module).await;
    }
    let ben = learner(usecases, &ada, "n-1").await;
    let is_done = async |who: &Who, title: &str, at| {
        usecases.record(who, at).await.expect("a record").completed.iter().any(|line| line.title == title)
    };
    take(&ben, "kept-last", true, now()).await;
    take(&ben, "kept-last", false, later(1)).await;
    for page in ["read", "prove"] {
        read(usecases, &ben, "with-last", page, later(2)).await;
    }
    assert!(!is_done(&ben, "With last", later(2)).await, "the last one did not pass");
    take(&ben, "kept-last", true, later(3)).await;
    assert!(is_done(&ben, "With last", later(3)).await);

    for page in ["read", "prove"] {
        read(usecases, &ben, "with-first", page, now()).await;
    }
    take(&ben, "kept-first", false, now()).await;
    let second = take(&ben, "kept-first", true, later(1)).await;
    assert!(!second.passed && second.was_practice && second.first_counts);
    assert!(!is_done(&ben, "With first", later(1)).await, "the first one counts");
    let once = token(&ada, 7);
    let gift = Gift { quiz: "kept-first", attempts: "1", minutes: "", reason: "The alarm rang", token: &once };
    usecases.give(&ada, ben.person, gift, later(2)).await.expect("given");
    assert!(take(&ben, "kept-first", true, later(3)).await.passed, "with another one the count begins anew");
    assert!(is_done(&ben, "With first", later(3)).await);
}
