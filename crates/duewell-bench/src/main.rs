//! What the daily job costs, beside a floor program that does the least honest work for the same task.
//!
//! `duewell-bench all` prints one JSON line a figure. Each part runs in a process
//! of its own, so that its memory is its own; CPU seconds decide, wall time is
//! told. Disk and database live in a folder that is removed.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

mod book;
mod close;
mod floor;
mod job;
mod measure;
mod pages;
mod plans;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use duewell_domain::plan::Recalculation;
use duewell_store::testing::PgCluster;
use serde_json::{Value, json};

use measure::Measured;

const USAGE: &str =
    "usage: duewell-bench all [DEBTORS] [DIR] | pages [DEBTORS] [DIR] | close [PLANS] | plans";
/// Debtors of the book whose pages are measured.
const PAGES_DEBTORS: u64 = 100_000;
/// Schedules that are quoted, and reversals that are replayed.
const SCHEDULES: u64 = 500_000;
const REVERSALS: u64 = 200;
/// Debtors of the large book; each has three receivables.
const DEBTORS: u64 = 1_000_000;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["all"] => all(DEBTORS, None),
        ["all", debtors] => all(debtors.parse()?, None),
        ["all", debtors, dir] => all(debtors.parse()?, Some(Path::new(dir))),
        ["plans"] => tell_plans(),
        ["pages"] => pages_alone(PAGES_DEBTORS, None),
        ["pages", debtors] => pages_alone(debtors.parse()?, None),
        ["pages", debtors, dir] => pages_alone(debtors.parse()?, Some(Path::new(dir))),
        ["close"] => close_alone(DEBTORS),
        ["close", plans] => close_alone(plans.parse()?),
        // These two serve until they are told to stop, and measure nothing themselves.
        ["part", "serve-pages", url] => pages::serve(url),
        ["part", "serve-floor", path] => pages::serve_floor(path),
        ["part", name, rest @ ..] => part(name, rest),
        _ => bail!(USAGE),
    }
}

/// One part in this process: prints what it measured.
fn part(name: &str, args: &[&str]) -> anyhow::Result<()> {
    let number = |index: usize| -> anyhow::Result<u64> { Ok(args.get(index).context(USAGE)?.parse()?) };
    let text = |index: usize| -> anyhow::Result<&str> { Ok(*args.get(index).context(USAGE)?) };
    let measured = match name {
        "floor-load" => floor::load(text(0)?, number(1)?),
        "floor-daily" => floor::daily(text(0)?),
        "floor-pay" => floor::pay(text(0)?, number(1)?),
        "write" => book::write(Path::new(text(0)?), number(1)?)?,
        "import" => job::import(text(0)?, Path::new(text(1)?), pid(args.get(2))?)?,
        "daily" => job::daily(text(0)?, pid(args.get(1))?)?,
        "pay" => job::pay(text(0)?, Path::new(text(1)?), pid(args.get(2))?)?,
        "fill-plans" => close::fill(text(0)?, number(1)?, number(2)?)?,
        "close" => close::close(text(0)?, pid(args.get(1))?)?,
        "close-idle" => close::close_idle(text(0)?)?,
        "plan-quotes" => {
            let day_count = plans::DAY_COUNTS.into_iter().find(|(name, _)| Some(name) == args.first());
            plans::quotes(day_count.context(USAGE)?.1, number(1)?)?
        }
        "plan-reversals" => plans::reversals(Recalculation::None, number(0)?)?,
        "plan-reversals-daily" => plans::reversals(Recalculation::Daily, number(0)?)?,
        other => bail!("there is no part `{other}`"),
    };
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

fn pid(text: Option<&&str>) -> anyhow::Result<Option<u32>> {
    Ok(text.map(|text| text.parse()).transpose()?)
}

/// Runs a part in a process of its own.
fn run(args: &[&str]) -> anyhow::Result<Measured> {
    eprintln!("bench: {}", args.join(" "));
    let output = Command::new(std::env::current_exe()?).arg("part").args(args).output()?;
    if !output.status.success() {
        bail!("part {} failed: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    let line = String::from_utf8(output.stdout)?;
    let measured: Measured = serde_json::from_str(line.trim()).with_context(|| line.clone())?;
    eprintln!("bench:   {}", line.trim());
    Ok(measured)
}

/// One figure, as a line of JSON.
fn figure(
    name: &str,
    measured: &Measured,
    floor: Option<&Measured>,
    goal: Option<f64>,
    ratio: Option<f64>,
) -> Value {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    let ratio = ratio.or_else(|| floor.map(|floor| measured.cpu_s / floor.cpu_s));
    json!({
        "name": name,
        "n": measured.n,
        "cpu_s": round(measured.cpu_s),
        "wall_s": round(measured.wall_s),
        "rss_anon_mb": round(measured.rss_anon_mb),
        "floor_cpu_s": floor.map(|floor| round(floor.cpu_s)),
        "ratio": ratio.map(round),
        "goal": goal,
        "met": goal.zip(ratio).map(|(goal, ratio)| ratio <= goal),
    })
}

/// Fills a book of its own and measures its pages alone.
fn pages_alone(debtors: u64, dir: Option<&Path>) -> anyhow::Result<()> {
    let own = tempfile::tempdir()?;
    let dir = dir.map_or_else(|| own.path().to_owned(), Path::to_owned);
    let text = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let (floor_db, files, url) =
        (text("floor.sqlite"), text("files"), format!("sqlite:{}", text("book.sqlite")));
    if !dir.join("book.sqlite").exists() {
        run(&["floor-load", &floor_db, &debtors.to_string()])?;
        run(&["write", &files, &debtors.to_string()])?;
        run(&["import", &url, &files])?;
        run(&["daily", &url])?;
    }
    tell_pages(&pages::measure_pages(&url, &floor_db)?);
    Ok(())
}

/// Fills books with plans and measures the close of a day on which each of them has work: once with all due dates on one
/// day, once with due dates all over the month, where no two neighbours are due together.
fn close_alone(plans: u64) -> anyhow::Result<()> {
    for (name, days, goal) in
        [("close_plans_sqlite", "1", Some(100_000.0)), ("close_plans_spread_sqlite", "28", None)]
    {
        let own = tempfile::tempdir()?;
        let url = format!("sqlite:{}", own.path().join("plans.sqlite").to_string_lossy());
        run(&["fill-plans", &url, &plans.to_string(), days])?;
        let closed = run(&["close", &url])?;
        let idle = run(&["close-idle", &url])?;
        let per_second = close::per_second(&closed);
        println!(
            "{}",
            json!({
                "name": name, "n": closed.n, "cpu_s": closed.cpu_s, "wall_s": closed.wall_s,
                "rss_anon_mb": closed.rss_anon_mb, "plans_per_cpu_s": per_second.round(), "goal": goal,
                "met": goal.map(|goal| per_second >= goal), "idle_cpu_s": idle.cpu_s,
            })
        );
    }
    Ok(())
}

/// Prints the figures of pages: a latency is held against its goal, the debtor's page against the floor's.
fn tell_pages(figures: &pages::Figures) {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    for (name, page) in [
        ("pages_debtors_list", &figures.list),
        ("pages_debtors_search", &figures.search),
        ("pages_debtor", &figures.debtor),
    ] {
        println!(
            "{}",
            json!({
                "name": name, "n": page.requests, "connections": 16, "bytes": page.bytes,
                "p50_ms": round(page.p50_ms), "p95_ms": round(page.p95_ms), "cpu_us": round(page.cpu_us),
                "goal_p95_ms": 50.0, "met": page.p95_ms < 50.0,
            })
        );
    }
    let floor = &figures.floor_portal;
    // A link is opened by the mail's scanner, then by the debtor, then again: the first of these writes the page.
    for (name, page, goal) in
        [("pages_portal", &figures.portal, Some(4.0)), ("pages_portal_first", &figures.portal_first, None)]
    {
        let ratio = page.cpu_us / floor.cpu_us;
        println!(
            "{}",
            json!({
                "name": name, "n": page.requests, "connections": 16, "bytes": page.bytes,
                "p95_ms": round(page.p95_ms), "cpu_us": round(page.cpu_us), "floor_cpu_us": round(floor.cpu_us),
                "ratio": round(ratio), "goal": goal, "met": goal.map(|goal| ratio <= goal),
            })
        );
    }
}

/// Prints the figures of plans: schedules a CPU second and core, and the time of a backdated reversal.
fn tell_plans() -> anyhow::Result<()> {
    for (name, _) in plans::DAY_COUNTS {
        let measured = run(&["plan-quotes", name, &SCHEDULES.to_string()])?;
        let per_s = measured.n as f64 / measured.cpu_s;
        println!(
            "{}",
            json!({
                "name": format!("plan_quotes_36_{name}"), "n": measured.n, "cpu_s": measured.cpu_s,
                "per_cpu_s": per_s.round(), "goal_per_cpu_s": 1_000_000.0, "met": per_s >= 1_000_000.0,
            })
        );
    }
    for name in ["plan-reversals", "plan-reversals-daily"] {
        let measured = run(&[name, &REVERSALS.to_string()])?;
        let each_ms = measured.cpu_s * 1000.0 / measured.n as f64;
        println!(
            "{}",
            json!({
                "name": name.replace('-', "_") + "_360", "n": measured.n, "cpu_s": measured.cpu_s,
                "each_ms": (each_ms * 1000.0).round() / 1000.0, "goal_ms": 1.0, "met": each_ms < 1.0,
            })
        );
    }
    Ok(())
}

fn all(debtors: u64, dir: Option<&Path>) -> anyhow::Result<()> {
    tell_plans()?;
    let own = tempfile::tempdir()?;
    let dir = dir.map_or_else(|| own.path().to_owned(), Path::to_owned);
    let path = |name: &str| -> PathBuf { dir.join(name) };
    let text = |path: &Path| path.to_string_lossy().into_owned();

    let floor_db = text(&path("floor.sqlite"));
    run(&["floor-load", &floor_db, &debtors.to_string()])?;
    let floor_daily = run(&["floor-daily", &floor_db])?;
    let floor_pay = run(&["floor-pay", &floor_db, &debtors.to_string()])?;
    std::fs::remove_file(&floor_db).ok();

    // Three sizes, a factor of ten apart, show how cost and memory grow.
    let mut sizes = Vec::new();
    for part in [100, 10, 1] {
        let count = debtors / part;
        let files = path(&format!("files-{count}"));
        run(&["write", &text(&files), &count.to_string()])?;
        let url = format!("sqlite:{}", text(&path(&format!("book-{count}.sqlite"))));
        let import = run(&["import", &url, &text(&files)])?;
        let daily = run(&["daily", &url])?;
        let pay = (part == 1).then(|| run(&["pay", &url, &text(&files)])).transpose()?;
        if count == PAGES_DEBTORS {
            let floor_db = text(&path("floor-pages.sqlite"));
            run(&["floor-load", &floor_db, &count.to_string()])?;
            tell_pages(&pages::measure_pages(&url, &floor_db)?);
        }
        sizes.push((count, import, daily, pay));
        if part != 1 {
            std::fs::remove_dir_all(&files).ok();
        }
        std::fs::remove_file(path(&format!("book-{count}.sqlite"))).ok();
    }
    let (small, large) = (&sizes[0], &sizes[2]);
    println!("{}", figure("import_debtors_receivables_sqlite", &large.1, None, None, None));
    println!("{}", figure("daily_run_sqlite", &large.2, Some(&floor_daily), Some(8.0), None));
    let memory = large.2.rss_anon_mb;
    println!("{}", figure("daily_run_sqlite_memory_mb", &large.2, None, Some(256.0), Some(memory)));
    let growth = memory / sizes[1].2.rss_anon_mb;
    println!("{}", figure("daily_run_sqlite_memory_growth_10x", &large.2, None, Some(1.25), Some(growth)));
    let slope = (large.2.cpu_s / small.2.cpu_s).ln() / (large.0 as f64 / small.0 as f64).ln();
    println!("{}", figure("daily_run_sqlite_slope", &large.2, None, Some(1.05), Some(slope)));
    if let Some(pay) = &large.3 {
        println!("{}", figure("import_bank_lines_sqlite", pay, Some(&floor_pay), Some(5.0), None));
    }
    close_alone(debtors)?;
    match PgCluster::shared() {
        None => eprintln!("bench: PostgreSQL is not there: its figures are left out"),
        Some(cluster) => {
            let files = path(&format!("files-{debtors}"));
            let url = cluster.fresh_database_url();
            let pid = cluster.server_pid().context("the bench measures a server of its own")?.to_string();
            let import = run(&["import", &url, &text(&files), &pid])?;
            println!(
                "{}",
                figure("import_debtors_receivables_postgresql", &import, Some(&large.1), None, None)
            );
            let daily = run(&["daily", &url, &pid])?;
            println!("{}", figure("daily_run_postgresql", &daily, Some(&large.2), Some(3.0), None));
            let pay = run(&["pay", &url, &text(&files), &pid])?;
            println!("{}", figure("import_bank_lines_postgresql", &pay, large.3.as_ref(), None, None));
        }
    }
    Ok(())
}
