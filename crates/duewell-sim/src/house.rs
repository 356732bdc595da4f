//! The process that works on the book: it can die at every edge and is started again.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};

use duewell_domain::evidence::LogKey;
use duewell_domain::id::IdMaker;
use duewell_engine::{Clock, Desk, EngineError, Entropy, ensure_book};
use duewell_sample::rng::Rng;

use duewell_store::{Edge, OpenOptions, Store};
use jiff::Timestamp;

use crate::gateway::{Fate, Log};

/// The hands of the only clock there is.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(moment: Timestamp) -> Hands {
        Hands(Arc::new(AtomicI64::new(moment.as_microsecond())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).expect("the days lie in this century")
    }

    /// Moves to a moment, never back.
    pub fn set(&self, moment: Timestamp) {
        self.0.fetch_max(moment.as_microsecond(), Ordering::Relaxed);
    }

    pub fn step(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds as i64 * 1000, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Hands::now(self)
    }
}

/// Randomness of the seed.
struct SeedEntropy(Rng);

impl Entropy for SeedEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.bits().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The panic of a process that dies because the seed says so.
struct Death;

/// Where the process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    BeforeCommit,
    AfterCommit,
    BeforeSending,
    AfterSending,
}

/// Burns down edge by edge and then kills the process.
#[derive(Default)]
pub struct Fuse {
    left: AtomicI64,
    lit: AtomicBool,
    place: AtomicU8,
    commits: AtomicI64,
}

impl Fuse {
    /// Lights the fuse: the `edges`-th edge from now is deadly.
    pub fn light(&self, edges: u64) {
        self.left.store(edges as i64, Ordering::Relaxed);
        self.lit.store(true, Ordering::Relaxed);
    }

    pub fn put_out(&self) {
        self.lit.store(false, Ordering::Relaxed);
    }

    fn burns(&self, place: Place) -> bool {
        if !self.lit.load(Ordering::Relaxed) || self.left.fetch_sub(1, Ordering::Relaxed) > 1 {
            return false;
        }
        self.place.store(place as u8, Ordering::Relaxed);
        true
    }

    pub fn burns_before_sending(&self) -> bool {
        self.burns(Place::BeforeSending)
    }

    pub fn burns_after_sending(&self) -> bool {
        self.burns(Place::AfterSending)
    }

    pub fn blow(&self) -> ! {
        self.put_out();
        panic::panic_any(Death)
    }

    fn place(&self) -> Place {
        match self.place.load(Ordering::Relaxed) {
            0 => Place::BeforeCommit,
            1 => Place::AfterCommit,
            2 => Place::BeforeSending,
            _ => Place::AfterSending,
        }
    }
}

/// How a command ended.
#[derive(Debug)]
pub enum Ended<T> {
    Done(T),
    Refused(EngineError),
    /// The process died there, after so many commits of this command.
    Died {
        place: Place,
        commits: i64,
    },
}

/// The process with its open book. `None` only while it is being started.
pub struct House {
    desk: Option<Desk>,
    path: PathBuf,
    zone: &'static str,
    pub hands: Hands,
    pub fuse: Arc<Fuse>,
    pub log: Log,
    pub key: LogKey,
    seed: u64,
    starts: u64,
}

/// What is told to nobody: the seed wanted this panic.
fn silence_deaths() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<Death>() {
                usual(info);
            }
        }));
    });
}

impl House {
    /// Starts the first process on a new book.
    pub fn found(
        dir: &Path,
        seed: u64,
        zone: &'static str,
        hands: Hands,
        log: Log,
    ) -> Result<House, EngineError> {
        silence_deaths();
        let key = LogKey::from_seed("duewell/sim", &[7; 32])
            .map_err(|error| EngineError::Settings(error.to_string()))?;
        let mut house = House {
            desk: None,
            path: dir.join(format!("seed-{seed}.sqlite")),
            zone,
            hands,
            fuse: Arc::new(Fuse::default()),
            log,
            key,
            seed,
            starts: 0,
        };
        house.start()?;
        house.key = LogKey::from_seed(&duewell_engine::proof::log_name(house.desk().book.id), &[7; 32])
            .map_err(|error| EngineError::Settings(error.to_string()))?;
        Ok(house)
    }

    pub fn desk(&self) -> &Desk {
        self.desk.as_ref().expect("a process is at work between two commands")
    }

    /// Starts the process anew, as after a crash or a change of settings.
    pub fn start(&mut self) -> Result<(), EngineError> {
        self.desk = None;
        self.starts += 1;
        self.fuse.put_out();
        // Ids are made of the time: a process never starts in the millisecond in which another died.
        self.hands.step(1_500);
        let now = self.hands.now();
        let url = format!("sqlite:{}", self.path.display());
        let mut store = Store::open(&url, OpenOptions { readers: 1, ..OpenOptions::new(now) })?;
        let (fuse, log) = (Arc::clone(&self.fuse), Arc::clone(&self.log));
        store.watch_commits(move |edge| match edge {
            Edge::BeforeCommit => {
                if fuse.burns(Place::BeforeCommit) {
                    fuse.blow();
                }
            }
            Edge::AfterCommit => {
                fuse.commits.fetch_add(1, Ordering::Relaxed);
                for sending in log.lock().expect("nobody panics with the log").iter_mut() {
                    sending.recorded = sending.fate != Fate::NoAnswer;
                }
                if fuse.burns(Place::AfterCommit) {
                    fuse.blow();
                }
            }
        });
        let mut ids = IdMaker::new(0);
        let book = ensure_book(&store, "Simulated", self.zone, now, &mut ids)?;
        let entropy = SeedEntropy(Rng::stream(self.seed, 0xe7, self.starts));
        let holder = format!("sim:{}", self.starts);
        let mut desk =
            Desk::open(store, book.id, Box::new(self.hands.clone()), ids, Box::new(entropy), holder)?;
        desk.is_gone = std::sync::Arc::new(|_| true);
        desk.is_alone = std::sync::Arc::new(|| true);
        self.desk = Some(desk);
        Ok(())
    }

    /// Carries out a command; a process that dies in it is started again.
    pub fn command<T>(
        &mut self,
        work: impl FnOnce(&Desk) -> Result<T, EngineError>,
    ) -> Result<Ended<T>, EngineError> {
        self.hands.step(40);
        self.fuse.commits.store(0, Ordering::Relaxed);
        let desk = self.desk();
        let result = catch_unwind(AssertUnwindSafe(|| work(desk)));
        self.fuse.put_out();
        match result {
            Ok(Ok(value)) => Ok(Ended::Done(value)),
            Ok(Err(error)) => Ok(Ended::Refused(error)),
            Err(panic) if panic.is::<Death>() => {
                let (place, commits) = (self.fuse.place(), self.fuse.commits.load(Ordering::Relaxed));
                // What was answered and not written down is lost with the process.
                for sending in self.log.lock().expect("nobody panics with the log").iter_mut() {
                    if !sending.recorded {
                        sending.fate = Fate::NoAnswer;
                    }
                }
                self.start()?;
                Ok(Ended::Died { place, commits })
            }
            Err(panic) => {
                let text = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                Err(EngineError::Refused(format!("the engine panicked: {}", text.unwrap_or_default())))
            }
        }
    }

    pub fn remove(self) {
        let path = self.path.clone();
        drop(self);
        for tail in ["", "-wal", "-shm", ".lock"] {
            let mut name = path.as_os_str().to_owned();
            name.push(tail);
            // A file that is not there needs no removing.
            let _ = std::fs::remove_file(PathBuf::from(name));
        }
    }
}
