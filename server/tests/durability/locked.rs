//! Another program holds the SQLite file for longer than anybody waits.

use testbed::database::Held;

use super::{Browser, Db, READING, assert_unavailable, entries, serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_stops_writing_not_reading_until_it_is_let_go() {
    let db = Db::sqlite().await;
    let mut program = serve(&db.url);
    let mut ada = Browser::administrator(&program).learner("ada-1");
    let pages = ada.pages(READING);
    let form = ada.read_form(&pages[0]);

    let lock = Held::by(&db.url, "BEGIN IMMEDIATE").await;
    assert_unavailable(&ada.send(&form).unwrap());
    for page in [READING, pages[0].as_str(), "/record", "/health/ready"] {
        assert_eq!(ada.get(page).status, 200, "{page}");
    }
    lock.close().await;

    assert_eq!(ada.send(&form).unwrap().location(), pages[1], "the same form, without a restart");
    assert_eq!(db.number("SELECT count(*) FROM step").await, 1);
    assert_eq!(entries(&db.url), 0);
    assert_eq!(program.stop(), Some(0));
}
