//! Plans from small lists whose best answer is known.

use std::collections::BTreeMap;

use kit::Lang;
use planner::route::Reason;

use super::*;
use crate::base::clock::parse_minute;
use crate::plan::plan as programme;

const SUPPLIERS: &str = "单位名称,类型,纬度,经度,米面日供应能力,食用油日供应能力,蔬菜日供应能力,蛋日供应能力,肉日供应能力,服务范围\n\
    东店,超市,26.100000,113.200000,1000,1000,1000,1000,1000,东社区\n\
    西店,超市,26.100000,113.000000,1000,1000,1000,1000,1000,西社区\n";
const COMPOUNDS: &str = "街道,社区,小区,纬度,经度,楼栋数,单元数,户数,常住人口\n\
    河街道,东社区,东园,26.101000,113.201000,2,4,40,100\n\
    河街道,东社区,东苑,26.102000,113.199000,1,1,20,50\n\
    河街道,西社区,西园,26.101000,113.001000,3,3,30,80\n";
const VEHICLES: &str = "车牌,车型,载重,单位,驾驶员,电话,状态,通行证有效期\n\
    湘L12345,货车,500,东店,赵东,13800001111,可用,\n\
    湘L22345,货车,500,县运输队,钱西,13800002222,可用,\n\
    湘L32345,货车,500,东店,孙南,13800003333,故障,\n\
    湘L42345,货车,500,东店,李北,13800004444,可用,2020-01-01\n";

fn asked() -> Asked {
    Asked {
        plan: programme("fc").unwrap(),
        level: ControlLevel::Control,
        depart_s: parse_minute("2026-11-23 07:30").unwrap(),
        until_s: parse_minute("2026-11-23 20:00").unwrap(),
        days: 2,
        categories: Vec::new(),
        seconds: None,
        seed: 1,
        load_min: 30,
        unload_min: 10,
        km_per_h: 25,
        bags_per_volunteer: 10,
        roads: None,
    }
}

fn lists(files: &[(&str, &str)]) -> Lists {
    let files: Vec<File> = files
        .iter()
        .map(|(name, text)| File {
            name: (*name).to_string(),
            bytes: text.as_bytes().to_vec(),
            named: true,
        })
        .collect();
    Lists::read(&files, "2026-11-22").unwrap()
}

fn planned(files: &[(&str, &str)], asked: &Asked) -> Planned {
    let lists = lists(files);
    assert!(lists.errors.is_empty(), "{:?}", lists.errors);
    plan(&lists, asked)
        .unwrap()
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn all() -> [(&'static str, &'static str); 3] {
    [("供.csv", SUPPLIERS), ("区.csv", COMPOUNDS), ("车.csv", VEHICLES)]
}

fn mains(planned: &Planned) -> BTreeMap<&str, Option<&str>> {
    let choices = &planned.supply.answer.choices;
    let names = planned.county.compounds.iter().map(|one| one.name.as_str());
    names
        .zip(choices.iter().map(|choice| choice.main.as_deref()))
        .collect()
}

fn told(planned: &Planned, words: &str) -> bool {
    planned.notes.iter().any(|note| note.zh.contains(words))
}

/// DX-1, YU-12: the nearest with room, a backup for each; CT-4: everything is driven there.
#[test]
fn the_nearest_supplies_and_every_compound_is_driven_to() {
    let planned = planned(&all(), &asked());
    let expected = [
        ("东园", Some("东店")),
        ("东苑", Some("东店")),
        ("西园", Some("西店")),
    ];
    assert_eq!(mains(&planned), expected.into_iter().collect());
    assert!(
        planned
            .supply
            .answer
            .choices
            .iter()
            .all(|choice| choice.backup.is_some())
    );
    let drive = planned.drive.as_ref().unwrap();
    assert!(drive.plan.unserved.is_empty(), "{:?}", drive.plan.unserved);
    // 975 g a person and day by the norms, for two days; a load of 500 kg takes any of these at once.
    let weights: BTreeMap<&str, i64> = drive
        .drops
        .iter()
        .map(|drop| {
            (
                planned.county.compounds[drop.compound].name.as_str(),
                drop.weight_g,
            )
        })
        .collect();
    assert_eq!(
        weights,
        [("东园", 195_000), ("东苑", 97_500), ("西园", 156_000)].into()
    );
    let plates: Vec<&str> = drive.vehicles.iter().map(|one| one.plate.as_str()).collect();
    assert_eq!(
        plates,
        ["湘L12345", "湘L22345"],
        "neither the broken one nor the one without a valid pass"
    );
    assert!(told(&planned, "湘L32345") && told(&planned, "湘L42345"));
}

/// What is picked is what is driven is what people eat.
#[test]
fn picks_add_up_to_the_norms() {
    let goods = "保供单位,编码,名称,品类,计量单位,重量,单价,库存\n\
        东店,M10,大米10公斤,米面,袋,10,50,3\n\
        东店,M5,大米5公斤,米面,袋,5,27,\n";
    let mut files = all().to_vec();
    files.push(("价.csv", goods));
    let planned = planned(&files, &asked());
    let sum = |category: usize| {
        planned
            .picks
            .iter()
            .map(|pick| pick.need_g[category])
            .sum::<i64>()
    };
    assert_eq!(sum(0), 230 * 350 * 2);
    let drive = planned.drive.as_ref().unwrap();
    let driven: i64 = drive.drops.iter().map(|drop| drop.weight_g).sum();
    assert_eq!((0..5).map(sum).sum::<i64>(), driven);
    let pieces: BTreeMap<&str, i64> =
        planned
            .picks
            .iter()
            .flat_map(|pick| &pick.pieces)
            .fold(BTreeMap::new(), |mut sums, piece| {
                *sums.entry(piece.code.as_str()).or_default() += piece.count;
                sums
            });
    assert_eq!(pieces["M10"], 3, "no more than is in stock");
    let grain_g: i64 = 3 * 10_000 + pieces["M5"] * 5_000;
    let eaten_g = 150 * 350 * 2;
    assert!(
        grain_g >= eaten_g && grain_g < eaten_g + 2 * 10_000,
        "{grain_g} of {eaten_g}"
    );
}

/// CT-4, FC-9: shifts, stops, passes and cold as the lists say; what cannot be kept is told with its reason.
#[test]
fn vehicles_keep_to_shift_stops_pass_and_cold() {
    let vehicles = "车牌,载重,单位,驾驶员,电话,班次,最多停靠点,通行范围,冷藏车\n\
        湘L12345,500,东店,赵东,13800001111,7:00-19:00,1,东社区,否\n\
        湘L22345,500,县运输队,钱西,13800002222,20:00-6:00,,,否\n\
        湘L32345,500,东店,孙南,13800003333,9:00-19:00,,东苑、西园,是\n";
    let goods = "保供单位,编码,名称,品类,计量单位,重量,单价,需冷链\n\
        东店,R,冷鲜肉,肉,袋,1,30,是\n东店,M,大米10公斤,米面,袋,10,50,否\n";
    let files = [
        ("供.csv", SUPPLIERS),
        ("区.csv", COMPOUNDS),
        ("车.csv", vehicles),
        ("价.csv", goods),
    ];
    let planned = planned(&files, &asked());
    let drive = planned.drive.as_ref().unwrap();
    let name = |stop: usize| {
        let drop = drive.drops[stop];
        format!(
            "{}{}",
            planned.county.compounds[drop.compound].name,
            drop.words(Lang::Zh)
        )
    };
    let driven: BTreeMap<&str, Vec<String>> = drive
        .plan
        .tours
        .iter()
        .map(|tour| {
            let visits = tour.trips.iter().flat_map(|trip| &trip.visits);
            let mut stops: Vec<String> = visits.map(|visit| name(visit.stop)).collect();
            stops.sort();
            (drive.vehicles[tour.vehicle].plate.as_str(), stops)
        })
        .collect();
    let words = |stops: &[&str]| stops.iter().map(ToString::to_string).collect::<Vec<_>>();
    let expected = [
        ("湘L12345", words(&["东园"])),
        ("湘L32345", words(&["东苑", "东苑（冷链）"])),
    ];
    assert_eq!(driven, expected.into_iter().collect());
    let late = drive
        .plan
        .tours
        .iter()
        .find(|tour| drive.vehicles[tour.vehicle].plate == "湘L32345");
    assert!(late.unwrap().start_s >= 90 * 60, "its shift begins at nine");
    let mut left: Vec<(String, Reason)> = drive
        .plan
        .unserved
        .iter()
        .map(|left| (name(left.stop), left.reason))
        .collect();
    left.sort_by(|a, b| a.0.cmp(&b.0));
    // 西店 has no vehicle of its own, and that of the county drives at night; no cold one may go to 东园.
    let expected = [
        ("东园（冷链）".to_string(), Reason::NoColdVehicle),
        ("西园".to_string(), Reason::OutOfTime),
    ];
    assert_eq!(left, expected);
    let picked: i64 = planned
        .picks
        .iter()
        .filter(|pick| pick.drop.goods == Goods::Cold)
        .flat_map(|pick| &pick.need_g)
        .sum();
    assert_eq!(
        picked,
        50 * norm_meat_g() * 2,
        "the cold stop of 东苑 is its meat alone"
    );
}

fn norm_meat_g() -> i64 {
    rules_of(&asked()).number(RuleKey::NormMeatG).unwrap()
}

/// FC-8: nobody is called before the goods are there, at most five at once, every household once.
#[test]
fn fc_8_slots_begin_when_the_goods_are_there() {
    let households = "社区,小区,楼栋,单元,房号,户主,人口数\n\
        东社区,东园,1,1,101,甲,3\n东社区,东园,1,1,102,乙,3\n东社区,东园,2,1,101,丙,2\n";
    let again = "社区,小区,楼栋,单元,房号,户主,人口数\n东社区,东园,1,1,102,乙,3\n";
    let mut files = all().to_vec();
    files.extend([("户.csv", households), ("户二.csv", again)]);
    let planned = planned(&files, &asked());
    let drive = planned.drive.as_ref().unwrap();
    assert_eq!(planned.pickup.calls.unwrap().people_max, 5);
    for called in &planned.pickup.compounds {
        let there_s = asked().depart_s + drive.there_s(called.compound).unwrap();
        assert!(called.slots.iter().all(|slot| slot.start_s >= there_s));
        let fetched: i64 = called.slots.iter().map(|slot| i64::from(slot.households)).sum();
        assert_eq!(fetched, planned.county.compounds[called.compound].households);
    }
    let east = planned
        .county
        .compounds
        .iter()
        .find(|one| one.name == "东园")
        .unwrap();
    assert_eq!(
        (east.households, east.persons),
        (3, 8),
        "the repeated dwelling counts once"
    );
    assert!(told(&planned, "同一房号"));
}

#[test]
fn without_vehicles_it_says_which_list_is_missing() {
    let planned = planned(&all()[..2], &asked());
    assert!(planned.drive.is_none());
    assert!(told(&planned, "附表5"));
    assert!(!planned.pickup.compounds.is_empty() && !planned.picks.is_empty());
}

/// A missing position is never taken as the place where the equator meets the meridian of Greenwich.
#[test]
fn without_positions_compounds_are_grouped_by_what_suppliers_serve() {
    let strip = |text: &str| -> String {
        text.lines()
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let kept = cells.iter().zip(0..).filter(|(cell, _)| {
                    !(matches!(**cell, "纬度" | "经度")
                        || cell.starts_with("26.")
                        || cell.starts_with("113."))
                });
                kept.map(|(cell, _)| *cell).collect::<Vec<_>>().join(",") + "\n"
            })
            .collect()
    };
    let (suppliers, compounds) = (strip(SUPPLIERS), strip(COMPOUNDS));
    let files = [
        ("供.csv", suppliers.as_str()),
        ("区.csv", compounds.as_str()),
        ("车.csv", VEHICLES),
    ];
    let planned = planned(&files, &asked());
    let expected = [
        ("东园", Some("东店")),
        ("东苑", Some("东店")),
        ("西园", Some("西店")),
    ];
    assert_eq!(mains(&planned), expected.into_iter().collect());
    assert!(planned.county.compounds.iter().all(|one| one.at.is_none()));
    assert!(planned.drive.as_ref().unwrap().plan.unserved.is_empty());
    assert!(told(&planned, "没有坐标"));
}

#[test]
fn a_compound_without_a_position_takes_the_middle_of_its_community() {
    let compounds = format!("{COMPOUNDS}河街道,东社区,东坊,,,1,1,10,30\n");
    let planned = planned(&[("供.csv", SUPPLIERS), ("区.csv", &compounds)], &asked());
    let added = planned
        .county
        .compounds
        .iter()
        .find(|one| one.name == "东坊")
        .unwrap();
    assert!(added.estimated);
    assert_eq!(
        added.at.map(|at| (at.lat_e6, at.lng_e6)),
        Some((26_101_500, 113_200_000))
    );
    assert_eq!(mains(&planned)["东坊"], Some("东店"));
}

/// CQ-7: what cannot be supplied is told with the category that is short.
#[test]
fn shortages_name_the_category() {
    let few = SUPPLIERS.replace(",1000,1000,1000,1000,1000", ",1000,1000,1000,1000,10");
    let planned = planned(&[("供.csv", &few), ("区.csv", COMPOUNDS)], &asked());
    let answer = &planned.supply.answer;
    assert_eq!(answer.shortages.len(), 1);
    assert_eq!(answer.shortages[0].category, "meat");
    assert_eq!(answer.shortages[0].short_by, 230 * 115 - 20_000);
    assert!(answer.unserved_persons > 0);
    let without = Asked {
        categories: vec!["grain".into(), "vegetables".into()],
        ..asked()
    };
    let planned = planned_of(&few, &without);
    assert_eq!(
        planned.supply.answer.unserved_persons, 0,
        "meat is not asked of the main supplier"
    );
}

fn planned_of(suppliers: &str, asked: &Asked) -> Planned {
    planned(&[("供.csv", suppliers), ("区.csv", COMPOUNDS)], asked)
}

#[test]
fn a_compound_of_two_communities_is_asked_about_by_cell() {
    let compounds = format!("{COMPOUNDS}河街道,西社区,东园,26.1,113.0,1,1,10,30\n");
    let households = "小区,楼栋,单元,房号,户主,人口数\n西园,1,1,101,甲,3\n东园,1,1,101,乙,3\n";
    let lists = lists(&[
        ("供.csv", SUPPLIERS),
        ("区.csv", &compounds),
        ("户.csv", households),
    ]);
    assert!(lists.errors.is_empty(), "{:?}", lists.errors);
    let errors = plan(&lists, &asked()).unwrap().err().unwrap();
    assert_eq!(errors.len(), 1);
    let words = errors[0].words(Lang::Zh);
    assert!(words.starts_with("户.csv A3 小区 \"东园\": 有2个社区"), "{words}");
}

/// YU-13: under lockdown trained people carry to the doors, so nobody is called down.
#[test]
fn yu_13_under_lockdown_bags_are_carried_to_the_doors() {
    let lockdown = Asked {
        plan: programme("yu").unwrap(),
        level: ControlLevel::Lockdown,
        ..asked()
    };
    let planned = planned(&all(), &lockdown);
    assert!(planned.pickup.calls.is_none());
    assert!(
        planned
            .pickup
            .compounds
            .iter()
            .all(|one| one.slots.is_empty() && !one.entrances.is_empty())
    );
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    let (one, other) = (planned(&all(), &asked()), planned(&all(), &asked()));
    assert_eq!(one.supply.answer, other.supply.answer);
    assert_eq!(one.drive.unwrap().plan, other.drive.unwrap().plan);
    assert_eq!(one.picks, other.picks);
}

/// DX-1: vegetables in the east, everything else in the west; nobody can feed a compound alone, and nobody goes without.
#[test]
fn suppliers_that_lack_something_feed_a_compound_together() {
    let halves = "单位名称,类型,纬度,经度,米面日供应能力,食用油日供应能力,蔬菜日供应能力,蛋日供应能力,肉日供应能力,服务范围\n\
        东店,超市,26.100000,113.200000,0,0,1000,0,0,东社区\n\
        西店,超市,26.100000,113.000000,1000,1000,0,1000,1000,西社区\n";
    let planned = planned(
        &[("供.csv", halves), ("区.csv", COMPOUNDS), ("车.csv", VEHICLES)],
        &asked(),
    );
    assert!(planned.supply.shared.iter().all(Option::is_some));
    for (compound, shared) in planned.supply.shared.iter().flatten().enumerate() {
        assert_eq!(
            shared.main.as_deref(),
            Some("西店"),
            "it gives four of five categories"
        );
        assert_eq!(shared.added.len(), 1);
        assert!(shared.short.iter().all(|short| *short == 0));
        assert!(planned.supply.main(compound).is_some());
    }
    let drive = planned.drive.as_ref().unwrap();
    assert_eq!(drive.drops.len(), 6, "both come to each of three compounds");
    let weight_g: i64 = drive.drops.iter().map(|drop| drop.weight_g).sum();
    assert_eq!(weight_g, 195_000 + 97_500 + 156_000);
    let sheet = sheets::together(&planned, Lang::Zh).unwrap();
    assert_eq!(sheet.rows.len(), 6);
}

/// YU-7: there are vegetables for half of the people; everybody gets half, each from the near supplier, and no more is driven
/// and picked than there is.
#[test]
fn yu_7_what_is_short_is_short_alike_for_every_compound() {
    let scarce = "单位名称,类型,纬度,经度,米面日供应能力,食用油日供应能力,蔬菜日供应能力,蛋日供应能力,肉日供应能力,服务范围\n\
        东店,超市,26.100000,113.200000,1000,1000,30,1000,1000,东社区\n\
        西店,超市,26.100000,113.000000,1000,1000,16,1000,1000,西社区\n";
    let planned = planned(
        &[("供.csv", scarce), ("区.csv", COMPOUNDS), ("车.csv", VEHICLES)],
        &asked(),
    );
    let expected = [
        ("东园", Some("东店")),
        ("东苑", Some("东店")),
        ("西园", Some("西店")),
    ];
    assert_eq!(mains(&planned), expected.into_iter().collect());
    for (living, shared) in planned.county.compounds.iter().zip(&planned.supply.shared) {
        let shared = shared.as_ref().unwrap();
        let half_g = living.persons * 200;
        assert_eq!(
            (shared.given[2], shared.short[2]),
            (half_g, half_g),
            "{}",
            living.name
        );
        assert_eq!(
            shared.short.iter().sum::<i64>(),
            half_g,
            "the rest is given in full"
        );
    }
    assert!(told(&planned, "蔬菜只够50.0 %"));
    let picked_g: i64 = planned.picks.iter().map(|pick| pick.need_g[2]).sum();
    assert_eq!(picked_g, 2 * 46_000, "two days of all that there is");
    assert_eq!(planned.supply.load(0)[2], (30_000, 30_000));
    let sheet = sheets::together(&planned, Lang::Zh).unwrap();
    assert_eq!((sheet.name.as_str(), sheet.rows.len()), ("份额", 6));
}
