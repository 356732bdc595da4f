//! Texts of notices: which are a tenant's own, and what an edited one would say.

use duewell_documents::{
    Creditor, Notice, NoticeFacts, NoticeItem, TemplateError, TemplateSource, Templates,
};
use duewell_domain::dunning::NoticeKind;
use duewell_domain::money::{Currency, Money};
use duewell_store::book;
use duewell_store::debtor::debtor_reference;
use jiff::ToSpan;

use crate::desk::Desk;
use crate::error::EngineError;

/// Languages that Duewell brings texts in.
pub const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// Lists the texts that a tenant wrote, by kind and language.
pub fn own_texts(desk: &Desk) -> Result<Vec<(NoticeKind, String)>, EngineError> {
    let stored = desk.store.read(|tx| book::list_templates(tx, desk.book.tenant))?;
    stored.into_iter().map(|(kind, language, _)| Ok((kind.parse()?, language))).collect()
}

/// Fills a text, saved or not, with an invented debtor: two invoices, everything else as the tenant has it.
///
/// `None` tries the text in use. An edited one is checked as strictly as when it is saved.
pub fn try_text(
    desk: &Desk,
    kind: NoticeKind,
    language: &str,
    source: Option<&TemplateSource>,
    debtor_name: &str,
) -> Result<Notice, TemplateError> {
    let edited;
    let templates = match source {
        None => &desk.templates,
        Some(source) => {
            let mut templates = Templates::defaults();
            templates.with_override(kind, language, source)?;
            edited = templates;
            &edited
        }
    };
    let today = desk.today();
    let currency = desk.settings.currency.parse().unwrap_or(Currency::EUR);
    let amount = |major: i64| Money::new(major * currency.minor_per_major(), currency);
    let due_in = match kind {
        NoticeKind::PreDue => 3,
        NoticeKind::First => -3,
        NoticeKind::Second => -14,
        NoticeKind::Final => -30,
    };
    let due_on = today.saturating_add(due_in.days());
    let issued_on = due_on.saturating_sub(i64::from(desk.settings.payment_terms_days).days());
    let item = |number, open, original| NoticeItem {
        number,
        issued_on: Some(issued_on),
        due_on,
        open,
        original,
        days_past_due: -due_in,
    };
    let items = [item("2026-0417", amount(119), amount(119)), item("2026-0431", amount(40), amount(240))];
    let pay_by = if due_in > 0 { due_on } else { today.saturating_add(7.days()) };
    let creditor: &Creditor = &desk.settings.creditor;
    let link = example_link(desk);
    let opt_out = match &link {
        Some(link) => format!("{link}/quiet"),
        None => format!("mailto:{}?subject=STOP", creditor.email),
    };
    templates.render(
        kind,
        &NoticeFacts {
            language,
            debtor_name,
            debtor_is_company: true,
            creditor,
            items: &items,
            total: amount(159),
            today,
            pay_by: Some(pay_by),
            reference: &debtor_reference("10042"),
            link: link.as_deref(),
            opt_out: Some(&opt_out),
        },
    )
}

/// Shows where a link would stand; it opens nothing, as no debtor is behind it.
fn example_link(desk: &Desk) -> Option<String> {
    let settings = &desk.settings;
    match (settings.portal_url.trim_end_matches('/'), settings.link_url.as_str()) {
        ("", "") => None,
        ("", other) => Some(other.replace("{reference}", &debtor_reference("10042"))),
        (portal, _) => Some(format!("{portal}/p/example")),
    }
}
