//! 市场监测与预警: the market as the daily reports show it, what needs action first (YO-4, YU-4, YU-11, RN-1).

use kit::Lang;
use print::{Block, Datum, Document, Figure, Tone};
use store::Tx;

use super::Subject;
use super::documents::{document, figure, numbers, table, text, warn_if, words};
use crate::base::words::{calendar_day, count};
use crate::base::{Ctx, Result, clock};
use crate::market::item::{Item, ItemDay};
use crate::market::line::{Line, days_words, percent};
use crate::market::{Market, ReportState, market};
use crate::plan::rules::RuleKey;
use crate::plan::scale::{self, MarketGrade};
use crate::register::correct::area_name;

/// The report.
pub fn make(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let place = area_name(tx, &subject.area)?;
    let market = market(tx, ctx, &subject.area)?;
    let mut blocks = vec![Block::Figures(figures(&market, ctx.now_s, lang))];
    if market.day.is_none() {
        blocks.extend(nothing(&market, lang));
    } else {
        blocks.push(Block::Heading(lang.t("需要处置的", "What needs action").into()));
        let due: Vec<&Line> = market
            .lines
            .iter()
            .filter(|line| !line.reasons.is_empty())
            .collect();
        let calm = market.lines.len() - due.len();
        blocks.push(lines(&market, &due, true, lang));
        blocks.push(Block::Paragraph(match lang {
            Lang::Zh => format!("其余{calm}项正常，逐项见“市场监测明细”。"),
            Lang::En => format!("{calm} more are normal; each stands in “Market reports in detail”."),
        }));
        blocks.push(Block::Heading(
            lang.t("各品种（全部企业合计）", "Items, all enterprises together")
                .into(),
        ));
        blocks.push(items(&market, lang));
    }
    blocks.push(Block::Heading(
        lang.t("今天还没有上报的企业", "Enterprises that have not reported today")
            .into(),
    ));
    blocks.push(missing(&market, lang));
    blocks.push(Block::Heading(
        lang.t("怎么算的", "How this was worked out").into(),
    ));
    blocks.push(Block::Paragraph(how(&market, lang)));
    let title = lang.t("市场监测与预警", "Market monitoring and warnings");
    let mut document = document(ctx, lang, title, &place, blocks);
    document.landscape = true;
    Ok(document)
}

/// What every enterprise reports of every item, the normal ones too.
pub fn detail(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let place = area_name(tx, &subject.area)?;
    let market = market(tx, ctx, &subject.area)?;
    let all: Vec<&Line> = market.lines.iter().collect();
    let blocks = if market.day.is_none() {
        nothing(&market, lang)
    } else {
        vec![lines(&market, &all, false, lang)]
    };
    let title = lang.t("市场监测明细", "Market reports in detail");
    let mut document = document(ctx, lang, title, &place, blocks);
    document.landscape = true;
    Ok(document)
}

fn figures(market: &Market, now_s: i64, lang: Lang) -> Vec<Figure> {
    let brief = market.brief(now_s);
    let grade = match (brief.grade, market.day) {
        (Some(grade), _) => grade.short(lang),
        (None, Some(_)) if brief.urgent > 0 => lang.t("未到级", "no grade"),
        (None, Some(_)) => lang.t("平稳", "calm"),
        (None, None) => lang.t("未知", "unknown"),
    };
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let reported = format!("{}/{}", brief.reported, brief.reported + brief.missing);
    vec![
        figure(
            lang.t("市场异常等级", "Market grade"),
            grade,
            "",
            grade_tone(brief.grade, market.day.is_some()),
        ),
        figure(
            lang.t("今天要处置", "To be dealt with today"),
            count(number(brief.urgent)),
            lang.t("项", ""),
            warn_if(number(brief.urgent)),
        ),
        figure(
            if brief.overdue {
                lang.t("今日已报，其余逾期", "Reported today, the rest overdue")
            } else {
                lang.t("今日已报", "Reported today")
            },
            reported,
            lang.t("家", "enterprises"),
            match (brief.missing, brief.overdue) {
                (0, _) => Tone::Good,
                (_, true) => Tone::Bad,
                (_, false) => Tone::Warn,
            },
        ),
        figure(
            lang.t("最近一次日报", "Last report"),
            brief.last_s.map_or_else(|| "—".to_string(), clock::short),
            "",
            Tone::Plain,
        ),
    ]
}

/// How loud a grade is.
pub fn grade_tone(grade: Option<MarketGrade>, known: bool) -> Tone {
    match grade {
        Some(MarketGrade::Fourth) => Tone::Warn,
        Some(_) => Tone::Bad,
        None if known => Tone::Good,
        None => Tone::Plain,
    }
}

/// What to do where no report says anything about today.
fn nothing(market: &Market, lang: Lang) -> Vec<Block> {
    let first = if market.last_s.is_none() {
        lang.t("还没有收到企业的监测日报。", "No enterprise has reported yet.")
    } else {
        lang.t(
            "最近3天没有监测日报，以前的数据不能说明今天的市场。",
            "No report within three days; older figures say nothing about today.",
        )
    };
    let then = lang.t(
        "1. 在“登记台账”的“市场监测日报”下载模板，发给各企业每天填报；企业自己的表格也可以。\n2. 收到的表格在“导入”上传，核对后确认，这里随即更新。\n3. 没有异常也要报：供应情况填“正常”，不填数字就是零报告。",
        "1. Download the template under Registers, Daily market reports, and have enterprises fill it in each day; their own spreadsheets will do as well.\n2. Upload what they send under Imports, check and confirm; this page follows.\n3. Nothing unusual is reported too: state Normal; without any figure it is a nil report.",
    );
    vec![
        Block::Paragraph(first.to_string()),
        Block::Paragraph(then.to_string()),
    ]
}

fn amount(value: Option<i64>, datum: fn(i64) -> Datum) -> Datum {
    value.map_or_else(|| text("—"), datum)
}

fn change(change_e2: Option<i64>) -> Datum {
    text(change_e2.map_or_else(|| "—".to_string(), percent))
}

/// Days left; none where nothing is left, whatever is sold.
fn days(supply_d3: Option<i64>, stock_g: Option<i64>) -> Datum {
    let supply_d3 = supply_d3.or((stock_g == Some(0)).then_some(0));
    text(supply_d3.map_or_else(|| "—".to_string(), days_words))
}

/// Lines as a table: item and enterprise in one column where it is read, in two where it is sorted and counted.
fn lines(market: &Market, lines: &[&Line], together: bool, lang: Lang) -> Block {
    let mut columns = vec![
        words(lang.t("情况", "What is the matter"), 6),
        words(lang.t("品种", "Item"), 3),
        words(lang.t("企业", "Enterprise"), 4),
        numbers(lang.t("可供天数", "Days left"), 2),
        numbers(lang.t("库存", "Stock"), 3),
        numbers(lang.t("每天要", "Needed a day"), 3),
        numbers(lang.t("每公斤价", "Price per kg"), 3),
        numbers(lang.t("较平常", "Against usual"), 2),
        words(lang.t("依据", "Clause"), 2),
    ];
    if together {
        columns.splice(1..3, [words(lang.t("品种、企业", "Item, enterprise"), 5)]);
    }
    let separator = lang.t("、", ", ");
    let rows = lines.iter().map(|line| {
        let mut why: Vec<String> = line.reasons.iter().map(|reason| reason.words(lang)).collect();
        if !line.remark.is_empty() {
            why.push(line.remark.clone());
        }
        if line.day != market.today {
            let day = calendar_day(clock::day_start_s(line.day), lang);
            why.push(format!("{day}{}", lang.t("的日报", " (report)")));
        }
        let why = if why.is_empty() {
            ReportState::Normal.word(lang).to_string()
        } else {
            why.join(separator)
        };
        let mut row = vec![
            text(why),
            text(line.item.clone()),
            text(line.enterprise.clone()),
            days(line.supply_d3, line.stock_g),
            amount(line.stock_g, weight),
            weight(line.sales_g.max(line.planned_g)),
            amount(line.price_fen, Datum::AmountFen),
            change(line.price.map(|price| price.change_e2)),
            text(line.clauses.join(separator)),
        ];
        if together {
            row.splice(1..3, [text(format!("{} · {}", line.item, line.enterprise))]);
        }
        row
    });
    table(lang, columns, rows.collect(), None)
}

fn items(market: &Market, lang: Lang) -> Block {
    let columns = vec![
        words(lang.t("品种、等级", "Item, grade"), 4),
        words(lang.t("情况", "What is the matter"), 5),
        numbers(lang.t("可供天数", "Days left"), 2),
        numbers(lang.t("库存", "Stock"), 3),
        numbers(lang.t("平常日销", "Usual daily sales"), 3),
        numbers(lang.t("计划日需", "Planned daily need"), 3),
        numbers(lang.t("每公斤价", "Price per kg"), 3),
        numbers(lang.t("日、周涨幅", "Day, week"), 3),
        numbers(lang.t("较平常", "Against usual"), 2),
    ];
    let rows = market.items.iter().map(|item| {
        vec![
            text(format!("{} · {}", item.item, grade_words(market, item, lang))),
            text(item_words(item, lang)),
            days(item.supply_d3, item.stock_g),
            amount(item.stock_g, weight),
            weight(item.sales_g),
            weight(item.planned_g),
            amount(item.price_fen, Datum::AmountFen),
            text(rises(item)),
            change(item.change_e2),
        ]
    });
    table(lang, columns, rows.collect(), None)
}

/// The rises of a day and of a week.
fn rises(item: &Item) -> String {
    let words = |rise: Option<i64>| rise.map_or_else(|| "—".to_string(), percent);
    let ItemDay {
        daily_rise_e2,
        weekly_rise_e2,
        ..
    } = &item.now;
    format!("{} / {}", words(*daily_rise_e2), words(*weekly_rise_e2))
}

/// A weight as one reads it out: in whole kilograms from ten on.
fn weight(weight_g: i64) -> Datum {
    if weight_g < 10_000 {
        Datum::WeightG(weight_g)
    } else {
        Datum::WeightG((weight_g + 500) / 1_000 * 1_000)
    }
}

fn grade_words(market: &Market, item: &Item, lang: Lang) -> String {
    let graded = item.alarm.as_ref();
    match graded.and_then(|alarm| MarketGrade::numbered(alarm.grade)) {
        Some(grade) => format!(
            "{} {}",
            grade.short(lang),
            market.rules.clause(RuleKey::MarketScale)
        ),
        None if item.is_concerned() => lang.t("未到级", "no grade").to_string(),
        None => lang.t("平稳", "calm").to_string(),
    }
}

/// Why an item has its grade, how long it has lasted, and who reports what.
fn item_words(item: &Item, lang: Lang) -> String {
    let because = item.alarm.iter().flat_map(|alarm| &alarm.because);
    let mut parts: Vec<String> = because
        .map(|condition| scale::condition_words(*condition, lang))
        .collect();
    let all = item.now.shops;
    let states = item.now.states.iter().map(|(state, shops)| match lang {
        Lang::Zh => format!("{all}家中{shops}家{}", state.word(lang)),
        Lang::En => format!("{}: {shops} of {all}", state.word(lang)),
    });
    parts.extend(states);
    if item.lasting_d > 1 {
        let lasting_d = item.lasting_d;
        parts.push(match lang {
            Lang::Zh => format!("已{lasting_d}天"),
            Lang::En => format!("for {lasting_d} days"),
        });
    }
    if parts.is_empty() {
        ReportState::Normal.word(lang).to_string()
    } else {
        parts.join(lang.t("、", ", "))
    }
}

fn missing(market: &Market, lang: Lang) -> Block {
    let columns = vec![
        words(lang.t("企业", "Enterprise"), 5),
        words(lang.t("上次日报", "Last report"), 3),
        words(lang.t("联系人", "Contact"), 3),
        words(lang.t("电话", "Phone"), 3),
    ];
    let rows = market.missing.iter().map(|one| {
        let last = one.last_day.map_or_else(
            || lang.t("近四周没有", "none in four weeks").to_string(),
            |day| calendar_day(clock::day_start_s(day), lang),
        );
        vec![
            text(one.enterprise.clone()),
            text(last),
            text(one.contact_name.clone()),
            text(one.contact_phone.clone()),
        ]
    });
    table(lang, columns, rows.collect(), None)
}

/// What the figures mean and on which rules they rest, a line each.
fn how(market: &Market, lang: Lang) -> String {
    let rules = &market.rules;
    let rule = |key: RuleKey| Some((rules.number(key)?, rules.clause(key)));
    let mut lines = Vec::new();
    if let Some(scale) = rules.market_scale() {
        let (clause, steps) = (&scale.source, scale::words(&scale, lang));
        let held = rules
            .held
            .iter()
            .find(|held| held.wins && held.key == RuleKey::MarketScale);
        let plan = held.map_or("", |held| held.plan.name.word(lang));
        let source = held.map_or_else(String::new, |held| note(&held.rule.source_note, lang));
        lines.push(match lang {
            Lang::Zh => format!("分级标准（{plan}，{clause}）：{steps}。{source}"),
            Lang::En => format!("Scale ({plan}, {clause}): {steps}. {source}"),
        });
    }
    lines.push(
        lang.t(
            "两家以上企业报告，或只有一家经营而它报告，才算市场的情况；一半以上的企业脱销，才算这个品种脱销。涨幅是各企业自己涨幅的中位数。",
            "A state counts for the market when two enterprises report it, or the only one that has the item; an item is sold out when half of the enterprises are. A rise is the median of the enterprises' own rises.",
        )
        .to_string(),
    );
    lines.push(
        lang.t(
            "“平常”是此前14天日报的中位数，至少要有5天；偏离超过3.5倍通常波动的算异常。",
            "“Usual” is the median of the reports of the 14 days before, five at least; beyond 3.5 times the usual spread is out of the ordinary.",
        )
        .to_string(),
    );
    lines.push(
        lang.t(
            "可供天数＝库存÷每天要的量，即平常日销与计划日需中较大的一个，因为脱销时卖得少不等于要得少。计划日需＝封闭区人数×预案的人均标准，同类品种按平常日销分摊；企业的只算分配给它的小区。",
            "Days left: stock by what is needed a day, the larger of usual sales and planned need, because little is sold where nothing is left. Planned need: people under control by the plan's norm, shared among items of a category by usual sales; for an enterprise, of the compounds that it feeds.",
        )
        .to_string(),
    );
    if let Some((least_d, clause)) = rule(RuleKey::DaysOfSupplyMin) {
        lines.push(match lang {
            Lang::Zh => format!("库存应够{least_d}天（{clause}）。"),
            Lang::En => format!("Stocks are to last {least_d} days ({clause})."),
        });
    }
    if let Some((alarm_pct, clause)) = rule(RuleKey::PriceRiseAlarmPct) {
        lines.push(match lang {
            Lang::Zh => format!("一天或一周涨价{alarm_pct}%以上的列入处置（{clause}）。"),
            Lang::En => format!("A rise of {alarm_pct}% in a day or a week is to be dealt with ({clause})."),
        });
    }
    if let Some((due_h, clause)) = rule(RuleKey::DailyReportHour) {
        lines.push(match lang {
            Lang::Zh => format!("日报每天{due_h}时前报送，零报告也算（{clause}）。"),
            Lang::En => format!("Reports are due by {due_h}:00 each day; nil reports count ({clause})."),
        });
    }
    if market.later > 0 {
        let later = market.later;
        lines.push(match lang {
            Lang::Zh => format!("另有{later}行的日期晚于今天，没有计入，请在“市场监测日报”中核对。"),
            Lang::En => format!(
                "{later} rows are dated later than today and count nowhere; check them in the register."
            ),
        });
    }
    lines.join("\n")
}

/// The part of a source note in the language; the notes hold both.
fn note(both: &str, lang: Lang) -> String {
    let (zh, en) = both.split_once(" | ").unwrap_or((both, both));
    let words = lang.t(zh, en);
    match lang {
        Lang::Zh if !words.is_empty() => format!("{words}。"),
        Lang::En if !words.is_empty() => format!("{words}."),
        _ => String::new(),
    }
}
