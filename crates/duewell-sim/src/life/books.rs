//! The accounting: debtors and claims come in as tables, sometimes again, sometimes changed, sometimes undone.

use std::io::Cursor;

use duewell_domain::id::{BatchId, DebtorId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::reference::creditor_reference;
use duewell_engine::people::{
    Commit, ImportSummary, Source, import_debtors, import_receivables, undo_import,
};
use duewell_engine::{Desk, EngineError};
use duewell_formats::table::{DecimalMark, TableFile, TableKind, guess_mapping};
use duewell_store::debtor;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Intention, Life, Weather};
use crate::auditor::{Snapshot, learn_ids};
use crate::house::Ended;
use crate::model::{Address, Claim, Party};
use crate::world::{Habit, amount};

/// One row of a table of claims.
#[derive(Clone, Debug)]
struct Row {
    number: String,
    party: usize,
    currency: Currency,
    amount: i64,
    issued_on: Date,
    due_on: Date,
}

/// The newest import, as it can be undone.
#[derive(Clone, Debug)]
pub(super) struct LastImport {
    batch: BatchId,
    fresh: Vec<String>,
    /// Claims as they were before.
    changed: Vec<(String, Claim)>,
}

impl Life {
    /// Brings in the debtors of the first day.
    pub(super) fn introduce(&mut self) -> Result<(), EngineError> {
        let mut first = String::from("customer_number,name,type,email,city,country,language,time_zone\n");
        for index in 0..self.world.people.len() {
            let email = self.world.people[index].emails.first().cloned().unwrap_or_default();
            first.push_str(&self.debtor_row(index, &email));
        }
        self.import_debtor_table(&first)?;
        for index in 0..self.world.people.len() {
            let person = &self.world.people[index];
            let desk = self.house.desk();
            let external = person.external_id.clone();
            let id: DebtorId = desk
                .store
                .read(|tx| {
                    Ok::<_, EngineError>(
                        debtor::find_debtor_ids(tx, desk.book.id, &[&external])?.remove(&external),
                    )
                })?
                .ok_or_else(|| EngineError::NotFound("debtor", external.clone()))?;
            let names = match (person.zone, person.country) {
                (Some(zone), _) => vec![zone],
                (None, Some("DE")) => vec!["Europe/Berlin"],
                (None, Some("FR")) => vec!["Europe/Paris"],
                (None, Some("PT")) => vec!["Europe/Lisbon", "Atlantic/Azores"],
                (None, Some("GB")) => vec!["Europe/London"],
                (None, Some("US")) => vec!["America/New_York", "Pacific/Honolulu"],
                (None, Some("JP")) => vec!["Asia/Tokyo"],
                (None, Some("KW")) => vec!["Asia/Kuwait"],
                (None, Some("AU")) => vec!["Australia/Sydney", "Australia/Perth"],
                (None, _) => vec![self.world.zone],
            };
            let zones = names
                .into_iter()
                .map(|name| {
                    TimeZone::get(name).map_err(|_| EngineError::NotFound("time zone", name.to_owned()))
                })
                .collect::<Result<_, _>>()?;
            let address = |value: &String| Address { value: value.clone(), refused: false, failed: false };
            self.model.parties.push(Party {
                external_id: person.external_id.clone(),
                name: person.name.clone(),
                id,
                zones,
                addresses: person.emails.first().map(address).into_iter().collect(),
            });
        }
        for index in 0..self.world.people.len() {
            if let Some(second) = self.world.people[index].emails.get(1).cloned() {
                self.give_address(index, second)?;
            }
        }
        Ok(())
    }

    fn debtor_row(&self, index: usize, email: &str) -> String {
        let person = &self.world.people[index];
        let city = if self.plan.overlooks("country") { "Ort" } else { "" };
        format!(
            "{},{},{},{email},{city},{},{},{}\n",
            person.external_id,
            person.name,
            if person.company { "company" } else { "person" },
            person.country.unwrap_or(""),
            person.language,
            person.zone.unwrap_or(""),
        )
    }

    /// A debtor's row comes again with another address; the old one stays.
    pub(super) fn give_address(&mut self, index: usize, email: String) -> Result<(), EngineError> {
        let text = format!(
            "customer_number,name,type,email,city,country,language,time_zone\n{}",
            self.debtor_row(index, &email)
        );
        self.import_debtor_table(&text)?;
        self.model.parties[index].addresses.push(Address { value: email, refused: false, failed: false });
        Ok(())
    }

    fn import_debtor_table(&mut self, text: &str) -> Result<(), EngineError> {
        self.import_until_done(|desk| import_table(desk, TableKind::Debtors, text)).map(drop)
    }

    /// Repeats a command that may die until it is done; returns the answer and whether it died before.
    pub(super) fn import_until_done<T>(
        &mut self,
        work: impl Fn(&Desk) -> Result<T, EngineError>,
    ) -> Result<(T, bool), EngineError> {
        let mut died = false;
        loop {
            self.tempt_fate();
            match self.house.command(&work)? {
                Ended::Done(answer) => return Ok((answer, died)),
                Ended::Refused(error) => return Err(error),
                Ended::Died { .. } => {
                    self.totals.crashes += 1;
                    died = true;
                }
            }
        }
    }

    /// The table of the day: new claims, old ones again, some of them changed.
    pub(super) fn import_claims(&mut self) -> Result<(), EngineError> {
        let mut rows = Vec::new();
        // At the end nothing new is owed, so that what is there can run out.
        for party in 0..self.world.people.len() {
            if self.rng.chance(55) {
                rows.push(self.new_row(party));
            }
        }
        if !rows.is_empty() && self.rng.chance(200) {
            rows.extend(self.old_row());
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.import_rows(&rows)?;
        if self.rng.chance(60) {
            self.import_rows(&rows)?;
        }
        if self.weather != Weather::Calm && self.rng.chance(60) {
            self.undo()?;
        }
        Ok(())
    }

    fn new_row(&mut self, party: usize) -> Row {
        let currencies = &self.world.people[party].currencies;
        let currency = currencies[self.rng.weighted(&[70, 30][..currencies.len()])];
        let number = format!("RE-{}-{:05}", self.today.year(), self.next_number);
        self.next_number += 1;
        let age = self.rng.below(4) as i64;
        let terms = match self.rng.below(10) {
            0 => 0,
            // Brought in late: it is overdue already.
            1 => -(self.rng.between(1, 40) as i64),
            _ => self.rng.between(7, 30) as i64,
        };
        let due_on = self.today.saturating_add(terms.days());
        let issued_on = self.today.saturating_sub(age.days()).min(due_on);
        let minor = amount(&mut self.rng, currency);
        self.intend(party, &number, due_on);
        Row { number, party, currency, amount: minor, issued_on, due_on }
    }

    /// A claim comes again, as it is or with other terms.
    fn old_row(&mut self) -> Option<Row> {
        if self.model.claims.is_empty() {
            return None;
        }
        let at = self.rng.below(self.model.claims.len() as u64) as usize;
        let (number, claim) = self.model.claims.iter().nth(at)?;
        let mut row = Row {
            number: number.clone(),
            party: claim.party,
            currency: claim.currency,
            amount: claim.amount,
            issued_on: claim.issued_on,
            due_on: claim.due_on,
        };
        match self.rng.below(4) {
            0 => {}
            1 => row.due_on = row.due_on.saturating_add((self.rng.between(1, 20) as i64).days()),
            2 => row.amount += self.rng.between(1, 5_000) as i64,
            _ => row.amount = (row.amount * 2 / 3).max(1),
        }
        Some(row)
    }

    /// Decides when and how a debtor will pay a claim.
    fn intend(&mut self, party: usize, number: &str, due_on: Date) {
        let rng = &mut self.rng;
        let habit = match self.world.people[party].habit {
            Habit::Erratic => {
                [Habit::Prompt, Habit::Late, Habit::Slow, Habit::Stubborn][rng.below(4) as usize]
            }
            habit => habit,
        };
        let mut plan: Vec<(i64, u64)> = Vec::new();
        match habit {
            Habit::Prompt | Habit::Erratic => plan.push((-(rng.below(5) as i64), 1000)),
            Habit::Late => plan.push((rng.between(3, 18) as i64, 1000)),
            Habit::Slow => plan.push((rng.between(15, 55) as i64, 1000)),
            Habit::Stubborn if rng.chance(200) => {}
            Habit::Stubborn => plan.push((rng.between(45, 120) as i64, 1000)),
            Habit::Partial => {
                plan.push((rng.between(0, 15) as i64, rng.between(100, 900)));
                plan.push((rng.between(16, 60) as i64, 1000));
            }
        }
        match rng.below(40) {
            // Paid twice, paid a little too much, paid a little too little.
            0 => plan.push((rng.between(1, 30) as i64, 1000)),
            1 => plan.iter_mut().for_each(|(_, share)| *share = rng.between(1_001, 1_300)),
            2 => plan.iter_mut().for_each(|(_, share)| *share = rng.between(900, 999)),
            _ => {}
        }
        for (days, per_mille) in plan {
            let day = due_on.saturating_add(days.days()).max(self.today.saturating_add(1.day()));
            let intention = Intention { number: number.to_owned(), per_mille };
            self.intentions.entry(day).or_default().push(intention);
        }
    }

    fn import_rows(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let mut text = String::from(
            "invoice_number,customer_number,kind,amount,currency,issued_on,due_on,reference,description\n",
        );
        for row in rows {
            text.push_str(&format!(
                "{},{},invoice,{},{},{},{},{},goods\n",
                row.number,
                self.world.people[row.party].external_id,
                Money::new(row.amount, row.currency).major_text(),
                row.currency,
                row.issued_on,
                row.due_on,
                creditor_reference(&row.number).unwrap_or_default(),
            ));
        }
        let (summary, died) =
            self.import_until_done(|desk| import_table(desk, TableKind::Receivables, &text))?;
        self.totals.imports += 1;
        let (mut fresh, mut changed, mut wrong) = (Vec::new(), Vec::new(), 0);
        for row in rows {
            let after = Claim {
                party: row.party,
                currency: row.currency,
                amount: row.amount,
                paid: 0,
                issued_on: row.issued_on,
                due_on: row.due_on,
                known_on: self.today,
                withdrawn: false,
                id: ReceivableId(i64::MAX),
            };
            match self.model.claims.get_mut(&row.number) {
                None => {
                    fresh.push(row.number.clone());
                    self.model.claims.insert(row.number.clone(), after);
                }
                Some(before)
                    if before.amount == row.amount && before.due_on == row.due_on && !before.withdrawn => {}
                // Less than was paid already cannot be claimed.
                Some(before) if row.amount < before.paid => wrong += 1,
                Some(before) => {
                    changed.push((row.number.clone(), before.clone()));
                    *before = Claim { paid: before.paid, id: before.id, ..after };
                }
            }
        }
        let counts = (summary.new, summary.changed, summary.wrong);
        let own = (fresh.len() as u64, changed.len() as u64, wrong);
        if !died && counts != own {
            self.complain(format!(
                "an import counted {counts:?} new, changed and wrong rows, it had {own:?}: {:?}",
                summary.findings
            ));
        }
        let snapshot = Snapshot::take(self.house.desk(), false)?;
        learn_ids(&mut self.model, &snapshot);
        self.last_import = match (summary.batch, died) {
            (Some(batch), false) => Some(LastImport { batch, fresh, changed }),
            _ => None,
        };
        Ok(())
    }

    /// Takes the newest import back, which is refused when something was paid on it.
    fn undo(&mut self) -> Result<(), EngineError> {
        let Some(last) = self.last_import.take() else { return Ok(()) };
        if self.plan.overlooks("revived") && last.changed.iter().any(|(_, before)| before.withdrawn) {
            return Ok(());
        }
        let paid = |number: &String| self.model.claims.get(number).is_some_and(|claim| claim.paid > 0);
        let short = |(number, before): &(String, Claim)| {
            !before.withdrawn && self.model.claims.get(number).is_some_and(|claim| before.amount < claim.paid)
        };
        let forbidden = last.fresh.iter().any(paid) || last.changed.iter().any(short);
        self.tempt_fate();
        let took_effect = match self.house.command(|desk| undo_import(desk, last.batch, "user:test"))? {
            Ended::Done(_) if forbidden => {
                self.complain("an import was undone although money was assigned to it".to_owned());
                true
            }
            Ended::Done(_) => true,
            Ended::Refused(_) if forbidden => false,
            Ended::Refused(error) => return Err(error),
            Ended::Died { commits, .. } => {
                self.totals.crashes += 1;
                commits > 0
            }
        };
        if took_effect {
            self.totals.undone += 1;
            for number in &last.fresh {
                if let Some(claim) = self.model.claims.get_mut(number) {
                    claim.withdrawn = true;
                }
            }
            for (number, before) in last.changed {
                if let Some(claim) = self.model.claims.get_mut(&number) {
                    *claim = Claim { paid: claim.paid, id: claim.id, known_on: self.today, ..before };
                }
            }
        }
        Ok(())
    }
}

fn import_table(desk: &Desk, kind: TableKind, text: &str) -> Result<ImportSummary, EngineError> {
    let wrong = |error: &dyn std::fmt::Display| EngineError::File {
        file: "table.csv".to_owned(),
        reason: error.to_string(),
    };
    let table =
        TableFile::from_reader(Cursor::new(text.as_bytes().to_vec())).map_err(|error| wrong(&error))?;
    let (mut mapping, _) = guess_mapping(kind, &table).map_err(|error| wrong(&error))?;
    mapping.decimal_mark = Some(DecimalMark::Point);
    let source = Source {
        file_name: "table.csv",
        sha256: [1; 32],
        table: &table,
        mapping: &mapping,
        actor: "user:test",
    };
    match kind {
        TableKind::Debtors => import_debtors(desk, &source, Commit::Write, &mut |_| {}),
        TableKind::Receivables => import_receivables(desk, &source, Commit::Write, &mut |_| {}),
    }
}
