//! The secret link of somebody's calendar. The table keeps the hash of the secret; a new link ends the one before.

use crate::{PersonId, Result, Store, db::vals};

impl Store {
    /// When a person's calendar link was made, microseconds; none where there is none.
    pub async fn calendar_link(&self, person: PersonId) -> Result<Option<i64>> {
        let sql = "SELECT made_at FROM calendar_link WHERE person_id = $1";
        let row = self.reader().await?.optional(sql, vals![person]).await?;
        row.map(|row| row.i64("made_at")).transpose()
    }

    /// Whose calendar has the secret with this hash. Nobody's once their access has ended.
    pub async fn calendar_of(&self, hash: &[u8]) -> Result<Option<PersonId>> {
        let sql = "SELECT c.person_id FROM calendar_link c JOIN person p ON p.id = c.person_id
            WHERE c.hash = $1 AND p.disabled_at IS NULL";
        let row = self.reader().await?.optional(sql, vals![hash]).await?;
        row.map(|row| row.i64("person_id").map(PersonId)).transpose()
    }

    /// Keeps the hash of a new secret in the place of the one before.
    pub async fn make_calendar_link(&self, person: PersonId, hash: &[u8], now: i64) -> Result<()> {
        self.write((person, hash.to_vec(), now), |tx, (person, hash, now)| {
            Box::pin(async move {
                tx.lock_person(*person).await?;
                let sql = "INSERT INTO calendar_link (person_id, hash, made_at) VALUES ($1, $2, $3)
                    ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at";
                tx.run(sql, vals![*person, &*hash, *now]).await.map(drop)
            })
        })
        .await
    }

    /// Ends a person's calendar link; returns whether there was one.
    pub async fn end_calendar_link(&self, person: PersonId) -> Result<bool> {
        self.write(person, |tx, person| {
            Box::pin(async move {
                let ended = tx.run("DELETE FROM calendar_link WHERE person_id = $1", vals![*person]).await?;
                Ok(ended > 0)
            })
        })
        .await
    }
}
