"""The same work on other libraries; see :mod:`benchmarks.peers.__main__`."""
