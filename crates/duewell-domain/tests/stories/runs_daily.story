# The daily run looks at a case only on the days it asked for and misses nothing.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 80.00 due 2026-04-02
2026-03-01 run daily until 2026-04-30
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
  > 2026-03-31 pre_due to a@example.com: R2, EUR 80.00, pay by 2026-04-02
  > 2026-04-09 final to a@example.com: R1, R2, EUR 180.00, pay by 2026-04-19
  > 2026-04-20 nothing: scenario_finished
2026-05-02 paid R1
2026-05-02 run daily until 2026-06-30
  > 2026-05-02 cycle 2 starts at the first step
  > 2026-05-02 first to a@example.com: R2, EUR 80.00, pay by 2026-05-09
  > 2026-05-09 second to a@example.com: R2, EUR 80.00, pay by 2026-05-16
  > 2026-05-16 final to a@example.com: R2, EUR 80.00, pay by 2026-05-26
  > 2026-05-27 nothing: scenario_finished
