//! Numbers of departments, kept in memory for as long as they are so. They are counted when somebody asks, for any day; what a change
//! reaches ([`Store::touched_since`]) is counted anew by the next one who asks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use store::{Cell, DepartmentId, Seen, Store, StoreError};
use tokio::task::JoinSet;

/// How many cells are kept: some 60 MB of them, which is the largest organisation on several days.
const MOST_CELLS: usize = 600_000;
/// How many departments are counted at once.
const AT_ONCE: usize = 4;
/// After so long without a look, what was touched may have been forgotten: everything is counted anew.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(24);

/// A department, or none for people without one.
pub(super) type Place = Option<DepartmentId>;

/// The numbers of one department on one day.
pub(super) type Cells = Arc<[Cell]>;

/// What is kept.
#[derive(Clone, Default)]
pub(crate) struct Tallies(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    seen: Seen,
    looked: Option<Timestamp>,
    /// How often something was thrown away. What was counted before its department was touched is not kept.
    turn: u64,
    touched: HashMap<Place, u64>,
    entries: HashMap<(Place, i32), Entry>,
    cells: usize,
    uses: u64,
}

struct Entry {
    cells: Cells,
    used: u64,
}

impl Tallies {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of these departments at the end of a day, those below them not counted, in the order in which they are named.
    pub(super) async fn of(
        &self,
        store: &Store,
        places: &[Place],
        day: i32,
        now: Timestamp,
    ) -> Result<Vec<Cells>, StoreError> {
        let seen = self.lock().seen;
        let (touches, end) = store.touched_since(seen).await?;
        let (turn, missing) = {
            let mut kept = self.lock();
            if kept.looked.is_none_or(|looked| now.duration_since(looked) > TOO_LONG) {
                kept.forget();
            }
            kept.looked = Some(now);
            kept.touch(&touches.into_iter().collect());
            kept.seen = kept.seen.max(end);
            let missing: Vec<Place> =
                places.iter().copied().filter(|place| !kept.entries.contains_key(&(*place, day))).collect();
            (kept.turn, missing)
        };
        let mut counted = count(store, &missing, day).await?;
        let mut kept = self.lock();
        for (place, cells) in &counted {
            kept.keep((*place, day), cells, turn);
        }
        kept.uses += 1;
        let uses = kept.uses;
        let found = places.iter().map(|place| match kept.entries.get_mut(&(*place, day)) {
            Some(entry) => {
                entry.used = uses;
                Arc::clone(&entry.cells)
            }
            None => counted.remove(place).unwrap_or_else(|| Arc::from([])),
        });
        let found = found.collect();
        kept.make_room(uses);
        Ok(found)
    }
}

impl Kept {
    fn forget(&mut self) {
        self.entries.clear();
        self.cells = 0;
        self.turn += 1;
        self.touched.clear();
    }

    /// Throws away what these changes reach: places, each with the first day that is other.
    fn touch(&mut self, touches: &HashMap<Place, i32>) {
        if touches.is_empty() {
            return;
        }
        self.turn += 1;
        self.touched.extend(touches.keys().map(|place| (*place, self.turn)));
        let cells = &mut self.cells;
        self.entries.retain(|(place, day), entry| {
            let stays = touches.get(place).is_none_or(|since| day < since);
            if !stays {
                *cells -= entry.cells.len();
            }
            stays
        });
    }

    /// Keeps what was counted, unless it was touched since the counting began.
    fn keep(&mut self, key: (Place, i32), cells: &Cells, turn: u64) {
        if self.touched.get(&key.0).is_some_and(|touched| *touched > turn) {
            return;
        }
        let entry = Entry { cells: Arc::clone(cells), used: self.uses };
        self.cells += cells.len();
        if let Some(before) = self.entries.insert(key, entry) {
            self.cells -= before.cells.len();
        }
    }

    /// Lets go of what was not used for longest, never of what is being used.
    fn make_room(&mut self, uses: u64) {
        if self.cells <= MOST_CELLS {
            return;
        }
        let mut by_use: Vec<_> = self.entries.iter().map(|(key, entry)| (entry.used, *key)).collect();
        by_use.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in by_use.into_iter().filter(|(used, _)| *used < uses) {
            if self.cells <= MOST_CELLS {
                break;
            }
            if let Some(entry) = self.entries.remove(&key) {
                self.cells -= entry.cells.len();
            }
        }
    }
}

async fn count(store: &Store, missing: &[Place], day: i32) -> Result<HashMap<Place, Cells>, StoreError> {
    let mut counted = HashMap::with_capacity(missing.len());
    if let [place] = missing {
        counted.insert(*place, Arc::from(store.tally(*place, day).await?));
        return Ok(counted);
    }
    let mut at_work = JoinSet::new();
    for part in missing.chunks(missing.len().div_ceil(AT_ONCE).max(1)) {
        let (store, part) = (store.clone(), part.to_vec());
        at_work.spawn(async move {
            let mut cells = Vec::with_capacity(part.len());
            for place in part {
                cells.push((place, Cells::from(store.tally(place, day).await?)));
            }
            Ok::<_, StoreError>(cells)
        });
    }
    while let Some(part) = at_work.join_next().await {
        counted
            .extend(part.map_err(|error| StoreError::Unavailable { cause: format!("a count ended early: {error}") })??);
    }
    Ok(counted)
}
