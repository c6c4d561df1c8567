//! Measures how long a chain message takes that was pasted again and again: `chain_speed [ENTRIES] [COPIES]`.

use documents::chain::{Context, Dwelling, Good, parse};
use std::fmt::Write as _;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse());
    let mut next = |usual: usize| arguments.next().and_then(Result::ok).unwrap_or(usual);
    let (entries, copies) = (next(500), next(20));
    let dwellings: Vec<Dwelling> = (0..entries)
        .map(|index| Dwelling {
            building: (index / 60 + 1).to_string(),
            unit: (index / 30 % 2 + 1).to_string(),
            room: format!("{}0{}", index % 30 / 2 + 1, index % 2 + 1),
            name: Some(format!(
                "住户{}",
                char::from_u32(0x4E00 + index as u32).unwrap_or('甲')
            )),
            phone: Some(format!("138{index:08}")),
        })
        .collect();
    let good = |code: &str, name: &str, letter, unit: &str| Good {
        code: code.into(),
        name: name.into(),
        aliases: Vec::new(),
        unit: unit.into(),
        menu_letter: Some(letter),
    };
    let goods = [
        good("V", "蔬菜包", 'A', "份"),
        good("M", "猪肉", 'B', "斤"),
        good("E", "鸡蛋", 'C', "板"),
    ];
    let mut list = "#接龙\n第3轮保供\n例 3-1-201 A1\n\n".to_string();
    for (index, dwelling) in dwellings.iter().enumerate() {
        let home = format!("{}-{}-{}", dwelling.building, dwelling.unit, dwelling.room);
        let wish = [
            "蔬菜包1份 鸡蛋2板",
            "A1 B3斤",
            "两份蔬菜包，放门口谢谢",
            "猪肉五斤 已付90元",
        ][index % 4];
        let _ = writeln!(list, "{}. {home} {wish}", index + 1);
    }
    let text = list.repeat(copies);
    let context = Context {
        dwellings: &dwellings,
        goods: &goods,
        aliases: &[],
    };
    for round in 1..=5 {
        let start = Instant::now();
        let parsed = parse(&text, &context);
        let spent = start.elapsed();
        println!(
            "round {round}: {} lines, {} orders, {} questions in {:.1} ms ({:.0} lines/s)",
            text.lines().count(),
            parsed.orders.len(),
            parsed.questions.len(),
            spent.as_secs_f64() * 1000.0,
            text.lines().count() as f64 / spent.as_secs_f64()
        );
    }
}
