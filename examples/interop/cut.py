#!/usr/bin/env python3
"""A wire that breaks: cut.py HOST:PORT WHERE...

Listens on a port of its own, which it prints, and passes everything on. The first connection is cut at the first WHERE,
the second at the next, and so on; those behind the last one are not cut. WHERE is

  OCTETS        when so many octets of the server's have been passed on
  stall:OCTETS  not at all: nothing more comes from the server, and the connection stays open
  pause:OCTETS  not at all: the server is not heard for five seconds
  hide:WORD     not at all: the server does not say this word
  before:WORD   when the client says WORD, which the server does not hear any more
  after:WORD    when the client says WORD: the server hears it, and its answer is lost
"""
import asyncio
import sys


async def wire(client, to_client, address, where):
    server, to_server = await asyncio.open_connection(*address.rsplit(":", 1))
    when, _, word = where.rpartition(":")
    left = int(word) if word.isdigit() else None
    deaf = False

    async def up():
        nonlocal deaf
        while octets := await client.read(4096):
            deaf = deaf or when in ("before", "after") and word.encode() in octets
            if deaf and when == "before":
                return
            to_server.write(octets)
            await to_server.drain()
        to_server.write_eof()
        await ways[1]

    async def down():
        nonlocal left
        while left != 0 and (octets := await server.read(4096 if left is None else min(4096, left))):
            if when == "hide":
                octets = octets.replace(word.encode(), b"X" * len(word))
            if not deaf:
                to_client.write(octets)
                await to_client.drain()
            if left is not None:
                left -= len(octets)
            if left == 0 and when == "pause":
                await asyncio.sleep(5)
                left = None
        if when == "stall":
            await asyncio.Event().wait()

    # When one way has come to its end, so has the other.
    ways = [asyncio.create_task(way()) for way in (up, down)]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for task in ways:
        task.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    to_client.close()
    to_server.close()


async def main(address, *places):
    places = list(places)

    def accept(client, to_client):
        return wire(client, to_client, address, places.pop(0) if places else "")

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


asyncio.run(main(*sys.argv[1:]))
