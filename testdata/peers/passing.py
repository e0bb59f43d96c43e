"""A program that passes descriptors, for the tests: python3 passing.py PATH.

It takes a connection at PATH and one descriptor with its first message: a socket,
from which it receives as a blocking socket and answers in capitals. Then it sends a
pipe to read from, a file and a listener that blocks, whose first connection it
answers itself if nobody else has taken it.
"""
import os
import socket
import sys
import tempfile

with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(sys.argv[1])
    listener.listen()
    print("listening", flush=True)
    conn, _ = listener.accept()

data, fds, flags, _ = socket.recv_fds(conn, 100, 4)
print("got", data.decode(), len(fds), flags & socket.MSG_CTRUNC, flush=True)
with socket.socket(fileno=fds[0]) as passed:
    print("blocking", os.get_blocking(passed.fileno()), flush=True)
    conn.sendall(b"waiting")
    passed.sendall(passed.recv(100).upper())

out, into = os.pipe()
with tempfile.TemporaryFile() as file, socket.create_server(("127.0.0.1", 0)) as server:
    file.write(b"in the file")
    file.flush()
    file.seek(0)
    os.write(into, b"in the pipe")
    socket.send_fds(conn, [b"three"], [out, file.fileno(), server.fileno()])
    conn.recv(1)
    os.close(into)
    conn.recv(1)
    print("blocking", os.get_blocking(out), server.getblocking(), flush=True)
