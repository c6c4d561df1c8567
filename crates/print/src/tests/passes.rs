//! Passes, cards of persons, permits.

use super::labels::assert_inside;
use super::{marks, printer, scanned, text_of};
use crate::{Pass, PassForm};

/// A pass with a payload as long as one with a signature of 64 bytes.
pub fn pass(name: &str) -> Pass {
    Pass {
        title: "保供车辆通行证".into(),
        number: "431023000127".into(),
        name: name.into(),
        fields: [("驾驶员", "周平"), ("路线", "县物流园—便江街道"), ("货物", "")]
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .to_vec(),
        valid: "2026年11月21日至11月28日".into(),
        terms: "一车一证一线路。".into(),
        issuer: "永兴县指挥部".into(),
        issued: "2026年11月21日".into(),
        qr: format!("BGP1.{name}.{}", "aZ3_".repeat(42)),
    }
}

/// SH-9: number, name, route, validity and office stand on each form, and the name is the largest text.
#[test]
fn sh_9_a_pass_says_what_a_checkpoint_needs() {
    for form in [PassForm::Vehicle, PassForm::Card, PassForm::Permit] {
        let document = printer().lay_out_passes(form, &[pass("湘L·A1234")]).unwrap();
        assert_eq!(document.pages().len(), 1);
        let text = text_of(&document.pages()[0]);
        for part in [
            "保供车辆通行证",
            "编号：431023000127",
            "湘L·A1234",
            "县物流园—便江街道",
            "2026年11月21日至11月28日",
            "永兴县指挥部",
            "签发单位（盖章）",
            "扫码核验",
        ] {
            assert!(text.contains(part), "{part} is missing on {form:?}: {text}");
        }
        assert!(!text.contains("货物"), "an empty field is left out: {text}");
        if form == PassForm::Vehicle {
            let plate = marks(&document.pages()[0])
                .into_iter()
                .max_by(|a, b| a.size_pt.total_cmp(&b.size_pt))
                .unwrap();
            // Read from a booth: the height of the characters is several centimetres.
            assert!(
                plate.text.ends_with("A1234") && plate.size_pt > 100.0,
                "{plate:?}"
            );
        }
    }
}

/// The signed payload reads back from the page at 200 dots per inch, on the smallest card as well.
#[test]
fn the_code_of_a_pass_can_be_scanned() {
    for (form, count) in [(PassForm::Vehicle, 1), (PassForm::Card, 8), (PassForm::Permit, 1)] {
        let passes: Vec<Pass> = (0..count)
            .map(|index| pass(&format!("湘L·A123{index}")))
            .collect();
        let bytes = printer().passes(form, &passes).unwrap();
        let document = printer().lay_out_passes(form, &passes).unwrap();
        let mut wanted: Vec<String> = passes.into_iter().map(|pass| pass.qr).collect();
        wanted.sort();
        assert_eq!(scanned(&bytes, &document), wanted, "{form:?}");
    }
}

/// Eight cards to a sheet, each within half a millimetre of its place.
#[test]
fn cards_stand_where_they_are_cut() {
    let passes: Vec<Pass> = (0..9).map(|index| pass(&format!("志愿者{index}"))).collect();
    let document = printer().lay_out_passes(PassForm::Card, &passes).unwrap();
    assert_eq!(document.pages().len(), 2);
    let marks = marks(&document.pages()[0]);
    assert_inside(&marks, 105.0, 74.0, 0.0, 3.9);
    for (index, code) in marks.iter().filter(|mark| mark.text.is_empty()).enumerate() {
        let (left_mm, top_mm) = (
            (index % 2) as f64 * 105.0 + 74.0,
            (index / 2) as f64 * 74.0 + 17.0,
        );
        assert!(
            (code.left_mm - left_mm).abs() < 0.5 && (code.top_mm - top_mm).abs() < 0.5,
            "{code:?}"
        );
        assert!((code.right_mm - code.left_mm - 25.0).abs() < 0.5);
    }
}

/// However much is written, it shrinks or wraps inside the frame and nothing is lost.
#[test]
fn a_crowded_pass_is_never_cut() {
    let long = "永兴县便江街道桂花社区与龙都社区之间临时设置的生活物资中转站及其周边道路".repeat(3);
    let crowded = Pass {
        title: "疫情防控期间跨区域生活必需品及医用物资运输车辆临时通行证".into(),
        name: "惠民生鲜超市龙都店（永兴大道与龙都大道交叉口西北角地下一层）".into(),
        fields: (0..9)
            .map(|index| (format!("栏目{index}"), long.clone()))
            .collect(),
        terms: long.repeat(2),
        issuer: long.clone(),
        ..pass("")
    };
    for (form, width_mm, height_mm, distance_mm) in [
        (PassForm::Vehicle, 297.0, 210.0, 12.0),
        (PassForm::Card, 105.0, 74.0, 3.9),
        (PassForm::Permit, 210.0, 297.0, 15.0),
    ] {
        let document = printer()
            .lay_out_passes(form, std::slice::from_ref(&crowded))
            .unwrap();
        assert_eq!(document.pages().len(), 1);
        let text = text_of(&document.pages()[0]);
        let times = if form == PassForm::Card { 10 } else { 12 };
        assert_eq!(text.matches("生活物资中转站").count(), 3 * times, "{form:?}");
        assert!(text.contains(&crowded.title) && text.contains(&crowded.name));
        assert_inside(
            &marks(&document.pages()[0]),
            width_mm,
            height_mm,
            0.0,
            distance_mm,
        );
    }
}
