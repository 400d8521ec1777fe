//! What the store promises about first attempts; each on both engines.

use crate::common::{Db, HOUR, NOW, version};
use store::{AttemptId, DocumentId, FirstAttempt, FirstAttempts, NewVersion, Publish, VersionId};

testbed::on_both_engines! {
    the_first_finished_attempt_of_each_person_goes_by_once_in_whatever_parts
    attempts_are_counted_for_each_version_from_the_newest_back
    the_first_answer_of_each_person_to_a_check_counts
}

async fn quiz(db: &Db, content: u8) -> (DocumentId, VersionId) {
    let new = NewVersion { kind: "quiz".to_owned(), scoring_hash: [content; 32], ..version("asked", content) };
    let Publish::Published(id) = db.store.publish(new, NOW + i64::from(content)).await.expect("published") else {
        panic!("it is new")
    };
    (db.store.version(id).await.expect("read").expect("there").document, id)
}

fn all_of(document: DocumentId, mode: &'static str) -> FirstAttempts {
    FirstAttempts { document, mode, from: i64::MIN, until: i64::MAX }
}

/// Puts an attempt into the database, with an answer and one that was taken away; `ended` in hours, `passed` where it is finished.
async fn put(db: &Db, id: i64, person: i64, of: (DocumentId, VersionId), ended: Option<i64>, mode: &str, passed: bool) {
    let at = ended.map_or_else(|| "NULL".to_owned(), |hours| (NOW + hours * HOUR).to_string());
    let result = if ended.is_some() && mode != "practice" { u8::from(passed).to_string() } else { "NULL".to_owned() };
    let columns = "id, person_id, document_id, version_id, started_at, ended_at, mode, paper, score, passed";
    let values = format!("{id}, {person}, {}, {}, 0, {at}, '{mode}', '{{}}', NULL, {result}", of.0, of.1);
    db.tamper(&format!("INSERT INTO attempt ({columns}) VALUES ({values})")).await;
    let steps = format!(
        "({id}, 1, 'answer', 'q', '{{\"ticked\":[{id}]}}', 0), ({id}, 2, 'answer', 'r', NULL, 0), ({id}, 3, 'hand_in', '', NULL, 0)"
    );
    db.tamper(&format!("INSERT INTO step (attempt_id, no, kind, node, answer, at) VALUES {steps}")).await;
}

async fn in_parts(db: &Db, of: &FirstAttempts, most: i64) -> Vec<FirstAttempt> {
    let (mut all, mut after) = (Vec::new(), AttemptId(0));
    loop {
        let part = db.store.first_attempts(of, after, most).await.expect("read");
        let Some(last) = part.last() else { return all };
        after = last.id;
        all.extend(part);
    }
}

async fn the_first_finished_attempt_of_each_person_goes_by_once_in_whatever_parts(db: &Db) {
    let people = [db.person("Ada").await.0, db.person("Ben").await.0, db.person("Cy").await.0, db.person("Di").await.0];
    let (of, other) = (quiz(db, 1).await, db.module("other").await);
    let [ada, ben, cy, di] = people;
    put(db, 1, ada, of, Some(1), "practice", true).await;
    put(db, 2, ada, of, Some(2), "", false).await;
    put(db, 3, ben, other, Some(3), "", true).await;
    put(db, 4, ben, of, Some(4), "", true).await;
    put(db, 5, ada, of, Some(5), "", true).await;
    put(db, 6, cy, of, Some(6), "", true).await;
    put(db, 7, di, of, None, "", true).await;
    let firsts = in_parts(db, &all_of(of.0, ""), 100).await;
    let found: Vec<_> = firsts.iter().map(|attempt| (attempt.id.0, attempt.version, attempt.passed)).collect();
    assert_eq!(found, [(2, of.1, false), (4, of.1, true), (6, of.1, true)]);
    let steps: Vec<_> = firsts[0].steps().collect();
    assert_eq!(steps, [("q", Some("{\"ticked\":[2]}")), ("r", None)], "in their order, without handing in");
    for most in 1..4 {
        assert_eq!(in_parts(db, &all_of(of.0, ""), most).await, firsts, "{most}");
    }
    // A second attempt stays one, also where only it lies between the instants.
    let later = FirstAttempts { from: NOW + 4 * HOUR, until: NOW + 6 * HOUR, ..all_of(of.0, "") };
    let found: Vec<_> = in_parts(db, &later, 1).await.iter().map(|attempt| attempt.id.0).collect();
    assert_eq!(found, [4], "the last instant does not count any more");
    assert!(in_parts(db, &all_of(of.0, "assessed"), 1).await.is_empty());
}

async fn attempts_are_counted_for_each_version_from_the_newest_back(db: &Db) {
    let (first, second) = (quiz(db, 1).await, quiz(db, 2).await);
    let lines = db.store.versions_of(first.0).await.expect("read");
    let lines: Vec<_> = lines.iter().map(|line| (line.id, line.scoring_hash, line.published_at)).collect();
    assert_eq!(lines, [(first.1, [1; 32], NOW + 1), (second.1, [2; 32], NOW + 2)]);
    for id in 1..=5 {
        let person = db.person(&format!("P{id}")).await.0;
        put(db, id, person, if id < 4 { first } else { second }, Some(id), "", true).await;
    }
    let count = async |most| db.store.count_first_attempts(&all_of(first.0, ""), most).await.expect("counted");
    let counts = count(i64::MAX).await;
    assert_eq!((counts[&first.1], counts[&second.1]), (3, 2));
    let newest = count(3).await;
    assert_eq!((newest[&first.1], newest[&second.1]), (1, 2));
}

async fn the_first_answer_of_each_person_to_a_check_counts(db: &Db) {
    let of = db.module("checked").await;
    let other = db.module("other").await;
    let put = async |id: i64,
                     person: i64,
                     (document, version): (DocumentId, VersionId),
                     steps: &[(&str, &str, &str)]| {
        let columns = "id, person_id, document_id, version_id, started_at, ended_at, mode";
        db.tamper(&format!("INSERT INTO attempt ({columns}) VALUES ({id}, {person}, {document}, {version}, 0, 1, '')"))
            .await;
        for (no, (kind, node, answer)) in (1..).zip(steps) {
            let columns = "attempt_id, no, kind, node, answer, at";
            db.tamper(&format!("INSERT INTO step ({columns}) VALUES ({id}, {no}, '{kind}', '{node}', '{answer}', 0)"))
                .await;
        }
    };
    let people = [db.person("Ada").await.0, db.person("Ben").await.0, db.person("Cy").await.0];
    put(1, people[0], of, &[("page", "one", ""), ("check", "one", "a"), ("check", "two", "b")]).await;
    // Of a check that was answered twice the first answer counts, and of a module that was taken twice the first time.
    put(2, people[1], of, &[("check", "one", "a"), ("check", "one", "b")]).await;
    put(3, people[0], of, &[("check", "one", "c")]).await;
    put(4, people[2], of, &[("check", "one", "b")]).await;
    put(5, people[2], other, &[("check", "one", "b")]).await;
    let found = db.store.first_checks(of.0).await.expect("read");
    let found: Vec<_> =
        found.iter().map(|one| (one.version, one.question.as_str(), one.answer.as_deref(), one.people)).collect();
    assert_eq!(found, [(of.1, "one", Some("a"), 2), (of.1, "one", Some("b"), 1), (of.1, "two", Some("b"), 1)],);
}
