//! Randomness that can be repeated.

/// A generator (splitmix64) that gives the same numbers for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Begins with `CHANCERY_TEST_SEED`, or with `seed`; tells which, for the report of a failed test.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let seed = std::env::var("CHANCERY_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(seed);
        eprintln!("CHANCERY_TEST_SEED={seed}");
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    /// One of the items.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let at = self.below(u64::try_from(items.len()).unwrap_or(u64::MAX));
        items[usize::try_from(at).expect("a place")]
    }
}
