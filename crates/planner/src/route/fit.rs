//! Which kind of vehicle a route has, among kinds that differ in capacity and cost only.

use super::state::State;

impl State<'_> {
    /// Gives each touched route the cheapest free vehicle that carries its load.
    pub(super) fn fit_kinds(&mut self) {
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
        }
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
