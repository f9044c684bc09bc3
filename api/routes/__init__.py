"""Thin controllers, one module a family of paths."""
