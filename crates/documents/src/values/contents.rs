//! Contents of a pack, such as 大米5公斤；食用油1.8升；鸡蛋30枚.

use super::quantity::weight_with_unit_g;
use super::{Problem, compact, split_number};
use crate::forms::{Content, category_of};

/// Weight of an egg, as the Chinese dietary guidelines of 2022 count it.
const EGG_G: i64 = 50;
/// Eggs on one tray (板).
const TRAY_EGGS: i64 = 30;
/// Weight of one litre of cooking oil.
pub(crate) const OIL_LITRE_G: i64 = 920;
/// Weight of one litre of other liquids.
const LITRE_G: i64 = 1_000;

/// Reads the kinds of goods in a pack with their weights in grams.
///
/// The quantity may stand after the name (大米5公斤), before it (五斤土豆), or be repeated
/// (牛奶250ml×12). Oil counts 920 g a litre, other liquids 1,000 g, an egg 50 g. Goods counted
/// otherwise (面条2把) have the weight 0.
pub fn contents(text: &str) -> Result<Vec<Content>, Problem> {
    let folded = compact(&text.replace(['\n', '\r'], ";"));
    let mut found = Vec::new();
    for part in folded
        .split([';', '、', ',', '+', '。', '|'])
        .filter(|part| !part.is_empty())
    {
        found.push(content(part)?);
    }
    if found.is_empty() {
        return Err(Problem::new(
            "应写明内容，如 大米5公斤；鸡蛋30枚",
            "should list goods, such as 大米5公斤；鸡蛋30枚",
        ));
    }
    Ok(found)
}

fn content(part: &str) -> Result<Content, Problem> {
    let wrong = || {
        Problem::new(
            format!("“{part}”看不出是什么货品、多少；请写成 大米5公斤"),
            format!("goods and quantity of “{part}” cannot be told; write 大米5公斤"),
        )
    };
    let (name, quantity) = if let Some((name, rest)) = leading_quantity(part) {
        (name.to_string(), rest.to_string())
    } else {
        let at = quantity_start(part).unwrap_or(part.len());
        (part[..at].to_string(), part[at..].to_string())
    };
    let name = name
        .trim_matches([':', '*', '(', ')', '-', '×', 'x', '/'])
        .to_string();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(wrong());
    }
    let category = category_of(&name);
    let weight_g = quantity_g(&quantity, category).ok_or_else(wrong)?;
    Ok(Content {
        name,
        category: category.to_string(),
        weight_g,
    })
}

/// 五斤土豆: the quantity first, then the name. Returns the name and the quantity.
fn leading_quantity(part: &str) -> Option<(&str, &str)> {
    let (_, after) = weight_with_unit_g(part, LITRE_G).or_else(|| {
        let (value, rest) = split_number(part)?;
        let counter = [
            "枚", "个", "只", "袋", "盒", "份", "把", "包", "瓶", "桶", "箱", "板",
        ]
        .iter()
        .find_map(|word| rest.strip_prefix(word))?;
        Some((i64::try_from(value).ok()?, counter))
    })?;
    (!after.is_empty()
        && !after.starts_with(|letter: char| letter.is_ascii_digit() || "*×x/".contains(letter)))
    .then(|| (after, &part[..part.len() - after.len()]))
}

/// Where the quantity after a name begins: the first number that has a unit or ends the text.
fn quantity_start(part: &str) -> Option<usize> {
    part.char_indices().find_map(|(at, letter)| {
        let digit = letter.is_ascii_digit()
            && !part[..at].ends_with(|before: char| before.is_ascii_digit() || before == '.');
        let numeral = "一二两三四五六七八九十半".contains(letter) && at > 0;
        if !digit && !numeral {
            return None;
        }
        let (_, rest) = split_number(&part[at..])?;
        let counted = COUNTERS.iter().any(|(word, _)| rest.starts_with(word));
        let weighed = weight_with_unit_g(&part[at..], LITRE_G).is_some();
        let repeated = rest.is_empty() || rest.starts_with(['*', '×']);
        (counted || weighed || (digit && repeated)).then_some(at)
    })
}

/// Counters and the number of eggs they stand for.
const COUNTERS: &[(&str, i64)] = &[
    ("枚", 1),
    ("个", 1),
    ("只", 1),
    ("粒", 1),
    ("板", TRAY_EGGS),
    ("袋", 0),
    ("盒", 0),
    ("份", 0),
    ("把", 0),
    ("包", 0),
    ("瓶", 0),
    ("桶", 0),
    ("箱", 0),
    ("提", 0),
    ("棵", 0),
    ("颗", 0),
    ("根", 0),
    ("件", 0),
];

fn quantity_g(quantity: &str, category: &str) -> Option<i64> {
    if quantity.is_empty() {
        return Some(0);
    }
    let litre_g = if category == "oil" { OIL_LITRE_G } else { LITRE_G };
    let (weight_g, rest) = match weight_with_unit_g(quantity, litre_g) {
        Some(found) => found,
        None => {
            let (value, rest) = split_number(quantity)?;
            let number = i64::try_from(value / 1_000_000)
                .ok()
                .filter(|number| (0..=100_000).contains(number))?;
            let (word, eggs) = COUNTERS
                .iter()
                .find(|(word, _)| rest.starts_with(word))
                .unwrap_or(&("", 0));
            let weight_g = if category == "eggs" {
                number * eggs * EGG_G
            } else {
                0
            };
            (weight_g, &rest[word.len()..])
        }
    };
    // 250ml×12, 5公斤*2袋, 500g/袋×3; without a factor the text after a slash only names the package.
    let factor = rest
        .split(['*', '×', 'x'])
        .nth(1)
        .and_then(split_number)
        .map_or(1, |(value, _)| value / 1_000_000);
    let factor = i64::try_from(factor)
        .ok()
        .filter(|factor| (1..=10_000).contains(factor))?;
    weight_g
        .checked_mul(factor)
        .filter(|weight| *weight <= 100_000_000)
}
