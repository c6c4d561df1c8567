//! How many packs a compound is likely to want in its next round, from the orders of earlier rounds (YO-7, CQ-3).

use std::collections::{BTreeMap, HashMap};

use planner::forecast::{self, Demand, Observed};
use store::{Tx, params, stmt};

use super::modes::Mode;
use super::{Round, RoundState, open};
use crate::base::Result;
use crate::base::book::{self, Reason};
use crate::base::id::district;
use crate::plan::release::Release;
use crate::proposal::verified;
use crate::register::entry;

// On SQLite a cross join fixes the order: the orders of the round first, then their lines.
stmt!(
    WANTED,
    "SELECT o.compound, l.pack, CAST(SUM(l.quantity) AS BIGINT)
     FROM orders o CROSS JOIN order_line l
     WHERE l.district = o.district AND l.order_id = o.id AND o.district = $1 AND o.round = $2
       AND o.state NOT IN ('requested', 'cancelled', 'expired')
     GROUP BY o.compound, l.pack ORDER BY o.compound, l.pack"
);

/// So many of the latest rounds are looked at.
const ROUNDS_MAX: usize = 60;

/// What is expected of one compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The compound's code.
    pub compound: String,
    /// Its registered households.
    pub households: i64,
    /// The packs that they are likely to want.
    pub demand: Demand,
}

/// What is expected of the next round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Each compound that was asked for; empty where no round has ended yet.
    pub compounds: Vec<Expected>,
    /// Packs by name with how many of them were wanted in those rounds, most wanted first.
    pub packs: Vec<(String, i64)>,
    /// Rounds on which all that rests.
    pub rounds: usize,
}

impl Forecast {
    /// All compounds together: expected, and the sums of what is likely at least and at most.
    pub fn total(&self) -> (i64, i64, i64) {
        let sum = |figure: fn(&Demand) -> i64| self.compounds.iter().map(|one| figure(&one.demand)).sum();
        (sum(|of| of.expected), sum(|of| of.low), sum(|of| of.high))
    }

    /// How many of a total fall to each kind of pack, by what was wanted before.
    pub fn by_pack(&self, total: i64) -> Vec<(&str, i64)> {
        let all: i128 = self.packs.iter().map(|(_, wanted)| i128::from(*wanted)).sum();
        let of = |wanted: i64| {
            let share = i128::from(total) * i128::from(wanted);
            i64::try_from((share + all / 2) / all.max(1)).unwrap_or(i64::MAX)
        };
        self.packs
            .iter()
            .map(|(name, wanted)| (name.as_str(), of(*wanted)))
            .collect()
    }
}

/// Forecasts the next round of some compounds (code and households) from the confirmed rounds of their district, those of free
/// packs apart. Kinds of packs are told for `supplier`, or for all where it is empty. A compound without a round of its own is
/// taken to be like the county.
pub fn forecast(tx: &mut Tx, area: &str, compounds: &[(String, i64)], supplier: &str) -> Result<Forecast> {
    let in_district = district(area);
    let households: HashMap<String, i64> = entry::count_by_area(tx, "households", in_district)?
        .into_iter()
        .map(|(compound, households, _)| (compound, households))
        .collect();
    let mut rounds = open::list(tx, in_district, "")?;
    rounds.retain(|round| {
        round.mode != Mode::Relief && matches!(round.state, RoundState::Confirmed | RoundState::Settled)
    });
    rounds.truncate(ROUNDS_MAX);
    let mut own: BTreeMap<String, Vec<Observed>> = BTreeMap::new();
    let mut packs: BTreeMap<String, i64> = BTreeMap::new();
    // The latest come first, and a forecast wants them last.
    for round in rounds.iter().rev() {
        let wanted = wanted(tx, in_district, round)?;
        if supplier.is_empty() || round.supplier == supplier {
            for pack in open::packs(tx, in_district, round.id)? {
                let of = wanted.values().filter_map(|of| of.get(&pack.code));
                *packs.entry(pack.name).or_default() += of.sum::<i64>();
            }
        }
        for (compound, sold_out) in sold_out(tx, in_district, round)? {
            let packs = wanted.get(&compound).map_or(0, |of| of.values().sum());
            let observed = Observed {
                households: households.get(&compound).copied().unwrap_or(0),
                packs,
                sold_out,
            };
            own.entry(compound).or_default().push(observed);
        }
    }
    let observed: Vec<Observed> = own.values().flatten().copied().collect();
    let county_rate = forecast::county_rate(&observed);
    verified(&planner::check::county_rate(&observed, county_rate))?;
    let Some(county_rate) = county_rate else {
        return Ok(Forecast::default());
    };
    let mut found = Forecast {
        rounds: rounds.len(),
        ..Forecast::default()
    };
    for (compound, households) in compounds {
        let own = own.get(compound).map_or(&[][..], Vec::as_slice);
        let demand = forecast::demand(own, county_rate, *households);
        verified(&planner::check::demand(own, county_rate, *households, &demand))?;
        found.compounds.push(Expected {
            compound: compound.clone(),
            households: *households,
            demand,
        });
    }
    found.packs = packs.into_iter().filter(|(_, wanted)| *wanted > 0).collect();
    found.packs.sort_by_key(|(_, wanted)| std::cmp::Reverse(*wanted));
    Ok(found)
}

/// How many of each pack each compound wanted: ordered, and asked for in a draw that gave nothing.
fn wanted(tx: &mut Tx, in_district: &str, round: &Round) -> Result<HashMap<String, HashMap<String, i64>>> {
    let mut wanted: HashMap<String, HashMap<String, i64>> = HashMap::new();
    for row in tx.rows(&WANTED, &params![in_district, round.id])? {
        let of = wanted.entry(row.get(0)?).or_default();
        of.insert(row.get(1)?, row.get(2)?);
    }
    Ok(wanted)
}

/// The compounds of a round, and whether more may have been wanted there than is known: nothing was left over, and it was not
/// sold by ballot, where all requests are known.
fn sold_out(tx: &mut Tx, in_district: &str, round: &Round) -> Result<Vec<(String, bool)>> {
    let steps = book::custody(tx, in_district, round.id.0)?;
    let left_over: Vec<&str> = steps
        .iter()
        .filter(|step| step.reason == Reason::Leftover)
        .map(|step| step.from.as_str())
        .collect();
    let compounds = open::compounds(tx, in_district, round.id)?;
    let of = |compound: String| {
        let account = format!("allotment/{}/{compound}", round.id);
        let sold_out = round.release != Release::Ballot && !left_over.contains(&account.as_str());
        (compound, sold_out)
    };
    Ok(compounds.into_iter().map(|one| of(one.compound)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_shared_among_packs_by_what_was_wanted() {
        let forecast = Forecast {
            packs: vec![("蔬菜包".into(), 30), ("米面包".into(), 15)],
            ..Forecast::default()
        };
        assert_eq!(forecast.by_pack(100), [("蔬菜包", 67), ("米面包", 33)]);
        assert_eq!(Forecast::default().by_pack(100), []);
    }
}
