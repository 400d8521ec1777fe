//! The use cases without a browser, on both engines.

mod account;
mod activities;
mod bulk;
mod common;
mod exports;
mod digest;
mod main_job;
mod messages;
mod oracle;
mod organisation;
mod recall;
mod recording;
mod reminders;
mod reports;
mod requirements;
mod roster;
mod statistics;
mod saved_views;
