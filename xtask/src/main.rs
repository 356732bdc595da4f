//! The project's own chores: `cargo xtask <task>`.

#![allow(clippy::disallowed_methods, reason = "a tool for developers reads the environment")]

mod cases;
mod ci;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((task, rest)) if task == "cases" => cases::run(rest),
        Some((task, [])) if task == "check" => ci::check(),
        Some((task, [])) if task == "ci" => ci::run(),
        _ => anyhow::bail!("usage: cargo xtask ci | check | cases KIND WHERE"),
    }
}
