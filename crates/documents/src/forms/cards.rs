//! Lists beside the ledgers: materials card and emergency contacts (form 6, SH-7), special needs (SH-5, CQ-6),
//! applications for passes (YU-8, CQ-10).

use super::choices::SPECIAL_NEEDS;
use super::{Column, Entry, Form, Kind, LONG, SHORT};
use crate::text::Text;

const NOTE: Column = Column::new("note", "备注", "Note", LONG, &["其他说明", "附注"]);

const fn text(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    synonyms: &'static [&'static str],
) -> Column {
    Column::new(key, zh, en, Kind::Text { max: 120 }, synonyms)
}

const NAME: Column = Column::new(
    "name",
    "姓名",
    "Name",
    SHORT,
    &[
        "联系人",
        "人员姓名",
        "名字",
        "对象姓名",
        "联系人姓名",
        "居民姓名",
        "户主",
    ],
)
.required()
.example("王敏");

const COMMUNITY: Column = Column::new(
    "community",
    "社区（村）",
    "Community",
    SHORT,
    &[
        "社区",
        "社区村",
        "所属社区",
        "所在社区",
        "社区名称",
        "村社区",
        "村居",
        "村",
    ],
)
.example("桂花社区");

const COMPOUND: Column = Column::new(
    "compound",
    "小区",
    "Compound",
    SHORT,
    &[
        "小区名称",
        "所在小区",
        "居住小区",
        "所属小区",
        "服务小区",
        "小区组",
        "院落",
    ],
)
.example("幸福苑");

const fn phone(title: &'static str) -> Column {
    Column::new(
        "phone",
        title,
        "Phone",
        Kind::Phone,
        &[
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "联系方式",
            "联系人电话",
            "值班电话",
            "固定电话",
        ],
    )
}

/// Materials card: what there is, where it comes from and where it goes.
pub static MATERIALS: Form = Form {
    key: "materials",
    title: Text::new("物资明白卡", "Materials card"),
    number: Some(6),
    title_synonyms: &[
        "物资明白卡",
        "明白卡",
        "物资清单",
        "物资台账",
        "物资登记",
        "捐赠物资",
        "物资发放",
    ],
    columns: &[
        Column::new(
            "item",
            "物资名称",
            "Item",
            SHORT,
            &["物资", "品名", "名称", "物品", "物品名称", "商品", "物资品名"],
        )
        .required()
        .example("蔬菜包"),
        Column::new("spec", "规格", "Specification", SHORT, &["规格型号", "型号"]).example("10斤/包"),
        Column::new(
            "quantity",
            "数量",
            "Quantity",
            Kind::Count {
                min: 0,
                max: 100_000_000,
            },
            &["件数", "份数", "总数量", "接收数量", "发放数量", "数目"],
        )
        .required()
        .example("300"),
        Column::new(
            "unit",
            "单位",
            "Unit",
            Kind::Text { max: 10 },
            &["计量单位", "数量单位"],
        )
        .example("包"),
        text(
            "source",
            "来源",
            "Source",
            &["物资来源", "供货单位", "捐赠单位", "来源单位", "提供单位"],
        )
        .example("惠民生鲜超市龙都店"),
        text(
            "destination",
            "去向",
            "Destination",
            &["物资去向", "发放对象", "接收单位", "流向", "使用单位", "领用单位"],
        )
        .example("幸福苑投放点"),
        Column::new(
            "date",
            "日期",
            "Date",
            Kind::Date,
            &["时间", "接收日期", "发放日期", "登记日期"],
        )
        .example("2026-11-21"),
        Column::new(
            "handler",
            "经手人",
            "Handled by",
            SHORT,
            &["经办人", "负责人", "签收人", "保管员", "领用人"],
        )
        .example("李静"),
        text(
            "caution",
            "注意事项",
            "Caution",
            &["注意", "储存要求", "保质期", "存放要求"],
        )
        .example("当天发完，避免日晒"),
        NOTE,
    ],
};

/// Emergency contact card: whom to call for what.
pub static CONTACTS: Form = Form {
    key: "contacts",
    title: Text::new("应急联系卡", "Emergency contact card"),
    number: Some(6),
    title_synonyms: &[
        "应急联系卡",
        "联系卡",
        "通讯录",
        "联系方式表",
        "应急联系",
        "值班电话",
        "联络表",
        "联系名单",
    ],
    columns: &[
        text(
            "duty",
            "类别",
            "Whom",
            &["职责", "身份", "岗位", "职务", "类型", "联系事项", "负责事项"],
        )
        .required()
        .hint(
            "楼长、社区、物业、医护、保供单位、派出所等",
            "Building captain, community, management, medical, supplier, police and so on",
        )
        .example("楼长"),
        NAME,
        phone("联系电话").required().example("13800001234"),
        Column::new(
            "employer",
            "单位",
            "Employer",
            SHORT,
            &["所在单位", "工作单位", "单位名称", "部门"],
        )
        .example("桂花社区居委会"),
        COMMUNITY,
        COMPOUND,
        text(
            "hours",
            "服务时间",
            "Hours",
            &["值班时间", "时间", "在岗时间", "接听时间"],
        )
        .example("24小时"),
        NOTE,
    ],
};

static URGENCIES: &[Entry] = &[
    Entry::new("now", "特急", "At once", &["紧急", "急", "立即", "非常紧急"]),
    Entry::new("today", "当日", "Today", &["当天", "今天", "较急"]),
    Entry::new("usual", "一般", "Usual", &["普通", "不急", "正常", "常规"]),
];

/// People with special needs and what they need.
pub static SPECIAL_LIST: Form = Form {
    key: "special_needs",
    title: Text::new("特殊群体需求清单", "People with special needs"),
    number: None,
    title_synonyms: &[
        "特殊群体",
        "重点人员清单",
        "特殊需求",
        "需求清单",
        "就医需求",
        "用药需求",
        "困难群众",
        "重点人群",
        "特殊人群",
        "关爱对象",
    ],
    columns: &[
        NAME,
        Column::new(
            "needs",
            "人员类别",
            "Group",
            Kind::Choices(SPECIAL_NEEDS),
            &[
                "特殊群体",
                "特殊群体类别",
                "特殊人群",
                "类别",
                "群体类别",
                "人员类型",
                "对象类别",
                "特殊类型",
            ],
        )
        .required()
        .example("独居老人、慢性病患者"),
        Column::new(
            "age",
            "年龄",
            "Age",
            Kind::Count { min: 0, max: 120 },
            &["岁数", "周岁"],
        )
        .example("78"),
        phone("联系电话").example("13800001234"),
        COMMUNITY,
        COMPOUND,
        Column::new(
            "dwelling",
            "住址",
            "Dwelling",
            Kind::Text { max: 60 },
            &[
                "地址",
                "楼栋房号",
                "详细地址",
                "家庭住址",
                "房号",
                "门牌号",
                "居住地址",
            ],
        )
        .example("3栋2单元501"),
        text(
            "kind",
            "需求",
            "Need",
            &[
                "需求内容",
                "具体需求",
                "需求事项",
                "需要物资",
                "所需药品",
                "诉求",
                "药品名称",
            ],
        )
        .example("降压药一盒"),
        Column::new(
            "urgency",
            "紧急程度",
            "Urgency",
            Kind::Choice(URGENCIES),
            &["缓急", "急缓程度", "轻重缓急"],
        )
        .example("当日"),
        Column::new(
            "visitor",
            "联系人（包保）",
            "Cared for by",
            SHORT,
            &["包保人", "包联人", "责任人", "网格员", "帮扶人", "志愿者"],
        )
        .example("赵强"),
        Column::new(
            "date",
            "登记日期",
            "Date",
            Kind::Date,
            &["日期", "提出日期", "登记时间", "时间"],
        )
        .example("2026-11-21"),
        Column::new(
            "solved",
            "是否解决",
            "Solved",
            Kind::Flag,
            &["是否办结", "办理情况", "解决情况", "已解决"],
        )
        .example("否"),
        NOTE,
    ],
};

/// Application for the pass of a vehicle.
pub static PASSES: Form = Form {
    key: "passes",
    title: Text::new("保供车辆通行证申请表", "Applications for vehicle passes"),
    number: None,
    title_synonyms: &[
        "通行证申请",
        "通行证",
        "车辆通行",
        "车辆备案",
        "入校申请",
        "通行申请",
        "车辆通行证",
    ],
    columns: &[
        Column::new(
            "applicant",
            "申报单位",
            "Applicant",
            SHORT,
            &["申请单位", "用车单位", "单位", "单位名称", "企业名称"],
        )
        .required()
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "carrier",
            "承运企业",
            "Carrier",
            SHORT,
            &["承运单位", "运输企业", "物流公司", "运输单位"],
        )
        .example("顺达物流"),
        Column::new(
            "plate",
            "车牌号",
            "Number plate",
            Kind::Plate,
            &["车牌", "车牌号码", "车号", "号牌号码", "车辆号牌"],
        )
        .required()
        .example("渝F12345"),
        Column::new(
            "driver_name",
            "驾驶员",
            "Driver",
            SHORT,
            &["司机", "驾驶员姓名", "司机姓名", "驾驶人", "姓名"],
        )
        .required()
        .example("周平"),
        Column::new(
            "id_number",
            "驾驶员身份证号",
            "Driver identity number",
            Kind::IdNumber,
            &["身份证号", "身份证", "身份证号码", "司机身份证号"],
        ),
        Column::new(
            "driver_phone",
            "驾驶员电话",
            "Driver phone",
            Kind::Phone,
            &[
                "司机电话",
                "联系电话",
                "电话",
                "手机号",
                "手机",
                "联系方式",
                "手机号码",
            ],
        )
        .required()
        .example("13800004567"),
        text(
            "companions",
            "同乘人员",
            "Companions",
            &["随车人员", "同车人员", "押运员"],
        )
        .example("无"),
        text(
            "goods",
            "货物名称",
            "Goods",
            &["货名", "运输货物", "运输物资", "货物", "物资名称"],
        )
        .example("蔬菜、大米"),
        Column::new(
            "weight_g",
            "数量（公斤）",
            "Quantity (kg)",
            Kind::Weight,
            &["数量", "重量", "货物重量", "运量", "吨数"],
        )
        .example("3000"),
        text(
            "start",
            "起点",
            "From",
            &["出发地", "起运地", "始发地", "起始地", "装货地"],
        )
        .example("万州区双河口街道批发市场"),
        text(
            "destination",
            "终点",
            "To",
            &["目的地", "到达地", "卸货地", "送达地点", "卸货点"],
        )
        .example("幸福苑投放点"),
        Column::new(
            "route",
            "通行路线",
            "Route",
            Kind::Text { max: 300 },
            &["路线", "行驶路线", "途经", "途经省市", "运输路线", "线路"],
        )
        .example("龙都大道—学府路"),
        Column::new(
            "from_date",
            "开始日期",
            "From date",
            Kind::Date,
            &["起始日期", "生效日期", "出发日期", "通行日期", "日期"],
        )
        .example("2026-11-21"),
        Column::new(
            "until",
            "截止日期",
            "Until",
            Kind::Date,
            &["有效期至", "结束日期", "到期日期", "有效期"],
        )
        .example("2026-11-28"),
        NOTE,
    ],
};
