/*
 * criumsg - what is exchanged with CRIU 4, as values: requests and answers of
 * its RPC, requests of its image streamer, the figures in stats-dump, its log.
 *
 * Pure: bytes in, values out.
 */
#ifndef CHECKPOINT_AGENT_CRIU_CRIUMSG_H
#define CHECKPOINT_AGENT_CRIU_CRIUMSG_H

#include "checkpoint-agent/ipc/dump_options.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Longest name of a CRIU image: what fits into a tar header (100 bytes) after
 * "checkpoint/parent/".  CRIU itself allows PATH_MAX.
 */
#define CRIU_IMAGE_NAME_BYTES 82

/* Files that CRIU writes into its work directory. */
#define CRIU_LOG_NAME   "dump.log" /* we give it this name */
#define CRIU_STATS_NAME "stats-dump"

/* criu_req_type */
enum criu_verb {
	CRIU_EMPTY = 0,
	CRIU_DUMP = 1,
	CRIU_RESTORE = 2,
	CRIU_CHECK = 3,
	CRIU_NOTIFY = 6,
	CRIU_FEATURES = 9,
	CRIU_PREDUMP = 13, /* SINGLE_PRE_DUMP */
};

/* A mount whose content is not dumped. */
struct criu_mount {
	struct str at;   /* mount point in the container */
	struct str name; /* by which the restoring runtime knows it */
};

/* What CRIU shall dump and how.  It opens the descriptors by /proc/PID/fd. */
struct criu_dump {
	const struct dump_options *options;
	int images_fd;
	int work_fd;
	uint32_t pid;
	const struct criu_mount *mounts;
	size_t mount_count;
	const struct str *externals; /* "net[4026532]:extRootNetNS" */
	size_t external_count;
	const struct str *controllers; /* of cgroups that are dumped */
	size_t controller_count;
	const struct str *watched; /* paths of what inotify watches */
	size_t watched_count;
	bool empties_net;        /* do not dump the network namespace */
	const char *freezer;     /* cgroup directory, NULL: none */
	const char *config_file; /* options that RPC has no field for */
	bool is_predump;         /* memory only, and track writes from now */
	const char *parent;      /* directory of the pre-dump, NULL: none */
	uint32_t timeout_s;      /* CRIU's own, 0: its default */
};

/* Append the request for a dump or pre-dump. */
void criumsg_put_dump(struct buf *b, const struct criu_dump *d);

/* Append the answer to a notification: go on, or give up. */
void criumsg_put_notify(struct buf *b, bool is_good);

struct criu_answer {
	enum criu_verb verb;
	bool is_good;
	struct str message; /* cr_errmsg */
	struct str script;  /* name of a notification */
};

/* Views of *a point into the packet. 0; -1: ERR_INPUT. */
int criumsg_parse_answer(
	struct str packet, struct criu_answer *a, struct err *e);

/*
 * The image name in a request to the image streamer.  ERR_INPUT: it is no
 * plain file name of at most CRIU_IMAGE_NAME_BYTES ('/', "." and ".." are
 * refused).
 */
int criumsg_parse_image(struct str message, struct str *name, struct err *e);

struct criu_stats {
	uint64_t freezing_us;
	uint64_t frozen_us;
	uint64_t pages_scanned;
	uint64_t pages_written;
};

/* Parse the content of the file stats-dump. 0; -1: ERR_INPUT. */
int criumsg_parse_stats(struct str file, struct criu_stats *s, struct err *e);

/*
 * Append the error lines of a CRIU log as one text for people, separated by
 * "; " and without time stamps and source lines.
 */
void criumsg_cause(struct str log, struct buf *out);

#endif
