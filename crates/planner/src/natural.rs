//! The order in which people count: building 3 before building 10.

use std::cmp::Ordering;

/// Compares two names so that runs of digits count as numbers: `3` < `10`, `2` < `2A` < `2B` < `10`.
///
/// Digits are ASCII or full-width (０–９), as typed in Chinese input methods. Other characters compare by
/// their Unicode value. Names that differ only in leading zeros or in the width of digits are ordered by
/// their text, so that equal means identical.
pub fn cmp(a: &str, b: &str) -> Ordering {
    let mut left = a.chars().peekable();
    let mut right = b.chars().peekable();
    loop {
        let (first, second) = match (left.peek(), right.peek()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(first), Some(second)) => (*first, *second),
        };
        let order = if digit(first).is_some() && digit(second).is_some() {
            number(&mut left).cmp(&number(&mut right))
        } else {
            left.next();
            right.next();
            narrow(first).cmp(&narrow(second))
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes a run of digits; compares like its number, however long: first by length, then digit by digit.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, Vec<u32>) {
    let mut digits = Vec::new();
    while let Some(value) = chars.peek().and_then(|character| digit(*character)) {
        if value != 0 || !digits.is_empty() {
            digits.push(value);
        }
        chars.next();
    }
    (digits.len(), digits)
}

/// Full-width digits sort where ASCII digits do, else the order would run in circles.
fn narrow(character: char) -> char {
    digit(character)
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(character)
}

fn digit(character: char) -> Option<u32> {
    match character {
        '0'..='9' => Some(u32::from(character) - u32::from('0')),
        '０'..='９' => Some(u32::from(character) - u32::from('０')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::cmp;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    #[test]
    fn counts_as_people_do() {
        let in_order = [
            "",
            "2",
            "2A",
            "2B",
            "3",
            "10",
            "10号楼",
            "A2",
            "A10",
            "东区3号",
            "东区12号",
        ];
        for (index, a) in in_order.iter().enumerate() {
            for (other, b) in in_order.iter().enumerate() {
                assert_eq!(cmp(a, b), index.cmp(&other), "{a} against {b}");
            }
        }
        assert_eq!(cmp("３号楼", "10号楼"), Ordering::Less);
        assert_eq!(cmp("007", "8"), Ordering::Less);
        assert_eq!(
            cmp("99999999999999999999999999", "100000000000000000000000000"),
            Ordering::Less
        );
        assert_ne!(cmp("07", "7"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn is_a_total_order(a in "[0-9０Aa号]{0,5}", b in "[0-9０Aa号]{0,5}", c in "[0-9０Aa号]{0,5}") {
            prop_assert_eq!(cmp(&a, &b), cmp(&b, &a).reverse());
            prop_assert_eq!(cmp(&a, &b) == Ordering::Equal, a == b);
            if cmp(&a, &b) != Ordering::Greater && cmp(&b, &c) != Ordering::Greater {
                prop_assert_ne!(cmp(&a, &c), Ordering::Greater);
            }
        }

        #[test]
        fn numbers_compare_by_value(a in 0u64.., b in 0u64..) {
            prop_assert_eq!(cmp(&format!("{a}栋"), &format!("{b}栋")), a.cmp(&b));
        }
    }
}
