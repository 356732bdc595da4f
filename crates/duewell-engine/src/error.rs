//! What can go wrong, by who has to act.

use duewell_store::{StoreError, TxError};

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The caller asked for something that is not there.
    #[error("there is no {0} `{1}`")]
    NotFound(&'static str, String),
    /// The caller asked for something a rule forbids.
    #[error("{0}")]
    Refused(String),
    /// A file cannot be read at all.
    #[error("could not read {file}: {reason}")]
    File { file: String, reason: String },
    #[error("the settings cannot be used: {0}")]
    Settings(String),
    /// Another process works on the book.
    #[error("`{holder}` is already at work on this book until {until}: wait or stop it")]
    Leased { holder: String, until: jiff::Timestamp },
    /// Lines of a large file wait in the system's folder for temporary files.
    #[error("the temporary folder cannot be used")]
    Spool(#[source] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Template(#[from] duewell_documents::TemplateError),
    #[error(transparent)]
    Scenario(#[from] duewell_domain::dunning::ScenarioError),
    #[error(transparent)]
    Money(#[from] duewell_domain::money::MoneyError),
    #[error(transparent)]
    Ledger(#[from] duewell_domain::ledger::LedgerError),
    #[error(transparent)]
    Target(#[from] duewell_domain::allocation::TargetError),
    #[error(transparent)]
    Word(#[from] duewell_domain::debtor::UnknownWord),
    #[error(transparent)]
    Mail(#[from] duewell_gateways::MailError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl TxError for EngineError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            EngineError::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl EngineError {
    /// Says who has to act, which decides exit codes and HTTP answers.
    pub fn fault(&self) -> Fault {
        match self {
            EngineError::NotFound(..) | EngineError::File { .. } | EngineError::Settings(_) => Fault::Caller,
            EngineError::Template(_) | EngineError::Scenario(_) | EngineError::Target(_) => Fault::Caller,
            EngineError::Refused(_) | EngineError::Leased { .. } => Fault::Rule,
            EngineError::Spool(_) => Fault::World,
            EngineError::Store(
                StoreError::Locked { .. }
                | StoreError::ReadOnly { .. }
                | StoreError::DiskFull { .. }
                | StoreError::Disk { .. }
                | StoreError::Unavailable { .. }
                | StoreError::UnknownOutcome { .. }
                | StoreError::Retry { .. }
                | StoreError::SchemaNewer { .. },
            ) => Fault::World,
            EngineError::Store(_) => Fault::Us,
            EngineError::Money(_)
            | EngineError::Ledger(_)
            | EngineError::Word(_)
            | EngineError::Mail(_)
            | EngineError::Json(_) => Fault::Us,
        }
    }
}

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller: exit code 2.
    Caller,
    /// Nobody: a rule said no: exit code 3.
    Rule,
    /// The outside world: try again later: exit code 4.
    World,
    /// Us: exit code 1.
    Us,
}

/// Writes an error with its causes, as one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
