//! What a learner may see of a module and a page.

use jiff::civil::Date;

use super::ActivityCard;
use crate::question::QuestionView;

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
    /// The role-play or quiz that is still missing, once every page is read.
    pub missing: Option<ActivityCard>,
}

impl ModuleCard {
    /// About how many minutes are left after so many pages; at least one. Once all is read, those of what is missing.
    pub fn minutes_left(&self, read: u32) -> Option<u32> {
        match &self.missing {
            Some(missing) => missing.minutes,
            None => minutes_left(self.minutes, self.pages, read),
        }
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
    /// Whether completion takes reading them.
    pub reads: bool,
    /// The role-plays and quizzes in it.
    pub activities: Vec<ActivityCard>,
    /// The newest attempt, if it was ever begun.
    pub newest: Option<i64>,
    /// Whether it may be begun: nobody begins what was withdrawn.
    pub begins: bool,
    /// The last day on which the last completion counts.
    pub valid_through: Option<Date>,
    /// The number of the certificate of the last completion.
    pub certificate: Option<String>,
    /// Whether it is time to ask what they think of it.
    pub may_say: bool,
    /// A fresh token for the form that asks.
    pub token: String,
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
    /// What there is to do on it.
    pub body: PageBody,
    /// Its text, as safe HTML; of a question, what stands below it.
    pub html: String,
    /// The role-plays and quizzes on it.
    pub activities: Vec<ActivityCard>,
    /// The version it was taken from.
    pub version: i64,
    /// The newest attempt at it, if it was ever begun.
    pub newest: Option<i64>,
    /// A fresh one-time token for the form that answers.
    pub token: String,
    /// A fresh one-time token for the form that marks it read.
    pub read_token: String,
    /// What comes after this page.
    pub next: Next,
    /// Whether the module is completed, so that reading on records nothing.
    pub completed: bool,
    /// The page before.
    pub back_href: Option<String>,
}

/// What comes after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The page after it.
    Page {
        /// Its address.
        href: String,
    },
    /// From the last page, one that was left out.
    LeftOut {
        /// Its address.
        href: String,
    },
    /// Everything is read; a role-play or a quiz is missing.
    Activity {
        /// Its address.
        href: String,
        /// Its title.
        title: String,
        /// Whether it is a quiz; else a role-play.
        is_quiz: bool,
    },
    /// Nothing: with this page everything is done.
    End {
        /// The module's address.
        href: String,
    },
}

impl Next {
    /// Where it leads.
    pub fn href(&self) -> &str {
        match self {
            Self::Page { href } | Self::LeftOut { href } | Self::Activity { href, .. } | Self::End { href } => href,
        }
    }
}

/// What there is to do on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBody {
    /// Read it.
    Text,
    /// Turn cards.
    Cards,
    /// Answer a question to check oneself with.
    Check(QuestionView),
    /// Write something for oneself.
    Reflect {
        /// The least number of words that the author asks for.
        words: Option<u32>,
        /// What was written.
        text: String,
        /// When, microseconds; 0 where nothing was.
        over: i64,
    },
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
