//! Where a debtor's clock may stand: every clue, none thrown away.

use jiff::tz::TimeZone;

/// Zones of countries that have one, and the outermost zones of those that have several.
///
/// Source: IANA time zone database, `zone1970.tab`. A window that is open in the outermost
/// zones is open in all between.
const COUNTRIES: [(&str, &[&str]); 46] = [
    ("AT", &["Europe/Vienna"]),
    ("AU", &["Australia/Sydney", "Australia/Perth"]),
    ("BE", &["Europe/Brussels"]),
    ("BG", &["Europe/Sofia"]),
    ("BR", &["America/Noronha", "America/Rio_Branco"]),
    ("CA", &["America/St_Johns", "America/Vancouver"]),
    ("CH", &["Europe/Zurich"]),
    ("CL", &["America/Santiago"]),
    ("CN", &["Asia/Shanghai"]),
    ("CO", &["America/Bogota"]),
    ("CY", &["Asia/Nicosia"]),
    ("CZ", &["Europe/Prague"]),
    ("DE", &["Europe/Berlin"]),
    ("DK", &["Europe/Copenhagen"]),
    ("EE", &["Europe/Tallinn"]),
    ("ES", &["Europe/Madrid", "Atlantic/Canary"]),
    ("FI", &["Europe/Helsinki"]),
    ("FR", &["Europe/Paris"]),
    ("GB", &["Europe/London"]),
    ("GR", &["Europe/Athens"]),
    ("HR", &["Europe/Zagreb"]),
    ("HU", &["Europe/Budapest"]),
    ("IE", &["Europe/Dublin"]),
    ("IN", &["Asia/Kolkata"]),
    ("IT", &["Europe/Rome"]),
    ("JP", &["Asia/Tokyo"]),
    ("KW", &["Asia/Kuwait"]),
    ("LI", &["Europe/Vaduz"]),
    ("LT", &["Europe/Vilnius"]),
    ("LU", &["Europe/Luxembourg"]),
    ("LV", &["Europe/Riga"]),
    ("MT", &["Europe/Malta"]),
    ("MX", &["America/Cancun", "America/Tijuana"]),
    ("NL", &["Europe/Amsterdam"]),
    ("NO", &["Europe/Oslo"]),
    ("NZ", &["Pacific/Auckland"]),
    ("PL", &["Europe/Warsaw"]),
    ("PT", &["Europe/Lisbon", "Atlantic/Azores"]),
    ("RO", &["Europe/Bucharest"]),
    ("SE", &["Europe/Stockholm"]),
    ("SG", &["Asia/Singapore"]),
    ("SI", &["Europe/Ljubljana"]),
    ("SK", &["Europe/Bratislava"]),
    ("TR", &["Europe/Istanbul"]),
    ("US", &["America/New_York", "Pacific/Honolulu"]),
    ("ZA", &["Africa/Johannesburg"]),
];

/// Returns every zone there is a clue for; the creditor's own when there is none.
pub(crate) fn zones_of(stated: Option<&str>, country: Option<&str>, creditor: &TimeZone) -> Vec<TimeZone> {
    // A stated zone is better evidence than a country: it is the reason why the country's width does not matter.
    let names: Vec<&str> = match (stated, country) {
        (Some(zone), _) => vec![zone],
        (None, Some(country)) => COUNTRIES
            .iter()
            .find(|(code, _)| *code == country)
            .map(|(_, zones)| zones.to_vec())
            .unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    let mut zones: Vec<TimeZone> = names.into_iter().filter_map(|name| TimeZone::get(name).ok()).collect();
    if zones.is_empty() {
        zones.push(creditor.clone());
    }
    zones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_zone_exists() {
        for (country, zones) in COUNTRIES {
            for zone in zones {
                assert!(TimeZone::get(zone).is_ok(), "{country}: {zone}");
            }
        }
        assert!(COUNTRIES.windows(2).all(|pair| pair[0].0 < pair[1].0), "sorted");
    }

    #[test]
    fn without_a_clue_the_creditors_zone_counts() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(zones_of(None, Some("XX"), &berlin), std::slice::from_ref(&berlin));
        assert_eq!(zones_of(None, Some("PT"), &berlin).len(), 2);
        assert_eq!(zones_of(Some("Atlantic/Azores"), Some("PT"), &berlin).len(), 1);
    }
}
