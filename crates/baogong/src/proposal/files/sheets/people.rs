//! Sheets about compounds: who supplies them, what is short, who fetches when.

use documents::sheet::{OutCell, OutSheet};
use kit::Lang;

use super::super::{Asked, Planned};
use super::{count, dated, moment, number, sheet, some, text, weight};
use crate::base::words::kilograms;
use crate::plan::rules::category_word;

/// Each compound with main and backup supplier, and why these.
pub fn assignment(planned: &Planned, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("分配", "Assignment"),
        lang.t("小区与保供单位分配表", "Assignment of suppliers").to_string(),
        vec![
            lang.t(
                "就近、有余量者优先；同一小区只有一家主供。距离为估算道路里程。",
                "The nearest with room comes first; each compound has one main supplier. Distances are estimates by road.",
            )
            .to_string(),
        ],
        vec![
            text(lang.t("街道、乡镇", "Street"), 13.0),
            text(lang.t("社区（村）", "Community"), 15.0),
            text(lang.t("小区", "Compound"), 18.0),
            count(lang.t("户数", "Households")),
            count(lang.t("人数", "People")),
            text(lang.t("主供", "Main"), 24.0),
            text(lang.t("备用", "Backup"), 24.0),
            count(lang.t("距离（米）", "Distance (m)")),
            count(lang.t("远近第几", "Rank")),
            text(lang.t("原因", "Reason"), 46.0),
        ],
    );
    let compounds = planned.county.compounds.iter().zip(&planned.supply.words.choices);
    for (number_of, (living, choice)) in compounds.enumerate() {
        let mut reasons = Vec::new();
        if !planned.supply.shortages.is_empty() {
            reasons.push(
                lang.t("货不够，份额见“份额”", "goods are short, see Shares")
                    .to_string(),
            );
        }
        let together = planned.supply.shared.get(number_of).and_then(Option::as_ref);
        if choice.main.is_none() {
            reasons.push(match together.and_then(|shared| shared.main.as_ref()) {
                Some(main) => match lang {
                    Lang::Zh => format!("没有一家能供齐，由{main}牵头，见“拼供”"),
                    Lang::En => format!("nobody has all of it; {main} leads, see Together"),
                },
                None => lang
                    .t("没有单位能供，见“短缺”", "nobody can, see Shortages")
                    .to_string(),
            });
        } else if choice.rank == 1 {
            reasons.push(lang.t("最近", "nearest").to_string());
        }
        if living.estimated {
            reasons.push(
                lang.t("坐标按同社区、同街道估算", "position estimated")
                    .to_string(),
            );
        } else if living.at.is_none() {
            reasons.push(
                lang.t("没有坐标，按服务范围", "no position, by what suppliers serve")
                    .to_string(),
            );
        }
        for (supplier, zh, en) in choice.passed_over.iter().take(3) {
            if choice.rank != 1 || choice.main.is_none() {
                reasons.push(match lang {
                    Lang::Zh => format!("{supplier}：{zh}"),
                    Lang::En => format!("{supplier}: {en}"),
                });
            }
        }
        out.rows.push(vec![
            living.street.as_str().into(),
            living.community.as_str().into(),
            living.name.as_str().into(),
            living.households.into(),
            living.persons.into(),
            choice.main.clone().unwrap_or_default().into(),
            choice.backup.clone().unwrap_or_default().into(),
            some(choice.distance_m),
            match choice.rank {
                0 => OutCell::Blank,
                rank => number(rank),
            },
            reasons.join(lang.t("；", "; ")).into(),
        ]);
    }
    out
}

/// What compounds are given that do not have all they need from one supplier: those that several feed, and all of them
/// while goods are short. `None` when there are none.
pub fn together(planned: &Planned, lang: Lang) -> Option<OutSheet> {
    let mut columns = vec![
        text(lang.t("社区（村）", "Community"), 15.0),
        text(lang.t("小区", "Compound"), 18.0),
        count(lang.t("人数", "People")),
        text(lang.t("保供单位", "Supplier"), 24.0),
        text(lang.t("作用", "Part"), 10.0),
    ];
    let categories = &planned.supply.problem.categories;
    for key in categories {
        let word = category_word(key, lang);
        columns.push(weight(&format!("{word}{}", lang.t("（公斤/天）", " (kg a day)"))));
    }
    let rationed = !planned.supply.shortages.is_empty();
    let (name, title, words) = if rationed {
        (
            lang.t("份额", "Shares"),
            lang.t("货不够时各小区的份额", "What each compound gets while goods are short"),
            lang.t(
                "短缺的品类各小区一律按需要量的同样比例供应；由两家供的，牵头的单位对接联络人、统一配送，另一家补足。",
                "Of what is short each compound gets the same part of its need; where two supply it, the leading one deals with the liaison and the other adds the rest.",
            ),
        )
    } else {
        (
            lang.t("拼供", "Together"),
            lang.t("几家单位拼供的小区", "Compounds that several suppliers feed together"),
            lang.t(
                "没有一家能供齐的小区：牵头的单位对接联络人、统一配送，其余单位按类补足。",
                "No supplier has everything for these: the leading one deals with the liaison, the others add what is missing.",
            ),
        )
    };
    let mut out = sheet(name, title.to_string(), vec![words.to_string()], columns);
    for (living, shared) in planned.county.compounds.iter().zip(&planned.supply.shared) {
        let Some(shared) = shared else { continue };
        let mut row = |supplier: &str, part: &str, amounts: Vec<i64>| {
            let mut cells: Vec<OutCell> = vec![
                living.community.as_str().into(),
                living.name.as_str().into(),
                living.persons.into(),
                supplier.into(),
                part.into(),
            ];
            cells.extend(
                amounts
                    .into_iter()
                    .map(|amount| some(Some(amount).filter(|amount| *amount > 0))),
            );
            out.rows.push(cells);
        };
        if let Some(main) = &shared.main {
            let alone = shared.added.is_empty();
            let part = if alone {
                lang.t("主供", "main")
            } else {
                lang.t("牵头", "leads")
            };
            row(main, part, shared.given.clone());
        }
        let mut others: Vec<&str> = shared.added.iter().map(|one| one.supplier.as_str()).collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            let of_category = |category| {
                let adds = shared
                    .added
                    .iter()
                    .filter(|one| one.supplier == other && one.category == category);
                adds.map(|one| one.amount).sum()
            };
            row(
                other,
                lang.t("补足", "adds"),
                (0..categories.len()).map(of_category).collect(),
            );
        }
        if shared.short.iter().any(|short| *short > 0) {
            row("", lang.t("仍缺", "still short"), shared.short.clone());
        }
    }
    (!out.rows.is_empty()).then_some(out)
}

/// Each supplier with what it must give a day and what it can.
pub fn loads(planned: &Planned, lang: Lang) -> OutSheet {
    let mut columns = vec![
        text(lang.t("保供单位", "Supplier"), 24.0),
        count(lang.t("小区", "Compounds")),
        count(lang.t("人数", "People")),
    ];
    for key in &planned.supply.problem.categories {
        let word = category_word(key, lang);
        columns.push(weight(&format!(
            "{word}{}",
            lang.t("日需（公斤）", " needed (kg)")
        )));
        columns.push(weight(&format!(
            "{word}{}",
            lang.t("日供（公斤）", " capacity (kg)")
        )));
    }
    columns.push(text(lang.t("最满的一类", "Fullest"), 20.0));
    let mut out = sheet(
        lang.t("供应商负荷", "Loads"),
        lang.t("保供单位日负荷", "Load of suppliers per day").to_string(),
        Vec::new(),
        columns,
    );
    for (index, supplier) in planned.supply.problem.suppliers.iter().enumerate() {
        let mine: Vec<i64> = planned
            .supply
            .answer
            .choices
            .iter()
            .zip(&planned.county.compounds)
            .filter(|(choice, _)| choice.main.as_ref() == Some(&supplier.code))
            .map(|(_, living)| living.persons)
            .collect();
        let load = planned.supply.load(index);
        let fullest = load
            .iter()
            .zip(&planned.supply.problem.categories)
            .filter(|((_, capacity), _)| *capacity > 0)
            .map(|((need, capacity), key)| (need * 100 / capacity, key))
            .max();
        let mut row: Vec<OutCell> = vec![
            supplier.code.as_str().into(),
            number(mine.len()),
            mine.iter().sum::<i64>().into(),
        ];
        for (need, capacity) in &load {
            row.push((*need).into());
            row.push((*capacity).into());
        }
        row.push(fullest.map_or(OutCell::Blank, |(percent, key)| {
            format!("{} {percent}%", category_word(key, lang)).into()
        }));
        out.rows.push(row);
    }
    out
}

/// Everything that is not covered: capacity in sum, compounds without a supplier, stops without a vehicle.
pub fn shortages(planned: &Planned, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("短缺", "Shortages"),
        lang.t("短缺和送不到的", "Shortages").to_string(),
        Vec::new(),
        vec![
            text(lang.t("哪一方面", "Kind"), 14.0),
            text(lang.t("小区或单位", "Where"), 30.0),
            text(lang.t("品类", "Category"), 12.0),
            weight(lang.t("需要（公斤）", "Needed (kg)")),
            weight(lang.t("能供（公斤）", "Available (kg)")),
            weight(lang.t("缺（公斤）", "Short (kg)")),
            text(lang.t("怎么办", "What would help"), 60.0),
        ],
    );
    let answer = &planned.supply.answer;
    for one in &answer.shortages {
        out.rows.push(vec![
            lang.t("全县每日合计", "In sum, per day").into(),
            OutCell::Blank,
            category_word(&one.category, lang).into(),
            one.demand.into(),
            one.capacity.into(),
            one.short_by.into(),
            lang.t(
                "另找货源，或向上级申请调拨",
                "Find further sources, or ask the level above",
            )
            .into(),
        ]);
    }
    for lack in &answer.lacks {
        let living = &planned.county.compounds[planned.supply.compound(&lack.compound)];
        out.rows.push(vec![
            lang.t("没有一家能供齐", "Nobody has all").into(),
            format!("{} {}", living.community, living.name).into(),
            category_word(&lack.category, lang).into(),
            OutCell::Blank,
            OutCell::Blank,
            lack.short_by.into(),
            match lang {
                Lang::Zh => format!("{}每天增加{}公斤即可供", lack.supplier, kilograms(lack.short_by)),
                Lang::En => format!(
                    "{} could with {} kg a day more",
                    lack.supplier,
                    kilograms(lack.short_by)
                ),
            }
            .into(),
        ]);
    }
    if let Some(drive) = &planned.drive {
        let left = drive
            .plan
            .unserved
            .iter()
            .map(|left| (drive.drops[left.stop], drive.reason(left.reason)));
        for (drop, reason) in left {
            let living = &planned.county.compounds[drop.compound];
            out.rows.push(vec![
                lang.t("没有车", "No vehicle").into(),
                format!("{} {}{}", living.community, living.name, drop.words(lang)).into(),
                OutCell::Blank,
                drop.weight_g.into(),
                OutCell::Blank,
                drop.weight_g.into(),
                reason.word(lang).into(),
            ]);
        }
        for (compound, supplier) in &drive.cut_off {
            let living = &planned.county.compounds[*compound];
            out.rows.push(vec![
                lang.t("没有路", "No road").into(),
                format!("{} {}", living.community, living.name).into(),
                OutCell::Blank,
                OutCell::Blank,
                OutCell::Blank,
                OutCell::Blank,
                match lang {
                    Lang::Zh => format!(
                        "道路图上从{}到不了，请核对坐标",
                        planned.county.suppliers[*supplier].noun.name
                    ),
                    Lang::En => format!(
                        "no road leads there from {} on the map; check the position",
                        planned.county.suppliers[*supplier].noun.name
                    ),
                }
                .into(),
            ]);
        }
    }
    if out.rows.is_empty() {
        out.notes
            .push(lang.t("没有短缺。", "Nothing is short.").to_string());
    }
    out
}

/// Who fetches when, building by building; or in which order bags are carried.
pub fn pickup(planned: &Planned, asked: &Asked, lang: Lang) -> OutSheet {
    let pickup = &planned.pickup;
    let title = if pickup.calls.is_none() {
        lang.t("送门步行顺序", "Walking order")
    } else {
        lang.t("取货时段表", "Pick-up slots")
    };
    let mut out = sheet(
        if pickup.calls.is_none() {
            lang.t("送门顺序", "Doors")
        } else {
            lang.t("取货时段", "Slots")
        },
        dated(asked, lang, title),
        Vec::new(),
        vec![
            text(lang.t("社区（村）", "Community"), 14.0),
            text(lang.t("小区", "Compound"), 18.0),
            text(lang.t("时段", "Slot"), 14.0),
            count(lang.t("顺序", "Order")),
            text(lang.t("楼栋", "Building"), 8.0),
            text(lang.t("单元", "Unit"), 8.0),
            count(lang.t("户数（袋）", "Households (bags)")),
            count(lang.t("需志愿者", "Volunteers needed")),
            text(lang.t("志愿者", "Volunteers"), 26.0),
            text(lang.t("取货点", "Drop point"), 20.0),
        ],
    );
    for called in &pickup.compounds {
        let living = &planned.county.compounds[called.compound];
        let mut row = |slot: String, order: usize, entrance: usize, households: u32, volunteers: u64| {
            let group = &called.entrances[entrance];
            let needed = usize::try_from(volunteers).unwrap_or(usize::MAX);
            let helpers = living.helpers(&group.building);
            let mut names = helpers
                .iter()
                .take(needed.max(1))
                .copied()
                .collect::<Vec<_>>()
                .join("、");
            if living.volunteers.len() < needed {
                let lacking = needed - living.volunteers.len();
                names.push_str(
                    &lang
                        .t("（还缺{}人）", " ({} more needed)")
                        .replace("{}", &lacking.to_string()),
                );
            }
            out.rows.push(vec![
                living.community.as_str().into(),
                living.name.as_str().into(),
                slot.into(),
                number(order),
                group.building.as_str().into(),
                group.unit.as_str().into(),
                i64::from(households).into(),
                number(needed),
                names.into(),
                living.drop_point.as_str().into(),
            ]);
        };
        if pickup.calls.is_none() {
            let from = moment(asked, called.there_s);
            let from = lang.t("{}起", "from {}").replace("{}", &from);
            for (index, (group, volunteers)) in called.entrances.iter().zip(&called.volunteers).enumerate() {
                row(from.clone(), index + 1, index, group.households, *volunteers);
            }
            continue;
        }
        for (slot, volunteers) in called.slots.iter().zip(&called.volunteers) {
            let words = format!("{}–{}", moment(asked, slot.start_s), moment(asked, slot.end_s));
            row(words, slot.group + 1, slot.group, slot.households, *volunteers);
        }
    }
    if planned.county.compounds.iter().any(|one| one.divided) {
        out.notes.push(
            lang.t(
                "没有住户登记的小区，楼栋、单元按小区表的栋数平均分。",
                "Where no households are listed they were divided evenly over buildings and units.",
            )
            .to_string(),
        );
    }
    out
}
