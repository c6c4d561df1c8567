//! QR codes as small grey pictures (ISO/IEC 18004, error correction level M).

use fast_qr::{ECL, QRBuilder};

use crate::Fault;

/// Every module is drawn as this many pixels along each edge. Viewers that smooth enlarged pictures then blur at
/// most half a module, and a run of 10,000 labels still fits into the memory of a laptop.
const PIXELS_PER_MODULE: usize = 2;

/// A square picture without quiet zone; whoever places it leaves the white border.
#[derive(Clone, Debug)]
pub struct Code {
    /// Pixels along each edge.
    pub side_pixels: usize,
    /// One byte of brightness per pixel, row by row.
    pub pixels: Vec<u8>,
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
    let modules = code.size;
    let side_pixels = modules * PIXELS_PER_MODULE;
    let mut pixels = Vec::with_capacity(side_pixels * side_pixels);
    for y in 0..modules {
        let line: Vec<u8> = code[y]
            .iter()
            .take(modules)
            .flat_map(|module| [if module.value() { 0 } else { 255 }; PIXELS_PER_MODULE])
            .collect();
        for _ in 0..PIXELS_PER_MODULE {
            pixels.extend_from_slice(&line);
        }
    }
    Ok(Code { side_pixels, pixels })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the picture with another library, the quiet zone added.
    fn decode(code: &Code) -> String {
        let border = 4 * PIXELS_PER_MODULE;
        let side = code.side_pixels + 2 * border;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let inside = (border..border + code.side_pixels).contains(&x)
                && (border..border + code.side_pixels).contains(&y);
            if inside {
                code.pixels[(y - border) * code.side_pixels + x - border]
            } else {
                255
            }
        });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn another_reader_reads_it_back(payload in "([0-9]{1,60}|[A-Z0-9:/.-]{1,80}|[a-z0-9:/?=保供一二三]{1,60})") {
            prop_assert_eq!(decode(&encode(&payload).unwrap()), payload);
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
