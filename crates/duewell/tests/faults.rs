//! Faults, met by the built program: crashes at every edge, a mail server that misbehaves, a full disk, hostile files.
//!
//! Each test works on a small book in a folder of its own and talks to the
//! program as a person or a script does: arguments in, words, JSON and an exit
//! code out. The program is built with the feature `faults`, see `src/faults.rs`.

#![expect(clippy::disallowed_methods, reason = "tests are told by the environment where the interpreter is")]

#[path = "faults/support.rs"]
mod support;

#[path = "faults/crash.rs"]
mod crash;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/hostile.rs"]
mod hostile;
#[path = "faults/mail.rs"]
mod mail;
