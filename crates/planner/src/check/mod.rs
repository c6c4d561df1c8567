//! Verifies proposals, whoever made them: solver, person or import.
//!
//! Nothing here is shared with the solvers but the types and the distance between two points. An empty list
//! of findings means: the proposal keeps every promise of its documentation that can be checked.

mod alarms;
mod allocation;
mod assignment;
mod chosen;
mod composition;
mod forecast;
mod order;
mod packed;
mod partial;
mod placed;
mod rationed;
mod routes;
mod sharing;
mod slots;
mod visits;

pub use alarms::grade;
pub use allocation::allocation;
pub use assignment::assignment;
pub use chosen::{Against, Chosen, Consequences, Over, Way, chosen};
pub use composition::{composition, ration, substitutes, supply};
pub use forecast::{anomaly, county_rate, days_of_supply, demand};
pub use packed::{Holds, Packed, Unkept, packed};
pub use partial::partial;
pub use placed::placed;
pub use rationed::rationed;
pub use routes::routes;
pub use sharing::{sharing, spread};
pub use slots::slots;
pub use visits::{crews, visits, walk};

/// Something wrong with a proposal, in words for a developer or an auditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Who is concerned and what is wrong.
    pub what: String,
}

/// Collects findings.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Notes the words unless the condition holds.
    fn expect(&mut self, condition: bool, what: impl FnOnce() -> String) {
        if !condition {
            self.0.push(Finding { what: what() });
        }
    }
}
