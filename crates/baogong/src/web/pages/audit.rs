//! The audit log: who did what where, in words, and whether the chain of records is whole.

mod acts;

use axum::extract::RawQuery;
use documents::sheet::{OutCell, OutColumn, OutKind, OutSheet, add_hxl, write, write_csv};
use kit::{Column, Field, Icon, Lang, TableRow, Tone, html};
use store::Tx;

use acts::{ACTS, act_options, act_words};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::{CSV, Web, XLSX};
use super::super::routes::{Route, read};
use super::household_name;
use super::registers::address;
use super::reports::blocking;
use crate::base::act::Act;
use crate::base::audit::{self, Record};
use crate::base::{Action, Fault, Result, Role, clock};
use crate::register::correct::area_name;

static EXPORT: Act = Act::new("audit.export", Action::ViewAudit);

/// Records on one page.
const PAGE: i64 = 50;
/// Records in one export.
const EXPORT_MAX: i64 = 200_000;

/// The log, its check, its export.
pub fn routes() -> Vec<Route> {
    let view = Gate::Needs(Action::ViewAudit);
    vec![
        read("/audit", view, list),
        read("/audit/verify", view, verify),
        read("/audit/export", view, export),
    ]
}

/// The log can be searched for one thing at a time: an act that was chosen, else the words typed.
fn wanted(fields: &Fields) -> String {
    let chosen = fields.get("act");
    let known = ACTS.iter().any(|(name, _, _)| *name == chosen);
    if known {
        chosen.to_string()
    } else {
        fields.get("q").chars().take(60).collect()
    }
}

/// A record with the name of its area.
struct Line {
    record: Record,
    place: String,
}

fn with_places(tx: &mut Tx, records: Vec<Record>) -> Result<Vec<Line>> {
    let mut names: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        if !names.contains_key(&record.area) {
            // Compound, building, unit and room follow the community in a household's code.
            let name = match record.area.split('-').count() {
                _ if record.area.is_empty() => String::new(),
                0..=2 => area_name(tx, &record.area)?,
                _ => household_name(tx, &record.area)?,
            };
            names.insert(record.area.clone(), name);
        }
        lines.push(Line {
            place: names[&record.area].clone(),
            record,
        });
    }
    Ok(lines)
}

fn role_words(key: &str, lang: Lang) -> &'static str {
    Role::of(key).map_or("", |role| role.word(lang))
}

async fn list(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let area = web.actor()?.area;
    let words = wanted(&fields);
    let page = fields.number("page")?.unwrap_or(1).clamp(1, 1_000_000);
    // One more than a page holds tells whether there is a next one; counting the whole log would take longer.
    let mut lines = web
        .app
        .read(move |tx| {
            let records = audit::page(tx, &words, &area, PAGE + 1, (page - 1) * PAGE)?;
            with_places(tx, records)
        })
        .await?;
    let more = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let columns = [
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("谁", "Who")),
        Column::text(web.t("身份", "Role")),
        Column::text(web.t("操作", "Act")),
        Column::text(web.t("地点", "Where")),
        Column::number(web.t("序号", "No.")),
    ];
    let rows = lines
        .iter()
        .map(|line| {
            let record = &line.record;
            TableRow::new(vec![
                html! { (clock::minute(record.at_s)) },
                html! { (record.actor) },
                html! { (role_words(&record.role, web.lang)) },
                html! { (act_words(&record.action, web.lang)) @if let Some(reason) = reason(record) { div { small { (web.t("理由：", "Reason: ")) (reason) } } } },
                html! { (line.place) },
                html! { (record.seq) },
            ])
        })
        .collect();
    let (q, act) = (fields.get("q"), fields.get("act"));
    let at_page = |page: i64| address("/audit", &[("q", q), ("act", act), ("page", &page.to_string())]);
    let empty = kit::empty(
        Icon::Shield,
        web.t("没有记录", "No records"),
        web.t(
            "换一个人名、操作或区划代码试试。",
            "Try another name, act or area code.",
        ),
        kit::link_button("/audit", web.t("显示全部", "Show all"), Tone::Accent),
    );
    let body = html! {
        (kit::heading(web.t("审计日志", "Audit log"), web.t("每一次写入、每一次查看完整个人信息都在这里。记录前后相扣，改动任何一条都会被发现。",
            "Every change and every look at full personal data. Each record seals the one before, so that no change goes unseen."), html! {
            (kit::link_button_with(Icon::Shield, "/audit/verify", web.t("核验日志", "Verify the chain"), Tone::Accent))
        }))
        (kit::section("", html! {
            (kit::search_bar(web.lang, "/audit", q, web.t("人名或区划代码", "name or area code"),
                html! { (Field::select("act", web.t("操作", "Act"), &act_options(web.lang)).value(act).small()) }))
            (kit::table(web.t("审计日志", "Audit log"), &columns, rows, empty))
            @if page > 1 || more {
                (kit::actions(html! {
                    @if page > 1 { (kit::link_button_with(Icon::Back, &at_page(page - 1), web.t("较新", "Newer"), Tone::Plain)) }
                    @if more { (kit::link_button_with(Icon::Next, &at_page(page + 1), web.t("较早", "Older"), Tone::Plain)) }
                }))
            }
        }))
        @if !lines.is_empty() {
            (kit::section(web.t("导出", "Export"), html! {
                p { (web.t("导出以上查到的全部记录。导出本身也会记录。", "All records found above; the export is recorded too.")) }
                (kit::actions(html! { @for (format, hxl, words) in [
                    ("xlsx", "", "XLSX"),
                    ("csv", "", "CSV"),
                    ("xlsx", "1", web.t("XLSX 带HXL标签", "XLSX with HXL tags")),
                    ("csv", "1", web.t("CSV 带HXL标签", "CSV with HXL tags")),
                ] {
                    (kit::link_button_with(Icon::Download, &address("/audit/export", &[("q", q), ("act", act), ("format", format), ("hxl", hxl)]), words, Tone::Plain))
                } }))
            }))
        }
    };
    Ok(web.page(web.t("审计日志", "Audit log"), body))
}

/// The reason that was given for a look at personal data.
fn reason(record: &Record) -> Option<String> {
    let unmasked = record.action == "personal.unmask";
    serde_json::from_str(&record.detail).ok().filter(|_| unmasked)
}

/// A finding of the check in words; findings come in English from where they are found.
fn finding_words(finding: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return finding.to_string();
    }
    let number: String = finding
        .split(": record ")
        .nth(1)
        .unwrap_or("")
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    match finding {
        _ if number.is_empty() => finding.to_string(),
        _ if finding.ends_with("is missing") => format!("第{number}条记录缺失"),
        _ if finding.ends_with("was altered") => format!("第{number}条记录被改动过"),
        _ if finding.ends_with("the one before it") => format!("第{number}条记录与前一条不衔接"),
        _ => finding.to_string(),
    }
}

/// Findings shown on the page; one altered record rarely comes alone.
const FINDINGS_SHOWN: usize = 100;

async fn verify(web: Web) -> Answer {
    let findings = web.app.read(audit::verify).await?;
    let title = web.t("核验审计日志", "Verify the audit log");
    let body = html! {
        (kit::crumbs(&[("/audit".into(), web.t("审计日志", "Audit log").into()), (String::new(), title.into())]))
        (kit::heading(title, &clock::minute(web.app.clock.now_s()), html! {}))
        @if findings.is_empty() {
            (kit::notice(Tone::Good, web.t("日志完整，没有被改动过", "The log is whole and unaltered"), html! { p {
                (web.t("从第一条到最后一条，每条记录都与前一条相扣。", "From first to last, every record follows the one before it.")) } }))
        } @else {
            (kit::notice(Tone::Bad, web.t("日志被改动过", "The log was altered"), html! {
                p { (web.t("请立即停止改动，保存数据库备份，并报告监督部门。", "Stop, keep a backup of the database, and report this to the supervisors.")) }
                ul { @for finding in findings.iter().take(FINDINGS_SHOWN) { li { (finding_words(finding, web.lang)) } } }
                @if findings.len() > FINDINGS_SHOWN { p { (web.t("此外还有", "And")) " " (findings.len() - FINDINGS_SHOWN) " " (web.t("处。", "more.")) } }
            }))
        }
        (kit::actions(kit::link_button("/audit", web.t("返回日志", "Back to the log"), Tone::Accent)))
    };
    Ok(web.page(title, body))
}

async fn export(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let ctx = web.ctx()?;
    let (words, area) = (wanted(&fields), ctx.actor.area.clone());
    let lines = web
        .app
        .read(move |tx| {
            let records = audit::page(tx, &words, &area, EXPORT_MAX, 0)?;
            with_places(tx, records)
        })
        .await?;
    web.app
        .act(&ctx, &EXPORT, &ctx.actor.area, lines.len(), |_, _, records| {
            Ok(*records)
        })
        .await?;
    let lang = web.lang;
    let (workbook, tagged) = (fields.get("format") == "xlsx", fields.get("hxl") == "1");
    let bytes = blocking(move || {
        let mut sheet = sheet(&lines, lang);
        if tagged {
            add_hxl(&mut sheet, TAGS);
        }
        if workbook {
            return write(&[sheet]).map_err(|words| Fault::Document(words).into());
        }
        Ok(write_csv(&sheet))
    })
    .await?;
    let (ending, kind) = if workbook { ("xlsx", XLSX) } else { ("csv", CSV) };
    let name = format!(
        "{}-{}.{ending}",
        web.t("审计日志", "audit-log"),
        clock::zoned(ctx.now_s).strftime("%Y%m%d-%H%M")
    );
    Ok(web.file(&name, kind, bytes))
}

/// The HXL tags of the columns of an export.
const TAGS: &[&str] = &[
    "#meta+id",
    "#date+reported",
    "#contact+name",
    "",
    "#activity+name",
    "#adm+name",
    "#adm+code",
    "#description",
];

fn sheet(lines: &[Line], lang: Lang) -> OutSheet {
    let titles = [
        lang.t("序号", "No."),
        lang.t("时间", "Time"),
        lang.t("谁", "Who"),
        lang.t("身份", "Role"),
        lang.t("操作", "Act"),
        lang.t("地点", "Where"),
        lang.t("区划代码", "Area code"),
        lang.t("内容", "Detail"),
    ];
    OutSheet {
        name: lang.t("审计日志", "Audit log").to_string(),
        title: lang.t("审计日志", "Audit log").to_string(),
        columns: titles
            .iter()
            .map(|title| OutColumn {
                title: (*title).to_string(),
                width: 0.0,
                kind: OutKind::Text,
            })
            .collect(),
        rows: lines
            .iter()
            .map(|line| {
                let record = &line.record;
                vec![
                    OutCell::Text(record.seq.to_string()),
                    OutCell::Text(clock::minute(record.at_s)),
                    OutCell::Text(record.actor.clone()),
                    OutCell::from(role_words(&record.role, lang)),
                    OutCell::Text(act_words(&record.action, lang)),
                    OutCell::Text(line.place.clone()),
                    OutCell::Text(record.area.clone()),
                    OutCell::Text(record.detail.clone()),
                ]
            })
            .collect(),
        ..OutSheet::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_shown_in_words() {
        assert_eq!(act_words("round.open", Lang::Zh), "开团");
        assert_eq!(act_words("round.open", Lang::En), "Opened a round");
        assert_eq!(act_words("old.act", Lang::Zh), "其他操作（old.act）");
        let options = act_options(Lang::Zh);
        let mut words: Vec<&str> = options.iter().map(|(_, words)| *words).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), options.len());
    }

    #[test]
    fn every_act_of_the_program_has_words() {
        fn look(folder: &std::path::Path, missing: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, missing);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    for rest in text.split("Act::new(\"").skip(1) {
                        let name = rest.split('"').next().unwrap();
                        if name.contains('.') && !ACTS.iter().any(|(known, _, _)| *known == name) {
                            missing.push(format!("{name} in {}", path.display()));
                        }
                    }
                }
            }
        }
        let mut missing = Vec::new();
        look(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut missing,
        );
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn findings_are_told_in_both_languages() {
        let told = |finding: &str| finding_words(finding, Lang::Zh);
        assert_eq!(told("audit chain main: record 12 is missing"), "第12条记录缺失");
        assert_eq!(
            told("audit chain main: record 3 was altered"),
            "第3条记录被改动过"
        );
        assert_eq!(
            told("audit chain main: record 4 does not follow the one before it"),
            "第4条记录与前一条不衔接"
        );
        assert_eq!(
            finding_words("audit chain main: record 3 was altered", Lang::En),
            "audit chain main: record 3 was altered"
        );
    }

    #[test]
    fn one_thing_is_searched_for_at_a_time() {
        assert_eq!(wanted(&Fields::of_query("q=张&act=round.open")), "round.open");
        assert_eq!(wanted(&Fields::of_query("q=张&act=")), "张");
        assert_eq!(wanted(&Fields::of_query("q=张&act=%25")), "张");
    }
}
