//! What stands against removing an entry: whatever is still under way would otherwise lose its household, its supplier or
//! its vehicle. Each refusal says what it is and what to do first.

use store::{Tx, params, stmt};

use super::entry::{Entry, subtree_end};
use super::text;
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Refusal, Result};
use crate::coverage;
use crate::round::trips::TripState;
use crate::round::{OrderState, RoundState};

stmt!(
    ORDERS,
    "SELECT o.code, o.state FROM entry e
     JOIN round_compound c ON c.district = e.district AND c.compound = e.area
     JOIN orders o ON o.district = c.district AND o.round = c.round AND o.compound = c.compound AND o.household = e.code
     WHERE e.district = $1 AND e.register = 'households' AND e.code = $2 ORDER BY o.created_s DESC, o.code"
);
stmt!(
    ASSIGNED,
    "SELECT COUNT(*) FROM assignment WHERE district = $1 AND (main = $2 OR backup = $2 OR compound IN
       (SELECT compound FROM assignment_part WHERE district = $1 AND supplier = $2))"
);
stmt!(
    ROUNDS,
    "SELECT code, state FROM round WHERE district = $1 AND supplier = $2 ORDER BY code"
);
stmt!(
    TRIPS,
    "SELECT code, state FROM trip WHERE district = $1 AND (vehicle = $2 OR driver = $3) ORDER BY code"
);
stmt!(
    INSIDE,
    "SELECT COUNT(*) FROM entry WHERE district = $1 AND area >= $2 AND area < $3
       AND NOT (register = $4 AND code = $2)"
);
stmt!(
    OFFERED,
    "SELECT COUNT(*) FROM entry WHERE district = $1 AND register = 'goods' AND code >= $2 AND code < $3"
);

/// Refuses while anything stands against removing this entry.
pub fn check(tx: &mut Tx, now_s: i64, entry: &Entry) -> Result<()> {
    let refusal = match within(tx, entry)? {
        Some(refusal) => Some(refusal),
        None => in_use(tx, now_s, entry)?,
    };
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

fn refuse(zh: String, en: String) -> Option<Refusal> {
    Some(Refusal::conflict("in_use", zh, en))
}

/// Other entries that lie in this one or belong to it.
fn within(tx: &mut Tx, entry: &Entry) -> Result<Option<Refusal>> {
    let (of, code) = (district(&entry.area), entry.code.as_str());
    let number = match entry.register.as_str() {
        "areas" | "compounds" => {
            let end = subtree_end(code);
            number(tx.row(&INSIDE, &params![of, code, end, entry.register.as_str()])?)?
        }
        // `0` is the character after `/`, which parts the supplier from the good.
        "suppliers" => number(tx.row(&OFFERED, &params![of, format!("{code}/"), format!("{code}0")])?)?,
        _ => 0,
    };
    if number == 0 {
        return Ok(None);
    }
    let (name, number) = (&entry.name, count(number));
    Ok(match entry.register.as_str() {
        "suppliers" => refuse(
            format!("{name}还登记有{number}种商品、套餐，请先删除这些商品。"),
            format!("{name} still offers {number} goods; remove those first."),
        ),
        _ => refuse(
            format!("{name}里还有{number}项登记（住户、人员、网点等），请先删除或改到别处。"),
            format!(
                "{number} entries (households, people, outlets) still lie in {name}; remove or move them first."
            ),
        ),
    })
}

/// What is under way with this entry, whatever other entries there are.
pub fn in_use(tx: &mut Tx, now_s: i64, entry: &Entry) -> Result<Option<Refusal>> {
    match entry.register.as_str() {
        "households" => household(tx, now_s, entry),
        "suppliers" => supplier(tx, entry),
        "vehicles" => running_trip(tx, entry, &entry.code, ""),
        // A trip names its driver as the vehicle's entry does; the duties of other staff name no trip.
        "staff" if text(&entry.body, "post") == "driver" => running_trip(tx, entry, "", &entry.name),
        _ => Ok(None),
    }
}

fn household(tx: &mut Tx, now_s: i64, entry: &Entry) -> Result<Option<Refusal>> {
    let of = district(&entry.area);
    for row in tx.rows(&ORDERS, &params![of, entry.code.as_str()])? {
        let (code, state): (String, String) = (row.get(0)?, row.get(1)?);
        let state = OrderState::stored(&state)?;
        if state.stands() && !matches!(state, OrderState::Handed | OrderState::Returned) {
            let (zh, en) = (state.word(kit::Lang::Zh), state.word(kit::Lang::En));
            return Ok(refuse(
                format!("这一户的订单{code}还在办理（{zh}），请先取消，或等交付以后再删除。"),
                format!(
                    "Order {code} of this household is under way ({en}); cancel it, or wait until it is handed over."
                ),
            ));
        }
    }
    let stocked = coverage::of_household(tx, &entry.code)?;
    if stocked.iter().any(|cover| cover.left_s(now_s) > 0) {
        return Ok(refuse(
            "这一户家里还有余粮。确已无人居住的，请先在余粮盘点中改为0天，再删除。".into(),
            "This household still has food at home. If nobody lives there, first set its stocktake to 0 days.".into(),
        ));
    }
    Ok(None)
}

fn supplier(tx: &mut Tx, entry: &Entry) -> Result<Option<Refusal>> {
    let (of, code, name) = (district(&entry.area), entry.code.as_str(), &entry.name);
    let assigned = number(tx.row(&ASSIGNED, &params![of, code])?)?;
    if assigned > 0 {
        let assigned = count(assigned);
        return Ok(refuse(
            format!("{name}还负责{assigned}个小区（主供或备供），请先在“分配”中改由别家负责。"),
            format!(
                "{name} still supplies {assigned} compounds (as main or backup); assign those to another first."
            ),
        ));
    }
    for row in tx.rows(&ROUNDS, &params![of, code])? {
        let (round, state): (String, String) = (row.get(0)?, row.get(1)?);
        let state = RoundState::stored(&state)?;
        if !matches!(state, RoundState::Settled | RoundState::Cancelled) {
            let (zh, en) = (state.word(kit::Lang::Zh), state.word(kit::Lang::En));
            return Ok(refuse(
                format!("{name}的轮次{round}还没有结束（{zh}），请先结清或取消。"),
                format!("Round {round} of {name} has not ended ({en}); settle or cancel it first."),
            ));
        }
    }
    Ok(None)
}

fn running_trip(tx: &mut Tx, entry: &Entry, plate: &str, driver: &str) -> Result<Option<Refusal>> {
    for row in tx.rows(&TRIPS, &params![district(&entry.area), plate, driver])? {
        let (trip, state): (String, String) = (row.get(0)?, row.get(1)?);
        let state = TripState::stored(&state)?;
        if !matches!(state, TripState::Ended | TripState::Cancelled) {
            let (name, zh, en) = (&entry.name, state.word(kit::Lang::Zh), state.word(kit::Lang::En));
            return Ok(refuse(
                format!("{name}在车次{trip}上（{zh}），请等这趟车结束以后再删除。"),
                format!("{name} is on trip {trip} ({en}); wait until that trip has ended."),
            ));
        }
    }
    Ok(None)
}

fn number(row: Option<store::Row>) -> Result<i64> {
    row.map_or(Ok(0), |row| Ok(row.get(0)?))
}
