//! Times the assignment of a large city and tells how far it can be from the best.
//!
//! `cargo run --release -p planner --example assign [compounds] [suppliers] [tightness in percent] [seed] [threads] [seconds] [near]`
//!
//! Where more than 100 per cent is needed, shares are cut first so that the shortage reaches everybody alike.
//!
//! Without seconds it searches for the usual rounds, which give the same answer on every machine. With `near` the ways to so many near
//! suppliers of each compound are told as by road, 15 per cent shorter to 45 per cent longer than estimated.

use planner::assign::{
    Assignment, Compound, Problem, Rationed, Supplier, apportion, assign, rationed, replan, usual_rounds,
};
use planner::effort::Effort;
use planner::{Point, check};
use std::time::Instant;

/// A congruential generator, so that the example needs nothing from the solver.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % limit
    }

    /// Towns are dense in the middle: the mean of three throws, in millionths of a degree.
    fn place(&mut self) -> Option<Point> {
        let mut spread = || ((self.below(400_000) + self.below(400_000) + self.below(400_000)) / 3) as i32;
        Some(Point {
            lat_e6: 31_000_000 + spread(),
            lng_e6: 121_000_000 + spread(),
        })
    }
}

fn city(compounds: usize, suppliers: usize, tightness_percent: i64, seed: u64) -> Problem {
    let mut dice = Dice(seed);
    let categories: Vec<String> = ["vegetables", "meat", "grain", "milk"].map(String::from).into();
    // Grams per person and day.
    let norm_g = [400, 100, 350, 200];
    let compounds: Vec<Compound> = (0..compounds)
        .map(|number| {
            let persons = 50 + dice.below(900);
            Compound {
                code: format!("c{number}"),
                at: dice.place(),
                persons,
                demand: norm_g
                    .iter()
                    .map(|norm| persons * norm * (80 + dice.below(40)) / 100)
                    .collect(),
                keep: None,
                force: None,
                forbid: Vec::new(),
                prefer: Vec::new(),
            }
        })
        .collect();
    let sizes: Vec<i64> = (0..suppliers).map(|_| 20 + dice.below(100)).collect();
    let total: i64 = sizes.iter().sum();
    let suppliers = sizes
        .iter()
        .enumerate()
        .map(|(number, size)| Supplier {
            code: format!("s{number}"),
            at: dice.place(),
            capacity: (0..4)
                .map(|category| {
                    let demand: i64 = compounds.iter().map(|compound| compound.demand[category]).sum();
                    demand / total * size * 100 / tightness_percent * (90 + dice.below(20)) / 100
                })
                .collect(),
        })
        .collect();
    Problem {
        categories,
        compounds,
        suppliers,
        keep_weight_m: 500,
        prefer_weight_m: 0,
        spare_pct: 0,
        by_road: Vec::new(),
    }
}

/// Ways as a map of roads would tell them.
fn told_by_road(problem: &Problem, near: usize, seed: u64) -> Vec<Vec<(usize, i64)>> {
    let mut dice = Dice(seed ^ 7);
    let row = |compound: usize| {
        let ways = (0..problem.suppliers.len()).filter_map(|one| Some((problem.way_m(compound, one)?, one)));
        let mut ways: Vec<(i64, usize)> = ways.collect();
        ways.sort_unstable();
        ways.truncate(near);
        let told = ways
            .into_iter()
            .map(|(metres, one)| (one, metres * (85 + dice.below(60)) / 100));
        told.collect()
    };
    (0..problem.compounds.len()).map(row).collect()
}

fn tell(title: &str, problem: &Problem, assignment: &Assignment, seconds: f64) {
    let findings = check::assignment(problem, assignment).len();
    let gap = assignment
        .lower_bound_person_m
        .map(|bound| (assignment.cost_person_m - bound) as f64 / bound.max(1) as f64 * 100.0);
    let with_backup = assignment
        .choices
        .iter()
        .filter(|choice| choice.backup.is_some())
        .count();
    let kept = assignment.choices.iter().filter(|choice| choice.kept).count();
    println!(
        "{title}: {seconds:.2} s, cost {} person-km, gap to bound {}, unserved persons {}, backups {with_backup}, \
         kept {kept}, findings {findings}",
        assignment.cost_person_m / 1000,
        gap.map_or("-".into(), |gap| format!("{gap:.3} %")),
        assignment.unserved_persons,
    );
}

/// What comes of a shortage: the parts, how many suppliers a compound deals with, and what the checkers say.
fn tell_shared(whole: &Problem, cut: &Rationed, mut assignment: Assignment, start: Instant) {
    tell(
        "assigned with fair shares",
        &cut.problem,
        &assignment,
        start.elapsed().as_secs_f64(),
    );
    let shares = apportion(cut, &mut assignment);
    let seconds = start.elapsed().as_secs_f64();
    let mut suppliers = [0usize; 8];
    for share in &shares {
        let mut others: Vec<&str> = share.added.iter().map(|one| one.supplier.as_str()).collect();
        others.sort_unstable();
        others.dedup();
        suppliers[(others.len() + 1).min(7)] += 1;
    }
    suppliers[1] += assignment
        .choices
        .iter()
        .filter(|choice| choice.main.is_some())
        .count();
    let checked = Instant::now();
    let findings = check::partial(&cut.problem, &assignment, &shares).len()
        + check::rationed(whole, &cut.problem, &assignment, &shares).len();
    println!(
        "shared alike: {seconds:.2} s in all, compounds by number of suppliers {:?}, findings {findings} (checked in {:.2} s)",
        &suppliers[1..],
        checked.elapsed().as_secs_f64()
    );
    for one in &cut.shortages {
        println!(
            "  {}: {:.1} % of the need",
            one.category,
            one.capacity as f64 * 100.0 / one.demand as f64
        );
    }
}

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let mut number = |usual: u64| numbers.next().unwrap_or(usual);
    let (compounds, suppliers, tightness, seed) = (number(20_000), number(500), number(85), number(1));
    println!(
        "{compounds} compounds, {suppliers} suppliers, 4 categories, {tightness} % of capacity needed, seed {seed}"
    );
    let mut problem = city(compounds as usize, suppliers as usize, tightness as i64, seed);
    let (threads, seconds, near) = (number(1), number(0), number(0));
    if near > 0 {
        problem.by_road = told_by_road(&problem, near as usize, seed);
    }
    let start = Instant::now();
    let spent = || start.elapsed().as_secs_f64() / seconds as f64;
    let effort = match seconds {
        0 => Effort {
            threads: threads as usize,
            ..Effort::rounds(usual_rounds(&problem))
        },
        _ => Effort {
            threads: threads as usize,
            spent: Some(&spent),
            ..Effort::rounds(u64::MAX)
        },
    };
    let cut = rationed(&problem);
    if let Some(cut) = &cut {
        return tell_shared(&problem, cut, assign(&cut.problem, &effort, seed), start);
    }
    let first = assign(&problem, &effort, seed);
    tell("first plan", &problem, &first, start.elapsed().as_secs_f64());
    for (compound, choice) in problem.compounds.iter_mut().zip(first.choices) {
        compound.keep = choice.main;
    }
    // The failed supplier is forbidden to all.
    for compound in &mut problem.compounds {
        compound.forbid.push("s0".into());
    }
    let start = Instant::now();
    let mended = replan(&problem);
    let seconds = start.elapsed().as_secs_f64();
    tell("supplier s0 fails", &problem, &mended.assignment, seconds);
    println!("{} changes, at least {}", mended.changes, mended.changes_at_least);
}
