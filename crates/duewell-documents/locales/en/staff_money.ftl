# Payments: the queue, what was dealt with, statements.
payments-title = Payments
payments-tabs = Views of payments
payments-tab-queue = To match
payments-tab-done = Done
payments-tab-statements = Statements
payments-lead = { $count ->
    [0] Nothing waits: every payment has its place.
    [one] { $count } payment waits to be matched. Its debtor gets no reminder in the meantime, as far as the debtor is known.
   *[other] { $count } payments wait to be matched. Their debtors get no reminders in the meantime, as far as they are known.
}
payments-empty-title = No payment waits
payments-empty-text = Payments come with bank statements. What the text or the payer leaves no doubt about is matched at once; the rest waits here with suggestions.
payments-to-imports = Bring in a statement
payments-end-title = No more payments from here on
payments-end-text = Those that were left out wait at the start of the queue.
payments-from-start = From the start of the queue
payments-one = { $amount } on { $day }
payments-payer = Payer
payments-no-payer = not named
payments-account = Account
payments-text = Text of the line
payments-waits = Waits
payments-taken-back = A person took it out of its place.
payments-suggestions = Suggestions
payments-no-suggestions = Nobody comes to mind. Search for the debtor below.
payments-clue-line = the line names this debtor
payments-clue-number = a number like one in the text
payments-clue-name = has the payer’s name
payments-clue-word = has a word of the payer’s name
payments-exact = Exact amount
payments-open = { $amount } open
payments-match = Match to { $name } ({ $numbers })
payments-match-now = Match
payments-match-many = Match to { $name } ({ $count } receivables)
payments-match-unapplied = Match to { $name } (nothing open, stays unapplied)
payments-choose = Choose receivables
payments-search-title = Another debtor
payments-search = Name, number or e-mail address
payments-find = Find
payments-not-found = No debtor has that name, number or e-mail address.
payments-open-sums = open:
payments-ignore = Not about receivables
payments-skip = Leave for later
payments-others = Also waiting
payments-day = Day
payments-amount = Amount
payments-why = Why it waits
payments-best = Best suggestion
payments-none = none
payments-undo = Undo
payments-not-done = That was not done
payments-not-done-text = The payment or a receivable changed in the meantime, or it is no longer open. No money was moved; look at it again.

done-matched = { $amount } matched to { $name }: { $count ->
    [0] nothing paid
    [one] { $count } receivable paid
   *[other] { $count } receivables paid
}.
done-matched-rest = { $amount } matched to { $name }: { $count ->
    [0] nothing paid
    [one] { $count } receivable paid
   *[other] { $count } receivables paid
}, { $rest } stays unapplied.
done-ignored = { $amount } put aside: it is not about receivables.
done-unmatched = The match is taken back. The payment waits again.
done-requeued = The payment waits again.
done-booked = Statement booked: { $matched ->
    [one] { $matched } payment matched
   *[other] { $matched } payments matched
}, { $queued ->
    [0] nothing waits
    [one] { $queued } waits for you
   *[other] { $queued } wait for you
}{ $known ->
    [0] {""}
    [one] ; { $known } line was known already
   *[other] ; { $known } lines were known already
}.

because-reference-exact = Reference and amount agree.
because-reference-part = The reference agrees; it pays a part.
because-reference-over = The reference agrees; it is more than is open.
because-name-amount = The payer’s name and the amount agree.
because-person = Matched by a person.
because-several-debtors = Its references belong to several debtors, and the amounts do not agree.
because-already-settled = The receivable it names is already settled.
because-weak-reference = A short number fits, but neither amount nor name confirms it.
because-other-currency = The receivable it names is in another currency.
because-name-only = The payer’s name is known, but the amount fits nothing open.
because-several-names = Several debtors have the payer’s name.
because-stranger = Nothing in the line is known.

payments-choose-title = Choose receivables
payments-choose-lead = { $amount } of { $day }, to { $name }. Tick what it pays; the oldest due date is paid first.
payments-back = Back to the payment
payments-open-title = Open receivables
payments-nothing-open = Nothing is open in this currency. The whole payment would stay unapplied with this debtor.
payments-number = Number
payments-due = Due
payments-open-amount = Open
payments-show = Show what happens
payments-oldest = Everything, oldest first
payments-will-happen = What will happen
payments-pays-nothing = No receivable is paid.
payments-pays-all = { $number } gets { $amount } and is paid.
payments-pays-part = { $number } gets { $amount } of { $open }.
payments-unapplied = Stays unapplied
payments-match-so = Match like this
payments-keep-unapplied = Keep it unapplied

payments-done-lead = Matched or put aside lately, newest first.
payments-done-empty-title = Nothing was matched yet
payments-done-empty-text = When a bank statement is booked, the payments that were matched are listed here with why.
payments-debtor = Debtor
payments-by = How
payments-by-person = By a person
payments-by-machine = Automatic. { $why }
payments-ignored = Not about receivables
payments-take-back = Take back
payments-requeue = Let it wait again

payments-statements-lead = The newest bank statements that were booked.
payments-no-statements-title = No statement was booked yet
payments-no-statements-text = Export camt.053 files from your bank and bring them in. Without a recent statement nobody is reminded, because they may have paid.
payments-statement = Statement
payments-days = Days
payments-opening = Opening balance
payments-closing = Closing balance
payments-entries = Entries
payments-booked-at = Booked
