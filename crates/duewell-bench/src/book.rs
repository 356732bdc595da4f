//! The files of a large book: debtors, receivables and one bank statement.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use duewell_domain::money::Money;
use duewell_sample::{MassRow, SampleSpec};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::measure::{Measured, measure};

/// The day of the run, a Tuesday.
pub const TODAY: Date = date(2026, 3, 10);

/// Writes `debtors.csv`, `receivables.csv` (three a debtor) and `bank.xml` (a line a debtor).
///
/// 27 of 100 debtors have one receivable that asks for a first notice today, which is 9 % of
/// receivables; everything else is due later.
pub fn write(dir: &Path, debtors: u64) -> anyhow::Result<Measured> {
    measure(None, || {
        fs::create_dir_all(dir)?;
        let create = |name: &str| -> anyhow::Result<BufWriter<File>> {
            Ok(BufWriter::with_capacity(1 << 20, File::create(dir.join(name))?))
        };
        let (mut people, mut owed) = (create("debtors.csv")?, create("receivables.csv")?);
        writeln!(people, "customer_number,name,type,email,country,language,segment")?;
        writeln!(owed, "invoice_number,customer_number,amount,currency,issued_on,due_on")?;
        let spec = SampleSpec::bench(u32::try_from(debtors)?);
        let mut row = MassRow::default();
        for index in 0..debtors {
            spec.fill_mass_row(index as u32, &mut row);
            // Names come quoted: some hold commas.
            let name = row.name.replace('"', "\"\"").replace(['\n', '\r'], " ");
            let email =
                if row.email.is_empty() { format!("k{index}@example.com") } else { row.email.clone() };
            let kind = row.kind.as_str();
            writeln!(
                people,
                "{},\"{name}\",{kind},{email},{},{},{}",
                row.number, row.country, row.language, row.segment
            )?;
            let acts = index * 2_654_435_761 % 100 < 27;
            for place in 0..3 {
                let number = index * 3 + place;
                let spread = (number * 7 % 50) as i64;
                let due_on = match (acts, place) {
                    (true, 0) => TODAY.checked_sub((3 + spread % 11).days())?,
                    _ => TODAY.checked_add((10 + spread).days())?,
                };
                let amount = Money::new(amount_minor(number), duewell_domain::money::Currency::EUR);
                let issued_on = due_on.checked_sub(30.days())?;
                writeln!(
                    owed,
                    "INV-{number:010},{},{},EUR,{issued_on},{due_on}",
                    row.number,
                    amount.major_text()
                )?;
            }
        }
        people.flush()?;
        owed.flush()?;
        statement(create("bank.xml")?, debtors)?;
        Ok(debtors * 4)
    })
}

fn amount_minor(number: u64) -> i64 {
    1_000 + (number * 48_271 % 100_000) as i64
}

/// One camt.053.001.08 statement; each line names an invoice in its text, as a third of debtors do.
fn statement(mut out: BufWriter<File>, debtors: u64) -> anyhow::Result<()> {
    let receivables = debtors * 3;
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\
         <BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>{TODAY}T05:00:00</CreDtTm></GrpHdr><Stmt><Id>BENCH-1</Id>\
         <CreDtTm>{TODAY}T05:00:00</CreDtTm><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    )?;
    for line in 0..debtors {
        let number = line * 2_654_435_761 % receivables;
        // Nine of ten pay what is asked for, the others a part.
        let asked = amount_minor(number);
        let paid =
            Money::new(if line % 10 == 0 { asked / 2 } else { asked }, duewell_domain::money::Currency::EUR);
        writeln!(
            out,
            "<Ntry><Amt Ccy=\"EUR\">{paid}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{TODAY}</Dt></BookgDt>\
             <ValDt><Dt>{TODAY}</Dt></ValDt><AcctSvcrRef>B{line:010}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>\
             <SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>\
             <RltdPties><Dbtr><Pty><Nm>Payer {line}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE75512108001245126199</IBAN></Id></DbtrAcct>\
             </RltdPties><RmtInf><Ustrd>Payment INV-{number:010} thanks</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            paid = paid.major_text(),
        )?;
    }
    out.write_all(b"</Stmt></BkToCstmrStmt></Document>\n")?;
    out.flush()?;
    Ok(())
}
