//! Reports.

use super::{Mark, marks, picture, printer, text_of};
use crate::{Align, Block, Datum, Document, Figure, Format, Lang, Table, TableColumn, Tone};

fn column(title: &str, align: Align, weight: u16) -> TableColumn {
    TableColumn {
        title: title.into(),
        align,
        weight,
        ..TableColumn::default()
    }
}

fn table(rows: i64) -> Table {
    Table {
        columns: vec![
            column("小区", Align::Left, 3),
            column("户数", Align::Right, 1),
            column("重量（公斤）", Align::Left, 1),
            column("金额", Align::Right, 1),
        ],
        rows: (0..rows)
            .map(|row| {
                vec![
                    Datum::Text(format!("阳光花园{row}区")),
                    Datum::Count(row * 37),
                    Datum::WeightG(row * 12_345),
                    Datum::AmountFen(row * 4_321),
                ]
            })
            .collect(),
        total: Some(vec![
            Datum::Text("合计".into()),
            Datum::Count(rows * 1_000),
            Datum::WeightG(1_234_500),
            Datum::AmountFen(98_765_432),
        ]),
        empty: "今日无供应".into(),
    }
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        title: "永兴街道生活物资保供日报".into(),
        subtitle: "第17期".into(),
        meta: vec![
            ("填报单位".into(), "永兴街道办事处".into()),
            ("时间".into(), "2026年11月21日18时".into()),
        ],
        blocks,
        format: Format::Report,
        landscape: false,
        footer: "内部资料，注意保管".into(),
        lang: Lang::Zh,
    }
}

fn assert_on_page(marks: &[Mark], width_mm: f64, height_mm: f64) {
    for mark in marks {
        assert!(
            mark.left_mm >= 19.9 && mark.right_mm <= width_mm - 19.9,
            "beside the margins: {mark:?}"
        );
        assert!(
            mark.top_mm >= 5.0 && mark.bottom_mm <= height_mm - 5.0,
            "above or below: {mark:?}"
        );
    }
}

#[test]
fn a_long_table_repeats_its_heading_and_numbers_the_pages() {
    let document = printer()
        .lay_out_document(&document(vec![Block::Table(table(70))]))
        .unwrap();
    let pages = document.pages();
    assert!(pages.len() >= 2);
    for (index, page) in pages.iter().enumerate() {
        let text = text_of(page);
        assert!(
            text.contains("小区户数重量（公斤）金额"),
            "no heading on page {index}: {text}"
        );
        assert!(
            text.contains(&format!("第{}页，共{}页", index + 1, pages.len())),
            "{text}"
        );
        assert!(text.contains("内部资料，注意保管"));
        assert_on_page(&marks(page), 210.0, 297.0);
    }
    let last = marks(&pages[pages.len() - 1]);
    assert!(last.iter().any(|mark| mark.text.starts_with("合计") && mark.bold));
    // The heading names the unit of the weight but not that of the amount.
    assert!(last.iter().any(|mark| mark.text == "1,234.5"));
    assert!(last.iter().any(|mark| mark.text == "987,654.32 元"));
}

#[test]
fn numbers_stand_at_the_right_edge() {
    let document = printer()
        .lay_out_document(&document(vec![Block::Table(table(20))]))
        .unwrap();
    let marks = marks(&document.pages()[0]);
    let right_mm = |text: &str| marks.iter().find(|mark| mark.text == text).unwrap().right_mm;
    // Second column, then the third, whose heading asks for the left edge.
    assert!((right_mm("37") - right_mm("703")).abs() < 0.1);
    assert!((right_mm("12.345") - right_mm("234.555")).abs() < 0.1);
    assert!((right_mm("43.21 元") - right_mm("820.99 元")).abs() < 0.1);
}

#[test]
fn an_empty_table_says_so_and_short_rows_are_filled() {
    let mut short = table(1);
    short.rows.push(vec![Datum::Text("只有一格".into())]);
    let document = printer()
        .lay_out_document(&document(vec![
            Block::Table(table(0)),
            Block::Table(short),
            Block::Table(Table::default()),
        ]))
        .unwrap();
    let text = text_of(&document.pages()[0]);
    assert!(
        text.contains("今日无供应") && text.contains("只有一格") && text.contains("无"),
        "{text}"
    );
}

/// Twelve columns, long words, line feeds: the table is set smaller or breaks words, and stays between the margins.
#[test]
fn a_crowded_table_stays_on_the_page() {
    let crowded = Table {
        columns: (0..12)
            .map(|index| column(&format!("栏目名称{index}"), Align::Left, 1))
            .collect(),
        rows: vec![
            (0..12)
                .map(|index| Datum::Text(format!("编号{index}\n500101019001")))
                .collect(),
            vec![
                Datum::Text("https://example.org/".repeat(8)),
                Datum::Count(i64::MIN),
            ],
        ],
        ..Table::default()
    };
    for landscape in [false, true] {
        let wide = Document {
            landscape,
            ..document(vec![Block::Table(crowded.clone())])
        };
        let document = printer().lay_out_document(&wide).unwrap();
        let (width_mm, height_mm) = if landscape { (297.0, 210.0) } else { (210.0, 297.0) };
        let text = text_of(&document.pages()[0]);
        assert!(
            text.contains("500101019001") && text.contains("-9,223,372,036,854,775,808"),
            "{text}"
        );
        assert!(text.contains(&"https://example.org/".repeat(8)), "{text}");
        assert_on_page(&marks(&document.pages()[0]), width_mm, height_mm);
    }
}

#[test]
fn every_kind_of_block_is_printed() {
    let figure = |label: &str, tone| Figure {
        label: label.into(),
        value: "12,345".into(),
        unit: "户".into(),
        tone,
    };
    let blocks = vec![
        Block::Heading("一、总体情况".into()),
        Block::Paragraph(
            "截至18时，全街道封控小区4个。\n今日配送3,215户。https://bg.example/".to_string()
                + &"x".repeat(200),
        ),
        Block::Figures(vec![
            figure("在封户数", Tone::Plain),
            figure("今日送达", Tone::Good),
            figure("一日内断供", Tone::Warn),
            figure("已断供", Tone::Bad),
            figure("ImmediatelyRequiredDeliveries", Tone::Bad),
        ]),
        Block::Bars {
            title: "各小区缺口".into(),
            unit: "份".into(),
            rows: vec![
                ("阳光花园".into(), 120),
                ("和平里".into(), -30),
                ("#panic() 小区".into(), 0),
            ],
        },
        Block::PageBreak,
        Block::Figures(Vec::new()),
        Block::Signatures(vec![
            "填报人".into(),
            "审核人".into(),
            "负责人".into(),
            "接收人".into(),
        ]),
    ];
    let pages = printer().lay_out_document(&document(blocks.clone())).unwrap();
    assert_eq!(pages.pages().len(), 2);
    let text = text_of(&pages.pages()[0]);
    for part in [
        "永兴街道生活物资保供日报",
        "第17期",
        "填报单位：永兴街道办事处",
        "一、总体情况",
        "今日配送3,215户",
        "在封户数",
        "告急",
        "各小区缺口（份）",
        "-30",
        "#panic()小区",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(text_of(&pages.pages()[1]).contains("接收人："));
    pages
        .pages()
        .iter()
        .for_each(|page| assert_on_page(&marks(page), 210.0, 297.0));

    let english = Document {
        lang: Lang::En,
        ..document(blocks)
    };
    let pages = printer().lay_out_document(&english).unwrap();
    let text = text_of(&pages.pages()[0]);
    assert_eq!(
        marks(&pages.pages()[0])
            .iter()
            .filter(|mark| mark.text == "12,345")
            .count(),
        5
    );
    assert!(
        text.contains("actnow") && text.contains("Page1of2") && text.contains("各小区缺口(份)"),
        "{text}"
    );
}

/// The pages of a table of `rows` rows, each of so many lines, with a sum and two who sign.
fn signed_pages(rows: usize, lines: usize) -> Vec<String> {
    let signed = Table {
        columns: vec![
            column("房号", Align::Left, 2),
            column("内容", Align::Left, 3),
            column("签收", Align::Left, 2),
        ],
        rows: (0..rows)
            .map(|row| {
                let content: Vec<String> = (0..lines).map(|line| format!("<{row}>物资{line}")).collect();
                vec![
                    Datum::Text(format!("[{row}]室")),
                    Datum::Text(content.join("\n")),
                    Datum::Blank,
                ]
            })
            .collect(),
        total: Some(vec![Datum::Text("合计".into()), Datum::Blank, Datum::Blank]),
        ..Table::default()
    };
    let blocks = vec![
        Block::Table(signed),
        Block::Signatures(vec!["发放人".into(), "核对人".into()]),
    ];
    let document = printer().lay_out_document(&document(blocks)).unwrap();
    let pages = document.pages().iter();
    pages
        .map(|page| {
            assert_on_page(&marks(page), 210.0, 297.0);
            text_of(page)
        })
        .collect()
}

/// Nobody signs on a page that says nothing, and no row stands alone on the last page.
#[test]
fn the_last_rows_their_sum_and_who_signs_stay_together() {
    let mut longest = 0;
    for rows in (22..30).step_by(2) {
        let pages = signed_pages(rows, 1);
        longest = longest.max(pages.len());
        let last = pages.last().unwrap();
        for words in [
            format!("[{}]", rows - 2),
            format!("[{}]", rows - 1),
            "合计".into(),
            "发放人：".into(),
        ] {
            assert!(
                last.contains(&words),
                "{rows} rows: {words} is not on the last page: {last}"
            );
        }
        assert_eq!(pages.concat().matches("发放人").count(), 1);
    }
    assert_eq!(longest, 2, "no table went over the end of a page");
}

/// The frame of the table ends with its last row; beside who signs there is white.
#[test]
fn no_frame_is_drawn_around_who_signs() {
    let mut signed = table(3);
    signed.total = None;
    let blocks = vec![Block::Table(signed), Block::Signatures(vec!["发放人".into()])];
    let laid_out = printer().lay_out_document(&document(blocks)).unwrap();
    let page = marks(&laid_out.pages()[0]);
    let sign = page.iter().find(|mark| mark.text.contains("发放人")).unwrap();
    let row = page.iter().find(|mark| mark.text.contains("户")).unwrap();
    let drawn = picture(&laid_out, 0);
    // Four millimetres of the right edge, around this height.
    let dark_at = |height_mm: f64| {
        let edge = Mark {
            left_mm: 191.7,
            right_mm: 188.3,
            top_mm: height_mm,
            bottom_mm: height_mm,
            ..sign.clone()
        };
        drawn
            .around(&edge)
            .pixels
            .iter()
            .filter(|pixel| **pixel < 160)
            .count()
    };
    assert!(dark_at(row.top_mm) > 0, "the table itself has no edge");
    assert_eq!(dark_at(sign.top_mm - 4.0), 0);
}

#[test]
fn a_row_is_not_parted_by_the_end_of_a_page() {
    let pages = signed_pages(23, 4);
    assert!(pages.len() > 2);
    for row in 0..23 {
        let lines: Vec<usize> = pages
            .iter()
            .map(|page| page.matches(&format!("<{row}>")).count())
            .filter(|lines| *lines > 0)
            .collect();
        assert_eq!(lines, [4], "row {row}");
    }
    // One that fills more than a page has to be.
    let long = signed_pages(2, 70);
    assert!(long.len() > 1 && long.concat().contains("<1>物资69"));
}

/// Whoever holds the third page knows which building it is about.
#[test]
fn a_section_stands_above_its_rows_on_every_page() {
    let building = TableColumn {
        section: true,
        ..column("楼栋", Align::Left, 1)
    };
    let list = Table {
        columns: vec![
            building,
            column("房号", Align::Left, 1),
            column("袋数", Align::Right, 1),
        ],
        rows: (0..90)
            .map(|row| {
                let building = format!("{}栋（北院）", row / 35 + 1);
                vec![
                    Datum::Text(building),
                    Datum::Text(format!("[{row}]室")),
                    Datum::Count(1),
                ]
            })
            .collect(),
        total: Some(vec![Datum::Text("合计".into()), Datum::Blank, Datum::Count(90)]),
        ..Table::default()
    };
    let laid_out = printer()
        .lay_out_document(&document(vec![Block::Table(list)]))
        .unwrap();
    let pages: Vec<String> = laid_out.pages().iter().map(text_of).collect();
    assert!(pages.len() > 2);
    let mut row = 0;
    for page in &pages {
        let mut rest = page.as_str();
        let first_row = row;
        while let Some((before, after)) = rest.split_once(&format!("[{row}]室")) {
            let begins = row == first_row || row % 35 == 0;
            assert_eq!(
                before.contains(&format!("{}栋（北院）", row / 35 + 1)),
                begins,
                "before row {row}: {before}"
            );
            (row, rest) = (row + 1, after);
        }
        assert!(!page.contains("楼栋"), "the column itself is printed");
    }
    assert_eq!(row, 90);
    assert!(pages.last().unwrap().contains("合计90"));
}
