//! UBL 2.1 `Invoice` and `CreditNote`.

use super::tree::Node;
use super::{
    Address, Invoice, InvoiceError, InvoiceLine, Party, Syntax, currency_of, day, takes_off, total,
    without_blanks,
};
use duewell_domain::money::{Currency, Money};

pub(super) fn read(root: Node<'_>) -> Result<Invoice, InvoiceError> {
    let is_credit_note = root.name() == "CreditNote";
    let currency = currency_of(root.text_at(&["DocumentCurrencyCode"]))?;
    let type_code = root.text_at(&["InvoiceTypeCode"]).or_else(|| root.text_at(&["CreditNoteTypeCode"]));
    let totals = root.at(&["LegalMonetaryTotal"]).ok_or(InvoiceError::Missing { field: "totals" })?;
    let amount = |name: &str, field| total(totals.at(&[name]), field, currency);
    let due = root
        .text_at(&["DueDate"])
        // A credit note has no due date of its own (BT-9 in UBL CreditNote), some invoices neither.
        .or_else(|| root.text_at(&["PaymentMeans", "PaymentDueDate"]))
        .or_else(|| root.text_at(&["PaymentTerms", "PaymentDueDate"]));
    Ok(Invoice {
        syntax: Syntax::Ubl,
        document: root.name().to_owned(),
        guideline: root.text_at(&["CustomizationID"]),
        is_credit_note: is_credit_note || takes_off(type_code.as_deref()),
        type_code,
        number: root.text_at(&["ID"]).ok_or(InvoiceError::Missing { field: "number" })?,
        issued_on: day(root.text_at(&["IssueDate"]), "issue date")?
            .ok_or(InvoiceError::Missing { field: "issue date" })?,
        due_on: day(due, "due date")?,
        currency,
        buyer_reference: root.text_at(&["BuyerReference"]),
        order_reference: root.text_at(&["OrderReference", "ID"]),
        seller: party(root.at(&["AccountingSupplierParty", "Party"])),
        buyer: party(root.at(&["AccountingCustomerParty", "Party"])),
        lines: root
            .children(if is_credit_note { "CreditNoteLine" } else { "InvoiceLine" })
            .map(|node| line(node, currency))
            .collect(),
        net: amount("TaxExclusiveAmount", "net total")?,
        gross: amount("TaxInclusiveAmount", "gross total")?,
        prepaid: amount("PrepaidAmount", "prepaid amount")?,
        rounding: amount("PayableRoundingAmount", "rounding amount")?,
        payable: amount("PayableAmount", "payable amount")?,
        payment_means: root.text_at(&["PaymentMeans", "PaymentMeansCode"]),
        payee_iban: root.text_at(&["PaymentMeans", "PayeeFinancialAccount", "ID"]).map(without_blanks),
        payment_reference: root.text_at(&["PaymentMeans", "PaymentID"]),
        mandate: root.text_at(&["PaymentMeans", "PaymentMandate", "ID"]),
        creditor_id: creditor_id(root),
        payment_terms: root.text_at(&["PaymentTerms", "Note"]),
        attachment: None,
    })
}

/// The creditor identifier is an identification of the seller or payee with the scheme `SEPA`.
fn creditor_id(root: Node<'_>) -> Option<String> {
    let parties = [root.at(&["AccountingSupplierParty", "Party"]), root.at(&["PayeeParty"])];
    parties
        .into_iter()
        .flatten()
        .flat_map(|party| party.children("PartyIdentification"))
        .filter_map(|identification| identification.at(&["ID"]))
        .find(|id| id.attribute("schemeID") == Some("SEPA"))
        .map(|id| id.text().to_owned())
}

fn party(node: Option<Node<'_>>) -> Party {
    let Some(node) = node else { return Party::default() };
    let endpoint = node.at(&["EndpointID"]).filter(|endpoint| !endpoint.text().is_empty());
    let endpoint_scheme = endpoint.and_then(|endpoint| endpoint.attribute("schemeID")).map(str::to_owned);
    let endpoint = endpoint.map(|endpoint| endpoint.text().to_owned());
    let mail = endpoint.clone().filter(|_| endpoint_scheme.as_deref() == Some("EM"));
    let is_vat = |scheme: &Node<'_>| {
        scheme.text_at(&["TaxScheme", "ID"]).is_none_or(|id| id.eq_ignore_ascii_case("VAT"))
    };
    Party {
        name: node.text_at(&["PartyName", "Name"]),
        legal_name: node.text_at(&["PartyLegalEntity", "RegistrationName"]),
        vat: node.children("PartyTaxScheme").find(is_vat).and_then(|scheme| scheme.text_at(&["CompanyID"])),
        endpoint,
        endpoint_scheme,
        id: node
            .children("PartyIdentification")
            .filter_map(|identification| identification.at(&["ID"]))
            .find(|id| id.attribute("schemeID") != Some("SEPA") && !id.text().is_empty())
            .map(|id| id.text().to_owned()),
        address: node.at(&["PostalAddress"]).map(address).unwrap_or_default(),
        contact: node.text_at(&["Contact", "Name"]),
        email: node.text_at(&["Contact", "ElectronicMail"]).or(mail),
        phone: node.text_at(&["Contact", "Telephone"]),
    }
}

fn address(node: Node<'_>) -> Address {
    let street = node.text_at(&["StreetName"]).map(|street| match node.text_at(&["BuildingNumber"]) {
        Some(number) => format!("{street} {number}"),
        None => street,
    });
    let more = [node.text_at(&["AdditionalStreetName"]), node.text_at(&["AddressLine", "Line"])];
    Address {
        lines: street.into_iter().chain(more.into_iter().flatten()).collect(),
        postcode: node.text_at(&["PostalZone"]),
        city: node.text_at(&["CityName"]),
        region: node.text_at(&["CountrySubentity"]),
        country: node.text_at(&["Country", "IdentificationCode"]),
    }
}

fn line(node: Node<'_>, currency: Currency) -> InvoiceLine {
    let quantity = node.at(&["InvoicedQuantity"]).or_else(|| node.at(&["CreditedQuantity"]));
    InvoiceLine {
        id: node.text_at(&["ID"]),
        name: node.text_at(&["Item", "Name"]),
        quantity: quantity.map(|quantity| quantity.text().to_owned()),
        unit: quantity.and_then(|quantity| quantity.attribute("unitCode")).map(str::to_owned),
        net: node
            .at(&["LineExtensionAmount"])
            .and_then(|amount| Money::parse_major(amount.text(), currency).ok()),
    }
}
