/*
 * preflight_fd - what a process has open that CRIU cannot dump or restore:
 * files from outside, devices, kernel objects.  Sockets are handed to
 * preflight_sock.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_FD_H
#define CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_FD_H

#include "checkpoint-agent/preflight/preflight_sock.h"
#include "checkpoint-agent/preflight/watches.h"

struct preflight_files {
	struct findings *findings;
	struct str mountinfo; /* of the container's first process */
	struct preflight_sockets *sockets; /* collected on the way */
	struct watches *watches;           /* likewise */
};

/* Check every descriptor of one process; none when it has ended. */
void preflight_fd_check(struct preflight_files *f, uint32_t pid);

/*
 * Pure: what a kernel object is, in words, whose descriptor has this link
 * text.  NULL: CRIU knows it, or it is no such object.
 */
const char *preflight_fd_object(struct str link);

/* Pure: does CRIU know this character device? */
bool preflight_fd_knows_device(uint32_t major, uint32_t minor);

/* Pure: is a mount with this id listed in the text of a mountinfo? */
bool preflight_fd_has_mount(struct str mountinfo, uint64_t id);

/* Pure: the mnt_id in the text of /proc/PID/fdinfo/N. False: there is none. */
bool preflight_fd_mount_id(struct str fdinfo, uint64_t *id);

#endif
