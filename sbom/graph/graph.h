/*
 * graph - the files that a program was made from, and the steps between them.
 *
 * A step is one command of the build, or several in a row: a file between them
 * that the build did not leave (the compiler's assembly, a header before a
 * makefile has appended its last line) belongs to no one else, so the commands
 * around it count as one.  A file without a step is a leaf: pinned, of this
 * project, written by configure, or the host's.
 *
 *	program <- strip <- link <- object   <- compile, assemble <- sources
 *	                         <- archive  <- member            <- ...
 *
 * graph_make() (graph_make.h) fills it from the evidence.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_H
#define KEELSON_SBOM_GRAPH_GRAPH_H

#include "sbom/evidence/evidence.h"

enum graph_kind {
	GRAPH_COMPILE, /* compile and assemble, or one of them */
	GRAPH_LINK,
	GRAPH_ARCHIVE,
	GRAPH_COMMAND, /* strip, objcopy, protoc, a recipe of make */
};

enum { GRAPH_NONE = -1 };

/* Indices of files; each once, in the order of first mention. */
struct graph_list {
	uint32_t *list;
	size_t n, room;
};

struct graph_file {
	struct evidence_made file; /* path as the step that reads it says; of a
				      member its archive's */
	struct str name;  /* for people: the path, or "libc.a(free.lo)" */
	int64_t archive;  /* index of the file that holds this member */
	struct str where; /* a path that has the bytes; of a member its
			     archive's; starts from the root unless absolute */
	size_t at, size;  /* of the bytes in it; size 0: all of it */
	int64_t step;     /* index of the step that made it */
	uint32_t room;    /* where it was probably made */
};

struct graph_step {
	enum graph_kind kind;
	uint32_t *events; /* of the evidence, in the order of running */
	size_t n_events;
	struct graph_list inputs; /* what it read; of an ARCHIVE its members */
	struct graph_list taken;  /* LINK: objects and members that went in */
	uint32_t output;          /* index of the file */
};

struct graph {
	const struct evidence *evidence;
	struct arena *arena;
	struct graph_file *files; /* the program is the first */
	size_t n_files, files_room;
	struct graph_step *steps;
	size_t n_steps, steps_room;
	struct table by_key;    /* digest and path -> file */
	struct table by_sha256; /* digest -> files with these bytes */
};

/*
 * The bytes of a file, read again; its digest is compared.  Close them with
 * mapped_close(*whole): of a member that is its archive.
 * 0, or -1: gone, or other bytes than were recorded.
 */
int graph_bytes(const struct graph *g, uint32_t file, struct str *whole,
	struct str *out, struct err *e);

/* ROOT/PATH, or the path itself when it is absolute; NULL: no memory. */
const char *graph_path(const struct graph *g, struct str path);

/* Is it a file of the build host's packages? */
bool graph_is_host(const struct graph *g, const struct graph_file *f);

/* Report that memory is out. Always -1. */
int graph_no_memory(struct err *e);

/* Add an index unless it is there. 0 or -1. */
int graph_list_add(
	struct arena *a, struct graph_list *l, uint32_t file, struct err *e);

#endif
