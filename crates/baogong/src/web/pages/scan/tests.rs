//! Codes as they come off the paper, and where they lead.

use axum::http::StatusCode;

use super::super::registers::harness::{COMPOUND, Client, DISTRICT, town};
use super::super::reports::tests::{boxed, round};
use crate::round::order;

/// What the QR codes on a page of pictures hold: each path is filled as a browser does it, and read by another library.
fn codes_on(page: &str) -> Vec<String> {
    const PIXELS: usize = 3;
    page.split("<path shape-rendering=\"crispEdges\"")
        .skip(1)
        .map(|rest| {
            let (_, path) = rest.split_once(" d=\"").unwrap();
            let path = path.split('"').next().unwrap();
            let runs: Vec<[usize; 3]> = path
                .split_terminator('z')
                .map(|run| {
                    let numbers: Vec<usize> = run
                        .split(|letter: char| !letter.is_ascii_digit())
                        .filter_map(|number| number.parse().ok())
                        .collect();
                    [numbers[0], numbers[1], numbers[2]]
                })
                .collect();
            let side = runs.iter().map(|run| run[0] + run[2]).max().unwrap() + 8;
            let dark = |x: usize, y: usize| {
                let (x, y) = ((x / PIXELS).wrapping_sub(4), (y / PIXELS).wrapping_sub(4));
                runs.iter()
                    .any(|[left, row, wide]| *row == y && (*left..left + wide).contains(&x))
            };
            let mut picture =
                rqrr::PreparedImage::prepare_from_greyscale(side * PIXELS, side * PIXELS, |x, y| {
                    if dark(x, y) { 0 } else { 255 }
                });
            picture.detect_grids()[0].decode().unwrap().1
        })
        .collect()
}

/// The path of an address on the test's own host.
fn path(address: &str) -> &str {
    address.strip_prefix("https://bg.example.cn").expect(address)
}

/// Sets the public address as the administrator does.
async fn public(administrator: &Client) {
    let saved = administrator
        .post("/settings", &[("public_url", "https://BG.example.cn/")])
        .await;
    assert_eq!(saved.location, "/settings");
    administrator
        .get("/settings")
        .await
        .holds("value=\"https://bg.example.cn\"");
}

/// FC-4, DX-3: the code on a printed bag opens the bag, as the right page for each who may see it.
#[tokio::test]
async fn a_bag_is_opened_by_the_code_on_its_label() {
    if crate::web::serve::printer().is_err() {
        return;
    }
    let town = town().await;
    public(&town.client("administrator", DISTRICT).await).await;
    let at = round(&town, true).await;
    let supplier = town.client("supplier", DISTRICT).await;
    let labels = supplier
        .get(&format!("/labels?round={}&sheet=a4&format=page", at.id))
        .await;
    let codes = codes_on(&labels.text);
    assert_eq!(codes.len(), 2);
    assert!(
        codes[0].starts_with(&format!("https://bg.example.cn/q/{DISTRICT}/R001-01-")),
        "{codes:?}"
    );
    // The supplier packs it; the page shows this bag and no other.
    let opened = supplier.get(path(&codes[0])).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert!(
        opened
            .location
            .starts_with(&format!("/rounds/{}/packing?bag=", at.id)),
        "{}",
        opened.location
    );
    supplier
        .get(&opened.location)
        .await
        .holds("3栋2单元501")
        .lacks("3栋2单元502");
    // The office looks at the order.
    let office = town.client("office", DISTRICT).await;
    let opened = office.get(path(&codes[0])).await;
    assert!(opened.location.starts_with("/orders/"), "{}", opened.location);
    // Whoever is not signed in reads what helps, and gets to the same page after signing in.
    let guest = town.guest().get(path(&codes[0])).await;
    assert_eq!(guest.status, StatusCode::OK);
    guest
        .holds("核对标签上的小区和房号")
        .holds("/sign-in?back=%2Fq%2F431023%2F")
        .lacks("2单元501");
    // Somebody of another street, and somebody of another county, learns nothing.
    let elsewhere = town.client("office", "431023002").await;
    assert_eq!(elsewhere.get(path(&codes[0])).await.status, StatusCode::NOT_FOUND);
    let foreign = town.client("office", "500101").await;
    assert_eq!(foreign.get(path(&codes[0])).await.status, StatusCode::NOT_FOUND);
}

/// Every form in which a code was or is printed leads to the same page from the search field.
#[tokio::test]
async fn the_field_takes_address_code_and_the_text_of_older_labels() {
    let town = town().await;
    let at = round(&town, true).await;
    let of = at.clone();
    let code = town
        .app
        .read(move |tx| Ok(order::of_round(tx, DISTRICT, of.id, DISTRICT)?[0].code.clone()))
        .await
        .unwrap();
    let supplier = town.client("supplier", DISTRICT).await;
    let mut places = Vec::new();
    for given in [
        code.clone(),
        code.to_lowercase(),
        format!("BG:{DISTRICT}:{code}"),
        format!("http://10.0.0.5:8080/q/{DISTRICT}/{code}"),
    ] {
        let asked: String = form_urlencoded::byte_serialize(given.as_bytes()).collect();
        places.push(supplier.get(&format!("/find?code={asked}")).await.location);
    }
    places.dedup();
    assert_eq!(places, [format!("/rounds/{}/packing?bag={code}", at.id)]);
    let unknown = supplier.get("/find?code=R999-01-0001-1").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    unknown.holds("没有编码");
}

#[tokio::test]
async fn boxes_signs_and_sites_lead_to_where_they_are_worked_with() {
    if crate::web::serve::printer().is_err() {
        return;
    }
    let town = town().await;
    public(&town.client("administrator", DISTRICT).await).await;
    let at = round(&town, true).await;
    assert_eq!(boxed(&town, &at, 5).await, 1);
    let supplier = town.client("supplier", DISTRICT).await;
    let labels = supplier
        .get(&format!("/labels/boxes?round={}&format=page", at.id))
        .await;
    let codes = codes_on(&labels.text);
    assert_eq!(
        supplier.get(path(&codes[0])).await.location,
        format!("/rounds/{}/packing", at.id)
    );
    let headquarters = town.client("headquarters", DISTRICT).await;
    let sign = headquarters
        .get(&format!("/sign?compound={COMPOUND}&format=page"))
        .await;
    let codes = codes_on(&sign.text);
    assert_eq!(codes, [format!("https://bg.example.cn/q/{DISTRICT}/{COMPOUND}")]);
    assert_eq!(
        headquarters.get(path(&codes[0])).await.location,
        format!("/rounds/{}/handover?compound={COMPOUND}", at.id)
    );
    town.guest()
        .get(path(&codes[0]))
        .await
        .holds("幸福里")
        .holds("按通知的时段来取");
}

/// Without a setting the address is the one by which the page was asked for, and a wrong one is refused with words.
#[tokio::test]
async fn the_public_address_is_checked_and_recorded() {
    let town = town().await;
    let administrator = town.client("administrator", DISTRICT).await;
    administrator.get("/settings").await.holds("http://bg.test");
    let refused = administrator
        .post("/settings", &[("public_url", "bg.example.cn/app")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .holds("没有以 http:// 或 https:// 开头")
        .holds("value=\"bg.example.cn/app\"");
    public(&administrator).await;
    assert!(town.records().await.iter().any(|(act, _)| act == "settings.save"));
    let office = town.client("office", DISTRICT).await;
    assert_eq!(office.get("/settings").await.status, StatusCode::FORBIDDEN);
    let at = round(&town, false).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    headquarters
        .get(&format!("/rounds/{}/share?compound={COMPOUND}", at.id))
        .await
        .holds("https://bg.example.cn/o/");
}
