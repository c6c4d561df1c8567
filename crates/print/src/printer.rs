//! The public face: data in, PDF out.

use typst_layout::PagedDocument;

use crate::engine::{self, REPORT, SHEET};
use crate::{BoxLabel, Document, Fault, Fonts, Label, LabelSheet, Lang, Sign, label, report, sign};

/// So many labels are laid out together: enough to spread the cost of a start, few enough to keep memory low.
const PART_LABELS: usize = 480;

/// Turns data into PDF. Cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct Printer {
    fonts: Fonts,
    lang: Lang,
}

impl Printer {
    /// A printer that labels in Chinese.
    pub fn new(fonts: Fonts) -> Printer {
        Printer {
            fonts,
            lang: Lang::Zh,
        }
    }

    /// The same printer with the words on labels in this language. Reports carry their own.
    pub fn with_lang(self, lang: Lang) -> Printer {
        Printer { lang, ..self }
    }

    /// The fonts in use, for [`Fonts::missing`].
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Labels for bags.
    ///
    /// # Errors
    /// [`Fault::Empty`] without labels, [`Fault::NoFont`], [`Fault::QrTooLong`]; the others mean a defect.
    pub fn labels(&self, sheet: LabelSheet, labels: &[Label]) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_labels(sheet, labels)?, SHEET)
    }

    /// Labels for boxes on a roll of 100 × 70 mm.
    ///
    /// # Errors
    /// As [`Printer::labels`].
    pub fn box_labels(&self, labels: &[BoxLabel]) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_box_labels(labels)?, SHEET)
    }

    /// A report on A4.
    ///
    /// # Errors
    /// [`Fault::NoFont`]; the others mean a defect.
    pub fn document(&self, document: &Document) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_document(document)?, REPORT)
    }

    /// A sign on A4 landscape.
    ///
    /// # Errors
    /// As [`Printer::labels`].
    pub fn sign(&self, sign: &Sign) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_sign(sign)?, SHEET)
    }

    pub(crate) fn lay_out_labels(&self, sheet: LabelSheet, labels: &[Label]) -> Result<PagedDocument, Fault> {
        let page = sheet.labels_per_page();
        let parts: Vec<&[Label]> = labels.chunks(PART_LABELS.div_ceil(page) * page).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            label::labels_data(&self.fonts, refused, self.lang, sheet, part)
        })
    }

    pub(crate) fn lay_out_box_labels(&self, labels: &[BoxLabel]) -> Result<PagedDocument, Fault> {
        let parts: Vec<&[BoxLabel]> = labels.chunks(PART_LABELS).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            label::box_labels_data(&self.fonts, refused, self.lang, part)
        })
    }

    pub(crate) fn lay_out_document(&self, document: &Document) -> Result<PagedDocument, Fault> {
        engine::lay_out(
            &self.fonts,
            document.lang,
            REPORT,
            &[document],
            |refused, document| Ok(report::report_data(&self.fonts, refused, document)),
        )
    }

    pub(crate) fn lay_out_sign(&self, sign: &Sign) -> Result<PagedDocument, Fault> {
        engine::lay_out(&self.fonts, self.lang, SHEET, &[sign], |refused, sign| {
            sign::sign_data(&self.fonts, refused, sign)
        })
    }
}
