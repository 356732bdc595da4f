# Die Seite des Schuldners: in Raten zahlen. Dieselben einfachen Worte und derselbe freundliche Ton wie auf der übrigen Seite.
portal-answer-plan = In Raten zahlen
portal-promise-plan = Brauchen Sie länger? Sie können in Raten zahlen.
portal-plan = In Raten zahlen
portal-plan-intro = Sie können das Offene in Teilen zahlen. Wählen Sie, was passt; Sie sehen alles, bevor Sie zustimmen.
portal-plan-choose = Wie viele Raten?
portal-plan-count = { $count ->
    [one] { $count } Rate von { $amount }
   *[other] { $count } Raten von { $amount }
}
portal-plan-when = Die erste am { $first }, die letzte am { $end }.
portal-plan-when-rest = Die erste am { $first }, die letzte von { $last } am { $end }.
portal-plan-free = Es kostet Sie nichts zusätzlich.
portal-plan-costs = Es kostet { $cost } mehr; Sie zahlen insgesamt { $amount }.
portal-plan-missing = Bitte wählen Sie einen der Pläne
portal-plan-other = Passt nichts davon? Bitte rufen Sie uns an oder schreiben Sie uns, wir suchen einen anderen Weg.
portal-plan-look = Passt dieser Plan für Sie?
portal-plan-schedule = Wann Sie wie viel zahlen
portal-plan-cost = Was es kostet
portal-plan-no-cost = Keine Zinsen und keine Gebühren. Sie zahlen insgesamt { $amount }: genau das, was heute offen ist.
portal-plan-owed = Heute offen
portal-plan-all = Sie zahlen insgesamt
portal-plan-missed = Wenn es mit einer Rate nicht klappt
portal-plan-missed-tell = Sagen Sie uns vor dem Tag Bescheid, dann finden wir gemeinsam einen Weg.
portal-plan-missed-grace = { $count ->
    [one] Bis zu { $count } Tag später ist in Ordnung.
   *[other] Bis zu { $count } Tage später ist in Ordnung.
}
portal-plan-missed-broken = { $count ->
    [one] Fehlt danach eine Rate, endet der Plan, und das Offene ist fällig wie zuvor.
   *[other] Fehlen danach { $count } Raten, endet der Plan, und das Offene ist fällig wie zuvor.
}
portal-plan-missed-fee = Eine verspätete Rate kostet { $amount } mehr.
portal-plan-missed-share = Eine verspätete Rate kostet { $rate } davon mehr.
portal-plan-missed-penalty = Verspätetes wird mit { $rate } im Jahr verzinst.
portal-plan-means = Mit Ihrem Ja tritt dieser Plan an die Stelle dessen, was jetzt offen ist. Solange Sie ihn zahlen, erinnert Sie niemand an die alten Beträge.
portal-plan-agree = Ja, ich stimme diesem Plan zu
portal-plan-back = Einen anderen Plan wählen
portal-plan-changed = Etwas hat sich geändert
portal-plan-changed-text = Tage oder Beträge sind nicht mehr die, die Sie vorher sahen. Bitte sehen Sie sie noch einmal an.
portal-plan-gone = Dieser Plan wird nicht mehr angeboten
portal-plan-gone-text = In der Zwischenzeit wurde etwas bezahlt oder geändert. Bitte gehen Sie zurück auf Ihre Seite: Sie zeigt, was jetzt offen ist.
portal-plan-noted = Ihr Ratenplan ist vereinbart
portal-plan-noted-text = Auf Ihrer Seite sehen Sie die Raten und wie Sie die nächste zahlen. Mit demselben Link kommen Sie wieder dorthin.
portal-plan-offer = Wir bieten Ihnen an, in Raten zu zahlen
portal-plan-offer-look = Den Plan ansehen
portal-plan-yours = Ihr Ratenplan { $number }
portal-plan-progress = Bisher bezahlt
portal-plan-paid-of = { $paid } von { $all }
portal-plan-next = Als Nächstes: { $amount } bis { $day }
portal-plan-was-due = { $amount } waren am { $day } fällig
portal-plan-now = Als Nächstes zu zahlen
portal-plan-installment = Nr.
portal-plan-open = Betrag
