"""Measures, printed and not judged: what a library of ten thousand guides costs."""
