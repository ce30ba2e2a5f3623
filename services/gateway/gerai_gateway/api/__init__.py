"""The public interface, /api/v1: mixins by capability."""
