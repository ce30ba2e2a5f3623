"""The booking engine: one deployment for each agency of the mall."""
