//! A proposal from spreadsheets alone, without server or database: who supplies whom, which vehicle goes where, what is
//! picked, who fetches when. What a list does not say is assumed and told; every part is verified before anybody sees it.

mod areas;
mod county;
mod drive;
mod map;
mod picks;
mod pickup;
mod read;
mod sheets;
mod summary;
mod supply;
#[cfg(test)]
mod tests;
mod vehicles;
mod ways;

use planner::travel::Roads;

use crate::base::id::DirectiveId;
use crate::base::{Refusal, Result, clock};
use crate::plan::directive::Directive;
use crate::plan::rules::{self, RuleKey, Rules};
use crate::plan::{ControlLevel, Plan, RiskLevel};

pub use county::{County, Living, Supplying};
pub use drive::{Drive, Drop, Goods};
pub use picks::{Pick, Piece};
pub use pickup::{Called, Pickup};
pub use read::{File, FileError, Lists, Source};
pub use sheets::{headlines, workbook};
pub use summary::summary;
pub use supply::Supply;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

fn said(zh: impl Into<String>, en: impl Into<String>) -> Said {
    Said {
        zh: zh.into(),
        en: en.into(),
    }
}

impl Said {
    /// The sentence in the language asked for.
    pub fn word(&self, lang: kit::Lang) -> &str {
        lang.t(&self.zh, &self.en)
    }
}

/// What is asked for.
pub struct Asked {
    /// The plan whose norms and rules hold.
    pub plan: &'static Plan,
    /// The level at which the compounds are closed.
    pub level: ControlLevel,
    /// When the first vehicles leave, in Unix seconds; loaded before.
    pub depart_s: i64,
    /// When the last must be back.
    pub until_s: i64,
    /// For how many days food is brought.
    pub days: i64,
    /// Keys of the categories that a main supplier must be able to give; all that somebody gives when empty.
    pub categories: Vec<String>,
    /// Seconds for the search of routes; without them it makes a fixed number of rounds, which gives a fixed answer.
    pub seconds: Option<f64>,
    /// The seed.
    pub seed: u64,
    /// Minutes to load a vehicle again.
    pub load_min: i64,
    /// Minutes at each stop.
    pub unload_min: i64,
    /// Mean speed where no map of roads is given.
    pub km_per_h: i64,
    /// Bags that one volunteer hands out in one slot.
    pub bags_per_volunteer: u32,
    /// The roads, where a map is given.
    pub roads: Option<Roads>,
}

/// Everything that was worked out.
pub struct Planned {
    /// The lists put together.
    pub county: County,
    /// The rules that hold.
    pub rules: Rules,
    /// Who supplies whom.
    pub supply: Supply,
    /// Who drives where; `None` without vehicles.
    pub drive: Option<Drive>,
    /// What is picked for whom, in the order of trips and stops.
    pub picks: Vec<Pick>,
    /// Who fetches when.
    pub pickup: Pickup,
    /// What was assumed or left out, and what people must look at.
    pub notes: Vec<Said>,
}

/// The rules that would hold in a compound under a directive for it alone.
fn rules_of(asked: &Asked) -> Rules {
    /// Stands for any closed compound.
    const COMPOUND: &str = "000000000000-1";
    let directive = Directive {
        id: DirectiveId::fresh(),
        number: 1,
        area: COMPOUND.into(),
        plan: asked.plan.id.clone(),
        level: asked.level,
        risk: match asked.level {
            ControlLevel::Lockdown => RiskLevel::High,
            ControlLevel::Control => RiskLevel::Medium,
            ControlLevel::Precaution => RiskLevel::Low,
        },
        from_s: 0,
        until_s: None,
        ordered_by: String::new(),
        note: String::new(),
        actor: String::new(),
        created_s: 0,
        ended_by: None,
    };
    rules::resolve(COMPOUND, vec![directive])
}

/// Works everything out. The error of the inner result lists cells that cannot be placed.
pub fn plan(lists: &Lists, asked: &Asked) -> Result<std::result::Result<Planned, Vec<FileError>>> {
    let rules = rules_of(asked);
    if rules.number(RuleKey::NormGrainG).is_none() {
        return Err(Refusal::invalid(
            "plan",
            format!(
                "预案“{}”没有消耗标准，不能据此测算；请用 fc、yu 或 dx。",
                asked.plan.id
            ),
            format!(
                "The plan {} has no norms to plan with; use fc, yu or dx.",
                asked.plan.id
            ),
        )
        .into());
    }
    let date = clock::zoned(asked.depart_s).strftime("%Y-%m-%d").to_string();
    let mut county = match County::of(lists, &date) {
        Ok(county) => county,
        Err(errors) => return Ok(Err(errors)),
    };
    let mut notes = std::mem::take(&mut county.notes);
    let ways = asked.roads.as_ref().map(|roads| roads.ways(&[], &[]));
    let supply = supply::assign(&county, &rules, asked, ways.as_ref(), &mut notes)?;
    let drive = drive::drive(&county, &supply, &rules, asked, ways.as_ref(), &mut notes)?;
    let picks = picks::picks(&county, &supply, &rules, asked, drive.as_ref());
    let pickup = pickup::pickup(&county, &supply, &rules, asked, drive.as_ref(), &mut notes)?;
    Ok(Ok(Planned {
        county,
        rules,
        supply,
        drive,
        picks,
        pickup,
        notes,
    }))
}
