//! Any text as a value of a cell. What is understood is understood again when it is written as it is shown.

#![no_main]

use documents::values::{
    chinese_number, contents, count, credit_code, date, distance_m, dwelling, id_number, microdegrees,
    money_fen, number_micro, packed_weight_g, phone, phones, plate, split_number, split_range, tidy, time,
    volume_l, weight_g,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let text = text.as_ref();
    assert_eq!(tidy(&tidy(text)), tidy(text), "tidying twice changes the text");
    if let Ok(home) = dwelling(text) {
        assert!(
            !home.room.is_empty() || !home.building.is_empty(),
            "a dwelling of nothing: {text:?}"
        );
        if !home.building.is_empty() && !home.unit.is_empty() && !home.room.is_empty() {
            let shown = format!("{}栋{}单元{}", home.building, home.unit, home.room);
            assert_eq!(
                dwelling(&shown).as_ref(),
                Ok(&home),
                "{text:?} is shown as {shown:?}"
            );
        }
    }
    if let Ok(grams) = weight_g(text, None) {
        assert!(grams >= 0, "{text:?} weighs {grams} g");
        let shown = format!("{grams}克");
        assert_eq!(
            weight_g(&shown, None).ok(),
            Some(grams),
            "{text:?} is shown as {shown:?}"
        );
    }
    if let Ok(fen) = money_fen(text, None) {
        assert!(fen >= 0, "{text:?} costs {fen} fen");
    }
    if let Ok(day) = date(text) {
        assert_eq!(date(&day), Ok(day.clone()), "{text:?} is shown as {day:?}");
    }
    if let Ok(moment) = time(text) {
        assert_eq!(
            time(&moment),
            Ok(moment.clone()),
            "{text:?} is shown as {moment:?}"
        );
    }
    for number in [phone(text), plate(text), id_number(text), credit_code(text)] {
        if let Ok(number) = number {
            assert!(!number.is_empty());
        }
    }
    if let Ok(number) = phone(text) {
        assert_eq!(
            phone(&number),
            Ok(number.clone()),
            "{text:?} is shown as {number:?}"
        );
    }
    let _ = (
        phones(text),
        contents(text),
        count(text, None),
        distance_m(text, None),
        volume_l(text, None),
    );
    let _ = (
        microdegrees(text),
        number_micro(text),
        chinese_number(text),
        split_number(text),
        split_range(text),
    );
    let _ = packed_weight_g(text);
});
