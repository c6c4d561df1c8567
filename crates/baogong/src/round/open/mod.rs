//! Opening, listing, cutting off and confirming rounds.

mod find;
mod prepare;
mod progress;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::ballot::{self, Allotted, Secret};
use super::modes::Mode;
use super::{Pack, Round, RoundCompound, RoundState, chart, order, with_check_digit};
use crate::base::book::{self, Kind, Move, Reason};
use crate::base::clock;
use crate::base::id::{RoundId, derive, district};
use crate::base::{Ctx, Refusal, Result, stamp};
use crate::plan::release::Release;
use crate::plan::rules::{self, Source};
use crate::register::entry;

pub use find::{by_token, compound, compounds, get, left, list, packs, standing};
use prepare::allotments;
pub use prepare::{Prepared, prepare};
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
    /// What each compound gets of each pack; empty shares each pack by number of households.
    #[serde(default)]
    pub allotments: Vec<Allotted>,
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

/// Opens a round: checks the mode against the rules of each compound, fixes packs and prices, and allots each pack to
/// the compounds: as the draft says, or by their number of households (largest remainder, so that streets are treated
/// alike).
pub fn open(tx: &mut Tx, ctx: &Ctx, draft: &RoundDraft) -> Result<RoundId> {
    let Prepared {
        mode,
        supplier,
        compounds,
        rules: held,
        packs,
        release,
        cutoff_s,
        pay_by_s,
        deliver_s,
    } = prepare(tx, ctx, draft)?;
    let held = &held[0];
    let in_district = district(&draft.compounds[0]).to_string();
    let allotted = allotments(draft, &compounds, &packs)?;
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
    for ((good, _), amounts) in packs.iter().zip(allotted) {
        let asset = chart::pack_asset(id, &good.code);
        for (index, amount) in amounts.into_iter().enumerate() {
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
