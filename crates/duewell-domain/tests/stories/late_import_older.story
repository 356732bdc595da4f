# An older receivable that comes in late moves the anchor back; the steps done stay done.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R2 EUR 70.00 due 2026-03-20
2026-03-01 run daily until 2026-03-25
  > 2026-03-17 pre_due to a@example.com: R2, EUR 70.00, pay by 2026-03-20
  > 2026-03-23 opened cycle 1
  > 2026-03-24 first to a@example.com: R2, EUR 70.00, pay by 2026-03-31
2026-03-26 invoice R1 EUR 30.00 due 2026-03-02
2026-03-26 run daily until 2026-04-30
  > 2026-03-31 second to a@example.com: R1, R2, EUR 100.00, pay by 2026-04-07
  > 2026-04-07 final to a@example.com: R1, R2, EUR 100.00, pay by 2026-04-17
  > 2026-04-18 nothing: scenario_finished
