"""typed - run a command on a terminal of its own, and answer what it asks.

usage: typed.py ANSWER COMMAND [ARGUMENT...]

Whenever the output ends with ": ", ANSWER and a line end are typed.  Prints the
output; ends with the command's status.
"""
import os
import pty
import sys


def main(answer, *command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    said = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
        if said.endswith(b": "):
            os.write(terminal, answer.encode() + b"\n")
    sys.stdout.write(said.decode())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main(*sys.argv[1:]))
