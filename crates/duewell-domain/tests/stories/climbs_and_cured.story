# A case climbs one step at a time and is cured by payment.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 next
  > next look on 2026-03-07
2026-03-06 run
  > nothing: not_yet until 2026-03-07
2026-03-07 run
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
# Day 3 after the due date is the 13th, but seven days must lie between two notices.
2026-03-13 run
  > opened cycle 1
  > nothing: too_soon until 2026-03-14
2026-03-14 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-14 next
  > next look on 2026-03-24
2026-03-15 run
  > nothing: not_yet until 2026-03-24
2026-03-20 paid R1 60.00
2026-03-24 run
  > second to a@example.com: R1, EUR 40.00, pay by 2026-03-31
2026-04-08 run
  > nothing: not_yet until 2026-04-09
2026-04-09 run
  > final to a@example.com: R1, EUR 40.00, pay by 2026-04-19
2026-04-12 paid R1
2026-04-12 run
  > cured
  > nothing: nothing_open
2026-04-12 next
  > no next look: only an event wakes it
