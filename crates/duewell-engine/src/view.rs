//! Work lists: how the day stands, and debtors by what they need.

use std::collections::HashMap;

use duewell_domain::dunning::{Case, Reason};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{DebtorId, PaymentId, ReceivableId, first_id_of};
use duewell_domain::money::{Currency, Money};
use duewell_store::debtor::Debtor;
use duewell_store::import::{self, DailyRun};
use duewell_store::notice::NoticeState;
use duewell_store::receivable::{Aging, Due, Receivable};
use duewell_store::search::{SearchCursor, search_page};
use duewell_store::{Tx, case, debtor, journal, notice, payment, receivable};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::facts::{Staleness, money_is_stale};

/// Days ahead that count as soon.
pub const SOON_DAYS: i64 = 7;
/// Weeks of money received that Today shows.
pub const WEEKS: usize = 12;
/// No receivable is older; not every database knows the days before our era.
const FIRST_DAY: Date = Date::constant(1900, 1, 1);
/// Debtors on one page.
pub const PAGE: usize = 50;

/// What waits for a person, by kind, in numbers of debtors, notices or payments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub payments: i64,
    pub disputes: i64,
    pub claims: i64,
    pub finished: i64,
    pub no_address: i64,
    pub opted_out: i64,
    pub address_failed: i64,
    pub text_failed: i64,
    pub unknown: i64,
    pub failed: i64,
}

/// How the book stands today.
#[derive(Clone, Debug)]
pub struct Today {
    pub today: Date,
    pub debtors: i64,
    /// One row per currency in which anything is open.
    pub due: Vec<Due>,
    pub aging: Vec<Aging>,
    /// Money received by week (its Monday) and currency, oldest first; weeks without money are there with zero.
    pub weeks: Vec<(Date, Money)>,
    /// Money received since Monday.
    pub this_week: Vec<(Money, i64)>,
    pub waiting: Waiting,
    pub overdue_debtors: i64,
    /// Debtors with a hold in force, by why.
    pub held: Vec<(HoldReason, i64)>,
    /// Cases that the next run will look at.
    pub cases_due: i64,
    /// Notices that are decided and have not left.
    pub pending: i64,
    pub sent: i64,
    pub newest_statement: Option<Timestamp>,
    /// Nothing is sent because the newest statement is too old.
    pub is_stale: bool,
    pub last_run: Option<DailyRun>,
    /// Settings that must be made before anything can be sent.
    pub missing: Vec<&'static str>,
}

/// Returns a stamp that changes with everything that is done in the book.
pub fn stamp(desk: &Desk) -> Result<(i64, Date), EngineError> {
    let size = desk.store.read(|tx| journal::journal_size(tx, desk.book.id))?;
    Ok((size, desk.today()))
}

/// Adds up how the book stands. Asks whole tables: callers keep it by its [`stamp`].
pub fn today(desk: &Desk) -> Result<Today, EngineError> {
    let (now, today, book) = (desk.now(), desk.today(), desk.book.id);
    desk.store.read(|tx| {
        let until = today.saturating_add(SOON_DAYS.days());
        let monday = monday_of(today);
        let since = monday.saturating_sub((WEEKS as i64 - 1).weeks());
        let from: PaymentId =
            first_id_of(since.at(0, 0, 0, 0).to_zoned(desk.zone.clone()).map_or(now, |at| at.timestamp()));
        let received = payment::sum_received(tx, book, from, since)?;
        let due = receivable::load_due(tx, book, today, until)?;
        let mut currencies: Vec<Currency> = received.iter().map(|(_, money, _)| money.currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let mut weeks: Vec<(Date, Money)> = Vec::new();
        for &currency in &currencies {
            for index in 0..WEEKS as i64 {
                weeks.push((since.saturating_add(index.weeks()), Money::zero(currency)));
            }
        }
        let mut this_week: Vec<(Money, i64)> = Vec::new();
        for (day, money, count) in received {
            let week = monday_of(day);
            let slot = weeks.iter_mut().find(|(on, sum)| *on == week && sum.currency == money.currency);
            if let Some((_, sum)) = slot {
                *sum = sum.plus(money)?;
            }
            if week == monday {
                match this_week.iter_mut().find(|(sum, _)| sum.currency == money.currency) {
                    Some((sum, payments)) => {
                        *sum = sum.plus(money)?;
                        *payments += count;
                    }
                    None => this_week.push((money, count)),
                }
            }
        }
        let stuck: HashMap<Reason, i64> = case::count_waiting(tx, book)?.into_iter().collect();
        let stuck = |reason: Reason| stuck.get(&reason).copied().unwrap_or(0);
        let holds = debtor::count_held(tx, book, today)?;
        let held = |reason: HoldReason| count_of(&holds, reason);
        let notices: Vec<(NoticeState, i64)> = notice::count_states(tx, book)?;
        let notices =
            |state: NoticeState| notices.iter().find(|(known, _)| *known == state).map_or(0, |(_, n)| *n);
        Ok(Today {
            today,
            debtors: debtor::count_debtors(tx, book)?,
            due,
            aging: receivable::load_aging(tx, book, today)?,
            weeks,
            this_week,
            waiting: Waiting {
                payments: payment::count_queue(tx, book)?,
                disputes: held(HoldReason::Dispute),
                claims: held(HoldReason::PaymentClaimed),
                finished: stuck(Reason::ScenarioFinished),
                no_address: stuck(Reason::NoAddress),
                opted_out: stuck(Reason::OptedOut),
                address_failed: stuck(Reason::AddressFailed),
                text_failed: stuck(Reason::TextFailed),
                unknown: notices(NoticeState::Unknown),
                failed: notices(NoticeState::Failed),
            },
            overdue_debtors: case::count_overdue(tx, book)?,
            held: holds.clone(),
            cases_due: case::count_due(tx, book, today)?,
            pending: notices(NoticeState::Pending),
            sent: notices(NoticeState::Sent),
            newest_statement: payment::newest_statement_at(tx, book)?,
            is_stale: matches!(money_is_stale(tx, desk, now)?, Staleness::Stale { .. }),
            last_run: import::list_runs(tx, book, 1)?.into_iter().next(),
            missing: desk.settings.missing(),
        })
    })
}

fn count_of(held: &[(HoldReason, i64)], reason: HoldReason) -> i64 {
    held.iter().find(|(known, _)| *known == reason).map_or(0, |(_, count)| *count)
}

impl Today {
    /// How many holds for one reason are in force.
    pub fn held(&self, reason: HoldReason) -> i64 {
        count_of(&self.held, reason)
    }
}

fn monday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

/// Which open receivables a list shows, by when they are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Overdue,
    Today,
    /// After today, within [`SOON_DAYS`].
    Soon,
    NotDue,
    Days30,
    Days60,
    Days90,
    Older,
    All,
}

impl Span {
    pub const ALL: [Span; 9] = [
        Span::Overdue,
        Span::Today,
        Span::Soon,
        Span::NotDue,
        Span::Days30,
        Span::Days60,
        Span::Days90,
        Span::Older,
        Span::All,
    ];

    /// The word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Span::Overdue => "overdue",
            Span::Today => "today",
            Span::Soon => "soon",
            Span::NotDue => "not-due",
            Span::Days30 => "1-30",
            Span::Days60 => "31-60",
            Span::Days90 => "61-90",
            Span::Older => "over-90",
            Span::All => "all",
        }
    }

    /// Reads the word of an address.
    pub fn parse(text: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|span| span.word() == text)
    }

    /// First and last due date, seen from `today`. The buckets are those of the aging report.
    fn days(self, today: Date) -> (Date, Date) {
        let ago = |days: i64| today.saturating_sub(days.days());
        let ahead = |days: i64| today.saturating_add(days.days());
        let (first, last) = (FIRST_DAY, Date::constant(9999, 1, 1));
        match self {
            Span::Overdue => (first, ago(1)),
            Span::Today => (today, today),
            Span::Soon => (ahead(1), ahead(SOON_DAYS)),
            Span::NotDue => (today, last),
            Span::Days30 => (ago(30), ago(1)),
            Span::Days60 => (ago(60), ago(31)),
            Span::Days90 => (ago(90), ago(61)),
            Span::Older => (first, ago(91)),
            Span::All => (first, last),
        }
    }
}

/// One page of open receivables with their debtors, and where the next one starts.
pub struct Receivables {
    pub rows: Vec<(Receivable, Debtor)>,
    pub next: Option<String>,
}

/// Lists open receivables of one currency by due date, a page at a time.
pub fn list_receivables(
    desk: &Desk,
    span: Span,
    currency: Currency,
    after: Option<&str>,
) -> Result<Receivables, EngineError> {
    let (book, today) = (desk.book.id, desk.today());
    let (from, to) = span.days(today);
    let place = after.and_then(|text| {
        let mut parts = text.split(' ');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    });
    let place = place.filter(|(day, ..)| *day >= FIRST_DAY);
    let place = place.unwrap_or((FIRST_DAY, DebtorId(0), ReceivableId(0)));
    desk.store.read(|tx| {
        let mut found = receivable::list_open_due(tx, book, from, to, currency, place, PAGE as i64 + 1)?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next =
            found.last().filter(|_| more).map(|last| format!("{} {} {}", last.due_on, last.debtor, last.id));
        let mut ids: Vec<DebtorId> = found.iter().map(|one| one.debtor).collect();
        ids.sort_unstable();
        ids.dedup();
        let debtors = debtor::load_debtors(tx, book, &ids)?;
        let rows = found
            .into_iter()
            .filter_map(|one| Some((debtors.get(&one.debtor)?.clone(), one)))
            .map(|(debtor, one)| (one, debtor))
            .collect();
        Ok(Receivables { rows, next })
    })
}

/// Which debtors a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Everyone, by name.
    All,
    /// Who is overdue, longest first.
    Overdue,
    /// Whose case waits for a person, by why.
    Stuck(Reason),
    /// Who is on hold, by why.
    Held(HoldReason),
}

impl Show {
    /// The lists there are, in the order of a day's work.
    pub const ALL: [Show; 12] = [
        Show::All,
        Show::Overdue,
        Show::Held(HoldReason::Dispute),
        Show::Held(HoldReason::PaymentClaimed),
        Show::Held(HoldReason::Promise),
        Show::Held(HoldReason::Care),
        Show::Held(HoldReason::Legal),
        Show::Held(HoldReason::Manual),
        Show::Stuck(Reason::ScenarioFinished),
        Show::Stuck(Reason::NoAddress),
        Show::Stuck(Reason::OptedOut),
        Show::Stuck(Reason::AddressFailed),
    ];

    /// The word in an address.
    pub fn word(self) -> String {
        match self {
            Show::All => "all".to_owned(),
            Show::Overdue => "overdue".to_owned(),
            Show::Stuck(reason) => reason.code(),
            Show::Held(reason) => reason.as_str().to_owned(),
        }
    }

    /// Reads the word of an address.
    pub fn parse(text: &str) -> Option<Show> {
        Show::ALL.into_iter().find(|show| show.word() == text)
    }
}

/// A debtor in a list.
#[derive(Clone, Debug)]
pub struct ListRow {
    pub debtor: Debtor,
    pub open: Vec<Money>,
    pub overdue: Vec<Money>,
    /// Due date of the oldest overdue receivable.
    pub oldest_due_on: Option<Date>,
    pub cases: Vec<Case>,
    /// Holds in force.
    pub holds: Vec<Hold>,
}

/// One page of a list, and where the next one starts.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub rows: Vec<ListRow>,
    pub next: Option<String>,
}

/// Lists debtors: what fits the search and the list, a page at a time.
///
/// `after` is the `next` of the page before; what is not one starts from the top.
pub fn list_debtors(
    desk: &Desk,
    search: &str,
    show: Show,
    after: Option<&str>,
) -> Result<ListPage, EngineError> {
    let (book, today) = (desk.book.id, desk.today());
    // PostgreSQL takes no NUL in a text, and nobody types one.
    let (search, after) = (search.replace('\0', ""), after.filter(|text| !text.contains('\0')));
    desk.store.read(|tx| {
        let (debtors, next) = if search.trim().is_empty() {
            walk(tx, desk, show, after)?
        } else {
            find(tx, desk, &search, show, after)?
        };
        let ids: Vec<DebtorId> = debtors.iter().map(|one| one.id).collect();
        let mut open = receivable::load_open(tx, book, &ids)?;
        let mut holds = debtor::load_holds(tx, book, &ids)?;
        let mut cases: HashMap<DebtorId, Vec<Case>> = HashMap::new();
        for case in case::load_cases(tx, book, &ids)?.into_values() {
            cases.entry(case.debtor).or_default().push(case);
        }
        let mut rows = Vec::with_capacity(debtors.len());
        for one in debtors {
            let items = open.remove(&one.id).unwrap_or_default();
            let overdue: Vec<&Receivable> = items.iter().filter(|item| item.due_on < today).collect();
            let mut own_cases = cases.remove(&one.id).unwrap_or_default();
            own_cases.sort_unstable_by_key(|case| case.currency);
            let mut own_holds = holds.remove(&one.id).unwrap_or_default();
            own_holds.retain(|hold| hold.is_in_force_on(today));
            own_holds.sort_unstable_by_key(|hold| hold.id);
            rows.push(ListRow {
                open: sums(items.iter())?,
                overdue: sums(overdue.iter().copied())?,
                oldest_due_on: overdue.iter().map(|item| item.due_on).min(),
                cases: own_cases,
                holds: own_holds,
                debtor: one,
            });
        }
        Ok(ListPage { rows, next })
    })
}

fn sums<'a>(items: impl Iterator<Item = &'a Receivable>) -> Result<Vec<Money>, EngineError> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        match sums.iter_mut().find(|sum| sum.currency == item.open.currency) {
            Some(sum) => *sum = sum.plus(item.open)?,
            None => sums.push(item.open),
        }
    }
    sums.sort_unstable_by_key(|sum| sum.currency);
    Ok(sums)
}

/// Walks a list in its own order.
fn walk(
    tx: &mut Tx<'_>,
    desk: &Desk,
    show: Show,
    after: Option<&str>,
) -> Result<(Vec<Debtor>, Option<String>), EngineError> {
    let (book, today) = (desk.book.id, desk.today());
    // One more than a page says whether there is another.
    let limit = PAGE as i64 + 1;
    let id_of = |text: &str| text.parse::<DebtorId>().ok();
    let first = DebtorId(0);
    // A debtor and what the list is sorted by.
    let place = after.and_then(|text| {
        let (id, key) = text.split_once(' ')?;
        Some((id_of(id)?, key))
    });
    let after = after.and_then(id_of).unwrap_or(first);
    let (ids, mut cursors): (Vec<DebtorId>, Vec<String>) = match show {
        Show::All => {
            let (id, key) = place.unwrap_or((first, ""));
            let found = debtor::list_sorted(tx, book, key, id, limit)?;
            let cursors = found.iter().map(|(key, one)| format!("{} {key}", one.id)).collect();
            let debtors: Vec<Debtor> = found.into_iter().map(|(_, one)| one).collect();
            return Ok(cut(debtors, cursors));
        }
        Show::Overdue => {
            let from = place.and_then(|(id, day)| Some((day.parse::<Date>().ok()?, id)));
            let from = from.filter(|(day, _)| *day >= FIRST_DAY).unwrap_or((FIRST_DAY, first));
            let cases = case::list_overdue(tx, book, from, limit)?;
            let cursor = |case: &Case| {
                format!("{} {}", case.debtor, case.anchor_on.map_or(String::new(), |day| day.to_string()))
            };
            (cases.iter().map(|case| case.debtor).collect(), cases.iter().map(cursor).collect())
        }
        Show::Stuck(reason) => {
            let cases = case::list_stuck(tx, book, reason, after, limit)?;
            let ids: Vec<DebtorId> = cases.iter().map(|case| case.debtor).collect();
            (ids.clone(), ids.iter().map(ToString::to_string).collect())
        }
        Show::Held(reason) => {
            let held = debtor::list_held(tx, book, reason, today, after, limit)?;
            let ids: Vec<DebtorId> = held.iter().map(|one| one.debtor).collect();
            (ids.clone(), ids.iter().map(ToString::to_string).collect())
        }
    };
    let mut known = debtor::load_debtors(tx, book, &ids)?;
    let more = ids.len() > PAGE;
    cursors.truncate(PAGE);
    let next = cursors.pop().filter(|_| more);
    // A debtor with two cases or two holds is listed once.
    Ok((ids.iter().take(PAGE).filter_map(|id| known.remove(id)).collect(), next))
}

fn cut(mut debtors: Vec<Debtor>, mut cursors: Vec<String>) -> (Vec<Debtor>, Option<String>) {
    let more = debtors.len() > PAGE;
    debtors.truncate(PAGE);
    cursors.truncate(PAGE);
    (debtors, cursors.pop().filter(|_| more))
}

/// Finds debtors by what was typed, and keeps those that belong to the list.
fn find(
    tx: &mut Tx<'_>,
    desk: &Desk,
    search: &str,
    show: Show,
    after: Option<&str>,
) -> Result<(Vec<Debtor>, Option<String>), EngineError> {
    let (book, today) = (desk.book.id, desk.today());
    let mut found = Vec::new();
    let mut cursor = after.and_then(parse_cursor);
    // A whole number of a receivable finds its debtor: on the first page, and on no later one again.
    let named = named_by_number(tx, desk, search)?;
    if cursor.is_none() {
        let mut known = debtor::load_debtors(tx, book, &named)?;
        let listed = listed(tx, desk, show, &named, today)?;
        found.extend(named.iter().filter(|id| listed(id)).filter_map(|id| known.remove(id)));
    }
    // Of a list few may fit: a page ends after some looks, and goes on from there.
    for _ in 0..5 {
        let (page, next) = search_page(tx, book, search, cursor.as_ref(), PAGE)?;
        let ids: Vec<DebtorId> = page.iter().map(|one| one.id).collect();
        let listed = listed(tx, desk, show, &ids, today)?;
        for one in page {
            if listed(&one.id) && !named.contains(&one.id) {
                found.push(one);
            }
        }
        cursor = next;
        if cursor.is_none() || found.len() >= PAGE / 2 {
            break;
        }
    }
    Ok((found, cursor.map(|at| format!("{} {} {}", at.reading, at.debtor, at.word))))
}

/// Finds debtors by a whole number of a receivable, or by the reference of a payment.
fn named_by_number(tx: &mut Tx<'_>, desk: &Desk, search: &str) -> Result<Vec<DebtorId>, EngineError> {
    let (book, key) = (desk.book.id, duewell_domain::reference::reference_key(search));
    if key.len() < 3 {
        return Ok(Vec::new());
    }
    let mut ids: Vec<DebtorId> =
        receivable::find_by_keys(tx, book, &[&key])?.into_iter().map(|(_, one)| one.debtor).collect();
    ids.extend(debtor::find_by_reference(tx, book, &[&key])?.into_iter().map(|(_, id)| id));
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(PAGE);
    Ok(ids)
}

fn parse_cursor(text: &str) -> Option<SearchCursor> {
    let mut parts = text.splitn(3, ' ');
    Some(SearchCursor {
        reading: parts.next()?.parse().ok()?,
        debtor: parts.next()?.parse().ok()?,
        word: parts.next()?.to_owned(),
    })
}

/// Says which of some debtors belong to a list.
fn listed(
    tx: &mut Tx<'_>,
    desk: &Desk,
    show: Show,
    ids: &[DebtorId],
    today: Date,
) -> Result<impl Fn(&DebtorId) -> bool + use<>, EngineError> {
    let book = desk.book.id;
    let members: Option<Vec<DebtorId>> = match show {
        Show::All => None,
        Show::Overdue | Show::Stuck(_) => {
            let fits = |case: &Case| match show {
                Show::Stuck(reason) => case.waiting == Some(reason),
                Show::All | Show::Overdue | Show::Held(_) => case.anchor_on.is_some(),
            };
            let cases = case::load_cases(tx, book, ids)?;
            Some(cases.into_values().filter(fits).map(|case| case.debtor).collect())
        }
        Show::Held(reason) => {
            let holds = debtor::load_holds(tx, book, ids)?;
            let fits = |hold: &Hold| hold.reason == reason && hold.is_in_force_on(today);
            Some(holds.into_iter().filter(|(_, own)| own.iter().any(fits)).map(|(id, _)| id).collect())
        }
    };
    Ok(move |id: &DebtorId| members.as_ref().is_none_or(|members| members.contains(id)))
}
