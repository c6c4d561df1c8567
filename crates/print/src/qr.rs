//! QR codes as small grey pictures (ISO/IEC 18004, error correction level M).

use std::fmt::Write;

use fast_qr::{ECL, QRBuilder};

use crate::Fault;

/// Every module is drawn as this many pixels along each edge. Viewers that smooth enlarged pictures then blur at
/// most half a module, and a run of 10,000 labels still fits into the memory of a laptop.
const PIXELS_PER_MODULE: usize = 2;

/// A QR code without quiet zone; whoever places it leaves the white border.
#[derive(Clone, Debug)]
pub struct Code {
    /// Modules along each edge.
    pub side: usize,
    /// Whether each module is dark, row by row.
    dark: Vec<bool>,
}

/// Draws the payload.
///
/// # Errors
/// [`Fault::QrTooLong`] beyond the capacity of version 40.
pub fn encode(payload: &str) -> Result<Code, Fault> {
    let code = QRBuilder::new(payload)
        .ecl(ECL::M)
        .build()
        .map_err(|_| Fault::QrTooLong {
            payload_bytes: payload.len(),
        })?;
    let side = code.size;
    let mut dark = Vec::with_capacity(side * side);
    for y in 0..side {
        dark.extend(code[y].iter().take(side).map(|module| module.value()));
    }
    Ok(Code { side, dark })
}

impl Code {
    /// The side of a picture in pixels, and one byte of brightness per pixel, row by row.
    pub fn pixels(&self) -> (usize, Vec<u8>) {
        let side_pixels = self.side * PIXELS_PER_MODULE;
        let mut pixels = Vec::with_capacity(side_pixels * side_pixels);
        for row in self.dark.chunks(self.side) {
            let line: Vec<u8> = row
                .iter()
                .flat_map(|dark| [if *dark { 0 } else { 255 }; PIXELS_PER_MODULE])
                .collect();
            for _ in 0..PIXELS_PER_MODULE {
                pixels.extend_from_slice(&line);
            }
        }
        (side_pixels, pixels)
    }

    /// The dark modules as the outline of a vector picture whose unit is a module.
    pub fn path(&self) -> String {
        outline(self.dark.chunks(self.side))
    }
}

/// The outline of what is dark in these rows, in units of a pixel: one box for each run in a row.
pub fn outline<Row: AsRef<[bool]>>(rows: impl Iterator<Item = Row>) -> String {
    let mut path = String::new();
    for (y, row) in rows.enumerate() {
        let mut x = 0;
        for run in row.as_ref().chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the picture with another library, the quiet zone added.
    fn decode(side: usize, pixels: &[u8]) -> String {
        let border = 4 * PIXELS_PER_MODULE;
        let whole = side + 2 * border;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(whole, whole, |x, y| {
            let inside = (border..border + side).contains(&x) && (border..border + side).contains(&y);
            if inside {
                pixels[(y - border) * side + x - border]
            } else {
                255
            }
        });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    /// Fills the boxes of an outline, as a browser does.
    fn filled(code: &Code) -> (usize, Vec<u8>) {
        let side = code.side * PIXELS_PER_MODULE;
        let mut pixels = vec![255; side * side];
        for run in code.path().split_terminator('z') {
            let numbers: Vec<usize> = run
                .split(|letter: char| !letter.is_ascii_digit())
                .filter_map(|number| number.parse().ok())
                .collect();
            let [x, y, wide, high, _] = numbers[..] else {
                panic!("{run}")
            };
            for row in y * PIXELS_PER_MODULE..(y + high) * PIXELS_PER_MODULE {
                for column in x * PIXELS_PER_MODULE..(x + wide) * PIXELS_PER_MODULE {
                    pixels[row * side + column] = 0;
                }
            }
        }
        (side, pixels)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn another_reader_reads_it_back(payload in "([0-9]{1,60}|[A-Z0-9:/.-]{1,80}|[a-z0-9:/?=保供一二三]{1,60})") {
            let code = encode(&payload).unwrap();
            let (side, pixels) = code.pixels();
            prop_assert_eq!(&decode(side, &pixels), &payload);
            let (side, pixels) = filled(&code);
            prop_assert_eq!(decode(side, &pixels), payload);
        }
    }

    #[test]
    fn too_long_a_payload_is_refused() {
        assert!(encode(&"a".repeat(2_000)).is_ok());
        assert_eq!(
            encode(&"a".repeat(4_000)).err(),
            Some(Fault::QrTooLong { payload_bytes: 4_000 })
        );
    }
}
