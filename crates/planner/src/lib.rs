//! Proposals: what a computer can work out and a person then accepts or changes.
//!
//! - [`assign`]: which supplier feeds which compound, with a backup for each.
//! - [`route`]: who drives where and when: depots, fleets, trips, time windows, passes.
//! - [`travel`]: time and distance by road from a map, with closures and checkpoints; positions of other maps.
//! - [`slots`]: when the units of a compound fetch their goods, so that few stand together.
//! - [`visits`]: who goes shopping on which day, and volunteers and walking order for the last metres.
//! - [`allocate`]: how a scarce total is divided in proportion to need.
//! - [`fair`]: how scarce packs are shared so that those with least food come first.
//! - [`packs`]: what goes into a pack, from what is in stock.
//! - [`forecast`] and [`alarms`]: how much will be asked for, how long stock lasts, what is out of the ordinary.
//! - [`natural`]: the order in which people count buildings (3 before 10).
//! - [`effort`]: how long a search may take, and who watches it.
//! - [`check`]: verifies each kind of proposal and shares no code with the solvers.
//!
//! The crate is pure: there is no clock, no network and no randomness but the seed, so the same input and seed
//! give the same answer again (on one platform; the last digits of sines differ between platforms). Every solver gives an answer for every input; what cannot be
//! served is listed with its reason.

pub mod alarms;
pub mod allocate;
pub mod assign;
pub mod check;
pub mod effort;
pub mod fair;
pub mod forecast;
pub mod natural;
pub mod packs;
mod point;
mod random;
pub mod route;
pub mod slots;
pub mod travel;
pub mod visits;

pub use point::{DETOUR_PCT, Point, distance_m, road_distance_m};
