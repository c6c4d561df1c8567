//! Words that invented names are made of. No entry is taken from a list of real people or firms.

use super::{Dice, pick};
use rand::Rng;

/// Family names, the frequent ones more than once.
const FAMILIES: &[&str] = &[
    "李", "李", "李", "王", "王", "刘", "刘", "刘", "陈", "陈", "黄", "黄", "曹", "曹", "邓", "邓", "何",
    "何", "张", "张", "许", "廖", "邝", "马", "谢", "罗", "周", "胡", "彭", "曾", "肖", "段", "欧", "唐",
    "朱", "谭", "雷", "侯", "尹", "蒋", "郭", "袁", "龙", "戴", "郑", "徐", "杨", "吴", "赵", "孙", "梁",
    "宋", "史", "江", "余", "资", "首", "匡", "樊", "骆", "欧阳",
];

const GIVEN: &[&str] = &[
    "伟", "军", "勇", "强", "辉", "斌", "平", "华", "明", "建", "国", "志", "文", "小", "红", "秀", "丽",
    "芳", "英", "燕", "玲", "艳", "娟", "霞", "桂", "兰", "菊", "云", "春", "梅", "金", "玉", "海", "林",
    "波", "涛", "鹏", "飞", "宇", "浩", "俊", "杰", "欣", "怡", "佳", "慧", "雪", "晴", "婷", "敏", "静",
    "琴", "珍", "莲", "生", "发", "贵", "福", "荣", "德", "仁", "义", "忠", "孝", "祥", "安", "康", "乐",
    "成", "立", "新", "永", "兴", "泽", "晨", "诗", "涵", "梓", "轩", "子", "美", "清", "正", "光", "运",
    "顺", "良", "和",
];

/// An invented name of two or three characters, four with a double family name.
pub(super) fn name(dice: &mut Dice) -> String {
    let mut name = pick(dice, FAMILIES).to_string();
    name.push_str(pick(dice, GIVEN));
    if dice.random_bool(0.75) {
        name.push_str(pick(dice, GIVEN));
    }
    name
}

const COMPOUND_FIRST: &[&str] = &[
    "便江", "银都", "橙乡", "龙山", "文昌", "滨江", "望江", "金橙", "永安", "永康", "惠民", "观澜", "翠堤",
    "锦绣", "福源", "和顺", "同心", "兴隆", "桂香", "枫林", "香樟", "紫金", "东方", "阳光", "明珠", "江畔",
    "青云", "碧水", "云水", "凤凰", "长乐", "嘉和", "瑞丰", "吉祥", "安泰", "学府", "书香", "春晖", "南苑",
    "西湖",
];

const COMPOUND_LAST: &[&str] = &[
    "花园",
    "小区",
    "家园",
    "苑",
    "新村",
    "佳苑",
    "名城",
    "公馆",
    "华府",
    "嘉园",
    "雅居",
    "新城",
    "豪庭",
    "里",
    "安置小区",
    "花苑",
    "丽景",
    "华庭",
];

/// Homes that belonged to an employer, common in old county towns.
const OLD_COMPOUNDS: &[&str] = &[
    "粮食局家属院",
    "供销社家属院",
    "农机厂宿舍",
    "水泥厂宿舍",
    "化肥厂宿舍",
    "煤矿宿舍",
    "老一中家属院",
    "人民医院家属院",
    "邮电局家属院",
    "百货公司宿舍",
    "运输公司宿舍",
    "氮肥厂生活区",
    "木材公司宿舍",
    "二轻局家属院",
];

/// A name for a compound in a town.
pub(super) fn compound(dice: &mut Dice, old: bool) -> String {
    if old && dice.random_bool(0.3) {
        return pick(dice, OLD_COMPOUNDS).to_string();
    }
    format!("{}{}", pick(dice, COMPOUND_FIRST), pick(dice, COMPOUND_LAST))
}

const TERRAIN: &[&str] = &["湾", "冲", "坪", "岭", "屋", "垅", "塘", "坳", "洞", "里"];

const FEATURES: &[&str] = &[
    "枫树", "樟树", "油茶", "竹山", "石桥", "井头", "祠堂", "水口", "田心", "石头", "花桥", "茶亭", "梨树",
    "柏树", "沙洲", "瓦窑", "碾头", "塘边", "凉亭", "泉水", "荷叶", "庙前", "山背", "江边", "桐子", "松山",
    "禾场", "大路", "鹅公", "牛角",
];

const POSITIONS: &[&str] = &["上", "下", "老", "新", "大", "中", "东", "西"];

/// A name for a group of a village; later attempts have more names to choose from.
pub(super) fn village_group(dice: &mut Dice, attempt: usize) -> String {
    let position = pick(dice, POSITIONS);
    let family = pick(dice, FAMILIES);
    let feature = pick(dice, FEATURES);
    let terrain = pick(dice, TERRAIN);
    match (attempt, dice.random_range(0..3)) {
        (0..4, 0) => format!("{family}家{terrain}组"),
        (0..4, 1) => format!("{position}{feature}组"),
        (0..4, _) => format!("{feature}{terrain}组"),
        (_, 0) => format!("{position}{feature}{terrain}组"),
        _ => format!("{position}{family}家{terrain}组"),
    }
}

const SEAT_ROADS: &[&str] = &[
    "滨河路",
    "人民路",
    "惠民路",
    "龙山路",
    "干劲路",
    "永康路",
    "西水路",
    "橙乡路",
    "军山路",
    "井凉街",
    "建设路",
    "环城路",
];

const TOWNSHIP_ROADS: &[&str] = &["老街", "新街", "圩场路", "车站路", "学校路", "兴农路", "政府前街"];

/// A road and house number in a town; a community named after a road lies on that road.
pub(super) fn address(dice: &mut Dice, community_stem: &str, seat: bool) -> String {
    let road = if community_stem.ends_with(['路', '街']) {
        community_stem
    } else {
        pick(dice, if seat { SEAT_ROADS } else { TOWNSHIP_ROADS })
    };
    let last = if seat { 280 } else { 120 };
    format!("{road}{}号", dice.random_range(1..=last))
}

/// Where goods are put down in a compound of a town.
pub(super) const TOWN_DROP_POINTS: &[&str] = &[
    "南门岗亭旁",
    "北门快递柜旁",
    "东门停车棚",
    "物业服务中心前坪",
    "1栋架空层",
    "小区广场西侧",
    "正门门卫室旁",
    "老年活动室门口",
];

/// Where goods are put down in a village group.
pub(super) const VILLAGE_DROP_POINTS: &[&str] = &[
    "组文化活动室前坪",
    "祠堂前坪",
    "晒谷坪",
    "进组路口",
    "村级公路招呼站旁",
    "老仓库门口",
    "村民议事亭",
];

/// A name for a small shop.
pub(super) fn shop(dice: &mut Dice, community_stem: &str, town: bool) -> String {
    let family = pick(dice, FAMILIES);
    match (town, dice.random_range(0..4)) {
        (true, 0) => format!("{community_stem}{family}记便利店"),
        (true, 1) => format!("{family}家生鲜店"),
        (true, 2) => format!("{community_stem}蔬果店"),
        (true, _) => format!("{family}姐粮油店"),
        (false, 0) => format!("{community_stem}便民店"),
        (false, 1) => format!("{family}家副食店"),
        (false, _) => format!("{community_stem}{family}记小店"),
    }
}
