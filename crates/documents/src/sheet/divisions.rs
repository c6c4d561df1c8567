//! Areas by name: communities of a file become codes.

use super::Rejected;
use crate::forms::{Cell, Form};
use crate::values::{Problem, compact};
use std::collections::HashMap;

/// Names and codes of the divisions of a county: streets and communities.
#[derive(Debug, Clone, Default)]
pub struct Divisions {
    /// Community name, whole and without its last word, to positions in `communities`.
    by_name: HashMap<String, Vec<usize>>,
    communities: Vec<(String, String)>,
    /// Name of a street by its code of nine digits.
    streets: HashMap<String, String>,
}

/// Words at the end of names that some lists leave out.
const ENDINGS: &[&str] = &[
    "社区居民委员会",
    "居民委员会",
    "村民委员会",
    "社区居委会",
    "居委会",
    "村委会",
    "社区",
    "村",
];

/// A name as compared: half width, without its last word.
fn stem(name: &str) -> String {
    let name = compact(name);
    for ending in ENDINGS {
        if let Some(stem) = name.strip_suffix(ending)
            && stem.chars().count() >= 2
        {
            return stem.to_string();
        }
    }
    name
}

impl Divisions {
    /// Reads a CSV file with the columns code, name and level (`street`, `community`).
    ///
    /// # Errors
    ///
    /// [`Rejected`] when the file is no CSV or has none of these columns.
    pub fn parse(bytes: &[u8]) -> Result<Divisions, Rejected> {
        let text = super::decode::decode(bytes)?;
        let unreadable = |detail: String| Rejected::Unreadable { detail };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let headings = reader
            .headers()
            .map_err(|error| unreadable(error.to_string()))?
            .clone();
        let place = |names: &[&str]| {
            headings
                .iter()
                .position(|heading| names.contains(&heading.trim().to_lowercase().as_str()))
        };
        let code_at = place(&["code", "区划代码", "代码", "编码"]);
        let name_at = place(&["name", "名称", "区划名称"]);
        let (Some(code_at), Some(name_at)) = (code_at, name_at) else {
            return Err(Rejected::NoForm {
                found: headings.iter().take(6).collect::<Vec<_>>().join(" | "),
            });
        };
        let mut divisions = Divisions::default();
        for record in reader.records() {
            let record = record.map_err(|error| unreadable(error.to_string()))?;
            let code = record.get(code_at).unwrap_or_default().trim();
            let name = record.get(name_at).unwrap_or_default().trim();
            match code.len() {
                9 => drop(divisions.streets.insert(code.to_string(), name.to_string())),
                12 => divisions.add(code, name),
                _ => {}
            }
        }
        Ok(divisions)
    }

    fn add(&mut self, code: &str, name: &str) {
        let index = self.communities.len();
        self.communities.push((code.to_string(), name.to_string()));
        let whole = compact(name);
        let stem = stem(name);
        if stem != whole {
            self.by_name.entry(stem).or_default().push(index);
        }
        self.by_name.entry(whole).or_default().push(index);
    }

    /// The code of a community by its name as written; `context` is any text that may name the street.
    ///
    /// # Errors
    ///
    /// Says what the name may mean when it is unknown or belongs to several communities.
    pub fn code(&self, written: &str, context: &str) -> Result<String, Problem> {
        let name = compact(written);
        if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
            let known = self.communities.iter().any(|(code, _)| *code == name);
            return if known {
                Ok(name)
            } else {
                Err(self.unknown(written))
            };
        }
        // 双河口街道学堂湾社区 names its street itself.
        let (street, own) = self.split_street(&name);
        let found = self.by_name.get(own).or_else(|| self.by_name.get(&stem(own)));
        let Some(found) = found else {
            return Err(self.unknown(written));
        };
        let mut found: Vec<&(String, String)> = found.iter().map(|index| &self.communities[*index]).collect();
        if let Some(street) = street {
            found.retain(|(code, _)| code.starts_with(street));
        }
        if found.len() > 1 {
            let context = compact(context);
            let named: Vec<_> = found
                .iter()
                .copied()
                .filter(|(code, _)| {
                    self.street(code)
                        .is_some_and(|street| context.contains(street_stem(street)))
                })
                .collect();
            if !named.is_empty() {
                found = named;
            }
        }
        match found[..] {
            [] => Err(self.unknown(written)),
            [(code, _)] => Ok(code.clone()),
            _ => Err(self.ambiguous(written, &found)),
        }
    }

    fn street(&self, code: &str) -> Option<&str> {
        self.streets.get(code.get(..9)?).map(String::as_str)
    }

    /// The code of a street that begins a name, and the rest of the name.
    fn split_street<'a>(&self, name: &'a str) -> (Option<&str>, &'a str) {
        for (code, street) in &self.streets {
            if let Some(rest) = name.strip_prefix(compact(street).as_str())
                && rest.chars().count() >= 2
            {
                return (Some(code), rest);
            }
        }
        (None, name)
    }

    fn named(&self, (code, name): &(String, String)) -> String {
        match self.street(code) {
            Some(street) => format!("{street}{name}（{code}）"),
            None => format!("{name}（{code}）"),
        }
    }

    fn ambiguous(&self, written: &str, found: &[&(String, String)]) -> Problem {
        let names: Vec<String> = found.iter().take(5).map(|one| self.named(one)).collect();
        Problem::new(
            format!(
                "“{written}”有 {} 处：{}；请在前面写明街道、乡镇",
                found.len(),
                names.join("、")
            ),
            format!(
                "“{written}” may be any of {}: {}; write the street or township before it",
                found.len(),
                names.join(", ")
            ),
        )
    }

    fn unknown(&self, written: &str) -> Problem {
        let wanted = stem(written);
        let length = wanted.chars().count();
        let mut near: Vec<(usize, &(String, String))> = self
            .communities
            .iter()
            .map(|one| (strsim::damerau_levenshtein(&wanted, &stem(&one.1)), one))
            .filter(|(edits, _)| *edits <= 1.max(length / 3) && *edits < length)
            .collect();
        near.sort();
        let names: Vec<String> = near.iter().take(3).map(|(_, one)| self.named(one)).collect();
        if names.is_empty() {
            return Problem::new(
                format!("区划里没有“{written}”；请写社区或村的全名"),
                format!(
                    "“{written}” is not among the divisions; write the whole name of the community or village"
                ),
            );
        }
        Problem::new(
            format!("区划里没有“{written}”，是不是“{}”？", names.join("”或“")),
            format!(
                "“{written}” is not among the divisions; did you mean “{}”?",
                names.join("” or “")
            ),
        )
    }

    /// The code of the community that a row names; empty when it names none.
    pub(super) fn place(
        &self,
        form: &Form,
        cells: &[Cell],
        title: &str,
    ) -> Result<String, (&'static str, Problem)> {
        let text = |key: &str| form.position(key).and_then(|position| cells[position].text());
        let Some(community) = text("community") else {
            return Ok(String::new());
        };
        let context = match text("street") {
            Some(street) => street.to_string(),
            None => title.to_string(),
        };
        self.code(community, &context)
            .map_err(|problem| ("community", problem))
    }
}

/// The name of a street without its kind, as 双河口 of 双河口街道.
fn street_stem(street: &str) -> &str {
    ["街道办事处", "街道", "镇", "乡"]
        .iter()
        .find_map(|ending| street.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= 2)
        .unwrap_or(street)
}
