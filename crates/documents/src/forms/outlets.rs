//! Outlets and sites: form 2 (SH-3) and form 3 (SH-4).

use super::choices::{OUTLET_STATES, SITE_KINDS, SUPPLIER_KINDS};
use super::{Column, Form, Kind, LONG, SHORT};
use crate::text::Text;

pub(super) const ADDRESS: Column = Column::new(
    "address",
    "地址",
    "Address",
    Kind::Text { max: 120 },
    &[
        "详细地址",
        "经营地址",
        "位置",
        "坐落",
        "具体位置",
        "单位地址",
        "所在地址",
        "具体地址",
        "地点",
    ],
)
.example("龙都大道66号");
pub(super) const LATITUDE: Column = Column::new(
    "latitude",
    "纬度",
    "Latitude",
    Kind::Latitude,
    &["北纬", "lat", "纬度坐标"],
)
.example("30.805120");
pub(super) const LONGITUDE: Column = Column::new(
    "longitude",
    "经度",
    "Longitude",
    Kind::Longitude,
    &["东经", "lng", "lon", "经度坐标"],
)
.example("108.402310");
pub(super) const CONTACT_NAME: Column = Column::new(
    "contact_name",
    "负责人",
    "Contact",
    SHORT,
    &[
        "联系人",
        "责任人",
        "联系人姓名",
        "负责人姓名",
        "店长",
        "法人",
        "法定代表人",
        "单位负责人",
        "站点负责人",
    ],
)
.example("陈刚");
pub(super) const CONTACT_PHONE: Column = Column::new(
    "contact_phone",
    "联系电话",
    "Contact phone",
    Kind::Phone,
    &[
        "电话",
        "手机",
        "负责人电话",
        "联系人电话",
        "联系方式",
        "电话号码",
        "手机号",
        "手机号码",
        "责任人电话",
        "负责人联系电话",
    ],
)
.example("13800002345");
pub(super) const NOTE: Column = Column::new("note", "备注", "Note", LONG, &["说明", "其他说明", "附注"]);

/// Form 2: retail and service outlets by community (SH-3).
pub static OUTLETS: Form = Form {
    key: "outlets",
    title: Text::new("零售和服务网点台账", "Ledger of outlets"),
    number: Some(2),
    title_synonyms: &[
        "网点台账",
        "零售网点",
        "服务网点",
        "保供网点",
        "附表2",
        "附件2",
        "网点情况",
        "网点布局",
        "供应网点",
    ],
    columns: &[
        Column::new(
            "name",
            "网点名称",
            "Name",
            SHORT,
            &[
                "名称",
                "网点",
                "店名",
                "门店名称",
                "门店",
                "店铺名称",
                "保供网点",
                "零售网点",
                "单位名称",
            ],
        )
        .required()
        .example("惠民便利店"),
        Column::new(
            "kind",
            "类型",
            "Kind",
            Kind::Choice(SUPPLIER_KINDS),
            &["网点类型", "业态", "类别", "网点类别", "门店类型", "性质"],
        )
        .required()
        .example("便利店/社区小店"),
        Column::new(
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
                "服务社区",
                "村居",
            ],
        )
        .required()
        .example("桂花社区"),
        ADDRESS,
        LATITUDE,
        LONGITUDE,
        Column::new(
            "supplier",
            "所属保供单位",
            "Supplier",
            SHORT,
            &[
                "保供单位",
                "供货单位",
                "所属单位",
                "所属企业",
                "供应商",
                "货源单位",
                "上级单位",
            ],
        )
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "serves_people",
            "服务人数",
            "People served",
            Kind::Count {
                min: 0,
                max: 1_000_000,
            },
            &["覆盖人数", "服务人口", "覆盖人口", "居住人数", "保障人数"],
        )
        .example("1300"),
        Column::new(
            "distance_m",
            "距离（米）",
            "Distance (m)",
            Kind::Distance,
            &[
                "距离",
                "距小区距离",
                "距社区距离",
                "服务半径",
                "距离远近",
                "最远距离",
            ],
        )
        .example("350"),
        Column::new(
            "state",
            "营业状态",
            "State",
            Kind::Choice(OUTLET_STATES),
            &["状态", "营业情况", "经营状态", "是否营业", "经营情况"],
        )
        .example("营业"),
        CONTACT_NAME,
        CONTACT_PHONE,
        NOTE,
    ],
};

/// Form 3: transfer stations, drop points and pick-up points (SH-4).
pub static SITES: Form = Form {
    key: "sites",
    title: Text::new(
        "应急生活物资中转站、投放点一览表",
        "Hubs, drop points and pick-up points",
    ),
    number: Some(3),
    title_synonyms: &[
        "中转站",
        "投放点",
        "附表3",
        "附件3",
        "转运点",
        "中转站台账",
        "物资中转",
        "取货点",
    ],
    columns: &[
        Column::new(
            "name",
            "站点名称",
            "Name",
            SHORT,
            &[
                "名称",
                "中转站名称",
                "投放点名称",
                "站点",
                "点位名称",
                "中转站",
                "投放点",
                "点位",
                "转运点名称",
            ],
        )
        .required()
        .example("桂花社区中转站"),
        Column::new(
            "kind",
            "类型",
            "Kind",
            Kind::Choice(SITE_KINDS),
            &["站点类型", "类别", "点位类型", "性质", "点位类别"],
        )
        .required()
        .example("中转站"),
        Column::new(
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
            ],
        )
        .example("桂花社区"),
        Column::new(
            "compound",
            "小区",
            "Compound",
            SHORT,
            &["小区名称", "所在小区", "服务小区", "小区组", "覆盖小区", "院落"],
        ),
        ADDRESS,
        LATITUDE,
        LONGITUDE,
        Column::new(
            "area_m2",
            "面积（平方米）",
            "Area (m2)",
            Kind::Count {
                min: 0,
                max: 1_000_000,
            },
            &["面积", "场地面积", "占地面积", "使用面积"],
        )
        .example("120"),
        Column::new(
            "cold",
            "有无冷藏",
            "Cold storage",
            Kind::Flag,
            &[
                "冷藏",
                "冷链",
                "冷库",
                "是否冷藏",
                "冷藏设备",
                "有无冷库",
                "有无冷链",
            ],
        )
        .example("否"),
        CONTACT_NAME,
        CONTACT_PHONE,
        Column::new(
            "shift",
            "班次",
            "Shift",
            Kind::Text { max: 120 },
            &["值守班次", "值班时间", "开放时间", "轮班", "值班安排", "作业时间"],
        )
        .example("8:00—20:00 两班"),
        NOTE,
    ],
};
