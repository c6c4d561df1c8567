//! What is understood of an `INSERT`.

use crate::{
    Fault, Statement, Value,
    sql::{self, Piece},
};

/// An `INSERT … VALUES (…)` without `ON CONFLICT` and `RETURNING`: each row of parameters adds one row, or the statement
/// fails. So its count is known before the server answers.
pub(super) struct Insert {
    /// The table, as in the text.
    pub(super) table: String,
    /// The list of columns, as in the text.
    pub(super) columns: String,
    /// What each column gets, where it takes no calculation.
    pub(super) values: Option<Vec<Item>>,
    parameters: usize,
}

/// What a column gets.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    /// A parameter, counted from 0.
    Parameter(usize),
    /// The same value in each row.
    Fixed(Value),
}

impl Item {
    /// The value in a row of parameters.
    pub(super) fn of<'v>(&'v self, row: &'v [Value]) -> &'v Value {
        match self {
            Self::Parameter(index) => &row[*index],
            Self::Fixed(value) => value,
        }
    }
}

impl Insert {
    /// Reads a text for PostgreSQL; `None` where it is something else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let pieces: Vec<Piece<'_>> = sql::pieces(text)
            .into_iter()
            .filter(|piece| !matches!(piece, Piece::Comment(_)) && !is_space(piece))
            .collect();
        let rest = after_word(&pieces, "INSERT")?;
        let [Piece::Word(table) | Piece::Opaque(table), rest @ ..] = after_word(rest, "INTO")? else {
            return None;
        };
        let (columns, rest) = bracket(rest)?;
        let (values, rest) = bracket(after_word(rest, "VALUES")?)?;
        if !rest.is_empty() {
            return None;
        }
        let columns: String = columns.iter().map(text_of).collect();
        let parameters = pieces.iter().filter_map(parameter).map(|index| index + 1).max();
        Some(Self {
            table: (*table).to_owned(),
            columns,
            values: values
                .split(|piece| *piece == Piece::Other(","))
                .map(item)
                .collect(),
            parameters: parameters.unwrap_or(0),
        })
    }

    /// Refuses rows that have not as many parameters as the statement takes.
    pub(super) fn check(&self, statement: &Statement, rows: &[Vec<Value>]) -> Result<(), Fault> {
        match rows.iter().find(|row| row.len() != self.parameters) {
            None => Ok(()),
            Some(row) => Err(Fault::statement(
                statement.name(),
                format!("takes {} parameters, got {}", self.parameters, row.len()),
            )),
        }
    }
}

fn is_space(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Other(other) if other.trim().is_empty())
}

fn after_word<'p, 't>(pieces: &'p [Piece<'t>], wanted: &str) -> Option<&'p [Piece<'t>]> {
    match pieces {
        [Piece::Word(word), rest @ ..] if word.eq_ignore_ascii_case(wanted) => Some(rest),
        _ => None,
    }
}

/// What stands in the bracket at the beginning, and what follows it.
fn bracket<'p, 't>(pieces: &'p [Piece<'t>]) -> Option<(&'p [Piece<'t>], &'p [Piece<'t>])> {
    let mut depth = 0_i32;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Other("(") => depth += 1,
            Piece::Other(")") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (index > 0).then(|| (&pieces[1..index], &pieces[index + 1..]));
        }
    }
    None
}

fn text_of<'t>(piece: &Piece<'t>) -> &'t str {
    match piece {
        Piece::Word(text) | Piece::Opaque(text) | Piece::Other(text) => text,
        Piece::Comment(_) | Piece::Parameter(_) => "",
    }
}

fn parameter(piece: &Piece<'_>) -> Option<usize> {
    match piece {
        Piece::Parameter(number) => number.parse::<usize>().ok()?.checked_sub(1),
        _ => None,
    }
}

fn item(pieces: &[Piece<'_>]) -> Option<Item> {
    match pieces {
        [piece @ Piece::Parameter(_)] => parameter(piece).map(Item::Parameter),
        [Piece::Word(word)] if word.eq_ignore_ascii_case("NULL") => Some(Item::Fixed(Value::Null)),
        [Piece::Word(number)] => number
            .parse()
            .ok()
            .map(|integer| Item::Fixed(Value::Int(integer))),
        // A doubled quote would be two pieces.
        [Piece::Opaque(text)] => {
            let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(Item::Fixed(Value::Text(inner.to_owned())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_fixed_values_are_told_apart() {
        let text = "INSERT INTO t (a, b, \"c d\", e, f)\n VALUES ($2, 0, NULL, '保供', $1) ";
        let insert = Insert::read(text).unwrap();
        assert_eq!(
            (insert.table.as_str(), insert.columns.as_str()),
            ("t", "a,b,\"c d\",e,f")
        );
        let fixed = |value| Item::Fixed(value);
        assert_eq!(
            insert.values.unwrap(),
            [
                Item::Parameter(1),
                fixed(Value::Int(0)),
                fixed(Value::Null),
                fixed(Value::Text("保供".to_owned())),
                Item::Parameter(0)
            ]
        );
        assert_eq!(insert.parameters, 2);
    }

    #[test]
    fn what_takes_calculation_still_has_a_known_count() {
        for values in ["coalesce($1, 7)", "$1 + 1", "'it''s'", "now()"] {
            let insert = Insert::read(&format!("INSERT INTO t (a, b) VALUES ($1, {values})")).unwrap();
            assert_eq!(insert.values, None, "{values}");
        }
    }

    #[test]
    fn whatever_else_may_change_fewer_rows_is_left_alone() {
        for text in [
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING",
            "INSERT INTO t (a) VALUES ($1) RETURNING b",
            "INSERT INTO t (a) VALUES ($1), ($2)",
            "INSERT INTO t (a) SELECT $1 FROM u",
            "INSERT INTO t VALUES ($1)",
            "UPDATE t SET a = $1",
            "INSERT INTO t (a VALUES ($1)",
        ] {
            assert!(Insert::read(text).is_none(), "{text}");
        }
    }
}
