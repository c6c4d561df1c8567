//! The board of a headquarters: who runs out first, what is short, what waits.

use maud::{Markup, html};

use crate::{
    Column, Icon, Lang, TableRow, Tile, Tone, badge, bars, columns, crumbs, heading, link_button,
    link_button_with, live, meter, print_button, section, section_with, table, tiles,
};

/// The headquarters board.
pub(super) fn board(lang: Lang) -> Markup {
    html! {
        (crumbs(&[
            ("#".to_owned(), lang.t("云溪县", "Yunxi County").to_owned()),
            (String::new(), lang.t("今日保供", "Supply today").to_owned()),
        ]))
        (heading(
            lang.t("今日保供", "Supply today"),
            lang.t("4 个小区封控第 3 天，共 2,318 户 6,407 人。数据截至 10:26。",
                "Day 3 of lockdown in 4 compounds: 2,318 households, 6,407 people. As of 10:26."),
            html! {
                (print_button(lang))
                (link_button_with(Icon::Document, "#report", lang.t("生成日报", "Daily report"), Tone::Accent))
            },
        ))
        (live("figures", 30, tiles(&figures(lang))))
        (section_with(
            lang.t("最先断供的小区", "Who runs out first"),
            link_button("#all", lang.t("查看全部", "Show all"), Tone::Quiet),
            table(
                lang.t("各小区可供天数", "Days of supply by compound"),
                &[
                    Column::text(lang.t("小区", "Compound")),
                    Column::number(lang.t("户数", "Households")),
                    Column::number(lang.t("可供天数", "Days left")),
                    Column::text(lang.t("状态", "State")),
                    Column::text(lang.t("下一批", "Next delivery")),
                ],
                compounds(lang),
                html! {},
            ),
        ))
        (columns(&[
            section(lang.t("保供单位今日产能", "Suppliers' capacity today"), bars(&suppliers(lang))),
            section(lang.t("本轮进度", "Progress of this round"), html! {
                div class="stack" {
                    (meter(2_104, 2_318, Tone::Good, lang.t("已下单户数", "Households that ordered")))
                    (meter(1_716, 2_318, Tone::Accent, lang.t("已付款", "Paid")))
                    (meter(938, 2_318, Tone::Warn, lang.t("已装车", "Loaded")))
                    (meter(104, 2_318, Tone::Bad, lang.t("已送到户", "At the door")))
                }
            }),
        ]))
    }
}

fn figures(lang: Lang) -> Vec<Tile> {
    let tile = |zh: &str, en: &str, value: &str, (unit_zh, unit_en): (&str, &str), tone: Tone| Tile {
        label: lang.t(zh, en).to_owned(),
        value: value.to_owned(),
        unit: lang.t(unit_zh, unit_en).to_owned(),
        tone,
        ..Tile::default()
    };
    vec![
        Tile {
            href: Some("#uncovered".to_owned()),
            note: lang
                .t("比昨日 18:00 多 12 户", "12 more than yesterday at 18:00")
                .to_owned(),
            ..tile(
                "24 小时内将断供",
                "Run out within 24 h",
                "37",
                ("户", "households"),
                Tone::Bad,
            )
        },
        Tile {
            href: Some("#special".to_owned()),
            note: lang.t("其中胰岛素 3 人", "3 of them need insulin").to_owned(),
            ..tile(
                "特殊群体待走访",
                "Special needs to visit",
                "14",
                ("人", "people"),
                Tone::Warn,
            )
        },
        Tile {
            note: lang
                .t("蔬菜 4.2 天，粮油 11 天", "vegetables 4.2, grain and oil 11")
                .to_owned(),
            ..tile(
                "全县可供天数",
                "Days of supply",
                "4.2",
                ("天", "days"),
                Tone::Good,
            )
        },
        Tile {
            href: Some("#trucks".to_owned()),
            note: lang.t("2 辆在卡口等候", "2 wait at a checkpoint").to_owned(),
            ..tile("在途车辆", "Vehicles on the way", "9", ("辆", ""), Tone::Plain)
        },
    ]
}

fn compounds(lang: Lang) -> Vec<TableRow> {
    let row = |zh: &str, en: &str, households: &str, days: &str, state: Markup, next: (&str, &str)| {
        TableRow::new(vec![
            html! { (lang.t(zh, en)) },
            html! { (households) },
            html! { (days) },
            state,
            html! { (lang.t(next.0, next.1)) },
        ])
        .href(format!("#{en}"))
    };
    vec![
        row(
            "锦绣花园",
            "Jinxiu Garden",
            "612",
            "0.8",
            badge(Tone::Bad, lang.t("今日断供", "Runs out today")),
            ("今日 16:00", "today 16:00"),
        )
        .tone(Tone::Bad),
        row(
            "滨江新村",
            "Binjiang Estate",
            "845",
            "1.6",
            badge(Tone::Warn, lang.t("偏紧", "Tight")),
            ("明日 08:30", "tomorrow 08:30"),
        )
        .tone(Tone::Warn),
        row(
            "教师公寓",
            "Teachers' House",
            "236",
            "3.1",
            badge(Tone::Good, lang.t("正常", "Covered")),
            ("后日 09:00", "in two days"),
        ),
        row(
            "幸福里",
            "Xingfu Lane",
            "625",
            "3.4",
            badge(Tone::Good, lang.t("正常", "Covered")),
            ("未排", "not planned"),
        ),
    ]
}

fn suppliers(lang: Lang) -> Vec<(String, i64, String, Tone)> {
    let bar = |zh: &str, en: &str, packs: i64, tone: Tone| {
        (
            lang.t(zh, en).to_owned(),
            packs,
            format!("{packs} {}", lang.t("份", "packs")),
            tone,
        )
    };
    vec![
        bar("惠民超市", "Huimin", 820, Tone::Plain),
        bar("城东农贸", "East Market", 460, Tone::Plain),
        bar("供销社", "Co-operative", 310, Tone::Plain),
        bar("乐家便利", "Lejia", 45, Tone::Warn),
    ]
}
