# Installment plans: the list, a plan, making one, changing one.
nav-plans = Plans
plans-title = Plans
plans-lead = Agreements on installments, newest first.
plans-states = Plans by state
plans-all = All
plans-open = { $amount } open
plans-none-title = No plans yet
plans-none-text = A plan is made on the page of a debtor, or by debtors on their own page.
plans-empty-title = No plan here
plans-empty-text = No plan is in this state, or the list ends here.
plans-shown = { $count ->
    [one] { $count } plan
   *[other] { $count } plans
}

plan-title = Plan { $number }
plan-number = Plan
plan-made-on = Made on
plan-next-due = Next due
plan-late = late
plan-state-offered = Offered
plan-state-active = Running
plan-state-completed = Paid
plan-state-cancelled = Ended early
plan-state-broken = Broken
plan-state-settled = Settled for less
plan-state-written-off = Written off
plan-state-withdrawn = Offer taken back

# Making a plan.
plan-make = Make a plan
plan-make-lead = Installments for { $name }. The schedule follows what you type; nothing counts before you agree or offer it.
plan-nothing-title = Nothing to put into a plan
plan-nothing-text = Nothing is open, or all of it is in a plan already. Change that plan instead.
plan-currencies = Also open in:
plan-terms = Terms
plan-show = Show schedule
plan-over = What the plan is over
plan-over-due = due { $day }
plan-over-many = { $count ->
    [one] { $count } item, { $amount }
   *[other] { $count } items, { $amount }
}
plan-group-schedule = More about the schedule: amount, how often, down payment
plan-group-interest = Interest
plan-group-fees = Fees and late payment
plan-field-count = How many installments
plan-field-first = First due date
plan-field-each = Amount of each installment
plan-field-each-hint = As many installments of this amount as it takes; the number above is then not used.
plan-field-every = How often
plan-field-amortization = How it is repaid
plan-field-down = Down payment
plan-field-down-hint = Due today.
plan-field-balloon = Left for the end
plan-field-balloon-hint = A part that is due with the last installment, on top of it.
plan-field-multiple = Round installments to
plan-field-multiple-hint = 1.00 makes whole amounts; one installment takes the rest.
plan-field-residue = What rounding leaves is in
plan-field-month-end = Where a month has no such day
plan-field-business-days = Weekends and holidays
plan-field-rate = Interest a year
plan-field-rate-kind = The rate is
plan-field-day-count = Days are counted
plan-field-odd-first = If the first period is longer or shorter
plan-field-recalculation = Interest when money comes early or late
plan-field-grace-principal = First installments without principal
plan-field-grace-interest = First installments without interest due
plan-field-grace-interest-hint = Interest arises and is due later.
plan-field-interest-free = First installments free of interest
plan-field-fee-name = Name of a fee
plan-field-fee = Fee
plan-field-fee-when = The fee is due
plan-field-late-fee = Late fee for each late installment
plan-field-late-days = Days after the due date without late fee
plan-field-penalty = Penalty interest a year on what is late
plan-every-month = every month
plan-every-week = every week
plan-every-2weeks = every two weeks
plan-every-semimonth = twice a month
plan-every-quarter = every three months
plan-every-year = every year
plan-amortization-equal-installment = equal installments
plan-amortization-equal-principal = equal principal, interest on top
plan-amortization-interest-only = interest only, principal at the end
plan-day-count-whole-periods365 = whole periods, days of 365
plan-day-count-30-360-eu = 30/360, European
plan-day-count-30-360-us = 30/360, US
plan-day-count-actual-365 = real days of 365
plan-day-count-actual-360 = real days of 360
plan-day-count-actual-actual = real days of the real year
plan-day-count-months-and-days = whole months, then days
plan-odd-first-spread = spread it over all installments
plan-odd-first-first-installment = add it to the first installment
plan-odd-first-charged = charge it before the first period
plan-month-end-clamp = the last day of the month
plan-month-end-roll = the first day of the next month
plan-month-end-last-day = always the last day of the month
plan-business-days-no = dates stay
plan-business-days-following = to the next working day
plan-business-days-modified-following = to the next working day of the same month
plan-business-days-preceding = to the working day before
plan-residue-last = the last installment
plan-residue-first = the first installment
plan-residue-spread = several installments, a bit each
plan-recalculation-none = stays as scheduled
plan-recalculation-daily = follows by the day
plan-recalculation-whole-periods = follows, a begun period in full
plan-rate-kind-nominal = nominal
plan-rate-kind-effective = effective
plan-fee-when-signing = today
plan-fee-when-each-installment = with each installment
plan-fee = Fee
plan-preview = Schedule
plan-preview-wrong = The schedule appears when the form can be read.
plan-breaches = Beyond the bounds
plan-breach-small = An installment is below { $amount }.
plan-breach-many = There are more than { $count } installments.
plan-breach-first = The first installment is due later than in { $count } days.
plan-breach-down = The down payment is below { $share }.
plan-breach-rate = The interest is outside of { $least } to { $most }.
plan-breach-balance = The plan is over more than { $amount }.
plan-overrule = Agree all the same
plan-overrule-hint = The journal says that you went beyond the bounds.
plan-finish = Finish
plan-how = The debtor said yes
plan-how-page = on their page
plan-how-phone = by phone
plan-how-writing = in writing
plan-how-person = in person
plan-agree = Agreed now
plan-offer = Offer it
plan-finish-hint = An offer waits on the debtor’s page for a yes; nothing that is owed changes until then.
plan-wrong-over = Tick what the plan is over.
plan-wrong-gone = Something that was ticked is not open any more. Look at it again.
plan-wrong-bounds = Tick this box to go beyond the bounds, or change the terms.
plan-wrong-count = Write a number from { $least } to { $most }.
plan-wrong-rate = Write a rate in percent, such as 9.5.
plan-wrong-first = The first due date lies before today.
plan-wrong-balloon = This is more than the plan is over.
plan-wrong-grace = This leaves no installment to pay it.
plan-wrong-down = The down payment is as much as the plan is over, or more.
plan-wrong-multiple = This is more than the plan is over.
plan-wrong-never = Installments of this amount do not even cover the interest.
plan-wrong-long = This amount would take too many installments.
plan-wrong-order = The installments would not be in the order of their dates.
plan-wrong-terms = No schedule follows from these terms.

# A plan in a sentence.
plan-short-none = Nothing is due.
plan-short = { $count ->
    [one] One installment of { $amount } on { $first }.
   *[other] { $count } installments of { $amount }, from { $first } to { $end }.
}
plan-short-rest = { $count } installments of { $amount } from { $first }, the last of { $last } on { $end }.
plan-short-uneven = { $count } installments from { $first } to { $end }, the first of { $amount }.

# Schedules.
plan-schedule = Schedule
plan-row = No.
plan-installment = Installment
plan-installments = Installments
plan-due = Due
plan-amount = Amount
plan-paid = Paid
plan-open = Open
plan-paid-on = Paid on
plan-row-state = State
plan-reference = Reference
plan-principal = Principal
plan-interest = Interest
plan-fees = Fees
plan-penalties = Penalties
plan-row-down = Down payment
plan-row-new = New { $number }
plan-row-additional = Additional
plan-row-odd = Odd days
plan-row-number = installment { $number }
plan-row-nothing = nothing due
plan-row-given-up = given up
plan-row-paid = paid
plan-row-today = due today
plan-row-partly = partly paid
plan-row-to-come = to come
plan-no-cost = No interest and no fees: what is owed today is what is paid.
plan-cost = Cost of the plan
plan-pays-in-all = Paid in all
plan-apr-us = Annual percentage rate (APR)
plan-apr-eu = Effective annual rate (APRC)
plan-apr-uk = Representative APR
plan-compared = Before and after
plan-before-due = Due before
plan-before-open = Open before
plan-after-due = Due after
plan-after-open = Open after
plan-difference = Difference
plan-diff-new = new
plan-diff-gone = gone
plan-diff-both = moved and changed
plan-diff-moved = moved
plan-diff-nothing = nothing left to pay
plan-diff-more = more
plan-diff-less = less
plan-every-days = { $count ->
    [one] every day
   *[other] every { $count } days
}
plan-every-weeks = { $count ->
    [one] every week
   *[other] every { $count } weeks
}
plan-every-semi-months = { $count ->
    [one] twice a month
   *[other] every { $count } half months
}
plan-every-months = { $count ->
    [one] every month
   *[other] every { $count } months
}
plan-every-years = { $count ->
    [one] every year
   *[other] every { $count } years
}

# The page of a plan.
plan-standing = How the plan stands
plan-of = of { $amount }
plan-next = Next installment
plan-nothing-open = Nothing open
plan-arrears = Past due
plan-payoff = Settles all
plan-payoff-on = paid on { $day }
plan-waits = Waits for the debtor’s yes
plan-waits-text = The debtor sees this offer on their page and can accept it there. If they say yes to you, note it here.
plan-withdraw = Take the offer back
plan-log = What happened
plan-log-empty = Nothing yet: the plan has not begun.
plan-entry = entry { $number }
plan-taken-back = taken back
plan-over-rest = { $amount } over
plan-where = Where the money went
plan-component = Part
plan-why = Why
plan-because-named = the payer named it
plan-because-part = equal part of what was ahead of time
plan-because-credit = had been paid in advance
plan-because-late = past due comes first
plan-because-due = was due that day
plan-because-ahead = ahead of its time
plan-story = Everything about this debtor
plan-sources = What it took the place of
plan-yes = The debtor’s yes
plan-yes-at = When
plan-yes-by = Noted by
plan-yes-shown = Fingerprint of what was shown
plan-books = Books
plan-books-text = Sums over the plan; debits and credits are equal.
plan-account = Account
plan-debit = Debit
plan-credit = Credit
plan-account-receivable = Receivables
plan-account-sales = Sales
plan-account-bank = Bank
plan-account-unapplied = Unapplied money
plan-account-unidentified = Unidentified money
plan-account-in-plans = Put into plans
plan-account-lent = Lent
plan-account-unearned-interest = Interest not earned yet
plan-account-interest-income = Interest income
plan-account-fee-income = Fee income
plan-account-penalty-income = Penalty income
plan-account-write-off = Given up
plan-account-received = Money received
plan-account-returned = Given back
plan-versions = Versions
plan-version = Version { $number }, { $at }: { $because }
plan-version-first = as first offered
plan-version-unreadable = This version cannot be read.
plan-event-advance = Plan began
plan-event-payment = Payment
plan-event-refund = Refund
plan-event-goodwill = Credit out of goodwill
plan-event-fee-adjustment = Fee made good
plan-event-extend = Installments added
plan-event-holiday = Payment holiday
plan-event-recovery = Payment after write-off
plan-event-credit-refund = Credit paid out
plan-event-chargeback = Payment taken back by the bank
plan-event-fee = Fee charged
plan-event-late-fee = Late fee
plan-event-waive = Fee waived
plan-event-move = Due date moved
plan-event-rate = Interest changed
plan-event-pause = Interest paused
plan-event-re-age = Rest rescheduled
plan-event-re-amortize = Arrears spread over the rest
plan-event-accelerate = All due at once
plan-event-settle = Settled for less
plan-event-write-off = Written off
plan-event-charge-off = Charged off
plan-event-dissolve = Plan ended
plan-event-reverse = Entry taken back
plan-fact-late-fee = { $amount } for the installment of { $day }
plan-fact-move = { $from } to { $to }
plan-fact-move-rest = { $from } to { $to }, and all behind it
plan-fact-extend = { $count ->
    [one] { $count } installment more, from { $day }
   *[other] { $count } installments more, from { $day }
}
plan-fact-holiday = { $count ->
    [one] { $count } installment without principal, from { $day }
   *[other] { $count } installments without principal, from { $day }
}
plan-fact-holiday-interest = { $count ->
    [one] { $count } installment without interest due, from { $day }
   *[other] { $count } installments without interest due, from { $day }
}
plan-fact-until = until { $day }
plan-fact-re-age = { $count ->
    [one] { $count } installment, { $every }, from { $day }
   *[other] { $count } installments, { $every }, from { $day }
}
plan-fact-reverse = entry { $number }

# Changing a plan.
plan-change = Change the plan
plan-look = Show what changes
plan-do-move = Move a due date
plan-do-move-text = One date, or the due day from now on. The amounts stay; the last installment takes the interest of days won or lost.
plan-do-holiday = Payment holiday
plan-do-holiday-text = So many installments ask for no principal, and the plan becomes as many longer; or for no interest, which is due later.
plan-do-extend = Add installments
plan-do-extend-text = What is to be repaid from a due date on is spread over more installments: each becomes smaller.
plan-do-re-age = Reschedule the rest
plan-do-re-age-text = All open principal is spread over new installments. What is past due is then not late any more.
plan-do-re-amortize = Spread arrears over the rest
plan-do-re-amortize-text = What is past due is added in equal parts to the installments to come. The dates stay.
plan-do-pause = Pause interest
plan-do-pause-text = No interest arises from today until the day you choose.
plan-do-rate = Change interest
plan-do-rate-text = Another rate from a day on.
plan-do-fee = Charge a fee
plan-do-fee-text = A fee or penalty, due on a day.
plan-do-waive = Waive a fee
plan-do-waive-text = A fee is given up, as far as it is not paid.
plan-do-accelerate = Make all due at once
plan-do-accelerate-text = All installments to come are due today. Check first whether the law allows it.
plan-do-settle = Settle for less
plan-do-settle-text = What is open now is given up, because an agreed part was paid.
plan-do-cancel = End the plan
plan-do-cancel-text = Open principal goes back to what the plan took the place of; fees and interest to come are not asked for.
plan-do-charge-off = Charge off
plan-do-charge-off-text = The books count the plan as lost. The debtor still owes it.
plan-do-write-off = Write off
plan-do-write-off-text = What is open is given up, in the books and towards the debtor.
plan-do-reverse = Take an entry back
plan-do-reverse-text = A change or fee is undone, as if it had never been. Payments are taken back on the page of payments.
plan-change-from = Which date
plan-change-to = New date
plan-change-shift = Move
plan-change-shift-one = this one only
plan-change-shift-rest = this one and all behind it
plan-change-starts = First new due date
plan-change-installments = How many installments
plan-change-pauses = Without
plan-change-pauses-principal = principal, and as many installments later
plan-change-pauses-interest = interest, which is due with the one behind them
plan-change-every = How often
plan-change-until = Until
plan-change-new-rate = New rate a year
plan-change-on = From
plan-change-name = What the fee is for
plan-change-amount = Amount
plan-change-component = Kind
plan-change-component-fee = fee
plan-change-component-penalty = penalty
plan-change-of = Which entry
plan-open-of = { $amount } open
plan-open-changes = Open: { $before } before, { $after } after.
plan-cost-same = Interest and fees stay the same.
plan-cost-more = Interest and fees are { $amount } more.
plan-cost-less = Interest and fees are { $amount } less.
plan-gives-up = { $amount } is given up.
plan-confirm = Confirm
plan-because = Reason
plan-because-hint = One line that a colleague understands next year. It stands in the journal and beside the version.
plan-wrong-until = Choose a day after today.
plan-wrong-entry = Choose an entry.
plan-wrong-waive = No more than { $amount } of this fee is open.
plan-wrong-because = Write why the plan is changed.
plan-wrong-since = Something happened to the plan since you looked. Look at the schedule again, then confirm.

debtor-plans = Plans
done-plan-agreed = The plan runs.
done-plan-offered = The plan is offered. It waits for the debtor’s yes.
done-plan-withdrawn = The offer is taken back.
done-plan-changed = The plan is changed.
event-plan-offered = Plan offered
event-plan-accepted = Plan agreed
event-plan-changed = Plan changed
event-plan-withdrawn = Plan offer taken back
event-plan-broken = Plan broken
event-plan-completed = Plan paid
event-plan-late-fee = Late fee in a plan
