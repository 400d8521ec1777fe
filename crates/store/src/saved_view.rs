//! Saved views: a report with its filters under somebody's own name for it, when it is mailed, and to whom.

use crate::{
    Named, NewMessage, PersonId, Result, Store, StoreError, ViewId,
    db::{Row, Tx, vals},
    message,
    person::like_pattern,
};

/// How often a view is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Once a week.
    Week,
    /// Once a month.
    Month,
}

impl Every {
    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// What a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Week, Self::Month].into_iter().find(|every| every.as_str() == word)
    }
}

/// When a view is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailing {
    /// How often.
    pub every: Every,
    /// From this day on the next time.
    pub next_on: i32,
}

/// A report with its filters, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// The id.
    pub id: ViewId,
    /// Whose it is.
    pub person: PersonId,
    /// What they call it.
    pub name: String,
    /// The report's name in addresses.
    pub report: String,
    /// Its filters, as an address says them.
    pub query: String,
    /// When it is mailed, if ever.
    pub mailing: Option<Mailing>,
    /// To how many people.
    pub recipients: i64,
}

/// What became of saving a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewSaved {
    /// It is kept.
    Done(ViewId),
    /// They have one of this name.
    NameTaken,
    /// They have as many as anybody may.
    Full,
}

/// A view of somebody's that is mailed to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads {
    /// The view.
    pub id: ViewId,
    /// What its owner calls it.
    pub name: String,
    /// The owner.
    pub owner: String,
    /// How often it is mailed.
    pub every: Every,
}

/// Somebody who sees a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeesTeam {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they work, if anywhere.
    pub department: Option<String>,
}

const VIEW: &str = "SELECT v.id, v.person_id, v.name, v.report, v.query, m.every, m.next_on,
        (SELECT count(*) FROM view_recipient r WHERE r.view_id = v.id) AS recipients
    FROM saved_view v LEFT JOIN view_mailing m ON m.view_id = v.id WHERE v.id = $1";
const VIEWS: &str = "SELECT v.id, v.person_id, v.name, v.report, v.query, m.every, m.next_on,
        (SELECT count(*) FROM view_recipient r WHERE r.view_id = v.id) AS recipients
    FROM saved_view v LEFT JOIN view_mailing m ON m.view_id = v.id WHERE v.person_id = $1 ORDER BY lower(v.name), v.id";
const VIEWS_DUE: &str = "SELECT v.id, v.person_id, v.name, v.report, v.query, m.every, m.next_on,
        (SELECT count(*) FROM view_recipient r WHERE r.view_id = v.id) AS recipients
    FROM view_mailing m JOIN saved_view v ON v.id = m.view_id WHERE m.next_on <= $1 ORDER BY v.id";

impl Store {
    /// The views of a person, by name.
    pub async fn saved_views(&self, person: PersonId) -> Result<Vec<SavedView>> {
        self.reader().await?.all(VIEWS, vals![person]).await?.iter().map(view).collect()
    }

    /// A view.
    pub async fn saved_view(&self, id: ViewId) -> Result<Option<SavedView>> {
        self.reader().await?.optional(VIEW, vals![id]).await?.as_ref().map(view).transpose()
    }

    /// The views that are to be mailed on a day or were before.
    pub async fn views_due(&self, day: i32) -> Result<Vec<SavedView>> {
        self.reader().await?.all(VIEWS_DUE, vals![day]).await?.iter().map(view).collect()
    }

    /// Keeps a report with its filters under a name, unless the person has `most` of them already.
    pub async fn save_view(
        &self,
        person: PersonId,
        name: &str,
        (report, query): (&str, &str),
        most: i64,
        now: i64,
    ) -> Result<ViewSaved> {
        let arguments = (person, name.to_owned(), report.to_owned(), query.to_owned(), most, now);
        self.write(arguments, |tx, (person, name, report, query, most, now)| {
            Box::pin(async move {
                // Two at once would each see that there is room.
                tx.lock_person(*person).await?;
                if taken(tx, *person, name, ViewId(0)).await? {
                    return Ok(ViewSaved::NameTaken);
                }
                let sql = "SELECT count(*) AS many FROM saved_view WHERE person_id = $1";
                if tx.one(sql, vals![*person]).await?.i64("many")? >= *most {
                    return Ok(ViewSaved::Full);
                }
                let sql = "INSERT INTO saved_view (person_id, name, report, query, at) VALUES ($1, $2, $3, $4, $5)
                    RETURNING id";
                let row = tx.one(sql, vals![*person, name, report, query, *now]).await?;
                Ok(ViewSaved::Done(ViewId(row.i64("id")?)))
            })
        })
        .await
    }

    /// Gives a view of a person another name.
    pub async fn rename_view(&self, person: PersonId, id: ViewId, name: &str) -> Result<Named<()>> {
        self.write((person, id, name.to_owned()), |tx, (person, id, name)| {
            Box::pin(async move {
                tx.lock_person(*person).await?;
                if taken(tx, *person, name, *id).await? {
                    return Ok(Named::NameTaken);
                }
                let sql = "UPDATE saved_view SET name = $3 WHERE id = $2 AND person_id = $1";
                Ok(if tx.run(sql, vals![*person, *id, name]).await? == 1 { Named::Done(()) } else { Named::Missing })
            })
        })
        .await
    }

    /// Removes a view of a person, and mails it to nobody any more. Returns false where they have none of the id.
    pub async fn delete_view(&self, person: PersonId, id: ViewId) -> Result<bool> {
        self.write((person, id), |tx, (person, id)| {
            Box::pin(async move {
                if !owns(tx, *person, *id).await? {
                    return Ok(false);
                }
                for sql in [
                    "DELETE FROM view_recipient WHERE view_id = $1",
                    "DELETE FROM view_mailing WHERE view_id = $1",
                    "DELETE FROM saved_view WHERE id = $1",
                ] {
                    tx.run(sql, vals![*id]).await?;
                }
                Ok(true)
            })
        })
        .await
    }

    /// Has a view of a person mailed, from a day on, or not any more; to themselves, until others are chosen. Returns false where they
    /// have none of the id.
    pub async fn mail_view(&self, person: PersonId, id: ViewId, mailing: Option<Mailing>) -> Result<bool> {
        self.write((person, id, mailing), |tx, (person, id, mailing)| {
            Box::pin(async move {
                if !owns(tx, *person, *id).await? {
                    return Ok(false);
                }
                let Some(Mailing { every, next_on }) = mailing else {
                    return Ok(tx.run("DELETE FROM view_mailing WHERE view_id = $1", vals![*id]).await? == 1);
                };
                let sql = "INSERT INTO view_mailing (view_id, every, next_on) VALUES ($1, $2, $3)
                    ON CONFLICT (view_id) DO UPDATE SET every = excluded.every, next_on = excluded.next_on";
                tx.run(sql, vals![*id, every.as_str(), *next_on]).await?;
                let sql = "INSERT INTO view_recipient (view_id, person_id) SELECT v.id, v.person_id FROM saved_view v
                    WHERE v.id = $1 AND NOT EXISTS (SELECT 1 FROM view_recipient r WHERE r.view_id = v.id)";
                tx.run(sql, vals![*id]).await?;
                Ok(true)
            })
        })
        .await
    }

    /// To whom a view is mailed, by name.
    pub async fn view_recipients(&self, id: ViewId) -> Result<Vec<(PersonId, String)>> {
        let sql = "SELECT p.id, p.name FROM view_recipient r JOIN person p ON p.id = r.person_id
            WHERE r.view_id = $1 ORDER BY p.sort_name, p.id";
        let rows = self.reader().await?.all(sql, vals![id]).await?;
        rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?))).collect()
    }

    /// Has a view of `owner` mailed to a person too. Returns false where that is so already, and where they have none of the id.
    pub async fn add_view_recipient(&self, owner: PersonId, id: ViewId, person: PersonId) -> Result<bool> {
        self.write((owner, id, person), |tx, (owner, id, person)| {
            Box::pin(async move {
                if !owns(tx, *owner, *id).await? {
                    return Ok(false);
                }
                let sql = "INSERT INTO view_recipient (view_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                Ok(tx.run(sql, vals![*id, *person]).await? == 1)
            })
        })
        .await
    }

    /// Mails a view to a person no more. Returns false where it was not.
    pub async fn remove_view_recipient(&self, id: ViewId, person: PersonId) -> Result<bool> {
        self.write((id, person), |tx, (id, person)| {
            Box::pin(async move {
                let sql = "DELETE FROM view_recipient WHERE view_id = $1 AND person_id = $2";
                Ok(tx.run(sql, vals![*id, *person]).await? == 1)
            })
        })
        .await
    }

    /// Which views are mailed to a person.
    pub async fn views_mailed_to(&self, person: PersonId) -> Result<Vec<Reads>> {
        let sql = "SELECT v.id, v.name, p.name AS owner, m.every FROM view_recipient r
                JOIN view_mailing m ON m.view_id = r.view_id JOIN saved_view v ON v.id = r.view_id JOIN person p ON p.id = v.person_id
            WHERE r.person_id = $1 ORDER BY lower(v.name), v.id";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        let reads = |row: &Row| {
            Ok(Reads {
                id: ViewId(row.i64("id")?),
                name: row.text("name")?,
                owner: row.text("owner")?,
                every: every(&row.text("every")?)?,
            })
        };
        rows.iter().map(reads).collect()
    }

    /// Those who see a team at an instant (microseconds), themselves or for somebody, and whose name, e-mail address or staff number
    /// holds a text: at most `limit`, by name, with where they work on a day.
    pub async fn people_with_a_team(&self, text: &str, (day, now): (i32, i64), limit: i64) -> Result<Vec<SeesTeam>> {
        let sql = "SELECT p.id, p.name, d.name AS department FROM person p
                LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $2 AND t.until_on > $2
                LEFT JOIN department d ON d.id = t.department_id
            WHERE p.search LIKE $1 ESCAPE '!' AND p.disabled_at IS NULL AND (
                p.id IN (SELECT r.person_id FROM right_held r WHERE r.held IN ('manager', 'administrator'))
                OR p.id IN (SELECT y.deputy_id FROM deputy y WHERE y.from_at <= $3 AND y.until_at > $3))
            ORDER BY p.sort_name, p.id LIMIT $4";
        let rows = self.reader().await?.all(sql, vals![like_pattern(text), day, now, limit]).await?;
        let sees = |row: &Row| {
            Ok(SeesTeam {
                person: PersonId(row.i64("id")?),
                name: row.text("name")?,
                department: row.text_or_none("department")?,
            })
        };
        rows.iter().map(sees).collect()
    }

    /// Queues the messages of a view that was to be mailed on a day, and says when it is next, all or nothing. Returns how many messages
    /// were new; none where another server was quicker or the mailing was changed meanwhile.
    pub async fn send_view(
        &self,
        id: ViewId,
        (was_on, next_on): (i32, i32),
        messages: &[NewMessage],
        now: i64,
    ) -> Result<u64> {
        let arguments = (id, was_on, next_on, message::as_json(messages), now);
        self.write(arguments, |tx, (id, was_on, next_on, messages, now)| {
            Box::pin(async move {
                let sql = "UPDATE view_mailing SET next_on = $3 WHERE view_id = $1 AND next_on = $2";
                if tx.run(sql, vals![*id, *was_on, *next_on]).await? == 0 {
                    return Ok(0);
                }
                message::queue_all(tx, messages, *now).await
            })
        })
        .await
    }
}

/// Whether a person has another view of a name; "ward 3" and "Ward 3" are one to people.
async fn taken(tx: &mut Tx, person: PersonId, name: &str, but: ViewId) -> Result<bool> {
    let sql = "SELECT id FROM saved_view WHERE person_id = $1 AND lower(name) = lower($2) AND id <> $3";
    Ok(tx.optional(sql, vals![person, name, but]).await?.is_some())
}

async fn owns(tx: &mut Tx, person: PersonId, id: ViewId) -> Result<bool> {
    let sql = "SELECT id FROM saved_view WHERE id = $1 AND person_id = $2";
    Ok(tx.optional(sql, vals![id, person]).await?.is_some())
}

fn every(word: &str) -> Result<Every> {
    Every::parse(word).ok_or_else(|| StoreError::corrupt("view_mailing.every", word))
}

fn view(row: &Row) -> Result<SavedView> {
    let mailing = match row.text_or_none("every")? {
        None => None,
        Some(word) => Some(Mailing { every: every(&word)?, next_on: row.days("next_on")? }),
    };
    Ok(SavedView {
        id: ViewId(row.i64("id")?),
        person: PersonId(row.i64("person_id")?),
        name: row.text("name")?,
        report: row.text("report")?,
        query: row.text("query")?,
        mailing,
        recipients: row.i64("recipients")?,
    })
}
