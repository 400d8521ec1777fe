//! People in bulk as an administrator comes by them: a file is sent, looked at, confirmed and undone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use testbed::{Browser, Database as Db, Program, program::command};

testbed::on_both_engines! {
    a_list_is_sent_looked_at_imported_and_undone
    a_list_with_problems_is_shown_with_its_lines_and_changes_nothing
    a_large_list_is_taken_and_one_that_loses_many_asks_again
}

const LIST: &str = "staff_number,name,department,job_role\nN1,Ben <Eze>,Ward 3,Nurse\nN2,Chi Ude,Ward 3,Nurse\n";

fn serve(db: &Db) -> Program {
    let mut bedside = command(env!("CARGO_BIN_EXE_bedside"));
    Program::serve(bedside.args(["serve", "--address", "127.0.0.1:0", "--database-url", &db.url]))
}

async fn people(db: &Db) -> i64 {
    db.number("SELECT count(*) FROM person WHERE employee_no IS NOT NULL AND disabled_at IS NULL").await
}

/// Sends a list; gives the address of its preview.
fn send(browser: &mut Browser, fields: &[(&str, &str)], list: &str) -> String {
    let sent = browser.upload("/people/import", fields, ("list.csv", list));
    assert_eq!(sent.status, 303, "{sent:?}");
    sent.location().to_owned()
}

async fn a_list_is_sent_looked_at_imported_and_undone(db: &Db) {
    let program = serve(db);
    let mut ada = Browser::administrator(&program);
    let preview = send(&mut ada, &[("kind", "people"), ("new_departments", "yes")], LIST);
    let page = ada.get(&preview);
    for words in ["What list.csv would change", "2 added, 1 department made", "Ben &lt;Eze&gt;", "Nurse, Ward 3"] {
        assert!(page.body.contains(words), "{words} in {page:?}");
    }
    assert_eq!(people(db).await, 0);
    let form = page.form(&preview);
    let done = ada.send(&form).unwrap();
    assert_eq!((done.status, done.location(), people(db).await), (303, "/people/import", 2));
    let page = ada.get("/people/import");
    assert!(
        page.body.contains("Imported: 2 added, 1 department made.") && page.body.contains("Yes, undo it"),
        "{page:?}"
    );
    assert_eq!(ada.send(&form).unwrap().status, 303);
    assert!(ada.get("/people/import").body.contains("This was imported already."));

    let file = ada.get("/people/export");
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"people.csv\""));
    assert!(file.body.contains("N1,Ben <Eze>,,Ward 3,Nurse,,\r\n"), "{file:?}");
    let again = send(&mut ada, &[("everybody", "yes")], &file.body);
    let page = ada.get(&again);
    assert!(
        page.body.contains("Nothing would change")
            && !page.body.contains("<button class=\"button\" type=\"submit\">Import")
    );

    let mut ben = ada.learner("ben-7");
    assert_eq!(ben.upload("/people/import", &[], ("list.csv", LIST)).status, 404);
    assert_eq!(ben.get(&again).status, 404);
    let undo = ada.get("/people/import").form("/people/import/undo");
    assert_eq!(ada.send(&undo).unwrap().status, 303);
    assert!(ada.get("/people/import").body.contains("Undone: everybody is as they were before it."));
    assert_eq!(people(db).await, 1, "only who was added by hand");
    assert_eq!(ada.send(&undo).unwrap().status, 303);
    assert!(ada.get("/people/import").body.contains("Nothing was undone"));
}

async fn a_list_with_problems_is_shown_with_its_lines_and_changes_nothing(db: &Db) {
    let program = serve(db);
    let mut ada = Browser::administrator(&program);
    let preview = send(&mut ada, &[], LIST);
    let page = ada.get(&preview);
    assert!(page.body.contains("2 places to mend"), "{page:?}");
    assert!(
        page.body.contains("There is no department “Ward 3”") && page.body.contains("Make departments that are new")
    );
    let forced = ada.post(&preview, &[("digest", "")]);
    assert_eq!((forced.status, people(db).await), (409, 0));
    for (fields, file, words) in
        [(&[][..], "", "Choose a file, or paste the lines below"), (&[("kind", "history")], "", "Import a history")]
    {
        let refused = ada.upload("/people/import", fields, ("list.csv", file));
        assert!(refused.status == 422 && refused.body.contains(words), "{words}: {refused:?}");
    }
    let pasted = [("lines", "staff_number,name\nN1,Ben Eze\n")];
    let preview = send(&mut ada, &pasted, "");
    assert!(ada.get(&preview).body.contains("If you import it: 1 added."));
    let gone = ada.get("/people/import/none");
    assert_eq!((gone.status, gone.location()), (303, "/people/import"));
}

async fn a_large_list_is_taken_and_one_that_loses_many_asks_again(db: &Db) {
    let program = serve(db);
    let mut ada = Browser::administrator(&program);
    let name = "Somebody With A Long Name ".repeat(3);
    let rows: String = (0..15_000).map(|number| format!("N{number},{name}{number}\n")).collect();
    let list = format!("staff_number,name\n{rows}");
    assert!(list.len() > server::layers::BODY_LIMIT);
    let preview = send(&mut ada, &[], &list);
    let page = ada.get(&preview);
    assert!(page.body.contains("New people: 15000") && page.body.contains("And 14950 more."));
    assert_eq!(ada.send(&page.form(&preview)).unwrap().status, 303);
    assert_eq!(people(db).await, 15_000);

    let preview = send(&mut ada, &[("everybody", "yes")], "staff_number\nN1\n");
    let page = ada.get(&preview);
    assert!(page.body.contains("14999 of 15001 people would leave"), "{page:?}");
    let form = page.form(&preview);
    let unsaid = ada.send(&form).unwrap();
    assert!(unsaid.status == 422 && unsaid.body.contains("There is a problem"), "{unsaid:?}");
    assert_eq!(people(db).await, 15_000);
    assert_eq!(ada.send(&form.with("removing", "14999")).unwrap().status, 303);
    assert_eq!(people(db).await, 1);
}
