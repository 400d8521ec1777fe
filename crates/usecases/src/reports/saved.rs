//! Saved views: a report with its filters, kept under one's own name for it, and mailed to people who see a team themselves.

use jiff::{Timestamp, ToSpan as _, civil::Date, civil::Weekday};
use store::{Mailing, Named, PersonId, SavedView, SeesTeam, ViewId, ViewSaved};

use super::{Report, Typed};
use crate::{
    Failure, Usecases,
    audit::Object,
    clock::{date_of, day_number},
    who::Who,
};
pub use store::Every;

/// How many views a person may keep.
const MOST: i64 = 50;
/// How many letters a name may have.
const NAME: usize = 100;
/// How many letters of filters are kept.
const QUERY: usize = 2000;
/// To how many people a view is mailed at most.
const RECIPIENTS: usize = 50;
/// How many people are offered where several fit what was typed.
const OFFERED: usize = 20;

/// A view in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewLine {
    /// Its id.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The report.
    pub report: Report,
    /// Where it is opened.
    pub href: String,
    /// When it is mailed, if ever.
    pub mailing: Option<MailingView>,
}

/// When a view is mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailingView {
    /// How often.
    pub every: Every,
    /// The next time, if there is anything to say then.
    pub next: Date,
    /// To how many people.
    pub recipients: usize,
}

/// A view with those to whom it is mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewPage {
    /// The view.
    pub line: ViewLine,
    /// To whom it is mailed, by name.
    pub recipients: Vec<RecipientView>,
}

/// Somebody to whom a view is mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientView {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Why nothing reaches them at present, if that is so.
    pub silent: Option<&'static str>,
}

/// What became of choosing somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choosing {
    /// The view is mailed to this person.
    Added(String),
    /// Several fit: ids with their words, to choose from.
    Among(Vec<(String, String)>),
}

/// A view that is mailed to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedView {
    /// Its id.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// How often it comes.
    pub every: Every,
}

/// How often, in words that follow "is mailed" or "comes".
pub fn every_words(every: Every) -> &'static str {
    match every {
        Every::Week => "every Monday",
        Every::Month => "on the first working day of each month",
    }
}

impl Usecases {
    /// The views of whoever asks, by name.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn saved_views(&self, who: &Who) -> Result<Vec<ViewLine>, Failure> {
        sees_a_team(who)?;
        let days = self.working_days().await?;
        let views = self.store.saved_views(who.person).await?;
        Ok(views.into_iter().filter_map(|view| line(view, &days)).collect())
    }

    /// Keeps a report with its filters under a name.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with what to correct, [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for a report that
    /// there is not and a department that is not theirs to see, [`Failure::Store`].
    pub async fn save_view(
        &self,
        who: &Who,
        name: &str,
        (report, query): (&str, &str),
        now: Timestamp,
    ) -> Result<ViewLine, Failure> {
        sees_a_team(who)?;
        let report = Report::parse(report).ok_or(Failure::NotFound)?;
        // As the report itself writes it, from its first page on.
        let query = Typed::of_query(query).with(|_| ());
        let filters = query.parse()?;
        self.scope(who, &filters, now).await?;
        let (name, query) = (named(name)?, query.query());
        if query.len() > QUERY {
            return Err(Failure::field("view_name", "These filters are too long to be kept: use fewer of them"));
        }
        let noting = self.noting(who, "view.saved", Object::default(), &name, now);
        let kept = noting.save_view(who.person, &name, (report.as_str(), &query), MOST, now.as_microsecond()).await?;
        match kept {
            ViewSaved::Done(id) => {
                Ok(ViewLine { id: id.0, name, report, href: address(report, &query), mailing: None })
            }
            ViewSaved::NameTaken => Err(name_taken()),
            ViewSaved::Full => {
                let words = format!("You have {MOST} saved views, which is as many as can be kept: delete one first");
                Err(Failure::field("view_name", words))
            }
        }
    }

    /// One view of whoever asks, with those to whom it is mailed.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what is no view of theirs, [`Failure::Store`].
    pub async fn saved_view(&self, who: &Who, id: i64, now: Timestamp) -> Result<ViewPage, Failure> {
        let view = self.own_view(who, id).await?;
        let mut recipients = Vec::new();
        for (person, name) in self.store.view_recipients(view.id).await? {
            let silent = self.silent(person, now).await?;
            recipients.push(RecipientView { person, name, silent });
        }
        let line = line(view, &self.working_days().await?).ok_or(Failure::NotFound)?;
        Ok(ViewPage { line, recipients })
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a name that cannot be, [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what is
    /// no view of theirs, [`Failure::Store`].
    pub async fn rename_view(&self, who: &Who, id: i64, name: &str, now: Timestamp) -> Result<(), Failure> {
        let view = self.own_view(who, id).await?;
        let name = named(name)?;
        let detail = format!("{} to {name}", view.name);
        let noting = self.noting(who, "view.renamed", Object::default(), &detail, now);
        match noting.rename_view(who.person, view.id, &name).await? {
            Named::Done(()) => Ok(()),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// Removes a view; it is mailed to nobody any more. Gives its name.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what is no view of theirs, [`Failure::Store`].
    pub async fn delete_view(&self, who: &Who, id: i64, now: Timestamp) -> Result<String, Failure> {
        let view = self.own_view(who, id).await?;
        let noting = self.noting(who, "view.deleted", Object::default(), &view.name, now);
        if noting.delete_view(who.person, view.id).await? { Ok(view.name) } else { Err(Failure::NotFound) }
    }

    /// Has a view mailed every week or month from the next Monday or month on, or not any more where `every` is empty.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for another word, [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what is no view of
    /// theirs, [`Failure::Store`].
    pub async fn mail_view(&self, who: &Who, id: i64, every: &str, now: Timestamp) -> Result<(), Failure> {
        let view = self.own_view(who, id).await?;
        let every = match every {
            "" => None,
            word => Some(Every::parse(word).ok_or_else(|| {
                Failure::field("every", "Choose whether it is mailed every week, every month or not at all")
            })?),
        };
        // The same again changes nothing, least of all the day.
        if every == view.mailing.map(|mailing| mailing.every) {
            return Ok(());
        }
        let today = date_of(self.today(now).await?);
        let mailing = every.map(|every| Mailing { every, next_on: day_number(next_after(every, today)) });
        let detail = format!("{}: {}", view.name, every.map_or("not mailed any more", every_words));
        let noting = self.noting(who, "view.mailed", Object::default(), &detail, now);
        noting.mail_view(who.person, view.id, mailing).await?;
        Ok(())
    }

    /// Has a view mailed to somebody who sees a team: the one whose id was chosen, or whoever has what was typed in their name, e-mail
    /// address or staff number.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where nobody fits or too many do, [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for
    /// what is no view of theirs, [`Failure::Store`].
    pub async fn add_recipient(
        &self,
        who: &Who,
        id: i64,
        (typed, chosen): (&str, &str),
        now: Timestamp,
    ) -> Result<Choosing, Failure> {
        let view = self.own_view(who, id).await?;
        let refused = |words: String| Err(Failure::field("person", words));
        let known = self.store.view_recipients(view.id).await?;
        if known.len() >= RECIPIENTS {
            return refused(format!(
                "It is mailed to {RECIPIENTS} people, which is as many as can be: take one away first"
            ));
        }
        let person = match chosen.parse().map(PersonId) {
            Ok(person) => person,
            Err(_) => {
                if typed.trim().chars().count() < 2 {
                    return refused(
                        "Enter at least two letters of a name, an e-mail address or a staff number".to_owned(),
                    );
                }
                let today = self.today(now).await?;
                let limit = OFFERED as i64 + 1;
                let mut found = self.store.people_with_a_team(typed, (today, now.as_microsecond()), limit).await?;
                found.retain(|one| known.iter().all(|(person, _)| *person != one.person));
                match &found[..] {
                    [] => {
                        let words =
                            "Nobody else who sees a team has this in their name, e-mail address or staff number";
                        return refused(words.to_owned());
                    }
                    [one] => one.person,
                    many if many.len() > OFFERED => {
                        return refused(format!("More than {OFFERED} people fit: enter more of the name"));
                    }
                    many => return Ok(Choosing::Among(many.iter().map(offered).collect())),
                }
            }
        };
        let Some(them) = self.who_at(person, now).await?.filter(Who::sees_a_team) else {
            return refused(
                "They see no team, so that a report would show them nothing: choose somebody else".to_owned(),
            );
        };
        let noting = self.noting(who, "view.recipient", person, &view.name, now);
        noting.add_view_recipient(who.person, view.id, person).await?;
        Ok(Choosing::Added(them.name))
    }

    /// Mails a view to somebody no more. Gives their name.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what is no view of theirs and for somebody to whom it is
    /// not mailed, [`Failure::Store`].
    pub async fn remove_recipient(&self, who: &Who, id: i64, person: &str, now: Timestamp) -> Result<String, Failure> {
        let view = self.own_view(who, id).await?;
        let known = self.store.view_recipients(view.id).await?;
        let (person, name) = known.into_iter().find(|(id, _)| id.to_string() == person).ok_or(Failure::NotFound)?;
        let noting = self.noting(who, "view.stopped", person, &view.name, now);
        noting.remove_view_recipient(view.id, person).await?;
        Ok(name)
    }

    /// Which views are mailed to whoever asks.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn views_mailed_to(&self, who: &Who) -> Result<Vec<MailedView>, Failure> {
        let views = self.store.views_mailed_to(who.person).await?.into_iter();
        Ok(views
            .map(|view| MailedView { id: view.id.0, name: view.name, owner: view.owner, every: view.every })
            .collect())
    }

    /// Has a view mailed no more to whoever asks, whosever it is. Gives its name.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for what is not mailed to them, [`Failure::Store`].
    pub async fn stop_view(&self, who: &Who, id: &str, now: Timestamp) -> Result<String, Failure> {
        let views = self.store.views_mailed_to(who.person).await?;
        let view = views.into_iter().find(|view| view.id.to_string() == id).ok_or(Failure::NotFound)?;
        let detail = format!("{}, a view of {}", view.name, view.owner);
        let noting = self.noting(who, "view.stopped", who.person, &detail, now);
        noting.remove_view_recipient(view.id, who.person).await?;
        Ok(view.name)
    }

    /// A view of whoever asks; somebody else's is not there.
    async fn own_view(&self, who: &Who, id: i64) -> Result<SavedView, Failure> {
        sees_a_team(who)?;
        let view = self.store.saved_view(ViewId(id)).await?;
        view.filter(|view| view.person == who.person).ok_or(Failure::NotFound)
    }

    /// Why nothing is mailed to somebody at present.
    async fn silent(&self, person: PersonId, now: Timestamp) -> Result<Option<&'static str>, Failure> {
        if !self.who_at(person, now).await?.is_some_and(|who| who.sees_a_team()) {
            return Ok(Some("They see no team at present, so nothing is mailed to them."));
        }
        if self.store.person(person).await?.is_none_or(|found| found.email.is_none()) {
            return Ok(Some("They have no e-mail address."));
        }
        let stopped = self.store.stopped_mail(person).await?.contains(&store::MessageKind::Digest);
        Ok(stopped.then_some("They have switched off summaries."))
    }
}

fn sees_a_team(who: &Who) -> Result<(), Failure> {
    if who.sees_a_team() { Ok(()) } else { Err(Failure::Denied) }
}

/// A name as it is kept.
fn named(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > NAME || name.contains(char::is_control) {
        return Err(Failure::field("view_name", format!("Enter a name of at most {NAME} letters, in one line")));
    }
    Ok(name.to_owned())
}

fn name_taken() -> Failure {
    Failure::field("view_name", "You have a view of this name already: choose another name, or delete that view first")
}

fn offered(one: &SeesTeam) -> (String, String) {
    let place = one.department.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    (one.person.to_string(), format!("{}{place}", one.name))
}

/// Where a report is opened.
pub(super) fn address(report: Report, query: &str) -> String {
    let place = format!("/reports/{}", report.as_str());
    if query.is_empty() { place } else { format!("{place}?{query}") }
}

/// The first day of the next time, counted from the day after this one.
pub(super) fn next_after(every: Every, day: Date) -> Date {
    match every {
        Every::Week => day.nth_weekday(1, Weekday::Monday).unwrap_or(day),
        Every::Month => day.last_of_month().saturating_add(1.day()),
    }
}

/// The first day on which people work, from a day on.
fn working_from(day: Date, working: &[i8]) -> Date {
    let days = std::iter::successors(Some(day), |day| day.tomorrow().ok());
    days.take(7).find(|day| working.contains(&day.weekday().to_monday_one_offset())).unwrap_or(day)
}

/// A view as it is shown; one of a report that there is no more is not.
fn line(view: SavedView, working: &[i8]) -> Option<ViewLine> {
    let report = Report::parse(&view.report)?;
    let mailing = view.mailing.map(|mailing| MailingView {
        every: mailing.every,
        next: working_from(date_of(mailing.next_on), working),
        recipients: usize::try_from(view.recipients).unwrap_or_default(),
    });
    Some(ViewLine { id: view.id.0, name: view.name, report, href: address(report, &view.query), mailing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailing_comes_on_the_next_monday_or_in_the_next_month_and_never_the_same_day() {
        let day = |text: &str| -> Date { text.parse().expect("a day") };
        let rows = [
            (Every::Week, "2026-03-02", "2026-03-09"),
            (Every::Week, "2026-03-03", "2026-03-09"),
            (Every::Week, "2026-03-08", "2026-03-09"),
            (Every::Month, "2026-03-01", "2026-04-01"),
            (Every::Month, "2026-12-31", "2027-01-01"),
        ];
        for (every, today, next) in rows {
            assert_eq!(next_after(every, day(today)), day(next), "{every:?} on {today}");
        }
        // 1 August 2026 is a Saturday.
        assert_eq!(working_from(day("2026-08-01"), &[1, 2, 3, 4, 5]), day("2026-08-03"));
        assert_eq!(working_from(day("2026-08-03"), &[1, 2, 3, 4, 5]), day("2026-08-03"));
    }
}
