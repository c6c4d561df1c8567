//! Settling what a chain message left open: one question after the other, each with proposals; the last answer can be
//! taken back, and what an answer teaches is kept for the compound (X-3, FC-3).

mod answer;
mod propose;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::alias::Alias;
use super::chain::ChainDraft;
use super::order::Want;
use crate::base::clock::DAY_S;
use crate::base::id::{OrderId, PasteId, RoundId};
use crate::base::{Ctx, Refusal, Result, audit};
use crate::plan::rules::{self, RuleKey};
pub use answer::{settle, take_back};
pub(super) use propose::{blank_line, open_line};

stmt!(
    KEEP,
    "INSERT INTO chain_paste (district, id, round, compound, advance, lines, questions, actor, at_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
stmt!(
    PASTE,
    "SELECT round, compound, advance, lines, questions, actor, at_s FROM chain_paste WHERE district = $1 AND id = $2"
);
stmt!(
    PASTED,
    "SELECT id, questions FROM chain_paste WHERE district = $1 AND round = $2 AND compound = $3"
);
stmt!(
    EARLIER,
    "SELECT a.paste, a.place, a.answer FROM chain_paste p
     JOIN chain_answer a ON a.district = p.district AND a.paste = p.id
     WHERE p.district = $1 AND p.round = $2 AND p.compound = $3 ORDER BY a.at_s, a.step"
);
stmt!(
    ANSWERS,
    "SELECT place, step, answer FROM chain_answer WHERE district = $1 AND paste = $2 ORDER BY step"
);
stmt!(
    OLDEST,
    "SELECT district, MIN(at_s) FROM chain_paste GROUP BY district"
);
stmt!(
    DROP_ANSWERS,
    "DELETE FROM chain_answer WHERE district = $1
     AND paste IN (SELECT id FROM chain_paste WHERE district = $1 AND at_s < $2)"
);
stmt!(DROP, "DELETE FROM chain_paste WHERE district = $1 AND at_s < $2");

/// What a doubtful line may mean, ready to be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Proposal {
    /// The household's code; empty when it has to be chosen.
    pub household: String,
    /// What it wants; empty when that has to be entered, or when the order is to be cancelled.
    pub wants: Vec<Want>,
    /// Whether the household's order of this round is to be cancelled.
    #[serde(default)]
    pub cancel: bool,
    /// Whether the goods come on top of what the household has ordered.
    #[serde(default)]
    pub more: bool,
    /// The proposal in words, such as `3栋2单元501  蔬菜包 × 2`.
    pub words: String,
}

impl Proposal {
    /// Whether it can be accepted as it is.
    pub fn is_whole(&self) -> bool {
        !self.household.is_empty() && (self.cancel || !self.wants.is_empty())
    }
}

/// A line that a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OpenLine {
    /// The line of the pasted text, from 1.
    pub number: usize,
    /// The line as pasted.
    pub text: String,
    /// Why it was not taken, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What it may mean, the most likely first.
    pub proposals: Vec<Proposal>,
    /// How the household calls itself, if an answer can teach that.
    #[serde(default)]
    pub nickname: String,
    /// The good as written, if an answer can teach that.
    #[serde(default)]
    pub good: String,
}

/// How a question was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Answer {
    /// An order was placed or changed.
    Ordered {
        /// The order.
        order: OrderId,
        /// Its code.
        code: String,
        /// In words.
        words: String,
        /// What the order held before, if it was there and has changed.
        #[serde(default)]
        before: Option<Vec<Want>>,
        /// Whether it was there before and has not changed.
        #[serde(default)]
        unchanged: bool,
        /// What was learned, and what the word stood for before.
        #[serde(default)]
        learned: Vec<(Alias, Option<Alias>)>,
    },
    /// The household's order was cancelled.
    Cancelled {
        /// The order.
        order: OrderId,
        /// Its code.
        code: String,
    },
    /// The line is no order.
    NotAnOrder,
    /// Left for later.
    Skipped,
}

/// A pasted message as it stands.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Paste {
    /// The id.
    pub id: PasteId,
    /// The round.
    pub round: RoundId,
    /// The compound.
    pub compound: String,
    /// Whether the liaison advances the money.
    pub advance: bool,
    /// The message line by line, for showing what stands around a question.
    pub lines: Vec<String>,
    /// Every question, in the order of the text.
    pub questions: Vec<OpenLine>,
    /// The answers so far, the last one last.
    pub answers: Vec<Answered>,
    /// When it was pasted.
    pub at_s: i64,
}

impl Paste {
    /// The place of the next question without an answer, those left for later last.
    pub fn next(&self) -> Option<usize> {
        let answered = |place: &usize| self.answers.iter().any(|one| one.place == *place);
        let skipped = |one: &&Answered| one.answer == Answer::Skipped;
        let later = self.answers.iter().find(skipped).map(|one| one.place);
        (0..self.questions.len()).find(|place| !answered(place)).or(later)
    }

    /// How many questions are settled.
    pub fn settled(&self) -> usize {
        self.answers
            .iter()
            .filter(|one| one.answer != Answer::Skipped)
            .count()
    }
}

/// A question that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Answered {
    /// Its place among the questions, from 0.
    pub place: usize,
    /// Which answer it was, from 1.
    pub step: i64,
    /// How.
    pub answer: Answer,
}

/// The last answer of a pasted message, to be taken back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepRef {
    /// The message.
    #[serde(flatten)]
    pub paste: PasteRef,
    /// The answer by its step, so that a form sent twice, or by two people, does not take back the one before it too.
    pub step: i64,
}

/// The district and id of a pasted message.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PasteRef {
    /// The district.
    pub district: String,
    /// The pasted message.
    pub id: PasteId,
}

/// An answer to a question of a pasted message.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Settling {
    /// The district.
    pub district: String,
    /// The pasted message (32 hexadecimal digits).
    pub paste: String,
    /// The place of the question, from 0.
    pub place: usize,
    /// `order`, `cancel`, `none` (not an order) or `skip`.
    pub kind: String,
    /// The household's code, for `order` and `cancel`.
    #[serde(default)]
    pub household: String,
    /// What it wants, for `order`.
    #[serde(default)]
    pub wants: Vec<Want>,
    /// Whether that comes on top of what it has ordered.
    #[serde(default)]
    pub more: bool,
}

/// Keeps a pasted message with the lines that a person has to decide; nothing is kept when there are none.
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, draft: &ChainDraft, open: &[OpenLine]) -> Result<Option<PasteId>> {
    if open.is_empty() {
        return Ok(None);
    }
    let id = PasteId::of_command(ctx.command);
    let lines: Vec<&str> = draft.text.lines().collect();
    tx.run(
        &KEEP,
        &params![
            draft.district.as_str(),
            id,
            draft.round,
            draft.compound.as_str(),
            i64::from(draft.advance),
            serde_json::to_string(&lines)?,
            serde_json::to_string(open)?,
            ctx.actor.name.as_str(),
            ctx.now_s
        ],
    )?;
    Ok(Some(id))
}

/// The lines that were settled in earlier copies of a message of this round and compound, each as often as it was settled.
pub(super) fn settled_before(
    tx: &mut Tx,
    in_district: &str,
    round: RoundId,
    compound: &str,
) -> Result<Vec<String>> {
    let of = params![in_district, round, compound];
    let mut pasted: HashMap<Uuid, Vec<OpenLine>> = HashMap::new();
    for row in tx.rows(&PASTED, &of)? {
        pasted.insert(row.get(0)?, serde_json::from_str(row.text(1)?)?);
    }
    let mut texts = Vec::new();
    for row in &tx.rows(&EARLIER, &of)? {
        let answer: Answer = serde_json::from_str(row.text(2)?)?;
        let place = usize::try_from(row.get::<i64>(1)?).unwrap_or(usize::MAX);
        let question = pasted
            .get(&row.get::<Uuid>(0)?)
            .and_then(|questions| questions.get(place));
        if let (Some(question), true) = (question, answer != Answer::Skipped) {
            texts.push(question.text.clone());
        }
    }
    Ok(texts)
}

/// Deletes pasted messages that are older than the working rules keep them, because names and phones stand in them; the orders
/// taken from them stay. Gives how many were deleted.
pub fn forget_old(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    let mut deleted = 0;
    for row in tx.rows(&OLDEST, &params![])? {
        let (of, oldest_s): (String, i64) = (row.get(0)?, row.get(1)?);
        let Some(keep_d) = rules::house(&of).number(RuleKey::ChainKeepD) else {
            continue;
        };
        let before_s = ctx.now_s - keep_d * DAY_S;
        if oldest_s >= before_s {
            continue;
        }
        audit::hold(tx, &of)?;
        tx.run(&DROP_ANSWERS, &params![of.as_str(), before_s])?;
        let messages = tx.run(&DROP, &params![of.as_str(), before_s])?;
        let detail = format!("{{\"messages\":{messages}}}");
        audit::append(tx, ctx, "chain.expire", &of, &detail)?;
        deleted += messages;
    }
    Ok(deleted)
}

/// A pasted message with its questions and answers, if its compound lies in the actor's area.
pub fn paste(tx: &mut Tx, ctx: &Ctx, at: &PasteRef) -> Result<Paste> {
    let missing = || Refusal::not_found("接龙", "chain message");
    let row = tx
        .row(&PASTE, &params![at.district.as_str(), at.id])?
        .ok_or_else(missing)?;
    let compound: String = row.get(1)?;
    // Nicknames and phones stand in it as they were pasted, so only whoever pasted it sees it again.
    if !ctx.actor.covers(&compound) || row.text(5)? != ctx.actor.name {
        return Err(missing().into());
    }
    let answers = tx.rows(&ANSWERS, &params![at.district.as_str(), at.id])?;
    let answers = answers
        .iter()
        .map(|row| {
            let place = usize::try_from(row.get::<i64>(0)?).unwrap_or(usize::MAX);
            Ok(Answered {
                place,
                step: row.get(1)?,
                answer: serde_json::from_str(row.text(2)?)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Paste {
        id: at.id,
        round: RoundId(row.get(0)?),
        advance: row.get::<i64>(2)? != 0,
        lines: serde_json::from_str(row.text(3)?)?,
        questions: serde_json::from_str(row.text(4)?)?,
        answers,
        at_s: row.get(6)?,
        compound,
    })
}
