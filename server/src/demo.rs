//! The made-up hospital: made once, shown as often as somebody likes.

use std::{io::IsTerminal as _, time::Instant};

use store::Store;
use usecases::{
    Usecases, clock,
    demo::{Demo, DemoSignIn, Holds, ORGANISATION},
};

use crate::{
    cli::{self, say},
    content,
    serve::{self, StartError},
    settings::DatabaseUrl,
};

/// `bedside demo`: makes the hospital where there is nothing yet, and gives its sign-ins.
///
/// # Errors
///
/// Where the database holds anything already, or fails.
pub async fn run(settings: &cli::Demo) -> Result<(), StartError> {
    let database = settings.database.database_url.clone().for_demo();
    let demo = Demo::today(clock::now());
    let demo = Demo { seed: settings.seed, day: settings.date.unwrap_or(demo.day), months: settings.months };
    match make(&database, &demo).await? {
        Holds::Nothing => {}
        Holds::ADemo => return Err(StartError::AlreadyADemo(database)),
        Holds::HalfADemo => return Err(StartError::HalfADemo(database)),
        Holds::AnOrganisation => return Err(StartError::NotADemo(database)),
    }
    let store = serve::open(&database).await?;
    let said = say_sign_ins(&Usecases::new(store.clone())).await;
    store.close().await;
    said?;
    say(format_args!("To look around: bedside serve --demo --database-url {database}"));
    Ok(())
}

/// Makes the usual hospital, unless the database holds it already.
///
/// # Errors
///
/// Where the database holds a real organisation, or half a hospital, or fails.
pub async fn make_once(database: &DatabaseUrl) -> Result<(), StartError> {
    match make(database, &Demo::today(clock::now())).await? {
        Holds::Nothing | Holds::ADemo => Ok(()),
        Holds::HalfADemo => Err(StartError::HalfADemo(database.clone())),
        Holds::AnOrganisation => Err(StartError::NotADemo(database.clone())),
    }
}

/// Says how to sign in.
///
/// # Errors
///
/// Where the database fails.
pub async fn say_sign_ins(usecases: &Usecases) -> Result<(), StartError> {
    say(format_args!("{ORGANISATION}, made up. One sign-in for each right:"));
    for DemoSignIn { right, login, password } in usecases.demo_sign_ins().await? {
        say(format_args!("  {right:<14} {login:<36} {password}"));
    }
    Ok(())
}

/// Makes the hospital in a database that holds nothing; gives what it held before.
async fn make(database: &DatabaseUrl, demo: &Demo) -> Result<Holds, StartError> {
    let store = serve::open(database).await?;
    let held = Usecases::new(store.clone()).holds().await;
    store.close().await;
    let held = held?;
    if held == Holds::Nothing {
        let wrong = |error| StartError::Database(database.clone(), error);
        let store = Store::open_to_fill(database.as_str()).await.map_err(wrong)?;
        let usecases = Usecases::new(store.clone()).with_plan(content::starter_plan());
        let start = Instant::now();
        say(format_args!("{ORGANISATION} is being made, with {} months of learning: about a minute.", demo.months));
        serve::publish_starter(&usecases, demo.beginning()).await?;
        let shows = std::io::stdout().is_terminal();
        usecases
            .fill_demo(demo, |month| {
                if shows {
                    say(format_args!("  {}", month.strftime("%B %Y")));
                }
            })
            .await?;
        store.close().await;
        tracing::info!(seconds = start.elapsed().as_secs(), "the made-up hospital is there");
    }
    Ok(held)
}
