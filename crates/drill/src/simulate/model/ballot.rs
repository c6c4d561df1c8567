//! What a draw must give, recomputed from the sealed secret, the requests and the rules.

use std::collections::BTreeMap;

use baogong::base::Result as Stored;
use baogong::base::id::{OrderId, RoundId};
use baogong::round::{Channel, OrderState, PaymentState, ballot, open};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Tx, params, stmt};

use super::super::world::DISTRICT;
use super::{Model, Order, Refused};

stmt!(
    SEALED,
    "SELECT secret, mask, commitment FROM ballot WHERE district = $1 AND round = $2"
);

/// The class of households that are in no other.
const OTHERS: &str = "others";

/// The ballot of a round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ballot {
    secret: String,
    mask: String,
    /// What was drawn, once it is.
    pub draw: Option<Draw>,
}

/// A draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    at_s: i64,
    digest: String,
    seed: String,
    /// What there was: (compound, pack) to number.
    allotted: BTreeMap<(String, String), i64>,
    /// The requests, in the order in which they came up.
    tickets: Vec<Ticket>,
}

/// A request that was drawn from.
#[derive(Clone, Debug, PartialEq)]
struct Ticket {
    order: OrderId,
    household: String,
    number: String,
    compound: String,
    wants: BTreeMap<String, i64>,
    class: String,
    ticket: String,
    result: &'static str,
}

impl Ticket {
    fn published(&self) -> Value {
        let wants: Vec<Value> = self
            .wants
            .iter()
            .map(|(pack, quantity)| json!({"pack": pack, "quantity": quantity}))
            .collect();
        json!({
            "number": self.number, "compound": self.compound, "wants": wants, "class": self.class,
            "ticket": self.ticket, "result": self.result
        })
    }
}

fn hex(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn number(mask: &str, order: OrderId) -> String {
    let hash = hex(&format!("{mask}{}", order.0.simple())).to_uppercase();
    let groups: Vec<&str> = (0..4).map(|group| &hash[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}

impl Model {
    /// Looks up the secret that was sealed when a round was opened.
    pub(super) fn observe_ballot(
        &mut self,
        tx: &mut Tx,
        id: RoundId,
        findings: &mut Vec<String>,
    ) -> Stored<()> {
        let row = tx.row(&SEALED, &params![DISTRICT, id])?;
        let Some(ballot) = &mut self.round_mut(id).ballot else {
            if row.is_some() {
                findings.push(format!("round {id} is sold first come and has a ballot"));
            }
            return Ok(());
        };
        let Some(row) = row else {
            findings.push(format!("round {id} is sold by ballot and nothing is sealed"));
            return Ok(());
        };
        ballot.secret = row.get(0)?;
        ballot.mask = row.get(1)?;
        if row.get::<String>(2)? != hex(&ballot.secret) {
            findings.push(format!("the commitment of round {id} is not that of its secret"));
        }
        Ok(())
    }

    /// The state in which an order of the round begins.
    pub(super) fn first_state(&self, id: RoundId) -> OrderState {
        match self.rounds.get(&id).and_then(|round| round.ballot.as_ref()) {
            Some(_) => OrderState::Requested,
            None => OrderState::Placed,
        }
    }

    /// Whether the round is sold by ballot and not drawn yet.
    pub(super) fn to_draw(&self, id: RoundId) -> bool {
        let ballot = self.rounds.get(&id).and_then(|round| round.ballot.as_ref());
        ballot.is_some_and(|ballot| ballot.draw.is_none())
    }

    fn class_of(&self, order: &Order, at_s: i64) -> String {
        let figures = self.figures(&order.compound);
        let belongs = |class: &&String| match class.as_str() {
            "special_needs" => self.homes.get(&order.household).is_some_and(|home| home.needs),
            "uncovered" => {
                let mut food = self.pantry.iter();
                food.any(|((household, _), food)| {
                    *household == order.household && food.runs_out_s <= at_s + figures.alarm_s
                })
            }
            "lost_before" => self.last_result(&order.household) == Some("none_left"),
            _ => false,
        };
        let class = figures.priority.iter().find(belongs);
        class.cloned().unwrap_or_else(|| OTHERS.to_owned())
    }

    /// What the last draw gave a household.
    fn last_result(&self, household: &str) -> Option<&'static str> {
        let draws = self
            .rounds
            .values()
            .filter_map(|round| round.ballot.as_ref()?.draw.as_ref());
        let results = draws.flat_map(|draw| {
            let own = draw.tickets.iter().filter(|ticket| ticket.household == household);
            own.map(|ticket| (draw.at_s, ticket.order, ticket.result))
        });
        let last = results.min_by_key(|(at_s, order, _)| (std::cmp::Reverse(*at_s), *order));
        last.map(|(_, _, result)| result)
    }

    /// How many requests got their packs in draws, and how many did not.
    pub fn drawn(&self) -> (usize, usize) {
        let draws = self
            .rounds
            .values()
            .filter_map(|round| round.ballot.as_ref()?.draw.as_ref());
        let tickets: Vec<&Ticket> = draws.flat_map(|draw| &draw.tickets).collect();
        let drawn = tickets.iter().filter(|ticket| ticket.result == "drawn").count();
        (drawn, tickets.len() - drawn)
    }

    /// Draws the requests of a round: by class and ticket, each as asked or not at all. An order counts from its draw.
    pub(super) fn draw(&mut self, id: RoundId, at_s: i64) -> Result<(), Refused> {
        let round = self.round(id)?;
        let ballot = round.ballot.clone().unwrap_or_default();
        let allotted = round.left.clone();
        let rank = |class: &str, compound: &str| {
            let priority = &self.figures(compound).priority;
            priority
                .iter()
                .position(|one| one == class)
                .unwrap_or(priority.len())
        };
        let mut tickets = Vec::new();
        let mut lines = Vec::new();
        for (order_id, order) in &self.orders {
            if order.round != id || order.state != OrderState::Requested {
                continue;
            }
            let number = number(&ballot.mask, *order_id);
            let wants: BTreeMap<String, i64> = order
                .lines
                .iter()
                .map(|(pack, line)| (pack.clone(), line.0))
                .collect();
            let pairs: Vec<(&String, &i64)> = wants.iter().collect();
            lines.push(format!("{}\n", json!([number, order.compound, pairs])));
            tickets.push(Ticket {
                order: *order_id,
                household: order.household.clone(),
                number,
                compound: order.compound.clone(),
                wants,
                class: self.class_of(order, at_s),
                ticket: String::new(),
                result: "drawn",
            });
        }
        lines.sort_unstable();
        let digest = hex(&lines.concat());
        let seed = hex(&format!("{}{digest}", ballot.secret));
        for ticket in &mut tickets {
            ticket.ticket = hex(&format!("{seed}{}", ticket.number));
        }
        tickets.sort_by_key(|ticket| (rank(&ticket.class, &ticket.compound), ticket.ticket.clone()));
        for ticket in &mut tickets {
            ticket.result = self.grant(ticket.order, at_s);
        }
        if let Some(ballot) = &mut self.round_mut(id).ballot {
            ballot.draw = Some(Draw {
                at_s,
                digest,
                seed,
                allotted,
                tickets,
            });
        }
        Ok(())
    }

    fn grant(&mut self, id: OrderId, at_s: i64) -> &'static str {
        let before = self.clone();
        self.order_mut(id).created_s = at_s;
        match self.hold(at_s, id, true) {
            Ok(()) => {
                self.order_mut(id).state = OrderState::Placed;
                if self.orders[&id].channel == Channel::Proxy {
                    self.cover(id, PaymentState::Advanced);
                }
                "drawn"
            }
            Err(code) => {
                *self = before;
                self.order_mut(id).state = OrderState::NotDrawn;
                if code == "allotment" {
                    "none_left"
                } else {
                    "household_rule"
                }
            }
        }
    }

    /// Compares what is published of a round with what must be.
    pub(super) fn compare_draw(&self, tx: &mut Tx, id: RoundId, findings: &mut Vec<String>) -> Stored<()> {
        let Some(ballot) = &self.rounds[&id].ballot else {
            return Ok(());
        };
        let stored = open::get(tx, DISTRICT, id)?;
        let published = serde_json::to_value(ballot::publish(tx, &stored)?)?;
        let requested = |order: &&Order| order.round == id && order.state == OrderState::Requested;
        let expected = match &ballot.draw {
            None => json!({
                "drawn_s": null, "secret": null, "digest": null, "seed": null, "requests": [], "allotments": [],
                "commitment": hex(&ballot.secret), "request_count": self.orders.values().filter(requested).count()
            }),
            Some(draw) => {
                let mut tickets: Vec<&Ticket> = draw.tickets.iter().collect();
                tickets.sort_by(|one, other| one.ticket.cmp(&other.ticket));
                json!({
                    "drawn_s": draw.at_s, "secret": ballot.secret, "digest": draw.digest, "seed": draw.seed,
                    "requests": tickets.iter().map(|ticket| ticket.published()).collect::<Vec<_>>(),
                    "commitment": hex(&ballot.secret), "request_count": draw.tickets.len()
                })
            }
        };
        for (field, expected) in expected.as_object().into_iter().flatten() {
            super::look::differ(
                findings,
                || format!("{field} of the draw of {}", stored.code),
                &published[field.as_str()],
                expected,
            );
        }
        let Some(draw) = &ballot.draw else {
            return Ok(());
        };
        let had: BTreeMap<(String, String), i64> = published["allotments"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| {
                let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                let quantity = one["quantity"].as_i64().unwrap_or(-1);
                ((word("compound"), word("pack")), quantity)
            })
            .collect();
        super::look::differ(
            findings,
            || format!("allotments of the draw of {}", stored.code),
            &had,
            &draw.allotted,
        );
        Ok(())
    }
}
