//! One's own profile: who one is here, where one is signed in, the password, and one's own data.

use jiff::{Timestamp, civil::DateTime};
use serde::Serialize;
use store::{Person, RequirementId};

use crate::{
    Failure, FieldError, Usecases, clock,
    obligations::{Asked, coverage_words, overlay_words, timing_words},
    people::login,
    reports::saved::every_words,
    secret::hex,
    sign_in::WINDOW,
    who::Who,
};

/// How many wrong present passwords are taken within a quarter of an hour, before a change has to wait.
const TRIES: i64 = 10;

/// The key in a session's data under which the browser it was begun with is named, in words.
pub const BROWSER: &str = "browser";
/// The key in a session's data under which its beginning stands, in seconds since 1970.
pub const BEGUN: &str = "begun";

/// One's own profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The full name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The staff number.
    pub staff_number: Option<String>,
    /// What one signs in with.
    pub login: String,
    /// Where one works today, with the job role before it.
    pub place: Option<String>,
    /// Where one is signed in, the last used first.
    pub sessions: Vec<SessionLine>,
}

/// One place where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// A name for it in forms; nobody can sign in with it.
    pub id: String,
    /// Whether it is the one that asks.
    pub here: bool,
    /// The browser, in words.
    pub browser: String,
    /// When it began, by the site's clocks.
    pub begun: Option<DateTime>,
    /// When it was last used, to five minutes.
    pub seen: DateTime,
}

/// Everything that is kept about somebody, for themselves.
#[derive(Clone, Debug, Serialize)]
pub struct OwnData {
    name: String,
    email: Option<String>,
    staff_number: Option<String>,
    rights: Vec<String>,
    places: Vec<OwnPlace>,
    completed: Vec<OwnCompletion>,
    begun: Vec<OwnProgress>,
    tried: Vec<OwnAttempt>,
    written_for_myself: Vec<OwnReflection>,
    said_of_modules: Vec<OwnFeedback>,
    recalled: Vec<OwnRecall>,
    calendar_link_made: Option<String>,
    messages: Vec<OwnMessage>,
    unsubscribed_from: Vec<&'static str>,
    asked_of_me: Vec<OwnAsked>,
    recorded_about_me: Vec<OwnEvent>,
    allowances: Vec<OwnAllowance>,
    deputyships: Vec<OwnDeputyship>,
    reminders: Vec<OwnReminder>,
    saved_views: Vec<OwnView>,
    views_mailed_to_me: Vec<OwnMailedView>,
}

/// A view of a report that was saved.
#[derive(Clone, Debug, Serialize)]
struct OwnView {
    name: String,
    address: String,
    mailed: Option<&'static str>,
}

/// A view of somebody's that is mailed to them.
#[derive(Clone, Debug, Serialize)]
struct OwnMailedView {
    name: String,
    owner: String,
    mailed: &'static str,
}

/// What is asked, as it stands today.
#[derive(Clone, Debug, Serialize)]
struct OwnAsked {
    requirement: String,
    stands: Vec<&'static str>,
    due: Option<String>,
    valid_through: Option<String>,
    late: bool,
}

/// A line of the ledger.
#[derive(Clone, Debug, Serialize)]
struct OwnEvent {
    ledger_entry: i64,
    kind: String,
    about: Option<String>,
    on: String,
    until: Option<String>,
    reason: Option<String>,
    evidence: Option<String>,
    approved_by: Option<String>,
    recorded_by: Option<String>,
    recorded_on: String,
    in_place_of_entry: Option<i64>,
    /// Whether a later entry took its place, or took it away.
    corrected: bool,
}

/// More time or attempts at a quiz.
#[derive(Clone, Debug, Serialize)]
struct OwnAllowance {
    quiz: Option<String>,
    more_minutes: i64,
    more_attempts: i64,
    reason: String,
    given_by: String,
    on: String,
}

/// Days on which somebody stands in for somebody else; one of the two is oneself.
#[derive(Clone, Debug, Serialize)]
struct OwnDeputyship {
    manager: String,
    deputy: String,
    from: String,
    until: String,
}

#[derive(Clone, Debug, Serialize)]
struct OwnReminder {
    about: String,
    why: &'static str,
    /// How many days before or after the due date it stands for; 0 where that says nothing.
    days: i32,
    on: String,
}

/// An answer to a question between cycles.
#[derive(Clone, Debug, Serialize)]
struct OwnRecall {
    after_ledger_entry: i64,
    on: String,
    question: String,
    answer: serde_json::Value,
    right: bool,
}

#[derive(Clone, Debug, Serialize)]
struct OwnMessage {
    subject: String,
    to: String,
    on: String,
    state: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct OwnFeedback {
    module: String,
    useful: i64,
    clear: i64,
    confident: i64,
    comment: String,
}

#[derive(Clone, Debug, Serialize)]
struct OwnPlace {
    department: String,
    job_role: String,
    from: String,
    until: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct OwnCompletion {
    title: String,
    on: String,
    version: String,
    ledger_entry: i64,
    valid_through: Option<String>,
    certificate: Option<String>,
}

/// An attempt at a role-play or a quiz, with what was chosen and answered.
#[derive(Clone, Debug, Serialize)]
struct OwnAttempt {
    title: String,
    kind: String,
    on: String,
    score: Option<u32>,
    passed: Option<bool>,
    steps: Vec<OwnAnswer>,
}

#[derive(Clone, Debug, Serialize)]
struct OwnReflection {
    document: String,
    page: String,
    text: String,
}

#[derive(Clone, Debug, Serialize)]
struct OwnProgress {
    module: String,
    pages_read: Vec<String>,
    answers: Vec<OwnAnswer>,
}

#[derive(Clone, Debug, Serialize)]
struct OwnAnswer {
    question: String,
    answer: serde_json::Value,
}

impl OwnAsked {
    fn of(asked: Asked) -> Self {
        let standing = asked.standing;
        let words = [standing.overlay.map(overlay_words), Some(coverage_words(standing.coverage))];
        let stands = words.into_iter().chain([timing_words(standing.timing)]).flatten().collect();
        Self {
            requirement: asked.name,
            stands,
            due: standing.due.map(|day| day.date().to_string()),
            valid_through: standing.valid_through.map(|day| day.date().to_string()),
            late: standing.late,
        }
    }
}

impl Usecases {
    /// One's own profile. `here` is the hash of the session that asks.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn profile(&self, who: &Who, here: &[u8], now: Timestamp) -> Result<Profile, Failure> {
        let person = self.own(who).await?;
        let tenure = self.store.tenure_on(who.person, self.today(now).await?).await?;
        let local = self.local().await?;
        let sessions = self.store.sessions_of(who.person, now.as_microsecond()).await?;
        let line = |session: store::SessionSummary| {
            let data: serde_json::Value = serde_json::from_slice(&session.data).unwrap_or_default();
            let begun = data.get(BEGUN).and_then(serde_json::Value::as_i64);
            SessionLine {
                id: hex(&session.id_hash),
                here: session.id_hash == here,
                browser: data.get(BROWSER).and_then(|name| name.as_str()).unwrap_or("Unknown browser").to_owned(),
                begun: begun.map(|seconds| local(seconds.saturating_mul(1_000_000))),
                seen: local(session.seen_at),
            }
        };
        Ok(Profile {
            login: login(&person),
            name: person.name,
            email: person.email,
            staff_number: person.employee_no,
            place: tenure.map(|tenure| format!("{}, {}", tenure.job_role, tenure.department_name)),
            sessions: sessions.into_iter().map(line).collect(),
        })
    }

    async fn own(&self, who: &Who) -> Result<Person, Failure> {
        self.store.person(who.person).await?.ok_or(Failure::NotFound)
    }

    /// Changes one's own password and ends every session but the one that asks, whose hash is `here`.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a wrong present password or a new one that is refused, [`Failure::TooMany`] after ten
    /// wrong ones within a quarter of an hour, [`Failure::Store`].
    pub async fn change_password(
        &self,
        who: &Who,
        (present, new): (&str, &str),
        here: &[u8],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let mut errors = Vec::new();
        let key = format!("password of {}", who.person);
        if self.store.hits(&key, now.as_microsecond()).await? >= TRIES {
            return Err(Failure::TooMany);
        }
        let hash = self.store.password_hash(who.person).await?;
        if present.is_empty() {
            errors.push(FieldError::new("present", "Enter the password you have now"));
        } else if !self.passwords.fits(present, hash.as_deref()).await? {
            self.store.hit(&key, WINDOW, now.as_microsecond()).await?;
            errors.push(FieldError::new("present", "This is not the password you have now"));
        }
        if new == present && !new.is_empty() {
            errors.push(FieldError::new("password", "Choose another password than the one you have now"));
        } else if let Some(why) = self.refused(new, &self.own(who).await?).await? {
            errors.push(FieldError::new("password", why));
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        let hash = self.passwords.hash(new).await?;
        self.noting(who, "password.changed", who.person, "", now).set_password(who.person, &hash, Some(here)).await?;
        Ok(self.store.reset_counter(&key).await?)
    }

    /// Ends one of one's own sessions, by the name it has in [`SessionLine::id`].
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none of that name that is theirs, [`Failure::Store`].
    pub async fn end_session(&self, who: &Who, id: &str, now: Timestamp) -> Result<(), Failure> {
        let sessions = self.store.sessions_of(who.person, now.as_microsecond()).await?;
        let session = sessions.iter().find(|session| hex(&session.id_hash) == id).ok_or(Failure::NotFound)?;
        let noting = self.noting(who, "session.ended", who.person, "", now);
        noting.delete_session_of(who.person, &session.id_hash).await?;
        Ok(())
    }

    /// Ends every session of one's own, the one that asks too.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn sign_out_everywhere(&self, who: &Who, now: Timestamp) -> Result<(), Failure> {
        self.noting(who, "sessions.ended", who.person, "", now).delete_sessions_of(who.person, None).await?;
        Ok(())
    }

    /// Everything that is kept about oneself (security.md, Privacy).
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn own_data(&self, who: &Who, now: Timestamp) -> Result<OwnData, Failure> {
        let person = self.own(who).await?;
        let tenures = self.store.tenures(who.person).await?;
        let mut begun = Vec::new();
        let mut modules = self.store.live_documents("module").await?;
        modules.extend(self.store.withdrawn_documents("module").await?);
        for live in modules {
            if let Some(progress) = self.store.progress(who.person, live.document).await? {
                let answers = progress.checks.into_iter().map(|check| OwnAnswer {
                    answer: serde_json::from_str(&check.answer).unwrap_or_default(),
                    question: check.question,
                });
                begun.push(OwnProgress {
                    module: live.title,
                    answers: answers.collect(),
                    pages_read: progress.pages_read,
                });
            }
        }
        let record = self.record(who, now).await?;
        let mut tried = Vec::new();
        for (line, attempt) in record.tried.into_iter().zip(self.store.tried(who.person, None).await?) {
            let wanted = Some(attempt.attempt.id);
            // Before its end, what was chosen would tell something of what is right.
            let steps = match line.attempt.href.is_none() {
                true => None,
                false => self.store.activity_attempt(who.person, attempt.document, wanted).await?,
            };
            let steps = steps.into_iter().flat_map(|attempt| attempt.steps).map(|step| OwnAnswer {
                question: step.node,
                answer: step.answer.and_then(|answer| serde_json::from_str(&answer).ok()).unwrap_or_default(),
            });
            tried.push(OwnAttempt {
                title: line.title,
                kind: attempt.kind,
                on: line.attempt.on.to_string(),
                score: line.attempt.score,
                passed: line.attempt.passed,
                steps: steps.collect(),
            });
        }
        let said = self.store.said_by(who.person).await?.into_iter().map(|(module, said)| {
            let [useful, clear, confident] = said.marks;
            OwnFeedback { module, useful, clear, confident, comment: said.comment }
        });
        let written = self.store.reflections_of(who.person).await?;
        let written = written.into_iter().map(|(document, page, text)| OwnReflection { document, page, text });
        let completed = record.completed.into_iter().map(|line| OwnCompletion {
            title: line.title,
            on: line.on.to_string(),
            version: line.version,
            ledger_entry: line.entry,
            valid_through: line.valid_through.map(|last| last.to_string()),
            certificate: line.certificate,
        });
        let rights = self.store.rights_of(who.person).await?.into_iter().map(|right| match right {
            store::Right::Trainer => "trainer".to_owned(),
            store::Right::Manager(department) => format!("manager of department {department}"),
            store::Right::Administrator => "administrator".to_owned(),
        });
        let places = tenures.into_iter().map(|tenure| OwnPlace {
            department: tenure.department_name,
            job_role: tenure.job_role,
            from: clock::date_of(tenure.from_on).to_string(),
            until: tenure.until_on.map(|day| clock::date_of(day - 1).to_string()),
        });
        let mut recalled = Vec::new();
        for (fact, sessions) in self.store.recall_of(who.person).await? {
            recalled.extend(sessions.into_iter().flat_map(|session| session.answers).map(|given| OwnRecall {
                after_ledger_entry: fact,
                on: clock::date_of(given.session_on).to_string(),
                question: given.question,
                answer: serde_json::from_str(&given.answer).unwrap_or_default(),
                right: given.correct,
            }));
        }
        recalled.sort_by_key(|given| given.after_ledger_entry);
        let calendar = self.calendar_link(who).await?;
        let local = self.local().await?;
        let messages = self.store.messages_to(who.person).await?.into_iter().map(|line| OwnMessage {
            subject: line.subject,
            to: line.to_address,
            on: local(line.made_at).date().to_string(),
            state: crate::messages::state_words(line.state),
        });
        let stopped = self.store.stopped_mail(who.person).await?.into_iter().map(crate::outbox::kind_words);
        let asked_of_me = self.asked_of(who.person, now).await?.into_iter().map(OwnAsked::of).collect();
        let requirements = self.store.requirements().await?;
        let called = |id: RequirementId| requirements.iter().find(|one| one.id == id).map(|one| one.name.clone());
        let date = |day: i32| clock::date_of(day).to_string();
        let recorded = self.store.events(who.person).await?.into_iter().map(|event| OwnEvent {
            ledger_entry: event.seq,
            kind: event.kind,
            about: event.requirement.and_then(called).or(event.document),
            on: date(event.on),
            until: event.until.map(date),
            reason: event.reason,
            evidence: event.evidence,
            approved_by: event.approved_by,
            recorded_by: event.by,
            recorded_on: local(event.recorded_at).date().to_string(),
            in_place_of_entry: event.supersedes,
            corrected: event.superseded,
        });
        let allowed = self.store.allowed(who.person).await?.into_iter().map(|given| OwnAllowance {
            quiz: given.title,
            more_minutes: given.minutes,
            more_attempts: given.attempts,
            reason: given.reason,
            given_by: given.by,
            on: local(given.at).date().to_string(),
        });
        // Those that are over too.
        let deputies = self.store.deputies(who.person, i32::MIN).await?.into_iter().map(|one| OwnDeputyship {
            manager: one.manager_name,
            deputy: one.deputy_name,
            from: date(one.from_on),
            until: date(one.to_on),
        });
        let reminded = self.store.reminded(who.person).await?.into_iter().map(|(about, reminder, day)| OwnReminder {
            about: called(about).unwrap_or_default(),
            why: reminder.kind.as_str(),
            days: if reminder.kind == records::reminder::Kind::Asked { 0 } else { reminder.days },
            on: date(day),
        });
        let views = self.store.saved_views(who.person).await?.into_iter().map(|view| OwnView {
            address: format!("/reports/{}?{}", view.report, view.query),
            mailed: view.mailing.map(|mailing| every_words(mailing.every)),
            name: view.name,
        });
        let mailed = self.store.views_mailed_to(who.person).await?.into_iter().map(|view| OwnMailedView {
            name: view.name,
            owner: view.owner,
            mailed: every_words(view.every),
        });
        self.audit(who, "person.exported", who.person, "", now).await?;
        Ok(OwnData {
            name: person.name,
            email: person.email,
            staff_number: person.employee_no,
            rights: rights.collect(),
            places: places.collect(),
            completed: completed.collect(),
            begun,
            tried,
            written_for_myself: written.collect(),
            said_of_modules: said.collect(),
            recalled,
            calendar_link_made: calendar.map(|made| made.to_string()),
            messages: messages.collect(),
            unsubscribed_from: stopped.collect(),
            asked_of_me,
            recorded_about_me: recorded.collect(),
            allowances: allowed.collect(),
            deputyships: deputies.collect(),
            reminders: reminded.collect(),
            saved_views: views.collect(),
            views_mailed_to_me: mailed.collect(),
        })
    }
}
