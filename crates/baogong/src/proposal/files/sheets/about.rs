//! The first sheet: what was read, what was assumed, what came out.

use documents::sheet::{OutCell, OutSheet};
use kit::Lang;

use super::super::{Asked, Lists, Planned, Source};
use super::{dated, moment, sheet, text};
use crate::base::words::{count, kilograms};
use crate::plan::rules::{CATEGORIES, RuleKey, category_word};

/// Tells everything that somebody must know before using the other sheets.
pub fn about(planned: &Planned, lists: &Lists, asked: &Asked, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("说明", "About"),
        dated(asked, lang, lang.t("保供测算方案", "Supply proposal")),
        vec![
            lang.t(
                "本表由程序测算并核验，须经负责人确认后执行；人工改动后请重新测算。",
                "Computed and verified by a program; to be confirmed by whoever is in charge. Run again after changes by hand.",
            )
            .to_string(),
        ],
        vec![
            text(lang.t("项目", "Item"), 22.0),
            text(lang.t("内容", "Content"), 110.0),
        ],
    );
    let mut row = |item: &str, content: String| {
        out.rows.push(vec![OutCell::from(item), OutCell::from(content)]);
    };
    row(lang.t("结果", "Result"), result(planned, lang));
    if let Some(words) = quality(planned, lang) {
        row(lang.t("与理论下限相差", "Above the bound"), words);
    }
    row(lang.t("车次", "Trips"), trips(planned, asked, lang));
    row(lang.t("取货", "Pick-up"), pickup(planned, asked, lang));
    row(lang.t("标准", "Norms"), norms(planned, asked, lang));
    row(lang.t("里程、时间", "Ways"), ways(asked, lang));
    for note in &planned.notes {
        row(lang.t("请注意", "Note"), note.word(lang).to_string());
    }
    let mut together: Vec<(&Source, Whole)> = Vec::new();
    for source in &lists.sources {
        let one = Whole {
            sheets: 1,
            rows: source.rows,
            warnings: source.warnings,
        };
        match together.last_mut() {
            Some((last, whole)) if last.file == source.file && last.form == source.form => whole.add(&one),
            _ => together.push((source, one)),
        }
    }
    for (source, whole) in together {
        row(lang.t("读取", "Read"), read(source, &whole, lang));
    }
    out
}

/// The most important lines, for the screen.
pub fn headlines(planned: &Planned, asked: &Asked, lang: Lang) -> Vec<String> {
    let mut lines = vec![result(planned, lang)];
    lines.extend(
        quality(planned, lang)
            .map(|words| format!("{}{words}", lang.t("与理论下限相差", "Above the bound: "))),
    );
    lines.push(trips(planned, asked, lang));
    lines.extend(planned.notes.iter().map(|note| note.word(lang).to_string()));
    lines
}

/// What was read of the sheets of a file that follow one form.
struct Whole {
    sheets: usize,
    rows: usize,
    warnings: usize,
}

impl Whole {
    fn add(&mut self, other: &Whole) {
        self.sheets += other.sheets;
        self.rows += other.rows;
        self.warnings += other.warnings;
    }
}

/// A file, or those of its sheets that follow one form.
fn read(source: &Source, whole: &Whole, lang: Lang) -> String {
    let form = source.form.map_or(lang.t("没有认出", "no form"), |form| {
        form.title.get(lang == Lang::Zh)
    });
    let unused = match source.used {
        true => "",
        false => lang.t("（没有用到）", " (not used)"),
    };
    let sheets = match (whole.sheets, lang) {
        (1, _) => String::new(),
        (several, Lang::Zh) => format!("{several}个工作表，"),
        (several, Lang::En) => format!("{several} sheets, "),
    };
    let rows = count(i64::try_from(whole.rows).unwrap_or(i64::MAX));
    let doubtful = match (whole.warnings, lang) {
        (0, _) => String::new(),
        (some, Lang::Zh) => format!("；{some}处请核对，baogong import --dry-run 逐处列出"),
        (some, Lang::En) => format!("; {some} to be looked at, baogong import --dry-run lists them"),
    };
    match lang {
        Lang::Zh => format!("{}：{form}，{sheets}{rows}行{unused}{doubtful}", source.file),
        Lang::En => format!("{}: {form}, {sheets}{rows} rows{unused}{doubtful}", source.file),
    }
}

fn result(planned: &Planned, lang: Lang) -> String {
    let compounds = &planned.county.compounds;
    let persons: i64 = compounds.iter().map(|one| one.persons).sum();
    let households: i64 = compounds.iter().map(|one| one.households).sum();
    let answer = &planned.supply.answer;
    let without = answer
        .choices
        .iter()
        .filter(|choice| choice.main.is_none())
        .count();
    let words = match lang {
        Lang::Zh => format!(
            "{}个小区、{}户、{}人，{}家保供单位；",
            compounds.len(),
            count(households),
            count(persons),
            planned.county.suppliers.len()
        ),
        Lang::En => format!(
            "{} compounds, {} households, {} people, {} suppliers; ",
            compounds.len(),
            count(households),
            count(persons),
            planned.county.suppliers.len()
        ),
    };
    if !planned.supply.shortages.is_empty() {
        return words + &rationed(planned, without, lang);
    }
    let rest = match (lang, without) {
        (Lang::Zh, 0) => "全部有主供单位。".to_string(),
        (Lang::En, 0) => "every compound has a main supplier.".to_string(),
        (Lang::Zh, _) => format!(
            "有{without}个小区（{}人）没有一家单位能供齐，由几家拼供，见“拼供”{}。",
            count(answer.unserved_persons),
            still_short(planned, lang)
        ),
        (Lang::En, _) => format!(
            "{without} compounds ({} people) need several, see Together{}.",
            count(answer.unserved_persons),
            still_short(planned, lang)
        ),
    };
    words + &rest
}

/// What is shared because all suppliers together have too little, and how many compounds need several suppliers for it.
fn rationed(planned: &Planned, several: usize, lang: Lang) -> String {
    let short = planned.supply.shortages.iter();
    let words: Vec<String> = short
        .map(|one| {
            let percent = i128::from(one.capacity) * 100 / i128::from(one.demand.max(1));
            format!("{} {percent} %", category_word(&one.category, lang))
        })
        .collect();
    match lang {
        Lang::Zh => format!(
            "货不够，各小区一律按需要量的同样比例供应（{}），其中{several}个小区由几家单位合供，见“份额”。",
            words.join("、")
        ),
        Lang::En => format!(
            "goods are short, and each compound gets the same part of its need ({}); {several} compounds need several suppliers, see Shares.",
            words.join(", ")
        ),
    }
}

/// What nobody has, by category, as the end of a sentence.
fn still_short(planned: &Planned, lang: Lang) -> String {
    let shared = planned.supply.shared.iter().flatten();
    let mut short_g = vec![0; planned.supply.problem.categories.len()];
    for one in shared {
        for (sum, short) in short_g.iter_mut().zip(&one.short) {
            *sum += short;
        }
    }
    let words: Vec<String> = short_g
        .iter()
        .zip(&planned.supply.problem.categories)
        .filter(|(short, _)| **short > 0)
        .map(|(short, key)| match lang {
            Lang::Zh => format!("{}{}公斤", category_word(key, lang), kilograms(*short)),
            Lang::En => format!("{} {} kg", category_word(key, lang), kilograms(*short)),
        })
        .collect();
    match (words.is_empty(), lang) {
        (true, Lang::Zh) => "，各类都够".to_string(),
        (true, Lang::En) => "; of everything there is enough".to_string(),
        (false, Lang::Zh) => format!("，每天仍缺{}", words.join("、")),
        (false, Lang::En) => format!("; a day still short of {}", words.join(", ")),
    }
}

fn quality(planned: &Planned, lang: Lang) -> Option<String> {
    let gap = planned.supply.gap()?;
    let (whole, part) = (gap / 100, gap % 100);
    let kilometres = planned.supply.answer.person_distance_m / 1_000;
    Some(match lang {
        Lang::Zh => format!(
            "不超过{whole}.{part:02}%；人公里合计{}，任何分法都不会少于下限。",
            count(kilometres)
        ),
        Lang::En => format!(
            "at most {whole}.{part:02} %; {} person-kilometres, and no assignment is below the bound.",
            count(kilometres)
        ),
    })
}

fn trips(planned: &Planned, asked: &Asked, lang: Lang) -> String {
    let Some(drive) = &planned.drive else {
        return lang
            .t(
                "没有车次：缺少车辆表（附表5）。",
                "None: the list of vehicles (form 5) is missing.",
            )
            .to_string();
    };
    let trips: usize = drive.plan.tours.iter().map(|tour| tour.trips.len()).sum();
    let metres: i64 = drive.plan.tours.iter().map(|tour| tour.distance_m).sum();
    let back_s = drive.plan.tours.iter().map(|tour| tour.end_s).max().unwrap_or(0);
    let left = drive.plan.unserved.len() + drive.cut_off.len();
    let (used, start, back) = (
        drive.plan.tours.len(),
        moment(asked, asked.depart_s),
        moment(asked, asked.depart_s + back_s),
    );
    let kilometres = count(metres / 1_000);
    match lang {
        Lang::Zh => format!(
            "{used}辆车跑{trips}趟，{start}出发，最晚{back}收车，共{kilometres}公里；{}",
            match left {
                0 => "全部送到。".to_string(),
                _ => format!("有{left}处送不到，见“短缺”。"),
            }
        ),
        Lang::En => format!(
            "{used} vehicles make {trips} trips from {start}, the last is back at {back}, {kilometres} km in all; {}",
            match left {
                0 => "every stop is served.".to_string(),
                _ => format!("{left} stops are not, see Shortages."),
            }
        ),
    }
}

fn pickup(planned: &Planned, asked: &Asked, lang: Lang) -> String {
    let clause = |key| planned.rules.clause(key);
    let bags = asked.bags_per_volunteer;
    match (&planned.pickup.calls, lang) {
        (None, Lang::Zh) => format!(
            "按{}送到家门口，居民不下楼；按步行顺序送，每名志愿者一次{bags}袋。",
            clause(RuleKey::CarryTo)
        ),
        (None, Lang::En) => format!(
            "Carried to the doors ({}), residents stay in; in walking order, {bags} bags for each volunteer.",
            clause(RuleKey::CarryTo)
        ),
        (Some(calls), Lang::Zh) => format!(
            "同时最多{}人（{}），每批{}分钟（{}），逐栋逐单元叫号；每名志愿者每批发{bags}袋。",
            calls.people_max,
            clause(RuleKey::PickupPeopleMax),
            calls.slot_min,
            clause(RuleKey::PickupSlotMin),
        ),
        (Some(calls), Lang::En) => format!(
            "At most {} people at once ({}), {} minutes each ({}), building by building and unit by unit; a volunteer hands out {bags} bags in a slot.",
            calls.people_max,
            clause(RuleKey::PickupPeopleMax),
            calls.slot_min,
            clause(RuleKey::PickupSlotMin),
        ),
    }
}

fn norms(planned: &Planned, asked: &Asked, lang: Lang) -> String {
    let each: Vec<String> = CATEGORIES
        .iter()
        .map(|(key, norm, _)| {
            let grams = planned.rules.number(*norm).unwrap_or(0);
            let clause = planned.rules.clause(*norm);
            let word = category_word(key, lang);
            match lang {
                Lang::Zh => format!("{word}{grams}克（{clause}）"),
                Lang::En => format!("{} {grams} g ({clause})", word.to_lowercase()),
            }
        })
        .collect();
    let name = asked.plan.name.word(lang);
    match lang {
        Lang::Zh => format!("{name}；每人每天{}；备{}天。", each.join("、"), asked.days),
        Lang::En => format!(
            "{name}; per person and day {}; for {} day{}.",
            each.join(", "),
            asked.days,
            if asked.days == 1 { "" } else { "s" }
        ),
    }
}

fn ways(asked: &Asked, lang: Lang) -> String {
    let (load, unload, speed) = (asked.load_min, asked.unload_min, asked.km_per_h);
    match (lang, asked.roads.is_some()) {
        (Lang::Zh, true) => {
            format!(
                "车次和分配都按道路图；不在图上、或离得太远的单位按直线距离的1.35倍。每趟装车{load}分钟，每个停靠点{unload}分钟。"
            )
        }
        (Lang::Zh, false) => format!(
            "按直线距离的1.35倍估算，时速{speed}公里。每趟装车{load}分钟，每个停靠点{unload}分钟。有道路图可加 --roads。"
        ),
        (Lang::En, true) => format!(
            "Trips and assignment by the map of roads; for what is off the map, and suppliers far away, 1.35 times the straight way. {load} minutes to load, {unload} at each stop."
        ),
        (Lang::En, false) => format!(
            "1.35 times the straight way at {speed} km/h. {load} minutes to load, {unload} at each stop. Give --roads for a map of roads."
        ),
    }
}
