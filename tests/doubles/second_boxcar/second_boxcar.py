"""A plugin that takes a name already taken."""
