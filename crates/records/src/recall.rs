//! Recall between cycles: when a few questions come again after a completion, and what the answers say (schedule.md, "Recall between
//! cycles").
//!
//! Days are civil days of the site's zone; day 0 is the day of the completion. Only the answers since the last completion count: a new
//! one begins a new plan. Nothing here ever touches coverage, timing or a due date.
//!
//! # When
//!
//! - A planned session is due from its day on, that day included, and stays due until one is held. A session held on a day, late or
//!   not, stands for every planned day up to and including it: what was left out does not pile up.
//! - An item that was missed comes back [`BACK_AFTER`] days after the day of the miss, that day included, until it is asked again. It is
//!   asked in the same session as what is planned by then; there is never more than one session.
//! - An answer on the day of the completion, or dated before it, counts as given on day 0.
//!
//! ```
//! use jiff::civil::date;
//! use records::recall::{Answer, Plan, Recall};
//!
//! let plan = Plan::default();
//! let missed = Answer { item: Some("greet".to_owned()), on: date(2026, 3, 4), correct: false };
//! let recall = Recall { plan: &plan, completed: date(2026, 3, 1), answers: &[missed] };
//! assert_eq!(recall.next(), Some(date(2026, 3, 11)), "a miss comes back after 7 days");
//! assert!(recall.due(date(2026, 3, 10)).is_none());
//! assert_eq!(recall.due(date(2026, 3, 22)).unwrap().returning, ["greet"], "together with day 21");
//! ```

use jiff::{ToSpan as _, civil::Date};

/// How many days after a miss an item comes back.
pub const BACK_AFTER: i32 = 7;
/// With fewer than so many of a hundred right, the module is suggested.
const SUGGESTED_BELOW: usize = 60;
/// With so many of a hundred right throughout, the challenge quiz is enough.
const ENOUGH_FROM: usize = 80;

/// On which days after a completion questions come, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    days: Vec<i32>,
    every: Option<i32>,
    questions: usize,
}

impl Default for Plan {
    /// Three questions after 3, 21, 90 and 180 days.
    fn default() -> Self {
        Self::new([3, 21, 90, 180], None, 3)
    }
}

impl Plan {
    /// The days after the completion that it names, in order.
    #[must_use]
    pub fn days(&self) -> &[i32] {
        &self.days
    }

    /// A plan of days after the completion, in any order; `every` goes on after the last of them, counted from it. Days of 0 are left out,
    /// and at least one question is asked.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = u32>, every: Option<u32>, questions: u32) -> Self {
        let whole = |n: u32| i32::try_from(n).ok().filter(|n| *n > 0);
        let mut days: Vec<i32> = days.into_iter().filter_map(whole).collect();
        days.sort_unstable();
        days.dedup();
        Self { days, every: every.and_then(whole), questions: questions.max(1) as usize }
    }

    /// How many questions a planned session asks.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// The first planned day after this one.
    fn after(&self, day: i32) -> Option<i32> {
        if let Some(next) = self.days.iter().find(|planned| **planned > day) {
            return Some(*next);
        }
        let last = self.days.last().copied().unwrap_or(0);
        let every = self.every?;
        last.checked_add(((day - last) / every).checked_add(1)?.checked_mul(every)?)
    }

    /// The last planned day up to this one, this one included.
    fn up_to(&self, day: i32) -> Option<i32> {
        let last = self.days.last().copied().unwrap_or(0);
        match self.every {
            Some(every) if day >= last.saturating_add(every) => Some(last + (day - last) / every * every),
            _ => self.days.iter().rev().find(|planned| **planned <= day).copied(),
        }
    }
}

/// An answer that was given since the completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was asked, whatever the words; none where nothing asks it any more, so that it cannot come back.
    pub item: Option<String>,
    /// The day on which it was answered.
    pub on: Date,
    /// Whether it was wholly right.
    pub correct: bool,
}

/// A session that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first day on which it was due.
    pub since: Date,
    /// The planned day that it stands for, in days after the completion: the latest, if several were left out. None where only misses
    /// come back.
    pub planned: Option<i32>,
    /// What comes back, the longest waiting first.
    pub returning: Vec<String>,
    /// What was missed and comes back another day: not to be asked before.
    pub waiting: Vec<String>,
}

/// A completion with its plan, and the answers since, in the order in which they were given.
#[derive(Clone, Copy, Debug)]
pub struct Recall<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The day of the completion.
    pub completed: Date,
    /// The answers.
    pub answers: &'a [Answer],
}

impl<'a> Recall<'a> {
    /// The first day on which a session is due, past or future; none when there is nothing more to come.
    #[must_use]
    pub fn next(&self) -> Option<Date> {
        let back = self.missed().into_iter().map(|(_, day)| day + BACK_AFTER).min();
        let day = self.plan.after(self.held()).into_iter().chain(back).min()?;
        Some(self.date(day))
    }

    /// The session that is due on a day; none where nothing is.
    #[must_use]
    pub fn due(&self, today: Date) -> Option<Due> {
        let since = self.next().filter(|next| *next <= today)?;
        let day = self.day(today);
        let mut missed = self.missed();
        missed.sort_by_key(|(_, day)| *day);
        let (returning, waiting): (Vec<_>, Vec<_>) =
            missed.into_iter().partition(|(_, missed)| missed + BACK_AFTER <= day);
        let keys = |list: Vec<(&str, i32)>| list.into_iter().map(|(item, _)| item.to_owned()).collect();
        Some(Due {
            since,
            planned: self.plan.up_to(day).filter(|planned| *planned > self.held()),
            returning: keys(returning),
            waiting: keys(waiting),
        })
    }

    /// What was missed when it was asked last, with the day on which it comes back, in the order in which it was missed.
    #[must_use]
    pub fn coming_back(&self) -> Vec<(&'a str, Date)> {
        self.missed().into_iter().map(|(item, day)| (item, self.date(day + BACK_AFTER))).collect()
    }

    /// What was missed twice running: there is a page to read again.
    #[must_use]
    pub fn twice_missed(&self) -> Vec<&'a str> {
        let twice = |item: &&str| self.of(item).rev().take(2).filter(|answer| !answer.correct).count() == 2;
        self.items().into_iter().filter(twice).collect()
    }

    /// Whether the module is suggested: of all answers of this plan, returns included, fewer than 60 of a hundred were right. It takes as
    /// many answers as one session asks before anything is said.
    #[must_use]
    pub fn suggests_module(&self) -> bool {
        let (right, all) = share(self.answers);
        all >= self.plan.questions && right * 100 < all * SUGGESTED_BELOW
    }

    /// Whether, on a day, a challenge quiz is enough for the next renewal where the policy allows it: at the end of each day with answers,
    /// of all answers until then 80 of a hundred or more were right; there are as many as one session asks; and nothing is due.
    /// Answers after that day do not count.
    #[must_use]
    pub fn challenge_is_enough(&self, on: Date) -> bool {
        let until = self.answers.iter().rposition(|answer| answer.on <= on).map_or(0, |at| at + 1);
        let then = Self { answers: &self.answers[..until], ..*self };
        let ends_day = |at: usize| then.answers.get(at + 1).is_none_or(|next| next.on != then.answers[at].on);
        let kept = |at: usize| {
            let (right, all) = share(&then.answers[..=at]);
            right * 100 >= all * ENOUGH_FROM
        };
        until >= self.plan.questions && (0..until).filter(|at| ends_day(*at)).all(kept) && then.due(on).is_none()
    }

    /// Days after the completion.
    fn day(&self, date: Date) -> i32 {
        (date - self.completed).get_days()
    }

    fn date(&self, day: i32) -> Date {
        self.completed.saturating_add(day.days())
    }

    /// The day of the last answer.
    fn held(&self) -> i32 {
        self.answers.iter().map(|answer| self.day(answer.on)).max().unwrap_or(0).max(0)
    }

    /// Every item that was asked, each once, in the order in which it was asked last.
    fn items(&self) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for item in self.answers.iter().rev().filter_map(|answer| answer.item.as_deref()) {
            if !found.contains(&item) {
                found.push(item);
            }
        }
        found.reverse();
        found
    }

    fn of(&self, item: &str) -> impl DoubleEndedIterator<Item = &'a Answer> {
        self.answers.iter().filter(move |answer| answer.item.as_deref() == Some(item))
    }

    /// What was missed when it was asked last, with the day of the miss.
    fn missed(&self) -> Vec<(&'a str, i32)> {
        let last = |item: &'a str| {
            let answer = self.of(item).next_back().filter(|answer| !answer.correct)?;
            Some((item, self.day(answer.on).max(0)))
        };
        self.items().into_iter().filter_map(last).collect()
    }
}

/// How many of the answers were right, and how many there are.
fn share(answers: &[Answer]) -> (usize, usize) {
    (answers.iter().filter(|answer| answer.correct).count(), answers.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const DONE: Date = date(2026, 3, 1);

    fn on(day: i32) -> Date {
        DONE.saturating_add(day.days())
    }

    /// Answers from days, items and whether they were right: `(3, "a", true)`.
    fn answers(list: &[(i32, &str, bool)]) -> Vec<Answer> {
        let answer = |(day, item, correct): &(i32, &str, bool)| Answer {
            item: (!item.is_empty()).then(|| (*item).to_owned()),
            on: on(*day),
            correct: *correct,
        };
        list.iter().map(answer).collect()
    }

    fn next(plan: &Plan, list: &[(i32, &str, bool)]) -> Option<i32> {
        let answers = answers(list);
        let recall = Recall { plan, completed: DONE, answers: &answers };
        recall.next().map(|date| recall.day(date))
    }

    #[test]
    fn sessions_come_on_the_days_of_the_plan_and_misses_after_seven() {
        let usual = Plan::default();
        let for_ever = Plan::new([3, 21, 90, 180], Some(90), 3);
        let only_every = Plan::new([], Some(90), 3);
        type Case<'c> = (&'c str, &'c Plan, &'c [(i32, &'c str, bool)], Option<i32>);
        let cases: &[Case<'_>] = &[
            ("nothing yet", &usual, &[], Some(3)),
            ("on the day", &usual, &[(3, "a", true)], Some(21)),
            ("a day late", &usual, &[(4, "a", true)], Some(21)),
            ("the day before the next", &usual, &[(20, "a", true)], Some(21)),
            ("on the next stands for both", &usual, &[(21, "a", true)], Some(90)),
            ("all but one left out", &usual, &[(100, "a", true)], Some(180)),
            ("after the last there is nothing", &usual, &[(180, "a", true)], None),
            ("but what was missed", &usual, &[(180, "a", false)], Some(187)),
            ("a miss", &usual, &[(3, "a", false)], Some(10)),
            ("a miss near the next", &usual, &[(18, "a", false)], Some(21)),
            ("a miss that came back right", &usual, &[(3, "a", false), (10, "a", true)], Some(21)),
            ("a miss that came back wrong", &usual, &[(3, "a", false), (10, "a", false)], Some(17)),
            ("a miss that came back late", &usual, &[(3, "a", false), (40, "a", true)], Some(90)),
            ("the first of two misses", &usual, &[(3, "a", false), (5, "b", false)], Some(10)),
            ("what nothing asks any more", &usual, &[(3, "", false)], Some(21)),
            ("on the day of completion", &usual, &[(0, "a", true)], Some(3)),
            ("dated before it", &usual, &[(-1, "a", false)], Some(3)),
            ("every 90 days after the last", &for_ever, &[(180, "a", true)], Some(270)),
            ("and again", &for_ever, &[(270, "a", true)], Some(360)),
            ("counted from the plan, not the answer", &for_ever, &[(300, "a", true)], Some(360)),
            ("from the last of the days", &for_ever, &[(269, "a", true)], Some(270)),
            ("only every so many", &only_every, &[], Some(90)),
            ("the same later", &only_every, &[(200, "a", true)], Some(270)),
            ("no plan at all", &Plan::new([], None, 3), &[], None),
        ];
        for (name, plan, list, expected) in cases {
            assert_eq!(next(plan, list), *expected, "{name}");
        }
    }

    #[test]
    fn a_session_is_due_from_its_day_on_and_stands_for_all_that_was_left_out() {
        let plan = Plan::default();
        let due = |list: &[(i32, &str, bool)], day: i32| {
            let answers = answers(list);
            let due = Recall { plan: &plan, completed: DONE, answers: &answers }.due(on(day))?;
            Some(((due.since - DONE).get_days(), due.planned, due.returning, due.waiting))
        };
        let keys = |list: &[&str]| list.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(due(&[], 2), None);
        assert_eq!(due(&[], 3), Some((3, Some(3), vec![], vec![])));
        assert_eq!(due(&[], 89), Some((3, Some(21), vec![], vec![])), "one session, not two");
        let missed = [(3, "a", false), (3, "b", true), (3, "c", false)];
        assert_eq!(due(&missed, 9), None);
        assert_eq!(due(&missed, 10), Some((10, None, keys(&["a", "c"]), vec![])));
        assert_eq!(due(&missed, 21), Some((10, Some(21), keys(&["a", "c"]), vec![])));
        let late = [(18, "a", false)];
        assert_eq!(due(&late, 21), Some((21, Some(21), vec![], keys(&["a"]))), "it waits its seven days");
        assert_eq!(due(&[(3, "a", true)], 20), None);
        let on_and_on = Plan::new([3], Some(90), 3);
        let later = Recall { plan: &on_and_on, completed: DONE, answers: &[] }.due(on(200)).map(|due| due.planned);
        assert_eq!(later, Some(Some(183)));
    }

    #[test]
    fn two_misses_running_of_one_item_have_a_page_to_read() {
        let plan = Plan::default();
        let twice = |list: &[(i32, &str, bool)]| {
            let answers = answers(list);
            let twice = Recall { plan: &plan, completed: DONE, answers: &answers }.twice_missed();
            twice.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(twice(&[(3, "a", false), (3, "b", false)]), Vec::<String>::new(), "two items, each missed once");
        assert_eq!(twice(&[(3, "a", false), (10, "a", false)]), ["a"]);
        assert_eq!(twice(&[(3, "a", false), (10, "b", true), (21, "a", false)]), ["a"], "others in between");
        assert_eq!(twice(&[(3, "a", false), (10, "a", true), (21, "a", false)]), Vec::<String>::new());
        assert_eq!(twice(&[(3, "a", false), (10, "a", false), (17, "a", true)]), Vec::<String>::new());
    }

    #[test]
    fn the_module_is_suggested_under_sixty_of_a_hundred() {
        let suggested = |right: usize, all: usize, questions: u32| {
            let plan = Plan::new([3], None, questions);
            let list: Vec<(i32, &str, bool)> = (0..all).map(|at| (3, "a", at < right)).collect();
            Recall { plan: &plan, completed: DONE, answers: &answers(&list) }.suggests_module()
        };
        for (right, all, questions, expected) in [
            (3, 5, 3, false),
            (2, 3, 3, false),
            (1, 3, 3, true),
            (5, 9, 3, true),
            (6, 10, 3, false),
            (59, 100, 3, true),
            (60, 100, 3, false),
        ] {
            assert_eq!(suggested(right, all, questions), expected, "{right} of {all}");
        }
        assert!(!suggested(0, 2, 3), "two answers say nothing yet");
        assert!(suggested(0, 1, 1));
    }

    #[test]
    fn a_challenge_is_enough_with_eighty_of_a_hundred_throughout_and_nothing_due() {
        let plan = Plan::new([3, 21], None, 5);
        let five = |day: i32, wrong: usize| -> Vec<(i32, &'static str, bool)> {
            ["a", "b", "c", "d", "e"].into_iter().enumerate().map(|(at, item)| (day, item, at >= wrong)).collect()
        };
        let enough = |list: &[(i32, &str, bool)], day: i32| {
            Recall { plan: &plan, completed: DONE, answers: &answers(list) }.challenge_is_enough(on(day))
        };
        assert!(!enough(&[], 2), "nothing was asked yet");
        assert!(enough(&five(3, 0), 3));
        assert!(!enough(&five(3, 0), 2), "as of the day before");
        assert!(enough(&five(3, 1), 9), "80 of a hundred");
        assert!(!enough(&five(3, 1), 10), "what was missed is due");
        assert!(!enough(&five(3, 2), 9), "60 of a hundred");
        assert!(enough(&five(3, 0), 20) && !enough(&five(3, 0), 21), "day 21 is due");
        let recovered: Vec<_> = [five(3, 2), vec![(10, "a", true), (10, "b", true)], five(21, 0)].concat();
        assert!(!enough(&recovered, 30), "10 of 12, but not throughout");
        let kept: Vec<_> = [five(3, 1), vec![(10, "a", true)], five(21, 1)].concat();
        assert!(enough(&kept, 22) && enough(&kept, 27) && !enough(&kept, 28));
        assert!(!enough(&[(3, "a", true), (3, "b", true)], 3), "fewer than a session");
        assert!(enough(&[five(3, 0), five(21, 5)].concat(), 20), "what comes later does not count yet");
    }

    fn plans() -> impl Strategy<Value = Plan> {
        (proptest::collection::vec(1_u32..200, 0..5), proptest::option::of(1_u32..120), 1_u32..5)
            .prop_map(|(days, every, questions)| Plan::new(days, every, questions))
    }

    /// Somebody's visits: so many days after the one before, and how right each answer is.
    fn visits() -> impl Strategy<Value = Vec<(i32, Vec<bool>)>> {
        proptest::collection::vec((0_i32..60, proptest::collection::vec(any::<bool>(), 12)), 0..25)
    }

    /// Holds whatever session is due on each visit, with as many new items as there is place for; `seen` hears of each.
    fn live(
        plan: &Plan,
        visits: &[(i32, Vec<bool>)],
        mut seen: impl FnMut(i32, &Due, &[Answer], &[Answer]),
    ) -> Vec<Answer> {
        let (mut answers, mut day, mut fresh): (Vec<Answer>, i32, usize) = (Vec::new(), 0, 0);
        for (gap, right) in visits {
            day += gap;
            let Some(due) = (Recall { plan, completed: DONE, answers: &answers }).due(on(day)) else { continue };
            let mut items = due.returning.clone();
            while due.planned.is_some() && items.len() < plan.questions() {
                items.push(format!("item {fresh}"));
                fresh += 1;
            }
            let before = answers.clone();
            let mut right = right.iter().cycle();
            answers.extend(items.into_iter().map(|item| Answer {
                item: Some(item),
                on: on(day),
                correct: right.next().copied().unwrap_or(true),
            }));
            seen(day, &due, &before, &answers);
        }
        answers
    }

    proptest! {
        #[test]
        fn there_is_never_a_second_session_on_the_same_day(plan in plans(), visits in visits()) {
            live(&plan, &visits, |day, due, before, after| {
                assert!(after.len() > before.len(), "a session asks something: {due:?}");
                let next = Recall { plan: &plan, completed: DONE, answers: after }.next();
                assert!(next.is_none_or(|next| next > on(day)), "{next:?} after day {day}");
            });
        }

        #[test]
        fn answering_right_never_brings_the_next_session_earlier(plan in plans(), visits in visits(), at in any::<prop::sample::Index>()) {
            let answers = live(&plan, &visits, |_, _, _, _| {});
            prop_assume!(!answers.is_empty());
            let mut better = answers.clone();
            better[at.index(answers.len())].correct = true;
            let next = |answers: &[Answer]| Recall { plan: &plan, completed: DONE, answers }.next();
            match (next(&answers), next(&better)) {
                (Some(before), Some(after)) => prop_assert!(after >= before),
                (None, Some(after)) => prop_assert!(false, "{after} where nothing was to come"),
                (_, None) => {}
            }
        }

        #[test]
        fn a_miss_comes_back_once_in_the_first_session_from_the_seventh_day_on(plan in plans(), visits in visits()) {
            let mut waiting: Vec<(String, i32)> = Vec::new();
            live(&plan, &visits, |day, due, before, after| {
                for (item, missed) in &waiting {
                    assert_eq!(due.returning.contains(item), missed + BACK_AFTER <= day, "{item}, missed on day {missed}, on day {day}");
                }
                for item in &due.returning {
                    assert!(waiting.iter().any(|(waits, _)| waits == item), "{item} was not missed");
                    assert_eq!(due.returning.iter().filter(|other| *other == item).count(), 1);
                }
                waiting.retain(|(item, _)| !due.returning.contains(item));
                let missed = after[before.len()..].iter().filter(|answer| !answer.correct);
                waiting.extend(missed.filter_map(|answer| Some((answer.item.clone()?, day))));
            });
        }

        #[test]
        fn what_is_due_stays_due_until_it_is_held(plan in plans(), visits in visits(), day in 0_i32..800, later in 0_i32..400) {
            let answers = live(&plan, &visits, |_, _, _, _| {});
            let recall = Recall { plan: &plan, completed: DONE, answers: &answers };
            let (now, then) = (recall.due(on(day)), recall.due(on(day + later)));
            prop_assert_eq!(now.is_some(), recall.next().is_some_and(|next| next <= on(day)));
            if let Some(now) = now {
                let then = then.expect("still due");
                prop_assert_eq!(now.since, then.since);
                prop_assert!(now.returning.iter().all(|item| then.returning.contains(item)));
                prop_assert!(then.planned >= now.planned);
            }
        }

        #[test]
        fn a_better_answer_never_takes_the_challenge_away(plan in plans(), visits in visits(), at in any::<prop::sample::Index>(), day in 0_i32..800) {
            let answers = live(&plan, &visits, |_, _, _, _| {});
            prop_assume!(!answers.is_empty());
            let mut better = answers.clone();
            better[at.index(answers.len())].correct = true;
            let enough = |answers: &[Answer]| Recall { plan: &plan, completed: DONE, answers }.challenge_is_enough(on(day));
            let suggested = |answers: &[Answer]| Recall { plan: &plan, completed: DONE, answers }.suggests_module();
            prop_assert!(!enough(&answers) || enough(&better));
            prop_assert!(suggested(&answers) || !suggested(&better));
        }
    }
}
