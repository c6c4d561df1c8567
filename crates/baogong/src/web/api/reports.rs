//! The board, reports as data, and the check of the audit chain.

use std::collections::BTreeMap;

use axum::extract::Path;
use kit::Lang;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::coverage::{CompoundCoverView, named};
use super::input::Ask;
use super::view::{json, seen_round};
use crate::base::id::{RoundId, TripId, district};
use crate::base::{Action, Ctx, Fault, Refusal, Result, audit};
use crate::market::Brief;
use crate::report::board::{self, Board, Counts, Goods, ShortPick};
use crate::report::{REPORTS, Report, Subject, printing, render, report};
use crate::round::{RoundState, trips};
use crate::web::gate::Gate;
use crate::web::request::{CSV, XLSX};
use crate::web::{Answer, Web};

endpoints! {
    read "/api/v1/board", Gate::Needs(Action::ViewBoard), show_board;
    read "/api/v1/reports", Gate::SignedIn, list_reports;
    read "/api/v1/reports/{key}", Gate::SignedIn, make_report;
    read "/api/v1/audit/verify", Gate::Needs(Action::ViewAudit), verify_audit;
}

/// Everything on the board.
#[derive(Serialize, ToSchema)]
pub struct BoardView {
    /// The whole area.
    total: Counts,
    /// Per street.
    streets: Vec<StreetView>,
    /// Rounds by state.
    rounds: BTreeMap<RoundState, i64>,
    /// Packs, by name.
    goods: Vec<Goods>,
    /// Food handed over, by name of the good inside the packs.
    food: Vec<FoodView>,
    /// The latest short-picks.
    shorts: Vec<ShortPick>,
    /// Coverage of each closed compound, worst first.
    coverage: Vec<CompoundCoverView>,
    /// The market by the daily reports, in short.
    market: Brief,
    /// The lowest share of households served of any street, in hundredths of a per cent.
    served_min_e2: Option<i64>,
    /// The highest.
    served_max_e2: Option<i64>,
}

/// The counts of one street.
#[derive(Serialize, ToSchema)]
pub struct StreetView {
    /// The code.
    code: String,
    /// The name.
    name: String,
    /// Households that have received something, in hundredths of a per cent.
    served_e2: i64,
    /// The counts.
    #[serde(flatten)]
    counts: Counts,
}

/// Food handed over.
#[derive(Serialize, ToSchema)]
pub struct FoodView {
    /// The name of the good.
    name: String,
    /// The weight.
    weight_g: i64,
}

fn board_view(tx: &mut Tx, board: Board) -> Result<BoardView> {
    let spread = board.spread_e2();
    let street = |(code, name, counts): (String, String, Counts)| StreetView {
        code,
        name,
        served_e2: counts.served_e2(),
        counts,
    };
    Ok(BoardView {
        total: board.total,
        streets: board.streets.into_iter().map(street).collect(),
        rounds: board.rounds,
        goods: board.goods,
        food: board
            .food
            .into_iter()
            .map(|(name, weight_g)| FoodView { name, weight_g })
            .collect(),
        shorts: board.shorts,
        coverage: board
            .coverage
            .into_iter()
            .map(|cover| named(tx, cover))
            .collect::<Result<_>>()?,
        market: board.market,
        served_min_e2: spread.map(|(low, _)| low),
        served_max_e2: spread.map(|(_, high)| high),
    })
}

/// The board of an area.
#[utoipa::path(get, path = "/api/v1/board", tag = "reports",
    params(("area" = Option<String>, Query, description = "An area code; the actor's own without it")),
    responses((status = 200, body = BoardView)))]
async fn show_board(web: Web, ask: Ask) -> Answer {
    let (ctx, area) = (web.ctx()?, web.area(ask.get("area"))?);
    let found = web.app.read(move |tx| {
        let board = board::board(tx, &ctx, &area)?;
        board_view(tx, board)
    });
    json(&found.await?)
}

/// A report that can be made.
#[derive(Serialize, ToSchema)]
pub struct ReportView {
    /// The key, as in addresses.
    key: &'static str,
    /// The title in Chinese.
    zh: &'static str,
    /// The title in English.
    en: &'static str,
    /// The right that it needs.
    action: Action,
}

/// The reports that the actor may see.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", responses((status = 200, body = [ReportView])))]
async fn list_reports(web: Web) -> Answer {
    let actor = web.actor()?;
    let view = |one: &Report| ReportView {
        key: one.key,
        zh: one.title.0,
        en: one.title.1,
        action: one.action,
    };
    json(
        &REPORTS
            .iter()
            .filter(|one| actor.may(one.action))
            .map(view)
            .collect::<Vec<_>>(),
    )
}

/// Refuses a report on a round or trip that the actor does not see.
fn check_subject(tx: &mut Tx, ctx: &Ctx, subject: &Subject) -> Result<()> {
    let in_district = district(&subject.area).to_string();
    if !subject.round.is_empty() {
        let id: RoundId = subject
            .round
            .parse()
            .map_err(|_| Refusal::not_found("轮次", "round"))?;
        seen_round(tx, ctx, &in_district, id)?;
    }
    if !subject.trip.is_empty() {
        let id: TripId = subject
            .trip
            .parse()
            .map_err(|_| Refusal::not_found("车次", "trip"))?;
        let trip = trips::get(tx, &in_district, id)?;
        super::input::own(ctx, &trip.supplier, "车次", "trip")?;
        if !ctx.actor.covers(&trip.area) {
            return Err(Refusal::not_found("车次", "trip").into());
        }
    }
    Ok(())
}

/// A report as data: the blocks that are printed, with every value in its smallest unit.
#[utoipa::path(get, path = "/api/v1/reports/{key}", tag = "reports",
    params(
        ("key" = String, Path, description = "The report's key"),
        ("area" = Option<String>, Query, description = "An area or compound code; the actor's own area without it"),
        ("round" = Option<String>, Query, description = "The round, for reports of a round"),
        ("trip" = Option<String>, Query, description = "The trip, for reports of a trip"),
        ("q" = Option<String>, Query, description = "Words, for lists that can be searched"),
        ("only" = Option<String>, Query, description = "A part of the list: a category of coverage, `visits` of the people list, the id of a proposal"),
        ("format" = Option<String>, Query, description = "`xlsx` or `csv` for a file; JSON without it"),
        ("hxl" = Option<bool>, Query, description = "Whether files carry a row of HXL tags"),
        ("lang" = Option<String>, Query, description = "`zh` or `en`; what the request's language says without it"),
    ),
    responses((status = 200, body = Object)))]
async fn make_report(web: Web, Path(key): Path<String>, ask: Ask) -> Answer {
    let (ctx, report) = (web.ctx()?, report(&key)?);
    let subject = Subject {
        area: web.area(ask.get("area"))?,
        round: ask.get("round").into(),
        trip: ask.get("trip").into(),
        words: ask.get("q").into(),
        only: ask.get("only").into(),
        origin: web.origin(),
    };
    ctx.actor.check(report.action, &subject.area)?;
    let lang = match ask.get("lang") {
        "zh" => Lang::Zh,
        "en" => Lang::En,
        _ => web.lang,
    };
    let (made_by, area) = (ctx.clone(), subject.area.clone());
    let made = web.app.read(move |tx| {
        check_subject(tx, &ctx, &subject)?;
        report.document(tx, &ctx, lang, &subject)
    });
    let document = made.await?;
    if report.personal {
        web.app
            .act(
                &made_by,
                printing(report.action),
                &area,
                report.key.to_string(),
                |_, _, key| Ok(key.clone()),
            )
            .await?;
    }
    let tagged = matches!(ask.get("hxl"), "1" | "true");
    let name = |ending: &str| format!("{}.{ending}", document.title);
    match ask.get("format") {
        "xlsx" => {
            let bytes = render::workbook(&document, lang, tagged).map_err(Fault::Document)?;
            Ok(web.file(&name("xlsx"), XLSX, bytes))
        }
        "csv" => {
            let bytes = render::csv(&document, lang, tagged).map_err(Fault::Document)?;
            Ok(web.file(&name("csv"), CSV, bytes))
        }
        _ => json(&document),
    }
}

/// What the check of the audit chain found.
#[derive(Serialize, ToSchema)]
pub struct AuditView {
    /// Whether the chain is whole.
    whole: bool,
    /// Where it is broken.
    findings: Vec<String>,
}

/// Walks the audit chain from its first record.
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "reports", responses((status = 200, body = AuditView)))]
async fn verify_audit(web: Web) -> Answer {
    let findings = web.app.read(audit::verify).await?;
    json(&AuditView {
        whole: findings.is_empty(),
        findings,
    })
}
