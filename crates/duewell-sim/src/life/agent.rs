//! The office: people match what waits, take cash, place holds, and hear what debtors say.

use std::collections::BTreeMap;

use duewell_domain::debtor::Consent;
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{HoldId, PaymentId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_engine::cash::{Target, ignore_payment, match_payment, record_payment, unmatch_payment};
use duewell_engine::delivery::{Arrived, settle_unknown};
use duewell_engine::hold::{place_hold, release_hold, set_consent};
use duewell_engine::{EngineError, report};
use duewell_store::debtor;
use duewell_store::notice::NoticeState;
use jiff::ToSpan;

use super::{Life, Weather};
use crate::model::{self, Place, Silence};

const AGENT: &str = "person:agent";

impl Life {
    /// An hour of work in the office.
    pub(super) fn office_works(&mut self) -> Result<(), EngineError> {
        let calm = self.weather == Weather::Calm;
        self.match_waiting(if calm { 1000 } else { 350 })?;
        self.settle(if calm { 1000 } else { 250 })?;
        if self.rng.chance(25) && !self.plan.overlooks("asleep") {
            self.unmatch()?;
        }
        if self.rng.chance(60) {
            self.take_cash()?;
        }
        if self.rng.chance(35) {
            self.place_hold()?;
        }
        if self.rng.chance(80) {
            self.release_hold()?;
        }
        if self.rng.chance(20) {
            self.hear_consent()?;
        }
        if self.rng.chance(20) {
            let party = self.rng.below(self.model.parties.len() as u64) as usize;
            let count = self.model.parties[party].addresses.len() + 10;
            let seed = self.plan.seed;
            self.give_address(party, format!("d{party}.{count}.{seed}@debtors.example"))?;
        }
        Ok(())
    }

    fn match_waiting(&mut self, per_mille: u16) -> Result<(), EngineError> {
        let waiting: Vec<String> = self
            .model
            .money
            .iter()
            .filter(|(_, money)| matches!(money.place, Place::Waiting(_)))
            .map(|(mark, _)| mark.clone())
            .collect();
        for mark in waiting {
            if !self.rng.chance(per_mille) {
                continue;
            }
            self.payments_changed = true;
            let money = self.model.money[&mark].clone();
            let whose = self.meant.get(&mark).copied();
            match whose {
                Some(party) if !self.rng.chance(50) => {
                    let (target, place) = self.choose_target(party, money.minor, money.currency);
                    let debtor = self.model.parties[party].id;
                    let (done, _) = self.once("matching a waiting payment", |desk| {
                        match_payment(desk, money.id, debtor, &target, AGENT)
                    })?;
                    if done {
                        self.model.put(&mark, place);
                    }
                }
                _ => {
                    let (done, _) = self
                        .once("ignoring a waiting payment", |desk| ignore_payment(desk, money.id, AGENT))?;
                    if done {
                        self.model.put(&mark, Place::Ignored);
                    }
                }
            }
        }
        Ok(())
    }

    /// Chooses what money goes to, and says where it will then be.
    fn choose_target(&mut self, party: usize, minor: i64, currency: Currency) -> (Target, Place) {
        let open = self.model.open_numbers(party, currency);
        let (target, numbers) = match self.rng.below(10) {
            0 => (Target::Unapplied, Vec::new()),
            1..=4 if !open.is_empty() => {
                let first = self.rng.below(open.len() as u64) as usize;
                let last = (first + 1 + self.rng.below(2) as usize).min(open.len());
                let some = open[first..last].to_vec();
                (Target::Numbers(some.clone()), some)
            }
            _ => (Target::OldestFirst, open),
        };
        let (parts, rest) = self.model.spread(minor, &numbers);
        (target, Place::Assigned { party, parts, rest })
    }

    fn unmatch(&mut self) -> Result<(), EngineError> {
        let assigned: Vec<(String, usize, PaymentId)> = self
            .model
            .money
            .iter()
            .filter_map(|(mark, money)| match money.place {
                // A payment whose id is not known yet was recorded by a process that died.
                Place::Assigned { party, .. } if money.id.0 > 0 => Some((mark.clone(), party, money.id)),
                _ => None,
            })
            .collect();
        if assigned.is_empty() {
            return Ok(());
        }
        let (mark, party, id) = assigned[self.rng.below(assigned.len() as u64) as usize].clone();
        // Money on a withdrawn claim cannot be: an import with money on it is not undone.
        let (done, _) = self.once("taking a match back", |desk| unmatch_payment(desk, id, AGENT))?;
        if done {
            self.payments_changed = true;
            self.model.put(&mark, Place::Waiting(Some(party)));
            self.meant.insert(mark, party);
        }
        Ok(())
    }

    fn take_cash(&mut self) -> Result<(), EngineError> {
        let party = self.rng.below(self.model.parties.len() as u64) as usize;
        let currencies = &self.world.people[party].currencies;
        let currency = currencies[self.rng.below(currencies.len() as u64) as usize];
        let open: i64 = self
            .model
            .open_numbers(party, currency)
            .iter()
            .map(|number| self.model.claims[number].open())
            .sum();
        // Often all of it: old arrears are cured at the counter.
        let minor = match self.rng.below(4) {
            0 => self.rng.between(1, 20_000) as i64,
            _ if open > 0 => open,
            _ => return Ok(()),
        };
        self.next_account += 1;
        let mark = format!("cash {}", self.next_account);
        let (target, place) = self.choose_target(party, minor, currency);
        let (debtor, on) = (self.model.parties[party].id, self.today);
        let (done, answer) = self.once("recording cash", |desk| {
            record_payment(desk, debtor, Money::new(minor, currency), on, &mark, &target, AGENT)
        })?;
        if done {
            self.payments_changed = true;
            let id = answer.map_or(PaymentId(0), |assigned| assigned.payment);
            self.model
                .money
                .insert(mark.clone(), model::Money { minor, currency, place: Place::Ignored, id });
            self.model.put(&mark, place);
        }
        Ok(())
    }

    fn place_hold(&mut self) -> Result<(), EngineError> {
        let party = self.rng.below(self.model.parties.len() as u64) as usize;
        let currency = self.world.people[party].currencies[0];
        let open = self.model.open_numbers(party, currency);
        let claim = match open.is_empty() || self.rng.chance(400) {
            true => None,
            false => Some(open[self.rng.below(open.len() as u64) as usize].clone()),
        };
        let until_on =
            self.rng.chance(800).then(|| self.today.saturating_add((self.rng.below(25) as i64).days()));
        let receivable: Option<ReceivableId> = claim.as_ref().map(|number| self.model.claims[number].id);
        let reason = HoldReason::ALL[self.rng.below(HoldReason::ALL.len() as u64) as usize];
        let debtor = self.model.parties[party].id;
        let (done, id) = self.once("placing a hold", |desk| {
            place_hold(desk, debtor, receivable, reason, until_on, "by phone", AGENT)
        })?;
        if done {
            let (from_on, released) = (self.today, false);
            self.model.silences.push(Silence { party, claim, from_on, until_on, released, id });
        }
        Ok(())
    }

    fn release_hold(&mut self) -> Result<(), EngineError> {
        let in_force: Vec<usize> = (0..self.model.silences.len())
            .filter(|index| self.model.silences[*index].covers(self.today))
            .collect();
        if in_force.is_empty() {
            return Ok(());
        }
        let at = in_force[self.rng.below(in_force.len() as u64) as usize];
        let Some(id) = self.hold_id(at)? else {
            self.complain("a hold was placed and is not in the book".to_owned());
            return Ok(());
        };
        let debtor = self.model.parties[self.model.silences[at].party].id;
        let (done, _) = self.once("releasing a hold", |desk| release_hold(desk, debtor, id, AGENT))?;
        self.model.silences[at].released |= done;
        Ok(())
    }

    /// Finds the id of a hold; a process that died could not say it.
    fn hold_id(&mut self, at: usize) -> Result<Option<HoldId>, EngineError> {
        let silence = &self.model.silences[at];
        if silence.id.is_some() {
            return Ok(silence.id);
        }
        let (desk, debtor) = (self.house.desk(), self.model.parties[silence.party].id);
        let holds = desk.store.read(|tx| {
            Ok::<_, EngineError>(debtor::load_holds(tx, desk.book.id, &[debtor])?.remove(&debtor))
        })?;
        let known: Vec<HoldId> = self.model.silences.iter().filter_map(|silence| silence.id).collect();
        Ok(holds
            .unwrap_or_default()
            .into_iter()
            .find(|hold| {
                !known.contains(&hold.id)
                    && hold.from_on == silence.from_on
                    && hold.until_on == silence.until_on
            })
            .map(|hold| hold.id))
    }

    fn hear_consent(&mut self) -> Result<(), EngineError> {
        let party = self.rng.below(self.model.parties.len() as u64) as usize;
        let addresses = &self.model.parties[party].addresses;
        if addresses.is_empty() {
            return Ok(());
        }
        let all = self.rng.chance(300);
        let one = self.rng.below(addresses.len() as u64) as usize;
        let value = (!all).then(|| addresses[one].value.clone());
        let refused = self.rng.chance(500);
        let consent = if refused { Consent::Refused } else { Consent::Given };
        let debtor = self.model.parties[party].id;
        let (done, _) = self.once("recording a consent", |desk| {
            set_consent(desk, debtor, value.as_deref(), consent, "by phone", AGENT)
        })?;
        if done {
            for (index, address) in self.model.parties[party].addresses.iter_mut().enumerate() {
                if all || index == one {
                    address.refused = refused;
                }
            }
        }
        Ok(())
    }

    /// Asks debtors whether what is in doubt arrived; they tell the truth.
    fn settle(&mut self, per_mille: u16) -> Result<(), EngineError> {
        let unknown = report::notices_in_state(self.house.desk(), NoticeState::Unknown, 1_000)?;
        let mut truth: BTreeMap<_, _> = BTreeMap::new();
        for (_, notice) in unknown {
            let arrived = self.arrived.get(&notice.id.to_string()).copied().unwrap_or(false);
            truth.insert(notice.id, (notice.debtor, arrived));
        }
        for (id, (debtor, arrived)) in truth {
            if !self.rng.chance(per_mille) {
                continue;
            }
            let answer = if arrived { Arrived::Yes } else { Arrived::No };
            let (done, _) =
                self.once("settling a doubt", |desk| settle_unknown(desk, debtor, id, answer, AGENT))?;
            if done {
                self.settled.insert(id);
            }
        }
        Ok(())
    }
}
