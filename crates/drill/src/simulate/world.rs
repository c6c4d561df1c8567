//! A tiny county: three compounds, fifteen households, two suppliers, and one of two sets of rules.

use std::sync::OnceLock;

use baogong::MIGRATIONS;
use baogong::base::clock;
use baogong::base::id::BatchId;
use baogong::base::{Actor, Ctx, Error, Fault, Result};
use baogong::plan::directive::{self, DirectiveDraft};
use baogong::plan::rules::{self, CATEGORIES, RuleKey};
use baogong::register::entry::{self, Change, Compound, Content, Entry, Good, Household, Supplier, Vehicle};
use baogong::register::{Body, register};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::testing::Inline;
use uuid::Uuid;

use crate::disk::{Disk, Image};

/// The district.
pub const DISTRICT: &str = "431023";
/// The compounds.
pub const COMPOUNDS: [&str; 3] = ["431023001001-1", "431023001001-2", "431023001002-1"];
/// Households in each compound; of the last one in each the dwelling is vacant.
pub const HOUSEHOLDS: usize = 5;
/// The suppliers; each offers every pack.
pub const SUPPLIERS: [&str; 2] = ["S001", "S002"];
/// The packs: code, price, most per order (0 is no limit), and grams of grain and vegetables in one.
pub const PACKS: [(&str, i64, i64, i64, i64); 3] = [
    ("A", 1_500, 0, 0, 2_000),
    ("B", 4_200, 3, 5_000, 500),
    ("C", 900, 2, 1_000, 0),
];
/// The registered phone of every household.
pub const PHONE: &str = "13800001111";
/// The vehicles.
pub const PLATES: [&str; 2] = ["L00001", "L00002"];
/// The database on the disk.
pub const PATH: &str = "/county.db";
/// Its write-ahead log.
pub const LOG: &str = "/county.db-wal";
/// When everything begins.
pub const START_S: i64 = 1_795_000_000;

/// Which rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum World {
    /// Each household orders once in three days (FC-10); in the second compound money may be advanced (DX-5).
    Control,
    /// The county is closed and food is rationed (YU-7); in the second compound orders have an interval as well.
    Shortage,
}

/// The code of a household.
pub fn household(compound: usize, number: usize) -> String {
    let (unit, room) = unit_and_room(number);
    format!("{}-1-{unit}-{room}", COMPOUNDS[compound])
}

/// The registered name of a compound.
pub fn compound_name(compound: usize) -> String {
    format!("小区{}", compound + 1)
}

/// Unit and room of a household; all are in the first building.
pub fn unit_and_room(number: usize) -> (String, String) {
    ((number % 2 + 1).to_string(), format!("{}01", number + 1))
}

/// The registered head of a household.
pub fn head(compound: usize, number: usize) -> String {
    format!("户主{compound}{number}")
}

/// The name of a pack.
pub fn pack_name(code: &str) -> String {
    format!("套餐{code}")
}

/// How many people live in a household.
pub fn members(number: usize) -> i64 {
    number as i64 + 1
}

/// The dwelling status of a household.
pub fn status(number: usize) -> &'static str {
    if number + 1 == HOUSEHOLDS {
        "vacant"
    } else {
        "lived_in"
    }
}

/// Whether a household has special needs.
pub fn has_needs(number: usize) -> bool {
    number.is_multiple_of(3)
}

/// What the rules of a compound say, read once: a rule is data for the model too.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Days between two orders of a household.
    pub interval_d: Option<i64>,
    /// Days in a period of rationing.
    pub period_d: Option<i64>,
    /// Grams per person and period: (category, grams), in the order in which they are claimed.
    pub rations: Vec<(&'static str, i64)>,
    /// Whether money may be advanced.
    pub advance: bool,
    /// Hours until cut-off, from there to pay-by, and from there to delivery.
    pub hours: [i64; 3],
    /// Classes of households in a draw, first drawn first, without the others.
    pub priority: Vec<String>,
    /// Food that lasts no longer is alarming.
    pub alarm_s: i64,
    /// Grams that a person eats a day, by category.
    pub norms: Vec<(&'static str, i64)>,
    /// Seconds within which an import may be undone.
    pub undo_s: i64,
}

/// The county as it stands before anything happens, and the figures of its compounds.
#[derive(Clone)]
pub struct Ground {
    /// The disk.
    pub image: Image,
    /// The figures, by compound.
    pub figures: Vec<Figures>,
}

/// The ground of a world, made once.
///
/// # Errors
/// If it cannot be made.
pub fn ground(world: World) -> std::result::Result<&'static Ground, String> {
    static GROUNDS: [OnceLock<std::result::Result<Ground, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let ground = GROUNDS[world as usize].get_or_init(|| make(world));
    ground.as_ref().map_err(Clone::clone)
}

fn make(world: World) -> std::result::Result<Ground, String> {
    let disk = Disk::new(0)?;
    let mut database =
        Inline::open(PATH, disk.name(), MIGRATIONS).map_err(|fault| format!("the first start: {fault}"))?;
    let found = database.write::<(), Error>(vec![Box::new(move |tx| found(tx, world))]);
    for answer in found {
        answer.map_err(|error| format!("founding the county: {error}"))?;
    }
    let figures = database
        .read(|tx| -> Result<Vec<Figures>> {
            COMPOUNDS.iter().map(|compound| figures(tx, compound)).collect()
        })
        .map_err(|error| format!("reading the rules: {error}"))?;
    drop(database);
    Ok(Ground {
        image: disk.image(),
        figures,
    })
}

fn figures(tx: &mut Tx, compound: &str) -> Result<Figures> {
    let rules = rules::at(tx, compound, START_S)?;
    Ok(Figures {
        interval_d: rules.number(RuleKey::OrderIntervalD),
        period_d: rules.number(RuleKey::RationPeriodD).filter(|days| *days > 0),
        rations: CATEGORIES
            .iter()
            .filter_map(|(category, _, ration)| Some((*category, rules.number(*ration)?)))
            .collect(),
        advance: rules.flag(RuleKey::AdvanceAllowed),
        hours: [RuleKey::OrderCutoffH, RuleKey::PayByH, RuleKey::DeliverH]
            .map(|key| rules.number(key).unwrap_or(0)),
        priority: rules.words(RuleKey::BallotPriority).to_vec(),
        alarm_s: rules.number(RuleKey::CoverAlarmD).unwrap_or(0) * clock::DAY_S,
        norms: CATEGORIES
            .iter()
            .filter_map(|(category, norm, _)| Some((*category, rules.number(*norm)?)))
            .collect(),
        undo_s: rules.number(RuleKey::ImportUndoH).unwrap_or(0) * clock::HOUR_S,
    })
}

fn found(tx: &mut Tx, world: World) -> Result<()> {
    let ctx = |words: &str| Ctx {
        actor: Actor::system(),
        now_s: START_S,
        command: Uuid::new_v5(&Uuid::NAMESPACE_OID, words.as_bytes()),
    };
    let directives = match world {
        World::Control => [
            (DISTRICT, "fc", "control", "medium"),
            (COMPOUNDS[1], "dx", "control", "medium"),
        ],
        World::Shortage => [
            (DISTRICT, "yu", "lockdown", "high"),
            (COMPOUNDS[1], "dx", "control", "medium"),
        ],
    };
    for (area, plan, level, risk) in directives {
        let draft = DirectiveDraft {
            area: area.into(),
            plan: plan.into(),
            level: level.into(),
            risk: risk.into(),
            ordered_by: "指挥长".into(),
            ..DirectiveDraft::default()
        };
        directive::issue(tx, &ctx(plan), &draft)?;
    }
    let mut entries = Vec::new();
    for (index, compound) in COMPOUNDS.iter().enumerate() {
        let noun = Compound {
            compound: compound_name(index),
            ..Compound::default()
        };
        entries.push(of("compounds", compound, &compound[..12], &noun)?);
        for number in 0..HOUSEHOLDS {
            let (unit, room) = unit_and_room(number);
            let noun = Household {
                compound: (*compound).into(),
                building: "1".into(),
                unit,
                room,
                head: head(index, number),
                members: members(number),
                phone: PHONE.into(),
                needs: if has_needs(number) {
                    vec!["elderly".into()]
                } else {
                    Vec::new()
                },
                status: status(number).into(),
                ..Household::default()
            };
            entries.push(of("households", &household(index, number), compound, &noun)?);
        }
    }
    for supplier in SUPPLIERS {
        let noun = Supplier {
            name: format!("超市{supplier}"),
            ..Supplier::default()
        };
        entries.push(of("suppliers", supplier, DISTRICT, &noun)?);
        for (code, price_fen, limit_per_order, grain_g, vegetables_g) in PACKS {
            let noun = Good {
                supplier: supplier.into(),
                code: code.into(),
                name: pack_name(code),
                unit: "份".into(),
                price_fen,
                limit_per_order,
                contents: [("grain", grain_g), ("vegetables", vegetables_g)]
                    .into_iter()
                    .filter(|(_, weight_g)| *weight_g > 0)
                    .map(|(category, weight_g)| Content {
                        name: category.into(),
                        category: category.into(),
                        weight_g,
                    })
                    .collect(),
                ..Good::default()
            };
            entries.push(of("goods", &format!("{supplier}/{code}"), DISTRICT, &noun)?);
        }
    }
    for plate in PLATES {
        let noun = Vehicle {
            plate: plate.into(),
            ..Vehicle::default()
        };
        entries.push(of("vehicles", plate, DISTRICT, &noun)?);
    }
    let changes: Vec<Change> = entries
        .into_iter()
        .map(|entry| Change {
            before: None,
            after: Some(entry),
        })
        .collect();
    let ctx = ctx("found");
    entry::write(tx, &ctx, BatchId(ctx.command), &changes)
}

fn of(key: &str, code: &str, area: &str, noun: &impl Serialize) -> Result<Entry> {
    let body: Body = serde_json::from_value(serde_json::to_value(noun)?)?;
    let register = register(key).ok_or_else(|| Fault::Invariant(format!("no register {key}")))?;
    Ok(Entry::of(register, code.into(), area.into(), body))
}
