//! What stands on a pass (SH-9): the holder, where and how long it holds, who issued it, the code that a gate scans.

use kit::Lang;
use print::PassForm;
use store::Tx;

use super::{Pass, PassKind};
use crate::base::address;
use crate::base::words::day;
use crate::base::{Refusal, Result};
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry::Entry;
use crate::report::documents::post_word;

/// The paper of a kind.
pub fn form(kind: PassKind) -> PassForm {
    match kind {
        PassKind::Vehicle => PassForm::Vehicle,
        PassKind::Staff | PassKind::Volunteer => PassForm::Card,
        PassKind::Outlet => PassForm::Permit,
    }
}

/// The days on which a pass holds, in words.
pub fn days(pass: &Pass, lang: Lang) -> String {
    let (first, last) = (day(pass.from_s, lang), day(pass.until_s - 1, lang));
    if first == last {
        return first;
    }
    format!("{first}{}{last}", lang.t("至", " – "))
}

/// How a pass is to be used.
fn terms(kind: PassKind, lang: Lang) -> &'static str {
    match kind {
        PassKind::Vehicle => lang.t(
            "一车一证，放在前挡风玻璃处；只用于运送生活物资，按路线行驶，卡口扫码核验，凭证快速通行。不得涂改、转借，过期作废。",
            "One vehicle, one pass, behind the windscreen. For carrying supplies along the route only; gates scan the code and let it through. Void if altered, lent or out of date.",
        ),
        PassKind::Staff | PassKind::Volunteer => "",
        PassKind::Outlet => lang.t(
            "准予在封控管控期间营业或接单配送，保障周边居民基本生活物资供应。请张贴在门口，落实消毒、限流、戴口罩等要求，明码标价，不得哄抬物价。",
            "May stay open or deliver during the closure so that the neighbourhood has its daily needs. Hang it at the door; disinfect, limit who is inside, wear masks, mark prices and do not overcharge.",
        ),
    }
}

/// What a gate needs to know of a holder, as pairs of name and value. `shown` gives a person's name as it may be seen.
pub fn facts(
    kind: PassKind,
    holder: &Entry,
    area: &str,
    lang: Lang,
    shown: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let of = |key| register::text(&holder.body, key);
    let choice = |choices: &[documents::forms::Entry], key: &str| {
        let found = choices.iter().find(|choice| choice.key == key);
        found.map_or_else(String::new, |choice| {
            choice.title.get(lang == Lang::Zh).to_string()
        })
    };
    let area = (lang.t("通行区域", "Area"), area.to_string());
    let pairs = match kind {
        PassKind::Vehicle => vec![
            (lang.t("所属单位", "Firm"), of("employer").to_string()),
            (lang.t("驾驶员", "Driver"), shown(of("driver_name"))),
            (lang.t("车型", "Vehicle"), of("model").to_string()),
            area,
            (lang.t("路线", "Route"), of("route").to_string()),
        ],
        PassKind::Staff => vec![
            (lang.t("单位", "Employer"), of("employer").to_string()),
            (lang.t("岗位", "Post"), post_word(of("post"), lang).to_string()),
            area,
        ],
        PassKind::Volunteer => vec![
            (lang.t("服务小区", "Compound"), of("compound").to_string()),
            (lang.t("任务", "Task"), of("task").to_string()),
            (lang.t("班次", "Shift"), of("shift").to_string()),
            area,
        ],
        PassKind::Outlet => vec![
            (lang.t("地址", "Address"), of("address").to_string()),
            (
                lang.t("类型", "Kind"),
                choice(documents::forms::SUPPLIER_KINDS, of("kind")),
            ),
            (lang.t("保供单位", "Supplier"), of("supplier").to_string()),
            (lang.t("负责人", "In charge"), shown(of("contact_name"))),
            (lang.t("服务区域", "Serves"), area.1),
        ],
    };
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

/// The passes as they are printed. Names stand in full, because the paper is handed to those whom it names.
///
/// # Errors
/// Refuses a pass whose holder is no longer registered.
pub fn papers(tx: &mut Tx, lang: Lang, origin: &str, passes: &[Pass]) -> Result<Vec<print::Pass>> {
    let mut papers = Vec::with_capacity(passes.len());
    for pass in passes {
        let holder = super::holder(tx, pass)?.ok_or_else(|| {
            Refusal::conflict(
                "holder_gone",
                format!("{}的持证人已从登记中删除，不能打印。", pass.number()),
                format!(
                    "The holder of {} is off the register; it is not printed.",
                    pass.number()
                ),
            )
        })?;
        let area = area_name(tx, &pass.area)?;
        let county = area_name(tx, &pass.district)?;
        papers.push(print::Pass {
            title: pass.kind.word(lang).to_string(),
            number: pass.number(),
            name: holder.name.clone(),
            fields: facts(pass.kind, &holder, &area, lang, &str::to_string),
            valid: days(pass, lang),
            terms: terms(pass.kind, lang).to_string(),
            issuer: match lang {
                Lang::Zh => format!("{county}生活物资保障指挥部"),
                Lang::En => format!("{county} supply headquarters"),
            },
            issued: day(pass.issued_s, lang),
            qr: address::of_code(origin, &pass.district, &pass.serial()),
        });
    }
    Ok(papers)
}
