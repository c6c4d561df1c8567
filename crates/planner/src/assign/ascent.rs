//! The subgradient method by which both relaxations climb to their best bound.

/// Multipliers on their way up. Step lengths after Polyak, directions deflected after Camerini, Fratta and Maffioli
/// (Mathematical Programming Study 3, 1975).
pub(super) struct Ascent {
    /// Where the next relaxed answer is to be taken.
    pub(super) at: Vec<f64>,
    /// Where the best bound was proved.
    pub(super) best: Vec<f64>,
    /// The best bound.
    pub(super) bound: f64,
    present: f64,
    direction: Vec<f64>,
    step: f64,
    in_vain: u32,
    pace: Pace,
}

/// How an ascent goes.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Share of the former direction that is kept in the next one.
    pub(super) memory: f64,
    /// After so many rounds without a better bound the steps are shortened to `shortening`.
    pub(super) patience: u32,
    pub(super) shortening: f64,
    /// A gain below this part of the bound counts as none.
    pub(super) least_gain: f64,
}

/// Shorter steps lead nowhere.
const SHORTEST: f64 = 1e-5;

impl Ascent {
    pub(super) fn new(start: Vec<f64>, pace: Pace) -> Ascent {
        Ascent {
            direction: vec![0.0; start.len()],
            best: start.clone(),
            at: start,
            bound: f64::NEG_INFINITY,
            present: f64::NEG_INFINITY,
            step: 1.0,
            in_vain: 0,
            pace,
        }
    }

    /// Begins anew at the best place with steps of half the first length.
    pub(super) fn restart(&mut self) {
        self.at.clone_from(&self.best);
        self.direction.fill(0.0);
        self.step = 0.5;
        self.in_vain = 0;
    }

    /// Takes note of what the relaxed answer proves here; whether it is the best bound so far. After some rounds in vain it
    /// goes back to the best place.
    pub(super) fn note(&mut self, bound: f64) -> bool {
        self.present = bound;
        let better = bound > self.bound;
        if better && bound > self.bound + self.bound.abs() * self.pace.least_gain {
            self.in_vain = 0;
        } else {
            self.in_vain += 1;
        }
        if better {
            self.bound = bound;
            self.best.clone_from(&self.at);
        } else if self.in_vain >= self.pace.patience {
            self.step *= self.pace.shortening;
            self.in_vain = 0;
            self.at.clone_from(&self.best);
            self.present = self.bound;
            self.direction.fill(0.0);
        }
        better
    }

    /// Goes on in the direction of what is exceeded, by place; `None` where it does not matter. False when there is nowhere
    /// to go.
    pub(super) fn climb(&mut self, target: f64, exceeded: impl Fn(usize, f64) -> Option<f64>) -> bool {
        let mut norm = 0.0;
        for (place, direction) in self.direction.iter_mut().enumerate() {
            *direction =
                exceeded(place, self.at[place]).map_or(0.0, |over| over + self.pace.memory * *direction);
            norm += *direction * *direction;
        }
        if norm < 1e-9 || self.step < SHORTEST {
            return false;
        }
        let length = self.step * (target - self.present).max(target.abs() * 1e-4) / norm;
        for (at, direction) in self.at.iter_mut().zip(&self.direction) {
            *at += length * direction;
        }
        true
    }
}
