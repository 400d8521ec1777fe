//! The use cases without a browser, on both engines.

mod account;
mod activities;
mod common;
mod evidence;
mod main_job;
mod messages;
mod recall;
mod recording;
mod reminders;
mod requirements;
mod roster;
