//! Who steps in when a main supplier fails.

use super::model::Model;
use super::plan::Plan;
use std::cmp::Reverse;

/// The backup of each compound: the nearest other supplier with room.
///
/// Supplier by supplier it is asked "what if this one fails": its compounds, those with most persons first,
/// take what the others have spare. So all backups of one supplier fit at the same time. Two suppliers that
/// fail together are not covered: then a new proposal is computed.
pub(super) fn backups(model: &Model, plan: &Plan) -> Vec<Option<usize>> {
    let mut backups = vec![None; model.compounds];
    let mut spare: Vec<i64> = (0..model.suppliers)
        .flat_map(|supplier| plan.spare(supplier).to_vec())
        .collect();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for failed in 0..model.suppliers {
        let mut members: Vec<usize> = plan
            .members(failed)
            .iter()
            .map(|member| *member as usize)
            .collect();
        members.sort_by_key(|compound| (Reverse(model.weight(*compound)), *compound));
        for compound in members {
            if let Some(supplier) = nearest_with_room(model, compound, failed, &spare) {
                backups[compound] = Some(supplier);
                change(model, &mut spare, compound, supplier, -1);
                taken.push((compound, supplier));
            }
        }
        for (compound, supplier) in taken.drain(..) {
            change(model, &mut spare, compound, supplier, 1);
        }
    }
    backups
}

fn change(model: &Model, spare: &mut [i64], compound: usize, supplier: usize, sign: i64) {
    for (room, need) in spare[supplier * model.categories..]
        .iter_mut()
        .zip(model.demand(compound, supplier))
    {
        *room += sign * need;
    }
}

/// By way alone: whether the present supplier is kept does not matter in an emergency. A decision of a person
/// for one main supplier does not bind the backup, a forbidden one stays forbidden.
fn nearest_with_room(model: &Model, compound: usize, failed: usize, spare: &[i64]) -> Option<usize> {
    let room = |supplier: usize| {
        supplier != failed
            && model.meant(supplier)
            && model
                .demand(compound, supplier)
                .iter()
                .zip(&spare[supplier * model.categories..])
                .all(|(need, room)| need <= room)
            && !model.forbidden(compound, supplier)
    };
    let nearness = |supplier: usize| model.nearness(compound, supplier).unwrap_or(f64::INFINITY);
    (0..model.suppliers)
        .filter(|supplier| room(*supplier))
        .min_by(|a, b| nearness(*a).total_cmp(&nearness(*b)).then(a.cmp(b)))
}
