//! Word lists by which a line of chat is understood. Words are in folded form (see `numerals::fold`).

/// The speaker means the own household.
pub(super) const FIRST_PERSON: &[&str] = &[
    "我要",
    "我家",
    "我订",
    "我来",
    "我加",
    "我也",
    "我们家",
    "帮我",
    "给我",
    "我的",
    "我改",
    "我不要",
    "我退",
];

/// Withdrawals.
pub(super) const WITHDRAW: &[&str] = &[
    "都不要了",
    "全不要了",
    "不要了",
    "不用了",
    "不订了",
    "不买了",
    "不接了",
    "不需要了",
    "取消了",
    "取消",
    "退掉",
    "退了",
    "退单",
    "撤销",
    "撤掉",
    "撤单",
    "删掉",
    "删除",
    "去掉",
    "划掉",
    "作废",
];

/// Changes of a quantity.
pub(super) const SET: &[&str] = &[
    "数量改成",
    "数量改为",
    "改成",
    "改为",
    "改到",
    "改要",
    "改订",
    "变成",
    "更正为",
    "更正",
    "应为",
    "应该是",
];

/// Additions to an order.
pub(super) const ADD: &[&str] = &[
    "再加", "再要", "再来", "再订", "加订", "多要", "多加", "追加", "还要", "加要",
];

/// Changes that say less than the new order.
pub(super) const OTHER_CHANGE: &[&str] = &["换成", "换为", "少要", "减少", "减掉"];

/// Words that make the text around them a remark to the courier.
pub(super) const REMARK: &[&str] = &[
    "放",
    "送",
    "门口",
    "谢",
    "麻烦",
    "电话",
    "联系",
    "早上",
    "上午",
    "下午",
    "晚上",
    "中午",
    "晚点",
    "明天",
    "今天",
    "后天",
    "不辣",
    "少油",
    "少盐",
    "少糖",
    "无糖",
    "低盐",
    "低糖",
    "清淡",
    "微辣",
    "过敏",
    "已付",
    "已转",
    "付款",
    "付了",
    "转账",
    "微信",
    "支付宝",
    "现金",
    "老人",
    "老年",
    "孩子",
    "宝宝",
    "小孩",
    "孕妇",
    "婴",
    "尽量",
    "新鲜",
    "自取",
    "自提",
    "代",
    "帮",
    "楼下",
    "辛苦",
    "急",
    "不要",
    "别",
    "不用",
    "不吃",
    "忌",
    "备注",
    "缺货",
    "可以",
    "替换",
    "小份",
    "大份",
    "熟",
    "软",
    "嫩",
    "糖尿",
    "血透",
    "透析",
    "独居",
    "隔离",
    "阳台",
    "敲门",
    "物业",
    "请",
    "保安",
    "楼长",
    "志愿者",
    "行动不便",
    "要好",
    "好一点",
    "好点",
    "红的",
    "白色",
    "大的",
    "小的",
    "如果",
    "没有",
    "有的话",
    "优先",
    "团长",
    "登记",
    "电梯",
    "家里",
    "大一",
    "小一",
    "一点",
    "大点",
    "小点",
    "多加",
    "少辣",
    "多辣",
    "加辣",
    "清真",
    "切",
    "杀",
    "打包",
    "分开",
    "剁",
    "去皮",
    "去骨",
    "绞",
    "别的",
    "其他",
    "其它",
    "素食",
    "未付",
    "没付",
    "登记",
    "朋友",
    "打来",
    "冷藏",
    "尽快",
    "房东",
    "租户",
    "租客",
    "业主",
    "红包",
    "已发",
];

/// Characters of food and household goods: unknown text that holds one of them is taken for a good that
/// is not in the list, never for a nickname.
pub(super) const GOODS: &str = "菜瓜果蕉梨桃苹橙橘桔柚葡萄莓杏枣柿荔芒榴椰樱米面油蛋奶肉鸡鸭鹅鱼虾蟹排骨牛羊猪豆腐薯葱姜蒜盐糖酱醋\
    茶水纸巾罩药套餐椒笋藕菇芹菠笼包饺粉丝饼馒粥馍糕酒烟液皂刷电罐布尿粮麦火腿肠饮料咖啡可乐雪碧酸汤料萝卜茄芋莴苣韭豌蔬\
    洗洁精膏牙垃圾袋棉锅碗盆肝腰肚肘翅腿鸽鹌枸芝麻花生瓜桂圆木耳玉穗藜笋芥荠苋茼茴菌菇豉";

/// Common surnames, by which unknown text is taken for a nickname.
pub(super) const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜\
    戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵欧阳解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺";

/// Endings and beginnings of how neighbours call each other.
pub(super) const KINSHIP: &[&str] = &[
    "阿姨", "婆婆", "公公", "大娘", "大叔", "大伯", "大姐", "大哥", "爸爸", "妈妈", "妈咪", "同志", "妈",
    "爸", "姐", "哥", "叔", "姨", "婶", "嫂", "伯", "奶奶", "爷爷", "外婆", "外公", "大爷", "大妈", "先生",
    "女士", "老师", "师傅", "小姐", "医生", "某", "家", "总", "弟", "妹", "同学", "太太",
];

/// Words that mean nothing by themselves between a dwelling and its goods.
pub(super) const FILLER: &[&str] = &[
    "我们家要",
    "我们要",
    "我家要",
    "我要",
    "我也要",
    "我家",
    "我订",
    "我来",
    "我们",
    "需要",
    "订购",
    "预订",
    "预定",
    "购买",
    "下单",
    "报名",
    "接龙",
    "房号",
    "姓名",
    "手机号",
    "手机",
    "电话",
    "商品",
    "数量",
    "物资",
    "套餐",
    "一共",
    "总共",
    "共计",
    "共",
    "各",
    "要",
    "订",
    "买",
    "来",
    "和",
    "与",
    "加",
    "还有",
    "还要",
    "还",
    "另外",
    "想要",
    "想",
    "顺便",
    "留",
    "预留",
    "给",
    "请",
    "的",
    "麻烦",
    "谢谢",
    "你好",
    "您好",
    "大家好",
    "我",
    "也",
    "选",
    "号",
    "室",
    "份",
    "个",
    "是",
    "了",
    "把",
    "吧",
    "哈",
    "呢",
    "啊",
    "只要",
    "就要",
    "只",
    "就",
    "各位",
    "以及",
    "及",
];

/// Words by which somebody asks instead of ordering.
pub(super) const ASKING: &[&str] = &[
    "吗",
    "多少钱",
    "有没有",
    "还有没",
    "能不能",
    "可不可以",
    "要不要",
    "怎么",
    "请问",
    "什么时候",
    "啥时候",
    "是不是",
    "行不行",
    "为什么",
    "几点",
    "哪里买",
    "有木有",
    "好不好",
    "咋",
    "送一",
    "买一送",
    "买二送",
];

/// Words by which somebody asks for the price.
pub(super) const ASKING_PRICE: &[&str] = &["多少钱", "几块钱", "几元", "怎么卖", "什么价", "啥价", "贵不贵"];

/// The same as the entry above.
pub(super) const SAME: &[&str] = &[
    "同上",
    "同楼上",
    "跟楼上",
    "和楼上",
    "跟上面",
    "和上面",
    "一样的",
    "一样",
];

/// One of everything.
pub(super) const EACH: &[&str] = &[
    "都要",
    "都来",
    "各来",
    "全要",
    "全部来",
    "每样",
    "每种",
    "各一",
    "各要",
    "样各",
];

/// Somebody is to buy something more.
pub(super) const ERRAND: &[&str] = &[
    "帮买",
    "代买",
    "代购",
    "买盒",
    "买点",
    "买个",
    "买瓶",
    "买包",
    "帮带",
    "捎",
    "顺带",
    "再买",
    "带点",
    "帮我买",
    "也要",
];

/// What follows holds only on a condition.
pub(super) const CONDITION: &[&str] = &[
    "如果",
    "要是",
    "假如",
    "若有",
    "有的话",
    "万一",
    "看看有",
    "有就",
    "有多",
];

/// A number behind these is money.
pub(super) const PAID: &[&str] = &[
    "剩", "剩余", "余", "付", "转", "尾款", "已付", "付了", "付款", "实付", "转了", "已转", "转账", "定金",
    "订金", "押金", "欠", "补", "差", "找", "红包", "收款", "单价", "总价", "合计¥",
];

/// A number in front of these counts people.
pub(super) const PEOPLE: &[&str] = &[
    "老人", "小孩", "孩子", "娃", "宝宝", "大人", "孕妇", "病人", "学生", "人",
];

/// Whether a word may be learned as standing for one household or one good: long enough, without digits, and
/// not a form of address that fits many, such as 王姐 or 李先生.
pub(super) fn is_learnable(written: &str) -> bool {
    let folded = super::numerals::folded_term(written);
    let Some(first) = folded.first() else {
        return false;
    };
    let letters = folded.iter().filter(|letter| letter.is_alphabetic()).count();
    let address = SURNAMES.contains(*first) || "小老阿大".contains(*first);
    let common = address
        && KINSHIP
            .iter()
            .any(|word| folded[1..].iter().copied().eq(word.chars()));
    let numeral = folded.iter().all(|letter| super::numerals::is_numeral(*letter));
    letters >= 2 && folded.len() <= 12 && !folded.iter().any(char::is_ascii_digit) && !common && !numeral
}

/// Whether any of the words occurs.
pub(super) fn any(text: &[char], words: &[&str]) -> bool {
    find(text, words).is_some()
}

/// The first occurrence of any of the words: start and end. Earlier words of the list win.
pub(super) fn find(text: &[char], words: &[&str]) -> Option<(usize, usize)> {
    words.iter().find_map(|word| {
        let length = word.chars().count();
        (0..text.len().saturating_sub(length - 1))
            .find(|start| super::address::starts_with(text, *start, word))
            .map(|start| (start, start + length))
    })
}
