//! Rows of tags of the Humanitarian Exchange Language (HXL 1.1) under the headings of an export.

use super::write::{OutCell, OutSheet};
use crate::forms::{Column, Form, Kind};

/// The tags of the columns that [`super::form_sheet`] writes, in their order; empty where no tag fits.
pub fn hxl_tags(form: &Form) -> Vec<&'static str> {
    form.columns
        .iter()
        .filter(|column| column.kind != Kind::Dwelling)
        .map(tag)
        .collect()
}

/// Puts a row of tags under the heading of a sheet; [`super::read`] passes over it.
pub fn add_hxl(sheet: &mut OutSheet, tags: &[&str]) {
    let row = tags.iter().map(|tag| {
        if tag.is_empty() {
            OutCell::Blank
        } else {
            OutCell::from(*tag)
        }
    });
    sheet.rows.insert(0, row.collect());
}

/// The tag of a column by its key. Hashtags and attributes are those of the HXL 1.1 dictionary.
fn tag(column: &Column) -> &'static str {
    match column.key {
        "code" if column.title.zh.contains("区划") => "#adm+code",
        "street" => "#adm3+name",
        "community" => "#adm4+name",
        "compound" => "#loc+name",
        "building" | "unit" | "room" | "dwelling" => "#loc+address",
        "address" | "drop_point" | "start" | "destination" => "#loc+address",
        "latitude" => "#geo+lat",
        "longitude" => "#geo+lon",
        "households" => "#population+hh",
        "residents" => "#population+total",
        "floating" => "#population+floating",
        "members" => "#affected+num",
        "need_pregnant" => "#affected+pregnant",
        "need_disabled" => "#affected+disabled",
        "need_elderly_alone" => "#affected+elderly",
        "need_left_behind_child" | "need_child_in_hardship" => "#affected+children",
        "needs" | "kind" if matches!(column.kind, Kind::Choices(_)) => "#affected+type",
        key if key.starts_with("need_") => "#affected+num",
        "supplier" | "employer" | "enterprise" => "#org+name",
        "name" if column.title.zh.contains("单位") => "#org+name",
        "name" | "head" | "contact_name" | "liaison_name" | "officer_name" | "driver_name" => "#contact+name",
        "phone" | "contact_phone" | "liaison_phone" | "officer_phone" | "driver_phone" => "#contact+phone",
        "date" | "time" => "#date",
        "pass_until" | "until" => "#date+end",
        "price_fen" | "amount_fen" | "price_before_fen" => "#value",
        "item" | "items" | "contents" => "#item",
        "state" | "status" | "duty" => "#status",
        "note" | "remark" => "#description",
        "plate" | "certificate_no" | "pass_no" | "reference" | "credit_code" | "gs1_prefix" | "code" => {
            "#meta+id"
        }
        "orders" => "#output+num",
        "people" | "serves_people" => "#reached+num",
        key if key.ends_with("_g") => "#capacity+num",
        _ => "",
    }
}
