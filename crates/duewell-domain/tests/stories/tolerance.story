# Overdue amounts up to the tolerance are let be; one cent more is asked for.
scenario standard
tolerance 100
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 1.00 due 2026-03-10
2026-03-01 invoice R2 EUR 50.00 due 2026-06-10
2026-03-07 run
  > pre_due to a@example.com: R1, EUR 1.00, pay by 2026-03-10
2026-03-14 run
  > opened cycle 1
  > nothing: below_tolerance until 2026-06-07
2026-03-20 invoice R3 EUR 0.01 due 2026-03-15
2026-03-20 run
  > cycle 2 starts at the first step
  > first to a@example.com: R1, R3, EUR 1.01, pay by 2026-03-27
# A small rest of a larger payment is let be as well, but it is no cure.
2026-03-21 paid R1 0.50
2026-03-28 run
  > nothing: below_tolerance until 2026-06-07
2026-03-29 paid R1 0.50
2026-03-29 paid R3
2026-03-29 run
  > cured
  > nothing: not_yet until 2026-06-07
