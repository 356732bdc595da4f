//! A mail server that is slow, chatty or falls silent: each phase ends within the time it was given, with its outcome.

#![expect(
    clippy::disallowed_methods,
    reason = "a slow server has to wait, and the test measures that nobody waits longer"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use duewell_gateways::{Envelope, MailGateway as _, Outcome, Secret, SmtpGateway, SmtpSettings, Tls};

const TIMEOUT: Duration = Duration::from_millis(300);
const MESSAGE: &[u8] = b"Message-ID: <one@shop.example>\r\nSubject: x\r\n\r\nhello\r\n.\r\n..dots\r\n";

/// What the server does when a phase comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    Polite,
    /// Says nothing and keeps the connection.
    Silent,
    /// Closes the connection.
    Hangs,
    /// Sends this instead of the polite answer.
    Says(&'static str),
    /// Sends this and closes the connection.
    LastWords(&'static str),
    /// Sends the lines of an answer that never ends.
    Endless,
}

/// Lines the server got, and messages it took.
#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    messages: Vec<String>,
}

fn polite(phase: &str) -> &'static str {
    match phase {
        "greeting" => "220 test\r\n",
        "EHLO" => "250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
        "AUTH" => "235 welcome\r\n",
        "DATA" => "354 go\r\n",
        "." => "250 taken\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 ok\r\n",
    }
}

/// Answers a phase; `false` when the connection is over.
fn answer(out: &mut TcpStream, phase: &str, manner: Manner) -> bool {
    match manner {
        Manner::Polite => out.write_all(polite(phase).as_bytes()).is_ok(),
        Manner::Says(text) => out.write_all(text.as_bytes()).is_ok(),
        Manner::LastWords(text) => {
            let _ = out.write_all(text.as_bytes());
            let _ = out.shutdown(Shutdown::Both);
            false
        }
        Manner::Hangs => {
            let _ = out.shutdown(Shutdown::Both);
            false
        }
        Manner::Silent => {
            std::thread::sleep(TIMEOUT * 4);
            false
        }
        Manner::Endless => {
            let end = Instant::now() + TIMEOUT * 10;
            while Instant::now() < end && out.write_all(b"250-and more\r\n").is_ok() {
                std::thread::sleep(TIMEOUT / 20);
            }
            false
        }
    }
}

fn talk(mut out: TcpStream, at: &str, manner: Manner, heard: &Mutex<Heard>) {
    let of = |phase: &str| if phase == at { manner } else { Manner::Polite };
    let Ok(read) = out.try_clone() else { return };
    if !answer(&mut out, "greeting", of("greeting")) {
        return;
    }
    let mut message: Option<String> = None;
    for line in BufReader::new(read).lines() {
        let Ok(line) = line else { return };
        if let Some(text) = &mut message {
            if line != "." {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            heard.lock().expect("no holder panics").messages.push(message.take().unwrap_or_default());
            if !answer(&mut out, ".", of(".")) {
                return;
            }
            continue;
        }
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        heard.lock().expect("no holder panics").lines.push(line);
        if verb == "DATA" && matches!(of("DATA"), Manner::Polite) {
            message = Some(String::new());
        }
        if !answer(&mut out, &verb, of(&verb)) {
            return;
        }
    }
}

/// Starts a server that is polite but for one phase, on the first connections or on all.
fn serve(at: &'static str, manner: Manner, connections: usize) -> (u16, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let heard = Arc::new(Mutex::new(Heard::default()));
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { return };
            let manner = if number < connections { manner } else { Manner::Polite };
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || talk(stream, at, manner, &kept));
        }
    });
    (port, heard)
}

fn gateway(port: u16) -> SmtpGateway {
    SmtpGateway::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        username: None,
        password: None,
        helo_name: None,
        timeout: TIMEOUT,
        root_ca: None,
    })
    .expect("the settings can be used")
}

fn envelope() -> Envelope {
    Envelope { from: "a@shop.example".to_owned(), to: "b@debtor.example".to_owned() }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Temporary { .. } => "temporary",
        Outcome::Permanent { .. } => "permanent",
        Outcome::Unknown { .. } => "unknown",
    }
}

#[test]
fn only_what_breaks_after_the_message_left_is_unknown() {
    use Manner::{Hangs, LastWords, Says, Silent};
    for (phase, manner, expected) in [
        ("greeting", Silent, "temporary"),
        ("greeting", Hangs, "temporary"),
        ("greeting", Says("SSH-2.0-OpenSSH\r\n"), "temporary"),
        ("greeting", LastWords("421 too busy\r\n"), "temporary"),
        ("EHLO", Silent, "temporary"),
        ("EHLO", Hangs, "temporary"),
        ("EHLO", LastWords("421 too busy\r\n"), "temporary"),
        ("MAIL", Silent, "temporary"),
        ("MAIL", Hangs, "temporary"),
        ("MAIL", Says("552 over quota\r\n"), "temporary"),
        ("RCPT", Silent, "temporary"),
        ("RCPT", Hangs, "temporary"),
        ("RCPT", LastWords("421 closing\r\n"), "temporary"),
        ("RCPT", Says("450 4.2.0 greylisted\r\n"), "temporary"),
        ("RCPT", Says("550 5.1.1 no such user\r\n"), "permanent"),
        ("DATA", Silent, "temporary"),
        ("DATA", Hangs, "temporary"),
        ("DATA", Says("451 not now\r\n"), "temporary"),
        (".", Silent, "unknown"),
        (".", Hangs, "unknown"),
        (".", LastWords("2"), "unknown"),
        (".", LastWords("250-half an answer\r\n"), "unknown"),
        (".", Says("what?\r\n"), "unknown"),
        (".", Says("451 try later\r\n"), "temporary"),
        (".", LastWords("421 closing\r\n"), "temporary"),
        (".", Says("554 5.6.0 no\r\n"), "permanent"),
        (".", LastWords("250 taken\r\n"), "accepted"),
        ("QUIT", Silent, "accepted"),
    ] {
        let (port, heard) = serve(phase, manner, usize::MAX);
        let start = Instant::now();
        let outcome = gateway(port).send(&envelope(), MESSAGE);
        let took = start.elapsed();
        assert_eq!(word(&outcome), expected, "{phase} {manner:?}: {outcome:?}");
        assert!(took < TIMEOUT * 4, "{phase} {manner:?} took {took:?}");
        let reached = heard.lock().expect("no holder panics").messages.len();
        if expected == "unknown" || expected == "accepted" {
            assert_eq!(reached, 1, "{phase} {manner:?}");
        }
        if !matches!(phase, "." | "QUIT") {
            assert_eq!(reached, 0, "{phase} {manner:?}: nothing was handed over");
        }
    }
}

#[test]
fn a_message_arrives_byte_for_byte_whatever_its_dots() {
    let (port, heard) = serve("", Manner::Polite, 0);
    let outcome = gateway(port).send(&envelope(), MESSAGE);
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let taken = heard.lock().expect("no holder panics").messages.concat();
    // On the wire each line that begins with a dot has one more (RFC 5321, 4.5.2); an empty line may follow.
    assert!(taken.trim_end().ends_with("hello\n..\n...dots"), "{taken:?}");
}

#[test]
fn after_a_broken_connection_the_next_message_gets_a_new_one() {
    for phase in ["greeting", "MAIL", "RCPT", "DATA", "."] {
        let (port, heard) = serve(phase, Manner::Hangs, 1);
        let mut gateway = gateway(port);
        let first = gateway.send(&envelope(), MESSAGE);
        assert_ne!(word(&first), "accepted", "{phase}");
        let second = gateway.send(&envelope(), MESSAGE);
        assert_eq!(word(&second), "accepted", "{phase}: {second:?}");
        let messages = heard.lock().expect("no holder panics").messages.len();
        assert_eq!(messages, if phase == "." { 2 } else { 1 }, "{phase}: no message is repeated by itself");
    }
}

#[test]
fn after_a_refusal_the_connection_is_clean_for_the_next() {
    for (phase, says) in
        [("RCPT", "550 no such user\r\n"), ("RCPT", "450 later\r\n"), ("MAIL", "451 later\r\n")]
    {
        let (port, heard) = serve(phase, Manner::Says(says), 1);
        let mut gateway = gateway(port);
        for _ in 0..3 {
            assert_ne!(word(&gateway.send(&envelope(), MESSAGE)), "accepted", "{phase}");
        }
        let lines = heard.lock().expect("no holder panics").lines.clone();
        let hellos = lines.iter().filter(|line| line.starts_with("EHLO")).count();
        let resets = lines.iter().filter(|line| line.starts_with("RSET")).count();
        assert_eq!((hellos, resets), (1, 3), "{phase}: one connection, set back each time: {lines:?}");
    }
}

#[test]
#[ignore = "limit: a time-out is per read, so a server that drips lines holds delivery as long as it likes"]
fn an_answer_that_never_ends_is_given_up() {
    for phase in ["greeting", "EHLO", "RCPT"] {
        let (port, _) = serve(phase, Manner::Endless, usize::MAX);
        let start = Instant::now();
        let outcome = gateway(port).send(&envelope(), MESSAGE);
        assert_eq!(word(&outcome), "temporary", "{phase}: {outcome:?}");
        assert!(start.elapsed() < TIMEOUT * 6, "{phase} took {:?}", start.elapsed());
    }
}

#[test]
fn a_refused_login_is_temporary_and_shows_no_password() {
    let (port, heard) = serve("AUTH", Manner::Says("535 5.7.8 no\r\n"), usize::MAX);
    let mut gateway = SmtpGateway::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        username: Some("shop".to_owned()),
        password: Some(Secret::new("k3ep-it-secret".to_owned())),
        helo_name: None,
        timeout: TIMEOUT,
        root_ca: None,
    })
    .expect("on this machine a login without TLS is allowed");
    let outcome = gateway.send(&envelope(), MESSAGE);
    assert_eq!(word(&outcome), "temporary", "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("k3ep"), "{outcome:?}");
    let lines = heard.lock().expect("no holder panics").lines.clone();
    assert!(!lines.iter().any(|line| line.starts_with("MAIL")), "no mail without login: {lines:?}");
}

#[test]
fn a_server_without_starttls_gets_neither_login_nor_mail() {
    let (port, heard) = serve("", Manner::Polite, 0);
    let mut gateway = SmtpGateway::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::StartTls,
        username: Some("shop".to_owned()),
        password: Some(Secret::new("k3ep-it-secret".to_owned())),
        helo_name: None,
        timeout: TIMEOUT,
        root_ca: None,
    })
    .expect("the settings can be used");
    let outcome = gateway.send(&envelope(), MESSAGE);
    assert_eq!(word(&outcome), "temporary", "{outcome:?}");
    let lines = heard.lock().expect("no holder panics").lines.clone();
    assert!(lines.iter().all(|line| line.starts_with("EHLO") || line.starts_with("QUIT")), "{lines:?}");
}
