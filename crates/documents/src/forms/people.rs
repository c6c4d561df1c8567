//! Staff, vehicles and volunteers: forms 4 to 6 (SH-6 to SH-8).

use super::choices::{DUTIES, POSTS, VEHICLE_STATES};
use super::{Column, Form, Kind, LONG, SHORT};
use crate::text::Text;

const NAME: Column = Column::new(
    "name",
    "姓名",
    "Name",
    SHORT,
    &[
        "人员姓名",
        "名字",
        "员工姓名",
        "志愿者姓名",
        "志愿者",
        "志愿者名字",
    ],
)
.required()
.example("刘洋");
const PHONE: Column = Column::new(
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
        "本人电话",
    ],
)
.required()
.example("13800003456");
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
        "服务社区",
        "村居",
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
        "服务小区",
        "居住小区",
        "所属小区",
        "负责小区",
        "小区组",
    ],
)
.example("幸福苑");
const NOTE: Column = Column::new("note", "备注", "Note", LONG, &["说明", "其他说明", "附注"]);

/// Form 4: ledger of people at work for the supply.
pub static STAFF: Form = Form {
    key: "staff",
    title: Text::new("保供人员台账", "Ledger of staff"),
    number: Some(4),
    title_synonyms: &[
        "保供人员",
        "人员台账",
        "工作人员台账",
        "附表4",
        "附件4",
        "从业人员",
        "工作人员",
        "人员花名册",
    ],
    columns: &[
        NAME,
        Column::new(
            "id_number",
            "身份证号",
            "Identity number",
            Kind::IdNumber,
            &["身份证", "身份证号码", "证件号码", "身份证件号", "公民身份号码"],
        ),
        PHONE,
        Column::new(
            "employer",
            "单位",
            "Employer",
            SHORT,
            &[
                "所在单位",
                "工作单位",
                "单位名称",
                "所属单位",
                "保供单位",
                "企业名称",
                "所属企业",
            ],
        )
        .required()
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "post",
            "岗位",
            "Post",
            Kind::Choice(POSTS),
            &["职务", "工作岗位", "工种", "岗位名称", "职责", "岗位类别"],
        )
        .required()
        .example("分拣员"),
        COMMUNITY,
        COMPOUND,
        Column::new(
            "certificate_no",
            "工作证号",
            "Certificate number",
            Kind::Text { max: 40 },
            &[
                "工作证明编号",
                "证件编号",
                "工作证编号",
                "工作证",
                "证号",
                "工作证明号",
            ],
        ),
        Column::new(
            "lodging",
            "住宿点",
            "Lodging",
            Kind::Text { max: 120 },
            &["住宿地点", "住宿", "集中住宿点", "住宿安排", "住宿场所"],
        )
        .example("店内二楼"),
        Column::new(
            "duty",
            "到岗状态",
            "Duty",
            Kind::Choice(DUTIES),
            &["到岗情况", "在岗状态", "状态", "是否到岗", "在岗情况"],
        )
        .example("在岗"),
        NOTE,
    ],
};

/// Form 5: ledger of vehicles.
pub static VEHICLES: Form = Form {
    key: "vehicles",
    title: Text::new("保供车辆台账", "Ledger of vehicles"),
    number: Some(5),
    title_synonyms: &[
        "保供车辆",
        "车辆台账",
        "附表5",
        "附件5",
        "应急保供车辆",
        "运输车辆",
        "车辆一览",
        "车辆信息",
    ],
    columns: &[
        Column::new(
            "plate",
            "车牌号",
            "Number plate",
            Kind::Plate,
            &["车牌", "车牌号码", "车号", "号牌", "车辆号牌", "号牌号码"],
        )
        .required()
        .example("渝F12345"),
        Column::new(
            "model",
            "车型",
            "Model",
            SHORT,
            &["车辆类型", "车辆型号", "型号", "车辆类别", "品牌型号", "车种"],
        )
        .example("4.2米厢式货车"),
        Column::new(
            "load_g",
            "载重（公斤）",
            "Load (kg)",
            Kind::Weight,
            &[
                "载重",
                "载重量",
                "核定载重",
                "核定载质量",
                "装载量",
                "运载能力",
                "荷载",
                "最大载重",
                "核载",
                "额定载重",
            ],
        )
        .required()
        .example("1500"),
        Column::new(
            "volume_l",
            "容积（立方米）",
            "Volume (m3)",
            Kind::Volume,
            &["容积", "厢容", "货厢容积", "体积", "车厢容积", "货箱容积"],
        )
        .example("14"),
        Column::new(
            "cold",
            "冷藏车",
            "Cold",
            Kind::Flag,
            &[
                "冷链",
                "冷藏",
                "是否冷藏",
                "是否冷链",
                "有无冷藏",
                "冷链车",
                "是否冷藏车",
            ],
        )
        .example("否"),
        Column::new(
            "employer",
            "所属单位",
            "Employer",
            SHORT,
            &[
                "单位",
                "单位名称",
                "车属单位",
                "保供单位",
                "所在单位",
                "承运单位",
                "车主",
                "企业名称",
            ],
        )
        .example("惠民生鲜超市龙都店"),
        Column::new(
            "driver_name",
            "驾驶员",
            "Driver",
            SHORT,
            &["司机", "驾驶员姓名", "司机姓名", "驾驶人", "驾驶人姓名", "姓名"],
        )
        .example("周平"),
        Column::new(
            "driver_phone",
            "驾驶员电话",
            "Driver phone",
            Kind::Phone,
            &[
                "司机电话",
                "联系电话",
                "电话",
                "手机",
                "驾驶员联系电话",
                "司机联系电话",
                "驾驶人电话",
                "联系方式",
                "手机号码",
            ],
        )
        .example("13800004567"),
        Column::new(
            "pass_no",
            "通行证号",
            "Pass number",
            Kind::Text { max: 40 },
            &["通行证编号", "通行证", "车辆通行证号", "车辆通行证", "证号"],
        ),
        Column::new(
            "pass_until",
            "通行证有效期至",
            "Pass valid until",
            Kind::Date,
            &[
                "有效期",
                "通行证有效期",
                "有效期至",
                "有效期限",
                "截止日期",
                "到期日",
            ],
        ),
        Column::new(
            "pass_areas",
            "通行范围",
            "Pass valid in",
            Kind::Text { max: 300 },
            &[
                "通行区域",
                "通行证范围",
                "通行证区域",
                "通行证通行范围",
                "可通行区域",
                "准许通行区域",
                "准行区域",
            ],
        )
        .hint(
            "别处签发的通行证在哪些街道、社区、小区有效，用顿号隔开；本系统签发的不用填，空着不限制",
            "Streets, communities and compounds where a pass from elsewhere is valid, separated by 、; passes issued here are known, and an empty cell sets no limit",
        )
        .example("双河口街道、桂花社区"),
        Column::new(
            "shift",
            "班次",
            "Shift",
            Kind::Hours,
            &["出车时间", "出车时段", "可用时段", "运行时段", "工作时间", "班次时间", "排班", "可出车时间"],
        )
        .hint(
            "每天几点到几点可以出车，如 7:00-19:00；夜班如 20:00-6:00，空着不限制",
            "From when to when it may drive each day, such as 7:00-19:00, at night 20:00-6:00; no limit when empty",
        )
        .example("7:00-19:00"),
        Column::new(
            "stops_max",
            "最多停靠点",
            "Most stops",
            Kind::Count { min: 1, max: 200 },
            &["停靠点上限", "最多停靠点数", "每班最多停靠点", "最多送几站", "站点上限", "最多站点数", "最多停靠数"],
        )
        .hint(
            "一个班次最多送几个点，所有趟次合计；空着不限制",
            "The most stops in a shift, all its trips together; no limit when empty",
        )
        .example("12"),
        Column::new(
            "route",
            "路线",
            "Route",
            Kind::Text { max: 200 },
            &["行驶路线", "运输路线", "线路", "配送路线", "通行路线", "运输线路"],
        ),
        Column::new(
            "state",
            "车辆状态",
            "State",
            Kind::Choice(VEHICLE_STATES),
            &["状态", "车况", "使用状态", "车辆情况", "可用状态"],
        )
        .example("可用"),
        NOTE,
    ],
};

/// Form 6: volunteers and their duties.
pub static VOLUNTEERS: Form = Form {
    key: "volunteers",
    title: Text::new("保供志愿者登记表", "Register of volunteers"),
    number: Some(6),
    title_synonyms: &[
        "志愿者",
        "志愿者台账",
        "附表6",
        "附件6",
        "任务清单",
        "责任清单",
        "志愿服务",
        "志愿者名单",
    ],
    columns: &[
        NAME,
        PHONE,
        COMMUNITY,
        COMPOUND,
        Column::new(
            "building",
            "负责楼栋",
            "Building",
            Kind::Text { max: 60 },
            &[
                "楼栋",
                "楼号",
                "楼栋号",
                "服务楼栋",
                "栋号",
                "责任楼栋",
                "负责楼号",
            ],
        )
        .example("3"),
        Column::new(
            "task",
            "任务",
            "Task",
            Kind::Text { max: 300 },
            &[
                "任务清单",
                "工作任务",
                "服务内容",
                "任务内容",
                "工作内容",
                "志愿服务内容",
            ],
        )
        .example("从小区投放点送到单元门口"),
        Column::new(
            "duty",
            "责任",
            "Responsibility",
            Kind::Text { max: 300 },
            &["责任清单", "职责", "岗位职责", "责任内容", "工作职责"],
        ),
        Column::new(
            "shift",
            "班次",
            "Shift",
            Kind::Text { max: 120 },
            &["服务时间", "时间", "值班时间", "时段", "轮班", "排班", "服务时段"],
        )
        .example("8:00—12:00"),
        Column::new(
            "handover",
            "交接人",
            "Hands over to",
            Kind::Text { max: 120 },
            &["接班人", "交接", "ab角", "b角", "交接对象"],
        ),
        NOTE,
    ],
};
