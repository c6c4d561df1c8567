//! The one door through which every change goes: it checks role and area, lets each client-made command act
//! once, and seals an audit record in the same transaction.

use std::sync::{Arc, Mutex};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use store::{Db, Tx, params, stmt};
use uuid::Uuid;

use super::access::{Action, Actor};
use super::clock::Clock;
use super::error::{Fault, Refusal, Result};
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

/// What of a result the audit log keeps: an id or a count. Longer results quote what was pasted or imported, names and
/// phones among it, which do not belong in a log that others read.
fn without_content(result: &str) -> String {
    let plain = !result.starts_with(['{', '[']) && result.len() <= 64;
    if plain { result.to_string() } else { String::new() }
}

/// The part of [`App::act`] that runs inside the transaction; also used by tests and by the console.
pub fn once<I, O>(
    tx: &mut Tx,
    ctx: &Ctx,
    act: &'static Act,
    area: &str,
    input: &I,
    change: fn(&mut Tx, &Ctx, &I) -> Result<O>,
) -> Result<O>
where
    I: Serialize,
    O: Serialize + DeserializeOwned,
{
    let district = id::district(area);
    let mut hasher = Sha256::new();
    hasher.update(act.name);
    hasher.update([0]);
    hasher.update(area);
    hasher.update([0]);
    hasher.update(serde_json::to_vec(input)?);
    let hash = hasher.finalize().to_vec();
    if let Some(row) = tx.row(&COMMAND, &params![district, ctx.command])? {
        if row.get::<Vec<u8>>(0)? != hash {
            return Err(Refusal::conflict(
                "command_reused",
                "这次提交的编号已用于另一项操作，请刷新页面后重新提交。",
                "This form was already sent with other content; reload the page and send it again.",
            )
            .into());
        }
        return Ok(serde_json::from_str(&row.get::<String>(1)?)?);
    }
    let output = change(tx, ctx, input)?;
    let result = serde_json::to_string(&output).map_err(Fault::from)?;
    tx.run(
        &RECORD_COMMAND,
        &params![
            district,
            ctx.command,
            act.name,
            hash,
            result.as_str(),
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    audit::append(tx, ctx, act.name, area, &without_content(&result))?;
    Ok(output)
}
