use super::{Finding, Findings};
use crate::assign::matrix::{Matrix, Placed};

/// Verifies a placement: everybody has one known supplier, no capacity is exceeded, the cost is right and not
/// below its bound.
pub fn placed(matrix: &Matrix, placed: &Placed) -> Vec<Finding> {
    let mut findings = Findings::default();
    let Some(mains) = &placed.mains else {
        return findings.0;
    };
    let compounds = matrix.cost.first().map_or(0, Vec::len);
    findings.expect(mains.len() == compounds, || {
        format!("{compounds} compounds but {} placed", mains.len())
    });
    let mut load = vec![0i128; matrix.capacity.len()];
    let mut cost = 0i128;
    for (compound, supplier) in mains.iter().enumerate() {
        let pair = matrix
            .cost
            .get(*supplier)
            .and_then(|row| row.get(compound))
            .zip(matrix.need.get(*supplier).and_then(|row| row.get(compound)));
        match pair {
            Some((way, need)) => {
                cost += i128::from(*way);
                load[*supplier] += i128::from(*need);
            }
            None => findings.expect(false, || {
                format!("compound {compound} is placed at {supplier}, which is not there")
            }),
        }
    }
    for (supplier, load) in load.iter().enumerate() {
        findings.expect(*load <= i128::from(matrix.capacity[supplier]), || {
            format!(
                "supplier {supplier} gives {load} of {}",
                matrix.capacity[supplier]
            )
        });
        if mains.contains(&supplier) {
            cost += i128::from(matrix.opening[supplier]);
        }
    }
    findings.expect(cost == i128::from(placed.cost), || {
        format!("the cost is {cost}, told {}", placed.cost)
    });
    findings.expect(placed.lower_bound <= placed.cost, || {
        "the cost is below its lower bound".into()
    });
    findings.0
}
