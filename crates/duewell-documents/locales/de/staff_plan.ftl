# Ratenpläne: die Liste, ein Plan, einen Plan machen, einen Plan ändern.
nav-plans = Ratenpläne
plans-title = Ratenpläne
plans-lead = Vereinbarte Raten, die neuesten zuerst.
plans-states = Ratenpläne nach Stand
plans-all = Alle
plans-open = { $amount } offen
plans-none-title = Noch keine Ratenpläne
plans-none-text = Einen Plan macht man auf der Seite eines Schuldners, oder Schuldner selbst auf ihrer eigenen Seite.
plans-empty-title = Hier ist kein Plan
plans-empty-text = Kein Plan hat diesen Stand, oder die Liste ist hier zu Ende.
plans-shown = { $count ->
    [one] { $count } Plan
   *[other] { $count } Pläne
}

plan-title = Ratenplan { $number }
plan-number = Nr.
plan-made-on = Gemacht am
plan-next-due = Nächste Rate
plan-late = verspätet
plan-state-offered = Angeboten
plan-state-active = Läuft
plan-state-completed = Bezahlt
plan-state-cancelled = Vorzeitig beendet
plan-state-broken = Geplatzt
plan-state-settled = Verglichen
plan-state-written-off = Ausgebucht
plan-state-withdrawn = Zurückgenommen

# Einen Plan machen.
plan-make = Ratenplan machen
plan-make-lead = Raten für { $name }. Die Raten folgen Ihren Angaben; nichts gilt, bevor Sie es vereinbaren oder anbieten.
plan-nothing-title = Nichts für einen Ratenplan
plan-nothing-text = Nichts ist offen, oder alles ist schon in einem Plan. Ändern Sie dann diesen Plan.
plan-currencies = Auch offen in:
plan-terms = Bedingungen
plan-show = Raten anzeigen
plan-over = Worüber der Plan geht
plan-over-due = fällig { $day }
plan-over-many = { $count ->
    [one] { $count } Posten, { $amount }
   *[other] { $count } Posten, { $amount }
}
plan-group-schedule = Mehr zu den Raten: Betrag, wie oft, Anzahlung
plan-group-interest = Zinsen
plan-group-fees = Gebühren und Verzug
plan-field-count = Anzahl der Raten
plan-field-first = Erste Fälligkeit
plan-field-each = Betrag jeder Rate
plan-field-each-hint = So viele Raten dieses Betrags wie nötig; die Anzahl oben zählt dann nicht.
plan-field-every = Wie oft
plan-field-amortization = Art der Rückzahlung
plan-field-down = Anzahlung
plan-field-down-hint = Heute fällig.
plan-field-balloon = Schlussrate
plan-field-balloon-hint = Ein Teil, der mit der letzten Rate fällig wird, zusätzlich zu ihr.
plan-field-multiple = Raten runden auf
plan-field-multiple-hint = 1,00 macht ganze Beträge; eine Rate trägt den Rest.
plan-field-residue = Was das Runden lässt, trägt
plan-field-month-end = Hat ein Monat den Tag nicht
plan-field-business-days = Wochenenden und Feiertage
plan-field-rate = Zinsen im Jahr
plan-field-rate-kind = Der Satz ist
plan-field-day-count = Zinstage
plan-field-odd-first = Ist der erste Zeitraum länger oder kürzer
plan-field-recalculation = Zinsen, wenn Geld früher oder später kommt
plan-field-grace-principal = Erste Raten ohne Tilgung
plan-field-grace-interest = Erste Raten ohne fällige Zinsen
plan-field-grace-interest-hint = Zinsen entstehen und werden später fällig.
plan-field-interest-free = Erste Raten zinsfrei
plan-field-fee-name = Name einer Gebühr
plan-field-fee = Gebühr
plan-field-fee-when = Die Gebühr ist fällig
plan-field-late-fee = Mahngebühr je verspäteter Rate
plan-field-late-days = Tage nach Fälligkeit ohne Mahngebühr
plan-field-penalty = Verzugszinsen im Jahr auf Verspätetes
plan-every-month = jeden Monat
plan-every-week = jede Woche
plan-every-2weeks = alle zwei Wochen
plan-every-semimonth = zweimal im Monat
plan-every-quarter = alle drei Monate
plan-every-year = jedes Jahr
plan-amortization-equal-installment = gleiche Raten
plan-amortization-equal-principal = gleiche Tilgung, Zinsen dazu
plan-amortization-interest-only = nur Zinsen, Tilgung am Ende
plan-day-count-whole-periods365 = ganze Zeiträume, Tage von 365
plan-day-count-30-360-eu = 30/360, europäisch
plan-day-count-30-360-us = 30/360, amerikanisch
plan-day-count-actual-365 = echte Tage von 365
plan-day-count-actual-360 = echte Tage von 360
plan-day-count-actual-actual = echte Tage des echten Jahres
plan-day-count-months-and-days = ganze Monate, dann Tage
plan-odd-first-spread = auf alle Raten verteilen
plan-odd-first-first-installment = zur ersten Rate
plan-odd-first-charged = vor dem ersten Zeitraum berechnen
plan-month-end-clamp = der letzte Tag des Monats
plan-month-end-roll = der erste Tag des nächsten Monats
plan-month-end-last-day = immer der letzte Tag des Monats
plan-business-days-no = Termine bleiben
plan-business-days-following = auf den nächsten Werktag
plan-business-days-modified-following = auf den nächsten Werktag im selben Monat
plan-business-days-preceding = auf den Werktag davor
plan-residue-last = die letzte Rate
plan-residue-first = die erste Rate
plan-residue-spread = mehrere Raten, jede etwas
plan-recalculation-none = bleiben wie geplant
plan-recalculation-daily = folgen auf den Tag
plan-recalculation-whole-periods = folgen, angefangene Zeiträume ganz
plan-rate-kind-nominal = nominal (Sollzins)
plan-rate-kind-effective = effektiv
plan-fee-when-signing = heute
plan-fee-when-each-installment = mit jeder Rate
plan-fee = Gebühr
plan-preview = Raten
plan-preview-wrong = Die Raten erscheinen, sobald das Formular lesbar ist.
plan-breaches = Außerhalb der Grenzen
plan-breach-small = Eine Rate liegt unter { $amount }.
plan-breach-many = Es sind mehr als { $count } Raten.
plan-breach-first = Die erste Rate ist später fällig als in { $count } Tagen.
plan-breach-down = Die Anzahlung liegt unter { $share }.
plan-breach-rate = Die Zinsen liegen nicht zwischen { $least } und { $most }.
plan-breach-balance = Der Plan geht über mehr als { $amount }.
plan-overrule = Trotzdem vereinbaren
plan-overrule-hint = Das Protokoll sagt, dass Sie die Grenzen überschritten haben.
plan-finish = Abschließen
plan-how = Der Schuldner hat zugestimmt
plan-how-page = auf der eigenen Seite
plan-how-phone = am Telefon
plan-how-writing = schriftlich
plan-how-person = persönlich
plan-agree = Jetzt vereinbaren
plan-offer = Anbieten
plan-finish-hint = Ein Angebot wartet auf der Seite des Schuldners auf ein Ja; bis dahin ändert sich nichts am Geschuldeten.
plan-wrong-over = Kreuzen Sie an, worüber der Plan geht.
plan-wrong-gone = Etwas Angekreuztes ist nicht mehr offen. Sehen Sie es noch einmal an.
plan-wrong-bounds = Kreuzen Sie dies an, um die Grenzen zu überschreiten, oder ändern Sie die Bedingungen.
plan-wrong-count = Schreiben Sie eine Zahl von { $least } bis { $most }.
plan-wrong-rate = Schreiben Sie einen Satz in Prozent, etwa 9,5.
plan-wrong-first = Die erste Fälligkeit liegt vor heute.
plan-wrong-balloon = Das ist mehr, als worüber der Plan geht.
plan-wrong-grace = So bleibt keine Rate, die es bezahlt.
plan-wrong-down = Die Anzahlung ist so hoch wie der ganze Plan oder höher.
plan-wrong-multiple = Das ist mehr, als worüber der Plan geht.
plan-wrong-never = Raten dieses Betrags decken nicht einmal die Zinsen.
plan-wrong-long = Bei diesem Betrag wären es zu viele Raten.
plan-wrong-order = Die Raten wären nicht in der Reihenfolge ihrer Termine.
plan-wrong-terms = Aus diesen Bedingungen folgen keine Raten.

# Ein Plan in einem Satz.
plan-short-none = Nichts ist fällig.
plan-short = { $count ->
    [one] Eine Rate von { $amount } am { $first }.
   *[other] { $count } Raten von { $amount }, vom { $first } bis zum { $end }.
}
plan-short-rest = { $count } Raten von { $amount } ab { $first }, die letzte von { $last } am { $end }.
plan-short-uneven = { $count } Raten vom { $first } bis zum { $end }, die erste von { $amount }.

# Raten.
plan-schedule = Raten
plan-row = Nr.
plan-installment = Rate
plan-installments = Anzahl oder Betrag
plan-due = Fällig
plan-amount = Betrag
plan-paid = Bezahlt
plan-open = Offen
plan-paid-on = Bezahlt am
plan-row-state = Stand
plan-reference = Verwendungszweck
plan-principal = Hauptforderung
plan-interest = Zinsen
plan-fees = Gebühren
plan-penalties = Verzugszinsen
plan-row-down = Anzahlung
plan-row-new = Neue { $number }
plan-row-additional = Zusätzlich
plan-row-odd = Einzelne Tage
plan-row-number = Rate { $number }
plan-row-nothing = nichts fällig
plan-row-given-up = erlassen
plan-row-paid = bezahlt
plan-row-today = heute fällig
plan-row-partly = teils bezahlt
plan-row-to-come = kommt noch
plan-no-cost = Keine Zinsen und keine Gebühren: Bezahlt wird, was heute geschuldet ist.
plan-cost = Kosten des Plans
plan-pays-in-all = Zu zahlen insgesamt
plan-apr-us = Jahreszins nach US-Recht (APR)
plan-apr-eu = Effektiver Jahreszins
plan-apr-uk = Effektiver Jahreszins (Großbritannien)
plan-compared = Vorher und nachher
plan-before-due = Fällig vorher
plan-before-open = Offen vorher
plan-after-due = Fällig nachher
plan-after-open = Offen nachher
plan-difference = Unterschied
plan-diff-new = neu
plan-diff-gone = fällt weg
plan-diff-both = verschoben und geändert
plan-diff-moved = verschoben
plan-diff-nothing = nichts mehr zu zahlen
plan-diff-more = mehr
plan-diff-less = weniger
plan-every-days = { $count ->
    [one] jeden Tag
   *[other] alle { $count } Tage
}
plan-every-weeks = { $count ->
    [one] jede Woche
   *[other] alle { $count } Wochen
}
plan-every-semi-months = { $count ->
    [one] zweimal im Monat
   *[other] alle { $count } halben Monate
}
plan-every-months = { $count ->
    [one] jeden Monat
   *[other] alle { $count } Monate
}
plan-every-years = { $count ->
    [one] jedes Jahr
   *[other] alle { $count } Jahre
}

# Die Seite eines Plans.
plan-standing = Wie der Plan steht
plan-of = von { $amount }
plan-next = Nächste Rate
plan-nothing-open = Nichts offen
plan-arrears = Rückstand
plan-payoff = Ablösung
plan-payoff-on = bei Zahlung am { $day }
plan-waits = Wartet auf das Ja des Schuldners
plan-waits-text = Der Schuldner sieht dieses Angebot auf seiner Seite und kann es dort annehmen. Stimmt er Ihnen gegenüber zu, halten Sie es hier fest.
plan-withdraw = Angebot zurücknehmen
plan-log = Was geschehen ist
plan-log-empty = Noch nichts: Der Plan hat nicht begonnen.
plan-entry = Eintrag { $number }
plan-taken-back = zurückgenommen
plan-over-rest = { $amount } zu viel
plan-where = Wohin das Geld ging
plan-component = Teil
plan-why = Warum
plan-because-named = der Zahler hat sie genannt
plan-because-part = gleicher Teil von vorzeitigem Geld
plan-because-credit = war im Voraus bezahlt
plan-because-late = Rückstand zuerst
plan-because-due = war an dem Tag fällig
plan-because-ahead = vor der Zeit
plan-story = Alles über diesen Schuldner
plan-sources = Woraus der Plan entstand
plan-yes = Das Ja des Schuldners
plan-yes-at = Wann
plan-yes-by = Festgehalten von
plan-yes-shown = Fingerabdruck des Gezeigten
plan-books = Bücher
plan-books-text = Summen über den Plan; Soll und Haben sind gleich.
plan-account = Konto
plan-debit = Soll
plan-credit = Haben
plan-account-receivable = Forderungen
plan-account-sales = Erlöse
plan-account-bank = Bankkonto
plan-account-unapplied = Nicht zugeordnetes Geld
plan-account-unidentified = Geld unbekannter Herkunft
plan-account-in-plans = In Pläne überführt
plan-account-lent = Verliehen
plan-account-unearned-interest = Noch nicht verdiente Zinsen
plan-account-interest-income = Zinsertrag
plan-account-fee-income = Gebührenertrag
plan-account-penalty-income = Ertrag aus Verzug
plan-account-write-off = Erlassen
plan-account-received = Eingegangenes Geld
plan-account-returned = Zurückgegeben
plan-versions = Fassungen
plan-version = Fassung { $number }, { $at }: { $because }
plan-version-first = wie zuerst angeboten
plan-version-unreadable = Diese Fassung ist nicht lesbar.
plan-event-advance = Plan begonnen
plan-event-payment = Zahlung
plan-event-refund = Erstattung
plan-event-goodwill = Gutschrift aus Kulanz
plan-event-fee-adjustment = Gebühr gutgeschrieben
plan-event-extend = Raten hinzugefügt
plan-event-holiday = Zahlungspause
plan-event-recovery = Zahlung nach Ausbuchung
plan-event-credit-refund = Guthaben ausgezahlt
plan-event-chargeback = Zahlung von der Bank zurückgeholt
plan-event-fee = Gebühr berechnet
plan-event-late-fee = Mahngebühr
plan-event-waive = Gebühr erlassen
plan-event-move = Fälligkeit verschoben
plan-event-rate = Zinsen geändert
plan-event-pause = Zinspause
plan-event-re-age = Rest neu verteilt
plan-event-re-amortize = Rückstand auf den Rest verteilt
plan-event-accelerate = Alles sofort fällig
plan-event-settle = Verglichen
plan-event-write-off = Ausgebucht
plan-event-charge-off = Als verloren gebucht
plan-event-dissolve = Plan beendet
plan-event-reverse = Eintrag zurückgenommen
plan-fact-late-fee = { $amount } für die Rate vom { $day }
plan-fact-move = { $from } auf { $to }
plan-fact-move-rest = { $from } auf { $to }, und alle dahinter
plan-fact-extend = { $count ->
    [one] { $count } Rate mehr, ab { $day }
   *[other] { $count } Raten mehr, ab { $day }
}
plan-fact-holiday = { $count ->
    [one] { $count } Rate ohne Tilgung, ab { $day }
   *[other] { $count } Raten ohne Tilgung, ab { $day }
}
plan-fact-holiday-interest = { $count ->
    [one] { $count } Rate ohne fällige Zinsen, ab { $day }
   *[other] { $count } Raten ohne fällige Zinsen, ab { $day }
}
plan-fact-until = bis { $day }
plan-fact-re-age = { $count ->
    [one] { $count } Rate, { $every }, ab { $day }
   *[other] { $count } Raten, { $every }, ab { $day }
}
plan-fact-reverse = Eintrag { $number }

# Einen Plan ändern.
plan-change = Plan ändern
plan-look = Zeigen, was sich ändert
plan-do-move = Fälligkeit verschieben
plan-do-move-text = Ein Termin, oder der Fälligkeitstag von jetzt an. Die Beträge bleiben; die letzte Rate trägt die Zinsen gewonnener oder verlorener Tage.
plan-do-holiday = Zahlungspause
plan-do-holiday-text = So viele Raten bleiben ohne Tilgung, und der Plan wird um ebenso viele länger; oder ohne Zinsen, die später fällig werden.
plan-do-extend = Raten hinzufügen
plan-do-extend-text = Was von einer Fälligkeit an zu tilgen ist, wird auf mehr Raten verteilt: jede wird kleiner.
plan-do-re-age = Rest neu verteilen
plan-do-re-age-text = Alles Offene der Hauptforderung wird auf neue Raten verteilt. Rückständiges ist dann nicht mehr verspätet.
plan-do-re-amortize = Rückstand auf den Rest verteilen
plan-do-re-amortize-text = Rückständiges kommt in gleichen Teilen zu den künftigen Raten. Die Termine bleiben.
plan-do-pause = Zinsen aussetzen
plan-do-pause-text = Von heute bis zum gewählten Tag entstehen keine Zinsen.
plan-do-rate = Zinsen ändern
plan-do-rate-text = Ein anderer Satz von einem Tag an.
plan-do-fee = Gebühr berechnen
plan-do-fee-text = Eine Gebühr oder Verzugskosten, fällig an einem Tag.
plan-do-waive = Gebühr erlassen
plan-do-waive-text = Eine Gebühr wird erlassen, soweit sie nicht bezahlt ist.
plan-do-accelerate = Alles sofort fällig stellen
plan-do-accelerate-text = Alle künftigen Raten sind heute fällig. Prüfen Sie zuerst, ob das Recht es erlaubt.
plan-do-settle = Vergleich
plan-do-settle-text = Was jetzt offen ist, wird erlassen, weil ein vereinbarter Teil bezahlt ist.
plan-do-cancel = Plan beenden
plan-do-cancel-text = Offene Hauptforderung geht zurück auf das, woraus der Plan entstand; künftige Zinsen und Gebühren entfallen.
plan-do-charge-off = Als verloren buchen
plan-do-charge-off-text = Die Bücher zählen den Plan als verloren. Der Schuldner schuldet weiter.
plan-do-write-off = Ausbuchen
plan-do-write-off-text = Was offen ist, wird aufgegeben, in den Büchern und gegenüber dem Schuldner.
plan-do-reverse = Eintrag zurücknehmen
plan-do-reverse-text = Eine Änderung oder Gebühr gilt als nie geschehen. Zahlungen nimmt man auf der Seite der Zahlungen zurück.
plan-change-from = Welcher Termin
plan-change-to = Neuer Termin
plan-change-shift = Verschoben wird
plan-change-shift-one = nur dieser
plan-change-shift-rest = dieser und alle dahinter
plan-change-starts = Erste neue Fälligkeit
plan-change-installments = Anzahl der Raten
plan-change-pauses = Ohne
plan-change-pauses-principal = Tilgung, und um so viele Raten länger
plan-change-pauses-interest = Zinsen, fällig mit der Rate dahinter
plan-change-every = Wie oft
plan-change-until = Bis
plan-change-new-rate = Neuer Satz im Jahr
plan-change-on = Ab
plan-change-name = Wofür die Gebühr ist
plan-change-amount = Betrag
plan-change-component = Art
plan-change-component-fee = Gebühr
plan-change-component-penalty = Verzugskosten
plan-change-of = Welcher Eintrag
plan-open-of = { $amount } offen
plan-open-changes = Offen: vorher { $before }, nachher { $after }.
plan-cost-same = Zinsen und Gebühren bleiben gleich.
plan-cost-more = Zinsen und Gebühren werden { $amount } mehr.
plan-cost-less = Zinsen und Gebühren werden { $amount } weniger.
plan-gives-up = { $amount } wird aufgegeben.
plan-confirm = Bestätigen
plan-because = Grund
plan-because-hint = Eine Zeile, die ein Kollege nächstes Jahr versteht. Sie steht im Protokoll und bei der Fassung.
plan-wrong-until = Wählen Sie einen Tag nach heute.
plan-wrong-entry = Wählen Sie einen Eintrag.
plan-wrong-waive = Von dieser Gebühr ist nicht mehr als { $amount } offen.
plan-wrong-because = Schreiben Sie, warum der Plan geändert wird.
plan-wrong-since = Seit Sie hingesehen haben, ist mit dem Plan etwas geschehen. Sehen Sie die Raten noch einmal an und bestätigen Sie dann.

debtor-plans = Ratenpläne
done-plan-agreed = Der Ratenplan läuft.
done-plan-offered = Der Ratenplan ist angeboten. Er wartet auf das Ja des Schuldners.
done-plan-withdrawn = Das Angebot ist zurückgenommen.
done-plan-changed = Der Ratenplan ist geändert.
event-plan-offered = Ratenplan angeboten
event-plan-accepted = Ratenplan vereinbart
event-plan-changed = Ratenplan geändert
event-plan-withdrawn = Angebot eines Ratenplans zurückgenommen
event-plan-broken = Ratenplan geplatzt
event-plan-completed = Ratenplan bezahlt
event-plan-late-fee = Mahngebühr im Ratenplan
