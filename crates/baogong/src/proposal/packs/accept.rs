//! Accepting packs: they go into the supplier's price list with the goods that they hold set aside.

use std::collections::BTreeMap;

use planner::check::Unkept;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{PacksChange, PacksDraft, StoredPacks, change, get};
use crate::base::id::{BatchId, district};
use crate::base::words::kilograms;
use crate::base::{Ctx, Fault, Refusal, Result};
use crate::proposal::{self, ProposalState};
use crate::register::entry::{self, Change, Content, Entry, Good};
use crate::register::{Body, register};

/// An accepted proposal of packs.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PacksAcceptance {
    /// The proposal, and what was changed with the acceptance.
    pub change: PacksChange,
    /// Whether it is wanted although something falls short or a limit is not kept. Goods that are not there cannot be wanted.
    #[serde(default)]
    pub despite: bool,
}

/// What accepting put into the price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Accepted {
    /// The supplier's code.
    pub supplier: String,
    /// The compounds that the packs are for.
    pub compounds: Vec<String>,
    /// Code of each pack in the price list, and how many there are.
    pub packs: Vec<(String, i64)>,
}

/// Letters that stand for packs; O and I are left out, because they look like digits.
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Puts the packs into the price list and takes what they hold off the stock of the single goods. What was changed with the
/// acceptance is kept as a version of its own first.
pub fn accept(tx: &mut Tx, ctx: &Ctx, acceptance: &PacksAcceptance) -> Result<Accepted> {
    let mut at = acceptance.change.at.clone();
    let (found, draft, mut stored) = get(tx, ctx, &at)?;
    let revision = stored.apply(&acceptance.change)?;
    if found.state == ProposalState::Open && !revision.is_empty() {
        at.id = change(tx, &ctx.sub("changed"), &acceptance.change)?;
    }
    proposal::decide(tx, ctx, &at, ProposalState::Accepted)?;
    check_acceptable(&draft, &stored, acceptance.despite)?;
    let in_district = district(&draft.area).to_string();
    let now = price_list(tx, &in_district, &draft.supplier)?;
    let differing = differing_from(&draft, &stored, &now)?;
    if let Some((zh, en)) = differing.first() {
        return Err(Refusal::conflict(
            "stale",
            format!("生成方案以后，价目表变了：{zh}。请“改条件重算”后再采纳。"),
            format!("The price list has changed since: {en}. Compose again before accepting."),
        )
        .into());
    }
    let mut changes = set_aside(&draft, &stored, &now)?;
    let mut accepted = Accepted {
        supplier: draft.supplier.clone(),
        compounds: stored
            .facts
            .compounds
            .iter()
            .map(|(code, _)| code.clone())
            .collect(),
        packs: Vec::new(),
    };
    let packs = made(&draft, &stored);
    let taken: Vec<&str> = now.keys().map(String::as_str).collect();
    for (code, (body, count)) in free_codes(&taken, packs.len()).into_iter().zip(packs) {
        changes.push(Change {
            before: None,
            after: Some(listed(&draft.supplier, &in_district, &code, body)?),
        });
        accepted.packs.push((code, count));
    }
    entry::write(tx, ctx, BatchId::of_command(ctx.command), &changes)?;
    Ok(accepted)
}

/// Refuses what nobody should offer without saying that it is meant, and what there is not.
fn check_acceptable(draft: &PacksDraft, stored: &StoredPacks, despite: bool) -> Result<()> {
    let packed = stored.packed(draft);
    let none = |(count, holds): (&i64, &planner::check::Holds)| *count == 0 || holds.weight_g == 0;
    if stored.counts.iter().zip(&packed.packs).all(none) {
        return Err(Refusal::conflict(
            "empty_packs",
            "这些套餐里什么都没有，不能采纳。请先补货，或改份数、条件后重算。",
            "There is nothing in these packs. Restock, or ask for fewer and compose again.",
        )
        .into());
    }
    let over = packed.unkept.iter().find_map(|one| match one {
        Unkept::Stock { good, used, units } => Some((&stored.facts.shelf[*good], *used, *units)),
        _ => None,
    });
    if let Some((good, used, units)) = over {
        let (name, unit) = (&good.name, &good.unit);
        return Err(Refusal::conflict(
            "over_stock",
            format!("{name}不够：要{used}{unit}，只有{units}{unit}。请减少份数或换成别的货。"),
            format!(
                "{name}: {used} are needed and {units} are there. Make fewer packs or take another good."
            ),
        )
        .into());
    }
    let short = stored.counts.iter().zip(&packed.packs);
    let short = short
        .filter(|(count, _)| **count > 0)
        .any(|(_, holds)| !holds.lacking.is_empty());
    if (short || !packed.unkept.is_empty()) && !despite {
        return Err(Refusal::conflict(
            "short_packs",
            "有套餐达不到标准，或超过了价格、重量等限制。请先调整，或勾选“仍然采纳”。",
            "A pack falls short of the norms or does not keep a limit. Change it first, or tick \u{201c}accept all the same\u{201d}.",
        )
        .into());
    }
    Ok(())
}

/// The price list of a supplier by the supplier's codes.
fn price_list(tx: &mut Tx, in_district: &str, supplier: &str) -> Result<BTreeMap<String, Entry>> {
    let own = format!("{supplier}/");
    let listed = entry::price_list(tx, in_district, supplier)?;
    let by_code = listed.into_iter().filter_map(|entry| {
        let code = entry.code.strip_prefix(&own)?.to_string();
        Some((code, entry))
    });
    Ok(by_code.collect())
}

/// What has changed in the price list of the goods that the packs hold, in both languages.
pub fn differing(tx: &mut Tx, draft: &PacksDraft, stored: &StoredPacks) -> Result<Vec<(String, String)>> {
    let now = price_list(tx, district(&draft.area), &draft.supplier)?;
    differing_from(draft, stored, &now)
}

fn differing_from(
    draft: &PacksDraft,
    stored: &StoredPacks,
    now: &BTreeMap<String, Entry>,
) -> Result<Vec<(String, String)>> {
    let used = stored.packed(draft).used;
    let mut found = Vec::new();
    for (good, used) in stored.facts.shelf.iter().zip(used).filter(|(_, used)| *used > 0) {
        let name = &good.name;
        let Some(entry) = now.get(&good.code) else {
            found.push((
                format!("{name}已经不在价目表里"),
                format!("{name} is no longer listed"),
            ));
            continue;
        };
        let noun: Good = entry.noun()?;
        let units = noun.stock.unwrap_or(0);
        if (noun.weight_g, noun.price_fen) != (good.unit_g, good.unit_fen) {
            found.push((
                format!("{name}的价格或规格变了"),
                format!("{name} has another price or weight"),
            ));
        } else if units < used {
            let unit = &good.unit;
            found.push((
                format!("{name}只剩{units}{unit}，套餐要用{used}{unit}"),
                format!("{units} of {name} are left, and the packs take {used}"),
            ));
        }
    }
    Ok(found)
}

/// The packs of an accepted proposal that still stand in the price list as they were made: code and number.
pub fn listed_as(tx: &mut Tx, draft: &PacksDraft, stored: &StoredPacks) -> Result<Vec<(String, i64)>> {
    let now = price_list(tx, district(&draft.area), &draft.supplier)?;
    let same = |body: &Body, entry: &Entry| {
        let keys = ["name", "weight_g", "price_fen", "contents"];
        keys.iter().all(|key| body.get(*key) == entry.body.get(*key))
    };
    let found = made(draft, stored).into_iter().filter_map(|(body, count)| {
        let (code, _) = now.iter().rev().find(|(_, entry)| same(&body, entry))?;
        Some((code.clone(), count))
    });
    Ok(found.collect())
}

/// The single goods with less stock, and with the food that a person said they are.
fn set_aside(draft: &PacksDraft, stored: &StoredPacks, now: &BTreeMap<String, Entry>) -> Result<Vec<Change>> {
    let used = stored.packed(draft).used;
    let foods = planner::packs::common();
    let mut changes = Vec::new();
    for (good, used) in stored.facts.shelf.iter().zip(used) {
        let Some(before) = now.get(&good.code) else {
            continue;
        };
        let noun: Good = before.noun()?;
        let mut body = before.body.clone();
        if used > 0 {
            body.insert("stock".into(), (noun.stock.unwrap_or(0) - used).into());
        }
        if let Some((_, key)) = draft
            .foods
            .iter()
            .find(|(code, key)| *code == good.code && !key.is_empty())
            && let Some(food) = foods.iter().find(|food| food.key == *key)
        {
            body.insert("food".into(), food.zh.as_str().into());
        }
        if body != before.body {
            changes.push(Change {
                after: Some(Entry {
                    body,
                    ..before.clone()
                }),
                before: Some(before.clone()),
            });
        }
    }
    Ok(changes)
}

/// The packs as rows of the price list without supplier and code, and how many there are. Packs with nothing in them are left out.
fn made(draft: &PacksDraft, stored: &StoredPacks) -> Vec<(Body, i64)> {
    let packed = stored.packed(draft);
    let rows = draft
        .packs
        .iter()
        .zip(&stored.counts)
        .zip(&stored.units)
        .zip(packed.packs);
    let rows = rows.filter(|(((_, count), _), holds)| **count > 0 && holds.weight_g > 0);
    rows.map(|(((wanted, count), units), holds)| {
        let inside = || {
            stored
                .facts
                .shelf
                .iter()
                .zip(units)
                .filter(|(_, units)| **units > 0)
        };
        let contents: Vec<Content> = inside()
            .map(|(good, units)| Content {
                name: good.name.clone(),
                category: good.category.clone(),
                weight_g: good.unit_g * units,
            })
            .collect();
        let by_unit: Vec<String> = inside()
            .map(|(good, units)| format!("{}{units}{}", good.name, good.unit))
            .collect();
        let category = match holds.categories.keys().collect::<Vec<_>>()[..] {
            [only] => only.clone(),
            _ => "other".to_string(),
        };
        let note = format!(
            "{}人{}天；{}；{}公斤",
            wanted.persons,
            draft.days,
            by_unit.join("、"),
            kilograms(holds.weight_g)
        );
        let mut body = Body::new();
        body.insert("name".into(), wanted.name.trim().into());
        body.insert("kind".into(), "pack".into());
        body.insert("category".into(), category.into());
        body.insert("unit".into(), "份".into());
        body.insert("weight_g".into(), holds.weight_g.into());
        body.insert("price_fen".into(), holds.price_fen.into());
        let contents = contents
            .iter()
            .map(|one| serde_json::json!(one))
            .collect::<Vec<_>>();
        body.insert("contents".into(), contents.into());
        body.insert(
            "cold".into(),
            i64::from(inside().any(|(good, _)| good.cold)).into(),
        );
        body.insert("limit_per_order".into(), 1.into());
        body.insert("stock".into(), (*count).into());
        body.insert("note".into(), note.chars().take(500).collect::<String>().into());
        (body, *count)
    })
    .collect()
}

/// A pack as an entry of the price list.
fn listed(supplier: &str, in_district: &str, code: &str, mut body: Body) -> Result<Entry> {
    let goods = register("goods").ok_or_else(|| Fault::Invariant("there is no register of goods".into()))?;
    body.insert("supplier".into(), supplier.into());
    body.insert("code".into(), code.into());
    body.insert("aliases".into(), format!("{code}套餐").into());
    Ok(Entry::of(
        goods,
        format!("{supplier}/{code}"),
        in_district.to_string(),
        body,
    ))
}

/// The first free codes: a letter, and then two.
fn free_codes(taken: &[&str], wanted: usize) -> Vec<String> {
    let single = LETTERS.chars().map(String::from);
    let double = LETTERS
        .chars()
        .flat_map(|first| LETTERS.chars().map(move |second| format!("{first}{second}")));
    let taken = |code: &String| taken.iter().any(|one| one.eq_ignore_ascii_case(code));
    single
        .chain(double)
        .filter(|code| !taken(code))
        .take(wanted)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::free_codes;

    #[test]
    fn codes_are_free_and_read_as_letters() {
        assert_eq!(free_codes(&["A", "b", "H"], 3), ["C", "D", "E"]);
        let all: Vec<String> = super::LETTERS.chars().map(String::from).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(free_codes(&all, 2), ["AA", "AB"]);
    }
}
