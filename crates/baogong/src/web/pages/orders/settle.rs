//! Settling what a chain message left open: one question after the other, proposals as big buttons with number keys,
//! the dwelling found as one types, the last answer taken back with one press. Every step is a plain form.

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, Lang, Markup, TableRow, Tone, html};

use super::super::super::Answer as Answered;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::wants;
use crate::base::act::Act;
use crate::base::words::yuan;
use crate::base::{Action, Error, Refusal, Result};
use crate::register::correct::area_name;
use crate::register::dwelling::household_at;
use crate::register::entry;
use crate::round::order::Want;
use crate::round::settle::{self, Answer, OpenLine, Paste, PasteRef, Proposal, Settling, StepRef};
use crate::round::{Pack, Round, open};

static SETTLE: Act = Act::new("chain.settle", Action::TakeOrders);
static TAKE_BACK: Act = Act::new("chain.take_back", Action::TakeOrders);

/// Dwellings proposed when the one that was typed does not exist.
const NEAR: usize = 8;
/// Lines shown before and after the one in question.
const AROUND: usize = 3;

fn reference(web: &Web, id: &str) -> Result<PasteRef> {
    Ok(PasteRef {
        district: web.district()?,
        id: id
            .parse()
            .map_err(|_| Refusal::not_found("接龙", "chain message"))?,
    })
}

/// What a person has typed or picked so far for the line in question.
#[derive(Default)]
struct Typed {
    dwelling: String,
    wants: Vec<Want>,
    error: Option<Refusal>,
}

pub(super) async fn page(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answered {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let pick = fields.number("pick")?.and_then(|pick| usize::try_from(pick).ok());
    show(&web, &id, pick, None, fields.get("dwelling")).await
}

/// The page about the next question. `pick` is the proposal that fills in the form, `failed` what was sent and refused.
async fn show(web: &Web, id: &str, pick: Option<usize>, failed: Option<Typed>, dwelling: &str) -> Answered {
    let (at, ctx) = (reference(web, id)?, web.ctx()?);
    let (paste, round, name, packs, left, homes) = web
        .app
        .read(move |tx| {
            let paste = settle::paste(tx, &ctx, &at)?;
            let round = open::get(tx, &at.district, paste.round)?;
            let packs = open::packs(tx, &at.district, paste.round)?;
            let left = open::left(tx, &at.district, paste.round, &paste.compound, &packs)?;
            let homes: Vec<(String, String)> = entry::all(tx, "households", &paste.compound)?
                .into_iter()
                .map(|entry| (entry.code, entry.name))
                .collect();
            let name = area_name(tx, &paste.compound)?;
            Ok((paste, round, name, packs, left, homes))
        })
        .await?;
    let (total, settled) = (paste.questions.len(), paste.settled());
    let lead = match web.lang {
        Lang::Zh => format!("{} · 共{total}条，已处理{settled}条", round.title),
        Lang::En => format!("{} · {settled} of {total} settled", round.title),
    };
    let take = format!("/rounds/{}/take?compound={}", round.id, paste.compound);
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{}", round.id), round.code.clone()), (take.clone(), name.clone()), (String::new(), web.t("逐条确认", "Settle").into())]))
        (kit::heading(&format!("{} · {name}", web.t("逐条确认", "Settle one by one")), &lead, html! {}))
        (kit::meter(settled as i64, total as i64, Tone::Accent, web.t("已处理", "Settled")))
        (last_answer(web, id, &paste))
        @match paste.next() {
            Some(place) => {
                @let question = &paste.questions[place];
                @let typed = failed.unwrap_or_else(|| typed(question, pick, dwelling, &homes));
                @if let Some(error) = &typed.error { (kit::notice(Tone::Bad, web.words(error), html! {})) }
                (asked(web, id, &paste, place, question))
                (by_hand(web, id, place, &typed, &packs, &left, &homes))
            },
            None => (finished(web, &take, &round)),
        }
        @if !paste.answers.is_empty() { (so_far(web, &paste)) }
    };
    Ok(web.page(web.t("逐条确认", "Settle one by one"), body))
}

/// What the form below the proposals begins with: the proposal that was picked, else the most likely one.
fn typed(question: &OpenLine, pick: Option<usize>, dwelling: &str, homes: &[(String, String)]) -> Typed {
    let proposal = pick
        .and_then(|pick| question.proposals.get(pick))
        .or_else(|| question.proposals.first());
    let home = proposal.and_then(|proposal| homes.iter().find(|(code, _)| *code == proposal.household));
    Typed {
        dwelling: match dwelling {
            "" => home.map_or_else(String::new, |(_, name)| name.clone()),
            dwelling => dwelling.to_string(),
        },
        wants: proposal.map_or_else(Vec::new, |proposal| proposal.wants.clone()),
        error: None,
    }
}

fn words_of(web: &Web, proposal: &Proposal) -> String {
    if proposal.cancel {
        return format!(
            "{}{}",
            proposal.words,
            web.t("取消已下的订单", "cancel the order")
        );
    }
    if proposal.more {
        return format!(
            "{} {}",
            proposal.words,
            web.t("（再加这些）", "(on top of the order)")
        );
    }
    let missing = if proposal.household.is_empty() {
        web.t("（补房号）", " (add the dwelling)")
    } else if proposal.wants.is_empty() {
        web.t("（补份数）", " (add how many)")
    } else {
        ""
    };
    format!("{}{missing}", proposal.words)
}

/// The line, what stands around it, why it is asked, and the proposals.
fn asked(web: &Web, id: &str, paste: &Paste, place: usize, question: &OpenLine) -> Markup {
    let first = question.number.saturating_sub(AROUND + 1);
    let around = paste.lines.iter().enumerate().skip(first).take(2 * AROUND + 1);
    let here = question.number..question.number + question.text.lines().count().max(1);
    let title = match web.lang {
        Lang::Zh => format!("第{}行", question.number),
        Lang::En => format!("Line {}", question.number),
    };
    kit::section(
        &title,
        html! {
            blockquote class="quoted" { (question.text) }
            p { (web.t(&question.zh, &question.en)) }
            (kit::form(&format!("/chains/{id}/settle"), &web.shell(""), html! {
                (Field::hidden("place", &place.to_string()))
                div class="choices-tall" {
                    @for (index, proposal) in question.proposals.iter().enumerate() {
                        @let key = (index + 1).to_string();
                        @if proposal.is_whole() {
                            (kit::key_button("choice", &index.to_string(), &key, &words_of(web, proposal), Tone::Accent))
                        } @else {
                            (kit::key_link(&format!("/chains/{id}?pick={index}#by-hand"), &key, &words_of(web, proposal)))
                        }
                    }
                    (kit::key_button("choice", "none", "0", web.t("不是订单", "Not an order"), Tone::Plain))
                    (kit::key_button("choice", "skip", "S", web.t("先跳过", "Skip, ask me later"), Tone::Quiet))
                }
            }))
            (kit::details(web.t("看前后几行", "Lines around it"), html! {
                ol class="lines" { @for (index, line) in around {
                    @if here.contains(&(index + 1)) { li value=(index + 1) { strong { (line) } } } @else { li value=(index + 1) { (line) } }
                } }
            }))
        },
    )
}

/// The form for what no proposal says: dwelling and quantities.
fn by_hand(
    web: &Web,
    id: &str,
    place: usize,
    typed: &Typed,
    packs: &[Pack],
    left: &[i64],
    homes: &[(String, String)],
) -> Markup {
    let wanted = |pack: &Pack| {
        let want = typed.wants.iter().find(|want| want.pack == pack.code);
        want.map_or(0, |want| want.quantity)
    };
    let about_dwelling = typed
        .error
        .as_ref()
        .filter(|error| error.field == Some("dwelling"));
    html! {
        section id="by-hand" class="card" {
            div class="card-head" { h2 { (web.t("自己填", "Enter it")) } }
            @if about_dwelling.is_some() { (near(web, id, typed, homes)) }
            (kit::form(&format!("/chains/{id}/settle"), &web.shell(""), html! {
                (Field::hidden("place", &place.to_string()))
                (Field::hidden("choice", "order"))
                (Field::text("dwelling", web.t("房号（输入几个数字就能找）", "Dwelling (type a few digits)")).value(&typed.dwelling)
                    .placeholder("3栋2单元501 / 3-2-501").attr("list", "homes").attr("autocomplete", "off").attr("data-search", "").required())
                datalist id="homes" { @for (_, name) in homes { option value=(name) {} } }
                @for (pack, left) in packs.iter().zip(left) {
                    (kit::stepper(&format!("q:{}", pack.code), &format!("{} {}{}", pack.name, yuan(pack.price_fen), web.t("元", " yuan")), wanted(pack), (*left).max(wanted(pack)), ""))
                }
                (kit::actions(kit::button(web.t("下单，看下一条", "Order, next"), Tone::Accent)))
            }))
        }
    }
}

/// Dwellings like the one that was typed and does not exist.
fn near(web: &Web, id: &str, typed: &Typed, homes: &[(String, String)]) -> Markup {
    let digits: Vec<&str> = typed
        .dwelling
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let Some(room) = digits.last() else {
        return html! {};
    };
    let fits =
        |name: &str| name.ends_with(room) || (room.len() > 2 && name.contains(&room[..room.len() - 1]));
    let mut found: Vec<&(String, String)> = homes.iter().filter(|(_, name)| fits(name)).collect();
    found.sort_by_key(|(_, name)| !name.ends_with(room));
    html! { @if !found.is_empty() {
        p { (web.t("您是不是要找：", "Did you mean:")) }
        div class="actions" { @for (_, name) in found.into_iter().take(NEAR) {
            (kit::link_button(&super::super::registers::address(&format!("/chains/{id}"), &[("dwelling", name)]), name, Tone::Plain))
        } }
    } }
}

fn result_words(web: &Web, answer: &Answer) -> String {
    match answer {
        Answer::Ordered {
            code,
            words,
            unchanged,
            ..
        } => format!(
            "{words} · {code} {}",
            if *unchanged {
                web.t("（没有变化）", "(unchanged)")
            } else {
                ""
            }
        ),
        Answer::Cancelled { code, .. } => format!("{} {code}", web.t("已取消订单", "Cancelled")),
        Answer::NotAnOrder => web.t("不是订单", "Not an order").to_string(),
        Answer::Skipped => web.t("先跳过", "Skipped").to_string(),
    }
}

/// The last answer, and the button that takes it back.
fn last_answer(web: &Web, id: &str, paste: &Paste) -> Markup {
    let Some(last) = paste.answers.last() else {
        return html! {};
    };
    let line = paste
        .questions
        .get(last.place)
        .map_or("", |question| question.text.as_str());
    kit::notice(
        Tone::Plain,
        &result_words(web, &last.answer),
        html! {
            p { (web.t("上一条：", "Last: ")) (line) }
            (kit::form(&format!("/chains/{id}/back"), &web.shell(""),
                kit::key_button("step", &last.step.to_string(), "U", web.t("撤销上一条", "Take it back"), Tone::Quiet)))
        },
    )
}

fn finished(web: &Web, take: &str, round: &Round) -> Markup {
    kit::empty(
        Icon::Check,
        web.t("全部处理完了", "Everything is settled"),
        web.t(
            "可以把接龙清单发回群里请大家核对。",
            "You can post the list to the group for everybody to check.",
        ),
        html! {
            (kit::link_button(take, web.t("继续登记", "Take more orders"), Tone::Accent))
            (kit::link_button(&take.replace("/take?", "/share?"), web.t("发回群里的文字", "Texts for the group"), Tone::Plain))
            (kit::link_button(&format!("/rounds/{}", round.id), web.t("看本轮", "The round"), Tone::Quiet))
        },
    )
}

fn so_far(web: &Web, paste: &Paste) -> Markup {
    let columns = [
        Column::number(web.t("行", "Line")),
        Column::text(web.t("原文", "As pasted")),
        Column::text(web.t("处理", "Settled as")),
    ];
    let rows = paste
        .answers
        .iter()
        .rev()
        .filter_map(|one| {
            let question = paste.questions.get(one.place)?;
            let result = result_words(web, &one.answer);
            Some(TableRow::new(vec![
                html! { (question.number) },
                html! { (question.text) },
                html! { (result) @if let Answer::Ordered { learned, .. } = &one.answer { @for (alias, _) in learned {
                    " " (kit::badge(Tone::Quiet, &format!("{}“{}”", web.t("记住了", "learned "), alias.written)))
                } } },
            ]))
        })
        .collect();
    let title = web.t("处理过的", "Settled so far");
    kit::details(title, kit::table(title, &columns, rows, html! {}))
}

pub(super) async fn answer(web: Web, Path(id): Path<String>, fields: Fields) -> Answered {
    guard(&web, &fields)?;
    let typed = Typed {
        dwelling: fields.get("dwelling").to_string(),
        wants: wants(&fields).unwrap_or_default(),
        error: None,
    };
    match send(&web, &id, &fields).await {
        Ok(()) => Ok(web.go(&format!("/chains/{id}"))),
        Err(Error::Refusal(refusal)) => {
            let failed = Typed {
                error: Some(*refusal),
                ..typed
            };
            show(&web, &id, None, Some(failed), "").await
        }
        Err(fault) => Err(fault),
    }
}

async fn send(web: &Web, id: &str, fields: &Fields) -> Result<()> {
    let (at, ctx) = (reference(web, id)?, web.ctx_for(fields.command())?);
    let place = fields
        .number("place")?
        .and_then(|place| usize::try_from(place).ok())
        .ok_or_else(|| Refusal::invalid("place", "请刷新页面。", "Reload the page."))?;
    let (reader, asked) = (ctx.clone(), at.clone());
    let paste = web.app.read(move |tx| settle::paste(tx, &reader, &asked)).await?;
    let mut settling = Settling {
        district: at.district,
        paste: id.to_string(),
        place,
        ..Settling::default()
    };
    match fields.get("choice") {
        "order" => {
            let (compound, written) = (paste.compound.clone(), fields.get("dwelling").to_string());
            let household = web
                .app
                .read(move |tx| household_at(tx, &compound, &written))
                .await?;
            settling.kind = "order".into();
            settling.household = household.code;
            settling.wants = wants(fields)?;
        }
        kind @ ("none" | "skip") => settling.kind = kind.into(),
        index => {
            let proposal = index
                .parse::<usize>()
                .ok()
                .and_then(|index| paste.questions.get(place)?.proposals.get(index))
                .ok_or_else(|| Refusal::invalid("choice", "请选一项。", "Choose one."))?;
            settling.kind = if proposal.cancel { "cancel" } else { "order" }.into();
            settling.household.clone_from(&proposal.household);
            settling.wants.clone_from(&proposal.wants);
            settling.more = proposal.more;
        }
    }
    web.app
        .act(&ctx, &SETTLE, &paste.compound, settling, settle::settle)
        .await?;
    Ok(())
}

pub(super) async fn take_back(web: Web, Path(id): Path<String>, fields: Fields) -> Answered {
    guard(&web, &fields)?;
    let (at, ctx) = (reference(&web, &id)?, web.ctx_for(fields.command())?);
    let (reader, asked) = (ctx.clone(), at.clone());
    let paste = web.app.read(move |tx| settle::paste(tx, &reader, &asked)).await?;
    let last = StepRef {
        paste: at,
        step: fields.number("step")?.unwrap_or_default(),
    };
    web.app
        .act(&ctx, &TAKE_BACK, &paste.compound, last, settle::take_back)
        .await?;
    Ok(web.done(&format!("/chains/{id}"), web.t("已撤销上一条。", "Taken back.")))
}
