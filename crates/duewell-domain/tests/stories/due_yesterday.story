# One day after the due date the case opens, but the first step waits for its day.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-10 invoice R1 EUR 100.00 due 2026-03-10
2026-03-11 run
  > opened cycle 1
  > nothing: not_yet until 2026-03-13
2026-03-11 next
  > next look on 2026-03-13
2026-03-12 run
  > nothing: not_yet until 2026-03-13
2026-03-13 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-20
