//! Measures how fast statements are read: `camt_speed [FILE | MEGABYTES]`.
//!
//! Without a file it makes a statement of the given size (100 MB) as it is
//! read, so that the memory shown is that of the reader.

#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::time::Instant;

use duewell_formats::camt::{CamtEvent, CamtSummary, read_camt};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n\t<BkToCstmrStmt>\n\t\t<GrpHdr>\n\
\t\t\t<MsgId>M1</MsgId>\n\t\t\t<CreDtTm>2026-03-02T06:00:00+01:00</CreDtTm>\n\t\t</GrpHdr>\n\t\t<Stmt>\n\
\t\t\t<Id>S1</Id>\n\t\t\t<Acct><Id><IBAN>DE79000000001234567890</IBAN></Id><Ccy>EUR</Ccy></Acct>\n";
const TAIL: &str = "\t\t</Stmt>\n\t</BkToCstmrStmt>\n</Document>\n";

/// A statement of about `bytes_left` bytes, made entry by entry.
struct Statement {
    part: Vec<u8>,
    taken: usize,
    bytes_left: u64,
    number: u64,
    ended: bool,
}

impl Statement {
    fn new(bytes: u64) -> Self {
        Statement { part: HEAD.into(), taken: 0, bytes_left: bytes, number: 0, ended: false }
    }

    fn next_part(&mut self) {
        self.taken = 0;
        self.part.clear();
        if self.bytes_left > 0 {
            self.number += 1;
            self.part.extend_from_slice(entry(self.number).as_bytes());
            self.bytes_left = self.bytes_left.saturating_sub(self.part.len() as u64);
        } else if !self.ended {
            self.ended = true;
            self.part.extend_from_slice(TAIL.as_bytes());
        }
    }
}

impl Read for Statement {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.part.len() {
            self.next_part();
        }
        let count = into.len().min(self.part.len() - self.taken);
        into[..count].copy_from_slice(&self.part[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// Writes an incoming credit transfer as a German bank does, indented with tabs.
fn entry(number: u64) -> String {
    let (euros, cents) = (number % 5000 + 1, number % 100);
    format!(
        "\t\t\t<Ntry>\n\t\t\t\t<NtryRef>{number:012}</NtryRef>\n\
\t\t\t\t<Amt Ccy=\"EUR\">{euros}.{cents:02}</Amt>\n\t\t\t\t<CdtDbtInd>CRDT</CdtDbtInd>\n\
\t\t\t\t<RvslInd>false</RvslInd>\n\t\t\t\t<Sts>\n\t\t\t\t\t<Cd>BOOK</Cd>\n\t\t\t\t</Sts>\n\
\t\t\t\t<BookgDt>\n\t\t\t\t\t<Dt>2026-03-02</Dt>\n\t\t\t\t</BookgDt>\n\
\t\t\t\t<ValDt>\n\t\t\t\t\t<Dt>2026-03-02</Dt>\n\t\t\t\t</ValDt>\n\
\t\t\t\t<AcctSvcrRef>BANK{number:014}</AcctSvcrRef>\n\t\t\t\t<BkTxCd>\n\t\t\t\t\t<Domn>\n\
\t\t\t\t\t\t<Cd>PMNT</Cd>\n\t\t\t\t\t\t<Fmly>\n\t\t\t\t\t\t\t<Cd>RCDT</Cd>\n\
\t\t\t\t\t\t\t<SubFmlyCd>ESCT</SubFmlyCd>\n\t\t\t\t\t\t</Fmly>\n\t\t\t\t\t</Domn>\n\t\t\t\t</BkTxCd>\n\
\t\t\t\t<NtryDtls>\n\t\t\t\t\t<TxDtls>\n\t\t\t\t\t\t<Refs>\n\
\t\t\t\t\t\t\t<EndToEndId>E2E-{number:012}</EndToEndId>\n\t\t\t\t\t\t</Refs>\n\
\t\t\t\t\t\t<Amt Ccy=\"EUR\">{euros}.{cents:02}</Amt>\n\t\t\t\t\t\t<CdtDbtInd>CRDT</CdtDbtInd>\n\
\t\t\t\t\t\t<RltdPties>\n\t\t\t\t\t\t\t<Dbtr>\n\t\t\t\t\t\t\t\t<Pty>\n\
\t\t\t\t\t\t\t\t\t<Nm>Bäckerei Müller &amp; Söhne {number}</Nm>\n\t\t\t\t\t\t\t\t</Pty>\n\
\t\t\t\t\t\t\t</Dbtr>\n\t\t\t\t\t\t\t<DbtrAcct>\n\t\t\t\t\t\t\t\t<Id>\n\
\t\t\t\t\t\t\t\t\t<IBAN>DE02120300000000202051</IBAN>\n\t\t\t\t\t\t\t\t</Id>\n\
\t\t\t\t\t\t\t</DbtrAcct>\n\t\t\t\t\t\t</RltdPties>\n\t\t\t\t\t\t<RmtInf>\n\
\t\t\t\t\t\t\t<Ustrd>Rechnung 2026-{number:07} vom 14.02.2026, danke</Ustrd>\n\
\t\t\t\t\t\t</RmtInf>\n\t\t\t\t\t</TxDtls>\n\t\t\t\t</NtryDtls>\n\
\t\t\t\t<AddtlNtryInf>SEPA-Gutschrift</AddtlNtryInf>\n\t\t\t</Ntry>\n"
    )
}

fn read(input: impl io::BufRead) -> anyhow::Result<(CamtSummary, i64)> {
    let mut minor = 0;
    let summary = read_camt(input, |event| {
        if let CamtEvent::Entry(entry) = &event {
            minor += entry.amount.minor;
        }
        ControlFlow::Continue(())
    })?;
    Ok((summary, minor))
}

fn main() -> anyhow::Result<()> {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "100".to_owned());
    if let Ok(megabytes) = argument.parse::<u64>() {
        let streamed = Statement::new(megabytes * 1_000_000);
        let (summary, _) = read(BufReader::with_capacity(64 * 1024, streamed))?;
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory unknown");
        println!("{megabytes} MB as a stream: {} entries, {peak}", summary.entries);
        let mut bytes = Vec::new();
        Statement::new(megabytes * 1_000_000).read_to_end(&mut bytes)?;
        for _ in 0..3 {
            report(bytes.len() as u64, || read(&bytes[..]))?;
        }
        return Ok(());
    }
    let size = std::fs::metadata(&argument)?.len();
    report(size, || read(BufReader::with_capacity(64 * 1024, File::open(&argument)?)))
}

fn report(size: u64, run: impl FnOnce() -> anyhow::Result<(CamtSummary, i64)>) -> anyhow::Result<()> {
    let start = Instant::now();
    let (summary, minor) = run()?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} entries, {minor} minor units, {:.2} s, {:.0} MB/s, {:.0} entries/s",
        summary.entries,
        seconds,
        size as f64 / 1e6 / seconds,
        summary.entries as f64 / seconds
    );
    Ok(())
}
