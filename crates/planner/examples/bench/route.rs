//! The routing families as problems, each with its own rounding.

use crate::cordeau::Cordeau;
use crate::solomon::Solomon;
use crate::vrplib::Vrplib;
use crate::{Clock, Options, Outcome};
use planner::check;
use planner::effort::Effort;
use planner::route::{Depot, Load, Problem, Rounding, Source, Start, Stop, Travel, Vehicle, Window, solve};
use std::path::Path;

fn run(problem: &Problem, options: &Options, scale: f64) -> Result<Outcome, String> {
    let clock = Clock::start(options);
    let spent = || clock.seconds() / options.seconds;
    let effort = Effort {
        spent: options.iterations.is_none().then_some(&spent),
        threads: options.threads,
        ..Effort::rounds(options.iterations.unwrap_or(u64::MAX))
    };
    let plan = solve(problem, &effort, options.seed).map_err(|flaw| flaw.what)?;
    let findings = check::routes(problem, &plan);
    for finding in findings.iter().take(5) {
        eprintln!("{}", finding.what);
    }
    eprintln!(
        "{} iterations, {} tours, {} unserved, {:.1} s",
        plan.iterations,
        plan.tours.len(),
        plan.unserved.len(),
        clock.seconds()
    );
    Ok(Outcome {
        cost: plan.cost as f64 / scale,
        bound: None,
        published: None,
        feasible: findings.is_empty() && plan.unserved.is_empty(),
    })
}

fn plane(at: Vec<[f64; 2]>, unit_m: f64, rounding: Rounding) -> Travel {
    Travel::Plane {
        at,
        unit_m,
        rounding,
        s_per_km: 1000,
    }
}

fn weight(weight: f64) -> Load {
    Load {
        weight_g: weight as i64,
        bags: 0,
    }
}

fn stop(place: usize, demand: f64) -> Stop {
    Stop {
        place,
        load: weight(demand),
        pickup: false,
        source: Source::AnyDepot,
        service_s: 0,
        rest_s: 0,
        windows: Vec::new(),
        cold: false,
        area: None,
        priority: 1,
        ready_s: 0,
    }
}

fn vehicle(depot: usize, count: usize, capacity: f64) -> Vehicle {
    Vehicle {
        count,
        start: Start::Depot(depot),
        end: Some(depot),
        capacity: weight(capacity),
        cold: false,
        shift: Window::ALWAYS,
        duration_max_s: None,
        stops_max: None,
        areas: None,
        reload: Vec::new(),
        reload_s: 0,
        trips_max: 1,
        fixed_cost: 0,
        cost_per_m: 1,
        cost_per_s: 0,
    }
}

fn depot(place: usize) -> Depot {
    Depot {
        place,
        window: Window::ALWAYS,
    }
}

/// Capacity only; distances rounded to the nearest integer.
pub fn cvrp(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Vrplib::read(path)?;
    let demand = file.column("DEMAND").ok_or("DEMAND_SECTION is missing")?;
    let problem = Problem {
        depots: vec![depot(0)],
        vehicles: vec![vehicle(
            0,
            usize::MAX,
            file.head("CAPACITY").ok_or("CAPACITY is missing")?,
        )],
        stops: demand
            .iter()
            .enumerate()
            .skip(1)
            .map(|(place, demand)| stop(place, *demand))
            .collect(),
        travel: plane(file.places()?, 1.0, Rounding::Nearest),
    };
    run(&problem, options, 1.0)
}

/// Time windows; the total of distances that are cut behind the first decimal (DIMACS 2021).
pub fn vrptw(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Solomon::read(path)?;
    let tenths = |value: f64| (value * 10.0) as i64;
    let window = |node: &[f64; 6]| Window {
        from_s: tenths(node[3]),
        to_s: tenths(node[4]),
    };
    let hours = window(&file.nodes[0]);
    let problem = Problem {
        depots: vec![Depot {
            place: 0,
            window: hours,
        }],
        vehicles: vec![Vehicle {
            shift: hours,
            ..vehicle(0, file.vehicles, file.capacity as f64)
        }],
        stops: file
            .nodes
            .iter()
            .enumerate()
            .skip(1)
            .map(|(place, node)| Stop {
                service_s: tenths(node[5]),
                windows: vec![window(node)],
                ..stop(place, node[2])
            })
            .collect(),
        travel: plane(
            file.nodes.iter().map(|node| [node[0], node[1]]).collect(),
            10.0,
            Rounding::Down,
        ),
    };
    run(&problem, options, 10.0)
}

/// Several depots and a longest duration. Distances in double precision are kept to a millionth.
pub fn mdvrp(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Cordeau::read(path)?;
    let fine = 1e6;
    let customers = file.customers.len();
    let duration = |limit: f64| (limit > 0.0).then_some((limit * fine) as i64);
    let at = file
        .customers
        .iter()
        .map(|row| [row[0], row[1]])
        .chain(file.depots.iter().copied());
    let problem = Problem {
        depots: (0..file.depots.len())
            .map(|index| depot(customers + index))
            .collect(),
        vehicles: file
            .limits
            .iter()
            .enumerate()
            .map(|(index, limits)| Vehicle {
                duration_max_s: duration(limits[0]),
                ..vehicle(index, file.vehicles, limits[1])
            })
            .collect(),
        stops: file
            .customers
            .iter()
            .enumerate()
            .map(|(place, row)| Stop {
                service_s: (row[2] * fine) as i64,
                ..stop(place, row[3])
            })
            .collect(),
        travel: plane(at.collect(), fine, Rounding::Nearest),
    };
    run(&problem, options, fine)
}

/// The part that the three families of the dialect share: stops with windows, service and release, scaled.
fn dialect(file: &Vrplib, unit: f64, rounding: Rounding) -> Result<Problem, String> {
    let scaled = |value: f64| match rounding {
        Rounding::Nearest => (value * unit).round() as i64,
        Rounding::Down => (value * unit) as i64,
    };
    let places = file.places()?;
    let nodes = places.len();
    let demand = file.column("DEMAND").ok_or("DEMAND_SECTION is missing")?;
    let service = file
        .column("SERVICE_TIME")
        .unwrap_or_else(|| vec![file.head("SERVICE_TIME").unwrap_or(0.0); nodes]);
    let release = file.column("RELEASE_TIME").unwrap_or_else(|| vec![0.0; nodes]);
    let windows: Option<Vec<Window>> = file.rows("TIME_WINDOW").map(|rows| {
        rows.iter()
            .map(|row| Window {
                from_s: scaled(row[0]),
                to_s: scaled(row[1]),
            })
            .collect()
    });
    let depots = file.depots();
    let window = |place: usize| windows.as_ref().map(|windows| windows[place]);
    Ok(Problem {
        depots: (0..depots)
            .map(|place| Depot {
                place,
                window: window(place).unwrap_or(Window::ALWAYS),
            })
            .collect(),
        vehicles: Vec::new(),
        stops: (depots..nodes)
            .map(|place| Stop {
                service_s: scaled(service[place]),
                windows: window(place).into_iter().collect(),
                ready_s: scaled(release[place]),
                ..stop(place, demand[place])
            })
            .collect(),
        travel: plane(places, unit, rounding),
    })
}

/// Several depots with time windows, in thousandths.
pub fn mdvrptw(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Vrplib::read(path)?;
    let mut problem = dialect(&file, 1000.0, Rounding::Nearest)?;
    let capacity = file.head("CAPACITY").ok_or("CAPACITY is missing")?;
    let own = file
        .column("VEHICLES_DEPOT")
        .ok_or("VEHICLES_DEPOT_SECTION is missing")?;
    problem.vehicles = (0..problem.depots.len())
        .map(|index| Vehicle {
            shift: problem.depots[index].window,
            duration_max_s: file
                .head("VEHICLES_MAX_DURATION")
                .map(|limit| (limit * 1000.0) as i64),
            ..vehicle(
                index,
                own.iter().filter(|own| **own as usize == index + 1).count(),
                capacity,
            )
        })
        .collect();
    run(&problem, options, 1.0)
}

/// A mixed fleet; distances in thousandths, costs by kind of vehicle.
pub fn hfvrp(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Vrplib::read(path)?;
    let mut problem = dialect(&file, 1000.0, Rounding::Nearest)?;
    let capacity = file.column("CAPACITY").ok_or("CAPACITY_SECTION is missing")?;
    let fixed = file
        .column("VEHICLES_FIXED_COST")
        .unwrap_or_else(|| vec![0.0; capacity.len()]);
    let per_m = file
        .column("VEHICLES_UNIT_DISTANCE_COST")
        .unwrap_or_else(|| vec![1.0; capacity.len()]);
    for ((capacity, fixed), per_m) in capacity.iter().zip(fixed).zip(per_m) {
        let own = Vehicle {
            fixed_cost: (fixed * 1000.0) as i64,
            cost_per_m: per_m as i64,
            ..vehicle(0, 1, *capacity)
        };
        match problem.vehicles.iter_mut().find(|known| {
            Vehicle {
                count: 1,
                ..(*known).clone()
            } == own
        }) {
            Some(known) => known.count += 1,
            None => problem.vehicles.push(own),
        }
    }
    run(&problem, options, 1.0)
}

/// Several trips, goods that are ready later, time windows; times ten, cut.
pub fn mtvrptwr(path: &Path, options: &Options) -> Result<Outcome, String> {
    let file = Vrplib::read(path)?;
    let mut problem = dialect(&file, 10.0, Rounding::Down)?;
    let capacity = file.head("CAPACITY").ok_or("CAPACITY is missing")?;
    let vehicles = file.head("VEHICLES").ok_or("VEHICLES is missing")? as usize;
    problem.vehicles = vec![Vehicle {
        shift: problem.depots[0].window,
        reload: vec![0],
        trips_max: usize::MAX,
        ..vehicle(0, vehicles, capacity)
    }];
    run(&problem, options, 1.0)
}
