//! Simulates seeded years and lets the auditor look: `duewell-sim --seeds N --days D`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use duewell_sim::{Plan, Totals, live};

const USAGE: &str = "\
duewell-sim --seeds N --days D [--first-seed S] [--jobs J] [--keep DIR]

Lives seeded worlds day by day on the real engine, with crashes, a failing mail
server and a bank that comes late, and checks every day that money, letters and
evidence are as they must be. Ends with 1 when a seed has a flaw.

  --seeds N       how many worlds (100)
  --days D        how many days each (365)
  --first-seed S  the first seed (1)
  --jobs J        how many at the same time (as many as there are processors)
  --keep DIR      keep the databases in this folder
  --overlook A,B  leave out known faults: words that complaints begin with
";

struct Arguments {
    seeds: u64,
    days: u32,
    first: u64,
    jobs: usize,
    keep: Option<PathBuf>,
    overlook: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(reason) => {
            eprintln!("could not read the command: {reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match simulate(&arguments) {
        Ok((totals, 0)) => {
            println!("{}: all is well", line(&arguments, totals));
            ExitCode::SUCCESS
        }
        Ok((totals, flawed)) => {
            println!("{}: {flawed} seeds with flaws", line(&arguments, totals));
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("could not simulate: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn line(arguments: &Arguments, totals: Totals) -> String {
    format!(
        "{} seeds, {} days, {} notices arrived, {} crashes, {} unknowns, {} payments, {} cures, {} scenarios finished, {} imports, {} undone",
        arguments.seeds,
        totals.days,
        totals.sent,
        totals.crashes,
        totals.unknowns,
        totals.payments,
        totals.cures,
        totals.finished,
        totals.imports,
        totals.undone,
    )
}

fn simulate(arguments: &Arguments) -> anyhow::Result<(Totals, u64)> {
    // Nothing here must outlive a power cut: memory is the fastest disk.
    let memory = PathBuf::from("/dev/shm");
    let temporary = match memory.is_dir() {
        true => tempfile::Builder::new().prefix("duewell-sim-").tempdir_in(memory)?,
        false => tempfile::Builder::new().prefix("duewell-sim-").tempdir()?,
    };
    let dir = match &arguments.keep {
        Some(dir) => {
            std::fs::create_dir_all(dir)?;
            dir.clone()
        }
        None => temporary.path().to_owned(),
    };
    let next = AtomicU64::new(0);
    let sums = Mutex::new((Totals::default(), 0_u64));
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= arguments.seeds {
                        return;
                    }
                    let seed = arguments.first + index;
                    let plan = Plan { seed, days: arguments.days, overlook: arguments.overlook.clone() };
                    let result = live(&plan, &dir, arguments.keep.is_some());
                    let mut sums = sums.lock().expect("nobody panics with the sums");
                    match result {
                        Ok(totals) => sums.0.add(totals),
                        Err((totals, flaw)) => {
                            sums.0.add(totals);
                            sums.1 += 1;
                            println!("seed {seed}, day {} ({}):", flaw.day_number, flaw.day);
                            for complaint in &flaw.complaints {
                                println!("  {complaint}");
                            }
                            println!(
                                "  again: duewell-sim --seeds 1 --first-seed {seed} --days {}",
                                arguments.days
                            );
                        }
                    }
                }
            });
        }
    });
    Ok(sums.into_inner().expect("nobody panics with the sums"))
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = Arguments { seeds: 100, days: 365, first: 1, jobs, keep: None, overlook: Vec::new() };
    while let Some(word) = words.next() {
        if word == "--help" || word == "-h" {
            return Ok(None);
        }
        let value = words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is not a number"));
        match word.as_str() {
            "--seeds" => arguments.seeds = number()?,
            "--days" => arguments.days = number()?.try_into().map_err(|_| "too many days".to_owned())?,
            "--first-seed" => arguments.first = number()?,
            "--jobs" => arguments.jobs = number()? as usize,
            "--overlook" => arguments.overlook = value.split(',').map(str::to_owned).collect(),
            "--keep" => arguments.keep = Some(PathBuf::from(value)),
            other => return Err(format!("there is no option `{other}`")),
        }
    }
    Ok(Some(arguments))
}
