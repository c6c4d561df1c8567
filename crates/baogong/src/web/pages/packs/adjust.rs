//! Changing packs: units of each good, substitutes, goods that are added, and how many packs.

use kit::{Column, Field, Markup, TableRow, Tone, html};

use super::show::Look;
use super::{Fields, ProposalRef, Result, Web};
use crate::base::Refusal;
use crate::base::words::{count, kilograms};
use crate::plan::rules::category_word;
use crate::proposal::packs::{PacksChange, Portion, Swap};

/// The part of the page that shows what a change leads to.
pub(super) const PART: &str = "consequences";

/// What the form changes: `units:<pack>:<good>`, `swap:<pack>:<good>` (a good, or `out`), `add:<pack>` with `added:<pack>`,
/// and `count:<pack>`.
pub(super) fn change_of(at: ProposalRef, fields: &Fields) -> Result<PacksChange> {
    let wrong = |text: &str| {
        Refusal::invalid(
            "units",
            format!("数量“{text}”应是不小于0的整数。"),
            format!("{text:?} must be a whole number from 0."),
        )
    };
    let number = |text: &str| -> Result<i64> {
        let folded = documents::values::fold_width(text.trim()).into_owned();
        Ok(folded.parse().map_err(|_| wrong(text))?)
    };
    let place = |text: &str| -> Result<usize> {
        Ok(text.parse().map_err(|_| {
            Refusal::invalid(
                "units",
                "页面上的套餐或商品写得不对，请刷新后重试。",
                "A pack or good of the page is not understood; reload it.",
            )
        })?)
    };
    let pair = |name: &str| -> Result<(usize, usize)> {
        let (pack, good) = name.split_once(':').unwrap_or((name, ""));
        Ok((place(pack)?, place(good)?))
    };
    let mut change = PacksChange {
        at,
        portions: Vec::new(),
        swaps: Vec::new(),
        counts: Vec::new(),
    };
    for (name, units) in fields.after("units:") {
        let (pack, good) = pair(&name)?;
        let units = if units.is_empty() { 0 } else { number(&units)? };
        change.portions.push(Portion { pack, good, units });
    }
    for (name, to) in fields.after("swap:") {
        let (pack, good) = pair(&name)?;
        match to.as_str() {
            "" => {}
            "out" => {
                change.portions.retain(|one| (one.pack, one.good) != (pack, good));
                change.portions.push(Portion { pack, good, units: 0 });
            }
            to => change.swaps.push(Swap {
                pack,
                good,
                to: place(to)?,
            }),
        }
    }
    for (pack, good) in fields.after("add:") {
        if good.is_empty() {
            continue;
        }
        let units = fields.get(&format!("added:{pack}"));
        change.portions.push(Portion {
            pack: place(&pack)?,
            good: place(&good)?,
            units: if units.is_empty() { 1 } else { number(units)? },
        });
    }
    for (pack, count) in fields.after("count:") {
        let count = if count.is_empty() { 0 } else { number(&count)? };
        change.counts.push((place(&pack)?, count));
    }
    Ok(change)
}

/// The form that changes packs and accepts them.
pub(super) fn form(web: &Web, look: &Look, path: &str) -> Result<Markup> {
    let mut parts = Vec::new();
    for pack in 0..look.draft.packs.len() {
        parts.push(one(web, look, pack)?);
    }
    Ok(kit::live_form(
        &format!("{path}/accept"),
        &format!("{path}/check"),
        PART,
        &web.shell(""),
        html! {
            @for part in &parts { (part) }
            (Field::check("despite", web.t("达不到标准，或超过价格、重量等限制，仍然采纳", "Accept all the same: although something falls short of the norms, or a price or weight is exceeded")))
            (kit::actions(html! {
                (kit::button_to(&format!("{path}/check"), web.t("看改动的后果", "Show what follows"), Tone::Plain))
                (kit::button_to(&format!("{path}/change"), web.t("保存改动", "Save the changes"), Tone::Plain))
                (kit::button(web.t("采纳，列入价目表", "Accept, put into the price list"), Tone::Accent))
            }))
        },
    ))
}

fn one(web: &Web, look: &Look, pack: usize) -> Result<Markup> {
    let wanted = &look.draft.packs[pack];
    let shelf = &look.stored.facts.shelf;
    let columns = [
        Column::text(web.t("商品", "Good")),
        Column::number(web.t("每包数量", "In each pack")),
        Column::text(web.t("换成", "Replace by")),
    ];
    let left = |good: usize| shelf[good].units - look.packed.used[good];
    let mut rows = Vec::new();
    for (good, units) in look.stored.units[pack].iter().enumerate() {
        if *units == 0 && look.before[pack][good] == 0 {
            continue;
        }
        let name = &shelf[good].name;
        let mut options = vec![
            (String::new(), web.t("（不换）", "(keep)").to_string()),
            ("out".to_string(), web.t("拿掉", "take out").to_string()),
        ];
        for other in look.stored.substitutes(&look.draft, good, &wanted.diets)? {
            let to = &shelf[other.index];
            let words = format!(
                "{}（{}{}{}）",
                to.name,
                web.t("余", ""),
                count(left(other.index).max(0)),
                to.unit
            );
            options.push((other.index.to_string(), words));
        }
        let field = format!("units:{pack}:{good}");
        let label = format!("{} {name} {}", wanted.name, web.t("数量", "number"));
        let swap = format!("{} {name} {}", wanted.name, web.t("换成", "replace by"));
        rows.push(TableRow::new(vec![
            html! { (name) br; small { (category_word(&shelf[good].category, web.lang)) " · " (kilograms(shelf[good].unit_g)) (web.t("公斤/", " kg/")) (shelf[good].unit) } },
            html! { (Field::number(&field, &label).value(&units.to_string()).attr("min", "0").bare()) },
            html! { (Field::select(&format!("swap:{pack}:{good}"), &swap, &options).bare()) },
        ]));
    }
    let inside = |good: usize| look.stored.units[pack][good] > 0 || look.before[pack][good] > 0;
    let mut others = vec![(String::new(), web.t("（不加）", "(none)").to_string())];
    for (good, one) in shelf.iter().enumerate() {
        if inside(good) || left(good) <= 0 || !wanted.filling.has(&one.category) {
            continue;
        }
        let words = format!(
            "{}（{}{}{}）",
            one.name,
            web.t("余", ""),
            count(left(good)),
            one.unit
        );
        others.push((good.to_string(), words));
    }
    let body = html! {
        (kit::table(&wanted.name, &columns, rows, html! { p { (web.t("这一包里什么都没有。", "There is nothing in this pack.")) } }))
        (kit::fields(html! {
            (Field::number(&format!("count:{pack}"), web.t("做几份", "How many packs")).value(&look.stored.counts[pack].to_string()).attr("min", "0"))
            (Field::select(&format!("add:{pack}"), web.t("再加一样", "Add a good"), &others))
            (Field::number(&format!("added:{pack}"), web.t("加多少（件）", "Units of it")).attr("min", "1").placeholder("1"))
        }))
    };
    Ok(kit::details(
        &format!("{} {}", web.t("改：", "Change: "), wanted.name),
        body,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::ProposalId;

    fn at() -> ProposalRef {
        ProposalRef {
            district: "431023".into(),
            id: ProposalId::fresh(),
        }
    }

    #[test]
    fn the_fields_of_the_form_are_a_change() {
        let fields = Fields::of_query(
            "units:0:3=2&units:0:4=１&swap:0:3=&swap:0:4=out&swap:1:2=7&add:0=9&added:0=&add:1=&count:1=30",
        );
        let change = change_of(at(), &fields).unwrap();
        let portion = |pack, good, units| Portion { pack, good, units };
        assert_eq!(
            change.portions,
            [portion(0, 3, 2), portion(0, 4, 0), portion(0, 9, 1)]
        );
        assert_eq!(
            change.swaps,
            [Swap {
                pack: 1,
                good: 2,
                to: 7
            }]
        );
        assert_eq!(change.counts, [(1, 30)]);
        for wrong in ["units:0:1=two", "count:x=1", "add:0=y", "units:0=1"] {
            assert!(change_of(at(), &Fields::of_query(wrong)).is_err(), "{wrong}");
        }
    }
}
