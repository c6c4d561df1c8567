//! What was worked out as one JSON object, for programs. Keys are only ever added.

use kit::Lang;
use serde_json::{Value, json};

use super::{Asked, Lists, Planned};
use crate::plan::rules::CATEGORIES;

/// The figures of a proposal; weights in grams, ways in metres, moments in Unix seconds.
pub fn summary(planned: &Planned, lists: &Lists, asked: &Asked, lang: Lang) -> Value {
    let compounds = &planned.county.compounds;
    let answer = &planned.supply.answer;
    let sources: Vec<Value> = lists
        .sources
        .iter()
        .map(|source| {
            json!({
                "file": source.file, "sheet": source.sheet, "form": source.form.map(|form| form.key),
                "rows": source.rows, "used": source.used, "warnings": source.warnings,
            })
        })
        .collect();
    let shortages: Vec<Value> = answer
        .shortages
        .iter()
        .map(|one| {
            json!({
                "category": one.category, "demand_g": one.demand, "capacity_g": one.capacity, "short_g": one.short_by,
            })
        })
        .collect();
    let lacks: Vec<Value> = answer
        .lacks
        .iter()
        .map(|one| {
            let living = &compounds[planned.supply.compound(&one.compound)];
            json!({
                "community": living.community, "compound": living.name, "supplier": one.supplier,
                "category": one.category, "short_g": one.short_by,
            })
        })
        .collect();
    let shared: Vec<Value> = compounds
        .iter()
        .zip(&planned.supply.shared)
        .filter_map(|(living, shared)| Some((living, shared.as_ref()?)))
        .map(|(living, shared)| {
            json!({
                "community": living.community, "compound": living.name, "main": shared.main,
                "given_g": shared.given, "short_g": shared.short,
                "added": shared.added.iter().map(|one| json!({
                    "supplier": one.supplier, "category": planned.supply.problem.categories[one.category],
                    "amount_g": one.amount,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let trips = planned.drive.as_ref().map(|drive| {
        let tours = &drive.plan.tours;
        let unserved: Vec<Value> = drive
            .plan
            .unserved
            .iter()
            .map(|left| {
                let drop = drive.drops[left.stop];
                let living = &compounds[drop.compound];
                json!({
                    "community": living.community, "compound": living.name, "weight_g": drop.weight_g,
                    "reason": drive.reason(left.reason).word(lang),
                })
            })
            .collect();
        json!({
            "vehicles": tours.len(),
            "trips": tours.iter().map(|tour| tour.trips.len()).sum::<usize>(),
            "stops": drive.drops.len() - drive.plan.unserved.len(),
            "distance_m": tours.iter().map(|tour| tour.distance_m).sum::<i64>(),
            "last_back_s": tours.iter().map(|tour| asked.depart_s + tour.end_s).max(),
            "unserved": unserved,
            "cut_off": drive.cut_off.len(),
        })
    });
    let pick_g: Vec<i64> = (0..CATEGORIES.len())
        .map(|category| planned.picks.iter().map(|pick| pick.need_g[category]).sum())
        .collect();
    let picks: serde_json::Map<String, Value> = CATEGORIES
        .iter()
        .zip(pick_g)
        .map(|((key, _, _), weight_g)| ((*key).to_string(), weight_g.into()))
        .collect();
    let notes: Vec<&str> = planned.notes.iter().map(|note| note.word(lang)).collect();
    json!({
        "plan": asked.plan.id, "level": asked.level.key(), "depart_s": asked.depart_s, "days": asked.days, "seed": asked.seed,
        "sources": sources,
        "compounds": compounds.len(),
        "households": compounds.iter().map(|one| one.households).sum::<i64>(),
        "persons": compounds.iter().map(|one| one.persons).sum::<i64>(),
        "suppliers": planned.county.suppliers.len(),
        "assignment": {
            "assigned": answer.choices.iter().filter(|choice| choice.main.is_some()).count(),
            "unserved_persons": answer.unserved_persons,
            "person_metres": answer.person_distance_m,
            "bound_person_metres": answer.lower_bound_person_m,
            "gap_percent": planned.supply.gap().map(|gap| gap as f64 / 100.0),
            "shortages": shortages,
            "lacks": lacks,
            "shared": shared,
        },
        "trips": trips,
        "picks_g": picks,
        "pickup": {
            "to_door": planned.pickup.calls.is_none(),
            "compounds": planned.pickup.compounds.len(),
            "slots": planned.pickup.compounds.iter().map(|one| one.slots.len()).sum::<usize>(),
        },
        "notes": notes,
    })
}
