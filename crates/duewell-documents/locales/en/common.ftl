# Words that pages of every kind share.

common-yes = Yes
common-no = No
common-save = Save
common-cancel = Cancel
common-total = Total
