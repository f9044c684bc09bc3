"""Tests of the reading and loading of returns."""
