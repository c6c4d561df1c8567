//! What a proposal of packs looks like: each pack with what is in it and what it covers, the stock, and what could be changed.

use kit::{Column, Icon, Markup, TableRow, Tile, Tone, html};
use planner::check::Packed;
use store::Tx;

use super::super::reports::exports;
use super::adjust::{self, PART};
use super::card::card;
use super::limits::{short, unkept, unknown};
use super::{Result, Web, clock, state_badge};
use crate::base::words::{count, yuan};
use crate::base::{Action, Ctx};
use crate::plan::rules::category_word;
use crate::proposal::packs::{self, PacksChange, PacksDraft, PacksRevision, StoredPacks};
use crate::proposal::{Proposal, ProposalState};
use crate::register::correct::area_name;

/// What the page shows.
pub(super) struct Look {
    pub(super) proposal: Proposal,
    pub(super) draft: PacksDraft,
    /// With what somebody is trying out.
    pub(super) stored: StoredPacks,
    /// The units as they are kept.
    pub(super) before: Vec<Vec<i64>>,
    tried: PacksRevision,
    pub(super) packed: Packed,
    place: String,
    /// What has changed in the price list, in both languages.
    differing: Vec<(String, String)>,
    /// Packs of an accepted proposal as they are listed: code and number.
    listed: Vec<(String, i64)>,
}

/// Reads a proposal, with what somebody is trying out.
pub(super) fn look(tx: &mut Tx, ctx: &Ctx, change: &PacksChange) -> Result<Look> {
    let (proposal, draft, mut stored) = packs::get(tx, ctx, &change.at)?;
    ctx.actor.check(Action::Compose, &proposal.area)?;
    let before = stored.units.clone();
    let tried = stored.apply(change)?;
    let packed = stored.packed(&draft);
    let differing = match proposal.state {
        ProposalState::Open => packs::differing(tx, &draft, &stored)?,
        _ => Vec::new(),
    };
    let listed = match proposal.state {
        ProposalState::Accepted => packs::listed_as(tx, &draft, &stored)?,
        _ => Vec::new(),
    };
    Ok(Look {
        place: area_name(tx, &proposal.area)?,
        proposal,
        draft,
        stored,
        before,
        tried,
        packed,
        differing,
        listed,
    })
}

impl Look {
    fn open(&self) -> bool {
        self.proposal.state == ProposalState::Open
    }

    pub(super) fn good(&self, good: usize) -> &str {
        self.stored
            .facts
            .shelf
            .get(good)
            .map_or("", |one| one.name.as_str())
    }

    pub(super) fn pack(&self, pack: usize) -> &str {
        self.draft.packs.get(pack).map_or("", |one| one.name.as_str())
    }
}

/// The whole page.
pub(super) fn page(web: &Web, look: &Look) -> Result<Markup> {
    let (proposal, facts) = (&look.proposal, &look.stored.facts);
    let path = format!("/packs/{}", proposal.id);
    let again = kit::link_button(
        &format!("/packs/new?from={}", proposal.id),
        web.t("改条件重算", "Compose again"),
        Tone::Plain,
    );
    let form = if look.open() {
        kit::section(
            web.t("调整、采纳", "Change and accept"),
            html! {
                p { (web.t("可以改数量、拿掉一样、换成同类的货，上面立即显示后果；保存或采纳前不生效。", "Change a number, take a good out or replace it by one of its kind: what follows is shown above at once. Nothing holds before it is saved or accepted.")) }
                (adjust::form(web, look, &path)?)
            },
        )
    } else {
        html! {}
    };
    Ok(html! {
        (kit::crumbs(&[("/packs".into(), web.t("套餐搭配", "Contents of packs").into()), (String::new(), facts.supplier_name.clone())]))
        (kit::heading(&format!("{} · {}", web.t("套餐搭配方案", "Proposal of packs"), facts.supplier_name), &format!("{} · {} · {}", look.place, clock::minute(proposal.created_s), proposal.actor), html! {
            (state_badge(proposal.state, web)) (again) (exports(web, "packs", &[("area", &proposal.area), ("only", &proposal.id.to_string())]))
        }))
        @if proposal.state == ProposalState::Replaced { (kit::notice(Tone::Quiet, web.t("这一版已被新版本取代", "A newer version has replaced this one"), html! { p { (kit::link_button_with(Icon::Next, "/packs", web.t("看最新的方案", "See the latest proposals"), Tone::Plain)) } })) }
        (next(web, look))
        (stale(web, look))
        (consequences(web, look)?)
        (form)
        @if look.open() { (kit::confirm_form(&format!("{path}/reject"), &web.shell(""), web.t("不采纳", "Turn down"), Tone::Quiet, web.t("确定不采纳这个方案？价目表不变。", "Turn this proposal down? The price list stays as it is."))) }
        (history(web, look))
    })
}

/// Where accepted packs lead to.
fn next(web: &Web, look: &Look) -> Markup {
    if look.listed.is_empty() {
        return html! {};
    }
    let compounds: Vec<String> = look
        .stored
        .facts
        .compounds
        .iter()
        .map(|(code, _)| code.clone())
        .collect();
    let to = super::round_address(&look.draft.supplier, &compounds, &look.listed);
    let may = web.actor().is_ok_and(|actor| actor.may(Action::OpenRound));
    kit::notice(
        Tone::Good,
        web.t("已列入价目表", "In the price list"),
        html! {
            p { (look.listed.iter().map(|(code, number)| format!("{code} × {}", count(*number))).collect::<Vec<_>>().join(web.t("、", ", "))) }
            @if may { p { (kit::link_button_with(Icon::Next, &to, web.t("用这些套餐开一轮", "Open a round with these packs"), Tone::Accent)) } }
        },
    )
}

fn stale(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.differing.is_empty() {
            (kit::notice(Tone::Warn, web.t("生成以后，价目表变了", "The price list has changed since"), html! {
                ul { @for (zh, en) in &look.differing { li { (web.t(zh, en)) } } }
                p { (web.t("请“改条件重算”后再采纳。", "Compose again before accepting.")) }
            }))
        }
    }
}

/// Everything that follows from the contents, as they would be with what is being tried out.
fn consequences(web: &Web, look: &Look) -> Result<Markup> {
    let cards: Vec<Markup> = (0..look.draft.packs.len())
        .map(|pack| card(web, look, pack))
        .collect();
    Ok(html! {
        div id=(PART) aria-live="polite" {
            (figures(web, look))
            (tried(web, look))
            (unkept(web, look))
            (short(web, look))
            (unknown(web, look))
            @for card in &cards { (card) }
            (kit::section(web.t("货用了多少、还剩多少", "Stock: used and left"), stock(web, look)))
            (substitutes(web, look)?)
        }
    })
}

fn figures(web: &Web, look: &Look) -> Markup {
    let packs: i64 = look.stored.counts.iter().sum();
    let pairs = || look.draft.packs.iter().zip(&look.stored.counts);
    let people: i64 = pairs()
        .map(|(pack, count)| pack.persons.saturating_mul(*count))
        .sum();
    let worth = look.stored.counts.iter().zip(&look.packed.packs);
    let worth: i64 = worth
        .map(|(count, holds)| holds.price_fen.saturating_mul(*count))
        .sum();
    let lacking = look.stored.counts.iter().zip(&look.packed.packs);
    let lacking = lacking
        .filter(|(count, holds)| **count > 0 && !holds.lacking.is_empty())
        .count();
    let by_hand = !look.stored.revisions.is_empty() || !look.tried.is_empty();
    let (best, note) = if by_hand {
        (web.t("人工改过", "changed by hand"), "")
    } else if look.stored.proven {
        (
            web.t("已证明最好", "proven best"),
            web.t(
                "缺得最少，其次先用不耐放的、价低的",
                "least falls short; then what spoils, and cheap goods",
            ),
        )
    } else {
        (
            web.t("找到的最好", "best found"),
            web.t(
                "货不够分，没有证明不能更好",
                "goods are scarce; not proven that nothing is better",
            ),
        )
    };
    let tile = |label: &str, value: String, tone: Tone, note: &str| Tile {
        label: label.into(),
        value,
        tone,
        note: note.into(),
        ..Tile::default()
    };
    kit::tiles(&[
        tile(
            web.t("份数", "Packs"),
            count(packs),
            Tone::Plain,
            &format!("{} {}", web.t("够吃的人数", "people fed"), count(people)),
        ),
        tile(
            web.t("达到标准", "Meet the norms"),
            format!(
                "{} / {}",
                look.draft.packs.len() - lacking,
                look.draft.packs.len()
            ),
            if lacking > 0 { Tone::Bad } else { Tone::Good },
            web.t("种套餐", "kinds of packs"),
        ),
        tile(web.t("总价（元）", "Worth (yuan)"), yuan(worth), Tone::Plain, ""),
        tile(web.t("搭配", "Composition"), best.into(), Tone::Plain, note),
    ])
}

fn tried(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.tried.is_empty() {
            (kit::notice(Tone::Accent, web.t("试改，还没有保存", "Tried out, not saved yet"), html! { ul { (moves(web, look, &look.tried, usize::MAX)) } }))
        }
    }
}

/// What a revision changed, as items of a list.
fn moves(web: &Web, look: &Look, revision: &PacksRevision, most: usize) -> Markup {
    html! {
        @for (pack, good, before, after) in revision.portions.iter().take(most) {
            li { (look.pack(*pack)) (web.t("：", ": ")) (look.good(*good)) " " (before) " → " strong { (after) } }
        }
        @for (pack, before, after) in &revision.counts {
            li { (look.pack(*pack)) (web.t("：份数 ", ": packs ")) (before) " → " strong { (after) } }
        }
    }
}

fn stock(web: &Web, look: &Look) -> Markup {
    let columns = [
        Column::text(web.t("商品", "Good")),
        Column::text(web.t("类别", "Category")),
        Column::number(web.t("可供", "In stock")),
        Column::number(web.t("用去", "Used")),
        Column::number(web.t("剩下", "Left")),
    ];
    let goods = look.stored.facts.shelf.iter().zip(&look.packed.used);
    let rows = goods
        .map(|(good, used)| {
            let left = good.units - used;
            let out = look.draft.without.contains(&good.code);
            TableRow::new(vec![
                html! { (good.name) @if out { " " (kit::badge(Tone::Quiet, web.t("没有用", "not used"))) } @else if good.units <= 0 { " " (kit::badge(Tone::Bad, web.t("断货", "out of stock"))) } },
                html! { (category_word(&good.category, web.lang)) },
                html! { (count(good.units)) " " (good.unit) },
                html! { (count(*used)) },
                html! { (count(left)) },
            ])
            .tone(if left < 0 { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    kit::details(
        web.t("各样货的数目", "Numbers of each good"),
        kit::table(web.t("库存", "Stock"), &columns, rows, html! {}),
    )
}

/// What could take the place of goods that are out of stock or used up (YU-6).
fn substitutes(web: &Web, look: &Look) -> Result<Markup> {
    let shelf = &look.stored.facts.shelf;
    let mut rows = Vec::new();
    for (good, one) in shelf.iter().enumerate() {
        let left = |good: usize| shelf[good].units - look.packed.used[good];
        if one.food.is_none() || left(good) > 0 {
            continue;
        }
        let found = look.stored.substitutes(&look.draft, good, &[])?;
        let words: Vec<String> = found
            .iter()
            .filter(|other| left(other.index) > 0)
            .take(3)
            .map(|other| {
                let to = &shelf[other.index];
                format!(
                    "{}（{}{}{}）",
                    to.name,
                    web.t("余", ""),
                    count(left(other.index)),
                    to.unit
                )
            })
            .collect();
        let words = if words.is_empty() {
            web.t(
                "同类的货都没有了，要另找货源",
                "nothing of its kind is left; find another source",
            )
            .to_string()
        } else {
            words.join(web.t("、", ", "))
        };
        let why = if one.units <= 0 {
            web.t("断货", "out of stock")
        } else {
            web.t("已用完", "used up")
        };
        rows.push(TableRow::new(vec![
            html! { (one.name) " " (kit::badge(Tone::Warn, why)) },
            html! { (words) },
        ]));
    }
    if rows.is_empty() {
        return Ok(html! {});
    }
    let columns = [
        Column::text(web.t("没有了的货", "Goods that are gone")),
        Column::text(web.t(
            "可以用什么顶（最相近的在前）",
            "What could take its place, most alike first",
        )),
    ];
    Ok(kit::section(
        web.t("用什么顶替", "Substitutes"),
        kit::table(web.t("顶替", "Substitutes"), &columns, rows, html! {}),
    ))
}

/// Who changed what.
fn history(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.stored.revisions.is_empty() {
            (kit::section(web.t("修改记录", "Who changed what"), html! { ol { @for revision in &look.stored.revisions {
                li { (clock::minute(revision.at_s)) " " strong { (revision.actor) } ul { (moves(web, look, revision, 8)) } @if revision.portions.len() > 8 { (web.t("等共", "and others, ")) (revision.portions.len()) (web.t("处", " in all")) } }
            } } }))
        }
    }
}
