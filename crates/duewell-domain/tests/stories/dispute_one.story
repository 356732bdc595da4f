# A disputed receivable is not named while another one is chased; its silence is no cure.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-01 invoice R2 EUR 70.00 due 2026-03-12
2026-03-01 run daily until 2026-03-14
  > 2026-03-07 pre_due to a@example.com: R1, EUR 100.00, pay by 2026-03-10
  > 2026-03-13 opened cycle 1
  > 2026-03-14 first to a@example.com: R1, R2, EUR 170.00, pay by 2026-03-21
2026-03-16 hold dispute R1
# What is left is anchored anew, at the due date of R2.
2026-03-21 run
  > cycle 2 starts at the first step
  > first to a@example.com: R2, EUR 70.00, pay by 2026-03-28
2026-03-23 paid R2
2026-03-23 run
  > nothing: on_hold:dispute
2026-03-23 next
  > no next look: only an event wakes it
# The dispute is settled for the creditor: the steps of the running cycle go on.
2026-04-15 release dispute R1
2026-04-15 run
  > second to a@example.com: R1, EUR 100.00, pay by 2026-04-22
