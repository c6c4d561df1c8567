//! Who and what exists, where. A register is a form and the few facts that the form does not say: what makes
//! an entry the same one, how it is coded, where it lies. Every register is listed, searched, imported,
//! corrected and undone by the same code.

pub mod correct;
pub mod dwelling;
pub mod entry;
pub mod export;
pub mod import;
pub(crate) mod names;
mod noun;
pub mod place;
pub mod removal;
pub mod show;

use documents::forms::{self, Form};
use kit::Lang;
use serde_json::{Map, Value};

pub use entry::{Compound, DailyReport, Entry, Good, Household, Site, Supplier, Vehicle};

/// The columns of one row, by key, in the smallest units.
pub type Body = Map<String, Value>;

/// How the code of an entry is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// The code stands in this column.
    Column(&'static str),
    /// A compound: its community's code and a running number.
    Compound,
    /// A household: compound, building, unit, room.
    Household,
    /// A good: the supplier's code and the good's own.
    Good,
    /// A letter and a running number within the district.
    Numbered(&'static str),
    /// A daily report: what makes it the same one, the date first, so that the last days are a range of codes. It lies where
    /// the supplier lies that this column names, and else in the district.
    Daily(&'static str),
}

/// One register.
#[derive(Debug)]
pub struct Register {
    /// The form, whose key is the register's key.
    pub form: &'static Form,
    /// The name of a page or menu item, Chinese and English.
    pub title: (&'static str, &'static str),
    /// The columns that make an entry the same one as before.
    pub identity: &'static [&'static str],
    /// How codes are made.
    pub coding: Coding,
    /// The column shown as the name.
    pub name: &'static str,
    /// The columns that a search looks into.
    pub search: &'static [&'static str],
    /// The columns of the list page.
    pub listed: &'static [&'static str],
    /// Columns whose content is a person's name, phone or identity number.
    pub personal: &'static [(&'static str, crate::base::access::Field)],
}

use crate::base::access::Field::{Health, Identity, Name, Phone};

/// Every register, in the order in which one stands on another.
pub static REGISTERS: &[Register] = &[
    Register {
        form: &forms::AREAS,
        title: ("行政区划", "Areas"),
        identity: &["code"],
        coding: Coding::Column("code"),
        name: "name",
        search: &["name", "code"],
        listed: &["name", "level", "code"],
        personal: &[],
    },
    Register {
        form: &forms::COMPOUNDS,
        title: ("小区", "Compounds"),
        identity: &["community", "compound"],
        coding: Coding::Compound,
        name: "compound",
        search: &["compound", "community", "address", "liaison_name"],
        listed: &[
            "compound",
            "community",
            "buildings",
            "households",
            "residents",
            "liaison_name",
            "liaison_phone",
        ],
        personal: &[
            ("contact_name", Name),
            ("contact_phone", Phone),
            ("liaison_name", Name),
            ("liaison_phone", Phone),
            ("officer_name", Name),
            ("officer_phone", Phone),
        ],
    },
    Register {
        form: &forms::HOUSEHOLDS,
        title: ("住户", "Households"),
        identity: &["compound", "building", "unit", "room"],
        coding: Coding::Household,
        name: "room",
        search: &["head", "phone", "room"],
        listed: &[
            "building", "unit", "room", "head", "members", "phone", "needs", "status",
        ],
        personal: &[
            ("head", Name),
            ("phone", Phone),
            ("needs", Health),
            ("diet", Health),
        ],
    },
    Register {
        form: &forms::SUPPLIERS,
        title: ("保供单位", "Suppliers"),
        identity: &["name"],
        coding: Coding::Numbered("S"),
        name: "name",
        search: &["name", "address", "contact_name"],
        listed: &[
            "name",
            "kind",
            "staff",
            "vehicles",
            "grain_daily_g",
            "vegetables_daily_g",
            "contact_name",
            "contact_phone",
        ],
        personal: &[],
    },
    Register {
        form: &forms::OUTLETS,
        title: ("网点", "Outlets"),
        identity: &["name", "community"],
        coding: Coding::Numbered("W"),
        name: "name",
        search: &["name", "community", "address"],
        listed: &["name", "kind", "community", "supplier", "serves_people", "state"],
        personal: &[],
    },
    Register {
        form: &forms::SITES,
        title: ("中转站、投放点", "Hubs and drop points"),
        identity: &["name", "community", "compound"],
        coding: Coding::Numbered("D"),
        name: "name",
        search: &["name", "community", "compound"],
        listed: &[
            "name",
            "kind",
            "community",
            "compound",
            "area_m2",
            "cold",
            "contact_name",
        ],
        personal: &[],
    },
    Register {
        form: &forms::STAFF,
        title: ("保供人员", "Staff"),
        identity: &["name", "phone"],
        coding: Coding::Numbered("P"),
        name: "name",
        search: &["name", "phone", "employer"],
        listed: &["name", "post", "employer", "phone", "community", "duty"],
        personal: &[("name", Name), ("phone", Phone), ("id_number", Identity)],
    },
    Register {
        form: &forms::VEHICLES,
        title: ("车辆", "Vehicles"),
        identity: &["plate"],
        coding: Coding::Column("plate"),
        name: "plate",
        search: &["plate", "employer", "driver_name"],
        listed: &[
            "plate",
            "model",
            "load_g",
            "cold",
            "shift",
            "pass_areas",
            "employer",
            "driver_name",
            "driver_phone",
            "state",
        ],
        personal: &[("driver_phone", Phone)],
    },
    Register {
        form: &forms::VOLUNTEERS,
        title: ("志愿者", "Volunteers"),
        identity: &["name", "phone"],
        coding: Coding::Numbered("V"),
        name: "name",
        search: &["name", "phone", "compound"],
        listed: &[
            "name",
            "phone",
            "community",
            "compound",
            "building",
            "task",
            "shift",
        ],
        personal: &[("name", Name), ("phone", Phone)],
    },
    Register {
        form: &forms::GOODS,
        title: ("商品、套餐", "Goods and packs"),
        identity: &["supplier", "code"],
        coding: Coding::Good,
        name: "name",
        search: &["name", "code", "aliases"],
        listed: &[
            "supplier",
            "code",
            "name",
            "contents",
            "price_fen",
            "weight_g",
            "stock",
        ],
        personal: &[],
    },
    Register {
        form: &forms::MONITORING,
        title: ("市场监测日报", "Daily market reports"),
        identity: &["date", "enterprise", "item", "spec"],
        coding: Coding::Daily("enterprise"),
        name: "enterprise",
        search: &["enterprise", "item", "source"],
        listed: &[
            "date",
            "enterprise",
            "item",
            "price_fen",
            "sales_g",
            "stock_g",
            "state",
            "remark",
        ],
        personal: &[],
    },
];

impl Register {
    /// The key of the register, which is that of its form.
    pub fn key(&self) -> &'static str {
        self.form.key
    }

    /// The name of the register in the language of the page.
    pub fn word(&self, lang: Lang) -> &'static str {
        lang.t(self.title.0, self.title.1)
    }
}

/// The register with this key.
pub fn register(key: &str) -> Option<&'static Register> {
    REGISTERS.iter().find(|register| register.key() == key)
}

/// The text in a column, or an empty one.
pub fn text<'a>(body: &'a Body, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or("")
}

/// The number in a column.
pub fn number(body: &Body, key: &str) -> Option<i64> {
    body.get(key).and_then(Value::as_i64)
}

/// `3栋2单元501` from its parts; a house in a village, which has neither unit nor floors, is `12号`, and its second
/// household `12号2户`.
pub fn dwelling_words(building: &str, unit: &str, room: &str) -> String {
    let unit = if unit == "0" { "" } else { unit };
    if building.is_empty() {
        return room.to_string();
    }
    if unit.is_empty() && room.chars().count() == 1 {
        return if room == "1" {
            format!("{building}号")
        } else {
            format!("{building}号{room}户")
        };
    }
    if unit.is_empty() {
        format!("{building}栋{room}")
    } else {
        format!("{building}栋{unit}单元{room}")
    }
}

#[cfg(test)]
mod tests {
    use super::dwelling_words;

    #[test]
    fn dwellings_read_as_neighbours_say_them() {
        assert_eq!(dwelling_words("3", "2", "501"), "3栋2单元501");
        assert_eq!(dwelling_words("295", "0", "909"), "295栋909");
        assert_eq!(dwelling_words("12", "", "1"), "12号");
        assert_eq!(dwelling_words("12", "", "2"), "12号2户");
        assert_eq!(dwelling_words("", "", "收发室"), "收发室");
    }
}
