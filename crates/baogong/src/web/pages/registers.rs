//! The registers: what is in them and what is missing, lists with search, and spreadsheets in and out.

mod edit;
mod entries;
mod show;

use std::collections::HashMap;

use axum::extract::{Path, RawQuery};
use documents::forms::{Column as FormColumn, Kind};
use documents::sheet::{self, OutSheet};
use kit::{Column, Field, Icon, Lang, TableRow, Tile, Tone, html};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::{Web, XLSX};
use super::super::routes::{Route, read, write};
use super::area_options;
use super::reports::blocking;
use crate::base::access::{Field as Personal, View, within};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Action, Actor, Fault, Refusal, Result, clock};
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry, Query};
use crate::register::{Body, REGISTERS, Register, number, register, text};

pub use entries::differences;
pub use show::{Names, field_of, hidden, seen, shown_name};

static EXPORT: Act = Act::new("register.export", Action::ViewRegister);

/// Entries on one page of a list.
const PAGE: i64 = 50;

/// Overview, lists, entries, corrections, spreadsheets.
pub fn routes() -> Vec<Route> {
    let view = Gate::Needs(Action::ViewRegister);
    let change = Gate::Needs(Action::EditRegister);
    vec![
        read("/registers", view, overview),
        read("/registers/{register}", view, list),
        read("/registers/{register}/export", view, export),
        read("/registers/{register}/template", view, template),
        read("/registers/{register}/entry", view, entries::page),
        write("/registers/{register}/unmask", Gate::Needs(Action::Unmask), entries::unmask),
        read("/registers/{register}/edit", change, edit::form),
        write("/registers/{register}/edit", change, edit::save),
        write("/registers/{register}/remove", change, edit::remove),
    ]
}

/// The register that an address names.
pub fn asked(key: &str) -> Result<&'static Register> {
    register(key).ok_or_else(|| Refusal::not_found("台账", "register").into())
}

/// A path with a query; empty values are left out.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_string() } else { format!("{path}?{query}") }
}

/// The names of the suppliers of a district by code.
pub fn supplier_names(tx: &mut Tx, in_district: &str) -> Result<Names> {
    Ok(entry::all(tx, "suppliers", in_district)?.into_iter().map(|entry| (entry.code, entry.name)).collect())
}

/// Whether the actor may look at entries of `area` in this register. Registers without personal data serve the
/// whole county, and whoever may see registers may see all of them.
fn may_see(actor: &Actor, register: &Register, area: &str) -> bool {
    actor.covers(area) || (register.personal.is_empty() && within(area, district(&actor.area)))
}

/// The area that a list is about: suppliers and goods begin with the whole county, the rest with the actor's area.
fn scope(actor: &Actor, register: &Register, asked: &str) -> Result<String> {
    let area = match asked {
        "" if matches!(register.key(), "suppliers" | "goods") => district(&actor.area).to_string(),
        "" => actor.area.clone(),
        asked => asked.to_string(),
    };
    if !may_see(actor, register, &area) {
        actor.check(Action::ViewRegister, &area)?;
    }
    Ok(area)
}

/// What a register still lacks, as (how many, Chinese, English).
type Gap = (i64, &'static str, &'static str);

fn gaps(tx: &mut Tx, area: &str) -> Result<HashMap<&'static str, Vec<Gap>>> {
    let compounds = entry::all(tx, "compounds", area)?;
    let households: HashMap<String, i64> =
        entry::count_by_area(tx, "households", area)?.into_iter().map(|(code, households, _)| (code, households)).collect();
    let suppliers = entry::all(tx, "suppliers", district(area))?;
    let goods = entry::all(tx, "goods", district(area))?;
    let vehicles = entry::all(tx, "vehicles", area)?;
    let lacking = |entries: &[Entry], lacks: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| lacks(entry)).count() as i64;
    let registered = |compound: &Entry| households.get(&compound.code).copied().unwrap_or(0);
    let fewer: i64 = compounds
        .iter()
        .filter(|compound| registered(compound) > 0)
        .map(|compound| (number(&compound.body, "households").unwrap_or(0) - registered(compound)).max(0))
        .sum();
    let no_place = |entry: &Entry| number(&entry.body, "latitude").is_none() || number(&entry.body, "longitude").is_none();
    Ok(HashMap::from([
        (
            "compounds",
            vec![
                (lacking(&compounds, &|one| registered(one) == 0), "个小区还没有导入住户", "compounds have no households yet"),
                (
                    lacking(&compounds, &|one| text(&one.body, "liaison_phone").is_empty()),
                    "个小区没有采购联络人电话",
                    "compounds have no phone of a liaison",
                ),
                (lacking(&compounds, &no_place), "个小区没有经纬度，不能就近分配", "compounds have no coordinates and cannot be assigned by distance"),
            ],
        ),
        ("households", vec![(fewer, "户在小区表中有、住户表中没有", "households are in the compounds' figures but not registered")]),
        (
            "suppliers",
            vec![
                (lacking(&suppliers, &no_place), "家没有经纬度，不能就近分配", "have no coordinates and cannot be assigned by distance"),
                (
                    lacking(&suppliers, &|one| !goods.iter().any(|good| text(&good.body, "supplier") == one.code)),
                    "家没有价目表，不能开团",
                    "have no price list, so no round can be opened",
                ),
            ],
        ),
        (
            "goods",
            vec![(
                lacking(&goods, &|one| !one.body.contains_key("contents")),
                "种没有写明内容，不能计入余粮",
                "do not say what is inside and cannot be counted as food",
            )],
        ),
        ("vehicles", vec![(lacking(&vehicles, &|one| number(&one.body, "load_g").is_none()), "辆没有载重，不能排车次", "have no load and cannot be planned")]),
    ]))
}

async fn overview(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let actor = web.actor()?;
    let area = web.area(fields.get("area"))?;
    let (may_import, may_edit) = (actor.may(Action::ImportRegister), actor.may(Action::EditRegister));
    let about = area.clone();
    let (place, counts, mut gaps) = web
        .app
        .read(move |tx| {
            let mut counts = Vec::with_capacity(REGISTERS.len());
            for register in REGISTERS {
                let asked = if about == actor.area { "" } else { about.as_str() };
                let scope = scope(&actor, register, asked)?;
                counts.push(entry::count(tx, &Query { register: register.key(), area: &scope, ..Query::default() })?);
            }
            Ok((area_name(tx, &about)?, counts, gaps(tx, &about)?))
        })
        .await?;
    let nothing = counts.iter().all(|(entries, _)| *entries == 0);
    let cards: Vec<kit::Markup> = REGISTERS
        .iter()
        .zip(&counts)
        .map(|(register, (entries, people))| {
            let base = format!("/registers/{}", register.key());
            let missing = gaps.remove(register.key()).unwrap_or_default();
            kit::section(register.word(web.lang), html! {
                (kit::tiles(&[Tile {
                    label: web.t("已登记", "Registered").to_string(),
                    value: count(*entries),
                    unit: web.t("项", "entries").to_string(),
                    href: Some(address(&base, &[("area", if area == actor_area(&web) { "" } else { &area })])),
                    note: if *people > 0 { format!("{} {}", count(*people), web.t("人", "people")) } else { String::new() },
                    tone: if *entries == 0 { Tone::Warn } else { Tone::Plain },
                }]))
                @if *entries == 0 {
                    p { (web.t("还没有登记。下载模板填好后导入，或直接导入现有的表格。",
                        "Nothing yet. Fill in the template and import it, or import a spreadsheet that you have.")) }
                } @else {
                    @for (number, zh, en) in missing.iter().filter(|(number, _, _)| *number > 0) {
                        p { (kit::badge(Tone::Warn, web.t("缺", "Missing"))) " " (count(*number)) " " (web.t(zh, en)) }
                    }
                }
                (kit::actions(html! {
                    (kit::link_button_with(Icon::List, &base, web.t("查看", "List"), Tone::Plain))
                    @if may_import { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入", "Import"),
                        if *entries == 0 { Tone::Accent } else { Tone::Plain })) }
                    @if may_edit { (kit::link_button_with(Icon::Plus, &format!("{base}/edit"), web.t("新增", "Add"), Tone::Plain)) }
                    (kit::link_button_with(Icon::Download, &format!("{base}/template"), web.t("模板", "Template"), Tone::Quiet))
                }))
            })
        })
        .collect();
    let import = html! {
        @if may_import { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入表格", "Import spreadsheets"), Tone::Accent)) }
    };
    let body = html! {
        (kit::heading(&format!("{}{place}", web.t("登记台账：", "Registers: ")),
            web.t("谁住在哪里、谁能供应、用什么运。供应和分配都以此为准。", "Who lives where, who can supply, what carries it. Everything else stands on this."), import))
        @if nothing {
            (kit::notice(Tone::Accent, web.t("从这里开始", "Start here"), html! { p {
                (web.t("先导入行政区划，再导入小区、住户，然后是保供单位和其余各表。",
                    "Import the areas first, then compounds and households, then suppliers and the rest.")) } }))
        }
        (kit::columns(&cards))
    };
    Ok(web.page(web.t("登记台账", "Registers"), body))
}

fn actor_area(web: &Web) -> &str {
    web.user.as_ref().map_or("", |user| user.area.as_str())
}

/// What a list was asked to show.
#[derive(Clone)]
struct Filter {
    words: String,
    area: String,
    tag: String,
    /// Whether the area was chosen, and is not just where lists begin.
    chosen: bool,
}

impl Filter {
    fn of(actor: &Actor, register: &Register, fields: &Fields) -> Result<Self> {
        // Who may not see special needs may not find out by filtering either.
        let by_need = register.key() == "households" && actor.view(Personal::Health) == View::Whole;
        Ok(Self {
            words: fields.get("q").chars().take(60).collect(),
            area: scope(actor, register, fields.get("area"))?,
            tag: if by_need && fields.get("tag") == "1" { "need" } else { "" }.to_string(),
            chosen: !fields.get("area").is_empty(),
        })
    }

    fn query<'a>(&'a self, register: &'a Register) -> Query<'a> {
        Query { register: register.key(), area: &self.area, words: &self.words, tag: &self.tag }
    }

    fn pairs(&self) -> [(&str, &str); 3] {
        [("q", &self.words), ("area", if self.chosen { &self.area } else { "" }), ("tag", if self.tag.is_empty() { "" } else { "1" })]
    }
}

/// The columns of a list: the register's own, but a dwelling in one piece and with its compound.
fn listed(actor: &Actor, register: &'static Register) -> Vec<&'static FormColumn> {
    let parts: &[&str] = if register.key() == "households" { &["building", "unit", "room"] } else { &[] };
    register
        .listed
        .iter()
        .filter(|key| !parts.contains(key) && !hidden(actor, register, key))
        .filter_map(|key| register.form.column(key))
        .collect()
}

fn is_number(column: &FormColumn) -> bool {
    matches!(column.kind, Kind::Count { .. } | Kind::Weight | Kind::Volume | Kind::Distance | Kind::Money)
}

async fn list(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let actor = web.actor()?;
    let filter = Filter::of(&actor, register, &fields)?;
    let page = fields.number("page")?.unwrap_or(1).clamp(1, 1_000_000);
    let (wanted, own) = (filter.clone(), actor.area.clone());
    let (entries, total, people, names, mut areas, place) = web
        .app
        .read(move |tx| {
            let query = wanted.query(register);
            let (total, people) = entry::count(tx, &query)?;
            let entries = entry::list(tx, &query, PAGE, (page - 1) * PAGE)?;
            let within = if register.personal.is_empty() { district(&own).to_string() } else { own };
            let names = supplier_names(tx, district(&within))?;
            Ok((entries, total, people, names, area_options(tx, &within)?, area_name(tx, &wanted.area)?))
        })
        .await?;
    if !areas.iter().any(|(code, _)| *code == filter.area) {
        areas.insert(0, (filter.area.clone(), place.clone()));
    }
    let households = register.key() == "households";
    let shown = listed(&actor, register);
    let mut columns = Vec::new();
    if households {
        columns.push(Column::text(web.t("房号", "Dwelling")));
        columns.push(Column::text(web.t("小区", "Compound")));
    }
    columns.extend(shown.iter().map(|column| {
        let title = column.title.get(web.lang == Lang::Zh);
        if is_number(column) { Column::number(title) } else { Column::text(title) }
    }));
    let rows = entries
        .iter()
        .map(|entry| {
            let mut cells = Vec::new();
            if households {
                cells.push(html! { (entry.name) });
                cells.push(html! { (text(&entry.body, "compound")) });
            }
            cells.extend(shown.iter().map(|column| {
                let value = entry.body.get(column.key).unwrap_or(&serde_json::Value::Null);
                html! { (seen(&actor, register, column, value, &names, web.lang)) }
            }));
            // The first cell is the link to the entry, so it must say something.
            if cells.first().is_some_and(|cell| cell.0.is_empty()) {
                let name = shown_name(&actor, register, entry);
                cells[0] = html! { @if name.is_empty() { (web.t("未填写", "not filled in")) } @else { (name) } };
            }
            TableRow::new(cells).href(address(&format!("/registers/{key}/entry"), &[("code", &entry.code)]))
        })
        .collect();
    let base = format!("/registers/{key}");
    let may_edit = actor.may(Action::EditRegister);
    let searching = !filter.words.is_empty() || !filter.tag.is_empty();
    let add = html! {
        @if may_edit { (kit::link_button_with(Icon::Plus, &format!("{base}/edit"), web.t("新增一项", "Add an entry"), Tone::Plain)) }
    };
    let empty = if searching {
        kit::empty(Icon::Search, web.t("没有找到", "Nothing found"), web.t("换个词试试，或扩大区域。", "Try another word or a larger area."),
            kit::link_button(&base, web.t("显示全部", "Show all"), Tone::Accent))
    } else {
        kit::empty(Icon::People, web.t("这里还没有登记", "Nothing is registered here yet"),
            web.t("可以导入现有的表格，系统会自动认出列名；也可以逐项新增。", "Import a spreadsheet that you have; headings are recognised. Or add entries one by one."),
            html! { @if actor.may(Action::ImportRegister) { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入表格", "Import a spreadsheet"), Tone::Accent)) } (add) })
    };
    let file = |format: &str| {
        let mut pairs = filter.pairs().to_vec();
        pairs.push(("format", format));
        address(&format!("{base}/export"), &pairs)
    };
    let mut pager_base = address(&base, &filter.pairs());
    pager_base.push(if pager_base.contains('?') { '&' } else { '?' });
    let by_need = households && actor.view(Personal::Health) == View::Whole;
    let lead = if people > 0 {
        format!("{place} · {} {} · {} {}", count(total), web.t("项", "entries"), count(people), web.t("人", "people"))
    } else {
        format!("{place} · {} {}", count(total), web.t("项", "entries"))
    };
    let body = html! {
        (kit::crumbs(&[("/registers".into(), web.t("登记台账", "Registers").into()), (String::new(), register.word(web.lang).into())]))
        (kit::heading(register.word(web.lang), &lead, html! {
            (add)
            @if actor.may(Action::ImportRegister) { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入", "Import"), Tone::Plain)) }
        }))
        (kit::section("", html! {
            (kit::search_bar(web.lang, &base, &filter.words, web.t("名称、房号、电话等", "name, room, phone …"), html! {
                (Field::select("area", web.t("区域", "Area"), &areas).value(&filter.area).small())
                @if by_need { (Field::check("tag", web.t("只看特殊群体", "Special needs only")).checked(!filter.tag.is_empty())) }
            }))
            (kit::table(register.word(web.lang), &columns, rows, empty))
            @if total > 0 { (kit::pager(web.lang, &pager_base, page, PAGE, total)) }
        }))
        @if total > 0 {
            (kit::section(web.t("表格", "Spreadsheets"), html! {
                p { (web.t("导出以上查到的全部内容。个人信息按您的权限脱敏，每次导出都有记录。",
                    "All entries found above. Personal data are masked as your role demands, and every export is recorded.")) }
                (kit::actions(html! {
                    (kit::link_button_with(Icon::Download, &file("xlsx"), web.t("导出 XLSX", "Export XLSX"), Tone::Plain))
                    (kit::link_button_with(Icon::Download, &file("csv"), web.t("导出 CSV", "Export CSV"), Tone::Plain))
                    (kit::link_button_with(Icon::Document, &format!("{base}/template"), web.t("空白模板", "Empty template"), Tone::Quiet))
                }))
            }))
        }
    };
    Ok(web.page(register.word(web.lang), body))
}

/// The record of an export, without what was searched for.
#[derive(Clone, Serialize, Deserialize)]
struct Exported {
    register: String,
    area: String,
    entries: usize,
    format: String,
}

async fn export(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let ctx = web.ctx()?;
    let filter = Filter::of(&ctx.actor, register, &fields)?;
    let csv = fields.get("format") == "csv";
    let wanted = filter.clone();
    let (entries, names, place) = web
        .app
        .read(move |tx| {
            let entries = entry::list(tx, &wanted.query(register), i64::MAX, 0)?;
            let names = supplier_names(tx, district(&wanted.area))?;
            Ok((entries, names, area_name(tx, &wanted.area)?))
        })
        .await?;
    let record = Exported {
        register: key,
        area: filter.area.clone(),
        entries: entries.len(),
        format: if csv { "csv" } else { "xlsx" }.to_string(),
    };
    // Registers for the whole county are exported by people of one street too; the record lies in their own area.
    let area = if ctx.actor.covers(&filter.area) { filter.area } else { ctx.actor.area.clone() };
    web.app.act(&ctx, &EXPORT, &area, record, |_, _, record| Ok(record.clone())).await?;
    let day = clock::zoned(ctx.now_s).strftime("%Y%m%d");
    let name = format!("{place}{}{day}.{}", register.word(web.lang), if csv { "csv" } else { "xlsx" });
    let (lang, actor) = (web.lang, ctx.actor);
    let bytes = blocking(move || {
        let mut sheet = export_sheet(&actor, register, entries, &names, lang);
        sheet.notes.push(format!("{place} · {}", clock::minute(ctx.now_s)));
        if csv { Ok(sheet::write_csv(&sheet)) } else { sheet::write(&[sheet]).map_err(|error| Fault::Document(error).into()) }
    })
    .await?;
    Ok(web.file(&name, if csv { "text/csv; charset=utf-8" } else { XLSX }, bytes))
}

/// The entries as a sheet. Columns that the actor sees only in part get another heading, so that a masked name or
/// phone is never read back as if it were the real one.
fn export_sheet(actor: &Actor, register: &'static Register, entries: Vec<Entry>, names: &Names, lang: Lang) -> OutSheet {
    let masked: Vec<&FormColumn> =
        register.form.columns.iter().filter(|column| show::masked(actor, register, column.key)).collect();
    let bodies: Vec<Body> = entries
        .into_iter()
        .map(|entry| {
            let mut body = entry.body;
            for column in &masked {
                if let Some(value) = body.remove(column.key) {
                    body.insert(column.key.into(), seen(actor, register, column, &value, names, lang).into());
                }
            }
            if let Some(name) = names.get(text(&body, "supplier")) {
                body.insert("supplier".into(), name.as_str().into());
            }
            body
        })
        .collect();
    let mut sheet = sheet::form_sheet(register.form, &bodies, lang == Lang::Zh);
    let shown: Vec<&FormColumn> = register.form.columns.iter().filter(|column| column.kind != Kind::Dwelling).collect();
    for (out, column) in sheet.columns.iter_mut().zip(&shown) {
        if show::masked(actor, register, column.key) {
            out.title = format!("{}{}", lang.t("已脱敏", "Masked "), column.title.get(lang == Lang::Zh));
        }
    }
    let kept: Vec<bool> = shown.iter().map(|column| !hidden(actor, register, column.key)).collect();
    for row in &mut sheet.rows {
        keep(row, &kept);
    }
    keep(&mut sheet.columns, &kept);
    if !masked.is_empty() {
        sheet.notes.push(
            lang.t(
                "表头有“已脱敏”的列只显示一部分；重新导入时不读取这些列。",
                "Columns whose heading begins with “Masked” show only a part; they are not read when the file is imported again.",
            )
            .to_string(),
        );
    }
    sheet
}

fn keep<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut place = kept.iter();
    items.retain(|_| place.next().copied().unwrap_or(true));
}

async fn template(web: Web, Path(key): Path<String>) -> Answer {
    let register = asked(&key)?;
    let zh = web.lang == Lang::Zh;
    let bytes = blocking(move || sheet::template(register.form, zh).map_err(|error| Fault::Document(error).into())).await?;
    let name = format!("{}{}.xlsx", register.word(web.lang), web.t("模板", " template"));
    Ok(web.file(&name, XLSX, bytes))
}

#[cfg(test)]
mod tests;
