//! The official divisions: county, streets and townships, communities and villages.

use super::{Column, Entry, Form, Kind, SHORT};
use crate::text::Text;

static LEVELS: &[Entry] = &[
    Entry::new(
        "county",
        "县（市、区）",
        "County",
        &["县", "区", "county", "县级"],
    ),
    Entry::new(
        "street",
        "街道、乡镇",
        "Street or township",
        &[
            "街道",
            "乡镇",
            "镇",
            "乡",
            "民族乡",
            "街道办事处",
            "street",
            "town",
        ],
    ),
    Entry::new(
        "community",
        "社区、村",
        "Community or village",
        &["社区", "村", "community", "village"],
    ),
];

/// The divisions with their codes of 6, 9 or 12 digits.
pub static AREAS: Form = Form {
    key: "areas",
    title: Text::new("行政区划代码表", "Divisions and their codes"),
    number: None,
    columns: &[
        Column::new(
            "code",
            "区划代码",
            "Code",
            Kind::Text { max: 12 },
            &["代码", "行政区划代码", "统计用区划代码"],
        )
        .required()
        .hint("6、9 或 12 位数字", "6, 9 or 12 digits")
        .example("500101019001"),
        Column::new("name", "名称", "Name", SHORT, &["区划名称", "单位名称"])
            .required()
            .example("桂花社区"),
        Column::new("level", "级别", "Level", Kind::Choice(LEVELS), &["层级"])
            .required()
            .example("社区"),
    ],
    title_synonyms: &["区划", "行政区划"],
};
