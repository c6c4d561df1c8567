//! Runs Typst: a template and data in, pages or PDF out. Nothing else in the crate calls the compiler.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue, Smart, dict};
use typst::layout::{Abs, Frame, FrameItem, Point, Size};
use typst::syntax::{FileId, RootedPath, Source, Span, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::visualize::{Color, FixedStroke, Geometry};
use typst::{Library, LibraryExt, World, comemo};
use typst_layout::{Page, PagedDocument};
use typst_pdf::PdfOptions;

use crate::{Fault, Fonts, Lang};

/// Stack of a thread that lays out and writes. Runs of 60,000 labels, six times the target, were written with it.
#[cfg(target_pointer_width = "64")]
const STACK_BYTES: usize = 1 << 29;
#[cfg(not(target_pointer_width = "64"))]
const STACK_BYTES: usize = 1 << 25;
/// More threads than these would reserve much and gain little: the last step, writing the file, uses one.
const THREADS_MAX: usize = 8;
/// How often a job is laid out again after characters without glyph were replaced.
const ATTEMPTS_MAX: usize = 3;

/// A template that is built into the program.
#[derive(Clone, Copy)]
pub struct Template {
    /// Name in messages.
    pub name: &'static str,
    /// Typst source.
    pub text: &'static str,
    /// Whether the PDF carries the structure for screen readers. It costs time and size.
    pub tagged: bool,
}

/// Labels, box labels and signs.
pub const SHEET: Template = Template {
    name: "sheet.typ",
    text: include_str!("../templates/sheet.typ"),
    tagged: false,
};
/// Reports and notices.
pub const REPORT: Template = Template {
    name: "report.typ",
    text: include_str!("../templates/report.typ"),
    tagged: true,
};
/// Cards: they are put on a sheet several times, where a structure for screen readers would say all that often.
pub const CARDS: Template = Template {
    tagged: false,
    ..REPORT
};

/// Lays out one part after the other, on all processors; `build` gives the data of a part, and is asked again with
/// the characters that turned out to have no glyph. The pages of all parts make one document.
///
/// # Errors
/// [`Fault::Empty`] without parts, what `build` reports, [`Fault::NoFont`], [`Fault::Template`], or
/// [`Fault::Glyphs`] if replacing does not help.
pub fn lay_out<Part: Sync>(
    fonts: &Fonts,
    lang: Lang,
    template: Template,
    parts: &[Part],
    build: impl Fn(&BTreeSet<char>, &Part) -> Result<Dict, Fault> + Sync,
) -> Result<PagedDocument, Fault> {
    if fonts.is_empty() {
        return Err(Fault::NoFont);
    }
    let lay_out_part = |part: &Part| {
        let document = lay_out_part(fonts, lang, template, |refused| build(refused, part));
        // What the compiler remembers of a part helps no other part, and takes ten times the room of its pages.
        comemo::evict(0);
        document
    };
    let documents = roomy_pool()?.install(|| {
        parts
            .par_iter()
            .map(lay_out_part)
            .collect::<Result<Vec<PagedDocument>, Fault>>()
    })?;
    let mut documents = documents.into_iter();
    let mut first = documents.next().ok_or(Fault::Empty)?;
    if documents.len() == 0 {
        return Ok(first);
    }
    let info = first.info_mut().clone();
    let mut pages: EcoVec<Page> = first.pages().iter().cloned().collect();
    drop(first);
    for document in documents {
        pages.extend(document.pages().iter().cloned());
    }
    Ok(PagedDocument::new(pages, info))
}

/// Puts pages side by side on sheets, in rows, with thin lines to cut along. Fewer pages than fit on one sheet are
/// repeated until it is full.
pub fn impose(mut document: PagedDocument, columns: usize, rows: usize) -> PagedDocument {
    let per_sheet = columns * rows;
    let Some(first) = document.pages().first().cloned() else {
        return document;
    };
    let size = first.frame.size();
    let sheet_size = Size::new(size.x * columns as f64, size.y * rows as f64);
    let copies = (per_sheet / document.pages().len()).max(1);
    let frames: Vec<Frame> = document
        .pages()
        .iter()
        .flat_map(|page| std::iter::repeat_n(without_tags(&page.frame), copies))
        .collect();
    let line = |to: Point| {
        let stroke = FixedStroke::from_pair(Color::BLACK, Abs::pt(0.25));
        FrameItem::Shape(Geometry::Line(to).stroked(stroke), Span::detached())
    };
    let sheets: EcoVec<Page> = frames
        .chunks(per_sheet)
        .enumerate()
        .map(|(number, cards)| {
            let mut frame = Frame::hard(sheet_size);
            for (index, card) in cards.iter().enumerate() {
                let (column, row) = ((index % columns) as f64, (index / columns) as f64);
                frame.push_frame(Point::new(size.x * column, size.y * row), card.clone());
            }
            for column in 1..columns {
                frame.push(
                    Point::with_x(size.x * column as f64),
                    line(Point::with_y(sheet_size.y)),
                );
            }
            for row in 1..rows {
                frame.push(
                    Point::with_y(size.y * row as f64),
                    line(Point::with_x(sheet_size.x)),
                );
            }
            Page {
                frame,
                number: number as u64 + 1,
                ..first.clone()
            }
        })
        .collect();
    let info = document.info_mut().clone();
    PagedDocument::new(sheets, info)
}

/// The frame without the marks of its structure, which must not be there twice.
fn without_tags(frame: &Frame) -> Frame {
    let mut frame = frame.clone();
    frame.retain(|item| {
        if let FrameItem::Group(group) = item {
            group.frame = without_tags(&group.frame);
        }
        !matches!(item, FrameItem::Tag(_) | FrameItem::Link(..))
    });
    frame
}

fn lay_out_part(
    fonts: &Fonts,
    lang: Lang,
    template: Template,
    build: impl Fn(&BTreeSet<char>) -> Result<Dict, Fault>,
) -> Result<PagedDocument, Fault> {
    let mut refused = BTreeSet::new();
    for _ in 0..ATTEMPTS_MAX {
        let document = compile(fonts, lang, template, build(&refused)?)?;
        let found = characters_without_glyph(&document);
        if found.is_empty() {
            return Ok(document);
        }
        if found.is_subset(&refused) {
            return Err(Fault::Glyphs(found.iter().collect()));
        }
        refused.extend(found);
    }
    Err(Fault::Glyphs(refused.iter().collect()))
}

/// Threads with much room on their stacks. The PDF writer runs the jobs of other pictures while it waits for one,
/// one inside the other, and overflows a common stack at some thousand QR codes. The room is only reserved; memory
/// is taken as it is used.
fn roomy_pool() -> Result<ThreadPool, Fault> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(THREADS_MAX));
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("print-{index}"))
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| Fault::Threads(error.to_string()))
}

/// Writes the pages as PDF, and forgets what the compiler remembers of them: names and telephone numbers have no
/// business in a cache.
///
/// # Errors
/// [`Fault::Template`] if the pages cannot be written.
pub fn pdf(document: &PagedDocument, template: Template) -> Result<Vec<u8>, Fault> {
    let options = PdfOptions {
        creator: Smart::Custom(Some("Baogong".to_string())),
        tagged: template.tagged,
        ..PdfOptions::default()
    };
    let bytes = roomy_pool()?
        .install(|| typst_pdf::pdf(document, &options).map_err(|errors| template_fault(template, &errors)));
    comemo::evict(0);
    bytes
}

/// The letters that the template needs besides its data.
fn with_language(mut data: Dict, fonts: &Fonts, lang: Lang) -> Dict {
    let families: typst::foundations::Array = fonts
        .families()
        .iter()
        .map(|family| family.as_str().into_value())
        .collect();
    let (language, region) = match lang {
        Lang::Zh => ("zh", "cn"),
        Lang::En => ("en", "us"),
    };
    data.insert("families".into(), families.into_value());
    data.insert("lang".into(), language.into_value());
    data.insert("region".into(), region.into_value());
    data
}

fn compile(fonts: &Fonts, lang: Lang, template: Template, data: Dict) -> Result<PagedDocument, Fault> {
    let path = VirtualPath::new(template.name).map_err(|_| Fault::Template(template.name.to_string()))?;
    let id = RootedPath::new(VirtualRoot::Project, path).intern();
    let inputs = dict! { "data" => with_language(data, fonts, lang) };
    let desk = Desk {
        library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        fonts: fonts.clone(),
        source: Source::new(id, template.text.to_string()),
    };
    typst::compile::<PagedDocument>(&desk)
        .output
        .map_err(|errors| template_fault(template, &errors))
}

fn template_fault(template: Template, errors: &[SourceDiagnostic]) -> Fault {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    Fault::Template(format!("{}: {}", template.name, messages.join("; ")))
}

fn characters_without_glyph(document: &PagedDocument) -> BTreeSet<char> {
    let mut found = BTreeSet::new();
    for page in document.pages() {
        collect_without_glyph(&page.frame, &mut found);
    }
    found
}

fn collect_without_glyph(frame: &Frame, found: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_without_glyph(&group.frame, found),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    let cluster = text.text.get(glyph.range()).unwrap_or_default();
                    found.extend(cluster.chars().filter(|character| !character.is_whitespace()));
                }
            }
            _ => {}
        }
    }
}

/// The world as one job sees it: its fonts, its data and its template; no files, no network, no clock.
struct Desk {
    library: LazyHash<Library>,
    fonts: Fonts,
    source: Source,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() {
            Ok(self.source.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.face(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
