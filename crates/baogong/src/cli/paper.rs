//! `baogong signs` and `baogong passes`: papers that hang or are carried.

use std::path::PathBuf;
use std::process::ExitCode;

use baogong::base::act::{Act, once};
use baogong::base::{Action, Ctx, Refusal, Result};
use baogong::pass::{self, IssueDraft, PassKind, paper};
use baogong::register::correct::area_name;
use baogong::register::entry;
use baogong::report::documents::print_lang;
use baogong::report::signs::{self, Foot};
use baogong::web::serve::{printer, setting};

use super::export::{area, document_fault, origin};
use super::serve::public_url;
use super::{Lang, Place, input};

static ISSUE: Act = Act::new("pass.issue", Action::IssuePass);

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
