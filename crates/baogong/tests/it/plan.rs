//! `baogong plan`: spreadsheets in, a workbook out, without server or database (CT-4, DX-1, FC-8, X-3).

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::cli::{Folder, json_of, run, text};

const SUPPLIERS: &str = "单位名称,类型,纬度,经度,米面日供应能力,食用油日供应能力,蔬菜日供应能力,蛋日供应能力,肉日供应能力\n\
    东店,超市,26.1,113.2,1000,1000,1000,1000,1000\n";
const HOUSEHOLDS: &str =
    "社区,小区,楼栋,单元,房号,户主,人口数\n东社区,东园,1,1,101,甲,3\n东社区,东园,1,1,102,乙,2\n";

/// The plan of a folder for a day, within a second.
fn planned(lists: &Path) -> Output {
    let folder = text(lists);
    run(&["plan", folder, "--json", "--seconds", "1", "--date", "2026-11-23"])
}

/// What demo-files writes is planned as it stands: everything is supplied, driven, picked and called.
#[test]
fn the_files_of_the_demo_are_planned() {
    let folder = Folder::new();
    let lists = folder.path("lists");
    assert!(run(&["demo-files", text(&lists), "--small"]).status.success());
    let output = planned(&lists);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let figures = json_of(&output);
    assert_eq!(figures["compounds"], 50);
    assert_eq!(figures["assignment"]["assigned"], 50);
    assert_eq!(figures["assignment"]["unserved_persons"], 0);
    assert!(
        figures["assignment"]["gap_percent"].as_f64().unwrap() < 1.0,
        "{figures}"
    );
    assert_eq!(figures["trips"]["unserved"], Value::Array(Vec::new()));
    assert!(figures["trips"]["trips"].as_u64().unwrap() > 0);
    assert_eq!(figures["pickup"]["compounds"], 50);
    // 350 g of grain a person and day (FC-9).
    let persons = figures["persons"].as_i64().unwrap();
    assert_eq!(figures["picks_g"]["grain"], persons * 350);
    let workbook = std::fs::read(lists.join("PLAN.xlsx")).unwrap();
    let reading = documents::sheet::read(&workbook, "PLAN.xlsx", documents::forms::FORMS).unwrap();
    let sheets: Vec<&str> = reading.sheets.iter().map(|sheet| sheet.sheet.as_str()).collect();
    let tables = [
        "说明",
        "分配",
        "供应商负荷",
        "短缺",
        "车次",
        "停靠顺序",
        "拣货单",
        "备货汇总",
        "取货时段",
        "分配图",
        "车次图",
    ];
    assert_eq!(sheets, tables);
    // The names of the parts of an archive stand in it as they are.
    let names = String::from_utf8_lossy(&workbook);
    assert!(names.contains("xl/media/image1.png") && names.contains("xl/media/image2.png"));
    // Its own workbook lies in the folder now and is not taken for a list.
    let again = json_of(&planned(&lists));
    assert_eq!(
        (&again["compounds"], &again["sources"]),
        (&figures["compounds"], &figures["sources"])
    );
}

#[test]
fn errors_are_told_by_file_sheet_and_cell_and_nothing_is_written() {
    let folder = Folder::new();
    let suppliers = folder.write("供.csv", SUPPLIERS);
    let broken = folder.write("户.csv", HOUSEHOLDS.replace("乙,2", "乙,很多"));
    let out = folder.path("方案.xlsx");
    let plan = |more: &[&str]| {
        let mut arguments = vec![
            "plan",
            text(&suppliers),
            text(&broken),
            "--out",
            text(&out),
            "--json",
        ];
        arguments.extend(more);
        run(&arguments)
    };
    let output = plan(&[]);
    assert_eq!(output.status.code(), Some(1));
    let errors = json_of(&output);
    assert_eq!(errors["errors"][0]["file"], "户.csv");
    assert_eq!(
        (&errors["errors"][0]["row"], &errors["errors"][0]["column"]),
        (&3.into(), &"G".into())
    );
    assert!(!out.exists());
    let output = plan(&["--skip-errors"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let figures = json_of(&output);
    assert_eq!(
        (&figures["persons"], &figures["trips"]),
        (&3.into(), &Value::Null)
    );
    let notes = figures["notes"].to_string();
    assert!(notes.contains("没有计入") && notes.contains("附表5"), "{notes}");
    assert!(out.exists());
}

#[test]
fn what_cannot_be_planned_with_is_refused() {
    let folder = Folder::new();
    let suppliers = folder.write("供.csv", SUPPLIERS);
    let households = folder.write("户.csv", HOUSEHOLDS);
    let letter = folder.write("信.csv", "您好\n");
    let empty = folder.path("empty");
    std::fs::create_dir(&empty).unwrap();
    for (arguments, word) in [
        (vec![text(&suppliers)], "附表1"),
        (vec![text(&households)], "附表2"),
        (vec![text(&suppliers), text(&letter)], "信.csv"),
        (vec![text(&empty)], "没有表格"),
        (
            vec![text(&suppliers), text(&households), "--depart", "25:99"],
            "--depart",
        ),
        (
            vec![text(&suppliers), text(&households), "--until", "07:00"],
            "--until",
        ),
        (vec![text(&suppliers), text(&households), "--plan", "xx"], "fc"),
        (
            vec![text(&suppliers), text(&households), "--roads", text(&letter)],
            "osm.pbf",
        ),
    ] {
        let output = run(&[&["plan"][..], &arguments[..]].concat());
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {words}");
        assert!(words.contains(word), "{arguments:?}: {words}");
    }
}
