"""GeoReport v2 (Open311): complaints for programs of others, as XML and JSON."""
