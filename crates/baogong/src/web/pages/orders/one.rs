//! One order: what it holds, its chain of custody, change and cancel.

use super::*;

pub(super) async fn show(web: Web, Path(id): Path<String>) -> Answer {
    let id: OrderId = id.parse().map_err(|_| Refusal::not_found("订单", "order"))?;
    let in_district = web.district()?;
    let ctx = web.ctx()?;
    let (actor, now_s, lang) = (ctx.actor.clone(), ctx.now_s, web.lang);
    let (order, round, packs, place, steps, ballot, outcome) = web
        .app
        .read(move |tx| {
            let order = order::get(tx, &in_district, id)?;
            let (round, _) = visible(
                tx,
                &ctx,
                &open::RoundRef {
                    district: in_district.clone(),
                    id: order.round,
                },
            )?;
            if !ctx.actor.covers(&order.compound) {
                return Err(Refusal::not_found("订单", "order").into());
            }
            let packs = open::packs(tx, &in_district, order.round)?;
            let steps = book::custody(tx, &in_district, order.id.0)?;
            Ok((
                order.clone(),
                round,
                packs,
                area_name(tx, &order.compound)?,
                steps,
                ballot::get(tx, &in_district, order.round)?,
                ballot::outcome(tx, &in_district, order.id)?,
            ))
        })
        .await?;
    let may_change =
        actor.may(Action::TakeOrders) && round.state == RoundState::Open && now_s < round.cutoff_s;
    let columns = [
        Column::text(web.t("套餐", "Pack")),
        Column::number(web.t("订购", "Ordered")),
        Column::number(web.t("装袋", "Packed")),
        Column::number(web.t("单价", "Price")),
        Column::text(web.t("缺货原因", "Why short")),
    ];
    let lines = order
        .lines
        .iter()
        .map(|line| {
            let name = packs
                .iter()
                .find(|pack| pack.code == line.pack)
                .map_or(line.pack.as_str(), |pack| pack.name.as_str());
            TableRow::new(vec![
                html! { (name) },
                html! { (line.quantity) },
                html! { (line.packed) },
                html! { (yuan(line.price_fen)) },
                html! { (line.short_reason) },
            ])
        })
        .collect();
    let step_columns = [
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("发生了什么", "What happened")),
        Column::number(web.t("数量", "Quantity")),
        Column::text(web.t("品名", "Of what")),
        Column::text(web.t("经手人", "By")),
    ];
    let custody = steps
        .iter()
        .map(|step| {
            let what = match step.asset.as_str() {
                "fen" => web.t("钱款（元）", "money (yuan)").to_string(),
                asset => match asset.strip_prefix("ration/").or_else(|| asset.strip_prefix("g/")) {
                    Some(category) => format!("{}{}", crate::plan::rules::category_word(category, lang), web.t("（克）", " (g)")),
                    None => {
                        let code = asset.rsplit('/').next().unwrap_or(asset);
                        packs.iter().find(|pack| pack.code == code).map_or_else(|| code.to_string(), |pack| pack.name.clone())
                    }
                },
            };
            let amount = if step.asset == "fen" { yuan(step.amount) } else { step.amount.to_string() };
            TableRow::new(vec![html! { (clock::short(step.at_s)) }, html! { (step.reason.word(lang)) @if !step.moved { " " small { (web.t("（占用或释放）", "(held or released)")) } } }, html! { (amount) }, html! { (what) }, html! { (step.actor) }])
        })
        .collect();
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{}", round.id), round.code.clone()), (String::new(), order.code.clone())]))
        (kit::heading(&format!("{place} {}", order.dwelling()), &order.code, html! { (order_badge(order.state, lang)) @if order.state.live() { (kit::badge(Tone::Plain, order.payment.word(lang))) } }))
        (kit::columns(&[
            kit::section(web.t("订单", "Order"), kit::definitions(&[
                (web.t("应付", "Amount").into(), html! { (yuan(order.amount_fen)) " " (web.t("元", "yuan")) @if order.refund_fen > 0 { " · " (web.t("已退", "refunded ")) (yuan(order.refund_fen)) } }),
                (web.t("电话", "Phone").into(), html! { (actor.show(Datum::Phone, &order.phone)) }),
                (web.t("来源", "Channel").into(), html! { (order.channel.word(lang)) }),
                (web.t("下单时间", "Ordered").into(), html! { (clock::minute(order.created_s)) }),
                (web.t("备注", "Note").into(), html! { (order.note) }),
            ])),
            kit::section(web.t("内容", "Contents"), kit::table(web.t("内容", "Contents"), &columns, lines, html! {})),
        ]))
        @if let Some(note) = super::super::ballot::staff_note(&web, &actor, &order, ballot.as_ref(), outcome.as_ref()) { (note) }
        @if may_change && matches!(order.state, OrderState::Placed | OrderState::Requested) {
            (kit::section(web.t("修改", "Change"), kit::form(&format!("/orders/{id}/change"), &web.shell(""), html! {
                @for pack in &packs {
                    @let quantity = order.lines.iter().find(|line| line.pack == pack.code).map_or(0, |line| line.quantity);
                    (kit::stepper(&format!("q:{}", pack.code), &format!("{} {}{}", pack.name, yuan(pack.price_fen), web.t("元", " yuan")), quantity, 99, ""))
                }
                (kit::actions(kit::button(web.t("保存修改", "Save"), Tone::Accent)))
            })))
        }
        @if may_change && matches!(order.state, OrderState::Placed | OrderState::Confirmed | OrderState::Requested) {
            (kit::confirm_form(&format!("/orders/{id}/cancel"), &web.shell(""), web.t("取消订单", "Cancel the order"), Tone::Bad, web.t("取消后份额和下单次数退回，已付的退款。", "Its share and turn go back; what was paid is refunded.")))
        }
        (kit::section(web.t("经过（每一步都有经手人）", "Chain of custody"), kit::table(web.t("经过", "Custody"), &step_columns, custody, html! {})))
    };
    Ok(web.page(&order.code, body))
}

pub(super) async fn order_ref(web: &Web, id: &str) -> Result<(OrderRef, String)> {
    let id: OrderId = id.parse().map_err(|_| Refusal::not_found("订单", "order"))?;
    let in_district = web.district()?;
    let asked = in_district.clone();
    let household = web
        .app
        .read(move |tx| Ok(order::get(tx, &asked, id)?.household))
        .await?;
    Ok((
        OrderRef {
            district: in_district,
            id,
        },
        household,
    ))
}

pub(super) async fn change(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, household) = order_ref(&web, &id).await?;
    let draft = OrderChange {
        district: at.district,
        id: at.id,
        wants: wants(&fields)?,
        phone: String::new(),
        note: fields.get("note").into(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &CHANGE,
            &household,
            draft,
            order::change,
        )
        .await?;
    Ok(web.done(
        &format!("/orders/{id}"),
        web.t("订单已修改。", "The order is changed."),
    ))
}

pub(super) async fn cancel(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, household) = order_ref(&web, &id).await?;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &CANCEL,
            &household,
            at,
            order::cancel,
        )
        .await?;
    Ok(web.done(
        &format!("/orders/{id}"),
        web.t("订单已取消。", "The order is cancelled."),
    ))
}
