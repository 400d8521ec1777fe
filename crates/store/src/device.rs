//! Browsers that somebody has signed in with before. The table keeps the hash of the device's secret, never the secret.

use crate::{PersonId, Result, Store, db::vals, person::login_key};

impl Store {
    /// Whether whoever signs in with this e-mail address or staff number has done so with this device before.
    pub async fn knows_device(&self, hash: &[u8], login: &str) -> Result<bool> {
        let sql =
            "SELECT d.hash FROM device d JOIN login l ON l.person_id = d.person_id WHERE d.hash = $1 AND l.key = $2";
        Ok(self.reader().await?.optional(sql, vals![hash, login_key(login)]).await?.is_some())
    }

    /// Whether anybody has signed in with this device before.
    pub async fn is_device(&self, hash: &[u8]) -> Result<bool> {
        let sql = "SELECT hash FROM device WHERE hash = $1 LIMIT 1";
        Ok(self.reader().await?.optional(sql, vals![hash]).await?.is_some())
    }

    /// Remembers that a person signed in with this device.
    pub async fn remember_device(&self, hash: &[u8], person: PersonId, now: i64) -> Result<()> {
        self.write((hash.to_vec(), person, now), |tx, (hash, person, now)| {
            Box::pin(async move {
                let sql = "INSERT INTO device (hash, person_id, seen_at) VALUES ($1, $2, $3)
                    ON CONFLICT (hash, person_id) DO UPDATE SET seen_at = excluded.seen_at";
                tx.run(sql, vals![hash, *person, *now]).await.map(drop)
            })
        })
        .await
    }

    /// Removes the devices last used before `before`; returns how many.
    pub async fn purge_devices(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move { tx.run("DELETE FROM device WHERE seen_at < $1", vals![*before]).await })
        })
        .await
    }
}
