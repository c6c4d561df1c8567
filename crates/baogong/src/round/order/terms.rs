//! What a round and its rules say about a compound.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::*;
use crate::base::stamp;
use crate::plan::directive;

stmt!(
    RECENT_ROUNDS,
    "SELECT c.round FROM round_compound c
     JOIN round r ON r.district = c.district AND r.id = c.round
     LEFT JOIN ballot b ON b.district = c.district AND b.round = c.round
     WHERE c.district = $1 AND c.compound = $2
       AND (c.round = $3 OR r.cutoff_s >= $4 OR (b.round IS NOT NULL AND (b.drawn_s IS NULL OR b.drawn_s >= $4)))"
);

/// What a round and its rules say about a compound.
pub struct Terms {
    /// The round.
    pub round: Round,
    /// Its packs.
    pub packs: Vec<Pack>,
    /// By pack, from where to where it moves when it is ordered; made once, because a rush names these accounts in every order.
    pub ways: HashMap<String, (book::Acc, book::Acc)>,
    /// The rules that hold in the compound now.
    pub rules: Rules,
    /// The compound's number within the round.
    pub position: i64,
    /// Where the compound fetches its goods.
    pub drop_point: String,
    /// This round, and those in which an order may have been placed so lately that the next one has to wait (FC-10).
    pub recent_rounds: Vec<RoundId>,
}

/// Terms with the time within which they hold: from when they were made until a directive begins or ends.
struct Kept {
    terms: Arc<Terms>,
    from_s: i64,
    until_s: i64,
}

/// By stamp, round and compound. The stamp is a random value that changes with every round and directive of the district,
/// so that what is found here is what the database says.
type Memory = HashMap<(Uuid, RoundId, String), Kept>;

static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);

/// Compounds kept; a round has some hundreds.
const MOST_KEPT: usize = 8_192;

/// The terms of a round for a compound, now.
pub fn terms(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: RoundId, compound: &str) -> Result<Arc<Terms>> {
    let stamp = stamp::get(tx, in_district, stamp::TERMS)?;
    terms_at(tx, ctx, stamp, in_district, id, compound)
}

/// As [`terms`], for a stamp that was read in the same transaction.
pub(super) fn terms_at(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Option<Uuid>,
    in_district: &str,
    id: RoundId,
    compound: &str,
) -> Result<Arc<Terms>> {
    let Some(stamp) = stamp else {
        return Ok(load(tx, ctx, in_district, id, compound)?.terms);
    };
    let key = (stamp, id, compound.to_string());
    let memory = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = memory().get(&key)
        && (kept.from_s..kept.until_s).contains(&ctx.now_s)
    {
        return Ok(Arc::clone(&kept.terms));
    }
    let kept = load(tx, ctx, in_district, id, compound)?;
    let terms = Arc::clone(&kept.terms);
    let mut memory = memory();
    if memory.len() >= MOST_KEPT {
        memory.clear();
    }
    memory.insert(key, kept);
    Ok(terms)
}

fn load(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: RoundId, compound: &str) -> Result<Kept> {
    let round = open::get(tx, in_district, id)?;
    let supplied = open::compound(tx, in_district, id, compound)?;
    let until_s = directive::all(tx, in_district)?
        .iter()
        .flat_map(|directive| [Some(directive.from_s), directive.until_s])
        .flatten()
        .filter(|at_s| *at_s > ctx.now_s)
        .min()
        .unwrap_or(i64::MAX);
    let rules = rules::at(tx, compound, ctx.now_s)?;
    // An order counts from its day, and is placed before cut-off or when it is drawn.
    let waited_d = rules.number(RuleKey::OrderIntervalD).unwrap_or(0) + 1;
    let since_s = ctx.now_s - waited_d * clock::DAY_S;
    let recent_rounds = tx
        .rows(&RECENT_ROUNDS, &params![in_district, compound, id, since_s])?
        .iter()
        .map(|row| Ok(RoundId(row.get(0)?)))
        .collect::<Result<_>>()?;
    let packs = open::packs(tx, in_district, id)?;
    let way = |pack: &Pack| (pack.code.clone(), chart::order_way(id, compound, &pack.code));
    let terms = Terms {
        round,
        ways: packs.iter().map(way).collect(),
        packs,
        rules,
        position: supplied.position,
        drop_point: supplied.drop_point,
        recent_rounds,
    };
    Ok(Kept {
        terms: Arc::new(terms),
        from_s: ctx.now_s,
        until_s,
    })
}
