//! The public face: data in, PDF or pictures for a browser out.

use std::collections::BTreeSet;

use typst_layout::PagedDocument;

use crate::engine::{self, CARDS, REPORT, SHEET};
use crate::sheet::Sheets;
use crate::{
    Block, BoxLabel, BoxSheet, Document, Fault, Fonts, Format, Label, LabelSheet, Lang, Pass, PassForm, Sign,
    boxes, label, pass, report, sign, svg,
};

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

    /// Labels for boxes.
    ///
    /// # Errors
    /// As [`Printer::labels`], and [`Fault::BarCode`].
    pub fn box_labels(&self, sheet: BoxSheet, labels: &[BoxLabel]) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_box_labels(sheet, labels)?, SHEET)
    }

    /// Passes of one form.
    ///
    /// # Errors
    /// As [`Printer::labels`].
    pub fn passes(&self, form: PassForm, passes: &[Pass]) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_passes(form, passes)?, SHEET)
    }

    /// A report, a notice or cards.
    ///
    /// # Errors
    /// [`Fault::NoFont`], [`Fault::QrTooLong`]; the others mean a defect.
    pub fn document(&self, document: &Document) -> Result<Vec<u8>, Fault> {
        let template = match document.format {
            Format::Report | Format::Notice => REPORT,
            Format::Cards => CARDS,
        };
        engine::pdf(&self.lay_out_document(document)?, template)
    }

    /// Signs on A4 landscape, one to a sheet.
    ///
    /// # Errors
    /// As [`Printer::labels`].
    pub fn signs(&self, signs: &[Sign]) -> Result<Vec<u8>, Fault> {
        engine::pdf(&self.lay_out_signs(signs)?, SHEET)
    }

    /// The pages of [`Printer::labels`] as pictures for a browser to show and print at their size: every line stands
    /// where it stands in the PDF and is as wide, whatever fonts the browser has.
    ///
    /// # Errors
    /// [`Fault::QrTooLong`].
    pub fn label_pictures(&self, sheet: LabelSheet, labels: &[Label]) -> Result<Vec<String>, Fault> {
        label::label_sheets(&self.fonts, &BTreeSet::new(), self.lang, sheet, labels).map(svg::pictures)
    }

    /// The pages of [`Printer::box_labels`] as pictures, see [`Printer::label_pictures`].
    ///
    /// # Errors
    /// [`Fault::QrTooLong`], [`Fault::BarCode`].
    pub fn box_label_pictures(&self, sheet: BoxSheet, labels: &[BoxLabel]) -> Result<Vec<String>, Fault> {
        boxes::box_label_sheets(&self.fonts, &BTreeSet::new(), self.lang, sheet, labels).map(svg::pictures)
    }

    /// The pages of [`Printer::document`] as pictures, see [`Printer::label_pictures`].
    ///
    /// # Errors
    /// As [`Printer::document`].
    pub fn document_pictures(&self, document: &Document) -> Result<Vec<String>, Fault> {
        Ok(svg::page_pictures(&self.lay_out_document(document)?))
    }

    /// The pages of [`Printer::passes`] as pictures, see [`Printer::label_pictures`].
    ///
    /// # Errors
    /// [`Fault::QrTooLong`].
    pub fn pass_pictures(&self, form: PassForm, passes: &[Pass]) -> Result<Vec<String>, Fault> {
        pass::pass_sheets(&self.fonts, &BTreeSet::new(), self.lang, form, passes).map(svg::pictures)
    }

    /// The pages of [`Printer::signs`] as pictures, see [`Printer::label_pictures`].
    ///
    /// # Errors
    /// [`Fault::QrTooLong`].
    pub fn sign_pictures(&self, signs: &[Sign]) -> Result<Vec<String>, Fault> {
        sign::sign_sheets(&self.fonts, &BTreeSet::new(), signs).map(svg::pictures)
    }

    pub(crate) fn lay_out_labels(&self, sheet: LabelSheet, labels: &[Label]) -> Result<PagedDocument, Fault> {
        let page = sheet.labels_per_page();
        let parts: Vec<&[Label]> = labels.chunks(PART_LABELS.div_ceil(page) * page).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            label::label_sheets(&self.fonts, refused, self.lang, sheet, part).map(Sheets::into_dict)
        })
    }

    pub(crate) fn lay_out_box_labels(
        &self,
        sheet: BoxSheet,
        labels: &[BoxLabel],
    ) -> Result<PagedDocument, Fault> {
        let parts: Vec<&[BoxLabel]> = labels.chunks(PART_LABELS).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            boxes::box_label_sheets(&self.fonts, refused, self.lang, sheet, part).map(Sheets::into_dict)
        })
    }

    pub(crate) fn lay_out_passes(&self, form: PassForm, passes: &[Pass]) -> Result<PagedDocument, Fault> {
        let parts: Vec<&[Pass]> = passes.chunks(PART_LABELS).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            pass::pass_sheets(&self.fonts, refused, self.lang, form, part).map(Sheets::into_dict)
        })
    }

    pub(crate) fn lay_out_document(&self, document: &Document) -> Result<PagedDocument, Fault> {
        let breaks = document
            .blocks
            .iter()
            .filter(|block| matches!(block, Block::PageBreak));
        let pages_wanted = 1 + breaks.count();
        let (largest_pt, smaller_pt) = match report::sizes_pt(document.format) {
            [largest_pt, smaller_pt @ ..] => (*largest_pt, smaller_pt),
            [] => return Err(Fault::Empty),
        };
        let mut pages = self.lay_out_text(document, largest_pt)?;
        for size_pt in smaller_pt {
            if pages.pages().len() <= pages_wanted {
                break;
            }
            pages = self.lay_out_text(document, *size_pt)?;
        }
        Ok(match document.format {
            Format::Report | Format::Notice => pages,
            Format::Cards => engine::impose(pages, 2, 2),
        })
    }

    fn lay_out_text(&self, document: &Document, size_pt: f64) -> Result<PagedDocument, Fault> {
        engine::lay_out(
            &self.fonts,
            document.lang,
            REPORT,
            &[document],
            |refused, document| report::report_data(&self.fonts, refused, document, size_pt),
        )
    }

    pub(crate) fn lay_out_signs(&self, signs: &[Sign]) -> Result<PagedDocument, Fault> {
        let parts: Vec<&[Sign]> = signs.chunks(PART_LABELS).collect();
        engine::lay_out(&self.fonts, self.lang, SHEET, &parts, |refused, part| {
            sign::sign_sheets(&self.fonts, refused, part).map(Sheets::into_dict)
        })
    }
}
