"""Runs a command on a terminal of its own and answers its first question.

usage: answer.py ANSWER COMMAND...

Prints all that the terminal showed, and exits as the command does. ANSWER
"EOF" closes the input, as Ctrl-D does; "NONE" means that no question may come.
"""
import os
import pty
import sys


def main():
    answer = sys.argv[1]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if b"[y/N]" in shown and not answered:
            answered = True
            os.write(terminal, b"\x04" if answer == "EOF"
                     else answer.encode() + b"\n")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stdout.write(shown.decode(errors="replace").replace("\r\n", "\n"))
    if (answer == "NONE") == answered:
        sys.stdout.write("\nasked: %s\n" % answered)
        status = 99
    sys.exit(status)


main()
