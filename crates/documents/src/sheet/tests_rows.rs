//! Values that need a second look, several sheets, and rows that are no data.

use super::tests::{HOUSEHOLD, put, read_rows, value};
use super::*;
use crate::forms;
use rust_xlsxwriter::{Format, Formula, Workbook};

#[test]
fn swapped_coordinates_are_told_apart_from_wrong_ones() {
    let reading = read_rows(
        "outlets",
        &[
            &["网点名称", "业态", "社区", "经度", "纬度", "距离（公里）"],
            &["惠民店", "便利店", "桂花社区", "108.4", "30.8", "0.35"],
            &["利民店", "便利店", "桂花社区", "30.8", "108.4", ""],
            &["便民店", "便利店", "桂花社区", "10.8", "30.8", ""],
        ],
    );
    assert_eq!(value(&reading, 0, "latitude"), "30800000");
    assert_eq!(value(&reading, 0, "distance_m"), "350");
    assert_eq!(reading.errors.len(), 2);
    assert!(reading.errors[0].zh.contains("填反"));
    assert!(reading.errors[1].zh.contains("不在中国"));
}

#[test]
fn weights_without_any_unit_count_kilograms_and_are_warned_about() {
    // SH-8
    let reading = read_rows(
        "vehicles",
        &[
            &["车牌", "车型", "载重", "司机", "电话", "通行证有效期"],
            &[
                "渝F12345",
                "厢货",
                "1.5吨",
                "周平",
                "13800004567",
                "2026年12月31日",
            ],
            &["渝F·54321", "厢货", "1.5", "周平", "13800004567", ""],
        ],
    );
    assert_eq!(value(&reading, 0, "load_g"), "1500000");
    assert_eq!(value(&reading, 0, "pass_until"), "2026-12-31");
    assert_eq!(value(&reading, 0, "driver_phone"), "13800004567");
    assert_eq!(value(&reading, 1, "plate"), "渝F54321");
    let rows: Vec<_> = reading
        .warnings
        .iter()
        .map(|warning| (warning.row, warning.column.as_str()))
        .collect();
    assert_eq!(rows, [(1, "C"), (3, "C")]);
}

#[test]
fn formulas_give_their_values_and_failures_are_errors() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    put(
        sheet,
        0,
        &[
            HOUSEHOLD,
            &["幸福苑", "1", "1", "101", "甲"],
            &["幸福苑", "1", "1", "102", "乙"],
        ],
    );
    sheet
        .write_formula(1, 5, Formula::new("=1+2").set_result("3"))
        .unwrap();
    sheet
        .write_formula(2, 5, Formula::new("=A0").set_result("#REF!"))
        .unwrap();
    let reading = read(&book.save_to_buffer().unwrap(), "a.xlsx", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0);
    assert_eq!(value(&reading, 0, "members"), "3");
    assert_eq!(reading.errors.len(), 1);
    assert!(reading.errors[0].zh.contains("#REF!"));
}

#[test]
fn dates_in_place_of_rooms_are_explained() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    put(sheet, 0, &[&["小区", "房号", "人口数"], &["幸福苑", "", "2"]]);
    sheet
        .write_number_with_format(1, 1, 46083, &Format::new().set_num_format("m\"月\"d\"日\""))
        .unwrap();
    let reading = read(&book.save_to_buffer().unwrap(), "a.xlsx", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0);
    assert!(
        reading.errors[0].zh.contains("变成了日期"),
        "{:?}",
        reading.errors
    );
}

#[test]
fn several_sheets_follow_their_own_forms() {
    let mut book = Workbook::new();
    put(
        book.add_worksheet().set_name("说明").unwrap(),
        0,
        &[&["请各社区于今日18时前报送"]],
    );
    put(
        book.add_worksheet().set_name("人员").unwrap(),
        0,
        &[
            &["姓名", "联系电话", "单位", "岗位"],
            &["刘洋", "13800003456", "惠民超市", "分拣"],
        ],
    );
    put(
        book.add_worksheet().set_name("志愿者").unwrap(),
        0,
        &[
            &["姓名", "联系电话", "小区", "负责楼栋", "任务"],
            &["何花", "13800003457", "幸福苑", "3、4栋", "送货上楼"],
        ],
    );
    put(
        book.add_worksheet().set_name("人员2").unwrap(),
        0,
        &[
            &["姓名", "联系电话", "单位", "岗位"],
            &["刘洋", "13800003456", "惠民超市", "司机"],
        ],
    );
    let sheets = read(&book.save_to_buffer().unwrap(), "a.xlsx", forms::FORMS)
        .unwrap()
        .sheets;
    let keys: Vec<_> = sheets
        .iter()
        .map(|sheet| sheet.form.map(|form| form.key))
        .collect();
    assert_eq!(keys, [None, Some("staff"), Some("volunteers"), Some("staff")]);
    assert_eq!(value(&sheets[2], 0, "building"), "3、4栋");
    // SH-6: the same person on two sheets with different posts.
    assert!(sheets[3].errors[0].zh.contains("“人员”第 2 行"));
}

#[test]
fn headings_repeated_on_every_page_and_examples_are_passed_over() {
    let reading = read_rows(
        "households",
        &[
            HOUSEHOLD,
            &["示例", "3", "2", "501", "张三", "3", ""],
            &["幸福苑", "1", "1", "101", "甲", "2", ""],
            &["本页小计", "", "", "", "", "2", ""],
            HOUSEHOLD,
            &["幸福苑", "1", "1", "102", "乙", "2", ""],
        ],
    );
    assert_eq!(reading.rows.len(), 2);
    let why: Vec<_> = reading
        .skipped
        .iter()
        .map(|skipped| skipped.zh.as_str())
        .collect();
    assert_eq!(why, ["示例行", "合计行", "重复的表头"]);
}

#[test]
fn bare_phone_columns_belong_to_the_name_before() {
    let reading = read_rows(
        "compounds",
        &[
            &[
                "社区",
                "小区",
                "负责人",
                "电话",
                "采购联络人",
                "电话",
                "小区信息员",
                "联系电话",
            ],
            &[
                "桂花社区",
                "幸福苑",
                "甲",
                "13800000001",
                "乙",
                "13800000002",
                "丙",
                "13800000003",
            ],
        ],
    );
    assert_eq!(value(&reading, 0, "contact_phone"), "13800000001");
    assert_eq!(value(&reading, 0, "liaison_phone"), "13800000002");
    assert_eq!(value(&reading, 0, "officer_phone"), "13800000003");
}

#[test]
fn missing_required_columns_are_named_once() {
    let reading = read_rows(
        "households",
        &[
            &["小区", "房号", "姓名"],
            &["幸福苑", "101", "甲"],
            &["幸福苑", "102", "乙"],
        ],
    );
    assert_eq!(reading.errors.len(), 1);
    assert!(reading.errors[0].zh.contains("缺少“人口数”"));
    assert_eq!(reading.rows, []);
}

#[test]
fn doubtful_surveys_are_warned_about() {
    let reading = read_rows(
        "compounds",
        &[
            &["社区", "小区", "户数", "常住人口", "残疾人"],
            &["桂花社区", "幸福苑", "10", "900", "1200"],
        ],
    );
    assert_eq!(reading.rows.len(), 1);
    let columns: Vec<_> = reading
        .warnings
        .iter()
        .map(|warning| warning.column.as_str())
        .collect();
    assert_eq!(columns, ["D", "E"]);
}

#[test]
fn an_address_under_the_heading_of_rooms_is_spread() {
    //
    let reading = read_rows(
        "households",
        &[
            &["小区", "楼栋", "房号", "姓名", "人数"],
            &["幸福苑", "", "3-2-501", "张伟", "3"],
            &["幸福苑", "4", "2-502", "李伟", "2"],
            &["幸福苑", "4栋", "1单元503", "王伟", "2"],
            &["幸福苑", "5", "504", "赵伟", "2"],
        ],
    );
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    let parts = |row| ["building", "unit", "room"].map(|key| value(&reading, row, key));
    assert_eq!(parts(0), ["3", "2", "501"]);
    assert_eq!(parts(1), ["4", "2", "502"]);
    assert_eq!(parts(2), ["4", "1", "503"]);
    assert_eq!(parts(3), ["5", "", "504"]);
}

/// A row that contradicts an earlier one is kept apart, so that a person may take parts of it.
#[test]
fn a_contradicting_row_is_kept_apart() {
    let file = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话\n滨河路,橙香苑,3,2,501,张三,3,13800001111\n滨河路,橙香苑,3,2,501,张三,4,\n";
    let reading = read(file.as_bytes(), "住户.csv", &[&forms::HOUSEHOLDS]).unwrap();
    let sheet = &reading.sheets[0];
    assert_eq!((sheet.rows.len(), sheet.errors.len()), (1, 1), "{sheet:#?}");
    assert_eq!(sheet.contradicting.len(), 1);
    assert_eq!(sheet.contradicting[0].row, 3);
    assert_eq!(
        sheet.contradicting[0].get(&forms::HOUSEHOLDS, "members"),
        &Cell::Int(4)
    );
}

/// The same dwelling with and without its unit, or with leading zeros, is a probable duplicate; two units are not.
#[test]
fn a_dwelling_written_otherwise_is_a_likely_duplicate() {
    let pairs = |rows: &str| {
        let file = format!("社区,小区,楼栋,单元,房号,户主,人口数,联系电话\n{rows}");
        let reading = read(file.as_bytes(), "住户.csv", &[&forms::HOUSEHOLDS]).unwrap();
        let pairs = &reading.sheets[0].duplicates;
        pairs
            .iter()
            .map(|pair| (pair.first_row, pair.second_row, pair.kind))
            .collect::<Vec<_>>()
    };
    let likely = vec![(2, 3, DuplicateKind::Likely)];
    assert_eq!(
        pairs("滨河路,橙香苑,3,2,501,张三,3,\n滨河路,橙香苑,3,,501,张三丰,3,\n"),
        likely
    );
    assert_eq!(
        pairs("滨河路,橙香苑,3,2,501,张三,3,\n滨河路,橙香苑,3,1,501,李四,3,\n"),
        vec![]
    );
    assert_eq!(
        pairs("滨河路,橙香苑,3,,501,张三,3,\n滨河路,和平苑,3,2,501,李四,3,\n"),
        vec![]
    );
}

/// Names are near by one letter that is no number, wherever it stands and however many there are.
#[test]
fn near_names_are_found_among_thousands() {
    let mut rows: String = (0..6_000)
        .map(|index| format!("滨河路,第{index}小区庭院,10\n"))
        .collect();
    rows.push_str("滨河路,金色阳光花园,10\n滨河路,金色阳光华园,10\n滨河路,金色阳光花园一,10\n");
    let file = format!("社区,小区,户数\n{rows}");
    let reading = read(file.as_bytes(), "小区.csv", &[&forms::COMPOUNDS]).unwrap();
    let pairs = &reading.sheets[0].duplicates;
    let found: Vec<_> = pairs
        .iter()
        .map(|pair| (pair.first_row, pair.second_row))
        .collect();
    assert_eq!(found, [(6_002, 6_003)], "{pairs:#?}");
}
