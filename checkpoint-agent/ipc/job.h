/*
 * job - what the front asks of the back, and what the back answers.
 *
 * Both are packets of fixed size on a channel (channel.h), so framing cannot
 * go wrong.  The front talks to the network and is not trusted: the back
 * checks every field with job_check() before it acts.
 *
 * A job ends early when the front sends JOB_ABORT with its id.
 */
#ifndef CHECKPOINT_AGENT_IPC_JOB_H
#define CHECKPOINT_AGENT_IPC_JOB_H

#include "checkpoint-agent/ipc/dump_result.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

#define JOB_LABEL_BYTES 64  /* RFC 1123 label: 63 bytes, and a NUL */
#define JOB_POD_BYTES   254 /* RFC 1123 subdomain: 253 bytes, and a NUL */
#define JOB_NAME_BYTES  512 /* file name of an archive, with its NUL */
#define JOB_CAUSE_BYTES 1024

enum job_verb {
	JOB_CHECKPOINT, /* dump the container (or the pod) into an archive */
	JOB_CHECK,      /* preflight: answers with JSON in a descriptor */
	JOB_LIST,       /* archives, filtered by the names given */
	JOB_OPEN,       /* the archive `name`, as a descriptor */
	JOB_DELETE,     /* remove the archive `name` */
	JOB_SWEEP,      /* remove archives that are too old; the back's own */
	JOB_ABORT,      /* abort the job with this id */
	JOB_VERBS
};

/*
 * The requested timeout, apart from its value: the kubelet looks up pod and
 * container before it parses the timeout, so a bad timeout for a pod that does
 * not exist is reported as a pod that does not exist.
 */
enum job_timeout {
	JOB_TIMEOUT_DEFAULT, /* none requested, or 0 */
	JOB_TIMEOUT_GIVEN,   /* timeout_s holds it, above 0 */
	JOB_TIMEOUT_NEGATIVE,
	JOB_TIMEOUT_UNREADABLE,
	JOB_TIMEOUTS
};

/* Whether this request asks for a pre-dump. */
enum job_predump {
	JOB_PREDUMP_DEFAULT, /* as configured */
	JOB_PREDUMP_YES,
	JOB_PREDUMP_NO,
	JOB_PREDUMPS
};

/*
 * Names are NUL-terminated and either valid or empty.  An empty pod or
 * container in a JOB_CHECKPOINT stands for a name that cannot exist (the front
 * keeps the bytes it got), so that the answer is JOB_NO_POD or
 * JOB_NO_CONTAINER.
 */
struct job {
	uint64_t id;        /* the front's; unique among running jobs */
	uint32_t verb;      /* enum job_verb */
	uint32_t timeout;   /* enum job_timeout */
	uint64_t timeout_s; /* of JOB_TIMEOUT_GIVEN */
	uint32_t is_pod;    /* 1: all containers; `container` is empty */
	uint32_t predump;   /* enum job_predump */
	char namespace[JOB_LABEL_BYTES];
	char pod[JOB_POD_BYTES];
	char container[JOB_LABEL_BYTES];
	char name[JOB_NAME_BYTES];
};

enum job_status {
	JOB_DONE,         /* `made` or the descriptor is there */
	JOB_NO_POD,       /* 404 pod does not exist */
	JOB_NO_CONTAINER, /* 404 container NAME does not exist */
	JOB_NO_ARCHIVE,   /* 404, for JOB_OPEN and JOB_DELETE */
	JOB_BAD_TIMEOUT,  /* 404 cannot parse value of timeout parameter */
	JOB_BUSY,         /* 409: this container is already being dumped */
	JOB_FAILED,       /* 500 checkpointing of N/P/C failed (CAUSE) */
	JOB_TIMED_OUT,    /* 500 likewise; nothing is left behind */
	JOB_ABORTED,      /* nobody waits for the answer any more */
	JOB_NO_ROOM,      /* 507: refused before the freeze; CAUSE says why */
	JOB_STATUSES
};

/* A JOB_DONE of CHECK, LIST and OPEN comes with a descriptor to read from. */
struct job_answer {
	uint64_t id;
	uint32_t verb;       /* of the job */
	uint32_t status;     /* enum job_status */
	uint32_t has_fd;     /* 1: a descriptor comes along */
	uint32_t has_census; /* 1: archives and archive_bytes are filled */
	uint64_t fd_bytes;   /* what the descriptor holds */
	uint64_t changed_ns; /* of JOB_OPEN: mtime of the file, since 1970 */
	uint64_t archives;   /* on the disk after this job */
	uint64_t archive_bytes;
	uint64_t removed; /* archives, by retention, in this job */
	uint64_t removed_bytes;
	struct dump_result made; /* of a JOB_CHECKPOINT that is JOB_DONE */
	char cause[JOB_CAUSE_BYTES];
};

/*
 * Could a well-behaved front have sent this packet: known verb, texts that
 * end, names that are valid or empty? 0 or -1 (ERR_INPUT).
 */
int job_check(const struct job *j, struct err *e);

/* RFC 1123, lower case: a label of 1-63 bytes; a subdomain of 1-253 bytes. */
bool job_is_label(struct str s);
bool job_is_subdomain(struct str s);

/*
 * Does this job make a pre-dump?  A configured one (`by_default`) is made for
 * single containers only.
 */
bool job_has_predump(const struct job *j, bool by_default);

/* How long this job may run: its own timeout, at most a day, or the default. */
uint64_t job_timeout_ms(const struct job *j, uint64_t default_ms);

/* The answer to a job that has no result. */
struct job_answer job_refuse(
	const struct job *j, enum job_status status, const char *cause);

#endif
