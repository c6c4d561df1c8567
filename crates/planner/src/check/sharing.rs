use super::{Finding, Findings};
use crate::fair::{Claim, Level, Sharing, Spread, Stage, Terms};

/// Verifies a sharing against the published rule of [`crate::fair`] as a reader of the table would: in every stage
/// the exact shares at the published level add up to what was left, each is rounded down or up, and who was rounded
/// up has the larger fraction.
pub fn sharing(claims: &[Claim], terms: &Terms, sharing: &Sharing) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut has_g: Vec<i128> = claims
        .iter()
        .map(|claim| i128::from(claim.at_home_g).max(0))
        .collect();
    let mut sums = vec![0i64; claims.len()];
    let mut left = if terms.pack_g < 1 { 0 } else { terms.packs.max(0) };
    let mut last_class = None;
    for (number, stage) in sharing.stages.iter().enumerate() {
        let until_d = if number == 0 {
            terms.floor_d.min(terms.target_d)
        } else {
            terms.target_d
        };
        let in_turn = (stage.class.is_none() == (number == 0))
            && (number < 2 || stage.class > last_class)
            && stage.until_d == until_d
            && stage.packs == left
            && stage.given.len() == claims.len();
        findings.expect(in_turn, || format!("stage {number} is out of turn"));
        if !in_turn {
            return findings.0;
        }
        last_class = stage.class;
        check_stage(&mut findings, claims, terms, number, stage, &has_g);
        for (index, given) in stage.given.iter().enumerate() {
            has_g[index] += i128::from(*given) * i128::from(terms.pack_g);
            sums[index] += given;
            left -= given;
        }
    }
    let all_classes = claims.iter().all(|claim| {
        sharing
            .stages
            .iter()
            .any(|stage| stage.class == Some(claim.class))
    });
    findings.expect(all_classes, || "a class has no stage".into());
    findings.expect(sums == sharing.packs, || {
        "the stages do not add up to the packs".into()
    });
    findings.expect(left == sharing.left && left >= 0, || {
        format!("{left} packs are left, told {}", sharing.left)
    });
    let mut order = sharing.order.clone();
    let sorted = order.windows(2).all(|pair| {
        let key = |index: usize| claims.get(index).map(|claim| (claim.class, claim.distance_m));
        key(pair[0]) <= key(pair[1])
    });
    order.sort_unstable();
    findings.expect(sorted && order.into_iter().eq(0..claims.len()), || {
        "the order of serving is not by class and distance".into()
    });
    findings.0
}

/// What one claim may get in a stage: at most so many packs, exactly so many parts of a pack.
struct Due {
    most: i128,
    exact: i128,
}

fn check_stage(
    findings: &mut Findings,
    claims: &[Claim],
    terms: &Terms,
    number: usize,
    stage: &Stage,
    has_g: &[i128],
) {
    let pack_g = i128::from(terms.pack_g);
    let Level { above, below } = stage.level.unwrap_or(Level { above: 0, below: 1 });
    findings.expect(below > 0, || format!("stage {number}: no level"));
    let due = |index: usize| {
        let claim = &claims[index];
        let served = stage.class.is_none() || stage.class == Some(claim.class);
        let daily_g = i128::from(claim.daily_g).max(0);
        let short_g = daily_g * i128::from(stage.until_d) - has_g[index];
        let most = if served && daily_g > 0 && short_g > 0 && pack_g > 0 {
            short_g.div_euclid(pack_g) + i128::from(short_g.rem_euclid(pack_g) > 0)
        } else {
            0
        };
        let parts = above * daily_g - has_g[index] * below;
        Due {
            most,
            exact: parts.max(0).min(most * pack_g * below),
        }
    };
    let whole = pack_g * below;
    let dues: Vec<Due> = (0..claims.len()).map(due).collect();
    let most: i128 = dues.iter().map(|due| due.most).sum();
    let given: i128 = stage.given.iter().map(|given| i128::from(*given)).sum();
    findings.expect(given == most.min(i128::from(stage.packs)), || {
        format!(
            "stage {number}: {given} packs given of {}, {most} lacking",
            stage.packs
        )
    });
    if stage.level.is_none() {
        for (index, due) in dues.iter().enumerate() {
            let right = if stage.packs == 0 { 0 } else { due.most };
            findings.expect(i128::from(stage.given[index]) == right, || {
                format!(
                    "{}: {} packs, lacks {right}",
                    claims[index].code, stage.given[index]
                )
            });
        }
        return;
    }
    let exact: i128 = dues.iter().map(|due| due.exact).sum();
    findings.expect(exact == i128::from(stage.packs) * whole, || {
        format!("stage {number}: the exact shares do not add up")
    });
    // Whoever was rounded up must not have a smaller fraction, or an equal one and a longer way, than one who was not.
    let key = |index: usize| (-(dues[index].exact % whole), claims[index].distance_m, index);
    let mut last_up = None;
    let mut first_down = None;
    for (index, due) in dues.iter().enumerate() {
        let over = i128::from(stage.given[index]) - due.exact / whole;
        let rest = due.exact % whole > 0;
        findings.expect(over == 0 || (over == 1 && rest), || {
            format!(
                "{}: {} packs are not its share",
                claims[index].code, stage.given[index]
            )
        });
        if over == 1 {
            last_up = last_up.max(Some(key(index)));
        } else if rest && first_down.is_none_or(|first| key(index) < first) {
            first_down = Some(key(index));
        }
    }
    if let (Some(up), Some(down)) = (last_up, first_down) {
        findings.expect(up < down, || {
            format!("stage {number}: {} was rounded up out of turn", claims[up.2].code)
        });
    }
}

/// Verifies the figures of a spread by their definitions: of the people, so many have no more than a percentile and not so
/// many less; the Gini coefficient is half the mean difference of any two people by the mean (Sen, "On Economic
/// Inequality", 1973).
pub fn spread(claims: &[Claim], pack_g: i64, packs: &[i64], told: Option<&Spread>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let eaters: Vec<(i64, i128)> = claims
        .iter()
        .zip(packs)
        .filter(|(claim, _)| claim.daily_g > 0 && claim.persons > 0)
        .map(|(claim, packs)| {
            let has_g = i128::from(i64::max(claim.at_home_g, 0)) + i128::from(*packs) * i128::from(pack_g);
            let days = (has_g * 1000).div_euclid(i128::from(claim.daily_g));
            (i64::try_from(days).unwrap_or(i64::MAX), i128::from(claim.persons))
        })
        .collect();
    let Some(spread) = told else {
        findings.expect(eaters.is_empty(), || {
            "somebody eats, but there is no spread".into()
        });
        return findings.0;
    };
    findings.expect(!eaters.is_empty(), || "nobody eats, but there is a spread".into());
    let people: i128 = eaters.iter().map(|(_, persons)| persons).sum();
    let with = |holds: &dyn Fn(i64) -> bool| -> i128 {
        let those = eaters.iter().filter(|(days, _)| holds(*days));
        those.map(|(_, persons)| persons).sum()
    };
    let told = [(10, spread.tenth), (50, spread.median), (90, spread.nine_tenths)];
    for (percent, figure) in told {
        let up_to = with(&|days| days <= figure) * 100 >= people * percent;
        let below = with(&|days| days < figure) * 100 < people * percent;
        findings.expect(up_to && below, || {
            format!("{figure} is not the {percent}th percentile")
        });
    }
    for (figure, beyond) in [
        (spread.least, with(&|days| days < spread.least)),
        (spread.most, with(&|days| days > spread.most)),
    ] {
        findings.expect(beyond == 0 && with(&|days| days == figure) > 0, || {
            format!("{figure} is neither the least nor the most")
        });
    }
    let (mut apart, mut whole) = (0.0, 0.0);
    for (days, persons) in &eaters {
        whole += *days as f64 * *persons as f64;
        for (other, others) in &eaters {
            apart += (*days as f64 - *other as f64).abs() * *persons as f64 * *others as f64;
        }
    }
    let gini = if whole > 0.0 {
        apart / (2.0 * people as f64 * whole)
    } else {
        0.0
    };
    findings.expect((gini - spread.gini).abs() < 1e-9, || {
        format!("the Gini coefficient is {gini}, told {}", spread.gini)
    });
    findings.0
}
