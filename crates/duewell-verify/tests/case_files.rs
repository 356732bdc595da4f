//! The program on whole and on broken case files, beside a second verifier in Python.

#![expect(clippy::disallowed_methods, reason = "tests are told by the environment where the interpreter is")]

#[path = "../../duewell-domain/tests/evidence_support/mod.rs"]
#[expect(dead_code, reason = "some helpers serve the tests of the domain only")]
mod evidence_support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use duewell_domain::evidence::{archive, verify_case_file};
use evidence_support::{
    BOOK, Files, History, SMALL_SUBJECT, file, key, replace, seal_anew, small_files, small_history, stranger,
};
use serde_json::Value;
use tempfile::TempDir;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/case-file-1.zip");
const GOLDEN_KEY: &str = include_str!("fixtures/case-file-1.key");

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duewell-verify")).args(arguments).output().expect("the program starts")
}

fn stored(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Runs the program on files and returns its exit status and what it printed.
fn check(files: &Files, arguments: &[&str]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    let path = stored(&folder, "case.zip", &archive::write(files).unwrap());
    let output = run(&[arguments, &[path.to_str().unwrap()]].concat());
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn our_key() -> String {
    key().verifier().to_string()
}

#[test]
fn an_intact_file_is_told_in_words() {
    let (status, text) = check(&small_files(), &["--key", &our_key()]);
    assert_eq!(status, 0, "{text}");
    for expected in [
        "INTACT: 3 events about dbt_0000000000002 in the book bok_0000000000001\n",
        "Numbers 0 to 2 of this debtor's chain are all there",
        "which signed a size of 12 events, on 2026-03-01T20:00:00.000204Z by its own clock",
        "Note: the contents of event 1 were erased",
        "Note: the log continues its earlier checkpoint of 6 events",
        &format!("Key: {}\n", our_key()),
        "It does not show that what they say is true",
    ] {
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
    assert!(!text.contains("taken from the file"), "{text}");
}

#[test]
fn a_key_from_the_file_is_told() {
    let (status, text) = check(&small_files(), &[]);
    assert_eq!(status, 0);
    assert!(text.contains("the key was taken from the file itself: compare it with one you trust"), "{text}");
}

#[test]
fn a_flaw_names_the_event_and_what_was_expected() {
    let mut files = small_files();
    replace(&mut files, "payloads/000002.bin", "120.00", "900.00");
    let (status, text) = check(&files, &[]);
    assert_eq!(status, 1);
    assert!(text.starts_with("FLAWED: `payloads/000002.bin` was changed: its SHA-256 is "), "{text}");

    seal_anew(&mut files, |_| {});
    let (status, text) = check(&files, &[]);
    assert_eq!(status, 1);
    assert!(text.starts_with("FLAWED: event 2: its payload gives the commitment "), "{text}");
}

#[test]
fn a_verdict_is_also_given_as_json() {
    let (status, text) = check(&small_files(), &["--json"]);
    let verdict: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &verdict["verdict"], &verdict["book"]), (0, &"intact".into(), &BOOK.into()));
    assert_eq!((&verdict["erased"], &verdict["key_from"]), (&serde_json::json!([1]), &"file".into()));
    assert_eq!((&verdict["packing"], &verdict["first_tree_size"]), (&"as written".into(), &6.into()));

    let mut files = small_files();
    files.remove(3);
    let (status, text) = check(&files, &["--json"]);
    let verdict: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &verdict["verdict"], &verdict["flaw"]), (1, &"flawed".into(), &"missing".into()));
    assert_eq!(
        (&verdict["event"], &verdict["message"]),
        (&1.into(), &"`events/000001.envelope` is missing".into())
    );
}

#[test]
fn another_key_than_the_one_trusted_is_a_flaw() {
    let (status, text) = check(&small_files(), &["--key", &stranger().verifier().to_string()]);
    assert_eq!(status, 1);
    assert!(text.contains("expected stranger.example+"), "{text}");
}

#[test]
fn text_in_a_file_cannot_pass_for_the_verdict() {
    let mut history = History::default();
    history.record("dbt\nKey: trusted\u{202e}\u{1b}[2J", "case.opened", "system:run", b"");
    let mut case = history.case_file("dbt\nKey: trusted\u{202e}\u{1b}[2J", None, &key());
    case.software = "x\nINTACT".into();
    let (status, text) = check(&case.files(&key()).unwrap(), &[]);
    assert_eq!(status, 0);
    assert!(
        !text.contains(['\u{1b}', '\u{202e}']) && !text.contains("\nINTACT") && !text.contains("\nKey: t"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_read_exits_with_two() {
    let folder = TempDir::new().unwrap();
    let text = stored(&folder, "note.txt", b"hello");
    let empty = stored(&folder, "empty.zip", b"");
    let whole = archive::write(&small_files()).unwrap();
    let cut = stored(&folder, "cut.zip", &whole[..whole.len() / 2]);
    for file in [text.as_path(), &empty, &cut, Path::new("/does/not/exist"), folder.path()] {
        let output = run(&[file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", file.display());
        assert!(output.stdout.starts_with(b"UNREADABLE: "));
    }
    for arguments in [&[][..], &["--key", "x", "f"], &["--key"], &["a", "b"], &["--verbose", "a"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_zip_bomb_is_refused() {
    let folder = TempDir::new().unwrap();
    let mut files = small_files();
    files.push(("zeros".into(), vec![0; 40_000_000]));
    let bomb = stored(&folder, "bomb.zip", &deflated(&files));
    let output = run(&[bomb.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
}

fn deflated(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_directory("events/", zip::write::SimpleFileOptions::default()).unwrap();
    for (path, bytes) in files {
        zip.start_file(path.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_repacked_zip_is_intact_with_a_note() {
    let folder = TempDir::new().unwrap();
    let repacked = stored(&folder, "repacked.zip", &deflated(&small_files()));
    let output = run(&[repacked.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("Note: the zip around the files is not as Duewell writes it"), "{text}");
}

#[test]
fn no_changed_byte_of_the_zip_goes_unseen() {
    let zip = archive::write(&small_files()).unwrap();
    for place in 0..zip.len() {
        let mut changed = zip.clone();
        changed[place] ^= 1 << (place % 8);
        if let Ok(archive) = archive::read(&changed) {
            let seen =
                archive.packing == archive::Packing::Other || verify_case_file(&archive.files, &[]).is_err();
            assert!(seen, "byte {place}");
        }
    }
}

/// This file was written by the first version of the format; every later version must go on accepting it.
#[test]
fn the_first_case_file_ever_made_still_verifies() {
    let output = run(&["--key", GOLDEN_KEY, "--json", GOLDEN]);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{verdict:#}");
    assert_eq!((&verdict["subject"], &verdict["events"]), (&SMALL_SUBJECT.into(), &3.into()));
    assert_eq!(verdict["packing"], "as written");
    assert_eq!(GOLDEN_KEY.trim(), our_key());
}

/// When the format changes on purpose, this writes what the new version's fixture is made from.
#[test]
#[ignore = "writes a new fixture: cargo test -p duewell-verify -- --ignored"]
fn write_the_fixture_anew() {
    std::fs::write(GOLDEN, archive::write(&small_files()).unwrap()).unwrap();
    std::fs::write(GOLDEN.replace(".zip", ".key"), format!("{}\n", our_key())).unwrap();
}

/// Case files that each have one thing wrong with them, most of them sealed by someone who holds the key.
fn forgeries() -> Vec<(&'static str, Files)> {
    let forge = |code, sealed: bool, change: &dyn Fn(&mut Files)| {
        let mut files = small_files();
        change(&mut files);
        if sealed {
            seal_anew(&mut files, |_| {});
        }
        (code, files)
    };
    let swap = |files: &mut Files| {
        let second = file(files, "events/000001.envelope").clone();
        let first = std::mem::replace(file(files, "events/000000.envelope"), second);
        *file(files, "events/000001.envelope") = first;
    };
    let mut fork = History::default();
    (0..6).for_each(|step| fork.record(SMALL_SUBJECT, "notice.sent", "system:run", &[step]));
    vec![
        forge("missing", false, &|files| drop(files.remove(4))),
        forge("unexpected", false, &|files| files.push(("readme.txt".into(), vec![]))),
        forge("content", false, &swap),
        forge("gap", true, &swap),
        forge("commitment", true, &|files| replace(files, "payloads/000000.bin", "120.00", "900.00")),
        forge("salt", true, &|files| file(files, "salts/000000").push(b'0')),
        forge("envelope", true, &|files| {
            replace(files, "events/000002.envelope", "actor: s", "actor: \\u{73}")
        }),
        forge("subject", true, &|files| replace(files, "events/000000.envelope", SMALL_SUBJECT, "dbt_0")),
        forge("book", true, &|files| replace(files, "events/000000.envelope", BOOK, "bok_0")),
        forge("order", true, &|files| replace(files, "events/000002.envelope", "seq: 9", "seq: 4")),
        forge("chain", true, &|files| replace(files, "events/000000.envelope", "prev: 0", "prev: 1")),
        forge("inclusion", true, &|files| replace(files, "events/000002.envelope", "system", "user")),
        forge("index", true, &|files| replace(files, "proofs/000001.tlog-proof", "index 5", "index 4")),
        forge("proof-form", true, &|files| replace(files, "proofs/000001.tlog-proof", "v1", "v2")),
        forge("checkpoint", true, &|files| {
            *file(files, "checkpoint") = small_history().checkpoint(12, &stranger()).as_str().into();
        }),
        forge("consistency", true, &|files| {
            *file(files, "checkpoints/first") = fork.checkpoint(6, &key()).as_str().into();
        }),
        forge("consistency-form", true, &|files| replace(files, "consistency", "old 6", "old 5")),
        forge("manifest", false, &|files| seal_anew(files, |manifest| manifest["tree_size"] = 11.into())),
        forge("seal", false, &|files| replace(files, "manifest.json", "duewell 0.0.0", "duewell 0.0.1")),
    ]
}

/// Returns the interpreter that has the script's dependency (`scripts/python-requirements.txt`).
fn python() -> Option<String> {
    let python = std::env::var("DUEWELL_PYTHON").ok();
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs DUEWELL_PYTHON for the second verifier");
        println!("skipped: DUEWELL_PYTHON names no interpreter for the second verifier");
    }
    python
}

/// Runs the second verifier on zips and returns status and code for each.
fn second_opinions(python: &str, zips: &[Vec<u8>]) -> Vec<(i32, String)> {
    let folder = TempDir::new().unwrap();
    let paths: Vec<PathBuf> =
        zips.iter().enumerate().map(|(number, zip)| stored(&folder, &format!("{number}.zip"), zip)).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent_verify.py");
    let output = Command::new(python).arg(script).args(["--key", &our_key()]).args(&paths).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<(i32, String)> = printed
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            (words.next().unwrap().parse().unwrap(), words.next().unwrap().to_owned())
        })
        .collect();
    assert_eq!(verdicts.len(), zips.len(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    verdicts
}

fn first_opinion(files: &Files) -> (i32, String) {
    match verify_case_file(files, &[key().verifier().clone()]) {
        Ok(_) => (0, "intact".to_owned()),
        Err(flaw) => (1, flaw.code().to_owned()),
    }
}

#[test]
fn the_forgeries_have_the_flaw_they_are_named_for() {
    for (code, files) in forgeries() {
        assert_eq!(first_opinion(&files), (1, code.to_owned()));
    }
}

#[test]
fn a_second_verifier_agrees_on_good_files_and_on_forgeries() {
    let Some(python) = python() else { return };
    let mut history = small_history();
    for step in 0..150u8 {
        let subject = format!("débiteur \"{}\" \\ \u{202e}\n", step % 3);
        history.record(&subject, "notice.sent", "user:zoë", &vec![step; usize::from(step)]);
    }
    history.erase(40);
    let whole = |subject: &str, first| history.case_file(subject, first, &key()).files(&key()).unwrap();
    let mut middle = history.case_file(SMALL_SUBJECT, Some(0), &key());
    middle.events.remove(0);
    let mut all = vec![
        small_files(),
        whole("", None),
        whole("débiteur \"1\" \\ \u{202e}\n", Some(64)),
        whole("débiteur \"2\" \\ \u{202e}\n", Some(101)),
        whole("dbt_0000000000001", Some(162)),
        whole("dbt_0000000000003", Some(0)),
        middle.files(&key()).unwrap(),
    ];
    all.extend(forgeries().into_iter().map(|(_, files)| files));

    let mut zips: Vec<Vec<u8>> = all.iter().map(|files| archive::write(files).unwrap()).collect();
    zips.push(std::fs::read(GOLDEN).unwrap());
    zips.push(deflated(&small_files()));
    let mut expected: Vec<(i32, String)> = all.iter().map(first_opinion).collect();
    expected.extend([(0, "intact".to_owned()), (0, "intact".to_owned())]);
    assert_eq!(expected.iter().filter(|(status, _)| *status == 0).count(), 9);
    assert_eq!(second_opinions(&python, &zips), expected);
}

#[test]
fn a_second_verifier_agrees_on_changed_bytes() {
    let Some(python) = python() else { return };
    let files = small_files();
    let mut all = Vec::new();
    for (number, (_, bytes)) in files.iter().enumerate() {
        // Forty places in each file, spread over it.
        for place in (0..bytes.len()).step_by(bytes.len().div_ceil(40)) {
            let mut changed = files.clone();
            changed[number].1[place] ^= 1 << (place % 8);
            all.push(changed);
        }
    }
    let zips: Vec<Vec<u8>> = all.iter().map(|files| archive::write(files).unwrap()).collect();
    for (files, (status, code)) in all.iter().zip(second_opinions(&python, &zips)) {
        assert_eq!((first_opinion(files).0, status), (1, 1), "{code}");
    }
}
