# When nothing is overdue the case is cured; the next arrears are a new cycle from the first step.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-03-25
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
2026-03-26 paid R1
2026-03-26 run
  > cured
  > nothing: nothing_open
2026-03-26 run
  > nothing: nothing_open
2026-04-20 invoice R2 EUR 40.00 due 2026-05-04
2026-04-20 run daily until 2026-05-20
  > 2026-05-01 pre_due to a@example.com: R2, EUR 40.00, pay by 2026-05-04
  > 2026-05-07 opened cycle 2
  > 2026-05-08 first to a@example.com: R2, EUR 40.00, pay by 2026-05-15
  > 2026-05-18 second to a@example.com: R2, EUR 40.00, pay by 2026-05-25
2026-05-21 paid R2
2026-05-21 run daily until 2026-12-31
  > 2026-05-21 cured
