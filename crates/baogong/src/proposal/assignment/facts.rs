//! What a proposal was computed from, kept with it: so that it can be drawn, checked and changed later exactly as it was.

use std::collections::{BTreeMap, BTreeSet};

use planner::assign::{self, Problem};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{AssignmentDraft, assigned};
use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result, roads};
use crate::plan::directive;
use crate::plan::rules::{self, CATEGORIES, Rules};
use crate::register::entry::{self, Compound, Supplier, point};

/// A closed compound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompoundFacts {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// WGS-84, degrees times a million.
    pub longitude: Option<i64>,
    /// Its people, at least one.
    pub persons: i64,
    /// Grams a day in the order of [`CATEGORIES`].
    pub demand: Vec<i64>,
    /// Who fed it when the proposal was computed.
    pub in_force: Option<String>,
}

/// A supplier that was considered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierFacts {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it is registered.
    pub area: String,
    /// WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// WGS-84, degrees times a million.
    pub longitude: Option<i64>,
    /// Grams a day in the order of [`CATEGORIES`].
    pub capacity: Vec<i64>,
}

/// Everything that was known; empty in proposals of an earlier version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The closed compounds of the area.
    pub compounds: Vec<CompoundFacts>,
    /// The suppliers of the district.
    pub suppliers: Vec<SupplierFacts>,
    /// By compound, metres by road from its near suppliers, as indices; empty where there was no map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_road: Vec<Vec<(usize, i64)>>,
}

/// What so many people eat in a day where these rules hold: grams by category, in the order of [`CATEGORIES`].
pub fn demand(rules: &Rules, persons: i64) -> Vec<i64> {
    CATEGORIES
        .iter()
        .map(|(_, norm, _)| rules.number(*norm).unwrap_or(0) * persons)
        .collect()
}

/// What a supplier can give in a day, in the same order.
pub fn capacity(supplier: &Supplier) -> Vec<i64> {
    vec![
        supplier.grain_daily_g,
        supplier.oil_daily_g,
        supplier.vegetables_daily_g,
        supplier.eggs_daily_g,
        supplier.meat_daily_g,
    ]
}

/// The suppliers that have published a list of goods (DX-1). Once somebody has, nobody is assigned who has not: a
/// compound could not order anything there.
fn offering(tx: &mut Tx, in_district: &str) -> Result<BTreeSet<String>> {
    let goods = entry::all(tx, "goods", in_district)?;
    Ok(goods
        .iter()
        .map(|good| crate::register::text(&good.body, "supplier").to_string())
        .collect())
}

fn compounds(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Vec<CompoundFacts>> {
    let in_district = district(area).to_string();
    let directives = directive::holding(tx, &in_district, ctx.now_s)?;
    let present = assigned(tx, area)?;
    let people: BTreeMap<String, i64> = entry::count_by_area(tx, "households", area)?
        .into_iter()
        .map(|(compound, _, people)| (compound, people))
        .collect();
    let listed = if area.contains('-') {
        entry::get(tx, "compounds", &in_district, area)?
            .into_iter()
            .collect()
    } else {
        entry::all(tx, "compounds", area)?
    };
    let mut compounds = Vec::new();
    for compound in listed {
        let rules = rules::resolve(&compound.code, directives.clone());
        if !rules.closed() {
            continue;
        }
        let noun: Compound = compound.noun()?;
        let persons = people
            .get(&compound.code)
            .copied()
            .unwrap_or(compound.people)
            .max(1);
        compounds.push(CompoundFacts {
            latitude: noun.latitude,
            longitude: noun.longitude,
            persons,
            demand: demand(&rules, persons),
            in_force: present.get(&compound.code).map(|one| one.main.clone()),
            code: compound.code,
            name: compound.name,
        });
    }
    Ok(compounds)
}

/// The facts of this moment. Refuses where there is nothing to decide.
pub fn gather(tx: &mut Tx, ctx: &Ctx, draft: &AssignmentDraft) -> Result<Facts> {
    let in_district = district(&draft.area).to_string();
    let compounds = compounds(tx, ctx, &draft.area)?;
    let offering = offering(tx, &in_district)?;
    let mut suppliers = Vec::new();
    for supplier in entry::all(tx, "suppliers", &in_district)? {
        let offers = offering.is_empty() || offering.contains(&supplier.code);
        if !offers || draft.without.contains(&supplier.code) {
            continue;
        }
        let noun: Supplier = supplier.noun()?;
        suppliers.push(SupplierFacts {
            latitude: noun.latitude,
            longitude: noun.longitude,
            capacity: capacity(&noun),
            code: supplier.code,
            name: supplier.name,
            area: supplier.area,
        });
    }
    if compounds.is_empty() {
        return Err(Refusal::conflict(
            "none_closed",
            "这个区域没有管控或封控的小区；请先下达指令。",
            "No compound is under control or lockdown here; issue a directive first.",
        )
        .into());
    }
    if suppliers.is_empty() {
        return Err(Refusal::conflict(
            "no_suppliers",
            "没有可用的保供单位；请先导入附表2，或减少停供的单位。",
            "No supplier is at hand; import form 2 first, or leave fewer out.",
        )
        .into());
    }
    let homes: Vec<_> = compounds
        .iter()
        .map(|one| point(one.latitude, one.longitude))
        .collect();
    let shops: Vec<_> = suppliers
        .iter()
        .map(|one| point(one.latitude, one.longitude))
        .collect();
    Ok(Facts {
        by_road: roads::near(&shops, &homes),
        compounds,
        suppliers,
    })
}

impl Facts {
    /// The problem for the planner, with what the draft asks for. `keep` says who feeds whom before.
    pub fn problem(&self, draft: &AssignmentDraft, keep: &BTreeMap<String, String>) -> Problem {
        let paired = |pairs: &[(String, String)], code: &str| -> Vec<String> {
            let own = pairs.iter().filter(|(compound, _)| compound == code);
            own.map(|(_, supplier)| supplier.clone()).collect()
        };
        let compound = |facts: &CompoundFacts| assign::Compound {
            code: facts.code.clone(),
            at: point(facts.latitude, facts.longitude),
            persons: facts.persons,
            demand: facts.demand.clone(),
            keep: keep.get(&facts.code).cloned(),
            force: paired(&draft.force, &facts.code).pop(),
            forbid: paired(&draft.forbid, &facts.code),
            prefer: if draft.prefer_weight_m > 0 {
                self.of_street(&facts.code)
            } else {
                Vec::new()
            },
        };
        Problem {
            categories: CATEGORIES.iter().map(|(key, _, _)| (*key).to_string()).collect(),
            compounds: self.compounds.iter().map(compound).collect(),
            suppliers: self
                .suppliers
                .iter()
                .map(|facts| assign::Supplier {
                    code: facts.code.clone(),
                    at: point(facts.latitude, facts.longitude),
                    capacity: facts.capacity.clone(),
                })
                .collect(),
            keep_weight_m: draft.keep_weight_m.max(0),
            prefer_weight_m: draft.prefer_weight_m.max(0),
            spare_pct: draft.spare_pct.clamp(0, 90),
            by_road: self.by_road.clone(),
        }
    }

    /// The suppliers in the street of a compound.
    fn of_street(&self, compound: &str) -> Vec<String> {
        let street = |code: &str| code.get(..9).map(str::to_string);
        let own = street(compound);
        let suppliers = self.suppliers.iter();
        suppliers
            .filter(|supplier| own.is_some() && street(&supplier.area) == own)
            .map(|supplier| supplier.code.clone())
            .collect()
    }

    /// Whether distances are by the map of roads, where it has them.
    pub fn is_by_road(&self) -> bool {
        self.by_road.iter().any(|near| !near.is_empty())
    }

    /// How distances were measured, in a sentence; the straight line also stands for what lies off the map.
    pub fn distances_words(&self, lang: kit::Lang) -> &'static str {
        if self.is_by_road() {
            lang.t(
                "距离按道路图计算；不在图上、或离得太远的单位按直线×1.35估算。",
                "Distances are by the map of roads; for what is off the map, and suppliers far away, 1.35 times the straight line.",
            )
        } else {
            lang.t(
                "距离按直线×1.35估算，不是实际道路里程。",
                "Distances are estimated as 1.35 times the straight line.",
            )
        }
    }

    /// The number of a supplier on map and in tables, from 0.
    pub fn number(&self, supplier: &str) -> Option<usize> {
        self.suppliers.iter().position(|one| one.code == supplier)
    }

    /// The name of a supplier; its code when it was not considered.
    pub fn supplier_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.number(code)
            .map_or(code, |number| &self.suppliers[number].name)
    }

    /// The codes of compounds and suppliers that differ: new, gone, or with other people, needs or capacities.
    pub fn differing(&self, later: &Facts) -> (Vec<String>, Vec<String>) {
        let compound = |one: &CompoundFacts| (one.code.clone(), (one.name.clone(), one.demand.clone()));
        let supplier = |one: &SupplierFacts| (one.code.clone(), (one.name.clone(), one.capacity.clone()));
        (
            differing(
                self.compounds.iter().map(compound).collect(),
                later.compounds.iter().map(compound).collect(),
            ),
            differing(
                self.suppliers.iter().map(supplier).collect(),
                later.suppliers.iter().map(supplier).collect(),
            ),
        )
    }
}

/// A name and amounts, by code.
type Known = BTreeMap<String, (String, Vec<i64>)>;

/// The names of those that are not the same on both sides.
fn differing(before: Known, after: Known) -> Vec<String> {
    let gone = before.iter().filter(|(code, _)| !after.contains_key(*code));
    let other = after
        .iter()
        .filter(|(code, one)| before.get(*code).is_none_or(|old| old.1 != one.1));
    gone.chain(other).map(|(_, one)| one.0.clone()).collect()
}
