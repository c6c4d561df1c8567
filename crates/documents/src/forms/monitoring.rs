//! What enterprises and districts report: the daily monitoring report and the running totals (YO-4, YO-7, YU-4, RN-1).

use super::{Column, Entry, Form, Kind, LONG, SHORT};
use crate::text::Text;

const NOTE: Column = Column::new("note", "备注", "Note", LONG, &["其他说明", "附注"]);

/// What is reported of an item when nothing happened, or when something did.
static REPORT_STATES: &[Entry] = &[
    Entry::new(
        "normal",
        "正常",
        "Normal",
        &["供应正常", "平稳", "充足", "无异常", "零报告", "稳定"],
    ),
    Entry::new(
        "tight",
        "偏紧",
        "Tight",
        &["紧张", "供应偏紧", "不足", "库存偏低"],
    ),
    Entry::new("gap", "断档", "Gap", &["时断时续", "缺货", "短缺"]),
    Entry::new("stock_out", "脱销", "Stock-out", &["售罄", "无货", "断供"]),
    Entry::new("rush", "抢购", "Panic buying", &["集中采购", "抢购囤积"]),
];

const fn weight(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    synonyms: &'static [&'static str],
) -> Column {
    Column::new(key, zh, en, Kind::Weight, synonyms)
}

const fn days(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    synonyms: &'static [&'static str],
) -> Column {
    Column::new(key, zh, en, Kind::Count { min: 0, max: 3_650 }, synonyms)
}

/// Daily monitoring report: one row per enterprise and item.
pub static MONITORING: Form = Form {
    key: "monitoring",
    title: Text::new("生活必需品市场监测日报", "Daily market monitoring report"),
    number: None,
    title_synonyms: &[
        "监测日报",
        "市场监测",
        "监测报表",
        "日监测",
        "保供日报",
        "供应日报",
        "每日监测",
        "监测表",
    ],
    columns: &[
        Column::new(
            "date",
            "日期",
            "Date",
            Kind::Date,
            &["填报日期", "监测日期", "报告日期", "统计日期", "上报日期", "时间"],
        )
        .example("2026-11-21"),
        Column::new(
            "enterprise",
            "企业",
            "Enterprise",
            SHORT,
            &[
                "企业名称",
                "样本企业",
                "监测企业",
                "单位名称",
                "填报单位",
                "超市",
                "市场名称",
                "保供单位",
                "商家",
                "监测点",
                "填报企业",
                "单位",
            ],
        )
        .required()
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "item",
            "品种",
            "Item",
            SHORT,
            &[
                "品名",
                "商品",
                "商品名称",
                "监测品种",
                "物资",
                "物资名称",
                "产品",
                "品类",
                "名称",
                "商品品种",
            ],
        )
        .required()
        .example("大米"),
        Column::new(
            "spec",
            "规格",
            "Specification",
            SHORT,
            &["规格型号", "等级", "规格等级"],
        )
        .example("10公斤/袋"),
        weight(
            "mean_sales_g",
            "日均销量（公斤）",
            "Mean daily sales (kg)",
            &[
                "日均销量",
                "平均日销量",
                "日均销售量",
                "正常日销量",
                "平时日销量",
                "平均日销售量",
            ],
        )
        .example("1500"),
        weight(
            "sales_g",
            "当日销量（公斤）",
            "Sales of the day (kg)",
            &[
                "当日销量",
                "今日销量",
                "日销量",
                "销售量",
                "销量",
                "当日销售量",
                "今日销售量",
                "日销售量",
                "本日销量",
            ],
        )
        .example("1800"),
        Column::new(
            "price_fen",
            "零售价（元/公斤）",
            "Retail price (yuan/kg)",
            Kind::Money,
            &[
                "零售价",
                "零售价格",
                "价格",
                "当日价格",
                "今日价格",
                "单价",
                "销售价格",
                "售价",
                "今日零售价",
                "平均价格",
                "均价",
            ],
        )
        .example("5.60"),
        Column::new(
            "price_before_fen",
            "昨日零售价（元/公斤）",
            "Retail price of the day before (yuan/kg)",
            Kind::Money,
            &[
                "昨日零售价",
                "昨日价格",
                "前日价格",
                "上日价格",
                "昨日价",
                "前一日价格",
            ],
        )
        .example("5.50"),
        Column::new(
            "source",
            "来源产地",
            "Source",
            SHORT,
            &[
                "来源",
                "产地",
                "货源",
                "货源地",
                "进货来源",
                "来源地",
                "主要货源地",
                "进货渠道",
            ],
        )
        .example("本地加工厂"),
        weight(
            "stock_before_g",
            "期初库存（公斤）",
            "Stock at the beginning (kg)",
            &["期初库存", "昨日库存", "上日库存", "可供销售量"],
        )
        .example("10800"),
        weight(
            "stock_g",
            "库存（公斤）",
            "Stock (kg)",
            &[
                "库存",
                "库存量",
                "当日库存",
                "今日库存",
                "现有库存",
                "期末库存",
                "当前库存",
                "库存数量",
                "实际库存",
            ],
        )
        .example("9000"),
        days(
            "supply_d",
            "可供天数",
            "Days of supply",
            &[
                "可供应天数",
                "可售天数",
                "保障天数",
                "库存可供天数",
                "可销天数",
                "供应天数",
                "可保供天数",
                "可供天数天",
            ],
        )
        .example("6"),
        weight(
            "sourcing_g",
            "在途组织量（公斤）",
            "On the way (kg)",
            &[
                "在途量",
                "组织量",
                "在途",
                "在途数量",
                "组织货源量",
                "已组织货源",
                "在途库存",
                "补货量",
                "进货量",
            ],
        )
        .example("5000"),
        days(
            "transit_d",
            "调运天数",
            "Days in transit",
            &["在途天数", "运输天数", "到货天数", "调运时间", "调运时间天"],
        )
        .example("2"),
        Column::new(
            "channel",
            "物流渠道",
            "Channel",
            SHORT,
            &["渠道", "运输方式", "物流方式", "运输渠道", "配送渠道"],
        )
        .example("公路"),
        Column::new(
            "state",
            "供应情况",
            "State",
            Kind::Choice(REPORT_STATES),
            &["供应状况", "市场情况", "情况", "状态", "供应状态"],
        )
        .hint(
            "没有异常填“正常”（零报告）",
            "Normal when nothing happened (nil report)",
        )
        .example("正常"),
        Column::new(
            "remark",
            "异常说明",
            "What happened",
            LONG,
            &[
                "异常情况",
                "异常情况说明",
                "情况说明",
                "问题及建议",
                "存在问题",
                "说明",
            ],
        ),
        NOTE,
    ],
};

/// Running totals of what was supplied (YO-7), by day and area, platform or outlet.
pub static SUPPLY_TOTALS: Form = Form {
    key: "supply_totals",
    title: Text::new("保供运行情况统计表", "Running totals of the supply"),
    number: None,
    title_synonyms: &[
        "保供统计",
        "运行情况",
        "保供情况",
        "累计供应",
        "供应统计",
        "配送统计",
        "订单统计",
        "保供数据",
        "运行统计",
    ],
    columns: &[
        Column::new(
            "date",
            "日期",
            "Date",
            Kind::Date,
            &["统计日期", "截至日期", "截止日期", "填报日期", "时间"],
        )
        .example("2026-11-21"),
        Column::new(
            "area",
            "区域或单位",
            "Area or outlet",
            SHORT,
            &[
                "区域",
                "乡镇",
                "街道",
                "乡镇街道",
                "平台",
                "单位",
                "网点",
                "超市",
                "社区",
                "地区",
                "县区",
                "单位名称",
                "名称",
                "小区",
            ],
        )
        .required()
        .example("桂花社区"),
        Column::new(
            "orders",
            "订单数",
            "Orders",
            Kind::Count {
                min: 0,
                max: 100_000_000,
            },
            &[
                "订单",
                "订单量",
                "单量",
                "接单数",
                "累计订单",
                "订单总数",
                "完成订单",
                "配送单数",
                "累计订单数",
                "订单数量",
            ],
        )
        .required()
        .example("320"),
        Column::new(
            "people",
            "服务人数",
            "People served",
            Kind::Count {
                min: 0,
                max: 100_000_000,
            },
            &[
                "服务人次",
                "保障人数",
                "人数",
                "覆盖人数",
                "惠及人数",
                "服务群众",
                "累计服务人数",
            ],
        )
        .example("840"),
        weight(
            "rice_g",
            "大米（公斤）",
            "Rice (kg)",
            &["大米", "米", "稻米", "大米销量", "大米数量"],
        )
        .example("1600"),
        weight(
            "flour_g",
            "面粉（公斤）",
            "Flour (kg)",
            &["面粉", "面", "面粉销量"],
        )
        .example("300"),
        weight(
            "grain_g",
            "米面合计（公斤）",
            "Rice and flour (kg)",
            &["米面", "粮食", "米面粮", "米面合计", "粮"],
        ),
        weight(
            "oil_g",
            "食用油（公斤）",
            "Cooking oil (kg)",
            &["食用油", "油", "食用油销量", "油脂"],
        )
        .example("240"),
        weight(
            "vegetables_g",
            "蔬菜（公斤）",
            "Vegetables (kg)",
            &["蔬菜", "菜", "蔬菜销量", "新鲜蔬菜"],
        )
        .example("1900"),
        weight(
            "eggs_g",
            "鸡蛋（公斤）",
            "Eggs (kg)",
            &["鸡蛋", "蛋", "蛋类", "禽蛋"],
        )
        .example("260"),
        weight(
            "meat_g",
            "猪肉（公斤）",
            "Meat (kg)",
            &["猪肉", "肉", "肉类", "鲜肉", "肉品"],
        )
        .example("420"),
        Column::new(
            "amount_fen",
            "销售额（元）",
            "Sales (yuan)",
            Kind::Money,
            &[
                "销售额",
                "金额",
                "销售金额",
                "交易额",
                "营业额",
                "累计销售额",
                "总金额",
                "订单金额",
                "成交金额",
            ],
        )
        .example("38400"),
        Column::new(
            "vehicles",
            "配送车辆",
            "Vehicles",
            Kind::Count { min: 0, max: 100_000 },
            &["车辆", "车辆数", "出动车辆", "配送车辆数"],
        )
        .example("6"),
        Column::new(
            "couriers",
            "配送人员",
            "Couriers",
            Kind::Count { min: 0, max: 100_000 },
            &["配送员", "人员", "配送人数", "配送人员数", "骑手"],
        )
        .example("14"),
        NOTE,
    ],
};
