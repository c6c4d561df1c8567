//! What happens in a simulation, as data: it can be written to a file, run again, and shortened.

use baogong::base::Actor;
use baogong::base::id::{BatchId, OrderId, PasteId, RoundId, TripId};
use baogong::register::import::BatchRef;
use baogong::round::chain::ChainDraft;
use baogong::round::handover::HandDraft;
use baogong::round::open::{RoundDraft, RoundRef};
use baogong::round::order::{OrderChange, OrderDraft, OrderRef, ReliefDraft};
use baogong::round::packing::{BagDraft, BoxDraft, CompoundRef};
use baogong::round::payment::{PaymentDraft, Repayment, TransferList};
use baogong::round::settle::{Settling, StepRef};
use baogong::round::trips::{DropDraft, TripDraft, TripRef};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::world::{DISTRICT, PACKS, PHONE, World, compound_name, pack_name, unit_and_room};
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
    Upload(FileDraft),
    Apply(BatchRef),
    Undo(BatchRef),
    Paste(Message),
    Answer(Settling),
    TakeBack(StepRef),
}

/// A file of households that somebody brings in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileDraft {
    /// Its rows.
    pub rows: Vec<FileRow>,
}

/// A row of such a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileRow {
    /// The place of the compound; beyond the last one it is not registered, which is an error.
    pub compound: usize,
    /// The number of the household, registered or new.
    pub number: usize,
    /// The head.
    pub head: String,
    /// Members; more than thirty are an error.
    pub members: i64,
    /// Whether the dwelling is vacant.
    pub vacant: bool,
}

impl FileDraft {
    /// The name of the file.
    pub const NAME: &str = "住户.csv";

    /// The file.
    pub fn text(&self) -> String {
        let mut text = "小区,楼栋,单元,房号,户主,人口数,联系电话,居住状态\n".to_owned();
        for row in &self.rows {
            let (unit, room) = unit_and_room(row.number);
            let status = if row.vacant { "空置" } else { "自住" };
            text += &format!(
                "{},1,{unit},{room},{},{},{PHONE},{status}\n",
                compound_name(row.compound),
                row.head,
                row.members
            );
        }
        text
    }
}

/// A chain message, written so that there is no doubt about what each line is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// The round.
    pub round: RoundId,
    /// The compound.
    pub compound: String,
    /// Whether the liaison advances the money.
    pub advance: bool,
    /// What is said below the heading, a line each; no two lines concern the same household.
    pub said: Vec<Said>,
}

/// A line of a chain message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// A household says what it wants: places of packs and quantities.
    Order {
        /// The number of the household.
        number: usize,
        /// The packs.
        wants: Vec<(usize, i64)>,
    },
    /// Somebody whom only the neighbours know wants a pack.
    Nickname {
        /// The place of the nickname in [`NICKNAMES`].
        word: usize,
        /// The pack.
        want: (usize, i64),
    },
    /// A household wants something under a name that only the neighbours use.
    Good {
        /// The number of the household, which is never removed.
        number: usize,
        /// The place of the word in [`GOODS`].
        word: usize,
        /// How many.
        quantity: i64,
    },
    /// Talk that is no order.
    Talk(usize),
}

/// How neighbours call each other.
pub const NICKNAMES: [&str; 3] = ["豆豆妈", "团团爸", "桃子姐"];
/// What neighbours call the packs.
pub const GOODS: [&str; 2] = ["青菜包", "粮油袋"];
/// Talk; below an order it is no part of it, above the first one it would be a title.
pub const TALK: [&str; 2] = ["明天几点送", "张阿姨家"];

impl Message {
    /// The heading above the lines.
    pub const HEADING: &str = "#接龙";

    /// A line as written.
    pub fn line(&self, place: usize) -> String {
        let position = place + 1;
        let pack = |(pack, quantity): &(usize, i64)| format!("{}{quantity}份", pack_name(PACKS[*pack].0));
        match &self.said[place] {
            Said::Order { number, wants } => {
                let (unit, room) = unit_and_room(*number);
                let packs: Vec<String> = wants.iter().map(pack).collect();
                format!("{position}. 1-{unit}-{room} {}", packs.join(" "))
            }
            Said::Nickname { word, want } => format!("{position}. {} {}", NICKNAMES[*word], pack(want)),
            Said::Good {
                number,
                word,
                quantity,
            } => {
                let (unit, room) = unit_and_room(*number);
                format!("{position}. 1-{unit}-{room} {}{quantity}份", GOODS[*word])
            }
            Said::Talk(word) => TALK[*word].to_owned(),
        }
    }

    /// The message as it is pasted.
    pub fn draft(&self) -> ChainDraft {
        let lines = (0..self.said.len()).map(|place| self.line(place));
        let lines: Vec<String> = std::iter::once(Self::HEADING.to_owned()).chain(lines).collect();
        ChainDraft {
            district: DISTRICT.to_owned(),
            round: self.round,
            compound: self.compound.clone(),
            text: lines.join("\n"),
            advance: self.advance,
        }
    }
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
            Self::Upload(_) => "upload",
            Self::Apply(_) => "apply",
            Self::Undo(_) => "undo",
            Self::Paste(_) => "paste",
            Self::Answer(_) => "answer",
            Self::TakeBack(_) => "take back",
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

    /// The import that this command keeps, if it keeps one.
    pub fn batch(&self) -> BatchId {
        BatchId::of_command(self.id)
    }

    /// The pasted message that this command keeps, if it keeps one.
    pub fn paste(&self) -> PasteId {
        PasteId::of_command(self.id)
    }

    /// The trip that this command plans for a vehicle, if it plans one.
    pub fn trip(&self, plate: &str) -> TripId {
        TripId(baogong::base::id::derive(self.id, &format!("trip/{plate}")))
    }
}
