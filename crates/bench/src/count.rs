//! Counting afterwards: what the server holds against what its clients were told. Nothing acknowledged may be missing,
//! nothing may be there twice, and nothing more may be sold than was released.

use std::collections::HashMap;
use std::net::SocketAddr;

use serde::Deserialize;
use uuid::Uuid;

use crate::Outcome;
use crate::county::{County, DISTRICTS};
use crate::load::mix::{PACKS, releases};
use crate::load::tally::Run;
use crate::server::Session;
use crate::setup::Prepared;

/// An order as the API shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    id: Uuid,
    household: String,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
struct Line {
    pack: String,
    quantity: i64,
}

impl Seen {
    fn quantities(&self) -> [i64; PACKS.len()] {
        PACKS.map(|pack| {
            let lines = self.lines.iter().filter(|line| line.pack == pack);
            lines.map(|line| line.quantity).sum()
        })
    }
}

/// The orders of a round of a district, read community by community.
async fn orders(session: &mut Session, county: County, district: usize, round: Uuid) -> Outcome<Vec<Seen>> {
    let mut all = Vec::new();
    for community in county.communities(district) {
        let path = format!("/api/v1/rounds/{round}/orders?area={community}");
        let some: Vec<Seen> = session.get(&path).await?;
        all.extend(some);
    }
    Ok(all)
}

/// Compares the server's orders with the clients' receipts; gives what must not be.
pub async fn count(address: SocketAddr, prepared: &Prepared, run: &Run) -> Outcome<Vec<String>> {
    let county = prepared.links.county;
    let (mut seen, mut second) = (Vec::new(), 0);
    for (district, rounds) in prepared.rounds.iter().enumerate() {
        let mut session = Session::headquarters(address, DISTRICTS[district]).await?;
        seen.extend(orders(&mut session, county, district, rounds.first).await?);
        second += orders(&mut session, county, district, rounds.second).await?.len();
    }
    let mut findings = compare(county, run, &seen);
    if second > 0 {
        findings.push(format!("{second} households ordered twice within the interval"));
    }
    Ok(findings)
}

/// What must not be, in words.
fn compare(county: County, run: &Run, seen: &[Seen]) -> Vec<String> {
    let mut findings = run.wrong.clone();
    let mut by_household: HashMap<&str, Vec<&Seen>> = HashMap::new();
    for order in seen {
        by_household.entry(&order.household).or_default().push(order);
    }
    let (mut missing, mut other) = (0, 0);
    for (household, receipt) in &run.receipts {
        match by_household
            .get(county.household_code(*household).as_str())
            .map(Vec::as_slice)
        {
            None => missing += 1,
            Some([one]) if one.id == receipt.order && one.quantities() == receipt.wants => {}
            Some(_) => other += 1,
        }
    }
    let doubled = by_household.values().filter(|orders| orders.len() > 1).count();
    // Whoever got no answer may have an order or not; everybody else has one only with a receipt.
    let accounted = run.receipts.len() + run.unsure.len();
    let excess = seen.len().saturating_sub(accounted);
    for (count, words) in [
        (missing, "acknowledged orders are missing"),
        (other, "acknowledged orders are not as they were acknowledged"),
        (doubled, "households have several orders in one round"),
        (excess, "orders are there that nobody placed"),
    ] {
        if count > 0 {
            findings.push(format!("{count} {words}"));
        }
    }
    let mut released = [0; PACKS.len()];
    for district in 0..county.districts as usize {
        let of_district = releases(county.households_of(district));
        released
            .iter_mut()
            .zip(of_district)
            .for_each(|(sum, more)| *sum += more);
    }
    for (index, released) in released.into_iter().enumerate() {
        let sold: i64 = seen.iter().map(|order| order.quantities()[index]).sum();
        if sold > released {
            findings.push(format!("pack {}: {sold} sold of {released}", PACKS[index]));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::mix::{Ask, Kind, Mix};
    use crate::load::tally::Answer;
    use std::time::Duration;

    const COUNTY: County = County {
        households: 10,
        compounds: 2,
        districts: 1,
    };

    fn run() -> Run {
        let mut run = Run::new(Mix::new(10, 1));
        for household in 0..3 {
            let ask = Ask {
                kind: Kind::First,
                household,
                command: Uuid::from_u128(u128::from(household) + 50),
                wants: [1, 1, 0],
            };
            let order = Uuid::from_u128(u128::from(household));
            run.note(&ask, Answer::Taken(order), Duration::ZERO);
        }
        run
    }

    fn seen(household: u32, order: u128, quantity: i64) -> Seen {
        let line = |pack: &str| Line {
            pack: pack.into(),
            quantity,
        };
        Seen {
            id: Uuid::from_u128(order),
            household: COUNTY.household_code(household),
            lines: vec![line("A"), line("B")],
        }
    }

    #[test]
    fn what_agrees_is_not_found_fault_with() {
        let orders = [seen(0, 0, 1), seen(1, 1, 1), seen(2, 2, 1)];
        assert!(compare(COUNTY, &run(), &orders).is_empty());
    }

    #[test]
    fn missing_doubled_changed_and_unasked_orders_are_found() {
        let found = |orders: &[Seen]| compare(COUNTY, &run(), orders).join("; ");
        assert!(found(&[seen(0, 0, 1), seen(1, 1, 1)]).contains("1 acknowledged orders are missing"));
        let doubled = found(&[seen(0, 0, 1), seen(1, 1, 1), seen(2, 2, 1), seen(2, 9, 1)]);
        assert!(doubled.contains("1 households have several orders"), "{doubled}");
        assert!(
            doubled.contains("1 orders are there that nobody placed"),
            "{doubled}"
        );
        let changed = found(&[seen(0, 0, 2), seen(1, 1, 1), seen(2, 7, 1)]);
        assert!(changed.contains("2 acknowledged orders are not"), "{changed}");
        let oversold = found(&[seen(0, 0, 1), seen(1, 1, 1), seen(2, 2, 99)]);
        assert!(oversold.contains("pack A: 101 sold of 20"), "{oversold}");
    }

    #[test]
    fn an_order_without_answer_may_be_there_or_not() {
        let mut unsure = run();
        let ask = Ask {
            kind: Kind::First,
            household: 7,
            command: Uuid::from_u128(57),
            wants: [1, 1, 0],
        };
        unsure.note(&ask, Answer::Failed("timeout".into()), Duration::ZERO);
        let without = [seen(0, 0, 1), seen(1, 1, 1), seen(2, 2, 1)];
        let with = [without.as_slice(), &[seen(7, 57, 1)]].concat();
        assert!(compare(COUNTY, &unsure, &without).is_empty());
        assert!(compare(COUNTY, &unsure, &with).is_empty());
    }
}
