"""Dispatch as a problem of its own: it knows minutes and places, and nothing of trips, people or the database."""

from hospital.dispatch.ranking import rank

__all__ = ["rank"]
