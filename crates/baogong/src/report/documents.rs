//! Short ways to build the parts of a document.

use kit::Lang;
use print::{Align, Block, Datum, Document, Figure, Table, TableColumn, Tone};

use crate::base::{Ctx, clock};

/// The language of a document.
pub fn print_lang(lang: Lang) -> print::Lang {
    match lang {
        Lang::Zh => print::Lang::Zh,
        Lang::En => print::Lang::En,
    }
}

/// A document with the place, the time and who made it in its head.
pub fn document(ctx: &Ctx, lang: Lang, title: &str, place: &str, blocks: Vec<Block>) -> Document {
    Document {
        title: title.to_string(),
        subtitle: place.to_string(),
        meta: vec![
            (lang.t("时间", "Time").to_string(), clock::minute(ctx.now_s)),
            (lang.t("制表", "Made by").to_string(), ctx.actor.name.clone()),
        ],
        blocks,
        landscape: false,
        footer: lang
            .t(
                "含个人信息的清单用后请销毁",
                "Destroy lists with personal data after use",
            )
            .to_string(),
        lang: print_lang(lang),
    }
}

/// A column of words.
pub fn words(title: &str, weight: u16) -> TableColumn {
    TableColumn {
        title: title.to_string(),
        align: Align::Left,
        weight,
    }
}

/// A column of numbers.
pub fn numbers(title: &str, weight: u16) -> TableColumn {
    TableColumn {
        title: title.to_string(),
        align: Align::Right,
        weight,
    }
}

/// A table.
pub fn table(
    lang: Lang,
    columns: Vec<TableColumn>,
    rows: Vec<Vec<Datum>>,
    total: Option<Vec<Datum>>,
) -> Block {
    Block::Table(Table {
        columns,
        rows,
        total,
        empty: lang.t("（无）", "(none)").to_string(),
    })
}

/// A cell of words.
pub fn text(words: impl Into<String>) -> Datum {
    Datum::Text(words.into())
}

/// A figure.
pub fn figure(label: &str, value: impl std::fmt::Display, unit: &str, tone: Tone) -> Figure {
    Figure {
        label: label.to_string(),
        value: value.to_string(),
        unit: unit.to_string(),
        tone,
    }
}

/// Warn when there is any, else good.
pub fn warn_if(count: i64) -> Tone {
    if count > 0 { Tone::Warn } else { Tone::Good }
}
