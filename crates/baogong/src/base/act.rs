//! The one door through which every change goes: it checks role and area, lets each client-made command act
//! once, and seals an audit record in the same transaction.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use store::{Db, Tx, params, stmt};
use uuid::Uuid;

use super::access::{Action, Actor};
use super::clock::Clock;
use super::error::{Error, Fault, Refusal, Result};
use super::kept::Kept;
use super::tiles::TileServer;
use super::{audit, id};

stmt!(
    COMMAND,
    "SELECT hash, result FROM command WHERE district = $1 AND id = $2"
);
stmt!(
    RECORD_COMMAND,
    "INSERT INTO command (district, id, name, hash, result, at_s, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);

/// What the running application holds.
#[derive(Clone)]
pub struct App {
    /// The store.
    pub db: Db,
    /// The clock that decides deadlines.
    pub clock: Clock,
    /// What a long task (loading the demo county) is doing, if one runs: words and per cent.
    pub progress: Arc<Mutex<Option<(String, u8)>>>,
    /// What was made a moment ago and is shown again while a crowd is here.
    pub kept: Arc<Kept>,
    /// The map server, where one is configured.
    pub tiles: Option<Arc<TileServer>>,
    /// Held while something long is computed; one at a time, so that the processors stay with those who order.
    pub computing: Arc<tokio::sync::Mutex<()>>,
}

/// Who acts, when, and under which client-made command id.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// When, by the server's clock.
    pub now_s: i64,
    /// The client-made id of this command; the same id acts once.
    pub command: Uuid,
}

impl Ctx {
    /// The system acting now under a fresh command.
    pub fn system(clock: &Clock) -> Self {
        Self {
            actor: Actor::system(),
            now_s: clock.now_s(),
            command: Uuid::now_v7(),
        }
    }

    /// A stable id for a part of this command.
    pub fn part(&self, words: &str) -> Uuid {
        id::derive(self.command, words)
    }

    /// The same actor and time under a command of its own for part `words`.
    pub fn sub(&self, words: &str) -> Self {
        Self {
            command: self.part(words),
            ..self.clone()
        }
    }
}

/// A named change and the right that it needs.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The stable name, as in the audit log: `round.open`.
    pub name: &'static str,
    /// The right it needs.
    pub action: Action,
}

impl Act {
    /// Names a change and the right that it needs.
    pub const fn new(name: &'static str, action: Action) -> Self {
        Self { name, action }
    }
}

impl App {
    /// An application over a store.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            clock: Clock::default(),
            progress: Arc::default(),
            kept: Arc::default(),
            tiles: None,
            computing: Arc::default(),
        }
    }

    /// Does `change` once: refuses without the right, replays the first result when the same command comes
    /// again, and refuses a command id that comes again with other content.
    pub async fn act<I, O>(
        &self,
        ctx: &Ctx,
        act: &'static Act,
        area: &str,
        input: I,
        change: fn(&mut Tx, &Ctx, &I) -> Result<O>,
    ) -> Result<O>
    where
        I: Serialize + Send + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
    {
        ctx.actor.check(act.action, area)?;
        let (ctx, area) = (ctx.clone(), area.to_string());
        self.db
            .write(move |tx| once(tx, &ctx, act, &area, &input, change))
            .await
    }

    /// As [`App::act`], for a change that takes long to compute: only what comes out is written as one.
    pub async fn act_aside<I, F, R, O>(
        &self,
        ctx: &Ctx,
        act: &'static Act,
        area: &str,
        input: I,
        steps: Aside<I, F, R, O>,
    ) -> Result<O>
    where
        I: Serialize + Send + Sync + 'static,
        F: Send + 'static,
        R: Send + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
    {
        let Aside {
            gather,
            compute,
            keep,
        } = steps;
        ctx.actor.check(act.action, area)?;
        let (ctx, area, input) = (ctx.clone(), area.to_string(), Arc::new(input));
        let (of_command, in_district, wanted) =
            (ctx.clone(), id::district(&area).to_string(), Arc::clone(&input));
        let facts = self.db.read(move |tx| {
            let known = tx.row(&COMMAND, &params![in_district.as_str(), of_command.command])?;
            // What has acted before is not computed again.
            known
                .is_none()
                .then(|| gather(tx, &of_command, &wanted))
                .transpose()
        });
        let result: Option<R> = match facts.await? {
            None => None,
            Some(facts) => {
                let (ctx, wanted) = (ctx.clone(), Arc::clone(&input));
                let turn = Arc::clone(&self.computing).lock_owned().await;
                let computed = tokio::task::spawn_blocking(move || {
                    let _turn = turn;
                    compute(&ctx, &wanted, facts)
                });
                let computed = computed.await;
                Some(computed.map_err(|error| Fault::Invariant(format!("computing ended: {error}")))??)
            }
        };
        self.db
            .write(move |tx| {
                let keep = |tx: &mut Tx, ctx: &Ctx, input: &I| match &result {
                    Some(result) => keep(tx, ctx, input, result),
                    None => {
                        Err(Fault::Invariant("a command that had acted is not known any more".into()).into())
                    }
                };
                once(tx, &ctx, act, &area, &*input, keep)
            })
            .await
    }

    /// As [`App::act`], for a change of which many come at once: those that wait are decided and written together.
    pub async fn act_together<I, O>(
        &self,
        ctx: &Ctx,
        act: &'static Act,
        area: &str,
        input: I,
        change: Together<I, O>,
    ) -> Result<O>
    where
        I: Serialize + Send + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
    {
        ctx.actor.check(act.action, area)?;
        let command = Command::new(ctx.clone(), act, area, input, change)?;
        self.db.write_together(once_each, command).await
    }

    /// Reads within one consistent snapshot.
    pub async fn read<O, F>(&self, look: F) -> Result<O>
    where
        O: Send + 'static,
        F: FnOnce(&mut Tx) -> Result<O> + Send + 'static,
    {
        self.db.read(look).await
    }

    /// Says what a long task is doing; `None` when it is done.
    pub fn set_progress(&self, state: Option<(String, u8)>) {
        if let Ok(mut progress) = self.progress.lock() {
            *progress = state;
        }
    }
}

/// A change that takes long to compute, in three steps. Nobody waits for the second, which holds no transaction. What was read
/// may have changed when the result is written: so somebody still has to accept it, or `keep` refuses what no longer holds.
pub struct Aside<I, F, R, O> {
    /// Reads what is computed from.
    pub gather: fn(&mut Tx, &Ctx, &I) -> Result<F>,
    /// Computes.
    pub compute: fn(&Ctx, &I, F) -> Result<R>,
    /// Writes what came out.
    pub keep: fn(&mut Tx, &Ctx, &I, &R) -> Result<O>,
}

impl<I, F, R, O> Aside<I, F, R, O> {
    /// The three steps in one transaction, for whoever is alone with the database.
    pub fn at_once(&self, tx: &mut Tx, ctx: &Ctx, input: &I) -> Result<O> {
        let facts = (self.gather)(tx, ctx, input)?;
        let result = (self.compute)(ctx, input, facts)?;
        (self.keep)(tx, ctx, input, &result)
    }
}

/// What of a result the audit log keeps: an id or a count. Longer results quote what was pasted or imported, names and
/// phones among it, which do not belong in a log that others read.
fn without_content(result: &str) -> String {
    let plain = !result.starts_with(['{', '[']) && result.len() <= 64;
    if plain { result.to_string() } else { String::new() }
}

/// A change for many commands of one district at once. It answers each at its place; for one that it refuses it must
/// leave nothing behind.
pub type Together<I, O> = fn(&mut Tx, &[(&Ctx, &I)]) -> Result<Vec<Result<O>>>;

/// A command on its way to being applied with others.
pub struct Command<I, O> {
    ctx: Ctx,
    act: &'static Act,
    area: String,
    input: I,
    hash: Vec<u8>,
    change: Together<I, O>,
}

impl<I: Serialize, O> Command<I, O> {
    /// A command of `ctx` in `area`. Its content is hashed here, by whoever sends it, and not by the writer.
    ///
    /// # Errors
    /// Content that cannot be written as JSON.
    pub fn new(ctx: Ctx, act: &'static Act, area: &str, input: I, change: Together<I, O>) -> Result<Self> {
        let hash = content_hash(act, area, &input)?;
        let area = area.to_string();
        Ok(Self {
            ctx,
            act,
            area,
            input,
            hash,
            change,
        })
    }
}

/// The part of [`App::act_together`] that runs inside the transaction: each command acts once, whatever comes together.
pub fn once_each<I, O>(tx: &mut Tx, commands: &[&Command<I, O>]) -> Result<Vec<Result<O>>>
where
    I: Serialize,
    O: Serialize + DeserializeOwned,
{
    // Each district has its own audit chain and accounts, and a change may be one of several with the same types.
    let mut groups: BTreeMap<(&str, usize), Vec<usize>> = BTreeMap::new();
    for (index, command) in commands.iter().enumerate() {
        let key = (id::district(&command.area), command.change as usize);
        groups.entry(key).or_default().push(index);
    }
    let mut answers: Vec<Option<Result<O>>> = commands.iter().map(|_| None).collect();
    for ((district, _), members) in groups {
        let of_group: Vec<&Command<I, O>> = members.iter().map(|&index| commands[index]).collect();
        for (index, answer) in members
            .into_iter()
            .zip(once_in_district(tx, district, &of_group)?)
        {
            answers[index] = Some(answer);
        }
    }
    Ok(answers.into_iter().flatten().collect())
}

fn once_in_district<I, O>(tx: &mut Tx, district: &str, commands: &[&Command<I, O>]) -> Result<Vec<Result<O>>>
where
    I: Serialize,
    O: Serialize + DeserializeOwned,
{
    audit::hold(tx, district)?;
    let keys: Vec<_> = commands
        .iter()
        .map(|command| Vec::from(params![district, command.ctx.command]))
        .collect();
    let known = tx.rows_many(&COMMAND, &keys)?;
    let mut answers: Vec<Option<Result<O>>> = Vec::with_capacity(commands.len());
    let mut first: HashMap<Uuid, usize> = HashMap::new();
    let mut repeats = Vec::new();
    for (index, (command, rows)) in commands.iter().zip(known).enumerate() {
        answers.push(match rows.first() {
            Some(row) => Some(replay(row, &command.hash)),
            None => {
                match first.entry(command.ctx.command) {
                    Entry::Vacant(place) => {
                        place.insert(index);
                    }
                    Entry::Occupied(place) => repeats.push((index, *place.get())),
                }
                None
            }
        });
    }
    let mut fresh: Vec<usize> = first.into_values().collect();
    fresh.sort_unstable();
    let Some(change) = fresh.first().map(|&index| commands[index].change) else {
        return Ok(answers.into_iter().flatten().collect());
    };
    let inputs: Vec<(&Ctx, &I)> = fresh
        .iter()
        .map(|&index| (&commands[index].ctx, &commands[index].input))
        .collect();
    let outputs = change(tx, &inputs)?;
    let (mut rows, mut records) = (Vec::new(), Vec::new());
    let mut results: HashMap<usize, String> = HashMap::new();
    for (&index, output) in fresh.iter().zip(outputs) {
        let command = commands[index];
        if let Ok(output) = &output {
            let result = serde_json::to_string(output)?;
            rows.push(command_row(
                district,
                &command.ctx,
                command.act,
                &command.hash,
                &result,
            ));
            records.push(audit::Draft {
                ctx: &command.ctx,
                action: command.act.name,
                area: &command.area,
                detail: without_content(&result),
            });
            results.insert(index, result);
        }
        answers[index] = Some(output);
    }
    tx.run_many(&RECORD_COMMAND, &rows)?;
    audit::append_all(tx, &records)?;
    // The same command twice in one go: the second gets the answer of the first, or the same refusal by being tried alone.
    for (index, before) in repeats {
        answers[index] = Some(match results.get(&before) {
            Some(_) if commands[index].hash != commands[before].hash => Err(reused().into()),
            Some(result) => Ok(serde_json::from_str(result)?),
            None => match &answers[before] {
                Some(Err(Error::Refusal(refusal))) => Err(Error::Refusal(refusal.clone())),
                _ => Err(Fault::Invariant("a repeated command has no answer".into()).into()),
            },
        });
    }
    Ok(answers.into_iter().flatten().collect())
}

fn content_hash(act: &Act, area: &str, input: &impl Serialize) -> Result<Vec<u8>> {
    let mut hasher = Sha256::new();
    hasher.update(act.name);
    hasher.update([0]);
    hasher.update(area);
    hasher.update([0]);
    hasher.update(serde_json::to_vec(input)?);
    Ok(hasher.finalize().to_vec())
}

/// The result of a command that acted before.
fn replay<O: DeserializeOwned>(row: &store::Row, hash: &[u8]) -> Result<O> {
    if row.blob(0)? != hash {
        return Err(reused().into());
    }
    Ok(serde_json::from_str(row.text(1)?)?)
}

fn reused() -> Refusal {
    Refusal::conflict(
        "command_reused",
        "这次提交的编号已用于另一项操作，请刷新页面后重新提交。",
        "This form was already sent with other content; reload the page and send it again.",
    )
}

fn command_row(district: &str, ctx: &Ctx, act: &Act, hash: &[u8], result: &str) -> Vec<store::Value> {
    Vec::from(params![
        district,
        ctx.command,
        act.name,
        hash,
        result,
        ctx.now_s,
        ctx.actor.name.as_str()
    ])
}

/// The part of [`App::act`] that runs inside the transaction; also used by tests and by the console.
pub fn once<I, O>(
    tx: &mut Tx,
    ctx: &Ctx,
    act: &'static Act,
    area: &str,
    input: &I,
    change: impl FnOnce(&mut Tx, &Ctx, &I) -> Result<O>,
) -> Result<O>
where
    I: Serialize,
    O: Serialize + DeserializeOwned,
{
    let district = id::district(area);
    audit::hold(tx, area)?;
    let hash = content_hash(act, area, input)?;
    if let Some(row) = tx.row(&COMMAND, &params![district, ctx.command])? {
        return replay(&row, &hash);
    }
    let output = change(tx, ctx, input)?;
    let result = serde_json::to_string(&output)?;
    tx.run(&RECORD_COMMAND, &command_row(district, ctx, act, &hash, &result))?;
    audit::append(tx, ctx, act.name, area, &without_content(&result))?;
    Ok(output)
}
