"""Files of complaints in the portal's forms and in the public interface."""

import re
from html import unescape
from io import BytesIO

from gerai_gateway import uploads
from gerai_gateway.limits import Limits
from gerai_shared.refusals import Unavailable

from tests.support.pictures import document, picture
from tests.unit.gateway.asking import COMPLAINT, problem
from tests.unit.gateway.browsing import send, text_of

TYPED = {
    "classification": "complaint",
    "title": "Loket ditutup",
    "text": "Loket tiga ditutup sejak pagi.",
    "agency": "legal",
    "name": "Warga Contoh",
}
PHOTO = picture()


def chosen(*files: tuple[str, bytes]) -> list[tuple[BytesIO, str]]:
    return [(BytesIO(content), name) for name, content in files]


def kept_in(answer) -> list[str]:
    return [unescape(value) for value in re.findall(r'name="kept_files"[^>]* value="([^"]+)"', answer.text)]


def uploaded(gateway, content: bytes = PHOTO, *, name: str = "foto.jpg", key: str = "upload-01"):
    return gateway.api("POST", f"complaints/attachments?name={name}", data=content, key=key)


def test_a_refused_form_keeps_its_good_files_and_names_the_bad_one(gateway) -> None:
    page = gateway.client.get("/c/new")
    assert 'enctype="multipart/form-data"' in page.text
    files = chosen(("meja.jpg", PHOTO), ("virus.jpg", b"MZ"), ("surat.pdf", document()))
    refused = send(gateway, page, "/c/new", **{**TYPED, "title": "", "files": files})
    assert refused.status_code == 422
    assert "Berkas virus.jpg bukan foto" in text_of(refused)
    kept = kept_in(refused)
    assert [value.split(" ", 2)[2] for value in kept] == ["meja.jpg", "surat.pdf"]
    # Still wrong: nothing is sent a second time, and what the citizen takes away stays away.
    refused = send(gateway, refused, "/c/new", **{**TYPED, "title": "", "kept_files": kept[:1]})
    assert kept_in(refused) == kept[:1]
    filed = send(gateway, refused, "/c/new", **TYPED, kept_files=kept[:1])
    assert filed.status_code == 303
    assert gateway.agencies.count("upload") == 3
    page = gateway.client.get(filed.headers["Location"])
    assert "meja.jpg" in page.text
    assert "surat.pdf" not in page.text


def test_a_form_without_an_answer_keeps_its_files_and_its_key(gateway) -> None:
    page = gateway.client.get("/c/new")
    gateway.agencies.refuses["file"] = Unavailable(retry_after=5)
    away = send(gateway, page, "/c/new", **TYPED, files=chosen(("meja.jpg", PHOTO)))
    assert away.status_code == 503
    gateway.agencies.refuses.clear()
    filed = send(gateway, away, "/c/new", **TYPED, kept_files=kept_in(away))
    assert filed.status_code == 303
    (first, first_key), (second, second_key) = [
        (payload, key) for _, method, payload, key in gateway.agencies.asked if method == "file"
    ]
    assert (first, first_key) == (second, second_key)


def test_too_many_and_too_large_are_refused_before_they_travel(gateway, monkeypatch) -> None:
    page = gateway.client.get("/c/new")
    files = chosen(*[(f"{number}.jpg", PHOTO) for number in range(uploads.MOST_AT_ONCE + 1)])
    assert "Paling banyak 5 berkas" in text_of(send(gateway, page, "/c/new", **TYPED, files=files))
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    large = chosen(("besar.pdf", document() + b"0" * 1000))
    assert "besar.pdf lebih besar dari" in text_of(send(gateway, page, "/c/new", **TYPED, files=large))
    assert gateway.agencies.count("upload") == 0


def test_who_sends_very_many_files_is_asked_to_wait(gateway_with) -> None:
    gateway = gateway_with(Limits(uploads=3))
    answers = [uploaded(gateway, key=f"upload-{number:02}").status_code for number in range(4)]
    assert answers == [201, 201, 201, 429]
    assert gateway.api("POST", "complaints", json=COMPLAINT).status_code == 201


def test_files_are_added_on_the_page_of_a_complaint(gateway) -> None:
    filed = send(gateway, gateway.client.get("/c/new"), "/c/new", **TYPED)
    address = filed.headers["Location"].split("?")[0]
    page = gateway.client.get(address)
    nothing = send(gateway, page, f"{address}/files", files=chosen(("", b"")))
    assert nothing.status_code == 422
    assert "Belum ada berkas yang dipilih" in text_of(nothing)
    added = send(gateway, page, f"{address}/files", files=chosen(("surat.pdf", document())))
    assert added.headers["Location"] == f"{address}?added=1"
    page = gateway.client.get(added.headers["Location"])
    link = re.search(rf'href="({address}/files/[^"]+)"', page.text)
    assert link is not None
    given = gateway.client.get(link[1])
    assert given.data == document()
    assert given.headers["Content-Disposition"].startswith('attachment; filename="surat.pdf"')
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert gateway.client.get(f"{address}/files/none").status_code == 404
    made_up = "/c/complaint." + "a" * 43
    assert send(gateway, page, f"{made_up}/files", files=chosen(("a.jpg", PHOTO))).status_code == 404
    assert gateway.agencies.count("upload") == 1


def test_the_interface_keeps_attaches_and_gives_files(gateway) -> None:
    told = uploaded(gateway)
    assert (told.status_code, told.json["kind"]) == (201, "image/jpeg")
    body = {**COMPLAINT, "attachments": [told.json["reference"]]}
    filed = gateway.api("POST", "complaints", json=body, key="file-0001").json
    more = uploaded(gateway, document(), name="surat.pdf", key="upload-02").json["reference"]
    path = f"complaints/{filed['token']}"
    files = gateway.api("POST", f"{path}/attachments", json={"attachments": [more]}, key="add-00001").json
    assert [file["name"] for file in files["attachments"]] == ["foto.jpg", "surat.pdf"]
    assert gateway.api("GET", path).json["attachments"] == files["attachments"]
    given = gateway.api("GET", f"{path}/attachments/{files['attachments'][1]['id']}")
    assert (given.data, given.mimetype) == (document(), "application/pdf")
    assert problem(gateway.api("GET", f"{path}/attachments/none")) == (404, "not_found")
    assert problem(gateway.api("GET", "complaints/attachments")) == (404, "unknown_complaint")


def test_the_interface_says_what_is_wrong_with_a_file(gateway) -> None:
    assert problem(uploaded(gateway, b"")) == (422, "file_empty")
    assert problem(uploaded(gateway, picture("GIF"))) == (422, "file_type_not_taken")
    assert problem(uploaded(gateway, name="a" * 300)) == (422, "invalid_request")
    wrong = {**COMPLAINT, "attachments": ["complaint." + "a" * 43]}
    assert problem(gateway.api("POST", "complaints", json=wrong)) == (422, "invalid_request")
    many = {**COMPLAINT, "attachments": ["attachment." + "a" * 43] * 6}
    assert problem(gateway.api("POST", "complaints", json=many)) == (422, "invalid_request")
