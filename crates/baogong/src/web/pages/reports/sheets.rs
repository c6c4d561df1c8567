//! Sheets with fixed places, such as labels and passes, as a page that the browser prints at their size.

use axum::response::Response;
use kit::{Markup, PreEscaped, Tone, html};
use print::{Document, Format};

use super::super::super::request::Web;
use super::super::super::serve::printer;
use super::{blocking, document_fault};
use crate::base::{Refusal, Result};

/// Pages that a browser shows at once; more would take it too long.
const PAGES_MAX: usize = 120;

/// The stock that a page is printed on. `web/styles/print.css` holds the size of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A4 upright.
    A4,
    /// A4 across.
    A4Landscape,
    /// A roll of 100 × 70 mm.
    Roll100x70,
    /// A roll of 100 × 150 mm.
    Roll100x150,
    /// A continuous roll 80 mm wide.
    Continuous80,
}

impl Paper {
    fn class(self) -> &'static str {
        match self {
            Self::A4 => "sheet sheet-a4",
            Self::A4Landscape => "sheet sheet-a4-landscape",
            Self::Roll100x70 => "sheet sheet-roll",
            Self::Roll100x150 => "sheet sheet-parcel",
            Self::Continuous80 => "sheet sheet-strip",
        }
    }
}

/// Refuses more pages than a browser can show.
pub fn check_number(pages: usize) -> Result<()> {
    if pages <= PAGES_MAX {
        return Ok(());
    }
    Err(Refusal::invalid(
        "format",
        format!("共{pages}页，浏览器一次最多打印{PAGES_MAX}页；请下载PDF，或选一个小区。"),
        format!(
            "These are {pages} pages, and a browser prints at most {PAGES_MAX} at once; take the PDF or choose a compound."
        ),
    )
    .into())
}

/// The pages of a notice or of cards, which the browser prints in place of what it shows; `None` where it prints what it
/// shows: a report, more pages than it can take, or no font to lay them out with.
pub async fn printed(document: &Document) -> Option<Markup> {
    if document.format == Format::Report {
        return None;
    }
    let (printer, paper) = (printer().ok()?, document.clone());
    let made = blocking(move || Ok(printer.document_pictures(&paper).map_err(document_fault)?)).await;
    let pictures = made.ok().filter(|pictures| pictures.len() <= PAGES_MAX)?;
    Some(html! { div class="print-only" aria-hidden="true" {
        // The pictures are made by the program, and the text in them is escaped there.
        @for picture in &pictures { div class=(Paper::A4.class()) { (PreEscaped(picture)) } }
    } })
}

/// The pages with a button that prints them.
pub fn page(web: &Web, title: &str, paper: Paper, pictures: &[String]) -> Response {
    let advice = web.t(
        "打印时缩放选“100%”或“实际大小”，页边距选“无”，不要页眉页脚。",
        "Print at 100 % (actual size), without margins, headers and footers.",
    );
    let body = html! {
        div class="screen-only" {
            (kit::heading(title, &format!("{} {}", pictures.len(), web.t("页", "pages")), kit::print_button(web.lang)))
            (kit::notice(Tone::Accent, web.t("按实际大小打印", "Print at actual size"), html! { p { (advice) } }))
        }
        // The pictures are made by the program, and the text in them is escaped there.
        @for picture in pictures { div class=(paper.class()) { (PreEscaped(picture)) } }
    };
    web.page(title, body)
}
