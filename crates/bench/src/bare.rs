//! What the reader is measured against: axum and sqlx alone. For every request it asks the database what the program asks, in
//! the same number of statements and with the same settings, and sends the bytes that the program sent. There are two ways to
//! write it, and both are measured ([`Way`]).
//!
//! [`STATEMENTS`] is checked against the running program before each measurement ([`crate::statements`]).

use std::{path::Path, str::FromStr as _, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{self, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tower_sessions::session::Id;
use usecases::clock;

use crate::{Outcome, client};

const SESSION: &str = "SELECT s.data, s.seen_at, s.idle_until, s.ends_at, s.person_id, m.config_rev, p.name, \
     p.disabled_at, r.held, r.department_id FROM session s CROSS JOIN meta m LEFT JOIN person p ON p.id = s.person_id \
     LEFT JOIN right_held r ON r.person_id = s.person_id WHERE s.id_hash = $1 AND s.idle_until > $2 AND s.ends_at > $2 \
     ORDER BY r.held, r.department_id";
const LIVE: &str = "SELECT d.id AS document_id, d.kind, d.slug, v.id AS version_id, v.title, v.content_hash, \
     v.published_at FROM document d JOIN version v ON v.id = d.live_version_id WHERE d.slug = $1 AND d.kind = $2";
const SITE: &str =
    "SELECT s.name, s.zone, s.locale, s.tokens, m.config_rev FROM site s CROSS JOIN meta m WHERE s.id = 1 AND m.id = 1";
const PROGRESS: &str = "SELECT a.document_id, a.id, a.version_id, a.started_at, a.ended_at, s.kind, s.node, s.answer, \
     s.correct, s.at FROM (SELECT id, document_id, version_id, started_at, ended_at FROM attempt WHERE person_id = $1 AND \
     document_id = $2 ORDER BY id DESC LIMIT 1) a LEFT JOIN step s ON s.attempt_id = a.id ORDER BY s.no";

/// What one page of the reader asks the database, in order.
pub(crate) const STATEMENTS: [&str; 4] = [SESSION, LIVE, PROGRESS, SITE];

/// How the handler comes by a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Way {
    /// Each statement asks sqlx's pool for one, as most handlers are written.
    Pool,
    /// The first statement takes one and the others use it too: less work, the harder opponent.
    Connection,
}

#[derive(Clone)]
struct Site {
    way: Way,
    pool: SqlitePool,
    head: Arc<HeaderMap>,
    body: Bytes,
}

/// Serves until it is killed. `page` holds an answer of the program as it was on the wire.
pub(crate) async fn serve(way: Way, database: &Path, page: &Path) -> Outcome {
    let answer = std::fs::read(page)?;
    let head = client::head_length(&answer).ok_or("the page has no head")?;
    // The settings of `store::open`, for those who read.
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("query_only", "ON");
    let pool = SqlitePoolOptions::new().max_connections(8).connect_lazy_with(options);
    let site =
        Site { way, pool, head: Arc::new(headers(&answer[..head])?), body: Bytes::copy_from_slice(&answer[head..]) };
    let router = Router::new().route("/modules/{slug}/{page}", get(show)).with_state(site);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("Listening on http://{}", listener.local_addr()?);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}

/// The program's headers, but for those that hyper writes itself.
fn headers(head: &[u8]) -> Outcome<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in std::str::from_utf8(head)?.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        let name = HeaderName::from_str(name)?;
        if ![header::DATE, header::CONTENT_LENGTH, header::CONNECTION].contains(&name) {
            headers.append(name, HeaderValue::from_str(value)?);
        }
    }
    Ok(headers)
}

async fn show(
    State(site): State<Site>,
    extract::Path((slug, _page)): extract::Path<(String, String)>,
    request: HeaderMap,
) -> Response {
    match ask(&site, &slug, &request).await {
        Ok(true) => ((*site.head).clone(), site.body).into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(cause) => (StatusCode::INTERNAL_SERVER_ERROR, cause.to_string()).into_response(),
    }
}

type SessionRow = (Vec<u8>, i64, i64, i64, Option<i64>, i64, Option<String>, Option<i64>, Option<String>, Option<i64>);
type LiveRow = (i64, String, String, i64, String, Vec<u8>, i64);
type StepRow =
    (i64, i64, i64, i64, Option<i64>, Option<String>, Option<String>, Option<String>, Option<i64>, Option<i64>);

/// The connection of one request.
struct Lent<'p> {
    way: Way,
    pool: &'p SqlitePool,
    held: Option<PoolConnection<Sqlite>>,
}

impl Lent<'_> {
    /// For the next statement.
    async fn next(&mut self) -> Outcome<&mut SqliteConnection> {
        let held = self.held.take().filter(|_| self.way == Way::Connection);
        let connection = match held {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        Ok(&mut *self.held.insert(connection))
    }
}

/// Asks what the program asks; false when somebody or something is not there.
async fn ask(site: &Site, slug: &str, request: &HeaderMap) -> Outcome<bool> {
    let cookie = request.get(header::COOKIE).ok_or("no cookie")?.to_str()?;
    let id: Id = cookie.strip_prefix("bedside=").ok_or("no session")?.parse()?;
    let hash = blake3::hash(&id.0.to_le_bytes()).as_bytes().to_vec();
    let now = clock::now().as_microsecond();

    let mut lent = Lent { way: site.way, pool: &site.pool, held: None };
    let session: Vec<SessionRow> = sqlx::query_as(SESSION).bind(hash).bind(now).fetch_all(lent.next().await?).await?;
    let Some(person) = session.first().and_then(|row| row.4) else { return Ok(false) };
    let live: Option<LiveRow> =
        sqlx::query_as(LIVE).bind(slug).bind("module").fetch_optional(lent.next().await?).await?;
    let Some(live) = live else { return Ok(false) };
    let steps: Vec<StepRow> = sqlx::query_as(PROGRESS).bind(person).bind(live.0).fetch_all(lent.next().await?).await?;
    let site: Option<(String, String, String, String, i64)> =
        sqlx::query_as(SITE).fetch_optional(lent.next().await?).await?;
    Ok(!steps.is_empty() && site.is_some())
}
