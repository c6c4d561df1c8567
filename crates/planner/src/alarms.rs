//! From prices and stock-outs to a grade, by scales that the rules of a plan fill.

/// What is known about a market in one area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Largest rise of a category's price within a day, in hundredths of a per cent.
    pub daily_rise_e2: i64,
    /// Largest rise within a week, in hundredths of a per cent.
    pub weekly_rise_e2: i64,
    /// Days for which a category has been missing; 0 when none is.
    pub stock_out_d: i64,
    /// Whether goods are missing now and then.
    pub gaps: bool,
    /// Whether supply is tight and people queue.
    pub queues: bool,
    /// Districts or counties concerned.
    pub districts: i64,
    /// Days for which it has lasted.
    pub lasting_d: i64,
    /// Categories concerned.
    pub categories: i64,
}

/// Something that can be so or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A price rose within a day by more than so many per cent.
    DailyRiseAbove(i64),
    /// A price rose within a week by more than so many per cent.
    WeeklyRiseAbove(i64),
    /// A price rose within a week by so many per cent or more.
    WeeklyRiseFrom(i64),
    /// A category has been missing for so many days or more.
    StockOutFrom(i64),
    /// Goods are missing now and then.
    Gaps,
    /// Supply is tight and people queue.
    Queues,
    /// So many districts or more are concerned.
    DistrictsFrom(i64),
    /// It has lasted for so many days or more.
    LastingFrom(i64),
    /// So many categories or more are concerned.
    CategoriesFrom(i64),
}

impl Condition {
    fn holds(self, situation: &Situation) -> bool {
        match self {
            Condition::DailyRiseAbove(pct) => situation.daily_rise_e2 > pct.saturating_mul(100),
            Condition::WeeklyRiseAbove(pct) => situation.weekly_rise_e2 > pct.saturating_mul(100),
            Condition::WeeklyRiseFrom(pct) => situation.weekly_rise_e2 >= pct.saturating_mul(100),
            Condition::StockOutFrom(days) => situation.stock_out_d >= days.max(1),
            Condition::Gaps => situation.gaps,
            Condition::Queues => situation.queues,
            Condition::DistrictsFrom(count) => situation.districts >= count,
            Condition::LastingFrom(days) => situation.lasting_d >= days,
            Condition::CategoriesFrom(count) => situation.categories >= count,
        }
    }
}

/// One step of a scale: any of `cause` must hold, and any of `beside` if there are some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The market grade, from 1 (gravest) to 4.
    pub grade: u8,
    /// What brings it about.
    pub cause: Vec<Condition>,
    /// What must come to it.
    pub beside: Vec<Condition>,
}

/// A scale of grades with the text that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The clause or publication.
    pub source: String,
    /// The steps in any order.
    pub steps: Vec<Step>,
}

/// The gravest grade whose step holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The market grade, from 1 (gravest) to 4.
    pub grade: u8,
    /// The conditions of its step that hold.
    pub because: Vec<Condition>,
}

/// Grades a situation; `None` when no step holds.
pub fn grade(scale: &Scale, situation: &Situation) -> Option<Alarm> {
    let holding = |conditions: &[Condition]| -> Vec<Condition> {
        let holds = conditions.iter().filter(|condition| condition.holds(situation));
        holds.copied().collect()
    };
    scale
        .steps
        .iter()
        .filter_map(|step| {
            let (mut because, beside) = (holding(&step.cause), holding(&step.beside));
            let holds = !because.is_empty() && (step.beside.is_empty() || !beside.is_empty());
            because.extend(beside);
            holds.then_some(Alarm {
                grade: step.grade,
                because,
            })
        })
        .min_by_key(|alarm| alarm.grade)
}

#[cfg(test)]
mod tests {
    use super::{Alarm, Condition, Scale, Situation, Step};
    use crate::check;
    use proptest::prelude::*;

    /// Scales that cities have published, as the plans hold them.
    fn published() -> Vec<Scale> {
        use Condition::{
            CategoriesFrom, DailyRiseAbove, DistrictsFrom, Gaps, LastingFrom, Queues, StockOutFrom,
            WeeklyRiseAbove, WeeklyRiseFrom,
        };
        let step = |grade, cause: &[Condition], beside: &[Condition]| Step {
            grade,
            cause: cause.to_vec(),
            beside: beside.to_vec(),
        };
        vec![
            Scale {
                source: "乌鲁木齐 2007".into(),
                steps: vec![
                    step(4, &[WeeklyRiseFrom(30), Gaps], &[]),
                    step(3, &[WeeklyRiseFrom(50), StockOutFrom(3)], &[]),
                    step(2, &[WeeklyRiseFrom(100), StockOutFrom(7)], &[]),
                ],
            },
            Scale {
                source: "青岛 2014".into(),
                steps: vec![
                    step(4, &[DailyRiseAbove(30), WeeklyRiseAbove(40)], &[]),
                    step(
                        3,
                        &[DailyRiseAbove(50), WeeklyRiseAbove(60)],
                        &[DistrictsFrom(2), LastingFrom(5), CategoriesFrom(2)],
                    ),
                    step(
                        2,
                        &[DailyRiseAbove(70), WeeklyRiseAbove(80)],
                        &[DistrictsFrom(3), LastingFrom(7), CategoriesFrom(3)],
                    ),
                ],
            },
            Scale {
                source: "青岛 2015、南宁 2020".into(),
                steps: vec![
                    step(
                        4,
                        &[Queues],
                        &[DistrictsFrom(1), LastingFrom(4), WeeklyRiseFrom(30)],
                    ),
                    step(4, &[WeeklyRiseAbove(30)], &[CategoriesFrom(1)]),
                ],
            },
        ]
    }

    /// The grade of a situation, checked.
    fn grade(scale: &Scale, situation: &Situation) -> Option<Alarm> {
        let alarm = super::grade(scale, situation);
        assert_eq!(check::grade(scale, situation, alarm.as_ref()), vec![]);
        alarm
    }

    #[test]
    fn the_gravest_step_that_holds_counts() {
        let scales = published();
        let calm = Situation::default();
        assert!(scales.iter().all(|scale| grade(scale, &calm).is_none()));
        let dear = Situation {
            daily_rise_e2: 7_500,
            weekly_rise_e2: 7_500,
            lasting_d: 6,
            categories: 1,
            districts: 1,
            ..calm
        };
        let grades: Vec<_> = scales
            .iter()
            .map(|scale| grade(scale, &dear).map(|alarm| alarm.grade))
            .collect();
        assert_eq!(grades, [Some(3), Some(3), Some(4)]);
        let empty = Situation {
            stock_out_d: 7,
            ..calm
        };
        let alarm = grade(&scales[0], &empty).unwrap();
        assert_eq!(
            (alarm.grade, alarm.because),
            (2, vec![Condition::StockOutFrom(7)])
        );
    }

    /// 30.5 % is more than 30 %, and 29.99 % is not from 30 % on.
    #[test]
    fn parts_of_a_per_cent_count() {
        let rise = |weekly_rise_e2| Situation {
            weekly_rise_e2,
            ..Situation::default()
        };
        let from = &published()[0];
        assert!(grade(from, &rise(2_999)).is_none() && grade(from, &rise(3_000)).is_some());
        let above = &published()[2];
        let several = |weekly_rise_e2| Situation {
            categories: 1,
            ..rise(weekly_rise_e2)
        };
        assert!(grade(above, &several(3_000)).is_none() && grade(above, &several(3_050)).is_some());
    }

    proptest! {
        /// A worse situation never has a milder grade.
        #[test]
        fn grades_rise_with_the_figures(a in prop::array::uniform6(0i64..120), more in prop::array::uniform6(0i64..60)) {
            let situation = |figures: [i64; 6]| Situation {
                daily_rise_e2: figures[0] * 100,
                weekly_rise_e2: figures[1] * 100,
                stock_out_d: figures[2] / 10,
                districts: figures[3] / 20,
                lasting_d: figures[4] / 10,
                categories: figures[5] / 20,
                ..Situation::default()
            };
            let mut worse = a;
            worse.iter_mut().zip(more).for_each(|(figure, more)| *figure += more);
            for scale in published() {
                let told = |figures| grade(&scale, &situation(figures)).map_or(5, |alarm| alarm.grade);
                prop_assert!(told(worse) <= told(a));
                let wrong = match grade(&scale, &situation(a)) {
                    Some(alarm) => Alarm { grade: alarm.grade % 4 + 1, ..alarm },
                    None => Alarm { grade: 4, because: Vec::new() },
                };
                prop_assert!(!check::grade(&scale, &situation(a), Some(&wrong)).is_empty());
            }
        }
    }
}
