//! Measures reading of large household registers: `cargo run --release -p documents --example read_speed`.

use documents::forms;
use documents::sheet::{form_sheet, read, write, write_csv};
use std::time::Instant;

fn household(index: usize) -> serde_json::Map<String, serde_json::Value> {
    let (compound, rest) = (index / 600, index % 600);
    let room = format!("{}0{}", rest % 30 + 1, rest / 30 % 4 + 1);
    let fields: [(&str, serde_json::Value); 8] = [
        ("community", format!("第{}社区", compound / 10).into()),
        ("compound", format!("小区{compound}").into()),
        ("building", (rest / 120 + 1).to_string().into()),
        ("unit", "1".into()),
        ("room", room.into()),
        ("head", "张伟".into()),
        ("members", (index % 6 + 1).into()),
        ("phone", format!("138{index:08}").into()),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_string(), value))
        .collect()
}

fn measure(name: &str, bytes: &[u8], rows: usize) -> Result<(), String> {
    let start = Instant::now();
    let reading = read(bytes, name, &[&forms::HOUSEHOLDS]).map_err(|rejected| rejected.en())?;
    let seconds = start.elapsed().as_secs_f64();
    let sheet = reading.sheets.first().ok_or("no sheet")?;
    if sheet.rows.len() != rows || !sheet.errors.is_empty() {
        return Err(format!(
            "{name}: {} of {rows} rows, {:?}",
            sheet.rows.len(),
            sheet.errors.first()
        ));
    }
    let megabytes = bytes.len() as f64 / 1e6;
    println!(
        "{name}: {rows} rows, {megabytes:.1} MB, {seconds:.2} s, {:.0} rows/s",
        rows as f64 / seconds
    );
    Ok(())
}

fn main() -> Result<(), String> {
    let rows: Vec<_> = (0..200_000).map(household).collect();
    let sheet = form_sheet(&forms::HOUSEHOLDS, &rows, true);
    measure("households.csv", &write_csv(&sheet), rows.len())?;
    let start = Instant::now();
    let book = write(&[form_sheet(&forms::HOUSEHOLDS, &rows[..100_000], true)])?;
    println!(
        "written: 100000 rows XLSX in {:.2} s",
        start.elapsed().as_secs_f64()
    );
    measure("households.xlsx", &book, 100_000)
}
