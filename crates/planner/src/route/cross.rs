//! A plan made of two: neighbouring routes of one go into the other, in place of those that serve mostly the same stops (after
//! the selective route exchange of Nagata, Bräysy and Dullaert, "A penalty-based edge assembly memetic algorithm for the vehicle
//! routing problem with time windows", Computers & Operations Research 2010).

use super::instance::Instance;
use super::near::Near;
use super::schedule::schedule;
use super::search::{Best, Search};
use super::share::Share;
use crate::random::Random;

/// No more plans are remembered.
const PLANS: usize = 8;

/// The best plans that searches ended with, best first, no two of the same cost.
#[derive(Default)]
pub(super) struct Elite {
    plans: Vec<Best>,
}

impl Elite {
    pub(super) fn add(&mut self, plan: &Best) {
        let value = |plan: &Best| (plan.missing, plan.cost);
        if let Err(place) = self.plans.binary_search_by_key(&value(plan), value) {
            self.plans.insert(place, plan.clone());
            self.plans.truncate(PLANS);
        }
    }

    /// Lets a search go on from one of the plans, the better the likelier, with routes of another; or from the plan alone if
    /// that would leave more people out.
    pub(super) fn cross(&self, search: &mut Search, random: &mut Random) {
        let count = self.plans.len();
        let base = random.below(count).min(random.below(count));
        let other = (base + 1 + random.below(count.saturating_sub(1))) % count.max(1);
        let (Some(base), Some(other)) = (self.plans.get(base), self.plans.get(other)) else {
            return;
        };
        let instance = search.instance;
        search.go_on_from(cross(instance, &search.tables.adjacent, base, other, random));
        if search.best.missing > base.missing {
            search.load(&Share::whole(base.clone(), instance));
        }
    }
}

/// Some neighbouring routes of `other` instead of those of `base` that they replace. Stops for which neither has a place left are
/// absent.
fn cross(instance: &Instance, adjacent: &Near, base: &Best, other: &Best, random: &mut Random) -> Best {
    let stops = instance.stops.len();
    let of_stops = |sequence: &[u32]| -> Vec<u32> {
        let codes = sequence.iter().copied();
        codes.filter(|code| (*code as usize) < stops).collect()
    };
    let mut on = vec![usize::MAX; stops];
    for (index, (_, sequence)) in other.routes.iter().enumerate() {
        for stop in of_stops(sequence) {
            on[stop as usize] = index;
        }
    }
    let routes = other.routes.iter().filter(|(_, sequence)| !sequence.is_empty());
    let most = 1 + random.below(routes.count() / 2);
    let centre = random.below(stops) as u32;
    let mut taken: Vec<usize> = Vec::new();
    for stop in std::iter::once(centre).chain(adjacent.of(centre).iter().map(|(stop, _)| *stop)) {
        let route = on[stop as usize];
        if taken.len() < most && route != usize::MAX && !taken.contains(&route) {
            taken.push(route);
        }
    }
    let mut child = Best::default();
    let mut used = vec![0; instance.kinds.len()];
    let mut served = vec![false; stops];
    for route in taken {
        let route = &other.routes[route];
        used[route.0 as usize] += 1;
        for stop in of_stops(&route.1) {
            served[stop as usize] = true;
        }
        child.routes.push(route.clone());
    }
    // Those that lose least come first, while there are vehicles.
    let mut kept: Vec<(usize, u32, Vec<u32>)> = Vec::new();
    for (kind, sequence) in &base.routes {
        let all = of_stops(sequence);
        let lost = all.iter().filter(|stop| served[**stop as usize]).count();
        if 2 * lost < all.len() {
            let left = sequence.iter().copied();
            let left = left.filter(|code| served.get(*code as usize) != Some(&true));
            kept.push((1000 * lost / all.len(), *kind, left.collect()));
        }
    }
    kept.sort_by_key(|(lost, _, _)| *lost);
    for (_, kind, sequence) in kept {
        let free = used[kind as usize] < instance.kinds[kind as usize].count;
        if free && schedule(instance, kind, &sequence).is_some() {
            used[kind as usize] += 1;
            for stop in of_stops(&sequence) {
                served[stop as usize] = true;
            }
            child.routes.push((kind, sequence));
        }
    }
    let known = base.routes.iter().flat_map(|(_, sequence)| of_stops(sequence));
    let absent = known.chain(base.absent.iter().copied());
    child.absent = absent.filter(|stop| !served[*stop as usize]).collect();
    child
}
