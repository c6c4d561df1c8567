//! Which suppliers to open when each costs something to use at all.

use super::anneal::State;
use super::duals::Duals;
use super::model::Model;
use super::share::{SMALLEST, Sharing, repair};
use crate::effort::Meter;
use crate::random::Random;

/// Suppliers that the relaxation opens at least this often are open at first, and more until all together have
/// this many times the need.
const OPEN_FROM: f64 = 0.5;
const ROOM: f64 = 1.05;

/// Moves per compound after a change of what is open, and at which part of the usual step.
const MOVES: usize = 30;
const WARMTH: f64 = 0.3;

/// The moves come in stages, together [`MOVES`]. Before each a change is given up if it would take a gain that lies so many mean distances beyond what
/// the rest of the moves usually gains, but for a few changes from which that is learned.
const STAGES: [usize; 3] = [2, 6, 22];
const DISTANCES: f64 = 2.0;
const WHOLE: f64 = 0.03;
const LEARNED: f64 = 0.05;

/// The price of exceeding a capacity is adapted once for each change, and so often at least in a whole search, however short.
const ADAPTED: f64 = 4_000.0;

/// So much of the effort goes into what is open at first; then suppliers around a compound share out their compounds anew, in
/// which some may open and close; and when that helps no more, so much goes into what is open again.
const OPENED: f64 = 0.6;
const REOPENED: f64 = 0.1;

/// So many changes for each supplier without a better answer lead back to the best answer, or where there is none to a fresh
/// start from others that are open.
const PATIENCE: u64 = 10;

/// At first a change may be kept that costs this part of the whole more.
const LENIENCE: f64 = 0.002;

/// So many closed suppliers near a compound are looked at.
const AROUND: usize = 6;

/// Opens, closes and exchanges suppliers one by one, lets the compounds around find their places, and keeps the
/// change if it is good or, at first, not too bad.
pub(super) fn search(
    model: &Model,
    duals: &Duals,
    random: &mut Random,
    meter: &mut Meter,
) -> Option<(i64, Vec<u32>)> {
    let mut open = first_open(model, duals);
    let mut state = State::new(model, &duals.price, &open)?;
    state.look_at(&vec![true; model.suppliers]);
    let warm = state.usual_step(&duals.price) * WARMTH;
    state.look_at(&open);
    state.anneal(random, model.compounds * MOVES, warm);
    mend(model, duals, random, &mut state, &mut open);
    let mut rounds = 0;
    let mut going = true;
    let mut least = (i64::MAX, 0);
    let mut until = OPENED;
    let mut size = SMALLEST;
    let mut hope = Hope::new(model.compounds);
    loop {
        while going && (meter.done() < until || state.best.is_none()) {
            rounds += 1;
            let best = state.best.as_ref().map_or(i64::MAX, |(cost, _)| *cost);
            if best < least.0 {
                least = (best, rounds);
            } else if rounds - least.1 > PATIENCE * model.suppliers as u64 {
                least.1 = rounds;
                match state.best.clone() {
                    Some((_, home)) => {
                        state.go_to(&home);
                        open_used(&mut state, &mut open);
                    }
                    None => {
                        open.iter_mut().for_each(|open| *open = random.below(2) == 0);
                        open_for_all(model, &mut open);
                        state = State::new(model, &duals.price, &open)?;
                        state.anneal(random, model.compounds * MOVES, warm);
                        mend(model, duals, random, &mut state, &mut open);
                    }
                }
            }
            let before = state.home.clone();
            let value = state.value();
            let change = draw_change(model, &state, random, &open);
            let was_open = open.clone();
            if let Some(supplier) = change.close {
                open[supplier] = false;
            }
            if let Some(supplier) = change.open {
                open[supplier] = true;
            }
            state.look_at(&open);
            if !follow(model, &mut state, &change) {
                state.go_to(&before);
                open = was_open;
                state.look_at(&open);
                going = meter.goes_on(rounds, state.best.as_ref().map(|(cost, _)| *cost));
                continue;
            }
            let lenience = value.abs() * LENIENCE * (1.0 - meter.done()).powi(2);
            let limit = value - lenience * (1.0 - random.fraction()).ln();
            if hope.settle(&mut state, random, warm, limit) {
                for (supplier, open) in open.iter_mut().enumerate() {
                    *open = state.is_used(supplier);
                }
            } else {
                state.go_to(&before);
                open = was_open;
                state.look_at(&open);
            }
            let before = meter.done();
            going = meter.goes_on(rounds, state.best.as_ref().map(|(cost, _)| *cost));
            state.adapt(before, 1.0 + ADAPTED * (meter.done() - before));
        }
        let (_, home) = state.best.clone()?;
        let mut sharing = Sharing::new(model, duals, home, size);
        going = sharing.run(random, meter, &mut rounds, model.compounds * MOVES, going);
        if !going {
            return Some((sharing.cost, sharing.home));
        }
        size = sharing.size;
        state.go_to(&sharing.home);
        state.remember(Some((sharing.cost, sharing.home)));
        open_used(&mut state, &mut open);
        until = meter.done() + REOPENED;
    }
}

/// What annealing after a change usually still gains, so that a change without hope is given up early.
struct Hope {
    compounds: usize,
    /// By stage, what is gained from its beginning on: the mean, and the mean distance from it.
    gain: [(f64, f64); STAGES.len()],
}

impl Hope {
    fn new(compounds: usize) -> Hope {
        Hope {
            compounds,
            gain: [(f64::INFINITY, 0.0); STAGES.len()],
        }
    }

    /// Lets everybody settle; whether that comes below a limit. It ends early where that cannot be hoped for.
    fn settle(&mut self, state: &mut State, random: &mut Random, warm: f64, limit: f64) -> bool {
        let whole = random.fraction() < WHOLE;
        let mut values = [0.0; STAGES.len()];
        for (stage, moves) in STAGES.into_iter().enumerate() {
            values[stage] = state.value();
            let (mean, distance) = self.gain[stage];
            if !whole && values[stage] - mean - DISTANCES * distance > limit {
                return false;
            }
            state.anneal(random, self.compounds * moves, warm);
        }
        let last = state.value();
        for (gain, value) in self.gain.iter_mut().zip(values) {
            let seen = value - last;
            if gain.0.is_infinite() {
                *gain = (seen, seen.abs());
            }
            gain.1 += LEARNED * ((seen - gain.0).abs() - gain.1);
            gain.0 += LEARNED * (seen - gain.0);
        }
        last <= limit
    }
}

/// Exactly those are open who feed somebody.
fn open_used(state: &mut State, open: &mut [bool]) {
    for (supplier, open) in open.iter_mut().enumerate() {
        *open = state.is_used(supplier);
    }
    state.look_at(open);
}

/// While nothing within all capacities is known, tries to get there from here, whoever must be opened for it.
fn mend(model: &Model, duals: &Duals, random: &mut Random, state: &mut State, open: &mut [bool]) {
    let mut home = state.home.clone();
    if state.best.is_none() && repair(model, &duals.price, random, &mut home) {
        for supplier in &home {
            open[*supplier as usize] = true;
        }
        state.look_at(open);
        state.go_to(&home);
        state.note_best();
    }
}

fn first_open(model: &Model, duals: &Duals) -> Vec<bool> {
    let mut order: Vec<usize> = (0..model.suppliers).collect();
    order.sort_by(|a, b| duals.open[*b].total_cmp(&duals.open[*a]).then(a.cmp(b)));
    let mut open = vec![false; model.suppliers];
    let mut part = 0.0;
    for supplier in order {
        if part >= ROOM && duals.open[supplier] < OPEN_FROM {
            break;
        }
        let need: i64 = (0..model.compounds)
            .map(|compound| model.demand(compound, supplier)[0])
            .sum();
        part += model.capacity(supplier)[0] as f64 / need.max(1) as f64;
        open[supplier] = true;
    }
    open_for_all(model, &mut open);
    open
}

/// Whoever may only go to a closed supplier has it opened.
fn open_for_all(model: &Model, open: &mut [bool]) {
    for compound in 0..model.compounds {
        let candidates = model.candidates(compound);
        if !candidates
            .iter()
            .any(|candidate| open[candidate.supplier as usize])
            && let Some(candidate) = candidates.first()
        {
            open[candidate.supplier as usize] = true;
        }
    }
}

struct Change {
    close: Option<usize>,
    open: Option<usize>,
}

fn draw_change(model: &Model, state: &State, random: &mut Random, open: &[bool]) -> Change {
    let compound = random.below(model.compounds);
    let home = state.home[compound] as usize;
    let closed: Vec<usize> = model
        .candidates(compound)
        .iter()
        .map(|candidate| candidate.supplier as usize)
        .filter(|supplier| !open[*supplier])
        .take(AROUND)
        .collect();
    let opened = closed.get(random.below(closed.len())).copied();
    match random.below(4) {
        0 => Change {
            close: None,
            open: opened,
        },
        1 => Change {
            close: Some(home),
            open: None,
        },
        _ => Change {
            close: Some(home),
            open: opened,
        },
    }
}

/// Moves those whose supplier is closed and those who gain by the opened one; false when somebody has nowhere
/// to go.
fn follow(model: &Model, state: &mut State, change: &Change) -> bool {
    if let Some(opened) = change.open {
        let mut gains: Vec<(i64, usize)> = (0..model.compounds)
            .map(|compound| {
                let home = state.home[compound] as usize;
                let gain = model.cost(compound, home) - model.cost(compound, opened);
                let closes = change.close == Some(home);
                (if closes { gain.max(1) } else { gain }, compound)
            })
            .filter(|(gain, compound)| *gain > 0 && model.eligible(*compound, opened))
            .collect();
        gains.sort_by_key(|(gain, compound)| (std::cmp::Reverse(*gain), *compound));
        let mut room = model.capacity(opened)[0];
        for (_, compound) in gains {
            let need = model.demand(compound, opened)[0];
            if need <= room {
                room -= need;
                state.shift(compound, opened);
            }
        }
    }
    let Some(closed) = change.close else { return true };
    for compound in state.members(closed).to_vec() {
        let compound = compound as usize;
        let cheapest = state
            .near(compound)
            .map(|supplier| (state.shift_change(compound, supplier), supplier))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        match cheapest {
            Some((_, supplier)) => state.shift(compound, supplier),
            None => return false,
        }
    }
    true
}
