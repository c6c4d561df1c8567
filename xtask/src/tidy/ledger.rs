//! What was posted stays: transfers change their state and nothing else, and balances change only by a move.

use super::{Finding, Source};

/// The one file that may change balances, and the one statement of it.
const BOOK: &str = "crates/baogong/src/base/book/desk.rs";
const MOVE: &str = "MOVE";
/// The folder of the program's statements; the store's own tests have tables of the same names.
const PROGRAM: &str = "crates/baogong/src/";

/// Statements that would change or remove what was posted.
pub fn changes(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let concerned =
        |source: &&Source| source.path.starts_with(PROGRAM) || source.path.starts_with("migrations/");
    for source in sources.iter().filter(concerned) {
        // Upper case keeps the length of ASCII and of Chinese, so places in both texts agree.
        let upper = source.text.to_ascii_uppercase();
        let find = |statement: &str| -> Vec<usize> {
            let ends = |at: &usize| {
                !upper[at + statement.len()..]
                    .starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
            };
            upper
                .match_indices(statement)
                .map(|(at, _)| at)
                .filter(ends)
                .collect()
        };
        let line = |at: usize| source.text[..at].matches('\n').count() + 1;
        for at in find("UPDATE TRANSFER") {
            if !only_state(&upper[at..]) {
                findings.push(source.finding(line(at), "of a transfer only the state may change"));
            }
        }
        for at in find("UPDATE ACCOUNT") {
            if source.path != BOOK || statement_name(&source.text[..at]) != Some(MOVE) {
                findings.push(source.finding(line(at), format!("balances change only by {MOVE} in {BOOK}")));
            }
        }
        for statement in ["DELETE FROM TRANSFER", "DELETE FROM ACCOUNT"] {
            for at in find(statement) {
                findings.push(source.finding(line(at), "the ledger forgets nothing"));
            }
        }
    }
    findings
}

/// Whether the columns between SET and WHERE are `state` alone.
fn only_state(statement: &str) -> bool {
    let Some((_, rest)) = statement.split_once("SET") else {
        return false;
    };
    let Some((columns, _)) = rest.split_once("WHERE") else {
        return false;
    };
    columns.matches('=').count() == 1
        && columns
            .trim_start()
            .strip_prefix("STATE")
            .is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The name of the `stmt!` in whose text a place lies.
fn statement_name(before: &str) -> Option<&str> {
    let (_, rest) = before.rsplit_once("stmt!(")?;
    Some(rest.split(',').next()?.trim())
}

#[cfg(test)]
mod tests {
    use super::super::{made, shown};
    use super::*;

    #[test]
    fn the_statements_of_the_book_pass() {
        let text = "stmt!(\n    MOVE,\n    \"UPDATE account SET posted = posted + $3 WHERE id = $1\"\n);\n\
                    stmt!(SET_STATE, \"UPDATE transfer SET state = $3 WHERE district = $1 AND id = $2\");\n\
                    stmt!(OTHER, \"UPDATE transfer_note SET words = $1\");";
        assert!(changes(&made(&[(BOOK, text)])).is_empty());
    }

    #[test]
    fn other_changes_of_the_ledger_are_found() {
        let text = "\n\"UPDATE transfer SET state = $1, amount = $2 WHERE id = $3\"\n\"update account set posted = 0\"\n\"DELETE FROM transfer\"";
        let findings = shown(&changes(&made(&[("crates/baogong/src/round/open.rs", text)])));
        assert_eq!(findings.len(), 3, "{findings:?}");
        assert!(findings[0].starts_with("crates/baogong/src/round/open.rs:2: of a transfer"));
        assert!(findings[1].starts_with("crates/baogong/src/round/open.rs:3: balances"));
    }

    #[test]
    fn even_in_the_book_only_the_move_changes_balances() {
        let text = "stmt!(FIX, \"UPDATE account SET posted = 0\");";
        assert_eq!(changes(&made(&[(BOOK, text)])).len(), 1);
    }
}
