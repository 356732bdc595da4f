//! The project's own chores: `cargo xtask <task>`.

mod cases;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((task, rest)) if task == "cases" => cases::run(rest),
        _ => anyhow::bail!("usage: cargo xtask cases files DIR"),
    }
}
