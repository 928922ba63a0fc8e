"""What every evidence store promises: what is put stays, and nothing else is taken for it."""

from __future__ import annotations

import hashlib
import io
import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.documents.store import BlobDamaged, BlobMissing, BlobStore
from app.domain.refusals import Invalid, TooLarge
from tests.documents.conftest import Place

LIMIT = 3 * 1024 * 1024


def put(store: BlobStore, content: bytes) -> str:
    return store.put(io.BytesIO(content), LIMIT).sha256


def name_of(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return f"{sha256[:2]}/{sha256[2:]}"


# The store may be the same for all examples: nothing that was put goes away.
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=5000))
def test_what_was_put_comes_back(content: bytes, place: Place) -> None:
    blob = place.store.put(io.BytesIO(content), LIMIT)
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert blob.size == len(content)
    assert place.store.exists(blob.sha256)
    with place.store.open(blob.sha256, verify=True) as file:
        assert file.read() == content


def test_a_large_file_comes_back_and_can_be_read_from_anywhere(place: Place) -> None:
    content = os.urandom(LIMIT)
    with place.store.open(put(place.store, content)) as file:
        file.seek(LIMIT - 5)
        assert file.read() == content[-5:]
        file.seek(0)
        assert file.read() == content


def test_the_same_content_is_one_file_under_its_hash(place: Place) -> None:
    assert put(place.store, b"twice") == put(place.store, b"twice")
    assert place.kept() == [name_of(b"twice")]


def test_many_threads_put_the_same_content(place: Place) -> None:
    content, failures = os.urandom(100_000), []

    def work() -> None:
        try:
            put(place.store, content)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert place.kept() == [name_of(content)]


def test_too_large_and_empty_leave_nothing(place: Place) -> None:
    with pytest.raises(TooLarge) as large:
        place.store.put(io.BytesIO(b"x" * (LIMIT + 1)), LIMIT)
    assert (large.value.code, large.value.params) == ("file.too_large", {"max": 3})
    with pytest.raises(Invalid, match="file.empty"):
        place.store.put(io.BytesIO(b""), LIMIT)
    assert place.kept() == []
    assert place.store.put(io.BytesIO(b"x" * LIMIT), LIMIT).size == LIMIT


def test_a_file_is_looked_at_whole_before_it_is_kept(place: Place) -> None:
    seen = []

    def check(file: io.BytesIO) -> None:
        seen.append(file.read())
        assert place.kept() == []
        if seen[-1] == b"bad":
            raise Invalid("file.kind_forbidden")

    with pytest.raises(Invalid):
        place.store.put(io.BytesIO(b"bad"), LIMIT, check)
    assert place.kept() == []
    assert place.store.put(io.BytesIO(b"good"), LIMIT, check).size == 4
    assert seen == [b"bad", b"good"]
    assert place.kept() == [name_of(b"good")]


def test_a_missing_file_and_a_forged_hash(place: Place) -> None:
    put(place.store, b"something")
    for forged in ("0" * 64, "../../secret", "ab/../../secret", "", "A" * 64, "0" * 63 + "\n"):
        with pytest.raises(BlobMissing):
            place.store.open(forged)
        assert not place.store.exists(forged)


def test_a_changed_file_is_found_out(place: Place) -> None:
    sha256 = put(place.store, b"original")
    place.change(name_of(b"original"), b"Original")
    with pytest.raises(BlobDamaged):
        place.store.open(sha256, verify=True)
    # And the same content put again does not cover it up.
    with pytest.raises(BlobDamaged):
        put(place.store, b"original")
    with place.store.open(sha256) as file:
        assert file.read() == b"Original"


def test_a_removed_file_is_missed_and_can_be_put_again(place: Place) -> None:
    sha256 = put(place.store, b"original")
    place.remove(name_of(b"original"))
    assert not place.store.exists(sha256)
    with pytest.raises(BlobMissing):
        place.store.open(sha256, verify=True)
    assert put(place.store, b"original") == sha256
    assert place.store.exists(sha256)
