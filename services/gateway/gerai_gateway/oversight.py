"""The mall's figures for everybody, put together from what each agency tells of itself (S0-8)."""

import csv
from io import StringIO

from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.mall import Mall

COUNTED = ("issued", "booked", "served", "missed", "cancelled", "open", "over_quota", "emergency")
#: What can be taken along as a file.
TABLES = ("visits", "orders", "outages")
#: A spreadsheet takes a value that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def oversight(mall: Mall) -> Json:
    """Return the figures of the agencies that told them, and who is missing; an older answer says so."""
    agencies, missing = [], []
    for agency in mall.catalogues.agencies:
        kept = mall.kept.of(agency, "oversight")
        if kept is None:
            missing.append(agency)
            continue
        told = kept.contents
        agencies.append(
            {
                "agency": agency,
                "name": name_of(mall, agency),
                "told_at": kept.told_at.isoformat(),
                "is_old": kept.is_old,
                **{part: told[part] for part in ("sites", "orders", "outages")},
            }
        )
    return {"agencies": agencies, "missing": missing}


def name_of(mall: Mall, agency: str) -> Json:
    """Return what an agency is called, in both languages; its short name while it has told nothing."""
    found = {each.code: each.agency["name"] for each in mall.catalogues.known()}
    name: Json = found.get(agency, {"id": agency, "en": agency})
    return name


def site_names(catalogues: list[Catalogue]) -> dict[str, Json]:
    """Return what sites are called, in both languages, by their code."""
    return {code: site["name"] for each in catalogues for code, site in each.sites.items()}


def shown(month: Json, name: str) -> int | str:
    """Return a count of a month as it may be told: the sign that stands for it where it is hidden."""
    count = month["counts"].get(name)
    return month["hidden"].get(name, "") if count is None else int(count)


def table_of(found: Json, table: str) -> bytes:
    """Return one of TABLES as CSV: with `;` and a byte order mark, for spreadsheets set to Indonesian."""
    rows = {"visits": _visits, "orders": _orders, "outages": _outages}[table](found)
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _safe(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _visits(found: Json) -> list[list[object]]:
    rows: list[list[object]] = [
        ["agency", "site", "month", *COUNTED, "median_wait_minutes", "ready_in_time_percent"]
    ]
    for part in found["agencies"]:
        for site in part["sites"]:
            for month in site["months"]:
                counts = [shown(month, name) for name in COUNTED]
                times = [
                    "" if month[name] is None else month[name] for name in ("wait_minutes", "on_time_percent")
                ]
                rows.append([part["agency"], site["site"], month["month"] or "all", *counts, *times])
    return rows


def _orders(found: Json) -> list[list[object]]:
    columns = ["number", "issuer", "dated", "scope", "code", "first_day", "last_day", "is_closing"]
    rows: list[list[object]] = [["agency", *columns]]
    rows += [
        [part["agency"], *(order[name] for name in columns)]
        for part in found["agencies"]
        for order in part["orders"]
    ]
    return rows


def _outages(found: Json) -> list[list[object]]:
    columns = ["site", "failed", "started_at", "ended_at", "minutes"]
    rows: list[list[object]] = [["agency", *columns]]
    rows += [
        [part["agency"], *("" if outage[name] is None else outage[name] for name in columns)]
        for part in found["agencies"]
        for outage in part["outages"]
    ]
    return rows
