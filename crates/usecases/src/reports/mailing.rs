//! Views that are mailed: each recipient gets the rows that they may see themselves at that moment, or nothing.

use jiff::Timestamp;
use store::{MessageKind, NewMessage, PersonId, SavedView};

use super::{
    Report, ReportPage, Typed, Value,
    lines::thousands,
    saved::{address, every_words, next_after},
};
use crate::{
    Failure, Usecases,
    clock::{date_of, date_words, day_number},
    letter::{Letter, Recipient, TableRow},
};

/// How many rows a message holds.
const ROWS: usize = 20;

impl Usecases {
    /// Mails the views whose day has come, if anybody may see anything in them. Gives how many messages that were.
    ///
    /// # Errors
    /// [`Failure::Store`]. What was queued before stays; the next pass goes on.
    pub(crate) async fn mail_views(&self, now: Timestamp) -> Result<u64, Failure> {
        let today = self.today(now).await?;
        let mut sent = 0;
        for view in self.store.views_due(today).await? {
            let Some(mailing) = view.mailing else { continue };
            let mut messages = Vec::new();
            // Of somebody who sees no team any more, nothing is mailed to anybody.
            if self.who_at(view.person, now).await?.is_some_and(|owner| owner.sees_a_team()) {
                for (person, _) in self.store.view_recipients(view.id).await? {
                    messages.extend(self.mailed(&view, person, today, now).await?);
                }
            }
            // However many times were missed, it is one message and then the next.
            let next = day_number(next_after(mailing.every, date_of(today)));
            let days = (mailing.next_on, next);
            sent += self.store.send_view(view.id, days, &messages, now.as_microsecond()).await?;
        }
        Ok(sent)
    }

    /// A view for one recipient, made with their own rights; nothing where they may see nothing of it, or there is nothing.
    async fn mailed(
        &self,
        view: &SavedView,
        person: PersonId,
        today: i32,
        now: Timestamp,
    ) -> Result<Option<NewMessage>, Failure> {
        let Some(who) = self.who_at(person, now).await?.filter(crate::who::Who::sees_a_team) else { return Ok(None) };
        let (Some(report), Some(mailing)) = (Report::parse(&view.report), view.mailing) else { return Ok(None) };
        let Some(found) = self.store.person(person).await? else { return Ok(None) };
        let Some(email) = &found.email else { return Ok(None) };
        if self.is_away(person, today).await? {
            return Ok(None);
        }
        let page = match self.report(&who, report, &Typed::of_query(&view.query), now).await {
            Ok(page) => page,
            Err(Failure::Denied | Failure::NotFound | Failure::Invalid(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if page.rows.is_empty() {
            return Ok(None);
        }
        let from = if person == view.person {
            format!(
                "Your view “{}” of the report {}, which comes {}.",
                view.name,
                page.head.title,
                every_words(mailing.every)
            )
        } else {
            let owner = self.store.person(view.person).await?.map(|owner| owner.name).unwrap_or_default();
            format!(
                "{owner} has the view “{}” of the report {} mailed to you {}. It shows what you may see yourself.",
                view.name,
                page.head.title,
                every_words(mailing.every)
            )
        };
        let mut letter =
            Letter::to(&found.name).paragraph(&from).paragraph(&format!("{}.", page.head.lines().join(" · ")));
        let more = page.next.is_some() || page.rows.len() > ROWS;
        let (heads, rows) = table(page);
        letter = letter.table(&heads, &rows);
        if more {
            letter = letter.paragraph(&format!("These are the first {}; the report has them all.", rows.len()));
        }
        let letter = letter
            .link("Open the report", &address(report, &view.query))
            .link("Which views come to you, and how to stop one of them", "/profile/messages");
        let to = Recipient { person, name: &found.name, address: email };
        let key = format!("view/{}/{person}/{today}", view.id);
        Ok(Some(letter.message(MessageKind::Digest, &key, to, &view.name)))
    }

    /// Whether somebody is on leave on a day, whether or not anything is asked of them.
    pub(super) async fn is_away(&self, person: PersonId, day: i32) -> Result<bool, Failure> {
        let events = self.store.events(person).await?;
        let lies_over = |from: i32, until: Option<i32>| from <= day && until.is_none_or(|until| day <= until);
        Ok(events.iter().any(|one| one.kind == "leave" && !one.superseded && lies_over(one.on, one.until)))
    }
}

/// The first rows as a letter shows them; a column in which nothing is said is left out.
fn table(page: ReportPage) -> (Vec<String>, Vec<TableRow>) {
    let mut rows: Vec<TableRow> = page
        .rows
        .into_iter()
        .take(ROWS)
        .map(|row| row.fields.into_iter().map(|field| (words(field.value), field.link)).collect())
        .collect();
    let mut heads: Vec<String> = page.columns.into_iter().map(|column| column.name).collect();
    for at in (0..heads.len()).rev() {
        let silent = rows.iter().all(|row| row.get(at).is_none_or(|(words, _)| words.is_empty()));
        if silent {
            heads.remove(at);
            for row in rows.iter_mut().filter(|row| at < row.len()) {
                row.remove(at);
            }
        }
    }
    (heads, rows)
}

fn words(value: Value) -> String {
    match value {
        Value::None => String::new(),
        Value::Text(words) | Value::State(words, _) => words,
        Value::Number(many) => thousands(u64::from(many)),
        Value::Date(day) => date_words(day),
        Value::Share(share) => share.to_string(),
    }
}
