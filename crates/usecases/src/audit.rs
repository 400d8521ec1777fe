//! The audit log: who did what, to whom, when and from where. It holds no secrets (security.md, Privacy).

use jiff::civil::DateTime;
use store::{AuditFilter, DepartmentId, PersonId};

use crate::{Failure, Usecases, who::Who};

/// Where a change comes from that was made with the program itself.
pub const COMMAND_LINE: &str = "command line";

/// How many entries a page shows.
const ON_A_PAGE: i64 = 50;

/// What an entry is about, as the log keeps it: `person/12`, `department/3`, an address, or nothing.
#[derive(Clone, Debug, Default)]
pub struct Object(pub(crate) String);

impl From<PersonId> for Object {
    fn from(person: PersonId) -> Self {
        Self(format!("person/{person}"))
    }
}

impl From<Option<PersonId>> for Object {
    fn from(person: Option<PersonId>) -> Self {
        person.map(Self::from).unwrap_or_default()
    }
}

impl From<DepartmentId> for Object {
    fn from(department: DepartmentId) -> Self {
        Self(format!("department/{department}"))
    }
}

/// The kinds of entries, each with the words for it: the word in the log, and what a person reads.
pub const KINDS: &[(&str, &str)] = &[
    ("sign-in.done", "Signed in"),
    ("sign-in.refused", "Sign-in refused"),
    ("sign-in.slowed", "Sign-in held back after many tries"),
    ("session.ended", "Session ended"),
    ("sessions.ended", "Signed out everywhere"),
    ("password.chosen", "Password chosen"),
    ("password.changed", "Password changed"),
    ("password.reset", "Password reset"),
    ("link.made", "Link made"),
    ("access.denied", "Page refused"),
    ("person.added", "Person added"),
    ("person.changed", "Person changed"),
    ("person.placed", "Place of work changed"),
    ("person.disabled", "Person disabled"),
    ("person.enabled", "Person enabled"),
    ("person.days", "First or last day changed"),
    ("people.imported", "People imported"),
    ("history.imported", "Prior credit imported"),
    ("import.undone", "Import undone"),
    ("person.exported", "Own data downloaded"),
    ("person.reminded", "Person reminded"),
    ("reminder.withdrawn", "Reminder withdrawn"),
    ("person.viewed", "Person looked at"),
    ("person.filed", "Report of a person as a file"),
    ("packet.made", "Audit packet made"),
    ("calendar.made", "Calendar link made"),
    ("calendar.ended", "Calendar link ended"),
    ("right.granted", "Right given"),
    ("right.revoked", "Right taken away"),
    ("department.added", "Department added"),
    ("department.changed", "Department changed"),
    ("requirement.added", "Requirement added"),
    ("requirement.changed", "Requirement changed"),
    ("policy.changed", "Policy changed"),
    ("policy.recalculated", "Policy applied to everybody"),
    ("update.asked", "New version asked for"),
    ("path.added", "Path added"),
    ("path.changed", "Path changed"),
    ("assignment.made", "Assigned"),
    ("assignment.ended", "Assignment ended"),
    ("job-role.added", "Job role added"),
    ("job-role.renamed", "Job role renamed"),
    ("module.published", "Module published"),
    ("scenario.published", "Role-play published"),
    ("quiz.published", "Quiz published"),
    ("job-aid.published", "Job aid published"),
    ("recorded.extended", "Due date extended"),
    ("recorded.exempted", "Exemption recorded"),
    ("recorded.leave", "Leave recorded"),
    ("recorded.prior-credit", "Prior credit recorded"),
    ("recorded.completed", "Completion recorded"),
    ("recorded.revoked", "Credit taken back"),
    ("recorded.hired", "Day of hiring recorded"),
    ("recorded.left", "Last day recorded"),
    ("recorded.rehired", "Coming back recorded"),
    ("recorded.corrected", "Record corrected"),
    ("recorded.retracted", "Record taken away"),
    ("allowance.given", "More time or attempts given"),
    ("draft.discarded", "Draft thrown away"),
    ("draft.pictured", "Picture added to a draft"),
    ("competency.changed", "Competency changed"),
    ("suggestion.changed", "Suggested path changed"),
    ("draft.approval-asked", "Approval of a draft asked for"),
    ("draft.approved", "Draft approved"),
    ("draft.sent-back", "Draft sent back"),
    ("module.withdrawn", "Module withdrawn"),
    ("scenario.withdrawn", "Role-play withdrawn"),
    ("quiz.withdrawn", "Quiz withdrawn"),
    ("job-aid.withdrawn", "Job aid withdrawn"),
    ("module.live-again", "Module made live again"),
    ("scenario.live-again", "Role-play made live again"),
    ("quiz.live-again", "Quiz made live again"),
    ("job-aid.live-again", "Job aid made live again"),
    ("update.wished", "Mandatory update wished for"),
    ("update.laid-aside", "Mandatory update laid aside"),
    ("courseware.imported", "Courseware brought in"),
    ("deputy.added", "Deputy named"),
    ("deputy.ended", "Deputy ended"),
    ("report.exported", "Report exported"),
    ("statistics.exported", "Statistics downloaded"),
    ("view.saved", "View saved"),
    ("view.renamed", "View renamed"),
    ("view.deleted", "View deleted"),
    ("view.mailed", "Mailing of a view changed"),
    ("view.recipient", "View mailed to a person"),
    ("view.stopped", "View no longer mailed to a person"),
    ("site.set-up", "Site set up"),
    ("site.changed", "Organisation changed"),
    ("site.demo", "Demonstration filled"),
    ("message.again", "Message sent again"),
    ("message.tested", "Test message sent"),
    ("message.bounced", "Message came back"),
    ("mail.stopped", "Messages switched off"),
    ("mail.resumed", "Messages switched on again"),
];

/// Which entries to show; nothing chosen shows all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// Only this kind, one of [`KINDS`]; empty for all.
    pub what: &'a str,
    /// Only what this person did or what was done to them.
    pub person: Option<PersonId>,
    /// Only entries before this number.
    pub before: Option<i64>,
}

/// One entry, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// When, by the site's clocks.
    pub at: DateTime,
    /// Who; none for the command line and for somebody not signed in.
    pub who: Option<(PersonId, String)>,
    /// Whether it was done on the command line.
    pub by_command: bool,
    /// What was done, in words.
    pub what: String,
    /// The person it was done to, if it was one.
    pub whom: Option<(PersonId, String)>,
    /// Anything more.
    pub detail: String,
    /// From where.
    pub from: Option<String>,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub lines: Vec<AuditLine>,
    /// The number to go on before, for the next page.
    pub older: Option<i64>,
    /// The name of the person that was searched for.
    pub person: Option<String>,
}

impl Usecases {
    /// A page of the audit log.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] for a person who is not there,
    /// [`Failure::Store`].
    pub async fn audit_log(&self, who: &Who, search: Search<'_>) -> Result<AuditPage, Failure> {
        who.as_administrator()?;
        let person = match search.person {
            Some(person) => Some(self.store.person(person).await?.ok_or(Failure::NotFound)?.name),
            None => None,
        };
        let filter = AuditFilter {
            about: search.person,
            what: Some(search.what.to_owned()).filter(|what| !what.is_empty()),
            before: search.before,
            ..AuditFilter::default()
        };
        // One more than is shown says whether there are older ones.
        let mut entries = self.store.audit_page(&filter, ON_A_PAGE + 1).await?;
        let more = entries.len() > usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
        if more {
            entries.pop();
        }
        let older = entries.last().filter(|_| more).map(|last| last.id);
        let local = self.local().await?;
        let lines = entries.into_iter().map(|entry| {
            let object = entry.object.strip_prefix("person/").and_then(|id| id.parse().ok()).map(PersonId);
            // A department's name is in the details; an address that was refused is the object itself.
            let other = if entry.object.starts_with('/') { entry.object } else { String::new() };
            AuditLine {
                at: local(entry.at),
                who: entry.who.zip(entry.who_name),
                by_command: entry.from.as_deref() == Some(COMMAND_LINE),
                what: words(&entry.what),
                whom: object.zip(entry.object_name),
                detail: [other, entry.detail]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join(": "),
                from: entry.from,
            }
        });
        Ok(AuditPage { lines: lines.collect(), older, person })
    }

    /// Writes down that somebody signed in asked for an address that is not theirs to see.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn denied(&self, who: &Who, path: &str, now: jiff::Timestamp) -> Result<(), Failure> {
        let path: String = path.chars().take(200).collect();
        self.audit(who, "access.denied", Object(path), "", now).await
    }
}

/// The words for a kind of entry; the log's own word where there are none yet.
fn words(what: &str) -> String {
    KINDS.iter().find(|(kind, _)| *kind == what).map_or(what, |(_, words)| words).to_owned()
}
