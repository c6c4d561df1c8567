//! A town with one open round and two packs, one of them scarce, for the drills with the real program and the real stores.

use baogong::base::clock;
use baogong::base::id::{BatchId, OrderId, RoundId};
use baogong::base::{Actor, Ctx, Error, Fault, Result, audit, book};
use baogong::plan::directive::{self, DirectiveDraft};
use baogong::register::entry::{self, Change, Compound, Content, Entry, Good, Household, Supplier};
use baogong::register::{Body, register};
use baogong::round::open::{self, PackDraft, RoundDraft};
use baogong::round::{Order, OrderState, order};
use baogong::{MIGRATIONS, coverage};
use serde::Serialize;
use store::{Db, Tx};
use uuid::Uuid;

use crate::clients::Journal;

/// The district.
pub const DISTRICT: &str = "431023";
/// The pack of which there is not enough, and how many there are.
pub const SCARCE: (&str, i64) = ("A", 90);
/// The pack of which there is enough, and how many there are.
pub const PLENTY: (&str, i64) = ("B", 1_000_000);
/// Compounds, and households in each.
pub const COMPOUNDS: usize = 60;
/// Households in each compound.
pub const HOUSEHOLDS: usize = 80;

/// An open round.
#[derive(Clone, Debug)]
pub struct Town {
    /// The round.
    pub round: RoundId,
    /// The secret part of the residents' link of each compound.
    pub tokens: Vec<String>,
}

/// The code of a compound.
pub fn compound(index: usize) -> String {
    format!("431023001001-{}", index + 1)
}

/// Building, unit and room of a household.
pub fn dwelling(number: usize) -> String {
    format!("{}-1-{}01", number / 20 + 1, number % 20 + 1)
}

/// The code of a household.
pub fn household(compound_index: usize, number: usize) -> String {
    format!("{}-{}", compound(compound_index), dwelling(number))
}

/// Opens a database, founds the town in it and closes it.
///
/// # Errors
/// If that fails.
pub fn found(url: &str) -> std::result::Result<Town, String> {
    let db = Db::open(url, MIGRATIONS).map_err(|fault| fault.to_string())?;
    let town = db.write_blocking(found_in);
    db.close();
    town.map_err(|error| format!("founding the town: {error}"))
}

fn found_in(tx: &mut Tx) -> Result<Town> {
    let now_s = clock::Clock::default().now_s();
    let ctx = |words: &str| Ctx {
        actor: Actor::system(),
        now_s,
        command: Uuid::new_v5(&Uuid::NAMESPACE_OID, words.as_bytes()),
    };
    let order = DirectiveDraft {
        area: DISTRICT.into(),
        plan: "fc".into(),
        level: "control".into(),
        risk: "medium".into(),
        ordered_by: "指挥长".into(),
        ..DirectiveDraft::default()
    };
    directive::issue(tx, &ctx("directive"), &order)?;
    let mut entries = Vec::new();
    for index in 0..COMPOUNDS {
        let code = compound(index);
        let noun = Compound {
            compound: format!("小区{}", index + 1),
            ..Compound::default()
        };
        entries.push(of("compounds", &code, &code[..12], &noun)?);
        for number in 0..HOUSEHOLDS {
            let noun = Household {
                compound: code.clone(),
                building: (number / 20 + 1).to_string(),
                unit: "1".into(),
                room: format!("{}01", number % 20 + 1),
                members: 3,
                status: "lived_in".into(),
                ..Household::default()
            };
            entries.push(of("households", &household(index, number), &code, &noun)?);
        }
    }
    let noun = Supplier {
        name: "超市".into(),
        ..Supplier::default()
    };
    entries.push(of("suppliers", "S001", DISTRICT, &noun)?);
    for (code, _) in [SCARCE, PLENTY] {
        let noun = Good {
            supplier: "S001".into(),
            code: code.into(),
            name: format!("套餐{code}"),
            unit: "份".into(),
            price_fen: 1_500,
            contents: vec![Content {
                name: "蔬菜".into(),
                category: "vegetables".into(),
                weight_g: 2_000,
            }],
            ..Good::default()
        };
        entries.push(of("goods", &format!("S001/{code}"), DISTRICT, &noun)?);
    }
    let changes: Vec<Change> = entries
        .into_iter()
        .map(|entry| Change {
            before: None,
            after: Some(entry),
        })
        .collect();
    entry::write(tx, &ctx("entries"), BatchId(Uuid::nil()), &changes)?;
    let draft = RoundDraft {
        mode: "C".into(),
        supplier: "S001".into(),
        compounds: (0..COMPOUNDS).map(compound).collect(),
        packs: [SCARCE, PLENTY]
            .map(|(code, total)| PackDraft {
                code: code.into(),
                total,
            })
            .to_vec(),
        cutoff: clock::field(now_s + 5 * clock::DAY_S),
        ..RoundDraft::default()
    };
    let round = open::open(tx, &ctx("round"), &draft)?;
    let tokens = open::compounds(tx, DISTRICT, round)?
        .into_iter()
        .map(|one| one.token)
        .collect();
    Ok(Town { round, tokens })
}

fn of(key: &str, code: &str, area: &str, noun: &impl Serialize) -> Result<Entry> {
    let body: Body = serde_json::from_value(serde_json::to_value(noun)?)?;
    let register = register(key).ok_or_else(|| Fault::Invariant(format!("no register {key}")))?;
    Ok(Entry::of(register, code.into(), area.into(), body))
}

/// Compares the database with what clients wrote down, and checks database, ledger, pantries and audit chains. Gives what is
/// wrong.
///
/// # Errors
/// If the database cannot be read.
pub fn check(url: &str, town: &Town, journal: &Journal) -> std::result::Result<Vec<String>, String> {
    let db = Db::open(url, MIGRATIONS).map_err(|fault| fault.to_string())?;
    let mut findings = db.integrity().map_err(|fault| fault.to_string())?;
    let round = town.round;
    let read = db.read_blocking(move |tx| stored(tx, round));
    db.close();
    let stored = read.map_err(|error: Error| error.to_string())?;
    findings.extend(compare(&stored, journal));
    findings.extend(stored.findings);
    Ok(findings)
}

/// What is in the database.
struct Stored {
    orders: Vec<Order>,
    /// What is left, by pack and compound.
    left: Vec<(String, i64)>,
    /// What is wrong with ledger, pantries and audit chains.
    findings: Vec<String>,
}

fn stored(tx: &mut Tx, round: RoundId) -> Result<Stored> {
    let orders = order::of_round(tx, DISTRICT, round, DISTRICT)?;
    let packs = open::packs(tx, DISTRICT, round)?;
    let mut left = Vec::new();
    for compound in open::compounds(tx, DISTRICT, round)? {
        let of_compound = open::left(tx, DISTRICT, round, &compound.compound, &packs)?;
        left.extend(packs.iter().map(|pack| pack.code.clone()).zip(of_compound));
    }
    let mut findings = book::verify(tx)?;
    findings.extend(coverage::verify(tx)?);
    findings.extend(audit::verify(tx)?);
    Ok(Stored {
        orders,
        left,
        findings,
    })
}

/// Nothing lost, nothing doubled, nothing sold twice.
fn compare(stored: &Stored, journal: &Journal) -> Vec<String> {
    let Stored { orders, left, .. } = stored;
    let mut findings = Vec::new();
    let live = || orders.iter().filter(|order| order.state.live());
    let has =
        |household: &str, id: OrderId| live().any(|order| order.id == id && order.household == household);
    for (household, id) in &journal.orders {
        if !has(household, *id) {
            findings.push(format!("lost: order {id} of {household} was acknowledged"));
        }
    }
    for order in live() {
        match journal.orders.get(&order.household) {
            Some(id) if *id == order.id && order.state == OrderState::Placed => {}
            Some(id) => findings.push(format!(
                "doubled: {} has order {} as well as {id}",
                order.household, order.id
            )),
            None => findings.push(format!(
                "{} has order {}, which nobody was told of",
                order.household, order.id
            )),
        }
    }
    for (pack, total) in [SCARCE, PLENTY] {
        let lines = live()
            .flat_map(|order| &order.lines)
            .filter(|line| line.pack == pack);
        let sold: i64 = lines.map(|line| line.quantity).sum();
        let left: i64 = left
            .iter()
            .filter(|(code, _)| code == pack)
            .map(|(_, left)| left)
            .sum();
        if sold + left != total {
            findings.push(format!("pack {pack}: {sold} sold and {left} left of {total}"));
        }
    }
    findings
}
