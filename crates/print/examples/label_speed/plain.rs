//! The same labels as anybody would write them in Typst: one document, a grid of boxes, text flowing as it likes, cut
//! where it does not fit. It is what the layout of this crate is measured against.

use fast_qr::{ECL, QRBuilder};
use print::Label;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Array, Bytes, Datetime, Dict, Duration, IntoValue, Value, dict};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

const TEXT: &str = r#"
#set page("a4", margin: (x: 0pt, y: 0.5mm))
#set text(font: "Noto Sans CJK SC", lang: "zh", region: "cn", size: 7.5pt)
#grid(columns: (70mm,) * 3, rows: 37mm, ..sys.inputs.labels.map(label => box(
  width: 70mm, height: 37mm, inset: 4mm, clip: true,
  {
    grid(columns: (1fr, 16mm), column-gutter: 2mm, {
      text(size: 8.5pt, weight: 700, label.compound)
      linebreak()
      text(size: 17pt, weight: 700, label.dwelling)
      linebreak()
      [#label.phone #h(1fr) *#label.bag*]
      linebreak()
      text(weight: 700, label.paid)
    }, {
      image(label.pixels, format: (encoding: "luma8", width: label.side, height: label.side), width: 16mm)
      align(center, text(weight: 700, label.code))
    })
    line(length: 100%, stroke: 0.3pt)
    label.goods
    linebreak()
    strong(label.note)
  },
)))
"#;

struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    source: Source,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, _: FileId) -> FileResult<Source> {
        Ok(self.source.clone())
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The font files as the package fonts-noto-cjk installs them.
pub fn fonts() -> std::io::Result<Vec<Font>> {
    let mut fonts = Vec::new();
    for weight in ["Regular", "Bold"] {
        let bytes = std::fs::read(format!("/usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc"))?;
        fonts.extend(Font::iter(Bytes::new(bytes)));
    }
    Ok(fonts)
}

/// The labels as PDF.
pub fn labels(fonts: &[Font], labels: &[Label]) -> Result<Vec<u8>, String> {
    let labels: Result<Array, String> = labels
        .iter()
        .map(|label| Ok(values(label)?.into_value()))
        .collect();
    let inputs: Dict = dict! { "labels" => labels? };
    let path = VirtualPath::new("plain.typ").map_err(|error| format!("{error:?}"))?;
    let desk = Desk {
        library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        book: LazyHash::new(FontBook::from_fonts(fonts)),
        fonts: fonts.to_vec(),
        source: Source::new(
            RootedPath::new(VirtualRoot::Project, path).intern(),
            TEXT.to_string(),
        ),
    };
    let document: PagedDocument = typst::compile(&desk)
        .output
        .map_err(|errors| format!("{errors:?}"))?;
    let options = PdfOptions {
        tagged: false,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| format!("{errors:?}"))
}

fn values(label: &Label) -> Result<Dict, String> {
    let code = QRBuilder::new(label.qr.as_str())
        .ecl(ECL::M)
        .build()
        .map_err(|error| format!("{error:?}"))?;
    let side = code.size;
    let pixels: Vec<u8> = (0..2 * side)
        .flat_map(|y| (0..2 * side).map(move |x| (x, y)))
        .map(|(x, y)| if code[y / 2][x / 2].value() { 0 } else { 255 })
        .collect();
    let goods: Vec<String> = label
        .lines
        .iter()
        .map(|(name, pieces)| format!("{name}×{pieces}"))
        .collect();
    Ok(dict! {
        "compound" => label.compound.as_str(),
        "dwelling" => label.dwelling.as_str(),
        "phone" => label.phone_masked.as_str(),
        "bag" => format!("第{}袋 共{}袋", label.bag, label.bags),
        "paid" => format!("{} {}", label.amount, label.paid),
        "code" => label.code.as_str(),
        "goods" => goods.join("  "),
        "note" => label.note.as_str(),
        "side" => 2 * side as i64,
        "pixels" => Value::Bytes(Bytes::new(pixels)),
    })
}
