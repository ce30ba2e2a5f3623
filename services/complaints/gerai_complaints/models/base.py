"""What every table of this service is made of."""

from datetime import datetime
from typing import ClassVar

from gerai_shared.tables import NAMING
from gerai_shared.times import AwareDateTime
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What this service keeps beside the messaging tables and the officers' accounts."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: AwareDateTime}
