//! The entries of the registers as typed nouns.

use serde::{Deserialize, Serialize};

use super::dwelling_words;

/// A compound (小区).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Compound {
    pub compound: String,
    pub community: String,
    pub address: String,
    pub latitude: Option<i64>,
    pub longitude: Option<i64>,
    pub households: i64,
    pub residents: i64,
    pub floating: i64,
    pub liaison_name: String,
    pub liaison_phone: String,
    pub officer_name: String,
    pub officer_phone: String,
    pub drop_point: String,
}

/// A household (户).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Household {
    pub compound: String,
    pub building: String,
    pub unit: String,
    pub room: String,
    pub head: String,
    pub members: i64,
    pub phone: String,
    pub needs: Vec<String>,
    pub status: String,
    pub offline: i64,
    pub diet: String,
}

impl Household {
    /// `3栋2单元501`
    pub fn dwelling(&self) -> String {
        dwelling_words(&self.building, &self.unit, &self.room)
    }
}

/// A supplier (保供单位).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Supplier {
    pub name: String,
    pub kind: String,
    pub address: String,
    pub latitude: Option<i64>,
    pub longitude: Option<i64>,
    pub contact_name: String,
    pub contact_phone: String,
    pub grain_daily_g: i64,
    pub oil_daily_g: i64,
    pub vegetables_daily_g: i64,
    pub eggs_daily_g: i64,
    pub meat_daily_g: i64,
}

/// A hub, drop point or pick-up point.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Site {
    pub name: String,
    pub kind: String,
    pub compound: String,
    pub address: String,
    pub latitude: Option<i64>,
    pub longitude: Option<i64>,
}

/// A vehicle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Vehicle {
    pub plate: String,
    pub model: String,
    pub load_g: i64,
    pub volume_l: i64,
    pub cold: i64,
    pub employer: String,
    pub driver_name: String,
    pub driver_phone: String,
    pub pass_until: String,
    pub pass_areas: String,
    pub shift: String,
    pub stops_max: Option<i64>,
    pub state: String,
}

impl Vehicle {
    /// The minutes of the day from and until which it may drive; a shift that ends on the next day ends behind minute 1,440.
    pub fn shift_min(&self) -> Option<(i64, i64)> {
        documents::values::hours_min(&self.shift)
    }

    /// The most stops in a shift.
    pub fn stops_max(&self) -> Option<usize> {
        usize::try_from(self.stops_max?).ok()
    }
}

/// One kind of goods in a pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[allow(missing_docs)]
pub struct Content {
    pub name: String,
    pub category: String,
    pub weight_g: i64,
}

/// A pack or single good that a supplier offers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Good {
    pub supplier: String,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub category: String,
    pub food: String,
    pub unit: String,
    pub weight_g: i64,
    pub price_fen: i64,
    pub contents: Vec<Content>,
    pub aliases: String,
    pub cold: i64,
    pub limit_per_order: i64,
    pub stock: Option<i64>,
}

/// What an enterprise reports of an item on a day (市场监测日报). Without any figure it is a nil report (零报告).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct DailyReport {
    pub date: String,
    pub enterprise: String,
    pub item: String,
    pub spec: String,
    pub mean_sales_g: Option<i64>,
    pub sales_g: Option<i64>,
    pub price_fen: Option<i64>,
    pub price_before_fen: Option<i64>,
    pub stock_g: Option<i64>,
    pub state: String,
    pub remark: String,
}

impl DailyReport {
    /// Whether there is no figure in it.
    pub fn is_nil(&self) -> bool {
        let figures = [self.price_fen, self.sales_g, self.mean_sales_g, self.stock_g];
        figures.iter().all(Option::is_none)
    }
}

impl Good {
    /// Whether it is a single good, from which packs are made. Where the price list does not say, contents or a name such as 蔬菜包
    /// make a pack.
    pub fn is_single(&self) -> bool {
        let name = self.name.trim();
        let named_pack = name.ends_with("套餐") || (name.ends_with('包') && !name.ends_with("面包"));
        match self.kind.as_str() {
            "good" => true,
            "" => self.contents.is_empty() && !named_pack,
            _ => false,
        }
    }
}

/// A registered position, if both numbers are there.
pub fn point(latitude: Option<i64>, longitude: Option<i64>) -> Option<planner::Point> {
    Some(planner::Point {
        lat_e6: i32::try_from(latitude?).ok()?,
        lng_e6: i32::try_from(longitude?).ok()?,
    })
}
