//! Every component with plausible content, for looking at and for visual tests. All names are invented.

mod board;
mod map;
mod parts;
mod resident;

use maud::{Markup, html};

use crate::{Icon, Lang, NavGroup, NavItem, Shell, Tone, heading, light_page, page};

/// A staff page that shows every component: a headquarters board, tables, forms with errors, and an order.
pub fn gallery(lang: Lang, elder: bool) -> Markup {
    let shell = Shell {
        user: Some((
            lang.t("周敏", "Zhou Min").to_owned(),
            lang.t(
                "县指挥部 · 生活物资保障组",
                "County headquarters · living supplies group",
            )
            .to_owned(),
        )),
        nav: menu(lang),
        flash: Some((
            Tone::Good,
            lang.t(
                "已向 4 个小区派发 1,260 份蔬菜包。",
                "1,260 vegetable packs were sent to 4 compounds.",
            )
            .to_owned(),
        )),
        ..shell(lang, elder, lang.t("今日保供", "Supply today"))
    };
    let body = html! {
        (board::board(lang))
        (heading(lang.t("组件", "Components"), lang.t("页面由下面这些部件拼成。", "Pages are made of these parts."),
            html! {}))
        (parts::tables(lang))
        (parts::forms(&shell))
        (parts::states(&shell))
        (parts::words_and_signs(lang))
        (map::trips(lang))
        (resident::order(&shell))
    };
    page(&shell, body)
}

/// A resident's order as a light page.
pub fn gallery_resident(lang: Lang, elder: bool) -> Markup {
    let shell = shell(lang, elder, lang.t("本轮订购", "Order of this round"));
    light_page(&shell, resident::order(&shell))
}

fn shell(lang: Lang, elder: bool, title: &str) -> Shell {
    Shell {
        lang,
        elder,
        title: title.to_owned(),
        site: lang.t("云溪县", "Yunxi County").to_owned(),
        path: "/gallery?view=all".to_owned(),
        token: "sample-token".to_owned(),
        command: "0190a1b2-0000-7000-8000-000000000001".to_owned(),
        banner: Some(
            lang.t("演示数据，非真实人员", "Demonstration data, no real people")
                .to_owned(),
        ),
        ..Shell::default()
    }
}

fn menu(lang: Lang) -> Vec<NavGroup> {
    let item = |icon: Icon, zh: &str, en: &str, active: bool, count: Option<i64>| NavItem {
        href: format!("#{}", en.to_lowercase().replace(' ', "-")),
        label: lang.t(zh, en).to_owned(),
        icon,
        active,
        count,
    };
    vec![
        NavGroup {
            title: String::new(),
            items: vec![
                item(Icon::Home, "今日保供", "Today", true, None),
                item(Icon::People, "两张清单", "Two lists", false, Some(7)),
                item(Icon::Basket, "轮次订单", "Rounds", false, None),
                item(Icon::Truck, "配送", "Delivery", false, Some(23)),
            ],
        },
        NavGroup {
            title: lang.t("资源", "Resources").to_owned(),
            items: vec![
                item(Icon::Store, "保供单位", "Suppliers", false, None),
                item(Icon::Chart, "市场日报", "Market reports", false, Some(1204)),
                item(Icon::Box, "储备投放", "Reserve release", false, None),
            ],
        },
        NavGroup {
            title: lang.t("指挥", "Command").to_owned(),
            items: vec![
                item(Icon::Flag, "预案与指令", "Plans and directives", false, None),
                item(Icon::Shield, "通行证", "Passes", false, Some(5)),
                item(Icon::Document, "情况报告", "Situation report", false, None),
                item(Icon::Gear, "设置", "Settings", false, None),
            ],
        },
    ]
}
