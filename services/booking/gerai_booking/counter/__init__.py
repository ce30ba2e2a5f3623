"""The counters of one agency over HTTP: pages for officers and the same verbs as an API."""
