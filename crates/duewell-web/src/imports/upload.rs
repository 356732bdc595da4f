//! Uploaded files: they wait in a folder of their own until they are brought in, a day at most.
//!
//! A file's id is 160 random bits and its only name on disk; what the person called it is kept beside it as data.
//! Only who uploaded a file sees it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use duewell_domain::id::StaffId;
use duewell_engine::intake::{FileKind, Handed, recognise};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::app::Shared;
use crate::fail::Fail;
use crate::session::Staff;

/// Largest file that is taken.
const BYTES_MAX: u64 = 512 * 1024 * 1024;
/// A browser reads no answer before it has sent its file: what is too large is read on to here, and dropped.
const READ_MAX: u64 = 8 * BYTES_MAX;
/// How long a file waits.
const HOURS: i64 = 24;
/// Longest name that is kept of what the person called the file.
const NAME_CHARS_MAX: usize = 120;
const ID_BYTES: usize = 20;
/// More than a token has; the form as a whole has no limit of its own.
const TOKEN_MAX: usize = 200;

/// What is kept beside a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Card {
    name: String,
    owner: StaffId,
    at: Timestamp,
    /// Known once the whole file is there.
    kind: Option<FileKind>,
    #[serde(default)]
    sha256: [u8; 32],
}

/// A file that waits.
#[derive(Clone, Debug)]
pub struct Upload {
    pub id: String,
    pub name: String,
    pub kind: FileKind,
    pub sha256: [u8; 32],
    path: PathBuf,
}

impl Upload {
    /// The file as the engine takes it, handed in by `actor`.
    pub fn handed<'a>(&'a self, actor: &'a str) -> Handed<'a> {
        Handed { path: &self.path, name: &self.name, sha256: self.sha256, actor }
    }

    /// Where the file is looked at.
    pub fn address(&self) -> String {
        format!("/imports/files/{}", self.id)
    }

    /// Takes the file away. What cannot be removed now is removed with what is too old.
    pub fn remove(&self) {
        remove(&self.path);
    }
}

/// What came of an upload.
pub enum Taken {
    Kept(Upload),
    /// The form was sent without a file.
    NoFile,
    /// It is nothing we read: its name and the reason.
    NotOurs {
        name: String,
        reason: String,
    },
}

/// Takes the file of a form. The token comes first in the form, so that nothing is kept for another site.
pub async fn take(app: &Shared, staff: &Staff, mut form: Multipart) -> Result<Taken, Fail> {
    let mut checked = false;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("csrf") => {
                let mut token = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    token.extend_from_slice(&chunk);
                    if token.len() > TOKEN_MAX {
                        return Err(Fail::Form);
                    }
                }
                staff.check(&String::from_utf8_lossy(&token))?;
                checked = true;
            }
            Some("file") if !checked => return Err(Fail::Form),
            Some("file") => {
                let name = tidy_name(field.file_name().unwrap_or(""));
                return if name.is_empty() { Ok(Taken::NoFile) } else { keep(app, staff, name, field).await };
            }
            _ => {}
        }
    }
    if checked { Ok(Taken::NoFile) } else { Err(Fail::Form) }
}

async fn keep(app: &Shared, staff: &Staff, name: String, field: Field<'_>) -> Result<Taken, Fail> {
    let (folder, owner) = (app.uploads.clone(), staff.who.id);
    let (draft, card) = {
        let name = name.clone();
        app.ask(move |desk| {
            let card = Card { name, owner, at: desk.now(), kind: None, sha256: [0; 32] };
            Ok(Draft::start(&folder, &desk.salt(), &card).map(|draft| (draft, card)))
        })
        .await?
        .map_err(disk)?
    };
    let sha256 = write(&draft.path, field).await?;
    let actor = staff.actor();
    app.ask(move |_| {
        let handed = Handed { path: &draft.path, name: &name, sha256, actor: &actor };
        let kind = match recognise(&handed) {
            Ok(kind) => kind,
            Err(duewell_engine::EngineError::File { reason, .. }) => {
                return Ok(Ok(Taken::NotOurs { name, reason }));
            }
            Err(error) => return Err(error),
        };
        let card = Card { kind: Some(kind), sha256, ..card };
        Ok(draft.finish(&card).map(Taken::Kept))
    })
    .await?
    .map_err(disk)
}

/// Writes the body to disk as it comes, and returns its hash.
async fn write(path: &Path, mut field: Field<'_>) -> Result<[u8; 32], Fail> {
    let file = tokio::fs::OpenOptions::new().append(true).open(path).await.map_err(disk)?;
    let mut file = tokio::io::BufWriter::with_capacity(1 << 18, file);
    let (mut hash, mut bytes) = (Sha256::new(), 0u64);
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes += chunk.len() as u64;
        if bytes > READ_MAX {
            return Err(Fail::TooLarge);
        }
        if bytes <= BYTES_MAX {
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(disk)?;
        }
    }
    if bytes > BYTES_MAX {
        return Err(Fail::TooLarge);
    }
    file.flush().await.map_err(disk)?;
    Ok(hash.finalize().into())
}

/// A file that is being taken; what is not finished is removed.
struct Draft {
    id: String,
    path: PathBuf,
    finished: bool,
}

impl Draft {
    fn start(folder: &Path, random: &[u8], card: &Card) -> io::Result<Draft> {
        make_folder(folder)?;
        sweep(folder, card.at);
        let id: String = random.iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let path = folder.join(&id);
        let draft = Draft { id, path, finished: false };
        write_private(&card_path(&draft.path), &serde_json::to_vec(card)?)?;
        write_private(&draft.path, b"")?;
        Ok(draft)
    }

    fn finish(mut self, card: &Card) -> io::Result<Upload> {
        // Renamed into its place, so that nobody reads half a card.
        let fresh = self.path.with_extension("new");
        write_private(&fresh, &serde_json::to_vec(card)?)?;
        fs::rename(fresh, card_path(&self.path))?;
        self.finished = true;
        Ok(Upload {
            id: self.id.clone(),
            name: card.name.clone(),
            kind: card.kind.ok_or_else(|| io::Error::other("a finished file has a kind"))?,
            sha256: card.sha256,
            path: self.path.clone(),
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            remove(&self.path);
        }
    }
}

/// Finds a file that waits, if it is this person's.
pub fn find(folder: &Path, owner: StaffId, id: &str) -> Option<Upload> {
    if !is_id(id) {
        return None;
    }
    let path = folder.join(id);
    let card: Card = serde_json::from_slice(&fs::read(card_path(&path)).ok()?).ok()?;
    if card.owner != owner || !path.is_file() {
        return None;
    }
    Some(Upload { id: id.to_owned(), name: card.name, kind: card.kind?, sha256: card.sha256, path })
}

/// Says whether a text is an id of ours: it is then a plain name that leads nowhere else.
fn is_id(text: &str) -> bool {
    text.len() == 2 * ID_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Removes files that waited too long.
fn sweep(folder: &Path, now: Timestamp) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().filter(|name| is_id(name)) else { continue };
        let path = folder.join(id);
        let card: Option<Card> =
            fs::read(card_path(&path)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if card.is_none_or(|card| card.at + HOURS.hours() < now) {
            remove(&path);
        }
    }
}

fn card_path(path: &Path) -> PathBuf {
    path.with_extension("json")
}

fn remove(path: &Path) {
    for path in [path, &card_path(path), &path.with_extension("new")] {
        // It may be gone already: two windows can hold the same file.
        let _ = fs::remove_file(path);
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    io::Write::write_all(&mut options.open(path)?, bytes)
}

/// Keeps of a file's name what can be shown: no folders, no control characters, not too long.
fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    last.chars().filter(shown).take(NAME_CHARS_MAX).collect::<String>().trim().to_owned()
}

/// The connection broke, or what came is no form.
fn broken(error: MultipartError) -> Fail {
    Fail::Refused(error.body_text())
}

fn disk(error: io::Error) -> Fail {
    Fail::World(format!("the folder of uploads cannot be used: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(owner: i64, at: &str) -> Card {
        Card {
            name: "open items.csv".to_owned(),
            owner: StaffId(owner),
            at: at.parse().expect("a moment"),
            kind: None,
            sha256: [7; 32],
        }
    }

    fn kept(folder: &Path, random: u8, card: &Card) -> Upload {
        let draft = Draft::start(folder, &[random; 32], card).expect("a folder to write to");
        draft.finish(&Card { kind: Some(FileKind::Debtors), ..card.clone() }).expect("a finished file")
    }

    #[test]
    fn only_who_uploaded_a_file_finds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let upload = kept(folder.path(), 1, &card(5, "2026-06-01T08:00:00Z"));
        assert_eq!(
            find(folder.path(), StaffId(5), &upload.id).map(|one| one.name),
            Some("open items.csv".to_owned())
        );
        assert!(find(folder.path(), StaffId(6), &upload.id).is_none());
        upload.remove();
        assert!(find(folder.path(), StaffId(5), &upload.id).is_none());
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }

    #[test]
    fn an_id_leads_nowhere_but_to_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let upload = kept(folder.path(), 0xab, &card(5, "2026-06-01T08:00:00Z"));
        let (card, capitals) = (format!("{}.json", upload.id), upload.id.to_uppercase());
        for id in ["", "..", "../secret", "/etc/passwd", &card, &capitals, &upload.id[1..]] {
            assert!(find(folder.path(), StaffId(5), id).is_none(), "{id}");
        }
        assert!(find(folder.path(), StaffId(5), &upload.id).is_some());
    }

    #[test]
    fn a_file_that_is_not_finished_is_not_found_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let draft = Draft::start(folder.path(), &[1; 32], &card(5, "2026-06-01T08:00:00Z")).expect("a draft");
        assert!(find(folder.path(), StaffId(5), &draft.id).is_none());
        drop(draft);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }

    #[test]
    fn files_older_than_a_day_go_when_the_next_one_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = kept(folder.path(), 1, &card(5, "2026-06-01T08:00:00Z"));
        let young = kept(folder.path(), 2, &card(5, "2026-06-01T20:00:00Z"));
        let newest = kept(folder.path(), 3, &card(5, "2026-06-02T08:00:01Z"));
        let found = |upload: &Upload| find(folder.path(), StaffId(5), &upload.id).is_some();
        assert!(!found(&old) && found(&young) && found(&newest));
    }

    #[test]
    fn a_name_is_shown_without_folders_and_tricks() {
        for (given, expected) in [
            ("open items.csv", "open items.csv"),
            ("C:\\Users\\me\\items.csv", "items.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\u{202e}fdp.exe\r\n", "afdp.exe"),
            ("dir/", ""),
            ("", ""),
        ] {
            assert_eq!(tidy_name(given), expected, "{given:?}");
        }
        assert_eq!(tidy_name(&"x".repeat(500)).len(), NAME_CHARS_MAX);
    }
}
