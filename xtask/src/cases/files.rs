//! `cargo xtask cases files DIR`: reads real files and compares with what is expected of them.
//!
//! Beside each file `X` lies `X.expected.json`, made by other programs than
//! ours. Every field that our readers answer is compared; a file passes when
//! all of them agree. Files of formats without a reader here are skipped.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use duewell_domain::money::Money;
use duewell_formats::camt::{self, CamtError, CamtEvent, EntryStatus, StatementEnd, StatementHeader};
use duewell_formats::invoice::{self, Invoice};
use serde_json::Value;

use super::{Tally, Verdict};

/// Judges every file below the directory that has an expectation beside it.
pub fn judge_all(directory: &str) -> anyhow::Result<Tally> {
    let mut expectations = Vec::new();
    collect(Path::new(directory), &mut expectations)?;
    if expectations.is_empty() {
        bail!("{directory} holds no *.expected.json");
    }
    expectations.sort();
    let mut tally = Tally::default();
    for path in expectations {
        let file = file_of(&path);
        let verdict = judge(&path, &file).unwrap_or_else(|error| Verdict::Failed(vec![format!("{error:#}")]));
        tally.count(&file.display().to_string(), verdict);
    }
    Ok(tally)
}

struct Difference {
    field: String,
    expected: String,
    got: String,
}

fn collect(directory: &Path, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("could not list {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.to_string_lossy().ends_with(EXPECTED) {
            into.push(path);
        }
    }
    Ok(())
}

const EXPECTED: &str = ".expected.json";

fn file_of(expectation: &Path) -> PathBuf {
    let text = expectation.to_string_lossy();
    PathBuf::from(text.strip_suffix(EXPECTED).unwrap_or(&text))
}

fn judge(expectation: &Path, file: &Path) -> anyhow::Result<Verdict> {
    let expected = fs::read(expectation).context("could not read the expectation")?;
    let expected: Value = serde_json::from_slice(&expected).context("the expectation is no JSON")?;
    let format = expected["format"].as_str().unwrap_or("unknown");
    if !["camt", "ubl", "cii", "facturx"].contains(&format) {
        return Ok(Verdict::Skipped(format!("no reader of format {format} is compared here")));
    }
    let bytes = fs::read(file).context("could not read the file")?;
    let mut told = Comparison::default();
    match format {
        "camt" => camt_file(&bytes, &expected, &mut told),
        "facturx" => invoice_file(&bytes, &expected, &expected["invoice"], &mut told),
        _ => invoice_file(&bytes, &expected, &expected, &mut told),
    }
    let differences = told.differences.into_iter();
    let told: Vec<String> = differences
        .map(|Difference { field, expected, got }| format!("{field}: expected {expected}, got {got}"))
        .collect();
    Ok(if told.is_empty() { Verdict::Passed } else { Verdict::Failed(told) })
}

/// Whether the expectation itself says that refusing the file, or a part of it, is right too.
///
/// That is so for files called malformed and for those that break the schema
/// of their own standard. What is read of them still has to be right.
fn may_be_refused(expected: &Value) -> bool {
    let category = expected["category"].as_str().unwrap_or_default();
    category.contains("malformed")
        || category.contains("non-standard")
        || expected["xsd_valid"] == Value::Bool(false)
}

/// Collects the fields that differ.
#[derive(Default)]
struct Comparison {
    differences: Vec<Difference>,
}

impl Comparison {
    fn differ(&mut self, field: &str, expected: impl ToString, got: impl ToString) {
        let (expected, got) = (expected.to_string(), got.to_string());
        self.differences.push(Difference { field: field.to_owned(), expected, got });
    }

    /// Compares a field as text; what the expectation does not mention is not compared.
    fn text(&mut self, within: &str, expected: &Value, field: &str, got: Option<&str>) {
        self.value(within, expected, field, got.map_or(Value::Null, Value::from));
    }

    fn value(&mut self, within: &str, expected: &Value, field: &str, got: Value) {
        if let Some(wanted) = expected.get(field).filter(|wanted| **wanted != got) {
            self.differ(&format!("{within}{field}"), wanted, got);
        }
    }

    /// Compares an amount by value: `12.6` is `12.60`.
    fn amount(&mut self, within: &str, expected: &Value, field: &str, got: Option<String>) {
        let Some(wanted) = expected.get(field) else { return };
        let wanted = match wanted {
            Value::Null => None,
            Value::String(text) => Some(plain(text)),
            other => Some(plain(&other.to_string())),
        };
        let got = got.map(|text| plain(&text));
        if wanted != got {
            self.differ(&format!("{within}{field}"), shown(&wanted), shown(&got));
        }
    }
}

fn shown(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "none".to_owned())
}

fn without_blanks(account: &str) -> String {
    account.split_whitespace().collect()
}

/// Writes a decimal without surplus zeros.
fn plain(decimal: &str) -> String {
    let decimal = decimal.trim().trim_start_matches('+');
    let short = match decimal.contains('.') {
        true => decimal.trim_end_matches('0').trim_end_matches('.'),
        false => decimal,
    };
    match short {
        "-0" | "" | "-" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// A sum over any currencies, as the expectations have it, in hundred-thousandths.
#[derive(Default)]
struct Sum(i128);

impl Sum {
    fn add(&mut self, money: Money) {
        let unit = 100_000 / i128::from(money.currency.minor_per_major());
        self.0 += i128::from(money.minor) * unit;
    }

    fn text(&self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        format!("{sign}{}.{:05}", units / 100_000, units % 100_000)
    }
}

/// What our reader says of one statement.
struct Statement {
    header: StatementHeader,
    end: Option<StatementEnd>,
    status: BTreeMap<&'static str, u64>,
    other_status: Vec<String>,
    /// Booking days; as text they sort by time.
    booked: Vec<String>,
    reversals: u64,
    returns: Vec<String>,
    end_to_end: Vec<String>,
    references: Vec<String>,
}

fn read_camt(bytes: &[u8]) -> (Vec<Statement>, Vec<String>, Result<(), CamtError>) {
    let mut statements: Vec<Statement> = Vec::new();
    let mut refused = Vec::new();
    let outcome = camt::read_camt(bytes, |event| {
        match event {
            CamtEvent::StatementStart(header) => statements.push(Statement {
                header: *header,
                end: None,
                status: BTreeMap::new(),
                other_status: Vec::new(),
                booked: Vec::new(),
                reversals: 0,
                returns: Vec::new(),
                end_to_end: Vec::new(),
                references: Vec::new(),
            }),
            CamtEvent::Entry(entry) => {
                let Some(statement) = statements.last_mut() else { return ControlFlow::Break(()) };
                let code = match &entry.status {
                    EntryStatus::Booked => "BOOK",
                    EntryStatus::Pending => "PDNG",
                    EntryStatus::Future => "FUTR",
                    EntryStatus::Information => "INFO",
                    EntryStatus::Unstated => "None",
                    EntryStatus::Other(code) => {
                        statement.other_status.push(code.clone());
                        "other"
                    }
                };
                *statement.status.entry(code).or_default() += 1;
                statement.booked.extend(entry.booked_on.map(|day| day.to_string()));
                statement.reversals += u64::from(entry.reversal);
                for detail in entry.details {
                    statement.returns.extend(detail.return_reason);
                    statement.end_to_end.extend(detail.end_to_end_id);
                    statement.references.extend(detail.structured_references);
                }
            }
            CamtEvent::Refused(refusal) => refused.push(refusal.to_string()),
            CamtEvent::StatementEnd(end) => {
                if let Some(statement) = statements.last_mut() {
                    statement.end = Some(*end);
                }
            }
        }
        ControlFlow::Continue(())
    });
    (statements, refused, outcome.map(|_| ()))
}

fn camt_file(bytes: &[u8], expected: &Value, told: &mut Comparison) {
    let (statements, refused, outcome) = read_camt(bytes);
    let known_kind = expected["kind"].as_str().is_none_or(|kind| kind.starts_with("camt.05"));
    let Some(wanted) = expected["statements"].as_array().filter(|_| known_kind) else {
        // Another message, or nothing readable: the reader has to say so.
        if outcome.is_ok() {
            told.differ("statements", "a refusal", format!("{} statements", statements.len()));
        }
        return;
    };
    if may_be_refused(expected) && (outcome.is_err() || !refused.is_empty()) {
        return;
    }
    if let Err(error) = outcome {
        return told.differ("file", "readable", error);
    }
    for refusal in refused {
        told.differ("entries", "all readable", refusal);
    }
    if wanted.len() != statements.len() {
        return told.differ("statements", wanted.len(), statements.len());
    }
    let (mut entries, mut credits, mut debits) = (0, Sum::default(), Sum::default());
    for (index, (wanted, statement)) in wanted.iter().zip(&statements).enumerate() {
        let within = format!("statement {}: ", index + 1);
        compare_statement(&within, wanted, statement, told);
        if let Some(kind) = expected["kind"].as_str().filter(|kind| *kind != statement.header.kind.name()) {
            told.differ("kind", kind, statement.header.kind.name());
        }
        for totals in statement.end.iter().flat_map(|end| &end.totals) {
            credits.add(totals.credits);
            debits.add(totals.debits);
        }
        entries += statement.end.as_ref().map_or(0, |end| end.entries);
    }
    let totals = &expected["totals"];
    told.value("totals: ", totals, "statements", Value::from(statements.len()));
    told.value("totals: ", totals, "entries", Value::from(entries));
    told.amount("totals: ", totals, "sum_credits", Some(credits.text()));
    told.amount("totals: ", totals, "sum_debits", Some(debits.text()));
}

fn compare_statement(within: &str, wanted: &Value, statement: &Statement, told: &mut Comparison) {
    let header = &statement.header;
    let Some(end) = &statement.end else {
        return told.differ(within, "a complete statement", "one without an end");
    };
    told.text(within, wanted, "id", header.id.as_deref());
    let account = wanted["account"].as_str().map(without_blanks);
    if wanted.get("account").is_some() && account != header.account {
        told.differ(&format!("{within}account"), shown(&account), shown(&header.account));
    }
    told.value(within, wanted, "account_is_iban", Value::from(header.account_is_iban));
    told.text(within, wanted, "currency", end.currency.map(|currency| currency.code()));
    told.value(within, wanted, "entries", Value::from(end.entries));
    told.value(within, wanted, "transaction_details", Value::from(end.details));

    let opening = end.opening();
    told.amount(within, wanted, "opening_balance", opening.map(|balance| balance.amount.major_text()));
    told.text(within, wanted, "opening_balance_type", opening.map(|balance| balance.code.as_str()));
    let closing = end.closing();
    told.amount(within, wanted, "closing_balance", closing.map(|balance| balance.amount.major_text()));
    compare_balances(within, wanted, end, told);

    let mut sums = [Sum::default(), Sum::default(), Sum::default(), Sum::default()];
    for totals in &end.totals {
        let parts = [totals.credits, totals.debits, totals.booked_credits, totals.booked_debits];
        sums.iter_mut().zip(parts).for_each(|(sum, part)| sum.add(part));
    }
    for (field, sum) in
        ["sum_credits", "sum_debits", "sum_booked_credits", "sum_booked_debits"].iter().zip(&sums)
    {
        told.amount(within, wanted, field, Some(sum.text()));
    }
    if wanted.get("entry_currencies").is_some() {
        let mut currencies: Vec<_> = end.totals.iter().map(|totals| totals.credits.currency.code()).collect();
        currencies.sort_unstable();
        told.value(within, &sorted(wanted, "entry_currencies"), "entry_currencies", Value::from(currencies));
    }
    let mut status: BTreeMap<String, u64> = statement
        .status
        .iter()
        .filter(|(code, _)| **code != "other")
        .map(|(code, n)| ((*code).to_owned(), *n))
        .collect();
    for code in &statement.other_status {
        *status.entry(code.clone()).or_default() += 1;
    }
    told.value(within, wanted, "entries_by_status", serde_json::json!(status));
    told.text(within, wanted, "first_booking_date", statement.booked.iter().min().map(String::as_str));
    told.text(within, wanted, "last_booking_date", statement.booked.iter().max().map(String::as_str));
    told.value(within, wanted, "reversal_entries", Value::from(statement.reversals));
    for (field, got) in [
        ("return_reason_codes", &statement.returns),
        ("end_to_end_ids", &statement.end_to_end),
        ("structured_references", &statement.references),
    ] {
        if wanted.get(field).is_some() {
            let mut got = got.clone();
            got.sort_unstable();
            told.value(within, &sorted(wanted, field), field, Value::from(got));
        }
    }
    let holds = end.balance_equation_holds();
    told.value(within, wanted, "balance_equation_holds", holds.map_or(Value::Null, Value::from));
    if let Some(block) = wanted.get("summary_block_agrees").filter(|block| block.is_object()) {
        let agreed = end.agreed_totals();
        let within = format!("{within}summary block: ");
        let answer = |part: Option<bool>| part.map_or(Value::Null, Value::from);
        told.value(&within, block, "entries", answer(agreed.and_then(|agreed| agreed.entries)));
        told.value(&within, block, "credit_sum", answer(agreed.and_then(|agreed| agreed.credits)));
        told.value(&within, block, "debit_sum", answer(agreed.and_then(|agreed| agreed.debits)));
    }
}

/// Compares balances; an overdrawn one may be expected with or without its sign.
fn compare_balances(within: &str, wanted: &Value, end: &StatementEnd, told: &mut Comparison) {
    let Some(balances) = wanted["balances"].as_array() else { return };
    if balances.len() != end.balances.len() {
        return told.differ(&format!("{within}balances"), balances.len(), end.balances.len());
    }
    for (index, (wanted, balance)) in balances.iter().zip(&end.balances).enumerate() {
        let within = format!("{within}balance {}: ", index + 1);
        told.text(&within, wanted, "type", Some(&balance.code));
        told.text(&within, wanted, "subtype", balance.subtype.as_deref());
        let signed = balance.amount.major_text();
        let unsigned = wanted["amount"].as_str().is_some_and(|amount| !amount.starts_with('-'));
        let got = if unsigned { signed.trim_start_matches('-').to_owned() } else { signed };
        told.amount(&within, wanted, "amount", Some(got));
        told.text(&within, wanted, "currency", Some(balance.amount.currency.code()));
        told.text(&within, wanted, "date", balance.date.map(|day| day.to_string()).as_deref());
    }
}

/// Returns an object with just the field, its items sorted, without the standard's way of saying none.
fn sorted(expected: &Value, field: &str) -> Value {
    let mut items: Vec<&str> = expected[field]
        .as_array()
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    items.retain(|item| !item.eq_ignore_ascii_case("NOTPROVIDED"));
    items.sort_unstable();
    serde_json::json!({ field: items })
}

fn invoice_file(bytes: &[u8], expected: &Value, wanted: &Value, told: &mut Comparison) {
    let invoice = match invoice::read_invoice(bytes) {
        Ok(invoice) => invoice,
        Err(error) => {
            if !may_be_refused(expected) && wanted.is_object() {
                let cause =
                    std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                told.differ("file", "readable", format!("{error}{cause}"));
            }
            return;
        }
    };
    if !wanted.is_object() {
        return told.differ("file", "a refusal", format!("invoice {}", invoice.number));
    }
    told.text("", expected, "invoice_attachment", invoice.attachment.as_deref());
    compare_invoice(wanted, &invoice, told);
}

fn compare_invoice(wanted: &Value, invoice: &Invoice, told: &mut Comparison) {
    let (seller, buyer) = (&invoice.seller, &invoice.buyer);
    let issued_on = invoice.issued_on.to_string();
    let due_on = invoice.due_on.map(|day| day.to_string());
    let texts = [
        ("document", Some(invoice.document.as_str())),
        ("root", Some(invoice.document.as_str())),
        ("guideline", invoice.guideline.as_deref()),
        ("type_code", invoice.type_code.as_deref()),
        ("number", Some(invoice.number.as_str())),
        ("issue_date", Some(issued_on.as_str())),
        ("due_date", due_on.as_deref()),
        ("currency", Some(invoice.currency.code())),
        ("buyer_reference", invoice.buyer_reference.as_deref()),
        ("order_reference", invoice.order_reference.as_deref()),
        ("seller", seller.display_name()),
        ("seller_legal_name", seller.legal_name.as_deref()),
        ("buyer_legal_name", buyer.legal_name.as_deref()),
        // CII expectations have the registered names under these; UBL ones the trading name.
        ("seller_name", seller.legal_name.as_deref()),
        (
            "buyer_name",
            if wanted.get("document").is_some() { &buyer.name } else { &buyer.legal_name }.as_deref(),
        ),
        ("buyer_vat", buyer.vat.as_deref()),
        ("buyer_endpoint", buyer.endpoint.as_deref()),
        ("payment_means", invoice.payment_means.as_deref()),
        ("payment_reference", invoice.payment_reference.as_deref()),
        ("mandate", invoice.mandate.as_deref()),
        ("creditor_id", invoice.creditor_id.as_deref()),
        ("payment_terms", invoice.payment_terms.as_deref()),
    ];
    for (field, got) in texts {
        told.text("", wanted, field, got);
    }
    let iban = wanted["payee_iban"].as_str().map(without_blanks);
    if wanted.get("payee_iban").is_some() && iban != invoice.payee_iban {
        told.differ("payee_iban", shown(&iban), shown(&invoice.payee_iban));
    }
    told.value("", wanted, "lines", Value::from(invoice.lines.len()));
    for (field, got) in [
        ("net_total", invoice.net),
        ("gross_total", invoice.gross),
        ("prepaid", invoice.prepaid),
        ("payable", invoice.payable),
    ] {
        told.amount("", wanted, field, got.map(Money::major_text));
    }
    let agree = invoice.totals_agree().map_or(Value::Null, Value::from);
    told.value("", wanted, "check_gross_minus_prepaid_plus_rounding_equals_payable", agree);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_by_value() {
        for (left, right) in [("12.6", "12.60"), ("0", "0.00"), ("-3.00", "-3"), ("+5", "5"), ("100", "100")]
        {
            assert_eq!(plain(left), plain(right));
        }
        assert_ne!(plain("100"), plain("1"));
    }

    #[test]
    fn a_wrong_answer_is_a_difference() {
        let expected = serde_json::json!({ "kind": "camt.053", "statements": [{ "entries": 1 }] });
        let xml = b"<BkToCstmrStmt><Stmt><Id>S</Id></Stmt></BkToCstmrStmt>";
        let mut told = Comparison::default();
        camt_file(xml, &expected, &mut told);
        let fields: Vec<_> = told.differences.iter().map(|difference| difference.field.as_str()).collect();
        assert_eq!(fields, ["statement 1: entries"]);
    }

    #[test]
    fn only_what_is_called_malformed_may_be_refused() {
        let expected = |category: &str| serde_json::json!({ "category": category, "statements": [] });
        let differences = |category: &str| {
            let mut told = Comparison::default();
            camt_file(b"<cut off", &expected(category), &mut told);
            told.differences.len()
        };
        assert_eq!(differences("well-formed"), 1);
        assert_eq!(differences("malformed or non-standard"), 0);
    }
}
