"""Reads, one module a topic."""
