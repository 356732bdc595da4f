# When clues name two zones both must agree on the hour.
scenario standard
debtor zone Europe/Berlin zone America/Los_Angeles email a@example.com
# Common hours are 17:00 to 20:00 in Berlin (16:00 to 20:00 while only America has summer time).
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-07 run
  > pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10, leaves 2026-03-07 17:00
2026-03-14 run
  > opened cycle 1
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-21, leaves 2026-03-14 16:00
2026-03-24 run at 20:00
  > nothing: policy:quiet_hours until 2026-03-25
# Friday evening: Saturday at five in the afternoon is 20 hours away, so a later run decides.
2026-04-10 run at 20:30
  > nothing: policy:quiet_hours until 2026-04-11
2026-04-10 next
  > next look on 2026-04-11
# At half past eight it is Monday in Berlin and still Sunday in Los Angeles.
2026-04-13 run at 08:30
  > nothing: policy:sunday until 2026-04-14
2026-04-14 run
  > second to a@example.com: R1, EUR 100.00, pay by 2026-04-21, leaves 2026-04-14 17:00
