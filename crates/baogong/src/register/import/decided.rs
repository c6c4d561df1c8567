//! What persons decide about a file that waits. The file is read by the decisions that stand with it, so that what is applied is
//! what was shown, whatever is matched or remembered elsewhere in the meantime.

use documents::sheet::{Mapping, Reading};
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::choice::Choice;
use super::mapping::{MappingRef, Matched};
use super::settled::Settled;
use super::{BatchRef, BatchState, Stored, Summary, batch, choice, settled};
use crate::base::{Ctx, Refusal, Result};

stmt!(
    SET_DECISIONS,
    "UPDATE import_batch SET decisions = $3, summary = $4 WHERE district = $1 AND id = $2"
);

/// Decisions about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decisions {
    /// The columns that were matched to its headings by hand.
    pub mappings: Vec<Columns>,
    /// What becomes of two of its rows that seem to be the same.
    pub choices: Vec<Choice>,
    /// What becomes of its rows that seem to be registered already.
    pub settled: Vec<Settled>,
}

/// The columns of a heading: its signature, the key of the register, and letters with keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns(String, String, Vec<(String, String)>);

impl From<Mapping> for Columns {
    fn from(mapping: Mapping) -> Self {
        Self(mapping.signature, mapping.form, mapping.columns)
    }
}

impl Decisions {
    /// As they stand in the store.
    pub(super) fn stored(text: &str) -> Result<Self> {
        match text {
            "" => Ok(Self::default()),
            text => Ok(serde_json::from_str(text)?),
        }
    }

    /// The mappings, as a file is read by them.
    pub fn mappings(&self) -> Vec<Mapping> {
        let of = |Columns(signature, form, columns): &Columns| Mapping {
            signature: signature.clone(),
            form: form.clone(),
            columns: columns.clone(),
        };
        self.mappings.iter().map(of).collect()
    }

    /// The mappings by which a file was read.
    pub(super) fn of_reading(reading: &Reading) -> Self {
        let by_hand = reading.sheets.iter().filter(|sheet| sheet.remembered);
        Self {
            mappings: by_hand
                .filter_map(|sheet| sheet.mapping())
                .map(Columns::from)
                .collect(),
            ..Self::default()
        }
    }

    fn without(&mut self, signature: &str) {
        self.mappings.retain(|Columns(own, _, _)| own != signature);
    }
}

/// Something that a person decides about a file.
pub trait Decision: Serialize + Send + 'static {
    /// Refuses what cannot be decided so about a file as it was read, before any row is left out; else takes it among the
    /// decisions.
    fn take(&self, whole: &Reading, decisions: &mut Decisions) -> Result<()>;
}

impl Decision for Choice {
    fn take(&self, whole: &Reading, decisions: &mut Decisions) -> Result<()> {
        choice::check(whole, self)?;
        decisions.choices.retain(|one| !one.same_pair(self));
        decisions.choices.push(self.clone());
        Ok(())
    }
}

impl Decision for Settled {
    fn take(&self, whole: &Reading, decisions: &mut Decisions) -> Result<()> {
        settled::check(whole, self)?;
        decisions
            .settled
            .retain(|one| (&one.sheet, one.row) != (&self.sheet, self.row));
        decisions.settled.push(self.clone());
        Ok(())
    }
}

impl Decision for Matched {
    fn take(&self, _: &Reading, decisions: &mut Decisions) -> Result<()> {
        self.check()?;
        decisions.without(&self.signature);
        decisions.mappings.push(self.mapping().into());
        Ok(())
    }
}

impl Decision for MappingRef {
    fn take(&self, _: &Reading, decisions: &mut Decisions) -> Result<()> {
        decisions.without(&self.signature);
        Ok(())
    }
}

/// A decision about a waiting file, with all that follows from it; the file was read before, so that it takes none of the
/// writer's time.
#[derive(Debug, Serialize)]
pub struct Decided<T> {
    /// The file.
    pub at: BatchRef,
    /// What was decided.
    pub what: T,
    /// The decisions that stood when the file was read.
    #[serde(skip)]
    pub before: Decisions,
    /// The decisions with this one.
    #[serde(skip)]
    pub after: Decisions,
    /// What the file would do under them.
    #[serde(skip)]
    pub summary: Summary,
}

/// Keeps a decision about a file that waits, unless another one came first.
pub fn keep<T>(tx: &mut Tx, ctx: &Ctx, decided: &Decided<T>) -> Result<()> {
    let (_, decisions) = batch::waiting(tx, ctx, &decided.at)?;
    unchanged(&decisions, &decided.before)?;
    tx.run(
        &SET_DECISIONS,
        &params![
            decided.at.district.as_str(),
            decided.at.id,
            serde_json::to_string(&decided.after)?,
            serde_json::to_string(&decided.summary)?
        ],
    )?;
    Ok(())
}

/// Refuses when a file is not read any more as it was read.
pub(super) fn unchanged(now: &Decisions, before: &Decisions) -> Result<()> {
    if now == before {
        return Ok(());
    }
    Err(Refusal::conflict(
        "import_changed",
        "刚才有人改了对这个文件的处理，请刷新页面，核对后再办。",
        "Somebody has just decided otherwise about this file; reload the page and check it again.",
    )
    .into())
}

/// Refuses what cannot be decided about a file any more.
pub(super) fn refuse_ended(state: BatchState) -> Result<()> {
    if state == BatchState::Previewed {
        return Ok(());
    }
    Err(Refusal::conflict(
        "batch_state",
        "这个文件已经导入过，不能再改。",
        "This file was applied already; it cannot be changed any more.",
    )
    .into())
}

impl Stored {
    /// Takes one more decision: the decisions with it, and the file as it is then read.
    pub fn decide(&self, what: &impl Decision) -> Result<(Decisions, Reading)> {
        refuse_ended(self.batch.state)?;
        let whole = self.read_whole()?;
        let mut after = self.decisions.clone();
        what.take(&whole, &mut after)?;
        let mut reading = if after.mappings == self.decisions.mappings {
            whole
        } else {
            self.read_by(&after.mappings())?
        };
        choice::choose(&mut reading, &after.choices);
        Ok((after, reading))
    }
}
