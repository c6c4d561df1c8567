//! Notices, cards and charts.

use super::{marks, printer, scanned, text_of};
use crate::{Align, Block, Datum, Document, Format, Lines, Table, TableColumn};

pub fn contacts(rows: usize) -> Block {
    let column = |title: &str| TableColumn {
        title: title.into(),
        align: Align::Left,
        weight: 1,
        ..TableColumn::default()
    };
    Block::Table(Table {
        columns: vec![column("找谁"), column("电话")],
        rows: (0..rows)
            .map(|row| {
                vec![
                    Datum::Text(format!("楼栋长{row}")),
                    Datum::Text("13800001122".into()),
                ]
            })
            .collect(),
        ..Table::default()
    })
}

pub fn notice(text: &str) -> Document {
    Document {
        title: "生活物资订购通知".into(),
        blocks: vec![
            Block::Address("幸福苑全体居民：".into()),
            Block::Paragraph(text.into()),
            Block::Facts(vec![("截单时间".into(), "11月22日 12:00".into())]),
            Block::Code {
                payload: "https://bg.example/o/3F7K2QPX".into(),
                caption: "扫码下单".into(),
            },
            Block::Closing(vec!["桂花社区".into(), "2026年11月21日".into()]),
        ],
        format: Format::Notice,
        ..Document::default()
    }
}

/// DX-6: a notice for the door is as large as its page allows, and never two pages for a few words too many.
#[test]
fn dx_6_a_notice_fills_one_page() {
    let size_pt = |text: &str| {
        let document = printer().lay_out_document(&notice(text)).unwrap();
        assert_eq!(document.pages().len(), 1);
        let marks = marks(&document.pages()[0]);
        for mark in &marks {
            assert!(
                mark.left_mm >= 23.9 && mark.right_mm <= 186.1,
                "beside the margins: {mark:?}"
            );
            assert!(
                mark.top_mm >= 20.0 && mark.bottom_mm <= 276.0,
                "above or below: {mark:?}"
            );
        }
        marks
            .iter()
            .find(|mark| mark.text.contains("封控"))
            .unwrap()
            .size_pt
    };
    assert_eq!(size_pt("封控期间由超市定点供应。"), 20.0);
    let long_pt = size_pt(&"封控期间由超市定点供应，请按需订购，不必囤货。".repeat(30));
    assert!((10.0..16.0).contains(&long_pt), "{long_pt}");
}

/// The address stands at the margin, the text two characters in, the office at the right: as offices write.
#[test]
fn a_notice_looks_like_one_of_an_office() {
    let bytes = printer().document(&notice("封控期间由超市定点供应。")).unwrap();
    let document = printer()
        .lay_out_document(&notice("封控期间由超市定点供应。"))
        .unwrap();
    let marks = marks(&document.pages()[0]);
    let find = |text: &str| marks.iter().find(|mark| mark.text.contains(text)).unwrap();
    assert!((find("幸福苑全体居民").left_mm - 24.0).abs() < 0.5);
    let indent_mm = find("封控").left_mm - 24.0;
    assert!(
        (indent_mm - 2.0 * 20.0 / crate::sheet::PT_PER_MM).abs() < 0.5,
        "{indent_mm}"
    );
    assert!(find("桂花社区").left_mm > 105.0);
    assert_eq!(scanned(&bytes, &document), ["https://bg.example/o/3F7K2QPX"]);
    let text = text_of(&document.pages()[0]);
    assert!(
        text.contains("截单时间：11月22日12:00") && !text.contains("页"),
        "{text}"
    );
}

/// One notice per building: each begins with the title.
#[test]
fn every_notice_of_a_run_has_its_title() {
    let mut run = notice("3栋请于18:00取货。");
    run.blocks.push(Block::PageBreak);
    run.blocks.push(Block::Paragraph("4栋请于18:10取货。".into()));
    let document = printer().lay_out_document(&run).unwrap();
    assert_eq!(document.pages().len(), 2);
    for page in document.pages() {
        assert!(text_of(page).starts_with("生活物资订购通知"));
    }
}

/// SH-7: four cards to a sheet, each on its quarter; long lists are set smaller and go on over the next card.
#[test]
fn sh_7_cards_are_four_to_a_sheet() {
    let card = |rows| Document {
        title: "应急联系卡".into(),
        subtitle: "幸福苑".into(),
        blocks: vec![contacts(rows)],
        footer: "桂花社区".into(),
        format: Format::Cards,
        ..Document::default()
    };
    let mut sizes_pt = Vec::new();
    for (rows, sheets) in [(3, 1), (17, 1), (120, 2)] {
        let document = printer().lay_out_document(&card(rows)).unwrap();
        assert_eq!(document.pages().len(), sheets, "{rows} rows");
        let page = &document.pages()[0];
        assert!((page.frame.width().to_mm() - 210.0).abs() < 0.01);
        assert!((page.frame.height().to_mm() - 297.0).abs() < 0.01);
        let marks = marks(page);
        super::labels::assert_inside(&marks, 105.0, 148.5, 0.0, 3.0);
        let titles: Vec<_> = marks.iter().filter(|mark| mark.text == "应急联系卡").collect();
        if rows < 100 {
            // The same card four times, at the same place of its quarter.
            assert_eq!(titles.len(), 4);
            assert!((titles[1].left_mm - titles[0].left_mm - 105.0).abs() < 0.5);
            assert!((titles[2].top_mm - titles[0].top_mm - 148.5).abs() < 0.5);
        }
        sizes_pt.push(marks.iter().find(|mark| mark.text == "楼栋长0").unwrap().size_pt);
        let text: String = document.pages().iter().map(text_of).collect();
        assert!(text.contains(&format!("楼栋长{}", rows - 1)));
    }
    assert!(
        sizes_pt[0] > sizes_pt[1] && sizes_pt[1] > sizes_pt[2],
        "{sizes_pt:?}"
    );
    assert!(printer().document(&card(3)).unwrap().starts_with(b"%PDF-"));
}

/// Points stand in proportion to their values, and where a value is missing the line is broken.
#[test]
fn a_chart_is_true_to_its_data() {
    let chart = Lines {
        title: "每日订单".into(),
        unit: "单".into(),
        points: (1..=30).map(|day| format!("11-{day:02}")).collect(),
        series: vec![
            ("订单".into(), (1..=30).map(|day| Some(day * 100)).collect()),
            (
                "已交付".into(),
                vec![Some(10), None, Some(-40), Some(i64::from(u32::MAX))],
            ),
            ("#panic()".into(), Vec::new()),
        ],
    };
    let table = chart.table();
    assert_eq!(table.rows.len(), 30);
    assert_eq!(
        table.rows[1],
        [
            Datum::Text("11-02".into()),
            Datum::Count(200),
            Datum::Blank,
            Datum::Blank
        ]
    );
    let document = Document {
        title: "报告".into(),
        blocks: vec![
            Block::Lines(chart),
            Block::Lines(Lines::default()),
            Block::Bars {
                title: "没有数据".into(),
                unit: String::new(),
                rows: Vec::new(),
            },
        ],
        ..Document::default()
    };
    let document = printer().lay_out_document(&document).unwrap();
    assert_eq!(document.pages().len(), 1);
    let text = text_of(&document.pages()[0]);
    for part in [
        "每日订单（单）",
        "已交付",
        "#panic()",
        "11-01",
        "4,294,967,295",
        "3,000",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("没有数据"), "a title without a chart: {text}");
    let marks = marks(&document.pages()[0]);
    let tick_mm = |name: &str| {
        let mark = marks.iter().find(|mark| mark.text == name).unwrap();
        (mark.top_mm + mark.bottom_mm) / 2.0
    };
    let step_mm = tick_mm("0") - tick_mm("1,000,000,000");
    assert!((tick_mm("0") - tick_mm("4,000,000,000") - 4.0 * step_mm).abs() < 0.1);
    // Names along the axis keep clear of one another.
    let mut days: Vec<_> = marks.iter().filter(|mark| mark.text.starts_with("11-")).collect();
    days.sort_by(|left, right| left.left_mm.total_cmp(&right.left_mm));
    assert!(
        days.len() > 5
            && days
                .windows(2)
                .all(|pair| pair[0].right_mm + 1.0 < pair[1].left_mm)
    );
}
