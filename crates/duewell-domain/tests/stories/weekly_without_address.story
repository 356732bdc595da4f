# FAULT: without an address the case says it looks again in a week, but is looked at every day.
scenario standard
debtor zone Europe/Berlin
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-16 run
  > opened cycle 1
  > nothing: no_address until 2026-03-23
2026-03-16 next
  > next look on 2026-03-23
