//! `baogong export`: lists against a data directory, also beside a server that is running, unless people stand in them
//! and the export has to be recorded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baogong::base::act::{Act, once};
use baogong::base::id::{RoundId, district};
use baogong::base::{Action, App, Ctx, Error, Fault, Refusal, RefusalKind, Result};
use baogong::register::entry::{self, Query};
use baogong::register::{REGISTERS, register, show};
use baogong::report::{self, REPORTS, Subject, render};
use baogong::round::Round;
use baogong::round::open;
use documents::sheet;

use super::{Lang, Place, input};

/// What a list is written as.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// An Excel workbook.
    Xlsx,
    /// UTF-8 with a byte-order mark, as Excel expects it.
    Csv,
}

/// Which list, of what, into which file.
#[derive(clap::Args)]
#[command(after_help = lists())]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// The list, see below.
    list: String,
    /// The file; `-` is standard output, which is also where it goes without a name.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// An area code; the whole county without it.
    #[arg(long)]
    area: Option<String>,
    /// The code or id of a round, for lists of a round.
    #[arg(long)]
    round: Option<String>,
    /// Only what contains these words, for lists that can be searched.
    #[arg(long, default_value = "")]
    search: String,
    /// Only a part of the list, such as a category of coverage or the id of a proposal.
    #[arg(long, default_value = "")]
    only: String,
    /// The format; without it the ending of the file decides.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Adds a row of HXL tags below the heading.
    #[arg(long)]
    hxl: bool,
    /// The language of headings and words.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
}

/// The lists that can be exported, for the help text.
fn lists() -> String {
    let mut lines = vec!["Registers / 台账:".to_string()];
    for register in REGISTERS {
        lines.push(format!(
            "  {:<12} {} {}",
            register.key(),
            register.title.0,
            register.title.1
        ));
    }
    lines.push("Lists / 清单:".to_string());
    for report in REPORTS {
        lines.push(format!(
            "  {:<12} {} {}",
            report.key, report.title.0, report.title.1
        ));
    }
    lines.join("\n")
}

/// A fault of our own in making a document.
pub fn document_fault(words: String) -> Error {
    Error::Fault(Fault::Document(words))
}

/// The area that was named, or the only district that there is.
pub fn area(app: &App, named: Option<&str>) -> Result<String> {
    if let Some(named) = named {
        return Ok(named.to_string());
    }
    let districts = app.db.read_blocking(entry::districts)?;
    match districts.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Refusal::new(
            RefusalKind::NotFound,
            "empty",
            "数据目录里还没有登记任何内容；请检查 --data。",
            "Nothing is registered there yet; check --data.",
        )
        .into()),
        several => Err(Refusal::invalid(
            "area",
            format!("有几个县的数据，请用 --area 指明：{}。", several.join("、")),
            format!(
                "There are several counties; name one with --area: {}.",
                several.join(", ")
            ),
        )
        .into()),
    }
}

/// The round with this code, such as `R012`, or this id.
pub(super) fn round(app: &App, in_area: &str, named: &str) -> Result<Round> {
    let (in_district, named) = (district(in_area).to_string(), named.to_string());
    app.db.read_blocking(move |tx| {
        if let Ok(id) = named.parse::<RoundId>() {
            return open::get(tx, &in_district, id);
        }
        let rounds = open::list(tx, &in_district, "")?;
        let found = rounds
            .into_iter()
            .find(|round| round.code.eq_ignore_ascii_case(&named));
        Ok(found.ok_or_else(|| Refusal::not_found("轮次", "round"))?)
    })
}

static EXPORT: Act = Act::new("register.export", Action::ViewRegister);

/// Opens the database to read; where people stand in a list, to write as well, because its export is recorded.
pub(super) fn opened(place: &Place, personal: bool) -> Result<App> {
    let reader = place.open_reader()?;
    if !personal {
        return Ok(reader);
    }
    drop(reader);
    match place.open() {
        Err(Error::Fault(Fault::Store(store::Fault::Locked { .. }))) => Err(Refusal::conflict(
            "server_running",
            "这份清单含个人信息，导出要记入审计日志；服务器正在运行，请在页面上导出，或先停下服务器。",
            "People stand in this list, so its export is recorded; a server is running on the database. Export it on its page, or stop the server first.",
        )
        .into()),
        other => other,
    }
}

/// Records an export as the pages do: which list, how much of it, as what; what was searched for may be a name.
pub(super) fn record(app: &App, act: &'static Act, area: &str, what: String) -> Result<()> {
    let (ctx, area) = (Ctx::system(&app.clock), area.to_string());
    app.db
        .write_blocking(move |tx| once(tx, &ctx, act, &area, &what, |_, _, what| Ok(what.clone())))?;
    Ok(())
}

impl Export {
    /// Writes the list.
    pub fn run(&self) -> Result<ExitCode> {
        let csv = match (self.format, ending(&self.file)) {
            (Some(format), _) => format == Format::Csv,
            (None, ending) => ending != "xlsx",
        };
        let listed = REPORTS.iter().find(|report| report.key == self.list);
        let personal = match register(&self.list) {
            Some(register) => !register.personal.is_empty(),
            None => listed.is_some_and(|report| report.personal),
        };
        let app = opened(&self.place, personal)?;
        let area = area(&app, self.area.as_deref())?;
        let bytes = match register(&self.list) {
            Some(_) => self.of_register(&app, &area, csv)?,
            None => self.of_report(&app, &area, csv)?,
        };
        input::write(&self.file, &bytes)?;
        Ok(ExitCode::SUCCESS)
    }

    fn of_register(&self, app: &App, area: &str, csv: bool) -> Result<Vec<u8>> {
        let register = register(&self.list).ok_or_else(|| Refusal::not_found("清单", "list"))?;
        let record_area = area.to_string();
        let (area, words) = (area.to_string(), self.search.clone());
        let (entries, names) = app.db.read_blocking(move |tx| -> Result<_> {
            let query = Query {
                register: register.key(),
                area: &area,
                words: &words,
                ..Query::default()
            };
            let entries = entry::list(tx, &query, i64::MAX, 0)?;
            Ok((entries, show::supplier_names(tx, district(&area))?))
        })?;
        if !register.personal.is_empty() {
            let format = if csv { "csv" } else { "xlsx" };
            let what = format!("{} {} {format}", register.key(), entries.len());
            record(app, &EXPORT, &record_area, what)?;
        }
        let actor = Ctx::system(&app.clock).actor;
        let sheet = baogong::register::export::export_sheet(
            &actor,
            register,
            entries,
            &names,
            self.words(),
            self.hxl,
        );
        if csv {
            Ok(sheet::write_csv(&sheet))
        } else {
            sheet::write(&[sheet]).map_err(document_fault)
        }
    }

    fn of_report(&self, app: &App, area: &str, csv: bool) -> Result<Vec<u8>> {
        let report = REPORTS
            .iter()
            .find(|report| report.key == self.list)
            .ok_or_else(|| {
                Refusal::new(
                    RefusalKind::NotFound,
                    "list",
                    format!(
                        "没有“{}”这份清单；baogong export --help 列出了全部清单。",
                        self.list
                    ),
                    format!(
                        "There is no list {:?}; baogong export --help names all of them.",
                        self.list
                    ),
                )
            })?;
        let round = match &self.round {
            Some(named) => round(app, area, named)?.id.to_string(),
            None => String::new(),
        };
        if report.personal {
            let format = if csv { "csv" } else { "xlsx" };
            let what = [report.key, round.as_str(), format].join(" ");
            record(app, report::printing(report.action), area, what)?;
        }
        let subject = Subject {
            area: area.to_string(),
            round,
            words: self.search.clone(),
            only: self.only.clone(),
            ..Subject::default()
        };
        let (ctx, lang) = (Ctx::system(&app.clock), self.words());
        let document = app
            .db
            .read_blocking(move |tx| (report.make)(tx, &ctx, lang, &subject))?;
        let bytes = if csv {
            render::csv(&document, lang, self.hxl)
        } else {
            render::workbook(&document, lang, self.hxl)
        };
        bytes.map_err(document_fault)
    }

    fn words(&self) -> kit::Lang {
        self.lang.into()
    }
}

pub(super) fn ending(file: &Path) -> &str {
    file.extension().and_then(|ending| ending.to_str()).unwrap_or("")
}

/// Writes the template of a form.
pub fn template(key: &str, file: Option<PathBuf>, lang: Lang) -> Result<ExitCode> {
    let form = documents::forms::form(key).ok_or_else(|| {
        let keys: Vec<&str> = documents::forms::FORMS.iter().map(|form| form.key).collect();
        let keys = keys.join(", ");
        let (zh, en) = (
            format!("没有“{key}”这张表；有：{keys}。"),
            format!("There is no form {key:?}; there are {keys}."),
        );
        Refusal::new(RefusalKind::NotFound, "form", zh, en)
    })?;
    let bytes = sheet::template(form, lang == Lang::Zh).map_err(document_fault)?;
    input::write(&file.unwrap_or_else(|| format!("{key}.xlsx").into()), &bytes)?;
    Ok(ExitCode::SUCCESS)
}
