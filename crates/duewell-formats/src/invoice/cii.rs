//! UN/CEFACT Cross Industry Invoice, and its forerunner in ZUGFeRD 1.0.
//!
//! The two differ in the names of the upper elements only; each is looked for
//! under both.

use super::tree::Node;
use super::{
    Address, Invoice, InvoiceError, InvoiceLine, Party, Syntax, currency_of, day, takes_off, total,
    without_blanks,
};
use duewell_domain::money::{Currency, Money};

pub(super) const ROOT: &str = "CrossIndustryInvoice";
/// The root in ZUGFeRD 1.0.
pub(super) const ROOT_ONE: &str = "CrossIndustryDocument";

/// The names of upper elements in one of the two forms.
struct Names {
    syntax: Syntax,
    context: &'static str,
    document: &'static str,
    transaction: &'static str,
    agreement: &'static str,
    settlement: &'static str,
    summation: &'static str,
    line_delivery: &'static str,
    line_settlement: &'static str,
    line_summation: &'static str,
}

const CII: Names = Names {
    syntax: Syntax::Cii,
    context: "ExchangedDocumentContext",
    document: "ExchangedDocument",
    transaction: "SupplyChainTradeTransaction",
    agreement: "ApplicableHeaderTradeAgreement",
    settlement: "ApplicableHeaderTradeSettlement",
    summation: "SpecifiedTradeSettlementHeaderMonetarySummation",
    line_delivery: "SpecifiedLineTradeDelivery",
    line_settlement: "SpecifiedLineTradeSettlement",
    line_summation: "SpecifiedTradeSettlementLineMonetarySummation",
};

const ZUGFERD_ONE: Names = Names {
    syntax: Syntax::ZugferdOne,
    context: "SpecifiedExchangedDocumentContext",
    document: "HeaderExchangedDocument",
    transaction: "SpecifiedSupplyChainTradeTransaction",
    agreement: "ApplicableSupplyChainTradeAgreement",
    settlement: "ApplicableSupplyChainTradeSettlement",
    summation: "SpecifiedTradeSettlementMonetarySummation",
    line_delivery: "SpecifiedSupplyChainTradeDelivery",
    line_settlement: "SpecifiedSupplyChainTradeSettlement",
    line_summation: "SpecifiedTradeSettlementMonetarySummation",
};

const MEANS: &str = "SpecifiedTradeSettlementPaymentMeans";
const TERMS: &str = "SpecifiedTradePaymentTerms";

pub(super) fn read(root: Node<'_>) -> Result<Invoice, InvoiceError> {
    let names = if root.name() == ROOT_ONE { &ZUGFERD_ONE } else { &CII };
    let document = part(root, names.document, "document header")?;
    let transaction = part(root, names.transaction, "transaction")?;
    let agreement = part(transaction, names.agreement, "parties")?;
    let settlement = part(transaction, names.settlement, "settlement")?;
    let totals = part(settlement, names.summation, "totals")?;

    let currency = currency_of(settlement.text_at(&["InvoiceCurrencyCode"]))?;
    let amount = |name: &str, field| total(totals.at(&[name]), field, currency);
    let type_code = document.text_at(&["TypeCode"]);
    let due = settlement.children(TERMS).find_map(|terms| moment(terms.at(&["DueDateDateTime"])));
    Ok(Invoice {
        syntax: names.syntax,
        document: root.name().to_owned(),
        guideline: root.text_at(&[names.context, "GuidelineSpecifiedDocumentContextParameter", "ID"]),
        is_credit_note: takes_off(type_code.as_deref()),
        type_code,
        number: document.text_at(&["ID"]).ok_or(InvoiceError::Missing { field: "number" })?,
        issued_on: day(moment(document.at(&["IssueDateTime"])), "issue date")?
            .ok_or(InvoiceError::Missing { field: "issue date" })?,
        due_on: day(due, "due date")?,
        currency,
        buyer_reference: agreement.text_at(&["BuyerReference"]),
        order_reference: agreement
            .text_at(&["BuyerOrderReferencedDocument", "IssuerAssignedID"])
            .or_else(|| agreement.text_at(&["BuyerOrderReferencedDocument", "ID"])),
        seller: party(agreement.at(&["SellerTradeParty"])),
        buyer: party(agreement.at(&["BuyerTradeParty"])),
        lines: transaction
            .children("IncludedSupplyChainTradeLineItem")
            .map(|node| line(node, names, currency))
            .collect(),
        net: amount("TaxBasisTotalAmount", "net total")?,
        gross: amount("GrandTotalAmount", "gross total")?,
        prepaid: amount("TotalPrepaidAmount", "prepaid amount")?,
        rounding: amount("RoundingAmount", "rounding amount")?,
        payable: amount("DuePayableAmount", "payable amount")?,
        payment_means: settlement.text_at(&[MEANS, "TypeCode"]),
        payee_iban: settlement
            .text_at(&[MEANS, "PayeePartyCreditorFinancialAccount", "IBANID"])
            .map(without_blanks),
        payment_reference: settlement.text_at(&["PaymentReference"]),
        mandate: settlement.text_at(&[TERMS, "DirectDebitMandateID"]),
        creditor_id: settlement.text_at(&["CreditorReferenceID"]),
        payment_terms: settlement.text_at(&[TERMS, "Description"]),
        attachment: None,
    })
}

fn part<'a>(parent: Node<'a>, name: &str, field: &'static str) -> Result<Node<'a>, InvoiceError> {
    parent.at(&[name]).ok_or(InvoiceError::Missing { field })
}

/// Returns the text of a moment, whichever of the forms holds it.
fn moment(node: Option<Node<'_>>) -> Option<String> {
    let node = node?;
    ["DateTimeString", "DateTime", "DateString", "Date"].iter().find_map(|name| node.text_at(&[name]))
}

fn party(node: Option<Node<'_>>) -> Party {
    let Some(node) = node else { return Party::default() };
    let endpoint = node.at(&["URIUniversalCommunication", "URIID"]).filter(|id| !id.text().is_empty());
    let endpoint_scheme = endpoint.and_then(|endpoint| endpoint.attribute("schemeID")).map(str::to_owned);
    let endpoint = endpoint.map(|endpoint| endpoint.text().to_owned());
    let mail = endpoint.clone().filter(|_| endpoint_scheme.as_deref() == Some("EM"));
    let contact = |path: &[&str]| node.at(&["DefinedTradeContact"]).and_then(|contact| contact.text_at(path));
    Party {
        name: node.text_at(&["SpecifiedLegalOrganization", "TradingBusinessName"]),
        legal_name: node.text_at(&["Name"]),
        vat: node
            .children("SpecifiedTaxRegistration")
            .filter_map(|registration| registration.at(&["ID"]))
            .find(|id| id.attribute("schemeID") == Some("VA") && !id.text().is_empty())
            .map(|id| id.text().to_owned()),
        endpoint,
        endpoint_scheme,
        id: node.text_at(&["ID"]).or_else(|| node.text_at(&["GlobalID"])),
        address: node.at(&["PostalTradeAddress"]).map(address).unwrap_or_default(),
        contact: contact(&["PersonName"]).or_else(|| contact(&["DepartmentName"])),
        email: contact(&["EmailURIUniversalCommunication", "URIID"]).or(mail),
        phone: contact(&["TelephoneUniversalCommunication", "CompleteNumber"]),
    }
}

fn address(node: Node<'_>) -> Address {
    Address {
        lines: ["LineOne", "LineTwo", "LineThree"].iter().filter_map(|line| node.text_at(&[line])).collect(),
        postcode: node.text_at(&["PostcodeCode"]),
        city: node.text_at(&["CityName"]),
        region: node.text_at(&["CountrySubDivisionName"]),
        country: node.text_at(&["CountryID"]),
    }
}

fn line(node: Node<'_>, names: &Names, currency: Currency) -> InvoiceLine {
    let quantity = node.at(&[names.line_delivery, "BilledQuantity"]);
    InvoiceLine {
        id: node.text_at(&["AssociatedDocumentLineDocument", "LineID"]),
        name: node.text_at(&["SpecifiedTradeProduct", "Name"]),
        quantity: quantity.map(|quantity| quantity.text().to_owned()),
        unit: quantity.and_then(|quantity| quantity.attribute("unitCode")).map(str::to_owned),
        net: node
            .at(&[names.line_settlement, names.line_summation, "LineTotalAmount"])
            .and_then(|amount| Money::parse_major(amount.text(), currency).ok()),
    }
}
