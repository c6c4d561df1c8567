//! The scale of market grades: steps that a plan writes down as words, read for [`planner::alarms`] and told to people.

use kit::Lang;
use planner::alarms::{Condition, Scale, Step};

use crate::wording;

wording! {
    /// How grave the state of a market is; the first grade is the gravest (市场异常等级).
    MarketGrade {
        First = "1", "Ⅰ级（特别重大）", "Grade I (gravest)";
        Second = "2", "Ⅱ级（重大）", "Grade II (grave)";
        Third = "3", "Ⅲ级（较大）", "Grade III (serious)";
        Fourth = "4", "Ⅳ级（一般）", "Grade IV (early warning)";
    }
}

impl MarketGrade {
    /// The grade alone, where there is little room: `Ⅲ级`.
    pub fn short(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (MarketGrade::First, Lang::Zh) => "Ⅰ级",
            (MarketGrade::Second, Lang::Zh) => "Ⅱ级",
            (MarketGrade::Third, Lang::Zh) => "Ⅲ级",
            (MarketGrade::Fourth, Lang::Zh) => "Ⅳ级",
            (MarketGrade::First, Lang::En) => "I",
            (MarketGrade::Second, Lang::En) => "II",
            (MarketGrade::Third, Lang::En) => "III",
            (MarketGrade::Fourth, Lang::En) => "IV",
        }
    }

    /// The grade with this number, from 1 to 4.
    pub fn numbered(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }
}

/// Reads a scale from the words of a rule; `source` is the clause. Each word is a step, such as
/// `3: daily_rise_pct > 50, weekly_rise_pct > 60; districts >= 2, lasting_d >= 5`: the grade, what brings it about, and behind
/// the semicolon what must come to it. Of the conditions in each part one is enough. `None` where a word does not read.
pub fn scale(words: &[String], source: &str) -> Option<Scale> {
    let steps = words.iter().map(|word| step(word)).collect::<Option<Vec<_>>>()?;
    (!steps.is_empty()).then(|| Scale {
        source: source.to_string(),
        steps,
    })
}

fn step(word: &str) -> Option<Step> {
    let (grade, conditions) = word.split_once(':')?;
    let grade: u8 = grade.trim().parse().ok()?;
    MarketGrade::numbered(grade)?;
    let (cause, beside) = conditions.split_once(';').unwrap_or((conditions, ""));
    let read = |part: &str| -> Option<Vec<Condition>> {
        let words = part.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(condition).collect()
    };
    let (cause, beside) = (read(cause)?, read(beside)?);
    (!cause.is_empty()).then_some(Step { grade, cause, beside })
}

fn condition(word: &str) -> Option<Condition> {
    let parts: Vec<&str> = word.split_whitespace().collect();
    let number = || parts.get(2)?.parse::<i64>().ok().filter(|number| *number >= 0);
    Some(match (*parts.first()?, parts.get(1).copied(), parts.len()) {
        ("gaps", None, _) => Condition::Gaps,
        ("queues", None, _) => Condition::Queues,
        ("daily_rise_pct", Some(">"), 3) => Condition::DailyRiseAbove(number()?),
        ("weekly_rise_pct", Some(">"), 3) => Condition::WeeklyRiseAbove(number()?),
        ("weekly_rise_pct", Some(">="), 3) => Condition::WeeklyRiseFrom(number()?),
        ("stock_out_d", Some(">="), 3) => Condition::StockOutFrom(number()?),
        ("districts", Some(">="), 3) => Condition::DistrictsFrom(number()?),
        ("lasting_d", Some(">="), 3) => Condition::LastingFrom(number()?),
        ("categories", Some(">="), 3) => Condition::CategoriesFrom(number()?),
        _ => return None,
    })
}

/// A condition in words, such as `一周涨价30%以上`.
pub fn condition_words(condition: Condition, lang: Lang) -> String {
    let say = |zh: String, en: String| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    match condition {
        Condition::DailyRiseAbove(pct) => say(
            format!("一天涨价超过{pct}%"),
            format!("prices up by more than {pct}% in a day"),
        ),
        Condition::WeeklyRiseAbove(pct) => say(
            format!("一周涨价超过{pct}%"),
            format!("prices up by more than {pct}% in a week"),
        ),
        Condition::WeeklyRiseFrom(pct) => say(
            format!("一周涨价{pct}%以上"),
            format!("prices up by {pct}% or more in a week"),
        ),
        Condition::StockOutFrom(days) => say(
            format!("脱销{days}天以上"),
            format!("sold out for {days} days or more"),
        ),
        Condition::Gaps => say("时断时续".into(), "missing now and then".into()),
        Condition::Queues => say("供应紧张、抢购排队".into(), "supply tight, people queue".into()),
        Condition::DistrictsFrom(count) => say(
            format!("涉及{count}个以上县区"),
            format!("{count} districts or more"),
        ),
        Condition::LastingFrom(days) => say(
            format!("持续{days}天以上"),
            format!("lasting {days} days or more"),
        ),
        Condition::CategoriesFrom(count) => say(
            format!("涉及{count}类以上品种"),
            format!("{count} categories or more"),
        ),
    }
}

/// Several conditions of which one is enough.
fn any_words(conditions: &[Condition], lang: Lang) -> String {
    let words: Vec<String> = conditions
        .iter()
        .map(|condition| condition_words(*condition, lang))
        .collect();
    words.join(lang.t("或", " or "))
}

/// A scale in words, the mildest grade first: `Ⅳ级（一般）：一周涨价30%以上或时断时续；Ⅲ级（较大）：…`.
pub fn words(scale: &Scale, lang: Lang) -> String {
    let mut steps: Vec<&Step> = scale.steps.iter().collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.grade));
    let steps: Vec<String> = steps
        .into_iter()
        .map(|step| {
            let grade = MarketGrade::numbered(step.grade).map_or("", |grade| grade.word(lang));
            let beside = if step.beside.is_empty() {
                String::new()
            } else {
                let beside = any_words(&step.beside, lang);
                format!("{}{beside}", lang.t("，并且", ", and "))
            };
            format!(
                "{grade}{}{}{beside}",
                lang.t("：", ": "),
                any_words(&step.cause, lang)
            )
        })
        .collect();
    steps.join(lang.t("；", "; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Option<Scale> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        scale(&words, "YU-4")
    }

    #[test]
    fn a_scale_reads_and_is_told_mildest_first() {
        let scale = read(&[
            "3: weekly_rise_pct >= 50, stock_out_d >= 3; lasting_d >= 5",
            "4: daily_rise_pct > 30, gaps",
        ])
        .unwrap();
        assert_eq!(scale.source, "YU-4");
        assert_eq!(
            scale.steps[0].cause,
            [Condition::WeeklyRiseFrom(50), Condition::StockOutFrom(3)]
        );
        assert_eq!(scale.steps[0].beside, [Condition::LastingFrom(5)]);
        assert_eq!(
            words(&scale, Lang::Zh),
            "Ⅳ级（一般）：一天涨价超过30%或时断时续；Ⅲ级（较大）：一周涨价50%以上或脱销3天以上，并且持续5天以上"
        );
        assert!(words(&scale, Lang::En).starts_with("Grade IV (early warning): prices up"));
    }

    #[test]
    fn what_does_not_read_is_no_scale() {
        for wrong in [
            "gaps",
            "5: gaps",
            "0: gaps",
            "4:",
            "4: ; gaps",
            "4: weekly_rise_pct = 30",
            "4: weekly_rise_pct >= many",
            "4: weekly_rise_pct >=",
            "4: weekly_rise_pct >= 30 gaps",
            "4: daily_rise_pct > -3",
            "4: hunger",
        ] {
            assert_eq!(read(&[wrong]), None, "{wrong}");
        }
        assert_eq!(read(&[]), None);
    }
}
