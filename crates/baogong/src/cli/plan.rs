//! `baogong plan`: a proposal from spreadsheets alone, as a workbook.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baogong::base::{Fault, Refusal, RefusalKind, Result, clock, roads};
use baogong::plan::{ControlLevel, Plan, plan, plans};
use baogong::proposal::files::{self, Asked, File, FileError, Lists};
use serde_json::{Value, json};

use super::{Lang, USER_CASE, input};

/// The workbook's name where none is given; files called like it are never read.
const OUT: &str = "PLAN.xlsx";

/// From what, and how.
#[derive(clap::Args)]
pub struct PlanFiles {
    /// A folder, or spreadsheets (XLSX, XLS, ODS, CSV): compounds, households, suppliers, vehicles, sites, volunteers,
    /// goods. What is missing is assumed, and the workbook says so.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The workbook; `-` is standard output. Without a name it is PLAN.xlsx beside the input.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The day of the trips, such as 2026-11-23; without it tomorrow.
    #[arg(long)]
    date: Option<String>,
    /// When the first vehicles leave, loaded.
    #[arg(long, default_value = "07:30")]
    depart: String,
    /// When the last vehicle must be back.
    #[arg(long, default_value = "20:00")]
    until: String,
    /// For how many days food is brought.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=60))]
    days: i64,
    /// The categories that a main supplier must be able to give itself, parted by commas: grain, oil, vegetables, eggs,
    /// meat. Without it all that some supplier gives.
    #[arg(long, value_delimiter = ',', value_parser = ["grain", "oil", "vegetables", "eggs", "meat"])]
    categories: Vec<String>,
    /// The plan whose norms and rules hold: fc, yu or dx.
    #[arg(long, default_value = "fc")]
    plan: String,
    /// The level at which the compounds are closed: precaution, control or lockdown.
    #[arg(long, default_value = "control")]
    level: String,
    /// A map of roads, as an OpenStreetMap extract (.osm.pbf); without it ways are estimated.
    #[arg(long)]
    roads: Option<PathBuf>,
    /// Seconds for the search of routes; without it a fixed effort, which gives the same answer every time.
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes to load a vehicle for a further trip.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(0..=600))]
    load_min: i64,
    /// Minutes at each stop.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(0..=600))]
    unload_min: i64,
    /// Mean speed where no map of roads is given.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(i64).range(1..=120))]
    km_per_h: i64,
    /// Bags that one volunteer hands out, or carries, in one slot.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    bags_per_volunteer: u32,
    /// Leave out rows that have an error, and say how many; without it nothing is written then.
    #[arg(long)]
    skip_errors: bool,
    /// Print the figures as one JSON object.
    #[arg(long)]
    json: bool,
    /// The language of the workbook and the messages.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
}

fn seconds(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("seconds from 0.1 to 86400".to_string()),
    }
}

impl PlanFiles {
    /// Works it out; errors in the files are exit code 1, and nothing is written then.
    pub fn run(&self) -> Result<ExitCode> {
        let asked = self.asked()?;
        let out = self.out();
        let files = self.files(&out)?;
        let today = clock::zoned(clock::Clock::default().now_s())
            .strftime("%Y-%m-%d")
            .to_string();
        let mut lists = Lists::read(&files, &today)?;
        drop(files);
        if !lists.errors.is_empty() && !self.skip_errors {
            return Ok(self.refuse(&lists.errors));
        }
        let left_out = std::mem::take(&mut lists.errors);
        let mut planned = match files::plan(&lists, &asked)? {
            Ok(planned) => planned,
            Err(errors) => return Ok(self.refuse(&errors)),
        };
        for error in &left_out {
            planned.notes.push(error.left_out());
        }
        let lang = self.lang.into();
        let printer = baogong::web::serve::printer()?;
        let workbook = files::workbook(&planned, &lists, &asked, lang, &printer)?;
        if self.json && out.as_os_str() != "-" {
            std::fs::write(&out, &workbook)?;
            let mut summary = files::summary(&planned, &lists, &asked, lang);
            summary["out"] = json!(out.display().to_string());
            println!("{}", serde_json::to_string(&summary).map_err(Fault::from)?);
        } else {
            input::write(&out, &workbook)?;
            for line in files::headlines(&planned, &asked, lang) {
                eprintln!("{line}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn asked(&self) -> Result<Asked> {
        let date = match &self.date {
            Some(date) => date.clone(),
            None => clock::zoned(clock::Clock::default().now_s() + clock::DAY_S)
                .strftime("%Y-%m-%d")
                .to_string(),
        };
        let depart_s = moment(&date, &self.depart, "depart")?;
        let until_s = moment(&date, &self.until, "until")?;
        if until_s <= depart_s {
            return Err(Refusal::invalid(
                "until",
                format!(
                    "收车时间（--until {}）要晚于出发时间（--depart {}）。",
                    self.until, self.depart
                ),
                format!(
                    "The end (--until {}) must come after the departure (--depart {}).",
                    self.until, self.depart
                ),
            )
            .into());
        }
        Ok(Asked {
            plan: self.plan()?,
            level: ControlLevel::of(&self.level).ok_or_else(|| {
                let keys: Vec<&str> = ControlLevel::ALL.iter().map(|level| level.key()).collect();
                Refusal::invalid(
                    "level",
                    format!("没有“{}”这个级别；可用：{}。", self.level, keys.join("、")),
                    format!(
                        "There is no level {:?}; use one of {}.",
                        self.level,
                        keys.join(", ")
                    ),
                )
            })?,
            depart_s,
            until_s,
            days: self.days,
            categories: self.categories.clone(),
            seconds: self.seconds,
            seed: self.seed,
            load_min: self.load_min,
            unload_min: self.unload_min,
            km_per_h: self.km_per_h,
            bags_per_volunteer: self.bags_per_volunteer,
            roads: self.roads.as_deref().map(roads::read).transpose()?,
        })
    }

    fn plan(&self) -> Result<&'static Plan> {
        Ok(plan(&self.plan).ok_or_else(|| {
            let ids: Vec<&str> = plans().iter().map(|plan| plan.id.as_str()).collect();
            Refusal::invalid(
                "plan",
                format!("没有预案“{}”；可用：{}。", self.plan, ids.join("、")),
                format!("There is no plan {:?}; use one of {}.", self.plan, ids.join(", ")),
            )
        })?)
    }

    fn out(&self) -> PathBuf {
        if let Some(out) = &self.out {
            return out.clone();
        }
        match self.inputs.first() {
            Some(folder) if folder.is_dir() => folder.join(OUT),
            Some(file) => file.with_file_name(OUT),
            None => PathBuf::from(OUT),
        }
    }

    /// The files of the folders and those named, without what this command wrote itself.
    fn files(&self, out: &Path) -> Result<Vec<File>> {
        let mut files = Vec::new();
        for given in &self.inputs {
            if !given.is_dir() {
                files.push(File {
                    name: input::shown(given),
                    bytes: input::read(given)?,
                    named: true,
                });
                continue;
            }
            let mut paths = std::fs::read_dir(given)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<std::io::Result<Vec<PathBuf>>>()?;
            paths.retain(|path| path.is_file() && path != out && is_list(path));
            paths.sort();
            for path in paths {
                files.push(File {
                    name: input::shown(&path),
                    bytes: input::read(&path)?,
                    named: false,
                });
            }
        }
        if files.is_empty() {
            return Err(Refusal::new(
                RefusalKind::NotFound,
                "file",
                "这里没有表格（XLSX、XLS、ODS、CSV）。baogong demo-files 文件夹 可写出一套样例。",
                "There are no spreadsheets (XLSX, XLS, ODS, CSV). baogong demo-files FOLDER writes a set to try.",
            )
            .into());
        }
        Ok(files)
    }

    /// Tells what is wrong, cell by cell.
    fn refuse(&self, errors: &[FileError]) -> ExitCode {
        let zh = self.lang == Lang::Zh;
        if self.json {
            let errors: Vec<Value> = errors.iter().map(|error| cell(error, zh)).collect();
            println!("{}", json!({ "errors": errors }));
        }
        for error in errors {
            eprintln!("{}", error.words(self.lang.into()));
        }
        eprintln!(
            "{}",
            if zh {
                "没有写出方案。请改正上面的单元格，或加 --skip-errors 略去有错的行。"
            } else {
                "No proposal was written. Correct the cells above, or leave out rows with errors by --skip-errors."
            }
        );
        ExitCode::from(USER_CASE)
    }
}

fn is_list(path: &Path) -> bool {
    let name = input::shown(path);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    let readable = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known));
    // Spreadsheet programs leave ~$… beside an open file.
    readable && !name.starts_with(['~', '.']) && !name.eq_ignore_ascii_case(OUT)
}

fn moment(date: &str, hour: &str, field: &'static str) -> Result<i64> {
    Ok(clock::parse_minute(&format!("{date} {hour}")).ok_or_else(|| {
        Refusal::invalid(
            field,
            format!("“{date} {hour}”不是日期和时刻；应如 --date 2026-11-23 --{field} 07:30。"),
            format!(
                "{date:?} {hour:?} is no date and time; write for example --date 2026-11-23 --{field} 07:30."
            ),
        )
    })?)
}

fn cell(error: &FileError, zh: bool) -> Value {
    json!({
        "file": error.file, "sheet": error.at.sheet, "row": error.at.row, "column": error.at.column,
        "heading": error.at.heading, "value": error.at.value, "message": error.at.message(zh),
    })
}
