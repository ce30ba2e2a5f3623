"""Marshmallow schemas of the public border: what is taken and what is given."""
