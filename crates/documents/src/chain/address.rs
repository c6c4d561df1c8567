//! The grammar of dwellings: 3栋2单元501, 3-2-501, 295-909, 西苑5-302, 2组15号, 楼栋：3 单元：2 房号：501.

use super::numerals::{chinese_value, folded_term, is_numeral};

/// Words behind a building.
const BUILDING_WORDS: [&str; 13] = [
    "号楼栋",
    "号楼",
    "#楼",
    "栋楼",
    "楼栋",
    "栋",
    "幢",
    "座",
    "组",
    "队",
    "号",
    "楼",
    "#",
];

/// Words behind a unit.
const UNIT_WORDS: [&str; 8] = ["号单元", "单元门", "单元", "号门", "门", "梯", "单", "#"];

/// Words behind a room.
const ROOM_WORDS: [&str; 6] = ["号房", "号室", "室", "房", "户", "号"];

/// Words in front of the parts of a dwelling in a form that was filled in.
const BUILDING_LABELS: [&str; 4] = ["楼栋号:", "楼栋:", "楼号:", "栋号:"];
const UNIT_LABELS: [&str; 3] = ["单元号:", "单元:", "门洞:"];
const ROOM_LABELS: [&str; 6] = ["房间号:", "房号:", "室号:", "房间:", "门牌号:", "门牌:"];

/// Last characters of the name of a court, which people leave out.
const COURT_ENDINGS: &str = "苑园区里村院庭城湾府坊";

/// A building by what people write of it: 桂花苑A座 has the court 桂花苑 and the core A.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Building {
    /// The folded name in front of the number, or empty.
    pub court: Vec<char>,
    /// The number or letter, or empty.
    pub core: String,
}

impl Building {
    /// Takes a registered building apart.
    pub fn new(registered: &str) -> Self {
        let mut text = folded_term(registered);
        while text.len() > 1
            && text
                .last()
                .is_some_and(|last| "栋幢座号楼组队社门#".contains(*last))
        {
            text.pop();
        }
        if text.first() == Some(&'第') {
            text.remove(0);
        }
        let numeral = text.iter().rev().take_while(|next| is_numeral(**next)).count();
        let latin = text
            .iter()
            .rev()
            .take_while(|next| next.is_ascii_alphanumeric())
            .count();
        let from = text.len() - numeral.max(latin);
        let core = match chinese_value(&text[from..]) {
            Some(value) => value.to_string(),
            None => without_zeros(&text[from..].iter().collect::<String>()),
        };
        Building {
            court: text[..from].to_vec(),
            core,
        }
    }

    /// The key under which it is looked up.
    pub fn key(&self) -> String {
        let court: String = self
            .court
            .iter()
            .map(|next| chinese_value(&[*next]).map_or(next.to_string(), |value| value.to_string()))
            .collect();
        court + &self.core
    }
}

/// A court as it may be written, and the key of its buildings without their number.
pub(super) struct Court {
    written: Vec<char>,
    key: String,
    /// A building of that name exists without any number.
    whole: bool,
}

/// The ways to write the courts of a compound, longest first.
pub(super) fn courts(buildings: &[Building]) -> Vec<Court> {
    let mut courts: Vec<Court> = Vec::new();
    for building in buildings.iter().filter(|building| !building.court.is_empty()) {
        let bare = Building {
            court: building.court.clone(),
            core: String::new(),
        };
        let mut forms = vec![building.court.clone(), bare.key().chars().collect()];
        if let Some((last, head)) = building.court.split_last()
            && head.len() >= 2
            && COURT_ENDINGS.contains(*last)
        {
            forms.push(head.to_vec());
        }
        for written in forms {
            let key = bare.key();
            let whole = building.core.is_empty();
            match courts
                .iter_mut()
                .find(|held| held.written == written && held.key == key)
            {
                Some(held) => held.whole |= whole,
                None => courts.push(Court { written, key, whole }),
            }
        }
    }
    courts.sort_by_key(|court| std::cmp::Reverse(court.written.len()));
    courts
}

/// One way to read a mention.
#[derive(Debug)]
pub(super) struct Parse {
    pub end: usize,
    /// The key of the building; `None` for 2单元501.
    pub building: Option<String>,
    pub unit: Option<String>,
    pub room: String,
    /// It can hardly be anything but a dwelling, registered or not.
    pub certain: bool,
    /// Its parts are set off by blanks only.
    pub spaced: bool,
}

/// What the rooms of a register look like, by which doubtful writings are judged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rooms {
    /// Rooms of one or two digits exist, as the house numbers of a village.
    pub small: bool,
    /// Rooms are written as storey and door: 12-3.
    pub storeyed: bool,
}

/// How two parts are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Word,
    Dash,
    Space,
    Nothing,
}

/// Every way to read a dwelling at `start`.
pub(super) fn parses(text: &[char], start: usize, courts: &[Court], rooms: Rooms) -> Vec<Parse> {
    let mut reader = Reader {
        text,
        rooms,
        found: Vec::new(),
    };
    if rooms.storeyed {
        reader.storeyed(None, None, start, [Joint::Nothing; 2]);
    }
    for (building, behind, open) in buildings(text, start, courts) {
        reader.behind_building(&building, behind, open);
    }
    for (unit, behind) in parts(text, start, false) {
        let word = ["号单元", "单元门", "单元"]
            .into_iter()
            .find(|word| starts_with(text, behind, word));
        if let Some(word) = word {
            let behind = behind_gap(text, behind + word.chars().count());
            reader.rooms(None, Some(&unit), behind, [Joint::Word; 2]);
        }
    }
    reader.found
}

/// The buildings that may be written at `start`: key, position behind, and whether the room may follow at once.
fn buildings(text: &[char], start: usize, courts: &[Court]) -> Vec<(String, usize, bool)> {
    let labelled = BUILDING_LABELS
        .iter()
        .find(|label| starts_with(text, start, label));
    let from = labelled.map_or(start, |label| behind_spaces(text, start + label.chars().count()));
    let letter = |from: usize| text.get(from).is_some_and(char::is_ascii_uppercase);
    let mut found: Vec<(String, usize, bool)> = parts(text, from, true)
        .into_iter()
        .map(|(core, behind)| (core, behind, letter(from) && behind == from + 1))
        .collect();
    for court in courts {
        if !text[start.min(text.len())..].starts_with(&court.written) {
            continue;
        }
        let behind = start + court.written.len();
        let core = behind_spaces(text, behind);
        let core = core + usize::from(text.get(core) == Some(&'-'));
        found.extend(parts(text, core, true).into_iter().map(|(part, behind)| {
            (
                court.key.clone() + &part,
                behind,
                letter(core) && behind == core + 1,
            )
        }));
        if court.whole {
            found.push((court.key.clone(), behind, true));
        }
    }
    found
}

struct Reader<'a> {
    text: &'a [char],
    rooms: Rooms,
    found: Vec<Parse>,
}

impl Reader<'_> {
    fn behind_building(&mut self, building: &str, behind: usize, open: bool) {
        let mut seconds: Vec<(usize, Joint)> = Vec::new();
        seconds.extend(joint(
            self.text,
            behind,
            &BUILDING_WORDS,
            &[&UNIT_LABELS, &ROOM_LABELS],
        ));
        if open {
            seconds.push((behind_spaces(self.text, behind), Joint::Nothing));
        }
        for (second, first_joint) in seconds {
            self.rooms(Some(building), None, second, [first_joint; 2]);
            if first_joint == Joint::Nothing {
                continue;
            }
            for (unit, after_unit) in parts(self.text, second, false) {
                if let Some((third, second_joint)) =
                    joint(self.text, after_unit, &UNIT_WORDS, &[&ROOM_LABELS])
                {
                    self.rooms(Some(building), Some(&unit), third, [first_joint, second_joint]);
                }
            }
        }
    }

    /// Adds the readings with a room at `start`, also behind a storey such as 5楼.
    fn rooms(&mut self, building: Option<&str>, unit: Option<&str>, start: usize, joints: [Joint; 2]) {
        if self.rooms.storeyed {
            self.storeyed(building, unit, start, joints);
        }
        let behind = behind_floor(self.text, start);
        for start in [Some(start), (behind != start).then_some(behind)]
            .into_iter()
            .flatten()
        {
            for (room, after) in parts(self.text, start, false) {
                self.room(building, unit, (start, after), room, joints);
            }
        }
    }

    /// Adds the reading with a storey and a door: 12-3, 12楼3号.
    fn storeyed(&mut self, building: Option<&str>, unit: Option<&str>, start: usize, joints: [Joint; 2]) {
        for (storey, behind) in parts(self.text, start, false) {
            let joint = self
                .text
                .get(behind)
                .is_some_and(|next| matches!(next, '-' | '楼' | '层'));
            for (door, after) in parts(self.text, behind + 1, false) {
                if joint && storey.len() <= 2 && door.len() <= 2 {
                    self.room(building, unit, (start, after), format!("{storey}-{door}"), joints);
                }
            }
        }
    }

    /// Adds the reading with this room, unless the number is a quantity such as the 10 of 5-10斤.
    fn room(
        &mut self,
        building: Option<&str>,
        unit: Option<&str>,
        (start, after): (usize, usize),
        room: String,
        joints: [Joint; 2],
    ) {
        let text = self.text;
        let mut end = after;
        let suffix = ROOM_WORDS.iter().find(|word| starts_with(text, end, word));
        // 5栋302 3号楼 cannot be meant by 302号楼, and 8号套餐 is a pack.
        if let Some(suffix) = suffix.filter(|_| {
            !["号楼", "号套", "号餐"]
                .iter()
                .any(|word| starts_with(text, end, word))
        }) {
            end += suffix.chars().count();
        }
        let digits = room.chars().filter(char::is_ascii_digit).count();
        let measured = end == after
            && text
                .get(end)
                .is_some_and(|next| super::quantity::is_unit_start(*next));
        if (measured && digits < 3) || (end == after && text.get(end).is_some_and(char::is_ascii_digit)) {
            return;
        }
        let storeyed = room.contains('-');
        if joints.contains(&Joint::Nothing)
            && !storeyed
            && digits < 3
            && building.is_none_or(|key| key.is_ascii())
        {
            return;
        }
        let worded = joints.contains(&Joint::Word);
        let spaced = joints.contains(&Joint::Space);
        let sized = (digits >= 3 && !storeyed)
            || (storeyed && joints.contains(&Joint::Word))
            || (worded && end > after)
            || (self.rooms.small && joints == [Joint::Dash; 2]);
        let decimal = unit.is_none() && start > 0 && text[start - 1] == '.';
        let certain = sized
            && !decimal
            && !measured
            && !joints.contains(&Joint::Nothing)
            && (!spaced || worded)
            && building.is_some();
        self.found.push(Parse {
            end,
            building: building.map(str::to_string),
            unit: unit.map(str::to_string),
            room,
            certain,
            spaced: spaced && !worded,
        });
    }
}

/// The comparable form of a unit or room: 二单元, ２ and 02 are all `2`.
pub(super) fn normal(part: &str) -> String {
    let folded = folded_term(part);
    let kept: Vec<char> = folded
        .iter()
        .copied()
        .filter(|character| !"栋幢座号楼单元室房户门梯第#".contains(*character))
        .collect();
    if let Some(value) = chinese_value(&kept) {
        return value.to_string();
    }
    let kept = if kept.is_empty() { folded } else { kept };
    without_zeros(&kept.into_iter().collect::<String>())
}

fn without_zeros(text: &str) -> String {
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() && !text.is_empty() {
        "0".into()
    } else {
        trimmed.into()
    }
}

/// The readings of one number at `start`, each with the position behind it. Buildings may be letters,
/// rooms may end with one.
fn parts(text: &[char], start: usize, building: bool) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let Some(first) = text.get(start) else {
        return found;
    };
    if first.is_ascii_digit() {
        let length = text[start..]
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .count();
        if length <= 4 {
            let digits: String = text[start..start + length].iter().collect();
            let end = start + length;
            if text.get(end).is_some_and(char::is_ascii_uppercase) {
                found.push((without_zeros(&format!("{digits}{}", text[end])), end + 1));
            }
            found.push((without_zeros(&digits), end));
        }
    } else if is_numeral(*first) && *first != '两' {
        let length = text[start..]
            .iter()
            .take(7)
            .take_while(|next| is_numeral(**next) && **next != '两')
            .count();
        for end in (start + 1..=start + length).rev() {
            if let Some(value) = chinese_value(&text[start..end]) {
                found.push((value.to_string(), end));
            }
        }
    } else if building && (first.is_ascii_uppercase() || "甲乙丙丁东西南北".contains(*first)) {
        found.push((first.to_string(), start + 1));
        let length = text[start + 1..]
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .count();
        if (1..=2).contains(&length) {
            let digits: String = text[start + 1..start + 1 + length].iter().collect();
            found.push((format!("{first}{digits}"), start + 1 + length));
        }
    }
    found
}

/// What joins a part to the next one, and where that begins.
fn joint(text: &[char], start: usize, words: &[&str], labels: &[&[&str]]) -> Option<(usize, Joint)> {
    let from = behind_spaces(text, start);
    if let Some(word) = words.iter().find(|word| starts_with(text, from, word)) {
        return Some((behind_gap(text, from + word.chars().count()), Joint::Word));
    }
    let label = behind_gap(text, start);
    let labelled = labels
        .iter()
        .flat_map(|labels| labels.iter())
        .find(|word| starts_with(text, label, word));
    if let Some(word) = labelled {
        return Some((behind_spaces(text, label + word.chars().count()), Joint::Word));
    }
    let dashes = text[from.min(text.len())..]
        .iter()
        .take_while(|next| matches!(next, '-' | '/' | '.' | '_'))
        .count();
    match dashes {
        1 | 2 => Some((behind_spaces(text, from + dashes), Joint::Dash)),
        0 if from > start => Some((from, Joint::Space)),
        _ => None,
    }
}

fn behind_spaces(text: &[char], start: usize) -> usize {
    let spaces = text[start.min(text.len())..]
        .iter()
        .take_while(|next| **next == ' ')
        .count();
    start + spaces.min(2)
}

/// Behind the blanks, the dash or the comma that may follow a word: 3栋-501, 3栋，2单元，501, 3栋（2单元）501.
fn behind_gap(text: &[char], start: usize) -> usize {
    let gap = text[start.min(text.len())..]
        .iter()
        .take(2)
        .take_while(|next| matches!(next, ' ' | '-' | ',' | ':' | '(' | ')'))
        .count();
    start + gap
}

/// Skips a storey such as 5楼 or 五层, which says nothing beyond the room.
fn behind_floor(text: &[char], start: usize) -> usize {
    let storey = parts(text, start, false)
        .into_iter()
        .find(|(_, end)| matches!(text.get(*end), Some('楼' | '层')));
    storey.map_or(start, |(_, end)| {
        let end = end + 1;
        end + usize::from(text.get(end) == Some(&' '))
    })
}

/// A building without a room, such as the 3栋 of 3栋王姐 and the 2组 of 2组李老四: its key, its unit, and the
/// position behind it.
pub(super) fn building_at(
    text: &[char],
    start: usize,
    courts: &[Court],
) -> Option<(String, Option<String>, usize)> {
    buildings(text, start, courts)
        .into_iter()
        .find_map(|(building, end, _)| {
            let word = ["号楼", "#楼", "栋", "幢", "座", "组", "队"]
                .iter()
                .find(|word| starts_with(text, end, word))?;
            let behind = end + word.chars().count();
            let unit = parts(text, behind_gap(text, behind), false)
                .into_iter()
                .find_map(|(unit, end)| starts_with(text, end, "单元").then_some((unit, end + 2)));
            Some(match unit {
                Some((unit, end)) => (building, Some(unit), end),
                None => (building, None, behind),
            })
        })
}

/// Whether the word stands at this position.
pub(super) fn starts_with(text: &[char], start: usize, word: &str) -> bool {
    let mut position = start;
    word.chars().all(|character| {
        position += 1;
        text.get(position - 1) == Some(&character)
    })
}
