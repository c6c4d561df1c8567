//! Dividing a scarce total by need.

/// Divides `total` among `needs` in proportion, by largest remainder.
///
/// The published rule: if the total covers all needs, each gets its need. Otherwise each gets total × need ÷
/// sum of needs, rounded down; what is left goes, one unit each, to those whose cut fraction was largest, and
/// among equals to the one that comes first in the list. So nobody gets more than the need, everybody is
/// within one unit of the exact share, and the shares add up to the smaller of total and sum of needs.
///
/// Total and needs are in one unit, for example packs; negative ones count as zero.
/// (Method of Hamilton and Hare.)
pub fn by_need(total: i64, needs: &[i64]) -> Vec<i64> {
    let needed: i128 = needs.iter().map(|need| i128::from(*need.max(&0))).sum();
    let total = i128::from(total.max(0));
    if total >= needed {
        return needs.iter().map(|need| *need.max(&0)).collect();
    }
    let (mut shares, fractions): (Vec<i64>, Vec<i128>) = needs
        .iter()
        .map(|need| {
            let product = total * i128::from(*need.max(&0));
            let share = i64::try_from(product / needed).expect("a share is at most its need");
            (share, product % needed)
        })
        .unzip();
    let given: i128 = shares.iter().map(|share| i128::from(*share)).sum();
    let left = usize::try_from(total - given).expect("less than one unit per need is left");
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(fractions[*index]), *index));
    for index in order.into_iter().take(left) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::by_need;
    use crate::check;
    use proptest::prelude::*;

    #[test]
    fn divides_by_the_published_rule() {
        assert_eq!(by_need(10, &[3, 4]), [3, 4]);
        assert_eq!(by_need(10, &[10, 10, 10]), [4, 3, 3]);
        assert_eq!(by_need(7, &[1, 2, 3, 4]), [1, 1, 2, 3]);
        assert_eq!(by_need(1, &[0, 5, 5]), [0, 1, 0]);
        assert_eq!(by_need(0, &[5, 5]), [0, 0]);
        assert_eq!(by_need(-3, &[5, -5]), [0, 0]);
        assert_eq!(by_need(5, &[]), [] as [i64; 0]);
        assert_eq!(
            by_need(i64::MAX, &[i64::MAX, i64::MAX]),
            [i64::MAX / 2 + 1, i64::MAX / 2]
        );
    }

    proptest! {
        #[test]
        fn every_share_follows_the_rule(total in 0i64..5000, needs in prop::collection::vec(0i64..100, 0..60)) {
            let shares = by_need(total, &needs);
            prop_assert_eq!(check::allocation(total, &needs, &shares), vec![]);
        }

        /// One unit moved to somebody else breaks the rule, and the checker says so.
        #[test]
        fn a_moved_unit_is_reported(
            total in 1i64..900, needs in prop::collection::vec(1i64..100, 2..20), from: usize, to: usize,
        ) {
            let mut shares = by_need(total, &needs);
            let (from, to) = (from % shares.len(), to % shares.len());
            prop_assume!(from != to && shares[from] > 0);
            shares[from] -= 1;
            shares[to] += 1;
            prop_assert!(!check::allocation(total, &needs, &shares).is_empty());
        }

        #[test]
        fn a_lost_unit_is_reported(total in 1i64..900, needs in prop::collection::vec(1i64..100, 1..20)) {
            let mut shares = by_need(total, &needs);
            let giver = shares.iter().position(|share| *share > 0).unwrap();
            shares[giver] -= 1;
            prop_assert!(!check::allocation(total, &needs, &shares).is_empty());
        }
    }
}
