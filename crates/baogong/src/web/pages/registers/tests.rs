//! Registers as their users see them: masking, areas, corrections, removal, spreadsheets.

mod removal;

use axum::http::StatusCode;
use documents::sheet;

use super::edit::{columns, complete, typed_entry};
use super::harness::{COMPOUND, DISTRICT, ELSEWHERE, HOME, PHONE, STREET, empty, town};
use crate::base::{Actor, Ctx};
use crate::register::correct::{self, Correction};
use crate::register::import::{self, Applying, BatchRef, Upload};
use crate::register::{REGISTERS, entry};

fn entry_path(code: &str) -> String {
    super::address("/registers/households/entry", &[("code", code)])
}

#[tokio::test]
async fn an_office_sees_its_own_street_and_nobody_sees_whole_phones() {
    let town = town().await;
    let office = town.client("office", STREET).await;
    let page = office.get("/registers/households").await;
    page.holds("3栋2单元501")
        .holds("138****5678")
        .holds("张**")
        .lacks(PHONE)
        .lacks("张小明")
        .lacks("王**");
    assert_eq!(
        office
            .get(&format!("/registers/households?area={ELSEWHERE}"))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    let elsewhere = entry_path(&format!("{ELSEWHERE}-3-2-101"));
    assert_eq!(office.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    // Suppliers and their goods serve the whole county.
    office
        .get("/registers/goods")
        .await
        .holds("蔬菜包")
        .holds("惠民超市")
        .holds("30.00")
        .lacks("S001<");
    office
        .get("/registers")
        .await
        .holds("户在小区表中有、住户表中没有");
    let volunteers = office.get("/registers/volunteers/entry?code=V001").await;
    volunteers.holds("欧***").lacks("小红");
}

#[tokio::test]
async fn special_needs_are_neither_shown_nor_searchable_for_supervisors() {
    let town = town().await;
    let office = town.client("office", DISTRICT).await;
    let supervisor = town.client("supervisor", DISTRICT).await;
    office
        .get("/registers/households?tag=1")
        .await
        .holds("-2-501")
        .lacks("-2-502")
        .holds("血透");
    supervisor
        .get("/registers/households?tag=1")
        .await
        .holds("-2-501")
        .holds("-2-502")
        .lacks("血透")
        .lacks("特殊群体");
    supervisor
        .get(&entry_path(HOME))
        .await
        .holds("138****5678")
        .lacks("血透");
}

#[tokio::test]
async fn whole_data_need_a_reason_and_leave_a_record_without_the_data() {
    let town = town().await;
    let office = town.client("office", STREET).await;
    let fields = |reason: &'static str| [("code", HOME), ("reason", reason)];
    let refused = office.post("/registers/households/unmask", &fields("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    office
        .post("/registers/households/unmask", &fields("电话联系"))
        .await
        .holds(PHONE)
        .holds("张小明");
    office.get(&entry_path(HOME)).await.lacks(PHONE);
    let records = town.records().await;
    let long = office
        .post(
            "/registers/households/unmask",
            &fields("这个理由写得实在太长了，审计日志里记不下，所以不能接受"),
        )
        .await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let looks: Vec<&String> = records
        .iter()
        .filter(|(act, _)| act == "personal.unmask")
        .map(|(_, detail)| detail)
        .collect();
    assert_eq!(looks.len(), 1);
    assert!(
        looks[0].contains("电话联系") && !looks[0].contains(PHONE),
        "{}",
        looks[0]
    );
    let supervisor = town.client("supervisor", DISTRICT).await;
    supervisor
        .get("/audit?act=personal.unmask")
        .await
        .holds("理由：电话联系")
        .holds("幸福里 3栋2单元501")
        .holds("街道、社区");
    let denied = supervisor
        .post("/registers/households/unmask", &fields("好奇心"))
        .await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_export_is_masked_and_its_masked_columns_are_never_read_back() {
    let town = town().await;
    let office = town.client("office", STREET).await;
    let file = office.get("/registers/households/export?format=csv").await;
    file.lacks(PHONE).lacks("张小明");
    let reading = sheet::read(
        &file.bytes,
        "export.csv",
        &[super::asked("households").unwrap().form],
    )
    .unwrap();
    for (_, column, heading) in &reading.sheets[0].columns {
        assert!(
            !["head", "phone"].contains(column),
            "{heading} is read as {column}"
        );
    }
    assert_eq!(reading.sheets[0].unknown_columns.len(), 2);
    // A list of people without the name is no list of people any more.
    let file = office.get("/registers/volunteers/export?format=csv").await;
    file.holds("欧***").lacks("13600003333").lacks("小红");
    assert!(
        sheet::read(
            &file.bytes,
            "export.csv",
            &[super::asked("volunteers").unwrap().form]
        )
        .is_err()
    );
    let xlsx = office.get("/registers/households/export?format=xlsx&q=502").await;
    let reading = sheet::read(
        &xlsx.bytes,
        "export.xlsx",
        &[super::asked("households").unwrap().form],
    )
    .unwrap();
    assert_eq!(reading.sheets[0].rows.len(), 1);
    let exports = town
        .records()
        .await
        .into_iter()
        .filter(|(act, _)| act == "register.export")
        .count();
    assert_eq!(exports, 3);
}

#[tokio::test]
async fn correcting_keeps_what_the_form_could_not_show() {
    let town = town().await;
    // An administrator may correct but not unmask: the form holds no names, and saving must not empty them.
    let administrator = town.client("administrator", DISTRICT).await;
    let form = super::address("/registers/households/edit", &[("code", HOME)]);
    administrator
        .get(&form)
        .await
        .lacks(PHONE)
        .lacks("张小明")
        .lacks("血透")
        .holds("不填则保持不变");
    let fields = [
        ("code", HOME),
        ("c.community", ""),
        ("c.compound", "幸福里"),
        ("c.building", "3"),
        ("c.unit", "2"),
        ("c.room", "501"),
        ("c.head", ""),
        ("c.phone", ""),
        ("c.members", "4"),
        ("c.note", "四口人"),
    ];
    let saved = administrator.post("/registers/households/edit", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let stored = town
        .app
        .read(|tx| entry::get(tx, "households", DISTRICT, HOME))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.body["phone"], PHONE);
    assert_eq!(stored.body["head"], "张小明");
    assert_eq!(stored.body["needs"], serde_json::json!(["dialysis"]));
    assert_eq!(stored.body["members"], 4);
    let history = administrator.get(&entry_path(HOME)).await;
    history
        .holds("人口数")
        .holds("<del>3</del>")
        .holds("四口人")
        .lacks(PHONE);
    // Headquarters may unmask: the form shows the phone, and that is on record.
    let headquarters = town.client("headquarters", DISTRICT).await;
    headquarters.get(&form).await.holds(PHONE);
    assert!(
        town.records()
            .await
            .iter()
            .any(|(act, detail)| act == "personal.unmask" && detail.contains("修改登记"))
    );
    let mut wrong = fields.to_vec();
    wrong[8] = ("c.members", "很多");
    let refused = headquarters.post("/registers/households/edit", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.holds("没有保存").holds("很多").holds("四口人");
}

#[tokio::test]
async fn nothing_is_added_outside_the_own_area() {
    let town = town().await;
    let office = town.client("office", STREET).await;
    let fields = |compound: &'static str| {
        [
            ("c.compound", compound),
            ("c.building", "9"),
            ("c.room", "101"),
            ("c.members", "2"),
        ]
    };
    let refused = office.post("/registers/households/edit", &fields("和平苑")).await;
    refused.holds("不在您负责的区域内");
    let count = |area: &'static str| town.app.read(move |tx| entry::all(tx, "households", area));
    assert_eq!(count(ELSEWHERE).await.unwrap().len(), 1);
    let added = office.post("/registers/households/edit", &fields("幸福里")).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    assert_eq!(count(COMPOUND).await.unwrap().len(), 3);
    // A form from another page's session is refused.
    let stranger = town.client("office", "431023002").await;
    let removal = stranger
        .post("/registers/households/remove", &[("code", HOME)])
        .await;
    assert_eq!(removal.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_removed_entry_can_be_brought_back() {
    let town = town().await;
    let office = town.client("office", STREET).await;
    let command = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        let removed = office
            .post_as("/registers/households/remove", &command, &[("code", HOME)])
            .await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    }
    let page = office.get(&entry_path(HOME)).await;
    page.holds("这一项已删除")
        .holds("恢复这一项")
        .holds("删除")
        .lacks(PHONE);
    let form = super::address("/registers/households/edit", &[("from", HOME)]);
    office.get(&form).await.holds(PHONE);
    let fields = [
        ("from", HOME),
        ("c.compound", "幸福里"),
        ("c.building", "3"),
        ("c.unit", "2"),
        ("c.room", "501"),
        ("c.head", "张小明"),
        ("c.phone", PHONE),
        ("c.members", "3"),
        ("c.needs.dialysis", "1"),
    ];
    let restored = office.post("/registers/households/edit", &fields).await;
    assert_eq!(restored.status, StatusCode::SEE_OTHER, "{}", restored.text);
    let stored = town
        .app
        .read(|tx| entry::get(tx, "households", DISTRICT, HOME))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.tag, "need");
    assert_eq!(stored.body["phone"], PHONE);
}

/// The form of an entry, sent back as it is, changes nothing: every kind of cell is typed as it is read.
#[tokio::test]
async fn an_untouched_form_changes_nothing() {
    let town = empty();
    let files =
        crate::simulate::county(crate::simulate::Size::Small, 3, jiff::civil::date(2026, 11, 21)).unwrap();
    let ctx = Ctx::system(&town.app.clock);
    let changed: crate::base::Result<Vec<String>> = town
        .app
        .db
        .write(move |tx| {
            for file in &files {
                let Ok(reading) = import::read_file(&file.name, &file.bytes) else {
                    continue;
                };
                assert!(
                    reading.sheets.iter().all(|sheet| sheet.errors.is_empty()),
                    "{}",
                    file.name
                );
                let ctx = ctx.sub(&file.name);
                let at = BatchRef {
                    district: DISTRICT.into(),
                    id: import::keep(tx, &ctx, &Upload::new(DISTRICT, &file.name, file.bytes.clone()))?,
                };
                let applying = Applying::stored(tx, &ctx.actor, at)?;
                import::apply(tx, &ctx, &applying)?;
            }
            let mut changed = Vec::new();
            for register in REGISTERS {
                let entries = entry::all(tx, register.key(), DISTRICT)?;
                assert!(!entries.is_empty(), "{}", register.key());
                let step = entries.len().div_ceil(12);
                for before in entries.iter().step_by(step) {
                    let typed = typed_entry(register, before);
                    assert!(
                        typed
                            .keys()
                            .all(|key| columns(register).any(|column| column.key == key))
                    );
                    let correction = Correction {
                        register: register.key().into(),
                        district: DISTRICT.into(),
                        code: before.code.clone(),
                        fields: complete(&Actor::system(), register, &typed, Some(before)),
                    };
                    let code = correct::save(tx, &ctx.sub(&before.code), &correction)?;
                    let after = entry::get(tx, register.key(), DISTRICT, &code)?;
                    if after.as_ref() != Some(before) {
                        changed.push(format!("{before:?} became {after:?}"));
                    }
                }
            }
            Ok(changed)
        })
        .await;
    assert_eq!(changed.unwrap(), Vec::<String>::new());
}
