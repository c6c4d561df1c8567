//! The parser without a database, and what settled questions teach.

use super::super::file::parse_files;
use super::*;

const REGISTER: &str = "楼栋,单元,房号,姓名,电话\n3,1,201,王芳,13800000201\n3,1,202,,\n295,,909,李强,\n";
const PRICES: &str = "编码,名称,别名,单位,单价分\nR1,大米,东北米|米,袋,4500\nV1,蔬菜包,菜包,份,3000\n";

/// the JSON that the command line prints.
#[test]
fn x_3_files_are_read_without_a_database() {
    let text = "#接龙\n1. 3-1-201 大米2袋\n2. 295-909 菜包一份\n3. 3-1-203 米1袋\n今天谁值班呢\n";
    let parsed = parse_files(REGISTER.as_bytes(), PRICES.as_bytes(), text.as_bytes()).unwrap();
    let json = serde_json::to_value(&parsed).unwrap();
    assert_eq!(
        json["orders"][0],
        serde_json::json!({
            "dwelling": "3-1-201", "lines": [{"good": "R1", "quantity": 2}],
            "line": 2, "text": "1. 3-1-201 大米2袋", "position": 1,
        })
    );
    assert_eq!(json["orders"][1]["dwelling"], "295-909");
    assert_eq!(json["orders"][1]["lines"][0]["good"], "V1");
    assert_eq!(json["questions"][0]["line"], 4);
    assert_eq!(
        json["questions"][0]["dwellings"],
        serde_json::json!(["3-1-201", "3-1-202"])
    );
    assert!(
        json["questions"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("3-1-203")
    );
    assert_eq!(json["unrecognised"][0]["text"], "今天谁值班呢");
    assert_eq!(json["structure"][0]["text"], "#接龙");
}

/// Titles above the heading, other headings in another order, GB18030 and semicolons.
#[test]
fn registers_are_read_as_offices_keep_them() {
    let register = "幸福小区住户;;;;\n户主姓名;联系电话;房间号;楼号;单元号\n王芳;13800000201;201;3栋;1单元\n";
    let (register, _, _) = encoding_rs::GB18030.encode(register);
    let parsed = parse_files(&register, PRICES.as_bytes(), "王芳 大米1袋".as_bytes()).unwrap();
    assert_eq!(parsed.orders[0].dwelling, "3-1-201");
}

/// Bad input gets a message that names the cell and says what would be right.
#[test]
fn errors_name_the_cell() {
    let goods = "编码,名称,单价分\nR1,大米,45元\nR1,,10\n";
    let register = "楼栋,单元\n3,1\n";
    let errors = parse_files(register.as_bytes(), goods.as_bytes(), b"").unwrap_err();
    let found: Vec<(&str, u32, &str, &str)> = errors
        .iter()
        .map(|error| {
            (
                error.sheet.as_str(),
                error.row,
                error.column.as_str(),
                error.value.as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("register", 1, "", ""),
            ("goods", 2, "C", "45元"),
            ("goods", 3, "B", ""),
            ("goods", 3, "A", "R1")
        ]
    );
    assert!(errors[1].zh.contains("按分填写") && errors[1].en.contains("fen"));
}

/// A nickname and a word for a good are asked about once and known from then on.
#[test]
fn settled_questions_teach_aliases() {
    let corpus = load(CORPUS[1].1);
    let text = "1. 豆豆妈 蔬菜包1份\n2. 3-2-502 青菜篮2份\n3. 王姐 肉包1份";
    let asked = parse(text, &corpus.context());
    assert!(asked.orders.is_empty() && asked.questions.len() == 3);
    let nickname = asked.questions[0].teaches(Candidate::Dwelling(0)).unwrap();
    assert_eq!(
        (nickname.written.as_str(), nickname.meaning),
        ("豆豆妈", Candidate::Dwelling(0))
    );
    let word = asked.questions[1].teaches(Candidate::Good(0)).unwrap();
    assert_eq!(
        (word.written.as_str(), word.meaning),
        ("青菜篮", Candidate::Good(0))
    );
    assert_eq!(
        asked.questions[2].teaches(Candidate::Dwelling(0)),
        None,
        "王姐 may be anybody"
    );
    let aliases = [
        nickname,
        word,
        Alias {
            written: "坏的".into(),
            meaning: Candidate::Good(99),
        },
    ];
    let context = Context {
        aliases: &aliases,
        ..corpus.context()
    };
    let known = parse(text, &context);
    let orders: Vec<(usize, &[(usize, u32)])> = known
        .orders
        .iter()
        .map(|order| (order.dwelling, order.lines.as_slice()))
        .collect();
    assert_eq!(orders, [(0, &[(0, 1)][..]), (1, &[(0, 2)][..])]);
}

/// The same lists as workbooks, with a title above and numbers kept as numbers.
#[test]
fn x_3_registers_and_prices_are_read_from_workbooks() {
    use crate::sheet::{OutCell, OutColumn, OutKind, OutSheet, write};
    let book = |title: &str, headings: &[&str], rows: &[&[&str]]| {
        let columns = headings.iter().map(|heading| OutColumn {
            title: (*heading).to_string(),
            width: 0.0,
            kind: OutKind::Count,
        });
        let cell = |text: &&str| match text.parse::<i64>() {
            Ok(number) => OutCell::Int(number),
            Err(_) => OutCell::from(*text),
        };
        let sheet = OutSheet {
            name: "表".into(),
            title: title.into(),
            columns: columns.collect(),
            rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
            ..OutSheet::default()
        };
        write(&[sheet]).unwrap()
    };
    let register = book(
        "桂花园住户",
        &["楼栋", "单元", "房号", "姓名", "电话"],
        &[
            &["3", "1", "201", "张三", "13800000201"],
            &["3", "1", "202", "李四", ""],
        ],
    );
    let goods = book(
        "价目",
        &["编码", "名称", "别名", "单位", "单价分"],
        &[&["R1", "大米", "米", "袋", "4500"]],
    );
    let parsed = parse_files(
        &register,
        &goods,
        "#接龙\n1. 3-1-201 大米2袋\n2. 3-1-202 米1袋".as_bytes(),
    )
    .unwrap();
    assert_eq!(parsed.orders.len(), 2, "{parsed:?}");
    assert_eq!(parsed.orders[0].dwelling, "3-1-201");
    let empty = book("住户", &["楼栋", "房号"], &[&["3", ""]]);
    let errors = parse_files(&empty, &goods, b"").unwrap_err();
    assert_eq!((errors[0].row, errors[0].column.as_str()), (3, "B"), "{errors:?}");
    assert!(parse_files(b"PK\x03\x04 broken", &goods, b"").is_err());
}
