//! Free relief packs for the households in greatest difficulty (CT-7).

use super::*;

/// Orders free relief packs for the households of a compound that the plan counts as most in need (CT-7): those
/// with special needs first, then those whose pantry is unknown or runs out soonest, until the allotment is used.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReliefDraft {
    /// The district.
    pub district: String,
    /// The round, of mode relief.
    pub round: RoundId,
    /// The pack.
    pub pack: String,
    /// The keys of the special needs that count; empty counts all.
    pub needs: Vec<String>,
}

/// What a relief run did.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReliefOutcome {
    /// Households that get a pack.
    pub given: usize,
    /// Households that have an order in this round already.
    pub had: usize,
    /// Households that get none because the allotment of their compound is used up.
    pub without: Vec<String>,
}

/// Runs [`ReliefDraft`] over every compound of the round.
pub fn relief(tx: &mut Tx, ctx: &Ctx, draft: &ReliefDraft) -> Result<ReliefOutcome> {
    let mut outcome = ReliefOutcome::default();
    for compound in open::compounds(tx, &draft.district, draft.round)? {
        let terms = terms(tx, ctx, &draft.district, draft.round, &compound.compound)?;
        let query = entry::Query {
            register: "households",
            area: &compound.compound,
            tag: "need",
            ..Default::default()
        };
        for household in entry::list(tx, &query, i64::MAX, 0)? {
            let noun: Household = household.noun()?;
            if !draft.needs.is_empty() && !noun.needs.iter().any(|need| draft.needs.contains(need)) {
                continue;
            }
            let order = OrderDraft {
                district: draft.district.clone(),
                round: draft.round,
                household: household.code.clone(),
                phone: String::new(),
                channel: Channel::Relief,
                wants: vec![Want {
                    pack: draft.pack.clone(),
                    quantity: 1,
                }],
                note: String::new(),
            };
            match tx.attempt(|tx| place_on(tx, &ctx.sub(&household.code), &terms, &household, &order)) {
                Ok(_) => outcome.given += 1,
                Err(crate::base::Error::Refusal(refusal)) if refusal.code == "already_ordered" => {
                    outcome.had += 1
                }
                Err(crate::base::Error::Refusal(refusal)) if refusal.code == "allotment" => {
                    outcome.without.push(household.code.clone());
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok(outcome)
}
