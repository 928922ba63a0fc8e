"""Where evidence lies: files known by the SHA-256 of their content, written once.

`FolderStore` keeps them in a local folder as `ab/cdef…`. A file is never changed, replaced
or removed (¶ 9(4): the origin of a source can be checked for ever); two uploads of the same
content are one file. Another store (`app.documents.store_s3`) keeps the same promises, those
of `BlobStore`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Protocol

from app.domain.refusals import Invalid, TooLarge

CHUNK = 1024 * 1024
MEGABYTE = 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}")
# O_NOFOLLOW: a link that somebody put in place of a folder or file is refused, not followed.
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_WRITE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})

Check = Callable[[BinaryIO], None]
"""Looks at a complete file before it is kept, and raises to refuse it."""


class BlobMissing(LookupError):
    """The store has no file of this content."""


class StoreAway(OSError):
    """The store cannot be reached, or it refuses us; what was to be done is not done."""

    def __init__(self, place: str, reason: str) -> None:
        """Say which store it is and why, in a few words without secrets."""
        super().__init__(errno.EIO, reason, place)


class BlobDamaged(RuntimeError):
    """What lies under this hash is not what was put there: changed, or not a plain file."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A kept file: the SHA-256 of its content (hex) and its size in bytes."""

    sha256: str
    size: int


class BlobStore(Protocol):
    """Keeps files by their content; what was put once stays as it is."""

    def put(self, source: BinaryIO, limit: int, check: Check | None = None) -> Blob:
        """Keep what `source` gives, at most `limit` bytes, if `check` has no objection.

        Raises:
            TooLarge: `file.too_large`, the file has more than `limit` bytes.
            Invalid: `file.empty`; or what `check` raises. Nothing is kept.
            BlobDamaged: another file lies under this content's hash.
            StoreAway: a store elsewhere cannot be reached, here and in what follows.
        """

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """Open the file of this content for reading; `verify` computes its hash first.

        Raises:
            BlobMissing: there is none, or `sha256` is no hash.
            BlobDamaged: it is not a plain file, or (verified) not of this content.
        """

    def exists(self, sha256: str) -> bool:
        """Say whether there is a plain file of this content; its content is not read."""


class FolderStore:
    """A `BlobStore` in a local folder, made at the first upload."""

    def __init__(self, root: Path) -> None:
        """Keep files below `root`."""
        self._root = root

    def put(self, source: BinaryIO, limit: int, check: Check | None = None) -> Blob:
        """Keep a file; see `BlobStore`. It is on the disk when this returns."""
        self._root.mkdir(mode=0o750, parents=True, exist_ok=True)
        with _folder(self._root) as root, _received(root) as (name, file):
            blob = take(source, file, limit)
            if check is not None:
                file.seek(0)
                check(file)
            os.fchmod(file.fileno(), 0o440)
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.mkdir(blob.sha256[:2], 0o750, dir_fd=root)
                os.fsync(root)
            with _folder(blob.sha256[:2], root) as shard:
                if not _place(name, root, blob.sha256[2:], shard):
                    self.open(blob.sha256, verify=True).close()
                os.fsync(shard)
        return blob

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """Open a file for reading; see `BlobStore`."""
        if not SHA256.fullmatch(sha256):
            raise BlobMissing(f"no file {sha256}")
        file = self._opened(sha256)
        try:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BlobDamaged(f"{sha256} is not a plain file")
            if verify:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise BlobDamaged(f"{sha256} has another content")
                file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def exists(self, sha256: str) -> bool:
        """Say whether there is a plain file of this content; see `BlobStore`."""
        try:
            self.open(sha256).close()
        except (BlobMissing, BlobDamaged):
            return False
        return True

    def _opened(self, sha256: str) -> BufferedReader:
        try:
            with _folder(self._root) as root, _folder(sha256[:2], root) as shard:
                return os.fdopen(os.open(sha256[2:], _READ, dir_fd=shard), "rb")
        except FileNotFoundError:
            raise BlobMissing(f"no file {sha256}") from None
        except OSError as error:
            raise _refused(error, sha256) from error


@contextlib.contextmanager
def _folder(path: str | Path, parent: int | None = None) -> Iterator[int]:
    """A folder as a descriptor, so that nobody can swap it for another meanwhile."""
    # The root itself may be a link that the operator made to another disk.
    flags = _FOLDER if parent is not None else _FOLDER & ~os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, dir_fd=parent)
    except OSError as error:
        raise _refused(error, str(path)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _refused(error: OSError, what: str) -> Exception:
    """What to raise for a path that could not be opened."""
    # O_NOFOLLOW meets a link with ELOOP, or with ENOTDIR where a folder should be.
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
        return BlobDamaged(f"{what} is a link, or no plain file or folder")
    return error


@contextlib.contextmanager
def _received(root: int) -> Iterator[tuple[str, BinaryIO]]:
    """A new file of the store under a name of its own, which is gone afterwards."""
    name = f".incoming-{secrets.token_hex(16)}"
    file = os.fdopen(os.open(name, _WRITE, 0o600, dir_fd=root), "w+b")
    try:
        with file:
            yield name, file
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=root)


def take(source: BinaryIO, target: BinaryIO, limit: int) -> Blob:
    """Copy what `source` gives to `target`, at most `limit` bytes; what it was.

    Raises:
        TooLarge: `file.too_large`. Invalid: `file.empty`.
    """
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge("file.too_large", max=max(1, limit // MEGABYTE))
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise Invalid("file.empty")
    target.flush()
    return Blob(digest.hexdigest(), size)


def _place(name: str, root: int, final: str, shard: int) -> bool:
    """Give a complete file its final name; False where that name is taken.

    A hard link never replaces what is there, a rename would. Where the file system has no
    links (some network shares), look first: a rival can only have the same content.
    """
    try:
        os.link(name, final, src_dir_fd=root, dst_dir_fd=shard, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if _is_there(final, shard):
            return False
        os.rename(name, final, src_dir_fd=root, dst_dir_fd=shard)
    return True


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
