//! Finds where a row of a spreadsheet belongs: the names that offices write (社区, 小区, 保供单位) become codes.

use std::collections::HashMap;

use documents::sheet::CellError;
use store::Tx;

use super::dwelling::household_code;
use super::entry;
use super::names::{named, nearest, plain, plain_above, whole};
use super::{Body, Coding, Register, text};
use crate::base::Result;

/// The names known in a district, from the store and from the rows read so far.
#[derive(Debug, Default)]
pub struct Places {
    district: String,
    /// (name, code) of every community, to find and to suggest.
    communities: HashMap<String, Vec<String>>,
    /// (name, code) of streets and of the district, by whole names and stems.
    above: HashMap<String, Vec<String>>,
    /// Compound name to (community code, compound code).
    compounds: HashMap<String, Vec<(String, String)>>,
    suppliers: HashMap<String, String>,
    /// Where each supplier lies, by its name.
    supplier_areas: HashMap<String, String>,
    /// Per register: identity to code.
    known: HashMap<(&'static str, String), String>,
    next_number: HashMap<String, u32>,
}

/// A row that cannot be placed: the column at fault and the messages.
pub struct Unplaced {
    /// The key of the column.
    pub column: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Unplaced {
    fn new(column: &'static str, zh: String, en: String) -> Self {
        Self { column, zh, en }
    }

    /// As an error at a cell of row `row`.
    pub fn at(self, sheet: &str, row: u32, letter: &str, heading: &str, value: &str) -> CellError {
        CellError {
            sheet: sheet.to_string(),
            row,
            column: letter.to_string(),
            heading: heading.to_string(),
            value: value.to_string(),
            zh: self.zh,
            en: self.en,
        }
    }
}

fn identity(register: &Register, body: &Body) -> String {
    let words: Vec<String> = register
        .identity
        .iter()
        .map(|key| match body.get(*key) {
            Some(serde_json::Value::String(text)) => text.trim().to_string(),
            Some(other) => other.to_string(),
            None => String::new(),
        })
        .collect();
    words.join("|")
}

impl Places {
    /// Loads what is known in `district`, for placing rows of `registers`.
    pub fn load(tx: &mut Tx, district: &str, registers: &[&'static Register]) -> Result<Self> {
        let mut places = Self {
            district: district.to_string(),
            ..Self::default()
        };
        for key in ["areas", "compounds", "suppliers"] {
            let Some(register) = super::register(key) else {
                continue;
            };
            for entry in entry::all(tx, key, district)? {
                places.learn(register, &entry.code, &entry.area, &entry.body);
            }
        }
        for register in registers {
            let numbered = matches!(register.coding, Coding::Numbered(_));
            if !numbered || ["areas", "compounds", "suppliers"].contains(&register.key()) {
                continue;
            }
            for entry in entry::all(tx, register.key(), district)? {
                places.learn(register, &entry.code, &entry.area, &entry.body);
            }
        }
        Ok(places)
    }

    /// Takes note of an entry, stored or about to be.
    pub fn learn(&mut self, register: &'static Register, code: &str, area: &str, body: &Body) {
        let name = text(body, register.name);
        match register.key() {
            "areas" => {
                // By its whole name and, for lists that leave 社区 or 村 out, by its stem.
                let (known, stem) = match text(body, "level") {
                    "community" => (&mut self.communities, plain(name)),
                    _ => (&mut self.above, plain_above(name)),
                };
                for name in [name, stem] {
                    let codes = known.entry(name.to_string()).or_default();
                    if !codes.iter().any(|known| known == code) {
                        codes.push(code.to_string());
                    }
                }
            }
            "compounds" => {
                let places = self.compounds.entry(name.to_string()).or_default();
                if !places.iter().any(|(_, known)| known == code) {
                    places.push((area.to_string(), code.to_string()));
                }
                self.known
                    .insert(("compounds", format!("{area}|{name}")), code.to_string());
                self.count_up(area, code);
            }
            key => {
                if key == "suppliers" {
                    self.suppliers.insert(name.to_string(), code.to_string());
                    self.supplier_areas.insert(name.to_string(), area.to_string());
                }
                // Other codes follow from the columns, so that nothing need be remembered of a million households.
                if let Coding::Numbered(letter) = register.coding {
                    self.known
                        .insert((register.key(), identity(register, body)), code.to_string());
                    self.count_up(letter, code);
                }
            }
        }
    }

    fn count_up(&mut self, prefix: &str, code: &str) {
        let digits = code.strip_prefix(prefix).unwrap_or("").trim_start_matches('-');
        if let Ok(number) = digits.parse::<u32>() {
            let next = self.next_number.entry(prefix.to_string()).or_insert(1);
            *next = (*next).max(number + 1);
        }
    }

    fn take_number(&mut self, prefix: &str) -> u32 {
        let next = self.next_number.entry(prefix.to_string()).or_insert(1);
        let number = *next;
        *next += 1;
        number
    }

    /// The code and the area of a row, and its columns with names settled (a supplier's name becomes its code).
    pub fn place(
        &mut self,
        register: &'static Register,
        body: &mut Body,
    ) -> std::result::Result<(String, String), Unplaced> {
        match register.coding {
            Coding::Column("code") => {
                let code = text(body, "code").to_string();
                let length_fits =
                    matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|byte| byte.is_ascii_digit());
                if !length_fits || !code.starts_with(&self.district) {
                    let district = &self.district;
                    return Err(Unplaced::new(
                        "code",
                        format!("区划代码应为以 {district} 开头的6、9或12位数字。"),
                        format!("A division code has 6, 9 or 12 digits and begins with {district}."),
                    ));
                }
                Ok((code.clone(), code))
            }
            Coding::Column(column) => {
                self.areas("pass_areas", text(body, "pass_areas"))?;
                Ok((text(body, column).to_string(), self.loose_area(body)?))
            }
            Coding::Compound => {
                let community = self.community(body)?.ok_or_else(|| {
                    Unplaced::new(
                        "community",
                        "请填写社区（村）名称。".into(),
                        "Enter the community or village.".into(),
                    )
                })?;
                let name = text(body, "compound").to_string();
                let key = ("compounds", format!("{community}|{name}"));
                let code = match self.known.get(&key) {
                    Some(code) => code.clone(),
                    None => format!("{community}-{}", self.take_number(&community)),
                };
                Ok((code, community))
            }
            Coding::Household => {
                let compound = self.compound(body)?.ok_or_else(|| {
                    Unplaced::new(
                        "compound",
                        "请填写小区名称。".into(),
                        "Enter the compound.".into(),
                    )
                })?;
                let part = |key: &str| text(body, key);
                let code = household_code(&compound, part("building"), part("unit"), part("room"));
                Ok((code, compound))
            }
            Coding::Good => {
                let written = text(body, "supplier").to_string();
                let supplier = self.supplier(&written)?;
                body.insert("supplier".into(), supplier.clone().into());
                Ok((
                    format!("{supplier}/{}", text(body, "code")),
                    self.district.clone(),
                ))
            }
            Coding::Daily(column) => {
                if text(body, "date").is_empty() {
                    return Err(Unplaced::new(
                        "date",
                        "请填写日期，如 2026-11-21；也可以写在表头上方（填报日期：2026年11月21日）。".into(),
                        "Enter the date, such as 2026-11-21, in this row or above the headings.".into(),
                    ));
                }
                let area = self.supplier_areas.get(text(body, column));
                let area = area.unwrap_or(&self.district).clone();
                Ok((identity(register, body), area))
            }
            Coding::Numbered(letter) => {
                let area = self.loose_area(body)?;
                let known = self
                    .known
                    .get(&(register.key(), identity(register, body)))
                    .cloned();
                let code = known.unwrap_or_else(|| format!("{letter}{:03}", self.take_number(letter)));
                Ok((code, area))
            }
        }
    }

    /// The compound or community that a row names, if it names one, else the district.
    fn loose_area(&self, body: &Body) -> std::result::Result<String, Unplaced> {
        if let Some(compound) = self.compound(body)? {
            return Ok(compound);
        }
        Ok(self.community(body)?.unwrap_or_else(|| self.district.clone()))
    }

    /// The codes of areas that a cell names, separated by `、`: streets, communities, compounds, 全县, or their codes.
    pub fn areas(&self, column: &'static str, written: &str) -> std::result::Result<Vec<String>, Unplaced> {
        let mut found = Vec::new();
        for name in named(written) {
            let all = whole(name) || name == self.district;
            let mut codes: Vec<&String> = if all { vec![&self.district] } else { Vec::new() };
            for known in [&self.above, &self.communities] {
                codes.extend(known.get(name).into_iter().flatten());
            }
            if codes.is_empty() {
                codes.extend(self.communities.get(plain(name)).into_iter().flatten());
            }
            let compounds = self.compounds.get(name).into_iter().flatten();
            codes.extend(compounds.map(|(_, code)| code));
            codes.sort_unstable();
            codes.dedup();
            if codes.is_empty() {
                let all = [&self.above, &self.communities]
                    .into_iter()
                    .flat_map(HashMap::values);
                let compounds = self.compounds.values().flatten().map(|(_, code)| code);
                codes.extend(all.flatten().chain(compounds).find(|code| *code == name));
            }
            match codes.as_slice() {
                [code] => found.push((*code).clone()),
                [] => {
                    let near = nearest(name, self.above.keys().chain(self.communities.keys()))
                        .or_else(|| nearest(name, self.compounds.keys()));
                    let (zh, en) = near.map_or_else(Default::default, |near| {
                        (format!("，是否为“{near}”"), format!("; did you mean {near}"))
                    });
                    return Err(Unplaced::new(
                        column,
                        format!("没有叫“{name}”的街道、社区或小区{zh}？请改正，或先导入行政区划。"),
                        format!(
                            "There is no street, community or compound {name}{en}? Correct it, or import the areas first."
                        ),
                    ));
                }
                several => {
                    return Err(Unplaced::new(
                        column,
                        format!("本县有{}处“{name}”，请改写区划代码。", several.len()),
                        format!(
                            "There are {} places called {name}; write the code instead.",
                            several.len()
                        ),
                    ));
                }
            }
        }
        Ok(found)
    }

    fn community(&self, body: &Body) -> std::result::Result<Option<String>, Unplaced> {
        let written = text(body, "community");
        if written.is_empty() {
            return Ok(None);
        }
        let found = self
            .communities
            .get(written)
            .or_else(|| self.communities.get(plain(written)));
        match found.map(Vec::as_slice) {
            Some([code]) => Ok(Some(code.clone())),
            Some(codes) => Err(Unplaced::new(
                "community",
                format!(
                    "本县有{}个“{written}”，请写明乡镇，或填12位区划代码。",
                    codes.len()
                ),
                format!(
                    "There are {} communities called {written}; enter the 12-digit code.",
                    codes.len()
                ),
            )),
            None if written.len() == 12 && written.starts_with(&self.district) => {
                Ok(Some(written.to_string()))
            }
            None => {
                let near = nearest(written, self.communities.keys());
                Err(Unplaced::new(
                    "community",
                    match &near {
                        Some(near) => {
                            format!("没有登记“{written}”，是否为“{near}”？请先导入行政区划，或改正名称。")
                        }
                        None => format!("没有登记“{written}”。请先导入行政区划，或改正名称。"),
                    },
                    match &near {
                        Some(near) => format!(
                            "{written} is not registered; did you mean {near}? Import the areas first, or correct the name."
                        ),
                        None => format!(
                            "{written} is not registered. Import the areas first, or correct the name."
                        ),
                    },
                ))
            }
        }
    }

    fn compound(&self, body: &Body) -> std::result::Result<Option<String>, Unplaced> {
        let written = text(body, "compound");
        if written.is_empty() {
            return Ok(None);
        }
        let found = self.compounds.get(written).map_or(&[][..], Vec::as_slice);
        let community = self.community(body)?;
        let fitting: Vec<&(String, String)> = found
            .iter()
            .filter(|(within, _)| community.as_ref().is_none_or(|community| community == within))
            .collect();
        match fitting.as_slice() {
            [(_, code)] => Ok(Some(code.clone())),
            [] => {
                let near = nearest(written, self.compounds.keys());
                Err(Unplaced::new(
                    "compound",
                    match &near {
                        Some(near) => format!(
                            "小区“{written}”没有登记，是否为“{near}”？请先导入附表1（小区基本情况）。"
                        ),
                        None => format!("小区“{written}”没有登记，请先导入附表1（小区基本情况）。"),
                    },
                    match &near {
                        Some(near) => format!(
                            "Compound {written} is not registered; did you mean {near}? Import form 1 (compounds) first."
                        ),
                        None => {
                            format!("Compound {written} is not registered; import form 1 (compounds) first.")
                        }
                    },
                ))
            }
            several => Err(Unplaced::new(
                "compound",
                format!("有{}个小区叫“{written}”，请在“社区”一列写明社区。", several.len()),
                format!(
                    "{} compounds are called {written}; fill in the community column.",
                    several.len()
                ),
            )),
        }
    }

    fn supplier(&self, written: &str) -> std::result::Result<String, Unplaced> {
        if let Some(code) = self.suppliers.get(written) {
            return Ok(code.clone());
        }
        if self.suppliers.values().any(|code| code == written) {
            return Ok(written.to_string());
        }
        let near = nearest(written, self.suppliers.keys()).unwrap_or_default();
        Err(Unplaced::new(
            "supplier",
            format!(
                "保供单位“{written}”没有登记{}，请先导入附表2。",
                if near.is_empty() {
                    String::new()
                } else {
                    format!("，是否为“{near}”？")
                }
            ),
            format!(
                "Supplier {written} is not registered{}; import form 2 first.",
                if near.is_empty() {
                    String::new()
                } else {
                    format!(" (did you mean {near}?)")
                }
            ),
        ))
    }
}

/// Columns that only help to place a row are kept as written; a number that stands for nothing is left out.
pub fn tidy(body: &mut Body) {
    body.retain(|_, value| match value {
        serde_json::Value::Null => false,
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Array(items) => !items.is_empty(),
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str, name: &str, level: &str) -> Body {
        [("code", code), ("name", name), ("level", level)]
            .into_iter()
            .map(|(key, text)| (key.to_string(), text.into()))
            .collect()
    }

    #[test]
    fn areas_of_a_pass_are_found_by_name_stem_or_code() {
        let mut places = Places {
            district: "431023".into(),
            ..Places::default()
        };
        let areas = super::super::register("areas").unwrap();
        for (code, name, level) in [
            ("431023", "永兴县", "county"),
            ("431023001", "便江街道", "street"),
            ("431023001002", "文昌社区", "community"),
            ("431023002003", "文昌社区", "community"),
        ] {
            places.learn(areas, code, code, &area(code, name, level));
        }
        let compounds = super::super::register("compounds").unwrap();
        let body: Body = [("compound".to_string(), "橙香苑".into())].into_iter().collect();
        places.learn(compounds, "431023001002-1", "431023001002", &body);
        let found = |written: &str| places.areas("pass_areas", written).map_err(|wrong| wrong.zh);
        assert_eq!(found("便江、橙香苑").unwrap(), ["431023001", "431023001002-1"]);
        assert_eq!(found("全县").unwrap(), ["431023"]);
        assert_eq!(found("永兴县；431023002003").unwrap(), ["431023", "431023002003"]);
        assert!(found("文昌社区").unwrap_err().contains("有2处"));
        assert!(found("便河街道").unwrap_err().contains("是否为“便江街道”"));
    }
}
