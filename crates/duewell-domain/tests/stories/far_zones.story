# Auckland and London share one hour a day in winter, none in the week between the two time changes.
scenario standard
debtor zone Europe/London zone Pacific/Auckland email a@example.com
2026-01-05 invoice R1 GBP 100.00 due 2026-01-15
2026-01-12 run
  > pre_due to a@example.com: R1, GBP 100.00, pay by 2026-01-15, leaves 2026-01-12 19:00
# 19:00 in London is 08:00 of the next day in Auckland: Saturday evening is Sunday there, Sunday evening Sunday here.
2026-03-21 run
  > opened cycle 1
  > nothing: policy:quiet_hours until 2026-03-23
# 29 March London goes to summer time, 5 April Auckland to winter time: in between it is always night somewhere.
2026-03-30 run
  > nothing: policy:quiet_hours until 2026-04-06
2026-04-07 run at 06:00
  > first to a@example.com: R1, GBP 100.00, pay by 2026-04-14, leaves 2026-04-07 08:00
