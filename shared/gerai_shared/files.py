"""Files in forms, and files as answers: browsers save them, and show none of them as a page of ours."""

from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

#: Whatever is in a file: on our address it may load, run and send nothing.
FILE_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file of a form, with the name that the sender's browser gave it: shown at most, never a path."""

    name: str
    content: bytes


def sent_files(request: Request, field: str) -> list[SentFile]:
    """Return the files in a field of a form; an empty field, as browsers send it, is none."""
    return [
        SentFile(name=file.filename, content=file.read())
        for file in request.files.getlist(field)
        if file.filename
    ]


def download(content: bytes, *, name: str, kind: str) -> Response:
    """Return a file as an answer that is saved under `name` rather than shown; `kind` is its media type."""
    ascii_name = name.encode("ascii", "replace").decode().translate(str.maketrans('"\\?', "___"))
    full_name = quote(name, safe="")
    return Response(
        content,
        mimetype=kind,
        headers={
            "Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{full_name}",
            "Content-Security-Policy": FILE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )
