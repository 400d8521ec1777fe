//! The use cases without a browser, on both engines.

mod account;
mod activities;
mod beside;
mod bulk;
mod common;
mod digest;
mod evidence;
mod exports;
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
mod saved_views;
mod statistics;
mod studio_checks;
mod two_writers;
