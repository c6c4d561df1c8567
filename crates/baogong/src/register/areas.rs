//! The official divisions: county, streets and townships, communities and villages (12-digit codes).

use documents::Text;
use documents::forms::{Column, Entry, Form, Kind};

const fn column(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    kind: Kind,
    synonyms: &'static [&'static str],
) -> Column {
    Column {
        key,
        title: Text::new(zh, en),
        synonyms,
        kind,
        required: true,
        example: "",
        hint: Text::new("", ""),
    }
}

static LEVELS: &[Entry] = &[
    Entry {
        key: "county",
        title: Text::new("县（市、区）", "County"),
        synonyms: &["县", "区", "county", "县级"],
    },
    Entry {
        key: "street",
        title: Text::new("街道、乡镇", "Street or township"),
        synonyms: &[
            "街道",
            "乡镇",
            "镇",
            "乡",
            "民族乡",
            "街道办事处",
            "street",
            "town",
        ],
    },
    Entry {
        key: "community",
        title: Text::new("社区、村", "Community or village"),
        synonyms: &["社区", "村", "community", "village"],
    },
];

/// The divisions as a form, so that they are imported, listed and corrected like any register.
pub static AREAS: Form = Form {
    key: "areas",
    title: Text::new("行政区划代码表", "Divisions and their codes"),
    number: None,
    columns: &[
        column(
            "code",
            "区划代码",
            "Code",
            Kind::Text { max: 12 },
            &["代码", "行政区划代码", "统计用区划代码", "code"],
        ),
        column(
            "name",
            "名称",
            "Name",
            Kind::Text { max: 60 },
            &["区划名称", "单位名称", "name"],
        ),
        column("level", "级别", "Level", Kind::Choice(LEVELS), &["层级", "level"]),
    ],
    title_synonyms: &["区划", "行政区划"],
};
