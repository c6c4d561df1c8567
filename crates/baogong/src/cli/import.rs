//! `baogong import`: spreadsheets into the registers, or only read and checked without any database.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baogong::base::act::{Act, once};
use baogong::base::id::district;
use baogong::base::{Action, Actor, App, Ctx, Error, Refusal, RefusalKind, Result, clock};
use baogong::register::import::{self, Applying, Upload};
use documents::sheet::{self, Divisions, Options};
use serde_json::{Value, json};

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
            Some(county) => {
                let app = match self.dry_run {
                    true => self.place.open_reader()?,
                    false => self.place.open()?,
                };
                into_registers(&app, county, self.dry_run, &self.files)?
            }
            None => self.check()?,
        };
        Ok(if clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(USER_CASE)
        })
    }

    /// Reads the files and prints what was found; whether all of them are without errors.
    fn check(&self) -> Result<bool> {
        let divisions = self.areas.as_deref().map(divisions).transpose()?;
        let today = clock::zoned(clock::Clock::default().now_s())
            .strftime("%Y-%m-%d")
            .to_string();
        let options = Options {
            divisions: divisions.as_ref(),
            today: Some(&today),
            incomplete_rows: true,
            ..Options::default()
        };
        let zh = self.lang == Lang::Zh;
        let mut clean = true;
        for file in &self.files {
            let name = input::shown(file);
            let bytes = match input::read(file) {
                Err(Error::Refusal(refusal)) if self.json => {
                    let message = if zh { &refusal.zh } else { &refusal.en };
                    let error = json!({"sheet": "", "row": 0, "column": "", "heading": "", "value": name, "message": message});
                    println!(
                        "{}",
                        json!({"form": null, "rows": [], "errors": [error], "warnings": [], "duplicates": [], "skipped": []})
                    );
                    clean = false;
                    continue;
                }
                other => other?,
            };
            if self.json {
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                clean &= sheet::write_outcome(&bytes, &name, &options, zh, &mut out)?;
                writeln!(out)?;
                out.flush()?;
            } else {
                let outcome = sheet::counted_outcome(&bytes, &name, &options, zh);
                clean &= outcome["errors"].as_array().is_none_or(Vec::is_empty);
                print!("{}", readable(&name, &outcome, zh));
            }
        }
        Ok(clean)
    }
}

fn divisions(file: &Path) -> Result<Divisions> {
    Divisions::parse(&input::read(file)?).map_err(|rejected| {
        let name = input::shown(file);
        Refusal::new(
            RefusalKind::Invalid,
            "areas",
            format!("{name}：{}", rejected.zh()),
            format!("{name}: {}", rejected.en()),
        )
        .into()
    })
}

/// The outcome as lines for people: what it is, then everything that needs attention by sheet and cell.
fn readable(name: &str, outcome: &Value, zh: bool) -> String {
    let list = |key: &str| outcome[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let word = |zh_word: &'static str, en: &'static str| if zh { zh_word } else { en };
    let form = match outcome["form"].as_str() {
        Some(key) => {
            documents::forms::form(key).map_or_else(|| key.to_string(), |form| form.title.get(zh).to_string())
        }
        None => word("没有认出是哪一张表", "no form recognised").to_string(),
    };
    let mut lines = vec![format!(
        "{name}: {form}; {} {}, {} {}, {} {}, {} {}, {} {}",
        outcome["rows"],
        word("行", "rows"),
        list("errors").len(),
        word("处错误", "errors"),
        list("warnings").len(),
        word("处提醒", "warnings"),
        list("duplicates").len(),
        word("处重复", "duplicates"),
        list("skipped").len(),
        word("行跳过", "skipped"),
    )];
    for (key, title) in [
        ("errors", word("错误", "error")),
        ("warnings", word("提醒", "warning")),
        ("duplicates", word("重复", "duplicate")),
        ("skipped", word("跳过", "skipped")),
    ] {
        for one in list(key) {
            let value = text(&one["value"]);
            let value = if value.is_empty() {
                value
            } else {
                format!(" {value:?}")
            };
            lines.push(format!(
                "  {title} {}!{}{}{value}: {}",
                text(&one["sheet"]),
                text(&one["column"]),
                text(&one["row"]),
                text(&one["message"])
            ));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Rows that seem to be registered already which are named one by one.
const ALIKE_PRINTED: usize = 20;

static IMPORT: Act = Act::new("register.import", Action::ImportRegister);
static APPLY: Act = Act::new("register.apply", Action::ImportRegister);

/// Imports files one after the other, each as a whole or not at all; whether all of them were without errors.
fn into_registers(app: &App, county: &str, dry_run: bool, files: &[PathBuf]) -> Result<bool> {
    let mut clean = true;
    for file in files {
        let (bytes, name) = (input::read(file)?, input::shown(file));
        let of = county.to_string();
        let mappings = app
            .db
            .read_blocking(move |tx| import::mapping::mappings(tx, &of, ""))?;
        let reading = import::read_watched(&name, &bytes, &mappings, &mut |_| true)?;
        let in_district = county.to_string();
        let (reading, preview) = app.db.read_blocking(move |tx| {
            let preview = import::preview(tx, &Actor::system(), &in_district, &reading, &[])?;
            Ok::<_, Error>((reading, preview))
        })?;
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
        for alike in preview.alike.iter().take(ALIKE_PRINTED) {
            println!(
                "{name}: {}!{} ≈ {} {}: {} / {}",
                alike.sheet, alike.row, alike.register, alike.code, alike.zh, alike.en
            );
        }
        if preview.alike.len() > ALIKE_PRINTED {
            println!(
                "{name}: 疑似已登记的共{0}行；在导入页面上传可以逐行处理 / {0} rows seem to be registered already; upload the file on its page to settle them",
                preview.alike.len()
            );
        }
        if preview.tallies.is_empty() && preview.errors.is_empty() {
            println!("{name}: 没有可以写入登记的内容 / nothing that goes into a register");
            clean = false;
            continue;
        }
        clean &= preview.errors.is_empty();
        if dry_run || !preview.errors.is_empty() {
            continue;
        }
        let upload = Upload::new(county, &name, bytes).checked(&reading, &preview);
        let ctx = Ctx::system(&app.clock);
        let applying = Applying::just_read(&ctx, &upload, reading);
        app.db.write_blocking(move |tx| {
            let at = district(upload.district());
            once(tx, &ctx, &IMPORT, at, &upload, import::keep)?;
            once(tx, &ctx.sub("apply"), &APPLY, at, &applying, import::apply)
        })?;
    }
    Ok(clean)
}
