//! Lists that cells choose from.

use super::Entry;

/// The twelve groups of people with special needs that the sub-district plan names (SH-5).
pub static SPECIAL_NEEDS: &[Entry] = &[
    Entry::new(
        "elderly_alone",
        "独居老人",
        "Elderly living alone",
        &["独居", "空巢老人", "孤寡老人", "独居老年人", "空巢"],
    ),
    Entry::new(
        "pregnant",
        "孕产妇",
        "Pregnant or post-natal",
        &["孕妇", "产妇", "怀孕", "孕", "哺乳期"],
    ),
    Entry::new(
        "disabled",
        "残疾人",
        "Disabled",
        &["残疾", "残障", "残障人士", "残疾人员"],
    ),
    Entry::new(
        "low_income",
        "低保对象",
        "On subsistence allowance",
        &["低保", "低保户", "低保人员", "低保家庭"],
    ),
    Entry::new(
        "destitute",
        "特困人员",
        "Destitute",
        &["特困", "五保", "五保户", "特困供养", "特困户"],
    ),
    Entry::new(
        "limited_mobility",
        "行动不便人员",
        "Limited mobility",
        &[
            "行动不便",
            "行动不便者",
            "失能",
            "半失能",
            "卧床",
            "失能老人",
            "腿脚不便",
        ],
    ),
    Entry::new(
        "left_behind_child",
        "留守儿童",
        "Left-behind child",
        &["留守", "留守儿"],
    ),
    Entry::new(
        "child_in_hardship",
        "困境儿童",
        "Child in hardship",
        &["困难儿童", "孤儿", "事实无人抚养儿童", "困境"],
    ),
    Entry::new(
        "homeless",
        "流浪乞讨人员",
        "Homeless",
        &["流浪乞讨", "流浪人员", "流浪"],
    ),
    Entry::new(
        "dialysis",
        "血透患者",
        "On dialysis",
        &["血透", "透析", "血液透析", "透析患者", "血透病人", "尿毒症"],
    ),
    Entry::new(
        "mental_illness",
        "精神病患者",
        "Mental illness",
        &["精神病", "精神障碍", "精神障碍患者", "严重精神障碍", "精神病人"],
    ),
    Entry::new(
        "chronic_illness",
        "慢性病患者",
        "Chronic illness",
        &["慢性病", "慢病", "慢病患者", "高血压", "糖尿病", "慢性病人"],
    ),
];

/// How a dwelling is used.
pub static DWELLING_STATES: &[Entry] = &[
    Entry::new(
        "own",
        "自住",
        "Owner lives here",
        &["自有", "业主", "自用", "自住房", "业主自住", "常住"],
    ),
    Entry::new(
        "rent",
        "出租",
        "Rented",
        &["租住", "租户", "租房", "出租房", "承租", "合租", "租赁"],
    ),
    Entry::new(
        "vacant",
        "空置",
        "Vacant",
        &["空房", "无人", "无人居住", "空关", "未入住", "空"],
    ),
    Entry::new(
        "shop",
        "商铺",
        "Shop",
        &["门面", "门市", "店铺", "商户", "沿街商铺", "商用"],
    ),
    Entry::new(
        "site",
        "工地宿舍",
        "Workers' quarters",
        &["工地", "宿舍", "集体宿舍", "工棚", "员工宿舍"],
    ),
    Entry::new("other", "其他", "Other", &["其它"]),
];

/// Kinds of supplier.
pub static SUPPLIER_KINDS: &[Entry] = &[
    Entry::new(
        "supermarket",
        "超市",
        "Supermarket",
        &["大型超市", "连锁超市", "商超", "大卖场", "综合超市", "生鲜超市"],
    ),
    Entry::new(
        "market",
        "农贸市场",
        "Wet market",
        &["菜市场", "农贸", "集贸市场", "菜场"],
    ),
    Entry::new(
        "mall",
        "商场",
        "Shopping centre",
        &["购物中心", "百货", "百货商场", "商业综合体"],
    ),
    Entry::new(
        "shop",
        "便利店/社区小店",
        "Small shop",
        &[
            "便利店",
            "社区小店",
            "小店",
            "小超市",
            "便民店",
            "副食店",
            "粮油店",
            "生鲜店",
            "蔬菜店",
            "药店",
            "菜店",
            "小卖部",
        ],
    ),
    Entry::new(
        "platform",
        "电商平台",
        "E-commerce platform",
        &["电商", "平台", "线上平台", "网购平台", "社区团购"],
    ),
    Entry::new(
        "wholesale",
        "批发",
        "Wholesale",
        &["批发市场", "批发商", "批发企业", "配送企业"],
    ),
    Entry::new(
        "farm",
        "基地/合作社",
        "Farm or cooperative",
        &[
            "基地",
            "合作社",
            "种植基地",
            "养殖场",
            "农业基地",
            "农场",
            "种养殖大户",
            "种植大户",
        ],
    ),
];

/// Whether an outlet trades.
pub static OUTLET_STATES: &[Entry] = &[
    Entry::new(
        "open",
        "营业",
        "Open",
        &["正常", "正常营业", "营业中", "开门", "在营"],
    ),
    Entry::new(
        "closed",
        "停业",
        "Closed",
        &["关门", "歇业", "暂停营业", "未营业", "关闭", "停止营业"],
    ),
    Entry::new(
        "sealed",
        "封闭",
        "Sealed",
        &["封控", "封店", "被封", "涉疫封闭", "查封"],
    ),
];

/// Kinds of site on the way of the goods.
pub static SITE_KINDS: &[Entry] = &[
    Entry::new(
        "hub",
        "中转站",
        "Hub",
        &[
            "物资中转站",
            "中转点",
            "转运站",
            "应急生活物资中转站",
            "集散点",
            "接驳点",
        ],
    ),
    Entry::new(
        "drop_point",
        "投放点",
        "Drop point",
        &[
            "物资投放点",
            "存放点",
            "配送物资存放点",
            "线上物品存放点",
            "接收点",
            "小区投放点",
        ],
    ),
    Entry::new(
        "pickup_point",
        "楼栋取货点",
        "Pick-up point",
        &[
            "取货点",
            "楼栋临时转运点",
            "临时转运点",
            "楼栋转运点",
            "领取点",
            "自提点",
        ],
    ),
];

/// Posts of people at work.
pub static POSTS: &[Entry] = &[
    Entry::new(
        "manager",
        "负责人",
        "Manager",
        &["店长", "经理", "站长", "组长", "主管", "管理人员"],
    ),
    Entry::new(
        "picker",
        "分拣员",
        "Picker",
        &["分拣", "理货员", "拣货员", "打包员", "装袋员", "分拣打包"],
    ),
    Entry::new("driver", "驾驶员", "Driver", &["司机", "货车司机"]),
    Entry::new(
        "courier",
        "配送员",
        "Courier",
        &["快递员", "外卖员", "骑手", "送货员", "快递小哥", "配送"],
    ),
    Entry::new(
        "liaison",
        "采购联络人",
        "Liaison",
        &["联络员", "联络人", "采购联络员", "采购员"],
    ),
    Entry::new(
        "information_officer",
        "小区信息员",
        "Information officer",
        &["信息员"],
    ),
    Entry::new(
        "grid_worker",
        "网格员",
        "Grid worker",
        &["网格长", "社区网格员", "专职网格员"],
    ),
    Entry::new(
        "building_captain",
        "楼栋长",
        "Building captain",
        &["楼长", "楼组长", "单元长", "楼门长"],
    ),
    Entry::new(
        "other",
        "其他",
        "Other",
        &["其它", "收银员", "营业员", "保安", "保洁", "工作人员"],
    ),
];

/// Whether a person is at work.
pub static DUTIES: &[Entry] = &[
    Entry::new("on", "在岗", "On duty", &["到岗", "已到岗", "正常", "上岗"]),
    Entry::new(
        "off",
        "未到岗",
        "Off duty",
        &["不在岗", "离岗", "休息", "缺岗", "未在岗", "请假"],
    ),
    Entry::new(
        "isolated",
        "隔离",
        "Isolated",
        &["隔离中", "居家隔离", "集中隔离", "封控在家", "被封控"],
    ),
];

/// Whether a vehicle can be sent.
pub static VEHICLE_STATES: &[Entry] = &[
    Entry::new(
        "ready",
        "可用",
        "Ready",
        &["正常", "待命", "空闲", "完好", "备勤", "备用"],
    ),
    Entry::new(
        "busy",
        "在途",
        "On the road",
        &["出车", "使用中", "运输中", "占用", "任务中"],
    ),
    Entry::new(
        "broken",
        "故障",
        "Broken down",
        &["维修", "维修中", "停用", "损坏", "报修"],
    ),
];

/// Packs and single goods.
pub static GOOD_KINDS: &[Entry] = &[
    Entry::new(
        "pack",
        "套餐",
        "Pack",
        &["组合", "蔬菜包", "礼包", "物资包", "生活包", "套装"],
    ),
    Entry::new(
        "good",
        "单品",
        "Single good",
        &["单件", "散装", "商品", "单个商品"],
    ),
];
