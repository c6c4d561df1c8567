//! Columns that a person matched to the headings of a file, remembered for the next file with the same headings (SH-2).

use documents::sheet::Mapping;
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::decided::{self, Decided};
use crate::base::access::within;
use crate::base::{Ctx, Refusal, Result};
use crate::register::register;

stmt!(
    ALL,
    "SELECT signature, register, mapping, area, actor, at_s FROM import_match WHERE district = $1 ORDER BY area, signature"
);
stmt!(
    KEEP,
    "INSERT INTO import_match (district, area, signature, register, mapping, actor, at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (district, area, signature) DO UPDATE SET register = excluded.register, mapping = excluded.mapping,
     actor = excluded.actor, at_s = excluded.at_s"
);
stmt!(
    FORGET,
    "DELETE FROM import_match WHERE district = $1 AND area = $2 AND signature = $3 AND at_s = $4"
);

/// The columns of the headings with this signature, as somebody matched them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Matched {
    /// The district.
    pub district: String,
    /// The area whose files are read so.
    pub area: String,
    /// The signature of the headings.
    pub signature: String,
    /// The key of the register.
    pub register: String,
    /// Column letters and the keys of the register's columns; an empty key leaves the column out.
    pub columns: Vec<(String, String)>,
}

/// A mapping that is not to be remembered any more.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MappingRef {
    /// The district.
    pub district: String,
    /// The area whose files were read so.
    pub area: String,
    /// The signature of the headings.
    pub signature: String,
    /// When it was matched, so that what somebody has matched anew since is not forgotten with it.
    pub at_s: i64,
}

/// A mapping that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Remembered {
    /// The area whose files are read so.
    pub area: String,
    /// The signature of the headings.
    pub signature: String,
    /// The key of the register.
    pub register: String,
    /// Column letters and the keys of the register's columns.
    pub columns: Vec<(String, String)>,
    /// Who matched it.
    pub actor: String,
    /// When.
    pub at_s: i64,
}

/// Every mapping that is remembered for files from `area`: the one for the smallest area around it goes first.
pub fn around(tx: &mut Tx, in_district: &str, area: &str) -> Result<Vec<Remembered>> {
    let rows = tx.rows(&ALL, &params![in_district])?;
    let mut found = Vec::new();
    for row in &rows {
        let own: String = row.get(3)?;
        if !within(area, &own) {
            continue;
        }
        found.push(Remembered {
            signature: row.get(0)?,
            register: row.get(1)?,
            columns: serde_json::from_str(row.text(2)?)?,
            area: own,
            actor: row.get(4)?,
            at_s: row.get(5)?,
        });
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.area.len()));
    Ok(found)
}

/// The same, as a file is read by them.
pub fn mappings(tx: &mut Tx, in_district: &str, area: &str) -> Result<Vec<Mapping>> {
    // The console acts for the whole district.
    let area = if area.is_empty() { in_district } else { area };
    let found = around(tx, in_district, area)?.into_iter();
    Ok(found
        .map(|one| Mapping {
            signature: one.signature,
            form: one.register,
            columns: one.columns,
        })
        .collect())
}

impl Matched {
    /// As a file is read by it.
    pub fn mapping(&self) -> Mapping {
        Mapping {
            signature: self.signature.clone(),
            form: self.register.clone(),
            columns: self.columns.clone(),
        }
    }

    /// Refuses what no file can be read by. A column of the register stands for one column of the file.
    pub fn check(&self) -> Result<()> {
        let register = register(&self.register).ok_or_else(|| Refusal::not_found("台账", "register"))?;
        if self.signature.is_empty() {
            return Err(Refusal::invalid(
                "signature",
                "这张表没有表头，记不住列名。",
                "This sheet has no heading to remember.",
            )
            .into());
        }
        if self.columns.iter().all(|(_, key)| key.is_empty()) {
            return Err(Refusal::invalid(
                "columns",
                "一列也没有选；请至少说明一列是什么。",
                "No column was chosen; say what at least one of them is.",
            )
            .into());
        }
        for (place, (letter, key)) in self.columns.iter().enumerate() {
            if key.is_empty() {
                continue;
            }
            let column = register
                .form
                .column(key)
                .ok_or_else(|| Refusal::not_found("列", "column"))?;
            if let Some((other, _)) = self.columns[..place].iter().find(|(_, taken)| taken == key) {
                return Err(Refusal::invalid(
                    "columns",
                    format!(
                        "{other}列和{letter}列都选成了“{}”，请只留一列，另一列选“不读取”。",
                        column.title.get(true)
                    ),
                    format!(
                        "Columns {other} and {letter} are both “{}”; choose it for one and leave the other out.",
                        column.title.get(false)
                    ),
                )
                .into());
            }
        }
        Ok(())
    }
}

/// Remembers how the columns of a heading are to be read.
pub fn keep(tx: &mut Tx, ctx: &Ctx, matched: &Matched) -> Result<()> {
    matched.check()?;
    ctx.actor
        .check(crate::base::Action::ImportRegister, &matched.area)?;
    tx.run(
        &KEEP,
        &params![
            matched.district.as_str(),
            matched.area.as_str(),
            matched.signature.as_str(),
            matched.register.as_str(),
            serde_json::to_string(&matched.columns)?,
            ctx.actor.name.as_str(),
            ctx.now_s
        ],
    )?;
    Ok(())
}

/// Reads a waiting file by a mapping, and remembers it.
pub fn keep_for(tx: &mut Tx, ctx: &Ctx, decided: &Decided<Matched>) -> Result<()> {
    decided::keep(tx, ctx, decided)?;
    keep(tx, ctx, &decided.what)
}

/// Forgets a mapping; the headings are recognised by themselves again.
pub fn forget(tx: &mut Tx, ctx: &Ctx, at: &MappingRef) -> Result<()> {
    ctx.actor.check(crate::base::Action::ImportRegister, &at.area)?;
    let gone = tx.run(
        &FORGET,
        &params![
            at.district.as_str(),
            at.area.as_str(),
            at.signature.as_str(),
            at.at_s
        ],
    )?;
    if gone == 0 {
        return Err(Refusal::conflict(
            "mapping_changed",
            "这个列名对应已经有人改过或取消了，请刷新页面再看。",
            "Somebody has matched these columns anew or forgotten them; reload the page.",
        )
        .into());
    }
    Ok(())
}

/// Reads a waiting file without a mapping, and forgets it.
pub fn forget_for(tx: &mut Tx, ctx: &Ctx, decided: &Decided<MappingRef>) -> Result<()> {
    decided::keep(tx, ctx, decided)?;
    forget(tx, ctx, &decided.what)
}
