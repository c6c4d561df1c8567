//! Who may do what, where, and which fields they see: one table for pages and API alike.

use serde::{Deserialize, Serialize};

use super::error::{Refusal, RefusalKind};
use super::id::UserId;
use crate::wording;

wording! {
    /// What somebody is to the system.
    Role {
        Administrator = "administrator", "系统管理员", "Administrator";
        Headquarters = "headquarters", "指挥部", "Headquarters";
        Office = "office", "街道、社区", "Street or community office";
        Liaison = "liaison", "采购联络人", "Liaison";
        Supplier = "supplier", "保供单位", "Supplier";
        Driver = "driver", "驾驶员", "Driver";
        Volunteer = "volunteer", "志愿者", "Volunteer";
        Supervisor = "supervisor", "监督检查", "Supervisor";
        Resident = "resident", "居民", "Resident";
        System = "system", "系统", "System";
    }
}

wording! {
    /// What can be done; each page and each API call asks for exactly one.
    Action {
        ViewBoard = "view_board", "查看指挥看板", "See the board";
        ViewRegister = "view_register", "查看登记台账", "See registers";
        EditRegister = "edit_register", "修改登记台账", "Correct registers";
        ImportRegister = "import_register", "导入登记台账", "Import registers";
        ViewPlan = "view_plan", "查看预案与规则", "See plans and rules";
        IssueDirective = "issue_directive", "下达指令", "Issue directives";
        ViewLists = "view_lists", "查看两张清单", "See the two lists";
        EditNeeds = "edit_needs", "登记需求与走访", "Record needs and visits";
        ViewCoverage = "view_coverage", "查看余粮", "See coverage";
        Propose = "propose", "生成与决定方案", "Compute and decide proposals";
        Compose = "compose", "搭配套餐", "Compose packs";
        ViewRounds = "view_rounds", "查看轮次", "See rounds";
        OpenRound = "open_round", "开团", "Open rounds";
        TakeOrders = "take_orders", "登记订单", "Take orders";
        Collect = "collect", "收款", "Collect payments";
        Settle = "settle", "结算", "Settle with suppliers";
        Pack = "pack", "装袋装箱", "Pack";
        Dispatch = "dispatch", "安排车次", "Plan trips";
        Deliver = "deliver", "送达与交付", "Deliver and hand over";
        IssuePass = "issue_pass", "签发通行证", "Issue passes";
        ViewReport = "view_report", "查看报告", "See reports";
        Unmask = "unmask", "查看完整个人信息", "See full personal data";
        ManageUsers = "manage_users", "管理用户", "Manage users";
        ViewAudit = "view_audit", "查看审计日志", "See the audit log";
    }
}

use Role::{Administrator, Driver, Headquarters, Liaison, Office, Supervisor, Supplier, Volunteer};

/// The table. A role that is not named here for an action may not do it anywhere.
pub const ACCESS: &[(Action, &[Role])] = &[
    (
        Action::ViewBoard,
        &[Administrator, Headquarters, Office, Supervisor],
    ),
    (
        Action::ViewRegister,
        &[Administrator, Headquarters, Office, Supervisor],
    ),
    (Action::EditRegister, &[Administrator, Headquarters, Office]),
    (Action::ImportRegister, &[Administrator, Headquarters, Office]),
    (
        Action::ViewPlan,
        &[Administrator, Headquarters, Office, Liaison, Supplier, Supervisor],
    ),
    (Action::IssueDirective, &[Headquarters]),
    (Action::ViewLists, &[Headquarters, Office, Liaison]),
    (Action::EditNeeds, &[Headquarters, Office, Liaison]),
    (Action::ViewCoverage, &[Headquarters, Office, Liaison, Supervisor]),
    (Action::Propose, &[Headquarters]),
    (Action::Compose, &[Headquarters, Supplier]),
    (
        Action::ViewRounds,
        &[Headquarters, Office, Liaison, Supplier, Supervisor],
    ),
    (Action::OpenRound, &[Headquarters, Office, Liaison]),
    (Action::TakeOrders, &[Headquarters, Office, Liaison]),
    (Action::Collect, &[Headquarters, Office, Liaison]),
    (Action::Settle, &[Headquarters, Office, Liaison]),
    (Action::Pack, &[Headquarters, Supplier]),
    (Action::Dispatch, &[Headquarters, Office, Supplier]),
    (
        Action::Deliver,
        &[Headquarters, Office, Liaison, Driver, Volunteer, Supplier],
    ),
    (Action::IssuePass, &[Headquarters, Office]),
    (
        Action::ViewReport,
        &[Administrator, Headquarters, Office, Supervisor],
    ),
    (Action::Unmask, &[Headquarters, Office, Liaison]),
    (Action::ManageUsers, &[Administrator]),
    (Action::ViewAudit, &[Administrator, Supervisor]),
];

/// A kind of personal datum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Names of residents and contacts.
    Name,
    /// Phones of residents and contacts.
    Phone,
    /// Identity numbers.
    Identity,
    /// Special needs, diet and medicine: sensitive by law.
    Health,
}

/// How a role sees a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Not at all.
    Hidden,
    /// Masked; the whole only by a logged click with a reason, where the role may unmask.
    Masked,
    /// As it is.
    Whole,
}

/// The field part of the table: roles not named see nothing of the field.
pub const FIELDS: &[(Field, &[(Role, View)])] = &[
    (
        Field::Name,
        &[
            (Administrator, View::Masked),
            (Headquarters, View::Masked),
            (Office, View::Masked),
            (Liaison, View::Masked),
            (Volunteer, View::Masked),
            (Supervisor, View::Masked),
            (Supplier, View::Hidden),
        ],
    ),
    (
        Field::Phone,
        &[
            (Administrator, View::Masked),
            (Headquarters, View::Masked),
            (Office, View::Masked),
            (Liaison, View::Masked),
            (Volunteer, View::Masked),
            (Supplier, View::Masked),
            (Supervisor, View::Masked),
        ],
    ),
    (
        Field::Identity,
        &[
            (Administrator, View::Masked),
            (Headquarters, View::Masked),
            (Office, View::Masked),
        ],
    ),
    (
        Field::Health,
        &[
            (Headquarters, View::Whole),
            (Office, View::Whole),
            (Liaison, View::Whole),
        ],
    ),
];

/// Somebody who acts: a user, a resident with a link, or the system itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user, if it is one.
    pub user: Option<UserId>,
    /// The name as the audit log shows it.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The area (code prefix) within which the actor may act.
    pub area: String,
    /// The supplier that a supplier's user works for.
    pub supplier: Option<String>,
}

impl Actor {
    /// The program itself, for deadlines that pass and for commands at the console.
    pub fn system() -> Self {
        Self {
            user: None,
            name: "系统".into(),
            role: Role::System,
            area: String::new(),
            supplier: None,
        }
    }

    /// A resident who came by a compound's link; may act for `household` only.
    pub fn resident(household: &str) -> Self {
        Self {
            user: None,
            name: format!("居民 {household}"),
            role: Role::Resident,
            area: household.to_string(),
            supplier: None,
        }
    }

    /// Whether the role may do this at all, wherever.
    pub fn may(&self, action: Action) -> bool {
        match self.role {
            Role::System => true,
            Role::Resident => action == Action::TakeOrders,
            role => ACCESS
                .iter()
                .any(|(listed, roles)| *listed == action && roles.contains(&role)),
        }
    }

    /// Whether `area` lies within the actor's own.
    pub fn covers(&self, area: &str) -> bool {
        within(area, &self.area)
    }

    /// Refuses unless the role may do this and the area lies within the actor's.
    pub fn check(&self, action: Action, area: &str) -> Result<(), Refusal> {
        if !self.may(action) {
            return Err(Refusal::new(
                RefusalKind::NotAllowed,
                "not_allowed",
                format!(
                    "您的身份是“{}”，不能{}。",
                    self.role.word(super::words::Lang::Zh),
                    action.word(super::words::Lang::Zh)
                ),
                format!(
                    "As {} you may not: {}.",
                    self.role.word(super::words::Lang::En),
                    action.word(super::words::Lang::En).to_lowercase()
                ),
            ));
        }
        if !self.covers(area) {
            return Err(Refusal::new(
                RefusalKind::NotAllowed,
                "outside_area",
                "这个地方不在您负责的区域内。",
                "This place lies outside the area you are responsible for.",
            ));
        }
        Ok(())
    }

    /// How the actor sees a field.
    pub fn view(&self, field: Field) -> View {
        if self.role == Role::System {
            return View::Whole;
        }
        FIELDS
            .iter()
            .filter(|(listed, _)| *listed == field)
            .flat_map(|(_, views)| views.iter())
            .find(|(role, _)| *role == self.role)
            .map_or(View::Hidden, |(_, view)| *view)
    }

    /// A text as this actor may see it.
    pub fn show(&self, field: Field, text: &str) -> String {
        match (self.view(field), field) {
            (View::Whole, _) => text.to_string(),
            (View::Hidden, _) => String::new(),
            (View::Masked, Field::Phone) => super::words::mask_phone(text),
            (View::Masked, Field::Identity) => super::words::mask_identity(text),
            (View::Masked, Field::Name | Field::Health) => super::words::mask_name(text),
        }
    }
}

/// Whether area or household code `code` lies in the subtree of `area`. Official codes nest by prefix; our own
/// suffixes are separated by `-`, so compound `…-1` does not contain compound `…-10`.
pub fn within(code: &str, area: &str) -> bool {
    match code.strip_prefix(area) {
        None => false,
        Some(rest) => rest.is_empty() || area.len() < 12 || rest.starts_with('-'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_subtrees_but_not_across_suffixes() {
        assert!(within("431023001001-1", "431023"));
        assert!(within("431023001001-1", "431023001001"));
        assert!(within("431023001001-1-3-2-501", "431023001001-1"));
        assert!(!within("431023001001-10", "431023001001-1"));
        assert!(!within("431023", "431023001"));
    }

    #[test]
    fn every_action_has_one_row_and_every_staff_role_some_action() {
        for action in Action::ALL {
            assert_eq!(
                ACCESS.iter().filter(|(listed, _)| listed == action).count(),
                1,
                "{action:?}"
            );
        }
        for role in Role::ALL {
            let listed = ACCESS.iter().any(|(_, roles)| roles.contains(role));
            assert_eq!(listed, !matches!(role, Role::Resident | Role::System), "{role:?}");
        }
    }

    #[test]
    fn a_supplier_never_sees_names_or_health() {
        let actor = Actor {
            role: Role::Supplier,
            ..Actor::system()
        };
        assert_eq!(actor.show(Field::Name, "张三"), "");
        assert_eq!(actor.show(Field::Health, "透析"), "");
        assert_eq!(actor.show(Field::Phone, "13812345678"), "138****5678");
    }
}
