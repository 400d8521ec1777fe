//! What people see. Two rooms: [`islands`] is built for the server and the browser, `pages` for the server only.
//!
//! The site map is `routes`. To add a page: a line there, a file in `pages/` that asks one use case and renders its
//! view, and a `SignedIn` argument of its handler if it needs somebody signed in.

pub mod islands;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod posted;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod state;

#[cfg(feature = "ssr")]
pub use pages::{OWN_DEVICE, PERSON, WHO, error_page};
#[cfg(feature = "ssr")]
pub use request::{House, around};
#[cfg(feature = "ssr")]
pub use routes::{SITE_MAP, router};
#[cfg(feature = "ssr")]
pub use state::{AppState, Assets, MailWay};
