//! `cargo xtask ci`: everything that must hold before a change lands, in one place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
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
    browser_tests()?;
    cargo("simulator's build", &["build", "--quiet", "--profile", "sim", "-p", "duewell-sim"])?;
    step(
        "simulator",
        Command::new("target/sim/duewell-sim").args(["--seeds", SIMULATOR[0], "--days", SIMULATOR[1]]),
    )?;
    println!("ci: all is well");
    Ok(())
}

/// Drives the built binary with a browser: the story of a day, other readers, attackers.
fn browser_tests() -> anyhow::Result<()> {
    cargo("the binary", &["build", "--quiet", "-p", "duewell"])?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join("e2e")).context("the browser tests are not there")? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.ends_with(".test.mjs") {
            files.push(format!("e2e/{name}"));
        }
    }
    files.sort();
    let mut command = Command::new("node");
    command.args(["--test", "--test-concurrency=2", "--test-reporter=spec"]).args(files);
    // The set-up puts a newer Node.js there where the system's is too old.
    command.env("PATH", path_with("target/tools/node/bin")?);
    step("browser tests", &mut command)
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
    command.env("PATH", path_with("target/tools/bin")?);
    step(what, &mut command)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Puts a folder of the set-up's before those of the system.
fn path_with(folder: &str) -> anyhow::Result<OsString> {
    let mut path = vec![root().join(folder)];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    Ok(std::env::join_paths(path)?)
}

fn step(what: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("ci: {what}");
    let start = Instant::now();
    let status = command.current_dir(root()).status().with_context(|| format!("could not start {what}"))?;
    if !status.success() {
        bail!("{what} failed");
    }
    println!("ci: {what} took {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
