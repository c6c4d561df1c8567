//! Register of households (SH-2).

use super::choices::{DWELLING_STATES, SPECIAL_NEEDS};
use super::{Column, Form, Kind, LONG, SHORT, STREET};
use crate::text::Text;

/// Register of households, one row per dwelling.
pub static HOUSEHOLDS: Form = Form {
    key: "households",
    title: Text::new("住户登记表", "Register of households"),
    number: None,
    title_synonyms: &[
        "住户登记",
        "居民登记",
        "户籍登记",
        "住户信息",
        "居民信息",
        "住户台账",
        "居民台账",
        "入户登记",
        "住户花名册",
        "人员摸排",
        "居民花名册",
        "居民底册",
        "入户摸排",
    ],
    columns: &[
        STREET,
        Column::new(
            "community",
            "社区（村）",
            "Community",
            SHORT,
            &[
                "社区",
                "社区村",
                "村社区",
                "村",
                "居委会",
                "所属社区",
                "所在社区",
                "社区名称",
                "村居",
            ],
        )
        .example("桂花社区"),
        Column::new(
            "compound",
            "小区",
            "Compound",
            SHORT,
            &[
                "小区名称",
                "小区名",
                "院落",
                "所在小区",
                "居住小区",
                "楼盘",
                "小区院落",
                "所属小区",
                "村民小组",
                "住宅小区",
            ],
        )
        .required()
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
                "详细住址",
                "楼房号",
                "栋号房号",
                "家庭住址",
                "楼栋号房间号",
                "楼栋门牌",
                "详细地址",
                "楼栋单元室",
                "居住地址",
                "地址",
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
            &["楼号", "栋", "栋号", "楼栋号", "幢", "楼", "幢号", "号楼", "楼幢"],
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
            &[
                "房间号",
                "室",
                "户号",
                "房间",
                "室号",
                "房屋号",
                "房门号",
                "房屋编号",
            ],
        )
        .required()
        .hint("填了住址的可不填", "Not needed where the dwelling is given")
        .example("501"),
        Column::new(
            "head",
            "户主",
            "Head of household",
            SHORT,
            &[
                "户主姓名",
                "姓名",
                "业主",
                "业主姓名",
                "联系人",
                "住户姓名",
                "住户",
                "居民姓名",
                "联系人姓名",
            ],
        )
        .example("张伟"),
        Column::new(
            "members",
            "人口数",
            "Members",
            Kind::Count { min: 0, max: 30 },
            &[
                "人数",
                "家庭人口",
                "家庭人数",
                "人口",
                "居住人数",
                "常住人数",
                "家庭成员数",
                "实住人数",
                "在家人数",
                "现居住人数",
                "家庭人口数",
            ],
        )
        .required()
        .hint(
            "1 到 30 的整数；空置房填 0",
            "Whole number from 1 to 30; 0 for a vacant dwelling",
        )
        .example("3"),
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
                "户主电话",
                "联系人电话",
                "业主电话",
            ],
        )
        .example("13800001234"),
        Column::new(
            "needs",
            "特殊群体",
            "Special needs",
            Kind::Choices(SPECIAL_NEEDS),
            &[
                "特殊人群",
                "特殊情况",
                "特殊需求",
                "特殊群体类别",
                "特殊人员",
                "人员类别",
                "重点人群",
                "困难群体",
                "特殊群体类型",
            ],
        )
        .example("独居老人、慢性病患者"),
        Column::new(
            "status",
            "居住状态",
            "Status",
            Kind::Choice(DWELLING_STATES),
            &[
                "居住情况",
                "房屋状态",
                "住房情况",
                "房屋性质",
                "状态",
                "居住类型",
                "房屋用途",
                "入住情况",
                "房屋情况",
            ],
        )
        .example("自住"),
        Column::new(
            "offline",
            "需代购",
            "Needs proxy ordering",
            Kind::Flag,
            &[
                "不会网购",
                "是否代购",
                "代购",
                "是否需要代购",
                "无智能手机",
                "不会使用智能手机",
                "是否需代购",
                "不会用智能手机",
            ],
        )
        .example("否"),
        Column::new(
            "diet",
            "饮食用药要求",
            "Diet and medicine",
            Kind::Text { max: 200 },
            &[
                "饮食要求",
                "用药要求",
                "饮食禁忌",
                "用药需求",
                "忌口",
                "饮食用药",
                "特殊饮食",
                "常用药",
                "用药",
            ],
        )
        .example("低盐饮食"),
        Column::new("note", "备注", "Note", LONG, &["说明", "其他说明", "附注"]),
    ],
};
