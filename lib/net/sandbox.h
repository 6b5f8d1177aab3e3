/*
 * sandbox - give power away, in named stages, in one order, failing closed.
 *
 *   descriptors   close all but those named
 *   capabilities  bounding set, ambient and inheritable sets
 *   identity      supplementary groups, gid, uid, no_new_privs, no dumps
 *   view          landlock: no file may be opened, made or run
 *   syscalls      a seccomp filter made from a table; all else kills
 *
 * Called once, before the first byte from outside is read.  A stage that
 * fails is an error that names the stage; the caller must then exit.
 */
#ifndef KEELSON_NET_SANDBOX_H
#define KEELSON_NET_SANDBOX_H

#include "lib/base/err.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h> /* before the test for __NR_open below */
#include <sys/types.h>

#define SANDBOX_KEEP_MAX  16
#define SANDBOX_CALLS_MAX 192

/* What a syscall's argument must be, for the few that are narrowed. */
struct sandbox_call {
	int number;   /* __NR_... ; several lines of one number: any may hold */
	int argument; /* 0-5, or SANDBOX_ANY */
	uint32_t mask; /* (argument & mask) must equal value; low 32 bits */
	uint32_t value;
};

#define SANDBOX_ANY (-1)

struct sandbox {
	const int *keep_fds; /* besides 0, 1 and 2 */
	size_t keep_count;
	uint64_t capabilities; /* bit CAP_x: kept, permitted and effective */
	bool drops_identity;   /* become uid and gid; root is needed for it */
	uid_t uid;
	gid_t gid;
	bool denies_files; /* view; skipped where the kernel has none */
	/*
	 * Ended by number -1; in addition to the basic ones, which any program
	 * of ours makes once it runs: memory that is not executable, time,
	 * polling, signals to itself, exit, reading and writing open
	 * descriptors.
	 * NULL: no filter.
	 */
	const struct sandbox_call *calls;
};

/* Go through all stages. 0 or -1. */
int sandbox_enter(const struct sandbox *s, struct err *e);

/* Stages one by one, for a program that needs a step between them. */
int sandbox_descriptors(const struct sandbox *s, struct err *e);
int sandbox_capabilities(const struct sandbox *s, struct err *e);
int sandbox_identity(const struct sandbox *s, struct err *e);
int sandbox_calls(const struct sandbox *s, struct err *e);

#define SANDBOX_CALL(name)                                                     \
	{                                                                      \
		__NR_##name, SANDBOX_ANY, 0, 0                                 \
	}

/* Rows that several tables share.  Receive and send on open sockets. */
#define SANDBOX_CALLS_SOCKET_IO                                                \
	SANDBOX_CALL(recvfrom), SANDBOX_CALL(sendto), SANDBOX_CALL(recvmsg),   \
		SANDBOX_CALL(sendmsg), SANDBOX_CALL(setsockopt)

/* Connect to addresses of the internet: SANDBOX_CONNECT_ROWS rows. */
#define SANDBOX_CALLS_CONNECT                                                  \
	{__NR_socket, 0, UINT32_MAX, AF_INET},                                 \
		{__NR_socket, 0, UINT32_MAX, AF_INET6}, SANDBOX_CALL(connect), \
		SANDBOX_CALL(getsockopt)
#define SANDBOX_CONNECT_ROWS 4

/* Open files, but only for reading. */
#define SANDBOX_OPEN_MASK (O_ACCMODE | O_CREAT | O_TRUNC)
#ifdef __NR_open
#define SANDBOX_CALLS_READ_FILES                                               \
	{__NR_openat, 2, SANDBOX_OPEN_MASK, O_RDONLY},                         \
	{                                                                      \
		__NR_open, 1, SANDBOX_OPEN_MASK, O_RDONLY                      \
	}
#else
#define SANDBOX_CALLS_READ_FILES                                               \
	{                                                                      \
		__NR_openat, 2, SANDBOX_OPEN_MASK, O_RDONLY                    \
	}
#endif

#define SANDBOX_CALLS_END                                                      \
	{                                                                      \
		-1, SANDBOX_ANY, 0, 0                                          \
	}

#endif
