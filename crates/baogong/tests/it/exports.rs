//! Lists of what was brought in, learned, drawn and recorded, as files: what their pages show, in its order, under its
//! headings, with a row of HXL tags where that is asked for (X-3, TR-1).

use calamine::Reader;

use baogong::base::audit;
use baogong::register::import;
use baogong::round::ballot::Drawing;

use crate::cli::{Folder, run, text};
use crate::scene::direct;
use crate::support::{Browser, Page, Server, servers};

/// A table of texts.
type Rows = Vec<Vec<String>>;

/// The cells of a CSV; a mark at the beginning says that it is UTF-8.
fn csv(page: &Page) -> Rows {
    let body = page
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .expect("no mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body);
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_string).collect()).collect()
}

/// The rows of the first sheet of a workbook from the heading on, which begins with this title.
fn xlsx(page: &Page, title: &str) -> Rows {
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(page.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows = sheet
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect());
    rows.skip_while(|row: &Vec<String>| row[0] != title).collect()
}

/// A list as CSV and as XLSX, which must say the same, and as CSV with a row of HXL tags below the heading. What is no form
/// is not taken for one when it comes back in.
#[track_caller]
fn list(browser: &mut Browser, address: &str) -> Rows {
    let file = |format: &str, tagged: &str| format!("{address}&format={format}&hxl={tagged}");
    let plain = browser.open(&file("csv", ""));
    let back = import::read_file("list.csv", &plain.bytes);
    let taken = back.is_ok_and(|back| back.sheets.iter().any(|sheet| !sheet.rows.is_empty()));
    assert!(!taken, "{address}");
    let rows = csv(&plain);
    assert_eq!(
        xlsx(&browser.open(&file("xlsx", "")), &rows[0][0]),
        rows,
        "{address}"
    );
    let mut tagged = csv(&browser.open(&file("csv", "1")));
    let tags = tagged.remove(1);
    assert!(tags.iter().any(|tag| tag.starts_with('#')), "{address}: {tags:?}");
    assert!(
        tags.iter().all(|tag| tag.is_empty() || tag.starts_with('#')),
        "{address}: {tags:?}"
    );
    assert_eq!(tagged[0], rows[0], "{address}");
    rows
}

/// The words of the compound of `settle`, of which its liaison has taught one.
pub fn of_learned_words(liaison: &mut Browser, compound: &str) {
    let rows = list(liaison, &format!("/reports/aliases?area={compound}"));
    assert_eq!(rows[0], ["群里的叫法", "指的是", "种类", "谁确认的", "时间"]);
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[1][1..4], ["3栋1单元503", "住户", "lianluo"]);
    let elsewhere = liaison.get("/reports/aliases?area=431023001001-2&format=csv");
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.text());
}

/// The requests of a draw, class by class in the order of their tickets; nobody is named.
pub fn of_a_draw(headquarters: &mut Browser, round: &str, compound: &str, drawing: &Drawing) {
    let rows = list(
        headquarters,
        &format!("/reports/requests?round={round}&only={compound}"),
    );
    assert_eq!(
        rows[0],
        ["小区", "顺序", "登记号", "登记内容", "档次", "签号", "结果"]
    );
    let mut expected: Vec<_> = drawing.requests.iter().collect();
    expected.retain(|one| one.compound == compound);
    let rank = |class| drawing.priority.iter().position(|one| *one == class);
    expected.sort_by_key(|one| (rank(one.class), &one.ticket));
    let expected: Vec<[String; 3]> = expected
        .iter()
        .enumerate()
        .map(|(turn, one)| [(turn + 1).to_string(), one.number.clone(), one.ticket.clone()])
        .collect();
    let listed: Vec<[String; 3]> = rows[1..]
        .iter()
        .map(|row| [row[1].clone(), row[2].clone(), row[5].clone()])
        .collect();
    assert_eq!(listed, expected);
    assert!(rows[1..].iter().all(|row| row[3].contains(" × ")), "{rows:?}");
    assert!(rows[1..].iter().any(|row| row[6] == "抽中"), "{rows:?}");
    let none = headquarters.open(&format!(
        "/reports/requests?round={round}&only=431023001001-99&format=csv"
    ));
    assert_eq!(csv(&none).len(), 1, "another compound has none");
}

const AREAS: &str =
    "区划代码,名称,级别\n431023,永兴县,县\n431023001,便江街道,街道\n431023001001,滨河路社区,社区\n";

fn with_areas() -> Vec<Server> {
    let servers = servers();
    for server in &servers {
        server.import("区划.csv", AREAS.as_bytes().to_vec()).unwrap();
    }
    servers
}

/// SH-2: the files that were brought in, latest first, each with what it did; who answers for a street sees its own.
#[test]
fn files_brought_in_go_out_as_a_list() {
    for server in with_areas() {
        let mut headquarters = server.user("zhihui", "headquarters", "431023", "");
        let mut street = server.user("jiedao", "office", "431023001", "");
        let form = "社区,小区,户数\n滨河路社区,橙香苑,120\n滨河路社区,江景花园,好多\n";
        server.app.clock.advance(60);
        street.upload("/imports", &[], "小区.csv", form.as_bytes());
        let rows = list(&mut headquarters, "/reports/imports?");
        assert_eq!(
            rows[0],
            [
                "文件",
                "状态",
                "台账",
                "新增",
                "更新",
                "不变",
                "错误",
                "经办人",
                "上传时间",
                "导入时间",
                "撤销时间"
            ]
        );
        assert_eq!(rows.len(), 3, "{}: {rows:?}", server.name);
        assert_eq!(
            rows[1][..8],
            ["小区.csv", "待确认", "小区", "1", "0", "0", "1", "jiedao"],
            "{}",
            server.name
        );
        assert_eq!(rows[1][9..], ["", ""], "{}", server.name);
        assert_eq!(
            rows[2][..7],
            ["区划.csv", "已导入", "行政区划", "3", "0", "0", "0"]
        );
        assert!(!rows[2][9].is_empty() && rows[2][10].is_empty(), "{rows:?}");
        let own = list(&mut street, "/reports/imports?");
        assert_eq!(own.len(), 2, "{}: {own:?}", server.name);
        assert_eq!(own[1], rows[1]);
    }
}

/// TR-1: the records that were searched for, latest first, and the export among them afterwards.
#[test]
fn the_audit_log_goes_out_as_it_was_searched() {
    for server in with_areas() {
        let mut headquarters = server.user("zhihui", "headquarters", "431023", "");
        let mut supervisor = server.user("jiandu", "supervisor", "431023", "");
        for area in ["431023001", "431023001001"] {
            server.app.clock.advance(60);
            direct(&mut headquarters, area, "fc", "control", "medium");
        }
        let rows = list(&mut supervisor, "/audit/export?act=directive.issue");
        assert_eq!(
            rows[0],
            ["序号", "时间", "谁", "身份", "操作", "地点", "区划代码", "内容"]
        );
        assert_eq!(rows.len(), 3, "{}: {rows:?}", server.name);
        for (row, (area, place)) in rows[1..]
            .iter()
            .zip([("431023001001", "滨河路社区"), ("431023001", "便江街道")])
        {
            assert_eq!((row[2].as_str(), row[4].as_str()), ("zhihui", "下达指令"));
            assert_eq!((row[5].as_str(), row[6].as_str()), (place, area));
        }
        let number = |row: &Vec<String>| row[0].parse::<i64>().unwrap();
        assert!(number(&rows[1]) > number(&rows[2]), "latest first: {rows:?}");
        assert!(rows[1][1] > rows[2][1], "{rows:?}");
        let exports = csv(&supervisor.open("/audit/export?act=audit.export&format=csv"));
        assert_eq!(exports.len(), 4, "three exports before this one: {exports:?}");
        assert!(exports[1..].iter().all(|row| row[2] == "jiandu" && row[7] == "2"));
        let refused = headquarters.get("/audit/export?format=csv");
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
}

/// TR-1: what the console exports stands in the audit log when people stand in it, without what was searched for; beside a
/// server that is running it is refused.
#[test]
fn exports_at_the_console_are_recorded() {
    let folder = Folder::new();
    let data = folder.path("data");
    let files = [
        folder.write("区划.csv", AREAS),
        folder.write("小区.csv", "社区,小区名称,户数\n滨河路社区,橙香苑,120\n"),
        folder.write(
            "住户.csv",
            "社区,小区,楼栋,单元,房号,户主,人口数,联系电话\n滨河路社区,橙香苑,3,2,501,张三,3,13800138000\n滨河路社区,橙香苑,3,2,502,李四,2,13800138001\n",
        ),
    ];
    let within = |arguments: &[&str]| run(&[arguments, &["--data", text(&data)]].concat());
    for file in &files {
        let output = within(&["import", "--district", "431023", text(file)]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let found = within(&["export", "households", "--search", "张三", "--format", "csv"]);
    let words = String::from_utf8(found.stdout).unwrap();
    assert_eq!(words.lines().count(), 2, "heading and one household: {words}");
    assert!(
        words.contains("13800138000") && !words.contains("李四"),
        "{words}"
    );
    assert_eq!(within(&["export", "areas", "-"]).status.code(), Some(0));
    assert_eq!(
        within(&["export", "people", "-", "--area", "431023001001-1"])
            .status
            .code(),
        Some(0)
    );
    let database = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "db"))
        .unwrap();
    let open = store::Db::open(&format!("sqlite:{}", text(&database)), baogong::MIGRATIONS).unwrap();
    let records = open
        .read_blocking(|tx| audit::page(tx, "", "431023", 100, 0))
        .unwrap();
    let exported: Vec<(&str, &str)> = records
        .iter()
        .filter(|record| record.action == "register.export" || record.action == "report.print")
        .map(|record| (record.action.as_str(), record.detail.as_str()))
        .collect();
    assert_eq!(
        exported,
        [
            ("report.print", "\"people  csv\""),
            ("register.export", "\"households 1 csv\"")
        ]
    );
    // As long as somebody else has the database, what would have to be recorded stays in.
    let refused = within(&["export", "households", "-"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("服务器正在运行"));
    assert_eq!(within(&["export", "areas", "-"]).status.code(), Some(0));
}
