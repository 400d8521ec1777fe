//! Every report against what the facts say, person by person, in small organisations by chance: row by row, on both engines, read in the
//! usual parts and in the parts in which a large organisation is read, from the memory of one server and of another.

use std::collections::{BTreeMap, HashMap};

use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use records::day::Day;
use store::{Audience, Event, Named, NewEvent, NewRequirement, PersonId, RequirementId, What};
use usecases::{
    Failure, Usecases,
    departments::DepartmentTyped,
    people::NewPerson,
    reports::{Column, Count, Head, Report, ReportPage, Row, Share, Sizes, SortBy, Typed, Value},
    who::Who,
};

use crate::{
    common::{Db, administrator, now, who},
    oracle::{Expected, Month, Truth, month_ends},
    organisation::{Dice, Organisation},
};

/// How many people there are at first.
const PEOPLE: u32 = 40;
/// How often something happens between questions.
const ROUNDS: usize = 5;
/// How many questions are asked each time.
const QUESTIONS: usize = 6;
/// Whoever has more than two people is a large organisation, and a page is small.
const LARGE: Sizes = Sizes { in_memory: 2, part: 7, page: 30, matrix: 12, ..usual() };

const fn usual() -> Sizes {
    Sizes { in_memory: 3000, known: 3000, part: 500, named: 500, page: 50, matrix: 25 }
}

/// The houses of some seeds, side by side with those of others. PostgreSQL, where every write takes longer, has every other one.
macro_rules! houses {
    ($($name:ident: $seeds:expr;)*) => {
        mod houses_on_sqlite {$(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                for seed in $seeds {
                    let db = super::Db::sqlite().await;
                    super::every_report_says_what_the_facts_say(&db, seed).await;
                    db.drop_it().await;
                }
            }
        )*}
        mod houses_on_postgres {$(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                for seed in ($seeds).step_by(2) {
                    let db = super::Db::postgres().await;
                    super::every_report_says_what_the_facts_say(&db, seed).await;
                    db.drop_it().await;
                }
            }
        )*}
    };
}

houses! {
    every_report_says_what_the_facts_say_in_the_first_houses: 1..=4_u64;
    every_report_says_what_the_facts_say_in_the_next_houses: 5..=8_u64;
    every_report_says_what_the_facts_say_in_the_last_houses: 9..=12_u64;
}

/// A report with all its pages.
struct Whole {
    head: Head,
    columns: Vec<Column>,
    rows: Vec<Row>,
    sorted: SortBy,
    chart: Vec<(String, Share)>,
    small: usize,
}

/// All pages of a report, one after the other.
async fn pages(
    usecases: &Usecases,
    who: &Who,
    asked: (Report, &Typed),
    house: &Organisation<'_>,
) -> Result<Whole, Failure> {
    let (report, typed) = asked;
    let mut whole: Option<Whole> = None;
    let mut number: u32 = 0;
    loop {
        let typed = Typed { page: number.to_string(), ..typed.clone() };
        let page = usecases.report(who, report, &typed, house.now).await?;
        let ReportPage { head, columns, rows, previous, next, sorted, chart, small, .. } = page;
        assert_eq!(previous, number.checked_sub(1));
        match &mut whole {
            Some(whole) => {
                assert_eq!((&whole.head, &whole.columns), (&head, &columns), "every page has the same head");
                whole.rows.extend(rows);
            }
            None => whole = Some(Whole { head, columns, rows, sorted, chart, small }),
        }
        match next {
            Some(next) => number = next,
            None => return Ok(whole.expect("a page")),
        }
    }
}

/// The same rows, as a file gets them.
async fn file(
    usecases: &Usecases,
    who: &Who,
    asked: (Report, &Typed),
    house: &Organisation<'_>,
) -> Result<(Head, Vec<Row>), Failure> {
    let (mut head, mut rows) = (None, Vec::new());
    let begin = |begun: &Head, _: &[Column]| {
        head = Some(begun.clone());
        Ok(())
    };
    let each = async |part: Vec<Row>| {
        rows.extend(part);
        Ok(())
    };
    usecases.whole_report(who, asked.0, asked.1, house.now, begin, each).await?;
    Ok((head.expect("it began"), rows))
}

fn as_expected(rows: &[Row]) -> Vec<Expected> {
    let one = |row: &Row| Expected {
        values: row.fields.iter().map(|field| field.value.clone()).collect(),
        about: row.about,
        total: row.total,
    };
    rows.iter().map(one).collect()
}

/// What is asked by chance.
fn question(house: &mut Organisation<'_>) -> (Report, Typed) {
    let today = house.today();
    let report = house.dice.pick(&Report::ALL);
    let (departments, roles) = (house.departments.clone(), house.roles.clone());
    let (requirements, managers) = (house.requirements.clone(), house.managers.clone());
    let dice = &mut house.dice;
    let day = |day: i32| Day(day).date().to_string();
    let mut typed = Typed::default();
    match dice.within(0, 5) {
        0 | 1 => typed.as_of = day(today - dice.within(0, 400)),
        2 => typed.as_of = day(today + dice.within(1, 120)),
        _ => {}
    }
    if dice.one_in(6) {
        typed.known_on = day(today - dice.within(0, 300));
    }
    if dice.one_in(3) {
        typed.department = dice.pick(&departments).to_string();
        typed.only = if dice.one_in(3) { "1" } else { "" }.to_owned();
    } else if dice.one_in(8) {
        typed.department = "none".to_owned();
    }
    if dice.one_in(5) {
        typed.job_role = dice.pick(&roles);
    }
    if dice.one_in(5) {
        typed.requirement = dice.pick(&requirements).to_string();
    }
    if dice.one_in(6) {
        typed.manager = dice.pick(&managers).to_string();
    }
    if !dice.one_in(3) {
        typed.status = dice.pick(&usecases::reports::Measure::ALL).as_str().to_owned();
    }
    if dice.one_in(5) {
        typed.due_from = day(today + dice.within(-90, 30));
    }
    if dice.one_in(5) {
        typed.due_to = day(today + dice.within(31, 120));
    }
    if dice.one_in(6) {
        typed.name = dice.pick(&["obi", "Z", "é", "n-1", "VAN", "%", "_"]).to_owned();
    }
    if dice.one_in(2) {
        typed.sort = dice.pick(&["due", "valid", "name", "department", "requirement"]).to_owned();
        if dice.one_in(3) {
            typed.sort.insert(0, '-');
        }
    }
    if dice.one_in(3) {
        typed.level = "each".to_owned();
    }
    (report, typed)
}

async fn every_report_says_what_the_facts_say(db: &Db, seed: u64) {
    let mut house = Organisation::new(db, seed, PEOPLE).await;
    let mut counted: BTreeMap<i32, Month> = BTreeMap::new();
    house
        .live(async |house| {
            if house.dice.one_in(15) {
                count(house, &mut counted).await;
            }
        })
        .await;
    let second = db.second().await;
    let servers = [db.usecases.clone(), db.usecases.clone().with_sizes(LARGE), Usecases::new(second.clone())];
    for round in 0..ROUNDS {
        let mut truths: HashMap<Option<Date>, Truth> = HashMap::new();
        // The same each time, so that whatever is kept of every department is asked for again after something happened.
        for query in ["level=each", "level=each&as_of=2026-01-20", "level=each&job_role=Nurse"] {
            let (ada, asked) = (house.ada.clone(), (Report::Departments, Typed::of_query(query)));
            ask(&servers, &mut house, (&ada, asked), &counted, &mut truths).await;
        }
        for _ in 0..QUESTIONS {
            let asked = question(&mut house);
            let who = match house.dice.one_in(3) {
                true => house.manager().await.unwrap_or_else(|| house.ada.clone()),
                false => house.ada.clone(),
            };
            ask(&servers, &mut house, (&who, asked), &counted, &mut truths).await;
        }
        for _ in 0..house.dice.within(1, 4) {
            house.happen().await;
        }
        match round {
            0 => house.import(true).await,
            1 => count(&mut house, &mut counted).await,
            2 => house.move_somebody().await,
            _ => house.rename_a_role().await,
        }
    }
    second.close().await;
}

/// Counts the ends of months, and keeps what must have been counted.
async fn count(house: &mut Organisation<'_>, counted: &mut BTreeMap<i32, Month>) {
    let many = house.usecases.count_months(house.now).await.expect("counted");
    let truth = Truth::load(house.store, house.today(), None).await;
    let Some(first) = truth.first_day() else { return };
    let mut new = 0;
    for day in month_ends(house.today() - 1, 13) {
        if day >= first && !counted.contains_key(&day) {
            counted.insert(day, (Day(house.today()).date(), truth.tallies(day)));
            new += 1;
        }
    }
    assert_eq!(many, new, "what is counted once is not counted again");
}

async fn ask(
    servers: &[Usecases; 3],
    house: &mut Organisation<'_>,
    (who, (report, typed)): (&Who, (Report, Typed)),
    counted: &BTreeMap<i32, Month>,
    truths: &mut HashMap<Option<Date>, Truth>,
) {
    let filters = typed.heeded(report).parse().expect("it is understood");
    for (server, usecases) in servers.iter().enumerate() {
        // The report comes first: it must not need anybody to have looked before it.
        let answer = pages(usecases, who, (report, &typed), house).await;
        let truth = match truths.entry(filters.known_on) {
            std::collections::hash_map::Entry::Occupied(there) => there.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Truth::load(house.store, house.today(), filters.known_on).await)
            }
        };
        let told = house.told[house.told.len().saturating_sub(8)..].join("; ");
        let asked = format!(
            "{}?{} by {} of server {server}; before: {told}",
            report.as_str(),
            typed.query(),
            if who.administrator { "the administrator".to_owned() } else { format!("{:?}", who.manages) },
        );
        let Some(within) = truth.within(who, &filters) else {
            assert!(matches!(answer, Err(Failure::NotFound | Failure::Denied)), "{asked}: it is not theirs");
            let file = file(usecases, who, (report, &typed), house).await;
            assert!(matches!(file, Err(Failure::NotFound | Failure::Denied)), "{asked}: it is not theirs");
            continue;
        };
        let whole = answer.unwrap_or_else(|failure| panic!("{asked}: {failure:?}"));
        let found = as_expected(&whole.rows);
        let expected = match report {
            Report::Actions => {
                let usual = filters.status.is_some_and(|measure| measure.ends_within().is_some());
                let by = match filters.sort.by {
                    SortBy::Usual if usual => SortBy::Valid,
                    SortBy::Usual => SortBy::Due,
                    by => by,
                };
                // Of many people some orders are by department instead, and the page says so.
                assert!(whole.sorted == by || (server == 1 && whole.sorted == SortBy::Department), "{asked}");
                truth.actions(&within, &filters, (whole.sorted, filters.sort.down))
            }
            Report::Departments => {
                let (rows, chart, small) = truth.departments(&within, &filters);
                assert_eq!((&whole.chart, whole.small), (&chart, small), "{asked}: the chart");
                rows
            }
            Report::Expiring => truth.expiring(&within, &filters),
            Report::Matrix => {
                let (columns, rows) = truth.matrix(&within, &filters);
                let names: Vec<&str> = whole.columns.iter().skip(3).map(|column| column.name.as_str()).collect();
                assert_eq!(names, columns, "{asked}: the columns");
                rows
            }
            Report::Trend => {
                let (rows, chart) = truth.trend(&within, &filters, counted);
                assert_eq!(whole.chart, chart, "{asked}: the chart");
                rows
            }
        };
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "{asked}: row {at}");
        }
        assert_eq!(found.len(), expected.len(), "{asked}: {:?}", found.last().or(expected.last()));
        let rows = found.iter().filter(|row| !row.total).count();
        assert_eq!(whole.head.rows, Count::Exactly(rows as u64), "{asked}: the head");
        assert_eq!(whole.head.as_of, Day(truth.day(&filters)).date(), "{asked}: the day");
        let (head, rows) = file(usecases, who, (report, &typed), house).await.expect("a file");
        assert_eq!((&head, &rows), (&whole.head, &whole.rows), "{asked}: a file has what the pages have");
        follow(usecases, who, &whole.rows, house, &asked).await;
    }
}

/// Some numbers of a table lead to as many rows, and what is about somebody leads to them.
async fn follow(usecases: &Usecases, who: &Who, rows: &[Row], house: &mut Organisation<'_>, asked: &str) {
    for row in rows {
        if let Some((person, requirement)) = row.about {
            assert_eq!(row.fields[0].link, Some(format!("/team/{person}/training")), "{asked}");
            for dated in [&row.fields[5], &row.fields[7]] {
                let why = (dated.value != Value::None).then(|| format!("/team/{person}/why/{requirement}"));
                assert_eq!(dated.link, why, "{asked}");
            }
            continue;
        }
        for field in &row.fields {
            let Value::Number(many) = field.value else { continue };
            let Some(link) = &field.link else { continue };
            assert!(many > 0, "{asked}: none of them leads nowhere");
            if !house.dice.one_in(12) {
                continue;
            }
            let query = link.strip_prefix("/reports/actions?").expect("the people behind it");
            let behind = Typed::of_query(query);
            let (head, rows) = file(usecases, who, (Report::Actions, &behind), house).await.expect(link);
            assert_eq!((head.rows, rows.len()), (Count::Exactly(many.into()), many as usize), "{asked}: behind {link}");
        }
    }
}

testbed::on_both_engines! {
    a_correction_that_reaches_back_shows_what_was_counted_and_what_is_so
    a_manager_finds_their_own_people_however_many_others_are_called_so
    what_a_report_does_not_heed_is_neither_said_nor_followed
    a_manager_of_one_department_learns_nothing_of_another
    what_is_due_nobody_knows_when_is_still_on_the_list
}

/// Two wards with a manager each and a nurse each, of whom something is asked since two months ago.
struct Wards {
    ada: Who,
    wards: [String; 2],
    managers: [PersonId; 2],
    nurses: [PersonId; 2],
}

const ASKED: Date = date(2026, 1, 5);

async fn wards(Db { usecases, store, .. }: &Db) -> Wards {
    let ada = administrator(usecases).await;
    let began = now() - SignedDuration::from_hours(24 * 56);
    let (mut wards, mut people) = (Vec::new(), Vec::new());
    for name in ["Ward 3", "Ward 4"] {
        let typed = DepartmentTyped { name, parent: "" };
        let ward = usecases.add_department(&ada, typed, began).await.expect("added").to_string();
        for who in ["Manager", "Nurse"] {
            let name = format!("{who} of {name}");
            let number = format!("n-{}", people.len());
            let new = NewPerson { name: &name, email: "", staff_number: &number };
            let person = usecases.add_person(&ada, new, began).await.expect("added");
            usecases.place(&ada, person, (&ward, who), began).await.expect("placed");
            people.push(person);
        }
        let manager = people[people.len() - 2];
        usecases.set_right(&ada, manager, ("manager", &ward, true), began).await.expect("granted");
        wards.push(ward);
    }
    ask_everybody(store, "Hand washing", r#"{"validity":"12 months"}"#).await;
    usecases.catch_up().await.expect("seen to");
    let [manager_3, nurse_3, manager_4, nurse_4] = people[..] else { panic!("four people") };
    let wards = wards.try_into().expect("two wards");
    Wards { ada, wards, managers: [manager_3, manager_4], nurses: [nurse_3, nurse_4] }
}

async fn ask_everybody(store: &store::Store, name: &str, policy: &str) -> RequirementId {
    let on = Day::of(ASKED).0;
    let module = store.live_document("module", "hello").await.expect("read").expect("the module");
    let new = NewRequirement {
        document: module.document,
        name: name.to_owned(),
        refresher: None,
        update_of: None,
        from_on: on,
        policy: policy.to_owned(),
        by: None,
    };
    let at = now().as_microsecond();
    let Named::Done(id) = store.add_requirement(new, at).await.expect("written") else { panic!("{name} is taken") };
    store.assign(What::Requirement(id), Audience::Everybody, (on, None), at).await.expect("assigned");
    id
}

async fn tell(db: &Db, wards: &Wards, person: PersonId, event: Event, on: Date, instead: Option<i64>) {
    let new = NewEvent {
        person,
        event,
        on: Day::of(on).0,
        requirement: Some(db.store.requirements().await.expect("read")[0].id),
        reason: "seen".to_owned(),
        evidence: None,
        approved_by: None,
        by: wards.ada.person,
        supersedes: instead,
    };
    db.store.record(new, now().as_microsecond()).await.expect("recorded");
}

async fn table(usecases: &Usecases, who: &Who, report: Report, query: &str) -> ReportPage {
    usecases.report(who, report, &Typed::of_query(query), now()).await.expect(query)
}

async fn a_correction_that_reaches_back_shows_what_was_counted_and_what_is_so(db: &Db) {
    let wards = wards(db).await;
    let manager = who(&db.usecases, wards.managers[0]).await;
    tell(db, &wards, wards.nurses[0], Event::Completed, date(2026, 1, 20), None).await;
    let share = |part, whole| Value::Share(Share { part, whole });
    let newest = async || {
        let page = table(&db.usecases, &manager, Report::Trend, "").await;
        page.rows[0].fields.iter().map(|field| field.value.clone()).collect::<Vec<_>>()
    };
    let (end, today) = (Value::Date(date(2026, 2, 28)), Value::Date(date(2026, 3, 2)));
    let ward = Value::Text("Ward 3".to_owned());
    let row = |is, overdue, was, on, corrected: &str| {
        vec![end.clone(), ward.clone(), is, Value::Number(overdue), was, on, Value::Text(corrected.to_owned())]
    };
    assert_eq!(newest().await, row(share(1, 2), 1, Value::None, Value::None, ""), "nobody has counted it yet");
    assert!(db.usecases.count_months(now()).await.expect("counted") > 0);
    assert_eq!(newest().await, row(share(1, 2), 1, share(1, 2), today.clone(), ""));

    let events = db.store.events(wards.nurses[0]).await.expect("read");
    tell(db, &wards, wards.nurses[0], Event::Retracted, date(2026, 1, 20), Some(events[0].seq)).await;
    assert_eq!(newest().await, row(share(0, 2), 2, share(1, 2), today.clone(), "Yes"), "both are shown");
    assert_eq!(db.usecases.count_months(now()).await.expect("counted"), 0, "what was counted stays");
    assert!(db.store.purge_touched(i64::MAX).await.expect("forgotten") > 0);
    assert_eq!(newest().await, row(share(0, 2), 2, share(1, 2), today, "Yes"), "however long ago it was corrected");
}

async fn a_manager_finds_their_own_people_however_many_others_are_called_so(db: &Db) {
    let wards = wards(db).await;
    let second = db.usecases.clone().with_sizes(Sizes { named: 2, part: 2, ..usual() });
    let manager = who(&second, wards.managers[1]).await;
    let found = table(&second, &manager, Report::Actions, "name=ward&status=assigned").await;
    assert_eq!(found.head.rows, Count::Exactly(2), "those of Ward 3 come before them and are not theirs");
    for report in [Report::Actions, Report::Matrix] {
        let typed = Typed::of_query("name=ward");
        let all = second.report(&wards.ada, report, &typed, now()).await;
        let Err(Failure::Invalid(errors)) = all else { panic!("four are too many: {all:?}") };
        assert_eq!((errors[0].field, errors.len()), ("name", 1));
    }
}

async fn what_a_report_does_not_heed_is_neither_said_nor_followed(db: &Db) {
    let wards = wards(db).await;
    let query = "due_from=2030-01-01&name=nobody&status=lapsed&sort=-name";
    let page = table(&db.usecases, &wards.ada, Report::Departments, query).await;
    assert_eq!(page.head.filters, []);
    let assigned = &page.rows[0].fields[3];
    assert_eq!(assigned.value, Value::Number(2));
    let link = assigned.link.as_deref().expect("the people behind it");
    assert_eq!(link, format!("/reports/actions?department={}&status=assigned", wards.wards[0]));
    let unclear = db.usecases.report(&wards.ada, Report::Actions, &Typed::of_query("status=late"), now()).await;
    assert!(matches!(unclear, Err(Failure::Invalid(_))));
}

async fn a_manager_of_one_department_learns_nothing_of_another(db: &Db) {
    let wards = wards(db).await;
    let usecases = &db.usecases;
    let manager = who(usecases, wards.managers[0]).await;
    let other = wards.managers[1];
    for report in Report::ALL {
        let page = table(usecases, &manager, report, &format!("manager={other}")).await;
        assert_eq!((page.rows.len(), page.head.rows), (0, Count::Exactly(0)), "{report:?}");
        let nobody = table(usecases, &manager, report, "manager=999").await;
        assert_eq!(page.head.filters[0], ("Manager", "nobody".to_owned()), "not even what they are called");
        assert_eq!(page.head, nobody.head, "{report:?}");
        for query in [format!("department={}", wards.wards[1]), "department=999".to_owned()] {
            let answer = usecases.report(&manager, report, &Typed::of_query(&query), now()).await;
            assert!(matches!(answer, Err(Failure::NotFound)), "{report:?} {query}");
        }
        let nowhere = usecases.report(&manager, report, &Typed::of_query("department=none"), now()).await;
        assert!(matches!(nowhere, Err(Failure::Denied)), "{report:?}");
    }
    let own = table(usecases, &manager, Report::Actions, &format!("manager={}", manager.person)).await;
    assert_eq!(own.head.filters[0], ("Manager", "Manager of Ward 3".to_owned()));
    assert_eq!(own.rows.len(), 2);
}

async fn what_is_due_nobody_knows_when_is_still_on_the_list(db: &Db) {
    let wards = wards(db).await;
    // A credit that lapsed before it was asked for no more, and a new first round that counts from a day of hiring nobody has entered.
    let policy = r#"{"first-due":{"after":"hired","days":9},"validity":"1 month","window":"7 days","grace":"0 days"}"#;
    let fire = ask_everybody(&db.store, "Fire", policy).await;
    tell(db, &wards, wards.nurses[0], Event::Completed, ASKED, None).await;
    let at = now().as_microsecond();
    let asked = db.store.assignments().await.expect("read")[0].id;
    assert!(db.store.end_assignment(asked, Day::of(date(2026, 2, 10)).0).await.expect("ended"));
    let again = (Day::of(date(2026, 2, 27)).0, None);
    db.store.assign(What::Requirement(fire), Audience::Everybody, again, at).await.expect("assigned");
    let large = db.usecases.clone().with_sizes(LARGE);
    for usecases in [&db.usecases, &large] {
        let page = table(usecases, &wards.ada, Report::Actions, &format!("requirement={fire}")).await;
        assert_eq!((page.head.rows, page.rows.len()), (Count::Exactly(1), 1));
        let row: Vec<&Value> = page.rows[0].fields.iter().map(|field| &field.value).collect();
        assert_eq!(row[0], &Value::Text("Nurse of Ward 3".to_owned()));
        assert_eq!((row[4], row[5]), (&Value::State("Lapsed".to_owned(), false), &Value::None));
    }
}

#[test]
fn the_sizes_of_the_tests_are_the_usual_ones_but_smaller() {
    assert_eq!(usual(), Sizes::default());
    // The same seed is the same house, whoever builds it.
    let mut dice = Dice::new(1);
    let again: Vec<i32> = (0..4).map(|_| dice.within(0, 99)).collect();
    let mut dice = Dice::new(1);
    assert_eq!(again, (0..4).map(|_| dice.within(0, 99)).collect::<Vec<_>>());
}
