use super::*;
use proptest::prelude::*;

fn dwell(building: &str, unit: &str, room: &str) -> Dwelling {
    Dwelling {
        building: building.into(),
        unit: unit.into(),
        room: room.into(),
    }
}

#[test]
fn dwellings_are_read_as_neighbours_write_them() {
    for (written, building, unit, room) in [
        ("295-909", "295", "", "909"),
        ("3栋2单元501", "3", "2", "501"),
        ("3-2-501", "3", "2", "501"),
        ("3#501", "3", "", "501"),
        ("3号楼501室", "3", "", "501"),
        ("三栋501", "3", "", "501"),
        ("3幢二单元５０１室", "3", "2", "501"),
        ("3栋2单元5楼501", "3", "2", "501"),
        ("3栋2单元5楼1号", "3", "2", "501"),
        ("3 栋 2 单元 501 室", "3", "2", "501"),
        ("３－２－５０１", "3", "2", "501"),
        ("A座1203", "A", "", "1203"),
        ("a栋1203", "A", "", "1203"),
        ("十二栋一单元1801", "12", "1", "1801"),
        ("03栋02单元0501", "3", "2", "0501"),
        ("2单元501", "", "2", "501"),
        ("501", "", "", "501"),
        ("501室", "", "", "501"),
        ("3号501", "3", "", "501"),
        ("3楼501", "3", "", "501"),
        ("3栋2-501", "3", "2", "501"),
        ("3#2单元501", "3", "2", "501"),
        ("3-2-5-501", "3", "2", "501"),
        ("A区3栋2单元501", "A区3", "2", "501"),
        ("3栋5F501", "3", "", "501"),
        ("3栋12A", "3", "", "12A"),
        ("3/2/501", "3", "2", "501"),
        ("3 2 501", "3", "2", "501"),
        ("３　２　５０１", "3", "2", "501"),
        ("3栋 501", "3", "", "501"),
        ("A 1203", "A", "", "1203"),
    ] {
        assert_eq!(dwelling(written), Ok(dwell(building, unit, room)), "{written}");
    }
    for written in [
        "",
        "三楼王阿姨",
        "幸福苑",
        "5楼501",
        "3栋2单元6楼501",
        "3栋4栋501",
        "3栋",
        "1-2-3-4-5-6",
    ] {
        assert!(dwelling(written).is_err(), "{written}");
    }
}

#[test]
fn columns_of_their_own_lose_the_words_of_their_heading() {
    assert_eq!(building("3号楼"), "3");
    assert_eq!(building("三栋"), "3");
    assert_eq!(building("03"), "3");
    assert_eq!(building("综合楼"), "综合楼");
    assert_eq!(building("A区3栋"), "A区3");
    assert_eq!(unit("二单元"), "2");
    assert_eq!(unit("无"), "");
    assert_eq!(room("５０１室"), "501");
    assert_eq!(room("501.0"), "501");
}

/// Found by fuzzing: two numbers in one cell were read as one, the digits of both side by side.
#[test]
fn two_numbers_in_a_cell_are_not_read_as_one() {
    assert_eq!(count("12 000", None), Ok(12_000));
    assert_eq!(count("1 200 000户", None), Ok(1_200_000));
    assert_eq!(weight_g("12 500 公斤", None), Ok(12_500_000));
    assert_eq!(money_fen("88 元", None), Ok(8_800));
    for two in ["12 5", "3-5\0\0 12", "1200 500", "12 0000", "1.5 200"] {
        assert!(count(two, None).is_err(), "{two:?}");
        assert!(weight_g(two, None).is_err(), "{two:?}");
        assert!(money_fen(two, None).is_err(), "{two:?}");
    }
    assert!(weight_g("999999999999999吨", None).is_err(), "more than there is");
}

#[test]
fn weights_follow_cell_then_heading_then_kilograms() {
    for (written, heading, weight) in [
        ("500公斤", None, 500_000),
        ("1.5吨", None, 1_500_000),
        ("20斤", Some(Unit::Tonne), 10_000),
        ("1,200", Some(Unit::Kilogram), 1_200_000),
        ("１．５", Some(Unit::Tonne), 1_500_000),
        ("约30", None, 30_000),
        ("半斤", None, 250),
        ("一斤半", None, 750),
        ("十二斤", None, 6_000),
        ("两千克", None, 2_000),
        ("2千克", None, 2_000),
        ("500g", None, 500),
        ("3KG", None, 3_000),
        ("1.2万公斤", None, 12_000_000),
        ("二两", None, 100),
        ("0", None, 0),
        ("20公斤左右", None, 20_000),
    ] {
        assert_eq!(weight_g(written, heading), Ok(weight), "{written}");
    }
    for written in ["-3公斤", "很多", "12升", "1,2公斤", "3..5吨", ""] {
        assert!(weight_g(written, None).is_err(), "{written}");
    }
}

#[test]
fn headings_name_units() {
    assert_eq!(heading_unit("日销量（公斤）"), Some(Unit::Kilogram));
    assert_eq!(heading_unit("常年库存(单位：吨)"), Some(Unit::Tonne));
    assert_eq!(heading_unit("载重/吨"), Some(Unit::Tonne));
    assert_eq!(heading_unit("销量（斤/天）"), Some(Unit::Jin));
    assert_eq!(heading_unit("单价（元/份）"), Some(Unit::Yuan));
    assert_eq!(heading_unit("人口（万人）"), Some(Unit::TenThousand));
    assert_eq!(heading_unit("Load (kg)"), Some(Unit::Kilogram));
    assert_eq!(heading_unit("社区（村）"), None);
    assert_eq!(heading_unit("户数"), None);
}

#[test]
fn counts_are_read() {
    for (written, number) in [
        ("12", 12),
        ("１２", 12),
        ("十二", 12),
        ("两", 2),
        ("约30", 30),
        ("1,260人", 1260),
        ("三百五", 350),
        ("三百零五", 305),
        ("一千二百", 1200),
        ("3户", 3),
        ("1.2万", 12000),
        ("-3", -3),
        ("3.0", 3),
    ] {
        assert_eq!(count(written, None), Ok(number), "{written}");
    }
    for written in ["3.5", "半", "三四个", "abc", "1,26", "3桌"] {
        assert!(count(written, None).is_err(), "{written}");
    }
}

#[test]
fn money_distance_volume_and_angles_are_read() {
    assert_eq!(money_fen("￥88.50", None), Ok(8850));
    assert_eq!(money_fen("88元5角", None), Ok(8850));
    assert_eq!(money_fen("1,088", None), Ok(108_800));
    assert_eq!(money_fen("88.3000000000001", None), Ok(8830));
    assert!(money_fen("88.505", None).is_err());
    assert!(money_fen("-1", None).is_err());
    assert_eq!(distance_m("1.2公里", None), Ok(1200));
    assert_eq!(distance_m("350", None), Ok(350));
    assert_eq!(volume_l("14", None), Ok(14_000));
    assert_eq!(volume_l("6000升", None), Ok(6000));
    assert_eq!(microdegrees("30.807667"), Ok(30_807_667));
    assert_eq!(microdegrees("30°48'27.6\""), Ok(30_807_667));
    assert_eq!(microdegrees("东经108.5°"), Ok(108_500_000));
}

#[test]
fn dates_are_read() {
    for written in [
        "2022年3月5日",
        "2022-3-5",
        "2022/03/05",
        "2022.3.5",
        "20220305",
        "44625",
        "2022-03-05 12:30",
    ] {
        assert_eq!(date(written), Ok("2022-03-05".to_string()), "{written}");
    }
    assert!(date("2022-2-30").is_err());
    assert!(date("3月5日").is_err());
    assert_eq!(time("2026-11-21 18:00:05"), Ok("2026-11-21 18:00".into()));
    assert_eq!(time("2026年11月2日 下午6点半"), Ok("2026-11-02 18:30".into()));
    assert_eq!(time("2026-11-21"), Ok("2026-11-21 00:00".into()));
    assert_eq!(time_from_serial(44625.75), Ok("2022-03-05 18:00".into()));
    assert_eq!(civil_from_days(0), (1970, 1, 1));
}

#[test]
fn identities_are_checked() {
    assert_eq!(phone("138 0000-1234"), Ok("13800001234".into()));
    assert_eq!(phone("+86 13800001234"), Ok("13800001234".into()));
    assert_eq!(phone("(023)58123456"), Ok("023-58123456".into()));
    assert_eq!(phone("0523-1234567"), Ok("0523-1234567".into()));
    assert_eq!(phone("１３８００００１２３４"), Ok("13800001234".into()));
    assert!(phone("1380000123").unwrap_err().zh.contains("10 位"));
    assert!(phone("13800001234/13900001234").is_err());
    assert!(phone("1.38E+10").unwrap_err().zh.contains("文本"));
    assert_eq!(plate("渝f·12345"), Ok("渝F12345".into()));
    assert_eq!(plate("渝AD12345"), Ok("渝AD12345".into()));
    assert!(plate("F12345").is_err() && plate("渝").is_err() && plate("渝FO2345").is_err());
    assert_eq!(id_number("11010519491231002x"), Ok("11010519491231002X".into()));
    assert!(id_number("110105194912310021").is_err());
    assert_eq!(credit_code("91350100M000100Y43"), Ok("91350100M000100Y43".into()));
    assert!(credit_code("91350100M000100Y44").is_err());
    assert_eq!(company_prefix("6901 2345"), Ok("69012345".into()));
    assert_eq!(company_prefix("0614141"), Ok("0614141".into()));
    for wrong in ["690123", "69012345678", "6901234567892", "123", "69O12345", ""] {
        assert!(company_prefix(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn contents_are_weighed() {
    let found = contents("大米5公斤；食用油1.8升；鸡蛋30枚").unwrap();
    let plain: Vec<_> = found
        .iter()
        .map(|content| (content.name.as_str(), content.category.as_str(), content.weight_g))
        .collect();
    assert_eq!(
        plain,
        [
            ("大米", "grain", 5000),
            ("食用油", "oil", 1656),
            ("鸡蛋", "eggs", 1500)
        ]
    );
    let found = contents("五斤土豆、牛奶250ml×12，挂面2把+鸡蛋1板").unwrap();
    let plain: Vec<_> = found
        .iter()
        .map(|content| (content.name.as_str(), content.category.as_str(), content.weight_g))
        .collect();
    assert_eq!(
        plain,
        [
            ("土豆", "vegetables", 2500),
            ("牛奶", "other", 3000),
            ("挂面", "grain", 0),
            ("鸡蛋", "eggs", 1500)
        ]
    );
    assert!(contents("5公斤").is_err());
    assert!(contents(" ").is_err());
}

#[test]
fn width_is_folded_but_chinese_punctuation_of_notes_stays() {
    assert_eq!(fold_width("ＡＢ１２（）"), "AB12()");
    assert_eq!(tidy("  Ａ１，\u{3000}\n好 "), "A1， 好");
}

proptest! {
    #[test]
    fn parsers_never_panic(text in any::<String>()) {
        let _ = (phone(&text), plate(&text), id_number(&text), credit_code(&text), contents(&text));
        let _ = (weight_g(&text, None), money_fen(&text, None), count(&text, None), volume_l(&text, None));
        let _ = (date(&text), time(&text), dwelling(&text), microdegrees(&text), distance_m(&text, None));
        let _ = (building(&text), unit(&text), room(&text), heading_unit(&text), tidy(&text));
    }

    #[test]
    fn parsers_never_panic_on_likely_letters(text in "[0-9０-９一二两三十百千万半约.,，/＊×xeE+\\-栋单元室楼号层FA斤公克吨升年月日点:：元角°'渝（）()]{0,16}") {
        let _ = (phone(&text), plate(&text), id_number(&text), credit_code(&text), contents(&text));
        let _ = (weight_g(&text, None), money_fen(&text, None), count(&text, None), volume_l(&text, None));
        let _ = (date(&text), time(&text), dwelling(&text), microdegrees(&text), distance_m(&text, None));
        let _ = (building(&text), unit(&text), room(&text), heading_unit(&text), tidy(&text));
    }

    #[test]
    fn dwellings_round_trip(building in 1u32..400, unit in 1u32..9, floor in 1u32..40, door in 1u32..12) {
        let room = format!("{floor}{door:02}");
        let wanted = dwell(&building.to_string(), &unit.to_string(), &room);
        prop_assert_eq!(dwelling(&wanted.to_string()), Ok(wanted.clone()));
        for written in [
            format!("{building}-{unit}-{room}"),
            format!("{building}号楼{unit}单元{room}室"),
            format!("{building}幢{unit}单元{floor}楼{room}"),
            format!("{building}#{unit}-{room}"),
        ] {
            prop_assert_eq!(dwelling(&written), Ok(wanted.clone()), "{}", written);
        }
        prop_assert_eq!(dwelling(&format!("{building}-{room}")), Ok(dwell(&building.to_string(), "", &room)));
    }

    #[test]
    fn weights_round_trip(weight in 0i64..100_000_000) {
        let kilograms = weight as f64 / 1000.0;
        prop_assert_eq!(weight_g(&kilograms.to_string(), Some(Unit::Kilogram)), Ok(weight));
        prop_assert_eq!(weight_g(&format!("{weight}克"), None), Ok(weight));
    }

    #[test]
    fn serial_dates_round_trip(day in 20_000i64..70_000) {
        let (year, month, day_of_month) = civil_from_days(day - 25_569);
        let text = format!("{year}年{month}月{day_of_month}日");
        prop_assert_eq!(date(&text), date_from_serial(day as f64));
    }
}

#[test]
fn hours_are_read_as_offices_write_them() {
    for (written, hours_read, minutes) in [
        ("7:00-19:00", "07:00-19:00", (420, 1_140)),
        ("７：００—１９：３０", "07:00-19:30", (420, 1_170)),
        ("7点至19点半", "07:00-19:30", (420, 1_170)),
        ("早上7点到晚上7点", "07:00-19:00", (420, 1_140)),
        ("8:30~24:00", "08:30-00:00", (510, 1_440)),
        ("20:00-次日6:00", "20:00-06:00", (1_200, 1_800)),
        ("20:00至第二天6时", "20:00-06:00", (1_200, 1_800)),
        ("全天", "00:00-00:00", (0, 1_440)),
    ] {
        assert_eq!(hours(written).as_deref(), Ok(hours_read), "{written}");
        assert_eq!(hours(hours_read).as_deref(), Ok(hours_read));
        assert_eq!(hours_min(hours_read), Some(minutes), "{written}");
    }
    for wrong in ["白班", "7:00", "7:00-25:00", "8:00-12:00、14:00-18:00"] {
        assert!(hours(wrong).unwrap_err().zh.contains("如 7:00-19:00"), "{wrong}");
    }
    assert_eq!(hours_min(""), None);
}
