//! Shortens a failing script: parts are left out as long as it still fails (delta debugging, Zeller 1999).

use super::script::{Script, Step};
use super::{Failure, replay};

/// How many scripts are tried at most.
const TRIES: usize = 600;

/// The shortest failing script that was found, and how it fails.
pub fn shrink(script: &Script, failure: &Failure) -> (Script, Failure) {
    let mut best = (script.clone(), failure.clone());
    best.0.steps.truncate(failure.step + 1);
    let mut tries = TRIES;
    loop {
        let before = size(&best.0);
        drop_steps(&mut best, &mut tries);
        simplify_batches(&mut best, &mut tries);
        if size(&best.0) == before || tries == 0 {
            return best;
        }
    }
}

/// Steps, commands and troubles of a script.
fn size(script: &Script) -> usize {
    let of = |step: &Step| match step {
        Step::Batch {
            commands,
            trouble,
            checkpoint,
        } => 1 + commands.len() + usize::from(trouble.is_some()) + usize::from(*checkpoint),
        Step::Restart(_) => 1,
    };
    script.steps.iter().map(of).sum()
}

/// Takes `candidate` over if it fails as well.
fn keep_if_failing(best: &mut (Script, Failure), mut candidate: Script, tries: &mut usize) -> bool {
    if *tries == 0 {
        return false;
    }
    *tries -= 1;
    match replay(&candidate) {
        Ok(_) => false,
        Err(failure) => {
            candidate.steps.truncate(failure.step + 1);
            *best = (candidate, failure);
            true
        }
    }
}

fn drop_steps(best: &mut (Script, Failure), tries: &mut usize) {
    let mut chunk = best.0.steps.len().div_ceil(2);
    while chunk > 0 && *tries > 0 {
        let mut from = 0;
        while from < best.0.steps.len() {
            let mut candidate = best.0.clone();
            let to = (from + chunk).min(candidate.steps.len());
            candidate.steps.drain(from..to);
            if !keep_if_failing(best, candidate, tries) {
                from += chunk;
            }
        }
        chunk /= 2;
    }
}

fn simplify_batches(best: &mut (Script, Failure), tries: &mut usize) {
    let mut number = 0;
    while number < best.0.steps.len() && *tries > 0 {
        let mut candidate = best.0.clone();
        if let Step::Batch {
            trouble, checkpoint, ..
        } = &mut candidate.steps[number]
            && (trouble.take().is_some() | std::mem::take(checkpoint))
        {
            keep_if_failing(best, candidate, tries);
        }
        let mut index = 0;
        while let Some(Step::Batch { commands, .. }) = best.0.steps.get(number)
            && index < commands.len()
            && commands.len() > 1
        {
            let mut candidate = best.0.clone();
            if let Step::Batch { commands, .. } = &mut candidate.steps[number] {
                commands.remove(index);
            }
            if !keep_if_failing(best, candidate, tries) {
                index += 1;
            }
        }
        number += 1;
    }
}
