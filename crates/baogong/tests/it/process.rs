//! The program itself as a process: it reads beside itself, logs nothing secret, and stops without losing anything.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use baogong::MIGRATIONS;
use baogong::base::id::{BatchId, RoundId};
use baogong::base::{App, Ctx, Result};
use baogong::register::entry;
use baogong::round::open::{self, PackDraft, RoundDraft};
use baogong::round::order;
use serde_json::{Value, json};
use store::{Db, testing};
use uuid::Uuid;

use crate::county::{COMPOUND, DISTRICT, county, new_entry};

const HOUSEHOLDS: usize = 600;
/// The load is stopped after so many acknowledgements.
const ENOUGH: usize = 60;

/// A compound of many households and a round that has a pack for each; the secret of its link.
fn fill(url: &str) -> (RoundId, String) {
    let app = App::new(Db::open(url, MIGRATIONS).unwrap());
    let mut changes = county();
    changes.push(        new_entry(
            "goods",
            "S001/V",
            DISTRICT,
            &json!({
                "supplier": "S001", "code": "V", "name": "蔬菜包", "unit": "份", "price_fen": 3000, "weight_g": 5000,
                "contents": [{"name": "白菜", "category": "vegetables", "weight_g": 5000}]
            }),
        ));
    changes.extend((1..=HOUSEHOLDS).map(|room| {
        let body = json!({"compound": "幸福里", "building": "1", "unit": "1", "room": room.to_string(), "members": 2,
            "head": "张小明", "phone": phone(room)});
        new_entry("households", &format!("{COMPOUND}-1-1-{room}"), COMPOUND, &body)
    }));
    let ctx = Ctx::system(&app.clock);
    let draft = RoundDraft {
        mode: "A".into(),
        supplier: "S001".into(),
        compounds: vec![COMPOUND.into()],
        packs: vec![PackDraft {
            code: "V".into(),
            total: i64::try_from(HOUSEHOLDS).unwrap(),
        }],
        ..RoundDraft::default()
    };
    let opened = app.db.write_blocking(move |tx| -> Result<(RoundId, String)> {
        entry::write(tx, &ctx, BatchId::fresh(), &changes)?;
        let id = open::open(tx, &ctx, &draft)?;
        Ok((id, open::compounds(tx, DISTRICT, id)?[0].token.clone()))
    });
    app.db.close();
    opened.unwrap()
}

fn phone(room: usize) -> String {
    format!("1380000{room:04}")
}

fn program(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baogong"));
    command
        .args(arguments)
        .args(["--database", url])
        .env_remove("BAOGONG_DATABASE");
    command
}

/// A running server.
struct Running {
    child: Child,
    address: String,
    log: Arc<Mutex<String>>,
    reading: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn start(url: &str) -> Self {
        let mut child = program(url, &["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .env("RUST_LOG", "baogong=debug,warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(|line| line.unwrap())
            .find_map(|line| Some(format!("http://{}", line.split_once("http://")?.1)))
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut errors, kept) = (child.stderr.take().unwrap(), Arc::clone(&log));
        let reading = thread::spawn(move || {
            for line in lines {
                drop(line);
            }
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            kept.lock().unwrap().push_str(&text);
        });
        Self {
            child,
            address,
            log,
            reading: Some(reading),
        }
    }

    fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; the exit code and what was logged.
    fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(90),
                "the server does not stop"
            );
            thread::sleep(Duration::from_millis(20));
        };
        self.reading.take().unwrap().join().unwrap();
        let log = self.log.lock().unwrap().clone();
        (status.code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only when a test has failed before; the process must not stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

/// Orders of one client, from every `step`th household, until the server is gone; the orders that it acknowledged.
fn order_until_gone(
    address: &str,
    token: &str,
    first: usize,
    step: usize,
    acknowledged: &AtomicUsize,
) -> Vec<Uuid> {
    let agent = agent();
    let mut orders = Vec::new();
    for room in (first..=HOUSEHOLDS).step_by(step) {
        let body = json!({"dwelling": format!("1-1-{room}"), "phone": phone(room), "wants": [{"pack": "V", "quantity": 1}]});
        let sent = agent
            .post(format!("{address}/api/v1/open/{token}/orders"))
            .header("idempotency-key", Uuid::now_v7().to_string())
            .header("content-type", "application/json")
            .send(body.to_string());
        let Ok(mut answer) = sent else { break };
        let text = answer.body_mut().read_to_string().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{text}");
        let made: Value = serde_json::from_str(&text).unwrap();
        orders.push(Uuid::parse_str(made["id"].as_str().unwrap()).unwrap());
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    orders
}

fn succeeded(output: &Output) -> bool {
    println!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.status.success()
}

/// PR 3 of the promises: what was acknowledged is what is stored, also when the server is told to stop under load.
#[test]
fn a_server_told_to_stop_under_load_has_stored_exactly_what_it_acknowledged() {
    for (engine, guard) in testing::guards() {
        let (round, token) = fill(guard.url());
        let server = Running::start(guard.url());
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (1..=12)
            .map(|first| {
                let (address, token) = (server.address.clone(), token.clone());
                let acknowledged = Arc::clone(&acknowledged);
                thread::spawn(move || order_until_gone(&address, &token, first, 12, &acknowledged))
            })
            .collect();
        let begun = Instant::now();
        while acknowledged.load(Ordering::SeqCst) < ENOUGH {
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{engine}: no orders are taken"
            );
            thread::sleep(Duration::from_millis(1));
        }
        server.terminate();
        let orders: BTreeSet<Uuid> = clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect();
        let (code, log) = server.end();
        assert_eq!(code, Some(0), "{engine}: {log}");
        assert!(
            orders.len() < HOUSEHOLDS,
            "{engine}: the load ended before the server was told to stop"
        );
        let db = Db::open(guard.url(), MIGRATIONS).unwrap();
        let stored = db
            .read_blocking(move |tx| order::of_round(tx, DISTRICT, round, DISTRICT))
            .unwrap();
        let stored: BTreeSet<Uuid> = stored.iter().map(|order| order.id.0).collect();
        assert_eq!(stored, orders, "{engine}");
        db.close();
        assert!(
            succeeded(&program(guard.url(), &["check"]).output().unwrap()),
            "{engine}"
        );

        // Every line of the log is JSON; residents' requests are in it by route, and neither link nor phone nor name.
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let placed = lines.iter().filter(|line| {
            line["route"] == "/api/v1/open/{token}/orders"
                && line["status"] == 200
                && line["request_id"].is_string()
        });
        assert_eq!(placed.count(), orders.len(), "{engine}");
        for secret in [token.as_str(), "1380000", "张小明"] {
            assert!(!log.contains(secret), "{engine}: {secret} in the log");
        }
    }
}

/// The console reads beside a running server; only one process writes to a SQLite file.
#[test]
fn check_backup_and_report_work_beside_a_running_server() {
    for (engine, guard) in testing::guards() {
        let (_, token) = fill(guard.url());
        let server = Running::start(guard.url());
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let (address, ordering) = (server.address.clone(), Arc::clone(&acknowledged));
        let client = thread::spawn(move || order_until_gone(&address, &token, 1, 1, &ordering));
        while acknowledged.load(Ordering::SeqCst) == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        let folder = std::env::temp_dir().join(format!("baogong-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let file = |name: &str| -> PathBuf { folder.join(name) };
        let (backup, report, rows) = (file("backup.db"), file("situation.xlsx"), file("rows.csv"));
        std::fs::write(&rows, "区划代码,名称,级别\n431023,永兴县,县\n").unwrap();
        let run = |arguments: &[&str]| program(guard.url(), arguments).output().unwrap();
        assert!(succeeded(&run(&["check"])), "{engine}");
        assert!(succeeded(&run(&["backup", backup.to_str().unwrap()])), "{engine}");
        assert!(
            succeeded(&run(&[
                "report",
                "situation",
                "--area",
                DISTRICT,
                report.to_str().unwrap()
            ])),
            "{engine}"
        );
        let restored = format!("sqlite:{}", file("restored.db").display());
        assert!(succeeded(
            &program(&restored, &["restore", backup.to_str().unwrap()])
                .output()
                .unwrap()
        ));
        assert!(
            succeeded(&program(&restored, &["check"]).output().unwrap()),
            "{engine}: the backup"
        );
        let import = run(&["import", "--district", DISTRICT, rows.to_str().unwrap()]);
        let words = String::from_utf8_lossy(&import.stderr);
        if engine == "SQLite" {
            assert!(
                !import.status.success() && words.contains("only one may have it open"),
                "{words}"
            );
        } else {
            assert!(import.status.success(), "{words}");
        }
        let figures = agent().get(format!("{}/metrics", server.address)).call().unwrap();
        assert_eq!(figures.status().as_u16(), 200);
        server.terminate();
        assert!(!client.join().unwrap().is_empty());
        assert_eq!(server.end().0, Some(0), "{engine}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
