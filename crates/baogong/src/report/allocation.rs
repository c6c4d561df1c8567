//! An allocation of scarce packs to be posted: for each pack the rule in words, its steps and the table.

use kit::Lang;
use print::{Block, Datum, Document};
use store::Tx;

use super::Subject;
use super::documents::{document, numbers, table, text, words};
use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Refusal, Result};
use crate::proposal::ProposalRef;
use crate::proposal::allocation::{self, rule_words, spread_words, step_words, tenths};
use crate::register::correct::area_name;

/// The allocation that `only` names.
pub fn make(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let id = subject
        .only
        .parse::<ProposalId>()
        .map_err(|_| Refusal::not_found("分配方案", "proposal of an allocation"))?;
    let at = ProposalRef {
        district: district(&subject.area).to_string(),
        id,
    };
    let (proposal, _, stored) = allocation::get(tx, ctx, &at)?;
    let facts = &stored.facts;
    let mut blocks = Vec::new();
    for (pack, outcome) in stored.outcomes()?.into_iter().enumerate() {
        let one = &facts.packs[pack];
        let given: i64 = outcome.lines.iter().map(|line| line.given).sum();
        blocks.push(Block::Heading(match lang {
            Lang::Zh => format!(
                "{}：共{}{}，分出{given}{}",
                one.name, one.total, one.unit, one.unit
            ),
            Lang::En => format!("{}: {} packs, {given} given", one.name, one.total),
        }));
        let mut paragraphs = rule_words(facts, pack, lang);
        paragraphs.extend(step_words(&stored.ruled[pack].steps, &one.unit, lang));
        paragraphs.extend(spread_words(&outcome, lang).unwrap_or_default());
        blocks.push(Block::Paragraph(paragraphs.join("\n")));
        let days = |days: Option<i64>| days.map_or(Datum::Blank, |days| text(tenths(days)));
        let mut total = vec![text(lang.t("合计", "In all"))];
        for sum in [
            outcome.lines.iter().map(|line| line.persons).sum(),
            facts.compounds.iter().map(|one| one.unknown).sum::<i64>(),
        ] {
            total.push(Datum::Count(sum));
        }
        total.push(Datum::Blank);
        for sum in [
            outcome.lines.iter().map(|line| line.lacks).sum(),
            outcome.lines.iter().map(|line| line.by_rule).sum(),
            given,
        ] {
            total.push(Datum::Count(sum));
        }
        total.push(Datum::Blank);
        let rows = facts
            .compounds
            .iter()
            .zip(&outcome.lines)
            .map(|(compound, line)| {
                vec![
                    text(&compound.name),
                    Datum::Count(line.persons),
                    Datum::Count(compound.unknown),
                    days(line.before_tenths_d),
                    Datum::Count(line.lacks),
                    Datum::Count(line.by_rule),
                    Datum::Count(line.given),
                    days(line.after_tenths_d),
                ]
            });
        blocks.push(table(
            lang,
            vec![
                words(lang.t("小区", "Compound"), 5),
                numbers(lang.t("人数", "People"), 2),
                numbers(lang.t("存量不明（户）", "Stock unknown"), 2),
                numbers(lang.t("现在够吃（天）", "Lasts now (days)"), 2),
                numbers(lang.t("还需（份）", "Lacks"), 2),
                numbers(lang.t("按办法应得（份）", "By the rule"), 2),
                numbers(lang.t("分到（份）", "Gets"), 2),
                numbers(lang.t("分后够吃（天）", "Lasts then (days)"), 2),
            ],
            rows.collect(),
            Some(total),
        ));
    }
    let place = area_name(tx, &proposal.area)?;
    let mut made = document(
        ctx,
        lang,
        lang.t("物资分配公示表", "Allocation of goods"),
        &place,
        blocks,
    );
    made.meta.push((
        lang.t("状态", "State").to_string(),
        proposal.state.word(lang).to_string(),
    ));
    Ok(made)
}
