//! Orders that look random, come from a seed and never change between releases.
//!
//! # The stream
//!
//! Each decision (a pool, the parts of a question, the choices of a scene) has a stream of its own: the extendable output of BLAKE3 in its key
//! derivation mode with the context [`CONTEXT`], over three texts, each after its length in eight little-endian bytes:
//! the seed; `pool`, `question`, `choices` or `recall`; the name of the pool, the id of the question or the scene, or the key of what is
//! recalled. The stream is read in little-endian numbers
//! of 64 bits. A number below `n` is the remainder of the first of them that is below the greatest multiple of `n`
//! under 2⁶⁴, so that none is likelier than another. A list is shuffled from its end (Fisher–Yates): its last place
//! gets one of all, the place before it one of the rest. A pool is shuffled and gives those that come first; the menus of a
//! question are shuffled one after the other; an ordering is shuffled again while it reads right. None of this changes
//! between releases: the tests hold papers that the first one drew, and that a second program drew from this description.

/// What sets these streams apart from everything else that is made with BLAKE3.
const CONTEXT: &str = "bedside 2026-11 the paper of a quiz";

/// What a paper, or the order of choices, follows from; the caller brings it, since this crate knows no chance.
pub type Seed = [u8; 16];

/// Numbers for one decision.
pub(crate) struct Stream(blake3::OutputReader);

impl Stream {
    pub(crate) fn new(seed: &Seed, what: &str, name: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        for part in [seed.as_slice(), what.as_bytes(), name.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize_xof())
    }

    /// A number below `count`, each as likely as any other.
    fn below(&mut self, count: u64) -> u64 {
        let count = count.max(1);
        let fair = u64::MAX - u64::MAX % count;
        loop {
            let mut bytes = [0; 8];
            self.0.fill(&mut bytes);
            let number = u64::from_le_bytes(bytes);
            if number < fair {
                return number % count;
            }
        }
    }

    /// Puts a list into an order in which every one is as likely.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let chosen = self.below(last as u64 + 1);
            list.swap(last, usize::try_from(chosen).unwrap_or(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(seed: u16, of: &str, length: usize) -> Vec<usize> {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&seed.to_le_bytes());
        let mut list: Vec<usize> = (0..length).collect();
        Stream::new(&bytes, "choices", of).shuffle(&mut list);
        list
    }

    #[test]
    fn a_seed_gives_the_same_order_for_ever() {
        assert_eq!(order(7, "at-the-desk", 5), [2, 4, 3, 0, 1]);
        assert_eq!(order(8, "at-the-desk", 5), order(8, "at-the-desk", 5));
        assert_ne!(order(7, "at-the-desk", 20), order(7, "she-softens", 20));
    }

    #[test]
    fn every_order_is_as_frequent_as_any_other() {
        let mut counts = std::collections::HashMap::new();
        for seed in 0..6_000 {
            *counts.entry(order(seed, "q", 3)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
