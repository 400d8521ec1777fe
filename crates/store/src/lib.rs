//! The facts on disk: every line of SQL, SQLite and PostgreSQL alike.
//!
//! This is the only crate of the product that names sqlx. Callers see [`Store`] with methods in the words of the domain. It never
//! reads the clock (`now` is an argument, microseconds since 1970), never hashes a password, never checks a right and never makes a
//! sentence for a page. A refusal of the domain is a value ([`Added::EmailTaken`]); [`StoreError`] is for a database that fails.
//!
//! In reading order:
//!
//! - `open`, `migrate`, `backup`: the database as a whole;
//! - `db`: the façade over the two engines; `writer`: how writes share a commit; `note`: the audit line that goes with a write;
//!   `readers`: who reads a file;
//! - one file a noun: `site`, `person`, `department`, `device`, `session`, `link`, `counter`, `document`, `withdrawing`, `draft`, `review`, `asset`, `search`,
//!   `attempt` with `form` (a token makes a step happen once), `reading` (steps in a module), `activity` (steps in a role-play or a
//!   quiz) and `completion`; `roster` (people in bulk, imports and their
//!   undoing); `recall` (questions between cycles); `reflection`, `feedback`, `allowance`, `calendar`, `shared_file` (what all courseware shares), `fact`, `audit`; `statistics` (first attempts);
//! - who must do what: `requirement` (with policies and paths), `assignment`, `stale` (whom a change of the rules has left to do),
//!   `event` (what is recorded about somebody), `bulk` (about many at once), `obligation` (what follows), `deputy`, `moving` (managers who move), `reminder`;
//! - `report` (how many people stand at once), `evidence` (what happened, for auditors), `exception` (what stands in the way),
//!   `touched` (whose numbers a change made old), `month` (numbers that stay);
//! - `saved_view` (with when and to whom it is mailed), `export` (files that are made in the background and wait for their owner);
//! - [`load`]: a whole history at once, into a database that is new;
//! - `message` (what is to be sent, and what became of it) and `outbox` (how it is sent once, whoever sends).
//!
//! The next noun: a table in a new numbered pair under `migrations/` (and in `migrate::ALL`), a file here with its private SQL,
//! methods on [`Store`] that read through `reader()` and write through `write(arguments, work)`, and a test in `tests/` that runs on
//! both engines. Locks are taken in one order: person, departments by id, `ledger_head` last.

mod activity;
mod allowance;
mod asset;
mod assignment;
mod attempt;
mod audit;
mod backup;
mod brought;
mod bulk;
mod calendar;
mod completion;
mod counter;
mod db;
mod department;
mod deputy;
mod device;
mod document;
mod draft;
mod error;
mod event;
mod evidence;
mod exception;
mod export;
mod fact;
mod feedback;
mod first_steps;
mod form;
mod id;
mod left;
mod link;
pub mod load;
mod message;
mod migrate;
mod month;
mod moving;
mod note;
mod obligation;
mod open;
mod outbox;
mod person;
mod readers;
mod reading;
mod recall;
mod reflection;
mod reminder;
mod report;
mod requirement;
mod review;
mod roster;
mod saved_view;
mod search;
mod session;
mod shared_file;
mod site;
mod stale;
mod statistics;
mod touched;
mod withdrawing;
mod writer;

pub use activity::{ActivityAttempt, End, NewAttempt, NewStep, StepKind, TakenStep, Tried};
pub use allowance::{Allowance, Allowed, NewAllowance};
pub use asset::Asset;
pub use assignment::{Assignment, Audience, Ending, What};
pub use attempt::Attempt;
pub use audit::{AuditEntry, AuditFilter, NewAudit};
pub use backup::{Backup, Restore};
pub use brought::{BroughtFile, NewBrought};
pub use bulk::{Bulk, BulkDone, BulkLine, BulkUndone, NewBulk, UndoBulk, in_bulk};
pub use completion::{Activity, Certificate, Goal};
pub use department::{Department, DepartmentAdded, DepartmentChanged};
pub use deputy::Deputy;
pub use document::{Along, Change, LiveDocument, NewVersion, NewWish, PastVersion, Publish, Version, Went};
pub use draft::{Draft, DraftKept, NewDraft};
pub use error::{Result, StoreError};
pub use event::{Event, NewEvent, PastEvent, Recorded, recording};
pub use evidence::{AnyAttempt, AskedBy, Round, Told as ToldOf, Worked};
pub use exception::{AskedTwice, Whom};
pub use export::{Export, ExportAdded, ExportLease, ExportPart, ExportProgress, ExportState, LeasedExport, NewExport};
pub use fact::{Completed, Completion, Head, TeamMember, Verified};
pub use feedback::{Feedback, Said};
pub use first_steps::SetSoFar;
pub use form::{Form, Outcome};
pub use id::{
    AssignmentId, AttemptId, DepartmentId, DocumentId, ExportId, MessageId, PathId, PersonId, RequirementId, VersionId,
    ViewId,
};
pub use left::Left;
pub use link::{LinkKind, LinkState, NewLink, Spend};
pub use message::{Bounced, BouncedAddress, Message, MessageKind, MessageLine, MessageState, NewMessage};
pub use month::MonthCell;
pub use moving::{Lost, Moved};
pub use obligation::{Account, Obligation, Rebuilt, Supposed};
pub use open::Store;
pub use outbox::{Begun, Leased, Sending};
pub use person::{Added, Credentials, NewPerson, People, Person, PersonUpdate, Right, Tenure, Updated};
pub use reading::{CheckAnswer, CheckAnswered, PageRead, Progress, Reading};
pub use recall::{RecallAnswer, RecallAnswered, RecallSession};
pub use reflection::{Reflection, Written};
pub use reminder::{Managing, Reachable, Reminded};
pub use report::{After, Cell, Line, Placed, Want};
pub use requirement::{Named, NewRequirement, NewUpdate, Path, PathStep, PolicyVersion, Requirement, Wish};
pub use review::{Review, ReviewState, Reviewed};
pub use roster::{
    Access, Applied, Credit, DepartmentAt, Held, HeldFile, Import, NewImport, NewPlace, RosterChange, RosterPerson,
    RosterPlace, RosterPlan, Told, Undone,
};
pub use saved_view::{Every, Mailing, Reads, SavedView, SeesTeam, ViewSaved};
pub use search::{Hit, Words};
pub use session::{NewSession, Session, SessionSummary, WhoAsks};
pub use shared_file::{SharedFile, SharedKept};
pub use site::{FirstAdministrator, SetUp, Site};
pub use statistics::{FirstAttempt, FirstAttempts, FirstCheck, VersionLine};
pub use touched::{Seen, Touches};
pub use withdrawing::{Needing, Withdrawn};
pub use writer::WriteCounters;
