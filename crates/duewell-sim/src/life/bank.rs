//! The bank: debtors pay in their ways, statements come in the morning, late, or twice.

use std::collections::BTreeMap;

use duewell_domain::id::PaymentId;
use duewell_domain::money::Money;
use duewell_domain::reference::creditor_reference;
use duewell_engine::EngineError;
use duewell_engine::bank::{StatementSummary, import_statement};
use duewell_sample::iban::iban;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Life, Weather};
use crate::auditor::{Snapshot, adopt_line};
use crate::model::{self, Place, Says};
use crate::statement::{self, BankLine};

/// A statement that was booked, as it can come again.
#[derive(Clone, Debug)]
pub(super) struct Imported {
    xml: String,
    lines: u64,
}

impl Life {
    /// Debtors pay what they meant to pay today; strangers pay too.
    pub(super) fn debtors_act(&mut self) {
        for intention in self.intentions.remove(&self.today).unwrap_or_default() {
            let Some(claim) = self.model.claims.get(&intention.number).cloned() else { continue };
            let owed = if claim.open() > 0 { claim.open() } else { claim.amount };
            // Who has paid does not pay again, mostly.
            if claim.open() <= 0 && !self.rng.chance(200) {
                continue;
            }
            let minor = (owed * intention.per_mille as i64 / 1000).max(1);
            self.pay(&intention.number, &claim, minor);
        }
        if self.rng.chance(25) {
            let minor = self.rng.between(100, 90_000) as i64;
            let line = BankLine {
                text: vec!["Beitrag Verein, danke".to_owned()],
                ..self.line(minor, duewell_domain::money::Currency::EUR, "Fremder Zahler")
            };
            self.book_on(line, Says::Nothing);
        }
        if self.rng.chance(25) {
            let minor = self.rng.between(100, 90_000) as i64;
            let return_reason = self.rng.chance(500).then_some("AM04");
            let line = BankLine {
                text: vec!["Rückgabe".to_owned()],
                return_reason,
                ..self.line(-minor, duewell_domain::money::Currency::EUR, "Rücklastschrift")
            };
            self.book_on(line, Says::Out);
        }
    }

    fn line(&mut self, minor: i64, currency: duewell_domain::money::Currency, payer: &str) -> BankLine {
        self.next_account += 1;
        let account = iban("DE", &format!("00000000{:010}", self.next_account));
        BankLine {
            amount: Money::new(minor, currency),
            payer: payer.to_owned(),
            account,
            bank_reference: self.world.bank_references.then(|| format!("BR{:08}", self.next_account)),
            structured: None,
            text: Vec::new(),
            return_reason: None,
        }
    }

    fn pay(&mut self, number: &str, claim: &model::Claim, minor: i64) {
        let party = claim.party;
        let name = self.world.people[party].name.clone();
        let mut line = self.line(minor, claim.currency, &name);
        let says = match self.rng.weighted(&[25, 20, 12, 10, 8, 8, 10, 7]) {
            0 => {
                line.structured = creditor_reference(number);
                Says::Numbers(vec![number.to_owned()])
            }
            1 => {
                line.text = vec![format!("Rechnung {number}, vielen Dank")];
                Says::Numbers(vec![number.to_owned()])
            }
            2 => {
                line.text = vec![number.replace('-', " ").to_lowercase().replace('0', "O")];
                Says::Numbers(vec![number.to_owned()])
            }
            3 => {
                let mut numbers = self.model.open_numbers(party, claim.currency);
                numbers.truncate(4);
                if !numbers.iter().any(|other| other == number) {
                    numbers.push(number.to_owned());
                }
                let sum: i64 = numbers.iter().map(|number| self.model.claims[number].open()).sum();
                if sum > 0 {
                    line.amount = Money::new(sum, claim.currency);
                }
                line.text = vec![numbers.join(", ")];
                Says::Numbers(numbers)
            }
            4 => {
                let reference = creditor_reference(&format!("K{}", self.world.people[party].external_id));
                line.structured = reference;
                Says::Party(party)
            }
            5 => {
                // A digit is wrong: no claim has this number.
                let typo = format!("{}9{}", &number[..8], &number[9..]);
                line.text = vec![format!("Invoice {typo}")];
                Says::Name(party)
            }
            6 => {
                line.text = vec!["Danke".to_owned()];
                Says::Name(party)
            }
            _ => {
                line.payer = "Tante Berta Unbekannt".to_owned();
                line.text = vec!["wie besprochen".to_owned()];
                Says::Nothing
            }
        };
        self.meant.insert(line.account.clone(), party);
        let twin =
            (self.rng.chance(8) && matches!(says, Says::Numbers(_))).then(|| (line.clone(), says.clone()));
        self.book_on(line, says);
        if let Some((line, says)) = twin {
            // The same line twice on one day is two payments.
            self.meant.insert(format!("{}#2", line.account), party);
            self.book_on(line, says);
        }
    }

    /// The bank books on its own days only.
    fn book_on(&mut self, line: BankLine, says: Says) {
        let mut day = self.today;
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            day = day.saturating_add(1.day());
        }
        self.bank.entry(day).or_default().push((line, says));
    }

    /// Books the statements that the bank has sent by this morning.
    pub(super) fn import_statements(&mut self) -> Result<(), EngineError> {
        let calm = self.weather == Weather::Calm;
        if !calm && self.today > self.bank_silent_until && self.rng.chance(12) {
            // The bank or the person who fetches the file is away.
            self.bank_silent_until = self.today.saturating_add((self.rng.between(3, 10) as i64).days());
        }
        let bank_day = !matches!(self.today.weekday(), Weekday::Sunday | Weekday::Monday);
        if (calm || self.today > self.bank_silent_until) && bank_day {
            let mut days: Vec<Date> = self.bank.range(..self.today).map(|(day, _)| *day).collect();
            let yesterday = self.today.saturating_sub(1.day());
            if !days.contains(&yesterday) {
                days.push(yesterday);
            }
            for day in days {
                let mut lines = self.bank.remove(&day).unwrap_or_default();
                let place = |line: &BankLine| {
                    self.world.currencies.iter().position(|currency| *currency == line.amount.currency)
                };
                lines.sort_by_key(|(line, _)| place(line));
                self.import_first(day, lines)?;
            }
        }
        if !self.imported.is_empty() && self.rng.chance(40) {
            let at = self.rng.below(self.imported.len() as u64) as usize;
            let again = self.imported[at].clone();
            let summary = self.import_xml(&again.xml)?.0;
            if self.plan.overlooks("again-fresh") {
                self.model.statement_at = Some(self.house.hands.now());
            }
            if summary.matched + summary.queued + summary.outgoing > 0 || summary.known != again.lines {
                self.complain(format!(
                    "a statement of {} lines came again and was booked: {summary:?}",
                    again.lines
                ));
            }
        }
        Ok(())
    }

    fn import_first(&mut self, day: Date, lines: Vec<(BankLine, Says)>) -> Result<(), EngineError> {
        let plain: Vec<BankLine> = lines.iter().map(|(line, _)| line.clone()).collect();
        let xml = statement::write(day, &self.world.currencies, &plain);
        let (summary, died) = self.import_xml(&xml)?;
        self.model.statement_at = Some(self.house.hands.now());
        self.payments_changed = true;
        let booked = summary.matched + summary.queued + summary.outgoing;
        if !died && booked != plain.len() as u64 {
            self.complain(format!("a statement of {} lines was booked as {summary:?}", plain.len()));
        }
        self.imported.push(Imported { xml, lines: plain.len() as u64 });
        if lines.is_empty() {
            return Ok(());
        }
        let snapshot = Snapshot::take(self.house.desk(), true)?;
        let mut twins: BTreeMap<String, u32> = BTreeMap::new();
        for (line, says) in lines {
            let twin = twins.entry(line.account.clone()).and_modify(|count| *count += 1).or_insert(1);
            let mark = if *twin == 1 { line.account.clone() } else { format!("{}#{twin}", line.account) };
            let (minor, currency) = (line.amount.minor, line.amount.currency);
            let expected = self.model.expect(minor, currency, &says);
            let money = model::Money { minor, currency, place: Place::Ignored, id: PaymentId(0) };
            self.model.money.insert(mark.clone(), money);
            adopt_line(&mut self.model, &snapshot, &mark, &expected, &mut self.complaints);
        }
        Ok(())
    }

    fn import_xml(&mut self, xml: &str) -> Result<(StatementSummary, bool), EngineError> {
        self.import_until_done(|desk| {
            import_statement(
                desk,
                "bank.xml",
                &[2; 32],
                || Ok(xml.as_bytes()),
                false,
                "user:test",
                &mut |_, _| {},
            )
        })
    }
}
