# Without an address, after an opt-out or a bounce there is silence with its reason; a second address helps.
scenario standard
debtor zone Europe/Berlin
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-14 run
  > opened cycle 1
  > nothing: no_address until 2026-03-21
2026-03-15 email a@example.com
# The 15th is a Sunday.
2026-03-16 opted out a@example.com
2026-03-16 run
  > nothing: opted_out until 2026-03-23
2026-03-17 email b@example.com
2026-03-17 run
  > first to b@example.com: R1, EUR 100.00, pay by 2026-03-24
2026-03-20 bounced b@example.com
# One address refuses, the other one is broken.
2026-03-24 run
  > nothing: address_failed until 2026-03-31
2026-03-25 mended b@example.com
2026-03-25 run
  > second to b@example.com: R1, EUR 100.00, pay by 2026-04-01
2026-04-07 agreed a@example.com
# Of several good addresses the first is used.
2026-04-09 run
  > final to a@example.com: R1, EUR 100.00, pay by 2026-04-19
