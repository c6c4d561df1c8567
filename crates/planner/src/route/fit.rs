//! Which kind of vehicle a route has, among kinds that differ in capacity and cost only.

use super::state::State;

impl State<'_> {
    /// Gives each touched route the cheapest free vehicle that carries its load, or exchanges vehicles with the route
    /// where that saves most.
    pub(super) fn fit_kinds(&mut self, exchange: bool) {
        let touched: Vec<u32> = self.touched().collect();
        for route in touched {
            let Some(load) = self.load_of(route) else {
                continue;
            };
            let kind = self.route(route).kind;
            let free = |kind: &u32| self.used[*kind as usize] < self.instance.kinds[*kind as usize].count;
            let alike = &self.instance.kinds[kind as usize].alike;
            let carriers = alike
                .iter()
                .copied()
                .filter(|kind| free(kind) && self.carries(*kind, load));
            let best = carriers.min_by_key(|kind| self.cost_with(route, *kind));
            if let Some(best) = best.filter(|best| self.cost_with(route, *best) < self.cost_of(route)) {
                self.change_kind(route, best);
            }
            if exchange && let Some(other) = self.partner(route, load) {
                let (own, its) = (self.route(route).kind, self.route(other).kind);
                self.change_kind(route, its);
                self.change_kind(other, own);
            }
        }
    }

    /// The route with which an exchange of vehicles saves most, if it saves anything.
    fn partner(&self, route: u32, load: [i64; 2]) -> Option<u32> {
        let own = self.route(route).kind;
        let alike = &self.instance.kinds[own as usize].alike;
        let mut best = (0, None);
        for other in 0..self.routes.items.len() as u32 {
            let kind = self.route(other).kind;
            if kind == own || self.route(other).stops == 0 || !self.carries(kind, load) {
                continue;
            }
            let before = self.cost_of(route) + self.cost_of(other);
            let after = self.cost_with(route, kind) + self.cost_with(other, own);
            if after - before < best.0
                && alike.contains(&kind)
                && self.load_of(other).is_some_and(|load| self.carries(own, load))
            {
                best = (after - before, Some(other));
            }
        }
        best.1
    }

    /// What a route carries that has one trip.
    fn load_of(&self, route: u32) -> Option<[i64; 2]> {
        let data = self.route(route);
        if data.stops == 0 || data.trips > 1 {
            return None;
        }
        let capacity = self.instance.kinds[data.kind as usize].capacity;
        let room = self.trip(self.node(data.first).trip).room;
        Some([0, 1].map(|unit| capacity[unit] - room[unit]))
    }

    fn carries(&self, kind: u32, load: [i64; 2]) -> bool {
        let capacity = self.instance.kinds[kind as usize].capacity;
        (0..2).all(|unit| load[unit] <= capacity[unit])
    }

    /// What a route would cost with this kind.
    pub(super) fn cost_with(&self, route: u32, kind: u32) -> i64 {
        let (data, kind) = (self.route(route), &self.instance.kinds[kind as usize]);
        kind.fixed + kind.per_m * data.length_m + kind.per_s * data.duration_s
    }
}
