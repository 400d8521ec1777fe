//! A closed loop: so many clients, each of which asks again as soon as it is answered.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{Outcome, client::Connection};

/// What one round measured.
#[derive(Debug)]
pub(crate) struct Round {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Answers in all, those of warming up included.
    pub(crate) answers: u64,
    /// Median time from sending to the last byte, in milliseconds.
    pub(crate) p50: f64,
    /// The time that 99 of 100 answers kept.
    pub(crate) p99: f64,
}

/// How long a round is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// Not counted.
    pub(crate) warm: Duration,
    /// Counted.
    pub(crate) measured: Duration,
}

/// Runs one round. `requests` makes the endless row of requests of one client; every answer must have status `wanted`.
pub(crate) async fn round<R>(
    address: SocketAddr,
    clients: usize,
    lengths: Lengths,
    wanted: u16,
    mut requests: impl FnMut(usize) -> R,
) -> Outcome<Round>
where
    R: FnMut() -> Option<Vec<u8>> + Send + 'static,
{
    let mut connections = Vec::with_capacity(clients);
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    let from = Instant::now() + lengths.warm;
    let until = from + lengths.measured;
    let mut running = JoinSet::new();
    for (number, connection) in connections.into_iter().enumerate() {
        running.spawn(client(connection, requests(number), wanted, from, until));
    }
    let (mut times, mut answers) = (Vec::new(), 0);
    while let Some(done) = running.join_next().await {
        let (mine, asked) = done??;
        times.extend(mine);
        answers += asked;
    }
    times.sort_unstable();
    Ok(Round {
        rate: count(times.len()) / lengths.measured.as_secs_f64(),
        answers,
        p50: percentile(&times, 50),
        p99: percentile(&times, 99),
    })
}

/// One client: the times of the answers between `from` and `until`, and how many there were in all.
async fn client(
    mut connection: Connection,
    mut next: impl FnMut() -> Option<Vec<u8>>,
    wanted: u16,
    from: Instant,
    until: Instant,
) -> Outcome<(Vec<Duration>, u64)> {
    let (mut times, mut answers) = (Vec::new(), 0);
    loop {
        let request = next().ok_or("the clients ran out of things to ask")?;
        let sent = Instant::now();
        if sent >= until {
            return Ok((times, answers));
        }
        let status = connection.ask(&request).await?;
        let answered = Instant::now();
        if status != wanted {
            let body = String::from_utf8_lossy(connection.body()).into_owned();
            return Err(format!("status {status} instead of {wanted}: {body}").into());
        }
        answers += 1;
        if sent >= from && answered <= until {
            times.push(answered - sent);
        }
    }
}

/// In milliseconds; of a sorted row.
pub(crate) fn percentile(times: &[Duration], percent: usize) -> f64 {
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// The middle, and how far the others lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { median: f64::midpoint(at(last / 2), at(values.len() / 2)), least: at(0), most: at(last) }
    }
}

/// A count as a number to calculate with.
pub(crate) fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_row_lies_between_two() {
        assert_eq!(Spread::of([4.0, 1.0, 3.0, 2.0]), Spread { median: 2.5, least: 1.0, most: 4.0 });
        assert_eq!(Spread::of([3.0, 1.0, 2.0]).median, 2.0);
    }

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!((percentile(&times, 50), percentile(&times, 99)), (51.0, 100.0));
        assert!(percentile(&[], 99).is_nan());
    }
}
