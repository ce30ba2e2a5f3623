"""What every service of Gerai stands on. Imports no service."""

import warnings

# Known and decided (docs/decisions): only the edge knows eventlet. Operators need not read it at each start.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
