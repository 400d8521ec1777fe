//! Courseware out of the studio and in again.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use axum::http::Request;

use super::house::House;

impl House {
    /// Writes and publishes a document.
    async fn publishes(&self, kind: &str, title: &str) {
        let begun = self.post("/studio/new", &[("kind", kind), ("title", title)]).await.to;
        assert_eq!(self.post(&format!("{begun}/publish"), &[("rev", "1")]).await.status, 303, "{title}");
    }

    /// What a zip of everything holds, by path.
    async fn everything(&self) -> (Vec<u8>, BTreeMap<String, String>) {
        let answer = self.get("/studio/courseware.zip").await;
        assert_eq!(answer.status, 200);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes.clone())).unwrap();
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            files.insert(file.name().unwrap().into_owned(), text);
        }
        (answer.bytes, files)
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn card(title: &str, words: &str) -> String {
    format!("---\nkind: job-aid\ntitle: {title}\n---\n\n# {title}\n\n{words}\n")
}

fn svg(path: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"{path}\"/></svg>")
}

/// The words of a page, without its marks.
fn words(page: &str) -> String {
    let main = page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    let mut out = String::new();
    let mut in_tag = true;
    for c in main.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[tokio::test]
async fn a_long_name_keeps_nobody_from_taking_everything_out() {
    let house = House::new().await;
    let begun = house.post("/studio/new", &[("kind", "job-aid"), ("title", &"漢".repeat(100))]).await.to;
    assert_eq!(begun, format!("/studio/job-aid/{}", "%E6%BC%A2".repeat(26)));
    let path = format!("{begun}/images");
    let picture = svg("M0 0h9");
    let name = format!("{}.svg", "a".repeat(400));
    let fields = [("description", "A desk"), ("under", "")];
    assert_eq!(house.upload(&path, &fields, (&name, picture.as_bytes())).await.status, 303);
    let (_, files) = house.everything().await;
    assert!(files.contains_key(&format!("drafts/{}.md", "漢".repeat(26))), "{:?}", files.keys());
    assert_eq!(files[&format!("drafts/img/{}.svg", "a".repeat(60))], picture);
    // A name by hand is held to the same.
    for slug in ["a".repeat(3000), "a".repeat(81), "Not+one".to_owned()] {
        let sent =
            house.post(&format!("/studio/job-aid/{slug}"), &[("source", "x"), ("rev", ""), ("do", "keep")]).await;
        assert_eq!(sent.status, 404, "{slug}");
    }
    // What is saved keeps its name also where headers know ASCII only.
    let saved = house.get(&format!("{begun}/as/md")).await.saved_as;
    let wanted = format!("attachment; filename=\"document.md\"; filename*=UTF-8''{}.md", "%E6%BC%A2".repeat(26));
    assert_eq!(saved, wanted);
}

#[tokio::test]
async fn two_pictures_of_one_name_stay_two_there_and_back() {
    let (house, other) = (House::new().await, House::new().await);
    for (title, path) in [("Red", "M0 0h9"), ("Green", "M0 9h9")] {
        house.post("/studio/new", &[("kind", "module"), ("title", title)]).await;
        let to = format!("/studio/module/{}", title.to_lowercase());
        let begun = house.get(&to).await.body;
        let text = begun.split_once("<textarea").unwrap().1.split_once("</textarea>").unwrap().0;
        let line = text.lines().position(|line| line == "## Words that help").unwrap();
        let under = format!("{line} Words that help");
        let fields = [("description", "A photo"), ("under", under.as_str())];
        house.upload(&format!("{to}/images"), &fields, ("photo.svg", svg(path).as_bytes())).await;
        assert_eq!(house.post(&format!("{to}/publish"), &[("rev", "2")]).await.status, 303);
    }
    let (zip, files) = house.everything().await;
    assert_eq!(files["img/photo.svg"], svg("M0 9h9"));
    assert_eq!(files["red/img/photo.svg"], svg("M0 0h9"));
    assert_eq!(files.keys().filter(|path| path.ends_with(".md")).collect::<Vec<_>>(), ["green.md", "red/red.md"]);
    // Nothing of it is new where it comes from.
    let again = words(&house.brings(&[], ("all.zip", &zip)).await.body);
    assert!(again.contains("2 documents are the same here already, and were left alone."), "{again}");
    assert!(!again.contains("drafts were made") && !again.contains("competencies.yaml"), "{again}");
    assert!(!again.contains("paths.yaml"), "{again}");
    // Elsewhere each has its own.
    assert!(other.brings(&[], ("all.zip", &zip)).await.body.contains("2 drafts were made of all.zip."));
    for slug in ["red", "green"] {
        other.post(&format!("/studio/module/{slug}/publish"), &[("rev", "1")]).await;
        let hash = async |house: &House| {
            let lines = house.usecases.history(&house.admin, usecases::studio::Kind::Module, slug).await.unwrap();
            lines[0].hash.clone()
        };
        assert_eq!(hash(&other).await, hash(&house).await, "{slug}");
    }
}

#[tokio::test]
async fn drafts_and_what_was_withdrawn_go_out_beside_what_is_live() {
    let (house, other) = (House::new().await, House::new().await);
    for title in ["Changed", "Gone", "Live"] {
        house.publishes("job-aid", title).await;
    }
    house.post("/studio/new", &[("kind", "job-aid"), ("title", "New")]).await;
    let text = card("Changed", "Better words.");
    house.post("/studio/job-aid/changed", &[("source", &text), ("rev", ""), ("do", "keep")]).await;
    house.post("/studio/job-aid/gone/withdraw", &[("do", "withdraw")]).await;
    let (zip, files) = house.everything().await;
    let documents: Vec<&String> = files.keys().filter(|path| path.ends_with(".md")).collect();
    assert_eq!(documents, ["changed.md", "drafts/changed.md", "drafts/new.md", "live.md", "withdrawn/gone.md"]);
    assert_eq!(files["drafts/changed.md"], text);
    assert_ne!(files["changed.md"], text);
    assert!(files["README.txt"].contains("drafts that differ from what is live"));
    let page = words(&house.get("/studio/import").await.body);
    assert!(page.contains("drafts that differ from what is live") && page.contains("withdrawn"), "{page}");

    // Elsewhere the draft comes before what was live, and that is said; here nothing is new.
    let page = other.brings(&[], ("all.zip", &zip)).await.body;
    assert!(words(&page).contains("4 drafts were made of all.zip."), "{}", words(&page));
    assert!(words(&page).contains(
        "changed.md: it was live where the file comes from; what was being written there came in, drafts/changed.md"
    ));
    assert!(other.get("/studio/job-aid/changed").await.body.contains("Better words."));
    let again = words(&house.brings(&[], ("all.zip", &zip)).await.body);
    assert!(
        again.contains("Nothing of all.zip became a draft.") && again.contains("4 documents are the same here already"),
        "{again}"
    );

    // One change is one draft, also of the picture alone.
    let mine = zipped(&[("live.md", files["live.md"].as_bytes()), ("gone.md", card("Gone", "Other.").as_bytes())]);
    let page = words(&house.brings(&[], ("all.zip", &mine)).await.body);
    assert!(
        page.contains("One draft was made of all.zip.") && page.contains("1 document is the same here already"),
        "{page}"
    );
}

#[tokio::test]
async fn what_a_file_became_is_thrown_away_unless_somebody_changed_it() {
    let house = House::new().await;
    let files: Vec<(String, String)> =
        (1..=3).map(|at| (format!("card-{at}.md"), card(&format!("Card {at}"), "![A desk](img/a.svg)"))).collect();
    let picture = svg("M0 0h9");
    let mut all: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    all.push(("img/a.svg", picture.as_bytes()));
    let sent = house.upload("/studio/import", &[], ("cards.zip", &zipped(&all))).await;
    assert_eq!((sent.status, sent.to.as_str()), (303, "/studio/import/1"));
    let report = async || house.get("/studio/import/1").await.body;
    let page = report().await;
    assert!(page.contains("3 drafts were made") && page.contains("Throw these drafts away"), "{page}");
    // One is written on, and one has another picture, which leaves its text and revision as they were.
    let text = card("Card 1", "Mine.");
    house.post("/studio/job-aid/card-1", &[("source", &text), ("rev", "1"), ("do", "keep")]).await;
    let replaces = [("replaces", "img/a.svg")];
    let sent = house.upload("/studio/job-aid/card-2/images", &replaces, ("b.svg", svg("M0 9h9").as_bytes())).await;
    assert_eq!(sent.status, 303);
    let page = report().await;
    assert_eq!(page.matches("Changed since").count(), 2, "{page}");
    assert!(page.contains("Throw the unchanged draft away"), "{page}");
    let undone = house.post("/studio/import/1/undo", &[]).await;
    assert_eq!((undone.status, undone.to.as_str()), (303, "/studio/import/1"));
    let statuses = [
        house.get("/studio/job-aid/card-1").await.status,
        house.get("/studio/job-aid/card-2").await.status,
        house.get("/studio/job-aid/card-3").await.status,
    ];
    assert_eq!(statuses, [200, 200, 404]);
    // The report stays, and leads to what is still there; there is nothing more to throw away.
    let page = report().await;
    assert!(page.contains("Thrown away since") && !page.contains("card-3\""), "{page}");
    assert!(page.contains("href=\"/studio/job-aid/card-1\"") && !page.contains("/undo"), "{page}");
    // Again, or of something that never was, nothing happens.
    assert_eq!(house.post("/studio/import/1/undo", &[]).await.status, 303);
    assert_eq!(house.post("/studio/import/2/undo", &[]).await.status, 404);
    assert_eq!(house.get("/studio/import/2").await.status, 404);
    assert_eq!(house.get("/studio/job-aid/card-1").await.status, 200);
    // What was published is no draft any more.
    house.post("/studio/job-aid/card-1/publish", &[("rev", "2")]).await;
    assert!(report().await.contains("No draft any more"));
    // A report is about the drafts that it made, and not about those that the same file makes later.
    let sent = house.upload("/studio/import", &[], ("cards.zip", &zipped(&all[2..]))).await;
    assert_eq!(sent.to, "/studio/import/2");
    assert!(house.get("/studio/import/2").await.body.contains("Throw this draft away"));
    assert!(!report().await.contains("/undo"), "{}", report().await);
    house.post("/studio/import/1/undo", &[]).await;
    assert_eq!(house.get("/studio/job-aid/card-3").await.status, 200);
    // It is found again where files are brought, by trainers alone.
    let list = house.get("/studio/import").await.body;
    let file = "<a href=\"/studio/import/1\">cards.zip</a>";
    assert!(list.contains(file) && list.contains("3 drafts, Tola Ojo, "), "{list}");
    house.somebody("Efe Eze", "n-1", false).await;
    let nurse = house.sign_in("n-1").await;
    for path in ["/studio/import", "/studio/import/1"] {
        assert_eq!(house.ask(&nurse, Request::get(path), "").await.status, 404, "{path}");
    }
    assert_eq!(house.post_as(&nurse, "/studio/import/1/undo", &[]).await.status, 404);
}

#[tokio::test]
async fn more_drafts_than_anybody_expects_are_asked_about() {
    let house = House::new().await;
    let files: Vec<(String, String)> =
        (1..=201).map(|at| (format!("card-{at}.md"), card(&format!("Card {at}"), "Words."))).collect();
    let all: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let zip = zipped(&all);
    let asked = house.brings(&[], ("cards.zip", &zip)).await;
    assert_eq!(asked.status, 422);
    assert!(asked.body.contains("It would make 201 drafts") && asked.body.contains("id=\"many\""), "{}", asked.body);
    assert!(house.get("/studio").await.body.contains("Nothing here yet"));
    let meant = house.brings(&[("many", "yes")], ("cards.zip", &zip)).await;
    assert!(meant.body.contains("201 drafts were made of cards.zip."), "{}", meant.body);
}

#[tokio::test]
async fn the_report_is_true_and_leads_to_what_is_to_do() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "job-aid"), ("title", "Here")]).await;
    let competencies = "competencies:\n  - id: listening\n    name: Hearing\n    levels: [a, b, c]\n  - id: tact\n    \
                        name: Tact\n    levels: [a, b, c]\n  - id: odd\n    name: \"O\\u202Edd\"\n    levels: [a, b, c]\n";
    let paths = "asks: []\npaths:\n  - name: Night porters\n    for: [Porter]\n    modules: []\n  \
                 - name: Front desk, billing and calls\n    for: []\n    modules: []\n  \
                 - name: \"No\\0ne\"\n    for: []\n    modules: []\n";
    let zip = zipped(&[
        ("here.md", card("Here", "![An ear](img/ear.svg)").as_bytes()),
        ("img/ear.svg", svg("M0 0h9").as_bytes()),
        ("img/nobody.svg", svg("M0 0h9").as_bytes()),
        ("null.md", b"---\nkind: job-aid\n\0"),
        (
            "Two Words.md",
            b"---\nkind: quiz\ntitle: Two words\npass: 80\n---\n\n# Two words\n\n## One\n\n- [x] a\n- [ ] b\n",
        ),
        ("competencies.yaml", competencies.as_bytes()),
        ("paths.yaml", paths.as_bytes()),
    ]);
    let page = house.brings(&[], ("all.zip", &zip)).await.body;
    let said = words(&page);
    for line in [
        "One draft was made of all.zip. It is not live until you publish it.",
        "competencies.yaml: texts can name these competencies now: Tact",
        "competencies.yaml: these competencies say something else here, and were left as they are: Empathic listening",
        "competencies.yaml: the competency odd has signs in it that nobody sees",
        "paths.yaml: administrators are offered these suggested paths now: Night porters",
        "paths.yaml: these suggested paths say something else here, and were left as they are: Front desk, billing and calls",
        "paths.yaml: 1 suggested path whose name",
        "Here: here.md differs from the draft that is here",
        "img/ear.svg: the document that shows it was left out",
        "img/nobody.svg: no document shows it",
        "null.md: line 3 holds a null sign",
        "Two words: it was called Two Words in the file; its name in addresses is two-words here",
        "beside it, to mend before it can be published",
    ] {
        assert!(said.contains(line), "{line}\nin\n{said}");
    }
    for word in ["In effect at once", "For you to do", "Left out", "href=\"/studio/quiz/two-words\""] {
        assert!(page.contains(word), "{word}");
    }
    // A document by itself is judged too.
    let torn = words(
        &house
            .brings(
                &[],
                ("torn.md", b"---\nkind: quiz\ntitle: Torn\npass: 80\n---\n\n# Torn\n\n## One\n\n- [ ] a\n- [ ] b\n"),
            )
            .await
            .body,
    );
    assert!(torn.contains("beside it, to mend before it can be published"), "{torn}");
    // Where nothing comes in, the reason is told.
    for (name, bytes, why) in [
        ("a.zip", zipped(&[("a.md", b"a\xff")]), "a.md: line 1: byte 2 is not UTF-8 text"),
        ("a.md", b"a\0".to_vec(), "It holds a null sign"),
        ("a.md", Vec::new(), "The file is empty"),
        ("", Vec::new(), "Choose a file"),
    ] {
        let refused = house.brings(&[], (name, &bytes)).await;
        assert!(refused.status == 422 && words(&refused.body).contains(why), "{why}: {}", words(&refused.body));
    }
}

#[tokio::test]
async fn questions_have_the_title_that_somebody_gives_and_lines_to_go_to() {
    let house = House::new().await;
    let gift = b"Who comes first? { =The person ~The telephone }\n";
    let title = [("title", "First words: at the desk")];
    for slug in ["first-words-at-the-desk", "first-words-at-the-desk-2"] {
        let page = house.brings(&title, ("G.gift", gift)).await.body;
        let said = words(&page);
        assert!(said.contains("First words: at the desk Quiz, 1 question"), "{said}");
        assert!(said.contains("First words: at the desk, line "), "{said}");
        assert_eq!(page.matches(&format!("href=\"/studio/quiz/{slug}#line-")).count(), 1, "{page}");
        assert!(!said.contains("Q08") && !said.contains(".md"), "{said}");
    }
    let long = "x".repeat(81);
    for odd in ["!!", long.as_str(), "a\u{202e}b"] {
        let refused = house.brings(&[("title", odd)], ("G.gift", gift)).await;
        assert!(refused.status == 422 && refused.body.contains("Enter a title with letters"), "{}", refused.body);
    }
}
