"""Who works at the counters that the browser tests open, and the rule by which they need not wait."""

import re

import requests

from tests.support.whole_mall import TODAY, Mall

PASSWORD = "kata-sandi-uji"
#: User name, name and role.
OFFICERS = (
    ("petugas", "Petugas Satu", "officer"),
    ("petugas2", "Petugas Dua", "officer"),
    ("penyelia", "Penyelia Uji", "supervisor"),
    ("pusat", "Pusat Uji", "central"),
    ("ombudsman", "Pengawas (Ombudsman), hanya baca", "overseer"),
)
#: A rule of the floor under which calls and absences follow each other at once.
AT_ONCE = {
    "most_calls": "3",
    "recall_seconds": "0",
    "absent_seconds": "0",
    "place_kept_minutes": "15",
    "most_returns": "2",
    "later_people": "3",
    "meant_minutes": "30",
    "valid_from": TODAY,
    "basis": "Uji loket",
    "why": "Loket diuji tanpa menunggu.",
}


def hurry(mall: Mall) -> None:
    """Have the supervisor of immigration write the rule down, on the page of rules."""
    with requests.Session() as browser:
        credentials = {"username": "penyelia", "password": mall.password}
        assert browser.post(f"{mall.immigration}/api/v1/session", json=credentials, timeout=15).ok
        address = f"{mall.immigration}/rules/floor"
        token = re.search(r'name="form_token" value="([^"]+)"', browser.get(address, timeout=15).text)
        assert token is not None
        fields = {f"rule_{name}": value for name, value in AT_ONCE.items()}
        answer = browser.post(address, data={"form_token": token[1], **fields}, timeout=15)
        assert AT_ONCE["basis"] in answer.text
