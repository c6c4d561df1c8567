//! Labels, box labels and signs.

use proptest::prelude::*;

use super::{
    Mark, bar_code, fonts, marks, payloads, picture, pictures_of_pdf, printer, scanned, text_of, words_of_pdf,
};
use crate::{BoxLabel, BoxSheet, Fault, Fonts, Label, LabelSheet, Lang, Printer, Sign};

pub fn label(index: u32) -> Label {
    Label {
        compound: "永兴路阳光花园东区".into(),
        dwelling: format!("3栋2单元{:03}", 100 + index),
        phone_masked: "138****5678".into(),
        lines: vec![("土豆".into(), 2), ("鸡蛋（30枚）".into(), 1)],
        amount: "36.50 元".into(),
        paid: "已付".into(),
        bag: 1,
        bags: 2,
        code: format!("K7{index:02}"),
        qr: format!("BG1:500101019001:{index:06}"),
        icons: vec!["冷藏".into(), "易碎".into()],
        note: "请敲门".into(),
    }
}

pub fn box_label() -> BoxLabel {
    BoxLabel {
        compound: "永兴路阳光花园东区".into(),
        point: "西门岗亭".into(),
        range: "1–6栋".into(),
        bags: 28,
        box_number: 3,
        boxes: 14,
        supplier: "惠民超市永兴店".into(),
        trip: "第2车 湘L·A1234".into(),
        code: "B00317".into(),
        qr: "BG1:B:000317".into(),
        sscc: String::new(),
    }
}

/// Every mark lies within exactly one label of the sheet and keeps this distance from its edges.
pub fn assert_inside(marks: &[Mark], width_mm: f64, height_mm: f64, top_mm: f64, distance_mm: f64) {
    for mark in marks {
        let column = (mark.left_mm / width_mm).floor();
        let row = ((mark.top_mm - top_mm) / height_mm).floor();
        let (left_mm, upper_mm) = (column * width_mm, top_mm + row * height_mm);
        let inside = mark.left_mm >= left_mm + distance_mm
            && mark.right_mm <= left_mm + width_mm - distance_mm
            && mark.top_mm >= upper_mm + distance_mm
            && mark.bottom_mm <= upper_mm + height_mm - distance_mm;
        assert!(inside, "sticks out of its label: {mark:?}");
    }
}

/// DX-3, FC-4: 24 labels of 70 × 37 mm on A4, each within 0.5 mm of its place.
#[test]
fn dx_3_labels_stand_on_the_stock() {
    let labels: Vec<Label> = (0..27).map(label).collect();
    let document = printer().lay_out_labels(LabelSheet::A4x24, &labels).unwrap();
    assert_eq!(document.pages().len(), 2);
    for (page, count) in document.pages().iter().zip([24, 3]) {
        assert!((page.frame.width().to_mm() - 210.0).abs() < 0.01);
        assert!((page.frame.height().to_mm() - 297.0).abs() < 0.01);
        let marks = marks(page);
        assert_inside(&marks, 70.0, 37.0, 0.5, 3.6);
        let codes: Vec<&Mark> = marks.iter().filter(|mark| mark.text.is_empty()).collect();
        assert_eq!(codes.len(), count);
        for (index, code) in codes.iter().enumerate() {
            assert!(code.right_mm - code.left_mm >= 15.0);
            assert!((code.left_mm - (49.5 + (index % 3) as f64 * 70.0)).abs() < 0.5);
            assert!((code.top_mm - (0.5 + 3.8 + (index / 3) as f64 * 37.0)).abs() < 0.5);
        }
    }
    assert!(text_of(&document.pages()[0]).contains("3栋2单元123"));
    assert!(text_of(&document.pages()[1]).contains("3栋2单元126"));
}

/// FC-4: compound, dwelling and telephone are on the bag, and the dwelling is the largest text.
#[test]
fn fc_4_a_label_says_whose_bag_it_is() {
    for sheet in [LabelSheet::A4x24, LabelSheet::Roll100x70] {
        let document = printer().lay_out_labels(sheet, &[label(1)]).unwrap();
        let text = text_of(&document.pages()[0]);
        for part in [
            "永兴路阳光花园东区",
            "3栋2单元101",
            "138****5678",
            "土豆×2",
            "鸡蛋（30枚）×1",
            "36.50元",
            "已付",
            "第1袋共2袋",
            "K701",
            "冷藏",
            "易碎",
            "请敲门",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        let marks = marks(&document.pages()[0]);
        let largest = marks
            .iter()
            .max_by(|a, b| a.size_pt.total_cmp(&b.size_pt))
            .unwrap();
        assert_eq!(largest.text, "3栋2单元101");
        assert!(largest.bold);
    }
}

/// The places of 24 labels in the finished PDF, read by another program.
#[test]
fn labels_in_the_file_stand_where_the_stock_is_cut() {
    let labels: Vec<Label> = (0..24).map(label).collect();
    let bytes = printer().labels(LabelSheet::A4x24, &labels).unwrap();
    let Some(words) = words_of_pdf(&bytes) else { return };
    let dwellings: Vec<_> = words
        .iter()
        .filter(|(_, _, word)| word.starts_with("3栋2单元"))
        .collect();
    assert_eq!(dwellings.len(), 24);
    for (left_mm, top_mm, word) in &dwellings {
        let index: usize = word[word.len() - 3..].parse::<usize>().unwrap() - 100;
        let wanted_mm = (4.5 + (index % 3) as f64 * 70.0, (index / 3) as f64 * 37.0);
        assert!((left_mm - wanted_mm.0).abs() < 0.5, "{word} at {left_mm}");
        let first_mm = dwellings
            .iter()
            .map(|(_, top_mm, _)| *top_mm)
            .fold(f64::MAX, f64::min);
        assert!(
            (top_mm - first_mm - wanted_mm.1).abs() < 0.5,
            "{word} at {top_mm}"
        );
    }
}

/// On a continuous roll a label is as long as its text, and still nothing is shrunk or cut.
#[test]
fn a_label_on_a_continuous_roll_is_as_long_as_its_goods() {
    let short = label(1);
    let long = Label {
        lines: (0..30).map(|line| (format!("高山娃娃菜第{line}批"), 2)).collect(),
        note: "老人独居听力不好，请先打电话再敲门".repeat(4),
        ..label(2)
    };
    let endless = Label {
        lines: (0..400)
            .map(|line| (format!("高山娃娃菜第{line}批"), 2))
            .collect(),
        ..long.clone()
    };
    let labels = [short, long.clone(), endless];
    let document = printer()
        .lay_out_labels(LabelSheet::Continuous80, &labels)
        .unwrap();
    let heights_mm: Vec<f64> = document
        .pages()
        .iter()
        .map(|page| page.frame.height().to_mm())
        .collect();
    assert_eq!(heights_mm.len(), 3);
    assert!(heights_mm[0] < 56.0 && heights_mm[1] > 100.0, "{heights_mm:?}");
    // The sizes that the browser knows, see `strips` in `crates/kit/build.rs`.
    for height_mm in &heights_mm {
        let steps = height_mm / 5.0;
        assert!(
            (8.0..60.1).contains(&steps) && (steps - steps.round()).abs() < 0.001,
            "{height_mm}"
        );
    }
    for (page, height_mm) in document.pages().iter().zip(&heights_mm) {
        assert!((page.frame.width().to_mm() - 80.0).abs() < 0.01);
        assert_inside(&marks(page), 80.0, *height_mm, 0.0, 3.9);
    }
    let marks = marks(&document.pages()[1]);
    for (name, _) in &long.lines {
        let line = marks
            .iter()
            .find(|mark| mark.text.contains(name.as_str()))
            .unwrap();
        assert_eq!(line.size_pt, 10.5);
    }
    assert!(text_of(&document.pages()[1]).contains(&long.note));
}

/// The codes read back from the printed page, on all stocks.
#[test]
fn codes_on_labels_can_be_scanned() {
    let labels: Vec<Label> = (0..3).map(label).collect();
    let expected: Vec<String> = labels.iter().map(|label| label.qr.clone()).collect();
    for sheet in [
        LabelSheet::A4x24,
        LabelSheet::Roll100x70,
        LabelSheet::Continuous80,
    ] {
        let document = printer().lay_out_labels(sheet, &labels).unwrap();
        let bytes = printer().labels(sheet, &labels).unwrap();
        assert_eq!(scanned(&bytes, &document), expected, "{sheet:?}");
    }
    let document = printer()
        .lay_out_box_labels(BoxSheet::Roll100x70, &[box_label()])
        .unwrap();
    assert_eq!(payloads(&document, 0), ["BG1:B:000317"]);
}

/// CT-4: the bar code of a box reads back, as SSCC with its application identifier or as the code of the box. Modules
/// and height are those that the GS1 General Specifications ask for on a logistic unit.
#[test]
fn ct_4_the_bar_code_of_a_box_can_be_scanned() {
    let sscc = crate::sscc(3, "7610425", 2_123_456).unwrap();
    let numbered = BoxLabel {
        sscc: sscc.clone(),
        ..box_label()
    };
    let labels = [numbered, box_label()];
    let document = printer()
        .lay_out_box_labels(BoxSheet::Roll100x150, &labels)
        .unwrap();
    let bytes = printer().box_labels(BoxSheet::Roll100x150, &labels).unwrap();
    assert_eq!(scanned(&bytes, &document), ["BG1:B:000317", "BG1:B:000317"]);
    let wanted = [format!("00{sscc}"), "B00317".to_string()];
    for (page, wanted) in wanted.iter().enumerate() {
        assert_eq!(
            bar_code(picture(&document, page)).trim_start_matches("]C1"),
            wanted
        );
    }
    for (picture, wanted) in pictures_of_pdf(&bytes).into_iter().flatten().zip(&wanted) {
        assert_eq!(bar_code(picture).trim_start_matches("]C1"), wanted);
    }
    assert!(text_of(&document.pages()[0]).contains(&format!("(00){sscc}")));
    let wrong = BoxLabel {
        sscc: "376104250021234560".into(),
        ..box_label()
    };
    assert_eq!(
        printer().box_labels(BoxSheet::Roll100x150, &[wrong]),
        Err(Fault::BarCode("376104250021234560".into()))
    );
}

/// Long names shrink or wrap and are never cut; a long list says how many kinds there are.
#[test]
fn long_text_is_never_cut() {
    let compound = "清河市永兴区双河口街道螺蛳包社区阳光花园东区二期经济适用房及拆迁安置房联合小区".repeat(2);
    let compound: String = compound.chars().take(60).collect();
    let names = ["土豆", "五常稻花香大米", "西红柿", "高山娃娃菜", "精品五花肉"];
    let long = Label {
        compound: compound.clone(),
        dwelling: "人才公寓西附楼17栋3单元2801室".into(),
        lines: (0..20)
            .map(|line| (format!("{}第{line}份", names[line % 5]), 2))
            .collect(),
        note: "老人独居听力不好，请先打电话再敲门，没人应请交给楼下502王阿姨代收，谢谢".into(),
        icons: ["冷藏", "易碎", "药品", "当面签收"].map(String::from).to_vec(),
        ..label(1)
    };
    for (sheet, width_mm, height_mm, top_mm) in [
        (LabelSheet::A4x24, 70.0, 37.0, 0.5),
        (LabelSheet::Roll100x70, 100.0, 70.0, 0.0),
    ] {
        let document = printer()
            .lay_out_labels(sheet, std::slice::from_ref(&long))
            .unwrap();
        let text = text_of(&document.pages()[0]);
        for part in [&compound, &long.dwelling, &long.note, "当面签收", "土豆第0份×2"] {
            assert!(
                text.contains(&part.replace(' ', "")),
                "{part} is missing in {text}"
            );
        }
        let all = text.contains("精品五花肉第19份×2");
        assert!(all || text.contains("…等20种"), "{text}");
        assert_inside(&marks(&document.pages()[0]), width_mm, height_mm, top_mm, 3.6);
    }
    let english = Printer::new(fonts()).with_lang(Lang::En);
    let document = english.lay_out_labels(LabelSheet::A4x24, &[long]).unwrap();
    let text = text_of(&document.pages()[0]);
    assert!(
        text.contains("…20kindsinall") && text.contains("bag1of2"),
        "{text}"
    );
}

/// Without a code nothing is drawn in its place, and the dwelling may use it.
#[test]
fn a_label_without_code_uses_the_room() {
    let dwelling = "人才公寓17栋3单元2801";
    let with = Label {
        dwelling: dwelling.into(),
        ..label(1)
    };
    let without = Label {
        qr: String::new(),
        ..with.clone()
    };
    let size_pt = |label: Label| {
        let document = printer().lay_out_labels(LabelSheet::A4x24, &[label]).unwrap();
        marks(&document.pages()[0])
            .iter()
            .map(|mark| mark.size_pt)
            .fold(0.0, f64::max)
    };
    assert!(size_pt(without) > size_pt(with) + 2.0);
}

#[test]
fn text_of_users_is_not_markup() {
    let trick = "#panic(\"x\") *粗* $x$ \\ // `a` @b <c> = d";
    let label = Label {
        note: trick.into(),
        compound: trick.into(),
        ..label(1)
    };
    let document = printer()
        .lay_out_labels(LabelSheet::Roll100x70, &[label])
        .unwrap();
    assert_eq!(
        text_of(&document.pages()[0])
            .matches(&trick.replace(' ', ""))
            .count(),
        2
    );
}

/// A name with a character that no font has is printed with its code point, not with an empty box.
#[test]
fn a_rare_character_is_spelt_out() {
    let label = Label {
        dwelling: "张\u{10FFFD}家".into(),
        ..label(1)
    };
    let document = printer().lay_out_labels(LabelSheet::A4x24, &[label]).unwrap();
    assert!(text_of(&document.pages()[0]).contains("张[U+10FFFD]家"));
}

#[test]
fn jobs_that_cannot_be_printed_say_why() {
    assert_eq!(printer().labels(LabelSheet::A4x24, &[]), Err(Fault::Empty));
    assert_eq!(printer().box_labels(BoxSheet::Roll100x70, &[]), Err(Fault::Empty));
    let label = Label {
        qr: "a".repeat(5_000),
        ..label(1)
    };
    assert_eq!(
        printer().labels(LabelSheet::A4x24, &[label]),
        Err(Fault::QrTooLong { payload_bytes: 5_000 })
    );
    let bare = Printer::new(Fonts::new(Vec::new()));
    assert_eq!(bare.signs(&[Sign::default()]), Err(Fault::NoFont));
}

/// A box names compound, drop point, buildings and its number.
#[test]
fn a_box_says_where_it_goes() {
    let document = printer()
        .lay_out_box_labels(BoxSheet::Roll100x70, &[box_label(), BoxLabel::default()])
        .unwrap();
    assert_eq!(document.pages().len(), 2);
    let text = text_of(&document.pages()[0]);
    for part in [
        "永兴路阳光花园东区",
        "投放点：西门岗亭",
        "楼栋：1–6栋",
        "第3箱共14箱",
        "本箱28袋",
        "供货：惠民超市永兴店",
        "车次：第2车湘L·A1234",
        "B00317",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_inside(&marks(&document.pages()[0]), 100.0, 70.0, 0.0, 2.9);
}

/// DX-3: the storage point has a sign that can be read from afar.
#[test]
fn dx_3_a_sign_is_large_and_complete() {
    let sign = Sign {
        title: "保供物资投放点".into(),
        place: "阳光花园西门岗亭".into(),
        lines: vec![
            "服务楼栋：1–6栋".into(),
            "领取时间：16:00–18:00".into(),
            "联系人：李主任 138****5678".into(),
        ],
        qr: "https://bg.example/d/317".into(),
        footer: "永兴街道疫情防控指挥部".into(),
    };
    let document = printer().lay_out_signs(std::slice::from_ref(&sign)).unwrap();
    assert_eq!(document.pages().len(), 1);
    let page = &document.pages()[0];
    let marks = marks(page);
    assert_inside(&marks, 297.0, 210.0, 0.0, 10.0);
    let place = marks.iter().find(|mark| mark.text == sign.place).unwrap();
    assert!(place.size_pt > 80.0);
    let text = text_of(page);
    for part in sign.lines.iter().chain([&sign.title, &sign.footer]) {
        assert!(
            text.contains(&part.replace(' ', "")),
            "{part} is missing in {text}"
        );
    }
    assert_eq!(payloads(&document, 0), [sign.qr]);
}

/// The finished file is a PDF whose text can be searched. The second half needs the program `pdftotext`
/// (package poppler-utils) and is left out without it.
#[test]
fn the_pdf_holds_real_text() {
    let bytes = printer().labels(LabelSheet::A4x24, &[label(1)]).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let path = std::env::temp_dir().join(format!("print-test-{}.pdf", std::process::id()));
    std::fs::write(&path, &bytes).unwrap();
    let output = std::process::Command::new("pdftotext")
        .arg("-raw")
        .arg(&path)
        .arg("-")
        .output();
    std::fs::remove_file(&path).unwrap();
    if let Ok(output) = output {
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("3栋2单元101") && text.contains("土豆×2"), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn whatever_a_household_writes_stays_on_its_label(
        compound in "\\PC{0,60}", dwelling in "\\PC{0,30}", note in "\\PC{0,120}", names in
        prop::collection::vec("[一-龥a-z]{0,30}", 0..25)
    ) {
        let lines = names.into_iter().map(|name| (name, 3)).collect();
        let label = Label { compound, dwelling, note, lines, ..label(1) };
        let document = printer().lay_out_labels(LabelSheet::A4x24, &[label]).unwrap();
        assert_inside(&marks(&document.pages()[0]), 70.0, 37.0, 0.5, 3.4);
    }
}
