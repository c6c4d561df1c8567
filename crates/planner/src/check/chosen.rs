use super::assignment::way_m;
use crate::assign::{Compound, Problem};
use std::collections::HashMap;

/// Suppliers that a person or a solver has chosen for one compound, as indices into the suppliers of the problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Who feeds it.
    pub main: Option<usize>,
    /// Who steps in.
    pub backup: Option<usize>,
}

/// A supplier that would have to give more than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// The supplier, as index.
    pub supplier: usize,
    /// The category, as index.
    pub category: usize,
    /// So much a day is missing, in the unit of the category.
    pub short_by: i64,
    /// The supplier whose failure would cause it; `None` when it is so on any day.
    pub should_fail: Option<usize>,
}

/// A pair that a person has ruled out before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Against {
    /// The compound, as index.
    pub compound: usize,
    /// The supplier chosen all the same, as index.
    pub supplier: usize,
    /// True when another supplier is forced, false when this one is forbidden.
    pub forced: bool,
}

/// How far a compound's main supplier is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Road distance in metres; `None` where a position is missing or nobody feeds it.
    pub distance_m: Option<i64>,
    /// 1 when no supplier is nearer; 0 without a distance.
    pub rank: usize,
}

/// What a choice of suppliers would lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequences {
    /// By supplier and category, what the compounds that it feeds need a day.
    pub loads: Vec<Vec<i64>>,
    /// Where that is more than there is: first as things are, then should one supplier fail.
    pub over: Vec<Over>,
    /// Where it goes against what was forced or forbidden.
    pub against: Vec<Against>,
    /// By compound.
    pub ways: Vec<Way>,
    /// Persons of compounds that nobody feeds.
    pub unserved_persons: i64,
    /// Persons times metres.
    pub person_distance_m: i64,
}

fn amount(row: &[i64], category: usize) -> i64 {
    row.get(category).copied().unwrap_or(0).max(0)
}

/// What a choice leads to, whoever made it: loads against capacities, what breaks when one supplier fails and the
/// backups step in, pairs that were ruled out, and ways. A choice beyond the end of `chosen` counts as none.
pub fn chosen(problem: &Problem, chosen: &[Chosen]) -> Consequences {
    let categories = problem.categories.len();
    let choice = |compound: usize| chosen.get(compound).copied().unwrap_or_default();
    let add = |sum: &mut Vec<i64>, compound: &Compound| {
        sum.resize(categories, 0);
        for (category, sum) in sum.iter_mut().enumerate() {
            *sum += amount(&compound.demand, category);
        }
    };
    let mut result = Consequences {
        loads: vec![vec![0; categories]; problem.suppliers.len()],
        over: Vec::new(),
        against: Vec::new(),
        ways: Vec::with_capacity(problem.compounds.len()),
        unserved_persons: 0,
        person_distance_m: 0,
    };
    let mut stepping_in: HashMap<(usize, usize), Vec<i64>> = HashMap::new();
    for (index, compound) in problem.compounds.iter().enumerate() {
        let Chosen { main, backup } = choice(index);
        for supplier in main.iter().chain(&backup).copied() {
            let code = &problem.suppliers[supplier].code;
            let forbidden = compound.forbid.contains(code);
            let forced = compound.force.as_ref().is_some_and(|force| force != code) && main == Some(supplier);
            if forbidden || forced {
                result.against.push(Against {
                    compound: index,
                    supplier,
                    forced: !forbidden,
                });
            }
        }
        let way = main.map_or_else(Way::default, |main| way(problem, index, main));
        match main {
            Some(main) => {
                add(&mut result.loads[main], compound);
                result.person_distance_m += compound.persons.max(1) * way.distance_m.unwrap_or(0);
                if let Some(backup) = backup.filter(|backup| *backup != main) {
                    add(stepping_in.entry((main, backup)).or_default(), compound);
                }
            }
            None => result.unserved_persons += compound.persons.max(0),
        }
        result.ways.push(way);
    }
    for (supplier, load) in result.loads.iter().enumerate() {
        for (category, load) in load.iter().enumerate() {
            let short_by = load - amount(&problem.suppliers[supplier].capacity, category);
            if short_by > 0 {
                result.over.push(Over {
                    supplier,
                    category,
                    short_by,
                    should_fail: None,
                });
            }
        }
    }
    let mut pairs: Vec<_> = stepping_in.into_iter().collect();
    pairs.sort_by_key(|(pair, _)| *pair);
    for ((main, backup), more) in pairs {
        for (category, more) in more.into_iter().enumerate() {
            let spare =
                amount(&problem.suppliers[backup].capacity, category) - result.loads[backup][category];
            // What is over anyway has been told.
            let short_by = more - spare.max(0);
            if short_by > 0 {
                result.over.push(Over {
                    supplier: backup,
                    category,
                    short_by,
                    should_fail: Some(main),
                });
            }
        }
    }
    result
}

fn way(problem: &Problem, compound: usize, main: usize) -> Way {
    let metres = |supplier: usize| way_m(problem, compound, supplier);
    let Some(distance_m) = metres(main) else {
        return Way::default();
    };
    let nearer = (0..problem.suppliers.len())
        .filter(|other| *other != main && metres(*other).is_some_and(|other| other < distance_m));
    Way {
        distance_m: Some(distance_m),
        rank: nearer.count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;
    use crate::assign::{Supplier, assign};
    use crate::effort::Effort;
    use proptest::prelude::*;

    fn problem(compounds: &[(i32, i64)], capacity: i64) -> Problem {
        let at = |step: i32| {
            Some(Point {
                lat_e6: 26_000_000,
                lng_e6: 113_000_000 + step * 1_000,
            })
        };
        Problem {
            categories: vec!["grain".into(), "meat".into()],
            compounds: compounds
                .iter()
                .enumerate()
                .map(|(index, (step, persons))| Compound {
                    code: format!("C{index}"),
                    at: at(*step),
                    persons: *persons,
                    demand: vec![persons * 400, persons * 100],
                    keep: None,
                    force: None,
                    forbid: Vec::new(),
                    prefer: Vec::new(),
                })
                .collect(),
            suppliers: (0..4)
                .map(|index| Supplier {
                    code: format!("S{index}"),
                    at: at(index * 30),
                    capacity: vec![capacity * 400, capacity * 100],
                })
                .collect(),
            keep_weight_m: 0,
            prefer_weight_m: 0,
            spare_pct: 0,
            by_road: Vec::new(),
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_how_much_is_missing() {
        let mut two = problem(&[(1, 10), (2, 15)], 20);
        two.compounds[1].forbid.push("S0".into());
        let both = [Chosen {
            main: Some(0),
            backup: Some(1),
        }; 2];
        let result = chosen(&two, &both);
        assert_eq!(result.loads[0], [10_000, 2_500]);
        let now: Vec<_> = result
            .over
            .iter()
            .filter(|over| over.should_fail.is_none())
            .collect();
        assert_eq!(
            now.iter()
                .map(|over| (over.category, over.short_by))
                .collect::<Vec<_>>(),
            [(0, 2_000), (1, 500)]
        );
        let failing: Vec<_> = result
            .over
            .iter()
            .filter(|over| over.should_fail == Some(0))
            .collect();
        assert_eq!(
            failing
                .iter()
                .map(|over| (over.supplier, over.short_by))
                .collect::<Vec<_>>(),
            [(1, 2_000), (1, 500)]
        );
        assert_eq!(
            result.against,
            [Against {
                compound: 1,
                supplier: 0,
                forced: false
            }]
        );
        assert_eq!(result.unserved_persons, 0);
        let nobody = chosen(&two, &[]);
        assert_eq!((nobody.unserved_persons, nobody.over.len()), (25, 0));
    }

    proptest! {
        /// What the solver proposes has the loads, ways and ranks that it says, and breaks nothing.
        #[test]
        fn agrees_with_the_solver(places in prop::collection::vec((0..120i32, 1..40i64), 1..30), capacity in 100..400i64) {
            let problem = problem(&places, capacity);
            let answer = assign(&problem, &Effort::rounds(2_000), 7);
            let index = |code: &Option<String>| code.as_ref().and_then(|code| problem.suppliers.iter().position(|one| one.code == *code));
            let lines: Vec<Chosen> = answer
                .choices
                .iter()
                .map(|choice| Chosen { main: index(&choice.main), backup: index(&choice.backup) })
                .collect();
            let result = chosen(&problem, &lines);
            prop_assert!(result.over.is_empty(), "{:?}", result.over);
            prop_assert_eq!(result.person_distance_m, answer.person_distance_m);
            prop_assert_eq!(result.unserved_persons, answer.unserved_persons);
            for (way, choice) in result.ways.iter().zip(&answer.choices) {
                prop_assert_eq!((way.distance_m, way.rank), (choice.distance_m, choice.rank));
            }
        }
    }
}
