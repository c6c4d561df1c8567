//! What a person decides about a file before it is applied: merging, what is registered already, matching by hand, undoing.

use baogong::base::clock::DAY_S;
use baogong::register::text;

use super::{awkward_compounds, with_areas};
use crate::support::{Browser, Page};

/// Sends every hidden field of the form behind `action`, and `more`.
fn answer(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Page {
    let shown = browser.open(page);
    let form = shown
        .between(&format!("action=\"{page}/{action}\""), "</form>")
        .unwrap_or_else(|| panic!("no form {action} in {}", shown.text()));
    let mut fields: Vec<(String, String)> = Vec::new();
    for input in form
        .split("<input")
        .filter(|input| input.contains("type=\"hidden\""))
    {
        let attribute = |name: &str| {
            let rest = input.split(&format!(" {name}=\"")).nth(1)?;
            rest.split('"').next().map(str::to_string)
        };
        if let Some(name) = attribute("name").filter(|name| name != "token" && name != "command") {
            fields.push((name, attribute("value").unwrap_or_default()));
        }
    }
    let mut fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.extend_from_slice(more);
    browser.send(&format!("{page}/{action}"), &fields)
}

/// Two rows that contradict each other become one, cell by cell; until then nothing is written.
#[test]
fn contradicting_rows_are_merged_cell_by_cell() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let mut browser = server.user("office", "office", "431023001", "");
        let rows = "小区,房号,户主,人数,手机,特殊人群\n橙香苑,3-2-501,张三,3,,慢性病\n橙香苑,3-2-501,张三,4,13900003333,慢性病\n";
        let sent = browser.upload("/imports", &[], "住户.csv", rows.as_bytes());
        let page = browser.open(&sent.location);
        page.shows("1处错误")
            .shows("同一项写了两次，内容不一样")
            .shows("合并成一行");
        assert!(!page.body.contains("两行都保留"), "{}", server.name);
        assert_eq!(browser.send(&format!("{}/apply", sent.location), &[]).status, 409);
        let both = answer(&mut browser, &sent.location, "duplicate", &[("keep", "both")]);
        assert_eq!(both.status, 422, "{}", both.text());
        let merged = [("keep", "merged"), ("m:members", "first"), ("m:phone", "second")];
        let done = answer(&mut browser, &sent.location, "duplicate", &merged);
        assert_eq!(done.status, 303, "{}", done.text());
        browser.open(&sent.location).shows("都处理好了").shows("核对通过");
        browser
            .submit(&format!("{}/apply", sent.location), &[])
            .shows("已导入");
        let households = server.entries("households", "431023001001");
        assert_eq!(households.len(), 1);
        let body = &households[0].body;
        assert_eq!(
            (&body["members"], text(body, "phone")),
            (&3.into(), "13900003333"),
            "{}",
            server.name
        );
        assert!(server.findings().is_empty());
    }
}

/// A row that seems to be registered under another dwelling updates it, stands beside it, or is left out.
#[test]
fn a_row_that_seems_to_be_registered_is_settled() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let known = "小区,房号,户主,人数,手机\n橙香苑,3-2-501,欧阳同人,3,13900003333\n橙香苑,3-2-502,李四,2,13900004444\n";
        server.import("住户.csv", known.as_bytes().to_vec()).unwrap();
        let mut browser = server.user("office", "office", "431023001", "");
        let rows = "小区,楼栋,房号,户主,人数,手机\n橙香苑,3,501,欧阳同人,5,13900005555\n橙香苑,4,101,李四,2,13900004444\n橙香苑,5,101,王五,2,13900006666\n";
        let sent = browser.upload("/imports", &[], "新住户.csv", rows.as_bytes());
        let page = browser.open(&sent.location);
        page.shows("疑似已经登记过")
            .shows("写法不同")
            .shows("姓名和电话相同")
            .shows("3栋2单元501");
        // What is the same takes one line; of the rest the dwelling stays as it is registered.
        let pair = page.between("写法不同", "</table>").unwrap();
        assert!(
            pair.contains("相同：") && pair.contains("小区：橙香苑；楼栋：3；房号：501"),
            "{pair}"
        );
        let unit = pair.split("<tr").find(|row| row.contains(">单元<")).unwrap();
        let (left, right) = unit.split_once("（空）").unwrap();
        assert!(!left.contains("更新后") && right.contains("更新后"), "{unit}");
        let members = pair.split("<tr").find(|row| row.contains(">人口数<")).unwrap();
        assert!(
            members.find("更新后").unwrap() < members.find(">3<").unwrap(),
            "{members}"
        );
        assert!(
            !page.body.contains("欧阳同人") && !page.body.contains("13900004444"),
            "masked"
        );
        let done = answer(
            &mut browser,
            &sent.location,
            "registered",
            &[("settlement", "update")],
        );
        assert_eq!(done.status, 303, "{}", done.text());
        // The next one without an answer comes first now.
        let done = answer(
            &mut browser,
            &sent.location,
            "registered",
            &[("settlement", "skip")],
        );
        assert_eq!(done.status, 303, "{}", done.text());
        browser
            .open(&sent.location)
            .shows("都处理好了")
            .shows("确认导入 2 项");
        browser
            .submit(&format!("{}/apply", sent.location), &[])
            .shows("已导入");
        let households = server.entries("households", "431023001001");
        let names: Vec<&str> = households.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["3栋2单元501", "3栋2单元502", "5栋101"], "{}", server.name);
        let first = &households[0].body;
        assert_eq!((&first["members"], text(first, "unit")), (&5.into(), "2"));
        assert_eq!(text(first, "phone"), "13900005555");
        assert!(server.findings().is_empty());
    }
}

/// SH-2: a table that nobody knows is matched by hand, applied, and known the next time.
#[test]
fn a_file_of_no_form_is_matched_by_hand_and_known_the_next_time() {
    for server in with_areas() {
        let mut browser = server.user("office", "office", "431023001", "");
        let file = |name: &str| format!("便江街道摸底表,,\n地盘,归谁管,多少家\n{name},滨河路社区,120\n");
        let sent = browser.upload("/imports", &[], "摸底.csv", file("橙香苑").as_bytes());
        browser.open(&sent.location).shows("还没有认出").shows("手工对应");
        assert_eq!(browser.send(&format!("{}/apply", sent.location), &[]).status, 409);
        let matching = format!("{}/match?sheet=0", sent.location);
        browser.open(&matching).shows("地盘 │ 归谁管 │ 多少家");
        let page = browser.open(&format!("{matching}&form=compounds&row=2"));
        page.shows("每一列是什么").shows("橙香苑");
        let signature = page.between("name=\"signature\" value=\"", "\"").unwrap();
        let columns = [
            ("signature", signature.as_str()),
            ("register", "compounds"),
            ("c:A", "compound"),
            ("c:B", "community"),
            ("c:C", "households"),
        ];
        browser
            .submit(&format!("{}/mapping", sent.location), &columns)
            .shows("核对通过");
        browser
            .submit(&format!("{}/apply", sent.location), &[])
            .shows("已导入");
        let compounds = server.entries("compounds", "431023001001");
        assert_eq!(compounds[0].name, "橙香苑", "{}", server.name);
        assert_eq!(compounds[0].body["households"], 120);
        let next = browser.upload("/imports", &[], "摸底2.csv", file("江景花园").as_bytes());
        browser.open(&next.location).shows("核对通过").shows("与上次相同");
        // What stands in the file is shown only to whoever brought it in; another street does not know the table.
        let mut county = server.user("zhihui", "headquarters", "431023", "");
        assert_eq!(
            county.get(&format!("{}/match?sheet=0", next.location)).status,
            403
        );
        let mut other = server.user("bieren", "office", "431023002", "");
        let theirs = other.upload("/imports", &[], "摸底3.csv", file("和平苑").as_bytes());
        other.open(&theirs.location).shows("还没有认出");
    }
}

/// HOUSE-5: an import can be taken back for a day; what stands against it is named.
#[test]
fn an_import_is_undone_within_a_day_and_says_what_stands_against_it() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let mut browser = server.user("office", "office", "431023001", "");
        let file = |members: u32| {
            format!("小区,房号,户主,人数\n橙香苑,3-2-501,张三,{members}\n橙香苑,3-2-502,李四,2\n")
        };
        let mut bring = |members| {
            let sent = browser.upload("/imports", &[], "住户.csv", file(members).as_bytes());
            browser
                .submit(&format!("{}/apply", sent.location), &[])
                .shows("可以撤销到");
            sent.location
        };
        let (first, second) = (bring(3), bring(4));
        let refused = browser.send(&format!("{first}/undo"), &[]);
        assert_eq!(refused.status, 409);
        refused
            .shows("有1项在导入后又被修改或已被使用")
            .shows("3栋2单元501（office");
        server.app.clock.advance(DAY_S + 60);
        // A day later the session is over too.
        let mut county = server.user("zhihui", "headquarters", "431023", "");
        let late = county.send(&format!("{second}/undo"), &[]);
        assert_eq!(late.status, 409, "{}", late.text());
        late.shows("HOUSE-5");
        county.open(&second).shows("已过可以整批撤销的时限");
        assert_eq!(server.count("households"), 2, "{}", server.name);
        let third = {
            let sent = county.upload("/imports", &[], "住户.csv", file(5).as_bytes());
            county.submit(&format!("{}/apply", sent.location), &[]);
            sent.location
        };
        county.submit(&format!("{third}/undo"), &[]).shows("已撤销");
        let households = server.entries("households", "431023001001");
        assert_eq!(households[0].body["members"], 4);
    }
}

/// A long file is compared, written and taken back part by part, with nothing lost between the parts.
#[test]
fn thousands_of_rows_are_compared_and_undone_in_parts() {
    let server = with_areas().remove(0);
    server.import("附表1.xlsx", awkward_compounds()).unwrap();
    let rows: String = (0..2_500)
        .map(|index| {
            format!(
                "橙香苑,{},{},{},户{index},3\n",
                index / 200 + 1,
                index / 50 % 4 + 1,
                index % 50 + 101
            )
        })
        .collect();
    let file = format!("小区,楼栋,单元,房号,户主,人数\n{rows}");
    let mut browser = server.user("office", "office", "431023001", "");
    let sent = browser.upload("/imports", &[], "住户.csv", file.as_bytes());
    browser.open(&sent.location).shows("确认导入 2,500 项");
    browser
        .submit(&format!("{}/apply", sent.location), &[])
        .shows("已导入");
    assert_eq!(server.count("households"), 2_500);
    let again = browser.upload("/imports", &[], "住户.csv", file.as_bytes());
    browser.open(&again.location).shows("不用导入");
    browser
        .submit(&format!("{}/undo", sent.location), &[])
        .shows("2500项恢复");
    assert_eq!(server.count("households"), 0);
}
