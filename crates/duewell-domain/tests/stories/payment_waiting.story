# While a payment of the debtor waits to be matched nothing is sent.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-03-12
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
2026-03-13 payment waiting
2026-03-14 run
  > opened cycle 1
  > nothing: payment_waiting until 2026-03-15
2026-03-14 next
  > next look on 2026-03-15
2026-03-15 run
  > nothing: payment_waiting until 2026-03-16
2026-03-16 payment matched
2026-03-16 paid R1 99.00
2026-03-16 run
  > nothing: below_tolerance
