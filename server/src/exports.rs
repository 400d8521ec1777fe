//! The loop that makes the files which wait, one at a time. It runs beside the requests, and gives way to them between the parts of a file.

use std::time::Duration;

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};
use usecases::{Usecases, clock, secret};

/// How often it is looked whether a file waits.
const LOOK: Duration = Duration::from_secs(2);
/// How long to wait after the database could not be used.
const TROUBLE: Duration = Duration::from_secs(20);
/// How long giving back what is just being made may take once the program was told to stop.
const LAST: Duration = Duration::from_secs(4);

/// The running loop.
pub struct Exports {
    told: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Exports {
    /// Ends it. What is just being made is begun anew by the next server, or by this one when it is started again.
    pub async fn end(mut self) {
        self.told.send_replace(true);
        if timeout(LAST, &mut self.task).await.is_err() {
            tracing::warn!("a file that was being made was not given back; it is begun anew when its lease runs out");
            self.task.abort();
        }
    }
}

/// Starts making files.
pub fn start(usecases: Usecases) -> Exports {
    let (told, ending) = watch::channel(false);
    let task = tokio::spawn(run(usecases, ending));
    Exports { told, task }
}

async fn run(usecases: Usecases, mut ending: watch::Receiver<bool>) {
    let Ok(random) = secret::token() else { return tracing::error!("no files are made: there is no randomness") };
    let owner = format!("{}-{random}", std::process::id());
    let work = async {
        loop {
            let pause = match usecases.make_next_export(&owner, clock::now).await {
                Ok(true) => continue,
                Ok(false) => LOOK,
                Err(error) => {
                    tracing::warn!(%error, "a file could not be made; it waits");
                    TROUBLE
                }
            };
            sleep(pause).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = ending.changed() => {}
    }
    if let Err(error) = usecases.return_exports(&owner).await {
        tracing::debug!(%error, "a file was not given back; it is begun anew when its lease runs out");
    }
}
