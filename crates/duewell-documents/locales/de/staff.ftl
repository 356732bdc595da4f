# Rahmen jeder Seite.
skip-to-content = Zum Inhalt springen
nav-label = Hauptmenü
nav-today = Heute
nav-debtors = Schuldner
nav-payments = Zahlungen
nav-imports = Einlesen
nav-mail = Post
nav-scenario = Mahnszenario
nav-settings = Einstellungen
nav-account = Ihr Konto
nav-sign-out = Abmelden
nav-search = Schuldner finden
style-title = Bausteine
page-label = Seiten der Liste
page-first = Von vorn
page-next = Nächste Seite
optional = (freiwillig)
copy = Kopieren
copied = Kopiert
form-wrong = Bitte prüfen Sie Ihre Eingaben
date-wrong = Geben Sie einen Tag ein, zum Beispiel 25.11.2026
date-past = Der Tag liegt in der Vergangenheit
date-future = Der Tag liegt in der Zukunft
amount-wrong = Geben Sie einen Betrag ein, zum Beispiel 120,50
days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}

# Fehler.
fail-home = Zur Startseite
fail-sign-in = Bitte melden Sie sich an
fail-not-found = Hier ist nichts
fail-not-found-text = Die Adresse stimmt nicht, oder das Ziel gibt es nicht mehr.
fail-form = Dieses Formular kann nicht mehr gesendet werden
fail-form-text = Sie wurden abgemeldet, oder das Formular kam von einer anderen Seite. Nichts wurde geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
fail-refused = Das geht nicht
fail-too-many = Bitte warten Sie einen Moment
fail-too-many-text = Das waren zu viele Versuche. Versuchen Sie es in { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
} noch einmal.
fail-too-large = Die Datei ist zu groß
fail-too-large-text = Nichts wurde eingelesen. Teilen Sie die Datei und versuchen Sie es noch einmal.
fail-world = Die Datenbank ist nicht erreichbar
fail-world-text = Nichts wurde geändert. Versuchen Sie es in einer Minute noch einmal; bleibt es so, hilft das Protokoll des Servers.
fail-us = Bei uns ist etwas schiefgegangen
fail-us-text = Nichts blieb halb erledigt. Das Protokoll des Servers sagt, was geschah.

# Anmelden und Konto anlegen.
field-email = E-Mail-Adresse
field-password = Passwort
field-new-password = Wählen Sie ein Passwort
field-new-password-hint = Mindestens { $count } Zeichen. Mehrere Wörter sind ein gutes.
field-your-name = Ihr Name
field-your-name-hint = Wie Kollegen Sie kennen
field-language = Sprache
sign-in-title = Anmelden
sign-in-action = Anmelden
sign-in-wrong = E-Mail-Adresse und Passwort passen nicht zusammen
sign-in-help = Passwort vergessen? Ein Kollege kann Ihr Konto schließen und Sie neu einladen.
join-first-title = Das erste Konto anlegen
join-first-text = Dieser Link gilt einmal. Das Konto, das Sie hier anlegen, darf alles.
join-title = Willkommen
join-text = Sie wurden als { $email } eingeladen.
join-action = Konto anlegen
join-over-title = Dieser Link ist verbraucht
join-over-text = Der Link wurde schon benutzt, oder seine Zeit ist um. Bitten Sie um einen neuen.
account-no-name = Geben Sie Ihren Namen ein
account-email = Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com
account-email-taken = Mit dieser E-Mail-Adresse gibt es schon ein Konto
account-too-short = Wählen Sie ein Passwort mit mindestens { $count } Zeichen
account-too-long = Wählen Sie ein kürzeres Passwort
account-common = Dieses Passwort wird als eines der ersten geraten: Wählen Sie ein anderes
account-wrong-password = Das ist nicht Ihr jetziges Passwort

# Heute.
today-title = Heute
today-run = Tageslauf starten
done-run = Der Tageslauf ist fertig. Was erlaubt ist, ist unterwegs.
today-numbers = Zahlen von heute
today-overdue = Überfällig
today-due-today = Heute fällig
today-due-soon = Fällig in den nächsten 7 Tagen
today-received = Eingegangen diese Woche
today-open = Offen
today-currency = Währung
today-by-currency = Nach Währung
today-count-receivables = { $count ->
    [one] { $count } Forderung
   *[other] { $count } Forderungen
}
today-count-payments = { $count ->
    [one] { $count } Zahlung
   *[other] { $count } Zahlungen
}
today-waiting = Wartet auf Sie
today-waiting-nothing = Nichts wartet auf Sie. Zeit für einen Kaffee.
today-waiting-unknown = Post, die vielleicht nicht ankam
today-waiting-disputes = Schuldner bestreiten eine Forderung
today-waiting-claims = Schuldner sagen, sie haben bezahlt
today-waiting-payments = Zahlungen zuordnen
today-waiting-finished = Alle Erinnerungen verschickt, Sie entscheiden
today-waiting-address-failed = Post wurde an der Adresse abgewiesen
today-waiting-no-address = Keine E-Mail-Adresse
today-waiting-opted-out = Schuldner möchten keine E-Mail
today-waiting-failed = Post, die nicht zugestellt wurde
today-waiting-text-failed = Texte, die nicht geschrieben werden konnten
today-machine = Für Sie bei der Arbeit
today-overdue-debtors = Überfällige Schuldner, die erinnert werden
today-promises = Laufende Zahlungszusagen
today-pending = Schreiben, die auf ihren Zeitpunkt warten
today-cases-due = Schuldner, die der nächste Lauf ansieht
today-newest-statement = Neuester Kontoauszug
today-last-run = { $count ->
    [one] Letzter Lauf { $when }: { $count } Schreiben
   *[other] Letzter Lauf { $when }: { $count } Schreiben
}
today-never-run = Der Tageslauf lief noch nie.
today-run-cured = Nicht mehr überfällig
today-run-not-sent = Nicht geschrieben: { $reason }
today-run-caption = Was der letzte Lauf tat
today-run-what = Was
today-run-count = Wie viele
today-missing-title = Es kann noch nichts verschickt werden
today-missing-text = Schreiben müssen sagen, wer Sie sind und wohin gezahlt wird.
today-missing-link = Einstellungen ergänzen
today-stale-title = Erinnerungen werden zurückgehalten
today-stale-text = Der neueste Kontoauszug ist vom { $when }. Niemand wird an etwas erinnert, das vielleicht bezahlt ist.
today-stale-link = Neueren Auszug einlesen
today-empty-title = Ihr Buch ist leer
today-empty-text = Fünf Schritte führen zur ersten freundlichen Erinnerung. Keiner davon verschickt etwas, bevor Sie es sagen.
today-step-settings = Sagen Sie, wer Sie sind: Name, E-Mail-Adresse, Bankkonto
today-step-debtors = Lesen Sie Ihre Schuldner ein (CSV oder Excel)
today-step-receivables = Lesen Sie ein, was sie schulden (CSV, Excel oder E-Rechnungen)
today-step-statement = Lesen Sie einen Kontoauszug ein, damit niemand an Bezahltes erinnert wird
today-step-run = Starten Sie den Tageslauf
today-step-done = erledigt

# Bilder.
chart-received = Zahlungseingang je Woche ({ $currency })
chart-received-text = Jeder Balken ist das Geld, das in einer Woche einging; der letzte ist diese Woche.
chart-week = Woche ab
chart-amount = Betrag
chart-table = Zahlen zeigen
chart-aging = Offenes Geld nach Tagen Verzug
chart-aging-text = Je Währung: was noch nicht fällig ist und was wie lange überfällig ist.
chart-thousands = { $count } T
chart-millions = { $count } Mio.
aging-not-due = Nicht fällig
aging-1-30 = 1–30 Tage
aging-31-60 = 31–60 Tage
aging-61-90 = 61–90 Tage
aging-over-90 = Über 90 Tage

# Schuldner und Forderungen.
debtors-title = Schuldner
debtors-count = { $count ->
    [one] { $count } Schuldner insgesamt
   *[other] { $count } Schuldner insgesamt
}
debtors-search = Name, Nummer, E-Mail oder Rechnung
debtors-search-action = Suchen
debtors-filter = Welche Schuldner
debtors-all = Alle
debtors-overdue = Überfällig
debtors-name = Name
debtors-number = Nummer
debtors-state = Stand
debtors-late = Verzug
debtors-overdue-sum = Überfällige Summe
debtors-open = Offen
debtors-step = { $count ->
    [one] Einmal erinnert
    [2] Zweimal erinnert
   *[other] { $count }-mal erinnert
}
debtors-not-due = Noch nicht fällig
debtors-clear = Nichts offen
debtors-shown = { $count ->
    [one] { $count } Schuldner gezeigt
   *[other] { $count } Schuldner gezeigt
}
debtors-none-title = Noch keine Schuldner
debtors-none-text = Lesen Sie eine Tabelle Ihrer Kunden ein: Nummer und Name genügen, mit einer E-Mail-Adresse können Sie ihnen schreiben.
debtors-none-action = Datei einlesen
debtors-not-found-title = Niemand gefunden zu „{ $text }“
debtors-not-found-text = Versuchen Sie den Anfang eines Namens, eine Kunden- oder Rechnungsnummer oder eine E-Mail-Adresse.
debtors-list-empty-title = Niemand hier: { $list }
debtors-list-empty-text = Das ist eine gute Nachricht. Die anderen Listen stehen oben.
stuck-scenario-finished = Alle Stufen durchlaufen
stuck-no-address = Keine E-Mail-Adresse
stuck-opted-out = Möchte keine E-Mail
stuck-address-failed = Post abgewiesen
stuck-text-failed = Text misslungen
receivables-title = Offene Forderungen
receivables-lead = Was in { $currency } offen ist, die ältesten zuerst
receivables-filter = Wann sie fällig sind
receivables-others = Andere Währungen:
receivables-number = Nummer
receivables-due = Fällig
receivables-shown = { $count ->
    [one] { $count } Forderung gezeigt
   *[other] { $count } Forderungen gezeigt
}
receivables-none-title = Hier ist nichts offen
receivables-none-text = Wählen Sie oben einen anderen Zeitraum.
span-overdue = Überfällig
span-today = Heute fällig
span-soon = Nächste 7 Tage
span-not-due = Nicht fällig
span-1-30 = 1–30 Tage Verzug
span-31-60 = 31–60 Tage Verzug
span-61-90 = 61–90 Tage Verzug
span-over-90 = Über 90 Tage Verzug
span-all = Alle

# Ein Schuldner.
debtor-number = Nummer { $number }
debtor-balance = Stand des Kontos
debtor-overdue = Davon überfällig
debtor-late = { $count ->
    [one] { $count } Tag Verzug
   *[other] { $count } Tage Verzug
}
debtor-last-paid = Letzte Zahlung
debtor-never = Noch keine
debtor-nothing = Nichts
debtor-unapplied = Nicht zugeordnetes Geld
debtor-receivables = Forderungen
debtor-nothing-open = Nichts ist offen.
debtor-closed = { $count ->
    [one] { $count } bezahlt, zurückgezogen oder in einem Plan
   *[other] { $count } bezahlt, zurückgezogen oder in einem Plan
}
debtor-closed-title = Bezahlt, zurückgezogen oder in einem Plan
debtor-amount = Betrag
debtor-paid = Bezahlt
debtor-withdrawn = Zurückgezogen
debtor-in-plan = In einem Plan
debtor-story = Was geschah
debtor-do = Was Sie tun können
debtor-payment = Zahlung erfassen
debtor-payment-amount = Eingegangener Betrag
debtor-payment-on = Eingegangen am
debtor-payment-for = Wofür
debtor-payment-oldest = Das Älteste zuerst
debtor-payment-unapplied = Noch nichts, nicht zuordnen
debtor-payment-action = Zahlung erfassen
debtor-note-word = In einem Wort
debtor-hold = Mahnstopp setzen
debtor-hold-reason = Warum
debtor-hold-last = Letzter Tag des Mahnstopps
debtor-hold-last-hint = Ohne Tag gilt er, bis Sie ihn beenden
debtor-hold-what = Was ruht
debtor-hold-all = Alles
debtor-hold-action = Mahnstopp setzen
debtor-note = Notiz schreiben
debtor-note-text = Notiz
debtor-note-empty = Schreiben Sie zuerst etwas
debtor-note-action = Notiz behalten
debtor-holds = Geltende Mahnstopps
debtor-hold-until = bis { $day }
debtor-hold-open = bis er beendet wird
debtor-release = Mahnstopp beenden
debtor-contacts = So erreichen Sie sie
debtor-no-contact = Es gibt keine Adresse und keine Nummer.
debtor-language = Sprache
debtor-language-own = Wie in Ihren Einstellungen
debtor-reference = Zahlungsreferenz
debtor-country = Land
debtor-opted-out = möchte keine E-Mail
debtor-failed = Post wurde abgewiesen
debtor-opt-in = E-Mail ist wieder erwünscht
debtor-opt-out = Möchte keine E-Mail mehr
debtor-links = Die eigene Seite des Schuldners
debtor-links-text = Jedes Schreiben enthält einen Link dorthin. Sie können selbst einen übergeben oder alle zurücknehmen.
debtor-links-off = Schuldner haben noch keine Seite: Sagen Sie in den Einstellungen, unter welcher Adresse sie diesen Server erreichen.
debtor-link-make = Link erzeugen
debtor-link-new = Link zum Übergeben
debtor-link-once = Er wird einmal gezeigt. Wer ihn hat, sieht, was geschuldet wird; geben Sie ihn sonst niemandem.
debtor-links-end = Alle Links zurücknehmen
done-hold = Der Mahnstopp gilt: Nichts wird verschickt.
done-released = Der Mahnstopp ist beendet. Der nächste Lauf sieht diesen Schuldner an.
done-payment = Die Zahlung ist erfasst.
done-note = Die Notiz ist aufgehoben.
done-opted-in = E-Mail ist wieder erlaubt.
done-opted-out = An diesen Schuldner geht keine E-Mail mehr.
done-link = Hier ist der Link.
done-links-ended = Alle bisherigen Links sind ungültig. Das nächste Schreiben enthält einen neuen.

# Warum geschrieben wird oder nicht.
why-title = Warum wird geschrieben, oder nicht?
why-no-case = Hier wurde nie etwas geschuldet, also ist nichts geplant.
why-leaves = geht { $when } hinaus
why-would-send = Liefe der Tageslauf jetzt: { $kind } über { $amount }, geht { $when } hinaus.
why-would-send-note = Nichts spricht dagegen: kein Mahnstopp, keine wartende Zahlung, eine Adresse, erlaubte Zeit.
why-not = Jetzt wird nichts verschickt: { $reason }.
why-as-planned = Wie geplant
why-held = Ruht
why-attention = Braucht Sie
why-next-look = Nächster Blick am { $day }
why-hold = gilt außerdem: siehe die Mahnstopps daneben.
why-no-next-look = Der nächste Blick kommt, wenn sich etwas ändert.

# Die Geschichte eines Schuldners.
story-empty = Es ist noch nichts geschehen.
story-all = { $count ->
    [one] { $count } Ereignis zeigen
   *[other] Alle { $count } Ereignisse zeigen
}
story-by = von { $who }
story-by-link = über den Link des Schuldners
story-until = bis { $day }
story-due = fällig { $day }
story-pay-on = Will am { $day } zahlen
story-paid-on = Bezahlt am { $day }
story-consent-given = mit E-Mail einverstanden
event-debtor-imported = Schuldner eingelesen
event-debtor-changed = Daten des Schuldners geändert
event-receivable-imported = Forderung eingelesen
event-receivable-changed = Forderung geändert
event-receivable-withdrawn = Forderung zurückgezogen
event-notice-decided = Schreiben beschlossen
event-notice-refused = Kein Schreiben
event-notice-outcome = Ausgang des Schreibens
event-notice-withdrawn = Schreiben zurückgenommen
event-notice-interrupted = Versand unterbrochen
event-notice-settled = Unbekannter Ausgang geklärt
event-payment-booked = Zahlung eingegangen
event-payment-queued = Zahlung wartet auf Zuordnung
event-payment-recorded = Zahlung erfasst
event-payment-matched = Zahlung zugeordnet
event-payment-unmatched = Zuordnung zurückgenommen
event-case-cured = Nichts mehr überfällig
event-hold-placed = Mahnstopp gesetzt
event-hold-released = Mahnstopp beendet
event-contact-consent = Einwilligung zu E-Mail
event-debtor-promised = Zahlungszusage
event-debtor-says-paid = Sagt, es sei bezahlt
event-debtor-disputed = Sagt, etwas stimmt nicht
event-note-added = Notiz
event-link-made = Link erzeugt
event-link-ended = Links zurückgenommen

# Fachwörter.
hold-dispute = Bestritten
hold-promise = Zugesagt
hold-payment-claimed = Sagt, es sei bezahlt
hold-care = Braucht Rücksicht
hold-legal = Rechtlich gesperrt
hold-manual = Mahnstopp
notice-pre-due = Freundliche Erinnerung vor Fälligkeit
notice-first = Erste Erinnerung
notice-second = Zweite Erinnerung
notice-final = Letzte Erinnerung
notice-state-pending = wartet
notice-state-sending = wird gesendet
notice-state-sent = gesendet
notice-state-failed = gescheitert
notice-state-withdrawn = zurückgenommen
notice-state-unknown = unbekannt
reason-nothing-open = nichts ist offen
reason-not-yet = noch ist keine Stufe fällig
reason-too-soon = das letzte Schreiben ist noch zu frisch
reason-notice-on-its-way = das letzte Schreiben ist noch nicht hinaus, oder sein Ausgang ist unbekannt
reason-below-tolerance = der überfällige Betrag liegt unter der Bagatellgrenze
reason-scenario-finished = alle Stufen sind durchlaufen, ein Mensch entscheidet
reason-on-hold-dispute = die Forderung ist bestritten
reason-on-hold-promise = die Zahlung ist zugesagt
reason-on-hold-payment-claimed = der Schuldner sagt, es sei bezahlt; der Kontoauszug wird es zeigen
reason-on-hold-care = Umstände, die Rücksicht brauchen
reason-on-hold-legal = eine rechtliche Sperre
reason-on-hold-manual = jemand hat einen Mahnstopp gesetzt
reason-stale-money = der neueste Kontoauszug ist zu alt, um zu wissen, wer bezahlt hat
reason-payment-waiting = eine Zahlung dieses Schuldners wartet auf Zuordnung
reason-no-address = es gibt keine E-Mail-Adresse
reason-opted-out = der Schuldner möchte keine E-Mail
reason-address-failed = Post an alle Adressen wurde abgewiesen
reason-policy-quiet-hours = Ruhezeit beim Schuldner
reason-policy-sunday = Sonntag beim Schuldner
reason-policy-holiday = ein Feiertag
reason-policy-frequency-cap = schon oft genug angeschrieben
reason-policy-no-common-hour = die Zeitzonen des Schuldners lassen keine gemeinsame Stunde
reason-paid = inzwischen bezahlt
reason-amount-changed = Betrag oder Fälligkeit haben sich inzwischen geändert
reason-text-failed = der Text konnte nicht geschrieben werden
