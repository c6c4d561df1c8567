//! Quantities with units: weight, volume, distance, money, counts and coordinates.

use super::number::{MICRO, NUMBER_MAX, split_range};
use super::{Problem, compact, figure, number_micro, split_number};

/// Unit of a quantity, as found in a cell or in a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 克
    Gram,
    /// 两, 50 g
    Liang,
    /// 斤, 500 g
    Jin,
    /// 公斤
    Kilogram,
    /// 吨
    Tonne,
    /// 毫升
    Millilitre,
    /// 升
    Litre,
    /// 立方米
    CubicMetre,
    /// 米
    Metre,
    /// 公里
    Kilometre,
    /// 里, 500 m
    Li,
    /// 分
    Fen,
    /// 角
    Jiao,
    /// 元
    Yuan,
    /// 万元
    TenThousandYuan,
    /// 万 of whatever is counted
    TenThousand,
    /// 万斤
    TenThousandJin,
    /// 万公斤
    TenThousandKilogram,
    /// 万吨
    TenThousandTonne,
}

/// Words of units, longer ones first where one begins another.
const WORDS: &[(&str, Unit)] = &[
    ("万公斤", Unit::TenThousandKilogram),
    ("万千克", Unit::TenThousandKilogram),
    ("万斤", Unit::TenThousandJin),
    ("万吨", Unit::TenThousandTonne),
    ("千克", Unit::Kilogram),
    ("公斤", Unit::Kilogram),
    ("kg", Unit::Kilogram),
    ("市斤", Unit::Jin),
    ("斤", Unit::Jin),
    ("jin", Unit::Jin),
    ("两", Unit::Liang),
    ("公吨", Unit::Tonne),
    ("吨", Unit::Tonne),
    ("ton", Unit::Tonne),
    ("毫升", Unit::Millilitre),
    ("ml", Unit::Millilitre),
    ("立方米", Unit::CubicMetre),
    ("立方", Unit::CubicMetre),
    ("m³", Unit::CubicMetre),
    ("m3", Unit::CubicMetre),
    ("方", Unit::CubicMetre),
    ("公升", Unit::Litre),
    ("升", Unit::Litre),
    ("千米", Unit::Kilometre),
    ("公里", Unit::Kilometre),
    ("km", Unit::Kilometre),
    ("华里", Unit::Li),
    ("里", Unit::Li),
    ("米", Unit::Metre),
    ("克", Unit::Gram),
    ("万元", Unit::TenThousandYuan),
    ("元", Unit::Yuan),
    ("块", Unit::Yuan),
    ("yuan", Unit::Yuan),
    ("角", Unit::Jiao),
    ("毛", Unit::Jiao),
    ("分", Unit::Fen),
    ("万", Unit::TenThousand),
    ("g", Unit::Gram),
    ("t", Unit::Tonne),
    ("l", Unit::Litre),
    ("m", Unit::Metre),
];

/// Splits a leading unit from folded text without spaces.
fn split_unit(text: &str) -> Option<(Unit, &str)> {
    let lower = text.to_lowercase();
    WORDS.iter().find_map(|(word, unit)| {
        let fits = lower.starts_with(word)
            && (!word.is_ascii()
                || !lower[word.len()..].starts_with(|letter: char| letter.is_ascii_alphabetic()));
        // Lower-casing may change lengths of unusual letters; then the unit is not one of ours.
        fits.then(|| text.get(word.len()..))
            .flatten()
            .map(|rest| (*unit, rest))
    })
}

/// The unit a heading names, as in 日销量（公斤） or 载重/吨.
///
/// Compound units such as 公斤/天 count by their first part.
pub fn heading_unit(heading: &str) -> Option<Unit> {
    let folded = compact(heading);
    let mut parts = folded.split(['(', ')', '[', ']', '【', '】', '/', ':', '、', ',', '|']);
    parts.next();
    parts.find_map(|part| {
        let part = part.strip_prefix("单位").unwrap_or(part);
        match split_unit(part) {
            Some((Unit::TenThousand, _)) => Some(Unit::TenThousand),
            Some((unit, "")) => Some(unit),
            _ => None,
        }
    })
}

/// The unit that stands alone, as in a row of units below a heading: 公斤, (吨), 单位:元.
pub fn unit_word(text: &str) -> Option<Unit> {
    let folded = compact(text);
    let folded = folded.trim_matches(['(', ')', '[', ']', '【', '】']);
    let folded = folded
        .strip_prefix("单位")
        .unwrap_or(folded)
        .trim_start_matches(':');
    match split_unit(folded) {
        Some((unit, "")) => Some(unit),
        Some((unit, rest)) if rest.starts_with('/') => Some(unit),
        _ => None,
    }
}

/// Text after a number without words of doubt and without a bracket that explains it.
fn closed(rest: &str) -> &str {
    let rest = rest
        .split_once('(')
        .filter(|(_, inside)| inside.ends_with(')'))
        .map_or(rest, |(before, _)| before);
    ["左右", "上下", "以上", "以内", "多", "余"]
        .iter()
        .find_map(|word| rest.strip_suffix(word))
        .unwrap_or(rest)
}

/// Number and unit of a whole cell; 3斤半 counts the half, a range counts with its upper end.
fn measured(text: &str) -> Option<(i128, Option<Unit>)> {
    let folded = figure(text);
    if let Some((_, high, rest)) = split_range(&folded) {
        let (unit, rest) = split_unit(rest).map_or((None, rest), |(unit, rest)| (Some(unit), rest));
        return closed(rest).is_empty().then_some((high, unit));
    }
    let (mut value, rest) = split_number(&folded)?;
    let (unit, rest) = split_unit(rest).map_or((None, rest), |(unit, rest)| (Some(unit), rest));
    match closed(rest) {
        "" | "整" | "/天" | "/日" => {}
        "半" if unit.is_some() => value += MICRO / 2,
        _ => return None,
    }
    Some((value, unit))
}

fn scaled(value: i128, factor: i128, divisor: i128) -> Option<i64> {
    let divisor = divisor * MICRO;
    let product = value.checked_mul(factor)?;
    let rounded = (product + product.signum() * divisor / 2) / divisor;
    i64::try_from(rounded)
        .ok()
        .filter(|_| rounded.abs() <= NUMBER_MAX)
}

/// Grams in one unit of weight; `None` for other units.
fn unit_g(unit: Unit) -> Option<i128> {
    Some(match unit {
        Unit::Gram => 1,
        Unit::Liang => 50,
        Unit::Jin => 500,
        Unit::Kilogram => 1_000,
        Unit::Tonne => 1_000_000,
        Unit::TenThousandJin => 5_000_000,
        Unit::TenThousandKilogram => 10_000_000,
        Unit::TenThousandTonne => 10_000_000_000,
        _ => return None,
    })
}

/// Weight in grams. A unit in the cell goes before the unit of the heading; without both
/// the number counts kilograms.
pub fn weight_g(text: &str, heading: Option<Unit>) -> Result<i64, Problem> {
    let wrong = || {
        Problem::new(
            "应为重量，如 500公斤、1.5吨、20斤",
            "should be a weight, such as 500 kg, 1.5 t or 20 jin",
        )
    };
    let Some((value, unit)) = measured(text) else {
        return super::packed::packed_weight_g(text).ok_or_else(|| counted(text).unwrap_or_else(wrong));
    };
    let factor = unit_g(unit.or(heading).unwrap_or(Unit::Kilogram)).ok_or_else(wrong)?;
    if value < 0 {
        return Err(Problem::new("重量不能为负数", "a weight cannot be negative"));
    }
    scaled(value, factor, 1).ok_or_else(wrong)
}

/// 20箱 without the weight of a box.
fn counted(text: &str) -> Option<Problem> {
    let folded = figure(text);
    let (_, rest) = split_number(&folded)?;
    super::packed::PACKAGES.contains(&rest).then(|| {
        Problem::new(
            format!("没有写每{rest}多重；请写成 {folded}×10斤 这样的形式"),
            format!("the weight of one {rest} is missing; write {folded}×10斤 or the weight in kilograms"),
        )
    })
}

/// Weight in grams of a leading number with its unit, and the text after them; `None` when the
/// text does not begin with a weight or a volume. Volumes count with `litre_g` grams a litre.
pub fn weight_with_unit_g(text: &str, litre_g: i64) -> Option<(i64, &str)> {
    let (mut value, rest) = split_number(text)?;
    let (unit, mut rest) = split_unit(rest)?;
    if let Some(after) = rest.strip_prefix('半') {
        value += MICRO / 2;
        rest = after;
    }
    let weight = match unit {
        Unit::Litre => scaled(value, i128::from(litre_g), 1),
        Unit::Millilitre => scaled(value, i128::from(litre_g), 1_000),
        _ => scaled(value, unit_g(unit)?, 1),
    };
    weight.filter(|weight| *weight >= 0).map(|weight| (weight, rest))
}

/// Volume in litres; without any unit the number counts cubic metres.
pub fn volume_l(text: &str, heading: Option<Unit>) -> Result<i64, Problem> {
    let wrong = || {
        Problem::new(
            "应为容积，如 14立方米、6000升",
            "should be a volume, such as 14 m3 or 6000 l",
        )
    };
    let (value, unit) = measured(text).ok_or_else(wrong)?;
    if value < 0 {
        return Err(Problem::new("容积不能为负数", "a volume cannot be negative"));
    }
    match unit.or(heading).unwrap_or(Unit::CubicMetre) {
        Unit::Millilitre => scaled(value, 1, 1_000),
        Unit::Litre => scaled(value, 1, 1),
        Unit::CubicMetre => scaled(value, 1_000, 1),
        _ => None,
    }
    .ok_or_else(wrong)
}

/// Distance in metres; without any unit the number counts metres.
pub fn distance_m(text: &str, heading: Option<Unit>) -> Result<i64, Problem> {
    let wrong = || {
        Problem::new(
            "应为距离，如 800米、1.2公里",
            "should be a distance, such as 800 m or 1.2 km",
        )
    };
    let (value, unit) = measured(text).ok_or_else(wrong)?;
    if value < 0 {
        return Err(Problem::new("距离不能为负数", "a distance cannot be negative"));
    }
    match unit.or(heading).unwrap_or(Unit::Metre) {
        Unit::Metre => scaled(value, 1, 1),
        Unit::Li => scaled(value, 500, 1),
        Unit::Kilometre => scaled(value, 1_000, 1),
        _ => None,
    }
    .ok_or_else(wrong)
}

/// Money in fen; without any unit the number counts yuan. Parts of a fen are refused.
pub fn money_fen(text: &str, heading: Option<Unit>) -> Result<i64, Problem> {
    let wrong = || {
        Problem::new(
            "应为金额（元），如 88 或 88.50",
            "should be an amount in yuan, such as 88 or 88.50",
        )
    };
    let folded = figure(text)
        .replace(['¥', '$'], "")
        .replace("人民币", "")
        .replace("RMB", "");
    let folded = folded
        .split_once('/')
        .map_or(folded.as_str(), |(amount, _)| amount);
    let (mut value, rest) = split_number(folded).ok_or_else(wrong)?;
    let (unit, rest) = split_unit(rest).map_or((None, rest), |(unit, rest)| (Some(unit), rest));
    if unit == Some(Unit::Yuan) && !rest.is_empty() && rest != "整" {
        // 88元5角, 88块5
        let (part, end) = split_number(rest).ok_or_else(wrong)?;
        value += match end {
            "" | "角" | "毛" => part / 10,
            "分" => part / 100,
            _ => return Err(wrong()),
        };
    } else if !matches!(rest, "" | "整") {
        return Err(wrong());
    }
    let factor = match unit.or(heading).unwrap_or(Unit::Yuan) {
        Unit::Fen => 1,
        Unit::Jiao => 10,
        Unit::Yuan => 100,
        Unit::TenThousandYuan | Unit::TenThousand => 1_000_000,
        _ => return Err(wrong()),
    };
    if value < 0 {
        return Err(Problem::new("金额不能为负数", "an amount cannot be negative"));
    }
    let fen = value.checked_mul(factor).ok_or_else(wrong)?;
    // Sums computed by a spreadsheet carry a tail such as 88.30000000000001.
    if fen % MICRO > 100 && MICRO - fen % MICRO > 100 {
        return Err(Problem::new(
            "金额最多两位小数",
            "at most two decimals are allowed",
        ));
    }
    scaled(value, factor, 1).ok_or_else(wrong)
}

const COUNTERS: &[&str] = &[
    "人",
    "户",
    "个",
    "名",
    "位",
    "栋",
    "幢",
    "座",
    "单元",
    "辆",
    "台",
    "份",
    "套",
    "家",
    "处",
    "间",
    "袋",
    "箱",
    "件",
    "盒",
    "口",
    "次",
    "瓶",
    "桶",
    "根",
    "提",
    "板",
    "枚",
    "张",
    "天",
    "日",
    "支",
    "只",
    "把",
    "单",
    "名老人",
    "口人",
    "平方米",
    "平方",
    "平米",
    "㎡",
    "m2",
    "m²",
];

/// Whole number, with or without a counter (12人, 约30户, 十二); may be negative.
pub fn count(text: &str, heading: Option<Unit>) -> Result<i64, Problem> {
    let wrong = || Problem::new("应为整数，如 12", "should be a whole number, such as 12");
    let folded = figure(text);
    let (value, rest) = match split_range(&folded) {
        Some((_, high, rest)) => (high, rest),
        None => split_number(&folded).ok_or_else(wrong)?,
    };
    let rest = closed(rest);
    if !rest.is_empty() && !COUNTERS.contains(&rest) {
        return Err(wrong());
    }
    let value = if heading == Some(Unit::TenThousand) {
        value * 10_000
    } else {
        value
    };
    if value % MICRO != 0 {
        return Err(Problem::new(
            "应为整数，不能有小数",
            "should be a whole number without decimals",
        ));
    }
    i64::try_from(value / MICRO).map_err(|_| wrong())
}

/// Angle in microdegrees: decimal degrees, or degrees, minutes and seconds (30°48'27.6").
///
/// The range is not checked here, so that exchanged latitudes and longitudes can be told apart.
pub fn microdegrees(text: &str) -> Result<i64, Problem> {
    let wrong = || {
        Problem::new(
            "应为十进制经纬度，如 30.807667",
            "should be decimal degrees, such as 30.807667",
        )
    };
    let mut folded = compact(text);
    for word in ["北纬", "东经", "N", "E", "n", "e"] {
        folded = folded.replace(word, "");
    }
    let folded = folded
        .replace(['′', '’', '‘', '分'], "'")
        .replace(['″', '”', '“', '秒'], "\"")
        .replace(['度', 'º'], "°");
    let Some((degrees, rest)) = folded.split_once('°').filter(|(_, rest)| !rest.is_empty()) else {
        return i64::try_from(number_micro(folded.trim_end_matches('°'))?).map_err(|_| wrong());
    };
    let (minutes, seconds) = rest.split_once('\'').ok_or_else(wrong)?;
    let seconds = seconds.trim_end_matches(['"', '\'']);
    let part = |text: &str| number_micro(text).map_err(|_| wrong());
    let mut angle = part(degrees)? * 3_600 + part(minutes)? * 60;
    if !seconds.is_empty() {
        angle += part(seconds)?;
    }
    i64::try_from((angle + 1_800) / 3_600).map_err(|_| wrong())
}
