# Before the due date one friendly notice names everything that is due soon and was not named yet.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 50.00 due 2026-03-09
2026-03-02 invoice R3 EUR 20.00 due 2026-03-20
2026-03-05 run
  > nothing: not_yet until 2026-03-06
# The oldest asks first, on day -3 of R2; R1 has four days left and waits.
2026-03-06 run
  > pre_due to a@example.com: R2, EUR 50.00, pay by 2026-03-09
# On its own day -3 R1 must wait: the gap of seven days holds for all notices, and then it is past due.
2026-03-07 run
  > nothing: not_yet until 2026-03-12
2026-03-07 next
  > next look on 2026-03-12
# With both in the window the notice names both and asks for the later due date; R3 is still far away.
2026-04-01 paid R1
2026-04-01 paid R2
2026-04-01 paid R3
2026-04-02 invoice R4 EUR 10.00 due 2026-04-16
2026-04-02 invoice R5 EUR 30.50 due 2026-04-15
2026-04-02 invoice R6 EUR 99.00 due 2026-04-30
2026-04-14 run
  > pre_due to a@example.com: R5, R4, EUR 40.50, pay by 2026-04-16
# Nothing is announced twice.
2026-04-15 run
  > nothing: not_yet until 2026-04-18
2026-04-27 run
  > opened cycle 1
  > first to a@example.com: R5, R4, EUR 40.50, pay by 2026-05-04
