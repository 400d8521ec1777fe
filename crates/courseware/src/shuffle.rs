//! Orders that look random, come from a seed and never change between releases.

/// Puts a list into an order made of a seed and of what the list belongs to. The numbers are the extendable output of BLAKE3,
/// the order is that of Fisher and Yates, without bias; both are fixed for ever, since attempts keep only their seed.
pub(crate) fn shuffled<T>(seed: u64, of: &str, list: &mut [T]) {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(of.as_bytes());
    let mut stream = hasher.finalize_xof();
    for last in (1..list.len()).rev() {
        list.swap(last, below(&mut stream, last as u64 + 1));
    }
}

/// A number below `count`: numbers from the uneven end of the range are thrown away.
fn below(stream: &mut blake3::OutputReader, count: u64) -> usize {
    let uneven = u64::MAX - u64::MAX % count;
    loop {
        let mut bytes = [0; 8];
        stream.fill(&mut bytes);
        let number = u64::from_le_bytes(bytes);
        if number < uneven {
            return usize::try_from(number % count).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(seed: u64, of: &str, length: usize) -> Vec<usize> {
        let mut list: Vec<usize> = (0..length).collect();
        shuffled(seed, of, &mut list);
        list
    }

    #[test]
    fn a_seed_gives_the_same_order_for_ever() {
        assert_eq!(order(7, "at-the-desk", 5), [4, 0, 1, 2, 3]);
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
