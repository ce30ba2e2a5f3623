"""The agency's own part of its database's description."""

from gerai_shared.tables import NAMING
from sqlalchemy import MetaData

metadata = MetaData(naming_convention=NAMING)
