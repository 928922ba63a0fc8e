"""Evidence in a storage that speaks S3: the promises of `BlobStore`, kept over HTTP.

An object is put under `PREFIX/ab/cdef…`, only where there is none yet (RFC 9110, 13.1.2:
`If-None-Match: *`) and with the SHA-256 that the storage itself must find in it. The content
comes back through a file of our own that is hashed before anybody reads it, since the storage
is not trusted to have kept it. Nothing is listed and nothing removed: the right to put, to get
and to ask for an object's head is all that the application needs.

boto3 is an extra (`pip install bagalau[s3]`); its own settings (`AWS_ACCESS_KEY_ID`,
`AWS_PROFILE`, `AWS_REGION` …) say who we are.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from environs import EnvError

from app.documents.store import (
    CHUNK,
    SHA256,
    Blob,
    BlobDamaged,
    BlobMissing,
    Check,
    StoreAway,
    take,
)
from config.settings import Bucket

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

IN_MEMORY = 1024 * 1024
"""Bytes of a file up to which it is held in memory and not in a temporary file."""
PATIENCE = 10
"""Seconds to wait for a connection, and for each answer."""
ATTEMPTS = 4
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_NONE = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Store:
    """A `BlobStore` in a bucket; the first use opens the connection, in each process anew."""

    def __init__(self, bucket: Bucket) -> None:
        """Keep files in `bucket`, which must be there.

        Raises:
            environs.EnvError: boto3 is not installed.
        """
        if boto3 is None:
            raise EnvError("BAGALAU_EVIDENCE=s3://… needs boto3: pip install 'bagalau[s3]'.")
        self._bucket = bucket
        self._place = f"s3://{bucket.name}/{bucket.prefix}".rstrip("/")
        self._clients: dict[int, Any] = {}
        self._making = threading.Lock()

    def put(self, source: BinaryIO, limit: int, check: Check | None = None) -> Blob:
        """Keep a file; see `BlobStore`. The storage has confirmed it when this returns."""
        with _buffer() as file:
            blob = take(source, file, limit)
            if check is not None:
                file.seek(0)
                check(file)
            for _ in range(ATTEMPTS):
                if self._placed(blob, file):
                    return blob
                # What lies there already is not covered up, and must be the same.
                with contextlib.suppress(BlobMissing):
                    self.open(blob.sha256, verify=True).close()
                    return blob
                # A rival's upload was under way and came to nothing: once more.
        raise StoreAway(self._place, f"it takes no object for {blob.sha256}")

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """Open a file for reading; see `BlobStore`."""
        key = self._key(sha256)
        file = _buffer()
        try:
            digest = hashlib.sha256()
            with self._asked(sha256):
                body = self._client().get_object(Bucket=self._bucket.name, Key=key)["Body"]
                with contextlib.closing(body):
                    while chunk := body.read(CHUNK):
                        digest.update(chunk)
                        file.write(chunk)
            if verify and digest.hexdigest() != sha256:
                raise BlobDamaged(f"{sha256} has another content")
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def exists(self, sha256: str) -> bool:
        """Say whether there is an object of this content; see `BlobStore`."""
        try:
            key = self._key(sha256)
            with self._asked(sha256):
                self._client().head_object(Bucket=self._bucket.name, Key=key)
        except BlobMissing:
            return False
        return True

    def _placed(self, blob: Blob, file: BinaryIO) -> bool:
        """Put a complete file; False where an object of this name is there or on its way."""
        file.seek(0)
        checksum = base64.b64encode(bytes.fromhex(blob.sha256)).decode("ascii")
        try:
            with self._asked(blob.sha256):
                self._client().put_object(
                    Bucket=self._bucket.name,
                    Key=self._key(blob.sha256),
                    Body=file,
                    ContentLength=blob.size,
                    ContentType="application/octet-stream",
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=checksum,
                    IfNoneMatch="*",
                )
        except _Taken:
            return False
        return True

    def _key(self, sha256: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise BlobMissing(f"no file {sha256}")
        return f"{self._bucket.prefix}{sha256[:2]}/{sha256[2:]}"

    def _client(self) -> Any:
        """The client of this process: its connections do not survive a fork."""
        with self._making:
            if os.getpid() not in self._clients:
                self._clients = {
                    os.getpid(): boto3.session.Session().client(
                        "s3",
                        endpoint_url=self._bucket.endpoint,
                        config=Config(
                            connect_timeout=PATIENCE,
                            read_timeout=PATIENCE,
                            retries={"mode": "standard", "max_attempts": ATTEMPTS},
                            # A name with dots or a server of one's own has no names of buckets.
                            s3={"addressing_style": "path"} if self._bucket.endpoint else {},
                        ),
                    )
                }
            return self._clients[os.getpid()]

    @contextlib.contextmanager
    def _asked(self, sha256: str) -> Iterator[None]:
        """Turn what the storage answers into what `BlobStore` raises."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _NONE:
                raise BlobMissing(f"no file {sha256}") from None
            if code in _TAKEN:
                raise _Taken from None
            raise StoreAway(self._place, f"the storage answers {code}") from error
        except BotoCoreError as error:
            raise StoreAway(self._place, type(error).__name__) from error


class _Taken(Exception):
    """There is an object of this name already, or another is just being put there."""


def _buffer() -> BinaryIO:
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
