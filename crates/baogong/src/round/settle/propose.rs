//! What a doubtful line may mean, as proposals to accept.

use documents::chain::{Candidate, Question, Reason};

use super::{OpenLine, Proposal};
use crate::round::Order;
use crate::round::alias::AliasKind;
use crate::round::chain::{Known, LineOutcome};
use crate::round::order::Want;

/// The question as a person sees it.
pub(in crate::round) fn open_line(known: &Known, standing: &[Order], question: &Question) -> OpenLine {
    let nickname = teaches(question, AliasKind::Dwelling);
    let good = teaches(question, AliasKind::Good);
    OpenLine {
        number: question.line.number,
        text: question.line.text.clone(),
        zh: question.reason.zh(),
        en: question.reason.en(),
        proposals: proposals(known, standing, question),
        nickname,
        good,
    }
}

/// A line of which nothing was understood, as a question without proposals.
pub(in crate::round) fn blank_line(line: &LineOutcome) -> OpenLine {
    OpenLine {
        number: line.number,
        text: line.text.clone(),
        zh: "没有认出这一行：是订单就补上房号和数量，不是就点“不是订单”。".into(),
        en: "This line was not recognised: enter dwelling and goods if it is an order.".into(),
        proposals: Vec::new(),
        nickname: String::new(),
        good: String::new(),
    }
}

/// The word that an answer of this kind would teach, or an empty text.
fn teaches(question: &Question, kind: AliasKind) -> String {
    let meaning = match kind {
        AliasKind::Dwelling => Candidate::Dwelling(0),
        AliasKind::Good => Candidate::Good(0),
    };
    question
        .teaches(meaning)
        .map_or_else(String::new, |alias| alias.written)
}

/// Proposals shown at most: as many as there are number keys.
const PROPOSALS_MAX: usize = 9;

fn proposals(known: &Known, standing: &[Order], question: &Question) -> Vec<Proposal> {
    let guess = question.guess.clone();
    let (guessed, base) = guess.map_or((None, Vec::new()), |guess| (guess.dwelling, guess.lines));
    let mut homes: Vec<Option<usize>> = guessed.map(Some).into_iter().collect();
    let mut goods = Vec::new();
    for candidate in &question.candidates {
        match candidate {
            Candidate::Dwelling(home) if !homes.contains(&Some(*home)) => homes.push(Some(*home)),
            Candidate::Good(good) => goods.push(*good),
            Candidate::Dwelling(_) => {}
        }
    }
    if homes.is_empty() {
        homes.push(None);
    }
    let mut found: Vec<Proposal> = Vec::new();
    let mut add = |proposal: Proposal| {
        if !found.contains(&proposal) && (!proposal.household.is_empty() || !proposal.wants.is_empty()) {
            found.push(proposal);
        }
    };
    let withdrawal = matches!(question.reason, Reason::Withdrawal { .. });
    for home in homes {
        let code = home.and_then(|home| known.household(home)).unwrap_or_default();
        let stands = standing.iter().find(|order| order.household == code);
        let had = stands.map(wants_of).unwrap_or_default();
        if withdrawal && stands.is_some() {
            add(Proposal {
                household: code.clone(),
                wants: Vec::new(),
                cancel: true,
                more: false,
                words: known.words(home, &[]),
            });
        }
        let whole = |lines: &[(usize, u32)], more: bool| Proposal {
            household: code.clone(),
            wants: known.wants(lines),
            cancel: false,
            more,
            words: known.words(home, lines),
        };
        if goods.is_empty() {
            add(whole(&base, false));
        }
        for good in &goods {
            let mut lines = base.clone();
            lines.push((*good, 1));
            add(whole(&lines, false));
        }
        // Somebody who has ordered already may want this instead or on top.
        if !had.is_empty() && !base.is_empty() && known.wants(&base) != had {
            add(whole(&base, true));
        }
    }
    found.truncate(PROPOSALS_MAX);
    found
}

pub(super) fn wants_of(order: &Order) -> Vec<Want> {
    order
        .lines
        .iter()
        .map(|line| Want {
            pack: line.pack.clone(),
            quantity: line.quantity,
        })
        .collect()
}
