//! Lists of what was brought in, learned and drawn, as their pages show them.

use kit::Lang;
use print::Document;
use store::Tx;

use super::Subject;
use super::documents::{listing, numbers, text, words};
use super::rounds::load;
use crate::base::access::Field;
use crate::base::id::district;
use crate::base::{Ctx, Result, clock};
use crate::register::correct::area_name;
use crate::register::{entry, import, register};
use crate::round::alias::{self, Alias, AliasKind};
use crate::round::ballot::{self, PublishedRequest};

fn count(number: usize) -> print::Datum {
    print::Datum::Count(i64::try_from(number).unwrap_or(i64::MAX))
}

fn moment(at_s: Option<i64>) -> print::Datum {
    text(at_s.map_or_else(String::new, clock::minute))
}

/// The latest files that were brought in, a line for each register in them.
pub fn imports(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for batch in import::batches(tx, &ctx.actor, district(&subject.area))? {
        let nothing = import::Tally::default();
        let tallies = match batch.summary.tallies.as_slice() {
            [] => std::slice::from_ref(&nothing),
            tallies => tallies,
        };
        for tally in tallies {
            rows.push(vec![
                text(batch.file_name.as_str()),
                text(batch.state.word(lang)),
                text(register(&tally.register).map_or("", |register| register.word(lang))),
                count(tally.added),
                count(tally.changed),
                count(tally.unchanged),
                count(batch.summary.errors),
                text(batch.actor.as_str()),
                moment(Some(batch.created_s)),
                moment(batch.applied_s),
                moment(batch.undone_s),
            ]);
        }
    }
    let columns = vec![
        words(lang.t("文件", "File"), 5),
        words(lang.t("状态", "State"), 2),
        words(lang.t("台账", "Register"), 3),
        numbers(lang.t("新增", "New"), 2),
        numbers(lang.t("更新", "Changed"), 2),
        numbers(lang.t("不变", "Unchanged"), 2),
        numbers(lang.t("错误", "Errors"), 2),
        words(lang.t("经办人", "Who"), 3),
        words(lang.t("上传时间", "Uploaded"), 3),
        words(lang.t("导入时间", "Applied"), 3),
        words(lang.t("撤销时间", "Undone"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    let title = lang.t("导入记录", "Imports");
    Ok(listing(ctx, lang, title, &place, columns, rows))
}

/// The words of a compound with what they stand for: a dwelling by its name, a good as it is called.
pub fn learned(tx: &mut Tx, compound: &str) -> Result<Vec<(Alias, String)>> {
    let mut learned = Vec::new();
    for alias in alias::of_compound(tx, compound)? {
        let meaning = match alias.kind {
            AliasKind::Dwelling => entry::get(tx, "households", district(compound), &alias.meaning)?
                .map_or_else(|| alias.meaning.clone(), |household| household.name),
            AliasKind::Good => alias.meaning.clone(),
        };
        learned.push((alias, meaning));
    }
    Ok(learned)
}

/// The words that neighbours of a compound use for households and goods.
pub fn aliases(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let rows = learned(tx, &subject.area)?
        .into_iter()
        .map(|(alias, meaning)| {
            // A nickname names a person.
            let written = match alias.kind {
                AliasKind::Dwelling => ctx.actor.show(Field::Name, &alias.written),
                AliasKind::Good => alias.written,
            };
            vec![
                text(written),
                text(meaning),
                text(alias.kind.word(lang)),
                text(alias.actor),
                moment(Some(alias.at_s)),
            ]
        })
        .collect();
    let columns = vec![
        words(lang.t("群里的叫法", "As written"), 4),
        words(lang.t("指的是", "Stands for"), 4),
        words(lang.t("种类", "Kind"), 2),
        words(lang.t("谁确认的", "Settled by"), 3),
        words(lang.t("时间", "Time"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    let title = lang.t("小区里的叫法", "Words of this compound");
    Ok(listing(ctx, lang, title, &place, columns, rows))
}

/// The requests of a draw, class by class in the order in which they came up; of one compound, if one is asked for.
pub fn requests(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, _, _) = load(tx, ctx, subject)?;
    let drawing = ballot::publish(tx, &round)?;
    let rank = |one: &PublishedRequest| drawing.priority.iter().position(|class| *class == one.class);
    let mut requests: Vec<&PublishedRequest> = drawing
        .requests
        .iter()
        .filter(|one| subject.only.is_empty() || one.compound == subject.only)
        .collect();
    requests.sort_by_key(|one| (&one.compound, rank(one), &one.ticket));
    let mut rows = Vec::new();
    for same in requests.chunk_by(|one, other| one.compound == other.compound) {
        for (turn, one) in same.iter().enumerate() {
            let compound = drawing.compounds.iter().find(|known| known.code == one.compound);
            let wants: Vec<String> = one
                .wants
                .iter()
                .map(|want| {
                    let pack = drawing.packs.iter().find(|pack| pack.code == want.pack);
                    let name = pack.map_or(want.pack.as_str(), |pack| pack.name.as_str());
                    format!("{name} × {}", want.quantity)
                })
                .collect();
            rows.push(vec![
                text(compound.map_or(one.compound.as_str(), |known| known.name.as_str())),
                count(turn + 1),
                text(one.number.as_str()),
                text(wants.join(lang.t("、", ", "))),
                text(one.class.word(lang)),
                text(one.ticket.as_str()),
                text(one.result.word(lang)),
            ]);
        }
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 3),
        numbers(lang.t("顺序", "Turn"), 1),
        words(lang.t("登记号", "Request"), 2),
        words(lang.t("登记内容", "Asked for"), 4),
        words(lang.t("档次", "Class"), 3),
        words(lang.t("签号", "Ticket"), 6),
        words(lang.t("结果", "Result"), 2),
    ];
    let place = format!("{} · {}", area_name(tx, &subject.area)?, drawing.round);
    let title = lang.t("摇号结果", "The draw");
    Ok(listing(ctx, lang, title, &place, columns, rows))
}
