"""A plugin without the hook."""
