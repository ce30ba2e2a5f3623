"""How a site does, for everybody: what the complaints service and the agencies tell of it, put together."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gerai_shared.spreadsheets import Value, csv_of_rows

from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.oversight import name_of

OUTCOMES = ("received", "in_time", "late", "overdue", "running", "otherwise", "in_time_percent")
COLUMNS = ("table", "site", "first_day", "last_day", "of", "measure", "value", "source", "computed_at")
#: From where the figures are.
COMPLAINTS, SURVEY = "complaints", "survey"


def performance(mall: Mall, site: str) -> Json:
    """Return the figures of a site; `complaints` and `satisfaction` are None while nobody has told them.

    Each part says its period, its source, when it was computed, and with `is_old` that whoever tells it does
    not answer since `told_at`. Raises UnknownSite, Unavailable.
    """
    place, present = mall.catalogues.site(site)
    kept = mall.kept.of_site("complaints", "site_performance", site)
    parts: Json = {"complaints": None, "satisfaction": None}
    if kept is not None:
        told = dict(kept.contents)
        survey = told.pop("satisfaction")
        common = {
            **{name: told.pop(name) for name in ("first", "last", "computed_at")},
            "told_at": kept.told_at.isoformat(),
            "is_old": kept.is_old,
        }
        fewest = told.pop("fewest_respondents")
        parts = {
            "complaints": {**common, "source": COMPLAINTS, **told},
            "satisfaction": {**common, "source": SURVEY, "fewest_respondents": fewest, **survey},
        }
    agencies = [_visits(mall, catalogue.code, site) for catalogue in present]
    return {
        "site": site,
        "name": place["name"],
        "time_zone": place["time_zone"],
        **parts,
        "visits": [each for each in agencies if each is not None],
        "missing": [
            catalogue.code for catalogue, each in zip(present, agencies, strict=True) if each is None
        ],
    }


def _visits(mall: Mall, agency: str, site: str) -> Json | None:
    """Return how long people waited for an agency and which results were ready in time, the oldest month
    first; None when it has told nothing.
    """
    kept = mall.kept.of(agency, "oversight")
    if kept is None:
        return None
    months: list[Json] = next((each["months"] for each in kept.contents["sites"] if each["site"] == site), [])
    return {
        "agency": agency,
        "name": name_of(mall, agency),
        "told_at": kept.told_at.isoformat(),
        "is_old": kept.is_old,
        "source": f"booking-{agency}",
        "months": [
            {name: month[name] for name in ("month", "wait_minutes", "on_time_percent")}
            for month in reversed(months)
            if month["month"] is not None
        ],
    }


def as_csv(found: Json) -> bytes:
    """Return the figures as rows for spreadsheets, one number each; what is not told is empty."""
    rows = [["" if value is None else value for value in row] for row in _rows(found)]
    return csv_of_rows([COLUMNS, *rows])


def _rows(found: Json) -> Iterator[list[Value]]:
    if (complaints := found["complaints"]) is not None:
        yield from _complaints(found["site"], complaints)
    if (survey := found["satisfaction"]) is not None:
        yield from _survey(found["site"], survey)
    for part in found["visits"]:
        for month in part["months"]:
            for measure in ("wait_minutes", "on_time_percent"):
                head: list[Value] = ["visits", found["site"], month["month"], month["month"], part["agency"]]
                yield [*head, measure, month[measure], part["source"], part["told_at"]]


def _complaints(site: str, part: Json) -> Iterator[list[Value]]:
    whole: list[Value] = [part["first"], part["last"]]
    tail: list[Value] = [part["source"], part["computed_at"]]
    for each in part["classes"]:
        for measure in (*OUTCOMES, "working_days"):
            yield ["classes", site, *whole, each["classification"], measure, each[measure], *tail]
    for measure in OUTCOMES:
        yield ["classes", site, *whole, "all", measure, part["complaints"][measure], *tail]
    for month in part["months"]:
        for measure in OUTCOMES:
            yield ["months", site, month["month"], month["month"], "all", measure, month[measure], *tail]
    for age in part["ages"]:
        last = "" if age["to_days"] is None else age["to_days"]
        yield ["ages", site, *whole, f"{age['from_days']}-{last} days", "open", age["open"], *tail]
    for level in part["levels"]:
        yield ["levels", site, *whole, level["level"], "complaints", level["complaints"], *tail]


def _survey(site: str, part: Json) -> Iterator[list[Value]]:
    tail: list[Value] = [part["source"], part["computed_at"]]
    named: list[tuple[list[Value], Any]] = [
        *(([month["month"], month["month"]], month) for month in part["months"]),
        ([part["first"], part["last"]], part["all"]),
    ]
    for period, result in named:
        head: list[Value] = ["satisfaction", site, *period, "all"]
        index = None if result["index"] is None else Decimal(result["index"])
        yield [*head, "respondents", result["respondents"], *tail]
        yield [*head, "index", index, *tail]
        yield [*head, "grade", result["grade"], *tail]
        for element, mean in (result["means"] or {}).items():
            yield [*head, f"nrr_{element}", Decimal(mean), *tail]
