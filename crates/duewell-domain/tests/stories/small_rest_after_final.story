# FAULT: with all steps done a rest within the tolerance keeps later arrears from ever being chased.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-04-10
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
  > 2026-04-09 final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
2026-04-11 paid R1 99.50
2026-04-11 run daily until 2026-04-30
  > 2026-04-11 nothing: below_tolerance until 2026-04-20
2026-05-01 invoice R2 EUR 80.00 due 2026-05-11
2026-05-01 run daily until 2026-05-15
  > 2026-05-08 pre_due to a@example.com: R2, EUR 80.00, pay by 2026-05-11
  > 2026-05-12 cycle 2 starts at the first step
  > 2026-05-15 first to a@example.com: R1, R2, EUR 80.50, pay by 2026-05-22
