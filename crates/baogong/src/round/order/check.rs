//! What of an order can be checked without the ledger: time, channel, packs and quantities.

use super::*;
use crate::round::modes::Mode;

pub(super) fn check_taking(ctx: &Ctx, terms: &Terms, channel: Channel, change: bool) -> Result<()> {
    let round = &terms.round;
    if round.state != RoundState::Open || ctx.now_s >= round.cutoff_s {
        return Err(Refusal::conflict(
            "cut_off",
            format!(
                "本轮已于{}截单{}。请等下一轮，急需请联系采购联络人。",
                clock::minute(round.cutoff_s),
                if change { "，不能再修改" } else { "" }
            ),
            format!(
                "This round was cut off at {}. Wait for the next one, or ask your liaison if it is urgent.",
                clock::minute(round.cutoff_s)
            ),
        )
        .into());
    }
    if ctx.actor.role == Role::Resident && (channel != Channel::Link || !round.mode.facts().takes_orders) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "channel",
            "这一轮不由居民自助下单。",
            "Residents do not order by themselves in this round.",
        )
        .into());
    }
    let gives_relief = matches!(ctx.actor.role, Role::Headquarters | Role::Office | Role::System);
    if channel == Channel::Relief && !(round.mode == Mode::Relief && gives_relief) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "relief",
            "免费应急包只能由指挥部或社区在应急包轮次中发放。",
            "Free relief packs are given by headquarters or an office, in a round of relief packs.",
        )
        .into());
    }
    if channel == Channel::Proxy && !terms.rules.flag(RuleKey::AdvanceAllowed) {
        return Err(Refusal::conflict(
            "advance_not_allowed",
            "现行预案没有规定代购垫付；请先对本小区启用允许垫付的预案（如DX-5）。",
            "No plan in force allows advances here; put one in force that does (such as DX-5).",
        )
        .into());
    }
    Ok(())
}

/// Whether the household may order again, `earlier` being its orders, latest first (FC-10). A free relief pack neither
/// waits nor lets the next order wait: it is for those who have nothing.
pub(super) fn check_interval(
    ctx: &Ctx,
    terms: &Terms,
    channel: Channel,
    earlier: &[find::Recent],
) -> std::result::Result<(), Refusal> {
    let Some(interval_d) = terms.rules.number(RuleKey::OrderIntervalD) else {
        return Ok(());
    };
    let last = earlier
        .iter()
        .find(|other| other.state.live() && other.channel != Channel::Relief)
        .filter(|_| channel != Channel::Relief);
    let next_s = last.map_or(0, |last| day_start_s(day_number(last.created_s) + interval_d));
    if ctx.now_s >= next_s {
        return Ok(());
    }
    let clause = terms.rules.clause(RuleKey::OrderIntervalD);
    let next = clock::minute(next_s);
    Err(Refusal::new(
        RefusalKind::Exhausted,
        "order_interval",
        format!("按规定每户每{interval_d}天下单一次（{clause}），下次可下单时间：{next}。急需请联系采购联络人。"),
        format!("Each household orders once in {interval_d} days ({clause}); the next order is possible from {next}. If it is urgent, ask your liaison."),
    )
    .possible_at(next_s))
}

pub(super) fn check_wants(terms: &Terms, draft: &OrderDraft) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for want in draft.wants.iter().filter(|want| want.quantity != 0) {
        let pack = terms
            .packs
            .iter()
            .find(|pack| pack.code == want.pack)
            .ok_or_else(|| {
                Refusal::invalid(
                    "wants",
                    format!("本轮没有“{}”。", want.pack),
                    format!("{} is not offered in this round.", want.pack),
                )
            })?;
        if want.quantity < 0 {
            return Err(
                Refusal::invalid("wants", "份数不能为负数。", "A quantity cannot be negative.").into(),
            );
        }
        if pack.limit_per_order > 0 && want.quantity > pack.limit_per_order {
            return Err(Refusal::new(
                RefusalKind::Exhausted,
                "limit_per_order",
                format!("{}每户限购{}{}。", pack.name, pack.limit_per_order, pack.unit),
                format!("{}: at most {} per household.", pack.name, pack.limit_per_order),
            )
            .into());
        }
        if lines.iter().any(|line| line.pack == pack.code) {
            return Err(Refusal::invalid(
                "wants",
                format!("{}写了两次。", pack.name),
                format!("{} is listed twice.", pack.name),
            )
            .into());
        }
        lines.push(Line {
            pack: pack.code.clone(),
            quantity: want.quantity,
            packed: 0,
            price_fen: pack.price_fen,
            short_reason: String::new(),
        });
    }
    if lines.is_empty() {
        return Err(Refusal::invalid(
            "wants",
            "请至少选一种套餐，填写份数。",
            "Choose at least one pack.",
        )
        .into());
    }
    Ok(lines)
}

pub(super) fn total_fen(lines: &[Line]) -> Result<i64> {
    lines
        .iter()
        .try_fold(0_i64, |sum, line| {
            line.price_fen
                .checked_mul(line.quantity)
                .and_then(|amount| sum.checked_add(amount))
        })
        .ok_or_else(|| Refusal::invalid("wants", "份数太大。", "The quantity is too large.").into())
}
