//! One statement for many rows of parameters: the text for one row, turned into one round trip for all.
//!
//! The parameters become the columns of a set, `unnest($1::text[], …) AS given (p1, …)`, and `$1` in the text becomes
//! `given.p1`. So domain code writes each statement once, for one row, and runs it for one or for many.

use tokio_postgres::{Statement as Prepared, types::Type};

use super::{PostgresSession, check_count};
use crate::{
    Fault, Row, Statement, Value,
    sql::{self, Piece},
};

/// Rows of parameters in one statement.
pub(super) const SET: usize = 4_096;

impl PostgresSession {
    pub(crate) fn run_many(
        &mut self,
        statement: &'static Statement,
        rows: &[Vec<Value>],
    ) -> Result<u64, Fault> {
        let changed = self.change_many(statement, rows)?;
        self.note_growth(statement, rows.len())?;
        Ok(changed)
    }

    fn change_many(&mut self, statement: &'static Statement, rows: &[Vec<Value>]) -> Result<u64, Fault> {
        if let Some(insert) = self.insert_of(statement) {
            return self.insert_many(statement, &insert, rows);
        }
        if let [row] = rows {
            return self.run(statement, row);
        }
        let prepared = self.prepared_as(statement, true)?;
        let mut changed = 0;
        for part in rows.chunks(SET) {
            check_counts(statement.name(), &prepared, part)?;
            let columns = columns_of(part, |value| value);
            changed += self.ask(statement.name(), async |client| {
                client.execute_raw(&prepared, &columns).await
            })?;
        }
        Ok(changed)
    }

    pub(crate) fn rows_many(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, Fault> {
        let prepared = self.prepared_as(statement, true)?;
        let mut found: Vec<Vec<Row>> = Vec::with_capacity(keys.len());
        for part in keys.chunks(SET) {
            let first = found.len();
            found.resize_with(first + part.len(), Vec::new);
            check_counts(statement.name(), &prepared, part)?;
            let columns = columns_of(part, |value| value);
            let rows = self.ask(statement.name(), async |client| {
                client.query_raw(&prepared, &columns).await
            })?;
            self.receive(statement.name(), rows, &mut |row| {
                let number: i64 = row.get(0)?;
                let values = row.values.split_off(1);
                found[first + number as usize - 1].push(Row {
                    source: row.source,
                    values,
                });
                Ok(())
            })?;
        }
        Ok(found)
    }
}

fn check_counts(source: &str, prepared: &Prepared, rows: &[Vec<Value>]) -> Result<(), Fault> {
    rows.iter().try_for_each(|row| check_count(source, prepared, row))
}

/// The parameters by column, as the statement for many rows takes them.
pub(super) fn columns_of<'a, V>(rows: &'a [Vec<Value>], give: impl Fn(&'a Value) -> V) -> Vec<Vec<V>> {
    let wanted = rows.first().map_or(0, Vec::len);
    (0..wanted)
        .map(|index| rows.iter().map(|row| give(&row[index])).collect())
        .collect()
}

/// The text for many rows, or why there can be none. `types` are those of the parameters of the text for one row.
///
/// Understood are `INSERT … VALUES (…)` with or without `ON CONFLICT`, `UPDATE … WHERE …`, and `SELECT … WHERE …` without
/// grouping, order or limit, which would mean something else for a set. A query gives the number of the row of parameters
/// (from 1) as its first column.
pub(super) fn text_for_many(text: &str, types: &[Type]) -> Result<String, String> {
    let pieces = sql::pieces(text);
    let mut words = pieces.iter().filter_map(|piece| match piece {
        Piece::Word(word) => Some(word.to_ascii_uppercase()),
        _ => None,
    });
    let kind = words.next().unwrap_or_default();
    if let Some(word) = sql::other_for_many(text) {
        return Err(format!("{word} means something else for many rows"));
    }
    let given = given(types);
    let mut result = String::with_capacity(text.len() + given.len() + 64);
    let mut depth = 0_i32;
    let mut placed = false;
    // Where the list of VALUES opened; its closing bracket is left out like the opening one.
    let mut list_depth = None;
    for piece in &pieces {
        match piece {
            Piece::Parameter(number) => {
                result.push_str("given.p");
                result.push_str(number);
            }
            Piece::Word(word) if depth == 0 && !placed => {
                match (kind.as_str(), word.to_ascii_uppercase().as_str()) {
                    ("INSERT", "VALUES") => {
                        result.push_str("SELECT ");
                        list_depth = Some(depth);
                        placed = true;
                    }
                    ("SELECT", "SELECT") => result.push_str("SELECT given.n, "),
                    ("UPDATE" | "SELECT", "WHERE") => {
                        result.push_str(if kind == "UPDATE" { "FROM " } else { "CROSS JOIN " });
                        result.push_str(&given);
                        result.push_str(" WHERE");
                        placed = true;
                    }
                    _ => result.push_str(word),
                }
            }
            Piece::Other("(") => {
                if list_depth != Some(depth) {
                    result.push('(');
                }
                depth += 1;
            }
            Piece::Other(")") => {
                depth -= 1;
                if list_depth == Some(depth) {
                    list_depth = None;
                    result.push_str(" FROM ");
                    result.push_str(&given);
                    // Without a condition the parser would read ON CONFLICT as that of a join.
                    result.push_str(" WHERE TRUE");
                } else {
                    result.push(')');
                }
            }
            Piece::Comment(_) => result.push(' '),
            Piece::Opaque(other) | Piece::Word(other) | Piece::Other(other) => result.push_str(other),
        }
    }
    if placed {
        Ok(result)
    } else {
        Err(format!(
            "{kind} without VALUES or WHERE has no form for many rows"
        ))
    }
}

fn given(types: &[Type]) -> String {
    let list = |item: &dyn Fn(usize, &Type) -> String| {
        types
            .iter()
            .enumerate()
            .map(|(index, kind)| item(index + 1, kind))
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!(
        "unnest({}) WITH ORDINALITY AS given ({}, n)",
        list(&|number, kind| format!("${number}::{}[]", kind.name())),
        list(&|number, _| format!("p{number}"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [Type; 2] = [Type::TEXT, Type::INT8];
    const GIVEN: &str = "unnest($1::text[], $2::int8[]) WITH ORDINALITY AS given (p1, p2, n)";

    #[test]
    fn an_insert_selects_from_the_set() {
        let text = "INSERT INTO t (a, b, c) VALUES ($1, 0, coalesce($2, 7)) ON CONFLICT DO NOTHING";
        assert_eq!(
            text_for_many(text, &TYPES).unwrap(),
            format!(
                "INSERT INTO t (a, b, c) SELECT  given.p1, 0, coalesce(given.p2, 7) FROM {GIVEN} WHERE TRUE ON CONFLICT DO NOTHING"
            )
        );
    }

    #[test]
    fn an_update_joins_the_set() {
        let text = "UPDATE t SET b = b + $2 WHERE a = $1 AND (b = 0 OR b + $2 >= 0)";
        assert_eq!(
            text_for_many(text, &TYPES).unwrap(),
            format!(
                "UPDATE t SET b = b + given.p2 FROM {GIVEN} WHERE a = given.p1 AND (b = 0 OR b + given.p2 >= 0)"
            )
        );
    }

    #[test]
    fn a_query_tells_the_number_of_the_row() {
        let text =
            "SELECT a, (SELECT max(b) FROM u WHERE u.a = $1) FROM t WHERE a = $1 AND b > $2 FOR UPDATE";
        assert_eq!(
            text_for_many(text, &TYPES).unwrap(),
            format!(
                "SELECT given.n,  a, (SELECT max(b) FROM u WHERE u.a = given.p1) FROM t CROSS JOIN {GIVEN} WHERE a = given.p1 AND b > given.p2 FOR UPDATE"
            )
        );
    }

    #[test]
    fn what_means_something_else_for_a_set_is_refused() {
        for text in [
            "SELECT a FROM t WHERE a = $1 ORDER BY b",
            "SELECT a FROM t WHERE a = $1 LIMIT 1",
            "DELETE FROM t WHERE a = $1",
        ] {
            assert!(text_for_many(text, &TYPES).is_err(), "{text}");
        }
    }
}
