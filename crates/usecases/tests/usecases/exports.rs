//! Reports as files: at once or in the background, the rows of the pages, the rights of the moment, and nobody else's.

use crate::common::{Db, administrator, now, who};
use jiff::{SignedDuration, Timestamp};
use store::{ExportAdded, ExportLease, ExportPart, ExportProgress, NewExport, PersonId};
use usecases::{
    Failure, Usecases,
    assignments::AssignmentTyped,
    audit::Search,
    departments::DepartmentTyped,
    exports::{Download, Exported, FileKind, Standing},
    people::NewPerson,
    reports::{Report, Typed},
    requirements::RequirementTyped,
    who::Who,
};

testbed::on_both_engines! {
    a_small_report_comes_at_once_and_is_noted
    a_file_that_is_made_in_the_background_is_the_same_as_one_that_comes_at_once
    every_kind_of_file_is_made_in_the_background_too
    a_name_that_looks_like_a_formula_is_only_a_name
    what_a_server_left_half_done_is_finished_by_another
    of_two_servers_each_file_is_made_by_one
    somebody_elses_file_is_not_there
    a_file_has_the_rows_of_the_rights_when_it_is_made
    a_file_is_withheld_from_whoever_has_lost_what_it_was_made_with
    whoever_was_disabled_gets_no_file
    a_file_is_kept_for_seven_days
    a_file_of_an_older_day_is_still_of_that_day
}

const ALL: &str = "status=assigned&sort=name";

struct House {
    ada: Who,
    /// Manages both wards.
    carol: PersonId,
    wards: [String; 2],
}

impl House {
    async fn new(usecases: &Usecases) -> Self {
        let ada = administrator(usecases).await;
        let mut wards = Vec::new();
        for name in ["Ward 1", "Ward 2"] {
            let typed = DepartmentTyped { name, parent: "" };
            wards.push(usecases.add_department(&ada, typed, now()).await.expect("added").to_string());
        }
        let wards: [String; 2] = wards.try_into().expect("two");
        let mut house = Self { ada, carol: PersonId(0), wards };
        for (name, ward) in [("Ben Eze", 0), ("=1+1", 0), ("Dele, the \"Kind\"", 1)] {
            house.add(usecases, name, ward).await;
        }
        house.carol = house.add(usecases, "Carol Ojo", 0).await;
        for ward in &house.wards {
            usecases.set_right(&house.ada, house.carol, ("manager", ward, true), now()).await.expect("given");
        }
        let typed = RequirementTyped { document: "hello", name: "Hello", refresher: "" };
        let requirement = usecases.add_requirement(&house.ada, typed, now()).await.expect("added");
        let what = format!("requirement-{requirement}");
        let typed = AssignmentTyped { what, audience: "everybody".to_owned(), ..AssignmentTyped::default() };
        usecases.assign(&house.ada, &typed, now()).await.expect("assigned");
        usecases.catch_up().await.expect("caught up");
        house
    }

    async fn add(&self, usecases: &Usecases, name: &str, ward: usize) -> PersonId {
        let number: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let new = NewPerson { name, email: "", staff_number: &number };
        let person = usecases.add_person(&self.ada, new, now()).await.expect("added");
        usecases.place(&self.ada, person, (&self.wards[ward], "Nurse"), now()).await.expect("placed");
        person
    }

    async fn carol(&self, usecases: &Usecases) -> Who {
        who(usecases, self.carol).await
    }

    /// Takes a ward from Carol.
    async fn take(&self, usecases: &Usecases, ward: usize) {
        let right = ("manager", self.wards[ward].as_str(), false);
        usecases.set_right(&self.ada, self.carol, right, now()).await.expect("taken");
    }
}

impl Db {
    /// Asks for a file as a large report does.
    async fn queue(&self, person: PersonId, query: &str, kind: FileKind) -> i64 {
        let new = NewExport {
            person,
            report: "actions".to_owned(),
            query: query.to_owned(),
            format: kind.as_str().to_owned(),
            title: "Actions".to_owned(),
            file_name: "assigned.csv".to_owned(),
            all_rows: None,
        };
        match self.store.add_export(new, now().as_microsecond()).await.expect("asked") {
            ExportAdded::Waits(id) => id.0,
            ExportAdded::TooMany => panic!("too many"),
        }
    }

    async fn noted(&self, ada: &Who) -> Vec<String> {
        let search = Search { what: "report.exported", ..Search::default() };
        let log = self.usecases.audit_log(ada, search).await.expect("seen");
        log.lines.into_iter().map(|line| format!("{}: {}", line.who.expect("somebody").1, line.detail)).collect()
    }

    async fn standing(&self, who: &Who, id: i64) -> Standing {
        let lines = self.usecases.exports(who).await.expect("seen");
        lines.into_iter().find(|line| line.id == id).expect("listed").standing
    }

    async fn text(&self, who: &Who, id: i64) -> String {
        String::from_utf8(bytes(self.usecases.export_file(who, id).await.expect("theirs")).await).expect("text")
    }
}

async fn bytes(mut download: Download) -> Vec<u8> {
    let (mut all, length) = (Vec::new(), download.length);
    while let Some(part) = download.next().await {
        all.extend(part.expect("whole"));
    }
    assert!(length.is_none_or(|length| length == all.len() as u64));
    all
}

async fn at_once(usecases: &Usecases, who: &Who, query: &str, kind: FileKind) -> Download {
    match usecases.export_report(who, (Report::Actions, &Typed::of_query(query), kind), now()).await {
        Ok(Exported::Now(download)) => download,
        Ok(Exported::Later) => panic!("it is made in the background"),
        Err(failure) => panic!("{failure}"),
    }
}

async fn a_small_report_comes_at_once_and_is_noted(db: &Db) {
    let house = House::new(&db.usecases).await;
    let carol = house.carol(&db.usecases).await;
    let query = format!("{ALL}&department={}", house.wards[0]);
    let download = at_once(&db.usecases, &carol, &query, FileKind::Csv).await;
    assert_eq!(download.file_name, "assigned-2026-03-02.csv");
    assert_eq!(download.media_type, "text/csv; charset=utf-8; header=present");
    let text = String::from_utf8(bytes(download).await).expect("text");
    let lines: Vec<&str> = text.split("\r\n").collect();
    let first = "Person,Department,Job role,Requirement,How it stands,Due,Days overdue,Valid through,Last reminder";
    assert_eq!(lines[0], first);
    assert!(lines[2].starts_with("Ben Eze,Ward 1,Nurse,Hello,"), "{}", lines[2]);
    assert!(lines[2].ends_with(",2026-04-01,,,"), "{}", lines[2]);
    assert_eq!((lines.len(), lines[4]), (5, ""), "a head, three people, and the end of the last line");
    let noted = db.noted(&house.ada).await;
    let words = "Carol Ojo: Actions as CSV: Assigned · As of 2 Mar 2026 · Department: Ward 1 and below · How it stands: Assigned · 3 rows";
    assert_eq!(noted, [words]);
    assert!(db.usecases.exports(&carol).await.expect("seen").is_empty(), "it waits nowhere");
}

async fn a_file_that_is_made_in_the_background_is_the_same_as_one_that_comes_at_once(db: &Db) {
    let house = House::new(&db.usecases).await;
    let carol = house.carol(&db.usecases).await;
    assert!(!db.usecases.make_next_export("one", now).await.expect("looked"), "nothing waits");
    let id = db.queue(carol.person, ALL, FileKind::CsvForExcel).await;
    assert_eq!(db.standing(&carol, id).await, Standing::Waiting);
    assert!(matches!(db.usecases.export_file(&carol, id).await.err(), Some(Failure::NotFound)), "not yet");
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    assert!(!db.usecases.make_next_export("one", now).await.expect("looked"), "once");
    let made = db.text(&carol, id).await;
    let once = bytes(at_once(&db.usecases, &carol, ALL, FileKind::CsvForExcel).await).await;
    assert_eq!(made, String::from_utf8(once).expect("text"));
    assert!(made.starts_with('\u{feff}'));
    assert_eq!(db.standing(&carol, id).await, Standing::Done { rows: 4, bytes: made.len() as u64 });
    let noted = db.noted(&house.ada).await;
    assert_eq!(noted.len(), 2);
    assert_eq!(noted[0], noted[1], "the log says the same of both");
    db.usecases.delete_export(&carol, id).await.expect("deleted");
    assert!(db.usecases.exports(&carol).await.expect("seen").is_empty());
}

async fn every_kind_of_file_is_made_in_the_background_too(db: &Db) {
    let house = House::new(&db.usecases).await;
    for (kind, start) in [(FileKind::Csv, "Person,"), (FileKind::Xlsx, "PK"), (FileKind::Pdf, "%PDF-")] {
        let id = db.queue(house.ada.person, ALL, kind).await;
        assert!(db.usecases.make_next_export("one", now).await.expect("made"));
        let file = bytes(db.usecases.export_file(&house.ada, id).await.expect("theirs")).await;
        assert!(file.starts_with(start.as_bytes()), "{kind:?}");
    }
    let empty = format!("status=overdue&department={}", house.wards[1]);
    let id = db.queue(house.ada.person, &empty, FileKind::Csv).await;
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    assert_eq!(db.text(&house.ada, id).await.lines().count(), 1, "a head and nothing below it");
}

async fn a_name_that_looks_like_a_formula_is_only_a_name(db: &Db) {
    let house = House::new(&db.usecases).await;
    let id = db.queue(house.carol, ALL, FileKind::Csv).await;
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    let text = db.text(&house.carol(&db.usecases).await, id).await;
    assert!(text.contains("\r\n'=1+1,Ward 1,"), "{text}");
    assert!(text.contains("\r\n\"Dele, the \"\"Kind\"\"\",Ward 2,"), "{text}");
}

fn later() -> Timestamp {
    now() + SignedDuration::from_mins(3)
}

async fn what_a_server_left_half_done_is_finished_by_another(db: &Db) {
    let house = House::new(&db.usecases).await;
    let carol = house.carol(&db.usecases).await;
    let id = db.queue(carol.person, ALL, FileKind::Csv).await;
    let until = (now() + SignedDuration::from_mins(2)).as_microsecond();
    let leased = db.store.lease_export("killed", until, now().as_microsecond()).await.expect("asked").expect("waits");
    let lease = ExportLease { id: leased.id, owner: "killed".to_owned(), until };
    let part = ExportPart { no: 0, bytes: b"half a f".to_vec(), length: 8 };
    let progress = ExportProgress { done_rows: 1, all_rows: Some(4), part: Some(part) };
    assert!(db.store.keep_export(&lease, progress).await.expect("kept"));
    assert_eq!(db.standing(&carol, id).await, Standing::Running { done: 1, all: Some(4) });

    let second = db.second().await;
    let other = Usecases::new(second.clone());
    assert!(!other.make_next_export("two", now).await.expect("looked"), "it may still be at work");
    assert!(other.make_next_export("two", later).await.expect("made"));
    let text = db.text(&carol, id).await;
    assert!(text.starts_with("Person,") && text.lines().count() == 5, "{text}");
    second.close().await;
}

async fn of_two_servers_each_file_is_made_by_one(db: &Db) {
    let house = House::new(&db.usecases).await;
    let carol = house.carol(&db.usecases).await;
    let mut asked = Vec::new();
    for kind in [FileKind::Csv, FileKind::Xlsx, FileKind::Csv, FileKind::Pdf] {
        asked.push(db.queue(carol.person, ALL, kind).await);
    }
    let second = db.second().await;
    let work = |usecases: Usecases, owner: &'static str| async move {
        let mut made = 0;
        while usecases.make_next_export(owner, now).await.expect("looked") {
            made += 1;
        }
        made
    };
    let (one, two) = tokio::join!(
        tokio::spawn(work(db.usecases.clone(), "one")),
        tokio::spawn(work(Usecases::new(second.clone()), "two"))
    );
    assert_eq!(one.expect("ran") + two.expect("ran"), asked.len());
    for id in &asked {
        assert!(matches!(db.standing(&carol, *id).await, Standing::Done { rows: 4, .. }));
    }
    assert_eq!(db.noted(&house.ada).await.len(), asked.len(), "each is noted once");
    assert_eq!(db.text(&carol, asked[0]).await, db.text(&carol, asked[2]).await);
    second.close().await;
}

async fn somebody_elses_file_is_not_there(db: &Db) {
    let house = House::new(&db.usecases).await;
    let (usecases, carol) = (&db.usecases, house.carol(&db.usecases).await);
    let id = db.queue(carol.person, ALL, FileKind::Csv).await;
    assert!(usecases.make_next_export("one", now).await.expect("made"));
    assert!(usecases.exports(&house.ada).await.expect("seen").is_empty(), "not even for administrators");
    let not_found = |failure: Option<Failure>| assert!(matches!(failure, Some(Failure::NotFound)), "{failure:?}");
    not_found(usecases.export_file(&house.ada, id).await.err());
    not_found(usecases.delete_export(&house.ada, id).await.err());
    not_found(usecases.export_again(&house.ada, id, now()).await.err());
    let learner = house.add(usecases, "Efe", 0).await;
    let learner = who(usecases, learner).await;
    let denied = |failure: Option<Failure>| assert!(matches!(failure, Some(Failure::Denied)), "{failure:?}");
    denied(usecases.exports(&learner).await.err());
    denied(usecases.export_file(&learner, id).await.err());
    denied(usecases.delete_export(&learner, id).await.err());
    denied(usecases.export_again(&learner, id, now()).await.err());
    let typed = Typed::of_query(ALL);
    denied(usecases.export_report(&learner, (Report::Actions, &typed, FileKind::Csv), now()).await.err());
    assert_eq!(db.text(&carol, id).await.lines().count(), 5, "it is still there for its owner");
}

async fn a_file_has_the_rows_of_the_rights_when_it_is_made(db: &Db) {
    let house = House::new(&db.usecases).await;
    let id = db.queue(house.carol, ALL, FileKind::Csv).await;
    let of_the_lost = db.queue(house.carol, &format!("{ALL}&department={}", house.wards[1]), FileKind::Csv).await;
    house.take(&db.usecases, 1).await;
    while db.usecases.make_next_export("one", now).await.expect("made") {}
    let carol = house.carol(&db.usecases).await;
    let text = db.text(&carol, id).await;
    assert!(text.contains("Ward 1") && !text.contains("Ward 2"), "{text}");
    let Standing::Failed(why) = db.standing(&carol, of_the_lost).await else { panic!("it was made") };
    assert!(why.contains("not yours to see any more"), "{why}");
    assert_eq!(db.noted(&house.ada).await.len(), 1, "what was not made is not noted");

    let right = ("manager", house.wards[1].as_str(), true);
    db.usecases.set_right(&house.ada, house.carol, right, now()).await.expect("given back");
    let carol = house.carol(&db.usecases).await;
    db.usecases.export_again(&carol, of_the_lost, now()).await.expect("asked");
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    assert_eq!(db.text(&carol, of_the_lost).await.lines().count(), 2);
}

async fn a_file_is_withheld_from_whoever_has_lost_what_it_was_made_with(db: &Db) {
    let house = House::new(&db.usecases).await;
    let id = db.queue(house.carol, ALL, FileKind::Csv).await;
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    house.take(&db.usecases, 1).await;
    let carol = house.carol(&db.usecases).await;
    assert_eq!(db.standing(&carol, id).await, Standing::Withheld);
    assert!(matches!(db.usecases.export_file(&carol, id).await.err(), Some(Failure::NotFound)));
    db.usecases.export_again(&carol, id, now()).await.expect("asked");
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    assert!(!db.text(&carol, id).await.contains("Ward 2"));
}

async fn whoever_was_disabled_gets_no_file(db: &Db) {
    let house = House::new(&db.usecases).await;
    let carol = house.carol(&db.usecases).await;
    let id = db.queue(house.carol, ALL, FileKind::Csv).await;
    db.usecases.set_disabled(&house.ada, house.carol, true, now()).await.expect("disabled");
    assert!(db.usecases.make_next_export("one", now).await.expect("dealt with"));
    assert!(matches!(db.standing(&carol, id).await, Standing::Failed(_)));
    assert!(db.noted(&house.ada).await.is_empty());
}

async fn a_file_is_kept_for_seven_days(db: &Db) {
    let house = House::new(&db.usecases).await;
    let id = db.queue(house.ada.person, ALL, FileKind::Csv).await;
    assert!(db.usecases.make_next_export("one", now).await.expect("made"));
    let listed = db.usecases.exports(&house.ada).await.expect("seen");
    assert_eq!(listed[0].until, jiff::civil::date(2026, 3, 9));
    let after = |hours: i64| now() + SignedDuration::from_hours(hours);
    db.usecases.sweep(after(7 * 24 - 1)).await.expect("swept");
    assert_eq!(db.text(&house.ada, id).await.lines().count(), 6);
    db.usecases.sweep(after(7 * 24 + 1)).await.expect("swept");
    assert!(matches!(db.usecases.export_file(&house.ada, id).await.err(), Some(Failure::NotFound)));
    assert!(db.usecases.exports(&house.ada).await.expect("seen").is_empty());
}

async fn a_file_of_an_older_day_is_still_of_that_day(db: &Db) {
    let house = House::new(&db.usecases).await;
    let download = at_once(&db.usecases, &house.ada, "as_of=2026-03-01&status=assigned", FileKind::Csv).await;
    assert_eq!(download.file_name, "assigned-2026-03-01.csv");
    assert_eq!(bytes(download).await.iter().filter(|byte| **byte == b'\n').count(), 1, "nothing was asked then");
}
