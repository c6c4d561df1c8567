//! Price lists of packs, purchase lists and payments received (FC-2, FC-3, FC-5).

use super::categories::CATEGORIES;
use super::choices::GOOD_KINDS;
use super::{Column, Form, Kind, LONG, SHORT};
use crate::text::Text;

const NOTE: Column = Column::new(
    "note",
    "备注",
    "Note",
    LONG,
    &["说明", "其他说明", "附注", "留言", "买家留言", "备注说明"],
);

/// Price list of packs and single goods.
pub static GOODS: Form = Form {
    key: "goods",
    title: Text::new("商品套餐价目表", "Price list"),
    number: None,
    title_synonyms: &[
        "价目表",
        "套餐",
        "商品清单",
        "供货清单",
        "商品目录",
        "价格表",
        "报价单",
        "套餐价格",
        "商品价格",
    ],
    columns: &[
        Column::new(
            "supplier",
            "供货单位",
            "Supplier",
            SHORT,
            &[
                "保供单位",
                "供应商",
                "单位名称",
                "商家",
                "供货商",
                "单位",
                "超市",
                "供应单位",
                "商家名称",
            ],
        )
        .required()
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "code",
            "编号",
            "Code",
            Kind::Text { max: 20 },
            &[
                "商品编号",
                "套餐编号",
                "代码",
                "编码",
                "商品编码",
                "货号",
                "商品代码",
                "套餐代码",
            ],
        )
        .required()
        .example("A"),
        Column::new(
            "name",
            "名称",
            "Name",
            SHORT,
            &["商品名称", "套餐名称", "品名", "商品", "品种", "套餐", "商品名"],
        )
        .required()
        .example("家庭三日套餐"),
        Column::new(
            "kind",
            "类型",
            "Kind",
            Kind::Choice(GOOD_KINDS),
            &["商品类型", "种类", "类型套餐单品"],
        )
        .example("套餐"),
        Column::new(
            "category",
            "类别",
            "Category",
            Kind::Choice(CATEGORIES),
            &["品类", "商品类别", "分类", "商品分类"],
        )
        .example("其他"),
        Column::new(
            "food",
            "按何种食物计算",
            "Counts as food",
            Kind::Text { max: 20 },
            &["食物", "食物名称", "对应食物", "营养对照"],
        )
        .hint(
            "搭配套餐时按哪种食物算营养，如 大米、土豆；不填按名称认",
            "The food whose nutrients count when packs are composed, such as 大米; empty goes by the name",
        ),
        Column::new(
            "unit",
            "单位",
            "Unit",
            Kind::Text { max: 10 },
            &["计量单位", "销售单位", "售卖单位", "计价单位"],
        )
        .example("份"),
        Column::new(
            "weight_g",
            "重量（公斤）",
            "Weight (kg)",
            Kind::Weight,
            &[
                "重量",
                "单份重量",
                "净重",
                "规格重量",
                "毛重",
                "净含量",
                "每份重量",
            ],
        )
        .example("12.3"),
        Column::new(
            "price_fen",
            "单价（元）",
            "Price (yuan)",
            Kind::Money,
            &[
                "单价",
                "价格",
                "售价",
                "销售价",
                "套餐价",
                "金额",
                "零售价",
                "价格元份",
            ],
        )
        .required()
        .example("88.00"),
        Column::new(
            "contents",
            "套餐内容",
            "Contents",
            Kind::Contents,
            &[
                "内容",
                "包含",
                "明细",
                "套餐明细",
                "商品明细",
                "配置",
                "包含商品",
                "内含",
                "组成",
                "具体内容",
            ],
        )
        .example("大米5公斤；食用油1.8升；白菜2公斤；鸡蛋30枚"),
        Column::new(
            "aliases",
            "别名",
            "Aliases",
            Kind::Text { max: 200 },
            &["俗称", "又名", "简称", "其他名称"],
        )
        .hint(
            "用顿号隔开，接龙时按这些叫法识别",
            "Separated by 、; these names are recognised in chain messages",
        )
        .example("A套餐、三日包"),
        Column::new(
            "cold",
            "需冷链",
            "Needs cold",
            Kind::Flag,
            &[
                "冷链",
                "冷藏",
                "需冷藏",
                "需要冷藏",
                "需要冷链",
                "是否冷链",
                "是否冷藏",
                "是否需冷链",
                "冷链商品",
                "冷链配送",
            ],
        )
        .hint(
            "运送时要用冷藏车的填“是”；套餐里有一样要冷链，整个套餐就要",
            "Yes if it must travel in a cold vehicle; a pack needs it as soon as one of its goods does",
        )
        .example("否"),
        Column::new(
            "limit_per_order",
            "每户限购",
            "Limit per order",
            Kind::Count { min: 1, max: 1_000 },
            &["限购", "限购数量", "每单限购", "限购份数", "每户限量"],
        )
        .example("2"),
        Column::new(
            "stock",
            "可供份数",
            "Stock",
            Kind::Count {
                min: 0,
                max: 10_000_000,
            },
            &[
                "库存",
                "库存数量",
                "可供数量",
                "供应量",
                "供应数量",
                "份数",
                "可售数量",
                "库存份数",
            ],
        )
        .example("500"),
        NOTE,
    ],
};

/// Purchase list of one round, one row per household.
pub static ORDERS: Form = Form {
    key: "orders",
    title: Text::new("居民采购登记表", "Purchase list"),
    number: None,
    title_synonyms: &[
        "采购登记",
        "订购登记",
        "订单",
        "采购清单",
        "订购清单",
        "团购登记",
        "需求登记",
        "需求清单",
        "接龙",
    ],
    columns: &[
        Column::new(
            "compound",
            "小区",
            "Compound",
            SHORT,
            &["小区名称", "所在小区", "小区名", "收货小区", "院落"],
        )
        .example("幸福苑"),
        Column::new(
            "dwelling",
            "住址（楼栋单元房号）",
            "Dwelling (building, unit, room)",
            Kind::Dwelling,
            &[
                "住址",
                "楼栋房号",
                "楼栋单元房号",
                "门牌",
                "门牌号",
                "收货地址",
                "楼房号",
                "楼栋门牌",
                "详细地址",
                "地址",
                "楼栋号房间号",
                "楼栋单元室",
                "送货地址",
            ],
        )
        .hint(
            "如 3栋2单元501；已分列填写楼栋、单元、房号的可不填",
            "Such as 3栋2单元501; leave empty when building, unit and room are given",
        ),
        Column::new(
            "building",
            "楼栋",
            "Building",
            Kind::Text { max: 20 },
            &["楼号", "栋", "栋号", "楼栋号", "幢", "楼", "号楼", "幢号"],
        )
        .example("3"),
        Column::new(
            "unit",
            "单元",
            "Unit",
            Kind::Text { max: 20 },
            &["单元号", "门洞", "梯", "单元门", "门栋"],
        )
        .example("2"),
        Column::new(
            "room",
            "房号",
            "Room",
            Kind::Text { max: 20 },
            &["房间号", "室", "户号", "房间", "室号", "房门号"],
        )
        .required()
        .hint("填了住址的可不填", "Not needed where the dwelling is given")
        .example("501"),
        Column::new(
            "name",
            "姓名",
            "Name",
            SHORT,
            &["联系人", "收货人", "户主", "住户", "住户姓名", "收件人", "采购人"],
        )
        .example("张伟"),
        Column::new(
            "phone",
            "联系电话",
            "Phone",
            Kind::Phone,
            &[
                "电话",
                "手机",
                "手机号",
                "手机号码",
                "电话号码",
                "联系方式",
                "收货电话",
                "收货人电话",
            ],
        )
        .example("13800001234"),
        Column::new(
            "items",
            "订购清单",
            "Items",
            Kind::Items,
            &[
                "采购清单",
                "订单",
                "商品",
                "购买清单",
                "需求",
                "采购内容",
                "订购内容",
                "物资需求",
                "购买商品",
                "清单",
                "需求清单",
                "所需物资",
            ],
        )
        .required()
        .example("A套餐2份，鸡蛋1板"),
        NOTE,
    ],
};

/// Payments received, as exported or copied from a payment account.
pub static TRANSFERS: Form = Form {
    key: "transfers",
    title: Text::new("收款流水", "Payments received"),
    number: None,
    title_synonyms: &[
        "收款",
        "流水",
        "收款明细",
        "账单明细",
        "收款记录",
        "到账明细",
        "交易明细",
        "收款登记",
    ],
    columns: &[
        Column::new(
            "time",
            "时间",
            "Time",
            Kind::Time,
            &[
                "收款时间",
                "交易时间",
                "到账时间",
                "付款时间",
                "支付时间",
                "日期",
                "转账时间",
            ],
        )
        .example("2026-11-21 18:00"),
        Column::new(
            "payer",
            "付款人",
            "Payer",
            SHORT,
            &[
                "付款方",
                "姓名",
                "转账人",
                "交易对方",
                "对方户名",
                "对方",
                "昵称",
                "付款人姓名",
                "付款人昵称",
            ],
        )
        .required()
        .example("张伟"),
        Column::new(
            "amount_fen",
            "金额（元）",
            "Amount (yuan)",
            Kind::Money,
            &[
                "金额",
                "收款金额",
                "付款金额",
                "到账金额",
                "交易金额",
                "实收金额",
                "转账金额",
                "收入金额",
            ],
        )
        .required()
        .example("88.00"),
        Column::new(
            "reference",
            "单号",
            "Reference",
            Kind::Text { max: 80 },
            &[
                "交易单号",
                "流水号",
                "订单号",
                "转账单号",
                "商户单号",
                "交易号",
                "凭证号",
            ],
        ),
        Column::new(
            "remark",
            "附言",
            "Remark",
            Kind::Text { max: 200 },
            &[
                "备注",
                "转账备注",
                "付款备注",
                "留言",
                "摘要",
                "说明",
                "转账说明",
                "收款备注",
            ],
        )
        .hint(
            "住户付款时写的备注；有订单号或房号的自动对账",
            "What was written when paying; an order number or dwelling in it is matched by itself",
        )
        .example("3-2-501"),
    ],
};
