//! The program around Bedside: configuration, HTTP, sessions, and the command line.
//!
//! What this crate never does: decide who may do what (`usecases`), render a page (`app`), or write SQL (`store`).
//!
//! In reading order:
//!
//! - [`cli`]: the commands, their settings, and what each setting's help says;
//! - [`settings`]: the words of a setting, parsed once: networks, database addresses;
//! - [`serve`]: opens the store, publishes the starter content, and runs until it is told to stop;
//! - [`http`]: the accept loop, TLS, timeouts, and the orderly end;
//! - [`layers`]: the router with everything around it, the same for the program and for the tests;
//! - [`client`]: who is asking, seen through declared proxies only;
//! - [`sessions`]: `tower_sessions` over our own table;
//! - [`assets`]: the style sheet, scripts and wasm inside the binary;
//! - [`health`]: `/health/live` and `/health/ready`;
//! - [`metrics`]: `/metrics`, for declared addresses only;
//! - [`mail`]: messages of the outbox on their way, to a mail server or into files; [`bounce`]: those that came back;
//! - [`exports`]: files that are made in the background;
//! - [`content`]: checking and publishing courseware, the embedded and the given;
//! - [`check`], [`play`], [`grade`], [`explain`]: the commands that work on files alone; the last on the database too;
//! - [`demo`]: the made-up hospital;
//! - [`commands`]: what `publish`, `backup`, `restore` and `verify` do; [`users`]: what `user` does; [`roster`]: `import` and
//!   `export`.
//!
//! A new setting is a field of [`cli::Serve`] with a default, an environment variable and a help text that says when
//! to change it; if its words need parsing, the type goes to [`settings`]. A new layer goes to [`layers::build`], with
//! a test in `tests/router.rs` that sees it act.

// `println!` and `eprintln!` end the program when nobody reads any more; `cli::say` and `cli::complain` do not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod assets;
pub mod bounce;
pub mod check;
pub mod cli;
pub mod client;
pub mod commands;
pub mod content;
pub mod demo;
pub mod explain;
pub mod exports;
pub mod grade;
pub mod health;
pub mod http;
pub mod layers;
pub mod mail;
pub mod metrics;
pub mod play;
pub mod roster;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod users;
