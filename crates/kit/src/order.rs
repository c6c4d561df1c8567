//! What orders and announcements need: quantities with − and +, the running total, and text to copy.

use maud::{Markup, html};

use crate::{Icon, Lang, icon};

/// Fen as yuan with two digits, for example 1250 as `¥12.50`.
fn yuan(amount_fen: i64) -> String {
    let sign = if amount_fen < 0 { "-" } else { "" };
    let fen = amount_fen.unsigned_abs();
    format!("{sign}¥{}.{:02}", fen / 100, fen % 100)
}

/// A quantity from 0 to `max`, with − and +. Without scripts it is a plain number.
pub fn stepper(name: &str, label: &str, value: i64, max: i64, hint: &str) -> Markup {
    stepper_line(name, label, value, max, hint, None)
}

/// A quantity with the price of one piece, which [`order_bar`] counts.
pub fn stepper_priced(name: &str, label: &str, value: i64, max: i64, hint: &str, price_fen: i64) -> Markup {
    stepper_line(name, label, value, max, hint, Some(price_fen))
}

fn stepper_line(name: &str, label: &str, value: i64, max: i64, hint: &str, price_fen: Option<i64>) -> Markup {
    let id = format!("stepper-{name}");
    let hint_id = (!hint.is_empty()).then(|| format!("{id}-hint"));
    html! {
        div class="stepper" data-stepper {
            div {
                label class="stepper-label" for=(id) { (label) }
                @if let Some(hint_id) = &hint_id {
                    span class="choice-hint" id=(hint_id) { (hint) }
                }
                @if let Some(price_fen) = price_fen { span class="stepper-price" { (yuan(price_fen)) } }
            }
            div class="stepper-control" {
                button class="step-button needs-script" type="button" data-step="-1"
                    aria-label={ "− " (label) } {
                    (icon(Icon::Minus))
                }
                input class="input" type="number" inputmode="numeric" id=(id) name=(name)
                    value=(value.clamp(0, max.max(0))) min="0" max=(max.max(0)) step="1"
                    aria-describedby=[hint_id.as_deref()] data-price-fen=[price_fen];
                button class="step-button needs-script" type="button" data-step="1"
                    aria-label={ "+ " (label) } {
                    (icon(Icon::Plus))
                }
            }
        }
    }
}

/// The bar at the bottom of an order: what it comes to, and the button that sends it. Scripts keep the total;
/// without them it says that the total is shown on the next page.
pub fn order_bar(lang: Lang, button: Markup) -> Markup {
    html! {
        div class="order-bar" {
            div class="order-total" {
                span class="soft" data-order-count { (lang.t("合计", "Total")) }
                output data-order-total { (lang.t("下一步显示金额", "shown on the next page")) }
            }
            (button)
        }
    }
}

/// Text to paste elsewhere, such as an announcement for a chat group. Without scripts it is selected and
/// copied by hand.
pub fn copy_text(lang: Lang, id: &str, text: &str) -> Markup {
    let rows = text.lines().count().clamp(1, 16);
    html! {
        div class="copy" {
            textarea class="input" id=(id) rows=(rows) readonly aria-label=(lang.t("可复制的文字",
                "Text to copy")) {
                "\n" (text)
            }
            button class="button needs-script" type="button" data-copy=(id) {
                (icon(Icon::Copy))
                span data-copy-words { (lang.t("复制文字", "Copy text")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        assert_eq!(yuan(1250), "¥12.50");
        assert_eq!(yuan(5), "¥0.05");
        assert_eq!(yuan(-105), "-¥1.05");
        assert_eq!(yuan(i64::MIN), "-¥92233720368547758.08");
    }

    #[test]
    fn stepper_works_as_a_plain_number() {
        let text = stepper_priced("goods-3", "蔬菜包", 9, 2, "每户限 2 份", 3000).into_string();
        assert!(
            text.contains(r#"type="number""#) && text.contains(r#"value="2""#) && text.contains(r#"max="2""#)
        );
        assert!(text.contains(r#"data-price-fen="3000""#) && text.contains("¥30.00"));
        let plain = stepper("goods-4", "大米", 0, -1, "").into_string();
        assert!(plain.contains(r#"max="0""#) && !plain.contains("data-price-fen"));
    }

    #[test]
    fn copied_text_keeps_its_lines() {
        let text = copy_text(Lang::Zh, "notice", "第一行\n第二行 <b>").into_string();
        assert!(text.contains("第一行\n第二行 &lt;b&gt;"));
        assert!(text.contains("data-copy=\"notice\""));
    }
}
