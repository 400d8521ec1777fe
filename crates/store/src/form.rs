//! A form's token makes what it does happen once: the same form again gets the first answer, another body changes nothing.

use crate::{
    AttemptId, PersonId, Result, Store, StoreError,
    db::{Tx, vals},
};

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded.
    Recorded {
        /// The number the next step will have.
        next: i64,
    },
    /// It was the last one of a module, or of a role-play or quiz that was passed: the attempt has ended and the completion is in
    /// the ledger.
    Completed {
        /// The completion's ledger number.
        fact: i64,
    },
    /// It was the last one of a role-play or quiz that was not passed: the attempt has ended.
    Ended,
    /// An attempt was begun.
    Begun(AttemptId),
    /// The same form was sent before; this is what it did then.
    Replayed(Box<Outcome>),
    /// The token was used for something else, or the form was drawn from another version or for an attempt that has ended or moved
    /// on. Nothing changed; show the present state.
    Conflict,
}

/// A form as it was sent: who sent it, for what, under which token.
#[derive(Debug, Clone)]
pub struct Form {
    /// Who.
    pub person: PersonId,
    /// The form's token.
    pub token: Vec<u8>,
    /// The hash of what the form sent.
    pub body_hash: Vec<u8>,
    /// Now, microseconds.
    pub now: i64,
}

impl Form {
    /// What the form did when it was sent before; none when it is new. `action` is what it is used for: the same token on another
    /// form is another body. Waits for other writes of the same person.
    pub(crate) async fn before(&self, tx: &mut Tx, action: &str) -> Result<Option<Outcome>> {
        tx.lock_person(self.person).await?;
        self.found(tx, action).await
    }

    async fn found(&self, tx: &mut Tx, action: &str) -> Result<Option<Outcome>> {
        let sql = "SELECT person_id, action, body_hash, outcome FROM form_token WHERE token = $1";
        let Some(row) = tx.optional(sql, vals![&self.token]).await? else { return Ok(None) };
        let same = row.i64("person_id")? == self.person.0
            && row.text("action")? == action
            && row.blob("body_hash")? == self.body_hash;
        let outcome = if same { Outcome::Replayed(Box::new(parse(&row.text("outcome")?)?)) } else { Outcome::Conflict };
        Ok(Some(outcome))
    }

    /// Keeps what the form did under its token.
    pub(crate) async fn remember(&self, tx: &mut Tx, action: &str, outcome: &Outcome) -> Result<()> {
        let text = match outcome {
            Outcome::Recorded { next } => format!("recorded {next}"),
            Outcome::Completed { fact } => format!("completed {fact}"),
            Outcome::Begun(attempt) => format!("begun {attempt}"),
            Outcome::Ended => "ended".to_owned(),
            Outcome::Replayed(_) | Outcome::Conflict => return Ok(()),
        };
        let sql =
            "INSERT INTO form_token (token, person_id, action, body_hash, outcome, at) VALUES ($1, $2, $3, $4, $5, $6)";
        tx.run(sql, vals![&self.token, self.person, action, &self.body_hash, text, self.now]).await.map(drop)
    }
}

fn parse(text: &str) -> Result<Outcome> {
    let number = |number: &str| number.parse::<i64>().map_err(|error| StoreError::corrupt("form_token.outcome", error));
    match text.split_once(' ') {
        Some(("recorded", next)) => Ok(Outcome::Recorded { next: number(next)? }),
        Some(("completed", fact)) => Ok(Outcome::Completed { fact: number(fact)? }),
        Some(("begun", attempt)) => Ok(Outcome::Begun(AttemptId(number(attempt)?))),
        None if text == "ended" => Ok(Outcome::Ended),
        _ => Err(StoreError::corrupt("form_token.outcome", format_args!("{text} is no outcome"))),
    }
}

impl Store {
    /// What a form did when it was sent before, for those who judge what it says by what is there now; none when it is new.
    pub async fn sent_before(&self, form: &Form, action: &str) -> Result<Option<Outcome>> {
        form.found(&mut self.reader().await?, action).await
    }

    /// Removes the form tokens older than `before`; returns how many.
    pub async fn purge_form_tokens(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move { tx.run("DELETE FROM form_token WHERE at < $1", vals![*before]).await })
        })
        .await
    }
}
