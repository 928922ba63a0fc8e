"""Passwords with the real Argon2: the same work for nobody, and never more than two at once."""

from __future__ import annotations

import statistics
import threading
import time

import pytest
from argon2 import PasswordHasher
from argon2.low_level import hash_secret

from app.domain.refusals import Invalid, Throttled
from app.services import passwords


def test_a_hash_is_salted_and_verifies() -> None:
    first, second = passwords.hash_password("құпиясөз-17"), passwords.hash_password("құпиясөз-17")
    assert first != second
    assert passwords.verify(first, "құпиясөз-17")
    assert not passwords.verify(first, "құпиясөз-18")
    assert not passwords.verify("not a hash", "құпиясөз-17")


def test_a_letter_typed_in_two_ways_is_one() -> None:
    hashed = passwords.hash_password("пароль йода")
    assert passwords.verify(hashed, "пароль и\u0306ода")


def test_odd_characters_are_no_error() -> None:
    for odd in ("\ud800" * 12, "\x00" * 12, "𝒙" * 12):
        assert passwords.verify(passwords.hash_password(odd), odd)


def test_nobody_s_password_takes_as_long_as_somebody_s() -> None:
    hashed = passwords.hash_password("құпиясөз-17")

    def taken(of: str | None) -> float:
        started = time.perf_counter()
        assert not passwords.verify(of, "жоқ құпиясөз")
        return time.perf_counter() - started

    somebody, nobody = [], []
    for _ in range(7):
        somebody.append(taken(hashed))
        nobody.append(taken(None))
    ratio = statistics.median(nobody) / statistics.median(somebody)
    # A shortcut for nobody would be a thousand times faster.
    assert 0.5 < ratio < 2


def test_nobody_s_hash_has_the_parameters_of_today() -> None:
    assert not passwords.outdated(passwords._nobody())


def test_other_parameters_are_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert passwords.outdated(weak)
    assert not passwords.outdated(passwords.hash_password("x"))


def test_at_most_two_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    lock = threading.Lock()
    real = passwords.hasher

    class Counting:
        """The real hasher, which counts how many are at work."""

        def hash(self, password: bytes) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                return real.hash(password)
            finally:
                with lock:
                    running -= 1

    monkeypatch.setattr(passwords, "hasher", Counting())
    threads = [
        threading.Thread(target=passwords.hash_password, args=("құпиясөз",)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_who_waits_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT", 0.01)
    with passwords._turn(), passwords._turn(), pytest.raises(Throttled, match="session.throttled"):
        passwords.verify(None, "x")
    # A turn is given back whatever happened.
    for _ in range(3):
        assert not passwords.verify(None, "x")


@pytest.mark.parametrize(
    ("length", "refused"), [(11, True), (12, False), (200, False), (201, True)]
)
def test_lengths(length: int, refused: bool) -> None:
    if refused:
        with pytest.raises(Invalid):
            passwords.check_password("ұ" * length)
    else:
        passwords.check_password("ұ" * length)


def test_the_algorithm_is_argon2id() -> None:
    # Recomputed with the low-level interface from the salt in the hash.
    hashed = passwords.hash_password("құпиясөз-17")
    from base64 import b64decode

    from argon2.low_level import Type

    salt = b64decode(hashed.split("$")[4] + "==")
    again = hash_secret("құпиясөз-17".encode(), salt, 3, 65536, 4, 32, Type.ID)
    assert again.decode() == hashed
