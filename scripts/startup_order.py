"""Prints which functions of a program some commands call, in the order of their first call.

    startup_order.py PROGRAM ARGUMENT... [-- ARGUMENT...]...

The program has to lie at a fixed address and to have its symbols yet. By ptrace, with a breakpoint on each function
until it is called. For x86-64."""
import ctypes
import os
import signal
import subprocess
import sys

# Of sys/ptrace.h, and the place of the program counter in struct user.
TRACE_ME, PEEK_USER, POKE_USER, CONTINUE = 0, 3, 6, 7
PROGRAM_COUNTER = 16 * 8
BREAKPOINT = b"\xcc"
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def trace(request, child, address=None, data=None):
    """ptrace, or an end with what went wrong."""
    ctypes.set_errno(0)
    result = libc.ptrace(request, child, address, data)
    if result == -1 and ctypes.get_errno():
        raise SystemExit(f"startup_order.py: ptrace: {os.strerror(ctypes.get_errno())}")
    return result


def functions(program):
    """The function that begins at each address."""
    if "EXEC" not in subprocess.run(["readelf", "-h", program], check=True, capture_output=True, text=True).stdout:
        raise SystemExit(f"startup_order.py: {program} lies at no fixed address")
    found = {}
    listed = subprocess.run(["readelf", "-sW", program], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        parts = line.split()
        if len(parts) == 8 and parts[3] in ("FUNC", "IFUNC") and parts[6] != "UND":
            found.setdefault(int(parts[1], 16), parts[7])
    if not found:
        raise SystemExit(f"startup_order.py: {program} has no symbols")
    return found


def called(program, words, names):
    """The functions that a command calls."""
    child = os.fork()
    if child == 0:
        try:
            trace(TRACE_ME, 0)
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            os.execv(program, [program, *words])
        except (OSError, SystemExit) as error:
            print(error, file=sys.stderr)
        finally:
            os._exit(127)
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        raise SystemExit(f"startup_order.py: {program} could not be started under ptrace")
    memory = os.open(f"/proc/{child}/mem", os.O_RDWR)
    original = {}
    for address in names:
        original[address] = os.pread(memory, 1, address)
        os.pwrite(memory, BREAKPOINT, address)
    delivered = 0
    while True:
        trace(CONTINUE, child, None, delivered)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            break
        delivered = os.WSTOPSIG(status)
        address = trace(PEEK_USER, child, PROGRAM_COUNTER) - 1
        if delivered == signal.SIGTRAP and address in original:
            os.pwrite(memory, original.pop(address), address)
            trace(POKE_USER, child, PROGRAM_COUNTER, address)
            delivered = 0
            yield names[address]
    os.close(memory)
    if status:
        raise SystemExit(f"startup_order.py: {' '.join(words)}: ended with status {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    program, commands = sys.argv[1], [[]]
    for word in sys.argv[2:]:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    names = functions(program)
    print("\n".join(dict.fromkeys(name for words in commands for name in called(program, words, names))))
