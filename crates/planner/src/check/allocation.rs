use super::{Finding, Findings};

/// Verifies shares against the published rule of [`crate::allocate::by_need`]: all is given or all needs are
/// met, each share is the exact one rounded down or up, and who was rounded up has the larger fraction.
pub fn allocation(total: i64, needs: &[i64], shares: &[i64]) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.expect(needs.len() == shares.len(), || {
        format!("{} needs but {} shares", needs.len(), shares.len())
    });
    if needs.len() != shares.len() {
        return findings.0;
    }
    let needs: Vec<i128> = needs.iter().map(|need| i128::from(*need).max(0)).collect();
    let shares: Vec<i128> = shares.iter().map(|share| i128::from(*share)).collect();
    let needed: i128 = needs.iter().sum();
    let total = i128::from(total).max(0).min(needed);
    let given: i128 = shares.iter().sum();
    findings.expect(given == total, || format!("{given} given of {total}"));
    // The exact share is total × need ÷ needed; both sides are multiplied by `needed`.
    let surplus = |index: usize| shares[index] * needed - total * needs[index];
    for (index, (need, share)) in needs.iter().zip(&shares).enumerate() {
        findings.expect((0..=*need).contains(share), || {
            format!("share {index} is {share}, need {need}")
        });
        findings.expect(surplus(index).abs() < needed.max(1), || {
            format!("share {index} is {share}, a whole unit or more from the exact share")
        });
    }
    // Whoever got more than exact gave way least: nobody left below has a larger fraction.
    let fraction = |index: usize| (total * needs[index]) % needed.max(1);
    let up = (0..shares.len())
        .filter(|index| surplus(*index) > 0)
        .max_by_key(|index| (-fraction(*index), *index));
    let down = (0..shares.len())
        .filter(|index| surplus(*index) < 0)
        .min_by_key(|index| (-fraction(*index), *index));
    if let (Some(up), Some(down)) = (up, down) {
        let before = (-fraction(up), up) < (-fraction(down), down);
        findings.expect(before, || {
            format!("share {up} was rounded up before share {down}")
        });
    }
    findings.0
}
