//! Opening, listing, cutting off and confirming rounds.

mod find;
mod progress;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::ballot::{self, Secret};
use super::modes::Mode;
use super::{Pack, Round, RoundCompound, RoundState, chart, order, with_check_digit};
use crate::base::book::{self, Kind, Move, Reason};
use crate::base::clock::{self, HOUR_S};
use crate::base::id::{RoundId, derive, district};
use crate::base::{Ctx, Refusal, Result, stamp};
use crate::plan::release::Release;
use crate::plan::rules::{self, RuleKey, Rules, Source};
use crate::register::entry::{self, Compound, Good, Supplier};

pub use find::{by_token, compound, compounds, get, left, list, packs, standing};
pub(super) use progress::change_state;
pub use progress::{confirm, cut_off, tick};

stmt!(COUNT, "SELECT COUNT(*) FROM round WHERE district = $1");
stmt!(
    INSERT,
    "INSERT INTO round (district, id, code, title, mode, supplier, area, state, opens_s, cutoff_s, pay_by_s, deliver_s,
                        rules, actor, created_s, release)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
);
stmt!(
    INSERT_COMPOUND,
    "INSERT INTO round_compound (district, round, compound, position, token, drop_point) VALUES ($1, $2, $3, $4, $5, $6)"
);
stmt!(
    INSERT_PACK,
    "INSERT INTO round_pack (district, round, code, name, unit, price_fen, weight_g, limit_per_order, contents, aliases, position)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);

/// One pack of a draft: which, and how many over all compounds.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackDraft {
    /// The supplier's code for it.
    pub code: String,
    /// How many are released over all compounds of the round.
    pub total: i64,
}

/// What is filled in to open a round.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoundDraft {
    /// The title; empty makes one from supplier and date.
    #[serde(default)]
    pub title: String,
    /// The key of the mode.
    pub mode: String,
    /// The supplier's code.
    pub supplier: String,
    /// The compounds' codes.
    pub compounds: Vec<String>,
    /// The packs.
    pub packs: Vec<PackDraft>,
    /// Who gets the packs, where the plan leaves it open; without it, who comes first.
    #[serde(default)]
    pub release: Option<Release>,
    /// The secret of a ballot; made anew with each draft, never sent or received.
    #[serde(skip)]
    pub secret: Secret,
    /// Cut-off, as local date and time; empty takes the rule.
    #[serde(default)]
    pub cutoff: String,
    /// When payments are due; empty takes the rule.
    #[serde(default)]
    pub pay_by: String,
    /// When goods are to be delivered; empty takes the rule.
    #[serde(default)]
    pub deliver: String,
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

/// The longest code that is a prefix of all the codes.
pub fn common_area(codes: &[String]) -> String {
    let Some(first) = codes.first() else {
        return String::new();
    };
    if codes.len() == 1 {
        return first.clone();
    }
    for length in [12, 9, 6] {
        if let Some(prefix) = first.get(..length)
            && codes.iter().all(|code| code.starts_with(prefix))
        {
            return prefix.to_string();
        }
    }
    district(first).to_string()
}

/// Opens a round: checks the mode against the rules of each compound, fixes packs and prices, and allots each
/// pack to the compounds by their number of households (largest remainder, so that streets are treated alike).
pub fn open(tx: &mut Tx, ctx: &Ctx, draft: &RoundDraft) -> Result<RoundId> {
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
    let id = RoundId::of_command(ctx.command);
    let number = tx
        .row(&COUNT, &params![in_district.as_str()])?
        .map_or(Ok(0), |row| row.get::<i64>(0))?
        + 1;
    let title = if draft.title.trim().is_empty() {
        format!(
            "{} {}",
            supplier.name,
            clock::zoned(deliver_s).strftime("%-m月%-d日")
        )
    } else {
        draft.title.trim().to_string()
    };
    let sources: Vec<Source> = held
        .held
        .iter()
        .filter(|one| one.wins)
        .map(|one| Source {
            key: one.key,
            value: rules::value_words(one.key, &one.rule.value, kit::Lang::Zh),
            clause: one.rule.clause.clone(),
        })
        .collect();
    let code = format!("R{number:03}");
    let area = common_area(&draft.compounds);
    tx.run(
        &INSERT,
        &params![
            in_district.as_str(),
            id,
            code.as_str(),
            title,
            mode,
            draft.supplier.as_str(),
            area.as_str(),
            RoundState::Open,
            ctx.now_s,
            cutoff_s,
            pay_by_s,
            deliver_s,
            serde_json::to_string(&sources)?,
            ctx.actor.name.as_str(),
            ctx.now_s,
            release
        ],
    )?;
    if release == Release::Ballot {
        ballot::seal(tx, ctx, (&in_district, id, &code), &area, &draft.secret, held)?;
    }
    for (position, (good, _)) in packs.iter().enumerate() {
        let weight_g = if good.weight_g > 0 {
            good.weight_g
        } else {
            good.contents.iter().map(|content| content.weight_g).sum()
        };
        tx.run(
            &INSERT_PACK,
            &params![
                in_district.as_str(),
                id,
                good.code.as_str(),
                good.name.as_str(),
                if good.unit.is_empty() {
                    "份"
                } else {
                    good.unit.as_str()
                },
                good.price_fen,
                weight_g,
                good.limit_per_order,
                serde_json::to_string(&good.contents)?,
                good.aliases.as_str(),
                position as i64
            ],
        )?;
    }
    let needs: Vec<i64> = compounds.iter().map(|(_, _, households)| *households).collect();
    let mut moves = Vec::new();
    for (index, (code, compound, _)) in compounds.iter().enumerate() {
        let position = index as i64 + 1;
        // The end of the id: it begins with the time, which all compounds of the round share.
        let token = derive(id.0, &format!("link/{code}")).simple().to_string()[20..].to_string();
        let drop_point = if compound.drop_point.is_empty() {
            "小区门口"
        } else {
            compound.drop_point.as_str()
        };
        tx.run(
            &INSERT_COMPOUND,
            &params![
                in_district.as_str(),
                id,
                code.as_str(),
                position,
                format!("{in_district}{token}"),
                drop_point
            ],
        )?;
    }
    for (good, total) in &packs {
        let asset = chart::pack_asset(id, &good.code);
        for (index, amount) in share(*total, &needs).into_iter().enumerate() {
            if amount == 0 {
                continue;
            }
            let code = &compounds[index].0;
            moves.push(Move {
                id: derive(id.0, &format!("allot/{code}/{}", good.code)),
                from: chart::supply(&draft.supplier, &asset),
                to: chart::allotment(id, code, &asset),
                amount,
                kind: Kind::Post,
                reason: Reason::Allot,
                cause: id.0,
            });
        }
    }
    book::post_certain(tx, ctx, &in_district, &moves)?;
    stamp::renew(tx, &in_district, stamp::TERMS)?;
    Ok(id)
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

/// The district and id of a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoundRef {
    /// The district.
    pub district: String,
    /// The round.
    pub id: RoundId,
}

/// The code of an order's bag.
pub(super) fn order_code(round: &Round, position: i64, number: i64) -> String {
    with_check_digit(&format!("{}-{position:02}-{number:04}", round.code))
}

/// Round code, position of the compound and number of the order, as [`order_code`] put them together.
pub(super) fn order_code_parts(code: &str) -> Option<(&str, i64, i64)> {
    let (body, _) = code.rsplit_once('-')?;
    let (head, number) = body.rsplit_once('-')?;
    let (round, position) = head.rsplit_once('-')?;
    Some((round, position.parse().ok()?, number.parse().ok()?))
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

    #[test]
    fn the_common_area_is_the_smallest_official_one() {
        let codes = |list: &[&str]| list.iter().map(|code| (*code).to_string()).collect::<Vec<_>>();
        assert_eq!(common_area(&codes(&["431023001001-1"])), "431023001001-1");
        assert_eq!(
            common_area(&codes(&["431023001001-1", "431023001001-2"])),
            "431023001001"
        );
        assert_eq!(
            common_area(&codes(&["431023001001-1", "431023001002-2"])),
            "431023001"
        );
        assert_eq!(
            common_area(&codes(&["431023001001-1", "431023101002-2"])),
            "431023"
        );
    }
}
