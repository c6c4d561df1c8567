//! The names of constraints, which SQLite mostly leaves out of its messages.
//!
//! SQLite says "UNIQUE constraint failed: t.a, t.b" and for foreign keys nothing at all. The names are therefore read from
//! the catalogue and from the text of `CREATE TABLE`; where a constraint has none, it gets the one PostgreSQL would give.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::sql;

/// A foreign key.
struct ForeignKey {
    table: String,
    referenced: String,
    name: String,
}

/// The names of all unique constraints and foreign keys of a database.
#[derive(Default)]
pub(super) struct Names {
    unique: HashMap<String, String>,
    foreign_keys: Vec<ForeignKey>,
}

impl Names {
    /// Reads the names; what cannot be read is left out, because this only serves to word an error.
    pub(super) fn read(connection: &Connection) -> Self {
        let mut names = Self::default();
        for (table, text) in pairs(
            connection,
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table'",
            "",
        ) {
            let declared = declared(&text);
            names.read_unique(connection, &table, &declared);
            names.read_foreign_keys(connection, &table, &declared);
        }
        names
    }

    fn read_unique(&mut self, connection: &Connection, table: &str, declared: &HashMap<String, String>) {
        let key = columns(
            connection,
            "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk",
            table,
        );
        if !key.is_empty() {
            let name = declared
                .get(&key.join(","))
                .cloned()
                .unwrap_or_else(|| format!("{table}_pkey"));
            self.unique.insert(message_columns(table, &key), name);
        }
        let indexes = pairs(
            connection,
            "SELECT name, origin FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND origin <> 'pk'",
            table,
        );
        for (index, origin) in indexes {
            let indexed = columns(
                connection,
                "SELECT name FROM pragma_index_info(?1) ORDER BY seqno",
                &index,
            );
            let name = if origin == "c" {
                index
            } else {
                let default = || format!("{table}_{}_key", indexed.join("_"));
                declared.get(&indexed.join(",")).cloned().unwrap_or_else(default)
            };
            self.unique
                .entry(message_columns(table, &indexed))
                .or_insert(name);
        }
    }

    fn read_foreign_keys(
        &mut self,
        connection: &Connection,
        table: &str,
        declared: &HashMap<String, String>,
    ) {
        let keys = pairs(
            connection,
            "SELECT \"table\", group_concat(\"from\") FROM
             (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id, \"table\"",
            table,
        );
        for (referenced, from) in keys {
            let default = || format!("{table}_{}_fkey", from.replace(',', "_"));
            let name = declared
                .get(&format!("->{from}"))
                .cloned()
                .unwrap_or_else(default);
            self.foreign_keys.push(ForeignKey {
                table: table.to_owned(),
                referenced,
                name,
            });
        }
    }

    /// The name for the columns or the index that a message names.
    pub(super) fn unique(&self, detail: &str) -> String {
        if let Some(index) = detail.strip_prefix("index '") {
            return index.trim_end_matches('\'').to_owned();
        }
        self.unique
            .get(detail)
            .cloned()
            .unwrap_or_else(|| detail.to_owned())
    }

    /// The foreign key that a statement broke, if it can only be one, else `foreign_key`.
    pub(super) fn foreign_key(&self, text: &str) -> String {
        let words = sql::tokens(text);
        let mut words = words.iter().filter(|word| {
            !["INTO", "FROM", "OR", "REPLACE", "IGNORE"]
                .iter()
                .any(|skip| word.eq_ignore_ascii_case(skip))
        });
        let (verb, table) = (
            words.next().copied().unwrap_or(""),
            words.next().copied().unwrap_or(""),
        );
        let possible: Vec<&ForeignKey> = self
            .foreign_keys
            .iter()
            .filter(|key| {
                let own = key.table.eq_ignore_ascii_case(table) && !verb.eq_ignore_ascii_case("DELETE");
                let from_others =
                    key.referenced.eq_ignore_ascii_case(table) && !verb.eq_ignore_ascii_case("INSERT");
                own || from_others
            })
            .collect();
        match possible.as_slice() {
            [only] => only.name.clone(),
            _ => "foreign_key".to_owned(),
        }
    }
}

fn message_columns(table: &str, columns: &[String]) -> String {
    columns
        .iter()
        .map(|column| format!("{table}.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn pairs(connection: &Connection, text: &str, table: &str) -> Vec<(String, String)> {
    let read = || -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement = connection.prepare(text)?;
        if statement.parameter_count() == 1 {
            statement.raw_bind_parameter(1, table)?;
        }
        statement
            .raw_query()
            .mapped(|row| Ok((row.get(0)?, row.get(1)?)))
            .collect()
    };
    read().unwrap_or_default()
}

fn columns(connection: &Connection, text: &str, name: &str) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(text)?;
        statement.raw_bind_parameter(1, name)?;
        statement.raw_query().mapped(|row| row.get(0)).collect()
    };
    read().unwrap_or_default()
}

/// The constraints that `CREATE TABLE` names: columns joined by commas, `->` before those of a foreign key, to name.
fn declared(text: &str) -> HashMap<String, String> {
    let tokens = sql::tokens(text);
    let mut found = HashMap::new();
    for element in elements(&tokens) {
        for (position, _) in element
            .iter()
            .enumerate()
            .filter(|(_, word)| word.eq_ignore_ascii_case("CONSTRAINT"))
        {
            let Some(&name) = element.get(position + 1) else {
                continue;
            };
            let rest = &element[(position + 2).min(element.len())..];
            let kind = rest.first().copied().unwrap_or("").to_ascii_uppercase();
            let own_column = element.first().copied().unwrap_or("").to_owned();
            let (prefix, listed) = match kind.as_str() {
                "UNIQUE" => ("", list(&rest[1..])),
                "PRIMARY" => ("", list(rest.get(2..).unwrap_or(&[]))),
                "FOREIGN" => ("->", list(rest.get(2..).unwrap_or(&[]))),
                "REFERENCES" => ("->", None),
                _ => continue,
            };
            found.insert(
                format!("{prefix}{}", listed.unwrap_or(own_column)),
                name.to_owned(),
            );
        }
    }
    found
}

/// The parts between the commas of the outermost parentheses.
fn elements<'t>(tokens: &'t [&'t str]) -> Vec<&'t [&'t str]> {
    let Some(start) = tokens.iter().position(|token| *token == "(") else {
        return Vec::new();
    };
    let (mut depth, mut begin, mut parts) = (0, start + 1, Vec::new());
    for (position, token) in tokens.iter().enumerate().skip(start) {
        match *token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if (depth == 1 && *token == ",") || depth == 0 {
            parts.push(&tokens[begin..position]);
            begin = position + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts
}

/// The columns in parentheses at the beginning, joined by commas.
fn list(tokens: &[&str]) -> Option<String> {
    let inside = tokens.strip_prefix(&["("])?;
    let end = inside.iter().position(|token| *token == ")")?;
    Some(inside[..end].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE area (code TEXT PRIMARY KEY, seat TEXT UNIQUE);
                 CREATE TABLE home (area TEXT NOT NULL CONSTRAINT home_in_area REFERENCES area (code),
                   door BIGINT, phone TEXT CONSTRAINT one_phone UNIQUE,
                   CONSTRAINT home_key PRIMARY KEY (area, door), CONSTRAINT once UNIQUE (door, phone));
                 CREATE TABLE visit (area TEXT, door BIGINT, by TEXT REFERENCES area,
                   FOREIGN KEY (area, door) REFERENCES home);
                 CREATE UNIQUE INDEX one_visit ON visit (area, by);",
            )
            .unwrap();
        Names::read(&connection)
    }

    #[test]
    fn unique_constraints_have_the_names_postgres_gives() {
        let names = names();
        assert_eq!(names.unique("area.code"), "area_pkey");
        assert_eq!(names.unique("area.seat"), "area_seat_key");
        assert_eq!(names.unique("home.area, home.door"), "home_key");
        assert_eq!(names.unique("home.phone"), "one_phone");
        assert_eq!(names.unique("home.door, home.phone"), "once");
        assert_eq!(names.unique("visit.area, visit.by"), "one_visit");
        assert_eq!(names.unique("index 'by_hash'"), "by_hash");
    }

    #[test]
    fn a_foreign_key_is_named_when_only_one_is_possible() {
        let names = names();
        assert_eq!(
            names.foreign_key("INSERT INTO home (area) VALUES (?1)"),
            "home_in_area"
        );
        assert_eq!(
            names.foreign_key("delete from home where door = 1"),
            "visit_area_door_fkey"
        );
        assert_eq!(
            names.foreign_key("INSERT INTO visit VALUES (1, 2, 3)"),
            "foreign_key"
        );
    }
}
