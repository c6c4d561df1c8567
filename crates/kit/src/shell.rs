//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

use crate::assets::asset_path;
use crate::form::hidden_pair;
use crate::{Icon, Lang, Tone, icon, notice};

/// What htmx may do: no eval, no styles of its own, no copies of pages in the browser's storage, and answers
/// with errors of the person (422) are shown.
const HTMX_CONFIG: &str = concat!(
    r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"#,
    r#""historyCacheSize":0,"refreshOnHistoryMiss":true,"selfRequestsOnly":true,"#,
    r#""responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},"#,
    r#"{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}"#,
);

/// Places in the bar at the bottom of a phone.
const BAR_PLACES: usize = 5;

/// One entry of the menu.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Its icon.
    pub icon: Icon,
    /// Whether the page belongs to it.
    pub active: bool,
    /// How many things wait there. Nothing is shown for zero.
    pub count: Option<i64>,
}

/// Entries of the menu that belong together.
#[derive(Clone, Debug)]
pub struct NavGroup {
    /// Its heading; may be empty.
    pub title: String,
    /// Its entries.
    pub items: Vec<NavItem>,
}

/// What the frame needs to know of the request.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Language of the page.
    pub lang: Lang,
    /// Whether the page is in elder mode (长辈模式): larger text, fewer columns.
    pub elder: bool,
    /// Title of the page.
    pub title: String,
    /// Name of the county or other place that runs the system.
    pub site: String,
    /// Name and role, in words, of the person who is signed in.
    pub user: Option<(String, String)>,
    /// The menu. The first entries are also the bar at the bottom of a phone.
    pub nav: Vec<NavGroup>,
    /// A message about what was done just now.
    pub flash: Option<(Tone, String)>,
    /// Path and query of this page, to come back to after changing language or text size.
    pub path: String,
    /// Secret of the session against forged requests; every form carries it as `token`.
    pub token: String,
    /// A line on top of every page, for example that the data are synthetic.
    pub banner: Option<String>,
    /// A fresh id made for this page; every form carries it as `command`, so that a repeated POST acts once.
    pub command: String,
}

/// A page for staff, with menu and scripts.
pub fn page(shell: &Shell, body: Markup) -> Markup {
    let menu = shell.nav.iter().any(|group| !group.items.is_empty());
    let frame = html! {
        div class={ "frame" (if menu { "" } else { " no-menu" }) } {
            @if menu { (sidebar(shell)) }
            main id="main" class="content" tabindex="-1" { (flash(shell)) (body) }
        }
        @if menu { (bottom_bar(shell)) }
    };
    document(shell, "staff", "app.css", "app.js", frame)
}

/// A light page for residents, for signing in and for errors: no menu, at most 30 KB on the first visit, and
/// nothing that needs a script.
pub fn light_page(shell: &Shell, body: Markup) -> Markup {
    let frame = html! {
        main id="main" class="content" tabindex="-1" { (flash(shell)) (body) }
        footer class="foot" {
            (shell.site) " · " (shell.lang.t("生活物资保障", "living supplies"))
        }
    };
    document(shell, "light", "light.css", "light.js", frame)
}

fn document(shell: &Shell, kind: &str, style: &str, script: &str, frame: Markup) -> Markup {
    let staff = kind == "staff";
    html! {
        (DOCTYPE)
        html lang=(shell.lang.code()) class=[shell.elder.then_some("elder")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="theme-color" content="#07474b";
                meta name="format-detection" content="telephone=no";
                title { (shell.title) " · " (shell.site) }
                @if let Some(path) = asset_path("icon.svg") {
                    link rel="icon" type="image/svg+xml" href=(path); }
                @if let Some(path) = asset_path(style) { link rel="stylesheet" href=(path); }
                @if staff { meta name="htmx-config" content=(HTMX_CONFIG); }
                @if let Some(path) = asset_path(script) { script src=(path) defer {} }
            }
            body class=(kind) {
                a class="skip" href="#main" { (shell.lang.t("跳到正文", "Skip to content")) }
                @if let Some(text) = &shell.banner { div class="banner" { (icon(Icon::Info)) span { (text) }
                    } }
                (topbar(shell))
                (frame)
            }
        }
    }
}

fn topbar(shell: &Shell) -> Markup {
    let lang = shell.lang;
    let back = percent_encoded(&shell.path);
    let other_code = lang.t("en", "zh");
    let elder_words = if shell.elder {
        lang.t("标准版", "Normal text")
    } else {
        lang.t("长辈版", "Large text")
    };
    html! {
        header class="topbar" {
            a class="brand" href="/" {
                (icon(Icon::Shield))
                span class="brand-site" {
                    (shell.site)
                    span class="brand-work" { (lang.t("保供 · 生活物资保障", "Baogong · living supplies")) }
                }
            }
            div class="tools" {
                a class="tool" href={ "/words?elder=" (u8::from(!shell.elder)) "&back=" (back)
                    } rel="nofollow" {
                    (elder_words)
                }
                a class="tool" href={ "/words?lang=" (other_code) "&back=" (back) } rel="nofollow"
                    lang=(lang.t("en", "zh-CN")) { (lang.t("English", "中文")) }
                @if let Some((name, role)) = &shell.user {
                    details class="account" {
                        summary class="tool" {
                            (icon(Icon::Person))
                            span class="tool-text" { (name) }
                            span class="hidden-text" { (lang.t("，我的账号", ", my account")) }
                        }
                        div class="account-panel" {
                            p { strong { (name) } br; span class="soft" { (role) } }
                            form method="post" action="/sign-out" {
                                (hidden_pair(shell))
                                button class="button" { (icon(Icon::Exit)) (lang.t("退出登录", "Sign out")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sidebar(shell: &Shell) -> Markup {
    html! {
        nav id="menu" class="sidebar" aria-label=(shell.lang.t("主菜单", "Main menu")) {
            div class="sidebar-inner" {
                a class="sidebar-close" href="#main" {
                    (shell.lang.t("菜单", "Menu"))
                    span { (icon(Icon::Close)) span class="hidden-text" { (shell.lang.t("收起", "close")) } }
                }
                @for group in &shell.nav {
                    @if !group.title.is_empty() { p class="nav-title" { (group.title) } }
                    ul class="nav-list" {
                        @for item in &group.items {
                            li {
                                a class="nav-item" href=(item.href)
                                    aria-current=[item.active.then_some("page")] {
                                    (icon(item.icon))
                                    span class="nav-label" { (item.label) }
                                    (waiting(item.count))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn bottom_bar(shell: &Shell) -> Markup {
    let items: Vec<&NavItem> = shell.nav.iter().flat_map(|group| &group.items).collect();
    let all_fit = items.len() <= BAR_PLACES;
    let shown = if all_fit { items.len() } else { BAR_PLACES - 1 };
    html! {
        nav class="bottombar" aria-label=(shell.lang.t("常用", "Shortcuts")) {
            @for item in &items[..shown] {
                a href=(item.href) aria-current=[item.active.then_some("page")] {
                    (icon(item.icon))
                    span class="bottombar-label" { (item.label) }
                    (waiting(item.count))
                }
            }
            @if !all_fit {
                a href="#menu" {
                    (icon(Icon::Menu))
                    span class="bottombar-label" { (shell.lang.t("菜单", "Menu")) }
                }
            }
        }
    }
}

fn waiting(count: Option<i64>) -> Markup {
    html! {
        @if let Some(count) = count.filter(|count| *count > 0) {
            span class="count" { @if count > 999 { "999+" } @else { (count) } }
        }
    }
}

fn flash(shell: &Shell) -> Markup {
    html! {
        @if let Some((tone, text)) = &shell.flash {
            div role="status" { (notice(*tone, text, html! {})) }
        }
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, for a value in a query.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
