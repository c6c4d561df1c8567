//! What shows only over many rows: totals that do not add up, prices and orders unlike the others.

use crate::forms::sanity::{HOUSEHOLD_C, ORDER_D_MAX, RATION_G, figure};
use crate::forms::{Cell, Form, Kind};
use crate::values::{self, Problem};
use std::collections::HashMap;

/// A doubt that shows at the end: row counted from 0, column, value as written, and what is odd.
pub(super) type Doubt = (usize, &'static str, String, Problem);

/// Most figures kept for comparison with one another.
const KEPT_MAX: usize = 200_000;
/// Fewest figures of a group that say what is usual.
const GROUP_MIN: usize = 4;
/// Most doubts reported of one kind.
const DOUBTS_MAX: usize = 200;

/// Sums of the rows read so far.
pub(super) struct Sums {
    form: &'static Form,
    /// Positions of the columns that have totals.
    summed: Vec<usize>,
    whole: Vec<i128>,
    /// Since the last total.
    part: Vec<i128>,
    /// Of the totals before, which a last total may add up.
    subtotals: Vec<i128>,
    rows: usize,
    /// Whether a row is missing from the sums because it has errors.
    incomplete: bool,
    pending: Vec<(usize, i64)>,
    doubts: Vec<Doubt>,
    /// Prices by what is sold.
    prices: HashMap<String, Vec<(usize, i64)>>,
    prices_kept: usize,
    /// Orders with weights, and grams of each category of [`RATION_G`].
    orders: i64,
    ordered_g: Vec<i64>,
    first_order: Option<usize>,
}

impl Sums {
    pub(super) fn new(form: &'static Form) -> Sums {
        let summed: Vec<usize> = form
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| matches!(column.kind, Kind::Count { .. } | Kind::Weight | Kind::Money))
            .map(|(position, _)| position)
            .collect();
        let zeros = vec![0; form.columns.len()];
        Sums {
            form,
            summed,
            whole: zeros.clone(),
            part: zeros.clone(),
            subtotals: zeros,
            rows: 0,
            incomplete: false,
            pending: Vec::new(),
            doubts: Vec::new(),
            prices: HashMap::new(),
            prices_kept: 0,
            orders: 0,
            ordered_g: vec![0; RATION_G.len()],
            first_order: None,
        }
    }

    /// A row with errors is left out, so totals cannot be compared any more.
    pub(super) fn leave_out(&mut self) {
        self.incomplete = true;
    }

    pub(super) fn add(&mut self, row: usize, cells: &[Cell]) {
        self.rows += 1;
        for position in &self.summed {
            if let Cell::Int(number) = cells[*position] {
                self.whole[*position] += i128::from(number);
                self.part[*position] += i128::from(number);
            }
        }
        match self.form.key {
            "goods" | "monitoring" => self.price(row, cells),
            "orders" => self.order(row, cells),
            _ => {}
        }
    }

    /// Takes a figure of a totals row.
    pub(super) fn total(&mut self, row: usize, position: usize, figure: i64, shown: String) {
        let near = |sum: i128| {
            let off = (sum - i128::from(figure)).abs();
            off * 1_000 <= sum.abs().max(i128::from(figure.abs()))
        };
        let sums = [
            self.part[position],
            self.whole[position],
            self.subtotals[position],
        ];
        self.pending.push((position, figure));
        if self.incomplete || self.rows == 0 || sums.iter().any(|sum| near(*sum)) {
            return;
        }
        let column = &self.form.columns[position];
        let (sum, sum_en) = self::figure(self.form, column.key, self.part[position] * 100);
        let (written, written_en) = self::figure(self.form, column.key, i128::from(figure) * 100);
        self.doubts.push((
            row,
            column.key,
            shown,
            Problem::new(
                format!("合计写的是 {written}，上面各行相加是 {sum}，请核对"),
                format!("the total says {written_en}, the rows above add up to {sum_en}; please check"),
            ),
        ));
    }

    /// A totals row is at its end.
    pub(super) fn total_ends(&mut self) {
        for (position, figure) in self.pending.drain(..) {
            self.subtotals[position] += i128::from(figure);
        }
        self.part.fill(0);
    }

    fn text<'a>(&self, cells: &'a [Cell], key: &str) -> &'a str {
        let position = self.form.position(key);
        position.and_then(|position| cells[position].text()).unwrap_or("")
    }

    fn int(&self, cells: &[Cell], key: &str) -> Option<i64> {
        self.form.position(key).and_then(|position| cells[position].int())
    }

    fn price(&mut self, row: usize, cells: &[Cell]) {
        let Some(price) = self.int(cells, "price_fen").filter(|price| *price > 0) else {
            return;
        };
        if self.prices_kept >= KEPT_MAX {
            return;
        }
        self.prices_kept += 1;
        let name = if self.form.key == "goods" { "name" } else { "item" };
        let mut group = self.text(cells, name).to_string();
        for key in ["spec", "unit"] {
            group.push('\u{1f}');
            group.push_str(self.text(cells, key));
        }
        self.prices.entry(group).or_default().push((row, price));
    }

    fn order(&mut self, row: usize, cells: &[Cell]) {
        let Ok(contents) = values::contents(self.text(cells, "items")) else {
            return;
        };
        let mut weighed = false;
        for (index, (category, ration_g)) in RATION_G.iter().enumerate() {
            let goods = contents.iter().filter(|content| content.category == *category);
            let weight_g: i64 = goods.map(|content| content.weight_g).sum();
            weighed |= weight_g > 0;
            self.ordered_g[index] += weight_g;
            let most_g = ration_g * HOUSEHOLD_C * 30 / 100;
            if weight_g > most_g && self.doubts.len() < DOUBTS_MAX {
                let text = self.text(cells, "items").chars().take(80).collect();
                let problem = unusual(category, weight_g, most_g, "一户一单", "this order");
                self.doubts.push((row, "items", text, problem));
            }
        }
        if weighed {
            self.orders += 1;
            self.first_order.get_or_insert(row);
        }
    }

    /// The doubts, in the order in which they were found.
    pub(super) fn finish(&mut self) -> Vec<Doubt> {
        let mut doubts = std::mem::take(&mut self.doubts);
        let mut unlike = Vec::new();
        for prices in self.prices.values().filter(|prices| prices.len() >= GROUP_MIN) {
            let mut sorted: Vec<i64> = prices.iter().map(|(_, price)| *price).collect();
            sorted.sort_unstable();
            let usual = sorted[sorted.len() / 2];
            for (row, price) in prices {
                if *price > usual * 2 || *price * 2 < usual {
                    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
                    let problem = Problem::new(
                        format!(
                            "单价 {} 元与同品种的常见单价 {} 元相差一倍以上，请核对单位",
                            yuan(*price),
                            yuan(usual)
                        ),
                        format!(
                            "the price of {} yuan is more than twice or less than half of the usual {}; check the unit",
                            yuan(*price),
                            yuan(usual)
                        ),
                    );
                    unlike.push((*row, "price_fen", yuan(*price), problem));
                }
            }
        }
        unlike.sort_by_key(|(row, ..)| *row);
        doubts.extend(unlike.into_iter().take(DOUBTS_MAX));
        if let Some(row) = self.first_order.filter(|_| self.orders >= 20) {
            for (index, (category, ration_g)) in RATION_G.iter().enumerate() {
                let each_g = self.ordered_g[index] / self.orders;
                let most_g = ration_g * HOUSEHOLD_C * ORDER_D_MAX / 100;
                let least_g = if *category == "vegetables" {
                    ration_g * HOUSEHOLD_C / 100
                } else {
                    0
                };
                if each_g > most_g || (each_g > 0 && each_g < least_g) {
                    let bound_g = if each_g > most_g { most_g } else { least_g };
                    let problem = unusual(category, each_g, bound_g, "平均每单", "the mean order");
                    doubts.push((row, "items", String::new(), problem));
                }
            }
        }
        doubts
    }
}

fn unusual(category: &str, weight_g: i64, bound_g: i64, whose: &str, whose_en: &str) -> Problem {
    let entry = crate::forms::CATEGORIES
        .iter()
        .find(|entry| entry.key == category);
    let (zh, en) = entry.map_or(("", ""), |entry| (entry.title.zh, entry.title.en));
    let kg = |weight_g: i64| format!("{}.{}", weight_g / 1_000, weight_g % 1_000 / 100);
    let (than, than_en) = if weight_g > bound_g {
        ("超过", "more than")
    } else {
        ("少于", "less than")
    };
    Problem::new(
        format!(
            "{whose}{zh} {} 公斤，{than}常理的 {} 公斤，请核对数量和单位",
            kg(weight_g),
            kg(bound_g)
        ),
        format!(
            "{whose_en} has {} kg of {en}, {than_en} the {} kg that are plausible; check figures and units",
            kg(weight_g),
            kg(bound_g)
        ),
    )
}
