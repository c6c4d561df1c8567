//! Rounds as stored: by id, by link, of an area, with their compounds and packs.

use super::*;

stmt!(
    GET,
    "SELECT id, code, title, mode, supplier, area, state, opens_s, cutoff_s, pay_by_s, deliver_s, rules, actor, release
     FROM round WHERE district = $1 AND id = $2"
);
stmt!(
    LIST,
    "SELECT DISTINCT r.id, r.code, r.title, r.mode, r.supplier, r.area, r.state, r.opens_s, r.cutoff_s, r.pay_by_s,
            r.deliver_s, r.rules, r.actor, r.release, r.created_s
     FROM round r JOIN round_compound c ON c.district = r.district AND c.round = r.id
     WHERE r.district = $1 AND c.compound >= $2 AND c.compound < $3 AND ($4 = '' OR r.supplier = $4)
     ORDER BY r.created_s DESC LIMIT 200"
);
stmt!(
    STANDING,
    "SELECT DISTINCT r.id, r.state, r.deliver_s FROM round r JOIN round_compound c ON c.district = r.district AND c.round = r.id
     WHERE r.district = $1 AND c.compound >= $2 AND c.compound < $3"
);
stmt!(
    COMPOUNDS,
    "SELECT compound, position, token, drop_point FROM round_compound WHERE district = $1 AND round = $2 ORDER BY position"
);
stmt!(
    COMPOUND,
    "SELECT compound, position, token, drop_point FROM round_compound WHERE district = $1 AND round = $2 AND compound = $3"
);
stmt!(
    BY_TOKEN,
    "SELECT district, round, compound FROM round_compound WHERE district = $1 AND token = $2"
);
stmt!(
    PACKS,
    "SELECT code, name, unit, price_fen, weight_g, limit_per_order, contents, aliases FROM round_pack
     WHERE district = $1 AND round = $2 ORDER BY position"
);

fn read(row: &store::Row) -> Result<Round> {
    Ok(Round {
        id: RoundId(row.get::<Uuid>(0)?),
        code: row.get(1)?,
        title: row.get(2)?,
        mode: Mode::stored(&row.get::<String>(3)?)?,
        supplier: row.get(4)?,
        area: row.get(5)?,
        state: RoundState::stored(&row.get::<String>(6)?)?,
        opens_s: row.get(7)?,
        cutoff_s: row.get(8)?,
        pay_by_s: row.get(9)?,
        deliver_s: row.get(10)?,
        rules: serde_json::from_str(&row.get::<String>(11)?)?,
        actor: row.get(12)?,
        release: Release::stored(&row.get::<String>(13)?)?,
    })
}

/// The round with this id.
pub fn get(tx: &mut Tx, in_district: &str, id: RoundId) -> Result<Round> {
    tx.row(&GET, &params![in_district, id])?
        .ok_or_else(|| Refusal::not_found("轮次", "round"))
        .map_err(Into::into)
        .and_then(|row| read(&row))
}

/// The rounds that touch `area`, latest first; a supplier's user sees only the supplier's own.
pub fn list(tx: &mut Tx, area: &str, supplier: &str) -> Result<Vec<Round>> {
    let rows = tx.rows(
        &LIST,
        &params![district(area), area, entry::subtree_end(area), supplier],
    )?;
    rows.iter().map(read).collect()
}

/// Where every round that touches `area` stands, however many there were, and when it is to be delivered.
pub fn standing(tx: &mut Tx, area: &str) -> Result<Vec<(RoundId, RoundState, i64)>> {
    let rows = tx.rows(
        &STANDING,
        &params![district(area), area, entry::subtree_end(area)],
    )?;
    rows.iter()
        .map(|row| {
            Ok((
                RoundId(row.get::<Uuid>(0)?),
                RoundState::stored(row.text(1)?)?,
                row.get(2)?,
            ))
        })
        .collect()
}

/// The compounds of a round.
pub fn compounds(tx: &mut Tx, in_district: &str, id: RoundId) -> Result<Vec<RoundCompound>> {
    let rows = tx.rows(&COMPOUNDS, &params![in_district, id])?;
    rows.iter().map(read_compound).collect()
}

/// A compound of a round; refuses where the round does not supply it.
pub fn compound(tx: &mut Tx, in_district: &str, id: RoundId, code: &str) -> Result<RoundCompound> {
    let row = tx
        .row(&COMPOUND, &params![in_district, id, code])?
        .ok_or_else(|| {
            Refusal::conflict(
                "not_in_round",
                "这一轮不供应这个小区。",
                "This round does not supply this compound.",
            )
        })?;
    read_compound(&row)
}

fn read_compound(row: &store::Row) -> Result<RoundCompound> {
    Ok(RoundCompound {
        compound: row.get(0)?,
        position: row.get(1)?,
        token: row.get(2)?,
        drop_point: row.get(3)?,
    })
}

/// The round and compound behind a residents' link: (district, round, compound).
pub fn by_token(tx: &mut Tx, token: &str) -> Result<(String, RoundId, String)> {
    let row = tx.row(&BY_TOKEN, &params![district(token), token])?;
    let row = row.ok_or_else(|| Refusal::not_found("下单链接", "order link"))?;
    Ok((row.get(0)?, RoundId(row.get::<Uuid>(1)?), row.get(2)?))
}

/// The packs of a round, in the order in which they are offered.
pub fn packs(tx: &mut Tx, in_district: &str, id: RoundId) -> Result<Vec<Pack>> {
    let rows = tx.rows(&PACKS, &params![in_district, id])?;
    rows.iter()
        .map(|row| {
            Ok(Pack {
                code: row.get(0)?,
                name: row.get(1)?,
                unit: row.get(2)?,
                price_fen: row.get(3)?,
                weight_g: row.get(4)?,
                limit_per_order: row.get(5)?,
                contents: serde_json::from_str(&row.get::<String>(6)?)?,
                aliases: row.get(7)?,
            })
        })
        .collect()
}

/// What is left of each pack in a compound, in the order of the packs.
pub fn left(tx: &mut Tx, in_district: &str, id: RoundId, compound: &str, packs: &[Pack]) -> Result<Vec<i64>> {
    packs
        .iter()
        .map(|pack| {
            let account = chart::allotment(id, compound, &chart::pack_asset(id, &pack.code));
            Ok(book::balance(tx, in_district, &account)?.1)
        })
        .collect()
}
