//! The loop that sends what waits in the outbox. It runs beside the requests and never holds one up.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::{Begun, Leased, Sending, Store};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};
use usecases::{
    Failure, Usecases, clock,
    outbox::{Stamp, next_try},
    secret,
};

use super::{Composed, Handed, Mailer};

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How many messages are leased at once.
const AT_ONCE: i64 = 20;
/// How long leased messages are kept from other servers until each is begun, and how long after that until one is unsure. Both are
/// longer than the mail server's time limits taken together.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// How long to wait after the mail server could not be used, or the database.
const TROUBLE: Duration = Duration::from_secs(20);
/// How long the message that is just going out may take once the program was told to stop.
const LAST: Duration = Duration::from_secs(4);
/// How often it is tried to keep an outcome, and how long is waited in between.
const KEEP: usize = 20;
const BETWEEN: Duration = Duration::from_secs(3);

/// Tells the sender to stop after the message it is just sending.
pub struct Ending(watch::Sender<bool>);

impl Ending {
    /// Tells it.
    pub fn tell(&self) {
        self.0.send_replace(true);
    }
}

/// The running sender.
pub struct Sender {
    told: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sender {
    /// Something to tell it by, from elsewhere.
    pub fn ending(&self) -> Ending {
        Ending(self.told.clone())
    }

    /// Lets it finish the message it is just sending, for a few seconds. One that takes longer may have been sent, and is shown so.
    pub async fn end(mut self) {
        self.told.send_replace(true);
        if timeout(LAST, &mut self.task).await.is_err() {
            tracing::warn!("a message was still being sent; it is shown as one that may have been sent");
            self.task.abort();
        }
    }
}

/// Starts sending.
pub fn start(mailer: Mailer, store: Store, usecases: Usecases) -> Sender {
    let (told, ending) = watch::channel(false);
    let task = tokio::spawn(run(mailer, store, usecases, ending));
    Sender { told, task }
}

async fn run(mailer: Mailer, store: Store, usecases: Usecases, mut ending: watch::Receiver<bool>) {
    let Ok(random) = secret::token() else { return tracing::error!("no messages are sent: there is no randomness") };
    let owner = format!("{}-{random}", std::process::id());
    let mut work = Work { mailer, store, usecases, owner, ending: ending.clone() };
    while !*ending.borrow() {
        let pause = match work.drain().await {
            Ok(()) => LOOK,
            Err(trouble) => {
                tracing::warn!(%trouble, "messages could not be sent; they wait");
                TROUBLE
            }
        };
        work.mailer.hang_up().await;
        tokio::select! {
            () = sleep(pause) => {}
            _ = ending.changed() => {}
        }
    }
    if let Err(error) = work.store.return_messages(&work.owner).await {
        tracing::debug!(%error, "leased messages were not given back; others take them when their lease runs out");
    }
}

/// Why the outbox could not be emptied.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error("{0}")]
    Usecase(#[from] Failure),
    #[error("{0}")]
    Mail(String),
}

struct Work {
    mailer: Mailer,
    store: Store,
    usecases: Usecases,
    owner: String,
    ending: watch::Receiver<bool>,
}

impl Work {
    /// Sends until nothing waits any more.
    async fn drain(&mut self) -> Result<(), Trouble> {
        while self.store.messages_wait(clock::now().as_microsecond()).await? {
            let now = clock::now();
            let leased = self.store.lease_messages(&self.owner, until(now), AT_ONCE, now.as_microsecond()).await?;
            if leased.is_empty() {
                break;
            }
            let stamp = self.usecases.stamp().await?;
            let mut left = leased.iter();
            while let Some(message) = left.next() {
                if *self.ending.borrow() {
                    return Ok(());
                }
                if let Err(why) = self.mailer.connect().await {
                    for message in std::iter::once(message).chain(left) {
                        self.keep(message, Handed::PutOff(why.clone())).await?;
                    }
                    return Err(Trouble::Mail(why));
                }
                self.send(message, &stamp).await?;
            }
        }
        Ok(())
    }

    async fn send(&mut self, message: &Leased, stamp: &Stamp) -> Result<(), Trouble> {
        let now = clock::now();
        let composed: Composed = match self.mailer.compose(message, stamp, now) {
            Ok(composed) => composed,
            Err(why) => return self.keep(message, Handed::Refused(why.to_string())).await,
        };
        // From here on it is never sent again by itself.
        match self.store.begin_sending(message.id, &self.owner, until(now)).await? {
            Begun::Go => {}
            Begun::Skipped => return Ok(()),
            Begun::Lost => {
                tracing::info!(message = %message.id, "another server took over a message whose lease had run out");
                return Ok(());
            }
        }
        let handed = self.mailer.hand_over(message.id, &composed).await;
        self.keep(message, handed).await
    }

    /// Keeps what came of a message. The database may be gone for a while; what cannot be kept becomes unsure when its lease runs out.
    async fn keep(&self, message: &Leased, handed: Handed) -> Result<(), Trouble> {
        let now = clock::now();
        let outcome = outcome(message, handed, now);
        let mut tries = 0;
        loop {
            match self.store.finish_sending(message.id, &self.owner, outcome.clone(), now.as_microsecond()).await {
                Ok(true) => {
                    tracing::debug!(message = %message.id, ?outcome, "a message was dealt with");
                    return Ok(());
                }
                Ok(false) => {
                    tracing::warn!(message = %message.id, ?outcome, "what came of a message was not kept: it is not ours any more");
                    return Ok(());
                }
                Err(error) if tries < KEEP && !*self.ending.borrow() => {
                    tries += 1;
                    tracing::warn!(%error, message = %message.id, "what came of a message could not be kept yet");
                    sleep(BETWEEN).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn until(now: Timestamp) -> i64 {
    now.saturating_add(LEASE).map_or(i64::MAX, Timestamp::as_microsecond)
}

/// What is kept of a message: what may pass is tried again, until it was tried often enough.
fn outcome(message: &Leased, handed: Handed, now: Timestamp) -> Sending {
    match handed {
        Handed::Taken => Sending::Sent,
        Handed::Filed(name) => Sending::Filed(name),
        Handed::Refused(why) => Sending::Refused(why),
        Handed::Unsure(why) => Sending::Unsure(why),
        Handed::PutOff(error) | Handed::Broken(error) => match next_try(message.tries, now) {
            Some(at) => Sending::Later { error, next_try_at: at.as_microsecond() },
            None => Sending::Refused(format!("It was tried {} times. {error}", message.tries + 1)),
        },
    }
}
