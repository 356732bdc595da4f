# When the oldest is paid and a later one is still overdue, a new cycle starts at the first step.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 70.00 due 2026-03-12
2026-03-01 run daily until 2026-03-24
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, R2, EUR 170.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, R2, EUR 170.00, pay by 2026-03-31
2026-03-25 paid R1
# R2 is overdue since the 12th: its own day 3 is long past, only the gap of seven days holds.
2026-03-25 run
  > cycle 2 starts at the first step
  > nothing: too_soon until 2026-03-31
2026-03-25 next
  > next look on 2026-03-31
2026-03-26 run daily until 2026-04-08
  > 2026-03-31 first to a@example.com: R2, EUR 70.00, pay by 2026-04-07
  > 2026-04-07 second to a@example.com: R2, EUR 70.00, pay by 2026-04-14
# Two receivables with the same due date are one anchor.
2026-04-09 paid R2
2026-04-09 invoice R3 EUR 10.00 due 2026-04-20
2026-04-09 invoice R4 EUR 11.00 due 2026-04-20
2026-04-09 run daily until 2026-04-25
  > 2026-04-09 cured
  > 2026-04-17 pre_due to a@example.com: R3, R4, EUR 21.00, pay by 2026-04-20
  > 2026-04-23 opened cycle 3
  > 2026-04-24 first to a@example.com: R3, R4, EUR 21.00, pay by 2026-05-01
2026-04-26 paid R3
2026-04-26 run daily until 2026-05-05
  > 2026-05-04 second to a@example.com: R4, EUR 11.00, pay by 2026-05-11
