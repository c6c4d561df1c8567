//! What happens in a simulation, as data: it can be written to a file, run again, and shortened.

use baogong::base::Actor;
use baogong::base::id::{OrderId, RoundId, TripId};
use baogong::round::handover::HandDraft;
use baogong::round::open::{RoundDraft, RoundRef};
use baogong::round::order::{OrderChange, OrderDraft, OrderRef, ReliefDraft};
use baogong::round::packing::{BagDraft, BoxDraft, CompoundRef};
use baogong::round::payment::{PaymentDraft, Repayment, TransferList};
use baogong::round::trips::{DropDraft, TripDraft, TripRef};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::world::{DISTRICT, World};
use crate::disk::Trouble;

/// A whole simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Script {
    /// Decides what a power cut leaves.
    pub seed: u64,
    /// The county and its rules.
    pub world: World,
    /// Whether the database syncs its files; without that the simulation must find a loss.
    #[serde(default = "yes")]
    pub syncing: bool,
    /// What happens, one after another.
    pub steps: Vec<Step>,
}

fn yes() -> bool {
    true
}

/// One step of a simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// Commands that reach the writer together, and the trouble that the disk makes meanwhile.
    Batch {
        /// The commands, in the order in which they are applied.
        commands: Vec<Command>,
        /// What goes wrong, if anything.
        trouble: Option<Trouble>,
        /// Whether the log is moved into the database file afterwards.
        checkpoint: bool,
    },
    /// The program ends and starts again.
    Restart(Ending),
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// It is stopped in good order.
    Stop,
    /// It is killed; the operating system keeps what was written.
    Kill,
    /// The power is cut; what was not synced may be lost.
    PowerCut,
}

/// What one client sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    /// The id that the client made.
    pub id: Uuid,
    /// When it reaches the server, by the server's clock.
    pub at_s: i64,
    /// Who sends it.
    pub who: Who,
    /// What is to be done.
    pub deed: Deed,
}

/// Who sends a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Staff, or the clock.
    Staff,
    /// A resident, by the household's code.
    Resident(String),
}

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Deed {
    Open(RoundDraft),
    Place(OrderDraft),
    Change(OrderChange),
    Cancel(OrderRef),
    Pay(PaymentDraft),
    Match(TransferList),
    Relief(ReliefDraft),
    CutOff(RoundRef),
    Confirm(RoundRef),
    Tick,
    Pack(BagDraft),
    PackAll(CompoundRef),
    Box(BoxDraft),
    Plan(TripDraft),
    Load(TripRef),
    HandOver(DropDraft),
    Hand(HandDraft),
    Settle(RoundRef),
    Repay(Repayment),
}

impl Deed {
    /// What it is called in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Place(_) => "place",
            Self::Change(_) => "change",
            Self::Cancel(_) => "cancel",
            Self::Pay(_) => "pay",
            Self::Match(_) => "match",
            Self::Relief(_) => "relief",
            Self::CutOff(_) => "cut off",
            Self::Confirm(_) => "confirm",
            Self::Tick => "tick",
            Self::Pack(_) => "pack",
            Self::PackAll(_) => "pack all",
            Self::Box(_) => "box",
            Self::Plan(_) => "plan",
            Self::Load(_) => "load",
            Self::HandOver(_) => "hand over",
            Self::Hand(_) => "hand",
            Self::Settle(_) => "settle",
            Self::Repay(_) => "repay",
        }
    }

    /// Whether the model takes over from the database what this brought about: how packs are shared, bags boxed and boxes
    /// loaded is the planner's affair. Such a command is sent alone.
    pub fn is_observed(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Box(_) | Self::Plan(_))
    }
}

impl Command {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Staff => Actor::system(),
            Who::Resident(household) => Actor::resident(household),
        }
    }

    /// Where it acts.
    pub fn area(&self) -> &str {
        match &self.who {
            Who::Staff => DISTRICT,
            Who::Resident(household) => household,
        }
    }

    /// What must be the same when the same id comes again.
    ///
    /// # Panics
    /// Never: a deed is always serialisable.
    pub fn content(&self) -> String {
        serde_json::to_string(&(&self.deed, self.area())).expect("a deed holds strings, numbers and ids only")
    }

    /// The order that this command makes, if it makes one.
    pub fn order(&self) -> OrderId {
        OrderId::of_command(self.id)
    }

    /// The round that this command opens, if it opens one.
    pub fn round(&self) -> RoundId {
        RoundId::of_command(self.id)
    }

    /// The trip that this command plans for a vehicle, if it plans one.
    pub fn trip(&self, plate: &str) -> TripId {
        TripId(baogong::base::id::derive(self.id, &format!("trip/{plate}")))
    }
}
