//! Serving pages: the server of a county, and the synthetic county to try it out.

use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use baogong::base::address::{self, PUBLIC_URL};
use baogong::base::tiles::{TileServer, TilesDatum};
use baogong::base::{App, Refusal, Result, people, roads};
use baogong::demo;
use baogong::web::accept;
use baogong::web::admission::Limits;
use baogong::web::front::Front;
use baogong::web::serve::{serve, set_setting};
use tokio::runtime::{Builder, Runtime};

/// What the server takes on, and who reads its figures.
#[derive(clap::Args, Clone)]
pub struct Serving {
    /// By which address phones reach the server, such as https://bg.example.cn: it goes into QR codes and links and is
    /// kept; the settings page changes it too. Without it each code has the address of whoever prints it.
    #[arg(long, env = "BAOGONG_PUBLIC_URL", value_parser = public_url)]
    public_url: Option<String>,
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
    /// Map tiles below maps: an address with {z}, {x} and {y} (Web Mercator). Without it maps need no network.
    #[arg(long, value_name = "URL", env = "BAOGONG_TILES")]
    tiles: Option<String>,
    /// A map of roads, as an OpenStreetMap extract (.osm.pbf), for the ways of routes; without it they are estimated.
    #[arg(long, value_name = "FILE", env = "BAOGONG_ROADS")]
    roads: Option<std::path::PathBuf>,
    /// The datum of the tiles: wgs84, or gcj02 as most map servers in China have it.
    #[arg(long, value_name = "DATUM", default_value = "wgs84", value_parser = datum, env = "BAOGONG_TILES_DATUM")]
    tiles_datum: TilesDatum,
}

/// Reads the map of roads beside the server, which answers meanwhile from straight lines.
fn read_roads(file: std::path::PathBuf) {
    std::thread::spawn(move || match roads::read(&file) {
        Ok(map) => {
            let points = roads::keep(map);
            tracing::info!(points, file = %file.display(), "the map of roads is ready");
        }
        Err(error) => tracing::error!("{error}; ways are estimated from straight lines"),
    });
}

fn datum(word: &str) -> std::result::Result<TilesDatum, String> {
    TilesDatum::stored(word).map_err(|_| format!("{word} is not known; wgs84 or gcj02"))
}

/// A public address that was given on the command line, checked.
pub fn public_url(written: &str) -> std::result::Result<String, String> {
    address::origin(written).map_err(|error| error.to_string())
}

pub fn size(small: bool) -> baogong::simulate::Size {
    if small {
        baogong::simulate::Size::Small
    } else {
        baogong::simulate::Size::Full
    }
}

pub fn start(
    app: &App,
    listen: &str,
    serving: Serving,
    demo_county: Option<(baogong::simulate::Size, u64)>,
) -> Result<ExitCode> {
    let mut app = app.clone();
    if let Some(template) = &serving.tiles {
        let server = TileServer::new(template, serving.tiles_datum)
            .map_err(|what| Refusal::invalid("tiles", format!("地图服务地址不对：{what}"), what.clone()))?;
        app.tiles = Some(Arc::new(server));
    }
    if let Some(file) = &serving.roads {
        std::fs::metadata(file).map_err(|error| {
            Refusal::invalid(
                "roads",
                format!("读不到道路图{}：{error}。", file.display()),
                format!("The map of roads {} cannot be read: {error}.", file.display()),
            )
        })?;
        read_roads(file.clone());
    }
    let app = &app;
    let front = Front::new(app, serving.limits(), serving.open_metrics);
    let (runtime, staff) = (connection_threads("residents")?, connection_threads("staff")?);
    let outcome = runtime.block_on(async {
        let listener = accept::listen(listen).await?;
        let address = format!("http://{}", listener.local_addr()?);
        println!("保供 Baogong  {address}");
        if let Some(url) = serving.public_url {
            app.db
                .write(move |tx| set_setting(tx, PUBLIC_URL, &url))
                .await?;
        }
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
        serve(app.clone(), front, listener, staff.handle(), told_to_stop()?).await?;
        Ok(ExitCode::SUCCESS)
    });
    // Work aside, such as loading the demo county, finds the store closed and ends; it is not waited for longer.
    runtime.shutdown_timeout(Duration::from_secs(1));
    staff.shutdown_background();
    outcome
}

/// Threads that serve connections. One processor is left to the thread that writes, for which everybody waits.
fn connection_threads(whose: &str) -> std::io::Result<Runtime> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Builder::new_multi_thread()
        .worker_threads(processors.saturating_sub(1).max(1))
        .thread_name(whose)
        .enable_all()
        .build()
}

impl Serving {
    /// The limits, with as many connections as the system allows descriptors for.
    fn limits(&self) -> Limits {
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

/// Writes the spreadsheets of the synthetic county into a folder.
pub fn demo_files(folder: &Path, small: bool, seed: u64) -> Result<ExitCode> {
    std::fs::create_dir_all(folder)?;
    let now_s = baogong::base::clock::Clock::default().now_s();
    for file in demo::files(size(small), seed, now_s)? {
        std::fs::write(folder.join(&file.name), &file.bytes)?;
        println!("{}", folder.join(&file.name).display());
    }
    Ok(ExitCode::SUCCESS)
}
