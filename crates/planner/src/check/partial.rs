use super::{Finding, Findings};
use crate::assign::{Assignment, Partial, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// Verifies what is given where no supplier had enough: exactly the compounds without a main supplier are dealt with;
/// what each is given, what is added and what is short make up its need; nobody gives more than capacity or to whom it
/// may not; and nobody is short of a category of which an allowed supplier has some left.
pub fn partial(problem: &Problem, assignment: &Assignment, partial: &[Partial]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let value = |row: &[i64], at: usize| row.get(at).map_or(0, |amount| (*amount).max(0));
    let mut left: BTreeMap<(&str, usize), i128> = BTreeMap::new();
    for supplier in &problem.suppliers {
        for at in 0..problem.categories.len() {
            left.entry((&supplier.code, at))
                .or_insert_with(|| i128::from(value(&supplier.capacity, at)));
        }
    }
    let mut told = partial.iter();
    let mut dealt = Vec::new();
    for (compound, choice) in problem.compounds.iter().zip(&assignment.choices) {
        if let Some(main) = &choice.main {
            for at in 0..problem.categories.len() {
                if let Some(room) = left.get_mut(&(main.as_str(), at)) {
                    *room -= i128::from(value(&compound.demand, at));
                }
            }
            continue;
        }
        let Some(share) = told.next().filter(|share| share.compound == compound.code) else {
            findings.expect(false, || format!("{}: nothing is said of it", compound.code));
            break;
        };
        let may: BTreeSet<&str> = problem
            .suppliers
            .iter()
            .map(|one| one.code.as_str())
            .filter(|code| compound.force.as_deref().is_none_or(|only| only == *code))
            .filter(|code| compound.forbid.iter().all(|not| not != code))
            .collect();
        for at in 0..problem.categories.len() {
            let given = share.given.get(at).copied().unwrap_or(-1);
            let short = share.short.get(at).copied().unwrap_or(-1);
            let added: i64 = share
                .added
                .iter()
                .filter(|one| one.category == at)
                .map(|one| one.amount)
                .sum();
            findings.expect(
                given >= 0 && short >= 0 && given + added + short == value(&compound.demand, at),
                || format!("{}: category {at} does not add up", compound.code),
            );
            if let Some(room) = share.main.as_deref().and_then(|main| left.get_mut(&(main, at))) {
                *room -= i128::from(given);
            } else {
                findings.expect(given == 0, || {
                    format!("{}: nobody gives what it gets", compound.code)
                });
            }
        }
        for one in &share.added {
            findings.expect(
                one.amount > 0 && share.main.as_ref() != Some(&one.supplier),
                || {
                    format!(
                        "{}: {} adds nothing or is the main supplier",
                        compound.code, one.supplier
                    )
                },
            );
            match left.get_mut(&(one.supplier.as_str(), one.category)) {
                Some(room) => *room -= i128::from(one.amount),
                None => findings.expect(false, || {
                    format!("{}: {} is not known", compound.code, one.supplier)
                }),
            }
        }
        let givers = share
            .main
            .iter()
            .chain(share.added.iter().map(|one| &one.supplier));
        for giver in givers {
            findings.expect(may.contains(giver.as_str()), || {
                format!("{}: {giver} may not supply it", compound.code)
            });
        }
        dealt.push((share, may));
    }
    findings.expect(told.next().is_none(), || {
        "a compound is told that has a supplier".into()
    });
    for ((supplier, category), room) in &left {
        findings.expect(*room >= 0, || {
            format!("{supplier} gives more of {category} than it has")
        });
    }
    for (share, may) in dealt {
        for (at, short) in share.short.iter().enumerate() {
            let some_left = may
                .iter()
                .find(|code| left.get(&(**code, at)).is_some_and(|room| *room > 0));
            findings.expect(*short <= 0 || some_left.is_none(), || {
                format!("{}: short of {at} while {some_left:?} has some", share.compound)
            });
        }
    }
    findings.0
}
