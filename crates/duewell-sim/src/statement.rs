//! Bank statements: camt.053.001.08 as banks write it, a file per day with an account per currency.

use std::fmt::Write as _;

use duewell_domain::money::{Currency, Money};
use duewell_sample::iban::creditor_iban;
use jiff::civil::Date;

/// One line of an account statement.
#[derive(Clone, Debug)]
pub struct BankLine {
    /// Negative for money that left the account.
    pub amount: Money,
    pub payer: String,
    /// The other side's account; the auditor knows the line by it.
    pub account: String,
    /// The bank's own reference; some banks give none.
    pub bank_reference: Option<String>,
    pub structured: Option<String>,
    pub text: Vec<String>,
    /// Set for a debit that came back.
    pub return_reason: Option<&'static str>,
}

/// Writes the statements of a day: one per currency, also where nothing moved.
pub fn write(day: Date, currencies: &[Currency], lines: &[BankLine]) -> String {
    let mut out = String::with_capacity(1024 + lines.len() * 1024);
    let stamp = day.strftime("%Y%m%d");
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>SIM-{stamp}</MsgId><CreDtTm>{day}T19:30:00</CreDtTm></GrpHdr>\n"
    );
    for &currency in currencies {
        let own: Vec<&BankLine> = lines.iter().filter(|line| line.amount.currency == currency).collect();
        let moved: i64 = own.iter().map(|line| line.amount.minor).sum();
        let opening = Money::new(100_000_000, currency);
        let closing = Money::new(opening.minor + moved, currency);
        let _ = write!(
            out,
            "<Stmt><Id>{stamp}{currency}</Id><CreDtTm>{day}T19:30:00</CreDtTm>\
             <Acct><Id><IBAN>{}</IBAN></Id><Ccy>{currency}</Ccy></Acct>",
            creditor_iban(currency)
        );
        for (code, balance) in [("OPBD", opening), ("CLBD", closing)] {
            let _ = write!(
                out,
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{currency}\">{}</Amt>\
                 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>",
                balance.major_text()
            );
        }
        for line in own {
            write_entry(&mut out, day, line);
        }
        out.push_str("</Stmt>\n");
    }
    out.push_str("</BkToCstmrStmt></Document>\n");
    out
}

fn write_entry(out: &mut String, day: Date, line: &BankLine) {
    let amount = Money::new(line.amount.minor.abs(), line.amount.currency);
    let money = format!("<Amt Ccy=\"{}\">{}</Amt>", amount.currency, amount.major_text());
    let (way, family) = if line.amount.minor > 0 { ("CRDT", "RCDT") } else { ("DBIT", "IDDT") };
    // A return keeps the roles of the debit that came back (EPC rulebooks, R-transactions).
    let side = if line.amount.minor > 0 || line.return_reason.is_some() { "Dbtr" } else { "Cdtr" };
    let reference = line
        .bank_reference
        .as_ref()
        .map(|text| format!("<AcctSvcrRef>{text}</AcctSvcrRef>"))
        .unwrap_or_default();
    let _ = write!(
        out,
        "<Ntry>{money}<CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
         <ValDt><Dt>{day}</Dt></ValDt>{reference}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd>\
         <SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>\
         <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{money}<CdtDbtInd>{way}</CdtDbtInd>\
         <RltdPties><{side}><Pty><Nm>{}</Nm></Pty></{side}><{side}Acct><Id><IBAN>{}</IBAN></Id></{side}Acct></RltdPties>",
        escaped(&line.payer),
        line.account,
    );
    if line.structured.is_some() || !line.text.is_empty() {
        out.push_str("<RmtInf>");
        for text in &line.text {
            let _ = write!(out, "<Ustrd>{}</Ustrd>", escaped(text));
        }
        if let Some(reference) = &line.structured {
            let _ = write!(
                out,
                "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd>"
            );
        }
        out.push_str("</RmtInf>");
    }
    if let Some(reason) = line.return_reason {
        let _ = write!(out, "<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>");
    }
    out.push_str("</TxDtls></NtryDtls></Ntry>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
