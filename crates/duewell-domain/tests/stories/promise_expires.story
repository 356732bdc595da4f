# A promise to pay silences until the promised day; unkept, the next step follows the day after.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 run daily until 2026-03-14
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 100.00, pay by 2026-03-21
2026-03-17 hold promise R1 until 2026-03-27
2026-03-24 run
  > nothing: on_hold:promise until 2026-03-28
2026-03-24 next
  > next look on 2026-03-28
2026-03-27 run
  > nothing: on_hold:promise until 2026-03-28
2026-03-28 run
  > second to a@example.com: R1, EUR 100.00, pay by 2026-04-04
# A promise kept on its day cures.
2026-03-30 hold promise R1 until 2026-04-10
2026-04-10 paid R1
2026-04-10 run
  > cured
  > nothing: nothing_open until 2026-04-11
