//! The command line: one file per group of commands. What each command does, its options and its exit codes are
//! described in `docs/cli.md`.

mod chain;
mod export;
mod import;
mod input;
mod keep;
mod paper;
mod plan;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use baogong::base::{App, Error, Result};
use baogong::{MIGRATIONS, demo};
use clap::{Parser, Subcommand};
use store::Db;

/// The user's case: errors in a file, something that does not exist, a check that found something.
const USER_CASE: u8 = 1;
/// Our own failure: the database, a full disk, a broken invariant.
const FAULT: u8 = 3;

/// 保供: gets every household supplied while it may not go out.
///
/// Exit codes: 0 well, 1 errors in what was given (they are printed), 2 wrong usage, 3 a fault of the program or the
/// machine.
#[derive(Parser)]
#[command(name = "baogong", version, about)]
pub struct Cli {
    /// How the log on standard error is written.
    #[arg(long, global = true, env = "BAOGONG_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// The language of what is printed.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Lang {
    /// 中文.
    Zh,
    /// English.
    En,
}

impl From<Lang> for kit::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

#[derive(clap::Args, Clone)]
struct Place {
    /// Where the data are kept.
    #[arg(long, default_value = "data", global = true)]
    data: PathBuf,
    /// A PostgreSQL address instead of the database in the data folder.
    #[arg(long, global = true, env = "BAOGONG_DATABASE")]
    database: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages.
    Serve {
        #[command(flatten)]
        place: Place,
        /// The address to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: String,
        #[command(flatten)]
        serving: serve::Serving,
    },
    /// Serve a synthetic county, loaded on the first start.
    Demo {
        #[arg(long, default_value = "data/demo")]
        data: PathBuf,
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: String,
        /// About 2,000 households instead of 60,000.
        #[arg(long)]
        small: bool,
        /// The seed of the synthetic county.
        #[arg(long, default_value_t = demo::SEED)]
        seed: u64,
        #[command(flatten)]
        serving: serve::Serving,
    },
    /// Write the spreadsheets of the synthetic county into a folder.
    DemoFiles {
        folder: PathBuf,
        #[arg(long)]
        small: bool,
        #[arg(long, default_value_t = demo::SEED)]
        seed: u64,
    },
    /// Import spreadsheets into the registers, as the page does: all of a file or nothing. With --dry-run and without
    /// --district a file is only read and checked, which needs no database.
    Import(import::Import),
    /// Work out from spreadsheets alone who supplies whom, which vehicle goes where, what is picked and who fetches
    /// when, as one workbook. Needs neither server nor database.
    Plan(plan::PlanFiles),
    /// Chain messages (接龙).
    Chain {
        #[command(subcommand)]
        task: chain::Task,
    },
    /// Write a register or list as a spreadsheet, see `baogong export --help` for the lists.
    Export(export::Export),
    /// Write the empty spreadsheet of a form, with headings, units, drop-downs and an example.
    Template {
        /// The key of the form, such as `households`, `orders` or `monitoring`.
        form: String,
        /// The XLSX file; `-` is standard output. Without a name it is called after the form.
        file: Option<PathBuf>,
        /// The language of headings and notes.
        #[arg(long, value_enum, default_value_t = Lang::Zh)]
        lang: Lang,
    },
    /// Write the labels of a round as PDF.
    Labels(paper::Labels),
    /// Write a report of an area, round or trip as PDF or spreadsheet (by the ending of the file).
    Report(paper::Report),
    /// Write the signs of drop points and sites as PDF.
    Signs(paper::Signs),
    /// Issue passes to vehicles, staff, volunteers or outlets and write them as PDF.
    Passes(paper::Passes),
    /// Write a consistent copy of everything into one file.
    Backup {
        #[command(flatten)]
        place: Place,
        file: PathBuf,
    },
    /// Fill an empty database from a backup.
    Restore {
        #[command(flatten)]
        place: Place,
        file: PathBuf,
    },
    /// The draw of a round sold by ballot.
    Draw {
        #[command(subcommand)]
        task: DrawTask,
    },
    /// Check the database, the ledger, the pantries, the draws and the audit chain.
    Check {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
enum DrawTask {
    /// Recompute a published draw from its JSON file alone and say whether its result follows.
    Verify {
        file: PathBuf,
        /// The commitment that was published when the round opened, as somebody noted it then.
        #[arg(long)]
        commitment: Option<String>,
    },
}

impl Place {
    fn url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data.join("baogong.db").display()),
        }
    }

    /// Opens the database to read and write, and makes it where there is none.
    fn open(&self) -> Result<App> {
        if self.database.is_none() {
            std::fs::create_dir_all(&self.data)?;
        }
        Ok(App::new(Db::open(&self.url(), MIGRATIONS)?))
    }

    /// Opens the database to read only, beside a server that may be running.
    fn open_reader(&self) -> Result<App> {
        Ok(App::new(Db::open_reader(&self.url(), MIGRATIONS)?))
    }
}

/// Reads the arguments, does what they say, and gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.log_format);
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(match error {
                Error::Refusal(_) => USER_CASE,
                Error::Fault(_) => FAULT,
            })
        }
    }
}

fn start_log(format: LogFormat) {
    let usual = || tracing_subscriber::EnvFilter::new("baogong=info,warn");
    let log = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| usual()))
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

fn run(command: Option<Command>) -> Result<ExitCode> {
    // Without a command it serves, as if that had been written.
    let command = command.or_else(|| Cli::parse_from(["baogong", "serve"]).command);
    let Some(command) = command else {
        return Ok(ExitCode::from(FAULT));
    };
    match command {
        Command::Serve {
            place,
            listen,
            serving,
        } => serve::start(&place.open()?, &listen, serving, None),
        Command::Demo {
            data,
            listen,
            small,
            seed,
            serving,
        } => {
            let app = Place { data, database: None }.open()?;
            serve::start(&app, &listen, serving, Some((serve::size(small), seed)))
        }
        Command::DemoFiles { folder, small, seed } => serve::demo_files(&folder, small, seed),
        Command::Import(task) => task.run(),
        Command::Plan(task) => task.run(),
        Command::Chain { task } => task.run(),
        Command::Export(task) => task.run(),
        Command::Template { form, file, lang } => export::template(&form, file, lang),
        Command::Labels(task) => task.run(),
        Command::Report(task) => task.run(),
        Command::Signs(task) => task.run(),
        Command::Passes(task) => task.run(),
        Command::Backup { place, file } => {
            place.open_reader()?.db.backup(&file)?;
            println!("{}", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore { place, file } => {
            if place.database.is_none() {
                std::fs::create_dir_all(&place.data)?;
            }
            Db::restore(&place.url(), MIGRATIONS, &file)?;
            println!("restored / 已恢复");
            Ok(ExitCode::SUCCESS)
        }
        Command::Draw {
            task: DrawTask::Verify { file, commitment },
        } => keep::verify_draw(&file, commitment.as_deref()),
        Command::Check { place } => keep::check(&place.open_reader()?),
    }
}
