"""Read an HTTP request as ClickHouse does: parameters, settings by an allow-list, the user."""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from typing import NamedTuple

from sinks.embedded.engine import DATABASE
from sinks.embedded.refusals import ServerError, names

__all__ = ["Login", "Parsed", "User", "authenticate", "parse"]

# Of the HTTP interface itself. A session would keep state between requests: there is none to keep.
OF_THE_INTERFACE = names(
    "query database default_format query_id user password session_id session_check session_timeout "
    "quota_key compress decompress wait_end_of_query buffer_size client_protocol_version "
    "enable_http_compression http_zlib_compression_level send_progress_in_http_headers "
    "http_headers_progress_interval_ms cancel_http_readonly_queries_on_client_close role"
)
# Passed on to the engine. None of them can reach outside the database or lift a limit for good.
SETTINGS = names(
    "insert_deduplicate insert_deduplication_token deduplicate_blocks_in_dependent_materialized_views "
    "async_insert wait_for_async_insert max_insert_block_size min_insert_block_size_rows "
    "min_insert_block_size_bytes max_insert_threads materialized_views_ignore_errors "
    "parallel_view_processing max_threads max_block_size max_execution_time max_result_rows "
    "max_result_bytes result_overflow_mode timeout_overflow_mode max_rows_to_read max_bytes_to_read "
    "max_memory_usage max_query_size final join_use_nulls use_query_cache optimize_read_in_order "
    "do_not_merge_across_partitions_select_final optimize_throw_if_noop "
    "alter_sync mutations_sync date_time_input_format date_time_output_format session_timezone "
    "input_format_null_as_default input_format_skip_unknown_fields input_format_import_nested_json "
    "input_format_parallel_parsing "
    "input_format_native_allow_types_conversion output_format_json_quote_64bit_integers "
    "output_format_json_quote_denormals output_format_write_statistics "
    "output_format_native_encode_types_in_binary_format "
    "input_format_native_decode_types_in_binary_format log_comment extremes limit offset "
    "allow_experimental_json_type cast_string_to_dynamic_use_inference allow_experimental_variant_type "
    "allow_experimental_dynamic_type use_variant_as_common_type"
)


class User(NamedTuple):
    """Who asks. Rights go by user, not by HTTP method."""

    name: str
    password: str
    readonly: bool


class Login(NamedTuple):
    """The two users of a store."""

    writer: User
    reader: User


class Parsed(NamedTuple):
    """What a request asks for, apart from its statement and body."""

    database: str
    default_format: str
    settings: dict[str, str]
    parameters: dict[str, str]
    compress: bool


def authenticate(login: Login, headers: Mapping[str, str], query: Mapping[str, str]) -> User:
    """Find the user by Basic authentication, ClickHouse's headers, or parameters.

    Raises
    ------
    ServerError
        516 AUTHENTICATION_FAILED; never says whether the name or the password was wrong.

    """
    name, password = credentials(headers, query)
    for user in login:
        same_name = hmac.compare_digest(user.name.encode(), name.encode())
        if hmac.compare_digest(user.password.encode(), password.encode()) and same_name:
            return user
    raise ServerError(
        516, "AUTHENTICATION_FAILED",
        f"{name or 'default'}: Authentication failed: password is incorrect, or there is no such user",
        status=401 if "Authorization" in headers else 403,
    )  # fmt: skip


def credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    """Take name and password from where the client put them."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, password = b64decode(token, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return name, password
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    return query.get("user", ""), query.get("password", "")


def parse(user: User, headers: Mapping[str, str], query: Mapping[str, str]) -> Parsed:
    """Sort the parameters of a request.

    Raises
    ------
    ServerError
        115 UNKNOWN_SETTING for a setting that is not on the list, whether ClickHouse knows it or not.

    """
    settings: dict[str, str] = {}
    parameters: dict[str, str] = {}
    for name, value in query.items():
        if name.startswith("param_"):
            parameters[name.removeprefix("param_")] = value
        elif name in SETTINGS:
            settings[name] = value
        elif name == "readonly" and value in ("1", "2"):
            settings[name] = "1"
        elif name not in OF_THE_INTERFACE:
            raise ServerError(115, "UNKNOWN_SETTING", f"Setting {name} is not offered by this server")
    if user.readonly:
        settings["readonly"] = "1"  # last, because nothing can be set after it
    database = query.get("database") or headers.get("X-ClickHouse-Database") or DATABASE
    return Parsed(
        DATABASE if database in ("default", "__default__") else database,
        query.get("default_format") or headers.get("X-ClickHouse-Format") or "TabSeparated",
        settings,
        parameters,
        query.get("enable_http_compression", "0") in ("1", "true"),
    )
