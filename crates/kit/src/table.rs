//! Tables, and finding the way in long ones.

use maud::{Markup, html};

use crate::{Icon, Lang, Tone, icon};

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading, which on a phone stands before every value. Empty for a column of buttons.
    pub title: String,
    /// Whether it holds numbers, which are set right with digits of equal width.
    pub number: bool,
}

impl Column {
    /// A column of words.
    pub fn text(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            number: false,
        }
    }

    /// A column of numbers.
    pub fn number(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            number: true,
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub struct TableRow {
    /// One cell per column. The first one names the row.
    pub cells: Vec<Markup>,
    /// A tint for rows that need attention; a cell must say so in words too, for example with a badge.
    pub tone: Tone,
    /// Where the row leads. The first cell becomes the link and must then hold no link or control of its own.
    pub href: Option<String>,
}

impl TableRow {
    /// A plain row.
    pub fn new(cells: Vec<Markup>) -> Self {
        Self {
            cells,
            ..Self::default()
        }
    }

    /// The same row with a tint.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The same row leading somewhere.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// A table; on a phone every row is a card. The caption is for screen readers, so a heading should stand
/// above. Without rows `empty` is shown instead.
pub fn table(caption: &str, columns: &[Column], rows: Vec<TableRow>, empty: Markup) -> Markup {
    if rows.is_empty() {
        return empty;
    }
    html! {
        div class="table-box" {
            table class="table" {
                caption class="hidden-text" { (caption) }
                thead {
                    tr {
                        @for column in columns {
                            th scope="col" class=[cell_class(column)] { (column.title) }
                        }
                    }
                }
                tbody { @for row in &rows { (table_row(columns, row)) } }
            }
        }
    }
}

fn table_row(columns: &[Column], row: &TableRow) -> Markup {
    html! {
        tr class=[(row.tone != Tone::Plain).then_some(row.tone.class())] data-href=[row.href.as_deref()] {
            @for (place, cell) in row.cells.iter().enumerate() {
                @let column = columns.get(place);
                td class=[column.and_then(cell_class)]
                    data-label=[column.map(|column| column.title.as_str())] {
                    // On a phone the cell stands beside its label, and there it must be one thing.
                    @if !cell.0.is_empty() {
                        div class="cell" {
                            @match &row.href {
                                Some(href) if place == 0 => a class="row-link" href=(href) { (cell) },
                                _ => (cell),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Numbers are set right; so are the buttons of a column without a title.
fn cell_class(column: &Column) -> Option<&'static str> {
    if column.number {
        Some("number")
    } else {
        column.title.is_empty().then_some("deeds")
    }
}

/// A region in which Enter goes on to the input of the next row, and Shift+Enter back. A row whose inputs
/// belong to a [`row_form`](crate::row_form) is saved on the way; one form around all rows is sent by Enter
/// in the last row.
pub fn advance(body: Markup) -> Markup {
    html! { div data-advance { (body) } }
}

/// Which part of a long list is shown, and the way to its other parts. Pages count from 1; `page=<number>` is
/// appended to `base_href`, which must end with `?` or `&`.
pub fn pager(lang: Lang, base_href: &str, page: i64, per_page: i64, total: i64) -> Markup {
    let per_page = per_page.max(1);
    let total = total.max(0);
    let last = total.saturating_add(per_page - 1) / per_page;
    let page = page.clamp(1, last.max(1));
    let first_row = (page - 1).saturating_mul(per_page) + 1;
    let last_row = page.saturating_mul(per_page).min(total);
    let text = if total == 0 {
        lang.t("共 0 条", "0 rows").to_owned()
    } else if last <= 1 {
        match lang {
            Lang::Zh => format!("共 {total} 条"),
            Lang::En if total == 1 => "1 row".to_owned(),
            Lang::En => format!("{total} rows"),
        }
    } else {
        match lang {
            Lang::Zh => format!("第 {first_row}–{last_row} 条，共 {total} 条"),
            Lang::En => format!("{first_row}–{last_row} of {total} rows"),
        }
    };
    html! {
        nav class="pager" aria-label=(lang.t("翻页", "Pages")) {
            span class="number" { (text) }
            @if last > 1 {
                span class="pager-links" {
                    (pager_link(base_href, page - 1, page > 1, "prev",
                        html! { (icon(Icon::Back)) (lang.t("上一页", "Previous")) }))
                    (pager_link(base_href, page + 1, page < last, "next",
                        html! { (lang.t("下一页", "Next")) (icon(Icon::Next)) }))
                }
            }
        }
    }
}

fn pager_link(base_href: &str, page: i64, open: bool, rel: &str, words: Markup) -> Markup {
    html! {
        @if open {
            a class="button" rel=(rel) href={ (base_href) "page=" (page) } { (words) }
        } @else {
            span class="button" aria-disabled="true" { (words) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_carry_labels_numbers_and_link() {
        let columns = [Column::text("小区"), Column::number("户数")];
        let row = TableRow::new(vec![html! { "锦绣花园" }, html! { "412" }])
            .tone(Tone::Bad)
            .href("/compounds/1?a=1&b=2");
        let text = table("小区", &columns, vec![row], html! {}).into_string();
        assert!(
            text.contains(r#"<tr class="tone-bad" data-href="/compounds/1?a=1&amp;b=2">"#),
            "{text}"
        );
        assert!(text.contains(r#"<a class="row-link" href="/compounds/1?a=1&amp;b=2">锦绣花园</a>"#));
        assert!(text.contains(r#"<td class="number" data-label="户数"><div class="cell">412</div></td>"#));
        assert_eq!(text.matches("row-link").count(), 1);
    }

    #[test]
    fn a_table_without_rows_shows_why() {
        assert_eq!(
            table("x", &[], vec![], html! { "还没有订单" }).into_string(),
            "还没有订单"
        );
    }

    #[test]
    fn pager_shows_where_we_are() {
        let text = pager(Lang::Zh, "/orders?q=a&", 2, 20, 45).into_string();
        assert!(text.contains("第 21–40 条，共 45 条"));
        assert!(text.contains(r#"rel="prev" href="/orders?q=a&amp;page=1""#));
        assert!(text.contains(r#"rel="next" href="/orders?q=a&amp;page=3""#));
        let end = pager(Lang::En, "/orders?", 3, 20, 45).into_string();
        assert!(end.contains("41–45 of 45 rows") && !end.contains("rel=\"next\""));
        assert!(
            !pager(Lang::Zh, "/orders?", 1, 20, 20)
                .into_string()
                .contains("href")
        );
    }

    proptest! {
        #[test]
        fn pager_takes_any_numbers(page: i64, per_page: i64, total: i64) {
            let text = pager(Lang::En, "/?", page, per_page, total).into_string();
            prop_assert!(text.contains("row"));
        }
    }
}
