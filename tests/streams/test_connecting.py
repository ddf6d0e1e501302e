"""A client that starts while its broker is away connects once it is back."""

import asyncio
from contextlib import suppress

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams.connecting import connect
from tillwatch.stack.ports import free_port

pytestmark = pytest.mark.services


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy what comes until there is no more."""
    with suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)
    writer.close()


async def open_door(port: int, kafka: str) -> asyncio.Server:
    """Let clients of this port through to the broker."""
    host, _, broker_port = kafka.rpartition(":")

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_connection(host, int(broker_port))
        await asyncio.gather(pass_on(reader, questions), pass_on(answers, writer))

    return await asyncio.start_server(through, "127.0.0.1", port)


@pytest.mark.parametrize("kind", [AIOKafkaConsumer, AIOKafkaProducer])
async def test_a_client_waits_until_a_broker_answers(
    kafka: str, kind: type[AIOKafkaConsumer | AIOKafkaProducer], caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    client = kind(bootstrap_servers=f"127.0.0.1:{port}")
    connecting = asyncio.create_task(connect(client))
    while "waiting for Kafka" not in caplog.messages:
        assert not connecting.done()
        await asyncio.sleep(0.01)
    door = await open_door(port, kafka)
    await connecting
    assert caplog.messages.count("waiting for Kafka") == 1
    await client.stop()
    door.close()
