//! What an order may be: the interval, the allotment, the ration, the turn that comes back; the same command acts once.

use std::sync::Arc;

use baogong::base::clock::DAY_S;
use baogong::base::{Ctx, Error, Result};
use baogong::plan::directive::{self, DirectiveDraft};
use baogong::register::entry::{Entry, Household};
use baogong::round::open::{self, PackDraft, RoundDraft, RoundRef};
use baogong::round::order::{self, OrderDraft, OrderRef, Want};
use baogong::round::{Channel, OrderState, chart};
use store::Tx;

use crate::support::{Server, demo_servers};

struct Scene {
    compound: String,
    supplier: String,
    pack: String,
    households: Vec<Entry>,
}

fn scene(server: &Server, plan: &str, level: &str, risk: &str, area: &str) -> Scene {
    let compounds = server.entries("compounds", "431023001001");
    let (compound, households) = compounds
        .iter()
        .map(|compound| (compound.code.clone(), lived_in(server, &compound.code)))
        .find(|(_, households)| households.len() >= 10)
        .unwrap();
    let good = server.entries("goods", "431023").into_iter().next().unwrap();
    let (supplier, pack) = good.code.split_once('/').unwrap();
    let area = if area.is_empty() {
        compound.clone()
    } else {
        area.to_string()
    };
    let draft = DirectiveDraft {
        area,
        plan: plan.into(),
        level: level.into(),
        risk: risk.into(),
        ordered_by: "指挥长".into(),
        ..DirectiveDraft::default()
    };
    act(server, move |tx, ctx| directive::issue(tx, ctx, &draft)).unwrap();
    Scene {
        compound,
        supplier: supplier.into(),
        pack: pack.into(),
        households,
    }
}

fn lived_in(server: &Server, compound: &str) -> Vec<Entry> {
    let mut entries = server.entries("households", compound);
    entries.retain(|entry| entry.noun::<Household>().unwrap().status != "vacant" && entry.people > 0);
    entries
}

fn act<T: Send + 'static>(
    server: &Server,
    change: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + 'static,
) -> Result<T> {
    let ctx = Ctx::system(&server.app.clock);
    server.app.db.write_blocking(move |tx| change(tx, &ctx))
}

fn open_round(server: &Server, scene: &Scene, total: i64) -> baogong::base::id::RoundId {
    let draft = RoundDraft {
        mode: "C".into(),
        supplier: scene.supplier.clone(),
        compounds: vec![scene.compound.clone()],
        packs: vec![PackDraft {
            code: scene.pack.clone(),
            total,
        }],
        ..RoundDraft::default()
    };
    act(server, move |tx, ctx| open::open(tx, ctx, &draft)).unwrap()
}

fn draft(scene: &Scene, round: baogong::base::id::RoundId, household: usize, quantity: i64) -> OrderDraft {
    OrderDraft {
        district: "431023".into(),
        round,
        household: scene.households[household].code.clone(),
        phone: String::new(),
        channel: Channel::Staff,
        wants: vec![Want {
            pack: scene.pack.clone(),
            quantity,
        }],
        note: String::new(),
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T>) -> baogong::base::Refusal {
    match result {
        Err(Error::Refusal(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// FC-10: each household orders once in three days; the refusal says when it is possible again, and then it is.
#[test]
fn fc_10_one_order_in_three_days() {
    for server in demo_servers() {
        let scene = scene(&server, "fc", "control", "medium", "");
        let first = open_round(&server, &scene, 50);
        let one = draft(&scene, first, 0, 1);
        act(&server, move |tx, ctx| order::place(tx, ctx, &one)).unwrap();
        let second = open_round(&server, &scene, 50);
        let again = draft(&scene, second, 0, 1);
        let refused = refusal(act(&server, move |tx, ctx| order::place(tx, ctx, &again)));
        assert_eq!(refused.code, "order_interval", "{}", server.name);
        assert!(refused.zh.contains("FC-10") && refused.possible_s.is_some());
        // Another household is not touched; and the first may order again when the days have passed.
        let other = draft(&scene, second, 1, 1);
        act(&server, move |tx, ctx| order::place(tx, ctx, &other)).unwrap();
        server.app.clock.advance(3 * DAY_S);
        let third = open_round(&server, &scene, 50);
        let later = draft(&scene, third, 0, 1);
        act(&server, move |tx, ctx| order::place(tx, ctx, &later)).unwrap();
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// A cancelled order gives turn and goods back, so the household can order anew.
#[test]
fn a_cancelled_order_gives_everything_back() {
    for server in demo_servers() {
        let scene = scene(&server, "fc", "control", "medium", "");
        let round = open_round(&server, &scene, 1);
        let one = draft(&scene, round, 0, 1);
        let id = act(&server, move |tx, ctx| order::place(tx, ctx, &one)).unwrap();
        let other = draft(&scene, round, 1, 1);
        assert_eq!(
            refusal(act(&server, move |tx, ctx| order::place(tx, ctx, &other))).code,
            "allotment"
        );
        act(&server, move |tx, ctx| {
            order::cancel(
                tx,
                ctx,
                &OrderRef {
                    district: "431023".into(),
                    id,
                },
            )
        })
        .unwrap();
        let again = draft(&scene, round, 0, 1);
        act(&server, move |tx, ctx| order::place(tx, ctx, &again)).unwrap();
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// FC-6: what is unpaid at the deadline is not delivered, and frees its stock; the clock does it by itself.
#[test]
fn fc_6_unpaid_orders_expire_and_free_their_stock() {
    for server in demo_servers() {
        let scene = scene(&server, "fc", "control", "medium", "");
        let round = open_round(&server, &scene, 5);
        let one = draft(&scene, round, 0, 2);
        let id = act(&server, move |tx, ctx| order::place(tx, ctx, &one)).unwrap();
        server.app.clock.advance(DAY_S);
        assert_eq!(act(&server, open::tick).unwrap(), 1);
        assert_eq!(act(&server, open::tick).unwrap(), 0, "a round moves on once");
        let (state, supply) = {
            let (supplier, asset) = (scene.supplier.clone(), chart::pack_asset(round, &scene.pack));
            server.read(move |tx| {
                let order = order::get(tx, "431023", id)?;
                let supply = baogong::base::book::balance(tx, "431023", &chart::supply(&supplier, &asset))?.0;
                Ok((order.state, supply))
            })
        };
        assert_eq!(state, OrderState::Expired);
        assert_eq!(supply, 0, "everything released went back to the supplier");
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// YU-7: in grave shortage sales are rationed per person and period.
#[test]
fn yu_7_rations_hold_per_household() {
    for server in demo_servers() {
        let scene = scene(&server, "yu", "lockdown", "high", "431023");
        let round = open_round(&server, &scene, 500);
        let smallest = (0..scene.households.len())
            .min_by_key(|index| scene.households[*index].people)
            .unwrap();
        let greedy = draft(&scene, round, smallest, 40);
        let refused = refusal(act(&server, move |tx, ctx| order::place(tx, ctx, &greedy)));
        assert!(
            ["ration", "limit_per_order"].contains(&refused.code),
            "{}: {refused:?}",
            server.name
        );
    }
}

/// No oversell: many clients at once on a hot allotment; the same command sent again acts once.
#[test]
fn a_rush_on_a_hot_pack_never_oversells() {
    for server in demo_servers() {
        let scene = Arc::new(scene(&server, "dx", "control", "medium", ""));
        let round = open_round(&server, &scene, 7);
        let clients: Vec<_> = (0..scene.households.len())
            .map(|index| {
                let (scene, app) = (Arc::clone(&scene), server.app.clone());
                std::thread::spawn(move || {
                    let ctx = Ctx::system(&app.clock);
                    let one = draft(&scene, round, index, 1);
                    let mut taken = 0;
                    for _ in 0..2 {
                        let (ctx, one) = (ctx.clone(), one.clone());
                        let placed = app.db.write_blocking(move |tx| {
                            baogong::base::act::once(tx, &ctx, &PLACE, "431023", &one, order::place)
                        });
                        taken += usize::from(placed.is_ok());
                    }
                    taken
                })
            })
            .collect();
        let answers: Vec<usize> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        // Who got an order got the same one again for the repeated command.
        assert_eq!(
            answers.iter().filter(|taken| **taken == 2).count(),
            7,
            "{}: {answers:?}",
            server.name
        );
        assert!(answers.iter().all(|taken| *taken == 0 || *taken == 2));
        let area = scene.compound.clone();
        let stored = server.read(move |tx| order::of_round(tx, "431023", round, &area));
        assert_eq!(stored.len(), 7);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

static PLACE: baogong::base::act::Act =
    baogong::base::act::Act::new("order.place", baogong::base::Action::TakeOrders);

/// A command id that comes again with other content is refused, on every engine.
#[test]
fn a_command_id_is_not_used_twice() {
    for server in demo_servers() {
        let scene = scene(&server, "dx", "control", "medium", "");
        let round = open_round(&server, &scene, 7);
        let ctx = Ctx::system(&server.app.clock);
        let (first, second) = (draft(&scene, round, 0, 1), draft(&scene, round, 1, 1));
        let repeated = server.app.db.write_blocking(move |tx| -> Result<_> {
            baogong::base::act::once(tx, &ctx, &PLACE, "431023", &first, order::place)?;
            baogong::base::act::once(tx, &ctx, &PLACE, "431023", &second, order::place)
        });
        assert_eq!(refusal(repeated).code, "command_reused");
        let at = RoundRef {
            district: "431023".into(),
            id: round,
        };
        act(&server, move |tx, ctx| open::confirm(tx, ctx, &at)).unwrap();
    }
}
