//! Signing in, set-up, language, through the whole gate.

use axum::http::StatusCode;

use super::super::registers::harness::{empty, town};
use super::*;

#[test]
fn one_comes_back_only_to_pages_of_this_site() {
    let to = |query: &str| back(&Fields::of_query(query));
    assert_eq!(to("back=/rounds%3Fx%3D1"), "/rounds?x=1");
    assert_eq!(to("back=//evil.example"), "/");
    assert_eq!(to("back=https://evil.example"), "/");
    assert_eq!(to("back=/sign-in"), "/");
    assert_eq!(to(""), "/");
}

#[tokio::test]
async fn an_empty_installation_is_set_up_once() {
    let town = empty();
    let now_s = town.app.clock.now_s();
    let made: Result<[String; 2]> = town
        .app
        .db
        .write(move |tx| {
            Ok([
                people::make_link(tx, None, now_s)?,
                people::make_link(tx, None, now_s)?,
            ])
        })
        .await;
    let [secret, spare] = made.unwrap();
    let guest = town.guest();
    guest.get("/sign-in").await.holds("系统还没有设置");
    guest.get(&format!("/enter/{secret}")).await.holds("首次设置");
    let fields = |area: &'static str, password: &'static str| {
        [
            ("site", "永兴县"),
            ("area", area),
            ("name", "王主任"),
            ("login", "admin"),
            ("password", password),
        ]
    };
    let path = format!("/enter/{secret}");
    guest
        .post(&path, &fields("4310", "long enough"))
        .await
        .holds("6位")
        .holds("王主任");
    guest
        .post(&path, &fields("431023", ""))
        .await
        .holds("至少8个字符");
    // Full-width digits, as Chinese keyboards give them, are taken.
    let entered = guest.post(&path, &fields("４３１０２３", "long enough")).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let cookie = entered
        .cookies
        .iter()
        .find_map(|cookie| cookie.strip_prefix("session="))
        .unwrap()
        .to_string();
    let mut administrator = town.guest();
    administrator.secret = cookie;
    administrator.get("/users").await.holds("王主任").holds("永兴县");
    let late = guest
        .post(&format!("/enter/{spare}"), &fields("431023", "long enough"))
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    guest.get("/sign-in").await.lacks("系统还没有设置");
    // Wrong name and wrong password are told in the same words.
    let wrong_name = guest
        .post(
            "/sign-in",
            &[("login", "nobody-here"), ("password", "long enough")],
        )
        .await;
    let wrong_password = guest
        .post("/sign-in", &[("login", "admin"), ("password", "long enoughh")])
        .await;
    for refused in [&wrong_name, &wrong_password] {
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.holds("登录名或密码不正确");
    }
    let right = guest
        .post(
            "/sign-in",
            &[
                ("login", "admin"),
                ("password", "long enough"),
                ("back", "/users"),
            ],
        )
        .await;
    assert_eq!(
        (right.status, right.location.as_str()),
        (StatusCode::SEE_OTHER, "/users")
    );
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let town = town().await;
    let office = town.client("office", "431023").await;
    assert_eq!(office.get("/registers").await.status, StatusCode::OK);
    let out = office.post("/sign-out", &[]).await;
    assert!(out.cookies.contains(&"session=".to_string()));
    assert!(
        office
            .get("/registers")
            .await
            .location
            .starts_with("/sign-in?back=")
    );
}

#[tokio::test]
async fn language_and_text_size_are_kept_and_nothing_else() {
    let guest = empty().guest();
    let english = guest.get("/words?lang=en&back=%2Fsign-in").await;
    assert_eq!(
        (english.location.as_str(), english.cookies.as_slice()),
        ("/sign-in", &["lang=en".to_string()][..])
    );
    let large = guest.get("/words?elder=1&back=//evil.example").await;
    assert_eq!(
        (large.location.as_str(), large.cookies.as_slice()),
        ("/", &["elder=1".to_string()][..])
    );
    assert!(guest.get("/words?lang=x%3Bsession=1").await.cookies.is_empty());
}
