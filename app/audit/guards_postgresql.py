"""The guards as triggers of PostgreSQL, fired in every replication role (ENABLE ALWAYS).

Each function has a search path of its own in which temporary tables come last: a session
cannot put an `event` of its own in front of the real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.audit.protection import Metadata, Protected, protected

PREFIX = "guard_"
SCHEMA = "public"
PATH = f"pg_catalog, {SCHEMA}, pg_temp"

_FAIL = (
    "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': {}', "
    "ERRCODE = 'integrity_constraint_violation';"
)

FUNCTIONS = {
    "guard_stays": f"""
BEGIN
  {_FAIL.format("nothing is changed or deleted")}
END
""",
    "guard_next": f"""
BEGIN
  IF NEW.seq IS NULL AND EXISTS (
       SELECT 1 FROM event WHERE stream = NEW.stream AND seq = 1)
     OR NEW.seq = 1 AND EXISTS (
       SELECT 1 FROM event WHERE stream = NEW.stream AND seq IS NULL) THEN
    {_FAIL.format("a stream is chained or is not")}
  END IF;
  IF NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM event WHERE stream = NEW.stream
             AND seq = NEW.seq - 1 AND recorded_at <= NEW.recorded_at) THEN
    {_FAIL.format("not the next of its stream")}
  END IF;
  RETURN NEW;
END
""",
    "guard_closed": f"""
BEGIN
  IF EXISTS (SELECT 1 FROM event WHERE stream = NEW.stream AND seq = NEW.seq) THEN
    {_FAIL.format("its event is closed")}
  END IF;
  RETURN NEW;
END
""",
    "guard_step": f"""
BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.stream IS DISTINCT FROM OLD.stream THEN
    {_FAIL.format("id and stream stay")}
  END IF;
  IF NEW.version IS DISTINCT FROM OLD.version + 1 OR NOT EXISTS (
      SELECT 1 FROM event WHERE stream = NEW.stream AND seq = NEW.version) THEN
    {_FAIL.format("it changes only with its next event")}
  END IF;
  RETURN NEW;
END
""",
}


@dataclass(frozen=True)
class _Trigger:
    table: str
    what: str
    acts: str
    level: str
    function: str

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.table}_{self.what}"

    @property
    def bits(self) -> int:
        """`pg_trigger.tgtype`: row 1, before 2, insert 4, delete 8, update 16, truncate 32."""
        of_act = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
        row = 1 if self.level == "ROW" else 0
        return row + 2 + sum(of_act[act] for act in self.acts.split(" OR "))


def statements(metadata: Metadata) -> list[str]:
    """The statements that put up every guard."""
    return [*_functions(), *(sql for t in _all(metadata) for sql in _create(t))]


def expected(metadata: Metadata) -> list[str]:
    """What `present` gives when every guard is in place."""
    functions = [
        f"function {name} plpgsql False v {{search_path={PATH}}} {source}"
        for name, source in FUNCTIONS.items()
    ]
    return functions + [
        f"trigger {t.table} {t.name} {t.bits} A {SCHEMA}.{t.function}   False"
        for t in _all(metadata)
    ]


def present(connection: Connection, tables: Sequence[str]) -> list[str]:
    """Every trigger on `tables` and every guard's function, and whatever could go round them.

    The latter are lines that an unharmed database does not have: foreign keys switched
    off, rewrite rules, row security, tables that inherit from or stand in for ours.
    """
    bound = {"tables": list(tables), "schema": SCHEMA, "prefix": f"{PREFIX}%"}
    found = []
    for label, query in _QUERIES.items():
        for row in connection.execute(text(query), bound):
            found.append(" ".join([label, *("" if v is None else str(v) for v in row)]))
    return found


def removal(connection: Connection) -> list[str]:
    """The statements that take down every guard that is there."""
    rows = connection.execute(
        text(
            "SELECT t.tgname, c.relname FROM pg_catalog.pg_trigger t "
            "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = :schema AND t.tgname LIKE :prefix"
        ),
        {"schema": SCHEMA, "prefix": f"{PREFIX}%"},
    )
    return [f'DROP TRIGGER "{name}" ON {SCHEMA}."{table}"' for name, table in rows]


def _functions() -> Iterator[str]:
    for name, source in FUNCTIONS.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {SCHEMA}.{name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path TO {PATH} AS $guard${source}$guard$"
        )


def _all(metadata: Metadata) -> list[_Trigger]:
    return [trigger for table in protected(metadata) for trigger in _triggers(table)]


def _triggers(table: Protected) -> Iterator[_Trigger]:
    fixed = {"opening": "UPDATE", "guarded": "DELETE"}.get(table.sort, "UPDATE OR DELETE")
    yield _Trigger(table.name, "stays", fixed, "ROW", "guard_stays")
    yield _Trigger(table.name, "truncate", "TRUNCATE", "STATEMENT", "guard_stays")
    if table.sort == "event":
        yield _Trigger(table.name, "next", "INSERT", "ROW", "guard_next")
    if table.sort == "fact":
        yield _Trigger(table.name, "closed", "INSERT", "ROW", "guard_closed")
    if table.sort == "guarded":
        yield _Trigger(table.name, "step", "UPDATE", "ROW", "guard_step")


def _create(trigger: _Trigger) -> Iterable[str]:
    table = f'{SCHEMA}."{trigger.table}"'
    yield (
        f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.acts} ON {table} '
        f"FOR EACH {trigger.level} EXECUTE FUNCTION {SCHEMA}.{trigger.function}()"
    )
    yield f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{trigger.name}"'


_OURS = "n.nspname = :schema AND c.relname = ANY(:tables)"
_CLASS = "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_QUERIES = {
    "function": """
        SELECT p.proname, l.lanname, p.prosecdef, p.provolatile,
               '{' || array_to_string(p.proconfig, ',') || '}', p.prosrc
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = :schema AND p.proname LIKE :prefix""",
    "trigger": f"""
        SELECT c.relname, t.tgname, t.tgtype, t.tgenabled, f.nspname || '.' || p.proname,
               encode(t.tgargs, 'hex'), t.tgattr::text, t.tgqual IS NOT NULL
        FROM pg_catalog.pg_trigger t JOIN {_CLASS} ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
        JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
        WHERE NOT t.tgisinternal AND {_OURS}""",
    "off": f"""
        SELECT c.relname FROM pg_catalog.pg_trigger t JOIN {_CLASS} ON c.oid = t.tgrelid
        WHERE t.tgisinternal AND t.tgenabled <> 'O' AND {_OURS}""",
    "rule": f"""
        SELECT c.relname, r.rulename
        FROM pg_catalog.pg_rewrite r JOIN {_CLASS} ON c.oid = r.ev_class WHERE {_OURS}""",
    "changed": f"""
        SELECT c.relname, c.relkind, c.relrowsecurity FROM {_CLASS}
        WHERE {_OURS} AND (c.relkind <> 'r' OR c.relrowsecurity)""",
    "child": f"""
        SELECT c.relname, i.inhrelid
        FROM pg_catalog.pg_inherits i JOIN {_CLASS} ON c.oid = i.inhparent WHERE {_OURS}""",
}
