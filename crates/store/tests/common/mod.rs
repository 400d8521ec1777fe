//! A database per test, on either engine.

use sqlx::{Connection as _, Executor as _};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Added, DocumentId, NewPerson, NewVersion, Outcome, PageRead, PersonId, Publish, Store, VersionId};

pub(crate) const NOW: i64 = 1_790_000_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const TODAY: i32 = 20_717;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh database; it goes with [`Db::drop_it`].
pub(crate) struct Db {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

impl Db {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("clinic.db").display());
        Self::open(url, folder, None).await
    }

    pub(crate) async fn postgres() -> Self {
        let base = std::env::var("BEDSIDE_TEST_POSTGRES")
            .expect("run `cargo xtask test`, it starts a private PostgreSQL (BEDSIDE_TEST_POSTGRES is not set)");
        let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        execute(&base, &format!("CREATE DATABASE {name}")).await;
        let (server, _) = base.rsplit_once('/').expect("a database in the URL");
        let url = format!("{server}/{name}");
        Self::open(url, tempfile::tempdir().expect("a folder"), Some((base, name))).await
    }

    async fn open(url: String, folder: tempfile::TempDir, postgres: Option<(String, String)>) -> Self {
        let store = Store::open(&url).await.expect("the store opens");
        store.migrate(NOW).await.expect("the tables are made");
        Self { url, store, folder, postgres }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Runs SQL behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    pub(crate) async fn drop_it(self) {
        self.store.close().await;
        if let Some((base, name)) = self.postgres {
            execute(&base, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
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
        person,
        document: module.0,
        version: module.1,
        newest: None,
        page: page.to_owned(),
        pages_required: vec!["one".to_owned(), "two".to_owned()],
        token: token.into(),
        body_hash: body.into(),
        now: NOW,
        today: TODAY,
    }
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

async fn execute(url: &str, sql: &str) {
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.expect("connects");
        connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect(sql);
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.expect("connects");
        connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect(sql);
    }
}
