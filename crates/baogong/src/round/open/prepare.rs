//! What a round needs before it opens: everything that is checked, whoever divides the packs.

use std::collections::BTreeMap;

use store::Tx;

use super::RoundDraft;
use crate::base::clock::{self, HOUR_S};
use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result};
use crate::plan::release::Release;
use crate::plan::rules::{self, RuleKey, Rules};
use crate::register::entry::{self, Compound, Good, Supplier};
use crate::round::ballot;
use crate::round::modes::Mode;

/// A draft that may be opened.
pub struct Prepared {
    /// How it is supplied.
    pub mode: Mode,
    /// Who supplies it.
    pub supplier: Supplier,
    /// Code, compound and number of households, at least one.
    pub compounds: Vec<(String, Compound, i64)>,
    /// What holds in each of them.
    pub rules: Vec<Rules>,
    /// The packs and how many of each are released.
    pub packs: Vec<(Good, i64)>,
    /// Who gets them.
    pub release: Release,
    /// When orders close.
    pub cutoff_s: i64,
    /// When payments are due.
    pub pay_by_s: i64,
    /// When goods are to be delivered.
    pub deliver_s: i64,
}

fn time(field: &'static str, text: &str, default_s: i64) -> Result<i64> {
    if text.trim().is_empty() {
        return Ok(default_s);
    }
    clock::parse_minute(text).ok_or_else(|| {
        Refusal::invalid(
            field,
            "时间应如 2026-11-21 18:00。",
            "A time looks like 2026-11-21 18:00.",
        )
        .into()
    })
}

/// Checks a draft against registers and rules, or says what would be right.
pub fn prepare(tx: &mut Tx, ctx: &Ctx, draft: &RoundDraft) -> Result<Prepared> {
    let mode = Mode::of(&draft.mode)
        .ok_or_else(|| Refusal::invalid("mode", "请选择供应方式。", "Choose a supply mode."))?;
    if draft.compounds.is_empty() {
        return Err(Refusal::invalid(
            "compounds",
            "请至少选择一个小区。",
            "Choose at least one compound.",
        )
        .into());
    }
    let in_district = district(&draft.compounds[0]).to_string();
    let supplier: Supplier = entry::noun(tx, "suppliers", &in_district, &draft.supplier)?;
    let mut compounds = Vec::with_capacity(draft.compounds.len());
    let mut ruled: Vec<(&str, Rules)> = Vec::with_capacity(draft.compounds.len());
    for code in &draft.compounds {
        ctx.actor.check(crate::base::Action::OpenRound, code)?;
        let compound: Compound = entry::noun(tx, "compounds", &in_district, code)?;
        let rules = rules::at(tx, code, ctx.now_s)?;
        if !mode.allowed(&rules) {
            return Err(Refusal::conflict(
                "mode_not_allowed",
                format!(
                    "按{}，{}目前不能采用“{}”。",
                    rules.clause(RuleKey::SupplyModes),
                    compound.compound,
                    mode.word(kit::Lang::Zh)
                ),
                format!(
                    "Under {}, {} may not be supplied by: {}.",
                    rules.clause(RuleKey::SupplyModes),
                    compound.compound,
                    mode.word(kit::Lang::En)
                ),
            )
            .into());
        }
        ruled.push((code, rules));
        let households = entry::count(
            tx,
            &entry::Query {
                register: "households",
                area: code,
                ..Default::default()
            },
        )?
        .0;
        compounds.push((
            code.clone(),
            compound,
            if households > 0 { households } else { 1 },
        ));
    }
    let release = ballot::chosen(draft.release, mode.facts().takes_orders, &ruled)?;
    let held = &ruled[0].1;
    let mut packs = Vec::new();
    for one in draft.packs.iter().filter(|one| one.total > 0) {
        let good: Good = entry::noun(
            tx,
            "goods",
            &in_district,
            &format!("{}/{}", draft.supplier, one.code),
        )?;
        if let Some(stock) = good.stock
            && one.total > stock
        {
            return Err(Refusal::invalid(
                "packs",
                format!(
                    "{}：保供单位只报了{stock}份，不能投放{}份。",
                    good.name, one.total
                ),
                format!(
                    "{}: the supplier offers {stock}, so {} cannot be released.",
                    good.name, one.total
                ),
            )
            .into());
        }
        packs.push((good, one.total));
    }
    if packs.is_empty() {
        return Err(Refusal::invalid(
            "packs",
            "请至少选择一种套餐并填写份数。",
            "Choose at least one pack and how many.",
        )
        .into());
    }
    let hours_s = |key| held.number(key).unwrap_or(0) * HOUR_S;
    let cutoff_s = time(
        "cutoff",
        &draft.cutoff,
        ctx.now_s + hours_s(RuleKey::OrderCutoffH),
    )?;
    let pay_by_s = time("pay_by", &draft.pay_by, cutoff_s + hours_s(RuleKey::PayByH))?;
    let deliver_s = time("deliver", &draft.deliver, pay_by_s + hours_s(RuleKey::DeliverH))?;
    if !(ctx.now_s < cutoff_s && cutoff_s <= pay_by_s && pay_by_s <= deliver_s) {
        return Err(Refusal::invalid(
            "cutoff",
            "时间顺序应为：现在 < 截单 ≤ 付款截止 ≤ 送达。",
            "Times must follow: now < cut-off ≤ pay-by ≤ delivery.",
        )
        .into());
    }
    Ok(Prepared {
        mode,
        supplier,
        compounds,
        rules: ruled.into_iter().map(|(_, rules)| rules).collect(),
        packs,
        release,
        cutoff_s,
        pay_by_s,
        deliver_s,
    })
}

/// What each compound gets of each pack: as the draft says, or by number of households.
pub(super) fn allotments(
    draft: &RoundDraft,
    compounds: &[(String, Compound, i64)],
    packs: &[(Good, i64)],
) -> Result<Vec<Vec<i64>>> {
    if draft.allotments.is_empty() {
        let households: Vec<i64> = compounds.iter().map(|(_, _, households)| *households).collect();
        return Ok(packs
            .iter()
            .map(|(_, total)| share(*total, &households))
            .collect());
    }
    let mut wanted: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in &draft.allotments {
        let known = compounds.iter().any(|(code, _, _)| *code == one.compound)
            && packs.iter().any(|(good, _)| good.code == one.pack);
        if !known || one.quantity < 0 {
            return Err(Refusal::invalid(
                "allotments",
                format!(
                    "份额{}、{}：小区和套餐要在本轮内，份数不能是负数。",
                    one.compound, one.pack
                ),
                format!(
                    "Allotment {}, {}: compound and pack must be in the round, and the number not negative.",
                    one.compound, one.pack
                ),
            )
            .into());
        }
        let sum = wanted.entry((&one.compound, &one.pack)).or_insert(0);
        *sum = sum.saturating_add(one.quantity);
    }
    let mut found = Vec::with_capacity(packs.len());
    for (good, total) in packs {
        let amounts: Vec<i64> = compounds
            .iter()
            .map(|(code, _, _)| {
                wanted
                    .get(&(code.as_str(), good.code.as_str()))
                    .copied()
                    .unwrap_or(0)
            })
            .collect();
        let sum = amounts
            .iter()
            .fold(0i64, |sum, amount| sum.saturating_add(*amount));
        if sum > *total {
            return Err(Refusal::invalid(
                "allotments",
                format!("{}：各小区合计{sum}份，多于投放的{total}份。", good.name),
                format!(
                    "{}: the compounds have {sum} together, more than the {total} that are released.",
                    good.name
                ),
            )
            .into());
        }
        found.push(amounts);
    }
    Ok(found)
}

/// Shares `total` packs in proportion to `weights`, all of them, by largest remainder.
fn share(total: i64, weights: &[i64]) -> Vec<i64> {
    // The published rule caps nobody here: a compound may order more than one pack per household.
    let scaled: Vec<i64> = weights
        .iter()
        .map(|weight| weight.saturating_mul(total))
        .collect();
    planner::allocate::by_need(total, &scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_shared_by_households_and_none_is_lost() {
        let shares = share(100, &[300, 200, 1]);
        assert_eq!(shares.iter().sum::<i64>(), 100);
        assert!(shares[0] > shares[1] && shares[1] > shares[2], "{shares:?}");
        assert_eq!(share(7, &[1, 1, 1]).iter().sum::<i64>(), 7);
    }
}
