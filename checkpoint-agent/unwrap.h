/*
 * unwrap - the archives of containers in a file: the one that it is, or those
 * in a pod's archive.
 *
 * A pod's archive is a tar that begins with pod.options or pod.dump and has an
 * archive NAME.tar (also .tar.age, .tar.gz, .tar.zst) for each container.
 * They go by one after the other, as they stream, and each is a source like
 * any: nothing is unpacked, and what reads archives need not know of pods.
 */
#ifndef CHECKPOINT_AGENT_UNWRAP_H
#define CHECKPOINT_AGENT_UNWRAP_H

#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/source.h"
#include "lib/base/arena.h"
#include "lib/base/node.h"

#define UNWRAP_NAME_BYTES 256 /* of a container, with a NUL */
#define UNWRAP_MAX        256 /* containers in a pod's archive */

/* Options of commands that read archives. */
#define UNWRAP_CONTAINER(container)                                            \
	{                                                                      \
		"container", 'c', ARGS_TEXT, &(container), "NAME",             \
			"this container of a pod's archive", 0, 0, NULL        \
	}
#define UNWRAP_OPTIONS(container, identities)                                  \
	UNWRAP_CONTAINER(container), SOURCE_OPTION(identities)

/* Which archive. */
struct unwrap_place {
	const char *path;      /* "-" is standard input */
	const char *container; /* of a pod's archive; "": all there are */
	const struct args_list *identities; /* as source_open() has them */
};

struct unwrap {
	const struct unwrap_place *place;
	struct source file;
	bool is_pod;
	const struct node *pod; /* pod.dump, when it has gone by; or NULL */
	char name[UNWRAP_NAME_BYTES]; /* of the container; "": not a pod's */
	struct source *now;           /* its archive */
	size_t passed;                /* containers, wanted or not */
	size_t given;
	struct source part;
	struct pack_reader *members; /* of a pod's archive */
	struct arena arena;
};

/*
 * unwrap_close() in any case; u is large.  Errors: ERR_INPUT no archive;
 * ERR_USAGE a container is named, but it is no pod's archive.
 */
int unwrap_open(struct unwrap *u, const struct unwrap_place *p, struct err *e);

/*
 * 1: the next container's archive is u->now, at its first byte and valid
 * until the next call; 0: there are no more; -1.  Errors: ERR_ABSENT it has no
 * such container; ERR_INPUT a pod's archive without any.
 */
int unwrap_next(struct unwrap *u, struct err *e);

void unwrap_close(struct unwrap *u);

/*
 * Open it and stand at the one archive that is meant.  unwrap_close() in any
 * case.  ERR_USAGE: a pod's, and no container is named.
 */
int unwrap_one(struct unwrap *u, const struct unwrap_place *p, struct err *e);

/* The containers of a file, in its order. */
struct unwrap_names {
	bool is_pod; /* else there is one, without a name */
	size_t n;
	char name[UNWRAP_MAX][UNWRAP_NAME_BYTES];
};

/* Read them; all, or the one that the place names. 0 or -1. */
int unwrap_names(struct unwrap_names *names, const struct unwrap_place *p,
	struct err *e);

#endif
