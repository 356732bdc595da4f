# Sundays and public holidays of the debtor are silent unless the policy allows them.
scenario standard
holiday 2026-04-03
holiday 2026-04-06
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-08
2026-03-08 run
  > nothing: policy:sunday until 2026-03-09
2026-03-09 run
  > opened cycle 1
  > nothing: not_yet until 2026-03-11
# Good Friday; the 5th is Easter Sunday, the 6th Easter Monday.
2026-04-03 run
  > nothing: policy:holiday until 2026-04-04
2026-04-03 next
  > next look on 2026-04-04
2026-04-04 run
  > first to a@example.com: R1, EUR 100.00, pay by 2026-04-11
2026-04-12 run
  > nothing: policy:sunday until 2026-04-13
2026-04-13 run
  > second to a@example.com: R1, EUR 100.00, pay by 2026-04-20
