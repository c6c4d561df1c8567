//! What people under control need of each category a day, and the part of it that falls to one item.

use std::collections::HashMap;

use store::Tx;

use crate::base::id::district;
use crate::base::{Ctx, Result, access};
use crate::plan::rules::{self, CATEGORIES, RuleKey};
use crate::plan::{ControlLevel, directive};
use crate::proposal::assignment;
use crate::register::entry;

/// What people under control need a day by the plan's norms, in grams by category: in the whole area, and from each supplier
/// that feeds them.
#[derive(Debug, Default)]
pub(super) struct Needs {
    area_g: Vec<i64>,
    by_supplier_g: HashMap<String, Vec<i64>>,
}

/// Reads what people under control need, inside an area and from every supplier of the district.
pub(super) fn needs(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Needs> {
    let directives = directive::holding(tx, district(area), ctx.now_s)?;
    let assigned = assignment::assigned(tx, district(area))?;
    let mut needs = Needs {
        area_g: vec![0; CATEGORIES.len()],
        ..Needs::default()
    };
    let inside = |compound: &str| access::within(compound, area);
    for (compound, _, people) in entry::count_by_area(tx, "households", district(area))? {
        let rules = rules::resolve(&compound, directives.clone());
        if rules.level < Some(ControlLevel::Control) {
            continue;
        }
        let norm = |key: RuleKey| rules.number(key).unwrap_or(0).saturating_mul(people);
        let whole: Vec<i64> = CATEGORIES.iter().map(|(_, key, _)| norm(*key)).collect();
        if inside(&compound) {
            add(&mut needs.area_g, &whole);
        }
        let Some(assigned) = assigned.get(&compound) else {
            continue;
        };
        for supplier in assigned.suppliers() {
            let of = needs.by_supplier_g.entry(supplier.to_string());
            let of = of.or_insert_with(|| vec![0; CATEGORIES.len()]);
            add(of, assigned.part(supplier).map_or(&whole, |part| &part.given_g));
        }
    }
    Ok(needs)
}

fn add(sum: &mut [i64], more: &[i64]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum = sum.saturating_add(*more);
    }
}

impl Needs {
    /// What the people under control in the area need of a category a day.
    pub(super) fn in_area_g(&self, category: &str) -> i64 {
        of_category(&self.area_g, category)
    }

    /// What those that a supplier feeds need of a category a day.
    pub(super) fn of_supplier_g(&self, supplier: &str, category: &str) -> i64 {
        let needs_g = self.by_supplier_g.get(supplier);
        needs_g.map_or(0, |needs_g| of_category(needs_g, category))
    }
}

fn of_category(needs_g: &[i64], category: &str) -> i64 {
    let place = CATEGORIES.iter().position(|(key, _, _)| *key == category);
    place.and_then(|place| needs_g.get(place)).copied().unwrap_or(0)
}

/// What is sold on a usual day of the items that share the need of a category, and how many they are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shares {
    sales_g: i64,
    items: i64,
}

impl Shares {
    /// Counts one more item of the category.
    pub(super) fn add(&mut self, sales_g: i64) {
        self.sales_g = self.sales_g.saturating_add(sales_g);
        self.items += 1;
    }

    /// The part of a need that falls to one item: by what is sold of it, or alike where nothing is.
    pub(super) fn part_g(self, need_g: i64, sales_g: i64) -> i64 {
        let (part, whole) = if self.sales_g > 0 {
            (i128::from(sales_g), i128::from(self.sales_g))
        } else {
            (1, i128::from(self.items.max(1)))
        };
        i64::try_from((i128::from(need_g) * part + whole - 1) / whole).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_need_of_a_category_is_shared_by_sales() {
        let shares = |sales: &[i64]| {
            let mut shares = Shares::default();
            sales.iter().for_each(|sales_g| shares.add(*sales_g));
            shares
        };
        assert_eq!(shares(&[30, 60]).part_g(1_000, 30), 334);
        assert_eq!(shares(&[0; 4]).part_g(1_000, 0), 250);
        assert_eq!(shares(&[30, 60]).part_g(0, 30), 0);
    }
}
