# At the moment of sending everything is asked again: hours, holds, opt-outs, payments, amounts.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-16 run at 05:00
  > opened cycle 1
  > first to a@example.com: R1, EUR 100.00, pay by 2026-03-23, leaves 2026-03-16 08:00
2026-03-16 send at 05:30
  > waits until 2026-03-16 08:00: policy:quiet_hours
2026-03-16 money stale
2026-03-16 send at 09:00
  > waits until 2026-03-16 10:00: stale_money
2026-03-16 money fresh
2026-03-16 send at 09:00
  > leaves
2026-03-16 called at 09:00
2026-03-16 send at 09:30
  > waits until 2026-03-17 08:00: policy:frequency_cap
2026-03-17 hold dispute R1 until 2026-03-17
2026-03-17 send at 09:30
  > withdrawn: on_hold:dispute
2026-03-18 send at 09:30
  > leaves
2026-03-18 payment waiting
2026-03-18 send at 09:30
  > withdrawn: payment_waiting
2026-03-18 payment matched
2026-03-18 paid R1 1.00
2026-03-18 send at 09:30
  > withdrawn: amount_changed
2026-03-18 paid R1
2026-03-18 send at 09:30
  > withdrawn: paid
2026-03-19 run
  > cured
  > nothing: nothing_open
