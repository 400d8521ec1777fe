//! Route × right: every address of the site map against everybody who might ask for it (security.md, Rights).
//!
//! A route without a row here fails, and so does a row without a route.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{collections::BTreeSet, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, Response, header},
};
use jiff::Timestamp;
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{
    PersonId, Usecases, clock, departments::DepartmentTyped, people::NewPerson, set_up::FirstAdministrator,
    studio::Bringing,
};

const PASSWORD: &str = "kettle moss violin dune";

/// Who asks, in the order of a row's numbers.
const ASKING: [&str; 5] = ["nobody", "learner", "trainer", "manager", "administrator"];

/// Anybody may, signed in or not.
const ALL: [u16; 5] = [200; 5];
/// The form is taken and leads on, or is shown again with what is wrong, whoever sends it.
const POSTED: [u16; 5] = [303; 5];
/// Somebody signed in may; anybody else is sent to sign in.
const OWN: [u16; 5] = [303, 200, 200, 200, 200];
/// The same, for a form.
const OWN_POSTED: [u16; 5] = [303; 5];
/// There is nothing here for anybody who asks; somebody who is not signed in is sent to sign in.
const HIDDEN: [u16; 5] = [303, 404, 404, 404, 404];
/// Managers and administrators.
const TEAM: [u16; 5] = [303, 404, 404, 200, 200];
/// Trainers and administrators.
const AUTHORS: [u16; 5] = [303, 404, 200, 404, 200];
/// The same, where they are led on.
const AUTHORS_POSTED: [u16; 5] = [303, 404, 303, 404, 303];
/// Administrators.
const ADMIN: [u16; 5] = [303, 404, 404, 404, 200];
/// The same, for a form.
const ADMIN_POSTED: [u16; 5] = [303, 404, 404, 404, 303];

/// Method, address, the body that is sent, and the status each of [`ASKING`] gets. In an address `{me}` is the one who
/// asks and `{ben}` is another learner. The rows are asked from top to bottom.
const ROWS: &[(&str, &str, &str, &str, [u16; 5])] = &[
    ("get", "/", "/", "", [303, 200, 200, 200, 200]),
    ("get", "/sign-in", "/sign-in", "", [200, 303, 303, 303, 303]),
    ("post", "/sign-in", "/sign-in", "login=&password=", [422; 5]),
    ("get", "/forgot", "/forgot", "", ALL),
    ("get", "/setup/{token}", "/setup/none", "", [410; 5]),
    (
        "post",
        "/setup/{token}",
        "/setup/none",
        "organisation=A&zone=UTC&name=A&email=a@b.example&password=kettle+moss+violin+dune",
        [410; 5],
    ),
    ("get", "/invite/{token}", "/invite/none", "", [410; 5]),
    ("post", "/invite/{token}", "/invite/none", "password=x", [410; 5]),
    ("get", "/code", "/code", "", ALL),
    ("post", "/code", "/code", "code=x", [422; 5]),
    ("post", "/password-strength", "/password-strength", "password=x", ALL),
    ("post", "/theme", "/theme", "theme=dark", POSTED),
    ("get", "/modules", "/modules", "", OWN),
    ("get", "/modules/{slug}", "/modules/hello", "", OWN),
    ("post", "/modules/{slug}/again", "/modules/hello/again", "newest=1", OWN_POSTED),
    ("get", "/modules/{slug}/{page}", "/modules/hello/first", "", OWN),
    // A version that does not exist is a page that has moved on.
    (
        "post",
        "/modules/{slug}/{page}/read",
        "/modules/hello/first/read",
        "token=00112233445566778899aabbccddeeff&version=99",
        [303, 409, 409, 409, 409],
    ),
    (
        "post",
        "/modules/{slug}/{page}/check",
        "/modules/hello/first/check",
        "token=00112233445566778899aabbccddeeff&version=99",
        [303, 404, 404, 404, 404],
    ),
    ("post", "/modules/{slug}/{page}/reflect", "/modules/hello/first/reflect", "token=x&text=y", HIDDEN),
    ("get", "/role-plays/{slug}", "/role-plays/desk", "", OWN),
    ("get", "/role-plays/{slug}/play", "/role-plays/desk/play", "", OWN_POSTED),
    (
        "post",
        "/role-plays/{slug}/begin",
        "/role-plays/desk/begin",
        "token={me}-00112233445566778899aabbccdd{me}&mode=practice",
        OWN_POSTED,
    ),
    ("post", "/role-plays/{slug}/choose", "/role-plays/desk/choose", "token=x&attempt=999&at=0&choice=1", HIDDEN),
    ("post", "/role-plays/{slug}/back", "/role-plays/desk/back", "token=x&attempt=999&at=0&choice=0", HIDDEN),
    ("get", "/role-plays/{slug}/attempts/{attempt}", "/role-plays/desk/attempts/999", "", HIDDEN),
    (
        "post",
        "/role-plays/{slug}/attempts/{attempt}/again",
        "/role-plays/desk/attempts/999/again",
        "token=x&keep=0",
        HIDDEN,
    ),
    ("get", "/quizzes/{slug}", "/quizzes/asked", "", OWN),
    ("get", "/quizzes/{slug}/questions/{number}", "/quizzes/asked/questions/1", "", OWN_POSTED),
    ("get", "/quizzes/{slug}/review", "/quizzes/asked/review", "", OWN_POSTED),
    // Somebody else's token begins nothing; the quiz says what is open.
    ("post", "/quizzes/{slug}/begin", "/quizzes/asked/begin", "token=0-00112233445566778899aabbccddeeff", OWN_POSTED),
    ("post", "/quizzes/{slug}/questions/{number}", "/quizzes/asked/questions/1", "token=x&attempt=999", HIDDEN),
    ("post", "/quizzes/{slug}/hand-in", "/quizzes/asked/hand-in", "token=x&attempt=999", HIDDEN),
    ("get", "/quizzes/{slug}/attempts/{attempt}", "/quizzes/asked/attempts/999", "", HIDDEN),
    // Nobody has completed the module, and nobody is asked what they never learnt.
    ("get", "/recall/{slug}", "/recall/hello", "", HIDDEN),
    ("get", "/recall/{slug}/{number}", "/recall/hello/1", "", HIDDEN),
    ("post", "/recall/{slug}/{number}", "/recall/hello/1", "token=x&session=x&answer=1", HIDDEN),
    ("get", "/feedback/{slug}", "/feedback/hello", "", OWN_POSTED),
    ("post", "/feedback/{slug}", "/feedback/hello", "token=x", [303, 422, 422, 422, 422]),
    ("get", "/feedback/{slug}/answers", "/feedback/hello/answers", "", [303, 404, 200, 200, 200]),
    ("get", "/search", "/search?q=hello", "", OWN),
    ("get", "/job-aids/{slug}", "/job-aids/aid", "", OWN),
    ("get", "/go/{slug}", "/go/desk", "", OWN_POSTED),
    ("get", "/go/{slug}/{part}", "/go/hello/first", "", OWN_POSTED),
    ("get", "/images/{file}", "/images/00.svg", "", HIDDEN),
    ("get", "/offline", "/offline", "", ALL),
    ("get", "/certificates/{number}", "/certificates/AAAA-BBBB-CCCC", "", HIDDEN),
    ("get", "/certificates/{number}/certificate.pdf", "/certificates/AAAA-BBBB-CCCC/certificate.pdf", "", HIDDEN),
    ("get", "/verify", "/verify", "", ALL),
    ("get", "/verify/{number}", "/verify/AAAA-BBBB-CCCC", "", [404; 5]),
    ("get", "/record", "/record", "", OWN),
    ("get", "/profile", "/profile", "", OWN),
    ("post", "/profile/password", "/profile/password", "present=x&password=y", [303, 422, 422, 422, 422]),
    ("post", "/profile/end-session", "/profile/end-session", "session=none", OWN_POSTED),
    ("get", "/profile/data.json", "/profile/data.json", "", OWN),
    ("post", "/profile/calendar", "/profile/calendar", "", OWN),
    ("post", "/profile/end-calendar", "/profile/end-calendar", "", OWN_POSTED),
    ("get", "/calendar/{file}", "/calendar/00112233445566778899aabbccddeeff.ics", "", [404; 5]),
    // Nothing is asked of anybody here.
    ("get", "/why/{requirement}", "/why/1", "", HIDDEN),
    ("get", "/team/{id}/why/{requirement}", "/team/{ben}/why/1", "", HIDDEN),
    ("get", "/team", "/team", "", TEAM),
    ("get", "/team/deputies", "/team/deputies", "", TEAM),
    ("post", "/team/deputies", "/team/deputies", "deputy=", [303, 404, 404, 422, 422]),
    ("post", "/team/deputies/end", "/team/deputies/end", "id=9", HIDDEN),
    ("get", "/reports", "/reports", "", TEAM),
    ("get", "/reports/{report}", "/reports/actions", "", TEAM),
    ("post", "/exports/make", "/exports/make", "report=actions&query=&format=csv", TEAM),
    ("post", "/exports/make", "/exports/make", "report=actions&query=&format=doc", HIDDEN),
    ("get", "/exports", "/exports", "", TEAM),
    ("get", "/exports/{id}", "/exports/1", "", HIDDEN),
    ("post", "/exports/delete", "/exports/delete", "id=1", HIDDEN),
    ("post", "/exports/again", "/exports/again", "id=1", HIDDEN),
    // Nobody does anything for themselves or for who is not there, and nothing is done for one without the other.
    ("post", "/reports/actions/choose", "/reports/actions/choose", "deed=extend&about={me}:1&about=999:1", TEAM),
    ("post", "/reports/actions/choose", "/reports/actions/choose", "deed=extend", [303, 404, 404, 303, 303]),
    ("get", "/reports/actions/done", "/reports/actions/done", "", TEAM),
    ("post", "/reports/actions/undo", "/reports/actions/undo", "id=9", HIDDEN),
    (
        "post",
        "/reports/actions/{deed}",
        "/reports/actions/remind",
        "about={me}:1&about=999:1&reason=x&once={me}-ff112233445566778899aabbccdd{me}",
        [303, 404, 404, 409, 409],
    ),
    // A view is there for its owner alone, here an administrator.
    ("post", "/reports/views", "/reports/views", "view_name=&report=actions&query=", [303, 404, 404, 422, 422]),
    ("get", "/reports/views/{id}", "/reports/views/1", "", ADMIN),
    ("post", "/reports/views/{id}", "/reports/views/1", "view_name=", [303, 404, 404, 404, 422]),
    ("post", "/reports/views/{id}/mailing", "/reports/views/1/mailing", "every=week", ADMIN_POSTED),
    ("post", "/reports/views/{id}/recipients", "/reports/views/1/recipients", "person=manager", ADMIN_POSTED),
    // The manager is among them by now; nobody else is.
    ("post", "/profile/messages/view", "/profile/messages/view", "view=1", [303, 404, 404, 303, 303]),
    ("post", "/reports/views/{id}/remove", "/reports/views/1/remove", "person=999", HIDDEN),
    ("post", "/reports/views/{id}/delete", "/reports/views/1/delete", "", ADMIN_POSTED),
    ("get", "/reports/packet", "/reports/packet", "", TEAM),
    ("post", "/reports/packet", "/reports/packet", "requirement=&from=&to=", [303, 404, 404, 422, 422]),
    ("get", "/reports/people/{id}", "/reports/people/{ben}", "", ADMIN),
    ("get", "/reports/people/{id}", "/reports/people/{me}", "", OWN),
    ("get", "/reports/people/{id}", "/reports/people/me", "", OWN),
    ("get", "/reports/people/{id}/{file}", "/reports/people/{ben}/cycles.csv", "", ADMIN),
    ("get", "/reports/people/{id}/{file}", "/reports/people/me/report.pdf", "", OWN),
    ("get", "/reports/people/{id}/{file}", "/reports/people/me/none.csv", "", HIDDEN),
    ("get", "/exceptions", "/exceptions", "", TEAM),
    // One sees one's own, and records nothing there.
    ("get", "/team/{id}/training", "/team/{ben}/training", "", ADMIN),
    ("get", "/team/{id}/training", "/team/{me}/training", "", OWN),
    ("post", "/team/{id}/training/remind", "/team/{ben}/training/remind", "reason=x", [303, 404, 404, 404, 303]),
    ("post", "/team/{id}/training/remind", "/team/{me}/training/remind", "reason=x", HIDDEN),
    ("get", "/team/{id}/training/{deed}", "/team/{ben}/training/leave", "", ADMIN),
    ("get", "/team/{id}/training/{deed}", "/team/{ben}/training/praise", "", HIDDEN),
    ("get", "/team/{id}/training/{deed}", "/team/{me}/training/leave", "", HIDDEN),
    ("post", "/team/{id}/training/{deed}", "/team/{ben}/training/leave", "on=&reason=", [303, 404, 404, 404, 422]),
    ("post", "/team/{id}/training/{deed}", "/team/{me}/training/leave", "on=2026-03-02&reason=x", HIDDEN),
    // Ben works nowhere yet, so that only administrators answer for him; nobody gives themselves anything.
    ("get", "/team/{id}/allowance", "/team/{ben}/allowance", "", ADMIN),
    ("get", "/team/{id}/allowance", "/team/{me}/allowance", "", [303, 404, 404, 404, 404]),
    ("post", "/team/{id}/allowance", "/team/{ben}/allowance", "quiz=&reason=", [303, 404, 404, 404, 422]),
    (
        "post",
        "/team/{id}/allowance",
        "/team/{me}/allowance",
        "quiz=asked&attempts=1&reason=x",
        [303, 404, 404, 404, 404],
    ),
    ("get", "/people", "/people", "", ADMIN),
    ("get", "/people/new", "/people/new", "", ADMIN),
    ("post", "/people/new", "/people/new", "name=&email=&staff_number=", [303, 404, 404, 404, 422]),
    ("get", "/people/{id}", "/people/{ben}", "", ADMIN),
    ("get", "/people/{id}", "/people/{me}", "", ADMIN),
    ("get", "/people/{id}", "/people/999", "", [303, 404, 404, 404, 404]),
    ("get", "/people/{id}/edit", "/people/{ben}/edit", "", ADMIN),
    ("post", "/people/{id}/edit", "/people/{ben}/edit", "name=&email=&staff_number=&rev=1", [303, 404, 404, 404, 422]),
    ("post", "/people/{id}/invite", "/people/{ben}/invite", "", ADMIN),
    ("post", "/people/{id}/slip", "/people/{ben}/slip", "", ADMIN),
    ("post", "/people/{id}/place", "/people/{ben}/place", "department=1&job_role=Nurse", ADMIN_POSTED),
    ("post", "/people/{id}/rights", "/people/{ben}/rights", "right=trainer&held=true", ADMIN_POSTED),
    // Nobody raises or lowers themselves, not even an administrator.
    ("post", "/people/{id}/rights", "/people/{me}/rights", "right=administrator&held=true", [303, 404, 404, 404, 404]),
    ("get", "/people/import", "/people/import", "", ADMIN),
    ("get", "/people/import/history", "/people/import/history", "", ADMIN),
    // What is sent is no file.
    ("post", "/people/import", "/people/import", "kind=people", [303, 404, 404, 404, 415]),
    // A file that does not wait is to be chosen again.
    ("get", "/people/import/{token}", "/people/import/none", "", ADMIN_POSTED),
    ("post", "/people/import/{token}", "/people/import/none", "digest=x", ADMIN_POSTED),
    ("post", "/people/import/undo", "/people/import/undo", "import=999", ADMIN_POSTED),
    ("get", "/people/export", "/people/export", "", ADMIN),
    ("post", "/people/{id}/days", "/people/{ben}/days", "hired_on=2026-01-05&left_on=", ADMIN_POSTED),
    ("post", "/people/{id}/disable", "/people/{me}/disable", "", [303, 404, 404, 404, 404]),
    ("post", "/people/{id}/disable", "/people/{ben}/disable", "", ADMIN_POSTED),
    ("post", "/people/{id}/enable", "/people/{ben}/enable", "", ADMIN_POSTED),
    ("get", "/first-steps", "/first-steps", "", ADMIN),
    ("get", "/departments", "/departments", "", ADMIN),
    ("post", "/departments", "/departments", "name=&parent=", [303, 404, 404, 404, 422]),
    ("get", "/departments/{id}", "/departments/1", "", ADMIN),
    ("post", "/departments/{id}", "/departments/1", "name=Ward+3&parent=", ADMIN_POSTED),
    ("get", "/requirements", "/requirements", "", ADMIN),
    ("get", "/requirements/new", "/requirements/new", "", ADMIN),
    ("post", "/requirements/new", "/requirements/new", "document=hello&name=Hello", ADMIN_POSTED),
    ("get", "/requirements/{id}", "/requirements/1", "", ADMIN),
    ("post", "/requirements/{id}", "/requirements/1", "name=", [303, 404, 404, 404, 422]),
    ("get", "/requirements/{id}/policy", "/requirements/1/policy", "", ADMIN),
    ("post", "/requirements/{id}/policy", "/requirements/1/policy", "validity=soon", [303, 404, 404, 404, 422]),
    ("get", "/requirements/{id}/paper", "/requirements/1/paper?validity=12+months", "", ADMIN),
    ("post", "/requirements/{id}/paper", "/requirements/1/paper", "validity=12+months&versions=1", ADMIN_POSTED),
    ("get", "/requirements/{id}/update", "/requirements/1/update", "", ADMIN),
    // Nobody holds it.
    // Nobody wishes for it.
    ("post", "/requirements/lay-aside", "/requirements/lay-aside", "requirement=1", HIDDEN),
    (
        "post",
        "/requirements/{id}/update",
        "/requirements/1/update",
        "name=New&days=30&why=x",
        [303, 404, 404, 404, 422],
    ),
    ("get", "/paths", "/paths", "", ADMIN),
    ("post", "/paths", "/paths", "name=First+weeks", ADMIN_POSTED),
    ("post", "/paths/suggested", "/paths/suggested", "", ADMIN_POSTED),
    ("get", "/paths/{id}", "/paths/1", "", ADMIN),
    ("post", "/paths/{id}", "/paths/1", "drawn=+First+weeks&name=First+weeks&do=add&add=1&add_days=20", ADMIN_POSTED),
    ("get", "/assignments", "/assignments", "", ADMIN),
    ("get", "/assignments/new", "/assignments/new?step=check&what=path-1&audience=everybody", "", ADMIN),
    ("post", "/assignments/new", "/assignments/new", "what=path-1&audience=everybody", ADMIN_POSTED),
    ("get", "/assignments/{id}/end", "/assignments/1/end", "", ADMIN),
    ("post", "/assignments/{id}/end", "/assignments/1/end", "", ADMIN_POSTED),
    ("get", "/job-roles", "/job-roles", "", ADMIN),
    ("post", "/job-roles", "/job-roles", "name=Porter", ADMIN_POSTED),
    ("get", "/job-roles/rename", "/job-roles/rename?role=Porter&name=nurse", "", ADMIN),
    ("post", "/job-roles/rename", "/job-roles/rename", "role=Porter&name=Nurse", ADMIN_POSTED),
    ("get", "/studio", "/studio", "", AUTHORS),
    ("get", "/studio/import", "/studio/import", "", AUTHORS),
    ("post", "/studio/import", "/studio/import", "", [303, 404, 415, 404, 415]),
    ("get", "/studio/import/{number}", "/studio/import/1", "", AUTHORS),
    ("post", "/studio/import/{number}/undo", "/studio/import/1/undo", "", AUTHORS_POSTED),
    ("get", "/studio/courseware.zip", "/studio/courseware.zip", "", AUTHORS),
    ("get", "/studio/competencies", "/studio/competencies", "", AUTHORS),
    ("post", "/studio/competencies", "/studio/competencies", "name=", [303, 404, 422, 404, 422]),
    ("get", "/studio/competencies/{id}", "/studio/competencies/listening", "", AUTHORS),
    ("post", "/studio/competencies/{id}", "/studio/competencies/listening", "name=&do=keep", [303, 404, 422, 404, 422]),
    ("get", "/studio/paths", "/studio/paths", "", AUTHORS),
    ("post", "/studio/paths", "/studio/paths", "name=", [303, 404, 422, 404, 422]),
    ("get", "/studio/paths/{slug}", "/studio/paths/nurses-and-physicians", "", AUTHORS),
    ("post", "/studio/paths/{slug}", "/studio/paths/nurses-and-physicians", "name=&do=keep", [303, 404, 422, 404, 422]),
    ("get", "/studio/new", "/studio/new", "", AUTHORS),
    ("post", "/studio/new", "/studio/new", "kind=module&title=", [303, 404, 422, 404, 422]),
    ("get", "/studio/help", "/studio/help", "", AUTHORS),
    ("get", "/studio/help/{code}", "/studio/help/S14", "", AUTHORS),
    ("get", "/studio/{kind}/{slug}", "/studio/module/hello", "", AUTHORS),
    ("get", "/studio/{kind}/{slug}", "/studio/quiz/hello", "", HIDDEN),
    // Whoever was signed out while they wrote is given back what they sent.
    ("post", "/studio/{kind}/{slug}", "/studio/module/hello", "source=x&do=check", [401, 404, 200, 404, 200]),
    (
        "post",
        "/studio/{kind}/{slug}/settle",
        "/studio/module/hello/settle",
        "source=x&from=1&rev=2",
        [401, 404, 409, 404, 409],
    ),
    ("get", "/studio/{kind}/{slug}/drafts/{id}", "/studio/module/hello/drafts/1", "", HIDDEN),
    ("post", "/studio/{kind}/{slug}/drafts/{id}", "/studio/module/hello/drafts/1", "rev=1", HIDDEN),
    ("get", "/studio/{kind}/{slug}/images", "/studio/module/hello/images", "", AUTHORS),
    ("post", "/studio/{kind}/{slug}/images", "/studio/module/hello/images", "", [303, 404, 415, 404, 415]),
    ("get", "/studio/{kind}/{slug}/answer", "/studio/module/hello/answer", "", AUTHORS),
    ("post", "/studio/{kind}/{slug}/answer", "/studio/module/hello/answer", "number=1&then=next", AUTHORS),
    ("get", "/studio/scenario/{slug}/play", "/studio/scenario/hello/play", "", HIDDEN),
    ("get", "/studio/{kind}/{slug}/as/{format}", "/studio/module/hello/as/md", "", AUTHORS),
    ("get", "/studio/{kind}/{slug}/as/{format}", "/studio/module/hello/as/gift", "", HIDDEN),
    ("post", "/studio/{kind}/{slug}/discard", "/studio/module/hello/discard", "rev=1", AUTHORS_POSTED),
    ("get", "/studio/{kind}/{slug}/map", "/studio/scenario/desk/map", "", AUTHORS),
    ("get", "/studio/{kind}/{slug}/map", "/studio/module/hello/map", "", HIDDEN),
    ("get", "/studio/{kind}/{slug}/publish", "/studio/module/hello/publish", "", AUTHORS_POSTED),
    ("post", "/studio/{kind}/{slug}/publish", "/studio/module/hello/publish", "rev=1", HIDDEN),
    // No second pair of eyes is asked for here.
    ("post", "/studio/{kind}/{slug}/approval", "/studio/module/hello/approval", "rev=1&do=ask", HIDDEN),
    ("get", "/studio/{kind}/{slug}/withdraw", "/studio/job-aid/aid/withdraw", "", AUTHORS),
    // What one has withdrawn the next cannot.
    (
        "post",
        "/studio/{kind}/{slug}/withdraw",
        "/studio/job-aid/aid/withdraw",
        "do=withdraw",
        [303, 404, 303, 404, 404],
    ),
    ("post", "/studio/{kind}/{slug}/withdraw", "/studio/job-aid/aid/withdraw", "do=live", [303, 404, 303, 404, 404]),
    ("get", "/studio/{kind}/{slug}/history", "/studio/module/hello/history", "", AUTHORS),
    ("get", "/studio/{kind}/{slug}/history/{version}", "/studio/module/hello/history/1", "", AUTHORS),
    ("post", "/studio/{kind}/{slug}/history/{version}", "/studio/module/hello/history/1", "", AUTHORS_POSTED),
    ("get", "/statistics", "/statistics", "", AUTHORS),
    ("get", "/statistics/quizzes/{slug}", "/statistics/quizzes/asked", "", AUTHORS),
    ("get", "/statistics/quizzes/{slug}", "/statistics/quizzes/none", "", HIDDEN),
    ("get", "/statistics/quizzes/{slug}/items.csv", "/statistics/quizzes/asked/items.csv", "", AUTHORS),
    ("get", "/statistics/role-plays/{slug}", "/statistics/role-plays/desk", "", AUTHORS),
    ("get", "/statistics/role-plays/{slug}/choices.csv", "/statistics/role-plays/desk/choices.csv", "", AUTHORS),
    ("get", "/site", "/site", "", ADMIN),
    ("post", "/site", "/site", "organisation=&zone=", [303, 404, 404, 404, 422]),
    ("get", "/audit", "/audit", "", ADMIN),
    ("get", "/messages", "/messages?state=waiting", "", ADMIN),
    ("post", "/messages/test", "/messages/test", "", ADMIN_POSTED),
    ("post", "/messages/again", "/messages/again", "", ADMIN_POSTED),
    ("get", "/messages/{id}", "/messages/2", "", ADMIN),
    ("post", "/messages/{id}/again", "/messages/2/again", "", ADMIN_POSTED),
    ("get", "/unsubscribe/{token}", "/unsubscribe/none", "", [404; 5]),
    ("post", "/unsubscribe/{token}", "/unsubscribe/none", "off=true", [404; 5]),
    ("get", "/profile/messages", "/profile/messages", "", OWN),
    ("post", "/profile/messages", "/profile/messages", "kind=recall&off=true", OWN_POSTED),
    // Last: they end the session that asks.
    ("post", "/profile/end-all-sessions", "/profile/end-all-sessions", "", OWN_POSTED),
    ("post", "/sign-out", "/sign-out", "", POSTED),
];

const ROLE_PLAY: &str = "---\nkind: scenario\ntitle: At the desk\npass: { score: 50 }\ncharacters: { Mr Bello: }\n---\n\n# At the desk\n\n## He asks\n\n\
     **Mr Bello:** How long?\n\n- [Say](#end) `best`\n  > Good.\n- [Shrug](#end) `poor`\n  > Cold.\n\n## End\n\n`ending good`\n\nHe nods.\n";
const QUIZ: &str = "---\nkind: quiz\ntitle: Asked\npass: 50\n---\n\n# Asked\n\n## One\n\nWho comes first?\n\n- [x] The person\n  > Yes.\n- [ ] The telephone\n  > It can ring.\n";
const AID: &str = "---\nkind: job-aid\ntitle: Aid\n---\n\n# Aid\n\nSay hello.\n";
const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";

struct House {
    router: Router,
    usecases: Usecases,
    ben: PersonId,
    /// The cookie and the person of each of [`ASKING`].
    asking: Vec<(String, i64)>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store, Settings::default());
        let now = clock::now();
        for (path, source) in [("hello.md", MODULE), ("desk.md", ROLE_PLAY), ("asked.md", QUIZ), ("aid.md", AID)] {
            let published = usecases.publish(&usecases::publish::File::alone(path, source), now).await.unwrap();
            assert_eq!(published, usecases::publish::Published::New, "{path}");
        }
        let token = usecases.make_set_up_link(now).await.unwrap().unwrap();
        let first = FirstAdministrator {
            organisation: "Mercy Clinic",
            zone: "Africa/Lagos",
            name: "Ada Obi",
            email: "administrator@example.org",
            password: PASSWORD,
            from: None,
        };
        let ada = usecases.set_up(&token, first, now).await.unwrap();
        let admin = usecases.who(ada).await.unwrap().unwrap();
        for _ in 0..2 {
            usecases.send_test_message(&admin, now).await.unwrap();
        }
        for name in ["First", "Second"] {
            usecases.save_view(&admin, name, ("actions", ""), now).await.unwrap();
        }
        let ward = DepartmentTyped { name: "Ward 3", parent: "" };
        let ward = usecases.add_department(&admin, ward, now).await.unwrap().to_string();
        let mut house = Self { router, usecases, ben: ada, asking: vec![(String::new(), 0)], _folder: folder };
        house.ben = house.add(&admin, "ben", now).await;
        for name in &ASKING[1..4] {
            let person = house.add(&admin, name, now).await;
            house.usecases.place(&admin, person, (&ward, "Nurse"), now).await.unwrap();
            if *name != "learner" {
                house.usecases.set_right(&admin, person, (name, &ward, true), now).await.unwrap();
            }
            house.sign_in(name, person).await;
        }
        house.sign_in("administrator", ada).await;
        let card = b"---\nkind: job-aid\ntitle: Brought\n---\n\n# Brought\n\n## First\n\nLook up.\n";
        let file = Bringing { file_name: "brought.md", bytes: card, ..Bringing::default() };
        assert_eq!(house.usecases.bring(&admin, file, now).await.unwrap(), 1);
        house
    }

    async fn add(&self, admin: &usecases::who::Who, name: &str, now: Timestamp) -> PersonId {
        let email = format!("{name}@example.org");
        let new = NewPerson { name, email: &email, staff_number: "" };
        let person = self.usecases.add_person(admin, new, now).await.unwrap();
        let token = self.usecases.invite(admin, person, now).await.unwrap();
        self.usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap()
    }

    async fn sign_in(&mut self, name: &str, person: PersonId) {
        let body = format!("login={name}@example.org&password={}", PASSWORD.replace(' ', "+"));
        let (status, headers) = self.ask("post", "/sign-in", &body, "").await;
        assert_eq!(status, 303, "{name} signs in");
        let cookies = headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
        let pairs: Vec<_> = cookies.map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect();
        self.asking.push((pairs.join("; "), person.0));
    }

    async fn ask(&self, method: &str, path: &str, body: &str, cookie: &str) -> (u16, HeaderMap) {
        self.send(method, path, body, cookie, &[]).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: &str,
        cookie: &str,
        more: &[(&str, &str)],
    ) -> (u16, HeaderMap) {
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
        let request = request.header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
        let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.answer(request.body(Body::from(body.to_owned())).unwrap()).await;
        (response.status().as_u16(), response.headers().clone())
    }

    async fn open(&self, path: &str, cookie: &str) -> (u16, HeaderMap, String) {
        let response = self.answer(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let house = House::new().await;
    let mut wrong = Vec::new();
    for (method, _, path, body, expected) in ROWS {
        for (at, name) in ASKING.iter().enumerate() {
            let (cookie, person) = &house.asking[at];
            let path = path.replace("{me}", &person.to_string()).replace("{ben}", &house.ben.to_string());
            // A token of 32 digits, different for each.
            let body = body.replace("aabbccdd{me}", &format!("aabb{person:08}")).replace("{me}", &person.to_string());
            let (status, headers) = house.ask(method, &path, &body, cookie).await;
            if status != expected[at] {
                wrong.push(format!("{method} {path}: {name} got {status} instead of {}", expected[at]));
            }
            let sent_to = headers.get(header::LOCATION).map(|to| to.to_str().unwrap());
            let private = !ROWS_FOR_ALL.contains(&path.as_str());
            if at == 0 && status == 303 && private && !sent_to.unwrap().starts_with("/sign-in") {
                wrong.push(format!("{method} {path}: nobody was sent to {sent_to:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Forms that lead somebody who is not signed in elsewhere than to sign in.
const ROWS_FOR_ALL: &[&str] = &["/theme"];

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let rows: BTreeSet<_> = ROWS.iter().map(|(method, route, ..)| (*method, *route)).collect();
    let routes: BTreeSet<_> = app::SITE_MAP.iter().copied().collect();
    assert_eq!(routes.difference(&rows).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "routes without a row");
    assert_eq!(rows.difference(&routes).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "rows without a route");
}

#[tokio::test]
async fn the_address_of_a_form_leads_whoever_opens_it_to_the_forms_page() {
    let house = House::new().await;
    let (administrator, _) = &house.asking[4];
    let forms =
        app::SITE_MAP.iter().filter(|(method, path)| *method == "post" && !app::SITE_MAP.contains(&("get", path)));
    let mut seen = 0;
    for (_, path) in forms {
        let slug = match path.split('/').nth(1) {
            Some("role-plays") => "desk",
            Some("quizzes") => "asked",
            _ => "hello",
        };
        // There is no attempt to look back on.
        if path.contains("{attempt}") {
            continue;
        }
        let path =
            path.replace("{id}", "2").replace("{slug}", slug).replace("{page}", "first").replace("{report}", "actions");
        let path = path.replace("{kind}", "module").replace("{number}", "1");
        let (status, headers) = house.ask("get", &path, "", administrator).await;
        assert_eq!(status, 303, "{path}");
        let to = headers[header::LOCATION].to_str().unwrap();
        assert_eq!(house.ask("get", to, "", administrator).await.0, 200, "{path} leads to {to}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
    let (status, headers) = house.ask("get", "/people/", "", administrator).await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (303, "/people"), "a slash at the end");
}

#[tokio::test]
async fn what_was_done_is_said_once_on_the_next_page() {
    let house = House::new().await;
    let (cookie, _) = &house.asking[4];
    let (status, headers) = house
        .ask(
            "post",
            "/site",
            "organisation=Hill+%26+Dale&zone=Africa/Lagos&locale=en&working_days=1&working_days=6",
            cookie,
        )
        .await;
    assert_eq!(status, 303);
    let said = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (status, headers, page) = house.open("/site", &format!("{cookie}; {said}")).await;
    assert_eq!(status, 200);
    assert!(page.contains("Saved.") && page.contains("Hill &amp; Dale"), "{page}");
    let ended = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(ended.starts_with("bedside-said=;") && ended.contains("Max-Age=0"), "{ended}");
    assert!(!house.open("/site", cookie).await.2.contains("Saved."));
}

#[tokio::test]
async fn whoever_was_signed_out_in_the_middle_is_told_and_brought_back() {
    let house = House::new().await;
    let (status, headers) = house.ask("get", "/people?q=gr%C3%A2ce&page=1", "", "").await;
    let to = headers[header::LOCATION].to_str().unwrap();
    assert_eq!((status, to), (303, "/sign-in?next=%2Fpeople%3Fq%3Dgr%25C3%25A2ce%26page%3D1"), "the query comes along");

    let from = [("referer", "http://clinic.test/people/2?x=1")];
    let (status, headers) = house.send("post", "/people/2/place", "department=1", "", &from).await;
    let to = headers[header::LOCATION].to_str().unwrap().to_owned();
    assert_eq!((status, to.as_str()), (303, "/sign-in?ended=yes&next=%2Fpeople%2F2%3Fx%3D1"));
    let (_, _, page) = house.open(&to, "").await;
    assert!(page.contains("was not saved") && page.contains("value=\"/people/2?x=1\""), "{page}");

    let island = [("accept", "application/json")];
    let sent = house.send("post", "/modules/hello/first/check", "token=x&version=1", "", &island).await;
    assert_eq!(sent.0, 401, "a script is not sent to a page");
    // A step that waited on a device would be taken for sent.
    let kept = [("accept", "text/fragment+html")];
    let steps = app::SITE_MAP.iter().filter(|(method, path)| {
        *method == "post"
            && ["/modules/", "/role-plays/", "/quizzes/", "/recall/", "/feedback/"]
                .iter()
                .any(|place| path.starts_with(place))
    });
    let mut asked = 0;
    for (_, path) in steps {
        let sent = house
            .send("post", path, "token=1-00&version=1&attempt=1&at=0&choice=1&keep=0&mode=x&newest=1", "", &kept)
            .await;
        assert_eq!(sent.0, 401, "{path}");
        asked += 1;
    }
    assert!(asked > 8, "{asked}");
}

#[tokio::test]
async fn a_step_that_came_too_late_is_not_taken_for_sent() {
    let house = House::new().await;
    let (cookie, person) = &house.asking[1];
    let kept = [("accept", "text/fragment+html")];
    let send = async |path: &str, number: u32, fields: &str| {
        let body = format!("token={person}-{number:032x}{fields}");
        house.send("post", path, &body, cookie, &kept).await
    };
    let (status, headers) = send("/quizzes/asked/begin", 1, "").await;
    assert_eq!((status, headers["bedside-go"].to_str().unwrap()), (200, "/quizzes/asked/questions/1"));
    let (status, headers) = send("/quizzes/asked/begin", 1, "").await;
    assert_eq!(
        (status, headers["bedside-go"].to_str().unwrap()),
        (200, "/quizzes/asked/questions/1"),
        "the same again"
    );
    let (status, headers) = send("/quizzes/asked/begin", 2, "").await;
    assert_eq!((status, headers["bedside-go"].to_str().unwrap()), (409, "/quizzes/asked"));
    assert_eq!(send("/quizzes/asked/hand-in", 3, "&attempt=1").await.0, 200);
    let (status, headers) = send("/quizzes/asked/questions/1", 4, "&attempt=1&times=0&answer=1").await;
    assert_eq!((status, headers["bedside-go"].to_str().unwrap()), (409, "/quizzes/asked/attempts/1"));
}

#[tokio::test]
async fn no_database_sees_a_null_byte() {
    let house = House::new().await;
    let (cookie, _) = &house.asking[4];
    for path in ["/modules/%00", "/setup/%00"] {
        assert_eq!(house.ask("get", path, "", cookie).await.0, 404, "{path}");
    }
    // What is looked for is looked for without it.
    for path in ["/people?q=%00", "/audit?what=%00", "/search?q=a%00b", "/search?q=%%0000"] {
        assert_eq!(house.ask("get", path, "", cookie).await.0, 200, "{path}");
    }
    for (path, body) in [("/sign-in", "login=a%00b&password=x"), ("/people/new", "name=a%00b&email=&staff_number=1")] {
        assert_eq!(house.ask("post", path, body, cookie).await.0, 422, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_lacks_its_fields_gets_a_page_and_changes_nothing() {
    let house = House::new().await;
    let (cookie, _) = &house.asking[4];
    for (path, body) in
        [("/people/2/rights", "right=trainer"), ("/people/2/rights", ""), ("/site", "organisation=a&organisation=b")]
    {
        let (status, headers) = house.ask("post", path, body, cookie).await;
        assert_eq!(status, 422, "{path} {body}");
        assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{path} {body}");
    }
}

#[tokio::test]
async fn what_is_hidden_looks_like_what_is_not_there() {
    let house = House::new().await;
    let (learner, _) = &house.asking[1];
    let page = async |path: &str| {
        let (status, _, page) = house.open(path, learner).await;
        (status, page)
    };
    let nothing = page("/no/such/page").await;
    for path in
        ["/people", "/people/1", "/people/999", "/people/abc", "/audit", "/departments/1", "/team", "/modules/none"]
    {
        assert_eq!(page(path).await, nothing, "{path}");
    }
}
