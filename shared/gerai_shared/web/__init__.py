"""The look of every page: style sheets, small scripts, base templates and components."""
