"""Workbooks taken in: send a file, see what it would record and what is wrong with it, record it as one act."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.intake import mapping as mapped
from supercargo.app.intake import taking
from supercargo.app.intake.doubting import SORTS
from supercargo.app.intake.judging import CHANGED, NEW
from supercargo.app.intake.tables import INTAKES, Intake, intake_named
from supercargo.app.operations.commands import Act
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Told, TypedWords, form_id, refusal, refused, words_of
from supercargo.faces.board.frame import XLSX, now_of, page
from supercargo.kernel import Fault, Refused, ScenarioError, SupercargoError

__all__ = ["intake_pages"]

_COMPANY = Rule("read", "company")
_FIELDS_MOST = 240
_WORDS_MOST = 20_000
_ROWS_SHOWN, _FAULTS_SHOWN, _FILES_SHOWN, _AGREED_SHOWN = 50, 200, 50, 5


async def _sent(request: Request) -> tuple[TypedWords, str, bytes]:
    """What a form sent: its words, and the name and bytes of its file; both empty where there is none."""
    async with request.form(max_files=1, max_fields=_FIELDS_MOST, max_part_size=_WORDS_MOST * 4) as form:
        name, content, said = "", b"", dict[str, str]()
        for field, value in form.multi_items():
            if isinstance(value, UploadFile):
                name, content = value.filename or "", await value.read()
            else:
                said[field] = value
        return words_of(said, _WORDS_MOST), name, content


Sent = Annotated[tuple[TypedWords, str, bytes], Depends(_sent)]


def intake_pages() -> APIRouter:
    """The routes by which workbooks and files come in; each table asks for the scope of what its rows record."""
    router = APIRouter(include_in_schema=False)
    tray = taking.Tray()
    _tables(router, tray)
    _uploads(router, tray)
    return router


def _tables(router: APIRouter, tray: taking.Tray) -> None:
    @router.get("/intake", openapi_extra=_COMPANY.mark)
    def intakes(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)]) -> Response:
        """Every table that can be taken in."""
        own = [one for one in INTAKES if one.scope in asked.principal.scopes]
        others = [one for one in INTAKES if one not in own]
        return page(request, asked, "intakes.html", title="Take in", own=own, others=others)

    @router.get("/intake/{table}", openapi_extra=_COMPANY.mark)
    def intake(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], table: str) -> Response:
        """One table: send a file, its kept mappings, what was taken in."""
        return _table(request, asked, _known(asked, table))

    @router.post("/intake/{table}", openapi_extra=_COMPANY.mark)
    def send(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], table: str, sent: Sent) -> Response:
        """Take a file to be looked at, or say why not."""
        known, (typed, name, content) = _known(asked, table), sent
        try:
            upload = taking.open_upload(known, name, content, asked.principal, asked.at_utc)
        except (Refused, ScenarioError) as error:
            faults = error.faults if isinstance(error, ScenarioError) else ()
            return refused(_table(request, asked, known, refusal(error, typed), faults), error)
        kept = mapped.kept_mappings(desk_of(request).store, known)
        columns, name, comma = mapped.proposed(kept, upload.given.header, known)
        tray.put(replace(upload, columns=columns, decimal_comma=comma, by_mapping=name))
        return RedirectResponse(f"/intake/{known.name}/files/{upload.token}", status_code=303)

    @router.post("/intake/{table}/mappings", openapi_extra=_COMPANY.mark)
    def keep(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], table: str, sent: Sent) -> Response:
        """Keep a mapping as it was edited, or keep it no longer."""
        known, typed = _known(asked, table), sent[0]
        store = desk_of(request).store
        try:
            act = _act(request, asked, typed)
            if typed["do"] == "drop":
                mapped.drop_mapping(store, known, typed["name"], act)
            else:
                columns = mapped.read_mapping_text(typed["columns"])
                said = mapped.MappingSaved(name=typed["name"].strip(), columns=columns, decimal_comma="comma" in typed)
                mapped.keep_mapping(store, known, said, act)
        except (Refused, ScenarioError) as error:
            return refused(_table(request, asked, known, refusal(error, typed)), error)
        return RedirectResponse(f"/intake/{known.name}#mappings", status_code=303)


def _uploads(router: APIRouter, tray: taking.Tray) -> None:
    @router.get("/intake/{table}/files/{token}", openapi_extra=_COMPANY.mark)
    def looked(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], table: str, token: str) -> Response:
        """What a file would record, what is wrong with it, and how its columns go."""
        known = _known(asked, table)
        return _upload(request, asked, known, _waiting(tray, asked, known, token))

    @router.post("/intake/{table}/files/{token}", openapi_extra=_COMPANY.mark)
    def act(request: Request, asked: Annotated[Asked, rule_of(_COMPANY)], table: str, token: str, sent: Sent) -> Response:
        """Map its columns anew, keep the mapping, record all of it, or leave it."""
        known, typed = _known(asked, table), sent[0]
        upload = _waiting(tray, asked, known, token)
        here = f"/intake/{known.name}/files/{token}"
        if typed["do"] == "leave":
            tray.drop(token)
            return RedirectResponse(f"/intake/{known.name}", status_code=303)
        try:
            if typed["do"] == "record":
                done = taking.record_rows(desk_of(request).store, known, upload, _asks(request, asked, typed))
                return RedirectResponse(f"/intake/{known.name}?done={done.said.rows_digest[:12]}", status_code=303)
            upload = _mapped(known, upload, typed)
            mapped.choices_of(upload.columns, known)
            if typed["do"] == "keep":
                said = mapped.MappingSaved(
                    name=typed["name"].strip(), columns=upload.columns, decimal_comma=upload.decimal_comma
                )
                mapped.keep_mapping(desk_of(request).store, known, said, _act(request, asked, typed))
                upload = replace(upload, by_mapping=said.name)
            tray.put(upload)
        except (Refused, ScenarioError) as error:
            return refused(_upload(request, asked, known, upload, refusal(error, typed)), error)
        return RedirectResponse(here, status_code=303)


def _known(asked: Asked, table: str) -> Intake:
    known = intake_named(table)
    if known is None:
        raise Problem(404, f"no table {table[:40]!r} is taken in", fix="choose one of /intake", where="table")
    if known.scope not in asked.principal.scopes:
        fix = f"ask an administrator for a role with the scope {known.scope!r}"
        raise Problem(403, f"{asked.principal.name} may not take in {known.title.lower()}", fix=fix, where=known.scope)
    return known


def _waiting(tray: taking.Tray, asked: Asked, known: Intake, token: str) -> taking.Upload:
    found = tray.get(token, asked.principal.name, known.name)
    if found is None:
        fix = f"send it again at /intake/{known.name}; a file waits for two hours"
        raise Problem(404, "no such file of yours waits", fix=fix, where="file")
    return found


def _act(request: Request, asked: Asked, typed: TypedWords) -> Act:
    return Act(command_id=form_id(asked, typed), by=asked.principal.name, at_utc=now_of(request, asked))


def _asks(request: Request, asked: Asked, typed: TypedWords) -> taking.TakeAsked:
    """What a person asks who records a file: by which preview, and what was agreed to on it."""
    desk = desk_of(request)
    kept = plan_in_force(desk.store, desk.shelf)
    return taking.TakeAsked(
        principal=asked.principal, at_utc=now_of(request, asked), command_id=form_id(asked, typed), reason=typed["reason"],
        plan=None if kept is None else kept.plan, seen=typed["sign"],
        accepted=frozenset(sort for sort in SORTS if typed[f"accept-{sort}"] == "yes"),
    )  # fmt: skip


def _mapped(known: Intake, upload: taking.Upload, typed: TypedWords) -> taking.Upload:
    """The upload with its columns going as the form says."""
    columns = tuple(
        mapped.MappedColumn(theirs=name, ours=typed[f"c{at}"], unit=typed[f"u{at}"])
        for at, name in enumerate(upload.given.header)
        if typed[f"c{at}"]
    )
    return replace(upload, columns=columns, decimal_comma="comma" in typed, formulas_taken="formulas" in typed)


def _going_by(request: Request, known: Intake, upload: taking.Upload) -> str:
    """By which kept mapping the columns go, and what that says; empty where they go by none as it is kept now."""
    kept = mapped.kept_mappings(desk_of(request).store, known)
    found = mapped.going_by(kept, upload.by_mapping, upload.columns, decimal_comma=upload.decimal_comma)
    if found is None:
        return ""
    all_count, count = len(upload.columns), len(found.columns)
    which = "Its columns go" if count == all_count else f"{count} of its {_counted(all_count, 'mapped column')} go"
    said = "; ".join(mapped.mapping_text(found.columns).splitlines())
    comma = "; numbers as 1.234,56" if found.decimal_comma else ""
    others = ", the others by their names or as chosen below" if count < all_count else ""
    return f"{which} by the kept mapping {found.name} ({said}{comma}){others}."


def _all_units(known: Intake) -> list[str]:
    return [unit for own in dict.fromkeys(one.unit for one in known.columns) for unit in mapped.UNITS.get(own, {})]


def _table(
    request: Request, asked: Asked, known: Intake, told: Told | None = None, faults: tuple[Fault, ...] = ()
) -> Response:
    store = desk_of(request).store
    files = taking.taken_files(store, known)
    done = next((one for one in files if one.said.rows_digest[:12] == request.query_params.get("done", "-")), None)
    tables = [_files(files)]
    if request.query_params.get("xlsx") == known.name:
        tables = [taking.standing_table(store, known)]
    return page(
        request, asked, "intake.html", title=f"Take in: {known.title}", tables=tables, intake=known, told=told,
        faults=faults[:_FAULTS_SHOWN], done=done and _done_words(done), taken=done, kept=mapped.kept_mappings(store, known),
        text_of=mapped.mapping_text, key=_key, counted=_counted,
    )  # fmt: skip


def _key() -> str:
    """A name for one showing of a form, drawn by lot: what is sent twice from it is one act."""
    return secrets.token_hex(12)


def _files(files: tuple[taking.TakenFile, ...]) -> Table:
    return Table(
        name="files",
        caption="Files taken in, the last first",
        columns=(Column("When", "UTC"), Column("By"), Column("File"), Column("Rows"), Column("New"), Column("Changed"),
                 Column("Odd, agreed to"), Column("Digest")),
        rows=[
            (one.at_utc, one.by, one.said.file, one.said.rows_count, one.said.new_count, one.said.changed_count,
             "; ".join(one.said.accepted[:_AGREED_SHOWN]), one.said.digest[:12])
            for one in files[:_FILES_SHOWN]
        ],
        empty="No file was taken in yet.",
        unshown_count=max(0, len(files) - _FILES_SHOWN),
    )  # fmt: skip


def _done_words(done: taking.TakenFile) -> str:
    """What a file brought, in words: how many of its rows were new, changed, or known already."""
    said = done.said
    if said.new_count is None or said.changed_count is None:
        return _counted(said.rows_count, "row")
    parts = [f"{said.new_count:,} new"]
    parts += [f"{said.changed_count:,} changed"] if said.changed_count else []
    left_count = said.rows_count - said.new_count - said.changed_count
    parts += [f"{left_count:,} on record already or with nothing to record"] if left_count else []
    return f"{', '.join(parts)} of {_counted(said.rows_count, 'row')}"


def _upload(request: Request, asked: Asked, known: Intake, upload: taking.Upload, told: Told | None = None) -> Response:
    asks = _asks(request, asked, TypedWords(key="looked-at"))
    found = taking.Looked(records={}, states={}, faults=())
    try:
        found = taking.look(desk_of(request).store, known, upload, asks)
    except SupercargoError as error:
        told = told or Told(error.what, error.fix, error.where, "columns", {})
    if request.query_params.get("book") == "faults":
        headers = {"Content-Disposition": 'attachment; filename="rows-to-mend.xlsx"'}
        return Response(taking.faults_book(upload, found), media_type=XLSX, headers=headers)
    counts = {"new": found.count(NEW), "changed": found.count(CHANGED), "left": len(found.states) - found.recorded_count}
    return page(
        request, asked, "upload.html", title=f"Look at: {known.title}",
        tables=[_faults(found), _questions(found), _rows(known, found)], sorts=_sorts(found),
        intake=known, upload=upload, found=found, going_by=_going_by(request, known, upload),
        told=told, columns=_columns(known, upload), units=_all_units(known),
        notes=[*_notes(known, upload), *_effects(found)], key=_key, counted=_counted, **counts,
    )  # fmt: skip


def _columns(known: Intake, upload: taking.Upload) -> list[dict[str, Any]]:
    """Each column of a file with its first values and what it gives."""
    gives = {one.theirs: one for one in upload.columns}
    rows = [cells for _, cells in upload.given.rows[:3]]
    return [
        {
            "at": at,
            "name": name,
            "samples": ", ".join(str(cells[at])[:30] for cells in rows if at < len(cells) and cells[at] not in ("", None)),
            "ours": gives[name].ours if name in gives else "",
            "unit": gives[name].unit if name in gives else "",
        }
        for at, name in enumerate(upload.given.header)
        if name
    ]


def _notes(known: Intake, upload: taking.Upload) -> list[str]:
    notes = list(mapped.conversions(upload.columns, known))
    given = upload.given
    if given.formulas_count:
        taken = "taken as they are stored" if upload.formulas_taken else "not taken"
        notes.append(f"{_counted(given.formulas_count, 'value')} computed by the spreadsheet: {taken}")
    if len(given.sheets) > 1:
        notes.append(f"the first sheet is read, {given.sheets[0][:40]}; {len(given.sheets) - 1} more are passed over")
    passed = [name for name in given.header if name and name not in {one.theirs for one in upload.columns}]
    if passed:
        notes.append(f"passed over: {', '.join(name[:40] for name in passed[:20])}")
    return notes


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _effects(found: taking.Looked) -> list[str]:
    """What recording the rows brings with it."""
    cases_count = sum(draft.stream.startswith("ncr/") for draft in found.drafts)
    return [f"{_counted(cases_count, 'non-conformance')} will be opened by it"] if cases_count else []


def _faults(found: taking.Looked) -> Table:
    return Table(
        name="faults",
        caption="What is wrong, row by row",
        columns=(Column("Row"), Column("Column"), Column("What is wrong"), Column("How to mend it")),
        rows=[(one.row, one.column, Cell(one.what, look="bad"), one.fix) for one in found.faults[:_FAULTS_SHOWN]],
        unshown_count=max(0, len(found.faults) - _FAULTS_SHOWN),
        empty="Nothing is wrong.",
    )


def _sorts(found: taking.Looked) -> list[tuple[str, str, int, str]]:
    """Each sort of question with its words, how many rows it is about, and those of the first."""
    rows = {sort: [one for one in found.questions if one.sort == sort] for sort in SORTS}
    return [(sort, words, len(rows[sort]), f"row {rows[sort][0].row}: {rows[sort][0].what}")
            for sort, words in SORTS.items() if rows[sort]]  # fmt: skip


def _questions(found: taking.Looked) -> Table:
    return Table(
        name="questions",
        caption="What is odd, row by row",
        columns=(Column("Row"), Column("What is odd")),
        rows=[(one.row, Cell(one.what, look="warn")) for one in found.questions[:_FAULTS_SHOWN]],
        unshown_count=max(0, len(found.questions) - _FAULTS_SHOWN),
        empty="Nothing is odd.",
    )


def _rows(known: Intake, found: taking.Looked) -> Table:
    shown = list(found.records.items())[:_ROWS_SHOWN]
    columns = [Column(one.name.removesuffix(f"_{one.unit.lower()}"), one.unit, 3) for one in known.columns]
    return Table(
        name="rows",
        caption="Rows as they would be recorded",
        columns=(Column("Row"), Column("Is"), *columns),
        rows=[
            (number, Cell(found.states.get(number, "refused"), look="" if number in found.states else "bad"),
             *(getattr(record, one.field) for one in known.columns))
            for number, record in shown
        ],
        unshown_count=max(0, len(found.records) - _ROWS_SHOWN),
        empty="No row can be read yet.",
    )  # fmt: skip
