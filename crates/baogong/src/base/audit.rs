//! The audit chain: every write and every look at personal data, each record sealed with the hash of the one
//! before it, so that nothing can be altered or taken out unseen.

use sha2::{Digest, Sha256};
use store::{Tx, params, stmt};

use super::{Ctx, Result};

stmt!(
    LAST,
    "SELECT seq, hash FROM audit WHERE chain = $1 ORDER BY seq DESC LIMIT 1"
);
stmt!(
    APPEND,
    "INSERT INTO audit (chain, seq, at_s, actor, role, action, area, detail, previous, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
stmt!(
    ALL,
    "SELECT seq, at_s, actor, role, action, area, detail, previous, hash FROM audit WHERE chain = $1 ORDER BY seq"
);
stmt!(CHAINS, "SELECT DISTINCT chain FROM audit ORDER BY chain");
stmt!(
    PAGE,
    "SELECT seq, at_s, actor, role, action, area, detail, previous, hash FROM audit
     WHERE ($1 = '' OR actor LIKE '%' || $1 || '%' OR action LIKE '%' || $1 || '%' OR area LIKE $1 || '%')
       AND (area LIKE $2 || '%' OR area = '')
     ORDER BY at_s DESC, seq DESC LIMIT $3 OFFSET $4"
);

/// One record of the chain.
#[derive(Clone, Debug)]
pub struct Record {
    /// Position in the chain, from 1.
    pub seq: i64,
    /// When, in Unix seconds.
    pub at_s: i64,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// What was done, as the stable name of the act.
    pub action: String,
    /// Where.
    pub area: String,
    /// What it was about, as JSON without personal data.
    pub detail: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

/// The chain that this installation appends to. Each node that writes has its own.
const CHAIN: &str = "main";

fn seal(record: &Record) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(&record.previous);
    for text in [
        record.seq.to_string().as_str(),
        record.at_s.to_string().as_str(),
        &record.actor,
        &record.role,
        &record.action,
        &record.area,
        &record.detail,
    ] {
        // The length before each text keeps two neighbouring fields from trading characters.
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_vec()
}

/// Appends a record to the chain, in the same transaction as what it records.
pub fn append(tx: &mut Tx, ctx: &Ctx, action: &str, area: &str, detail: &str) -> Result<()> {
    let (seq, previous) = match tx.row(&LAST, &params![CHAIN])? {
        Some(row) => (row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?),
        None => (0, Vec::new()),
    };
    let mut record = Record {
        seq: seq + 1,
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        role: ctx.actor.role.key().to_string(),
        action: action.to_string(),
        area: area.to_string(),
        detail: detail.to_string(),
        previous,
        hash: Vec::new(),
    };
    record.hash = seal(&record);
    tx.run(
        &APPEND,
        &params![
            CHAIN,
            record.seq,
            record.at_s,
            record.actor,
            record.role,
            record.action,
            record.area,
            record.detail,
            record.previous,
            record.hash
        ],
    )?;
    Ok(())
}

fn read(row: &store::Row) -> std::result::Result<Record, store::Fault> {
    Ok(Record {
        seq: row.get(0)?,
        at_s: row.get(1)?,
        actor: row.get(2)?,
        role: row.get(3)?,
        action: row.get(4)?,
        area: row.get(5)?,
        detail: row.get(6)?,
        previous: row.get(7)?,
        hash: row.get(8)?,
    })
}

/// Walks every chain and says where it is broken; an empty list means that it is whole.
pub fn verify(tx: &mut Tx) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for chain in tx.rows(&CHAINS, &[])? {
        let chain: String = chain.get(0)?;
        let mut previous: Vec<u8> = Vec::new();
        let mut next = 1;
        tx.each(&ALL, &params![chain.as_str()], &mut |row| {
            let record = read(row)?;
            if record.seq != next {
                findings.push(format!("audit chain {chain}: record {next} is missing"));
            }
            if record.previous != previous {
                findings.push(format!(
                    "audit chain {chain}: record {} does not follow the one before it",
                    record.seq
                ));
            }
            if seal(&record) != record.hash {
                findings.push(format!("audit chain {chain}: record {} was altered", record.seq));
            }
            next = record.seq + 1;
            previous = record.hash;
            Ok(())
        })?;
    }
    Ok(findings)
}

/// A page of records, newest first, that lie in `area`; `query` is part of a name, an act or an area code.
pub fn page(tx: &mut Tx, query: &str, area: &str, limit: i64, offset: i64) -> Result<Vec<Record>> {
    let rows = tx.rows(&PAGE, &params![query, area, limit, offset])?;
    rows.iter().map(|row| Ok(read(row)?)).collect()
}
