//! `baogong labels`, `report`, `signs` and `passes`: what is stuck on, read, hung up or carried.

use std::path::PathBuf;
use std::process::ExitCode;

use baogong::base::act::{Act, once};
use baogong::base::address::PUBLIC_URL;
use baogong::base::id::{TripId, district};
use baogong::base::{Action, App, Ctx, Refusal, Result};
use baogong::pass::{self, IssueDraft, PassKind, paper};
use baogong::register::correct::area_name;
use baogong::register::entry;
use baogong::report::documents::print_lang;
use baogong::report::labels;
use baogong::report::signs::{self, Foot};
use baogong::report::{self, Subject, render};
use baogong::round::open::RoundRef;
use baogong::round::trips;
use baogong::web::serve::{printer, setting};
use print::{BoxSheet, LabelSheet};

use super::export::{area, document_fault, ending, opened, record, round};
use super::serve::public_url;
use super::{Lang, Place, input};

static ISSUE: Act = Act::new("pass.issue", Action::IssuePass);

/// The paper that labels are printed on.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Paper {
    /// Sheets of 3 × 8.
    A4,
    /// A roll of 100 × 70 mm.
    Roll,
    /// A continuous roll 80 mm wide, for bags; boxes get 100 × 70 mm.
    Continuous,
    /// A roll of 100 × 150 mm with a linear bar code, for boxes; bags get 100 × 70 mm.
    Large,
}

impl Paper {
    fn sheet(self) -> LabelSheet {
        match self {
            Self::A4 => LabelSheet::A4x24,
            Self::Roll | Self::Large => LabelSheet::Roll100x70,
            Self::Continuous => LabelSheet::Continuous80,
        }
    }

    fn box_sheet(self) -> BoxSheet {
        match self {
            Self::A4 | Self::Roll | Self::Continuous => BoxSheet::Roll100x70,
            Self::Large => BoxSheet::Roll100x150,
        }
    }
}

/// Which labels, of which round.
#[derive(clap::Args)]
pub struct Labels {
    #[command(flatten)]
    place: Place,
    /// The code of the round, such as `R012`, or its id.
    round: String,
    /// The PDF; `-` is standard output. Without a name it is called after the round.
    file: Option<PathBuf>,
    /// An area or compound code; the whole round without it.
    #[arg(long)]
    area: Option<String>,
    /// Labels for boxes instead of bags.
    #[arg(long)]
    boxes: bool,
    /// The paper; labels of boxes come on rolls only.
    #[arg(long, value_enum, default_value_t = Paper::A4)]
    paper: Paper,
    /// The language of the words on the labels.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
    /// The address in the codes; the one that is set without it.
    #[arg(long, value_parser = public_url)]
    public_url: Option<String>,
}

/// By which address people reach the server: the one given here, or the one that is set. Without either the codes hold
/// what the fields of the pages read, and that is said.
pub fn origin(app: &App, given: Option<&str>) -> Result<String> {
    let origin = match given {
        Some(given) => given.to_string(),
        None => app
            .db
            .read_blocking(|tx| setting(tx, PUBLIC_URL))?
            .unwrap_or_default(),
    };
    if origin.is_empty() {
        eprintln!(
            "没有设置对外网址（--public-url），二维码里没有网址，只能在系统的输入框里扫。/ No public address is set (--public-url): the codes hold none and are read only by the fields of the pages."
        );
    }
    Ok(origin)
}

impl Labels {
    /// Writes the labels; a round without bags is the user's case.
    pub fn run(&self) -> Result<ExitCode> {
        let app = self.place.open_reader()?;
        let origin = origin(&app, self.public_url.as_deref())?;
        let area = area(&app, self.area.as_deref())?;
        let round = round(&app, &area, &self.round)?;
        let at = RoundRef {
            district: district(&area).to_string(),
            id: round.id,
        };
        let (ctx, lang): (_, kit::Lang) = (Ctx::system(&app.clock), self.lang.into());
        let printer = printer()?.with_lang(print_lang(lang));
        let for_boxes = self.boxes;
        let (bags, boxes) = app.db.read_blocking(move |tx| -> Result<_> {
            let place = labels::Place {
                round: &at,
                area: &area,
                origin: &origin,
            };
            Ok(if for_boxes {
                (Vec::new(), labels::box_labels(tx, &ctx, lang, &place)?)
            } else {
                (labels::bag_labels(tx, &ctx, lang, &place)?, Vec::new())
            })
        })?;
        let printed = match (for_boxes, bags.is_empty() && boxes.is_empty()) {
            (true, true) => return Err(labels::no_boxes().into()),
            (false, true) => return Err(labels::no_bags().into()),
            (true, false) => printer.box_labels(self.paper.box_sheet(), &boxes),
            (false, false) => printer.labels(self.paper.sheet(), &bags),
        };
        let bytes = printed.map_err(|fault| document_fault(fault.to_string()))?;
        let named = |what: &str| PathBuf::from(format!("{}-{what}.pdf", round.code));
        let file = match &self.file {
            Some(file) => file.clone(),
            None if self.boxes => named("boxes"),
            None => named("labels"),
        };
        input::write(&file, &bytes)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Which report, of what, into which file.
#[derive(clap::Args)]
pub struct Report {
    #[command(flatten)]
    place: Place,
    /// The key of the report, such as `situation`; `baogong export --help` names all of them.
    key: String,
    /// The PDF, XLSX or CSV, by its ending; `-` is standard output and PDF.
    file: PathBuf,
    /// An area or compound code; the whole county without it.
    #[arg(long)]
    area: Option<String>,
    /// The code of the round, such as `R012`, or its id, for reports of a round.
    #[arg(long)]
    round: Option<String>,
    /// The code of the trip or its id, for reports of a trip.
    #[arg(long)]
    trip: Option<String>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
    /// The address in the codes; the one that is set without it.
    #[arg(long, value_parser = public_url)]
    public_url: Option<String>,
}

impl Report {
    /// Writes the report.
    pub fn run(&self) -> Result<ExitCode> {
        let report = report::report(&self.key)?;
        let app = opened(&self.place, report.personal)?;
        let area = area(&app, self.area.as_deref())?;
        if report.personal {
            let what = format!("{}  {}", self.key, ending(&self.file));
            record(&app, report::printing(report.action), &area, what)?;
        }
        let named = |named: &Option<String>, find: &dyn Fn(&str) -> Result<String>| {
            named.as_deref().map_or(Ok(String::new()), find)
        };
        let origin = match (&self.public_url, report.key) {
            (Some(given), _) => given.clone(),
            // The only report with a code on it.
            (None, "order-notice") => origin(&app, None)?,
            (None, _) => String::new(),
        };
        let subject = Subject {
            round: named(&self.round, &|code| Ok(round(&app, &area, code)?.id.to_string()))?,
            trip: named(&self.trip, &|code| trip(&app, &area, code))?,
            area,
            origin,
            ..Subject::default()
        };
        let (ctx, lang): (_, kit::Lang) = (Ctx::system(&app.clock), self.lang.into());
        let document = app
            .db
            .read_blocking(move |tx| (report.make)(tx, &ctx, lang, &subject))?;
        let bytes = match ending(&self.file) {
            "xlsx" => render::workbook(&document, lang, false).map_err(document_fault)?,
            "csv" => render::csv(&document, lang, false).map_err(document_fault)?,
            _ => printer()?
                .document(&document)
                .map_err(|fault| document_fault(fault.to_string()))?,
        };
        input::write(&self.file, &bytes)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The id of the trip with this code or id.
fn trip(app: &App, in_area: &str, named: &str) -> Result<String> {
    let (in_district, named) = (district(in_area).to_string(), named.to_string());
    app.db.read_blocking(move |tx| {
        if let Ok(id) = named.parse::<TripId>() {
            return Ok(trips::get(tx, &in_district, id)?.id.to_string());
        }
        let found = trips::list(tx, &in_district, "")?
            .into_iter()
            .find(|trip| trip.code.eq_ignore_ascii_case(&named));
        Ok(found
            .ok_or_else(|| Refusal::not_found("车次", "trip"))?
            .id
            .to_string())
    })
}

/// Signs of which places.
#[derive(clap::Args)]
pub struct Signs {
    #[command(flatten)]
    place: Place,
    /// The PDF; `-` is standard output.
    file: PathBuf,
    /// An area or compound code; the whole county without it.
    #[arg(long)]
    area: Option<String>,
    /// Only the drop points of compounds, or only the sites of the register.
    #[arg(long, value_parser = ["compounds", "sites"])]
    of: Option<String>,
    /// The language of the signs.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
    /// The address in the codes; the one that is set without it.
    #[arg(long, value_parser = public_url)]
    public_url: Option<String>,
}

impl Signs {
    /// Writes the signs.
    pub fn run(&self) -> Result<ExitCode> {
        let app = self.place.open_reader()?;
        let area = area(&app, self.area.as_deref())?;
        let (of, lang, origin) = (
            self.of.clone(),
            self.lang.into(),
            origin(&app, self.public_url.as_deref())?,
        );
        let signs = app.db.read_blocking(move |tx| {
            let foot = Foot {
                lang,
                site: setting(tx, "site")?.unwrap_or_default(),
                origin,
            };
            signs::all(tx, &foot, &area, of.as_deref())
        })?;
        let printed = printer()?.with_lang(print_lang(lang)).signs(&signs);
        input::write(
            &self.file,
            &printed.map_err(|fault| document_fault(fault.to_string()))?,
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The register that holds those who get passes.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Vehicles: a pass behind the windscreen.
    Vehicles,
    /// Staff: a certificate to carry.
    Staff,
    /// Volunteers: a card to carry.
    Volunteers,
    /// Outlets: a permit at the door.
    Outlets,
}

/// Passes for whom, where and how long.
#[derive(clap::Args)]
pub struct Passes {
    #[command(flatten)]
    place: Place,
    /// Who or what they are for.
    #[arg(value_enum)]
    kind: Kind,
    /// The PDF; `-` is standard output.
    file: PathBuf,
    /// The area in which they hold, and in which holders are registered; the whole county without it.
    #[arg(long)]
    area: Option<String>,
    /// The first day, such as 2026-11-21.
    #[arg(long)]
    from: String,
    /// The last day.
    #[arg(long)]
    until: String,
    /// The code of one holder, such as P001 or a number plate, once for each; without it all who are on duty.
    #[arg(long = "holder")]
    holders: Vec<String>,
    /// The language of the passes.
    #[arg(long, value_enum, default_value_t = Lang::Zh)]
    lang: Lang,
    /// The address in the codes; the one that is set without it.
    #[arg(long, value_parser = public_url)]
    public_url: Option<String>,
}

impl Passes {
    /// Issues the passes and writes them; whoever holds the same one already gets it printed again.
    pub fn run(&self) -> Result<ExitCode> {
        let app = self.place.open()?;
        let area = area(&app, self.area.as_deref())?;
        let kind = match self.kind {
            Kind::Vehicles => PassKind::Vehicle,
            Kind::Staff => PassKind::Staff,
            Kind::Volunteers => PassKind::Volunteer,
            Kind::Outlets => PassKind::Outlet,
        };
        let (origin, lang) = (origin(&app, self.public_url.as_deref())?, self.lang.into());
        let (ctx, holders, from, until) = (
            Ctx::system(&app.clock),
            self.holders.clone(),
            self.from.clone(),
            self.until.clone(),
        );
        let papers = app.db.write_blocking(move |tx| -> Result<_> {
            let holders = if holders.is_empty() {
                entry::all(tx, kind.key(), &area)?
                    .iter()
                    .filter(|holder| pass::on_duty(holder))
                    .map(|holder| holder.code.clone())
                    .collect()
            } else {
                holders.clone()
            };
            if holders.is_empty() {
                let (zh, en) = (
                    format!("{}没有可以发证的登记。", area_name(tx, &area)?),
                    format!("Nobody on duty is registered in {}.", area_name(tx, &area)?),
                );
                return Err(Refusal::invalid("holder", zh, en).into());
            }
            let mut papers = Vec::new();
            for (part, holders) in holders.chunks(pass::AT_ONCE_MAX).enumerate() {
                let draft = IssueDraft {
                    kind,
                    holders: holders.to_vec(),
                    area: area.clone(),
                    from: from.clone(),
                    until: until.clone(),
                };
                let ctx = ctx.sub(&part.to_string());
                let numbers = once(tx, &ctx, &ISSUE, &area, &draft, pass::issue)?;
                let mut passes = Vec::with_capacity(numbers.len());
                for number in &numbers {
                    passes.extend(pass::by_number(tx, &number[..6], number)?);
                }
                papers.extend(paper::papers(tx, lang, &origin, &passes)?);
            }
            Ok(papers)
        })?;
        let printer = printer()?.with_lang(print_lang(lang));
        let printed = printer.passes(paper::form(kind), &papers);
        input::write(
            &self.file,
            &printed.map_err(|fault| document_fault(fault.to_string()))?,
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
