//! Opening the book: clock, randomness, ids, signing key, mail.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use duewell_domain::evidence::LogKey;
use duewell_domain::id::IdMaker;
use duewell_domain::link::LinkKey;
use duewell_engine::{Clock, Desk, Entropy, FixedClock, ensure_book};
use duewell_gateways::{MailGateway, MailboxFolder, Secret, SmtpGateway, SmtpSettings, Tls};
use duewell_store::{OpenOptions, Store, StoreError, book};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::Global;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has randomness");
    }
}

/// A book with everything a command needs.
pub struct Office {
    pub desk: Desk,
    pub key: LogKey,
    pub data: PathBuf,
    /// The place that is given back in the end; an embedded database has none to give.
    node: Option<u16>,
}

impl Drop for Office {
    fn drop(&mut self) {
        let Some(node) = self.node else { return };
        let holder = &self.desk.holder;
        // A place that is not given back is free again when its lease is over.
        let _ = self.desk.store.write(|tx| -> Result<(), StoreError> { book::end_node(tx, node, holder) });
    }
}

impl Office {
    /// Opens the book of the data folder; the first command creates it.
    pub fn open(global: &Global) -> anyhow::Result<Office> {
        Office::open_at(global, moment(global)?)
    }

    /// Opens the book with the clock standing at a moment, or running.
    pub fn open_at(global: &Global, at: Option<Timestamp>) -> anyhow::Result<Office> {
        // Mail in the mailbox carries debtors' links: a folder that is made here is its owner's alone.
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&global.data)
            .with_context(|| format!("the data folder {} cannot be made", global.data.display()))?;
        let now = at.unwrap_or_else(Timestamp::now);
        let url = match &global.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", global.data.join("duewell.sqlite").display()),
        };
        let options = OpenOptions { backup_dir: Some(global.data.join("backups")), ..OpenOptions::new(now) };
        let store = Store::open(&url, options).map_err(duewell_engine::EngineError::from)?;
        #[cfg(feature = "faults")]
        let store = crate::faults::watched(store);
        let embedded = store.path().is_some();
        let holder = holder_name();
        let node = take_node(&store, &holder, embedded)?;
        let mut ids = IdMaker::new(node);
        TimeZone::get(&global.zone).with_context(|| format!("`{}` is not an IANA time zone", global.zone))?;
        let book = ensure_book(&store, "My business", &global.zone, Timestamp::now(), &mut ids)?;
        let seed = secret_seed(&global.data)?;
        let key = LogKey::from_seed(&duewell_engine::proof::log_name(book.id), &seed)?;
        let clock: Box<dyn Clock> = match at {
            Some(moment) => Box::new(FixedClock(moment)),
            None => Box::new(SystemClock),
        };
        let mut desk = Desk::open(store, book.id, clock, ids, Box::new(SystemEntropy), holder)?;
        desk.is_gone = Arc::new(move |other| embedded || is_gone(other));
        desk.is_alone = Arc::new(move || embedded);
        desk.link_key = Some(LinkKey::derive(&seed));
        // Two commands at one fixed moment must not make the same ids.
        desk.id_clock = Some(Arc::new(SystemClock));
        Ok(Office { desk, key, data: global.data.clone(), node: (!embedded).then_some(node) })
    }

    /// Opens the way mail leaves: the mail server, or the mailbox folder.
    pub fn mail(&self, global: &Global) -> anyhow::Result<Box<dyn MailGateway + Send>> {
        let gateway: Box<dyn MailGateway + Send> = match &global.smtp {
            Some(url) => Box::new(smtp(url, global.smtp_ca.as_deref())?),
            None => Box::new(self.mailbox()?),
        };
        #[cfg(feature = "faults")]
        let gateway = crate::faults::watched_mail(gateway);
        Ok(gateway)
    }

    pub fn mailbox(&self) -> anyhow::Result<MailboxFolder> {
        Ok(MailboxFolder::new(self.data.join("mailbox"))?)
    }

    /// Keeps the number that keeps this process's ids apart; a process that runs for days calls this now and then.
    pub fn stay(&self) -> anyhow::Result<()> {
        let Some(node) = self.node else { return Ok(()) };
        let until = Timestamp::now() + 24.hours();
        let kept = self
            .desk
            .store
            .write(|tx| book::renew_node(tx, node, &self.desk.holder, until))
            .map_err(|error: StoreError| duewell_engine::EngineError::from(error))?;
        if !kept {
            bail!("another process took the place of this one: start it again");
        }
        Ok(())
    }

    /// Signs the journal after work that added to it.
    pub fn sign(&self) -> anyhow::Result<()> {
        duewell_engine::proof::sign_checkpoint(&self.desk, &self.key)?;
        Ok(())
    }
}

/// Reads `--as-of`: a day means nine in the morning there.
pub fn moment(global: &Global) -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = &global.as_of else { return Ok(None) };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment));
    }
    let zone =
        TimeZone::get(&global.zone).with_context(|| format!("`{}` is not an IANA time zone", global.zone))?;
    let local = match text.parse::<DateTime>() {
        Ok(local) if text.len() > 10 => local,
        _ => text
            .parse::<Date>()
            .with_context(|| {
                format!("`{text}` is neither a day (2026-11-23) nor a moment (2026-11-23T14:30:00Z)")
            })?
            .at(9, 0, 0, 0),
    };
    Ok(Some(local.to_zoned(zone)?.timestamp()))
}

/// Names this process so that another on the same machine can tell whether it still lives.
fn holder_name() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    format!("{}:{}:{}", host.trim(), boot.trim().get(..8).unwrap_or(""), std::process::id())
}

fn is_gone(other: &str) -> bool {
    let own = holder_name();
    let (Some((place, _)), Some((other_place, pid))) = (own.rsplit_once(':'), other.rsplit_once(':')) else {
        return false;
    };
    place == other_place && !Path::new("/proc").join(pid).exists()
}

/// Leases the number that keeps ids of several processes apart.
fn take_node(store: &Store, holder: &str, embedded: bool) -> anyhow::Result<u16> {
    if embedded {
        return Ok(0);
    }
    let now = Timestamp::now();
    let node = store
        .write(|tx| book::take_node(tx, holder, now, now + 24.hours()))
        .map_err(|error: StoreError| duewell_engine::EngineError::from(error))?;
    match node {
        Some(node) => Ok(node),
        None => bail!("all 1024 places for processes are taken: stop some, or wait until their leases end"),
    }
}

/// Loads the secret that signs checkpoints and makes links; the first command makes it, readable by its owner alone.
fn secret_seed(data: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data.join("signing.key");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut seed = [0_u8; 32];
            getrandom::fill(&mut seed)
                .map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
            let text: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
            // Written whole beside its place and then linked there: a full disk or a crash leaves no half key.
            let draft = data.join(format!("signing.key.{}.part", std::process::id()));
            let placed = write_secret(&draft, &text).and_then(|()| fs::hard_link(&draft, &path));
            let _ = fs::remove_file(&draft);
            match placed {
                Ok(()) => text,
                // Another process was first: its key is the key.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?
                }
                Err(error) => {
                    return Err(error).with_context(|| format!("{} cannot be written", path.display()));
                }
            }
        }
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let digits = text.trim();
    let mut seed = [0_u8; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        bail!("{} is damaged: it must hold 64 hex digits; restore it from your backup", path.display());
    }
    for (index, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[index * 2..index * 2 + 2], 16)
            .with_context(|| format!("{} is damaged", path.display()))?;
    }
    Ok(seed)
}

/// Writes a file that its owner alone can read, down to the disk.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn smtp(url: &str, ca: Option<&Path>) -> anyhow::Result<SmtpGateway> {
    let form = "the mail server's address has the form smtp://user@host:587";
    let (scheme, rest) = url.split_once("://").context(form)?;
    let (tls, port) = match scheme {
        "smtp" => (Tls::StartTls, 587),
        "smtps" => (Tls::Implicit, 465),
        "smtp+plain" => (Tls::None, 25),
        _ => bail!("{form}; it may also start with smtps:// or smtp+plain://"),
    };
    let (user, host) = match rest.trim_end_matches('/').rsplit_once('@') {
        Some((user, host)) => (Some(user.to_owned()), host),
        None => (None, rest.trim_end_matches('/')),
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().context("the mail server's port is a number")?),
        None => (host, port),
    };
    let password = std::env::var("DUEWELL_SMTP_PASSWORD").ok();
    if user.is_some() && password.is_none() {
        bail!("the mail server's address names a user: give the password in DUEWELL_SMTP_PASSWORD");
    }
    let root_ca = ca
        .map(|path| fs::read(path).with_context(|| format!("{} cannot be read", path.display())))
        .transpose()?;
    Ok(SmtpGateway::new(SmtpSettings {
        host: host.to_owned(),
        port,
        tls,
        username: user,
        password: password.map(Secret::new),
        helo_name: None,
        timeout: std::time::Duration::from_secs(60),
        root_ca,
    })?)
}
