//! What the acts of the log are called.

use kit::Lang;

/// What each act is called: (stable name, Chinese, English).
pub(super) const ACTS: &[(&str, &str, &str)] = &[
    ("session.open", "登录", "Signed in"),
    ("session.link", "用链接登录", "Signed in by link"),
    ("user.first", "建立第一位管理员", "Made the first administrator"),
    ("user.save", "保存用户", "Saved a user"),
    ("user.link", "生成登录链接", "Made a sign-in link"),
    ("settings.save", "修改设置", "Changed a setting"),
    ("pass.issue", "签发通行证", "Issued passes"),
    ("pass.revoke", "作废通行证", "Revoked a pass"),
    ("register.upload", "上传表格", "Uploaded a spreadsheet"),
    ("register.import", "导入登记", "Imported registers"),
    ("register.apply", "导入登记", "Imported registers"),
    ("register.undo", "撤销导入", "Undid an import"),
    ("register.correct", "修改登记", "Corrected an entry"),
    ("register.remove", "删除登记", "Removed an entry"),
    ("register.export", "导出登记", "Exported a register"),
    (
        "personal.unmask",
        "查看完整个人信息",
        "Looked at full personal data",
    ),
    (
        "report.print",
        "打开或打印含个人信息的清单",
        "Opened or printed a list with personal data",
    ),
    ("audit.export", "导出审计日志", "Exported the audit log"),
    ("directive.issue", "下达指令", "Issued a directive"),
    ("directive.end", "结束指令", "Ended a directive"),
    ("need.add", "登记需求", "Recorded a need"),
    ("need.settle", "处理需求", "Settled a need"),
    ("visit.record", "登记走访", "Recorded a visit"),
    ("coverage.stocktake", "登记余粮", "Recorded stock at home"),
    ("assignment.propose", "生成分配方案", "Computed an assignment"),
    ("assignment.change", "修改分配方案", "Changed an assignment"),
    (
        "assignment.again",
        "重新计算分配方案",
        "Computed an assignment again",
    ),
    ("assignment.accept", "采纳分配方案", "Accepted an assignment"),
    ("assignment.reject", "否决分配方案", "Rejected an assignment"),
    ("round.open", "开团", "Opened a round"),
    ("round.cut_off", "截单", "Cut off a round"),
    ("round.seal", "封存摇号密钥", "Sealed the secret of a ballot"),
    ("round.draw", "抽签", "Drew a ballot"),
    ("round.confirm", "确认本轮", "Confirmed a round"),
    ("round.settle", "结清本轮", "Settled a round"),
    ("order.place", "下单", "Placed an order"),
    ("order.change", "修改订单", "Changed an order"),
    ("order.cancel", "取消订单", "Cancelled an order"),
    ("order.chain", "接龙录入订单", "Took a chain message"),
    (
        "chain.settle",
        "确认接龙中的一条",
        "Settled a line of a chain message",
    ),
    ("chain.take_back", "撤销上一条确认", "Took the last answer back"),
    ("chain.expire", "到期删除接龙原文", "Deleted old chain messages"),
    ("chain.forget", "删除小区的叫法", "Forgot an alias of a compound"),
    ("import.mapping", "核对列名", "Matched headings to columns"),
    ("import.forget", "不再记住列名", "Forgot matched headings"),
    ("import.duplicate", "处理疑似重复", "Settled a probable duplicate"),
    ("order.sheet", "表格录入订单", "Took a spreadsheet of orders"),
    ("order.relief", "登记免费应急包", "Ordered relief packs"),
    ("payment.record", "登记收款", "Recorded a payment"),
    ("payment.match", "核对收款", "Matched payments"),
    ("payment.repay", "登记归还垫付", "Recorded a repaid advance"),
    ("bag.pack", "装袋", "Packed a bag"),
    ("bag.pack_all", "全部装袋", "Packed all bags"),
    ("box.fill", "装箱", "Filled boxes"),
    ("trip.plan", "安排车次", "Planned trips"),
    ("allocation.propose", "生成物资分配方案", "Computed an allocation"),
    ("allocation.change", "修改物资分配方案", "Changed an allocation"),
    (
        "allocation.again",
        "重新计算物资分配",
        "Computed an allocation again",
    ),
    (
        "allocation.accept",
        "采纳物资分配并开团",
        "Accepted an allocation and opened its round",
    ),
    ("allocation.reject", "否决物资分配方案", "Rejected an allocation"),
    ("packs.propose", "搭配套餐", "Composed packs"),
    ("packs.change", "修改套餐方案", "Changed a proposal of packs"),
    ("packs.accept", "采纳套餐方案", "Accepted packs"),
    ("packs.reject", "否决套餐方案", "Rejected packs"),
    ("routes.propose", "生成配送路线", "Computed routes"),
    ("routes.change", "修改配送路线", "Changed routes"),
    ("routes.accept", "采纳配送路线", "Accepted routes"),
    ("routes.reject", "否决配送路线", "Rejected routes"),
    ("trip.cancel", "取消车次", "Cancelled a trip"),
    ("trip.load", "装车", "Loaded a trip"),
    ("trip.break_down", "报告车辆故障", "Reported a broken vehicle"),
    ("trip.resume", "故障车继续送货", "Let a broken vehicle go on"),
    (
        "routes.take_over",
        "生成接驳路线",
        "Proposed how others take over",
    ),
    ("trip.leave_behind", "卸下未装车的箱", "Left a box behind"),
    ("trip.arrive", "到达", "Arrived"),
    ("trip.hand_over", "车次交接", "Handed over at a drop point"),
    ("slot.make", "安排取货时段", "Made pick-up slots"),
    ("slots.make", "安排取货时段", "Made pick-up slots"),
    ("bag.hand_over", "交付", "Handed a bag over"),
    ("bag.hand_over_all", "整批交付", "Handed all bags over"),
    ("handover.record", "交付", "Handed a bag over"),
    ("handover.record_all", "整批交付", "Handed all bags over"),
];

/// An act in words; an act that this version does not know, for example of an older one, keeps its stable name.
pub(super) fn act_words(name: &str, lang: Lang) -> String {
    let known = ACTS.iter().find(|(known, _, _)| *known == name);
    known.map_or_else(
        || format!("{}（{name}）", lang.t("其他操作", "Another act")),
        |(_, zh, en)| lang.t(zh, en).to_string(),
    )
}

/// The acts for a select field; two names with the same words are offered once.
pub(super) fn act_options(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let mut options = vec![("", lang.t("全部操作", "Every act"))];
    for (name, zh, en) in ACTS {
        let words = lang.t(zh, en);
        if !options.iter().any(|(_, known)| *known == words) {
            options.push((name, words));
        }
    }
    options
}
