//! What every handler is given.

use std::sync::Arc;

use serde::Deserialize;

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What people can do.
    pub usecases: usecases::Usecases,
    /// Where the browser finds style and script.
    pub assets: Arc<Assets>,
    /// Whether browsers reach us over https, so that cookies are for https only.
    pub secure: bool,
    /// The address people reach the site by, without a slash at its end; without it, whichever one they used.
    pub public_url: Option<String>,
    /// Where messages to people go, for the page that shows them.
    pub mail: MailWay,
}

/// Where messages to people go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailWay {
    /// To the mail server of this name.
    Server(String),
    /// Into files of this folder of the machine.
    Folder(String),
}

impl Default for MailWay {
    fn default() -> Self {
        Self::Folder("data/mail".to_owned())
    }
}

/// The addresses of the hashed files of the browser part; empty strings where it was not built.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Assets {
    /// The one style sheet.
    pub css: String,
    /// The script that starts the islands.
    pub islands: String,
    /// The small script of every page, which keeps pages and forms on the device when there is no line.
    #[serde(default)]
    pub page: String,
    /// The script of the studio's editor.
    #[serde(default)]
    pub studio: String,
    /// The glue around the wasm.
    pub js: String,
    /// The wasm.
    pub wasm: String,
}
