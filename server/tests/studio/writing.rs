//! Writing, trying, publishing and what belongs to it.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use usecases::clock;

use super::house::House;

#[tokio::test]
async fn a_role_play_is_written_mended_published_and_played() {
    let house = House::new().await;
    assert!(house.get("/studio").await.body.contains("Nothing here yet"));
    let begun = house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    assert_eq!((begun.status, begun.to.as_str()), (303, "/studio/scenario/at-the-window"));
    let (text, rev) = house.editor(&begun.to).await;
    assert_eq!(rev, "1");
    let page = house.get(&begun.to).await.body;
    assert!(page.contains("No problems") && page.contains("He asks"), "{page}");
    // Nobody else sees it.
    assert_eq!(house.get("/role-plays/at-the-window").await.status, 404);

    // Three mistakes: a target that is missing, feedback that is not indented, a flag that is misspelt.
    let wrong = text
        .replacen("(#he-doubts) `ok`", "(#he-doubtss) `ok`", 1)
        .replacen(
            "  > A reason is good, and a time would be better.",
            "> A reason is good, and a time would be better.",
            1,
        )
        .replacen("`if timed`", "`if timmed`", 1);
    let checked = house.post(&begun.to, &[("source", &wrong), ("rev", &rev), ("do", "check")]).await;
    assert_eq!(checked.status, 200);
    for words in ["he-doubts", "timed", "indent"] {
        assert!(checked.body.contains(words), "{words}: {}", checked.body);
    }
    assert!(checked.body.contains("href=\"#line-") && checked.body.contains("id=\"line-20\""));
    assert!(checked.body.contains("he-doubtss"), "what was typed is still there");
    // Nothing was kept by looking, and what has errors is not published.
    assert_eq!(house.editor(&begun.to).await.0, text);
    let kept = house.post(&begun.to, &[("source", &wrong), ("rev", &rev), ("do", "publish")]).await;
    assert_eq!(kept.to, "/studio/scenario/at-the-window/publish");
    assert!(house.get(&kept.to).await.body.contains("cannot be published yet"));
    assert_eq!(house.post(&kept.to, &[("rev", "2"), ("change", "")]).await.status, 422);

    house.post(&begun.to, &[("source", &text), ("rev", "2"), ("do", "keep")]).await;
    let asked = house.get(&kept.to).await.body;
    assert!(asked.contains("It was never published") && asked.contains("Publish now"), "{asked}");
    assert_eq!(house.post(&kept.to, &[("rev", "3")]).await.to, begun.to);
    assert!(house.get("/role-plays/at-the-window").await.body.contains("At the window"));
    let library = house.get("/studio?q=window&kind=scenario&state=live").await.body;
    assert!(library.contains("1 document") && library.contains("At the window"), "{library}");
    // A word of the text finds it too, and another kind or a word of nothing does not.
    assert!(house.get("/studio?q=sit+DOWN").await.body.contains("At the window"));
    assert!(house.get("/studio?q=amplifier").await.body.contains("Nothing like this"));
}

#[tokio::test]
async fn the_map_leads_to_the_text_and_has_a_page_with_the_same_as_a_list() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    let editor = "/studio/scenario/at-the-window";
    let (text, _) = house.editor(editor).await;
    let line = 1 + text.lines().position(|line| line == "## He asks").unwrap();
    let page = house.get(editor).await.body;
    for words in [
        format!("href=\"{editor}/map\""),
        "href=\"#past-map\"".to_owned(),
        format!("id=\"map-scene-1\" href=\"#line-{line}\" data-line=\"{line}\""),
        format!("id=\"line-{line}\""),
        "href=\"#map-scene-1\"".to_owned(),
    ] {
        assert!(page.contains(&words), "{words}: {page}");
    }
    let map = house.get(&format!("{editor}/map")).await;
    assert_eq!(map.status, 200);
    for words in [
        "Map: At the window".to_owned(),
        format!("<a href=\"{editor}#line-{line}\">He asks</a>"),
        "id=\"scene-1\"".to_owned(),
        "href=\"#scene-2\"".to_owned(),
        "best path".to_owned(),
        "<svg xmlns".to_owned(),
    ] {
        assert!(map.body.contains(&words), "{words}: {}", map.body);
    }
    assert!(!map.body.contains("style=\"") && !map.body.contains("data-line"), "{}", map.body);
    assert!(!map.body.contains("first attempts"), "nobody has played it");
    // What cannot be read has no map, and says what to do.
    house.post(editor, &[("source", "Nothing."), ("rev", "1"), ("do", "keep")]).await;
    let map = house.get(&format!("{editor}/map")).await;
    assert!(map.status == 200 && map.body.contains("Mend the first errors of the text"), "{}", map.body);
    house.post("/studio/new", &[("kind", "quiz"), ("title", "Ask")]).await;
    for path in ["/studio/quiz/ask/map", "/studio/scenario/ask/map", "/studio/scenario/none/map"] {
        assert_eq!(house.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_live_changes_only_by_publishing_and_its_history_stays() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    house.post("/studio/module/hello/publish", &[("rev", "1")]).await;
    let (text, rev) = house.editor("/studio/module/hello").await;
    assert_eq!(rev, "", "what is live is no draft");

    let new = text.replacen("## Words that help", "## Better words", 1);
    house.post("/studio/module/hello", &[("source", &new), ("rev", ""), ("do", "keep")]).await;
    assert!(house.get("/studio").await.body.contains("Live, with a draft"));
    // Whoever began before there was a draft is told of it too.
    let looked = house.post("/studio/module/hello", &[("source", &text), ("rev", ""), ("do", "check")]).await.body;
    assert!(looked.contains("Live, with a draft") && looked.contains("Draft changed by"), "{looked}");
    assert!(house.get("/modules/hello").await.body.contains("Words that help"), "learners see what is live");
    let page = house.get("/studio/module/hello/publish").await.body;
    assert!(page.contains("The page “Better words” is new.") && page.contains("diff-gone"), "{page}");
    // What it is to learners has to be said.
    let refused = house.post("/studio/module/hello/publish", &[("rev", "1")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Say what the change is"));
    let stale = house.post("/studio/module/hello/publish", &[("rev", "7"), ("change", "editorial")]).await;
    assert_eq!(stale.status, 422, "it is another draft by now");
    assert!(stale.body.contains("It has changed since you looked"), "{}", stale.body);
    assert!(stale.body.contains("value=\"editorial\" checked"), "what was chosen stays: {}", stale.body);
    house.post("/studio/module/hello/publish", &[("rev", "1"), ("change", "editorial")]).await;
    assert!(house.get("/modules/hello").await.body.contains("Better words"));

    let history = house.get("/studio/module/hello/history").await.body;
    assert!(history.contains("Words only") && history.contains("Tola Ojo") && history.contains("Live"), "{history}");
    let to = format!(
        "/studio/module/hello/history/{}",
        history.split_once("/history/").unwrap().1.split_once('"').unwrap().0
    );
    assert!(house.get(&to).await.body.contains("Words that help"));
    assert_eq!(house.post(&to, &[]).await.to, "/studio/module/hello");
    assert_eq!(house.editor("/studio/module/hello").await.0, text);
    // A draft is not overwritten by it, and is thrown away as it was looked at only.
    house.post("/studio/module/hello", &[("source", &new), ("rev", "1"), ("do", "keep")]).await;
    house.post(&to, &[]).await;
    assert_eq!(house.editor("/studio/module/hello").await.0, new);
    assert_eq!(house.post("/studio/module/hello/discard", &[("rev", "1")]).await.to, "/studio/module/hello");
    assert_eq!(house.post("/studio/module/hello/discard", &[("rev", "2")]).await.to, "/studio");
    assert_eq!(house.editor("/studio/module/hello").await, (new, String::new()));
}

#[tokio::test]
async fn two_trainers_on_one_draft_lose_nothing() {
    let house = House::new().await;
    house.somebody("Bola Ade", "t-2", true).await;
    let bola = house.sign_in("t-2").await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    let path = "/studio/module/hello";
    let (text, _) = house.editor(path).await;
    let (top, end) = (
        text.replacen("Say in a sentence or two", "Say in one sentence", 1),
        text.replacen("What will you say tomorrow", "What will you do tomorrow", 1),
    );
    assert_eq!(house.post(path, &[("source", &top), ("rev", "1"), ("do", "keep")]).await.status, 303);
    // Whoever opens it is told who else writes, and is not told of themselves.
    let told = "Tola Ojo is writing here too";
    assert!(house.ask(&bola, Request::get(path), "").await.body.contains(told));
    assert!(!house.get(path).await.body.contains("writing here too"));
    house.post_as(&bola, path, &[("source", &end), ("rev", "1"), ("do", "check")]).await;
    assert!(house.get(path).await.body.contains("Bola Ade is writing here too"));
    // In other places both fit together: the text of both is kept, and what the other one changed is told.
    let met = house.post_as(&bola, path, &[("source", &end), ("rev", "1"), ("do", "keep")]).await;
    assert_eq!(met.status, 200);
    let told = "Tola Ojo changed line 12 meanwhile. Both changes are in the draft.";
    assert!(met.body.contains(told) && met.body.contains("What Tola Ojo changed while you wrote"), "{}", met.body);
    assert!(met.body.contains("One line of what you began from was changed") && met.body.contains("diff-gone"));
    let both = top.replacen("What will you say tomorrow", "What will you do tomorrow", 1);
    assert_eq!(house.editor(path).await, (both.clone(), "3".to_owned()));
    // Sent once more it changes nothing.
    house.post_as(&bola, path, &[("source", &end), ("rev", "1"), ("do", "keep")]).await;
    assert_eq!(house.editor(path).await, (both.clone(), "3".to_owned()));

    // In one place both stand whole, and somebody chooses; what clashes with nothing is taken from both.
    let other = text.replacen("Say in a sentence or two", "Say briefly", 1).replacen(
        "What will you say tomorrow",
        "What will you try tomorrow",
        1,
    );
    let other = format!("{other}\nOne line more.\n");
    let met = house.post_as(&bola, path, &[("source", &other), ("rev", "1"), ("do", "keep")]).await;
    assert_eq!(met.status, 409);
    for words in
        ["in 2 places both of you changed the same lines", "Say briefly", "Say in one sentence", "Nothing is kept yet"]
    {
        assert!(met.body.contains(words), "{words}: {}", met.body);
    }
    assert!(!met.body.contains("<<<<") && !met.body.contains("&lt;&lt;&lt;"));
    assert_eq!(house.editor(path).await, (both.clone(), "3".to_owned()), "nothing is kept yet");
    let seen = field(&met.body, "seen");
    let settle = async |choices: &[(&str, &str)], seen: &str| {
        let mut fields = vec![("source", other.as_str()), ("from", "1"), ("rev", "3"), ("seen", seen), ("places", "2")];
        fields.extend_from_slice(choices);
        house.post_as(&bola, &format!("{path}/settle"), &fields).await
    };
    // Nobody chooses for somebody, and what was chosen stays.
    let wanting = settle(&[("place-2", "both")], &seen).await;
    assert_eq!(wanting.status, 409);
    assert!(wanting.body.contains("Choose what stands in place 1") && !wanting.body.contains("stands in place 2"));
    assert!(wanting.body.contains("value=\"both\" checked"), "{}", wanting.body);
    // What changes meanwhile is told again.
    let later = both.replacen("Say in one sentence", "Say in one short sentence", 1);
    assert_eq!(house.post(path, &[("source", &later), ("rev", "3"), ("do", "keep")]).await.status, 303);
    let again = settle(&[("place-1", "own"), ("place-2", "both")], &seen).await;
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(
        again.body.contains("Say in one short sentence") && again.body.contains("It changed once more while you chose")
    );
    assert!(!wanting.body.contains("once more") && !met.body.contains("once more"));
    assert_eq!(house.editor(path).await, (later.clone(), "4".to_owned()));
    let met = house.post_as(&bola, path, &[("source", &other), ("rev", "1"), ("do", "keep")]).await;
    let seen = field(&met.body, "seen");
    let choices = [("place-1", "own"), ("place-2", "both")];
    let fields = [("source", other.as_str()), ("from", "1"), ("rev", "4"), ("seen", &seen), ("places", "2")];
    let kept = house.post_as(&bola, &format!("{path}/settle"), &[fields.as_slice(), &choices].concat()).await;
    assert_eq!((kept.status, kept.to.as_str()), (303, path));
    let (chosen, rev) = house.editor(path).await;
    assert_eq!(rev, "5");
    for words in ["Say briefly", "What will you do tomorrow", "What will you try tomorrow", "One line more."] {
        assert_eq!(chosen.matches(words).count(), 1, "{words}: {chosen}");
    }
    assert!(!chosen.contains("Say in one short sentence"));

    // Whose lines were taken out is told, and finds them again.
    let told = house.get(path).await.body;
    assert!(told.contains("Bola Ade changed or took out lines that you wrote"), "{told}");
    assert!(!house.ask(&bola, Request::get(path), "").await.body.contains("lines that you wrote"));
    let list = house.ask(&bola, Request::get(format!("{path}/history")), "").await.body;
    assert!(list.contains("Draft as Tola Ojo left it") && list.contains("/drafts/2"), "{list}");
    let left = house.get(&format!("{path}/drafts/2")).await.body;
    assert!(left.contains("Draft as you left it") && left.contains("Say in one short sentence"), "{left}");
    assert_eq!(house.get("/studio/quiz/hello/drafts/1").await.status, 404);
    let stale = house.post(&format!("{path}/drafts/2"), &[("rev", "4")]).await;
    assert_eq!(stale.to, format!("{path}/drafts/2"), "it has changed since");
    assert_eq!(house.post(&format!("{path}/drafts/2"), &[("rev", "5")]).await.to, path);
    assert_eq!(house.editor(path).await, (later.clone(), "6".to_owned()));
    let list = house.get(&format!("{path}/history")).await.body;
    assert!(list.contains("Draft as Bola Ade left it"), "nobody's text is overwritten: {list}");

    // What was published meanwhile is no reason to lose what was typed.
    house.post("/studio/module/hello/publish", &[("rev", "6")]).await;
    let met = house.post_as(&bola, path, &[("source", &other), ("rev", "6"), ("do", "keep")]).await;
    assert_eq!(met.status, 409);
    assert!(met.body.contains("published or thrown away") && met.body.contains("Say briefly"));
    let seen = field(&met.body, "seen");
    let fields = [("source", other.as_str()), ("from", "6"), ("rev", ""), ("seen", &seen), ("places", "9")];
    let fields = [fields.as_slice(), &[("everywhere", "own")]].concat();
    assert_eq!(house.post_as(&bola, &format!("{path}/settle"), &fields).await.status, 303);
    assert_eq!(house.editor(path).await, (other.clone(), "1".to_owned()));
    // What others left is in the history of what is live by now.
    assert!(house.get(&format!("{path}/history")).await.body.contains("Draft as Bola Ade left it"));
}

/// What stands in a hidden field.
fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_script_is_handed_the_text_of_both_and_how_to_make_it_of_its_own() {
    let house = House::new().await;
    house.somebody("Bola Ade", "t-2", true).await;
    let bola = house.sign_in("t-2").await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    let path = "/studio/module/hello";
    let (text, _) = house.editor(path).await;
    let (top, end) = (
        text.replacen("Say in a sentence or two", "Say in one sentence", 1),
        text.replacen("What will you say tomorrow", "What will you do tomorrow", 1),
    );
    house.post(path, &[("source", &top), ("rev", "1"), ("do", "keep")]).await;
    let fields = [("source", end.as_str()), ("rev", "1"), ("do", "keep")];
    let request = Request::post(path).header(header::ACCEPT, "text/fragment+html");
    let kept = house.ask(&bola, request, &serde_html_form::to_string(fields).unwrap()).await;
    assert_eq!(kept.status, 200);
    assert!(kept.body.contains("data-merged-rev=\"3\""), "{}", kept.body);
    assert!(
        !kept.body.contains("data-rev="),
        "a script that knows nothing of this must not take the revision without the text"
    );
    assert!(kept.body.contains("Tola Ojo changed line 12 meanwhile. Both changes are in the draft."));
    let (both, rev) = house.editor(path).await;
    assert_eq!(rev, "3");
    let shown =
        kept.body.split_once("data-text").unwrap().1.split_once('>').unwrap().1.split_once("</textarea>").unwrap().0;
    assert_eq!(shown.trim_start_matches('\n').lines().count(), both.lines().count());
    // The edits make of what was sent what is kept.
    let edits = kept.body.split_once("data-edits=\"").unwrap().1.split_once('"').unwrap().0.replace("&quot;", "\"");
    let edits: Vec<serde_json::Value> = serde_json::from_str(&edits).unwrap();
    let mut units: Vec<u16> = end.encode_utf16().collect();
    let at = |edit: &serde_json::Value, key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
    for edit in edits.iter().rev() {
        units.splice(at(edit, "from")..at(edit, "to"), edit["insert"].as_str().unwrap().encode_utf16());
    }
    assert_eq!(String::from_utf16(&units).unwrap(), both);
}

#[tokio::test]
async fn without_a_script_it_is_said_what_is_not_kept_and_nothing_is_lost_by_being_signed_out() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    let path = "/studio/module/hello";
    let (text, _) = house.editor(path).await;
    let wrong = text.replacen("complete: [read]", "complete: [red]", 1);
    assert_ne!(wrong, text);
    let looked = house.post(path, &[("source", &wrong), ("rev", "1"), ("do", "check")]).await.body;
    assert!(looked.contains("<title>1 error, not kept yet: Hello · Bedside</title>"), "{looked}");
    assert!(looked.contains("<a href=\"#problems\">1 error</a>") && looked.contains("id=\"problems\""), "{looked}");
    assert!(looked.contains("Not kept yet: press “Keep as draft”."));
    let looked = house.post(path, &[("source", &text), ("rev", "1"), ("do", "check")]).await.body;
    assert!(
        looked.contains("<title>No problems: Hello · Bedside</title>") && !looked.contains("Not kept yet"),
        "{looked}"
    );

    // Whoever was signed out has what they sent before them, and sends it once they are signed in again.
    let hostile = format!("{wrong}</textarea><script>alert(1)</script>");
    let out = house.post_as("", path, &[("source", &hostile), ("rev", "1"), ("do", "keep")]).await;
    assert_eq!(out.status, 401);
    assert!(out.body.contains("Send it again") && out.body.contains("complete: [red]"), "{}", out.body);
    assert!(!out.body.contains("<script>alert") && out.body.contains("target=\"_blank\""));
    assert_eq!(field(&out.body, "rev"), "1");
    assert_eq!(house.editor(path).await.0, text, "nothing was kept by somebody unknown");
    assert_eq!(house.post(path, &[("source", &wrong), ("rev", "1"), ("do", "keep")]).await.status, 303);
    assert_eq!(house.editor(path).await, (wrong, "2".to_owned()));
    // So does whoever chose between two texts.
    let chosen =
        [("source", "What I typed."), ("from", "1"), ("rev", "2"), ("over", ""), ("seen", "x"), ("places", "1")];
    let out = house.post_as("", &format!("{path}/settle"), &chosen).await;
    assert!(out.status == 401 && out.body.contains("What I typed."), "{}", out.body);
    assert_eq!((field(&out.body, "rev"), field(&out.body, "over")), ("1".to_owned(), String::new()));
    // From another site nothing is taken, and nothing shown.
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "bedside.test")
        .header("sec-fetch-site", "cross-site")
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))))
        .body(Body::from("source=planted&rev=1&do=keep"))
        .unwrap();
    let answer = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 403);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&body).contains("planted"));
}

#[tokio::test]
async fn what_was_thrown_away_while_somebody_wrote_loses_nothing() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    let path = "/studio/module/hello";
    let (text, rev) = house.editor(path).await;
    house.post("/studio/module/hello/discard", &[("rev", &rev)]).await;
    assert_eq!(house.get(path).await.status, 404);
    let mine = text.replacen("Say in a sentence or two", "Say briefly", 1);
    let met = house.post(path, &[("source", &mine), ("rev", &rev), ("do", "keep")]).await;
    assert_eq!(met.status, 409);
    assert!(met.body.contains("published or thrown away") && met.body.contains("Say briefly"), "{}", met.body);
    assert_eq!(house.post(path, &[("source", &mine), ("rev", ""), ("do", "keep")]).await.status, 303);
    assert_eq!(house.editor(path).await.0, mine);
    // What was thrown away is in the history, and can be the draft again.
    let history = house.get(&format!("{path}/history")).await.body;
    assert!(history.contains("Tola Ojo threw it away on") && history.contains("never live"), "{history}");
    let thrown = format!("{path}/drafts/{}", history.split_once("/drafts/").unwrap().1.split_once('"').unwrap().0);
    assert!(house.get(&thrown).await.body.contains("Say in a sentence or two"));
    assert_eq!(house.post(&thrown, &[("rev", "1")]).await.to, path);
    assert_eq!(house.editor(path).await.0, text);
    assert_eq!(house.post(path, &[("source", &mine), ("rev", "2"), ("do", "keep")]).await.status, 303);
    // What publishing would refuse is said beside the text.
    let wanting = mine.replacen("complete: [read]", "complete: [read, quiz]", 1);
    let page = house.post(path, &[("source", &wanting), ("rev", "3"), ("do", "check")]).await.body;
    assert!(page.contains("no page embeds one") && page.contains("1 error"), "{page}");
    // Nothing has changed is no reason to publish.
    house.post("/studio/module/hello/publish", &[("rev", "3")]).await;
    house.post(path, &[("source", &mine), ("rev", ""), ("do", "keep")]).await;
    assert!(house.get("/studio/module/hello/publish").await.body.contains("Nothing has changed"));
}

#[tokio::test]
async fn the_studio_is_for_trainers_and_takes_no_nonsense() {
    let house = House::new().await;
    house.somebody("Ben Eze", "n-1", false).await;
    let learner = house.sign_in("n-1").await;
    house.post("/studio/new", &[("kind", "quiz"), ("title", "Ask")]).await;
    for path in ["/studio", "/studio/new", "/studio/quiz/ask", "/studio/quiz/ask/publish", "/studio/quiz/ask/history"] {
        assert_eq!(house.ask(&learner, Request::get(path), "").await.status, 404, "{path}");
    }
    for path in ["/studio/quiz/ask", "/studio/quiz/ask/publish", "/studio/quiz/ask/discard"] {
        assert_eq!(house.post_as(&learner, path, &[("rev", "1"), ("source", "x")]).await.status, 404, "{path}");
    }
    for (kind, title) in
        [("quiz", ""), ("quiz", "???"), ("poem", "Ask again"), ("quiz", "Ask"), ("module", "A <b>bold</b> one")]
    {
        let refused = house.post("/studio/new", &[("kind", kind), ("title", title)]).await;
        assert_eq!(refused.status, 422, "{kind} {title}");
    }
    assert_eq!(house.get("/studio/module/ask").await.status, 404, "it is a quiz");
    assert_eq!(house.get("/studio/poem/ask").await.status, 404);
    assert_eq!(house.get("/studio/quiz/ask/history").await.status, 404, "it was never live");
    // A text of another kind, none at all, and one that is too large.
    for (text, status) in [("---\nkind: module\ntitle: A\n---\n", 200), ("", 200), ("\u{0}", 422)] {
        let answer = house.post("/studio/quiz/ask", &[("source", text), ("rev", "1"), ("do", "check")]).await;
        assert_eq!(answer.status, status, "{text:?}");
    }
    let large = "word ".repeat(60_000);
    let refused = house.post("/studio/quiz/ask", &[("source", &large), ("rev", "1"), ("do", "keep")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("more than 256 KiB") && refused.body.contains("word word"),
        "what was typed is there"
    );
    let html = "---\nkind: quiz\ntitle: Ask\n---\n\n# Ask\n\n## <script>alert(1)</script>\n\n</textarea><b>x</b>\n";
    let drawn = house.post("/studio/quiz/ask", &[("source", html), ("rev", "1"), ("do", "check")]).await.body;
    assert!(!drawn.contains("<script>alert") && !drawn.contains("</textarea><b>"), "{drawn}");
}

#[tokio::test]
async fn what_others_wrote_comes_in_as_drafts_and_goes_out_again() {
    let house = House::new().await;
    let tola = house.usecases.who(usecases::PersonId(2)).await.unwrap().unwrap();
    assert_eq!(tola.name, "Tola Ojo");
    let gift = b"::Who comes first:: The telephone rings. {\n=The person#Yes.\n~The telephone#It can wait.\n}\n";
    let answer = house.brings(&[], ("desk.gift", gift)).await;
    assert_eq!(answer.status, 200);
    let page = answer.body;
    assert!(page.contains("One draft was made of desk.gift") && page.contains("/studio/quiz/desk"), "{page}");
    assert!(house.get("/studio/quiz/desk").await.body.contains("The telephone rings."));
    assert_eq!(house.get("/quizzes/desk").await.status, 404, "nothing is live");
    // The same again gets another name, and nothing is overwritten.
    let now = clock::now();
    let again = house.brought(&tola, brings("desk.gift", gift), now).await;
    assert_eq!(again.drafts[0].slug, "desk-2");
    let out = house.get("/studio/quiz/desk/as/gift").await.body;
    assert!(out.contains("=The person") && out.contains("~%0%The telephone"), "{out}");
    assert_eq!(house.get("/studio/quiz/desk/as/twee").await.status, 404);

    for (name, bytes, words) in [
        ("a.pdf", b"x".as_slice(), "It ends in none of these"),
        ("a.gift", b"".as_slice(), "The file is empty"),
        ("", b"".as_slice(), "Choose a file"),
        ("a.zip", b"no zip".as_slice(), "Nothing was taken"),
        ("a.md", b"\xff\xfe".as_slice(), "no plain text"),
    ] {
        let Err(usecases::Failure::Invalid(errors)) = house.usecases.bring(&tola, brings(name, bytes), now).await
        else {
            panic!("{name} was taken");
        };
        assert!(errors[0].message.contains(words), "{name}: {}", errors[0].message);
    }
}

#[tokio::test]
async fn everything_goes_out_and_comes_back_as_it_was() {
    let (one, other) = (House::new().await, House::new().await);
    let now = clock::now();
    server::serve::publish_starter(&one.usecases, now).await.unwrap();
    let file = one.usecases.take_out_all(&one.admin).await.unwrap();
    let brought = other.brought(&other.admin, brings("courseware.zip", &file.bytes), now).await;
    assert_eq!(brought.drafts.len(), server::content::starter().len());
    let left = brought.told.iter().filter(|line| line.became == usecases::studio::Became::Dropped);
    let left: Vec<_> = left.filter(|line| !line.text.contains("are here already")).collect();
    assert!(left.is_empty(), "{left:?}");
    for starter in server::content::starter() {
        let slug = starter.path.trim_end_matches(".md");
        let kind = starter.document.content.as_ref().unwrap().kind();
        let editing = other.usecases.editing(&other.admin, kind, slug).await.unwrap();
        assert_eq!(editing.source, starter.text, "{slug}");
        // What it embeds is a draft as well.
        let is_new = |message: &str| message.contains("is not published; publish it first");
        let wrong = |problem: &&usecases::studio::ProblemView| problem.is_error && !is_new(&problem.message);
        let errors: Vec<_> = editing.looked.problems.iter().filter(wrong).collect();
        assert!(errors.is_empty(), "{slug}: {errors:?}");
    }
    // Published from there, it is the same version, images and all.
    let source = |house: &House| house.usecases.clone();
    source(&other)
        .publish_draft(
            &other.admin,
            (usecases::studio::Kind::Scenario, "two-hours"),
            usecases::studio::Sending { rev: 1, ..Default::default() },
            now,
        )
        .await
        .unwrap();
    let hash = |lines: Vec<usecases::studio::PastLine>| lines[0].hash.clone();
    let kind = usecases::studio::Kind::Scenario;
    let before = one.usecases.history(&one.admin, kind, "two-hours").await.unwrap();
    let after = other.usecases.history(&other.admin, kind, "two-hours").await.unwrap();
    assert_eq!(hash(before), hash(after));
}

/// A file without anything beside it.
fn brings<'a>(file_name: &'a str, bytes: &'a [u8]) -> usecases::studio::Bringing<'a> {
    usecases::studio::Bringing { file_name, bytes, ..Default::default() }
}

/// The first address of a page that holds some words.
fn address(page: &str, words: &str) -> String {
    let found = page.split("href=\"").skip(1).find_map(|part| {
        let (to, rest) = part.split_once('"')?;
        rest.split("</a>").next()?.contains(words).then(|| to.replace("&amp;", "&"))
    });
    found.unwrap_or_else(|| panic!("{words} in {page}"))
}

#[tokio::test]
async fn a_role_play_that_is_written_is_played_from_anywhere() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    let path = "/studio/scenario/at-the-window";
    let (text, rev) = house.editor(path).await;
    let kept = house.post(path, &[("source", &text), ("rev", &rev), ("do", "play")]).await;
    assert_eq!(kept.to, format!("{path}/play"));

    // From the start: what learners see, and beside it what they do not.
    let first = house.get(&kept.to).await.body;
    for words in ["How much longer?", "best", "trust +20", "Behind the scene", "<dd>40</dd>", "Begin elsewhere"] {
        assert!(first.contains(words), "{words}: {first}");
    }
    let second = house.get(&address(&first, "Let me find out.")).await.body;
    for words in ["You say what he feels", "twenty minutes", "<dd>60</dd>", "set timed", "Take that back"] {
        assert!(second.contains(words), "{words}: {second}");
    }
    assert!(house.get(&address(&second, "Take that back")).await.body.contains("<dd>40</dd>"));
    let ended = house.get(&address(&second, "I will come to you then")).await.body;
    for words in ["Learners would pass", "It ended well", "Score: 100 of 100", "Back to decision 2", "Done: "] {
        assert!(ended.contains(words), "{words}: {ended}");
    }
    assert!(house.get(&address(&ended, "Back to decision 2")).await.body.contains("<dd>60</dd>"));

    // From the middle, with a meter and a flag as somebody wants them.
    let middle = house.get(&format!("{path}/play?from=he-doubts&meter=trust&value=93&flag=timed")).await.body;
    for words in ["You said so an hour ago.", "<dd>93</dd>", "<dd>timed</dd>"] {
        assert!(middle.contains(words), "{words}: {middle}");
    }
    assert!(!middle.contains("Take that back"));

    // The text changes meanwhile: the way goes as far as it fits, and a scene that is gone is told.
    let changed = text.replacen("## He doubts", "## He is angry", 1).replace("#he-doubts", "#he-is-angry");
    house.post(path, &[("source", &changed), ("rev", &rev), ("do", "keep")]).await;
    assert!(house.get(&format!("{path}/play?from=he-doubts")).await.body.contains("is not in the text any more"));
    let odd = house.get(&format!("{path}/play?steps=9-1")).await.body;
    assert!(odd.contains("The text has changed since") && odd.contains("How much longer?"));
    // A way that leads nowhere is no fault of the page.
    let (broken, rev) = house.editor(path).await;
    let broken = broken.replacen("(#you-find-out) `best`", "(#nowhere-at-all) `best`", 1);
    house.post(path, &[("source", &broken), ("rev", &rev), ("do", "keep")]).await;
    let stuck = house.get(&format!("{path}/play?steps=1")).await.body;
    assert!(stuck.contains("there is no way on") && stuck.contains("How much longer?"), "{stuck}");

    // Nothing of it is an attempt, and nobody else plays it.
    assert!(house.get("/studio").await.body.contains("data-label=\"In the middle of it\" class=\"number\">0"));
    house.somebody("Ben Eze", "n-1", false).await;
    let learner = house.sign_in("n-1").await;
    assert_eq!(house.ask(&learner, Request::get(format!("{path}/play")), "").await.status, 404);
    for odd in ["?steps=%00", "?value=x&meter=trust", "?from=%ff", "?steps=-1--"] {
        assert!(house.get(&format!("{path}/play{odd}")).await.status < 500, "{odd}");
    }
}

#[tokio::test]
async fn a_quiz_that_is_written_is_answered() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "quiz"), ("title", "Ask")]).await;
    let path = "/studio/quiz/ask/answer";
    let hidden = |page: &str, name: &str| {
        let after = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
        after.split_once('"').unwrap().0.replace("&quot;", "\"")
    };
    let first = house.get(path).await.body;
    assert!(first.contains("Question 1 of 3: Who comes first") && !first.contains("is-right"), "{first}");
    let seed = hidden(&first, "seed");
    // Nothing chosen is told, and nothing is lost.
    let empty = house.post(path, &[("seed", &seed), ("number", "1"), ("kept", "{}")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("Choose one answer") && empty.body.contains("Question 1 of 3"));
    let place = (1..=3).find(|place| {
        let line = first.split(&format!("for=\"answer-{place}\"")).nth(1).unwrap();
        line.split("</label>").next().unwrap().contains("Let it ring")
    });
    let place = place.unwrap().to_string();
    let told = house.post(path, &[("seed", &seed), ("number", "1"), ("kept", "{}"), ("answer", &place)]).await.body;
    assert!(told.contains("That is right") && told.contains("in the middle of a sentence"), "{told}");
    let mut kept = hidden(&told, "kept");
    // The others are left out: the result says so, and what would be right.
    for number in ["1", "2", "3"] {
        let page = house.post(path, &[("seed", &seed), ("number", number), ("kept", &kept), ("then", "next")]).await;
        assert_eq!(page.status, 200);
        kept = if number == "3" { page.body } else { hidden(&page.body, "kept") };
    }
    assert!(kept.contains("Learners would not pass") && kept.contains("The right order:"), "{kept}");
    // A module's checks are answered alike, and what comes in odd shapes is no fault.
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    assert!(house.get("/studio/module/hello/answer").await.body.contains("Question 1 of 1: Check yourself"));
    for (seed, kept, status) in [("zz", "{}", 404), (seed.as_str(), "no answers", 422), ("", "{\"x\":1}", 422)] {
        let odd = house.post(path, &[("seed", seed), ("number", "1"), ("kept", kept)]).await;
        assert_eq!(odd.status, status, "{seed} {kept}");
    }
    house.post("/studio/new", &[("kind", "job-aid"), ("title", "Card")]).await;
    assert!(house.get("/studio/job-aid/card/answer").await.body.contains("There is no question in it yet"));
}

#[tokio::test]
async fn pictures_are_described_replaced_and_kept_by_what_was_published() {
    const DESK: &[u8] =
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"M0 0h9\"/></svg>";
    const BED: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"M0 9h9\"/></svg>";
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    house.post("/studio/module/hello/publish", &[("rev", "1")]).await;
    let path = "/studio/module/hello/images";
    let page = house.get(path).await.body;
    assert!(page.contains("no pictures yet") && page.contains("Under “Words that help”"), "{page}");

    // Without a description nothing is taken, and what was typed is still there.
    let refused = house.upload(path, &[("description", " "), ("under", "")], ("Desk.svg", DESK)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Say what is to be seen on it"));
    for (name, bytes, words) in [
        ("a.svg", b"".as_slice(), "This file is empty"),
        ("a.svg", b"<html>".as_slice(), "does not hold what its name says"),
        ("a.html", DESK, "of a kind that pages cannot show"),
        ("a.png", b"\x89PNG\r\n\x1a\nno more".as_slice(), "cannot be read as a picture"),
    ] {
        let refused = house.upload(path, &[("description", "A desk")], (name, bytes)).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.body.contains(words) && refused.body.contains("value=\"A desk\""), "{words}: {}", refused.body);
    }
    assert_eq!(house.editor("/studio/module/hello").await.1, "", "nothing was begun by what was refused");

    // It goes under a heading of the draft, which begins with what is live.
    let (text, _) = house.editor("/studio/module/hello").await;
    let under = text.lines().position(|line| line == "## Words that help").unwrap() + 1;
    let under = format!("{under} Words that help");
    let gone = house.upload(path, &[("description", "A desk"), ("under", "3 Words that hurt")], ("d.svg", DESK)).await;
    assert!(gone.status == 422 && gone.body.contains("no such heading any more"), "{}", gone.body);
    let added =
        house.upload(path, &[("description", "A desk, [empty]"), ("under", &under)], ("My Desk.svg", DESK)).await;
    assert_eq!((added.status, added.to.as_str()), (303, path));
    let (with, rev) = house.editor("/studio/module/hello").await;
    assert!(with.contains("## Words that help\n\n![A desk, \\[empty\\]](img/my-desk.svg)\n"), "{with}");
    assert_eq!(rev, "1");
    let page = house.get("/studio/module/hello").await.body;
    assert!(page.contains("No problems") && page.contains("<img src=\"/images/"), "{page}");
    house.post("/studio/module/hello/publish", &[("rev", "1"), ("change", "editorial")]).await;
    let shown = |page: &str| page.split_once("src=\"/images/").unwrap().1.split_once('"').unwrap().0.to_owned();
    let live = shown(&house.get("/modules/hello/words-that-help").await.body);

    // Another one in its place: what is live shows the one before until it is published.
    let replaced = house.upload(path, &[("replaces", "img/my-desk.svg")], ("bed.svg", BED)).await;
    assert_eq!(replaced.status, 303, "{}", replaced.body);
    assert_eq!(shown(&house.get("/modules/hello/words-that-help").await.body), live);
    let next = shown(&house.get("/studio/module/hello").await.body);
    assert_ne!(next, live);
    let wrong = house.upload(path, &[("replaces", "img/my-desk.svg")], ("bed.gif", b"GIF89a")).await;
    assert!(wrong.status == 422 && wrong.body.contains("another kind"), "{}", wrong.body);
    assert!(wrong.body.contains("href=\"#replace-0\"") && wrong.body.contains("id=\"replace-0\""), "{}", wrong.body);
    assert_eq!(house.upload(path, &[("replaces", "img/none.svg")], ("bed.svg", BED)).await.status, 404);
    // Publishing shows both, with what they are said to show, though not a word has changed.
    let both = |page: &str, (first, second): (&str, &str)| {
        let at = |name: &str| {
            page.find(&format!("<img src=\"/images/{name}\" alt=\"A desk, [empty]\" class=\"studio-image\""))
        };
        at(first).unwrap_or_else(|| panic!("{first}: {page}"))
            < at(second).unwrap_or_else(|| panic!("{second}: {page}"))
    };
    let page = house.get("/studio/module/hello/publish").await.body;
    assert!(both(&page, (&live, &next)), "{page}");
    assert!(page.contains("is another one</h3>") && page.contains("Not a word of the text has changed"), "{page}");
    house.post("/studio/module/hello/publish", &[("rev", "1"), ("change", "editorial")]).await;
    assert_eq!(shown(&house.get("/modules/hello/words-that-help").await.body), next);
    let history = house.get("/studio/module/hello/history").await.body;
    let before = history.split_once("/history/").unwrap().1.split_once('"').unwrap().0;
    let page = house.get(&format!("/studio/module/hello/history/{before}")).await.body;
    assert!(both(&page, (&live, &next)) && page.contains("What has changed since this version"), "{page}");
    // The version before has its picture still.
    assert_eq!(house.get(&format!("/images/{live}")).await.body.as_bytes(), DESK);
}

#[tokio::test]
async fn the_manual_stands_in_the_studio_and_each_problem_leads_to_its_page() {
    let house = House::new().await;
    let manual = house.get("/studio/help").await.body;
    assert!(manual.contains("Writing modules, quizzes and role-plays"), "{manual}");
    assert!(manual.contains("href=\"#part-a-role-play\"") && manual.contains("id=\"part-a-role-play\""), "{manual}");
    assert!(!manual.contains("bedside play"), "nobody here has a terminal");
    house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    let (text, rev) = house.editor("/studio/scenario/at-the-window").await;
    let text = text.replace("(#he-doubts)", "(#he-dobts)");
    let looked =
        house.post("/studio/scenario/at-the-window", &[("source", &text), ("rev", &rev), ("do", "check")]).await;
    assert!(looked.body.contains("href=\"/studio/help/S03\""), "{}", looked.body);
    let page = house.get("/studio/help/S03").await;
    assert!(page.status == 200 && page.body.contains("How to put it right"), "{}", page.body);
    assert_eq!(house.get("/studio/help/S99").await.status, 404);
}

#[tokio::test]
async fn a_link_to_a_heading_leads_to_the_page_that_holds_it() {
    let house = House::new().await;
    house.post("/studio/new", &[("kind", "module"), ("title", "Hello")]).await;
    let text = "---\nkind: module\ntitle: Hello\ncomplete: [read]\n---\n\n# Hello\n\n## One\n\n[Later](#a-word) and \
                [two](#two).\n\n## Two\n\n### A word\n\nWords.\n";
    let looked = house.post("/studio/module/hello", &[("source", text), ("rev", "1"), ("do", "publish")]).await;
    assert_eq!(looked.status, 303, "{}", looked.body);
    let preview = house.get("/studio/module/hello").await.body;
    assert!(preview.contains("href=\"#part-a-word\"") && preview.contains("href=\"#part-two\""), "{preview}");
    assert!(preview.contains("id=\"part-a-word\"") && preview.contains("id=\"part-two\""), "{preview}");
    house.post("/studio/module/hello/publish", &[("rev", "2"), ("change", "editorial")]).await;
    let page = house.get("/modules/hello/one").await.body;
    assert!(
        page.contains("href=\"/modules/hello/two#part-a-word\"") && page.contains("href=\"/modules/hello/two\""),
        "{page}"
    );
    assert!(house.get("/modules/hello/two").await.body.contains("<h3 id=\"part-a-word\">"));
}

#[tokio::test]
async fn paths_are_put_together_by_moving_modules_and_taken_over_by_administrators() {
    let house = House::new().await;
    for title in ["Welcome", "Waiting"] {
        house.post("/studio/new", &[("kind", "module"), ("title", title)]).await;
        let to = format!("/studio/module/{}/publish", title.to_lowercase());
        house.post(&to, &[("rev", "1")]).await;
    }
    house.post("/studio/new", &[("kind", "module"), ("title", "Still written")]).await;
    assert!(
        house.get("/studio/paths").await.body.contains("Front desk, billing and calls"),
        "what came with the program"
    );
    let refused = house.post("/studio/paths", &[("name", "Front desk, billing and calls")]).await;
    assert!(refused.status == 422 && refused.body.contains("There is a path of this name already"), "{}", refused.body);
    let path = "/studio/paths/night-porters";
    assert_eq!(house.post("/studio/paths", &[("name", "Night porters")]).await.to, path);
    let rev = |page: &str| page.split_once("name=\"rev\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();

    let add = |rev: String, modules: &'static [&'static str], add: &'static str| {
        let mut fields =
            vec![("name", "Night porters".to_owned()), ("roles", "Porter,  Night porter".to_owned()), ("rev", rev)];
        for module in modules {
            fields.extend([("module", (*module).to_owned()), ("days", "7".to_owned()), ("months", "12".to_owned())]);
        }
        fields.extend([("add", add.to_owned()), ("do", "add".to_owned())]);
        fields
    };
    let send = async |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        house.post(path, &fields).await
    };
    let first = rev(&house.get(path).await.body);
    assert_eq!(send(add(first.clone(), &[], "welcome")).await.to, path);
    // From an older page nothing is changed: what others did stays.
    send(add(first, &[], "waiting")).await;
    let page = house.get(path).await.body;
    assert!(page.contains("value=\"welcome\"") && page.contains("value=\"Porter, Night porter\""), "{page}");
    assert!(!page.contains("name=\"module\" value=\"waiting\""));
    send(add(rev(&page), &["welcome"], "waiting")).await;
    let page = house.get(path).await.body;
    let order = |page: &str| -> Vec<String> {
        let found = page.split("name=\"module\" value=\"").skip(1);
        found.map(|part| part.split_once('"').unwrap().0.to_owned()).collect()
    };
    assert_eq!(order(&page), ["welcome", "waiting"]);
    let mut moved = add(rev(&page), &["welcome", "waiting"], "");
    moved.pop();
    moved.push(("do", "up-1".to_owned()));
    send(moved).await;
    let page = house.get(path).await.body;
    assert_eq!(order(&page), ["waiting", "welcome"]);
    // What cannot be read is said by the module's name, and what was typed is there.
    let mut wrong = add(rev(&page), &["waiting", "welcome"], "");
    wrong.truncate(wrong.len() - 2);
    wrong[4].1 = "soon".to_owned();
    let refused = send(wrong).await;
    assert!(refused.status == 422 && refused.body.contains("Waiting: write a number of days"), "{}", refused.body);
    assert!(refused.body.contains("value=\"soon\""));

    // The administrator finds it, takes it over, and nobody is asked for anything by it.
    let ada = house.sign_in("ada@example.org").await;
    let offered = house.ask(&ada, Request::get("/paths"), "").await.body;
    assert!(
        offered.contains("Night porters") && offered.contains("due after 7 days, counts for 12 months"),
        "{offered}"
    );
    assert_eq!(house.post_as(&ada, "/paths/suggested", &[]).await.status, 303);
    assert!(house.get(path).await.body.contains("Administrators took this path over"));
    // It travels with the courseware, and comes in where it is not there yet.
    let file = house.usecases.take_out_all(&house.admin).await.unwrap();
    let other = House::new().await;
    let brought = other.brought(&other.admin, brings("all.zip", &file.bytes), clock::now()).await;
    assert!(
        brought.told.iter().any(|line| {
            line.became == usecases::studio::Became::Taken && line.text.ends_with("suggested paths now: Night porters")
        }),
        "{:?}",
        brought.told
    );
    assert_eq!(order(&other.get(path).await.body), ["waiting", "welcome"]);
    let again = other.brought(&other.admin, brings("all.zip", &file.bytes), clock::now()).await;
    // What is the same here already is nothing to tell.
    assert!(again.told.iter().all(|line| !line.text.contains("Night porters")), "{:?}", again.told);
    // Taken away, what administrators took over stays.
    let rev = rev(&house.get(path).await.body);
    assert_eq!(house.post(path, &[("rev", &rev), ("do", "delete")]).await.to, "/studio/paths");
    assert_eq!(house.get(path).await.status, 404);
    assert!(house.ask(&ada, Request::get("/paths"), "").await.body.contains("Night porters"));
}

#[tokio::test]
async fn competencies_are_written_once_and_read_by_name_everywhere() {
    let house = House::new().await;
    let path = "/studio/competencies";
    let page = house.get(path).await.body;
    assert!(page.contains("Empathic listening") && page.contains("in no text"), "{page}");
    house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    let reserved = house.post(path, &[("name", "Best"), ("level_1", "a"), ("level_2", "b"), ("level_3", " ")]).await;
    assert!(reserved.status == 422 && reserved.body.contains("at the third level"), "{}", reserved.body);
    let reserved = house.post(path, &[("name", "Best"), ("level_1", "a"), ("level_2", "b"), ("level_3", "c")]).await;
    assert!(reserved.status == 422 && reserved.body.contains("as a setting"), "{}", reserved.body);
    let listening = house.get(&format!("{path}/listening")).await.body;
    assert!(
        listening.contains("Texts that name it")
            && listening.contains("href=\"/studio/scenario/at-the-window\">At the window</a>"),
        "{listening}"
    );
    assert!(!listening.contains("Take it away"), "a text names it");
    let rev = |page: &str| page.split_once("name=\"rev\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let typed = |name: &'static str, rev: &str| {
        let fields =
            [("name", name), ("code", "C1"), ("level_1", "Hears."), ("level_2", "Asks."), ("level_3", "Shows.")];
        let mut fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        fields.push(("rev", rev.to_owned()));
        fields
    };
    let send = async |path: &str, fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        house.post(path, &fields).await
    };
    let first = rev(&listening);
    assert_eq!(send(&format!("{path}/listening"), typed("Listening well", &first)).await.to, path);
    // From an older page nothing is changed.
    send(&format!("{path}/listening"), typed("Listening badly", &first)).await;
    let page = house.get(path).await.body;
    assert!(page.contains("Listening well") && !page.contains("Listening badly"));
    // Learners read the name.
    house.post("/studio/scenario/at-the-window/publish", &[("rev", "1")]).await;
    assert!(house.get("/role-plays/at-the-window").await.body.contains("Listening well"));
    let ended = house.get("/studio/scenario/at-the-window/play?steps=1-1").await.body;
    assert!(ended.contains("<dt>Listening well</dt>"), "{ended}");

    // A new one is known to the checks at once, and goes again while no text names it.
    let (text, _) = house.editor("/studio/scenario/at-the-window").await;
    let text = text.replace("listening", "standing-up");
    let check =
        async || house.post("/studio/scenario/at-the-window", &[("source", &text), ("rev", ""), ("do", "check")]).await;
    assert!(check().await.body.contains("standing-up</code>") || !check().await.body.contains("No problems"));
    for (name, words) in [("Listening well", "of this name already"), ("???", "Enter a name with letters")] {
        let refused = send(path, typed(name, "0")).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{name}: {}", refused.body);
    }
    assert_eq!(send(path, typed("Standing up", "0")).await.to, path);
    assert!(check().await.body.contains("No problems"));
    let own = house.get(&format!("{path}/standing-up")).await.body;
    assert_eq!(house.post(&format!("{path}/standing-up"), &[("rev", &rev(&own)), ("do", "remove")]).await.to, path);
    assert_eq!(house.get(&format!("{path}/standing-up")).await.status, 404);
    let used = rev(&house.get(&format!("{path}/listening")).await.body);
    let refused = house.post(&format!("{path}/listening"), &[("rev", &used), ("do", "remove")]).await;
    assert!(refused.status == 422 && refused.body.contains("Texts name it"), "{}", refused.body);
}

#[tokio::test]
async fn a_script_is_answered_with_the_parts_that_follow_the_text() {
    let house = House::new().await;
    let begun = house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await.to;
    let (text, _) = house.editor(&begun).await;
    let ask = async |cookie: &str, turn: &str, source: &str, rev: &str| {
        let fields = [("source", source), ("rev", rev), ("do", turn)];
        let request = Request::post(&begun).header(header::ACCEPT, "text/fragment+html");
        house.ask(cookie, request, &serde_html_form::to_string(fields).unwrap()).await
    };

    let wrong = text.replacen("`ending bad`", "`ending sad`", 1);
    let looked = ask(&house.cookie, "check", &wrong, "1").await;
    assert_eq!(looked.status, 200);
    for part in
        ["studio-title", "studio-stands", "studio-also", "studio-problems", "studio-preview-body", "studio-throw"]
    {
        let classes = looked.body.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let with_it = classes.filter(|class| class.split(' ').any(|one| one == part)).count();
        assert_eq!(with_it, 1, "{part}");
    }
    assert!(looked.body.contains("ending sad") && !looked.body.contains("<textarea") && !looked.body.contains("<html"));
    assert_eq!(house.editor(&begun).await, (text.clone(), "1".to_owned()), "nothing was kept by looking");

    let kept = ask(&house.cookie, "keep", &wrong, "1").await;
    assert_eq!(kept.status, 200);
    assert!(kept.body.contains("data-rev=\"2\"") && kept.body.contains("Throw this draft away"), "{}", kept.body);
    assert_eq!(house.editor(&begun).await, (wrong.clone(), "2".to_owned()));
    // From a revision that is no longer the last, what fits is brought together, and nothing is overwritten where it does not.
    let both = ask(&house.cookie, "keep", &text, "1").await;
    assert!(both.status == 200 && both.body.contains("You, in another window, changed line"), "{}", both.body);
    assert_eq!(house.editor(&begun).await.0, wrong);
    let other = text.replacen("`ending bad`", "`ending worse`", 1);
    assert_eq!(ask(&house.cookie, "keep", &other, "1").await.status, 409);
    assert_eq!(house.editor(&begun).await.0, wrong);
    // Who was signed out meanwhile is told so by the status.
    assert_eq!(ask("", "keep", &text, "2").await.status, 401);
}

#[tokio::test]
async fn the_editor_is_told_what_can_be_completed() {
    use usecases::studio::Kind;
    let house = House::new().await;
    let now = clock::now();
    server::serve::publish_starter(&house.usecases, now).await.unwrap();
    let begun = house.post("/studio/new", &[("kind", "quiz"), ("title", "First words")]).await.to;
    let knows = house.usecases.completion(&house.admin, Kind::Quiz, "first-words").await.unwrap();
    assert!(knows.keys.contains(&"draw") && !knows.keys.contains(&"characters"), "{:?}", knows.keys);
    assert!(knows.tokens.iter().any(|token| *token == ("{organisation}".to_owned(), "Mercy Clinic".to_owned())));
    assert!(knows.documents.iter().any(|(file, _)| file == "two-hours.md"));
    assert!(knows.documents.iter().all(|(file, _)| file != "first-words.md"), "a document does not lead to itself");
    let competencies = &knows.competencies;
    assert!(competencies.is_sorted() && competencies.iter().any(|id| id == "listening"), "{competencies:?}");
    let images = house.usecases.completion(&house.admin, Kind::Scenario, "two-hours").await.unwrap().images;
    assert!(!images.is_empty() && images.iter().all(|image| image.starts_with("img/")), "{images:?}");

    // It stands in the page as a value, in which nothing ends the page's own marks.
    let page = house.get(&begun).await.body;
    let value = page.split_once("data-knows=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(value.starts_with("{&quot;kind&quot;:&quot;quiz&quot;") && !value.contains('<'), "{value}");
    // Nobody else is told.
    let lena = house.somebody("Lena Ito", "l-1", false).await;
    assert!(matches!(
        house.usecases.completion(&lena, Kind::Quiz, "first-words").await,
        Err(usecases::Failure::Denied)
    ));
}

#[tokio::test]
async fn a_skill_that_something_live_names_is_known_to_the_checks() {
    let house = House::new().await;
    // As somebody publishes a folder whose own competencies.yaml was looked at there.
    let text = "---\nkind: module\ntitle: Own\ncompetencies: [own-skill]\ncomplete: [read]\n---\n\n# Own\n\n## One\n\nWords.\n";
    let file = usecases::publish::File::alone("own.md", text);
    house.usecases.publish(&file, clock::now()).await.unwrap();
    house.post("/studio/new", &[("kind", "scenario"), ("title", "At the window")]).await;
    let (text, rev) = house.editor("/studio/scenario/at-the-window").await;
    for (skill, clean) in [("own-skill", true), ("own-skil", false)] {
        let text = text.replace("listening", skill);
        let page =
            house.post("/studio/scenario/at-the-window", &[("source", &text), ("rev", &rev), ("do", "check")]).await;
        assert_eq!(page.body.contains("No problems"), clean, "{skill}");
    }
}
