//! Columns that a person matched to the headings of a file, remembered for the next file with the same headings (SH-2).

use documents::sheet::Mapping;
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use crate::base::{Ctx, Refusal, Result};
use crate::register::register;

stmt!(
    ALL,
    "SELECT signature, register, mapping FROM import_mapping WHERE district = $1 ORDER BY at_s"
);
stmt!(
    KEEP,
    "INSERT INTO import_mapping (district, signature, register, mapping, actor, at_s) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (district, signature) DO UPDATE SET register = excluded.register, mapping = excluded.mapping,
     actor = excluded.actor, at_s = excluded.at_s"
);
stmt!(
    FORGET,
    "DELETE FROM import_mapping WHERE district = $1 AND signature = $2"
);

/// The columns of the headings with this signature, as somebody matched them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Matched {
    /// The district.
    pub district: String,
    /// The signature of the headings.
    pub signature: String,
    /// The key of the register.
    pub register: String,
    /// Column letters and the keys of the register's columns; an empty key leaves the column out.
    pub columns: Vec<(String, String)>,
}

/// A signature of headings whose columns are not to be remembered any more.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SignatureRef {
    /// The district.
    pub district: String,
    /// The signature of the headings.
    pub signature: String,
}

/// Every mapping that is remembered in a district.
pub fn all(tx: &mut Tx, in_district: &str) -> Result<Vec<Mapping>> {
    let rows = tx.rows(&ALL, &params![in_district])?;
    rows.iter()
        .map(|row| {
            Ok(Mapping {
                signature: row.get(0)?,
                form: row.get(1)?,
                columns: serde_json::from_str(row.text(2)?)?,
            })
        })
        .collect()
}

/// Remembers how the columns of a heading are to be read. A column of the register stands for one column of the file.
pub fn keep(tx: &mut Tx, ctx: &Ctx, matched: &Matched) -> Result<()> {
    let register = register(&matched.register).ok_or_else(|| Refusal::not_found("台账", "register"))?;
    if matched.signature.is_empty() {
        return Err(Refusal::invalid(
            "signature",
            "这张表没有表头，记不住列名。",
            "This sheet has no heading to remember.",
        )
        .into());
    }
    for (place, (letter, key)) in matched.columns.iter().enumerate() {
        if key.is_empty() {
            continue;
        }
        let column = register
            .form
            .column(key)
            .ok_or_else(|| Refusal::not_found("列", "column"))?;
        if let Some((other, _)) = matched.columns[..place].iter().find(|(_, taken)| taken == key) {
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
    tx.run(
        &KEEP,
        &params![
            matched.district.as_str(),
            matched.signature.as_str(),
            register.key(),
            serde_json::to_string(&matched.columns)?,
            ctx.actor.name.as_str(),
            ctx.now_s
        ],
    )?;
    Ok(())
}

/// Forgets a mapping; the headings are recognised by themselves again.
pub fn forget(tx: &mut Tx, _: &Ctx, at: &SignatureRef) -> Result<()> {
    tx.run(&FORGET, &params![at.district.as_str(), at.signature.as_str()])?;
    Ok(())
}
