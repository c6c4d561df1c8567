//! The components one by one.

use maud::{Markup, html};

use crate::{
    Column, Field, Icon, Lang, Shell, Step, StepState, TableRow, Tone, actions, advance, badge, button,
    button_named, confirm_form, copy_text, definitions, details, empty, fields, form, icon, link_button,
    notice, pager, row_form, search_bar, section, section_with, slow, steps, table, tabs, upload_form,
};

/// Tabs, search, tables and pages.
pub(super) fn tables(lang: Lang) -> Markup {
    let tab = |zh: &str, en: &str, active: bool, count: Option<i64>| {
        ("#".to_owned(), lang.t(zh, en).to_owned(), active, count)
    };
    html! {
        (tabs(&[
            tab("待付款", "To pay", true, Some(18)),
            tab("已确认", "Confirmed", false, Some(604)),
            tab("已退款", "Refunded", false, Some(2)),
            tab("全部", "All", false, None),
        ]))
        (section_with(lang.t("待付款订单", "Orders to pay"),
            link_button("#xlsx", lang.t("导出表格", "Export"), Tone::Quiet), html! {
            (search_bar(lang, "#", "", lang.t("楼栋、姓名或手机后四位", "building, name or last 4 digits"), html! {
                (Field::select("building", lang.t("楼栋", "Building"), &[("", lang.t("全部", "All")), ("3", "3")])
                    .id("filter-building").small())
            }))
            (orders(lang))
            (pager(lang, "?view=orders&", 2, 20, 345))
        }))
        (section(lang.t("逐行登记到货数量", "Enter what arrived"), arrivals(lang)))
        (section("", empty(
            Icon::Basket,
            lang.t("本轮还没有订单", "No orders in this round yet"),
            lang.t("把接龙消息贴进来，或请居民打开订购链接。",
                "Paste the chain message, or ask residents to open the order link."),
            link_button("#paste", lang.t("粘贴接龙", "Paste chain message"), Tone::Accent),
        )))
    }
}

fn orders(lang: Lang) -> Markup {
    let row = |room: &str, zh: &str, en: &str, packs: &str, amount: &str, state: Markup| {
        TableRow::new(vec![
            html! { (room) },
            html! { (lang.t(zh, en)) },
            html! { (packs) },
            html! { (amount) },
            state,
            link_button("#remind", lang.t("提醒", "Remind"), Tone::Plain),
        ])
        .href("#order")
    };
    table(
        lang.t("待付款订单", "Orders to pay"),
        &[
            Column::text(lang.t("房号", "Room")),
            Column::text(lang.t("套餐", "Pack")),
            Column::number(lang.t("份数", "Packs")),
            Column::number(lang.t("金额（元）", "Amount (yuan)")),
            Column::text(lang.t("状态", "State")),
            Column::text(""),
        ],
        vec![
            row(
                "3-2-501",
                "蔬菜包 A",
                "Vegetable pack A",
                "2",
                "60.00",
                badge(Tone::Warn, lang.t("剩 25 分钟", "25 min left")),
            ),
            row(
                "3-2-602",
                "蔬菜包 A、粮油包",
                "Vegetable pack A, grain and oil",
                "3",
                "128.50",
                badge(Tone::Quiet, lang.t("待付款", "To pay")),
            ),
            row(
                "5-1-101",
                "蔬菜包 B",
                "Vegetable pack B",
                "1",
                "35.00",
                badge(Tone::Accent, lang.t("代购垫付", "Proxy order")),
            ),
        ],
        html! {},
    )
}

fn arrivals(lang: Lang) -> Markup {
    let shell = Shell {
        lang,
        token: "sample-token".to_owned(),
        ..Shell::default()
    };
    let row = |number: usize, zh: &str, en: &str, expected: &str| {
        let form_id = format!("arrival-{number}");
        let count = Field::number("arrived", lang.t("实到", "Arrived"))
            .id(&format!("arrived-{number}"))
            .bare();
        TableRow::new(vec![
            html! { (lang.t(zh, en)) },
            html! { (expected) },
            html! { (count.attr("form", &form_id).attr("min", "0")) },
            row_form(
                &form_id,
                "#",
                &shell,
                &format!("command-{number}"),
                html! {
                    button class="button" { (lang.t("保存", "Save")) }
                },
            ),
        ])
    };
    advance(table(
        lang.t("到货登记", "Arrivals"),
        &[
            Column::text(lang.t("货品", "Goods")),
            Column::number(lang.t("应到（箱）", "Expected (boxes)")),
            Column::number(lang.t("实到（箱）", "Arrived (boxes)")),
            Column::text(""),
        ],
        vec![
            row(1, "上海青", "Pak choi", "40"),
            row(2, "土豆", "Potatoes", "25"),
            row(3, "鸡蛋", "Eggs", "60"),
        ],
        html! {},
    ))
}

/// Forms with all kinds of fields, some with errors.
pub(super) fn forms(shell: &Shell) -> Markup {
    let lang = shell.lang;
    html! {
        (section(lang.t("登记住户", "Register a household"), html! {
            (notice(Tone::Bad, lang.t("有 2 处需要改正", "2 things need correcting"), html! {
                p { a href="#field-phone" { (lang.t("手机号少一位", "The phone number is one digit short")) } }
                p { a href="#field-people" { (lang.t("人数不能为 0", "The number of people cannot be 0")) } }
            }))
            (form("#", shell, html! {
                (fields(html! {
                    (Field::text("name", lang.t("户主姓名", "Name of the householder")).required()
                        .value(lang.t("张桂兰 <测试>", "Zhang Guilan <test>")))
                    (Field::tel("phone", lang.t("手机号", "Mobile phone")).required().value("1380000123")
                        .error(lang.t("手机号应为 11 位数字", "A mobile number has 11 digits")))
                    (Field::number("people", lang.t("常住人数", "People living there")).small().value("0")
                        .error(lang.t("请填写 1 到 20", "Enter 1 to 20")))
                    (Field::select("building", lang.t("楼栋", "Building"),
                        &[("1", lang.t("1 号楼", "Building 1")), ("2", lang.t("2 号楼", "Building 2"))])
                        .value("2"))
                    (Field::date("closed", lang.t("封控起始日", "Closed since")).small().value("2022-04-12"))
                    (Field::time("slot", lang.t("方便取货时间", "Time for pick-up")).small())
                    (Field::datetime("visit", lang.t("下次走访", "Next visit")))
                    (Field::password("secret", lang.t("口令", "Password"))
                        .hint(lang.t("不少于 12 个字符", "At least 12 characters")))
                }))
                (Field::radio("delivery", lang.t("送货方式", "Delivery"), &[
                    ("point", lang.t("到楼栋取货点自取", "Fetch at the pick-up point"),
                        lang.t("按楼栋错峰，凭房号领取", "By building and slot, with the room number")),
                    ("door", lang.t("志愿者送到门口", "A volunteer brings it to the door"),
                        lang.t("高龄、独居、行动不便的住户", "For those who are old, alone or cannot walk well")),
                ]).value("door"))
                (Field::check("insulin", lang.t("家中有人长期用药", "Somebody takes medicine regularly"))
                    .hint(lang.t("社区会安排代配药", "The community will fetch it")).checked(true))
                (Field::area("note", lang.t("备注", "Note"))
                    .placeholder(lang.t("例如：对花生过敏", "for example: allergic to peanuts"))
                    .attr("data-draft", "household-note").attr("rows", "3"))
                (Field::hidden("return", "/households"))
                (actions(html! {
                    (button(lang.t("保存", "Save"), Tone::Accent))
                    (button_named("next", "1", lang.t("保存并登记下一户", "Save and add another"), Tone::Plain))
                }))
            }))
        }))
        (section(lang.t("导入名册", "Import a roll"), upload_form("#", shell, html! {
            (Field::file("file", lang.t("表格文件", "Spreadsheet"))
                .hint(lang.t(
                    "支持 XLSX 和 CSV，10 MB 以内，可直接拖到这里。",
                    "XLSX or CSV up to 10 MB; it may be dropped here.",
                ))
                .attr("accept", ".xlsx,.csv"))
            (button(lang.t("上传并预览", "Upload and preview"), Tone::Accent))
        })))
    }
}

/// Steps, notices, badges, confirmation and facts.
pub(super) fn states(shell: &Shell) -> Markup {
    let lang = shell.lang;
    let step = |zh: &str, en: &str, state: StepState, href: Option<&str>| Step {
        label: lang.t(zh, en).to_owned(),
        state,
        href: href.map(str::to_owned),
    };
    html! {
        (section(lang.t("第 2 轮 · 锦绣花园", "Round 2, Jinxiu Garden"), html! {
            (steps(&[
                step("开团", "Open", StepState::Done, Some("#open")),
                step("截单付款", "Cut-off and payment", StepState::Done, Some("#paid")),
                step("分拣装车", "Pick and load", StepState::Now, None),
                step("到投放点", "At the drop point", StepState::Ahead, None),
                step("交付到户", "Handed over", StepState::Ahead, None),
            ]))
            (definitions(&[
                (lang.t("保供单位", "Supplier").to_owned(),
                    html! { (lang.t("惠民超市（备用：供销社）", "Huimin (backup: Co-operative)")) }),
                (lang.t("投放点", "Drop point").to_owned(), html! { (lang.t("东门岗亭", "East gate")) }),
                (lang.t("联络人", "Liaison").to_owned(),
                    html! { (lang.t("李芳", "Li Fang")) " · " a href="tel:000" { "138****0123" } }),
                (lang.t("订单", "Orders").to_owned(),
                    html! { span class="number" { "412" } " "
                        (badge(Tone::Good, lang.t("已全部确认", "all confirmed"))) }),
            ]))
            (actions(html! {
                (button(lang.t("确认装车", "Confirm loading"), Tone::Accent))
                (confirm_form("#", shell, lang.t("取消本轮", "Cancel this round"), Tone::Bad,
                    lang.t("412 个订单将全部退款，居民会收到通知。", "All 412 orders will be refunded and residents told.")))
            }))
        }))
        (section(lang.t("提示", "Notices"), html! {
            @for (tone, zh, en) in [
                (Tone::Good, "零报告已收到", "The nil report has arrived"),
                (Tone::Warn, "3 家保供单位尚未上报库存", "3 suppliers have not reported their stock"),
                (Tone::Bad, "鸡蛋预计今晚脱销", "Eggs are expected to run out tonight"),
                (Tone::Accent, "新指令：滨江新村转为管控", "New directive: Binjiang Estate goes to control"),
                (Tone::Plain, "系统将在 23:00 备份", "Backup at 23:00"),
            ] { (notice(tone, lang.t(zh, en), html! {})) }
        }))
        (section(lang.t("群公告", "Announcement for the chat group"), copy_text(lang, "announcement", lang.t(
            "【锦绣花园第 2 轮】\n蔬菜包 A：30 元/份，约 5 斤，每户限 2 份\n今天 15:00 截单，15:30 前付款\n明天上午 9 点起按楼栋到东门领取",
            "[Jinxiu Garden, round 2]\nVegetable pack A: 30 yuan, about 2.5 kg, 2 per household\n\
             Order until 15:00, pay until 15:30\nFetch at the east gate tomorrow from 9:00, building by building",
        ))))
    }
}

/// Buttons, badges and all icons.
pub(super) fn words_and_signs(lang: Lang) -> Markup {
    let names = [
        ("普通", "Plain"),
        ("主要", "Main"),
        ("良好", "Good"),
        ("注意", "Warning"),
        ("危险", "Danger"),
        ("次要", "Quiet"),
    ];
    html! {
        (section(lang.t("按钮与标记", "Buttons and badges"), html! {
            p { @for (tone, (zh, en)) in Tone::ALL.into_iter().zip(names) { (badge(tone, lang.t(zh, en))) " " } }
            (actions(html! {
                @for (tone, (zh, en)) in Tone::ALL.into_iter().zip(names) { (button(lang.t(zh, en), tone)) }
                (slow(button(lang.t("生成方案", "Compute"), Tone::Plain)))
            }))
            (details(lang.t("全部图标", "All icons"), html! { p { @for one in Icon::ALL { (icon(*one)) " " } } }))
        }))
    }
}
