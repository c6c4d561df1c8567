//! Rows below a heading that hold no data: totals, examples, notes, headings repeated on every page.

use super::heading::{Heading, normalised};
use super::raw::{Raw, cell};
use crate::forms::Kind;
use crate::text::Text;

const TOTALS: &[&str] = &[
    "合计",
    "小计",
    "总计",
    "累计",
    "共计",
    "本页合计",
    "本页小计",
    "总数",
    "汇总",
    "total",
    "subtotal",
    "grandtotal",
    "sum",
];
const EXAMPLES: &[&str] = &[
    "示例",
    "样例",
    "范例",
    "例",
    "例如",
    "举例",
    "示范",
    "样表",
    "填写示例",
    "填表示例",
    "填写样例",
    "示例行",
    "example",
    "eg",
];
const NOTES: &[&str] = &[
    "注",
    "备注",
    "说明",
    "填表",
    "制表",
    "审核",
    "填报",
    "联系人",
    "单位盖章",
    "附注",
    "负责人",
    "复核",
    "统计人",
    "经办",
    "上报",
    "报送",
    "note",
    "source",
    "来源",
    "日期",
    "此表",
    "本表",
];
const HINTS: &[&str] = &[
    "如",
    "例如",
    "请填",
    "必填",
    "选填",
    "填写",
    "文本格式",
    "下拉选择",
];

/// Texts of the heading by column, kept to know the heading again below.
pub(super) struct Titles(Vec<(usize, String, String)>);

impl Titles {
    /// Takes the texts of the first and the last row of the heading.
    pub(super) fn new(heading: &Heading, first: &[Raw], last: &[Raw]) -> Titles {
        let fields = heading.fields.iter();
        let texts = fields.map(|field| {
            (
                field.column,
                cell(first, field.column).shown().into_owned(),
                cell(last, field.column).shown().into_owned(),
            )
        });
        Titles(texts.collect())
    }

    fn again(&self, cells: &[Raw]) -> bool {
        let (mut filled, mut same) = (0, 0);
        for (column, top, own) in &self.0 {
            if let Raw::Text(text) = cell(cells, *column) {
                filled += 1;
                same += usize::from(text == own || text == top);
            }
        }
        same >= 2 && same * 5 >= filled * 3
    }
}

/// Why a filled row holds no data; `None` when it does.
pub(super) fn no_data(heading: &Heading, titles: &Titles, cells: &[Raw]) -> Option<Text> {
    let texts = || {
        cells.iter().enumerate().filter_map(|(column, raw)| match raw {
            Raw::Text(text) if !text.trim().is_empty() => Some((column, text.as_str())),
            _ => None,
        })
    };
    let (_, written) = texts().next()?;
    let filled = cells.iter().filter(|raw| !raw.is_empty()).count();
    if is_total(heading, cells) {
        return Some(Text::new("合计行", "a total"));
    }
    if written.starts_with('#') && texts().all(|(_, text)| is_tag(text)) {
        return Some(Text::new("HXL 标签行", "the row of HXL tags"));
    }
    if titles.again(cells) {
        return Some(Text::new("重复的表头", "the heading again"));
    }
    let hints = texts().filter(|(_, text)| HINTS.iter().any(|word| text.starts_with(word)));
    if filled >= 3 && hints.count() * 2 >= filled {
        return Some(Text::new("填写说明", "hints for filling in"));
    }
    if may_begin(written) {
        let why = by_first(written, filled);
        if why.is_some() {
            return why;
        }
    }
    let known = heading
        .fields
        .iter()
        .any(|field| !cell(cells, field.column).is_empty());
    (!known).then(|| Text::new("没有表头所列的内容", "nothing under any heading"))
}

/// Whether a text may be one of the words by which [`by_first`] knows a row; most are told by their first letter.
fn may_begin(text: &str) -> bool {
    let first = text
        .chars()
        .find(|letter| !" \u{3000}（(【[*※#".contains(*letter));
    first.is_some_and(|first| {
        first.is_ascii_alphabetic()
            || first > '\u{ff00}'
            || EXAMPLES.iter().chain(NOTES).any(|word| word.starts_with(first))
            || first == '填'
    })
}

/// Examples, hints and notes below the table, by the first text of their row.
fn by_first(written: &str, filled: usize) -> Option<Text> {
    let first = normalised(written);
    if EXAMPLES.contains(&first.as_str()) || (first.starts_with("示例") && first.chars().count() <= 6) {
        return Some(Text::new("示例行", "the example"));
    }
    if ["填写说明", "填表说明", "howtofill"].contains(&first.as_str()) {
        return Some(Text::new("填写说明", "hints for filling in"));
    }
    // A footer keeps its colon or a length that no data cell of one word has.
    let sentence = written.contains(['：', ':', '。']) || written.chars().count() > 30;
    if filled <= 3 && sentence && NOTES.iter().any(|word| first.starts_with(word)) {
        return Some(Text::new("表尾说明", "a note below the table"));
    }
    None
}

/// `#affected+children`, as the humanitarian exchange language writes tags.
fn is_tag(text: &str) -> bool {
    text.trim()
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_lowercase()) && rest.is_ascii())
}

fn is_total(heading: &Heading, cells: &[Raw]) -> bool {
    cells.iter().enumerate().any(|(column, raw)| {
        let Raw::Text(text) = raw else { return false };
        // Most cells are told by their length alone.
        if text.len() > 40 {
            return false;
        }
        let last = text.trim_end().chars().next_back();
        if !last.is_some_and(|letter| "计数总:：)）lLmM户人份元笔单行".contains(letter)) {
            return false;
        }
        let text = normalised(text);
        let total = text.chars().count() <= 10
            && TOTALS.iter().any(|word| {
                text == *word
                    || (!word.is_ascii()
                        && (text.ends_with(word)
                            || (text.starts_with(word)
                                && text.chars().any(|letter| letter.is_ascii_digit()))))
            });
        if !total {
            return false;
        }
        // A note may speak of totals beside a row of data.
        let field = heading.fields.iter().find(|field| field.column == column);
        let free = field.is_some_and(
            |field| matches!(heading.form.columns[field.position].kind, Kind::Text { max } if max > 60),
        );
        let complete = heading.fields.iter().all(|field| {
            !heading.form.columns[field.position].required || !cell(cells, field.column).is_empty()
        });
        !(free && complete)
    })
}
