/*
 * preflight_fd - what is open that CRIU cannot dump or bring back: files from
 * outside, devices, kernel objects, sockets of rare families or connected to
 * programs outside.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_FD_H
#define CHECKPOINT_AGENT_PREFLIGHT_FD_H

#include "checkpoint-agent/preflight.h"

/* Unix sockets that are followed; those beyond are not looked at. */
#define PREFLIGHT_SOCKETS_MAX 8192

/* A unix socket of the container. */
struct preflight_socket {
	uint64_t inode;
	uint64_t peer; /* 0: none */
	uint32_t pid;
	uint32_t fd;
	bool is_waited_for; /* connected to a listener that has yet to accept */
};

/* What is gathered while one process after another is looked at. */
struct preflight_files {
	uint32_t first;       /* the container's first process */
	struct str mountinfo; /* of that one */
	size_t socket_count;
	struct preflight_socket *socket; /* in the preflight's arena */
};

/* Everything that one process has open. */
void preflight_fds(
	struct preflight *p, struct preflight_files *f, uint32_t pid);

/* After all of them: who is at the other end of unix sockets. */
void preflight_peers(struct preflight *p, struct preflight_files *f);

/*
 * Pure: what is wrong with a kernel object whose descriptor leads to this
 * text, in words; NULL when CRIU knows it, or it is none.
 */
const char *preflight_object(struct str link);

/* Pure: does CRIU know this character device? */
bool preflight_knows_device(uint32_t major, uint32_t minor);

/* Pure: is a mount of this id among those of the mountinfo? */
bool preflight_has_mount(struct str mountinfo, uint64_t id);

/* Pure: the mnt_id of the text of /proc/PID/fdinfo/N. False: none. */
bool preflight_mount_of(struct str fdinfo, uint64_t *id);

#endif
