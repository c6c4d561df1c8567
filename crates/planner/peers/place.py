"""Runs CP-SAT (OR-Tools) beside the planner on GAP and SSCFLP instances and prints one line per run, with the gap to the
better of the two answers and to the better of the two proved bounds.

    venv/bin/python place.py gap FOLDER --seconds 10 --seed 1 [--only TEXT] [--peer-seconds 60]
    venv/bin/python place.py sscflp FOLDER

CP-SAT has one thread, as the planner has, and --peer-seconds where it is to have more time: it then shows how far from the
best an answer can be where no best known value is at hand.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from ortools.sat.python import cp_model

HERE = Path(__file__).resolve().parent
BENCH = Path(os.environ.get("BENCH", HERE.parents[2] / "target/release/examples/bench"))


def read(family, path):
    """Costs and needs by supplier and compound, capacities and opening costs."""
    numbers = iter(float(word) for word in path.read_text().split())
    take = lambda count: [round(next(numbers)) for _ in range(count)]
    rows = lambda count, width: [take(width) for _ in range(count)]
    first, second = take(2)
    if family == "gap":
        cost, need = rows(first, second), rows(first, second)
        return cost, need, take(first), [0] * first
    if path.stem.startswith("diazfernandez"):
        by_compound, demand = rows(first, second), take(first)
        opening, capacity = take(second), take(second)
        return [list(row) for row in zip(*by_compound)], [demand] * second, capacity, opening
    facts, demand = rows(first, 2), take(second)
    return rows(first, second), [demand] * first, [one[0] for one in facts], [one[1] for one in facts]


def cp_sat(cost, need, capacity, opening, seconds, seed):
    """The cost that CP-SAT finds, or None, and the bound that it proves."""
    model = cp_model.CpModel()
    suppliers, compounds = range(len(cost)), range(len(cost[0]))
    place = [[model.new_bool_var("") for _ in compounds] for _ in suppliers]
    is_open = [model.new_bool_var("") for _ in suppliers]
    for compound in compounds:
        model.add_exactly_one(place[supplier][compound] for supplier in suppliers)
    for supplier in suppliers:
        load = sum(need[supplier][compound] * place[supplier][compound] for compound in compounds)
        model.add(load <= capacity[supplier] * is_open[supplier])
    ways = sum(cost[supplier][compound] * place[supplier][compound] for supplier in suppliers for compound in compounds)
    model.minimize(ways + sum(opening[supplier] * is_open[supplier] for supplier in suppliers))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (round(solver.objective_value) if found else None), solver.best_objective_bound


def planner(family, path, seconds, seed):
    """The cost that the planner finds, and the bound that it proves."""
    command = [BENCH, family, path, "--seconds", str(seconds), "--seed", str(seed)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    bound = re.search(r"proven bound (\d+)", run.stderr)
    return round(float(run.stdout.splitlines()[-1].split(",")[4])), float(bound.group(1)) if bound else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["gap", "sscflp"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--peer-seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    files = sorted(options.path.glob("*.txt")) if options.path.is_dir() else [options.path]
    print("family,instance,solver,seconds,seed,cost,bound,gap_to_best_percent,gap_to_bound_percent", flush=True)
    for path in (path for path in files if options.only in path.stem):
        peer_seconds = options.peer_seconds or options.seconds
        own = planner(options.family, path, options.seconds, options.seed)
        other = cp_sat(*read(options.family, path), peer_seconds, options.seed)
        best = min(cost for cost, _ in (own, other) if cost is not None)
        bound = max(own[1], other[1])
        for solver, seconds, cost in (("planner", options.seconds, own[0]), ("cp-sat", peer_seconds, other[0])):
            gaps = [f"{(cost / than - 1) * 100:.3f}" if cost else "" for than in (best, bound)]
            row = [options.family, path.stem, solver, f"{seconds:g}", options.seed, cost or "", f"{bound:.0f}", *gaps]
            print(",".join(str(field) for field in row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
