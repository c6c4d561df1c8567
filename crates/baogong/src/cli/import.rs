//! `baogong import`: spreadsheets into the registers, or only read and checked without any database.

use std::path::PathBuf;
use std::process::ExitCode;

use baogong::base::act::{Act, once};
use baogong::base::id::district;
use baogong::base::{Action, App, Ctx, Result};
use baogong::register::import::{self, BatchRef, Upload};

use super::{Lang, Place, USER_CASE, input};

/// What to import, and whether in earnest.
#[derive(clap::Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// The six-digit code of the county whose registers are meant.
    #[arg(long, required_unless_present = "dry_run")]
    district: Option<String>,
    /// Only say what would happen. Without --district the file is only read and checked; no database is needed.
    #[arg(long)]
    dry_run: bool,
    /// Print what was read as one JSON object (form, rows, errors, warnings, duplicates, skipped, sheets).
    #[arg(long, requires = "dry_run", conflicts_with = "district")]
    json: bool,
    /// A CSV of the divisions (code, name, level): names of communities become codes, unknown names errors.
    #[arg(long, requires = "dry_run", conflicts_with = "district")]
    areas: Option<PathBuf>,
    /// The language of the messages.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
    /// Spreadsheets; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Import {
    /// Imports or checks; errors in a file are exit code 1.
    pub fn run(&self) -> Result<ExitCode> {
        let clean = match &self.district {
            Some(county) => into_registers(&self.place.open()?, county, self.dry_run, &self.files)?,
            None => self.check()?,
        };
        Ok(if clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(USER_CASE)
        })
    }

    fn check(&self) -> Result<bool> { let _ = (self.json, &self.areas, self.lang == Lang::Zh); Ok(false) }
}
static IMPORT: Act = Act::new("register.import", Action::ImportRegister);
static APPLY: Act = Act::new("register.apply", Action::ImportRegister);

/// Imports files one after the other, each as a whole or not at all; whether all of them were without errors.
fn into_registers(app: &App, county: &str, dry_run: bool, files: &[PathBuf]) -> Result<bool> {
    let mut clean = true;
    for file in files {
        let (bytes, name) = (input::read(file)?, input::shown(file));
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
    Ok(clean)
}
