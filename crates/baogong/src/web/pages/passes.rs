//! Passes: whom they are issued to, their papers, and what a gate sees that scans one (SH-9, YO-2).

use axum::extract::RawQuery;
use kit::{Column, Field, Icon, Markup, TableRow, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::{PDF, Web};
use super::super::routes::{Route, read, write};
use super::super::serve::printer;
use super::registers::address;
use super::reports::{blocking, document_fault, note, sheets};
use super::{area_options, guard};
use crate::base::access::Field as Datum;
use crate::base::act::Act;
use crate::base::{Action, Actor, Refusal, Result, clock};
use crate::pass::{self, AT_ONCE_MAX, IssueDraft, Pass, PassKind, PassState, RevokeDraft, paper};
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry};
use crate::report::documents::print_lang;

static ISSUE: Act = Act::new("pass.issue", Action::IssuePass);
static REVOKE: Act = Act::new("pass.revoke", Action::IssuePass);

/// Issued passes on the page; the others are found by scanning or by a smaller area.
const SHOWN_MAX: usize = 200;

/// Issuing, printing, revoking.
pub fn routes() -> Vec<Route> {
    let issue = Gate::Needs(Action::IssuePass);
    vec![
        read("/passes", issue, page),
        write("/passes", issue, make),
        read("/passes/print", issue, print),
        write("/passes/revoke", issue, revoke),
    ]
}

fn tone(state: PassState) -> Tone {
    match state {
        PassState::Valid => Tone::Good,
        PassState::Early => Tone::Warn,
        PassState::Expired | PassState::Revoked | PassState::HolderAway => Tone::Bad,
    }
}

fn asked_kind(fields: &Fields) -> PassKind {
    PassKind::of(fields.get("kind")).unwrap_or(PassKind::Vehicle)
}

/// A pass with its holder's entry and the name of its area.
type Issued = (Pass, Option<Entry>, String);

fn issued(tx: &mut Tx, passes: Vec<Pass>) -> Result<Vec<Issued>> {
    let mut all = Vec::with_capacity(passes.len());
    for pass in passes {
        let holder = pass::holder(tx, &pass)?;
        let area = area_name(tx, &pass.area)?;
        all.push((pass, holder, area));
    }
    Ok(all)
}

async fn page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let (kind, area, actor) = (asked_kind(&fields), web.area(fields.get("area"))?, web.actor()?);
    let (own, asked) = (actor.area.clone(), area.clone());
    let (holders, passes, mut areas, place) = web
        .app
        .read(move |tx| {
            let holders = entry::all(tx, kind.key(), &asked)?;
            let mut passes = pass::list(tx, kind, &asked)?;
            passes.truncate(SHOWN_MAX);
            Ok((
                holders,
                issued(tx, passes)?,
                area_options(tx, &own)?,
                area_name(tx, &asked)?,
            ))
        })
        .await?;
    if !areas.iter().any(|(code, _)| *code == area) {
        areas.insert(0, (area.clone(), place));
    }
    let now_s = web.app.clock.now_s();
    let tabs: Vec<_> = PassKind::ALL
        .iter()
        .map(|one| {
            let href = address("/passes", &[("kind", one.key()), ("area", &area)]);
            (href, one.word(web.lang).to_string(), *one == kind, None)
        })
        .collect();
    let title = web.t("通行证", "Passes");
    let valid: Vec<&Issued> = passes
        .iter()
        .filter(|(pass, holder, _)| {
            matches!(
                pass::state(pass, holder.as_ref(), now_s),
                PassState::Valid | PassState::Early
            )
        })
        .collect();
    let body = html! {
        (kit::heading(title, web.t("给保供车辆、人员、志愿者和网点发证，卡口扫码就知道是否有效。", "For vehicles, staff, volunteers and outlets. A gate scans the code and sees whether the pass holds."), html! {}))
        (kit::tabs(&tabs))
        form class="search" method="get" action="/passes" {
            (Field::hidden("kind", kind.key()))
            (Field::select("area", web.t("登记在哪里", "Registered in"), &areas).value(&area).small())
            (kit::button(web.t("选定", "Choose"), Tone::Quiet))
        }
        (kit::section(web.t("签发", "Issue"), issue_form(&web, kind, &area, &areas, &holders, &passes)))
        (kit::section_with(web.t("已签发", "Issued"), html! {
            @if !valid.is_empty() { (print_links(&web, &valid.iter().map(|(pass, _, _)| pass.number()).collect::<Vec<_>>())) }
        }, issued_table(&web, &actor, kind, &area, &passes, now_s)))
    };
    Ok(web.page(title, body))
}

fn issue_form(
    web: &Web,
    kind: PassKind,
    area: &str,
    areas: &[(String, String)],
    holders: &[Entry],
    passes: &[Issued],
) -> Markup {
    let now_s = web.app.clock.now_s();
    let Ok(actor) = web.actor() else { return html! {} };
    let columns = [
        Column::text(kind.word(web.lang)),
        Column::text(web.t("情况", "Remarks")),
        Column::text(web.t("现有的证", "Passes held")),
    ];
    let rows = holders
        .iter()
        .take(AT_ONCE_MAX)
        .map(|holder| {
            let on_duty = pass::on_duty(holder);
            let name = pass::shown(&actor, kind, &holder.name);
            let facts = paper::facts(kind, holder, "", web.lang, &|name| actor.show(Datum::Name, name));
            let held = passes
                .iter()
                .filter(|(one, entry, _)| {
                    one.holder == holder.code
                        && pass::state(one, entry.as_ref(), now_s) == PassState::Valid
                })
                .map(|(one, _, place)| {
                    format!("{place} {}{}", web.t("至", "until "), clock::short(one.until_s - 1))
                });
            TableRow::new(vec![
                html! {
                    @if on_duty { (Field::check("holder", &name).sends(&holder.code).id(&format!("h-{}", holder.code))) }
                    @else { (name) " " (kit::badge(Tone::Warn, web.t("不在岗或不能用", "off duty or out of use"))) }
                },
                html! { (facts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ")) },
                html! { @for words in held { div { (words) } } },
            ])
        })
        .collect();
    let today = clock::zoned(now_s).strftime("%Y-%m-%d").to_string();
    let empty = kit::empty(
        Icon::People,
        web.t("这个区域里还没有登记", "Nothing is registered in this area"),
        web.t(
            "先在登记台账里导入或新增，再来发证。",
            "Import or add entries to the register first.",
        ),
        kit::link_button(
            &format!("/registers/{}", kind.key()),
            web.t("去登记", "To the register"),
            Tone::Accent,
        ),
    );
    kit::form(
        "/passes",
        &web.shell(""),
        html! {
            (Field::hidden("kind", kind.key()))
            (kit::table(kind.word(web.lang), &columns, rows, empty))
            @if holders.len() > AT_ONCE_MAX { p { (web.t("只列出前400项，其余请选小一些的区域。", "Only the first 400 are listed; choose a smaller area for the others.")) } }
            @if !holders.is_empty() {
                (kit::fields(html! {
                    (Field::select("area", web.t("在哪里有效", "Holds in"), areas).value(area).id("field-holds").required())
                    (Field::date("from", web.t("从哪天起", "From")).value(&today).required())
                    (Field::date("until", web.t("到哪天止（含）", "Until (and including)")).required())
                }))
                (kit::actions(kit::button(web.t("签发勾选的", "Issue for those ticked"), Tone::Accent)))
            }
        },
    )
}

/// The buttons that print these passes.
fn print_links(web: &Web, numbers: &[String]) -> Markup {
    let mut pairs: Vec<(&str, &str)> = numbers
        .iter()
        .take(AT_ONCE_MAX)
        .map(|number| ("number", number.as_str()))
        .collect();
    let pdf = address("/passes/print", &pairs);
    pairs.push(("format", "page"));
    html! {
        (kit::link_button_with(Icon::Print, &pdf, &format!("PDF ({})", numbers.len()), Tone::Accent))
        (kit::link_button_with(Icon::Print, &address("/passes/print", &pairs), web.t("用浏览器打印", "Print from the browser"), Tone::Quiet))
    }
}

fn issued_table(
    web: &Web,
    actor: &Actor,
    kind: PassKind,
    area: &str,
    passes: &[Issued],
    now_s: i64,
) -> Markup {
    let columns = [
        Column::text(web.t("编号", "Number")),
        Column::text(kind.word(web.lang)),
        Column::text(web.t("在哪里有效", "Holds in")),
        Column::text(web.t("有效期", "Days")),
        Column::text(web.t("状态", "State")),
        Column::text(""),
    ];
    let rows = passes
        .iter()
        .map(|(pass, holder, place)| {
            let state = pass::state(pass, holder.as_ref(), now_s);
            let name = holder.as_ref().map_or(pass.holder.as_str(), |holder| &holder.name);
            let standing = matches!(state, PassState::Valid | PassState::Early | PassState::HolderAway);
            TableRow::new(vec![
                html! { a href=(format!("/q/{}/{}", pass.district, pass.serial())) { (pass.number()) } },
                html! { (pass::shown(actor, kind, name)) },
                html! { (place) },
                html! { (paper::days(pass, web.lang)) },
                kit::badge(tone(state), state.word(web.lang)),
                html! { @if standing {
                    (kit::link_button(&address("/passes/print", &[("number", &pass.number())]), "PDF", Tone::Quiet))
                    (kit::details(web.t("作废…", "Revoke…"), kit::form("/passes/revoke", &web.shell(""), html! {
                        (Field::hidden("number", &pass.number())) (Field::hidden("kind", kind.key())) (Field::hidden("area", area))
                        (kit::button(web.t("确认作废", "Yes, revoke"), Tone::Bad))
                    })))
                } },
            ])
        })
        .collect();
    kit::table(
        web.t("已签发", "Issued"),
        &columns,
        rows,
        html! { p { (web.t("还没有签发。", "None was issued yet.")) } },
    )
}

async fn make(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let kind = asked_kind(&fields);
    let area = web.area(fields.get("area"))?;
    let draft = IssueDraft {
        kind,
        holders: fields.all("holder"),
        area: area.clone(),
        from: fields.get("from").into(),
        until: fields.get("until").into(),
    };
    let numbers = web
        .app
        .act(&web.ctx_for(fields.command())?, &ISSUE, &area, draft, pass::issue)
        .await?;
    let title = format!("{}{}", numbers.len(), web.t("张已签发", " issued"));
    let back = address("/passes", &[("kind", kind.key())]);
    let body = html! {
        (kit::crumbs(&[(back.clone(), web.t("通行证", "Passes").into()), (String::new(), title.clone())]))
        (kit::heading(&title, kind.word(web.lang), html! {}))
        (kit::notice(Tone::Good, web.t("打印后盖章才有效", "Print and seal them"), html! {
            p { (web.t("编号：", "Numbers: ")) (numbers.join(web.t("、", ", "))) }
            (kit::actions(html! { (print_links(&web, &numbers)) (kit::link_button(&back, web.t("完成", "Done"), Tone::Plain)) }))
        }))
    };
    Ok(web.page(&title, body))
}

async fn revoke(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let area = web.area(fields.get("area"))?;
    let draft = RevokeDraft {
        number: fields.get("number").to_string(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &REVOKE,
            &area,
            draft,
            pass::revoke,
        )
        .await?;
    let to = address("/passes", &[("kind", fields.get("kind")), ("area", &area)]);
    Ok(web.done(
        &to,
        web.t(
            "已作废，卡口扫码即显示。",
            "Revoked; a gate that scans it sees so.",
        ),
    ))
}

async fn print(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let (ctx, numbers, origin, lang) = (web.ctx()?, fields.all("number"), web.origin(), web.lang);
    let maker = ctx.clone();
    let (kind, papers) = web
        .app
        .read(move |tx| {
            let in_district = crate::base::id::district(&maker.actor.area);
            let mut passes = Vec::new();
            for number in numbers.iter().take(AT_ONCE_MAX) {
                let pass = pass::by_number(tx, in_district, number)?
                    .filter(|pass| maker.actor.covers(&pass.area))
                    .ok_or_else(|| Refusal::not_found("通行证", "pass"))?;
                passes.push(pass);
            }
            let kind = match passes.as_slice() {
                [] => return Err(Refusal::not_found("通行证", "pass").into()),
                [first, rest @ ..] if rest.iter().any(|pass| pass.kind != first.kind) => {
                    return Err(Refusal::invalid(
                        "number",
                        "请把同一种证放在一起打印，纸张不同。",
                        "Print one kind at a time: their papers differ.",
                    )
                    .into());
                }
                [first, ..] => first.kind,
            };
            Ok((kind, paper::papers(tx, lang, &origin, &passes)?))
        })
        .await?;
    let what = format!("passes {} {}", kind.key(), papers.len());
    let area = ctx.actor.area.clone();
    note(&web, &ctx, Action::IssuePass, &area, what).await?;
    let printer = printer()?.with_lang(print_lang(lang));
    let form = paper::form(kind);
    if fields.get("format") == "page" {
        let pictures =
            blocking(move || Ok(printer.pass_pictures(form, &papers).map_err(document_fault)?)).await?;
        let paper = match form {
            print::PassForm::Vehicle => sheets::Paper::A4Landscape,
            print::PassForm::Card | print::PassForm::Permit => sheets::Paper::A4,
        };
        return Ok(sheets::page(&web, kind.word(lang), paper, &pictures));
    }
    let bytes = blocking(move || Ok(printer.passes(form, &papers).map_err(document_fault)?)).await?;
    Ok(web.file(&format!("{}.pdf", kind.word(lang)), PDF, bytes))
}

/// What a gate sees that scans a pass: whether it holds now, where, until when, and for whom, as whoever looks may see
/// it. Without signing in no person is named.
pub async fn check(web: &Web, pass: Pass) -> Answer {
    let asked = pass.clone();
    let (holder, area, county) = web
        .app
        .read(move |tx| {
            let holder = pass::holder(tx, &asked)?;
            Ok((
                holder,
                area_name(tx, &asked.area)?,
                area_name(tx, &asked.district)?,
            ))
        })
        .await?;
    let now_s = web.app.clock.now_s();
    let state = pass::state(&pass, holder.as_ref(), now_s);
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_string(), value));
        }
    };
    let actor = web.actor().ok();
    let whom = match (&holder, &actor, pass.kind) {
        (Some(holder), Some(actor), kind) => pass::shown(actor, kind, &holder.name),
        (Some(holder), None, PassKind::Vehicle | PassKind::Outlet) => holder.name.clone(),
        _ => String::new(),
    };
    let name = match pass.kind {
        PassKind::Vehicle => web.t("车牌", "Number plate"),
        PassKind::Outlet => web.t("网点", "Outlet"),
        PassKind::Staff | PassKind::Volunteer => web.t("持证人", "Holder"),
    };
    fact(name, whom);
    fact(web.t("有效期", "Valid"), paper::days(&pass, web.lang));
    fact(web.t("有效区域", "Area"), area);
    if let (Some(holder), Some(actor)) = (&holder, &actor) {
        let shown = |name: &str| actor.show(Datum::Name, name);
        for (name, value) in paper::facts(pass.kind, holder, "", web.lang, &shown) {
            fact(&name, value);
        }
    }
    fact(web.t("编号", "Number"), pass.number());
    fact(
        web.t("签发", "Issued"),
        format!("{county} {}", clock::minute(pass.issued_s)),
    );
    let compare = match pass.kind {
        PassKind::Vehicle => web.t(
            "请核对车牌；不符的不得放行。",
            "Compare the number plate; let nothing else pass.",
        ),
        PassKind::Staff | PassKind::Volunteer => {
            web.t("请核对照片、姓名和本人。", "Compare photo, name and person.")
        }
        PassKind::Outlet => web.t("请核对门牌和名称。", "Compare name and address."),
    };
    let rows: Vec<(String, Markup)> = facts
        .into_iter()
        .map(|(name, value)| (name, html! { (value) }))
        .collect();
    let title = pass.kind.word(web.lang);
    let back: String = form_urlencoded::byte_serialize(web.path.as_bytes()).collect();
    let body = html! {
        (kit::heading(title, &format!("{} {}", web.t("核验时间", "Checked"), clock::minute(now_s)), html! {}))
        (kit::notice(tone(state), state.word(web.lang), html! { p { (compare) } }))
        (kit::section("", kit::definitions(&rows)))
        @if actor.is_none() {
            (kit::actions(kit::link_button_with(Icon::Lock, &format!("/sign-in?back={back}"), web.t("卡口人员登录看更多", "Gate staff: sign in to see more"), Tone::Plain)))
        }
    };
    Ok(if actor.is_some() {
        web.page(title, body)
    } else {
        web.light(title, body)
    })
}

#[cfg(test)]
mod tests;
