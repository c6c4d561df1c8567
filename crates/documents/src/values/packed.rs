//! Weights given by packages: 20箱×10斤, 5kg*4袋/箱, 10斤装.

use super::quantity::weight_with_unit_g;
use super::{compact, figure, split_number};

/// Words of packages, which say how many and not how much.
pub(super) const PACKAGES: &[&str] = &[
    "箱",
    "袋",
    "包",
    "桶",
    "瓶",
    "提",
    "板",
    "盒",
    "件",
    "份",
    "筐",
    "捆",
    "罐",
    "听",
    "套",
    "大袋",
    "小袋",
    "编织袋",
];

/// Grams of one litre where the goods are not known.
const LITRE_G: i64 = 1_000;

/// Weight in grams of a text with exactly one weight and any number of packages, which multiply it;
/// `None` when something else is written.
///
/// `5kg*4袋/箱` are 20 kg (a box), `20箱(每箱10斤)` are 100 kg, `10斤装` are 5 kg.
pub fn packed_weight_g(text: &str) -> Option<i64> {
    let folded = figure(text);
    let mut rest = folded.as_str();
    let mut weight_g = None;
    let mut factor: i64 = 1;
    while !rest.is_empty() {
        if let Some((weight, after)) = weight_with_unit_g(rest, LITRE_G) {
            if weight_g.replace(weight).is_some() {
                return None;
            }
            rest = after;
        } else if let Some((value, after)) = split_number(rest) {
            let package = PACKAGES.iter().find(|word| after.starts_with(**word));
            // A bare number multiplies only beside a sign: 10斤*20.
            let bare = folded[..folded.len() - rest.len()].ends_with(['*', '×', 'x', 'X']);
            if package.is_none() && !bare {
                return None;
            }
            if value % 1_000_000 != 0 {
                return None;
            }
            factor = factor.checked_mul(i64::try_from(value / 1_000_000).ok()?)?;
            rest = package.map_or(after, |word| &after[word.len()..]);
        } else {
            rest = skip_word(rest)?;
        }
    }
    weight_g?
        .checked_mul(factor)
        .filter(|weight| (0..=1_000_000_000_000).contains(weight))
}

/// The package that a heading counts, as in 食用油（桶）, and the grams of one where the heading says so, as in
/// 面粉（袋，25公斤/袋）.
pub fn heading_package(heading: &str) -> Option<(&'static str, Option<i64>)> {
    let folded = compact(heading);
    let mut parts = folded.split(['(', ')', '[', ']', '【', '】', '/', ':', '，', ',', '、', '|']);
    parts.next();
    let package = parts.find_map(|part| {
        let part = part.strip_prefix("单位").unwrap_or(part);
        PACKAGES.iter().find(|word| part == **word)
    })?;
    let inside = folded
        .split_once(['(', '[', '【'])
        .map_or("", |(_, inside)| inside);
    let weight = inside
        .trim_end_matches([')', ']', '】'])
        .split(['，', ',', '、'])
        .find_map(packed_weight_g);
    Some((package, weight.filter(|weight| *weight > 0)))
}

/// Passes over a sign, 每箱, /袋 or 装.
fn skip_word(text: &str) -> Option<&str> {
    for sign in [
        "*", "×", "x", "X", "(", ")", ",", "，", ":", "共", "装", "规格", "净重", "约",
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return Some(rest);
        }
    }
    let rest = text
        .strip_prefix(['/', '每'])
        .or_else(|| text.strip_prefix("一"))?;
    let package = PACKAGES.iter().find(|word| rest.starts_with(**word));
    Some(package.map_or(rest, |word| &rest[word.len()..]))
}
