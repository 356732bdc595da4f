//! Invoices from outside: what they say, and that nothing in them can hurt.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use duewell_domain::money::{Currency, Money};
use duewell_formats::invoice::{Invoice, InvoiceError, Syntax, XML_BYTES_MAX, read_invoice};
use duewell_formats::xml::XmlError;
use jiff::civil::date;
use proptest::prelude::*;

/// A UBL invoice, `{root}` being `Invoice` or `CreditNote`.
fn ubl(root: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<ubl:{root} xmlns:ubl=\"urn:ubl\" xmlns:cbc=\"urn:cbc\" xmlns:cac=\"urn:cac\">\n\
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>R-77</cbc:ID>\
<cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:DueDate>2026-04-01+02:00</cbc:DueDate>\
<cbc:{root}TypeCode>380</cbc:{root}TypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\
<cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference><cac:OrderReference><cbc:ID>O-1</cbc:ID></cac:OrderReference>\
<cac:AccountingSupplierParty><cac:Party><cac:PartyIdentification><cbc:ID schemeID=\"SEPA\">DE98ZZZ09999999999</cbc:ID>\
</cac:PartyIdentification><cac:PartyLegalEntity><cbc:RegistrationName>Wir GmbH</cbc:RegistrationName>\
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>\
<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID=\"EM\">rechnung@weber.example</cbc:EndpointID>\
<cac:PartyIdentification><cbc:ID>K-5</cbc:ID></cac:PartyIdentification>\
<cac:PartyName><cbc:Name>Weber</cbc:Name></cac:PartyName><cac:PostalAddress><cbc:StreetName>Weg 1</cbc:StreetName>\
<cbc:AdditionalStreetName>Haus B</cbc:AdditionalStreetName><cbc:CityName>Köln</cbc:CityName>\
<cbc:PostalZone>50667</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>\
</cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>12/345</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID>\
</cac:TaxScheme></cac:PartyTaxScheme><cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme>\
<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>\
<cbc:RegistrationName>Weber &amp; Sohn</cbc:RegistrationName></cac:PartyLegalEntity>\
<cac:Contact><cbc:Telephone>+49 221 1</cbc:Telephone></cac:Contact></cac:Party></cac:AccountingCustomerParty>\
<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cbc:PaymentID>RF18539007547034</cbc:PaymentID>\
<cac:PayeeFinancialAccount><cbc:ID>DE79 0000 0000 0123 4567 89</cbc:ID></cac:PayeeFinancialAccount>\
<cac:PaymentMandate><cbc:ID>MD-1</cbc:ID></cac:PaymentMandate></cac:PaymentMeans>\
<cac:PaymentTerms><cbc:Note>30 Tage</cbc:Note></cac:PaymentTerms><cac:LegalMonetaryTotal>\
<cbc:TaxExclusiveAmount currencyID=\"EUR\">100</cbc:TaxExclusiveAmount>\
<cbc:TaxInclusiveAmount currencyID=\"EUR\">119.02</cbc:TaxInclusiveAmount>\
<cbc:PrepaidAmount currencyID=\"EUR\">19.00</cbc:PrepaidAmount>\
<cbc:PayableRoundingAmount currencyID=\"EUR\">-0.02</cbc:PayableRoundingAmount>\
<cbc:PayableAmount currencyID=\"EUR\">100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>\
<cac:{root}Line><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode=\"H87\">20</cbc:InvoicedQuantity>\
<cbc:LineExtensionAmount currencyID=\"EUR\">100</cbc:LineExtensionAmount><cac:Item><cbc:Name>Papier</cbc:Name>\
</cac:Item></cac:{root}Line></ubl:{root}>\n"
    )
}

/// A CII invoice in the names of version 2 or of ZUGFeRD 1.0.
fn cii(one: bool) -> String {
    let name = |new: &'static str, old: &'static str| if one { old } else { new };
    let root = name("CrossIndustryInvoice", "CrossIndustryDocument");
    let document = name("ExchangedDocument", "HeaderExchangedDocument");
    let transaction = name("SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction");
    let agreement = name("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement");
    let settlement = name("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement");
    let summation =
        name("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation");
    format!(
        "<rsm:{root} xmlns:rsm='r' xmlns:ram='m' xmlns:udt='u'><rsm:{document}><ram:ID>R-78</ram:ID>\
<ram:TypeCode>381</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format='102'>20260302</udt:DateTimeString>\
</ram:IssueDateTime></rsm:{document}><rsm:{transaction}><ram:{agreement}><ram:SellerTradeParty><ram:Name>Wir</ram:Name>\
</ram:SellerTradeParty><ram:BuyerTradeParty><ram:GlobalID>400</ram:GlobalID><ram:Name>Weber</ram:Name>\
<ram:PostalTradeAddress><ram:PostcodeCode>50667</ram:PostcodeCode><ram:LineOne>Weg 1</ram:LineOne>\
<ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration>\
<ram:ID schemeID='FC'>12/345</ram:ID></ram:SpecifiedTaxRegistration><ram:SpecifiedTaxRegistration>\
<ram:ID schemeID='VA'>DE123456789</ram:ID></ram:SpecifiedTaxRegistration></ram:BuyerTradeParty></ram:{agreement}>\
<ram:{settlement}><ram:PaymentReference>R-78</ram:PaymentReference><ram:InvoiceCurrencyCode>CHF</ram:InvoiceCurrencyCode>\
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>\
<ram:IBANID>CH93 0076 2011 6238 5295 7</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>\
</ram:SpecifiedTradeSettlementPaymentMeans><ram:SpecifiedTradePaymentTerms><ram:Description>sofort</ram:Description>\
</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>\
<udt:DateTimeString format='102'>20260401</udt:DateTimeString></ram:DueDateDateTime>\
<ram:DirectDebitMandateID>MD-2</ram:DirectDebitMandateID></ram:SpecifiedTradePaymentTerms><ram:{summation}>\
<ram:TaxBasisTotalAmount>-100.0000</ram:TaxBasisTotalAmount><ram:GrandTotalAmount>-107.70</ram:GrandTotalAmount>\
<ram:TotalPrepaidAmount>-7.70</ram:TotalPrepaidAmount></ram:{summation}></ram:{settlement}>\
<ram:IncludedSupplyChainTradeLineItem/></rsm:{transaction}></rsm:{root}>"
    )
}

fn message(xml: &str) -> String {
    let error = read_invoice(xml.as_bytes()).expect_err("refused");
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

#[test]
fn a_ubl_invoice_tells_who_owes_what_until_when() {
    let invoice = read_invoice(ubl("Invoice").as_bytes()).expect("reads");
    assert_eq!((invoice.syntax, invoice.document.as_str()), (Syntax::Ubl, "Invoice"));
    assert_eq!(invoice.number, "R-77");
    assert_eq!((invoice.issued_on, invoice.due_on), (date(2026, 3, 2), Some(date(2026, 4, 1))));
    assert_eq!(invoice.seller.display_name(), Some("Wir GmbH"));
    assert_eq!(invoice.creditor_id.as_deref(), Some("DE98ZZZ09999999999"));
    let buyer = &invoice.buyer;
    assert_eq!((buyer.name.as_deref(), buyer.legal_name.as_deref()), (Some("Weber"), Some("Weber & Sohn")));
    assert_eq!((buyer.vat.as_deref(), buyer.id.as_deref()), (Some("DE123456789"), Some("K-5")));
    assert_eq!(buyer.email.as_deref(), Some("rechnung@weber.example"));
    assert_eq!(buyer.address.lines, ["Weg 1", "Haus B"]);
    assert_eq!(buyer.address.country.as_deref(), Some("DE"));
    assert_eq!(invoice.payee_iban.as_deref(), Some("DE79000000000123456789"));
    assert_eq!(invoice.payment_reference.as_deref(), Some("RF18539007547034"));
    assert_eq!(invoice.mandate.as_deref(), Some("MD-1"));
    assert_eq!(invoice.amount_due(), Some(Money::new(10_000, Currency::EUR)));
    assert_eq!(invoice.totals_agree(), Some(true));
    assert_eq!(invoice.lines[0].unit.as_deref(), Some("H87"));
    assert!(!invoice.is_credit_note);
}

#[test]
fn a_credit_note_is_one_by_its_root_or_by_its_type() {
    let invoice = read_invoice(ubl("CreditNote").as_bytes()).expect("reads");
    assert!(invoice.is_credit_note);
    assert_eq!(invoice.lines.len(), 1);
    assert!(read_invoice(cii(false).as_bytes()).expect("reads").is_credit_note);
}

#[test]
fn cii_and_its_forerunner_say_the_same() {
    let both = [false, true].map(|one| read_invoice(cii(one).as_bytes()).expect("reads"));
    for invoice in &both {
        assert_eq!(invoice.number, "R-78");
        assert_eq!((invoice.issued_on, invoice.due_on), (date(2026, 3, 2), Some(date(2026, 4, 1))));
        assert_eq!(invoice.buyer.display_name(), Some("Weber"));
        assert_eq!(
            (invoice.buyer.vat.as_deref(), invoice.buyer.id.as_deref()),
            (Some("DE123456789"), Some("400"))
        );
        assert_eq!(invoice.payee_iban.as_deref(), Some("CH9300762011623852957"));
        assert_eq!(
            (invoice.mandate.as_deref(), invoice.payment_terms.as_deref()),
            (Some("MD-2"), Some("sofort"))
        );
        assert_eq!(invoice.net, Some(Money::new(-10_000, Currency::CHF)));
        // Nothing says what is payable, so it is gross less prepaid.
        assert_eq!((invoice.payable, invoice.totals_agree()), (None, None));
        assert_eq!(invoice.amount_due(), Some(Money::new(-10_000, Currency::CHF)));
        assert_eq!(invoice.lines.len(), 1);
    }
    assert_eq!(both[1].syntax, Syntax::ZugferdOne);
}

#[test]
fn an_envelope_makes_no_difference() {
    let inside = ubl("Invoice").split_once("?>").map(|(_, inside)| inside.to_owned()).expect("declared");
    let wrapped = format!("<StandardBusinessDocument><Header/>{inside}</StandardBusinessDocument>");
    assert_eq!(read_invoice(wrapped.as_bytes()).expect("reads").number, "R-77");
}

#[test]
fn a_due_date_may_stand_with_the_means_or_terms_of_payment() {
    let due = "<cbc:DueDate>2026-04-01+02:00</cbc:DueDate>";
    let means = "<cbc:PaymentMeansCode>59</cbc:PaymentMeansCode>";
    let without = ubl("CreditNote").replace(due, "");
    assert_eq!(read_invoice(without.as_bytes()).expect("reads").due_on, None);
    for (before, inside) in
        [(means, "cac:PaymentMeans"), ("<cbc:Note>30 Tage</cbc:Note>", "cac:PaymentTerms")]
    {
        assert!(without.contains(&format!("<{inside}>{before}")));
        let with =
            without.replace(before, &format!("{before}<cbc:PaymentDueDate>2026-05-05</cbc:PaymentDueDate>"));
        assert_eq!(read_invoice(with.as_bytes()).expect("reads").due_on, Some(date(2026, 5, 5)));
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let ubl = ubl("Invoice");
    for (from, to, told) in [
        ("<cbc:ID>R-77</cbc:ID>", "", "has no number"),
        ("2026-03-02", "2026-13-02", "`2026-13-02` is not a believable issue date"),
        ("2026-04-01+02:00", "9999-12-31", "`9999-12-31` is not a believable due date"),
        ("<cbc:IssueDate>2026-03-02</cbc:IssueDate>", "", "has no issue date"),
        (">EUR<", ">EUX<", "unknown currency: unknown currency code `EUX`"),
        (">EUR<", "><", "has no currency"),
        (">100.00<", ">100.001<", "payable amount is not an exact amount: `100.001` has more decimals"),
        (">100.00<", ">1e2<", "payable amount is not an exact amount"),
        ("\"EUR\">100.00", "\"USD\">100.00", "payable amount is in USD, the invoice in EUR"),
        ("LegalMonetaryTotal", "Sums", "has no totals"),
        ("ubl:Invoice", "ubl:Order", "its root is `Order`"),
    ] {
        let changed = ubl.replace(from, to);
        assert_ne!(changed, ubl, "{from}");
        let message = message(&changed);
        assert!(message.contains(told), "{from} -> {to}: {message}");
    }
}

#[test]
fn encodings_are_read_and_bombs_are_not() {
    let latin = ubl("Invoice").replace('\u{feff}', "").replace("UTF-8", "ISO-8859-1");
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&latin);
    assert_eq!(read_invoice(&latin).expect("reads").buyer.address.city.as_deref(), Some("Köln"));
    let utf16: Vec<u8> = ubl("Invoice").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_invoice(&utf16).expect("reads").buyer.address.city.as_deref(), Some("Köln"));

    let bomb = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><Invoice>&b;</Invoice>";
    assert!(matches!(read_invoice(bomb.as_bytes()), Err(InvoiceError::Xml(XmlError::DocumentType { .. }))));
    assert!(message(&"<a>".repeat(100)).contains("deeper"));
    assert!(
        message(&format!("<Invoice>{}</Invoice>", "<a/>".repeat(2_000_000)))
            .contains("more than 2000000 elements")
    );
    let large = vec![b' '; XML_BYTES_MAX + 1];
    assert!(matches!(read_invoice(&large), Err(InvoiceError::TooLarge { .. })));
}

#[test]
fn a_file_that_is_cut_off_is_an_error() {
    for whole in [ubl("Invoice"), cii(false), cii(true)] {
        let end = whole.trim_end().len();
        for end in (0..end).step_by(97).chain([end - 1]) {
            assert!(read_invoice(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
        }
    }
    let whole = pdf(true);
    let data_end = whole.windows(9).rposition(|window| window == b"endstream").expect("a stream");
    for end in (0..data_end.saturating_sub(20)).step_by(97) {
        assert!(read_invoice(&whole[..end]).is_err(), "cut at {end}");
    }
    assert_eq!(read_invoice(&whole).expect("reads").number, "R-78");
}

/// A PDF with an invoice attached, packed or not.
fn pdf(packed: bool) -> Vec<u8> {
    let xml = cii(false);
    let (filter, data) = if packed {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(xml.as_bytes()).expect("memory does not fail");
        ("/Filter /FlateDecode ", encoder.finish().expect("memory does not fail"))
    } else {
        ("", xml.into_bytes())
    };
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Names << /EmbeddedFiles << /Names [(factur-x.xml) 2 0 R] >> >> \
/AF [2 0 R] >>\nendobj\n2 0 obj\n<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Data \
/EF << /F 3 0 R /UF 3 0 R >> >>\nendobj\n3 0 obj\n<< /Type /EmbeddedFile /Subtype /text#2Fxml {filter}/Length {} >>\n\
stream\n",
        data.len()
    );
    [head.as_bytes(), &data, b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"].concat()
}

fn damaged(mut bytes: Vec<u8>, damage: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (place, byte, kind) in damage {
        let place = place.index(bytes.len());
        match kind {
            0 => bytes[place] = *byte,
            1 => {
                bytes.remove(place);
            }
            _ => bytes.insert(place, *byte),
        }
    }
    bytes
}

fn some_damage() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12)
}

proptest! {
    #[test]
    fn no_bytes_at_all_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_invoice(&bytes);
        let _ = read_invoice(&[b"%PDF-1.4\n1 0 obj ".as_slice(), &bytes].concat());
    }

    #[test]
    fn no_damage_to_xml_makes_it_panic(damage in some_damage(), which in 0..3) {
        let whole = match which {
            0 => ubl("Invoice"),
            1 => cii(false),
            _ => cii(true),
        };
        let _ = read_invoice(&damaged(whole.into_bytes(), &damage));
    }

    #[test]
    fn no_damage_to_a_pdf_makes_it_panic(damage in some_damage(), packed in any::<bool>()) {
        let _ = read_invoice(&damaged(pdf(packed), &damage));
    }
}

/// Compares number and payable amount of real invoices with what other programs read from them.
#[test]
fn real_invoices_have_the_number_and_amount_others_find() -> anyhow::Result<()> {
    let samples = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples"));
    if !samples.is_dir() {
        println!("no real invoices at hand: {} is absent", samples.display());
        return Ok(());
    }
    let mut compared = 0;
    for folder in ["ubl", "cii", "facturx"] {
        for file in std::fs::read_dir(samples.join(folder))? {
            let path = file?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let expectation = path.with_file_name(format!("{name}.expected.json"));
            if !expectation.is_file() {
                continue;
            }
            let expected: serde_json::Value = serde_json::from_slice(&std::fs::read(&expectation)?)?;
            let expected = if folder == "facturx" { &expected["invoice"] } else { &expected };
            let invoice: Invoice = read_invoice(&std::fs::read(&path)?).with_context(|| name.clone())?;
            assert_eq!(Some(invoice.number.as_str()), expected["number"].as_str(), "{name}");
            let payable = expected["payable"].as_str().map(|text| Money::parse_major(text, invoice.currency));
            assert_eq!(invoice.payable, payable.transpose()?, "{name}");
            compared += 1;
        }
    }
    println!("{compared} real invoices compared");
    Ok(())
}
