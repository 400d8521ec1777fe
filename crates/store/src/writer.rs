//! The lanes of writing (data-model.md, "Writes"). A lane owns one connection and takes the writes that wait together into one
//! transaction, so that one sync serves many; it answers only after the commit.

use crate::{
    Result, StoreError,
    db::Tx,
    note::{Happened, Note},
    open::{PATIENCE, Target},
};
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How many writes may wait in one lane before the next is refused with [`StoreError::Busy`].
const WAITING: usize = 1024;
/// At most this many writes share one commit …
const BATCH_JOBS: usize = 64;
/// … and none is taken into a batch older than this.
const BATCH_AGE: Duration = Duration::from_millis(10);
/// How long PostgreSQL may take for one write, or for the commit, before its connection is given up. A write waits for a lock no
/// longer than [`PATIENCE`], so this is for a server that has fallen silent.
const ANSWER: Duration = Duration::from_secs(10);
/// How long a write may take that is known to be long.
const LONGEST: Duration = Duration::from_secs(300);
/// A write that waited this long for its turn is refused with [`StoreError::Busy`]: those before it met a lock or a slow disk, and
/// whoever asked waits no more than 30 s.
const TURN: Duration = Duration::from_secs(10);
/// When a batch gave way, the jobs that have not run again by this age are refused likewise.
const GIVE_UP: Duration = Duration::from_secs(20);

/// What a write does: it may run twice, so it only borrows its arguments.
pub(crate) type Work<A, T> = for<'t> fn(&'t mut Tx, &'t A) -> Running<'t, T>;
/// A write that is running.
pub(crate) type Running<'t, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

/// How much has been written since the start, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteCounters {
    /// Writes that were acknowledged.
    pub commits: u64,
    /// Transactions they shared: each is one sync of the disk.
    pub syncs: u64,
}

#[derive(Default)]
struct Counters {
    commits: AtomicU64,
    syncs: AtomicU64,
}

/// The door to the lanes.
pub(crate) struct Writer {
    lanes: Vec<mpsc::Sender<Message>>,
    next: AtomicUsize,
    counters: Arc<Counters>,
}

enum Message {
    Job(Box<dyn Job>),
    Stop(oneshot::Sender<()>),
}

trait Job: Send {
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Running<'t, ()>;
    /// Says that the job failed, in place of what it found.
    fn fail(&mut self, error: StoreError);
    fn failed_by_deadlock(&self) -> bool;
    /// For how long it has been waiting.
    fn age(&self) -> Duration;
    fn reply(self: Box<Self>);
}

struct Typed<A, T> {
    args: A,
    work: Work<A, T>,
    note: Option<Arc<Note>>,
    found: Option<Result<T>>,
    since: Instant,
    reply: oneshot::Sender<Result<T>>,
}

impl<A: Send + Sync, T: Happened + Send + Sync> Job for Typed<A, T> {
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Running<'t, ()> {
        Box::pin(async move {
            self.found = None;
            let mut found = (self.work)(tx, &self.args).await;
            if let (Ok(done), Some(note)) = (&found, &self.note)
                && let Err(error) = note.write(tx, done).await
            {
                found = Err(error);
            }
            let outcome = found.as_ref().map(drop).map_err(StoreError::clone);
            self.found = Some(found);
            outcome
        })
    }

    fn fail(&mut self, error: StoreError) {
        self.found = Some(Err(error));
    }

    fn failed_by_deadlock(&self) -> bool {
        matches!(self.found, Some(Err(StoreError::Deadlock { .. })))
    }

    fn age(&self) -> Duration {
        self.since.elapsed()
    }

    fn reply(self: Box<Self>) {
        let found = self.found.unwrap_or_else(|| Err(StoreError::unavailable("the write did not run")));
        // Nobody waits any more when the request was given up; what it wrote stays.
        drop(self.reply.send(found));
    }
}

impl Writer {
    /// Starts the lanes on connections that are open already.
    pub(crate) fn start(target: &Target, connections: Vec<Tx>) -> Self {
        let counters = Arc::new(Counters::default());
        let lanes = connections
            .into_iter()
            .map(|connection| {
                let (sender, waiting) = mpsc::channel(WAITING);
                let lane =
                    Lane { target: target.clone(), connection: Some(connection), counters: Arc::clone(&counters) };
                tokio::spawn(lane.serve(waiting));
                sender
            })
            .collect();
        Self { lanes, next: AtomicUsize::new(0), counters }
    }

    /// Runs one write, and writes its note, and answers after their commit has been synced.
    pub(crate) async fn write<A, T>(&self, args: A, work: Work<A, T>, note: Option<Arc<Note>>) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Happened + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let mut message = Message::Job(Box::new(Typed { args, work, note, found: None, since: Instant::now(), reply }));
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let mut refusal = StoreError::Busy;
        for lane in 0..self.lanes.len() {
            match self.lanes[(first + lane) % self.lanes.len()].try_send(message) {
                Ok(()) => return answer.await.unwrap_or_else(|_| Err(StoreError::unavailable("the writer stopped"))),
                Err(mpsc::error::TrySendError::Full(back)) => message = back,
                Err(mpsc::error::TrySendError::Closed(back)) => {
                    message = back;
                    refusal = StoreError::unavailable("the store is closed");
                }
            }
        }
        Err(refusal)
    }

    /// Lets the lanes finish what waits and closes their connections.
    pub(crate) async fn close(&self) {
        for lane in &self.lanes {
            let (stopped, stop) = oneshot::channel();
            if lane.send(Message::Stop(stopped)).await.is_ok() {
                drop(stop.await);
            }
        }
    }

    pub(crate) fn counters(&self) -> WriteCounters {
        WriteCounters {
            commits: self.counters.commits.load(Ordering::Relaxed),
            syncs: self.counters.syncs.load(Ordering::Relaxed),
        }
    }
}

/// A write that may take minutes, on PostgreSQL: on a connection of its own, so that the lanes go on with everybody else's.
pub(crate) async fn long<A, T>(target: Target, args: A, work: Work<A, T>, note: Option<Arc<Note>>) -> Result<T>
where
    A: Send + Sync + 'static,
    T: Happened + Send + Sync + 'static,
{
    // A task of its own: whoever asked may have given up, and what is half written then still ends in one commit or in none.
    let running = tokio::spawn(timeout(LONGEST, async move {
        let mut tx = target.writing_connection().await?;
        tx.script("BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '10s'").await?;
        // Without an answer the connection goes, and the transaction with it.
        let done = work(&mut tx, &args).await?;
        if let Some(note) = &note {
            note.write(&mut tx, &done).await?;
        }
        tx.script("COMMIT").await?;
        if let Err(error) = tx.close().await {
            tracing::warn!(%error, "closing the connection of a long write");
        }
        Ok(done)
    }));
    match running.await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(StoreError::unavailable("the database took too long to answer")),
        Err(_) => Err(StoreError::unavailable("a write panicked")),
    }
}

struct Lane {
    target: Target,
    connection: Option<Tx>,
    counters: Arc<Counters>,
}

impl Lane {
    async fn serve(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut stops = Vec::new();
        while let Some(message) = waiting.recv().await {
            match message {
                Message::Job(mut job) if job.age() > TURN => {
                    job.fail(StoreError::Busy);
                    job.reply();
                }
                Message::Job(job) => self.batch(job, &mut waiting, &mut stops).await,
                Message::Stop(stopped) => stops.push(stopped),
            }
            if !stops.is_empty() {
                // What came before the stop is still served; nothing new gets in.
                waiting.close();
            }
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = in_time(self.limit(PATIENCE), connection.close()).await
        {
            tracing::warn!(%error, "closing the writing connection");
        }
        for stopped in stops {
            let _ = stopped.send(());
        }
    }

    /// Runs `first` and what waits behind it in one transaction, then sends every reply: refusals too, since they may have
    /// read a neighbour's row.
    async fn batch(
        &mut self,
        first: Box<dyn Job>,
        waiting: &mut mpsc::Receiver<Message>,
        stops: &mut Vec<oneshot::Sender<()>>,
    ) {
        let began = Instant::now();
        let mut jobs = vec![first];
        let mut outcome = self.begin().await;
        if outcome.is_err() {
            // Whoever waits behind would wait as long for the same answer.
            while let Ok(message) = waiting.try_recv() {
                match message {
                    Message::Job(job) => jobs.push(job),
                    Message::Stop(stopped) => stops.push(stopped),
                }
            }
        } else {
            loop {
                let last = jobs.len() - 1;
                outcome = self.run(&mut *jobs[last]).await;
                if outcome.is_err() || jobs.len() == BATCH_JOBS || began.elapsed() >= BATCH_AGE {
                    break;
                }
                match waiting.try_recv() {
                    Ok(Message::Job(job)) => jobs.push(job),
                    Ok(Message::Stop(stopped)) => {
                        stops.push(stopped);
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
        if outcome.is_ok() {
            outcome = self.commit(jobs.len()).await;
        }
        match outcome {
            Ok(()) => {}
            Err(StoreError::Deadlock { cause }) => {
                tracing::info!(%cause, jobs = jobs.len(), "a batch gave way to another writer, its jobs run one by one");
                self.one_by_one(&mut jobs, began).await;
            }
            Err(error) => {
                tracing::error!(%error, jobs = jobs.len(), "a batch failed, the connection is dropped");
                self.connection = None;
                for job in &mut jobs {
                    job.fail(give_up(&error));
                }
            }
        }
        jobs.into_iter().for_each(Job::reply);
    }

    async fn one_by_one(&mut self, jobs: &mut [Box<dyn Job>], began: Instant) {
        for job in jobs {
            if began.elapsed() > GIVE_UP {
                job.fail(StoreError::Busy);
                continue;
            }
            // The old transaction goes with its connection when it cannot be rolled back.
            if let Some(connection) = &mut self.connection
                && connection.script("ROLLBACK").await.is_err()
            {
                self.connection = None;
            }
            let mut outcome = self.begin().await;
            if outcome.is_ok() {
                outcome = self.run(&mut **job).await;
            }
            if outcome.is_ok() {
                outcome = self.commit(1).await;
            }
            if let Err(error) = outcome {
                job.fail(error.clone());
                if !matches!(error, StoreError::Deadlock { .. }) {
                    self.connection = None;
                }
            }
        }
        if let Some(connection) = &mut self.connection
            && connection.script("ROLLBACK").await.is_err()
        {
            self.connection = None;
        }
    }

    /// Begins a transaction. A connection that PostgreSQL has ended meanwhile is replaced: nothing was asked of it yet.
    async fn begin(&mut self) -> Result<()> {
        let may_be_stale = self.connection.is_some() && matches!(self.target, Target::Pg { .. });
        let begun = self.begin_once().await;
        if begun.is_ok() || !may_be_stale {
            return begun;
        }
        self.connection = None;
        self.begin_once().await
    }

    async fn begin_once(&mut self) -> Result<()> {
        if self.connection.is_none() {
            self.connection = Some(self.target.writing_connection().await?);
        }
        let sql = match self.target {
            Target::Sqlite { .. } => "BEGIN IMMEDIATE",
            Target::Pg { .. } => "BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '5s'",
        };
        let limit = self.limit(PATIENCE);
        in_time(limit, self.connection()?.script(sql)).await
    }

    async fn commit(&mut self, jobs: usize) -> Result<()> {
        let limit = self.limit(ANSWER);
        in_time(limit, self.connection()?.script("COMMIT")).await?;
        self.counters.commits.fetch_add(u64::try_from(jobs).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.counters.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// SQLite is in this process, waits for locks by its own clock, and would carry out what was given up.
    fn limit(&self, longest: Duration) -> Duration {
        match self.target {
            Target::Sqlite { .. } => Duration::MAX,
            Target::Pg { .. } => longest,
        }
    }

    async fn run(&mut self, job: &mut dyn Job) -> Result<()> {
        in_time(self.limit(ANSWER), self.run_in_savepoint(job)).await
    }

    /// One job in its savepoint. An error here means that the whole batch is lost; the job's own error stays with the job.
    async fn run_in_savepoint(&mut self, job: &mut dyn Job) -> Result<()> {
        let connection = self.connection()?;
        connection.script("SAVEPOINT job").await?;
        let outcome = {
            let mut running = job.run(connection);
            poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))) {
                Ok(poll) => poll.map(Some),
                Err(_) => Poll::Ready(None),
            })
            .await
        };
        match outcome {
            Some(Ok(())) => connection.script("RELEASE SAVEPOINT job").await,
            Some(Err(_)) if job.failed_by_deadlock() => {
                Err(StoreError::Deadlock { cause: "a job of the batch".to_owned() })
            }
            refused => {
                if refused.is_none() {
                    job.fail(StoreError::unavailable("a write panicked"));
                }
                let rolled_back = connection.script("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job").await;
                match (rolled_back, refused) {
                    // SQLite has rolled the whole transaction back by itself: the savepoint is gone, and this is why.
                    (Err(_), Some(Err(cause @ (StoreError::Full { .. } | StoreError::Corrupt { .. })))) => Err(cause),
                    (rolled_back, _) => rolled_back,
                }
            }
        }
    }

    fn connection(&mut self) -> Result<&mut Tx> {
        self.connection.as_mut().ok_or_else(|| StoreError::unavailable("there is no connection"))
    }
}

/// The outcome, or that there was none in time; the connection is then of no more use.
async fn in_time(limit: Duration, work: impl Future<Output = Result<()>>) -> Result<()> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(StoreError::unavailable("the database took too long to answer")))
}

/// What everybody in a failed batch is told: the disk is full, or the database is unavailable.
fn give_up(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full { .. } | StoreError::Corrupt { .. } => error.clone(),
        other => StoreError::unavailable(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Store,
        db::{Engine, vals},
    };

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&format!("sqlite:{}", folder.path().join("clinic.db").display())).await.expect("opens");
        store.migrate(1).await.expect("the tables are made");
        (folder, store)
    }

    #[tokio::test]
    async fn a_panic_costs_only_its_own_write() {
        let (_folder, store) = store().await;
        let panicked = store.write((), |tx, ()| {
            Box::pin(async move {
                tx.run("INSERT INTO counter (key, n, until_at) VALUES ('lost', 1, 9)", vals![]).await?;
                if tx.engine() == Engine::Sqlite {
                    panic!("this write is meant to panic");
                }
                Ok(())
            })
        });
        let (panicked, neighbour) = tokio::join!(panicked, store.hit("kept", 9, 1));
        assert!(matches!(panicked, Err(StoreError::Unavailable { .. })), "{panicked:?}");
        assert_eq!(neighbour.expect("counted"), 1);
        assert_eq!(store.hits("lost", 1).await.expect("read"), 0);
        store.close().await;
    }

    #[tokio::test]
    async fn a_full_disk_fails_the_write_and_writing_recovers() {
        let (_folder, store) = store().await;
        let full = store
            .write((), |tx, ()| {
                Box::pin(async move {
                    // A limit on this connection stands for a disk without room.
                    tx.script("PRAGMA max_page_count = 1").await?;
                    let big = "INSERT INTO counter (key, n, until_at) VALUES ($1, 1, 9)";
                    tx.run(big, vals!["x".repeat(1_000_000)]).await.map(drop)
                })
            })
            .await;
        assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
        assert_eq!(store.hit("after", 9, 1).await.expect("writing goes on"), 1);
        store.close().await;
    }

    #[tokio::test]
    async fn a_commit_that_fails_fails_every_write_of_its_batch() {
        let (_folder, store) = store().await;
        let broken = store.write((), |tx, ()| {
            Box::pin(async move {
                // Ends the transaction under the writer, as a disk error would.
                tx.script("ROLLBACK").await
            })
        });
        let (broken, neighbour) = tokio::join!(broken, store.hit("neighbour", 9, 1));
        assert!(matches!(broken, Err(StoreError::Unavailable { .. })), "{broken:?}");
        let counted = i64::from(neighbour.is_ok());
        assert_eq!(store.hits("neighbour", 1).await.expect("read"), counted, "acknowledged means recorded");
        assert_eq!(store.hit("after", 9, 1).await.expect("writing goes on"), 1);
        store.close().await;
    }
}
