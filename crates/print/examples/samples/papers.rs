//! Passes, cards, notices and a report with charts.

use print::{
    Align, Block, Datum, Document, Figure, Format, Lang, Lines, Pass, PassForm, Table, TableColumn, Tone,
};

/// Pairs of name and value.
fn facts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_string(), (*value).to_string()))
        .collect()
}

/// A table of words; a column whose name ends in a bar is as narrow as its words.
fn table(titles: &[(&str, u16)], rows: &[&[&str]]) -> Block {
    let cell = |words: &&str| {
        if words.is_empty() {
            Datum::Blank
        } else {
            Datum::Text((*words).to_string())
        }
    };
    Block::Table(Table {
        columns: titles
            .iter()
            .map(|(title, weight)| TableColumn {
                title: (*title).to_string(),
                align: Align::Left,
                weight: *weight,
                ..TableColumn::default()
            })
            .collect(),
        rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
        ..Table::default()
    })
}

/// What a signed payload looks like: version, content and signature, about 170 characters.
fn signed(content: &str) -> String {
    format!("BGP1.{content}.{}", "q7Zr2XwKd90vLmT4".repeat(5) + "Zk3A8b")
}

/// A pass of each form with the words that an office would fill in.
pub fn pass(form: PassForm) -> Pass {
    let common = Pass {
        number: "431023000127".into(),
        valid: "2026年11月21日至2026年11月28日".into(),
        issuer: "永兴县生活物资保供指挥部".into(),
        issued: "2026年11月21日".into(),
        ..Pass::default()
    };
    match form {
        PassForm::Vehicle => Pass {
            title: "保供车辆通行证".into(),
            name: "湘L·A1234".into(),
            fields: facts(&[
                ("驾驶员", "周平　138****4567"),
                ("承运单位", "惠民生鲜超市龙都店"),
                ("货物", "蔬菜、米面、食用油"),
                ("路线", "县物流园中转站—永兴大道—便江街道各小区投放点"),
            ]),
            terms: "一车一证一线路；请摆放在前挡风玻璃内侧；全程闭环，驾驶员不下车；空车返程凭本证放行。".into(),
            qr: signed("eyJuIjoiNDMxMDIzMDAwMTI3IiwicCI6Iua5mEzCt0ExMjM0IiwidSI6MTc5NjI5NDQwMH0"),
            ..common
        },
        PassForm::Card => Pass {
            title: "生活物资保供工作证".into(),
            name: "刘洋".into(),
            fields: facts(&[
                ("单位", "惠民生鲜超市龙都店"),
                ("岗位", "分拣员"),
                ("服务区域", "便江街道桂花社区"),
            ]),
            qr: signed("eyJuIjoiNDMxMDIzMDAwMTI3IiwibyI6IuWIhuaLo-WRmCJ9"),
            ..common
        },
        PassForm::Permit => Pass {
            title: "疫情期间营业许可".into(),
            name: "惠民生鲜超市龙都店".into(),
            fields: facts(&[
                ("统一社会信用代码", "91431023MA4L2XYZ3T"),
                ("经营地址", "永兴县便江街道龙都大道18号"),
                ("负责人", "陈敏"),
                ("许可方式", "线上接单、无接触配送，不开放进店选购"),
                ("服务范围", "便江街道桂花社区、龙都社区"),
                ("营业时间", "7:00—20:00"),
            ]),
            terms: "请悬挂于店门醒目处。每日消杀四次并登记，员工每日检测、上岗佩戴口罩；不得哄抬价格。违反规定的，收回本许可。"
                .into(),
            qr: signed("eyJuIjoiNDMxMDIzMDAwMTI3IiwiayI6InBlcm1pdCJ9"),
            ..common
        },
    }
}

/// A card with the people to call in an emergency (form 6).
pub fn contact_card() -> Document {
    Document {
        title: "应急联系卡".into(),
        subtitle: "桂花社区　幸福苑".into(),
        blocks: vec![
            table(
                &[("遇到什么事", 4), ("找谁", 4), ("电话", 4)],
                &[
                    &["买菜、订单", "团长　王秀英", "138****1122"],
                    &["没收到、送错", "信息员　李娜", "139****3344"],
                    &["看病、买药", "社区医生　赵刚", "137****5566"],
                    &["水电气、维修", "物业　张师傅", "0735-5552288"],
                    &["老人、孩子", "网格员　周平", "136****7788"],
                    &["治安、求助", "派出所", "110"],
                ],
            ),
            Block::Paragraph("电话24小时有人接听。打不通请再打社区值班室 0735-5551234。".into()),
        ],
        footer: "便江街道桂花社区 2026年11月21日".into(),
        format: Format::Cards,
        ..Document::default()
    }
}

/// A notice that tells a building how to order.
pub fn order_notice() -> Document {
    Document {
        title: "生活物资订购通知".into(),
        blocks: vec![
            Block::Address("幸福苑全体居民：".into()),
            Block::Paragraph(
                "封控期间，本小区由惠民生鲜超市龙都店定点供应。请用手机扫描下方二维码下单，\
                 也可以在小区群接龙或告诉楼栋长，由专人代为登记。每户每三天可订一次，请按需订购，不必囤货。"
                    .into(),
            ),
            Block::Facts(facts(&[
                ("可订物资", "蔬菜包 30元、鸡蛋（30枚）22元、东北大米（5公斤）35元"),
                ("截单时间", "11月22日 12:00"),
                ("付款截止", "11月22日 14:00，过时未付的订单自动取消"),
                ("送达时间", "11月22日 18:00前，送到小区西门投放点"),
            ])),
            Block::Code {
                payload: "https://bg.example/o/3F7K2QPX".into(),
                caption: "扫码下单".into(),
            },
            Block::Closing(vec!["便江街道桂花社区".into(), "2026年11月21日".into()]),
        ],
        format: Format::Notice,
        ..Document::default()
    }
}

/// A report with figures, lines and bars.
pub fn charts(lang: Lang) -> Document {
    let days: Vec<String> = (8..=21).map(|day| format!("11-{day:02}")).collect();
    let ordered = [
        120, 180, 260, 410, 640, 910, 1_220, 1_180, 1_340, 1_510, 1_470, 1_620, 1_580, 1_702,
    ];
    let handed = [
        0, 90, 210, 330, 520, 800, 1_060, 1_150, 1_210, 1_430, 1_440, 1_530, 1_560,
    ];
    let lines = Lines {
        title: "每日订单与交付".into(),
        unit: "单".into(),
        points: days,
        series: vec![
            ("订单".into(), ordered.into_iter().map(Some).collect()),
            (
                "已交付".into(),
                handed.into_iter().map(Some).chain([None]).collect(),
            ),
        ],
    };
    Document {
        title: "生活物资保供情况报告".into(),
        subtitle: "永兴县".into(),
        meta: facts(&[("时间", "2026-11-21 18:00"), ("制表", "县商务局")]),
        blocks: vec![
            Block::Heading("一、总体情况".into()),
            Block::Figures(vec![
                Figure {
                    label: "累计订单".into(),
                    value: "9,884".into(),
                    unit: "单".into(),
                    tone: Tone::Plain,
                },
                Figure {
                    label: "余粮不足".into(),
                    value: "37".into(),
                    unit: "户".into(),
                    tone: Tone::Warn,
                },
            ]),
            Block::Lines(lines),
            Block::Heading("二、各街道、乡镇服务率".into()),
            Block::Bars {
                title: "已收到物资的住户".into(),
                unit: "%".into(),
                rows: vec![
                    ("便江街道".into(), 98),
                    ("马田镇".into(), 91),
                    ("黄泥镇".into(), 76),
                ],
            },
            Block::Signatures(vec!["制表人".into(), "审核人".into()]),
        ],
        lang,
        ..Document::default()
    }
}
