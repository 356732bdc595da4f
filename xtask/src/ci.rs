//! `cargo xtask ci`: everything that must hold before a change lands, in one place.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};

/// Seeds and days of the simulator's run: enough to meet every fault at many edges.
const SIMULATOR: [&str; 2] = ["1000", "365"];

/// Runs all checks.
pub fn run() -> anyhow::Result<()> {
    check()?;
    cargo(
        "licences and bans",
        &["deny", "--offline", "--log-level", "error", "check", "licenses", "bans", "sources"],
    )?;
    cargo("tests", &["test", "--quiet", "--workspace", "--all-features"])?;
    cargo("simulator's build", &["build", "--quiet", "--profile", "sim", "-p", "duewell-sim"])?;
    step(
        "simulator",
        Command::new("target/sim/duewell-sim").args(["--seeds", SIMULATOR[0], "--days", SIMULATOR[1]]),
    )?;
    println!("ci: all is well");
    Ok(())
}

/// Runs the quick checks.
pub fn check() -> anyhow::Result<()> {
    cargo("format", &["fmt", "--all", "--check"])?;
    cargo(
        "lints",
        &["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
    )?;
    cargo("crate table", &["test", "--quiet", "-p", "xtask", "--test", "workspace"])
}

fn cargo(what: &str, args: &[&str]) -> anyhow::Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(args);
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/bin");
    let mut path = vec![tools];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    command.env("PATH", std::env::join_paths(path)?);
    step(what, &mut command)
}

fn step(what: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("ci: {what}");
    let start = Instant::now();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = command.current_dir(root).status().with_context(|| format!("could not start {what}"))?;
    if !status.success() {
        bail!("{what} failed");
    }
    println!("ci: {what} took {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
