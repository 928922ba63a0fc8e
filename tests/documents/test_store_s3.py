"""The evidence store in a bucket: what it asks of the storage, and what it says without it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from typing import Any

import pytest
from environs import EnvError

from app.documents import store_s3
from app.documents.store import BlobDamaged, StoreAway
from app.documents.store_s3 import S3Store
from config.settings import Bucket
from tests.cli.console import free_port
from tests.documents.storage import NAME, bucket, client

LIMIT = 1024 * 1024
CONTENT = b"evidence"
KEY = hashlib.sha256(CONTENT).hexdigest()


def test_nothing_is_ever_put_over_what_is_there(endpoint: str) -> None:
    """Even what a rival put between our question and our answer, with another content."""
    place = bucket(endpoint)
    there, store = client(endpoint), S3Store(place)
    key = f"evidence/{KEY[:2]}/{KEY[2:]}"

    def check(_file: object) -> None:
        there.put_object(Bucket=NAME, Key=key, Body=b"forged")

    with pytest.raises(BlobDamaged):
        store.put(io.BytesIO(CONTENT), LIMIT, check)
    assert there.get_object(Bucket=NAME, Key=key)["Body"].read() == b"forged"


def test_what_is_asked_of_the_storage(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, asked = S3Store(bucket(endpoint)), list[dict[str, Any]]()
    ours = store._client()
    monkeypatch.setattr(
        ours, "put_object", lambda **words: asked.append(words) or {}, raising=False
    )
    store.put(io.BytesIO(CONTENT), LIMIT)
    [words] = asked
    # Only where there is nothing, and only these very bytes.
    assert words["IfNoneMatch"] == "*"
    checksum = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    assert words["ChecksumSHA256"] == checksum
    assert words["ContentLength"] == len(CONTENT)


def test_an_object_lock_keeps_what_was_put(endpoint: str) -> None:
    """With a lock by default on the bucket an object stays, whoever wants it gone (¶ 9(4))."""
    there = client(endpoint)
    there.create_bucket(Bucket="locked-evidence", ObjectLockEnabledForBucket=True)
    there.put_object_lock_configuration(
        Bucket="locked-evidence",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3650}},
        },
    )
    store = S3Store(Bucket("locked-evidence", "", endpoint))
    store.put(io.BytesIO(CONTENT), LIMIT)
    name = f"{KEY[:2]}/{KEY[2:]}"
    [version] = there.list_object_versions(Bucket="locked-evidence")["Versions"]
    with pytest.raises(Exception, match="AccessDenied"):
        there.delete_object(Bucket="locked-evidence", Key=name, VersionId=version["VersionId"])
    with store.open(KEY, verify=True) as file:
        assert file.read() == CONTENT


def test_a_storage_that_is_away_or_has_no_such_bucket_is_told(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_s3, "ATTEMPTS", 1)
    away = S3Store(Bucket(NAME, "", f"http://127.0.0.1:{free_port()}"))
    nowhere = S3Store(Bucket("no-such-bucket", "", endpoint))
    for store, reason in ((away, "EndpointConnectionError"), (nowhere, "NoSuchBucket")):
        with pytest.raises(StoreAway, match=reason) as told:
            store.put(io.BytesIO(CONTENT), LIMIT)
        assert str(told.value.filename).startswith("s3://")
        with pytest.raises(StoreAway, match=reason):
            store.open(KEY)
    # Nobody may take a store that is away for one that has lost a file.
    with pytest.raises(StoreAway):
        away.exists(KEY)


def test_who_we_are_is_asked_only_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    store = S3Store(Bucket(NAME, "", f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(StoreAway, match="NoCredentialsError"):
        store.put(io.BytesIO(CONTENT), LIMIT)


def test_a_process_has_connections_of_its_own(endpoint: str) -> None:
    store = S3Store(bucket(endpoint))
    store.put(io.BytesIO(CONTENT), LIMIT)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Nothing of the test's own may run here.
        ok = False
        try:
            ok = store.exists(KEY) and len(store._clients) == 1
        finally:
            os.write(writing, b"1" if ok else b"0")
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1) == b"1"
    assert store.exists(KEY)


def test_without_boto3_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_s3, "boto3", None)
    with pytest.raises(EnvError, match=r"pip install 'bagalau\[s3\]'"):
        S3Store(Bucket(NAME))
