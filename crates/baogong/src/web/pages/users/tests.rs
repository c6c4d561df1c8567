//! Users and their links, through the whole gate.

use axum::http::StatusCode;

use super::super::registers::harness::{Client, DISTRICT, Page, STREET, town};
use super::*;

async fn add(administrator: &Client, login: &str, role: &str, area: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![
        ("login", login),
        ("name", login),
        ("role", role),
        ("area", area),
        ("active", "1"),
    ];
    fields.extend_from_slice(more);
    administrator.post("/users/edit", &fields).await
}

#[test]
fn a_password_is_not_part_of_the_stored_command() {
    let draft = UserDraft {
        login: "li".into(),
        ..UserDraft::default()
    };
    let stored = serde_json::to_string(&Saving {
        draft,
        password: "geheim-123".into(),
    })
    .unwrap();
    assert!(stored.contains("li") && !stored.contains("geheim-123"));
}

#[tokio::test]
async fn a_link_is_shown_once_and_lets_its_user_in_once() {
    let town = town().await;
    let administrator = town.client("administrator", DISTRICT).await;
    let added = add(&administrator, "wang", "office", STREET, &[]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let id = added.location.split("id=").nth(1).unwrap().to_string();
    administrator
        .get("/users")
        .await
        .holds("wang")
        .holds("街道、社区")
        .holds("便江街道")
        .lacks(STREET);
    let command = uuid::Uuid::now_v7().to_string();
    let shown = administrator
        .post_as("/users/link", &command, &[("id", &id)])
        .await;
    let secret = shown
        .text
        .split("/enter/")
        .nth(1)
        .unwrap()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()
        .unwrap();
    assert_eq!(secret.len(), 32);
    let again = administrator
        .post_as("/users/link", &command, &[("id", &id)])
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(
        town.records()
            .await
            .iter()
            .all(|(_, detail)| !detail.contains(secret))
    );
    let guest = town.guest();
    // Opening the link, as a chat program does, does not use it up.
    for _ in 0..2 {
        guest
            .get(&format!("/enter/{secret}"))
            .await
            .holds("wang")
            .holds("进入系统");
    }
    let entered = guest.post(&format!("/enter/{secret}"), &[]).await;
    assert_eq!(
        (entered.status, entered.location.as_str()),
        (StatusCode::SEE_OTHER, "/")
    );
    assert!(
        entered
            .cookies
            .iter()
            .any(|cookie| cookie.starts_with("session=") && cookie.len() > 20)
    );
    assert_eq!(
        guest.get(&format!("/enter/{secret}")).await.status,
        StatusCode::GONE
    );
    assert_ne!(
        guest.post(&format!("/enter/{secret}"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    let off = [
        ("id", id.as_str()),
        ("name", "wang"),
        ("role", "office"),
        ("area", STREET),
    ];
    assert_eq!(
        administrator.post("/users/edit", &off).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        administrator.post("/users/link", &[("id", &id)]).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn administrators_stay_within_their_area_and_keep_their_own_role() {
    let town = town().await;
    let county = town.client("administrator", DISTRICT).await;
    let street = town.client("administrator", STREET).await;
    assert_eq!(
        add(&street, "a", "office", DISTRICT, &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        add(&street, "b", "office", "431023001099", &[]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        add(
            &street,
            "c",
            "office",
            "431023001001",
            &[("password", "long enough")]
        )
        .await
        .status,
        StatusCode::SEE_OTHER
    );
    let far = add(&county, "far", "liaison", "431023002001", &[]).await;
    let id = far.location.split("id=").nth(1).unwrap();
    street.get("/users").await.lacks("far");
    assert_eq!(
        street.get(&format!("/users/edit?id={id}")).await.status,
        StatusCode::FORBIDDEN
    );
    let taken = [
        ("id", id),
        ("name", "far"),
        ("role", "office"),
        ("area", STREET),
        ("active", "1"),
    ];
    assert_eq!(
        street.post("/users/edit", &taken).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        street.post("/users/link", &[("id", id)]).await.status,
        StatusCode::FORBIDDEN
    );
    let users = town.app.read(people::list).await.unwrap();
    let own = users
        .iter()
        .find(|user| user.role == Role::Administrator && user.area == DISTRICT)
        .unwrap()
        .id
        .to_string();
    let demoted = [
        ("id", own.as_str()),
        ("name", "x"),
        ("role", "office"),
        ("area", DISTRICT),
        ("active", "1"),
    ];
    county
        .post("/users/edit", &demoted)
        .await
        .holds("不能改变自己的身份");
    let supplier = add(&county, "shop", "supplier", DISTRICT, &[]).await;
    assert_eq!(supplier.status, StatusCode::UNPROCESSABLE_ENTITY);
    supplier
        .holds("所属单位")
        .holds("惠民超市")
        .holds("value=\"shop\"");
    county
        .get("/users/edit?find=幸福")
        .await
        .holds("幸福里 · 干劲社区");
}
