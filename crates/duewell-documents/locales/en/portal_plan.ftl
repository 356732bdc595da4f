# The debtor's page: paying in installments. The same plain words and kind tone as the rest of the page.
portal-answer-plan = Pay in installments
portal-promise-plan = Do you need longer? You can pay in installments.
portal-plan = Pay in installments
portal-plan-intro = You can pay what is open in parts. Choose what fits; you see everything before you agree.
portal-plan-choose = How many installments?
portal-plan-count = { $count ->
    [one] { $count } installment of { $amount }
   *[other] { $count } installments of { $amount }
}
portal-plan-when = The first on { $first }, the last on { $end }.
portal-plan-when-rest = The first on { $first }, the last of { $last } on { $end }.
portal-plan-free = It costs you nothing extra.
portal-plan-costs = It costs { $cost } more; you pay { $amount } in all.
portal-plan-missing = Please choose one of the plans
portal-plan-other = Does none of this fit? Please call or write to us, and we will look for another way.
portal-plan-look = Is this plan right for you?
portal-plan-schedule = When you pay how much
portal-plan-cost = What it costs
portal-plan-no-cost = No interest and no fees. You pay { $amount } in all: exactly what is open today.
portal-plan-owed = Open today
portal-plan-all = You pay in all
portal-plan-missed = If an installment does not work out
portal-plan-missed-tell = Tell us before the day, and we will find a way together.
portal-plan-missed-grace = { $count ->
    [one] Up to { $count } day later is fine.
   *[other] Up to { $count } days later is fine.
}
portal-plan-missed-broken = { $count ->
    [one] When an installment is missed after that, the plan ends, and what is open is due as before.
   *[other] When { $count } installments are missed after that, the plan ends, and what is open is due as before.
}
portal-plan-missed-fee = A late installment costs { $amount } more.
portal-plan-missed-share = A late installment costs { $rate } of it more.
portal-plan-missed-penalty = What is late bears { $rate } interest a year.
portal-plan-means = With your yes this plan takes the place of what is open now. As long as you pay it, nobody reminds you of the old amounts.
portal-plan-agree = Yes, I agree to this plan
portal-plan-back = Choose another plan
portal-plan-changed = Something has changed
portal-plan-changed-text = Dates or amounts are not what you saw before. Please look at them again.
portal-plan-gone = This plan is not offered any more
portal-plan-gone-text = Something was paid or changed in the meantime. Please go back to your page: it shows what is open now.
portal-plan-noted = Your plan is agreed
portal-plan-noted-text = You see the installments and how to pay the next one on your page. You can come back to it with the same link.
portal-plan-offer = We offer you to pay in installments
portal-plan-offer-look = Look at the plan
portal-plan-yours = Your plan { $number }
portal-plan-progress = Paid so far
portal-plan-paid-of = { $paid } of { $all }
portal-plan-next = Next: { $amount } by { $day }
portal-plan-was-due = { $amount } was due on { $day }
portal-plan-now = To pay next
portal-plan-installment = No.
portal-plan-open = Amount
