//! When an open loop sends: the times are fixed before the run, so that a slow server cannot slow the crowd down.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// The times at which requests are due from the start of the run, as a crowd comes: independent of each other, `rate`
/// a second on average (a Poisson process).
pub fn arrivals(rate: u32, lasting: Duration, seed: u64) -> Vec<Duration> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let mut at_s = 0.0;
    let mut times = Vec::with_capacity((f64::from(rate) * lasting.as_secs_f64() * 1.1) as usize);
    loop {
        let draw: f64 = dice.random();
        at_s -= (1.0 - draw).ln() / f64::from(rate);
        if at_s >= lasting.as_secs_f64() {
            return times;
        }
        times.push(Duration::from_secs_f64(at_s));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_come_in_order_at_the_rate_and_not_evenly() {
        let times = arrivals(1_000, Duration::from_secs(10), 5);
        assert!((9_500..10_500).contains(&times.len()), "{}", times.len());
        assert!(times.is_sorted());
        assert!(times.last().unwrap() < &Duration::from_secs(10));
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        // In a Poisson process e⁻² of the gaps are longer than twice the mean one; in an even one none is.
        let long = gaps.filter(|gap| gap.as_micros() > 2_000).count();
        assert!((1_000..1_700).contains(&long), "{long}");
        assert_eq!(times, arrivals(1_000, Duration::from_secs(10), 5));
    }
}
