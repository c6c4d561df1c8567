//! The form that opens a round.

use super::*;

pub(super) async fn new(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    show_form(&web, &fields, None).await
}

pub(super) async fn show_form(web: &Web, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let ctx = web.ctx()?;
    let chosen = fields.get("supplier").to_string();
    let (now_s, lang) = (ctx.now_s, web.lang);
    let picked = fields.all("compound");
    let asked = picked.clone();
    let (suppliers, compounds, goods, held, foreseen) = web
        .app
        .read(move |tx| {
            let in_district = district(&ctx.actor.area).to_string();
            let assigned = assignment::assigned(tx, &ctx.actor.area)?;
            let mut suppliers: Vec<(String, String, usize)> = entry::all(tx, "suppliers", &in_district)?
                .into_iter()
                .map(|one| {
                    let feeds = assigned
                        .values()
                        .filter(|assigned| assigned.is_fed_by(&one.code))
                        .count();
                    (one.code, one.name, feeds)
                })
                .collect();
            suppliers.sort_by_key(|(_, _, feeds)| std::cmp::Reverse(*feeds));
            let directives = crate::plan::directive::holding(tx, &in_district, ctx.now_s)?;
            let mut compounds = Vec::new();
            let mut held = Vec::new();
            for (code, households, people) in entry::count_by_area(tx, "households", &ctx.actor.area)? {
                let rules = rules::resolve(&code, directives.clone());
                // What this supplier feeds there: nothing, everything, or the categories of its part.
                let mine = assigned
                    .get(&code)
                    .filter(|one| one.is_fed_by(&chosen))
                    .map(|one| {
                        one.part(&chosen)
                            .filter(|_| one.parts.len() > 1)
                            .map_or_else(String::new, |part| part.categories(lang))
                    });
                if rules.closed() {
                    compounds.push((code.clone(), area_name(tx, &code)?, households, people, mine));
                    held.push(rules);
                }
            }
            compounds.sort_by_key(|(_, _, _, _, mine)| mine.is_none());
            let listed = entry::price_list(tx, &in_district, &chosen)?;
            let goods: Vec<Good> = listed.iter().map(entry::Entry::noun).collect::<Result<_>>()?;
            let taken: Vec<(String, i64)> = compounds
                .iter()
                .filter(|(code, _, _, _, mine)| asked.contains(code) || (asked.is_empty() && mine.is_some()))
                .map(|(code, _, households, _, _)| (code.clone(), *households))
                .collect();
            let foreseen = if chosen.is_empty() || taken.is_empty() {
                Forecast::default()
            } else {
                demand::forecast(tx, &ctx.actor.area, &taken, &chosen)?
            };
            Ok((suppliers, compounds, goods, held, foreseen))
        })
        .await?;
    let chosen = fields.get("supplier");
    let supplier_options: Vec<(String, String)> =
        std::iter::once((String::new(), web.t("请选择", "Choose").to_string()))
            .chain(suppliers.iter().map(|(code, name, feeds)| {
                let words = if *feeds > 0 {
                    format!(
                        "{name}({}{feeds}{})",
                        web.t("负责", "feeds "),
                        web.t("个小区", " compounds")
                    )
                } else {
                    name.clone()
                };
                (code.clone(), words)
            }))
            .collect();
    let modes: Vec<(&str, String, String)> = Mode::ALL
        .iter()
        .filter(|mode| held.is_empty() || held.iter().any(|rules| mode.allowed(rules)))
        .map(|mode| {
            let facts = mode.facts();
            (
                mode.key(),
                mode.word(web.lang).to_string(),
                format!("{} ({})", web.t(facts.how.0, facts.how.1), facts.clause),
            )
        })
        .collect();
    let fixed = held.iter().find_map(|rules| {
        let release = rules.word(RuleKey::Release).and_then(Release::of)?;
        Some((release, rules.clause(RuleKey::Release).to_string()))
    });
    let hours = |key| held.first().and_then(|rules| rules.number(key)).unwrap_or(0) * clock::HOUR_S;
    let cutoff_s = now_s + hours(RuleKey::OrderCutoffH);
    let pay_by_s = cutoff_s + hours(RuleKey::PayByH);
    let deliver_s = pay_by_s + hours(RuleKey::DeliverH);
    let time = |name: &str, label: &str, default_s: i64| {
        let value = if fields.get(name).is_empty() {
            clock::field(default_s)
        } else {
            fields.get(name).to_string()
        };
        Field::datetime(name, label).value(&value).required()
    };
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (String::new(), web.t("开一轮", "Open a round").into())]))
        (kit::heading(web.t("开一轮", "Open a round"), web.t("先选保供单位，再选小区、套餐和份数。", "Choose the supplier first, then compounds, packs and quantities."), html! {}))
        @if let Some(refusal) = refusal { (kit::notice(Tone::Bad, web.t("请检查", "Please check"), html! { p { (web.words(refusal)) } })) }
        (kit::section(web.t("1 保供单位", "1 Supplier"), html! {
            form method="get" action="/rounds/new" class="search" {
                (Field::select("supplier", web.t("保供单位", "Supplier"), &supplier_options).value(chosen))
                (kit::button(web.t("选定", "Choose"), if chosen.is_empty() { Tone::Accent } else { Tone::Quiet }))
            }
        }))
        @if !chosen.is_empty() {
            (kit::form("/rounds", &web.shell(""), html! {
                (Field::hidden("supplier", chosen))
                (kit::section(web.t("2 供应方式", "2 Supply mode"), html! { (Field::radio("mode", web.t("方式", "Mode"), &modes).value(if fields.get("mode").is_empty() { "C" } else { fields.get("mode") }))
                    @if let Some((release, clause)) = &fixed {
                        p { (web.t("分配办法：", "Packs are released: ")) strong { (release.word(web.lang)) } " (" (clause) ")" }
                    } @else {
                        (Field::radio("release", web.t("怎么分", "Who gets the packs"), &releases(web)).value(if fields.get("release").is_empty() { Release::FirstCome.key() } else { fields.get("release") }))
                    } }))
                (kit::section(web.t("3 小区", "3 Compounds"), html! {
                    @if compounds.is_empty() { (kit::empty(Icon::House, web.t("没有封闭的小区", "No compound is closed"), web.t("请先下达指令。", "Issue a directive first."), html! {})) }
                    @for (code, name, households, people, mine) in &compounds {
                        (Field::check("compound", &format!("{name} · {} {} · {} {}{}", count(*households), web.t("户", "households"), count(*people), web.t("人", "people"), mine.as_ref().map_or_else(String::new, |part| match part.as_str() { "" => web.t(" · 本单位供应", " · fed by this supplier").to_string(), part => format!("{}{part}", web.t(" · 几家拼供，本单位供", " · fed by several, this one gives ")) })))
                            .sends(code).checked(picked.contains(code) || (picked.is_empty() && mine.is_some())).id(&format!("c-{code}")))
                    }
                }))
                (kit::section(web.t("4 套餐与投放份数", "4 Packs and quantities"), html! {
                    (Field::radio("division", web.t("怎么分到各小区", "How they are shared among compounds"), &divisions(web)).value(if fields.get("division").is_empty() { Division::Households.key() } else { fields.get("division") }))
                    @if !foreseen.compounds.is_empty() { (foreseen_notice(web, &foreseen)) }
                    @if goods.is_empty() { (kit::notice(Tone::Warn, web.t("这家单位还没有报套餐", "This supplier has no packs yet"), html! { p { (web.t("请先导入商品套餐价目表。", "Import the price list first.")) } })) }
                    (packs_first(web, &goods, fields))
                }))
                (kit::section(web.t("5 时间", "5 Times"), kit::fields(html! {
                    (time("cutoff", web.t("截单", "Cut-off"), cutoff_s))
                    (time("pay_by", web.t("付款截止", "Pay by"), pay_by_s))
                    (time("deliver", web.t("送达", "Delivery"), deliver_s))
                    (Field::text("title", web.t("标题（可不填）", "Title (optional)")).value(fields.get("title")))
                })))
                (kit::actions(kit::button(web.t("开团", "Open the round"), Tone::Accent)))
            }))
        }
    };
    Ok(web.page(web.t("开一轮", "Open a round"), body))
}

/// How many packs the compounds that are ticked are likely to want, and which.
fn foreseen_notice(web: &Web, foreseen: &Forecast) -> Markup {
    let (expected, _, _) = foreseen.total();
    let packs: Vec<String> = foreseen
        .by_pack(expected)
        .into_iter()
        .take(5)
        .map(|(name, packs)| format!("{name} {}", count(packs)))
        .collect();
    let area = web.actor().map_or_else(|_| String::new(), |actor| actor.area);
    kit::notice(
        Tone::Plain,
        web.t("大约要多少份", "How many are likely to be wanted"),
        html! {
            p { (web.t("已勾选的", "The ")) (foreseen.compounds.len()) (web.t("个小区：", " compounds ticked: ")) (crate::report::demand::sentence(foreseen, web.lang)) }
            @if !packs.is_empty() { p { (web.t("按以前的比例：", "In the shares of before: ")) (packs.join(web.t("、", ", "))) } }
            p { a href=(format!("/reports/demand?area={area}")) { (web.t("各小区的预测和算法", "Each compound, and how it was found")) } }
        },
    )
}

/// A field for each good: packs come before single goods (CQ-4), which are folded away unless some are asked for.
fn packs_first(web: &Web, goods: &[Good], fields: &Fields) -> Markup {
    let asked = |good: &Good| fields.get(&format!("total:{}", good.code)).to_string();
    let field = |good: &Good| {
        Field::number(
            &format!("total:{}", good.code),
            &format!(
                "{} · {} {}{}",
                good.name,
                yuan(good.price_fen),
                web.t("元/", "yuan"),
                if web.lang == Lang::En {
                    ""
                } else if good.unit.is_empty() {
                    "份"
                } else {
                    &good.unit
                }
            ),
        )
        .value(&asked(good))
        .hint(&format!(
            "{}{}",
            contents_words(good, web.lang),
            good.stock.map_or_else(String::new, |stock| format!(
                " · {} {stock}",
                web.t("可供", "offered")
            ))
        ))
        .attr("min", "0")
    };
    let (mut packs, singles): (Vec<&Good>, Vec<&Good>) = goods.iter().partition(|good| !good.is_single());
    // What is asked for stands first, so that nobody has to look for packs that were just composed.
    packs.sort_by_key(|good| asked(good).is_empty());
    let any_single = singles.iter().any(|good| !asked(good).is_empty());
    let compose = web
        .actor()
        .is_ok_and(|actor| actor.may(crate::base::Action::Compose));
    let supplier = fields.get("supplier");
    html! {
        (kit::fields(html! { @for good in &packs { (field(good)) } }))
        @if !singles.is_empty() {
            @if any_single || packs.is_empty() { (kit::fields(html! { @for good in &singles { (field(good)) } })) }
            @else { (kit::details(&format!("{}（{}）", web.t("也投放单品", "Single goods too"), singles.len()), kit::fields(html! { @for good in &singles { (field(good)) } }))) }
            @if compose { p { (kit::link_button(&format!("/packs/new?supplier={supplier}"), web.t("按库存搭配新套餐", "Compose packs from stock"), Tone::Quiet)) } }
        }
    }
}

fn releases(web: &Web) -> Vec<(&'static str, &'static str, &'static str)> {
    let how = |release| {
        match release {
        Release::FirstCome => web.lang.t(
            "份数够、住户不多时用：订完为止",
            "When there is enough for most: until the packs are gone",
        ),
        Release::Ballot => web.lang.t(
            "货少人多时用：截单前都可以登记，不分先后；截单时按优先顺序抽签，过程公开、可以核验，抽中的再付款",
            "When many ask for little: requests until cut-off, early or late alike; then a public draw by class that anybody can check; who is drawn pays",
        ),
    }
    };
    Release::ALL
        .iter()
        .map(|release| (release.key(), release.word(web.lang), how(*release)))
        .collect()
}

fn divisions(web: &Web) -> Vec<(&'static str, &'static str, &'static str)> {
    let how = |division| {
        match division {
        Division::Households => web.lang.t(
            "份数够时用：每个小区的份额与户数成比例，马上开团",
            "When there is enough: each compound's allotment goes by its households, and the round opens at once",
        ),
        Division::Need => web.lang.t(
            "货少时用：看人数、家里还够吃几天、谁该优先，先出分配方案和公示表，看过、改过再开团",
            "When goods are scarce: by people, days of food left and who comes first; you see the table and the rule, may change it, and then open the round",
        ),
    }
    };
    Division::ALL
        .iter()
        .map(|division| (division.key(), division.word(web.lang), how(*division)))
        .collect()
}

pub(super) fn contents_words(good: &Good, lang: Lang) -> String {
    good.contents
        .iter()
        .map(|part| {
            format!(
                "{} {}{}",
                part.name,
                kilograms(part.weight_g),
                lang.t("公斤", " kg")
            )
        })
        .collect::<Vec<_>>()
        .join(lang.t("、", ", "))
}

pub(super) async fn create(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let mut packs = Vec::new();
    for (code, text) in fields.after("total:") {
        let text = documents::values::fold_width(&text).into_owned();
        if text.is_empty() {
            continue;
        }
        let Ok(total) = text.parse() else {
            let refusal = Refusal::invalid(
                "packs",
                format!("份数“{text}”不是整数。"),
                format!("{text} is not a whole number."),
            );
            return show_form(&web, &fields, Some(&refusal)).await;
        };
        packs.push(PackDraft { code, total });
    }
    let draft = RoundDraft {
        title: fields.get("title").into(),
        mode: fields.get("mode").into(),
        supplier: fields.get("supplier").into(),
        compounds: fields.all("compound"),
        packs,
        release: Release::of(fields.get("release")),
        allotments: Vec::new(),
        secret: ballot::Secret::default(),
        cutoff: fields.get("cutoff").into(),
        pay_by: fields.get("pay_by").into(),
        deliver: fields.get("deliver").into(),
    };
    // A liaison of one compound and an office of one community open rounds for their own part only.
    let area = allocations::area_of(&web, &draft.compounds)?;
    if Division::of(fields.get("division")) == Some(Division::Need) {
        return match allocations::propose(&web, &fields, &area, draft).await {
            Ok(page) => Ok(web.done(
                &page,
                web.t(
                    "分配方案已算好并通过核验，请看过再决定。还没有开团。",
                    "The allocation is computed and verified; look at it and decide. The round is not open yet.",
                ),
            )),
            Err(Error::Refusal(refusal)) if refusal.kind != RefusalKind::NotAllowed => {
                show_form(&web, &fields, Some(&refusal)).await
            }
            Err(other) => Err(other),
        };
    }
    match web
        .app
        .act(&web.ctx_for(fields.command())?, &OPEN, &area, draft, open::open)
        .await
    {
        Ok(id) => Ok(web.done(
            &format!("/rounds/{id}"),
            web.t(
                "已开团。把链接或通知发到业主群。",
                "The round is open. Send the link or the announcement to the residents.",
            ),
        )),
        Err(Error::Refusal(refusal)) if refusal.kind != RefusalKind::NotAllowed => {
            show_form(&web, &fields, Some(&refusal)).await
        }
        Err(other) => Err(other),
    }
}
