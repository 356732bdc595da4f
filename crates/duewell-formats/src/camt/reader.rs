//! The walk through the file: which element means what, depending on where it stands.

use std::io::BufRead;
use std::ops::ControlFlow;

use duewell_domain::money::{Currency, Money};

use super::CamtError;
use super::fields::{self, Currencies};
use super::message::{
    Balance, CamtEvent, CamtKind, CamtSummary, CurrencyTotals, Detail, Direction, Entry, EntryStatus, Part,
    Party, Refusal, RefusalReason, StatementEnd, StatementHeader, TransactionCode,
};
use super::tags::{Tag, Tags};
use crate::text::shortened;
use crate::xml::{Position, Step, XmlReader};

/// The longest single text; the standard's longest is 500 letters, banks exceed it.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The details of one entry are in memory together.
const DETAILS_MAX: usize = 100_000;
const BALANCES_MAX: usize = 1_000;
/// Texts and references kept of one detail; what is beyond is layout gone wrong.
const LINES_MAX: usize = 1_000;

/// Reads an account message and hands over its parts one after another.
///
/// Memory stays small whatever the size of the file: one entry is held at a
/// time. `on` may stop the reading with [`ControlFlow::Break`].
///
/// Events delivered before an error are void: apply them in one transaction
/// that is committed only when this returns `Ok`. A part that is readable XML
/// but not a sound entry or balance is delivered as [`CamtEvent::Refused`] and
/// is no error.
pub fn read_camt(
    input: impl BufRead,
    mut on: impl FnMut(CamtEvent) -> ControlFlow<()>,
) -> Result<CamtSummary, CamtError> {
    let mut xml = XmlReader::new(input, TEXT_BYTES_MAX)?;
    let mut walk = Walk::new();
    loop {
        let went_on = match xml.step()? {
            Step::Open => walk.open(&mut xml, &mut on)?,
            Step::Close => walk.close(&xml, &mut on)?,
            Step::End => return walk.finish(),
        };
        if went_on.is_break() {
            walk.summary.stopped = true;
            return Ok(walk.summary);
        }
    }
}

struct Walk {
    tags: Tags,
    /// The open elements from the root to here.
    path: Vec<Tag>,
    root: String,
    /// The first element inside the first `Document`, to tell what the file is instead.
    inside: Option<String>,
    message: Option<Message>,
    statement: Option<Box<Statement>>,
    currencies: Currencies,
    /// The `Ccy` of the amount that is open.
    amount_currency: Result<Currency, RefusalReason>,
    messages: u32,
    summary: CamtSummary,
}

struct Message {
    kind: CamtKind,
    /// How many elements are open where the children of the message are.
    depth: usize,
    id: Option<String>,
}

struct Statement {
    depth: usize,
    header: Option<Box<StatementHeader>>,
    end: StatementEnd,
    declared_credits: Option<String>,
    declared_debits: Option<String>,
    balance: Option<OpenBalance>,
    balances: u32,
    entry: Option<OpenEntry>,
}

struct OpenBalance {
    at: Position,
    code: String,
    subtype: Option<String>,
    proprietary_subtype: Option<String>,
    amount: Option<Money>,
    debit: bool,
    date: Option<jiff::civil::Date>,
    problem: Option<RefusalReason>,
}

struct OpenEntry {
    depth: usize,
    entry: Entry,
    direction: Option<Direction>,
    amount: Option<Money>,
    detail: Option<OpenDetail>,
    problem: Option<RefusalReason>,
}

struct OpenDetail {
    depth: usize,
    detail: Detail,
}

type Flow = Result<ControlFlow<()>, CamtError>;

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

impl Walk {
    fn new() -> Self {
        Walk {
            tags: Tags::new(),
            path: Vec::with_capacity(32),
            root: String::new(),
            inside: None,
            message: None,
            statement: None,
            currencies: Currencies::default(),
            amount_currency: Err(RefusalReason::NoCurrency),
            messages: 0,
            summary: CamtSummary::default(),
        }
    }

    fn open<R: BufRead>(
        &mut self,
        xml: &mut XmlReader<R>,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        let tag = self.tags.find(xml.name());
        match self.path.len() {
            0 => self.root = shortened(xml.name()),
            1 if self.inside.is_none() => self.inside = Some(shortened(xml.name())),
            _ => {}
        }
        let parent = self.path.len();
        self.path.push(tag);
        match tag {
            Tag::Amt => {
                self.amount_currency = match xml.attribute("Ccy") {
                    Some(code) => self.currencies.read(code.trim()),
                    None => Err(RefusalReason::NoCurrency),
                };
            }
            Tag::Ntry if self.statement.as_ref().is_some_and(|statement| statement.depth == parent) => {
                return self.open_entry(xml.position(), on);
            }
            Tag::TxDtls => self.open_detail(xml.position())?,
            Tag::Bal => {
                if let Some(statement) = self.statement.as_mut().filter(|statement| statement.depth == parent)
                {
                    statement.balances += 1;
                    statement.balance = Some(OpenBalance {
                        at: xml.position(),
                        code: String::new(),
                        subtype: None,
                        proprietary_subtype: None,
                        amount: None,
                        debit: false,
                        date: None,
                        problem: None,
                    });
                }
            }
            Tag::Report | Tag::Statement | Tag::Notification => self.open_statement(tag),
            Tag::ReportMessage => self.open_message(CamtKind::Report052),
            Tag::StatementMessage => self.open_message(CamtKind::Statement053),
            Tag::NotificationMessage => self.open_message(CamtKind::Notification054),
            _ => {}
        }
        Ok(GO_ON)
    }

    fn open_message(&mut self, kind: CamtKind) {
        if self.message.is_none() {
            self.messages += 1;
            self.message = Some(Message { kind, depth: self.path.len(), id: None });
        }
    }

    fn open_statement(&mut self, tag: Tag) {
        let Some(message) = &self.message else { return };
        let expected = match message.kind {
            CamtKind::Report052 => Tag::Report,
            CamtKind::Statement053 => Tag::Statement,
            CamtKind::Notification054 => Tag::Notification,
        };
        if tag != expected || self.path.len() != message.depth + 1 {
            return;
        }
        self.summary.statements += 1;
        let number = self.summary.statements;
        let mut header = Box::new(StatementHeader::new(message.kind, number));
        header.message_id = message.id.clone();
        self.statement = Some(Box::new(Statement {
            depth: self.path.len(),
            header: Some(header),
            end: StatementEnd { number, ..StatementEnd::default() },
            declared_credits: None,
            declared_debits: None,
            balance: None,
            balances: 0,
            entry: None,
        }));
    }

    fn open_entry(&mut self, at: Position, on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>) -> Flow {
        let Some(statement) = &mut self.statement else { return Ok(GO_ON) };
        statement.end.entries += 1;
        let depth = self.path.len();
        // Direction, amount and currency stand for nothing until the entry closes.
        let entry = Entry {
            number: statement.end.entries,
            at,
            direction: Direction::Credit,
            amount: Money::zero(Currency::EUR),
            status: EntryStatus::Unstated,
            booked_on: None,
            value_on: None,
            reversal: false,
            bank_reference: None,
            entry_reference: None,
            code: TransactionCode::default(),
            batch_count: None,
            batch_id: None,
            details: Vec::new(),
            additional_info: None,
        };
        statement.entry =
            Some(OpenEntry { depth, entry, direction: None, amount: None, detail: None, problem: None });
        Ok(statement.start(on))
    }

    fn open_detail(&mut self, at: Position) -> Result<(), CamtError> {
        let depth = self.path.len();
        let Some(entry) = self.statement.as_mut().and_then(|statement| statement.entry.as_mut()) else {
            return Ok(());
        };
        // Version 01 has the details directly in the entry.
        if !matches!(self.path[entry.depth..], [Tag::TxDtls] | [Tag::NtryDtls, Tag::TxDtls]) {
            return Ok(());
        }
        if entry.entry.details.len() == DETAILS_MAX {
            return Err(CamtError::TooManyDetails { at, details_max: DETAILS_MAX });
        }
        entry.detail = Some(OpenDetail { depth, detail: Detail::default() });
        Ok(())
    }

    fn close<R: BufRead>(
        &mut self,
        xml: &XmlReader<R>,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        let went_on = self.close_here(xml, on)?;
        self.path.pop();
        Ok(went_on)
    }

    fn close_here<R: BufRead>(
        &mut self,
        xml: &XmlReader<R>,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        let text = xml.text();
        if let Some(statement) = &mut self.statement {
            let within = &self.path[statement.depth..];
            if within.is_empty() {
                let went_on = statement.finish(&mut self.summary, on)?;
                self.statement = None;
                return Ok(went_on);
            }
            let amount = || match &self.amount_currency {
                Ok(currency) => fields::amount(text, *currency),
                Err(reason) => Err(reason.clone()),
            };
            if let Some(entry) = &mut statement.entry {
                let within = &self.path[entry.depth..];
                if within.is_empty() {
                    return statement.finish_entry(&mut self.summary, on);
                }
                if let Some(open) = &mut entry.detail {
                    let within = &self.path[open.depth..];
                    if within.is_empty() {
                        entry.entry.details.extend(entry.detail.take().map(|open| open.detail));
                    } else if let Err(reason) = detail_field(&mut open.detail, within, text, amount) {
                        entry.problem.get_or_insert(reason);
                    }
                } else if let Err(reason) = entry_field(entry, within, text, amount) {
                    entry.problem.get_or_insert(reason);
                }
            } else if let [Tag::Bal, within @ ..] = within {
                return statement.balance_field(within, text, amount, &mut self.summary, on);
            } else if !text.is_empty() {
                statement.field(within, text, &mut self.currencies);
            }
            return Ok(GO_ON);
        }
        if let Some(message) = &mut self.message {
            match &self.path[message.depth..] {
                [] => self.message = None,
                [Tag::GrpHdr, Tag::MsgId] => message.id = fields::provided(text),
                _ => {}
            }
        }
        Ok(GO_ON)
    }

    fn finish(self) -> Result<CamtSummary, CamtError> {
        if self.messages == 0 {
            return Err(CamtError::NotCamt { root: self.root, inside: self.inside });
        }
        Ok(self.summary)
    }
}

impl Statement {
    /// Announces the statement once.
    fn start(&mut self, on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>) -> ControlFlow<()> {
        let Some(mut header) = self.header.take() else { return GO_ON };
        header.balances = self.end.balances.clone();
        self.end.currency = header.currency;
        on(CamtEvent::StatementStart(header))
    }

    fn finish(
        &mut self,
        summary: &mut CamtSummary,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        if self.start(on).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let mut end = std::mem::take(&mut self.end);
        end.currency = end
            .currency
            .or_else(|| end.balances.first().map(|balance| balance.amount.currency))
            .or_else(|| end.totals.first().map(|totals| totals.credits.currency));
        if let Some(currency) = end.currency {
            // Sums carry no currency of their own; one that is unreadable cannot agree with anything.
            let sum =
                |text: &Option<String>| text.as_ref().and_then(|text| fields::amount(text, currency).ok());
            end.declared.credits = sum(&self.declared_credits);
            end.declared.debits = sum(&self.declared_debits);
        }
        summary.entries += u64::from(end.entries);
        summary.details += end.details;
        Ok(on(CamtEvent::StatementEnd(Box::new(end))))
    }

    fn field(&mut self, within: &[Tag], text: &str, currencies: &mut Currencies) {
        let declared = &mut self.end.declared;
        match within {
            [Tag::TxsSummry, Tag::TtlNtries, Tag::NbOfNtries] => declared.entries = text.parse().ok(),
            [Tag::TxsSummry, Tag::TtlCdtNtries, Tag::Sum] => self.declared_credits = Some(text.to_owned()),
            [Tag::TxsSummry, Tag::TtlDbtNtries, Tag::Sum] => self.declared_debits = Some(text.to_owned()),
            _ => {
                if let Some(header) = &mut self.header {
                    header_field(header, within, text, currencies);
                }
            }
        }
    }

    fn balance_field(
        &mut self,
        within: &[Tag],
        text: &str,
        amount: impl Fn() -> Result<Money, RefusalReason>,
        summary: &mut CamtSummary,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        if within.is_empty() {
            return self.finish_balance(summary, on);
        }
        let Some(balance) = &mut self.balance else { return Ok(GO_ON) };
        let mut read = || -> Result<(), RefusalReason> {
            match within {
                [Tag::Amt] => balance.amount = Some(amount()?),
                _ if text.is_empty() => {}
                [Tag::Tp, Tag::CdOrPrtry, Tag::Cd | Tag::Prtry] | [Tag::Tp, Tag::Cd | Tag::Prtry] => {
                    balance.code = text.to_owned();
                }
                [Tag::Tp, Tag::SubTp, Tag::Cd] => balance.subtype = Some(text.to_owned()),
                [Tag::Tp, Tag::SubTp, Tag::Prtry] => balance.proprietary_subtype = Some(text.to_owned()),
                [Tag::CdtDbtInd] => balance.debit = fields::direction(text)? == Direction::Debit,
                [Tag::Dt, Tag::Dt | Tag::DtTm] => balance.date = Some(fields::date(text, "balance")?),
                _ => {}
            }
            Ok(())
        };
        if let Err(reason) = read() {
            balance.problem.get_or_insert(reason);
        }
        Ok(GO_ON)
    }

    fn finish_balance(
        &mut self,
        summary: &mut CamtSummary,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        let Some(open) = self.balance.take() else { return Ok(GO_ON) };
        if self.end.balances.len() == BALANCES_MAX {
            return Err(CamtError::TooManyBalances { at: open.at, balances_max: BALANCES_MAX });
        }
        let balance = || -> Result<Balance, RefusalReason> {
            if let Some(reason) = open.problem {
                return Err(reason);
            }
            if open.code.is_empty() {
                return Err(RefusalReason::NoType);
            }
            let amount = open.amount.ok_or(RefusalReason::NoAmount)?;
            let amount = if open.debit { amount.negated()? } else { amount };
            Ok(Balance {
                code: open.code,
                subtype: open.subtype,
                proprietary_subtype: open.proprietary_subtype,
                amount,
                date: open.date,
            })
        };
        match balance() {
            Ok(balance) => {
                self.end.balances.push(balance);
                Ok(GO_ON)
            }
            Err(reason) => {
                let part = Part::Balance(self.balances);
                Ok(self.refuse(
                    Refusal { at: open.at, statement: self.end.number, part, reference: None, reason },
                    summary,
                    on,
                ))
            }
        }
    }

    fn refuse(
        &mut self,
        refusal: Refusal,
        summary: &mut CamtSummary,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.end.refused += 1;
        summary.refused += 1;
        if self.start(on).is_break() {
            return ControlFlow::Break(());
        }
        on(CamtEvent::Refused(refusal))
    }

    fn finish_entry(
        &mut self,
        summary: &mut CamtSummary,
        on: &mut impl FnMut(CamtEvent) -> ControlFlow<()>,
    ) -> Flow {
        let Some(open) = self.entry.take() else { return Ok(GO_ON) };
        let mut entry = open.entry;
        let checked = match (open.problem, open.direction, open.amount) {
            (Some(reason), _, _) => Err(reason),
            (None, None, _) => Err(RefusalReason::NoDirection),
            (None, Some(_), None) => Err(RefusalReason::NoAmount),
            (None, Some(direction), Some(amount)) => Ok((direction, amount)),
        };
        match checked {
            Ok((direction, amount)) => {
                (entry.direction, entry.amount) = (direction, amount);
                self.count(&entry).map_err(|_| CamtError::TotalTooLarge { at: entry.at })?;
                Ok(on(CamtEvent::Entry(entry)))
            }
            Err(reason) => {
                let refusal = Refusal {
                    at: entry.at,
                    statement: self.end.number,
                    part: Part::Entry(entry.number),
                    reference: entry.bank_reference.or(entry.entry_reference),
                    reason,
                };
                Ok(self.refuse(refusal, summary, on))
            }
        }
    }

    fn count(&mut self, entry: &Entry) -> Result<(), duewell_domain::money::MoneyError> {
        self.end.details += entry.details.len() as u64;
        let currency = entry.amount.currency;
        let totals = &mut self.end.totals;
        let index = match totals.iter().position(|totals| totals.credits.currency == currency) {
            Some(index) => index,
            None => {
                totals.push(CurrencyTotals::zero(currency));
                totals.len() - 1
            }
        };
        totals[index].add(entry)
    }
}

fn header_field(header: &mut StatementHeader, within: &[Tag], text: &str, currencies: &mut Currencies) {
    match within {
        [Tag::Id] => header.id = Some(text.to_owned()),
        [Tag::ElctrncSeqNb] => header.sequence = Some(text.to_owned()),
        [Tag::LglSeqNb] => {
            header.sequence.get_or_insert_with(|| text.to_owned());
        }
        [Tag::CreDtTm] => header.created = fields::wall_clock(text),
        [Tag::FrToDt, Tag::FrDtTm] => header.period_from = fields::wall_clock(text),
        [Tag::FrToDt, Tag::ToDtTm] => header.period_to = fields::wall_clock(text),
        [Tag::Acct, within @ ..] => match within {
            [Tag::Id, id @ ..] => {
                account_field(&mut header.account, &mut header.account_is_iban, id, text);
            }
            // An unknown currency of the account is caught where an amount bears it.
            [Tag::Ccy] => header.currency = currencies.read(text).ok(),
            [Tag::Nm] => header.account_name = Some(text.to_owned()),
            [Tag::Ownr, Tag::Nm] | [Tag::Ownr, Tag::Pty, Tag::Nm] => header.owner = Some(text.to_owned()),
            [Tag::Svcr, Tag::FinInstnId, Tag::Bic] => header.servicer_bic = Some(text.to_owned()),
            _ => {}
        },
        _ => {}
    }
}

fn account_field(account: &mut Option<String>, is_iban: &mut bool, within: &[Tag], text: &str) {
    match within {
        [Tag::Iban] => {
            *account = Some(fields::account(text));
            *is_iban = true;
        }
        [Tag::Othr, Tag::Id] | [Tag::PrtryAcct, Tag::Id] | [Tag::Bban] => {
            account.get_or_insert_with(|| fields::account(text));
        }
        _ => {}
    }
}

fn entry_field(
    open: &mut OpenEntry,
    within: &[Tag],
    text: &str,
    amount: impl Fn() -> Result<Money, RefusalReason>,
) -> Result<(), RefusalReason> {
    let entry = &mut open.entry;
    match within {
        [Tag::Amt] => open.amount = Some(amount()?),
        [Tag::CdtDbtInd] => open.direction = Some(fields::direction(text)?),
        _ if text.is_empty() => {}
        [Tag::NtryRef] => entry.entry_reference = fields::provided(text),
        [Tag::RvslInd] => entry.reversal = fields::mark(text)?,
        // Text up to version 07, a code or the bank's own code from version 08 on.
        [Tag::Sts] | [Tag::Sts, Tag::Cd | Tag::Prtry] => entry.status = fields::status(text),
        [Tag::BookgDt, Tag::Dt | Tag::DtTm] => entry.booked_on = Some(fields::date(text, "booking")?),
        [Tag::ValDt, Tag::Dt | Tag::DtTm] => entry.value_on = Some(fields::date(text, "value")?),
        [Tag::AcctSvcrRef] => entry.bank_reference = fields::provided(text),
        [Tag::BkTxCd, code @ ..] => code_field(&mut entry.code, code, text),
        [Tag::NtryDtls, Tag::Btch, Tag::NbOfTxs] | [Tag::Btch, Tag::NbOfTxs] => {
            entry.batch_count = text.parse().ok();
        }
        [Tag::NtryDtls, Tag::Btch, Tag::PmtInfId] | [Tag::Btch, Tag::PmtInfId] => {
            entry.batch_id = fields::provided(text);
        }
        [Tag::AddtlNtryInf] => entry.additional_info = Some(text.to_owned()),
        _ => {}
    }
    Ok(())
}

fn code_field(code: &mut TransactionCode, within: &[Tag], text: &str) {
    let field = match within {
        [Tag::Domn, Tag::Cd] => &mut code.domain,
        [Tag::Domn, Tag::Fmly, Tag::Cd] => &mut code.family,
        [Tag::Domn, Tag::Fmly, Tag::SubFmlyCd] => &mut code.subfamily,
        [Tag::Prtry, Tag::Cd] => &mut code.proprietary,
        _ => return,
    };
    *field = Some(text.to_owned());
}

fn detail_field(
    detail: &mut Detail,
    within: &[Tag],
    text: &str,
    amount: impl Fn() -> Result<Money, RefusalReason>,
) -> Result<(), RefusalReason> {
    match within {
        // Version 03 and later tell the amount, earlier ones only among its details.
        [Tag::Amt] => detail.amount = Some(amount()?),
        [Tag::AmtDtls, Tag::TxAmt, Tag::Amt] if detail.amount.is_none() => detail.amount = amount().ok(),
        _ if text.is_empty() => {}
        [Tag::CdtDbtInd] => detail.direction = Some(fields::direction(text)?),
        [Tag::Refs, reference] => {
            let field = match reference {
                Tag::EndToEndId => &mut detail.end_to_end_id,
                Tag::MndtId => &mut detail.mandate_id,
                Tag::TxId => &mut detail.tx_id,
                Tag::InstrId => &mut detail.instruction_id,
                Tag::PmtInfId => &mut detail.payment_info_id,
                Tag::AcctSvcrRef => &mut detail.bank_reference,
                _ => return Ok(()),
            };
            *field = fields::provided(text);
        }
        [Tag::RltdPties, who, within @ ..] => match who {
            Tag::Dbtr => name_field(&mut detail.debtor.name, within, text),
            Tag::Cdtr => name_field(&mut detail.creditor.name, within, text),
            Tag::UltmtDbtr => name_field(&mut detail.debtor.ultimate_name, within, text),
            Tag::UltmtCdtr => name_field(&mut detail.creditor.ultimate_name, within, text),
            Tag::DbtrAcct => party_account(&mut detail.debtor, within, text),
            Tag::CdtrAcct => party_account(&mut detail.creditor, within, text),
            _ => {}
        },
        [Tag::RltdAgts, Tag::DbtrAgt, Tag::FinInstnId, Tag::Bic] => detail.debtor.bic = Some(text.to_owned()),
        [Tag::RltdAgts, Tag::CdtrAgt, Tag::FinInstnId, Tag::Bic] => {
            detail.creditor.bic = Some(text.to_owned());
        }
        [Tag::RmtInf, Tag::Ustrd] | [Tag::RmtInf, Tag::Strd, Tag::AddtlRmtInf] => {
            push_line(&mut detail.remittance, text);
        }
        [Tag::RmtInf, Tag::Strd, Tag::CdtrRefInf, Tag::Ref] => {
            push_line(&mut detail.structured_references, text);
        }
        [Tag::RmtInf, Tag::Strd, Tag::RfrdDocInf, Tag::Nb] => push_line(&mut detail.document_numbers, text),
        [Tag::RtrInf, Tag::Rsn, Tag::Cd | Tag::Prtry] => detail.return_reason = Some(text.to_owned()),
        [Tag::RtrInf, Tag::AddtlInf] => detail.return_info = Some(text.to_owned()),
        [Tag::BkTxCd, code @ ..] => code_field(&mut detail.code, code, text),
        [Tag::AddtlTxInf] => detail.additional_info = Some(text.to_owned()),
        _ => {}
    }
    Ok(())
}

/// Version 08 and later put parties into `Pty`.
fn name_field(name: &mut Option<String>, within: &[Tag], text: &str) {
    if matches!(within, [Tag::Nm] | [Tag::Pty, Tag::Nm]) {
        *name = Some(text.to_owned());
    }
}

fn party_account(party: &mut Party, within: &[Tag], text: &str) {
    if let [Tag::Id, id @ ..] = within {
        account_field(&mut party.account, &mut party.account_is_iban, id, text);
    }
}

fn push_line(lines: &mut Vec<String>, text: &str) {
    if lines.len() < LINES_MAX {
        lines.push(text.to_owned());
    }
}
