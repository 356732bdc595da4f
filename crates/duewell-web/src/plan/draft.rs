//! The terms of a plan as a form has them: words, by the name of the field.

use duewell_documents::Speech;
use duewell_domain::calendar::Convention;
use duewell_domain::id::ReceivableId;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{
    Amortization, BusinessDays, Component, DayCount, DownPayment, FeeAmount, FeeTerm, FeeWhen, Frequency,
    LateFee, LateFeeAgain, LateFeeAmount, Length, MonthEnd, OddFirstPeriod, PlanError, ROWS_MAX, RateKind,
    Recalculation, Residue, Shifted, Terms, Unit, quote,
};
use duewell_domain::rate::Rate;
use duewell_engine::Settings;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::settings::Problems;
use crate::texts;

/// How often installments fall due, as the form offers it.
pub const EVERY: [(&str, Frequency); 6] = [
    ("month", Frequency::MONTHLY),
    ("week", Frequency { every: 1, unit: Unit::Weeks }),
    ("2weeks", Frequency { every: 2, unit: Unit::Weeks }),
    ("semimonth", Frequency { every: 1, unit: Unit::SemiMonths }),
    ("quarter", Frequency { every: 3, unit: Unit::Months }),
    ("year", Frequency { every: 1, unit: Unit::Years }),
];

/// Words of choices, as terms are written in JSON, with their texts in `plan-FIELD-WORD`.
pub const AMORTIZATIONS: [&str; 3] = ["equal_installment", "equal_principal", "interest_only"];
pub const DAY_COUNTS: [&str; 7] = [
    "whole_periods365",
    "30_360_eu",
    "30_360_us",
    "actual_365",
    "actual_360",
    "actual_actual",
    "months_and_days",
];
pub const ODD_FIRST: [&str; 3] = ["spread", "first_installment", "charged"];
pub const MONTH_ENDS: [&str; 3] = ["clamp", "roll", "last_day"];
pub const BUSINESS: [&str; 4] = ["", "following", "modified_following", "preceding"];
pub const RESIDUES: [&str; 3] = ["last", "first", "spread"];
pub const RECALCULATIONS: [&str; 3] = ["daily", "whole_periods", "none"];
pub const RATE_KINDS: [&str; 2] = ["nominal", "effective"];
pub const FEE_WHEN: [&str; 2] = ["signing", "each_installment"];
/// How the debtor said yes, as it is kept.
pub const HOW: [&str; 3] = ["by phone", "in writing", "in person"];

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Draft(pub Vec<(String, String)>);

impl Draft {
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The receivables that are ticked.
    pub fn over(&self) -> Vec<ReceivableId> {
        let ticked = self.0.iter().filter(|(key, _)| key == "over");
        ticked.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// Says whether one of some fields was used: the rate of a plan is always there, and its own question.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().filter(|name| **name != "rate").any(|name| {
            let value = self.value(name);
            !value.is_empty() && value != "0" && !first_words().contains(&value)
        })
    }

    /// Reads the terms, or says what is wrong with them. `principal` is what is ticked.
    pub fn terms(
        &self,
        currency: Currency,
        principal: i64,
        today: Date,
        settings: &Settings,
        speech: &Speech,
    ) -> Result<Terms, Problems> {
        let mut read = Reader { draft: self, currency, speech, problems: Problems::default() };
        let mut terms = Terms::equal_parts(currency, principal, today, 1);
        terms.length = match read.amount("each") {
            Some(each) => Length::InstallmentMinor(each.minor),
            None => Length::Installments(read.count("count", 1, ROWS_MAX).unwrap_or(1)),
        };
        terms.first_due_on = read.day("first");
        terms.frequency = read.every("every");
        terms.amortization = read.word("amortization", Amortization::default());
        terms.odd_first_period = read.word("odd-first", OddFirstPeriod::default());
        terms.month_end = read.word("month-end", MonthEnd::default());
        if !self.value("business-days").is_empty() {
            terms.business_days = Some(BusinessDays {
                convention: read.word("business-days", Convention::Following),
                calendar: (!settings.holidays.is_empty()).then(|| settings.holidays.clone()),
                shift: Shifted::One,
            });
        }
        terms.interest.rate = read.rate("rate").unwrap_or(Rate::ZERO);
        terms.interest.kind = read.word("rate-kind", RateKind::default());
        terms.interest.day_count = read.word("day-count", DayCount::default());
        terms.interest.recalculation = read.word("recalculation", Recalculation::Daily);
        terms.grace.principal = read.count("grace-principal", 0, ROWS_MAX).unwrap_or(0);
        terms.grace.interest = read.count("grace-interest", 0, ROWS_MAX).unwrap_or(0);
        terms.grace.interest_free = read.count("interest-free", 0, ROWS_MAX).unwrap_or(0);
        terms.down_payment = read.amount("down").map(|down| DownPayment::Minor(down.minor));
        terms.balloon = read.amount("balloon").map_or(0, |balloon| balloon.minor);
        if let Some(multiple) = read.amount("multiple") {
            terms.rounding.installment_multiple = multiple.minor;
        }
        terms.rounding.residue = read.word("residue", Residue::default());
        if let Some(fee) = read.amount("fee") {
            let named = self.value("fee-name");
            let name = if named.is_empty() { speech.say("plan-fee").into_owned() } else { named.to_owned() };
            let when = read.word("fee-when", FeeWhen::Signing);
            let amount = FeeAmount::Minor(fee.minor);
            terms.fees.push(FeeTerm { name, component: Component::Fee, amount, when, at_most: None });
        }
        if let Some(late) = read.amount("late-fee") {
            terms.late_fee = Some(LateFee {
                amount: LateFeeAmount::Minor(late.minor),
                grace_days: read
                    .count("late-days", 0, 365)
                    .map_or(0, |days| u16::try_from(days).unwrap_or(u16::MAX)),
                again: LateFeeAgain::Never,
                most_per_installment: None,
                most_share_of_plan: None,
                most_per_plan: None,
            });
        }
        terms.penalty_rate = read.rate("penalty").filter(|rate| !rate.is_zero());
        let mut problems = read.problems;
        if principal <= 0 {
            problems.add("over", speech.say("plan-wrong-over"));
        }
        if problems.is_empty()
            && let Err(error) = quote(&terms)
        {
            let (field, text) = wrong(speech, &error);
            problems.add(field, text);
        }
        if problems.is_empty() { Ok(terms) } else { Err(problems) }
    }
}

/// The names of fields that most plans do not need, in groups.
pub const OF_SCHEDULE: [&str; 9] =
    ["each", "every", "amortization", "down", "balloon", "multiple", "residue", "month-end", "business-days"];
pub const OF_INTEREST: [&str; 8] = [
    "rate",
    "rate-kind",
    "day-count",
    "odd-first",
    "recalculation",
    "grace-principal",
    "grace-interest",
    "interest-free",
];
pub const OF_FEES: [&str; 6] = ["fee-name", "fee", "fee-when", "late-fee", "late-days", "penalty"];

/// What choices are when nobody chose.
fn first_words() -> [&'static str; 10] {
    [
        EVERY[0].0,
        AMORTIZATIONS[0],
        DAY_COUNTS[0],
        ODD_FIRST[0],
        MONTH_ENDS[0],
        RESIDUES[0],
        RECALCULATIONS[0],
        RATE_KINDS[0],
        FEE_WHEN[0],
        BUSINESS[0],
    ]
}

/// Reads field by field; what is empty is as if it were not there.
pub struct Reader<'a> {
    pub draft: &'a Draft,
    pub currency: Currency,
    pub speech: &'a Speech,
    pub problems: Problems,
}

impl Reader<'_> {
    fn wrong(&mut self, name: &str, text: &str) {
        self.problems.add(name, self.speech.say(text));
    }

    /// Reads an amount; none is as good as nothing.
    pub fn amount(&mut self, name: &str) -> Option<Money> {
        let typed = self.draft.value(name);
        if typed.is_empty() {
            return None;
        }
        let amount = texts::amount(typed, self.currency);
        if amount.is_none() {
            self.wrong(name, "amount-wrong");
        }
        amount.filter(|money| money.minor > 0)
    }

    pub fn count(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let typed = self.draft.value(name);
        if typed.is_empty() && least == 0 {
            return None;
        }
        let count = typed.parse().ok().filter(|count| (least..=most).contains(count));
        if count.is_none() {
            let bounds = [("least", least.into()), ("most", most.into())];
            self.problems.add(name, self.speech.say_with("plan-wrong-count", &bounds));
        }
        count
    }

    pub fn rate(&mut self, name: &str) -> Option<Rate> {
        let typed = self.draft.value(name);
        if typed.is_empty() {
            return None;
        }
        let rate = texts::rate(typed).filter(|rate| *rate >= Rate::ZERO);
        if rate.is_none() {
            self.wrong(name, "plan-wrong-rate");
        }
        rate
    }

    pub fn day(&mut self, name: &str) -> Option<Date> {
        let typed = self.draft.value(name);
        if typed.is_empty() {
            return None;
        }
        let day = texts::day(typed);
        if day.is_none() {
            self.wrong(name, "date-wrong");
        }
        day
    }

    pub fn every(&mut self, name: &str) -> Frequency {
        let typed = self.draft.value(name);
        EVERY.iter().find(|(word, _)| *word == typed).map_or(Frequency::MONTHLY, |(_, every)| *every)
    }

    /// Reads a choice as terms write it; a word of somebody's invention is the default.
    fn word<T: DeserializeOwned>(&mut self, name: &str, default: T) -> T {
        let typed = self.draft.value(name);
        serde_json::from_value(Value::String(typed.to_owned())).unwrap_or(default)
    }
}

/// Says at which field terms are refused, and why.
fn wrong(speech: &Speech, error: &PlanError) -> (&'static str, String) {
    let (field, id) = match error {
        PlanError::Field(name, _) => match *name {
            "first_due_on" => ("first", "plan-wrong-first"),
            "length.installment_minor" => ("each", "amount-wrong"),
            "balloon_minor" => ("balloon", "plan-wrong-balloon"),
            "grace.principal" => ("grace-principal", "plan-wrong-grace"),
            "grace.interest" => ("grace-interest", "plan-wrong-grace"),
            "down_payment.minor" => ("down", "plan-wrong-down"),
            "rounding.installment_multiple_minor" => ("multiple", "plan-wrong-multiple"),
            "fees" => ("fee", "amount-wrong"),
            "interest.rate" => ("rate", "plan-wrong-rate"),
            _ => ("count", "plan-wrong-terms"),
        },
        PlanError::NeverRepays(_) => ("each", "plan-wrong-never"),
        PlanError::TooLong => ("each", "plan-wrong-long"),
        PlanError::OutOfOrder(_) => ("first", "plan-wrong-order"),
        PlanError::Entry(..)
        | PlanError::NoEntry(_)
        | PlanError::NoInstallment(_)
        | PlanError::NothingToCome
        | PlanError::TooLarge => ("count", "plan-wrong-terms"),
    };
    (field, speech.say(id).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(pairs: &[(&str, &str)]) -> Result<Terms, Problems> {
        let draft = Draft(pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect());
        let speech = Speech::of("en");
        draft.terms(Currency::EUR, 120_000, date(2026, 3, 2), &Settings::default(), speech)
    }

    #[test]
    fn three_fields_are_a_plan() {
        let terms = read(&[("count", "12"), ("first", "2026-04-01")]).expect("a plan");
        let mut expected = Terms::equal_parts(Currency::EUR, 120_000, date(2026, 3, 2), 12);
        expected.first_due_on = Some(date(2026, 4, 1));
        expected.interest.recalculation = Recalculation::Daily;
        assert_eq!(terms, expected);
    }

    #[test]
    fn each_choice_of_the_form_is_a_word_of_terms() {
        fn known<T: DeserializeOwned>(words: &[&str]) {
            for word in words.iter().filter(|word| !word.is_empty()) {
                let read: Result<T, _> = serde_json::from_value(Value::String((*word).to_owned()));
                assert!(read.is_ok(), "{word}");
            }
        }
        known::<Amortization>(&AMORTIZATIONS);
        known::<DayCount>(&DAY_COUNTS);
        known::<OddFirstPeriod>(&ODD_FIRST);
        known::<MonthEnd>(&MONTH_ENDS);
        known::<Convention>(&BUSINESS);
        known::<Residue>(&RESIDUES);
        known::<Recalculation>(&RECALCULATIONS);
        known::<RateKind>(&RATE_KINDS);
        known::<FeeWhen>(&FEE_WHEN);
    }

    #[test]
    fn what_is_wrong_stands_at_its_field() {
        for (name, value) in [
            ("count", "0"),
            ("count", "1201"),
            ("first", "2026-02-30"),
            ("first", "2026-03-01"),
            ("rate", "much"),
            ("down", "1200.00"),
            ("balloon", "1200.01"),
            ("grace-principal", "12"),
            ("multiple", "9999"),
            ("each", "x"),
        ] {
            let mut pairs = vec![("count", "12"), ("first", "2026-04-01")];
            pairs.retain(|(other, _)| *other != name);
            pairs.push((name, value));
            let problems = read(&pairs).expect_err(name);
            assert!(problems.of(name).is_some(), "{name} {value}: {problems:?}");
        }
    }
}
