"""Folders on disk: files are read only from inside them, and a folder is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from supercargo.kernel import Fault, Refused, StoreError

__all__ = [
    "LARGEST_FILE",
    "files_beneath",
    "interrupts_held",
    "read_within",
    "refuse_existing",
    "refuse_existing_file",
    "refuse_outputs",
    "refuse_unwritable",
    "refuse_within",
    "things_beneath",
    "write_file",
    "write_whole",
    "written_whole",
]

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of the largest file that is read."""


def read_within(folder: Path, name: str, faults: list[Fault]) -> bytes | None:
    """Bytes of a regular file inside `folder`; None and a fault if it is missing, too large, or leads out of the folder."""
    path = folder / name
    try:
        inside = path.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
        state = path.stat()
    except FileNotFoundError:
        faults.append(Fault(name, 0, "", "the file is missing", f"add {name} to {folder}"))
        return None
    except (OSError, RuntimeError) as error:
        faults.append(Fault(name, 0, "", f"the file can't be opened: {error}", "check the path and its links"))
        return None
    if not inside:
        what = "the path leaves its folder"
        faults.append(Fault(name, 0, "", what, "put the file itself into the folder, not a link to a place outside it"))
    elif not stat.S_ISREG(state.st_mode):
        faults.append(Fault(name, 0, "", "this is not a regular file", "put a plain file in its place"))
    elif state.st_size > LARGEST_FILE:
        what = f"the file has {state.st_size} bytes, more than {LARGEST_FILE}"
        faults.append(Fault(name, 0, "", what, "split or shorten the file; look for an endless cell"))
    else:
        return _bytes_of(path, name, faults)
    return None


def _bytes_of(path: Path, name: str, faults: list[Fault]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        faults.append(Fault(name, 0, "", f"the file can't be read: {error.strerror}", "check its permissions"))
        return None


def files_beneath(folder: Path) -> tuple[str, ...]:
    """Names of the files beneath a folder, `/` between parts, sorted; links are named, not followed."""
    found = []
    for place, folders, names in os.walk(folder):
        names += [name for name in folders if (Path(place) / name).is_symlink()]
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in names]
    return tuple(sorted(found))


def refuse_existing(folder: Path, *, force: bool, like: Iterable[str] = ()) -> None:
    """A folder that exists holds somebody's work: it is replaced only on demand.

    Raises Refused if it exists and `force` is false, or if it is not a folder, or if it holds the working or home directory,
    or something else than an earlier output: things, and none of the names `like`, if there are such names.
    """
    if not os.path.lexists(folder):
        return
    if not force:
        raise Refused("the output exists", fix="choose another folder, or give --force to replace it whole", where=str(folder))
    if folder.is_symlink() or not folder.is_dir():
        raise Refused("the output is not a folder", fix="choose another name", where=str(folder))
    for held in (Path.cwd(), Path.home()):
        if held.resolve().is_relative_to(folder.resolve()):
            raise Refused(f"replacing the output would delete {held}", fix="choose a folder of its own", where=str(folder))
    wanted, there = set(like), set(os.listdir(folder))
    if wanted and there and not wanted & there:
        what = f"the output holds something else than what is written there: {min(there)}"
        raise Refused(what, fix="choose another folder, or delete this one yourself", where=str(folder))


def refuse_existing_file(path: Path, *, force: bool) -> None:
    """A file that exists holds somebody's work too.

    Raises Refused if it exists and `force` is false, or if it is no plain file.
    """
    if not os.path.lexists(path):
        return
    if path.is_symlink() or not path.is_file():
        raise Refused("the output is not a plain file", fix="choose another name", where=str(path))
    if not force:
        raise Refused("the output exists", fix="choose another name, or give --force to replace it", where=str(path))


def refuse_outputs(outputs: Iterable[Path | None], sources: Iterable[Path | None], *, force: bool) -> None:
    """Files to write must each have a place of its own, outside of what is read.

    Raises Refused as `refuse_existing_file` does, or if two are the same, or one would replace a source or stand inside one.
    """
    given = [output for output in outputs if output is not None]
    if len({os.path.realpath(output) for output in given}) < len(given):
        raise Refused("two outputs have the same name", fix="give each a name of its own", where=str(given[-1]))
    for output in given:
        refuse_within(output, *(source for source in sources if source is not None))
        refuse_existing_file(output, force=force)


def refuse_within(output: Path, *sources: Path, fix: str = "choose another name") -> None:
    """What is read is not written over. Raises Refused if `output` is one of `sources`, or stands inside or around it."""
    target = Path(os.path.realpath(output))
    for source in sources:
        place = Path(os.path.realpath(source))
        if target.is_relative_to(place) or place.is_relative_to(target):
            what = f"the output would replace or stand inside {source}, which is read"
            raise Refused(what, fix=fix, where=str(output))


def write_file(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file beside its final place, then rename it, so that nobody ever sees half of it.

    Raises Refused as `refuse_existing_file` does, StoreError if the disk refuses.
    """
    refuse_existing_file(path, force=force)
    try:
        with interrupts_held():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".draft", dir=path.parent))
            try:
                _write_synced(draft / path.name, content)
                (draft / path.name).chmod(0o644)
                refuse_existing_file(path, force=force)
                (draft / path.name).replace(path)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def refuse_unwritable(folder: Path) -> None:
    """Hours of planning are not lost to a place where nothing can be written: it is tried first.

    Raises StoreError if no folder can be made beside `folder`; nothing is left there.
    """
    place = folder.parent
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    try:
        with interrupts_held():
            Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=place)).rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> StoreError:
    fix = "check the path, free space and permissions; what stood there before still stands"
    return StoreError(f"the output can't be written: {error}", fix=fix, where=str(folder))


@contextmanager
def interrupts_held() -> Iterator[list[int]]:
    """Between steps that belong together an interrupt waits: it is heard at the end, or where the caller looks for it.

    Gives the list of signals that wait; a caller that empties it has finished before they came.
    """
    waiting: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield waiting
        return
    woken = signal.set_wakeup_fd(-1)
    before = {sent: signal.getsignal(sent) for sent in _INTERRUPTS}
    heard = [sent for sent, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for sent in heard:
        signal.signal(sent, lambda number, _: waiting.append(number))
    try:
        yield waiting
    finally:
        for sent in heard:
            signal.signal(sent, before[sent])
        signal.set_wakeup_fd(woken)
        if waiting:
            signal.raise_signal(waiting[0])


def write_whole(folder: Path, files: Mapping[str, bytes], *, force: bool, keep: Iterable[str] = ()) -> None:
    """Write a folder beside its final place, then put it there by renaming, so that nobody ever sees half of it.

    `keep` are names in a folder that stands there already; they stand in the new one too. Raises Refused as `refuse_existing`
    does, StoreError if the disk refuses.
    """
    refuse_existing(folder, force=force, like={name.partition("/")[0] for name in files})
    try:
        with interrupts_held() as waiting:
            absent = [place for place in folder.parents if not os.path.lexists(place)]
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent))
            try:
                for name in sorted(files):
                    if waiting:
                        raise KeyboardInterrupt
                    _write_synced(draft / name, files[name])
                for name in sorted(set(keep) - set(files)):
                    _take_along(folder / name, draft / name)
                draft.chmod(0o755)
                _put_in_place(draft, folder, force=force)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
                if not os.path.lexists(folder):
                    _take_away(absent)
            waiting.clear()  # they came too late: there is nothing left to stop
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def written_whole(folder: Path, *, force: bool, like: Iterable[str] = ()) -> Iterator[Path]:
    """A draft of a folder to write into, for content too large to be held: it takes its place when the work ends well.

    Raises Refused as `refuse_existing` does, StoreError if the disk refuses.
    """
    refuse_existing(folder, force=force, like=like)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent))
        try:
            yield draft
            draft.chmod(0o755)
            with interrupts_held():
                _put_in_place(draft, folder, force=force)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _take_away(places: Sequence[Path]) -> None:
    """Remove folders that were made on the way, innermost first, as far as nothing stands in them."""
    for place in places:
        try:
            place.rmdir()
        except OSError:
            return


def _write_synced(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _take_along(old: Path, new: Path) -> None:
    """The same file or link in the new folder; its bytes are not touched."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:  # a disk without such links
        shutil.copy2(old, new, follow_symlinks=False)


def things_beneath(folder: Path) -> tuple[str, ...]:
    """Names of all files and links below a folder, in order; links are named, not followed. None where it is not there."""
    found = []
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return tuple(sorted(found))


def _put_in_place(draft: Path, folder: Path, *, force: bool) -> None:
    """Rename the draft to the folder; an old folder steps aside first and comes back if that fails.

    Another run may have put its own folder there since this one began: it counts as one that stood there before.
    """
    refuse_existing(folder, force=force)
    if not os.path.lexists(folder):
        draft.rename(folder)
        return
    old = draft.with_name(draft.name.removesuffix(".draft") + ".old")
    folder.rename(old)
    try:
        draft.rename(folder)
    except BaseException:
        if not os.path.lexists(folder):
            old.rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
