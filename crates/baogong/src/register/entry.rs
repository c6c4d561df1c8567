//! An entry of a register: stored as one row, read as a typed noun.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{Tx, params, stmt};

pub use super::noun::{Compound, Content, DailyReport, Good, Household, Site, Supplier, Vehicle, point};
use super::{Body, REGISTERS, Register, dwelling_words, number, register, text};
use crate::base::id::{BatchId, district};
use crate::base::{Ctx, Fault, Refusal, Result};

stmt!(
    DISTRICTS,
    "SELECT DISTINCT district FROM entry ORDER BY district LIMIT 20"
);
stmt!(
    GET,
    "SELECT code, area, name, tag, people, body FROM entry WHERE district = $1 AND register = $2 AND code = $3"
);
stmt!(
    LIST,
    "SELECT code, area, name, tag, people, body FROM entry
     WHERE district = $1 AND register = $2 AND area >= $3 AND area < $4
       AND ($5 = '' OR search LIKE '%' || $5 || '%') AND ($6 = '' OR tag = $6)
     ORDER BY area, code LIMIT $7 OFFSET $8"
);
stmt!(
    EACH,
    "SELECT code, area, name, tag, people, body FROM entry WHERE district = $1 AND register = $2 ORDER BY code"
);
stmt!(
    BEGINNING,
    "SELECT code, area, name, tag, people, body FROM entry
     WHERE district = $1 AND register = $2 AND code >= $3 AND code < $4 ORDER BY code"
);
stmt!(
    SINCE,
    "SELECT code, area, name, tag, people, body FROM entry
     WHERE district = $1 AND register = $2 AND code >= $3 AND area >= $4 AND area < $5 ORDER BY code"
);
stmt!(
    WRITTEN,
    "SELECT MAX(updated_s) FROM entry WHERE district = $1 AND register = $2 AND code >= $3 AND area >= $4 AND area < $5"
);
stmt!(
    COUNT,
    "SELECT COUNT(*), CAST(COALESCE(SUM(people), 0) AS BIGINT) FROM entry
     WHERE district = $1 AND register = $2 AND area >= $3 AND area < $4
       AND ($5 = '' OR search LIKE '%' || $5 || '%') AND ($6 = '' OR tag = $6)"
);
stmt!(
    COUNT_BY_AREA,
    "SELECT area, COUNT(*), CAST(SUM(people) AS BIGINT) FROM entry
     WHERE district = $1 AND register = $2 AND area >= $3 AND area < $4 GROUP BY area ORDER BY area"
);
stmt!(
    UPSERT,
    "INSERT INTO entry (district, register, code, area, name, search, tag, people, body, updated_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (district, register, code) DO UPDATE SET area = excluded.area, name = excluded.name,
        search = excluded.search, tag = excluded.tag, people = excluded.people, body = excluded.body,
        updated_s = excluded.updated_s"
);
stmt!(
    DELETE,
    "DELETE FROM entry WHERE district = $1 AND register = $2 AND code = $3"
);
stmt!(
    CHANGE,
    "INSERT INTO entry_change (district, register, code, batch, before, after, at_s, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
stmt!(
    HISTORY,
    "SELECT at_s, actor, before, after FROM entry_change
     WHERE district = $1 AND register = $2 AND code = $3 ORDER BY at_s DESC, batch DESC"
);

/// The end of the subtree of `area`, so that `area <= code < end` holds for exactly its codes: below a community
/// the parts are separated by `-`, and `.` is the character after it.
pub fn subtree_end(area: &str) -> String {
    format!("{area}{}", if area.len() < 12 { '~' } else { '.' })
}

/// One entry as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The key of the register.
    pub register: String,
    /// The code, unique within the register and district.
    pub code: String,
    /// The area in which it lies; a household lies in its compound.
    pub area: String,
    /// The name that lists show.
    pub name: String,
    /// `need` for a household with special needs, else empty.
    pub tag: String,
    /// How many people live there.
    pub people: i64,
    /// The columns of the form.
    pub body: Body,
}

impl Entry {
    /// Makes an entry from its columns; name, search words, tag and people follow from them.
    pub fn of(register: &'static Register, code: String, area: String, body: Body) -> Self {
        let key = register.key();
        let name = if key == "households" {
            dwelling_words(text(&body, "building"), text(&body, "unit"), text(&body, "room"))
        } else {
            text(&body, register.name).to_string()
        };
        let has_needs = body
            .get("needs")
            .and_then(Value::as_array)
            .is_some_and(|needs| !needs.is_empty());
        let people = match key {
            "households" => number(&body, "members").unwrap_or(0),
            "compounds" => number(&body, "residents").unwrap_or(0) + number(&body, "floating").unwrap_or(0),
            _ => 0,
        };
        let tag = if has_needs { "need" } else { "" }.to_string();
        Self {
            register: key.to_string(),
            code,
            area,
            name,
            tag,
            people,
            body,
        }
    }

    /// The entry as its typed noun.
    pub fn noun<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_value(Value::Object(self.body.clone()))?)
    }

    fn search_words(&self, register: &Register) -> String {
        let mut words = vec![self.code.as_str(), self.name.as_str()];
        words.extend(register.search.iter().map(|key| text(&self.body, key)));
        words.retain(|word| !word.is_empty());
        words.join(" ")
    }
}

fn read(register: &str, row: &store::Row) -> Result<Entry> {
    Ok(Entry {
        register: register.to_string(),
        code: row.get(0)?,
        area: row.get(1)?,
        name: row.get(2)?,
        tag: row.get(3)?,
        people: row.get(4)?,
        body: serde_json::from_str(&row.get::<String>(5)?)?,
    })
}

/// The entry with this code.
pub fn get(tx: &mut Tx, register: &str, district: &str, code: &str) -> Result<Option<Entry>> {
    tx.row(&GET, &params![district, register, code])?
        .map(|row| read(register, &row))
        .transpose()
}

/// The entry with this code as its noun; refuses when there is none.
pub fn noun<T: DeserializeOwned>(
    tx: &mut Tx,
    register_key: &str,
    in_district: &str,
    code: &str,
) -> Result<T> {
    let words = register(register_key).map_or(("登记项", "entry"), |register| register.title);
    get(tx, register_key, in_district, code)?
        .ok_or_else(|| Refusal::not_found(words.0, words.1))?
        .noun()
}

/// The areas and nouns of entries with these codes, as far as there are any, in the order of the codes.
pub fn nouns<T: DeserializeOwned>(
    tx: &mut Tx,
    register: &str,
    in_district: &str,
    codes: &[&str],
) -> Result<Vec<Option<(String, T)>>> {
    let keys: Vec<_> = codes
        .iter()
        .map(|code| Vec::from(params![in_district, register, *code]))
        .collect();
    tx.rows_many(&GET, &keys)?
        .iter()
        .map(|rows| match rows.first() {
            Some(row) => Ok(Some((row.get(1)?, serde_json::from_str(row.text(5)?)?))),
            None => Ok(None),
        })
        .collect()
}

/// The entries with these codes, as far as there are any, in the order of the codes.
pub fn get_many(
    tx: &mut Tx,
    register: &str,
    in_district: &str,
    codes: &[&str],
) -> Result<Vec<Option<Entry>>> {
    let keys: Vec<_> = codes
        .iter()
        .map(|code| Vec::from(params![in_district, register, *code]))
        .collect();
    tx.rows_many(&GET, &keys)?
        .iter()
        .map(|rows| rows.first().map(|row| read(register, row)).transpose())
        .collect()
}

/// Visits every entry of a register in a district in the order of the codes, without holding them all.
pub fn each(tx: &mut Tx, register: &str, in_district: &str, visit: &mut dyn FnMut(Entry)) -> Result<()> {
    let mut failed = None;
    tx.each(&EACH, &params![in_district, register], &mut |row| {
        match read(register, row) {
            Ok(entry) => visit(entry),
            Err(error) => failed = failed.take().or(Some(error)),
        }
        Ok(())
    })?;
    failed.map_or(Ok(()), Err)
}

/// What to list: a register within an area, with words to search for and a tag.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// The register's key.
    pub register: &'a str,
    /// The area whose subtree is listed.
    pub area: &'a str,
    /// Words that the entry must contain.
    pub words: &'a str,
    /// `need` for households with special needs only.
    pub tag: &'a str,
}

/// Entries in order of area and code, at most `limit` after `offset`.
pub fn list(tx: &mut Tx, query: &Query, limit: i64, offset: i64) -> Result<Vec<Entry>> {
    let end = subtree_end(query.area);
    let rows = tx.rows(
        &LIST,
        &params![
            district(query.area),
            query.register,
            query.area,
            end,
            query.words,
            query.tag,
            limit,
            offset
        ],
    )?;
    rows.iter().map(|row| read(query.register, row)).collect()
}

/// Everything of a register within an area.
pub fn all(tx: &mut Tx, register: &str, area: &str) -> Result<Vec<Entry>> {
    list(
        tx,
        &Query {
            register,
            area,
            ..Query::default()
        },
        i64::MAX,
        0,
    )
}

/// The price list of a supplier: its goods and packs, in the order of their codes.
pub fn price_list(tx: &mut Tx, in_district: &str, supplier: &str) -> Result<Vec<Entry>> {
    // Codes are `<supplier>/<code>`, and `0` is the character after `/`.
    let (first, end) = (format!("{supplier}/"), format!("{supplier}0"));
    let rows = tx.rows(&BEGINNING, &params![in_district, "goods", first, end])?;
    rows.iter().map(|row| read("goods", row)).collect()
}

/// The entries of a register within an area whose codes are not below `first`, in the order of the codes; codes of daily
/// reports begin with the date.
pub fn since(tx: &mut Tx, register: &str, area: &str, first: &str) -> Result<Vec<Entry>> {
    let end = subtree_end(area);
    let rows = tx.rows(&SINCE, &params![district(area), register, first, area, end])?;
    rows.iter().map(|row| read(register, row)).collect()
}

/// When the last of these entries was written; `None` where there are none.
pub fn written_s(tx: &mut Tx, register: &str, area: &str, first: &str) -> Result<Option<i64>> {
    let end = subtree_end(area);
    let row = tx.row(&WRITTEN, &params![district(area), register, first, area, end])?;
    row.map_or(Ok(None), |row| Ok(row.get(0)?))
}

/// How many entries match, and how many people live there.
pub fn count(tx: &mut Tx, query: &Query) -> Result<(i64, i64)> {
    let end = subtree_end(query.area);
    let row = tx.row(
        &COUNT,
        &params![
            district(query.area),
            query.register,
            query.area,
            end,
            query.words,
            query.tag
        ],
    )?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Entries and people per area: (area, entries, people).
pub fn count_by_area(tx: &mut Tx, register: &str, area: &str) -> Result<Vec<(String, i64, i64)>> {
    let end = subtree_end(area);
    let rows = tx.rows(&COUNT_BY_AREA, &params![district(area), register, area, end])?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// One change to an entry: what it was and what it becomes.
#[derive(Clone, Debug)]
pub struct Change {
    /// Before; `None` when it is new.
    pub before: Option<Entry>,
    /// After; `None` when it goes.
    pub after: Option<Entry>,
}

/// Writes changes and keeps them for undo and for the history of each entry. Many that would not fit into memory together are
/// written in parts.
pub fn write(tx: &mut Tx, ctx: &Ctx, batch: BatchId, changes: &[Change]) -> Result<()> {
    let mut upserts = Vec::new();
    let mut history = Vec::with_capacity(changes.len());
    for change in changes {
        let Some(entry) = change.after.as_ref().or(change.before.as_ref()) else {
            continue;
        };
        let register = register_of(entry)?;
        let of = district(&entry.area).to_string();
        match &change.after {
            Some(after) => upserts.push(
                params![
                    of.as_str(),
                    after.register.as_str(),
                    after.code.as_str(),
                    after.area.as_str(),
                    after.name.as_str(),
                    after.search_words(register),
                    after.tag.as_str(),
                    after.people,
                    serde_json::to_string(&after.body)?,
                    ctx.now_s
                ]
                .to_vec(),
            ),
            None => {
                tx.run(
                    &DELETE,
                    &params![of.as_str(), entry.register.as_str(), entry.code.as_str()],
                )?;
            }
        }
        let as_json = |entry: &Option<Entry>| entry.as_ref().map(serde_json::to_string).transpose();
        history.push(
            params![
                of.as_str(),
                entry.register.as_str(),
                entry.code.as_str(),
                batch,
                as_json(&change.before)?,
                as_json(&change.after)?,
                ctx.now_s,
                ctx.actor.name.as_str()
            ]
            .to_vec(),
        );
    }
    tx.run_many(&UPSERT, &upserts)?;
    tx.run_many(&CHANGE, &history)?;
    Ok(())
}

fn register_of(entry: &Entry) -> Result<&'static Register> {
    REGISTERS
        .iter()
        .find(|register| register.key() == entry.register)
        .ok_or_else(|| Fault::Invariant(format!("register {} is unknown", entry.register)).into())
}

/// One event in the life of an entry: (when, who, before, after).
pub type Event = (i64, String, Option<Entry>, Option<Entry>);

/// What happened to an entry, newest first.
pub fn history(tx: &mut Tx, register: &str, in_district: &str, code: &str) -> Result<Vec<Event>> {
    let rows = tx.rows(&HISTORY, &params![in_district, register, code])?;
    rows.iter()
        .map(|row| {
            let entry = |index| -> Result<Option<Entry>> {
                Ok(row
                    .get::<Option<String>>(index)?
                    .map(|json| serde_json::from_str(&json))
                    .transpose()?)
            };
            Ok((row.get(0)?, row.get(1)?, entry(2)?, entry(3)?))
        })
        .collect()
}

/// The districts of which anything is registered, at most twenty.
pub fn districts(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = tx.rows(&DISTRICTS, &params![])?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}
