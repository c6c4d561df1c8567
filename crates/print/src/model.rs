//! What can be printed, as plain data. Dates and names come as finished text.

use serde::Serialize;

use crate::Datum;

/// Language of the words that this crate adds itself (units, page numbers, "of").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// The label on one bag of one household (DX-3, FC-4).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Label {
    /// Name of the compound.
    pub compound: String,
    /// Building, unit and room, e.g. `3栋2单元501`: the largest text on the label.
    pub dwelling: String,
    /// Telephone number with the middle masked.
    pub phone_masked: String,
    /// Goods in the whole order: name and number of pieces.
    pub lines: Vec<(String, u32)>,
    /// Amount as text, e.g. `36.50 元`.
    pub amount: String,
    /// How it is paid, e.g. `已付`, `货到付款`, `代购垫付`.
    pub paid: String,
    /// Number of this bag, from 1.
    pub bag: u32,
    /// Bags in the order.
    pub bags: u32,
    /// Short code that a person can read out and type.
    pub code: String,
    /// Payload of the QR code; empty for none.
    pub qr: String,
    /// Words to stand out, such as `冷藏`, `易碎`, `药品`.
    pub icons: Vec<String>,
    /// A remark of the household or the packer.
    pub note: String,
}

/// The label on a box that holds the bags of several households.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BoxLabel {
    /// Name of the compound: the largest text on the label.
    pub compound: String,
    /// Drop point inside the compound.
    pub point: String,
    /// Buildings whose bags are inside, e.g. `1–6栋`.
    pub range: String,
    /// Bags inside.
    pub bags: u32,
    /// Number of this box, from 1.
    pub box_number: u32,
    /// Boxes of the delivery.
    pub boxes: u32,
    /// Name of the supplier.
    pub supplier: String,
    /// Trip or vehicle.
    pub trip: String,
    /// Short code that a person can read out and type.
    pub code: String,
    /// Payload of the QR code; empty for none.
    pub qr: String,
    /// Serial shipping container code (SSCC) of 18 digits, see [`crate::sscc`]; empty where the supplier has none.
    pub sscc: String,
}

/// What a pass looks like and where it is carried or hung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PassForm {
    /// A4 landscape behind the windscreen of a vehicle: the number plate is read from outside (SH-9, YO-2).
    Vehicle,
    /// A7 card of a person with room for a photo, eight to an A4 sheet with lines to cut along (SH-9).
    Card,
    /// A4 portrait to hang up in a place of business (SH-9).
    Permit,
}

/// A pass, staff certificate or permit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pass {
    /// What this is, e.g. `保供车辆通行证`.
    pub title: String,
    /// Number of the document.
    pub number: String,
    /// Number plate, person or place: the largest text.
    pub name: String,
    /// What a checkpoint needs to know, as pairs of name and value: driver, route, goods, post.
    pub fields: Vec<(String, String)>,
    /// From when until when it holds.
    pub valid: String,
    /// How it is to be used.
    pub terms: String,
    /// The office that issues and seals it.
    pub issuer: String,
    /// Day of issue.
    pub issued: String,
    /// Signed payload of the QR code; empty for none.
    pub qr: String,
}

/// A sign for a drop point or storage point, to be read from across the yard (DX-3).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sign {
    /// What this is, e.g. `物资投放点`.
    pub title: String,
    /// Where it is or which buildings it serves: the largest text.
    pub place: String,
    /// Further lines, such as hours and telephone numbers.
    pub lines: Vec<String>,
    /// Payload of the QR code; empty for none.
    pub qr: String,
    /// Small line at the foot.
    pub footer: String,
}

/// The paper of a [`Document`], and how large it is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Format {
    /// A4 with the usual size of text, over as many pages as it takes.
    #[default]
    Report,
    /// A4 to be read standing at a door: set as large as fits on one page.
    Notice,
    /// A6, four to an A4 sheet with lines to cut along, each set as large as fits. A single card is printed four
    /// times.
    Cards,
}

/// A report, a notice or cards.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Document {
    /// Title, centred.
    pub title: String,
    /// Line below the title; may be empty.
    pub subtitle: String,
    /// Pairs of name and value below the title: unit, time, author.
    pub meta: Vec<(String, String)>,
    /// The content, from top to bottom.
    pub blocks: Vec<Block>,
    /// Paper and size of the text.
    pub format: Format,
    /// Landscape instead of portrait.
    pub landscape: bool,
    /// Text at the foot of every page, beside the page number.
    pub footer: String,
    /// Language of the words that are added.
    pub lang: Lang,
}

/// One part of a report.
#[derive(Clone, Debug, Serialize)]
pub enum Block {
    /// Heading of a section.
    Heading(String),
    /// Whom a notice addresses, above its text.
    Address(String),
    /// Running text; line feeds part paragraphs.
    Paragraph(String),
    /// Key figures as tiles.
    Figures(Vec<Figure>),
    /// A table.
    Table(Table),
    /// Horizontal bars. A negative value is drawn as an open bar of its size.
    Bars {
        /// What is compared.
        title: String,
        /// Unit of the values.
        unit: String,
        /// Name and value of each bar.
        rows: Vec<(String, i64)>,
    },
    /// Lines over time.
    Lines(Lines),
    /// Facts in two columns: name and value.
    Facts(Vec<(String, String)>),
    /// A QR code with words below it; an empty payload leaves only the words.
    Code {
        /// What the code holds.
        payload: String,
        /// What it is for.
        caption: String,
    },
    /// Who issued the document and when, at its end on the right.
    Closing(Vec<String>),
    /// Names of those who sign, each followed by a line to sign on.
    Signatures(Vec<String>),
    /// What follows starts on a new page.
    PageBreak,
}

/// A line chart.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lines {
    /// What is shown.
    pub title: String,
    /// Unit of the values.
    pub unit: String,
    /// Names of the points along the axis, such as days.
    pub points: Vec<String>,
    /// Name of each line and its value at each point; where it has none the line is broken.
    pub series: Vec<(String, Vec<Option<i64>>)>,
}

impl Lines {
    /// The same values as a table, for a page, a spreadsheet or a reader who cannot see the chart.
    pub fn table(&self) -> Table {
        let column = |title: &str, align| TableColumn {
            title: title.to_string(),
            align,
            weight: 1,
            ..TableColumn::default()
        };
        let mut columns = vec![column("", Align::Left)];
        columns.extend(self.series.iter().map(|(name, _)| column(name, Align::Right)));
        let row = |(index, point): (usize, &String)| {
            let mut cells = vec![Datum::Text(point.clone())];
            cells.extend(self.series.iter().map(|(_, values)| {
                values
                    .get(index)
                    .copied()
                    .flatten()
                    .map_or(Datum::Blank, Datum::Count)
            }));
            cells
        };
        Table {
            columns,
            rows: self.points.iter().enumerate().map(row).collect(),
            ..Table::default()
        }
    }
}

/// One key figure.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// The value as text.
    pub value: String,
    /// Unit of the value; may be empty.
    pub unit: String,
    /// How the value is to be taken.
    pub tone: Tone,
}

/// How a figure is to be taken. Printed as a word, since cheap printers have no colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Needs attention.
    Warn,
    /// Needs action now.
    Bad,
}

/// A table. Rows may be shorter than the columns; missing cells stay empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// Columns from left to right.
    pub columns: Vec<TableColumn>,
    /// Rows from top to bottom.
    pub rows: Vec<Vec<Datum>>,
    /// Last row in bold.
    pub total: Option<Vec<Datum>>,
    /// Shown instead of rows when there are none.
    pub empty: String,
}

/// One column of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableColumn {
    /// Heading. If it names the unit, the cells below leave it out.
    pub title: String,
    /// Where text stands in the cells. Numbers stand right unless this is `Center`.
    pub align: Align,
    /// Width relative to the other columns; 0 counts as 1.
    pub weight: u16,
    /// On paper the column is no column: its value stands as a line above the rows that share it, again on every page
    /// that they go on to. Rows with the same value must follow each other.
    pub section: bool,
}

/// Where text stands in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// At the right edge.
    Right,
    /// In the middle.
    Center,
}
