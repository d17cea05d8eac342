"""The cache may be lost at any moment, and so may its server: then every look-up is a miss."""

from __future__ import annotations

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; an unreachable server is logged and treated as an empty cache."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_connect_timeout", 0.3)
        options.setdefault("socket_timeout", 0.5)
        super().__init__(server, params)

    def _or(self, fallback: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), method)(*args, **kwargs)
        except redis.RedisError as error:
            logger.warning("cache: %s", error)
            return fallback

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, "get", key, default, version)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._or(None, "set", key, value, *args, **kwargs)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._or(True, "add", key, value, *args, **kwargs)

    def delete(self, key: str, version: int | None = None) -> Any:
        return self._or(False, "delete", key, version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> Any:
        return self._or(delta, "incr", key, delta, version)
