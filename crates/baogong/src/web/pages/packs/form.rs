//! The form that asks for packs: whose stock, for how many days, which packs and how many.

use std::collections::BTreeMap;

use documents::values;
use kit::{Column, Field, Icon, Lang, Markup, TableRow, Tone, html};
use planner::packs::{Food, common};

use super::{Answer, Error, Fields, Result, Web, area_options, earlier};
use crate::base::Refusal;
use crate::base::id::{ProposalId, district};
use crate::base::words::{count, kilograms, yuan};
use crate::plan::rules::category_word;
use crate::proposal::ProposalRef;
use crate::proposal::packs::{
    self, Diet, Filling, Group, Homes, Norm, Nutrient, OffShelf, PACKS_MAX, PacksDraft, ShelfGood, Wanted,
};
use crate::register::entry;

/// Rows for packs beyond those that are proposed.
const MORE_ROWS: usize = 2;

/// What the form is filled with.
struct Shown {
    suppliers: Vec<(String, String)>,
    areas: Vec<(String, String)>,
    draft: PacksDraft,
    homes: Homes,
    shelf: Vec<ShelfGood>,
    off_shelf: Vec<(String, OffShelf)>,
    /// The food that each good is by its name or the register, by code.
    usual_foods: BTreeMap<String, String>,
    /// The norms that would hold: grams by category, and the clause.
    norms: (Vec<(String, i64)>, String),
}

/// Shows the form: empty, as it was sent, or as an earlier proposal was asked for (`from`).
pub(super) async fn show(web: &Web, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let mut draft = PacksDraft {
        supplier: fields.get("supplier").to_string(),
        area: fields.get("area").to_string(),
        ..PacksDraft::default()
    };
    let posted = refusal.is_some();
    if posted {
        // What cannot be read is left to the fields, which are shown as they were sent.
        draft = sent(fields, true)?;
    }
    if let Some(own) = &ctx.actor.supplier {
        draft.supplier.clone_from(own);
    }
    if draft.area.is_empty() || !ctx.actor.covers(&draft.area) {
        draft.area.clone_from(&ctx.actor.area);
    }
    let from: Option<ProposalId> = fields.get("from").parse().ok();
    let shown = web.app.read(move |tx| {
        if let (Some(id), false) = (from, posted) {
            let district = in_district.clone();
            draft = earlier(tx, &ctx, &ProposalRef { district, id })?;
        }
        let mut suppliers: Vec<(String, String)> = entry::all(tx, "suppliers", &in_district)?
            .into_iter()
            .map(|one| (one.code, one.name))
            .collect();
        suppliers.retain(|(code, _)| ctx.actor.supplier.as_ref().is_none_or(|own| own == code));
        let (mut homes, mut shelf, mut off_shelf) = (Homes::default(), Vec::new(), Vec::new());
        let mut usual_foods = BTreeMap::new();
        if !draft.supplier.is_empty() {
            homes = packs::homes(tx, &ctx, &draft.area, &draft.supplier, true)?;
            let (usual, off) = packs::shelf(tx, district(&draft.area), &draft.supplier, &[])?;
            usual_foods = usual
                .into_iter()
                .map(|good| (good.code, good.food.unwrap_or_default()))
                .collect();
            shelf = packs::shelf(tx, district(&draft.area), &draft.supplier, &draft.foods)?.0;
            off_shelf = off;
        }
        if draft.packs.is_empty() {
            draft.packs = packs::usual(&homes.groups);
        }
        let areas = area_options(tx, &ctx.actor.area)?;
        Ok(Shown {
            norms: packs::norms(homes.rules.as_ref(), Norm::Plan),
            suppliers,
            areas,
            draft,
            homes,
            shelf,
            off_shelf,
            usual_foods,
        })
    });
    let shown = shown.await?;
    let body = html! {
        (kit::crumbs(&[("/packs".into(), web.t("套餐搭配", "Contents of packs").into()), (String::new(), web.t("按库存搭配", "Compose from stock").into())]))
        (kit::heading(web.t("按库存搭配套餐", "Compose packs from stock"), web.t("先选用谁的货、给哪里；份数按住户多少先填好，都可以改。", "First whose stock, and for where; numbers are filled in by households and can be changed."), html! {}))
        @if let Some(refusal) = refusal { (kit::notice(Tone::Bad, web.t("请检查", "Please check"), html! { p { (web.words(refusal)) } })) }
        (first(web, &shown))
        @if !shown.draft.supplier.is_empty() { (second(web, &shown, fields, posted)) }
    };
    Ok(web.page(web.t("按库存搭配套餐", "Compose packs"), body))
}

fn first(web: &Web, shown: &Shown) -> Markup {
    let chosen = &shown.draft.supplier;
    let mut options = shown.suppliers.clone();
    if options.len() != 1 {
        options.insert(0, (String::new(), web.t("请选择", "Choose").to_string()));
    }
    kit::section(
        web.t("1 用谁的货，给哪里", "1 Whose stock, for where"),
        html! {
            form method="get" action="/packs/new" class="search" {
                (Field::select("supplier", web.t("保供单位", "Supplier"), &options).value(chosen))
                (Field::select("area", web.t("区域", "Area"), &shown.areas).value(&shown.draft.area))
                (kit::button(web.t("选定", "Choose"), if chosen.is_empty() { Tone::Accent } else { Tone::Quiet }))
            }
        },
    )
}

fn second(web: &Web, shown: &Shown, fields: &Fields, posted: bool) -> Markup {
    let draft = &shown.draft;
    let stocked = shown.shelf.iter().any(|good| good.units > 0);
    if !stocked {
        let how = kit::link_button("/imports", web.t("去导入", "Import"), Tone::Accent);
        return kit::empty(
            Icon::Basket,
            web.t(
                "这家单位没有报可搭配的单品",
                "This supplier has reported no single goods",
            ),
            web.t(
                "请在“商品套餐价目表”里报单品：类型填“单品”，写明类别、重量、单价和可供份数，再导入。",
                "Report them in the price list: kind “single good”, with category, weight, price and stock.",
            ),
            html! { @if web.actor().is_ok_and(|actor| actor.may(crate::base::Action::ImportRegister)) { (how) } },
        );
    }
    // What was sent is shown as it was, also where it could not be read.
    let value = |name: &str, otherwise: String| {
        if posted {
            fields.get(name).to_string()
        } else {
            otherwise
        }
    };
    let number = |name: &str, zh: &str, en: &str, otherwise: i64| {
        Field::number(name, web.t(zh, en)).value(&value(name, otherwise.to_string()))
    };
    let rows = if posted {
        fields.after("name:").len()
    } else {
        draft.packs.len() + MORE_ROWS
    };
    let rows = rows.min(PACKS_MAX);
    html! {
        (kit::form("/packs", &web.shell(""), html! {
            (Field::hidden("supplier", &draft.supplier))
            (Field::hidden("area", &draft.area))
            @if let Some(id) = draft.replaces { (Field::hidden("replaces", &id.to_string())) }
            (kit::section(web.t("2 要哪些套餐", "2 Which packs"), html! {
                (households(web, &shown.homes))
                (kit::fields(html! { (number("days", "每份管几天", "Days that a pack does for", draft.days).attr("min", "1").attr("max", "30")) }))
                @for place in 0..rows { (row(web, &Filled { sent: posted.then_some(fields), pack: draft.packs.get(place), place })) }
            }))
            (kit::section(web.t("3 达到什么标准", "3 By which norms"), html! {
                (norms(web, shown))
                (kit::fields(html! {
                    (number("kinds", "蔬菜至少几种", "Kinds of vegetables at least", draft.kinds).attr("min", "0"))
                    (number("most_of_one_g", "同一样每人每天最多（克）", "Of one good per person and day at most (g)", draft.most_of_one_g).hint(web.t("免得一包全是土豆", "So that a pack is not all potatoes")).attr("min", "50"))
                    (number("keeps_d", "不放冰箱至少耐放几天", "Everything keeps unrefrigerated for days", draft.keeps_d).hint(web.t("0 为不要求；3 天以上一般就没有鲜肉、叶菜", "0: any; from 3 days on there is hardly fresh meat or leafy greens")).attr("min", "0"))
                }))
            }))
            (kit::section(web.t("4 用哪些货", "4 Which goods"), goods(web, shown)))
            (kit::actions(kit::slow(kit::button(web.t("搭配", "Compose"), Tone::Accent))))
        }))
    }
}

fn households(web: &Web, homes: &Homes) -> Markup {
    let names: Vec<&str> = homes.compounds.iter().map(|one| one.name.as_str()).collect();
    let shown = names
        .iter()
        .take(6)
        .copied()
        .collect::<Vec<_>>()
        .join(web.t("、", ", "));
    let more = match names.len() {
        0..=6 => String::new(),
        all => format!(
            "{}{all}{}",
            web.t("等", " and others, "),
            web.t("个小区", " in all")
        ),
    };
    let words = |group: &Group| {
        let who = match (group.diet, group.most) {
            (Some(diet), _) => diet.word(web.lang).to_string(),
            (None, Some(most)) => format!("{}–{most}{}", group.least, web.t("人户", " people")),
            (None, None) => format!("{}{}", group.least, web.t("人以上户", " people and more")),
        };
        format!("{who} {}", count(group.households))
    };
    html! {
        @if homes.compounds.is_empty() {
            (kit::notice(Tone::Warn, web.t("这里没有由这家单位供应的封闭小区", "This supplier feeds no closed compound here"), html! { p { (web.t("份数请自己填写；也可以先下达指令、分配保供单位。", "Fill in the numbers yourself, or issue a directive and assign suppliers first.")) } }))
        } @else {
            p { (web.t("供应：", "For: ")) (shown) (more)
                @if !homes.closed { (web.t("（还没有封闭，按已分配的算）", " (not closed yet; by what is assigned)")) } }
            p { (web.t("住户：", "Households: ")) (homes.groups.iter().map(words).collect::<Vec<_>>().join(web.t("，", ", "))) }
        }
    }
}

/// What a row of the form is filled with: the fields as they were sent, else a pack that is proposed.
struct Filled<'a> {
    sent: Option<&'a Fields>,
    pack: Option<&'a Wanted>,
    place: usize,
}

impl Filled<'_> {
    fn field(&self, name: &str) -> String {
        format!("{name}:{}", self.place)
    }

    fn value(&self, name: &str, words: impl Fn(&Wanted) -> String) -> String {
        match self.sent {
            Some(fields) => fields.get(&self.field(name)).to_string(),
            None => self.pack.map_or_else(String::new, words),
        }
    }

    fn eats(&self, diet: Diet) -> bool {
        match self.sent {
            Some(fields) => fields
                .all(&self.field("diet"))
                .iter()
                .any(|key| key == diet.key()),
            None => self.pack.is_some_and(|pack| pack.diets.contains(&diet)),
        }
    }
}

fn row(web: &Web, filled: &Filled) -> Markup {
    let place = filled.place;
    let text = |name: &str, zh: &str, en: &str, value: String| {
        Field::text(&filled.field(name), web.t(zh, en)).value(&value)
    };
    let number = |name: &str, zh: &str, en: &str, value: String| {
        Field::number(&filled.field(name), web.t(zh, en)).value(&value)
    };
    let name = filled.value("name", |pack| pack.name.clone());
    let filling = filled.value("filling", |pack| pack.filling.key().to_string());
    let price = filled.value("price", |pack| pack.price_max_fen.map_or_else(String::new, yuan));
    let weight = filled.value("weight", |pack| {
        pack.weight_max_g.map_or_else(String::new, kilograms)
    });
    let eats: Vec<&str> = Diet::ALL
        .iter()
        .filter(|diet| filled.eats(**diet))
        .map(|diet| diet.word(web.lang))
        .collect();
    let diets = if eats.is_empty() {
        web.t("有人忌口？", "Somebody with a diet?").to_string()
    } else {
        format!("{}{}", web.t("忌口：", "Diets: "), eats.join(web.t("、", ", ")))
    };
    let fields = html! {
        (kit::fields(html! {
            (text("name", "名称", "Name", name.clone()))
            (number("persons", "几个人吃", "People", filled.value("persons", |pack| pack.persons.to_string())).attr("min", "1"))
            (number("count", "份数（不填不做）", "How many (empty: none)", filled.value("count", |pack| pack.count.to_string())).attr("min", "0"))
            (Field::select(&filled.field("filling"), web.t("内容", "Made of"), &Filling::options(web.lang)).value(&filling))
            (text("price", "最高价（元，不填不限）", "Highest price (yuan; empty: any)", price).attr("inputmode", "decimal"))
            (text("weight", "最重（公斤，不填不限）", "Greatest weight (kg; empty: any)", weight).attr("inputmode", "decimal"))
        }))
        (kit::details(&diets, kit::fields(html! { @for diet in Diet::ALL {
            (Field::check(&filled.field("diet"), diet.word(web.lang)).sends(diet.key()).checked(filled.eats(*diet)).id(&format!("diet-{place}-{}", diet.key())))
        } })))
    };
    let title = format!("{}{}{}", web.t("第", "No. "), place + 1, web.t("种", ""));
    if name.is_empty() && filled.value("count", |_| String::new()).is_empty() {
        kit::details(&format!("{title} · {}", web.t("再加一种", "one more")), fields)
    } else {
        kit::section(&format!("{title} · {name}"), fields)
    }
}

fn norms(web: &Web, shown: &Shown) -> Markup {
    let (least, clause) = &shown.norms;
    let words = |least: &[(String, i64)]| -> String {
        let each = least.iter().map(|(category, grams)| {
            format!(
                "{} {grams}{}",
                category_word(category, web.lang),
                web.t("克", " g")
            )
        });
        each.collect::<Vec<_>>().join(web.t("、", ", "))
    };
    let guideline = planner::packs::guideline();
    let plan = if clause.is_empty() {
        web.t(
            "现在没有预案规定，按膳食指南算",
            "No plan sets any now; the guideline counts",
        )
        .to_string()
    } else {
        format!("{} ({clause})", words(least))
    };
    let choices = [
        (Norm::Plan.key(), Norm::Plan.word(web.lang), plan),
        (
            Norm::Guideline.key(),
            Norm::Guideline.word(web.lang),
            words(&guideline),
        ),
    ];
    let floors = planner::packs::sphere();
    html! {
        (Field::radio("norm", web.t("每人每天的分量", "Amounts per person and day"), &choices).value(shown.draft.norm.key()))
        fieldset class="field" { legend class="field-label" { (web.t("还要够哪些营养（《环球人道标准》Sphere 2018，每人每天）", "Nutrients that must suffice (Sphere 2018, per person and day)")) }
            div class="fields" { @for nutrient in Nutrient::ALL {
                (Field::check("nutrient", &format!("{} {}", nutrient.word(web.lang), nutrient.amount(floors.get(nutrient.place()).copied().unwrap_or(0), web.lang))).sends(nutrient.key()).checked(shown.draft.nutrients.contains(nutrient)).id(&format!("nutrient-{}", nutrient.key())))
            } }
        }
    }
}

fn goods(web: &Web, shown: &Shown) -> Markup {
    let foods = common();
    let name = |food: &Food| web.t(&food.zh, &food.en).to_string();
    let mut options = vec![(
        String::new(),
        web.t("（不知道，只算重量）", "(unknown: weight alone)")
            .to_string(),
    )];
    options.extend(foods.iter().map(|food| (food.key.clone(), name(food))));
    let unknown: Vec<&str> = shown
        .shelf
        .iter()
        .filter(|good| good.food.is_none())
        .map(|good| good.name.as_str())
        .collect();
    let columns = [
        Column::text(web.t("用", "Use")),
        Column::text(web.t("类别", "Category")),
        Column::text(web.t("按哪种食物算", "Counts as")),
        Column::number(web.t("规格", "Weight")),
        Column::number(web.t("单价（元）", "Yuan")),
        Column::number(web.t("可供", "In stock")),
    ];
    let row = |good: &ShelfGood| {
        let used = !shown.draft.without.contains(&good.code);
        let label = format!("{} {}", good.name, web.t("按哪种食物算", "counts as"));
        let usual = shown.usual_foods.get(&good.code).map_or("", String::as_str);
        TableRow::new(vec![
            html! { (Field::check("use", &good.name).sends(&good.code).checked(used).id(&format!("use-{}", good.code))) (Field::hidden("shelf", &good.code)) },
            html! { (category_word(&good.category, web.lang)) },
            html! { (Field::select(&format!("food:{}", good.code), &label, &options).value(good.food.as_deref().unwrap_or("")).bare()) (Field::hidden(&format!("was:{}", good.code), usual)) },
            html! { (kilograms(good.unit_g)) (web.t("公斤/", " kg/")) (good.unit) },
            html! { (yuan(good.unit_fen)) },
            html! { (count(good.units)) },
        ])
        .tone(if good.units <= 0 { Tone::Warn } else { Tone::Plain })
    };
    let table = |goods: Vec<&ShelfGood>| {
        let rows = goods.into_iter().map(row).collect();
        kit::table(web.t("单品", "Single goods"), &columns, rows, html! {})
    };
    let (known, others): (Vec<&ShelfGood>, Vec<&ShelfGood>) =
        shown.shelf.iter().partition(|good| good.food.is_some());
    let out = shown.shelf.iter().filter(|good| good.units <= 0).count();
    let summary = match (web.lang, out) {
        (Lang::Zh, 0) => format!("认得的{}种货（点开可以不用某样、改按哪种食物算）", known.len()),
        (Lang::Zh, out) => format!(
            "认得的{}种货，断货{out}种（点开可以不用某样、改按哪种食物算）",
            known.len()
        ),
        (Lang::En, out) => format!(
            "{} known goods, {out} out of stock (open to leave out some, or to change what they count as)",
            known.len()
        ),
    };
    html! {
        @if !unknown.is_empty() {
            (kit::notice(Tone::Warn, web.t("不认得的货", "Goods that are not known"), html! {
                p { strong { (unknown.join(web.t("、", ", "))) } (web.t("：只按重量和类别算，营养算零，不给有忌口的人。知道相当于哪种食物的，请在下表选上；采纳后会记在价目表里。", ": counted by weight and category alone, without nutrients, and not for people with a diet. Choose below what food they are like; accepting notes it in the price list.")) }
            }))
        }
        @if !shown.off_shelf.is_empty() {
            (kit::notice(Tone::Quiet, web.t("不能搭配的货", "Goods that cannot be used"), html! { ul { @for (name, why) in &shown.off_shelf { li { (name) (web.t("：", ": ")) (why.word(web.lang)) } } } }))
        }
        @if !others.is_empty() { (table(others)) }
        @if !known.is_empty() { (kit::details(&summary, table(known))) }
        p class="soft" { (web.t("营养按美国农业部食物成分表（SR28）相近食物估算；耐放天数和忌口是估计，请内行核对。", "Nutrients are those of like foods of the USDA table (SR28); keeping and diets are estimates, to be checked by somebody who knows.")) }
    }
}

/// The draft that the form asks for.
pub(super) fn draft_of(fields: &Fields) -> Result<PacksDraft> {
    sent(fields, false)
}

/// What the form says; leniently, what cannot be read is left out.
fn sent(fields: &Fields, leniently: bool) -> Result<PacksDraft> {
    let usual = PacksDraft::default();
    let number = |name: &'static str, otherwise: i64| match fields.number(name) {
        Ok(found) => Ok(found.unwrap_or(otherwise)),
        Err(_) if leniently => Ok(otherwise),
        Err(refusal) => Err(Error::from(refusal)),
    };
    let mut packs = Vec::new();
    for place in 0..PACKS_MAX {
        match pack_of(fields, place) {
            Ok(pack) => packs.extend(pack),
            Err(_) if leniently => {}
            Err(error) => return Err(error),
        }
    }
    let was: BTreeMap<String, String> = fields.after("was:").into_iter().collect();
    let foods = fields.after("food:").into_iter();
    let used = fields.all("use");
    Ok(PacksDraft {
        supplier: fields.get("supplier").into(),
        area: fields.get("area").into(),
        days: number("days", usual.days)?,
        packs,
        norm: Norm::of(fields.get("norm")).unwrap_or(usual.norm),
        nutrients: fields
            .all("nutrient")
            .iter()
            .filter_map(|key| Nutrient::of(key))
            .collect(),
        kinds: number("kinds", usual.kinds)?,
        most_of_one_g: number("most_of_one_g", usual.most_of_one_g)?,
        keeps_d: number("keeps_d", usual.keeps_d)?,
        foods: foods.filter(|(code, key)| was.get(code) != Some(key)).collect(),
        without: fields
            .all("shelf")
            .into_iter()
            .filter(|code| !used.contains(code))
            .collect(),
        replaces: fields.get("replaces").parse().ok(),
    })
}

/// One row of the form; without a number it is none.
fn pack_of(fields: &Fields, place: usize) -> Result<Option<Wanted>> {
    let text = |name: &str| values::fold_width(fields.get(&format!("{name}:{place}"))).into_owned();
    let name = fields.get(&format!("name:{place}")).to_string();
    let wrong = |field: &'static str, what: (&str, &str), problem: (String, String)| -> Error {
        Refusal::invalid(
            field,
            format!("第{}种套餐“{name}”的{}：{}。", place + 1, what.0, problem.0),
            format!("Pack {} ({name}), {}: {}.", place + 1, what.1, problem.1),
        )
        .into()
    };
    let whole = |field: &'static str, zh: &str, en: &str| -> Result<i64> {
        let text = text(field);
        text.parse().map_err(|_| {
            let problem = (
                format!("“{text}”不是整数"),
                format!("{text:?} is not a whole number"),
            );
            wrong(field, (zh, en), problem)
        })
    };
    if matches!(text("count").as_str(), "" | "0") {
        return Ok(None);
    }
    let price = match text("price") {
        none if none.is_empty() => None,
        price => Some(
            values::money_fen(&price, None)
                .map_err(|problem| wrong("price", ("最高价", "highest price"), (problem.zh, problem.en)))?,
        ),
    };
    let weight = match text("weight") {
        none if none.is_empty() => None,
        weight => Some(
            values::weight_g(&weight, None)
                .map_err(|problem| wrong("weight", ("最重", "greatest weight"), (problem.zh, problem.en)))?,
        ),
    };
    Ok(Some(Wanted {
        persons: whole("persons", "人数", "people")?,
        count: whole("count", "份数", "number")?,
        price_max_fen: price,
        weight_max_g: weight,
        filling: Filling::of(&text("filling")).unwrap_or(Filling::All),
        diets: fields
            .all(&format!("diet:{place}"))
            .iter()
            .filter_map(|key| Diet::of(key))
            .collect(),
        name,
    }))
}
