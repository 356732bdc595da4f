# Frame of every page.
skip-to-content = Skip to content
nav-label = Main
nav-today = Today
nav-debtors = Debtors
nav-payments = Payments
nav-imports = Imports
nav-mail = Mail
nav-scenario = Scenario
nav-settings = Settings
nav-account = Your account
nav-sign-out = Sign out
nav-search = Find a debtor
style-title = Components
page-label = Pages of the list
page-first = From the top
page-next = Next page
optional = (optional)
copy = Copy
copied = Copied
form-wrong = Please check what you entered
date-wrong = Enter a day, for example 2026-11-25
date-past = The day lies in the past
date-future = The day lies in the future
amount-wrong = Enter an amount, for example 120.50
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

# Errors.
fail-home = Go to the start page
fail-sign-in = Please sign in
fail-not-found = There is nothing here
fail-not-found-text = The address is wrong, or what it led to is gone.
fail-form = This form can no longer be sent
fail-form-text = You were signed out, or the form came from another page. Nothing was changed. Go back, reload the page and try again.
fail-refused = That is not possible
fail-too-many = Please wait a moment
fail-too-many-text = There were too many tries. Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
fail-too-large = The file is too large
fail-too-large-text = Nothing was brought in. Split the file and try again.
fail-world = The database cannot be reached
fail-world-text = Nothing was changed. Try again in a minute; if it stays like this, look at the server’s log.
fail-us = Something went wrong on our side
fail-us-text = Nothing was half done. The server’s log says what happened.

# Signing in and joining.
field-email = E-mail address
field-password = Password
field-new-password = Choose a password
field-new-password-hint = At least { $count } characters. Several words make a good one.
field-your-name = Your name
field-your-name-hint = As colleagues know you
field-language = Language
sign-in-title = Sign in
sign-in-action = Sign in
sign-in-wrong = E-mail address and password do not fit together
sign-in-help = Forgot your password? A colleague can close your account and invite you again.
join-first-title = Make the first account
join-first-text = This link works once. The account you make here may do everything.
join-title = Welcome
join-text = You were invited as { $email }.
join-action = Make the account
join-over-title = This link was used already
join-over-text = The link was used, or its time is over. Ask for a new one.
account-no-name = Enter your name
account-email = Enter an e-mail address, for example name@example.com
account-email-taken = There is an account with this e-mail address already
account-too-short = Choose a password of at least { $count } characters
account-too-long = Choose a shorter password
account-common = This password is among the first that guessers try: choose another
account-wrong-password = This is not your present password

# Today.
today-title = Today
today-run = Run the day
done-run = The day was run. What is allowed is on its way.
today-numbers = Numbers of today
today-overdue = Overdue
today-due-today = Due today
today-due-soon = Due in the next 7 days
today-received = Received this week
today-open = Open
today-currency = Currency
today-by-currency = By currency
today-count-receivables = { $count ->
    [one] { $count } receivable
   *[other] { $count } receivables
}
today-count-payments = { $count ->
    [one] { $count } payment
   *[other] { $count } payments
}
today-waiting = Waiting for you
today-waiting-nothing = Nothing waits for you. Enjoy your coffee.
today-waiting-unknown = Mail that may or may not have arrived
today-waiting-disputes = Debtors contest a claim
today-waiting-claims = Debtors say they have paid
today-waiting-payments = Payments to match
today-waiting-finished = All reminders sent, you decide
today-waiting-address-failed = Mail was refused at the address
today-waiting-no-address = No e-mail address
today-waiting-opted-out = Debtors want no e-mail
today-waiting-failed = Mail that failed
today-waiting-text-failed = Texts that could not be written
today-machine = At work for you
today-overdue-debtors = Overdue debtors being reminded
today-promises = Promises that run
today-pending = Notices waiting to leave
today-cases-due = Debtors to look at with the next run
today-newest-statement = Newest bank statement
today-last-run = { $count ->
    [one] Last run { $when }: { $count } notice
   *[other] Last run { $when }: { $count } notices
}
today-never-run = The day was never run.
today-run-cured = Nothing overdue any more
today-run-not-sent = Not sent: { $reason }
today-run-caption = What the last run did
today-run-what = What
today-run-count = How many
today-missing-title = Notices cannot be sent yet
today-missing-text = They need to say who you are and where to pay.
today-missing-link = Complete the settings
today-stale-title = Reminders are held back
today-stale-text = The newest bank statement is of { $when }. Nobody is reminded of what they may have paid.
today-stale-link = Import a newer statement
today-empty-title = Your book is empty
today-empty-text = Five steps lead to the first friendly reminder. None of them sends anything before you say so.
today-step-settings = Say who you are: name, e-mail address, bank account
today-step-debtors = Bring in your debtors (CSV or Excel)
today-step-receivables = Bring in what they owe (CSV, Excel or electronic invoices)
today-step-statement = Bring in a bank statement, so that nobody is reminded of what is paid
today-step-run = Run the day
today-step-done = done

# Charts.
chart-received = Money received by week ({ $currency })
chart-received-text = Each bar is the money received in one week; the last one is this week.
chart-week = Week from
chart-amount = Amount
chart-table = Show the numbers
chart-aging = Open money by days past due
chart-aging-text = For each currency, what is not yet due and what has been overdue for how long.
chart-thousands = { $count }k
chart-millions = { $count }m
aging-not-due = Not due
aging-1-30 = 1–30 days
aging-31-60 = 31–60 days
aging-61-90 = 61–90 days
aging-over-90 = Over 90 days

# Debtors and receivables.
debtors-title = Debtors
debtors-count = { $count ->
    [one] { $count } debtor
   *[other] { $count } debtors
}
debtors-search = Name, number, e-mail or invoice
debtors-search-action = Search
debtors-filter = Which debtors
debtors-all = All
debtors-overdue = Overdue
debtors-name = Name
debtors-number = Number
debtors-state = State
debtors-late = Late
debtors-overdue-sum = Overdue sum
debtors-open = Open
debtors-step = { $count ->
    [one] Reminded once
    [2] Reminded twice
   *[other] Reminded { $count } times
}
debtors-not-due = Not due yet
debtors-clear = Nothing open
debtors-shown = { $count ->
    [one] { $count } debtor shown
   *[other] { $count } debtors shown
}
debtors-none-title = No debtors yet
debtors-none-text = Bring in a table of your customers: a number and a name are enough, an e-mail address lets you write to them.
debtors-none-action = Bring in a file
debtors-not-found-title = Nobody found for “{ $text }”
debtors-not-found-text = Try the beginning of a name, a customer or invoice number, or an e-mail address.
debtors-list-empty-title = Nobody here: { $list }
debtors-list-empty-text = That is good news. The other lists are above.
stuck-scenario-finished = All steps done
stuck-no-address = No e-mail address
stuck-opted-out = Wants no e-mail
stuck-address-failed = Mail refused
stuck-text-failed = Text failed
receivables-title = Open receivables
receivables-lead = What is open in { $currency }, oldest due date first
receivables-filter = When they are due
receivables-others = Other currencies:
receivables-number = Number
receivables-due = Due
receivables-shown = { $count ->
    [one] { $count } receivable shown
   *[other] { $count } receivables shown
}
receivables-none-title = Nothing is open here
receivables-none-text = Choose another time above.
span-overdue = Overdue
span-today = Due today
span-soon = Next 7 days
span-not-due = Not due
span-1-30 = 1–30 days late
span-31-60 = 31–60 days late
span-61-90 = 61–90 days late
span-over-90 = Over 90 days late
span-all = All

# One debtor.
debtor-number = Number { $number }
debtor-balance = Balance
debtor-overdue = Of this overdue
debtor-late = { $count ->
    [one] { $count } day late
   *[other] { $count } days late
}
debtor-last-paid = Last payment
debtor-never = None yet
debtor-nothing = Nothing
debtor-unapplied = Unapplied money
debtor-receivables = Receivables
debtor-nothing-open = Nothing is open.
debtor-closed = { $count ->
    [one] { $count } paid, withdrawn or in a plan
   *[other] { $count } paid, withdrawn or in a plan
}
debtor-closed-title = Paid, withdrawn or in a plan
debtor-amount = Amount
debtor-paid = Paid
debtor-withdrawn = Withdrawn
debtor-in-plan = In a plan
debtor-story = What happened
debtor-do = What you can do
debtor-payment = Record a payment
debtor-payment-amount = Amount received
debtor-payment-on = Received on
debtor-payment-for = For
debtor-payment-oldest = What is oldest first
debtor-payment-unapplied = Nothing yet, keep it unapplied
debtor-payment-action = Record the payment
debtor-note-word = In a word
debtor-hold = Place a hold
debtor-hold-reason = Why
debtor-hold-last = Last day of the hold
debtor-hold-last-hint = Without a day it lasts until you end it
debtor-hold-what = What is held
debtor-hold-all = Everything
debtor-hold-action = Place the hold
debtor-note = Write a note
debtor-note-text = Note
debtor-note-empty = Write something first
debtor-note-action = Keep the note
debtor-holds = Holds in force
debtor-hold-until = until { $day }
debtor-hold-open = until it is ended
debtor-release = End the hold
debtor-contacts = How to reach them
debtor-no-contact = There is no address or number.
debtor-language = Language
debtor-language-own = As your settings say
debtor-reference = Payment reference
debtor-country = Country
debtor-opted-out = wants no e-mail
debtor-failed = mail was refused
debtor-opt-in = They agree to e-mail again
debtor-opt-out = They want no more e-mail
debtor-links = The debtor’s own page
debtor-links-text = Each notice carries a link to it. You can hand one over yourself, or take all of them back.
debtor-links-off = Debtors have no page yet: say in the settings under which address they reach this server.
debtor-link-make = Make a link
debtor-link-new = Link to hand over
debtor-link-once = It is shown once. Whoever has it sees what is owed, so send it to nobody else.
debtor-links-end = Take all links back
done-hold = The hold is in force: nothing is sent.
done-released = The hold has ended. The next run looks at this debtor.
done-payment = The payment is recorded.
done-note = The note is kept.
done-opted-in = E-mail is allowed again.
done-opted-out = No more e-mail goes to this debtor.
done-link = Here is the link.
done-links-ended = All links sent so far are dead. The next notice carries a new one.

# Why a debtor is or is not written to.
why-title = Why are they contacted, or not?
why-no-case = Nothing was ever owed here, so nothing is planned.
why-leaves = leaves { $when }
why-would-send = If the day were run now: { $kind } over { $amount }, leaving { $when }.
why-would-send-note = Nothing stands against it: no hold, no payment waiting, an address, allowed hours.
why-not = Nothing is sent now: { $reason }.
why-as-planned = As planned
why-held = On hold
why-attention = Needs attention
why-next-look = Next look on { $day }
why-hold = is in force too: see the holds beside this.
why-no-next-look = The next look comes when something changes.

# The story of a debtor.
story-empty = Nothing has happened yet.
story-all = { $count ->
    [one] Show { $count } event
   *[other] Show all { $count } events
}
story-by = by { $who }
story-by-link = by the debtor’s link
story-until = until { $day }
story-due = due { $day }
story-pay-on = Will pay on { $day }
story-paid-on = Paid on { $day }
story-consent-given = agrees to e-mail
event-debtor-imported = Debtor brought in
event-debtor-changed = Debtor’s data changed
event-receivable-imported = Receivable brought in
event-receivable-changed = Receivable changed
event-receivable-withdrawn = Receivable withdrawn
event-notice-decided = Notice decided
event-notice-refused = No notice
event-notice-outcome = Outcome of the notice
event-notice-withdrawn = Notice taken back
event-notice-interrupted = Sending was interrupted
event-notice-settled = Unknown outcome settled
event-payment-booked = Payment received
event-payment-queued = Payment waits to be matched
event-payment-recorded = Payment recorded
event-payment-matched = Payment matched
event-payment-unmatched = Match taken back
event-case-cured = Nothing overdue any more
event-hold-placed = Hold placed
event-hold-released = Hold ended
event-contact-consent = E-mail consent
event-debtor-promised = Promise to pay
event-debtor-says-paid = Says it is paid
event-debtor-disputed = Says something is wrong
event-note-added = Note
event-link-made = Link made
event-link-ended = Links taken back

# Words of the trade.
hold-dispute = Contested
hold-promise = Promised
hold-payment-claimed = Says it is paid
hold-care = Needs care
hold-legal = Legal bar
hold-manual = On hold
notice-pre-due = Friendly reminder before the due date
notice-first = First reminder
notice-second = Second reminder
notice-final = Final reminder
notice-state-pending = waiting
notice-state-sending = being sent
notice-state-sent = sent
notice-state-failed = failed
notice-state-withdrawn = taken back
notice-state-unknown = unknown
reason-nothing-open = nothing is open
reason-not-yet = no step is due yet
reason-too-soon = the last notice is too recent
reason-notice-on-its-way = the last notice has not left yet, or its outcome is unknown
reason-below-tolerance = the overdue amount is within the tolerance
reason-scenario-finished = all steps are done, a person decides
reason-on-hold-dispute = the claim is contested
reason-on-hold-promise = payment was promised
reason-on-hold-payment-claimed = the debtor says it is paid, the bank’s file will tell
reason-on-hold-care = circumstances that need care
reason-on-hold-legal = a legal bar
reason-on-hold-manual = a person placed a hold
reason-stale-money = the newest bank statement is too old to know who has paid
reason-payment-waiting = a payment of this debtor waits to be matched
reason-no-address = there is no e-mail address
reason-opted-out = the debtor wants no e-mail
reason-address-failed = mail to every address was refused
reason-policy-quiet-hours = quiet hours where the debtor is
reason-policy-sunday = Sunday where the debtor is
reason-policy-holiday = a public holiday
reason-policy-frequency-cap = contacted often enough already
reason-policy-no-common-hour = the debtor’s time zones leave no common hour
reason-paid = paid in the meantime
reason-amount-changed = amount or due date changed in the meantime
reason-text-failed = the text could not be written
