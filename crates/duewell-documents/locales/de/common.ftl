# Wörter, die alle Seiten gemeinsam haben.

common-yes = Ja
common-no = Nein
common-save = Speichern
common-cancel = Abbrechen
common-total = Summe
