//! Redis with an append-only file that is made durable before each answer, and a script that checks what the others
//! check.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Script};

use super::{Setting, Totals, stock};
use crate::Outcome;
use crate::county::County;
use crate::figures::{Load, Row};
use crate::load::closed;
use crate::load::mix::{Ask, PACKS, releases};
use crate::load::tally::{Answer, Run};
use crate::process::{Running, free_port, written_bytes};

/// How long the server may take to answer for the first time.
const START: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Keys: the order, the turn, the stock of each pack. Arguments: the household, how many of each pack.
const PLACE: &str = "
    if redis.call('EXISTS', KEYS[1]) == 1 then return 'taken' end
    if redis.call('EXISTS', KEYS[2]) == 1 then return 'order_interval' end
    for n = 1, #ARGV - 1 do
        if tonumber(redis.call('GET', KEYS[2 + n])) < tonumber(ARGV[1 + n]) then return 'allotment' end
    end
    for n = 1, #ARGV - 1 do redis.call('DECRBY', KEYS[2 + n], ARGV[1 + n]) end
    redis.call('SET', KEYS[2], 1)
    redis.call('SET', KEYS[1], table.concat(ARGV, ' '))
    return 'taken'";

fn failed(error: redis::RedisError) -> String {
    format!("Redis: {error}")
}

fn stock_key(compound: u32, pack: usize) -> String {
    format!("stock:{compound}:{pack}")
}

fn start(program: &Path, folder: &Path, port: u16) -> Outcome<Running> {
    let mut command = Command::new(program);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
    command
        .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
        .arg(folder);
    Ok(Running::start(&mut command, &folder.join("errors"))?.0)
}

async fn connect(port: u16) -> Outcome<MultiplexedConnection> {
    let client = Client::open(format!("redis://127.0.0.1:{port}/")).map_err(failed)?;
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
    let begun = Instant::now();
    loop {
        match client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => return Ok(connection),
            Err(error) if begun.elapsed() > START => return Err(failed(error)),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

async fn fill(connection: &mut MultiplexedConnection, county: County) -> Outcome {
    let mut all = redis::pipe();
    for compound in 0..county.compounds {
        for (pack, quantity) in stock(county, compound).into_iter().enumerate() {
            all.set(stock_key(compound, pack), quantity).ignore();
        }
    }
    all.exec_async(connection).await.map_err(failed)
}

async fn place(connection: &mut MultiplexedConnection, script: &Script, county: County, ask: &Ask) -> Answer {
    let compound = county.compound(ask.household);
    let mut call = script.key(format!("order:{}", ask.command));
    call.key(format!("turn:{}", ask.household));
    for pack in 0..PACKS.len() {
        call.key(stock_key(compound, pack));
    }
    call.arg(ask.household);
    for quantity in ask.wants {
        call.arg(quantity);
    }
    match call.invoke_async::<String>(connection).await {
        Ok(word) if word == "taken" => Answer::Taken(ask.command),
        Ok(word) => Answer::Refused(word),
        Err(error) => Answer::Failed(failed(error)),
    }
}

async fn totals(connection: &mut MultiplexedConnection, county: County, run: &Run) -> Outcome<Totals> {
    let mut totals = Totals {
        sold: releases(county.households),
        ..Totals::default()
    };
    for compound in 0..county.compounds {
        let keys: Vec<String> = (0..PACKS.len()).map(|pack| stock_key(compound, pack)).collect();
        let left: Vec<i64> = redis::cmd("MGET")
            .arg(keys)
            .query_async(connection)
            .await
            .map_err(failed)?;
        for (sold, left) in totals.sold.iter_mut().zip(left) {
            *sold -= left;
            totals.lowest = totals.lowest.min(left);
        }
    }
    // The orders are found by the receipts, so one that was lost is missing here; one too many shows in the stock.
    let keys: Vec<String> = run
        .receipts
        .values()
        .map(|receipt| format!("order:{}", receipt.command))
        .collect();
    for some in keys.chunks(1_000) {
        let orders: Vec<Option<String>> = redis::cmd("MGET")
            .arg(some)
            .query_async(connection)
            .await
            .map_err(failed)?;
        for order in orders.into_iter().flatten() {
            totals.orders += 1;
            let quantities = order
                .split(' ')
                .skip(1)
                .filter_map(|word| word.parse::<i64>().ok());
            for (index, quantity) in quantities.enumerate() {
                totals.lines[index] += quantity;
            }
        }
    }
    // There is no ledger beside the orders.
    totals.moved = totals.lines;
    Ok(totals)
}

/// Measures it.
pub async fn measure(program: &Path, setting: &Setting) -> Outcome<Row> {
    let county = setting.county;
    let port = free_port()?;
    let server = start(program, setting.fresh_folder()?, port)?;
    let mut connection = connect(port).await?;
    fill(&mut connection, county).await?;
    let clients = (0..setting.clients).map(|_| {
        let (mut connection, script) = (connection.clone(), Script::new(PLACE));
        async move |ask: Ask| place(&mut connection, &script, county, &ask).await
    });
    let before = written_bytes(server.id());
    let run = closed(setting.mix(), clients.collect(), setting.lasting).await?;
    let after = written_bytes(server.id());
    let mut row = Row::of(
        "Redis script, appendfsync always",
        Load::Clients(setting.clients),
        &run,
    )
    .written(before, after);
    row.findings = totals(&mut connection, county, &run).await?.differences(&run);
    drop(connection);
    server.stop(START)?;
    Ok(row)
}
