//! Lists that are ticked off and signed.

use super::*;

/// FC-9, FC-8: what is ticked off and signed at the door says for which building it is, whom to ring up first, and who
/// answers for it; nothing is a bare code.
#[tokio::test]
async fn lists_to_be_signed_say_where_and_by_whom() {
    let town = town().await;
    let at = round(&town, true).await;
    boxed(&town, &at, 5).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    let page = |key: &str| format!("/reports/{key}?area={COMPOUND}&round={}", at.id);
    headquarters
        .get(&page("door-list"))
        .await
        .holds("幸福里 3栋")
        .holds("蔬菜包×2")
        .holds("备注：先打电话")
        .holds("小区门口")
        .holds("发放人")
        .holds("采购联络人");
    headquarters
        .get(&page("pick-list"))
        .await
        .holds("惠民超市")
        .holds("合计")
        .holds("复核人");
    headquarters
        .get(&page("statement"))
        .await
        .holds("应结（元）")
        .holds("90.00");
}

/// FC-9: with more packs than a sheet has room for, each bag lists its own with a box to tick before each.
#[tokio::test]
async fn a_packing_matrix_of_many_packs_is_still_read() {
    let town = town().await;
    let single = |number: usize| {
        let name = format!("单品{number}");
        let body = serde_json::json!({
            "supplier": "S001", "code": format!("P{number}"), "name": name, "unit": "份",
            "weight_g": 500, "price_fen": 500
        });
        new_entry("goods", &format!("S001/P{number}"), DISTRICT, body)
    };
    registered(&town, (0..30).map(single).collect()).await;
    let mut packs = vec!["V".to_string()];
    packs.extend((0..30).map(|number| format!("P{number}")));
    let at = round_with(&town, true, packs).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    headquarters
        .get(&format!(
            "/reports/packing-matrix?area={COMPOUND}&round={}",
            at.id
        ))
        .await
        .holds("□蔬菜包×2")
        .holds("□单品29×2")
        .lacks("<th>单品29");
    // Goods behind the twenty-sixth have no letter, but are ordered and announced by their names all the same.
    let share = format!("/rounds/{}/share?compound={COMPOUND}", at.id);
    headquarters
        .get(&share)
        .await
        .holds("Z. 单品24")
        .holds("单品29 5元");
    let take = format!("/rounds/{}/take?compound={COMPOUND}", at.id);
    headquarters.get(&take).await.holds("单品29");
}
