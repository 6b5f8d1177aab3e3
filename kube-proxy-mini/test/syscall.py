#!/usr/bin/env python3
"""syscall.py - forces a process to make a system call, as an intruder would.

usage: syscall.py PID NUMBER [ARGUMENT...]

Attaches to the process (x86-64, waiting in a system call) with ptrace, sets
its registers, lets it run, and prints how that ended: "killed by SIGNAL" or
"returned VALUE".
"""
import ctypes
import os
import signal
import sys

ATTACH, GETREGS, SETREGS, SINGLESTEP, DETACH = 16, 12, 13, 9, 17
NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax "
         "rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
ARGUMENTS = "rdi rsi rdx r10 r8 r9".split()


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]


def ptrace(request, pid, data=0):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong,
                            ctypes.c_void_p]
    if libc.ptrace(request, pid, 0, data) < 0:
        sys.exit(f"ptrace {request}: {os.strerror(ctypes.get_errno())}")


def main():
    pid, number, *arguments = (int(word, 0) for word in sys.argv[1:])
    registers = Registers()
    ptrace(ATTACH, pid)
    os.waitpid(pid, 0)
    ptrace(GETREGS, pid, ctypes.addressof(registers))
    registers.rip -= 2           # the instruction `syscall` once more
    registers.rax = number
    registers.orig_rax = 2**64 - 1  # nothing is to be restarted
    for name, value in zip(ARGUMENTS, arguments):
        setattr(registers, name, value)
    ptrace(SETREGS, pid, ctypes.addressof(registers))
    ptrace(SINGLESTEP, pid)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        print("killed by", signal.Signals(os.WTERMSIG(status)).name)
        return
    ptrace(GETREGS, pid, ctypes.addressof(registers))
    print("returned", ctypes.c_longlong(registers.rax).value)
    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
