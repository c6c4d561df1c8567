//! The fonts of a printer: which exist on this machine, what they cover, how wide their characters are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{
    Font, FontBook, FontInstance, FontStretch, FontStyle, FontVariant, FontVariations, FontWeight,
};
use typst::utils::LazyHash;

/// Fonts for running text, best first. All files of the first entry that is present are used.
const MAIN_FONTS: &[&[&str]] = &[
    &["NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"],
    &["NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"],
    &["NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"],
    &["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"],
    &["NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf"],
    &["NotoSansSC-VF.ttf"],
    &["NotoSansSC[wght].ttf"],
    &["SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"],
    &["SourceHanSansCN-Regular.otf", "SourceHanSansCN-Bold.otf"],
    &["msyh.ttc", "msyhbd.ttc"],
    &["msyh.ttf", "msyhbd.ttf"],
    &["PingFang.ttc"],
    &["Hiragino Sans GB.ttc"],
    &["simhei.ttf"],
    &["wqy-microhei.ttc"],
    &["wqy-zenhei.ttc"],
    &["DroidSansFallbackFull.ttf"],
    &["DroidSansFallback.ttf"],
];

/// Fonts for what the first has not: rare characters of names, symbols.
const SPARE_FONTS: &[&str] = &[
    "HanaMinA.ttf",
    "HanaMinB.ttf",
    "PlangothicP1-Regular.ttf",
    "PlangothicP2-Regular.ttf",
    "BabelStoneHan.ttf",
    "simsunb.ttf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
    "DejaVuSans.ttf",
];

/// The characters of the basic plane have their widths in a table.
const TABLE_LENGTH: u32 = 0x1_0000;

/// Folders below a font folder are searched this deep.
const FOLDER_DEPTH_MAX: usize = 6;

/// The fonts that a printer may use, in order of preference. Cheap to clone.
#[derive(Clone)]
pub struct Fonts(Arc<FontSet>);

struct FontSet {
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
    families: Vec<String>,
    /// Faces in the order in which they are asked for a regular character, and for a bold one.
    regular: Vec<FontInstance>,
    bold: Vec<FontInstance>,
    /// Widths of the characters below [`TABLE_LENGTH`], so that fitting 10,000 labels need not ask the fonts.
    regular_em: Vec<Option<f32>>,
    bold_em: Vec<Option<f32>>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fonts").field(&self.0.families).finish()
    }
}

impl Fonts {
    /// Fonts from the contents of TTF, OTF or TTC files, the preferred one first. What cannot be read is left out;
    /// of a collection with regional variants only the one for simplified Chinese is kept.
    pub fn new(bytes: Vec<Vec<u8>>) -> Fonts {
        let faces: Vec<Font> = bytes
            .into_iter()
            .flat_map(|file| faces_of(Bytes::new(file)))
            .collect();
        let book = FontBook::from_fonts(&faces);
        let mut families: Vec<String> = Vec::new();
        for face in &faces {
            if !families.contains(&face.info().family) {
                families.push(face.info().family.clone());
            }
        }
        let chosen = |weight: u16| -> Vec<FontInstance> {
            let variant = FontVariant::new(
                FontStyle::Normal,
                FontWeight::from_number(weight),
                FontStretch::default(),
            );
            families
                .iter()
                .filter_map(|family| book.select(&family.to_lowercase(), variant))
                .filter_map(|index| faces.get(index))
                .map(|face| {
                    face.clone()
                        .instantiate(variant, Abs::pt(10.0), &FontVariations::default())
                })
                .collect()
        };
        let (regular, bold) = (chosen(400), chosen(700));
        let (regular_em, bold_em) = (width_table(&regular), width_table(&bold));
        let book = LazyHash::new(book);
        Fonts(Arc::new(FontSet {
            book,
            faces,
            families,
            regular,
            bold,
            regular_em,
            bold_em,
        }))
    }

    /// Fonts of this machine: the best one with Chinese glyphs, and the spare ones for rare characters.
    /// `None` if there is no font with Chinese glyphs.
    pub fn from_system() -> Option<Fonts> {
        let mut files = Vec::new();
        for folder in font_folders() {
            collect_files(&folder, FOLDER_DEPTH_MAX, &mut files);
        }
        let paths = choose_files(&files)?;
        let bytes: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
        let fonts = Fonts::new(bytes);
        fonts.covers('保').then_some(fonts)
    }

    /// Characters of the text that no font covers, each once. They are printed as a reading or code point in
    /// brackets; a caller may want to warn and ask for another spelling.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for character in text.chars() {
            if !character.is_whitespace()
                && !character.is_control()
                && !self.covers(character)
                && !missing.contains(&character)
            {
                missing.push(character);
            }
        }
        missing
    }

    /// Whether no usable font is here.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.faces.is_empty()
    }

    /// Whether some font has a glyph for the character.
    pub(crate) fn covers(&self, character: char) -> bool {
        self.advance_em(character, false).is_some() || self.advance_em(character, true).is_some()
    }

    /// Width of a character in units of the type size (em); 1 if no font has it.
    pub(crate) fn width_em(&self, character: char, bold: bool) -> f64 {
        self.advance_em(character, bold).map_or(1.0, f64::from)
    }

    fn advance_em(&self, character: char, bold: bool) -> Option<f32> {
        let set = &self.0;
        let (table, faces) = if bold {
            (&set.bold_em, &set.bold)
        } else {
            (&set.regular_em, &set.regular)
        };
        match table.get(u32::from(character) as usize) {
            Some(advance_em) => *advance_em,
            None => advance_of(faces, character),
        }
    }

    /// Names of the families, the preferred one first.
    pub(crate) fn families(&self) -> &[String] {
        &self.0.families
    }

    /// The contents of the font files, each once.
    pub(crate) fn files(&self) -> Vec<Bytes> {
        let mut files: Vec<Bytes> = Vec::new();
        for face in &self.0.faces {
            if !files.iter().any(|file| file.as_ptr() == face.data().as_ptr()) {
                files.push(face.data().clone());
            }
        }
        files
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.0.book
    }

    pub(crate) fn face(&self, index: usize) -> Option<Font> {
        self.0.faces.get(index).cloned()
    }
}

/// Width of the character in the first face that has it.
fn advance_of(faces: &[FontInstance], character: char) -> Option<f32> {
    faces.iter().find_map(|face| {
        let glyph = face.ttf().glyph_index(character)?;
        let advance = face.ttf().glyph_hor_advance(glyph).unwrap_or(0);
        Some(f32::from(advance) / face.units_per_em() as f32)
    })
}

fn width_table(faces: &[FontInstance]) -> Vec<Option<f32>> {
    (0..TABLE_LENGTH)
        .map(|code| char::from_u32(code).and_then(|character| advance_of(faces, character)))
        .collect()
}

/// The faces of one file, without those for other regions and without monospaced ones.
fn faces_of(bytes: Bytes) -> Vec<Font> {
    let faces: Vec<Font> = Font::iter(bytes).collect();
    let is_simplified = |face: &Font| {
        let family = &face.info().family;
        family.ends_with(" SC") && !family.contains("Mono")
    };
    if faces.len() > 1 && faces.iter().any(is_simplified) {
        return faces.into_iter().filter(is_simplified).collect();
    }
    faces
}

/// Folders in which Linux, macOS and Windows keep fonts.
fn font_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/System/Library/AssetsV2",
        "/Library/Fonts",
        "C:\\Windows\\Fonts",
    ]
    .iter()
    .map(PathBuf::from)
    .collect();
    if let Some(home) = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")) {
        let home = PathBuf::from(home);
        folders.push(home.join(".fonts"));
        folders.push(home.join(".local/share/fonts"));
        folders.push(home.join("Library/Fonts"));
        folders.push(home.join("AppData/Local/Microsoft/Windows/Fonts"));
    }
    folders
}

fn collect_files(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // Links to folders are not followed, so that a loop cannot keep the search busy.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => collect_files(&path, depth - 1, files),
            Ok(kind) if !kind.is_dir() => files.push(path),
            _ => {}
        }
    }
}

/// Picks the files to load: the first main font that is present, then the spare ones.
fn choose_files(files: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let find = |name: &str| {
        files.iter().find(|path| {
            path.file_name()
                .and_then(|file| file.to_str())
                .is_some_and(|file| file.eq_ignore_ascii_case(name))
        })
    };
    let main = MAIN_FONTS
        .iter()
        .find(|names| names.first().is_some_and(|name| find(name).is_some()))?;
    let mut chosen: Vec<PathBuf> = Vec::new();
    for name in main.iter().chain(SPARE_FONTS) {
        if let Some(path) = find(name)
            && !chosen.contains(path)
        {
            chosen.push(path.clone());
        }
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::fonts;

    #[test]
    fn the_best_font_comes_first_and_spare_ones_follow() {
        let paths: Vec<PathBuf> = [
            "/f/DejaVuSans.ttf",
            "/f/wqy-microhei.ttc",
            "/f/NotoSansCJK-Bold.ttc",
            "/f/notosanscjk-regular.ttc",
        ]
        .iter()
        .map(PathBuf::from)
        .collect();
        let chosen = choose_files(&paths).unwrap();
        let names: Vec<&str> = chosen
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "notosanscjk-regular.ttc",
                "NotoSansCJK-Bold.ttc",
                "wqy-microhei.ttc",
                "DejaVuSans.ttf"
            ]
        );
        assert_eq!(choose_files(&[PathBuf::from("/f/Arial.ttf")]), None);
    }

    #[test]
    fn rubbish_is_left_out() {
        let fonts = Fonts::new(vec![b"not a font".to_vec()]);
        assert!(fonts.is_empty());
        assert_eq!(fonts.missing("保供 a"), ['保', '供', 'a']);
    }

    #[test]
    fn widths_follow_the_font() {
        let fonts = fonts();
        assert!((fonts.width_em('保', false) - 1.0).abs() < 0.01);
        assert!(fonts.width_em('i', false) < fonts.width_em('W', false));
        assert!(fonts.width_em('a', false) < fonts.width_em('a', true));
        assert!(fonts.missing("保供3栋2单元501 ×2、〔〕…公斤").is_empty());
        assert_eq!(fonts.missing("张\u{10FFFD}三\u{10FFFD}"), ['\u{10FFFD}']);
    }
}
