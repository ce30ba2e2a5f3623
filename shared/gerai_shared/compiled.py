"""Templates that a process has compiled: once, however many deployments of it show them."""

from collections import defaultdict
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """Keeps in memory what was compiled, by where a template lies and what it says."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was compiled, if it was."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code


_of_kinds: defaultdict[str, CompiledTemplates] = defaultdict(CompiledTemplates)


def compiled_for(kind: str) -> CompiledTemplates:
    """Return what was compiled for environments of a kind: those with the same filters and settings.

    The compiler works out filters of constants, so that what one kind made is not what another would make.
    """
    return _of_kinds[kind]
