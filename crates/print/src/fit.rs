//! Fits text into a fixed area: the largest type size at which the lines fit, and where they break.

use crate::Fonts;

/// Distance of base lines in units of the type size.
pub const LINE_PITCH_EM: f64 = 1.2;
/// Steps in which the type size is lowered.
const SIZE_STEP_PT: f64 = 0.25;
/// Below this size the steps are relative, so that even absurdly long text ends up somewhere.
const SIZE_SMALL_PT: f64 = 4.0;

/// Steps in which lines are narrowed until they are even.
const BALANCE_STEP_EM: f64 = 0.25;

/// What may not begin a line (GB/T 15834): it stays with the character before.
const CLOSING: &str = "，。、；：？！）》」』】〕”’…×％%),.;:!?]}";
/// What may not end a line: it stays with the character after.
const OPENING: &str = "（《「『【〔“‘([{";

/// A part of a text that is not broken unless it is wider than a whole line.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    text: String,
    width_em: f64,
    /// Width of the space before the unit, which falls away at the start of a line.
    space_em: f64,
}

impl Unit {
    /// Width in units of the type size.
    pub fn width_em(&self) -> f64 {
        self.width_em
    }
}

/// Text cut into lines, with the type size at which they fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Type size in points.
    pub size_pt: f64,
    /// Lines from top to bottom, with the width of each in points.
    pub lines: Vec<(String, f64)>,
}

/// Width of the text on one line, in units of the type size.
pub fn width_em(fonts: &Fonts, text: &str, bold: bool) -> f64 {
    text.chars()
        .map(|character| fonts.width_em(character, bold))
        .sum()
}

/// Cuts text where a line may break: at spaces and between Chinese characters.
pub fn units(fonts: &Fonts, text: &str, bold: bool) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut space_em = 0.0;
    let mut joins_next = false;
    let mut previous_is_word = false;
    for character in text.chars() {
        let character_em = fonts.width_em(character, bold);
        if character.is_whitespace() {
            space_em += character_em;
            joins_next = false;
            previous_is_word = false;
            continue;
        }
        let is_word = is_word(character);
        let glued = joins_next || CLOSING.contains(character) || (previous_is_word && is_word);
        match units.last_mut() {
            Some(unit) if glued && space_em == 0.0 => {
                unit.text.push(character);
                unit.width_em += character_em;
            }
            _ => units.push(Unit {
                text: character.to_string(),
                width_em: character_em,
                space_em,
            }),
        }
        space_em = 0.0;
        joins_next = OPENING.contains(character) || character == '×';
        previous_is_word = is_word;
    }
    units
}

/// One unit for each of the words, so many blanks between them.
pub fn whole_units(fonts: &Fonts, words: &[String], blanks: u8, bold: bool) -> Vec<Unit> {
    let space_em = f64::from(blanks) * fonts.width_em(' ', bold);
    words
        .iter()
        .enumerate()
        .map(|(index, word)| Unit {
            text: word.clone(),
            width_em: width_em(fonts, word, bold),
            space_em: if index == 0 { 0.0 } else { space_em },
        })
        .collect()
}

/// Breaks the units into lines of at most this width. A unit wider than a line is broken between characters.
pub fn wrap(fonts: &Fonts, units: &[Unit], bold: bool, line_em: f64) -> Vec<(String, f64)> {
    let blank_em = fonts.width_em(' ', bold).max(0.01);
    let mut lines: Vec<(String, f64)> = Vec::new();
    for unit in units {
        // Space of any kind is written as blanks, so that drawn and reckoned width agree.
        let blanks = (unit.space_em / blank_em).round();
        if let Some((line, used_em)) = lines.last_mut()
            && *used_em + blanks * blank_em + unit.width_em <= line_em
        {
            line.extend(std::iter::repeat_n(' ', blanks as usize));
            line.push_str(&unit.text);
            *used_em += blanks * blank_em + unit.width_em;
            continue;
        }
        if unit.width_em <= line_em {
            lines.push((unit.text.clone(), unit.width_em));
            continue;
        }
        lines.push((String::new(), 0.0));
        for character in unit.text.chars() {
            let character_em = fonts.width_em(character, bold);
            match lines.last_mut() {
                Some((line, used_em)) if *used_em + character_em <= line_em || line.is_empty() => {
                    line.push(character);
                    *used_em += character_em;
                }
                _ => lines.push((character.to_string(), character_em)),
            }
        }
    }
    lines
}

/// The largest size up to `size_max_pt` at which the units fit into the area.
pub fn fit(
    fonts: &Fonts,
    units: &[Unit],
    bold: bool,
    width_pt: f64,
    height_pt: f64,
    size_max_pt: f64,
) -> Fitted {
    let mut size_pt = size_max_pt;
    loop {
        if let Some(fitted) = fit_at(fonts, units, bold, width_pt, height_pt, size_pt) {
            return fitted;
        }
        size_pt = if size_pt > SIZE_SMALL_PT {
            size_pt - SIZE_STEP_PT
        } else {
            size_pt * 0.9
        };
    }
}

/// The same number of lines at the same size, but as even as they come, so that no line holds only what was left over.
pub fn balanced(fonts: &Fonts, units: &[Unit], bold: bool, fitted: Fitted) -> Fitted {
    let size_pt = fitted.size_pt;
    let mut lines = fitted.lines;
    let count = lines.len();
    let mut line_em = lines
        .iter()
        .map(|(_, width_pt)| width_pt / size_pt)
        .fold(0.0, f64::max);
    while count > 1 && line_em > BALANCE_STEP_EM {
        line_em -= BALANCE_STEP_EM;
        let narrower = wrap(fonts, units, bold, line_em);
        if narrower.len() != count || narrower.iter().any(|(_, used_em)| *used_em > line_em) {
            break;
        }
        lines = narrower
            .into_iter()
            .map(|(line, used_em)| (line, used_em * size_pt))
            .collect();
    }
    Fitted { size_pt, lines }
}

/// The lines at this size, if they fit into the area.
pub fn fit_at(
    fonts: &Fonts,
    units: &[Unit],
    bold: bool,
    width_pt: f64,
    height_pt: f64,
    size_pt: f64,
) -> Option<Fitted> {
    let line_em = width_pt / size_pt;
    let lines = wrap(fonts, units, bold, line_em);
    let high = lines.len() as f64 * LINE_PITCH_EM * size_pt > height_pt + 0.01;
    let wide = lines.iter().any(|(_, used_em)| *used_em > line_em);
    if !lines.is_empty() && (high || wide) {
        return None;
    }
    let lines = lines
        .into_iter()
        .map(|(line, used_em)| (line, used_em * size_pt))
        .collect();
    Some(Fitted { size_pt, lines })
}

/// Whether the character belongs to a word or number that is kept together.
fn is_word(character: char) -> bool {
    character.is_ascii_graphic() || (character.is_alphanumeric() && u32::from(character) < 0x1100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::fonts;

    fn texts(units: &[Unit]) -> Vec<&str> {
        units.iter().map(|unit| unit.text.as_str()).collect()
    }

    #[test]
    fn words_numbers_and_punctuation_stay_together() {
        let fonts = fonts();
        assert_eq!(
            texts(&units(&fonts, "白菜×12、（大）kg 138****5678", false)),
            ["白", "菜×12、", "（大）", "kg", "138****5678"]
        );
    }

    #[test]
    fn short_text_keeps_the_largest_size_and_long_text_shrinks_or_wraps() {
        let fonts = fonts();
        let fit_text = |text: &str| fit(&fonts, &units(&fonts, text, true), true, 100.0, 24.0, 20.0);
        let short = fit_text("3栋501");
        assert_eq!((short.size_pt, short.lines.len()), (20.0, 1));
        let long = fit_text("阳光花园东区3栋2单元501室");
        assert!(long.size_pt < 11.0 && long.lines.len() == 2, "{long:?}");
        let word = fit_text("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ");
        assert_eq!(
            word.lines
                .iter()
                .map(|(line, _)| line.chars().count())
                .sum::<usize>(),
            52
        );
        assert_eq!(fit_text("").lines, []);
    }

    #[test]
    fn centred_lines_are_even() {
        let fonts = fonts();
        let words = units(&fonts, "县应急生活物资第一中转站", true);
        let fitted = fit(&fonts, &words, true, 110.0, 24.5, 10.0);
        assert_eq!(fitted.lines[1].0.chars().count(), 1);
        let even = balanced(&fonts, &words, true, fitted.clone());
        let lengths: Vec<usize> = even.lines.iter().map(|(line, _)| line.chars().count()).collect();
        assert_eq!((lengths, even.size_pt), (vec![6, 6], fitted.size_pt));
        let one = fit(&fonts, &words, true, 200.0, 24.0, 10.0);
        assert_eq!(balanced(&fonts, &words, true, one.clone()), one);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_sticks_out(
            text in "[一-龥a-z0-9，。（）× ]{0,200}", width_pt in 20.0..300.0, height_pt in 8.0..100.0
        ) {
            let fonts = fonts();
            let fitted = fit(&fonts, &units(&fonts, &text, false), false, width_pt, height_pt, 18.0);
            let joined: String = fitted.lines.iter().map(|(line, _)| line.as_str()).collect();
            prop_assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
            prop_assert!(fitted.lines.len() as f64 * LINE_PITCH_EM * fitted.size_pt <= height_pt + 0.02);
            for (line, line_pt) in &fitted.lines {
                prop_assert!(*line_pt <= width_pt + 0.01);
                prop_assert!((width_em(&fonts, line, false) * fitted.size_pt - line_pt).abs() < 0.1);
            }
        }
    }
}
