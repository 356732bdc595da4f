# Two currencies are two cases with steps of their own; the contact caps are the debtor's.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 USD 80.00 due 2026-03-10
# One contact a day: the second case follows on the next day that is no Sunday.
2026-03-06 run
  > EUR case: nothing: not_yet until 2026-03-07
  > USD case: nothing: not_yet until 2026-03-07
2026-03-07 run
  > EUR case: pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > USD case: nothing: policy:frequency_cap until 2026-03-09
2026-03-09 run
  > EUR case: nothing: not_yet until 2026-03-13
  > USD case: pre_due to a@example.com: R2, USD 80.00, pay by 2026-03-10
2026-03-10 run daily until 2026-04-20
  > 2026-03-13 EUR case: opened cycle 1
  > 2026-03-13 USD case: opened cycle 1
  > 2026-03-14 EUR case: first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
  > 2026-03-16 USD case: first to a@example.com: R2, USD 80.00, pay by 2026-03-23
  > 2026-03-24 EUR case: second to a@example.com: R1, EUR 100.00, pay by 2026-03-31
  > 2026-03-24 USD case: nothing: policy:frequency_cap until 2026-03-25
  > 2026-03-25 USD case: second to a@example.com: R2, USD 80.00, pay by 2026-04-01
  > 2026-04-09 EUR case: final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
  > 2026-04-09 USD case: nothing: policy:frequency_cap until 2026-04-10
  > 2026-04-10 USD case: final to a@example.com: R2, USD 80.00, pay by 2026-04-20
  > 2026-04-20 EUR case: nothing: scenario_finished
2026-04-21 paid R1
2026-04-21 run
  > EUR case: cured
  > EUR case: nothing: nothing_open
  > USD case: nothing: scenario_finished
