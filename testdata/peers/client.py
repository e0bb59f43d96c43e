"""The tutorial's client, for the tests: python3 client.py [HOST:PORT].

It sends each line of its input and prints one recv for it. It ends with its
input; any failure is one message and status 1.
"""
import socket
import sys

host, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:2333").rsplit(":", 1)
with socket.socket() as conn:
    try:
        conn.connect((host, int(port)))
        print("connect confirm")
        while True:
            conn.sendall(input("input something to send: ").encode())
            print("server: " + conn.recv(1024).decode())
    except EOFError:
        pass
    except (OSError, UnicodeDecodeError) as why:
        print("connect unsuccess:", why)
        sys.exit(1)
