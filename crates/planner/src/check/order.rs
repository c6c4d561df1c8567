//! The order in which people count, read anew: a name is a row of numbers and letters.

/// A part of a name; numbers come by their digits without zeros in front, shorter ones first.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Number(String),
    Letter(char),
}

/// The part of a name that decides before the letter of the text does.
fn parts(name: &str) -> Vec<Part> {
    let narrow = |letter: char| match letter {
        '０'..='９' => char::from_u32(letter as u32 - '０' as u32 + '0' as u32).unwrap_or(letter),
        _ => letter,
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut in_number = false;
    for letter in name.chars().map(narrow) {
        match parts.last_mut() {
            Some(Part::Number(digits)) if in_number && letter.is_ascii_digit() => {
                if digits == "0" {
                    digits.clear();
                }
                digits.push(letter);
            }
            _ if letter.is_ascii_digit() => parts.push(Part::Number(letter.to_string())),
            _ => parts.push(Part::Letter(letter)),
        }
        in_number = letter.is_ascii_digit();
    }
    parts
}

/// Whether somebody who counts comes to the first name no later than to the second.
pub(super) fn no_later(first: &str, second: &str) -> bool {
    let (left, right) = (parts(first), parts(second));
    for (one, other) in left.iter().zip(&right) {
        let before = match (one, other) {
            (Part::Number(a), Part::Number(b)) if a != b => (a.len(), a) < (b.len(), b),
            (Part::Letter(a), Part::Letter(b)) if a != b => a < b,
            (Part::Number(a), Part::Letter(b)) => a.chars().next() < Some(*b),
            (Part::Letter(a), Part::Number(b)) => Some(*a) < b.chars().next(),
            _ => continue,
        };
        return before;
    }
    if left.len() == right.len() {
        first <= second
    } else {
        left.len() < right.len()
    }
}

/// The same for a building and a unit in it.
pub(super) fn in_turn(first: (&str, &str), second: (&str, &str)) -> bool {
    if first.0 == second.0 {
        no_later(first.1, second.1)
    } else {
        no_later(first.0, second.0)
    }
}
