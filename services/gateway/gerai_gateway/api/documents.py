"""The interface's own description."""

import json

from gerai_shared.deployment import Deployment
from werkzeug.wrappers import Request, Response

from gerai_gateway import openapi
from gerai_gateway.entrypoints import public


class DocumentsApi:
    """Mixin: what there is to ask for."""

    deployment: Deployment

    @public("GET", "/api/v1/openapi.json")
    def api_document(self, _request: Request) -> Response:
        """Answer the OpenAPI document."""
        extras = self.deployment.extras
        if "openapi" not in extras:
            found = openapi.document(type(self), public_url=self.deployment.settings.public_url)
            extras["openapi"] = json.dumps(found, ensure_ascii=False)
        return Response(
            extras["openapi"], mimetype="application/json", headers={"Cache-Control": "public, max-age=300"}
        )
