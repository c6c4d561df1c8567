//! Makes text of users fit for print: no control characters, no character without a glyph.

use std::collections::BTreeSet;

use pinyin::ToPinyin;

use crate::Fonts;

/// Text in which every character can be printed. Line feeds stay; other control characters, joiners, variation
/// selectors and marks that turn the writing direction are dropped, since they could hide or reorder what follows.
/// A character without a glyph, or one that the typesetter `refused`, becomes its pinyin or its code point in
/// brackets: `[shēn]`, `[U+1F35E]`.
pub fn readable(fonts: &Fonts, refused: &BTreeSet<char>, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push('\n'),
            _ if is_dropped(character) => {}
            _ if character.is_whitespace() => {
                out.push(if character == '\u{3000}' { '\u{3000}' } else { ' ' })
            }
            _ if fonts.covers(character) && !refused.contains(&character) && !is_ancient(character) => {
                out.push(character)
            }
            _ => out.push_str(&substitute(fonts, character)),
        }
    }
    out
}

/// The same on one line: line feeds become spaces, outer spaces go.
pub fn readable_line(fonts: &Fonts, refused: &BTreeSet<char>, text: &str) -> String {
    readable(fonts, refused, text)
        .replace('\n', " ")
        .trim()
        .to_string()
}

fn is_dropped(character: char) -> bool {
    let invisible = matches!(character,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}');
    invisible || (character.is_control() && !character.is_whitespace())
}

/// Scripts beyond the basic plane that are written from right to left, and mathematical letters of Arabic: nobody's
/// name is written in them, and a line that mixes them with Chinese comes out in disorder.
fn is_ancient(character: char) -> bool {
    matches!(character, '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

fn substitute(fonts: &Fonts, character: char) -> String {
    match character.to_pinyin() {
        Some(reading) if reading.with_tone().chars().all(|letter| fonts.covers(letter)) => {
            format!("[{}]", reading.with_tone())
        }
        _ => format!("[U+{:04X}]", u32::from(character)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::fonts;

    #[test]
    fn characters_without_glyph_become_readings() {
        let fonts = fonts();
        let none = BTreeSet::new();
        assert_eq!(readable(&fonts, &none, "张三"), "张三");
        assert_eq!(readable(&fonts, &none, "甲\u{10FFFD}乙"), "甲[U+10FFFD]乙");
        assert_eq!(readable(&fonts, &BTreeSet::from(['燊']), "黄燊"), "黄[shēn]");
        // These upset the order in which the typesetter expects its glyphs.
        assert_eq!(
            readable(&fonts, &none, "8\u{1EE27}\u{1EE27}"),
            "8[U+1EE27][U+1EE27]"
        );
    }

    #[test]
    fn hidden_characters_are_dropped_and_spaces_kept() {
        let fonts = fonts();
        let none = BTreeSet::new();
        assert_eq!(readable(&fonts, &none, "a\u{202E}b\u{0}c\td\u{FE0F}"), "abc d");
        assert_eq!(readable(&fonts, &none, "一\r\n二"), "一 \n二");
        assert_eq!(readable_line(&fonts, &none, " 一\n二 "), "一 二");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_can_be_printed(text in "\\PC{0,40}") {
            let fonts = fonts();
            let out = readable(&fonts, &BTreeSet::new(), &text);
            prop_assert!(fonts.missing(&out).is_empty(), "{out}");
        }
    }
}
