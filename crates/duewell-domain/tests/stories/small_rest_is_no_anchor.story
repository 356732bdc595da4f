# FAULT: a rest within the tolerance keeps the old anchor and its steps, so a new arrear starts at the second step.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-03-15
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-16 paid R1 99.50
2026-03-16 run daily until 2026-04-30
  > 2026-03-16 nothing: below_tolerance until 2026-03-24
2026-05-01 invoice R2 EUR 80.00 due 2026-05-11
2026-05-01 run daily until 2026-05-15
  > 2026-05-08 pre_due to a@example.com: R2, EUR 80.00, pay by 2026-05-11
  > 2026-05-12 cycle 2 starts at the first step
  > 2026-05-15 first to a@example.com: R1, R2, EUR 80.50, pay by 2026-05-22
