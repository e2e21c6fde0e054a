"""Floors on both databases, as the contract of the store has them."""

from __future__ import annotations

from tests.models.store.conftest import anew, made, postgres_pattern, sqlite_pattern

__all__ = ["anew", "made", "postgres_pattern", "sqlite_pattern"]
