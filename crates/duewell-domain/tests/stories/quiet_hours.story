# A notice decided at night leaves when the day opens where the debtor is; later than 18 hours is another day's work.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-09 run at 23:30
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10, leaves 2026-03-10 08:00
2026-03-16 run at 05:15
  > opened cycle 1
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-23, leaves 2026-03-16 08:00
# From Saturday evening it is more than 18 hours until Monday at eight.
2026-03-28 run at 20:00
  > nothing: policy:quiet_hours until 2026-03-30
2026-03-30 run at 10:00
  > second to a@example.com: R1, EUR 100.00, pay by 2026-04-06
# 20:00 is too late, a minute before is not.
2026-04-09 run at 19:59
  > final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
