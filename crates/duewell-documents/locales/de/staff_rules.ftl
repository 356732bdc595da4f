# Mahnszenario, Texte der Schreiben, Post, Einstellungen und Konten.

## Mahnszenario

scenario-title = Mahnszenario
scenario-lead = Was Duewell wann schreibt. Version { $version } gilt.
scenario-edit = Mahnszenario bearbeiten
scenario-edit-title = Mahnszenario bearbeiten
scenario-edit-lead = Es ändert sich nichts, bevor Sie speichern. Die Vorschau zeigt, was Ihre Änderungen bewirken.
scenario-steps = Stufen
scenario-days-before = { $days ->
    [0] Am Fälligkeitstag
    [one] { $days } Tag vor Fälligkeit
   *[other] { $days } Tage vor Fälligkeit
}
scenario-days-after = { $days ->
    [one] { $days } Tag nach Fälligkeit
   *[other] { $days } Tage nach Fälligkeit
}
scenario-pay-by-due = Nennt den Fälligkeitstag als Zahlungsziel.
scenario-pay-days = { $days ->
    [0] Bittet um Zahlung am selben Tag.
    [one] Lässt { $days } Tag Zeit zum Zahlen.
   *[other] Lässt { $days } Tage Zeit zum Zahlen.
}
scenario-end = Nach der letzten Stufe entscheidet ein Mensch
scenario-end-list = Schuldner, die alle Stufen hinter sich haben
scenario-limits = Grenzen
scenario-gap = Tage zwischen zwei Schreiben
scenario-gap-hint = So viele Tage liegen mindestens zwischen zwei Schreiben an einen Schuldner, was auch immer die Stufen sagen.
scenario-gap-days = { $days ->
    [one] mindestens { $days } Tag
   *[other] mindestens { $days } Tage
}
scenario-tolerance = Bagatellgrenze
scenario-tolerance-hint = An überfällige Beträge bis zu dieser Höhe wird niemand erinnert.
scenario-silence = Während eines Mahnstopps, solange eine Zahlung des Schuldners auf Zuordnung wartet und außerhalb der Kontaktzeiten wird nichts versandt.
scenario-hours = Kontaktzeiten
scenario-step = Stufe { $number }
scenario-kind = Schreiben
scenario-days = Tage
scenario-side = Gezählt
scenario-before = vor Fälligkeit
scenario-after = nach Fälligkeit
scenario-pay = Zahlungsfrist in Tagen
scenario-add = Stufe hinzufügen
scenario-remove = Stufe { $number } entfernen
scenario-for = Vorschau für
scenario-for-hint = Name oder Nummer eines Schuldners. Leer für jemanden, der überfällig ist.
scenario-look = Vorschau
scenario-save = Als Version { $version } speichern
scenario-save-hint = Eine neue Version gilt ab dem nächsten Lauf. Bereits beschlossene Schreiben ändern sich nicht.
scenario-search = Vorschau für einen Schuldner
scenario-search-action = Zeigen
scenario-preview = Vorschau
scenario-preview-of = Vorschau für { $name }
scenario-preview-assumes = Was in den nächsten { $days } Tagen versandt würde, wenn nichts gezahlt wird und sich sonst nichts ändert. Uhrzeiten sind die des Schuldners.
scenario-preview-debtor = { $name } ansehen
scenario-preview-nothing = In den nächsten { $days } Tagen würde nichts versandt.
scenario-preview-silence = Es wird nichts versandt
scenario-preview-to = An { $to } zu { $numbers }
scenario-preview-several = Mehrere Schuldner passen. Wen meinen Sie?
scenario-preview-not-found = Niemand hat diesen Namen oder diese Nummer.
scenario-preview-nobody = Es gibt noch keine Schuldner. Sobald welche eingelesen sind, zeigt die Vorschau, was sie bekämen.
scenario-preview-broken = Die Vorschau kommt zurück, wenn das Formular stimmt.
scenario-error-days = Geben Sie eine ganze Zahl von Tagen zwischen 0 und { $max } ein.
scenario-error-amount = Geben Sie einen Betrag ein, etwa 1,00.
scenario-error-empty = Ein Mahnszenario braucht mindestens eine Stufe.
scenario-error-tolerance = Der Betrag darf nicht unter null liegen.
scenario-error-not-rising = Zwei Stufen liegen auf demselben Tag. Geben Sie jeder Stufe ihren eigenen Tag.
scenario-error-side-before = Die freundliche Erinnerung kommt vor Fälligkeit oder am Fälligkeitstag. Wählen Sie danach ein anderes Schreiben.
scenario-error-side-after = Dieses Schreiben kommt frühestens einen Tag nach Fälligkeit. Wählen Sie davor die freundliche Erinnerung.
scenario-error-channel = Zurzeit wird nur per E-Mail versandt.
done-scenario-saved = Das Mahnszenario ist gespeichert. Es gilt ab dem nächsten Lauf.

## Texte der Schreiben

wording-title = Texte
wording-lead = Was die Schreiben sagen, in jeder Sprache. Schuldner bekommen ihre eigene Sprache oder, wo sie nicht bekannt ist, Ihre.
wording-languages = Sprachen
wording-to-scenario = Zum Mahnszenario
wording-own = Ihr Text
wording-standard = Standardtext
wording-english = Englisch, in dieser Sprache gibt es noch keinen Text
wording-edit = Bearbeiten
wording-other = Weitere Sprache
wording-other-hint = Zwei oder drei Buchstaben, etwa nl für Niederländisch. Sie beginnen mit dem englischen Text.
wording-other-action = Zeigen
wording-example = Bäckerei Mühlgasse GmbH
wording-edit-title = { $kind }, { $language }
wording-edit-lead = Schreiben Sie einfachen Text. Was in doppelten geschweiften Klammern steht, wird für jeden Schuldner eingesetzt.
wording-subject = Betreff
wording-body = Wortlaut
wording-body-hint = Eine Leerzeile beginnt einen Absatz, zwei Sterne auf jeder Seite machen **fett**, ein Bindestrich beginnt eine Liste.
wording-look = Vorschau
wording-reset = Zurück zum Standardtext
wording-values = Was eingesetzt werden kann
wording-value = Schreiben Sie
wording-meaning = Daraus wird
wording-value-debtor = der Name des Schuldners
wording-value-total = die Summe des Offenen
wording-value-count = die Anzahl der Rechnungen
wording-value-pay-by = der Tag, bis zu dem zu zahlen ist; fragen Sie, ob er gesetzt ist
wording-value-today = der Tag des Schreibens
wording-value-reference = der Verwendungszweck der Überweisung
wording-value-link = der Link zur Seite des Schuldners; fragen Sie, ob er gesetzt ist
wording-value-opt-out = der Link, um E-Mails abzulehnen; fragen Sie, ob er gesetzt ist
wording-value-creditor = Ihr Name; ebenso .phone, .email, .address
wording-value-iban = Ihre IBAN; ebenso .account_holder, .bic, .bank
wording-value-signer = wer unterschreibt; fragen Sie, ob es gesetzt ist
wording-value-items = die Rechnungen eine nach der anderen, bis endfor
wording-value-item = Nummer, Fälligkeit und offener Betrag einer Rechnung
wording-value-if = was dazwischen steht, wird nur geschrieben, wenn der Wert gesetzt ist
wording-preview = Vorschau
wording-preview-hint = Schuldner und Rechnungen sind erfunden, alles andere ist von Ihnen.
wording-error-subject = Der Betreff fehlt.
wording-error-line = Zeile { $line }: { $problem }
wording-error-value = Zeile { $line } nennt einen Wert, den es nicht gibt oder der nicht immer gesetzt ist. Siehe „Was eingesetzt werden kann“.
wording-error-language = Eine Sprache hat zwei oder drei Buchstaben, etwa de.
done-text-saved = Der Text ist gespeichert. Schreiben, die ab jetzt beschlossen werden, verwenden ihn.
done-text-reset = Der Standardtext gilt wieder.
language-en = Englisch
language-de = Deutsch
language-fr = Französisch
language-es = Spanisch

## Post

mail-title = Post
mail-lead = Alle Schreiben: was auf den Versand wartet, was hinausging und was nicht.
mail-send = Fälliges jetzt versenden
mail-trays = Teile der Post
mail-waiting = Wartet auf Versand
mail-waiting-text = Jedes geht von selbst hinaus, wenn seine Stunde gekommen ist. Unmittelbar davor fragt Duewell noch einmal, ob es darf.
mail-waiting-empty = Nichts wartet auf den Versand.
mail-waiting-more = { $count ->
    [one] Danach geht noch { $count } hinaus.
   *[other] Danach gehen noch { $count } hinaus.
}
mail-sent = Gesendet
mail-sent-text = Was der Mailserver angenommen hat.
mail-sent-empty = Hier wurde nichts gesendet.
mail-failed = Gescheitert
mail-failed-text = Was der Mailserver endgültig abgelehnt hat. Die Stufe wird wiederholt, sobald der Schuldner eine gültige Adresse hat.
mail-failed-empty = Nichts ist gescheitert.
mail-unknown = Ausgang unbekannt
mail-unknown-text = Die Verbindung brach im falschen Augenblick ab. Diese Schuldner bekommen nichts weiter, bis es jemand herausgefunden hat.
mail-unknown-empty = Kein Ausgang ist unbekannt.
mail-all = Alles
mail-all-text = Alle Schreiben, die neuesten zuerst, auch solche, die vor dem Versand zurückgenommen wurden.
mail-all-empty = Es gibt noch keine Schreiben.
mail-empty-text = Schreiben beschließt der tägliche Lauf, wie es das Mahnszenario sagt.
mail-empty-good = So soll es sein.
mail-empty-action = Mahnszenario ansehen
mail-debtor = Schuldner
mail-subject = Betreff
mail-amount = Betrag
mail-when = Wann
mail-leaves = Geht hinaus
mail-state = Ausgang
mail-settle = Kam es an?
mail-arrived = Es kam an
mail-lost = Es kam nicht an
mail-erased = Text gelöscht
mail-erased-text = Der Text wurde gelöscht. Dass er geschrieben wurde, wann und an wen, bleibt nachweisbar.
mail-because-interrupted = Der Versuch wurde unterbrochen: Vielleicht ging es hinaus, vielleicht nicht.
mail-because-arrived = Jemand hat festgestellt, dass es ankam.
mail-because-lost = Jemand hat festgestellt, dass es nie ankam.
mail-because-server = Der Mailserver sagte: { $answer }
mail-pages = Seiten der Liste
mail-newest = Neueste
mail-older = Ältere
mail-back = Alle Post
mail-settle-title = Kam es an?
mail-settle-text = Fragen Sie den Schuldner oder sehen Sie im Protokoll Ihres Mailservers nach. Kam es nicht an, wird die Stufe wiederholt.
mail-message = Die Nachricht
mail-plain = Als einfacher Text
mail-open-page = Seite des Schuldners öffnen
mail-open-page-hint = Was der Schuldner hinter dem Link in dieser Nachricht sieht.
mail-facts = Zu dieser Nachricht
mail-from = Von
mail-to = An
mail-kind = Schreiben
mail-decided = Beschlossen am
mail-sent-at = Gesendet
mail-failed-action = Adresse berichtigen
mail-history = Verlauf
mail-event-decided = Beschlossen und geschrieben
mail-event-pending = Noch nicht angenommen, es wird wieder versucht
mail-event-sending = Wird gerade versandt
mail-event-sent = Gesendet
mail-event-failed = Endgültig abgelehnt
mail-event-withdrawn = Zurückgenommen
mail-event-unknown = Ausgang unbekannt
mail-event-other = Vermerkt
done-sending = Was fällig ist, geht jetzt hinaus. Sehen Sie gleich noch einmal nach.
done-mail-arrived = Vermerkt: Es kam an.
done-mail-lost = Vermerkt: Es kam nicht an. Die Stufe wird ab morgen wiederholt.

## Einstellungen

settings-title = Einstellungen
settings-lead = Wer Sie sind, und welche Regeln für alle Schuldner gelten.
settings-welcome-title = Willkommen, { $name }
settings-welcome-lead = Drei Dinge braucht ein Schreiben: wer schreibt, wohin man antwortet und wohin man zahlt.
settings-welcome-save = Speichern und weiter
settings-welcome-skip = Später
settings-needed = Die drei Dinge
settings-later = Der Rest kann warten
settings-later-text = Es geht so, wie es ist. Sehen Sie es sich an, wann Sie möchten.
settings-missing = Das brauchen Schreiben, bevor sie versandt werden können:
settings-who = Wer Sie sind
settings-letterhead = Mehr über Sie
settings-bank-account = Bankverbindung
settings-place = Sprache und Ort
settings-contact = Wann Schuldner angeschrieben werden dürfen
settings-page = Die Seite des Schuldners
settings-name = Name Ihres Unternehmens
settings-name-hint = So, wie Schuldner es kennen.
settings-email = E-Mail-Adresse
settings-email-hint = Hier kommen Antworten der Schuldner an.
settings-iban = Kontonummer (IBAN)
settings-iban-hint = Das Konto, auf das Schuldner zahlen.
settings-holder = Kontoinhaber
settings-holder-hint = Leer, wenn es der Name Ihres Unternehmens ist.
settings-bic = Bankkennung (BIC)
settings-bank = Name der Bank
settings-phone = Telefon
settings-address = Postanschrift
settings-signer = Wer unterschreibt
settings-signer-hint = Wen Schuldner kennen, dem antworten sie eher.
settings-advice = Kostenlose Schuldnerberatung
settings-advice-hint = Wird in späteren Schreiben genannt, etwa die Anschrift einer Beratungsstelle.
settings-sender = Absenderadresse
settings-sender-hint = Die Adresse, von der Schreiben kommen. Leer, wenn es Ihre E-Mail-Adresse ist.
settings-language = Sprache der Schreiben
settings-language-hint = Für Schuldner, deren Sprache nicht bekannt ist.
settings-country = Land
settings-country-hint = Zwei Buchstaben, etwa DE. Für Schuldner, bei denen die Datei nichts sagt.
settings-currency = Währung
settings-currency-hint = Drei Buchstaben, etwa EUR. Für Dateien, die nichts sagen.
settings-holidays = Feiertage
settings-holidays-hint = Land und Region, etwa DE-BY für Bayern; T2 hat die Tage, an denen Banken ruhen.
settings-holidays-none = Keine
settings-terms = Zahlungsziel in Tagen
settings-terms-hint = Wo eine Rechnung keine Fälligkeit nennt.
settings-opens = Von
settings-opens-hint = In der Zeit des Schuldners.
settings-closes = Bis
settings-closes-hint = In der Zeit des Schuldners.
settings-sundays = An Sonntagen
settings-public-holidays = An Feiertagen
settings-caps = Höchstens so viele Schreiben
settings-caps-hint = Gezählt über alle Schreiben an einen Schuldner. Leeren Sie eine Zeile, um sie zu entfernen.
settings-cap-max = Grenze { $number }: Schreiben
settings-cap-days = Grenze { $number }: in Tagen
settings-stale = Stunden, die ein Kontoauszug gilt
settings-stale-hint = Ist der neueste Auszug älter, wird nichts versandt: Jemand könnte gezahlt haben.
settings-portal = Adresse dieses Servers
settings-portal-hint = Die Adresse, unter der Schuldner ihn erreichen, etwa https://zahlen.example.com. Schreiben tragen dann einen Link zur Seite des Schuldners.
settings-link-days = Tage, die ein Link gilt
settings-promise-days = Längste Zahlungszusage in Tagen
settings-promise-days-hint = Wie lange ein Schuldner die Zahlung auf seiner Seite aufschieben darf.
settings-link = Andere Zahlungsseite
settings-link-hint = Gilt, wo keine Adresse dieses Servers gesetzt ist. { "{reference}" } wird zum Verwendungszweck.
settings-error-number = Geben Sie eine ganze Zahl ein.
settings-error-time = Geben Sie eine Uhrzeit ein, etwa 08:00.
settings-error-email = Das ist keine E-Mail-Adresse.
settings-error-iban = Das ist keine IBAN. Vergleichen Sie sie mit den Unterlagen Ihrer Bank.
settings-error-language = Eine Sprache hat zwei oder drei Buchstaben, etwa de.
settings-error-country = Ein Land hat zwei Buchstaben, etwa DE.
settings-error-currency = Diese Währung gibt es nicht. Geben Sie drei Buchstaben ein, etwa EUR.
settings-error-holidays = Diesen Kalender gibt es nicht.
settings-error-hours = Das Ende muss nach dem Anfang liegen.
settings-error-cap = Eine Grenze braucht mindestens ein Schreiben und 1 bis 365 Tage.
settings-error-line = Schreiben Sie eine Zeile ohne Steuerzeichen.
settings-error-portal = Geben Sie https:// und den Namen des Servers ein, nichts dahinter.
settings-error-link = Ein Link muss mit https:// beginnen.
settings-error-too-long = Höchstens 3.650 Tage.
done-settings-saved = Die Einstellungen sind gespeichert.
done-settings-welcome = Gespeichert. Lesen Sie nun Ihre Schuldner ein und was sie schulden.

## Konto

account-title = Ihr Konto
account-profile = Sie
account-name = Ihr Name
account-name-hint = So sehen Sie Ihre Kollegen.
account-password = Passwort
account-present-password = Jetziges Passwort
account-new-password = Neues Passwort
account-new-password-hint = Mindestens { $count } Zeichen. Einige Wörter hintereinander merkt man sich leicht.
account-password-text = Alle anderen Browser werden abgemeldet.
account-password-action = Passwort ändern
account-sessions = Wo Sie angemeldet sind
account-browser = Gerät
account-browser-unknown = Unbekannter Browser
account-since = Seit
account-seen = Zuletzt benutzt
account-this-one = hier
account-end-others = Überall sonst abmelden
account-colleagues = Kolleginnen und Kollegen
account-name-column = Person
account-email-column = E-Mail-Adresse
account-state = Konto
account-act = Ändern
account-you = Das sind Sie
account-is-open = offen
account-is-closed = geschlossen
account-is-invited = eingeladen
account-invited-name = Einladung
account-invited-until = gilt bis { $until }
account-close = Schließen
account-open = Wieder öffnen
account-invite = Jemanden einladen
account-invite-hint = Die E-Mail-Adresse. Sie bekommen einen Link zum Weitergeben.
account-take-back = Zurückziehen
account-invite-action = Einladung erstellen
account-link-title = Die Einladung für { $email } ist fertig
account-link-text = Geben Sie diesen Link selbst weiter. Er gilt einmal, binnen drei Tagen, und wird nicht noch einmal gezeigt.
account-link = Link der Einladung
account-copy = Kopieren
account-copied = Kopiert
done-profile-saved = Name und Sprache sind gespeichert.
done-password-changed = Das Passwort ist geändert. Alle anderen Browser sind abgemeldet.
done-sessions-ended = Sie sind überall sonst abgemeldet.
done-invitation-taken-back = Die Einladung ist zurückgezogen. Ihr Link öffnet nichts mehr.
done-account-closed = Das Konto ist geschlossen und abgemeldet.
done-account-opened = Das Konto ist wieder offen.
