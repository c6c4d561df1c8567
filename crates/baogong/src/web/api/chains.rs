//! Settling what a chain message left open, what was learned from it, and the texts that go back to the group.

use super::input::{Ask, Body, Command, Id};
use super::view::{done, json};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::{PasteId, RoundId};
use crate::round::alias::{self, Alias, AliasRef};
use crate::round::settle::{self, Answer, Paste, PasteRef, Settling, StepRef};
use crate::web::gate::Gate;
use crate::web::pages::orders::share::{Texts, texts};
use crate::web::{Answer as Answered, Web};

static SETTLE: Act = Act::new("chain.settle", Action::TakeOrders);
static TAKE_BACK: Act = Act::new("chain.take_back", Action::TakeOrders);
static FORGET: Act = Act::new("chain.forget", Action::TakeOrders);

endpoints! {
    read "/api/v1/chains/{id}", Gate::Needs(Action::TakeOrders), get_paste;
    write "/api/v1/chains/settle", Gate::Needs(Action::TakeOrders), settle_line;
    write "/api/v1/chains/back", Gate::Needs(Action::TakeOrders), take_back;
    read "/api/v1/aliases", Gate::Needs(Action::TakeOrders), list_aliases;
    write "/api/v1/aliases/forget", Gate::Needs(Action::TakeOrders), forget_alias;
    read "/api/v1/rounds/{id}/texts", Gate::Needs(Action::TakeOrders), get_texts;
}

/// A pasted chain message: its open lines with proposals, and how they were settled so far.
#[utoipa::path(get, path = "/api/v1/chains/{id}", tag = "orders",
    params(("id" = String, Path, description = "The `paste` that taking the message answered with")),
    responses((status = 200, body = Paste)))]
async fn get_paste(web: Web, Id(id): Id<PasteId>) -> Answered {
    let (ctx, at) = (
        web.ctx()?,
        PasteRef {
            district: web.district()?,
            id,
        },
    );
    json(&web.app.read(move |tx| settle::paste(tx, &ctx, &at)).await?)
}

/// The compound of a pasted message, which is the area of whatever is done with it.
async fn compound(command: &Command, at: &PasteRef) -> crate::base::Result<String> {
    command.home(&at.district)?;
    let (ctx, at) = (command.ctx.clone(), at.clone());
    let paste = command
        .web
        .app
        .read(move |tx| settle::paste(tx, &ctx, &at))
        .await?;
    Ok(paste.compound)
}

/// Settles one open line: an order, a cancellation, no order at all, or later. What the rules refuse stays open.
#[utoipa::path(post, path = "/api/v1/chains/settle", tag = "orders", request_body = Settling,
    responses((status = 200, body = Answer)))]
async fn settle_line(command: Command, Body(settling): Body<Settling>) -> Answered {
    let at = PasteRef {
        district: settling.district.clone(),
        id: settling.paste.parse().map_err(|_| {
            crate::base::Refusal::invalid(
                "paste",
                "paste应为接龙的编号。",
                "`paste` is the id of a pasted chain message.",
            )
        })?,
    };
    let area = compound(&command, &at).await?;
    json(&command.act(&SETTLE, &area, settling, settle::settle).await?)
}

/// Takes the last answer back.
#[utoipa::path(post, path = "/api/v1/chains/back", tag = "orders", request_body = StepRef,
    responses((status = 200, body = super::view::Done)))]
async fn take_back(command: Command, Body(last): Body<StepRef>) -> Answered {
    let area = compound(&command, &last.paste).await?;
    command.act(&TAKE_BACK, &area, last, settle::take_back).await?;
    done(())
}

/// What neighbours of a compound call each other and the goods.
#[utoipa::path(get, path = "/api/v1/aliases", tag = "orders",
    params(("compound" = String, Query, description = "The compound's code")),
    responses((status = 200, body = [Alias])))]
async fn list_aliases(web: Web, ask: Ask) -> Answered {
    let compound = web.area(ask.get("compound"))?;
    json(&web.app.read(move |tx| alias::of_compound(tx, &compound)).await?)
}

/// Forgets a word of a compound.
#[utoipa::path(post, path = "/api/v1/aliases/forget", tag = "orders", request_body = AliasRef,
    responses((status = 200, body = super::view::Done)))]
async fn forget_alias(command: Command, Body(at): Body<AliasRef>) -> Answered {
    let area = at.compound.clone();
    done(command.act(&FORGET, &area, at, alias::forget).await?)
}

/// The texts to copy back to the chat group: announcement, list of orders, reminder to pay, calls to fetch.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/texts", tag = "orders",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = String, Query, description = "The compound's code"),
    ),
    responses((status = 200, body = Texts)))]
async fn get_texts(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answered {
    let compound = web.area(ask.get("compound"))?;
    let (_, _, texts) = texts(&web, &id.to_string(), &compound).await?;
    json(&texts)
}
