//! What is wrong with settings, before they are saved.

use duewell_domain::calendar::HolidayCalendar;
use duewell_domain::debtor::EmailAddress;
use duewell_domain::money::{Currency, Money, MoneyError};
use duewell_domain::plan::{PlanPolicy, ROWS_MAX};
use duewell_domain::rate::WHOLE_PPB;

use crate::desk::Settings;

/// Days in ten years: terms, links and promises are shorter.
const DAYS_MAX: u32 = 3_650;

/// Days behind a due date on which paying may still keep a plan.
const GRACE_MAX: u32 = 365;

/// Why settings are not taken. Each names one field, so that a form can say it there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingProblem {
    #[error(transparent)]
    Currency(MoneyError),
    #[error("`{1}` is not an e-mail address")]
    Email(&'static str, String),
    #[error("`{0}` is not a valid IBAN")]
    Iban(String),
    #[error("there is no holiday calendar `{0}`")]
    Holidays(String),
    #[error("`{0}` is not a language: use two or three letters, e.g. en")]
    Language(String),
    #[error("`{0}` is not a country: use two letters, e.g. DE")]
    Country(String),
    #[error("{0} must be one line without control characters")]
    Line(&'static str),
    #[error("the address of the debtors' pages must start with https:// or http:// and end with the host")]
    PortalUrl,
    #[error("a link to pay or answer must start with https://")]
    LinkUrl,
    #[error("the contact hours must open before they close")]
    Hours,
    #[error("a limit on contacts needs at least one contact and one day")]
    Caps,
    #[error("{0} is at most ten years")]
    TooLong(&'static str),
    #[error("{0} must not be negative, nor beyond the largest amount")]
    Amount(&'static str),
    #[error("{0} must be from {1} to {2}")]
    Count(&'static str, u32, u32),
    #[error("{0} must be from 0 to below 100 percent")]
    Share(&'static str),
    #[error("the highest rate of plans must not be below the lowest")]
    Rates,
}

impl SettingProblem {
    /// Returns the name of the setting, as `duewell settings set` takes it.
    pub fn field(&self) -> &'static str {
        match self {
            SettingProblem::Currency(_) => "currency",
            SettingProblem::Email(field, _)
            | SettingProblem::Line(field)
            | SettingProblem::TooLong(field)
            | SettingProblem::Amount(field)
            | SettingProblem::Count(field, ..)
            | SettingProblem::Share(field) => field,
            SettingProblem::Rates => "plans.most_rate",
            SettingProblem::Iban(_) => "creditor.iban",
            SettingProblem::Holidays(_) => "holidays",
            SettingProblem::Language(_) => "language",
            SettingProblem::Country(_) => "country",
            SettingProblem::PortalUrl => "portal_url",
            SettingProblem::LinkUrl => "link_url",
            SettingProblem::Hours => "contact_policy.closes_at",
            SettingProblem::Caps => "contact_policy.caps",
        }
    }
}

impl Settings {
    /// Says whether settings can be used, and if not, the first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingProblem> {
        self.problems().into_iter().next().map_or(Ok(()), Err)
    }

    /// Lists everything that is wrong, in the order of a form.
    pub fn problems(&self) -> Vec<SettingProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, problem: SettingProblem| {
            if wrong {
                problems.push(problem);
            }
        };
        // It stands in the head of mail.
        let is_line = !self.creditor.name.chars().any(char::is_control);
        refuse(!is_line, SettingProblem::Line("creditor.name"));
        let emails = [("creditor.email", &self.creditor.email), ("sender_email", &self.sender_email)];
        for (field, email) in emails {
            let wrong = !email.is_empty() && email.parse::<EmailAddress>().is_err();
            refuse(wrong, SettingProblem::Email(field, email.clone()));
        }
        let iban = &self.creditor.iban;
        refuse(!iban.is_empty() && iban.parse::<iban::Iban>().is_err(), SettingProblem::Iban(iban.clone()));
        let language = &self.language;
        let letters = language.split('-').next().unwrap_or("");
        let is_language = (2..=3).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_lowercase());
        refuse(!is_language, SettingProblem::Language(language.clone()));
        let country = &self.country;
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        refuse(!country.is_empty() && !is_country, SettingProblem::Country(country.clone()));
        if let Err(error) = self.currency.parse::<Currency>() {
            refuse(true, SettingProblem::Currency(error));
        }
        let holidays = &self.holidays;
        let unknown = !holidays.is_empty() && HolidayCalendar::builtin(holidays).is_none();
        refuse(unknown, SettingProblem::Holidays(holidays.clone()));
        for (field, days) in [
            ("payment_terms_days", self.payment_terms_days),
            ("link_days", self.link_days),
            ("promise_days_max", self.promise_days_max),
        ] {
            refuse(days > DAYS_MAX, SettingProblem::TooLong(field));
        }
        let is_long = self.stale_money_after_hours > DAYS_MAX * 24;
        refuse(is_long, SettingProblem::TooLong("stale_money_after_hours"));
        let policy = &self.contact_policy;
        refuse(policy.opens_at >= policy.closes_at, SettingProblem::Hours);
        // A limit of nothing would silence everyone for ever.
        refuse(
            policy.caps.iter().any(|cap| cap.contacts_max == 0 || !(1..=DAYS_MAX).contains(&cap.days)),
            SettingProblem::Caps,
        );
        for plans in std::iter::once(&self.plans).chain(self.plans.segments.values()) {
            for problem in plan_problems(plans) {
                refuse(true, problem);
            }
        }
        refuse(!self.portal_url.is_empty() && !is_origin(&self.portal_url), SettingProblem::PortalUrl);
        let link = &self.link_url;
        refuse(!link.is_empty() && !link.starts_with("https://"), SettingProblem::LinkUrl);
        problems
    }
}

/// Lists what is wrong with bounds of plans, in the order of a form.
fn plan_problems(plans: &PlanPolicy) -> Vec<SettingProblem> {
    let mut problems = Vec::new();
    let mut refuse = |wrong: bool, problem: SettingProblem| {
        if wrong {
            problems.push(problem);
        }
    };
    let fits = |amount: i64| (0..=Money::WRITTEN_MAX).contains(&amount);
    let field = "plans.least_installment_minor";
    refuse(!fits(plans.least_installment_minor), SettingProblem::Amount(field));
    for (field, count, least, most) in [
        ("plans.most_installments", plans.most_installments, 1, ROWS_MAX),
        ("plans.first_due_within_days", plans.first_due_within_days, 1, DAYS_MAX),
        ("plans.grace_days", u32::from(plans.grace_days), 0, GRACE_MAX),
        ("plans.missed_installments", u32::from(plans.missed_installments), 0, ROWS_MAX),
    ] {
        refuse(!(least..=most).contains(&count), SettingProblem::Count(field, least, most));
    }
    for (field, rate) in [("plans.least_down_payment", plans.least_down_payment), ("plans.rate", plans.rate)]
    {
        refuse(!(0..WHOLE_PPB).contains(&rate.ppb), SettingProblem::Share(field));
    }
    refuse(plans.most_rate < plans.rate, SettingProblem::Rates);
    let balance = plans.most_balance_minor.is_none_or(fits);
    refuse(!balance, SettingProblem::Amount("plans.most_balance_minor"));
    refuse(!fits(plans.tolerance_minor), SettingProblem::Amount("plans.tolerance_minor"));
    problems
}

/// Says whether a text is scheme and host alone, as links of our own begin (RFC 6454, 4).
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = host.strip_suffix('/').unwrap_or(host);
    !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}

#[cfg(test)]
mod tests {
    use duewell_domain::contact::Cap;
    use jiff::civil::time;

    use super::*;

    #[test]
    fn settings_as_they_come_can_be_used() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn everything_wrong_is_said_at_its_field() {
        let mut settings = Settings::default();
        settings.creditor.email = "nobody".to_owned();
        settings.sender_email = "a@b@c".to_owned();
        settings.creditor.iban = "DE03120300000000202051".to_owned();
        settings.language = "German".to_owned();
        settings.country = "de".to_owned();
        settings.creditor.name = "Nordlicht\r\nBcc: x@example.com".to_owned();
        settings.currency = "XYZ".to_owned();
        settings.holidays = "DE-XX".to_owned();
        settings.payment_terms_days = 4_000;
        settings.stale_money_after_hours = u32::MAX;
        settings.contact_policy.opens_at = time(20, 0, 0, 0);
        settings.contact_policy.caps = vec![Cap { contacts_max: 0, days: 1 }];
        settings.plans.least_installment_minor = -1;
        settings.plans.most_installments = 0;
        settings.plans.grace_days = 366;
        settings.plans.rate = "20".parse().expect("a rate");
        settings.plans.tolerance_minor = i64::MAX;
        settings.portal_url = "pay.example.com".to_owned();
        settings.link_url = "http://pay.example.com".to_owned();
        let fields: Vec<&str> = settings.problems().iter().map(SettingProblem::field).collect();
        assert_eq!(
            fields,
            [
                "creditor.name",
                "creditor.email",
                "sender_email",
                "creditor.iban",
                "language",
                "country",
                "currency",
                "holidays",
                "payment_terms_days",
                "stale_money_after_hours",
                "contact_policy.closes_at",
                "contact_policy.caps",
                "plans.least_installment_minor",
                "plans.most_installments",
                "plans.grace_days",
                "plans.most_rate",
                "plans.tolerance_minor",
                "portal_url",
                "link_url"
            ]
        );
        assert_eq!(settings.check(), Err(SettingProblem::Line("creditor.name")));
    }

    #[test]
    fn our_own_address_is_scheme_and_host_alone() {
        for good in [
            "https://pay.example.com",
            "https://pay.example.com/",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "https://",
            "pay.example.com",
            "https://a/b",
            "https://a b",
            "ftp://a",
            "https://a?b",
            "https://u@h",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
