//! Settings as a form has them: words, by the name of the field.

use duewell_documents::Speech;
use duewell_domain::contact::Cap;
use duewell_domain::money::{Currency, Money};
use duewell_engine::Settings;
use duewell_engine::settings::SettingProblem;
use jiff::civil::Time;

use super::problems::Problems;
use crate::texts::{self, in_fours};

/// Limits on contacts that a form has room for.
pub const CAPS_MAX: usize = 6;

/// The form's values as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// Writes settings into a form.
    pub fn of(settings: &Settings) -> Typed {
        let creditor = &settings.creditor;
        let policy = &settings.contact_policy;
        let plans = &settings.plans;
        let currency = settings.currency.parse().unwrap_or(Currency::EUR);
        let money = |minor| Money::new(minor, currency).major_text();
        let maybe = |text: &Option<String>| text.clone().unwrap_or_default();
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let mut values: Vec<(String, String)> = [
            ("name", creditor.name.clone()),
            ("email", creditor.email.clone()),
            ("iban", in_fours(&creditor.iban)),
            ("holder", creditor.account_holder.clone()),
            ("bic", maybe(&creditor.bic)),
            ("bank", maybe(&creditor.bank)),
            ("phone", creditor.phone.clone()),
            ("address", creditor.address.clone()),
            ("signer", maybe(&creditor.signer)),
            ("advice", maybe(&creditor.advice)),
            ("sender", settings.sender_email.clone()),
            ("language", settings.language.clone()),
            ("country", settings.country.clone()),
            ("currency", settings.currency.clone()),
            ("holidays", settings.holidays.clone()),
            ("terms", settings.payment_terms_days.to_string()),
            ("opens", clock(policy.opens_at)),
            ("closes", clock(policy.closes_at)),
            ("sundays", yes(policy.sundays)),
            ("public-holidays", yes(policy.public_holidays)),
            ("stale", settings.stale_money_after_hours.to_string()),
            ("portal", settings.portal_url.clone()),
            ("link-days", settings.link_days.to_string()),
            ("promise-days", settings.promise_days_max.to_string()),
            ("link", settings.link_url.clone()),
            ("plan-offered", yes(plans.offered_to_debtors)),
            ("plan-least", money(plans.least_installment_minor)),
            ("plan-most", plans.most_installments.to_string()),
            ("plan-first", plans.first_due_within_days.to_string()),
            ("plan-down", plans.least_down_payment.percent_text()),
            ("plan-rate", plans.rate.percent_text()),
            ("plan-most-rate", plans.most_rate.percent_text()),
            ("plan-balance", plans.most_balance_minor.map_or_else(String::new, money)),
            ("plan-tolerance", money(plans.tolerance_minor)),
            ("plan-grace", plans.grace_days.to_string()),
            ("plan-missed", plans.missed_installments.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        for (index, cap) in policy.caps.iter().enumerate() {
            values.push((format!("cap-max-{index}"), cap.contacts_max.to_string()));
            values.push((format!("cap-days-{index}"), cap.days.to_string()));
        }
        Typed(values)
    }

    /// Takes what a browser sent.
    pub fn read(form: Vec<(String, String)>) -> Typed {
        Typed(
            form.into_iter()
                .map(|(name, value)| (name, value.replace("\r\n", "\n").trim().to_owned()))
                .collect(),
        )
    }

    /// Returns the value of a field; none where the form does not show it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the value to show in a field.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// Offers a value for a field that is empty.
    pub fn offer(&mut self, name: &str, value: String) {
        if let Some(slot) = self.0.iter_mut().find(|(key, _)| key == name)
            && slot.1.is_empty()
        {
            slot.1 = value;
        }
    }

    /// Changes settings to what the form says; what it does not show stays.
    pub fn settings(&self, before: &Settings, speech: &Speech) -> Result<Settings, Problems> {
        let mut settings = before.clone();
        let mut problems = Problems::default();
        self.put_words(&mut settings);
        let mut number = |name: &str, slot: &mut u32| {
            if let Some(text) = self.get(name) {
                match text.parse() {
                    Ok(number) => *slot = number,
                    Err(_) => problems.add(name, speech.say("settings-error-number")),
                }
            }
        };
        number("terms", &mut settings.payment_terms_days);
        number("stale", &mut settings.stale_money_after_hours);
        number("link-days", &mut settings.link_days);
        number("promise-days", &mut settings.promise_days_max);
        let policy = &mut settings.contact_policy;
        for (name, slot) in [("opens", &mut policy.opens_at), ("closes", &mut policy.closes_at)] {
            match self.get(name).map(clock) {
                None => {}
                Some(Some(time)) => *slot = time,
                Some(None) => problems.add(name, speech.say("settings-error-time")),
            }
        }
        for (name, slot) in
            [("sundays", &mut policy.sundays), ("public-holidays", &mut policy.public_holidays)]
        {
            if let Some(answer) = self.get(name) {
                *slot = answer == "yes";
            }
        }
        if self.get("cap-max-0").is_some() {
            policy.caps = self.caps(speech, &mut problems);
        }
        // Decisions name the version of the policy that made them.
        if *policy != before.contact_policy {
            policy.version = before.contact_policy.version + 1;
        }
        self.plans(&mut settings, speech, &mut problems);
        for problem in settings.problems() {
            let field = field(&problem);
            if problems.of(&field).is_none() {
                problems.add(&field, words(speech, &problem));
            }
        }
        let fields: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        problems.sort_by_form(&fields);
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// Reads the bounds of plans; amounts are of the currency that the form says.
    fn plans(&self, settings: &mut Settings, speech: &Speech, problems: &mut Problems) {
        let currency = settings.currency.parse().unwrap_or(Currency::EUR);
        let plans = &mut settings.plans;
        if let Some(answer) = self.get("plan-offered") {
            plans.offered_to_debtors = answer == "yes";
        }
        for (name, slot) in [
            ("plan-least", &mut plans.least_installment_minor),
            ("plan-tolerance", &mut plans.tolerance_minor),
        ] {
            match self.get(name).map(|text| texts::amount(text, currency)) {
                None => {}
                Some(Some(amount)) => *slot = amount.minor,
                Some(None) => problems.add(name, speech.say("settings-error-amount")),
            }
        }
        match self.get("plan-balance") {
            None => {}
            Some("") => plans.most_balance_minor = None,
            Some(text) => match texts::amount(text, currency) {
                Some(amount) => plans.most_balance_minor = Some(amount.minor),
                None => problems.add("plan-balance", speech.say("settings-error-amount")),
            },
        }
        for (name, slot) in [
            ("plan-down", &mut plans.least_down_payment),
            ("plan-rate", &mut plans.rate),
            ("plan-most-rate", &mut plans.most_rate),
        ] {
            match self.get(name).map(texts::rate) {
                None => {}
                Some(Some(rate)) => *slot = rate,
                Some(None) => problems.add(name, speech.say("settings-error-rate")),
            }
        }
        for (name, slot) in
            [("plan-most", &mut plans.most_installments), ("plan-first", &mut plans.first_due_within_days)]
        {
            match self.get(name).map(str::parse) {
                None => {}
                Some(Ok(count)) => *slot = count,
                Some(Err(_)) => problems.add(name, speech.say("settings-error-number")),
            }
        }
        for (name, slot) in
            [("plan-grace", &mut plans.grace_days), ("plan-missed", &mut plans.missed_installments)]
        {
            match self.get(name).map(str::parse) {
                None => {}
                Some(Ok(count)) => *slot = count,
                Some(Err(_)) => problems.add(name, speech.say("settings-error-number")),
            }
        }
    }

    fn put_words(&self, settings: &mut Settings) {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let Settings { creditor, .. } = settings;
        for (name, slot) in [
            ("name", &mut creditor.name),
            ("email", &mut creditor.email),
            ("holder", &mut creditor.account_holder),
            ("phone", &mut creditor.phone),
            ("address", &mut creditor.address),
            ("sender", &mut settings.sender_email),
            ("language", &mut settings.language),
            ("holidays", &mut settings.holidays),
            ("portal", &mut settings.portal_url),
            ("link", &mut settings.link_url),
        ] {
            if let Some(text) = self.get(name) {
                text.clone_into(slot);
            }
        }
        for (name, slot) in [
            ("iban", &mut creditor.iban),
            ("country", &mut settings.country),
            ("currency", &mut settings.currency),
        ] {
            if let Some(text) = self.get(name) {
                *slot = squeezed(text).to_uppercase();
            }
        }
        for (name, slot) in [
            ("bic", &mut creditor.bic),
            ("bank", &mut creditor.bank),
            ("signer", &mut creditor.signer),
            ("advice", &mut creditor.advice),
        ] {
            if let Some(text) = self.get(name) {
                *slot = (!text.is_empty()).then(|| text.to_owned());
            }
        }
    }

    /// Reads the limits; a row with both fields empty is none.
    fn caps(&self, speech: &Speech, problems: &mut Problems) -> Vec<Cap> {
        let mut caps = Vec::new();
        for index in 0..CAPS_MAX {
            let (most, days) = (format!("cap-max-{index}"), format!("cap-days-{index}"));
            if self.value(&most).is_empty() && self.value(&days).is_empty() {
                continue;
            }
            match (self.value(&most).parse::<u32>(), self.value(&days).parse::<u32>()) {
                (Ok(contacts_max), Ok(days)) if contacts_max > 0 && (1..=365).contains(&days) => {
                    caps.push(Cap { contacts_max, days });
                }
                (Ok(1..), _) => problems.add(&days, speech.say("settings-error-cap")),
                _ => problems.add(&most, speech.say("settings-error-cap")),
            }
        }
        caps
    }
}

/// Reads a time of day: `8:00`, `08:00`.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// Returns the field of the form that shows a setting.
pub fn field_of(setting: &str) -> &str {
    match setting {
        "creditor.name" => "name",
        "creditor.email" => "email",
        "creditor.iban" => "iban",
        "sender_email" => "sender",
        "payment_terms_days" => "terms",
        "stale_money_after_hours" => "stale",
        "contact_policy.closes_at" => "closes",
        "contact_policy.caps" => "cap-max-0",
        "portal_url" => "portal",
        "link_days" => "link-days",
        "promise_days_max" => "promise-days",
        "link_url" => "link",
        "plans.least_installment_minor" => "plan-least",
        "plans.most_installments" => "plan-most",
        "plans.first_due_within_days" => "plan-first",
        "plans.least_down_payment" => "plan-down",
        "plans.rate" => "plan-rate",
        "plans.most_rate" => "plan-most-rate",
        "plans.most_balance_minor" => "plan-balance",
        "plans.tolerance_minor" => "plan-tolerance",
        "plans.grace_days" => "plan-grace",
        "plans.missed_installments" => "plan-missed",
        same => same,
    }
}

fn field(problem: &SettingProblem) -> String {
    field_of(problem.field()).to_owned()
}

fn words(speech: &Speech, problem: &SettingProblem) -> String {
    let id = match problem {
        SettingProblem::Count(_, least, most) => {
            let bounds = [("least", (*least).into()), ("most", (*most).into())];
            return speech.say_with("settings-error-count", &bounds);
        }
        SettingProblem::Amount(_) => "settings-error-amount",
        SettingProblem::Share(_) => "settings-error-share",
        SettingProblem::Rates => "settings-error-rates",
        SettingProblem::Currency(_) => "settings-error-currency",
        SettingProblem::Email(..) => "settings-error-email",
        SettingProblem::Iban(_) => "settings-error-iban",
        SettingProblem::Holidays(_) => "settings-error-holidays",
        SettingProblem::Language(_) => "settings-error-language",
        SettingProblem::Country(_) => "settings-error-country",
        SettingProblem::Line(_) => "settings-error-line",
        SettingProblem::PortalUrl => "settings-error-portal",
        SettingProblem::LinkUrl => "settings-error-link",
        SettingProblem::Hours => "settings-error-hours",
        SettingProblem::Caps => "settings-error-cap",
        SettingProblem::TooLong(_) => "settings-error-too-long",
    };
    speech.say(id).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::read(pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn settings_come_out_of_their_form_as_they_went_in() {
        let mut settings = Settings::default();
        settings.creditor.name = "Example & Sons".to_owned();
        settings.creditor.iban = "DE02120300000000202051".to_owned();
        settings.creditor.signer = Some("Ada Example".to_owned());
        let back = Typed::of(&settings).settings(&settings, Speech::of("en")).expect("they are fine");
        let json = |settings: &Settings| serde_json::to_string(settings).expect("settings are JSON");
        assert_eq!(json(&back), json(&settings));
    }

    #[test]
    fn what_a_form_does_not_show_stays() {
        let mut settings = Settings::default();
        settings.creditor.phone = "+49 30 1234567".to_owned();
        let changed = typed(&[("name", " Example ")]).settings(&settings, Speech::of("en")).expect("fine");
        assert_eq!(changed.creditor.name, "Example");
        assert_eq!(changed.creditor.phone, settings.creditor.phone);
        assert_eq!(changed.contact_policy, settings.contact_policy);
    }

    #[test]
    fn a_changed_contact_policy_gets_a_new_version() {
        let settings = Settings::default();
        let changed = typed(&[("opens", "9:00")]).settings(&settings, Speech::of("en")).expect("fine");
        assert_eq!(changed.contact_policy.version, settings.contact_policy.version + 1);
        let changed = typed(&[("opens", "08:00")]).settings(&settings, Speech::of("en")).expect("fine");
        assert_eq!(changed.contact_policy.version, settings.contact_policy.version);
    }

    #[test]
    fn an_iban_may_be_typed_as_on_paper() {
        let settings = typed(&[("iban", "de02 1203 0000 0000 2020 51")])
            .settings(&Settings::default(), Speech::of("en"))
            .expect("it is one");
        assert_eq!(settings.creditor.iban, "DE02120300000000202051");
    }

    #[test]
    fn limits_are_read_row_by_row_and_half_a_row_is_wrong() {
        let form = [("cap-max-0", ""), ("cap-days-0", ""), ("cap-max-1", "2"), ("cap-days-1", "7")];
        let settings = typed(&form).settings(&Settings::default(), Speech::of("en")).expect("fine");
        assert_eq!(settings.contact_policy.caps, [Cap { contacts_max: 2, days: 7 }]);
        let half = typed(&[("cap-max-0", "2"), ("cap-days-0", "")]);
        assert!(
            half.settings(&Settings::default(), Speech::of("en"))
                .expect_err("half")
                .of("cap-days-0")
                .is_some()
        );
    }

    #[test]
    fn problems_stand_at_their_fields() {
        let form =
            [("email", "nobody"), ("opens", "soon"), ("terms", "-3"), ("currency", "XYZ"), ("portal", "pay")];
        let problems =
            typed(&form).settings(&Settings::default(), Speech::of("de")).expect_err("five problems");
        for (field, _) in form {
            assert!(problems.of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn bounds_of_plans_are_read_as_people_type_them_and_told_at_their_fields() {
        let form = [("plan-least", "25,00"), ("plan-rate", "4,5 %"), ("plan-balance", "")];
        let settings = typed(&form).settings(&Settings::default(), Speech::of("de")).expect("fine");
        assert_eq!(settings.plans.least_installment_minor, 2_500);
        assert_eq!(settings.plans.rate.percent_text(), "4.5");
        assert_eq!(settings.plans.most_balance_minor, None);
        let form = [
            ("plan-least", "much"),
            ("plan-most", "1201"),
            ("plan-down", "100"),
            ("plan-rate", "20"),
            ("plan-most-rate", "10"),
            ("plan-grace", "366"),
            ("plan-missed", "-1"),
        ];
        let problems = typed(&form).settings(&Settings::default(), Speech::of("en")).expect_err("wrong");
        for (field, _) in form.into_iter().filter(|(field, _)| *field != "plan-rate") {
            assert!(problems.of(field).is_some(), "{field}");
        }
    }
}
