//! The languages that have texts, and the files the texts are in.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentResource, FluentValue};

use crate::words::Language;

/// A language and its files under `locales/`.
pub(super) struct Locale {
    pub tag: &'static str,
    /// What the language calls itself.
    pub own_name: &'static str,
    pub language: Language,
    /// Tells the bundle how numbers are written. Fluent takes a plain function, which cannot carry
    /// a language along, so each language brings its own.
    pub numbers: fn(&mut FluentBundle<FluentResource>),
    /// Name and content. A file that is not listed here is not read; a test compares with the folder.
    pub files: &'static [(&'static str, &'static str)],
}

/// The first is the one to fall back on.
pub(super) const LOCALES: &[Locale] = &[
    Locale {
        tag: "en",
        own_name: "English",
        language: Language::English,
        numbers: |bundle| bundle.set_formatter(Some(|value, _| number(Language::English, value))),
        files: &[
            ("common.ftl", include_str!("../../locales/en/common.ftl")),
            ("portal.ftl", include_str!("../../locales/en/portal.ftl")),
            ("portal_plan.ftl", include_str!("../../locales/en/portal_plan.ftl")),
            ("staff.ftl", include_str!("../../locales/en/staff.ftl")),
            ("staff_imports.ftl", include_str!("../../locales/en/staff_imports.ftl")),
            ("staff_money.ftl", include_str!("../../locales/en/staff_money.ftl")),
            ("staff_plan.ftl", include_str!("../../locales/en/staff_plan.ftl")),
            ("staff_rules.ftl", include_str!("../../locales/en/staff_rules.ftl")),
        ],
    },
    Locale {
        tag: "de",
        own_name: "Deutsch",
        language: Language::German,
        numbers: |bundle| bundle.set_formatter(Some(|value, _| number(Language::German, value))),
        files: &[
            ("common.ftl", include_str!("../../locales/de/common.ftl")),
            ("portal.ftl", include_str!("../../locales/de/portal.ftl")),
            ("portal_plan.ftl", include_str!("../../locales/de/portal_plan.ftl")),
            ("staff.ftl", include_str!("../../locales/de/staff.ftl")),
            ("staff_imports.ftl", include_str!("../../locales/de/staff_imports.ftl")),
            ("staff_money.ftl", include_str!("../../locales/de/staff_money.ftl")),
            ("staff_plan.ftl", include_str!("../../locales/de/staff_plan.ftl")),
            ("staff_rules.ftl", include_str!("../../locales/de/staff_rules.ftl")),
        ],
    },
];

/// Writes a whole number grouped; what is not whole stays as the text has it.
fn number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            // Fluent counts in floats. `Arg::Number` hands over only what one holds exactly.
            Some(language.number(number.value as i64))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_file_of_every_language_is_read_and_all_languages_have_the_same() {
        let names = |locale: &Locale| locale.files.iter().map(|&(name, _)| name).collect::<Vec<_>>();
        for locale in LOCALES {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale.tag);
            let mut there = BTreeMap::new();
            for entry in fs::read_dir(folder).expect("a folder for each language") {
                let entry = entry.expect("a readable folder");
                let name = entry.file_name().into_string().expect("a plain name");
                there.insert(name, fs::read_to_string(entry.path()).expect("a readable file"));
            }
            let read = locale.files.iter().map(|&(name, text)| (name.to_owned(), text.to_owned()));
            assert_eq!(there, read.collect(), "{}", locale.tag);
            assert_eq!(names(locale), names(&LOCALES[0]), "{}", locale.tag);
        }
    }
}
