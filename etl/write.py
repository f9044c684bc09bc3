"""The one writer behind the readers: decides by vintage, and loads each resource in one transaction.

The only module that writes facts.
"""

import asyncio
import json
import time
from collections import Counter
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

import sql.queries
from etl.candidate import Candidate
from etl.copies import (
    Copies,
    Plan,
    check_change,
    check_shrunk,
    describe_plan,
    find_only,
    find_other_form,
    plan,
    why_unchanged,
)
from etl.copy import send
from etl.errors import Refused
from etl.payments.elsewhere import is_elsewhere, withdraw_elsewhere
from etl.payments.postcodes import place_suppliers
from etl.prepare import prepare
from etl.prepared import Prepared, Task
from etl.publish import stale_of
from etl.report import FileReport, Options, report_refusal, report_unchanged
from etl.sample.postcodes import list_postcodes
from etl.vocabulary import Vocabulary, read_vocabulary
from etl.whole import check_whole

# a publisher who files anew brings a dozen words; more than this are the values of another column
MOST_UNSEEN = 50


class Writer:
    """Writes what was prepared. Only the holder of the loaders' lock may have one: it remembers what is loaded."""

    def __init__(
        self,
        conn: asyncpg.Connection,
        options: Options,
        placer: Path,
        vocabulary: Vocabulary,
        known: frozenset[str],
        holds_sample: bool | None,
    ) -> None:
        self.conn = conn
        self.options = options
        self.placer = placer
        self.vocabulary = vocabulary
        self.known = known
        self.holds_sample = holds_sample
        self.only = find_only(options, vocabulary.codes)
        self.today = datetime.now(UTC).date()

    def make_task(self, candidate: Candidate, resource_id: int) -> Task:
        """The work to do on a candidate. `resource_id`: the number of the resource that it becomes."""
        has_categories = candidate.source in ("street", "outcomes")
        return Task(
            candidate,
            resource_id,
            self.vocabulary,
            self.placer,
            self.today,
            self.only if has_categories else (),
            self.options.accept_rejects,
            self.options.council,
            self.options.period,
            self.known,
        )

    async def write(
        self,
        candidate: Candidate,
        resource_id: int,
        prepared: Prepared | Refused,
        pool: Executor,
        start: float,
    ) -> FileReport:
        """Load what was prepared, in one transaction, or say why not."""
        source = candidate.source
        news, vocabulary = "", self.vocabulary
        try:
            if isinstance(prepared, Prepared) and prepared.known:
                same = await self._find_same(candidate, prepared.sha256)
                vintage = self.options.vintages.get(candidate.path)
                if reason := why_unchanged(same, force=self.options.force, vintage=vintage):
                    return report_unchanged(candidate, reason, start)
                self.known -= {prepared.sha256}
                prepared = await self._prepare_again(candidate, resource_id, pool)
            # what is learned from a file that is refused is undone with all the rest
            async with self.conn.transaction():
                if isinstance(prepared, Prepared) and prepared.unseen:
                    news = await self._learn(prepared.unseen)
                    prepared = await self._prepare_again(candidate, resource_id, pool)
                if isinstance(prepared, Refused):
                    raise prepared
                source = prepared.source
                unchanged, replaced = await self._store(candidate, resource_id, prepared)
        except Refused as refusal:
            self.vocabulary = vocabulary
            return report_refusal(candidate.file, source, refusal, start)
        if unchanged:
            return report_unchanged(candidate, unchanged, start)
        self.holds_sample = prepared.is_sample
        return FileReport(
            file=candidate.file,
            source=source,
            status="loaded",
            rows_read=prepared.rows_read,
            rows_loaded=prepared.rows_loaded,
            rows_rejected=len(prepared.rejects),
            rows_placed=prepared.placed,
            seconds=round(time.perf_counter() - start, 3),
            message=" ".join(part for part in (*replaced, news) if part),
        )

    async def _prepare_again(
        self, candidate: Candidate, resource_id: int, pool: Executor
    ) -> Prepared | Refused:
        task = self.make_task(candidate, resource_id)
        return await asyncio.get_running_loop().run_in_executor(pool, prepare, task)

    async def _learn(self, unseen: dict[str, list[str]]) -> str:
        """Give codes to words not seen before; they count as unknown until a person files them. Raises Refused."""
        pairs = [(field, word) for field, words in unseen.items() for word in words]
        strange = [(field, word) for field, word in pairs if word not in self.vocabulary.codes[field]]
        for field, count in Counter(field for field, _ in strange).items():
            if count > MOST_UNSEEN:
                raise Refused(
                    f"{count:,} words of {field} were never seen before: the columns may have shifted."
                    " Compare its rows with its header, or get it again."
                )
        if strange:
            fields, words = zip(*strange, strict=True)
            await self.conn.execute(sql.queries.load("learn_words"), list(fields), list(words))
            self.vocabulary = await read_vocabulary(self.conn)
        return "New words, counted as unknown: " + "; ".join(f"{word!r} ({field})" for field, word in pairs)

    async def _store(
        self, candidate: Candidate, resource_id: int, prepared: Prepared
    ) -> tuple[str, list[str]]:
        """Write a resource, within a transaction. Raises Refused.

        Returns why nothing was changed, '' where it was loaded, and a sentence for each copy that it replaces.
        """
        copies = await self._find_copies(prepared)
        said = self.options.vintages.get(candidate.path)
        same = why_unchanged(copies, force=self.options.force, vintage=said)
        reason = same or find_other_form(prepared, copies)
        # said of other months than it was loaded for, the same file is to be taken away there
        if reason and not (self.options.force and await is_elsewhere(self.conn, prepared)):
            return reason, []
        if await self._drop_sample(prepared):
            copies = []
        moved = await withdraw_elsewhere(self.conn, prepared, resource_id, force=self.options.force)
        if not self.options.force:
            check_change(prepared, copies)
            check_shrunk(prepared, copies)
        decided = plan(prepared, copies, force=self.options.force)
        await self._supersede(resource_id, prepared, decided)
        await self._record(candidate, resource_id, prepared, decided)
        if prepared.facts is not None and "supplier_postcode" in prepared.facts.columns:
            facts = await place_suppliers(self.conn, prepared.facts)
            prepared = msgspec.structs.replace(prepared, facts=facts)
        for copied in prepared.copy(decided.taken(prepared)):
            await send(self.conn, copied)
        return "", [*moved, *describe_plan(prepared, decided)]

    async def _find_same(self, candidate: Candidate, sha256: str) -> Copies:
        """The copies with these bytes; of a police file those of its month, whose name is not in its bytes."""
        found = await self.conn.fetch(sql.queries.load("find_same"), sha256)
        name = candidate.name
        what = (name.source, name.force, name.month) if name else None
        return [c for c in found if what is None or (c["source"], c["force"], c["month"]) == what]

    async def _find_copies(self, prepared: Prepared) -> Copies:
        months = [month.month for month in prepared.months]
        found = await self.conn.fetch(
            sql.queries.load("find_copies"), prepared.source, prepared.force, months, prepared.sha256
        )
        return list(found)

    async def _drop_sample(self, prepared: Prepared) -> bool:
        """Raise Refused where sample and real data would mix; drop the sample, and say so, where that was asked for."""
        if self.holds_sample is None or self.holds_sample == prepared.is_sample:
            return False
        if prepared.is_sample:
            raise Refused(
                "This is sample data, and the database holds real data. Use another BOROUGH_DATA for the sample."
            )
        if not self.options.replace_sample:
            raise Refused(
                "The database holds sample data, which real data must not be mixed with. Load again with --replace-sample to drop"
                " the sample, with all its releases, and put the real files in its place."
            )
        await self.conn.execute(sql.queries.load("drop_sample"))
        await self.conn.execute(sql.queries.load("drop_sample_postcodes"), list_postcodes())
        return True

    async def _supersede(self, resource_id: int, prepared: Prepared, decided: Plan) -> None:
        """Take away the rows that this resource replaces, and record by whom they were superseded."""
        for copy in decided.overtaken:
            await check_whole(
                self.conn,
                prepared,
                copy,
                only=self.only,
                codes=self.vocabulary.codes,
                force=self.options.force,
            )
        for former, copies in decided.by_resource().items():
            months = [copy["month"] for copy in copies]
            for table in prepared.tables:
                await self.conn.execute(
                    f"delete from {table} where resource_id = $1 and month = any ($2::date[])", former, months
                )
            await self.conn.execute(
                sql.queries.load("supersede"), former, prepared.force, months, resource_id
            )

    async def _record(
        self, candidate: Candidate, resource_id: int, prepared: Prepared, decided: Plan
    ) -> None:
        """Write what the resource is, what it covers, what it makes stale, and the rows that were not loaded."""
        notes: dict[str, Any] = {}
        if prepared.disagreements:
            notes["place_and_lsoa_disagree"] = prepared.disagreements
        if prepared.unknown_boroughs:
            notes["unknown_boroughs"] = prepared.unknown_boroughs
        if prepared.content:
            notes["content_sha256"] = prepared.content
        months = prepared.months
        held = [decided.held.get(month.month) for month in months]
        stale = stale_of(
            prepared.source, [month.month for month, copy in zip(months, held, strict=True) if not copy]
        )
        await self.conn.execute(
            sql.queries.load("add_resource"),
            resource_id,
            prepared.source,
            prepared.publisher,
            candidate.file,
            prepared.sha256,
            candidate.bytes,
            candidate.retrieved_at,
            prepared.vintage,
            prepared.is_sample,
            json.dumps(list(self.options.only) or None if prepared.words is not None else None),
            prepared.rows_read,
            prepared.rows_loaded,
            len(prepared.rejects),
            prepared.placed,
            json.dumps(notes),
            prepared.force,
            list(prepared.words) if prepared.words is not None else None,
            [metric for metric, _ in stale],
            [month.month for month in months],
            [month.events for month in months],
            [month.placed for month in months],
            [month.no_location for month in months],
            [month.outside for month in months],
            [month.first_event for month in months],
            [month.last_event for month in months],
            [json.dumps(month.unusable_fields) for month in months],
            [copy["resource_id"] if copy else None for copy in held],
            [month for _, month in stale],
        )
        if prepared.rejects:
            await self.conn.executemany(
                sql.queries.load("add_reject"),
                [(resource_id, r.line, r.reason, r.text) for r in prepared.rejects],
            )


async def open_writer(conn: asyncpg.Connection, options: Options, placer: Path) -> Writer:
    """A writer that knows what the database holds. `placer`: the file of the placer's index.

    Raises Refused where an option names what there is not.
    """
    # files whose bytes are loaded already need not be read again
    may_skip = not (options.force or options.vintage or options.only or options.council or options.period)
    shas = await conn.fetch("select distinct sha256 from resource") if may_skip else []
    holds_sample = await conn.fetchval(sql.queries.load("has_sample"))
    known = frozenset(row["sha256"] for row in shas)
    return Writer(conn, options, placer, await read_vocabulary(conn), known, holds_sample)
