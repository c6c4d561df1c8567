use super::{Finding, Findings};
use crate::Point;
use crate::stops::{Loading, VehicleCapacity};

/// Verifies that an order visits each of `stops` stops once.
pub fn tour(stops: usize, order: &[usize]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut visits = vec![0usize; stops];
    count(&mut findings, &mut visits, order);
    for (stop, visits) in visits.iter().enumerate() {
        findings.expect(*visits == 1, || format!("stop {stop} is visited {visits} times"));
    }
    findings.0
}

/// Verifies a loading: each stop once, in a tour or unserved; no vehicle above its capacity; nobody unserved
/// for whom some vehicle still has room.
pub fn stops(vehicles: &[VehicleCapacity], stops: &[(Point, i64, i64)], loading: &Loading) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.expect(vehicles.len() == loading.tours.len(), || {
        format!("{} vehicles but {} tours", vehicles.len(), loading.tours.len())
    });
    let mut visits = vec![0usize; stops.len()];
    let mut spare = Vec::new();
    for (number, (vehicle, tour)) in vehicles.iter().zip(&loading.tours).enumerate() {
        count(&mut findings, &mut visits, tour);
        let carried = || tour.iter().filter_map(|stop| stops.get(*stop));
        let load_g: i64 = carried().map(|stop| stop.1.max(0)).sum();
        let boxes: i64 = carried().map(|stop| stop.2.max(0)).sum();
        findings.expect(tour.is_empty() || load_g <= vehicle.load_g, || {
            format!("vehicle {number}: {load_g} g of {} g", vehicle.load_g)
        });
        findings.expect(tour.is_empty() || boxes <= vehicle.boxes, || {
            format!("vehicle {number}: {boxes} boxes of {}", vehicle.boxes)
        });
        spare.push((vehicle.load_g - load_g, vehicle.boxes - boxes));
    }
    count(&mut findings, &mut visits, &loading.unserved);
    for (stop, visits) in visits.iter().enumerate() {
        findings.expect(*visits == 1, || format!("stop {stop} appears {visits} times"));
    }
    for (number, stop) in loading
        .unserved
        .iter()
        .filter_map(|stop| Some((stop, stops.get(*stop)?)))
    {
        let room = spare
            .iter()
            .position(|(load_g, boxes)| stop.1.max(0) <= *load_g && stop.2.max(0) <= *boxes);
        findings.expect(room.is_none(), || {
            format!("stop {number} is unserved although vehicle {room:?} has room")
        });
    }
    findings.0
}

fn count(findings: &mut Findings, visits: &mut [usize], order: &[usize]) {
    for stop in order {
        match visits.get_mut(*stop) {
            Some(visits) => *visits += 1,
            None => findings.expect(false, || format!("there is no stop {stop}")),
        }
    }
}
