"""Write every generated document: events, AsyncAPI, JSON Schemas, OpenAPI. Run by `make generate`."""

import json
import sys
from pathlib import Path
from typing import Any

from gerai_gateway.openapi import document
from gerai_gateway.service import GatewayService

from tools import event_documents

DOCS = Path(__file__).resolve().parent.parent / "docs"


def documents() -> dict[str, str]:
    """Return the contents of every generated file below docs/."""
    found = {
        "events.md": event_documents.page(),
        "asyncapi.json": _json(event_documents.asyncapi()),
        "openapi.json": _json(document(GatewayService, public_url="http://127.0.0.1:8000")),
    }
    found.update({f"schemas/{name}": _json(schema) for name, schema in event_documents.schemas().items()})
    return found


def main() -> int:
    """Write what has changed; a published schema is written once and never again."""
    for name, contents in documents().items():
        _write(DOCS / name, contents)
    for name, schema in event_documents.schemas().items():
        published = DOCS / "schemas" / "published" / name
        if not published.exists():
            _write(published, _json(schema))
    return 0


def _write(file: Path, contents: str) -> None:
    if file.exists() and file.read_text() == contents:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(contents)
    sys.stdout.write(f"{file.relative_to(DOCS.parent)}\n")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
