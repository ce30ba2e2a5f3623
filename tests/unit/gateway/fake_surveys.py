"""Satisfaction and figures of a site, as the complaints service of the tests tells them."""

from datetime import timedelta
from typing import Any

from gerai_complaints.rules.satisfaction import AnswerSettled
from gerai_complaints.schemas.satisfaction import SaySchema
from gerai_shared.borders import load

Json = dict[str, Any]
MONTHS = [f"2025-{month}" for month in ("12",)] + [f"2026-{month:02d}" for month in range(1, 12)]
ELEMENTS = (
    "requirements",
    "procedure",
    "time",
    "cost",
    "product",
    "competence",
    "conduct",
    "complaints",
    "facilities",
)


def outcomes(received: int | None, *, in_time: int | None, late: int | None, overdue: int | None) -> Json:
    """What became of complaints; all hidden where nothing is told."""
    known = None if None in {in_time, late, overdue} else round(100 * in_time / (in_time + late + overdue))  # type: ignore[operator]
    return {
        "received": received,
        "in_time": in_time,
        "late": late,
        "overdue": overdue,
        "running": 6 if received else received,
        "otherwise": 0,
        "in_time_percent": known,
    }


def survey(index: str | None, grade: str | None, respondents: int | None) -> Json:
    """What respondents said; hidden without an index."""
    means = dict.fromkeys(ELEMENTS, "3.20") if index else None
    return {"respondents": respondents, "index": index, "grade": grade, "means": means}


def performance_of(site: str, computed_at: str) -> Json:
    """A year of a site: some numbers large, some hidden."""
    some = outcomes(60, in_time=40, late=8, overdue=6)
    few = outcomes(None, in_time=None, late=None, overdue=None)
    return {
        "site": site,
        "first": "2025-12-01",
        "last": "2026-11-23",
        "computed_at": computed_at,
        "time_zone": "Asia/Jakarta",
        "fewest_complaints": 5,
        "fewest_respondents": 10,
        "classes": [
            {"classification": "complaint", "working_days": 14, **some},
            {"classification": "information", "working_days": 5, **few},
            {"classification": "aspiration", "working_days": 60, **few},
            {"classification": "consultation", "working_days": None, **few},
        ],
        "complaints": some,
        "months": [{"month": month, **(few if month == "2026-02" else some)} for month in MONTHS],
        "ages": [
            {"from_days": 0, "to_days": 7, "open": 9},
            {"from_days": 8, "to_days": 14, "open": None},
            {"from_days": 15, "to_days": 30, "open": None},
            {"from_days": 31, "to_days": 60, "open": 0},
            {"from_days": 61, "to_days": None, "open": 0},
        ],
        "open": 15,
        "levels": [
            {"level": "none", "complaints": 50},
            {"level": "unit_head", "complaints": 10},
            {"level": "agency_head", "complaints": 0},
            {"level": "mall", "complaints": 0},
            {"level": "ombudsman", "complaints": 0},
        ],
        "satisfaction": {
            "months": [
                {
                    "month": month,
                    **(survey(None, None, None) if month == "2026-02" else survey("80.31", "B", 40)),
                }
                for month in MONTHS
            ],
            "all": survey("80.31", "B", 460),
        },
    }


class FakeSurveys:
    """Mixin of the fake agencies: the complaints service's part. `answers_of` are answers by ticket."""

    now: Any

    def have_no_answers(self) -> None:
        """Begin without any."""
        self.answers_of: dict[str, Json] = {}
        self.anonymous: list[Json] = []

    def _answer_survey(self, payload: Json) -> Json:
        said = load(SaySchema(), payload)
        until = (self.now + timedelta(days=1)).date().isoformat()
        if said.ticket_id is None:
            self.anonymous.append(payload)
            return {"is_changed": False, "changeable_until": until}
        if self.answers_of.get(said.ticket_id, {}).get("settled"):
            raise AnswerSettled
        is_changed = said.ticket_id in self.answers_of
        self.answers_of[said.ticket_id] = payload
        return {"is_changed": is_changed, "changeable_until": until}

    def _site_performance(self, payload: Json) -> Json:
        return performance_of(payload["site"], self.now.isoformat())
