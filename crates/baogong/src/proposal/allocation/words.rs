//! An allocation in words, to be posted with its table: the rule, its steps, and how evenly food lasts.

use planner::fair::{self, Spread, Terms};

use super::facts::Facts;
use super::rule::{Outcome, Step, counted};
use crate::plan::rules::{CATEGORIES, category_word};

/// The rule in words for one pack, to be published with its table: one paragraph each.
pub fn rule_words(facts: &Facts, pack: usize, lang: kit::Lang) -> Vec<String> {
    let order: Vec<&str> = facts.classes.iter().map(|class| class.word(lang)).collect();
    let first = match lang {
        kit::Lang::Zh => format!(
            "先后档次{}：{}。一户只算在最先的一档。余粮少的不另列一档，第一步就先补。没有存量记录的住户按家里没有存量计算。",
            if facts.clause.is_empty() {
                String::new()
            } else {
                format!("（依据{}）", facts.clause)
            },
            order.join("、")
        ),
        kit::Lang::En => format!(
            "Classes in turn{}: {}. A household counts in the first that fits. Those with little food are no class of their own; the first step sees to them. Households of which nothing is known count as having nothing.",
            if facts.clause.is_empty() {
                String::new()
            } else {
                format!(" (by {})", facts.clause)
            },
            order.join(", ")
        ),
    };
    let one = &facts.packs[pack];
    let Some((counted, pack_g)) = counted(facts, pack) else {
        return vec![lang.t(
            "这种套餐不是按标准计量的食物，按人数分：先按整数部分分，剩下的逐份给零头最大的，零头相同的按名单次序。",
            "No norm holds for what is in this pack, so it is shared by people: whole packs first, then one more each to the largest fractions, among equal ones by the order of the list.",
        ).to_string()];
    };
    let terms = Terms {
        packs: one.total,
        pack_g,
        floor_d: facts.floor_d,
        target_d: facts.target_d,
    };
    let kinds: Vec<&str> = counted
        .iter()
        .map(|at| category_word(CATEGORIES[*at].0, lang))
        .collect();
    let kinds = kinds.join(lang.t("、", ", "));
    match lang {
        kit::Lang::Zh => vec![
            first,
            format!(
                "存量和每天用量都只算这种套餐里有的品类（{kinds}），同一小区、同一档次的住户合并计算；几种套餐依次分，前一种分到的算作家中存量。"
            ),
            fair::rule_zh(&terms),
            format!("都补到{}天以后还有剩的，按人数分。", facts.target_d),
        ],
        kit::Lang::En => vec![
            first,
            format!(
                "Food at home and daily need count the categories of this pack only ({kinds}); households of one compound and class are taken together. Packs are shared one after the other; what the earlier one gave counts as being at home."
            ),
            fair::rule_en(&terms),
            format!(
                "What is left when everybody has {} days is shared by people.",
                facts.target_d
            ),
        ],
    }
}

/// What the steps gave, one sentence each.
pub fn step_words(steps: &[Step], unit: &str, lang: kit::Lang) -> Vec<String> {
    steps
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let who = match step.class {
                None => lang.t("不分档次", "everybody"),
                Some(class) => class.word(lang),
            };
            let level = match (step.level_hundredths_d, lang) {
                _ if step.given == 0 => lang
                    .t(
                        "没有分到（不缺，或已分完）",
                        "nothing (nobody lacked any, or none was left)",
                    )
                    .to_string(),
                (None, _) => lang.t("缺的都补齐了", "all got what they lacked").to_string(),
                (Some(level), kit::Lang::Zh) => {
                    format!("都补到{}.{:02}天，到此分完", level / 100, level % 100)
                }
                (Some(level), kit::Lang::En) => format!(
                    "filled up to {}.{:02} days, then none was left",
                    level / 100,
                    level % 100
                ),
            };
            match lang {
                kit::Lang::Zh => format!(
                    "第{}步（{who}，最多补到{}天）：分{}{unit}，{level}。",
                    number + 1,
                    step.until_d,
                    step.given
                ),
                kit::Lang::En => format!(
                    "Step {} ({who}, up to {} days): {} packs, {level}.",
                    number + 1,
                    step.until_d,
                    step.given
                ),
            }
        })
        .collect()
}

/// Days in tenths, such as `2.5`.
pub fn tenths(days: i64) -> String {
    format!("{}.{}", days / 10, days % 10)
}

/// Gini coefficient to two places, such as `0.08`.
fn gini(spread: &Spread) -> String {
    format!("{:.2}", spread.gini)
}

/// How evenly food lasts before and after, in a sentence; and what the rule would have given where that is something else.
/// `None` for goods without a norm.
pub fn spread_words(outcome: &Outcome, lang: kit::Lang) -> Option<Vec<String>> {
    let (before, after) = outcome.spread.as_ref()?;
    let days = |thousandths: i64| tenths((thousandths + 50) / 100);
    let mut words = vec![match lang {
        kit::Lang::Zh => format!(
            "家里够吃的天数（按人算，分前→分后）：最少{}→{}天，中位{}→{}天，最多{}→{}天；基尼系数{}→{}（0最平均，越接近1越不平均）。",
            days(before.least),
            days(after.least),
            days(before.median),
            days(after.median),
            days(before.most),
            days(after.most),
            gini(before),
            gini(after)
        ),
        kit::Lang::En => format!(
            "Days that food lasts, by people: the least from {} to {}, the median from {} to {}, the most from {} to {}; Gini coefficient from {} to {} (0 is even, 1 is uneven).",
            days(before.least),
            days(after.least),
            days(before.median),
            days(after.median),
            days(before.most),
            days(after.most),
            gini(before),
            gini(after)
        ),
    }];
    let differs = outcome.lines.iter().any(|line| line.given != line.by_rule);
    if let Some(ruled) = outcome.by_rule.as_ref().filter(|_| differs) {
        words.push(match lang {
            kit::Lang::Zh => format!(
                "按办法分会是：最少{}天，中位{}天，最多{}天，基尼系数{}。",
                days(ruled.least),
                days(ruled.median),
                days(ruled.most),
                gini(ruled)
            ),
            kit::Lang::En => format!(
                "By the rule it would be: least {}, median {}, most {}, Gini coefficient {}.",
                days(ruled.least),
                days(ruled.median),
                days(ruled.most),
                gini(ruled)
            ),
        });
    }
    Some(words)
}
