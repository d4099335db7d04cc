#!/usr/bin/env bash
# SQLite 3.54.1 (apsw 3.54.1.0)
# A NaN bound to a REAL column is stored as NULL, without an error: it cannot be told from a missing value, and avg() and count()
# leave it out. Infinity is stored, and json_array() writes it as 9.0e+999, which JSON readers take for infinity or refuse.
# Seen: of the losses 1.0, NaN, 3.0 the average is 2.0 over 2 rows; a NOT NULL column refuses NaN; infinity comes back as infinity.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet apsw==3.54.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import math

import apsw

db = apsw.Connection(":memory:")
db.execute("create table metrics (loss real); create table strict (loss real not null)")
db.executemany("insert into metrics values (?)", [(1.0,), (math.nan,), (3.0,)])
kinds = [kind for (kind,) in db.execute("select typeof(loss) from metrics")]
average = list(db.execute("select avg(loss), count(loss) from metrics"))
infinity = list(db.execute("select ?, json_array(?)", (math.inf, math.inf)))
try:
    db.execute("insert into strict values (?)", (math.nan,))
    refused = False
except apsw.ConstraintError:
    refused = True
print(f"types {kinds}; average and count {average}; infinity {infinity}; NOT NULL refuses NaN: {refused}")
if (kinds, average) != (["real", "null", "real"], [(2.0, 2)]):
    raise SystemExit("changed: NaN was expected to be stored as NULL")
if infinity != [(math.inf, "[9.0e+999]")] or not refused:
    raise SystemExit("changed: infinity kept, 9.0e+999 in JSON and a refusal were expected")
PYTHON
