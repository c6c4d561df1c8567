//! Dwelling addresses inside a compound, in the many ways neighbours write them.

use super::{Problem, chinese_number, compact, parted};

/// Building, unit and room of one dwelling, normalised; building and unit may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Dwelling {
    /// Building, such as `3` or `A`; empty when the compound has one building.
    pub building: String,
    /// Unit (entrance), such as `2`; empty when the building has one.
    pub unit: String,
    /// Room, such as `501`.
    pub room: String,
}

impl std::fmt::Display for Dwelling {
    /// Writes 3栋2单元501.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.building.is_empty() {
            write!(formatter, "{}栋", self.building)?;
        }
        if !self.unit.is_empty() {
            write!(formatter, "{}单元", self.unit)?;
        }
        write!(formatter, "{}", self.room)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Zone,
    Building,
    Unit,
    /// 楼, which names a building or a floor.
    Storey,
    Floor,
    Room,
    Number,
    Open,
}

/// Words after a value, longer ones first.
const MARKS: &[(&str, Role)] = &[
    ("号楼栋", Role::Building),
    ("号楼", Role::Building),
    ("#楼", Role::Building),
    ("号栋", Role::Building),
    ("楼栋", Role::Building),
    ("栋楼", Role::Building),
    ("栋", Role::Building),
    ("幢", Role::Building),
    ("座", Role::Building),
    ("#", Role::Building),
    ("号单元", Role::Unit),
    ("单元门", Role::Unit),
    ("单元", Role::Unit),
    ("号门", Role::Unit),
    ("门洞", Role::Unit),
    ("门栋", Role::Unit),
    ("门", Role::Unit),
    ("梯", Role::Unit),
    ("层", Role::Floor),
    ("楼", Role::Storey),
    ("F", Role::Floor),
    ("号房", Role::Room),
    ("房间", Role::Room),
    ("室", Role::Room),
    ("房", Role::Room),
    ("户", Role::Room),
    ("号", Role::Number),
    ("区", Role::Zone),
    ("期", Role::Zone),
    ("组", Role::Zone),
];

struct Part {
    value: String,
    role: Role,
    mark: &'static str,
}

fn is_numeral(letter: char) -> bool {
    "零〇一二两三四五六七八九十百".contains(letter)
}

/// Splits `3栋2单元501` into values with the words after them; `None` when something else is written.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut rest = text;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let alphabetic: usize = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let numeral: usize = rest
            .chars()
            .take_while(|letter| is_numeral(*letter))
            .map(char::len_utf8)
            .sum();
        let cycle: usize = rest
            .chars()
            .take_while(|letter| "甲乙丙丁东西南北中".contains(*letter))
            .map(char::len_utf8)
            .sum();
        let length = alphabetic.max(numeral).max(cycle);
        if length == 0 {
            return None;
        }
        let (written, after) = rest.split_at(length);
        // The F of a floor (5F501) sits inside the run of letters and digits.
        let floor = written.find('F').filter(|at| {
            *at > 0 && written[..*at].bytes().all(|byte| byte.is_ascii_digit()) && *at + 1 < written.len()
        });
        let (written, after) = floor.map_or((written, after), |at| rest.split_at(at));
        let value = if numeral > 0 {
            chinese_number(written)?.to_string()
        } else {
            written.to_string()
        };
        let (mark, role) = MARKS
            .iter()
            .find(|(mark, _)| after.starts_with(mark))
            .map_or(("", Role::Open), |(mark, role)| (*mark, *role));
        let after = &after[mark.len()..];
        parts.push(Part { value, role, mark });
        rest = after.trim_start_matches(['-', '/', '_', '.', '~', ',', '、']);
        if parts.len() > 6 {
            return None;
        }
    }
    (!parts.is_empty()).then_some(parts)
}

fn without_zeros(value: &str) -> String {
    let short = value.trim_start_matches('0');
    if short.is_empty() {
        value.to_string()
    } else {
        short.to_string()
    }
}

/// Room on a floor: 5楼1号 is room 501, 5楼501 is room 501.
fn on_floor(floor: &str, room: &str) -> Option<String> {
    if room.len() <= 2 && room.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("{floor}{room:0>2}"));
    }
    room.starts_with(floor).then(|| room.to_string())
}

/// Reads 3栋2单元501, 3-2-501, 295-909, 3#501, 3号楼501室, 三栋501, 3幢二单元５０１室,
/// 3栋2单元5楼501 and the like.
///
/// Two bare values are building and room, three are building, unit and room.
pub fn dwelling(text: &str) -> Result<Dwelling, Problem> {
    let wrong = || {
        Problem::new(
            "看不出楼栋、单元、房号；请写成 3栋2单元501 或 3-2-501",
            "building, unit and room cannot be told; write 3栋2单元501 or 3-2-501",
        )
    };
    let folded = parted(text, '-', char::is_ascii_alphanumeric).to_uppercase();
    if folded.len() > 60 {
        return Err(wrong());
    }
    let mut parts = parts(&folded).ok_or_else(wrong)?;
    let mut zone = String::new();
    while parts.first().is_some_and(|part| part.role == Role::Zone) {
        let part = parts.remove(0);
        zone.push_str(&part.value);
        zone.push_str(part.mark);
    }
    let last = parts.len().checked_sub(1).ok_or_else(wrong)?;
    let has_building = parts.iter().any(|part| part.role == Role::Building);
    let mut found = Dwelling::default();
    let mut floor = String::new();
    let mut open = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let role = match part.role {
            Role::Number if index == last => Role::Room,
            Role::Number if index == 0 && !has_building => Role::Building,
            Role::Storey if index == 0 && !has_building && index < last => {
                // 5楼501 may mean building 5 or the fifth floor; 3楼501 can only mean a building.
                if parts[last].value.starts_with(&part.value) {
                    return Err(Problem::new(
                        format!("“{0}楼”是楼栋还是楼层分不清；楼栋请写 {0}栋", part.value),
                        format!(
                            "“{0}楼” may be a building or a floor; write {0}栋 for a building",
                            part.value
                        ),
                    ));
                }
                Role::Building
            }
            Role::Storey => Role::Floor,
            role => role,
        };
        let slot = match role {
            Role::Building => &mut found.building,
            Role::Unit => &mut found.unit,
            Role::Floor => &mut floor,
            Role::Room => &mut found.room,
            Role::Open => {
                open.push(part.value.clone());
                continue;
            }
            _ => return Err(wrong()),
        };
        if !slot.is_empty() {
            return Err(wrong());
        }
        slot.clone_from(&part.value);
    }
    if found.room.is_empty() {
        found.room = open.pop().ok_or_else(wrong)?;
    }
    // Four bare values carry the floor before the room: 3-2-5-501.
    if open.len() == 3 && floor.is_empty() {
        floor = open.pop().unwrap_or_default();
    }
    let mut open = open.into_iter();
    for slot in [&mut found.building, &mut found.unit] {
        if slot.is_empty() {
            slot.clone_from(&open.next().unwrap_or_default());
        }
    }
    if open.next().is_some() {
        return Err(wrong());
    }
    if !floor.is_empty() {
        found.room = on_floor(&floor, &found.room).ok_or_else(|| {
            Problem::new(
                format!("楼层 {floor} 与房号 {} 对不上，请核对", found.room),
                format!("floor {floor} and room {} do not fit together", found.room),
            )
        })?;
    }
    found.building = zone + &without_zeros(&found.building);
    found.unit = without_zeros(&found.unit);
    if found.building.len() > 20 || found.unit.len() > 20 || found.room.len() > 20 {
        return Err(wrong());
    }
    Ok(found)
}

/// The name before an address and the dwelling, as in 幸福苑3栋2单元501; the dwelling needs a building or unit,
/// because 张伟501 may be anything.
pub fn address(text: &str) -> Option<(String, Dwelling)> {
    let folded = parted(text, '-', char::is_ascii_alphanumeric);
    let numeral = |letter: char| letter.is_ascii_alphanumeric() || is_numeral(letter);
    // 三峡花园 begins with a numeral, so every place where a number may begin is tried.
    let starts = folded
        .char_indices()
        .skip(2)
        .filter(|(_, letter)| numeral(*letter));
    for (at, _) in starts.take(12) {
        let (name, rest) = folded.split_at(at);
        if let Ok(found) = dwelling(rest)
            && !(found.building.is_empty() && found.unit.is_empty())
        {
            let name = name.trim_end_matches(['-', ',', '，', ':', '：', '、', '/']);
            let short = (2..=30).contains(&name.chars().count());
            return short.then(|| (name.to_string(), found));
        }
    }
    None
}

/// A value in a column of its own, without the words that its heading already says.
fn alone(text: &str, roles: &[Role]) -> String {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_string();
    }
    let folded = compact(text).to_uppercase();
    let folded = folded.strip_suffix(".0").unwrap_or(&folded);
    match parts(folded).as_deref() {
        Some([part]) if part.role == Role::Open || roles.contains(&part.role) => part.value.clone(),
        Some([zone, part])
            if zone.role == Role::Zone && (part.role == Role::Open || roles.contains(&part.role)) =>
        {
            format!("{}{}{}", zone.value, zone.mark, without_zeros(&part.value))
        }
        _ => folded.to_string(),
    }
}

/// Building in a column of its own: 3栋, 3号楼, 三栋 and 03 are `3`; other names stay.
pub fn building(text: &str) -> String {
    without_zeros(&alone(text, &[Role::Building, Role::Storey, Role::Number]))
}

/// Unit in a column of its own: 二单元 and 2单元 are `2`; 无 and / are empty.
pub fn unit(text: &str) -> String {
    match without_zeros(&alone(text, &[Role::Unit, Role::Number])).as_str() {
        "无" | "/" | "-" | "0" => String::new(),
        unit => unit.to_string(),
    }
}

/// Room in a column of its own: 501室 is `501`.
pub fn room(text: &str) -> String {
    alone(text, &[Role::Room, Role::Number])
}
