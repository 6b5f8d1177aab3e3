/*
 * tracing - a project's lock and evidence, and programs traced with them, for
 * the subcommands that look into programs.
 */
#ifndef KEELSON_IMAGES_CMD_TRACING_H
#define KEELSON_IMAGES_CMD_TRACING_H

#include "images/project/project.h"
#include "lib/base/buf.h"
#include "sbom/trace/trace_program.h"

#define TRACING_ARENA_MAX ((size_t)2 << 30)

struct tracing {
	struct arena arena;
	struct buf lock_text;
	struct lock lock;
	struct project project; /* empty for builds of others */
	struct evidence evidence;
	const char *platform; /* of an image of several; NULL: the only one */
};

/* What is asked about: a program or an image, see target.h. */
struct tracing_of {
	const char *path, *platform;
};

/*
 * Read lock and evidence of the project at root, of the architecture that this
 * is for, or of the build of others that `keelson record` ran there or above.
 * Close it in either case. 0 or -1.
 */
int tracing_open_for(const char *root, const struct tracing_of *of,
	struct tracing *out, struct err *e);

/* The same of a project that builds for one architecture. */
static inline int tracing_open(
	const char *root, struct tracing *out, struct err *e)
{
	return tracing_open_for(root, &(struct tracing_of){"", NULL}, out, e);
}

void tracing_close(struct tracing *t);

/* A program, read and traced. */
struct traced {
	const char *path;
	struct buf bytes;  /* of its file */
	struct str sha256; /* in the arena */
	struct trace trace;
};

/*
 * Trace a program by the digest of its file.  Close it in either case; views
 * into the trace end with the tracing. 0 or -1.
 */
int traced_open(
	struct tracing *t, const char *path, struct traced *out, struct err *e);
void traced_close(struct traced *p);

/* The same of a program whose path and bytes are in *p already. 0 or -1. */
int traced_trace(struct tracing *t, struct traced *p, struct err *e);

/*
 * The program as it was linked, with symbols and line tables, if that file is
 * still there as it was; else nothing is appended, and a message says why.
 * 0 or -1.
 */
int traced_unstripped(const struct traced *p, struct buf *out, struct err *e);

#endif
