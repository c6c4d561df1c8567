//! The map server of the county, where one is configured. Without it maps are drawn on plain ground.

use planner::Point;
use planner::travel::{Datum, from_wgs84};

use crate::wording;

wording! {
    /// In which datum the tiles of a map server are drawn.
    TilesDatum {
        Wgs84 = "wgs84", "WGS-84（GPS、天地图、OpenStreetMap）", "WGS-84 (GPS, Tianditu, OpenStreetMap)";
        Gcj02 = "gcj02", "GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)";
    }
}

/// A map server with tiles in Web Mercator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileServer {
    /// The address with `{z}`, `{x}` and `{y}`.
    pub template: String,
    /// Scheme, host and port, for the content security policy.
    pub origin: String,
    /// The datum of its tiles.
    pub datum: TilesDatum,
}

impl TileServer {
    /// Reads an address such as `https://tiles.county.example/{z}/{x}/{y}.png`. The error says what would be right.
    pub fn new(template: &str, datum: TilesDatum) -> Result<Self, String> {
        let wrong =
            |what: &str| format!("{template}: {what}, such as https://tiles.example/{{z}}/{{x}}/{{y}}.png");
        let rest = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| template.strip_prefix(scheme))
            .ok_or_else(|| wrong("the address must begin with https:// or http://"))?;
        let host = rest.split('/').next().unwrap_or("");
        let plain =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(wrong("the host must be written out"));
        }
        if let Some(missing) = ["{z}", "{x}", "{y}"]
            .into_iter()
            .find(|part| !template.contains(part))
        {
            return Err(wrong(&format!("{missing} is missing")));
        }
        let origin = template[..template.len() - rest.len() + host.len()].to_string();
        Ok(Self {
            template: template.to_string(),
            origin,
            datum,
        })
    }

    /// Where a position lies on these tiles.
    pub fn place(&self, at: Point) -> Point {
        match self.datum {
            TilesDatum::Wgs84 => at,
            TilesDatum::Gcj02 => from_wgs84(at, Datum::Gcj02),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        let of = |template: &str| TileServer::new(template, TilesDatum::Wgs84).map(|server| server.origin);
        assert_eq!(
            of("https://tiles.example/{z}/{x}/{y}.png"),
            Ok("https://tiles.example".into())
        );
        assert_eq!(
            of("http://10.1.2.3:8081/a?x={x}&y={y}&z={z}"),
            Ok("http://10.1.2.3:8081".into())
        );
        for wrong in [
            "tiles.example/{z}/{x}/{y}",
            "https:///{z}/{x}/{y}",
            "https://a b/{z}/{x}/{y}",
            "https://{s}.a/{z}/{x}/{y}",
            "https://a/{z}/{x}",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn gcj02_moves_places_in_china_by_some_hundred_metres() {
        let at = Point {
            lat_e6: 26_130_000,
            lng_e6: 113_110_000,
        };
        let template = "https://a/{z}/{x}/{y}";
        let place = |datum| TileServer::new(template, datum).unwrap().place(at);
        assert_eq!(place(TilesDatum::Wgs84), at);
        assert!((100..1_000).contains(&planner::distance_m(at, place(TilesDatum::Gcj02))));
    }
}
