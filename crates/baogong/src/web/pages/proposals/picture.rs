//! The map of an assignment, and the load of its suppliers.

use std::collections::{BTreeMap, BTreeSet};

use kit::{Column, Markup, TableRow, Tone, html};
use planner::check::Consequences;

use super::super::super::request::Web;
use super::assignment::{Look, shown};
use crate::base::words::{count, kilograms};
use crate::plan::rules::{CATEGORIES, category_word};
use crate::proposal::assignment::{Choice, Part};

/// The map.
pub(super) fn drawing(web: &Web, look: &Look, page: usize) -> kit::Map {
    let (facts, open) = (&look.stored.facts, look.open());
    let shown = shown(look, page);
    let mut map = kit::Map {
        id: "assignment-map".into(),
        title: format!("{} {}", web.t("保供单位分配", "Assignment of suppliers"), look.place),
        about: web.t("每个小区用线连到主供单位，颜色和数字表示单位；同样内容在下面的表里。", "A line joins each compound to its main supplier, whose colour and number it has; the tables below say the same.").into(),
        series: facts.suppliers.iter().enumerate().map(|(number, one)| format!("{} {}", number + 1, one.name)).collect(),
        tiles: web.tiles(),
        ..kit::Map::default()
    };
    let at: Vec<_> = facts
        .suppliers
        .iter()
        .map(|one| web.place(one.latitude, one.longitude))
        .collect();
    let choices: BTreeMap<&str, &Choice> = look
        .stored
        .choices
        .iter()
        .map(|choice| (choice.compound.as_str(), choice))
        .collect();
    let mut streets: BTreeMap<&str, Vec<kit::MapPlace>> = BTreeMap::new();
    for one in facts.compounds.iter().filter(|one| look.is_near(&one.code)) {
        let (Some(place), Some(choice)) = (
            web.place(one.latitude, one.longitude),
            choices.get(one.code.as_str()),
        ) else {
            continue;
        };
        let shared = look.together(&one.code);
        let givers: Vec<&str> = match &choice.main {
            Some(main) => vec![main],
            None => shared
                .into_iter()
                .flat_map(|shared| &shared.parts)
                .map(|part| part.supplier.as_str())
                .collect(),
        };
        let numbers: Vec<usize> = givers.iter().filter_map(|code| facts.number(code)).collect();
        // Where goods are rationed everybody is short; then only those who get nothing stand out.
        let is_short = choice.main.is_none()
            && shared.is_none_or(|shared| match look.stored.rationed {
                true => shared.parts.is_empty(),
                false => shared.short_g.iter().any(|short| *short > 0),
            });
        let line_is_here = shown.iter().any(|line| line.compound == one.code);
        map.points.push(kit::MapPoint {
            series: numbers.first().copied(),
            weight: one.persons,
            alarm: is_short,
            about: format!(
                "{} · {}{}",
                if givers.is_empty() {
                    "—".into()
                } else {
                    names(web, look, &givers)
                },
                count(one.persons),
                web.t("人", " people")
            ),
            href: line_is_here.then(|| format!("#line-{}", one.code)),
            drag: open.then(|| one.code.clone()),
            ..kit::MapPoint::new(place, kit::PointKind::Compound, &one.name)
        });
        for (turn, number) in numbers.into_iter().enumerate() {
            if let Some(from) = at[number] {
                map.lines.push(kit::MapLine {
                    places: vec![from, place],
                    series: Some(number),
                    faint: turn > 0,
                });
            }
        }
        if let Some(street) = one.code.get(..9) {
            streets.entry(street).or_default().push(place);
        }
    }
    let drawn = drawn(look);
    for (number, (one, place)) in facts.suppliers.iter().zip(at).enumerate() {
        let Some(place) = place.filter(|_| drawn[number]) else {
            continue;
        };
        map.points.push(kit::MapPoint {
            mark: (number + 1).to_string(),
            series: Some(number),
            weight: i64::MAX,
            alarm: look.is_over(number),
            drop: open.then(|| format!("main={}", one.code)),
            ..kit::MapPoint::new(place, kit::PointKind::Supplier, &one.name)
        });
    }
    if streets.len() > 1 {
        let named = |code: &str| look.streets.get(code).cloned().unwrap_or_default();
        map.areas = streets
            .into_iter()
            .map(|(code, places)| kit::MapArea {
                name: named(code),
                places,
            })
            .collect();
    }
    map
}

/// Latitude and longitude as registered.
type At = (Option<i64>, Option<i64>);

/// Which suppliers stand on the map: those that feed a compound on it, and those that lie among these. One far away that
/// nobody is fed by would only make everything else small.
fn drawn(look: &Look) -> Vec<bool> {
    /// The frame around what is used grows so many times in both directions, for what lies just outside.
    const AROUND: i64 = 2;
    let facts = &look.stored.facts;
    let near = || facts.compounds.iter().filter(|one| look.is_near(&one.code));
    let mut used = vec![false; facts.suppliers.len()];
    for choice in look
        .stored
        .choices
        .iter()
        .filter(|choice| look.is_near(&choice.compound))
    {
        let parts = look.together(&choice.compound).filter(|_| choice.main.is_none());
        let parts = parts
            .into_iter()
            .flat_map(|shared| &shared.parts)
            .map(|part| &part.supplier);
        for number in choice
            .main
            .iter()
            .chain(parts)
            .filter_map(|code| facts.number(code))
        {
            used[number] = true;
        }
    }
    let range = |of: fn(&At) -> Option<i64>| {
        let homes = near().map(|one| -> At { (one.latitude, one.longitude) });
        let shops = facts.suppliers.iter().zip(&used).filter(|(_, used)| **used);
        let all = homes.chain(shops.map(|(one, _)| (one.latitude, one.longitude)));
        let values: Vec<i64> = all.filter_map(|at| of(&at)).collect();
        let (low, high) = (values.iter().min().copied()?, values.iter().max().copied()?);
        let more = (high - low) * (AROUND - 1) / 2;
        Some(low - more..=high + more)
    };
    let (high, wide) = (range(|at| at.0), range(|at| at.1));
    let inside = |value: Option<i64>, range: &Option<std::ops::RangeInclusive<i64>>| {
        value.is_some_and(|value| range.as_ref().is_none_or(|range| range.contains(&value)))
    };
    facts
        .suppliers
        .iter()
        .zip(used)
        .map(|(one, used)| used || (inside(one.latitude, &high) && inside(one.longitude, &wide)))
        .collect()
}

/// The suppliers that are not on the map, by name.
pub(super) fn undrawn(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let away = facts
        .suppliers
        .iter()
        .zip(drawn(look))
        .filter(|(_, drawn)| !drawn);
    let names: Vec<String> = away.map(|(one, _)| one.name.clone()).collect();
    html! {
        @if !names.is_empty() {
            p class="soft" { (web.t("图上没有画的单位（离得远、这里没有用到，或没有登记位置）：", "Suppliers that are not on the map (far away and not used here, or without a position): ")) (super::assignment::some(web, &names)) (web.t("。要改由它们供，请在下面的表里选。", ". Choose them in the table below.")) }
        }
    }
}

/// Above so many compounds the map shows dots that stand for several and cannot be dragged; then one looks at a street.
pub(super) fn closer(web: &Web, look: &Look) -> Markup {
    let many = look.stored.facts.compounds.len() + look.stored.facts.suppliers.len() > kit::SINGLE_MAX;
    let path = format!("/proposals/{}", look.proposal.id);
    html! {
        @if many || !look.zoom.is_empty() {
            p {
                @if look.zoom.is_empty() { (web.t("小区多，图上的点代表几个小区，不能拖动。放大一个街道（乡镇）就可以拖：", "There are many compounds, so a dot stands for several and cannot be dragged. Look at one street to drag: ")) }
                @else { (web.t("只看一部分。", "A part only. ")) a href=(path) { (web.t("看全部", "See all")) } " " }
                @for (code, name) in &look.streets {
                    @if *code == look.zoom { strong { (name) } } @else { a href=(format!("{path}?area={code}")) { (name) } } " "
                }
            }
        }
    }
}

fn names(web: &Web, look: &Look, givers: &[&str]) -> String {
    let names: Vec<&str> = givers.iter().map(|code| look.supplier(Some(code))).collect();
    names.join(web.t("、", ", "))
}

/// Kilograms to one decimal, none where they are whole, with separators: the table is compared, not weighed out.
fn tenths(weight_g: i64) -> String {
    let tenths = (weight_g + 50) / 100;
    match tenths % 10 {
        0 => count(tenths / 10),
        part => format!("{}.{part}", count(tenths / 10)),
    }
}

/// What is given to compounds that have no main supplier of their own.
fn parts_of_several(look: &Look) -> Vec<&Part> {
    let choices = look.stored.choices.iter();
    let fed: BTreeSet<&str> = choices
        .filter(|choice| choice.main.is_some())
        .map(|choice| choice.compound.as_str())
        .collect();
    let several = look.stored.together.iter();
    several
        .filter(|one| !fed.contains(one.compound.as_str()))
        .flat_map(|one| &one.parts)
        .collect()
}

/// What each supplier gives and has.
pub(super) fn loads(web: &Web, look: &Look, result: &Consequences) -> Markup {
    let facts = &look.stored.facts;
    let mut columns = vec![
        Column::text(web.t("单位", "Supplier")),
        Column::number(web.t("小区", "Compounds")),
        Column::number(web.t("人数", "People")),
    ];
    let each = CATEGORIES.iter().map(|(key, _, _)| {
        format!(
            "{}{}",
            category_word(key, web.lang),
            web.t("（公斤/天）", " (kg a day)")
        )
    });
    columns.extend(each.map(|title| Column::number(&title)));
    let several = parts_of_several(look);
    let rows = facts
        .suppliers
        .iter()
        .enumerate()
        .map(|(number, one)| {
            let own = look.stored.choices.iter().filter(|choice| choice.main.as_deref() == Some(&one.code));
            let (compounds, persons) = own.fold((0, 0), |sum, choice| (sum.0 + 1, sum.1 + choice.persons));
            let mut cells = vec![html! { (number + 1) " " (one.name) }, html! { (count(compounds)) }, html! { (count(persons)) }];
            let mut loads = result.loads[number].clone();
            for part in several.iter().filter(|part| part.supplier == one.code) {
                for (load, given) in loads.iter_mut().zip(&part.given_g) {
                    *load += given;
                }
            }
            for (load, capacity) in loads.iter().zip(&one.capacity) {
                cells.push(html! {
                    (tenths(*load)) " / " (tenths(*capacity))
                    @if load > capacity { " " (kit::badge(Tone::Bad, &format!("+{}", kilograms(load - capacity)))) }
                });
            }
            TableRow::new(cells).tone(if look.is_over(number) { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    html! {
        p class="soft" { (web.t("每格是“需要 / 产能”。", "Each cell is need / capacity.")) }
        (kit::table(web.t("各单位的负担", "Load of the suppliers"), &columns, rows, html! {}))
    }
}
