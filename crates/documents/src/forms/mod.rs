//! The forms of the supply office as data: which columns they have, how offices title
//! them, and what a cell may hold.
//!
//! The numbers are those of the annexed forms of a sub-district supply plan (SH-2 to SH-7).
//! That plan names the forms and their contents but prints no tables; the columns follow its wording.

mod areas;
mod cards;
mod categories;
mod choices;
mod compounds;
mod households;
mod monitoring;
mod outlets;
mod people;
pub(crate) mod sanity;
mod suppliers;
mod trade;

pub use areas::AREAS;
pub use cards::{CONTACTS, MATERIALS, PASSES, SPECIAL_LIST};
pub use categories::{CATEGORIES, category_of};
pub use choices::{
    DUTIES, DWELLING_STATES, GOOD_KINDS, OUTLET_STATES, POSTS, SITE_KINDS, SPECIAL_NEEDS, SUPPLIER_KINDS,
    VEHICLE_STATES,
};
pub use compounds::COMPOUNDS;
pub use households::HOUSEHOLDS;
pub use monitoring::{MONITORING, SUPPLY_TOTALS};
pub use outlets::{OUTLETS, SITES};
pub use people::{STAFF, VEHICLES, VOLUNTEERS};
pub use suppliers::SUPPLIERS;
pub use trade::{GOODS, ORDERS, TRANSFERS};

use crate::text::Text;

/// One register or list that offices keep as a spreadsheet.
#[derive(Debug, PartialEq)]
pub struct Form {
    /// Identifier, as used in addresses and by the database.
    pub key: &'static str,
    /// Title printed above the table.
    pub title: Text,
    /// Number of the annexed form (SH-2 to SH-7), where the form is one of them.
    pub number: Option<u8>,
    /// Columns in the order of the template.
    pub columns: &'static [Column],
    /// Other words found in titles and sheet names of this form.
    pub title_synonyms: &'static [&'static str],
}

/// One column of a form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Identifier, unit last (`load_g`, `price_fen`).
    pub key: &'static str,
    /// Heading of the template; a bracket names the unit of the template's cells.
    pub title: Text,
    /// Other headings offices write, without brackets, spaces and punctuation.
    pub synonyms: &'static [&'static str],
    /// What a cell may hold.
    pub kind: Kind,
    /// Whether an empty cell is an error.
    pub required: bool,
    /// Value of the example row in the template.
    pub example: &'static str,
    /// How to fill the column, shown under the heading of the template.
    pub hint: Text,
}

/// What a cell may hold, and the unit of the checked value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Free text of at most `max` characters.
    Text {
        /// Longest text in characters.
        max: u16,
    },
    /// Mobile or landline number, digits only (a landline keeps its hyphen).
    Phone,
    /// Number plate of a vehicle (GA 36).
    Plate,
    /// Resident identity number of 18 characters (GB 11643).
    IdNumber,
    /// Unified social credit code of 18 characters (GB 32100).
    CreditCode,
    /// GS1 company prefix of 4 to 12 digits, on which the codes of a firm's boxes stand.
    CompanyPrefix,
    /// Whole number between `min` and `max`.
    Count {
        /// Smallest number allowed.
        min: i64,
        /// Largest number allowed.
        max: i64,
    },
    /// Weight in grams.
    Weight,
    /// Volume in litres.
    Volume,
    /// Distance in metres.
    Distance,
    /// Money in fen.
    Money,
    /// Latitude in microdegrees north.
    Latitude,
    /// Longitude in microdegrees east.
    Longitude,
    /// Date, written `2026-11-21`.
    Date,
    /// Point in time, written `2026-11-21 18:00`.
    Time,
    /// From one time of day to another, written `07:00-19:00`; one that ends no later than it begins ends on the next day.
    Hours,
    /// Yes or no, 1 or 0.
    Flag,
    /// One entry of a list.
    Choice(&'static [Entry]),
    /// Several entries of a list.
    Choices(&'static [Entry]),
    /// Combined address such as 3栋2单元501; fills the columns `building`, `unit` and `room`.
    Dwelling,
    /// Contents of a pack such as 大米5公斤；食用油1.8升；鸡蛋30枚.
    Contents,
    /// Wishes of a household in free words.
    Items,
}

/// One entry of a choice list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Identifier.
    pub key: &'static str,
    /// Wording shown.
    pub title: Text,
    /// Other wordings understood.
    pub synonyms: &'static [&'static str],
}

/// One kind of goods inside a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Name as written, without its quantity.
    pub name: String,
    /// Key of [`CATEGORIES`].
    pub category: String,
    /// Weight in grams; 0 when the goods are not counted by weight and have no usual weight.
    pub weight_g: i64,
}

/// A checked cell. A county has tens of millions of them, so lists are boxed and no cell is larger than a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing written.
    Empty,
    /// Text, and everything normalised to text (phone, plate, date, choice key).
    Text(String),
    /// Number in the unit of the column; a flag is 0 or 1.
    Int(i64),
    /// Keys of the chosen entries.
    List(Box<[String]>),
    /// Contents of a pack.
    Contents(Box<[Content]>),
}

impl Cell {
    /// JSON form: null, string, number, array of strings, or array of content objects.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Cell::Empty => serde_json::Value::Null,
            Cell::Text(text) => text.as_str().into(),
            Cell::Int(number) => (*number).into(),
            Cell::List(keys) => keys.iter().map(String::as_str).collect(),
            Cell::Contents(contents) => contents
                .iter()
                .map(|content| {
                    serde_json::json!({
                        "name": content.name,
                        "category": content.category,
                        "weight_g": content.weight_g,
                    })
                })
                .collect(),
        }
    }

    /// The text, when the cell holds text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when the cell holds a number.
    pub fn int(&self) -> Option<i64> {
        match self {
            Cell::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        *self == Cell::Empty
    }
}

/// All forms, in the order pages list them.
pub static FORMS: &[&Form] = &[
    &AREAS,
    &COMPOUNDS,
    &HOUSEHOLDS,
    &SUPPLIERS,
    &OUTLETS,
    &SITES,
    &STAFF,
    &VEHICLES,
    &VOLUNTEERS,
    &GOODS,
    &ORDERS,
    &TRANSFERS,
    &MONITORING,
    &SUPPLY_TOTALS,
    &MATERIALS,
    &CONTACTS,
    &SPECIAL_LIST,
    &PASSES,
];

/// The form with this key.
pub fn form(key: &str) -> Option<&'static Form> {
    FORMS.iter().copied().find(|form| form.key == key)
}

impl Form {
    /// Position of a column in `columns` and in the cells of a row.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// The column with this key.
    pub fn column(&self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.key == key)
    }
}

impl Entry {
    pub(crate) const fn new(
        key: &'static str,
        zh: &'static str,
        en: &'static str,
        synonyms: &'static [&'static str],
    ) -> Entry {
        Entry {
            key,
            title: Text::new(zh, en),
            synonyms,
        }
    }
}

impl Column {
    /// An optional column; hint and example follow from the kind unless set.
    const fn new(
        key: &'static str,
        zh: &'static str,
        en: &'static str,
        kind: Kind,
        synonyms: &'static [&'static str],
    ) -> Column {
        Column {
            key,
            title: Text::new(zh, en),
            synonyms,
            kind,
            required: false,
            example: "",
            hint: usual_hint(&kind),
        }
    }

    const fn required(mut self) -> Column {
        self.required = true;
        self
    }

    const fn example(mut self, example: &'static str) -> Column {
        self.example = example;
        self
    }

    const fn hint(mut self, zh: &'static str, en: &'static str) -> Column {
        self.hint = Text::new(zh, en);
        self
    }
}

const fn usual_hint(kind: &Kind) -> Text {
    match kind {
        Kind::Text { .. } => Text::new("文字", "Text"),
        Kind::Phone => Text::new(
            "11位手机号，或带区号的座机",
            "Mobile number of 11 digits, or landline with area code",
        ),
        Kind::Plate => Text::new("如 渝F12345", "For example 渝F12345"),
        Kind::IdNumber => Text::new("18位身份证号，按文本填写", "18 characters, entered as text"),
        Kind::CreditCode => Text::new("18位统一社会信用代码", "18 characters"),
        Kind::CompanyPrefix => Text::new(
            "中国物品编码中心给的7至10位数字，按文本填写；没有就空着",
            "4 to 12 digits given by GS1, entered as text; empty without one",
        ),
        Kind::Count { .. } => Text::new("整数", "Whole number"),
        Kind::Weight => Text::new(
            "可写 500公斤、1.5吨、20斤",
            "A unit may be written: 500 kg, 1.5 t, 20 jin",
        ),
        Kind::Volume => Text::new("可写 6立方米、6000升", "A unit may be written: 6 m3, 6000 l"),
        Kind::Distance => Text::new("可写 800米、1.2公里", "A unit may be written: 800 m, 1.2 km"),
        Kind::Money => Text::new("元，最多两位小数", "Yuan, at most two decimals"),
        Kind::Latitude => Text::new("北纬，十进制度，如 30.807667", "Degrees north, such as 30.807667"),
        Kind::Longitude => Text::new(
            "东经，十进制度，如 108.408661",
            "Degrees east, such as 108.408661",
        ),
        Kind::Date => Text::new("如 2026-11-21", "Such as 2026-11-21"),
        Kind::Time => Text::new("如 2026-11-21 18:00", "Such as 2026-11-21 18:00"),
        Kind::Hours => Text::new("如 7:00-19:00", "Such as 7:00-19:00"),
        Kind::Flag => Text::new("是/否", "yes or no"),
        Kind::Choice(_) => Text::new("从下拉列表中选一项", "Choose one from the list"),
        Kind::Choices(_) => Text::new("可填多项，用顿号隔开", "Several allowed, separated by commas"),
        Kind::Dwelling => Text::new(
            "如 3栋2单元501",
            "Such as 3栋2单元501 (building 3, unit 2, room 501)",
        ),
        Kind::Contents => Text::new(
            "如 大米5公斤；食用油1.8升；鸡蛋30枚",
            "Such as 大米5公斤；食用油1.8升；鸡蛋30枚",
        ),
        Kind::Items => Text::new("如 A套餐2份，鸡蛋1板", "Such as A套餐2份，鸡蛋1板"),
    }
}

/// The street or township, which tells communities of the same name apart.
const STREET: Column = Column::new(
    "street",
    "街道（乡镇）",
    "Street or township",
    SHORT,
    &[
        "街道",
        "乡镇",
        "街道乡镇",
        "乡镇街道",
        "镇街",
        "街镇",
        "所属街道",
        "所属乡镇",
        "街道办",
        "镇",
        "乡镇名称",
        "街道名称",
    ],
)
.example("双河口街道");

/// Shorthand kinds used by many columns.
const SHORT: Kind = Kind::Text { max: 60 };
const LONG: Kind = Kind::Text { max: 500 };

#[cfg(test)]
mod tests;
