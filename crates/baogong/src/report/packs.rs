//! A proposal of packs on paper and as a workbook: what is in each pack and what it covers, and the stock.

use kit::Lang;
use print::{Block, Datum, Document};
use store::Tx;

use super::Subject;
use super::documents::{document, numbers, section, table, text, words};
use crate::base::id::{ProposalId, district};
use crate::base::words::{kilograms, yuan};
use crate::base::{Action, Ctx, Refusal, Result};
use crate::plan::rules::category_word;
use crate::proposal::ProposalRef;
use crate::proposal::packs::{self, covered};
use crate::register::correct::area_name;

/// The proposal of packs that `only` names.
pub fn packs(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let id: ProposalId = subject
        .only
        .parse()
        .map_err(|_| Refusal::not_found("套餐方案", "proposal of packs"))?;
    let at = ProposalRef {
        district: district(&subject.area).to_string(),
        id,
    };
    let (found, draft, stored) = packs::get(tx, ctx, &at)?;
    ctx.actor.check(Action::Compose, &found.area)?;
    let packed = stored.packed(&draft);
    let facts = &stored.facts;
    let (mut inside, mut covers) = (Vec::new(), Vec::new());
    for (place, wanted) in draft.packs.iter().enumerate() {
        let holds = &packed.packs[place];
        let count = stored.counts[place];
        let title = match lang {
            Lang::Zh => format!(
                "{}：{}人{}天，{count}份，每份{}元、{}公斤",
                wanted.name,
                wanted.persons,
                draft.days,
                yuan(holds.price_fen),
                kilograms(holds.weight_g)
            ),
            Lang::En => format!(
                "{}: {} people, {} days, {count} packs, each {} yuan and {} kg",
                wanted.name,
                wanted.persons,
                draft.days,
                yuan(holds.price_fen),
                kilograms(holds.weight_g)
            ),
        };
        let goods = facts.shelf.iter().zip(&stored.units[place]);
        for (good, units) in goods.filter(|(_, units)| **units > 0) {
            inside.push(vec![
                text(&title),
                text(&good.name),
                text(category_word(&good.category, lang)),
                Datum::Count(*units),
                text(&good.unit),
                Datum::WeightG(good.unit_g * units),
                Datum::AmountFen(good.unit_fen * units),
                Datum::Count(units * count),
            ]);
        }
        for one in covered(&draft, &stored, &packed, place, lang) {
            let enough = lang.t("够", "enough").to_string();
            let short = one
                .short
                .map(|short| format!("{}{short}", lang.t("差 ", "short by ")));
            covers.push(vec![
                text(&title),
                text(one.label),
                text(one.has),
                text(one.wanted),
                text(short.unwrap_or(enough)),
            ]);
        }
    }
    let stock = facts.shelf.iter().zip(&packed.used).map(|(good, used)| {
        vec![
            text(&good.name),
            text(category_word(&good.category, lang)),
            text(&good.unit),
            Datum::Count(good.units),
            Datum::Count(*used),
            Datum::Count(good.units - used),
        ]
    });
    let blocks = vec![
        Block::Heading(lang.t("套餐内容", "Contents").to_string()),
        table(
            lang,
            vec![
                section(lang.t("套餐", "Pack")),
                words(lang.t("商品", "Good"), 4),
                words(lang.t("类别", "Category"), 2),
                numbers(lang.t("每包", "In each"), 2),
                words(lang.t("单位", "Unit"), 1),
                numbers(lang.t("公斤", "kg"), 2),
                numbers(lang.t("金额", "Yuan"), 2),
                numbers(lang.t("共需", "In all"), 2),
            ],
            inside,
            None,
        ),
        Block::Heading(
            lang.t("每人每天够不够", "What it covers per person and day")
                .to_string(),
        ),
        table(
            lang,
            vec![
                section(lang.t("套餐", "Pack")),
                words(lang.t("项目", "Item"), 3),
                words(lang.t("有", "There is"), 3),
                words(lang.t("标准", "Norm"), 3),
                words(lang.t("够不够", "Enough?"), 3),
            ],
            covers,
            None,
        ),
        Block::Heading(lang.t("货用了多少、还剩多少", "Stock: used and left").to_string()),
        table(
            lang,
            vec![
                words(lang.t("商品", "Good"), 4),
                words(lang.t("类别", "Category"), 2),
                words(lang.t("单位", "Unit"), 1),
                numbers(lang.t("可供", "In stock"), 2),
                numbers(lang.t("用去", "Used"), 2),
                numbers(lang.t("剩下", "Left"), 2),
            ],
            stock.collect(),
            None,
        ),
    ];
    let place = format!("{} · {}", facts.supplier_name, area_name(tx, &found.area)?);
    let title = lang.t("套餐搭配方案", "Contents of packs");
    Ok(document(ctx, lang, title, &place, blocks))
}
