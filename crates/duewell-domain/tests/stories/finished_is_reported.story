# FAULT: after the last notice no look is planned, so `scenario_finished` is never recorded and nobody is told to decide.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-06-30
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
  > 2026-04-09 final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
  > 2026-04-20 nothing: scenario_finished
2026-06-30 next
  > no next look: only an event wakes it
