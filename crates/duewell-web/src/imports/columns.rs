//! How a table is read: what a person chose, as parameters of the page, and the form to choose it.

use std::collections::BTreeMap;

use duewell_documents::Speech;
use duewell_domain::debtor::PartyKind;
use duewell_engine::intake::{self, Doubt, Reading, TableLook};
use duewell_formats::table::{DateOrder, DecimalMark, Field, TableKind};
use maud::{Markup, html};

use crate::ui;

/// What the address of a file's page says.
#[derive(Debug, Default)]
pub struct Choice {
    /// What the rows are, if the person said so.
    pub kind: Option<TableKind>,
    pub reading: Reading,
    /// The parameters that were understood, to carry them on.
    pub pairs: Vec<(String, String)>,
}

impl Choice {
    /// Reads the parameters; what is none of ours is left out.
    pub fn read(pairs: Vec<(String, String)>) -> Choice {
        let mut choice = Choice::default();
        let mut columns: BTreeMap<Field, String> = BTreeMap::new();
        let mut mapped = false;
        for (name, value) in pairs {
            let understood = match name.as_str() {
                "kind" => set(&mut choice.kind, word(&value)),
                "sheet" => {
                    set(&mut choice.reading.sheet, Some(value.clone()).filter(|sheet| !sheet.is_empty()))
                }
                "date" => set(&mut choice.reading.date_order, word(&value)),
                "mark" => set(&mut choice.reading.decimal_mark, word(&value)),
                "who" => set(&mut choice.reading.kind, value.parse::<PartyKind>().ok()),
                "mapped" => {
                    mapped = true;
                    true
                }
                column => match column.strip_prefix("col-").and_then(word::<Field>) {
                    Some(field) if !value.is_empty() => columns.insert(field, value.clone()).is_none(),
                    _ => false,
                },
            };
            if understood {
                choice.pairs.push((name, value));
            }
        }
        // Columns of another kind of table are not carried over to this one.
        choice.reading.columns = mapped.then_some(columns);
        choice
    }

    /// The address of this reading under `path`.
    pub fn address(&self, path: &str) -> String {
        let pairs: Vec<(&str, &str)> =
            self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        crate::texts::address(path, &pairs)
    }
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let known = value.is_some();
    *slot = value;
    known
}

/// Reads one of the words that mappings are written with.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// What a field is called in a table of this kind.
pub fn field_name(speech: &Speech, kind: TableKind, field: Field) -> String {
    let word = field.as_str().replace('_', "-");
    let id = match kind {
        TableKind::Debtors => format!("imports-debtors-field-{word}"),
        TableKind::Receivables => format!("imports-receivables-field-{word}"),
    };
    if speech.knows(&id) { speech.say(&id).into_owned() } else { field.as_str().to_owned() }
}

/// The form that says which column holds what; it shows the same page read anew.
pub fn form(speech: &Speech, look: &TableLook, address: &str) -> Markup {
    let say = |id: &str| speech.say(id);
    let kind = match look.kind {
        TableKind::Debtors => "debtors",
        TableKind::Receivables => "receivables",
    };
    html! {
        form method="get" action=(address) {
            input type="hidden" name="kind" value=(kind);
            input type="hidden" name="mapped" value="1";
            p.quiet { (say("imports-columns-text")) }
            div.cols {
                @for field in intake::fields(look.kind) { (column_select(speech, look, *field)) }
                @match look.kind {
                    TableKind::Receivables => {
                        (date_select(speech, look))
                        (mark_select(speech, look))
                    }
                    TableKind::Debtors => (who_select(speech, look)),
                }
            }
            (ui::actions(ui::button(ui::Button::Secondary, &say("imports-read-again"))))
        }
    }
}

fn column_select(speech: &Speech, look: &TableLook, field: Field) -> Markup {
    let name = format!("col-{}", field.as_str());
    let label = field_name(speech, look.kind, field);
    let chosen = look.mapping.columns.get(&field);
    let none = speech.say("imports-no-column");
    let mut choices = vec![ui::Choice::new("", &none).chosen_if(chosen.is_none())];
    choices.extend(
        look.headers.iter().map(|header| ui::Choice::new(header, header).chosen_if(Some(header) == chosen)),
    );
    let mut shown = ui::Field::new(&name, &label);
    let group = intake::required(look.kind).iter().find(|group| group.contains(&field));
    let needed =
        group.map(|group| speech.say(if group.len() > 1 { "imports-needed-one" } else { "imports-needed" }));
    if let Some(needed) = &needed {
        shown = shown.optional(needed);
    }
    let error = speech.say("imports-column-missing");
    let is_missing = look.missing.iter().any(|group| group.contains(&field));
    ui::select(&shown.error(is_missing.then_some(&*error)), &choices)
}

fn date_select(speech: &Speech, look: &TableLook) -> Markup {
    let order = look.mapping.date_order;
    let ask = look.doubtful_date.as_ref().map(|doubt| asks(speech, "imports-date-doubt", doubt));
    let orders = [
        ("", "imports-as-it-is", None),
        ("day_month_year", "imports-date-dmy", Some(DateOrder::DayMonthYear)),
        ("month_day_year", "imports-date-mdy", Some(DateOrder::MonthDayYear)),
        ("year_month_day", "imports-date-ymd", Some(DateOrder::YearMonthDay)),
    ];
    choice_of(speech, "date", "imports-date-order", ask, &orders, order)
}

fn mark_select(speech: &Speech, look: &TableLook) -> Markup {
    let ask = look.doubtful_amount.as_ref().map(|doubt| asks(speech, "imports-mark-doubt", doubt));
    let marks = [
        ("", "imports-as-it-is", None),
        ("comma", "imports-mark-comma", Some(DecimalMark::Comma)),
        ("point", "imports-mark-point", Some(DecimalMark::Point)),
    ];
    choice_of(speech, "mark", "imports-decimal-mark", ask, &marks, look.mapping.decimal_mark)
}

fn who_select(speech: &Speech, look: &TableLook) -> Markup {
    let kinds = [
        ("person", "imports-who-person", Some(PartyKind::Person)),
        ("company", "imports-who-company", Some(PartyKind::Company)),
    ];
    let kind = look.mapping.defaults.kind.or(Some(PartyKind::Person));
    choice_of(speech, "who", "imports-who", None, &kinds, kind)
}

fn choice_of<T: PartialEq>(
    speech: &Speech,
    name: &str,
    label: &str,
    error: Option<String>,
    all: &[(&str, &str, Option<T>)],
    chosen: Option<T>,
) -> Markup {
    let labels: Vec<_> = all.iter().map(|(_, id, _)| speech.say(id)).collect();
    let choices: Vec<_> = all
        .iter()
        .zip(&labels)
        .map(|((value, _, one), label)| ui::Choice::new(value, label).chosen_if(*one == chosen))
        .collect();
    ui::select(&ui::Field::new(name, &speech.say(label)).error(error.as_deref()), &choices)
}

/// Asks how a value is meant that can be read in two ways.
pub fn asks(speech: &Speech, id: &str, doubt: &Doubt) -> String {
    speech.say_with(
        id,
        &[
            ("line", (&doubt.line.to_string()).into()),
            ("column", (&doubt.column).into()),
            ("value", (&doubt.value).into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn columns_count_as_chosen_only_when_the_form_was_sent() {
        let untouched = Choice::read(pairs(&[("kind", "debtors")]));
        assert_eq!((untouched.kind, untouched.reading.columns), (Some(TableKind::Debtors), None));
        let emptied = Choice::read(pairs(&[("mapped", "1"), ("col-name", "")]));
        assert_eq!(emptied.reading.columns, Some(BTreeMap::new()));
        let chosen =
            Choice::read(pairs(&[("mapped", "1"), ("col-due_on", "Fällig"), ("date", "day_month_year")]));
        assert_eq!(chosen.reading.columns, Some(BTreeMap::from([(Field::DueOn, "Fällig".to_owned())])));
        assert_eq!(chosen.reading.date_order, Some(DateOrder::DayMonthYear));
    }

    #[test]
    fn what_is_not_understood_is_not_carried_on() {
        let choice = Choice::read(pairs(&[
            ("kind", "cats"),
            ("evil", "1"),
            ("col-purr", "A"),
            ("who", "company"),
            ("csrf", "x"),
        ]));
        assert_eq!(choice.pairs, pairs(&[("who", "company")]));
        assert_eq!(choice.address("/imports/files/1"), "/imports/files/1?who=company");
    }
}
