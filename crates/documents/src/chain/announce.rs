//! Text to copy back to the chat group: the announcement, the list, reminders and calls.

use super::quantity::sale_unit;

/// A good or pack as it is announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The letter by which people order it.
    pub letter: Option<char>,
    /// Its name.
    pub name: String,
    /// What is in it, such as 土豆3斤、白菜2斤; empty for a single good.
    pub contents: String,
    /// The price of one unit in fen; zero is announced as free of charge.
    pub price_fen: i64,
    /// The unit in which it is sold.
    pub unit: String,
    /// At most so many per household.
    pub limit_per_household: Option<u32>,
}

/// The opening of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement<'a> {
    /// The compound.
    pub compound: &'a str,
    /// The title of the round, such as 第3轮蔬菜包.
    pub title: &'a str,
    /// What can be ordered.
    pub offers: &'a [Offer],
    /// Until when, in words: 今天18:00.
    pub cut_off: &'a str,
    /// When the goods come, in words: 明天下午; may be empty.
    pub delivery: &'a str,
    /// A dwelling to show the form, such as 3栋2单元501.
    pub example_dwelling: &'a str,
    /// The page on which the round can be ordered without the chat.
    pub link: Option<&'a str>,
}

/// One order of a list that is posted for checking. No name and no phone: the group sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedOrder {
    /// The dwelling as posted, such as 3-2-501.
    pub dwelling: String,
    /// Name of the good, quantity and unit.
    pub items: Vec<(String, u32, String)>,
}

/// A household that has not paid yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpaid {
    /// The dwelling as posted.
    pub dwelling: String,
    /// The amount due in fen.
    pub amount_fen: i64,
}

/// The call to fetch the goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupCall<'a> {
    /// Where the goods lie, such as 小区南门投放点.
    pub place: &'a str,
    /// From when to when, in words: 15:00—15:30.
    pub slot: &'a str,
    /// Whose turn it is, such as 3栋2单元.
    pub turn: &'a str,
    /// The dwellings that have goods to fetch.
    pub dwellings: &'a [String],
}

/// An amount of money for reading: 3000 fen are `30元`, 3050 are `30.50元`.
fn money(amount_fen: i64, zh: bool) -> String {
    let sign = if amount_fen < 0 { "-" } else { "" };
    let (whole, cents) = (amount_fen.unsigned_abs() / 100, amount_fen.unsigned_abs() % 100);
    let amount = if cents == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{cents:02}")
    };
    if zh {
        format!("{amount}元")
    } else {
        format!("¥{amount}")
    }
}

/// One line of the announcement for an offer.
fn offer_line(offer: &Offer, zh: bool) -> String {
    let letter = offer.letter.map_or(String::new(), |letter| format!("{letter}. "));
    let price = match (offer.price_fen, zh) {
        (0, true) => "免费".to_string(),
        (0, false) => "free".to_string(),
        (fen, _) => format!("{}/{}", money(fen, zh), offer.unit),
    };
    let contents = match (offer.contents.is_empty(), zh) {
        (true, _) => String::new(),
        (false, true) => format!("（{}）", offer.contents),
        (false, false) => format!(" ({})", offer.contents),
    };
    let limit = match (offer.limit_per_household, zh) {
        (None, _) => String::new(),
        (Some(limit), true) => format!("，每户限{limit}{}", offer.unit),
        (Some(limit), false) => format!(", at most {limit} per household"),
    };
    format!("{letter}{}{contents} {price}{limit}", offer.name)
}

/// The announcement that opens a round in the chat. Pasted back into [`super::parse`] it yields no order
/// and no question.
pub fn announcement(announcement: &Announcement<'_>, zh: bool) -> String {
    let Announcement {
        compound,
        title,
        offers,
        cut_off,
        delivery,
        example_dwelling,
        link,
    } = announcement;
    let mut lines = vec!["#接龙".to_string(), format!("{compound} {title}")];
    lines.extend(offers.iter().map(|offer| offer_line(offer, zh)));
    let order = match offers {
        [] => String::new(),
        [only] if only.letter.is_none() => format!("2{}", only.unit),
        [first] => format!("{}2{}", label(first), first.unit),
        [first, second, ..] => format!(
            "{}2{} {}1{}",
            label(first),
            first.unit,
            label(second),
            second.unit
        ),
    };
    if zh {
        lines.push(format!("{cut_off}截单，请各位邻居写清房号和数量。"));
        if !delivery.is_empty() {
            lines.push(format!("预计{delivery}送达，到了会在群里叫号。"));
        }
        if let Some(link) = link {
            lines.push(format!("不方便接龙的，点链接也能下单：{link}"));
        }
        lines.push(format!("例 {example_dwelling} {order}"));
    } else {
        lines.push(format!(
            "Orders close 截单: {cut_off}. Please write your dwelling and quantities."
        ));
        if !delivery.is_empty() {
            lines.push(format!(
                "Expected delivery 送达: {delivery}. You will be called by building."
            ));
        }
        if let Some(link) = link {
            lines.push(format!("Or order by link, no 接龙 needed: {link}"));
        }
        lines.push(format!("Example: {example_dwelling} {order}"));
    }
    lines.join("\n")
}

fn label(offer: &Offer) -> String {
    offer.letter.map_or_else(|| offer.name.clone(), String::from)
}

/// The numbered list of the orders taken, for everyone to check. It is again a chain message that
/// [`super::parse`] reads into the same orders.
pub fn numbered_list(title: &str, orders: &[ListedOrder]) -> String {
    let mut lines = vec!["#接龙".to_string(), title.to_string(), String::new()];
    for (index, order) in orders.iter().enumerate() {
        let items: Vec<String> = order
            .items
            .iter()
            .map(|(name, quantity, unit)| {
                let unit = sale_unit(unit);
                format!("{name} {quantity}{unit}")
            })
            .collect();
        lines.push(format!("{}. {} {}", index + 1, order.dwelling, items.join("，")));
    }
    lines.join("\n")
}

/// The reminder to those who have not paid, with dwelling and amount only. `deadline` is in words.
pub fn unpaid_reminder(title: &str, unpaid: &[Unpaid], deadline: &str, zh: bool) -> String {
    let total_fen = unpaid.iter().map(|household| household.amount_fen).sum();
    let total = money(total_fen, zh);
    let mut lines = Vec::with_capacity(unpaid.len() + 3);
    if zh {
        lines.push(format!("【{title}】还有{}户没付款，合计{total}：", unpaid.len()));
    } else {
        lines.push(format!(
            "[{title}] {} households have not paid yet, {total} in all:",
            unpaid.len()
        ));
    }
    for household in unpaid {
        lines.push(format!(
            "{} {}",
            household.dwelling,
            money(household.amount_fen, zh)
        ));
    }
    if zh {
        lines.push(format!(
            "请在{deadline}前付清，转账备注房号；过了时间没付的，这一轮就不送了。"
        ));
        lines.push("已经付了的，请把付款截图私发给我核对。不会手机付款的，打我电话，先替您垫上。".into());
    } else {
        lines.push(format!(
            "Please pay before {deadline} and give your dwelling as the reference."
        ));
        lines.push(
            "Unpaid orders are not delivered this round. If you have paid, send me the receipt.".into(),
        );
        lines.push("If you cannot pay by phone, call me and I will advance the money.".into());
    }
    lines.join("\n")
}

/// The call to fetch goods, building by building, two metres apart (FC-8).
pub fn pickup_call(call: &PickupCall<'_>, zh: bool) -> String {
    let PickupCall {
        place,
        slot,
        turn,
        dwellings,
    } = call;
    let count = dwellings.len();
    if zh {
        let list = dwellings.join("、");
        [
            format!("【取货】{turn}的邻居，请在{slot}到{place}取货，共{count}户："),
            list,
            "戴好口罩，前后隔开2米，报房号取货，当面点清。还没叫到的请在家等。".into(),
            "老人和行动不便的不用下楼，回个话，志愿者送到门口。".into(),
        ]
        .join("\n")
    } else {
        let list = dwellings.join(", ");
        [
            format!("[Pick-up] {turn}: please come to {place} during {slot}; {count} households:"),
            list,
            "Wear a mask, keep 2 m apart, say your dwelling and check your goods on the spot.".into(),
            "If you have not been called yet, please wait at home.".into(),
            "Older or less mobile neighbours: reply here and a volunteer brings it to your door.".into(),
        ]
        .join("\n")
    }
}
