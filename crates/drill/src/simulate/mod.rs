//! The simulator: the shipped domain and store code on a faulty disk, one step after the other, against a simple model.
//!
//! Everything follows from a seed: what clients send, in which order, when, what the disk does, and when the program ends.
//! After every step the database must equal the model; what was acknowledged must be there, with the answer that was given;
//! what was not acknowledged is there as a whole or not at all.

mod generate;
pub mod model;
mod perform;
pub mod script;
pub mod shrink;
pub mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc;

use baogong::base::{Error, Fault, Result as Answer, audit, book};
use baogong::round::ballot;
use baogong::{MIGRATIONS, coverage};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use store::testing::{Batch, Inline};

use crate::disk::{Disk, Trouble};
use generate::Generator;
use model::{Model, Refused};
use script::{Command, Ending, Script, Step};
use world::{Ground, LOG, PATH, World, ground};

/// Steps between two checks of the whole ledger, the pantries, the draws, the audit chain and all commands.
const DEEP: usize = 12;

/// What a simulation did.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Steps.
    pub steps: usize,
    /// Commands acknowledged as done, by name.
    pub done: BTreeMap<&'static str, usize>,
    /// Commands refused, by code.
    pub refused: BTreeMap<&'static str, usize>,
    /// Commands without an answer, because the disk failed.
    pub unanswered: usize,
    /// Batches without an answer that were found after the restart.
    pub found: usize,
    /// Batches without an answer that were not.
    pub gone: usize,
    /// Restarts.
    pub restarts: usize,
    /// Troubles that struck.
    pub troubles: usize,
    /// Requests that got their packs in a draw.
    pub drawn: usize,
    /// Requests that did not.
    pub left_out: usize,
}

impl Tally {
    /// Adds the figures of another simulation.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        for (name, count) in &other.done {
            *self.done.entry(name).or_default() += count;
        }
        for (code, count) in &other.refused {
            *self.refused.entry(code).or_default() += count;
        }
        self.unanswered += other.unanswered;
        self.found += other.found;
        self.gone += other.gone;
        self.restarts += other.restarts;
        self.troubles += other.troubles;
        self.drawn += other.drawn;
        self.left_out += other.left_out;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, refused) = (sum(&self.done), sum(&self.refused));
        write!(
            formatter,
            "{} steps: {done} commands done, {refused} refused, {} without an answer; {} troubles, {} restarts, \
             {} unanswered batches found again, {} not; {} requests drawn, {} not; done {:?}; refused {:?}",
            self.steps,
            self.unanswered,
            self.troubles,
            self.restarts,
            self.found,
            self.gone,
            self.drawn,
            self.left_out,
            self.done,
            self.refused
        )
    }
}

fn sum(counts: &BTreeMap<&'static str, usize>) -> usize {
    counts.values().sum()
}

/// A broken promise: at which step, and what was found.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The step, from 0.
    pub step: usize,
    /// What was found.
    pub findings: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "step {}: {}", self.step, self.findings.join("; "))
    }
}

type Findings = Vec<String>;

/// Runs a script.
///
/// # Errors
/// The first broken promise.
pub fn replay(script: &Script) -> Result<Tally, Failure> {
    let at = |step| move |findings| Failure { step, findings };
    let mut simulation = Simulation::new(script).map_err(at(0))?;
    for (number, step) in script.steps.iter().enumerate() {
        simulation.step(step).map_err(at(number))?;
    }
    simulation.end().map_err(at(script.steps.len()))?;
    Ok(simulation.tally)
}

/// Makes up a script from a seed and runs it; without `syncing` for the proof that it would notice lost data.
///
/// # Errors
/// The script up to the first broken promise, and the promise.
pub fn explore(seed: u64, steps: usize, syncing: bool) -> Result<Tally, Box<(Script, Failure)>> {
    let mut random = SmallRng::seed_from_u64(seed);
    let world = if random.random_bool(0.6) {
        World::Control
    } else {
        World::Shortage
    };
    let mut script = Script {
        seed,
        world,
        syncing,
        steps: Vec::new(),
    };
    let failed = |script: &Script, findings| {
        let step = script.steps.len().saturating_sub(1);
        Box::new((script.clone(), Failure { step, findings }))
    };
    let mut simulation = Simulation::new(&script).map_err(|findings| failed(&script, findings))?;
    let mut generator = Generator::new(random, world);
    for _ in 0..steps {
        let step = generator.next(&simulation.model, simulation.stopped);
        script.steps.push(step.clone());
        let answered = simulation
            .step(&step)
            .map_err(|findings| failed(&script, findings))?;
        if let Step::Batch { commands, .. } = &step {
            for (command, answered) in commands.iter().zip(answered) {
                generator.sent(command, answered);
            }
        }
    }
    simulation.end().map_err(|findings| failed(&script, findings))?;
    Ok(simulation.tally)
}

struct Simulation {
    disk: Disk,
    syncing: bool,
    database: Option<Inline>,
    model: Model,
    /// How things are if the batch that was not answered took effect.
    perhaps: Option<Model>,
    /// Whether the disk failed, so that nothing is written any more.
    stopped: bool,
    tally: Tally,
}

impl Simulation {
    fn new(script: &Script) -> Result<Self, Findings> {
        let ground: &'static Ground = ground(script.world).map_err(|words| vec![words])?;
        let disk = Disk::with(&ground.image, script.seed).map_err(|words| vec![words])?;
        let mut simulation = Self {
            disk,
            syncing: script.syncing,
            database: None,
            model: Model::new(ground),
            perhaps: None,
            stopped: false,
            tally: Tally::default(),
        };
        simulation.start()?;
        Ok(simulation)
    }

    /// Whether each command of the step was answered.
    fn step(&mut self, step: &Step) -> Result<Vec<bool>, Findings> {
        self.tally.steps += 1;
        match step {
            Step::Batch {
                commands,
                trouble,
                checkpoint,
            } => self.batch(commands, *trouble, *checkpoint),
            Step::Restart(ending) => self.restart(*ending).map(|()| Vec::new()),
        }
    }

    /// A last restart after a power cut, and every check.
    fn end(&mut self) -> Result<(), Findings> {
        self.restart(Ending::PowerCut)?;
        (self.tally.drawn, self.tally.left_out) = self.model.drawn();
        Ok(())
    }

    fn batch(
        &mut self,
        commands: &[Command],
        trouble: Option<Trouble>,
        checkpoint: bool,
    ) -> Result<Vec<bool>, Findings> {
        let database = self
            .database
            .as_mut()
            .ok_or_else(|| vec!["the program does not run".to_owned()])?;
        if !self.stopped {
            self.disk.arrange(trouble);
        }
        let (sender, answers) = mpsc::channel();
        let mut batch = Batch::default();
        for (index, command) in commands.iter().enumerate() {
            let sender = sender.clone();
            perform::add(&mut batch, command, move |answer| {
                // The receiver lives until all are answered.
                let _ = sender.send((index, answer));
            });
        }
        drop(sender);
        database.apply(batch);
        let mut answers: Vec<(usize, Answer<String>)> = answers.into_iter().collect();
        answers.sort_by_key(|(index, _)| *index);
        let answers: Vec<Answer<String>> = answers.into_iter().map(|(_, answer)| answer).collect();
        if checkpoint {
            // What it may fail with also stops the writer, which is asked below.
            let _ = database.checkpoint();
        }
        let was_stopped = self.stopped;
        let struck = was_stopped || self.disk.struck();
        self.stopped = !database.healthy();
        self.tally.troubles += usize::from(struck && !was_stopped);
        // Trouble that did not strike while writing must not strike the check.
        self.disk.arrange(None);
        let (next, answered, findings) = judge(&self.model, commands, &answers, struck);
        if !findings.is_empty() {
            return Err(findings);
        }
        self.count(commands, &answers);
        match next {
            Some(next) => self.model = next,
            None if was_stopped => {}
            None => self.perhaps = Some(self.after(commands)),
        }
        if self.disk.is_off() {
            return Ok(answered);
        }
        // Reading goes on, and shows nothing but what was acknowledged.
        self.check(self.tally.steps.is_multiple_of(DEEP))?;
        Ok(answered)
    }

    fn count(&mut self, commands: &[Command], answers: &[Answer<String>]) {
        for (command, answer) in commands.iter().zip(answers) {
            match answer {
                Ok(_) => *self.tally.done.entry(command.deed.name()).or_default() += 1,
                Err(Error::Refusal(refusal)) => *self.tally.refused.entry(refusal.code).or_default() += 1,
                Err(Error::Fault(_)) => self.tally.unanswered += 1,
            }
        }
    }

    /// The model if the commands had been carried out.
    fn after(&self, commands: &[Command]) -> Model {
        let mut after = self.model.clone();
        for command in commands {
            // What is refused changes nothing.
            let _ = after.carry_out(command);
        }
        after
    }

    fn start(&mut self) -> Result<(), Findings> {
        self.disk.save_again(LOG);
        let opened = Inline::open(PATH, self.disk.name(), MIGRATIONS).and_then(|mut database| {
            if !self.syncing {
                database.stop_syncing()?;
            }
            Ok(database)
        });
        self.database = Some(opened.map_err(|fault| vec![format!("the program does not start: {fault}")])?);
        self.stopped = false;
        Ok(())
    }

    fn restart(&mut self, ending: Ending) -> Result<(), Findings> {
        self.tally.restarts += 1;
        let cut = ending == Ending::PowerCut || self.disk.is_off();
        if cut || ending == Ending::Kill {
            self.disk.freeze();
        }
        self.database = None;
        if cut {
            self.disk.power_on();
        } else {
            self.disk.thaw();
        }
        self.start()?;
        let database = self.database.as_mut().ok_or_else(Vec::new)?;
        let damage = database.integrity().map_err(|fault| vec![fault.to_string()])?;
        if !damage.is_empty() {
            return Err(damage);
        }
        if let Some(perhaps) = self.perhaps.take() {
            let without = self.check(true);
            if without.is_ok() {
                self.tally.gone += 1;
                return Ok(());
            }
            let before = std::mem::replace(&mut self.model, perhaps);
            return match (self.check(true), without) {
                (Ok(()), _) => {
                    self.tally.found += 1;
                    Ok(())
                }
                (Err(with), Err(without)) => {
                    self.model = before;
                    let words = |words: &str, list: Findings| format!("{words}: {}", list.join("; "));
                    Err(vec![
                        words("without the batch", without),
                        words("with the batch", with),
                    ])
                }
                (Err(with), Ok(())) => Err(with),
            };
        }
        self.check(true)
    }

    /// Compares database and model; `deep` also checks the whole ledger, the pantries, the draws, the audit chain and all commands.
    fn check(&mut self, deep: bool) -> Result<(), Findings> {
        let model = &mut self.model;
        let database = self
            .database
            .as_mut()
            .ok_or_else(|| vec!["the program does not run".to_owned()])?;
        let found = database.read(|tx| -> Answer<Findings> {
            let mut findings = model.observe(tx)?;
            findings.extend(model.differences(tx)?);
            if deep {
                findings.extend(model.commands(tx)?);
                findings.extend(book::verify(tx)?);
                findings.extend(coverage::verify(tx)?);
                findings.extend(audit::verify(tx)?);
                findings.extend(ballot::verify(tx)?);
            }
            findings.extend(model.promises());
            Ok(findings)
        });
        match found {
            Ok(findings) if findings.is_empty() => Ok(()),
            Ok(findings) => Err(findings),
            Err(error) => Err(vec![format!("reading failed: {error}")]),
        }
    }
}

/// Compares answers with the model. Gives the model after the batch if it was answered, which commands were answered, and
/// what is wrong.
fn judge(
    model: &Model,
    commands: &[Command],
    answers: &[Answer<String>],
    struck: bool,
) -> (Option<Model>, Vec<bool>, Findings) {
    let disk = |answer: &Answer<String>| {
        matches!(answer, Err(Error::Fault(Fault::Store(store::Fault::Disk { .. }))))
    };
    let mut findings = Findings::new();
    let answered = answers
        .iter()
        .map(|answer| !matches!(answer, Err(Error::Fault(_))))
        .collect();
    if struck && !answers.is_empty() && answers.iter().all(disk) {
        return (None, answered, findings);
    }
    let mut after = model.clone();
    for (command, answer) in commands.iter().zip(answers) {
        let expected: Result<Option<String>, Refused> = after.carry_out(command);
        match (answer, &expected) {
            (Ok(result), Ok(foretold)) if foretold.as_ref().is_none_or(|foretold| foretold == result) => {
                findings.extend(after.acknowledged(command, result));
            }
            (Err(Error::Refusal(refusal)), Err(code)) if agree(refusal.code, code) => {}
            (Err(Error::Refusal(refusal)), _) => findings.push(format!(
                "refused with {} ({}), should be {expected:?}: {command:?}",
                refusal.code, refusal.en
            )),
            (answer, _) => findings.push(format!("{answer:?}, should be {expected:?}: {command:?}")),
        }
    }
    (Some(after), answered, findings)
}

/// Whether a refusal is the expected one. Where a household orders twice in one batch and the second order is not even in
/// order by itself, both reasons hold, and which is told depends on what is decided together.
fn agree(code: &str, expected: &str) -> bool {
    code == expected || (expected == "already_ordered" && ["invalid", "limit_per_order"].contains(&code))
}
