//! Reports: each is one file that makes a [`Document`]; the document is shown as a page, printed as PDF and written
//! as XLSX by the same code. A new report is a file and a line in [`REPORTS`].

pub mod allocation;
pub mod board;
pub mod cards;
pub mod delivery;
pub mod demand;
pub mod documents;
pub mod hxl;
pub mod labels;
pub mod lists;
pub mod market;
pub mod notices;
pub mod packs;
pub mod records;
pub mod render;
pub mod rounds;
pub mod signs;
pub mod situation;
pub mod tables;
pub mod volunteers;

use kit::Lang;
use print::{Document, Format};
use store::Tx;

use crate::base::act::Act;
use crate::base::{Action, Ctx, Refusal, Result};

/// What a report is made of.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The area that it covers.
    pub area: String,
    /// The round, for reports of a round (32 hexadecimal digits), else empty.
    pub round: String,
    /// The trip, for reports of a trip, else empty.
    pub trip: String,
    /// Words that a list was searched for; empty for all of it.
    pub words: String,
    /// The part of a list that is shown, such as a category or a tab; empty for all of it.
    pub only: String,
    /// Scheme and host by which residents reach the server, for codes on paper; empty where nobody knows.
    pub origin: String,
}

/// A report.
pub struct Report {
    /// The key in addresses.
    pub key: &'static str,
    /// The title, Chinese and English.
    pub title: (&'static str, &'static str),
    /// The right that it needs.
    pub action: Action,
    /// Whether it stands in the list of reports; reports of a round or compound are reached from there.
    pub listed: bool,
    /// Whether people stand in it, so that whoever opens or prints it is recorded.
    pub personal: bool,
    /// Makes it.
    pub make: fn(&mut Tx, &Ctx, Lang, &Subject) -> Result<Document>,
}

impl Report {
    /// The report as a document; a list with personal data says at its foot what is to become of it.
    pub fn document(&self, tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
        let mut document = (self.make)(tx, ctx, lang, subject)?;
        if self.personal && document.format == Format::Report {
            let words = lang.t(
                "含个人信息，用后请销毁",
                "Contains personal data: destroy after use",
            );
            document.footer = words.to_string();
        }
        Ok(document)
    }
}

/// Every report.
pub static REPORTS: &[Report] = &[
    Report {
        key: "situation",
        title: ("情况报告", "Situation report"),
        action: Action::ViewReport,
        listed: true,
        personal: false,
        make: situation::make,
    },
    Report {
        key: "coverage",
        title: ("余粮排行", "Coverage ranking"),
        action: Action::ViewReport,
        listed: true,
        personal: false,
        make: lists::coverage,
    },
    Report {
        key: "market",
        title: ("市场监测与预警", "Market monitoring and warnings"),
        action: Action::ViewReport,
        listed: true,
        personal: false,
        make: market::make,
    },
    Report {
        key: "market-lines",
        title: ("市场监测明细", "Market reports in detail"),
        action: Action::ViewReport,
        listed: true,
        personal: false,
        make: market::detail,
    },
    Report {
        key: "demand",
        title: ("需求预测", "Expected demand"),
        action: Action::OpenRound,
        listed: true,
        personal: false,
        make: demand::make,
    },
    Report {
        key: "advances",
        title: ("垫付挂账清单", "Advances on account"),
        action: Action::Collect,
        listed: true,
        personal: true,
        make: lists::advances,
    },
    Report {
        key: "closed",
        title: ("封闭小区一览", "Closed compounds"),
        action: Action::ViewLists,
        listed: false,
        personal: false,
        make: tables::closed,
    },
    Report {
        key: "assignment",
        title: ("保供单位分配表", "Assignment of suppliers"),
        action: Action::Propose,
        listed: false,
        personal: false,
        make: tables::assignment,
    },
    Report {
        key: "allocation",
        title: ("物资分配公示表", "Allocation of goods"),
        action: Action::OpenRound,
        listed: false,
        personal: false,
        make: allocation::make,
    },
    Report {
        key: "packs",
        title: ("套餐搭配方案", "Contents of packs"),
        action: Action::Compose,
        listed: false,
        personal: false,
        make: packs::packs,
    },
    Report {
        key: "directives",
        title: ("指令一览", "Directives"),
        action: Action::ViewPlan,
        listed: false,
        personal: false,
        make: tables::directives,
    },
    Report {
        key: "rounds",
        title: ("轮次一览", "Rounds"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: tables::rounds,
    },
    Report {
        key: "unpaid",
        title: ("未付款清单", "Unpaid orders"),
        action: Action::Collect,
        listed: false,
        personal: true,
        make: tables::unpaid,
    },
    Report {
        key: "boxes",
        title: ("装箱清单", "Boxes"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: tables::boxes,
    },
    Report {
        key: "trips",
        title: ("车次一览", "Trips"),
        action: Action::Deliver,
        listed: false,
        personal: false,
        make: tables::trips,
    },
    Report {
        key: "users",
        title: ("用户一览", "Users"),
        action: Action::ManageUsers,
        listed: false,
        personal: true,
        make: tables::users,
    },
    Report {
        key: "imports",
        title: ("导入记录", "Imports"),
        action: Action::ImportRegister,
        listed: false,
        personal: false,
        make: records::imports,
    },
    Report {
        key: "aliases",
        title: ("小区里的叫法", "Words of a compound"),
        action: Action::TakeOrders,
        listed: false,
        personal: true,
        make: records::aliases,
    },
    Report {
        key: "requests",
        title: ("摇号结果", "The draw"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: records::requests,
    },
    Report {
        key: "people",
        title: ("人员清单", "People list"),
        action: Action::ViewLists,
        listed: false,
        personal: true,
        make: lists::people,
    },
    Report {
        key: "needs",
        title: ("需求清单", "Needs list"),
        action: Action::ViewLists,
        listed: false,
        personal: true,
        make: lists::needs,
    },
    Report {
        key: "pick-list",
        title: ("拣货单", "Pick list"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: rounds::pick_list,
    },
    Report {
        key: "orders",
        title: ("订单明细", "Orders"),
        action: Action::ViewRounds,
        listed: false,
        personal: true,
        make: rounds::orders,
    },
    Report {
        key: "door-list",
        title: ("交付清单", "Hand-over list"),
        action: Action::Deliver,
        listed: false,
        personal: true,
        make: delivery::door_list,
    },
    Report {
        key: "slots",
        title: ("错峰取货时段表", "Pick-up slots"),
        action: Action::Deliver,
        listed: false,
        personal: false,
        make: delivery::slots,
    },
    Report {
        key: "statement",
        title: ("结算单", "Settlement statement"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: rounds::statement,
    },
    Report {
        key: "trip-sheet",
        title: ("车次单", "Trip sheet"),
        action: Action::Deliver,
        listed: false,
        personal: true,
        make: delivery::trip_sheet,
    },
    Report {
        key: "task-list",
        title: ("志愿者任务清单", "Volunteers' task list"),
        action: Action::ViewLists,
        listed: true,
        personal: true,
        make: volunteers::task_list,
    },
    Report {
        key: "responsibility-list",
        title: ("责任清单", "Responsibility list"),
        action: Action::ViewLists,
        listed: true,
        personal: true,
        make: volunteers::responsibility_list,
    },
    Report {
        key: "contact-card",
        title: ("应急联系卡", "Emergency contact card"),
        action: Action::ViewLists,
        listed: true,
        personal: true,
        make: cards::contact_card,
    },
    Report {
        key: "materials-card",
        title: ("物资明白卡", "Materials card"),
        action: Action::ViewRounds,
        listed: false,
        personal: false,
        make: cards::materials_card,
    },
    Report {
        key: "packing-matrix",
        title: ("装袋核对表", "Packing matrix"),
        action: Action::ViewRounds,
        listed: false,
        personal: true,
        make: rounds::packing_matrix,
    },
    Report {
        key: "order-notice",
        title: ("订购通知", "Notice: how to order"),
        action: Action::TakeOrders,
        listed: false,
        personal: false,
        make: notices::order,
    },
    Report {
        key: "pickup-notice",
        title: ("取货通知", "Notice: when to fetch"),
        action: Action::Deliver,
        listed: false,
        personal: false,
        make: notices::pickup,
    },
    Report {
        key: "missed-notice",
        title: ("送货未遇告知单", "Slip: nobody answered"),
        action: Action::Deliver,
        listed: false,
        personal: true,
        make: notices::missed,
    },
];

/// The report with this key.
pub fn report(key: &str) -> Result<&'static Report> {
    REPORTS
        .iter()
        .find(|report| report.key == key)
        .ok_or_else(|| Refusal::not_found("报告", "report").into())
}

static PRINT_LISTS: Act = Act::new("report.print", Action::ViewLists);
static PRINT_ROUNDS: Act = Act::new("report.print", Action::ViewRounds);
static PRINT_DELIVERY: Act = Act::new("report.print", Action::Deliver);
static PRINT_ADVANCES: Act = Act::new("report.print", Action::Collect);
static PRINT_WORDS: Act = Act::new("report.print", Action::TakeOrders);
static PRINT_PASSES: Act = Act::new("report.print", Action::IssuePass);
static PRINT_OTHERS: Act = Act::new("report.print", Action::ViewReport);

/// The record of a printed list, under the right that the list itself needs.
pub fn printing(action: Action) -> &'static Act {
    match action {
        Action::ViewLists => &PRINT_LISTS,
        Action::ViewRounds => &PRINT_ROUNDS,
        Action::Deliver => &PRINT_DELIVERY,
        Action::Collect => &PRINT_ADVANCES,
        Action::TakeOrders => &PRINT_WORDS,
        Action::IssuePass => &PRINT_PASSES,
        _ => &PRINT_OTHERS,
    }
}
