/*
 * job - what front and back say to each other: one order, one answer.
 *
 * Both are fixed-size packets on a SOCK_SEQPACKET pair, so there is no
 * framing to get wrong.  The front speaks for the outside and is not trusted:
 * the back checks every field again with job_check() before it acts.
 *
 * The back's supervisor forks one child per job; the child calls job_run(),
 * which may take minutes, and its answer goes to the front.  A job ends early
 * when abort_fd becomes readable: whoever runs it polls that descriptor
 * together with whatever it waits for.
 */
#ifndef CHECKPOINT_AGENT_JOB_H
#define CHECKPOINT_AGENT_JOB_H

#include "lib/base/args.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <limits.h>
#include <stdint.h>

#define JOB_LABEL_BYTES 64  /* RFC 1123 label of at most 63, and a NUL */
#define JOB_POD_BYTES   254 /* RFC 1123 subdomain of at most 253, and a NUL */
#define JOB_NAME_BYTES  512 /* file name of an archive, with its NUL */
#define JOB_CAUSE_BYTES 1024

enum job_verb {
	JOB_CHECKPOINT, /* dump the container (or the pod) into an archive */
	JOB_CHECK,      /* could it be dumped? answers JSON in a descriptor */
	JOB_LIST,       /* archives, narrowed by the names that are given */
	JOB_OPEN,       /* one archive of `name`, as a descriptor */
	JOB_DELETE,     /* remove the archive `name` */
	JOB_SWEEP,      /* remove what is too old; the back's own idea */
	JOB_ABORT,      /* end the job with this id */
	JOB_VERBS
};

/*
 * The timeout asked for, kept apart from its value because the kubelet looks
 * for pod and container first: a bad timeout of an absent pod is an absent
 * pod.
 */
enum job_timeout {
	JOB_TIMEOUT_DEFAULT, /* none asked for, or 0 */
	JOB_TIMEOUT_GIVEN,   /* timeout_s holds it, above 0 */
	JOB_TIMEOUT_NEGATIVE,
	JOB_TIMEOUT_UNREADABLE,
	JOB_TIMEOUTS
};

/* A pre-dump asked for, or asked not to be, by this request. */
enum job_predump {
	JOB_PREDUMP_DEFAULT, /* as it is configured */
	JOB_PREDUMP_YES,
	JOB_PREDUMP_NO,
	JOB_PREDUMPS
};

/*
 * Names are NUL-terminated and legal, or empty: an empty pod or container in
 * a JOB_CHECKPOINT stands for a name that cannot exist (the front keeps the
 * bytes that it got), so that the answer is JOB_NO_POD or JOB_NO_CONTAINER.
 * is_pod: all containers of the pod; `container` is then empty.
 */
struct job {
	uint64_t id; /* the front's, unique among those under way */
	uint32_t verb;
	uint32_t timeout;
	uint64_t timeout_s;
	uint32_t is_pod;
	uint32_t predump;
	char namespace[JOB_LABEL_BYTES];
	char pod[JOB_POD_BYTES];
	char container[JOB_LABEL_BYTES];
	char name[JOB_NAME_BYTES];
};

enum job_status {
	JOB_DONE,         /* path or descriptor is there */
	JOB_NO_POD,       /* 404 pod does not exist */
	JOB_NO_CONTAINER, /* 404 container NAME does not exist */
	JOB_NO_ARCHIVE,   /* 404, for JOB_OPEN and JOB_DELETE */
	JOB_BAD_TIMEOUT,  /* 404 cannot parse value of timeout parameter */
	JOB_BUSY,         /* 409: this container is being dumped already */
	JOB_FAILED,       /* 500 checkpointing of N/P/C failed (CAUSE) */
	JOB_TIMED_OUT,    /* 500 likewise; nothing is left behind */
	JOB_ABORTED,      /* nobody waits for the answer any more */
	JOB_NO_ROOM,      /* 507: refused before the freeze, CAUSE says why */
	JOB_STATUSES
};

/* A JOB_DONE of CHECK, LIST and OPEN comes with one descriptor to read. */
struct job_answer {
	uint64_t id;
	uint32_t status;
	uint32_t has_fd;
	uint64_t bytes;      /* size of the archive or of what fd holds */
	uint64_t changed_ns; /* of JOB_OPEN: when the file was written */
	uint64_t frozen_us;  /* how long the container stood still */
	uint64_t predump_frozen_us; /* and in the pre-dump; 0: none */
	uint32_t verb;              /* what the job was */
	uint32_t has_census;        /* the next two are there */
	uint64_t archives;          /* on the disk after this job */
	uint64_t archive_bytes;
	uint64_t removed; /* by retention, in this job */
	uint64_t removed_bytes;
	char path[PATH_MAX];
	char cause[JOB_CAUSE_BYTES];
};

/*
 * How jobs are run: read once at start, the same for all.  Texts belong to
 * the command line or the configuration and live as long as the program.
 */
struct job_config {
	const char *dir;  /* archives, made 0700: ROOT-DIR/checkpoints */
	const char *criu; /* the program; looked up in PATH without '/' */
	/*
	 * Where the node's own root directory is seen: "" when this is it,
	 * "/proc/1/root" or a mount such as "/host" in a container.  OCI state
	 * and bundles, and the layers they name, are looked up below it.
	 */
	const char *host_root;
	struct args_list runtime_roots; /* OCI state; empty: the usual ones */
	const char *cri_endpoint;    /* unix:// socket; "" finds it by itself */
	const char *compress;        /* "none", "gzip", "zstd" */
	bool has_manifest;           /* SHA-256 of each member, as the last */
	struct args_list recipients; /* age1...: encrypt to these */
	uint64_t default_timeout_ms; /* for JOB_TIMEOUT_DEFAULT */
	bool has_predump;            /* for JOB_PREDUMP_DEFAULT */
	bool close_tcp; /* close established TCP instead of dumping it */
	uint64_t keep;  /* archives per container; 0: no limit */
	uint64_t keep_namespace;
	uint64_t max_bytes; /* of all archives; 0: no limit */
	uint64_t min_free_bytes;
	uint64_t max_age_ms; /* 0: no limit */
};

/*
 * Is the packet one that a well-behaved front could have sent: a known verb,
 * texts that end, names that are legal or empty? 0 or -1.
 */
int job_check(const struct job *j, struct err *e);

/* RFC 1123: a label of 1-63 bytes; a subdomain of 1-253 bytes. */
bool job_is_label(struct str s);
bool job_is_subdomain(struct str s);

/* Shall a pre-dump be made for it? */
bool job_has_predump(const struct job_config *c, const struct job *j);

/* How long this job may run. */
uint64_t job_timeout_ms(const struct job_config *c, const struct job *j);

/*
 * Do the job and fill *out, whatever happens (the id is set by the caller).
 * Runs in a child of its own with nothing else to do.  The timeout is the
 * caller's affair: it makes abort_fd readable, after which this function
 * thaws the container, removes what it made, and returns JOB_ABORTED soon.
 * *fd is -1, or for has_fd a descriptor that becomes the caller's.
 */
void job_run(const struct job_config *c, const struct job *j, int abort_fd,
	struct job_answer *out, int *fd);

/*
 * Put right what a killed job left behind: thaw, end its criu, remove partial
 * files.  id: the job whose child has just died without an answer; 0: all
 * there are, at start, when no job is under way.  0 or -1, then with the
 * first thing that could not be mended.
 */
int job_recover(const struct job_config *c, uint64_t id, struct err *e);

#endif
