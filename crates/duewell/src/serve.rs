//! The server: pages and the delivery worker in one process.

use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use duewell_engine::delivery::{DeliverySummary, deliver};
use duewell_engine::staff;
use duewell_gateways::MailGateway;
use duewell_web::{App, Shared};

use crate::Global;
use crate::wiring::Office;
use crate::work::{print_delivery, print_run};

/// The worker looks at the outbox at least so often.
const LOOK: Duration = Duration::from_secs(10);
/// Notices sent between two looks at everything else.
const SEND_MAX: u64 = 500;

#[derive(Args, Clone)]
pub struct Serve {
    /// Address and port of the pages; put a proxy with HTTPS in front of it for the world
    #[arg(long, env = "DUEWELL_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Hour of the day (creditor's zone) at which the day is run by itself; 24 for never
    #[arg(long, default_value_t = 7)]
    pub run_at: i8,
}

/// What wakes the worker.
enum Call {
    /// There may be something to send.
    Look,
    Stop,
}

pub fn serve(global: &Global, command: &Serve) -> anyhow::Result<ExitCode> {
    let office = Office::open(global)?;
    let mail = office.mail(global)?;
    // The socket first: an address that is taken is said before any work begins.
    let listener = TcpListener::bind(command.listen)
        .with_context(|| format!("{} cannot be listened on", command.listen))?;
    let address = listener.local_addr()?;
    let (calls, called) = channel();
    let (stop, stopped) = channel();
    let looks = calls.clone();
    let app = App::new(office.desk.refreshed()?, global.data.join("uploads"), move || {
        // A worker that has ended sends nothing any more, and says so itself.
        let _ = looks.send(Call::Look);
    });
    stop_on_signal(calls, stop)?;
    println!("Duewell is at http://{address}/ (stop with Ctrl+C)");
    match staff::set_up_token(&office.desk)? {
        Some(token) => {
            println!("First time here? Make your account (once, within three days):");
            println!("  http://{address}/join/{token}");
        }
        None => println!("Sign in with the account you made."),
    }
    if office.desk.settings.portal_url.is_empty() {
        println!("Notices carry no link yet: say in Settings under which address debtors reach this server.");
    }
    let run_at = command.run_at;
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let (app, office) = (&app, &office);
        let worker = scope.spawn(move || work(app, office, mail, run_at, &called));
        duewell_web::serve(listener, app.clone(), stopped)?;
        worker.join().map_err(|_| anyhow::anyhow!("the delivery worker broke"))
    })?;
    println!("Stopped. Nothing is lost: what was not sent is sent next time.");
    Ok(ExitCode::SUCCESS)
}

/// Ends pages and worker when the process is asked to.
fn stop_on_signal(worker: Sender<Call>, pages: Sender<()>) -> anyhow::Result<()> {
    let mut signals =
        signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _ = worker.send(Call::Stop);
            let _ = pages.send(());
        }
    });
    Ok(())
}

/// Runs the day each morning and delivers around the clock, until called off. What fails is said and tried again.
fn work(
    app: &Shared,
    office: &Office,
    mut mail: Box<dyn MailGateway + Send>,
    run_at: i8,
    called: &Receiver<Call>,
) {
    let mut last_run = None;
    loop {
        // A bug that one notice meets must not end the delivery of all others for good.
        let done = catch_unwind(AssertUnwindSafe(|| look(app, office, &mut *mail, run_at, &mut last_run)));
        let done = done.unwrap_or_else(|_| Err(anyhow::anyhow!("it broke; the panic's message is above")));
        if let Err(error) = done {
            eprintln!("worker: {error:#}; the next look is in {} seconds", LOOK.as_secs());
        }
        match called.recv_timeout(LOOK) {
            Ok(Call::Look) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Call::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn look(
    app: &Shared,
    office: &Office,
    mail: &mut dyn MailGateway,
    run_at: i8,
    last_run: &mut Option<jiff::civil::Date>,
) -> anyhow::Result<()> {
    // Another process may have changed the rules.
    app.refresh()?;
    let desk = app.desk();
    let today = desk.today();
    let hour = desk.now().to_zoned(desk.zone.clone()).hour();
    if *last_run != Some(today) && hour >= run_at {
        print_run(&app.run_day()?);
        *last_run = Some(today);
    }
    let summary = deliver(&desk, mail, SEND_MAX, &mut |_| {})?;
    if summary != DeliverySummary::default() {
        print_delivery(&summary);
    }
    office.sign()?;
    office.stay()
}
