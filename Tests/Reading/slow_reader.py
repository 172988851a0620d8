"""Asks for entries, stops the daemon in the middle of the answer, and then reads the rest; or nothing any more.

  slow_reader.py SOCKET PROCESS QUERY rest|nothing
"""
import os
import signal
import socket
import sys
import time

path, process, query, how = sys.argv[1:]
client = socket.socket(socket.AF_UNIX)
client.connect(path)
client.sendall(f"GET /entries?output=verbose&{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
answer = client.recv(1000)
os.kill(int(process), signal.SIGTERM)
if how == "nothing":
    # Whoever waits for the daemon's end ends this.
    time.sleep(60)
    sys.exit("nobody did")
time.sleep(1)
while piece := client.recv(1 << 16):
    answer += piece
head, body = answer.split(b"\r\n\r\n", 1)
if b"content-length" in head.lower():
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    print("whole" if len(body) == length else f"{len(body)} of {length}")
else:
    print("whole" if b"\r\n0\r\n" in body[-500:] else f"{len(body)} and no end")
