# When all steps are done Duewell is silent and a person decides.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-04-09
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-24 second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
  > 2026-04-09 final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
2026-05-01 run
  > nothing: scenario_finished
2026-05-02 invoice R2 EUR 10.00 due 2026-05-15
# The next receivable is announced all the same; overdue, it belongs to the finished matter.
2026-05-12 run
  > pre_due to a@example.com: R2, EUR 10.00, pay by 2026-05-15
2026-05-20 run
  > nothing: scenario_finished until 2026-05-23
# The oldest is paid: a new cycle for the other one.
2026-05-21 paid R1
2026-05-21 run
  > cycle 2 starts at the first step
  > first to a@example.com: R2, EUR 10.00, pay by 2026-05-28
