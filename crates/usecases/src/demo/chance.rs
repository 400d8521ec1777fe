//! Chance that is the same for the same seed, for made-up people.

/// A stream of numbers that look like chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed for one thing of many: its kind and its number.
    pub fn of(seed: u64, kind: u64, number: usize) -> Self {
        let mut chance = Self(seed ^ kind.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (number as u64) << 20);
        // Streams of neighbours begin far apart.
        chance.0 = chance.next();
        chance.0 = chance.next();
        chance
    }

    /// A step of splitmix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// From 0 to just below 1.
    pub fn share(&mut self) -> f64 {
        f64::from((self.next() >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
    }

    /// Whether something happens that does so in this share of cases.
    pub fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A number from `least` to `most`, both included; `least` where `most` is smaller.
    pub fn between(&mut self, least: i32, most: i32) -> i32 {
        let count = (i64::from(most) - i64::from(least) + 1).max(1) as u64;
        least + i32::try_from(self.next() % count).unwrap_or(0)
    }

    /// A number that is normally distributed around 0, with a deviation of 1, and never further from it than 6.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// Some bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| (self.next() >> 56) as u8)
    }

    /// One of these, of which there is at least one.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.next() % of.len() as u64) as usize]
    }
}
