//! Daily bank statements, ISO 20022 camt.053.001.08, made from lines that come in any order of days.
//!
//! Debtors are walked one by one but statements go by days, so lines are kept
//! in one bucket per day, account and kind of entry. Buckets hold a bounded
//! amount of memory in all; what is more goes to part files beside the
//! statements. Sums are kept in memory, because balances stand in front.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use duewell_domain::money::{Currency, Money};
use jiff::civil::Date;

use crate::bank_day::{bank_day_from, is_bank_day, plus_days};
use crate::files::SampleError;
use crate::iban::creditor_iban;
use crate::identity::{push_number, push_padded};
use crate::receivable::in_currency;
use crate::spec::SampleSpec;
use crate::truth::{self, LineTruth};
use crate::xml::{push_element, push_text};

/// The creditor of every sample book.
pub(crate) const CREDITOR: &str = "Nordlicht Handel GmbH";
/// Bytes of lines held in memory over all buckets.
const MEMORY_MAX: usize = 48 * 1024 * 1024;
/// Payments in one collective entry.
const COLLECTIVE_MAX: usize = 200;
/// What each account holds before the first day, in euro cents' size.
const OPENING_CENTS: i64 = 2_500_000;
/// The bank's monthly fee, likewise.
const FEE_CENTS: i64 = 990;

/// What kind of booking it is; it decides the direction and the bank's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Booking {
    /// A transfer came in.
    Transfer,
    /// A direct debit was collected.
    DirectDebit,
    /// A direct debit came back.
    Return,
    /// The creditor sent money back.
    Refund,
    /// The bank's fee.
    Fee,
}

impl Booking {
    pub(crate) fn is_credit(self) -> bool {
        match self {
            Booking::Transfer | Booking::DirectDebit => true,
            Booking::Return | Booking::Refund | Booking::Fee => false,
        }
    }

    /// Domain, family and sub-family of the ISO 20022 bank transaction code.
    fn code(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Booking::Transfer => ("PMNT", "RCDT", "ESCT"),
            Booking::DirectDebit => ("PMNT", "IDDT", "ESDD"),
            Booking::Return => ("PMNT", "IDDT", "UPDD"),
            Booking::Refund => ("PMNT", "ICDT", "ESCT"),
            Booking::Fee => ("ACMT", "MDOP", "CHRG"),
        }
    }
}

/// One payment as the bank tells it.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub booking: Booking,
    pub on: Date,
    pub amount: Money,
    pub bank_reference: &'a str,
    pub party_name: &'a str,
    pub party_iban: Option<&'a str>,
    pub end_to_end_id: Option<&'a str>,
    pub mandate: Option<&'a str>,
    pub structured: Option<&'a str>,
    pub remittance: &'a [String],
    pub return_reason: Option<&'a str>,
    /// Shares an entry with other payments of the day.
    pub collective: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    /// Whole entries.
    Single,
    /// Details of collective direct debits.
    DirectDebits,
    /// Details of collective transfers.
    Transfers,
}

#[derive(Default)]
struct Bucket {
    bytes: Vec<u8>,
    spilled: bool,
    credits: i64,
    debits: i64,
    lines: u64,
}

impl Bucket {
    fn entries(&self, lane: Lane) -> u64 {
        match lane {
            Lane::Single => self.lines,
            Lane::DirectDebits | Lane::Transfers => self.lines.div_ceil(COLLECTIVE_MAX as u64),
        }
    }
}

type Key = (Date, usize, Lane);

/// Collects lines and then writes the statements.
pub(crate) struct Statements {
    parts: PathBuf,
    accounts: Vec<Account>,
    buckets: BTreeMap<Key, Bucket>,
    in_memory: usize,
    memory_max: usize,
    scratch: String,
}

struct Account {
    currency: Currency,
    iban: String,
    balance: i64,
    statements: u64,
    moved: bool,
}

/// What was written.
#[derive(Default)]
pub(crate) struct Written {
    pub files: u64,
    pub statements: u64,
    pub entries: u64,
}

impl Statements {
    /// `parts` is a folder of its own for what does not fit into memory; it is removed in the end.
    pub(crate) fn new(spec: &SampleSpec, parts: PathBuf) -> Self {
        let accounts =
            spec.currencies.0.iter().filter(|(_, weight)| *weight > 0).map(|&(currency, _)| Account {
                currency,
                iban: creditor_iban(currency),
                balance: in_currency(OPENING_CENTS, currency).minor,
                statements: 0,
                moved: false,
            });
        Statements {
            parts,
            accounts: accounts.collect(),
            buckets: BTreeMap::new(),
            in_memory: 0,
            memory_max: MEMORY_MAX,
            scratch: String::new(),
        }
    }

    /// Returns the creditor's account of each currency.
    pub(crate) fn accounts(&self) -> BTreeMap<&'static str, &str> {
        self.accounts.iter().map(|account| (account.currency.code(), account.iban.as_str())).collect()
    }

    /// Takes a line of any day.
    pub(crate) fn add(&mut self, line: &Line<'_>) -> Result<(), SampleError> {
        let account = self
            .accounts
            .iter()
            .position(|account| account.currency == line.amount.currency)
            .expect("debtors have a currency of the mix");
        let lane = match (line.collective, line.booking) {
            (true, Booking::DirectDebit) => Lane::DirectDebits,
            (true, Booking::Transfer) => Lane::Transfers,
            (true, Booking::Return | Booking::Refund | Booking::Fee) | (false, _) => Lane::Single,
        };
        self.scratch.clear();
        match lane {
            Lane::Single => push_single_entry(&mut self.scratch, line),
            Lane::DirectDebits | Lane::Transfers => push_details(&mut self.scratch, line),
        }
        let bucket = self.buckets.entry((line.on, account, lane)).or_default();
        let sum = if line.booking.is_credit() { &mut bucket.credits } else { &mut bucket.debits };
        *sum = sum.checked_add(line.amount.minor).ok_or(SampleError::TooMuch { on: line.on })?;
        bucket.lines += 1;
        let before = bucket.bytes.len();
        if lane != Lane::Single {
            bucket.bytes.extend_from_slice(&(self.scratch.len() as u32).to_le_bytes());
            bucket.bytes.extend_from_slice(&line.amount.minor.to_le_bytes());
        }
        bucket.bytes.extend_from_slice(self.scratch.as_bytes());
        self.in_memory += bucket.bytes.len() - before;
        if self.in_memory > self.memory_max { self.spill() } else { Ok(()) }
    }

    /// Moves the largest buckets to part files until half of the memory is free.
    fn spill(&mut self) -> Result<(), SampleError> {
        fs::create_dir_all(&self.parts).map_err(|source| SampleError::at(&self.parts, source))?;
        let mut sizes: Vec<(usize, Key)> =
            self.buckets.iter().map(|(key, bucket)| (bucket.bytes.len(), *key)).collect();
        sizes.sort_unstable_by(|left, right| right.cmp(left));
        for (size, key) in sizes {
            if self.in_memory <= self.memory_max / 2 {
                break;
            }
            let path = self.part_path(key);
            let bucket = self.buckets.get_mut(&key).expect("the key is from the map");
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)
                .map_err(|source| SampleError::at(&path, source))?;
            file.write_all(&bucket.bytes).map_err(|source| SampleError::at(&path, source))?;
            bucket.spilled = true;
            bucket.bytes = Vec::new();
            self.in_memory -= size;
        }
        Ok(())
    }

    fn part_path(&self, (on, account, lane): Key) -> PathBuf {
        self.parts.join(format!("{on}-{account}-{}", lane as u8))
    }

    /// Opens a bucket from its first line.
    fn open(&self, key: Key, bucket: Bucket) -> Result<Box<dyn Read>, SampleError> {
        let rest = io::Cursor::new(bucket.bytes);
        if !bucket.spilled {
            return Ok(Box::new(rest));
        }
        let path = self.part_path(key);
        let file = File::open(&path).map_err(|source| SampleError::at(&path, source))?;
        Ok(Box::new(BufReader::with_capacity(256 * 1024, file).chain(rest)))
    }

    /// Writes one file for each bank day of the book, one statement for each account that moved.
    ///
    /// The first account has a statement every bank day, an empty one if need be.
    /// The bank's own fees are added here and told to `truth`.
    pub(crate) fn write(
        mut self,
        spec: &SampleSpec,
        folder: &Path,
        truth: &mut dyn Write,
    ) -> Result<Written, SampleError> {
        let mut written = Written::default();
        let mut on = bank_day_from(spec.starts_on());
        while on <= spec.ends_on() {
            let next = bank_day_from(plus_days(on, 1));
            if next.month() != on.month() {
                self.book_fees(on, truth)?;
            }
            let path = folder.join(format!("{on}.xml"));
            let file = File::create(&path).map_err(|source| SampleError::at(&path, source))?;
            let mut out = BufWriter::with_capacity(256 * 1024, file);
            self.write_day(on, &mut out, &mut written)?;
            out.flush().map_err(|source| SampleError::at(&path, source))?;
            written.files += 1;
            on = next;
        }
        debug_assert!(self.buckets.is_empty(), "lines stand on bank days of the book");
        if self.parts.exists() {
            fs::remove_dir_all(&self.parts).map_err(|source| SampleError::at(&self.parts, source))?;
        }
        Ok(written)
    }

    fn book_fees(&mut self, on: Date, truth: &mut dyn Write) -> Result<(), SampleError> {
        for place in 0..self.accounts.len() {
            let account = &self.accounts[place];
            let busy =
                self.buckets.range((on, place, Lane::Single)..=(on, place, Lane::Transfers)).next().is_some();
            if place > 0 && !account.moved && !busy {
                continue;
            }
            let amount = in_currency(FEE_CENTS, account.currency);
            let reference = format!("{}{}FEE", on.strftime("%y%m%d"), account.currency);
            let remittance = [format!("Account fee {:02}/{}", on.month(), on.year())];
            let line = Line {
                booking: Booking::Fee,
                on,
                amount,
                bank_reference: &reference,
                party_name: "",
                party_iban: None,
                end_to_end_id: None,
                mandate: None,
                structured: None,
                remittance: &remittance,
                return_reason: None,
                collective: false,
            };
            self.add(&line)?;
            truth::write(truth, &LineTruth::outside("fee", &reference, on, amount, false))?;
        }
        Ok(())
    }

    fn write_day(
        &mut self,
        on: Date,
        out: &mut impl Write,
        written: &mut Written,
    ) -> Result<(), SampleError> {
        let fail = |source| SampleError::at(Path::new(&format!("{on}.xml")), source);
        debug_assert!(is_bank_day(on));
        write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n<BkToCstmrStmt>\n\
             <GrpHdr><MsgId>STMT-{day}</MsgId><CreDtTm>{on}T19:30:00</CreDtTm></GrpHdr>\n",
            day = on.strftime("%Y%m%d"),
        )
        .map_err(fail)?;
        for place in 0..self.accounts.len() {
            let mut lanes = Vec::new();
            for lane in [Lane::Single, Lane::DirectDebits, Lane::Transfers] {
                if let Some(bucket) = self.buckets.remove(&(on, place, lane)) {
                    self.in_memory -= bucket.bytes.len();
                    lanes.push((lane, bucket));
                }
            }
            if lanes.is_empty() && place > 0 {
                continue;
            }
            let sum = |pick: fn(&Bucket) -> i64| {
                lanes.iter().try_fold(0i64, |sum, (_, bucket)| sum.checked_add(pick(bucket)))
            };
            let too_much = SampleError::TooMuch { on };
            let (Some(credits), Some(debits)) = (sum(|bucket| bucket.credits), sum(|bucket| bucket.debits))
            else {
                return Err(too_much);
            };
            let account = &mut self.accounts[place];
            let closing = account.balance.checked_add(credits).and_then(|sum| sum.checked_sub(debits));
            let Some(closing) = closing else { return Err(too_much) };
            let entries: u64 = lanes.iter().map(|(lane, bucket)| bucket.entries(*lane)).sum();
            account.statements += 1;
            account.moved |= !lanes.is_empty();
            let mut head = String::with_capacity(2048);
            push_head(&mut head, account, on, closing, entries, credits, debits);
            out.write_all(head.as_bytes()).map_err(fail)?;
            account.balance = closing;
            for (lane, bucket) in lanes {
                match lane {
                    Lane::Single => {
                        let mut input = self.open((on, place, lane), bucket)?;
                        io::copy(&mut input, out).map_err(fail)?;
                    }
                    Lane::DirectDebits => {
                        self.write_collective(on, place, lane, bucket, Booking::DirectDebit, out)?
                    }
                    Lane::Transfers => {
                        self.write_collective(on, place, lane, bucket, Booking::Transfer, out)?
                    }
                }
            }
            out.write_all(b"</Stmt>\n").map_err(fail)?;
            written.statements += 1;
            written.entries += entries;
        }
        out.write_all(b"</BkToCstmrStmt>\n</Document>\n").map_err(fail)
    }

    /// Puts the details of a lane into entries of at most [`COLLECTIVE_MAX`].
    fn write_collective(
        &mut self,
        on: Date,
        place: usize,
        lane: Lane,
        bucket: Bucket,
        booking: Booking,
        out: &mut impl Write,
    ) -> Result<(), SampleError> {
        let fail = |source| SampleError::at(Path::new(&format!("{on}.xml")), source);
        let currency = self.accounts[place].currency;
        let mut left = bucket.lines as usize;
        let mut input = self.open((on, place, lane), bucket)?;
        let mut number = 0;
        let (mut details, mut frame) = (Vec::new(), [0u8; 12]);
        while left > 0 {
            let count = left.min(COLLECTIVE_MAX);
            details.clear();
            let mut sum = 0i64;
            for _ in 0..count {
                input.read_exact(&mut frame).map_err(fail)?;
                let (len, minor) = frame.split_at(4);
                let len = u32::from_le_bytes(len.try_into().expect("four bytes"));
                sum += i64::from_le_bytes(minor.try_into().expect("eight bytes"));
                let start = details.len();
                details.resize(start + len as usize, 0);
                input.read_exact(&mut details[start..]).map_err(fail)?;
            }
            number += 1;
            left -= count;
            let letter = if booking == Booking::DirectDebit { 'D' } else { 'B' };
            let reference = format!("{}{currency}{letter}{number:05}", on.strftime("%y%m%d"));
            let amount = Money::new(sum, currency);
            let mut text = String::with_capacity(512);
            push_entry_head(&mut text, booking, on, amount, &reference);
            text.push_str("<NtryDtls><Btch>");
            push_element(&mut text, "PmtInfId", &reference);
            text.push_str("<NbOfTxs>");
            push_number(&mut text, count as u64);
            text.push_str("</NbOfTxs>");
            push_amount(&mut text, "TtlAmt", amount);
            text.push_str("<CdtDbtInd>CRDT</CdtDbtInd></Btch>\n");
            out.write_all(text.as_bytes()).map_err(fail)?;
            out.write_all(&details).map_err(fail)?;
            out.write_all(b"</NtryDtls></Ntry>\n").map_err(fail)?;
        }
        Ok(())
    }
}

fn push_head(
    out: &mut String,
    account: &Account,
    on: Date,
    closing: i64,
    entries: u64,
    credits: i64,
    debits: i64,
) {
    let currency = account.currency;
    out.push_str("<Stmt><Id>");
    push_day_digits(out, on);
    out.push_str(currency.code());
    out.push_str("</Id><ElctrncSeqNb>");
    push_number(out, account.statements);
    out.push_str("</ElctrncSeqNb><CreDtTm>");
    push_date(out, on);
    out.push_str("T19:30:00</CreDtTm><FrToDt><FrDtTm>");
    push_date(out, on);
    out.push_str("T00:00:00</FrDtTm><ToDtTm>");
    push_date(out, on);
    out.push_str("T23:59:59</ToDtTm></FrToDt>\n<Acct><Id>");
    push_element(out, "IBAN", &account.iban);
    out.push_str("</Id>");
    push_element(out, "Ccy", currency.code());
    out.push_str("<Ownr>");
    push_element(out, "Nm", CREDITOR);
    out.push_str("</Ownr></Acct>\n");
    for (code, minor) in [("OPBD", account.balance), ("CLBD", closing)] {
        out.push_str("<Bal><Tp><CdOrPrtry>");
        push_element(out, "Cd", code);
        out.push_str("</CdOrPrtry></Tp>");
        push_amount(out, "Amt", Money::new(minor.saturating_abs(), currency));
        push_element(out, "CdtDbtInd", if minor < 0 { "DBIT" } else { "CRDT" });
        out.push_str("<Dt><Dt>");
        push_date(out, on);
        out.push_str("</Dt></Dt></Bal>\n");
    }
    out.push_str("<TxsSummry><TtlNtries><NbOfNtries>");
    push_number(out, entries);
    out.push_str("</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>");
    out.push_str(&Money::new(credits, currency).major_text());
    out.push_str("</Sum></TtlCdtNtries><TtlDbtNtries><Sum>");
    out.push_str(&Money::new(debits, currency).major_text());
    out.push_str("</Sum></TtlDbtNtries></TxsSummry>\n");
}

fn push_single_entry(out: &mut String, line: &Line<'_>) {
    push_entry_head(out, line.booking, line.on, line.amount, line.bank_reference);
    match line.booking {
        Booking::Fee => push_element(out, "AddtlNtryInf", line.remittance.first().map_or("", String::as_str)),
        Booking::Transfer | Booking::DirectDebit | Booking::Return | Booking::Refund => {
            out.push_str("<NtryDtls>\n");
            push_details(out, line);
            out.push_str("</NtryDtls>");
        }
    }
    out.push_str("</Ntry>\n");
}

fn push_entry_head(out: &mut String, booking: Booking, on: Date, amount: Money, reference: &str) {
    out.push_str("<Ntry>");
    push_amount(out, "Amt", amount);
    out.push_str("<CdtDbtInd>");
    out.push_str(if booking.is_credit() { "CRDT" } else { "DBIT" });
    out.push_str("</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>");
    push_date(out, on);
    out.push_str("</Dt></BookgDt><ValDt><Dt>");
    push_date(out, on);
    out.push_str("</Dt></ValDt>");
    push_element(out, "AcctSvcrRef", reference);
    let (domain, family, subfamily) = booking.code();
    out.push_str("<BkTxCd><Domn><Cd>");
    out.push_str(domain);
    out.push_str("</Cd><Fmly><Cd>");
    out.push_str(family);
    out.push_str("</Cd><SubFmlyCd>");
    out.push_str(subfamily);
    out.push_str("</SubFmlyCd></Fmly></Domn></BkTxCd>\n");
}

fn push_details(out: &mut String, line: &Line<'_>) {
    out.push_str("<TxDtls><Refs>");
    push_element(out, "AcctSvcrRef", line.bank_reference);
    push_element(out, "EndToEndId", line.end_to_end_id.unwrap_or("NOTPROVIDED"));
    if let Some(mandate) = line.mandate {
        push_element(out, "MndtId", mandate);
    }
    out.push_str("</Refs>");
    push_amount(out, "Amt", line.amount);
    out.push_str("<CdtDbtInd>");
    out.push_str(if line.booking.is_credit() { "CRDT" } else { "DBIT" });
    out.push_str("</CdtDbtInd>\n<RltdPties>");
    // A return keeps the roles of the debit that came back (EPC rulebooks, R-transactions).
    let (party, account) = match line.booking {
        Booking::Transfer | Booking::DirectDebit | Booking::Return => ("Dbtr", "DbtrAcct"),
        Booking::Refund | Booking::Fee => ("Cdtr", "CdtrAcct"),
    };
    out.push('<');
    out.push_str(party);
    out.push_str("><Pty>");
    push_element(out, "Nm", line.party_name);
    out.push_str("</Pty></");
    out.push_str(party);
    out.push('>');
    if let Some(iban) = line.party_iban {
        out.push('<');
        out.push_str(account);
        out.push_str("><Id>");
        push_element(out, "IBAN", iban);
        out.push_str("</Id></");
        out.push_str(account);
        out.push('>');
    }
    out.push_str("</RltdPties>");
    if !line.remittance.is_empty() || line.structured.is_some() {
        out.push_str("<RmtInf>");
        for text in line.remittance {
            push_element(out, "Ustrd", text);
        }
        if let Some(reference) = line.structured {
            out.push_str("<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>");
            push_element(out, "Ref", reference);
            out.push_str("</CdtrRefInf></Strd>");
        }
        out.push_str("</RmtInf>");
    }
    if let Some(reason) = line.return_reason {
        out.push_str("<RtrInf><Rsn>");
        push_element(out, "Cd", reason);
        out.push_str("</Rsn></RtrInf>");
    }
    out.push_str("</TxDtls>\n");
}

fn push_amount(out: &mut String, name: &str, amount: Money) {
    out.push('<');
    out.push_str(name);
    out.push_str(" Ccy=\"");
    push_text(out, amount.currency.code());
    out.push_str("\">");
    out.push_str(&amount.major_text());
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn push_date(out: &mut String, day: Date) {
    push_padded(out, u64::from(day.year().unsigned_abs()), 4);
    out.push('-');
    push_padded(out, u64::from(day.month().unsigned_abs()), 2);
    out.push('-');
    push_padded(out, u64::from(day.day().unsigned_abs()), 2);
}

fn push_day_digits(out: &mut String, day: Date) {
    push_padded(out, u64::from(day.year().unsigned_abs()), 4);
    push_padded(out, u64::from(day.month().unsigned_abs()), 2);
    push_padded(out, u64::from(day.day().unsigned_abs()), 2);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::CurrencyMix;
    use jiff::civil::date;

    /// Writes the same 900 lines with little and with much memory.
    fn written_with(memory_max: usize) -> String {
        let dir = tempfile::tempdir().expect("a folder");
        let spec =
            SampleSpec { months: 1, currencies: CurrencyMix::only(Currency::EUR), ..SampleSpec::default() };
        let mut statements = Statements::new(&spec, dir.path().join("parts"));
        statements.memory_max = memory_max;
        let days = [date(2026, 1, 7), date(2026, 1, 5), date(2026, 1, 30)];
        for number in 0..900usize {
            let booking =
                [Booking::Transfer, Booking::DirectDebit, Booking::Refund, Booking::Return][number % 4];
            let reference = format!("REF{number:05}");
            let line = Line {
                booking,
                on: days[number % 3],
                amount: Money::new(number as i64 + 1, Currency::EUR),
                bank_reference: &reference,
                party_name: "A & B",
                party_iban: None,
                end_to_end_id: None,
                mandate: None,
                structured: None,
                remittance: &[],
                return_reason: (booking == Booking::Return).then_some("AM04"),
                collective: number % 8 < 2,
            };
            statements.add(&line).expect("it fits");
            assert!(statements.in_memory <= memory_max.max(4096));
        }
        let written = statements.write(&spec, dir.path(), &mut io::sink()).expect("it is written");
        assert_eq!(written.files, 21);
        assert!(!dir.path().join("parts").exists());
        days.map(|day| fs::read_to_string(dir.path().join(format!("{day}.xml"))).expect("a statement"))
            .concat()
    }

    #[test]
    fn little_memory_gives_the_same_statements() {
        let much = written_with(1 << 30);
        assert_eq!(much, written_with(4_096));
        assert_eq!(much.matches("<TxDtls>").count(), 900);
    }

    #[test]
    fn an_account_that_holds_more_than_an_amount_can_is_refused() {
        let spec = SampleSpec { currencies: CurrencyMix::only(Currency::EUR), ..SampleSpec::default() };
        let mut statements = Statements::new(&spec, PathBuf::from("unused"));
        let line = Line {
            booking: Booking::Transfer,
            on: date(2026, 1, 5),
            amount: Money::new(i64::MAX, Currency::EUR),
            bank_reference: "REF",
            party_name: "",
            party_iban: None,
            end_to_end_id: None,
            mandate: None,
            structured: None,
            remittance: &[],
            return_reason: None,
            collective: false,
        };
        assert!(statements.add(&line).is_ok());
        assert!(matches!(statements.add(&line), Err(SampleError::TooMuch { .. })));
    }
}
