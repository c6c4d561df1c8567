//! The running server: the clock that closes rounds, settings, the printer, and its end.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use store::{Tx, params, stmt};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::accept;
use super::admission::Share;
use super::front::Front;
use crate::base::{App, Ctx, Error, Fault, Result};
use crate::round::{open, settle};

stmt!(SETTING, "SELECT value FROM setting WHERE name = $1");
stmt!(
    SET_SETTING,
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
);

/// A setting of the installation.
pub fn setting(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(tx
        .row(&SETTING, &params![name])?
        .map(|row| row.get(0))
        .transpose()?)
}

/// Changes a setting of the installation.
pub fn set_setting(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    tx.run(&SET_SETTING, &params![name, value])?;
    Ok(())
}

/// The printer, made once with the fonts in the program or, without them, those of the system.
pub fn printer() -> Result<print::Printer> {
    static PRINTER: OnceLock<Option<print::Printer>> = OnceLock::new();
    let printer = PRINTER.get_or_init(|| {
        let own: Vec<Vec<u8>> = kit::fonts().into_iter().map(<[u8]>::to_vec).collect();
        let fonts = if own.is_empty() {
            print::Fonts::from_system()
        } else {
            Some(print::Fonts::new(own))
        };
        fonts.map(print::Printer::new)
    });
    printer.clone().ok_or_else(|| {
        Error::Fault(Fault::Document(
            "no Chinese font: install fonts-noto-cjk, or build with Node to embed one".into(),
        ))
    })
}

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_secs(5);

/// Looks at deadlines after which what is kept of people is looked at as well, which nobody waits for.
const TICKS_TO_FORGET: u32 = 120;

/// Closes and confirms rounds as their times pass, and deletes what is not kept any longer, until the program ends.
pub async fn keep_time(app: App) {
    let mut ticks: u32 = 0;
    loop {
        tokio::time::sleep(TICK).await;
        let clock = app.clock.clone();
        let moved = app.db.write(move |tx| open::tick(tx, &Ctx::system(&clock))).await;
        match moved {
            Ok(0) => {}
            Ok(rounds) => tracing::info!(rounds, "rounds moved on"),
            Err(error) => tracing::error!(%error, "deadlines could not be looked at"),
        }
        if ticks.is_multiple_of(TICKS_TO_FORGET) {
            let clock = app.clock.clone();
            let deleted = app
                .db
                .write(move |tx| settle::forget_old(tx, &Ctx::system(&clock)))
                .await;
            match deleted {
                Ok(0) => {}
                Ok(messages) => tracing::info!(messages, "old chain messages were deleted"),
                Err(error) => tracing::error!(%error, "old chain messages could not be deleted"),
            }
        }
        ticks = ticks.wrapping_add(1);
    }
}

/// Says in the log, every [`TICK`] in which it happened, how many found no room.
async fn tell_crowds(front: Arc<Front>) {
    let mut told = [0; 2];
    loop {
        tokio::time::sleep(TICK).await;
        for (share, told) in [Share::Residents, Share::Staff].into_iter().zip(&mut told) {
            let turnstile = front.admission.of(share);
            let turned_away = turnstile.turned_away() - *told;
            if turned_away > 0 {
                let (share, under_way) = (share.name(), turnstile.under_way());
                tracing::warn!(share, turned_away, under_way, "requests were asked to come again");
            }
            *told += turned_away;
        }
    }
}

/// How long requests under way may take to end once the server has been told to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// How long the commands that wait after that may take.
const CLOSE: Duration = Duration::from_secs(20);
/// Serves on `listener` until told to stop: residents on the threads of the caller, others on the threads of `staff`. Then it
/// accepts nothing more, ends the requests under way within [`DRAIN`] and the commands that wait within [`CLOSE`], and closes
/// the store. What was acknowledged is durable at any time.
pub async fn serve(
    app: App,
    front: Arc<Front>,
    listener: TcpListener,
    staff: &Handle,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let timers = [
        tokio::spawn(keep_time(app.clone())),
        tokio::spawn(tell_crowds(Arc::clone(&front))),
    ];
    let connections = accept::until(stop, &app, &front, listener, staff).await?;
    front.stopping.store(true, Ordering::Relaxed);
    timers.iter().for_each(tokio::task::JoinHandle::abort);
    tracing::info!(
        connections = connections.count(),
        "stopping: ending what is under way"
    );
    if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way and were cut off unanswered");
    }
    let waiting = app.db.counters().writes_waiting;
    tracing::info!(waiting, "stopping: ending the commands that wait");
    let closed = tokio::task::spawn_blocking(move || app.db.close());
    match tokio::time::timeout(CLOSE, closed).await {
        Ok(_) => tracing::info!("stopped"),
        Err(_) => tracing::warn!("some commands were not taken up any more; none of them was acknowledged"),
    }
    Ok(())
}
