//! The menu that a message brings along: letters and numbers announced for goods that the price list has
//! under other names.

use super::dwelling::Register;
use super::goods::Catalogue;
use super::lex::{Segment, Shape};

/// Words between a letter and the good it stands for: A套餐：, B款.
const SUFFIXES: [&str; 6] = ["套餐", "组合", "套", "餐", "款", "组"];

/// Learns what the lines above the entries announce: `A：蔬菜包`, `B 肉包 65元`, `①鸡蛋`, `1号：蔬菜包`.
pub(super) fn learn(segments: &[Segment], register: &Register<'_>, catalogue: &mut Catalogue<'_>) {
    let mut announced: Vec<(Vec<char>, usize)> = Vec::new();
    for segment in segments.iter().filter(|segment| segment.shape == Shape::Plain) {
        let text = &segment.written.folded;
        let housed = (0..text.len()).any(|start| register.name_at(text, start).is_some());
        if housed || text.len() > 200 || !register.mentions(text, &Default::default()).is_empty() {
            continue;
        }
        for start in 0..text.len() {
            announced.extend(announced_at(text, start, catalogue));
        }
    }
    announced.sort();
    announced.dedup();
    for (label, good) in announced {
        catalogue.announce(&label, good);
    }
}

/// The label that stands at `start` and the one good named behind it.
fn announced_at(text: &[char], start: usize, catalogue: &Catalogue<'_>) -> Vec<(Vec<char>, usize)> {
    let first = text[start];
    let before = start.checked_sub(1).map(|index| text[index]);
    if before.is_some_and(|before| before.is_ascii_alphanumeric()) {
        return Vec::new();
    }
    let (labels, mut behind): (Vec<Vec<char>>, usize) = if first.is_ascii_uppercase() {
        let suffix = SUFFIXES
            .iter()
            .find(|word| super::address::starts_with(text, start + 1, word));
        (
            vec![vec![first]],
            start + 1 + suffix.map_or(0, |word| word.chars().count()),
        )
    } else if ('①'..='⑳').contains(&first) {
        let value = first as u32 - '①' as u32 + 1;
        let mut labels = numbered(value);
        labels.push(vec![first]);
        (labels, start + 1)
    } else if first.is_ascii_digit() && text.get(start + 1) == Some(&'号') {
        let suffix = SUFFIXES
            .iter()
            .find(|word| super::address::starts_with(text, start + 2, word));
        let value = first.to_digit(10).unwrap_or(0);
        (
            numbered(value),
            start + 2 + suffix.map_or(0, |word| word.chars().count()),
        )
    } else {
        return Vec::new();
    };
    while text
        .get(behind)
        .is_some_and(|next| matches!(next, ' ' | ':' | '.' | '、' | ')' | '-' | '=' | ','))
    {
        behind += 1;
    }
    let free = vec![true; text.len()];
    let named = (behind < text.len())
        .then(|| catalogue.named_at(text, behind, &free))
        .flatten();
    let Some(named) = named.filter(|named| named.end - named.start > 1) else {
        return Vec::new();
    };
    let [good] = named.goods.as_slice() else {
        return Vec::new();
    };
    labels.into_iter().map(|label| (label, *good)).collect()
}

/// How people write the number of a pack: 2号, 2号套餐, 套餐2, 套餐二.
fn numbered(value: u32) -> Vec<Vec<char>> {
    const CHINESE: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut spelt = vec![value.to_string()];
    spelt.extend(CHINESE.get(value as usize).map(char::to_string));
    spelt
        .into_iter()
        .flat_map(|value| {
            [
                format!("{value}号"),
                format!("{value}号套餐"),
                format!("套餐{value}"),
            ]
        })
        .map(|label| label.chars().collect())
        .collect()
}
