//! Why a line of a chain message needs a person's decision, said in Chinese and English.

/// Why a written entry was not taken as an order. Line numbers are 1-based lines of the pasted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Neither a dwelling nor a registered name is written.
    NoDwelling,
    /// A dwelling is written, but it is not in the register of the compound.
    UnknownDwelling {
        /// The dwelling as written.
        written: String,
    },
    /// The writing fits several dwellings, or name and dwelling contradict each other.
    AmbiguousDwelling,
    /// No good of the round is named.
    NoGood,
    /// Something is asked for that is not in the round's list of goods.
    UnknownGood {
        /// The good as written.
        written: String,
    },
    /// The writing fits several goods of the round.
    AmbiguousGood,
    /// A good is named, but not how many.
    NoQuantity,
    /// The quantity is zero or more than a household orders.
    ImplausibleQuantity {
        /// The quantity as read.
        quantity: u32,
    },
    /// The unit written is not the unit in which the good is sold.
    UnitUnclear {
        /// The quantity with its unit as written.
        written: String,
        /// The unit in which the good is sold.
        unit: String,
    },
    /// The quantity is not a whole number of the units in which the good is sold.
    NotWhole {
        /// The quantity as written.
        written: String,
    },
    /// A number is written that belongs to no good.
    UnplacedNumber {
        /// The number as written.
        written: String,
    },
    /// The same good is written twice in one entry.
    GoodTwice,
    /// The dwelling has already written the same order.
    TwiceSame {
        /// The line of the first entry.
        other_line: usize,
    },
    /// The dwelling has already written a different order.
    TwiceDifferent {
        /// The line of the first entry.
        other_line: usize,
    },
    /// The dwelling withdraws an order. The earlier entry is held back until this is answered.
    Withdrawal {
        /// The line of the entry withdrawn, when it is in the pasted text.
        other_line: Option<usize>,
    },
    /// A change is asked for, but it is not clear what it changes.
    ChangeUnclear {
        /// The line of the entry that it probably changes.
        other_line: Option<usize>,
    },
    /// `+1` behind an order: one more, or the same once again?
    Addition {
        /// The line of the first entry.
        other_line: usize,
    },
    /// Two households took the same number; the newest copy of the list shows only the other one.
    PositionConflict {
        /// The number taken twice.
        position: u32,
        /// The line of the entry that holds the number in the newest copy.
        other_line: usize,
    },
    /// The entry is in an older copy of the list and is missing from the newest.
    Missing,
    /// The entry stands only in a quoted message.
    Quoted,
    /// Something is asked, or ordered on a condition.
    Asks,
}

impl Reason {
    /// The question to the liaison in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Reason::NoDwelling => "没写房号，也对不上登记的住户姓名，请补房号。".into(),
            Reason::UnknownDwelling { written } => format!("登记册里没有“{written}”这一户，请核对房号。"),
            Reason::AmbiguousDwelling => "对得上不止一户，请选定是哪一户。".into(),
            Reason::NoGood => "没写要哪样东西，请补上。".into(),
            Reason::UnknownGood { written } => {
                format!("“{written}”不在本轮商品里，请选对应的商品或改作备注。")
            }
            Reason::AmbiguousGood => "对得上不止一样商品，请选定是哪一样。".into(),
            Reason::NoQuantity => "没写要几份，请补数量。".into(),
            Reason::ImplausibleQuantity { quantity } => format!("数量{quantity}不合常理，请核对。"),
            Reason::UnitUnclear { written, unit } => {
                format!("写的是“{written}”，这样商品按“{unit}”卖，请确认要几{unit}。")
            }
            Reason::NotWhole { written } => format!("“{written}”不是整份，请确认数量。"),
            Reason::UnplacedNumber { written } => format!("“{written}”不知道是指什么，请确认。"),
            Reason::GoodTwice => "同一样商品写了两遍，请确认一共要多少。".into(),
            Reason::TwiceSame { other_line } => {
                format!("这一户在第{other_line}行已写过同样的内容，是重复还是再要一次？")
            }
            Reason::TwiceDifferent { other_line } => {
                format!("这一户在第{other_line}行写的不一样，以哪个为准，还是两个都要？")
            }
            Reason::Withdrawal {
                other_line: Some(line),
            } => {
                format!("这一户说不要了，第{line}行的订单已先搁下，请确认取消。")
            }
            Reason::Withdrawal { other_line: None } => {
                "这一户说不要了，这段文字里没有他家的订单，请查以前的订单。".into()
            }
            Reason::ChangeUnclear {
                other_line: Some(line),
            } => {
                format!("要改第{line}行的订单，但改什么没写清楚，请确认。")
            }
            Reason::ChangeUnclear { other_line: None } => {
                "要改订单，但这段文字里找不到改的是哪一单，请确认。".into()
            }
            Reason::Addition { other_line } => {
                format!("这一户在第{other_line}行已有订单，这里是再加，还是又报了一遍？")
            }
            Reason::PositionConflict { position, other_line } => {
                format!(
                    "{position}号有两户同时接了，最新的接龙里只剩第{other_line}行那一户，这一户还要不要？"
                )
            }
            Reason::Missing => "旧接龙里有这一条，最新的接龙里没有了，是退了还是漏了？".into(),
            Reason::Asks => "这句是在问，或者带条件，请问清楚要不要、要几份。".into(),
            Reason::Quoted => "只在引用的消息里出现，没有找到原来那一条，要不要算？".into(),
        }
    }

    /// The question to the liaison in English.
    pub fn en(&self) -> String {
        match self {
            Reason::NoDwelling => {
                "No dwelling is written and no registered name matches; add the dwelling.".into()
            }
            Reason::UnknownDwelling { written } => {
                format!("\"{written}\" is not in the register; check the dwelling.")
            }
            Reason::AmbiguousDwelling => "This fits more than one dwelling; choose one.".into(),
            Reason::NoGood => "No good is named; add it.".into(),
            Reason::UnknownGood { written } => {
                format!("\"{written}\" is not among this round's goods; choose the good or make it a note.")
            }
            Reason::AmbiguousGood => "This fits more than one good; choose one.".into(),
            Reason::NoQuantity => "The quantity is missing; add it.".into(),
            Reason::ImplausibleQuantity { quantity } => {
                format!("A quantity of {quantity} is implausible; check it.")
            }
            Reason::UnitUnclear { written, unit } => {
                format!("\"{written}\" is written, but the good is sold by \"{unit}\"; confirm the quantity.")
            }
            Reason::NotWhole { written } => {
                format!("\"{written}\" is not a whole number of units; confirm the quantity.")
            }
            Reason::UnplacedNumber { written } => format!("It is unclear what \"{written}\" means."),
            Reason::GoodTwice => "The same good is written twice; confirm the total.".into(),
            Reason::TwiceSame { other_line } => {
                format!("This dwelling wrote the same on line {other_line}: a repetition, or once more?")
            }
            Reason::TwiceDifferent { other_line } => {
                format!("This dwelling wrote something else on line {other_line}: which one holds, or both?")
            }
            Reason::Withdrawal {
                other_line: Some(line),
            } => {
                format!("This dwelling withdraws; the order on line {line} is held back. Confirm.")
            }
            Reason::Withdrawal { other_line: None } => {
                "This dwelling withdraws, but its order is not in this text; look at earlier orders.".into()
            }
            Reason::ChangeUnclear {
                other_line: Some(line),
            } => {
                format!("This changes the order on line {line}, but it is unclear how; confirm.")
            }
            Reason::ChangeUnclear { other_line: None } => {
                "This changes an order that is not in this text; confirm.".into()
            }
            Reason::Addition { other_line } => {
                format!(
                    "This dwelling already ordered on line {other_line}: is this more, or the same again?"
                )
            }
            Reason::PositionConflict { position, other_line } => format!(
                "Two households took number {position}; the newest list keeps line {other_line}. \
                 Does this one still hold?"
            ),
            Reason::Missing => {
                "This entry is in an older copy of the list but not in the newest: withdrawn, or lost?".into()
            }
            Reason::Asks => {
                "This asks, or orders on a condition; find out whether and how many are wanted.".into()
            }
            Reason::Quoted => {
                "This stands only in a quoted message and its original was not found: does it count?".into()
            }
        }
    }
}
