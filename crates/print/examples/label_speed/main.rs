//! Measures runs of labels: `cargo run --release -p print --example label_speed -- [labels] [folder]`.
//!
//! Every label has its own household, goods and QR code, so that nothing can be shared between them. At the end the
//! same labels are set as a plain Typst document in the same process, for comparison.

mod plain;

use std::time::Instant;

use print::{BoxLabel, BoxSheet, Fault, Fonts, Label, LabelSheet, Printer};

const GOODS: [&str; 12] = [
    "土豆",
    "大白菜",
    "西红柿",
    "鸡蛋（30枚）",
    "东北大米 5公斤",
    "菜籽油",
    "胡萝卜",
    "五花肉",
    "纯牛奶",
    "挂面",
    "豆腐",
    "盐",
];

fn label(index: u32) -> Label {
    let lines = (0..4 + index % 5)
        .map(|line| {
            (
                GOODS[((index + line * 5) % 12) as usize].to_string(),
                1 + (index + line) % 3,
            )
        })
        .collect();
    Label {
        compound: "永兴路阳光花园东区".into(),
        dwelling: format!(
            "{}栋{}单元{:02}{:02}",
            1 + index / 400,
            1 + index / 100 % 4,
            1 + index / 4 % 25,
            1 + index % 4
        ),
        phone_masked: format!("138****{:04}", index % 10_000),
        lines,
        amount: format!("{}.50 元", 20 + index % 80),
        paid: if index.is_multiple_of(7) {
            "代购垫付"
        } else {
            "已付"
        }
        .into(),
        bag: 1 + index % 2,
        bags: 2,
        code: format!("K{index:05}-{}", index % 97),
        qr: format!("BG1:500101019001:{index:06}:{:02}", index % 97),
        icons: if index.is_multiple_of(3) {
            vec!["冷藏".into()]
        } else {
            Vec::new()
        },
        note: if index.is_multiple_of(10) {
            "老人独居，请送到门口并敲门".into()
        } else {
            String::new()
        },
    }
}

fn box_label(index: u32) -> BoxLabel {
    BoxLabel {
        compound: "永兴路阳光花园东区".into(),
        point: "西门岗亭".into(),
        range: format!("{}–{}栋", 1 + index, 4 + index),
        bags: 20 + index % 10,
        box_number: 1 + index,
        boxes: 1_000,
        supplier: "惠民超市永兴店".into(),
        trip: format!("第{}车 湘L·A{:04}", 1 + index / 40, index),
        code: format!("B{index:05}"),
        qr: format!("BG1:B:{index:06}"),
        sscc: String::new(),
    }
}

fn report(what: &str, begun: Instant, result: Result<Vec<u8>, Fault>) -> Result<Vec<u8>, Fault> {
    let bytes = result?;
    println!(
        "{what:<32}{:>8.2} s{:>10.2} MB",
        begun.elapsed().as_secs_f64(),
        bytes.len() as f64 / 1e6
    );
    Ok(bytes)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let many: u32 = std::env::args()
        .nth(1)
        .map_or(Ok(10_000), |count| count.parse())?;
    let folder = std::env::args().nth(2);
    let begun = Instant::now();
    let fonts = Fonts::from_system().ok_or("install a font with Chinese glyphs, e.g. fonts-noto-cjk")?;
    println!("fonts read in {:.2} s", begun.elapsed().as_secs_f64());
    let printer = Printer::new(fonts);
    for (sheet, count) in [
        (LabelSheet::A4x24, 24),
        (LabelSheet::A4x24, 1_000),
        (LabelSheet::A4x24, many),
        (LabelSheet::Roll100x70, 1_000),
    ] {
        let labels: Vec<Label> = (0..count).map(label).collect();
        let begun = Instant::now();
        let bytes = report(
            &format!("{count} labels on {sheet:?}"),
            begun,
            printer.labels(sheet, &labels),
        )?;
        if let Some(folder) = &folder {
            std::fs::write(format!("{folder}/labels-{sheet:?}-{count}.pdf"), bytes)?;
        }
    }
    let labels: Vec<Label> = (0..many).map(label).collect();
    let fonts = plain::fonts()?;
    // On threads with much room: the PDF writer recurses over pictures.
    rayon::ThreadPoolBuilder::new()
        .stack_size(1 << 29)
        .build_global()?;
    let begun = Instant::now();
    let bytes = plain::labels(&fonts, &labels)?;
    let elapsed_s = begun.elapsed().as_secs_f64();
    println!(
        "{many} labels as plain Typst {elapsed_s:>12.2} s{:>10.2} MB",
        bytes.len() as f64 / 1e6
    );
    if let Some(folder) = &folder {
        std::fs::write(format!("{folder}/labels-plain-{many}.pdf"), bytes)?;
    }
    let boxes: Vec<BoxLabel> = (0..1_000).map(box_label).collect();
    let begun = Instant::now();
    report(
        "1000 box labels",
        begun,
        printer.box_labels(BoxSheet::Roll100x70, &boxes),
    )?;
    Ok(())
}
