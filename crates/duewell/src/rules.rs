//! Settings, scenario and texts: what a tenant may change.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use duewell_documents::TemplateSource;
use duewell_domain::dunning::{NoticeKind, Scenario};
use duewell_engine::Settings;
use serde_json::{Value, json};

use crate::Global;
use crate::accounts::ACTOR;
use crate::wiring::Office;
use crate::work::table;

#[derive(Subcommand)]
pub enum SettingsCommand {
    /// Show all settings
    Show,
    /// Set one: duewell settings set creditor.name "Example & Sons"
    Set {
        /// Name with points, as `show` prints it
        name: String,
        value: String,
    },
}

pub fn settings(global: &Global, command: &SettingsCommand) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mut value = serde_json::to_value(&office.desk.settings)?;
    if let SettingsCommand::Set { name, value: text } = command {
        let pointer = format!("/{}", name.replace('.', "/"));
        let slot = value
            .pointer_mut(&pointer)
            .with_context(|| format!("there is no setting `{name}`; `duewell settings show` lists them"))?;
        *slot = match slot {
            Value::String(_) => json!(text),
            Value::Null if text.is_empty() => Value::Null,
            Value::Null => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            _ => serde_json::from_str(text).or_else(|_| Ok::<_, anyhow::Error>(json!(text)))?,
        };
        let settings: Settings = serde_json::from_value(value.clone())
            .with_context(|| format!("`{text}` does not fit `{name}`"))?;
        settings.check()?;
        office.desk.save_settings(&settings, ACTOR)?;
    }
    if global.json {
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(ExitCode::SUCCESS);
    }
    match command {
        SettingsCommand::Set { name, value } => println!("{name} is now {value}"),
        SettingsCommand::Show => {
            let mut rows = table(&["setting", "value"]);
            flatten("", &value, &mut |name, value| {
                rows.add_row([
                    name.to_owned(),
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                ]);
            });
            println!("{rows}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn flatten(prefix: &str, value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&name, value, visit);
            }
        }
        other => visit(prefix, other),
    }
}

#[derive(Subcommand)]
pub enum ScenarioCommand {
    /// Print the scenario in use (JSON)
    Show,
    /// Replace it by the one in a file (JSON, as `show` prints it)
    Set { file: PathBuf },
}

pub fn scenario(global: &Global, command: &ScenarioCommand) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    match command {
        ScenarioCommand::Show => println!("{}", serde_json::to_string_pretty(&office.desk.scenario)?),
        ScenarioCommand::Set { file } => {
            let text =
                fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            let mut wanted: Scenario = serde_json::from_str(&text)
                .with_context(|| format!("{} is not a scenario", file.display()))?;
            wanted.name.clone_from(&office.desk.scenario.name);
            let saved = office.desk.save_scenario(&wanted, ACTOR)?;
            if global.json {
                println!("{}", serde_json::to_string_pretty(&saved)?);
            } else {
                println!(
                    "Scenario {} is now version {} with {} steps.",
                    saved.name,
                    saved.version,
                    saved.steps.len()
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Subcommand)]
pub enum TemplateCommand {
    /// Print the text of a notice: pre_due, first, second or final
    Show { kind: NoticeKind, language: String },
    /// Replace it by the one in a file, checked before it is saved
    Set { kind: NoticeKind, language: String, file: PathBuf },
    /// Go back to the default text
    Reset { kind: NoticeKind, language: String },
}

pub fn template(global: &Global, command: &TemplateCommand) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let done = |kind: &NoticeKind, language: &str, what: &str| {
        if global.json {
            println!("{}", json!({ "kind": kind, "language": language, "done": what }));
        } else {
            println!("The {} text in `{language}` is {what}.", kind.as_str());
        }
    };
    match command {
        TemplateCommand::Show { kind, language } => {
            println!("{}", office.desk.templates.source(*kind, language).print());
        }
        TemplateCommand::Set { kind, language, file } => {
            let text =
                fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            let source = TemplateSource::parse(&text)?;
            office.desk.save_template(*kind, language, Some(&source), ACTOR)?;
            done(kind, language, "saved");
        }
        TemplateCommand::Reset { kind, language } => {
            office.desk.save_template(*kind, language, None, ACTOR)?;
            done(kind, language, "the default again");
        }
    }
    Ok(ExitCode::SUCCESS)
}
