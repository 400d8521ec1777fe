//! The database goes away and comes back: PostgreSQL behind a wire that is cut.

use std::{
    thread,
    time::{Duration, Instant},
};

use testbed::{browser::Form, database::Held, program::wait_for};

use super::{Answer, Browser, Db, Program, READING, assert_unavailable, entries, proxy::Proxy, serve};

/// Well below the 30 s at which the program gives any request up: a person must not wait for that.
const SOON: Duration = Duration::from_secs(20);

struct House {
    proxy: Proxy,
    program: Program,
    ada: Browser,
    pages: Vec<String>,
}

fn house(db: &Db) -> House {
    let (before, name) = db.url.rsplit_once('/').unwrap();
    let (user, upstream) = before.rsplit_once('@').unwrap();
    let proxy = Proxy::to(upstream.to_owned());
    let program = serve(&format!("{user}@{}/{name}", proxy.address));
    let mut ada = Browser::administrator(&program).learner("ada-1");
    let pages = ada.pages(READING);
    House { proxy, program, ada, pages }
}

fn sign_in(address: &str) -> Answer {
    Browser::new(address).sign_in("ada-1")
}

fn soon<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    done
}

/// What people and machines are told while the database is gone; many at once wait no longer than one.
fn assert_told(House { program, ada, pages, .. }: &House, form: &Form) {
    let address = program.address.as_str();
    thread::scope(|scope| {
        let at_once = |work: &(dyn Fn(Browser) -> Answer + Sync)| soon(|| work(ada.clone()));
        for _ in 0..3 {
            scope.spawn(move || assert_unavailable(&at_once(&|mut ada| ada.send(form).unwrap())));
            scope.spawn(move || assert_unavailable(&at_once(&|mut ada| ada.get(&pages[0]))));
            for _ in 0..4 {
                scope.spawn(move || assert_unavailable(&at_once(&|_| sign_in(address))));
            }
        }
        scope.spawn(move || {
            let ready = at_once(&|mut ada| ada.get("/health/ready"));
            assert_eq!((ready.status, ready.body.as_str()), (503, "the database does not answer\n"));
            assert!(ready.header("retry-after").is_some());
            let live = at_once(&|mut ada| ada.get("/health/live"));
            assert_eq!((live.status, live.body.as_str()), (200, "live\n"));
        });
    });
}

async fn gone_and_back(cut: fn(&Proxy)) {
    let db = Db::postgres().await;
    let mut house = house(&db);
    for page in 0..2 {
        let form = house.ada.read_form(&house.pages[page]);
        cut(&house.proxy);
        assert_told(&house, &form);
        house.proxy.mend();
        let sent =
            wait_for("it works again by itself", || house.ada.send(&form).ok().filter(|answer| answer.status == 303));
        assert_eq!(sent.location(), house.pages[page + 1]);
        wait_for("signing in works again", || (sign_in(&house.program.address).status == 303).then_some(()));
        wait_for("it says so", || (house.ada.get("/health/ready").status == 200).then_some(()));
        assert_eq!(house.ada.get(READING).body.matches("<li class=\"is-done\">").count(), page + 1);
    }
    assert_eq!(entries(&db.url), 0);
    assert_eq!(db.number("SELECT count(*) FROM step").await, 2);
    cut(&house.proxy);
    assert_eq!(house.program.stop(), Some(0), "it ends without its database too");
    db.drop_it().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_stopped_is_told_soon_and_found_again() {
    gone_and_back(Proxy::refuse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fell_silent_is_told_soon_and_found_again() {
    gone_and_back(Proxy::silence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_in_the_middle_of_requests_costs_those_only() {
    let db = Db::postgres().await;
    let mut house = house(&db);
    // Whoever reads a page waits for the first, whoever signs in can read and waits for the second when it is their turn to write.
    let lock = "BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE; LOCK TABLE counter IN EXCLUSIVE MODE";
    let lock = Held::by(&db.url, lock).await;
    let reading = (0..6).map(|_| {
        let (mut ada, page) = (house.ada.clone(), house.pages[0].clone());
        thread::spawn(move || ada.get(&page))
    });
    let mut waiting: Vec<_> = reading.collect();
    db.until_waiting(6).await;
    for _ in 0..2 {
        let address = house.program.address.clone();
        waiting.push(thread::spawn(move || sign_in(&address)));
    }
    db.until_waiting(8).await;
    house.proxy.silence();
    soon(|| waiting.into_iter().for_each(|answer| assert_unavailable(&answer.join().unwrap())));
    lock.close().await;
    house.proxy.mend();
    wait_for("reading works again by itself", || (soon(|| house.ada.get(&house.pages[0])).status == 200).then_some(()));
    wait_for("so does writing", || (soon(|| sign_in(&house.program.address)).status == 303).then_some(()));
    assert_eq!(house.program.stop(), Some(0));
    db.drop_it().await;
}
