//! What stands against removing an entry, and that area and removal are looked after in the domain itself.

use store::{params, stmt};

use super::super::harness::{Client, Town};
use super::*;
use crate::base::id::BatchId;
use crate::base::{Action, Error, Refusal, Role};
use crate::coverage::{self, Stocktake};
use crate::plan::directive::{self, DirectiveDraft};
use crate::register::correct::Removal;
use crate::round::Channel;
use crate::round::open::{self, PackDraft, RoundDraft};
use crate::round::order::{self, OrderDraft, OrderRef, Want};

stmt!(
    ASSIGN,
    "INSERT INTO assignment (district, compound, main, backup, since_s, actor) VALUES ($1, $2, $3, $4, 0, 'x')"
);
stmt!(UNASSIGN, "DELETE FROM assignment WHERE district = $1");
stmt!(
    TRIP,
    "INSERT INTO trip (district, id, code, supplier, vehicle, driver, state, area, created_s, actor)
     VALUES ($1, $2, 'T001', 'S001', '湘L12345', '陈师傅', $3, $1, 0, 'x')"
);
stmt!(TRIP_STATE, "UPDATE trip SET state = $2 WHERE district = $1");
stmt!(ROUND_STATE, "UPDATE round SET state = $2 WHERE district = $1");

async fn change<T: Send + 'static>(
    town: &Town,
    work: impl Fn(&mut store::Tx, &Ctx) -> crate::base::Result<T> + Send + 'static,
) -> crate::base::Result<T> {
    let ctx = Ctx::system(&town.app.clock);
    town.app.db.write(move |tx| work(tx, &ctx)).await
}

async fn remove(town: &Town, register: &str, code: &str) -> crate::base::Result<()> {
    let removal = Removal {
        register: register.into(),
        district: DISTRICT.into(),
        code: code.into(),
    };
    change(town, move |tx, ctx| correct::remove(tx, ctx, &removal)).await
}

fn refusal<T: std::fmt::Debug>(result: crate::base::Result<T>) -> Refusal {
    match result {
        Err(Error::Refusal(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The removal must be refused with these words, the same way by the page.
async fn stands(town: &Town, headquarters: &Client, register: &str, code: &str, words: &str) {
    let refused = refusal(remove(town, register, code).await);
    assert_eq!(refused.code, "in_use", "{refused}");
    assert!(refused.zh.contains(words), "{words} in {refused}");
    let page = headquarters
        .post(&format!("/registers/{register}/remove"), &[("code", code)])
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.holds(words);
}

/// Puts in force the plans under which people eat by a norm.
async fn close(town: &Town) {
    for plan in ["fc", "dx"] {
        let draft = DirectiveDraft {
            area: COMPOUND.into(),
            plan: plan.into(),
            level: "control".into(),
            risk: "medium".into(),
            ordered_by: "指挥长".into(),
            ..DirectiveDraft::default()
        };
        change(town, move |tx, ctx| directive::issue(tx, ctx, &draft))
            .await
            .unwrap();
    }
}

async fn open_round(town: &Town) -> crate::base::id::RoundId {
    let draft = RoundDraft {
        mode: "A".into(),
        supplier: "S001".into(),
        compounds: vec![COMPOUND.into()],
        packs: vec![PackDraft {
            code: "V".into(),
            total: 5,
        }],
        ..RoundDraft::default()
    };
    change(town, move |tx, ctx| open::open(tx, ctx, &draft))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_household_with_an_order_under_way_or_food_at_home_stays() {
    let town = town().await;
    let hq = town.client("headquarters", DISTRICT).await;
    let round = open_round(&town).await;
    let draft = OrderDraft {
        district: DISTRICT.into(),
        round,
        household: HOME.into(),
        phone: PHONE.into(),
        channel: Channel::Staff,
        wants: vec![Want {
            pack: "V".into(),
            quantity: 1,
        }],
        note: String::new(),
    };
    let id = change(&town, move |tx, ctx| order::place(tx, ctx, &draft))
        .await
        .unwrap();
    stands(&town, &hq, "households", HOME, "还在办理").await;
    let at = OrderRef {
        district: DISTRICT.into(),
        id,
    };
    change(&town, move |tx, ctx| order::cancel(tx, ctx, &at))
        .await
        .unwrap();
    close(&town).await;
    let found = Stocktake {
        household: HOME.into(),
        tenths_of_days: [("grain".to_string(), 25)].into(),
    };
    change(&town, move |tx, ctx| coverage::stocktake(tx, ctx, &found))
        .await
        .unwrap();
    stands(&town, &hq, "households", HOME, "还有余粮").await;
    // Three days later everything is eaten, and nothing stands against it.
    town.app.clock.advance(3 * crate::base::clock::DAY_S);
    remove(&town, "households", HOME).await.unwrap();
}

#[tokio::test]
async fn a_supplier_with_goods_an_assignment_or_a_round_stays() {
    let town = town().await;
    let hq = town.client("headquarters", DISTRICT).await;
    open_round(&town).await;
    stands(&town, &hq, "suppliers", "S001", "1种商品").await;
    remove(&town, "goods", "S001/V").await.unwrap();
    for (main, backup) in [("S001", "S009"), ("S009", "S001")] {
        change(&town, move |tx, _| {
            Ok(tx.run(&ASSIGN, &params![DISTRICT, COMPOUND, main, backup])?)
        })
        .await
        .unwrap();
        stands(&town, &hq, "suppliers", "S001", "1个小区").await;
        change(&town, |tx, _| Ok(tx.run(&UNASSIGN, &params![DISTRICT])?))
            .await
            .unwrap();
    }
    for (state, words) in [("open", "接单中"), ("confirmed", "备货配送")] {
        change(&town, move |tx, _| {
            Ok(tx.run(&ROUND_STATE, &params![DISTRICT, state])?)
        })
        .await
        .unwrap();
        stands(&town, &hq, "suppliers", "S001", words).await;
    }
    change(&town, |tx, _| {
        Ok(tx.run(&ROUND_STATE, &params![DISTRICT, "settled"])?)
    })
    .await
    .unwrap();
    remove(&town, "suppliers", "S001").await.unwrap();
}

#[tokio::test]
async fn vehicle_and_driver_of_a_running_trip_stay() {
    let town = town().await;
    let hq = town.client("headquarters", DISTRICT).await;
    let driver = |post: &str| serde_json::json!({"name": "陈师傅", "phone": "13600001234", "post": post});
    let changes = vec![
        super::super::harness::new_entry(
            "vehicles",
            "湘L12345",
            DISTRICT,
            serde_json::json!({"plate": "湘L12345", "driver_name": "陈师傅"}),
        ),
        super::super::harness::new_entry("staff", "P001", DISTRICT, driver("driver")),
        super::super::harness::new_entry("staff", "P002", DISTRICT, driver("picker")),
    ];
    change(&town, move |tx, ctx| {
        entry::write(tx, ctx, BatchId::fresh(), &changes)
    })
    .await
    .unwrap();
    let trip = uuid::Uuid::now_v7();
    change(&town, move |tx, _| {
        Ok(tx.run(&TRIP, &params![DISTRICT, trip, "planned"])?)
    })
    .await
    .unwrap();
    for state in ["planned", "under_way"] {
        change(&town, move |tx, _| {
            Ok(tx.run(&TRIP_STATE, &params![DISTRICT, state])?)
        })
        .await
        .unwrap();
        stands(&town, &hq, "vehicles", "湘L12345", "车次T001").await;
        stands(&town, &hq, "staff", "P001", "车次T001").await;
    }
    // Somebody else of the same name does not drive.
    remove(&town, "staff", "P002").await.unwrap();
    change(&town, |tx, _| {
        Ok(tx.run(&TRIP_STATE, &params![DISTRICT, "ended"])?)
    })
    .await
    .unwrap();
    remove(&town, "vehicles", "湘L12345").await.unwrap();
    remove(&town, "staff", "P001").await.unwrap();
}

#[tokio::test]
async fn an_area_or_compound_with_entries_stays() {
    let town = town().await;
    let hq = town.client("headquarters", DISTRICT).await;
    for (register, code, words) in [
        ("areas", "431023002", "马田镇里还有3项"),
        ("areas", "431023002001", "邝家社区里还有2项"),
        ("compounds", ELSEWHERE, "和平苑里还有1项"),
    ] {
        stands(&town, &hq, register, code, words).await;
    }
    for (register, code) in [
        ("households", "431023002001-1-3-2-101"),
        ("compounds", ELSEWHERE),
        ("areas", "431023002001"),
        ("areas", "431023002"),
    ] {
        remove(&town, register, code).await.unwrap();
    }
}

fn apply(tx: &mut store::Tx, ctx: &Ctx, at: &BatchRef) -> crate::base::Result<import::Summary> {
    let applying = Applying::stored(tx, &ctx.actor, at.clone())?;
    import::apply(tx, ctx, &applying)
}

/// Undoing an import removes entries as well.
#[tokio::test]
async fn an_import_whose_household_has_food_is_not_undone() {
    let town = town().await;
    close(&town).await;
    let upload = Upload::new(
        DISTRICT,
        "住户.csv",
        "小区,房号,户主,人口数\n幸福里,9栋1单元101,赵六,2\n".into(),
    );
    let at = change(&town, move |tx, ctx| {
        let at = BatchRef {
            district: DISTRICT.into(),
            id: import::keep(tx, ctx, &upload)?,
        };
        apply(tx, ctx, &at)?;
        Ok(at)
    });
    let at = at.await.unwrap();
    let found = Stocktake {
        household: format!("{COMPOUND}-9-1-101"),
        tenths_of_days: [("grain".to_string(), 25)].into(),
    };
    change(&town, move |tx, ctx| coverage::stocktake(tx, ctx, &found))
        .await
        .unwrap();
    let undo = |at: BatchRef| change(&town, move |tx, ctx| import::undo(tx, ctx, &at));
    assert_eq!(refusal(undo(at.clone()).await).code, "undo_conflict");
    // HOUSE-5: a day later it is too late, whether or not the food is eaten.
    town.app.clock.advance(3 * crate::base::clock::DAY_S);
    assert_eq!(refusal(undo(at).await).code, "undo_late");
}

/// The functions of the domain themselves refuse what lies outside the actor's area, whoever calls them.
#[tokio::test]
async fn the_domain_knows_where_an_area_ends() {
    let town = town().await;
    let office = |area: &str, name: &str| Actor {
        area: area.into(),
        role: Role::Office,
        name: name.into(),
        ..Actor::system()
    };
    assert!(office(STREET, "x").may(Action::EditRegister));
    let (own, foreign) = (office(STREET, "张科员"), office("431023002", "李科员"));
    let ctx_of = |actor: &Actor| Ctx {
        actor: actor.clone(),
        ..Ctx::system(&town.app.clock)
    };
    let removal = Removal {
        register: "households".into(),
        district: DISTRICT.into(),
        code: HOME.into(),
    };
    let correction = Correction {
        register: "households".into(),
        district: DISTRICT.into(),
        code: String::new(),
        fields: [
            ("compound", "幸福里"),
            ("building", "9"),
            ("room", "101"),
            ("members", "2"),
        ]
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .into(),
    };
    let (stranger, gone, added) = (ctx_of(&foreign), removal.clone(), correction.clone());
    let removed = town
        .app
        .db
        .write(move |tx| correct::remove(tx, &stranger, &gone))
        .await;
    assert_eq!(refusal(removed).code, "not_found");
    let stranger = ctx_of(&foreign);
    let saved = town
        .app
        .db
        .write(move |tx| correct::save(tx, &stranger, &added))
        .await;
    assert_eq!(refusal(saved).code, "outside_area");
    let mine = ctx_of(&own);
    town.app
        .db
        .write(move |tx| correct::save(tx, &mine, &correction))
        .await
        .unwrap();

    let upload = Upload::new(
        DISTRICT,
        "住户.csv",
        "小区,房号,户主,人口数\n和平苑,9栋1单元101,赵六,2\n".into(),
    );
    let mine = ctx_of(&own);
    let kept = town
        .app
        .db
        .write(move |tx| import::keep(tx, &mine, &upload))
        .await
        .unwrap();
    let at = BatchRef {
        district: DISTRICT.into(),
        id: kept,
    };
    let (mine, here) = (ctx_of(&own), at.clone());
    let applied = town.app.db.write(move |tx| apply(tx, &mine, &here)).await;
    assert_eq!(refusal(applied).code, "outside_area");
    // The neighbour covers the rows, but did not bring the file; the county may, and then the street cannot undo it.
    let (stranger, here) = (ctx_of(&foreign), at.clone());
    let applied = town.app.db.write(move |tx| apply(tx, &stranger, &here)).await;
    assert_eq!(refusal(applied).code, "not_found");
    let here = at.clone();
    change(&town, move |tx, ctx| apply(tx, ctx, &here)).await.unwrap();
    let (mine, here) = (ctx_of(&own), at.clone());
    let undone = town.app.db.write(move |tx| import::undo(tx, &mine, &here)).await;
    assert_eq!(refusal(undone).code, "outside_area");
    assert_eq!(
        change(&town, move |tx, ctx| import::undo(tx, ctx, &at))
            .await
            .unwrap(),
        1
    );
}
