//! Cards of form 6: whom to call in an emergency (CT-9), and what comes from where with a delivery (SH-7).

use kit::Lang;
use print::{Block, Datum, Document, Format};
use store::Tx;

use super::Subject;
use super::documents::{compounds_in, document, numbers, post_word, table, text, words};
use super::rounds::load;
use crate::base::access::within;
use crate::base::id::district;
use crate::base::words::{day, kilograms, moment};
use crate::base::{Ctx, Refusal, Result};
use crate::proposal::assignment;
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry, Supplier};
use crate::round::{OrderState, open, packing};

/// Cards of so many compounds are made at once; each is laid out in several sizes.
const COMPOUNDS_MAX: usize = 100;
/// Posts of staff whom residents may call.
const CALLED: &[&str] = &[
    "grid_worker",
    "building_captain",
    "information_officer",
    "liaison",
];

/// A document as cards: what all copies share stands at the foot, nothing above the text.
fn cards(ctx: &Ctx, lang: Lang, title: &str, place: &str, blocks: Vec<Block>) -> Document {
    Document {
        meta: Vec::new(),
        footer: format!("{place} {}", day(ctx.now_s, lang)),
        format: Format::Cards,
        ..document(ctx, lang, title, "", blocks)
    }
}

/// The first lines of a card: the compound that it is for, on a card of its own.
fn begin(blocks: &mut Vec<Block>, name: &str) {
    if !blocks.is_empty() {
        blocks.push(Block::PageBreak);
    }
    blocks.push(Block::Heading(name.to_string()));
}

/// Whom to call, one card per compound. Names and numbers stand in full: they are those of people at work, and the
/// card is handed to residents so that they can call (CT-9).
pub fn contact_card(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let in_district = district(&subject.area).to_string();
    let compounds = compounds_in(tx, &subject.area)?;
    if compounds.len() > COMPOUNDS_MAX {
        return Err(Refusal::invalid(
            "area",
            format!("这里有{}个小区，联系卡一次最多印{COMPOUNDS_MAX}个小区，请选一个社区或小区。", compounds.len()),
            format!(
                "There are {} compounds here; cards are made for at most {COMPOUNDS_MAX} at once, so choose a community or a compound.",
                compounds.len()
            ),
        )
        .into());
    }
    let assigned = assignment::assigned(tx, &subject.area)?;
    let mut blocks = Vec::new();
    for compound in &compounds {
        begin(&mut blocks, &compound.name);
        let mut rows = posts_of(compound, lang);
        for staff in staff_of(tx, &compound.code)? {
            let of = |key| register::text(&staff.body, key);
            // The liaison and the officer of a compound often stand in both registers.
            if rows.iter().any(|row| row[2] == text(of("phone"))) {
                continue;
            }
            rows.push(vec![
                text(post_word(of("post"), lang)),
                text(of("name")),
                text(of("phone")),
            ]);
        }
        let assigned = assigned.get(&compound.code);
        for code in assigned.map(|assigned| assigned.suppliers()).unwrap_or_default() {
            let (name, phone) = match supplier_of(tx, &in_district, code)? {
                Some(supplier) => (
                    format!("{} {}", supplier.name, supplier.contact_name),
                    supplier.contact_phone,
                ),
                None => (unregistered(code, lang), String::new()),
            };
            // Whoever asks after the eggs must not ring those who bring the rice.
            let part = assigned.and_then(|assigned| assigned.part(code));
            let post = part.map_or_else(
                || lang.t("保供单位", "Supplier").to_string(),
                |part| match lang {
                    Lang::Zh => format!("保供单位（{}）", part.categories(lang)),
                    Lang::En => format!("Supplier ({})", part.categories(lang)),
                },
            );
            rows.push(vec![text(post), text(name.trim()), text(phone)]);
        }
        // What no register holds is written in by hand.
        for post in [
            lang.t("社区值班室", "Community office"),
            lang.t("社区医生", "Community doctor"),
            lang.t("派出所", "Police station"),
        ] {
            rows.push(vec![text(post), Datum::Blank, Datum::Blank]);
        }
        let columns = vec![
            words(lang.t("找谁", "Post"), 3),
            words(lang.t("姓名", "Name"), 3),
            words(lang.t("电话", "Phone"), 4),
        ];
        blocks.push(table(lang, columns, rows, None));
        blocks.push(Block::Paragraph(
            lang.t(
                "报警110、火警119、急救120、政务服务热线12345",
                "Police 110, fire 119, ambulance 120, public services 12345",
            )
            .into(),
        ));
    }
    let title = lang.t("应急联系卡", "Emergency contacts");
    Ok(cards(ctx, lang, title, &area_name(tx, &subject.area)?, blocks))
}

/// A supplier as registered; one that was removed since leaves the rest of the card as it is.
fn supplier_of(tx: &mut Tx, in_district: &str, code: &str) -> Result<Option<Supplier>> {
    entry::get(tx, "suppliers", in_district, code)?
        .map(|entry| entry.noun())
        .transpose()
}

/// What stands in the line of a supplier that is not on the register any more.
fn unregistered(code: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{code}（已不在登记中，请填写）"),
        Lang::En => format!("{code} (no longer registered, fill in)"),
    }
}

/// Liaison, information officer and property of a compound, as far as they are known.
fn posts_of(compound: &Entry, lang: Lang) -> Vec<Vec<Datum>> {
    [
        (lang.t("采购联络人（团长）", "Liaison"), "liaison"),
        (lang.t("小区信息员", "Information officer"), "officer"),
        (lang.t("物业、楼长", "Property, captain"), "contact"),
    ]
    .into_iter()
    .map(|(post, who)| {
        let of = |what| register::text(&compound.body, &format!("{who}_{what}")).to_string();
        vec![text(post), text(of("name")), text(of("phone"))]
    })
    .filter(|row| row[2] != text(""))
    .collect()
}

/// Staff on duty for the compound or for the whole community whom residents may call.
fn staff_of(tx: &mut Tx, compound: &str) -> Result<Vec<Entry>> {
    let community = compound
        .split_once('-')
        .map_or(compound, |(community, _)| community);
    let mut staff = entry::all(tx, "staff", community)?;
    staff.retain(|entry| {
        let of = |key| register::text(&entry.body, key);
        (entry.area == community || within(&entry.area, compound))
            && CALLED.contains(&of("post"))
            && !matches!(of("duty"), "off" | "isolated")
            && !of("phone").is_empty()
    });
    Ok(staff)
}

/// What a round brings to each compound, from where and whereto, and what to watch out for (物资明白卡).
pub fn materials_card(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, packs, orders) = load(tx, ctx, subject)?;
    let supplier = supplier_of(tx, &in_district, &round.supplier)?
        .map_or_else(|| unregistered(&round.supplier, lang), |supplier| supplier.name);
    let mut blocks = Vec::new();
    for one in open::compounds(tx, &in_district, round.id)? {
        if !within(&one.compound, &subject.area) {
            continue;
        }
        let of_compound: Vec<_> = orders
            .iter()
            .filter(|order| order.compound == one.compound && order.state != OrderState::Placed)
            .cloned()
            .collect();
        let picks = packing::pick_list(&packs, &of_compound);
        let rows = packs
            .iter()
            .zip(&picks)
            .filter(|(_, pick)| pick.to_pack + pick.packed > 0)
            .map(|(pack, pick)| {
                let contents: Vec<String> = pack
                    .contents
                    .iter()
                    .map(|part| match part.weight_g {
                        0 => part.name.clone(),
                        weight_g => format!("{}{}{}", part.name, kilograms(weight_g), lang.t("公斤", " kg")),
                    })
                    .collect();
                vec![
                    text(pack.name.as_str()),
                    text(contents.join(lang.t("、", ", "))),
                    Datum::Count(pick.to_pack + pick.packed),
                ]
            })
            .collect();
        begin(&mut blocks, &area_name(tx, &one.compound)?);
        blocks.push(Block::Facts(vec![
            (lang.t("来源", "From").into(), supplier.clone()),
            (lang.t("送到", "To").into(), one.drop_point.clone()),
            (lang.t("时间", "When").into(), moment(round.deliver_s, lang)),
        ]));
        let columns = vec![
            words(lang.t("物资", "Goods"), 3),
            words(lang.t("内容", "Contents"), 5),
            numbers(lang.t("数量", "Number"), 2),
        ];
        blocks.push(table(lang, columns, rows, None));
        blocks.push(Block::Paragraph(
            lang.t(
                "注意：按袋上的房号发放，先发肉、蛋和老人、病人的；少了、破了当场记下，报采购联络人退款；发放时戴口罩，保持距离。",
                "Mind: hand out by the dwelling on the bag; meat, eggs and the bags of the old and ill come first; what is missing or broken is written down at once and refunded through the liaison; wear a mask and keep your distance.",
            )
            .into(),
        ));
    }
    let title = lang.t("物资明白卡", "Materials card");
    Ok(cards(
        ctx,
        lang,
        title,
        &format!("{} {}", round.code, round.title),
        blocks,
    ))
}
