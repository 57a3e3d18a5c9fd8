"""The compiled kernels, checked and documented: the only way into the extension module."""
