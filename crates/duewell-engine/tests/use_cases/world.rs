//! A book to try use cases on: its desk, a clock the test turns, tables as text, mail in a folder.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use duewell_domain::id::{DebtorId, IdMaker, ReceivableId};
use duewell_domain::link::LinkKey;
use duewell_engine::delivery::{DeliverySummary, deliver};
use duewell_engine::people::{Commit, Source, import_debtors, import_receivables};
use duewell_engine::{Clock, Desk, Entropy, Settings, daily, ensure_book};
use duewell_formats::table::{DecimalMark, TableFile, TableKind, guess_mapping};
use duewell_gateways::MailboxFolder;
use duewell_store::book::{self, Book};
use duewell_store::notice::{self, Notice};
use duewell_store::{Store, debtor, journal, receivable};
use jiff::Timestamp;
use jiff::civil::Date;
use tempfile::TempDir;

const ZONE: &str = "Europe/Berlin";

/// The hands of the only clock there is.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(moment: Timestamp) -> Hands {
        Hands(Arc::new(AtomicI64::new(moment.as_microsecond())))
    }

    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.as_microsecond(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).expect("a moment of this century")
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` up to and with `to`.
    pub fn roll(&mut self, from: i64, to: i64) -> i64 {
        from + (self.bits() % (to - from + 1) as u64) as i64
    }

    pub fn one_in(&mut self, many: i64) -> bool {
        self.roll(1, many) == 1
    }
}

impl Entropy for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let bits = self.bits().to_le_bytes();
            chunk.copy_from_slice(&bits[..chunk.len()]);
        }
    }
}

/// A book at work.
pub struct World {
    pub desk: Desk,
    pub hands: Hands,
    pub mail: MailboxFolder,
    _folder: TempDir,
}

fn open_desk(store: &Store, book: &Book, hands: &Hands, node: u16) -> Desk {
    let mut desk = Desk::open(
        store.clone(),
        book.id,
        Box::new(hands.clone()),
        IdMaker::new(node),
        Box::new(Dice::of(u64::from(node) + 1)),
        format!("test:{node}"),
    )
    .expect("a desk");
    desk.link_key = Some(LinkKey::new([7; 32]));
    desk
}

impl World {
    /// Founds a book in Berlin on a day at seven in the morning.
    pub fn open(store: &Store, today: Date) -> World {
        let hands = Hands::at(today.at(5, 0, 0, 0).in_tz(ZONE).expect("a zone").timestamp());
        let book = ensure_book(store, "Book", ZONE, hands.now(), &mut IdMaker::new(0))
            .expect("a book can be founded");
        let folder = tempfile::tempdir().expect("a folder");
        let mail = MailboxFolder::new(folder.path()).expect("a mailbox");
        let desk = open_desk(store, &book, &hands, 1);
        let mut world = World { desk, hands, mail, _folder: folder };
        world.set(|settings| {
            settings.creditor.name = "Nordlicht Handel".to_owned();
            settings.creditor.email = "buero@nordlicht.example".to_owned();
            settings.creditor.iban = "DE02120300000000202051".to_owned();
            settings.country = "DE".to_owned();
        });
        world.clock(today, 7);
        world
    }

    /// Founds a second tenant with a book in the same store, and opens its desk under the same clock.
    pub fn neighbour(&self) -> Desk {
        let (store, now) = (&self.desk.store, self.hands.now());
        let mut ids = IdMaker::new(2);
        let found = Book {
            id: ids.next(now),
            tenant: ids.next(now),
            name: "Next door".to_owned(),
            zone: ZONE.to_owned(),
        };
        store
            .write(|tx| {
                book::create_tenant(tx, found.tenant, "Next door", now)?;
                book::create_book(tx, &found, now)?;
                book::add_scenario(tx, found.tenant, &self.desk.scenario, now)
            })
            .expect("a second tenant");
        open_desk(store, &found, &self.hands, 3)
    }

    /// Changes settings and reads the rules again.
    pub fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.desk.settings.clone();
        change(&mut settings);
        settings.check().expect("settings that can be used");
        self.desk.save_settings(&settings, "user:test").expect("settings");
        self.refresh();
    }

    pub fn refresh(&mut self) {
        self.desk = self.desk.refreshed().expect("a desk");
    }

    /// Turns the clock to an hour of a day where the creditor is.
    pub fn clock(&self, day: Date, hour: i8) {
        let moment = day.at(hour, 0, 0, 0).to_zoned(self.desk.zone.clone()).expect("a moment");
        self.hands.set(moment.timestamp());
    }

    pub fn bring_in(&self, kind: TableKind, text: &str) {
        bring_in(&self.desk, kind, text);
    }

    /// The daily job of one day: the run at seven, then mail in four rounds.
    pub fn live(&mut self, day: Date) {
        self.clock(day, 7);
        daily::run_day(&self.desk, &mut |_, _| {}).expect("a run");
        for hour in [8, 12, 17, 20] {
            self.clock(day, hour);
            self.deliver();
        }
    }

    pub fn run(&self) -> daily::RunSummary {
        daily::run_day(&self.desk, &mut |_, _| {}).expect("a run")
    }

    pub fn deliver(&mut self) -> DeliverySummary {
        deliver(&self.desk, &mut self.mail, u64::MAX, &mut |_| {}).expect("a delivery")
    }

    pub fn debtor(&self, external: &str) -> DebtorId {
        let found = self.desk.store.read(|tx| debtor::find_debtor_ids(tx, self.desk.book.id, &[external]));
        found.expect("debtors")[external]
    }

    /// How many debtors the book has.
    pub fn debtors(&self) -> usize {
        let count = self.desk.store.read(|tx| debtor::count_debtors(tx, self.desk.book.id));
        count.expect("debtors") as usize
    }

    /// The numbers of all receivables of a debtor, by id.
    pub fn receivables(&self, id: DebtorId) -> Vec<(ReceivableId, String)> {
        let found = self.desk.store.read(|tx| receivable::load_receivables(tx, self.desk.book.id, &[id]));
        found.expect("receivables").into_iter().map(|one| (one.id, one.number)).collect()
    }

    pub fn receivable(&self, id: DebtorId, number: &str) -> ReceivableId {
        let all = self.receivables(id);
        all.iter().find(|(_, known)| known == number).expect("a receivable of this number").0
    }

    pub fn notices(&self, id: DebtorId) -> Vec<Notice> {
        let found = self.desk.store.read(|tx| notice::notices_of_debtor(tx, self.desk.book.id, id));
        found.expect("notices")
    }

    pub fn journal_size(&self) -> i64 {
        self.desk.store.read(|tx| journal::journal_size(tx, self.desk.book.id)).expect("a journal")
    }

    /// Kind, actor and payload of every event about a debtor, oldest first.
    pub fn events(&self, id: DebtorId) -> Vec<(String, String, String)> {
        duewell_engine::proof::timeline(&self.desk, id)
            .expect("a story")
            .into_iter()
            .map(|event| {
                (event.kind, event.actor, event.facts.map_or(String::new(), |facts| facts.to_string()))
            })
            .collect()
    }
}

/// Brings a table in through the same use case as a file.
pub fn bring_in(desk: &Desk, kind: TableKind, text: &str) {
    let table = TableFile::from_reader(Cursor::new(text.as_bytes().to_vec())).expect("a table");
    let (mut mapping, _) = guess_mapping(kind, &table).expect("its columns");
    mapping.decimal_mark = Some(DecimalMark::Point);
    let source = Source {
        file_name: "table.csv",
        sha256: [1; 32],
        table: &table,
        mapping: &mapping,
        actor: "user:test",
    };
    let summary = match kind {
        TableKind::Debtors => import_debtors(desk, &source, Commit::Write, &mut |_| {}),
        TableKind::Receivables => import_receivables(desk, &source, Commit::Write, &mut |_| {}),
    }
    .expect("a file");
    assert_eq!(summary.wrong, 0, "{:?}", summary.findings);
}
