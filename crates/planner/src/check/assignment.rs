use super::{Finding, Findings};
use crate::assign::{Assignment, Choice, Compound, PASSED_OVER_MAX, Problem, Reason, Supplier};
use crate::road_distance_m;
use std::collections::HashMap;

/// Verifies an assignment: everybody has a choice; forbidden and forced suppliers are respected; nobody gives
/// more than capacity; the backups of each supplier fit together; distances, ranks, totals and shortages are
/// right; every nearer supplier was passed over for a reason that holds; nobody is left over while an
/// allowed supplier has room; the cost is not below the bound.
pub fn assignment(problem: &Problem, assignment: &Assignment) -> Vec<Finding> {
    let mut audit = Audit::new(problem, assignment);
    audit
        .findings
        .expect(problem.compounds.len() == assignment.choices.len(), || {
            format!(
                "{} compounds but {} choices",
                problem.compounds.len(),
                assignment.choices.len()
            )
        });
    for (index, choice) in assignment
        .choices
        .iter()
        .enumerate()
        .take(problem.compounds.len())
    {
        audit.choice(index, choice);
    }
    audit.capacities();
    audit.backups();
    audit.totals();
    audit.shortages();
    audit.lacks();
    audit.findings.0
}

struct Audit<'a> {
    problem: &'a Problem,
    assignment: &'a Assignment,
    suppliers: HashMap<&'a str, &'a Supplier>,
    /// The first of each code, as index.
    numbers: HashMap<&'a str, usize>,
    load: HashMap<&'a str, Vec<i64>>,
    findings: Findings,
}

fn amount(row: &[i64], category: usize) -> i64 {
    row.get(category).copied().unwrap_or(0).max(0)
}

/// The way between a compound and a supplier, both as indices: as told by road, else straight and lengthened.
pub(super) fn way_m(problem: &Problem, compound: usize, supplier: usize) -> Option<i64> {
    let straight_m = road_distance_m(problem.compounds[compound].at?, problem.suppliers[supplier].at?);
    let told = problem.by_road.get(compound).into_iter().flatten();
    let mut told = told.filter(|(one, _)| *one == supplier);
    Some(told.next().map_or(straight_m, |(_, metres)| *metres))
}

impl<'a> Audit<'a> {
    fn new(problem: &'a Problem, assignment: &'a Assignment) -> Audit<'a> {
        let (mut suppliers, mut numbers) = (HashMap::new(), HashMap::new());
        for (number, supplier) in problem.suppliers.iter().enumerate() {
            suppliers.entry(supplier.code.as_str()).or_insert(supplier);
            numbers.entry(supplier.code.as_str()).or_insert(number);
        }
        let mut load: HashMap<&str, Vec<i64>> = HashMap::new();
        for (compound, choice) in problem.compounds.iter().zip(&assignment.choices) {
            if let Some(main) = &choice.main {
                add(load.entry(main).or_default(), compound, problem.categories.len());
            }
        }
        Audit {
            problem,
            assignment,
            suppliers,
            numbers,
            load,
            findings: Findings::default(),
        }
    }

    fn spare(&self, supplier: &Supplier, category: usize) -> i64 {
        let load = self
            .load
            .get(supplier.code.as_str())
            .map_or(0, |load| amount(load, category));
        amount(&supplier.capacity, category) - load
    }

    /// What is lacking per category for one more compound.
    fn lacking(&self, compound: &Compound, supplier: &Supplier) -> Vec<i64> {
        (0..self.problem.categories.len())
            .map(|category| amount(&compound.demand, category) - self.spare(supplier, category))
            .collect()
    }

    fn has_room(&self, compound: &Compound, supplier: &Supplier) -> bool {
        self.lacking(compound, supplier).iter().all(|short| *short <= 0)
    }

    fn choice(&mut self, index: usize, choice: &Choice) {
        let compound = &self.problem.compounds[index];
        let code = &compound.code;
        let kept = choice.main.is_some() && choice.main == compound.keep;
        let conditions = [
            (*code == choice.compound, "the choice names another compound"),
            (choice.kept == kept, "kept is wrong"),
            (choice.positioned == compound.at.is_some(), "positioned is wrong"),
            (
                choice.backup.is_none() || choice.backup != choice.main,
                "backup and main are one",
            ),
            (
                choice.main.is_some() || choice.backup.is_none(),
                "a backup without a main",
            ),
            (
                compound.force.is_none() || choice.main.is_none() || choice.main == compound.force,
                "not as forced",
            ),
        ];
        for (holds, what) in conditions {
            self.findings.expect(holds, || format!("{code}: {what}"));
        }
        for supplier in choice.main.iter().chain(&choice.backup) {
            let known = self.suppliers.contains_key(supplier.as_str());
            self.findings
                .expect(known, || format!("{code}: there is no supplier {supplier}"));
            let forbidden = compound.forbid.contains(supplier);
            self.findings
                .expect(!forbidden, || format!("{code}: supplier {supplier} is forbidden"));
        }
        let main = choice
            .main
            .as_ref()
            .and_then(|main| self.numbers.get(main.as_str()).copied());
        let distance_m = main.and_then(|main| way_m(self.problem, index, main));
        self.findings.expect(choice.distance_m == distance_m, || {
            format!(
                "{code}: distance {:?}, should be {distance_m:?}",
                choice.distance_m
            )
        });
        let nearer = self.nearer(index, distance_m, choice);
        let rank = distance_m.map_or(0, |_| nearer.len() + 1);
        self.findings.expect(choice.rank == rank, || {
            format!("{code}: rank {}, should be {rank}", choice.rank)
        });
        self.passed_over(compound, choice, &nearer);
        if choice.main.is_none() {
            self.left_over(compound);
        }
    }

    /// Suppliers with a known way, shorter than the main's if that is known; nearest first.
    fn nearer(&self, compound: usize, distance_m: Option<i64>, choice: &Choice) -> Vec<&'a Supplier> {
        let placed = self.problem.compounds[compound].at.is_some();
        let mut ways: Vec<(i64, usize, &Supplier)> = Vec::new();
        for (index, supplier) in self.problem.suppliers.iter().enumerate() {
            let unplaced = (!placed && choice.main.is_none()).then_some(0);
            if let Some(metres) = way_m(self.problem, compound, index).or(unplaced)
                && distance_m.is_none_or(|limit| metres < limit)
                && Some(&supplier.code) != choice.main.as_ref()
            {
                ways.push((metres, index, supplier));
            }
        }
        ways.sort_by_key(|(metres, index, _)| (*metres, *index));
        ways.into_iter().map(|(_, _, supplier)| supplier).collect()
    }

    fn passed_over(&mut self, compound: &Compound, choice: &Choice, nearer: &[&Supplier]) {
        let code = &compound.code;
        for (place, supplier) in nearer.iter().take(PASSED_OVER_MAX).enumerate() {
            let told = choice
                .passed_over
                .get(place)
                .map(|passed| passed.supplier.as_str());
            self.findings.expect(told == Some(supplier.code.as_str()), || {
                format!(
                    "{code}: supplier {} is nearer and not told as passed over",
                    supplier.code
                )
            });
        }
        for passed in &choice.passed_over {
            let Some(supplier) = self.suppliers.get(passed.supplier.as_str()).copied() else {
                self.findings.expect(false, || {
                    format!("{code}: there is no supplier {}", passed.supplier)
                });
                continue;
            };
            let free = !compound.forbid.contains(&passed.supplier)
                && compound
                    .force
                    .as_ref()
                    .is_none_or(|force| *force == passed.supplier);
            let holds = match &passed.reason {
                Reason::Forbidden => compound.forbid.contains(&passed.supplier),
                Reason::NoPosition => supplier.at.is_none() && compound.at.is_some(),
                Reason::Preferred => {
                    let preferred = |code: &String| compound.prefer.contains(code);
                    free && !preferred(&passed.supplier) && choice.main.as_ref().is_some_and(preferred)
                }
                Reason::Spared => free && self.only_spared(compound, supplier),
                Reason::Kept => free && choice.main == compound.keep && self.has_room(compound, supplier),
                Reason::Forced => compound
                    .force
                    .as_ref()
                    .is_some_and(|force| *force != passed.supplier),
                Reason::Full { category, short_by } => {
                    let number = self.problem.categories.iter().position(|name| name == category);
                    let short = number.map(|number| self.lacking(compound, supplier)[number]);
                    free && *short_by > 0 && short == Some(*short_by)
                }
            };
            let reason = &passed.reason;
            self.findings
                .expect(holds, || format!("{code}: {} is not {reason:?}", passed.supplier));
        }
    }

    /// Whether it has room only in what stays free.
    fn only_spared(&self, compound: &Compound, supplier: &Supplier) -> bool {
        let percent = self.problem.spare_pct.clamp(0, 100);
        let lacks = (0..self.problem.categories.len()).any(|category| {
            let free = i128::from(amount(&supplier.capacity, category)) * i128::from(percent) / 100;
            i128::from(self.spare(supplier, category)) - free < i128::from(amount(&compound.demand, category))
        });
        lacks && percent > 0 && self.has_room(compound, supplier)
    }

    /// With what is lacking added, every compound that has lacks fits; nobody else has any.
    fn lacks(&mut self) {
        let names: Vec<&String> = self.problem.categories.iter().collect();
        let mut room: HashMap<&str, Vec<i64>> = HashMap::new();
        for (code, supplier) in &self.suppliers {
            let spare = (0..names.len()).map(|category| self.spare(supplier, category));
            room.insert(code, spare.collect());
        }
        for (compound, choice) in self.problem.compounds.iter().zip(&self.assignment.choices) {
            let told: Vec<_> = self
                .assignment
                .lacks
                .iter()
                .filter(|lack| lack.compound == compound.code)
                .collect();
            let Some(first) = told.first() else { continue };
            let Some(room) = room.get_mut(first.supplier.as_str()) else {
                self.findings
                    .expect(false, || format!("there is no supplier {}", first.supplier));
                continue;
            };
            let allowed = !compound.forbid.contains(&first.supplier)
                && compound
                    .force
                    .as_ref()
                    .is_none_or(|force| *force == first.supplier)
                && told.iter().all(|lack| lack.supplier == first.supplier);
            for (category, room) in room.iter_mut().enumerate() {
                let added: i64 = told
                    .iter()
                    .filter(|lack| lack.category == *names[category])
                    .map(|lack| lack.short_by)
                    .sum();
                let left = *room + added - amount(&compound.demand, category);
                let right = left >= 0 && (added == 0 || left == 0);
                self.findings
                    .expect(right && allowed && choice.main.is_none(), || {
                        format!(
                            "{}: lacks other than {added} of {}",
                            compound.code, names[category]
                        )
                    });
                *room = left.max(0);
            }
        }
    }

    fn left_over(&mut self, compound: &Compound) {
        let room = self.problem.suppliers.iter().find(|supplier| {
            let allowed = compound
                .force
                .as_ref()
                .is_none_or(|force| *force == supplier.code)
                && !compound.forbid.contains(&supplier.code);
            // Of two with one code only the first is meant.
            let meant = self
                .suppliers
                .get(supplier.code.as_str())
                .is_some_and(|first| std::ptr::eq(*first, *supplier));
            allowed && meant && self.has_room(compound, supplier)
        });
        self.findings.expect(room.is_none(), || {
            format!(
                "{}: left over although {:?} has room",
                compound.code,
                room.map(|supplier| &supplier.code)
            )
        });
    }

    fn capacities(&mut self) {
        for (code, supplier) in &self.suppliers {
            for (category, name) in self.problem.categories.iter().enumerate() {
                let spare = self.spare(supplier, category);
                self.findings.expect(spare >= 0, || {
                    format!("{code}: {} above capacity in {name}", -spare)
                });
            }
        }
    }

    /// Should one supplier fail, its compounds fit with their backups beside what those feed already.
    fn backups(&mut self) {
        let mut moved: HashMap<(&str, &str), Vec<i64>> = HashMap::new();
        for (compound, choice) in self.problem.compounds.iter().zip(&self.assignment.choices) {
            if let (Some(main), Some(backup)) = (&choice.main, &choice.backup) {
                add(
                    moved.entry((main, backup)).or_default(),
                    compound,
                    self.problem.categories.len(),
                );
            }
        }
        for ((main, backup), load) in &moved {
            let Some(supplier) = self.suppliers.get(backup).copied() else {
                continue;
            };
            for (category, name) in self.problem.categories.iter().enumerate() {
                let short = amount(load, category) - self.spare(supplier, category);
                self.findings.expect(short <= 0, || {
                    format!("{backup} lacks {short} {name} should {main} fail")
                });
            }
        }
    }

    fn totals(&mut self) {
        let assignment = self.assignment;
        let (mut metres, mut weighted, mut left, mut cost) = (0i64, 0i128, 0i64, 0i128);
        let mut known = true;
        for (compound, choice) in self.problem.compounds.iter().zip(&assignment.choices) {
            let persons = i128::from(compound.persons.max(1));
            if choice.main.is_none() {
                left += compound.persons.max(0);
                continue;
            }
            let way_m = choice.distance_m.unwrap_or(0);
            known &= choice.distance_m.is_some() || compound.at.is_none() || choice.kept;
            metres += way_m;
            weighted += persons * i128::from(way_m);
            let present = compound
                .keep
                .as_ref()
                .filter(|keep| self.suppliers.contains_key(keep.as_str()));
            let changed = present.is_some() && !choice.kept;
            let change_m = if changed {
                self.problem.keep_weight_m.max(0)
            } else {
                0
            };
            let prefers = compound
                .prefer
                .iter()
                .any(|code| self.suppliers.contains_key(code.as_str()));
            let strange = prefers
                && !choice
                    .main
                    .as_ref()
                    .is_some_and(|main| compound.prefer.contains(main));
            let strange_m = if strange {
                self.problem.prefer_weight_m.max(0)
            } else {
                0
            };
            cost += persons * i128::from(way_m + change_m + strange_m);
        }
        let findings = &mut self.findings;
        findings.expect(assignment.total_distance_m == metres, || {
            format!(
                "total distance {}, should be {metres}",
                assignment.total_distance_m
            )
        });
        findings.expect(i128::from(assignment.person_distance_m) == weighted, || {
            format!(
                "persons × metres {}, should be {weighted}",
                assignment.person_distance_m
            )
        });
        findings.expect(!known || i128::from(assignment.cost_person_m) == cost, || {
            format!("cost {}, should be {cost}", assignment.cost_person_m)
        });
        findings.expect(assignment.unserved_persons == left, || {
            format!(
                "{} persons unserved, should be {left}",
                assignment.unserved_persons
            )
        });
        let complete = assignment.choices.iter().all(|choice| choice.main.is_some());
        findings.expect(assignment.lower_bound_person_m.is_some() == complete, || {
            "a lower bound is told exactly when everybody is served".into()
        });
        findings.expect(
            assignment
                .lower_bound_person_m
                .is_none_or(|bound| bound <= assignment.cost_person_m),
            || "the cost is below its lower bound".into(),
        );
    }

    fn shortages(&mut self) {
        let mut told = self.assignment.shortages.iter();
        for (category, name) in self.problem.categories.iter().enumerate() {
            let demand: i64 = self
                .problem
                .compounds
                .iter()
                .map(|row| amount(&row.demand, category))
                .sum();
            let capacity: i64 = self
                .problem
                .suppliers
                .iter()
                .map(|row| amount(&row.capacity, category))
                .sum();
            if demand <= capacity {
                continue;
            }
            let right = told.next().is_some_and(|told| {
                (&told.category, told.demand, told.capacity, told.short_by)
                    == (name, demand, capacity, demand - capacity)
            });
            self.findings.expect(right, || {
                format!("{name}: {demand} needed of {capacity}, told otherwise")
            });
        }
        let surplus = told.count();
        self.findings
            .expect(surplus == 0, || format!("{surplus} shortages too many"));
    }
}

fn add(sum: &mut Vec<i64>, compound: &Compound, categories: usize) {
    sum.resize(categories, 0);
    for (category, sum) in sum.iter_mut().enumerate() {
        *sum += amount(&compound.demand, category);
    }
}
