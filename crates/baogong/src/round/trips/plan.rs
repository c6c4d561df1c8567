//! Which vehicle carries which boxes, and in which order it stops.

use std::collections::BTreeSet;

use kit::Lang;
use planner::effort::Effort;
use planner::route::{self, ByHand, Plan, Reason};

use crate::base::Fault;
use crate::base::act::Aside;
use crate::base::id::BoxId;
use crate::base::words::kilograms;

use super::*;

stmt!(COUNT, "SELECT COUNT(*) FROM trip WHERE district = $1");

stmt!(
    INSERT,
    "INSERT INTO trip (district, id, code, supplier, vehicle, driver, state, area, created_s, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);

stmt!(
    INSERT_STOP,
    "INSERT INTO trip_stop (district, trip, seq, compound, received_by) VALUES ($1, $2, $3, $4, '')"
);

wording! {
    /// Why no vehicle goes to a compound.
    LeftOut {
        NoColdVehicle = "no_cold_vehicle", "没有可用的冷藏车", "no cold vehicle";
        TooLarge = "too_large", "一辆车装不下", "more than any vehicle carries";
        OutOfTime = "out_of_time", "来不及在收车前返回", "no vehicle would be back in time";
        NoVehicleLeft = "no_vehicle_left", "车都装满、排满了，或没有时间了", "all vehicles are full, have all their stops, or no time left";
        ByHand = "by_hand", "人工移出", "taken out by hand";
        NoRoad = "no_road", "没有路通到那里", "no road leads there";
        NoPass = "no_pass", "没有车有进入该区域的通行证", "no vehicle has a pass for its area";
        NotAtSource = "not_at_source", "没有车能到货所在的地方装货", "no vehicle can fetch its goods";
    }
}

impl LeftOut {
    /// What the planner says, as it is kept and shown.
    pub fn because(reason: Reason) -> Self {
        match reason {
            Reason::NoColdVehicle => Self::NoColdVehicle,
            Reason::TooLarge => Self::TooLarge,
            Reason::OutOfTime => Self::OutOfTime,
            Reason::NoRoad => Self::NoRoad,
            Reason::NoPass => Self::NoPass,
            Reason::NoVehicleAtSource => Self::NotAtSource,
            Reason::NoVehicleLeft => Self::NoVehicleLeft,
        }
    }
}

/// Which vehicles carry a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TripDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The plates of the vehicles, at least one.
    pub vehicles: Vec<String>,
}

/// How vehicles drive. What is not told does not limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    /// When the first vehicle may leave.
    pub leave_s: i64,
    /// When the last must be back.
    pub back_s: Option<i64>,
    /// Mean speed.
    pub speed_km_h: i64,
    /// Time at a stop besides unloading: disinfection, rest at the gate, signing.
    pub stop_s: i64,
    /// Time to unload a box.
    pub box_s: i64,
    /// Most trips of a vehicle.
    pub trips_max: usize,
    /// Time to load for a further trip.
    pub reload_s: i64,
    /// Whether all goods of this round need cold vehicles, also those of which the price list does not say so.
    pub cold: bool,
    /// The room that a box takes; zero when it does not limit.
    #[serde(default)]
    pub box_l: i64,
}

impl Terms {
    /// One trip of each vehicle, as long as it takes.
    pub fn plain(leave_s: i64) -> Self {
        Self {
            leave_s,
            back_s: None,
            speed_km_h: 25,
            stop_s: 0,
            box_s: 0,
            trips_max: 1,
            reload_s: 0,
            cold: false,
            box_l: 0,
        }
    }
}

/// Lets the planner decide, and the checker verify. The seed comes from the command, so that a retry decides the same.
pub fn solve(ctx: &Ctx, facts: &RouteFacts, terms: &Terms) -> Result<Plan> {
    let problem = facts.problem(terms);
    let effort = Effort::rounds(route::usual_rounds(&problem));
    let plan = route::solve(&problem, &effort, ctx.command.as_u64_pair().0)
        .map_err(|flaw| Fault::Invariant(format!("trips: {}", flaw.what)))?;
    if let Some(finding) = planner::check::routes(&problem, &plan).first() {
        return Err(Fault::Invariant(format!("trips: {}", finding.what)).into());
    }
    Ok(plan)
}

/// The stops of each vehicle of a plan, trip by trip.
pub fn tours(plan: &Plan) -> Vec<ByHand> {
    let stops = |trip: &route::Trip| trip.visits.iter().map(|visit| visit.stop).collect();
    plan.tours
        .iter()
        .map(|tour| ByHand {
            vehicle: tour.vehicle,
            trips: tour.trips.iter().map(stops).collect(),
        })
        .collect()
}

/// Which boxes wait, and the tours on which they would go.
pub struct Planned {
    facts: RouteFacts,
    tours: Vec<ByHand>,
}

/// Spreads the boxes of a round that are on no trip yet over the vehicles by load, orders the stops of each, and
/// makes one trip per vehicle that is needed: proposed and accepted in one. Gives the trips.
pub const PLAN: Aside<TripDraft, RouteFacts, Planned, Vec<TripId>> = Aside {
    gather: |tx, ctx, draft| gather(tx, ctx, draft, &Terms::plain(ctx.now_s)),
    compute,
    keep: |tx, ctx, _, planned| make(tx, ctx, &planned.facts, &planned.tours),
};

fn compute(ctx: &Ctx, _: &TripDraft, facts: RouteFacts) -> Result<Planned> {
    let plan = solve(ctx, &facts, &Terms::plain(ctx.now_s))?;
    if !plan.unserved.is_empty() {
        let heavy: i64 = plan
            .unserved
            .iter()
            .map(|left| facts.stops[left.stop].weight_g)
            .sum();
        let reasons: BTreeSet<LeftOut> = plan
            .unserved
            .iter()
            .map(|left| LeftOut::because(left.reason))
            .collect();
        let words = |lang: Lang| -> Vec<&str> { reasons.iter().map(|one| one.word(lang)).collect() };
        return Err(Refusal::conflict(
            "no_capacity",
            format!(
                "所选车辆不够：还有{}个小区、{}公斤没有车（{}）；请再选车辆。",
                plan.unserved.len(),
                kilograms(heavy),
                words(Lang::Zh).join("；")
            ),
            format!(
                "The vehicles do not suffice: {} compounds, {} kg are left ({}); choose more.",
                plan.unserved.len(),
                kilograms(heavy),
                words(Lang::En).join("; ")
            ),
        )
        .into());
    }
    let tours = tours(&plan);
    Ok(Planned { facts, tours })
}

/// Makes the trips. Refuses when a box is on a trip already, or no longer where it was.
pub fn make(tx: &mut Tx, ctx: &Ctx, facts: &RouteFacts, tours: &[ByHand]) -> Result<Vec<TripId>> {
    let at = RoundRef {
        district: facts.district.clone(),
        id: facts.round,
    };
    let waiting: Vec<BoxId> = packing::boxes(tx, &at)?
        .into_iter()
        .filter(|one| one.trip.is_none() && one.state == BoxState::Packed)
        .map(|one| one.id)
        .collect();
    let mut made = Vec::new();
    for tour in tours {
        let vehicle = &facts.vehicles[tour.vehicle];
        for (turn, stops) in tour.trips.iter().filter(|stops| !stops.is_empty()).enumerate() {
            let part = match turn {
                0 => format!("trip/{}", vehicle.plate),
                _ => format!("trip/{}/{turn}", vehicle.plate),
            };
            let id = TripId(ctx.part(&part));
            let stops: Vec<&StopFacts> = stops.iter().map(|stop| &facts.stops[*stop]).collect();
            insert(tx, ctx, facts, vehicle, id, &stops)?;
            for stop in stops {
                for one in &stop.boxes {
                    if !waiting.contains(one) {
                        return Err(Refusal::conflict(
                            "box_moved",
                            format!("{}的箱子已排到别的车次，或不在原处；请重新生成路线。", stop.name),
                            format!("A box for {} is on another trip or no longer there; propose the routes again.", stop.name),
                        )
                        .into());
                    }
                    packing::put_box(tx, &at.district, *one, BoxState::Packed, Some(id))?;
                }
            }
            made.push(id);
        }
    }
    Ok(made)
}

/// A new trip with its stops in order.
pub(super) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &RouteFacts,
    vehicle: &VehicleFacts,
    id: TripId,
    stops: &[&StopFacts],
) -> Result<()> {
    let in_district = facts.district.as_str();
    let known: i64 = tx
        .row(&COUNT, &params![in_district])?
        .map_or(Ok(0), |row| row.get(0))?;
    let mut compounds: Vec<String> = Vec::new();
    for stop in stops {
        // Parts of one compound that a person puts on the same trip are handed over together.
        if !compounds.contains(&stop.compound) {
            compounds.push(stop.compound.clone());
        }
    }
    tx.run(
        &INSERT,
        &params![
            in_district,
            id,
            format!("T{:03}", known + 1),
            facts.supplier.as_str(),
            vehicle.plate.as_str(),
            vehicle.driver.as_str(),
            TripState::Planned,
            open::common_area(&compounds),
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    for (index, compound) in compounds.iter().enumerate() {
        add_stop(tx, in_district, id, index as i64 + 1, compound)?;
    }
    Ok(())
}

/// A stop at this place of a trip.
pub(super) fn add_stop(tx: &mut Tx, in_district: &str, trip: TripId, seq: i64, compound: &str) -> Result<()> {
    tx.run(&INSERT_STOP, &params![in_district, trip, seq, compound])?;
    Ok(())
}
