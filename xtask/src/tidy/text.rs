//! Reading source text as far as the rules need it.

/// The text of a Rust file with its comments blanked out, line for line; strings stay.
pub fn without_comments(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut place = 0;
    while place < letters.len() {
        let rest = &letters[place..];
        let length = match rest {
            ['/', '/', ..] => {
                place += rest
                    .iter()
                    .position(|letter| *letter == '\n')
                    .unwrap_or(rest.len());
                continue;
            }
            ['/', '*', ..] => {
                let length = block_comment(rest);
                code.extend(rest[..length].iter().filter(|letter| **letter == '\n'));
                place += length;
                continue;
            }
            ['"', ..] => string(rest),
            ['r', '"' | '#', ..]
                if !place
                    .checked_sub(1)
                    .is_some_and(|before| is_word(letters[before])) =>
            {
                raw_string(rest)
            }
            ['\'', '\\', ..] => rest
                .iter()
                .skip(3)
                .position(|letter| *letter == '\'')
                .map_or(1, |at| at + 4),
            ['\'', _, '\'', ..] => 3,
            _ => 1,
        };
        code.extend(&rest[..length.min(rest.len())]);
        place += length;
    }
    code
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < rest.len() {
        match rest[place..] {
            ['/', '*', ..] => {
                depth += 1;
                place += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                place += 2;
            }
            _ => place += 1,
        }
        if depth == 0 {
            break;
        }
    }
    place
}

fn string(rest: &[char]) -> usize {
    let mut place = 1;
    while place < rest.len() {
        match rest[place] {
            '\\' => place += 2,
            '"' => return place + 1,
            _ => place += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|letter| **letter == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 1;
    }
    let end: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let body = &rest[2 + hashes..];
    let length = body
        .windows(end.len())
        .position(|window| window == end.as_slice());
    length.map_or(rest.len(), |length| 2 + hashes + length + end.len())
}

/// Whether a letter can be part of a name.
pub fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether `word` stands in `line` as a whole, not as a part of a longer name.
pub fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_word);
        let after = line[at + word.len()..].chars().next().is_some_and(is_word);
        let begins = word.chars().next().is_some_and(is_word);
        let ends = word.chars().next_back().is_some_and(is_word);
        !(before && begins || after && ends)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_lines_stay() {
        let text = "let a = 1; // one\n/* two\n /* inner */ lines */ let b = \"// no comment\";\nlet c = '\"'; // quote\nlet d = r#\"// raw\"#;";
        let code = without_comments(text);
        assert_eq!(code.lines().count(), text.lines().count());
        assert!(
            !code.contains("one")
                && !code.contains("two")
                && !code.contains("inner")
                && !code.contains("quote")
        );
        assert!(
            code.contains("\"// no comment\"") && code.contains("r#\"// raw\"#") && code.contains("let b")
        );
    }

    #[test]
    fn escaped_quotes_and_lifetimes_do_not_confuse() {
        let code = without_comments("let a: &'static str = \"\\\"// in\"; // out\nlet b = '\\''; // gone");
        assert!(code.contains("// in") && !code.contains("out") && !code.contains("gone"));
        assert!(code.contains("&'static str"));
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use axum::Router;", "axum"));
        assert!(!has_word("let axumatic = 1;", "axum"));
        assert!(has_word("crate::web::serve", "web::"));
        assert!(!has_word("my_web::serve", "web::"));
    }
}
