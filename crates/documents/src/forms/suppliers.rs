//! Supplier survey (SH-2).

use super::choices::SUPPLIER_KINDS;
use super::outlets::{ADDRESS, CONTACT_NAME, CONTACT_PHONE, LATITUDE, LONGITUDE, NOTE};
use super::{Column, Form, Kind, SHORT};
use crate::text::Text;

const fn weight(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    synonyms: &'static [&'static str],
) -> Column {
    Column::new(key, zh, en, Kind::Weight, synonyms)
}

/// Supplier survey: daily sales, usual stock, storage, staff, vehicles, drivers (SH-2).
pub static SUPPLIERS: Form = Form {
    key: "suppliers",
    title: Text::new("保供单位基本情况表", "Survey of suppliers"),
    number: Some(2),
    title_synonyms: &[
        "保供单位",
        "保供企业",
        "供应商",
        "保供单位台账",
        "重点企业",
        "保供能力",
        "供给能力",
        "保供单位摸底",
    ],
    columns: &[
        Column::new(
            "name",
            "单位名称",
            "Name",
            SHORT,
            &[
                "名称",
                "企业名称",
                "保供单位",
                "保供单位名称",
                "单位",
                "供应商",
                "供应商名称",
                "商家",
                "企业",
                "保供企业",
                "保供企业名称",
            ],
        )
        .required()
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "credit_code",
            "统一社会信用代码",
            "Unified social credit code",
            Kind::CreditCode,
            &["信用代码", "社会信用代码", "营业执照号", "统一信用代码"],
        ),
        Column::new(
            "gs1_prefix",
            "厂商识别代码",
            "GS1 company prefix",
            Kind::CompanyPrefix,
            &[
                "GS1厂商识别代码",
                "条码厂商识别代码",
                "厂商代码",
                "商品条码厂商识别代码",
            ],
        ),
        Column::new(
            "kind",
            "类型",
            "Kind",
            Kind::Choice(SUPPLIER_KINDS),
            &[
                "单位类型",
                "企业类型",
                "业态",
                "类别",
                "单位类别",
                "性质",
                "保供单位类型",
            ],
        )
        .required()
        .example("超市"),
        ADDRESS,
        LATITUDE,
        LONGITUDE,
        CONTACT_NAME,
        CONTACT_PHONE,
        Column::new(
            "staff",
            "从业人数",
            "Staff",
            Kind::Count { min: 0, max: 100_000 },
            &[
                "员工数",
                "从业人员",
                "员工人数",
                "职工人数",
                "人员数",
                "从业人员数",
                "工作人员数",
                "可到岗人数",
            ],
        )
        .example("42"),
        Column::new(
            "vehicles",
            "运输车辆数",
            "Vehicles",
            Kind::Count { min: 0, max: 10_000 },
            &[
                "运输车辆",
                "车辆数",
                "车辆",
                "配送车辆",
                "货车数量",
                "车辆数量",
                "配送车辆数",
            ],
        )
        .example("3"),
        Column::new(
            "drivers",
            "运输人员数",
            "Drivers",
            Kind::Count { min: 0, max: 10_000 },
            &[
                "运输人员",
                "驾驶员数",
                "司机数",
                "驾驶员",
                "司机",
                "配送人员",
                "配送人员数",
            ],
        )
        .example("4"),
        weight(
            "storage_g",
            "仓储能力（公斤）",
            "Storage (kg)",
            &[
                "仓储能力",
                "仓储库存能力",
                "仓库容量",
                "库容",
                "仓储量",
                "存储能力",
            ],
        )
        .example("20000"),
        weight(
            "grain_daily_g",
            "米面日销量（公斤）",
            "Rice and flour, daily sales (kg)",
            &[
                "日销量米面",
                "粮食日销量",
                "米面日供应能力",
                "日供应能力米面",
                "日销售量米面",
                "日销售量粮食",
                "米面日销售量",
                "日销量粮食",
                "日供应量米面",
                "粮日销量",
                "日销量粮",
            ],
        )
        .example("1500"),
        weight(
            "grain_stock_g",
            "米面常年库存（公斤）",
            "Rice and flour, usual stock (kg)",
            &[
                "常年库存米面",
                "粮食库存",
                "米面库存",
                "常年库存量米面",
                "库存米面",
                "米面库存量",
                "库存量米面",
                "粮食常年库存",
                "常年库存粮食",
                "常年库存粮",
            ],
        )
        .example("9000"),
        weight(
            "oil_daily_g",
            "食用油日销量（公斤）",
            "Cooking oil, daily sales (kg)",
            &[
                "日销量食用油",
                "油日销量",
                "食用油日供应能力",
                "日供应能力食用油",
                "日销售量食用油",
                "食用油日销售量",
                "日供应量食用油",
                "日销量油",
                "日销售量油",
            ],
        )
        .example("300"),
        weight(
            "oil_stock_g",
            "食用油常年库存（公斤）",
            "Cooking oil, usual stock (kg)",
            &[
                "常年库存食用油",
                "油库存",
                "食用油库存",
                "常年库存量食用油",
                "库存食用油",
                "食用油库存量",
                "常年库存油",
                "库存量食用油",
            ],
        )
        .example("2500"),
        weight(
            "vegetables_daily_g",
            "蔬菜日销量（公斤）",
            "Vegetables, daily sales (kg)",
            &[
                "日销量蔬菜",
                "菜日销量",
                "蔬菜日供应能力",
                "日供应能力蔬菜",
                "日销售量蔬菜",
                "蔬菜日销售量",
                "日供应量蔬菜",
                "日销量菜",
            ],
        )
        .example("4000"),
        weight(
            "vegetables_stock_g",
            "蔬菜常年库存（公斤）",
            "Vegetables, usual stock (kg)",
            &[
                "常年库存蔬菜",
                "菜库存",
                "蔬菜库存",
                "常年库存量蔬菜",
                "库存蔬菜",
                "蔬菜库存量",
                "常年库存菜",
                "库存量蔬菜",
            ],
        )
        .example("6000"),
        weight(
            "eggs_daily_g",
            "蛋日销量（公斤）",
            "Eggs, daily sales (kg)",
            &[
                "日销量蛋",
                "鸡蛋日销量",
                "蛋类日销量",
                "蛋日供应能力",
                "日供应能力蛋",
                "日销售量蛋",
                "蛋日销售量",
                "日供应量蛋",
                "日销量鸡蛋",
                "日销量蛋类",
            ],
        )
        .example("400"),
        weight(
            "eggs_stock_g",
            "蛋常年库存（公斤）",
            "Eggs, usual stock (kg)",
            &[
                "常年库存蛋",
                "鸡蛋库存",
                "蛋类库存",
                "常年库存量蛋",
                "库存蛋",
                "蛋库存",
                "蛋库存量",
                "常年库存鸡蛋",
                "库存量蛋",
            ],
        )
        .example("1200"),
        weight(
            "meat_daily_g",
            "肉日销量（公斤）",
            "Meat, daily sales (kg)",
            &[
                "日销量肉",
                "猪肉日销量",
                "肉类日销量",
                "肉日供应能力",
                "日供应能力肉",
                "日销售量肉",
                "肉日销售量",
                "日供应量肉",
                "日销量猪肉",
                "日销量肉类",
            ],
        )
        .example("900"),
        weight(
            "meat_stock_g",
            "肉常年库存（公斤）",
            "Meat, usual stock (kg)",
            &[
                "常年库存肉",
                "猪肉库存",
                "肉类库存",
                "常年库存量肉",
                "库存肉",
                "肉库存",
                "肉库存量",
                "常年库存猪肉",
                "库存量肉",
            ],
        )
        .example("1500"),
        Column::new(
            "serves",
            "服务范围",
            "Serves",
            Kind::Text { max: 300 },
            &[
                "服务社区",
                "覆盖范围",
                "供应范围",
                "配送范围",
                "保供范围",
                "服务小区",
                "保供社区",
            ],
        )
        .example("桂花社区、龙都社区"),
        NOTE,
    ],
};
