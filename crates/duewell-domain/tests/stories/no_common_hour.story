# FAULT (contact.rs): zones exactly twelve hours apart never agree; the reason says quiet hours as if waiting helped.
scenario standard
debtor zone Asia/Tokyo zone America/Sao_Paulo email a@example.com
2026-03-01 invoice R1 EUR 100.00 due 2026-03-10
2026-03-07 run
  > nothing: policy:no_common_hour until 2026-03-13
