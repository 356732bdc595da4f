//! The verdict in words and as JSON.

use duewell_domain::evidence::archive::Packing;
use duewell_domain::evidence::{Flaw, KeyOrigin, Verified, hex};
use serde_json::{Value, json};

/// What came of a check.
pub enum Outcome {
    Intact(Box<Verified>, Packing),
    Flawed(Flaw),
    Unreadable(String),
}

impl Outcome {
    pub fn exit_code(&self) -> u8 {
        match self {
            Outcome::Intact(..) => 0,
            Outcome::Flawed(_) => 1,
            Outcome::Unreadable(_) => 2,
        }
    }
}

/// Returns the verdict for a person.
pub fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Intact(verified, packing) => intact(verified, *packing),
        Outcome::Flawed(flaw) => {
            format!("FLAWED: {}\nDo not rely on this file as it is.\n", one_line(flaw))
        }
        Outcome::Unreadable(reason) => format!("UNREADABLE: {}\n", one_line(reason)),
    }
}

fn intact(verified: &Verified, packing: Packing) -> String {
    let (KeyOrigin::Given(key) | KeyOrigin::File(key)) = &verified.key;
    let signed_at =
        verified.checkpoint.made_at().map(|at| format!(", on {at} by its own clock")).unwrap_or_default();
    let mut text = format!(
        "INTACT: {} events about {} in the book {}

Numbers {} to {} of this debtor's chain are all there, in their order and unchanged.
The log says they were recorded between {} and {}.
They are in the log {}, which signed a size of {} events{signed_at}.
Root of the log: {}
File made on {} by {}.
",
        verified.events,
        one_line(&verified.subject),
        one_line(&verified.book),
        verified.first_subject_seq,
        verified.last_subject_seq,
        verified.recorded.0,
        verified.recorded.1,
        one_line(&verified.origin),
        verified.checkpoint.size,
        hex(&verified.checkpoint.root),
        verified.made_at,
        one_line(&verified.software),
    );
    for note in notes(verified, packing) {
        text.push_str(&format!("Note: {note}\n"));
    }
    text.push_str(&format!("Key: {}\n", one_line(key)));
    text.push_str(
        "\nThis shows that these records existed when the log was signed and that none in between is missing.
It does not show that what they say is true, or what was recorded after the last of them.\n",
    );
    text
}

fn notes(verified: &Verified, packing: Packing) -> Vec<String> {
    let mut notes = Vec::new();
    if let KeyOrigin::File(_) = verified.key {
        notes.push(
            "the key was taken from the file itself: compare it with one you trust, or give it with --key"
                .into(),
        );
    }
    if verified.first_subject_seq > 0 {
        notes.push(format!(
            "the file starts at number {}: what came before is not shown",
            verified.first_subject_seq
        ));
    }
    if !verified.erased.is_empty() {
        let erased = list(&verified.erased);
        notes.push(format!(
            "the contents of {erased} were erased; that and when they were recorded still holds"
        ));
    }
    if !verified.clock_stepped_back.is_empty() {
        let events = list(&verified.clock_stepped_back);
        notes.push(format!(
            "the clock stood earlier than before when {events} was recorded; the order still holds"
        ));
    }
    match &verified.first_checkpoint {
        Some(first) => notes.push(format!(
            "the log continues its earlier checkpoint of {} events with the root {}",
            first.size,
            hex(&first.root)
        )),
        None => notes.push("the file has no earlier checkpoint to compare with".into()),
    }
    match packing {
        Packing::AsWritten => {}
        Packing::Other => notes.push(
            "the zip around the files is not as Duewell writes it (packed anew, or damaged); the files in it are intact"
                .into(),
        ),
    }
    notes
}

/// Names events, the first twenty of them.
fn list(events: &[u64]) -> String {
    let named: Vec<String> = events.iter().take(20).map(u64::to_string).collect();
    let more = events.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {}{more}", if events.len() == 1 { "event" } else { "events" }, named.join(", "))
}

/// Keeps text from the file from looking like lines of ours, turning round, or steering the terminal.
fn one_line(text: impl ToString) -> String {
    let misleads = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text.to_string().chars().map(|c| if misleads(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Returns the verdict for a program.
pub fn json(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Intact(verified, packing) => {
            let (KeyOrigin::Given(key) | KeyOrigin::File(key)) = &verified.key;
            json!({
                "verdict": "intact",
                "book": verified.book,
                "subject": verified.subject,
                "origin": verified.origin,
                "events": verified.events,
                "first_subject_seq": verified.first_subject_seq,
                "last_subject_seq": verified.last_subject_seq,
                "erased": verified.erased,
                "clock_stepped_back": verified.clock_stepped_back,
                "recorded_from": verified.recorded.0,
                "recorded_to": verified.recorded.1,
                "tree_size": verified.checkpoint.size,
                "root": hex(&verified.checkpoint.root),
                "signed_at": verified.checkpoint.made_at(),
                "first_tree_size": verified.first_checkpoint.as_ref().map(|first| first.size),
                "first_root": verified.first_checkpoint.as_ref().map(|first| hex(&first.root)),
                "key": key.to_string(),
                "key_from": match verified.key { KeyOrigin::Given(_) => "given", KeyOrigin::File(_) => "file" },
                "packing": match packing { Packing::AsWritten => "as written", Packing::Other => "other" },
                "made_at": verified.made_at,
                "software": verified.software,
                "notes": notes(verified, *packing),
            })
        }
        Outcome::Flawed(flaw) => json!({
            "verdict": "flawed",
            "flaw": flaw.code(),
            "event": flaw.event(),
            "message": flaw.to_string(),
        }),
        Outcome::Unreadable(reason) => json!({ "verdict": "unreadable", "message": reason }),
    }
}
