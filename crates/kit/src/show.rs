//! What tells a state: notices, badges, steps, meters and bars.

use maud::{Markup, html};

use crate::{Icon, Tone, icon};

/// A message that stands out. The body may be empty.
pub fn notice(tone: Tone, title: &str, body: Markup) -> Markup {
    html! {
        div class={ "notice " (tone.class()) } role=[(tone == Tone::Bad).then_some("alert")] {
            (icon(tone.sign().unwrap_or(Icon::Info)))
            div class="notice-text" {
                @if !title.is_empty() { div class="notice-title" { (title) } }
                (body)
            }
        }
    }
}

/// What to show where there is nothing yet: why, and what to do next.
pub fn empty(symbol: Icon, title: &str, hint: &str, action: Markup) -> Markup {
    html! {
        div class="empty" {
            (icon(symbol))
            p class="empty-title" { (title) }
            @if !hint.is_empty() { p class="empty-hint" { (hint) } }
            (action)
        }
    }
}

/// A state in one or two words.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! {
        span class={ "badge " (tone.class()) } {
            @if let Some(sign) = tone.sign() { (icon(sign)) }
            (text)
        }
    }
}

/// Where a step is on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Behind us.
    Done,
    /// The one we are at.
    Now,
    /// Still to come.
    Ahead,
}

/// One step of a way that is gone in order.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its words.
    pub label: String,
    /// Where it is on the way.
    pub state: StepState,
    /// Where it can be looked at.
    pub href: Option<String>,
}

/// The steps of a way: beside each other on a desk, below each other on a phone.
pub fn steps(steps: &[Step]) -> Markup {
    html! {
        ol class="steps" {
            @for (place, step) in steps.iter().enumerate() {
                @let now = step.state == StepState::Now;
                li class={ "step " (step_class(step.state)) } aria-current=[now.then_some("step")] {
                    @if let Some(href) = &step.href {
                        a href=(href) { (step_content(place, step)) }
                    } @else {
                        (step_content(place, step))
                    }
                }
            }
        }
    }
}

fn step_class(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Now => "now",
        StepState::Ahead => "ahead",
    }
}

fn step_content(place: usize, step: &Step) -> Markup {
    html! {
        span class="step-mark" {
            @if step.state == StepState::Done {
                (icon(Icon::Check))
                span class="hidden-text" { "✓" }
            } @else {
                (place + 1)
            }
        }
        span class="step-label" { (step.label) }
    }
}

/// Thousandths of `max` that `value` fills, between 0 and 1000; 1000 only when it is full.
fn permille(value: i64, max: i64) -> i64 {
    if max <= 0 || value <= 0 {
        return 0;
    }
    let share = i128::from(value.min(max)) * 1000 / i128::from(max);
    i64::try_from(share).unwrap_or(1000)
}

fn bar(permille: i64) -> Markup {
    html! {
        svg class="bar" width="100%" height="12" aria-hidden="true" focusable="false" {
            rect class="bar-ground" width="100%" height="100%" rx="4" {}
            @if permille > 0 {
                @let width = format!("{}.{}%", permille / 10, permille % 10);
                rect class="bar-fill" width=(width) height="100%" rx="4" {}
            }
        }
    }
}

/// How much of `max` is reached, with words and per cent above the bar. A `max` of zero or less counts as
/// nothing reached.
pub fn meter(value: i64, max: i64, tone: Tone, label: &str) -> Markup {
    let share = permille(value, max);
    html! {
        div class={ "meter " (tone.class()) } role="meter" aria-label=(label) aria-valuemin="0"
            aria-valuemax="100" aria-valuenow=(share / 10) aria-valuetext={ (share / 10) "%" } {
            span class="meter-head" {
                span { (label) }
                strong class="number" { (share / 10) "%" }
            }
            (bar(share))
        }
    }
}

/// Horizontal bars, as words, value, value as shown, and tone. All values share the scale of the largest;
/// values below zero show no bar.
pub fn bars(rows: &[(String, i64, String, Tone)]) -> Markup {
    let max = rows.iter().map(|(_, value, _, _)| *value).max().unwrap_or(0);
    html! {
        dl class="bars" {
            @for (label, value, shown, tone) in rows {
                div class="bars-row" {
                    dt { (label) }
                    dd class={ "bars-shape " (tone.class()) } { (bar(permille(*value, max))) }
                    dd class={ "bars-shown " (tone.class()) } {
                        @if matches!(tone, Tone::Warn | Tone::Bad) { (icon(Icon::Alert)) " " }
                        (shown)
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_is_only_full() {
        assert_eq!(permille(999_999, 1_000_000), 999);
        assert_eq!(permille(1_000_000, 1_000_000), 1000);
        assert_eq!(permille(5, 0), 0);
        assert_eq!(permille(-5, 10), 0);
    }

    #[test]
    fn meter_says_its_value_without_colour() {
        let text = meter(3, 4, Tone::Warn, "装车").into_string();
        assert!(text.contains("aria-valuenow=\"75\""));
        assert!(text.contains(">75%<"));
        assert!(text.contains("width=\"75.0%\""));
    }

    proptest! {
        #[test]
        fn share_is_in_range_and_grows(value: i64, more in 0i64..1_000_000, max: i64) {
            let share = permille(value, max);
            prop_assert!((0..=1000).contains(&share));
            prop_assert!(permille(value.saturating_add(more), max) >= share);
        }
    }
}
