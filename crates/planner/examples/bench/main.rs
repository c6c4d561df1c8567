//! Runs the solvers on published instances and prints how far they are from the best known values.
//!
//! `cargo run --release -p planner --example bench -- <family> <file or folder> --seconds S --seed N`
//!
//! One line per instance: `family,instance,seconds,seed,cost,best_known,gap_percent,feasible`. Where no best known value is
//! at hand, `bound:` and the bound that was proved stand in its place, and the gap is that to the bound. Options: `--threads T`
//! (as many as there are processors unless told, 1 with `--iterations`), `--on-cpu` counts seconds on the processor instead of those on the wall, `--iterations N` instead of seconds, `--only TEXT` takes the files whose names contain it.

mod cordeau;
mod diet;
mod placement;
mod route;
mod solomon;
mod vrplib;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What the command line says.
pub struct Options {
    /// For how long each instance is searched.
    pub seconds: f64,
    /// The seed of every search.
    pub seed: u64,
    /// How many searches run side by side.
    pub threads: usize,
    /// Whether seconds are those on a processor, for runs on a busy machine; of several threads the mean.
    pub on_cpu: bool,
    /// The limit of iterations, if any.
    pub iterations: Option<u64>,
}

/// Measures the seconds of one instance.
pub struct Clock {
    begun: Instant,
    /// Seconds on the processor that were gone when it began, and by how many threads they are divided.
    on_cpu: Option<(f64, f64)>,
}

impl Clock {
    /// Begins now.
    pub fn start(options: &Options) -> Clock {
        let threads = options.threads.max(1) as f64;
        Clock {
            begun: Instant::now(),
            on_cpu: options.on_cpu.then(|| (processor_s(), threads)),
        }
    }

    /// Seconds since the start. Those on the processor are asked of the system, which is slow and exact to a hundredth.
    pub fn seconds(&self) -> f64 {
        match self.on_cpu {
            Some((before, threads)) => (processor_s() - before) / threads,
            None => self.begun.elapsed().as_secs_f64(),
        }
    }
}

/// Seconds that all threads of this process have spent on processors: the 14th and 15th field of `stat`, see proc(5).
fn processor_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// What came out for one instance.
pub struct Outcome {
    /// The cost in the unit of the best known value.
    pub cost: f64,
    /// No solution costs less, as the solver has proved; `None` when it proves nothing.
    pub bound: Option<f64>,
    /// The published optimum where the files of the instance contain it.
    pub published: Option<f64>,
    /// Whether the checker found nothing.
    pub feasible: bool,
}

/// A family of instances: name, ending of its files, solver, and the column of `best_known.csv` with its value.
struct Family {
    name: &'static str,
    ending: &'static str,
    column: &'static str,
    solve: fn(&Path, &Options) -> Result<Outcome, String>,
}

const FAMILIES: &[Family] = &[
    Family {
        name: "cvrp",
        ending: "vrp",
        column: "best_known_cost",
        solve: route::cvrp,
    },
    Family {
        name: "vrptw",
        ending: "txt",
        column: "distance_1dec_truncated",
        solve: route::vrptw,
    },
    Family {
        name: "mdvrp",
        ending: "txt",
        column: "best_known_cost",
        solve: route::mdvrp,
    },
    Family {
        name: "mdvrptw",
        ending: "vrp",
        column: "best_known_cost",
        solve: route::mdvrptw,
    },
    Family {
        name: "hfvrp",
        ending: "vrp",
        column: "best_known_cost_exact_unit",
        solve: route::hfvrp,
    },
    Family {
        name: "mtvrptwr",
        ending: "vrp",
        column: "best_known_cost",
        solve: route::mtvrptwr,
    },
    Family {
        name: "gap",
        ending: "txt",
        column: "best_known_cost",
        solve: placement::gap,
    },
    Family {
        name: "sscflp",
        ending: "txt",
        column: "best_cost",
        solve: placement::location,
    },
    Family {
        name: "diet",
        ending: "csv",
        column: "",
        solve: diet::ration,
    },
    Family {
        name: "supply",
        ending: "txt",
        column: "",
        solve: diet::supply,
    },
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut options = Options {
        seconds: 10.0,
        seed: 1,
        threads: 0,
        on_cpu: false,
        iterations: None,
    };
    let mut only = String::new();
    let mut plain = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--seconds" => options.seconds = number(&value()?)?,
            "--seed" => options.seed = number(&value()?)?,
            "--threads" => options.threads = number(&value()?)?,
            "--iterations" => options.iterations = Some(number(&value()?)?),
            "--on-cpu" => options.on_cpu = true,
            "--only" => only = value()?,
            _ if word.starts_with("--") => return Err(format!("{word}: unknown option")),
            _ => plain.push(word),
        }
    }
    if options.threads == 0 {
        // Counted iterations give the same answer on every machine, however many processors it has.
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
        options.threads = if options.iterations.is_some() {
            1
        } else {
            processors
        };
    }
    let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
    let [family, path] = &plain[..] else {
        return Err(format!(
            "usage: bench <{}> <file or folder> [--seconds S] [--seed N]",
            names.join("|")
        ));
    };
    let family = FAMILIES
        .iter()
        .find(|known| known.name == family)
        .ok_or(format!("{family}: known families are {}", names.join(", ")))?;
    println!("family,instance,seconds,seed,cost,best_known,gap_percent,feasible");
    for file in files(Path::new(path), family.ending)? {
        let instance = stem(&file);
        if !instance.contains(&only) {
            continue;
        }
        let outcome = (family.solve)(&file, &options)?;
        let known = best_known(&file, family.column).or(outcome.published);
        let against = known.or(outcome.bound);
        let gap = against.map(|least| format!("{:.3}", (outcome.cost / least - 1.0) * 100.0));
        // Where nobody has published a value the gap is that to the bound, which is at least as large.
        let proved = || outcome.bound.map(|bound| format!("bound:{}", round(bound)));
        println!(
            "{},{instance},{},{},{},{},{},{}",
            family.name,
            options.seconds,
            options.seed,
            round(outcome.cost),
            known.map(round).or_else(proved).unwrap_or_default(),
            gap.unwrap_or_default(),
            outcome.feasible
        );
    }
    Ok(())
}

/// Two digits behind the point where there are any.
fn round(value: f64) -> String {
    let text = format!("{value:.2}");
    text.strip_suffix(".00").map_or(text.clone(), str::to_string)
}

/// A number of the command line or of a file.
pub fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text}: a number is expected"))
}

/// The whole text of a file.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn files(path: &Path, ending: &str) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    Ok(files)
}

/// The value of this instance in `best_known.csv` beside it, or the cost line of its `.sol` file.
fn best_known(file: &Path, column: &str) -> Option<f64> {
    let from_table = || {
        let table = std::fs::read_to_string(file.with_file_name("best_known.csv")).ok()?;
        let mut lines = table.lines();
        let at = lines.next()?.split(',').position(|head| head == column)?;
        let line = lines.find(|line| line.split(',').next() == Some(&stem(file)))?;
        line.split(',').nth(at)?.parse().ok()
    };
    let from_solution = || {
        let text = std::fs::read_to_string(file.with_extension("sol")).ok()?;
        let line = text
            .lines()
            .rev()
            .find(|line| line.to_ascii_lowercase().starts_with("cost"))?;
        line.split_whitespace().last()?.parse().ok()
    };
    from_table().or_else(from_solution)
}
