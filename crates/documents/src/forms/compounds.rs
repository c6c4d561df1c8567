//! Form 1: survey of the compounds of a community (SH-2), with the drop point and the information officer of each (FC-12).

use super::{Column, Form, Kind, LONG, SHORT, STREET};
use crate::text::Text;

/// Largest plausible number of dwellings or people of one compound.
const PEOPLE_MAX: i64 = 200_000;

const fn people(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    synonyms: &'static [&'static str],
) -> Column {
    Column::new(
        key,
        zh,
        en,
        Kind::Count {
            min: 0,
            max: PEOPLE_MAX,
        },
        synonyms,
    )
}

/// Form 1: survey of the compounds of a community.
pub static COMPOUNDS: Form = Form {
    key: "compounds",
    title: Text::new("社区（村）小区基本情况表", "Survey of compounds"),
    number: Some(1),
    title_synonyms: &[
        "小区基本情况",
        "小区情况",
        "小区台账",
        "小区摸底",
        "小区信息",
        "附表1",
        "附件1",
        "小区一览",
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
                "社区居委会",
            ],
        )
        .required()
        .example("桂花社区"),
        Column::new(
            "compound",
            "小区",
            "Compound",
            SHORT,
            &[
                "小区名称",
                "小区名",
                "小区组",
                "院落",
                "居民小区",
                "楼盘",
                "组",
                "小区院落",
                "自然院落",
                "村民小组",
                "住宅小区",
            ],
        )
        .required()
        .example("幸福苑"),
        Column::new(
            "address",
            "地址",
            "Address",
            Kind::Text { max: 120 },
            &["详细地址", "小区地址", "位置", "坐落", "具体位置"],
        )
        .example("龙都大道18号"),
        Column::new(
            "latitude",
            "纬度",
            "Latitude",
            Kind::Latitude,
            &["北纬", "lat", "纬度坐标"],
        )
        .example("30.807667"),
        Column::new(
            "longitude",
            "经度",
            "Longitude",
            Kind::Longitude,
            &["东经", "lng", "lon", "经度坐标"],
        )
        .example("108.408661"),
        Column::new(
            "buildings",
            "楼栋数",
            "Buildings",
            Kind::Count { min: 0, max: 1_000 },
            &["栋数", "楼数", "楼栋", "楼栋数量", "幢数", "住宅楼栋数"],
        )
        .example("6"),
        Column::new(
            "units",
            "单元数",
            "Units",
            Kind::Count { min: 0, max: 5_000 },
            &["单元", "单元数量", "楼门数", "门洞数"],
        )
        .example("14"),
        people(
            "households",
            "户数",
            "Households",
            &["总户数", "住户数", "居民户数", "入住户数", "常住户数", "户"],
        )
        .example("486"),
        people(
            "residents",
            "常住人口",
            "Residents",
            &[
                "常住人口数",
                "人口",
                "人口数",
                "总人口",
                "居住人口",
                "常住人数",
                "人数",
                "户籍常住人口",
                "常驻人口",
                "居民人数",
            ],
        )
        .example("1260"),
        people(
            "floating",
            "流动人口",
            "Floating population",
            &["流动人口数", "外来人口", "暂住人口", "流动人数", "非户籍人口"],
        )
        .example("85"),
        people(
            "need_elderly_alone",
            "独居老人",
            "Elderly living alone",
            &["独居老人数", "空巢老人", "孤寡老人", "独居老年人"],
        ),
        people(
            "need_pregnant",
            "孕产妇",
            "Pregnant or post-natal",
            &["孕产妇数", "孕妇"],
        ),
        people(
            "need_disabled",
            "残疾人",
            "Disabled",
            &["残疾人数", "残疾", "残障人士"],
        ),
        people(
            "need_low_income",
            "低保对象",
            "On subsistence allowance",
            &["低保", "低保人数", "低保人员", "低保户"],
        ),
        people(
            "need_destitute",
            "特困人员",
            "Destitute",
            &["特困", "特困人数", "五保户", "特困供养人员"],
        ),
        people(
            "need_limited_mobility",
            "行动不便人员",
            "Limited mobility",
            &["行动不便", "行动不便人数", "失能人员", "失能老人"],
        ),
        people(
            "need_left_behind_child",
            "留守儿童",
            "Left-behind children",
            &["留守儿童数", "留守困境儿童", "留守儿童和困境儿童"],
        ),
        people(
            "need_child_in_hardship",
            "困境儿童",
            "Children in hardship",
            &["困境儿童数", "孤儿"],
        ),
        people(
            "need_homeless",
            "流浪乞讨人员",
            "Homeless",
            &["流浪乞讨", "流浪人员"],
        ),
        people(
            "need_dialysis",
            "血透患者",
            "On dialysis",
            &["血透", "透析患者", "血透人数", "透析", "血透病人"],
        ),
        people(
            "need_mental_illness",
            "精神病患者",
            "Mental illness",
            &["精神病", "精神障碍患者", "精神病人", "严重精神障碍患者"],
        ),
        people(
            "need_chronic_illness",
            "慢性病患者",
            "Chronic illness",
            &["慢性病", "慢病患者", "慢性病人", "慢病"],
        ),
        Column::new(
            "contact_name",
            "负责人",
            "Contact",
            SHORT,
            &[
                "联系人",
                "小区负责人",
                "责任人",
                "联系人姓名",
                "负责人姓名",
                "小区联系人",
                "物业负责人",
                "物业联系人",
            ],
        )
        .example("王敏"),
        Column::new(
            "contact_phone",
            "负责人电话",
            "Contact phone",
            Kind::Phone,
            &[
                "联系电话",
                "电话",
                "联系人电话",
                "手机",
                "负责人联系电话",
                "责任人电话",
                "联系方式",
                "物业电话",
                "手机号码",
            ],
        )
        .example("13800001234"),
        Column::new(
            "liaison_name",
            "采购联络人",
            "Liaison",
            SHORT,
            &[
                "联络人",
                "联络员",
                "采购联络员",
                "采购联络人姓名",
                "联络人姓名",
                "联络员姓名",
            ],
        )
        .example("李静"),
        Column::new(
            "liaison_phone",
            "采购联络人电话",
            "Liaison phone",
            Kind::Phone,
            &[
                "联络人电话",
                "联络员电话",
                "采购联络员电话",
                "联络人联系电话",
                "联络员联系电话",
            ],
        )
        .example("13800005678"),
        Column::new(
            "officer_name",
            "小区信息员",
            "Information officer",
            SHORT,
            &["信息员", "信息员姓名", "小区信息员姓名"],
        )
        .example("赵强"),
        Column::new(
            "officer_phone",
            "小区信息员电话",
            "Information officer phone",
            Kind::Phone,
            &["信息员电话", "信息员联系电话", "小区信息员联系电话", "信息员手机"],
        )
        .example("13800009012"),
        Column::new(
            "drop_point",
            "投放点位置",
            "Drop point",
            Kind::Text { max: 120 },
            &[
                "投放点",
                "物资投放点",
                "物资存放点",
                "接收点",
                "小区投放点",
                "存放点",
                "投放位置",
            ],
        )
        .example("小区北门岗亭旁"),
        Column::new("note", "备注", "Note", LONG, &["说明", "其他说明", "附注"]),
    ],
};
