//! The lists of the pages as tables: what is listed there, in the same order and with the same columns.

use kit::Lang;
use print::{Datum, Document};
use store::Tx;

use super::Subject;
use super::documents::{document, listing, numbers, section, table, text, words};
use super::rounds::load;
use crate::base::access::{Field, within};
use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Result, clock, people};
use crate::coverage::lists as two_lists;
use crate::plan::{ControlLevel, directive, plan, rules};
use crate::proposal::{self, assignment};
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::{OrderState, open, order, packing, trips};

fn supplier_name(tx: &mut Tx, in_district: &str, code: &str) -> Result<String> {
    Ok(entry::get(tx, "suppliers", in_district, code)?.map_or_else(|| code.to_string(), |entry| entry.name))
}

fn count(number: usize) -> Datum {
    Datum::Count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A closed compound and what is open there.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Its code.
    pub compound: String,
    /// Its name.
    pub name: String,
    /// The name of its community.
    pub community: String,
    /// The level that holds there.
    pub level: Option<ControlLevel>,
    /// Registered households.
    pub households: i64,
    /// People in them.
    pub people: i64,
    /// Needs that are not met.
    pub open_needs: i64,
    /// Those that are urgent.
    pub urgent_needs: i64,
    /// Households with special needs.
    pub special: usize,
    /// Those that are to be visited today.
    pub visits_due: usize,
    /// The names of those that feed it, the main supplier first; empty while none is assigned.
    pub supplier: String,
}

/// The closed compounds of an area.
pub fn closed_compounds(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Vec<Closed>> {
    let directives = directive::holding(tx, district(area), ctx.now_s)?;
    let needs = two_lists::open_needs(tx, area)?;
    let suppliers = assignment::assigned(tx, area)?;
    let mut closed = Vec::new();
    for (compound, households, people) in entry::count_by_area(tx, "households", area)? {
        let rules = rules::resolve(&compound, directives.clone());
        if !rules.closed() {
            continue;
        }
        let open = needs.iter().find(|(code, _, _)| *code == compound);
        let supplier = match suppliers.get(&compound) {
            Some(assigned) => suppliers_of(tx, district(area), assigned)?,
            None => String::new(),
        };
        let (special, visits_due) = two_lists::visits_due(tx, ctx, &compound)?;
        let community = entry::get(tx, "compounds", district(&compound), &compound)?
            .map_or(String::new(), |entry| entry.area);
        closed.push(Closed {
            name: area_name(tx, &compound)?,
            community: area_name(tx, &community)?,
            level: rules.level,
            households,
            people,
            open_needs: open.map_or(0, |(_, open, _)| *open),
            urgent_needs: open.map_or(0, |(_, _, urgent)| *urgent),
            special,
            visits_due,
            supplier,
            compound,
        });
    }
    Ok(closed)
}

/// Those that feed a compound by name, the main supplier first.
fn suppliers_of(tx: &mut Tx, in_district: &str, assigned: &assignment::Assigned) -> Result<String> {
    let mut names = Vec::new();
    for code in assigned.suppliers() {
        names.push(supplier_name(tx, in_district, code)?);
    }
    Ok(names.join("、"))
}

/// Who gives what, such as `惠民超市 蔬菜 300公斤；万家超市 鸡蛋 40公斤`.
fn parts_words(tx: &mut Tx, in_district: &str, parts: &[assignment::Part], lang: Lang) -> Result<String> {
    let mut words = Vec::new();
    for part in parts {
        let name = supplier_name(tx, in_district, &part.supplier)?;
        words.push(format!("{name} {}", part.words(lang)));
    }
    Ok(words.join(lang.t("；", "; ")))
}

/// The closed compounds of an area with what is open in each.
pub fn closed(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for one in closed_compounds(tx, ctx, &subject.area)? {
        rows.push(vec![
            text(one.name),
            text(one.community),
            text(one.level.map_or("", |level| level.word(lang))),
            Datum::Count(one.households),
            Datum::Count(one.people),
            Datum::Count(one.open_needs),
            Datum::Count(one.urgent_needs),
            count(one.visits_due),
            count(one.special),
            text(one.supplier),
        ]);
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 4),
        words(lang.t("社区", "Community"), 3),
        words(lang.t("级别", "Level"), 2),
        numbers(lang.t("户数", "Households"), 2),
        numbers(lang.t("人数", "People"), 2),
        numbers(lang.t("待解决需求", "Open needs"), 2),
        numbers(lang.t("急需需求", "Urgent needs"), 2),
        numbers(lang.t("今日应走访", "Visits due"), 2),
        numbers(lang.t("特殊群体户数", "Households with special needs"), 2),
        words(lang.t("保供单位", "Supplier"), 4),
    ];
    let place = area_name(tx, &subject.area)?;
    let mut document = listing(
        ctx,
        lang,
        lang.t("封闭小区一览", "Closed compounds"),
        &place,
        columns,
        rows,
    );
    document.landscape = true;
    Ok(document)
}

/// Who feeds which compound: what is assigned now, or the lines of the proposal that `only` names.
pub fn assignment(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let in_district = district(&subject.area).to_string();
    let mut rows = Vec::new();
    let mut columns = vec![
        words(lang.t("小区", "Compound"), 4),
        words(lang.t("主供", "Main"), 4),
        words(lang.t("备用", "Backup"), 4),
    ];
    if let Ok(id) = subject.only.parse::<ProposalId>() {
        let proposal = proposal::get(tx, &in_district, id)?;
        ctx.actor.check(crate::base::Action::Propose, &proposal.area)?;
        let (_, stored) = assignment::read(&proposal)?;
        columns.insert(1, numbers(lang.t("人数", "People"), 2));
        columns.push(numbers(lang.t("距离（米）", "Distance (m)"), 2));
        if !stored.together.is_empty() {
            columns.push(words(lang.t("由谁供多少（每天）", "Who gives what (a day)"), 6));
            columns.push(words(lang.t("仍缺（每天）", "Still short (a day)"), 3));
        }
        for choice in &stored.choices {
            let mut name = |code: &Option<String>| match code {
                Some(code) => supplier_name(tx, &in_district, code),
                None => Ok(String::new()),
            };
            let (main, backup) = (name(&choice.main)?, name(&choice.backup)?);
            let mut row = vec![
                text(area_name(tx, &choice.compound)?),
                Datum::Count(choice.persons),
                text(main),
                text(backup),
                choice.distance_m.map_or(Datum::Blank, Datum::Count),
            ];
            if !stored.together.is_empty() {
                let together = stored.together.iter().find(|one| one.compound == choice.compound);
                let parts = together.map_or(&[][..], |one| &one.parts);
                row.push(text(parts_words(tx, &in_district, parts, lang)?));
                row.push(text(together.map_or_else(String::new, |one| one.short(lang))));
            }
            rows.push(row);
        }
    } else {
        let assigned = assignment::assigned(tx, &subject.area)?;
        let several = assigned.values().any(|one| !one.parts.is_empty());
        if several {
            columns.push(words(lang.t("由谁供多少（每天）", "Who gives what (a day)"), 6));
        }
        for (compound, assigned) in assigned {
            let backup = match &assigned.backup {
                Some(code) => supplier_name(tx, &in_district, code)?,
                None => String::new(),
            };
            let mut row = vec![
                text(area_name(tx, &compound)?),
                text(supplier_name(tx, &in_district, &assigned.main)?),
                text(backup),
            ];
            if several {
                row.push(text(parts_words(tx, &in_district, &assigned.parts, lang)?));
            }
            rows.push(row);
        }
    }
    let place = area_name(tx, &subject.area)?;
    Ok(listing(
        ctx,
        lang,
        lang.t("保供单位分配表", "Assignment of suppliers"),
        &place,
        columns,
        rows,
    ))
}

/// Every directive of the district, latest first.
pub fn directives(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for one in directive::all(tx, district(&subject.area))? {
        rows.push(vec![
            text(area_name(tx, &one.area)?),
            text(one.level.word(lang)),
            text(one.risk.word(lang)),
            text(plan(&one.plan).map_or(one.plan.as_str(), |plan| plan.name.word(lang))),
            text(clock::minute(one.from_s)),
            text(one.until_s.map_or_else(String::new, clock::minute)),
            text(one.ordered_by),
            text(one.note),
        ]);
    }
    let columns = vec![
        words(lang.t("区域", "Area"), 4),
        words(lang.t("级别", "Level"), 2),
        words(lang.t("风险", "Risk"), 2),
        words(lang.t("预案", "Plan"), 5),
        words(lang.t("自", "From"), 3),
        words(lang.t("至", "Until"), 3),
        words(lang.t("依据", "On whose order"), 4),
        words(lang.t("说明", "Note"), 4),
    ];
    let place = area_name(tx, district(&subject.area))?;
    let mut document = listing(ctx, lang, lang.t("指令一览", "Directives"), &place, columns, rows);
    document.landscape = true;
    Ok(document)
}

/// The rounds of an area, latest first.
pub fn rounds(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let own = ctx.actor.supplier.clone().unwrap_or_default();
    let mut rows = Vec::new();
    for round in open::list(tx, &subject.area, &own)? {
        let states = order::states_of_round(tx, &round)?;
        let of = |counts: fn(OrderState) -> bool| -> Datum {
            let these = states.iter().filter(|(state, _)| counts(*state));
            Datum::Count(these.map(|(_, orders)| orders).sum())
        };
        let compounds = open::compounds(tx, district(&round.area), round.id)?.len();
        rows.push(vec![
            text(round.code.as_str()),
            text(round.title.as_str()),
            text(round.mode.word(lang)),
            text(supplier_name(tx, district(&round.area), &round.supplier)?),
            count(compounds),
            text(clock::minute(round.cutoff_s)),
            of(OrderState::live),
            of(|state| state == OrderState::Placed),
            of(|state| state == OrderState::Handed),
            text(round.state.word(lang)),
        ]);
    }
    let columns = vec![
        words(lang.t("轮次", "Round"), 2),
        words(lang.t("标题", "Title"), 4),
        words(lang.t("方式", "Mode"), 3),
        words(lang.t("保供单位", "Supplier"), 4),
        numbers(lang.t("小区数", "Compounds"), 2),
        words(lang.t("截单", "Cut-off"), 3),
        numbers(lang.t("订单", "Orders"), 2),
        numbers(lang.t("未付", "Unpaid"), 2),
        numbers(lang.t("已交付", "Handed over"), 2),
        words(lang.t("状态", "State"), 3),
    ];
    let place = area_name(tx, &subject.area)?;
    let mut document = listing(ctx, lang, lang.t("轮次一览", "Rounds"), &place, columns, rows);
    document.landscape = true;
    Ok(document)
}

/// The orders of a round that are not paid, as one walks.
pub fn unpaid(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, _, orders) = load(tx, ctx, subject)?;
    let mut rows = Vec::new();
    let mut total_fen = 0;
    for order in orders.iter().filter(|order| order.state == OrderState::Placed) {
        total_fen += order.amount_fen;
        rows.push(vec![
            text(area_name(tx, &order.compound)?),
            text(order.dwelling()),
            text(order.code.as_str()),
            text(ctx.actor.show(Field::Phone, &order.phone)),
            Datum::AmountFen(order.amount_fen),
        ]);
    }
    let columns = vec![
        section(lang.t("小区", "Compound")),
        words(lang.t("房号", "Dwelling"), 4),
        words(lang.t("订单号", "Order"), 4),
        words(lang.t("电话", "Phone"), 3),
        numbers(lang.t("应付（元）", "Due (yuan)"), 2),
    ];
    let total = vec![
        text(lang.t("合计", "Total")),
        Datum::Blank,
        Datum::Blank,
        Datum::Blank,
        Datum::AmountFen(total_fen),
    ];
    let place = format!("{} · {}", area_name(tx, &subject.area)?, round.code);
    Ok(document(
        ctx,
        lang,
        lang.t("未付款清单", "Unpaid orders"),
        &place,
        vec![table(lang, columns, rows, Some(total))],
    ))
}

/// The boxes of a round.
pub fn boxes(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, _, orders) = load(tx, ctx, subject)?;
    let at = open::RoundRef {
        district: in_district,
        id: round.id,
    };
    let mut rows = Vec::new();
    for one in packing::boxes(tx, &at)? {
        let seen = ctx.actor.covers(&one.compound) || ctx.actor.supplier.is_some();
        if !seen || !within(&one.compound, &subject.area) {
            continue;
        }
        let bags = orders.iter().filter(|order| order.box_id == Some(one.id)).count();
        rows.push(vec![
            text(one.code.as_str()),
            text(area_name(tx, &one.compound)?),
            count(bags),
            text(one.state.word(lang)),
        ]);
    }
    let columns = vec![
        words(lang.t("箱号", "Box"), 4),
        words(lang.t("小区", "Compound"), 4),
        numbers(lang.t("袋数", "Bags"), 2),
        words(lang.t("状态", "State"), 3),
    ];
    let place = format!("{} · {}", area_name(tx, &subject.area)?, round.code);
    Ok(listing(
        ctx,
        lang,
        lang.t("装箱清单", "Boxes"),
        &place,
        columns,
        rows,
    ))
}

/// The trips that reach an area, latest first.
pub fn trips(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let in_district = district(&subject.area).to_string();
    let own = ctx.actor.supplier.clone().unwrap_or_default();
    let mut rows = Vec::new();
    for trip in trips::list(tx, &in_district, &own)? {
        let stops = trips::stops(tx, &in_district, trip.id)?;
        if !stops
            .iter()
            .any(|stop| crate::base::access::within(&stop.compound, &subject.area))
        {
            continue;
        }
        let handed = stops.iter().filter(|stop| stop.handed_s.is_some()).count();
        let boxes = packing::boxes_of_trip(tx, &in_district, trip.id)?.len();
        rows.push(vec![
            text(trip.code.as_str()),
            text(trip.vehicle.as_str()),
            text(trip.driver.as_str()),
            count(stops.len()),
            count(handed),
            count(boxes),
            text(trip.departed_s.map_or_else(String::new, clock::minute)),
            text(trip.state.word(lang)),
        ]);
    }
    let columns = vec![
        words(lang.t("车次", "Trip"), 3),
        words(lang.t("车辆", "Vehicle"), 3),
        words(lang.t("驾驶员", "Driver"), 3),
        numbers(lang.t("站", "Stops"), 1),
        numbers(lang.t("已交接", "Handed over"), 2),
        numbers(lang.t("箱", "Boxes"), 1),
        words(lang.t("出发", "Left"), 3),
        words(lang.t("状态", "State"), 2),
    ];
    let place = area_name(tx, &subject.area)?;
    Ok(listing(
        ctx,
        lang,
        lang.t("车次一览", "Trips"),
        &place,
        columns,
        rows,
    ))
}

/// The users of an area whose name or sign-in name holds the words searched for.
pub fn users(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let mut rows = Vec::new();
    for user in people::list(tx)? {
        let found = user.login.contains(&subject.words) || user.name.contains(&subject.words);
        if !found || !crate::base::access::within(&user.area, &subject.area) {
            continue;
        }
        let supplier = match &user.supplier {
            Some(code) => supplier_name(tx, district(&user.area), code)?,
            None => String::new(),
        };
        rows.push(vec![
            text(user.name.as_str()),
            text(user.login.as_str()),
            text(user.role.word(lang)),
            text(area_name(tx, &user.area)?),
            text(supplier),
            text(if user.active {
                lang.t("可登录", "active")
            } else {
                lang.t("已停用", "switched off")
            }),
        ]);
    }
    let columns = vec![
        words(lang.t("姓名", "Name"), 3),
        words(lang.t("登录名", "Sign-in name"), 3),
        words(lang.t("身份", "Role"), 3),
        words(lang.t("负责区域", "Responsible for"), 4),
        words(lang.t("所属单位", "Employer"), 4),
        words(lang.t("状态", "State"), 2),
    ];
    let place = area_name(tx, &subject.area)?;
    Ok(listing(
        ctx,
        lang,
        lang.t("用户一览", "Users"),
        &place,
        columns,
        rows,
    ))
}
