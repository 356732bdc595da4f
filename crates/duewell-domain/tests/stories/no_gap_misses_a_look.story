# FAULT: without a gap, what becomes announceable on the day of another notice gets no look and is never announced.
step -1 pre_due pay within 7
step 21 first pay within 7
gap 0
debtor zone Europe/Berlin email a@example.com
2026-02-02 invoice R1 EUR 10.00 due 2026-02-02
2026-02-02 invoice R2 EUR 20.00 due 2026-02-24
2026-02-23 run
  > opened cycle 1
  > first to a@example.com: R1, EUR 10.00, pay by 2026-03-02
2026-02-23 next
  > next look on 2026-02-24
2026-02-24 run
  > pre_due to a@example.com: R2, EUR 20.00, pay by 2026-02-24
