"""Every text on the pages is a message of the catalogue, and each language has them all."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from babel.messages.pofile import read_po
from pydantic import ValidationError

from console.catalogue import TEMPLATE, collected, untranslated, written
from console.language import ENGLISH, LOCALE, _, known_languages, ngettext, speak
from console.openapi import openapi_document
from console.settings import ConsoleSettings
from console.sheets.metric_centre import EXPOSED_TEXTS, SERIES_TEXTS
from console.sheets.registry import SHEETS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.alerts import every_kind, write
from tests.support_console.courses import write_courses
from tests.support_console.parts import write_parts
from tests.support_console.pseudo import Texts, data_of, outside, speak_pseudo
from tests.support_console.serving import as_reader, console_client, settings
from tests.support_console.sheet_data import SUBJECTS, write_sheets
