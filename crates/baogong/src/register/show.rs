//! Columns of registers as words: what a cell shows, how a form is filled in, and who sees what of a person.

use std::collections::HashMap;

use documents::forms::{Column, Entry as Listed, Kind};
use kit::Lang;
use serde_json::Value;
use store::Tx;

use super::entry;
use super::{Entry, Register};
use crate::base::access::{Field, View};
use crate::base::words::{count, kilograms, yuan};
use crate::base::{Actor, Result};

/// Suppliers' names by code, since price lists keep the code.
pub type Names = HashMap<String, String>;

/// The names of the suppliers of a district by code.
pub fn supplier_names(tx: &mut Tx, in_district: &str) -> Result<Names> {
    Ok(entry::all(tx, "suppliers", in_district)?
        .into_iter()
        .map(|entry| (entry.code, entry.name))
        .collect())
}

/// Which kind of personal datum a column holds, if it does.
pub fn field_of(register: &Register, key: &str) -> Option<Field> {
    register
        .personal
        .iter()
        .find(|(column, _)| *column == key)
        .map(|(_, field)| *field)
}

/// Whether the actor sees nothing at all of a column.
pub fn hidden(actor: &Actor, register: &Register, key: &str) -> bool {
    field_of(register, key).is_some_and(|field| actor.view(field) == View::Hidden)
}

/// Whether the actor sees a column only in part, or not at all.
pub fn masked(actor: &Actor, register: &Register, key: &str) -> bool {
    field_of(register, key).is_some_and(|field| actor.view(field) != View::Whole)
}

/// The name of an entry as the actor may see it; staff and volunteers are entries named by a person.
pub fn shown_name(actor: &Actor, register: &Register, entry: &Entry) -> String {
    match field_of(register, register.name) {
        Some(field) => actor.show(field, &entry.name),
        None => entry.name.clone(),
    }
}

/// A value as the actor may see it.
pub fn seen(
    actor: &Actor,
    register: &Register,
    column: &Column,
    value: &Value,
    names: &Names,
    lang: Lang,
) -> String {
    let words = words(column, value, names, lang);
    match field_of(register, column.key) {
        Some(field) => actor.show(field, &words),
        None => words,
    }
}

/// A value in words; the heading of its column names the unit.
pub fn words(column: &Column, value: &Value, names: &Names, lang: Lang) -> String {
    match (value, column.kind) {
        (Value::Null, _) => String::new(),
        (Value::Number(number), kind) => {
            let number = number.as_i64().unwrap_or_default();
            match kind {
                Kind::Flag if number != 0 => lang.t("✓ 是", "✓ yes").to_string(),
                Kind::Flag => lang.t("否", "no").to_string(),
                Kind::Weight => kilograms(number),
                Kind::Money => yuan(number),
                Kind::Volume => decimal(number, 3),
                Kind::Latitude | Kind::Longitude => decimal(number, 6),
                _ => count(number),
            }
        }
        (Value::String(key), Kind::Choice(entries)) => title(entries, key, lang),
        (Value::String(text), _) if column.key == "supplier" => names.get(text).unwrap_or(text).clone(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(items), kind) => {
            let words: Vec<String> = items.iter().map(|item| listed(kind, item, lang)).collect();
            words.join(if kind == Kind::Contents {
                "；"
            } else {
                lang.t("、", ", ")
            })
        }
        (Value::Bool(flag), _) => if *flag {
            lang.t("✓ 是", "✓ yes")
        } else {
            lang.t("否", "no")
        }
        .to_string(),
        (Value::Object(_), _) => String::new(),
    }
}

fn title(entries: &[Listed], key: &str, lang: Lang) -> String {
    let entry = entries.iter().find(|entry| entry.key == key);
    entry.map_or_else(
        || key.to_string(),
        |entry| entry.title.get(lang == Lang::Zh).to_string(),
    )
}

fn listed(kind: Kind, item: &Value, lang: Lang) -> String {
    match (item, kind) {
        (Value::String(key), Kind::Choices(entries)) => title(entries, key, lang),
        (Value::String(text), _) => text.clone(),
        (Value::Object(content), _) => {
            let name = content.get("name").and_then(Value::as_str).unwrap_or_default();
            match content.get("weight_g").and_then(Value::as_i64) {
                Some(weight_g) if weight_g > 0 => format!("{name}{}公斤", kilograms(weight_g)),
                _ => name.to_string(),
            }
        }
        _ => String::new(),
    }
}

/// A value as one would type it: reading it back under the column's own heading gives the same value.
pub fn typed(column: &Column, value: &Value) -> String {
    match (value, column.kind) {
        (Value::Number(number), kind) => {
            let number = number.as_i64().unwrap_or_default();
            match kind {
                Kind::Weight | Kind::Volume => decimal(number, 3),
                Kind::Money => yuan(number),
                Kind::Latitude | Kind::Longitude => decimal(number, 6),
                _ => number.to_string(),
            }
        }
        (Value::String(text), _) => text.clone(),
        (Value::Array(items), kind) => {
            let words: Vec<String> = items
                .iter()
                .map(|item| match (item, kind) {
                    (Value::String(key), _) => key.clone(),
                    _ => listed(kind, item, Lang::Zh),
                })
                .collect();
            words.join(if kind == Kind::Contents { "；" } else { "、" })
        }
        _ => String::new(),
    }
}

/// A number of the smallest unit as a decimal without closing zeros.
fn decimal(number: i64, places: usize) -> String {
    let scale = 10_u64.pow(u32::try_from(places).unwrap_or(0));
    let sign = if number < 0 { "-" } else { "" };
    let size = number.unsigned_abs();
    let text = format!("{sign}{}.{:0places$}", size / scale, size % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Role;
    use crate::register::{REGISTERS, register};

    #[test]
    fn every_column_with_a_unit_names_it_in_its_heading() {
        for register in REGISTERS {
            for column in register.form.columns {
                if matches!(
                    column.kind,
                    Kind::Weight | Kind::Volume | Kind::Money | Kind::Distance
                ) {
                    assert!(
                        column.title.zh.contains('（'),
                        "{} {}",
                        register.key(),
                        column.key
                    );
                    assert!(column.title.en.contains('('), "{} {}", register.key(), column.key);
                }
            }
        }
    }

    #[test]
    fn cells_are_words_and_never_keys() {
        let form = register("households").unwrap().form;
        let (needs, status) = (form.column("needs").unwrap(), form.column("status").unwrap());
        let Kind::Choices(entries) = needs.kind else {
            panic!("needs is a list")
        };
        let names = Names::new();
        let value = json!([entries[0].key, entries[1].key]);
        let expected = format!("{}、{}", entries[0].title.zh, entries[1].title.zh);
        assert_eq!(words(needs, &value, &names, Lang::Zh), expected);
        assert_eq!(
            typed(needs, &value),
            format!("{}、{}", entries[0].key, entries[1].key)
        );
        assert_eq!(words(status, &json!("vacant"), &names, Lang::En), "Vacant");
        let goods = register("goods").unwrap().form;
        assert_eq!(
            words(goods.column("price_fen").unwrap(), &json!(8800), &names, Lang::Zh),
            "88.00"
        );
        assert_eq!(
            words(
                goods.column("weight_g").unwrap(),
                &json!(12_300),
                &names,
                Lang::Zh
            ),
            "12.3"
        );
        let names = Names::from([("S001".to_string(), "惠民超市".to_string())]);
        assert_eq!(
            words(
                goods.column("supplier").unwrap(),
                &json!("S001"),
                &names,
                Lang::Zh
            ),
            "惠民超市"
        );
        let contents = json!([{"name": "大米", "category": "grain", "weight_g": 5000}, {"name": "盐", "category": "other", "weight_g": 0}]);
        assert_eq!(
            words(goods.column("contents").unwrap(), &contents, &names, Lang::Zh),
            "大米5公斤；盐"
        );
    }

    #[test]
    fn personal_columns_show_what_the_role_may_see() {
        let households = register("households").unwrap();
        let column = |key| households.form.column(key).unwrap();
        let names = Names::new();
        let as_role = |role| Actor {
            role,
            ..Actor::system()
        };
        let phone = |role| {
            seen(
                &as_role(role),
                households,
                column("phone"),
                &json!("13812345678"),
                &names,
                Lang::Zh,
            )
        };
        assert_eq!(phone(Role::Office), "138****5678");
        assert!(hidden(&as_role(Role::Supervisor), households, "needs"));
        assert!(!masked(&as_role(Role::Office), households, "needs"));
        assert!(masked(&as_role(Role::Office), households, "head"));
        assert!(!masked(&as_role(Role::Office), households, "members"));
    }
}
