# A hold without an end silences until somebody releases it.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-03-14
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-20 hold legal
2026-03-20 run daily until 2026-12-31
  > 2026-03-24 nothing: on_hold:legal
2026-12-31 next
  > no next look: only an event wakes it
2027-01-04 release legal
2027-01-04 run
  > second to a@example.com: R1, EUR 100.00, pay by 2027-01-11
