//! Papers for those who help and answer for something (form 6, SH-7): the task list and the responsibility list.

use kit::Lang;
use print::{Block, Datum, Document};
use store::Tx;

use super::Subject;
use super::documents::{building_words, compounds_in, document, post_word, table, text, words};
use crate::base::access::Field;
use crate::base::{Ctx, Result};
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry};

/// Volunteers of an area, compound by compound, as one walks.
fn volunteers(tx: &mut Tx, area: &str) -> Result<Vec<Entry>> {
    let mut volunteers = entry::all(tx, "volunteers", area)?;
    volunteers.sort_by(|left, right| {
        let key = |entry: &Entry, key| register::text(&entry.body, key).to_string();
        left.area
            .cmp(&right.area)
            .then_with(|| planner::natural::cmp(&key(left, "building"), &key(right, "building")))
            .then_with(|| planner::natural::cmp(&key(left, "shift"), &key(right, "shift")))
    });
    Ok(volunteers)
}

fn building(entry: &Entry, lang: Lang) -> String {
    building_words(register::text(&entry.body, "building"), lang)
}

/// Who does what, where and when, with room to tick it off. Names stand in full, because the list is handed to those
/// whom it names; telephones as the actor may see them.
pub fn task_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for volunteer in volunteers(tx, &subject.area)? {
        let of = |key| register::text(&volunteer.body, key);
        rows.push(vec![
            text(area_name(tx, &volunteer.area)?),
            text(building(&volunteer, lang)),
            text(of("shift")),
            text(of("task")),
            text(of("name")),
            text(ctx.actor.show(Field::Phone, of("phone"))),
            Datum::Blank,
        ]);
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 3),
        words(lang.t("楼栋", "Building"), 2),
        words(lang.t("时间", "When"), 2),
        words(lang.t("任务", "Task"), 5),
        words(lang.t("志愿者", "Volunteer"), 2),
        words(lang.t("电话", "Phone"), 2),
        words(lang.t("完成情况", "Done"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    let blocks = vec![
        table(lang, columns, rows, None),
        Block::Signatures(vec![
            lang.t("带队", "Led by").into(),
            lang.t("社区负责人", "Community").into(),
        ]),
    ];
    let mut report = document(
        ctx,
        lang,
        lang.t("志愿者任务清单", "Volunteers' task list"),
        &place,
        blocks,
    );
    report.landscape = true;
    Ok(report)
}

/// Who answers for what, and who takes over (A and B): compounds, volunteers, staff.
pub fn responsibility_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let phone = |body: &register::Body, key| text(ctx.actor.show(Field::Phone, register::text(body, key)));
    let mut compounds = Vec::new();
    for entry in compounds_in(tx, &subject.area)? {
        let posts = [
            (
                lang.t("采购联络人（团长）", "Liaison"),
                "liaison_name",
                "liaison_phone",
            ),
            (
                lang.t("小区信息员", "Information officer"),
                "officer_name",
                "officer_phone",
            ),
            (
                lang.t("物业、楼长", "Property, captain"),
                "contact_name",
                "contact_phone",
            ),
        ];
        for (post, name, number) in posts {
            if !register::text(&entry.body, name).is_empty() {
                compounds.push(vec![
                    text(entry.name.as_str()),
                    text(post),
                    text(register::text(&entry.body, name)),
                    phone(&entry.body, number),
                    Datum::Blank,
                ]);
            }
        }
    }
    let mut helpers = Vec::new();
    for volunteer in volunteers(tx, &subject.area)? {
        let of = |key| register::text(&volunteer.body, key);
        let duty = if of("duty").is_empty() {
            of("task")
        } else {
            of("duty")
        };
        helpers.push(vec![
            text(area_name(tx, &volunteer.area)?),
            text(building(&volunteer, lang)),
            text(duty),
            text(of("name")),
            phone(&volunteer.body, "phone"),
            text(of("handover")),
            text(of("shift")),
        ]);
    }
    let mut staff = Vec::new();
    for entry in entry::all(tx, "staff", &subject.area)? {
        let of = |key| register::text(&entry.body, key);
        staff.push(vec![
            text(post_word(of("post"), lang)),
            text(of("employer")),
            text(of("name")),
            phone(&entry.body, "phone"),
            text(area_name(tx, &entry.area)?),
            Datum::Blank,
        ]);
    }
    let backup = lang.t("B角", "Second (B)");
    let first = lang.t("A角", "First (A)");
    let number = lang.t("电话", "Phone");
    let compound = lang.t("小区", "Compound");
    let blocks = vec![
        Block::Heading(lang.t("一、小区责任人", "1 Who answers for each compound").into()),
        table(
            lang,
            vec![
                words(compound, 3),
                words(lang.t("岗位", "Post"), 3),
                words(first, 2),
                words(number, 3),
                words(backup, 3),
            ],
            compounds,
            None,
        ),
        Block::Heading(lang.t("二、志愿者责任", "2 Volunteers").into()),
        table(
            lang,
            vec![
                words(compound, 3),
                words(lang.t("楼栋", "Building"), 2),
                words(lang.t("责任", "Responsibility"), 5),
                words(first, 2),
                words(number, 3),
                words(lang.t("交接人（B角）", "Hands over to (B)"), 2),
                words(lang.t("班次", "Shift"), 2),
            ],
            helpers,
            None,
        ),
        Block::Heading(lang.t("三、保供人员", "3 Staff").into()),
        table(
            lang,
            vec![
                words(lang.t("岗位", "Post"), 2),
                words(lang.t("单位", "Employer"), 4),
                words(first, 2),
                words(number, 3),
                words(lang.t("负责地方", "Place"), 3),
                words(backup, 2),
            ],
            staff,
            None,
        ),
    ];
    let place = area_name(tx, &subject.area)?;
    let title = lang.t("生活物资保供责任清单", "Responsibility list");
    let mut report = document(ctx, lang, title, &place, blocks);
    report.landscape = true;
    Ok(report)
}
