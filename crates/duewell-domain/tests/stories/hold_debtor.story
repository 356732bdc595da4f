# A hold on the debtor silences everything until its last day; the day after, the case goes on.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 70.00 due 2026-03-25
2026-03-01 run daily until 2026-03-14
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-20 hold care until 2026-04-05
2026-03-24 run
  > nothing: on_hold:care until 2026-04-06
2026-03-24 next
  > next look on 2026-04-06
2026-03-25 run daily until 2026-04-05
2026-04-06 run
  > second to a@example.com: R1, R2, EUR 170.00, pay by 2026-04-13
