//! Which rules hold for a place at a time, and which clause of which plan says so.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::directive::{self, Directive};
use super::release::{self, PriorityClass};
use super::scale;
use super::{Clause, ControlLevel, Plan, RiskLevel, Rule, RuleValue, Scope, plan};
use crate::base::Result;
use crate::base::access::within;
use crate::base::id::district;
use crate::wording;

wording! {
    /// What a rule rules; the closed list of what the software can carry out.
    RuleKey {
        SupplyModes = "supply_modes", "可用供应方式", "Supply modes allowed";
        Release = "release", "分配办法", "How packs are released";
        BallotPriority = "ballot_priority", "摇号优先顺序", "Order of classes in a draw";
        OrderIntervalD = "order_interval_d", "每户下单间隔（天）", "Days between a household's orders";
        WalkIn = "walk_in", "线下购物", "Shopping in person";
        WalkInIntervalD = "walk_in_interval_d", "外出采购间隔（天）", "Days between shopping trips";
        RationPeriodD = "ration_period_d", "定量周期（天）", "Ration period (days)";
        RationGrainG = "ration_grain_g", "定量：米面（克/人·周期）", "Ration of grain (g per person and period)";
        RationOilG = "ration_oil_g", "定量：食用油（克/人·周期）", "Ration of oil (g per person and period)";
        RationVegetablesG = "ration_vegetables_g", "定量：蔬菜（克/人·周期）", "Ration of vegetables (g per person and period)";
        RationEggsG = "ration_eggs_g", "定量：蛋（克/人·周期）", "Ration of eggs (g per person and period)";
        RationMeatG = "ration_meat_g", "定量：肉（克/人·周期）", "Ration of meat (g per person and period)";
        CarryTo = "carry_to", "送到哪里", "Where goods are handed over";
        CarryBy = "carry_by", "由谁搬运", "Who carries";
        VisitIntervalD = "visit_interval_d", "特殊群体走访间隔（天）", "Days between visits to people with special needs";
        VisitBy = "visit_by", "由谁走访", "Who visits";
        NormGrainG = "norm_grain_g", "消耗标准：米面（克/人·天）", "Norm for grain (g per person and day)";
        NormOilG = "norm_oil_g", "消耗标准：食用油（克/人·天）", "Norm for oil (g per person and day)";
        NormVegetablesG = "norm_vegetables_g", "消耗标准：蔬菜（克/人·天）", "Norm for vegetables (g per person and day)";
        NormEggsG = "norm_eggs_g", "消耗标准：蛋（克/人·天）", "Norm for eggs (g per person and day)";
        NormMeatG = "norm_meat_g", "消耗标准：肉（克/人·天）", "Norm for meat (g per person and day)";
        CoverAlarmD = "cover_alarm_d", "余粮预警（天）", "Days left that raise the alarm";
        OrderCutoffH = "order_cutoff_h", "开团到截单（小时）", "Hours from opening to cut-off";
        PayByH = "pay_by_h", "截单后付款期限（小时）", "Hours after cut-off to pay";
        DeliverH = "deliver_h", "付款截止后送达期限（小时）", "Hours after pay-by to deliver";
        Unpaid = "unpaid", "逾期未付", "Unpaid at the deadline";
        PickupPeopleMax = "pickup_people_max", "同时取货人数上限", "People at the pick-up point at once";
        PickupDistanceM = "pickup_distance_m", "取货间距（米）", "Distance between people (m)";
        PickupSlotMin = "pickup_slot_min", "每批取货时长（分钟）", "Minutes per pick-up slot";
        AdvanceAllowed = "advance_allowed", "可代购垫付", "Advances allowed";
        PrepayTo = "prepay_to", "预付给谁", "Whom residents pay";
        SettleWhen = "settle_when", "何时结清", "When it is settled";
        BagPerHousehold = "bag_per_household", "每户一包", "One bag per household";
        BoxPerCompound = "box_per_compound", "按小区装箱", "Boxed per compound";
        LabelFields = "label_fields", "标签内容", "What the label shows";
        PriceMarginMaxPct = "price_margin_max_pct", "进销差价率上限（%）", "Largest margin (%)";
        PriceRiseAlarmPct = "price_rise_alarm_pct", "涨价预警（%）", "Price rise that raises the alarm (%)";
        DaysOfSupplyMin = "days_of_supply_min", "可供天数下限", "Fewest days of supply";
        BackupSupplier = "backup_supplier", "备用保供单位", "Backup supplier";
        ReliefPackFree = "relief_pack_free", "免费应急包", "Free relief packs";
        MarketScale = "market_scale", "市场异常分级", "Scale of market grades";
        DailyReportHour = "daily_report_hour", "日报截止（时）", "Hour of the daily report";
        DeliveryFrequencyD = "delivery_frequency_d", "配送频次（天）", "Days between deliveries";
        InsidePeopleMax = "inside_people_max", "店内人数上限", "People inside a shop at once";
        DropPointPerCompound = "drop_point_per_compound", "每小区投放点（个）", "Drop points per compound";
        StaffSymptomFree = "staff_symptom_free", "人员无发热咳嗽", "Staff free of symptoms";
        StorageSign = "storage_sign", "存放点设标识", "Sign at the storage point";
        ImportUndoH = "import_undo_h", "导入后可整批撤销（小时）", "Hours within which an import can be undone";
        ChainKeepD = "chain_keep_d", "接龙原文保留（天）", "Days that pasted chain messages are kept";
    }
}

impl RuleKey {
    /// Whether a value is of the type that this key takes.
    pub fn takes(self, value: &RuleValue) -> bool {
        use RuleKey::{
            AdvanceAllowed, BackupSupplier, BagPerHousehold, BallotPriority, BoxPerCompound, CarryBy,
            CarryTo, LabelFields, MarketScale, PrepayTo, Release, ReliefPackFree, SettleWhen,
            StaffSymptomFree, StorageSign, SupplyModes, Unpaid, VisitBy, WalkIn,
        };
        match self {
            SupplyModes | LabelFields => matches!(value, RuleValue::Words(_)),
            Release => matches!(value, RuleValue::Word(word) if release::Release::of(word).is_some()),
            BallotPriority => {
                matches!(value, RuleValue::Words(words) if release::classes(words).is_some())
            }
            MarketScale => matches!(value, RuleValue::Words(words) if scale::scale(words, "").is_some()),
            WalkIn | CarryTo | CarryBy | VisitBy | Unpaid | PrepayTo | SettleWhen => {
                matches!(value, RuleValue::Word(_))
            }
            AdvanceAllowed | BagPerHousehold | BoxPerCompound | BackupSupplier | ReliefPackFree
            | StaffSymptomFree | StorageSign => matches!(value, RuleValue::Flag(_)),
            _ => matches!(value, RuleValue::Number(_)),
        }
    }
}

/// The categories of food that are rationed, counted and covered, with their rules.
pub const CATEGORIES: &[(&str, RuleKey, RuleKey)] = &[
    ("grain", RuleKey::NormGrainG, RuleKey::RationGrainG),
    ("oil", RuleKey::NormOilG, RuleKey::RationOilG),
    ("vegetables", RuleKey::NormVegetablesG, RuleKey::RationVegetablesG),
    ("eggs", RuleKey::NormEggsG, RuleKey::RationEggsG),
    ("meat", RuleKey::NormMeatG, RuleKey::RationMeatG),
];

/// The word for a category of food.
pub fn category_word(key: &str, lang: kit::Lang) -> &'static str {
    documents::forms::CATEGORIES
        .iter()
        .find(|category| category.key == key)
        .map_or("", |category| category.title.get(lang == kit::Lang::Zh))
}

/// The plan of the office's own working rules, which hold below every plan in force.
const HOUSE: &str = "house";

/// A rule that holds, and what puts it in force.
#[derive(Clone, Debug)]
pub struct Held {
    /// What it rules.
    pub key: RuleKey,
    /// The rule.
    pub rule: &'static Rule,
    /// The plan that it belongs to.
    pub plan: &'static Plan,
    /// The clause that says so.
    pub clause: Option<&'static Clause>,
    /// The directive that puts the plan in force; `None` for the office's own working rules, which always hold.
    pub directive: Option<Directive>,
    /// Whether it wins over other rules of the same key.
    pub wins: bool,
}

/// The rules of a place at a time.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The place.
    pub area: String,
    /// The strictest level of any directive that covers the place; `None` when none does.
    pub level: Option<ControlLevel>,
    /// The highest risk of any directive that covers the place.
    pub risk: Option<RiskLevel>,
    /// The directives that cover the place.
    pub directives: Vec<Directive>,
    /// Every rule that holds, the winner of each key first.
    pub held: Vec<Held>,
}

/// A rule's answer with its source, as stored with a round and shown on pages.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Source {
    /// The rule's key.
    pub key: RuleKey,
    /// The value in words.
    pub value: String,
    /// The clause, such as `FC-10`.
    pub clause: String,
}

impl Rules {
    /// Whether the place is closed: control or lockdown.
    pub fn closed(&self) -> bool {
        self.level.is_some_and(|level| level >= ControlLevel::Control)
    }

    fn winner(&self, key: RuleKey) -> Option<&Held> {
        self.held.iter().find(|held| held.key == key && held.wins)
    }

    /// The number that a rule gives.
    pub fn number(&self, key: RuleKey) -> Option<i64> {
        match self.winner(key)?.rule.value {
            RuleValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether a rule says yes.
    pub fn flag(&self, key: RuleKey) -> bool {
        self.winner(key)
            .is_some_and(|held| held.rule.value == RuleValue::Flag(true))
    }

    /// The word that a rule gives.
    pub fn word(&self, key: RuleKey) -> Option<&str> {
        match &self.winner(key)?.rule.value {
            RuleValue::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The words that a rule gives.
    pub fn words(&self, key: RuleKey) -> &[String] {
        match self.winner(key).map(|held| &held.rule.value) {
            Some(RuleValue::Words(words)) => words,
            _ => &[],
        }
    }

    /// The scale of market grades that a rule gives, with its clause.
    pub fn market_scale(&self) -> Option<planner::alarms::Scale> {
        scale::scale(
            self.words(RuleKey::MarketScale),
            self.clause(RuleKey::MarketScale),
        )
    }

    /// The clause behind a rule, such as `FC-10`; empty when no rule holds.
    pub fn clause(&self, key: RuleKey) -> &str {
        self.winner(key).map_or("", |held| held.rule.clause.as_str())
    }
}

/// The rules for `area` at `at_s`. The level is the strictest of all directives that cover the place. Where two
/// plans rule the same thing, the directive for the smaller area wins, then the later one, then the rule that
/// names its level or risk over one that holds always.
pub fn at(tx: &mut Tx, area: &str, at_s: i64) -> Result<Rules> {
    let directives = directive::holding(tx, district(area), at_s)?;
    Ok(resolve(area, directives))
}

/// The office's own working rules alone, for what no plan rules.
pub fn house(in_district: &str) -> Rules {
    resolve(in_district, Vec::new())
}

/// As [`at`], for directives loaded once and asked for many places.
pub fn resolve(area: &str, directives: Vec<Directive>) -> Rules {
    let mut covering: Vec<Directive> = directives
        .into_iter()
        .filter(|directive| within(area, &directive.area))
        .collect();
    covering.sort_by_key(|directive| (directive.area.len(), directive.from_s, directive.number));
    let level = covering.iter().map(|directive| directive.level).max();
    let risk = covering.iter().map(|directive| directive.risk).max();
    let mut held: Vec<Held> = Vec::new();
    let in_force = covering
        .iter()
        .rev()
        .filter_map(|directive| Some((plan(&directive.plan)?, Some(directive))));
    for (plan, directive) in in_force.chain(plan(HOUSE).map(|house| (house, None))) {
        let scope = directive.map(|directive| Scope::of_area(&directive.area));
        let mut of_plan: Vec<Held> = plan
            .rules
            .iter()
            .filter(|rule| rule.levels.is_empty() || level.is_some_and(|level| rule.levels.contains(&level)))
            .filter(|rule| rule.risks.is_empty() || risk.is_some_and(|risk| rule.risks.contains(&risk)))
            .filter(|rule| rule.scope.is_none() || rule.scope == scope)
            .filter_map(|rule| {
                Some(Held {
                    key: RuleKey::of(&rule.key)?,
                    rule,
                    plan,
                    clause: plan.clause(&rule.clause),
                    directive: directive.cloned(),
                    wins: false,
                })
            })
            .collect();
        of_plan.sort_by_key(|held| {
            let named = [
                held.rule.scope.is_some(),
                !held.rule.levels.is_empty(),
                !held.rule.risks.is_empty(),
            ];
            std::cmp::Reverse(named.into_iter().filter(|named| *named).count())
        });
        held.extend(of_plan);
    }
    let mut decided: Vec<RuleKey> = Vec::new();
    for one in &mut held {
        if !decided.contains(&one.key) {
            one.wins = true;
            decided.push(one.key);
        }
    }
    held.sort_by_key(|one| (one.key, !one.wins));
    Rules {
        area: area.to_string(),
        level,
        risk,
        directives: covering,
        held,
    }
}

/// A rule's value in words.
pub fn value_words(key: RuleKey, value: &RuleValue, lang: kit::Lang) -> String {
    let word = |word: &str| -> String {
        let known = match word {
            "A" => lang.t("A 就近小超市", "A small shops near by"),
            "B" => lang.t("B 电商平台", "B platform"),
            "C" => lang.t("C 大型超市", "C large supermarket"),
            "relief" => lang.t("免费应急包", "free relief pack"),
            "mobile" => lang.t("移动售货", "mobile sale"),
            "open" => lang.t("正常营业", "open"),
            "limited" => lang.t("限流营业", "limited numbers"),
            "one_person" => lang.t("每户1人外出采购", "one person per household"),
            "none" => lang.t("停止线下购物", "none"),
            "gate" => lang.t("小区门口", "the gate"),
            "door" => lang.t("家门口", "the door"),
            "resident" => lang.t("居民自取", "residents fetch"),
            "volunteer" => lang.t("志愿者", "volunteers"),
            "community" => lang.t("社区", "the community"),
            "trained_worker" => lang.t("经培训的配送人员", "trained workers"),
            "not_delivered" => lang.t("不予配送", "not delivered"),
            "advance" => lang.t("垫付", "advanced"),
            "supplier" => lang.t("保供单位", "the supplier"),
            "grid_worker" => lang.t("网格员（联络人）", "the grid worker (liaison)"),
            "on_delivery" => lang.t("配送时结清", "on delivery"),
            "after_lifting" => lang.t("解封后统一结清", "after the closure ends"),
            "compound" => lang.t("小区", "compound"),
            "dwelling" => lang.t("户号", "dwelling"),
            "phone" => lang.t("电话", "phone"),
            "order" => lang.t("订单", "order"),
            "address" => lang.t("地址", "address"),
            "amount" => lang.t("金额", "amount"),
            "payment_code" => lang.t("付款码", "payment code"),
            other => release::Release::of(other)
                .map(|release| release.word(lang))
                .or_else(|| PriorityClass::of(other).map(|class| class.word(lang)))
                .unwrap_or(other),
        };
        known.to_string()
    };
    match value {
        RuleValue::Number(number) => crate::base::words::count(*number),
        RuleValue::Flag(yes) => if *yes {
            lang.t("是", "yes")
        } else {
            lang.t("否", "no")
        }
        .to_string(),
        RuleValue::Word(one) => word(one),
        RuleValue::Words(words) if key == RuleKey::MarketScale => {
            scale::scale(words, "").map_or_else(String::new, |read| scale::words(&read, lang))
        }
        RuleValue::Words(words) => {
            let separator = match key {
                RuleKey::SupplyModes => lang.t("、", ", "),
                RuleKey::BallotPriority => lang.t("、", ", then "),
                _ => " + ",
            };
            words
                .iter()
                .map(|one| word(one))
                .collect::<Vec<_>>()
                .join(separator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::DirectiveId;

    fn directive(area: &str, plan: &str, level: ControlLevel, risk: RiskLevel, from_s: i64) -> Directive {
        Directive {
            id: DirectiveId::fresh(),
            number: from_s,
            area: area.into(),
            plan: plan.into(),
            level,
            risk,
            from_s,
            until_s: None,
            ordered_by: "指挥长".into(),
            note: String::new(),
            actor: "值班员".into(),
            created_s: from_s,
            ended_by: None,
        }
    }

    #[test]
    fn without_a_directive_only_the_working_rules_of_the_office_hold() {
        let rules = resolve("431023001001-1", Vec::new());
        assert_eq!(rules.level, None);
        assert!(!rules.closed());
        assert!(
            rules
                .held
                .iter()
                .all(|held| held.plan.id == HOUSE && held.directive.is_none())
        );
        assert_eq!(rules.clause(RuleKey::OrderCutoffH), "HOUSE-1");
    }

    /// FC-10, FC-11: each household orders once in three days; each person of special need is phoned in three.
    #[test]
    fn fancheng_gives_its_intervals_with_the_clause() {
        let rules = resolve(
            "431023001001-1",
            vec![directive(
                "431023001001-1",
                "fc",
                ControlLevel::Control,
                RiskLevel::Medium,
                0,
            )],
        );
        assert_eq!(rules.number(RuleKey::OrderIntervalD), Some(3));
        assert_eq!(rules.clause(RuleKey::OrderIntervalD), "FC-10");
        assert_eq!(rules.clause(RuleKey::VisitIntervalD), "FC-11");
    }

    /// YU-13: under lockdown of a compound trained people carry from the checkpoint to the door.
    #[test]
    fn lockdown_carries_to_the_door_and_wins_over_the_county() {
        let rules = resolve(
            "431023001001-1",
            vec![
                directive("431023", "yu", ControlLevel::Control, RiskLevel::Medium, 0),
                directive(
                    "431023001001-1",
                    "yu",
                    ControlLevel::Lockdown,
                    RiskLevel::High,
                    10,
                ),
            ],
        );
        assert_eq!(rules.level, Some(ControlLevel::Lockdown));
        assert_eq!(rules.word(RuleKey::CarryTo), Some("door"));
        assert_eq!(rules.clause(RuleKey::CarryTo), "YU-13");
        assert_eq!(rules.word(RuleKey::CarryBy), Some("trained_worker"));
    }

    /// YU-12: one person per household every two days under control.
    #[test]
    fn control_lets_one_person_out_every_two_days() {
        let rules = resolve(
            "431023001",
            vec![directive(
                "431023001",
                "yu",
                ControlLevel::Control,
                RiskLevel::Medium,
                0,
            )],
        );
        assert_eq!(rules.number(RuleKey::WalkInIntervalD), Some(2));
        assert_eq!(rules.word(RuleKey::WalkIn), Some("one_person"));
    }

    #[test]
    fn a_neighbouring_compound_is_not_touched() {
        let only = vec![directive(
            "431023001001-1",
            "fc",
            ControlLevel::Lockdown,
            RiskLevel::High,
            0,
        )];
        assert!(!resolve("431023001001-10", only).closed());
    }
}
