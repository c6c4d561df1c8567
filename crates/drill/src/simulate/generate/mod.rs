//! What clients, staff, the clock and the disk might do next, by lot.

mod chain;
mod registers;
mod supply;

use baogong::base::clock;
use baogong::base::id::{OrderId, RoundId};
use baogong::plan::release::Release;
use baogong::round::open::{PackDraft, RoundDraft, RoundRef};
use baogong::round::order::{OrderChange, OrderDraft, OrderRef, ReliefDraft, Want};
use baogong::round::payment::{PaymentDraft, PaymentKind, Repayment, Transfer, TransferList};
use baogong::round::{Channel, OrderState, RoundState};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom as _};
use uuid::Uuid;

use super::model::{self, Model};
use super::script::{Command, Deed, Ending, Step, Who};
use super::world::{COMPOUNDS, DISTRICT, HOUSEHOLDS, PACKS, PHONE, START_S, SUPPLIERS, World, household};
use crate::disk::{OPERATIONS, Operation, Trouble};
use registers::BROUGHT_IN;

/// The clock never shows an earlier time, because the directives hold from the start.
const EARLIEST_S: i64 = START_S + 3_600;

/// Makes the steps of a simulation.
pub struct Generator {
    random: SmallRng,
    world: World,
    now_s: i64,
    /// Commands without an answer; their clients try again.
    waiting: Vec<Command>,
    /// Commands that were answered, some of which come again.
    sent: Vec<Command>,
}

impl Generator {
    /// A generator; what it makes follows from `random`.
    pub fn new(random: SmallRng, world: World) -> Self {
        Self {
            random,
            world,
            now_s: START_S + 10 * clock::DAY_S,
            waiting: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// Takes note of whether a command was answered.
    pub fn sent(&mut self, command: &Command, answered: bool) {
        if matches!(command.deed, Deed::Tick) {
            return;
        }
        if answered {
            self.sent.push(command.clone());
        } else {
            self.waiting.push(command.clone());
        }
    }

    /// The next step. After trouble with the disk only a restart helps.
    pub fn next(&mut self, model: &Model, stopped: bool) -> Step {
        self.move_clock();
        if (stopped && self.chance(0.7)) || self.chance(0.03) {
            let endings = [
                Ending::Stop,
                Ending::Kill,
                Ending::Kill,
                Ending::PowerCut,
                Ending::PowerCut,
            ];
            return Step::Restart(self.pick(&endings));
        }
        let mut commands = Vec::new();
        let size = if self.chance(0.5) {
            1
        } else {
            self.random.random_range(2..9)
        };
        while commands.len() < size {
            let command = self.command(model);
            if command.deed.is_observed() {
                // It goes alone, at once or another time.
                if commands.is_empty() {
                    commands.push(command);
                } else if !matches!(command.deed, Deed::Open(_)) {
                    self.waiting.push(command);
                }
                break;
            }
            commands.push(command);
        }
        Step::Batch {
            commands,
            trouble: self.trouble(),
            checkpoint: self.chance(0.15),
        }
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.random.random_bool(probability)
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list.choose(&mut self.random)
            .expect("the list is not empty")
            .clone()
    }

    /// Time passes, mostly by minutes; sometimes the clock is set wrongly, or right again.
    fn move_clock(&mut self) {
        let by_s = match self.random.random_range(0..100) {
            0..2 => self.random.random_range(-48 * 3_600..0),
            2..5 => self.random.random_range(3_600..30 * 3_600),
            5..12 => self.random.random_range(600..3_600),
            _ => self.random.random_range(0..120),
        };
        self.now_s = (self.now_s + by_s).max(EARLIEST_S);
    }

    fn trouble(&mut self) -> Option<Trouble> {
        if !self.chance(0.15) {
            return None;
        }
        Some(match self.random.random_range(0..10) {
            0..2 => Trouble::PowerCut {
                operation: Operation::Write,
                number: self.random.random_range(1..40),
                after: self.chance(0.5),
            },
            2..4 => Trouble::PowerCut {
                operation: Operation::Sync,
                number: self.random.random_range(1..3),
                after: self.chance(0.5),
            },
            4..7 => Trouble::Fail {
                operation: self.pick(&OPERATIONS),
                number: self.random.random_range(1..12),
            },
            7..9 => Trouble::ShortWrite {
                number: self.random.random_range(1..20),
            },
            _ => Trouble::Full {
                bytes: self.random.random_range(0..200_000),
            },
        })
    }

    fn command(&mut self, model: &Model) -> Command {
        // A client without an answer tries again with the same id; so does one whose answer was lost on the way.
        if !self.waiting.is_empty() && self.chance(0.35) {
            let index = self.random.random_range(0..self.waiting.len());
            return self.again(self.waiting[index].clone(), index);
        }
        if !self.sent.is_empty() && self.chance(0.08) {
            let mut command = self.pick(&self.sent.clone());
            command.at_s = self.now_s;
            if self.chance(0.3)
                && let Deed::Place(draft) = &mut command.deed
            {
                draft.note.push('改');
            }
            return command;
        }
        let deed = self.deed(model);
        let who = match &deed {
            Deed::Place(draft) if draft.channel == Channel::Link => Who::Resident(draft.household.clone()),
            Deed::Change(OrderChange { id, .. }) | Deed::Cancel(OrderRef { id, .. }) => {
                match model.orders.get(id) {
                    Some(order) if order.channel == Channel::Link => Who::Resident(order.household.clone()),
                    _ => Who::Staff,
                }
            }
            _ => Who::Staff,
        };
        let at_s = self.now_s + self.random.random_range(-3..4);
        Command {
            id: Uuid::from_u128(self.random.random()),
            at_s,
            who,
            deed,
        }
    }

    fn again(&mut self, mut command: Command, index: usize) -> Command {
        // Some clients send twice before they hear anything.
        if self.chance(0.8) {
            self.waiting.swap_remove(index);
        }
        command.at_s = self.now_s;
        command
    }

    fn deed(&mut self, model: &Model) -> Deed {
        let now_s = self.now_s;
        let takes = |id: &RoundId| now_s < model.rounds[id].cutoff_s;
        let mut open: Vec<RoundId> = rounds(model, RoundState::Open);
        if self.chance(0.9) {
            open.retain(takes);
        }
        if open.is_empty() || (open.len() < 3 && self.chance(0.03)) {
            return self.open();
        }
        if self.chance(0.35)
            && let Some(deed) = self.supply(model)
        {
            return deed;
        }
        if self.chance(0.08) {
            return self.import(model);
        }
        if self.chance(0.15) {
            return self.chain(model, &open);
        }
        let deed = self.order_deed(model, &open);
        // The clock is looked at now and then; where nothing else fits, somebody orders.
        if matches!(deed, Deed::Tick) && self.chance(0.85) {
            return self.place(model, &open);
        }
        deed
    }

    fn order_deed(&mut self, model: &Model, open: &[RoundId]) -> Deed {
        match self.random.random_range(0..100) {
            0..40 => self.place(model, open),
            40..48 => self.change(model),
            48..54 => match self.order(
                model,
                &[OrderState::Requested, OrderState::Placed, OrderState::Confirmed],
            ) {
                Some(id) => Deed::Cancel(OrderRef {
                    district: DISTRICT.into(),
                    id,
                }),
                None => Deed::Tick,
            },
            54..78 => self.pay(model),
            78..82 => self.transfers(model),
            82..85 => Deed::Relief(ReliefDraft {
                district: DISTRICT.into(),
                round: self.pick(open),
                pack: self.pick(&PACKS).0.into(),
                needs: Vec::new(),
            }),
            85..95 => Deed::Tick,
            _ => {
                let at = RoundRef {
                    district: DISTRICT.into(),
                    id: self.pick(open),
                };
                if self.chance(0.4) {
                    Deed::CutOff(at)
                } else {
                    Deed::Confirm(at)
                }
            }
        }
    }

    fn open(&mut self) -> Deed {
        let relief = self.chance(0.15);
        let mut compounds: Vec<String> = COMPOUNDS.map(str::to_owned).to_vec();
        if self.chance(0.5) {
            compounds.remove(self.random.random_range(0..compounds.len()));
        }
        // In the second compound only mode C is allowed (DX-1), and free packs.
        let second = compounds.iter().any(|code| code == COMPOUNDS[1]);
        let platform = !second && self.chance(0.1);
        let cutoff = match self.random.random_range(0..10) {
            0..6 => String::new(),
            6..9 => clock::field(self.now_s + self.random.random_range(1..12) * 3_600),
            _ => clock::field(self.now_s + self.random.random_range(3..6) * clock::DAY_S),
        };
        let packs = PACKS.iter().map(|pack| PackDraft {
            code: pack.0.into(),
            total: self.random.random_range(1..14),
        });
        let packs = packs.collect();
        Deed::Open(RoundDraft {
            mode: if relief {
                "relief"
            } else if platform {
                "B"
            } else {
                "C"
            }
            .into(),
            supplier: self.pick(&SUPPLIERS).into(),
            compounds,
            packs,
            cutoff,
            release: (!relief && !platform && self.chance(0.4)).then_some(Release::Ballot),
            ..RoundDraft::default()
        })
    }

    fn wants(&mut self) -> Vec<Want> {
        let most = if self.world == World::Shortage { 5 } else { 3 };
        let count = self.random.random_range(1..3);
        let want = |random: &mut SmallRng| Want {
            pack: PACKS.choose(random).expect("there are packs").0.into(),
            quantity: random.random_range(0..most),
        };
        (0..count).map(|_| want(&mut self.random)).collect()
    }

    fn place(&mut self, model: &Model, open: &[RoundId]) -> Deed {
        let all: Vec<RoundId> = model.rounds.keys().copied().collect();
        let round = if self.chance(0.05) {
            self.pick(&all)
        } else {
            self.pick(open)
        };
        let relief = model.rounds[&round].mode == "relief";
        let compound = if self.chance(0.03) {
            self.random.random_range(0..COMPOUNDS.len())
        } else {
            let code = self.pick(&model.rounds[&round].compounds);
            COMPOUNDS.iter().position(|one| *one == code).unwrap_or(0)
        };
        let channel = match self.random.random_range(0..10) {
            _ if relief => Channel::Relief,
            0..5 => Channel::Link,
            5..8 => Channel::Staff,
            8 => Channel::Chain,
            _ => Channel::Proxy,
        };
        let number = match self.random.random_range(0..20) {
            0..2 => HOUSEHOLDS + self.random.random_range(0..BROUGHT_IN),
            2 => HOUSEHOLDS - 1,
            _ => self.random.random_range(0..HOUSEHOLDS - 1),
        };
        Deed::Place(OrderDraft {
            district: DISTRICT.into(),
            round,
            household: household(compound, number),
            phone: PHONE.into(),
            channel,
            wants: self.wants(),
            note: String::new(),
        })
    }

    fn order(&mut self, model: &Model, states: &[OrderState]) -> Option<OrderId> {
        let anyhow = self.chance(0.05);
        let fits =
            |(id, order): (&OrderId, &model::Order)| (anyhow || states.contains(&order.state)).then_some(*id);
        let found: Vec<OrderId> = model.orders.iter().filter_map(fits).collect();
        found.choose(&mut self.random).copied()
    }

    fn change(&mut self, model: &Model) -> Deed {
        let Some(id) = self.order(model, &[OrderState::Requested, OrderState::Placed]) else {
            return Deed::Tick;
        };
        Deed::Change(OrderChange {
            district: DISTRICT.into(),
            id,
            wants: self.wants(),
            phone: String::new(),
            note: String::new(),
        })
    }

    fn pay(&mut self, model: &Model) -> Deed {
        if self.chance(0.1)
            && let Some((household, owed_fen)) = model.owed_fen.iter().next_back()
        {
            return Deed::Repay(Repayment {
                household: household.clone(),
                amount_fen: owed_fen / 2 + self.random.random_range(0..2),
            });
        }
        let Some(order) = self.order(model, &[OrderState::Placed]) else {
            return Deed::Tick;
        };
        let kind = if self.chance(0.85) {
            PaymentKind::Paid
        } else {
            PaymentKind::Advanced
        };
        Deed::Pay(PaymentDraft {
            district: DISTRICT.into(),
            order,
            kind,
            payer: "住户".into(),
            reference: String::new(),
        })
    }

    fn transfers(&mut self, model: &Model) -> Deed {
        let Some(order) = self.order(model, &[OrderState::Placed]) else {
            return Deed::Tick;
        };
        let order = &model.orders[&order];
        let transfer = |amount_fen: i64| Transfer {
            place: "1".into(),
            payer: String::new(),
            amount_fen,
            reference: String::new(),
            remark: baogong::round::with_check_digit(model.code(order).trim_end_matches('-')),
        };
        let amount_fen = order.amount_fen + i64::from(self.chance(0.1));
        Deed::Match(TransferList {
            district: DISTRICT.into(),
            round: order.round,
            area: DISTRICT.into(),
            transfers: vec![transfer(amount_fen), transfer(amount_fen)],
        })
    }
}

fn rounds(model: &Model, state: RoundState) -> Vec<RoundId> {
    let of = |(id, round): (&RoundId, &model::Round)| (round.state == state).then_some(*id);
    model.rounds.iter().filter_map(of).collect()
}
