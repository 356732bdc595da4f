//! Checks a case file without network, database or trust in whoever made it.
//!
//! All rules are in `duewell_domain::evidence`; this program reads one file and
//! says in words what it shows, or the first thing that is wrong with it.

mod report;

use std::fs::File;
use std::io::Read as _;
use std::process::ExitCode;

use duewell_domain::evidence::archive::{self, TOTAL_MAX};
use duewell_domain::evidence::{VerifierKey, verify_case_file};
use report::Outcome;

const USAGE: &str = "\
Checks a Duewell case file: that nothing in it was changed, moved or left out.

Usage: duewell-verify [--json] [--key KEY]... FILE

  --key KEY   the log's verifier key (name+id+key) that you trust; may be repeated.
              Without it the key named in the file is used, which you should compare.
  --json      print the verdict as JSON
  --help      print this text
  --version   print the version

Exit status: 0 intact, 1 a flaw was found, 2 the file or the command cannot be read.
";

struct Command {
    file: String,
    keys: Vec<VerifierKey>,
    json: bool,
}

enum Request {
    Check(Command),
    Print(String),
}

fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(Request::Check(command)) => command,
        Ok(Request::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(reason) => {
            eprintln!("could not read the command: {reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = check(&command);
    if command.json {
        println!("{:#}", report::json(&outcome));
    } else {
        print!("{}", report::words(&outcome));
    }
    ExitCode::from(outcome.exit_code())
}

fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let (mut file, mut keys, mut json) = (None, Vec::new(), false);
    let mut arguments = arguments;
    let key = |text: &str| text.trim().parse::<VerifierKey>().map_err(|error| error.to_string());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Request::Print(USAGE.to_owned())),
            "--version" => {
                return Ok(Request::Print(format!("duewell-verify {}\n", env!("CARGO_PKG_VERSION"))));
            }
            "--json" => json = true,
            "--key" => keys.push(key(&arguments.next().ok_or("--key needs a key")?)?),
            other if other.starts_with("--key=") => keys.push(key(&other["--key=".len()..])?),
            other if other.starts_with('-') => return Err(format!("there is no option `{other}`")),
            _ if file.is_some() => return Err("there is more than one file".to_owned()),
            _ => file = Some(argument),
        }
    }
    match file {
        Some(file) => Ok(Request::Check(Command { file, keys, json })),
        None => Err("there is no file".to_owned()),
    }
}

fn check(command: &Command) -> Outcome {
    let mut bytes = Vec::new();
    // One byte beyond the limit is enough to see that a file is too large.
    if let Err(error) =
        File::open(&command.file).and_then(|file| file.take(TOTAL_MAX + 1).read_to_end(&mut bytes))
    {
        return Outcome::Unreadable(error.to_string());
    }
    let archive = match archive::read(&bytes) {
        Ok(archive) => archive,
        Err(error) => return Outcome::Unreadable(error.to_string()),
    };
    match verify_case_file(&archive.files, &command.keys) {
        Ok(verified) => Outcome::Intact(Box::new(verified), archive.packing),
        Err(flaw) => Outcome::Flawed(flaw),
    }
}
