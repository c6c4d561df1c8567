//! Lists on paper: coverage, people, needs, advances.

use kit::Lang;
use print::{Block, Datum, Document};
use store::Tx;

use super::Subject;
use super::documents::{document, listing, numbers, table, text, words};
use crate::base::access::Field;
use crate::base::clock;
use crate::base::id::district;
use crate::base::words::days;
use crate::base::{Ctx, Result};
use crate::coverage::{CompoundCover, lists as two_lists};
use crate::plan::rules::{self, CATEGORIES, category_word};
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::payment;

/// The word for a special need.
pub fn need_word(key: &str, lang: Lang) -> &'static str {
    ::documents::forms::SPECIAL_NEEDS
        .iter()
        .find(|need| need.key == key)
        .map_or("", |need| need.title.get(lang == Lang::Zh))
}

/// The words for several special needs.
pub fn needs_words(keys: &[String], lang: Lang) -> String {
    keys.iter()
        .map(|key| need_word(key, lang))
        .collect::<Vec<_>>()
        .join(lang.t("、", ", "))
}

/// Compounds with the days left of each category until their first household runs out.
pub(super) fn compounds_table(tx: &mut Tx, lang: Lang, covers: &[CompoundCover]) -> Result<Block> {
    let mut compounds = Vec::new();
    for cover in covers {
        let mut row = vec![
            text(area_name(tx, &cover.compound)?),
            Datum::Count(cover.households),
            Datum::Count(cover.short),
            Datum::Count(cover.unknown()),
        ];
        for (category, _, _) in CATEGORIES {
            row.push(text(
                cover
                    .first_out_s
                    .get(*category)
                    .map_or_else(|| lang.t("未知", "unknown").into(), |left| days(*left)),
            ));
        }
        compounds.push(row);
    }
    let mut columns = vec![
        words(lang.t("小区", "Compound"), 4),
        numbers(lang.t("住户", "Households"), 2),
        numbers(lang.t("不足", "Short"), 2),
        numbers(lang.t("未知", "Unknown"), 2),
    ];
    columns.extend(CATEGORIES.iter().map(|(category, _, _)| {
        numbers(
            &format!("{}({})", category_word(category, lang), lang.t("天", "days")),
            2,
        )
    }));
    Ok(table(lang, columns, compounds, None))
}

/// Compounds and households that run out first.
pub fn coverage(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let place = area_name(tx, &subject.area)?;
    let covers = crate::coverage::board(tx, ctx, &subject.area)?;
    let compounds = compounds_table(tx, lang, &covers)?;
    let mut households = Vec::new();
    for one in crate::coverage::first_out(tx, &subject.area, &subject.only, 100)? {
        let name = entry::get(tx, "households", district(&one.household), &one.household)?
            .map_or_else(|| one.household.clone(), |entry| entry.name);
        households.push(vec![
            text(area_name(tx, &one.compound)?),
            text(name),
            text(category_word(&one.category, lang)),
            text(days(one.runs_out_s - ctx.now_s)),
            text(clock::short(one.runs_out_s)),
        ]);
    }
    let blocks = vec![
        Block::Heading(lang.t("小区", "Compounds").into()),
        compounds,
        Block::Heading(lang.t("最先断粮的住户", "Households that run out first").into()),
        table(
            lang,
            vec![
                words(lang.t("小区", "Compound"), 4),
                words(lang.t("房号", "Dwelling"), 4),
                words(lang.t("品类", "Category"), 2),
                numbers(lang.t("可供天数", "Days left"), 2),
                words(lang.t("预计用完", "Runs out"), 3),
            ],
            households,
            None,
        ),
    ];
    Ok(document(
        ctx,
        lang,
        lang.t("余粮排行", "Coverage ranking"),
        &place,
        blocks,
    ))
}

/// The people list of a compound, with names and phones as the actor may see them.
pub fn people(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let rules = rules::at(tx, &subject.area, ctx.now_s)?;
    let mut rows = Vec::new();
    let mut members = 0;
    for person in two_lists::people(
        tx,
        &rules,
        &subject.area,
        &subject.words,
        subject.only == "visits",
    )? {
        members += person.household.members;
        rows.push(vec![
            text(person.entry.name.as_str()),
            text(ctx.actor.show(Field::Name, &person.household.head)),
            Datum::Count(person.household.members),
            text(ctx.actor.show(Field::Phone, &person.household.phone)),
            text(needs_words(&person.household.needs, lang)),
            text(person.due_s.map_or_else(String::new, clock::short)),
        ]);
    }
    let total = vec![
        text(lang.t("合计", "Total")),
        text(format!("{} {}", rows.len(), lang.t("户", "households"))),
        Datum::Count(members),
        Datum::Blank,
        Datum::Blank,
        Datum::Blank,
    ];
    let columns = vec![
        words(lang.t("房号", "Dwelling"), 4),
        words(lang.t("户主", "Head"), 2),
        numbers(lang.t("人数", "People"), 1),
        words(lang.t("电话", "Phone"), 3),
        words(lang.t("特殊群体", "Special needs"), 4),
        words(lang.t("应走访", "Visit due"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    let blocks = vec![table(lang, columns, rows, Some(total))];
    Ok(document(
        ctx,
        lang,
        lang.t("人员清单", "People list"),
        &place,
        blocks,
    ))
}

/// The needs list of a compound.
pub fn needs(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for need in two_lists::needs(tx, &subject.area)? {
        let name = entry::get(tx, "households", district(&need.household), &need.household)?
            .map_or_else(|| need.household.clone(), |entry| entry.name);
        rows.push(vec![
            text(name),
            text(need.item.as_str()),
            text(need.quantity.as_str()),
            text(if need.urgent { lang.t("急", "urgent") } else { "" }),
            text(need.state.word(lang)),
            text(clock::short(need.created_s)),
        ]);
    }
    let columns = vec![
        words(lang.t("房号", "Dwelling"), 4),
        words(lang.t("需要什么", "Item"), 5),
        words(lang.t("数量", "Quantity"), 2),
        words(lang.t("急需", "Urgent"), 1),
        words(lang.t("状态", "State"), 2),
        words(lang.t("登记时间", "Recorded"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    Ok(listing(
        ctx,
        lang,
        lang.t("需求清单", "Needs list"),
        &place,
        columns,
        rows,
    ))
}

/// Who owes what for advances (DX-5).
pub fn advances(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    let mut total_fen = 0;
    for (household, amount_fen) in payment::debtors(tx, &subject.area)? {
        total_fen += amount_fen;
        let found = entry::get(tx, "households", district(&household), &household)?;
        let (name, area, head) = found.map_or_else(
            || (household.clone(), String::new(), String::new()),
            |entry| {
                let head = ctx
                    .actor
                    .show(Field::Name, crate::register::text(&entry.body, "head"));
                (entry.name, entry.area, head)
            },
        );
        rows.push(vec![
            text(area_name(tx, &area)?),
            text(name),
            text(head),
            Datum::AmountFen(amount_fen),
            Datum::Blank,
        ]);
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 4),
        words(lang.t("房号", "Dwelling"), 4),
        words(lang.t("户主", "Head"), 2),
        numbers(lang.t("垫付（元）", "Owed (yuan)"), 2),
        words(lang.t("结清签字", "Settled, signature"), 3),
    ];
    let total = vec![
        text(lang.t("合计", "Total")),
        Datum::Blank,
        Datum::Blank,
        Datum::AmountFen(total_fen),
        Datum::Blank,
    ];
    let place = area_name(tx, &subject.area)?;
    let blocks = vec![
        Block::Paragraph(
            lang.t(
                "解封后统一结清（DX-5）。",
                "Settled together after the closure ends (DX-5).",
            )
            .into(),
        ),
        table(lang, columns, rows, Some(total)),
    ];
    Ok(document(
        ctx,
        lang,
        lang.t("垫付挂账清单", "Advances on account"),
        &place,
        blocks,
    ))
}
