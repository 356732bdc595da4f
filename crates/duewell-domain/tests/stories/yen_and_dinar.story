# Amounts have the decimals of their currency, none for yen and three for dinar; the tolerance counts minor units.
scenario standard
tolerance 100
caps none
debtor zone Asia/Kuwait email a@example.com
2026-03-01 invoice R1 JPY 12000 due 2026-03-10
2026-03-01 invoice R2 KWD 1.500 due 2026-03-10
2026-03-07 run
  > JPY case: pre_due to a@example.com: R1, JPY 12000, pay by 2026-03-10
  > KWD case: pre_due to a@example.com: R2, KWD 1.500, pay by 2026-03-10
2026-03-14 run
  > JPY case: opened cycle 1
  > JPY case: first to a@example.com: R1, JPY 12000, pay by 2026-03-21
  > KWD case: opened cycle 1
  > KWD case: first to a@example.com: R2, KWD 1.500, pay by 2026-03-21
2026-03-16 paid R1 11900
2026-03-16 paid R2 1.399
2026-03-24 run
  > JPY case: nothing: below_tolerance
  > KWD case: second to a@example.com: R2, KWD 0.101, pay by 2026-03-31
2026-03-25 paid R2 0.001
2026-03-31 run
  > JPY case: nothing: below_tolerance
  > KWD case: nothing: below_tolerance until 2026-04-09
