//! Every cell of a check against the account.

use duewell_domain::plan::{Account, Entry, Event, Row, RowKind, replay};
use jiff::civil::Date;
use serde_json::Value;

use super::translate::{Case, minor};

/// Collects what differs, the first cell first.
pub struct Comparison<'c> {
    case: &'c Case,
    place: String,
    differences: Vec<String>,
}

impl<'c> Comparison<'c> {
    pub fn new(case: &'c Case) -> Self {
        Comparison { case, place: String::new(), differences: Vec::new() }
    }

    pub fn within(&mut self, place: String) {
        self.place = place;
    }

    pub fn differences(self) -> Vec<String> {
        self.differences
    }

    pub fn check(&mut self, check: &Value, account: &Account, log: &[Entry]) -> anyhow::Result<()> {
        if let Some(periods) = check["periods"].as_array() {
            self.periods(periods, account, log, check["partial"] == true)?;
        }
        self.amounts(check, account)?;
        self.dates(check, account)?;
        if let Some(transactions) = check["transactions"].as_array() {
            self.transactions(transactions, account, log)?;
        }
        Ok(())
    }

    fn differ(&mut self, cell: &str, expected: impl ToString, got: impl ToString) {
        let (expected, got) = (expected.to_string(), got.to_string());
        self.differences.push(format!("{}, {cell}: expected {expected}, got {got}", self.place));
    }

    /// Compares an amount; what the case does not give is not compared.
    fn amount(&mut self, cell: &str, expected: &Value, got: i64) -> anyhow::Result<()> {
        if expected.is_null() {
            return Ok(());
        }
        let wanted = minor(expected, self.case.terms.currency)?;
        if (wanted - got).abs() > self.case.tolerance {
            self.differ(cell, wanted, got);
        }
        Ok(())
    }

    fn date(&mut self, cell: &str, expected: &Value, got: Option<Date>) {
        let got = got.map_or(Value::Null, |day| Value::String(day.to_string()));
        if *expected != got {
            self.differ(cell, expected, got);
        }
    }

    fn periods(
        &mut self,
        periods: &[Value],
        account: &Account,
        log: &[Entry],
        partial: bool,
    ) -> anyhow::Result<()> {
        let (advances, rows): (Vec<&Value>, Vec<&Value>) = periods.iter().partition(|row| row[0].is_null());
        self.advances(&advances, account, log)?;
        if !partial && rows.len() != account.rows.len() {
            self.differ("number of installments", rows.len(), account.rows.len());
        }
        let mut lent_before = advances_before(periods, self.case.terms.currency)?.into_iter();
        for (position, expected) in rows.into_iter().enumerate() {
            let lent = lent_before.next().flatten();
            let number = expected[0].as_u64().map_or(position, |number| number as usize - 1);
            let Some(row) = account.rows.get(number) else {
                self.differ(&format!("row {}", number + 1), "an installment", "none");
                continue;
            };
            self.row(number, expected, row, (account, log), lent)?;
        }
        Ok(())
    }

    fn advances(&mut self, expected: &[&Value], account: &Account, log: &[Entry]) -> anyhow::Result<()> {
        let mut got: Vec<(String, i64)> = advanced(account, log, &self.case.terms)
            .into_iter()
            .map(|(day, amount)| (day.to_string(), amount))
            .collect();
        let mut wanted = Vec::new();
        for row in expected {
            let amount = minor(&row[4], self.case.terms.currency)?;
            wanted.push((row[2].as_str().unwrap_or_default().to_owned(), amount));
        }
        got.sort();
        wanted.sort();
        // Examples without dates do not list what was lent.
        if !wanted.is_empty() && wanted != got {
            self.differ("disbursements", format!("{wanted:?}"), format!("{got:?}"));
        }
        Ok(())
    }

    fn row(
        &mut self,
        number: usize,
        expected: &Value,
        row: &Row,
        (account, log): (&Account, &[Entry]),
        lent: Option<i64>,
    ) -> anyhow::Result<()> {
        let cell = |name: &str| format!("row {}, {name}", number + 1);
        if !expected[2].is_null() {
            if let Some(days) = expected[1].as_i64() {
                let got = i64::from((row.due_on - row.from_on).get_days());
                if days != got {
                    self.differ(&cell("days"), days, got);
                }
            }
            self.date(&cell("due date"), &expected[2], Some(row.due_on));
            self.date(&cell("paid date"), &expected[3], row.met_on.filter(|_| !row.is_open()));
        }
        let lent = lent.unwrap_or_else(|| {
            let until = |day: Date| day < row.due_on || day == row.due_on && row.kind == RowKind::DownPayment;
            let advanced = advanced(account, log, &self.case.terms).into_iter();
            advanced.filter(|&(day, _)| until(day)).map(|(_, amount)| amount).sum()
        });
        let repaid: i64 =
            account.rows[..=number].iter().map(|row| row.due.principal - row.credited.principal).sum();
        let open = row.open();
        self.amount(&cell("balance after"), &expected[4], lent - repaid)?;
        for (name, column, got) in [
            ("principal", 5, row.due.principal),
            ("interest", 6, row.due.interest),
            ("fees", 7, row.due.fees),
            ("penalties", 8, row.due.penalties),
            ("due", 9, row.due.total()),
            ("paid", 10, row.paid.total()),
            ("paid in advance", 11, row.paid_in_advance),
            ("paid late", 12, row.paid_late),
            ("outstanding", 13, open.total()),
        ] {
            self.amount(&cell(name), &expected[column], got)?;
        }
        Ok(())
    }

    fn amounts(&mut self, check: &Value, account: &Account) -> anyhow::Result<()> {
        let totals = account.totals();
        for (name, got) in [
            ("principal", totals.due.principal),
            ("interest", totals.due.interest),
            ("fees", totals.due.fees),
            ("penalties", totals.due.penalties),
            ("due", totals.due.total()),
            ("paid", totals.paid.total()),
            ("in_advance", totals.paid_in_advance),
            ("late", totals.paid_late),
            ("outstanding", totals.open.total()),
        ] {
            self.amount(&format!("total {name}"), &check["totals"][name], got)?;
        }
        self.amount("loan outstanding", &check["loan_outstanding"], totals.open.total())?;
        self.amount("loan overpaid", &check["loan_overpaid"], account.credit)?;
        let rows = regular(account);
        for (index, expected) in check["emi"].as_array().into_iter().flatten().enumerate() {
            let got = rows.get(index).map_or(0, |row| row.due.principal + row.due.interest);
            self.amount(&format!("installment {}", index + 1), expected, got)?;
        }
        if let (Some(first), Some(row)) = (check["first_row"].as_object(), rows.first()) {
            for (name, expected) in first {
                let got = match name.as_str() {
                    "principal" => row.due.principal,
                    "interest" => row.due.interest,
                    "due" => row.due.total(),
                    other => {
                        self.differ(other, expected, "nothing of that name");
                        continue;
                    }
                };
                self.amount(&format!("first row, {name}"), expected, got)?;
            }
        }
        Ok(())
    }

    fn dates(&mut self, check: &Value, account: &Account) -> anyhow::Result<()> {
        let rows = regular(account);
        if let Some(count) = check["installment_count"].as_u64().filter(|&count| count != rows.len() as u64) {
            self.differ("number of installments", count, rows.len());
        }
        if let Some(expected) = check["due_dates"].as_array() {
            if expected.len() != rows.len() {
                self.differ("number of due dates", expected.len(), rows.len());
            }
            for (index, expected) in expected.iter().enumerate() {
                self.date(
                    &format!("due date {}", index + 1),
                    expected,
                    rows.get(index).map(|row| row.due_on),
                );
            }
        }
        for (index, expected) in check["due_dates_at"].as_object().into_iter().flatten() {
            let place: i64 = index.parse()?;
            let place = if place < 0 { rows.len() as i64 + place } else { place };
            let row = usize::try_from(place).ok().and_then(|place| rows.get(place));
            self.date(&format!("due date at {index}"), expected, row.map(|row| row.due_on));
        }
        Ok(())
    }

    fn transactions(&mut self, expected: &[Value], account: &Account, log: &[Entry]) -> anyhow::Result<()> {
        let mut got = Vec::new();
        for entry in log {
            let Some(name) = self.case.name_of(entry.number) else { continue };
            let undone = log.iter().find(|other| other.event == Event::Reverse { of: entry.number });
            let found = match undone {
                None => account.effects.iter().find(|effect| effect.entry == entry.number).cloned(),
                // What was taken back stands as it was before that.
                Some(reversal) => {
                    let before = &log[..reversal.number as usize - 1];
                    let then = replay(&self.case.terms, before, account.as_of)?;
                    then.effects.into_iter().find(|effect| effect.entry == entry.number)
                }
            };
            let Some(effect) = found else { continue };
            let balance = match name {
                // The source keeps no balance with these.
                "Re-age" | "Re-amortize" => None,
                // It shows what its books carry on, which is nothing.
                "Charge-off" => Some(0),
                _ => Some(effect.principal_after),
            };
            got.push(Told {
                on: effect.on,
                name,
                amount: effect.amount,
                parts: effect.parts,
                balance,
                undone: undone.is_some(),
            });
        }
        for (on, parts) in self.case.accruals(log.len())? {
            let amount = parts.total();
            got.push(Told { on, name: "Accrual", amount, parts, balance: Some(0), undone: false });
        }
        if expected.len() != got.len() {
            let names: Vec<String> = got.iter().map(|told| format!("{} {}", told.on, told.name)).collect();
            self.differ(
                "number of transactions",
                expected.len(),
                format!("{} ({})", got.len(), names.join(", ")),
            );
        }
        for (index, row) in expected.iter().enumerate() {
            let place = format!("transaction {}", index + 1);
            let (day, name) = (row[0].as_str().unwrap_or_default(), row[1].as_str().unwrap_or_default());
            let wanted: Vec<Option<i64>> = (2..8)
                .map(|column| match &row[column] {
                    Value::Null => Ok(None),
                    amount => minor(amount, self.case.terms.currency).map(Some),
                })
                .collect::<anyhow::Result<_>>()?;
            let is_it = |told: &Told| {
                told.name == name
                    && told.on.to_string() == day
                    && wanted
                        .iter()
                        .zip(told.cells())
                        .all(|(wanted, got)| wanted.is_none() || got.is_none() || *wanted == got)
                    && row[8].as_bool().is_none_or(|undone| undone == told.undone)
            };
            match got.iter().position(is_it) {
                Some(found) => {
                    got.remove(found);
                }
                None => {
                    let near: Vec<String> =
                        got.iter().filter(|told| told.on.to_string() == day).map(Told::text).collect();
                    self.differ(&place, row, near.join("; "));
                }
            }
        }
        Ok(())
    }
}

/// Returns what is listed as lent before each installment of a table; nothing where the table does not list it.
fn advances_before(
    periods: &[Value],
    currency: duewell_domain::money::Currency,
) -> anyhow::Result<Vec<Option<i64>>> {
    let mut lent = None;
    let mut before = Vec::new();
    for row in periods {
        if row[0].is_null() {
            lent = Some(lent.unwrap_or(0) + minor(&row[4], currency)?);
        } else {
            before.push(lent);
        }
    }
    Ok(before)
}

struct Told {
    on: Date,
    name: &'static str,
    amount: i64,
    parts: duewell_domain::plan::Parts,
    balance: Option<i64>,
    undone: bool,
}

impl Told {
    fn cells(&self) -> [Option<i64>; 6] {
        let Told { amount, parts, balance, .. } = self;
        [
            Some(*amount),
            Some(parts.principal),
            Some(parts.interest),
            Some(parts.fees),
            Some(parts.penalties),
            *balance,
        ]
    }

    fn text(&self) -> String {
        format!("{} {} {:?}{}", self.on, self.name, self.cells(), if self.undone { " undone" } else { "" })
    }
}

fn regular(account: &Account) -> Vec<&Row> {
    account.rows.iter().filter(|row| row.kind == RowKind::Regular).collect()
}

/// Returns what was lent by day; what a quote assumes when nothing was lent.
fn advanced(account: &Account, log: &[Entry], terms: &duewell_domain::plan::Terms) -> Vec<(Date, i64)> {
    let lent: Vec<(Date, i64)> = log
        .iter()
        .filter(|entry| account.effects.iter().any(|effect| effect.entry == entry.number))
        .filter_map(|entry| match entry.event {
            Event::Advance { amount } => Some((entry.value_on, amount)),
            _ => None,
        })
        .collect();
    if lent.is_empty() { vec![(terms.starts_on, terms.principal)] } else { lent }
}
