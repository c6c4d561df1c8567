//! The running server: listening, the clock that closes rounds, settings, the printer.

use std::sync::OnceLock;
use std::time::Duration;

use store::{Tx, params, stmt};

use super::routes;
use crate::base::{App, Ctx, Error, Fault, Result};
use crate::round::open;

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

/// Closes and confirms rounds as their times pass, until the program ends.
pub async fn keep_time(app: App) {
    loop {
        tokio::time::sleep(TICK).await;
        let clock = app.clock.clone();
        let moved = app.db.write(move |tx| open::tick(tx, &Ctx::system(&clock))).await;
        match moved {
            Ok(0) => {}
            Ok(rounds) => tracing::info!(rounds, "rounds moved on"),
            Err(error) => tracing::error!(%error, "deadlines could not be looked at"),
        }
    }
}

/// Serves on `listener` until told to stop; requests under way are finished.
pub async fn serve(
    app: App,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let timer = tokio::spawn(keep_time(app.clone()));
    axum::serve(listener, routes::router(&app))
        .with_graceful_shutdown(stop)
        .await?;
    timer.abort();
    Ok(())
}
