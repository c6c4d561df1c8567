//! A resident's order, as it looks on a phone.

use maud::{Markup, html};

use crate::{
    Field, Shell, Tone, button, details, form, heading, notice, order_bar, section, stepper, stepper_priced,
};

/// The order form of one round.
pub(super) fn order(shell: &Shell) -> Markup {
    let lang = shell.lang;
    html! {
        (heading(
            lang.t("锦绣花园 · 第 2 轮订购", "Jinxiu Garden, round 2"),
            lang.t("由惠民超市供货，明天上午 9 点起在东门领取。",
                "Supplied by Huimin. Fetch it at the east gate tomorrow from 9:00."),
            html! {},
        ))
        (notice(Tone::Warn, lang.t("今天 15:00 截单", "Order until 15:00 today"), html! {
            p { (lang.t("每户三天可订一次，15:30 前未付款的订单自动取消。",
                "One order per household in three days. Unpaid orders lapse at 15:30.")) }
        }))
        (form("#", shell, html! {
            (section(lang.t("选套餐", "Choose packs"), html! {
                (stepper_priced("pack-1", lang.t("蔬菜包 A", "Vegetable pack A"), 1, 2,
                    lang.t("上海青、土豆、胡萝卜、番茄等约 5 斤，限 2 份",
                        "Pak choi, potatoes, carrots, tomatoes; about 2.5 kg; at most 2"),
                    3000))
                (stepper_priced("pack-2", lang.t("粮油包", "Grain and oil"), 0, 1,
                    lang.t("大米 10 斤、食用油 1.8 升，限 1 份", "Rice 5 kg, oil 1.8 l; at most 1"), 6850))
                (stepper_priced("pack-3", lang.t("蛋奶包", "Eggs and milk"), 0, 2,
                    lang.t("鸡蛋 30 枚、纯牛奶 12 盒", "30 eggs, 12 cartons of milk"), 7200))
                (stepper("relief", lang.t("防疫物资（免费）", "Protective goods (free)"), 0, 1,
                    lang.t("口罩 10 只、消毒片 1 瓶", "10 masks, disinfectant")))
            }))
            (section(lang.t("送到哪里", "Where to"), html! {
                (Field::text("room", lang.t("楼栋-单元-房号", "Building-unit-room")).required()
                    .placeholder("3-2-501"))
                (Field::tel("phone", lang.t("手机号", "Mobile phone")).required().id("order-phone")
                    .hint(lang.t("只用于送货联系", "Only for the delivery")))
                (Field::check("help", lang.t("家里有老人或病人，需要送上门",
                    "Somebody old or ill lives here; please bring it to the door")))
            }))
            (order_bar(lang, button(lang.t("去确认", "Continue"), Tone::Accent)))
        }))
        (details(lang.t("不会用手机？", "No smartphone?"), html! {
            p { (lang.t("请拨打社区电话 0000-000000，工作人员帮您代订，货款可由社区先行垫付。",
                "Call the community at 0000-000000. They order for you and can advance the money.")) }
        }))
    }
}
