"""Runs PyVRP, OR-Tools and VROOM beside the planner on the same instances, alternately, with the same time, and
prints one line per run and a table of mean gaps and ratios.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    cargo build --release -p planner --example bench
    venv/bin/python compare.py cvrp FOLDER --seconds 10 --seed 1 [--only TEXT,TEXT] [--threads 2] [--solvers planner,pyvrp,ortools,vroom]

Families: cvrp, vrptw, mdvrp, mdvrptw, hfvrp, mtvrptwr, with the file formats and roundings of the bench example.
Every solver has one thread, unless --threads gives the planner more. A peer is left out where it cannot express a family. The routes of every peer are
priced and checked here, with the distances of the family, so that a peer cannot gain by another rounding.

With --on-cpu the seconds are those that a search spends on a processor, so that what else runs on the machine does not
decide who wins. VROOM looks at no clock but its own and is left out then.
"""

import argparse
import csv
import math
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
BENCH = Path(os.environ.get("BENCH", HERE.parents[2] / "target/release/examples/bench"))
ENDINGS = {"vrptw": ".txt", "mdvrp": ".txt"}
BIG = 10**9


class Instance:
    """Depots first, then customers; all numbers are integers in the unit of the family."""

    def __init__(self, places, depots, demand, service, windows, release, fleet, scale, down, reload=False):
        self.places, self.depots, self.demand = places, depots, demand
        self.service, self.windows, self.release = service, windows, release
        # Kinds of vehicle: depot, count, capacity, longest duration or None, fixed cost, cost per unit of distance.
        self.fleet, self.reload = fleet, reload
        east, north = numpy.array(places, dtype=float).T
        exact = scale * numpy.hypot(east[:, None] - east, north[:, None] - north)
        self.matrix = numpy.floor(exact + (1e-9 if down else 0.5)).astype(numpy.int64)

    @property
    def timed(self):
        return any(window is not None for window in self.windows) or any(kind[3] for kind in self.fleet)

    def price(self, tours):
        """Cost of tours (kind, trips) and whether they keep every rule."""
        cost, fine, used, seen = 0, True, {}, set()
        for kind, trips in tours:
            depot, count, capacity, longest, fixed, unit = self.fleet[kind]
            trips = [trip for trip in trips if trip]
            if not trips:
                continue
            used[kind] = used.get(kind, 0) + 1
            fine &= used[kind] <= count and (len(trips) == 1 or self.reload)
            clock = self.windows[depot][0] if self.windows[depot] else 0
            waited, slack, cost = 0, math.inf, cost + fixed
            begin = None
            for trip in trips:
                fine &= sum(self.demand[stop] for stop in trip) <= capacity
                clock = max([clock] + [self.release[stop] for stop in trip])
                begin = clock if begin is None else begin
                here = depot
                for stop in trip:
                    fine &= stop not in seen
                    seen.add(stop)
                    way = int(self.matrix[here, stop])
                    cost += unit * way
                    clock += way
                    if self.windows[stop]:
                        opens, closes = self.windows[stop]
                        fine &= clock <= closes
                        waited += max(0, opens - clock)
                        clock = max(clock, opens)
                        slack = min(slack, waited + closes - clock)
                    clock += self.service[stop]
                    here = stop
                way = int(self.matrix[here, depot])
                cost += unit * way
                clock += way
            if self.windows[depot]:
                fine &= clock <= self.windows[depot][1]
            if longest is not None:
                fine &= clock - begin - max(0, min(waited, slack)) <= longest
        fine &= len(seen) == len(self.places) - self.depots
        return cost, fine


def numbers(line):
    return [float(word) for word in line.split()]


def read(family, path):
    text = path.read_text()
    if family == "vrptw":
        rows = []
        for line in text.splitlines():
            try:
                rows.append(numbers(line))
            except ValueError:
                continue
        fleet = next(row for row in rows if len(row) == 2)
        rows = [row for row in rows if len(row) == 7]
        tenths = lambda value: int(value * 10)
        return Instance([(row[1], row[2]) for row in rows], 1, [int(row[3]) for row in rows],
                        [tenths(row[6]) for row in rows], [(tenths(row[4]), tenths(row[5])) for row in rows],
                        [0] * len(rows), [(0, int(fleet[0]), int(fleet[1]), None, 0, 1)], 10, True)
    if family == "mdvrp":
        rows = [numbers(line) for line in text.splitlines() if line.strip()]
        _, vehicles, customers, depots = (int(value) for value in rows[0][:4])
        limits, rows = rows[1:1 + depots], rows[1 + depots:]
        rows = rows[customers:customers + depots] + rows[:customers]
        fine = 1000
        return Instance([(row[1], row[2]) for row in rows], depots,
                        [0] * depots + [int(row[4]) for row in rows[depots:]],
                        [0] * depots + [int(row[3] * fine) for row in rows[depots:]],
                        [None] * len(rows), [0] * len(rows),
                        [(depot, vehicles, int(limit[1]), int(limit[0] * fine) or None, 0, 1)
                         for depot, limit in enumerate(limits)], fine, False)
    heads, sections, section = {}, {}, None
    for line in (line.strip() for line in text.splitlines()):
        if not line or line == "EOF":
            continue
        if line.endswith("_SECTION"):
            section = sections.setdefault(line[:-8], [])
        elif ":" in line:
            key, value = line.split(":", 1)
            heads[key.strip()] = value.strip()
        else:
            section.append(numbers(line))
    scale, down = {"cvrp": (1, False), "mtvrptwr": (10, True)}.get(family, (1000, False))
    scaled = (lambda value: int(value * scale)) if down else (lambda value: round(value * scale))
    places = [tuple(row[1:3]) for row in sections["NODE_COORD"]]
    count = len(places)
    depots = max(1, sum(row[0] > 0 for row in sections.get("DEPOT", [])))
    column = lambda name, default: [row[1] for row in sections[name]] if name in sections else default
    windows = [(scaled(row[1]), scaled(row[2])) for row in sections["TIME_WINDOW"]] if "TIME_WINDOW" in sections else [None] * count
    service = column("SERVICE_TIME", [0 if place < depots else float(heads.get("SERVICE_TIME", 0)) for place in range(count)])
    if family == "hfvrp":
        capacity = column("CAPACITY", [])
        fixed = column("VEHICLES_FIXED_COST", [0] * len(capacity))
        unit = column("VEHICLES_UNIT_DISTANCE_COST", [1] * len(capacity))
        kinds = {}
        for kind in zip(capacity, fixed, unit):
            kinds[kind] = kinds.get(kind, 0) + 1
        fleet = [(0, number, int(kind[0]), None, int(kind[1] * scale), int(kind[2])) for kind, number in kinds.items()]
    else:
        own = [int(value) - 1 for value in column("VEHICLES_DEPOT", [1] * int(heads.get("VEHICLES", count)))]
        longest = int(float(heads["VEHICLES_MAX_DURATION"]) * scale) if "VEHICLES_MAX_DURATION" in heads else None
        fleet = [(depot, own.count(depot), int(heads["CAPACITY"]), longest, 0, 1) for depot in range(depots)]
    return Instance(places, depots, [int(value) for value in column("DEMAND", [])], [scaled(value) for value in service], windows,
                    [scaled(value) for value in column("RELEASE_TIME", [0] * count)], fleet, scale, down,
                    reload="VEHICLES_RELOAD_DEPOT" in sections)


def clock(on_cpu):
    """The seconds by which a search in this thread is measured."""
    return time.thread_time() if on_cpu else time.monotonic()


def pyvrp(instance, seconds, seed, on_cpu):
    from pyvrp import Model, PenaltyParams, SolveParams, solve
    model = Model()
    locations = [model.add_location(*place) for place in instance.places]
    window = lambda place: dict(zip(("tw_early", "tw_late"), instance.windows[place] or ()))
    depots = [model.add_depot(locations[place], **window(place)) for place in range(instance.depots)]
    for place in range(instance.depots, len(instance.places)):
        model.add_client(locations[place], delivery=[instance.demand[place]], service_duration=instance.service[place],
                         release_time=instance.release[place], **window(place))
    for depot, count, capacity, longest, fixed, unit in instance.fleet:
        more = {"shift_duration": longest} if longest is not None else {}
        if instance.reload:
            more["reload_depots"] = [depots[depot]]
        model.add_vehicle_type(min(count, len(instance.places)), capacity=[capacity], start_depot=depots[depot],
                               end_depot=depots[depot], fixed_cost=fixed, unit_distance_cost=unit, **window(depot), **more)
    data = model.data().replace(distance_matrices=[instance.matrix], duration_matrices=[instance.matrix])
    # Its largest penalty for overload is meant for a cost of 1 by unit of distance; with the costs of a mixed fleet
    # it would never find a solution that keeps the loads.
    penalty = PenaltyParams(max_penalty=1e5 * max(kind[5] for kind in instance.fleet))
    end = clock(on_cpu) + seconds
    found = solve(data, stop=lambda _: clock(on_cpu) >= end, seed=seed, params=SolveParams(penalty=penalty), display=False)
    tours = []
    for route in found.best.routes():
        trips = {}
        for visit in route:
            if visit.is_client():
                trips.setdefault(visit.trip, []).append(instance.depots + visit.idx)
        tours.append((route.vehicle_type(), [trips[trip] for trip in sorted(trips)]))
    return tours


def ortools(instance, seconds, seed, on_cpu):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2
    if instance.reload:
        return None
    vehicles = []
    for kind, (depot, count, *_rest) in enumerate(instance.fleet):
        vehicles += [(kind, depot)] * min(count, len(instance.places) - instance.depots)
    manager = pywrapcp.RoutingIndexManager(len(instance.places), len(vehicles), [depot for _, depot in vehicles],
                                           [depot for _, depot in vehicles])
    routing = pywrapcp.RoutingModel(manager)
    flat = [manager.IndexToNode(index) for index in range(routing.Size() + len(vehicles))]
    matrix = instance.matrix.tolist()
    units = {}
    for number, (kind, _) in enumerate(vehicles):
        unit = instance.fleet[kind][5]
        if unit not in units:
            units[unit] = routing.RegisterTransitCallback(lambda a, b, unit=unit: unit * matrix[flat[a]][flat[b]])
        routing.SetArcCostEvaluatorOfVehicle(units[unit], number)
        routing.SetFixedCostOfVehicle(instance.fleet[kind][4], number)
    load = routing.RegisterUnaryTransitCallback(lambda a: instance.demand[flat[a]])
    routing.AddDimensionWithVehicleCapacity(load, 0, [instance.fleet[kind][2] for kind, _ in vehicles], True, "load")
    if instance.timed:
        passed = routing.RegisterTransitCallback(lambda a, b: instance.service[flat[a]] + matrix[flat[a]][flat[b]])
        end = max([window[1] for window in instance.windows if window] or [BIG])
        routing.AddDimension(passed, end, end, False, "time")
        clock = routing.GetDimensionOrDie("time")
        for place in range(instance.depots, len(instance.places)):
            if instance.windows[place]:
                clock.CumulVar(manager.NodeToIndex(place)).SetRange(*instance.windows[place])
        for number, (kind, depot) in enumerate(vehicles):
            for index in (routing.Start(number), routing.End(number)):
                if instance.windows[depot]:
                    clock.CumulVar(index).SetRange(*instance.windows[depot])
            if instance.fleet[kind][3]:
                clock.SetSpanUpperBoundForVehicle(instance.fleet[kind][3], number)
            routing.AddVariableMinimizedByFinalizer(clock.CumulVar(routing.End(number)))
    settings = pywrapcp.DefaultRoutingSearchParameters()
    settings.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    if on_cpu:
        end = clock(on_cpu) + seconds
        routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: clock(on_cpu) >= end))
    else:
        settings.time_limit.FromMilliseconds(int(seconds * 1000))
    found = routing.SolveWithParameters(settings)
    if found is None:
        return []
    tours = []
    for number, (kind, _) in enumerate(vehicles):
        index, trip = routing.Start(number), []
        while not routing.IsEnd(index):
            index = found.Value(routing.NextVar(index))
            if not routing.IsEnd(index):
                trip.append(manager.IndexToNode(index))
        tours.append((kind, [trip]))
    return tours


def vroom(instance, seconds, seed, on_cpu):
    import vroom as library
    # VROOM takes no release times, no reloading, and no costs by kind beside those of the hour.
    if on_cpu or instance.reload or len({kind[5] for kind in instance.fleet}) > 1:
        return None
    problem = library.Input()
    problem.set_durations_matrix("car", instance.matrix.astype(numpy.uint32))
    owner = []
    for kind, (depot, count, capacity, longest, fixed, _) in enumerate(instance.fleet):
        for _ in range(min(count, len(instance.places) - instance.depots)):
            more = {}
            if instance.windows[depot]:
                more["time_window"] = library.TimeWindow(*instance.windows[depot])
            if longest is not None and not instance.windows[depot]:
                more["time_window"] = library.TimeWindow(0, longest)
            problem.add_vehicle(library.Vehicle(len(owner), start=depot, end=depot, capacity=[capacity], **more))
            owner.append(kind)
    for place in range(instance.depots, len(instance.places)):
        window = instance.windows[place]
        problem.add_job(library.Job(place, location=place, delivery=[instance.demand[place]],
                                    default_service=instance.service[place],
                                    time_windows=[library.TimeWindow(*window)] if window else []))
    found = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    tours = {}
    for _, step in found.routes.iterrows():
        if step["type"] == "job":
            tours.setdefault(int(step["vehicle_id"]), []).append(int(step["id"]))
    return [(owner[vehicle], [trip]) for vehicle, trip in tours.items()]


PEERS = {"pyvrp": pyvrp, "ortools": ortools, "vroom": vroom}
UNITS = {"vrptw": 10.0, "mdvrp": 1000.0}


def planner(family, path, seconds, seed, threads, on_cpu):
    answer = subprocess.run([BENCH, family, path, "--seconds", str(seconds), "--seed", str(seed), "--threads", str(threads)]
                            + ["--on-cpu"] * on_cpu, capture_output=True, text=True, check=True).stdout
    row = next(csv.DictReader(answer.splitlines()))
    return float(row["cost"]), row["feasible"] == "true", float(row["best_known"] or "nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["cvrp", "vrptw", "mdvrp", "mdvrptw", "hfvrp", "mtvrptwr"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of the planner; the peers have one")
    parser.add_argument("--on-cpu", action="store_true", help="count the seconds on a processor")
    parser.add_argument("--only", default="", help="instances whose names contain one of these, with commas between")
    parser.add_argument("--solvers", default="planner,pyvrp,ortools,vroom")
    options = parser.parse_args()
    ending = ENDINGS.get(options.family, ".vrp")
    files = sorted(options.path.glob("*" + ending)) if options.path.is_dir() else [options.path]
    gaps = {}
    print("family,instance,solver,seconds,seed,cost,best_known,gap_percent,feasible", flush=True)
    for path in (path for path in files if any(part in path.stem for part in options.only.split(","))):
        instance, known = read(options.family, path), None
        for solver in options.solvers.split(","):
            start = time.monotonic()
            if solver == "planner":
                cost, fine, known = planner(options.family, path, options.seconds, options.seed, options.threads,
                                            options.on_cpu)
            else:
                tours = PEERS[solver](instance, options.seconds, options.seed, options.on_cpu)
                if tours is None:
                    continue
                cost, fine = instance.price(tours)
                cost /= UNITS.get(options.family, 1.0)
            took = time.monotonic() - start
            gap = (cost / known - 1) * 100 if known and fine else math.nan
            gaps.setdefault(solver, {})[path.stem] = gap
            print(f"{options.family},{path.stem},{solver},{took:.1f},{options.seed},{cost:.2f},{known},{gap:.3f},{fine}", flush=True)
    print("\n| solver | instances | solved | mean gap % | gap of the planner on the same % | ratio |\n|---|---|---|---|---|---|")
    own = gaps.get("planner", {})
    for solver, rows in gaps.items():
        both = [name for name, gap in rows.items() if not math.isnan(gap) and not math.isnan(own.get(name, math.nan))]
        if not both:
            print(f"| {solver} | {len(rows)} | 0 | – | – | – |")
            continue
        mean = sum(rows[name] for name in both) / len(both)
        mine = sum(own[name] for name in both) / len(both)
        ratio = f"{mean / mine:.2f}" if mine > 0 else "–"
        print(f"| {solver} | {len(rows)} | {len(both)} | {mean:.2f} | {mine:.2f} | {ratio} |")


if __name__ == "__main__":
    sys.exit(main())
