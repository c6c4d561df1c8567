//! The command line without server or database, and its exports: exit codes, and JSON as documented in
//! `docs/cli.md`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder of its own for the files of a test; removed with everything in it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("baogong-cli-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_baogong"))
        .args(arguments)
        .env_remove("BAOGONG_DATABASE")
        .output()
        .unwrap()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

const REGISTER: &str = "楼栋,单元,房号,姓名,电话\n3,1,201,张三,13800000201\n3,1,202,李四,\n5,,501,王五,\n";
const GOODS: &str = "编码,名称,别名,单位,单价分\nR1,大米,米|大米10斤,袋,4500\nV,蔬菜包,A|菜包,份,3000\n";

/// FC-3, X-3: a chain message is read against two plain files.
#[test]
fn a_chain_message_is_read_without_a_database() {
    let folder = Folder::new();
    let register = folder.write("住户.csv", REGISTER);
    // The price list as Excel saves it: with a mark at its beginning.
    let goods = folder.write("商品.csv", format!("\u{feff}{GOODS}"));
    let message = folder.write(
        "接龙.txt",
        "#接龙\n今晚截单\n\n1. 3-1-201 大米2袋\n2. 5-501 蔬菜包1份\n3. 9-9-901 大米1袋\n",
    );
    let parse = |file: &Path, json: bool| {
        let mut arguments = vec![
            "chain",
            "parse",
            text(file),
            "--register",
            text(&register),
            "--goods",
            text(&goods),
        ];
        arguments.extend(json.then_some("--json"));
        run(&arguments)
    };
    let output = parse(&message, true);
    assert_eq!(output.status.code(), Some(0));
    let parsed = json_of(&output);
    let orders: Vec<Value> = parsed["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| json!({"dwelling": order["dwelling"], "lines": order["lines"]}))
        .collect();
    assert_eq!(
        orders,
        [
            json!({"dwelling": "3-1-201", "lines": [{"good": "R1", "quantity": 2}]}),
            json!({"dwelling": "5-501", "lines": [{"good": "V", "quantity": 1}]}),
        ]
    );
    assert_eq!(parsed["questions"][0]["line"], 6);
    assert!(
        parsed["questions"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("9-9-901")
    );
    assert_eq!(parsed["unrecognised"], json!([]));
    let lines: usize = ["orders", "questions", "unrecognised", "structure"]
        .iter()
        .map(|key| parsed[key].as_array().unwrap().len())
        .sum();
    assert_eq!(lines, 6, "every line is in one of the lists: {parsed}");

    let readable = parse(&message, false);
    let words = String::from_utf8(readable.stdout).unwrap();
    assert!(
        words.contains("✓ 3-1-201  R1×2") && words.contains("? 3. 9-9-901"),
        "{words}"
    );

    let broken = folder.write("坏.csv", "楼栋,单元,姓名\n3,1,张三\n");
    let output = run(&[
        "chain",
        "parse",
        text(&message),
        "--register",
        text(&broken),
        "--goods",
        text(&goods),
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json_of(&output)["errors"][0]["sheet"], "register");
    assert_eq!(parse(&folder.0.join("没有.txt"), true).status.code(), Some(1));
}

const COMPOUNDS: &str = "便江街道小区情况表\n社区,小区名称,户数,常住人口\n滨河路社区,橙香苑,120,315\n滨河社区,江景花园,八十,210\n滨河路社区,望江苑,好多,200\n合计,,200,525\n";
const DIVISIONS: &str =
    "代码,名称,级别\n431023,永兴县,县\n431023001,便江街道,街道\n431023001001,滨河路社区,社区\n";

/// SH-2, X-3: a file is recognised, read and checked against the divisions; errors name the cell.
#[test]
fn a_spreadsheet_is_checked_without_a_database() {
    let folder = Folder::new();
    let file = folder.write("附表1.csv", COMPOUNDS);
    let areas = folder.write("区划.csv", DIVISIONS);
    let output = run(&[
        "import",
        text(&file),
        "--dry-run",
        "--json",
        "--areas",
        text(&areas),
    ]);
    assert_eq!(output.status.code(), Some(1), "errors in the file");
    let outcome = json_of(&output);
    assert_eq!(outcome["form"], "compounds");
    assert_eq!(outcome["rows"].as_array().unwrap().len(), 1, "{outcome}");
    assert_eq!(outcome["rows"][0]["compound"], "橙香苑");
    assert_eq!(outcome["rows"][0]["households"], 120);
    let errors = outcome["errors"].as_array().unwrap();
    let at = |row: i64| errors.iter().find(|error| error["row"] == row).unwrap();
    assert_eq!(at(4)["value"], "滨河社区");
    assert!(
        at(4)["message"].as_str().unwrap().contains("滨河路社区"),
        "{outcome}"
    );
    assert_eq!(
        (at(5)["column"].as_str(), at(5)["value"].as_str()),
        (Some("C"), Some("好多"))
    );
    assert_eq!(
        outcome["skipped"].as_array().unwrap().len(),
        1,
        "the total: {outcome}"
    );
    for key in ["warnings", "duplicates", "sheets"] {
        assert!(outcome[key].is_array(), "{key}");
    }

    let good = folder.write("好.csv", "社区,小区名称,户数\n滨河路社区,橙香苑,120\n");
    let output = run(&["import", text(&good), "--dry-run", "--areas", text(&areas)]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{words}");
    assert!(words.contains("1 行"), "{words}");

    // What is no spreadsheet at all is an error too, and stays JSON.
    let picture = folder.write("图.xlsx", b"\x89PNG\r\n\x1a\n0000");
    let output = run(&["import", text(&picture), "--dry-run", "--json", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json_of(&output)["errors"].as_array().unwrap().len(), 1);

    assert_eq!(
        run(&["import", text(&good)]).status.code(),
        Some(2),
        "without --district"
    );
    assert_eq!(run(&["import", text(&good), "--json"]).status.code(), Some(2));
}

/// every register and list comes out, with and without HXL tags, and what comes out goes in again without a change.
#[test]
fn an_export_goes_in_again_and_changes_nothing() {
    let folder = Folder::new();
    let data = folder.0.join("data");
    let areas = folder.write("区划.csv", DIVISIONS);
    let compounds = folder.write(
        "小区.csv",
        "社区,小区名称,户数,常住人口\n滨河路社区,橙香苑,120,315\n滨河路社区,江景花园,80,210\n",
    );
    let households = folder.write("住户.csv", "社区,小区,楼栋,单元,房号,户主,人口数,联系电话,特殊群体\n滨河路社区,橙香苑,3,2,501,张三,3,13800138000,孕产妇\n滨河路社区,橙香苑,3,2,502,李四,2,13800138001,\n");
    let within = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--data", text(&data)]);
        run(&all)
    };
    for file in [&areas, &compounds, &households] {
        let output = within(&["import", "--district", "431023", text(file)]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    for list in ["areas", "compounds", "households"] {
        for (ending, tagged) in [("xlsx", false), ("xlsx", true), ("csv", false), ("csv", true)] {
            let file = folder.0.join(format!("{list}-{tagged}.{ending}"));
            let mut arguments = vec!["export", list, text(&file)];
            arguments.extend(tagged.then_some("--hxl"));
            let output = within(&arguments);
            assert_eq!(
                output.status.code(),
                Some(0),
                "{list}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            if tagged && ending == "csv" {
                assert!(std::fs::read_to_string(&file).unwrap().contains("#adm"), "{list}");
            }
            let again = within(&["import", "--district", "431023", "--dry-run", text(&file)]);
            let words = String::from_utf8_lossy(&again.stdout).into_owned();
            assert_eq!(again.status.code(), Some(0), "{list} {ending} {tagged}: {words}");
            assert!(words.contains("+0 ~0 ="), "{list} {ending} {tagged}: {words}");
        }
    }
    let closed = within(&["export", "closed", "-", "--format", "csv", "--hxl"]);
    let words = String::from_utf8(closed.stdout).unwrap();
    assert!(words.contains("小区") && words.contains("#loc+name"), "{words}");
    assert_eq!(within(&["export", "没有", "-"]).status.code(), Some(1));
    assert_eq!(
        within(&["labels", "R001", text(&folder.0.join("l.pdf"))])
            .status
            .code(),
        Some(1)
    );
}

/// The empty spreadsheet of every form is that form, and its example is no row (SH-1).
#[test]
fn the_template_of_every_form_is_read_as_that_form() {
    let folder = Folder::new();
    for form in documents::forms::FORMS {
        let file = folder.0.join(format!("{}.xlsx", form.key));
        assert!(
            run(&["template", form.key, text(&file)]).status.success(),
            "{}",
            form.key
        );
        let outcome = json_of(&run(&["import", text(&file), "--dry-run", "--json"]));
        assert_eq!(outcome["form"], form.key);
        assert_eq!(outcome["rows"], serde_json::json!([]), "{}", form.key);
        assert_eq!(outcome["errors"], serde_json::json!([]), "{}", form.key);
    }
    let unknown = run(&["template", "nothing"]);
    assert_eq!(unknown.status.code(), Some(1));
}

/// A file of no known form, one that is not there and a column that is missing are errors with words; what can be read is shown.
#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_shown() {
    let folder = Folder::new();
    let strange = folder.write("strange.csv", "甲,乙\n1,2\n");
    let short = folder.write("short.csv", "小区,楼栋数,户数\n幸福家园,12,860\n");
    for file in [&strange, &folder.0.join("absent.csv"), &short] {
        let output = run(&["import", text(file), "--dry-run", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{file:?}");
        let outcome = json_of(&output);
        assert_ne!(outcome["errors"], serde_json::json!([]), "{file:?}");
    }
    let outcome = json_of(&run(&["import", text(&short), "--dry-run", "--json"]));
    assert_eq!(outcome["rows"][0]["form"], "compounds");
    assert_eq!(outcome["rows"][0]["households"], 860);
}

/// DX-3, SH-9: signs and passes come from the command line as from the pages. The same pass keeps its number, and a code
/// holds the public address only if there is one.
#[test]
fn signs_and_passes_are_written_as_pdf() {
    if baogong::web::serve::printer().is_err() {
        return;
    }
    let folder = Folder::new();
    let data = folder.0.join("data");
    let areas = folder.write("区划.csv", DIVISIONS);
    let compounds = folder.write(
        "小区.csv",
        "社区,小区名称,户数,常住人口\n滨河路社区,橙香苑,120,315\n",
    );
    let vehicles = folder.write(
        "车辆.csv",
        "车牌号,车型,载重（公斤）,所属单位,驾驶员,驾驶员电话\n湘L12345,厢式货车,1500,惠民超市,周平,13800004567\n",
    );
    let within = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--data", text(&data)]);
        run(&all)
    };
    for file in [&areas, &compounds, &vehicles] {
        let output = within(&["import", "--district", "431023", text(file)]);
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{words}");
    }
    let signs = folder.0.join("signs.pdf");
    let output = within(&["signs", text(&signs), "--of", "compounds"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("--public-url"), "{said}");
    assert!(std::fs::read(&signs).unwrap().starts_with(b"%PDF-"));
    let paper = folder.0.join("passes.pdf");
    let issue = |until: &str| {
        within(&[
            "passes",
            "vehicles",
            text(&paper),
            "--from",
            "2026-01-01",
            "--until",
            until,
            "--public-url",
            "https://bg.example.cn",
        ])
    };
    for _ in 0..2 {
        let output = issue("2099-12-31");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(!said.contains("--public-url"), "{said}");
        assert!(std::fs::read(&paper).unwrap().starts_with(b"%PDF-"));
    }
    assert_eq!(issue("2001-01-01").status.code(), Some(1));
    assert_eq!(issue("tomorrow").status.code(), Some(1));
    let wrong = within(&["signs", text(&signs), "--public-url", "bg.example.cn"]);
    assert_eq!(wrong.status.code(), Some(2));
    let situation = folder.0.join("situation.csv");
    let output = within(&["report", "closed", text(&situation), "--lang", "en"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(std::fs::read_to_string(&situation).unwrap().contains("Compound"));
    let none = within(&["report", "pick-list", text(&situation), "--round", "R001"]);
    assert_eq!(none.status.code(), Some(1));
}
