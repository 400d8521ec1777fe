//! Counters that throttle guessing. They live in the database because several servers share it.

use crate::{Result, Store, db::vals};

impl Store {
    /// Counts one event under `key` and returns how many there were in this window, this one included. A window of `window`
    /// microseconds begins with the first event after the last one ended.
    pub async fn hit(&self, key: &str, window: i64, now: i64) -> Result<i64> {
        self.write((key.to_owned(), now, now.saturating_add(window)), |tx, (key, now, until)| {
            Box::pin(async move {
                let sql = "INSERT INTO counter (key, n, until_at) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE SET
                    n = CASE WHEN counter.until_at <= $3 THEN 1 ELSE counter.n + 1 END,
                    until_at = CASE WHEN counter.until_at <= $3 THEN excluded.until_at ELSE counter.until_at END
                    RETURNING n";
                tx.one(sql, vals![key, *until, *now]).await?.i64("n")
            })
        })
        .await
    }

    /// How many events there are under `key` in the window that is running, without counting one.
    pub async fn hits(&self, key: &str, now: i64) -> Result<i64> {
        let sql = "SELECT n FROM counter WHERE key = $1 AND until_at > $2";
        self.reader().await?.optional(sql, vals![key, now]).await?.map_or(Ok(0), |row| row.i64("n"))
    }

    /// Forgets the events under `key`, for instance after a sign-in.
    pub async fn reset_counter(&self, key: &str) -> Result<()> {
        self.write(key.to_owned(), |tx, key| {
            Box::pin(async move { tx.run("DELETE FROM counter WHERE key = $1", vals![key]).await.map(drop) })
        })
        .await
    }

    /// Removes the counters whose window is over; returns how many.
    pub async fn purge_counters(&self, now: i64) -> Result<u64> {
        self.write(now, |tx, now| {
            Box::pin(async move { tx.run("DELETE FROM counter WHERE until_at <= $1", vals![*now]).await })
        })
        .await
    }
}
