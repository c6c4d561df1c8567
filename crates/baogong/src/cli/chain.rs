//! `baogong chain`: chain messages read against plain files, without server or database.

use std::path::PathBuf;
use std::process::ExitCode;

use baogong::base::{Fault, Refusal, Result};
use clap::Subcommand;
use documents::chain::file::{FileOrderLine, FileParsed, parse_files};
use documents::sheet::CellError;
use serde_json::{Value, json};

use super::{USER_CASE, input};

/// What to do with a chain message.
#[derive(Subcommand)]
pub enum Task {
    /// Read a chain message: orders, questions, lines that were not recognised, and structure. No line is dropped.
    Parse {
        /// The text of the message; `-` is standard input.
        file: PathBuf,
        /// The households of the compound as CSV: 楼栋,单元,房号,姓名,电话.
        #[arg(long)]
        register: PathBuf,
        /// The goods of the round as CSV: 编码,名称,别名 (with | between),单位,单价分.
        #[arg(long)]
        goods: PathBuf,
        /// Print one JSON object instead of lines for people.
        #[arg(long)]
        json: bool,
    },
}

impl Task {
    /// Does it; errors in the register or the goods are exit code 1, questions are not errors.
    pub fn run(&self) -> Result<ExitCode> {
        let Self::Parse {
            file,
            register,
            goods,
            json,
        } = self;
        if [file, register, goods]
            .iter()
            .filter(|file| file.as_os_str() == "-")
            .count()
            > 1
        {
            return Err(Refusal::invalid(
                "file",
                "只有一个文件可以从标准输入（-）读取。",
                "Only one of the files can be standard input (-).",
            )
            .into());
        }
        let (register, goods) = (input::read(register)?, input::read(goods)?);
        let parsed = match parse_files(&register, &goods, &input::read(file)?) {
            Ok(parsed) => parsed,
            Err(errors) => {
                if *json {
                    let errors: Vec<Value> = errors.iter().map(cell).collect();
                    println!("{}", json!({ "errors": errors }));
                }
                for error in &errors {
                    eprintln!(
                        "{}!{}{} {:?}: {} / {}",
                        error.sheet, error.column, error.row, error.value, error.zh, error.en
                    );
                }
                return Ok(ExitCode::from(USER_CASE));
            }
        };
        if *json {
            println!("{}", serde_json::to_string(&parsed).map_err(Fault::from)?);
        } else {
            print!("{}", readable(&parsed));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn cell(error: &CellError) -> Value {
    json!({
        "sheet": error.sheet, "row": error.row, "column": error.column, "value": error.value,
        "message": error.zh, "message_en": error.en,
    })
}

fn goods(lines: &[FileOrderLine]) -> String {
    let words: Vec<String> = lines
        .iter()
        .map(|line| format!("{}×{}", line.good, line.quantity))
        .collect();
    words.join(" ")
}

/// What was read, line by line.
fn readable(parsed: &FileParsed) -> String {
    let one_line = |text: &str| text.replace('\n', " ⏎ ");
    let mut lines = vec![format!(
        "订单 orders {} · 需要确认 questions {} · 没有认出 unrecognised {} · 其他 structure {}",
        parsed.orders.len(),
        parsed.questions.len(),
        parsed.unrecognised.len(),
        parsed.structure.len()
    )];
    for order in &parsed.orders {
        lines.push(format!(
            "{:>4}  ✓ {}  {}    {}",
            order.line,
            order.dwelling,
            goods(&order.lines),
            one_line(&order.text)
        ));
    }
    for question in &parsed.questions {
        lines.push(format!(
            "{:>4}  ? {}    {} / {}",
            question.line,
            one_line(&question.text),
            question.reason,
            question.reason_en
        ));
    }
    for line in &parsed.unrecognised {
        lines.push(format!("{:>4}  ! {}", line.line, one_line(&line.text)));
    }
    lines.push(String::new());
    lines.join("\n")
}
