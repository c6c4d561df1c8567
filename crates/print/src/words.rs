//! The words that are printed besides the data, in both languages.

use crate::{Lang, Tone};

/// Chooses the word of the language.
fn choose(lang: Lang, zh: String, en: String) -> String {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Which bag this is; an order with a single bag only says so.
pub fn bag(lang: Lang, bag: u32, bags: u32) -> String {
    if bags <= 1 {
        return choose(lang, "共1袋".into(), "1 bag".into());
    }
    choose(
        lang,
        format!("第{bag}袋 共{bags}袋"),
        format!("bag {bag} of {bags}"),
    )
}

/// Which box this is.
pub fn box_number(lang: Lang, number: u32, boxes: u32) -> String {
    choose(
        lang,
        format!("第{number}箱 共{boxes}箱"),
        format!("box {number} of {boxes}"),
    )
}

/// How many bags are in this box.
pub fn bags_in_box(lang: Lang, bags: u32) -> String {
    let en = if bags == 1 {
        "1 bag".to_string()
    } else {
        format!("{bags} bags")
    };
    choose(lang, format!("本箱{bags}袋"), en)
}

/// Closes a list of goods that is not shown in full: how many kinds there are in all.
pub fn kinds_in_all(lang: Lang, kinds: usize) -> String {
    choose(lang, format!("…等 {kinds} 种"), format!("… {kinds} kinds in all"))
}

/// A name and its value.
pub fn named(lang: Lang, name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    choose(lang, format!("{name}：{value}"), format!("{name}: {value}"))
}

/// Names of the fields of a box label: drop point, buildings, supplier, trip.
pub fn box_names(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Zh => ["投放点", "楼栋", "供货", "车次"],
        Lang::En => ["Drop point", "Buildings", "Supplier", "Trip"],
    }
}

/// What the code of a box is called.
pub fn box_code(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "箱号",
        Lang::En => "Box code",
    }
}

/// Words on a pass: number, validity, issuing office with its seal, day of issue, photo, what the code is for.
pub fn pass_names(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => [
            "编号",
            "有效期",
            "签发单位（盖章）",
            "签发日期",
            "照片",
            "扫码核验",
        ],
        Lang::En => [
            "No.",
            "Valid",
            "Issued by (seal)",
            "Issued",
            "Photo",
            "Scan to verify",
        ],
    }
}

/// The word beside a figure; a plain one has none.
pub fn tone(lang: Lang, tone: Tone) -> &'static str {
    match (tone, lang) {
        (Tone::Plain, _) => "",
        (Tone::Good, Lang::Zh) => "正常",
        (Tone::Good, Lang::En) => "good",
        (Tone::Warn, Lang::Zh) => "注意",
        (Tone::Warn, Lang::En) => "watch",
        (Tone::Bad, Lang::Zh) => "告急",
        (Tone::Bad, Lang::En) => "act now",
    }
}

/// The parts of a page number around the two counts: page, of, end.
pub fn page_number(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::Zh => ["第 ", " 页，共 ", " 页"],
        Lang::En => ["Page ", " of ", ""],
    }
}

/// Shown in a table without rows whose caller gave no words for it.
pub fn no_rows(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "无",
        Lang::En => "None",
    }
}

/// Stands between a name and its value or its line to sign on.
pub fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "：",
        Lang::En => ": ",
    }
}

/// Encloses the unit behind the title of a chart.
pub fn in_unit(lang: Lang, title: &str, unit: &str) -> String {
    if unit.is_empty() {
        return title.to_string();
    }
    choose(lang, format!("{title}（{unit}）"), format!("{title} ({unit})"))
}
