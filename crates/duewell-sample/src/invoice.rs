//! E-invoices: UBL 2.1 with the core fields of EN 16931.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Money;

use crate::debtor::SampleDebtor;
use crate::iban::creditor_iban;
use crate::receivable::{SampleReceivable, VAT_PERCENT, vat_on, without_vat};
use crate::statement::CREDITOR;
use crate::xml::{push_element, push_text};

/// Returns the invoice as a file.
pub(crate) fn ubl(debtor: &SampleDebtor, receivable: &SampleReceivable) -> String {
    let row = &receivable.row;
    let net = without_vat(row.amount);
    let tax = vat_on(net);
    let currency = row.amount.currency;
    let mut out = String::with_capacity(4_096);
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n",
    );
    field(&mut out, "CustomizationID", "urn:cen.eu:en16931:2017");
    field(&mut out, "ID", &receivable.number);
    field(&mut out, "IssueDate", &row.issued_on.to_string());
    field(&mut out, "DueDate", &row.due_on.to_string());
    field(&mut out, "InvoiceTypeCode", "380");
    field(&mut out, "DocumentCurrencyCode", currency.code());
    field(&mut out, "BuyerReference", &debtor.number);
    supplier(&mut out);
    customer(&mut out, debtor);
    payment(&mut out, receivable);
    totals(&mut out, net, tax, row.amount);
    lines(&mut out, net, &receivable.description);
    out.push_str("</Invoice>\n");
    out
}

fn supplier(out: &mut String) {
    out.push_str("<cac:AccountingSupplierParty><cac:Party>\n");
    out.push_str("<cbc:EndpointID schemeID=\"EM\">billing@nordlicht.example</cbc:EndpointID>\n");
    out.push_str("<cac:PartyName>");
    field(out, "Name", CREDITOR);
    out.push_str("</cac:PartyName>\n<cac:PostalAddress>");
    field(out, "StreetName", "Speicherstraße 12");
    field(out, "CityName", "Flensburg");
    field(out, "PostalZone", "24937");
    out.push_str("<cac:Country>");
    field(out, "IdentificationCode", "DE");
    out.push_str("</cac:Country></cac:PostalAddress>\n<cac:PartyTaxScheme>");
    field(out, "CompanyID", "DE123456789");
    out.push_str("<cac:TaxScheme>");
    field(out, "ID", "VAT");
    out.push_str("</cac:TaxScheme></cac:PartyTaxScheme>\n<cac:PartyLegalEntity>");
    field(out, "RegistrationName", CREDITOR);
    out.push_str("</cac:PartyLegalEntity>\n<cac:Contact>");
    field(out, "Name", "Billing");
    field(out, "ElectronicMail", "billing@nordlicht.example");
    out.push_str("</cac:Contact>\n</cac:Party></cac:AccountingSupplierParty>\n");
}

fn customer(out: &mut String, debtor: &SampleDebtor) {
    out.push_str("<cac:AccountingCustomerParty><cac:Party>\n");
    if let Some(email) = &debtor.email {
        out.push_str("<cbc:EndpointID schemeID=\"EM\">");
        push_text(out, email);
        out.push_str("</cbc:EndpointID>\n");
    }
    out.push_str("<cac:PartyIdentification>");
    field(out, "ID", &debtor.number);
    out.push_str("</cac:PartyIdentification>\n<cac:PartyName>");
    field(out, "Name", &debtor.name);
    out.push_str("</cac:PartyName>\n<cac:PostalAddress>");
    field(out, "StreetName", &debtor.street);
    field(out, "CityName", debtor.city);
    field(out, "PostalZone", debtor.postcode);
    out.push_str("<cac:Country>");
    field(out, "IdentificationCode", debtor.country);
    out.push_str("</cac:Country></cac:PostalAddress>\n<cac:PartyLegalEntity>");
    field(out, "RegistrationName", &debtor.name);
    out.push_str("</cac:PartyLegalEntity>\n");
    if debtor.email.is_some() || debtor.phone.is_some() {
        out.push_str("<cac:Contact>");
        match debtor.kind {
            PartyKind::Person => field(out, "Name", &debtor.name),
            PartyKind::Company => field(out, "Name", "Accounts payable"),
        }
        if let Some(phone) = &debtor.phone {
            field(out, "Telephone", phone);
        }
        if let Some(email) = &debtor.email {
            field(out, "ElectronicMail", email);
        }
        out.push_str("</cac:Contact>\n");
    }
    out.push_str("</cac:Party></cac:AccountingCustomerParty>\n");
}

fn payment(out: &mut String, receivable: &SampleReceivable) {
    let currency = receivable.row.amount.currency;
    out.push_str("<cac:PaymentMeans>");
    // UNTDID 4461: 58 is a SEPA credit transfer, 30 any other.
    field(out, "PaymentMeansCode", if currency.code() == "EUR" { "58" } else { "30" });
    field(out, "PaymentID", &receivable.reference);
    out.push_str("<cac:PayeeFinancialAccount>");
    field(out, "ID", &creditor_iban(currency));
    field(out, "Name", CREDITOR);
    out.push_str("</cac:PayeeFinancialAccount></cac:PaymentMeans>\n");
}

fn totals(out: &mut String, net: Money, tax: Money, gross: Money) {
    out.push_str("<cac:TaxTotal>");
    amount(out, "TaxAmount", tax);
    out.push_str("<cac:TaxSubtotal>");
    amount(out, "TaxableAmount", net);
    amount(out, "TaxAmount", tax);
    tax_category(out, "TaxCategory");
    out.push_str("</cac:TaxSubtotal></cac:TaxTotal>\n<cac:LegalMonetaryTotal>");
    amount(out, "LineExtensionAmount", net);
    amount(out, "TaxExclusiveAmount", net);
    amount(out, "TaxInclusiveAmount", gross);
    amount(out, "PayableAmount", gross);
    out.push_str("</cac:LegalMonetaryTotal>\n");
}

/// Two lines, goods and delivery, where the net amount is enough for both.
fn lines(out: &mut String, net: Money, description: &str) {
    let delivery = net.minor / 20;
    let parts = [(net.minor - delivery, description), (delivery, "Delivery")];
    for (number, (minor, name)) in parts.into_iter().filter(|(minor, _)| *minor > 0).enumerate() {
        let part = Money::new(minor, net.currency);
        out.push_str("<cac:InvoiceLine>");
        field(out, "ID", &(number + 1).to_string());
        out.push_str("<cbc:InvoicedQuantity unitCode=\"C62\">1</cbc:InvoicedQuantity>");
        amount(out, "LineExtensionAmount", part);
        out.push_str("<cac:Item>");
        field(out, "Name", name);
        tax_category(out, "ClassifiedTaxCategory");
        out.push_str("</cac:Item><cac:Price>");
        amount(out, "PriceAmount", part);
        out.push_str("</cac:Price></cac:InvoiceLine>\n");
    }
}

fn tax_category(out: &mut String, name: &str) {
    out.push_str("<cac:");
    out.push_str(name);
    out.push('>');
    field(out, "ID", "S");
    field(out, "Percent", &VAT_PERCENT.to_string());
    out.push_str("<cac:TaxScheme>");
    field(out, "ID", "VAT");
    out.push_str("</cac:TaxScheme></cac:");
    out.push_str(name);
    out.push('>');
}

fn amount(out: &mut String, name: &str, money: Money) {
    out.push_str("<cbc:");
    out.push_str(name);
    out.push_str(" currencyID=\"");
    out.push_str(money.currency.code());
    out.push_str("\">");
    out.push_str(&money.major_text());
    out.push_str("</cbc:");
    out.push_str(name);
    out.push('>');
}

fn field(out: &mut String, name: &str, text: &str) {
    let mut tag = String::with_capacity(4 + name.len());
    tag.push_str("cbc:");
    tag.push_str(name);
    push_element(out, &tag, text);
}
