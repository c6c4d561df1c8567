use super::people::Counts;
use super::supply::{self, NORM_G};
use super::*;
use documents::forms::{Cell, FORMS, Form, SPECIAL_NEEDS};
use documents::sheet::DuplicateKind;
use documents::sheet::{Reading, SheetReading, read};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The day of the latest market reports.
const TODAY: Date = jiff::civil::date(2026, 11, 21);

fn small() -> &'static County {
    static SMALL: LazyLock<County> = LazyLock::new(|| model(Size::Small, 1, TODAY).unwrap());
    &SMALL
}

fn full() -> &'static County {
    static FULL: LazyLock<County> = LazyLock::new(|| model(Size::Full, 1, TODAY).unwrap());
    &FULL
}

fn read_back(file: &DemoFile) -> Reading {
    let forms: Vec<&'static Form> = FORMS.to_vec();
    read(&file.bytes, &file.name, &forms)
        .unwrap_or_else(|rejected| panic!("{}: {}", file.name, rejected.zh()))
}

fn rows<'a>(readings: &'a [Reading], key: &str) -> Vec<(&'static Form, &'a documents::sheet::RowReading)> {
    let sheets: Vec<&SheetReading> = readings
        .iter()
        .flat_map(|reading| &reading.sheets)
        .filter(|sheet| sheet.form.is_some_and(|form| form.key == key))
        .collect();
    sheets
        .into_iter()
        .flat_map(|sheet| sheet.rows.iter().filter_map(|row| Some((sheet.form?, row))))
        .collect()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn same_seed_gives_same_bytes() {
    let made = county(Size::Small, 7, TODAY).unwrap();
    assert_eq!(made, county(Size::Small, 7, TODAY).unwrap());
    let other = county(Size::Small, 8, TODAY).unwrap();
    let names = |files: &[DemoFile]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&made), names(&other));
    assert_ne!(made[2].bytes, other[2].bytes);
    // Two runs in one second would agree even if the writer's clock were left in.
    for file in made.iter().filter(|file| file.name.ends_with(".xlsx")) {
        let stamp = b"2020-01-01T00:00:00Z";
        let found = file
            .bytes
            .windows(stamp.len())
            .filter(|part| part == stamp)
            .count();
        assert_eq!(found, 2, "{}", file.name);
    }
}

#[test]
fn every_file_reads_back_without_errors() {
    let county = small();
    let files = sheets::files(county, Size::Small).unwrap();
    let mut readings = Vec::new();
    for file in &files {
        let reading = read_back(file);
        for sheet in &reading.sheets {
            assert!(sheet.form.is_some(), "{} {}", file.name, sheet.sheet);
            assert_eq!(sheet.errors, [], "{}", file.name);
            assert_eq!(sheet.warnings, [], "{}", file.name);
            // Two shops of a village may well have nearly the same name; nothing else may stand twice.
            let twice = |one: &&documents::sheet::Duplicate| one.kind != DuplicateKind::Likely;
            assert_eq!(sheet.duplicates.iter().find(twice), None, "{}", file.name);
            assert!(sheet.duplicates.len() <= 2, "{}", file.name);
            assert_eq!(sheet.unknown_columns, [], "{}", file.name);
        }
        readings.push(reading);
    }
    for (key, count) in [
        ("areas", county.places.areas.len()),
        ("compounds", county.places.compounds.len()),
        ("households", county.households.len()),
        ("suppliers", county.suppliers.len()),
        ("outlets", county.outlets.len()),
        ("sites", county.sites.len()),
        ("staff", county.staff.len()),
        ("vehicles", county.vehicles.len()),
        ("volunteers", county.volunteers.len()),
        ("goods", county.goods.len()),
        ("monitoring", county.reports.len()),
    ] {
        assert_eq!(rows(&readings, key).len(), count, "{key}");
    }
    for ((form, row), household) in rows(&readings, "households").into_iter().zip(&county.households) {
        assert_eq!(row.get(form, "room").text(), Some(household.room.as_str()));
        assert_eq!(row.get(form, "members").int(), Some(household.members));
        assert_eq!(row.get(form, "status").text(), Some(household.status));
    }
}

#[test]
fn every_style_of_register_reads_the_same() {
    let county = small();
    let all: Vec<_> = county.households.iter().collect();
    let read_style = |style: usize, csv: bool| {
        let file = sheets::household_file(county, "住户", "永兴县", &all, style, csv).unwrap();
        let reading = read_back(&file);
        assert_eq!(reading.sheets[0].errors, [], "style {style}");
        assert_eq!(reading.sheets[0].warnings, [], "style {style}");
        let mut maps = Vec::new();
        for (form, row) in rows(&[reading], "households") {
            maps.push(row.to_json(form));
        }
        maps
    };
    let first = read_style(0, false);
    assert_eq!(first.len(), county.households.len());
    for style in 0..3 {
        for csv in [false, true] {
            assert_eq!(read_style(style, csv), first, "style {style}");
        }
    }
}

#[test]
fn yo_1_outlets_are_nine_supermarkets_seven_markets_three_malls() {
    for county in [small(), full()] {
        let count = |kind: &str| {
            county
                .suppliers
                .iter()
                .filter(|supplier| supplier.kind == kind)
                .count()
        };
        assert_eq!((count("supermarket"), count("market"), count("mall")), (9, 7, 3));
        assert_eq!(county.suppliers.len(), 19);
    }
}

#[test]
fn yo_6_vehicles_couriers_and_all_townships() {
    for county in [small(), full()] {
        assert_eq!(county.vehicles.len(), 40);
        let couriers = county
            .staff
            .iter()
            .filter(|worker| worker.post == "courier")
            .count();
        assert_eq!(couriers, 92);
        let cold = county.vehicles.iter().filter(|vehicle| vehicle.cold).count();
        assert!((4..=10).contains(&cold));
        assert!(
            county
                .vehicles
                .iter()
                .all(|vehicle| (800_000..=5_000_000).contains(&vehicle.load_g))
        );
        let inhabited: HashSet<usize> = county
            .places
            .compounds
            .iter()
            .map(|compound| county.places.community(compound).street)
            .collect();
        assert_eq!(inhabited.len(), 16);
        let drop_points = county
            .sites
            .iter()
            .filter(|site| site.kind == "drop_point")
            .count();
        assert_eq!(drop_points, county.places.compounds.len());
        assert_eq!(county.sites.len() - drop_points, 18);
    }
}

#[test]
fn divisions_are_complete() {
    let areas = places::areas().unwrap();
    let count = |level: &str| areas.iter().filter(|area| area.level == level).count();
    assert_eq!(
        (count("county"), count("street"), count("community")),
        (1, 16, 281)
    );
    assert_eq!(full().places.communities.len(), 281);
}

#[test]
fn sizes_are_as_promised() {
    let inhabited = |county: &County| {
        county
            .households
            .iter()
            .filter(|household| household.members > 0)
            .count()
    };
    let small = inhabited(small());
    assert!((1_800..=2_300).contains(&small), "{small}");
    let full = inhabited(full());
    assert!((60_000..=70_000).contains(&full), "{full}");
}

#[test]
fn shares_of_people_are_plausible() {
    let county = full();
    let inhabited: Vec<_> = county
        .households
        .iter()
        .filter(|household| household.members > 0)
        .collect();
    let vacant = county
        .households
        .iter()
        .filter(|household| household.status == "vacant")
        .count();
    let empty = county.households.len() - inhabited.len();
    assert_eq!(vacant, empty);
    let vacant = share(vacant, county.households.len());
    assert!((0.07..=0.09).contains(&vacant), "vacant {vacant}");
    let people: i64 = inhabited.iter().map(|household| household.members).sum();
    let mean = people as f64 / inhabited.len() as f64;
    assert!((2.6..=2.8).contains(&mean), "mean {mean}");
    assert!(
        inhabited
            .iter()
            .all(|household| (1..=8).contains(&household.members))
    );
    let needs = share(
        inhabited
            .iter()
            .filter(|household| !household.needs.is_empty())
            .count(),
        inhabited.len(),
    );
    assert!((0.11..=0.13).contains(&needs), "needs {needs}");
    // SH-5: every group occurs, and each in a plausible order of size.
    let count = |need: &str| {
        inhabited
            .iter()
            .filter(|household| household.needs.contains(&need))
            .count()
    };
    for need in SPECIAL_NEEDS {
        assert!(count(need.key) > 0, "{}", need.key);
    }
    assert!(count("chronic_illness") > count("elderly_alone"));
    assert!(count("elderly_alone") > count("dialysis") * 10);
    let offline = share(
        inhabited.iter().filter(|household| household.offline).count(),
        inhabited.len(),
    );
    assert!((0.03..=0.10).contains(&offline), "offline {offline}");
    let large = inhabited
        .iter()
        .filter(|household| {
            let compound = &county.places.compounds[household.compound];
            county.places.community(compound).street < 3
        })
        .count();
    let large = share(large, inhabited.len());
    assert!((0.57..=0.63).contains(&large), "seat and large towns {large}");
}

#[test]
fn dwellings_and_numbers_are_unique() {
    let county = full();
    let mut dwellings = HashSet::new();
    let mut phones = HashSet::new();
    for household in &county.households {
        assert!(dwellings.insert((
            household.compound,
            &household.building,
            &household.unit,
            &household.room
        )));
        if !household.phone.is_empty() {
            assert!(household.phone.starts_with("160"), "{}", household.phone);
            assert!(phones.insert(&household.phone));
        }
    }
    for worker in &county.staff {
        assert!(phones.insert(&worker.person.phone), "{:?}", worker.person);
    }
    let mut plates = HashSet::new();
    assert!(
        county
            .vehicles
            .iter()
            .all(|vehicle| plates.insert(&vehicle.plate))
    );
}

#[test]
fn places_are_named_beyond_doubt() {
    let places = &full().places;
    let mut compounds = HashSet::new();
    for compound in &places.compounds {
        assert!(compounds.insert(&compound.name), "{}", compound.name);
        assert!(!compound.name.contains("演示"));
        let town = places.community(compound).town;
        if town {
            assert!((2..=20).contains(&compound.buildings.len()), "{}", compound.name);
        } else {
            assert!(compound.name.ends_with('组'), "{}", compound.name);
        }
    }
    // A name with or without 社区 and 村 stands for one community only; the others are written by code.
    let mut stems: HashMap<&str, usize> = HashMap::new();
    for community in &places.communities {
        *stems.entry(community.stem()).or_default() += 1;
    }
    let mut written = HashSet::new();
    for community in &places.communities {
        assert!(written.insert(&community.written));
        assert_eq!(
            stems[community.stem()] > 1,
            community.written.starts_with("431023"),
            "{}",
            community.name
        );
    }
}

#[test]
fn places_lie_in_the_county() {
    let places = &full().places;
    for compound in &places.compounds {
        let north_km = (compound.latitude - 26_127_000) as f64 * 0.000_111_2;
        let east_km = (compound.longitude - 113_116_000) as f64 * 0.000_099_9;
        let distance_km = north_km.hypot(east_km);
        assert!(distance_km < 30.0, "{}: {distance_km}", compound.name);
    }
}

#[test]
fn form_1_agrees_with_the_register_of_households() {
    let county = small();
    let files = sheets::files(county, Size::Small).unwrap();
    let reading = read_back(&files[1]);
    let census = people::census(&county.places, &county.households);
    let surveyed = rows(std::slice::from_ref(&reading), "compounds")
        .into_iter()
        .map(|(form, row)| Counts {
            households: row.get(form, "households").int().unwrap(),
            residents: row.get(form, "residents").int().unwrap(),
            floating: row.get(form, "floating").int().unwrap(),
            needs: std::array::from_fn(|at| {
                let key = format!("need_{}", SPECIAL_NEEDS[at].key);
                row.get(form, &key).int().unwrap()
            }),
        })
        .collect::<Vec<_>>();
    assert_eq!(surveyed, census.by_compound);
    assert!(census.people() > 0);
}

#[test]
fn capacity_suffices_with_a_fifth_to_spare_and_is_uneven() {
    for county in [small(), full()] {
        let people = people::census(&county.places, &county.households).people();
        for (category, norm_g) in NORM_G.iter().enumerate() {
            let demand_g = people.max(supply::PEOPLE_MIN) * norm_g;
            let daily_g = county.suppliers.iter().map(|supplier| supplier.daily_g[category]);
            let total_g: i64 = daily_g.clone().sum();
            // Rounding each supplier up to a kilogram adds at most 19 kg.
            assert!(
                total_g >= demand_g * 120 / 100,
                "{category}: {total_g} of {demand_g}"
            );
            assert!(
                total_g <= demand_g * 121 / 100 + 19_000,
                "{category}: {total_g} of {demand_g}"
            );
            assert!(daily_g.clone().max().unwrap() > 4 * daily_g.min().unwrap());
        }
        for supplier in &county.suppliers {
            assert!(
                supplier.storage_g >= supplier.stock_g.iter().sum(),
                "{}",
                supplier.name
            );
        }
    }
}

#[test]
fn packs_weigh_what_they_hold() {
    let county = small();
    let files = sheets::files(county, Size::Small).unwrap();
    let goods = files.iter().find(|file| file.name.starts_with("10-")).unwrap();
    let reading = read_back(goods);
    let mut by_supplier: HashMap<String, usize> = HashMap::new();
    let mut singles: HashMap<String, usize> = HashMap::new();
    for (form, row) in rows(std::slice::from_ref(&reading), "goods") {
        if row.get(form, "kind").text() == Some("good") {
            let supplier = row.get(form, "supplier").text().unwrap();
            *singles.entry(supplier.to_string()).or_default() += 1;
            assert!(row.get(form, "weight_g").int().unwrap() > 0, "row {}", row.row);
            continue;
        }
        let Cell::Contents(contents) = row.get(form, "contents") else {
            panic!("row {} has no contents", row.row);
        };
        let sum_g: i64 = contents.iter().map(|content| content.weight_g).sum();
        assert_eq!(Some(sum_g), row.get(form, "weight_g").int(), "row {}", row.row);
        let supplier = row.get(form, "supplier").text().unwrap();
        *by_supplier.entry(supplier.to_string()).or_default() += 1;
        if row.get(form, "name").text().unwrap().starts_with("综合包") {
            // Nine person-days of every category of the norm, within a tenth.
            for (category, norm_g) in documents::forms::CATEGORIES.iter().zip(NORM_G) {
                let own = contents.iter().filter(|content| content.category == category.key);
                let weight_g: i64 = own.map(|content| content.weight_g).sum();
                assert!(weight_g * 10 >= norm_g * 9 * 10, "{}: {weight_g}", category.key);
                assert!(weight_g * 10 <= norm_g * 9 * 12, "{}: {weight_g}", category.key);
            }
        }
    }
    assert_eq!(by_supplier.len(), 12);
    assert!(by_supplier.values().all(|count| (5..=8).contains(count)));
    assert_eq!(singles.len(), 12);
    assert!(singles.values().all(|count| *count > 20), "{singles:?}");
}

#[test]
fn titles_say_that_the_data_are_made_up() {
    for file in county(Size::Small, 3, TODAY).unwrap() {
        if file.name.ends_with(".csv") {
            let text = String::from_utf8(file.bytes).unwrap();
            assert!(text.lines().next().unwrap().contains("演示数据"), "{}", file.name);
        }
    }
    let county = small();
    let all: Vec<_> = county.households.iter().collect();
    let file = sheets::household_file(county, "住户", "永兴县", &all, 1, true).unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert_eq!(
        text.matches("演示数据，非真实住户").count(),
        county.households.len() + 1
    );
}
