//! QR codes as SVG text.

use std::fmt::Write;

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::chart::escaped;

/// Light modules around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// Largest code drawn: 69 modules a side, 331 bytes (EPC069-12, section 3).
const LARGEST_VERSION: i16 = 13;

/// Draws a payload of at most 331 bytes as a QR code; returns `None` if it is longer.
///
/// Error correction level is M (EPC069-12). The bytes are written in byte mode
/// as they are: choosing modes by content would take some UTF-8 text for
/// Shift JIS. Dark modules are black on white in every colour scheme, since
/// scanners ask for dark on light.
pub fn svg(payload: &str, title: &str) -> Option<String> {
    let code = smallest(payload.as_bytes())?;
    let side = code.width() + 2 * QUIET;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><title>{}</title><rect width=\"{side}\" height=\"{side}\" \
         fill=\"#fff\"/><path fill=\"#000\" d=\"",
        escaped(title)
    );
    let colors = code.to_colors();
    for (y, row) in colors.chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                let (left, top, length) = (x + QUIET, y + QUIET, run.len());
                write!(out, "M{left} {top}h{length}v1h-{length}z").expect("a string takes all text");
            }
            x += run.len();
        }
    }
    out.push_str("\"/></svg>");
    Some(out)
}

/// Returns the smallest code that holds the bytes.
fn smallest(bytes: &[u8]) -> Option<QrCode> {
    (1..=LARGEST_VERSION).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(bytes).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the path back into modules.
    fn modules(svg: &str) -> Vec<Vec<bool>> {
        let side: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let mut grid = vec![vec![false; side]; side];
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split('M').skip(1) {
            let (left, rest) = run.split_once(' ').unwrap();
            let (top, rest) = rest.split_once('h').unwrap();
            let left: usize = left.parse().unwrap();
            let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            grid[top.parse::<usize>().unwrap()][left..left + length].fill(true);
        }
        grid
    }

    #[test]
    fn the_path_is_the_code_inside_its_quiet_zone() {
        let payload = "BCD\n002\n1\nSCT\n\nZoë Ångström Oy\nFI2112345600000785\nEUR12.30";
        let grid = modules(&svg(payload, "Pay").unwrap());
        let code = smallest(payload.as_bytes()).unwrap();
        assert_eq!(code.error_correction_level(), EcLevel::M);
        assert_eq!(grid.len(), code.width() + 8);
        for (y, row) in grid.iter().enumerate() {
            for (x, &dark) in row.iter().enumerate() {
                let inside = (4..4 + code.width()).contains(&x) && (4..4 + code.width()).contains(&y);
                assert_eq!(dark, inside && code[(x - 4, y - 4)] == Color::Dark, "module {x} {y}");
            }
        }
    }

    #[test]
    fn the_longest_payload_of_the_standard_fits_version_13() {
        assert_eq!(smallest(&[b'x'; 331]).map(|code| code.version()), Some(Version::Normal(13)));
        assert_eq!(svg(&"x".repeat(332), "too long"), None);
        assert!(svg("", "empty").is_some());
    }

    #[test]
    fn the_title_is_escaped() {
        let drawn = svg("x", "<script>&\"'\u{0}").unwrap();
        assert!(drawn.contains("<title>&lt;script&gt;&amp;&quot;&#39;\u{fffd}</title>"));
    }
}
