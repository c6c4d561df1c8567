//! Other designs that take the same orders on the same machine in the same run: each keeps turns, stock, orders, lines
//! and a ledger, refuses what the rules refuse, and is counted afterwards.

pub mod cluster;
pub mod desk;
pub mod ledger;
pub mod log;
pub mod orders;
pub mod postgres;
pub mod redis;
pub mod sqlite;

use std::path::PathBuf;
use std::time::Duration;

use crate::county::County;
use crate::load::mix::{Mix, PACKS, releases};
use crate::load::tally::Run;

/// What every peer is given.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Who orders; a county of one compound has all of its stock in one row for each pack.
    pub county: County,
    /// How many clients ask at once.
    pub clients: usize,
    /// How long they ask.
    pub lasting: Duration,
    /// The seed of the mix.
    pub seed: u64,
    /// An own folder on the disk that is measured; made by the peer.
    pub folder: PathBuf,
}

impl Setting {
    /// The requests of the run.
    pub fn mix(&self) -> Mix {
        Mix::new(self.county.households, self.seed)
    }

    /// The own folder, made anew.
    pub fn fresh_folder(&self) -> crate::Outcome<&PathBuf> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.folder.display());
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder).map_err(failed)?;
        }
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        Ok(&self.folder)
    }
}

/// The stock of a compound at the start: every pack shared evenly, what is left over to the first ones.
pub fn stock(county: County, compound: u32) -> [i64; PACKS.len()] {
    let (compounds, compound) = (i64::from(county.compounds), i64::from(compound));
    releases(county.households).map(|total| total / compounds + i64::from(compound < total % compounds))
}

/// What a peer holds after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Orders.
    pub orders: i64,
    /// Packs in order lines.
    pub lines: [i64; PACKS.len()],
    /// Packs that left the stock.
    pub sold: [i64; PACKS.len()],
    /// Packs in ledger entries.
    pub moved: [i64; PACKS.len()],
    /// The lowest stock or turn anywhere.
    pub lowest: i64,
}

impl Totals {
    /// Where the totals differ from each other or from what the clients were told.
    pub fn differences(&self, run: &Run) -> Vec<String> {
        let mut findings = run.wrong.clone();
        let told = run.sold();
        for (name, packs) in [
            ("in order lines", self.lines),
            ("gone from stock", self.sold),
            ("in the ledger", self.moved),
        ] {
            if packs != told {
                findings.push(format!("{packs:?} packs {name}, {told:?} acknowledged"));
            }
        }
        let receipts = run.receipts.len();
        if usize::try_from(self.orders) != Ok(receipts) {
            findings.push(format!("{} orders, {receipts} acknowledged", self.orders));
        }
        if self.lowest < 0 {
            findings.push(format!("a balance of {}", self.lowest));
        }
        findings
    }
}

/// The codes of refusals, the same as the server's.
pub mod reason {
    /// The compound's share of a pack is sold out.
    pub const ALLOTMENT: &str = "allotment";
    /// The household has had its turn.
    pub const ORDER_INTERVAL: &str = "order_interval";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::mix::{Ask, Kind};
    use crate::load::tally::Answer;
    use uuid::Uuid;

    #[test]
    fn the_whole_stock_is_shared() {
        let county = County::new(1_500, 7);
        let mut sum = [0; PACKS.len()];
        for compound in 0..7 {
            for (total, share) in sum.iter_mut().zip(stock(county, compound)) {
                *total += share;
            }
        }
        assert_eq!(sum, releases(1_500));
    }

    #[test]
    fn totals_that_differ_anywhere_are_found() {
        let mut run = Run::new(Mix::new(10, 1));
        let ask = Ask {
            kind: Kind::First,
            household: 1,
            command: Uuid::from_u128(1),
            wants: [1, 2, 0],
        };
        run.note(&ask, Answer::Taken(ask.command), Duration::ZERO);
        let right = Totals {
            orders: 1,
            lines: [1, 2, 0],
            sold: [1, 2, 0],
            moved: [1, 2, 0],
            lowest: 0,
        };
        assert!(right.differences(&run).is_empty());
        for wrong in [
            Totals { orders: 0, ..right },
            Totals {
                lines: [1, 1, 0],
                ..right
            },
            Totals {
                sold: [2, 2, 0],
                ..right
            },
            Totals {
                moved: [0, 0, 0],
                ..right
            },
            Totals { lowest: -1, ..right },
        ] {
            assert_eq!(wrong.differences(&run).len(), 1, "{wrong:?}");
        }
    }
}
