//! kill -9 under load: what was acknowledged is there once, what was not is there at most once.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use testbed::{browser::Form, program::wait_for};

use super::{Browser, Db, Program, READING, entries, serve};

/// How often the program is killed.
const ROUNDS: usize = 4;
/// How many answers are waited for before the program may be killed at any moment.
const BUSY: usize = 25;
/// The longest time after that, in milliseconds.
const LONGEST: u64 = 200;

testbed::on_both_engines! {
    what_was_acknowledged_survives_kill_9_once
    a_role_play_and_a_quiz_go_on_after_kill_9
}

/// A learner, the forms they sent in order, and how many of them were acknowledged.
struct Reader {
    browser: Browser,
    forms: Vec<Form>,
    acknowledged: usize,
}

async fn what_was_acknowledged_survives_kill_9_once(db: &Db) {
    let mut program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    let pages = administrator.pages(READING);
    assert!(pages.len() >= 5, "{pages:?}");
    let mut completed = 0;
    for round in 0..ROUNDS {
        let mut readers: Vec<Reader> = (0..3)
            .map(|n| Reader {
                browser: administrator.learner(&format!("learner-{round}-{n}")),
                forms: Vec::new(),
                acknowledged: 0,
            })
            .collect();
        let added = Mutex::new(Vec::new());
        let answers = AtomicUsize::new(0);
        thread::scope(|scope| {
            // Whatever ends this closure ends the program, and with it the clients.
            let mut program = program;
            for client in 0..3 {
                let (mut browser, added, answers) = (administrator.clone(), &added, &answers);
                scope.spawn(move || {
                    for n in 0.. {
                        let number = format!("staff-{round}-{client}-{n}");
                        let Ok(answer) = add(&mut browser, &number) else { return };
                        assert_eq!(answer, 303, "{number}");
                        added.lock().unwrap().push(number);
                        answers.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            for reader in &mut readers {
                let (pages, answers) = (&pages, &answers);
                scope.spawn(move || read(reader, pages, answers));
            }
            wait_for("the program is busy", || (answers.load(Ordering::Relaxed) >= BUSY).then_some(()));
            thread::sleep(Duration::from_millis(RandomState::new().build_hasher().finish() % LONGEST));
            program.kill();
        });

        program = serve(&db.url);
        administrator.address.clone_from(&program.address);
        for number in added.into_inner().unwrap() {
            let found = administrator.get(&format!("/people?q={number}&page=0")).body;
            assert!(found.contains(&format!(">{number}</a>")), "{number} was acknowledged and is lost");
            assert_eq!(add(&mut administrator, &number).unwrap(), 422, "{number} is there once");
        }
        for reader in &mut readers {
            reader.browser.address.clone_from(&program.address);
            completed += i64::from(is_as_acknowledged(reader, &pages));
        }
        assert_eq!(entries(&db.url), completed);
    }
    let twice =
        "SELECT count(*) FROM (SELECT 1 AS one FROM step GROUP BY attempt_id, kind, node HAVING count(*) > 1) AS twice";
    assert_eq!(db.number(twice).await, 0);
    assert_eq!(
        db.number("SELECT count(*) - count(DISTINCT employee_no) FROM person WHERE employee_no IS NOT NULL").await,
        0
    );
    assert_eq!(program.stop(), Some(0));
}

/// A learner whose program is killed under every single step.
struct Interrupted<'a> {
    db: &'a Db,
    browser: Browser,
    program: Option<Program>,
}

impl Interrupted<'_> {
    /// Sends a form while the program is killed at any moment, starts it again, and sends the very same form until it is
    /// acknowledged, and once more. Returns where it leads.
    fn send(&mut self, form: &Form) -> String {
        let mut program = self.program.take().unwrap();
        thread::scope(|scope| {
            let browser = &mut self.browser;
            scope.spawn(move || drop(browser.send(form)));
            thread::sleep(Duration::from_millis(RandomState::new().build_hasher().finish() % 12));
            program.kill();
        });
        let program = serve(&self.db.url);
        self.browser.address.clone_from(&program.address);
        self.program = Some(program);
        let answer = self.browser.send(form).unwrap();
        assert_eq!(answer.status, 303, "{answer:?}");
        let again = self.browser.send(form).unwrap();
        assert_eq!((again.status, again.location()), (303, answer.location()), "the same form once more");
        answer.location().to_owned()
    }
}

async fn a_role_play_and_a_quiz_go_on_after_kill_9(db: &Db) {
    let program = serve(&db.url);
    let browser = Browser::administrator(&program).learner("ben-7");
    let mut ben = Interrupted { db, browser, program: Some(program) };
    let steps = async |kind: &str| db.number(&format!("SELECT count(*) FROM step WHERE kind = '{kind}'")).await;

    let base = "/role-plays/two-hours";
    let begin = ben.browser.get(base).form(&format!("{base}/begin")).with("mode", "assessed");
    let mut to = ben.send(&begin);
    let mut chosen = 0;
    while to.ends_with("/play") {
        let form = ben.browser.get(&to).form(&format!("{base}/choose")).with("choice", "1");
        to = ben.send(&form);
        chosen += 1;
        assert_eq!(steps("choice").await, chosen, "each choice once");
    }
    assert!(ben.browser.get(&to).body.contains("Looking back"));

    let base = "/quizzes/service-is-part-of-care-quiz";
    let begin = ben.browser.get(base).form(&format!("{base}/begin"));
    let mut to = ben.send(&begin);
    let mut answered = 0;
    while !to.ends_with("/review") {
        let form = ben.browser.get(&to).form(&to).with("answer", "1");
        to = ben.send(&form);
        answered += 1;
        assert_eq!(steps("answer").await, answered, "each answer once");
    }
    let form = ben.browser.get(&to).form(&format!("{base}/hand-in"));
    let to = ben.send(&form);
    assert!(ben.browser.get(&to).body.contains("Your result"));
    assert_eq!(
        (steps("hand_in").await, db.number("SELECT count(*) FROM attempt WHERE ended_at IS NOT NULL").await),
        (1, 2)
    );
    let facts = db.number("SELECT count(*) FROM fact").await;
    assert_eq!(facts, db.number("SELECT count(*) FROM attempt WHERE passed = 1").await, "each pass once in the ledger");
    assert_eq!(entries(&db.url), facts);
}

fn add(browser: &mut Browser, number: &str) -> std::io::Result<u16> {
    let typed = [("name", number), ("email", ""), ("staff_number", number)];
    Ok(browser.try_post("/people/new", &typed)?.status)
}

/// Reads page after page until the module or the program ends.
fn read(reader: &mut Reader, pages: &[String], answers: &AtomicUsize) {
    for page in pages {
        let action = format!("{page}/read");
        let Ok(shown) = reader.browser.try_get(page) else { return };
        reader.forms.push(shown.form(&action));
        let Ok(answer) = reader.browser.send(&reader.forms[reader.forms.len() - 1]) else { return };
        assert_eq!(answer.status, 303, "{page}");
        reader.acknowledged += 1;
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

/// Every page that was acknowledged is read, and sending the last form again adds nothing but what was not acknowledged.
/// Returns whether the module is completed.
fn is_as_acknowledged(reader: &mut Reader, pages: &[String]) -> bool {
    let read = |browser: &mut Browser| browser.get(READING).body.matches("<li class=\"is-done\">").count();
    let kept = read(&mut reader.browser);
    assert!(kept == reader.acknowledged || kept == reader.forms.len(), "{kept} of {} are kept", reader.acknowledged);
    if let Some(last) = reader.forms.last() {
        assert_eq!(reader.browser.send(last).unwrap().status, 303, "the same form sent again");
    }
    assert_eq!(read(&mut reader.browser), reader.forms.len());
    if reader.forms.len() < pages.len() {
        // Reading goes on where it stopped.
        let form = reader.browser.read_form(&pages[reader.forms.len()]);
        assert_eq!(reader.browser.send(&form).unwrap().status, 303);
        reader.forms.push(form);
    }
    reader.forms.len() == pages.len()
}
