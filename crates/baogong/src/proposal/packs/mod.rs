//! What goes into packs, from what a supplier has in stock (CQ-4), and what may take the place of a good that is short
//! (YU-6): proposed, changed by a person, then put into the price list, from which rounds are opened.

mod accept;
mod covers;
mod facts;
mod homes;
mod unkept;
mod words;

use planner::check::{Packed, Unkept};
use planner::effort::Effort;
use planner::packs::{self, PackOrder, Stocked, Substitute};
use serde::{Deserialize, Serialize};
use store::Tx;

pub use accept::{Accepted, PacksAcceptance, accept, differing, listed_as};
pub use covers::{Cover, covered};
pub use facts::{OffShelf, PackFacts, Shelf, ShelfGood, norms, shelf};
pub use homes::{Group, Homes, homes, usual};
pub use unkept::unkept;
pub use words::{Diet, Filling, Norm, Nutrient, category_place};

use super::{Proposal, ProposalKind, ProposalRef, ProposalState};
use crate::base::act::Aside;
use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Fault, Refusal, Result};

/// Branches that a search tries, so that it ends in about a second and gives the same answer again.
const NODES: u64 = 3_000;

/// The most kinds of packs in one proposal.
pub const PACKS_MAX: usize = 12;

/// A pack that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// People who eat from it.
    pub persons: i64,
    /// How many such packs.
    pub count: i64,
    /// It may cost no more; nothing for any price.
    #[serde(default)]
    pub price_max_fen: Option<i64>,
    /// It may weigh no more; nothing for any weight.
    #[serde(default)]
    pub weight_max_g: Option<i64>,
    /// What it is made of.
    #[serde(default = "everything")]
    pub filling: Filling,
    /// Who eats from it.
    #[serde(default)]
    pub diets: Vec<Diet>,
}

fn everything() -> Filling {
    Filling::All
}

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct PacksDraft {
    /// The supplier's code.
    pub supplier: String,
    /// The area whose closed compounds the packs are for.
    pub area: String,
    /// For how many days a pack is to do.
    pub days: i64,
    /// The packs.
    pub packs: Vec<Wanted>,
    /// By which norm the grams of each category are counted.
    pub norm: Norm,
    /// The nutrients that are asked for, of which the least amounts are those of Sphere.
    pub nutrients: Vec<Nutrient>,
    /// Least kinds of vegetables; 0 for any.
    pub kinds: i64,
    /// Of one good at most so many grams per person and day.
    pub most_of_one_g: i64,
    /// Everything keeps for at least so many days without refrigerator.
    pub keeps_d: i64,
    /// Which food a good is, where its name does not say: (code of the good, key of the food, empty for none).
    pub foods: Vec<(String, String)>,
    /// Codes of goods that are not to be used.
    pub without: Vec<String>,
    /// The proposal that this one replaces, which must be open.
    pub replaces: Option<ProposalId>,
}

impl Default for PacksDraft {
    fn default() -> Self {
        Self {
            supplier: String::new(),
            area: String::new(),
            days: 3,
            packs: Vec::new(),
            norm: Norm::Plan,
            nutrients: vec![Nutrient::Energy, Nutrient::Protein, Nutrient::VitaminC],
            kinds: 5,
            most_of_one_g: 400,
            keeps_d: 0,
            foods: Vec::new(),
            without: Vec::new(),
            replaces: None,
        }
    }
}

/// What somebody changed at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PacksRevision {
    /// When.
    pub at_s: i64,
    /// Who.
    pub actor: String,
    /// Units of goods: pack, good, before, after.
    pub portions: Vec<(usize, usize, i64, i64)>,
    /// Numbers of packs: pack, before, after.
    pub counts: Vec<(usize, i64, i64)>,
}

/// A proposal of packs as stored. Prices, weights and what falls short follow from the units.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredPacks {
    /// What it was computed from.
    pub facts: PackFacts,
    /// Units of each good of the shelf, for each pack that was asked for.
    pub units: Vec<Vec<i64>>,
    /// How many of each pack.
    pub counts: Vec<i64>,
    /// Whether the solver proved that nothing better exists.
    pub proven: bool,
    /// What persons changed, oldest first.
    pub revisions: Vec<PacksRevision>,
}

/// So many units of a good in a pack; both are places in the proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Portion {
    /// The pack.
    pub pack: usize,
    /// The good.
    pub good: usize,
    /// Units.
    pub units: i64,
}

/// One good of a pack gives way to another of about the same weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Swap {
    /// The pack.
    pub pack: usize,
    /// The good that goes.
    pub good: usize,
    /// The good that comes.
    pub to: usize,
}

/// A change of packs.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PacksChange {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// Units; those that stay may be among them.
    #[serde(default)]
    pub portions: Vec<Portion>,
    /// Goods that are replaced, after the units.
    #[serde(default)]
    pub swaps: Vec<Swap>,
    /// How many of which pack.
    #[serde(default)]
    pub counts: Vec<(usize, i64)>,
}

/// What is no mistake of typing.
const UNITS_MAX: i64 = 10_000;
const COUNT_MAX: i64 = 1_000_000;
const PERSONS_MAX: i64 = 50;
const PRICE_MAX_YUAN: i64 = 10_000;
const WEIGHT_MAX_KG: i64 = 500;

impl StoredPacks {
    /// The stock and the packs as the planner knows them.
    pub fn planned(&self, draft: &PacksDraft) -> (Vec<Stocked>, Vec<PackOrder>) {
        (self.facts.stock(draft), self.facts.orders(draft, &self.counts))
    }

    /// What the packs hold, what falls short, and every limit that is not kept.
    pub fn packed(&self, draft: &PacksDraft) -> Packed {
        let (stock, orders) = self.planned(draft);
        planner::check::packed(&stock, &orders, &self.units)
    }

    /// What may take the place of a good in a pack, best first: known foods of its category that are in stock and fit for who eats it.
    pub fn substitutes(&self, draft: &PacksDraft, good: usize, diets: &[Diet]) -> Result<Vec<Substitute>> {
        let stock = self.facts.stock(draft);
        let Some(missing) = stock.get(good).map(|one| one.food.clone()) else {
            return Ok(Vec::new());
        };
        let (floors, diets): (_, Vec<_>) = (packs::sphere(), diets.iter().map(|one| one.planned()).collect());
        let mut found = packs::substitutes(&stock, &missing, &floors, &diets);
        let findings = planner::check::substitutes(&stock, &missing, &floors, &diets, &found);
        if let Some(finding) = findings.first() {
            return Err(Fault::Invariant(format!("substitutes: {}", finding.what)).into());
        }
        found.retain(|one| self.facts.shelf[one.index].food.is_some());
        Ok(found)
    }

    /// Sets units and numbers of packs, and says which differ.
    pub fn apply(&mut self, change: &PacksChange) -> Result<PacksRevision> {
        let before = self.clone();
        let unknown = || Refusal::not_found("套餐或商品", "pack or good");
        for portion in &change.portions {
            let slot = self
                .units
                .get_mut(portion.pack)
                .and_then(|row| row.get_mut(portion.good));
            let slot = slot.ok_or_else(unknown)?;
            if !(0..=UNITS_MAX).contains(&portion.units) {
                let name = &self.facts.shelf[portion.good].name;
                return Err(Refusal::invalid(
                    "units",
                    format!("{name}的数量应在0到{UNITS_MAX}之间。"),
                    format!("{name}: the number must be from 0 to {UNITS_MAX}."),
                )
                .into());
            }
            *slot = portion.units;
        }
        for swap in &change.swaps {
            let shelf = &self.facts.shelf;
            let (from, to) = shelf.get(swap.good).zip(shelf.get(swap.to)).ok_or_else(unknown)?;
            let row = self.units.get_mut(swap.pack).ok_or_else(unknown)?;
            let grams = row[swap.good].saturating_mul(from.unit_g);
            let comes = (grams + to.unit_g - 1) / to.unit_g.max(1);
            row[swap.good] = 0;
            row[swap.to] = row[swap.to].saturating_add(comes).min(UNITS_MAX);
        }
        for (pack, count) in &change.counts {
            let slot = self.counts.get_mut(*pack).ok_or_else(unknown)?;
            if !(0..=COUNT_MAX).contains(count) {
                return Err(Refusal::invalid(
                    "count",
                    format!("份数应在0到{COUNT_MAX}之间。"),
                    format!("The number of packs must be from 0 to {COUNT_MAX}."),
                )
                .into());
            }
            *slot = *count;
        }
        let rows = before.units.iter().zip(&self.units).enumerate();
        let portions = rows.flat_map(|(pack, (old, new))| {
            let goods = old.iter().zip(new).enumerate();
            let moved = goods.filter(|(_, (old, new))| old != new);
            moved.map(move |(good, (old, new))| (pack, good, *old, *new))
        });
        let counts = before.counts.iter().zip(&self.counts).enumerate();
        let counts = counts.filter(|(_, (old, new))| old != new);
        Ok(PacksRevision {
            at_s: 0,
            actor: String::new(),
            portions: portions.collect(),
            counts: counts.map(|(pack, (old, new))| (pack, *old, *new)).collect(),
        })
    }
}

impl PacksRevision {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.portions.is_empty() && self.counts.is_empty()
    }
}

/// Refuses what nobody can mean.
fn check_draft(draft: &PacksDraft) -> Result<()> {
    let wrong = |field: &'static str, zh: String, en: String| -> Result<()> {
        Err(Refusal::invalid(field, zh, en).into())
    };
    if draft.packs.is_empty() || draft.packs.len() > PACKS_MAX {
        return wrong(
            "packs",
            format!("请填写1到{PACKS_MAX}种套餐，至少一种要有份数。"),
            format!("Ask for 1 to {PACKS_MAX} packs, at least one with a number."),
        );
    }
    let ranges = [
        ("days", draft.days, 1, 30, "天数", "The number of days"),
        ("kinds", draft.kinds, 0, 20, "蔬菜种数", "The kinds of vegetables"),
        (
            "most_of_one_g",
            draft.most_of_one_g,
            50,
            5_000,
            "单样每人每天上限（克）",
            "The most of one good (g per person and day)",
        ),
        (
            "keeps_d",
            draft.keeps_d,
            0,
            365,
            "耐放天数",
            "The days that it keeps",
        ),
    ];
    for (field, value, least, most, zh, en) in ranges {
        if !(least..=most).contains(&value) {
            return wrong(
                field,
                format!("{zh}应在{least}到{most}之间，现在是{value}。"),
                format!("{en} must be from {least} to {most}; it is {value}."),
            );
        }
    }
    for (place, pack) in draft.packs.iter().enumerate() {
        let name = pack.name.trim();
        if name.is_empty() || name.chars().count() > 30 {
            return wrong(
                "packs",
                format!("第{}种套餐要有名称，不超过30个字。", place + 1),
                format!("Pack {} needs a name of at most 30 characters.", place + 1),
            );
        }
        if draft.packs[..place].iter().any(|other| other.name.trim() == name) {
            return wrong(
                "packs",
                format!("有两种套餐都叫“{name}”，请改成不同的名称。"),
                format!("Two packs are called {name}; give them different names."),
            );
        }
        let numbers = [
            (pack.persons, PERSONS_MAX, "人数", "people", ""),
            (pack.count, COUNT_MAX, "份数", "number of packs", ""),
            (
                pack.price_max_fen.unwrap_or(100) / 100,
                PRICE_MAX_YUAN,
                "最高价",
                "highest price",
                "元",
            ),
            (
                pack.weight_max_g.unwrap_or(1_000) / 1_000,
                WEIGHT_MAX_KG,
                "最重",
                "greatest weight",
                "公斤",
            ),
        ];
        for (value, most, zh, en, unit) in numbers {
            if !(1..=most).contains(&value) {
                return wrong(
                    "packs",
                    format!("{name}：{zh}应在1到{most}{unit}之间。"),
                    format!("{name}: the {en} must be from 1 to {most}."),
                );
            }
        }
    }
    Ok(())
}

/// A supplier's user composes from the supplier's own stock alone.
fn check_own(ctx: &Ctx, supplier: &str) -> Result<()> {
    let foreign = ctx.actor.supplier.as_ref().is_some_and(|own| own != supplier);
    if foreign {
        return Err(Refusal::not_found("保供单位", "supplier").into());
    }
    Ok(())
}

/// Composes packs from what the supplier has in stock, lets the checker verify them, and keeps them.
pub const PROPOSE: Aside<PacksDraft, PackFacts, StoredPacks, ProposalId> = Aside {
    gather: |tx, ctx, draft| {
        check_draft(draft)?;
        check_own(ctx, &draft.supplier)?;
        facts::gather(tx, ctx, draft)
    },
    compute,
    keep: |tx, ctx, draft, stored| {
        if let Some(id) = draft.replaces {
            let at = ProposalRef {
                district: district(&draft.area).to_string(),
                id,
            };
            get(tx, ctx, &at)?;
            super::decide(tx, ctx, &at, ProposalState::Replaced)?;
        }
        keep(tx, ctx, draft, stored)
    },
};

fn compute(_: &Ctx, draft: &PacksDraft, facts: PackFacts) -> Result<StoredPacks> {
    let counts: Vec<i64> = draft.packs.iter().map(|pack| pack.count).collect();
    let (stock, orders) = (facts.stock(draft), facts.orders(draft, &counts));
    let Some(found) = packs::compose(&stock, &orders, &Effort::rounds(NODES)) else {
        return Err(Refusal::conflict(
            "not_composed",
            "这次没有算出搭配。请减少套餐种类，或放宽价格、重量和种数后再试。",
            "No composition was found this time. Ask for fewer packs, or for less strict prices, weights and kinds.",
        )
        .into());
    };
    let findings = planner::check::composition(&stock, &orders, &found);
    if !findings.is_empty() {
        let words: Vec<String> = findings.into_iter().map(|finding| finding.what).collect();
        return Err(Fault::Invariant(format!("packs: {}", words.join("; "))).into());
    }
    Ok(StoredPacks {
        units: found.packs.into_iter().map(|pack| pack.units).collect(),
        proven: found.proven,
        revisions: Vec::new(),
        facts,
        counts,
    })
}

/// What the checker objects to follows from what is kept; see [`StoredPacks::packed`].
fn keep(tx: &mut Tx, ctx: &Ctx, draft: &PacksDraft, stored: &StoredPacks) -> Result<ProposalId> {
    super::keep(tx, ctx, ProposalKind::Packs, &draft.area, draft, stored, &[])
}

/// A proposal of packs with what was asked and computed. A supplier sees the supplier's own.
pub fn get(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<(Proposal, PacksDraft, StoredPacks)> {
    let proposal = super::get(tx, &at.district, at.id)?;
    if proposal.kind != ProposalKind::Packs {
        return Err(Refusal::not_found("套餐方案", "proposal of packs").into());
    }
    let draft: PacksDraft = serde_json::from_str(&proposal.problem)?;
    check_own(ctx, &draft.supplier).map_err(|_| Refusal::not_found("套餐方案", "proposal of packs"))?;
    let stored: StoredPacks = serde_json::from_str(&proposal.result)?;
    Ok((proposal, draft, stored))
}

/// The latest proposals of packs in the actor's area, with what was asked; a supplier sees the supplier's own.
pub fn list(tx: &mut Tx, ctx: &Ctx, in_district: &str) -> Result<Vec<(super::Listed, PacksDraft, String)>> {
    let mut found = Vec::new();
    for one in super::list(tx, in_district)? {
        if one.kind != ProposalKind::Packs || !ctx.actor.covers(&one.area) {
            continue;
        }
        let at = ProposalRef {
            district: in_district.to_string(),
            id: one.id,
        };
        // To know whose they are takes a look inside.
        if let Ok((_, draft, stored)) = get(tx, ctx, &at) {
            found.push((one, draft, stored.facts.supplier_name));
        }
    }
    Ok(found)
}

/// Keeps changed packs as a new version. The version before stays readable as replaced.
pub fn change(tx: &mut Tx, ctx: &Ctx, change: &PacksChange) -> Result<ProposalId> {
    let (_, draft, mut stored) = get(tx, ctx, &change.at)?;
    super::decide(tx, ctx, &change.at, ProposalState::Replaced)?;
    let revision = stored.apply(change)?;
    if revision.is_empty() {
        return Err(Refusal::invalid(
            "units",
            "没有改动；请先改数量、份数，或选一样替换。",
            "Nothing differs; change a number or choose a substitute first.",
        )
        .into());
    }
    stored.proven = false;
    stored.revisions.push(PacksRevision {
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        ..revision
    });
    keep(tx, ctx, &draft, &stored)
}

/// Turns an open proposal of packs down; the price list stays as it is.
pub fn reject(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<()> {
    get(tx, ctx, at)?;
    super::decide(tx, ctx, at, ProposalState::Rejected)
}

/// Whether a limit concerns a pack; the stock concerns all.
pub fn concerns(unkept: &Unkept, pack: usize) -> bool {
    match unkept {
        Unkept::Stock { .. } => false,
        Unkept::Price { pack: of, .. }
        | Unkept::Weight { pack: of, .. }
        | Unkept::Unfit { pack: of, .. }
        | Unkept::Foreign { pack: of, .. }
        | Unkept::Spoils { pack: of, .. }
        | Unkept::Much { pack: of, .. }
        | Unkept::Negative { pack: of, .. } => *of == pack,
    }
}
