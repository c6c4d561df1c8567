//! The smallest county there is: one compound and one supplier, to which a test adds what it is about.

use baogong::register;
use baogong::register::entry::{Change, Entry};
use serde_json::{Value, json};

/// 永兴县.
pub const DISTRICT: &str = "431023";
/// Its only compound.
pub const COMPOUND: &str = "431023001001-1";

/// An entry that was not there before.
pub fn new_entry(key: &str, code: &str, area: &str, body: &Value) -> Change {
    Change {
        before: None,
        after: Some(Entry::of(
            register::register(key).unwrap(),
            code.into(),
            area.into(),
            body.as_object().unwrap().clone(),
        )),
    }
}

/// The county, its compound and its supplier.
pub fn county() -> Vec<Change> {
    vec![
        new_entry(
            "areas",
            DISTRICT,
            DISTRICT,
            &json!({"code": DISTRICT, "name": "永兴县", "level": "county"}),
        ),
        new_entry(
            "compounds",
            COMPOUND,
            "431023001001",
            &json!({"compound": "幸福里", "community": "城关社区"}),
        ),
        new_entry("suppliers", "S001", DISTRICT, &json!({"name": "惠民超市"})),
    ]
}
