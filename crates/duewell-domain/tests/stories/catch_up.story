# After two months without a run no step is skipped and the gap of seven days is kept.
scenario standard
debtor zone Europe/Berlin email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-05-11 run
  > opened cycle 1
  > first to a@example.com: R1, EUR 100.00, pay by 2026-05-18
2026-05-11 next
  > next look on 2026-05-18
2026-05-12 run
  > nothing: too_soon until 2026-05-18
2026-05-17 run
  > nothing: too_soon until 2026-05-18
2026-05-18 run
  > second to a@example.com: R1, EUR 100.00, pay by 2026-05-25
2026-05-19 run daily until 2026-07-31
  > 2026-05-25 final to a@example.com: R1, EUR 100.00, pay by 2026-06-04
  > 2026-06-05 nothing: scenario_finished
2026-08-01 run
  > nothing: scenario_finished
