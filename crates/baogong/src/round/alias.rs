//! What neighbours of a compound call each other and the goods: learned when a question of a chain message is settled,
//! and taken into account the next time.

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result};
use crate::wording;

stmt!(
    ALIASES,
    "SELECT kind, written, meaning, actor, at_s FROM chain_alias WHERE district = $1 AND compound = $2
     ORDER BY kind, written"
);
stmt!(
    LEARN,
    "INSERT INTO chain_alias (district, compound, kind, written, meaning, actor, at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (district, compound, kind, written)
     DO UPDATE SET meaning = excluded.meaning, actor = excluded.actor, at_s = excluded.at_s"
);
stmt!(
    FORGET,
    "DELETE FROM chain_alias WHERE district = $1 AND compound = $2 AND kind = $3 AND written = $4"
);

wording! {
    /// What an alias stands for.
    AliasKind {
        Dwelling = "dwelling", "住户", "Household";
        Good = "good", "商品", "Good";
    }
}

/// A word of a compound and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Alias {
    /// What it stands for.
    pub kind: AliasKind,
    /// The word as neighbours write it.
    pub written: String,
    /// The household's code, or the good's name, which stays the same from one round to the next.
    pub meaning: String,
    /// Who settled it.
    #[serde(default)]
    pub actor: String,
    /// When.
    #[serde(default)]
    pub at_s: i64,
}

/// An alias of a compound, to be forgotten.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AliasRef {
    /// The compound.
    pub compound: String,
    /// What the alias stands for.
    pub kind: AliasKind,
    /// The word.
    pub written: String,
}

/// The aliases of a compound.
pub fn of_compound(tx: &mut Tx, compound: &str) -> Result<Vec<Alias>> {
    let rows = tx.rows(&ALIASES, &params![district(compound), compound])?;
    rows.iter()
        .map(|row| {
            Ok(Alias {
                kind: AliasKind::stored(row.text(0)?)?,
                written: row.get(1)?,
                meaning: row.get(2)?,
                actor: row.get(3)?,
                at_s: row.get(4)?,
            })
        })
        .collect()
}

/// Keeps an alias; what the word stood for before is replaced and given back.
pub(super) fn learn(tx: &mut Tx, ctx: &Ctx, compound: &str, alias: &Alias) -> Result<Option<Alias>> {
    let before = of_compound(tx, compound)?
        .into_iter()
        .find(|one| one.kind == alias.kind && one.written == alias.written);
    tx.run(
        &LEARN,
        &params![
            district(compound),
            compound,
            alias.kind,
            alias.written.as_str(),
            alias.meaning.as_str(),
            ctx.actor.name.as_str(),
            ctx.now_s
        ],
    )?;
    Ok(before)
}

/// Forgets an alias of a compound.
pub fn forget(tx: &mut Tx, _: &Ctx, at: &AliasRef) -> Result<()> {
    let gone = tx.run(
        &FORGET,
        &params![
            district(&at.compound),
            at.compound.as_str(),
            at.kind,
            at.written.as_str()
        ],
    )?;
    if gone == 0 {
        return Err(Refusal::not_found("别名", "alias").into());
    }
    Ok(())
}
