//! What debtors read, and what hostile values and hostile templates cannot do.

use duewell_documents::{Creditor, Notice, NoticeFacts, NoticeItem, TemplateSource, Templates, parts};
use duewell_domain::dunning::NoticeKind;
use duewell_domain::money::Money;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn creditor() -> Creditor {
    Creditor {
        name: "Nordlicht Buchhandel".to_owned(),
        account_holder: "Nordlicht Buchhandel GmbH".to_owned(),
        iban: "DE02120300000000202051".to_owned(),
        bic: Some("BYLADEM1001".to_owned()),
        bank: None,
        phone: "+49 40 123456".to_owned(),
        email: "rechnung@nordlicht.example".to_owned(),
        address: "Hafenstr. 1\n20457 Hamburg".to_owned(),
        signer: Some("Jule Petersen".to_owned()),
        advice: None,
    }
}

fn item(number: &str, due_on: Date, minor: i64) -> NoticeItem<'_> {
    let amount = Money::new(minor, "EUR".parse().expect("a currency"));
    NoticeItem {
        number,
        issued_on: Some(date(2026, 2, 1)),
        due_on,
        open: amount,
        original: amount,
        days_past_due: 3,
    }
}

fn facts<'a>(language: &'a str, creditor: &'a Creditor, items: &'a [NoticeItem<'a>]) -> NoticeFacts<'a> {
    NoticeFacts {
        language,
        debtor_name: "Max Example",
        debtor_is_company: false,
        creditor,
        items,
        total: Money::new(items.iter().map(|item| item.open.minor).sum(), "EUR".parse().expect("a currency")),
        today: date(2026, 3, 4),
        pay_by: Some(date(2026, 3, 11)),
        reference: "RF18539007547034",
        link: Some("https://pay.example/RF18539007547034"),
        opt_out: Some("mailto:rechnung@nordlicht.example?subject=STOP%20K1"),
    }
}

#[test]
fn every_default_text_names_debtor_claim_payment_person_link_and_opt_out() {
    let (creditor, templates) = (creditor(), Templates::defaults());
    let items = [item("2026-001", date(2026, 3, 1), 123_456), item("2026-002", date(2026, 3, 2), 1_00)];
    for language in ["en", "de", "fr", "es"] {
        for kind in NoticeKind::ALL {
            let notice = templates.render(kind, &facts(language, &creditor, &items)).expect("it renders");
            let mail = parts(&notice, language);
            for wanted in [
                "Max Example",
                "2026-001",
                "2026-002",
                "DE02120300000000202051",
                "Nordlicht Buchhandel GmbH",
                "RF18539007547034",
                "+49 40 123456",
                "Jule Petersen",
                "https://pay.example/RF18539007547034",
                "rechnung@nordlicht.example",
            ] {
                assert!(
                    mail.text.contains(wanted),
                    "{language} {kind:?} text lacks {wanted}:\n{}",
                    mail.text
                );
                assert!(
                    mail.html.contains(wanted),
                    "{language} {kind:?} html lacks {wanted}:\n{}",
                    mail.html
                );
            }
            assert!(
                mail.html.contains("href=\"mailto:rechnung@nordlicht.example?subject=STOP%20K1\""),
                "{}",
                mail.html
            );
            assert!(!mail.text.contains("{{") && !mail.text.contains('\\'), "{}", mail.text);
            assert!(
                mail.html.contains("<hr"),
                "the opt-out stands below a rule, it is not a heading: {}",
                mail.html
            );
            assert!(notice.subject.len() < 90, "{}", notice.subject);
            // What a passer-by reads on a locked telephone says who writes, and nothing about a debt.
            let subject = notice.subject.to_lowercase();
            for telling in [
                "1,2", "1.2", "€", "2026-00", "max", "remind", "mahn", "erinner", "rappel", "recordat",
                "due", "pay",
            ] {
                assert!(!subject.contains(telling), "{language} {kind:?}: {subject}");
            }
        }
    }
}

#[test]
fn a_first_reminder_reads_like_this() {
    let creditor = creditor();
    let items = [item("2026-001", date(2026, 3, 1), 123_456)];
    let notice =
        Templates::defaults().render(NoticeKind::First, &facts("en", &creditor, &items)).expect("it renders");
    insta::assert_snapshot!(format!("{}\n\n{}", notice.subject, parts(&notice, "en").text));
}

#[test]
fn a_language_without_a_text_gets_english() {
    let creditor = creditor();
    let items = [item("1", date(2026, 3, 1), 5_00)];
    let templates = Templates::defaults();
    let notice = templates.render(NoticeKind::First, &facts("pl-PL", &creditor, &items)).expect("it renders");
    assert_eq!(notice.subject, "A message from Nordlicht Buchhandel");
    assert!(templates.version(NoticeKind::First, "pl").starts_with("first/en@"));
}

fn source(body: &str) -> TemplateSource {
    TemplateSource { subject: "Hello".to_owned(), body: body.to_owned() }
}

#[test]
fn a_template_that_asks_for_too_much_or_for_nothing_known_is_refused() {
    for (body, expected) in [
        ("{{ debtor.nmae }}", "body, line 1: there is no such value; the list is in docs/spec/templates.md"),
        (
            "one\ntwo {{ pay_by }}",
            "body, line 2: there is no such value, or it is not always set: ask `{% if … %}` first",
        ),
        (
            "{{ 'a' * 100000000 }}",
            "body, line 1: `*` is not allowed in a template: values are printed, not computed",
        ),
        (
            "{{ total ~ total }}",
            "body, line 1: `~` is not allowed in a template: values are printed, not computed",
        ),
        (
            "\n{% set a = total %}",
            "body, line 2: `{% set %}` is not known here; there are if, elif, else, endif, for, endfor",
        ),
        (
            "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
            "body, line 1: a loop cannot be recursive",
        ),
        ("{% if link %}x", "body, line 1: unexpected end of input, expected end of block"),
        ("{{ total", "body, line 1: `{{` is not closed by `}}`"),
        ("{{ range(3) }}", "body, line 1: range is unknown"),
        ("{{ total|replace('a', 'b') }}", "body, line 1: filter replace is unknown"),
    ] {
        let error = Templates::defaults()
            .with_override(NoticeKind::First, "en", &source(body))
            .expect_err(body)
            .to_string();
        assert_eq!(error, expected, "{body}");
    }
    let loops = "{% for a in items %}".repeat(20) + "x" + &"{% endfor %}".repeat(20);
    let error = Templates::defaults()
        .with_override(NoticeKind::First, "en", &source(&loops))
        .expect_err("it is too much");
    assert!(error.to_string().contains("too many steps"), "{error}");
}

#[test]
fn an_own_text_takes_the_place_of_the_default_and_reads_back() {
    let mut templates = Templates::defaults();
    let text = "subject: Offen: {{ total }}\n---\nMoin {{ debtor.name }},\n\nbitte zahlen.\n";
    let own = TemplateSource::parse(text).expect("it parses");
    templates.with_override(NoticeKind::First, "de-DE", &own).expect("it is accepted");
    assert_eq!(templates.source(NoticeKind::First, "de").print(), text);
    let creditor = creditor();
    let items = [item("1", date(2026, 3, 1), 5_00)];
    let notice = templates.render(NoticeKind::First, &facts("de-AT", &creditor, &items)).expect("it renders");
    assert_eq!(notice.body, "Moin Max Example,\n\nbitte zahlen.\n");
    for wrong in ["", "no subject", "subject: x", "subject:\n---\n", "subject: x\nbody"] {
        assert!(TemplateSource::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn html_in_a_text_and_links_that_are_not_links_stay_text() {
    let notice = Notice {
        subject: "</title><script>x</script>".to_owned(),
        body: "<script>alert(1)</script>\n\nin <b>line</b> [go](javascript:alert(1)) ![pic](https://x.example/t.gif)".to_owned(),
    };
    let html = parts(&notice, "en\"><script>").html;
    assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<img"), "{html}");
    assert!(!html.contains("<b>"), "{html}");
}

/// What a value should look like when it is read: without control characters, spaces in order.
fn as_read(value: &str) -> String {
    let kept: String = value
        .chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() || c == '\u{feff}' { ' ' } else { c })
        .collect();
    kept.split(|c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

proptest! {
    #[test]
    fn a_value_is_shown_as_it_is_and_as_nothing_else(
        name in prop_oneof![
            "\\PC{0,40}",
            "[-+*_#>|`<&\\[\\]()!.0-9a-z \\\\~:=^$\n\r\t]{0,40}",
            "(1\\.|- |# |> |\\* |\\+ |```|---|===|<b>|&amp;|\\[a\\]\\(javascript:x\\)|\\|){1,6}",
        ],
    ) {
        let name = format!("x{name}");
        let read = as_read(&name);
        let creditor = creditor();
        let items = [item(&name, date(2026, 3, 1), 5_00)];
        let mut templates = Templates::defaults();
        for (place, before, after) in [
            ("{{ debtor.name }}\n", "", "\n"),
            ("Dear {{ debtor.name }},\n", "Dear ", ",\n"),
            ("- {{ debtor.name }}\n", "- ", "\n"),
            ("**{{ debtor.name }}**\n", "", "\n"),
        ] {
            templates.with_override(NoticeKind::First, "en", &source(place)).expect("it is a template");
            let facts = NoticeFacts { debtor_name: &name, ..facts("en", &creditor, &items) };
            let notice = templates.render(NoticeKind::First, &facts).expect("it renders");
            let text = parts(&notice, "en").text;
            let shown = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            prop_assert_eq!(shown, Some(read.as_str()), "{}", notice.body);
        }
        let cell = "| a | b |\n|---|---|\n{% for item in items %}\n| {{ item.number }} | end |\n{% endfor %}\n";
        templates.with_override(NoticeKind::First, "en", &source(cell)).expect("it is a template");
        let notice = templates.render(NoticeKind::First, &facts("en", &creditor, &items)).expect("it renders");
        let html = parts(&notice, "en").html;
        prop_assert_eq!(html.matches("<td>").count(), 2, "{}", html);
    }

    #[test]
    fn values_that_begin_like_markdown_are_still_text(start in "(1\\. |- |# |> |\\+ |12\\) |===|---|\\* |\t\t\tcode|    code|:--|~~~|```)", rest in "[a-z]{1,8}") {
        let name = format!("{start}{rest}");
        let creditor = creditor();
        let mut templates = Templates::defaults();
        templates.with_override(NoticeKind::First, "en", &source("Hello\n{{ debtor.name }}\n")).expect("it is a template");
        let facts = NoticeFacts { debtor_name: &name, ..facts("en", &creditor, &[]) };
        let notice = templates.render(NoticeKind::First, &facts).expect("it renders");
        prop_assert_eq!(parts(&notice, "en").text, format!("Hello\n{}\n", as_read(&name)));
    }
}
