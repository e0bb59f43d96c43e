"""The tutorial's server, for the tests: python3 server.py [HOST:PORT].

It answers every message with a line of its input, sent twice, and knows no end
of a connection, as there. Beyond that it prints the address of port 0 and ends
quietly with its input.
"""
import socket
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:2333").rsplit(":", 1)
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    listener.listen(1024)
    if port == "0":
        print("listening on %s:%d" % listener.getsockname())
    print("prepared for connection")
    conn, peer = listener.accept()
    print("connect confirm")
    with conn:
        try:
            while True:
                print("client: " + conn.recv(1024).decode())
                answer = input("input something to send: ").encode()
                conn.sendall(answer)
                conn.sendall(answer)
        except EOFError:
            pass
