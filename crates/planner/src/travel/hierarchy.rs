//! Contraction hierarchies (Geisberger, Sanders, Schultes and Vetter, "Exact routing in large road networks using
//! contraction hierarchies", Transportation Science 2012): places are taken out in order of importance, and shortcuts keep
//! the shortest ways. A table over many places then takes one small search up from each (Knopp, Sanders,
//! Schultes, Schulz and Wagner, "Computing many-to-many shortest paths using highway hierarchies", ALENEX 2007).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Time in milliseconds above 32 bits, length in centimetres below: sums add both, and the quicker way is the smaller
/// number, of equally quick ones the shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight(u64);

impl Weight {
    /// No way.
    pub(super) const NONE: Weight = Weight(u64::MAX);

    pub(super) fn new(time_ms: u64, length_cm: u64) -> Weight {
        Weight(time_ms << 32 | length_cm.min(u64::from(u32::MAX)))
    }

    pub(super) fn time_s(self) -> f64 {
        (self.0 >> 32) as f64 / 1000.0
    }

    pub(super) fn length_m(self) -> f64 {
        (self.0 & u64::from(u32::MAX)) as f64 / 100.0
    }

    pub(super) fn plus(self, other: Weight) -> Weight {
        Weight(self.0.saturating_add(other.0))
    }
}

/// To or from another node.
pub(super) type Arc = (u32, Weight);

/// Ways upwards from each node, in both directions of travel.
pub(super) struct Hierarchy {
    up: Lists,
    /// Against the direction of travel.
    up_back: Lists,
}

struct Lists {
    starts: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Lists {
    fn new(lists: Vec<Vec<Arc>>) -> Lists {
        let mut starts = vec![0];
        let mut arcs = Vec::new();
        for list in lists {
            arcs.extend(list);
            starts.push(arcs.len() as u32);
        }
        Lists { starts, arcs }
    }

    fn of(&self, node: u32) -> &[Arc] {
        &self.arcs[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// A search for another way settles at most so many nodes; where it gives up a shortcut more is made, which is never wrong.
const WITNESS_TRY: usize = 30;
const WITNESS: usize = 200;

/// A graph from which nodes are taken out one by one.
struct Contraction {
    out: Vec<Vec<Arc>>,
    into: Vec<Vec<Arc>>,
    /// By node: how many of its neighbours are gone already, and how deep the hierarchy below it is.
    gone_near: Vec<i32>,
    depth: Vec<i32>,
    reach: Search,
}

impl Hierarchy {
    /// From the arcs that leave each node.
    pub(super) fn new(out: &[Vec<Arc>]) -> Hierarchy {
        let nodes = out.len();
        let mut into = vec![Vec::new(); nodes];
        for (from, arcs) in (0u32..).zip(out) {
            for (to, weight) in arcs {
                into[*to as usize].push((from, *weight));
            }
        }
        let mut work = Contraction {
            out: out.to_vec(),
            into,
            gone_near: vec![0; nodes],
            depth: vec![0; nodes],
            reach: Search::new(nodes),
        };
        let (mut up, mut up_back) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        let mut queue: BinaryHeap<Reverse<(i32, u32)>> = (0..nodes as u32)
            .map(|node| Reverse((work.rank(node), node)))
            .collect();
        while let Some(Reverse((rank, node))) = queue.pop() {
            let now = work.rank(node);
            if now > rank && queue.peek().is_some_and(|Reverse((least, _))| now > *least) {
                queue.push(Reverse((now, node)));
                continue;
            }
            for (from, to, weight) in work.shortcuts(node, WITNESS) {
                better(&mut work.out[from as usize], to, weight);
                better(&mut work.into[to as usize], from, weight);
            }
            let leaves = std::mem::take(&mut work.out[node as usize]);
            let enters = std::mem::take(&mut work.into[node as usize]);
            for (other, _) in leaves.iter().chain(&enters) {
                work.out[*other as usize].retain(|(to, _)| *to != node);
                work.into[*other as usize].retain(|(from, _)| *from != node);
                work.gone_near[*other as usize] += 1;
                work.depth[*other as usize] = work.depth[*other as usize].max(work.depth[node as usize] + 1);
            }
            up[node as usize] = leaves;
            up_back[node as usize] = enters;
        }
        Hierarchy {
            up: Lists::new(up),
            up_back: Lists::new(up_back),
        }
    }

    /// From each source to each target, row by row.
    pub(super) fn table(&self, sources: &[u32], targets: &[u32], tell: &mut dyn FnMut(usize, &[Weight])) {
        let nodes = self.up.starts.len() - 1;
        let mut search = Search::new(nodes);
        let mut buckets: Vec<Vec<(u32, Weight)>> = vec![Vec::new(); nodes];
        for (index, target) in (0u32..).zip(targets) {
            search.climb(*target, &self.up_back, &self.up, |node, weight| {
                buckets[node as usize].push((index, weight))
            });
        }
        let mut row = vec![Weight::NONE; targets.len()];
        for (index, source) in sources.iter().enumerate() {
            row.fill(Weight::NONE);
            search.climb(*source, &self.up, &self.up_back, |node, weight| {
                for (target, rest) in &buckets[node as usize] {
                    let entry = &mut row[*target as usize];
                    *entry = (*entry).min(weight.plus(*rest));
                }
            });
            tell(index, &row);
        }
    }
}

/// Keeps the better of two arcs to the same node.
fn better(arcs: &mut Vec<Arc>, to: u32, weight: Weight) {
    match arcs.iter_mut().find(|(other, _)| *other == to) {
        Some((_, old)) => *old = (*old).min(weight),
        None => arcs.push((to, weight)),
    }
}

impl Contraction {
    /// The lower, the earlier a node goes: shortcuts that it needs, arcs that it frees, and evenness.
    fn rank(&mut self, node: u32) -> i32 {
        let shortcuts = self.shortcuts(node, WITNESS_TRY).len() as i32;
        let arcs = (self.out[node as usize].len() + self.into[node as usize].len()) as i32;
        4 * shortcuts - 2 * arcs + 2 * self.gone_near[node as usize] + self.depth[node as usize]
    }

    fn shortcuts(&mut self, node: u32, settle: usize) -> Vec<(u32, u32, Weight)> {
        let mut found = Vec::new();
        for (from, first) in &self.into[node as usize] {
            let ends = self.out[node as usize].iter().filter(|(to, _)| to != from);
            let Some(farthest) = ends.clone().map(|(_, second)| first.plus(*second)).max() else {
                continue;
            };
            self.reach.around(*from, node, farthest, settle, &self.out);
            for (to, second) in ends {
                let weight = first.plus(*second);
                if self.reach.weight(*to) > weight {
                    found.push((*from, *to, weight));
                }
            }
        }
        found
    }
}

/// Dijkstra's algorithm with memory that is reused.
struct Search {
    weights: Vec<Weight>,
    seen: Vec<u32>,
    heap: BinaryHeap<Reverse<(Weight, u32)>>,
}

impl Search {
    fn new(nodes: usize) -> Search {
        Search {
            weights: vec![Weight::NONE; nodes],
            seen: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    fn weight(&self, node: u32) -> Weight {
        self.weights[node as usize]
    }

    fn begin(&mut self, from: u32) {
        for node in self.seen.drain(..) {
            self.weights[node as usize] = Weight::NONE;
        }
        self.heap.clear();
        self.reach(from, Weight(0));
    }

    fn reach(&mut self, node: u32, weight: Weight) {
        let known = &mut self.weights[node as usize];
        if weight < *known {
            if *known == Weight::NONE {
                self.seen.push(node);
            }
            *known = weight;
            self.heap.push(Reverse((weight, node)));
        }
    }

    /// Ways from a node up to a weight that do not pass by another node.
    fn around(&mut self, from: u32, avoided: u32, farthest: Weight, settle: usize, out: &[Vec<Arc>]) {
        self.begin(from);
        let mut settled = 0;
        while let Some(Reverse((weight, node))) = self.heap.pop() {
            if weight > farthest || settled >= settle {
                return;
            }
            if weight > self.weights[node as usize] {
                continue;
            }
            settled += 1;
            for (to, more) in &out[node as usize] {
                if *to != avoided {
                    self.reach(*to, weight.plus(*more));
                }
            }
        }
    }

    /// All nodes upwards; those that can be reached better from above are no top of a shortest way.
    fn climb(&mut self, from: u32, up: &Lists, down: &Lists, mut tell: impl FnMut(u32, Weight)) {
        self.begin(from);
        while let Some(Reverse((weight, node))) = self.heap.pop() {
            if weight > self.weights[node as usize] {
                continue;
            }
            let from_above = |(above, more): &Arc| self.weights[*above as usize].plus(*more) < weight;
            if down.of(node).iter().any(from_above) {
                continue;
            }
            tell(node, weight);
            for (to, more) in up.of(node) {
                self.reach(*to, weight.plus(*more));
            }
        }
    }
}
