//! How many orders a second the shipped path takes in process, from the resident's draft to the durable answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use baogong::base::act::Act;
use baogong::base::clock::DAY_S;
use baogong::base::id::{BatchId, RoundId};
use baogong::base::{Action, Actor, App, Ctx, Error, Result, audit, book};
use baogong::plan::directive::{self, DirectiveDraft};
use baogong::register::entry::{self, Household};
use baogong::round::Channel;
use baogong::round::open::{self, PackDraft, RoundDraft};
use baogong::round::order::{self, OrderDraft, Want};
use baogong::simulate::Size;
use baogong::{MIGRATIONS, demo};
use store::{Db, Tx};
use uuid::Uuid;

static PLACE: Act = Act::new("order.place", Action::TakeOrders);

/// Packs that are offered, and those of them that everybody wants; released of each is more than is asked for, because a refusal
/// costs less than an order.
const PACKS: usize = 3;
const WANTED: usize = 2;
const RELEASED: i64 = 150_000;

/// Lets every household of the open round in the database at `url` order once, so many clients at a time, and then some one
/// by one in a round of their own. Into an empty database the synthetic county is loaded before, and a round opened for all of
/// it. Prints lines of `name value`.
///
/// # Errors
/// What the application refuses or fails at.
pub fn run(url: &str, clients: usize) -> Result<()> {
    let app = App::new(Db::open(url, MIGRATIONS)?);
    let prepared = app.db.read_blocking(|tx| open::list(tx, demo::DISTRICT, ""))?;
    // A prepared county may have a second round, opened later, for those who try again.
    let round = match prepared.last() {
        Some(round) => round.id,
        None => {
            app.db.write_blocking(demo::found)?;
            demo::load_all(&app, Size::Full, demo::SEED)?;
            open_round(&app)?
        }
    };
    let everybody = drafts(&app, round)?;
    println!("households {}", everybody.len());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    rush(&app, &runtime, "rush", clients, everybody);
    app.clock.advance(4 * DAY_S);
    let mut few = drafts(&app, open_round(&app)?)?;
    few.truncate(2_000);
    rush(&app, &runtime, "alone", 1, few);
    let findings = app.db.read_blocking(|tx| {
        let mut findings = book::verify(tx)?;
        findings.extend(audit::verify(tx)?);
        Ok::<_, Error>(findings)
    })?;
    for finding in &findings {
        println!("finding {finding}");
    }
    println!("findings {}", findings.len());
    Ok(())
}

/// What one client saw: the waits, and how often it got which answer.
type Seen = (Vec<u64>, BTreeMap<&'static str, u64>);

fn rush(app: &App, runtime: &tokio::runtime::Runtime, name: &str, clients: usize, drafts: Vec<OrderDraft>) {
    let (drafts, next) = (Arc::new(drafts), Arc::new(AtomicUsize::new(0)));
    let (written, busy_us, before) = (bytes_written(), writer_busy_us(), app.db.counters());
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| runtime.spawn(client(app.clone(), Arc::clone(&drafts), Arc::clone(&next))))
        .collect();
    let (mut waits_us, mut answers) = Seen::default();
    for task in tasks {
        if let Ok((waits, counts)) = runtime.block_on(task) {
            waits_us.extend(waits);
            for (answer, count) in counts {
                *answers.entry(answer).or_default() += count;
            }
        }
    }
    let orders = waits_us.len().max(1);
    let seconds = begun.elapsed().as_secs_f64();
    waits_us.sort_unstable();
    let quantile = |q: f64| waits_us.get((orders as f64 * q) as usize).copied().unwrap_or(0);
    let commits = app.db.counters().commits - before.commits;
    println!("{name}_clients {clients}");
    println!("{name}_orders_per_s {:.0}", orders as f64 / seconds);
    for (label, q) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)] {
        println!("{name}_{label}_ms {:.2}", quantile(q) as f64 / 1_000.0);
    }
    println!("{name}_batch {:.1}", orders as f64 / commits.max(1) as f64);
    println!(
        "{name}_bytes_per_order {}",
        (bytes_written() - written) / orders as u64
    );
    println!(
        "{name}_writer_us_per_order {:.1}",
        (writer_busy_us() - busy_us) / orders as f64
    );
    for (answer, count) in answers {
        println!("{name}_{answer} {count}");
    }
}

async fn client(app: App, drafts: Arc<Vec<OrderDraft>>, next: Arc<AtomicUsize>) -> Seen {
    let (mut waits_us, mut answers) = Seen::default();
    while let Some(draft) = drafts.get(next.fetch_add(1, Ordering::Relaxed)) {
        let asked = Instant::now();
        let ctx = Ctx {
            actor: Actor::resident(&draft.household),
            now_s: app.clock.now_s(),
            command: Uuid::now_v7(),
        };
        let placed = app
            .act_together(&ctx, &PLACE, &draft.household, draft.clone(), order::place_many)
            .await;
        let answer = match placed {
            Ok(_) => "placed",
            Err(Error::Refusal(refusal)) => refusal.code,
            Err(Error::Fault(fault)) => {
                eprintln!("{fault}");
                "fault"
            }
        };
        *answers.entry(answer).or_default() += 1;
        waits_us.push(asked.elapsed().as_micros() as u64);
    }
    (waits_us, answers)
}

/// What this process has had written to disk.
fn bytes_written() -> u64 {
    std::fs::read_to_string("/proc/self/io")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: ")?.parse().ok())
        .unwrap_or(0)
}

/// How long the thread that writes has had a processor.
fn writer_busy_us() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let writer = tasks.map(|task| task.path()).find(|task| {
        std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "store-writer")
    });
    let busy = writer.and_then(|task| std::fs::read_to_string(task.join("schedstat")).ok());
    busy.and_then(|busy| busy.split(' ').next()?.parse::<f64>().ok())
        .map_or(0.0, |busy_ns| busy_ns / 1_000.0)
}

/// Puts the whole county under control and opens a round for all of it.
fn open_round(app: &App) -> Result<RoundId> {
    let ctx = Ctx::system(&app.clock);
    app.db.write_blocking(move |tx| {
        let draft = DirectiveDraft {
            area: demo::DISTRICT.into(),
            plan: "fc".into(),
            level: "control".into(),
            risk: "medium".into(),
            ordered_by: "指挥长".into(),
            ..DirectiveDraft::default()
        };
        directive::issue(tx, &ctx, &draft)?;
        let (supplier, packs) = release(tx, &ctx)?;
        let compounds = entry::all(tx, "compounds", demo::DISTRICT)?;
        let round = RoundDraft {
            mode: "C".into(),
            supplier,
            compounds: compounds.into_iter().map(|entry| entry.code).collect(),
            packs,
            ..RoundDraft::default()
        };
        open::open(tx, &ctx.sub("round"), &round)
    })
}

/// An order for each household of the round: the first two packs of it.
fn drafts(app: &App, round: RoundId) -> Result<Vec<OrderDraft>> {
    app.db.read_blocking(move |tx| {
        let compounds = open::compounds(tx, demo::DISTRICT, round)?;
        let compounds: BTreeSet<String> = compounds.into_iter().map(|one| one.compound).collect();
        let packs = open::packs(tx, demo::DISTRICT, round)?;
        let wants: Vec<Want> = packs
            .iter()
            .take(WANTED)
            .map(|pack| Want {
                pack: pack.code.clone(),
                quantity: 1,
            })
            .collect();
        let mut drafts = Vec::new();
        for one in entry::all(tx, "households", demo::DISTRICT)? {
            let household: Household = one.noun()?;
            if household.status == "vacant" || household.phone.is_empty() || !compounds.contains(&one.area) {
                continue;
            }
            drafts.push(OrderDraft {
                district: demo::DISTRICT.into(),
                round,
                household: one.code,
                phone: household.phone,
                channel: Channel::Link,
                wants: wants.clone(),
                note: String::new(),
            });
        }
        // Neighbours do not order one after the other.
        drafts.sort_by_cached_key(|draft| Uuid::new_v5(&Uuid::NAMESPACE_OID, draft.household.as_bytes()));
        Ok(drafts)
    })
}

/// The first supplier with some of its packs, of which it has as many as anybody wants.
fn release(tx: &mut Tx, ctx: &Ctx) -> Result<(String, Vec<PackDraft>)> {
    let goods = entry::all(tx, "goods", demo::DISTRICT)?;
    let supplier = goods
        .first()
        .and_then(|good| good.code.split('/').next())
        .unwrap_or_default()
        .to_string();
    let mut packs = Vec::new();
    for before in goods {
        let Some(code) = before.code.strip_prefix(&format!("{supplier}/")) else {
            continue;
        };
        packs.push(PackDraft {
            code: code.to_string(),
            total: RELEASED,
        });
        let mut after = before.clone();
        after.body.remove("stock");
        let change = entry::Change {
            before: Some(before),
            after: Some(after),
        };
        entry::write(tx, ctx, BatchId::fresh(), &[change])?;
        if packs.len() == PACKS {
            break;
        }
    }
    Ok((supplier, packs))
}
