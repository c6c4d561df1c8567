//! The market as enterprises report it each day: prices, stocks, sales, who has not reported, and the grade by the scale of
//! the plan in force (YO-4, YU-4, YU-11, RN-1). The reports are entries of the register `monitoring`.

pub mod item;
pub mod line;
mod needs;
pub mod series;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use store::Tx;

use crate::base::id::district;
use crate::base::{Ctx, Result, clock};
use crate::plan::directive;
use crate::plan::rules::{self, RuleKey, Rules};
use crate::plan::scale::MarketGrade;
use crate::register::entry::{self, DailyReport};
use crate::wording;
use item::Item;
use line::Line;
use needs::{Needs, Shares};
use series::{FRESH_D, Reported, Series, USUAL_D};

wording! {
    /// How the supply of an item stands, as an enterprise reports it.
    #[derive(Default)]
    ReportState {
        #[default]
        Normal = "normal", "正常", "Normal";
        Tight = "tight", "偏紧", "Tight";
        Gap = "gap", "断档", "Gap";
        StockOut = "stock_out", "脱销", "Stock-out";
        Rush = "rush", "抢购", "Panic buying";
    }
}

/// The register of the reports.
const REGISTER: &str = "monitoring";

/// Days of reports that are looked at: what lasts two weeks needs what was usual before.
const WINDOW_D: i64 = USUAL_D * 2;

/// An enterprise that has not reported today.
#[derive(Clone, Debug)]
pub struct Missing {
    /// Its name.
    pub enterprise: String,
    /// The number of the day of its last report.
    pub last_day: Option<i64>,
    /// Whom to call, where it is a registered supplier.
    pub contact_name: String,
    /// The number to call.
    pub contact_phone: String,
}

/// The market of an area.
#[derive(Clone, Debug)]
pub struct Market {
    /// The rules that hold for it.
    pub rules: Rules,
    /// Today's number.
    pub today: i64,
    /// The day of the last report, if it still says something.
    pub day: Option<i64>,
    /// When the last report came in.
    pub last_s: Option<i64>,
    /// Items, those with the gravest grade first.
    pub items: Vec<Item>,
    /// What each enterprise reports of each item, what needs action first.
    pub lines: Vec<Line>,
    /// Who has not reported today, those who used to report first.
    pub missing: Vec<Missing>,
    /// Who has reported today.
    pub reported: usize,
    /// Rows dated later than today, which count nowhere.
    pub later: usize,
}

/// The market in short, for the board.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Brief {
    /// The gravest grade of any item by the scale of the plan in force, 1 gravest; none when no step of it holds.
    pub grade: Option<MarketGrade>,
    /// The clause of that scale.
    pub clause: String,
    /// The items of that grade.
    pub items: Vec<String>,
    /// Items of enterprises on which something has to be done.
    pub urgent: usize,
    /// Enterprises that have reported today.
    pub reported: usize,
    /// Enterprises that have not.
    pub missing: usize,
    /// Whether the hour by which they are to report has passed.
    pub overdue: bool,
    /// When the last report came in.
    pub last_s: Option<i64>,
}

impl Market {
    /// The gravest grade of any item.
    pub fn grade(&self) -> Option<MarketGrade> {
        let grades = self.items.iter().filter_map(|item| item.alarm.as_ref());
        MarketGrade::numbered(grades.map(|alarm| alarm.grade).min()?)
    }

    /// Whether enterprises that have not reported today are late by the plan's hour.
    pub fn overdue(&self, now_s: i64) -> bool {
        let due_h = self.rules.number(RuleKey::DailyReportHour);
        due_h.is_some_and(|due_h| {
            !self.missing.is_empty() && now_s >= clock::day_start_s(self.today) + due_h * clock::HOUR_S
        })
    }

    /// The market in short.
    pub fn brief(&self, now_s: i64) -> Brief {
        let grade = self.grade();
        let of_grade = self.items.iter().filter(|item| {
            let alarm = item.alarm.as_ref();
            grade.is_some() && alarm.and_then(|alarm| MarketGrade::numbered(alarm.grade)) == grade
        });
        Brief {
            grade,
            clause: self.rules.clause(RuleKey::MarketScale).to_string(),
            items: of_grade.map(|item| item.item.clone()).collect(),
            urgent: self
                .lines
                .iter()
                .filter(|line| line.urgency() >= line::ACT)
                .count(),
            reported: self.reported,
            missing: self.missing.len(),
            overdue: self.overdue(now_s),
            last_s: self.last_s,
        }
    }
}

/// The date of a day as it begins the codes of reports.
pub fn date(day: i64) -> String {
    clock::zoned(clock::day_start_s(day))
        .strftime("%Y-%m-%d")
        .to_string()
}

fn day_of(date: &str) -> Option<i64> {
    clock::parse_minute(&format!("{date}T00:00")).map(clock::day_number)
}

/// Gathers the market of an area.
pub fn market(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Market> {
    let rules = rules_of(tx, area, ctx.now_s)?;
    let today = clock::day_number(ctx.now_s);
    let first = date(today - WINDOW_D);
    let mut suppliers: HashMap<String, (String, entry::Supplier)> = HashMap::new();
    for one in entry::all(tx, "suppliers", area)? {
        let supplier = one.noun()?;
        suppliers.insert(one.name, (one.code, supplier));
    }
    let mut rows = Vec::new();
    let mut later = 0;
    for one in entry::since(tx, REGISTER, area, &first)? {
        let report: DailyReport = one.noun()?;
        match day_of(&report.date) {
            Some(day) if day <= today => rows.push((day, report)),
            _ => later += 1,
        }
    }
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for (day, report) in &rows {
        let of = last.entry(report.enterprise.clone()).or_insert(*day);
        *of = (*of).max(*day);
    }
    let reported = last.values().filter(|day| **day == today).count();
    let day = last.values().copied().max().filter(|day| today - day <= FRESH_D);
    let mut market = Market {
        last_s: entry::written_s(tx, REGISTER, area, &first)?,
        missing: missing(&suppliers, &last, today),
        rules,
        today,
        day,
        items: Vec::new(),
        lines: Vec::new(),
        reported,
        later,
    };
    if let Some(day) = day {
        let codes = suppliers
            .iter()
            .map(|(name, (code, _))| (name.as_str(), code.as_str()));
        let series = all_series(rows, &codes.collect());
        let needs = needs::needs(tx, ctx, area)?;
        judge(&mut market, &series, &needs, day)?;
    }
    Ok(market)
}

/// The rules that grade a market: those of the area itself where a directive covers it; else those of the place inside it that
/// is held most strictly, because its plan has the market watched; else the office's own.
fn rules_of(tx: &mut Tx, area: &str, at_s: i64) -> Result<Rules> {
    let directives = directive::holding(tx, district(area), at_s)?;
    let whole = rules::resolve(area, directives.clone());
    if !whole.directives.is_empty() {
        return Ok(whole);
    }
    let inside = directives
        .iter()
        .filter(|one| crate::base::access::within(&one.area, area))
        .max_by_key(|one| (one.level, one.from_s, one.number))
        .map(|one| one.area.clone());
    Ok(inside.map_or(whole, |inside| rules::resolve(&inside, directives)))
}

/// Who has not reported today: registered suppliers, and whoever reported in the last weeks.
fn missing(
    suppliers: &HashMap<String, (String, entry::Supplier)>,
    last: &BTreeMap<String, i64>,
    today: i64,
) -> Vec<Missing> {
    let names: BTreeSet<&String> = suppliers.keys().chain(last.keys()).collect();
    let mut missing: Vec<Missing> = names
        .into_iter()
        .filter(|name| last.get(*name) != Some(&today))
        .map(|name| {
            let supplier = suppliers.get(name).map(|(_, supplier)| supplier);
            Missing {
                enterprise: name.clone(),
                last_day: last.get(name).copied(),
                contact_name: supplier.map_or_else(String::new, |one| one.contact_name.clone()),
                contact_phone: supplier.map_or_else(String::new, |one| one.contact_phone.clone()),
            }
        })
        .collect();
    missing.sort_by_key(|one| std::cmp::Reverse(one.last_day));
    missing
}

/// The reports by enterprise, item and specification. A nil report repeats the figures before: of the item that it names, or of
/// all where it names none that the enterprise has.
fn all_series(mut rows: Vec<(i64, DailyReport)>, suppliers: &HashMap<&str, &str>) -> Vec<Series> {
    rows.sort_by_key(|(day, report)| (*day, report.is_nil()));
    let mut all: BTreeMap<(String, String, String), Series> = BTreeMap::new();
    for (day, report) in rows {
        let reported = Reported {
            price_fen: report.price_fen,
            price_before_fen: report.price_before_fen,
            sales_g: report.sales_g.or(report.mean_sales_g),
            stock_g: report.stock_g,
            state: state_of(&report),
            remark: report.remark,
        };
        let key = (report.enterprise, report.item, report.spec);
        if reported.is_nil() && reported.state == ReportState::Normal {
            let named = |series: &Series| series.item == key.1;
            let own = || {
                let end = (key.0.clone(), char::MAX.to_string(), String::new());
                (key.0.clone(), String::new(), String::new())..end
            };
            let one = all.range(own()).any(|(_, series)| named(series));
            for (_, series) in all.range_mut(own()) {
                if (!one || named(series)) && !series.days.contains_key(&day) {
                    repeat(series, day);
                }
            }
            continue;
        }
        let series = all.entry(key.clone()).or_insert_with(|| Series {
            supplier: suppliers.get(key.0.as_str()).map(ToString::to_string),
            category: documents::forms::category_of(&key.1),
            enterprise: key.0,
            item: key.1,
            spec: key.2,
            days: BTreeMap::new(),
        });
        series.days.insert(day, reported);
    }
    all.into_values().collect()
}

fn repeat(series: &mut Series, day: i64) {
    if let Some((_, last)) = series.days.range(..day).next_back() {
        let same = Reported {
            price_before_fen: last.price_fen,
            state: ReportState::Normal,
            remark: String::new(),
            ..last.clone()
        };
        series.days.insert(day, same);
    }
}

/// The state as reported; whoever has nothing left is sold out, whatever else was ticked.
fn state_of(report: &DailyReport) -> ReportState {
    let told = ReportState::of(&report.state).unwrap_or_default();
    if report.stock_g == Some(0) && matches!(told, ReportState::Normal | ReportState::Tight) {
        ReportState::StockOut
    } else {
        told
    }
}

/// Fills in items and lines as they stand on a day.
fn judge(market: &mut Market, all: &[Series], needs: &Needs, day: i64) -> Result<()> {
    let fresh: Vec<&Series> = all.iter().filter(|one| one.at(day).is_some()).collect();
    let rise_alarm_pct = market.rules.number(RuleKey::PriceRiseAlarmPct);
    let mut alike: HashMap<(&str, &str), Shares> = HashMap::new();
    for one in &fresh {
        let of = alike.entry((&one.enterprise, one.category)).or_default();
        of.add(one.usual_sales_g(day));
    }
    for one in &fresh {
        let need_g = match &one.supplier {
            Some(supplier) => needs.of_supplier_g(supplier, one.category),
            None => 0,
        };
        let planned_g =
            alike[&(one.enterprise.as_str(), one.category)].part_g(need_g, one.usual_sales_g(day));
        market.lines.push(Line::of(one, day, planned_g, &market.rules)?);
    }
    let mut by_item: BTreeMap<&str, Vec<&Series>> = BTreeMap::new();
    for one in all {
        by_item.entry(&one.item).or_default().push(one);
    }
    by_item.retain(|_, series| series.iter().any(|one| one.at(day).is_some()));
    let usual_g = |series: &[&Series]| -> i64 {
        let here = series.iter().filter(|one| one.at(day).is_some());
        here.map(|one| one.usual_sales_g(day)).sum()
    };
    let mut alike: HashMap<&str, Shares> = HashMap::new();
    for series in by_item.values() {
        alike.entry(series[0].category).or_default().add(usual_g(series));
    }
    for (name, series) in &by_item {
        let category = series[0].category;
        let planned_g = alike[category].part_g(needs.in_area_g(category), usual_g(series));
        let item = Item::of(name, series, day, planned_g, rise_alarm_pct)?;
        market.items.push(item);
    }
    // Items without a category of food each count for themselves.
    let concerned: BTreeSet<&str> = market
        .items
        .iter()
        .filter(|item| item.is_concerned())
        .map(|item| {
            if item.category == "other" {
                item.item.as_str()
            } else {
                item.category
            }
        })
        .collect();
    let categories = concerned.len() as i64;
    if let Some(scale) = market.rules.market_scale() {
        for item in &mut market.items {
            item.grade(&scale, categories)?;
        }
    }
    let grade = |item: &Item| item.alarm.as_ref().map_or(u8::MAX, |alarm| alarm.grade);
    market.items.sort_by_key(|item| {
        (
            grade(item),
            !item.is_concerned(),
            item.supply_d3.unwrap_or(i64::MAX),
        )
    });
    market.lines.sort_by_key(|line| {
        (
            std::cmp::Reverse(line.urgency()),
            line.supply_d3.unwrap_or(i64::MAX),
        )
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i64, item: &str, stock_g: Option<i64>, state: &str) -> (i64, DailyReport) {
        let report = DailyReport {
            enterprise: "惠民超市".into(),
            item: item.into(),
            stock_g,
            sales_g: stock_g.map(|_| 10),
            state: state.into(),
            ..DailyReport::default()
        };
        (day, report)
    }

    /// The words of the form and those of the market are the same.
    #[test]
    fn every_state_of_the_form_is_known() {
        let column = documents::forms::MONITORING.column("state").unwrap();
        let documents::forms::Kind::Choice(entries) = column.kind else {
            panic!("the state is chosen from a list")
        };
        let form: Vec<_> = entries
            .iter()
            .map(|one| (one.key, one.title.zh, one.title.en))
            .collect();
        let own = ReportState::ALL
            .iter()
            .map(|state| (state.key(), state.word(kit::Lang::Zh), state.word(kit::Lang::En)));
        assert_eq!(form, own.collect::<Vec<_>>());
    }

    /// YU-4: silence is not nil; a nil report says that nothing has changed.
    #[test]
    fn a_nil_report_repeats_the_figures() {
        let rows = vec![
            row(1, "大米", Some(900), "normal"),
            row(1, "鸡蛋", Some(0), "normal"),
            row(2, "零报告", None, "normal"),
            row(3, "大米", None, "normal"),
        ];
        let all = all_series(rows, &HashMap::new());
        let of = |item: &str| all.iter().find(|one| one.item == item).unwrap();
        assert_eq!(all.len(), 2);
        let days: Vec<i64> = of("大米").days.keys().copied().collect();
        assert_eq!((days, of("大米").days[&3].stock_g), (vec![1, 2, 3], Some(900)));
        assert_eq!(of("鸡蛋").days[&1].state, ReportState::StockOut);
        assert_eq!(of("鸡蛋").days.keys().copied().max(), Some(2));
    }
}
