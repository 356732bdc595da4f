//! The case file as one zip: bytes in, bytes out, nothing is unpacked to a disk.
//!
//! The zip is written in one way only (stored, in order, without dates), so the
//! same case file always has the same bytes, and a reader can tell whether it
//! is still as it was written.

use std::io::{Cursor, Read as _, Write as _};

use zip::read::ZipArchive;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// More files than any case file has.
pub const FILES_MAX: usize = 400_000;
/// Bytes of all files together, 1 GiB.
pub const TOTAL_MAX: u64 = 1 << 30;
/// Unpacked bytes per packed byte beyond which a zip is taken for a bomb.
pub const RATIO_MAX: u64 = 200;

const CENTRAL_HEADER: &[u8; 4] = b"PK\x01\x02";

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the file is larger than {TOTAL_MAX} bytes")]
    TooLarge,
    #[error("the file is not a readable zip: {0}")]
    NotZip(zip::result::ZipError),
    #[error("the zip holds {found} files, more than {FILES_MAX}")]
    TooMany { found: usize },
    #[error("`{path}` in the zip unpacks to more than its share, as a zip bomb does")]
    Bomb { path: String },
    #[error("file number {index} in the zip cannot be read: {source}")]
    Entry { index: usize, source: zip::result::ZipError },
    #[error("`{path}` cannot be put into the zip: {source}")]
    Write { path: String, source: zip::result::ZipError },
}

/// What a zip held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Path and bytes, in the zip's order; a path that is there twice is listed twice.
    pub files: Vec<(String, Vec<u8>)>,
    /// How the zip itself looks, apart from what it holds.
    pub packing: Packing,
}

/// Whether a zip is byte for byte the one that [`write`] makes of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    AsWritten,
    /// Packed anew by another program, or damaged outside the contents.
    Other,
}

/// Writes files into a zip, in the order given.
pub fn write(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ArchiveError> {
    let size: usize = files.iter().map(|(path, bytes)| bytes.len() + 2 * path.len() + 76).sum();
    if size as u64 > TOTAL_MAX {
        return Err(ArchiveError::TooLarge);
    }
    if files.len() > FILES_MAX {
        return Err(ArchiveError::TooMany { found: files.len() });
    }
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(size + 22)));
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options)
            .and_then(|()| Ok(zip.write_all(bytes)?))
            .map_err(|source| ArchiveError::Write { path: path.clone(), source })?;
    }
    let end = |source| ArchiveError::Write { path: "the directory".to_owned(), source };
    Ok(zip.finish().map_err(end)?.into_inner())
}

/// Reads a zip into memory, within fixed bounds.
///
/// A file whose contents are damaged is given as far as it could be read: its
/// hash will not fit, and the verdict names it.
pub fn read(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    if bytes.len() as u64 > TOTAL_MAX {
        return Err(ArchiveError::TooLarge);
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(ArchiveError::NotZip)?;
    if zip.len() > FILES_MAX {
        return Err(ArchiveError::TooMany { found: zip.len() });
    }
    let mut allowance = TOTAL_MAX.min((bytes.len() as u64).saturating_mul(RATIO_MAX));
    let mut files = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(|source| ArchiveError::Entry { index, source })?;
        let path = file.name().map_err(|source| ArchiveError::Entry { index, source })?.into_owned();
        let mut content = Vec::new();
        // An error here is damaged content (or a wrong checksum over good content, which the packing shows).
        let _ = (&mut file).take(allowance + 1).read_to_end(&mut content);
        allowance =
            allowance.checked_sub(content.len() as u64).ok_or(ArchiveError::Bomb { path: path.clone() })?;
        // Other programs add entries for the folders themselves, which hold nothing.
        if !(path.ends_with('/') && content.is_empty()) {
            files.push((path, content));
        }
    }
    let same = write(&files).is_ok_and(|written| written == bytes);
    let packing = if same { Packing::AsWritten } else { Packing::Other };
    if packing == Packing::Other {
        let directory = usize::try_from(zip.central_directory_start()).unwrap_or(usize::MAX);
        files.extend(hidden_names(bytes.get(directory..).unwrap_or_default(), &files));
    }
    Ok(Archive { files, packing })
}

/// Returns the entries of the central directory that the reader passed over because a later one has the same name.
fn hidden_names(mut directory: &[u8], files: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    names.sort_unstable();
    let mut seen = vec![false; names.len()];
    let mut hidden = Vec::new();
    while let Some(header) = directory.first_chunk::<46>().filter(|header| header.starts_with(CENTRAL_HEADER))
    {
        let field = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let (name_len, rest_len) = (field(28), field(30) + field(32));
        let name = String::from_utf8_lossy(directory.get(46..46 + name_len).unwrap_or_default());
        match names.binary_search(&name.as_ref()) {
            Ok(place) if !seen[place] => seen[place] = true,
            Err(_) if name.ends_with('/') => {}
            Ok(_) | Err(_) => hidden.push((name.into_owned(), Vec::new())),
        }
        directory = directory.get(46 + name_len + rest_len..).unwrap_or_default();
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![("manifest.json".into(), b"{}".to_vec()), ("events/000000.envelope".into(), vec![b'x'; 3_000])]
    }

    fn repacked(files: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            zip.start_file(path.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_reads_back_as_it_was_written() {
        let zip = write(&files()).unwrap();
        assert_eq!(zip, write(&files()).unwrap());
        assert_eq!(read(&zip).unwrap(), Archive { files: files(), packing: Packing::AsWritten });
    }

    #[test]
    fn a_repacked_zip_is_read_and_told_apart() {
        let zip = repacked(&files(), CompressionMethod::Deflated);
        assert_eq!(read(&zip).unwrap(), Archive { files: files(), packing: Packing::Other });
    }

    #[test]
    fn no_changed_byte_goes_unseen() {
        let zip = write(&files()).unwrap();
        for place in 0..zip.len() {
            let mut changed = zip.clone();
            changed[place] ^= 0x01;
            match read(&changed) {
                Err(_) => {}
                Ok(Archive { files: found, packing }) => {
                    assert!(packing == Packing::Other || found != files(), "{place}")
                }
            }
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let zip = repacked(&[("zeros".into(), vec![0; 30_000_000])], CompressionMethod::Deflated);
        assert!(matches!(read(&zip), Err(ArchiveError::Bomb { .. })), "{} bytes", zip.len());
    }

    #[test]
    fn a_second_entry_of_the_same_name_is_listed() {
        let zip = repacked(
            &[("a".into(), b"one".to_vec()), ("b".into(), b"two".to_vec()), ("c".into(), b"three".to_vec())],
            CompressionMethod::Stored,
        );
        // Renames `b` to `a` in its local and central header.
        let renamed: Vec<u8> = zip.iter().map(|&byte| if byte == b'b' { b'a' } else { byte }).collect();
        let names: Vec<String> = read(&renamed).unwrap().files.into_iter().map(|(path, _)| path).collect();
        assert_eq!(names.iter().filter(|name| *name == "a").count(), 2, "{names:?}");
    }

    #[test]
    fn cut_and_random_bytes_are_refused() {
        let zip = write(&files()).unwrap();
        for length in 0..zip.len() {
            assert!(read(&zip[..length]).is_err(), "cut to {length}");
        }
        assert!(matches!(read(b"not a zip"), Err(ArchiveError::NotZip(_))));
    }
}
