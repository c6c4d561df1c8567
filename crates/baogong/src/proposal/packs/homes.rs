//! For whom packs are: the closed compounds that a supplier feeds, their households by size, and the diets noted of them.

use serde::Serialize;
use store::Tx;

use super::Wanted;
use super::words::{Diet, Filling};
use crate::base::access::{Field, View};
use crate::base::id::district;
use crate::base::{Ctx, Result};
use crate::plan::directive;
use crate::plan::rules::{self, Rules};
use crate::proposal::assignment;
use crate::register::correct::area_name;
use crate::register::entry::{self, Household};

/// A compound that is to be supplied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeCompound {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Households that get the same pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The smallest household.
    pub least: i64,
    /// The largest; `None` for any.
    pub most: Option<i64>,
    /// What they must not get, for households with a diet.
    pub diet: Option<Diet>,
    /// How many.
    pub households: i64,
    /// People in them.
    pub people: i64,
}

/// Who is to be supplied.
#[derive(Clone, Debug, Default)]
pub struct Homes {
    /// The compounds.
    pub compounds: Vec<HomeCompound>,
    /// Households by size, and then those with a diet.
    pub groups: Vec<Group>,
    /// The rules of the first compound.
    pub rules: Option<Rules>,
    /// Whether the compounds are closed; otherwise they are those that the supplier would feed.
    pub closed: bool,
}

/// Sizes of households that get a pack of their own, as (least, most).
const SIZES: &[(i64, Option<i64>)] = &[(1, Some(2)), (3, Some(4)), (5, None)];

/// Words in what is noted of a household's food, and the diet that they mean.
const DIET_WORDS: &[(Diet, &[&str])] = &[
    (Diet::Halal, &["清真", "不吃猪肉", "回族"]),
    (Diet::Diabetes, &["糖尿病", "低糖", "无糖"]),
    (Diet::Dysphagia, &["吞咽", "流食", "软烂", "软食", "牙口", "咀嚼"]),
    (Diet::NoKitchen, &["无厨房", "没有厨房", "不能做饭", "不能开火"]),
];

/// The compounds of an area that a supplier feeds and that are closed; those that it feeds if none is closed; and, for whoever works
/// for no supplier, all closed compounds if it feeds none. `count` says whether to look at the households too.
pub fn homes(tx: &mut Tx, ctx: &Ctx, area: &str, supplier: &str, count: bool) -> Result<Homes> {
    let directives = directive::holding(tx, district(area), ctx.now_s)?;
    let assigned = assignment::assigned(tx, area)?;
    let registered = entry::count_by_area(tx, "households", area)?;
    let codes = registered.iter().map(|(code, _, _)| code.as_str());
    let closed: Vec<&str> = codes
        .filter(|code| rules::resolve(code, directives.clone()).closed())
        .collect();
    let fed = |code: &&str| assigned.get(*code).is_some_and(|one| one.is_fed_by(supplier));
    let own: Vec<&str> = closed.iter().copied().filter(fed).collect();
    let all_own: Vec<&str> = assigned.keys().map(String::as_str).filter(fed).collect();
    let (codes, is_closed) = if !own.is_empty() {
        (own, true)
    } else if !all_own.is_empty() {
        (all_own, false)
    } else if ctx.actor.supplier.is_none() {
        (closed, true)
    } else {
        (Vec::new(), false)
    };
    let mut homes = Homes {
        closed: is_closed && !codes.is_empty(),
        rules: codes.first().map(|code| rules::resolve(code, directives.clone())),
        ..Homes::default()
    };
    for code in &codes {
        homes.compounds.push(HomeCompound {
            code: (*code).to_string(),
            name: area_name(tx, code)?,
        });
    }
    if count {
        let may_see_diets = ctx.actor.view(Field::Health) == View::Whole;
        homes.groups = groups(tx, &codes, may_see_diets)?;
    }
    Ok(homes)
}

fn groups(tx: &mut Tx, compounds: &[&str], may_see_diets: bool) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = SIZES
        .iter()
        .map(|(least, most)| group(*least, *most, None))
        .collect();
    let mut diets: Vec<Group> = DIET_WORDS
        .iter()
        .map(|(diet, _)| group(1, None, Some(*diet)))
        .collect();
    for compound in compounds {
        for one in entry::all(tx, "households", compound)? {
            let household: Household = one.noun()?;
            if household.status == "vacant" || household.members <= 0 {
                continue;
            }
            let noted = may_see_diets.then(|| diet_of(&household.diet)).flatten();
            let found = match noted {
                Some(diet) => diets.iter_mut().find(|group| group.diet == Some(diet)),
                None => groups.iter_mut().find(|group| {
                    let most = group.most.unwrap_or(i64::MAX);
                    (group.least..=most).contains(&household.members)
                }),
            };
            if let Some(group) = found {
                group.households += 1;
                group.people += household.members;
            }
        }
    }
    groups.extend(diets);
    groups.retain(|group| group.households > 0);
    Ok(groups)
}

fn group(least: i64, most: Option<i64>, diet: Option<Diet>) -> Group {
    Group {
        least,
        most,
        diet,
        households: 0,
        people: 0,
    }
}

/// The first diet that is noted of a household.
fn diet_of(noted: &str) -> Option<Diet> {
    let means = |(_, words): &&(Diet, &[&str])| words.iter().any(|word| noted.contains(word));
    DIET_WORDS.iter().find(means).map(|(diet, _)| *diet)
}

impl Group {
    /// The people that a pack for the group should do for: the largest household of a size, else the mean rounded up.
    pub fn persons(&self) -> i64 {
        let mean = (self.people + self.households - 1) / self.households.max(1);
        self.most.unwrap_or_else(|| mean.max(self.least))
    }
}

/// One pack for each group of households.
pub fn usual(groups: &[Group]) -> Vec<Wanted> {
    let wanted = |group: &Group| Wanted {
        name: match (group.diet, group.most) {
            (Some(diet), _) => format!("{}包", diet.word(kit::Lang::Zh)),
            (None, Some(most)) => format!("{}–{most}人家庭包", group.least),
            (None, None) => format!("{}人以上家庭包", group.least),
        },
        persons: group.persons(),
        count: group.households,
        price_max_fen: None,
        weight_max_g: None,
        filling: Filling::All,
        diets: group.diet.into_iter().collect(),
    };
    groups.iter().map(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diets_are_read_from_what_was_noted() {
        assert_eq!(diet_of("糖尿病，需胰岛素（冷藏）"), Some(Diet::Diabetes));
        assert_eq!(diet_of("不吃猪肉"), Some(Diet::Halal));
        assert_eq!(diet_of("吞咽困难，需流食"), Some(Diet::Dysphagia));
        assert_eq!(diet_of("高血压，低盐饮食"), None);
    }

    /// CQ-4: a pack for a size of household does for the largest of that size.
    #[test]
    fn cq_4_one_pack_for_each_size() {
        let mut large = group(5, None, None);
        (large.households, large.people) = (3, 17);
        let mut small = group(1, Some(2), None);
        (small.households, small.people) = (10, 14);
        let wanted = usual(&[small, large]);
        assert_eq!(wanted[0].name, "1–2人家庭包");
        assert_eq!((wanted[0].persons, wanted[0].count), (2, 10));
        assert_eq!((wanted[1].persons, wanted[1].count), (6, 3));
    }
}
