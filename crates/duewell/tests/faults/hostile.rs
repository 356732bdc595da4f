//! Hostile and broken files: what is wrong is named with file, place and remedy, and what is right comes in.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use crate::support::{
    BANK_LINES, Book, DEBTORS, PROGRAM, RECEIVABLES, STATEMENT_FOOT, STATEMENT_HEAD, python, statement,
};

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// Receivables whose first and last row are good; `middle` stands between them on line 3.
fn rows(middle: &[u8]) -> Vec<u8> {
    let head = b"number,customer_no,amount,currency,invoice_date,due_date\n";
    let first = b"G-1,D1,1.00,EUR,2026-10-01,2026-11-02\n";
    let last = b"G-2,D2,2.00,EUR,2026-10-01,2026-11-02\n";
    [&head[..], first, middle, b"\n", last].concat()
}

#[test]
fn a_wrong_row_is_named_with_line_column_and_remedy_and_the_good_rows_come_in() {
    let huge = format!("X-1,D3,{},EUR,2026-10-01,2026-11-02", "9".repeat(200_000));
    let long_name = format!("{},D3,3.00,EUR,2026-10-01,2026-11-02", "N".repeat(5_000));
    for (what, row, column) in [
        ("an impossible date", "X-1,D3,3.00,EUR,2026-10-01,2026-02-30", "due_date"),
        ("a month that is none", "X-1,D3,3.00,EUR,2026-13-01,2026-11-02", "invoice_date"),
        ("a date in no century", "X-1,D3,3.00,EUR,2026-10-01,9999-11-02", "due_date"),
        ("words for a date", "X-1,D3,3.00,EUR,2026-10-01,soon", "due_date"),
        ("due before it was issued", "X-1,D3,3.00,EUR,2026-10-01,2026-09-01", "due_date"),
        ("a negative amount", "X-1,D3,-3.00,EUR,2026-10-01,2026-11-02", "amount"),
        ("no amount", "X-1,D3,,EUR,2026-10-01,2026-11-02", "amount"),
        ("nothing at all", "X-1,D3,0.00,EUR,2026-10-01,2026-11-02", "amount"),
        ("too many decimals", "X-1,D3,3.001,EUR,2026-10-01,2026-11-02", "amount"),
        ("an amount in powers", "X-1,D3,1e9,EUR,2026-10-01,2026-11-02", "amount"),
        ("no number", "X-1,D3,NaN,EUR,2026-10-01,2026-11-02", "amount"),
        ("more than an amount holds", "X-1,D3,99999999999999999999.00,EUR,2026-10-01,2026-11-02", "amount"),
        ("a currency that is none", "X-1,D3,3.00,XQZ,2026-10-01,2026-11-02", "currency"),
        ("another currency beside the amount", "X-1,D3,£3.00,EUR,2026-10-01,2026-11-02", "amount"),
        ("no debtor", "X-1,,3.00,EUR,2026-10-01,2026-11-02", "customer_no"),
        ("no number of its own", ",D3,3.00,EUR,2026-10-01,2026-11-02", "number"),
        ("a number that is there already", "G-1,D3,3.00,EUR,2026-10-01,2026-11-02", "number"),
        ("a formula's error", "X-1,D3,#REF!,EUR,2026-10-01,2026-11-02", "amount"),
        ("an escape sequence", "X\u{1b}[31m1,D3,3.00,EUR,2026-10-01,2026-11-02", "number"),
        ("a number as long as a page", &long_name, "number"),
        ("an amount as long as a book", &huge, "amount"),
        ("too few cells", "X-1,D3,3.00", ""),
        ("too many cells", "X-1,D3,3.00,EUR,2026-10-01,2026-11-02,more", ""),
    ] {
        let book = Book::with_debtors().labelled(what);
        let file = book.file("bad.csv", rows(row.as_bytes()));
        let answer = book.run(&["import", "receivables", &file, "--json"]).exits(3);
        let summary = answer.json();
        assert_eq!((&summary["new"], &summary["wrong"]), (&2.into(), &1.into()), "{what}: {summary}");
        let finding = &summary["findings"][0];
        assert_eq!(finding["line"], 3, "{what}: {summary}");
        assert_eq!(finding["column"], column, "{what}: {summary}");
        for field in ["problem", "remedy"] {
            assert!(finding[field].as_str().is_some_and(|text| text.len() > 3), "{what}: {summary}");
        }
        assert!(finding["value"].as_str().is_some_and(|value| value.chars().count() <= 80), "{what}");
        // The same in words, without anything that a terminal would obey.
        let answer = book.run(&["import", "receivables", &file]).exits(3).says(&["bad.csv", "1 wrong"]);
        assert!(!answer.text().chars().any(|c| c == '\u{1b}' || c == '\0'), "{what}");
        assert_eq!(open_minor(&book), 300, "{what}");
        book.verify();
    }
}

/// Returns what is open in all, in minor units.
fn open_minor(book: &Book) -> i64 {
    let aging = book.json(&["aging"]);
    let buckets = ["not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90"];
    aging
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|row| buckets.map(|bucket| row[format!("{bucket}_minor")].as_i64().expect("a number")))
        .sum()
}

#[test]
fn each_encoding_of_a_table_is_read() {
    let text = DEBTORS.replace("Anna Ahrens", "Änne Ahrens");
    let latin: Vec<u8> = text.chars().map(|c| u32::from(c) as u8).collect();
    for (what, bytes) in [
        ("UTF-8 with a mark", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("UTF-16 little with a mark", [vec![0xFF, 0xFE], utf16(&text, u16::to_le_bytes)].concat()),
        ("UTF-16 big with a mark", [vec![0xFE, 0xFF], utf16(&text, u16::to_be_bytes)].concat()),
        ("Windows-1252", latin),
        ("CR LF", text.replace('\n', "\r\n").into_bytes()),
    ] {
        let book = Book::with_creditor().labelled(what);
        book.run(&["import", "debtors", &book.file("debtors.csv", bytes)]).good();
        assert_eq!(book.json(&["debtor", "show", "D1"])["name"], "Änne Ahrens", "{what}");
        assert_eq!(book.json(&["status"])["debtors"], 8, "{what}");
    }
}

#[test]
fn a_file_that_is_no_table_is_refused_with_its_name_and_what_to_do() {
    for (what, bytes, words) in [
        ("nothing", Vec::new(), "holds no rows"),
        ("blank lines", b"\n\n\n".to_vec(), "holds no rows"),
        ("a missing column", b"number,customer_no,amount\nR-1,D1,1.00\n".to_vec(), "no column for"),
        ("other columns", b"a,b,c\n1,2,3\n".to_vec(), "a, b, c"),
        ("a PDF", b"%PDF-1.7\n1 0 obj\n".to_vec(), "PDF"),
        ("an old workbook", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more".to_vec(), "save it as .xlsx or CSV"),
        ("an archive that is none", b"PK\x03\x04 and nothing more".to_vec(), "workbook"),
        ("NULs", vec![0; 10_000], "holds binary data"),
        (
            "a NUL in one cell",
            RECEIVABLES.replace("R-1007", "R\u{0}1007").into_bytes(),
            "save it as UTF-8 CSV",
        ),
        ("UTF-16 without a mark", utf16(RECEIVABLES, u16::to_le_bytes), "UTF-16 without a byte-order mark"),
        ("noise", (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect(), ""),
    ] {
        let book = Book::with_debtors().labelled(what);
        let file = book.file("what is this.csv", bytes);
        let answer = book.run(&["import", "receivables", &file]).says(&["what is this.csv", words]);
        assert!(matches!(answer.code(), Some(2 | 3)), "{what}: {:?} {}", answer.code(), answer.text());
        book.verify();
    }
    let book = Book::with_debtors();
    book.run(&["import", "receivables", "/nowhere/at all.csv"]).exits(2).says(&["/nowhere/at all.csv"]);
    let folder = book.folder.path().to_str().expect("a plain name").to_owned();
    book.run(&["import", "receivables", &folder]).exits(2).says(&[&folder]);
}

#[test]
fn a_quotation_mark_that_never_closes_is_named_with_its_line() {
    let file = format!("{RECEIVABLES}R-9,\"D1,1.00,EUR,2026-10-01,2026-11-02\n{}", "x,".repeat(2_000_000));
    let book = Book::with_debtors();
    let answer = book.run(&["import", "receivables", &book.file("open.csv", file)]);
    answer.exits(2).says(&["line 16", "is a quotation mark not closed there?"]);
    book.verify();
}

#[test]
fn a_table_that_cannot_be_read_to_its_end_is_named() {
    let file = format!("{RECEIVABLES}R-9,\"D1,1.00,EUR,2026-10-01,2026-11-02\n{}", "x,".repeat(2_000_000));
    let book = Book::with_debtors();
    book.run(&["import", "receivables", &book.file("open.csv", file)])
        .exits(2)
        .says(&["open.csv", "line 16"]);
}

#[test]
fn a_receivable_of_a_debtor_nobody_knows_waits_until_the_debtor_is_in() {
    let book = Book::with_debtors();
    let file = book.file("new.csv", rows(b"X-1,D99,3.00,EUR,2026-10-01,2026-11-02"));
    let answer = book.run(&["import", "receivables", &file]).exits(3);
    answer.says(&["new.csv", "D99", "no debtor has this number", "import the debtor first"]);
    let debtor = "external_id,name,email\nD99,Nina Neu,nina@debtor.example\n";
    book.run(&["import", "debtors", &book.file("debtors.csv", debtor)]).good();
    let summary = book.json(&["import", "receivables", &file]);
    assert_eq!((&summary["new"], &summary["same"]), (&1.into(), &2.into()), "{summary}");
    book.verify();
}

#[test]
fn an_unknown_debtor_is_named_by_the_column_of_the_file() {
    let book = Book::with_debtors();
    let file = book.file("new.csv", rows(b"X-1,D99,3.00,EUR,2026-10-01,2026-11-02"));
    let summary = book.run(&["import", "receivables", &file, "--json"]).exits(3).json();
    assert_eq!(summary["findings"][0]["column"], "customer_no", "{summary}");
}

#[test]
fn dollars_are_no_euros() {
    let book = Book::with_debtors();
    let file = book.file("bad.csv", rows(b"X-1,D3,$3.00,EUR,2026-10-01,2026-11-02"));
    let summary = book.run(&["import", "receivables", &file, "--json"]).exits(3).json();
    assert_eq!(summary["findings"][0]["column"], "amount", "{summary}");
    let file = book.file("good.csv", rows(b"X-1,D3,$3.00,USD,2026-10-01,2026-11-02"));
    book.run(&["import", "receivables", &file]).good();
}

#[test]
fn debtors_with_one_number_are_one_and_the_second_row_is_named() {
    let book = Book::with_creditor();
    let file =
        book.file("debtors.csv", format!("{DEBTORS}D1,Another Anna,person,other@debtor.example,de,DE\n"));
    let summary = book.run(&["import", "debtors", &file, "--json"]).exits(3).json();
    assert_eq!((&summary["new"], &summary["wrong"]), (&8.into(), &1.into()), "{summary}");
    assert_eq!(summary["findings"][0]["line"], 10, "{summary}");
    assert_eq!(book.json(&["debtor", "show", "D1"])["name"], "Anna Ahrens");
}

#[test]
fn addresses_that_could_carry_commands_are_refused_with_their_row() {
    for address in [
        "a@b.example\\nRCPT TO:<x@y.example>",
        "<a@b.example>",
        "a b@c.example",
        "a@b",
        "a@@b.example",
        "\u{1b}]8;;@b.example",
    ] {
        let book = Book::with_creditor().labelled(address);
        let file =
            book.file("debtors.csv", DEBTORS.replace("anna@debtor.example", &format!("\"{address}\"")));
        let summary = book.run(&["import", "debtors", &file, "--json"]).exits(3).json();
        assert_eq!((&summary["new"], &summary["wrong"]), (&7.into(), &1.into()), "{address}: {summary}");
        assert_eq!(summary["findings"][0]["column"], "email", "{address}: {summary}");
    }
}

#[test]
fn a_statement_cut_off_anywhere_books_nothing() {
    let whole = statement(BANK_LINES);
    let end = whole.trim_end().len();
    let book = Book::ready();
    let before = book.money();
    for cut in (0..end).step_by(251).chain([end - 1, end - STATEMENT_FOOT.len() + 1]) {
        let file = book.file("cut.xml", &whole.as_bytes()[..cut]);
        let answer = book.run(&["import", "statement", &file]).says(&["cut.xml"]);
        assert!(matches!(answer.code(), Some(2 | 3)), "cut at {cut}: {}", answer.text());
    }
    assert_eq!(book.money(), before, "nothing was booked");
    book.run(&["import", "statement", &book.file("whole.xml", whole)]).good();
    assert_ne!(book.money(), before);
    book.verify();
}

#[test]
fn a_statement_that_is_none_is_refused_and_the_next_file_still_comes_in() {
    let entry = statement(&BANK_LINES[..1]);
    let laughs = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;&lol;&lol;\">]>";
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">";
    let after = |text: &str| entry.replacen("?>\n", &format!("?>\n{text}\n"), 1);
    for (what, bytes, words) in [
        ("nothing", Vec::new(), ""),
        ("a letter", b"Dear bank,\n".to_vec(), ""),
        ("a page", b"<html><body>Log in first</body></html>".to_vec(), "html"),
        ("an invoice", ubl("").into_bytes(), "Invoice"),
        ("a billion laughs", after(laughs).replace("R-1001", "&lol2;").into_bytes(), "document type"),
        ("a file from outside", after(outside).into_bytes(), "document type"),
        ("an entity nobody made", entry.replace("R-1001", "&boom;").into_bytes(), "line"),
        ("tags that do not fit", entry.replace("</Stmt>", "</Stmnt>").into_bytes(), "line"),
        (
            "a report",
            entry.replace("BkToCstmrStmt", "BkToCstmrAcctRpt").replace("Stmt>", "Rpt>").into_bytes(),
            "camt.053",
        ),
        ("tags within tags", [STATEMENT_HEAD, &"<a>".repeat(100_000)].concat().into_bytes(), "deep"),
        ("half a character", [STATEMENT_HEAD.as_bytes(), b"<Ntry><AddtlNtryInf>\xC3"].concat(), ""),
    ] {
        let book = Book::ready().labelled(what);
        let before = book.money();
        let file = book.file("strange.xml", bytes);
        let good = book.file("good.xml", statement(BANK_LINES));
        let answer = book.run(&["import", "statement", &file]).says(&["strange.xml", words]);
        assert!(matches!(answer.code(), Some(2 | 3)), "{what}: {}", answer.text());
        assert!(!answer.text().contains("root:"), "{what}");
        assert_eq!(book.money(), before, "{what}");
        // One bad file does not keep the others out, and is told again.
        let answer = book.run(&["import", "statement", &file, &good]).says(&["strange.xml", "good.xml"]);
        assert!(matches!(answer.code(), Some(2 | 3)), "{what}");
        assert_ne!(book.money(), before, "{what}");
        book.verify();
    }
}

#[test]
fn entries_that_cannot_be_right_are_named_and_the_others_are_booked() {
    let good = ("120.00", "Anna Ahrens", "Rechnung R-1001");
    for (what, from, to) in [
        ("no currency", "<Amt Ccy=\"EUR\">7.77", "<Amt>7.77"),
        ("a currency that is none", "<Amt Ccy=\"EUR\">7.77", "<Amt Ccy=\"XQZ\">7.77"),
        ("a negative amount", "7.77</Amt>", "-7.77</Amt>"),
        ("an amount that is none", "7.77</Amt>", "7,77</Amt>"),
        ("more than an amount holds", "7.77</Amt>", "99999999999999999999</Amt>"),
        ("no direction", "7.77</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "7.77</Amt>"),
    ] {
        let book = Book::ready().labelled(what);
        let xml = statement(&[("7.77", "Bolt GmbH", "R-1004"), good]).replacen(from, to, 1);
        let file = book.file("odd.xml", xml);
        let answer = book.run(&["import", "statement", &file, "--json"]);
        assert!(matches!(answer.code(), Some(0 | 3)), "{what}: {}", answer.text());
        let summary = &answer.json()[0];
        assert_eq!(summary["matched"], 1, "{what}: {summary}");
        let refused = summary["refused"].as_array().expect("a list");
        assert_eq!(refused.len(), 1, "{what}: {summary}");
        assert!(refused[0].as_str().is_some_and(|text| text.contains("line")), "{what}: {summary}");
        book.run(&["import", "statement", &file]).says(&["odd.xml", "Note: "]);
        book.verify();
    }
}

#[test]
fn money_in_another_currency_is_not_set_against_a_receivable() {
    let book = Book::ready();
    let xml = statement(&[("120.00", "Anna Ahrens", "Rechnung R-1001")]).replace("EUR", "USD");
    let summary = book.json(&["import", "statement", &book.file("dollars.xml", xml)]);
    assert_eq!((&summary[0]["matched"], &summary[0]["queued"]), (&0.into(), &1.into()), "{summary}");
    let anna = book.json(&["debtor", "show", "D1"]);
    assert_eq!(anna["receivables"][0]["open"]["minor"], 12_000, "{anna}");
    book.verify();
}

/// A small UBL invoice over 55.00 EUR; `before` stands before its root.
fn ubl(before: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{before}<Invoice \
xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\
<cbc:ID>U-1</cbc:ID><cbc:IssueDate>2026-11-01</cbc:IssueDate><cbc:DueDate>2026-11-15</cbc:DueDate>\
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Nordlicht</cbc:Name></cac:PartyName></cac:Party>\
</cac:AccountingSupplierParty><cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Ubl Buyer</cbc:Name>\
</cac:PartyName><cac:Contact><cbc:ElectronicMail>buyer@ubl.example</cbc:ElectronicMail></cac:Contact></cac:Party>\
</cac:AccountingCustomerParty><cac:LegalMonetaryTotal><cbc:PayableAmount currencyID=\"EUR\">55.00</cbc:PayableAmount>\
</cac:LegalMonetaryTotal></Invoice>\n"
    )
}

#[test]
fn a_hostile_invoice_is_refused_by_name_and_the_good_one_beside_it_comes_in() {
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n";
    for (what, bytes, words) in [
        ("entities", ubl(laughs).replace("U-1<", "&b;<").into_bytes(), "document type"),
        ("no amount", ubl("").replace("55.00", "").into_bytes(), "amount"),
        ("a negative amount", ubl("").replace("55.00", "-55.00").into_bytes(), "-55.00"),
        ("an impossible date", ubl("").replace("2026-11-01", "2026-02-30").into_bytes(), "2026-02-30"),
        ("no buyer", ubl("").replace("Customer", "Other").into_bytes(), "buyer"),
        ("a statement", statement(BANK_LINES).into_bytes(), ""),
        ("nothing", Vec::new(), ""),
        ("cut off", ubl("").into_bytes()[..700].to_vec(), ""),
        ("a PDF without an invoice", b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n".to_vec(), ""),
    ] {
        let book = Book::with_creditor().labelled(what);
        let bad = book.file("bad.xml", bytes);
        let good = book.file("good.xml", ubl(""));
        let answer = book.run(&["import", "invoice", &bad, &good]).says(&["bad.xml", words, "1 of 2 files"]);
        assert!(matches!(answer.code(), Some(2 | 3)), "{what}: {}", answer.text());
        assert_eq!(open_minor(&book), 5_500, "{what}");
        book.verify();
    }
}

/// Runs the program on a file that `write` makes; returns its summary and peak memory in MiB.
fn peak_mib(
    python: &str,
    book: &Book,
    kind: &str,
    name: &str,
    write: impl Fn(&mut dyn std::io::Write),
) -> (Value, u64) {
    const MEASURE: &str = "import resource, subprocess, sys\n\
code = subprocess.run(sys.argv[2:]).returncode\n\
open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n\
sys.exit(code)";
    let path = book.folder.path().join(name);
    let mut file =
        std::io::BufWriter::with_capacity(1 << 20, fs::File::create(&path).expect("a file can be made"));
    write(&mut file);
    file.flush().expect("the disk has room");
    let bytes = fs::metadata(&path).expect("it was written").len();
    assert!(bytes > 300_000_000, "{bytes} bytes are not many");
    let peak = book.folder.path().join("peak");
    let mut command = book.command(python);
    command.args(["-c", MEASURE]).arg(&peak).arg(PROGRAM).args(["import", kind, "--json"]).arg(&path);
    let answer = book.answer(command);
    let kib: u64 = fs::read_to_string(&peak).expect("it was measured").parse().expect("a number");
    (answer.json(), kib / 1024)
}

#[test]
#[ignore = "minutes"]
fn a_table_of_300_megabytes_needs_little_memory() {
    let Some(python) = python() else { return };
    let book = Book::with_debtors();
    let note = "the quick brown fox ".repeat(40);
    let (summary, mib) = peak_mib(&python, &book, "receivables", "large.csv", |out| {
        writeln!(out, "number,customer_no,amount,currency,invoice_date,due_date,description").unwrap();
        for number in 0..370_000 {
            writeln!(out, "L-{number},D{},1.00,EUR,2026-10-01,2026-11-02,{note}", number % 8 + 1).unwrap();
        }
    });
    assert_eq!(summary["new"], 370_000, "{summary}");
    assert!(mib < 150, "{mib} MiB");
    println!("a table of 300 MB: {mib} MiB");
}

#[test]
fn a_debtor_with_many_receivables_is_verified_in_seconds() {
    let book = Book::with_debtors();
    let mut table = "number,customer_no,amount,currency,invoice_date,due_date\n".to_owned();
    for number in 0..20_000 {
        table.push_str(&format!("L-{number},D1,1.00,EUR,2026-10-01,2026-11-02\n"));
    }
    book.run(&["import", "receivables", &book.file("many.csv", table)]).good();
    let mut command = book.command("timeout");
    command.args(["10", PROGRAM, "verify"]);
    book.answer(command).good().says(&["All is well"]);
}

#[test]
#[ignore = "minutes"]
fn a_statement_of_300_megabytes_needs_little_memory() {
    let Some(python) = python() else { return };
    let book = Book::ready();
    let (head, rest) = (STATEMENT_HEAD, statement(&[("1.00", "Somebody", "for nothing we know")]));
    let entry =
        rest.strip_prefix(head).and_then(|rest| rest.strip_suffix(STATEMENT_FOOT)).expect("one entry");
    // Details that say much and mean nothing fill the file; the lines stay few enough to be booked quickly.
    let padding = format!("<AddtlTxInf>{}</AddtlTxInf></TxDtls>", "lorem ipsum ".repeat(500));
    let (summary, mib) = peak_mib(&python, &book, "statement", "large.xml", |out| {
        out.write_all(head.as_bytes()).unwrap();
        for number in 0..48_000 {
            let entry = entry.replace("B-0", &format!("B-{number}")).replace("</TxDtls>", &padding);
            out.write_all(entry.as_bytes()).unwrap();
        }
        out.write_all(STATEMENT_FOOT.as_bytes()).unwrap();
    });
    assert_eq!(summary[0]["lines"], 48_000, "{summary}");
    assert!(mib < 150, "{mib} MiB");
    println!("a statement of 300 MB: {mib} MiB");
    book.verify();
}
