# With Sundays and holidays allowed they are days like all others.
scenario standard
sundays allowed
holidays allowed
holiday 2026-03-08
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-08 run
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
2026-03-15 run
  > opened cycle 1
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-22
