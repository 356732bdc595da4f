# Die Seiten für Menschen, die etwas schulden. Einfache Worte, freundlich, ohne Druck.
# Titel und alles, was im Verlauf oder in einer Vorschau steht, nennen keine Schuld und keinen Betrag.

portal-title = { $creditor } – Ihre Seite
portal-skip = Zum Inhalt springen
portal-language = Sprache
portal-back = Zurück zu Ihrer Seite
portal-send = Absenden
portal-continue = Weiter
portal-optional = (kann leer bleiben)
portal-problem = Bitte sehen Sie sich das noch einmal an
portal-too-long = Bitte kürzen Sie Ihren Text auf { $count } Zeichen.

# Ein Link, der nichts öffnet.
portal-closed-title = Dieser Link funktioniert nicht
portal-closed-text = Vielleicht ist er abgelaufen, oder ein Teil davon ging verloren. Bitte öffnen Sie ihn noch einmal aus unserer neuesten E-Mail, oder kopieren Sie den ganzen Link.
portal-closed-next = Wenn das nicht hilft, rufen Sie bitte an oder schreiben Sie denen, von denen Sie den Link haben.
portal-many-title = Bitte warten Sie einen Augenblick
portal-many-text = Über Ihren Anschluss wurden zu viele Links geöffnet, die nicht funktionieren. Ein Link, den Sie von uns haben, funktioniert wie bisher. Sonst versuchen Sie es bitte in ein paar Minuten noch einmal.
portal-not-there = Das haben wir nicht gefunden
portal-not-there-text = Vielleicht ist es inzwischen erledigt. Auf Ihrer Seite steht, was jetzt offen ist.

# Mit einem Menschen sprechen.
portal-reach = Haben Sie eine Frage? Wir helfen Ihnen gern.
portal-phone = Rufen Sie uns an:
portal-email = Schreiben Sie uns:
portal-person = Bitte sprechen Sie mit uns
portal-person-text = Das können wir auf dieser Seite nicht aufnehmen. Bitte rufen Sie uns an oder schreiben Sie uns: Gemeinsam finden wir einen Weg.

# Was offen ist.
portal-hello = Guten Tag
portal-hello-name = Guten Tag, { $name }
portal-lead = Hier sehen Sie, was bei { $creditor } offen ist, wie Sie es bezahlen können und wie Sie uns etwas dazu sagen.
portal-total = Insgesamt offen
portal-total-items = { $count ->
    [one] ein Posten
   *[other] { $count } Posten
}
portal-total-later = { $count ->
    [one] ein Posten, der noch nicht fällig ist
   *[other] { $count } Posten, { $later ->
        [one] davon einer noch nicht fällig
       *[other] davon { $later } noch nicht fällig
    }
}
portal-jump = Sie haben schon bezahlt, brauchen Zeit, oder etwas stimmt nicht?
portal-items = Wofür
portal-item-number = Nummer
portal-item-due = Datum
portal-item-open = Noch offen
portal-item-was-due = war fällig am { $day }
portal-item-is-due = fällig am { $day }
portal-item-of = von { $amount }
portal-item-disputed = wir prüfen das
portal-item-reference = Verwendungszweck { $reference }

# Bezahlen.
portal-pay = So bezahlen Sie
portal-pay-ask = Bitte rufen Sie uns an oder schreiben Sie uns. Wir sagen Ihnen, wie Sie bezahlen können.
portal-pay-text = Überweisen Sie bitte mit diesen Angaben.
portal-pay-holder = Empfänger
portal-pay-iban = IBAN
portal-pay-bic = BIC
portal-pay-bank = Bank
portal-pay-amount = Betrag
portal-pay-reference = Verwendungszweck
portal-pay-reference-why = Am Verwendungszweck erkennen wir Ihre Zahlung. Bitte geben Sie ihn genau so an.
portal-pay-several = Sie können auch einen Posten allein bezahlen: dann mit seinem Betrag und mit seiner Nummer oder seinem Verwendungszweck aus der Liste.
portal-pay-currencies = Bitte überweisen Sie für jede Währung einzeln.
portal-pay-disputed = Was wir gerade prüfen, können Sie weglassen, bis Sie unsere Antwort haben.
portal-pay-scan = Code für Ihre Banking-App anzeigen
portal-pay-scan-text = Scannen Sie diesen Code mit Ihrer Banking-App. Er füllt die Angaben aus, Sie bestätigen nur noch.
portal-pay-code = Zahlungscode für Banking-Apps
portal-copy-iban = IBAN kopieren
portal-copy-reference = Verwendungszweck kopieren
portal-copy-holder = Empfänger kopieren
portal-copied = Kopiert

# Wie es weitergeht.
portal-next = Wie es weitergeht
portal-next-paid = Wenn Ihre Zahlung ankommt, wird sie gebucht und steht hier. Banken brauchen dafür ein oder zwei Werktage. Sie müssen uns nichts sagen.
portal-next-silent = Wir haben notiert, was Sie uns gesagt haben, und erinnern Sie solange nicht daran.
portal-next-late = Wenn Sie gerade nicht zahlen können, sagen Sie es uns bitte. Fast immer gibt es einen Weg, und wir wissen es lieber.
portal-received = Angekommene Zahlungen
portal-received-text = Was in den letzten drei Monaten bei uns ankam. Danke.
portal-received-on = Eingang am
portal-received-amount = Betrag
portal-nothing = Es ist nichts offen. Vielen Dank.
portal-nothing-lead = Schön, dass Sie hier sind.
portal-nothing-text = Sie müssen nichts tun. Wenn Sie gerade etwas doppelt bezahlt haben, sagen Sie es uns bitte: Sie bekommen es zurück.

# Antworten.
portal-answers = Sagen Sie uns etwas dazu
portal-answers-text = Wählen Sie, was passt. Es dauert eine Minute, und Sie brauchen kein Konto.
portal-answer-paid = Ich habe bezahlt
portal-answer-promise = Ich brauche Zeit
portal-answer-wrong = Das stimmt nicht
portal-noted = Danke, das haben wir notiert
portal-noted-mistake = War das ein Versehen? Bitte rufen Sie uns an oder schreiben Sie uns, wir bringen es in Ordnung.

portal-promise = Ich brauche Zeit
portal-promise-text = Sagen Sie uns, bis zu welchem Tag Sie zahlen. Bis dahin erinnern wir Sie nicht.
portal-promise-day = Ich zahle bis zum
portal-promise-hint = Ein Tag bis zum { $last }.
portal-promise-day-wrong = Bitte wählen Sie einen Tag von heute bis zum { $last }.
portal-promise-longer = Brauchen Sie länger, oder möchten Sie in Teilen zahlen? Bitte rufen Sie uns an oder schreiben Sie uns.
portal-promise-check = Stimmt das so?
portal-promise-check-text = Sie zahlen { $amount } bis zum { $day }.
portal-promise-means = Bis dahin erinnern wir Sie nicht. Wenn etwas dazwischenkommt, sagen Sie es uns bitte.
portal-promise-confirm = Ja, ich zahle bis dahin
portal-promise-other = Einen anderen Tag wählen
portal-promise-change = Hat sich etwas geändert? Bitte rufen Sie uns an oder schreiben Sie uns.
portal-promised = Sie zahlen bis zum { $day }.
portal-promised-text = Danke, dass Sie uns Bescheid sagen. Bis dahin erinnern wir Sie nicht.

portal-paid = Ich habe bezahlt
portal-paid-intro = Vielen Dank. Manchmal überschneiden sich Zahlung und Post. Wenn Sie mögen, sagen Sie uns, wann und wie Sie bezahlt haben: So finden wir das Geld leichter.
portal-paid-day = Tag der Zahlung
portal-paid-day-wrong = Bitte wählen Sie den Tag, an dem Sie bezahlt haben: heute oder früher.
portal-paid-words = Was uns beim Finden hilft
portal-paid-hint = Zum Beispiel der Name auf dem Konto, von dem bezahlt wurde.
portal-paid-noted = Sie haben bezahlt, und wir suchen Ihre Zahlung.
portal-paid-checking = Wir suchen Ihre Zahlung.
portal-paid-text = In den nächsten Tagen erinnern wir Sie nicht. Wenn wir die Zahlung nicht finden, fragen wir bei Ihnen nach.

portal-wrong = Das stimmt nicht
portal-wrong-intro = Das tut uns leid. Sagen Sie uns, was nicht stimmt: Ein Mensch sieht es sich an.
portal-wrong-choose = Worum geht es?
portal-wrong-item = { $amount } offen, fällig am { $day }
portal-wrong-all = Um alles
portal-wrong-words = Was stimmt nicht?
portal-wrong-hint = Zum Beispiel: „Ich habe es am 3. März zurückgeschickt“ oder „Das habe ich nie bestellt“. Ein paar Worte genügen.
portal-wrong-which-missing = Bitte wählen Sie, worum es geht.
portal-wrong-words-missing = Bitte sagen Sie uns mit ein paar Worten, was nicht stimmt.
portal-wrong-noted = Sie haben uns gesagt, dass etwas nicht stimmt, und wir prüfen es.
portal-wrong-checking = Wir prüfen, was Sie uns gesagt haben.
portal-wrong-which = Es geht um: { $numbers }
portal-wrong-text = Bis Sie unsere Antwort haben, erinnern wir Sie nicht daran.

portal-quiet = Keine E-Mails mehr dazu
portal-quiet-link = Keine E-Mails mehr dazu
portal-quiet-ask = Dann schreiben wir Ihnen auf anderem Weg, zum Beispiel mit der Post. Was offen ist, bleibt offen. Sie können es sich jederzeit anders überlegen: Sagen Sie es uns einfach.
portal-quiet-confirm = Keine E-Mails mehr an mich
portal-quiet-noted = Wir schicken Ihnen dazu keine E-Mails mehr.
portal-quiet-text = Wenn wir Ihnen etwas sagen müssen, tun wir das auf anderem Weg. Wenn Sie wieder E-Mails möchten, sagen Sie es uns bitte.
portal-quiet-none = Wir haben keine E-Mail-Adresse von Ihnen. Deshalb bekommen Sie keine E-Mails von uns.
