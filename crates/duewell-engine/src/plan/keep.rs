//! Keeping what an account says: installments as receivables, the ledger, the next day a plan needs a look.

use std::collections::{BTreeMap, HashMap};

use duewell_domain::id::{PaymentId, ReceivableId};
use duewell_domain::ledger::{self, EntryKind, Posting};
use duewell_domain::money::Money;
use duewell_domain::plan::books::books;
use duewell_domain::plan::{Account, Event, LateFeeAgain, Recalculation, Row, RowKey};
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_domain::reference::creditor_reference;
use duewell_store::plan::{self, Agenda, AgendaItem, PlanState};
use duewell_store::receivable::{self, Receivable};
use duewell_store::{Tx, payment, posting};
use jiff::Span;
use jiff::civil::Date;

use super::{INSTALLMENT, Loaded};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::look::{Cases, look_today, plan_looks};

/// A line of the ledger: account, receivable, payment.
pub(super) type Line = (ledger::Account, ReceivableId, Option<PaymentId>);

impl Loaded {
    /// Brings receivables, ledger and the plan's own row to what its account says today.
    pub fn keep(&mut self, tx: &mut Tx<'_>, desk: &Desk) -> Result<(), EngineError> {
        let account = self.account(desk.today())?;
        let moved = self.moved_elsewhere(tx, desk)?;
        self.keep_rows(tx, desk, &account, &moved)?;
        self.keep_sources(tx, desk, &account)?;
        self.keep_ledger(tx, desk, &account)?;
        let open = account.totals().open.total();
        self.plan.open = Money::new(open, self.plan.terms.currency);
        if self.plan.state == PlanState::Active && open == 0 {
            self.plan.state = PlanState::Completed;
        } else if self.plan.state == PlanState::Completed && open > 0 {
            // A payment was taken back: the plan runs again.
            self.plan.state = PlanState::Active;
        }
        plan::update_plan(tx, desk.book.id, &self.plan)?;
        plan::remove_agenda(tx, desk.book.id, self.plan.debtor, self.plan.id)?;
        let agenda = self.agenda(&account, desk.today())?;
        plan::put_agendas(tx, desk.book.id, &[(&self.plan, agenda)])?;
        look_today(tx, desk, [self.plan.debtor], Cases::All)
    }

    /// Returns what will happen to the plan by itself if nothing else does.
    fn agenda(&self, account: &Account, today: Date) -> Result<Agenda, EngineError> {
        let mut agenda = Agenda::default();
        if self.plan.state != PlanState::Active {
            return Ok(agenda);
        }
        let behind = |day: Date, days: i64| day.checked_add(Span::new().days(days)).ok();
        let follows = self.plan.terms.interest.recalculation != Recalculation::None;
        let mut looks: Vec<Date> = Vec::new();
        let first = self.first_receivable(account);
        for row in &account.rows {
            if follows {
                // What an installment asks for may change on the day behind its due date.
                looks.extend(behind(row.due_on, 1));
            } else if row.due_on > today
                && let Some(receivable) = self.rows.get(&row.key).copied().or(first)
            {
                let earned = account.interest_earned(row, today)?;
                let amount = row.due.interest - row.credited.interest + row.capitalised - earned;
                if amount != 0 {
                    agenda.items.push(AgendaItem { on: row.due_on, receivable, amount });
                }
            }
            let Some(late_fee) = self.plan.terms.late_fee.as_ref().filter(|_| row.is_open()) else {
                continue;
            };
            let Some(first) = behind(row.due_on, i64::from(late_fee.grace_days) + 1) else { continue };
            looks.push(first);
            if let LateFeeAgain::EveryDays(every) = late_fee.again {
                let passed = i64::from((today - first).get_days()).max(0);
                let every = i64::from(every.max(1));
                looks.extend(behind(first, (passed / every + 1) * every));
            }
        }
        if follows && !self.plan.terms.interest.rate.is_zero() && account.days_past_due() > 0 {
            // Arrears cost more each day.
            looks.extend(behind(today, 1));
        }
        looks.extend(self.plan.policy.breaks_on(account));
        agenda.look_on = looks.into_iter().filter(|day| *day > today).min();
        agenda.items.sort_by_key(|item| item.on);
        Ok(agenda)
    }

    /// Returns how much of the plan's installments other plans hold, which were made over what it left behind.
    fn moved_elsewhere(
        &self,
        tx: &mut Tx<'_>,
        desk: &Desk,
    ) -> Result<HashMap<ReceivableId, i64>, EngineError> {
        let mut moved = HashMap::new();
        if self.plan.state == PlanState::Active {
            return Ok(moved);
        }
        for line in posting::list_postings(tx, desk.book.id, self.plan.debtor)? {
            if let (EntryKind::Transfer, ledger::Account::InPlans, Some(id)) =
                (line.kind, line.account, line.receivable)
            {
                *moved.entry(id).or_default() += line.amount.minor;
            }
        }
        Ok(moved)
    }

    fn keep_rows(
        &mut self,
        tx: &mut Tx<'_>,
        desk: &Desk,
        account: &Account,
        moved: &HashMap<ReceivableId, i64>,
    ) -> Result<(), EngineError> {
        let book = desk.book.id;
        let known: Vec<Receivable> = receivable::load_receivables(tx, book, &[self.plan.debtor])?;
        let (mut fresh, mut changed, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for row in &account.rows {
            let id = self.rows.get(&row.key).copied();
            let before = id.and_then(|id| known.iter().find(|one| one.id == id));
            let moved = id.and_then(|id| moved.get(&id)).copied().unwrap_or(0);
            let wanted = self.receivable(desk, row, before, moved);
            match before {
                Some(before) if *before == wanted => {}
                Some(_) => changed.push(wanted),
                // An installment that never asked for anything needs no receivable.
                None if wanted.amount.is_zero() => {}
                None => {
                    self.rows.insert(row.key, wanted.id);
                    added.push((row.key, wanted.id));
                    fresh.push(wanted);
                }
            }
        }
        // What is no installment any more owes nothing.
        for (key, id) in &self.rows {
            let is_gone = account.rows.iter().all(|row| row.key != *key);
            if let Some(before) = known.iter().find(|one| one.id == *id).filter(|_| is_gone) {
                let mut wanted = before.clone();
                wanted.open = Money::zero(before.open.currency);
                wanted.state = ReceivableState::Cancelled;
                if wanted != *before {
                    changed.push(wanted);
                }
            }
        }
        fresh.sort_unstable_by_key(|one: &Receivable| one.id);
        changed.sort_unstable_by_key(|one: &Receivable| one.id);
        let mut shapes = receivable::load_shapes(tx, book)?;
        receivable::insert_receivables(tx, book, &fresh, None, &mut shapes, desk.now())?;
        receivable::update_terms(tx, book, &changed, &mut shapes)?;
        plan::insert_rows(tx, book, &self.plan, &added)?;
        let looks = fresh.iter().chain(&changed).filter(|one| one.state == ReceivableState::Open);
        plan_looks(tx, desk, looks)
    }

    /// Returns an installment as a receivable.
    fn receivable(&self, desk: &Desk, row: &Row, before: Option<&Receivable>, moved: i64) -> Receivable {
        let currency = self.plan.terms.currency;
        let claimed = row.due.total() - row.waived.total();
        let open = row.open().total() - moved;
        let name = match row.key {
            RowKey::Regular(number) => number.to_string(),
            RowKey::DownPayment(_) => "D".to_owned(),
            RowKey::ReAged { entry, number } => format!("{entry}.{number}"),
            RowKey::OddDays => "0".to_owned(),
            RowKey::Additional => "X".to_owned(),
            RowKey::AdditionalUntil(entry) => format!("X{entry}"),
        };
        // The amount stays what it was when nothing is claimed any more: a receivable of nothing is none.
        let amount = match before {
            Some(before) if claimed == 0 => before.amount,
            _ => Money::new(claimed, currency),
        };
        Receivable {
            debtor: self.plan.debtor,
            id: before.map_or_else(|| desk.id(), |before| before.id),
            external_id: format!("{INSTALLMENT}{}/{}", self.plan.number, row.key),
            kind: ReceivableKind::Installment,
            reference: reference(&self.plan.number, &name),
            number: format!("{}/{name}", self.plan.number),
            amount,
            open: Money::new(open, currency),
            issued_on: Some(self.plan.made_on),
            due_on: row.due_on,
            state: match (claimed, open) {
                (0, _) => ReceivableState::Cancelled,
                (_, 0) if moved > 0 => ReceivableState::InPlan,
                (_, 0) => ReceivableState::Settled,
                _ => ReceivableState::Open,
            },
            announced_on: before.and_then(|before| before.announced_on),
            description: String::new(),
        }
    }

    /// Moves what the plan takes the place of in or, when it ended early, what was not repaid back.
    fn keep_sources(&mut self, tx: &mut Tx<'_>, desk: &Desk, account: &Account) -> Result<(), EngineError> {
        let book = desk.book.id;
        let debtor = self.plan.debtor;
        let mut back = self.given_back(account);
        let (mut postings, mut changed) = (Vec::new(), Vec::new());
        // What was repaid settled the oldest first, so the newest come back whole.
        for source in self.sources.iter_mut().rev() {
            let returned = back.min(source.amount);
            back -= returned;
            let wanted = source.amount - returned;
            let difference = wanted - source.moved;
            if difference == 0 {
                continue;
            }
            let mut one = receivable::load_receivable(tx, book, debtor, source.receivable)?
                .ok_or_else(|| EngineError::NotFound("receivable", source.receivable.to_string()))?;
            let moved = Money::new(difference, one.open.currency);
            one.open = one.open.minus(moved)?;
            one.state = match (one.open.is_zero(), returned) {
                (true, 0) => ReceivableState::InPlan,
                (true, _) => ReceivableState::Settled,
                (false, _) => ReceivableState::Open,
            };
            let line = |account, amount| Posting {
                account,
                debtor: Some(debtor),
                receivable: Some(source.receivable),
                payment: None,
                amount,
            };
            postings.push(line(ledger::Account::InPlans, moved));
            postings.push(line(ledger::Account::Receivable, moved.negated()?));
            source.moved = wanted;
            changed.push(one);
        }
        if changed.is_empty() {
            return Ok(());
        }
        let entry = ledger::Entry::new(desk.id(), EntryKind::Transfer, desk.today(), postings)?;
        posting::insert_entries(tx, book, &[entry])?;
        plan::update_sources(tx, book, &self.plan, &self.sources)?;
        changed.sort_unstable_by_key(|one| (one.debtor, one.id));
        receivable::update_open(tx, book, &changed.iter().collect::<Vec<_>>())?;
        plan_looks(tx, desk, changed.iter().filter(|one| one.state == ReceivableState::Open))
    }

    /// Returns how much principal went back to what the plan took the place of.
    fn given_back(&self, account: &Account) -> i64 {
        let ended = self.entries.iter().rfind(|one| one.entry.event == Event::Dissolve);
        let effect =
            ended.and_then(|one| account.effects.iter().find(|effect| effect.entry == one.entry.number));
        effect.map_or(0, |effect| effect.parts.principal)
    }

    fn first_receivable(&self, account: &Account) -> Option<ReceivableId> {
        account.rows.iter().find_map(|row| self.rows.get(&row.key)).copied()
    }

    /// Returns what the ledger must say of the plan's installments.
    pub(super) fn wanted_lines(&self, account: &Account) -> Result<BTreeMap<Line, i64>, EngineError> {
        let mut wanted: BTreeMap<Line, i64> = BTreeMap::new();
        let first = self.first_receivable(account);
        for (line, amount) in books(account, &self.log())? {
            // An installment whose interest became principal may ask for nothing and so be no receivable.
            let Some(receivable) = self.rows.get(&line.row).copied().or(first) else { continue };
            let payment = line.payment.and_then(|number| self.payment_of(number));
            *wanted.entry((line.account, receivable, payment)).or_default() += amount;
        }
        if let (true, Some(first)) = (self.sources.is_empty() && account.advanced > 0, first) {
            // Nothing was owed before: the money of a loan comes from the creditor.
            *wanted.entry((ledger::Account::InPlans, first, None)).or_default() += account.advanced;
            *wanted.entry((ledger::Account::Lent, first, None)).or_default() -= account.advanced;
        }
        wanted.retain(|_, amount| *amount != 0);
        Ok(wanted)
    }

    fn payment_of(&self, number: u32) -> Option<PaymentId> {
        self.entries.iter().find(|one| one.entry.number == number)?.payment
    }

    /// Returns what the ledger says of the plan's installments.
    pub(super) fn posted_lines(
        &self,
        tx: &mut Tx<'_>,
        desk: &Desk,
    ) -> Result<BTreeMap<Line, i64>, EngineError> {
        let mut posted: BTreeMap<Line, i64> = BTreeMap::new();
        let own: Vec<ReceivableId> = self.rows.values().copied().collect();
        for line in posting::list_postings(tx, desk.book.id, self.plan.debtor)? {
            // What another plan holds of them is on that plan's account.
            let own_line = line.receivable.filter(|id| own.contains(id) && line.kind != EntryKind::Transfer);
            if let Some(receivable) = own_line {
                *posted.entry((line.account, receivable, line.payment)).or_default() += line.amount.minor;
            }
        }
        posted.retain(|_, amount| *amount != 0);
        Ok(posted)
    }

    /// Posts the difference between what the ledger must say and what it says.
    fn keep_ledger(&mut self, tx: &mut Tx<'_>, desk: &Desk, account: &Account) -> Result<(), EngineError> {
        let mut lines = self.wanted_lines(account)?;
        for (line, amount) in self.posted_lines(tx, desk)? {
            *lines.entry(line).or_default() -= amount;
        }
        lines.retain(|_, amount| *amount != 0);
        if lines.is_empty() {
            return Ok(());
        }
        let currency = self.plan.terms.currency;
        let debtor = Some(self.plan.debtor);
        let mut postings = Vec::with_capacity(lines.len() + 1);
        // What a payment settles less (or more) than it did is (or was) the payer's credit.
        let mut credit: BTreeMap<PaymentId, i64> = BTreeMap::new();
        for ((account, receivable, payment), amount) in lines {
            let money = Money::new(amount, currency);
            postings.push(Posting { account, debtor, receivable: Some(receivable), payment, amount: money });
            if let Some(payment) = payment {
                *credit.entry(payment).or_default() -= amount;
            }
        }
        credit.retain(|_, amount| *amount != 0);
        for (id, amount) in credit {
            let money = Money::new(amount, currency);
            let account = ledger::Account::Unapplied;
            postings.push(Posting { account, debtor, receivable: None, payment: Some(id), amount: money });
            if let Some(mut payment) = payment::load_payment(tx, desk.book.id, id)? {
                // A credit of the ledger is more for the payer.
                payment.unapplied = payment.unapplied.minus(money)?;
                payment::update_match(tx, desk.book.id, &[&payment])?;
            }
        }
        let entry = ledger::Entry::new(desk.id(), EntryKind::Schedule, desk.today(), postings)?;
        Ok(posting::insert_entries(tx, desk.book.id, &[entry])?)
    }
}

/// Returns the payment reference of an installment (ISO 11649).
fn reference(plan: &str, name: &str) -> String {
    let letters = format!("{plan}I{name}");
    let base: String = letters
        .chars()
        .map(|letter| match letter {
            '-' => 'N',
            '.' => 'A',
            other => other,
        })
        .collect();
    creditor_reference(&base).unwrap_or(base)
}
