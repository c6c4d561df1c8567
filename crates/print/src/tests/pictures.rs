//! Sheets as pictures for the browser, and how large the modules of their codes are.

use super::labels::{box_label, label};
use super::passes::pass;
use resvg::tiny_skia::Pixmap;

use super::papers::{contacts, notice};
use super::{Mark, Picture, SCAN_DPI, fonts, marks, payloads, printer};
use crate::{BoxSheet, Document, Format, Label, LabelSheet, PassForm, Sign, code_picture, picture};

/// The longest address of a bag that an installation may have: 84 bytes.
fn longest_address() -> String {
    let address = format!("https://{}/q/500101/R012-03-0007-4", "b".repeat(52));
    assert_eq!(address.len(), 84);
    address
}

/// The values of an attribute in each element of this name.
fn attributes<'a>(svg: &'a str, element: &str, name: &str) -> Vec<&'a str> {
    svg.split(&format!("<{element} "))
        .skip(1)
        .map(|rest| {
            let (head, _) = rest.split_once('>').unwrap();
            let (_, rest) = head.split_once(&format!("{name}=\"")).unwrap();
            rest.split_once('"').unwrap().0
        })
        .collect()
}

/// Where each line begins and ends, in millimetres, in the order in which they are drawn.
fn places(svg: &str) -> Vec<(f64, f64, f64)> {
    let values = |name: &str| -> Vec<f64> {
        attributes(svg, "text", name)
            .iter()
            .map(|value| value.parse::<f64>().unwrap() * 25.4 / 72.0)
            .collect()
    };
    values("x")
        .into_iter()
        .zip(values("y"))
        .zip(values("textLength"))
        .map(|((x, y), wide)| (x, y, x + wide))
        .collect()
}

/// Each line of a picture, of which there are more than so many, stands within 0.1 mm of where the page has it.
fn assert_in_places(svg: &str, marks: &[Mark], lines: usize) {
    let drawn = places(svg);
    let base_line = |mark: &Mark| mark.top_mm + 0.88 * mark.size_pt * 25.4 / 72.0;
    // Typst may set one line as several runs, side by side in fonts of their own.
    let runs: Vec<(f64, f64, f64)> = marks
        .iter()
        .filter(|mark| !mark.text.is_empty())
        .map(|mark| (mark.left_mm, base_line(mark), mark.right_mm))
        .collect();
    let near = |left: f64, right: f64| (left - right).abs() < 0.1;
    assert!(drawn.len() > lines, "{} lines", drawn.len());
    for line in &drawn {
        let begins = runs.iter().any(|run| near(run.0, line.0) && near(run.1, line.1));
        let ends = runs.iter().any(|run| near(run.2, line.2) && near(run.1, line.1));
        assert!(begins && ends, "{line:?} is elsewhere in the PDF");
    }
}

/// SH-7, DX-6: a notice and cards are printed by the browser as they are in the PDF, four cards to a sheet, and the code
/// scans.
#[test]
fn sh_7_a_picture_of_a_notice_or_of_cards_is_the_page_of_the_pdf() {
    let cards = Document {
        title: "应急联系卡".into(),
        blocks: vec![contacts(6)],
        footer: "桂花社区 <2026>".into(),
        format: Format::Cards,
        ..Document::default()
    };
    for (paper, lines) in [(cards, 4 * 12), (notice("封控期间由超市定点供应。"), 6)] {
        let document = printer().lay_out_document(&paper).unwrap();
        let pictures = printer().document_pictures(&paper).unwrap();
        assert_eq!(pictures.len(), 1);
        assert_eq!(attributes(&pictures[0], "svg", "width"), ["210mm"]);
        assert_eq!(attributes(&pictures[0], "svg", "height"), ["297mm"]);
        assert!(
            !pictures[0].contains("style="),
            "pages allow no style of their own"
        );
        let page = marks(&document.pages()[0]);
        assert_in_places(&pictures[0], &page, lines);
        if let Some(code) = page.iter().find(|mark| mark.text.is_empty()) {
            let width_px = 210.0 / 25.4 * SCAN_DPI as f64;
            let png = picture(&fonts(), &pictures[0], width_px as u32).unwrap();
            let pixels = Pixmap::decode_png(&png).unwrap();
            let drawn = Picture {
                width: pixels.width() as usize,
                height: pixels.height() as usize,
                pixels: pixels.pixels().iter().map(|pixel| pixel.green()).collect(),
            };
            let read = drawn.around(code).decoded(rxing::BarcodeFormat::QR_CODE);
            assert_eq!(read, "https://bg.example/o/3F7K2QPX");
        } else {
            assert_eq!(pictures[0].matches(">应急联系卡<").count(), 4);
        }
    }
}

/// DX-3: what the browser prints stands within 0.1 mm of where the PDF has it.
#[test]
fn dx_3_a_picture_has_the_lines_of_the_pdf_in_their_places() {
    let labels: Vec<Label> = (0..24).map(label).collect();
    let document = printer().lay_out_labels(LabelSheet::A4x24, &labels).unwrap();
    let pictures = printer().label_pictures(LabelSheet::A4x24, &labels).unwrap();
    assert_eq!(pictures.len(), 1);
    assert_eq!(attributes(&pictures[0], "svg", "width"), ["210mm"]);
    assert_eq!(attributes(&pictures[0], "svg", "height"), ["297mm"]);
    assert_in_places(&pictures[0], &marks(&document.pages()[0]), 24 * 8);
    assert!(pictures[0].contains(">3栋2单元123<"));
}

#[test]
fn text_of_users_is_no_markup_in_a_picture() {
    let labels = [Label {
        note: "</text><script>&".into(),
        ..label(1)
    }];
    let picture = printer()
        .label_pictures(LabelSheet::Roll100x70, &labels)
        .unwrap()
        .concat();
    assert!(picture.contains("&lt;/text&gt;&lt;script&gt;&amp;"), "{picture}");
    assert!(!picture.contains("<script"));
}

#[test]
fn every_kind_of_sheet_becomes_pictures() {
    let boxes = printer().box_label_pictures(BoxSheet::Roll100x150, &[box_label(), box_label()]);
    assert_eq!(boxes.unwrap().len(), 2);
    let cards: Vec<_> = (0..9).map(|index| pass(&format!("周平{index}"))).collect();
    assert_eq!(printer().pass_pictures(PassForm::Card, &cards).unwrap().len(), 2);
    let sign = Sign {
        title: "生活物资投放点".into(),
        qr: longest_address(),
        ..Sign::default()
    };
    assert_eq!(printer().sign_pictures(&[sign.clone(), sign]).unwrap().len(), 2);
    assert!(code_picture("http://bg.test/o/x").unwrap().starts_with("<svg"));
}

/// A phone reads a code at arm's length if a module is at least 0.4 mm wide.
#[test]
fn modules_of_the_longest_address_are_wide_enough_on_every_label() {
    let labels = [Label {
        qr: longest_address(),
        ..label(1)
    }];
    for sheet in [
        LabelSheet::A4x24,
        LabelSheet::Roll100x70,
        LabelSheet::Continuous80,
    ] {
        let picture = printer().label_pictures(sheet, &labels).unwrap().concat();
        let scales: Vec<f64> = attributes(&picture, "path", "transform")
            .iter()
            .map(|transform| {
                let (_, scale) = transform.split_once("scale(").unwrap();
                scale.trim_end_matches(')').parse::<f64>().unwrap() * 25.4 / 72.0
            })
            .collect();
        assert_eq!(scales.len(), 1);
        assert!(scales[0] >= 0.4, "{sheet:?}: {} mm", scales[0]);
        let document = printer().lay_out_labels(sheet, &labels).unwrap();
        assert_eq!(payloads(&document, 0), [longest_address()], "{sheet:?}");
    }
}
