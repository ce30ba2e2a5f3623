"""Files of complaints."""

from gerai_shared.borders import load
from gerai_shared.files import download
from gerai_shared.http import client_address, json_body, json_response
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, NotFound, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import uploads
from gerai_gateway.api.complaints import TAG
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import FileTooLarge, UnknownComplaint
from gerai_gateway.schemas.complaint_files import (
    AddAttachmentsSchema,
    ComplaintFilesSchema,
    FileNameQuerySchema,
    UploadedSchema,
)

_name = FileNameQuerySchema()
_added = AddAttachmentsSchema()
UNPROCESSABLE, CONFLICT = 422, 409
TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")


class ComplaintFilesApi:
    """Mixin: keep a file, add it, open it."""

    mall: Mall

    @public(
        "POST",
        "/api/v1/complaints/attachments",
        body_limit=uploads.MOST_BYTES,
        seconds=uploads.FORM_SECONDS,
        operation=Operation(
            summary="Keep a photo or a PDF for a day, until it is sent with a complaint by its reference",
            tag=TAG,
            status=201,
            query=FileNameQuerySchema,
            body_types=TYPES,
            answer=UploadedSchema,
            refusals=(FileTooLarge, InvalidRequest, IdempotencyKeyReused, Unavailable),
            codes=(
                (UNPROCESSABLE, "file_empty"),
                (UNPROCESSABLE, "file_type_not_taken"),
                (UNPROCESSABLE, "file_damaged"),
                (UNPROCESSABLE, "picture_too_large"),
                (UNPROCESSABLE, "files_are_not_taken"),
            ),
        ),
    )
    def api_upload_attachment(self, request: Request) -> Response:
        """Keep a file; its bytes say what it is, whatever its name and type."""
        key = idempotency_key(request)
        name = load(_name, request.args.to_dict())["name"]
        address = client_address(request, self.mall.deployment.settings.trusted_proxies)
        told = uploads.upload(self.mall, request.get_data(), name=name, address=address, key=key)
        return json_response(told, 201)

    @public(
        "POST",
        "/api/v1/complaints/<token>/attachments",
        operation=Operation(
            summary="Add kept files to a complaint that is not closed",
            tag=TAG,
            body=AddAttachmentsSchema,
            answer=ComplaintFilesSchema,
            refusals=(UnknownComplaint, InvalidRequest, IdempotencyKeyReused, Unavailable),
            codes=(
                (UNPROCESSABLE, "no_file_chosen"),
                (UNPROCESSABLE, "file_not_kept"),
                (UNPROCESSABLE, "case_holds_enough_files"),
                (CONFLICT, "nothing_more_is_added"),
            ),
        ),
    )
    def api_add_attachments(self, request: Request, token: str) -> Response:
        """Add files."""
        key = idempotency_key(request)
        references = load(_added, json_body(request))["attachments"]
        return json_response(uploads.add(self.mall, token, references, key=key))

    @public(
        "GET",
        "/api/v1/complaints/<token>/attachments/<attachment_id>",
        operation=Operation(
            summary="A file of a complaint, to be saved",
            tag=TAG,
            answer_type="*/*",
            refusals=(UnknownComplaint, NotFound, Unavailable),
            codes=((CONFLICT, "file_not_opened"), (UNPROCESSABLE, "files_are_not_taken")),
        ),
    )
    def api_attachment(self, _request: Request, token: str, attachment_id: str) -> Response:
        """Answer a file."""
        content, told = uploads.open_file(self.mall, token, attachment_id)
        return download(content, name=told["name"], kind=told["kind"])
