//! Files that commands read and write; `-` is standard input or output.

use std::io::{Read, Write};
use std::path::Path;

use baogong::base::{Error, Refusal, RefusalKind, Result};

/// The content of a file, or of standard input for `-`. A file that cannot be read is the user's case.
pub fn read(file: &Path) -> Result<Vec<u8>> {
    let read = || -> std::io::Result<Vec<u8>> {
        if file == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
        std::fs::read(file)
    };
    read().map_err(|error| unreadable(file, &error))
}

/// The name of a file as messages and sheets show it.
pub fn shown(file: &Path) -> String {
    if file == Path::new("-") {
        return "stdin".to_string();
    }
    file.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Writes a file, or standard output for `-`, and says where it is.
pub fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if file == Path::new("-") {
        std::io::stdout().write_all(bytes)?;
        return Ok(());
    }
    std::fs::write(file, bytes)?;
    println!("{}", file.display());
    Ok(())
}

fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Refusal::new(
        RefusalKind::NotFound,
        "file",
        format!("读不了文件 {}：{error}", file.display()),
        format!("cannot read {}: {error}", file.display()),
    )
    .into()
}
