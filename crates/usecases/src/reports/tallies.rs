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
    /// The turn at which everything was forgotten: nothing from before it is kept.
    forgotten: u64,
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
        self.forgotten = self.turn;
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
        if turn < self.forgotten || self.touched.get(&key.0).is_some_and(|touched| *touched > turn) {
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

#[cfg(test)]
mod tests {
    use records::report::{Counts, Measure};
    use store::RequirementId;

    use super::*;

    const WARD: Place = Some(DepartmentId(3));
    const DESK: Place = Some(DepartmentId(4));

    /// So many cells that somebody could tell apart.
    fn cells(many: usize) -> Cells {
        let cell = |number: usize| Cell {
            job_role: "Nurse".to_owned(),
            requirement: RequirementId(i64::try_from(number).expect("few")),
            counts: Counts::with([(Measure::Assigned, 1)]),
        };
        (0..many).map(cell).collect()
    }

    fn kept(entries: &[((Place, i32), usize)]) -> Kept {
        let mut kept = Kept::default();
        for (key, many) in entries {
            kept.keep(*key, &cells(*many), 0);
        }
        kept
    }

    fn held(kept: &Kept) -> Vec<(Place, i32)> {
        let mut held: Vec<_> = kept.entries.keys().copied().collect();
        held.sort_unstable();
        // What is said to be held is what is held.
        assert_eq!(kept.cells, kept.entries.values().map(|entry| entry.cells.len()).sum::<usize>());
        held
    }

    #[test]
    fn what_a_change_reaches_is_thrown_away_from_its_day_on() {
        let mut kept = kept(&[((WARD, 9), 2), ((WARD, 10), 3), ((WARD, 11), 1), ((DESK, 11), 4), ((None, 11), 5)]);
        kept.touch(&HashMap::from([(WARD, 10)]));
        assert_eq!(held(&kept), [(None, 11), (WARD, 9), (DESK, 11)]);
        kept.touch(&HashMap::from([(None, 0), (DESK, 12)]));
        assert_eq!(held(&kept), [(WARD, 9), (DESK, 11)]);
        kept.touch(&HashMap::new());
        assert_eq!(held(&kept).len(), 2);
    }

    #[test]
    fn what_was_counted_before_a_change_is_not_kept_after_it() {
        let mut kept = Kept::default();
        let began = kept.turn;
        kept.touch(&HashMap::from([(WARD, 10)]));
        kept.keep((WARD, 10), &cells(1), began);
        // Not even for a day before the change: the counting may have seen half of it.
        kept.keep((WARD, 9), &cells(1), began);
        kept.keep((DESK, 10), &cells(1), began);
        assert_eq!(held(&kept), [(DESK, 10)]);
        let now = kept.turn;
        kept.keep((WARD, 10), &cells(2), now);
        assert_eq!(held(&kept), [(WARD, 10), (DESK, 10)]);
    }

    #[test]
    fn what_was_counted_before_everything_was_forgotten_is_not_kept() {
        let mut kept = kept(&[((WARD, 9), 7)]);
        let began = kept.turn;
        kept.forget();
        kept.keep((WARD, 9), &cells(2), began);
        assert_eq!(held(&kept), []);
        let now = kept.turn;
        kept.keep((WARD, 9), &cells(2), now);
        assert_eq!(held(&kept), [(WARD, 9)]);
    }

    #[test]
    fn what_is_counted_again_takes_the_place_of_what_was_there() {
        let mut kept = kept(&[((WARD, 9), 7)]);
        kept.keep((WARD, 9), &cells(2), 0);
        assert_eq!((held(&kept), kept.cells), (vec![(WARD, 9)], 2));
    }

    #[test]
    fn room_is_made_by_last_use_and_never_of_what_is_being_used() {
        let many = MOST_CELLS / 2 - 1;
        let mut kept = kept(&[((WARD, 1), many), ((DESK, 1), many)]);
        for (uses, key) in [(1, (DESK, 1)), (2, (WARD, 1))] {
            kept.entries.get_mut(&key).expect("it is kept").used = uses;
        }
        kept.uses = 3;
        kept.make_room(3);
        assert_eq!(held(&kept).len(), 2, "there is room");
        kept.keep((None, 1), &cells(3), 0);
        kept.make_room(3);
        assert_eq!(held(&kept), [(None, 1), (WARD, 1)], "the one not used for longest goes");
        kept.keep((DESK, 2), &cells(MOST_CELLS), 0);
        kept.make_room(3);
        assert_eq!(held(&kept), [(None, 1), (DESK, 2)], "what is being used stays, even where it is too much");
        kept.entries.get_mut(&(DESK, 2)).expect("it is kept").used = 4;
        kept.make_room(4);
        assert_eq!(held(&kept), [(DESK, 2)]);
    }
}
