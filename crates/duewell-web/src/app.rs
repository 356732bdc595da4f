//! What all pages share: the desk, the answers that are kept, and the way to work that blocks.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use duewell_engine::daily::{self, RunSummary};
use duewell_engine::staff::Throttle;
use duewell_engine::view::{self, Today};
use duewell_engine::{Desk, EngineError};
use duewell_store::Engine;
use jiff::civil::Date;
use tokio::sync::Semaphore;

use crate::fail::Fail;
use crate::portal::Kept;

/// Hashes of passwords that may be computed at once: each takes 19 MiB and a core.
const HASHES_MAX: usize = 2;

/// Questions and changes that run at once: as many as the store keeps connections for.
const WORK_MAX: usize = 8;

/// One server's pages.
pub struct App {
    rules: RwLock<Rules>,
    /// Debtors' first pages that were written before.
    pub kept: Kept,
    /// Where uploaded files wait until they are brought in.
    pub uploads: PathBuf,
    pub throttle: Throttle,
    pub hashing: Semaphore,
    work: Semaphore,
    /// How the day stands, kept as long as nothing is done in the book.
    today: Mutex<Option<KeptToday>>,
    /// One run of the day at a time in this process.
    run: Mutex<()>,
    /// Tells the delivery that there is something to send.
    wake: Box<dyn Fn() + Send + Sync>,
}

type KeptToday = ((i64, Date), Arc<Today>);

/// The desk with a fingerprint of its settings.
struct Rules {
    desk: Arc<Desk>,
    print: u64,
}

impl Rules {
    fn of(desk: Desk) -> Rules {
        let mut hasher = DefaultHasher::new();
        // Settings that cannot be written would not have been read.
        serde_json::to_string(&desk.settings).unwrap_or_default().hash(&mut hasher);
        Rules { print: hasher.finish(), desk: Arc::new(desk) }
    }
}

/// What handlers are given.
pub type Shared = Arc<App>;

impl App {
    /// Opens the pages over a desk; `wake` is called when notices may be waiting to leave.
    pub fn new(desk: Desk, uploads: PathBuf, wake: impl Fn() + Send + Sync + 'static) -> Shared {
        Arc::new(App {
            rules: RwLock::new(Rules::of(desk)),
            kept: Kept::default(),
            uploads,
            throttle: Throttle::default(),
            hashing: Semaphore::new(HASHES_MAX),
            work: Semaphore::new(WORK_MAX),
            today: Mutex::new(None),
            run: Mutex::new(()),
            wake: Box::new(wake),
        })
    }

    /// Returns the desk with the rules as they are.
    pub fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner).desk)
    }

    /// Reads the rules again, after they were changed here or by another process.
    pub fn refresh(&self) -> Result<(), EngineError> {
        let fresh = Rules::of(self.desk().refreshed()?);
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Returns the desk, and a number that changes with its settings.
    pub fn desk_with_print(&self) -> (Arc<Desk>, u64) {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&rules.desk), rules.print)
    }

    /// Does work that may wait for the database, beside the threads that serve.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Desk) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Fail> {
        self.ask_app(move |app| work(&app.desk())).await
    }

    /// Asks a short question that only reads. An embedded database answers it from memory sooner than another thread
    /// is woken, and its readers wait for nobody; a database server is waited for beside the threads that serve.
    pub async fn glance<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Desk) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Fail> {
        match self.desk().store.engine() {
            Engine::Sqlite => Ok(question(&self.desk())?),
            Engine::Postgres => self.ask(question).await,
        }
    }

    /// The same for work that needs the pages' own state too.
    pub async fn ask_app<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&App) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Fail> {
        let _turn = self.work.acquire().await.map_err(|closed| Fail::broken(&closed))?;
        let app = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(done) => Ok(done?),
            Err(broken) => Err(Fail::broken(&broken)),
        }
    }

    /// How the day stands; added up again only when something was done since.
    pub fn today(&self) -> Result<Arc<Today>, EngineError> {
        let desk = self.desk();
        let stamp = view::stamp(&desk)?;
        if let Some((kept, today)) = &*self.today.lock().unwrap_or_else(PoisonError::into_inner)
            && *kept == stamp
        {
            return Ok(Arc::clone(today));
        }
        let today = Arc::new(view::today(&desk)?);
        *self.today.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, Arc::clone(&today)));
        Ok(today)
    }

    /// Runs the day, one run at a time, and wakes the delivery.
    pub fn run_day(&self) -> Result<RunSummary, EngineError> {
        let _one = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        let summary = daily::run_day(&self.desk(), &mut |_, _| {})?;
        self.wake();
        Ok(summary)
    }

    /// Tells the delivery that there is something to send.
    pub fn wake(&self) {
        (self.wake)();
    }
}
