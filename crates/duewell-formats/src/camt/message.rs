//! What an account message says, in the trade's words.

use duewell_domain::money::{Currency, Money, MoneyError};
use jiff::civil::{Date, DateTime};

use crate::xml::Position;

/// Which of the three account messages a statement came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CamtKind {
    /// camt.052, an intraday report: a preview, booked again by the statement.
    Report052,
    /// camt.053, the statement: what is booked.
    Statement053,
    /// camt.054, a notification: the details of bookings, booked again by the statement.
    Notification054,
}

impl CamtKind {
    /// Returns the message name without version, e.g. `camt.053`.
    pub fn name(self) -> &'static str {
        match self {
            CamtKind::Report052 => "camt.052",
            CamtKind::Statement053 => "camt.053",
            CamtKind::Notification054 => "camt.054",
        }
    }
}

/// Whether money came to the account or left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Credit,
    Debit,
}

/// One thing the reader came to, in file order.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "entries are by far the most frequent and are moved once")]
pub enum CamtEvent {
    /// A statement, report or notification begins.
    StatementStart(Box<StatementHeader>),
    /// A readable entry of the statement that began last.
    Entry(Entry),
    /// A part of the statement that could not be read; the rest goes on.
    Refused(Refusal),
    /// The statement is complete.
    StatementEnd(Box<StatementEnd>),
}

/// The head of a statement: whose account, which period, which number.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementHeader {
    pub kind: CamtKind,
    /// Counts the statements of the file from 1.
    pub number: u32,
    /// Message id of the group header (`GrpHdr/MsgId`).
    pub message_id: Option<String>,
    /// Id of the statement (`Id`).
    pub id: Option<String>,
    /// Electronic, else legal sequence number.
    pub sequence: Option<String>,
    /// IBAN or the bank's own account number, without blanks.
    pub account: Option<String>,
    /// Whether the file itself calls the account an IBAN.
    pub account_is_iban: bool,
    /// The currency the account declares; balances and entries may tell it when this is none.
    pub currency: Option<Currency>,
    pub account_name: Option<String>,
    pub owner: Option<String>,
    /// BIC of the bank that keeps the account.
    pub servicer_bic: Option<String>,
    /// When the bank made it, on the bank's clock as written.
    pub created: Option<DateTime>,
    pub period_from: Option<DateTime>,
    pub period_to: Option<DateTime>,
    /// The balances told before the first entry; [`StatementEnd`] has all.
    pub balances: Vec<Balance>,
}

impl StatementHeader {
    pub(super) fn new(kind: CamtKind, number: u32) -> Self {
        StatementHeader {
            kind,
            number,
            message_id: None,
            id: None,
            sequence: None,
            account: None,
            account_is_iban: false,
            currency: None,
            account_name: None,
            owner: None,
            servicer_bic: None,
            created: None,
            period_from: None,
            period_to: None,
            balances: Vec::new(),
        }
    }
}

/// A balance of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// `OPBD`, `CLBD`, `PRCD`, `ITBD`, `OPAV`, `CLAV`, `FWAV`, … or the bank's own code.
    pub code: String,
    /// For instance `INTM`: the balance continues on another page.
    pub subtype: Option<String>,
    /// A subtype of the bank's own, often the account of a group the balance belongs to.
    pub proprietary_subtype: Option<String>,
    /// Signed: negative when the account is overdrawn.
    pub amount: Money,
    pub date: Option<Date>,
}

/// How far a booking is. The four codes of ISO 20022, else the bank's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EntryStatus {
    /// `BOOK`.
    Booked,
    /// `PDNG`: may still disappear.
    Pending,
    /// `FUTR`.
    Future,
    /// `INFO`: nothing is booked.
    Information,
    /// The entry says nothing; such files list booked entries only.
    Unstated,
    /// A code of the bank's own.
    Other(String),
}

impl EntryStatus {
    /// Returns whether the money has moved.
    pub fn is_booked(&self) -> bool {
        match self {
            EntryStatus::Booked | EntryStatus::Unstated => true,
            EntryStatus::Pending | EntryStatus::Future | EntryStatus::Information | EntryStatus::Other(_) => {
                false
            }
        }
    }
}

/// One line of the statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Counts the entries of the statement from 1, refused ones included.
    pub number: u32,
    pub at: Position,
    pub direction: Direction,
    /// Never negative; `direction` has the sign.
    pub amount: Money,
    pub status: EntryStatus,
    pub booked_on: Option<Date>,
    pub value_on: Option<Date>,
    /// Takes back an earlier entry; `direction` is already that of this entry.
    pub reversal: bool,
    /// The bank's reference (`AcctSvcrRef`), the best key against double booking.
    pub bank_reference: Option<String>,
    /// The entry's reference (`NtryRef`).
    pub entry_reference: Option<String>,
    pub code: TransactionCode,
    /// How many payments the bank says the batch has (`Btch/NbOfTxs`); it may list fewer.
    pub batch_count: Option<u32>,
    /// Id of the payment order or collection the batch answers (`Btch/PmtInfId`).
    pub batch_id: Option<String>,
    pub details: Vec<Detail>,
    /// The bank's text (`AddtlNtryInf`).
    pub additional_info: Option<String>,
}

/// What kind of transaction it is, in the codes of ISO 20022 and of the bank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransactionCode {
    pub domain: Option<String>,
    pub family: Option<String>,
    pub subfamily: Option<String>,
    pub proprietary: Option<String>,
}

/// One payment of an entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Detail {
    pub amount: Option<Money>,
    /// None: as the entry.
    pub direction: Option<Direction>,
    pub end_to_end_id: Option<String>,
    pub mandate_id: Option<String>,
    pub tx_id: Option<String>,
    pub instruction_id: Option<String>,
    pub payment_info_id: Option<String>,
    pub bank_reference: Option<String>,
    pub code: TransactionCode,
    pub debtor: Party,
    pub creditor: Party,
    /// Creditor references (`CdtrRefInf/Ref`): RF, QRR, OGM, viite, KID.
    pub structured_references: Vec<String>,
    /// Numbers of the documents paid (`RfrdDocInf/Nb`).
    pub document_numbers: Vec<String>,
    /// Free text, one item per element.
    pub remittance: Vec<String>,
    /// Reason code of a return, e.g. `AC04`, `MD06`.
    pub return_reason: Option<String>,
    pub return_info: Option<String>,
    pub additional_info: Option<String>,
}

/// Someone named by a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    pub name: Option<String>,
    /// On whose behalf.
    pub ultimate_name: Option<String>,
    /// IBAN or other account number, without blanks.
    pub account: Option<String>,
    pub account_is_iban: bool,
    pub bic: Option<String>,
}

impl Detail {
    /// Returns the other side of the payment.
    ///
    /// Money that came is from the debtor, money that went is to the creditor.
    /// In a return or reversal both keep the roles of the original payment
    /// (EPC rulebooks, R-transactions), so there it is the other way round.
    pub fn counterparty(&self, entry: &Entry) -> &Party {
        let direction = self.direction.unwrap_or(entry.direction);
        let original = if self.return_reason.is_some() || entry.reversal {
            match direction {
                Direction::Credit => Direction::Debit,
                Direction::Debit => Direction::Credit,
            }
        } else {
            direction
        };
        match original {
            Direction::Credit => &self.debtor,
            Direction::Debit => &self.creditor,
        }
    }
}

/// The end of a statement with its sums.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatementEnd {
    pub number: u32,
    /// The currency of the account, else of its balances, else of its entries.
    pub currency: Option<Currency>,
    /// All balances, wherever they stood.
    pub balances: Vec<Balance>,
    /// Entries, refused ones included.
    pub entries: u32,
    pub refused: u32,
    pub details: u64,
    /// Sums of the readable entries, one item per currency.
    pub totals: Vec<CurrencyTotals>,
    pub declared: DeclaredTotals,
}

/// Sums of entries in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyTotals {
    pub credits: Money,
    pub debits: Money,
    pub booked_credits: Money,
    pub booked_debits: Money,
}

/// What the bank says the statement adds up to (`TxsSummry`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeclaredTotals {
    pub entries: Option<u32>,
    pub credits: Option<Money>,
    pub debits: Option<Money>,
}

/// Whether the declared totals are those of the entries; none where nothing was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreedTotals {
    pub entries: Option<bool>,
    pub credits: Option<bool>,
    pub debits: Option<bool>,
}

impl StatementEnd {
    /// Returns the balance the statement opens with: booked, else the previous closing.
    pub fn opening(&self) -> Option<&Balance> {
        self.balance("OPBD").or_else(|| self.balance("PRCD"))
    }

    /// Returns the booked balance the statement closes with.
    pub fn closing(&self) -> Option<&Balance> {
        self.balance("CLBD")
    }

    fn balance(&self, code: &str) -> Option<&Balance> {
        self.balances.iter().find(|balance| balance.code == code)
    }

    /// Returns the sums in a currency, zero when nothing was booked in it.
    pub fn totals_in(&self, currency: Currency) -> CurrencyTotals {
        let found = self.totals.iter().find(|totals| totals.credits.currency == currency);
        found.copied().unwrap_or_else(|| CurrencyTotals::zero(currency))
    }

    /// Tells whether opening + booked credits − booked debits = closing.
    ///
    /// None when a balance is missing or the two are in different currencies.
    /// Entries in a currency other than that of the balances do not count.
    pub fn balance_equation_holds(&self) -> Option<bool> {
        let (opening, closing) = (self.opening()?.amount, self.closing()?.amount);
        if opening.currency != closing.currency {
            return None;
        }
        let totals = self.totals_in(opening.currency);
        let computed = opening.plus(totals.booked_credits).and_then(|sum| sum.minus(totals.booked_debits));
        Some(computed == Ok(closing))
    }

    /// Compares the declared totals with the entries; none when nothing at all was declared.
    pub fn agreed_totals(&self) -> Option<AgreedTotals> {
        if self.declared == DeclaredTotals::default() {
            return None;
        }
        let declared = &self.declared;
        Some(AgreedTotals {
            entries: declared.entries.map(|entries| entries == self.entries),
            credits: declared.credits.map(|sum| sum == self.totals_in(sum.currency).credits),
            debits: declared.debits.map(|sum| sum == self.totals_in(sum.currency).debits),
        })
    }
}

impl CurrencyTotals {
    /// Returns sums of nothing.
    pub fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        CurrencyTotals { credits: zero, debits: zero, booked_credits: zero, booked_debits: zero }
    }

    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), MoneyError> {
        let (all, booked) = match entry.direction {
            Direction::Credit => (&mut self.credits, &mut self.booked_credits),
            Direction::Debit => (&mut self.debits, &mut self.booked_debits),
        };
        *all = all.plus(entry.amount)?;
        if entry.status.is_booked() {
            *booked = booked.plus(entry.amount)?;
        }
        Ok(())
    }
}

/// A part of a statement that was not readable, with its place and reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} of statement {statement} ({at}){}: {reason}", named(.reference.as_deref()))]
pub struct Refusal {
    pub at: Position,
    /// Counts the statements of the file from 1.
    pub statement: u32,
    pub part: Part,
    /// The reference of the entry, to find it again at the bank.
    pub reference: Option<String>,
    pub reason: RefusalReason,
}

fn named(reference: Option<&str>) -> String {
    match reference {
        Some(reference) => format!(", reference {reference}"),
        None => String::new(),
    }
}

/// Which part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Counts from 1.
    Entry(u32),
    /// Counts from 1.
    Balance(u32),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Part::Entry(number) => write!(f, "entry {number}"),
            Part::Balance(number) => write!(f, "balance {number}"),
        }
    }
}

/// Why a part of a statement was not readable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusalReason {
    #[error("it does not say whether it is a credit or a debit (CdtDbtInd); ask the bank, book it by hand")]
    NoDirection,
    #[error("`{0}` is neither CRDT nor DBIT")]
    BadDirection(String),
    #[error("it has no amount")]
    NoAmount,
    #[error("its amount has no currency (Ccy)")]
    NoCurrency,
    #[error("its amount is negative ({0}), which the standard does not know; ask the bank what is meant")]
    NegativeAmount(String),
    #[error(transparent)]
    Amount(#[from] MoneyError),
    #[error("`{text}` is not a believable {what} date")]
    BadDate { what: &'static str, text: String },
    #[error("`{0}` is neither true nor false as reversal mark (RvslInd)")]
    BadReversal(String),
    #[error("it has no type (Tp)")]
    NoType,
}

/// What was read, once the file was readable to its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CamtSummary {
    pub statements: u32,
    /// Entries, refused ones included.
    pub entries: u64,
    /// Entries and balances that could not be read.
    pub refused: u64,
    pub details: u64,
    /// The receiver of the events asked to stop; the rest of the file was not read.
    pub stopped: bool,
}
