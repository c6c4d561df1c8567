//! The draw of a round as anybody may see, print and check it; and what the other pages say of a ballot.

use axum::extract::{Path, RawQuery};
use kit::{Column, Lang, Markup, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use super::reports::exports;
use super::rounds::{reference, visible};
use crate::base::access::{Field as Datum, View};
use crate::base::words::count;
use crate::base::{Action, Actor, Result, clock};
use crate::plan::release::PriorityClass;
use crate::round::ballot::{self, Ballot, DrawResult, Drawing, Outcome, PublishedRequest};
use crate::round::{Order, OrderState, Round, open};

/// The draw, by the residents' link and for staff.
pub fn routes() -> Vec<Route> {
    let staff = Gate::Needs(Action::ViewRounds);
    vec![
        read("/o/{token}/draw", Gate::Open, by_link),
        read("/o/{token}/draw.json", Gate::Open, file_by_link),
        read("/rounds/{id}/draw", staff, of_round),
        read("/rounds/{id}/draw.json", staff, file_of_round),
    ]
}

/// The draw behind a residents' link, and the link's compound.
pub async fn linked(web: &Web, token: &str) -> Result<(Drawing, String)> {
    let token = token.to_string();
    web.app
        .read(move |tx| {
            let (in_district, id, compound) = open::by_token(tx, &token)?;
            let round = open::get(tx, &in_district, id)?;
            Ok((ballot::publish(tx, &round)?, compound))
        })
        .await
}

/// The draw of a round that the actor may see.
async fn seen(web: &Web, id: &str) -> Result<Drawing> {
    let (ctx, at) = (web.ctx()?, reference(web, id)?);
    web.app
        .read(move |tx| {
            let (round, _) = visible(tx, &ctx, &at)?;
            ballot::publish(tx, &round)
        })
        .await
}

async fn by_link(web: Web, Path(token): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let (drawing, own) = linked(&web, &token).await?;
    let asked = Fields::of_query(&query.unwrap_or_default());
    let compound = Some(asked.get("compound"))
        .filter(|code| !code.is_empty())
        .unwrap_or(&own);
    let body = html! {
        p { a href=(format!("/o/{token}")) { (web.t("回登记页", "Back to the requests")) } }
        (page(&web, &drawing, compound, &format!("/o/{token}/draw")))
    };
    Ok(web.light(web.t("抽签结果", "The draw"), body))
}

async fn of_round(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let drawing = seen(&web, &id).await?;
    let asked = Fields::of_query(&query.unwrap_or_default());
    let first = drawing.compounds.first().map_or("", |one| one.code.as_str());
    let compound = Some(asked.get("compound"))
        .filter(|code| !code.is_empty())
        .unwrap_or(first);
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), drawing.round.clone()), (String::new(), web.t("抽签", "Draw").into())]))
        (page(&web, &drawing, compound, &format!("/rounds/{id}/draw")))
        @if drawing.drawn_s.is_some() { (kit::actions(exports(&web, "requests", &[("round", id.as_str()), ("only", compound)]))) }
    };
    Ok(web.page(web.t("抽签结果", "The draw"), body))
}

fn file(web: &Web, drawing: &Drawing) -> Answer {
    let name = format!("draw-{}.json", drawing.round);
    Ok(web.file(&name, "application/json", serde_json::to_vec(drawing)?))
}

async fn file_by_link(web: Web, Path(token): Path<String>) -> Answer {
    file(&web, &linked(&web, &token).await?.0)
}

async fn file_of_round(web: Web, Path(id): Path<String>) -> Answer {
    file(&web, &seen(&web, &id).await?)
}

fn is_drawn(one: &PublishedRequest) -> bool {
    one.result == DrawResult::Drawn
}

fn per_cent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".into();
    }
    format!("{:.1}%", part as f64 * 100.0 / whole as f64)
}

fn page(web: &Web, drawing: &Drawing, compound: &str, base: &str) -> Markup {
    let lead = match drawing.drawn_s {
        Some(at_s) => format!("{}{}", web.t("抽签时间：", "Drawn: "), clock::minute(at_s)),
        None => format!(
            "{}{}",
            web.t("登记截止即抽签：", "Requests end and the draw is held: "),
            clock::minute(drawing.cutoff_s)
        ),
    };
    html! {
        (kit::heading(&format!("{} · {} {}", web.t("抽签", "Draw"), drawing.round, drawing.title), &lead, html! {}))
        @if drawing.drawn_s.is_none() {
            (kit::notice(Tone::Accent, &format!("{}{}", web.t("已登记户数：", "Requests so far: "), drawing.request_count), html! {
                p { (web.t("还没有抽签。先登记后登记都一样；登记不等于抽中。", "Nothing has been drawn yet. Early and late requests count alike, and a request is no promise.")) }
            }))
        } @else {
            (results(web, drawing))
            (list(web, drawing, compound, base))
        }
        (numbers(web, drawing))
        (how_to_check(web, drawing.drawn_s.is_some(), base))
    }
}

fn share_row<'a>(
    name: &str,
    requests: impl Iterator<Item = &'a PublishedRequest>,
) -> (Vec<Markup>, usize, usize) {
    let (mut asked, mut drawn, mut by_rule) = (0, 0, 0);
    for one in requests {
        asked += 1;
        drawn += usize::from(is_drawn(one));
        by_rule += usize::from(one.result == DrawResult::HouseholdRule);
    }
    let cells = vec![
        html! { (name) },
        html! { (asked) },
        html! { (drawn) },
        html! { (by_rule) },
        html! { (per_cent(drawn, asked)) },
    ];
    (cells, asked, drawn)
}

/// How many were drawn, by class and by compound, with the spread between compounds.
fn results(web: &Web, drawing: &Drawing) -> Markup {
    let drawn = drawing.requests.iter().filter(|one| is_drawn(one)).count();
    let tile = |label: &str, value: String| Tile {
        label: label.into(),
        value,
        ..Tile::default()
    };
    let shares = |first: &str| {
        [
            Column::text(first),
            Column::number(web.t("登记", "Requests")),
            Column::number(web.t("抽中", "Drawn")),
            Column::number(web.t("按规定不能下单", "Kept out by a rule")),
            Column::number(web.t("抽中率", "Share drawn")),
        ]
    };
    let by_class = drawing
        .priority
        .iter()
        .map(|class| {
            let of_class = drawing.requests.iter().filter(|one| one.class == *class);
            TableRow::new(share_row(class.word(web.lang), of_class).0)
        })
        .collect();
    let mut columns = shares(web.t("小区", "Compound")).to_vec();
    columns.extend(
        drawing
            .packs
            .iter()
            .map(|pack| Column::number(&format!("{} {}", pack.name, web.t("分出/份额", "given/allotted")))),
    );
    let mut spread: Vec<(usize, usize)> = Vec::new();
    let mut by_compound = Vec::new();
    for one in &drawing.compounds {
        let of_compound = || {
            drawing
                .requests
                .iter()
                .filter(|request| request.compound == one.code)
        };
        let (mut cells, asked, got) = share_row(&one.name, of_compound());
        if asked > 0 {
            spread.push((got, asked));
        }
        for pack in &drawing.packs {
            let given: i64 = of_compound()
                .filter(|request| is_drawn(request))
                .flat_map(|request| &request.wants)
                .filter(|want| want.pack == pack.code)
                .map(|want| want.quantity)
                .sum();
            let had: i64 = drawing
                .allotments
                .iter()
                .filter(|allotted| allotted.compound == one.code && allotted.pack == pack.code)
                .map(|allotted| allotted.quantity)
                .sum();
            cells.push(html! { (given) "/" (had) });
        }
        by_compound.push(TableRow::new(cells));
    }
    spread.sort_by(|one, other| (one.0 * other.1).cmp(&(other.0 * one.1)));
    html! {
        (kit::tiles(&[
            tile(web.t("登记", "Requests"), count(drawing.requests.len() as i64)),
            tile(web.t("抽中", "Drawn"), count(drawn as i64)),
            tile(web.t("抽中率", "Share drawn"), per_cent(drawn, drawing.requests.len())),
        ]))
        (kit::section(web.t("按优先顺序", "By class"), html! {
            p { (web.t("先抽上面一档，再抽下面一档；同一档里按签号从小到大。登记的几种套餐要么全部给，要么都不给；剩下的不够，就看下一个签号够不够。", "The upper class is drawn before the lower; within a class the smallest ticket comes first. What a household asked for is given whole or not at all; where too little is left, the next ticket is tried.")) }
            (kit::table(web.t("按优先顺序", "By class"), &shares(web.t("档次", "Class")), by_class, html! {}))
        }))
        (kit::section(web.t("按小区", "By compound"), html! {
            @if let (Some(least), Some(most), true) = (spread.first(), spread.last(), spread.len() > 1) {
                p { (web.t("各小区抽中率：最低 ", "Share drawn by compound: lowest ")) (per_cent(least.0, least.1)) (web.t("，最高 ", ", highest ")) (per_cent(most.0, most.1)) (web.t("。每个小区的份额在开团时已按户数分好。", ". Each compound's allotment was fixed by its households when the round opened.")) }
            }
            (kit::table(web.t("按小区", "By compound"), &columns, by_compound, html! {}))
        }))
    }
}

/// Every request of a compound, as it came up.
fn list(web: &Web, drawing: &Drawing, compound: &str, base: &str) -> Markup {
    let rank = |class: PriorityClass| drawing.priority.iter().position(|known| *known == class);
    let mut requests: Vec<&PublishedRequest> = drawing
        .requests
        .iter()
        .filter(|one| one.compound == compound)
        .collect();
    requests.sort_by_key(|one| (rank(one.class), one.ticket.as_str()));
    let name = drawing
        .compounds
        .iter()
        .find(|one| one.code == compound)
        .map_or("", |one| one.name.as_str());
    let columns = [
        Column::number(web.t("顺序", "Turn")),
        Column::text(web.t("登记号", "Request")),
        Column::text(web.t("登记内容", "Asked for")),
        Column::text(web.t("档次", "Class")),
        Column::text(web.t("签号（前12位）", "Ticket (first 12)")),
        Column::text(web.t("结果", "Result")),
    ];
    let rows = requests
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let wants: Vec<String> = one
                .wants
                .iter()
                .map(|want| {
                    let pack = drawing.packs.iter().find(|pack| pack.code == want.pack);
                    format!(
                        "{} × {}",
                        pack.map_or(want.pack.as_str(), |pack| &pack.name),
                        want.quantity
                    )
                })
                .collect();
            TableRow::new(vec![
                html! { (index + 1) },
                html! { (one.number) },
                html! { (wants.join(web.t("、", ", "))) },
                html! { (one.class.word(web.lang)) },
                html! { (one.ticket.get(..12).unwrap_or(&one.ticket)) },
                kit::badge(
                    if is_drawn(one) { Tone::Good } else { Tone::Quiet },
                    one.result.word(web.lang),
                ),
            ])
        })
        .collect();
    let title = format!(
        "{}{}{name}",
        web.t("逐户结果", "Every request"),
        web.t("：", ": ")
    );
    kit::section(
        &title,
        html! {
            p { (web.t("登记号只有这一户自己知道，写在这一户的订单页上。名单里没有姓名、房号和订单号。", "Only the household knows its request number, from its own page. The list holds no name, dwelling or order code.")) }
            @if drawing.compounds.len() > 1 {
                p { (web.t("其他小区：", "Other compounds: "))
                    @for one in drawing.compounds.iter().filter(|one| one.code != compound) { a href=(format!("{base}?compound={}", one.code)) { (one.name) } " " } }
            }
            (kit::table(&title, &columns, rows, html! { p { (web.t("这个小区没有人登记。", "Nobody in this compound asked.")) } }))
        },
    )
}

fn numbers(web: &Web, drawing: &Drawing) -> Markup {
    let sealed = |value: &Option<String>| {
        let value = value.clone();
        html! { @if let Some(value) = value { code { (value) } } @else { (web.t("抽签后公布", "published after the draw")) } }
    };
    kit::section(
        web.t("抽签用的数", "The numbers of the draw"),
        kit::definitions(&[
            (
                web.t("承诺码（开团时公布）", "Commitment (published at opening)")
                    .into(),
                html! { code { (drawing.commitment) } },
            ),
            (web.t("密钥", "Secret").into(), sealed(&drawing.secret)),
            (
                web.t("登记清单摘要", "Digest of the requests").into(),
                sealed(&drawing.digest),
            ),
            (web.t("种子", "Seed").into(), sealed(&drawing.seed)),
        ]),
    )
}

fn how_to_check(web: &Web, drawn: bool, base: &str) -> Markup {
    kit::section(
        web.t("怎么核验", "How to check it"),
        html! {
            p { (web.t("开团时系统先定好一个密钥并封存，只公布它的SHA-256值，就是承诺码。截单后，密钥和全部登记合在一起算出种子，种子和登记号算出签号。密钥事先换不了，登记的人又不知道密钥，所以谁也挑不了签号。",
                "When the round opened, a secret was made and sealed; only its SHA-256, the commitment, was published. After cut-off the secret and all requests together give the seed, and seed and request number give the ticket. The secret cannot be exchanged and those who ask do not know it, so nobody can choose a ticket.")) }
            ol {
                li { (web.t("开团后把承诺码抄下来或截图。抽签后看它变没变。", "Note the commitment while requests are taken, and see after the draw that it is the same.")) }
                li { (web.t("在名单里找自己的登记号，看份数对不对、结果和自己订单页上的是否一致。", "Find your own request number in the list; packs and result must be those of your own page.")) }
                li { (web.t("任何一个算SHA-256的工具都能验：密钥的SHA-256应等于承诺码；密钥后面接摘要，算出来应等于种子；种子后面接自己的登记号，算出来应等于自己的签号。", "Any SHA-256 tool will do: that of the secret is the commitment; that of the secret followed by the digest is the seed; that of the seed followed by your request number is your ticket.")) }
                li { (web.t("要全部核验，下载JSON文件，在任何一台装有本程序的电脑上运行 ", "To check everything, download the JSON file and run, on any machine that has this program, ")) code { "baogong draw verify draw.json" } (web.t("。它不连数据库，逐户重算一遍，对不上的一条一条列出来。", ". It needs no database, recomputes every request, and lists whatever does not follow.")) }
            }
            p { (web.t("文件本身证明不了的有两样：档次定得对不对、“按规定不能下单”对不对。这两样写在各户自己的订单页上，不对的请找社区，监督检查人员可以查。", "Two things the file alone cannot prove: whether a household's class is right, and whether a rule kept it out. Both stand on the household's own page; if they are wrong, tell the community office. Supervisors can look into it.")) }
            @if drawn { (kit::actions(html! { (kit::link_button(&format!("{base}.json"), web.t("下载JSON文件", "Download the JSON file"), Tone::Accent)) (kit::print_button(web.lang)) })) }
        },
    )
}

/// What a household reads before it asks.
pub fn how_it_goes(web: &Web, token: &str, round: &Round, ballot: &Ballot) -> Markup {
    let order: Vec<String> = ballot
        .priority
        .iter()
        .map(|class| class.word(web.lang).to_lowercase())
        .collect();
    kit::notice(
        Tone::Warn,
        web.t(
            "本轮摇号，登记不等于抽中",
            "This round is drawn by ballot; a request is no promise",
        ),
        html! {
            p { (web.t("截单前登记都一样，不分先后。", "Early or late, every request before cut-off counts alike. ")) (clock::short(round.cutoff_s)) (web.t(" 抽签，抽中的再付款。", " is the draw; who is drawn pays then.")) }
            p { (web.t("抽签顺序依次为：", "Drawn in this order: ")) (order.join(web.t("、", ", then "))) (web.t("。登记的套餐要么全部给，要么都不给。", ". What you ask for is given whole or not at all.")) }
            p { (web.t("承诺码：", "Commitment: ")) small { code { (ballot.commitment) } } br; a href=(format!("/o/{token}/draw")) { (web.t("怎么保证公平、看结果", "How it is kept fair, and the result")) } }
        },
    )
}

/// What a household reads of its own request.
pub fn own_request(
    web: &Web,
    token: &str,
    round: &Round,
    order: &Order,
    ballot: &Ballot,
    outcome: Option<&Outcome>,
) -> Markup {
    let (tone, title) = match (outcome, order.state) {
        (Some(outcome), _) if outcome.result == DrawResult::Drawn => {
            (Tone::Good, web.t("抽中了", "You were drawn"))
        }
        (Some(_), _) => (Tone::Warn, web.t("没有抽中", "You were not drawn")),
        (None, OrderState::Requested) => (
            Tone::Accent,
            web.t(
                "已登记，等待抽签；现在不用付款",
                "Requested; nothing is to be paid yet",
            ),
        ),
        (None, _) => return html! {},
    };
    kit::notice(
        tone,
        title,
        html! {
            p { (web.t("您的登记号：", "Your request number: ")) strong { (ballot.number(order.id)) } }
            @if let Some(outcome) = outcome {
                @if !outcome.zh.is_empty() { p { (web.t(&outcome.zh, &outcome.en)) } }
                p { (web.t("档次：", "Class: ")) (outcome.class.word(web.lang)) }
                p { (web.t("签号：", "Ticket: ")) small { code { (outcome.ticket) } } }
            } @else {
                p { (web.t("抽签时间：", "Draw: ")) (clock::short(round.cutoff_s)) (web.t("，不保证抽中。到时回本页看结果。", ". A request is no promise; come back to this page for the result.")) }
            }
            p { a href=(format!("/o/{token}/draw")) { (web.t("抽签名单和核验办法", "The draw and how to check it")) } }
        },
    )
}

/// What staff see of the request of an order: number and class only who may know of special needs, because the published
/// list tells the class of a number.
pub fn staff_note(
    web: &Web,
    actor: &Actor,
    order: &Order,
    ballot: Option<&Ballot>,
    outcome: Option<&Outcome>,
) -> Option<Markup> {
    let ballot = ballot?;
    let knows = actor.view(Datum::Health) != View::Hidden;
    let result = match (outcome, order.state) {
        (Some(outcome), _) => outcome.result.word(web.lang),
        (None, state) => state.word(web.lang),
    };
    Some(kit::section(
        web.t("摇号", "Ballot"),
        html! {
            p { strong { (result) } }
            @if let Some(outcome) = outcome { @if !outcome.zh.is_empty() { p { (web.t(&outcome.zh, &outcome.en)) } } }
            @if knows {
                p { (web.t("登记号（可以告诉这一户，不要发到群里）：", "Request number (for this household only, not for the group): ")) (ballot.number(order.id)) }
                @if let Some(outcome) = outcome { p { (web.t("档次：", "Class: ")) (outcome.class.word(web.lang)) } }
            }
        },
    ))
}

/// What the page of a round says of its ballot.
pub fn card(web: &Web, round: &Round, ballot: &Ballot, orders: &[Order]) -> Markup {
    let of = |state| orders.iter().filter(|order| order.state == state).count();
    let waiting = of(OrderState::Requested);
    let lost = of(OrderState::NotDrawn);
    let took_part = orders
        .iter()
        .filter(|order| order.state != OrderState::Cancelled)
        .count();
    kit::section(
        web.t("摇号", "Ballot"),
        html! {
            @match ballot.drawn_s {
                None => p { (web.t("已登记 ", "Requests: ")) strong { (waiting) } (web.t(" 户。登记不占份额；截单时自动抽签，结果公开。", ". They hold nothing; at cut-off the draw is held by itself and published.")) },
                Some(at_s) => p { (clock::minute(at_s)) (web.t(" 抽签：登记 ", ": drawn from ")) strong { (took_part) } (web.t(" 户，抽中 ", " requests; drawn: ")) strong { (took_part - lost) } (web.t(" 户（", " (")) (per_cent(took_part - lost, took_part)) (web.t("）。", ").")) },
            }
            p { (web.t("承诺码：", "Commitment: ")) small { code { (ballot.commitment) } } }
            (kit::actions(kit::link_button(&format!("/rounds/{}/draw", round.id), if ballot.drawn_s.is_some() { web.t("抽签名单、各小区差距、核验", "The draw, its spread, and how to check it") } else { web.t("抽签办法", "How it is drawn") }, Tone::Accent)))
        },
    )
}

/// What is added to the announcement of a round that is sold by ballot.
pub fn announcement(lang: Lang, link: &str) -> String {
    let words = lang.t(
        "本轮摇号：截单前登记都一样，不分先后；截单时公开抽签，抽中的再付款。抽签办法和结果：",
        "This round is drawn by ballot: every request before cut-off counts alike, and only who is drawn pays. How and with what result: ",
    );
    format!("\n{words}{link}/draw")
}
