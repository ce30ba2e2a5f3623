"""`gerai simulate day`: a whole day of visitors and officers, who use a running mall as people do.

Over HTTP alone, from this machine to this machine: nothing here opens a database or a broker.
"""
