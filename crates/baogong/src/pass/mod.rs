//! Passes for vehicles, certificates of staff and volunteers, permits of outlets (SH-9, YO-2): issued for an area and
//! for some days, checked at gates by their QR code, revoked. Who holds one stands in the registers.

pub mod paper;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use crate::base::access::Field;
use crate::base::id::district;
use crate::base::{Actor, Ctx, Refusal, RefusalKind, Result, clock};
use crate::register;
use crate::register::entry::{self, Entry};
use crate::register::place::Places;
use crate::wording;

stmt!(
    INSERT,
    "INSERT INTO pass (district, number, kind, holder, area, from_s, until_s, actor, issued_s, revoked_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)"
);
stmt!(
    LAST,
    "SELECT COALESCE(MAX(number), 0) FROM pass WHERE district = $1"
);
stmt!(
    BY_NUMBER,
    "SELECT district, number, kind, holder, area, from_s, until_s, actor, issued_s, revoked_s
     FROM pass WHERE district = $1 AND number = $2"
);
stmt!(
    OF_HOLDER,
    "SELECT district, number, kind, holder, area, from_s, until_s, actor, issued_s, revoked_s
     FROM pass WHERE district = $1 AND kind = $2 AND holder = $3"
);
stmt!(
    OF_KIND,
    "SELECT district, number, kind, holder, area, from_s, until_s, actor, issued_s, revoked_s
     FROM pass WHERE district = $1 AND kind = $2 ORDER BY number DESC"
);
stmt!(
    REVOKE,
    "UPDATE pass SET revoked_s = $3 WHERE district = $1 AND number = $2 AND revoked_s IS NULL"
);

/// The most passes that are issued or printed at once.
pub const AT_ONCE_MAX: usize = 400;

wording! {
    /// Who or what a pass is for. The key is that of the register that holds them.
    PassKind {
        Vehicle = "vehicles", "保供车辆通行证", "Supply vehicle pass";
        Staff = "staff", "保供人员工作证", "Supply staff certificate";
        Volunteer = "volunteers", "保供志愿者证", "Volunteer's card";
        Outlet = "outlets", "保供网点营业许可", "Permit to stay open";
    }
}

wording! {
    /// Whether a pass holds at this moment.
    PassState {
        Valid = "valid", "有效", "Valid";
        Early = "early", "还没有生效", "Not valid yet";
        Expired = "expired", "已过期", "Expired";
        Revoked = "revoked", "已作废", "Revoked";
        HolderAway = "holder_away", "持证人已不在册或不在岗", "The holder is off the register or off duty";
    }
}

/// A pass that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The district that issued it.
    pub district: String,
    /// The running number within the district.
    serial: i64,
    /// Who or what it is for.
    pub kind: PassKind,
    /// The code of the entry in the register.
    pub holder: String,
    /// The area in which it holds.
    pub area: String,
    /// From when on it holds.
    pub from_s: i64,
    /// From when on it holds no more: the end of its last day.
    pub until_s: i64,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_s: i64,
    /// When it was revoked, if it was.
    pub revoked_s: Option<i64>,
}

impl Pass {
    /// The last six digits of the number.
    pub fn serial(&self) -> String {
        format!("{:06}", self.serial)
    }

    /// The number as it is printed: the division code and six digits, as on the national pass of 2022.
    pub fn number(&self) -> String {
        format!("{}{}", self.district, self.serial())
    }
}

/// Which passes are to be issued.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssueDraft {
    /// Who or what they are for.
    pub kind: PassKind,
    /// The codes of the entries.
    pub holders: Vec<String>,
    /// The area in which they hold.
    pub area: String,
    /// The first day, such as `2026-11-21`.
    pub from: String,
    /// The last day.
    pub until: String,
}

/// Which pass is to hold no longer.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RevokeDraft {
    /// Its number.
    pub number: String,
}

fn read(row: &store::Row) -> Result<Pass> {
    Ok(Pass {
        district: row.get(0)?,
        serial: row.get(1)?,
        kind: PassKind::stored(row.text(2)?)?,
        holder: row.get(3)?,
        area: row.get(4)?,
        from_s: row.get(5)?,
        until_s: row.get(6)?,
        issued_by: row.get(7)?,
        issued_s: row.get(8)?,
        revoked_s: row.get(9)?,
    })
}

/// The moment at which a day begins.
fn day(field: &'static str, written: &str) -> Result<i64> {
    clock::parse_minute(&format!("{} 00:00", written.trim())).ok_or_else(|| {
        Refusal::invalid(
            field,
            format!("日期“{written}”不对，应如 2026-11-21。"),
            format!("{written:?} is no date; write it like 2026-11-21."),
        )
        .into()
    })
}

/// Issues the passes and gives their numbers. Whoever holds the same pass already keeps it: the same number comes again.
///
/// # Errors
/// Refuses without holders, with days in the wrong order or past, and names whoever is not on the register of the
/// actor's area or not on duty.
pub fn issue(tx: &mut Tx, ctx: &Ctx, draft: &IssueDraft) -> Result<Vec<String>> {
    let in_district = district(&draft.area).to_string();
    if draft.holders.is_empty() {
        return Err(Refusal::invalid(
            "holder",
            "请勾选要签发的人、车或网点。",
            "Tick the people, vehicles or outlets.",
        )
        .into());
    }
    if draft.holders.len() > AT_ONCE_MAX {
        return Err(Refusal::invalid(
            "holder",
            format!("一次最多签发{AT_ONCE_MAX}张，请分批。"),
            format!("At most {AT_ONCE_MAX} are issued at once; take them in parts."),
        )
        .into());
    }
    let from_s = day("from", &draft.from)?;
    let last_s = day("until", &draft.until)?;
    let until_s = clock::day_start_s(clock::day_number(last_s) + 1);
    if until_s <= from_s {
        return Err(Refusal::invalid(
            "until",
            "截止日期早于开始日期。",
            "The last day is before the first.",
        )
        .into());
    }
    if until_s <= ctx.now_s {
        return Err(Refusal::invalid("until", "截止日期已经过去。", "The last day is past already.").into());
    }
    let mut serial: i64 = tx
        .row(&LAST, &params![in_district.as_str()])?
        .map_or(Ok(0), |row| row.get(0))?;
    let mut numbers = Vec::with_capacity(draft.holders.len());
    for holder in &draft.holders {
        let entry = entry::get(tx, draft.kind.key(), &in_district, holder)?
            .filter(|entry| ctx.actor.covers(&entry.area))
            .ok_or_else(|| {
                Refusal::new(
                    RefusalKind::NotFound,
                    "holder",
                    format!("您负责的区域里没有登记“{holder}”。"),
                    format!("{holder:?} is not registered in your area."),
                )
            })?;
        if !on_duty(&entry) {
            let name = shown(&ctx.actor, draft.kind, &entry.name);
            return Err(Refusal::conflict(
                "off_duty",
                format!("{name}（{holder}）不在岗或不能使用，请先改登记再签发。"),
                format!("{name} ({holder}) is off duty or out of use; correct the register first."),
            )
            .into());
        }
        let same = of_holder(tx, &in_district, draft.kind, holder)?
            .into_iter()
            .find(|pass| {
                pass.revoked_s.is_none()
                    && (pass.area.as_str(), pass.from_s, pass.until_s)
                        == (draft.area.as_str(), from_s, until_s)
            });
        if let Some(same) = same {
            numbers.push(same.number());
            continue;
        }
        serial += 1;
        if serial > 999_999 {
            return Err(Refusal::conflict(
                "numbers_used_up",
                "本县的通行证编号已用完（999999）。",
                "The numbers of this county are used up (999999).",
            )
            .into());
        }
        tx.run(
            &INSERT,
            &params![
                in_district.as_str(),
                serial,
                draft.kind,
                holder.as_str(),
                draft.area.as_str(),
                from_s,
                until_s,
                ctx.actor.name.as_str(),
                ctx.now_s
            ],
        )?;
        numbers.push(format!("{in_district}{serial:06}"));
    }
    Ok(numbers)
}

/// Revokes the pass with this number; a pass that was revoked before stays so.
pub fn revoke(tx: &mut Tx, ctx: &Ctx, draft: &RevokeDraft) -> Result<String> {
    let in_district = district(&ctx.actor.area).to_string();
    let pass = by_number(tx, &in_district, &draft.number)?
        .filter(|pass| ctx.actor.covers(&pass.area))
        .ok_or_else(|| Refusal::not_found("通行证", "pass"))?;
    tx.run(&REVOKE, &params![in_district, pass.serial, ctx.now_s])?;
    Ok(pass.number())
}

/// The pass with this number, whole or only its last six digits.
pub fn by_number(tx: &mut Tx, in_district: &str, number: &str) -> Result<Option<Pass>> {
    let serial = match number.len() {
        12 => number.strip_prefix(in_district).unwrap_or(""),
        6 => number,
        _ => "",
    };
    let Ok(serial) = serial.parse::<i64>() else {
        return Ok(None);
    };
    let row = tx.row(&BY_NUMBER, &params![in_district, serial])?;
    row.as_ref().map(read).transpose()
}

/// The passes of a holder, latest first.
fn of_holder(tx: &mut Tx, in_district: &str, kind: PassKind, holder: &str) -> Result<Vec<Pass>> {
    let rows = tx.rows(&OF_HOLDER, &params![in_district, kind, holder])?;
    let mut passes: Vec<Pass> = rows.iter().map(read).collect::<Result<_>>()?;
    passes.sort_by_key(|pass| std::cmp::Reverse(pass.serial));
    Ok(passes)
}

/// The passes of a kind that hold in `area` or a part of it, latest first.
pub fn list(tx: &mut Tx, kind: PassKind, area: &str) -> Result<Vec<Pass>> {
    let rows = tx.rows(&OF_KIND, &params![district(area), kind])?;
    let mut passes: Vec<Pass> = rows.iter().map(read).collect::<Result<_>>()?;
    passes.retain(|pass| crate::base::access::within(&pass.area, area));
    Ok(passes)
}

/// The areas into which each vehicle may drive at a moment. Passes issued here count alone; where none ever was, what the register
/// says of a pass from elsewhere. `None` where neither limits it.
pub fn areas_of_vehicles(
    tx: &mut Tx,
    in_district: &str,
    vehicles: &[Entry],
    at_s: i64,
) -> Result<Vec<Option<Vec<String>>>> {
    let keys: Vec<_> = vehicles
        .iter()
        .map(|vehicle| Vec::from(params![in_district, PassKind::Vehicle, vehicle.code.as_str()]))
        .collect();
    let day = clock::zoned(at_s).strftime("%Y-%m-%d").to_string();
    let mut places: Option<Places> = None;
    let mut areas = Vec::with_capacity(vehicles.len());
    for (vehicle, rows) in vehicles.iter().zip(tx.rows_many(&OF_HOLDER, &keys)?) {
        if !rows.is_empty() {
            let issued: Vec<Pass> = rows.iter().map(read).collect::<Result<_>>()?;
            let holds = |pass: &Pass| state(pass, Some(vehicle), at_s) == PassState::Valid;
            areas.push(Some(
                issued.into_iter().filter(holds).map(|pass| pass.area).collect(),
            ));
            continue;
        }
        let noted: register::Vehicle = vehicle.noun()?;
        if !noted.pass_until.is_empty() && noted.pass_until < day {
            areas.push(Some(Vec::new()));
            continue;
        }
        if noted.pass_areas.is_empty() {
            areas.push(None);
            continue;
        }
        let known = match places.take() {
            Some(places) => places,
            None => Places::load(tx, in_district, &[])?,
        };
        // Areas that are gone from the register let nobody in.
        let names = register::names::named(&noted.pass_areas);
        let found = names.filter_map(|name| known.areas("pass_areas", name).ok());
        areas.push(Some(found.flatten().collect()));
        places = Some(known);
    }
    Ok(areas)
}

/// The entry of whoever holds the pass, if it is still there.
pub fn holder(tx: &mut Tx, pass: &Pass) -> Result<Option<Entry>> {
    entry::get(tx, pass.kind.key(), &pass.district, &pass.holder)
}

/// The name of a holder as this actor may see it: number plates and names of outlets are no personal data.
pub fn shown(actor: &Actor, kind: PassKind, name: &str) -> String {
    match kind {
        PassKind::Vehicle | PassKind::Outlet => name.to_string(),
        PassKind::Staff | PassKind::Volunteer => actor.show(Field::Name, name),
    }
}

/// Whether somebody is at work, a vehicle runs, an outlet may open. What the register does not say is taken as yes.
pub fn on_duty(entry: &Entry) -> bool {
    let of = |key| register::text(&entry.body, key);
    match entry.register.as_str() {
        "staff" => !matches!(of("duty"), "off" | "isolated"),
        "vehicles" => of("state") != "broken",
        "outlets" => of("state") != "sealed",
        _ => true,
    }
}

/// Whether the pass holds now, given its holder's entry.
pub fn state(pass: &Pass, holder: Option<&Entry>, now_s: i64) -> PassState {
    if pass.revoked_s.is_some() {
        PassState::Revoked
    } else if now_s >= pass.until_s {
        PassState::Expired
    } else if !holder.is_some_and(on_duty) {
        PassState::HolderAway
    } else if now_s < pass.from_s {
        PassState::Early
    } else {
        PassState::Valid
    }
}
