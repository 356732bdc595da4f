# FAULT: a notice before the due date that a hold forbids is explained as if no step were due.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-07 hold legal until 2026-03-31
2026-03-07 run
  > nothing: on_hold:legal until 2026-04-01
