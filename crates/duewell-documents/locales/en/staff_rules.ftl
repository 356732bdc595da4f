# The scenario, texts of notices, mail, settings and accounts.

## Scenario

scenario-title = Scenario
scenario-lead = What Duewell writes, and when. Version { $version } is in use.
scenario-edit = Edit the scenario
scenario-edit-title = Edit the scenario
scenario-edit-lead = Nothing changes until you save. The preview shows what your changes would do.
scenario-steps = Steps
scenario-days-before = { $days ->
    [0] On the due date
    [one] { $days } day before the due date
   *[other] { $days } days before the due date
}
scenario-days-after = { $days ->
    [one] { $days } day after the due date
   *[other] { $days } days after the due date
}
scenario-pay-by-due = Names the due date as the day to pay by.
scenario-pay-days = { $days ->
    [0] Asks for payment the same day.
    [one] Gives { $days } day to pay.
   *[other] Gives { $days } days to pay.
}
scenario-end = After the last step a person decides
scenario-end-list = Debtors who have had every step
scenario-limits = Limits
scenario-gap = Days between two notices
scenario-gap-hint = At least so many days lie between two notices to one debtor, whatever the steps say.
scenario-gap-days = { $days ->
    [one] at least { $days } day
   *[other] at least { $days } days
}
scenario-tolerance = Small amounts let be
scenario-tolerance-hint = Nobody is reminded of an overdue amount up to this.
scenario-silence = Nothing is sent while a debtor is on hold, while one of their payments waits to be matched, or outside the contact hours.
scenario-hours = Contact hours
scenario-step = Step { $number }
scenario-kind = Notice
scenario-days = Days
scenario-side = Counted
scenario-before = before the due date
scenario-after = after the due date
scenario-pay = Days to pay
scenario-add = Add a step
scenario-remove = Remove step { $number }
scenario-for = Preview for
scenario-for-hint = A debtor’s name or number. Empty for somebody who is overdue.
scenario-look = Preview
scenario-save = Save as version { $version }
scenario-save-hint = A new version holds from the next run on. Notices that were decided already are not changed.
scenario-search = Preview for a debtor
scenario-search-action = Show
scenario-preview = Preview
scenario-preview-of = Preview for { $name }
scenario-preview-assumes = What would be sent in the next { $days } days if nothing is paid and nothing else changes. Hours are those of the debtor.
scenario-preview-debtor = Look at { $name }
scenario-preview-nothing = Nothing would be sent in the next { $days } days.
scenario-preview-silence = Nothing is sent
scenario-preview-to = To { $to } about { $numbers }
scenario-preview-several = Several debtors fit. Whom do you mean?
scenario-preview-not-found = Nobody has this name or number.
scenario-preview-nobody = There are no debtors yet. Bring some in and the preview shows what would be sent to them.
scenario-preview-broken = The preview comes back when the form is put right.
scenario-error-days = Enter a whole number of days from 0 to { $max }.
scenario-error-amount = Enter an amount such as 1.00.
scenario-error-empty = A scenario needs at least one step.
scenario-error-tolerance = The amount cannot be below zero.
scenario-error-not-rising = Two steps are on the same day. Give each step a day of its own.
scenario-error-side-before = The friendly reminder comes before or on the due date. Choose another notice after it.
scenario-error-side-after = This notice comes at least one day after the due date. Choose the friendly reminder before it.
scenario-error-channel = Only e-mail is sent at present.
done-scenario-saved = The scenario is saved. It holds from the next run on.

## Texts of notices

wording-title = Texts
wording-lead = What notices say, in each language. Debtors get their own language, or yours where it is not known.
wording-languages = Languages
wording-to-scenario = To the scenario
wording-own = Your text
wording-standard = Standard text
wording-english = English, no text in this language yet
wording-edit = Edit
wording-other = Another language
wording-other-hint = Two or three letters, such as nl for Dutch. You start from the English text.
wording-other-action = Show
wording-example = Mill Lane Bakery Ltd
wording-edit-title = { $kind }: { $language }
wording-edit-lead = Write plain text. What stands in double braces is filled in for each debtor.
wording-subject = Subject
wording-body = Text
wording-body-hint = An empty line starts a paragraph, two stars on each side make **bold**, a hyphen starts a list.
wording-look = Preview
wording-reset = Go back to the standard text
wording-values = What can be filled in
wording-value = Write
wording-meaning = It becomes
wording-value-debtor = the debtor’s name
wording-value-total = the sum of what is open
wording-value-count = the number of invoices
wording-value-pay-by = the day to pay by; ask whether it is set
wording-value-today = the day of the notice
wording-value-reference = what to write into the transfer
wording-value-link = the link to the debtor’s page; ask whether it is set
wording-value-opt-out = the link to say no to e-mail; ask whether it is set
wording-value-creditor = your name; also .phone, .email, .address
wording-value-iban = your IBAN; also .account_holder, .bic, .bank
wording-value-signer = who signs; ask whether it is set
wording-value-items = the invoices one by one, up to endfor
wording-value-item = number, due date and open amount of one invoice
wording-value-if = what stands between is written only if the value is set
wording-preview = Preview
wording-preview-hint = The debtor and the invoices are invented, everything else is yours.
wording-error-subject = The subject is missing.
wording-error-line = Line { $line }: { $problem }
wording-error-value = Line { $line } names a value that does not exist or is not always set. See “What can be filled in”.
wording-error-language = A language has two or three letters, such as en.
done-text-saved = The text is saved. Notices decided from now on use it.
done-text-reset = The standard text is back.
language-en = English
language-de = German
language-fr = French
language-es = Spanish

## Mail

mail-title = Mail
mail-lead = Every notice: what waits to leave, what left and what did not.
mail-send = Send what is due now
mail-trays = Parts of the mail
mail-waiting = Waiting to leave
mail-waiting-text = Each leaves by itself when its hour has come. Just before, Duewell asks again whether it may.
mail-waiting-empty = Nothing waits to leave.
mail-waiting-more = { $count ->
    [one] { $count } more leaves after these.
   *[other] { $count } more leave after these.
}
mail-sent = Sent
mail-sent-text = What the mail server took.
mail-sent-empty = Nothing was sent here.
mail-failed = Failed
mail-failed-text = What the mail server refused for good. The step is done again when the debtor has an address that works.
mail-failed-empty = Nothing failed.
mail-unknown = Unknown outcome
mail-unknown-text = The connection broke at the wrong moment. Nothing more is sent to these debtors until somebody finds out.
mail-unknown-empty = No outcome is unknown.
mail-all = Everything
mail-all-text = All notices, newest first, also those that were taken back before they left.
mail-all-empty = There are no notices yet.
mail-empty-text = Notices are decided by the daily run, as the scenario says.
mail-empty-good = That is how it should be.
mail-empty-action = Look at the scenario
mail-debtor = Debtor
mail-subject = Subject
mail-amount = Amount
mail-when = When
mail-leaves = Leaves
mail-state = Outcome
mail-settle = Did it arrive?
mail-arrived = It arrived
mail-lost = It did not arrive
mail-erased = text erased
mail-erased-text = The text was erased. That it was written, when and to whom stays provable.
mail-because-interrupted = The attempt was interrupted: it may or may not have left.
mail-because-arrived = Somebody found that it arrived.
mail-because-lost = Somebody found that it never arrived.
mail-because-server = The mail server said: { $answer }
mail-pages = Pages of the list
mail-newest = Newest
mail-older = Older
mail-back = All mail
mail-settle-title = Did it arrive?
mail-settle-text = Ask the debtor or look into the log of your mail server. If it did not arrive, the step is done again.
mail-message = The message
mail-plain = Plain text
mail-open-page = Open the debtor’s page
mail-open-page-hint = What the debtor sees behind the link in this message.
mail-facts = About this message
mail-from = From
mail-to = To
mail-kind = Notice
mail-decided = Decided on
mail-sent-at = Sent
mail-failed-action = Correct the address
mail-history = History
mail-event-decided = Decided and written
mail-event-pending = Not taken yet, it is tried again
mail-event-sending = Being sent
mail-event-sent = Sent
mail-event-failed = Refused for good
mail-event-withdrawn = Taken back
mail-event-unknown = Outcome unknown
mail-event-other = Noted
done-sending = What is due leaves now. Look again in a moment.
done-mail-arrived = Noted: it arrived.
done-mail-lost = Noted: it did not arrive. The step is done again from tomorrow on.

## Settings

settings-title = Settings
settings-lead = Who you are, and the rules that hold for every debtor.
settings-welcome-title = Welcome, { $name }
settings-welcome-lead = Three things a notice needs: who writes, where to answer, and where to pay.
settings-welcome-save = Save and go on
settings-welcome-skip = Later
settings-needed = The three things
settings-later = The rest can wait
settings-later-text = It works as it is. Look at it when you like.
settings-missing = Notices need this before they can be sent:
settings-who = Who you are
settings-letterhead = More about you
settings-bank-account = Bank account
settings-place = Language and place
settings-contact = When debtors may be contacted
settings-page = The debtor’s page
settings-name = Name of your business
settings-name-hint = As debtors know it.
settings-email = E-mail address
settings-email-hint = Where answers of debtors arrive.
settings-iban = IBAN
settings-iban-hint = The account debtors pay into.
settings-holder = Account holder
settings-holder-hint = Empty if it is the name of your business.
settings-bic = BIC
settings-bank = Bank
settings-phone = Phone
settings-address = Postal address
settings-signer = Who signs
settings-signer-hint = A person debtors know is answered more often.
settings-advice = Free advice on debt
settings-advice-hint = Named in later notices, for example the address of a debt advice centre.
settings-sender = Sender address
settings-sender-hint = The address notices are sent from. Empty if it is your e-mail address.
settings-language = Language of notices
settings-language-hint = For debtors whose language is not known.
settings-country = Country
settings-country-hint = Two letters, such as GB. For debtors whose file does not say.
settings-currency = Currency
settings-currency-hint = Three letters, such as EUR. For files that do not say.
settings-holidays = Public holidays
settings-holidays-hint = Country and region, such as DE-BY for Bavaria; T2 has the days on which banks rest.
settings-holidays-none = None
settings-terms = Days to pay
settings-terms-hint = Where an invoice names no due date.
settings-opens = From
settings-opens-hint = In the debtor’s time.
settings-closes = Until
settings-closes-hint = In the debtor’s time.
settings-sundays = On Sundays
settings-public-holidays = On public holidays
settings-caps = At most so many contacts
settings-caps-hint = Counted over all notices to one debtor. Empty a row to take it away.
settings-cap-max = Limit { $number }: contacts
settings-cap-days = Limit { $number }: in days
settings-stale = Hours a bank statement is good for
settings-stale-hint = While the newest statement is older, nothing is sent: somebody may have paid.
settings-portal = Address of this server
settings-portal-hint = The address under which debtors reach it, such as https://pay.example.com. Notices then carry a link to the debtor’s page.
settings-link-days = Days a link is good for
settings-promise-days = Longest promise to pay, in days
settings-promise-days-hint = How long a debtor may put payment off on their page.
settings-link = Another page to pay on
settings-link-hint = Used where no address of this server is set. { "{reference}" } becomes the payment reference.
settings-error-number = Enter a whole number.
settings-error-time = Enter a time such as 08:00.
settings-error-email = This is not an e-mail address.
settings-error-iban = This is not an IBAN. Compare it with your bank’s papers.
settings-error-language = A language has two or three letters, such as en.
settings-error-country = A country has two letters, such as GB.
settings-error-currency = There is no such currency. Enter three letters, such as EUR.
settings-error-holidays = There is no such calendar.
settings-error-hours = The end must come after the beginning.
settings-error-cap = A limit needs at least one contact and 1 to 365 days.
settings-error-line = Use one line without control characters.
settings-error-portal = Enter https:// and the name of the server, nothing after it.
settings-error-link = A link must start with https://.
settings-error-too-long = At most 3,650 days.
done-settings-saved = The settings are saved.
done-settings-welcome = Saved. Next, bring in your debtors and what they owe.

## Account

account-title = Your account
account-profile = You
account-name = Name
account-name-hint = How colleagues see you.
account-password = Password
account-present-password = Present password
account-new-password = New password
account-new-password-hint = At least { $count } characters. A few words in a row are easy to keep in mind.
account-password-text = All other browsers are signed out.
account-password-action = Change the password
account-sessions = Where you are signed in
account-browser = Browser
account-browser-unknown = Unknown browser
account-since = Since
account-seen = Last used
account-this-one = here
account-end-others = Sign out everywhere else
account-colleagues = Colleagues
account-name-column = Name
account-email-column = E-mail
account-state = Account
account-act = Change
account-you = This is you
account-is-open = open
account-is-closed = closed
account-is-invited = invited
account-invited-name = Invitation
account-invited-until = good until { $until }
account-close = Close
account-open = Open again
account-invite = Invite a colleague
account-invite-hint = Their e-mail address. You get a link to pass on.
account-take-back = Take back
account-invite-action = Make an invitation
account-link-title = The invitation for { $email } is ready
account-link-text = Pass this link on yourself. It works once, within three days, and is not shown again.
account-link = Link of the invitation
account-copy = Copy
account-copied = Copied
done-profile-saved = Your name and language are saved.
done-password-changed = The password is changed. All other browsers are signed out.
done-sessions-ended = You are signed out everywhere else.
done-invitation-taken-back = The invitation is taken back. Its link opens nothing any more.
done-account-closed = The account is closed and signed out.
done-account-opened = The account is open again.
