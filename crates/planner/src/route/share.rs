//! Shares of a solution, on which several searches work at the same time without being in each other's way.

use super::instance::Instance;
use super::search::Best;

/// Some routes of a solution, some of those who are not served, and some of the free vehicles.
pub(super) struct Share {
    pub(super) routes: Vec<(u32, Vec<u32>)>,
    pub(super) absent: Vec<u32>,
    /// By kind, the vehicles that belong to others.
    pub(super) used: Vec<usize>,
    /// Priorities of those who are not served, and cost, of all other shares.
    pub(super) elsewhere: (i64, i64),
}

impl Share {
    /// All of it.
    pub(super) fn whole(best: Best, instance: &Instance) -> Share {
        Share {
            routes: best.routes,
            absent: best.absent,
            used: vec![0; instance.kinds.len()],
            elsewhere: (0, 0),
        }
    }
}

/// Divides a solution into shares of about as many stops, by how far routes lie from a stop: rings around it, or
/// stripes where it lies at the edge.
pub(super) fn divide(best: &Best, instance: &Instance, centre: u32, parts: usize) -> Vec<Share> {
    let stops = instance.stops.len() as u32;
    let centre = instance.stops[centre as usize].place;
    let far_m = |stop: u32| instance.distance_m(centre, instance.stops[stop as usize].place);
    let mean_m = |sequence: &[u32]| {
        let served = || sequence.iter().filter(|code| **code < stops);
        served().map(|stop| far_m(*stop)).sum::<i64>() / served().count().max(1) as i64
    };
    let mut routes: Vec<(i64, &(u32, Vec<u32>))> = best
        .routes
        .iter()
        .filter(|(_, sequence)| !sequence.is_empty())
        .map(|route| (mean_m(&route.1), route))
        .collect();
    routes.sort_by_key(|(far_m, _)| *far_m);
    let all: usize = routes.iter().map(|(_, route)| route.1.len()).sum();
    let mut shares: Vec<Share> = (0..parts)
        .map(|_| Share {
            routes: Vec::new(),
            absent: Vec::new(),
            used: vec![0; instance.kinds.len()],
            elsewhere: (0, 0),
        })
        .collect();
    let (mut passed, mut borders_m) = (0, vec![i64::MAX; parts]);
    for (far_m, route) in routes {
        let part = (passed * parts / all.max(1)).min(parts - 1);
        passed += route.1.len();
        borders_m[part] = far_m;
        shares[part].routes.push(route.clone());
    }
    for stop in &best.absent {
        let part = borders_m.iter().position(|border_m| far_m(*stop) <= *border_m);
        shares[part.unwrap_or(parts - 1)].absent.push(*stop);
    }
    for (kind, data) in instance
        .kinds
        .iter()
        .enumerate()
        .filter(|(_, data)| data.count < usize::MAX)
    {
        let own: Vec<usize> = shares
            .iter()
            .map(|share| {
                share
                    .routes
                    .iter()
                    .filter(|route| route.0 as usize == kind)
                    .count()
            })
            .collect();
        let free = data.count - own.iter().sum::<usize>();
        for (part, share) in shares.iter_mut().enumerate() {
            let spare = free * (part + 1) / parts - free * part / parts;
            share.used[kind] = data.count - own[part] - spare;
        }
    }
    shares
}

/// The solution that several searches have made of the shares of one.
pub(super) fn unite<'a>(shares: impl Iterator<Item = &'a Best>) -> Best {
    let mut whole = Best::default();
    for share in shares {
        let routes = share.routes.iter().filter(|(_, sequence)| !sequence.is_empty());
        whole.routes.extend(routes.cloned());
        whole.absent.extend(&share.absent);
        whole.missing += share.missing;
        whole.cost += share.cost;
    }
    whole
}
