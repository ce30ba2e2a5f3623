"""No identity number, phone number, e-mail address or token reaches a log line."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from gerai_shared.context import new_context, working_in
from gerai_shared.ids import new_id
from gerai_shared.logs import PRIVATE_FIELDS, configure_logs, get_logger, redact
from gerai_shared.tokens import make_token
from hypothesis import given
from hypothesis import strategies as st

NIK = "3602146508900003"
TOKEN = make_token(secret="s" * 32, realm="immigration", identifier="0193a8c0-0000-7000-8000-000000000001")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What this process writes to its log, which is taken apart again afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    kept, level = root.handlers[:], root.level
    names = ("amqp", "kombu", "nameko", "eventlet", "alembic", "sqlalchemy", "nameko.containers")
    ways = structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in names}
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(level="INFO", deployment="booking-immigration")
    yield stream
    root.handlers[:] = kept
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)
    structlog.configure(**ways)


def last_line(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return line


niks = st.builds(
    lambda digits, gap: gap.join((digits[:4], digits[4:8], digits[8:12], digits[12:])),
    st.text("0123456789", min_size=16, max_size=16),
    st.sampled_from(["", " ", "-"]),
)
phones = st.builds(
    lambda start, gap, operator, rest: f"{start}{gap}8{operator}{rest[:2]}{gap}{rest[2:6]}{gap}{rest[6:]}",
    st.sampled_from(["+62", "62", "0"]),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from("12356789"),
    st.text("0123456789", min_size=7, max_size=9),
)
emails = st.emails(domains=st.sampled_from(["example.org", "example.co.id", "mail.example.com"])).filter(
    lambda address: address.split("@")[0].replace(".", "").replace("+", "").replace("-", "").isalnum()
)
tokens = st.builds(
    lambda realm, identifier: make_token(secret="s" * 32, realm=realm, identifier=str(identifier)),
    st.sampled_from(["immigration", "legal", "complaint"]),
    st.uuids(),
)
surroundings = st.tuples(
    st.sampled_from(["", "for ", "nik=", "'", "(", "a:b ", "\n"]),
    st.sampled_from(["", " went", "'", ",", ")", "\n"]),
)


@given(niks | phones | emails | tokens, surroundings)
def test_what_identifies_somebody_is_cut_out_wherever_it_stands(secret: str, around: tuple[str, str]) -> None:
    shown = redact(f"{around[0]}{secret}{around[1]}")
    assert secret not in shown
    assert shown.startswith(around[0])
    assert shown.endswith(around[1])


@given(st.text())
def test_redaction_of_any_text_is_stable(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "harmless",
    [
        "A-012 called at counter 1",
        "kanim-serang.passport-new.20261201T0300Z",
        "2026-12-01T02:00:00.123456+00:00",
        "1764558000.123456",
        "took 0.8123 s, 1234567 rows",
        "127.0.0.1:8000",
    ],
)
def test_what_identifies_nobody_stays(harmless: str) -> None:
    assert redact(harmless) == harmless


@given(st.uuids())
def test_our_own_identifiers_stay_readable(identifier: object) -> None:
    text = f"ticket {identifier}"
    assert redact(text) == text
    assert redact(new_id()).count("-") == 4


@pytest.mark.parametrize("field", sorted(PRIVATE_FIELDS))
def test_a_private_field_is_never_written(written: io.StringIO, field: str) -> None:
    get_logger("test").info("seen", **{field: "Siti Uji", "deep": {"person": [{field: "Siti Uji"}]}})
    line = last_line(written)
    assert "Siti" not in written.getvalue()
    assert (line[field], line["deep"]) == ("[private]", {"person": [{field: "[private]"}]})


def test_values_keys_and_messages_are_cleaned_at_any_depth(written: io.StringIO) -> None:
    get_logger("test").warning(
        f"refused {NIK}", asked=[{"where": f"/t/{TOKEN}"}, (NIK,)], count=12, number=int(NIK), odd={NIK: 1}
    )
    line = last_line(written)
    assert line["event"] == "refused [nik]"
    assert line["asked"] == [{"where": "/t/immigration.[token]"}, ["[nik]"]]
    assert (line["count"], line["number"], line["odd"]) == (12, "[nik]", {"[nik]": 1})


def test_an_exception_is_written_without_what_people_typed(written: io.StringIO) -> None:
    try:
        raise ValueError(f"bad {NIK} of siti@example.org")
    except ValueError:
        get_logger("test").exception("failed")
    line = last_line(written)
    assert "bad [nik] of [email]" in line["exception"]
    assert NIK not in written.getvalue()


def test_an_object_is_cleaned_as_the_text_it_is_written_as(written: io.StringIO) -> None:
    get_logger("test").info("failed", reason=ValueError(f"{NIK} is taken"))
    assert last_line(written)["reason"] == "[nik] is taken"


def test_the_lines_of_libraries_are_cleaned_too(written: io.StringIO) -> None:
    logging.getLogger("somebody.else").warning("mail to %s failed", "siti@example.org")
    line = last_line(written)
    assert (line["event"], line["level"]) == ("mail to [email] failed", "warning")
    assert line["logger"] == "somebody.else"


def test_a_line_tells_deployment_and_the_work_it_belongs_to(written: io.StringIO) -> None:
    context = new_context(correlation_id="request-0001")
    with working_in(context):
        get_logger("test").info("seen")
    line = last_line(written)
    assert line["deployment"] == "booking-immigration"
    assert (line["correlation_id"], line["trace_id"]) == ("request-0001", context.trace_id)
