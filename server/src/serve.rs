//! `bedside serve`: opens the store, publishes the starter content, says where it listens, and runs until it is told
//! to stop.

use std::{
    borrow::Cow,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use jiff::Timestamp;
use store::Store;
use tokio::net::TcpListener;
use usecases::{
    clock,
    demo::Holds,
    publish::{File, Published},
};

use crate::{
    cli::{Serve, say},
    content, demo, exports, http, layers,
    mail::{self, Mailer},
    settings::DatabaseUrl,
};

/// How often it is looked whether a change of the rules has left anybody to be looked at anew. What is asked about one person sees to
/// them first, so that nobody waits for this.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How often it is looked whether it is time for the day's reminders.
const REMIND: Duration = Duration::from_secs(600);
/// How often what is over is removed. It is refused anyway; this only keeps the tables small.
const SWEEP: Duration = Duration::from_secs(3600);

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Plain http where others could listen.
    #[error(
        "--address {0} can be reached from other machines, and plain http would send passwords and training records \
         unprotected. Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that adds https, or say \
         --allow-plain-http if the network itself is protected"
    )]
    PlainHttp(SocketAddr),
    /// The address cannot be listened on.
    #[error("--address {0}: {1}; choose a free port on an address of this machine")]
    Address(SocketAddr, io::Error),
    /// The folder of the database.
    #[error("--database-url {0}: its folder cannot be made: {1}; choose a folder this account may write to")]
    Folder(DatabaseUrl, io::Error),
    /// The database itself.
    #[error("--database-url {0}: {1}")]
    Database(DatabaseUrl, store::StoreError),
    /// A demonstration in a real organisation's database.
    #[error(
        "--demo: {0} holds a real organisation, which stays as it is; give --database-url another file, such as \
         sqlite:data/demo.db"
    )]
    NotADemo(DatabaseUrl),
    /// A demonstration that was broken off while it was made.
    #[error("--demo: {0} holds a made-up hospital that was never finished; delete it and start again")]
    HalfADemo(DatabaseUrl),
    /// A demonstration was to be made where there is one.
    #[error("{0} holds a made-up hospital already; `bedside serve --demo` shows it, or delete it first")]
    AlreadyADemo(DatabaseUrl),
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] http::TlsError),
    /// How messages go out.
    #[error(transparent)]
    Mail(#[from] mail::MailError),
    /// What a use case could not do at the start.
    #[error("the start did not finish: {0}")]
    Usecase(#[from] usecases::Failure),
    /// The operating system.
    #[error("the operating system refused: {0}")]
    System(#[from] io::Error),
}

/// Opens the database, after making the folder of a file, and brings it to this program's schema.
///
/// # Errors
///
/// Names the setting and what would be right.
pub async fn open(url: &DatabaseUrl) -> Result<Store, StartError> {
    make_folder(url)?;
    let wrong = |error| StartError::Database(url.clone(), error);
    let store = Store::open(url.as_str()).await.map_err(wrong)?;
    let steps = store.migrate(clock::now().as_microsecond()).await.map_err(wrong)?;
    if steps > 0 {
        tracing::info!(steps, "the database was brought to this program's schema");
    }
    Ok(store)
}

/// Makes the folder of an SQLite file.
///
/// # Errors
///
/// Names the setting and what would be right.
pub fn make_folder(url: &DatabaseUrl) -> Result<(), StartError> {
    match url.file().as_deref().and_then(std::path::Path::parent) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|error| StartError::Folder(url.clone(), error)),
        None => Ok(()),
    }
}

/// Runs the platform until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// Whatever keeps it from starting; once it serves, it ends well.
pub async fn run(serve: Serve) -> Result<(), StartError> {
    let tls = match (&serve.tls_cert, &serve.tls_key) {
        (Some(cert), Some(key)) => Some(http::tls(cert, key)?),
        _ => None,
    };
    if tls.is_none() && !serve.address.ip().to_canonical().is_loopback() {
        if !serve.allow_plain_http {
            return Err(StartError::PlainHttp(serve.address));
        }
        tracing::warn!(
            address = %serve.address,
            "plain http is allowed on an address that other machines can reach: passwords and training records cross \
             the network unprotected unless something in front of it adds https"
        );
    }
    let stop = http::told_to_stop()?;
    let chosen = serve.database.database_url;
    let database = if serve.demo { chosen.for_demo() } else { chosen };
    let mail = mail::Settings::read(&serve.mail, serve.public_url.as_deref(), &database)?;
    if serve.demo {
        demo::make_once(&database).await?;
    }
    let store = open(&database).await?;
    let listener = TcpListener::bind(serve.address).await.map_err(|error| StartError::Address(serve.address, error))?;
    let address = listener.local_addr()?;
    let mut state = layers::state(&store);
    state.mail = mail.way();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let own = serve.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", reachable(address)));
    state.public_url = serve.public_url;
    publish_starter(&state.usecases, clock::now()).await?;
    if serve.demo {
        demo::say_sign_ins(&state.usecases).await?;
    }
    announce(&state, address, tls.is_some()).await?;
    let settings = layers::Settings {
        tls: tls.is_some(),
        // It says so on every page, however it was started.
        demo: matches!(state.usecases.holds().await?, Holds::ADemo | Holds::HalfADemo),
        trusted_proxies: serve.trusted_proxy.into(),
        metrics_from: serve.metrics_from.into(),
    };
    let sweep = tokio::spawn(sweep(state.usecases.clone()));
    let catch_up = tokio::spawn(catch_up(state.usecases.clone()));
    let reminders = tokio::spawn(remind(state.usecases.clone()));
    let exports = exports::start(state.usecases.clone());
    let sender = mail::start(Mailer::new(mail, own), store.clone(), state.usecases.clone());
    let ending = sender.ending();
    let stop = async move {
        stop.await;
        ending.tell();
    };
    http::serve(listener, layers::build(state, store.clone(), settings), tls, stop).await;
    sweep.abort();
    catch_up.abort();
    reminders.abort();
    tokio::join!(exports.end(), sender.end());
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Publishes what the binary brings. Content that is already live in this form stays as it is, and so does what people published in its
/// place or withdrew.
///
/// # Errors
///
/// What the database says.
pub async fn publish_starter(usecases: &usecases::Usecases, now: Timestamp) -> Result<(), StartError> {
    for checked in content::starter() {
        let attached = content::attached(&checked, content::starter_file);
        let file = File::of(&checked.text, Cow::Borrowed(&checked.document), &attached).from_program();
        match usecases.publish(&file, now).await? {
            Published::New => tracing::info!(file = %checked.path, "starter content was published"),
            Published::Unchanged | Published::Moved => {}
            Published::Refused { notice, .. } => {
                tracing::warn!(file = %checked.path, ?notice, "starter content was not published");
            }
        }
    }
    Ok(())
}

/// Tells the operator where to go: on standard output, one line each, for people and scripts alike.
async fn announce(state: &app::AppState, address: SocketAddr, tls: bool) -> Result<(), StartError> {
    let scheme = if tls { "https" } else { "http" };
    if let Some(token) = state.usecases.make_set_up_link(clock::now()).await? {
        let here = format!("{scheme}://{}", reachable(address));
        say(format_args!("Set-up link: {}/setup/{token}", state.public_url.as_ref().unwrap_or(&here)));
    }
    say(format_args!("Listening on {scheme}://{address}"));
    Ok(())
}

/// An address to open on this machine: "all addresses" is none that a browser can go to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn catch_up(usecases: usecases::Usecases) {
    let mut every = tokio::time::interval(CATCH_UP);
    loop {
        every.tick().await;
        match usecases.catch_up().await {
            Ok(0) => {}
            Ok(people) => tracing::info!(people, "obligations were worked out anew after a change of the rules"),
            Err(error) => tracing::warn!(%error, "obligations could not be worked out anew"),
        }
    }
}

/// Runs the day's reminders once it is morning at the site. After a failure it goes on at the next look; after a restart it runs again,
/// which sends nothing twice.
async fn remind(usecases: usecases::Usecases) {
    let mut every = tokio::time::interval(REMIND);
    let mut done = None;
    loop {
        every.tick().await;
        let now = clock::now();
        match usecases.morning(now).await {
            Ok(Some(day)) if done != Some(day) => match usecases.remind_everybody(now).await {
                Ok(passed) => {
                    done = Some(day);
                    tracing::info!(
                        messages = passed.messages,
                        without_address = passed.without_address,
                        "the day's reminders"
                    );
                }
                Err(error) => tracing::warn!(%error, "the day's reminders could not be finished"),
            },
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "it could not be told whether it is time for reminders"),
        }
    }
}

async fn sweep(usecases: usecases::Usecases) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        every.tick().await;
        match usecases.sweep(clock::now()).await {
            Ok(removed) => tracing::debug!(removed, "what is over was removed"),
            Err(error) => tracing::warn!(%error, "what is over could not be removed"),
        }
        // A month that has ended since the last time.
        match usecases.count_months(clock::now()).await {
            Ok(0) => {}
            Ok(months) => tracing::info!(months, "the ends of months were counted"),
            Err(error) => tracing::warn!(%error, "the ends of months could not be counted"),
        }
        if let Err(error) = usecases.count_today(clock::now()).await {
            tracing::warn!(%error, "departments could not be counted");
        }
    }
}
