//! What the stories share: two tenants with three books, the same debtors in each, and the test of isolation.

use duewell_domain::debtor::PartyKind;
use duewell_domain::id::{BookId, DebtorId, ReceivableId, TenantId};
use duewell_domain::matching::Shapes;
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_store::book::{self, Book};
use duewell_store::debtor::{self, Debtor};
use duewell_store::receivable::{self, Receivable};
use duewell_store::testing::{on_each_engine, test_now};
use duewell_store::{Store, StoreError, Tx};
use jiff::civil::{Date, date};

pub const TENANT: TenantId = TenantId(11);
pub const OTHER_TENANT: TenantId = TenantId(12);
/// The book that stories are about.
pub const A: BookId = BookId(101);
/// Another book of the same tenant.
pub const B: BookId = BookId(102);
/// A book of another tenant.
pub const C: BookId = BookId(103);
/// Debtors 1 to this number exist in each book, with the same ids and numbers.
pub const DEBTORS: i64 = 130;

pub const TODAY: Date = date(2026, 3, 2);

pub fn book(id: BookId, tenant: TenantId, name: &str) -> Book {
    Book { id, tenant, name: name.to_owned(), zone: "Europe/Berlin".to_owned() }
}

pub fn debtor(n: i64) -> Debtor {
    Debtor {
        id: DebtorId(n),
        external_id: format!("K-{n}"),
        kind: if n % 2 == 0 { PartyKind::Company } else { PartyKind::Person },
        name: format!("Müller Nr. {n}"),
        language: Some("de".to_owned()),
        country: None,
        zone: Some("Europe/Vienna".to_owned()),
        segment: None,
        group: Some("Gruppe Ω".to_owned()),
        parent_external_id: None,
    }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn open_receivable(debtor: i64, id: i64, amount: Money, due_on: Date) -> Receivable {
    Receivable {
        debtor: DebtorId(debtor),
        id: ReceivableId(id),
        external_id: format!("X-{id}"),
        kind: ReceivableKind::Invoice,
        number: format!("RE-2026-{id:04}"),
        reference: format!("RE-2026-{id:04}"),
        amount,
        open: amount,
        issued_on: None,
        due_on,
        state: ReceivableState::Open,
        announced_on: None,
        description: String::new(),
    }
}

pub fn add_receivables(tx: &mut Tx<'_>, book: BookId, added: &[Receivable]) -> Result<(), StoreError> {
    receivable::insert_receivables(tx, book, added, None, &mut Shapes::default(), test_now())
}

/// Runs a story on each engine with the three books and their debtors.
pub fn on_each_world(story: impl Fn(&Store)) {
    on_each_engine(|store| {
        let debtors: Vec<Debtor> = (1..=DEBTORS).map(debtor).collect();
        store
            .write(|tx| {
                book::create_tenant(tx, TENANT, "Stadtwerke", test_now())?;
                book::create_tenant(tx, OTHER_TENANT, "Bücherei", test_now())?;
                for (id, tenant, name) in [(A, TENANT, "a"), (B, TENANT, "b"), (C, OTHER_TENANT, "c")] {
                    book::create_book(tx, &book(id, tenant, name), test_now())?;
                    debtor::insert_debtors(tx, id, &debtors, None, test_now())?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        story(store);
    });
}

/// Work on one book.
type Work<'a, T> = &'a dyn Fn(&mut Tx<'_>, BookId) -> Result<T, StoreError>;

/// Shows that no read sees, and no change touches, what another book has under the same ids.
///
/// `reads` calls every reading function and answers with its name and what it saw.
pub fn check_isolation(
    fill: Work<'_, ()>,
    change: Work<'_, ()>,
    reads: Work<'_, Vec<(&'static str, String)>>,
) {
    on_each_world(|store| {
        let see = |book| store.write(|tx| reads(tx, book)).unwrap();
        let (empty_b, empty_c) = (see(B), see(C));
        store.write(|tx| fill(tx, A)).unwrap();
        let full_a = see(A);
        for ((name, full), (_, empty)) in full_a.iter().zip(&empty_b) {
            assert_ne!(full, empty, "{name} shows nothing: the test of isolation is none");
        }
        assert_eq!((see(B), see(C)), (empty_b, empty_c), "another book sees what was written into this one");
        for other in [B, C] {
            store.write(|tx| fill(tx, other)).unwrap();
            assert_eq!(see(A), full_a, "the same numbers in another book show here");
        }
        let full_c = see(C);
        store.write(|tx| change(tx, B)).unwrap();
        assert_eq!((see(A), see(C)), (full_a.clone(), full_c), "a change of another book shows here");
        assert_ne!(see(B), full_a, "the change changed nothing: the test of isolation is none");
    });
}

/// Numbers that look random and are the same in each run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Returns a number from 0 up to and without `limit` (splitmix64).
    pub fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as i64
    }
}
