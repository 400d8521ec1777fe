//! The main job without a browser: set up, invite, read, check, complete; and what must not happen on the way.

use crate::common::{Db, MODULE, PASSWORD, administrator, as_typed, now, step, ticks, who};
use usecases::{
    Failure,
    departments::DepartmentTyped,
    learn::{PageBody, Progress, ReaderPage},
    people::NewPerson,
    question::{OptionView, QuestionView, Rightness, TaskView},
};

testbed::on_both_engines! {
    a_module_is_completed_once_and_on_the_sites_day
    a_check_shows_its_key_only_after_the_answer_and_keeps_the_first
    only_administrators_find_people_and_disabling_acts_at_once
    guessing_is_slowed
    a_manager_sees_the_own_department_and_no_other
    an_answer_belongs_to_the_version_it_was_given_in
    a_parse_from_before_the_first_release_is_made_anew
}

async fn a_module_is_completed_once_and_on_the_sites_day(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;

    let first = usecases.page(&ada, "hello", "first").await.expect("a page");
    let next = usecases.mark_read(&ada, step(&first, "first", &first.read_token), now()).await.expect("read");
    assert_eq!(next, "/modules/hello/check-yourself");
    let again =
        usecases.mark_read(&ada, step(&first, "first", &first.read_token), now()).await.expect("a double click");
    assert_eq!(again, next);

    let last = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    let done = usecases.mark_read(&ada, step(&last, "check-yourself", &last.read_token), now()).await.expect("read");
    assert_eq!(done, "/modules/hello");
    usecases.mark_read(&ada, step(&last, "check-yourself", &last.read_token), now()).await.expect("a double click");

    let record = usecases.record(&ada, now()).await.expect("the record").completed;
    assert_eq!(record.len(), 1);
    assert_eq!(record[0].on, jiff::civil::date(2026, 3, 2), "it is past midnight in Lagos");
    let overview = usecases.module(&ada, "hello").await.expect("the module");
    assert_eq!(overview.card.progress, Progress::Done { on: jiff::civil::date(2026, 3, 2) });
}

async fn a_check_shows_its_key_only_after_the_answer_and_keeps_the_first(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;

    let page = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    let options = shown(&page);
    assert!(options.iter().all(|option| option.correct.is_none() && option.feedback_html.is_none()));
    let (right, wrong) = (place(&options, "The person"), place(&options, "The telephone"));
    for nonsense in [vec![], vec!["99"], vec!["x"], vec![right, wrong]] {
        let nonsense = ticks(&nonsense);
        let answer = usecases.answer_check(&ada, step(&page, "check-yourself", &page.token), &nonsense, now()).await;
        assert!(matches!(answer, Err(Failure::Invalid(_))), "{nonsense:?}");
    }

    usecases
        .answer_check(&ada, step(&page, "check-yourself", &page.token), &ticks(&[wrong]), now())
        .await
        .expect("an answer");
    usecases
        .answer_check(&ada, step(&page, "check-yourself", &page.token), &ticks(&[wrong]), now())
        .await
        .expect("sent twice");
    let other = usecases.answer_check(&ada, step(&page, "check-yourself", &page.token), &ticks(&[right]), now()).await;
    assert!(matches!(other, Err(Failure::Conflict)));

    let page = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    let PageBody::Check(check) = &page.body else { panic!("a check") };
    assert_eq!(check.verdict.as_ref().and_then(|verdict| verdict.rightness), Some(Rightness::Wrong));
    let ticked = shown(&page).into_iter().find(|option| option.ticked).expect("the answer");
    assert!(ticked.html.contains("The telephone") && ticked.correct == Some(false));
}

/// The answers of a check, as they are shown.
fn shown(page: &ReaderPage) -> Vec<OptionView> {
    match &page.body {
        PageBody::Check(QuestionView { task: TaskView::Choice { options, .. }, .. }) => options.clone(),
        other => panic!("{other:?}"),
    }
}

/// The place of an answer on the page, from its first words.
fn place(options: &[OptionView], words: &str) -> &'static str {
    let at = options.iter().position(|option| option.html.contains(words)).expect("the answer");
    ["1", "2", "3"][at]
}

async fn only_administrators_find_people_and_disabling_acts_at_once(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let new = NewPerson { name: "Ben Eze", email: "", staff_number: "n-7" };
    let ben = usecases.add_person(&ada, new, now()).await.expect("added");
    assert!(matches!(usecases.add_person(&ada, new, now()).await, Err(Failure::Invalid(_))), "the number is taken");
    let token = usecases.invite(&ada, ben, now()).await.expect("a link");
    assert!(matches!(usecases.accept_invitation(&token, "benezebeneze", None, now()).await, Err(Failure::Invalid(_))));
    assert_eq!(usecases.accept_invitation(&token, PASSWORD, None, now()).await.expect("accepted"), ben);
    assert!(matches!(usecases.accept_invitation(&token, PASSWORD, None, now()).await, Err(Failure::NotFound)));

    let who_ben = who(usecases, ben).await;
    assert!(matches!(usecases.people(&who_ben, "", 0).await, Err(Failure::Denied)));
    assert!(matches!(usecases.team(&who_ben, 0, now()).await, Err(Failure::Denied)));
    assert_eq!(usecases.sign_in(as_typed("N-7", PASSWORD), now()).await.expect("signed in"), ben);

    usecases.set_disabled(&ada, ben, true, now()).await.expect("disabled");
    assert_eq!(usecases.who(ben).await.expect("the store"), None);
    assert!(matches!(usecases.sign_in(as_typed("n-7", PASSWORD), now()).await, Err(Failure::Invalid(_))));
    assert!(matches!(usecases.set_disabled(&ada, ada.person, true, now()).await, Err(Failure::NotFound)));
}

async fn guessing_is_slowed(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    for _ in 0..10 {
        let answer = usecases.sign_in(as_typed("ada@example.org", "not the password"), now()).await;
        assert!(matches!(answer, Err(Failure::Invalid(_))));
    }
    assert!(matches!(usecases.sign_in(as_typed("ADA@example.org", PASSWORD), now()).await, Err(Failure::TooMany)));
    let later = now() + jiff::SignedDuration::from_mins(16);
    assert_eq!(usecases.sign_in(as_typed("ada@example.org", PASSWORD), later).await.expect("signed in"), ada.person);
}

async fn a_manager_sees_the_own_department_and_no_other(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let mut people = Vec::new();
    let mut departments = Vec::new();
    for name in ["Ward 3", "Billing"] {
        let typed = DepartmentTyped { name, parent: "" };
        departments.push(usecases.add_department(&ada, typed, now()).await.expect("added").to_string());
    }
    let (ward, billing) = (departments[0].as_str(), departments[1].as_str());
    for (number, department) in [("n-1", ward), ("n-2", ward), ("n-3", billing)] {
        let new = NewPerson { name: number, email: "", staff_number: number };
        let person = usecases.add_person(&ada, new, now()).await.expect("added");
        usecases.place(&ada, person, (department, "Nurse"), now()).await.expect("placed");
        people.push(person);
    }
    let unplaced = usecases.set_right(&ada, ada.person, ("manager", ward, true), now()).await;
    assert!(matches!(unplaced, Err(Failure::NotFound)), "nobody changes their own rights");
    usecases.set_right(&ada, people[0], ("manager", ward, true), now()).await.expect("granted");

    let manager = who(usecases, people[0]).await;
    let names = |team: usecases::team::TeamPage| team.lines.into_iter().map(|line| line.name).collect::<Vec<_>>();
    assert_eq!(names(usecases.team(&manager, 0, now()).await.expect("a team")), ["n-1", "n-2"]);
    assert_eq!(names(usecases.team(&ada, 0, now()).await.expect("all")).len(), 4, "those without a department too");

    usecases.set_right(&ada, people[0], ("manager", ward, false), now()).await.expect("revoked");
    let manager = who(usecases, people[0]).await;
    assert!(matches!(usecases.team(&manager, 0, now()).await, Err(Failure::Denied)));
}

async fn an_answer_belongs_to_the_version_it_was_given_in(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let check = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
    let right = place(&shown(&check), "The person");
    usecases
        .answer_check(&ada, step(&check, "check-yourself", &check.token), &ticks(&[right]), now())
        .await
        .expect("an answer");
    for id in ["first", "check-yourself"] {
        let page = usecases.page(&ada, "hello", id).await.expect("a page");
        usecases.mark_read(&ada, step(&page, id, &page.read_token), now()).await.expect("read");
    }
    let body = async || {
        let page = usecases.page(&ada, "hello", "check-yourself").await.expect("a page");
        let PageBody::Check(check) = &page.body else { panic!("a check") };
        (check.verdict.as_ref().map(|verdict| verdict.rightness), shown(&page))
    };
    assert_eq!(body().await.0, Some(Some(Rightness::Right)));

    let right = "- [x] The person in front of you\n  > Yes.\n";
    let wrong = "- [ ] The telephone\n  > It can ring.\n";
    assert!(MODULE.contains(&format!("{right}{wrong}")));
    let swapped = MODULE.replace(&format!("{right}{wrong}"), &format!("{wrong}{right}"));
    usecases.publish(&usecases::publish::File::alone("hello.md", &swapped), now()).await.expect("published");
    let (verdict, options) = body().await;
    assert_eq!(verdict, Some(None), "the key, and no verdict on another's answer");
    assert!(options.iter().all(|option| !option.ticked));
    let right = options.iter().find(|option| option.correct == Some(true)).expect("a key");
    assert!(right.html.contains("The person"));
    let overview = usecases.module(&ada, "hello").await.expect("the module");
    assert!(matches!(overview.card.progress, Progress::Done { .. }));
    assert_eq!(overview.card.continue_at, "/modules/hello/first", "to read again is to begin at the beginning");
    assert!(overview.pages.iter().all(|page| page.read));
}

async fn a_parse_from_before_the_first_release_is_made_anew(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let old = store::NewVersion {
        kind: "module".to_owned(),
        slug: "old".to_owned(),
        title: "Hello".to_owned(),
        source: MODULE.to_owned(),
        content_hash: [7; 32],
        scoring_hash: [7; 32],
        frozen: r#"{"grammar":1,"slug":"old","title":"Hello","pages":[]}"#.to_owned(),
        by: None,
        change: None,
        draft: None,
        assets: Vec::new(),
        words: None,
    };
    store.publish(old, now().as_microsecond()).await.expect("published");
    let page = usecases.page(&ada, "old", "check-yourself").await.expect("a page");
    assert!(matches!(page.body, PageBody::Check(_)), "{:?}", page.body);
}
