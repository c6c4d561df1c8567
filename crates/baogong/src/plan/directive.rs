//! Directives: who puts which plan in force, at which level, where, from when, on whose order.

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{ControlLevel, RiskLevel, plan};
use crate::base::clock;
use crate::base::id::{DirectiveId, district};
use crate::base::{Ctx, Refusal, Result, stamp};

stmt!(
    INSERT,
    "INSERT INTO directive (district, id, area, plan, level, risk, from_s, until_s, ordered_by, note, actor, created_s,
                            number)
     VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9, $10, $11, $12)"
);
stmt!(
    LAST_NUMBER,
    "SELECT MAX(number) FROM directive WHERE district = $1"
);
stmt!(
    END,
    "UPDATE directive SET until_s = $3, ended_by = $4 WHERE district = $1 AND id = $2 AND (until_s IS NULL OR until_s > $3)"
);
stmt!(
    SUPERSEDE,
    "UPDATE directive SET until_s = $4, ended_by = $5
     WHERE district = $1 AND area = $2 AND plan = $3 AND (until_s IS NULL OR until_s > $4)"
);
stmt!(
    ALL,
    "SELECT id, area, plan, level, risk, from_s, until_s, ordered_by, note, actor, created_s, ended_by, number
     FROM directive WHERE district = $1 ORDER BY number DESC"
);
stmt!(
    HOLDING,
    "SELECT id, area, plan, level, risk, from_s, until_s, ordered_by, note, actor, created_s, ended_by, number
     FROM directive WHERE district = $1 AND from_s <= $2 AND (until_s IS NULL OR until_s > $2)
     ORDER BY number"
);

/// A directive as stored.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Directive {
    /// The id.
    pub id: DirectiveId,
    /// Its number within the district, in the order of entry.
    pub number: i64,
    /// The area it speaks of.
    pub area: String,
    /// The plan it puts in force.
    pub plan: String,
    /// The level it sets.
    pub level: ControlLevel,
    /// The risk it assumes.
    pub risk: RiskLevel,
    /// From when.
    pub from_s: i64,
    /// Until when; open if nobody has ended it.
    pub until_s: Option<i64>,
    /// On whose order (name and post, or number of the document).
    pub ordered_by: String,
    /// What else is to be said.
    pub note: String,
    /// Who entered it.
    pub actor: String,
    /// When it was entered.
    pub created_s: i64,
    /// Who ended it, or what took its place.
    pub ended_by: Option<String>,
}

/// What headquarters fills in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DirectiveDraft {
    /// The area code.
    pub area: String,
    /// The plan's id.
    pub plan: String,
    /// The level's key.
    pub level: String,
    /// The risk's key.
    pub risk: String,
    /// From when, as local date and time; empty means now.
    #[serde(default)]
    pub from: String,
    /// On whose order.
    pub ordered_by: String,
    /// A note.
    #[serde(default)]
    pub note: String,
}

/// Issues a directive. It takes the place of an earlier one for the same area and plan (escalation or easing).
pub fn issue(tx: &mut Tx, ctx: &Ctx, draft: &DirectiveDraft) -> Result<DirectiveId> {
    let level = ControlLevel::of(&draft.level)
        .ok_or_else(|| Refusal::invalid("level", "请选择管理级别。", "Choose a control level."))?;
    let risk = RiskLevel::of(&draft.risk)
        .ok_or_else(|| Refusal::invalid("risk", "请选择风险等级。", "Choose a risk level."))?;
    if plan(&draft.plan).is_none() {
        return Err(Refusal::invalid("plan", "请选择预案。", "Choose a plan.").into());
    }
    if draft.ordered_by.trim().is_empty() {
        return Err(Refusal::invalid(
            "ordered_by",
            "请写明依据谁的命令（姓名、职务或文号）。",
            "Say on whose order (name and post, or the document's number).",
        )
        .into());
    }
    let from_s = if draft.from.trim().is_empty() {
        ctx.now_s
    } else {
        clock::parse_minute(&draft.from).ok_or_else(|| {
            Refusal::invalid(
                "from",
                "时间应如 2026-11-21 06:00。",
                "A time looks like 2026-11-21 06:00.",
            )
        })?
    };
    let in_district = district(&draft.area);
    let id = DirectiveId::of_command(ctx.command);
    let last = tx
        .row(&LAST_NUMBER, &params![in_district])?
        .map_or(Ok(None), |row| row.get::<Option<i64>>(0))?;
    let number = last.unwrap_or(0) + 1;
    tx.run(
        &SUPERSEDE,
        &params![
            in_district,
            draft.area.as_str(),
            draft.plan.as_str(),
            from_s,
            format!("directive {id}")
        ],
    )?;
    tx.run(
        &INSERT,
        &params![
            in_district,
            id,
            draft.area.as_str(),
            draft.plan.as_str(),
            level,
            risk,
            from_s,
            draft.ordered_by.trim(),
            draft.note.trim(),
            ctx.actor.name.as_str(),
            ctx.now_s,
            number
        ],
    )?;
    stamp::renew(tx, in_district, stamp::TERMS)?;
    Ok(id)
}

/// A directive to be ended.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Ending {
    /// The district.
    pub district: String,
    /// The directive.
    pub id: DirectiveId,
    /// On whose order it ends.
    pub ordered_by: String,
}

/// Ends a directive now.
pub fn end(tx: &mut Tx, ctx: &Ctx, ending: &Ending) -> Result<()> {
    if ending.ordered_by.trim().is_empty() {
        return Err(Refusal::invalid("ordered_by", "请写明依据谁的命令。", "Say on whose order.").into());
    }
    let by = format!("{} / {}", ctx.actor.name, ending.ordered_by.trim());
    if tx.run(&END, &params![ending.district.as_str(), ending.id, ctx.now_s, by])? == 0 {
        return Err(
            Refusal::conflict("ended", "这道指令已经结束。", "This directive has ended already.").into(),
        );
    }
    stamp::renew(tx, &ending.district, stamp::TERMS)
}

fn read(row: &store::Row) -> Result<Directive> {
    Ok(Directive {
        id: DirectiveId(row.get::<Uuid>(0)?),
        area: row.get(1)?,
        plan: row.get(2)?,
        level: ControlLevel::stored(&row.get::<String>(3)?)?,
        risk: RiskLevel::stored(&row.get::<String>(4)?)?,
        from_s: row.get(5)?,
        until_s: row.get(6)?,
        ordered_by: row.get(7)?,
        note: row.get(8)?,
        actor: row.get(9)?,
        created_s: row.get(10)?,
        ended_by: row.get(11)?,
        number: row.get(12)?,
    })
}

/// Every directive of a district, latest first.
pub fn all(tx: &mut Tx, in_district: &str) -> Result<Vec<Directive>> {
    tx.rows(&ALL, &params![in_district])?.iter().map(read).collect()
}

/// The directives that hold at a time, oldest first.
pub fn holding(tx: &mut Tx, in_district: &str, at_s: i64) -> Result<Vec<Directive>> {
    tx.rows(&HOLDING, &params![in_district, at_s])?
        .iter()
        .map(read)
        .collect()
}
