use super::{Finding, Findings};
use crate::alarms::{Alarm, Condition, Scale, Situation};

/// Verifies a grade: some step of the scale bears it out, all conditions that are told hold, none that holds was left out,
/// and no graver step holds.
pub fn grade(scale: &Scale, situation: &Situation, told: Option<&Alarm>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut gravest = None;
    for step in &scale.steps {
        let cause = step.cause.iter().any(|condition| so(condition, situation));
        let beside = step.beside.is_empty() || step.beside.iter().any(|condition| so(condition, situation));
        if cause && beside && gravest.is_none_or(|gravest| step.grade < gravest) {
            gravest = Some(step.grade);
        }
    }
    findings.expect(gravest == told.map(|alarm| alarm.grade), || {
        format!(
            "{}: the gravest step that holds is {gravest:?}, told {told:?}",
            scale.source
        )
    });
    if let Some(alarm) = told {
        let borne_out = scale
            .steps
            .iter()
            .filter(|step| step.grade == alarm.grade)
            .any(|step| {
                let all = step.cause.iter().chain(&step.beside);
                all.filter(|condition| so(condition, situation))
                    .eq(&alarm.because)
            });
        findings.expect(borne_out, || {
            format!("{}: {:?} is not what holds", scale.source, alarm.because)
        });
    }
    findings.0
}

/// Whether it is so, read off the words of the condition: a figure and where it begins.
fn so(condition: &Condition, now: &Situation) -> bool {
    let (figure, begins) = match *condition {
        Condition::DailyRiseAbove(pct) => (now.daily_rise_e2, hundredths(pct).saturating_add(1)),
        Condition::WeeklyRiseAbove(pct) => (now.weekly_rise_e2, hundredths(pct).saturating_add(1)),
        Condition::WeeklyRiseFrom(pct) => (now.weekly_rise_e2, hundredths(pct)),
        Condition::StockOutFrom(days) => (now.stock_out_d, i64::max(days, 1)),
        Condition::Gaps => (i64::from(now.gaps), 1),
        Condition::Queues => (i64::from(now.queues), 1),
        Condition::DistrictsFrom(count) => (now.districts, count),
        Condition::LastingFrom(days) => (now.lasting_d, days),
        Condition::CategoriesFrom(count) => (now.categories, count),
    };
    figure >= begins
}

fn hundredths(pct: i64) -> i64 {
    pct.saturating_mul(100)
}
