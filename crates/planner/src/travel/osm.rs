//! The streets of an OpenStreetMap extract that a goods vehicle may use.

use super::roads::{Road, Roads};
use crate::Point;
use osmpbf::{Element, ElementReader};
use std::collections::{HashMap, HashSet};
use std::io::Read;

/// Kinds of street with the speed at which goods vehicles get along, in km/h: below the limits, for streets have crossings.
const SPEEDS_KM_H: &[(&str, u32)] = &[
    ("motorway", 80),
    ("motorway_link", 45),
    ("trunk", 65),
    ("trunk_link", 40),
    ("primary", 50),
    ("primary_link", 35),
    ("secondary", 42),
    ("secondary_link", 30),
    ("tertiary", 35),
    ("tertiary_link", 25),
    ("unclassified", 28),
    ("residential", 22),
    ("living_street", 10),
    ("service", 12),
    ("track", 8),
];
/// The share of a posted limit that is driven on average, in percent.
const OF_LIMIT_PERCENT: u32 = 80;

/// A way of the map before it is cut at crossings.
struct Way {
    nodes: Vec<i64>,
    km_h: u32,
    forward: bool,
    back: bool,
}

impl Roads {
    /// Reads an extract in the PBF format. The error says what is wrong with the file.
    pub fn from_osm_pbf(file: impl Read + Send) -> Result<Roads, String> {
        let mut ways = Vec::new();
        let mut at: HashMap<i64, Point> = HashMap::new();
        let mut shut: HashSet<i64> = HashSet::new();
        let point = |lat: i32, lng: i32| Point {
            lat_e6: lat.div_euclid(10),
            lng_e6: lng.div_euclid(10),
        };
        ElementReader::new(file)
            .for_each(|element| match element {
                Element::DenseNode(node) => {
                    at.insert(node.id(), point(node.decimicro_lat(), node.decimicro_lon()));
                    if is_shut(node.tags()) {
                        shut.insert(node.id());
                    }
                }
                Element::Node(node) => {
                    at.insert(node.id(), point(node.decimicro_lat(), node.decimicro_lon()));
                    if is_shut(node.tags()) {
                        shut.insert(node.id());
                    }
                }
                Element::Way(way) => ways.extend(street(way.tags(), || way.refs().collect())),
                Element::Relation(_) => {}
            })
            .map_err(|error| format!("the map cannot be read as OSM PBF: {error}"))?;
        let mut numbers: HashMap<i64, u32> = HashMap::new();
        let mut places = Vec::new();
        let mut roads = Vec::new();
        for way in &ways {
            for pair in way
                .nodes
                .windows(2)
                .filter(|pair| !pair.iter().any(|node| shut.contains(node)))
            {
                let mut number = |node: i64| {
                    let place = *at.get(&node)?;
                    Some(*numbers.entry(node).or_insert_with(|| {
                        places.push(place);
                        (places.len() - 1) as u32
                    }))
                };
                if let (Some(from), Some(to)) = (number(pair[0]), number(pair[1])) {
                    roads.push(Road {
                        from,
                        to,
                        km_h: way.km_h,
                        forward: way.forward,
                        back: way.back,
                    });
                }
            }
        }
        if roads.is_empty() {
            return Err("the map has no street for vehicles".to_string());
        }
        Ok(Roads::new(places, roads))
    }
}

/// Whether a gate or bollard keeps vehicles out.
fn is_shut<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    let (mut barrier, mut access) = (false, None);
    for (key, value) in tags {
        match key {
            "barrier" => barrier = matches!(value, "bollard" | "block" | "jersey_barrier" | "debris"),
            "motor_vehicle" | "vehicle" => access = Some(value),
            "access" => access = access.or(Some(value)),
            _ => {}
        }
    }
    match access {
        Some("no") => true,
        Some("yes" | "permissive" | "destination" | "delivery") => false,
        _ => barrier,
    }
}

fn street<'a>(
    tags: impl Iterator<Item = (&'a str, &'a str)>,
    nodes: impl FnOnce() -> Vec<i64>,
) -> Option<Way> {
    let (mut speed, mut limit, mut access) = (None, None, None);
    let (mut oneway, mut is_link, mut is_ring) = (None, false, false);
    for (key, value) in tags {
        match key {
            "highway" => {
                speed = SPEEDS_KM_H
                    .iter()
                    .find(|(kind, _)| *kind == value)
                    .map(|(_, speed)| *speed);
                is_link = matches!(value, "motorway" | "motorway_link");
            }
            "maxspeed" => {
                limit = value
                    .parse::<u32>()
                    .ok()
                    .filter(|limit| (5..=130).contains(limit))
            }
            "oneway" => oneway = Some(value),
            "junction" => is_ring = value == "roundabout",
            "motor_vehicle" | "vehicle" => access = Some(value),
            "access" => access = access.or(Some(value)),
            "area" if value == "yes" => return None,
            _ => {}
        }
    }
    if matches!(access, Some("no" | "agricultural" | "forestry")) {
        return None;
    }
    let km_h = limit.map_or(speed?, |limit| {
        speed.unwrap_or(limit).min(limit * OF_LIMIT_PERCENT / 100).max(5)
    });
    speed?;
    let (forward, back) = match oneway {
        Some("yes" | "1" | "true") => (true, false),
        Some("-1" | "reverse") => (false, true),
        Some(_) => (true, true),
        None => (true, !(is_link || is_ring)),
    };
    Some(Way {
        nodes: nodes(),
        km_h,
        forward,
        back,
    })
}
