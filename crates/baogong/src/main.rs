//! The command line: serve, demo, demo-files, import, report, backup, restore, check.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use baogong::base::act::Act;
use baogong::base::act::once;
use baogong::base::id::district;
use baogong::base::{Action, App, Ctx, Error, Result, audit, book, people};
use baogong::register::import::{self, BatchRef, Upload};
use baogong::round::ballot;
use baogong::web::admission::Limits;
use baogong::web::front::Front;
use baogong::web::serve::serve;
use baogong::{MIGRATIONS, coverage, demo, report};
use clap::{Parser, Subcommand};
use store::Db;
use uuid::Uuid;

/// 保供: gets every household supplied while it may not go out.
#[derive(Parser)]
#[command(name = "baogong", version, about)]
struct Cli {
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

/// What the server takes on, and who reads its figures.
#[derive(clap::Args, Clone, Copy)]
struct Serving {
    /// Requests of residents at once; more get a waiting page.
    #[arg(long, default_value_t = Limits::default().residents)]
    resident_requests: usize,
    /// Other requests at once.
    #[arg(long, default_value_t = Limits::default().staff)]
    staff_requests: usize,
    /// Connections at once; as many file descriptors are asked of the system.
    #[arg(long, default_value_t = Limits::default().connections)]
    connections: usize,
    /// Let everybody read /metrics, not only this machine.
    #[arg(long, env = "BAOGONG_OPEN_METRICS")]
    open_metrics: bool,
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
        serving: Serving,
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
        serving: Serving,
    },
    /// Write the spreadsheets of the synthetic county into a folder.
    DemoFiles {
        folder: PathBuf,
        #[arg(long)]
        small: bool,
        #[arg(long, default_value_t = demo::SEED)]
        seed: u64,
    },
    /// Import spreadsheets into the registers, as the page does: all of a file or nothing.
    Import {
        #[command(flatten)]
        place: Place,
        /// The six-digit code of the county.
        #[arg(long)]
        district: String,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        files: Vec<PathBuf>,
    },
    /// Write a report of an area as PDF or XLSX (by the ending of the file).
    Report {
        #[command(flatten)]
        place: Place,
        /// The key of the report, such as `situation`.
        key: String,
        /// The area code.
        #[arg(long)]
        area: String,
        file: PathBuf,
    },
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.log_format);
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
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
        return Ok(ExitCode::FAILURE);
    };
    match command {
        Command::Serve {
            place,
            listen,
            serving,
        } => start(&place.open()?, &listen, serving, None),
        Command::Demo {
            data,
            listen,
            small,
            seed,
            serving,
        } => {
            let app = Place { data, database: None }.open()?;
            start(&app, &listen, serving, Some((size(small), seed)))
        }
        Command::DemoFiles { folder, small, seed } => {
            std::fs::create_dir_all(&folder)?;
            for file in demo::files(size(small), seed)? {
                std::fs::write(folder.join(&file.name), &file.bytes)?;
                println!("{}", folder.join(&file.name).display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Import {
            place,
            district,
            dry_run,
            files,
        } => import_files(&place.open()?, &district, dry_run, &files),
        Command::Report {
            place,
            key,
            area,
            file,
        } => write_report(&place.open_reader()?, &key, &area, &file),
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
        } => verify_draw(&file, commitment.as_deref()),
        Command::Check { place } => check(&place.open_reader()?),
    }
}

fn size(small: bool) -> baogong::simulate::Size {
    if small {
        baogong::simulate::Size::Small
    } else {
        baogong::simulate::Size::Full
    }
}

fn start(
    app: &App,
    listen: &str,
    serving: Serving,
    demo_county: Option<(baogong::simulate::Size, u64)>,
) -> Result<ExitCode> {
    let front = Front::new(app, serving.limits(), serving.open_metrics);
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let address = format!("http://{}", listener.local_addr()?);
        println!("保供 Baogong  {address}");
        let first = demo_county.is_some() && app.db.write(people::is_empty).await?;
        if demo_county.is_some() {
            if first {
                app.db.write(demo::found).await?;
            }
            let clock = app.clock.clone();
            println!("演示账号（密码 {}）/ Demo users (password {}):", demo::PASSWORD, demo::PASSWORD);
            for (words, secret) in app.db.write(move |tx| demo::links(tx, clock.now_s())).await? {
                println!("  {words}\n      {address}/enter/{secret}");
            }
        } else if app.db.write(people::is_empty).await? {
            let now_s = app.clock.now_s();
            let secret = app.db.write(move |tx| people::make_link(tx, None, now_s)).await?;
            println!("首次使用，请用此链接设置管理员（一次有效）/ Set up the first administrator with this one-time link:");
            println!("  {address}/enter/{secret}");
        }
        if let (true, Some((size, seed))) = (first, demo_county) {
            let app = app.clone();
            tokio::task::spawn_blocking(move || demo::load(&app, size, seed));
        }
        serve(app.clone(), front, listener, told_to_stop()?).await?;
        Ok(ExitCode::SUCCESS)
    });
    // Work aside, such as loading the demo county, finds the store closed and ends; it is not waited for longer.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome
}

impl Serving {
    /// The limits, with as many connections as the system allows descriptors for.
    fn limits(self) -> Limits {
        /// Descriptors for files, the database and whatever else.
        const ASIDE: u64 = 256;
        let wanted = u64::try_from(self.connections)
            .unwrap_or(u64::MAX)
            .saturating_add(ASIDE);
        let allowed = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
        let connections = usize::try_from(allowed.saturating_sub(ASIDE)).unwrap_or(self.connections);
        if connections < self.connections {
            tracing::warn!(
                connections,
                "the system allows fewer open files than asked for (ulimit -n)"
            );
        }
        Limits {
            residents: self.resident_requests,
            staff: self.staff_requests,
            connections: connections.clamp(1, self.connections.max(1)),
        }
    }
}

/// Ends when the system or a person at the console tells the program to stop.
fn told_to_stop() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

static IMPORT: Act = Act::new("register.import", Action::ImportRegister);
static APPLY: Act = Act::new("register.apply", Action::ImportRegister);

fn import_files(app: &App, county: &str, dry_run: bool, files: &[PathBuf]) -> Result<ExitCode> {
    let mut clean = true;
    for file in files {
        let name = file
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let bytes = std::fs::read(file)?;
        let reading = import::read_file(&name, &bytes)?;
        let in_district = county.to_string();
        let preview = app
            .db
            .read_blocking(move |tx| import::preview(tx, &in_district, &reading))?;
        for error in &preview.errors {
            println!(
                "{name}: {}!{}{} {} {:?}: {} / {}",
                error.sheet, error.column, error.row, error.heading, error.value, error.zh, error.en
            );
        }
        for tally in &preview.tallies {
            println!(
                "{name}: {} +{} ~{} ={}",
                tally.register, tally.added, tally.changed, tally.unchanged
            );
        }
        clean &= preview.errors.is_empty();
        if dry_run || !preview.errors.is_empty() {
            continue;
        }
        let upload = Upload {
            district: county.to_string(),
            file_name: name,
            bytes,
        };
        let ctx = Ctx::system(&app.clock);
        app.db.write_blocking(move |tx| {
            let id = once(
                tx,
                &ctx,
                &IMPORT,
                district(&upload.district),
                &upload,
                import::keep,
            )?;
            let at = BatchRef {
                district: upload.district.clone(),
                id,
            };
            once(
                tx,
                &ctx.sub("apply"),
                &APPLY,
                district(&upload.district),
                &at,
                import::apply,
            )
        })?;
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

fn write_report(app: &App, key: &str, area: &str, file: &Path) -> Result<ExitCode> {
    let report = report::report(key)?;
    let ctx = Ctx {
        command: Uuid::now_v7(),
        ..Ctx::system(&app.clock)
    };
    let subject = report::Subject {
        area: area.to_string(),
        ..report::Subject::default()
    };
    let document = app
        .db
        .read_blocking(move |tx| (report.make)(tx, &ctx, kit::Lang::Zh, &subject))?;
    let document_fault = |words: String| Error::Fault(baogong::base::Fault::Document(words));
    let bytes = if file.extension().is_some_and(|end| end == "xlsx") {
        report::render::workbook(&document, kit::Lang::Zh).map_err(document_fault)?
    } else {
        baogong::web::serve::printer()?
            .document(&document)
            .map_err(|fault| document_fault(fault.to_string()))?
    };
    std::fs::write(file, bytes)?;
    println!("{}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn verify_draw(file: &Path, noted: Option<&str>) -> Result<ExitCode> {
    let report = ballot::check::check(&std::fs::read_to_string(file)?);
    let other_commitment = noted.is_some_and(|noted| !noted.trim().eq_ignore_ascii_case(&report.commitment));
    if other_commitment {
        println!(
            "承诺码与您记下的不同：文件里是{0}。/ The commitment is not the one you noted; the file says {0}.",
            report.commitment
        );
    }
    for finding in &report.findings {
        println!("{} / {}", finding.zh, finding.en);
    }
    println!(
        "登记{}户，抽中{}户，按本户规则不能下单{}户。/ {0} requests, {1} drawn, {2} kept out by a rule of their own household.",
        report.requests, report.drawn, report.by_household_rule
    );
    if other_commitment || !report.findings.is_empty() {
        println!("结果不成立。/ The result does not follow.");
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "结果成立：由承诺码、登记清单和份额可以逐户算出。/ The result follows from commitment, requests and allotments."
    );
    Ok(ExitCode::SUCCESS)
}

fn check(app: &App) -> Result<ExitCode> {
    let mut findings = app.db.integrity()?;
    findings.extend(app.db.read_blocking(|tx| -> Result<Vec<String>> {
        let mut findings = book::verify(tx)?;
        findings.extend(coverage::verify(tx)?);
        findings.extend(ballot::verify(tx)?);
        findings.extend(audit::verify(tx)?);
        Ok(findings)
    })?);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("一切正常 / all is well");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
