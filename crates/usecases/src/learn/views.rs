//! What a learner may see of a module, a page and their own record.

use courseware::{
    Question,
    question::{Choice, Response},
};
use jiff::civil::Date;

/// A module as one person finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleCard {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: Option<u32>,
    /// How many pages it has.
    pub pages: u32,
    /// How far the person is.
    pub progress: Progress,
    /// The address of the page to go on with.
    pub continue_at: String,
}

impl ModuleCard {
    /// About how many minutes are left after so many pages; at least one.
    pub fn minutes_left(&self, read: u32) -> Option<u32> {
        minutes_left(self.minutes, self.pages, read)
    }
}

pub(super) fn minutes_left(minutes: Option<u32>, pages: u32, read: u32) -> Option<u32> {
    let pages = pages.max(1);
    minutes.map(|minutes| (minutes * pages.saturating_sub(read)).div_ceil(pages).max(1))
}

/// How far somebody is in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    New,
    /// Begun, with so many pages read.
    Begun {
        /// Pages read.
        read: u32,
    },
    /// Completed.
    Done {
        /// On this day in the site's zone.
        on: Date,
    },
}

/// A module and its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleOverview {
    /// The module.
    pub card: ModuleCard,
    /// What stands before its first page, as safe HTML.
    pub intro_html: String,
    /// Its pages in order.
    pub pages: Vec<PageEntry>,
    /// The newest attempt, if it was ever begun.
    pub newest: Option<i64>,
}

/// A page in a list of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEntry {
    /// Its address.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Whether it was marked read in the present attempt, or the module is completed.
    pub read: bool,
}

/// One page to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderPage {
    /// The module's name in addresses.
    pub slug: String,
    /// The module's title.
    pub module_title: String,
    /// The page's title.
    pub title: String,
    /// The page's address.
    pub href: String,
    /// Which page it is, from 1.
    pub number: usize,
    /// All pages of the module.
    pub pages: Vec<PageEntry>,
    /// About how many minutes are left, this page included.
    pub minutes_left: Option<u32>,
    /// What is on it.
    pub body: PageBody,
    /// The version it was taken from.
    pub version: i64,
    /// The newest attempt at it, if it was ever begun.
    pub newest: Option<i64>,
    /// A fresh one-time token for the form that answers.
    pub token: String,
    /// What stands below the answers of a question, as safe HTML.
    pub after_html: String,
    /// A fresh one-time token for the form that marks it read.
    pub read_token: String,
    /// Where "next" leads without recording anything: only once the module is completed.
    pub next_href: Option<String>,
    /// What comes after this page.
    pub next: Next,
    /// The page before.
    pub back_href: Option<String>,
}

/// What comes after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The page after it.
    Page,
    /// From the last page, one that was left out.
    LeftOut,
    /// Nothing: with this page everything is read.
    End,
}

/// What is on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBody {
    /// Text, as safe HTML.
    Text(String),
    /// A question to check oneself with.
    Check(CheckPage),
}

/// A check question as it may be seen now: without keys and feedback until it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckPage {
    /// Whether several answers may be ticked.
    pub multiple: bool,
    /// The question, as safe HTML.
    pub stem_html: String,
    /// A hint, as safe HTML.
    pub hint_html: Option<String>,
    /// The answers.
    pub options: Vec<CheckOption>,
    /// What was made of the answer, once given.
    pub verdict: Option<CheckVerdict>,
}

/// One answer of a check question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOption {
    /// Its id.
    pub id: u32,
    /// Its words, as safe HTML.
    pub html: String,
    /// Whether the person ticked it.
    pub ticked: bool,
    /// Whether it is right, once answered.
    pub correct: Option<bool>,
    /// Feedback on it, once answered.
    pub feedback_html: Option<String>,
}

/// What was made of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckVerdict {
    /// Whether everything was right; none where there is no answer and the key is only shown.
    pub right: Option<bool>,
    /// Feedback on the question, as safe HTML.
    pub feedback_html: Option<String>,
}

impl CheckPage {
    /// With the key and the feedback when it was answered, or when `key` may be seen anyway.
    pub(super) fn of(question: &Question, choice: &Choice, answered: Option<&[u32]>, key: bool) -> Self {
        let graded = answered.map(|ticked| courseware::grade(question, &Response::Ticked(ticked.to_vec())));
        let shown = graded.is_some() || key;
        let options = choice.options.iter().map(|option| CheckOption {
            id: option.id,
            html: option.html.clone(),
            ticked: answered.is_some_and(|ticked| ticked.contains(&option.id)),
            correct: shown.then_some(option.correct),
            feedback_html: option.feedback_html.clone().filter(|_| shown),
        });
        Self {
            multiple: choice.multiple,
            stem_html: question.stem_html(|_| String::new()),
            hint_html: question.hint_html.clone(),
            options: options.collect(),
            verdict: shown.then(|| CheckVerdict {
                right: graded.map(|graded| graded.correct),
                feedback_html: question.feedback_html.clone(),
            }),
        }
    }
}

/// A step somebody takes on a page: which page, of which version, under which form's token.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The module.
    pub slug: &'a str,
    /// The page.
    pub page: &'a str,
    /// The form's one-time token.
    pub token: &'a str,
    /// The version that the form was rendered from.
    pub version: i64,
    /// The newest attempt when it was rendered.
    pub newest: Option<i64>,
}

/// One completion in somebody's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// The title it had.
    pub title: String,
    /// The day of completion in the site's zone.
    pub on: Date,
    /// The first characters of the version's content hash.
    pub version: String,
    /// Its number in the ledger.
    pub entry: i64,
}
