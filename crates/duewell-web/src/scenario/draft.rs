//! A scenario as a form has it: words that may not be numbers yet.

use duewell_documents::Speech;
use duewell_domain::debtor::Channel;
use duewell_domain::dunning::{NoticeKind, Scenario, ScenarioError, Step};
use duewell_domain::money::{Currency, Money};

use crate::settings::Problems;

/// Steps a form has at most.
pub const STEPS_MAX: usize = 20;
/// Longest time between due date and step, or between step and payment, in days.
const DAYS_MAX: u32 = 999;

/// The form's values as they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub steps: Vec<Row>,
    pub gap: String,
    pub tolerance: String,
    /// For whom the preview is: what was typed or chosen.
    pub debtor: String,
}

/// One step as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: String,
    pub days: String,
    /// `before` or `after` the due date.
    pub side: String,
    pub pay: String,
}

impl Draft {
    /// Writes a scenario into a form.
    pub fn of(scenario: &Scenario, currency: Currency) -> Draft {
        let row = |step: &Step| Row {
            kind: step.notice.as_str().to_owned(),
            days: step.offset_days.unsigned_abs().to_string(),
            side: if step.offset_days > 0 { "after" } else { "before" }.to_owned(),
            pay: step.pay_within_days.to_string(),
        };
        Draft {
            steps: scenario.steps.iter().map(row).collect(),
            gap: scenario.gap_days_min.to_string(),
            tolerance: Money::new(scenario.tolerance_minor, currency).major_text(),
            debtor: String::new(),
        }
    }

    /// Takes what a browser sent.
    pub fn read(form: &[(String, String)]) -> Draft {
        let value = |name: &str| {
            form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim()).to_owned()
        };
        let has = |name: &str| form.iter().any(|(key, _)| key == name);
        let steps = (0..STEPS_MAX)
            .take_while(|index| has(&format!("kind-{index}")))
            .map(|index| Row {
                kind: value(&format!("kind-{index}")),
                days: value(&format!("days-{index}")),
                side: value(&format!("side-{index}")),
                pay: value(&format!("pay-{index}")),
            })
            .collect();
        Draft { steps, gap: value("gap"), tolerance: value("tolerance"), debtor: value("debtor") }
    }

    /// Adds a step after the last one, a fortnight later and one tone firmer.
    pub fn add(&mut self) {
        if self.steps.len() >= STEPS_MAX {
            return;
        }
        let after = self.steps.iter().filter(|row| row.side == "after");
        let last = after.filter_map(|row| row.days.parse::<u32>().ok()).max();
        let has = |kind: NoticeKind| self.steps.iter().any(|row| row.kind == kind.as_str());
        let kind = if !has(NoticeKind::First) {
            NoticeKind::First
        } else if !has(NoticeKind::Second) && !has(NoticeKind::Final) {
            NoticeKind::Second
        } else {
            NoticeKind::Final
        };
        self.steps.push(Row {
            kind: kind.as_str().to_owned(),
            days: last.map_or(3, |days| days.saturating_add(14)).to_string(),
            side: "after".to_owned(),
            pay: "7".to_owned(),
        });
    }

    /// Takes a step out.
    pub fn remove(&mut self, index: usize) {
        if index < self.steps.len() {
            self.steps.remove(index);
        }
    }

    /// Puts the steps in the order of their days, once all of them are numbers.
    pub fn sort(&mut self) {
        if self.steps.iter().all(|row| row.offset().is_some()) {
            self.steps.sort_by_key(|row| row.offset().unwrap_or(0));
        }
    }

    /// Reads the form as a scenario, or says what is wrong with it.
    pub fn scenario(
        &self,
        base: &Scenario,
        currency: Currency,
        speech: &Speech,
    ) -> Result<Scenario, Problems> {
        let mut problems = Problems::default();
        let days = |text: &str, name: &str, problems: &mut Problems| match small(text) {
            Some(days) => days,
            None => {
                problems.add(name, speech.say_with("scenario-error-days", &[("max", DAYS_MAX.into())]));
                0
            }
        };
        let mut steps = Vec::with_capacity(self.steps.len());
        for (index, row) in self.steps.iter().enumerate() {
            days(&row.days, &format!("days-{index}"), &mut problems);
            let pay_within_days = days(&row.pay, &format!("pay-{index}"), &mut problems);
            steps.push(Step {
                offset_days: row.offset().unwrap_or(0),
                notice: row.kind.parse().unwrap_or(NoticeKind::First),
                channel: Channel::Email,
                pay_within_days,
            });
        }
        let gap_days_min = days(&self.gap, "gap", &mut problems);
        let tolerance_minor = match amount(&self.tolerance, currency) {
            Some(money) => money.minor,
            None => {
                problems.add("tolerance", speech.say("scenario-error-amount"));
                0
            }
        };
        let scenario = Scenario { steps, gap_days_min, tolerance_minor, ..base.clone() };
        if problems.is_empty()
            && let Err(error) = scenario.check()
        {
            let (field, text) = words(&error, &scenario, speech);
            problems.add(&field, text);
        }
        if problems.is_empty() { Ok(scenario) } else { Err(problems) }
    }
}

impl Row {
    /// Returns the day from the due date.
    fn offset(&self) -> Option<i32> {
        let days = i32::try_from(small(&self.days)?).ok()?;
        Some(if self.side == "before" { -days } else { days })
    }
}

fn small(text: &str) -> Option<u32> {
    text.parse().ok().filter(|days| *days <= DAYS_MAX)
}

/// Reads an amount in major units; a decimal comma is one too.
fn amount(text: &str, currency: Currency) -> Option<Money> {
    let plain = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    Money::parse_major(&plain, currency).ok()
}

/// Says what a rule has against a scenario, and at which field.
fn words(error: &ScenarioError, scenario: &Scenario, speech: &Speech) -> (String, String) {
    let place = |fits: &dyn Fn(&Step) -> bool| scenario.steps.iter().rposition(fits).unwrap_or(0);
    match error {
        ScenarioError::Empty => ("add".to_owned(), speech.say("scenario-error-empty").into_owned()),
        ScenarioError::NegativeTolerance => {
            ("tolerance".to_owned(), speech.say("scenario-error-tolerance").into_owned())
        }
        ScenarioError::NotRising { second, .. } => {
            let index = place(&|step| step.offset_days == *second);
            (format!("days-{index}"), speech.say("scenario-error-not-rising").into_owned())
        }
        ScenarioError::WrongSide { offset_days, notice } => {
            let index = place(&|step| step.offset_days == *offset_days && step.notice == *notice);
            let id = match notice {
                NoticeKind::PreDue => "scenario-error-side-before",
                NoticeKind::First | NoticeKind::Second | NoticeKind::Final => "scenario-error-side-after",
            };
            (format!("kind-{index}"), speech.say(id).into_owned())
        }
        ScenarioError::ChannelNotBuilt(_) => {
            ("add".to_owned(), speech.say("scenario-error-channel").into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard() -> Draft {
        Draft::of(&Scenario::standard(), Currency::EUR)
    }

    fn read(draft: &Draft) -> Result<Scenario, Problems> {
        draft.scenario(&Scenario::standard(), Currency::EUR, Speech::of("en"))
    }

    #[test]
    fn a_scenario_comes_out_of_its_form_as_it_went_in() {
        assert_eq!(read(&standard()).expect("it is fine"), Scenario::standard());
    }

    #[test]
    fn a_form_is_read_until_its_steps_end() {
        let form: Vec<(String, String)> = [
            ("kind-0", "first"),
            ("days-0", " 5 "),
            ("side-0", "after"),
            ("pay-0", "7"),
            ("kind-2", "final"),
            ("gap", "7"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let draft = Draft::read(&form);
        assert_eq!(draft.steps.len(), 1);
        assert_eq!(draft.steps[0].days, "5");
    }

    #[test]
    fn steps_typed_out_of_order_are_put_in_order() {
        let mut draft = standard();
        draft.steps.rotate_left(1);
        draft.sort();
        assert_eq!(draft, standard());
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let mut draft = standard();
        draft.steps[1].days = "soon".to_owned();
        draft.tolerance = "1.234".to_owned();
        let problems = read(&draft).expect_err("two things are wrong");
        assert!(problems.of("days-1").is_some() && problems.of("tolerance").is_some());

        let mut twice = standard();
        twice.steps[2].days = "3".to_owned();
        assert!(read(&twice).expect_err("two steps on one day").of("days-2").is_some());

        let mut early = standard();
        early.steps[1].side = "before".to_owned();
        early.steps[1].days = "1".to_owned();
        assert!(read(&early).expect_err("a reminder before it is due").of("kind-1").is_some());

        let mut empty = standard();
        empty.steps.clear();
        assert!(read(&empty).expect_err("no step").of("add").is_some());
    }

    #[test]
    fn a_decimal_comma_is_one_too() {
        assert_eq!(amount("2,50", Currency::EUR), Some(Money::new(250, Currency::EUR)));
        assert_eq!(amount("2.50", Currency::EUR), Some(Money::new(250, Currency::EUR)));
        assert_eq!(amount("1.000,50", Currency::EUR), None);
    }

    #[test]
    fn a_step_that_is_added_can_be_saved() {
        let mut draft = standard();
        draft.add();
        assert_eq!(read(&draft).expect("it is fine").steps.last().map(|step| step.offset_days), Some(44));
        for _ in 0..50 {
            draft.add();
        }
        assert_eq!(draft.steps.len(), STEPS_MAX);
    }
}
