//! Lines of a large statement in a temporary file, roughly in the order of the debtors they are about.
//!
//! Lines come in the bank's order, which touches a book all over: each
//! transaction would change as many pages as it has lines, and a page would be
//! written once for every line on it. Put in order first, a page is written
//! about once. Memory stays that of the buffers, whatever the file.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};

use duewell_domain::id::DebtorId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::EngineError;

/// Parts of the order; each is a stretch of debtors.
const PARTS: usize = 64;
/// A part's lines go to the file in blocks of this size.
const BLOCK_BYTES: usize = 128 * 1024;

/// Lines of type `T`, kept by debtor.
pub(crate) struct Spool {
    file: File,
    length: u64,
    /// The first debtor of each part but the first.
    bounds: Vec<DebtorId>,
    parts: Vec<SpoolPart>,
}

#[derive(Default)]
struct SpoolPart {
    buffer: Vec<u8>,
    blocks: Vec<(u64, usize)>,
}

impl Spool {
    /// Begins a spool; a sample of the debtors to come says where the parts are divided.
    pub fn new(mut sample: Vec<DebtorId>) -> Result<Spool, EngineError> {
        sample.sort_unstable();
        let mut bounds: Vec<DebtorId> =
            (1..PARTS).filter_map(|part| sample.get(sample.len() * part / PARTS).copied()).collect();
        bounds.dedup();
        let parts = (0..=bounds.len()).map(|_| SpoolPart::default()).collect();
        // The file has no name: it is gone when the process is, whatever ends it.
        let file = tempfile::tempfile().map_err(EngineError::Spool)?;
        Ok(Spool { file, length: 0, bounds, parts })
    }

    pub fn push<T: Serialize>(&mut self, debtor: DebtorId, line: &T) -> Result<(), EngineError> {
        let part = &mut self.parts[self.bounds.partition_point(|bound| *bound <= debtor)];
        serde_json::to_writer(&mut part.buffer, line)?;
        part.buffer.push(b'\n');
        if part.buffer.len() >= BLOCK_BYTES {
            self.file.write_all(&part.buffer).map_err(EngineError::Spool)?;
            part.blocks.push((self.length, part.buffer.len()));
            self.length += part.buffer.len() as u64;
            part.buffer.clear();
        }
        Ok(())
    }

    /// Gives back all lines, part by part; lines about the same debtor keep their order.
    pub fn drain<T: DeserializeOwned>(
        mut self,
        mut each: impl FnMut(T) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        for part in std::mem::take(&mut self.parts) {
            for (offset, length) in part.blocks {
                self.file.seek(SeekFrom::Start(offset)).map_err(EngineError::Spool)?;
                let block = BufReader::new((&self.file).take(length as u64));
                for line in serde_json::Deserializer::from_reader(block).into_iter::<T>() {
                    each(line?)?;
                }
            }
            for line in serde_json::Deserializer::from_slice(&part.buffer).into_iter::<T>() {
                each(line?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_comes_back_once_with_debtors_apart_and_in_order() {
        let long = "x".repeat(300);
        let debtor = |line: u64| DebtorId((line * 7919 % 1000) as i64);
        let mut spool = Spool::new((0..500).map(debtor).collect()).expect("a temporary file can be made");
        for line in 0..20_000_u64 {
            spool.push(debtor(line), &(line, &long)).expect("it is written");
        }
        let mut seen: Vec<u64> = Vec::new();
        spool
            .drain(|(line, _): (u64, String)| {
                seen.push(line);
                Ok(())
            })
            .expect("it is read");
        // In the file's order per debtor, and parts rise with the debtors.
        let mut per_debtor = std::collections::HashMap::new();
        for &line in &seen {
            assert!(per_debtor.insert(debtor(line), line).is_none_or(|before| before < line));
        }
        let first = seen.iter().take(100).map(|&line| debtor(line).0).max();
        assert!(first < Some(100), "the first part holds the first debtors: {first:?}");
        seen.sort_unstable();
        assert_eq!(seen, (0..20_000).collect::<Vec<_>>());
    }
}
