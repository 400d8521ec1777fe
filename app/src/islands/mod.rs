//! The parts of a page that come alive in the browser. Each is a working form first; the server renders it from the
//! same view type, which holds only what may be seen now.

pub mod check;
pub mod password;
#[cfg(feature = "hydrate")]
mod send;
