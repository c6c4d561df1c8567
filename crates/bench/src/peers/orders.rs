//! The order path of the product without HTTP: an example of the application that prints its figures, run as a program
//! of its own because this one does not link the application.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::process::output;

/// Where the example is, if it was built.
pub fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    Some(own.with_file_name("examples").join("orders")).filter(|path| path.is_file())
}

/// Runs the example; gives its figures as (name, value).
pub fn measure(program: &PathBuf, postgres: Option<&str>) -> Outcome<Vec<(String, String)>> {
    let mut command = Command::new(program);
    if let Some(url) = postgres {
        command.env("BAOGONG_TEST_POSTGRES", url);
    }
    Ok(figures(&output(&mut command)?))
}

/// Lines of the form `name value`; the name has no blanks.
fn figures(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.trim().split_once(char::is_whitespace))
        .map(|(name, value)| (name.to_string(), value.trim().to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::figures;

    #[test]
    fn figures_are_read_by_line() {
        let told = figures("sqlite_256_orders_per_s 31000\n\n sqlite_p99_ms   12.5\nend\n");
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        assert_eq!(
            told,
            [
                pair("sqlite_256_orders_per_s", "31000"),
                pair("sqlite_p99_ms", "12.5")
            ]
        );
    }
}
