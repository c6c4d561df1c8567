//! The audit chain: every write and every look at personal data, each record sealed with the hash of the one
//! before it, so that nothing can be altered or taken out unseen.

use sha2::{Digest, Sha256};
use store::{Tx, params, stmt};

use super::id::district;
use super::{Ctx, Fault, Result};

stmt!(
    END,
    "SELECT seq, hash FROM audit_chain WHERE chain = $1 /*postgres FOR UPDATE*/"
);
stmt!(
    BEGIN,
    "INSERT INTO audit_chain (chain, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING"
);
stmt!(
    SET_END,
    "UPDATE audit_chain SET seq = $2, hash = $3 WHERE chain = $1"
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
stmt!(CHAINS, "SELECT chain, seq, hash FROM audit_chain ORDER BY chain");
stmt!(
    LOOSE,
    "SELECT DISTINCT a.chain FROM audit a WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.chain = a.chain)"
);
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

/// The chain of an area: each district has one of its own, and what belongs to none has the chain `main`.
fn chain_of(area: &str) -> &str {
    match district(area) {
        code if code.len() == 6 => code,
        _ => "main",
    }
}

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

/// What a record says, before it is sealed.
pub struct Draft<'a> {
    /// Who acted, and when.
    pub ctx: &'a Ctx,
    /// The stable name of the act.
    pub action: &'a str,
    /// Where.
    pub area: &'a str,
    /// What it was about, without personal data.
    pub detail: String,
}

/// Takes hold of the chain of an area until the end of the transaction. Whoever changes something in a district does this
/// first: so several nodes on one database take turns, and each sees what the one before it left.
pub fn hold(tx: &mut Tx, area: &str) -> Result<()> {
    end(tx, chain_of(area)).map(|_| ())
}

fn end(tx: &mut Tx, chain: &str) -> Result<(i64, Vec<u8>)> {
    for _ in 0..2 {
        if let Some(row) = tx.row(&END, &params![chain])? {
            return Ok((row.get(0)?, row.get(1)?));
        }
        tx.run(&BEGIN, &params![chain, Vec::<u8>::new()])?;
    }
    Err(Fault::Invariant(format!("audit chain {chain} could not be begun")).into())
}

/// Appends a record to the chain of its area, in the same transaction as what it records.
pub fn append(tx: &mut Tx, ctx: &Ctx, action: &str, area: &str, detail: &str) -> Result<()> {
    let detail = detail.to_string();
    append_all(
        tx,
        &[Draft {
            ctx,
            action,
            area,
            detail,
        }],
    )
}

/// Appends records of one district.
pub fn append_all(tx: &mut Tx, drafts: &[Draft]) -> Result<()> {
    let Some(first) = drafts.first() else {
        return Ok(());
    };
    let chain = chain_of(first.area);
    let (mut seq, mut previous) = end(tx, chain)?;
    let mut rows = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let mut record = Record {
            seq: seq + 1,
            at_s: draft.ctx.now_s,
            actor: draft.ctx.actor.name.clone(),
            role: draft.ctx.actor.role.key().to_string(),
            action: draft.action.to_string(),
            area: draft.area.to_string(),
            detail: draft.detail.clone(),
            previous,
            hash: Vec::new(),
        };
        record.hash = seal(&record);
        (seq, previous) = (record.seq, record.hash.clone());
        rows.push(Vec::from(params![
            chain,
            record.seq,
            record.at_s,
            record.actor,
            record.role,
            record.action,
            record.area,
            record.detail,
            record.previous,
            record.hash
        ]));
    }
    tx.run_many(&APPEND, &rows)?;
    tx.run(&SET_END, &params![chain, seq, previous])?;
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
    for row in tx.rows(&LOOSE, &[])? {
        findings.push(format!(
            "audit chain {}: its end is not noted",
            row.get::<String>(0)?
        ));
    }
    for row in tx.rows(&CHAINS, &[])? {
        let (chain, end, end_hash): (String, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
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
        if (next - 1, &previous) != (end, &end_hash) {
            findings.push(format!(
                "audit chain {chain}: it ends with record {} instead of {end}",
                next - 1
            ));
        }
    }
    Ok(findings)
}

/// A page of records, newest first, that lie in `area`; `query` is part of a name, an act or an area code.
pub fn page(tx: &mut Tx, query: &str, area: &str, limit: i64, offset: i64) -> Result<Vec<Record>> {
    let rows = tx.rows(&PAGE, &params![query, area, limit, offset])?;
    rows.iter().map(|row| Ok(read(row)?)).collect()
}
