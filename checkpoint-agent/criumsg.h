/*
 * criumsg - the messages exchanged with CRIU 4, as values.
 *
 * Requests and answers of its RPC (`criu swrk`, one SOCK_SEQPACKET packet a
 * message), requests of its image streamer, and its stats-dump image.  Pure:
 * bytes in, values out; no descriptor is touched here.
 */
#ifndef CHECKPOINT_AGENT_CRIUMSG_H
#define CHECKPOINT_AGENT_CRIUMSG_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Longest name of an image: CRIU's own PATH_MAX, ours is what tar holds behind
 * "checkpoint/parent/".
 */
#define CRIU_IMAGE_NAME_BYTES 82

/* criu_req_type */
enum criu_verb {
	CRIU_EMPTY = 0,
	CRIU_DUMP = 1,
	CRIU_RESTORE = 2,
	CRIU_CHECK = 3,
	CRIU_NOTIFY = 6,
	CRIU_FEATURES = 9,
	CRIU_VERSION = 10,
	CRIU_PREDUMP = 13, /* a single one, not the first of a row */
};

/* A mount that is not part of the dump, and the name it gets instead. */
struct criu_mount {
	struct str at;   /* mount point in the container */
	struct str name; /* what the restoring runtime will look for */
};

/* What CRIU shall dump and how; the descriptors are ours, by /proc. */
struct criu_dump {
	int images_fd;
	int work_fd;
	uint32_t pid;
	const struct criu_mount *mounts;
	size_t mount_count;
	const struct str *externals; /* "net[4026532]:extRootNetNS" */
	size_t external_count;
	const struct str *controllers; /* cgroup hierarchies to describe */
	size_t controller_count;
	bool empties_net;        /* the network namespace is made anew */
	bool closes_tcp;         /* drop connections instead of dumping */
	const char *freezer;     /* cgroup directory, NULL: none */
	const char *config_file; /* options that RPC has no field for */
	bool is_predump;         /* memory only; what is written is noted */
	const char *parent;      /* directory of the pre-dump, NULL: none */
	uint32_t timeout_s;      /* CRIU's own, 0: its default */
};

void criumsg_put_dump(struct buf *b, const struct criu_dump *d);

/* Agree (or not) to go on after a notification. */
void criumsg_put_notify(struct buf *b, bool is_good);

struct criu_answer {
	enum criu_verb verb;
	bool is_good;
	int32_t error;      /* cr_errno, 0 when not said */
	struct str message; /* cr_errmsg */
	struct str script;  /* name of a notification */
	uint32_t version;   /* 40201 for 4.2.1, 0 when not said */
};

int criumsg_parse_answer(
	struct str packet, struct criu_answer *a, struct err *e);

/*
 * The name in an image streamer's request.  Only a plain file name is taken:
 * no '/', not "." or "..", at most CRIU_IMAGE_NAME_BYTES.
 */
int criumsg_parse_image(struct str message, struct str *name, struct err *e);

struct criu_stats {
	uint64_t freezing_us;
	uint64_t frozen_us;
	uint64_t memory_us;
	uint64_t pages_scanned;
	uint64_t pages_written;
};

/* The bytes of the file stats-dump. */
int criumsg_parse_stats(struct str file, struct criu_stats *s, struct err *e);

/*
 * The last error lines of a CRIU log as one text: what a person is told.
 * Their numbers of seconds and source lines are left out.
 */
void criumsg_cause(struct str log, struct buf *out);

#endif
