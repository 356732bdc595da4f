# All contacts count, whoever made them: one a day and three in seven days.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-07 called at 09:00
2026-03-07 run
  > nothing: policy:frequency_cap until 2026-03-09
2026-03-09 run
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
2026-03-12 called at 12:00
2026-03-13 called at 12:00
2026-03-16 called at 09:30
# Three contacts within the seven days up to the 18th; the oldest of them is gone on the 19th.
2026-03-18 run
  > opened cycle 1
  > nothing: policy:frequency_cap until 2026-03-19
2026-03-19 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-26
