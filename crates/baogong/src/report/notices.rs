//! Notices for doors and stairwells: how to order (DX-2, with a QR code), when to fetch (FC-8), and the slip for a
//! door at which nobody answered.

use kit::Lang;
use print::{Block, Document, Format};
use store::Tx;

use super::Subject;
use super::delivery::unit_words;
use super::documents::{building_words, document, table, text, words};
use super::rounds::load;
use crate::base::access::within;
use crate::base::id::district;
use crate::base::words::{day, moment, yuan};
use crate::base::{Ctx, Refusal, Result, clock};
use crate::plan::release::Release;
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::{RoundCompound, handover, open};

/// A document as notices: who signs stands at the end of each.
fn notices(ctx: &Ctx, lang: Lang, title: &str, format: Format, blocks: Vec<Block>) -> Document {
    Document {
        meta: Vec::new(),
        footer: String::new(),
        format,
        ..document(ctx, lang, title, "", blocks)
    }
}

/// The office and the day, as they close a notice: the community of the compound.
fn closing(tx: &mut Tx, ctx: &Ctx, lang: Lang, compound: &str) -> Result<Block> {
    let community = compound
        .split_once('-')
        .map_or(compound, |(community, _)| community);
    Ok(Block::Closing(vec![
        area_name(tx, community)?,
        day(ctx.now_s, lang),
    ]))
}

/// The compounds of the round that lie in the area; refuses if there are none.
fn compounds(tx: &mut Tx, subject: &Subject, round: crate::base::id::RoundId) -> Result<Vec<RoundCompound>> {
    let mut compounds = open::compounds(tx, district(&subject.area), round)?;
    compounds.retain(|one| within(&one.compound, &subject.area));
    if compounds.is_empty() {
        return Err(Refusal::not_found("小区", "compound").into());
    }
    Ok(compounds)
}

fn address(name: &str, lang: Lang) -> Block {
    Block::Address(format!("{name}{}", lang.t("全体居民：", ": to all residents")))
}

/// How to order in this round, one notice per compound, with the code of its order link.
pub fn order(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, packs, _) = load(tx, ctx, subject)?;
    let supplier = entry::get(tx, "suppliers", &in_district, &round.supplier)?
        .map_or_else(String::new, |entry| entry.name);
    let offers: Vec<String> = packs
        .iter()
        .map(|pack| {
            format!(
                "{}{}{}{}",
                pack.name,
                lang.t("", " "),
                yuan(pack.price_fen),
                lang.t("元", " yuan")
            )
        })
        .collect();
    let ballot = round.release == Release::Ballot;
    let mut blocks = Vec::new();
    for one in compounds(tx, subject, round.id)? {
        if !blocks.is_empty() {
            blocks.push(Block::PageBreak);
        }
        let mut body = match lang {
            Lang::Zh => format!(
                "本小区的生活物资由{supplier}供应。请用手机扫描下方二维码下单，也可以在小区群里接龙；\
                 不会用手机的，请告诉采购联络人或楼栋长，由专人代为登记。请按需订购，不必囤货。"
            ),
            Lang::En => format!(
                "{supplier} supplies this compound. Scan the code below to order, or add a line to the list in the chat \
                 group. Whoever has no phone tells the liaison or the building captain, who orders for you. There is \
                 no need to hoard."
            ),
        };
        if ballot {
            body.push_str(lang.t(
                "\n本轮货源有限，截单后公开摇号，抽中后再付款；登记先后不影响结果。",
                "\nGoods are few: after cut-off there is a public draw, and only who is drawn pays. It does not matter who asks first.",
            ));
        }
        blocks.push(address(&area_name(tx, &one.compound)?, lang));
        blocks.push(Block::Paragraph(body));
        blocks.push(Block::Facts(vec![
            (
                lang.t("可订物资", "On offer").into(),
                offers.join(lang.t("、", ", ")),
            ),
            (
                lang.t("截单时间", "Order until").into(),
                moment(round.cutoff_s, lang),
            ),
            (
                lang.t("付款截止", "Pay until").into(),
                moment(round.pay_by_s, lang),
            ),
            (
                lang.t("送达时间", "Delivered by").into(),
                moment(round.deliver_s, lang),
            ),
            (lang.t("投放点", "Drop point").into(), one.drop_point.clone()),
        ]));
        // At the console nobody knows by which address residents reach the server.
        if !subject.origin.is_empty() {
            blocks.push(Block::Code {
                payload: format!("{}/o/{}", subject.origin, one.token),
                caption: lang.t("扫码下单", "Scan to order").into(),
            });
        }
        blocks.push(closing(tx, ctx, lang, &one.compound)?);
    }
    let title = lang.t("生活物资订购通知", "How to order supplies");
    Ok(notices(ctx, lang, title, Format::Notice, blocks))
}

/// When to fetch, one notice per building.
pub fn pickup(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, _, _) = load(tx, ctx, subject)?;
    let mut blocks = Vec::new();
    for one in compounds(tx, subject, round.id)? {
        let slots = handover::slots(tx, &in_district, round.id, &one.compound)?;
        let name = area_name(tx, &one.compound)?;
        for building in slots.chunk_by(|left, right| left.building == right.building) {
            let Some(first) = building.first() else { continue };
            if !blocks.is_empty() {
                blocks.push(Block::PageBreak);
            }
            blocks.push(address(
                format!(
                    "{name}{}{}",
                    lang.t("", " "),
                    building_words(&first.building, lang)
                )
                .trim_end(),
                lang,
            ));
            blocks.push(Block::Paragraph(
                lang.t(
                    "您订的生活物资即将送到，请按下面的时段下楼取货，戴好口罩，前后保持2米；核对袋上的房号再取走。",
                    "The goods that you ordered are about to arrive. Please come down at your time, wear a mask, keep two metres apart, and check the dwelling on the bag.",
                )
                .into(),
            ));
            let rows = building
                .iter()
                .map(|slot| {
                    vec![
                        text(unit_words(&slot.unit, lang)),
                        text(format!(
                            "{}–{}",
                            moment(slot.start_s, lang),
                            clock::hour(slot.end_s)
                        )),
                    ]
                })
                .collect();
            let columns = vec![
                words(lang.t("单元", "Unit"), 2),
                words(lang.t("取货时段", "Come at"), 5),
            ];
            blocks.push(table(lang, columns, rows, None));
            let place = (lang.t("取货地点", "Place").to_string(), one.drop_point.clone());
            blocks.push(Block::Facts(vec![place]));
            blocks.push(closing(tx, ctx, lang, &one.compound)?);
        }
    }
    if blocks.is_empty() {
        return Err(Refusal::conflict(
            "no_slots",
            "还没有安排取货时段，请先在交付页面安排，再打印通知。",
            "There are no pick-up slots yet; arrange them on the hand-over page first.",
        )
        .into());
    }
    let title = lang.t("取货通知", "Come and fetch your goods");
    Ok(notices(ctx, lang, title, Format::Notice, blocks))
}

/// Slips for doors at which nobody answered, four to a sheet, to be filled in by hand.
pub fn missed(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, _, _) = load(tx, ctx, subject)?;
    let mut blocks = Vec::new();
    let blank = |name: &str| (name.to_string(), "＿".repeat(9));
    for one in compounds(tx, subject, round.id)? {
        if !blocks.is_empty() {
            blocks.push(Block::PageBreak);
        }
        let entry = entry::get(tx, "compounds", district(&one.compound), &one.compound)?;
        let phone = entry
            .as_ref()
            .map_or("", |entry| register::text(&entry.body, "liaison_phone"));
        let call = if phone.is_empty() {
            "＿".repeat(9)
        } else {
            phone.to_string()
        };
        blocks.push(Block::Facts(vec![
            blank(lang.t("房号", "Dwelling")),
            blank(lang.t("袋号", "Bag")),
            blank(lang.t("到门时间", "We came at")),
        ]));
        blocks.push(Block::Paragraph(
            lang.t(
                "您订的生活物资送到时没有人应门，现放在投放点保管。请打电话约时间，我们再送一次；有肉类等需要冷藏的，请尽快联系。",
                "Nobody answered when we brought your goods. They are kept at the drop point. Please call and we will come again; if anything in the bag must be kept cool, call soon.",
            )
            .into(),
        ));
        blocks.push(Block::Facts(vec![
            (lang.t("投放点", "Drop point").into(), one.drop_point.clone()),
            (lang.t("联系电话", "Call").into(), call),
        ]));
        blocks.push(closing(tx, ctx, lang, &one.compound)?);
    }
    let title = lang.t("送货未遇告知单", "We missed you");
    Ok(notices(ctx, lang, title, Format::Cards, blocks))
}
