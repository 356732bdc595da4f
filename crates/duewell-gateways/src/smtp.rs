//! SMTP (RFC 5321): one dialogue per message, with every answer kept apart by phase.

use std::fmt;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;

use crate::mail::{Envelope, MailError};
use crate::{MailGateway, Outcome};

/// A secret that does not show itself in logs.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: String) -> Secret {
        Secret(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a mail server on this machine.
    None,
    /// STARTTLS, and no mail without it.
    StartTls,
    /// TLS from the first byte (port 465).
    Implicit,
}

/// Where and how to hand mail over.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// Name given in EHLO; `localhost` without it.
    pub helo_name: Option<String>,
    pub timeout: Duration,
    /// PEM of a certificate authority to trust besides the usual ones.
    pub root_ca: Option<Vec<u8>>,
}

/// A mail server; one connection is kept and made anew when it broke.
pub struct SmtpGateway {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    connection: Option<SmtpConnection>,
}

impl SmtpGateway {
    /// Checks the settings; connects with the first message.
    pub fn new(settings: SmtpSettings) -> Result<SmtpGateway, MailError> {
        let wrong = |error: SmtpError| MailError::Settings(error.to_string());
        if settings.username.is_some()
            && settings.tls == Tls::None
            && settings.host != "127.0.0.1"
            && settings.host != "localhost"
        {
            return Err(MailError::Settings("a password is not sent without TLS".to_owned()));
        }
        let tls = match settings.tls {
            Tls::None => None,
            Tls::StartTls | Tls::Implicit => {
                let mut builder = TlsParameters::builder(settings.host.clone());
                if let Some(pem) = &settings.root_ca {
                    // A PEM file without a certificate parses as an authority that vouches for nobody.
                    if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
                        return Err(MailError::Settings(
                            "the file of the authority holds no certificate".to_owned(),
                        ));
                    }
                    builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
                }
                Some(builder.build_rustls().map_err(wrong)?)
            }
        };
        Ok(SmtpGateway { settings, tls, connection: None })
    }

    fn connect(&self) -> Result<SmtpConnection, SmtpError> {
        let settings = &self.settings;
        let name = ClientId::Domain(settings.helo_name.clone().unwrap_or_else(|| "localhost".to_owned()));
        let implicit = if settings.tls == Tls::Implicit { self.tls.as_ref() } else { None };
        let mut connection = SmtpConnection::connect(
            (settings.host.as_str(), settings.port),
            Some(settings.timeout),
            &name,
            implicit,
            None,
        )?;
        connection.set_timeout(Some(settings.timeout)).ok();
        if let (Tls::StartTls, Some(tls)) = (settings.tls, &self.tls) {
            connection.starttls(tls, &name)?;
        }
        if let (Some(user), Some(password)) = (&settings.username, &settings.password) {
            let credentials = Credentials::new(user.clone(), password.0.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials)?;
        }
        Ok(connection)
    }

    /// Walks through one delivery; the error says in which phase it ended.
    fn dialogue(
        connection: &mut SmtpConnection,
        from: Address,
        to: Address,
        bytes: &[u8],
    ) -> Result<Response, (Phase, SmtpError)> {
        connection.command(MailFrom::new(Some(from), vec![])).map_err(|error| (Phase::Sender, error))?;
        connection.command(Rcpt::new(to, vec![])).map_err(|error| (Phase::Recipient, error))?;
        connection.command(Data).map_err(|error| (Phase::Data, error))?;
        connection.message(bytes).map_err(|error| (Phase::Content, error))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Sender,
    Recipient,
    Data,
    /// The message is on its way: from here on a broken connection leaves the outcome open.
    Content,
}

impl MailGateway for SmtpGateway {
    fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Outcome {
        let address = |text: &str| text.parse::<Address>();
        let (Ok(from), Ok(to)) = (address(&envelope.from), address(&envelope.to)) else {
            return Outcome::Permanent { reason: format!("`{}` is not an address", envelope.to) };
        };
        if !envelope.to.is_ascii() || !envelope.from.is_ascii() {
            return Outcome::Permanent {
                reason: format!("`{}` needs a mail server with SMTPUTF8; give another address", envelope.to),
            };
        }
        let usable = self.connection.take().and_then(|mut kept| kept.test_connected().then_some(kept));
        let mut connection = match usable {
            Some(kept) => kept,
            None => match self.connect() {
                Ok(fresh) => fresh,
                // Whatever fails before a recipient is named is not the recipient's fault.
                Err(error) => {
                    return Outcome::Temporary {
                        reason: format!("the mail server cannot be used: {}", words(&error)),
                    };
                }
            },
        };
        match SmtpGateway::dialogue(&mut connection, from, to, bytes) {
            Ok(response) => {
                self.connection = Some(connection);
                Outcome::Accepted { response: response_words(&response) }
            }
            Err((phase, error)) => {
                let outcome = judge(phase, &error);
                // A refused recipient leaves the dialogue usable; anything else ends it.
                if matches!(phase, Phase::Sender | Phase::Recipient | Phase::Data)
                    && !connection.has_broken()
                    && error.status().is_some()
                    && connection.command(Rset).is_ok()
                {
                    self.connection = Some(connection);
                } else {
                    connection.abort();
                }
                outcome
            }
        }
    }
}

fn judge(phase: Phase, error: &SmtpError) -> Outcome {
    let reason = words(error);
    if let Some(code) = error.status() {
        let code: u16 = code.into();
        // 421 means that the server closes down, whatever was asked.
        return match code {
            400..=499 => Outcome::Temporary { reason },
            _ if phase == Phase::Sender => {
                // The sender is ours: a setting to mend, not a bad address of the debtor's.
                Outcome::Temporary { reason: format!("the mail server refuses the sender: {reason}") }
            }
            // 530: we should have logged in. X.7.x of RFC 3463: a matter of policy between the server and us.
            530 => Outcome::Temporary { reason: format!("the mail server wants a login: {reason}") },
            _ if phase == Phase::Recipient
                && (reason.contains("5.7.") || reason.to_lowercase().contains("relay")) =>
            {
                Outcome::Temporary { reason: format!("the mail server does not relay for us: {reason}") }
            }
            _ => Outcome::Permanent { reason },
        };
    }
    match phase {
        Phase::Content => {
            Outcome::Unknown { reason: format!("the connection broke after the message was sent: {reason}") }
        }
        Phase::Sender | Phase::Recipient | Phase::Data => Outcome::Temporary {
            reason: format!("the connection broke before the message was sent: {reason}"),
        },
    }
}

fn words(error: &SmtpError) -> String {
    use std::error::Error as _;
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text = format!("{text}: {cause}");
    }
    one_line(&text)
}

fn response_words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex};

    /// What a scripted server answers to a verb; `None` closes the connection.
    type Script = fn(&str) -> Option<&'static str>;

    fn polite(verb: &str) -> Option<&'static str> {
        Some(match verb {
            "greeting" => "220 test\r\n",
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "DATA" => "354 go\r\n",
            "." => "250 taken\r\n",
            _ => "250 ok\r\n",
        })
    }

    /// Serves connections by script until dropped; returns what was taken.
    fn serve(script: Script) -> (u16, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut out) = stream else { return };
                let mut lines = BufReader::new(out.try_clone().unwrap()).lines();
                let Some(greeting) = script("greeting") else { continue };
                let _ = out.write_all(greeting.as_bytes());
                let (mut data, mut body) = (false, String::new());
                while let Some(Ok(line)) = lines.next() {
                    let verb = if data { line.as_str() } else { line.split([' ', ':']).next().unwrap_or("") };
                    if data && verb != "." {
                        body.push_str(&line);
                        body.push('\n');
                        continue;
                    }
                    let Some(answer) = script(verb) else { break };
                    if data {
                        data = false;
                        kept.lock().unwrap().push(std::mem::take(&mut body));
                    } else if verb == "DATA" && answer.starts_with('3') {
                        data = true;
                    }
                    if out.write_all(answer.as_bytes()).is_err() {
                        break;
                    }
                }
            }
        });
        (port, taken)
    }

    fn gateway(port: u16) -> SmtpGateway {
        SmtpGateway::new(SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            username: None,
            password: None,
            helo_name: None,
            timeout: Duration::from_millis(800),
            root_ca: None,
        })
        .unwrap()
    }

    fn check(script: Script, expected: fn(&Outcome) -> bool) {
        let (port, _) = serve(script);
        let envelope = Envelope { from: "a@shop.example".to_owned(), to: "b@debtor.example".to_owned() };
        let outcome = gateway(port).send(&envelope, b"Subject: x\r\n\r\nhello\r\n");
        assert!(expected(&outcome), "{outcome:?}");
    }

    #[test]
    fn each_phase_has_its_outcome() {
        check(polite, |o| matches!(o, Outcome::Accepted { .. }));
        check(
            |v| if v == "greeting" { Some("554 no\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Temporary { .. }),
        );
        check(|v| if v == "greeting" { None } else { polite(v) }, |o| matches!(o, Outcome::Temporary { .. }));
        check(
            |v| if v == "RCPT" { Some("550 5.1.1 unknown\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Permanent { .. }),
        );
        check(
            |v| if v == "RCPT" { Some("451 later\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Temporary { .. }),
        );
        check(
            |v| if v == "MAIL" { Some("550 not you\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Temporary { .. }),
        );
        check(|v| if v == "DATA" { None } else { polite(v) }, |o| matches!(o, Outcome::Temporary { .. }));
        check(|v| if v == "." { None } else { polite(v) }, |o| matches!(o, Outcome::Unknown { .. }));
        check(
            |v| if v == "." { Some("452 full\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Temporary { .. }),
        );
        check(
            |v| if v == "." { Some("554 spam\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Permanent { .. }),
        );
        check(
            |v| if v == "." { Some("garbage\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Unknown { .. }),
        );
        check(
            |v| if v == "RCPT" { Some("421 closing\r\n") } else { polite(v) },
            |o| matches!(o, Outcome::Temporary { .. }),
        );
    }

    #[test]
    fn nobody_there_is_temporary() {
        let envelope = Envelope { from: "a@shop.example".to_owned(), to: "b@debtor.example".to_owned() };
        let outcome = gateway(1).send(&envelope, b"x");
        assert!(matches!(outcome, Outcome::Temporary { .. }), "{outcome:?}");
    }

    #[test]
    fn one_connection_serves_many_and_survives_a_refused_recipient() {
        fn picky(verb: &str) -> Option<&'static str> {
            polite(verb)
        }
        let (port, taken) = serve(picky);
        let mut gateway = gateway(port);
        for number in 0..3 {
            let envelope =
                Envelope { from: "a@shop.example".to_owned(), to: format!("b{number}@debtor.example") };
            let body = format!("Subject: {number}\r\n\r\n..dots\r\n");
            assert!(matches!(gateway.send(&envelope, body.as_bytes()), Outcome::Accepted { .. }));
        }
        let taken = taken.lock().unwrap();
        assert_eq!(taken.len(), 3);
        assert!(taken[2].contains("Subject: 2"));
    }

    #[test]
    fn a_password_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "(secret)");
    }
}
