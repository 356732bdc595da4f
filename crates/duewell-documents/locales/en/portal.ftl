# The debtor's pages. Plain words, a kind tone, no pressure: the reader may be worried, in a hurry or not good at reading.
# Titles and whatever ends up in a history or a preview name no debt and no amount.

portal-title = { $creditor } – your page
portal-skip = Skip to content
portal-language = Language
portal-back = Back to your page
portal-send = Send
portal-continue = Continue
portal-optional = (you may leave this empty)
portal-problem = Please look at this again
portal-too-long = Please shorten your text to { $count } characters.

# A link that opens nothing.
portal-closed-title = This link cannot be used
portal-closed-text = It may have ended, or a part of it was lost on the way. Please open it again from our newest e-mail, or copy the whole link.
portal-closed-next = If that does not help, please call or write to whoever sent you the link.
portal-many-title = Please wait a moment
portal-many-text = Too many links that do not work were opened from your connection. A link that we sent you works as before. Otherwise, please try again in a few minutes.
portal-not-there = We did not find this
portal-not-there-text = It may have been settled in the meantime. Your page shows what is open now.

# Reaching a person.
portal-reach = Do you have a question? We are glad to help.
portal-phone = Call us:
portal-email = Write to us:
portal-person = Please talk to us
portal-person-text = We cannot take this on the page. Please call or write to us: together we will find a way.

# What is open.
portal-hello = Hello
portal-hello-name = Hello { $name }
portal-lead = Here is what is open with { $creditor }, how you can pay it, and how to tell us something about it.
portal-total = Open in total
portal-total-items = { $count ->
    [one] in one item
   *[other] in { $count } items
}
portal-total-later = { $count ->
    [one] in one item, which is not due yet
   *[other] in { $count } items, { $later ->
        [one] one of them not due yet
       *[other] { $later } of them not due yet
    }
}
portal-jump = You have paid already, need time, or something is wrong?
portal-items = What it is for
portal-item-number = Number
portal-item-due = Date
portal-item-open = Still open
portal-item-was-due = was due on { $day }
portal-item-is-due = due on { $day }
portal-item-of = of { $amount }
portal-item-disputed = we are checking
portal-item-reference = reference { $reference }

# Paying.
portal-pay = How to pay
portal-pay-ask = Please call or write to us, and we will tell you how you can pay.
portal-pay-text = Make a bank transfer with these details.
portal-pay-holder = Account holder
portal-pay-iban = IBAN
portal-pay-bic = BIC
portal-pay-bank = Bank
portal-pay-amount = Amount
portal-pay-reference = Reference
portal-pay-reference-why = By the reference we know that the payment is yours. Please give it as it is.
portal-pay-several = You may also pay one item alone: then use its amount, and its number or reference from the list.
portal-pay-currencies = Please make one transfer for each currency.
portal-pay-disputed = You may leave out what we are checking until you have our answer.
portal-pay-scan = Show a code for your banking app
portal-pay-scan-text = Scan this code with your banking app. It fills in the details, and you only confirm.
portal-pay-code = Payment code for banking apps
portal-copy-iban = Copy IBAN
portal-copy-reference = Copy reference
portal-copy-holder = Copy name
portal-copied = Copied

# What comes next.
portal-next = What happens next
portal-next-paid = When your payment arrives, it is booked and this page shows it. Banks take one or two working days. You do not need to tell us.
portal-next-silent = We have noted what you told us and send you no reminders about it meanwhile.
portal-next-late = If you cannot pay now, please tell us. There is nearly always a way, and we would rather know.
portal-received = Payments we received
portal-received-text = What arrived in the last three months. Thank you.
portal-received-on = Received on
portal-received-amount = Amount
portal-nothing = Nothing is open. Thank you.
portal-nothing-lead = Good to see you here.
portal-nothing-text = You do not need to do anything. If you just paid something twice, please tell us and you will get it back.

# Answers.
portal-answers = Tell us something
portal-answers-text = Choose what fits. It takes a minute and you need no account.
portal-answer-paid = I have paid
portal-answer-promise = I need time
portal-answer-wrong = This is wrong
portal-noted = Thank you, we have noted this
portal-noted-mistake = Was this a mistake? Please call or write to us and we will put it right.

portal-promise = I need time
portal-promise-text = Tell us the day by which you will pay. Until then you get no reminders from us.
portal-promise-day = I will pay by
portal-promise-hint = A day up to { $last }.
portal-promise-day-wrong = Please choose a day from today up to { $last }.
portal-promise-longer = Do you need longer, or would you like to pay in parts? Please call or write to us.
portal-promise-check = Is this right?
portal-promise-check-text = You will pay { $amount } by { $day }.
portal-promise-means = Until then you get no reminders from us. If something comes up, please tell us.
portal-promise-confirm = Yes, I will pay by then
portal-promise-other = Choose another day
portal-promise-change = Has something changed? Please call or write to us.
portal-promised = You will pay by { $day }.
portal-promised-text = Thank you for telling us. Until then you get no reminders from us.

portal-paid = I have paid
portal-paid-intro = Thank you. Payments can cross with our letters. If you like, tell us when and how you paid: it helps us to find the money.
portal-paid-day = Day of the payment
portal-paid-day-wrong = Please choose the day on which you paid: today or earlier.
portal-paid-words = What helps us to find it
portal-paid-hint = For example the name on the account from which it was paid.
portal-paid-noted = You have paid, and we look for your payment.
portal-paid-checking = We are looking for your payment.
portal-paid-text = You get no reminders from us in the next days. If we cannot find the payment, we ask you about it.

portal-wrong = This is wrong
portal-wrong-intro = We are sorry. Tell us what is wrong, and a person here will look at it.
portal-wrong-choose = What is it about?
portal-wrong-item = { $amount } open, due on { $day }
portal-wrong-all = All of it
portal-wrong-words = What is wrong?
portal-wrong-hint = For example: “I sent it back on 3 March”, or “I never ordered this”. A few words are enough.
portal-wrong-which-missing = Please choose what it is about.
portal-wrong-words-missing = Please tell us in a few words what is wrong.
portal-wrong-noted = You told us that something is wrong, and we are checking it.
portal-wrong-checking = We are checking what you told us.
portal-wrong-which = It is about: { $numbers }
portal-wrong-text = Until you have our answer you get no reminders about it.

portal-quiet = No more e-mail about this
portal-quiet-link = No more e-mail about this
portal-quiet-ask = Then we write to you in another way, for example by post. What is open stays open. You may change your mind at any time: just tell us.
portal-quiet-confirm = Send me no more e-mail
portal-quiet-noted = We send you no more e-mail about this.
portal-quiet-text = If we need to tell you something, we do it in another way. If you want e-mail again, please tell us.
portal-quiet-none = We have no e-mail address of yours, so you get no e-mail from us.
