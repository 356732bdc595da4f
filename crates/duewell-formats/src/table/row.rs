//! One row of cells, its buffers used again for the next.

/// Longest row that is read, in bytes; a longer one is a quotation mark nobody closed.
pub(super) const ROW_BYTES_MAX: usize = 1 << 20;
/// Most columns that are read.
pub(super) const COLUMNS_MAX: usize = 2000;

/// What a cell of a workbook says it holds; text files hold text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CellKind {
    Text,
    /// A number, written with a point and without grouping.
    Number,
    /// A day, written as ISO 8601.
    Date,
}

/// One row of cells.
#[derive(Default)]
pub(super) struct Row {
    /// The line the row begins at, from 1.
    pub(super) line: u64,
    /// The cells' text one after the other; what lies behind the last end is left from earlier rows.
    pub(super) bytes: Vec<u8>,
    /// Where each cell ends in `bytes`.
    pub(super) ends: Vec<usize>,
    /// The cells' kinds; empty when all are text.
    pub(super) kinds: Vec<CellKind>,
    /// Whether the file fills every row up to the header's width.
    pub(super) full_width: bool,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.kinds.clear();
    }

    pub(super) fn width(&self) -> usize {
        self.ends.len()
    }

    /// Returns the cell's text without white space around it; nothing when there is no such cell.
    pub(super) fn cell(&self, index: usize) -> &str {
        self.checked_cell(index).unwrap_or_default()
    }

    /// Returns the cell's text, or nothing when its bytes are not text.
    pub(super) fn checked_cell(&self, index: usize) -> Option<&str> {
        let Some(&end) = self.ends.get(index) else { return Some("") };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let text = str::from_utf8(&self.bytes[start..end]).ok()?;
        Some(text.trim())
    }

    pub(super) fn kind(&self, index: usize) -> CellKind {
        self.kinds.get(index).copied().unwrap_or(CellKind::Text)
    }

    /// Returns how many cells hold something.
    pub(super) fn filled(&self) -> usize {
        (0..self.width()).filter(|&index| self.checked_cell(index) != Some("")).count()
    }

    pub(super) fn is_blank(&self) -> bool {
        // White space outside ASCII (a no-break space) is rare: ask for it only when no byte decides.
        let used = self.ends.last().copied().unwrap_or(0);
        !self.bytes[..used].iter().any(u8::is_ascii_graphic) && self.filled() == 0
    }

    /// Adds a cell at `index`, which lies behind the last; cells between are blank.
    pub(super) fn push_at(&mut self, index: usize, text: &str, kind: CellKind) {
        while self.ends.len() < index {
            self.ends.push(self.bytes.len());
            self.kinds.push(CellKind::Text);
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
        self.kinds.push(kind);
    }
}
