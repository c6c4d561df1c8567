//! Forms and buttons. Every form is a plain POST with the session's token and a command id.

use maud::{Markup, html};

use crate::{Icon, Lang, Shell, Tone, icon};

/// The two hidden inputs of every form.
pub(crate) fn hidden_pair(shell: &Shell) -> Markup {
    html! {
        input type="hidden" name="token" value=(shell.token);
        input type="hidden" name="command" value=(shell.command);
    }
}

/// A form that posts to `action`. Forms must not stand inside each other.
pub fn form(action: &str, shell: &Shell, body: Markup) -> Markup {
    html! { form method="post" action=(action) { (hidden_pair(shell)) (body) } }
}

/// A form whose consequences are shown at once: at each change it is sent to `look` as it is, and the part of the answer
/// with the id `part` takes the place of the same part here. Without scripts a button of the form must lead to `look`.
pub fn live_form(action: &str, look: &str, part: &str, shell: &Shell, body: Markup) -> Markup {
    let part = format!("#{part}");
    html! {
        form method="post" action=(action) hx-post=(look) hx-trigger="change" hx-target=(part) hx-select=(part) hx-swap="outerHTML" {
            (hidden_pair(shell)) (body)
        }
    }
}

/// A form with files, which may also be dropped onto it. It posts `multipart/form-data`.
pub fn upload_form(action: &str, shell: &Shell, body: Markup) -> Markup {
    html! { form method="post" action=(action) enctype="multipart/form-data" { (hidden_pair(shell)) (body) } }
}

/// The form of one row inside [`advance`](crate::advance). It stands in a cell; inputs in other cells of the
/// row join it with `.attr("form", id)`. Each row needs a `command` of its own.
pub fn row_form(id: &str, action: &str, shell: &Shell, command: &str, body: Markup) -> Markup {
    html! {
        form id=(id) method="post" action=(action) data-row {
            input type="hidden" name="token" value=(shell.token);
            input type="hidden" name="command" value=(command);
            (body)
        }
    }
}

/// A button that asks `question` before it posts to `action`, without a script.
pub fn confirm_form(action: &str, shell: &Shell, label: &str, tone: Tone, question: &str) -> Markup {
    let confirm = match shell.lang {
        Lang::Zh => format!("确认{label}"),
        Lang::En => format!("Yes, {}", lower_first(label)),
    };
    html! {
        details class={ "confirm " (tone.class()) } {
            summary class="button outline" { (label) }
            div class="confirm-panel" {
                p { (question) }
                (form(action, shell, button(&confirm, tone)))
            }
        }
    }
}

/// The text with its first letter small, unless the whole first word is in capitals, as in "PDF".
fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && !second.is_ascii_uppercase() => {
            first.to_ascii_lowercase().to_string() + letters.as_str()
        }
        _ => text.to_owned(),
    }
}

/// The button that sends a form.
pub fn button(label: &str, tone: Tone) -> Markup {
    html! { button class={ "button " (tone.class()) } { (label) } }
}

/// A button after which something is computed that takes long. Once it is pressed, the page says so and counts the seconds;
/// without scripts the browser alone shows that it waits.
pub fn slow(button: Markup) -> Markup {
    html! {
        span class="slow" data-slow { (button) span class="slow-words" role="status" {} }
    }
}

/// A button that sends the form around it to another address.
pub fn button_to(action: &str, label: &str, tone: Tone) -> Markup {
    html! { button class={ "button " (tone.class()) } formaction=(action) { (label) } }
}

/// A button that sends a form together with a name and value, where a form has several.
pub fn button_named(name: &str, value: &str, label: &str, tone: Tone) -> Markup {
    html! { button class={ "button " (tone.class()) } name=(name) value=(value) { (label) } }
}

/// A large button for one of several answers, pressed by hand or by the key that stands on it. Without scripts only the
/// button works.
pub fn key_button(name: &str, value: &str, key: &str, label: &str, tone: Tone) -> Markup {
    html! {
        button class={ "button keyed " (tone.class()) } name=(name) value=(value) data-key=(key.to_lowercase()) {
            kbd aria-hidden="true" { (key) } span { (label) }
        }
    }
}

/// As [`key_button`], but leads to another page.
pub fn key_link(href: &str, key: &str, label: &str) -> Markup {
    html! {
        a class="button keyed" href=(href) data-key=(key.to_lowercase()) {
            kbd aria-hidden="true" { (key) } span { (label) }
        }
    }
}

/// A link that looks like a button.
pub fn link_button(href: &str, label: &str, tone: Tone) -> Markup {
    html! { a class={ "button " (tone.class()) } href=(href) { (label) } }
}

/// A link that looks like a button, with an icon before its words.
pub fn link_button_with(symbol: Icon, href: &str, label: &str, tone: Tone) -> Markup {
    html! { a class={ "button " (tone.class()) } href=(href) { (icon(symbol)) (label) } }
}

/// A button that prints the page; it is shown only where scripts run.
pub fn print_button(lang: Lang) -> Markup {
    html! {
        button class="button needs-script" type="button" data-print { (icon(Icon::Print)) (lang.t("打印",
            "Print")) }
    }
}

/// Fields beside each other where there is room.
pub fn fields(body: Markup) -> Markup {
    html! { div class="fields" { (body) } }
}

/// The buttons at the end of a form.
pub fn actions(body: Markup) -> Markup {
    html! { div class="actions" { (body) } }
}

/// A search box that sends `q` to `action` with GET, with more fields in `extra`. The key `/` leads to it.
pub fn search_bar(lang: Lang, action: &str, query: &str, placeholder: &str, extra: Markup) -> Markup {
    html! {
        form class="search" method="get" action=(action) role="search" {
            div class="search-box" {
                (icon(Icon::Search))
                input class="input" type="search" name="q" value=(query) placeholder=(placeholder)
                    aria-label=(placeholder) autocomplete="off" enterkeyhint="search" data-search;
            }
            (extra)
            button class="button" { (lang.t("搜索", "Search")) }
        }
    }
}
