//! Sharing scarce packs so that those who have least food come first (YU-7, EM-5).
//!
//! Model: lexicographic max-min fairness of the days that food lasts, with caps, in stages; within a stage the
//! exact answer is a water level (Bertsekas and Gallager, "Data Networks", 2nd ed., section 6.5.2, "max-min flow
//! control"), which is brought to whole packs by largest remainder. No randomness, no floating point: whoever has the
//! table can compute each share again with pen and paper.

use std::cmp::{Ordering, Reverse};

/// Somebody who is to get packs: an area, a compound or a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its code, unique among the claims.
    pub code: String,
    /// Priority class: 0 comes first (urgent before normal, main before secondary).
    pub class: u32,
    /// People; they weigh in the spread.
    pub persons: i64,
    /// What the people eat per day, in grams; a claim of nothing gets nothing.
    pub daily_g: i64,
    /// What they have at home, in grams.
    pub at_home_g: i64,
    /// The way to them; of two with equal claims the nearer comes first.
    pub distance_m: i64,
}

/// What is shared, and for how long it should last. Amounts are below 10¹², days below 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Packs to be shared.
    pub packs: i64,
    /// Weight of one pack.
    pub pack_g: i64,
    /// First everybody of whatever class is brought to so many days.
    pub floor_d: i64,
    /// Then the classes, one after the other, to so many days.
    pub target_d: i64,
}

/// A water level in days, as a fraction of two whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Grams.
    pub above: i128,
    /// Grams per day; never zero.
    pub below: i128,
}

/// One stage of the sharing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The class that is served; `None` in the first stage, which serves all.
    pub class: Option<u32>,
    /// The days up to which it serves.
    pub until_d: i64,
    /// Packs that were left when it began.
    pub packs: i64,
    /// Days to which everybody served is filled up; `None` when all get what they lack.
    pub level: Option<Level>,
    /// Packs for each claim, in the order of the claims.
    pub given: Vec<i64>,
}

/// Who gets how many packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// The stages in turn.
    pub stages: Vec<Stage>,
    /// Packs for each claim over all stages.
    pub packs: Vec<i64>,
    /// Packs that nobody lacks.
    pub left: i64,
    /// Claims in the order in which they are to be served: by class, then near before far.
    pub order: Vec<usize>,
}

/// Shares packs by the published rule, see [`rule_zh`] and [`rule_en`].
pub fn share(claims: &[Claim], terms: &Terms) -> Sharing {
    let mut classes: Vec<u32> = claims.iter().map(|claim| claim.class).collect();
    classes.sort_unstable();
    classes.dedup();
    let floor_d = terms.floor_d.min(terms.target_d);
    let served = std::iter::once((None, floor_d))
        .chain(classes.into_iter().map(|class| (Some(class), terms.target_d)));
    let mut packs = vec![0; claims.len()];
    let mut left = if terms.pack_g > 0 { terms.packs.max(0) } else { 0 };
    let mut stages = Vec::new();
    for (class, until_d) in served {
        let stage = fill(claims, terms.pack_g, class, until_d, left, &packs);
        for (sum, given) in packs.iter_mut().zip(&stage.given) {
            *sum += given;
            left -= given;
        }
        stages.push(stage);
    }
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|index| (claims[*index].class, claims[*index].distance_m, *index));
    Sharing {
        stages,
        packs,
        left,
        order,
    }
}

/// A claim within a stage: `has_g` with what the stages before gave, `lacks` whole packs at most.
struct Thirst {
    index: usize,
    has_g: i128,
    daily_g: i128,
    lacks: i128,
}

fn fill(
    claims: &[Claim],
    pack_g: i64,
    class: Option<u32>,
    until_d: i64,
    packs: i64,
    before: &[i64],
) -> Stage {
    let pack_g = i128::from(pack_g.max(1));
    let thirsts: Vec<Thirst> = claims
        .iter()
        .enumerate()
        .filter(|(_, claim)| class.is_none_or(|class| class == claim.class) && claim.daily_g > 0)
        .map(|(index, claim)| {
            let has_g = i128::from(claim.at_home_g.max(0)) + i128::from(before[index]) * pack_g;
            let daily_g = i128::from(claim.daily_g);
            let lacks_g = (daily_g * i128::from(until_d.max(0)) - has_g).max(0);
            Thirst {
                index,
                has_g,
                daily_g,
                lacks: (lacks_g + pack_g - 1) / pack_g,
            }
        })
        .filter(|thirst| thirst.lacks > 0)
        .collect();
    let mut given = vec![0; claims.len()];
    let lacking: i128 = thirsts.iter().map(|thirst| thirst.lacks).sum();
    let mut level = None;
    if lacking <= i128::from(packs) {
        for thirst in &thirsts {
            given[thirst.index] = thirst.lacks as i64;
        }
    } else if packs > 0 {
        let found = water_level(&thirsts, pack_g, i128::from(packs));
        level = Some(found);
        round(claims, &thirsts, pack_g, packs, found, &mut given);
    }
    Stage {
        class,
        until_d,
        packs,
        level,
        given,
    }
}

fn compare(a: (i128, i128), b: (i128, i128)) -> Ordering {
    (a.0 * b.1).cmp(&(b.0 * a.1))
}

/// The level at which what everybody is short of it adds up to the packs. It rises from bend to bend: where a
/// claim begins to get something, and where it has all that it lacks.
fn water_level(thirsts: &[Thirst], pack_g: i128, packs: i128) -> Level {
    let mut bends: Vec<((i128, i128), i128, i128)> = Vec::with_capacity(thirsts.len() * 2);
    for thirst in thirsts {
        bends.push(((thirst.has_g, thirst.daily_g), thirst.daily_g, thirst.has_g));
        let full_g = thirst.has_g + thirst.lacks * pack_g;
        bends.push(((full_g, thirst.daily_g), -thirst.daily_g, -full_g));
    }
    bends.sort_by(|a, b| compare(a.0, b.0));
    // At a level L between two bends, `slope` × L − `offset` grams are given.
    let (mut slope, mut offset) = (0i128, 0i128);
    let wanted_g = packs * pack_g;
    for (at, daily_g, has_g) in bends {
        if slope > 0 {
            let reached = slope * at.0 - offset * at.1;
            if reached >= wanted_g * at.1 {
                break;
            }
        }
        slope += daily_g;
        offset += has_g;
    }
    Level {
        above: wanted_g + offset,
        below: slope.max(1),
    }
}

/// Whole packs: everybody the exact share rounded down, then one more each to those with the largest rest, the
/// nearer first among equals.
fn round(claims: &[Claim], thirsts: &[Thirst], pack_g: i128, packs: i64, level: Level, given: &mut [i64]) {
    let unit = pack_g * level.below;
    let mut rests: Vec<(Reverse<i128>, i64, usize)> = Vec::with_capacity(thirsts.len());
    let mut left = packs;
    for thirst in thirsts {
        let exact = (level.above * thirst.daily_g - thirst.has_g * level.below).clamp(0, thirst.lacks * unit);
        let whole = (exact / unit) as i64;
        given[thirst.index] = whole;
        left -= whole;
        if exact % unit > 0 {
            let distance_m = claims[thirst.index].distance_m;
            rests.push((Reverse(exact % unit), distance_m, thirst.index));
        }
    }
    rests.sort_unstable();
    for (_, _, index) in rests.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        given[index] += 1;
    }
}

/// The rule in Chinese, to be published with the table.
pub fn rule_zh(terms: &Terms) -> String {
    format!(
        "本次共有{}份（每份{}公斤）。第一步，不分档次，先补家中存粮最少的，各户（小区）补到同样的天数，最多补到{}天；\
         第二步，按档次从先到后，同一档次内同样从存粮最少的补起，补到同样的天数，最多补到{}天。\
         应得份数＝（补到的天数×每天用量－家中存量）÷每份重量，不足零的按零计。先按整数部分发，剩下的逐份发给零头最大的；\
         零头相同的，路近的优先，再按名单次序。各步补到的天数与名单一并公布，任何人都可以自行核算。",
        terms.packs.max(0),
        terms.pack_g as f64 / 1000.0,
        terms.floor_d.min(terms.target_d),
        terms.target_d
    )
}

/// The rule in English, to be published with the table.
pub fn rule_en(terms: &Terms) -> String {
    format!(
        "There are {} packs of {} kg each. First, whatever their class, those with least food at home are filled up to \
         one common number of days, at most {}. Second, class by class, those with least are filled up to one common \
         number of days, at most {}. The exact share is (days filled up to × daily need − food at home) ÷ weight of a \
         pack, never below zero. Whole packs are given first; those left over go one each to the largest fractions, \
         among equal ones to the nearer, then by the order of the list. The days of each step are published with the \
         list, so that anybody can compute each share again.",
        terms.packs.max(0),
        terms.pack_g as f64 / 1000.0,
        terms.floor_d.min(terms.target_d),
        terms.target_d
    )
}

/// How evenly food lasts among people, in thousandths of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: i64,
    /// A tenth of the people have no more than this.
    pub tenth: i64,
    /// Half of the people have no more than this.
    pub median: i64,
    /// Nine tenths of the people have no more than this.
    pub nine_tenths: i64,
    /// The most.
    pub most: i64,
    /// Gini coefficient over people: 0 when food lasts equally long for all, near 1 when one has everything.
    pub gini: f64,
}

/// The spread of days with so many packs given to each claim; zeros give the spread before. `None` when nobody
/// eats.
pub fn spread(claims: &[Claim], pack_g: i64, packs: &[i64]) -> Option<Spread> {
    let mut days: Vec<(i64, i64)> = claims
        .iter()
        .zip(packs)
        .filter(|(claim, _)| claim.daily_g > 0 && claim.persons > 0)
        .map(|(claim, packs)| {
            let grams = i128::from(claim.at_home_g.max(0)) + i128::from(*packs) * i128::from(pack_g);
            let thousandths = grams * 1000 / i128::from(claim.daily_g);
            (i64::try_from(thousandths).unwrap_or(i64::MAX), claim.persons)
        })
        .collect();
    days.sort_unstable();
    let people: i128 = days.iter().map(|(_, persons)| i128::from(*persons)).sum();
    let at = |percent: i128| {
        let mut passed = 0i128;
        days.iter()
            .find(|(_, persons)| {
                passed += i128::from(*persons);
                passed * 100 >= people * percent
            })
            .map(|(days, _)| *days)
    };
    // Half the relative mean difference, from the area below the Lorenz curve.
    let (mut owned, mut below) = (0.0, 0.0);
    for (days, persons) in &days {
        let (days, persons) = (*days as f64, *persons as f64);
        below += persons * (owned + days * persons / 2.0);
        owned += days * persons;
    }
    let whole = owned * people as f64;
    Some(Spread {
        least: days.first()?.0,
        tenth: at(10)?,
        median: at(50)?,
        nine_tenths: at(90)?,
        most: days.last()?.0,
        gini: if whole > 0.0 {
            1.0 - 2.0 * below / whole
        } else {
            0.0
        },
    })
}

#[cfg(test)]
#[path = "fair_tests.rs"]
mod tests;
