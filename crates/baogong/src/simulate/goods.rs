//! Price lists: the packs that supermarkets and malls offer.

use super::supply::Supplier;
use super::{Dice, pick};
use rand::Rng;
use rand::seq::SliceRandom;

/// Goods in a pack, as written, and their weight in grams.
type Contents = &'static [(&'static str, i64)];

struct PackPlan {
    name: &'static str,
    /// Key of the category.
    category: &'static str,
    price_fen: i64,
    limit: i64,
    aliases: &'static str,
    /// One of these is packed, by what the supplier has.
    choices: &'static [Contents],
    /// Every supplier offers it.
    usual: bool,
}

static PACKS: &[PackPlan] = &[
    PackPlan {
        name: "蔬菜包（小）",
        category: "vegetables",
        price_fen: 2_580,
        limit: 3,
        aliases: "小菜包、蔬菜小包",
        choices: &[
            &[
                ("白菜1.5公斤", 1_500),
                ("萝卜1.5公斤", 1_500),
                ("土豆1公斤", 1_000),
                ("青椒500克", 500),
                ("莴笋500克", 500),
            ],
            &[
                ("包菜1.5公斤", 1_500),
                ("冬瓜1.5公斤", 1_500),
                ("土豆1公斤", 1_000),
                ("胡萝卜500克", 500),
                ("豆角500克", 500),
            ],
            &[
                ("南瓜2公斤", 2_000),
                ("芹菜1公斤", 1_000),
                ("红薯1公斤", 1_000),
                ("黄瓜500克", 500),
                ("菠菜500克", 500),
            ],
        ],
        usual: true,
    },
    PackPlan {
        name: "蔬菜包（大）",
        category: "vegetables",
        price_fen: 4_680,
        limit: 2,
        aliases: "大菜包、蔬菜大包",
        choices: &[
            &[
                ("白菜3公斤", 3_000),
                ("萝卜2.5公斤", 2_500),
                ("土豆2.5公斤", 2_500),
                ("胡萝卜1公斤", 1_000),
                ("洋葱1公斤", 1_000),
            ],
            &[
                ("包菜3公斤", 3_000),
                ("冬瓜3公斤", 3_000),
                ("土豆2公斤", 2_000),
                ("茄子1公斤", 1_000),
                ("青椒1公斤", 1_000),
            ],
        ],
        usual: true,
    },
    PackPlan {
        name: "米面油包",
        category: "grain",
        price_fen: 9_980,
        limit: 2,
        aliases: "粮油包、米油包",
        choices: &[
            &[
                ("大米10公斤", 10_000),
                ("面条2公斤", 2_000),
                ("食用油1.8升", 1_656),
            ],
            &[
                ("大米10公斤", 10_000),
                ("面粉2.5公斤", 2_500),
                ("菜籽油1.8升", 1_656),
            ],
        ],
        usual: true,
    },
    PackPlan {
        // For nine person-days the norm asks for 3.15 kg grain, 450 g oil, 3.6 kg vegetables, 540 g eggs
        // and 1,035 g meat.
        name: "综合包（3人3天）",
        category: "other",
        price_fen: 8_880,
        limit: 2,
        aliases: "三日包、家庭包",
        choices: &[
            &[
                ("大米2.5公斤", 2_500),
                ("面条700克", 700),
                ("食用油500毫升", 460),
                ("白菜1.5公斤", 1_500),
                ("萝卜1.1公斤", 1_100),
                ("土豆1公斤", 1_000),
                ("鸡蛋12枚", 600),
                ("猪肉1.05公斤", 1_050),
            ],
            &[
                ("大米3.2公斤", 3_200),
                ("食用油500毫升", 460),
                ("包菜1.6公斤", 1_600),
                ("冬瓜1公斤", 1_000),
                ("胡萝卜1公斤", 1_000),
                ("鸡蛋12枚", 600),
                ("鸡肉1.05公斤", 1_050),
            ],
        ],
        usual: true,
    },
    PackPlan {
        name: "肉蛋包",
        category: "meat",
        price_fen: 7_980,
        limit: 2,
        aliases: "荤菜包",
        choices: &[
            &[("猪肉1公斤", 1_000), ("鸡肉1公斤", 1_000), ("鸡蛋30枚", 1_500)],
            &[
                ("五花肉1公斤", 1_000),
                ("排骨500克", 500),
                ("鸭肉500克", 500),
                ("鸡蛋20枚", 1_000),
            ],
        ],
        usual: false,
    },
    PackPlan {
        name: "婴幼儿包",
        category: "other",
        price_fen: 23_800,
        limit: 2,
        aliases: "宝宝包、奶粉包",
        choices: &[&[
            ("婴儿奶粉800克", 800),
            ("婴儿米粉400克", 400),
            ("纸尿裤1.5公斤", 1_500),
            ("湿巾400克", 400),
        ]],
        usual: false,
    },
    PackPlan {
        name: "应急包",
        category: "other",
        price_fen: 6_980,
        limit: 3,
        aliases: "方便食品包",
        choices: &[&[
            ("方便面1.2公斤", 1_200),
            ("火腿肠500克", 500),
            ("饼干500克", 500),
            ("纯牛奶250毫升×12", 3_000),
            ("瓶装水550毫升×12", 6_600),
        ]],
        usual: false,
    },
    PackPlan {
        name: "长者包（软食低盐）",
        category: "other",
        price_fen: 5_980,
        limit: 2,
        aliases: "老人包、长者套餐",
        choices: &[&[
            ("大米2.5公斤", 2_500),
            ("小米1公斤", 1_000),
            ("冬瓜1.5公斤", 1_500),
            ("菠菜500克", 500),
            ("鸡蛋15枚", 750),
            ("瘦肉500克", 500),
        ]],
        usual: false,
    },
];

/// A single good that shops sell: name, key of the category, unit, its weight in grams and price in fen, and how many of it there are
/// for a thousand households.
type Single = (&'static str, &'static str, &'static str, i64, i64, i64);

/// What packs can be composed from. 莴笋 is in no table of foods, so that the demo shows what becomes of an unknown good.
static SINGLES: &[Single] = &[
    ("东北大米", "grain", "袋", 5_000, 3_180, 900),
    ("本地大米", "grain", "袋", 1_000, 690, 1_600),
    ("面粉", "grain", "袋", 2_500, 1_250, 700),
    ("挂面", "grain", "把", 1_000, 780, 900),
    ("小米", "grain", "袋", 1_000, 1_180, 160),
    ("菜籽油（小瓶）", "oil", "瓶", 460, 990, 1_100),
    ("菜籽油（大桶）", "oil", "桶", 1_656, 3_180, 500),
    ("鸡蛋", "eggs", "盒", 500, 690, 2_600),
    ("猪前腿肉", "meat", "份", 500, 1_490, 2_400),
    ("三黄鸡", "meat", "只", 1_000, 2_360, 800),
    ("牛肉", "meat", "份", 500, 3_990, 120),
    ("豆腐", "other", "盒", 500, 320, 500),
    ("纯牛奶", "other", "盒", 1_030, 1_180, 700),
    ("苹果", "other", "袋", 1_000, 880, 500),
    ("土豆", "vegetables", "袋", 1_000, 390, 2_600),
    ("白萝卜", "vegetables", "袋", 1_000, 280, 1_900),
    ("胡萝卜", "vegetables", "袋", 500, 260, 1_800),
    ("大白菜", "vegetables", "棵", 1_500, 420, 2_200),
    ("包菜", "vegetables", "棵", 1_000, 380, 1_700),
    ("洋葱", "vegetables", "袋", 500, 220, 900),
    ("冬瓜", "vegetables", "块", 2_000, 560, 700),
    ("西红柿", "vegetables", "袋", 500, 420, 700),
    ("菠菜", "vegetables", "把", 300, 290, 260),
    ("莴笋", "vegetables", "根", 500, 260, 400),
];

/// One line of the price list.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) supplier: &'static str,
    pub(super) code: String,
    pub(super) name: &'static str,
    /// Whether it is a pack; otherwise a single good, which has no contents.
    pub(super) pack: bool,
    pub(super) unit: &'static str,
    pub(super) category: &'static str,
    pub(super) weight_g: i64,
    pub(super) price_fen: i64,
    pub(super) contents: Contents,
    pub(super) aliases: &'static str,
    pub(super) limit_per_order: i64,
    pub(super) stock: i64,
}

/// The single goods of every supermarket and mall, with codes behind those of the packs. One good of each is out of stock, so that
/// substitutes are looked for.
pub(super) fn singles(suppliers: &[Supplier], households: i64, dice: &mut Dice) -> Vec<Good> {
    let sellers: Vec<&Supplier> = suppliers
        .iter()
        .filter(|supplier| supplier.kind != "market")
        .collect();
    let strength: i64 = sellers.iter().map(|seller| seller.daily_g[0]).sum();
    let mut goods = Vec::new();
    for seller in &sellers {
        let gone = dice.random_range(0..SINGLES.len());
        for (place, (name, category, unit, weight_g, price_fen, per_mille)) in SINGLES.iter().enumerate() {
            let stock = households * seller.daily_g[0] / strength.max(1) * per_mille / 1_000;
            let stock = stock * dice.random_range(80..=120) / 100;
            goods.push(Good {
                supplier: seller.name,
                code: format!("Y{:02}", place + 1),
                name,
                pack: false,
                unit,
                category,
                weight_g: *weight_g,
                price_fen: price_fen * dice.random_range(94..=107) / 100 / 10 * 10,
                contents: &[],
                aliases: "",
                limit_per_order: 20,
                stock: if place == gone { 0 } else { stock.max(40) },
            });
        }
    }
    goods
}

/// Five to eight packs of every supermarket and mall; together more of each than there are `households`.
pub(super) fn make(suppliers: &[Supplier], households: i64, dice: &mut Dice) -> Vec<Good> {
    let sellers: Vec<&Supplier> = suppliers
        .iter()
        .filter(|supplier| supplier.kind != "market")
        .collect();
    let strength: i64 = sellers.iter().map(|seller| seller.daily_g[0]).sum();
    let mut goods = Vec::new();
    for seller in &sellers {
        let mut offered: Vec<&PackPlan> = PACKS.iter().filter(|plan| !plan.usual).collect();
        offered.shuffle(dice);
        offered.truncate(dice.random_range(1..=4));
        // The list keeps the order of the catalogue, so that code A is the small vegetable pack everywhere.
        let offered: Vec<&PackPlan> = PACKS
            .iter()
            .filter(|plan| plan.usual || offered.iter().any(|other| other.name == plan.name))
            .collect();
        for (letter, plan) in ('A'..='Z').zip(offered) {
            let contents = pick(dice, plan.choices);
            let stock = households * 3 / 2 * seller.daily_g[0] / strength.max(1);
            goods.push(Good {
                supplier: seller.name,
                code: letter.to_string(),
                name: plan.name,
                pack: true,
                unit: "份",
                category: plan.category,
                weight_g: contents.iter().map(|(_, weight_g)| weight_g).sum(),
                price_fen: plan.price_fen * dice.random_range(94..=107) / 100 / 50 * 50,
                contents,
                aliases: plan.aliases,
                limit_per_order: plan.limit,
                stock: (stock * dice.random_range(80..=120) / 100 / 10 * 10).max(100),
            });
        }
    }
    goods
}
