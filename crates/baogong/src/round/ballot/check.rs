//! The checker of a published draw. It reads the file, recomputes everything from the text alone, and shares nothing with
//! the code that drew: no type, no function. It knows no store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

#[derive(Deserialize)]
struct File {
    format: String,
    commitment: String,
    secret: Option<String>,
    digest: Option<String>,
    seed: Option<String>,
    priority: Vec<String>,
    allotments: Vec<Allotment>,
    requests: Vec<Request>,
}

#[derive(Deserialize)]
struct Allotment {
    compound: String,
    pack: String,
    quantity: i64,
}

#[derive(Deserialize)]
struct Request {
    number: String,
    compound: String,
    wants: Vec<Pack>,
    class: String,
    ticket: String,
    result: String,
}

#[derive(Deserialize)]
struct Pack {
    pack: String,
    quantity: i64,
}

/// Something in the published result that does not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What a check of a published draw came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What does not follow; empty when everything does.
    pub findings: Vec<Finding>,
    /// How many requests were drawn from.
    pub requests: usize,
    /// How many of them got their packs.
    pub drawn: usize,
    /// How many were passed over by a rule of their own household (interval, ration). The file cannot prove these; each
    /// household sees the reason on its own page.
    pub by_household_rule: usize,
    /// The commitment, to be compared with the one that was published when the round opened.
    pub commitment: String,
}

impl Report {
    fn found(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(Finding {
            zh: zh.into(),
            en: en.into(),
        });
    }
}

fn hex_of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('?'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('?'));
    }
    text
}

/// Checks a published draw, given as its JSON text.
pub fn check(text: &str) -> Report {
    let mut report = Report::default();
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            report.found(
                format!("这不是抽签结果文件：{error}。请从抽签结果页下载JSON文件。"),
                format!(
                    "This is no file of a draw: {error}. Download the JSON file from the page of the draw."
                ),
            );
            return report;
        }
    };
    report.commitment.clone_from(&file.commitment);
    report.requests = file.requests.len();
    report.drawn = file.requests.iter().filter(|one| one.result == "drawn").count();
    if file.format != "baogong-draw/1" {
        report.found(
            format!("不认识文件格式“{}”，应为baogong-draw/1。", file.format),
            format!("The format is {}; it should be baogong-draw/1.", file.format),
        );
    }
    let (Some(secret), Some(digest), Some(seed)) = (&file.secret, &file.digest, &file.seed) else {
        report.found(
            "还没有抽签，截单以后再核验。",
            "Nothing has been drawn yet; check again after cut-off.",
        );
        return report;
    };
    check_seed(&mut report, &file, secret, digest, seed);
    check_tickets(&mut report, &file, seed);
    check_totals(&mut report, &file);
    check_order(&mut report, &file);
    report
}

fn check_seed(report: &mut Report, file: &File, secret: &str, digest: &str, seed: &str) {
    if hex_of(&[secret]) != file.commitment {
        report.found(
            "公布的密钥与开团时公布的承诺码不符。",
            "The secret does not belong to the commitment.",
        );
    }
    let mut lines = BTreeSet::new();
    for one in &file.requests {
        let wants: BTreeMap<&str, i64> = one
            .wants
            .iter()
            .map(|want| (want.pack.as_str(), want.quantity))
            .collect();
        let wants: Vec<serde_json::Value> = wants
            .iter()
            .map(|(pack, quantity)| serde_json::json!([pack, quantity]))
            .collect();
        lines.insert(format!(
            "{}\n",
            serde_json::json!([one.number, one.compound, wants])
        ));
    }
    let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
    if hex_of(&texts) != digest {
        report.found(
            "登记清单的摘要不符：名单被增、删或改过。",
            "The digest does not belong to the requests: one was added, left out or changed.",
        );
    }
    if hex_of(&[secret, digest]) != seed {
        report.found(
            "种子不是由密钥和登记清单算出来的。",
            "The seed does not follow from secret and requests.",
        );
    }
}

fn check_tickets(report: &mut Report, file: &File, seed: &str) {
    let mut numbers = BTreeSet::new();
    for one in &file.requests {
        if !numbers.insert(&one.number) {
            report.found(
                format!("登记号{}出现了两次。", one.number),
                format!("Request {} is listed twice.", one.number),
            );
        }
        if hex_of(&[seed, &one.number]) != one.ticket {
            report.found(
                format!("登记号{}的签号不是由种子算出来的。", one.number),
                format!(
                    "The ticket of request {} does not follow from the seed.",
                    one.number
                ),
            );
        }
        if !file.priority.contains(&one.class) {
            report.found(
                format!("登记号{}的档次“{}”不在公布的优先顺序里。", one.number, one.class),
                format!(
                    "The class {} of request {} is not among those published.",
                    one.class, one.number
                ),
            );
        }
        if one.wants.is_empty() || one.wants.iter().any(|want| want.quantity <= 0) {
            report.found(
                format!("登记号{}的份数不对。", one.number),
                format!(
                    "Request {} asks for no pack or for a quantity below one.",
                    one.number
                ),
            );
        }
    }
}

/// No compound gives away more than it had.
fn check_totals(report: &mut Report, file: &File) {
    let mut given: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in file.requests.iter().filter(|one| one.result == "drawn") {
        for want in &one.wants {
            *given.entry((&one.compound, &want.pack)).or_default() += want.quantity;
        }
    }
    for ((compound, pack), total) in given {
        let had: i64 = file
            .allotments
            .iter()
            .filter(|one| one.compound == compound && one.pack == pack)
            .map(|one| one.quantity)
            .sum();
        if total > had {
            report.found(
                format!("小区{compound}的{pack}只有{had}份，却分出{total}份。"),
                format!("Compound {compound} had {had} of {pack} and gave {total}."),
            );
        }
    }
}

/// Each request, by class and ticket, gets its packs exactly if enough are left. So nobody is passed over in favour of
/// somebody behind, and nothing is kept back.
fn check_order(report: &mut Report, file: &File) {
    let rank = |class: &str| file.priority.iter().position(|known| known == class);
    let mut queue: Vec<&Request> = file.requests.iter().collect();
    queue.sort_by_key(|one| (rank(&one.class), one.ticket.as_str()));
    let mut left: HashMap<(&str, &str), i64> = HashMap::new();
    for one in &file.allotments {
        *left.entry((&one.compound, &one.pack)).or_default() += one.quantity;
    }
    for one in queue {
        let enough = one.wants.iter().all(|want| {
            left.get(&(one.compound.as_str(), want.pack.as_str()))
                .is_some_and(|left| *left >= want.quantity)
        });
        match (one.result.as_str(), enough) {
            ("drawn", true) => {
                for want in &one.wants {
                    if let Some(left) = left.get_mut(&(one.compound.as_str(), want.pack.as_str())) {
                        *left -= want.quantity;
                    }
                }
            }
            ("none_left", false) => {}
            ("household_rule", _) => report.by_household_rule += 1,
            ("drawn", false) => report.found(
                format!("登记号{}排到时份额已不够，却公布为抽中。", one.number),
                format!(
                    "Request {} was published as drawn although too few packs were left when it came up.",
                    one.number
                ),
            ),
            ("none_left", true) => report.found(
                format!("登记号{}排到时份额还够，却公布为未抽中。", one.number),
                format!(
                    "Request {} was passed over although enough packs were left when it came up.",
                    one.number
                ),
            ),
            (other, _) => report.found(
                format!("登记号{}的结果“{other}”不认识。", one.number),
                format!("Request {} has the unknown result {other}.", one.number),
            ),
        }
    }
}
