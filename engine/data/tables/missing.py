"""Which cell texts count as missing."""

from __future__ import annotations

# In every column. "None" and the like are names of categories too, so they count as missing among numbers only.
MISSING = frozenset(
    """NA N/A n/a na NaN nan NAN -nan -NaN NULL null Null <NA> #N/A #NA #DIV/0! #VALUE! #REF! #NAME? #NUM! #NULL!
    ? - -- --- – — . .. … \\N""".split()
) | {""}
MISSING_AMONG_NUMBERS = frozenset(
    "none unknown missing undefined nil nd n.a. n.d. * ** *** x inf -inf infinity -infinity +inf".split()
)
