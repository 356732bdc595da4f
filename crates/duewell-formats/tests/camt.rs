//! Account messages from outside: what they mean, and that nothing in them can hurt.

use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context;
use duewell_domain::money::{Currency, Money};
use duewell_formats::camt::{
    CamtError, CamtEvent, CamtKind, CamtSummary, Detail, Direction, Entry, EntryStatus, Part, Refusal,
    RefusalReason, StatementEnd, StatementHeader, read_camt,
};
use duewell_formats::xml::XmlError;
use jiff::civil::date;
use proptest::prelude::*;

/// Everything a file delivered.
#[derive(Default, Debug)]
struct Told {
    headers: Vec<StatementHeader>,
    entries: Vec<Entry>,
    refusals: Vec<Refusal>,
    ends: Vec<StatementEnd>,
}

fn read(bytes: &[u8]) -> (Told, Result<CamtSummary, CamtError>) {
    let mut told = Told::default();
    // A small buffer, so that every kind of token is cut somewhere.
    let outcome = read_camt(BufReader::with_capacity(13, bytes), |event| {
        match event {
            CamtEvent::StatementStart(header) => told.headers.push(*header),
            CamtEvent::Entry(entry) => told.entries.push(entry),
            CamtEvent::Refused(refusal) => told.refusals.push(refusal),
            CamtEvent::StatementEnd(end) => told.ends.push(*end),
        }
        ControlFlow::Continue(())
    });
    (told, outcome)
}

fn readable(xml: &str) -> Told {
    let (told, outcome) = read(xml.as_bytes());
    outcome.expect("readable");
    told
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// A camt.053 with one statement around the given elements.
fn statement(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\n\
<GrpHdr><MsgId>M-1</MsgId></GrpHdr>\n<Stmt><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb>\
<CreDtTm>2026-03-02T06:00:00+01:00</CreDtTm>\
<Acct><Id><IBAN>DE79 0000 0000 0123 4567 89</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{inside}\n</Stmt>\n\
</BkToCstmrStmt></Document>\n"
    )
}

/// An entry of 10 euros that came, with `inside` after its status.
fn entry(inside: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>{inside}</Ntry>"
    )
}

/// The one entry of a statement that contains just `entry`.
fn only_entry(entry: &str) -> Entry {
    let mut told = readable(&statement(entry));
    assert_eq!(told.refusals, []);
    told.entries.pop().expect("one entry")
}

fn only_detail(inside: &str) -> Detail {
    let mut entry = only_entry(&entry(&format!("<NtryDtls><TxDtls>{inside}</TxDtls></NtryDtls>")));
    entry.details.pop().expect("one detail")
}

fn only_refusal(inside: &str) -> RefusalReason {
    let mut told = readable(&statement(inside));
    assert_eq!(told.entries, []);
    told.refusals.pop().expect("one refusal").reason
}

#[test]
fn a_statement_is_told_from_head_to_end() {
    let balance = |code: &str, amount: &str, mark: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>"
        )
    };
    let debit = "<Ntry><Amt Ccy=\"EUR\">3.5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>";
    let declared = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries>\
<TtlCdtNtries><Sum>10.00000</Sum></TtlCdtNtries><TtlDbtNtries><Sum>4</Sum></TtlDbtNtries></TxsSummry>";
    let told = readable(&statement(&format!(
        "{}{declared}{}{debit}{}",
        balance("OPBD", "5.00", "DBIT"),
        entry("<AcctSvcrRef>B-9</AcctSvcrRef><BookgDt><DtTm>2026-03-02T23:59:59-05:00</DtTm></BookgDt>"),
        balance("CLBD", "5.00", "CRDT"),
    )));

    let header = &told.headers[0];
    assert_eq!(header.kind, CamtKind::Statement053);
    assert_eq!(header.message_id.as_deref(), Some("M-1"));
    assert_eq!(header.id.as_deref(), Some("S-1"));
    assert_eq!(header.sequence.as_deref(), Some("7"));
    assert_eq!(header.account.as_deref(), Some("DE79000000000123456789"));
    assert!(header.account_is_iban);
    assert_eq!(header.created, Some(date(2026, 3, 2).at(6, 0, 0, 0)));
    assert_eq!(header.balances.len(), 1, "the closing balance comes after the entries");

    assert_eq!(told.entries[0].booked_on, Some(date(2026, 3, 2)));
    assert_eq!(told.entries[0].bank_reference.as_deref(), Some("B-9"));
    assert_eq!(told.entries[1].direction, Direction::Debit);
    assert_eq!(told.entries[1].status, EntryStatus::Pending);

    let end = &told.ends[0];
    assert_eq!(end.opening().map(|balance| balance.amount), Some(eur(-500)));
    assert_eq!(end.closing().map(|balance| balance.amount), Some(eur(500)));
    assert_eq!(end.balance_equation_holds(), Some(true), "a pending entry does not count");
    let agreed = end.agreed_totals().expect("declared");
    assert_eq!((agreed.entries, agreed.credits, agreed.debits), (Some(true), Some(true), Some(false)));
}

#[test]
fn the_mark_alone_decides_the_direction() {
    let reversal = only_entry(
        "<Ntry><Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts></Ntry>",
    );
    assert_eq!(reversal.direction, Direction::Debit);
    assert!(reversal.reversal);
}

#[test]
fn an_entry_that_is_not_sound_is_refused_with_place_and_reason_and_the_rest_goes_on() {
    let xml = statement(&format!(
        "{}\n<Ntry><NtryRef>N-2</NtryRef><Amt Ccy=\"EUR\">99.00</Amt><Sts>BOOK</Sts></Ntry>\n{}",
        entry(""),
        entry("")
    ));
    let told = readable(&xml);
    assert_eq!(told.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 3]);
    let refusal = &told.refusals[0];
    assert_eq!((refusal.statement, refusal.part, refusal.at.line), (1, Part::Entry(2), 6));
    assert_eq!(refusal.reason, RefusalReason::NoDirection);
    let message = refusal.to_string();
    assert!(message.starts_with("entry 2 of statement 1 (line 6, byte "), "{message}");
    assert!(message.contains("reference N-2"), "{message}");
    let end = &told.ends[0];
    assert_eq!((end.entries, end.refused), (3, 1));
    assert_eq!(end.totals_in(Currency::EUR).credits, eur(2000));
}

#[test]
fn each_thing_wrong_with_an_entry_has_its_reason() {
    let with = |amount: &str, mark: &str, more: &str| {
        only_refusal(&format!("<Ntry>{amount}<CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>{more}</Ntry>"))
    };
    let amount = |text: &str| format!("<Amt Ccy=\"EUR\">{text}</Amt>");
    let ten = amount("10.00");
    assert_eq!(with(&ten, "CREDIT", ""), RefusalReason::BadDirection("CREDIT".to_owned()));
    assert_eq!(with(&ten, "", ""), RefusalReason::NoDirection);
    assert_eq!(with("", "CRDT", ""), RefusalReason::NoAmount);
    assert_eq!(with(&amount(""), "CRDT", ""), RefusalReason::NoAmount);
    assert_eq!(with("<Amt>10.00</Amt>", "CRDT", ""), RefusalReason::NoCurrency);
    assert_eq!(with(&amount("-10.00"), "CRDT", ""), RefusalReason::NegativeAmount("-10.00".to_owned()));
    for wrong in ["10,00", "1e3", "10.001", "99999999999999999999", "٣"] {
        assert!(matches!(with(&amount(wrong), "CRDT", ""), RefusalReason::Amount(_)), "{wrong}");
    }
    assert!(matches!(with("<Amt Ccy=\"EUX\">1.00</Amt>", "CRDT", ""), RefusalReason::Amount(_)));
    for wrong in ["2026-02-30", "9999-12-31", "02.03.2026", "yesterday"] {
        let booked = format!("<BookgDt><Dt>{wrong}</Dt></BookgDt>");
        assert!(
            matches!(with(&ten, "CRDT", &booked), RefusalReason::BadDate { what: "booking", .. }),
            "{wrong}"
        );
    }
    assert_eq!(
        with(&ten, "CRDT", "<RvslInd>perhaps</RvslInd>"),
        RefusalReason::BadReversal("perhaps".to_owned())
    );
    let detail = "<NtryDtls><TxDtls><Amt Ccy=\"EUR\">-1</Amt></TxDtls></NtryDtls>";
    assert!(matches!(with(&ten, "CRDT", detail), RefusalReason::NegativeAmount(_)));
}

#[test]
fn a_balance_that_is_not_sound_is_refused_too() {
    let balance = "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"XXY\">1</Amt></Bal>";
    let told = readable(&statement(balance));
    assert_eq!(told.refusals[0].part, Part::Balance(1));
    assert_eq!(told.ends[0].opening(), None);
}

#[test]
fn status_is_read_from_old_and_new_versions() {
    let of = |status: &str| {
        only_entry(&format!("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}</Ntry>"))
            .status
    };
    assert_eq!(of("<Sts>BOOK</Sts>"), EntryStatus::Booked);
    assert_eq!(of("<Sts>\n <Cd>PDNG</Cd>\n</Sts>"), EntryStatus::Pending);
    assert_eq!(of("<Sts><Prtry>HELD</Prtry></Sts>"), EntryStatus::Other("HELD".to_owned()));
    assert_eq!(of(""), EntryStatus::Unstated);
    assert!(of("").is_booked());
    assert!(!of("<Sts>FUTR</Sts>").is_booked());
}

#[test]
fn parties_are_found_with_and_without_the_pty_of_version_08() {
    for (open, close) in [("", ""), ("<Pty>", "</Pty>")] {
        let detail = only_detail(&format!(
            "<RltdPties><Dbtr>{open}<Nm>Weber &amp; Sohn</Nm>{close}</Dbtr>\
<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct>\
<UltmtDbtr>{open}<Nm>Weber</Nm>{close}</UltmtDbtr><Cdtr>{open}<Nm>Wir</Nm>{close}</Cdtr></RltdPties>\
<RltdAgts><DbtrAgt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></DbtrAgt></RltdAgts>"
        ));
        assert_eq!(detail.debtor.name.as_deref(), Some("Weber & Sohn"));
        assert_eq!(detail.debtor.ultimate_name.as_deref(), Some("Weber"));
        assert_eq!(detail.debtor.account.as_deref(), Some("DE02120300000000202051"));
        assert_eq!(detail.debtor.bic.as_deref(), Some("BYLADEM1001"));
        assert_eq!(detail.creditor.name.as_deref(), Some("Wir"));
    }
}

#[test]
fn the_counterparty_of_a_return_is_the_one_the_money_was_collected_from() {
    let parties = "<RltdPties><Dbtr><Nm>Kundin</Nm></Dbtr><Cdtr><Nm>Wir</Nm></Cdtr></RltdPties>";
    let of = |mark: &str, more: &str| {
        let entry = only_entry(&format!(
            "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>\
<NtryDtls><TxDtls>{parties}{more}</TxDtls></NtryDtls></Ntry>"
        ));
        entry.details[0].counterparty(&entry).name.clone().unwrap_or_default()
    };
    let returned = "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>";
    assert_eq!(of("CRDT", ""), "Kundin");
    assert_eq!(of("DBIT", ""), "Wir");
    // A direct debit that comes back leaves our account, and the debtor is still the debtor.
    assert_eq!(of("DBIT", returned), "Kundin");
}

#[test]
fn references_are_kept_apart_from_free_text() {
    let detail = only_detail(
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId><MndtId>MD-1</MndtId></Refs>\
<RmtInf><Ustrd>Rechnung 1</Ustrd><Ustrd>vom 2.3.</Ustrd><Strd><RfrdDocInf><Nb>R-1</Nb></RfrdDocInf>\
<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd><Strd><CdtrRefInf><Ref>210000</Ref></CdtrRefInf></Strd>\
</RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></RtrInf>",
    );
    assert_eq!(detail.end_to_end_id, None);
    assert_eq!(detail.mandate_id.as_deref(), Some("MD-1"));
    assert_eq!(detail.remittance, ["Rechnung 1", "vom 2.3."]);
    assert_eq!(detail.structured_references, ["RF18539007547034", "210000"]);
    assert_eq!(detail.document_numbers, ["R-1"]);
    assert_eq!(
        (detail.return_reason.as_deref(), detail.return_info.as_deref()),
        (Some("AC04"), Some("closed"))
    );
}

#[test]
fn a_batch_is_one_entry_with_its_details() {
    let details = "<NtryDtls><Btch><PmtInfId>RUN-5</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>\
<TxDtls><Amt Ccy=\"EUR\">4</Amt></TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy=\"EUR\">5</Amt></TxAmt></AmtDtls></TxDtls>\
</NtryDtls><NtryDtls><TxDtls/></NtryDtls>";
    let entry = only_entry(&entry(details));
    assert_eq!(entry.amount, eur(1000));
    assert_eq!((entry.batch_count, entry.batch_id.as_deref()), (Some(3), Some("RUN-5")));
    let amounts: Vec<_> = entry.details.iter().map(|detail| detail.amount).collect();
    assert_eq!(amounts, [Some(eur(400)), Some(eur(500)), None]);
}

#[test]
fn kinds_wrappers_prefixes_and_missing_namespaces_make_no_difference() {
    for (message, part, kind) in [
        ("BkToCstmrAcctRpt", "Rpt", CamtKind::Report052),
        ("BkToCstmrStmt", "Stmt", CamtKind::Statement053),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", CamtKind::Notification054),
        ("BkToCstmrStmtV01", "Stmt", CamtKind::Statement053),
    ] {
        let xml = format!(
            "<env><n:Document xmlns:n='x'><n:{message}><n:{part}><n:Id>A</n:Id>\
<n:Ntry><n:Amt Ccy='USD'>1</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Ntry></n:{part}><n:{part}/></n:{message}>\
</n:Document></env>"
        );
        let told = readable(&xml);
        assert_eq!(told.headers.iter().map(|header| header.kind).collect::<Vec<_>>(), [kind, kind]);
        assert_eq!(told.headers[1].number, 2);
        assert_eq!(told.ends[0].currency, Some(Currency::USD));
        assert_eq!(told.ends[1].currency, None);
    }
}

#[test]
fn a_file_of_another_kind_is_told_apart() {
    let (_, outcome) = read(b"<Document><CstmrPmtStsRpt/></Document>");
    let message = outcome.expect_err("refused").to_string();
    assert_eq!(
        message,
        "the file is no camt.052, camt.053 or camt.054: its root is `Document` with `CstmrPmtStsRpt` inside"
    );
}

#[test]
fn the_receiver_can_stop() {
    let xml = statement(&entry("").repeat(3));
    let mut entries = 0;
    let summary = read_camt(xml.as_bytes(), |event| {
        entries += usize::from(matches!(event, CamtEvent::Entry(_)));
        if entries == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(summary.expect("stopping is no error").stopped);
    assert_eq!(entries, 2);
}

#[test]
fn all_encodings_give_the_same_entry() {
    let xml = statement(&entry("<AddtlNtryInf>Müller – Café</AddtlNtryInf>"));
    let latin =
        statement(&entry("<AddtlNtryInf>Müller – Café</AddtlNtryInf>")).replace("UTF-8", "ISO-8859-1");
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&latin);
    let utf16 = |mark: &[u8], order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.iter().copied().chain(xml.encode_utf16().flat_map(order)).collect()
    };
    for bytes in [
        xml.clone().into_bytes(),
        [b"\xEF\xBB\xBF", xml.as_bytes()].concat(),
        latin.into_owned(),
        utf16(b"\xFF\xFE", u16::to_le_bytes),
        utf16(b"\xFE\xFF", u16::to_be_bytes),
        utf16(b"", u16::to_le_bytes),
    ] {
        let (told, outcome) = read(&bytes);
        outcome.expect("readable");
        assert_eq!(told.entries[0].additional_info.as_deref(), Some("Müller – Café"));
    }
}

#[test]
fn a_file_that_is_cut_off_ends_in_an_error_after_what_was_read() {
    let xml = statement(&entry("<AddtlNtryInf>x</AddtlNtryInf>").repeat(20));
    let whole = xml.trim_end().len();
    for end in (0..whole).step_by(97).chain([whole - 1]) {
        let (told, outcome) = read(&xml.as_bytes()[..end]);
        assert!(outcome.is_err(), "cut at {end}");
        assert!(told.entries.len() <= 20);
        if end > 0 {
            let message = outcome.expect_err("cut").to_string();
            assert!(message.contains("cut off"), "cut at {end}: {message}");
        }
    }
}

#[test]
fn entities_and_bombs_are_refused() {
    let bomb = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>";
    let (_, outcome) = read(format!("{bomb}{}", statement(&entry(""))).as_bytes());
    assert!(outcome.is_err());
    let (told, outcome) =
        read(format!("<?xml version='1.0'?>{bomb}<Document><BkToCstmrStmt/></Document>").as_bytes());
    assert!(matches!(outcome, Err(CamtError::Xml(XmlError::DocumentType { .. }))));
    assert_eq!(told.headers, []);
    let (_, outcome) = read(statement(&entry("<AddtlNtryInf>&b;</AddtlNtryInf>")).as_bytes());
    assert!(matches!(outcome, Err(CamtError::Xml(XmlError::UnknownEntity { .. }))));
}

#[test]
fn texts_and_nesting_have_limits() {
    let long = "x".repeat(70_000);
    let (_, outcome) = read(statement(&entry(&format!("<AddtlNtryInf>{long}</AddtlNtryInf>"))).as_bytes());
    assert!(matches!(outcome, Err(CamtError::Xml(XmlError::TooLong { .. }))));
    let (_, outcome) = read("<a>".repeat(1000).as_bytes());
    assert!(matches!(outcome, Err(CamtError::Xml(XmlError::TooDeep { .. }))));
    let balance = "<Bal><Tp><CdOrPrtry><Cd>X</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1</Amt></Bal>";
    let (_, outcome) = read(statement(&balance.repeat(1001)).as_bytes());
    assert!(matches!(outcome, Err(CamtError::TooManyBalances { .. })));
    let huge = "<Ntry><Amt Ccy=\"EUR\">9000000000000</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>";
    let (_, outcome) = read(statement(&huge.repeat(10_300)).as_bytes());
    assert!(matches!(outcome, Err(CamtError::TotalTooLarge { .. })));
}

/// A statement with every kind of element, to be damaged.
fn rich() -> Vec<u8> {
    let detail = "<NtryDtls><Btch><NbOfTxs>1</NbOfTxs></Btch><TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs>\
<Amt Ccy=\"EUR\">10.00</Amt><RltdPties><Dbtr><Pty><Nm>Weber &amp; Sohn</Nm></Pty></Dbtr></RltdPties><RmtInf>\
<Ustrd><![CDATA[<R> 1]]></Ustrd></RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>";
    let balance = "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1.00</Amt>\
<CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>";
    statement(&format!("{balance}<!-- c -->{}", entry(detail).repeat(2))).into_bytes()
}

proptest! {
    #[test]
    fn no_bytes_at_all_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12),
    ) {
        let mut bytes = rich();
        for (place, byte, kind) in damage {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => { bytes.remove(place); }
                _ => bytes.insert(place, byte),
            }
        }
        let (told, outcome) = read(&bytes);
        // What is delivered is sound even so.
        for entry in &told.entries {
            prop_assert!(!entry.amount.is_negative());
        }
        if let Ok(summary) = outcome {
            prop_assert_eq!(summary.statements as usize, told.ends.len());
        }
    }

    #[test]
    fn sums_are_those_of_the_entries(amounts in prop::collection::vec((0..1_000_000_i64, any::<bool>()), 0..40)) {
        let entries: String = amounts.iter().map(|(minor, came)| format!(
            "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{}</CdtDbtInd></Ntry>",
            eur(*minor).major_text(), if *came { "CRDT" } else { "DBIT" },
        )).collect();
        let told = readable(&statement(&entries));
        let sum = |wanted: bool| amounts.iter().filter(|(_, came)| *came == wanted).map(|(minor, _)| minor).sum::<i64>();
        let totals = told.ends[0].totals_in(Currency::EUR);
        prop_assert_eq!((totals.credits, totals.debits), (eur(sum(true)), eur(sum(false))));
        prop_assert_eq!(told.ends[0].entries as usize, amounts.len());
    }
}

/// Compares counts and sums of real files with what other programs read from them.
#[test]
fn real_statements_have_the_counts_and_sums_others_find() -> anyhow::Result<()> {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/camt"));
    if !directory.is_dir() {
        println!("no real statements at hand: {} is absent", directory.display());
        return Ok(());
    }
    let mut compared = 0;
    for file in std::fs::read_dir(directory)? {
        let path = file?.path();
        let expectation = path.with_file_name(format!(
            "{}.expected.json",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        if !expectation.is_file() {
            continue;
        }
        let expected: serde_json::Value = serde_json::from_slice(&std::fs::read(&expectation)?)?;
        let (told, outcome) = read(&std::fs::read(&path)?);
        outcome.with_context(|| path.display().to_string())?;
        let statements = expected["statements"].as_array().context("statements")?;
        assert_eq!(told.ends.len(), statements.len(), "{}", path.display());
        for (end, wanted) in told.ends.iter().zip(statements) {
            assert_eq!(Some(u64::from(end.entries)), wanted["entries"].as_u64(), "{}", path.display());
            let totals = end.totals.first().copied();
            let (credits, debits) =
                totals.map_or((None, None), |totals| (Some(totals.credits), Some(totals.debits)));
            for (sum, field) in [(credits, "sum_credits"), (debits, "sum_debits")] {
                let got = sum.map_or("0.00".to_owned(), Money::major_text);
                assert_eq!(Some(got.as_str()), wanted[field].as_str(), "{} {field}", path.display());
            }
        }
        compared += 1;
    }
    println!("{compared} real statements compared");
    Ok(())
}
