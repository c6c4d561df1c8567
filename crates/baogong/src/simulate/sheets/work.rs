//! Tables of suppliers, outlets, sites, staff, vehicles, volunteers and goods.

use super::super::staff::Worker;
use super::super::supply::Site;
use super::super::{County, Person};
use super::{NOT_REAL_PERSON, SYNTHETIC, columns, community, degrees, text, word, yes_no};
use documents::forms::{
    CATEGORIES, DUTIES, GOODS, OUTLET_STATES, OUTLETS, POSTS, SITE_KINDS, SITES, STAFF, SUPPLIER_KINDS,
    SUPPLIERS, VEHICLE_STATES, VEHICLES, VOLUNTEERS,
};
use documents::sheet::{OutCell, OutSheet};

fn person(person: &Person) -> [OutCell; 2] {
    [text(&person.name), text(&person.phone)]
}

/// The survey of suppliers.
pub(super) fn suppliers(county: &County) -> OutSheet {
    let keys = [
        "name",
        "kind",
        "address",
        "latitude",
        "longitude",
        "contact_name",
        "contact_phone",
        "staff",
        "vehicles",
        "drivers",
        "storage_g",
        "grain_daily_g",
        "grain_stock_g",
        "oil_daily_g",
        "oil_stock_g",
        "vegetables_daily_g",
        "vegetables_stock_g",
        "eggs_daily_g",
        "eggs_stock_g",
        "meat_daily_g",
        "meat_stock_g",
        "serves",
        "note",
    ];
    let rows = county.suppliers.iter().map(|supplier| {
        let owned = county
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.employer == supplier.name)
            .count();
        let vehicles = OutCell::Int(i64::try_from(owned).unwrap_or(i64::MAX));
        let mut row = vec![
            text(supplier.name),
            text(word(SUPPLIER_KINDS, supplier.kind)),
            text(&supplier.address),
            degrees(supplier.latitude),
            degrees(supplier.longitude),
        ];
        row.extend(person(&supplier.contact));
        row.extend([
            supplier.staff.into(),
            vehicles.clone(),
            vehicles,
            supplier.storage_g.into(),
        ]);
        for (daily_g, stock_g) in supplier.daily_g.iter().zip(supplier.stock_g) {
            row.extend([OutCell::Int(*daily_g), OutCell::Int(stock_g)]);
        }
        row.extend([text(&supplier.serves), text(SYNTHETIC)]);
        row
    });
    OutSheet {
        name: "保供单位".to_string(),
        title: "永兴县保供单位基本情况表（演示数据）".to_string(),
        notes: vec!["日销量按日供应能力填写；单位：公斤".to_string()],
        columns: columns(&SUPPLIERS, &keys, &[]),
        rows: rows.collect(),
        total: None,
    }
}

/// Form 2: outlets by community.
pub(super) fn outlets(county: &County) -> OutSheet {
    let keys = [
        "community",
        "name",
        "kind",
        "address",
        "latitude",
        "longitude",
        "supplier",
        "serves_people",
        "distance_m",
        "state",
        "contact_name",
        "contact_phone",
        "note",
    ];
    let rows = county.outlets.iter().map(|outlet| {
        let mut row = vec![
            community(&county.places, outlet.community),
            text(&outlet.name),
            text(word(SUPPLIER_KINDS, outlet.kind)),
            text(&outlet.address),
            degrees(outlet.latitude),
            degrees(outlet.longitude),
            text(outlet.supplier),
            outlet.serves_people.into(),
            outlet.distance_m.into(),
            text(word(OUTLET_STATES, outlet.state)),
        ];
        row.extend(person(&outlet.contact));
        row.push(text(SYNTHETIC));
        row
    });
    OutSheet {
        name: "网点台账".to_string(),
        title: "附表2 永兴县零售和服务网点台账（演示数据）".to_string(),
        notes: vec!["重名的社区（村）填12位区划代码".to_string()],
        columns: columns(
            &OUTLETS,
            &keys,
            &[("community", "所在社区"), ("kind", "网点类型")],
        ),
        rows: rows.collect(),
        total: None,
    }
}

/// Form 3: hubs on one sheet, drop points on another.
pub(super) fn sites(county: &County) -> Vec<OutSheet> {
    let keys = [
        "name",
        "kind",
        "community",
        "compound",
        "address",
        "latitude",
        "longitude",
        "area_m2",
        "cold",
        "contact_name",
        "contact_phone",
        "shift",
        "note",
    ];
    let row = |site: &Site| {
        let mut row = vec![
            text(&site.name),
            text(word(SITE_KINDS, site.kind)),
            community(&county.places, site.community),
            text(&site.compound),
            text(&site.address),
            degrees(site.latitude),
            degrees(site.longitude),
            site.area_m2.into(),
            yes_no(site.cold),
        ];
        row.extend(person(&site.contact));
        row.extend([text(site.shift), text(SYNTHETIC)]);
        row
    };
    [("hub", "中转站", "附表3-1"), ("drop_point", "投放点", "附表3-2")]
        .map(|(kind, name, number)| OutSheet {
            name: name.to_string(),
            title: format!("{number} 永兴县应急生活物资{name}一览表（演示数据）"),
            columns: columns(
                &SITES,
                &keys,
                &[
                    (
                        "name",
                        if kind == "hub" {
                            "中转站名称"
                        } else {
                            "投放点名称"
                        },
                    ),
                    ("address", "具体位置"),
                ],
            ),
            rows: county
                .sites
                .iter()
                .filter(|site| site.kind == kind)
                .map(row)
                .collect(),
            ..OutSheet::default()
        })
        .to_vec()
}

/// Form 4: one sheet for suppliers, one for communities, one for compounds.
pub(super) fn staff(county: &County) -> Vec<OutSheet> {
    let keys = [
        "name",
        "phone",
        "employer",
        "post",
        "community",
        "compound",
        "lodging",
        "duty",
        "note",
    ];
    let row = |worker: &Worker| {
        let at = worker.community;
        let mut row = person(&worker.person).to_vec();
        row.extend([
            text(&worker.employer),
            text(word(POSTS, worker.post)),
            at.map_or(OutCell::Blank, |at| community(&county.places, at)),
            text(&worker.compound),
            text(worker.lodging),
            text(word(DUTIES, worker.duty)),
            text(NOT_REAL_PERSON),
        ]);
        row
    };
    let groups: [(&str, &[&str]); 3] = [
        ("保供单位人员", &["manager", "picker", "driver", "courier"]),
        ("社区（村）网格员", &["grid_worker"]),
        ("小区联络人和信息员", &["liaison", "information_officer"]),
    ];
    groups
        .map(|(name, posts)| OutSheet {
            name: name.to_string(),
            title: format!("附表4 永兴县保供人员台账——{name}（演示数据）"),
            notes: vec![format!("说明：{NOT_REAL_PERSON}。")],
            columns: columns(&STAFF, &keys, &[("employer", "工作单位")]),
            rows: county
                .staff
                .iter()
                .filter(|worker| posts.contains(&worker.post))
                .map(row)
                .collect(),
            total: None,
        })
        .to_vec()
}

/// Form 5: vehicles.
pub(super) fn vehicles(county: &County) -> OutSheet {
    let keys = [
        "plate",
        "model",
        "load_g",
        "volume_l",
        "cold",
        "employer",
        "driver_name",
        "driver_phone",
        "route",
        "state",
        "note",
    ];
    let rows = county.vehicles.iter().map(|vehicle| {
        let mut row = vec![
            text(&vehicle.plate),
            text(vehicle.model),
            vehicle.load_g.into(),
            text(&vehicle.volume_m3.to_string()),
            yes_no(vehicle.cold),
            text(vehicle.employer),
        ];
        row.extend(person(&vehicle.driver));
        row.extend([
            text(&vehicle.route),
            text(word(VEHICLE_STATES, vehicle.state)),
            text(SYNTHETIC),
        ]);
        row
    });
    OutSheet {
        name: "保供车辆".to_string(),
        title: "附表5 永兴县保供车辆台账（演示数据）".to_string(),
        notes: vec!["车牌为演示编号，非真实号牌".to_string()],
        columns: columns(
            &VEHICLES,
            &keys,
            &[("load_g", "核定载重（公斤）"), ("cold", "是否冷藏")],
        ),
        rows: rows.collect(),
        total: None,
    }
}

/// Form 6: volunteers.
pub(super) fn volunteers(county: &County) -> OutSheet {
    let keys = [
        "name",
        "phone",
        "community",
        "compound",
        "building",
        "task",
        "duty",
        "shift",
        "handover",
        "note",
    ];
    let rows = county.volunteers.iter().map(|volunteer| {
        let mut row = person(&volunteer.person).to_vec();
        row.extend([
            community(&county.places, volunteer.community),
            text(&volunteer.compound),
            text(&volunteer.buildings),
            text(volunteer.task),
            text(volunteer.duty),
            text(volunteer.shift),
            text(&volunteer.handover),
            text(NOT_REAL_PERSON),
        ]);
        row
    });
    OutSheet {
        name: "志愿者".to_string(),
        title: "附表6 永兴县保供志愿者登记表（演示数据）".to_string(),
        notes: vec![format!("说明：{NOT_REAL_PERSON}。")],
        columns: columns(
            &VOLUNTEERS,
            &keys,
            &[("name", "志愿者姓名"), ("compound", "服务小区")],
        ),
        rows: rows.collect(),
        total: None,
    }
}

/// Price lists of all suppliers under each other.
pub(super) fn goods(county: &County) -> OutSheet {
    let keys = [
        "supplier",
        "code",
        "name",
        "kind",
        "category",
        "unit",
        "weight_g",
        "price_fen",
        "contents",
        "aliases",
        "limit_per_order",
        "stock",
        "note",
    ];
    let rows = county.goods.iter().map(|good| {
        let contents: Vec<&str> = good.contents.iter().map(|(words, _)| *words).collect();
        vec![
            text(good.supplier),
            text(&good.code),
            text(good.name),
            text(if good.pack { "套餐" } else { "单品" }),
            text(word(CATEGORIES, good.category)),
            text(good.unit),
            good.weight_g.into(),
            good.price_fen.into(),
            text(&contents.join("；")),
            text(&if good.pack {
                format!("{}套餐、{}", good.code, good.aliases)
            } else {
                String::new()
            }),
            good.limit_per_order.into(),
            good.stock.into(),
            text(SYNTHETIC),
        ]
    });
    OutSheet {
        name: "套餐价目表".to_string(),
        title: "永兴县保供套餐价目表（演示数据）".to_string(),
        notes: vec!["价格含包装，不含配送费".to_string()],
        columns: columns(
            &GOODS,
            &keys,
            &[("name", "套餐名称"), ("price_fen", "售价（元）")],
        ),
        rows: rows.collect(),
        total: None,
    }
}
