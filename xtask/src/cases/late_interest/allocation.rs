//! Cases of payments that go to several debts, or to the parts of one.

use anyhow::Context as _;
use duewell_domain::allocation::OpenItem;
use duewell_domain::id::{DebtorId, ReceivableId};
use duewell_domain::legal_allocation::{
    DebtParts, DebtSecurity, LegalDebt, PartOrder, Standing, among_debts, within_debt,
};
use duewell_domain::money::{Currency, Money};
use duewell_domain::rate::Rate;
use jiff::civil::Date;
use serde_json::Value;

use super::{Comparison, Verdict, amount};

/// The names that cases have for what is left over.
const REST: [&str; 5] = ["unapplied", "rest", "overpayment", "credit", "left_over"];

pub fn judge(case: &Value, _: &Value) -> anyhow::Result<Verdict> {
    if case["debts"].is_array() { several(case) } else { one(case) }
}

fn money(value: &Value) -> anyhow::Result<Money> {
    Ok(amount(value, Currency::EUR)?.unwrap_or(Money::zero(Currency::EUR)))
}

fn compare_rest(case: &Value, rest: Money, comparison: &mut Comparison) -> anyhow::Result<()> {
    for field in REST {
        comparison.amount(&case["expected"], field, rest)?;
        comparison.amount(case, field, rest)?;
    }
    Ok(())
}

fn one(case: &Value) -> anyhow::Result<Verdict> {
    let named = |value: &Value| value.as_str().map(str::to_lowercase).unwrap_or_default();
    let orders = match orders(&named(&case["order"])).or_else(|| orders(&named(&case["source"]))) {
        Some(orders) => orders,
        None => return Ok(Verdict::Skipped(format!("the order {}", case["order"]))),
    };
    if !case["debtor_designation"].is_null() {
        return Ok(Verdict::Skipped("a debtor who says which part of one debt to pay".to_owned()));
    }
    let due = &case["due"];
    let owed = DebtParts {
        costs: money(&due["costs"])?,
        interest: money(&due["interest"])?,
        principal: money(&due["principal"])?,
    };
    let mut comparison = Comparison::default();
    for order in orders {
        let (paid, rest) = within_debt(money(&case["payment"])?, owed, order)?;
        for (part, paid) in
            [("costs", paid.costs), ("interest", paid.interest), ("principal", paid.principal)]
        {
            comparison.equal(part, money(&case["expected"][part])?, paid);
        }
        compare_rest(case, rest, &mut comparison)?;
    }
    comparison.only(&case["expected"], &[&["costs", "interest", "principal"][..], &REST].concat());
    Ok(comparison.verdict())
}

/// Reads an order of parts, or the article that says it.
fn orders(text: &str) -> Option<Vec<PartOrder>> {
    if text.starts_with("any") {
        return Some(PartOrder::ALL.to_vec());
    }
    let place = |word: &str| text.find(word);
    match (place("costs"), place("interest"), place("principal")) {
        (Some(costs), Some(interest), Some(principal)) if costs < interest.min(principal) => {
            let order = if interest < principal {
                PartOrder::CostsInterestPrincipal
            } else {
                PartOrder::CostsPrincipalInterest
            };
            Some(vec![order])
        }
        _ if text.contains("497") => Some(vec![PartOrder::CostsPrincipalInterest]),
        _ if text.contains("367") => Some(vec![PartOrder::CostsInterestPrincipal]),
        _ => None,
    }
}

fn several(case: &Value) -> anyhow::Result<Verdict> {
    let cases = case["debts"].as_array().context("no debts")?;
    let names: Vec<&str> = cases.iter().filter_map(|debt| debt["id"].as_str()).collect();
    let mut debts = Vec::new();
    for (number, told) in cases.iter().enumerate() {
        let (Some(security), Some(burden)) = (security(&told["secured"]), burden(&told["burden"])) else {
            return Ok(Verdict::Skipped(format!(
                "a debt with security {} and burden {}",
                told["secured"], told["burden"]
            )));
        };
        let since =
            ["due_since", "since", "due_on"].iter().find_map(|name| told[*name].as_str()?.parse().ok());
        // What is not due yet need not say since when; it is younger than all others.
        let since = since.unwrap_or(Date::MAX);
        let receivable = ReceivableId(i64::try_from(number)?);
        let item = OpenItem { debtor: DebtorId(1), receivable, due_on: since, open: money(&told["amount"])? };
        let standing = if told["due"] == Value::Bool(false) { Standing::NotDue } else { Standing::Due };
        debts.push(LegalDebt { item, standing, security, burden, since });
    }
    let designation = match &case["debtor_designation"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(name) => vec![name.as_str()],
        _ => Vec::new(),
    };
    let numbers = |name: &str| -> anyhow::Result<ReceivableId> {
        let number = names.iter().position(|other| *other == name).context("an unknown debt is named")?;
        Ok(ReceivableId(i64::try_from(number)?))
    };
    let named: Vec<ReceivableId> = designation.into_iter().map(numbers).collect::<anyhow::Result<_>>()?;
    let told = among_debts(money(&case["payment"])?, &debts, &named)?;
    let mut comparison = Comparison::default();
    for (name, debt) in names.iter().zip(&debts) {
        let part = told.parts.iter().find(|part| part.receivable == debt.item.receivable);
        let paid = part.map_or(Money::zero(Currency::EUR), |part| part.amount);
        comparison.equal(name, money(&case["expected"][*name])?, paid);
    }
    compare_rest(case, told.unapplied, &mut comparison)?;
    comparison.only(&case["expected"], &[&names[..], &REST].concat());
    Ok(comparison.verdict())
}

fn security(value: &Value) -> Option<DebtSecurity> {
    match value {
        Value::Bool(true) => Some(DebtSecurity::Secured),
        Value::Bool(false) | Value::Null => Some(DebtSecurity::Unsecured),
        Value::String(text) => match text.to_lowercase().split_whitespace().next()? {
            "no" | "none" | "unsecured" => Some(DebtSecurity::Unsecured),
            "part" | "partly" | "partial" => Some(DebtSecurity::PartlySecured),
            "yes" | "full" | "fully" | "secured" | "mortgage" => Some(DebtSecurity::Secured),
            _ => None,
        },
        Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads how heavy a debt is against the others: a word, or its rate.
fn burden(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Null => return Some(0),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.to_lowercase(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    match text.split_whitespace().next()? {
        "equal" | "same" | "normal" | "medium" | "none" => Some(0),
        "higher" | "high" | "more" | "heavier" | "heavy" | "greater" => Some(1),
        "lower" | "low" | "less" | "lighter" | "light" | "smaller" => Some(-1),
        word => word.trim_end_matches('%').parse::<Rate>().ok().map(|rate| rate.ppb),
    }
}
