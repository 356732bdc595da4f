# Part payments lower what is asked for and change nothing else.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-02 paid R1 10.00
2026-03-02 run daily until 2026-03-14
  > 2026-03-07 pre_due to a@example.com: R1, EUR 90.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, EUR 90.00, pay by 2026-03-21
2026-03-15 paid R1 20.00
2026-03-15 run
  > nothing: not_yet until 2026-03-24
2026-03-20 paid R1 30.00
2026-03-20 run daily until 2026-03-31
  > 2026-03-24 second to a@example.com: R1, EUR 40.00, pay by 2026-03-31
2026-04-01 paid R1 39.50
2026-04-01 run daily until 2026-04-30
  > 2026-04-01 nothing: below_tolerance until 2026-04-09
2026-05-01 paid R1 0.50
2026-05-01 run
  > cured
  > nothing: nothing_open
