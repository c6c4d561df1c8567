//! What must come out, by maps and integers alone: one command after the other, without a ledger, a database or a batch.
//!
//! The words of states and refusals are the application's own; how it decides is not looked at.

mod ballot;
mod chain;
mod look;
mod orders;
mod registers;
mod rounds;
mod settle;
mod supply;

use std::collections::BTreeMap;

use baogong::base::id::{BatchId, BoxId, OrderId, PasteId, RoundId, TripId};
use baogong::round::{Channel, OrderState, PaymentState, RoundState};
use uuid::Uuid;

use super::script::{Command, Deed};
use super::world::Ground;
pub use ballot::{Ballot, Draw};
use chain::{Aliases, Fate};
pub use chain::{Open, Paste};
pub use registers::{Food, Home, Import};
pub use settle::Settled;

/// Packs: code to (ordered, packed).
pub type Lines = BTreeMap<String, (i64, i64)>;

/// The code of a refusal.
pub type Refused = &'static str;

/// A round.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// How many rounds there were before.
    pub number: usize,
    /// The key of its mode.
    pub mode: String,
    /// The supplier.
    pub supplier: String,
    /// Its compounds, in their order.
    pub compounds: Vec<String>,
    /// Its packs.
    pub packs: Vec<String>,
    /// Where it stands.
    pub state: RoundState,
    /// When orders close.
    pub cutoff_s: i64,
    /// When payments are due.
    pub pay_by_s: i64,
    /// What was allotted: (compound, pack) to number.
    pub allotted: BTreeMap<(String, String), i64>,
    /// What is left of it.
    pub left: BTreeMap<(String, String), i64>,
    /// What the liaison of each compound holds.
    pub purse_fen: BTreeMap<String, i64>,
    /// Its ballot, if it is sold by one.
    pub ballot: Option<Ballot>,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The round.
    pub round: RoundId,
    /// Its number within round and compound.
    pub number: i64,
    /// The compound.
    pub compound: String,
    /// The household.
    pub household: String,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub state: OrderState,
    /// Who has paid.
    pub payment: PaymentState,
    /// What it costs.
    pub amount_fen: i64,
    /// What was given back.
    pub refund_fen: i64,
    /// When it came in, or was drawn.
    pub created_s: i64,
    /// The packs.
    pub lines: Lines,
    /// The ration that it uses: (category, period) to grams.
    pub rations: BTreeMap<(String, i64), i64>,
    /// The box that its bag is in.
    pub in_box: Option<BoxId>,
}

/// A box of bags.
#[derive(Clone, Debug, PartialEq)]
pub struct BagBox {
    /// The code on it.
    pub code: String,
    /// The compound that it goes to.
    pub compound: String,
    /// The trip that carries it.
    pub trip: Option<TripId>,
    /// Whether it is on the vehicle.
    pub loaded: bool,
}

/// A trip.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// Whether it has left.
    pub left: bool,
    /// Its stops: place in the order to compound and whether it was handed over.
    pub stops: BTreeMap<i64, (String, bool)>,
}

/// The whole county.
#[derive(Clone)]
pub struct Model {
    ground: &'static Ground,
    /// The registered households.
    pub homes: BTreeMap<String, Home>,
    /// Files that were brought in.
    pub imports: BTreeMap<BatchId, Import>,
    /// What households have at home: (household, category).
    pub pantry: BTreeMap<(String, String), Food>,
    /// Pasted messages with open lines.
    pub pastes: BTreeMap<PasteId, Paste>,
    aliases: Aliases,
    /// What must be told of the lines of a message, by the command that pasted it.
    fates: BTreeMap<Uuid, Vec<Fate>>,
    /// Rations that were given once, in grams: (household, category, period).
    granted_g: BTreeMap<(String, String, i64), i64>,
    /// The rounds.
    pub rounds: BTreeMap<RoundId, Round>,
    /// The orders.
    pub orders: BTreeMap<OrderId, Order>,
    /// The boxes.
    pub boxes: BTreeMap<BoxId, BagBox>,
    /// The trips.
    pub trips: BTreeMap<TripId, Trip>,
    /// What households owe for advances.
    pub owed_fen: BTreeMap<String, i64>,
    /// What suppliers were paid.
    pub paid_fen: BTreeMap<String, i64>,
    /// Commands that acted: content, and result as JSON where it is known.
    pub done: BTreeMap<Uuid, (String, Option<String>)>,
    /// What the planner decided and the model has still to look up.
    unseen: Vec<Command>,
}

impl Model {
    /// The county before anything happens.
    pub fn new(ground: &'static Ground) -> Self {
        Self {
            ground,
            homes: registers::homes(),
            imports: BTreeMap::new(),
            pantry: BTreeMap::new(),
            pastes: BTreeMap::new(),
            aliases: Aliases::new(),
            fates: BTreeMap::new(),
            granted_g: BTreeMap::new(),
            rounds: BTreeMap::new(),
            orders: BTreeMap::new(),
            boxes: BTreeMap::new(),
            trips: BTreeMap::new(),
            owed_fen: BTreeMap::new(),
            paid_fen: BTreeMap::new(),
            done: BTreeMap::new(),
            unseen: Vec::new(),
        }
    }

    /// Carries a command out. Gives its result as JSON where it can be foretold.
    ///
    /// # Errors
    /// The code of the refusal; nothing has changed then.
    pub fn carry_out(&mut self, command: &Command) -> Result<Option<String>, Refused> {
        if matches!(command.deed, Deed::Tick) {
            return Ok(Some(self.tick(command.at_s).to_string()));
        }
        let content = command.content();
        if let Some((first, result)) = self.done.get(&command.id) {
            return if *first == content {
                Ok(result.clone())
            } else {
                Err("command_reused")
            };
        }
        // A refusal leaves nothing behind, so what was changed before it came up is undone.
        let before = self.clone();
        match self.act(command) {
            Ok(result) => {
                self.done.insert(command.id, (content, result.clone()));
                Ok(result)
            }
            Err(code) => {
                *self = before;
                Err(code)
            }
        }
    }

    /// Keeps the result that was acknowledged, and says what is wrong with it.
    pub fn acknowledged(&mut self, command: &Command, result: &str) -> Vec<String> {
        let Some((_, kept)) = self.done.get_mut(&command.id) else {
            return Vec::new();
        };
        let first = kept.is_none();
        *kept = Some(result.to_owned());
        // The first answer comes again whatever has become of the orders since.
        if first {
            self.told(command, result)
        } else {
            Vec::new()
        }
    }

    fn act(&mut self, command: &Command) -> Result<Option<String>, Refused> {
        let nothing = || Some("null".to_owned());
        let number = |number: usize| Some(number.to_string());
        match &command.deed {
            Deed::Open(draft) => self.open(command, draft),
            Deed::Place(draft) => {
                let id = self.place(command, command.order(), draft)?;
                Ok(Some(format!("\"{}\"", id.0)))
            }
            Deed::Change(draft) => self.change(command, draft).map(|()| nothing()),
            Deed::Cancel(at) => self.cancel(command, at.id).map(|()| nothing()),
            Deed::Pay(draft) => self.pay(command.at_s, draft).map(|()| nothing()),
            Deed::Match(list) => {
                self.match_transfers(command.at_s, list);
                Ok(None)
            }
            Deed::Relief(draft) => {
                self.relief(command, draft)?;
                Ok(None)
            }
            Deed::CutOff(at) => self.cut_off(at.id, command.at_s).map(|()| nothing()),
            Deed::Confirm(at) => self.confirm(at.id, command.at_s).map(number),
            Deed::Pack(draft) => self.pack(draft.order, &draft.short).map(|()| nothing()),
            Deed::PackAll(at) => self.pack_all(at.round, &at.compound).map(number),
            Deed::Box(draft) => self.fill_boxes(command, draft),
            Deed::Plan(draft) => self.plan(command, draft),
            Deed::Load(at) => self.load(at.id).map(number),
            Deed::HandOver(draft) => {
                self.hand_over(draft)?;
                Ok(None)
            }
            Deed::Hand(draft) => self.hand(command.at_s, draft).map(|()| nothing()),
            Deed::Settle(at) => self.settle(at.id).map(|fen| Some(fen.to_string())),
            Deed::Repay(repayment) => self.repay(repayment).map(|()| nothing()),
            Deed::Upload(file) => {
                self.upload(command, file);
                Ok(Some(format!("\"{}\"", command.batch().0)))
            }
            Deed::Apply(at) => self.apply(at.id, command.at_s).map(|()| None),
            Deed::Undo(at) => self.undo(at.id, command.at_s).map(number),
            Deed::Paste(message) => self.paste(command, message).map(|()| None),
            Deed::Answer(settling) => self.answer(command, settling).map(|()| None),
            Deed::TakeBack(last) => self.take_back(command, last).map(number),
            Deed::Tick => Ok(None),
        }
    }

    fn round(&self, id: RoundId) -> Result<&Round, Refused> {
        self.rounds.get(&id).ok_or("not_found")
    }

    fn round_mut(&mut self, id: RoundId) -> &mut Round {
        self.rounds
            .get_mut(&id)
            .expect("the caller has looked for the round")
    }

    fn order(&self, id: OrderId) -> Result<&Order, Refused> {
        self.orders.get(&id).ok_or("not_found")
    }

    fn order_mut(&mut self, id: OrderId) -> &mut Order {
        self.orders
            .get_mut(&id)
            .expect("the caller has looked for the order")
    }
}
