/*
 * pod_archive - the containers' archives in a file.
 *
 * A file is either one container's archive or a pod's: a tar that begins with
 * pod.options or pod.dump and holds NAME.tar (or .tar.age, .tar.gz, .tar.zst)
 * for each container.  The containers' archives are handed out one after the
 * other as byte streams; nothing is unpacked, and code that reads archives
 * does not need to know about pods.
 * Limits: POD_ARCHIVE_MAX containers, a pod.dump of 1 MiB.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_POD_ARCHIVE_H
#define CHECKPOINT_AGENT_INSPECT_POD_ARCHIVE_H

#include "checkpoint-agent/tar/input.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/base/arena.h"
#include "lib/base/node.h"

#define POD_ARCHIVE_NAME_BYTES 256 /* a container's name with its NUL */
#define POD_ARCHIVE_MAX        256 /* containers in a pod's archive */

/* Which file, and which archive in it. */
struct pod_archive_place {
	const char *path;      /* "-" is standard input */
	const char *container; /* in a pod's archive; "": all of them */
	const struct args_list *identities; /* as for input_open() */
	uint64_t max_bytes; /* that it may expand to; 0: INPUT_EXPANDED_MAX */
};

/* An open file; large, so keep it static.  Read is_pod, pod, name and now. */
struct pod_archive {
	const struct pod_archive_place *place; /* not owned */
	struct input file;
	bool is_pod;
	const struct node *pod; /* pod.dump once it has been read, or NULL */
	/* the container, "" unless is_pod */
	char name[POD_ARCHIVE_NAME_BYTES];
	struct input *now; /* the archive of that container */
	size_t seen;       /* containers so far, wanted or not */
	size_t given;      /* archives handed out */
	struct input part;
	struct tarfile_reader *members; /* of a pod's archive */
	struct arena arena;
};

/*
 * Open the file and look at its first member.  Call pod_archive_close() in
 * any case; *p must outlive a.  Errors: ERR_INPUT not an archive; ERR_USAGE a
 * container is named but this is not a pod's archive; ERR_ABSENT no file.
 */
int pod_archive_open(struct pod_archive *a, const struct pod_archive_place *p,
	struct err *e);

/*
 * 1: a->now is the next container's archive, at its first byte and valid
 * until the next call; 0: there are no more; -1.  Errors: ERR_ABSENT no such
 * container; ERR_INPUT a pod's archive without containers; ERR_LIMIT.
 */
int pod_archive_next(struct pod_archive *a, struct err *e);

void pod_archive_close(struct pod_archive *a);

/*
 * Open the file and go to its only or chosen archive, a->now.  Call
 * pod_archive_close() in any case.  Errors: as above, and ERR_USAGE for a
 * pod's archive when no container is named.
 */
int pod_archive_one(struct pod_archive *a, const struct pod_archive_place *p,
	struct err *e);

/*
 * The same, and call `use` with the archive; its errors get the path in
 * front.  Not reentrant.  Returns 0 or -1.
 */
int pod_archive_with(const struct pod_archive_place *p,
	int (*use)(void *self, struct input *s, struct err *e), void *self,
	struct err *e);

/* The containers of a file, in its order. */
struct pod_archive_names {
	bool is_pod; /* otherwise n is 1 and the name is "" */
	size_t n;
	char name[POD_ARCHIVE_MAX][POD_ARCHIVE_NAME_BYTES];
};

/* List all containers, or only the one that *p names.  Not reentrant. */
int pod_archive_names(struct pod_archive_names *names,
	const struct pod_archive_place *p, struct err *e);

#endif
