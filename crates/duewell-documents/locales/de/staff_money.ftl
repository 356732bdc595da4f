# Zahlungen: was zuzuordnen ist, was erledigt ist, Kontoauszüge.
payments-title = Zahlungen
payments-tabs = Ansichten der Zahlungen
payments-tab-queue = Zuzuordnen
payments-tab-done = Erledigt
payments-tab-statements = Kontoauszüge
payments-lead = { $count ->
    [0] Nichts ist offen: Jede Zahlung ist zugeordnet.
    [one] { $count } Zahlung wartet auf die Zuordnung. Solange wird der Schuldner nicht gemahnt, soweit er bekannt ist.
   *[other] { $count } Zahlungen warten auf die Zuordnung. Solange werden ihre Schuldner nicht gemahnt, soweit sie bekannt sind.
}
payments-empty-title = Keine Zahlung wartet
payments-empty-text = Zahlungen kommen mit den Kontoauszügen. Was Verwendungszweck oder Zahler eindeutig machen, wird sofort zugeordnet; der Rest wartet hier mit Vorschlägen.
payments-to-imports = Kontoauszug einlesen
payments-end-title = Ab hier warten keine Zahlungen mehr
payments-end-text = Was Sie zurückgestellt haben, wartet am Anfang der Liste.
payments-from-start = Zum Anfang der Liste
payments-one = { $amount } vom { $day }
payments-payer = Zahler
payments-no-payer = nicht genannt
payments-account = Konto
payments-text = Verwendungszweck
payments-waits = Wartet
payments-taken-back = Die Zuordnung wurde von Hand zurückgenommen.
payments-suggestions = Vorschläge
payments-no-suggestions = Es gibt keinen Vorschlag. Suchen Sie den Schuldner unten.
payments-clue-line = die Buchung nennt diesen Schuldner
payments-clue-number = eine Nummer wie im Verwendungszweck
payments-clue-name = heißt wie der Zahler
payments-clue-word = hat ein Wort aus dem Namen des Zahlers
payments-exact = Betrag stimmt genau
payments-open = { $amount } offen
payments-match = { $name } zuordnen ({ $numbers })
payments-match-now = Zuordnen
payments-match-many = { $name } zuordnen ({ $count } Forderungen)
payments-match-unapplied = { $name } zuordnen (nichts offen, bleibt als Guthaben)
payments-choose = Forderungen wählen
payments-search-title = Anderer Schuldner
payments-search = Name, Nummer oder E-Mail-Adresse
payments-find = Suchen
payments-not-found = Kein Schuldner hat diesen Namen, diese Nummer oder diese E-Mail-Adresse.
payments-open-sums = offen:
payments-ignore = Betrifft keine Forderung
payments-skip = Zurückstellen
payments-others = Weitere wartende Zahlungen
payments-day = Tag
payments-amount = Betrag
payments-why = Warum sie wartet
payments-best = Bester Vorschlag
payments-none = keiner
payments-undo = Rückgängig
payments-not-done = Das wurde nicht ausgeführt
payments-not-done-text = Die Zahlung oder eine Forderung hat sich inzwischen geändert oder ist nicht mehr offen. Es wurde nichts gebucht; sehen Sie sie sich noch einmal an.

done-matched = { $amount } wurden { $name } zugeordnet: { $count ->
    [0] keine Forderung bezahlt
    [one] { $count } Forderung bedient
   *[other] { $count } Forderungen bedient
}.
done-matched-rest = { $amount } wurden { $name } zugeordnet: { $count ->
    [0] keine Forderung bezahlt
    [one] { $count } Forderung bedient
   *[other] { $count } Forderungen bedient
}, { $rest } bleiben als Guthaben.
done-ignored = { $amount } beiseitegelegt: Die Zahlung betrifft keine Forderung.
done-unmatched = Die Zuordnung ist zurückgenommen. Die Zahlung wartet wieder.
done-requeued = Die Zahlung wartet wieder.
done-booked = Kontoauszug gebucht: { $matched ->
    [one] { $matched } Zahlung zugeordnet
   *[other] { $matched } Zahlungen zugeordnet
}, { $queued ->
    [0] keine wartet
    [one] { $queued } wartet auf Sie
   *[other] { $queued } warten auf Sie
}{ $known ->
    [0] {""}
    [one] ; { $known } Zeile war schon bekannt
   *[other] ; { $known } Zeilen waren schon bekannt
}.

because-reference-exact = Referenz und Betrag stimmen überein.
because-reference-part = Die Referenz stimmt; es ist eine Teilzahlung.
because-reference-over = Die Referenz stimmt; es ist mehr als offen ist.
because-name-amount = Name des Zahlers und Betrag stimmen überein.
because-person = Von Hand zugeordnet.
because-several-debtors = Die Referenzen gehören mehreren Schuldnern, und die Beträge stimmen nicht überein.
because-already-settled = Die genannte Forderung ist schon beglichen.
because-weak-reference = Eine kurze Nummer passt, aber weder Betrag noch Name bestätigen sie.
because-other-currency = Die genannte Forderung lautet auf eine andere Währung.
because-name-only = Der Name des Zahlers ist bekannt, aber der Betrag passt zu nichts Offenem.
because-several-names = Mehrere Schuldner heißen wie der Zahler.
because-stranger = Nichts an der Buchung ist bekannt.

payments-choose-title = Forderungen wählen
payments-choose-lead = { $amount } vom { $day }, für { $name }. Kreuzen Sie an, was bezahlt wird; die älteste Fälligkeit kommt zuerst.
payments-back = Zurück zur Zahlung
payments-open-title = Offene Forderungen
payments-nothing-open = In dieser Währung ist nichts offen. Die ganze Zahlung bliebe als Guthaben bei diesem Schuldner.
payments-number = Nummer
payments-due = Fällig
payments-open-amount = Offen
payments-show = Zeigen, was geschieht
payments-oldest = Alles, älteste zuerst
payments-will-happen = Was geschieht
payments-pays-nothing = Keine Forderung wird bezahlt.
payments-pays-all = { $number } erhält { $amount } und ist beglichen.
payments-pays-part = { $number } erhält { $amount } von { $open }.
payments-unapplied = Bleibt als Guthaben
payments-match-so = So zuordnen
payments-keep-unapplied = Als Guthaben behalten

payments-done-lead = Was zuletzt zugeordnet oder beiseitegelegt wurde, das Neueste zuerst.
payments-done-empty-title = Noch nichts zugeordnet
payments-done-empty-text = Sobald ein Kontoauszug gebucht ist, stehen hier die zugeordneten Zahlungen mit dem Grund.
payments-debtor = Schuldner
payments-by = Wie
payments-by-person = Von Hand
payments-by-machine = Automatisch. { $why }
payments-ignored = Betrifft keine Forderung
payments-take-back = Zurücknehmen
payments-requeue = Wieder zuordnen

payments-statements-lead = Die neuesten gebuchten Kontoauszüge.
payments-no-statements-title = Noch kein Kontoauszug gebucht
payments-no-statements-text = Laden Sie camt.053-Dateien bei Ihrer Bank herunter und lesen Sie sie ein. Ohne aktuellen Auszug wird niemand gemahnt, denn es könnte schon bezahlt sein.
payments-statement = Auszug
payments-days = Tage
payments-opening = Anfangssaldo
payments-closing = Endsaldo
payments-entries = Buchungen
payments-booked-at = Eingelesen
