//! What tests of several crates stand on; never part of the product. Everything here panics when it cannot go on, as a test does.
//!
//! In reading order: [`database`] (a database per test, on either engine), [`program`] (the program as a process), [`browser`]
//! (one person's requests, over a socket), [`smtp`] (a mail server).

pub mod browser;
pub mod database;
pub mod program;
pub mod smtp;

pub use browser::{Answer, Browser};
pub use database::Database;
pub use program::Program;
pub use smtp::Smtp;

/// Every test named runs once on each engine: in a module `sqlite` and in a module `postgres`. Each gets a `Db` of the calling file,
/// which must have `sqlite()`, `postgres()` and `drop_it()`.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let db = super::Db::sqlite().await;
                super::$name(&db).await;
                db.drop_it().await;
            }
        )*}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let db = super::Db::postgres().await;
                super::$name(&db).await;
                db.drop_it().await;
            }
        )*}
    };
}
