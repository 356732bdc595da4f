# A debtor may pay all day long on the due date: due today is not overdue.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-10 invoice R1 EUR 100.00 due 2026-03-10
2026-03-10 run at 19:30
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
2026-03-10 next
  > next look on 2026-03-13
2026-03-16 run
  > opened cycle 1
  > nothing: too_soon until 2026-03-17
2026-03-17 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-24
