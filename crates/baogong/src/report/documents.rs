//! Short ways to build the parts of a document.

use kit::Lang;
use print::{Align, Block, Datum, Document, Figure, Format, Table, TableColumn, Tone};
use store::Tx;

use crate::base::id::district;
use crate::base::{Ctx, Result, clock};
use crate::register::entry::{self, Entry};

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
        format: Format::Report,
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

/// A document of one table without totals.
pub fn listing(
    ctx: &Ctx,
    lang: Lang,
    title: &str,
    place: &str,
    columns: Vec<TableColumn>,
    rows: Vec<Vec<Datum>>,
) -> Document {
    document(ctx, lang, title, place, vec![table(lang, columns, rows, None)])
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

/// The compounds of an area, or the one that it is.
pub fn compounds_in(tx: &mut Tx, area: &str) -> Result<Vec<Entry>> {
    if area.contains('-') {
        let found = entry::get(tx, "compounds", district(area), area)?;
        return Ok(found.into_iter().collect());
    }
    entry::all(tx, "compounds", area)
}

/// The word for a post of staff, such as `网格员`.
pub fn post_word(key: &str, lang: Lang) -> &'static str {
    ::documents::forms::POSTS
        .iter()
        .find(|post| post.key == key)
        .map_or("", |post| post.title.get(lang == Lang::Zh))
}
