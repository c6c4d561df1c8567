use super::{Finding, Findings};
use crate::assign::{Assignment, Compound, Partial, Problem};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whom decisions allow a compound: all but these, or this one alone.
type Bounds<'a> = (Option<&'a str>, BTreeSet<&'a str>);

/// Verifies that a shortage reaches everybody alike: `rationed` is `whole` but for what is asked for in categories of
/// which there is too little; everybody is given what `rationed` asks for in these; and nobody could be given a greater
/// part of the need by somebody who has a greater part, over however many others, without falling below it.
///
/// What adds up and who gives how much is verified by [`super::assignment`] and [`super::partial`].
pub fn rationed(
    whole: &Problem,
    rationed: &Problem,
    assignment: &Assignment,
    shares: &[Partial],
) -> Vec<Finding> {
    let mut findings = Findings::default();
    let same = whole.categories == rationed.categories
        && whole.suppliers == rationed.suppliers
        && whole.compounds.len() == rationed.compounds.len()
        && whole.compounds.len() == assignment.choices.len();
    findings.expect(same, || "the rationed problem is another one".into());
    if !same {
        return findings.0;
    }
    let shares: HashMap<&str, &Partial> = shares
        .iter()
        .map(|share| (share.compound.as_str(), share))
        .collect();
    let mut capacities: BTreeMap<&str, &[i64]> = BTreeMap::new();
    for supplier in &whole.suppliers {
        capacities.entry(&supplier.code).or_insert(&supplier.capacity);
    }
    let at = |row: &[i64], category: usize| row.get(category).map_or(0, |amount| i128::from(*amount).max(0));
    for (category, name) in whole.categories.iter().enumerate() {
        let needs: Vec<i128> = whole
            .compounds
            .iter()
            .map(|one| at(&one.demand, category))
            .collect();
        let parts: Vec<i128> = rationed
            .compounds
            .iter()
            .map(|one| at(&one.demand, category))
            .collect();
        let capacity: i128 = capacities.values().map(|row| at(row, category)).sum();
        let short = needs.iter().sum::<i128>() - capacity > whole.compounds.len() as i128;
        if !short {
            findings.expect(needs == parts, || {
                format!("{name} suffices, but less is asked for")
            });
            continue;
        }
        let mut holdings: Vec<Vec<(&str, i128)>> = Vec::with_capacity(parts.len());
        for (compound, choice) in whole.compounds.iter().zip(&assignment.choices) {
            let row = holdings.len();
            holdings.push(match (&choice.main, shares.get(compound.code.as_str())) {
                (Some(main), _) => vec![(main.as_str(), parts[row])],
                (None, Some(share)) => holds(share, category),
                (None, None) => Vec::new(),
            });
            let got: i128 = holdings[row].iter().map(|one| one.1).sum();
            findings.expect(got == parts[row] && got <= needs[row], || {
                format!(
                    "{}: {got} of {name}, the share is {} of {}",
                    compound.code, parts[row], needs[row]
                )
            });
        }
        let mut left: BTreeMap<&str, i128> = capacities
            .iter()
            .map(|(code, row)| (*code, at(row, category)))
            .collect();
        for (supplier, amount) in holdings.iter().flatten() {
            *left.entry(supplier).or_insert(0) -= amount;
        }
        envy(
            &mut findings,
            name,
            &whole.compounds,
            (&needs, &parts),
            &holdings,
            &left,
        );
    }
    findings.0
}

fn holds(share: &Partial, category: usize) -> Vec<(&str, i128)> {
    let given = share.given.get(category).map_or(0, |amount| i128::from(*amount));
    let main = share.main.iter().map(|main| (main.as_str(), given));
    let added = share.added.iter().filter(|one| one.category == category);
    main.chain(added.map(|one| (one.supplier.as_str(), i128::from(one.amount))))
        .filter(|one| one.1 > 0)
        .collect()
}

/// Compounds with the same bounds can reach the same suppliers, so the one with least of each kind speaks for all.
fn envy(
    findings: &mut Findings,
    name: &str,
    compounds: &[Compound],
    (needs, parts): (&[i128], &[i128]),
    holdings: &[Vec<(&str, i128)>],
    left: &BTreeMap<&str, i128>,
) {
    let bounds: Vec<Bounds> = compounds
        .iter()
        .map(|one| {
            (
                one.force.as_deref(),
                one.forbid.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    let may =
        |of: &Bounds, supplier: &str| of.0.is_none_or(|only| only == supplier) && !of.1.contains(supplier);
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (compound, held) in holdings.iter().enumerate() {
        for (supplier, _) in held.iter().filter(|one| one.1 > 0) {
            holders.entry(supplier).or_default().push(compound);
        }
    }
    let mut poorest: BTreeMap<&Bounds, usize> = BTreeMap::new();
    for compound in (0..parts.len()).filter(|one| parts[*one] < needs[*one]) {
        let known = poorest.entry(&bounds[compound]).or_insert(compound);
        if (parts[compound] + 1) * needs[*known] < (parts[*known] + 1) * needs[compound] {
            *known = compound;
        }
    }
    for (bound, poor) in poorest {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut asking: Vec<&Bounds> = vec![bound];
        let mut asked: BTreeSet<&Bounds> = BTreeSet::from([bound]);
        while let Some(next) = asking.pop() {
            let open: Vec<&str> = left
                .keys()
                .filter(|supplier| !reached.contains(*supplier) && may(next, supplier))
                .copied()
                .collect();
            for supplier in open {
                reached.insert(supplier);
                findings.expect(left[supplier] <= 0, || {
                    format!(
                        "{}: short of {name} while {supplier} has some left",
                        compounds[poor].code
                    )
                });
                for rich in holders.get(supplier).into_iter().flatten().copied() {
                    let greater = (parts[rich] - 1) * needs[poor] >= (parts[poor] + 1) * needs[rich];
                    findings.expect(!greater, || {
                        format!(
                            "{} has a greater part of {name} than {}",
                            compounds[rich].code, compounds[poor].code
                        )
                    });
                    if asked.insert(&bounds[rich]) {
                        asking.push(&bounds[rich]);
                    }
                }
            }
        }
    }
}
