//! Coverage: for each household and category of food, how many days it can still eat, and who runs out first. The
//! pantry is a ledger account, credited by hand-overs and debited by the norm; what is not known stays unknown.

pub mod lists;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use crate::base::book::{self, Kind, Move, Reason};
use crate::base::clock::DAY_S;
use crate::base::id::{derive, district};
use crate::base::{Ctx, Refusal, Result};
use crate::plan::rules::{self, CATEGORIES, RuleKey, Rules};
use crate::register::entry::{self, Entry, Household, subtree_end};
use crate::round::chart;

stmt!(
    GET,
    "SELECT category, balance_g, daily_g, as_of_s, runs_out_s FROM coverage WHERE district = $1 AND household = $2"
);
stmt!(
    PUT,
    "INSERT INTO coverage (district, household, category, compound, balance_g, daily_g, as_of_s, runs_out_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (district, household, category) DO UPDATE SET compound = excluded.compound,
        balance_g = excluded.balance_g, daily_g = excluded.daily_g, as_of_s = excluded.as_of_s,
        runs_out_s = excluded.runs_out_s"
);
stmt!(
    OF_COMPOUND,
    "SELECT household, category, balance_g, daily_g, as_of_s, runs_out_s FROM coverage
     WHERE district = $1 AND compound = $2 ORDER BY household, category"
);
stmt!(
    BY_COMPOUND,
    "SELECT compound, category, COUNT(*), SUM(CASE WHEN runs_out_s <= $4 THEN 1 ELSE 0 END),
            SUM(CASE WHEN runs_out_s <= $5 THEN 1 ELSE 0 END), MIN(runs_out_s), CAST(AVG(runs_out_s) AS BIGINT)
     FROM coverage WHERE district = $1 AND compound >= $2 AND compound < $3
     GROUP BY compound, category ORDER BY compound, category"
);
stmt!(
    FIRST_OUT,
    "SELECT household, compound, category, runs_out_s, balance_g, daily_g, as_of_s FROM coverage
     WHERE district = $1 AND compound >= $2 AND compound < $3 AND ($4 = '' OR category = $4)
     ORDER BY runs_out_s, household, category LIMIT $5"
);
stmt!(
    KNOWN,
    "SELECT compound, COUNT(DISTINCT household),
            COUNT(DISTINCT CASE WHEN runs_out_s <= $4 THEN household END)
     FROM coverage WHERE district = $1 AND compound >= $2 AND compound < $3 GROUP BY compound"
);

/// What a household has of one category.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Cover {
    /// The category's key.
    pub category: String,
    /// Grams at the time of the last movement.
    pub balance_g: i64,
    /// Grams eaten a day by the norm.
    pub daily_g: i64,
    /// The time of the last movement.
    pub as_of_s: i64,
    /// When it runs out.
    pub runs_out_s: i64,
}

impl Cover {
    /// Grams that are left when so much is eaten as the norm says.
    pub fn left_g(&self, now_s: i64) -> i64 {
        let left = i128::from(self.daily_g) * i128::from(self.left_s(now_s)) / i128::from(DAY_S);
        i64::try_from(left).unwrap_or(i64::MAX).min(self.balance_g.max(0))
    }

    /// Seconds until it runs out; never negative.
    pub fn left_s(&self, now_s: i64) -> i64 {
        (self.runs_out_s - now_s).max(0)
    }
}

/// What a household has; a category that is missing is unknown.
pub fn of_household(tx: &mut Tx, household: &str) -> Result<Vec<Cover>> {
    let rows = tx.rows(&GET, &params![district(household), household])?;
    rows.iter()
        .map(|row| {
            Ok(Cover {
                category: row.get(0)?,
                balance_g: row.get(1)?,
                daily_g: row.get(2)?,
                as_of_s: row.get(3)?,
                runs_out_s: row.get(4)?,
            })
        })
        .collect()
}

/// What the households of a compound have, by household; one that is missing is unknown.
pub fn of_compound(tx: &mut Tx, compound: &str) -> Result<BTreeMap<String, Vec<Cover>>> {
    let mut found: BTreeMap<String, Vec<Cover>> = BTreeMap::new();
    for row in tx.rows(&OF_COMPOUND, &params![district(compound), compound])? {
        found.entry(row.get(0)?).or_default().push(Cover {
            category: row.get(1)?,
            balance_g: row.get(2)?,
            daily_g: row.get(3)?,
            as_of_s: row.get(4)?,
            runs_out_s: row.get(5)?,
        });
    }
    Ok(found)
}

fn daily_g(rules: &Rules, category: &str, members: i64) -> Option<i64> {
    let (_, norm, _) = CATEGORIES.iter().find(|(key, _, _)| *key == category)?;
    Some(rules.number(*norm)? * members.max(1)).filter(|grams| *grams > 0)
}

/// Credits what a household received (grams by category) to its pantry, after debiting what it ate since.
/// Categories without a norm are not counted.
pub fn credit(
    tx: &mut Tx,
    ctx: &Ctx,
    household: &str,
    cause: Uuid,
    received: &BTreeMap<&str, i64>,
) -> Result<()> {
    adjust(tx, ctx, household, cause, received, false)
}

/// What somebody counted at a household.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stocktake {
    /// The household.
    pub household: String,
    /// Days left by category, in tenths: 25 is two and a half days.
    pub tenths_of_days: BTreeMap<String, i64>,
}

/// Sets pantries by what was found or told, as an adjustment in the ledger.
pub fn stocktake(tx: &mut Tx, ctx: &Ctx, found: &Stocktake) -> Result<()> {
    let entry = household_entry(tx, &found.household)?;
    let members = entry.noun::<Household>()?.members;
    let rules = rules::at(tx, &entry.area, ctx.now_s)?;
    let mut grams = BTreeMap::new();
    for (category, tenths) in &found.tenths_of_days {
        if !(0..=3650).contains(tenths) {
            return Err(
                Refusal::invalid("days", "天数应在0到365之间。", "Days lie between 0 and 365.").into(),
            );
        }
        let daily_g = daily_g(&rules, category, members).ok_or_else(|| {
            Refusal::conflict(
                "no_norm",
                "本地没有生效的消耗标准，无法折算天数；请先下达指令。",
                "No consumption norm holds here; issue a directive first.",
            )
        })?;
        grams.insert(category.as_str(), daily_g * tenths / 10);
    }
    adjust(tx, ctx, &found.household, ctx.command, &grams, true)
}

fn household_entry(tx: &mut Tx, household: &str) -> Result<Entry> {
    Ok(entry::get(tx, "households", district(household), household)?
        .ok_or_else(|| Refusal::not_found("住户", "household"))?)
}

fn adjust(
    tx: &mut Tx,
    ctx: &Ctx,
    household: &str,
    cause: Uuid,
    grams: &BTreeMap<&str, i64>,
    counted: bool,
) -> Result<()> {
    let in_district = district(household).to_string();
    let entry = household_entry(tx, household)?;
    let members = entry.noun::<Household>()?.members;
    let rules = rules::at(tx, &entry.area, ctx.now_s)?;
    let known: BTreeMap<String, Cover> = of_household(tx, household)?
        .into_iter()
        .map(|cover| (cover.category.clone(), cover))
        .collect();
    for (category, amount_g) in grams {
        let before = known.get(*category);
        let Some(daily_g) = daily_g(&rules, category, members).or(before.map(|cover| cover.daily_g)) else {
            continue;
        };
        let pantry = chart::pantry(household, category);
        let food = chart::food(&in_district, category);
        let (held_g, _) = book::balance(tx, &in_district, &pantry)?;
        let eaten_g = before.map_or(0, |cover| {
            let eaten = i128::from(cover.daily_g) * i128::from((ctx.now_s - cover.as_of_s).max(0))
                / i128::from(DAY_S);
            i64::try_from(eaten).unwrap_or(i64::MAX).min(held_g)
        });
        let one = |words: &str, from, to, amount, reason| Move {
            id: derive(cause, &format!("{words}/{household}/{category}")),
            from,
            to,
            amount,
            kind: Kind::Post,
            reason,
            cause,
        };
        let mut moves = Vec::new();
        if eaten_g > 0 {
            moves.push(one("eat", pantry.clone(), food.clone(), eaten_g, Reason::Eat));
        }
        let left_g = held_g - eaten_g;
        let balance_g = if counted { *amount_g } else { left_g + amount_g };
        if balance_g > left_g {
            let reason = if counted { Reason::Count } else { Reason::HandOver };
            moves.push(one("in", food, pantry, balance_g - left_g, reason));
        } else if balance_g < left_g {
            moves.push(one("out", pantry, food, left_g - balance_g, Reason::Count));
        }
        book::post_certain(tx, ctx, &in_district, &moves)?;
        let runs_out_s = ctx.now_s
            + i64::try_from(i128::from(balance_g) * i128::from(DAY_S) / i128::from(daily_g))
                .unwrap_or(i64::MAX / 2);
        tx.run(
            &PUT,
            &params![
                in_district.as_str(),
                household,
                *category,
                entry.area.as_str(),
                balance_g,
                daily_g,
                ctx.now_s,
                runs_out_s
            ],
        )?;
    }
    Ok(())
}

/// The coverage of one compound.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct CompoundCover {
    /// The compound's code.
    pub compound: String,
    /// Households registered as lived in.
    pub households: i64,
    /// Households of which anything is known.
    pub known: i64,
    /// Households that have run out of something, or will within the alarm.
    pub short: i64,
    /// By category: mean days left of those known, in seconds.
    pub mean_left_s: BTreeMap<String, i64>,
    /// By category: seconds until the first household runs out.
    pub first_out_s: BTreeMap<String, i64>,
}

impl CompoundCover {
    /// Households of which nothing is known.
    pub fn unknown(&self) -> i64 {
        (self.households - self.known).max(0)
    }
}

/// The coverage of every closed compound in an area, those that run out first at the top; compounds of which
/// nothing is known come before those that are well supplied.
pub fn board(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Vec<CompoundCover>> {
    let counted = entry::count_by_area(tx, "households", area)?;
    board_of(tx, ctx, area, counted)
}

/// As [`board`], with the households of the area already counted.
pub fn board_of(
    tx: &mut Tx,
    ctx: &Ctx,
    area: &str,
    counted: Vec<(String, i64, i64)>,
) -> Result<Vec<CompoundCover>> {
    let in_district = district(area).to_string();
    let directives = crate::plan::directive::holding(tx, &in_district, ctx.now_s)?;
    let mut board: BTreeMap<String, CompoundCover> = BTreeMap::new();
    let mut alarm_s: BTreeMap<String, i64> = BTreeMap::new();
    for (compound, households, _) in counted {
        let rules = rules::resolve(&compound, directives.clone());
        if rules.closed() {
            alarm_s.insert(
                compound.clone(),
                rules.number(RuleKey::CoverAlarmD).unwrap_or(0) * DAY_S,
            );
            board.insert(
                compound.clone(),
                CompoundCover {
                    compound,
                    households,
                    ..CompoundCover::default()
                },
            );
        }
    }
    let soonest_s = alarm_s.values().copied().max().unwrap_or(0);
    let range = |last: i64| params![in_district.as_str(), area, subtree_end(area), last];
    for row in tx.rows(&KNOWN, &range(ctx.now_s + soonest_s))? {
        if let Some(cover) = board.get_mut(&row.get::<String>(0)?) {
            cover.known = row.get(1)?;
            cover.short = row.get(2)?;
        }
    }
    let rows = tx.rows(
        &BY_COMPOUND,
        &params![
            in_district.as_str(),
            area,
            subtree_end(area),
            ctx.now_s,
            ctx.now_s + soonest_s
        ],
    )?;
    for row in rows {
        let Some(cover) = board.get_mut(&row.get::<String>(0)?) else {
            continue;
        };
        let category: String = row.get(1)?;
        cover
            .first_out_s
            .insert(category.clone(), (row.get::<i64>(5)? - ctx.now_s).max(0));
        cover
            .mean_left_s
            .insert(category, (row.get::<i64>(6)? - ctx.now_s).max(0));
    }
    let mut board: Vec<CompoundCover> = board.into_values().collect();
    board.sort_by_key(|cover| {
        let first = cover.first_out_s.values().min().copied();
        (
            std::cmp::Reverse(cover.short),
            std::cmp::Reverse(cover.unknown()),
            first.unwrap_or(0),
            cover.compound.clone(),
        )
    });
    Ok(board)
}

/// A household that runs out of something.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RunningOut {
    /// The household's code.
    pub household: String,
    /// The compound's code.
    pub compound: String,
    /// Of what.
    pub category: String,
    /// When.
    pub runs_out_s: i64,
}

/// The households of an area that run out first, of any category or of one.
pub fn first_out(tx: &mut Tx, area: &str, category: &str, limit: i64) -> Result<Vec<RunningOut>> {
    let rows = tx.rows(
        &FIRST_OUT,
        &params![district(area), area, subtree_end(area), category, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(RunningOut {
                household: row.get(0)?,
                compound: row.get(1)?,
                category: row.get(2)?,
                runs_out_s: row.get(3)?,
            })
        })
        .collect()
}

stmt!(
    ALL,
    "SELECT district, household, category, balance_g FROM coverage"
);

/// Checks that each pantry on the board equals its account. Empty when all is well.
pub fn verify(tx: &mut Tx) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for row in tx.rows(&ALL, &[])? {
        let (in_district, household, category): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let shown_g: i64 = row.get(3)?;
        let (held_g, _) = book::balance(tx, &in_district, &chart::pantry(&household, &category))?;
        if held_g != shown_g {
            findings.push(format!(
                "coverage: {category} of {household} shows {shown_g} g, its account {held_g} g"
            ));
        }
    }
    Ok(findings)
}
