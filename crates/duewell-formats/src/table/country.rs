//! Countries (ISO 3166-1 alpha-2) and languages (ISO 639-1, the primary subtags of BCP 47).

/// ISO 3166-1 alpha-2 as of 2026, with the user-assigned XK that Kosovo is written with in practice.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
    UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// ISO 639-1.
const LANGUAGES: &str = "\
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv \
    dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie \
    ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv \
    mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm \
    rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr \
    ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Ways of writing that are common in exports and mean one country for certain.
const COUNTRY_NAMES: &[(&str, &str)] = &[
    ("uk", "GB"),
    ("el", "GR"),
    ("usa", "US"),
    ("germany", "DE"),
    ("deutschland", "DE"),
    ("allemagne", "DE"),
    ("alemania", "DE"),
    ("austria", "AT"),
    ("österreich", "AT"),
    ("oesterreich", "AT"),
    ("autriche", "AT"),
    ("switzerland", "CH"),
    ("schweiz", "CH"),
    ("suisse", "CH"),
    ("suiza", "CH"),
    ("liechtenstein", "LI"),
    ("luxembourg", "LU"),
    ("luxemburg", "LU"),
    ("luxemburgo", "LU"),
    ("france", "FR"),
    ("frankreich", "FR"),
    ("francia", "FR"),
    ("spain", "ES"),
    ("spanien", "ES"),
    ("espagne", "ES"),
    ("españa", "ES"),
    ("espana", "ES"),
    ("italy", "IT"),
    ("italien", "IT"),
    ("italie", "IT"),
    ("italia", "IT"),
    ("netherlands", "NL"),
    ("the netherlands", "NL"),
    ("niederlande", "NL"),
    ("pays-bas", "NL"),
    ("países bajos", "NL"),
    ("belgium", "BE"),
    ("belgien", "BE"),
    ("belgique", "BE"),
    ("bélgica", "BE"),
    ("portugal", "PT"),
    ("ireland", "IE"),
    ("irland", "IE"),
    ("irlande", "IE"),
    ("irlanda", "IE"),
    ("poland", "PL"),
    ("polen", "PL"),
    ("pologne", "PL"),
    ("polonia", "PL"),
    ("denmark", "DK"),
    ("dänemark", "DK"),
    ("danemark", "DK"),
    ("dinamarca", "DK"),
    ("sweden", "SE"),
    ("schweden", "SE"),
    ("suède", "SE"),
    ("suecia", "SE"),
    ("norway", "NO"),
    ("norwegen", "NO"),
    ("norvège", "NO"),
    ("noruega", "NO"),
    ("finland", "FI"),
    ("finnland", "FI"),
    ("finlande", "FI"),
    ("finlandia", "FI"),
    ("czechia", "CZ"),
    ("czech republic", "CZ"),
    ("tschechien", "CZ"),
    ("tchéquie", "CZ"),
    ("chequia", "CZ"),
    ("united kingdom", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("grossbritannien", "GB"),
    ("großbritannien", "GB"),
    ("vereinigtes königreich", "GB"),
    ("royaume-uni", "GB"),
    ("reino unido", "GB"),
    ("united states", "US"),
    ("united states of america", "US"),
    ("vereinigte staaten", "US"),
    ("états-unis", "US"),
    ("estados unidos", "US"),
    ("canada", "CA"),
    ("kanada", "CA"),
    ("canadá", "CA"),
    ("australia", "AU"),
    ("australien", "AU"),
    ("australie", "AU"),
    ("new zealand", "NZ"),
    ("neuseeland", "NZ"),
    ("mexico", "MX"),
    ("méxico", "MX"),
    ("argentina", "AR"),
    ("chile", "CL"),
    ("colombia", "CO"),
];

/// Three-letter codes (ISO 639-2, both series) of the languages that exports write so.
const LONG_LANGUAGES: &[(&str, &str)] = &[
    ("eng", "en"),
    ("deu", "de"),
    ("ger", "de"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("spa", "es"),
    ("ita", "it"),
    ("por", "pt"),
    ("nld", "nl"),
    ("dut", "nl"),
    ("pol", "pl"),
    ("ces", "cs"),
    ("cze", "cs"),
    ("dan", "da"),
    ("swe", "sv"),
    ("nor", "no"),
    ("fin", "fi"),
    ("tur", "tr"),
    ("rus", "ru"),
    ("ukr", "uk"),
    ("ara", "ar"),
    ("ell", "el"),
    ("gre", "el"),
    ("hun", "hu"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("jpn", "ja"),
];

/// Returns the country code in capitals, from the code or a common name.
pub(super) fn find_country(text: &str) -> Option<&'static str> {
    find_code(COUNTRIES, text, |byte| byte.to_ascii_uppercase()).or_else(|| {
        let folded = text.to_lowercase();
        COUNTRY_NAMES.iter().find(|(name, _)| *name == folded).map(|&(_, code)| code)
    })
}

/// Returns the language's primary subtag: `de` for `de`, `de-AT`, `DE_at` and `deu`.
pub(super) fn find_language(text: &str) -> Option<&'static str> {
    let (primary, rest) = text.split_at(text.find(['-', '_']).unwrap_or(text.len()));
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !rest.is_empty() && !rest[1..].split(['-', '_']).all(subtag) {
        return None;
    }
    find_code(LANGUAGES, primary, |byte| byte.to_ascii_lowercase()).or_else(|| {
        LONG_LANGUAGES.iter().find(|(long, _)| long.eq_ignore_ascii_case(primary)).map(|&(_, code)| code)
    })
}

/// Finds a two-letter code in a sorted list of such codes with a space between.
fn find_code(codes: &'static str, text: &str, fold: impl Fn(u8) -> u8) -> Option<&'static str> {
    let &[first, second] = text.as_bytes() else { return None };
    let wanted = [fold(first), fold(second)];
    let (mut low, mut high) = (0, codes.len().div_ceil(3));
    while low < high {
        let middle = low.midpoint(high);
        let code = &codes[middle * 3..middle * 3 + 2];
        match code.as_bytes().cmp(&wanted[..]) {
            std::cmp::Ordering::Equal => return Some(code),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_code_is_found_and_the_lists_are_sorted() {
        for (codes, count) in [(COUNTRIES, 250), (LANGUAGES, 183)] {
            let list: Vec<&str> = codes.split(' ').collect();
            assert_eq!(list.len(), count);
            assert!(list.is_sorted());
            for code in list {
                assert_eq!(find_code(codes, code, |byte| byte), Some(code));
            }
        }
    }

    #[test]
    fn countries_are_known_by_code_and_common_name_and_nothing_else() {
        for (text, code) in
            [("de", Some("DE")), ("UK", Some("GB")), ("Österreich", Some("AT")), ("España", Some("ES"))]
        {
            assert_eq!(find_country(text), code, "{text}");
        }
        for text in ["", "D", "ZZ", "XX", "DEU ", "Atlantis", "é"] {
            assert_eq!(find_country(text), None, "{text}");
        }
    }

    #[test]
    fn languages_keep_their_primary_subtag_only() {
        for (text, code) in [
            ("de", Some("de")),
            ("DE_at", Some("de")),
            ("pt-BR", Some("pt")),
            ("ger", Some("de")),
            ("zh-Hant-TW", Some("zh")),
        ] {
            assert_eq!(find_language(text), code, "{text}");
        }
        for text in ["", "xx", "deutsch", "de-", "de--AT", "de-abcdefghi", "-"] {
            assert_eq!(find_language(text), None, "{text}");
        }
    }
}
