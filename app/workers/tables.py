"""Tables on their way to a worker: each is sent once, with the first run that names it, and kept for the others."""

from dataclasses import replace

from app.protocol.orders import ForgetTable, Load, SentTable
from engine.data.tables import Table


class SentTables:
    """In the server: the tables that one worker has, each with the runs in that worker that name it."""

    def __init__(self) -> None:
        self._runs: dict[str, set[str]] = {}

    def fitted(self, load: Load) -> Load:
        """The order with its table only where the worker does not have it."""
        if load.table is None:
            return load
        runs = self._runs.setdefault(load.table.id, set())
        known = bool(runs)
        runs.add(load.run)
        return replace(load, table=SentTable(load.table.id, None)) if known else load

    def unloaded(self, run: str) -> list[ForgetTable]:
        """What to send after a run was unloaded."""
        last = [table for table, runs in self._runs.items() if runs == {run}]
        for runs in self._runs.values():
            runs.discard(run)
        for table in last:
            del self._runs[table]
        return [ForgetTable(table) for table in last]

    def clear(self) -> None:
        """The worker died: another has no table."""
        self._runs.clear()


class KnownTables:
    """In a worker: the tables it was sent."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def of(self, load: Load) -> Table | None:
        """The table of a run that is loaded."""
        sent = load.table
        if sent is None:
            return None
        if sent.content is not None:
            self._tables[sent.id] = Table.from_bytes(sent.content)
        return self._tables[sent.id]

    def forget(self, order: ForgetTable) -> None:
        self._tables.pop(order.table, None)
