//! The course of an assignment: computing it again, what it changes, and who changed what.

use std::collections::BTreeMap;

use kit::{Column, Field, Icon, Markup, TableRow, Tone, html};

use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::assignment::{Look, some};
use crate::base::clock;
use crate::proposal::assignment::{AgainDraft, Choice, Facts};
use crate::proposal::{ProposalRef, ProposalState};

/// The form that computes again.
pub(super) fn again(web: &Web, look: &Look) -> Markup {
    let (facts, draft) = (&look.stored.facts, &look.draft);
    let none = || (String::new(), web.t("（不指定）", "(none)").to_string());
    let compounds: Vec<(String, String)> = std::iter::once(none())
        .chain(
            facts
                .compounds
                .iter()
                .take(1_000)
                .map(|one| (one.code.clone(), one.name.clone())),
        )
        .collect();
    let suppliers: Vec<(String, String)> = std::iter::once(none())
        .chain(look.suppliers.iter().cloned())
        .collect();
    let pair =
        |pair: &(String, String)| format!("{} ← {}", look.compound(&pair.0), look.supplier(Some(&pair.1)));
    html! {
        p { (web.t("按现在的登记重新计算：人工指定的不动，其他小区尽量不换单位。可以同时指定或排除一对，或者标明停供的单位。", "Computed from the registers as they are now: lines set by hand stay, and as few others as possible change. A pair can be decided on or ruled out, and suppliers that fail can be named.")) }
        @if !draft.force.is_empty() { p { (web.t("已指定：", "Decided on: ")) (some(web, &draft.force.iter().map(pair).collect::<Vec<_>>())) } }
        @if !draft.forbid.is_empty() { p { (web.t("已排除：", "Ruled out: ")) (some(web, &draft.forbid.iter().map(pair).collect::<Vec<_>>())) } }
        (kit::form(&format!("/proposals/{}/again", look.proposal.id), &web.shell(""), html! {
            (kit::fields(html! {
                (Field::select("compound", web.t("小区", "Compound"), &compounds))
                (Field::select("rule", web.t("要求", "Rule"), &[("force", web.t("必须由这家供", "must be fed by")), ("forbid", web.t("不能由这家供", "must not be fed by"))]))
                (Field::select("supplier", web.t("单位", "Supplier"), &suppliers))
            }))
            (kit::details(web.t("停供的单位", "Suppliers that fail"), html! { @for (code, name) in &look.suppliers { (Field::check("without", name).sends(code).id(&format!("without-{code}"))) } }))
            (kit::actions(kit::slow(kit::button(web.t("按现状重新计算", "Compute again"), Tone::Plain))))
        }))
    }
}

/// What accepting would change, and what was changed against the version before.
pub(super) fn differences(web: &Web, look: &Look) -> Markup {
    let facts: &Facts = &look.stored.facts;
    let before: BTreeMap<&str, Option<&str>> = facts
        .compounds
        .iter()
        .map(|one| (one.code.as_str(), one.in_force.as_deref()))
        .collect();
    let differs = |choice: &&Choice| {
        let in_force = before.get(choice.compound.as_str()).copied().flatten();
        in_force.is_some() && in_force != choice.main.as_deref()
    };
    let changed: Vec<&Choice> = look.stored.choices.iter().filter(differs).collect();
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::text(web.t("现在", "Now")),
        Column::text(web.t("本方案", "Proposed")),
    ];
    let rows = changed
        .iter()
        .take(200)
        .map(|choice| {
            let now = before.get(choice.compound.as_str()).copied().flatten();
            TableRow::new(vec![
                html! { (look.compound(&choice.compound)) },
                html! { (look.supplier(now)) },
                html! { (look.supplier(choice.main.as_deref())) },
            ])
        })
        .collect();
    html! {
        @if before.values().any(Option::is_some) {
            (kit::section(&format!("{}{}", web.t("与现行分配的差别：", "Changes to what is in force: "), changed.len()), html! {
                @if let Some(least) = look.stored.changes_at_least { p { (web.t("无论怎样分配，至少要换的小区数：", "Whatever the plan, so many must change: ")) (least) } }
                (kit::table(web.t("差别", "Changes"), &columns, rows, html! { p { (web.t("没有小区换主供。", "No compound changes its main supplier.")) } }))
            }))
        }
    }
}

/// Who changed what.
pub(super) fn history(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.stored.revisions.is_empty() {
            (kit::section(web.t("修改记录", "Who changed what"), html! { ol { @for revision in &look.stored.revisions {
                li {
                    (clock::minute(revision.at_s)) " " strong { (revision.actor) } " "
                    @if revision.computed { (web.t("重新计算", "computed again")) } @else { (web.t("人工修改", "changed lines")) }
                    @if revision.mains.is_empty() && revision.backups == 0 { (web.t("，没有小区换单位", "; nobody changed")) }
                    @for (compound, before, after) in revision.mains.iter().take(6) { br; (look.compound(compound)) (web.t("：", ": ")) (look.supplier(before.as_deref())) " → " (look.supplier(after.as_deref())) }
                    @if revision.mains.len() > 6 { br; (web.t("等共", "and others, ")) (revision.mains.len()) (web.t("个小区", " in all")) }
                    @if revision.backups > 0 { br; (web.t("只换备用的小区数：", "Compounds with another backup only: ")) (revision.backups) }
                }
            } } }))
        }
        @if look.proposal.state == ProposalState::Replaced { (kit::notice(Tone::Quiet, web.t("这一版已被新版本取代", "A newer version has replaced this one"), html! { p { (kit::link_button_with(Icon::Next, "/proposals", web.t("看最新的方案", "See the latest proposals"), Tone::Plain)) } })) }
    }
}

/// The draft of computing again from its form.
pub fn again_of(at: ProposalRef, fields: &Fields) -> AgainDraft {
    let pair = (
        fields.get("compound").to_string(),
        fields.get("supplier").to_string(),
    );
    let pairs: Vec<_> = Some(pair)
        .filter(|(compound, supplier)| !compound.is_empty() && !supplier.is_empty())
        .into_iter()
        .collect();
    let forced = fields.get("rule") != "forbid";
    AgainDraft {
        at,
        force: if forced { pairs.clone() } else { Vec::new() },
        forbid: if forced { Vec::new() } else { pairs },
        without: fields.all("without"),
    }
}
