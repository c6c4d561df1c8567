//! Writes one PDF of every kind, to look at: `cargo run -p print --example samples -- [folder]`.

mod papers;

use print::{
    Align, Block, BoxLabel, BoxSheet, Datum, Document, Figure, Fonts, Format, Label, LabelSheet, Lang,
    PassForm, Printer, Sign, Table, TableColumn, Tone,
};

fn labels() -> Vec<Label> {
    let plain = Label {
        compound: "永兴路阳光花园东区".into(),
        dwelling: "3栋2单元501".into(),
        phone_masked: "138****5678".into(),
        lines: vec![
            ("蔬菜包A（约5公斤）".into(), 1),
            ("鸡蛋（30枚）".into(), 1),
            ("东北大米 5公斤".into(), 2),
        ],
        amount: "136.50 元".into(),
        paid: "已付".into(),
        bag: 1,
        bags: 2,
        code: "K7F3-92".into(),
        qr: "BG1:500101019001:000731:92".into(),
        icons: vec!["冷藏".into(), "易碎".into()],
        note: String::new(),
    };
    let long = Label {
        compound: "清河市永兴区双河口街道螺蛳包社区阳光花园东区二期经济适用房及拆迁安置房联合小区北院".into(),
        dwelling: "人才公寓西附楼17栋3单元2801室".into(),
        lines: (1..=20)
            .map(|line| (format!("高山娃娃菜第{line}批"), line))
            .collect(),
        paid: "代购垫付，解封后结算".into(),
        icons: ["冷藏", "易碎", "药品"].map(String::from).to_vec(),
        note: "老人独居听力不好，请先打电话再敲门，没人应请交给楼下502王阿姨代收，谢谢".into(),
        ..plain.clone()
    };
    let no_code = Label {
        qr: String::new(),
        note: "门卫代收".into(),
        bags: 1,
        ..plain.clone()
    };
    vec![plain, long, no_code]
}

fn report(lang: Lang, landscape: bool) -> Document {
    let column = |title: &str, align, weight| TableColumn {
        title: title.into(),
        align,
        weight,
        ..TableColumn::default()
    };
    let figure = |label: &str, value: &str, unit: &str, tone| Figure {
        label: label.into(),
        value: value.into(),
        unit: unit.into(),
        tone,
    };
    let rows = (1..=40)
        .map(|row| {
            vec![
                Datum::Count(row),
                Datum::Text(format!("阳光花园{row}区")),
                Datum::Text("惠民超市永兴店".into()),
                Datum::Count(row * 137),
                Datum::WeightG(row * 123_450),
                Datum::AmountFen(row * 654_321),
                Datum::PercentE2(10_000 - row * 37),
                Datum::Blank,
            ]
        })
        .collect();
    let table = Table {
        columns: vec![
            column("序号", Align::Center, 1),
            column("小区", Align::Left, 4),
            column("保供单位", Align::Left, 4),
            column("户数", Align::Right, 2),
            column("重量（公斤）", Align::Right, 3),
            column("金额（元）", Align::Right, 3),
            column("覆盖率", Align::Right, 2),
            column("签收", Align::Center, 2),
        ],
        rows,
        total: Some(vec![
            Datum::Blank,
            Datum::Text("合计".into()),
            Datum::Blank,
            Datum::Count(112_340),
            Datum::WeightG(101_229_000),
            Datum::AmountFen(536_543_220),
            Datum::PercentE2(9_241),
            Datum::Blank,
        ]),
        empty: String::new(),
    };
    Document {
        title: "永兴街道生活物资保供日报".into(),
        subtitle: "（第17期）".into(),
        meta: vec![
            ("填报单位".into(), "永兴街道办事处".into()),
            ("统计时间".into(), "2026年11月21日18时".into()),
            ("编号".into(), "YX-20261121-17".into()),
        ],
        blocks: vec![
            Block::Heading("一、总体情况".into()),
            Block::Paragraph(
                "截至11月21日18时，全街道封控小区4个、管控小区7个，涉及居民11,234户、30,127人。今日组织配送蔬菜包3,215份，\
                 送达率98.60%。目前有12户储备不足一日，已安排网格员今晚上门。"
                    .into(),
            ),
            Block::Figures(vec![
                figure("在封户数", "11,234", "户", Tone::Plain),
                figure("今日送达", "3,215", "份", Tone::Good),
                figure("不足一日", "12", "户", Tone::Warn),
                figure("已断供", "2", "户", Tone::Bad),
            ]),
            Block::Heading("二、各小区供应情况".into()),
            Block::Table(table),
            Block::Heading("三、品类缺口".into()),
            Block::Bars {
                title: "按品类".into(),
                unit: "份".into(),
                rows: vec![("蔬菜".into(), 320), ("婴幼儿奶粉及纸尿裤等母婴用品".into(), 45), ("米面".into(), -60)],
            },
            Block::Table(Table {
                columns: vec![column("投诉", Align::Left, 3), column("处理", Align::Left, 1)],
                ..Table::default()
            }),
            Block::Signatures(vec!["填报人".into(), "审核人".into(), "负责人".into()]),
        ],
        format: Format::Report,
        landscape,
        footer: "内部资料，注意保管".into(),
        lang,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_string());
    let fonts = Fonts::from_system().ok_or("install a font with Chinese glyphs, e.g. fonts-noto-cjk")?;
    let printer = Printer::new(fonts);
    let boxes = [BoxLabel {
        compound: "永兴路阳光花园东区".into(),
        point: "西门岗亭".into(),
        range: "1–6栋".into(),
        bags: 28,
        box_number: 3,
        boxes: 14,
        supplier: "惠民超市永兴店".into(),
        trip: "第2车 湘L·A1234".into(),
        code: "B00317".into(),
        qr: "BG1:B:000317".into(),
        sscc: print::sscc(0, "6901234", 317).ok_or("not a company prefix")?,
    }];
    let unnumbered = boxes.clone().map(|label| BoxLabel {
        sscc: String::new(),
        ..label
    });
    let sign = Sign {
        title: "保供物资投放点".into(),
        place: "阳光花园西门岗亭".into(),
        lines: vec![
            "服务楼栋：1–6栋".into(),
            "领取时间：16:00–18:00".into(),
            "联系人：李主任 138****5678".into(),
        ],
        qr: "https://bg.example/d/317".into(),
        footer: "永兴街道疫情防控指挥部".into(),
    };
    let plain_sign = Sign {
        qr: String::new(),
        lines: Vec::new(),
        ..sign.clone()
    };
    let pass = |form, count| printer.passes(form, &vec![papers::pass(form); count]);
    let files = [
        ("labels-a4.pdf", printer.labels(LabelSheet::A4x24, &labels())?),
        (
            "labels-roll.pdf",
            printer.labels(LabelSheet::Roll100x70, &labels())?,
        ),
        (
            "labels-continuous.pdf",
            printer.labels(LabelSheet::Continuous80, &labels())?,
        ),
        ("boxes.pdf", printer.box_labels(BoxSheet::Roll100x70, &boxes)?),
        (
            "boxes-sscc.pdf",
            printer.box_labels(BoxSheet::Roll100x150, &[boxes, unnumbered].concat())?,
        ),
        ("pass-vehicle.pdf", pass(PassForm::Vehicle, 1)?),
        ("pass-card.pdf", pass(PassForm::Card, 9)?),
        ("pass-permit.pdf", pass(PassForm::Permit, 1)?),
        ("contact-card.pdf", printer.document(&papers::contact_card())?),
        ("order-notice.pdf", printer.document(&papers::order_notice())?),
        ("charts.pdf", printer.document(&papers::charts(Lang::Zh))?),
        ("sign.pdf", printer.signs(&[sign])?),
        ("sign-plain.pdf", printer.signs(&[plain_sign])?),
        ("report.pdf", printer.document(&report(Lang::Zh, false))?),
        ("report-landscape.pdf", printer.document(&report(Lang::En, true))?),
    ];
    for (name, bytes) in files {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes)?;
    }
    Ok(())
}
