//! The list of a register: search, area, special needs, pages.

use axum::extract::{Path, RawQuery};
use documents::forms::{Column as FormColumn, Kind};
use kit::{Column, Field, Icon, Lang, TableRow, Tone, html};

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::area_options;
use super::{address, asked, scope, supplier_names};
use crate::base::access::{Field as Personal, View};
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Action, Actor, Result};
use crate::register::correct::area_name;
use crate::register::entry::{self, Query};
use crate::register::show::{hidden, seen, shown_name};
use crate::register::{Register, text};

/// Entries on one page.
const PAGE: i64 = 50;

/// What a list was asked to show.
#[derive(Clone)]
pub(super) struct Filter {
    words: String,
    pub(super) area: String,
    tag: String,
    /// Whether the area was chosen, and is not just where lists begin.
    chosen: bool,
}

impl Filter {
    pub(super) fn of(actor: &Actor, register: &Register, fields: &Fields) -> Result<Self> {
        // Who may not see special needs may not find out by filtering either.
        let by_need = register.key() == "households" && actor.view(Personal::Health) == View::Whole;
        Ok(Self {
            words: fields.get("q").chars().take(60).collect(),
            area: scope(actor, register, fields.get("area"))?,
            tag: if by_need && fields.get("tag") == "1" {
                "need"
            } else {
                ""
            }
            .to_string(),
            chosen: !fields.get("area").is_empty(),
        })
    }

    pub(super) fn query<'a>(&'a self, register: &'a Register) -> Query<'a> {
        Query {
            register: register.key(),
            area: &self.area,
            words: &self.words,
            tag: &self.tag,
        }
    }

    fn pairs(&self) -> [(&str, &str); 3] {
        [
            ("q", &self.words),
            ("area", if self.chosen { &self.area } else { "" }),
            ("tag", if self.tag.is_empty() { "" } else { "1" }),
        ]
    }
}

/// The columns of a list: the register's own, but a dwelling in one piece and with its compound.
fn listed(actor: &Actor, register: &'static Register) -> Vec<&'static FormColumn> {
    let parts: &[&str] = if register.key() == "households" {
        &["building", "unit", "room"]
    } else {
        &[]
    };
    register
        .listed
        .iter()
        .filter(|key| !parts.contains(key) && !hidden(actor, register, key))
        .filter_map(|key| register.form.column(key))
        .collect()
}

fn is_number(column: &FormColumn) -> bool {
    matches!(
        column.kind,
        Kind::Count { .. } | Kind::Weight | Kind::Volume | Kind::Distance | Kind::Money
    )
}

pub(super) async fn page(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
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
            let within = if register.personal.is_empty() {
                district(&own).to_string()
            } else {
                own
            };
            let names = supplier_names(tx, district(&within))?;
            Ok((
                entries,
                total,
                people,
                names,
                area_options(tx, &within)?,
                area_name(tx, &wanted.area)?,
            ))
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
        if is_number(column) {
            Column::number(title)
        } else {
            Column::text(title)
        }
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
                cells[0] =
                    html! { @if name.is_empty() { (web.t("未填写", "not filled in")) } @else { (name) } };
            }
            TableRow::new(cells).href(address(
                &format!("/registers/{key}/entry"),
                &[("code", &entry.code)],
            ))
        })
        .collect();
    let base = format!("/registers/{key}");
    let may_edit = actor.may(Action::EditRegister);
    let searching = !filter.words.is_empty() || !filter.tag.is_empty();
    let add = html! {
        @if may_edit { (kit::link_button_with(Icon::Plus, &format!("{base}/edit"), web.t("新增一项", "Add an entry"), Tone::Plain)) }
    };
    let empty = if searching {
        kit::empty(
            Icon::Search,
            web.t("没有找到", "Nothing found"),
            web.t("换个词试试，或扩大区域。", "Try another word or a larger area."),
            kit::link_button(&base, web.t("显示全部", "Show all"), Tone::Accent),
        )
    } else {
        kit::empty(
            Icon::People,
            web.t("这里还没有登记", "Nothing is registered here yet"),
            web.t(
                "可以导入现有的表格，系统会自动认出列名；也可以逐项新增。",
                "Import a spreadsheet that you have; headings are recognised. Or add entries one by one.",
            ),
            html! { @if actor.may(Action::ImportRegister) { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入表格", "Import a spreadsheet"), Tone::Accent)) } (add) },
        )
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
        format!(
            "{place} · {} {} · {} {}",
            count(total),
            web.t("项", "entries"),
            count(people),
            web.t("人", "people")
        )
    } else {
        format!("{place} · {} {}", count(total), web.t("项", "entries"))
    };
    let body = html! {
        (kit::crumbs(&[("/registers".into(), web.t("登记台账", "Registers").into()), (String::new(), register.word(web.lang).into())]))
        (kit::heading(register.word(web.lang), &lead, html! {
            (add)
            @if actor.may(Action::ImportRegister) { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入", "Import"), Tone::Plain)) }
            @if total > 0 && matches!(register.key(), "compounds" | "sites") && actor.may(Action::ViewRounds) {
                (kit::link_button_with(Icon::Print, &address("/signs", &[("of", register.key()), ("area", &filter.area)]), web.t("打印全部标识", "Print all signs"), Tone::Plain))
            }
            @if total > 0 && crate::pass::PassKind::of(register.key()).is_some() && actor.may(Action::IssuePass) {
                (kit::link_button_with(Icon::Shield, &address("/passes", &[("kind", register.key()), ("area", &filter.area)]), web.t("发证", "Passes"), Tone::Plain))
            }
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
                    (kit::link_button_with(Icon::Download, &format!("{}&hxl=1", file("xlsx")), web.t("XLSX 带HXL标签", "XLSX with HXL tags"), Tone::Quiet))
                    (kit::link_button_with(Icon::Download, &format!("{}&hxl=1", file("csv")), web.t("CSV 带HXL标签", "CSV with HXL tags"), Tone::Quiet))
                    (kit::link_button_with(Icon::Document, &format!("/templates/{}", register.key()), web.t("空白模板", "Empty template"), Tone::Quiet))
                }))
            }))
        }
    };
    Ok(web.page(register.word(web.lang), body))
}
