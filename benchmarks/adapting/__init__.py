"""Fits the adapter of the default model: ``texts`` what it learns from, ``bert`` what is changed.

``python -m benchmarks.adapting DATA`` (see ``__main__``).
"""
