//! Bytes to records and back: the files other people's systems write and read.
//!
//! Readers take bytes and give records in the words of the trade, with the
//! line of whatever could not be read. They open no files and no sockets,
//! hold bounded memory and treat every byte as hostile.

pub mod camt;
pub mod epc;
pub mod holiday_file;
pub mod invoice;
pub mod table;
pub mod xml;

mod text;
