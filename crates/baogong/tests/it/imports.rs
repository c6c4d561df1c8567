//! Spreadsheets as offices write them: preview, errors by cell, all or nothing, safe to repeat, undo.

mod deciding;

use rust_xlsxwriter::{Format, Workbook};

use baogong::base::Actor;
use baogong::register::export::export_sheet;
use baogong::register::{REGISTERS, import, show};

use crate::support::{Server, demo_servers, servers};

const AREAS: &str = "区划代码,名称,级别\n431023,永兴县,县\n431023001,便江街道,街道\n431023001001,滨河路社区,社区\n431023001002,文昌社区,社区\n";

fn with_areas() -> Vec<Server> {
    let servers = servers();
    for server in &servers {
        server.import("区划.csv", AREAS.as_bytes().to_vec()).unwrap();
    }
    servers
}

/// Form 1 with a title above, other column order, full-width digits, a merged community and a totals row.
fn awkward_compounds() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet
        .merge_range(0, 0, 0, 5, "便江街道小区基本情况统计表（3月）", &plain)
        .unwrap();
    sheet.write(1, 0, "填报人：某某").unwrap();
    for (column, heading) in ["户数", "小区名称", "社区", "常住人口", "楼栋数", "备注"]
        .into_iter()
        .enumerate()
    {
        sheet.write(3, column as u16, heading).unwrap();
    }
    sheet.merge_range(4, 2, 5, 2, "滨河路社区", &plain).unwrap();
    for (row, (households, name, residents, buildings)) in [
        ("１２０", "橙香苑", "３１５", "６"),
        ("80", "江景花园", "210", "4"),
    ]
    .into_iter()
    .enumerate()
    {
        let row = row as u32 + 4;
        sheet.write(row, 0, households).unwrap();
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 3, residents).unwrap();
        sheet.write(row, 4, buildings).unwrap();
    }
    sheet.write(7, 0, "200").unwrap();
    sheet.write(7, 1, "合计").unwrap();
    sheet.write(7, 3, "525").unwrap();
    book.save_to_buffer().unwrap()
}

/// SH-2, X-3: the awkward form comes in right, a second time it changes nothing.
#[test]
fn an_awkward_form_comes_in_and_a_second_time_changes_nothing() {
    for server in with_areas() {
        let first = server.import("附表1.xlsx", awkward_compounds()).unwrap();
        assert_eq!(
            (first.tallies[0].added, first.tallies[0].rows),
            (2, 2),
            "{}: {first:?}",
            server.name
        );
        let compounds = server.entries("compounds", "431023001001");
        assert_eq!(compounds.len(), 2);
        let orange = compounds.iter().find(|entry| entry.name == "橙香苑").unwrap();
        assert_eq!(baogong::register::number(&orange.body, "households"), Some(120));
        assert_eq!(baogong::register::number(&orange.body, "residents"), Some(315));
        let second = server.import("附表1.xlsx", awkward_compounds()).unwrap();
        assert_eq!(
            (
                second.tallies[0].added,
                second.tallies[0].changed,
                second.tallies[0].unchanged
            ),
            (0, 0, 2)
        );
        assert!(server.findings().is_empty());
    }
}

/// Impossible cells are named with row and column, and nothing at all is written.
#[test]
fn wrong_cells_are_named_and_nothing_is_written() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let rows = "社区,小区,房号,户主,人口数,联系电话\n滨河路社区,橙香苑,3栋2单元501,张三,3,13800001111\n滨河路社区,橙香苑,3-2-502,李四,300,13800001112\n滨河路社区,没有的小区,1-1-101,王五,2,13800001113\n滨河路社区,橙香苑,3-2-503,赵六,2,1380000\n";
        let errors = server.import("住户.csv", rows.as_bytes().to_vec()).unwrap_err();
        let at = |row: u32| errors.iter().filter(|error| error.row == row).collect::<Vec<_>>();
        assert_eq!(errors.len(), 3, "{errors:#?}");
        assert!(
            at(3)[0].heading.contains("人口") && at(3)[0].value == "300",
            "{:?}",
            at(3)
        );
        assert!(at(4)[0].zh.contains("没有登记"), "{:?}", at(4));
        assert!(at(5)[0].heading.contains("电话"), "{:?}", at(5));
        assert_eq!(server.count("households"), 0);
    }
}

#[test]
fn households_are_read_in_every_way_of_writing_a_dwelling_and_undone_together() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let rows = "小区,房号,姓名,人数,手机,特殊人群\n橙香苑,3栋2单元501,张三,３,138 0000 1111,独居老人、慢性病\n橙香苑,3-2-502,李四,两人,13800001112,\n橙香苑,三栋二单元503,王五,1,,\n\n";
        let mut browser = server.user("office", "office", "431023001", "");
        let sent = browser.upload("/imports", &[], "住户.csv", rows.as_bytes());
        assert_eq!(sent.status, 303, "{}", sent.text());
        let preview = browser.open(&sent.location);
        preview.shows("新增");
        let id = sent.location.rsplit('/').next().unwrap().to_string();
        let applied = browser.send(&format!("/imports/{id}/apply"), &[]);
        assert_eq!(applied.status, 303, "{}", applied.text());
        let households = server.entries("households", "431023001001");
        let codes: Vec<&str> = households.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(
            codes,
            ["3栋2单元501", "3栋2单元502", "3栋2单元503"],
            "{}",
            server.name
        );
        assert_eq!(households[0].tag, "need");
        assert_eq!(
            baogong::register::text(&households[0].body, "phone"),
            "13800001111"
        );
        let undone = browser.send(&format!("/imports/{id}/undo"), &[]);
        assert_eq!(undone.status, 303, "{}", undone.text());
        assert_eq!(server.count("households"), 0);
        assert!(server.findings().is_empty());
    }
}

/// what a register exports comes back in without a change.
#[test]
fn an_export_comes_back_without_a_change() {
    let server = demo_servers().remove(0);
    let mut browser = server.demo_user("zhihui");
    for register in ["areas", "sites", "outlets", "vehicles", "suppliers", "goods"] {
        let file = browser.get(&format!("/registers/{register}/export?format=xlsx"));
        assert_eq!(file.status, 200, "{register}");
        let result = server.import(&format!("{register}.xlsx"), file.bytes);
        let summary = result.unwrap_or_else(|errors| panic!("{register}: {errors:#?}"));
        let tally = &summary.tallies[0];
        assert_eq!((tally.added, tally.changed), (0, 0), "{register}: {tally:?}");
        assert_eq!(tally.unchanged as i64, server.count(register), "{register}");
    }
}

/// the same for every register in full, as it is written at the console, also with its tags.
#[test]
fn every_register_in_full_comes_back_without_a_change() {
    let server = demo_servers().remove(0);
    for (place, register) in REGISTERS.iter().enumerate() {
        let entries = server.entries(register.key(), "431023");
        let number = entries.len();
        assert!(number > 0, "{}", register.key());
        let names = server.read(|tx| show::supplier_names(tx, "431023"));
        let (actor, tagged) = (Actor::system(), place % 2 == 0);
        let sheet = export_sheet(&actor, register, entries, &names, kit::Lang::Zh, tagged);
        let (name, bytes) = if tagged {
            ("表.csv", documents::sheet::write_csv(&sheet))
        } else {
            ("表.xlsx", documents::sheet::write(&[sheet]).unwrap())
        };
        let reading = import::read_file(name, &bytes).unwrap();
        let preview = server.read(move |tx| import::preview(tx, &Actor::system(), "431023", &reading, &[]));
        assert!(
            preview.errors.is_empty(),
            "{}: {:#?}",
            register.key(),
            preview.errors
        );
        let tally = &preview.tallies[0];
        assert_eq!(
            (
                tally.register.as_str(),
                tally.added,
                tally.changed,
                tally.unchanged
            ),
            (register.key(), 0, 0, number),
            "{:#?}",
            preview.changed_sample
        );
    }
}

/// YO-1, YO-6: the demo county has the outlets and the couriers of the report.
#[test]
fn the_demo_county_is_complete() {
    let server = demo_servers().remove(0);
    assert_eq!(server.count("areas"), 298);
    assert_eq!(server.count("suppliers"), 19);
    assert_eq!(server.count("vehicles"), 40);
    let couriers = server
        .entries("staff", "431023")
        .iter()
        .filter(|entry| baogong::register::text(&entry.body, "post") == "courier")
        .count();
    assert_eq!(couriers, 92);
}

fn id_of(location: &str) -> String {
    location.rsplit('/').next().unwrap().to_string()
}

/// SH-2: a heading that a person matched is read so in every later file with the same headings, until it is forgotten.
#[test]
fn a_heading_that_was_matched_by_hand_is_remembered_until_it_is_forgotten() {
    for server in with_areas() {
        let mut browser = server.user("zhihui", "headquarters", "431023", "");
        let file = |name: &str| format!("姓名,手机,岗位,干啥的单位\n{name},13900001111,分拣,惠民超市\n");
        let first = browser.upload("/imports", &[], "一.csv", file("魏一鸣").as_bytes());
        assert_eq!(first.status, 303, "{}", first.text());
        browser.open(&first.location).shows("1列没有读取");
        let preview = browser.open(&first.location);
        let signature = preview.between("name=\"signature\" value=\"", "\"").unwrap();
        let heading = [("signature", signature.as_str()), ("register", "staff")];
        let columns = |last: &'static str| {
            let columns = [("c:A", "name"), ("c:B", "phone"), ("c:C", "post"), ("c:D", last)];
            heading.iter().copied().chain(columns).collect::<Vec<_>>()
        };
        let (matched, twice) = (columns("employer"), columns("name"));
        let refused = browser.send(&format!("{}/mapping", first.location), &twice);
        assert_eq!(refused.status, 422, "{}", refused.text());
        refused.shows("A列和D列都选成了");
        browser
            .submit(&format!("{}/mapping", first.location), &matched)
            .shows("与上次相同");
        browser
            .submit(&format!("{}/apply", first.location), &[])
            .shows("已导入");
        let staff = server.entries("staff", "431023");
        assert_eq!(
            baogong::register::text(&staff[0].body, "employer"),
            "惠民超市",
            "{}",
            server.name
        );

        let second = browser.upload("/imports", &[], "二.csv", file("石二柱").as_bytes());
        let preview = browser.open(&second.location);
        preview.shows("与上次相同");
        let kept = ["area", "at_s"].map(|name| {
            preview
                .between(&format!("name=\"{name}\" value=\""), "\"")
                .unwrap()
        });
        let stale = [
            ("signature", signature.as_str()),
            ("area", &kept[0]),
            ("at_s", "1"),
        ];
        let refused = browser.send(&format!("{}/forget", second.location), &stale);
        assert_eq!(refused.status, 409, "{}", refused.text());
        refused.shows("已经有人改过");
        // A street may not forget what holds for the county.
        let forgotten = [
            ("signature", signature.as_str()),
            ("area", &kept[0]),
            ("at_s", &kept[1]),
        ];
        let mut street = server.user("jiedao", "office", "431023001", "");
        let own = street.upload("/imports", &[], "三.csv", file("石三柱").as_bytes());
        street
            .open(&own.location)
            .shows("与上次相同")
            .shows("这个文件重新自动识别");
        let refused = street.send(&format!("{}/forget", own.location), &forgotten);
        assert_eq!(refused.status, 403, "{}", refused.text());
        let waiting = browser.upload("/imports", &[], "四.csv", file("石四柱").as_bytes());
        browser
            .submit(&format!("{}/forget", second.location), &forgotten)
            .shows("1列没有读取");
        // A file that waited is read as it was shown, whatever was forgotten since.
        browser
            .submit(&format!("{}/apply", waiting.location), &[])
            .shows("已导入");
        let staff = server.entries("staff", "431023");
        let fourth = staff.iter().find(|entry| entry.name == "石四柱").unwrap();
        assert_eq!(baogong::register::text(&fourth.body, "employer"), "惠民超市");
        assert!(server.findings().is_empty());
    }
}

/// Two rows of one person stand side by side; only what was chosen is written.
#[test]
fn of_two_probable_duplicates_the_chosen_row_is_written() {
    for server in with_areas() {
        server.import("附表1.xlsx", awkward_compounds()).unwrap();
        let mut browser = server.user("office", "office", "431023001", "");
        let rows = "小区,房号,户主,人数,手机\n橙香苑,3-2-501,欧阳同人,2,13900003333\n橙香苑,3-2-502,欧阳同人,4,13900003333\n";
        let sent = browser.upload("/imports", &[], "住户.csv", rows.as_bytes());
        let page = browser.open(&sent.location);
        page.shows("疑似重复").shows("相同：");
        let twice = "小区,房号,户主,人数\n橙香苑,3-2-501,欧阳同人,2\n橙香苑,3-2-501,欧阳同人,4\n";
        let contradicting = browser.upload("/imports", &[], "矛盾.csv", twice.as_bytes());
        browser
            .open(&contradicting.location)
            .shows("1处错误")
            .shows("同一项写了两次的，不用改文件")
            .shows("href=\"#duplicates\"");
        assert!(
            !page.body.contains("13900003333") && !page.body.contains("欧阳同人"),
            "{}: names and phones are masked",
            server.name
        );
        let field = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"").unwrap();
        let pair = ["first_sheet", "first_row", "second_sheet", "second_row"].map(|name| (name, field(name)));
        let mut fields: Vec<(&str, &str)> =
            pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("keep", "second"));
        browser
            .submit(&format!("{}/duplicate", sent.location), &fields)
            .shows("保留后一行");
        browser
            .submit(&format!("{}/apply", sent.location), &[])
            .shows("已导入");
        let names: Vec<String> = server
            .entries("households", "431023001001")
            .into_iter()
            .map(|entry| entry.name)
            .collect();
        assert_eq!(names, ["3栋2单元502"], "{}", server.name);
        // What is applied cannot be chosen anew, and an invented pair is refused.
        let late = browser.send(&format!("{}/duplicate", sent.location), &fields);
        assert_eq!(late.status, 409, "{}", late.text());
        let other = browser.upload("/imports", &[], "住户2.csv", rows.as_bytes());
        fields[1].1 = "77";
        let invented = browser.send(&format!("{}/duplicate", other.location), &fields);
        assert_eq!(invented.status, 422, "{}", invented.text());
    }
}

/// the file comes back with its wrong cells marked, also those that are wrong only beside what is registered; corrected,
/// it is taken.
#[test]
fn a_file_with_errors_comes_back_marked_and_reads_the_same() {
    for server in with_areas() {
        let mut browser = server.user("office", "office", "431023001", "");
        let rows = "社区,小区,户数\n没有的社区,甲小区,120\n滨河路社区,乙小区,好多\n";
        let sent = browser.upload("/imports", &[], "小区.csv", rows.as_bytes());
        browser.open(&sent.location).shows("2处错误");
        let marked = browser.get(&format!("{}/corrected.xlsx", sent.location));
        assert_eq!(marked.status, 200, "{}", marked.text());
        let errors = server.import("小区（标错）.xlsx", marked.bytes).unwrap_err();
        let mut values: Vec<&str> = errors.iter().map(|error| error.value.as_str()).collect();
        values.sort_unstable();
        assert_eq!(values, ["好多", "没有的社区"], "{}: {errors:#?}", server.name);
        // Nobody else's office downloads it.
        let mut other = server.user("bieren", "office", "431023002", "");
        let id = id_of(&sent.location);
        assert_eq!(other.get(&format!("/imports/{id}/corrected.xlsx")).status, 404);
    }
}

/// A long file is read by a job; its page says how far it is and leads to the preview.
#[test]
fn a_long_file_is_read_by_a_job_that_shows_how_far_it_is() {
    let server = with_areas().remove(0);
    let mut browser = server.user("office", "office", "431023001", "");
    let rows: String = (0..40_000)
        .map(|index| format!("人{index},139{index:08},分拣,某单位第{index}号仓库东侧二楼\n"))
        .collect();
    let sent = browser.upload(
        "/imports",
        &[],
        "很长.csv",
        format!("姓名,手机,岗位,单位\n{rows}").as_bytes(),
    );
    assert_eq!(sent.status, 303, "{}", sent.text());
    assert!(
        sent.location.starts_with("/imports/reading/"),
        "{}",
        sent.location
    );
    let mut other = server.user("bieren", "office", "431023001", "");
    assert_eq!(other.get(&sent.location).status, 404, "nobody else's job");
    let begun = std::time::Instant::now();
    let found = loop {
        let page = browser.get(&sent.location);
        if page.status == 303 {
            break page.location;
        }
        page.shows("行");
        assert!(begun.elapsed().as_secs() < 300, "{}", page.text());
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    browser.open(&found).shows("40,000");
    // A file that is no spreadsheet is refused by the job too.
    let broken = browser.upload("/imports", &[], "坏.xlsx", &vec![b'x'; 3 << 20]);
    let begun = std::time::Instant::now();
    while !browser.open(&broken.location).body.contains("没有导入") {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
