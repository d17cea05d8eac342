"""Dispatch as a problem of its own: it knows minutes and places, and nothing of trips, people or the database."""

from hospital.dispatch.greedy import greedy
from hospital.dispatch.ranking import rank
from hospital.dispatch.solver import solve

__all__ = ["greedy", "rank", "solve"]
