//! Measures the generator: `cargo run --release -p duewell-sample --example sample_speed -- 1000000 [FOLDER]`.
//!
//! Prints debtors per second for bare rows and whole debtors and, with a
//! folder, for files on disk.

#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::path::PathBuf;
use std::time::Instant;

use duewell_sample::{MassRow, SampleSpec, write_files};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let debtors: u32 = args.next().unwrap_or_else(|| "300000".to_owned()).parse()?;
    let spec = SampleSpec::bench(debtors);

    let start = Instant::now();
    let (mut row, mut bytes, mut minor) = (MassRow::default(), 0usize, 0i64);
    for index in 0..spec.debtors {
        spec.fill_mass_row(index, &mut row);
        bytes += row.name.len() + row.email.len() + row.number.len();
        minor += row.receivables.iter().map(|receivable| receivable.amount.minor).sum::<i64>();
    }
    report("mass rows", debtors, start);
    println!("  {bytes} bytes of text, {minor} minor units");

    let start = Instant::now();
    let payments: usize = spec.debtors().map(|debtor| debtor.payments.len()).sum();
    report("whole debtors", debtors, start);
    println!("  {payments} payments");

    if let Some(dir) = args.next().map(PathBuf::from) {
        let start = Instant::now();
        let summary = write_files(&spec, &dir, &mut |_| {})?;
        report("files", debtors, start);
        println!("  {summary:?}");
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("{peak}");
    }
    Ok(())
}

fn report(what: &str, debtors: u32, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {:.0} debtors/s ({seconds:.2} s)", f64::from(debtors) / seconds);
}
