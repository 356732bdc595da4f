# A hold whose last day has passed silences nothing and asks for no look.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 hold promise until 2026-03-06
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-06 run
  > nothing: not_yet until 2026-03-07
2026-03-06 next
  > next look on 2026-03-07
2026-03-07 run
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
2026-03-07 next
  > next look on 2026-03-13
