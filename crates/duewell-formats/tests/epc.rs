//! Payment codes against what another program writes.

use std::path::Path;

use anyhow::Context;
use duewell_domain::money::{Currency, Money};
use duewell_formats::epc::{EpcPayment, Remittance};

/// Compares every line with the other program's; amounts by value, since it drops trailing zeros.
#[test]
fn payloads_are_those_of_another_program() -> anyhow::Result<()> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/qr/epc069-12.json"));
    if !file.is_file() {
        println!("skipped, no payment codes at hand: {} is absent", file.display());
        return Ok(());
    }
    let samples: serde_json::Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let cases = samples["cases"].as_array().context("cases")?;
    for case in cases {
        let field = |name: &str| case["input"][name].as_str().map(str::to_owned);
        let reference = field("reference").or_else(|| field("text")).unwrap_or_default();
        let payment = EpcPayment {
            name: field("name").context("name")?,
            iban: field("iban").context("iban")?,
            bic: field("bic"),
            amount: Money::parse_major(&field("amount").context("amount")?, Currency::EUR)?,
            remittance: Remittance::from_reference(&reference),
            purpose: field("purpose"),
        };
        let payload = payment.payload().with_context(|| case["input"].to_string())?;
        let expected = case["payload"].as_str().context("payload")?;
        assert_eq!(by_value(&payload)?, by_value(expected)?, "{}", case["input"]);
    }
    assert!(!cases.is_empty());
    println!("{} payment codes compared", cases.len());
    Ok(())
}

/// Returns the lines of a payload, with two decimals in the amount.
fn by_value(payload: &str) -> anyhow::Result<Vec<String>> {
    let mut lines: Vec<String> = payload.split('\n').map(str::to_owned).collect();
    let amount = lines.get(7).and_then(|line| line.strip_prefix("EUR")).context("an amount in euro")?;
    lines[7] = Money::parse_major(amount, Currency::EUR)?.major_text();
    Ok(lines)
}
