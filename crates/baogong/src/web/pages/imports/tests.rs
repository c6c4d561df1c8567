//! Imports from upload to undo, through the whole gate.

use axum::http::StatusCode;

use super::super::registers::harness::{COMPOUND, DISTRICT, STREET, Town, town};
use crate::register::entry;

const NEW: &str = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话\n\
    干劲社区,幸福里,3,2,501,张小明,5,13812345678\n\
    干劲社区,幸福里,4,1,101,赵丽,2,13511112222\n";
const WRONG: &str = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话,车位\n\
    干劲社区,幸福里,4,1,101,赵丽,2,1351111222299,3号\n\
    干劲社区,幸福裡,4,1,102,钱进,2,13511112223,\n";
const ELSEWHERE: &str = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话\n\
    邝家社区,和平苑,1,1,201,孙强,2,13533334444\n";

async fn households(town: &Town) -> usize {
    town.app
        .read(|tx| entry::all(tx, "households", COMPOUND))
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_file_is_checked_applied_and_taken_back() {
    let town = town().await;
    let office = town.client("office", DISTRICT).await;
    office
        .get("/imports")
        .await
        .holds("还没有上传过文件")
        .holds("行政区划 → 小区 → 住户");
    let kept = office.upload("/imports", &[("住户.csv", NEW.as_bytes())]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = kept.location;
    let preview = office.get(&page).await;
    preview
        .holds("核对通过，可以导入")
        .holds("确认导入 2 项")
        .holds("<del>3</del>")
        .holds("赵*")
        .lacks("赵丽")
        .lacks("13511112222");
    assert_eq!(households(&town).await, 2);
    let applied = office.post(&format!("{page}/apply"), &[]).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text);
    assert_eq!(households(&town).await, 3);
    assert_eq!(
        office.post(&format!("{page}/apply"), &[]).await.status,
        StatusCode::CONFLICT
    );
    office.get(&page).await.holds("已导入").holds("撤销这次导入");
    office.get("/imports").await.holds("住户.csv").holds("新增 1");
    // The same file again changes nothing.
    let again = office.upload("/imports", &[("住户.csv", NEW.as_bytes())]).await;
    office
        .get(&again.location)
        .await
        .holds("不用导入")
        .lacks("确认导入");
    let undone = office.post(&format!("{page}/undo"), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert_eq!(households(&town).await, 2);
    office.get(&page).await.holds("这次导入已撤销");
    let acts: Vec<String> = town.records().await.into_iter().map(|(act, _)| act).collect();
    for act in ["register.upload", "register.import", "register.undo"] {
        assert!(acts.iter().any(|done| done == act), "{act}");
    }
}

#[tokio::test]
async fn errors_name_the_cell_and_what_would_be_right_and_nothing_is_written() {
    let town = town().await;
    let office = town.client("office", DISTRICT).await;
    let page = office
        .upload("/imports", &[("住户.csv", WRONG.as_bytes())])
        .await
        .location;
    let preview = office.get(&page).await;
    preview
        .holds("没有写入任何数据")
        .holds("H2")
        .holds("11 位")
        .holds("是否为“幸福里”")
        .lacks("1351111222299")
        .lacks("确认导入");
    preview.holds("1列没有读取").holds("车位");
    assert_eq!(
        office.post(&format!("{page}/apply"), &[]).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(households(&town).await, 2);
    let file = office.get(&format!("{page}/errors.xlsx")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(&file.bytes[..2], b"PK");
}

#[tokio::test]
async fn a_street_imports_only_its_own_and_sees_only_its_own_files() {
    let town = town().await;
    let street = town.client("office", STREET).await;
    let page = street
        .upload("/imports", &[("别处.csv", ELSEWHERE.as_bytes())])
        .await
        .location;
    street
        .get(&page)
        .await
        .holds("不在您负责的区域内")
        .lacks("确认导入");
    let refused = street.post(&format!("{page}/apply"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(households(&town).await, 2);
    let own = street
        .upload("/imports", &[("住户.csv", NEW.as_bytes())])
        .await
        .location;
    assert_eq!(
        street.post(&format!("{own}/apply"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    let other = town.client("office", "431023002").await;
    other.get("/imports").await.lacks("住户.csv");
    assert_eq!(other.get(&own).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        other.post(&format!("{own}/undo"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(households(&town).await, 3);
}

#[tokio::test]
async fn one_unreadable_file_refuses_the_upload_by_name() {
    let town = town().await;
    let office = town.client("office", DISTRICT).await;
    let refused = office
        .upload(
            "/imports",
            &[
                ("住户.csv", NEW.as_bytes()),
                ("照片.jpg", b"\xff\xd8\xff\xe0 no table"),
            ],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.holds("照片.jpg");
    office.get("/imports").await.lacks("住户.csv");
    assert_eq!(
        office.upload("/imports", &[]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let several = office
        .upload(
            "/imports",
            &[("一.csv", NEW.as_bytes()), ("二.csv", ELSEWHERE.as_bytes())],
        )
        .await;
    assert_eq!(several.location, "/imports");
    office.get("/imports").await.holds("一.csv").holds("二.csv");
}
