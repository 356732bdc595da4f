# While the newest bank statement is too old nobody is asked to pay; the case looks again each day.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-06 money stale
2026-03-07 run
  > nothing: stale_money until 2026-03-08
2026-03-08 run daily until 2026-03-12
  > 2026-03-11 opened cycle 1
2026-03-13 run
  > nothing: stale_money until 2026-03-14
2026-03-13 next
  > next look on 2026-03-14
2026-03-14 money fresh
2026-03-14 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-14 next
  > next look on 2026-03-24
