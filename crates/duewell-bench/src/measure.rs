//! CPU seconds, wall seconds and anonymous memory of a piece of work.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// What a piece of work took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// How many things were done.
    pub n: u64,
    /// User and system time of this process, and of the database server where there is one.
    pub cpu_s: f64,
    pub wall_s: f64,
    /// Peak of anonymous memory (what the program itself holds, without cached files).
    pub rss_anon_mb: f64,
}

/// Does the work, which returns how many things it did, and measures it.
pub fn measure<E>(server: Option<u32>, work: impl FnOnce() -> Result<u64, E>) -> Result<Measured, E> {
    let (stop, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let sampler = {
        let (stop, peak) = (Arc::clone(&stop), Arc::clone(&peak));
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous_kb(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let (cpu, start) = (own_cpu() + server.map_or(0.0, server_cpu), Instant::now());
    let done = work();
    let wall_s = start.elapsed().as_secs_f64();
    let cpu_s = own_cpu() + server.map_or(0.0, server_cpu) - cpu;
    stop.store(true, Ordering::Relaxed);
    sampler.join().expect("the sampler does not panic");
    let rss_anon_mb = peak.load(Ordering::Relaxed) as f64 / 1024.0;
    Ok(Measured { n: done?, cpu_s, wall_s, rss_anon_mb })
}

#[expect(unsafe_code, reason = "getrusage has no safe form in std")]
fn own_cpu() -> f64 {
    // SAFETY: the struct is plain numbers, and getrusage fills it for the calling process.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// CPU seconds of a PostgreSQL server: the postmaster, its children, and children that ended.
fn server_cpu(postmaster: u32) -> f64 {
    let mut ticks = 0;
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        // The name in parentheses may hold spaces; the fields after it do not.
        let Some((_, fields)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        if pid == postmaster {
            ticks += field(11) + field(12) + field(13) + field(14);
        } else if field(1) == u64::from(postmaster) {
            ticks += field(11) + field(12);
        }
    }
    // A tick is 1/100 s on Linux.
    ticks as f64 / 100.0
}

/// CPU seconds of one other process.
pub fn process_cpu(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace().collect();
    let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    (field(11) + field(12)) as f64 / 100.0
}

fn anonymous_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or(0)
}
