//! How to pay by bank transfer: whom, where, how much and under which reference; the same as a code for banking apps.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use duewell_documents::qr;
use duewell_domain::money::{Currency, Money};
use duewell_engine::portal::PortalPage;
use duewell_formats::epc::{EpcPayment, Remittance};
use maud::{Markup, html};

use super::{Room, Shut, Visit};
use crate::texts::{self, in_fours};
use crate::ui::{self, Icon, icon};

/// One open receivable is paid under its own reference, several under the debtor's.
fn reference(room: &Room) -> String {
    match room.to_pay().as_slice() {
        [one] => one.reference.clone(),
        _ => room.page.reference.clone(),
    }
}

fn holder(page: &PortalPage) -> &str {
    match page.creditor.account_holder.as_str() {
        "" => &page.creditor.name,
        holder => holder,
    }
}

fn euros(room: &Room) -> Option<Money> {
    super::sums(&room.to_pay()).into_iter().find(|total| total.currency == Currency::EUR)
}

/// Writes the text of the code; `None` where there is nothing to pay in euro or no account to pay it to.
fn payload(room: &Room) -> Option<String> {
    let page = &room.page;
    let payment = EpcPayment {
        name: holder(page).to_owned(),
        iban: page.creditor.iban.clone(),
        bic: page.creditor.bic.clone().filter(|bic| !bic.is_empty()),
        amount: euros(room)?,
        remittance: Remittance::from_reference(&reference(room)),
        purpose: None,
    };
    // A name that is too long for the code is still a name to write into a transfer.
    payment.payload().ok()
}

/// The code as a picture of its own: the page stays light, and most people never open it.
pub async fn code(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    let title = room.speech.say("portal-pay-code");
    let drawn = payload(&room).and_then(|text| qr::svg(&text, &title));
    let Some(drawn) = drawn else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

/// Shows how to pay.
pub(super) fn section(room: &Room) -> Markup {
    let (speech, page) = (room.speech, &room.page);
    let say = |id: &str| speech.say(id);
    let creditor = &page.creditor;
    if creditor.iban.is_empty() {
        return ui::card(&say("portal-pay"), html! { p { (say("portal-pay-ask")) } });
    }
    let (reference, to_pay) = (reference(room), room.to_pay());
    let totals = super::sums(&to_pay);
    let compact: String = creditor.iban.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut facts: Vec<(String, Markup)> = Vec::new();
    let mut fact = |id: &str, value: Markup| facts.push((say(id).into_owned(), value));
    fact("portal-pay-holder", copied("pay-holder", holder(page), holder(page)));
    fact("portal-pay-iban", copied("pay-iban", &compact, &in_fours(&compact)));
    if let Some(bic) = creditor.bic.as_deref().filter(|bic| !bic.is_empty()) {
        fact("portal-pay-bic", html! { span.num { (bic) } });
    }
    if let Some(bank) = creditor.bank.as_deref().filter(|bank| !bank.is_empty()) {
        fact("portal-pay-bank", html! { (bank) });
    }
    for total in &totals {
        fact(
            "portal-pay-amount",
            html! { strong { (ui::amount_of(&speech.money(*total), &total.major_text())) } },
        );
    }
    fact("portal-pay-reference", copied("pay-reference", &reference, &texts::reference(&reference)));
    let facts: Vec<(&str, Markup)> =
        facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let several = to_pay.len() > 1;
    let has_code = payload(room).is_some();
    let disputed = to_pay.iter().any(|item| item.is_disputed);
    ui::card(
        &say("portal-pay"),
        html! {
            p { (say("portal-pay-text")) }
            (ui::facts(&facts))
            div.actions.no-print {
                (copy_button("pay-iban", &say("portal-copy-iban"), &say("portal-copied")))
                (copy_button("pay-reference", &say("portal-copy-reference"), &say("portal-copied")))
                (copy_button("pay-holder", &say("portal-copy-holder"), &say("portal-copied")))
            }
            p.quiet { (say("portal-pay-reference-why")) }
            @if several { p.quiet { (say("portal-pay-several")) } }
            @if totals.len() > 1 { p.quiet { (say("portal-pay-currencies")) } }
            @if disputed { p.quiet { (say("portal-pay-disputed")) } }
            @if has_code {
                // Whoever prints the page takes it to a phone or a bank.
                div.on-paper {
                    (ui::disclosure(&say("portal-pay-scan"), html! {
                        p { (say("portal-pay-scan-text")) }
                        img src=(room.address("/qr.svg", &[])) alt=(say("portal-pay-code")) width="260" height="260"
                            loading="lazy";
                    }))
                }
            }
        },
    )
}

/// A value that is shown in groups and copied in one piece.
fn copied(id: &str, value: &str, shown: &str) -> Markup {
    html! { data.num id=(id) value=(value) { (shown) } }
}

/// A button that appears only where a script can copy.
fn copy_button(of: &str, label: &str, copied: &str) -> Markup {
    html! {
        button.btn type="button" data-copy=(of) data-copied=(copied) hidden {
            (icon(Icon::Copy)) span aria-live="polite" { (label) }
        }
    }
}
