//! The little that is understood of SQL text: comments, strings, parameters, words.

use crate::Engine;

/// A piece of SQL text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A string, quoted name or line comment, to be left alone.
    Opaque(&'a str),
    /// A block comment, without its delimiters.
    Comment(&'a str),
    /// `$` with digits; holds the digits.
    Parameter(&'a str),
    /// An identifier or keyword.
    Word(&'a str),
    /// Anything else, a character at a time.
    Other(&'a str),
}

/// A word with which a statement means something else for many rows of parameters than for each of them.
pub(crate) fn other_for_many(text: &str) -> Option<String> {
    let mut words = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Word(word) => Some(word.to_ascii_uppercase()),
        _ => None,
    });
    words.find(|word| matches!(word.as_str(), "GROUP" | "ORDER" | "LIMIT" | "DISTINCT" | "UNION"))
}

/// Splits SQL into pieces. Dollar-quoted bodies do not occur, because procedures are banned from the core path.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted_length(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            '$' => 1 + run_length(&rest[1..], |c| c.is_ascii_digit()),
            c if is_word(c) => run_length(rest, is_word),
            c => c.len_utf8(),
        };
        let (piece, tail) = rest.split_at(length);
        pieces.push(match first {
            '\'' | '"' => Piece::Opaque(piece),
            '-' if length > 1 => Piece::Opaque(piece),
            '/' if length > 1 => Piece::Comment(piece[2..].strip_suffix("*/").unwrap_or(&piece[2..])),
            '$' if length > 1 => Piece::Parameter(&piece[1..]),
            c if is_word(c) => Piece::Word(piece),
            _ => Piece::Other(piece),
        });
        rest = tail;
    }
    pieces
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn run_length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of a quoted text in bytes; a doubled quote inside simply starts the next quoted piece.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// The text as an engine gets it: `$1` is `?1` on SQLite, and comments addressed to the engine are opened.
pub(crate) fn for_engine(text: &str, engine: Engine) -> String {
    let mut result = String::with_capacity(text.len());
    let addressed = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    for piece in pieces(text) {
        match piece {
            Piece::Opaque(piece) | Piece::Word(piece) | Piece::Other(piece) => result.push_str(piece),
            Piece::Comment(body) => match body.split_once(char::is_whitespace) {
                Some((to, opened)) if to == addressed => result.push_str(&for_engine(opened, engine)),
                _ => result.push(' '),
            },
            Piece::Parameter(number) => {
                result.push(if engine == Engine::Sqlite { '?' } else { '$' });
                result.push_str(number);
            }
        }
    }
    result
}

/// Names, keywords and punctuation, without comments, strings and white space. Quotes around names are taken off.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Opaque(piece) if piece.starts_with('"') => Some(piece.trim_matches('"')),
            Piece::Word(piece) => Some(piece),
            Piece::Other(piece) if !piece.trim().is_empty() => Some(piece),
            _ => None,
        })
        .collect()
}

/// A name in double quotes, for SQL put together from the catalogue.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_become_numbered_and_strings_stay() {
        let text = "SELECT '$1', \"a$2\", $12 -- $3\n FROM t WHERE a=$1/* $4 */";
        assert_eq!(
            for_engine(text, Engine::Sqlite),
            "SELECT '$1', \"a$2\", ?12 -- $3\n FROM t WHERE a=?1 "
        );
        assert_eq!(
            for_engine(text, Engine::Postgres),
            "SELECT '$1', \"a$2\", $12 -- $3\n FROM t WHERE a=$1 "
        );
    }

    #[test]
    fn comments_addressed_to_an_engine_are_opened() {
        let text = "CREATE TABLE t (a INT)/*sqlite WITHOUT ROWID*/;";
        assert_eq!(
            for_engine(text, Engine::Sqlite),
            "CREATE TABLE t (a INT)WITHOUT ROWID;"
        );
        assert_eq!(for_engine(text, Engine::Postgres), "CREATE TABLE t (a INT) ;");
        let of_lines = "/*postgres\nDROP INDEX i;\n*/";
        assert_eq!(for_engine(of_lines, Engine::Postgres), "DROP INDEX i;\n");
        assert_eq!(for_engine(of_lines, Engine::Sqlite), " ");
    }

    #[test]
    fn tokens_keep_words_and_punctuation() {
        assert_eq!(
            tokens("insert INTO \"Order\" (a,'x') -- b"),
            ["insert", "INTO", "Order", "(", "a", ",", ")"]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_loss(text in "[a$1'\"/*\\- \n保?]{0,40}") {
            let joined: String = pieces(&text).into_iter().map(|piece| match piece {
                Piece::Opaque(p) | Piece::Word(p) | Piece::Other(p) => p.to_owned(),
                Piece::Parameter(p) => format!("${p}"),
                Piece::Comment(p) => format!("/*{p}*/"),
            }).collect();
            // A comment that is not closed is closed by joining.
            prop_assert!(joined == text || joined.strip_suffix("*/") == Some(&text) || joined.strip_suffix('/') == Some(&text));
        }
    }
}
