//! Chance that always falls the same way from the same seed.

/// A seeded source of small choices (SplitMix64), for made-up data only.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// A source of its own for one thing, so that what other things draw does not change it.
    pub(crate) fn apart(&self, number: u64) -> Self {
        let mut dice = Dice(self.0 ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        dice.draw();
        dice
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1; 0 when there is none.
    pub(crate) fn below(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or_default().max(1);
        i64::try_from(self.draw() % bound).unwrap_or_default()
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most - least + 1)
    }

    /// Yes, so many times out of a hundred.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(i64::try_from(of.len()).unwrap_or(i64::MAX))).unwrap_or_default();
        &of[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way_and_stays_in_bounds() {
        let mut one = Dice::new(7);
        let mut other = Dice::new(7);
        for _ in 0..1000 {
            let drawn = one.between(-3, 3);
            assert!((-3..=3).contains(&drawn));
            assert_eq!(drawn, other.between(-3, 3));
        }
        assert_ne!(Dice::new(7).apart(1).below(1 << 60), Dice::new(7).apart(2).below(1 << 60));
    }
}
