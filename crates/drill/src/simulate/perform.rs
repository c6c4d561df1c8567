//! Commands as the application carries them out.

use baogong::base::act::{self, Act, once, once_each};
use baogong::base::id::OrderId;
use baogong::base::{Action, Ctx, Result};
use baogong::register::import::{self, Applying, Upload};
use baogong::round::ballot::Secret;
use baogong::round::{chain, handover, open, order, packing, payment, settle, settlement, trips};
use serde::{Serialize, de::DeserializeOwned};
use store::Tx;
use store::testing::Batch;

use super::script::{Command, Deed, FileDraft, Who};
use super::world::DISTRICT;

static OPEN: Act = Act::new("round.open", Action::OpenRound);
static PLACE: Act = Act::new("order.place", Action::TakeOrders);
static CHANGE: Act = Act::new("order.change", Action::TakeOrders);
static CANCEL: Act = Act::new("order.cancel", Action::TakeOrders);
static PAY: Act = Act::new("payment.record", Action::Collect);
static MATCH: Act = Act::new("payment.match", Action::Collect);
static RELIEF: Act = Act::new("order.relief", Action::TakeOrders);
static CUT_OFF: Act = Act::new("round.cut_off", Action::OpenRound);
static CONFIRM: Act = Act::new("round.confirm", Action::OpenRound);
static PACK: Act = Act::new("pack.bag", Action::Pack);
static PACK_ALL: Act = Act::new("pack.all", Action::Pack);
static BOX: Act = Act::new("pack.boxes", Action::Pack);
static PLAN: Act = Act::new("trip.plan", Action::Dispatch);
static LOAD: Act = Act::new("trip.load", Action::Deliver);
static HAND_OVER: Act = Act::new("trip.hand_over", Action::Deliver);
static HAND: Act = Act::new("hand.record", Action::Deliver);
static SETTLE: Act = Act::new("round.settle", Action::Settle);
static REPAY: Act = Act::new("advance.repay", Action::Collect);
static UPLOAD: Act = Act::new("import.keep", Action::ImportRegister);
static APPLY: Act = Act::new("import.apply", Action::ImportRegister);
static UNDO: Act = Act::new("import.undo", Action::ImportRegister);
static PASTE: Act = Act::new("order.chain", Action::TakeOrders);
static ANSWER: Act = Act::new("chain.settle", Action::TakeOrders);
static TAKE_BACK: Act = Act::new("chain.take_back", Action::TakeOrders);

/// Adds a command to a batch, in the way in which the application sends it: orders of residents are decided together.
pub fn add(batch: &mut Batch, command: &Command, reply: impl FnOnce(Result<String>) + Send + 'static) {
    let ctx = ctx(command);
    if let (Deed::Place(draft), Who::Resident(area)) = (&command.deed, &command.who) {
        match act::Command::new(ctx, &PLACE, area, draft.clone(), order::place_many) {
            Ok(one) => batch.add_together(once_each, one, |answer: Result<OrderId>| {
                reply(answer.and_then(|id| Ok(serde_json::to_string(&id)?)));
            }),
            Err(error) => reply(Err(error)),
        }
        return;
    }
    let command = command.clone();
    batch.add(Box::new(move |tx| perform(tx, &command)), reply);
}

fn ctx(command: &Command) -> Ctx {
    Ctx {
        actor: command.actor(),
        now_s: command.at_s,
        command: command.id,
    }
}

/// Carries a command out and gives its result as JSON, as it is kept under the command's id.
///
/// # Errors
/// The refusals of the domain, and faults.
fn perform(tx: &mut Tx, command: &Command) -> Result<String> {
    let ctx = ctx(command);
    let area = command.area();
    match &command.deed {
        Deed::Open(draft) => {
            // Each try seals another secret, as each form does; the first one that is stored stays.
            let mut draft = draft.clone();
            draft.secret = Secret::foreseen(&format!("{}/{}", command.id, command.at_s));
            one(tx, &ctx, &OPEN, area, &draft, open::open)
        }
        Deed::Place(draft) => one(tx, &ctx, &PLACE, area, draft, order::place),
        Deed::Change(draft) => one(tx, &ctx, &CHANGE, area, draft, order::change),
        Deed::Cancel(at) => one(tx, &ctx, &CANCEL, area, at, order::cancel),
        Deed::Pay(draft) => one(tx, &ctx, &PAY, area, draft, payment::pay),
        Deed::Match(list) => one(tx, &ctx, &MATCH, area, list, payment::match_transfers),
        Deed::Relief(draft) => one(tx, &ctx, &RELIEF, area, draft, order::relief),
        Deed::CutOff(at) => one(tx, &ctx, &CUT_OFF, area, at, open::cut_off),
        Deed::Confirm(at) => one(tx, &ctx, &CONFIRM, area, at, open::confirm),
        // The clock comes through no door: it finds nothing to do the second time.
        Deed::Tick => Ok(open::tick(tx, &ctx)?.to_string()),
        Deed::Pack(draft) => one(tx, &ctx, &PACK, area, draft, packing::pack),
        Deed::PackAll(at) => one(tx, &ctx, &PACK_ALL, area, at, packing::pack_all),
        Deed::Box(draft) => one(tx, &ctx, &BOX, area, draft, packing::fill_boxes),
        Deed::Plan(draft) => one(tx, &ctx, &PLAN, area, draft, |tx, ctx, draft| {
            trips::PLAN.at_once(tx, ctx, draft)
        }),
        Deed::Load(at) => one(tx, &ctx, &LOAD, area, at, trips::load),
        Deed::HandOver(draft) => one(tx, &ctx, &HAND_OVER, area, draft, trips::hand_over),
        Deed::Hand(draft) => one(tx, &ctx, &HAND, area, draft, handover::record),
        Deed::Settle(at) => one(tx, &ctx, &SETTLE, area, at, settlement::settle),
        Deed::Repay(repayment) => one(tx, &ctx, &REPAY, area, repayment, payment::repay),
        Deed::Upload(file) => {
            let upload = upload(tx, &ctx, file)?;
            one(tx, &ctx, &UPLOAD, area, &upload, import::keep)
        }
        Deed::Apply(at) => {
            let applying = Applying::stored(tx, &ctx.actor, at.clone())?;
            one(tx, &ctx, &APPLY, area, &applying, import::apply)
        }
        Deed::Undo(at) => one(tx, &ctx, &UNDO, area, at, import::undo),
        Deed::Paste(message) => one(tx, &ctx, &PASTE, area, &message.draft(), chain::take),
        Deed::Answer(settling) => one(tx, &ctx, &ANSWER, area, settling, settle::settle),
        Deed::TakeBack(last) => one(tx, &ctx, &TAKE_BACK, area, last, settle::take_back),
    }
}

/// Reads and previews a file, as is done before it is kept.
fn upload(tx: &mut Tx, ctx: &Ctx, file: &FileDraft) -> Result<Upload> {
    let bytes = file.text().into_bytes();
    let reading = import::read_file(FileDraft::NAME, &bytes)?;
    let preview = import::preview(tx, &ctx.actor, DISTRICT, &reading, &[])?;
    Ok(Upload::new(DISTRICT, FileDraft::NAME, bytes).checked(&reading, &preview))
}

fn one<I, O>(
    tx: &mut Tx,
    ctx: &Ctx,
    act: &'static Act,
    area: &str,
    input: &I,
    change: fn(&mut Tx, &Ctx, &I) -> Result<O>,
) -> Result<String>
where
    I: Serialize,
    O: Serialize + DeserializeOwned,
{
    Ok(serde_json::to_string(&once(tx, ctx, act, area, input, change)?)?)
}
