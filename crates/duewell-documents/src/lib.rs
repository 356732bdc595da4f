//! Words the debtor reads: notices in their language, as Markdown, plain text and HTML.
//!
//! A notice is written once, when it is decided: [`Templates::render`] fills a
//! template with facts and gives the Markdown [`Notice`] that the journal keeps.
//! The two parts of the mail, [`parts`], are derived from that same text when
//! it leaves, so both say the same.
//!
//! A template is a small language for people who are not programmers: text,
//! `{{ values }}`, `{% if %}` and `{% for %}`. It can compute nothing, loop only
//! over what it is given, and every value it prints is plain text whatever the
//! debtor called themselves. This crate does no I/O and holds no rules.
//!
//! Reading order: `notice` (what a text is written from), `template` (filling
//! it in), `syntax` (what a template may say), `words` (money and dates in a
//! language), `parts` (mail), `speech` (texts of pages, in the reader's language).

pub mod chart;
mod markdown;
mod notice;
mod parts;
pub mod qr;
mod speech;
mod syntax;
mod template;
mod words;

pub use notice::{Creditor, Notice, NoticeFacts, NoticeItem};
pub use parts::{Parts, parts};
pub use speech::{Arg, Speech};
pub use template::{TemplateError, TemplateSource, Templates};
