"""Compression of requests and responses, as clickhouse-connect and curl use it."""

import gzip
import zlib

import lz4.frame
import zstandard

from sinks.embedded.refusals import ServerError

__all__ = ["compress", "decompress"]

MAX_BYTES = 512 * 1024 * 1024
# Below it compression costs more than it saves.
SMALLEST = 1_024


def decompress(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding.

    Raises
    ------
    ServerError
        An encoding that is not offered, or a body that is damaged.

    """
    try:
        match encoding.strip().lower():
            case "" | "identity":
                return body
            case "lz4":
                return bytes(lz4.frame.decompress(body))
            case "zstd":
                return zstandard.ZstdDecompressor().decompressobj().decompress(body)
            case "gzip":
                return gzip.decompress(body)
            case "deflate":
                return zlib.decompress(body)
    except (RuntimeError, zstandard.ZstdError, OSError, EOFError, zlib.error) as error:
        raise ServerError(
            271, "CANNOT_DECOMPRESS", f"The {encoding} body is damaged: {error}", status=400
        ) from None
    raise ServerError(
        89, "UNKNOWN_COMPRESSION_METHOD", f"Content-Encoding {encoding} is not offered", status=400
    )


def compress(body: bytes, accepted: str) -> tuple[bytes, str | None]:
    """Compress for the first encoding that the client accepts; return the body and the encoding."""
    if len(body) < SMALLEST:
        return body, None
    for offer in accepted.lower().split(","):
        match offer.split(";")[0].strip():
            case "lz4":
                return bytes(lz4.frame.compress(body)), "lz4"
            case "zstd":
                return zstandard.ZstdCompressor(level=1).compress(body), "zstd"
            case "gzip":
                return gzip.compress(body, 1), "gzip"
            case "deflate":
                return zlib.compress(body, 1), "deflate"
    return body, None
