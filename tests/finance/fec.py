"""Reads a file of entries as an accountant's program would, by the article A47 A-1 of the livre des procédures fiscales.

Prints « entries lines debit-in-cents », or stops at the first fault."""
import datetime
import os
import re
import sys

COLUMNS = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate "
    "EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()
FILLED = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib PieceRef PieceDate EcritureLib ValidDate".split()

path = sys.argv[1]
assert re.fullmatch(r"\d{9}FEC\d{8}\.txt", os.path.basename(path)), path
text = open(path, "rb").read().decode("iso-8859-15")
assert text.endswith("\r\n") and "?" not in text
rows = [line.split("\t") for line in text.split("\r\n")[:-1]]
assert rows[0] == COLUMNS, rows[0]


def day(value):
    assert re.fullmatch(r"\d{8}", value), value
    return datetime.date(int(value[:4]), int(value[4:6]), int(value[6:]))


def cents(value):
    assert re.fullmatch(r"\d+,\d\d", value), value
    return int(value.replace(",", ""))


debit, entries, before = 0, {}, datetime.date.min
end = day(os.path.basename(path)[12:20])
for row in rows[1:]:
    assert len(row) == 18, row
    line = dict(zip(COLUMNS, row))
    assert all(line[name] for name in FILLED), line
    assert re.fullmatch(r"\d{3}[0-9A-Za-z]*", line["CompteNum"]), line
    assert bool(line["CompAuxNum"]) == bool(line["CompAuxLib"]), line
    assert before <= day(line["EcritureDate"]) <= end, line
    before = day(line["EcritureDate"])
    assert day(line["PieceDate"]) <= day(line["ValidDate"]), line
    sides = (cents(line["Debit"]), cents(line["Credit"]))
    assert min(sides) == 0 < max(sides), line
    debit += sides[0]
    entries.setdefault(int(line["EcritureNum"]), []).append(sides[0] - sides[1])
numbers = list(entries)
assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers
assert all(sum(sides) == 0 for sides in entries.values()), entries
print(len(entries), len(rows) - 1, debit)
