//! Awkward workbooks as offices send them.

use super::*;
use crate::forms::{self, form};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// Writes rows of text from a starting row; cells that are numbers become numbers.
pub(super) fn put(sheet: &mut Worksheet, first: u32, rows: &[&[&str]]) {
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            let at = (first + row as u32, column as u16);
            match text.parse::<f64>() {
                Ok(number) => drop(sheet.write_number(at.0, at.1, number).unwrap()),
                Err(_) if text.is_empty() => {}
                Err(_) => drop(sheet.write_string(at.0, at.1, *text).unwrap()),
            }
        }
    }
}

pub(super) fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    put(book.add_worksheet(), 0, rows);
    book.save_to_buffer().unwrap()
}

pub(super) fn read_rows(key: &str, rows: &[&[&str]]) -> SheetReading {
    let bytes = book(rows);
    read(&bytes, "test.xlsx", &[form(key).unwrap()])
        .unwrap()
        .sheets
        .remove(0)
}

pub(super) fn value(reading: &SheetReading, row: usize, key: &str) -> String {
    match reading.rows[row].get(reading.form.unwrap(), key) {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Int(number) => number.to_string(),
        other => other.to_json().to_string(),
    }
}

pub(super) const HOUSEHOLD: &[&str] = &["小区", "楼栋", "单元", "房号", "户主", "人口数", "联系电话"];

#[test]
fn titles_notes_and_totals_surround_the_table() {
    // SH-2
    let reading = read_rows(
        "compounds",
        &[
            &["附表1"],
            &["双桥街道小区基本情况表"],
            &["填报单位：某社区", "", "", "填报日期：2026年11月21日"],
            &[
                "序号",
                "户数",
                "小区名称",
                "所属社区",
                "常住人口",
                "独居老人（人）",
                "联系人",
                "联系电话",
                "楼盘照片",
            ],
            &[
                "1",
                "486",
                "幸福苑",
                "桂花社区",
                "1260",
                "12",
                "王敏",
                "13800001234",
                "有",
            ],
            &[],
            &[
                "2",
                "约300",
                "龙都花园",
                "桂花社区",
                "８００",
                "三",
                "李静",
                "023-58123456",
            ],
            &["合计", "786", "", "", "2060", "15"],
            &["填表人：赵强", "", "审核人：钱进"],
        ],
    );
    assert_eq!(reading.form.unwrap().key, "compounds");
    assert_eq!(reading.heading_row, Some(4));
    assert_eq!(reading.errors, []);
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(reading.rows[1].row, 7);
    assert_eq!(value(&reading, 0, "need_elderly_alone"), "12");
    assert_eq!(value(&reading, 1, "need_elderly_alone"), "3");
    assert_eq!(value(&reading, 1, "households"), "300");
    assert_eq!(value(&reading, 1, "residents"), "800");
    assert_eq!(value(&reading, 0, "contact_phone"), "13800001234");
    assert_eq!(
        reading.unknown_columns,
        [("I".to_string(), "楼盘照片".to_string())]
    );
    assert_eq!(
        reading.columns[0],
        ("B".to_string(), "households", "户数".to_string())
    );
    let why: Vec<_> = reading
        .skipped
        .iter()
        .map(|skipped| (skipped.row, skipped.zh.as_str()))
        .collect();
    assert_eq!(why, [(6, "空行（共 1 行）"), (8, "合计行"), (9, "表尾说明")]);
}

#[test]
fn two_row_merged_headings_and_merged_areas_are_understood() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet
        .merge_range(0, 0, 0, 8, "保供单位基本情况表", &plain)
        .unwrap();
    sheet.merge_range(1, 0, 2, 0, "单位名称", &plain).unwrap();
    sheet.merge_range(1, 1, 2, 1, "类型", &plain).unwrap();
    sheet.merge_range(1, 2, 1, 3, "日销量（吨）", &plain).unwrap();
    sheet.merge_range(1, 4, 1, 5, "常年库存（斤）", &plain).unwrap();
    sheet.merge_range(1, 6, 1, 7, "负责人", &plain).unwrap();
    put(
        sheet,
        2,
        &[
            &["", "", "米面", "蔬菜", "米面", "蔬菜", "姓名", "电话"],
            &[
                "惠民超市",
                "商超",
                "1.5",
                "4吨",
                "18000",
                "3000公斤",
                "陈刚",
                "13800002345",
            ],
        ],
    );
    let bytes = book.save_to_buffer().unwrap();
    let reading = read(&bytes, "a.xlsx", forms::FORMS).unwrap().sheets.remove(0);
    assert_eq!(reading.errors, []);
    assert_eq!(reading.form.unwrap().key, "suppliers");
    assert_eq!(value(&reading, 0, "kind"), "supermarket");
    assert_eq!(value(&reading, 0, "grain_daily_g"), "1500000");
    assert_eq!(value(&reading, 0, "vegetables_daily_g"), "4000000");
    assert_eq!(value(&reading, 0, "grain_stock_g"), "9000000");
    assert_eq!(value(&reading, 0, "vegetables_stock_g"), "3000000");
    assert_eq!(value(&reading, 0, "contact_name"), "陈刚");
    assert_eq!(value(&reading, 0, "contact_phone"), "13800002345");
}

#[test]
fn merged_cells_hold_for_all_rows_but_counts_do_not() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    put(
        sheet,
        0,
        &[
            HOUSEHOLD,
            &["", "3", "1", "101", "张伟", "2"],
            &["", "", "", "102", "李娜", "3"],
            &["", "4", "1", "101", "王芳", ""],
        ],
    );
    sheet.merge_range(1, 0, 3, 0, "幸福苑", &plain).unwrap();
    sheet.merge_range(1, 1, 2, 1, "3栋", &plain).unwrap();
    sheet.merge_range(1, 2, 2, 2, "1单元", &plain).unwrap();
    sheet.merge_range(2, 5, 3, 5, "", &plain).unwrap();
    sheet.write_number(2, 5, 3).unwrap();
    let reading = read(&book.save_to_buffer().unwrap(), "a.xlsx", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0);
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(value(&reading, 1, "compound"), "幸福苑");
    assert_eq!(value(&reading, 1, "building"), "3");
    assert_eq!(value(&reading, 1, "unit"), "1");
    // The merged figure 3 belongs to one household only.
    assert_eq!(reading.errors.len(), 1);
    assert_eq!(
        (reading.errors[0].row, reading.errors[0].column.as_str()),
        (4, "F")
    );
}

#[test]
fn combined_dwellings_fill_three_columns() {
    let reading = read_rows(
        "households",
        &[
            &[
                "姓名",
                "住址",
                "小区名称",
                "家庭人口",
                "手机",
                "特殊人群",
                "是否代购",
            ],
            &[
                "张伟",
                "3栋2单元501",
                "幸福苑",
                "3",
                "138 0000 1234",
                "独居老人、慢病",
                "√",
            ],
            &["李娜", "３－２－５０２", "幸福苑", "两", "", "无", "否"],
            &["王芳", "西边那家", "幸福苑", "2", "", "", ""],
        ],
    );
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(
        serde_json::Value::from(reading.rows[0].to_json(reading.form.unwrap())),
        serde_json::json!({
            "compound": "幸福苑", "building": "3", "unit": "2", "room": "501", "head": "张伟", "members": 3,
            "phone": "13800001234", "needs": ["elderly_alone", "chronic_illness"], "offline": 1,
        })
    );
    assert_eq!(value(&reading, 1, "room"), "502");
    assert_eq!(value(&reading, 1, "members"), "2");
    assert_eq!(reading.errors.len(), 1);
    let error = &reading.errors[0];
    assert_eq!(
        (error.row, error.column.as_str(), error.value.as_str()),
        (4, "B", "西边那家")
    );
    assert!(error.message(true).contains("3栋2单元501") && error.message(false).contains("building"));
}

#[test]
fn impossible_numbers_are_errors_by_cell() {
    let reading = read_rows(
        "households",
        &[
            HOUSEHOLD,
            &["幸福苑", "1", "1", "101", "甲", "300", "13800001234"],
            &["幸福苑", "1", "1", "102", "乙", "-2", "13800001234"],
            &["幸福苑", "1", "1", "103", "丙", "2.5", "13800001234"],
            &["幸福苑", "1", "1", "104", "丁", "2", "1380000123"],
            &["幸福苑", "1", "1", "105", "戊", "0", ""],
            &["", "1", "1", "106", "己", "2", ""],
            &["幸福苑", "1", "1", "107", "庚", "2", ""],
        ],
    );
    let cells: Vec<_> = reading
        .errors
        .iter()
        .map(|error| format!("{}{}", error.column, error.row))
        .collect();
    assert_eq!(cells, ["F2", "F3", "F4", "G5", "F6", "A7"]);
    assert!(reading.errors[0].zh.contains("0 到 30"));
    assert!(reading.errors[3].zh.contains("10 位"));
    assert_eq!(reading.rows.len(), 1);
}

#[test]
fn vacant_dwellings_may_have_nobody() {
    let reading = read_rows(
        "households",
        &[
            &["小区", "房号", "人口数", "居住状态"],
            &["幸福苑", "101", "0", "空置"],
            &["幸福苑", "102", "3", "空房"],
        ],
    );
    assert_eq!(reading.errors, []);
    assert_eq!(value(&reading, 0, "status"), "vacant");
    assert_eq!(reading.warnings.len(), 1);
}

#[test]
fn the_same_household_twice_is_reported() {
    let reading = read_rows(
        "households",
        &[
            HOUSEHOLD,
            &["幸福苑", "3", "2", "501", "张伟", "3", ""],
            &["幸福苑", "3栋", "2单元", "501室", "张伟", "3", ""],
            &["幸福苑", "3", "2", "501", "张伟", "4", ""],
            &["龙都花园", "3", "2", "501", "李娜", "4", ""],
        ],
    );
    assert_eq!(reading.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(reading.duplicates.len(), 2);
    let first = &reading.duplicates[0];
    assert_eq!(
        (first.kind, first.first_row, first.second_row),
        (DuplicateKind::Same, 2, 3)
    );
    assert!(first.zh.contains("完全相同"));
    assert_eq!(reading.duplicates[1].kind, DuplicateKind::Conflict);
    assert_eq!(reading.errors.len(), 1);
    assert_eq!(reading.errors[0].row, 4);
    assert!(reading.errors[0].zh.contains("第 2 行"));
}

#[test]
fn orders_of_one_household_may_come_on_several_lines() {
    // FC-3
    let reading = read_rows(
        "orders",
        &[
            &["楼栋房号", "姓名", "电话", "采购清单"],
            &["3栋501", "张伟", "", "A套餐2份"],
            &["3栋501", "张伟", "", "鸡蛋1板"],
            &["3栋501", "张伟", "", "A套餐2份"],
        ],
    );
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(reading.duplicates.len(), 2);
    assert_eq!(reading.errors, []);
}
