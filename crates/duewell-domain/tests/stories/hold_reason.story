# FAULT: a hold on one receivable is given as the reason when the other one only waits for its day.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 70.00 due 2026-05-12
2026-03-02 hold dispute R2
2026-03-11 run
  > opened cycle 1
  > nothing: not_yet until 2026-03-13
# All that is overdue is promised, so the promise is the reason, not the dispute about something later.
2026-03-12 hold promise R1
2026-03-13 run
  > nothing: on_hold:promise
