//! What the API answers with, beside the nouns of the domain, and how personal fields are masked in them.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;

use crate::base::access::{Field, View};
use crate::base::id::RoundId;
use crate::base::{Action, Actor, Ctx, Result};
use crate::register::{Body, Entry, Register};
use crate::round::open::RoundRef;
use crate::round::{Order, Round, RoundCompound};
use crate::web::Answer;
use crate::web::pages::rounds::visible;

/// The id or code of what was made.
#[derive(Serialize, ToSchema)]
pub struct Made {
    /// The id or code.
    #[schema(value_type = String)]
    pub id: Value,
}

/// How many it was.
#[derive(Serialize, ToSchema)]
pub struct Counted {
    /// How many.
    pub count: usize,
}

/// It is done; there is nothing else to say.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

/// An answer as JSON.
pub fn json<T: Serialize>(value: &T) -> Answer {
    let text = serde_json::to_vec(value)?;
    let mut response: Response = text.into_response();
    let kind = axum::http::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(axum::http::header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The id of what was made.
pub fn made(id: impl Serialize) -> Answer {
    json(&Made {
        id: serde_json::to_value(id)?,
    })
}

/// How many it was.
pub fn counted(count: usize) -> Answer {
    json(&Counted { count })
}

/// It is done.
pub fn done(_: ()) -> Answer {
    json(&Done { done: true })
}

/// The columns of an entry as the actor may see them: what is hidden is left out.
pub fn masked(actor: &Actor, register: &Register, mut body: Body) -> Body {
    for (column, field) in register.personal {
        let shown = match (actor.view(*field), body.get(*column)) {
            (View::Whole, _) | (_, None) => continue,
            (View::Masked, Some(Value::String(text))) => Some(actor.show(*field, text)),
            (View::Masked | View::Hidden, _) => None,
        };
        match shown {
            Some(text) => body.insert((*column).to_string(), text.into()),
            None => body.remove(*column),
        };
    }
    body
}

/// An entry of a register.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    /// The code, unique within the register and district.
    pub code: String,
    /// The area in which it lies.
    pub area: String,
    /// The name that lists show.
    pub name: String,
    /// `need` for a household with special needs, else empty.
    pub tag: String,
    /// How many people live there.
    pub people: i64,
    /// The columns of the form, in the smallest units.
    #[schema(value_type = Object)]
    pub fields: Body,
}

impl EntryView {
    /// The entry as the actor may see it.
    pub fn of(actor: &Actor, register: &Register, entry: Entry) -> Self {
        let knows = actor.view(Field::Health) != View::Hidden;
        Self {
            code: entry.code,
            area: entry.area,
            name: entry.name,
            tag: if knows { entry.tag } else { String::new() },
            people: entry.people,
            fields: masked(actor, register, entry.body),
        }
    }
}

/// An order as the actor may see it.
pub fn seen_order(actor: &Actor, mut order: Order) -> Order {
    order.phone = actor.show(Field::Phone, &order.phone);
    order
}

/// The round and those of its compounds that lie in the actor's area. A round without any, and another supplier's,
/// is not found. The residents' links are shown to those who take orders.
pub fn seen_round(
    tx: &mut Tx,
    ctx: &Ctx,
    in_district: &str,
    id: RoundId,
) -> Result<(Round, Vec<RoundCompound>)> {
    let at = RoundRef {
        district: in_district.to_string(),
        id,
    };
    let (round, mut compounds) = visible(tx, ctx, &at)?;
    if !ctx.actor.may(Action::TakeOrders) {
        compounds.iter_mut().for_each(|one| one.token.clear());
    }
    Ok((round, compounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Role;
    use crate::register::register;

    fn body() -> Body {
        let json = serde_json::json!({"room": "501", "head": "张小明", "phone": "13812345678", "needs": ["dialysis"]});
        json.as_object().unwrap().clone()
    }

    fn shown(role: Role) -> Body {
        let actor = Actor {
            role,
            ..Actor::system()
        };
        masked(&actor, register("households").unwrap(), body())
    }

    #[test]
    fn an_office_sees_masks_and_needs_a_supervisor_no_needs_a_supplier_only_the_masked_phone() {
        let office = shown(Role::Office);
        assert_eq!(office["head"], "张**");
        assert_eq!(office["phone"], "138****5678");
        assert!(office.contains_key("needs"));
        assert!(!shown(Role::Supervisor).contains_key("needs"));
        let supplier = shown(Role::Supplier);
        assert_eq!(supplier.keys().collect::<Vec<_>>(), ["phone", "room"]);
    }
}
