//! Answering a question of a pasted message, and taking the last answer back.

use store::{Tx, params, stmt};

use super::propose::wants_of;
use super::{ANSWERS, Answer, Answered, OpenLine, Paste, PasteRef, Settling, StepRef, paste};
use crate::base::id::RoundId;
use crate::base::{Ctx, Refusal, Result};
use crate::register::entry;
use crate::round::alias::{self, Alias, AliasKind, AliasRef};
use crate::round::chain::place_or_change;
use crate::round::order::{self, OrderChange, OrderDraft, OrderRef, Want};
use crate::round::{Channel, Order};

stmt!(
    ANSWER,
    "INSERT INTO chain_answer (district, paste, place, step, answer, actor, at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
stmt!(
    TAKE_BACK,
    "DELETE FROM chain_answer WHERE district = $1 AND paste = $2 AND place = $3"
);

/// Settles one question. An answer that the rules of the round refuse leaves it open and says why.
pub fn settle(tx: &mut Tx, ctx: &Ctx, settling: &Settling) -> Result<Answer> {
    let at = PasteRef {
        district: settling.district.clone(),
        id: settling
            .paste
            .parse()
            .map_err(|_| Refusal::not_found("接龙", "chain message"))?,
    };
    let paste = paste(tx, ctx, &at)?;
    let question = paste.questions.get(settling.place).ok_or_else(|| {
        Refusal::invalid(
            "place",
            "没有这一条，请刷新页面。",
            "There is no such question; reload the page.",
        )
    })?;
    let before = paste.answers.iter().find(|one| one.place == settling.place);
    match before.map(|one| &one.answer) {
        Some(Answer::Skipped) => {
            tx.run(&TAKE_BACK, &place_of(&at, settling.place))?;
        }
        Some(_) => {
            return Err(Refusal::conflict(
                "settled",
                "这一条已经处理过；要改请先撤销上一条。",
                "This question is settled; take the answer back first.",
            )
            .into());
        }
        None => {}
    }
    let answer = match settling.kind.as_str() {
        "order" => ordered(tx, ctx, &paste, question, settling)?,
        "cancel" => cancelled(tx, ctx, &paste, settling)?,
        "none" => Answer::NotAnOrder,
        "skip" => Answer::Skipped,
        _ => {
            return Err(Refusal::invalid(
                "kind",
                "请选择下单、取消、不是订单或跳过。",
                "The answer is order, cancel, none or skip.",
            )
            .into());
        }
    };
    let rows = tx.rows(&ANSWERS, &params![at.district.as_str(), at.id])?;
    let step = rows.last().map_or(Ok(0), |row| row.get::<i64>(1))? + 1;
    tx.run(
        &ANSWER,
        &params![
            at.district.as_str(),
            at.id,
            i64::try_from(settling.place).unwrap_or(i64::MAX),
            step,
            serde_json::to_string(&answer)?,
            ctx.actor.name.as_str(),
            ctx.now_s
        ],
    )?;
    Ok(answer)
}

fn place_of(at: &PasteRef, place: usize) -> [store::Value; 3] {
    params![
        at.district.as_str(),
        at.id,
        i64::try_from(place).unwrap_or(i64::MAX)
    ]
}

/// The household's order of the round, if one stands.
fn standing(tx: &mut Tx, round: RoundId, household: &str) -> Result<Option<Order>> {
    Ok(order::of_household(tx, household)?
        .into_iter()
        .find(|order| order.round == round && order.state.stands()))
}

fn ordered(
    tx: &mut Tx,
    ctx: &Ctx,
    paste: &Paste,
    question: &OpenLine,
    settling: &Settling,
) -> Result<Answer> {
    let household = entry::get(tx, "households", &settling.district, &settling.household)?
        .filter(|household| household.area == paste.compound)
        .ok_or_else(|| {
            Refusal::invalid(
                "dwelling",
                "请先选定房号，如 3栋2单元501。",
                "Choose the dwelling first, such as 3-2-501.",
            )
        })?;
    if settling.wants.iter().all(|want| want.quantity == 0) {
        return Err(Refusal::invalid("wants", "请填写要几份。", "Say how many of what.").into());
    }
    let terms = order::terms(tx, ctx, &settling.district, paste.round, &paste.compound)?;
    let stood = standing(tx, paste.round, &household.code)?;
    let had = stood.as_ref().map(wants_of);
    let mut wants = settling.wants.clone();
    if let (true, Some(had)) = (settling.more, &had) {
        wants = sum(had, &wants);
    }
    let draft = OrderDraft {
        district: settling.district.clone(),
        round: paste.round,
        household: household.code.clone(),
        phone: String::new(),
        channel: if paste.advance {
            Channel::Proxy
        } else {
            Channel::Chain
        },
        wants,
        note: String::new(),
    };
    let (code, unchanged) = place_or_change(tx, &ctx.sub("order"), &terms, &household, &draft)??;
    let order =
        order::by_code(tx, &settling.district, &code)?.ok_or_else(|| Refusal::not_found("订单", "order"))?;
    let goods = order.lines.iter().map(|line| {
        let pack = terms.packs.iter().find(|pack| pack.code == line.pack);
        format!(
            "{} × {}",
            pack.map_or(line.pack.as_str(), |pack| pack.name.as_str()),
            line.quantity
        )
    });
    let words = format!("{}  {}", household.name, goods.collect::<Vec<_>>().join("、"));
    let mut learned = Vec::new();
    if !question.nickname.is_empty() {
        let alias = word(AliasKind::Dwelling, &question.nickname, &household.code);
        let earlier = alias::learn(tx, ctx, &paste.compound, &alias)?;
        learned.push((alias, earlier));
    }
    // Which of several goods the word stood for is only known when there is one.
    if let (false, [want]) = (question.good.is_empty(), settling.wants.as_slice())
        && let Some(pack) = terms.packs.iter().find(|pack| pack.code == want.pack)
    {
        let alias = word(AliasKind::Good, &question.good, &pack.name);
        let earlier = alias::learn(tx, ctx, &paste.compound, &alias)?;
        learned.push((alias, earlier));
    }
    Ok(Answer::Ordered {
        order: order.id,
        code,
        words,
        before: had,
        unchanged,
        learned,
    })
}

fn word(kind: AliasKind, written: &str, meaning: &str) -> Alias {
    Alias {
        kind,
        written: written.to_string(),
        meaning: meaning.to_string(),
        actor: String::new(),
        at_s: 0,
    }
}

fn sum(had: &[Want], more: &[Want]) -> Vec<Want> {
    let mut wants = had.to_vec();
    for want in more {
        match wants.iter_mut().find(|one| one.pack == want.pack) {
            Some(one) => one.quantity = one.quantity.saturating_add(want.quantity),
            None => wants.push(want.clone()),
        }
    }
    wants
}

fn cancelled(tx: &mut Tx, ctx: &Ctx, paste: &Paste, settling: &Settling) -> Result<Answer> {
    let stood = standing(tx, paste.round, &settling.household)?
        .filter(|order| order.compound == paste.compound)
        .ok_or_else(|| {
            Refusal::conflict(
                "no_order",
                "这一户本轮没有订单，不用取消。",
                "This household has no order in this round.",
            )
        })?;
    let at = OrderRef {
        district: settling.district.clone(),
        id: stood.id,
    };
    order::cancel(tx, &ctx.sub("cancel"), &at)?;
    Ok(Answer::Cancelled {
        order: stood.id,
        code: stood.code,
    })
}

/// Takes the last answer back: its order is cancelled or gets back what it held, and what was learned is forgotten,
/// unless somebody has taught otherwise since. An order that was cancelled by the answer stays cancelled and is asked anew.
pub fn take_back(tx: &mut Tx, ctx: &Ctx, last: &StepRef) -> Result<usize> {
    let at = &last.paste;
    let paste = paste(tx, ctx, at)?;
    let Some(Answered { place, step, answer }) = paste.answers.last() else {
        return Err(Refusal::conflict(
            "no_answer",
            "还没有处理过，没有可撤销的。",
            "There is nothing to take back.",
        )
        .into());
    };
    if *step != last.step {
        return Err(Refusal::conflict(
            "not_the_last",
            "要撤销的不是最后一条：它已经撤销，或者后面又处理了别的。请刷新页面再看。",
            "That is not the last answer: it was taken back already, or others came after it. Reload the page.",
        )
        .into());
    }
    if let Answer::Ordered {
        order,
        before,
        unchanged,
        learned,
        ..
    } = answer
    {
        let (in_district, id) = (at.district.clone(), *order);
        match before {
            _ if *unchanged => {}
            None => order::cancel(
                tx,
                &ctx.sub("cancel"),
                &OrderRef {
                    district: in_district,
                    id,
                },
            )?,
            Some(wants) => order::change(
                tx,
                &ctx.sub("change"),
                &OrderChange {
                    district: in_district,
                    id,
                    wants: wants.clone(),
                    phone: String::new(),
                    note: String::new(),
                },
            )?,
        }
        let words = alias::of_compound(tx, &paste.compound)?;
        for (taught, earlier) in learned {
            // What somebody has taught or forgotten since stays.
            let is_meant = |word: &Alias| {
                (word.kind, &word.written, &word.meaning) == (taught.kind, &taught.written, &taught.meaning)
            };
            if !words.iter().any(is_meant) {
                continue;
            }
            match earlier {
                Some(earlier) => drop(alias::learn(tx, ctx, &paste.compound, earlier)?),
                None => {
                    let at = AliasRef {
                        compound: paste.compound.clone(),
                        kind: taught.kind,
                        written: taught.written.clone(),
                    };
                    alias::forget(tx, ctx, &at)?;
                }
            }
        }
    }
    tx.run(&TAKE_BACK, &place_of(at, *place))?;
    Ok(*place)
}
