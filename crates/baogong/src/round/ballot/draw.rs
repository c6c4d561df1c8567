//! The arithmetic of a draw: SHA-256 over texts that anybody can put together again. It knows no store and no clock.
//! The checker in `check.rs` does the same from the published file with code of its own.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::base::id::OrderId;
use crate::round::order::Want;

/// What a ballot draws its fairness from: made before the round opens.
#[derive(Clone)]
pub struct Secret {
    /// The first half of the seed, sealed until the draw.
    pub(super) sealed: String,
    /// What request numbers are made with; never published, so that a number does not give away its order.
    pub(super) mask: String,
}

impl Default for Secret {
    /// Fresh, from the randomness of the system (two random UUIDs each, 244 bits). It is made with the draft, outside
    /// of the transaction, so that a transaction that runs again seals the same one.
    fn default() -> Self {
        let fresh = || sha256(&format!("{}{}", Uuid::new_v4(), Uuid::new_v4()));
        Self {
            sealed: fresh(),
            mask: fresh(),
        }
    }
}

impl Secret {
    /// The secret that follows from a text. Who knows the text knows the draw, so this is for simulations, which must go the
    /// same way again.
    pub fn foreseen(from: &str) -> Self {
        Self {
            sealed: sha256(&format!("sealed/{from}")),
            mask: sha256(&format!("mask/{from}")),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(sealed)")
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The number under which a request is published, such as `3F2A-91C0-77BE-04D1`. Only the household, and who may know of
/// its needs, learns it: the class of a household tells of illness and want, and order codes are known to the neighbours.
pub(super) fn number(mask: &str, order: OrderId) -> String {
    let text = sha256(&format!("{mask}{order}")).to_uppercase();
    format!(
        "{}-{}-{}-{}",
        &text[..4],
        &text[4..8],
        &text[8..12],
        &text[12..16]
    )
}

/// A request as it goes into the digest: a JSON array of number, compound and wants, these in order of the packs' codes.
pub(super) fn line(number: &str, compound: &str, wants: &[Want]) -> String {
    let mut wants: Vec<(&str, i64)> = wants
        .iter()
        .map(|want| (want.pack.as_str(), want.quantity))
        .collect();
    wants.sort_unstable();
    serde_json::json!([number, compound, wants]).to_string()
}

/// The digest of all requests: their lines in order, each with a line feed.
pub(super) fn digest(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    lines.iter_mut().for_each(|line| line.push('\n'));
    sha256(&lines.concat())
}

/// The seed: nobody who asks knows the secret, and who knows the secret does not know who will ask.
pub(super) fn seed(secret: &str, digest: &str) -> String {
    sha256(&format!("{secret}{digest}"))
}

/// The ticket of a request.
pub(super) fn ticket(seed: &str, number: &str) -> String {
    sha256(&format!("{seed}{number}"))
}

/// The order in which requests come up: by class, then by ticket. Gives indices into `requests` (class, number) with
/// their tickets.
pub(super) fn sequence(seed: &str, requests: &[(usize, String)]) -> Vec<(usize, String)> {
    let mut drawn: Vec<(usize, String)> = requests
        .iter()
        .enumerate()
        .map(|(index, (_, number))| (index, ticket(seed, number)))
        .collect();
    drawn.sort_by(|one, other| (requests[one.0].0, &one.1).cmp(&(requests[other.0].0, &other.1)));
    drawn
}
