//! Reports: each is one file that makes a [`Document`]; the document is shown as a page, printed as PDF and written
//! as XLSX by the same code. A new report is a file and a line in [`REPORTS`].

pub mod board;
pub mod documents;
pub mod hxl;
pub mod lists;
pub mod render;
pub mod rounds;
pub mod situation;
pub mod tables;

use kit::Lang;
use print::Document;
use store::Tx;

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
    /// Makes it.
    pub make: fn(&mut Tx, &Ctx, Lang, &Subject) -> Result<Document>,
}

/// Every report.
pub static REPORTS: &[Report] = &[
    Report {
        key: "situation",
        title: ("情况报告", "Situation report"),
        action: Action::ViewReport,
        listed: true,
        make: situation::make,
    },
    Report {
        key: "coverage",
        title: ("余粮排行", "Coverage ranking"),
        action: Action::ViewReport,
        listed: true,
        make: lists::coverage,
    },
    Report {
        key: "advances",
        title: ("垫付挂账清单", "Advances on account"),
        action: Action::Collect,
        listed: true,
        make: lists::advances,
    },
    Report {
        key: "closed",
        title: ("封闭小区一览", "Closed compounds"),
        action: Action::ViewLists,
        listed: false,
        make: tables::closed,
    },
    Report {
        key: "assignment",
        title: ("保供单位分配表", "Assignment of suppliers"),
        action: Action::Propose,
        listed: false,
        make: tables::assignment,
    },
    Report {
        key: "directives",
        title: ("指令一览", "Directives"),
        action: Action::ViewPlan,
        listed: false,
        make: tables::directives,
    },
    Report {
        key: "rounds",
        title: ("轮次一览", "Rounds"),
        action: Action::ViewRounds,
        listed: false,
        make: tables::rounds,
    },
    Report {
        key: "unpaid",
        title: ("未付款清单", "Unpaid orders"),
        action: Action::Collect,
        listed: false,
        make: tables::unpaid,
    },
    Report {
        key: "boxes",
        title: ("装箱清单", "Boxes"),
        action: Action::ViewRounds,
        listed: false,
        make: tables::boxes,
    },
    Report {
        key: "trips",
        title: ("车次一览", "Trips"),
        action: Action::Deliver,
        listed: false,
        make: tables::trips,
    },
    Report {
        key: "users",
        title: ("用户一览", "Users"),
        action: Action::ManageUsers,
        listed: false,
        make: tables::users,
    },
    Report {
        key: "people",
        title: ("人员清单", "People list"),
        action: Action::ViewLists,
        listed: false,
        make: lists::people,
    },
    Report {
        key: "needs",
        title: ("需求清单", "Needs list"),
        action: Action::ViewLists,
        listed: false,
        make: lists::needs,
    },
    Report {
        key: "pick-list",
        title: ("拣货单", "Pick list"),
        action: Action::ViewRounds,
        listed: false,
        make: rounds::pick_list,
    },
    Report {
        key: "orders",
        title: ("订单明细", "Orders"),
        action: Action::ViewRounds,
        listed: false,
        make: rounds::orders,
    },
    Report {
        key: "door-list",
        title: ("交付清单", "Hand-over list"),
        action: Action::Deliver,
        listed: false,
        make: rounds::door_list,
    },
    Report {
        key: "slots",
        title: ("错峰取货时段表", "Pick-up slots"),
        action: Action::Deliver,
        listed: false,
        make: rounds::slots,
    },
    Report {
        key: "statement",
        title: ("结算单", "Settlement statement"),
        action: Action::ViewRounds,
        listed: false,
        make: rounds::statement,
    },
    Report {
        key: "trip-sheet",
        title: ("车次单", "Trip sheet"),
        action: Action::Deliver,
        listed: false,
        make: rounds::trip_sheet,
    },
];

/// The report with this key.
pub fn report(key: &str) -> Result<&'static Report> {
    REPORTS
        .iter()
        .find(|report| report.key == key)
        .ok_or_else(|| Refusal::not_found("报告", "report").into())
}
