//! A database per test, on either engine.

use store::{
    Added, DocumentId, Form, Goal, NewPerson, NewVersion, Outcome, PageRead, PersonId, Publish, Reading, Store,
    VersionId,
};
use testbed::Database;

pub(crate) const NOW: i64 = 1_790_000_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const TODAY: i32 = 20_717;

/// A fresh database; it goes with [`Db::drop_it`].
pub(crate) struct Db {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) database: Database,
}

impl Db {
    pub(crate) async fn sqlite() -> Self {
        Self::open(Database::sqlite().await).await
    }

    pub(crate) async fn postgres() -> Self {
        Self::open(Database::postgres().await).await
    }

    pub(crate) async fn open(database: Database) -> Self {
        let store = Store::open(&database.url).await.expect("the store opens");
        store.migrate(NOW).await.expect("the tables are made");
        Self { url: database.url.clone(), store, database }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.database.is_postgres()
    }

    /// Runs SQL behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    pub(crate) async fn drop_it(self) {
        self.store.close().await;
        self.database.drop_it().await;
    }

    pub(crate) async fn person(&self, name: &str) -> PersonId {
        let email = Some(format!("{}@clinic.example", name.to_lowercase().replace(' ', ".")));
        match self.store.add_person(NewPerson { name: name.to_owned(), email, ..NewPerson::default() }, NOW).await {
            Ok(Added::Person(id)) => id,
            other => panic!("{name} was not added: {other:?}"),
        }
    }

    pub(crate) async fn module(&self, slug: &str) -> (DocumentId, VersionId) {
        let published = self.store.publish(version(slug, 1), NOW).await.expect("published");
        let Publish::Published(id) = published else { panic!("{published:?}") };
        (self.store.version(id).await.expect("read").expect("there").document, id)
    }
}

pub(crate) fn version(slug: &str, content: u8) -> NewVersion {
    NewVersion {
        kind: "module".to_owned(),
        slug: slug.to_owned(),
        title: format!("About {slug}"),
        source: "# About".to_owned(),
        content_hash: [content; 32],
        scoring_hash: [0; 32],
        frozen: "{}".to_owned(),
        by: None,
        change: None,
        draft: None,
        assets: Vec::new(),
        words: None,
    }
}

/// A form that says page `page` of `one`, `two` was read, with the token and body given.
pub(crate) fn page_read(
    person: PersonId,
    module: (DocumentId, VersionId),
    page: &str,
    token: &str,
    body: &str,
) -> PageRead {
    PageRead {
        form: form(person, token, body),
        of: Reading { document: module.0, version: module.1, read_as: module.1, newest: None },
        page: page.to_owned(),
        goal: goal(module),
    }
}

/// A form of somebody, with its token and body.
pub(crate) fn form(person: PersonId, token: &str, body: &str) -> Form {
    Form { person, token: token.into(), body_hash: body.into(), now: NOW }
}

/// A module of pages `one` and `two`.
pub(crate) fn goal(module: (DocumentId, VersionId)) -> Goal {
    Goal {
        document: module.0,
        version: module.1,
        pages: vec!["one".to_owned(), "two".to_owned()],
        activities: Vec::new(),
        today: TODAY,
        valid_through: None,
        certificate: unique(),
    }
}

/// A number that no other test of this run has.
pub(crate) fn unique() -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    format!("N{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}

pub(crate) async fn complete(db: &Db, person: PersonId, module: (DocumentId, VersionId)) -> i64 {
    for page in ["one", "two"] {
        let token = format!("{person} {} {page}", module.0);
        if let Outcome::Completed { fact } =
            db.store.record_page_read(page_read(person, module, page, &token, page)).await.expect("recorded")
        {
            return fact;
        }
    }
    panic!("it was not completed")
}
