# A scenario of one's own: steps, gap and days to pay are what it says.
step -7 pre_due pay within 7
step 1 first pay within 3
step 5 final pay within 14
gap 2
tolerance 0
caps none
debtor zone America/New_York email a@example.com
2026-03-01 invoice R1 USD 0.01 due 2026-03-10
2026-03-02 run daily until 2026-04-30
  > 2026-03-03 pre_due to a@example.com: R1, USD 0.01, pay by 2026-03-10
  > 2026-03-11 opened cycle 1
  > 2026-03-11 first to a@example.com: R1, USD 0.01, pay by 2026-03-14
  > 2026-03-15 nothing: policy:sunday until 2026-03-16
  > 2026-03-16 final to a@example.com: R1, USD 0.01, pay by 2026-03-30
  > 2026-03-31 nothing: scenario_finished
