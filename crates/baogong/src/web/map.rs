//! Registered positions on the maps of pages.

use kit::MapPlace;

use super::request::Web;
use crate::register::entry::point;

impl Web {
    /// Where a registered position lies on the maps of this server; `None` when it is not known.
    pub fn place(&self, latitude: Option<i64>, longitude: Option<i64>) -> Option<MapPlace> {
        let at = point(latitude, longitude)?;
        let shown = self.app.tiles.as_ref().map_or(at, |tiles| tiles.place(at));
        Some(MapPlace {
            lat_e6: shown.lat_e6,
            lng_e6: shown.lng_e6,
        })
    }

    /// The address of the map tiles, where a server is configured.
    pub fn tiles(&self) -> Option<String> {
        self.app.tiles.as_ref().map(|tiles| tiles.template.clone())
    }
}
