# FAULT: the silence of a hold with an end does not name the day of the next look, though the case knows it.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-12 hold promise until 2026-03-20
2026-03-13 run
  > nothing: on_hold:promise until 2026-03-21
2026-03-13 next
  > next look on 2026-03-21
