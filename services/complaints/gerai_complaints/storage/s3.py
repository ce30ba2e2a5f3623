"""Contents in a store that speaks S3: one bucket, three calls."""

from io import BytesIO
from typing import Any

from gerai_shared.refusals import Unavailable
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from gerai_complaints.rules.attachments import MOST_BYTES_KEPT
from gerai_complaints.storage.stores import RETRY_SECONDS, Missing

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
TRIES_AGAIN = 1
ABSENT = frozenset({"NoSuchKey", "NoSuchObject"})
#: Sealed contents are a third longer; whatever is shorter than a part travels in one piece.
PART_BYTES = 2 * MOST_BYTES_KEPT


class S3Store:
    """Keeps each content as an object of one bucket, which exists already."""

    def __init__(
        self, *, endpoint: str, secure: bool, bucket: str, region: str, access_key: str, secret_key: str
    ) -> None:
        self._bucket = bucket
        self._client: Any = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            region=region,
            http_client=PoolManager(
                timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=Retry(total=TRIES_AGAIN, backoff_factor=0.2),
            ),
        )

    def put(self, name: str, content: bytes) -> None:
        """As Store."""
        try:
            self._client.put_object(self._bucket, name, BytesIO(content), len(content), part_size=PART_BYTES)
        except (MinioException, HTTPError, OSError) as error:
            raise Unavailable(retry_after=RETRY_SECONDS) from error

    def get(self, name: str) -> bytes:
        """As Store."""
        answer: Any = None
        try:
            answer = self._client.get_object(self._bucket, name)
            content: bytes = answer.read()
        except S3Error as error:
            if error.code in ABSENT:
                raise Missing(name) from error
            raise Unavailable(retry_after=RETRY_SECONDS) from error
        except (MinioException, HTTPError, OSError) as error:
            raise Unavailable(retry_after=RETRY_SECONDS) from error
        finally:
            if answer is not None:
                answer.close()
                answer.release_conn()
        return content

    def delete(self, name: str) -> None:
        """As Store."""
        try:
            self._client.remove_object(self._bucket, name)
        except (MinioException, HTTPError, OSError) as error:
            raise Unavailable(retry_after=RETRY_SECONDS) from error
