//! Pinyin written in full, such as luobo for 萝卜. Many words sound alike, so it only ever leads to a question.

use pinyin::ToPinyinMulti;

/// Letters below which nothing is told from how it sounds.
const LETTERS_MIN: usize = 4;

/// Whether Latin capitals spell a part of the text of at least two characters, from one of its characters on, in any of
/// their readings.
pub(super) fn spells_part(letters: &[char], text: &[char]) -> bool {
    letters.len() >= LETTERS_MIN && (0..text.len()).any(|start| spelt(letters, &text[start..], 0, false))
}

/// Whether Latin capitals spell the whole text, of at least two characters.
pub(super) fn spells(letters: &[char], text: &[char]) -> bool {
    letters.len() >= LETTERS_MIN && spelt(letters, text, 0, true)
}

/// Takes one character after the other off both; `taken` are gone already.
fn spelt(letters: &[char], text: &[char], taken: usize, whole: bool) -> bool {
    if letters.is_empty() {
        return taken >= 2 && (!whole || text.is_empty());
    }
    let Some((character, rest)) = text.split_first() else {
        return false;
    };
    let Some(readings) = character.to_pinyin_multi() else {
        return false;
    };
    readings.into_iter().any(|reading| {
        // 绿 is written lü, lv and lu.
        let syllable = reading.plain().to_uppercase();
        let spellings = [
            syllable.replace('Ü', "V"),
            syllable.replace('Ü', "U").replace("LV", "LU"),
        ];
        spellings.iter().any(|syllable| {
            let syllable: Vec<char> = syllable.chars().collect();
            letters.starts_with(&syllable) && spelt(&letters[syllable.len()..], rest, taken + 1, whole)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(letters: &str, text: &str) -> bool {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        spells_part(&characters(letters), &characters(text))
    }

    #[test]
    fn full_pinyin_is_told_with_every_reading() {
        assert!(part("LUOBO", "萝卜") && part("LUOBO", "白萝卜") && part("BAILUOBO", "白萝卜"));
        assert!(part("DOUYA", "绿豆芽") && part("LVDOU", "绿豆芽") && part("LUDOU", "绿豆芽"));
        assert!(!part("LUOB", "萝卜") && !part("LUO", "萝卜") && !part("LUOBOX", "萝卜"));
        let name: Vec<char> = "张三".chars().collect();
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert!(spells(&letters("ZHANGSAN"), &name) && !spells(&letters("ZHANG"), &name));
    }
}
