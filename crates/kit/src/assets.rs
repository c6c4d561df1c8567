//! Files that the program carries inside: styles, scripts, the site icon and the fonts for PDF.

/// An embedded file that the web server answers with, unchanged and for ever: its path holds a hash of its
/// content.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Absolute path below the root of the site, for example `/assets/app.0123456789abcdef.css`.
    pub path: &'static str,
    /// Value of the `Content-Type` header.
    pub mime: &'static str,
    /// The content as it is.
    pub bytes: &'static [u8],
    /// The content packed with gzip, for clients that accept it.
    pub gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// All embedded files. Without Node at build time there are styles and the icon, but no scripts.
pub fn assets() -> &'static [Asset] {
    ASSETS
}

/// Noto Sans SC as TrueType, regular and then bold, for PDF (SIL Open Font License 1.1). Empty when the
/// program was built without Node.
pub fn fonts() -> Vec<&'static [u8]> {
    FONTS.to_vec()
}

/// The path of the embedded file that was called `name` (such as `app.css`) before its hash was put in.
pub(crate) fn asset_path(name: &str) -> Option<&'static str> {
    let (stem, ending) = name.split_once('.')?;
    ASSETS.iter().map(|asset| asset.path).find(|path| {
        path.strip_prefix("/assets/")
            .and_then(|rest| rest.strip_prefix(stem))
            .is_some_and(|rest| rest.starts_with('.') && rest.ends_with(ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn packed_files_unpack_to_the_same_bytes() {
        for asset in assets() {
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(asset.gzip.expect("all our files are text"))
                .read_to_end(&mut bytes)
                .expect("gzip is valid");
            assert_eq!(bytes, asset.bytes, "{}", asset.path);
        }
    }

    #[test]
    fn paths_are_different_and_name_their_kind() {
        let mut paths: Vec<_> = assets().iter().map(|asset| asset.path).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), assets().len());
        for name in ["app.css", "light.css", "icon.svg"] {
            assert!(asset_path(name).is_some(), "{name}");
        }
        assert!(asset_path("app.css") != asset_path("light.css"));
        assert!(asset_path("absent.css").is_none());
    }

    /// Residents' pages weigh at most 30 KB on the first visit; the page itself gets what styles and script
    /// leave.
    #[test]
    fn residents_styles_and_script_stay_small() {
        let weight: usize = ["light.css", "light.js", "icon.svg"]
            .iter()
            .filter_map(|name| asset_path(name))
            .filter_map(|path| assets().iter().find(|asset| asset.path == path))
            .map(|asset| asset.gzip.map_or(asset.bytes.len(), <[u8]>::len))
            .sum();
        assert!(weight < 12_000, "{weight} bytes");
    }

    #[test]
    fn fonts_are_true_type_when_there_are_any() {
        for font in fonts() {
            assert_eq!(&font[..4], [0, 1, 0, 0]);
            assert!(font.len() > 1_000_000);
        }
    }

    #[test]
    fn styles_ask_for_nothing_from_elsewhere() {
        for asset in assets().iter().filter(|asset| asset.mime.starts_with("text/css")) {
            let text = std::str::from_utf8(asset.bytes).expect("styles are UTF-8");
            assert!(!text.contains("url("), "{}", asset.path);
            assert!(!text.contains("@import"), "{}", asset.path);
        }
    }

    /// The colours of `tokens.css` as red, green and blue, by name.
    fn colours() -> Vec<(String, [f64; 3])> {
        let tokens = include_str!("../../../web/styles/tokens.css");
        let mut found = vec![("#fff".to_owned(), [255.0; 3])];
        for line in tokens.lines().map(str::trim) {
            let Some((name, rest)) = line.split_once(": #") else {
                continue;
            };
            let Some(digits) = rest.strip_suffix(';').filter(|digits| digits.len() == 6) else {
                continue;
            };
            let part =
                |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).expect("hex digits"));
            // The first value is the normal mode's; elder mode only darkens.
            if !found.iter().any(|(known, _)| known == name) {
                found.push((name.to_owned(), [part(0), part(2), part(4)]));
            }
        }
        found
    }

    /// Contrast of two colours after WCAG 2.2, "contrast ratio" and "relative luminance".
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let linear = colour.map(|part| {
                let share = part / 255.0;
                if share <= 0.04045 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_has_enough_contrast() {
        let all = colours();
        let colour = |name: &str| all.iter().find(|(known, _)| known == name).expect(name).1;
        let pairs = [
            ("--ink", "--paper", 4.5),
            ("--ink-soft", "--paper", 4.5),
            ("--ink-soft", "--accent-soft", 4.5),
            ("--ink-soft", "--bad-soft", 4.5),
            ("--accent", "--paper", 4.5),
            ("--accent", "--accent-soft", 4.5),
            ("--accent-dark", "--accent-soft", 4.5),
            ("#fff", "--accent", 4.5),
            ("#fff", "--accent-dark", 4.5),
            ("--good", "--good-soft", 4.5),
            ("--warn", "--warn-soft", 4.5),
            ("--bad", "--bad-soft", 4.5),
            ("--bad", "#fff", 4.5),
            ("--line-strong", "#fff", 3.0),
        ];
        for (text, ground, least) in pairs {
            let ratio = contrast(colour(text), colour(ground));
            assert!(ratio >= least, "{text} on {ground}: {ratio:.2}");
        }
    }
}
