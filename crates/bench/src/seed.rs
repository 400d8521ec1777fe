//! A clinic to measure: set up, with modules, and with learners who are signed in.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use app::{OWN_DEVICE, PERSON};
use server::sessions::Sessions;
use store::{Added, DocumentId, NewPerson, PersonId, Store};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};
use usecases::{
    Usecases, clock,
    learn::Step,
    publish::{File, Published},
    question::Sent,
    quiz::Answered,
    set_up::FirstAdministrator,
};

use crate::Outcome;

/// The module of the starter curriculum that the reader shows, and the page of it that is asked for.
pub(crate) const MODULE: &str = "service-is-part-of-care";
/// A page of text, of middling length.
pub(crate) const PAGE: &str = "small-moments-decide";
/// The page before it, which the learners have read.
pub(crate) const READ: &str = "one-visit-many-hands";
/// A page with an island.
pub(crate) const CHECK: &str = "check-a-lost-visitor";

/// How many people are added at once: fewer than the store lets wait.
const AT_ONCE: usize = 256;

/// Somebody signed in.
#[derive(Clone, Debug)]
pub(crate) struct Learner {
    pub(crate) person: PersonId,
    /// The request header's value.
    pub(crate) cookie: String,
}

/// A module that every page of which is a question.
#[derive(Clone, Debug)]
pub(crate) struct Quizlike {
    pub(crate) slug: String,
    pub(crate) document: DocumentId,
    pub(crate) version: i64,
    /// The names of its pages, which are those of its questions too.
    pub(crate) pages: Vec<String>,
}

/// The address of an SQLite file.
pub(crate) fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// A database that is set up and holds the starter curriculum's first module.
pub(crate) async fn site(database: &str) -> Outcome<Store> {
    let now = clock::now();
    let store = Store::open(database).await?;
    store.migrate(now.as_microsecond()).await?;
    let usecases = Usecases::new(store.clone());
    let token = usecases.make_set_up_link(now).await?.ok_or("the database to measure is not empty")?;
    let first = FirstAdministrator {
        organisation: "Mercy Clinic",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: "ada@clinic.example",
        password: "kettle moss violin dune",
        from: None,
    };
    usecases.set_up(&token, first, now).await.map_err(|why| format!("set-up: {why:?}"))?;
    // What a module embeds comes before it.
    for (slug, source) in [
        ("two-hours", include_str!("../../../content/two-hours.md")),
        ("service-is-part-of-care-quiz", include_str!("../../../content/service-is-part-of-care-quiz.md")),
        (MODULE, include_str!("../../../content/service-is-part-of-care.md")),
    ] {
        publish(&usecases, slug, source).await?;
    }
    Ok(store)
}

async fn publish(usecases: &Usecases, slug: &str, source: &str) -> Outcome {
    match usecases.publish(&File::alone(&format!("{slug}.md"), source), clock::now()).await? {
        Published::New => Ok(()),
        other => Err(format!("{slug} was not published: {other:?}").into()),
    }
}

/// Adds people who are signed in on their own device. Their writes are sent together, so that they share commits.
pub(crate) async fn learners(store: &Store, prefix: &str, count: usize) -> Outcome<Vec<Learner>> {
    let sessions = Sessions::new(store.clone());
    let mut learners = Vec::with_capacity(count);
    while learners.len() < count {
        let mut adding = JoinSet::new();
        for number in learners.len()..count.min(learners.len() + AT_ONCE) {
            adding.spawn(learner(store.clone(), sessions.clone(), format!("{prefix} {number}")));
        }
        while let Some(added) = adding.join_next().await {
            learners.push(added??);
        }
    }
    Ok(learners)
}

async fn learner(store: Store, sessions: Sessions, name: String) -> Outcome<Learner> {
    let email = Some(format!("{}@clinic.example", name.to_lowercase().replace(' ', ".")));
    let new = NewPerson { name, email, ..NewPerson::default() };
    let Added::Person(person) = store.add_person(new, clock::now().as_microsecond()).await? else {
        return Err("a learner was there before".into());
    };
    let data = HashMap::from([(PERSON.to_owned(), person.0.into()), (OWN_DEVICE.to_owned(), true.into())]);
    // The table decides by itself when a session ends.
    let mut record = Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH };
    sessions.create(&mut record).await?;
    Ok(Learner { person, cookie: format!("bedside={}", record.id) })
}

/// Lets learners begin the starter module: they have read its first page.
pub(crate) async fn begin(store: &Store, learners: &[Learner]) -> Outcome {
    let usecases = Usecases::new(store.clone());
    for learner in learners {
        let who = usecases.who(learner.person).await?.ok_or("a learner has gone")?;
        let page = usecases.page(&who, MODULE, READ).await?;
        let token = page.read_token.clone();
        let step = Step { slug: MODULE, page: READ, token: &token, version: page.version, newest: page.newest };
        usecases.mark_read(&who, step, clock::now()).await?;
    }
    Ok(())
}

/// The role-play of the starter curriculum.
pub(crate) const ROLE_PLAY: &str = "two-hours";
/// A quiz of five questions.
pub(crate) const QUIZ: &str = "measured-quiz";

/// A quiz that only needs to be handed in.
#[derive(Clone, Debug)]
pub(crate) struct HandIn {
    pub(crate) learner: Learner,
    pub(crate) attempt: i64,
    pub(crate) token: String,
}

/// Publishes a quiz and lets learners answer it rightly, so that it only needs to be handed in.
pub(crate) async fn ready_to_hand_in(store: &Store, learners: Vec<Learner>) -> Outcome<Vec<HandIn>> {
    let usecases = Usecases::new(store.clone());
    let mut source = "---\nkind: quiz\ntitle: Measured\npass: 80\n---\n\n# Measured\n".to_owned();
    for question in 1..=5 {
        let _ = write!(
            source,
            "\n## Question {question}\n\n`fixed`\n\nWho comes first?\n\n- [x] The person in front of you\n  > Yes.\n- [ ] The telephone\n  > It can ring.\n"
        );
    }
    publish(&usecases, QUIZ, &source).await?;
    let mut ready = Vec::with_capacity(learners.len());
    for some in learners.chunks(AT_ONCE) {
        let mut answering = JoinSet::new();
        for learner in some.iter().cloned() {
            answering.spawn(answered(usecases.clone(), learner));
        }
        while let Some(done) = answering.join_next().await {
            ready.push(done??);
        }
    }
    Ok(ready)
}

async fn answered(usecases: Usecases, learner: Learner) -> Outcome<HandIn> {
    let now = clock::now();
    let who = usecases.who(learner.person).await?.ok_or("a learner has gone")?;
    let intro = usecases.quiz(&who, QUIZ, now).await?;
    usecases.begin_quiz(&who, QUIZ, (intro.newest, &intro.token), now).await?;
    let sent = Sent { answer: vec!["1".to_owned()], ..Sent::default() };
    for number in 1..=5 {
        let page = usecases.quiz_question(&who, QUIZ, number, now).await?.map_err(|_| "no question")?;
        let (attempt, times, token) = (page.attempt, page.times, page.token.as_str());
        usecases.answer(&who, Answered { slug: QUIZ, attempt, number, times, sent: &sent, token }, now).await?;
    }
    let review = usecases.review(&who, QUIZ, now).await?.map_err(|_| "no attempt")?;
    Ok(HandIn { learner, attempt: review.attempt, token: review.token })
}

/// Lets a learner begin the starter role-play and its quiz.
pub(crate) async fn begin_activities(store: &Store, learner: &Learner) -> Outcome {
    let (usecases, now) = (Usecases::new(store.clone()), clock::now());
    let who = usecases.who(learner.person).await?.ok_or("a learner has gone")?;
    let intro = usecases.role_play(&who, ROLE_PLAY).await?;
    usecases.begin_role_play(&who, ROLE_PLAY, ("practice", intro.newest, &intro.token), now).await?;
    let slug = format!("{MODULE}-quiz");
    let intro = usecases.quiz(&who, &slug, now).await?;
    usecases.begin_quiz(&who, &slug, (intro.newest, &intro.token), now).await?;
    Ok(())
}

/// Publishes modules of questions, for answers by the thousand.
pub(crate) async fn quizlikes(store: &Store, modules: usize, pages: usize) -> Outcome<Vec<Quizlike>> {
    let usecases = Usecases::new(store.clone());
    let mut made = Vec::with_capacity(modules);
    for number in 0..modules {
        let slug = format!("measured-{number}");
        publish(&usecases, &slug, &source(number, pages)).await?;
        let live = store.live_document("module", &slug).await?.ok_or("a module has gone")?;
        let pages = (1..=pages).map(|page| format!("question-{page}")).collect();
        made.push(Quizlike { slug, document: live.document, version: live.version.0, pages });
    }
    Ok(made)
}

fn source(number: usize, pages: usize) -> String {
    let mut text = format!(
        "---\nkind: module\ntitle: Measured {number}\nminutes: 5\ncomplete: [read]\n---\n\n# Measured {number}\n"
    );
    for page in 1..=pages {
        let question = format!(
            "\n## Question {page}\n\n`check`\n\nSomebody stands at the desk while the telephone rings. Who comes first?\n\n\
             - [x] The person in front of you\n  > Yes. A look and a word, then the telephone.\n\
             - [ ] The telephone\n  > It can ring for the time of one greeting.\n"
        );
        let _ = text.write_str(&question);
    }
    text
}

impl Quizlike {
    /// The form that answers a page's question.
    pub(crate) fn answer(&self, page: &str, learner: &Learner, token: &str) -> Vec<u8> {
        self.form(page, "check", learner, token, "&answer=1")
    }

    /// The form that marks a page read.
    pub(crate) fn read(&self, page: &str, learner: &Learner, token: &str) -> Vec<u8> {
        self.form(page, "read", learner, token, "")
    }

    /// A token belongs to one person, and says so.
    fn form(&self, page: &str, verb: &str, learner: &Learner, token: &str, more: &str) -> Vec<u8> {
        let fields = format!("token={}-{token}&version={}{more}", learner.person, self.version);
        crate::client::post(&format!("/modules/{}/{page}/{verb}", self.slug), &learner.cookie, &fields)
    }
}
